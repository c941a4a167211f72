//! Facts: rows as they were read from evidence, each with its origin. Nothing here is recognised, joined or counted yet.
//!
//! One row of evidence becomes exactly one [`Fact`] or one [`Reject`]; a row that is understood but says nothing of
//! licences becomes [`Fact::SetAside`] with its reason, so that rows in = facts + rejects, always.

mod machine;
mod person;
mod purchase;

pub use machine::{AZURE_INCLUDED, Machine, MachineKind, MachineRef, SqlInstance, Title, Virtual};
pub use person::{Access, Person, PersonKind, Subscription};
pub use purchase::{Purchase, PurchaseSource};

use crate::deployments::Estate;
use crate::word::Word;
use serde::{Deserialize, Serialize};

/// Where a fact came from: the evidence file (by its SHA-256) and the place in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Lower-case hex SHA-256 of the evidence file.
    pub evidence: Word,
    /// Sheet, tab, archive member or section, where the format has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Word>,
    /// Data row within that part, counted from 1 after the header; for XML and JSON the element's number.
    pub row: u64,
}

/// One row, understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A computer, host, virtual machine or account of a computer, as one tool saw it.
    Machine(Machine),
    /// A title found installed on a machine.
    Title(Title),
    /// An SQL Server instance whose edition its own server property or setup told.
    SqlInstance(SqlInstance),
    /// A person or account.
    Person(Person),
    /// Somebody or something used a server.
    Access(Access),
    /// A tenant's subscription to an online service: how many bought, how many given out.
    Subscription(Subscription),
    /// A purchase line: a lot of licences, or its taking back.
    Purchase(Purchase),
    /// What no tool exports, declared by the user in the words of the case book.
    Declared(Box<Estate>),
    /// Understood, and of no consequence for licences.
    SetAside {
        /// What the row is about (a name or title), without personal data beyond that.
        what: String,
        /// Why it does not count, as a stable code in kebab-case (`per-country-row`, `mobile-device`, `cluster-name-object`...).
        why: String,
    },
}

/// A fact with its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRow {
    /// Where it was read.
    pub origin: Origin,
    /// What was read.
    pub fact: Fact,
    /// Values of this row that could not be read although the row stands (`LastLogonDate: 31/02/2026`), or that were mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// A row that could not be understood; kept, so that nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Where it stands.
    pub origin: Origin,
    /// Stable reason code in kebab-case (`too-few-columns`, `cut-off`, `bad-base64`, ...).
    pub reason: String,
    /// The detail, in English, for people (`only 2 of 17 columns`).
    pub detail: String,
    /// The row as it stood, shortened to 500 characters; product keys removed.
    pub raw: String,
}
