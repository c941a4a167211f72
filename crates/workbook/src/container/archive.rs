//! A zip archive as its bytes stand: every entry with the range that it fills, so that a copy can keep what it does not change.
//!
//! Read here and not by a library, for three reasons: the fill must keep raw ranges, the inspection must see what a lenient reader
//! overlooks (two entries of one name, bytes between entries), and overlapping entries are refused before anything is unpacked.
//! Format: PKWARE APPNOTE 6.3.10.

use super::{u16_at, u32_at, u64_at};
use crate::limits;
use crate::trouble::Trouble;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name as the central directory has it, decoded as UTF-8 with replacement.
    pub name: String,
    /// Compression method: 0 stored, 8 deflated; others are not read.
    pub method: u16,
    /// General purpose flags.
    pub flags: u16,
    /// CRC-32 of the unpacked bytes, as claimed.
    pub crc: u32,
    /// Packed size in bytes.
    pub packed: u64,
    /// Unpacked size in bytes, as claimed.
    pub size: u64,
    /// Bytes from its local header to the next member or the central directory: header, data, data descriptor, padding.
    pub whole: Range<usize>,
    /// Its packed data.
    pub data: Range<usize>,
    /// Its record in the central directory.
    pub record: Range<usize>,
}

/// An archive over the bytes of a file.
#[derive(Debug)]
pub struct Archive<'b> {
    bytes: &'b [u8],
    entries: Vec<Entry>,
    /// Numbers of the entries by their plain name; the first of a name. A search for each part of a package of many parts would
    /// otherwise cost the square of their number.
    names: BTreeMap<String, usize>,
    directory: Range<usize>,
    end: usize,
    left: Cell<u64>,
}

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const PART: &str = "zip directory";

impl<'b> Archive<'b> {
    /// Reads the directory of an archive; nothing is unpacked.
    ///
    /// # Errors
    /// The bytes are no archive, entries overlap, or there are too many.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let broken = |what| Trouble::malformed(PART, what);
        let end = end_record(bytes).ok_or_else(|| broken("no end record"))?;
        let (count, size, start) = extent(bytes, end).ok_or_else(|| broken("a broken end record"))?;
        if count > limits::ENTRIES as u64 {
            return Err(Trouble::TooLarge { what: PART.to_owned(), limit: limits::ENTRIES as u64 });
        }
        let start = usize::try_from(start).map_err(|_| broken("it starts past the end"))?;
        let size = usize::try_from(size).map_err(|_| broken("it ends past the end"))?;
        let stop = start.checked_add(size).filter(|&s| s <= end).ok_or_else(|| broken("it ends past the end"))?;
        let mut entries = Vec::new();
        let mut at = start;
        for _ in 0..count {
            let entry = central(bytes, at, stop).ok_or_else(|| broken("a record is cut off or points outside"))?;
            at = entry.record.end;
            entries.push(entry);
        }
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|&i| entries.get(i).map_or(0, |e| e.whole.start));
        let mut next = start;
        for &i in order.iter().rev() {
            let Some(entry) = entries.get_mut(i) else { continue };
            if entry.data.end > next {
                return Err(broken("entries overlap"));
            }
            entry.whole.end = next;
            next = entry.whole.start;
        }
        let mut names = BTreeMap::new();
        for (i, entry) in entries.iter().enumerate() {
            names.entry(plain(&entry.name)).or_insert(i);
        }
        Ok(Self { bytes, entries, names, directory: start..stop, end, left: Cell::new(limits::PACKAGE) })
    }

    /// The bytes of the whole file.
    pub fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The members, in the order of the central directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the central directory stands.
    pub fn directory(&self) -> Range<usize> {
        self.directory.clone()
    }

    /// Where the end record stands; before it, after the directory, the records of ZIP64 if there are any.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The first member of that name, letter case and a leading slash left aside.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.names.get(&plain(name)).and_then(|&i| self.entries.get(i))
    }

    /// Unpacks a member, within the bounds of one part and of the whole package.
    ///
    /// # Errors
    /// It is too large, encrypted, packed in a way that is not known, or broken.
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>, Trouble> {
        let broken = |what| Trouble::malformed(entry.name.clone(), what);
        if entry.flags & 1 != 0 {
            return Err(Trouble::UnknownEncryption(entry.name.clone()));
        }
        let packed = self.bytes.get(entry.data.clone()).ok_or_else(|| broken("it is cut off"))?;
        let limit = limits::PART.min(self.left.get());
        let mut out = Vec::new();
        match entry.method {
            0 => {
                if packed.len() as u64 <= limit {
                    out.extend_from_slice(packed);
                } else {
                    return Err(Trouble::TooLarge { what: entry.name.clone(), limit });
                }
            }
            8 => {
                // The claimed size reserves a little at most: it may lie.
                out.reserve(usize::try_from(entry.size.min(1 << 20)).unwrap_or_default());
                flate2::read::DeflateDecoder::new(packed)
                    .take(limit.saturating_add(1))
                    .read_to_end(&mut out)
                    .map_err(|_| broken("its packed data are broken"))?;
            }
            _ => return Err(broken("it is packed in a way that Office does not use")),
        }
        if out.len() as u64 > limit {
            return Err(Trouble::TooLarge { what: entry.name.clone(), limit });
        }
        self.left.set(self.left.get().saturating_sub(out.len() as u64));
        Ok(out)
    }
}

