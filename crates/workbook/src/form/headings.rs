//! A sheet as a form sees it: which cells are labels, which take answers, what merged ranges cover, and what a row of labels is for.

use crate::grid::{Address, Area, Cell, Grid, GridSheet, Value};
use std::collections::BTreeMap;

/// Cells of merged ranges that are looked at; a sheet that merges more is read without the rest.
const MERGED: u64 = 400_000;

/// A sheet with its merged ranges at hand.
pub(super) struct View<'g> {
    pub(super) grid: &'g Grid,
    pub(super) sheet: &'g GridSheet,
    /// The merged range of each cell that has one.
    merged: BTreeMap<Address, Area>,
    /// Columns of the ranges over several rows that end in a row.
    ends: BTreeMap<u32, Vec<u32>>,
    /// Last row and column that hold something.
    pub(super) extent: Address,
    /// True when locks tell what takes an answer: the sheet is protected, and it has text that is locked.
    pub(super) protected: bool,
}

impl<'g> View<'g> {
    pub(super) fn new(grid: &'g Grid, sheet: &'g GridSheet) -> Self {
        let extent = sheet.extent().unwrap_or_default();
        let mut merged = BTreeMap::new();
        let mut ends: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut left = MERGED;
        for area in &sheet.merged {
            let Some(rest) = left.checked_sub(area.cells()) else { continue };
            left = rest;
            if area.last.row > area.first.row {
                ends.entry(area.last.row).or_default().push(area.first.column);
            }
            for row in area.first.row..=area.last.row {
                for column in area.first.column..=area.last.column {
                    merged.insert(Address::new(row, column), *area);
                }
            }
        }
        let locked = |row: u32, column: u32| !grid.open(sheet, Address::new(row, column));
        let mut texts = sheet.rows.iter().flat_map(|r| r.cells.iter().map(move |c| (r.number, c)));
        let protected = sheet.protected && texts.any(|(row, c)| c.value.text().is_some() && locked(row, c.column));
        Self { grid, sheet, merged, ends, extent, protected }
    }

    /// The merged range of the cell, or the cell alone.
    pub(super) fn span(&self, at: Address) -> Area {
        self.merged.get(&at).copied().unwrap_or(Area::cell(at))
    }

    pub(super) fn cell(&self, at: Address) -> Option<&'g Cell> {
        self.sheet.cell(at)
    }

    /// The label that covers the cell: text with a letter in it, not a formula, and locked where the sheet is protected.
    pub(super) fn label(&self, at: Address) -> Option<&'g str> {
        let first = self.span(at).first;
        let cell = self.cell(first)?;
        let text = cell.value.text()?.trim();
        let label = !text.is_empty()
            && cell.formula.is_none()
            && (text.chars().any(char::is_alphabetic) || text == "#")
            && !(self.protected && self.grid.open(self.sheet, first));
        label.then_some(text)
    }

    /// A label that begins in this very cell.
    pub(super) fn own_label(&self, at: Address) -> Option<&'g str> {
        (self.span(at).first == at).then(|| self.label(at)).flatten()
    }

    /// True when the auditor has written something there: text or a number, no formula, and locked where the sheet is protected.
    pub(super) fn given(&self, at: Address) -> bool {
        let written = self.cell(at).is_some_and(|c| c.formula.is_none() && !c.value.is_blank());
        written && !(self.protected && self.grid.open(self.sheet, at))
    }

    /// True when the cell takes an answer: open on a protected sheet; else not taken by text.
    pub(super) fn takes(&self, at: Address) -> bool {
        if self.span(at).first != at {
            return false;
        }
        if self.protected {
            return self.grid.open(self.sheet, at);
        }
        self.cell(at).is_none_or(|c| !matches!(c.value, Value::Text(_)) || c.formula.is_some())
    }

    /// True when nothing stands in the row between the columns.
    pub(super) fn blank_row(&self, row: u32, first: u32, last: u32) -> bool {
        self.sheet.row(row).is_none_or(|r| {
            r.cells
                .iter()
                .filter(|c| (first..=last).contains(&c.column))
                .all(|c| c.value.is_blank() && c.formula.is_none())
        })
    }

    /// Columns where a merged range over several rows ends in this row.
    pub(super) fn ends(&self, row: u32) -> &[u32] {
        self.ends.get(&row).map(Vec::as_slice).unwrap_or_default()
    }

    /// Columns of the row where a label begins.
    pub(super) fn labels(&self, row: u32) -> Vec<(u32, &'g str)> {
        let Some(found) = self.sheet.row(row) else { return Vec::new() };
        found.cells.iter().filter_map(|c| Some((c.column, self.own_label(Address::new(row, c.column))?))).collect()
    }
}

/// What a row of headings is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// It names what is asked, or a group.
    Names,
    /// Codes such as `Q001`.
    Codes,
    /// Units or types of answer.
    Units,
    /// Explanations.
    Help,
}

/// Units and types, in both languages, small and folded.
const UNITS: &[&str] = &[
    "nb",
    "nombre",
    "number",
    "o/n",
    "y/n",
    "oui/non",
    "yes/no",
    "texte",
    "text",
    "date",
    "entier",
    "integer",
    "liste",
    "list",
    "%",
    "€",
    "k€",
    "eur",
    "jj/mm/aaaa",
    "dd/mm/yyyy",
    "numérique",
    "numeric",
    "libre",
    "free text",
    "int",
    "qté",
    "qty",
    "choix",
    "obligatoire",
    "mandatory",
    "optional",
    "facultatif",
    "requis",
    "required",
];

/// What the row of labels is for.
pub(super) fn row_kind(labels: &[(u32, &str)]) -> RowKind {
    let total = labels.len().max(1);
    let share = |count: usize| count * 100 / total;
    if labels.len() >= 2 && share(labels.iter().filter(|(_, t)| is_code(t)).count()) >= 60 {
        return RowKind::Codes;
    }
    if labels.len() >= 2 && share(labels.iter().filter(|(_, t)| is_unit(t)).count()) >= 60 {
        return RowKind::Units;
    }
    let length: usize = labels.iter().map(|(_, t)| t.chars().count()).sum();
    if length / total > 70 { RowKind::Help } else { RowKind::Names }
}

/// A unit or a type of answer, not a matter.
pub(super) fn is_unit(text: &str) -> bool {
    UNITS.contains(&text.trim().trim_matches(['(', ')', '[', ']']).to_lowercase().as_str())
}

/// `Q001`, `A-12`, `3.1.2`, `B7a`: few letters, then digits. A year is none.
pub(super) fn is_code(text: &str) -> bool {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '(' | ')'));
    plain
        && (1..=3).contains(&letters)
        && digits >= 1
        && text.len() <= 10
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// True where the labels speak French more than English.
pub(super) fn french<'t>(labels: impl Iterator<Item = &'t str>) -> bool {
    let (mut french, mut english) = (0_usize, 0_usize);
    for label in labels.take(2_000) {
        for word in label.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
            match word {
                "de" | "du" | "des" | "le" | "la" | "les" | "nb" | "nombre" | "et" | "ou" | "par" | "pour" | "qté"
                | "société" | "d" | "l" | "édition" | "postes" | "licences" | "poste" => french += 1,
                "of" | "the" | "number" | "and" | "or" | "by" | "per" | "for" | "qty" | "users" | "user" | "name"
                | "installed" | "licenses" | "with" => english += 1,
                _ => {}
            }
        }
    }
    french >= english
}
