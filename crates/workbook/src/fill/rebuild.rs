//! A new workbook without macros in place of a form that is not in Office Open XML: its sheets, headings, merged ranges, lists, values and
//! locks, with the answers in their cells. Formulas become their last values; what runs is left behind.

use super::book::Style as Kept;
use super::drawn::compose;
use super::encode::Fitted;
use super::list::List;
use super::look;
use super::rule::{self, Bound, Kind, Note, Rule};
use super::spread::Spread;
use super::{Answer, Filled, Options, Refused, Remark, Tally, Written, sort_refused};
use crate::grid::{self, Address, Alert, COLUMNS, Format as Shown, Grid, GridSheet, Operator, ROWS};
use crate::grid::{Validation, ValidationKind};
use crate::sheets::SheetKind;
use crate::trouble::Trouble;
use rust_xlsxwriter::Workbook;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Writes answers into a new workbook (.xlsx, without macros) that looks like the form. The order of the answers does not matter, and the
/// same form and answers give the same bytes.
///
/// # Errors
/// The form cannot be read, or holds what a workbook of today cannot.
pub fn rebuild(bytes: &[u8], answers: &[Answer], options: &Options) -> Result<Filled, Trouble> {
    let grid = grid::read(bytes)?;
    let looks = look::read(bytes);
    let mut tally = Tally::default();
    let number = |name: &str| {
        let exact = grid.sheets.iter().position(|s| s.name == name);
        exact.or_else(|| grid.sheets.iter().position(|s| s.name.to_lowercase() == name.to_lowercase()))
    };
    let mut order: Vec<(usize, &Answer)> =
        answers.iter().map(|a| (number(&a.sheet).unwrap_or(usize::MAX), a)).collect();
    order.sort_by(|a, b| (a.0, a.1.cell, &a.1.sheet).cmp(&(b.0, b.1.cell, &b.1.sheet)));
    let mut answered: BTreeMap<usize, BTreeMap<Address, Fitted>> = BTreeMap::new();
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let Some(&(at, _)) = group.first() else { continue };
        let mut desk = grid.sheets.get(at).filter(|s| s.kind == SheetKind::Worksheet).map(|s| Desk::new(&grid, s));
        for same in group.chunk_by(|a, b| a.1.cell == b.1.cell) {
            for &(_, answer) in same {
                let refusal = if at == usize::MAX {
                    Err(("unknown-sheet", Vec::new()))
                } else if answer.cell.row >= ROWS || answer.cell.column >= COLUMNS {
                    Err(("outside-sheet", Vec::new()))
                } else if same.len() > 1 {
                    Err(("two-answers", Vec::new()))
                } else {
                    match desk.as_mut() {
                        Some(desk) => desk.decide(answer, options, &mut tally),
                        None => Err(("not-a-worksheet", Vec::new())),
                    }
                };
                match refusal {
                    Ok(fitted) => {
                        let old = grid.sheets.get(at).map(|s| s.text(answer.cell)).unwrap_or_default();
                        tally.written.push(Written {
                            sheet: answer.sheet.clone(),
                            cell: answer.cell,
                            old: old.into(),
                            new: fitted.shown().into(),
                            origin: answer.origin.clone(),
                        });
                        answered.entry(at).or_default().insert(answer.cell, fitted);
                    }
                    Err((code, args)) => {
                        let (sheet, cell) = (answer.sheet.clone(), answer.cell);
                        tally.refused.push(Refused { sheet, cell, code, args });
                    }
                }
            }
        }
    }
    let formulas: usize =
        grid.sheets.iter().flat_map(|s| &s.rows).flat_map(|r| &r.cells).filter(|c| c.formula.is_some()).count();
    if formulas > 0 {
        tally.remarks.insert(("formulas-as-values", vec![formulas.to_string()]), 0);
    }
    let none = BTreeMap::new();
    let mut book = Workbook::new();
    let made = compose(&mut book, &grid, &looks, |at| answered.get(&at).unwrap_or(&none));
    let bytes = made.and_then(|()| book.save_to_buffer());
    let bytes = bytes.map_err(|_| Trouble::malformed("new workbook", "the form holds what a workbook cannot"))?;
    sort_refused(&mut tally.refused, number);
    let remarks = tally.remarks.into_iter().map(|((code, args), cells)| Remark { code, args, cells }).collect();
    Ok(Filled { bytes, written: tally.written, refused: tally.refused, remarks })
}

