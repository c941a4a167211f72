//! `cargo xtask demo`: the evidence of the demo company, written as its tools would export it.
//!
//! One seed, no clock, no network: the same bytes every time. `demo/README.md`, `demo/expected.toml` and the two
//! declarations are written by hand and are not touched.

mod agents;
mod company;
mod lists;
mod purchases;
mod random;
mod servers;
mod titles;
mod vmware;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Files to be, by their path below `demo/evidence`.
type Files = BTreeMap<String, Vec<u8>>;

/// Adds a text file in UTF-8.
fn text(files: &mut Files, path: String, content: String) {
    files.insert(path, content.into_bytes());
}

/// Every generated file.
fn generate() -> Result<Files, rust_xlsxwriter::XlsxError> {
    let company = company::Company::new();
    let mut files = Files::new();
    agents::write(&company, &mut files);
    lists::write(&company, &mut files);
    vmware::write(&company, &mut files)?;
    purchases::write(&company, &mut files)?;
    Ok(files)
}

/// Folders of `demo/evidence` that belong to the generator.
const OWN: [&str; 8] = ["achats", "ad", "glpi", "m365", "ocs", "powershell", "sql", "vmware"];

/// The files that stand in the generator's folders, relative to `base`.
fn present(base: &Path) -> std::io::Result<Files> {
    let mut files = Files::new();
    let mut folders: Vec<PathBuf> = OWN.iter().map(|own| base.join(own)).filter(|path| path.is_dir()).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(base) {
                files.insert(name.to_string_lossy().replace('\\', "/"), std::fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

/// Paths that differ between what would be written and what is there.
fn differences(wanted: &Files, there: &Files) -> Vec<String> {
    let mut paths: Vec<String> =
        wanted.iter().filter(|(path, bytes)| there.get(*path) != Some(bytes)).map(|(path, _)| path.clone()).collect();
    paths.extend(there.keys().filter(|path| !wanted.contains_key(*path)).cloned());
    paths.sort();
    paths
}

fn rewrite(base: &Path, wanted: &Files, there: &Files) -> std::io::Result<()> {
    for path in differences(wanted, there) {
        let place = base.join(&path);
        match wanted.get(&path) {
            Some(bytes) => {
                if let Some(folder) = place.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                std::fs::write(&place, bytes)?;
            }
            None => std::fs::remove_file(&place)?,
        }
    }
    Ok(())
}

/// Writes the demo's evidence, or with `check` only says which files differ from what would be written (and fails if any does).
pub(crate) fn run(root: &Path, check: bool) -> ExitCode {
    let base = root.join("demo").join("evidence");
    let wanted = match generate() {
        Ok(wanted) => wanted,
        Err(error) => {
            eprintln!("demo: a workbook could not be made: {error}");
            return ExitCode::from(2);
        }
    };
    let result = present(&base).and_then(|there| {
        if !check {
            rewrite(&base, &wanted, &there)?;
            return Ok(Vec::new());
        }
        Ok(differences(&wanted, &there))
    });
    match result {
        Ok(paths) if paths.is_empty() => {
            let bytes: usize = wanted.values().map(Vec::len).sum();
            eprintln!("demo: {} files, {bytes} bytes", wanted.len());
            ExitCode::SUCCESS
        }
        Ok(paths) => {
            for path in paths {
                eprintln!("demo: demo/evidence/{path} is not what the generator writes");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("demo: {}: {error}", base.display());
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two runs give the same bytes, and those are the committed ones.
    #[test]
    fn the_committed_evidence_is_what_the_generator_writes() {
        let wanted = generate().unwrap();
        assert_eq!(differences(&wanted, &generate().unwrap()), Vec::<String>::new());
        let there = present(&crate::root().join("demo").join("evidence")).unwrap();
        assert_eq!(differences(&wanted, &there), Vec::<String>::new(), "run `cargo xtask demo`");
    }

    /// Small enough to be cloned without a thought.
    #[test]
    fn the_evidence_is_small() {
        assert!(generate().unwrap().values().map(Vec::len).sum::<usize>() < 3_000_000);
    }
}
