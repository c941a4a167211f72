//! A copy of an archive in which some members are replaced or left out, and every other byte stands as it stood.
//!
//! A member that is not named keeps its raw bytes: local header, packed data, descriptor, padding, and its place in the order. Only
//! the directory is written anew, record by record, with the places that have moved. ZIP64 records are kept and corrected.

use super::{Archive, Entry, u16_at, u32_at, u64_at};
use crate::trouble::Trouble;
use std::collections::BTreeMap;
use std::io::Write;

/// A member's new bytes, deflated as they are written, with their sum and size.
pub struct Packer {
    // Gathered, since many small pieces cost more than a few large ones.
    waiting: Vec<u8>,
    deflate: flate2::write::DeflateEncoder<Vec<u8>>,
    crc: flate2::Crc,
}

/// Bytes ready to stand in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    bytes: Vec<u8>,
    crc: u32,
    size: u64,
}

const GATHERED: usize = 32 << 10;

impl Default for Packer {
    fn default() -> Self {
        // Level 3: half a second less than level 6 on a form of 225,000 cells, for a tenth more bytes.
        Self {
            waiting: Vec::with_capacity(GATHERED),
            deflate: flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(3)),
            crc: flate2::Crc::new(),
        }
    }
}

impl Packer {
    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.waiting.len() + bytes.len() > GATHERED {
            self.flush();
        }
        if bytes.len() > GATHERED {
            self.crc.update(bytes);
            // A Vec takes all that is written to it.
            let _ = self.deflate.write_all(bytes);
        } else {
            self.waiting.extend_from_slice(bytes);
        }
    }

    fn flush(&mut self) {
        self.crc.update(&self.waiting);
        let _ = self.deflate.write_all(&self.waiting);
        self.waiting.clear();
    }

    /// What was written, packed.
    ///
    /// # Errors
    /// None is known: the target is memory.
    pub fn finish(mut self) -> Result<Packed, Trouble> {
        self.flush();
        let bytes = self.deflate.finish().map_err(|_| Trouble::malformed("zip", "a member could not be packed"))?;
        // The sum's own count wraps at 4 GiB; members here are bounded far below.
        Ok(Packed { bytes, crc: self.crc.sum(), size: u64::from(self.crc.amount()) })
    }
}

/// Packs bytes at once.
///
/// # Errors
/// As [`Packer::finish`].
pub fn pack(bytes: &[u8]) -> Result<Packed, Trouble> {
    let mut packer = Packer::default();
    packer.push(bytes);
    packer.finish()
}

enum Change {
    Replace(Packed),
    Remove,
}

/// The changes to make to a copy of an archive.
pub struct Splice<'a, 'b> {
    archive: &'a Archive<'b>,
    // A member is known by where its record stands: two may bear one name.
    changes: BTreeMap<usize, Change>,
    plain: bool,
}

impl<'a, 'b> Splice<'a, 'b> {
    /// A copy without changes.
    pub fn new(archive: &'a Archive<'b>) -> Self {
        Self { archive, changes: BTreeMap::new(), plain: false }
    }

    /// Gives a member new bytes.
    pub fn replace(&mut self, entry: &Entry, packed: Packed) {
        self.changes.insert(entry.record.start, Change::Replace(packed));
    }

    /// Leaves a member out.
    pub fn remove(&mut self, entry: &Entry) {
        self.changes.insert(entry.record.start, Change::Remove);
    }

    /// Leaves out what headers tell of the maker: times become 1980-01-01, extra fields of times and users go, comments go.
    pub fn plain_headers(&mut self) {
        self.plain = true;
    }

    /// Writes the copy; without any change it is the same bytes.
    ///
    /// # Errors
    /// The headers contradict themselves, or the copy would pass 4 GiB.
    pub fn finish(self) -> Result<Vec<u8>, Trouble> {
        let bytes = self.archive.bytes();
        if self.changes.is_empty() && !self.plain {
            return Ok(bytes.to_vec());
        }
        self.write(bytes).ok_or_else(|| Trouble::malformed("zip directory", "its headers contradict themselves"))
    }