/// A name as it is searched for.
fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// The last end record whose comment ends with the file.
fn end_record(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(0xffff);
    let fits = |at: &usize| {
        u32_at(bytes, *at) == Some(END)
            && u16_at(bytes, at.saturating_add(20))
                .is_some_and(|n| at.saturating_add(22 + usize::from(n)) <= bytes.len())
    };
    (first..=last).rev().find(fits)
}

/// Number of entries, size and start of the central directory.
fn extent(bytes: &[u8], end: usize) -> Option<(u64, u64, u64)> {
    let count = u16_at(bytes, end.checked_add(10)?)?;
    let size = u32_at(bytes, end.checked_add(12)?)?;
    let start = u32_at(bytes, end.checked_add(16)?)?;
    if count != u16::MAX && size != u32::MAX && start != u32::MAX {
        return Some((count.into(), size.into(), start.into()));
    }
    let locator = end.checked_sub(20)?;
    if u32_at(bytes, locator)? != LOCATOR_64 {
        return Some((count.into(), size.into(), start.into()));
    }
    let at = usize::try_from(u64_at(bytes, locator.checked_add(8)?)?).ok()?;
    if u32_at(bytes, at)? != END_64 {
        return None;
    }
    Some((
        u64_at(bytes, at.checked_add(32)?)?,
        u64_at(bytes, at.checked_add(40)?)?,
        u64_at(bytes, at.checked_add(48)?)?,
    ))
}

/// A record of the central directory and the local header that it points to.
fn central(bytes: &[u8], at: usize, stop: usize) -> Option<Entry> {
    if u32_at(bytes, at)? != CENTRAL {
        return None;
    }
    let word = |o: usize| at.checked_add(o).and_then(|p| u16_at(bytes, p));
    let long = |o: usize| at.checked_add(o).and_then(|p| u32_at(bytes, p));
    let (name_len, extra_len, comment_len) = (word(28)?, word(30)?, word(32)?);
    let name_at = at.checked_add(46)?;
    let extra_at = name_at.checked_add(name_len.into())?;
    let comment_at = extra_at.checked_add(extra_len.into())?;
    let next = comment_at.checked_add(comment_len.into())?;
    if next > stop {
        return None;
    }
    let (mut size, mut packed, mut header) = (u64::from(long(24)?), u64::from(long(20)?), u64::from(long(42)?));
    wide(bytes.get(extra_at..comment_at)?, [&mut size, &mut packed, &mut header]);
    let header = usize::try_from(header).ok()?;
    if u32_at(bytes, header)? != LOCAL {
        return None;
    }
    let local_name = u16_at(bytes, header.checked_add(26)?)?;
    let local_extra = u16_at(bytes, header.checked_add(28)?)?;
    let data = header.checked_add(30)?.checked_add(local_name.into())?.checked_add(local_extra.into())?;
    let data_end = data.checked_add(usize::try_from(packed).ok()?).filter(|&e| e <= bytes.len())?;
    Some(Entry {
        name: String::from_utf8_lossy(bytes.get(name_at..extra_at)?).into_owned(),
        method: word(10)?,
        flags: word(8)?,
        crc: long(16)?,
        packed,
        size,
        whole: header..data_end,
        data: data..data_end,
        record: at..next,
    })
}

/// ZIP64: the fields that are full stand in an extra record, in this order, only those.
fn wide(extra: &[u8], fields: [&mut u64; 3]) {
    let mut at = 0_usize;
    while let (Some(id), Some(len)) = (u16_at(extra, at), u16_at(extra, at.saturating_add(2))) {
        let mut value = at.saturating_add(4);
        if id == 1 {
            for field in fields {
                if *field == u64::from(u32::MAX) {
                    let Some(found) = u64_at(extra, value) else { return };
                    *field = found;
                    value = value.saturating_add(8);
                }
            }
            return;
        }
        at = value.saturating_add(len.into());
    }
}
