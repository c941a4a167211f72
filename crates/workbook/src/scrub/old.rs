//! A workbook of Excel 97 to 2003, in place: properties, the user who wrote last, authors of notes, the printer.
//!
//! Nothing moves: what is taken out is overwritten by as many bytes, so that no record, offset or sector changes.

use super::{Finding, Fix, When, package};
use crate::container::{Ole, OleEntry, u16_at, u32_at};
use crate::trouble::Trouble;
use crate::vba::decode;
use std::ops::Range;

pub(super) fn findings(bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let ole = Ole::open(bytes)?;
    if ole.find("EncryptedPackage").is_some() {
        return Err(Trouble::Encrypted);
    }
    let mut found = Vec::new();
    for entry in ole.entries() {
        let stream = Stream { places: ole.places(entry), bytes: ole.read(entry), entry };
        match entry.name.as_str() {
            "\u{5}SummaryInformation" => properties(&stream, true, &mut found),
            "\u{5}DocumentSummaryInformation" => properties(&stream, false, &mut found),
            "Workbook" | "Book" if entry.parent == 0 => records(&stream, &mut found),
            "Ctls" => found.push(Finding::told(&entry.path, "embedded-file", String::new())),
            _ => {}
        }
        if entry.parent == 0 && (entry.name.starts_with("MBD") || entry.name.starts_with("LNK")) {
            found.push(Finding::told(&entry.path, "embedded-file", String::new()));
        }
        if entry.parent == 0 && entry.name == "Revision Log" {
            found.push(Finding::told(&entry.path, "revision", String::new()));
        }
        if entry.parent == 0 && entry.name == "_VBA_PROJECT_CUR" {
            let mut finding = Finding::told(&entry.path, "macro-project", String::new());
            finding.trace.breaks_signature = true;
            found.push(finding);
        }
    }
    found.extend(package::paths(&ole).into_iter().map(|p| Finding::told("_VBA_PROJECT_CUR", "macro-path", p)));
    Ok(found)
}

/// A stream with where its bytes stand in the file.
struct Stream<'e> {
    places: Vec<Range<usize>>,
    bytes: Vec<u8>,
    entry: &'e OleEntry,
}

impl Stream<'_> {
    /// Findings that put other bytes of the same number in place of a range of the stream: one for each piece of the file, all of one trace.
    fn over(&self, code: &'static str, text: String, range: Range<usize>, new: &[u8], found: &mut Vec<Finding>) {
        let mut start = 0;
        for place in &self.places {
            let end = start + place.len();
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                let file = place.start + from - start..place.start + to - start;
                let part = new.get(from - range.start..to - range.start).unwrap_or_default().to_vec();
                let fix = Fix::Edit(file, part);
                found.push(Finding::new(&self.entry.path, code, text.as_str(), When::Always, fix));
            }
            start = end;
        }
    }
}

/// A set of properties (MS-OLEPS), its strings and times.
fn properties(stream: &Stream<'_>, summary: bool, found: &mut Vec<Finding>) {
    let bytes = &stream.bytes;
    let count = u32_at(bytes, 24).unwrap_or(0).min(4);
    for section in 0..count {
        let at = 28 + usize::try_from(section).unwrap_or(0) * 20 + 16;
        let Some(start) = u32_at(bytes, at).and_then(|o| usize::try_from(o).ok()) else { continue };
        let number = start.checked_add(4).and_then(|a| u32_at(bytes, a)).unwrap_or(0).min(1024);
        let mut page = 1252;
        for i in 0..usize::try_from(number).unwrap_or(0) {
            let record = start.saturating_add(8 + i * 8);
            let (Some(id), Some(offset)) = (u32_at(bytes, record), u32_at(bytes, record.saturating_add(4))) else {
                break;
            };
            let Some(value) = usize::try_from(offset).ok().and_then(|o| start.checked_add(o)) else { continue };
            if id == 1 {
                page = value.checked_add(4).and_then(|v| u16_at(bytes, v)).unwrap_or(1252);
                continue;
            }
            let code = match (section, summary, id) {
                (0, true, 4) => "author",
                (0, true, 8) => "last-modified-by",
                (0, true, 7) => "template",
                (0, true, 2 | 3 | 5 | 6) => "title",
                (0, true, 9) => "revision",
                (0, true, 10..=13) => "time",
                (0, true, 17) => "thumbnail",
                (0, false, 14) => "manager",
                (0, false, 15) => "company",
                (0, false, 2) => "title",
                (0, false, 21) => "path",
                (1.., false, 2..) => "custom-property",
                _ => continue,
            };
            property(stream, value, page, code, found);
        }
    }
}

