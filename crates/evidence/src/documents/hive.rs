//! Registry hives as Windows keeps them on the disk (regf): the keys of a SOFTWARE hive, of a user's, and of Amcache that tell of
//! programs and SQL Server instances. Layout as the public descriptions have it; transaction logs are not applied, so that the last
//! minutes of a machine that was switched off hard may be missing.
//!
//! Only keys on the way to programs are followed, each cell once, so that a hive of any shape costs little.

use super::registry::{KEPT, Key};
use std::collections::BTreeSet;

/// Bytes before the first cell.
const BASE: usize = 4096;
/// Keys that are looked at, at most.
const MOST: usize = 500_000;
/// Keys within keys.
const DEPTH: usize = 24;
/// Bytes of a value that is read.
const VALUE: usize = 8_192;

pub(super) fn is_hive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"regf")
}

/// Ways from the root to keys of use, in lower case; all keys below the end of a way are read.
const WAYS: [&[&str]; 5] = [
    &["microsoft", "windows", "currentversion", "uninstall"],
    &["microsoft", "microsoft sql server"],
    &["root", "inventoryapplication"],
    &["root", "programs"],
    &["inventoryapplication"],
];

/// Whether a path lies on a way or below its end; `Software` and `Wow6432Node` at its beginning count for nothing.
fn wanted(path: &[String]) -> bool {
    let lower: Vec<String> = path.iter().map(|step| step.to_lowercase()).collect();
    let steps: Vec<&str> = lower
        .iter()
        .enumerate()
        .filter(|(at, step)| !(*at < 2 && (*step == "software" || *step == "wow6432node")))
        .map(|(_, step)| step.as_str())
        .collect();
    WAYS.iter().any(|way| steps.iter().zip(*way).all(|(step, wanted)| step == wanted))
}

struct Hive<'b> {
    bytes: &'b [u8],
    seen: BTreeSet<u32>,
    keys: Vec<Key>,
    /// A cell was cut off, doubled or pointed outside.
    damaged: bool,
}

/// The keys of use, in the order of the hive, and whether the hive is damaged; `None` where its root cannot be read.
pub(super) fn keys(bytes: &[u8]) -> Option<(Vec<Key>, bool)> {
    let root = u32_at(bytes, 36)?;
    let mut hive = Hive { bytes, seen: BTreeSet::new(), keys: Vec::new(), damaged: false };
    hive.cell(root).filter(|cell| cell.starts_with(b"nk"))?;
    hive.walk(root, &mut Vec::new());
    Some((hive.keys, hive.damaged))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> =
        bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?))).collect();
    String::from_utf16_lossy(&units)
}

/// A name in Latin letters or in UTF-16, as its flag says.
fn name(bytes: &[u8], latin: bool) -> String {
    if latin { bytes.iter().map(|byte| char::from(*byte)).collect() } else { utf16(bytes) }
}

impl<'b> Hive<'b> {
    /// The contents of an allocated cell.
    fn cell(&self, offset: u32) -> Option<&'b [u8]> {
        let bytes = self.bytes;
        let at = BASE.checked_add(usize::try_from(offset).ok()?)?;
        let size = i32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
        let length = usize::try_from(size.checked_neg()?).ok()?;
        bytes.get(at.checked_add(4)?..at.checked_add(length)?)
    }

    /// A key and those below it that are of use.
    fn walk(&mut self, offset: u32, path: &mut Vec<String>) {
        if self.seen.len() >= MOST || path.len() > DEPTH || !self.seen.insert(offset) {
            self.damaged = true;
            return;
        }
        let Some(cell) = self.cell(offset).filter(|cell| cell.starts_with(b"nk")) else {
            self.damaged = true;
            return;
        };
        if path.len() > 2 {
            let mut key = Key { path: path.join("\\"), ..Key::default() };
            self.values(cell, &mut key);
            self.keys.push(key);
        }
        let (Some(count), Some(list)) = (u32_at(cell, 20), u32_at(cell, 28)) else { return };
        if count == 0 {
            return;
        }
        let mut below = Vec::new();
        self.list(list, 0, &mut below);
        for child in below {
            let Some(cell) = self.cell(child).filter(|cell| cell.starts_with(b"nk")) else {
                self.damaged = true;
                continue;
            };
            let length = usize::from(u16_at(cell, 72).unwrap_or_default());
            let latin = u16_at(cell, 2).unwrap_or_default() & 0x20 != 0;
            let Some(bytes) = cell.get(76..76_usize.saturating_add(length)) else {
                self.damaged = true;
                continue;
            };
            path.push(name(bytes, latin));
            if wanted(path) {
                self.walk(child, path);
            }
            path.pop();
        }
    }

    /// The keys of a list, or of a list of lists.
    fn list(&mut self, offset: u32, depth: usize, out: &mut Vec<u32>) {
        let Some(cell) = self.cell(offset).filter(|_| depth < 4) else {
            self.damaged = true;
            return;
        };
        let count = usize::from(u16_at(cell, 2).unwrap_or_default());
        let step = match cell.get(..2) {
            Some(b"lf" | b"lh") => 8,
            Some(b"li" | b"ri") => 4,
            _ => {
                self.damaged = true;
                return;
            }
        };
        for at in 0..count {
            let Some(entry) = u32_at(cell, 4 + at * step).filter(|_| out.len() < MOST) else {
                self.damaged = true;
                return;
            };
            if cell.starts_with(b"ri") {
                self.list(entry, depth + 1, out);
            } else {
                out.push(entry);
            }
        }
    }

    /// The values of a key that are of use: texts and numbers.
    fn values(&mut self, cell: &[u8], key: &mut Key) {
        let (Some(count), Some(list)) = (u32_at(cell, 36), u32_at(cell, 40)) else { return };
        if count == 0 {
            return;
        }
        let Some(list) = self.cell(list) else {
            self.damaged = true;
            return;
        };
        let instance_names = key.path.to_ascii_lowercase().ends_with("\\instance names\\sql");
        for at in 0..usize::try_from(count).unwrap_or_default().min(list.len() / 4) {
            let value = u32_at(list, at * 4).and_then(|offset| self.cell(offset)).and_then(|cell| self.value(cell));
            let Some((name, text)) = value else { continue };
            if instance_names {
                key.all.push((name, text));
            } else if KEPT.contains(&name.to_ascii_lowercase().as_str()) {
                key.values.insert(name.to_ascii_lowercase(), text);
            }
        }
    }

    /// Name and text of a value; `None` for bytes, which may be product keys.
    fn value(&self, cell: &[u8]) -> Option<(String, String)> {
        if !cell.starts_with(b"vk") {
            return None;
        }
        let length = usize::from(u16_at(cell, 2)?);
        let latin = u16_at(cell, 16)? & 1 != 0;
        let called = name(cell.get(20..20_usize.checked_add(length)?)?, latin);
        let size = u32_at(cell, 4)?;
        let bytes = if size & 0x8000_0000 != 0 {
            cell.get(8..8 + usize::try_from(size & 0x7fff_ffff).ok()?.min(4))?
        } else {
            let size = usize::try_from(size).ok().filter(|size| *size <= VALUE)?;
            self.cell(u32_at(cell, 8)?)?.get(..size)?
        };
        let text = match u32_at(cell, 12)? {
            1 | 2 => utf16(bytes).trim_end_matches('\0').to_owned(),
            7 => utf16(bytes).trim_end_matches('\0').replace('\0', ";"),
            4 => u32_at(bytes, 0)?.to_string(),
            11 => u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?).to_string(),
            _ => return None,
        };
        Some((called, text))
    }
}
