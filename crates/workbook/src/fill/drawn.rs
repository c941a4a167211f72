//! The sheets of a rebuilt form as they are written: widths, formats, merged ranges, rules, values and answers.

use super::encode::{self, Fitted};
use super::look::{Face, Look};
use super::rule;
use super::spread::Spread;
use crate::grid::{self, Address, Alert, Area, Format as Shown, Grid, GridSheet, Operator, Style};
use crate::grid::{Validation, ValidationKind};
use crate::sheets::{SheetKind, Visibility};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Note as Remarked, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;

/// Runs of columns with a width or hidden that are looked at.
const RUNS: usize = 1_000;

/// A format by what it is made of, so that each is made once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    index: u8,
    locked: bool,
    heading: bool,
    face: Face,
}

#[derive(Default)]
struct Formats(BTreeMap<Key, Format>);

impl Formats {
    fn get(&mut self, key: Key) -> &Format {
        self.0.entry(key).or_insert_with(|| {
            let mut format = Format::new().set_num_format_index(key.index);
            if !key.locked {
                format = format.set_unlocked();
            }
            if key.face.bold || key.heading {
                format = format.set_bold();
            }
            if key.face.wrap || key.heading {
                format = format.set_text_wrap().set_align(FormatAlign::Top);
            }
            // A heading whose look is not told gets a light ground.
            if let Some(fill) = key.face.fill.or(key.heading.then_some(0xd9_e1f2)) {
                format = format.set_background_color(fill).set_border(FormatBorder::Thin);
            }
            format
        })
    }
}

/// Adds every worksheet of the form to the new workbook.
pub(super) fn compose<'a>(
    book: &mut Workbook,
    grid: &Grid,
    looks: &[Look],
    answers: impl Fn(usize) -> &'a BTreeMap<Address, Fitted>,
) -> Result<(), XlsxError> {
    // A fixed day: the same form and answers give the same bytes, and no time is told.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let mut formats = Formats::default();
    let plain = Look::default();
    for (at, sheet) in grid.sheets.iter().enumerate().filter(|(_, s)| s.kind == SheetKind::Worksheet) {
        let new = book.add_worksheet();
        new.set_name(&sheet.name)?;
        match sheet.visibility {
            Visibility::Visible => {}
            Visibility::Hidden => {
                new.set_hidden(true);
            }
            Visibility::VeryHidden => {
                new.set_very_hidden(true);
            }
        }
        let drawn = Drawn { grid, sheet, look: looks.get(at).unwrap_or(&plain), answers: answers(at) };
        drawn.write(new, &mut formats)?;
    }
    Ok(())
}

/// A sheet as it is to be written.
struct Drawn<'s> {
    grid: &'s Grid,
    sheet: &'s GridSheet,
    look: &'s Look,
    answers: &'s BTreeMap<Address, Fitted>,
}

