//! What developers and CI run: `cargo xtask test`, `cargo xtask tidy`, `cargo xtask demo`, `cargo xtask fuzz`, `cargo xtask hammer`.

mod demo;
mod fuzz;
mod hammer;
mod tidy;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The workspace's root: the folder above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => verify::run(&root()),
        ["tidy"] => tidy::report(&root()),
        ["demo"] => demo::run(&root(), false),
        ["demo", "--check"] => demo::run(&root(), true),
        ["hammer"] => hammer::run(&root(), 60),
        ["hammer", seconds] if seconds.parse::<u64>().is_ok_and(|s| s > 0) => {
            hammer::run(&root(), seconds.parse().unwrap_or(60))
        }
        ["fuzz"] => fuzz::run(&root(), 60),
        ["fuzz", seconds] if seconds.parse::<u32>().is_ok_and(|s| s > 0) => {
            fuzz::run(&root(), seconds.parse().unwrap_or(60))
        }
        _ => {
            eprintln!("cargo xtask test    format, tidy walls, lints, and every test");
            eprintln!("cargo xtask tidy    only the walls between the rooms");
            eprintln!(
                "cargo xtask fuzz [SECONDS]    every fuzz target for so long (60), where there is a nightly compiler"
            );
            eprintln!(
                "cargo xtask hammer [SECONDS]    every reader of evidence under mutated files for so long (60), two at a time"
            );
            eprintln!("cargo xtask demo    write the demo company's evidence again (--check: only compare)");
            ExitCode::from(2)
        }
    }
}
