//! Binary packages (MS-XLSB): workbook, macro sheets, books outside and connections as records.

use super::biff::Name;
use super::binary::{Bytes, cell, wide};
use super::found::Found;
use super::opc::Parts;
use super::tokens::{self, Form, Names};
use super::{Visibility, opc_sheet};
use crate::trouble::Trouble;
use std::collections::BTreeMap;

/// The next record: its number and body, the last one cut where the part ends.
pub(crate) fn record<'b>(rest: &mut Bytes<'b>) -> Option<(u16, &'b [u8])> {
    let low = rest.u8()?;
    let id = if low & 0x80 == 0 { u16::from(low) } else { u16::from(low & 0x7f) | u16::from(rest.u8()? & 0x7f) << 7 };
    let mut size = 0_usize;
    for shift in [0, 7, 14, 21] {
        let byte = rest.u8()?;
        size |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let body = rest.rest();
    rest.take(size.min(body.len())).map(|body| (id, body))
}

/// What formulas of a binary workbook refer to.
#[derive(Debug, Default)]
pub(crate) struct Book {
    sheets: Vec<String>,
    pub(crate) names: Vec<Name>,
    books: Vec<Source>,
    references: Vec<(u32, i32, i32)>,
}

#[derive(Debug, Default)]
pub(crate) struct Source {
    own: bool,
    target: String,
    names: Vec<String>,
}

impl Source {
    /// A book outside of which only the target is told.
    pub(crate) fn of(target: &str) -> Self {
        Self { own: false, target: target.to_owned(), names: Vec::new() }
    }
}

impl Names for Book {
    fn name(&self, number: u32) -> String {
        let found = usize::try_from(number).ok().and_then(|n| self.names.get(n.checked_sub(1)?));
        found.map_or_else(|| format!("name{number}"), |n| n.name.clone())
    }

    fn outside(&self, sheets: u32, number: u32) -> String {
        let reference = usize::try_from(sheets).ok().and_then(|s| self.references.get(s));
        let book = reference.and_then(|r| self.books.get(usize::try_from(r.0).ok()?));
        let Some(book) = book else { return format!("outside{sheets}.{number}") };
        if book.own {
            return self.name(number);
        }
        match usize::try_from(number).ok().and_then(|n| book.names.get(n.checked_sub(1)?)) {
            Some(name) if book.target.is_empty() => name.clone(),
            Some(name) => format!("'{}'!{name}", book.target),
            None => format!("outside{sheets}.{number}"),
        }
    }

    fn sheets(&self, number: u32) -> String {
        let reference = usize::try_from(number).ok().and_then(|s| self.references.get(s));
        let Some(&(book, first, last)) = reference else { return format!("sheet{number}") };
        let Some(book) = usize::try_from(book).ok().and_then(|b| self.books.get(b)) else {
            return format!("sheet{number}");
        };
        let name = |i: i32| usize::try_from(i).ok().and_then(|i| self.sheets.get(i));
        let text = match (book.own, name(first), name(last)) {
            (false, ..) => format!("[{}]{first}", book.target),
            (true, Some(a), Some(b)) if first != last => format!("{a}:{b}"),
            (true, Some(a), _) => a.clone(),
            _ => return "#REF".to_owned(),
        };
        let plain = text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if plain { text } else { format!("'{}'", text.replace('\'', "''")) }
    }

    fn decode(&self, bytes: &[u8]) -> String {
        wide(bytes)
    }
}

/// Tokens with their length in four bytes before them.
pub(crate) fn sized<'b>(rest: &mut Bytes<'b>) -> Option<&'b [u8]> {
    let size = rest.len32()?.min(rest.rest().len());
    rest.take(size)
}

/// The sheets, the names, and the formulas of macro sheets.
pub(super) fn workbook(parts: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    let (book, sheets) = book(part, bytes, found, &|id| source(parts, part, id));
    for name in &book.names {
        let text = tokens::write(Form::Biff12, &name.tokens, &name.extra, &book, None);
        found.name(&name.name, if text.is_empty() { text } else { format!("={text}") }, name.marked);
    }
    opc_sheet::list(parts, part, sheets, found, &|sheet, bytes, found| macro_sheet(&book, sheet, bytes, found));
}

