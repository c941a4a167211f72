//! A block of titles as it stands in the table `title_block`: the length of a JSON text, the text, the columns.

use evidence::bulk::{Block, Columns, ColumnsError};
use licensing::facts::{Machine, MachineRef};
use serde::{Deserialize, Serialize};

/// What stands before the columns.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Rows of the reading before those that the columns count from 1.
    pub(crate) before: u64,
    /// Machines that no block of the reading before this one has named.
    pub(crate) new_machines: Vec<MachineRef>,
    /// Phrases of the titles that no block before this one has named.
    pub(crate) new_titles: Vec<i64>,
    /// Machines of the columns, by their number in the reading.
    pub(crate) machines: Vec<u32>,
    /// Titles of the columns, by their number in the reading.
    pub(crate) titles: Vec<u32>,
    /// What a row tells of its machine: place of the row.
    pub(crate) told: Vec<(u32, Machine)>,
    /// Remarks on a row: place of the row.
    pub(crate) remarks: Vec<(u32, Vec<String>)>,
}

/// The block as bytes; `new_titles` are the phrases of its new titles.
pub(super) fn to_bytes(block: Block, new_titles: Vec<i64>) -> serde_json::Result<Vec<u8>> {
    let head = serde_json::to_vec(&Head {
        before: block.before,
        new_machines: block.new_machines,
        new_titles,
        machines: block.machines,
        titles: block.titles,
        told: block.told,
        remarks: block.remarks,
    })?;
    let columns = block.columns.to_bytes();
    let mut bytes = Vec::with_capacity(8 + head.len() + columns.len());
    bytes.extend_from_slice(&(head.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&columns);
    Ok(bytes)
}

/// A block out of bytes. `Err`: not what this program writes.
pub(crate) fn rows_of(bytes: &[u8]) -> Result<(Head, Columns), ColumnsError> {
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or(ColumnsError)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| ColumnsError)?;
    let (head, columns) = rest.split_at_checked(length).ok_or(ColumnsError)?;
    let head = serde_json::from_slice(head).map_err(|_| ColumnsError)?;
    Ok((head, Columns::from_bytes(columns)?))
}
