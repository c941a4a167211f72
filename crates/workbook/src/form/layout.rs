//! Where a sheet asks: tables first, then single cells beside their labels.

use super::headings::View;
use super::meaning::{self, Asked, Subject};
use super::vocabulary::{self, Vocabulary};
use super::{Action, Disclosure, Fill, Kind, Question, SURE, headings, pairs, table};
use crate::grid::{Address, Area, Format, Grid, GridSheet, Validation, ValidationKind};

/// A place that asks, before it is read.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Cells for the answer.
    pub(super) area: Area,
    /// Cell of its own heading.
    pub(super) heading_at: Address,
    /// Its own heading.
    pub(super) leaf: String,
    /// Headings above, outermost first.
    pub(super) above: Vec<String>,
    /// The auditor's code.
    pub(super) code: Option<String>,
    /// What the table tells.
    pub(super) subject: Subject,
}

/// Questions of a sheet that one may have; a sheet with more is no form.
pub(super) const MOST: usize = 6_000;
/// Rules of a sheet that are looked at for single cells.
const RULES: usize = 2_000;

/// The questions of a sheet, by their cells.
pub(super) fn questions(grid: &Grid, sheet: &GridSheet) -> Vec<Question> {
    // The files are compiled in and a test reads them: without them there is nothing to say.
    let Ok(known) = vocabulary::known() else { return Vec::new() };
    let view = View::new(grid, sheet);
    let words = sheet.rows.iter().flat_map(|r| &r.cells).filter_map(|c| c.value.text());
    let french = headings::french(words);
    let tables = table::find(&view, known, french);
    let mut places: Vec<Place> = Vec::new();
    for found in &tables {
        places.extend(table::places(&view, known, found, french));
    }
    places.extend(pairs::places(&view, known, &tables, french));
    places.truncate(MOST);
    let title = title(&view);
    let rules: Vec<&Validation> = sheet.validations.iter().take(RULES).collect();
    let mut questions: Vec<Question> =
        places.into_iter().map(|place| question(&view, known, place, &rules, title, french)).collect();
    questions.sort_by_key(|q| (q.cell, q.area.last));
    questions.dedup_by_key(|q| q.cell);
    questions
}

/// The first text of the sheet, where it stands above all else.
pub(super) fn title<'g>(view: &View<'g>) -> Option<&'g str> {
    let row = view.sheet.rows.iter().take(10).find(|r| r.cells.iter().any(|c| !c.value.is_blank()))?.number;
    match view.labels(row).as_slice() {
        [(_, text)] => Some(text),
        _ => None,
    }
}

fn question(
    view: &View<'_>,
    known: &Vocabulary,
    place: Place,
    rules: &[&Validation],
    title: Option<&str>,
    french: bool,
) -> Question {
    let cell = place.area.first;
    let rule = rules.iter().find(|v| v.areas.iter().any(|a| a.contains(cell))).copied();
    let kind = kind(view, cell, rule, &place.leaf);
    let asked = Asked { leaf: &place.leaf, above: &place.above, title, subject: place.subject, french, kind };
    let read = meaning::read(known, &asked);
    let held = view.cell(cell);
    let fill = if held.is_some_and(|c| c.formula.is_some()) {
        Fill::Computed
    } else if view.grid.open(view.sheet, cell) {
        Fill::Open
    } else {
        Fill::Locked
    };
    let mut path = place.above.clone();
    path.push(place.leaf.clone());
    let comment = view.sheet.comments.iter().find(|c| c.at == place.heading_at);
    let mut key = read.key;
    if read.reason.as_deref() == Some("reserved") {
        key = format!("{key}.{}", cell.column);
    }
    Question {
        sheet: view.sheet.name.clone(),
        cell,
        area: place.area,
        heading_at: place.heading_at,
        header: path.join(" / "),
        code: place.code,
        comment: comment.map(|c| c.text.clone()),
        action: read.action,
        key,
        family: read.family,
        product: read.product,
        edition: read.edition,
        version: read.version,
        metric: read.metric,
        kind: kind.unwrap_or(match read.kind {
            Some("int") => Kind::Integer,
            Some("date") => Kind::Date,
            Some("yn") => Kind::YesNo,
            _ => Kind::Text,
        }),
        allowed: rule.and_then(|r| r.allowed.as_ref()).map(|a| a.to_vec()),
        fill,
        reason: read.reason,
        disclosure: if read.action == Action::Answer { read.disclosure } else { Disclosure::None },
        confidence: read.confidence,
        unsure: read.action != Action::Fixed && read.confidence < SURE,
        confirmed: false,
        why: read.why,
    }
}

/// What the cell takes, where the form says so: by its rule, its format, or its heading's own words.
fn kind(view: &View<'_>, cell: Address, rule: Option<&Validation>, leaf: &str) -> Option<Kind> {
    if let Some(rule) = rule {
        match rule.kind {
            ValidationKind::List => {
                let yes = |v: &String| {
                    matches!(
                        v.to_lowercase().as_str(),
                        "o" | "n" | "oui" | "non" | "y" | "yes" | "no" | "true" | "false" | "vrai" | "faux"
                    )
                };
                let both = rule
                    .allowed
                    .as_ref()
                    .is_some_and(|a| (2..=3).contains(&a.len()) && a.iter().filter(|v| yes(v)).count() >= 2);
                return Some(if both { Kind::YesNo } else { Kind::List });
            }
            ValidationKind::Whole => return Some(Kind::Integer),
            ValidationKind::Decimal => return Some(Kind::Decimal),
            ValidationKind::Date => return Some(Kind::Date),
            _ => {}
        }
    }
    let small = leaf.to_lowercase();
    if ["(o/n)", "(y/n)", "(oui/non)", "(yes/no)", "o/n ?", "y/n?"].iter().any(|t| small.contains(t)) {
        return Some(Kind::YesNo);
    }
    match view.grid.style(view.sheet, cell).format {
        Format::Date => Some(Kind::Date),
        Format::Integer => Some(Kind::Integer),
        Format::Decimal | Format::Percent => Some(Kind::Decimal),
        Format::Text => Some(Kind::Text),
        Format::General | Format::Time => None,
    }
}
