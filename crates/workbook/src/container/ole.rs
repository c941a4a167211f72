//! Compound files (MS-CFB): .xls, vbaProject.bin, encrypted packages, embedded objects.
//!
//! Read here and not by a library: the hash of a signed macro project takes its designer streams by their number in the directory,
//! and a broken file must still give what can be read of it. Sector chains are bounded by the file's own size, so a cycle ends.

use super::{u16_at, u32_at, u64_at};
use crate::limits;
use crate::trouble::Trouble;
use std::collections::BTreeSet;
use std::ops::Range;

/// What an entry of the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OleKind {
    /// A folder; the root is one too.
    Storage,
    /// Bytes.
    Stream,
}

/// An entry of the directory that can be reached from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OleEntry {
    /// Its number in the directory; the root is 0.
    pub id: u32,
    /// Its own name.
    pub name: String,
    /// Names from the root, parted by `/`; the root's path is empty.
    pub path: String,
    /// Storage or stream.
    pub kind: OleKind,
    /// Number of the storage that holds it.
    pub parent: u32,
    /// Size in bytes, as claimed.
    pub size: u64,
    /// Class identifier, sixteen bytes as stored.
    pub class: [u8; 16],
    start: u32,
}

/// A compound file over its bytes.
#[derive(Debug)]
pub struct Ole<'b> {
    bytes: &'b [u8],
    sector: usize,
    small: usize,
    cutoff: u64,
    table: Vec<u32>,
    small_table: Vec<u32>,
    small_bytes: Vec<u8>,
    entries: Vec<OleEntry>,
    damaged: bool,
}

/// How a compound file begins.
pub(crate) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const LAST: u32 = 0xffff_fffa;
const NONE: u32 = 0xffff_ffff;
const PART: &str = "compound file";

