//! Rows of titles in columns: a number, a machine, a title, a day; small numbers in few bytes, what repeats once.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Rows of titles, each a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// How many rows.
    pub rows: u32,
    /// Row numbers: how far on from the one before, and for how many rows.
    numbers: Vec<u8>,
    /// Machines: which, and for how many rows.
    machines: Vec<u8>,
    /// Title of each row.
    titles: Vec<u8>,
    /// Day of each row.
    days: Vec<u8>,
    #[serde(skip)]
    open: Open,
}

/// Runs that are not yet written.
#[derive(Debug, Clone, Default)]
struct Open {
    number: u64,
    step: (u64, u32),
    machine: (u32, u32),
}

impl PartialEq for Open {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Open {}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Number, counted from 1.
    pub number: u64,
    /// Place of its machine in the list that goes with the columns.
    pub machine: u32,
    /// Place of its title in the list that goes with the columns.
    pub title: u32,
    /// Day of installation.
    pub installed: Option<Date>,
}

/// The bytes are not what [`Columns`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the columns of titles are damaged")]
pub struct ColumnsError;

/// Days are counted from here: what is installed today lies near.
const EPOCH: Date = jiff::civil::date(2010, 1, 1);

/// A day as a number above zero; zero is no day.
pub(super) fn coded(day: Option<Date>) -> u64 {
    let Some(day) = day else { return 0 };
    let days = i64::from(day.since(EPOCH).map_or(0, |span| span.get_days()));
    // Back and forth: -1 is 1, 1 is 2, -2 is 3.
    (days.unsigned_abs() << 1).saturating_sub(u64::from(days < 0)).saturating_add(1)
}

fn decoded(code: u64) -> Result<Option<Date>, ColumnsError> {
    let Some(code) = code.checked_sub(1) else { return Ok(None) };
    let size = i64::try_from(code.div_ceil(2)).map_err(|_| ColumnsError)?;
    let days = if code % 2 == 1 { -size } else { size };
    let span = jiff::Span::new().try_days(days).map_err(|_| ColumnsError)?;
    EPOCH.checked_add(span).map(Some).map_err(|_| ColumnsError)
}

/// Appends a number in as few bytes as it needs, seven bits a byte.
#[inline]
pub(super) fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Takes a number from the front.
#[inline]
fn take(bytes: &mut &[u8]) -> Result<u64, ColumnsError> {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let (first, rest) = bytes.split_first().ok_or(ColumnsError)?;
        *bytes = rest;
        value |= u64::from(first & 0x7F).checked_shl(shift).ok_or(ColumnsError)?;
        if first & 0x80 == 0 {
            return Ok(value);
        }
        shift += 7;
        if shift > 63 {
            return Err(ColumnsError);
        }
    }
}

impl Columns {
    /// Adds a row; `number` is above that of the row before it.
    pub fn push(&mut self, number: u64, machine: u32, title: u32, installed: Option<Date>) {
        self.push_coded(number, machine, title, coded(installed));
    }

    /// As [`Columns::push`], with the day as [`coded`].
    #[inline]
    pub(super) fn push_coded(&mut self, number: u64, machine: u32, title: u32, day: u64) {
        let step = number.saturating_sub(self.open.number);
        if step == self.open.step.0 {
            self.open.step.1 += 1;
        } else {
            self.close_step();
            self.open.step = (step, 1);
        }
        self.open.number = number;
        if machine == self.open.machine.0 && self.open.machine.1 > 0 {
            self.open.machine.1 += 1;
        } else {
            self.close_machine();
            self.open.machine = (machine, 1);
        }
        put(&mut self.titles, u64::from(title));
        put(&mut self.days, day);
        self.rows += 1;
    }

    fn close_step(&mut self) {
        if self.open.step.1 > 0 {
            put(&mut self.numbers, self.open.step.0);
            put(&mut self.numbers, u64::from(self.open.step.1));
        }
    }

    fn close_machine(&mut self) {
        if self.open.machine.1 > 0 {
            put(&mut self.machines, u64::from(self.open.machine.0));
            put(&mut self.machines, u64::from(self.open.machine.1));
        }
    }

    /// No row will follow. Needed before the columns are read or written.
    pub fn close(&mut self) {
        self.close_step();
        self.close_machine();
        self.open = Open::default();
    }

