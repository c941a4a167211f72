//! Tables whose rows ask: products down, or questions with their answers beside, or products down and sites across.

use super::headings::View;
use super::layout::Place;
use super::meaning::{self, Asked, Subject};
use super::table::{SAMPLE, Table};
use super::vocabulary::Vocabulary;
use super::{Action, Why};
use crate::grid::{Address, Area};

/// Words of headings over answers to questions that stand in rows.
const ANSWERS: &[&str] = &[
    "réponse",
    "reponse",
    "answer",
    "response",
    "valeur",
    "value",
    "votre réponse",
    "your answer",
    "réponses",
    "answers",
];

/// The label of each row: its cells joined.
pub(super) fn labels(view: &View<'_>, table: &Table, columns: &[u32]) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for row in table.rows() {
        let cell = |c: &u32| Address::new(row, *c);
        let label = columns.iter().any(|c| view.own_label(cell(c)).is_some());
        let texts: Vec<String> = columns
            .iter()
            .filter(|c| {
                view.own_label(cell(c)).is_some() || (view.given(cell(c)) && view.span(cell(c)).first == cell(c))
            })
            .map(|c| view.sheet.text(cell(c)).trim().to_owned())
            .collect();
        if label {
            found.push((row, texts.join(" ")));
        }
        if found.len() >= super::layout::MOST {
            break;
        }
    }
    found
}

fn page<'a>(leaf: &'a str, above: &'a [String], french: bool) -> Asked<'a> {
    Asked { leaf, above, title: None, subject: Subject::Page, french, kind: None }
}

/// True when the label reads as something by itself.
fn reads(known: &Vocabulary, label: &str, french: bool) -> bool {
    let read = meaning::read(known, &page(label, &[], french));
    !read.key.is_empty() && read.confidence >= 55 && !matches!(read.action, Action::Fixed)
}

fn reads_as_product(known: &Vocabulary, label: &str, french: bool) -> bool {
    let read = meaning::read(known, &page(label, &[], french));
    let product = |w: &Why| w.code == "product";
    read.confidence >= 55 && (read.why.iter().any(product) || read.reason.as_deref().is_some_and(|r| r != "unclear"))
}

/// True when the rows ask, and the columns only say what of them: products down, or questions with their answers beside.
pub(super) fn ask(
    view: &View<'_>,
    known: &Vocabulary,
    table: &Table,
    labels: &[u32],
    rows: &[(u32, String)],
    french: bool,
) -> bool {
    let sample: Vec<&String> = rows.iter().map(|(_, text)| text).take(SAMPLE).collect();
    let products = sample.iter().filter(|t| reads_as_product(known, t, french)).count();
    if sample.len() >= 2 && products * 10 >= sample.len() * 4 {
        return true;
    }
    let answers = answer_columns(view, table, labels);
    let answered = answers.iter().any(|a| plain(&a.heading));
    let asking = sample.iter().filter(|t| reads(known, t, french)).count();
    answers.len() <= 3 && sample.len() >= 2 && (answered || asking * 10 >= sample.len() * 5)
}

/// A column that takes answers.
struct Answers {
    column: u32,
    heading: String,
    above: Vec<String>,
}

/// True for a heading that says no more than that answers stand below it.
fn plain(heading: &str) -> bool {
    ANSWERS.contains(&heading.trim().to_lowercase().as_str())
}

/// Columns that take answers, with their own headings.
fn answer_columns(view: &View<'_>, table: &Table, labels: &[u32]) -> Vec<Answers> {
    let mut found = Vec::new();
    for column in table.first_column..=table.last_column {
        if labels.contains(&column) {
            continue;
        }
        let Some((_, heading, above)) = table.path(view, column) else { continue };
        let open = table.rows().take(SAMPLE).any(|row| {
            let at = Address::new(row, column);
            view.takes(at) && view.cell(at).is_none_or(|c| c.formula.is_none())
        });
        if open {
            found.push(Answers { column, heading, above });
        }
    }
    found
}