impl Drawn<'_> {
    fn write(&self, new: &mut Worksheet, formats: &mut Formats) -> Result<(), XlsxError> {
        self.columns(new)?;
        let merged = disjoint(&self.sheet.merged);
        let mut over = Spread::default();
        merged.iter().for_each(|&area| over.push(area, 0));
        for area in merged {
            let (first, last) = (area.first, area.last);
            let key = self.key(first, Shown::General);
            new.merge_range(first.row, short(first.column), last.row, short(last.column), "", formats.get(key))?;
        }
        for &(row, column) in self.look.faces.keys() {
            let at = Address::new(row, column);
            if over.at(at).is_none() {
                new.write_blank(row, short(column), formats.get(self.key(at, Shown::General)))?;
            }
        }
        for row in &self.sheet.rows {
            if row.hidden {
                new.set_row_hidden(row.number)?;
            }
            for cell in &row.cells {
                let at = Address::new(row.number, cell.column);
                let inner = over.at(at).is_some_and(|(m, _)| m.first != at);
                if !inner && !self.answers.contains_key(&at) {
                    self.cell(new, formats, at, &cell.value)?;
                }
            }
        }
        for (&at, fitted) in self.answers {
            self.answer(new, formats, at, fitted)?;
        }
        for comment in &self.sheet.comments {
            // Its author is not told on.
            new.insert_note(comment.at.row, short(comment.at.column), &Remarked::new(comment.text.as_str()))?;
        }
        for validation in &self.sheet.validations {
            for area in &validation.areas {
                if let Some(rule) = ruled(validation)? {
                    let (first, last) = (area.first, area.last);
                    new.add_data_validation(first.row, short(first.column), last.row, short(last.column), &rule)?;
                }
            }
        }
        let frozen = self.sheet.frozen;
        if frozen != Address::default() {
            new.set_freeze_panes(frozen.row, short(frozen.column))?;
        }
        if self.sheet.protected {
            new.protect();
        }
        Ok(())
    }

    fn columns(&self, new: &mut Worksheet) -> Result<(), XlsxError> {
        let last = self.sheet.extent().map_or(0, |e| e.column);
        if self.look.widths.is_empty() {
            self.widths_by_text(new)?;
        }
        for &(first, end, width) in self.look.widths.iter().take(RUNS) {
            for column in first..=end.min(last) {
                new.set_column_width(short(column), width.clamp(0.0, 255.0))?;
            }
        }
        for run in self.sheet.columns.iter().filter(|c| c.hidden).take(RUNS) {
            for column in run.first..=run.last.min(last) {
                new.set_column_hidden(short(column))?;
            }
        }
        Ok(())
    }

    /// Widths where the form's own are not known: room for the longest value, and for the longest word of a heading.
    fn widths_by_text(&self, new: &mut Worksheet) -> Result<(), XlsxError> {
        let first = self.answers.keys().next().map_or(0, |a| a.row);
        let mut widths: BTreeMap<u32, usize> = BTreeMap::new();
        for row in &self.sheet.rows {
            for cell in &row.cells {
                let text = cell.value.to_string();
                let letters = |t: &str| t.chars().count();
                let need = if row.number < first {
                    text.split_whitespace().map(letters).max().unwrap_or(0)
                } else {
                    letters(&text)
                };
                let width = widths.entry(cell.column).or_default();
                *width = need.max(*width);
            }
        }
        for (column, width) in widths {
            let letters = u8::try_from(width.clamp(9, 40) + 2).unwrap_or(42);
            new.set_column_width(short(column), f64::from(letters))?;
        }
        Ok(())
    }

    fn key(&self, at: Address, otherwise: Shown) -> Key {
        let Style { format, locked, .. } = self.grid.style(self.sheet, at);
        let format = if format == Shown::General { otherwise } else { format };
        let index = match format {
            Shown::General | Shown::Integer | Shown::Decimal => 0,
            Shown::Text => 49,
            Shown::Date => 14,
            Shown::Time => 21,
            Shown::Percent => 10,
        };
        let face = self.look.faces.get(&(at.row, at.column)).copied().unwrap_or_default();
        // Text above the first answer, where the form itself does not tell how it looks.
        let before = self.answers.keys().next().is_some_and(|first| at.row < first.row);
        let text = self.sheet.value(at).text().is_some();
        Key { index, locked, heading: self.look.faces.is_empty() && before && text, face }
    }

    fn cell(
        &self,
        new: &mut Worksheet,
        formats: &mut Formats,
        at: Address,
        value: &grid::Value,
    ) -> Result<(), XlsxError> {
        let (row, column) = (at.row, short(at.column));
        let key = self.key(at, Shown::General);
        match value {
            grid::Value::Blank => new.write_blank(row, column, formats.get(key))?,
            grid::Value::Text(text) | grid::Value::Error(text) => {
                new.write_string_with_format(row, column, text.as_ref(), formats.get(key))?
            }
            grid::Value::Bool(yes) => new.write_boolean_with_format(row, column, *yes, formats.get(key))?,
            grid::Value::Iso(text) => {
                let day = text.get(..10).and_then(rule::iso);
                match day.and_then(|(y, m, d)| encode::serial(y, m, d, false)).filter(|_| text.len() == 10) {
                    Some(serial) => {
                        let key = self.key(at, Shown::Date);
                        new.write_number_with_format(row, column, serial as f64, formats.get(key))?
                    }
                    None => new.write_string_with_format(row, column, text.as_ref(), formats.get(key))?,
                }
            }
            &grid::Value::Number(number) => {
                // The new workbook counts days from 1900.
                let moved = self.grid.date_1904 && self.grid.style(self.sheet, at).format == Shown::Date;
                let number = if moved { number + 1462.0 } else { number };
                new.write_number_with_format(row, column, number, formats.get(key))?
            }
        };
        Ok(())
    }

    fn answer(
        &self,
        new: &mut Worksheet,
        formats: &mut Formats,
        at: Address,
        fitted: &Fitted,
    ) -> Result<(), XlsxError> {
        let (row, column) = (at.row, short(at.column));
        let key = self.key(at, Shown::General);
        match fitted {
            Fitted::Blank => new.write_blank(row, column, formats.get(key))?,
            Fitted::Text(text) => new.write_string_with_format(row, column, text.as_str(), formats.get(key))?,
            Fitted::Bool(yes) => new.write_boolean_with_format(row, column, *yes, formats.get(key))?,
            Fitted::Number(digits) | Fitted::Date(digits) => {
                let date = matches!(fitted, Fitted::Date(_));
                let key = if date { self.key(at, Shown::Date) } else { key };
                new.write_number_with_format(row, column, digits.parse::<f64>().unwrap_or(0.0), formats.get(key))?
            }
        };
        Ok(())
    }
}

