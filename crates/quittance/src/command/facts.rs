//! `facts`: what was read, as it was read.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::{Known, Session};
use clap::{Arg, ArgAction, ArgMatches, Command};
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

/// The company as joined from all sources.
#[derive(Debug, Serialize)]
struct Joined<'a> {
    as_of: Date,
    #[serde(flatten)]
    view: FactsView,
    purchases: &'a [PurchaseView],
    purchase_findings: &'a [recognition::lots::Finding],
    findings: &'a BTreeSet<recognition::estate::Finding>,
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let json = format(matches) == "json";
    if json && !matches.get_flag("raw") {
        let as_of = matches.get_one::<Date>("as-of").copied().unwrap_or_else(|| session.today());
        let known = Known::builtin()?;
        let company = case.company(&known.knowledge(), as_of)?;
        let files: BTreeMap<String, String> = case.files()?.into_iter().map(|file| (file.hash, file.name)).collect();
        let name = |hash: &str| files.get(hash).cloned().unwrap_or_else(|| hash.to_owned());
        out::json(&Joined {
            as_of,
            view: facts_view(&company.estate, &company.titles, as_of, &name),
            purchases: &company.lots.view,
            purchase_findings: &company.lots.findings,
            findings: &company.estate.findings,
        })?;
        return Ok(Exit::Done);
    }
    let facts = case.facts()?;
    if json {
        out::json(&serde_json::json!({ "facts": facts }))?;
        return Ok(Exit::Done);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &facts {
        *counts.entry(kind(row)).or_default() += 1;
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
