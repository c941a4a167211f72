//! What each cell of an auditor's form asks, and whether it is answered, declined or asked back.
//!
//! The layout is found first (which rows are headings, which cells take answers), then each heading is read with the vocabulary of
//! `forms/vocabulary/`. Nothing is guessed: a heading that reads two ways, or not at all, is asked back and says so.

mod compose;
mod headings;
mod layout;
mod meaning;
mod pairs;
mod products;
mod rows;
mod saved;
mod table;
mod vocabulary;
mod words;

pub use saved::{NotAMap, reuse, save};

use crate::grid::{Address, Area, Grid};
use crate::sheets::{SheetKind, Visibility};
use serde::{Deserialize, Serialize};

/// A form, mapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    /// Fingerprint of its layout: names of the sheets and headings, not answers.
    pub fingerprint: String,
    /// Its questions, by sheet and cell.
    pub questions: Vec<Question>,
    /// What each sheet was taken for.
    pub sheets: Vec<SheetRole>,
}

/// What a sheet was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetRole {
    /// Its name.
    pub sheet: String,
    /// Its role.
    pub role: Role,
}

/// What a sheet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It asks.
    Questions,
    /// It explains; it has no cell for an answer.
    Help,
    /// It is hidden: lists, parameters.
    Hidden,
    /// It is empty or no worksheet.
    Nothing,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Name of its sheet.
    pub sheet: String,
    /// First cell for its answer.
    pub cell: Address,
    /// All cells for its answer.
    pub area: Area,
    /// Cell of its own heading.
    pub heading_at: Address,
    /// Headings from the outermost to its own, parted by ` / `.
    pub header: String,
    /// The auditor's code for it, such as `Q001`.
    pub code: Option<String>,
    /// Comment on the heading.
    pub comment: Option<String>,
    /// What is done with it.
    pub action: Action,
    /// The fact or line that answers it; for a declined one, what it asks for; empty where that is not known.
    pub key: String,
    /// Product family in the words of the terms.
    pub family: Option<String>,
    /// Product as it is named, version and edition included where the question counts.
    pub product: Option<String>,
    /// Edition in the words of the terms.
    pub edition: Option<String>,
    /// Version in the words of the terms.
    pub version: Option<String>,
    /// What is counted or told.
    pub metric: Option<String>,
    /// Kind of the answer.
    pub kind: Kind,
    /// Values that the form allows.
    pub allowed: Option<Vec<String>>,
    /// Why it can be written, or not.
    pub fill: Fill,
    /// Code of the reason why it is declined or asked back.
    pub reason: Option<String>,
    /// How much an answer gives away.
    pub disclosure: Disclosure,
    /// How sure the reading is, 0 to 100.
    pub confidence: u8,
    /// True where a person should look before anything is written or sent.
    pub unsure: bool,
    /// True once a person has confirmed or set it.
    pub confirmed: bool,
    /// Why it is read so.
    pub why: Vec<Why>,
}

/// What is done with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is answered.
    Answer,
    /// It is declined, with a reason.
    Decline,
    /// The auditor is asked what it is for or what it means.
    Ask,
    /// It is no question: a number that the auditor has written.
    Fixed,
}

/// Kind of an answer, in the words of the columns files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Text.
    #[serde(rename = "txt")]
    Text,
    /// A whole number.
    #[serde(rename = "int")]
    Integer,
    /// A number with decimals, an amount or a share.
    #[serde(rename = "dec")]
    Decimal,
    /// A day.
    #[serde(rename = "date")]
    Date,
    /// Yes or no.
    #[serde(rename = "yn")]
    YesNo,
    /// One of a list.
    #[serde(rename = "list")]
    List,
}

/// Whether the cells can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// They are open.
    Open,
    /// They are locked: the auditor has filled them.
    Locked,
    /// A formula computes them.
    Computed,
}

/// How much an answer gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disclosure {
    /// Nothing.
    None,
    /// A number.
    Count,
    /// A name that only the company can turn back.
    Pseudonym,
    /// The thing itself.
    Plain,
}

/// A reason for a reading: a code, and the words that earned it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Why {
    /// Stable code.
    pub code: &'static str,
    /// What it is about.
    pub args: Vec<String>,
}

impl Why {
    pub(crate) fn new(code: &'static str, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { code, args: args.into_iter().map(Into::into).collect() }
    }
}

/// Below this, a person should look.
pub const SURE: u8 = 66;

/// Proposes a map for the form. The same grid gives the same map.
pub fn propose(grid: &Grid) -> Form {
    let mut questions = Vec::new();
    let mut sheets = Vec::new();
    for sheet in &grid.sheets {
        let role = if sheet.visibility != Visibility::Visible {
            Role::Hidden
        } else if sheet.kind != SheetKind::Worksheet || sheet.extent().is_none() {
            Role::Nothing
        } else {
            let found = layout::questions(grid, sheet);
            let role = if found.is_empty() { Role::Help } else { Role::Questions };
            questions.extend(found);
            role
        };
        sheets.push(SheetRole { sheet: sheet.name.clone(), role });
    }
    let headings = questions.iter().map(|q: &Question| (q.sheet.as_str(), q.cell, q.heading_at));
    Form { fingerprint: saved::fingerprint(grid, headings), questions, sheets }
}