fn property(stream: &Stream<'_>, at: usize, page: u16, code: &'static str, found: &mut Vec<Finding>) {
    let bytes = &stream.bytes;
    let Some(kind) = u32_at(bytes, at) else { return };
    let length = at.checked_add(4).and_then(|a| u32_at(bytes, a)).and_then(|l| usize::try_from(l).ok()).unwrap_or(0);
    let body = at.saturating_add(8);
    let within = |length: usize| body.checked_add(length).filter(|&e| e <= bytes.len()).map(|e| body..e);
    let (range, text) = match kind & 0xffff {
        30 => match within(length) {
            Some(range) => (range.clone(), decode(page, bytes.get(range).unwrap_or_default())),
            None => return,
        },
        31 => match length.checked_mul(2).and_then(within) {
            Some(range) => {
                let units: Vec<u16> = range.clone().step_by(2).filter_map(|i| u16_at(bytes, i)).collect();
                (range, String::from_utf16_lossy(&units))
            }
            None => return,
        },
        64 => {
            let range = at.saturating_add(4)..at.saturating_add(12);
            let Some(raw) = bytes.get(range.clone()).and_then(|b| <[u8; 8]>::try_from(b).ok()) else { return };
            // Tenths of a microsecond since 1601; how long it was edited is a small number of them.
            let seconds = i64::try_from(u64::from_le_bytes(raw) / 10_000_000).unwrap_or(0);
            let text = match seconds {
                0 => String::new(),
                1..1_000_000_000 => format!("{seconds} s"),
                // Days from 1601 to 1970.
                _ => crate::fill::day(seconds / 86_400 - 134_774),
            };
            (range, text)
        }
        // A thumbnail: its bytes, its length and kind before them left as they are.
        71 if length > 4 => match within(length) {
            Some(range) => (range.start + 4..range.end, "image".to_owned()),
            None => return,
        },
        _ => return,
    };
    let zeros = vec![0; range.len()];
    if !text.trim_matches('\0').trim().is_empty() && bytes.get(range.clone()) != Some(&zeros[..]) {
        stream.over(code, text.trim_matches('\0').to_owned(), range, &zeros, found);
    }
}

/// The records of a workbook (MS-XLS) that tell of people and machines.
fn records(stream: &Stream<'_>, found: &mut Vec<Finding>) {
    let bytes = &stream.bytes;
    let (mut at, mut notes) = (0_usize, 0_u32);
    while let (Some(id), Some(length)) = (u16_at(bytes, at), u16_at(bytes, at.saturating_add(2))) {
        let body = at + 4;
        let end = body + usize::from(length);
        let Some(data) = bytes.get(body..end) else { break };
        match id {
            // Everything after is encrypted; record by record it cannot be told what it says.
            0x002f => {
                found.push(Finding::told(&stream.entry.path, "not-read", "encrypted"));
                return;
            }
            // The user who wrote last: 112 bytes, filled up with spaces.
            0x005c if data.len() >= 4 => {
                let text = string(data, 0, data.len()).0;
                let mut new = vec![b' '; data.len()];
                new.splice(0..4, [1, 0, 0, b' ']);
                if !text.trim().is_empty() {
                    stream.over("user", text, body..end, &new, found);
                }
            }
            // Who reserved the file: read-only flag, password, name.
            0x005b if data.len() > 7 => blank(stream, body + 4, data.get(4..).unwrap_or_default(), "user", found),
            // A note: row, column, flags, object, author.
            0x001c if data.len() > 11 => {
                notes += 1;
                blank(stream, body + 8, data.get(8..).unwrap_or_default(), "comment-author", found)
            }
            // A printer: its name, then what its driver keeps.
            0x004d if data.len() > 66 => {
                let units: Vec<u16> = (0..32).filter_map(|i| u16_at(data, 2 + i * 2)).take_while(|&u| u != 0).collect();
                let text = String::from_utf16_lossy(&units);
                if !text.is_empty() {
                    stream.over("printer", text, body + 2..body + 66, &[0; 64], found);
                }
            }
            // A sheet: where it begins, hidden or not, kind, name.
            0x0085 if data.len() > 8 && data.get(4).is_some_and(|s| s & 3 != 0) => {
                let wide = data.get(7).is_some_and(|f| f & 1 == 1);
                let raw = data.get(8..).unwrap_or_default();
                found.push(Finding::told(&stream.entry.path, "hidden-sheet", letters(raw, wide)));
            }
            // A link to another workbook: number of its sheets, then its path; shorter ones are to this one.
            0x01ae if data.len() > 5 => {
                let (text, _) = string(data, 2, data.len());
                found.push(Finding::told(
                    &stream.entry.path,
                    "external-link",
                    text.replace(['\u{1}', '\u{2}', '\u{3}'], "/"),
                ));
            }
            _ => {}
        }
        at = end;
    }
    if notes > 0 {
        // Their texts stand among the drawings; they are told and stay.
        found.push(Finding::told(&stream.entry.path, "comment", notes.to_string()));
    }
}

/// A string with its length and kind before it, overwritten by spaces.
fn blank(stream: &Stream<'_>, at: usize, data: &[u8], code: &'static str, found: &mut Vec<Finding>) {
    let (text, range) = string(data, 0, data.len());
    if text.trim().is_empty() {
        return;
    }
    let wide = data.get(2).is_some_and(|f| f & 1 == 1);
    let new: Vec<u8> = (0..range.len()).map(|i| if wide && i % 2 == 1 { 0 } else { b' ' }).collect();
    stream.over(code, text, at + range.start..at + range.end, &new, found);
}

/// A string of BIFF8: two bytes of length, one of kind, letters of one or two bytes. Also where its letters stand.
fn string(data: &[u8], at: usize, end: usize) -> (String, Range<usize>) {
    let count = usize::from(u16_at(data, at).unwrap_or(0));
    let wide = data.get(at + 2).is_some_and(|f| f & 1 == 1);
    let start = at + 3;
    let stop = start.saturating_add(if wide { count * 2 } else { count }).min(end).max(start);
    (letters(data.get(start..stop).unwrap_or_default(), wide), start..stop)
}

fn letters(raw: &[u8], wide: bool) -> String {
    if wide {
        let units: Vec<u16> = (0..raw.len() / 2).filter_map(|i| u16_at(raw, i * 2)).collect();
        return String::from_utf16_lossy(&units);
    }
    raw.iter().copied().map(char::from).collect()
}
