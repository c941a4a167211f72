//! A worksheet's part, read once from beginning to end.

use super::xml::{Step, attributes, switch, unwritten, walk};
use super::{
    Address, Alert, Area, COLUMNS, Cell, Columns, Formula, FormulaKind, GridSheet, Operator, ROWS, Row, Validation,
    ValidationKind, Value, validation,
};
use crate::limits;
use crate::trouble::Trouble;
use quick_xml::events::BytesStart;
use std::sync::Arc;

/// What a cell says of its value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Written,
    Inline,
    Bool,
    Error,
    Iso,
}

/// Which text is being gathered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gather {
    Nothing,
    Value,
    Formula,
    First,
    Second,
    Areas,
}

struct Sheet<'s> {
    part: &'s str,
    strings: &'s [Arc<str>],
    sheet: &'s mut GridSheet,
    left: &'s mut usize,
    in_data: bool,
    in_cell: bool,
    reading: bool,
    row: Row,
    next_row: u32,
    next_column: u32,
    cell: Cell,
    kind: Kind,
    gather: Gather,
    text: String,
    formula: String,
    rule: Option<Validation>,
}

/// Fills `sheet` from its part. `left` is how many cells the workbook may still have.
pub(super) fn read(
    part: &str,
    xml: &[u8],
    strings: &[Arc<str>],
    sheet: &mut GridSheet,
    left: &mut usize,
) -> Result<(), Trouble> {
    let mut reader = Sheet {
        part,
        strings,
        sheet,
        left,
        in_data: false,
        in_cell: false,
        reading: false,
        row: Row::default(),
        next_row: 0,
        next_column: 0,
        cell: blank(0),
        kind: Kind::Number,
        gather: Gather::Nothing,
        text: String::new(),
        formula: String::new(),
        rule: None,
    };
    walk(part, xml, |step| match step {
        Step::Open(element) => reader.open(element),
        Step::Text(piece) => {
            match reader.gather {
                Gather::Nothing => {}
                Gather::Formula => reader.formula.push_str(piece),
                _ => reader.text.push_str(piece),
            }
            Ok(())
        }
        Step::Close(name) => reader.close(name),
    })?;
    sheet.rows.sort_by_key(|r| r.number);
    merge_rows(&mut sheet.rows);
    sheet.columns.sort_by_key(|c| c.first);
    Ok(())
}

/// Rows and cells come in order from every program that is known; where they do not, they are put in order, and of two the later stands.
fn merge_rows(rows: &mut Vec<Row>) {
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for mut row in rows.drain(..) {
        match kept.last_mut().filter(|k| k.number == row.number) {
            Some(last) => last.cells.append(&mut row.cells),
            None => kept.push(row),
        }
    }
    for row in &mut kept {
        if row.cells.windows(2).all(|w| matches!(w, [a, b] if a.column < b.column)) {
            continue;
        }
        row.cells.sort_by_key(|c| c.column);
        row.cells.reverse();
        row.cells.dedup_by_key(|c| c.column);
        row.cells.reverse();
    }
    *rows = kept;
}

fn blank(column: u32) -> Cell {
    Cell { column, style: 0, value: Value::Blank, formula: None }
}

