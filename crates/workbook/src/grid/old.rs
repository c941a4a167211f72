//! The workbooks of Excel 5 to 2003 (MS-XLS): strings, formats and the list of sheets; the sheets themselves are read in `old_sheet`.

use super::gather::Room;
use super::joined::Joined;
use super::styles::{Format, built_in, of_code};
use super::{Grid, GridSheet, Name, Style, lists, old_sheet};
use crate::container::{Ole, OleKind, u16_at};
use crate::limits;
use crate::sheets::biff::{self, EOF, Globals, RECORDS, Records};
use crate::sheets::tokens::{self, Form};
use crate::trouble::Trouble;
use crate::vba;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const PART: &str = "workbook";

/// What the cells of all sheets refer to.
pub(super) struct Book {
    pub(super) globals: Globals,
    pub(super) strings: Vec<Arc<str>>,
    /// Records that may still be looked at: sheets that claim to overlap would otherwise be read over and over.
    pub(super) left: usize,
}

impl Book {
    /// Text of so many units as this form stores it.
    pub(super) fn text(&self, body: &mut Joined<'_>, units: usize) -> Option<String> {
        match self.globals.form {
            Form::Biff5 => Some(vba::decode(self.globals.code_page, &body.bytes(units)?)),
            _ => body.text(units),
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Grid, Trouble> {
    if crate::crypt::is_encrypted(bytes).is_some() {
        return Err(Trouble::Encrypted);
    }
    let ole = Ole::open(bytes)?;
    let stream = |name: &str| {
        ole.entries().iter().find(|e| e.kind == OleKind::Stream && e.parent == 0 && e.name.eq_ignore_ascii_case(name))
    };
    let entry = stream("Workbook").or_else(|| stream("Book")).ok_or(Trouble::NotAWorkbook)?;
    workbook(&ole.read(entry))
}

fn workbook(stream: &[u8]) -> Result<Grid, Trouble> {
    let mut left = RECORDS;
    let broken = || Trouble::malformed(PART, "it does not begin as a workbook of Excel 5 or later");
    let mut globals = biff::globals(stream, &mut left).ok_or_else(broken)?;
    let listed = std::mem::take(&mut globals.sheets);
    globals.sheets.clone_from(&listed);
    let mut book = Book { globals, strings: Vec::new(), left };
    let mut grid = Grid::default();
    side(stream, &mut book, &mut grid)?;
    let mut room = Room::new();
    // Names first: lists of allowed values live by them.
    for name in book.globals.names.iter().take(limits::PIECES) {
        let write = || tokens::write(book.globals.form, &name.tokens, &name.extra, &book.globals, None);
        let formula = room.text(&name.tokens, write);
        grid.names.push(Name { name: name.name.clone(), sheet: name.sheet, formula, hidden: name.hidden });
    }
    let mut begun = BTreeSet::new();
    for (position, found) in listed.into_iter().take(limits::ENTRIES) {
        let mut sheet = GridSheet::empty(found.name, found.visibility, found.kind, String::new());
        if begun.insert(position) {
            old_sheet::read(stream, position, &mut book, &mut sheet, &mut room)?;
        }
        grid.sheets.push(sheet);
    }
    if book.left == 0 {
        return Err(Trouble::TooLarge { what: PART.to_owned(), limit: RECORDS as u64 });
    }
    lists::resolve(&mut grid);
    Ok(grid)
}

/// Shared strings, formats and the beginning of days.
fn side(stream: &[u8], book: &mut Book, grid: &mut Grid) -> Result<(), Trouble> {
    let mut codes: BTreeMap<u16, Format> = BTreeMap::new();
    let mut records = Records::new(stream, 0);
    records.next();
    while let Some(record) = records.next() {
        book.left = book.left.saturating_sub(1);
        if book.left == 0 || record.id == EOF {
            break;
        }
        match record.id {
            0x0022 => grid.date_1904 = u16_at(record.body, 0) == Some(1),
            0x00fc => {
                let mut body = Joined::new(&mut records, &record);
                body.skip(8);
                let mut next = || body.u16().map(usize::from).and_then(|units| body.text(units));
                while let Some(text) = next() {
                    if book.strings.len() >= limits::CELLS {
                        return Err(Trouble::TooLarge { what: PART.to_owned(), limit: limits::CELLS as u64 });
                    }
                    book.strings.push(Arc::from(text));
                }
            }
            0x041e if codes.len() < limits::PIECES => {
                let mut body = Joined::new(&mut records, &record);
                let number = body.u16();
                let units = match book.globals.form {
                    Form::Biff5 => body.u8().map(usize::from),
                    _ => body.u16().map(usize::from),
                };
                if let (Some(number), Some(code)) = (number, units.and_then(|units| book.text(&mut body, units))) {
                    codes.insert(number, of_code(&code));
                }
            }
            0x00e0 => {
                if grid.styles.len() >= limits::PIECES {
                    return Err(Trouble::TooLarge { what: PART.to_owned(), limit: limits::PIECES as u64 });
                }
                let number = u16_at(record.body, 2).unwrap_or_default();
                let flags = u16_at(record.body, 4).unwrap_or(1);
                let format = codes.get(&number).copied().unwrap_or_else(|| built_in(number.into()));
                grid.styles.push(Style { format, locked: flags & 1 != 0, hidden: flags & 2 != 0 });
            }
            _ => {}
        }
    }
    Ok(())
}
