//! Cells, formulas, styles, validations, lists, merged ranges and comments as they stand in a workbook.
//!
//! OOXML is read by us, as a stream and without a tree: the form needs locked cells, validations with their lists, hidden columns
//! and comments, which no reader of cell values gives. The binary containers are read by us for the same reason, record by record.

mod address;
mod binary;
mod binary_sheet;
mod book;
mod gather;
mod joined;
mod lists;
mod notes;
mod old;
mod old_sheet;
mod open_document;
mod sheet;
mod strings;
mod styles;
mod validation;
mod xml;

pub use address::{Address, Area, COLUMNS, NoAddress, ROWS, letters};
pub use styles::{Format, Style};
pub use validation::{Alert, Operator, Validation, ValidationKind};

use crate::container::Package;
use crate::sheets::{SheetKind, Visibility};
use crate::trouble::Trouble;
use std::sync::Arc;

/// A workbook as a form sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    /// Sheets in their order; those that are no worksheets have no rows.
    pub sheets: Vec<GridSheet>,
    /// Defined names.
    pub names: Vec<Name>,
    /// Styles by the number that cells bear.
    pub styles: Vec<Style>,
    /// True when day zero is in 1904.
    pub date_1904: bool,
    /// Parts at the side (comments, tables) that could not be read.
    pub troubles: Vec<Trouble>,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct GridSheet {
    /// Name as shown.
    pub name: String,
    /// Whether it is shown.
    pub visibility: Visibility,
    /// What it is.
    pub kind: SheetKind,
    /// Part of the package that holds it; empty for other containers.
    pub part: String,
    /// True when cells that are locked cannot be changed.
    pub protected: bool,
    /// Rows that hold something, by their number.
    pub rows: Vec<Row>,
    /// Runs of columns with a property of their own, by their number.
    pub columns: Vec<Columns>,
    /// Merged ranges, as they stand in the file.
    pub merged: Vec<Area>,
    /// Rules for what may be entered.
    pub validations: Vec<Validation>,
    /// Comments and notes, by cell.
    pub comments: Vec<Comment>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Rows and columns that stay in sight; the first cell that scrolls. `A1` where none stay.
    pub frozen: Address,
}

/// A row that holds something.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Its number, the first is 0.
    pub number: u32,
    /// True when it is not shown.
    pub hidden: bool,
    /// Depth of its outline; 0 outside.
    pub outline: u8,
    /// Style of cells that are not written out.
    pub style: Option<u32>,
    /// Cells that are written out, by their column.
    pub cells: Vec<Cell>,
}

/// A run of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// First column, counted from zero.
    pub first: u32,
    /// Last column.
    pub last: u32,
    /// True when they are not shown.
    pub hidden: bool,
    /// Depth of their outline; 0 outside.
    pub outline: u8,
    /// Style of cells that are not written out.
    pub style: Option<u32>,
}

/// A cell that is written out in the file, blank or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its column, the first is 0.
    pub column: u32,
    /// Number of its style in [`Grid::styles`].
    pub style: u32,
    /// What it holds; for a formula, its last result.
    pub value: Value,
    /// Its formula.
    pub formula: Option<Box<Formula>>,
}

/// What a cell holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// Text.
    Text(Arc<str>),
    /// A number; a date is one too, told by the cell's format.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// A date or time in ISO 8601 (Strict workbooks).
    Iso(Arc<str>),
    /// An error such as `#N/A`.
    Error(Arc<str>),
}

/// A formula as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// Its text without the equals sign; empty where another cell of the same group has it.
    pub text: String,
    /// How it is stored.
    pub kind: FormulaKind,
    /// Cells that it covers, where it is shared, an array or a data table.
    pub area: Option<Area>,
}

/// How a formula is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormulaKind {
    /// In its own cell.
    Plain,
    /// In common with the other cells of that group.
    Shared(u32),
    /// One for an area.
    Array,
    /// A data table.
    DataTable,
}

/// A comment or note on a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The cell.
    pub at: Address,
    /// Its author, where told.
    pub author: String,
    /// Its text.
    pub text: String,
}

/// A table (list object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in formulas.
    pub name: String,
    /// Its cells, headings and totals included.
    pub area: Area,
    /// Rows of headings.
    pub header_rows: u32,
    /// Rows of totals.
    pub total_rows: u32,
    /// Names of its columns.
    pub columns: Vec<String>,
}

/// A defined name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Number of the sheet that it belongs to; `None` for the whole workbook.
    pub sheet: Option<usize>,
    /// What it stands for, without an equals sign.
    pub formula: String,
    /// True when it is not shown.
    pub hidden: bool,
}

