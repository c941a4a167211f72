//! `joins`: which records are taken for one machine or one person, and why; a wrong join is split, a missing one is made.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::decisions;
use crate::session::{Known, Session};
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::company::Company;
use desk::joins::Found;
use jiff::civil::Date;
use licensing::deployments::join::{Because, PersonRef, Record};
use licensing::facts::MachineRef;
use std::collections::BTreeMap;

pub(crate) const ENTRY: Entry = Entry { name: "joins", page: page!("joins"), arguments, run };

fn arguments(command: Command) -> Command {
    let acts = ["split", "join", "undo", "decisions"];
    command
        .arg(Arg::new("name").value_name("NAME").conflicts_with_all(acts))
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).conflicts_with_all(acts))
        .arg(
            Arg::new("split").long("split").value_name("NAME").requires("records").conflicts_with_all(["join", "undo"]),
        )
        .arg(
            Arg::new("records")
                .long("records")
                .value_name("NUMBERS")
                .value_delimiter(',')
                .requires("split")
                .value_parser(clap::value_parser!(usize)),
        )
        .arg(Arg::new("join").long("join").value_name("NAME").num_args(2..).conflicts_with("undo"))
        .arg(Arg::new("why").long("why").value_name("TEXT"))
        .arg(
            Arg::new("decisions")
                .long("decisions")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["split", "join", "undo"]),
        )
        .arg(Arg::new("undo").long("undo").value_name("NUMBER").value_parser(clap::value_parser!(i64)))
        .arg(Arg::new("as-of").long("as-of").value_name("DATE").value_parser(clap::value_parser!(Date)))
        .arg(format_argument(&["table", "json"]))
}

fn company(case: &desk::Case, matches: &ArgMatches, session: &Session<'_>) -> Result<Company, Failure> {
    let as_of = matches.get_one::<Date>("as-of").copied().unwrap_or_else(|| session.today());
    Ok(case.company(&Known::builtin()?.knowledge(), as_of)?)
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let why = matches.get_one::<String>("why").cloned().unwrap_or_default();
    if let Some(name) = matches.get_one::<String>("split") {
        let numbers: Vec<usize> = matches.get_many::<usize>("records").into_iter().flatten().copied().collect();
        let mut case = session.case_for_change()?;
        let company = company(&case, matches, session)?;
        let act = case.split_join(&company, name, &numbers, &why, &session.stamp())?;
        return kept(&case, act, matches, session);
    }
    if let Some(names) = matches.get_many::<String>("join") {
        let names: Vec<&str> = names.map(String::as_str).collect();
        let mut case = session.case_for_change()?;
        let company = company(&case, matches, session)?;
        let act = case.make_join(&company, &names, &why, &session.stamp())?;
        return kept(&case, act, matches, session);
    }
    if let Some(number) = matches.get_one::<i64>("undo") {
        let act = session.case_for_change()?.undo_join(*number, &session.stamp())?;
        if format(matches) == "json" {
            out::json(&serde_json::json!({ "undone": act.number, "kind": act.kind }))?;
        } else {
            out::line(&session.say("decision-undone", &[("act", act.number.to_string())]))?;
        }
        return Ok(Exit::Done);
    }
    if matches.get_flag("decisions") {
        return decided(matches, session);
    }
    show(matches, session)
}

/// Tells of a decision that was kept.
fn kept(case: &desk::Case, act: i64, matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let Some(told) = case.join_decisions()?.into_iter().find(|each| each.act == act) else { return Ok(Exit::Done) };
    if format(matches) == "json" {
        out::json(&told)?;
    } else {
        let values = [("act", act.to_string()), ("what", decisions::join(&told, session.text))];
        out::line(&session.say("titles-kept", &values))?;
    }
    Ok(Exit::Done)
}

fn decided(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let acts = session.case()?.join_decisions()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "decisions": acts }))?;
        return Ok(Exit::Done);
    }
    if acts.is_empty() {
        out::line(&session.say("joins-no-decision", &[]))?;
    }
    for act in &acts {
        let what = decisions::join(act, session.text);
        out::line(&decisions::line(act.act, &act.at, &act.author, what, session.text))?;
    }
    Ok(Exit::Done)
}

/// What is shown: one by its name, those whose records differ, or all.
fn chosen(company: &Company, matches: &ArgMatches) -> Result<Vec<Found>, Failure> {
    if let Some(name) = matches.get_one::<String>("name") {
        return Ok(vec![company.find_joined(name)?]);
    }
    let all = matches.get_flag("all");
    let machines =
        company.machine_records().into_iter().filter(|each| each.records.len() > 1 && (all || each.differ()));
    let people = company.person_records().into_iter().filter(|each| each.records.len() > 1 && (all || each.differ()));
    Ok(machines.map(Found::Machine).chain(people.map(Found::Person)).collect())
}

fn show(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let company = company(&case, matches, session)?;
    let chosen = chosen(&company, matches)?;
    if format(matches) == "json" {
        let (mut machines, mut people) = (Vec::new(), Vec::new());
        for each in &chosen {
            match each {
                Found::Machine(machine) => machines.push(machine),
                Found::Person(person) => people.push(person),
            }
        }
        out::json(&serde_json::json!({ "machines": machines, "people": people }))?;
        return Ok(Exit::Done);
    }
    if chosen.is_empty() {
        out::line(&session.say("joins-none", &[]))?;
        return Ok(Exit::Done);
    }
    let files = case.file_names()?;
    for each in &chosen {
        let text = match each {
            Found::Machine(found) => block(&found.machine, &found.records, &found.because, machine, &files, session),
            Found::Person(found) => block(&found.person, &found.records, &found.because, person, &files, session),
        };
        out::print(&text)?;
    }
    let how = if matches.contains_id("name") || matches.get_flag("all") { "joins-how" } else { "joins-how-differ" };
    out::line(&session.say(how, &[]))?;
    Ok(Exit::Done)
}

fn machine(id: &MachineRef) -> Vec<String> {
    let name = id.dns.clone().or_else(|| id.name.clone());
    [name, id.serial.clone(), id.uuid.clone(), id.tool_id.clone()].map(Option::unwrap_or_default).to_vec()
}

fn person(id: &PersonRef) -> Vec<String> {
    [id.name.clone(), id.upn.clone(), id.sam.clone()].map(Option::unwrap_or_default).to_vec()
}

/// A machine or person: its records by number, then what made them one.
fn block<R>(
    name: &str,
    records: &[Record<R>],
    because: &[Because],
    cells: impl Fn(&R) -> Vec<String>,
    files: &BTreeMap<String, String>,
    session: &Session<'_>,
) -> String {
    let mut rows = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let mut seen: Vec<String> = record
            .origins
            .iter()
            .map(|origin| {
                session
                    .text
                    .place(origin, files.get(origin.evidence.as_str()).map_or(origin.evidence.as_str(), String::as_str))
            })
            .collect();
        let more = seen.len().saturating_sub(3);
        seen.truncate(3);
        if more > 0 {
            seen.push(session.say("titles-more", &[("count", more.to_string())]));
        }
        let mut row = vec![format!("  {}", at + 1)];
        row.extend(cells(&record.reference));
        row.push(seen.join("; "));
        rows.push(row);
    }
    let mut text = format!("{name}\n{}", out::table(&rows, &[]));
    for why in because {
        let numbers: Vec<String> = why.records.iter().map(|at| (at + 1).to_string()).collect();
        let values = [("records", numbers.join(" = ")), ("value", why.value.clone())];
        text.push_str(&format!("    {}\n", session.say(&format!("join-by-{}", why.by), &values)));
    }
    text.push('\n');
    text
}