impl<'b> Ole<'b> {
    /// Reads the directory.
    ///
    /// # Errors
    /// The bytes are no compound file, or its tables cannot be followed at all.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let broken = |what| Trouble::malformed(PART, what);
        if !bytes.starts_with(&MAGIC) {
            return Err(broken("it does not begin as one"));
        }
        let header = |at| u32_at(bytes, at).ok_or_else(|| broken("its header is cut off"));
        let shift = u16_at(bytes, 30)
            .filter(|s| (7..=16).contains(s))
            .ok_or_else(|| broken("its sector size is impossible"))?;
        let small = u16_at(bytes, 32)
            .filter(|s| (4..=15).contains(s))
            .ok_or_else(|| broken("its small sector size is impossible"))?;
        let mut ole = Self {
            bytes,
            sector: 1 << shift,
            small: 1 << small,
            cutoff: header(56)?.into(),
            table: Vec::new(),
            small_table: Vec::new(),
            small_bytes: Vec::new(),
            entries: Vec::new(),
            damaged: false,
        };
        ole.read_table(header(68)?, header(44)?);
        let directory = ole.chain(header(48)?, u64::MAX);
        let small_table = ole.chain(header(60)?, u64::MAX);
        ole.small_table = words(&small_table);
        let root = raw_entry(&directory, 0).ok_or_else(|| broken("it has no directory"))?;
        ole.small_bytes = ole.chain(root.start, root.size);
        ole.walk(&directory, root)?;
        Ok(ole)
    }

    /// Every entry that can be reached, by its number in the directory.
    pub fn entries(&self) -> &[OleEntry] {
        &self.entries
    }

    /// True when a chain ended early, ran in a circle or pointed outside: what was read may be incomplete.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The entry at a path, letter case left aside.
    pub fn find(&self, path: &str) -> Option<&OleEntry> {
        let wanted = path.to_lowercase();
        self.entries.iter().find(|e| e.path.to_lowercase() == wanted)
    }

    /// Bytes of a stream; fewer than its claimed size where its chain is broken.
    pub fn read(&self, entry: &OleEntry) -> Vec<u8> {
        if entry.kind != OleKind::Stream {
            return Vec::new();
        }
        let mut out = if entry.size < self.cutoff {
            self.small_chain(entry.start, entry.size)
        } else {
            self.chain_of(entry.start, entry.size).0
        };
        out.truncate(usize::try_from(entry.size).unwrap_or(usize::MAX));
        out
    }

    /// Bytes of the stream at a path.
    pub fn stream(&self, path: &str) -> Option<Vec<u8>> {
        self.find(path).filter(|e| e.kind == OleKind::Stream).map(|e| self.read(e))
    }

    /// Where the bytes of a stream stand in the file, in their order: a changed copy of the same length can be written in place.
    /// Fewer than its claimed size where its chain is broken.
    pub fn places(&self, entry: &OleEntry) -> Vec<Range<usize>> {
        let mut left = usize::try_from(entry.size).unwrap_or(usize::MAX);
        let (table, step) =
            if entry.size < self.cutoff { (&self.small_table, self.small) } else { (&self.table, self.sector) };
        let root = self.entries.first().map_or(NONE, |r| r.start);
        // The small sectors lie in the sectors of the root.
        let home: Vec<u32> = if entry.size < self.cutoff { self.numbers(&self.table, root) } else { Vec::new() };
        let start = |number: u32| {
            let number = usize::try_from(number).ok()?;
            if entry.size >= self.cutoff {
                return number.checked_add(1)?.checked_mul(self.sector);
            }
            let at = number.checked_mul(self.small)?;
            let sector = usize::try_from(*home.get(at / self.sector)?).ok()?;
            sector.checked_add(1)?.checked_mul(self.sector)?.checked_add(at % self.sector)
        };
        let mut places = Vec::new();
        for number in self.numbers(table, entry.start) {
            let Some(at) = start(number).filter(|&at| left > 0 && at < self.bytes.len()) else { break };
            let end = at.saturating_add(step.min(left)).min(self.bytes.len());
            left = left.saturating_sub(end - at);
            places.push(at..end);
        }
        places
    }

    /// The numbers of a chain; a circle ends when it is longer than the file can hold.
    fn numbers(&self, table: &[u32], start: u32) -> Vec<u32> {
        let mut found = Vec::new();
        let mut next = start;
        while next < LAST && found.len() <= table.len() {
            found.push(next);
            next = usize::try_from(next).ok().and_then(|n| table.get(n)).copied().unwrap_or(NONE);
        }
        found
    }

    fn sector_bytes(&self, number: u32) -> Option<&'b [u8]> {
        let at = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        // The last sector of a file is often cut short.
        let bytes = self.bytes;
        let end = at.checked_add(self.sector)?.min(bytes.len());
        bytes.get(at..end).filter(|s| !s.is_empty())
    }

    fn read_table(&mut self, first: u32, count: u32) {
        let most = self.bytes.len() / self.sector + 1;
        let mut sectors: Vec<u32> = words(self.bytes.get(76..512).unwrap_or_default());
        let (mut next, mut seen) = (first, 0_usize);
        while next < LAST && seen <= most {
            let Some(bytes) = self.sector_bytes(next) else {
                self.damaged = true;
                break;
            };
            let mut list = words(bytes);
            next = list.pop().unwrap_or(NONE);
            sectors.extend(list);
            seen = seen.saturating_add(1);
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(most);
        for number in sectors.into_iter().filter(|&s| s < LAST).take(count) {
            match self.sector_bytes(number) {
                Some(bytes) => self.table.extend(words(bytes)),
                None => self.damaged = true,
            }
        }
    }

    fn chain(&mut self, start: u32, size: u64) -> Vec<u8> {
        let (bytes, whole) = self.chain_of(start, size);
        self.damaged |= !whole;
        bytes
    }

    /// The sectors of a chain, and whether it ended as it should. It is never longer than the file.
    fn chain_of(&self, start: u32, size: u64) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let mut next = start;
        while next < LAST {
            if out.len() as u64 >= size {
                return (out, true);
            }
            let Some(bytes) = self.sector_bytes(next) else { return (out, false) };
            if out.len() > self.bytes.len() {
                return (out, false);
            }
            out.extend_from_slice(bytes);
            next = usize::try_from(next).ok().and_then(|n| self.table.get(n)).copied().unwrap_or(NONE);
        }
        let whole = size == u64::MAX || out.len() as u64 >= size;
        (out, whole)
    }

    fn small_chain(&self, start: u32, size: u64) -> Vec<u8> {
        let mut out = Vec::new();
        let mut next = start;
        while next < LAST && (out.len() as u64) < size && out.len() <= self.small_bytes.len() {
            let at = usize::try_from(next).unwrap_or(usize::MAX).saturating_mul(self.small);
            let end = at.saturating_add(self.small).min(self.small_bytes.len());
            let Some(bytes) = self.small_bytes.get(at..end).filter(|b| !b.is_empty()) else { break };
            out.extend_from_slice(bytes);
            next = usize::try_from(next).ok().and_then(|n| self.small_table.get(n)).copied().unwrap_or(NONE);
        }
        out
    }

    /// Follows the tree from the root. Each number is visited once, so a circle ends.
    fn walk(&mut self, directory: &[u8], root: RawEntry) -> Result<(), Trouble> {
        let mut seen = BTreeSet::from([0_u32]);
        let mut waiting = vec![(root.child, 0_u32, String::new())];
        self.entries.push(root.entry(0, 0, String::new()));
        while let Some((id, parent, folder)) = waiting.pop() {
            if id == NONE || !seen.insert(id) {
                self.damaged |= id != NONE;
                continue;
            }
            if seen.len() > limits::ENTRIES {
                return Err(Trouble::TooLarge { what: PART.to_owned(), limit: limits::ENTRIES as u64 });
            }
            let Some(raw) = raw_entry(directory, id) else {
                self.damaged = true;
                continue;
            };
            let path = if folder.is_empty() { raw.name.clone() } else { format!("{folder}/{}", raw.name) };
            if path.len() > 8_192 {
                return Err(Trouble::malformed(PART, "storages lie too deep in each other"));
            }
            waiting.push((raw.left, parent, folder.clone()));
            waiting.push((raw.right, parent, folder));
            if raw.kind == Some(OleKind::Storage) {
                waiting.push((raw.child, id, path.clone()));
            }
            if raw.kind.is_some() {
                self.entries.push(raw.entry(id, parent, path));
            }
        }
        self.entries.sort_by_key(|e| e.id);
        Ok(())
    }
}