/// A sheet as the workbook lists it: name, whether it is shown, relationship.
pub(crate) type Listed = (String, Visibility, String);

/// What the workbook's part tells; `outside` gives the book behind a relationship.
pub(crate) fn book(
    part: &str,
    bytes: &[u8],
    found: &mut Found,
    outside: &dyn Fn(&str) -> Source,
) -> (Book, Vec<Listed>) {
    let mut book = Book::default();
    let mut sheets = Vec::new();
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        let mut body = Bytes::new(body);
        match id {
            156 => {
                let sheet = || -> Option<(String, Visibility, String)> {
                    let visibility = match body.u32()? {
                        0 => Visibility::Visible,
                        1 => Visibility::Hidden,
                        _ => Visibility::VeryHidden,
                    };
                    body.u32()?;
                    let relationship = body.wide32()?;
                    Some((body.wide32()?, visibility, relationship))
                };
                match { sheet }() {
                    Some(sheet) => {
                        book.sheets.push(sheet.0.clone());
                        sheets.push(sheet);
                    }
                    None => found.trouble(Trouble::malformed(part, "a sheet's record is cut off")),
                }
            }
            39 => book.names.push(name(&mut body).unwrap_or_else(|| Name { name: "?".to_owned(), ..Name::default() })),
            355 => {
                let id = body.wide32().unwrap_or_default();
                book.books.push(outside(&id));
            }
            357 | 358 => book.books.push(Source { own: true, ..Source::default() }),
            667 => book.books.push(Source::default()),
            361 => {
                if let (Some(last), Some(name)) = (book.books.last_mut(), body.wide32()) {
                    last.names.push(name);
                }
            }
            362 => {
                body.u32();
                while let (Some(link), Some(first), Some(last)) = (body.u32(), body.u32(), body.u32()) {
                    book.references.push((link, first.cast_signed(), last.cast_signed()));
                }
            }
            _ => {}
        }
    }
    (book, sheets)
}

fn name(body: &mut Bytes<'_>) -> Option<Name> {
    let flags = body.u32()?;
    body.u8()?;
    let sheet = body.u32().filter(|n| *n != u32::MAX).and_then(|n| usize::try_from(n).ok());
    let name = body.wide32()?;
    let tokens = sized(body).unwrap_or_default().to_vec();
    let extra = sized(body).unwrap_or_default().to_vec();
    Some(Name { name, tokens, extra, marked: flags & 0x000a != 0, sheet, hidden: flags & 1 != 0 })
}

/// The book behind a relationship of the workbook.
fn source(parts: &Parts<'_, '_>, workbook: &str, id: &str) -> Source {
    let part = parts.relationships(workbook).iter().find(|r| r.id == id && !r.external).map(|r| r.target.clone());
    let bytes = part.as_ref().and_then(|p| parts.package.read(p).ok()).unwrap_or_default();
    let read = external(&bytes);
    let target = match (read.kind, part) {
        (1, _) => format!("{}|{}", read.first, read.second),
        (_, Some(part)) => {
            let found = parts.relationships(&part).iter().find(|r| r.id == read.first).map(|r| r.target.clone());
            found.unwrap_or(read.first)
        }
        _ => read.first,
    };
    Source { own: false, target, names: read.names }
}

/// A book outside as its own part tells it.
#[derive(Debug, Default)]
pub(super) struct External {
    /// 0 a book, 1 a conversation (DDE), 2 an OLE link.
    pub(super) kind: u16,
    /// Relationship, or the program of a conversation.
    pub(super) first: String,
    /// Topic of a conversation, or the program of an OLE link.
    pub(super) second: String,
    pub(super) names: Vec<String>,
}

/// Reads the part of a book outside.
pub(super) fn external(bytes: &[u8]) -> External {
    let mut book = External::default();
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        let mut body = Bytes::new(body);
        match id {
            360 => {
                book.kind = body.u16().unwrap_or_default();
                book.first = body.wide32().unwrap_or_default();
                book.second = body.wide32().unwrap_or_default();
            }
            577 => book.names.extend(body.wide32()),
            _ => {}
        }
    }
    book
}

