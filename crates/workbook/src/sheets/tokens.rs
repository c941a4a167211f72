//! Formulas of binary workbooks: tokens in reverse Polish order (MS-XLS 2.5.198, MS-XLSB 2.5.97) written as text. Nothing is computed.
//!
//! A token that is not known ends the reading of a formula: what was read stands, and the bytes left are shown as such.

use super::binary::{Bytes, cell, column};
use super::constants::{self, error, hex};
use super::functions;

/// Which of the three ways a formula's tokens are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Biff5,
    Biff8,
    Biff12,
}

/// What tokens refer to by number.
pub(crate) trait Names {
    /// The defined name, counted from 1.
    fn name(&self, number: u32) -> String;
    /// The name of another book or program.
    fn outside(&self, sheets: u32, number: u32) -> String;
    /// Sheets of a reference, to stand before the `!`.
    fn sheets(&self, number: u32) -> String;
    /// Text of code page, for the oldest form.
    fn decode(&self, bytes: &[u8]) -> String;
}

/// Bytes that a formula may grow to; what is larger is hostile.
pub(super) const LONGEST: usize = 65_536;
/// Bytes that may be moved to write one formula: parentheses within parentheses move the whole each time.
const WORK: usize = 4 << 20;
const BINARY: [&str; 15] = ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];

/// Writes a formula, without `=`. `extra` is what stands behind the tokens: arrays of constants; `at` is the cell that relative
/// references are counted from.
pub(crate) fn write(form: Form, tokens: &[u8], extra: &[u8], names: &dyn Names, at: Option<(u32, u32)>) -> String {
    let mut writer = Writer { form, names, at, extra: Bytes::new(extra), stack: Vec::new(), work: 0 };
    let mut bytes = Bytes::new(tokens);
    while !bytes.is_empty() {
        let before = bytes.clone();
        if writer.token(&mut bytes).is_none() || writer.work > WORK {
            writer.stack.push(format!("?{}", hex(before.rest())));
            break;
        }
    }
    writer.stack.join(" ")
}

struct Writer<'n> {
    form: Form,
    names: &'n dyn Names,
    at: Option<(u32, u32)>,
    extra: Bytes<'n>,
    stack: Vec<String>,
    work: usize,
}

