//! `cargo xtask fuzz [SECONDS]`: every target of `fuzz/` for so long, one after the other. It needs a nightly compiler and nothing else:
//! the flags are those that libFuzzer asks for.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// What the coverage of libFuzzer needs, and no more: our code holds no unsafe part that an address sanitiser would watch.
const FLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];
/// Megabytes that one input may take, seconds that it may last, and bytes that it may have.
const BOUNDS: [&str; 3] = ["-rss_limit_mb=3000", "-timeout=20", "-max_len=262144"];

/// Runs every target for so many seconds. Fails where one cannot be built, or stops on an input; what it was fed is kept in a folder of
/// the system for files that pass, so that the next run goes on from there.
pub(crate) fn run(root: &Path, seconds: u32) -> ExitCode {
    let Some(host) = nightly() else {
        eprintln!("skipped: no nightly compiler (rustup toolchain install nightly)");
        return ExitCode::SUCCESS;
    };
    let targets = match targets(root) {
        Ok(targets) => targets,
        Err(why) => {
            eprintln!("fuzz: {why}");
            return ExitCode::FAILURE;
        }
    };
    let folder = std::env::temp_dir().join("quittance-fuzz");
    let built = folder.join("target");
    let mut build = cargo();
    build.args(["build", "--release", "--quiet", "--target", &host, "--target-dir"]).arg(&built);
    build.current_dir(root.join("fuzz")).env("RUSTFLAGS", FLAGS.join(" "));
    build.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true").env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    if !build.status().is_ok_and(|s| s.success()) {
        eprintln!("fuzz: the targets cannot be built");
        return ExitCode::FAILURE;
    }
    let programs = built.join(&host).join("release");
    let mut sound = true;
    for target in &targets {
        sound &= one(root, &folder.join(target), &programs, target, seconds);
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Cargo of the nightly toolchain. The one that runs us has named itself in the environment, and would be taken otherwise.
fn cargo() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]);
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    command
}

/// The machine that the nightly compiler builds for; none where there is no such compiler.
fn nightly() -> Option<String> {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "rustc", "-vV"]).env_remove("RUSTUP_TOOLCHAIN").stderr(Stdio::null());
    let told = command.output().ok().filter(|o| o.status.success())?.stdout;
    let told = String::from_utf8(told).ok()?;
    told.lines().find_map(|l| l.strip_prefix("host: ")).map(str::to_owned)
}

/// The targets in the order of the manifest.
fn targets(root: &Path) -> Result<Vec<String>, String> {
    let path = root.join("fuzz/Cargo.toml");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let manifest: toml::Table = text.parse().map_err(|e| format!("{}: {e}", path.display()))?;
    let bins = manifest.get("bin").and_then(toml::Value::as_array).into_iter().flatten();
    Ok(bins.filter_map(|b| b.get("name")?.as_str()).map(str::to_owned).collect())
}

/// Runs one target and prints its line.
fn one(root: &Path, folder: &Path, programs: &Path, target: &str, seconds: u32) -> bool {
    let (corpus, found) = (folder.join("corpus"), folder.join("found"));
    if let Err(why) = std::fs::create_dir_all(&corpus).and_then(|()| std::fs::create_dir_all(&found)) {
        eprintln!("{target}: {}: {why}", folder.display());
        return false;
    }
    // Readers of evidence begin with what is made for them.
    for (at, seed) in target.strip_prefix("read_").map(evidence::trial::seeds).unwrap_or_default().iter().enumerate() {
        if let Err(why) = std::fs::write(corpus.join(format!("seed-{at}")), seed) {
            eprintln!("{target}: {}: {why}", corpus.display());
            return false;
        }
    }
    let known = inputs(&found);
    let mut command = Command::new(programs.join(target));
    command.arg(format!("-max_total_time={seconds}")).arg("-print_final_stats=1").args(BOUNDS);
    command.arg(format!("-artifact_prefix={}/", found.display())).arg(&corpus).args(seeds(root, target));
    let output = match command.current_dir(folder).output() {
        Ok(output) => output,
        Err(why) => {
            eprintln!("{target}: it cannot be started: {why}");
            return false;
        }
    };
    let told = String::from_utf8_lossy(&output.stderr);
    let tried = told.lines().find_map(|l| l.strip_prefix("stat::number_of_executed_units:")).unwrap_or("?").trim();
    if output.status.success() {
        eprintln!("{target}: {tried} inputs in {seconds} s, nothing found");
        return true;
    }
    let new: Vec<PathBuf> = inputs(&found).into_iter().filter(|path| !known.contains(path)).collect();
    let log = folder.join("log");
    let kept = std::fs::write(&log, &output.stderr).is_ok();
    match new.last() {
        Some(path) => eprintln!("{target}: stopped on {}", path.display()),
        // A crash that was found before bears the same name.
        None => eprintln!("{target}: stopped; inputs that did this are in {}", found.display()),
    }
    if kept {
        eprintln!("{target}: what it said is in {}", log.display());
    }
    false
}

/// Files of a folder, sorted.
fn inputs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    found.sort();
    found
}

/// Folders that a target begins with, of those that are there; nothing is written to them.
fn seeds(root: &Path, target: &str) -> Vec<PathBuf> {
    let own = root.join("crates/workbook/tests/fixtures").join(target);
    let room = match target {
        "mail" | "outlook" | "dkim_header" | "spf_record" => "mail",
        _ if target.starts_with("read_") => return Vec::new(),
        _ => "workbooks",
    };
    let mut folders = vec![own, root.join("../shared/corpus").join(room)];
    folders.retain(|f| f.is_dir());
    folders
}

#[cfg(test)]
mod tests {
    /// Two changes of the list had been joined into one target with five names, and none was built.
    #[test]
    fn every_fuzz_target_is_in_the_list_of_its_manifest() {
        let root = crate::root();
        let mut listed = super::targets(&root).expect("the manifest is read");
        listed.sort();
        let files = super::inputs(&root.join("fuzz/fuzz_targets"));
        let names: Vec<String> =
            files.iter().filter_map(|f| f.file_stem()).map(|s| s.to_string_lossy().into_owned()).collect();
        assert_eq!(listed, names);
    }
}
