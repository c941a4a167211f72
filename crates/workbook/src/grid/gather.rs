//! Cells of binary sheets as they are met and put in order at the end; numbers and areas as both binary forms store them.

use super::{Address, Area, Cell, Formula, GridSheet, Row, Value};
use crate::limits;
use crate::trouble::Trouble;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What all formulas together may cost in bytes; the text of those beyond is left out, not the formula.
const TEXT: usize = 64 << 20;

/// What may still be read of a workbook.
#[derive(Debug)]
pub(super) struct Room {
    cells: usize,
    text: usize,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { cells: limits::CELLS, text: TEXT }
    }

    /// The text of a formula, or none where there is no more room for texts. Tokens count too: some move much and write little.
    pub(super) fn text(&mut self, tokens: &[u8], write: impl FnOnce() -> String) -> String {
        let mut text = if self.text == 0 { String::new() } else { write() };
        match self.text.checked_sub(text.len().saturating_add(tokens.len().saturating_mul(4))) {
            Some(left) => self.text = left,
            None => {
                self.text = 0;
                text.clear();
            }
        }
        text
    }
}

/// The cells and rows of a sheet that is being read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    cells: Vec<(u32, Cell)>,
    rows: BTreeMap<u32, Row>,
}

impl Gathered {
    /// Adds a cell.
    pub(super) fn cell(
        &mut self,
        room: &mut Room,
        at: Address,
        style: u32,
        value: Value,
        formula: Option<Box<Formula>>,
    ) -> Result<(), Trouble> {
        let over = || Trouble::TooLarge { what: "cells".to_owned(), limit: limits::CELLS as u64 };
        room.cells = room.cells.checked_sub(1).ok_or_else(over)?;
        self.cells.push((at.row, Cell { column: at.column, style, value, formula }));
        Ok(())
    }

    /// The cell added last.
    pub(super) fn last(&mut self) -> Option<(Address, &mut Cell)> {
        self.cells.last_mut().map(|(row, cell)| (Address::new(*row, cell.column), cell))
    }

    /// The properties of a row.
    pub(super) fn row(&mut self, row: Row) {
        if row.hidden || row.outline > 0 || row.style.is_some() {
            self.rows.insert(row.number, row);
        }
    }

    /// Puts rows and cells in order; of two cells at one place the later one stands.
    pub(super) fn into_rows(self, sheet: &mut GridSheet) {
        let Self { mut cells, mut rows } = self;
        cells.sort_by_key(|(row, cell)| (*row, cell.column));
        for (number, cell) in cells {
            let row = rows.entry(number).or_insert_with(|| Row { number, ..Row::default() });
            match row.cells.last_mut().filter(|c| c.column == cell.column) {
                Some(before) => *before = cell,
                None => row.cells.push(cell),
            }
        }
        sheet.rows = rows.into_values().collect();
    }
}

/// A text, or nothing where it is empty.
pub(super) fn text(text: String) -> Value {
    if text.is_empty() { Value::Blank } else { Value::Text(Arc::from(text)) }
}

/// A number packed into four bytes (RkNumber): whole or the upper half of a double, perhaps a hundred times too large.
pub(super) fn packed(number: u32) -> f64 {
    let value = if number & 2 == 0 {
        f64::from_bits(u64::from(number & !3) << 32)
    } else {
        f64::from(number.cast_signed() >> 2)
    };
    if number & 1 == 0 { value } else { value / 100.0 }
}

/// An area, if there is still room for it and it lies on a sheet.
pub(super) fn area(top: u32, bottom: u32, left: u32, right: u32) -> Option<Area> {
    (top <= bottom && left <= right && bottom < super::ROWS && right < super::COLUMNS)
        .then(|| Area::new(Address::new(top, left), Address::new(bottom, right)))
}
