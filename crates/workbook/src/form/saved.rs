//! A form's map, saved: what was proposed and what a person has confirmed or set, for the next copy of the same form.
//!
//! A map knows its form by the names of the sheets and by the headings where they stand, never by answers: a blank copy and a filled one
//! are the same form. Where the headings differ, each heading that is still there keeps what was confirmed for it.

use super::{Action, Disclosure, Fill, Form, Kind, Question, Why, propose};
use crate::grid::{Address, Area, Grid, NoAddress};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Bytes of a map that is read.
const LARGE: usize = 16 << 20;

/// A text that is no map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAMap {
    /// It is larger than any map.
    #[error("larger than any map of a form")]
    TooLarge,
    /// It is not written as a map.
    #[error("not a map of a form: {0}")]
    Unreadable(String),
    /// A cell or area is none.
    #[error("no cell: {0}")]
    NoCell(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    fingerprint: String,
    #[serde(default, rename = "question")]
    questions: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    sheet: String,
    cell: String,
    area: String,
    heading: String,
    header: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    action: Action,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    disclosure: Disclosure,
    confidence: u8,
    #[serde(default)]
    confirmed: bool,
}

/// The map of a form as text, in TOML.
///
/// # Errors
/// Never for a form of [`propose`] or [`reuse`]; the writer's own refusal otherwise.
pub fn save(form: &Form) -> Result<String, NotAMap> {
    let questions = form
        .questions
        .iter()
        .map(|q| Entry {
            sheet: q.sheet.clone(),
            cell: q.cell.to_string(),
            area: q.area.to_string(),
            heading: q.heading_at.to_string(),
            header: q.header.clone(),
            code: q.code.clone(),
            action: q.action,
            key: q.key.clone(),
            family: q.family.clone(),
            product: q.product.clone(),
            edition: q.edition.clone(),
            version: q.version.clone(),
            metric: q.metric.clone(),
            kind: q.kind,
            reason: q.reason.clone(),
            disclosure: q.disclosure,
            confidence: q.confidence,
            confirmed: q.confirmed,
        })
        .collect();
    let map = Map { fingerprint: form.fingerprint.clone(), questions };
    toml::to_string(&map).map_err(|e| NotAMap::Unreadable(e.to_string()))
}

/// Applies a saved map to a form: wholly where it is the same form, by each heading where it is another edition of it.
///
/// # Errors
/// The text is no map.
pub fn reuse(grid: &Grid, map: &str) -> Result<Form, NotAMap> {
    if map.len() > LARGE {
        return Err(NotAMap::TooLarge);
    }
    let map: Map = toml::from_str(map).map_err(|e| NotAMap::Unreadable(e.message().to_owned()))?;
    let mut places = Vec::with_capacity(map.questions.len());
    for entry in &map.questions {
        let cell = |text: &str| text.parse::<Address>().map_err(|NoAddress| NotAMap::NoCell(text.to_owned()));
        let area: Area = entry.area.parse().map_err(|NoAddress| NotAMap::NoCell(entry.area.clone()))?;
        places.push((cell(&entry.cell)?, area, cell(&entry.heading)?));
    }
    let headings = map.questions.iter().zip(&places).map(|(e, (cell, _, heading))| (e.sheet.as_str(), *cell, *heading));
    let same = fingerprint(grid, headings) == map.fingerprint;
    let mut form = propose(grid);
    if same {
        // The layout of a filled copy may look another way; the saved one stands.
        let mut known: BTreeMap<(String, Address), Question> =
            form.questions.drain(..).map(|q| ((q.sheet.clone(), q.cell), q)).collect();
        for (entry, (cell, area, heading)) in map.questions.into_iter().zip(places) {
            let found = known.remove(&(entry.sheet.clone(), cell)).unwrap_or_else(|| bare(&entry, cell, heading));
            form.questions.push(Question { area, ..told(found, entry) });
        }
        form.fingerprint = map.fingerprint;
        return Ok(form);
    }
    let mut by_header: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
    for entry in map.questions {
        by_header.entry((entry.sheet.clone(), entry.header.clone())).or_default().push(entry);
    }
    for question in &mut form.questions {
        let key = (question.sheet.clone(), question.header.clone());
        // Two questions of one heading are not told apart by it.
        if let Some(mut entries) = by_header.remove(&key)
            && let (Some(entry), true) = (entries.pop(), entries.is_empty())
            && entry.confirmed
        {
            *question = told(question.clone(), entry);
        }
    }
    Ok(form)
}

fn bare(entry: &Entry, cell: Address, heading_at: Address) -> Question {
    Question {
        sheet: entry.sheet.clone(),
        cell,
        area: Area::cell(cell),
        heading_at,
        header: entry.header.clone(),
        code: entry.code.clone(),
        comment: None,
        action: entry.action,
        key: String::new(),
        family: None,
        product: None,
        edition: None,
        version: None,
        metric: None,
        kind: entry.kind,
        allowed: None,
        fill: Fill::Open,
        reason: None,
        disclosure: entry.disclosure,
        confidence: 0,
        unsure: true,
        confirmed: false,
        why: Vec::new(),
    }
}

/// The question as the map has it.
fn told(question: Question, entry: Entry) -> Question {
    let mut why = question.why;
    why.push(Why::new(if entry.confirmed { "confirmed" } else { "saved" }, std::iter::empty::<String>()));
    let confidence = if entry.confirmed { 100 } else { entry.confidence };
    Question {
        header: entry.header,
        code: entry.code,
        action: entry.action,
        key: entry.key,
        family: entry.family,
        product: entry.product,
        edition: entry.edition,
        version: entry.version,
        metric: entry.metric,
        kind: entry.kind,
        reason: entry.reason,
        disclosure: entry.disclosure,
        confidence,
        unsure: !entry.confirmed && entry.action != Action::Fixed && confidence < super::SURE,
        confirmed: entry.confirmed,
        why,
        ..question
    }
}

/// SHA-256 over the names of the sheets and the headings where they stand: by sheet, answer cell and heading cell. A heading that
/// would be the answer's own cell is left out.
pub(super) fn fingerprint<'q>(grid: &Grid, headings: impl Iterator<Item = (&'q str, Address, Address)>) -> String {
    let mut hash = Sha256::new();
    for sheet in &grid.sheets {
        hash.update(sheet.name.as_bytes());
        hash.update([0]);
    }
    let mut places: Vec<(&str, Address)> =
        headings.filter(|(_, cell, heading)| cell != heading).map(|(sheet, _, heading)| (sheet, heading)).collect();
    places.sort_unstable();
    places.dedup();
    for (sheet, heading) in places {
        let text = grid.sheet(sheet).map(|s| s.text(heading)).unwrap_or_default();
        hash.update(sheet.as_bytes());
        hash.update([0]);
        hash.update(heading.to_string().as_bytes());
        hash.update([0]);
        hash.update(text.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
