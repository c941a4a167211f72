//! One sheet of a workbook of Excel 5 to 2003: cells, locks, validations, merged ranges and comments (MS-XLS 2.4).

use super::gather::{self, Gathered, Room, packed};
use super::joined::Joined;
use super::old::Book;
use super::{
    Address, Columns, Comment, Formula, FormulaKind, GridSheet, Row, Validation, ValidationKind, Value, validation,
};
use crate::container::{u16_at, u32_at};
use crate::limits;
use crate::sheets::SheetKind;
use crate::sheets::biff::{BOF, EOF, Record, Records};
use crate::sheets::constants::error;
use crate::sheets::tokens::{self, Form};
use crate::trouble::Trouble;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Comments while their texts and places are still apart: both bear the number of a drawing's object.
#[derive(Default)]
struct Notes {
    /// The object described last, if it is a comment.
    object: Option<u16>,
    texts: BTreeMap<u16, String>,
    placed: Vec<(u16, Address, String)>,
}

/// Reads from the BOF record at `position` to its EOF.
pub(super) fn read(
    stream: &[u8],
    position: usize,
    book: &mut Book,
    sheet: &mut GridSheet,
    room: &mut Room,
) -> Result<(), Trouble> {
    let mut records = Records::new(stream, position);
    let Some(first) = records.next().filter(|r| r.id == BOF) else { return Ok(()) };
    match (sheet.kind, u16_at(first.body, 2)) {
        (_, Some(0x0040)) => sheet.kind = SheetKind::Macro,
        (SheetKind::Other, Some(0x0010)) => sheet.kind = SheetKind::Worksheet,
        (_, Some(0x0020)) => sheet.kind = SheetKind::Chart,
        _ => {}
    }
    let mut gathered = Gathered::default();
    let mut notes = Notes::default();
    let (mut depth, mut frozen) = (1_usize, false);
    while let Some(record) = records.next() {
        book.left = book.left.saturating_sub(1);
        if book.left == 0 {
            break;
        }
        match record.id {
            BOF => depth = depth.saturating_add(1),
            EOF => depth = depth.saturating_sub(1),
            // A chart within the sheet has records of its own, with the same numbers.
            _ if depth > 1 => {}
            0x0061 if sheet.kind == SheetKind::Macro => sheet.kind = SheetKind::InternationalMacro,
            0x0081 if sheet.kind == SheetKind::Worksheet && u16_at(record.body, 0).is_some_and(|f| f & 0x10 != 0) => {
                sheet.kind = SheetKind::Dialog;
            }
            0x0012 => sheet.protected = u16_at(record.body, 0).is_some_and(|f| f != 0),
            0x023e => frozen = u16_at(record.body, 0).is_some_and(|f| f & 8 != 0),
            0x0041 if frozen => {
                let split = |at| u16_at(record.body, at).unwrap_or_default().into();
                sheet.frozen = Address::new(split(2), split(0));
            }
            0x00e5 => merged(record.body, sheet),
            0x007d => sheet.columns.extend(columns(record.body).filter(|_| sheet.columns.len() < limits::PIECES)),
            0x0208 => gathered.row(row(record.body)),
            0x01be => {
                if sheet.validations.len() >= limits::PIECES {
                    return Err(over(limits::PIECES));
                }
                let mut body = Joined::new(&mut records, &record);
                sheet.validations.extend(validation(&mut body, book, room));
            }
            0x001c | 0x005d | 0x01b6 => note(&mut records, &record, book, &mut notes),
            _ => cell(&mut records, &record, book, &mut gathered, room)?,
        }
        if depth == 0 {
            break;
        }
    }
    gathered.into_rows(sheet);
    if sheet.kind != SheetKind::Worksheet {
        // As elsewhere: what stands on macro sheets is no part of a form.
        sheet.rows.clear();
    }
    for (object, at, author) in notes.placed {
        let text = notes.texts.get(&object).cloned().unwrap_or_default();
        sheet.comments.push(Comment { at, author, text });
    }
    sheet.comments.sort_by(|a, b| (a.at, &a.text).cmp(&(b.at, &b.text)));
    Ok(())
}

fn over(limit: usize) -> Trouble {
    Trouble::TooLarge { what: "sheet".to_owned(), limit: limit as u64 }
}

