//! Books and programs outside a binary workbook: SUPBOOK of BIFF8 (MS-XLS 2.4.271) and EXTERNSHEET of BIFF5.

use super::LinkKind;
use super::biff::{Globals, Records};
use super::binary::Bytes;
use super::found::Found;
use crate::container::u16_at;
use crate::vba;

/// A book or program outside, with its names.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) target: String,
    pub(super) own: bool,
    pub(super) names: Vec<String>,
}

/// A SUPBOOK record: this book, another one, or a program; told as a link where it points outside.
pub(super) fn read(body: &[u8], after: &Records<'_>, found: &mut Found) -> Book {
    let sheets = u16_at(body, 0).unwrap_or_default();
    match u16_at(body, 2) {
        Some(0x0401) => return Book { own: true, ..Book::default() },
        Some(0x3a01) => return Book::default(),
        _ => {}
    }
    let mut rest = Bytes::new(body.get(2..).unwrap_or_default());
    let path = rest.len16().and_then(|n| rest.text8(n)).unwrap_or_else(|| "?".to_owned());
    if sheets == 0 {
        // DDE and OLE links look alike here; the names behind it tell them apart.
        let mut ahead = after.clone();
        let flags = ahead.next().filter(|r| r.id == 0x0023 || r.id == 0x0223).and_then(|r| u16_at(r.body, 0));
        let target = path.replace('\u{3}', "|");
        let kind = if flags.is_some_and(|f| f & 0x0010 != 0) { LinkKind::OleLink } else { LinkKind::Dde };
        found.link(kind, "SUPBOOK", target.clone());
        return Book { target, ..Book::default() };
    }
    let target = virtual_path(&path);
    // One unit that is a space or NUL stands for a reference that is not used, or for this book in an add-in.
    if !target.trim_matches(|c: char| c.is_control() || c == ' ').is_empty() {
        found.link(LinkKind::ExternalWorkbook, "SUPBOOK", target.clone());
    }
    Book { target, ..Book::default() }
}

/// An encoded path (MS-XLS 2.5.277) in the open.
fn virtual_path(path: &str) -> String {
    let Some(coded) = path.strip_prefix('\u{1}') else { return path.to_owned() };
    let mut out = String::new();
    let mut rest = coded.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1}' => match rest.next() {
                Some('@') => out.push_str("\\\\"),
                Some(volume) => out.extend([volume, ':', '\\']),
                None => {}
            },
            '\u{2}' | '\u{3}' => out.push('\\'),
            '\u{4}' => out.push_str("..\\"),
            // A long volume: its length, then the volume itself, such as the beginning of an address.
            '\u{5}' => {
                rest.next();
            }
            '\u{6}' => out.push_str("{startup}\\"),
            '\u{7}' => out.push_str("{alternate startup}\\"),
            '\u{8}' => out.push_str("{library}\\"),
            other => out.push(other),
        }
    }
    out
}

/// An EXTERNSHEET record of BIFF5: what it names, and as what.
pub(super) fn old(globals: &Globals, body: &[u8]) -> Option<(Option<LinkKind>, String)> {
    let length = usize::from(*body.first()?);
    let text = body.get(1..)?;
    let (code, rest) = (text.first().copied()?, text.get(1..)?);
    let name = vba::decode(globals.code_page, rest.get(..length.min(rest.len()))?);
    Some(match code {
        // This book, this sheet, a sheet of this book, an add-in.
        0 | 2 | 4 => (None, name),
        3 => (None, name.chars().take(length.saturating_sub(1)).collect()),
        0x3a => (None, name),
        1 => (Some(LinkKind::ExternalWorkbook), virtual_path(&format!("\u{1}{name}"))),
        _ => {
            let whole = vba::decode(globals.code_page, text.get(..length.min(text.len()))?);
            let kind = if whole.contains('\u{3}') { LinkKind::Dde } else { LinkKind::ExternalWorkbook };
            (Some(kind), whole.replace('\u{3}', "|"))
        }
    })
}
