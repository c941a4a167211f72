//! What a worker gives back for a chunk.

use super::columns::Columns;
use super::encoding::Signs;
use licensing::facts::{Machine, MachineRef, Title};
use serde::{Deserialize, Serialize};

/// The rows of a chunk. Row numbers count from 1 in the chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Where its first record begins, in bytes; `None`: no record begins in it.
    pub(super) begins: Option<u64>,
    /// Where the record behind its last one begins.
    pub(super) ends: u64,
    /// It reaches the end of the file.
    pub(super) last: bool,
    /// Everything that the worker told of machines and titles before is forgotten; numbers begin anew.
    pub(super) anew: bool,
    /// Machines and titles that the worker had not met before; they go on in its numbers.
    pub(super) new_machines: Vec<MachineRef>,
    pub(super) new_titles: Vec<Title>,
    /// The machines and titles of the columns, in the worker's numbers.
    pub(super) machines: Vec<u32>,
    pub(super) titles: Vec<u32>,
    /// How many rows bear a number.
    pub(super) numbered: u64,
    /// Rows that are titles. They travel beside the rest: as text they would be thrice as long.
    #[serde(skip)]
    pub(super) columns: Columns,
    /// Rows that are not: number and what they are.
    pub(super) others: Vec<(u64, Other)>,
    /// What a row tells of its machine: place of the row in the columns.
    pub(super) told: Vec<(u32, Machine)>,
    /// Remarks on a row: place of the row in the columns.
    pub(super) remarks: Vec<(u32, Vec<String>)>,
    /// A record with all columns was there.
    pub(super) full: bool,
    /// Short records behind the last full one: whether they are rows shows only later.
    pub(super) tail: Vec<Short>,
    pub(super) signs: Signs,
    /// Votes for day first and for month first: column of installation, column of the last scan.
    pub(super) votes: [(u64, u64); 2],
    /// Some characters could not be decoded.
    pub(super) damaged: bool,
}

impl Chunk {
    /// Its rows that are titles.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Itself with other rows: those that were sent beside it.
    pub fn with(self, columns: Columns) -> Self {
        Chunk { columns, ..self }
    }
}

/// A row that is no title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Other {
    /// Understood, of no consequence.
    Aside,
    /// Not understood.
    Reject { reason: String, detail: String, raw: String },
}

/// A record with too few cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Short {
    pub(super) reason: String,
    pub(super) detail: String,
    pub(super) raw: String,
    /// Behind the data, it would be a closing message.
    pub(super) message: bool,
}

impl Short {
    pub(super) fn reject(self) -> Other {
        Other::Reject { reason: self.reason, detail: self.detail, raw: self.raw }
    }
}