    fn write(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let entries = self.archive.entries();
        let mut order: Vec<&Entry> = entries.iter().collect();
        order.sort_by_key(|e| e.whole.start);
        let directory = self.archive.directory();
        let first = order.first().map_or(directory.start, |e| e.whole.start);
        let mut out = Vec::with_capacity(bytes.len());
        if !self.plain {
            out.extend_from_slice(bytes.get(..first)?);
        }
        let mut places = BTreeMap::new();
        for entry in order {
            places.insert(entry.record.start, u32::try_from(out.len()).ok()?);
            match self.changes.get(&entry.record.start) {
                Some(Change::Remove) => {}
                Some(Change::Replace(packed)) => self.member(bytes, entry, packed, &mut out)?,
                None if self.plain => self.kept(bytes, entry, &mut out)?,
                None => out.extend_from_slice(bytes.get(entry.whole.clone())?),
            }
        }
        let start = out.len();
        let mut count = 0_u64;
        let mut last = directory.start;
        for entry in entries {
            last = entry.record.end;
            let change = self.changes.get(&entry.record.start);
            if matches!(change, Some(Change::Remove)) {
                continue;
            }
            count += 1;
            let place = *places.get(&entry.record.start)?;
            let packed = change.and_then(|c| if let Change::Replace(p) = c { Some(p) } else { None });
            self.record(bytes, entry, packed, place, &mut out)?;
        }
        out.extend_from_slice(bytes.get(last..directory.end)?);
        let size = out.len() - start;
        self.ending(bytes, count, start, size, &mut out)?;
        u32::try_from(out.len()).ok()?;
        Some(out)
    }

    /// A member with new bytes: its own header with the new sum and sizes, and no descriptor after it.
    fn member(&self, bytes: &[u8], entry: &Entry, packed: &Packed, out: &mut Vec<u8>) -> Option<()> {
        let head = bytes.get(entry.whole.start..entry.data.start)?;
        let name_end = 30_usize.checked_add(u16_at(head, 26)?.into())?;
        let mut header = head.get(..name_end)?.to_vec();
        put(&mut header, 6, &(u16_at(head, 6)? & !8).to_le_bytes())?;
        put(&mut header, 8, &8_u16.to_le_bytes())?;
        self.facts(&mut header, 10, 14, packed)?;
        let extra = extras(head.get(name_end..)?, |id| id != 1 && !(self.plain && tells(id)));
        put(&mut header, 28, &u16::try_from(extra.len()).ok()?.to_le_bytes())?;
        out.extend(header);
        out.extend(extra);
        out.extend_from_slice(&packed.bytes);
        Some(())
    }

    /// A member with its own bytes and a header that tells no time.
    fn kept(&self, bytes: &[u8], entry: &Entry, out: &mut Vec<u8>) -> Option<()> {
        let head = bytes.get(entry.whole.start..entry.data.start)?;
        let name_end = 30_usize.checked_add(u16_at(head, 26)?.into())?;
        let mut header = head.get(..name_end)?.to_vec();
        put(&mut header, 10, &TIME)?;
        let extra = extras(head.get(name_end..)?, |id| !tells(id));
        put(&mut header, 28, &u16::try_from(extra.len()).ok()?.to_le_bytes())?;
        out.extend(header);
        out.extend(extra);
        out.extend_from_slice(bytes.get(entry.data.clone())?);
        if u16_at(head, 6)? & 8 != 0 {
            // Only the descriptor: bytes between members could tell anything.
            let after = bytes.get(entry.data.end..entry.whole.end)?;
            out.extend_from_slice(after.get(..descriptor(after, entry))?);
        }
        Some(())
    }

    fn facts(&self, header: &mut [u8], time: usize, crc: usize, packed: &Packed) -> Option<()> {
        if self.plain {
            put(header, time, &TIME)?;
        }
        put(header, crc, &packed.crc.to_le_bytes())?;
        put(header, crc + 4, &u32::try_from(packed.bytes.len()).ok()?.to_le_bytes())?;
        put(header, crc + 8, &u32::try_from(packed.size).ok()?.to_le_bytes())
    }

    fn record(
        &self,
        bytes: &[u8],
        entry: &Entry,
        packed: Option<&Packed>,
        place: u32,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let old = bytes.get(entry.record.clone())?;
        let name_end = 46_usize.checked_add(u16_at(old, 28)?.into())?;
        let extra_end = name_end.checked_add(u16_at(old, 30)?.into())?;
        let mut head = old.get(..name_end)?.to_vec();
        let mut extra = old.get(name_end..extra_end)?.to_vec();
        if let Some(packed) = packed {
            put(&mut head, 8, &(u16_at(old, 8)? & !8).to_le_bytes())?;
            put(&mut head, 10, &8_u16.to_le_bytes())?;
            self.facts(&mut head, 12, 16, packed)?;
            put(&mut head, 42, &place.to_le_bytes())?;
            extra = extras(&extra, |id| id != 1);
        } else if u32_at(old, 42)? == u32::MAX {
            move_wide(&mut extra, old, place)?;
        } else {
            put(&mut head, 42, &place.to_le_bytes())?;
        }
        let mut comment = old.get(extra_end..)?;
        if self.plain {
            put(&mut head, 12, &TIME)?;
            extra = extras(&extra, |id| !tells(id));
            comment = &[];
            put(&mut head, 32, &[0, 0])?;
        }
        put(&mut head, 30, &u16::try_from(extra.len()).ok()?.to_le_bytes())?;
        out.extend(head);
        out.extend(extra);
        out.extend_from_slice(comment);
        Some(())
    }

