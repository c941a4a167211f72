//! The names that compiled code uses, from the table at the end of the `_VBA_PROJECT` stream.
//!
//! The table is not published by its maker. What is used here was checked against the corpus: each entry is a length, a kind, six more
//! bytes where the kind has its high bit, the name, and four bytes whose upper half is the same in all of them. Compiled code names an
//! entry by twice its index and a base that depends on the version: in 22,000 names of Office-made lines there was no exception.

use super::decode;
use crate::container::u16_at;
use std::collections::BTreeMap;

/// Names of compiled code with the numbers by which lines of code refer to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompiledNames {
    by_name: BTreeMap<String, u16>,
    by_number: BTreeMap<u16, String>,
}

impl CompiledNames {
    /// Reads the table; `None` for a version whose base is not known here. `system` is the kind of system that the project names
    /// (record 0x0001): 1 for Windows of 32 bits, 3 for 64 bits.
    pub fn read(cache: &[u8], code_page: u16, system: u32) -> Option<Self> {
        let names = table(cache)?;
        let has = |wanted: &[u8]| names.iter().take(16).any(|n| *n == wanted);
        if !has(b"VBA") || !has(b"Win16") || !has(b"VBA6") {
            return None;
        }
        let base = match (has(b"Win64"), system) {
            (true, 3) => 0x020e_u16,
            (true, 1) => 0x0208,
            (false, 1) => 0x0200,
            _ => return None,
        };
        let mut found = Self::default();
        for (i, name) in names.iter().enumerate() {
            let number = u16::try_from(i).ok()?.checked_mul(2)?.checked_add(base)?;
            let lower = decode(code_page, name).to_lowercase();
            found.by_name.entry(lower.clone()).or_insert(number);
            found.by_number.insert(number, lower);
        }
        Some(found)
    }

    /// Number of a name in small letters.
    pub fn number(&self, lower: &str) -> Option<u16> {
        self.by_name.get(lower).copied()
    }

    /// Names, in small letters, that a line of compiled code seems to use: some may be there by chance, none is left out.
    pub fn used<'n>(&'n self, code: &[u8]) -> Vec<&'n str> {
        let found = numbers(code).into_iter().filter_map(|n| self.by_number.get(&n));
        found.map(String::as_str).collect()
    }
}

/// What may be numbers of names in a line of compiled code, sorted: the lowest bit is a mark.
pub fn numbers(code: &[u8]) -> Vec<u16> {
    let mut found: Vec<u16> = (0..code.len() / 2).filter_map(|i| u16_at(code, i * 2)).map(|n| n & !1).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The longest run of entries.
fn table(cache: &[u8]) -> Option<Vec<&[u8]>> {
    // The entry of VBA itself, with the lower half of its four bytes, tells the upper half that all share.
    let at = cache.windows(5).position(|w| w == b"VBA\xf7\xe2")?;
    let shared = u16_at(cache, at.checked_add(5)?)?;
    let mut runs = vec![0_u32; cache.len().saturating_add(1)];
    let (mut longest, mut start) = (0, 0);
    for at in (0..cache.len()).rev() {
        let Some((_, next)) = entry(cache, at, shared) else { continue };
        let run = runs.get(next).copied().unwrap_or(0).saturating_add(1);
        if let Some(slot) = runs.get_mut(at) {
            *slot = run;
        }
        if run > longest {
            (longest, start) = (run, at);
        }
    }
    let mut names = Vec::new();
    while let Some((name, next)) = entry(cache, start, shared) {
        names.push(name);
        start = next;
    }
    Some(names)
}

fn entry(cache: &[u8], at: usize, shared: u16) -> Option<(&[u8], usize)> {
    let length = usize::from(*cache.get(at)?);
    let kind = *cache.get(at.checked_add(1)?)?;
    let start = at.checked_add(if kind & 0x80 == 0 { 2 } else { 8 })?;
    let end = start.checked_add(length)?;
    if length == 0 || u16_at(cache, end.checked_add(2)?)? != shared {
        return None;
    }
    let name = cache.get(start..end)?;
    // Some are no names of Basic but those of files and references.
    name.iter().all(|b| *b >= 0x20).then_some((name, end.checked_add(4)?))
}