/// True when the text speaks of a measure.
fn measures(known: &Vocabulary, text: &str) -> bool {
    let words = known.synonyms.pattern(text);
    known.measures.iter().any(|m| m.spelt.iter().any(|p| p.iter().all(|w| words.contains(w))))
}

/// The places of a table whose rows ask.
pub(super) fn places(
    view: &View<'_>,
    known: &Vocabulary,
    table: &Table,
    labels: &[u32],
    rows: &[(u32, String)],
    french: bool,
) -> Vec<Place> {
    let mut found = Vec::new();
    let (mut told, mut across) = (Vec::new(), Vec::new());
    for answers in answer_columns(view, table, labels) {
        let read = meaning::read(known, &page(&answers.heading, &[], french));
        if read.key == "comments" {
            let Some((heading_at, leaf, above)) = table.path(view, answers.column) else { continue };
            let area = Area::new(Address::new(table.first, answers.column), Address::new(table.last, answers.column));
            found.push(Place { area, heading_at, leaf, above, code: None, subject: Subject::Site });
        } else if measures(known, &answers.heading) || plain(&answers.heading) {
            told.push(answers);
        } else {
            across.push(answers);
        }
    }
    // One column that is no measure is still an answer; several are sites or the like, across.
    if told.is_empty() && across.len() == 1 {
        told.append(&mut across);
    }
    let answered = told.iter().any(|a| plain(&a.heading));
    let mut section: Option<String> = None;
    for (number, (row, label)) in rows.iter().enumerate() {
        let takes = |a: &&Answers| view.takes(Address::new(*row, a.column));
        let open = told.iter().chain(&across).any(|a| takes(&a));
        let next = rows.get(number + 1).is_some_and(|(_, text)| reads(known, text, french));
        // On an open sheet a row that says nothing by itself and stands over one that does is taken for the name of what follows; one
        // that has a code or asks is a question all the same.
        let first = labels.first().copied().unwrap_or(table.first_column);
        let names = !label.contains(['?', ':']) && row_code(view, table, *row, first).is_none() && !answered;
        if !open || (!view.protected && names && next && !reads(known, label, french)) {
            section = Some(label.clone());
            continue;
        }
        let heading_at = Address::new(*row, first);
        let above: Vec<String> = section.iter().cloned().collect();
        let code = row_code(view, table, *row, first);
        let mut push = |area: Area, leaf: String, subject: Subject| {
            found.push(Place { area, heading_at, leaf, above: above.clone(), code: code.clone(), subject });
        };
        for answers in told.iter().filter(takes) {
            let area = Area::cell(Address::new(*row, answers.column));
            if plain(&answers.heading) && answers.above.is_empty() {
                push(area, label.clone(), Subject::Page);
            } else {
                push(area, leaf(label, &answers.above, &answers.heading), Subject::Site);
            }
        }
        // Sites side by side below one measure are one question; below the next measure the next.
        let sites: Vec<&Answers> = across.iter().filter(takes).collect();
        for group in sites.chunk_by(|a, b| a.above == b.above) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let area = Area::new(Address::new(*row, first.column), Address::new(*row, last.column));
            let measured = first.above.iter().any(|text| measures(known, text));
            let text = if measured { leaf(label, &first.above, "") } else { label.clone() };
            push(area, text, Subject::Site);
        }
    }
    found
}

/// The label of a row with what is asked of it.
fn leaf(label: &str, above: &[String], heading: &str) -> String {
    let mut text = format!("{label} -");
    for part in above.iter().map(String::as_str).chain([heading]).filter(|p| !p.is_empty()) {
        text.push(' ');
        text.push_str(part);
    }
    text
}

/// The code to the left of a question in a row: a number or a short mark.
fn row_code(view: &View<'_>, table: &Table, row: u32, label: u32) -> Option<String> {
    (table.first_column..label).rev().find_map(|column| {
        let text = view.cell(Address::new(row, column))?.value.to_string();
        let text = text.trim();
        let short = !text.is_empty() && text.len() <= 10 && text.chars().any(|c| c.is_ascii_digit());
        short.then(|| text.to_owned())
    })
}
