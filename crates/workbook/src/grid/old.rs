//! The workbooks of Excel 97 to 2003: values and merged ranges, through calamine.

use super::{Address, Area, Cell, Grid, GridSheet, Row, Style, Value, styles::Format};
use crate::container::{Ole, OleKind, u16_at};
use crate::limits;
use crate::sheets::{SheetKind, Visibility};
use crate::trouble::Trouble;
use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xls};
use std::io::Cursor;
use std::sync::Arc;

const PART: &str = "workbook";

pub(super) fn read(bytes: &[u8]) -> Result<Grid, Trouble> {
    let ole = Ole::open(bytes)?;
    let stream = |name: &str| {
        ole.entries().iter().find(|e| e.kind == OleKind::Stream && e.parent == 0 && e.name.eq_ignore_ascii_case(name))
    };
    if stream("EncryptedPackage").is_some() {
        return Err(Trouble::Encrypted);
    }
    let book = stream("Workbook").or_else(|| stream("Book")).ok_or(Trouble::NotAWorkbook)?;
    spread(&ole.read(book))?;
    guarded(|| {
        let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| refused(&e))?;
        let mut grid = Grid { styles: kinds(), ..Grid::default() };
        let mut left = limits::CELLS;
        for found in book.sheets_metadata().to_vec() {
            let mut sheet = described(&found);
            if let Ok(range) = book.worksheet_range(&found.name) {
                let (top, side) = range.start().unwrap_or_default();
                for (row, column, value) in range.used_cells() {
                    let place = |base: u32, n: usize| base.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
                    push(&mut sheet, &mut left, Address::new(place(top, row), place(side, column)), value.clone())?;
                }
            }
            for range in book.merge_cells_by_sheet_name(&found.name).unwrap_or_default().iter().take(limits::PIECES) {
                let corner = |(row, column)| Address::new(row, column);
                sheet.merged.push(Area::new(corner(range.start), corner(range.end)));
            }
            grid.sheets.push(sheet);
        }
        Ok(grid)
    })
}

/// The library keeps each sheet as a full rectangle. Two cells at far corners would cost gigabytes, so their spread is measured first.
/// Records: MS-XLS 2.4; each cell record begins with its row and column.
fn spread(stream: &[u8]) -> Result<(), Trouble> {
    let (mut at, mut total) = (0_usize, 0_u64);
    let mut bounds: Option<(u16, u16, u16, u16)> = None;
    let area = |b: Option<(u16, u16, u16, u16)>| {
        b.map_or(0, |(top, bottom, left, right)| {
            (u64::from(bottom.saturating_sub(top)) + 1) * (u64::from(right.saturating_sub(left)) + 1)
        })
    };
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at.saturating_add(2))) {
        let body = at.saturating_add(4);
        match kind {
            0x0809 => total = total.saturating_add(area(bounds.take())),
            0x0006 | 0x00bd | 0x00d6 | 0x00fd | 0x0002..=0x0005 | 0x0203..=0x0207 | 0x0406 | 0x027e => {
                if let (Some(row), Some(column)) = (u16_at(stream, body), u16_at(stream, body.saturating_add(2))) {
                    // A record of many cells ends with its last column.
                    let end = body.saturating_add(length.into());
                    let last = if kind == 0x00bd {
                        end.checked_sub(2).and_then(|e| u16_at(stream, e)).unwrap_or(column)
                    } else {
                        column
                    };
                    let (top, bottom, left, right) = bounds.unwrap_or((row, row, column, column));
                    bounds = Some((top.min(row), bottom.max(row), left.min(column), right.max(last).max(column)));
                }
            }
            _ => {}
        }
        at = body.saturating_add(length.into());
    }
    if total.saturating_add(area(bounds)) > limits::CELLS as u64 {
        return Err(Trouble::TooLarge { what: "cells".to_owned(), limit: limits::CELLS as u64 });
    }
    Ok(())
}

/// The library trusts lengths in some places and would stop the program; here that is one more way of being broken.
pub(super) fn guarded(read: impl FnOnce() -> Result<Grid, Trouble>) -> Result<Grid, Trouble> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Trouble::malformed(PART, "its records contradict each other")))
}

pub(super) fn refused(error: &dyn std::fmt::Display) -> Trouble {
    let text = error.to_string().to_lowercase();
    if text.contains("password") || text.contains("encrypt") {
        return Trouble::Encrypted;
    }
    Trouble::malformed(PART, "its records are broken")
}

/// A sheet without cells, as the library describes it.
pub(super) fn described(found: &calamine::Sheet) -> GridSheet {
    let visibility = match found.visible {
        SheetVisible::Visible => Visibility::Visible,
        SheetVisible::Hidden => Visibility::Hidden,
        SheetVisible::VeryHidden => Visibility::VeryHidden,
    };
    let kind = match found.typ {
        SheetType::WorkSheet => SheetKind::Worksheet,
        SheetType::DialogSheet => SheetKind::Dialog,
        SheetType::MacroSheet => SheetKind::Macro,
        SheetType::ChartSheet => SheetKind::Chart,
        SheetType::Vba => SheetKind::Other,
    };
    GridSheet::empty(found.name.clone(), visibility, kind, String::new())
}

/// Two styles: as it comes, and dates, which the library tells apart.
pub(super) fn kinds() -> Vec<Style> {
    vec![Style::default(), Style { format: Format::Date, ..Style::default() }]
}

/// Adds a cell; they come row by row.
pub(super) fn push(sheet: &mut GridSheet, left: &mut usize, at: Address, value: Data) -> Result<(), Trouble> {
    let over = || Trouble::TooLarge { what: "cells".to_owned(), limit: limits::CELLS as u64 };
    *left = left.checked_sub(1).ok_or_else(over)?;
    let mut style = 0;
    let value = match value {
        Data::Empty => return Ok(()),
        Data::Int(number) => Value::Number(number as f64),
        Data::Float(number) => Value::Number(number),
        Data::Bool(yes) => Value::Bool(yes),
        Data::String(text) if text.is_empty() => return Ok(()),
        Data::String(text) => Value::Text(Arc::from(text)),
        Data::DateTime(moment) => {
            style = 1;
            Value::Number(moment.as_f64())
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => {
            style = 1;
            Value::Iso(Arc::from(text))
        }
        Data::Error(error) => Value::Error(Arc::from(error.to_string())),
    };
    if sheet.rows.last().is_none_or(|r| r.number < at.row) {
        sheet.rows.push(Row { number: at.row, ..Row::default() });
    }
    if let Some(row) = sheet.rows.last_mut().filter(|r| r.number == at.row) {
        row.cells.push(Cell { column: at.column, style, value, formula: None });
    }
    Ok(())
}

/// A value that the library lends.
pub(super) fn owned(value: &DataRef<'_>) -> Data {
    Data::from(value.clone())
}
