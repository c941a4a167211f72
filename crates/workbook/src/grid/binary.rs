//! The binary package (MS-XLSB): strings, formats and the list of sheets; the sheets themselves are read in `binary_sheet`.

use super::gather::Room;
use super::styles::{Format, built_in, of_code};
use super::{Grid, GridSheet, Name, Style, binary_sheet, lists, notes};
use crate::container::{Package, Relationship};
use crate::limits;
use crate::sheets::SheetKind;
use crate::sheets::biff12::{self, Listed, Source, record};
use crate::sheets::binary::Bytes;
use crate::sheets::found::Found;
use crate::sheets::tokens::{self, Form};
use crate::trouble::Trouble;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the cells of all sheets refer to.
pub(super) struct Book {
    pub(super) names: biff12::Book,
    pub(super) strings: Vec<Arc<str>>,
}

pub(super) fn read(package: &Package<'_>, document: &str) -> Result<Grid, Trouble> {
    let links = package.relationships(document)?;
    let workbook = package.read(document)?;
    let outside = |id: &str| Source::of(links.iter().find(|l| l.id == id).map_or("", |l| l.target.as_str()));
    let (names, listed) = biff12::book(document, &workbook, &mut Found::default(), &outside);
    let mut grid = Grid { date_1904: date_1904(&workbook), ..Grid::default() };
    let side = |kind: &str| {
        links.iter().find(|l| !l.external && l.kind.rsplit('/').next() == Some(kind)).map(|l| l.target.as_str())
    };
    let mut book = Book { names, strings: Vec::new() };
    if let Some(part) = side("sharedStrings") {
        book.strings = strings(part, &package.read(part)?)?;
    }
    if let Some(part) = side("styles") {
        grid.styles = styles(part, &package.read(part)?)?;
    }
    let mut room = Room::new();
    // Names first: lists of allowed values live by them.
    for name in book.names.names.iter().take(limits::PIECES) {
        let write = || tokens::write(Form::Biff12, &name.tokens, &name.extra, &book.names, None);
        let formula = room.text(&name.tokens, write);
        grid.names.push(Name { name: name.name.clone(), sheet: name.sheet, formula, hidden: name.hidden });
    }
    for sheet in listed.into_iter().take(limits::ENTRIES) {
        let mut sheet = described(sheet, &links);
        if sheet.kind == SheetKind::Worksheet {
            binary_sheet::read(&package.read(&sheet.part)?, &book, &mut sheet, &mut room)?;
            if let Err(trouble) = notes::read(package, &mut sheet) {
                grid.troubles.push(trouble);
            }
        }
        grid.sheets.push(sheet);
    }
    lists::resolve(&mut grid);
    Ok(grid)
}

/// A sheet without cells, its kind told by the relationship that leads to it.
fn described((name, visibility, id): Listed, links: &[Relationship]) -> GridSheet {
    let target = links.iter().find(|l| l.id == id && !l.external);
    let kind = target.map_or(SheetKind::Other, |l| SheetKind::by_relationship(&l.kind));
    GridSheet::empty(name, visibility, kind, target.map(|l| l.target.clone()).unwrap_or_default())
}

/// Whether day zero is in 1904 (BrtWbProp).
fn date_1904(workbook: &[u8]) -> bool {
    let mut rest = Bytes::new(workbook);
    while let Some((id, body)) = record(&mut rest) {
        if id == 153 {
            return body.first().is_some_and(|flags| flags & 1 != 0);
        }
    }
    false
}

fn strings(part: &str, bytes: &[u8]) -> Result<Vec<Arc<str>>, Trouble> {
    let mut found = Vec::new();
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        if id != 19 {
            continue;
        }
        if found.len() >= limits::CELLS {
            return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::CELLS as u64 });
        }
        // Flags first; runs of fonts and readings follow the text.
        let mut body = Bytes::new(body);
        body.u8();
        found.push(Arc::from(body.wide32().unwrap_or_default()));
    }
    Ok(found)
}

/// The cell formats in their order (BrtXF between BrtBeginCellXFs and its end).
fn styles(part: &str, bytes: &[u8]) -> Result<Vec<Style>, Trouble> {
    let mut codes: BTreeMap<u16, Format> = BTreeMap::new();
    let mut found = Vec::new();
    let mut within = false;
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        let mut body = Bytes::new(body);
        match id {
            44 if codes.len() < limits::PIECES => {
                if let (Some(number), Some(code)) = (body.u16(), body.wide32()) {
                    codes.insert(number, of_code(&code));
                }
            }
            617 => within = true,
            618 => within = false,
            47 if within => {
                if found.len() >= limits::PIECES {
                    return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::PIECES as u64 });
                }
                body.u16();
                let number = body.u16().unwrap_or_default();
                body.take(8);
                let flags = body.u16().unwrap_or(1 << 12);
                let format = codes.get(&number).copied().unwrap_or_else(|| built_in(number.into()));
                found.push(Style { format, locked: flags & 1 << 12 != 0, hidden: flags & 1 << 13 != 0 });
            }
            _ => {}
        }
    }
    Ok(found)
}