    /// What stands after the records: the records of ZIP64, if any, and the end record with its comment.
    fn ending(&self, bytes: &[u8], count: u64, start: usize, size: usize, out: &mut Vec<u8>) -> Option<()> {
        let (old_stop, end) = (self.archive.directory().end, self.archive.end());
        let (start, size) = (start as u64, size as u64);
        let moved = out.len();
        let mut between = bytes.get(old_stop..end)?.to_vec();
        let locator = between.len().checked_sub(20).filter(|&l| u32_at(&between, l) == Some(LOCATOR_64));
        if let Some(locator) = locator {
            let old_at = usize::try_from(u64_at(&between, locator + 8)?).ok()?;
            let at = old_at.checked_sub(old_stop)?;
            put(&mut between, at.checked_add(24)?, &count.to_le_bytes())?;
            put(&mut between, at.checked_add(32)?, &count.to_le_bytes())?;
            put(&mut between, at.checked_add(40)?, &size.to_le_bytes())?;
            put(&mut between, at.checked_add(48)?, &start.to_le_bytes())?;
            put(&mut between, locator + 8, &(moved.checked_add(at)? as u64).to_le_bytes())?;
        } else if self.plain {
            between.clear();
        }
        out.extend(between);
        let mut tail = bytes.get(end..)?.to_vec();
        let wide = locator.is_some();
        let short = |old: u16, new: u64| if wide && old == u16::MAX { Some(old) } else { u16::try_from(new).ok() };
        let long = |old: u32, new: u64| if wide && old == u32::MAX { Some(old) } else { u32::try_from(new).ok() };
        for at in [8, 10] {
            let new = short(u16_at(&tail, at)?, count)?;
            put(&mut tail, at, &new.to_le_bytes())?;
        }
        for (at, value) in [(12, size), (16, start)] {
            let new = long(u32_at(&tail, at)?, value)?;
            put(&mut tail, at, &new.to_le_bytes())?;
        }
        if self.plain {
            tail.truncate(22);
            put(&mut tail, 20, &[0, 0])?;
        }
        out.extend(tail);
        Some(())
    }
}

const LOCATOR_64: u32 = 0x0706_4b50;
/// Midnight of 1980-01-01, as DOS tells time and date.
const TIME: [u8; 4] = [0, 0, 0x21, 0];

/// Extra fields that tell times or users: NTFS, the extended time stamp, Info-ZIP's of three ages.
fn tells(id: u16) -> bool {
    matches!(id, 0x000a | 0x5455 | 0x5855 | 0x7855 | 0x7875)
}

/// The extra fields that are to stay; bytes that are no field go along.
fn extras(extra: &[u8], keep: impl Fn(u16) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0_usize;
    while let (Some(id), Some(len)) = (u16_at(extra, at), u16_at(extra, at.saturating_add(2))) {
        let end = at.saturating_add(4).saturating_add(len.into());
        let Some(field) = extra.get(at..end) else { break };
        if keep(id) {
            out.extend_from_slice(field);
        }
        at = end;
    }
    out.extend_from_slice(extra.get(at..).unwrap_or_default());
    out
}

/// The place of a member in its ZIP64 field: after the two sizes, of which only the full ones are there.
fn move_wide(extra: &mut [u8], record: &[u8], place: u32) -> Option<()> {
    let mut at = 0_usize;
    while let (Some(id), Some(len)) = (u16_at(extra, at), u16_at(extra, at.checked_add(2)?)) {
        if id == 1 {
            let full = [24, 20].iter().filter(|&&o| u32_at(record, o) == Some(u32::MAX)).count();
            return put(extra, at.checked_add(4 + full * 8)?, &u64::from(place).to_le_bytes());
        }
        at = at.checked_add(4)?.checked_add(len.into())?;
    }
    None
}

/// Length of the descriptor that stands after a member's data: with or without its mark, with long or short sizes.
fn descriptor(after: &[u8], entry: &Entry) -> usize {
    let skip = if u32_at(after, 0) == Some(0x0807_4b50) { 4 } else { 0 };
    let short = u32_at(after, skip + 4).map(u64::from) == Some(entry.packed)
        && u32_at(after, skip + 8).map(u64::from) == Some(entry.size);
    (skip + if short { 12 } else { 20 }).min(after.len())
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Option<()> {
    bytes.get_mut(at..at.checked_add(value.len())?)?.copy_from_slice(value);
    Some(())
}
