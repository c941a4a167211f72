//! Single answers: a label, and the cell beside or below it.

use super::headings::{View, is_code, is_unit};
use super::layout::{MOST, Place};
use super::meaning::{self, Asked, Subject};
use super::table::Table;
use super::vocabulary::Vocabulary;
use crate::grid::{Address, Area};

/// How far to the left a label may stand.
const FAR: u32 = 12;

/// Single answers outside the tables.
pub(super) fn places(view: &View<'_>, known: &Vocabulary, tables: &[Table], french: bool) -> Vec<Place> {
    let free = |row: u32| !tables.iter().any(|t| (t.top..=t.last).contains(&row));
    let mut found: Vec<Place> = Vec::new();
    for row in &view.sheet.rows {
        if !free(row.number) || row.number > view.extent.row {
            continue;
        }
        if view.protected {
            open(view, row.number, &mut found)
        } else {
            beside(view, known, row.number, french, &mut found)
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// On a protected sheet every open cell takes an answer; its label is to the left, else above.
fn open(view: &View<'_>, row: u32, found: &mut Vec<Place>) {
    let Some(held) = view.sheet.row(row) else { return };
    for cell in &held.cells {
        let at = Address::new(row, cell.column);
        if !view.takes(at) {
            continue;
        }
        // The next open cell to the right of one without a label between belongs to it.
        if let Some(last) = found.last_mut()
            && last.area.last.row == row
            && last.area.last.column.saturating_add(1) == cell.column
        {
            last.area.last = view.span(at).last;
            continue;
        }
        let left = (1..=FAR.min(cell.column)).map(|n| Address::new(row, cell.column - n));
        // Between the label and its cell a unit may stand, and a code.
        let left: Vec<Address> = left.take_while(|a| !view.takes(*a)).filter(|a| view.label(*a).is_some()).collect();
        let says = |a: &&Address| view.label(**a).is_some_and(|t| !is_unit(t) && !is_code(t));
        let left = left.iter().find(says).or(left.first()).copied();
        let above = (1..=2.min(row)).map(|n| Address::new(row - n, cell.column));
        let above = above.take_while(|a| !view.takes(*a)).find(|a| view.label(*a).is_some());
        let label = left.or(above).map(|a| view.span(a).first);
        let leaf = label.and_then(|a| view.label(a)).unwrap_or_default().to_owned();
        found.push(Place {
            area: Area::new(at, view.span(at).last),
            heading_at: label.unwrap_or(at),
            leaf,
            above: Vec::new(),
            code: None,
            subject: Subject::Page,
        });
    }
}

/// Elsewhere a label asks when it ends as a question or reads well as one, and the cell beside it is free.
fn beside(view: &View<'_>, known: &Vocabulary, row: u32, french: bool, found: &mut Vec<Place>) {
    for (column, label) in view.labels(row) {
        let span = view.span(Address::new(row, column));
        let at = Address::new(row, span.last.column.saturating_add(1));
        if !view.takes(at) || label.chars().count() > 160 {
            continue;
        }
        let asks = label.ends_with([':', '?', '…']) || label.ends_with("...");
        let read = || {
            let asked = Asked { leaf: label, above: &[], title: None, subject: Subject::Page, french, kind: None };
            let read = meaning::read(known, &asked);
            read.confidence >= 75 && !read.key.is_empty()
        };
        if asks || read() {
            found.push(Place {
                area: Area::new(at, view.span(at).last),
                heading_at: span.first,
                leaf: label.to_owned(),
                above: Vec::new(),
                code: None,
                subject: Subject::Page,
            });
        }
    }
}
