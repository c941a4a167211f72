//! Tables: rows of headings over cells that take answers; a question a column, or a question a row, or products down and sites across.

use super::headings::{RowKind, View, row_kind};
use super::layout::Place;
use super::meaning::{self, Asked, Subject};
use super::vocabulary::Vocabulary;
use super::{SURE, rows};
use crate::grid::{Address, Area, ROWS};

/// Rows of a sheet in which headings are looked for.
const HEADS: u32 = 2_000;
/// Rows of headings that one table may have.
const DEEP: u32 = 8;
/// Rows that are looked at to tell what the rows of a table are.
pub(super) const SAMPLE: usize = 80;

/// A table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// First row of its headings.
    pub(super) top: u32,
    /// Row of the headings that name what is asked.
    leaf: u32,
    /// Rows of groups above, outermost first.
    groups: Vec<u32>,
    codes: Option<u32>,
    /// First column.
    pub(super) first_column: u32,
    /// Last column.
    pub(super) last_column: u32,
    /// First row for answers.
    pub(super) first: u32,
    /// Last row for answers.
    pub(super) last: u32,
}

/// The tables of a sheet, from top to bottom.
pub(super) fn find(view: &View<'_>, known: &Vocabulary, french: bool) -> Vec<Table> {
    let mut found = Vec::new();
    let mut row = 0;
    let end = view.extent.row.min(HEADS);
    while row <= end {
        let Some(bottom) = bottom_of_headings(view, known, french, row, end) else { break };
        let table = of_headings(view, bottom, row);
        row = table.last.max(bottom).saturating_add(1);
        found.push(table);
    }
    found
}

/// Labels of the row, each over a cell that takes an answer.
fn over(view: &View<'_>, row: u32) -> Vec<u32> {
    let held = view.sheet.row(row).map(|r| r.cells.as_slice()).unwrap_or_default();
    // A heading over several rows is written in its first and stands over what comes below its last.
    let mut columns: Vec<u32> = held.iter().map(|c| c.column).chain(view.ends(row).iter().copied()).collect();
    columns.sort_unstable();
    columns.dedup();
    columns.retain(|&column| {
        let at = Address::new(row, column);
        let span = view.span(at);
        span.first.column == column
            && span.last.row == row
            && view.label(at).is_some()
            && view.takes(Address::new(row.saturating_add(1), column))
    });
    columns
}

/// The next row that is the last one of a table's headings.
fn bottom_of_headings(view: &View<'_>, known: &Vocabulary, french: bool, from: u32, end: u32) -> Option<u32> {
    let frozen = view.sheet.frozen.row.checked_sub(1);
    let mut looked = 0;
    for row in from..=end {
        // Of rows close together the fullest one: a title may stand over a blank cell too.
        let near = |row: u32, far: u32| {
            let rows = (row..=row.saturating_add(far).min(end)).rev();
            rows.map(|r| (heading_count(view, r, frozen), r))
                .max_by_key(|(count, _)| *count)
                .filter(|(count, _)| *count > 0)
        };
        let labels = view.labels(row);
        // On an open sheet that is filled in, or has an example, no cell below the headings is free: they are known by what they say.
        if !view.protected && labels.len() >= 4 && heading_count(view, row, frozen) == 0 && looked < 30 {
            looked += 1;
            let says = |row: u32| said(known, &view.labels(row), french);
            let other = near(row.saturating_add(1), 2).map(|(_, r)| r);
            let data = other.is_none_or(|r| row_kind(&view.labels(r)) == RowKind::Names && says(r) < 40);
            if data && says(row) >= 60 {
                return Some(row);
            }
        }
        if heading_count(view, row, frozen) > 0 {
            return near(row, 5).map(|(_, r)| r);
        }
    }
    None
}

/// The share of the labels that read as a question, in hundredths.
fn said(known: &Vocabulary, labels: &[(u32, &str)], french: bool) -> usize {
    let sample: Vec<&str> = labels.iter().map(|(_, t)| *t).take(40).collect();
    let read = |text: &str| {
        [Subject::Machine, Subject::Licence, Subject::Page].into_iter().any(|subject| {
            let asked = Asked { leaf: text, above: &[], title: None, subject, french, kind: None };
            let read = meaning::read(known, &asked);
            !read.key.is_empty() && read.confidence >= SURE
        })
    };
    sample.iter().filter(|t| read(t)).count() * 100 / sample.len().max(1)
}

