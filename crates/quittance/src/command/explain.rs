//! `explain`: one line of the position with its sum, rules, licences and evidence; or a machine, a person, a lot with the
//! lines that count it.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::standing::{self, Standing};
use crate::{out, report};
use clap::{Arg, ArgMatches, Command};
use desk::decisions::Behind;
use licensing::facts::Origin;
use licensing::position::Line;
use licensing::position::account::{Account, LotAccount, accounts, lots};
use recognition::estate::{Company, Finding};
use serde::Serialize;

pub(crate) const ENTRY: Entry = Entry { name: "explain", page: page!("explain"), arguments, run };

fn arguments(command: Command) -> Command {
    standing::arguments(command)
        .arg(Arg::new("line").value_name("LINE").required(true))
        .arg(format_argument(&["text", "json"]))
}

/// A line with the decisions that it stands on.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    line: &'a Line,
    decisions: Vec<&'a Behind>,
}

/// What JSON tells of a name.
#[derive(Serialize)]
struct Named<'a> {
    accounts: &'a [Account],
    lots: &'a [LotAccount],
}

/// What JSON tells of a machine that is known and counted nowhere.
#[derive(Serialize)]
struct Uncounted<'a> {
    name: &'a str,
    findings: &'a [&'a Finding],
    origins: &'a [Origin],
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let wanted = matches.get_one::<String>("line").cloned().unwrap_or_default();
    let standing = standing::asked(matches, session)?;
    let json = format(matches) == "json";
    if let Some(done) = named(&wanted, &standing, json, session) {
        return done;
    }
    let lines = report::explain::find(&standing.position, &wanted);
    if lines.is_empty() {
        if let Some(done) = uncounted(&wanted, &standing, json, session) {
            return done;
        }
        let all: Vec<&str> = standing.position.lines.iter().map(|line| line.id.as_str()).collect();
        return Err(Failure::new("explain-no-such-line", vec![("line", wanted), ("lines", all.join(", "))]));
    }
    if json {
        let told: Vec<Told<'_>> = lines
            .iter()
            .map(|line| Told { line, decisions: report::decisions::behind(&standing.decisions, line).collect() })
            .collect();
        out::json(&told)?;
        return Ok(Exit::Done);
    }
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out::line("")?;
        }
        out::print(&report::explain::render(line, &standing.decisions, &standing.names, session.text))?;
    }
    Ok(Exit::Done)
}

/// The name under which the estate knows the machine or person that was asked for by any of its names.
fn known_as(company: &Company, wanted: &str) -> String {
    let is = |name: &str| name.to_lowercase() == wanted.to_lowercase();
    let machine = company.joined.machines.iter().find(|machine| {
        is(&machine.name) || machine.dns.as_deref().is_some_and(is) || machine.other_names.iter().any(|name| is(name))
    });
    let person = company
        .persons
        .iter()
        .find(|person| [&person.upn, &person.sam, &person.name].into_iter().flatten().any(|name| is(name)));
    machine
        .map(|machine| &machine.id)
        .or(person.map(|person| &person.id))
        .map_or_else(|| wanted.to_owned(), Clone::clone)
}

/// A machine, a person or a lot of that name; `None`: nothing in the estate is called so.
fn named(wanted: &str, standing: &Standing, json: bool, session: &Session<'_>) -> Option<Outcome> {
    let (position, estate) = (&standing.position, &standing.company.estate);
    let mut found = accounts(position, estate, wanted);
    if found.is_empty() {
        found = accounts(position, estate, &known_as(&standing.company, wanted));
    }
    let lots = lots(position, estate, wanted);
    if found.is_empty() && lots.is_empty() {
        return None;
    }
    if json {
        return Some(out::json(&Named { accounts: &found, lots: &lots }).map(|()| Exit::Done));
    }
    let accounts = found.iter().map(|each| report::account::render(each, position, &standing.names, session.text));
    let lots = lots.iter().map(|each| report::account::render_lot(each, position, &standing.names, session.text));
    Some(out::print(&accounts.chain(lots).collect::<Vec<_>>().join("\n")).map(|()| Exit::Done))
}

/// A machine that the evidence knows and the estate does not hold: retired, or none that runs software.
fn uncounted(wanted: &str, standing: &Standing, json: bool, session: &Session<'_>) -> Option<Outcome> {
    let name = known_as(&standing.company, wanted);
    let machine = standing.company.joined.machines.iter().find(|machine| machine.id == name)?;
    let noticed: Vec<&Finding> =
        standing.company.findings.iter().filter(|finding| finding.subject == machine.id).collect();
    let origins: Vec<Origin> = machine.origins.iter().cloned().collect();
    if json {
        let told = Uncounted { name: &machine.id, findings: &noticed, origins: &origins };
        return Some(out::json(&told).map(|()| Exit::Done));
    }
    let reasons = noticed
        .iter()
        .map(|finding| session.say(&format!("gap-{}", finding.code), &[("names", machine.id.clone())]))
        .collect();
    let text = report::account::uncounted(&machine.id, reasons, &origins, &standing.names, session.text);
    Some(out::print(&text).map(|()| Exit::Done))
}