/// A record of the directory as it is stored.
struct RawEntry {
    name: String,
    kind: Option<OleKind>,
    left: u32,
    right: u32,
    child: u32,
    class: [u8; 16],
    start: u32,
    size: u64,
}

impl RawEntry {
    fn entry(self, id: u32, parent: u32, path: String) -> OleEntry {
        let kind = if id == 0 { OleKind::Storage } else { self.kind.unwrap_or(OleKind::Storage) };
        OleEntry { id, name: self.name, path, kind, parent, size: self.size, class: self.class, start: self.start }
    }
}

fn raw_entry(directory: &[u8], id: u32) -> Option<RawEntry> {
    let at = usize::try_from(id).ok()?.checked_mul(128)?;
    let bytes = directory.get(at..at.checked_add(128)?)?;
    let length = usize::from(u16_at(bytes, 64)?.min(64));
    let units: Vec<u16> = (0..length / 2).filter_map(|i| u16_at(bytes, i * 2)).take_while(|&u| u != 0).collect();
    Some(RawEntry {
        name: String::from_utf16_lossy(&units),
        kind: match bytes.get(66)? {
            1 | 5 => Some(OleKind::Storage),
            2 => Some(OleKind::Stream),
            _ => None,
        },
        left: u32_at(bytes, 68)?,
        right: u32_at(bytes, 72)?,
        child: u32_at(bytes, 76)?,
        class: bytes.get(80..96)?.try_into().ok()?,
        start: u32_at(bytes, 116)?,
        // Version 3 leaves the upper half undefined; no file here is that large.
        size: u64_at(bytes, 120)? & 0xffff_ffff,
    })
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|c| c.try_into().ok().map(u32::from_le_bytes)).collect()
}