impl Writer<'_> {
    fn push(&mut self, text: String) -> Option<()> {
        self.work = self.work.saturating_add(text.len());
        (text.len() <= LONGEST).then(|| self.stack.push(text))
    }

    fn pop(&mut self) -> String {
        // A stack that is too short is a broken formula; the hole is shown.
        self.stack.pop().unwrap_or_else(|| "?".to_owned())
    }

    fn arguments(&mut self, count: usize) -> String {
        let start = self.stack.len().saturating_sub(count);
        self.stack.split_off(start).join(",")
    }

    fn token(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let token = bytes.u8()?;
        // Reference, value and array class of one token differ in two bits.
        let token = if token & 0x60 == 0 { token } else { token & 0x1f | 0x20 };
        match token {
            0x01 | 0x02 => self.shared(bytes),
            0x03..=0x11 => {
                let right = self.pop();
                let mut left = self.pop();
                left.push_str(BINARY.get(usize::from(token).checked_sub(3)?)?);
                left.push_str(&right);
                self.work = self.work.saturating_add(right.len());
                (left.len() <= LONGEST).then(|| self.stack.push(left))
            }
            0x12 | 0x13 => {
                let text = self.pop();
                self.push(format!("{}{text}", if token == 0x12 { '+' } else { '-' }))
            }
            0x14 => {
                let text = self.pop();
                self.push(format!("{text}%"))
            }
            0x15 => {
                let text = self.pop();
                self.push(format!("({text})"))
            }
            0x16 => self.push(String::new()),
            0x17 => {
                let text = match self.form {
                    Form::Biff5 => {
                        let length = bytes.u8()?;
                        self.names.decode(bytes.take(length.into())?)
                    }
                    Form::Biff8 => {
                        let length = bytes.u8()?;
                        bytes.text8(length.into())?
                    }
                    Form::Biff12 => {
                        let length = bytes.len16()?;
                        bytes.wide(length)?
                    }
                };
                self.push(format!("\"{}\"", text.replace('"', "\"\"")))
            }
            0x18 => self.extended(bytes),
            0x19 => self.attribute(bytes),
            0x1c => {
                let code = bytes.u8()?;
                self.push(error(code))
            }
            0x1d => {
                let value = bytes.u8()?;
                self.push(if value == 0 { "FALSE" } else { "TRUE" }.to_owned())
            }
            0x1e => {
                let value = bytes.u16()?;
                self.push(value.to_string())
            }
            0x1f => {
                let value = f64::from_le_bytes(bytes.take(8)?.try_into().ok()?);
                self.push(value.to_string())
            }
            0x20 => {
                bytes.take(if self.form == Form::Biff12 { 14 } else { 7 })?;
                let text = constants::array(self.form, &mut self.extra, self.names);
                self.push(text)
            }
            0x21 => {
                let number = bytes.u16()?;
                match functions::function(number) {
                    Some((name, Some(count))) => {
                        let arguments = self.arguments(count);
                        self.push(format!("{name}({arguments})"))
                    }
                    // How many arguments it takes is not known: they stay before it.
                    Some((name, None)) => self.push(format!("{name}(?)")),
                    None => self.push(format!("FUNCTION{number}(?)")),
                }
            }
            0x22 => self.function(bytes),
            0x23 => {
                let number = match self.form {
                    Form::Biff12 => bytes.u32()?,
                    Form::Biff8 => {
                        let number = bytes.u16()?;
                        bytes.take(2)?;
                        number.into()
                    }
                    Form::Biff5 => {
                        let number = bytes.u16()?;
                        bytes.take(12)?;
                        number.into()
                    }
                };
                let name = self.names.name(number);
                self.push(name)
            }
            0x24 | 0x2c => {
                let text = self.reference(bytes, token == 0x2c)?;
                self.push(text)
            }
            0x25 | 0x2d => {
                let text = self.area(bytes, token == 0x2d)?;
                self.push(text)
            }
            // Memory of an area that was computed: the tokens that made it follow and say what it is.
            0x26..=0x28 => {
                bytes.take(6)?;
                if token == 0x26 {
                    self.memory();
                }
                Some(())
            }
            0x29 | 0x2e | 0x2f => bytes.take(2).map(|_| ()),
            0x2a => {
                bytes.take(self.sizes(3, 4, 6))?;
                self.push("#REF!".to_owned())
            }
            0x2b => {
                bytes.take(self.sizes(6, 8, 12))?;
                self.push("#REF!".to_owned())
            }
            0x39 => self.outside(bytes),
            0x3a..=0x3d => self.other_sheet(bytes, token),
            _ => None,
        }
    }

    fn sizes(&self, biff5: usize, biff8: usize, biff12: usize) -> usize {
        match self.form {
            Form::Biff5 => biff5,
            Form::Biff8 => biff8,
            Form::Biff12 => biff12,
        }
    }

    /// Areas kept behind the tokens, of no use here; passed over so that what follows is found.
    fn memory(&mut self) {
        let count = if self.form == Form::Biff12 { self.extra.len32() } else { self.extra.len16() };
        let size = self.sizes(6, 8, 16);
        if let Some(size) = count.and_then(|c| c.checked_mul(size)) {
            self.extra.take(size);
        }
    }

    /// A formula that stands in another cell; the reader of the sheet puts it in its place.
    fn shared(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let text = match self.form {
            Form::Biff12 => format!("{{shared row {}}}", bytes.u32()?.saturating_add(1)),
            _ => {
                let row = bytes.u16()?;
                format!("{{shared {}}}", cell(row.into(), bytes.u16()?.into()))
            }
        };
        self.push(text)
    }

    fn extended(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let kind = bytes.u8()?;
        let size = if kind == 0x19 && self.form == Form::Biff12 { 12 } else { 4 };
        let body = bytes.take(size)?;
        self.push(format!("{{?18{kind:02x}{}}}", hex(body)))
    }

    fn attribute(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let kind = bytes.u8()?;
        let data = bytes.len16()?;
        if kind & 0x04 != 0 {
            bytes.take(data.checked_add(1)?.checked_mul(2)?)?;
        }
        if kind & 0x10 != 0 {
            let text = self.pop();
            return self.push(format!("SUM({text})"));
        }
        Some(())
    }

    fn function(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let count = bytes.u8()?;
        let number = bytes.u16()?;
        // The upper bit of the count asks the user first; that of the number tells commands from functions.
        let asks = if count & 0x80 == 0 { "" } else { "?" };
        let arguments = usize::from(count & 0x7f);
        let number_only = number & 0x7fff;
        if number == 0x00ff {
            let start = self.stack.len().saturating_sub(arguments);
            let mut parts = self.stack.split_off(start).into_iter();
            let name = parts.next().unwrap_or_else(|| "?".to_owned());
            let rest = parts.collect::<Vec<_>>().join(",");
            return self.push(format!("{name}({rest})"));
        }
        let name = if number & 0x8000 == 0 {
            functions::function(number_only).map(|f| f.0.to_owned()).unwrap_or_else(|| format!("FUNCTION{number_only}"))
        } else {
            functions::command(number_only).map(str::to_owned).unwrap_or_else(|| format!("COMMAND{number_only}"))
        };
        let arguments = self.arguments(arguments);
        self.push(format!("{name}{asks}({arguments})"))
    }

    fn reference(&self, bytes: &mut Bytes<'_>, offset: bool) -> Option<String> {
        let (row, column, flags) = self.place(bytes)?;
        Some(self.written(row, column, flags, offset))
    }

    fn area(&self, bytes: &mut Bytes<'_>, offset: bool) -> Option<String> {
        let (first, last) = match self.form {
            Form::Biff5 => {
                let (row_1, row_2) = (bytes.u16()?, bytes.u16()?);
                let (column_1, column_2) = (bytes.u8()?, bytes.u8()?);
                (old(row_1, column_1), old(row_2, column_2))
            }
            Form::Biff8 => {
                let rows = [bytes.u16()?, bytes.u16()?];
                (split(rows[0].into(), bytes.u16()?), split(rows[1].into(), bytes.u16()?))
            }
            Form::Biff12 => {
                let rows = [bytes.u32()?, bytes.u32()?];
                (split(rows[0], bytes.u16()?), split(rows[1], bytes.u16()?))
            }
        };
        let side = |(row, column, flags)| self.written(row, column, flags, offset);
        Some(format!("{}:{}", side(first), side(last)))
    }

    /// Row, column, and the two bits that say which of them is relative (1: column, 2: row).
    fn place(&self, bytes: &mut Bytes<'_>) -> Option<(u32, u32, u8)> {
        Some(match self.form {
            Form::Biff5 => {
                let row = bytes.u16()?;
                old(row, bytes.u8()?)
            }
            Form::Biff8 => {
                let row = bytes.u16()?.into();
                split(row, bytes.u16()?)
            }
            Form::Biff12 => {
                let row = bytes.u32()?;
                split(row, bytes.u16()?)
            }
        })
    }

    fn written(&self, row: u32, column_number: u32, flags: u8, offset: bool) -> String {
        let (rows, columns) = match self.form {
            Form::Biff5 => (0x4000, 0x100),
            Form::Biff8 => (0x1_0000, 0x100),
            Form::Biff12 => (0x10_0000, 0x4000),
        };
        let (column_relative, row_relative) = (flags & 1 != 0, flags & 2 != 0);
        let (mut row, mut col) = (row % rows, column_number % columns);
        if offset {
            let Some((base_row, base_column)) = self.at else {
                // Offsets with nothing to count them from.
                let from = |value: u32, size: u32, relative: bool| {
                    let signed = i64::from(value) - if value >= size / 2 { i64::from(size) } else { 0 };
                    if relative { format!("[{signed}]") } else { (i64::from(value) + 1).to_string() }
                };
                return format!("R{}C{}", from(row, rows, row_relative), from(col, columns, column_relative));
            };
            row = if row_relative { row.wrapping_add(base_row) % rows } else { row };
            col = if column_relative { col.wrapping_add(base_column) % columns } else { col };
        }
        let dollar = |relative: bool| if relative { "" } else { "$" };
        format!("{}{}{}{}", dollar(column_relative), column(col), dollar(row_relative), u64::from(row) + 1)
    }

    fn outside(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let text = match self.form {
            Form::Biff5 => {
                let sheets = bytes.u16()?;
                bytes.take(8)?;
                let number = bytes.u16()?;
                bytes.take(12)?;
                self.names.outside(sheets.into(), number.into())
            }
            Form::Biff8 => {
                let sheets = bytes.u16()?;
                let number = bytes.u16()?;
                bytes.take(2)?;
                self.names.outside(sheets.into(), number.into())
            }
            Form::Biff12 => {
                let sheets = bytes.u16()?;
                self.names.outside(sheets.into(), bytes.u32()?)
            }
        };
        self.push(text)
    }

    /// A reference, area, or a broken one, on another sheet.
    fn other_sheet(&mut self, bytes: &mut Bytes<'_>, token: u8) -> Option<()> {
        let sheets = match self.form {
            Form::Biff5 => {
                let outside = bytes.u16()?;
                bytes.take(8)?;
                let first = bytes.u16()?;
                bytes.take(2)?;
                // A negative number is the book itself: then the sheet is counted directly.
                if outside & 0x8000 == 0 {
                    self.names.sheets(u32::from(outside) | 0x1_0000)
                } else {
                    self.names.sheets(first.into())
                }
            }
            _ => {
                let number = bytes.u16()?;
                self.names.sheets(number.into())
            }
        };
        // In a name such references are offsets from the cell that uses it; shown as they are stored.
        let text = match token {
            0x3a => self.reference(bytes, false)?,
            0x3b => self.area(bytes, false)?,
            0x3c => {
                bytes.take(self.sizes(3, 4, 6))?;
                "#REF!".to_owned()
            }
            _ => {
                bytes.take(self.sizes(6, 8, 12))?;
                "#REF!".to_owned()
            }
        };
        self.push(format!("{sheets}!{text}"))
    }
}

/// Row and column of BIFF8 and later: the flags stand in the column.
fn split(row: u32, column_number: u16) -> (u32, u32, u8) {
    (row, u32::from(column_number & 0x3fff), u8::try_from(column_number >> 14).unwrap_or_default())
}

/// Row and column of BIFF5: the flags stand in the row.
fn old(row: u16, column_number: u8) -> (u32, u32, u8) {
    (u32::from(row & 0x3fff), column_number.into(), u8::try_from(row >> 14).unwrap_or_default())
}
