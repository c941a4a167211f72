//! Open document spreadsheets: values, merged ranges, locks, lists, hidden rows and columns; read as a stream by us, since repeated
//! cells would otherwise be written out without bound.

use super::xml::{Step, attributes, walk};
use super::{
    Address, Alert, Area, COLUMNS, Cell, Columns, Comment, Grid, GridSheet, Operator, ROWS, Row, Style, Validation,
    ValidationKind, Value, styles::Format,
};
use crate::container::Archive;
use crate::limits;
use crate::sheets::{SheetKind, Visibility};
use crate::trouble::Trouble;
use quick_xml::events::BytesStart;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const PART: &str = "content.xml";

#[derive(Default)]
struct Reader {
    grid: Grid,
    /// Number of a cell style, by its name.
    looks: BTreeMap<String, u32>,
    formats: BTreeMap<String, Format>,
    /// Styles of sheets that are not shown.
    unseen: BTreeSet<String>,
    rules: BTreeMap<String, Validation>,
    /// Place of a rule among the sheet's, by its name.
    used: BTreeMap<String, usize>,
    style: Option<String>,
    row: Row,
    row_repeat: u32,
    next_row: u32,
    next_column: u32,
    next_run: u32,
    cell: Option<Pending>,
    in_note: bool,
    in_text: bool,
    text: String,
    note: String,
    left: usize,
}

struct Pending {
    value: Value,
    style: u32,
    repeat: u32,
    columns: u32,
    rows: u32,
    rule: Option<String>,
    paragraphs: u32,
}

pub(super) fn read(bytes: &[u8]) -> Result<Grid, Trouble> {
    let archive = Archive::open(bytes)?;
    let entry = archive.find(PART).cloned().ok_or(Trouble::NotAWorkbook)?;
    let xml = archive.read(&entry)?;
    let mut reader = Reader { left: limits::CELLS, ..Reader::default() };
    reader.grid.styles.push(Style::default());
    let mut sheets = false;
    walk(PART, &xml, |step| match step {
        Step::Open(element) => {
            sheets |= element.local_name().as_ref() == "spreadsheet";
            reader.open(element)
        }
        Step::Text(piece) => {
            if reader.in_note {
                reader.note.push_str(piece);
            } else if reader.in_text {
                reader.text.push_str(piece);
            }
            Ok(())
        }
        Step::Close(name) => reader.close(name),
    })?;
    if !sheets {
        return Err(Trouble::NotAWorkbook);
    }
    Ok(reader.grid)
}

fn over() -> Trouble {
    Trouble::TooLarge { what: "cells".to_owned(), limit: limits::CELLS as u64 }
}