/// Reads a workbook of any container that is known.
///
/// # Errors
/// The bytes are no workbook, are encrypted, are broken where cells stand, or ask for more than the bounds of [`crate::limits`].
pub fn read(bytes: &[u8]) -> Result<Grid, Trouble> {
    if bytes.len() as u64 > crate::limits::FILE {
        return Err(Trouble::TooLarge { what: "file".to_owned(), limit: crate::limits::FILE });
    }
    if bytes.starts_with(&crate::container::MAGIC) {
        return old::read(bytes);
    }
    if !bytes.starts_with(b"PK") {
        return Err(Trouble::NotAWorkbook);
    }
    let package = match Package::open(bytes) {
        Ok(package) => package,
        Err(Trouble::Missing(_)) => return open_document::read(bytes),
        Err(trouble) => return Err(trouble),
    };
    let document = package.document().ok_or(Trouble::NotAWorkbook)?;
    if document.to_ascii_lowercase().ends_with(".bin") {
        return binary::read(&package, &document);
    }
    book::read(&package, &document)
}

impl Grid {
    /// The style of a cell, written out or not.
    pub fn style(&self, sheet: &GridSheet, at: Address) -> Style {
        let number = sheet.style_number(at);
        usize::try_from(number).ok().and_then(|n| self.styles.get(n)).cloned().unwrap_or_default()
    }

    /// True when the cell may be changed: the sheet is not protected, or the cell is not locked. A merged range follows its first cell.
    pub fn open(&self, sheet: &GridSheet, at: Address) -> bool {
        !sheet.protected || !self.style(sheet, at).locked
    }

    /// The sheet of that name, letter case aside.
    pub fn sheet(&self, name: &str) -> Option<&GridSheet> {
        let wanted = name.to_lowercase();
        self.sheets.iter().find(|s| s.name.to_lowercase() == wanted)
    }
}

impl GridSheet {
    /// A sheet without cells.
    pub(crate) fn empty(name: String, visibility: Visibility, kind: SheetKind, part: String) -> Self {
        Self {
            name,
            visibility,
            kind,
            part,
            protected: false,
            rows: Vec::new(),
            columns: Vec::new(),
            merged: Vec::new(),
            validations: Vec::new(),
            comments: Vec::new(),
            tables: Vec::new(),
            frozen: Address::default(),
        }
    }

    /// The row of that number, if it holds something.
    pub fn row(&self, number: u32) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&number, |r| r.number).ok()?;
        self.rows.get(at)
    }

    /// The cell, if it is written out.
    pub fn cell(&self, at: Address) -> Option<&Cell> {
        self.row(at.row)?.cell(at.column)
    }

    /// What the cell holds.
    pub fn value(&self, at: Address) -> &Value {
        self.cell(at).map_or(&Value::Blank, |c| &c.value)
    }

    /// What the cell holds, as text; a merged range shows what its first cell holds.
    pub fn text(&self, at: Address) -> String {
        self.value(at).to_string()
    }

    /// Last row and last column that hold something, as an address; `None` for an empty sheet.
    pub fn extent(&self) -> Option<Address> {
        let row = self.rows.iter().rev().find(|r| !r.cells.is_empty())?.number;
        let column = self.rows.iter().filter_map(|r| r.cells.last()).map(|c| c.column).max()?;
        Some(Address::new(row, column))
    }

    /// The merged range that holds the cell.
    pub fn merge_at(&self, at: Address) -> Option<Area> {
        self.merged.iter().find(|a| a.contains(at)).copied()
    }

    /// The rules that hold for the cell.
    pub fn validations_at(&self, at: Address) -> impl Iterator<Item = &Validation> {
        self.validations.iter().filter(move |v| v.areas.iter().any(|a| a.contains(at)))
    }

    /// True when the column is not shown.
    pub fn column_hidden(&self, column: u32) -> bool {
        self.columns_at(column).is_some_and(|c| c.hidden)
    }

    /// True when the row is not shown.
    pub fn row_hidden(&self, row: u32) -> bool {
        self.row(row).is_some_and(|r| r.hidden)
    }

    fn columns_at(&self, column: u32) -> Option<&Columns> {
        self.columns.iter().find(|c| (c.first..=c.last).contains(&column))
    }

    /// The number of the style that holds for a cell: its own, else its row's, else its column's.
    pub fn style_number(&self, at: Address) -> u32 {
        let row = self.row(at.row);
        row.and_then(|r| r.cell(at.column))
            .map(|c| c.style)
            .or_else(|| row.and_then(|r| r.style))
            .or_else(|| self.columns_at(at.column).and_then(|c| c.style))
            .unwrap_or(0)
    }
}

impl Row {
    /// The cell in that column, if it is written out.
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |c| c.column).ok()?;
        self.cells.get(at)
    }
}

impl Value {
    /// True when nothing is there, or only blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The text, where it is text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Blank => Ok(()),
            Self::Text(text) | Self::Iso(text) | Self::Error(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(yes) => f.write_str(if *yes { "TRUE" } else { "FALSE" }),
        }
    }
}
