//! `facts`: what was read, as it was read.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::{Known, Session};
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::{File, FileReading, FiledReject};
use jiff::civil::Date;
use licensing::facts::{Fact, FactRow};
use recognition::estate::{FactsView, facts_view};
use recognition::lots::PurchaseView;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const ENTRY: Entry = Entry { name: "facts", page: page!("facts"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("as-of").long("as-of").value_name("DATE").value_parser(clap::value_parser!(Date)))
        .arg(Arg::new("raw").long("raw").action(ArgAction::SetTrue))
        .arg(format_argument(&["table", "json"]))
}

/// The kind of a fact, as in JSON.
fn kind(row: &FactRow) -> &'static str {
    match row.fact {
        Fact::Machine(_) => "machine",
        Fact::Title(_) => "title",
        Fact::SqlInstance(_) => "sql_instance",
        Fact::Person(_) => "person",
        Fact::Access(_) => "access",
        Fact::Subscription(_) => "subscription",
        Fact::Purchase(_) => "purchase",
        Fact::Declared(_) => "declared",
        Fact::SetAside { .. } => "set_aside",
    }
}

/// A file of the case: what it was taken for, and which of its rows were not understood.
#[derive(Debug, Serialize)]
struct FileView {
    path: String,
    format: String,
    encoding: String,
    bytes: u64,
    data_rows: u64,
    malformed_rows: u64,
    malformed: Vec<Malformed>,
}

/// A row that was not understood: its place, and why.
#[derive(Debug, Serialize)]
struct Malformed {
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    row: u64,
    why: String,
}

/// The files with their rejects. A container tells the formats of its members, each once.
fn file_views(files: Vec<File>, rejects: Vec<FiledReject>) -> Vec<FileView> {
    let mut malformed: BTreeMap<String, Vec<Malformed>> = BTreeMap::new();
    for FiledReject { file, reject } in rejects {
        let why = if reject.detail.is_empty() { reject.reason } else { reject.detail };
        let sheet = reject.origin.part.map(|part| part.to_string());
        malformed.entry(file).or_default().push(Malformed { sheet, row: reject.origin.row, why });
    }
    files
        .into_iter()
        .map(|file| {
            let taken: Vec<_> = file.readings.iter().filter(|reading| reading.refused.is_none()).collect();
            let each = |of: fn(&FileReading) -> &String| {
                let all: BTreeSet<&str> = taken.iter().map(|reading| of(reading).as_str()).collect();
                all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
            };
            FileView {
                format: each(|reading| &reading.taken_as),
                encoding: each(|reading| &reading.encoding),
                bytes: file.bytes,
                data_rows: taken.iter().map(|reading| reading.data_rows).sum(),
                malformed_rows: taken.iter().map(|reading| reading.rejects).sum(),
                malformed: malformed.remove(&file.name).unwrap_or_default(),
                path: file.name,
            }
        })
        .collect()
}

/// The company as joined from all sources.
#[derive(Debug, Serialize)]
struct Joined<'a> {
    as_of: Date,
    #[serde(flatten)]
    view: FactsView,
    purchases: &'a [PurchaseView],
    purchase_findings: &'a [recognition::lots::Finding],
    findings: &'a BTreeSet<recognition::estate::Finding>,
    files: Vec<FileView>,
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let json = format(matches) == "json";
    if json && !matches.get_flag("raw") {
        let as_of = matches.get_one::<Date>("as-of").copied().unwrap_or_else(|| session.today());
        let known = Known::builtin()?;
        let company = case.company(&known.knowledge(), as_of)?;
        let files = case.files()?;
        let names: BTreeMap<String, String> = files.iter().map(|file| (file.hash.clone(), file.name.clone())).collect();
        let name = |hash: &str| names.get(hash).cloned().unwrap_or_else(|| hash.to_owned());
        out::json(&Joined {
            as_of,
            view: facts_view(&company.estate, &company.titles, as_of, &name),
            purchases: &company.lots.view,
            purchase_findings: &company.lots.findings,
            findings: &company.estate.findings,
            files: file_views(files, case.rejects()?),
        })?;
        return Ok(Exit::Done);
    }
    if json {
        out::json(&serde_json::json!({ "facts": case.facts()? }))?;
        return Ok(Exit::Done);
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let titles = case.each_fact_beside_great_lists(&mut |row| {
        *counts.entry(kind(&row)).or_default() += 1;
        Ok(())
    })?;
    if titles > 0 {
        *counts.entry("title").or_default() += titles;
    }
    if counts.is_empty() {
        out::line(&session.say("facts-none", &[]))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> =
        counts.iter().map(|(kind, count)| vec![session.say(&format!("fact-{kind}"), &[]), count.to_string()]).collect();
    out::print(&out::table(&rows, &[1]))?;
    Ok(Exit::Done)
}
