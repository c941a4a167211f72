//! One sheet of a binary workbook: what it is, the formulas of macro sheets, links and objects.

use super::biff::{BOF, EOF, Globals, Record, Records};
use super::binary::cell;
use super::found::Found;
use super::tokens::{self, Form};
use super::{LinkKind, SheetKind, biff_object, connection, moniker};
use crate::container::u16_at;
use std::collections::BTreeMap;

/// Formulas that stand for several cells, by the first of them: tokens, and whether they are offsets.
type Shared = BTreeMap<(u32, u32), (Formula, bool)>;

/// Tokens, and what stands behind them.
type Formula = (Vec<u8>, Vec<u8>);

/// Reads from the BOF record at `position` to its EOF; gives the kind of the sheet as its own records tell it.
pub(super) fn read(
    stream: &[u8],
    position: usize,
    globals: &Globals,
    name: &str,
    listed: SheetKind,
    found: &mut Found,
    left: &mut usize,
) -> SheetKind {
    let mut records = Records::new(stream, position);
    let Some(first) = records.next().filter(|r| r.id == BOF) else { return listed };
    let mut kind = match u16_at(first.body, 2) {
        Some(0x0010) if listed != SheetKind::Macro => SheetKind::Worksheet,
        Some(0x0020) => SheetKind::Chart,
        // Whichever of list and sheet says macro is believed.
        Some(0x0040) => SheetKind::Macro,
        _ => listed,
    };
    let is_macro = kind == SheetKind::Macro;
    let mut cells: Vec<((u32, u32), Formula)> = Vec::new();
    let mut shared = Shared::new();
    let mut last = (0, 0);
    let mut depth = 1_usize;
    let mut strings = None;
    while let Some(record) = records.next() {
        *left = left.saturating_sub(1);
        if *left == 0 {
            break;
        }
        match record.id {
            BOF => depth = depth.saturating_add(1),
            EOF => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            0x0061 if is_macro => kind = SheetKind::InternationalMacro,
            0x0081 if kind == SheetKind::Worksheet && u16_at(record.body, 0).is_some_and(|f| f & 0x10 != 0) => {
                kind = SheetKind::Dialog;
            }
            0x0006 | 0x0206 | 0x0406 if is_macro => {
                let body = records.whole(&record);
                if let Some((at, formula)) = formula(&body) {
                    last = at;
                    cells.push((at, formula));
                }
            }
            0x04bc | 0x00bc | 0x0221 if is_macro => {
                let body = records.whole(&record);
                let start = if record.id == 0x0221 { 12 } else { 8 };
                if let Some(formula) = sized(&body, start) {
                    let offsets = record.id != 0x0221;
                    let first = (
                        u32::from(u16_at(&body, 0).unwrap_or_default()),
                        u32::from(body.get(4).copied().unwrap_or_default()),
                    );
                    shared.insert(first, (formula.clone(), offsets));
                    // The formula before it points to itself, wherever its area begins.
                    shared.insert(last, (formula, offsets));
                }
            }
            0x005d if globals.form == Form::Biff8 => {
                let body = records.whole(&record);
                biff_object::read(&body, globals, name, found);
            }
            0x01b8 => hyperlink(&mut records, &record, name, found),
            _ => {
                if let Some(text) = connection::biff(&record, globals, &mut strings) {
                    found.link(LinkKind::Connection, name, text);
                }
            }
        }
    }
    for (at, own) in &cells {
        let ((tokens, extra), base) = match pointer(&own.0).and_then(|p| shared.get(&p)) {
            Some((formula, true)) => (formula, Some(*at)),
            Some((formula, false)) => (formula, None),
            None => (own, Some(*at)),
        };
        found.cell(name, cell(at.0, at.1), format!("={}", tokens::write(globals.form, tokens, extra, globals, base)));
    }
    kind
}

/// Where a formula stands, and what it says.
fn formula(body: &[u8]) -> Option<((u32, u32), Formula)> {
    let at = (u16_at(body, 0)?.into(), u16_at(body, 2)?.into());
    // What is cut off is still shown as far as it goes.
    Some((at, sized(body, 20)?))
}

/// Tokens with their length before them; fewer where the record is cut off.
fn sized(body: &[u8], at: usize) -> Option<Formula> {
    let size = usize::from(u16_at(body, at)?);
    let rest = body.get(at.checked_add(2)?..)?;
    let (tokens, extra) = rest.split_at_checked(size).unwrap_or((rest, &[]));
    Some((tokens.to_vec(), extra.to_vec()))
}

/// The cell whose formula this one shares.
fn pointer(tokens: &[u8]) -> Option<(u32, u32)> {
    (tokens.first() == Some(&0x01)).then_some(())?;
    Some((u16_at(tokens, 1)?.into(), u16_at(tokens, 3)?.into()))
}

fn hyperlink<'s>(records: &mut Records<'s>, record: &Record<'s>, sheet: &str, found: &mut Found) {
    let body = records.whole(record);
    // The cells it covers and its class come first.
    if let Some(target) = body.get(24..).and_then(moniker::hyperlink) {
        found.link(LinkKind::Hyperlink, sheet, target);
    }
}