/// A formula that stands for several cells: tokens, what stands behind them, and whether its references are offsets.
type Shared<'b> = (&'b [u8], &'b [u8], bool);

/// Formulas of a macro sheet, cell by cell.
pub(super) fn macro_sheet(book: &Book, sheet: &str, bytes: &[u8], found: &mut Found) {
    let mut row = 0_u32;
    let mut cells: Vec<(u32, u32, &[u8], &[u8])> = Vec::new();
    let mut shared: BTreeMap<(u32, u32), Shared<'_>> = BTreeMap::new();
    let mut last = (0, 0);
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        let mut body = Bytes::new(body);
        match id {
            0 => row = body.u32().unwrap_or(row),
            8..=11 => {
                let formula = || -> Option<(u32, &[u8], &[u8])> {
                    let column = body.u32()?;
                    body.take(4)?;
                    match id {
                        8 => body.wide32().map(|_| ())?,
                        9 => body.take(8).map(|_| ())?,
                        _ => body.take(1).map(|_| ())?,
                    }
                    body.take(2)?;
                    let tokens = sized(&mut body)?;
                    Some((column, tokens, sized(&mut body).unwrap_or_default()))
                };
                if let Some((column, tokens, extra)) = { formula }() {
                    last = (row, column);
                    cells.push((row, column, tokens, extra));
                } else {
                    found.trouble(Trouble::malformed(sheet, "a formula's record is cut off"));
                }
            }
            426 | 427 => {
                let (first, _, column) = (body.u32(), body.u32(), body.u32());
                body.u32();
                if id == 426 {
                    body.u8();
                }
                if let (Some(first), Some(column), Some(tokens)) = (first, column, sized(&mut body)) {
                    let extra = sized(&mut body).unwrap_or_default();
                    shared.insert((first, column), (tokens, extra, id == 427));
                    shared.insert(last, (tokens, extra, id == 427));
                }
            }
            _ => {}
        }
    }
    for (row, column, tokens, extra) in cells {
        let pointer = || -> Option<(u32, u32)> {
            (tokens.first() == Some(&0x01)).then_some(())?;
            Some((Bytes::new(tokens.get(1..)?).u32()?, Bytes::new(extra).u32()?))
        };
        let at = Some((row, column));
        let (tokens, extra, base) = match pointer().and_then(|p| shared.get(&p)) {
            Some((tokens, extra, offsets)) => (*tokens, *extra, at.filter(|_| *offsets)),
            None => (tokens, extra, at),
        };
        found.cell(sheet, cell(row, column), format!("={}", tokens::write(Form::Biff12, tokens, extra, book, base)));
    }
}

/// Connections: the texts of each, in their order. Its records hold many optional fields; every text in them is told.
pub(super) fn connections(bytes: &[u8]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        match id {
            201 => out.push(texts(body)),
            202 | 429 | 430 => {}
            _ => {
                if let Some(last) = out.last_mut() {
                    let more = texts(body);
                    if !more.is_empty() {
                        last.push(' ');
                        last.push_str(&more);
                    }
                }
            }
        }
    }
    out
}

/// Texts of UTF-16 with their length before them, wherever they stand in a record.
fn texts(body: &[u8]) -> String {
    let mut found: Vec<String> = Vec::new();
    let mut rest = Bytes::new(body);
    while !rest.is_empty() {
        let mut ahead = rest.clone();
        let text = ahead.len32().filter(|n| (2..=32_768).contains(n)).and_then(|n| ahead.take(n.checked_mul(2)?));
        // The first unit that is no text ends the look, so that a body of false beginnings costs little.
        match text.filter(|t| t.as_chunks::<2>().0.iter().all(|c| c[1] != 0 || !c[0].is_ascii_control())) {
            Some(text) => {
                found.push(wide(text));
                rest = ahead;
            }
            None => {
                rest.u8();
            }
        }
    }
    found.join(" ")
}
