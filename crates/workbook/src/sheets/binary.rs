//! Bytes of binary workbooks read in order; nothing is read past their end.

use crate::container::{u16_at, u32_at};

/// A place in some bytes.
#[derive(Debug, Clone)]
pub(crate) struct Bytes<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Bytes<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How much has been read.
    pub(crate) fn place(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// The next `count` bytes, or nothing where there are fewer.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let end = self.at.checked_add(count)?;
        let found = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(found)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        u16_at(self.take(2)?, 0)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        u32_at(self.take(4)?, 0)
    }

    /// A number of two bytes as a length.
    pub(crate) fn len16(&mut self) -> Option<usize> {
        self.u16().map(usize::from)
    }

    /// A number of four bytes as a length.
    pub(crate) fn len32(&mut self) -> Option<usize> {
        self.u32().and_then(|n| usize::try_from(n).ok())
    }

    /// Text of so many units in UTF-16.
    pub(crate) fn wide(&mut self, units: usize) -> Option<String> {
        self.take(units.checked_mul(2)?).map(wide)
    }

    /// Text with its length in four bytes before it, as in binary packages; 0xFFFFFFFF is none.
    pub(crate) fn wide32(&mut self) -> Option<String> {
        match self.u32()? {
            u32::MAX => Some(String::new()),
            units => self.wide(usize::try_from(units).ok()?),
        }
    }

    /// Text of BIFF8: a flag, then so many characters of one or two bytes.
    pub(crate) fn text8(&mut self, units: usize) -> Option<String> {
        if self.u8()? & 1 == 1 { self.wide(units) } else { self.take(units).map(narrow) }
    }
}

/// UTF-16 as text.
pub(crate) fn wide(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|c| u16::from_le_bytes(*c)).collect();
    String::from_utf16_lossy(&units)
}

/// Text of UTF-16 that ends with a zero.
pub(crate) fn wide_to_zero(bytes: &[u8]) -> String {
    let text = wide(bytes);
    text.split('\0').next().unwrap_or_default().to_owned()
}

/// The lower halves of UTF-16 as text.
pub(crate) fn narrow(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

/// A column by its letters, counted from 0.
pub(crate) fn column(mut number: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(number % 26).unwrap_or_default()));
        match (number / 26).checked_sub(1) {
            Some(next) => number = next,
            None => return letters.iter().rev().collect(),
        }
    }
}

/// A cell such as `A1`, counted from 0.
pub(crate) fn cell(row: u32, column_number: u32) -> String {
    format!("{}{}", column(column_number), u64::from(row).saturating_add(1))
}
