//! A block of titles as it stands in the table `title_block`: the length of a JSON text, the text, the columns.

use evidence::archives::Run;
use evidence::bulk::{Block, Columns, ColumnsError};
use licensing::facts::{Machine, MachineRef};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// What stands before the columns.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Only of a member of an archive: place of the first row among all facts of its reading. Such a block names its machines and
    /// titles by itself, in the order of their numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<u64>,
    /// Part of the member that its rows stand in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<String>,
    /// Rows of the reading before those that the columns count from 1.
    pub(crate) before: u64,
    /// Machines that no block of the reading before this one has named.
    pub(crate) new_machines: Vec<MachineRef>,
    /// Phrases of the titles that no block before this one has named.
    pub(crate) new_titles: Vec<i64>,
    /// Machines of the columns, by their number in the reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) machines: Vec<u32>,
    /// Titles of the columns, by their number in the reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) titles: Vec<u32>,
    /// What a row tells of its machine: place of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) told: Vec<(u32, Machine)>,
    /// Remarks on a row: place of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) remarks: Vec<(u32, Vec<String>)>,
}

/// A block of a list as bytes; `new_titles` are the phrases of its new titles.
pub(super) fn of_list(block: Block, new_titles: Vec<i64>) -> serde_json::Result<Vec<u8>> {
    let head = Head {
        at: None,
        part: None,
        before: block.before,
        new_machines: block.new_machines,
        new_titles,
        machines: block.machines,
        titles: block.titles,
        told: block.told,
        remarks: block.remarks,
    };
    to_bytes(&head, &block.columns)
}

/// A run of titles of a member as bytes; `titles` are the phrases of its titles.
pub(super) fn of_member(run: Run, titles: Vec<i64>) -> serde_json::Result<Vec<u8>> {
    let head = Head {
        at: Some(run.at),
        part: run.part,
        new_machines: run.machines,
        new_titles: titles,
        told: run.told,
        remarks: run.remarks,
        ..Head::default()
    };
    to_bytes(&head, &run.columns)
}

fn to_bytes(head: &Head, columns: &Columns) -> serde_json::Result<Vec<u8>> {
    let head = serde_json::to_vec(head)?;
    let columns = columns.to_bytes();
    let mut bytes = Vec::with_capacity(8 + head.len() + columns.len());
    bytes.extend_from_slice(&(head.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&columns);
    Ok(bytes)
}

/// What a block names for the first time.
pub(super) enum FirstNamed {
    /// Of a list: how many machines, which no other block of it names.
    OfList(usize, Vec<i64>),
    /// Of a member of an archive: the machines, which other members may name too.
    OfMember(Vec<MachineRef>, Vec<i64>),
}

/// What a block names, without its columns. `Err`: not what this program writes.
pub(super) fn first_named(bytes: &[u8]) -> Result<FirstNamed, ColumnsError> {
    /// Of a million machines only the number counts: none is made out of its letters.
    #[derive(Deserialize)]
    struct Counted {
        #[serde(default)]
        at: Option<u64>,
        new_machines: Vec<IgnoredAny>,
        new_titles: Vec<i64>,
    }
    let (head, _) = halves(bytes)?;
    let counted: Counted = serde_json::from_slice(head).map_err(|_| ColumnsError)?;
    Ok(match counted.at {
        None => FirstNamed::OfList(counted.new_machines.len(), counted.new_titles),
        Some(_) => {
            let head: Head = serde_json::from_slice(head).map_err(|_| ColumnsError)?;
            FirstNamed::OfMember(head.new_machines, head.new_titles)
        }
    })
}

/// A block out of bytes. `Err`: not what this program writes.
pub(crate) fn rows_of(bytes: &[u8]) -> Result<(Head, Columns), ColumnsError> {
    let (head, columns) = halves(bytes)?;
    Ok((serde_json::from_slice(head).map_err(|_| ColumnsError)?, Columns::from_bytes(columns)?))
}

/// The head's text and the columns.
fn halves(bytes: &[u8]) -> Result<(&[u8], &[u8]), ColumnsError> {
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or(ColumnsError)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| ColumnsError)?;
    rest.split_at_checked(length).ok_or(ColumnsError)
}