impl Sheet<'_> {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        let name = element.local_name();
        if self.in_cell {
            match name.as_ref() {
                "v" => self.start(Gather::Value),
                "t" if !self.reading => self.gather = Gather::Value,
                "rPh" => self.reading = true,
                "is" => self.text.clear(),
                "f" => self.open_formula(element),
                _ => {}
            }
            return Ok(());
        }
        match name.as_ref() {
            "c" if self.in_data => self.open_cell(element)?,
            "row" if self.in_data => self.open_row(element)?,
            "sheetData" => self.in_data = true,
            "sheetProtection" => attributes(element, |key, value| {
                if key == "sheet" {
                    self.sheet.protected = switch(&value);
                }
            }),
            "pane" => self.open_pane(element),
            "col" => self.open_columns(element)?,
            "mergeCell" => {
                self.bounded(self.sheet.merged.len())?;
                let mut area = None;
                attributes(element, |key, value| {
                    if key == "ref" {
                        area = value.parse::<Area>().ok();
                    }
                });
                self.sheet.merged.extend(area);
            }
            "dataValidation" => self.open_rule(element)?,
            "formula1" if self.rule.is_some() => self.start(Gather::First),
            "formula2" if self.rule.is_some() => self.start(Gather::Second),
            "sqref" if self.rule.is_some() => self.start(Gather::Areas),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, gather: Gather) {
        self.text.clear();
        self.gather = gather;
    }

    fn bounded(&self, count: usize) -> Result<(), Trouble> {
        if count < limits::PIECES {
            return Ok(());
        }
        Err(Trouble::TooLarge { what: self.part.to_owned(), limit: limits::PIECES as u64 })
    }

    fn open_row(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        let mut row = Row { number: self.next_row, ..Row::default() };
        let (mut style, mut own) = (None, false);
        let mut wrong = false;
        attributes(element, |key, value| match key {
            "r" => match value.parse::<u32>().ok().and_then(|r| r.checked_sub(1)).filter(|&r| r < ROWS) {
                Some(number) => row.number = number,
                None => wrong = true,
            },
            "hidden" => row.hidden = switch(&value),
            "outlineLevel" => row.outline = value.parse().unwrap_or_default(),
            "s" => style = value.parse().ok(),
            "customFormat" => own = switch(&value),
            _ => {}
        });
        if wrong || row.number >= ROWS {
            return Err(Trouble::malformed(self.part, "a row has an impossible number"));
        }
        // A row costs like a cell: a file of empty rows is bounded too.
        self.spend()?;
        row.style = style.filter(|_| own);
        self.next_row = row.number.saturating_add(1);
        self.next_column = 0;
        self.row = row;
        Ok(())
    }

    fn spend(&mut self) -> Result<(), Trouble> {
        let what = || Trouble::TooLarge { what: "cells".to_owned(), limit: limits::CELLS as u64 };
        *self.left = self.left.checked_sub(1).ok_or_else(what)?;
        Ok(())
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        self.spend()?;
        self.cell = blank(self.next_column);
        self.kind = Kind::Number;
        self.text.clear();
        self.formula.clear();
        let mut wrong = false;
        attributes(element, |key, value| match key {
            "r" => match value.parse::<Address>() {
                Ok(at) => self.cell.column = at.column,
                Err(_) => wrong = true,
            },
            "s" => self.cell.style = value.parse().unwrap_or_default(),
            "t" => {
                self.kind = match &*value {
                    "s" => Kind::Shared,
                    "str" => Kind::Written,
                    "inlineStr" => Kind::Inline,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::Iso,
                    _ => Kind::Number,
                }
            }
            _ => {}
        });
        if wrong || self.cell.column >= COLUMNS {
            return Err(Trouble::malformed(self.part, "a cell has an impossible address"));
        }
        self.next_column = self.cell.column.saturating_add(1);
        self.in_cell = true;
        Ok(())
    }

    fn open_formula(&mut self, element: &BytesStart<'_>) {
        let mut formula = Formula { text: String::new(), kind: FormulaKind::Plain, area: None };
        let mut group = 0;
        attributes(element, |key, value| match key {
            "t" => match &*value {
                "shared" => formula.kind = FormulaKind::Shared(0),
                "array" => formula.kind = FormulaKind::Array,
                "dataTable" => formula.kind = FormulaKind::DataTable,
                _ => {}
            },
            "ref" => formula.area = value.parse().ok(),
            "si" => group = value.parse().unwrap_or_default(),
            _ => {}
        });
        if let FormulaKind::Shared(_) = formula.kind {
            formula.kind = FormulaKind::Shared(group);
        }
        self.cell.formula = Some(Box::new(formula));
        self.formula.clear();
        self.gather = Gather::Formula;
    }

    fn open_pane(&mut self, element: &BytesStart<'_>) {
        let (mut at, mut frozen) = (Address::default(), false);
        attributes(element, |key, value| match key {
            // Splits of a pane that is not frozen are in points, hence the fractions.
            "xSplit" => at.column = value.parse().unwrap_or_default(),
            "ySplit" => at.row = value.parse().unwrap_or_default(),
            "state" => frozen = value.starts_with("frozen"),
            _ => {}
        });
        if frozen && at.row < ROWS && at.column < COLUMNS {
            self.sheet.frozen = at;
        }
    }

    fn open_columns(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        self.bounded(self.sheet.columns.len())?;
        let mut run = Columns { first: 0, last: 0, hidden: false, outline: 0, style: None };
        let (mut first, mut last) = (0_u32, 0_u32);
        attributes(element, |key, value| match key {
            "min" => first = value.parse().unwrap_or_default(),
            "max" => last = value.parse().unwrap_or_default(),
            "hidden" => run.hidden = switch(&value),
            "outlineLevel" => run.outline = value.parse().unwrap_or_default(),
            "style" => run.style = value.parse().ok(),
            _ => {}
        });
        if first >= 1 && last >= first {
            (run.first, run.last) = (first - 1, last.min(COLUMNS) - 1);
            self.sheet.columns.push(run);
        }
        Ok(())
    }

    fn open_rule(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        self.bounded(self.sheet.validations.len())?;
        let mut rule = Validation {
            areas: Vec::new(),
            kind: ValidationKind::Any,
            operator: Operator::Between,
            first: String::new(),
            second: String::new(),
            allowed: None,
            alert: Alert::Stop,
            blank: false,
            prompt: String::new(),
            error: String::new(),
        };
        let mut shown = false;
        attributes(element, |key, value| match key {
            "type" => rule.kind = validation::kind(&value),
            "operator" => rule.operator = validation::operator(&value),
            "allowBlank" => rule.blank = switch(&value),
            "showErrorMessage" => shown = switch(&value),
            "errorStyle" => {
                rule.alert = match &*value {
                    "warning" => Alert::Warning,
                    "information" => Alert::Information,
                    _ => Alert::Stop,
                }
            }
            "prompt" => rule.prompt = unwritten(&value).into_owned(),
            "error" => rule.error = unwritten(&value).into_owned(),
            "sqref" => rule.areas = areas(&value),
            _ => {}
        });
        if !shown {
            rule.alert = Alert::None;
        }
        self.rule = Some(rule);
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Trouble> {
        match name {
            "c" if self.in_cell => self.close_cell(),
            "v" | "t" if self.in_cell => self.gather = Gather::Nothing,
            "f" if self.in_cell => {
                if let Some(formula) = &mut self.cell.formula {
                    formula.text = std::mem::take(&mut self.formula);
                }
                self.gather = Gather::Nothing;
            }
            "rPh" => self.reading = false,
            "row" if self.in_data => {
                let row = std::mem::take(&mut self.row);
                self.sheet.rows.push(row);
            }
            "sheetData" => self.in_data = false,
            "formula1" | "formula2" | "sqref" => self.close_bound(),
            "dataValidation" => self.sheet.validations.extend(self.rule.take()),
            _ => {}
        }
        Ok(())
    }

    fn close_bound(&mut self) {
        let gather = std::mem::replace(&mut self.gather, Gather::Nothing);
        let Some(rule) = &mut self.rule else { return };
        let text = self.text.trim();
        match gather {
            Gather::First => text.clone_into(&mut rule.first),
            Gather::Second => text.clone_into(&mut rule.second),
            Gather::Areas => rule.areas = areas(text),
            _ => {}
        }
    }

    fn close_cell(&mut self) {
        self.in_cell = false;
        self.gather = Gather::Nothing;
        let text = self.text.as_str();
        self.cell.value = match self.kind {
            Kind::Number => match text.trim() {
                "" => Value::Blank,
                number => number.parse().map_or_else(|_| Value::Text(Arc::from(number)), Value::Number),
            },
            Kind::Shared => {
                let found = text.trim().parse::<usize>().ok().and_then(|n| self.strings.get(n));
                found.map_or(Value::Blank, |s| if s.is_empty() { Value::Blank } else { Value::Text(s.clone()) })
            }
            _ if text.is_empty() => Value::Blank,
            Kind::Written | Kind::Inline => Value::Text(Arc::from(&*unwritten(text))),
            Kind::Bool => Value::Bool(switch(text.trim())),
            Kind::Error => Value::Error(Arc::from(text)),
            Kind::Iso => Value::Iso(Arc::from(text)),
        };
        self.row.cells.push(std::mem::replace(&mut self.cell, blank(0)));
    }
}

fn areas(text: &str) -> Vec<Area> {
    text.split_whitespace().take(limits::PIECES).filter_map(|a| a.parse().ok()).collect()
}
