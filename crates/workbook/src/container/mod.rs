//! The boxes that workbooks come in: zip archives, OPC packages within them, and compound files (OLE).

mod archive;
pub(crate) mod markup;
mod ole;
mod package;
mod splice;

pub use archive::{Archive, Entry};
pub(crate) use ole::MAGIC;
pub use ole::{Ole, OleEntry, OleKind};
pub use package::{Package, Relationship};
pub(crate) use package::{attribute, elements, text};
pub use splice::{Packed, Packer, Splice, pack};

/// A little-endian number of two bytes, if it is there.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// A little-endian number of four bytes, if it is there.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A little-endian number of eight bytes, if it is there.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
