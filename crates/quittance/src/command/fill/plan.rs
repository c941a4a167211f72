//! From a form's map and a case to the cells that would be written: which row is whose, what answers each question there, in the
//! form's own words, and why some cells stay empty.

use crate::command::form::question::{Label, NAMES_ROW, Question};
use desk::answers::{Answers, Asked, Row, Silent, Told, Value};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use workbook::fill::{Kind as Named, Pseudonyms, Value as Cell};
use workbook::form::{Action, Kind};
use workbook::grid::Address;

/// A cell to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Planned {
    /// Sheet.
    pub(super) sheet: String,
    /// Cell.
    pub(super) cell: String,
    /// Question.
    pub(super) header: String,
    /// Whose row it is, in words.
    pub(super) row: String,
    /// What is written.
    pub(super) value: Cell,
    /// Where it comes from.
    pub(super) told: Told,
}

/// A cell that stays empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Open {
    /// Sheet.
    pub(super) sheet: String,
    /// Cell.
    pub(super) cell: String,
    /// Question.
    pub(super) header: String,
    /// Whose row it is, in words.
    pub(super) row: String,
    /// Why, and what is missing.
    #[serde(flatten)]
    pub(super) silent: Silent,
}

/// Everything that would happen.
#[derive(Debug, Default, Serialize)]
pub(super) struct Plan {
    /// Cells to be written.
    pub(super) planned: Vec<Planned>,
    /// Cells that stay empty although the question is one to answer.
    pub(super) open: Vec<Open>,
    /// Questions that were declined or asked back.
    pub(super) declined: usize,
    /// Questions that a person should look at before they are answered.
    pub(super) unsure: usize,
    /// Sites, machines or purchases that the form has no row for, by sheet.
    pub(super) without_place: BTreeMap<String, Vec<String>>,
}

/// What the user says beside the case.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// Values by key, or by `key@site`.
    pub(super) set: BTreeMap<String, String>,
    /// Names of machines and people leave as they are.
    pub(super) plain_names: bool,
    /// The form is in French: the words of yes and no where it has no list.
    pub(super) french: bool,
    /// The word for a site that is not known.
    pub(super) no_site: String,
}

/// Whether a form is written in French, by its headings: accents and small words. A form without a hint is taken as the reader's.
pub(super) fn is_french(questions: &[Question], reader: bool) -> bool {
    let hint = |question: &&Question| {
        let lower = question.header.to_lowercase();
        let accents = lower.chars().any(|c| "éèêàçœ".contains(c));
        let words = lower.split(|c: char| !c.is_alphanumeric());
        accents || words.into_iter().any(|word| ["de", "du", "des", "nb", "nombre", "poste", "serveur"].contains(&word))
    };
    let english = |question: &&Question| {
        let lower = question.header.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric());
        words.into_iter().any(|word| ["of", "the", "number", "name", "date", "server", "users", "is"].contains(&word))
    };
    let (french, english) = (questions.iter().filter(hint).count(), questions.iter().filter(english).count());
    if french == english { reader } else { french > english }
}

/// Makes the plan; pseudonyms that are new are given in `names`.
pub(super) fn plan(
    questions: &[Question],
    labels: &[Label],
    case: &Answers<'_>,
    said: &Said,
    names: &mut Pseudonyms,
) -> Plan {
    let mut plan = Plan::default();
    let mut tables: BTreeMap<(&str, u32, u32), Vec<&Question>> = BTreeMap::new();
    for question in questions {
        match question.action {
            Action::Decline | Action::Ask => plan.declined += 1,
            Action::Answer if !question.is_settled() => plan.unsure += 1,
            Action::Answer | Action::Fixed => {}
        }
        let Some((first, last)) = question.area() else { continue };
        tables.entry((&question.sheet, first.row, last.row)).or_default().push(question);
    }
    for ((sheet, first, last), questions) in tables {
        let rows = rows(&questions, labels, sheet, first, last, case, &mut plan);
        for question in questions.iter().filter(|question| question.is_settled() && question.fill == "open") {
            let Some((from, to)) = question.area() else { continue };
            if last > first {
                for (at, row) in &rows {
                    fill(question, Address { row: *at, column: from.column }, row, case, said, names, &mut plan);
                }
            } else if to.column > from.column {
                for column in from.column..=to.column {
                    let at = Address { row: first, column };
                    let label = labels.iter().find(|l| l.sheet == sheet && l.at == (u32::MAX, column));
                    match label.and_then(|label| named(&label.text, case)) {
                        Some(row) => fill(question, at, &row, case, said, names, &mut plan),
                        None => open(question, at, label.map_or("", |l| &l.text), "no-such-site", &mut plan),
                    }
                }
            } else {
                fill(question, from, &Row::Company, case, said, names, &mut plan);
            }
        }
    }
    plan.open.sort();
    plan
}