/// How many headings the row has, or none where it is no row of headings.
fn heading_count(view: &View<'_>, row: u32, frozen: Option<u32>) -> usize {
    let columns = over(view, row);
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return 0 };
    let labels = view.labels(row);
    let wide = usize::try_from(last - first).unwrap_or(usize::MAX).saturating_add(1);
    let hinted = frozen == Some(row)
        || view
            .sheet
            .tables
            .iter()
            .any(|t| t.header_rows > 0 && t.area.first.row.saturating_add(t.header_rows - 1) == row);
    let dense = columns.len() * 10 >= wide * 6;
    // Labels that stand beside their cells are no headings: the next cell to the right takes the answer, and no label is over it.
    let enough = if hinted {
        1
    } else if labels.len() > columns.len() {
        2
    } else {
        3
    };
    if dense && columns.len() >= enough { columns.len() } else { 0 }
}

fn of_headings(view: &View<'_>, bottom: u32, from: u32) -> Table {
    let labels = view.labels(bottom);
    let over = over(view, bottom);
    let first_column = labels.iter().map(|(c, _)| *c).chain(over.iter().copied()).min().unwrap_or(0);
    let last_column = labels
        .iter()
        .map(|(c, _)| view.span(Address::new(bottom, *c)).last.column)
        .chain(over.iter().copied())
        .max()
        .unwrap_or(first_column);
    let mut rows = Vec::new();
    let mut row = bottom;
    loop {
        let found: Vec<(u32, &str)> =
            view.labels(row).into_iter().filter(|(c, _)| (first_column..=last_column).contains(c)).collect();
        let answers =
            view.protected && row != bottom && (first_column..=last_column).any(|c| view.takes(Address::new(row, c)));
        let covered = (first_column..=last_column).any(|c| view.label(Address::new(row, c)).is_some());
        if (found.is_empty() && !covered) || answers {
            break;
        }
        rows.push((row, row_kind(&found), found.len()));
        if row == from || bottom - row >= DEEP {
            break;
        }
        row -= 1;
    }
    let leaf = rows.iter().find(|(_, kind, _)| *kind == RowKind::Names).map_or(bottom, |(r, _, _)| *r);
    let codes = rows.iter().find(|(_, kind, _)| *kind == RowKind::Codes).map(|(r, _, _)| *r);
    let mut groups: Vec<u32> =
        rows.iter().filter(|(r, kind, _)| *r < leaf && *kind == RowKind::Names).map(|(r, _, _)| *r).collect();
    groups.reverse();
    // One label over all columns is a title, not a group.
    if let Some(&row) = groups.first() {
        let labels: Vec<u32> =
            view.labels(row).into_iter().map(|(c, _)| c).filter(|c| (first_column..=last_column).contains(c)).collect();
        if let [column] = labels.as_slice() {
            let span = view.span(Address::new(row, *column));
            let all = span.first.column <= first_column && span.last.column >= last_column;
            let loose =
                *column == first_column && span.last.column == span.first.column && last_column > first_column + 1;
            if all || loose {
                groups.remove(0);
            }
        }
    }
    let top = rows.last().map_or(bottom, |(r, _, _)| *r);
    let first = bottom.saturating_add(1);
    let mut table = Table { top, leaf, groups, codes, first_column, last_column, first, last: first };
    table.last = last_row(view, &table);
    table
}

/// The last row that takes answers.
fn last_row(view: &View<'_>, table: &Table) -> u32 {
    let columns = table.first_column..=table.last_column;
    let mut last = table.first;
    if view.protected {
        for row in table.first..=view.extent.row {
            if !columns.clone().any(|c| view.takes(Address::new(row, c))) && !section(view, row, table) {
                break;
            }
            last = row;
        }
        return last;
    }
    let ruled = view.sheet.validations.iter().flat_map(|v| &v.areas).filter(|a| {
        a.first.column <= table.last_column
            && a.last.column >= table.first_column
            && a.first.row <= table.first + 1
            && a.last.row >= table.first
    });
    let ruled = ruled.map(|a| a.last.row.min(view.extent.row.max(table.first + 5_000))).max().unwrap_or(table.first);
    for row in table.first..=view.extent.row {
        if row > ruled && view.blank_row(row, table.first_column, table.last_column) {
            break;
        }
        last = row;
    }
    last.max(ruled)
}

/// A row of a protected table that only names the rows below it.
fn section(view: &View<'_>, row: u32, table: &Table) -> bool {
    let within = |r: u32| (table.first_column..=table.last_column).any(|c| view.takes(Address::new(r, c)));
    !view.labels(row).is_empty() && row < view.extent.row && within(row + 1)
}

