//! Mail, judged against suites and made mails that are kept outside this repository.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests stop at the first surprise, as tests do, and say when they are skipped"
)]

mod arc_suite;
mod campaign;
mod corpus;
mod dkim_samples;
mod frauds;
mod hostile;
mod past;
mod quoting;
mod spf_suite;
mod traps;
mod wording;
