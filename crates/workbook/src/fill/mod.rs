//! Answers written into a copy: cells only, every other byte kept.
//!
//! [`write`] edits the sheets' parts of a package in place: bytes of other cells, of other parts, of the macro project and of its
//! signature stand as they stood. [`rebuild`] makes a new workbook without macros where the form is in another container.

mod book;
mod drawn;
mod encode;
mod list;
mod look;
mod patch;
mod pseudonym;
mod rebuild;
mod rule;
mod sheet;
mod spread;

pub use pseudonym::{Kind, Pseudonyms};
pub use rebuild::rebuild;

use crate::container::{Ole, Splice};
use crate::grid::{Address, COLUMNS, ROWS};
use crate::trouble::Trouble;
use book::Book;
pub(crate) use book::utf8;
pub(crate) use encode::{day, unescape};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is to stand in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Text; it stays text whatever it begins with.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number as digits, with `.` before the fraction.
    Decimal(String),
    /// A day.
    Date {
        /// Year, 1900 to 9999.
        year: i32,
        /// Month, from 1.
        month: u8,
        /// Day, from 1.
        day: u8,
    },
    /// Yes or no. In a cell with a list it becomes the list's own word for it.
    Bool(bool),
    /// Nothing: the cell is emptied, and keeps its look.
    Blank,
}

/// An answer for a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Name of the sheet.
    pub sheet: Arc<str>,
    /// Cell, as `B7` in JSON.
    #[serde(deserialize_with = "address")]
    pub cell: Address,
    /// What it is to hold.
    pub value: Value,
    /// Where the answer comes from (fact, rule, evidence), in the caller's words; handed through to [`Written`].
    pub origin: Arc<str>,
}

fn address<'d, D: Deserializer<'d>>(from: D) -> Result<Address, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

/// What is allowed beyond the usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Write into cells that the sheet's protection locks.
    pub into_locked: bool,
    /// Write although the package bears a signature over its cells, which then no longer holds.
    pub break_package_signature: bool,
}

/// A cell that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Name of the sheet, as the answer gave it.
    pub sheet: Arc<str>,
    /// Cell.
    pub cell: Address,
    /// What stood there, as text.
    pub old: Box<str>,
    /// What stands there now: text, digits, the serial of a date, or TRUE and FALSE.
    pub new: Box<str>,
    /// Where the answer comes from.
    pub origin: Arc<str>,
}

/// An answer that was not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Name of the sheet, as the answer gave it.
    pub sheet: Arc<str>,
    /// Cell.
    pub cell: Address,
    /// Why: `unknown-sheet`, `not-a-worksheet`, `outside-sheet`, `two-answers`, `package-signed`, `formula`, `array-formula`,
    /// `table-heading`, `pivot-table`, `merged` (its first cell, its area), `locked`, `too-long`, `too-many-digits`, `impossible-date`,
    /// `not-in-list` (what is allowed), `not-a-number`, `not-whole`, `not-a-time`, `not-a-date`, `out-of-range`,
    /// `date-out-of-range` and `text-length` (operator, bounds).
    pub code: &'static str,
    /// What the code is about.
    pub args: Vec<String>,
}

/// Something that the user should know of the filled copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// What: `formulas-as-values` (how many, of a rebuilt form), `stale-formulas` (how many; `recalculates` if the workbook asks for it when opened), `package-signature-broken`, or of cells
    /// with a validation (sheet, its area): `custom-rule-unchecked`, `list-not-known`, `bound-not-known`, `outside-validation` (the form
    /// warns only), `date-shown-as-number`, `date-as-text`.
    pub code: &'static str,
    /// What the code is about.
    pub args: Vec<String>,
    /// Cells that it is about; 0 where it is about the whole.
    pub cells: usize,
}

/// A filled copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The file.
    pub bytes: Vec<u8>,
    /// What was written, by sheet, row and column.
    pub written: Vec<Written>,
    /// What was not, in the same order.
    pub refused: Vec<Refused>,
    /// What else is to be known.
    pub remarks: Vec<Remark>,
}

/// How a form can be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// In place, by [`write`].
    InPlace,
    /// By a new workbook, by [`rebuild`].
    Rebuilt,
}

/// How a form can be filled, by its bytes.
///
/// # Errors
/// The bytes are no workbook, or an encrypted one.
pub fn way(bytes: &[u8]) -> Result<Way, Trouble> {
    if let Ok(ole) = Ole::open(bytes) {
        if ole.find("EncryptedPackage").is_some() {
            return Err(Trouble::Encrypted);
        }
        let book = ["Workbook", "Book"].iter().any(|n| ole.find(n).is_some());
        return if book { Ok(Way::Rebuilt) } else { Err(Trouble::NotAWorkbook) };
    }
    let archive = crate::container::Archive::open(bytes).map_err(|_| Trouble::NotAWorkbook)?;
    if archive.find("[Content_Types].xml").is_none() {
        return if archive.find("content.xml").is_some() { Ok(Way::Rebuilt) } else { Err(Trouble::NotAWorkbook) };
    }
    let package = crate::container::Package::open(bytes)?;
    let document = package.document().ok_or(Trouble::NotAWorkbook)?;
    match package.content_type(&document).unwrap_or_default() {
        kind if kind.contains("sheet.binary") => Ok(Way::Rebuilt),
        kind if kind.contains("sheet") || kind.contains("ms-excel") => Ok(Way::InPlace),
        _ => Err(Trouble::NotAWorkbook),
    }
}

