//! Evidence: bytes become facts and rejects.
//!
//! Enters: a file's name and bytes. Leaves: a [`Reading`] (what it was taken for, its facts, its rejects), or a [`Refusal`]
//! that says why the file as a whole could not be taken and what to do. One row gives one fact or one reject, so that rows in
//! = facts + rejects by construction. Recognised by content, never by name; nothing is executed, nothing is fetched.

pub mod archives;
pub mod bulk;
mod documents;
mod keys;
mod limits;
mod mapping;
mod open;
mod reading;
mod tables;
mod text;
pub mod trial;
mod values;

pub use documents::entitlements::write as write_entitlements;
pub use limits::Limits;
pub use mapping::{Mapping, Proposal, Role};
pub use open::{Member, open};
pub use reading::{Reading, Refusal, Refused, TEXT_OF_A_PROOF};
pub use text::holding;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What a reader needs besides the bytes.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Saved mappings of tables that no reader knows.
    pub mappings: Vec<Mapping>,
    /// Rows that a person mended.
    pub mends: Vec<Mend>,
    /// Bounds.
    pub limits: Limits,
}

/// A row as a person says that it should have read. The file keeps its bytes; only what is read of them differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// SHA-256 of the file that the row stands in; in a container, of the member.
    pub evidence: String,
    /// Sheet or section within it.
    pub part: Option<String>,
    /// Number of the row.
    pub row: u64,
    /// The row, anew: the cells of a table with a separator between them, an object of JSON, an entry of LDIF.
    pub text: String,
    /// What the fact is marked with: who, when.
    pub note: String,
}

/// Lower-case hex SHA-256 of a file: its name in the case.
pub fn fingerprint(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads one file (not a container: see [`open`]).
///
/// # Errors
/// [`Refusal`]: empty, too large, of no known format, cut off, or a table that needs a mapping (with a proposal).
pub fn read(name: &str, bytes: &[u8], context: &Context) -> Result<Reading, Refusal> {
    read_bytes(name, bytes, context).map_err(|mut refusal| {
        if let Some(proposal) = &mut refusal.proposal {
            // Mappings are known by their names: two tables must not propose the same.
            let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
            file.split('.')
                .next()
                .filter(|stem| !stem.is_empty())
                .unwrap_or(file)
                .clone_into(&mut proposal.mapping.name);
        }
        refusal
    })
}

fn read_bytes(name: &str, bytes: &[u8], context: &Context) -> Result<Reading, Refusal> {
    let limits = &context.limits;
    if bytes.is_empty() {
        return Err(Refusal::new(Refused::Empty, "the file has no bytes"));
    }
    if bytes.len() as u64 > limits.bytes {
        return Err(Refusal::new(
            Refused::TooLarge,
            format!("{} bytes; at most {} are read", bytes.len(), limits.bytes),
        ));
    }
    let evidence = fingerprint(bytes);
    let inflated = open::inflate_wire(bytes, limits)?;
    let bytes = inflated.as_deref().unwrap_or(bytes);
    if let Some(outcome) = documents::binary(name, bytes, &evidence, context) {
        return outcome;
    }
    let decoded = text::decode(bytes);
    if let Some(outcome) = documents::text(name, &decoded, &evidence, context) {
        return outcome;
    }
    tables::text(name, &decoded, &evidence, context)
}

/// Headings and rows of a delimited text, in whatever encoding and dialect it stands; for lists that are no evidence.
///
/// # Errors
/// [`Refusal`]: empty, too large, a line beyond bounds, or cut off in the middle of a cell.
pub fn delimited(bytes: &[u8]) -> Result<(Vec<String>, Vec<Vec<String>>), Refusal> {
    let limits = Limits::default();
    if bytes.len() as u64 > limits.bytes {
        return Err(Refusal::new(
            Refused::TooLarge,
            format!("{} bytes; at most {} are read", bytes.len(), limits.bytes),
        ));
    }
    let text = text::decode(bytes).text;
    if let Some(line) = tables::too_long_line(&text, limits.line) {
        return Err(Refusal::new(Refused::TooLarge, format!("a line of more than {} bytes", limits.line)).at(line));
    }
    let records = tables::records(&text);
    if let Some(at) = records.iter().position(|record| record.cut) {
        return Err(Refusal::new(Refused::CutOff, "ends in the middle of a quoted cell").at(at as u64));
    }
    let mut rows = records.into_iter().map(|record| record.cells);
    let header = rows.next().ok_or_else(|| Refusal::new(Refused::Empty, "there is no line with headings"))?;
    Ok((header, rows.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect()))
}
