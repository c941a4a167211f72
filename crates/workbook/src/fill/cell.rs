//! Cells and areas by their numbers.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Rows of a sheet of Excel 2007 and later.
pub const ROWS: u32 = 1_048_576;
/// Columns of such a sheet.
pub const COLUMNS: u32 = 16_384;

/// A cell: row and column counted from 1. It may lie outside any sheet; who writes it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cell {
    /// Row, from 1.
    pub row: u32,
    /// Column, from 1.
    pub column: u32,
}

impl Cell {
    /// True when a sheet of today has such a cell.
    pub fn is_in_sheet(self) -> bool {
        (1..=ROWS).contains(&self.row) && (1..=COLUMNS).contains(&self.column)
    }

    /// Reads letters, then digits, with or without `$`.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let mut bytes = text.iter().copied().filter(|&b| b != b'$').peekable();
        let (mut row, mut column) = (0_u32, 0_u32);
        while let Some(letter) = bytes.next_if(u8::is_ascii_alphabetic) {
            let value = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
            column = column.checked_mul(26)?.checked_add(value)?;
        }
        for digit in bytes {
            if !digit.is_ascii_digit() {
                return None;
            }
            row = row.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
        }
        (row > 0 && column > 0).then_some(Self { row, column })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0_u8; 8];
        let (mut left, mut at) = (self.column, letters.len());
        while left > 0 && at > 0 {
            at -= 1;
            let digit = u8::try_from((left - 1) % 26).unwrap_or_default();
            if let Some(place) = letters.get_mut(at) {
                *place = b'A' + digit;
            }
            left = (left - 1) / 26;
        }
        let letters = letters.get(at..).and_then(|l| std::str::from_utf8(l).ok()).unwrap_or_default();
        write!(f, "{letters}{}", self.row)
    }
}

impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text.as_bytes()).ok_or_else(|| format!("not a cell: {text}"))
    }
}

impl TryFrom<String> for Cell {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> Self {
        cell.to_string()
    }
}

/// A rectangle of cells, its corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) first: Cell,
    pub(crate) last: Cell,
}

impl Area {
    /// Reads `A1`, `A1:B2`, whole columns `A:B` and whole rows `1:2`, with or without `$`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (a, b) = text.split_once(':').unwrap_or((text, text));
        let plain = |t: &str| t.replace('$', "");
        if let (Some(first), Some(last)) = (Cell::read(a.as_bytes()), Cell::read(b.as_bytes())) {
            return Some(Self::over(first, last));
        }
        let (a, b) = (plain(a), plain(b));
        if let (Ok(first), Ok(last)) = (a.parse::<u32>(), b.parse::<u32>()) {
            return Some(Self::over(Cell { row: first, column: 1 }, Cell { row: last, column: COLUMNS }));
        }
        let column = |t: &str| Cell::read(format!("{t}1").as_bytes()).filter(|_| !t.is_empty()).map(|c| c.column);
        let letters = |t: &str| t.bytes().all(|b| b.is_ascii_alphabetic());
        if !text.contains(':') || !letters(&a) || !letters(&b) {
            return None;
        }
        Some(Self::over(Cell { row: 1, column: column(&a)? }, Cell { row: ROWS, column: column(&b)? }))
    }

    fn over(a: Cell, b: Cell) -> Self {
        Self {
            first: Cell { row: a.row.min(b.row), column: a.column.min(b.column) },
            last: Cell { row: a.row.max(b.row), column: a.column.max(b.column) },
        }
    }

    /// Areas of a `sqref`, parted by spaces.
    pub(crate) fn list(text: &str) -> Vec<Self> {
        text.split_whitespace().filter_map(Self::read).collect()
    }

    pub(crate) fn contains(&self, cell: Cell) -> bool {
        (self.first.row..=self.last.row).contains(&cell.row)
            && (self.first.column..=self.last.column).contains(&cell.column)
    }

    pub(crate) fn with(self, cell: Cell) -> Self {
        Self {
            first: Cell { row: self.first.row.min(cell.row), column: self.first.column.min(cell.column) },
            last: Cell { row: self.last.row.max(cell.row), column: self.last.column.max(cell.column) },
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}:{}", self.first, self.last) }
    }
}

/// Things spread over areas, asked cell by cell in the order of rows: what touches a row is gathered once for that row.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    areas: Vec<(Area, usize)>,
    row: u32,
    // First column, last column, the greatest last column up to here, index of the area.
    active: Vec<(u32, u32, u32, usize)>,
}

impl Spread {
    pub(crate) fn push(&mut self, area: Area, thing: usize) {
        self.areas.push((area, thing));
        self.row = 0;
    }

    /// The first pushed area over a cell, and its thing.
    pub(crate) fn at(&mut self, cell: Cell) -> Option<(Area, usize)> {
        if self.row != cell.row {
            self.gather(cell.row);
        }
        let end = self.active.partition_point(|a| a.0 <= cell.column);
        let mut found: Option<usize> = None;
        for &(_, last, most, index) in self.active.get(..end)?.iter().rev() {
            if most < cell.column {
                break;
            }
            if last >= cell.column {
                found = Some(found.map_or(index, |f| f.min(index)));
            }
        }
        self.areas.get(found?).copied()
    }

    fn gather(&mut self, row: u32) {
        self.row = row;
        self.active.clear();
        for (index, (area, _)) in self.areas.iter().enumerate() {
            if (area.first.row..=area.last.row).contains(&row) {
                self.active.push((area.first.column, area.last.column, 0, index));
            }
        }
        self.active.sort_unstable();
        let mut most = 0;
        for entry in &mut self.active {
            most = most.max(entry.1);
            entry.2 = most;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_and_written_alike() {
        for text in ["A1", "Z9", "AA10", "IP904", "XFD1048576"] {
            assert_eq!(text.parse::<Cell>().unwrap().to_string(), text);
        }
        assert!("XFE1".parse::<Cell>().is_ok_and(|c| !c.is_in_sheet()));
        assert!(["", "A", "1", "A0", "A1B", "AAAAAAAAAA1", "A99999999999"].iter().all(|t| t.parse::<Cell>().is_err()));
        assert_eq!(Area::read("$B:$C").unwrap().to_string(), "B1:C1048576");
        assert_eq!(Area::read("2:3").unwrap().to_string(), "A2:XFD3");
    }

    #[test]
    fn the_first_area_over_a_cell_is_found_among_many() {
        let mut spread = Spread::default();
        for (i, area) in ["B2:D4", "C3", "A1:Z1", "C3:F9"].iter().enumerate() {
            spread.push(Area::read(area).unwrap(), i);
        }
        let mut at = |cell: &str| spread.at(cell.parse().unwrap()).map(|f| f.1);
        assert_eq!(at("C3"), Some(0));
        assert_eq!(at("E3"), Some(3));
        assert_eq!(at("E1"), Some(2));
        assert_eq!(at("G3"), None);
    }
}