fn open(question: &Question, at: Address, row: &str, why: &'static str, plan: &mut Plan) {
    plan.open.push(Open {
        sheet: question.sheet.clone(),
        cell: at.to_string(),
        header: question.header.clone(),
        row: row.to_owned(),
        silent: Silent { why, of: Vec::new() },
    });
}

/// Letters and digits alone, in lower case and without accents.
fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' | 'í' => 'i',
            'ô' | 'ö' | 'ó' | 'õ' => 'o',
            'ù' | 'û' | 'ü' | 'ú' => 'u',
            'ç' => 'c',
            'œ' => 'o',
            other => other,
        })
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The row that a label of the form names: a site, a machine, or the whole.
fn named(label: &str, case: &Answers<'_>) -> Option<Row> {
    let wanted = plain(label);
    if wanted.is_empty() {
        return None;
    }
    if ["total", "ensemble", "all", "groupe", "group", "entreprise", "company"].contains(&wanted.as_str()) {
        return Some(Row::Company);
    }
    let site = case.sites().into_iter().find(|site| !site.is_empty() && plain(site) == wanted);
    let machine = || case.machines().into_iter().find(|machine| plain(&machine.name) == wanted);
    site.map(Row::Site).or_else(|| machine().map(|machine| Row::Machine(machine.id.clone())))
}

/// Which row of a table is whose: the names that stand there already, else every machine, purchase or site in its order.
fn rows(
    questions: &[&Question],
    labels: &[Label],
    sheet: &str,
    first: u32,
    last: u32,
    case: &Answers<'_>,
    plan: &mut Plan,
) -> Vec<(u32, Row)> {
    let named_rows: BTreeMap<u32, Option<Row>> = labels
        .iter()
        .filter(|label| label.sheet == sheet && (first..=last).contains(&label.at.0))
        .fold(BTreeMap::new(), |mut rows, label| {
            let row = rows.entry(label.at.0).or_insert(None);
            *row = row.take().or_else(|| named(&label.text, case));
            rows
        });
    let keys: BTreeSet<&str> = questions.iter().map(|question| question.key.as_str()).collect();
    let any = |wanted: &[&str]| wanted.iter().any(|key| keys.contains(key));
    let all: Vec<Row> = if any(&["machine.name", "machine.id"]) {
        case.machines().into_iter().map(|machine| Row::Machine(machine.id.clone())).collect()
    } else if keys.iter().filter(|key| key.starts_with("licence.")).count() >= 2 {
        case.lots().into_iter().map(|lot| Row::Lot(lot.to_owned())).collect()
    } else if any(&NAMES_ROW) {
        let sites = case.sites();
        // The machines whose site is not known come last: left out, the form would claim too few.
        let (known, unknown): (Vec<String>, Vec<String>) = sites.into_iter().partition(|site| !site.is_empty());
        if known.len() + unknown.len() == 1 {
            vec![Row::Company]
        } else {
            known.into_iter().chain(unknown).map(Row::Site).collect()
        }
    } else {
        vec![Row::Company]
    };
    // A row that the form has named belongs to that name alone; the others go to the rows without one, in their order.
    let taken: BTreeSet<&Row> = named_rows.values().flatten().collect();
    let mut free = (first..=last).filter(|row| !named_rows.contains_key(row));
    let mut placed: Vec<(u32, Row)> = Vec::new();
    for row in all.into_iter().filter(|row| !taken.contains(row)) {
        match free.next() {
            Some(at) => placed.push((at, row)),
            None => plan.without_place.entry(sheet.to_owned()).or_default().push(place(&row)),
        }
    }
    placed.extend(named_rows.iter().filter_map(|(at, row)| Some((*at, row.clone()?))));
    placed.sort();
    placed
}