/// The cell or cells of a record; a text or a shared formula behind a formula completes it.
fn cell<'s>(
    records: &mut Records<'s>,
    record: &Record<'s>,
    book: &Book,
    gathered: &mut Gathered,
    room: &mut Room,
) -> Result<(), Trouble> {
    let body = record.body;
    let word = |at: usize| u16_at(body, at).map(u32::from);
    let head = || Some((Address::new(word(0)?, word(2)?), word(4)?));
    let value = match record.id {
        0x0201 => Some(Value::Blank),
        0x0203 => number(body, 6).map(Value::Number),
        0x027e => u32_at(body, 6).map(|n| Value::Number(packed(n))),
        0x0204 | 0x00d6 => {
            let mut body = Joined::new(records, record);
            let units = body.skip(6).and_then(|()| body.u16());
            units.and_then(|units| book.text(&mut body, units.into())).map(gather::text)
        }
        0x00fd => u32_at(body, 6).and_then(|n| usize::try_from(n).ok()).map(|n| match book.strings.get(n) {
            Some(text) if !text.is_empty() => Value::Text(Arc::clone(text)),
            _ => Value::Blank,
        }),
        0x0205 => body.get(6).zip(body.get(7)).map(|(code, kind)| flag(*code, *kind == 0)),
        0x00bd | 0x00be => {
            let (Some(row), Some(first)) = (word(0), word(2)) else { return Ok(()) };
            let step = if record.id == 0x00bd { 6 } else { 2 };
            let pieces = body.get(4..body.len().saturating_sub(2)).unwrap_or_default().chunks_exact(step);
            for (column, piece) in (first..).zip(pieces) {
                let style = u16_at(piece, 0).unwrap_or_default().into();
                let value = u32_at(piece, 2).map_or(Value::Blank, |n| Value::Number(packed(n)));
                gathered.cell(room, Address::new(row, column), style, value, None)?;
            }
            None
        }
        0x0006 | 0x0206 | 0x0406 => {
            let Some((at, style)) = head() else { return Ok(()) };
            let value = result(body);
            let body = records.whole(record);
            let (tokens, extra) = sized(&body, 20).unwrap_or_default();
            // What stands in common is told behind the first cell of its group.
            let kind = if tokens.first() == Some(&1) {
                let group = u32::from(u16_at(tokens, 1).unwrap_or_default()) << 14
                    | u32::from(u16_at(tokens, 3).unwrap_or_default() & 0x3fff);
                FormulaKind::Shared(group)
            } else {
                FormulaKind::Plain
            };
            let write = || match kind {
                FormulaKind::Plain => {
                    tokens::write(book.globals.form, tokens, extra, &book.globals, Some((at.row, at.column)))
                }
                _ => String::new(),
            };
            let formula = Box::new(Formula { text: room.text(tokens, write), kind, area: None });
            return gathered.cell(room, at, style, value, Some(formula));
        }
        0x0207 => {
            let mut body = Joined::new(records, record);
            let text = body.u16().and_then(|units| book.text(&mut body, units.into()));
            if let (Some((_, cell)), Some(text)) = (gathered.last(), text)
                && cell.formula.is_some()
            {
                cell.value = gather::text(text);
            }
            None
        }
        0x04bc | 0x00bc | 0x0221 => {
            let body = records.whole(record);
            let array = record.id == 0x0221;
            if let (Some((at, cell)), Some((tokens, extra))) =
                (gathered.last(), sized(&body, if array { 12 } else { 8 }))
                && let Some(formula) = cell.formula.as_ref()
            {
                let kind = if array { FormulaKind::Array } else { formula.kind };
                let base = Some((at.row, at.column));
                let write = || tokens::write(book.globals.form, tokens, extra, &book.globals, base);
                let mut formula = Box::new(Formula { text: room.text(tokens, write), kind, area: None });
                let corner = |at: usize| body.get(at).copied().map(u32::from);
                if let (Some(top), Some(bottom), Some(left), Some(right)) = (word(0), word(2), corner(4), corner(5)) {
                    formula.area = gather::area(top, bottom, left, right);
                }
                cell.formula = Some(formula);
            }
            None
        }
        _ => None,
    };
    match (head(), value) {
        (Some((at, style)), Some(value)) => gathered.cell(room, at, style, value, None),
        _ => Ok(()),
    }
}

fn number(body: &[u8], at: usize) -> Option<f64> {
    let bytes = body.get(at..at.checked_add(8)?)?;
    bytes.try_into().ok().map(f64::from_le_bytes)
}

/// True, false or an error.
fn flag(code: u8, boolean: bool) -> Value {
    if boolean { Value::Bool(code != 0) } else { Value::Error(Arc::from(error(code))) }
}

/// The last result of a formula; a text follows in a record of its own.
fn result(body: &[u8]) -> Value {
    if u16_at(body, 12) != Some(0xffff) {
        return number(body, 6).map_or(Value::Blank, Value::Number);
    }
    match (body.get(6), body.get(8)) {
        (Some(1), Some(code)) => flag(*code, true),
        (Some(2), Some(code)) => flag(*code, false),
        _ => Value::Blank,
    }
}

