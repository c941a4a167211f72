//! The records of the `dir` stream (MS-OVBA 2.3.4.2), in stored order.

use crate::container::{u16_at, u32_at};
use std::ops::Range;

/// A record: identifier, size field, body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Identifier, such as `0x0019` for a module's name.
    pub id: u16,
    /// The whole record: identifier, size field and body.
    pub whole: Range<usize>,
    /// The body alone.
    pub body: Range<usize>,
}

/// The records of an unpacked `dir` stream, up to its end or the first that is cut off; `false` where it was cut off.
///
/// Every record is an identifier of two bytes, a size of four and a body of that size; only the version record (0x0009) lies about
/// its size: it says 4 and has 6.
pub fn records(dir: &[u8]) -> (Vec<Record>, bool) {
    let mut found = Vec::new();
    let mut at = 0_usize;
    while let (Some(id), Some(size)) = (u16_at(dir, at), u32_at(dir, at.saturating_add(2))) {
        let size = if id == 0x0009 { 6 } else { usize::try_from(size).unwrap_or(usize::MAX) };
        let body = at.saturating_add(6);
        let Some(end) = body.checked_add(size).filter(|&e| e <= dir.len()) else { return (found, false) };
        found.push(Record { id, whole: at..end, body: body..end });
        at = end;
    }
    let whole = found.last().is_some_and(|r| r.id == 0x0010);
    (found, whole)
}