/// A row in words.
fn place(row: &Row) -> String {
    match row {
        Row::Company => String::new(),
        Row::Site(site) => site.clone(),
        Row::Machine(id) | Row::Lot(id) => id.clone(),
    }
}

fn fill(
    question: &Question,
    at: Address,
    row: &Row,
    case: &Answers<'_>,
    said: &Said,
    names: &mut Pseudonyms,
    plan: &mut Plan,
) {
    let asked = Asked {
        key: &question.key,
        product: question.product.as_deref(),
        edition: question.edition.as_deref(),
        version: question.version.as_deref(),
        metric: question.metric.as_deref(),
    };
    let place = place(row);
    let own = said.set.get(&format!("{}@{place}", question.key)).or_else(|| said.set.get(&question.key));
    let answer = match (own, row) {
        (Some(value), _) => {
            let of = Vec::new();
            Ok(Told { value: typed(value, question.kind), how: "told-by-you", of, remarks: Vec::new() })
        }
        (None, Row::Site(site)) if site.is_empty() && NAMES_ROW.contains(&question.key.as_str()) => {
            let value = Value::Text(said.no_site.clone());
            Ok(Told { value, how: "counted", of: Vec::new(), remarks: vec!["site-not-known"] })
        }
        _ => case.answer(&asked, row),
    };
    let told = match answer {
        Ok(told) => told,
        Err(silent) => {
            plan.open.push(Open {
                sheet: question.sheet.clone(),
                cell: at.to_string(),
                header: question.header.clone(),
                row: place,
                silent,
            });
            return;
        }
    };
    match cell(&told.value, question, row, case, said, names) {
        Ok(value) => plan.planned.push(Planned {
            sheet: question.sheet.clone(),
            cell: at.to_string(),
            header: question.header.clone(),
            row: place,
            value,
            told,
        }),
        Err(why) => open(question, at, &place, why, plan),
    }
}

/// What the user wrote on the command line, in the kind that the form asks for.
fn typed(text: &str, kind: Kind) -> Value {
    let number = || text.trim().parse::<u64>().ok().map(Value::Number);
    let yes = || match plain(text).as_str() {
        "oui" | "o" | "yes" | "y" | "1" | "x" => Some(Value::Yes(true)),
        "non" | "n" | "no" | "0" => Some(Value::Yes(false)),
        _ => None,
    };
    let found = match kind {
        Kind::Integer | Kind::Decimal => number(),
        Kind::Date => text.trim().parse().ok().map(Value::Day),
        Kind::YesNo => yes(),
        Kind::List => Some(Value::Choice(vec![text.to_owned()])),
        Kind::Text => None,
    };
    found.unwrap_or_else(|| Value::Text(text.to_owned()))
}

