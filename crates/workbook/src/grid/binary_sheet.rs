//! One sheet of a binary package: cells, locks, validations, merged ranges (MS-XLSB 2.4); and its comments, a part of their own.

use super::binary::Book;
use super::gather::{self, Gathered, Room, packed};
use super::{
    Address, COLUMNS, Columns, Comment, Formula, FormulaKind, GridSheet, ROWS, Row, Validation, ValidationKind, Value,
    validation,
};
use crate::limits;
use crate::sheets::biff12::{record, sized};
use crate::sheets::binary::Bytes;
use crate::sheets::constants::error;
use crate::sheets::tokens::{self, Form};
use crate::trouble::Trouble;
use std::sync::Arc;

/// Reads the part of a worksheet.
pub(super) fn read(bytes: &[u8], book: &Book, sheet: &mut GridSheet, room: &mut Room) -> Result<(), Trouble> {
    let mut gathered = Gathered::default();
    let mut row = 0;
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        let mut body = Bytes::new(body);
        let over = || Trouble::TooLarge { what: sheet.part.clone(), limit: limits::PIECES as u64 };
        match id {
            0 => {
                row = body.u32().unwrap_or(row);
                if row >= ROWS {
                    return Err(Trouble::malformed(sheet.part.clone(), "a row lies beyond the last one"));
                }
                gathered.row(row_head(row, &mut body).unwrap_or_default());
            }
            1..=11 | 62 => {
                if let Some((column, style, value, formula)) = cell(id, row, &mut body, book, room) {
                    gathered.cell(room, Address::new(row, column), style, value, formula)?;
                }
            }
            426 | 427 => shared(id, &mut body, book, &mut gathered, room),
            60 if sheet.columns.len() < limits::PIECES => sheet.columns.extend(columns(&mut body)),
            64 => {
                if sheet.validations.len() >= limits::PIECES {
                    return Err(over());
                }
                sheet.validations.extend(validation(&mut body, book, room));
            }
            151 => sheet.frozen = frozen(&mut body).unwrap_or(sheet.frozen),
            176 if sheet.merged.len() < limits::PIECES => sheet.merged.extend(area(&mut body)),
            // A hash of the password comes first, or how often it was hashed.
            535 => sheet.protected = body.take(2).and_then(|_| body.u32()).is_some_and(|locked| locked != 0),
            678 => sheet.protected = body.take(4).and_then(|_| body.u32()).is_some_and(|locked| locked != 0),
            _ => {}
        }
    }
    gathered.into_rows(sheet);
    Ok(())
}

fn row_head(number: u32, body: &mut Bytes<'_>) -> Option<Row> {
    let style = body.u32()?;
    body.take(3)?;
    let flags = body.u8()?;
    Some(Row {
        number,
        hidden: flags & 0x10 != 0,
        outline: flags & 7,
        style: (flags & 0x40 != 0).then_some(style),
        cells: Vec::new(),
    })
}

type Found = (u32, u32, Value, Option<Box<Formula>>);

fn cell(id: u16, row: u32, body: &mut Bytes<'_>, book: &Book, room: &mut Room) -> Option<Found> {
    let column = body.u32().filter(|c| *c < COLUMNS)?;
    // The upper byte tells of readings.
    let style = body.u32()? & 0x00ff_ffff;
    let value = match id {
        1 => Value::Blank,
        2 => Value::Number(packed(body.u32()?)),
        3 | 11 => Value::Error(Arc::from(error(body.u8()?))),
        4 | 10 => Value::Bool(body.u8()? != 0),
        5 | 9 => Value::Number(f64::from_le_bytes(body.take(8)?.try_into().ok()?)),
        6 | 8 => gather::text(body.wide32()?),
        7 => match book.strings.get(body.len32()?) {
            Some(text) if !text.is_empty() => Value::Text(Arc::clone(text)),
            _ => Value::Blank,
        },
        _ => {
            body.u8()?;
            gather::text(body.wide32()?)
        }
    };
    if !(8..=11).contains(&id) {
        return Some((column, style, value, None));
    }
    body.u16();
    let tokens = sized(body).unwrap_or_default();
    let extra = sized(body).unwrap_or_default();
    // What stands in common is told behind the first cell of its group: here is only where that is.
    let kind = match tokens.first() {
        Some(1) => {
            let top = tokens.get(1..).and_then(|t| Bytes::new(t).u32()).unwrap_or_default();
            let left = Bytes::new(extra).u32().unwrap_or_default();
            FormulaKind::Shared(top.wrapping_shl(14) | left & 0x3fff)
        }
        _ => FormulaKind::Plain,
    };
    let write = || match kind {
        FormulaKind::Plain => tokens::write(Form::Biff12, tokens, extra, &book.names, Some((row, column))),
        _ => String::new(),
    };
    let formula = Formula { text: room.text(tokens, write), kind, area: None };
    Some((column, style, value, Some(Box::new(formula))))
}