/// What has been done so far.
#[derive(Debug, Default)]
struct Tally {
    written: Vec<Written>,
    refused: Vec<Refused>,
    remarks: BTreeMap<(&'static str, Vec<String>), usize>,
}

impl Tally {
    fn remark(&mut self, code: &'static str, args: Vec<String>) {
        *self.remarks.entry((code, args)).or_default() += 1;
    }
}

/// Writes answers into a copy of a workbook of Office Open XML. The order of the answers does not matter. Where nothing is written,
/// the copy is the same bytes.
///
/// # Errors
/// The workbook cannot be read, or a sheet that has answers contradicts its format. An answer that cannot be written is no error: see
/// [`Filled::refused`].
pub fn write(bytes: &[u8], answers: &[Answer], options: &Options) -> Result<Filled, Trouble> {
    if way(bytes)? != Way::InPlace {
        return Err(Trouble::NotAWorkbook);
    }
    let book = Book::open(bytes)?;
    let mut tally = Tally { written: Vec::with_capacity(answers.len()), ..Tally::default() };
    let mut order: Vec<(usize, &Answer)> =
        answers.iter().map(|a| (book.sheet(&a.sheet).unwrap_or(usize::MAX), a)).collect();
    // Names are compared only where cells are the same: most answers come in order.
    let before = |a: &(usize, &Answer), b: &(usize, &Answer)| {
        (a.0, a.1.cell).cmp(&(b.0, b.1.cell)).then_with(|| a.1.sheet.cmp(&b.1.sheet))
    };
    order.sort_by(before);
    let order = admitted(&book, order, options, &mut tally);
    let mut splice = Splice::new(book.package.archive());
    let (mut changed, mut formulas) = (Vec::new(), 0);
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let Some(sheet) = group.first().map(|g| g.0) else { continue };
        let Some(part) = book.sheets.get(sheet).map(|s| s.part.as_str()) else { continue };
        let entry = book.package.archive().find(part).cloned().ok_or_else(|| Trouble::Missing(part.to_owned()))?;
        let named = |trouble| match trouble {
            Trouble::Malformed { what, .. } => Trouble::malformed(part, what),
            other => other,
        };
        let xml = book::utf8(book.package.read(part)?);
        let layout = sheet::Layout::read(&xml, sheet, &mut list::Lists::new(&book)).map_err(named)?;
        let mut patch = patch::Patch::new(&book, &xml, layout, options);
        for (area, code) in book.reserved(part)? {
            patch.reserve(area, code);
        }
        patch.run(group, &mut tally).map_err(named)?;
        let count = patch.formulas;
        if let Some(packed) = patch.finish()? {
            splice.replace(&entry, packed);
            changed.push(sheet);
            formulas += count;
        }
    }
    if !changed.is_empty() {
        let others = book.sheets.iter().enumerate().filter(|(i, s)| s.cells && !changed.contains(i));
        for (_, sheet) in others {
            formulas += book.package.read(&sheet.part).map_or(0, |xml| list::formulas(&book::utf8(xml)));
        }
        if formulas > 0 {
            let mut args = vec![formulas.to_string()];
            args.extend(book.recalculates.then(|| "recalculates".to_owned()));
            tally.remarks.insert(("stale-formulas", args), 0);
        }
        if book.signed {
            tally.remarks.insert(("package-signature-broken", Vec::new()), 0);
        }
    }
    sort_refused(&mut tally.refused, |name| book.sheet(name));
    let remarks = tally.remarks.into_iter().map(|((code, args), cells)| Remark { code, args, cells }).collect();
    Ok(Filled { bytes: splice.finish()?, written: tally.written, refused: tally.refused, remarks })
}

/// Refusals in the order of sheets, rows and columns.
fn sort_refused(refused: &mut [Refused], number: impl Fn(&str) -> Option<usize>) {
    refused.sort_by_cached_key(|r| (number(&r.sheet).unwrap_or(usize::MAX), r.cell, r.sheet.clone()));
}

/// The answers that have a cell of their own; the others are refused.
fn admitted<'a>(
    book: &Book<'_>,
    order: Vec<(usize, &'a Answer)>,
    options: &Options,
    tally: &mut Tally,
) -> Vec<(usize, &'a Answer)> {
    let mut admitted = Vec::with_capacity(order.len());
    for same in order.chunk_by(|a, b| a.0 == b.0 && a.1.cell == b.1.cell) {
        for &(sheet, answer) in same {
            let kept = book.sheets.get(sheet);
            let code = if kept.is_none() {
                "unknown-sheet"
            } else if answer.cell.row >= ROWS || answer.cell.column >= COLUMNS {
                "outside-sheet"
            } else if kept.is_some_and(|s| !s.cells) {
                "not-a-worksheet"
            } else if same.len() > 1 {
                "two-answers"
            } else if book.signed && !options.break_package_signature {
                "package-signed"
            } else {
                admitted.push((sheet, answer));
                continue;
            };
            tally.refused.push(Refused { sheet: answer.sheet.clone(), cell: answer.cell, code, args: Vec::new() });
        }
    }
    admitted
}
