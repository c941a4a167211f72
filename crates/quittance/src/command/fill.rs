//! `fill`: a copy of the form with the answers that the case knows, every other byte kept.

mod plan;
mod tell;

use super::form::{self, Mapped};
use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::{Known, Session};
use crate::workbooks::{self, Job};
use crate::{standing, workbooks::Searched};
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::answers::Answers;
use plan::{Plan, Said, plan};
use recognition::estate::facts_view;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use workbook::fill::{self as filling, Kind, Pseudonyms, Way};
use workbook::{crypt, scrub};

pub(crate) const ENTRY: Entry = Entry { name: "fill", page: page!("fill"), arguments, run };

fn arguments(command: Command) -> Command {
    let path = || clap::value_parser!(PathBuf);
    let many =
        |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value).action(ArgAction::Append);
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    command
        .arg(Arg::new("file").value_name("FORM").required(true).value_parser(path()))
        .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(path()))
        .arg(Arg::new("map").long("map").value_name("FILE").value_parser(path()))
        .arg(Arg::new("as-of").long("as-of").value_name("DATE"))
        .arg(many("set", "KEY=VALUE"))
        .arg(many("site", "NAME=NAME"))
        .arg(Arg::new("owner").long("owner").value_name("SITE"))
        .arg(flag("plain-names"))
        .arg(flag("preview"))
        .arg(flag("into-locked"))
        .arg(flag("break-signature"))
        .arg(many("password", "WORD"))
        .arg(format_argument(&["text", "json"]))
}

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    passwords: Vec<String>,
    answers: Vec<filling::Answer>,
    into_locked: bool,
    break_signature: bool,
}

/// What the child tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It was filled.
    Filled(Told),
    /// It cannot be read: a code of trouble.
    Trouble(String),
}

