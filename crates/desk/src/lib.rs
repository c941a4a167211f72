//! The desk: a case on disk, and everything that is done to it.
//!
//! A case is a folder: `case.db` (SQLite), `evidence/` (files by their SHA-256, read-only), `out/` (what was made). Enters:
//! files and human acts, each with its author and time. Leaves: facts, the register of evidence, and errors that say what,
//! where and what to do. Facts are derived from the evidence; human acts are kept in a chain of hashes and never changed.
//!
//! A file is in the case whole or not at all, whatever happens to the process: its bytes are renamed into `evidence/` first,
//! and one transaction then makes file, facts and rejects known together. Foreign bytes are only ever read in a confined
//! child process ([`reader`]).

pub mod acts;
pub mod add;
pub mod answers;
mod case;
pub mod company;
pub mod confined;
pub mod decisions;
mod error;
mod facts;
pub mod great;
pub mod incoming;
pub mod joins;
pub mod mail;
mod mappings;
pub mod mends;
pub mod outgoing;
pub mod reader;
mod register;
mod schema;
pub mod titles;

pub use acts::{Act, ChainFault};
pub use case::{Case, Stamp};
pub use error::Error;
pub use facts::FiledReject;
pub use mappings::KeptMapping;
pub use register::{File, FileReading, Formats};

/// SHA-256 of bytes, in lower-case hexadecimal: the name of evidence in a case.
pub fn fingerprint(bytes: &[u8]) -> String {
    evidence::fingerprint(bytes)
}