impl Reader {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        match element.local_name().as_ref() {
            "style" => self.open_style(element),
            "table-cell-properties" => {
                let mut locked = None;
                attributes(element, |key, value| {
                    if key == "cell-protect" {
                        locked = Some(value.contains("protected"));
                    }
                });
                if let (Some(locked), Some(style)) = (locked, self.own_style()) {
                    style.locked = locked;
                }
            }
            "table-properties" => {
                let mut hidden = false;
                attributes(element, |key, value| hidden |= key == "display" && value == "false");
                if let Some(name) = self.style.clone().filter(|_| hidden && self.unseen.len() < limits::PIECES) {
                    self.unseen.insert(name);
                }
            }
            "date-style" => self.name_format(element, Format::Date),
            "percentage-style" => self.name_format(element, Format::Percent),
            "time-style" => self.name_format(element, Format::Time),
            "text-style" => self.name_format(element, Format::Text),
            "content-validation" => self.open_rule(element),
            "table" => self.open_table(element)?,
            "table-column" => self.open_columns(element)?,
            "table-row" => self.open_row(element),
            "table-cell" | "covered-table-cell" => self.open_cell(element)?,
            "annotation" => {
                self.in_note = true;
                self.note.clear();
            }
            "p" if self.in_note => {}
            "p" => {
                if let Some(cell) = &mut self.cell {
                    if cell.paragraphs > 0 {
                        self.text.push('\n');
                    }
                    cell.paragraphs = cell.paragraphs.saturating_add(1);
                    self.in_text = true;
                }
            }
            "s" if self.in_text => self.text.push(' '),
            _ => {}
        }
        Ok(())
    }

    fn open_style(&mut self, element: &BytesStart<'_>) {
        let (mut name, mut family, mut data) = (String::new(), String::new(), String::new());
        attributes(element, |key, value| match key {
            "name" => name = value.into_owned(),
            "family" => family = value.into_owned(),
            "data-style-name" => data = value.into_owned(),
            _ => {}
        });
        if family == "table" {
            self.style = Some(name);
            return;
        }
        if self.grid.styles.len() >= limits::PIECES || family != "table-cell" {
            return;
        }
        let format = self.formats.get(&data).copied().unwrap_or_default();
        let number = u32::try_from(self.grid.styles.len()).unwrap_or_default();
        self.grid.styles.push(Style { format, ..Style::default() });
        self.looks.insert(name.clone(), number);
        self.style = Some(name);
    }

    fn own_style(&mut self) -> Option<&mut Style> {
        let number = *self.looks.get(self.style.as_ref()?)?;
        self.grid.styles.get_mut(usize::try_from(number).ok()?)
    }

    fn name_format(&mut self, element: &BytesStart<'_>, format: Format) {
        attributes(element, |key, value| {
            if key == "name" && self.formats.len() < limits::PIECES {
                self.formats.insert(value.into_owned(), format);
            }
        });
    }

    /// A rule is written as `of:cell-content-is-in-list("a";"b")` or `of:cell-content-is-whole-number() and ...`.
    fn open_rule(&mut self, element: &BytesStart<'_>) {
        let (mut name, mut condition) = (String::new(), String::new());
        attributes(element, |key, value| match key {
            "name" => name = value.into_owned(),
            "condition" => condition = value.into_owned(),
            _ => {}
        });
        let inside = condition.split_once("in-list(").and_then(|(_, list)| list.strip_suffix(')'));
        let allowed: Option<Arc<[String]>> = inside
            .filter(|l| l.trim_start().starts_with('"'))
            .map(|list| list.split(';').take(limits::LIST).map(|v| v.trim().trim_matches('"').to_owned()).collect());
        let kind = [
            ("in-list", ValidationKind::List),
            ("whole-number", ValidationKind::Whole),
            ("decimal-number", ValidationKind::Decimal),
            ("is-date", ValidationKind::Date),
            ("is-time", ValidationKind::Time),
            ("text-length", ValidationKind::TextLength),
        ];
        let kind = kind.iter().find(|(word, _)| condition.contains(word)).map_or(ValidationKind::Custom, |(_, k)| *k);
        if self.rules.len() < limits::PIECES {
            let rule = Validation {
                areas: Vec::new(),
                kind,
                operator: Operator::Between,
                first: condition,
                second: String::new(),
                allowed,
                alert: Alert::Stop,
                blank: true,
                prompt: String::new(),
                error: String::new(),
            };
            self.rules.insert(name, rule);
        }
    }

    fn open_table(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        if self.grid.sheets.len() >= limits::ENTRIES {
            return Err(over());
        }
        let mut sheet = GridSheet::empty(String::new(), Visibility::Visible, SheetKind::Worksheet, PART.to_owned());
        attributes(element, |key, value| match key {
            "name" => sheet.name = value.into_owned(),
            "protected" => sheet.protected = value == "true",
            "display" if value == "false" => sheet.visibility = Visibility::Hidden,
            "style-name" if self.unseen.contains(&*value) => sheet.visibility = Visibility::Hidden,
            _ => {}
        });
        self.grid.sheets.push(sheet);
        (self.next_row, self.next_run) = (0, 0);
        self.used.clear();
        Ok(())
    }

    fn open_columns(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        let (mut repeat, mut hidden, mut style) = (1_u32, false, None);
        attributes(element, |key, value| match key {
            "number-columns-repeated" => repeat = value.parse().unwrap_or(1).clamp(1, COLUMNS),
            "visibility" => hidden = value != "visible",
            "default-cell-style-name" => style = self.looks.get(&*value).copied(),
            _ => {}
        });
        let first = self.next_run;
        self.next_run = first.saturating_add(repeat);
        let Some(sheet) = self.grid.sheets.last_mut() else { return Ok(()) };
        if sheet.columns.len() >= limits::PIECES {
            return Err(over());
        }
        if first < COLUMNS {
            let last = self.next_run.min(COLUMNS) - 1;
            sheet.columns.push(Columns { first, last, hidden, outline: 0, style });
        }
        Ok(())
    }

    fn open_row(&mut self, element: &BytesStart<'_>) {
        self.row = Row { number: self.next_row, ..Row::default() };
        self.row_repeat = 1;
        self.next_column = 0;
        attributes(element, |key, value| match key {
            "number-rows-repeated" => self.row_repeat = value.parse().unwrap_or(1).clamp(1, ROWS),
            "visibility" => self.row.hidden = value != "visible",
            "default-cell-style-name" => self.row.style = self.looks.get(&*value).copied(),
            _ => {}
        });
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        self.left = self.left.checked_sub(1).ok_or_else(over)?;
        let mut cell =
            Pending { value: Value::Blank, style: 0, repeat: 1, columns: 1, rows: 1, rule: None, paragraphs: 0 };
        let (mut kind, mut given) = (String::new(), None);
        attributes(element, |key, value| match key {
            "number-columns-repeated" => cell.repeat = value.parse().unwrap_or(1).clamp(1, COLUMNS),
            "number-columns-spanned" => cell.columns = value.parse().unwrap_or(1).clamp(1, COLUMNS),
            "number-rows-spanned" => cell.rows = value.parse().unwrap_or(1).clamp(1, ROWS),
            "style-name" => cell.style = self.looks.get(&*value).copied().unwrap_or(0),
            "content-validation-name" => cell.rule = Some(value.into_owned()),
            "value-type" => kind = value.into_owned(),
            "value" | "date-value" | "time-value" | "boolean-value" => given = Some(value.into_owned()),
            _ => {}
        });
        cell.value = match (kind.as_str(), given) {
            ("float" | "percentage" | "currency", Some(number)) => number.parse().map_or(Value::Blank, Value::Number),
            ("boolean", Some(yes)) => Value::Bool(yes == "true"),
            ("date" | "time", Some(text)) => Value::Iso(Arc::from(text)),
            _ => Value::Blank,
        };
        self.text.clear();
        self.cell = Some(cell);
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Trouble> {
        match name {
            "p" => self.in_text = false,
            "style" => self.style = None,
            "annotation" => {
                self.in_note = false;
                let at = Address::new(self.row.number, self.next_column);
                let text = std::mem::take(&mut self.note).trim().to_owned();
                if let Some(sheet) = self.grid.sheets.last_mut().filter(|s| s.comments.len() < limits::PIECES) {
                    sheet.comments.push(Comment { at, author: String::new(), text });
                }
            }
            "table-cell" | "covered-table-cell" => self.close_cell()?,
            "table-row" => self.close_row()?,
            _ => {}
        }
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), Trouble> {
        let Some(mut cell) = self.cell.take() else { return Ok(()) };
        let text = std::mem::take(&mut self.text);
        if cell.value == Value::Blank && !text.is_empty() {
            cell.value = Value::Text(Arc::from(text));
        }
        let first = self.next_column;
        self.next_column = first.saturating_add(cell.repeat);
        if first >= COLUMNS || self.row.number >= ROWS {
            return Ok(());
        }
        let at = Address::new(self.row.number, first);
        if let Some(sheet) = self.grid.sheets.last_mut() {
            if (cell.columns > 1 || cell.rows > 1) && sheet.merged.len() < limits::PIECES {
                let far = |from: u32, count: u32| from.saturating_add(count.saturating_sub(1));
                let last = Address::new(far(at.row, cell.rows), far(at.column, cell.columns));
                sheet.merged.push(Area::new(at, last));
            }
            if let Some(rule) = cell.rule.as_ref().and_then(|r| self.rules.get(r)) {
                let last = Address::new(
                    at.row.saturating_add(self.row_repeat.saturating_sub(1)).min(ROWS - 1),
                    at.column.saturating_add(cell.repeat.saturating_sub(1)).min(COLUMNS - 1),
                );
                let area = Area::new(at, last);
                let name = cell.rule.clone().unwrap_or_default();
                let place = *self.used.entry(name).or_insert(sheet.validations.len());
                if place == sheet.validations.len() {
                    sheet.validations.push(rule.clone());
                }
                if let Some(known) = sheet.validations.get_mut(place).filter(|v| v.areas.len() < limits::PIECES) {
                    known.areas.push(area);
                }
            }
        }
        // Sheets end in one blank cell repeated to the edge: blanks that are repeated far are left out.
        if cell.value.is_blank() && (cell.style == 0 || cell.repeat > 1_024) {
            return Ok(());
        }
        let repeat = cell.repeat.min(COLUMNS - first);
        self.left = self.left.checked_sub(usize::try_from(repeat).unwrap_or(usize::MAX)).ok_or_else(over)?;
        for column in first..first.saturating_add(repeat) {
            self.row.cells.push(Cell { column, style: cell.style, value: cell.value.clone(), formula: None });
        }
        Ok(())
    }

    fn close_row(&mut self) -> Result<(), Trouble> {
        let row = std::mem::take(&mut self.row);
        self.next_row = row.number.saturating_add(self.row_repeat);
        if row.cells.is_empty() || row.number >= ROWS {
            return Ok(());
        }
        let blank = row.cells.iter().all(|c| c.value.is_blank());
        // Blank rows to the edge are left out like blank cells; others are written out within the bound.
        let repeat = if blank && self.row_repeat > 4_096 { 1 } else { self.row_repeat.clamp(1, ROWS - row.number) };
        let cost = row.cells.len().saturating_mul(usize::try_from(repeat).unwrap_or(usize::MAX));
        self.left = self.left.checked_sub(cost).ok_or_else(over)?;
        let Some(sheet) = self.grid.sheets.last_mut() else { return Ok(()) };
        for step in 1..repeat {
            sheet.rows.push(Row { number: row.number + step - 1, ..row.clone() });
        }
        sheet.rows.push(Row { number: row.number + repeat - 1, ..row });
        Ok(())
    }
}