    /// The columns as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let columns = [&self.numbers, &self.machines, &self.titles, &self.days];
        let mut bytes = Vec::with_capacity(columns.iter().map(|column| column.len() + 5).sum());
        put(&mut bytes, u64::from(self.rows));
        for column in columns {
            put(&mut bytes, column.len() as u64);
            bytes.extend_from_slice(column);
        }
        bytes
    }

    /// The columns out of bytes; what stands in them shows when the rows are read.
    ///
    /// # Errors
    /// [`ColumnsError`]: the bytes are cut or go on behind the last column.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Columns, ColumnsError> {
        let rows = u32::try_from(take(&mut bytes)?).map_err(|_| ColumnsError)?;
        let mut column = || -> Result<Vec<u8>, ColumnsError> {
            let length = usize::try_from(take(&mut bytes)?).map_err(|_| ColumnsError)?;
            let (column, rest) = bytes.split_at_checked(length).ok_or(ColumnsError)?;
            bytes = rest;
            Ok(column.to_vec())
        };
        let columns = Columns {
            rows,
            numbers: column()?,
            machines: column()?,
            titles: column()?,
            days: column()?,
            open: Open::default(),
        };
        if bytes.is_empty() { Ok(columns) } else { Err(ColumnsError) }
    }

    /// The rows, in their order. Stops at the first damage, and tells it.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            left: self.rows,
            numbers: &self.numbers,
            machines: &self.machines,
            titles: &self.titles,
            days: &self.days,
            number: 0,
            step: (0, 0),
            machine: (0, 0),
        }
    }
}

/// Rows out of [`Columns`].
#[derive(Debug)]
pub struct Rows<'a> {
    left: u32,
    numbers: &'a [u8],
    machines: &'a [u8],
    titles: &'a [u8],
    days: &'a [u8],
    number: u64,
    step: (u64, u64),
    machine: (u32, u64),
}

impl Rows<'_> {
    /// The next row, its day still coded.
    #[inline]
    pub(super) fn coded(&mut self) -> Result<(u64, u32, u32, u64), ColumnsError> {
        if self.step.1 == 0 {
            self.step = (take(&mut self.numbers)?, take(&mut self.numbers)?);
        }
        if self.machine.1 == 0 {
            let machine = u32::try_from(take(&mut self.machines)?).map_err(|_| ColumnsError)?;
            self.machine = (machine, take(&mut self.machines)?);
        }
        self.step.1 = self.step.1.checked_sub(1).ok_or(ColumnsError)?;
        self.machine.1 = self.machine.1.checked_sub(1).ok_or(ColumnsError)?;
        self.number = self.number.checked_add(self.step.0).ok_or(ColumnsError)?;
        let title = u32::try_from(take(&mut self.titles)?).map_err(|_| ColumnsError)?;
        Ok((self.number, self.machine.0, title, take(&mut self.days)?))
    }
}

impl Rows<'_> {
    /// Number, machine and title of the next row, if its day is one too.
    #[inline]
    pub(super) fn sound(&mut self) -> Option<(u64, u32, u32)> {
        let (number, machine, title, day) = self.coded().ok()?;
        // Days far from any calendar are looked at closely.
        (day < 500_000 || decoded(day).is_ok()).then_some((number, machine, title))
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, ColumnsError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let row = self
            .coded()
            .and_then(|(number, machine, title, day)| Ok(Row { number, machine, title, installed: decoded(day)? }));
        if row.is_err() {
            self.left = 0;
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec((1..4u64, 0..5u32, 0..20_000u32, prop::option::of(-9000..9000i32)), 0..200)) {
            let mut columns = Columns::default();
            let mut number = 0;
            let rows: Vec<Row> = rows.into_iter().map(|(step, machine, title, day)| {
                number += step;
                let installed = day.map(|day| EPOCH.saturating_add(jiff::Span::new().days(day)));
                Row { number, machine, title, installed }
            }).collect();
            for row in &rows {
                columns.push(row.number, row.machine, row.title, row.installed);
            }
            columns.close();
            let back = Columns::from_bytes(&columns.to_bytes()).unwrap();
            let read: Vec<Row> = back.rows().map(Result::unwrap).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(columns) = Columns::from_bytes(&bytes) {
                let _ = columns.rows().take(1000).count();
            }
        }
    }
}
