//! Compiles the demo company's exports in: writes a list of (path below `demo/evidence`, bytes), sorted.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../demo/evidence");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut text = String::from("&[\n");
    for file in files {
        let full = file.canonicalize().unwrap_or_else(|_| file.clone());
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string().replace('\\', "/");
        let _ = writeln!(text, "    ({name:?}, include_bytes!({:?})),", full.display().to_string());
    }
    text.push(']');
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default()).join("demo.rs");
    if let Err(error) = std::fs::write(out, text) {
        println!("cargo::error=cannot write the list of the demo's files: {error}");
    }
}