/// What became of the answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    /// `in-place` or `rebuilt`.
    way: String,
    written: usize,
    refused: Vec<Refused>,
    remarks: Vec<Remark>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refused {
    sheet: String,
    cell: String,
    code: String,
    args: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Remark {
    code: String,
    args: Vec<String>,
    cells: usize,
}

/// The child's part.
pub(crate) fn answer(request: &Request, bytes: &[u8]) -> (Answer, Vec<u8>) {
    let options =
        filling::Options { into_locked: request.into_locked, break_package_signature: request.break_signature };
    let plain = match crypt::is_encrypted(bytes) {
        Some(_) => crypt::open(bytes, &request.passwords),
        None => Ok(bytes.into()),
    };
    let filled = plain.and_then(|plain| {
        let way = filling::way(&plain)?;
        let filled = match way {
            Way::InPlace => filling::write(&plain, &request.answers, &options)?,
            Way::Rebuilt => filling::rebuild(&plain, &request.answers, &options)?,
        };
        Ok((way, filled))
    });
    match filled {
        Ok((way, filled)) => {
            let refused = filled.refused.iter().map(|each| Refused {
                sheet: each.sheet.to_string(),
                cell: each.cell.to_string(),
                code: each.code.to_owned(),
                args: each.args.clone(),
            });
            let remarks = filled.remarks.iter().map(|each| Remark {
                code: each.code.to_owned(),
                args: each.args.clone(),
                cells: each.cells,
            });
            let told = Told {
                way: crate::report::wording::code(&way),
                written: filled.written.len(),
                refused: refused.collect(),
                remarks: remarks.collect(),
            };
            (Answer::Filled(told), filled.bytes)
        }
        Err(trouble) => (Answer::Trouble(trouble.code().to_owned()), Vec::new()),
    }
}

/// `A=B` of an option that may stand several times.
fn pairs(matches: &ArgMatches, name: &'static str) -> Result<BTreeMap<String, String>, Failure> {
    let mut all = BTreeMap::new();
    for text in matches.get_many::<String>(name).into_iter().flatten() {
        let (key, value) =
            text.split_once('=').ok_or_else(|| Failure::new("fail-pair", vec![("text", text.clone())]))?;
        all.insert(key.trim().to_owned(), value.trim().to_owned());
    }
    Ok(all)
}

fn kind(text: &str) -> Option<Kind> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// The pseudonyms of the case, with those that it gave before.
fn pseudonyms(case: &desk::Case) -> Result<Pseudonyms, Failure> {
    let mut fresh = [0_u8; 32];
    getrandom::fill(&mut fresh).map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
    let key = case.pseudonym_key(fresh)?;
    let given = case.pseudonyms()?;
    Ok(Pseudonyms::new(key, given.into_iter().filter_map(|(of, name, pseudonym)| Some((kind(&of)?, name, pseudonym)))))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(Exit::Done) };
    let (output, preview) = (matches.get_one::<PathBuf>("output"), matches.get_flag("preview"));
    if output.is_none() && !preview {
        return Err(Failure::new("fill-needs-output", Vec::new()));
    }
    let bytes = workbooks::read(path, workbook::limits::FILE)?;
    let passwords = form::passwords(matches);
    let mapped = form::mapped(path, &bytes, matches.get_one::<PathBuf>("map"), &passwords, session)?;
    let case = session.case()?;
    let known = Known::builtin()?;
    let as_of = standing::day(matches, session)?;
    let company = case.company(&known.knowledge(), as_of)?;
    let view = facts_view(&company.estate, &company.titles, as_of, &|hash| hash.to_owned());
    let answers = Answers::new(
        &company,
        &view.products,
        as_of,
        pairs(matches, "site")?,
        matches.get_one::<String>("owner").cloned(),
    );
    let said = Said {
        set: pairs(matches, "set")?,
        plain_names: matches.get_flag("plain-names"),
        french: plan::is_french(&mapped.questions, session.text.is_french()),
        no_site: session.say("fill-no-site", &[]),
    };
    let mut names = pseudonyms(&case)?;
    let made = plan(&mapped.questions, &mapped.labels, &answers, &said, &mut names);
    if preview {
        tell::preview(&made, format(matches) == "json", session)?;
    }
    let Some(output) = output else { return Ok(Exit::Done) };
    let (told, copy) = written(path, &bytes, &made, passwords, matches, session)?;
    let secret = secrets(&answers, &made);
    let left = if said.plain_names { Left::default() } else { given_away(&copy, &bytes, &secret, session)? };
    if !left.names.is_empty() {
        return Err(Failure::new("fill-gives-away", vec![("names", left.names.join(", "))]));
    }
    // The case is held from here on, and not for long: a copy that could not be registered would not be written.
    let stamp = session.stamp();
    let mut case = session.case_for_change()?;
    std::fs::write(output, &copy).map_err(|error| Failure::io(output, &error))?;
    let side = origins(output, &made, &company, &mapped, &case)?;
    let given: Vec<desk::outgoing::Given> = names
        .table()
        .map(|(of, name, pseudonym)| (crate::report::wording::code(&of), name.to_owned(), pseudonym.to_owned()))
        .collect();
    case.keep_pseudonyms(&given, &stamp)?;
    let what = serde_json::json!({ "form": desk::fingerprint(&bytes), "cells": told.written, "as_of": as_of });
    case.register_made(&output.display().to_string(), &copy, &what, &stamp)?;
    if !preview {
        tell::result(&made, &told, &left.unread, output, &side, format(matches) == "json", session)?;
    }
    Ok(if told.refused.is_empty() { Exit::Done } else { Exit::BadNews })
}

fn written(
    path: &Path,
    bytes: &[u8],
    made: &Plan,
    passwords: Vec<String>,
    matches: &ArgMatches,
    session: &Session<'_>,
) -> Result<(Told, Vec<u8>), Failure> {
    let answers = made.planned.iter().filter_map(|each| {
        let cell = each.cell.parse().ok()?;
        Some(filling::Answer {
            sheet: Arc::from(each.sheet.as_str()),
            cell,
            value: each.value.clone(),
            origin: Arc::from(each.told.how),
        })
    });
    let request = Request {
        passwords,
        answers: answers.collect(),
        into_locked: matches.get_flag("into-locked"),
        break_signature: matches.get_flag("break-signature"),
    };
    match workbooks::ask::<Answer>(&Job::Fill(request), bytes)? {
        (Answer::Filled(told), copy) => Ok((told, copy)),
        (Answer::Trouble(why), _) => Err(workbooks::unreadable(path, &why, session)),
    }
}

