//! Finds the shared corpus; tests that need it say so and pass when it is not there.

use std::path::PathBuf;

/// The folder of shared mails, or `None` with a plain word on the terminal.
pub(crate) fn mail() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/mail");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: the shared mail corpus is not beside this repository");
    None
}

/// A file of the shared corpus.
pub(crate) fn read(path: &str) -> Option<Vec<u8>> {
    mail().map(|m| std::fs::read(m.join(path)).unwrap_or_else(|e| panic!("{path}: {e}")))
}