/// An array or shared formula, which completes the cell before it.
fn shared(id: u16, body: &mut Bytes<'_>, book: &Book, gathered: &mut Gathered, room: &mut Room) {
    let covers = area(body);
    if id == 426 {
        body.u8();
    }
    let tokens = sized(body).unwrap_or_default();
    let extra = sized(body).unwrap_or_default();
    let Some((at, cell)) = gathered.last() else { return };
    let Some(before) = cell.formula.as_ref() else { return };
    let kind = if id == 426 { FormulaKind::Array } else { before.kind };
    let write = || tokens::write(Form::Biff12, tokens, extra, &book.names, Some((at.row, at.column)));
    let mut formula = Box::new(Formula { text: room.text(tokens, write), kind, area: None });
    formula.area = covers;
    cell.formula = Some(formula);
}

fn area(body: &mut Bytes<'_>) -> Option<super::Area> {
    let [top, bottom, left, right] = [body.u32()?, body.u32()?, body.u32()?, body.u32()?];
    gather::area(top, bottom, left, right)
}

fn columns(body: &mut Bytes<'_>) -> Option<Columns> {
    let (first, last) = (body.u32()?, body.u32()?);
    body.u32()?;
    let (style, flags) = (body.u32()?, body.u16()?);
    let outline = u8::try_from(flags >> 8 & 7).unwrap_or_default();
    Some(Columns { first, last, hidden: flags & 1 != 0, outline, style: Some(style) })
}

/// The first cell that scrolls, where some do not (BrtPane).
fn frozen(body: &mut Bytes<'_>) -> Option<Address> {
    let mut split = || Some(f64::from_le_bytes(body.take(8)?.try_into().ok()?) as u32);
    let (column, row) = (split()?, split()?);
    body.take(12)?;
    (body.u8()? & 1 != 0 && row < ROWS && column < COLUMNS).then(|| Address::new(row, column))
}

/// BrtDVal (2.4.355).
fn validation(body: &mut Bytes<'_>, book: &Book, room: &mut Room) -> Option<Validation> {
    let flags = body.u32()?;
    let mut areas = Vec::new();
    for _ in 0..body.u32()? {
        let [top, bottom, left, right] = [body.u32()?, body.u32()?, body.u32()?, body.u32()?];
        areas.extend(gather::area(top, bottom, left, right));
    }
    let _error_title = body.wide32()?;
    let error = body.wide32()?;
    let _prompt_title = body.wide32()?;
    let prompt = body.wide32()?;
    let base = areas.first().map(|a| (a.first.row, a.first.column));
    let mut formula = || {
        let tokens = sized(body).unwrap_or_default();
        let extra = sized(body).unwrap_or_default();
        room.text(tokens, || tokens::write(Form::Biff12, tokens, extra, &book.names, base))
    };
    let (mut first, second) = (formula(), formula());
    let kind = validation::kind_of(flags & 0xf);
    if kind == ValidationKind::List {
        first = first.replace('\0', ",");
    }
    Some(Validation {
        areas,
        kind,
        operator: validation::operator_of(flags >> 20 & 0xf),
        first,
        second,
        allowed: None,
        alert: validation::alert_of(flags & 1 << 19 != 0, flags >> 4 & 7),
        blank: flags & 1 << 8 != 0,
        prompt,
        error,
    })
}

/// The part of comments: authors by number, then each comment with its cell and text.
pub(super) fn comments(bytes: &[u8]) -> Vec<Comment> {
    let (mut authors, mut found) = (Vec::new(), Vec::<Comment>::new());
    let mut rest = Bytes::new(bytes);
    while let Some((id, body)) = record(&mut rest) {
        let mut body = Bytes::new(body);
        match id {
            632 => authors.push(body.wide32().unwrap_or_default()),
            635 if found.len() < limits::PIECES => {
                let author = body.len32().and_then(|n| authors.get(n)).cloned().unwrap_or_default();
                if let Some(area) = area(&mut body) {
                    found.push(Comment { at: area.first, author, text: String::new() });
                }
            }
            637 => {
                body.u8();
                if let (Some(last), Some(text)) = (found.last_mut(), body.wide32()) {
                    last.text = text;
                }
            }
            _ => {}
        }
    }
    found
}
