//! Where a cell stands: `B7`, `B7:C9`. Rows and columns count from zero here and from one in print.

use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Rows that a sheet can have.
pub const ROWS: u32 = 1_048_576;
/// Columns that a sheet can have.
pub const COLUMNS: u32 = 16_384;

/// A cell's place. Row first, so that cells sort as they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Address {
    /// Row, the first is 0.
    pub row: u32,
    /// Column, the first is 0.
    pub column: u32,
}

/// A rectangle of cells, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area {
    /// Top left.
    pub first: Address,
    /// Bottom right.
    pub last: Address,
}

/// A text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no address of a cell")]
pub struct NoAddress;

impl Address {
    /// The cell in that row and column, counted from zero.
    pub const fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }
}

impl Area {
    /// The rectangle between two corners, whichever way round they are given.
    pub fn new(one: Address, other: Address) -> Self {
        Self {
            first: Address::new(one.row.min(other.row), one.column.min(other.column)),
            last: Address::new(one.row.max(other.row), one.column.max(other.column)),
        }
    }

    /// The rectangle that is one cell.
    pub const fn cell(at: Address) -> Self {
        Self { first: at, last: at }
    }

    /// True when the cell lies within.
    pub fn contains(&self, at: Address) -> bool {
        (self.first.row..=self.last.row).contains(&at.row)
            && (self.first.column..=self.last.column).contains(&at.column)
    }

    /// True when the two have a cell in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.first.row <= other.last.row
            && other.first.row <= self.last.row
            && self.first.column <= other.last.column
            && other.first.column <= self.last.column
    }

    /// Number of cells.
    pub fn cells(&self) -> u64 {
        u64::from(self.last.row.saturating_sub(self.first.row).saturating_add(1))
            * u64::from(self.last.column.saturating_sub(self.first.column).saturating_add(1))
    }
}

/// Letters of a column, counted from zero: `A`, `Z`, `AA`.
pub fn letters(column: u32) -> String {
    let mut found = Vec::new();
    let mut rest = column.saturating_add(1);
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        found.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    found.iter().rev().collect()
}

/// One side of a reference: a column, a row, or both; dollar signs are of no consequence.
fn side(text: &str) -> Result<(Option<u32>, Option<u32>), NoAddress> {
    let (mut column, mut row) = (0_u32, 0_u32);
    let mut digits = false;
    for byte in text.bytes() {
        match byte {
            b'$' => {}
            b'A'..=b'Z' | b'a'..=b'z' if !digits => {
                let digit = u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                column = column.checked_mul(26).and_then(|c| c.checked_add(digit)).ok_or(NoAddress)?;
                if column > COLUMNS {
                    return Err(NoAddress);
                }
            }
            b'0'..=b'9' => {
                digits = true;
                row = row.checked_mul(10).and_then(|r| r.checked_add(u32::from(byte - b'0'))).ok_or(NoAddress)?;
                if row > ROWS {
                    return Err(NoAddress);
                }
            }
            _ => return Err(NoAddress),
        }
    }
    if digits && row == 0 {
        return Err(NoAddress);
    }
    Ok((column.checked_sub(1), row.checked_sub(1)))
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        match side(text)? {
            (Some(column), Some(row)) => Ok(Self { row, column }),
            _ => Err(NoAddress),
        }
    }
}

impl FromStr for Area {
    type Err = NoAddress;

    /// `B7`, `B7:C9`, whole columns `A:C`, whole rows `1:3`.
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let Some((one, other)) = text.split_once(':') else { return text.parse().map(Self::cell) };
        match (side(one)?, side(other)?) {
            ((Some(a), Some(b)), (Some(c), Some(d))) => Ok(Self::new(Address::new(b, a), Address::new(d, c))),
            ((Some(a), None), (Some(c), None)) => Ok(Self::new(Address::new(0, a), Address::new(ROWS - 1, c))),
            ((None, Some(b)), (None, Some(d))) => Ok(Self::new(Address::new(b, 0), Address::new(d, COLUMNS - 1))),
            _ => Err(NoAddress),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", letters(self.column), u64::from(self.row) + 1)
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}:{}", self.first, self.last) }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Serialize for Area {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
