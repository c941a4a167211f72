//! The binary package (.xlsb): values through calamine, cell by cell; merged ranges by us, since it does not tell them.

use super::old::{described, guarded, kinds, owned, push, refused};
use super::{Address, Area, Grid, GridSheet};
use crate::container::{Package, u32_at};
use crate::limits;
use crate::trouble::Trouble;
use calamine::{Reader, Xlsb};
use std::io::Cursor;

/// Records of MS-XLSB 2.3: a sheet of the book, a merged range, the sheet's protection.
const BUNDLE: u32 = 0x009c;
const MERGE: u32 = 0x00b0;
const PROTECTION: u32 = 0x0217;

pub(super) fn read(bytes: &[u8], package: &Package<'_>, document: &str) -> Result<Grid, Trouble> {
    // Unpacked once within our bounds before the library unpacks without any.
    for part in package.parts() {
        package.read(&part.name)?;
    }
    let parts = parts(package, document)?;
    guarded(|| {
        let mut book: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(|e| refused(&e))?;
        let mut grid = Grid { styles: kinds(), date_1904: book.has_1904_epoch(), ..Grid::default() };
        let mut left = limits::CELLS;
        for found in book.sheets_metadata().to_vec() {
            let mut sheet = described(&found);
            if let Ok(mut cells) = book.worksheet_cells_reader(&found.name) {
                while let Some(cell) = cells.next_cell().map_err(|e| refused(&e))? {
                    let (row, column) = cell.get_position();
                    push(&mut sheet, &mut left, Address::new(row, column), owned(cell.get_value()))?;
                }
            }
            if let Some((_, part)) = parts.iter().find(|(name, _)| *name == found.name) {
                sheet.part.clone_from(part);
                if let Ok(part) = package.read(part) {
                    at_side(&part, &mut sheet);
                }
            }
            grid.sheets.push(sheet);
        }
        Ok(grid)
    })
}

/// Names of the sheets with their parts.
fn parts(package: &Package<'_>, document: &str) -> Result<Vec<(String, String)>, Trouble> {
    let links = package.relationships(document)?;
    let mut found = Vec::new();
    records(&package.read(document)?, |kind, body| {
        if kind != BUNDLE || found.len() >= limits::ENTRIES {
            return;
        }
        let Some((link, next)) = wide(body, 8) else { return };
        let Some((name, _)) = wide(body, next) else { return };
        if let Some(link) = links.iter().find(|l| l.id == link && !l.external) {
            found.push((name, link.target.clone()));
        }
    });
    Ok(found)
}

fn at_side(part: &[u8], sheet: &mut GridSheet) {
    records(part, |kind, body| match kind {
        MERGE if sheet.merged.len() < limits::PIECES => {
            let words = [u32_at(body, 0), u32_at(body, 4), u32_at(body, 8), u32_at(body, 12)];
            if let [Some(top), Some(bottom), Some(left), Some(right)] = words {
                sheet.merged.push(Area::new(Address::new(top, left), Address::new(bottom, right)));
            }
        }
        // Hash of the password, then the flags; the first says that the sheet is protected.
        PROTECTION => sheet.protected = u32_at(body, 2).is_some_and(|f| f != 0),
        _ => {}
    });
}

/// Calls `each` with the kind and body of every record, until the bytes end or make no sense.
fn records(bytes: &[u8], mut each: impl FnMut(u32, &[u8])) {
    let mut at = 0_usize;
    let number = |at: &mut usize, most: u32| {
        let mut value = 0_u32;
        for place in 0..most {
            let byte = *bytes.get(*at)?;
            *at = at.saturating_add(1);
            value |= u32::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(value)
    };
    while let Some(kind) = number(&mut at, 2) {
        let Some(length) = number(&mut at, 4).and_then(|l| usize::try_from(l).ok()) else { return };
        let end = at.saturating_add(length);
        let Some(body) = bytes.get(at..end) else { return };
        each(kind, body);
        at = end;
    }
}

/// A text of two bytes a letter behind its length, and where it ends.
fn wide(body: &[u8], at: usize) -> Option<(String, usize)> {
    let length = usize::try_from(u32_at(body, at)?).ok()?;
    let start = at.checked_add(4)?;
    let end = start.checked_add(length.checked_mul(2)?)?;
    Some((encoding_rs::UTF_16LE.decode_without_bom_handling(body.get(start..end)?).0.into_owned(), end))
}