impl Table {
    /// Own heading of the column and those above it, outermost first.
    pub(super) fn path(&self, view: &View<'_>, column: u32) -> Option<(Address, String, Vec<String>)> {
        let mut at = Address::new(self.leaf, column);
        let mut leaf = view.label(at);
        if leaf.is_none() {
            // A heading may be written in a row above and not be merged down.
            at = self.groups.iter().rev().map(|&r| Address::new(r, column)).find(|a| view.own_label(*a).is_some())?;
            leaf = view.label(at);
        }
        let leaf = leaf?;
        let place = view.span(at).first;
        let mut above: Vec<String> = Vec::new();
        for &row in &self.groups {
            if let Some(text) = self.group(view, row, column)
                && text != leaf
                && above.last().map(String::as_str) != Some(text)
            {
                above.push(text.to_owned());
            }
        }
        Some((place, leaf.to_owned(), above))
    }

    /// The group of a column: by its merged range; in a row without any, the last label to the left.
    fn group<'g>(&self, view: &View<'g>, row: u32, column: u32) -> Option<&'g str> {
        if let Some(label) = view.label(Address::new(row, column)) {
            return Some(label);
        }
        let labels = view.labels(row);
        let merged = labels.iter().any(|(c, _)| {
            let span = view.span(Address::new(row, *c));
            span.last.column > span.first.column
        });
        let all = usize::try_from(self.last_column - self.first_column).unwrap_or(0) + 1;
        if merged || labels.len() * 10 > all * 7 {
            return None;
        }
        labels.iter().rev().find(|(c, _)| *c <= column && *c >= self.first_column).map(|(_, t)| *t)
    }

    fn code(&self, view: &View<'_>, column: u32) -> Option<String> {
        view.label(Address::new(self.codes?, column)).map(str::to_owned)
    }

    /// Rows for answers.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> + use<> {
        self.first..=self.last
    }

    /// Columns on the left whose cells say what the row is about: labels, and beside them releases that are written as numbers.
    fn label_columns(&self, view: &View<'_>, known: &Vocabulary) -> Vec<u32> {
        let mut found = Vec::new();
        for column in self.first_column..=self.last_column {
            let (mut labels, mut held, mut blanks, mut rows) = (0_usize, 0_usize, 0_usize, 0_usize);
            for row in self.rows().take(SAMPLE) {
                let at = Address::new(row, column);
                rows += 1;
                labels += usize::from(view.label(at).is_some());
                held += usize::from(view.given(at));
                blanks += usize::from(view.takes(at) && !view.given(at));
            }
            let names = labels * 2 >= rows && blanks * 2 <= rows;
            let beside = !found.is_empty() && held * 2 >= rows && !self.counts(view, known, column);
            if names || beside {
                found.push(column);
            } else if !found.is_empty() || column >= self.first_column.saturating_add(2) {
                break;
            }
        }
        found
    }

    /// True when the heading of the column speaks of a quantity.
    fn counts(&self, view: &View<'_>, known: &Vocabulary, column: u32) -> bool {
        let Some((_, leaf, _)) = self.path(view, column) else { return true };
        let words = known.synonyms.pattern(&leaf);
        ["number", "install", "owned", "total", "core", "instance", "user", "device"]
            .iter()
            .any(|w| words.iter().any(|o| o == w))
    }
}

/// The places of a table.
pub(super) fn places(view: &View<'_>, known: &Vocabulary, table: &Table, french: bool) -> Vec<Place> {
    let labels = table.label_columns(view, known);
    if !labels.is_empty() {
        let rows = rows::labels(view, table, &labels);
        if rows::ask(view, known, table, &labels, &rows, french) {
            return rows::places(view, known, table, &labels, &rows, french);
        }
    }
    by_column(view, known, table, french)
}

fn by_column(view: &View<'_>, known: &Vocabulary, table: &Table, french: bool) -> Vec<Place> {
    let mut found = Vec::new();
    let mut headings = Vec::new();
    // On an open sheet with nothing below, answers may go on.
    let end = if !view.protected && table.last >= view.extent.row { ROWS - 1 } else { table.last };
    for column in table.first_column..=table.last_column {
        let Some((heading_at, leaf, above)) = table.path(view, column) else { continue };
        // A heading over several columns asks once, unless each has a heading of its own.
        if view.span(heading_at).first.column != column {
            continue;
        }
        headings.push((leaf.clone(), above.clone()));
        let area = Area::new(Address::new(table.first, column), Address::new(end, column));
        let code = table.code(view, column);
        found.push(Place { area, heading_at, leaf, above, code, subject: Subject::Site });
    }
    let subject = meaning::subject(known, &headings, french);
    for place in &mut found {
        place.subject = subject;
    }
    found
}
