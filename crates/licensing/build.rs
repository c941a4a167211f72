//! Compiles the knowledge folders in: writes a list of (path, text) for `terms/` and `prices/`, sorted by path.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "toml") {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
}

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default());
    for folder in ["terms", "prices"] {
        let mut files = Vec::new();
        collect(&root.join(folder), &mut files);
        files.sort();
        let mut text = String::from("&[\n");
        for file in files {
            let full = file.canonicalize().unwrap_or(file.clone());
            let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
            let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", full.display().to_string());
        }
        text.push(']');
        if let Err(error) = std::fs::write(out.join(format!("{folder}.rs")), text) {
            println!("cargo::error=cannot write the list of {folder}: {error}");
        }
    }
}
