//! A question of a form as it comes through the pipe from the child that read the form.

use serde::{Deserialize, Serialize};
use workbook::form::{Action, Form, Kind};
use workbook::grid::{Address, Area, Grid, GridSheet, Value};

/// A question, in the words of the form's map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// Sheet.
    pub(crate) sheet: String,
    /// First cell for its answer, `B7`.
    pub(crate) cell: String,
    /// All cells for its answer, `B7:B606`.
    pub(crate) area: String,
    /// Headings, from the outermost.
    pub(crate) header: String,
    /// What is done with it.
    pub(crate) action: Action,
    /// The fact that answers it.
    pub(crate) key: String,
    /// Product.
    pub(crate) product: Option<String>,
    /// Edition.
    pub(crate) edition: Option<String>,
    /// Version.
    pub(crate) version: Option<String>,
    /// What is counted.
    pub(crate) metric: Option<String>,
    /// Kind of the answer.
    pub(crate) kind: Kind,
    /// Values that the form allows.
    pub(crate) allowed: Option<Vec<String>>,
    /// `open`, `locked`, `computed`.
    pub(crate) fill: String,
    /// Code of the reason for declining or asking back.
    pub(crate) reason: Option<String>,
    /// How much an answer gives away: `none`, `count`, `pseudonym`, `plain`.
    pub(crate) disclosure: String,
    /// How sure, 0 to 100.
    pub(crate) confidence: u8,
    /// A person should look.
    pub(crate) unsure: bool,
    /// A person has confirmed it.
    pub(crate) confirmed: bool,
    /// Why it is read so.
    pub(crate) why: Vec<Why>,
}

/// A reason for a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Why {
    /// Code.
    pub(crate) code: String,
    /// What it is about.
    pub(crate) args: Vec<String>,
}

impl Question {
    /// First and last cell.
    pub(crate) fn area(&self) -> Option<(Address, Address)> {
        self.area.parse::<Area>().ok().map(|area| (area.first, area.last))
    }

    /// Whether it is written without asking a person first.
    pub(crate) fn is_settled(&self) -> bool {
        self.action == Action::Answer && (self.confirmed || !self.unsure)
    }
}

/// A text that stands in the form: the name of a row or of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    /// Sheet.
    pub(crate) sheet: String,
    /// Row and column, from 0.
    pub(crate) at: (u32, u32),
    /// The text.
    pub(crate) text: String,
}

/// Keys whose answers name a row.
pub(crate) const NAMES_ROW: [&str; 6] =
    ["site_name", "site_code", "machine.site", "machine.name", "machine.id", "entity_name"];

/// What the child makes of a form: questions, and the labels that rows and columns bear already.
pub(crate) fn of(form: &Form, grid: &Grid) -> Result<(Vec<Question>, Vec<Label>), serde_json::Error> {
    let mut questions: Vec<Question> = serde_json::from_value(serde_json::to_value(&form.questions)?)?;
    let mut labels = Vec::new();
    for (question, told) in form.questions.iter().zip(&mut questions) {
        let Some(sheet) = grid.sheet(&question.sheet) else { continue };
        let (first, last) = (question.area.first, question.area.last);
        if sheet.merge_at(question.cell) == Some(question.area) {
            // Merged cells take one answer.
            told.area = question.cell.to_string();
            continue;
        }
        let mut note = |at: Address, text: String| {
            if !text.trim().is_empty() {
                labels.push(Label {
                    sheet: question.sheet.clone(),
                    at: (at.row, at.column),
                    text: text.trim().to_owned(),
                });
            }
        };
        if NAMES_ROW.contains(&question.key.as_str()) && last.row > first.row {
            // An open area may run to the sheet's last row; what stands there does not.
            let end = sheet.extent().map_or(first.row, |end| end.row.min(last.row));
            for row in first.row..=end {
                let at = Address { row, column: first.column };
                note(at, sheet.text(at));
            }
        }
        if last.column > first.column && last.row == first.row {
            for column in first.column..=last.column {
                note(Address { row: u32::MAX, column }, above(sheet, first.row, column));
            }
        }
    }
    labels.sort_by(|a, b| (&a.sheet, a.at, &a.text).cmp(&(&b.sheet, b.at, &b.text)));
    labels.dedup();
    Ok((questions, labels))
}

/// The nearest text above a cell: the heading of its column.
fn above(sheet: &GridSheet, row: u32, column: u32) -> String {
    (0..row)
        .rev()
        .find_map(|row| match sheet.value(Address { row, column }) {
            Value::Text(_) => Some(sheet.text(Address { row, column })),
            _ => None,
        })
        .unwrap_or_default()
}