/// Merged ranges that are kept; a form has some hundred.
const MERGED: usize = 5_000;

/// Merged ranges that do not meet: a workbook whose ranges do is one that Excel repairs.
fn disjoint(merged: &[Area]) -> Vec<Area> {
    let mut kept: Vec<Area> = Vec::new();
    for area in merged.iter().filter(|a| a.cells() > 1).take(MERGED) {
        if kept.iter().all(|k| !k.meets(area)) {
            kept.push(*area);
        }
    }
    kept
}

/// A validation for the new workbook; none where its bounds are not told in numbers or it must be calculated.
fn ruled(validation: &Validation) -> Result<Option<DataValidation>, XlsxError> {
    let new = DataValidation::new();
    if validation.kind == ValidationKind::List {
        let Some(allowed) = validation.allowed.as_deref() else { return Ok(None) };
        // Excel takes 255 characters of items, and parts them by commas.
        let length: usize = allowed.iter().map(|a| a.chars().count() + 1).sum();
        if length > 255 || allowed.is_empty() || allowed.iter().any(|a| a.contains(',')) {
            return Ok(None);
        }
        return Ok(Some(styled(new.allow_list_strings(allowed)?, validation)));
    }
    let number = |text: &str| text.trim().parse::<f64>().ok().map(|_| Formula::new(text.trim()));
    let (first, second) = (number(&validation.first), number(&validation.second));
    let Some(first) = first else { return Ok(None) };
    let two = matches!(validation.operator, Operator::Between | Operator::NotBetween);
    let Some(second) = second.or((!two).then(|| Formula::new("0"))) else { return Ok(None) };
    let rule = match validation.operator {
        Operator::Between => DataValidationRule::Between(first, second),
        Operator::NotBetween => DataValidationRule::NotBetween(first, second),
        Operator::Equal => DataValidationRule::EqualTo(first),
        Operator::NotEqual => DataValidationRule::NotEqualTo(first),
        Operator::LessThan => DataValidationRule::LessThan(first),
        Operator::LessOrEqual => DataValidationRule::LessThanOrEqualTo(first),
        Operator::GreaterThan => DataValidationRule::GreaterThan(first),
        Operator::GreaterOrEqual => DataValidationRule::GreaterThanOrEqualTo(first),
    };
    Ok(match validation.kind {
        ValidationKind::Whole => Some(styled(new.allow_whole_number_formula(rule), validation)),
        ValidationKind::Decimal => Some(styled(new.allow_decimal_number_formula(rule), validation)),
        ValidationKind::TextLength => Some(styled(new.allow_text_length_formula(rule), validation)),
        ValidationKind::Date => Some(styled(new.allow_date_formula(rule), validation)),
        _ => None,
    })
}

fn styled(new: DataValidation, validation: &Validation) -> DataValidation {
    match validation.alert {
        Alert::Stop => new,
        Alert::Warning => new.set_error_style(DataValidationErrorStyle::Warning),
        Alert::Information => new.set_error_style(DataValidationErrorStyle::Information),
        Alert::None => new.show_error_message(false),
    }
}

fn short(column: u32) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}