/// One sheet at work.
struct Desk<'g> {
    grid: &'g Grid,
    sheet: &'g GridSheet,
    merged: Spread,
    filled: Spread,
    ruled: Spread,
    rules: Vec<Rule>,
}

impl<'g> Desk<'g> {
    fn new(grid: &'g Grid, sheet: &'g GridSheet) -> Self {
        let mut desk = Self {
            grid,
            sheet,
            merged: Spread::default(),
            filled: Spread::default(),
            ruled: Spread::default(),
            rules: Vec::new(),
        };
        sheet.merged.iter().for_each(|&area| desk.merged.push(area, 0));
        let cells = sheet.rows.iter().flat_map(|r| &r.cells);
        cells.filter_map(|c| c.formula.as_ref()?.area).for_each(|area| desk.filled.push(area, 0));
        for validation in &sheet.validations {
            if let Some(rule) = rule_of(validation) {
                validation.areas.iter().for_each(|&area| desk.ruled.push(area, desk.rules.len()));
                desk.rules.push(rule);
            }
        }
        desk
    }

    fn decide(&mut self, answer: &Answer, options: &Options, tally: &mut Tally) -> Result<Fitted, Note> {
        let cell = answer.cell;
        if self.sheet.cell(cell).is_some_and(|c| c.formula.is_some()) {
            return Err(("formula", Vec::new()));
        }
        if let Some((area, _)) = self.filled.at(cell) {
            return Err(("array-formula", vec![area.to_string()]));
        }
        if let Some((area, _)) = self.merged.at(cell).filter(|(area, _)| area.first != cell) {
            return Err(("merged", vec![area.first.to_string(), area.to_string()]));
        }
        if !options.into_locked && !self.grid.open(self.sheet, cell) {
            return Err(("locked", Vec::new()));
        }
        let style = self.grid.style(self.sheet, cell);
        let ruled = self.ruled.at(cell);
        let rule = ruled.and_then(|(_, index)| self.rules.get(index));
        // A date gets a format that shows one: the new workbook is ours.
        let date = matches!(style.format, Shown::Date | Shown::General);
        let kept = Kept { locked: style.locked, text: style.format == Shown::Text, date };
        let mut notes = Vec::new();
        let fitted = rule::fit(&answer.value, rule, kept, false, &mut notes)?;
        for (code, mut args) in notes {
            args.insert(0, answer.sheet.to_string());
            args.extend(ruled.map(|(area, _)| area.to_string()));
            tally.remark(code, args);
        }
        Ok(match (&answer.value, fitted) {
            (super::Value::Date { .. }, Fitted::Number(serial)) => Fitted::Date(serial),
            (_, other) => other,
        })
    }
}

fn rule_of(validation: &Validation) -> Option<Rule> {
    let kind = match validation.kind {
        ValidationKind::Any => return None,
        ValidationKind::Whole => Kind::Whole,
        ValidationKind::Decimal => Kind::Decimal,
        ValidationKind::List => Kind::List,
        ValidationKind::Date => Kind::Date,
        ValidationKind::Time => Kind::Time,
        ValidationKind::TextLength => Kind::TextLength,
        ValidationKind::Custom => Kind::Custom,
    };
    let operator = match validation.operator {
        Operator::Between => "between",
        Operator::NotBetween => "notBetween",
        Operator::Equal => "equal",
        Operator::NotEqual => "notEqual",
        Operator::LessThan => "lessThan",
        Operator::LessOrEqual => "lessThanOrEqual",
        Operator::GreaterThan => "greaterThan",
        Operator::GreaterOrEqual => "greaterThanOrEqual",
    };
    let bound = |text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| text.parse().map_or(Bound::Unknown, Bound::Number))
    };
    let items = |allowed: &[String]| allowed.iter().cloned().map(Fitted::Text).collect();
    Some(Rule {
        kind,
        operator: operator.to_owned(),
        low: bound(&validation.first),
        high: bound(&validation.second),
        strict: validation.alert == Alert::Stop,
        list: validation.allowed.as_deref().map(|a| Rc::new(List::typed(items(a)))),
    })
}
