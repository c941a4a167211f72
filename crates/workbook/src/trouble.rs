//! Why something could not be read: what, where, and a code under which people are told.

use thiserror::Error;

/// A reader's refusal. It never means that a file is harmless: what was not read was not judged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Trouble {
    /// The bytes are of no kind that this room reads.
    #[error("no workbook and no macro project")]
    NotAWorkbook,
    /// A bound was reached; `what` names the part, `limit` is in bytes or pieces.
    #[error("{what}: more than {limit}")]
    TooLarge {
        /// Part, stream or count that is too large.
        what: String,
        /// The bound.
        limit: u64,
    },
    /// The bytes contradict their format.
    #[error("{part}: {what}")]
    Malformed {
        /// Part or stream.
        part: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A part or stream that should be there is not.
    #[error("{0}: not there")]
    Missing(String),
    /// The file is encrypted and none of the passwords opens it.
    #[error("encrypted; no password given opens it")]
    Encrypted,
    /// The file is encrypted in a way that is not known here.
    #[error("encrypted in a way that is not known: {0}")]
    UnknownEncryption(String),
}

impl Trouble {
    /// A [`Trouble::Malformed`].
    pub fn malformed(part: impl Into<String>, what: &'static str) -> Self {
        Self::Malformed { part: part.into(), what }
    }

    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAWorkbook => "not-a-workbook",
            Self::TooLarge { .. } => "too-large",
            Self::Malformed { .. } => "malformed",
            Self::Missing(_) => "missing",
            Self::Encrypted => "encrypted",
            Self::UnknownEncryption(_) => "unknown-encryption",
        }
    }
}
