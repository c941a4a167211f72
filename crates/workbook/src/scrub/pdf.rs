//! PDF: the Info dictionary and XMP metadata, blanked in place by as many bytes, so that no offset changes.
//!
//! Only what stands uncompressed can be reached without writing the file anew. What lies in an object stream, is compressed or
//! encrypted is told and stays.

use super::{Finding, Fix, When};
use memchr::memmem;
use std::ops::Range;

/// What a PDF tells.
pub(super) fn findings(bytes: &[u8]) -> Vec<Finding> {
    let mut found = Vec::new();
    if memmem::find(bytes, b"/Encrypt").is_some() {
        return vec![Finding::told("pdf", "not-read", "encrypted")];
    }
    info(bytes, &mut found);
    metadata(bytes, &mut found);
    if memmem::find(bytes, b"/EmbeddedFile").is_some() {
        found.push(Finding::told("pdf", "embedded-file", String::new()));
    }
    if memmem::find(bytes, b"/ObjStm").is_some() {
        found.push(Finding::told("pdf", "not-read", "object streams"));
    }
    if memmem::find(bytes, b"/ByteRange").is_some() {
        // A signature covers the bytes of the whole file.
        for finding in &mut found {
            finding.trace.breaks_signature = finding.trace.removable;
        }
        let mut finding = Finding::told("pdf", "file-signature", String::new());
        finding.trace.breaks_signature = false;
        found.push(finding);
    }
    found
}

/// Every object that a trailer, old or new, names as Info.
fn info(bytes: &[u8], found: &mut Vec<Finding>) {
    let mut numbers: Vec<String> = Vec::new();
    for at in memmem::find_iter(bytes, b"/Info") {
        let rest = bytes.get(at + 5..).unwrap_or_default();
        let text: Vec<&str> =
            rest.get(..40.min(rest.len())).and_then(ascii).map(|t| t.split_whitespace().collect()).unwrap_or_default();
        if let [number, generation, after, ..] = text.as_slice()
            && after.starts_with('R')
            && number.bytes().chain(generation.bytes()).all(|b| b.is_ascii_digit())
        {
            numbers.push(format!("{number} {generation} obj"));
        }
    }
    numbers.sort();
    numbers.dedup();
    // A file that was saved a thousand times still has one Info; each costs a search of the whole.
    numbers.truncate(64);
    for number in numbers {
        let mut seen = false;
        for at in memmem::find_iter(bytes, number.as_bytes()) {
            let before = at.checked_sub(1).and_then(|b| bytes.get(b));
            if before.is_some_and(u8::is_ascii_digit) {
                continue;
            }
            seen = true;
            dictionary(bytes, at + number.len(), found);
        }
        if !seen {
            found.push(Finding::told("pdf", "not-read", format!("Info {number}")));
        }
    }
}

/// The first 40 bytes at most, as text up to the first byte that is none.
fn ascii(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(bytes.len());
    bytes.get(..end).and_then(|b| std::str::from_utf8(b).ok())
}

/// The strings of a dictionary, each blanked by spaces, with the name before it.
fn dictionary(bytes: &[u8], start: usize, found: &mut Vec<Finding>) {
    let mut at = start;
    let mut name = String::new();
    let mut depth = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'<' if next == Some(b'<') => {
                depth += 1;
                at += 2;
            }
            b'>' if next == Some(b'>') => {
                depth = depth.saturating_sub(1);
                at += 2;
                if depth == 0 {
                    return;
                }
            }
            b'/' => {
                let rest = bytes.get(at + 1..).unwrap_or_default();
                let end = rest.iter().position(|b| b.is_ascii_whitespace() || b"()<>[]{}/%".contains(b));
                let end = end.unwrap_or(rest.len());
                name = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned();
                at += 1 + end;
            }
            b'(' => {
                let Some(end) = literal(bytes, at) else { return };
                let inside = at + 1..end;
                value(bytes, &name, inside.clone(), vec![b' '; inside.len()], found);
                at = end + 1;
            }
            b'<' => {
                let Some(length) = bytes.get(at..).and_then(|r| memchr::memchr(b'>', r)) else { return };
                let inside = at + 1..at + length;
                // Zeros in pairs: as a string, nothing that shows.
                let new = bytes.get(inside.clone()).unwrap_or_default();
                let new = new.iter().map(|b| if b.is_ascii_hexdigit() { b'0' } else { *b }).collect();
                value(bytes, &name, inside, new, found);
                at += length + 1;
            }
            b'e' if bytes.get(at..).is_some_and(|r| r.starts_with(b"endobj")) => return,
            _ => at += 1,
        }
    }
}

/// Where a literal string ends: its parentheses are balanced but for those after a backslash.
fn literal(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        match bytes.get(at)? {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn value(bytes: &[u8], name: &str, inside: Range<usize>, new: Vec<u8>, found: &mut Vec<Finding>) {
    let code = match name {
        "Author" => "author",
        "Title" | "Subject" | "Keywords" => "title",
        "CreationDate" | "ModDate" => "time",
        "Company" => "company",
        // Programs that made the file, and whatever else was put there.
        _ => "property",
    };
    let old = bytes.get(inside.clone()).unwrap_or_default();
    if old != new && !old.trim_ascii().is_empty() {
        let text = format!("{name}: {}", String::from_utf8_lossy(old));
        found.push(Finding::new("pdf", code, text, When::Always, Fix::Edit(inside, new)));
    }
}

/// XMP packets in streams that are not compressed; of compressed ones it is told that they are there.
fn metadata(bytes: &[u8], found: &mut Vec<Finding>) {
    for at in memmem::find_iter(bytes, b"<x:xmpmeta") {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(end) = memmem::find(rest, b"</x:xmpmeta>") else { break };
        let inside = at..at + end + b"</x:xmpmeta>".len();
        let text = String::from_utf8_lossy(bytes.get(inside.clone()).unwrap_or_default()).into_owned();
        let new = vec![b' '; inside.len()];
        found.push(Finding::new("pdf", "metadata", text, When::Always, Fix::Edit(inside, new)));
    }
    // A dictionary that tells of XML and of a filter before its stream begins.
    let ends = |rest: &[u8]| memmem::find(rest, b"stream").unwrap_or(rest.len());
    let packed = |at: usize| {
        let before = bytes.get(at.saturating_sub(120)..at).unwrap_or_default();
        let before = memmem::rfind(before, b"obj").and_then(|o| before.get(o..)).unwrap_or(before);
        let after = bytes.get(at..(at + 200).min(bytes.len())).unwrap_or_default();
        let after = after.get(..ends(after)).unwrap_or_default();
        memmem::find(before, b"/Filter").or_else(|| memmem::find(after, b"/Filter")).is_some()
    };
    let mut marks = [&b"/Subtype/XML"[..], b"/Subtype /XML"].into_iter().flat_map(|m| memmem::find_iter(bytes, m));
    if marks.any(packed) {
        found.push(Finding::told("pdf", "not-read", "XMP"));
    }
}
