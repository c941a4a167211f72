//! JPEG and PNG: what cameras and programs write beside the picture. The picture's own bytes are never encoded anew.

use super::{Finding, Fix, When};
use crate::container::{u16_at, u32_at};
use crate::trouble::Trouble;
use std::ops::Range;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn is_image(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(PNG)
}

/// What an image tells; edits are of its own bytes.
pub(super) fn findings(bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    if bytes.starts_with(PNG) { png(bytes) } else { jpeg(bytes) }
}

/// What an image within a package tells; the part is replaced by its stripped copy.
pub(super) fn in_part(part: &str, bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    if !is_image(bytes) {
        return Ok(Vec::new());
    }
    let found = findings(bytes)?;
    let new = super::edited(bytes, found.iter().filter_map(super::edit_of).collect());
    let moved = found.into_iter().map(|mut finding| {
        part.clone_into(&mut finding.trace.part);
        finding.fix = Fix::Replace(new.clone());
        finding
    });
    Ok(moved.collect())
}

fn gone(code: &'static str, text: impl Into<String>, range: Range<usize>) -> Finding {
    Finding::new("image", code, text, When::Always, Fix::Edit(range, Vec::new()))
}

fn jpeg(bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let broken = || Trouble::malformed("image", "a segment is cut off");
    let mut found = Vec::new();
    let mut at = 2_usize;
    loop {
        // A marker may be preceded by any number of fill bytes.
        let mut mark = at;
        while bytes.get(mark) == Some(&0xff) && bytes.get(mark + 1) == Some(&0xff) {
            mark += 1;
        }
        let kind = match (bytes.get(mark), bytes.get(mark + 1)) {
            (Some(0xff), Some(&kind)) => kind,
            _ => return Err(broken()),
        };
        if kind == 0xd9 {
            trailing(bytes, mark + 2, &mut found);
            return Ok(found);
        }
        if kind == 0x01 || (0xd0..=0xd7).contains(&kind) {
            at = mark + 2;
            continue;
        }
        let length = big_16(bytes, mark + 2).filter(|&l| l >= 2).ok_or_else(broken)?;
        let end = mark + 2 + length;
        let body = bytes.get(mark + 4..end).ok_or_else(broken)?;
        match kind {
            0xda => {
                at = scan_end(bytes, end);
                if at >= bytes.len() {
                    return Ok(found);
                }
                continue;
            }
            0xe1 if body.starts_with(b"Exif\0") => exif(bytes, body, at..end, &mut found),
            0xe1 => found.push(gone("metadata", "XMP", at..end)),
            // A profile of colours belongs to the picture.
            0xe2 if body.starts_with(b"ICC_PROFILE\0") => {}
            0xe0 if body.starts_with(b"JFIF\0") => {}
            // Adobe's tells how colours are stored.
            0xee if body.starts_with(b"Adobe") => {}
            0xfe => found.push(gone("text", String::from_utf8_lossy(body), at..end)),
            0xe0 => found.push(gone("thumbnail", "JFXX", at..end)),
            0xed => found.push(gone("metadata", "IPTC", at..end)),
            0xe2..=0xef => found.push(gone("metadata", format!("APP{}", kind - 0xe0), at..end)),
            _ => {}
        }
        at = end;
    }
}

/// Where the coded picture after a start of scan ends: at the next marker that is neither a stuffed byte nor a restart.
fn scan_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr(0xff, bytes.get(at..).unwrap_or_default()) {
        at += found;
        match bytes.get(at + 1) {
            Some(0 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
            None => break,
        }
    }
    bytes.len()
}