/// Names that must not leave: all of the case, but those that the user has set himself.
fn secrets(answers: &Answers<'_>, made: &Plan) -> Vec<String> {
    let shown: BTreeSet<String> = made
        .planned
        .iter()
        .filter(|each| each.told.how == "told-by-you")
        .filter_map(|each| match &each.value {
            filling::Value::Text(text) => Some(text.to_lowercase()),
            _ => None,
        })
        .collect();
    let all: BTreeSet<String> = answers.names().into_iter().map(|(_, name)| name).collect();
    all.into_iter().filter(|name| name.chars().count() > 3 && !shown.contains(&name.to_lowercase())).collect()
}

/// What a search of the copy left to say.
#[derive(Default)]
struct Left {
    /// Names of the case and product keys that stand in the copy and did not stand in the form as it came.
    names: Vec<String>,
    /// Parts that could not be looked into. Filling writes none of them: they are as the form came.
    unread: Vec<String>,
}

fn given_away(copy: &[u8], form: &[u8], names: &[String], session: &Session<'_>) -> Result<Left, Failure> {
    let search = |bytes: &[u8]| -> Result<Searched, Failure> {
        Ok(workbooks::ask::<Searched>(&Job::Search(names.to_vec()), bytes)?.0)
    };
    let found = |searched: &Searched| -> BTreeSet<usize> { searched.hits.iter().map(|hit| hit.name).collect() };
    let copy = search(copy)?;
    let now = found(&copy);
    let form = if now.is_empty() && copy.keys.is_empty() { Searched::default() } else { search(form)? };
    let mut names: Vec<String> = now.difference(&found(&form)).filter_map(|&at| names.get(at).cloned()).collect();
    // A key in two parts of the copy is one key.
    let new: BTreeSet<&str> =
        copy.keys.iter().filter(|key| !form.keys.contains(key)).map(|(_, last)| last.as_str()).collect();
    names.extend(new.into_iter().map(|last| session.say("scrub-product-key", &[("last", last.to_owned())])));
    Ok(Left { names, unread: copy.unread })
}

/// Where every written cell comes from, in a file beside the copy: the fact, the machines or lots behind it, the evidence rows.
fn origins(
    output: &Path,
    made: &Plan,
    company: &desk::company::Company,
    mapped: &Mapped,
    case: &desk::Case,
) -> Result<PathBuf, Failure> {
    let files = case.file_names()?;
    let mut rows: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let place = |origin: &licensing::facts::Origin| {
        let file = files.get(origin.evidence.as_str()).map_or(origin.evidence.as_str(), String::as_str);
        let part = origin.part.as_deref().map(|part| format!(" {part}")).unwrap_or_default();
        format!("{file}{part}:{}", origin.row)
    };
    let needed: BTreeSet<&str> = made.planned.iter().flat_map(|each| &each.told.of).map(String::as_str).collect();
    for machine in company.estate.joined.machines.iter().filter(|machine| needed.contains(machine.id.as_str())) {
        // A machine has a row for each of its programs; its own rows say enough where it was seen.
        let seen: BTreeSet<&str> = machine.origins.iter().map(|origin| origin.evidence.as_str()).collect();
        let first = |evidence: &&str| machine.origins.iter().find(|origin| origin.evidence == **evidence);
        rows.insert(&machine.id, seen.iter().filter_map(first).map(&place).collect());
    }
    for person in company.estate.persons.iter().filter(|person| needed.contains(person.id.as_str())) {
        rows.insert(&person.id, person.origins.iter().map(&place).collect());
    }
    for lot in company.lots.view.iter().filter(|lot| needed.contains(lot.id.as_str())) {
        rows.insert(&lot.id, lot.rows.iter().map(&place).collect());
    }
    let told = serde_json::json!({
        "form": mapped.fingerprint,
        "cells": made.planned,
        "left_empty": made.open,
        "evidence": rows,
    });
    let mut name = output.as_os_str().to_owned();
    name.push(".origins.json");
    let side = PathBuf::from(name);
    let text = serde_json::to_vec_pretty(&told)
        .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
    std::fs::write(&side, text).map_err(|error| Failure::io(&side, &error))?;
    Ok(side)
}

/// Looks for names in every corner of a file; for the child.
pub(crate) fn search(names: &[String], bytes: &[u8]) -> Searched {
    let found = scrub::search(bytes, names);
    Searched {
        hits: found.hits.iter().map(|hit| workbooks::Hit { name: hit.needle, part: hit.part.clone() }).collect(),
        keys: found.keys,
        unread: found.unread,
    }
}
