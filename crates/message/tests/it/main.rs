//! Mail, judged against suites and made mails that are kept outside this repository.

mod arc_suite;
mod campaign;
mod corpus;
mod dkim_samples;
mod hostile;
mod spf_suite;
mod traps;
