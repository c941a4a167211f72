//! What can go wrong with a case, in types; the program turns them into sentences.

use std::path::PathBuf;

/// Why something could not be done with a case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is no case.
    #[error("{} is no case; make one with `quittance new`", dir.display())]
    NoCase {
        /// Folder.
        dir: PathBuf,
    },
    /// A case was to be made where something stands already.
    #[error("{} is there already and is not empty; choose another name", dir.display())]
    Exists {
        /// Folder.
        dir: PathBuf,
    },
    /// Another process is changing the case.
    #[error("{} is being changed by another process; wait for it to end", dir.display())]
    Busy {
        /// Folder.
        dir: PathBuf,
    },
    /// The case was made by a later version of the program.
    #[error("{} has format {found}, this program knows {known}; use a newer program", dir.display())]
    Newer {
        /// Folder.
        dir: PathBuf,
        /// Format found.
        found: i64,
        /// Newest format known.
        known: i64,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database could not be read or written.
    #[error("{}: {source}", dir.display())]
    Store {
        /// Case.
        dir: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Something in the case is not as this program writes it.
    #[error("{}: {what}: {detail}", dir.display())]
    Damaged {
        /// Case.
        dir: PathBuf,
        /// What (`fact 12 of reading 3`).
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// No file of the case bears this name or hash.
    #[error("{name} is not in the case; `quittance files` lists what is")]
    NotInCase {
        /// As it was asked for.
        name: String,
    },
    /// Several files of the case bear this name or start of a hash.
    #[error("{name} means several files; say which by its hash: {}", hashes.join(", "))]
    Ambiguous {
        /// As it was asked for.
        name: String,
        /// Hashes of the files that it may mean.
        hashes: Vec<String>,
    },
    /// No decision of this kind bears the number, or it was undone already.
    #[error("there is no decision {number} that could be undone here")]
    NoDecision {
        /// As it was asked for.
        number: i64,
    },
    /// A decision cannot be as it is asked for.
    #[error("{detail}")]
    Decision {
        /// Why, as a stable code in kebab-case.
        code: &'static str,
        /// What it is about.
        detail: String,
    },
    /// The reading child could not be started.
    #[error("the reading process cannot be started: {detail}")]
    Reader {
        /// Why.
        detail: String,
    },
}