/// A value as the cell takes it.
fn cell(
    value: &Value,
    question: &Question,
    row: &Row,
    case: &Answers<'_>,
    said: &Said,
    names: &mut Pseudonyms,
) -> Result<Cell, &'static str> {
    let listed = question.allowed.as_deref().filter(|allowed| !allowed.is_empty());
    Ok(match value {
        // Where a count is asked for as yes or no, none in the evidence is not yet a no.
        Value::Number(0) if question.kind == Kind::YesNo => return Err("not-in-evidence"),
        Value::Number(_) if question.kind == Kind::YesNo => {
            return cell(&Value::Yes(true), question, row, case, said, names);
        }
        Value::Number(number) => Cell::Integer(i64::try_from(*number).map_err(|_| "not-in-list")?),
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Name(name) if said.plain_names || question.disclosure != "pseudonym" => Cell::Text(name.clone()),
        Value::Name(name) => Cell::Text(names.of(kind_of(name, question, row, case), name)),
        Value::Day(day) => {
            Cell::Date { year: day.year().into(), month: day.month().unsigned_abs(), day: day.day().unsigned_abs() }
        }
        Value::Yes(yes) => match listed {
            Some(_) => Cell::Bool(*yes),
            None => Cell::Text(yes_word(*yes, question, said.french).to_owned()),
        },
        Value::Choice(words) => match listed {
            Some(allowed) => Cell::Text(chosen(words, allowed).ok_or("not-in-list")?),
            None => Cell::Text(words.first().cloned().unwrap_or_default()),
        },
    })
}

/// The word for yes or no that the heading itself asks for, else that of the reader's language.
fn yes_word(yes: bool, question: &Question, french: bool) -> &'static str {
    let heading = question.header.to_uppercase();
    match (heading.contains("O/N"), heading.contains("Y/N"), french, yes) {
        (true, _, _, true) => "O",
        (true, _, _, false) | (_, true, _, false) => "N",
        (_, true, _, true) => "Y",
        (_, _, true, true) => "Oui",
        (_, _, true, false) => "Non",
        (_, _, false, true) => "Yes",
        (_, _, false, false) => "No",
    }
}

/// The value of the form's list that says the same: a wording of ours, else the only one that begins with such a wording.
fn chosen(words: &[String], allowed: &[String]) -> Option<String> {
    for word in words {
        if let Some(same) = allowed.iter().find(|each| plain(each) == plain(word)) {
            return Some(same.clone());
        }
    }
    for word in words {
        let wanted = plain(word);
        let mut like = allowed.iter().filter(|each| plain(each).starts_with(&wanted));
        if let (Some(one), None) = (like.next(), like.next()) {
            return Some(one.clone());
        }
    }
    None
}

/// What kind of thing a name names, for its pseudonym.
fn kind_of(name: &str, question: &Question, row: &Row, case: &Answers<'_>) -> Named {
    if question.key.contains("site") {
        return Named::Site;
    }
    let machine = match (question.key.as_str(), row) {
        ("machine.name" | "machine.id", Row::Machine(id)) => case.machines().into_iter().find(|m| m.id == *id),
        _ => case.machines().into_iter().find(|machine| machine.name.eq_ignore_ascii_case(name)),
    };
    match machine {
        Some(machine) if machine.is_server() => Named::Server,
        Some(machine) if !machine.is_virtual => Named::Workstation,
        _ => Named::Machine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_answered_in_its_own_words_or_not_at_all() {
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let allowed = words(&["Poste fixe", "Ordinateur portable", "Serveur"]);
        assert_eq!(
            chosen(&words(&["Portable", "Ordinateur portable"]), &allowed).as_deref(),
            Some("Ordinateur portable")
        );
        assert_eq!(chosen(&words(&["POSTE FIXE"]), &allowed).as_deref(), Some("Poste fixe"));
        assert_eq!(chosen(&words(&["Server", "Serveur"]), &allowed).as_deref(), Some("Serveur"));
        assert_eq!(chosen(&words(&["Thin client"]), &allowed), None);
        let two = words(&["Windows Server 2019 Standard", "Windows Server 2019 Datacenter"]);
        assert_eq!(chosen(&words(&["Windows Server 2019"]), &two), None, "two are like it: none is chosen");
    }

    #[test]
    fn what_the_user_writes_takes_the_kind_of_the_question() {
        assert_eq!(typed("12", Kind::Integer), Value::Number(12));
        assert_eq!(typed("oui", Kind::YesNo), Value::Yes(true));
        assert_eq!(typed("about ten", Kind::Integer), Value::Text("about ten".to_owned()));
    }
}