/// Tokens with their length before them, and what stands behind them.
fn sized(body: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let size = usize::from(u16_at(body, at)?);
    let rest = body.get(at.checked_add(2)?..)?;
    Some(rest.split_at_checked(size).unwrap_or((rest, &[])))
}

fn merged(body: &[u8], sheet: &mut GridSheet) {
    for piece in body.get(2..).unwrap_or_default().chunks_exact(8) {
        let word = |at| u16_at(piece, at).unwrap_or_default().into();
        if sheet.merged.len() < limits::PIECES {
            sheet.merged.extend(gather::area(word(0), word(2), word(4), word(6)));
        }
    }
}

fn columns(body: &[u8]) -> Option<Columns> {
    let word = |at| u16_at(body, at);
    let flags = word(8)?;
    Some(Columns {
        first: word(0)?.into(),
        last: word(2)?.into(),
        hidden: flags & 1 != 0,
        outline: u8::try_from(flags >> 8 & 7).unwrap_or_default(),
        style: Some(word(6)?.into()),
    })
}

fn row(body: &[u8]) -> Row {
    let flags = u16_at(body, 12).unwrap_or_default();
    Row {
        number: u16_at(body, 0).unwrap_or_default().into(),
        hidden: flags & 0x20 != 0,
        outline: u8::try_from(flags & 7).unwrap_or_default(),
        style: u16_at(body, 14).filter(|_| flags & 0x80 != 0).map(|s| u32::from(s & 0x0fff)),
        cells: Vec::new(),
    }
}

/// A DV record (2.4.89).
fn validation(body: &mut Joined<'_>, book: &Book, room: &mut Room) -> Option<Validation> {
    let flags = body.u32()?;
    let mut text = || {
        let units = body.u16()?;
        body.text(units.into())
    };
    // One NUL stands for no text.
    let mut shown = || text().map(|t| t.trim_matches('\0').to_owned());
    let _prompt_title = shown()?;
    let _error_title = shown()?;
    let (prompt, error) = (shown()?, shown()?);
    let mut tokens = || {
        let size = body.u16()?;
        body.skip(2)?;
        body.bytes(size.into())
    };
    let (first, second) = (tokens()?, tokens()?);
    let mut areas = Vec::new();
    for _ in 0..body.u16()? {
        let [top, bottom, left, right] = [body.u16()?, body.u16()?, body.u16()?, body.u16()?].map(u32::from);
        areas.extend(gather::area(top, bottom, left, right));
    }
    let base = areas.first().map(|a| (a.first.row, a.first.column));
    let mut write =
        |tokens: &[u8]| room.text(tokens, || tokens::write(book.globals.form, tokens, &[], &book.globals, base));
    let kind = validation::kind_of(flags & 0xf);
    let mut first = write(&first);
    if kind == ValidationKind::List {
        // Items written out are kept apart by NUL here and by commas everywhere else.
        first = first.replace('\0', ",");
    }
    Some(Validation {
        areas,
        kind,
        operator: validation::operator_of(flags >> 20 & 0xf),
        first,
        second: write(&second),
        allowed: None,
        alert: validation::alert_of(flags & 1 << 19 != 0, flags >> 4 & 7),
        blank: flags & 1 << 8 != 0,
        prompt,
        error,
    })
}

/// A comment comes in three records: its object, its text, and, behind all cells, its place.
fn note<'s>(records: &mut Records<'s>, record: &Record<'s>, book: &Book, notes: &mut Notes) {
    match record.id {
        0x005d => {
            let words = [0, 4].map(|at| u16_at(record.body, at));
            notes.object = if words == [Some(0x15), Some(0x19)] { u16_at(record.body, 6) } else { None };
        }
        0x01b6 => {
            let Some(object) = notes.object.take() else { return };
            let Some(units) = u16_at(record.body, 10).filter(|n| *n > 0) else { return };
            let mut body = Joined::new(records, record);
            // The text itself is what continues the record; what comes before it is none of it.
            let text = body.skip(record.body.len()).and_then(|()| body.characters_behind(units.into()));
            if let Some(text) = text.filter(|_| notes.texts.len() < limits::PIECES) {
                notes.texts.insert(object, text);
            }
        }
        _ if book.globals.form == Form::Biff8 => {
            let mut body = Joined::new(records, record);
            let place = || Some((body.u16()?, body.u16()?, body.u16()?, body.u16()?, body.u16()?));
            let Some((row, column, _, object, units)) = { place }() else { return };
            let author = body.text(units.into()).unwrap_or_default();
            if notes.placed.len() < limits::PIECES {
                notes.placed.push((object, Address::new(row.into(), column.into()), author));
            }
        }
        _ => {}
    }
}
