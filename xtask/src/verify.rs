//! `cargo xtask test`: the checks in order of cost, each with its time, stopping at the first that fails.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// Steps as (name, cargo arguments); the cheap ones come first.
const STEPS: [(&str, &[&str]); 3] = [
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
    ("unit, law, case-book and whole-command tests", &["test", "--workspace", "--no-fail-fast"]),
];

/// Runs the tidy walls, then every step. Returns failure at the first step that does not pass.
pub(crate) fn run(root: &Path) -> ExitCode {
    if crate::tidy::report(root) != ExitCode::SUCCESS {
        return ExitCode::FAILURE;
    }
    for (name, arguments) in STEPS {
        let start = Instant::now();
        eprintln!("== {name}");
        let passed = Command::new(env!("CARGO")).args(arguments).current_dir(root).status().is_ok_and(|s| s.success());
        eprintln!("== {name}: {} in {} s", if passed { "passed" } else { "failed" }, start.elapsed().as_secs());
        if !passed {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