/// EXIF goes whole; if it says that the picture is to be turned, one that says that alone takes its place.
fn exif(bytes: &[u8], body: &[u8], range: Range<usize>, found: &mut Vec<Finding>) {
    let tiff = body.get(6..).unwrap_or_default();
    let little = tiff.starts_with(b"II");
    let short = |at: usize| if little { u16_at(tiff, at).map(usize::from) } else { big_16(tiff, at) };
    let long = |at: usize| {
        let value = u32_at(tiff, at)?;
        usize::try_from(if little { value } else { value.swap_bytes() }).ok()
    };
    let text = |at: usize| {
        let (count, value) = (long(at + 4)?, long(at + 8)?);
        let bytes =
            if count <= 4 { tiff.get(at + 8..at + 8 + count) } else { tiff.get(value..value.checked_add(count)?) };
        Some(String::from_utf8_lossy(bytes?).trim_end_matches('\0').to_owned())
    };
    let mut turned = None;
    let first = long(4).unwrap_or(usize::MAX);
    for i in 0..short(first).unwrap_or(0).min(512) {
        let at = first + 2 + i * 12;
        let code = match short(at) {
            Some(0x0112) => {
                turned = short(at + 8).filter(|o| (2..=8).contains(o));
                continue;
            }
            Some(0x8825) => {
                found.push(Finding::new("image", "location", "GPS", When::Always, Fix::Nothing));
                continue;
            }
            Some(0x010f | 0x0110 | 0xa434) => "camera",
            Some(0x013b | 0x8298 | 0x9c9d) => "author",
            Some(0x0132) => "time",
            Some(0x0131 | 0x010e) => "text",
            _ => continue,
        };
        if let Some(text) = text(at).filter(|t| !t.trim().is_empty()) {
            found.push(Finding::new("image", code, text, When::Always, Fix::Nothing));
        }
    }
    let mut left = Vec::new();
    if let Some(turn) = turned.and_then(|t| u8::try_from(t).ok()) {
        left.extend(*b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
        left.extend([turn, 0, 0, 0, 0, 0, 0]);
    }
    if bytes.get(range.clone()) != Some(&left) {
        found.push(Finding::new("image", "metadata", "EXIF", When::Always, Fix::Edit(range, left)));
    }
}

fn png(bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let broken = || Trouble::malformed("image", "a chunk is cut off");
    let mut found = Vec::new();
    let mut at = PNG.len();
    while at < bytes.len() {
        let length = u32_at(bytes, at).and_then(|l| usize::try_from(l.swap_bytes()).ok()).ok_or_else(broken)?;
        let end = at.checked_add(length).and_then(|e| e.checked_add(12)).filter(|&e| e <= bytes.len());
        let end = end.ok_or_else(broken)?;
        let kind = bytes.get(at + 4..at + 8).unwrap_or_default();
        let body = bytes.get(at + 8..end - 4).unwrap_or_default();
        let shown = |body: &[u8]| String::from_utf8_lossy(body).replace('\0', ": ");
        match kind {
            b"IEND" => {
                trailing(bytes, end, &mut found);
                return Ok(found);
            }
            b"tEXt" | b"iTXt" => found.push(gone("text", shown(body), at..end)),
            b"zTXt" => found.push(gone("text", shown(body.split(|&b| b == 0).next().unwrap_or_default()), at..end)),
            b"tIME" => {
                let year = big_16(body, 0).unwrap_or(0);
                let rest: Vec<String> = body.iter().skip(2).map(|b| format!("{b:02}")).collect();
                found.push(gone("time", format!("{year}-{}", rest.join("-")), at..end));
            }
            b"eXIf" => found.push(gone("metadata", "EXIF", at..end)),
            // What is needed to show the picture as it is.
            b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"iCCP" | b"sBIT" | b"bKGD" | b"hIST" | b"pHYs" | b"sPLT"
            | b"acTL" | b"fcTL" | b"fdAT" | b"cICP" | b"mDCV" | b"cLLI" => {}
            // A capital begins a chunk that no reader may pass over.
            [first, ..] if first.is_ascii_uppercase() => {}
            other => found.push(gone("metadata", String::from_utf8_lossy(other), at..end)),
        }
        at = end;
    }
    Ok(found)
}

fn trailing(bytes: &[u8], end: usize, found: &mut Vec<Finding>) {
    if end < bytes.len() {
        found.push(gone("trailing-bytes", (bytes.len() - end).to_string(), end..bytes.len()));
    }
}

fn big_16(bytes: &[u8], at: usize) -> Option<usize> {
    u16_at(bytes, at).map(|v| usize::from(v.swap_bytes()))
}
