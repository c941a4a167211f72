//! Binary parts of a package (MS-XLSB): the workbook's path and user, authors of comments, what is hidden.
//!
//! In the workbook's part a record that is a choice of its own goes with its brackets; elsewhere letters are overwritten by as many
//! spaces, since an index of rows counts the bytes of its sheet.

use super::{Finding, Fix, When};
use crate::sheets::biff12::record;
use crate::sheets::binary::Bytes;
use std::ops::Range;

/// A record: its number, the bytes of all of it, and those of its body.
struct Place<'b> {
    id: u16,
    whole: Range<usize>,
    start: usize,
    body: &'b [u8],
}

fn places(bytes: &[u8]) -> impl Iterator<Item = Place<'_>> {
    let mut rest = Bytes::new(bytes);
    std::iter::from_fn(move || {
        let from = rest.place();
        let (id, body) = record(&mut rest)?;
        let to = rest.place();
        Some(Place { id, whole: from..to, start: to.saturating_sub(body.len()), body })
    })
}

/// The letters of a text in a body, and where they stand in the part.
fn text(place: &Place<'_>, before: usize) -> Option<(String, Range<usize>)> {
    let mut body = Bytes::new(place.body);
    body.take(before)?;
    let text = body.wide32()?;
    let end = place.start.checked_add(body.place())?;
    let start = place.start.checked_add(before)?.checked_add(4)?;
    (start < end).then_some((text, start..end))
}

/// A finding whose letters become spaces.
fn blank(part: &str, code: &'static str, place: &Place<'_>, before: usize) -> Option<Finding> {
    let (text, range) = text(place, before)?;
    let spaces = b" \0".repeat(range.len() / 2);
    (!text.trim().is_empty()).then(|| Finding::new(part, code, text, When::Always, Fix::Edit(range, spaces)))
}

/// The workbook's part: its path, the user who reserved it, its identifier, hidden sheets.
pub(super) fn workbook(part: &str, bytes: &[u8]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut opened: Option<Range<usize>> = None;
    // A record in brackets that goes once they close behind it.
    let mut within: Option<(Range<usize>, &'static str, String)> = None;
    for place in places(bytes) {
        match place.id {
            // BrtACBegin and BrtACEnd: what readers of before pass over.
            37 => opened = Some(place.whole.clone()),
            38 => {
                if let Some((whole, code, text)) = within.take() {
                    let fix = Fix::Edit(whole.start..place.whole.end, Vec::new());
                    found.push(Finding::new(part, code, text, When::Always, fix));
                }
                opened = None;
            }
            // BrtAbsPath15, BrtRevisionPtr.
            2071 | 3073 => {
                let (code, before) = if place.id == 2071 { ("path", 0) } else { ("document-id", 8) };
                let told = text(&place, before).map(|t| t.0).unwrap_or_default();
                match opened.take() {
                    Some(bracket) => within = Some((bracket, code, told)),
                    // Without brackets, or not alone in them, only its letters go.
                    None => found.extend(blank(part, code, &place, before)),
                }
            }
            // BrtFileSharing: recommended to be read only, a hash, the user.
            548 => found.extend(blank(part, "user", &place, 4)),
            156 if place.body.first().is_some_and(|shown| *shown != 0) => {
                let mut body = Bytes::new(place.body);
                body.take(8);
                let name = body.wide32().and_then(|_| body.wide32()).unwrap_or_default();
                found.push(Finding::told(part, "hidden-sheet", name));
            }
            _ => {}
        }
    }
    found
}

/// A part of comments: their authors go, their texts are told and stay.
pub(super) fn comments(part: &str, bytes: &[u8]) -> Vec<Finding> {
    let mut found = Vec::new();
    for place in places(bytes) {
        match place.id {
            632 => found.extend(blank(part, "comment-author", &place, 0)),
            637 => {
                let text = text(&place, 1).map(|t| t.0).unwrap_or_default();
                found.push(Finding::told(part, "comment", text));
            }
            _ => {}
        }
    }
    found
}

/// The records of page setup (BrtPageSetup) that name one of these relationships, without the name. They stand behind the rows, so that
/// no count of bytes in an index of rows changes.
pub(super) fn without_printer(bytes: &[u8], gone: &[String]) -> Vec<(Range<usize>, Vec<u8>)> {
    const SETUP: u16 = 478;
    const BEFORE: usize = 34;
    let mut edits = Vec::new();
    for place in places(bytes).filter(|p| p.id == SETUP) {
        let named = text(&place, BEFORE).is_some_and(|(id, _)| gone.contains(&id));
        if let Some(setup) = place.body.get(..BEFORE).filter(|_| named) {
            // The number in two bytes, the length in one, and no text: all ones in place of its length.
            let body = [setup, &[0xff; 4]].concat();
            edits.push((place.whole, [&[0xde, 0x03, 38], body.as_slice()].concat()));
        }
    }
    edits
}

/// A sheet: what is hidden in it.
pub(super) fn sheet(part: &str, bytes: &[u8]) -> Vec<Finding> {
    let (mut rows, mut columns) = (0_u64, 0_u64);
    for place in places(bytes) {
        let mut body = Bytes::new(place.body);
        match place.id {
            0 => rows += u64::from(place.body.get(11).is_some_and(|flags| flags & 0x10 != 0)),
            60 if place.body.get(16).is_some_and(|flags| flags & 1 != 0) => {
                if let (Some(first), Some(last)) = (body.u32(), body.u32()) {
                    columns += u64::from(last.saturating_sub(first)) + 1;
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    if rows > 0 {
        found.push(Finding::told(part, "hidden-rows", rows.to_string()));
    }
    if columns > 0 {
        found.push(Finding::told(part, "hidden-columns", columns.to_string()));
    }
    found
}
