//! `position`: the licence position, as a table, JSON, a workbook or one page.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::{out, report, standing};
use clap::{Arg, ArgMatches, Command};
use desk::decisions::Behind;
use licensing::clusters::Cluster;
use licensing::comparison::{Comparison, compare};
use licensing::position::Position;
use recognition::estate::counted::CountedSum;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "position", page: page!("position"), arguments, run };

fn arguments(command: Command) -> Command {
    standing::arguments(command)
        .arg(format_argument(&["table", "json", "xlsx", "html"]))
        .arg(Arg::new("what-if").long("what-if").value_name("FILE").value_parser(clap::value_parser!(PathBuf)))
        .arg(Arg::new("compare").long("compare").value_names(["A", "B"]).num_args(2).conflicts_with("what-if"))
        .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(clap::value_parser!(PathBuf)))
}

/// Being short is bad news; a file that says so is no less so.
pub(crate) fn exit(position: &Position) -> Exit {
    let short = position.lines.iter().any(|line| line.shortfall.may_be_some());
    if short || !position.breaches.is_empty() { Exit::BadNews } else { Exit::Done }
}

fn unwritable(error: impl std::fmt::Display) -> Failure {
    Failure::new("fail-output", vec![("detail", error.to_string())])
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(unwritable)?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// What `--what-if` tells as JSON.
#[derive(Serialize)]
struct WhatIf<'a> {
    /// Line by line, with causes.
    comparison: &'a Comparison,
    /// Changes that could not be applied.
    left_out: &'a [licensing::findings::Finding],
    /// The position after the changes.
    position: &'a Position,
}

/// Two positions side by side. A comparison is read, not relied on: it has no page and no workbook.
fn compared(matches: &ArgMatches, session: &Session<'_>, sides: [&String; 2]) -> Outcome {
    let [before, after] = sides.map(|side| standing::side(side, matches, session));
    let (before, after) = (before?, after?);
    let comparison = compare(&before, &after);
    let bytes = match format(matches) {
        "table" => report::comparison::render(&comparison, session.text).into_bytes(),
        "json" => json(&comparison)?,
        other => return Err(Failure::new("fail-compare-format", vec![("format", other.to_owned())])),
    };
    write(matches, bytes)?;
    Ok(exit(&after))
}

/// The position after changes that are only thought of.
fn thought(matches: &ArgMatches, session: &Session<'_>, file: &PathBuf) -> Outcome {
    let thought = standing::thought(matches, session, file)?;
    let comparison = compare(&thought.before, &thought.after);
    let bytes = match format(matches) {
        "json" => json(&WhatIf { comparison: &comparison, left_out: &thought.left_out, position: &thought.after })?,
        "table" => {
            let mut text = report::comparison::render(&comparison, session.text);
            text.push('\n');
            if !thought.left_out.is_empty() {
                text.push_str(&session.say("changes-left-out", &[]));
                text.push('\n');
                for finding in &thought.left_out {
                    text.push_str(&format!("  • {}\n", report::wording::finding(finding, session.text)));
                }
                text.push('\n');
            }
            text.push_str(&report::table::render(&thought.after, &[], thought.counted, session.text));
            text.into_bytes()
        }
        _ => laid_out(matches, session, &thought.after, &[], &thought.names, (&[], thought.counted))?,
    };
    write(matches, bytes)?;
    Ok(exit(&thought.after))
}

fn write(matches: &ArgMatches, bytes: Vec<u8>) -> Result<(), Failure> {
    match matches.get_one::<PathBuf>("output") {
        Some(path) => std::fs::write(path, bytes).map_err(|error| Failure::io(path, &error)),
        None => out::print(&String::from_utf8_lossy(&bytes)),
    }
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    if let Some(file) = matches.get_one::<PathBuf>("what-if") {
        return thought(matches, session, file);
    }
    let sides: Vec<&String> = matches.get_many("compare").into_iter().flatten().collect();
    if let [before, after] = sides.as_slice() {
        return compared(matches, session, [*before, *after]);
    }
    let standing = standing::asked(matches, session)?;
    let bytes = match format(matches) {
        "json" => json(&standing.told())?,
        _ => {
            let beside = (standing.decisions.as_slice(), standing.only_counted());
            laid_out(matches, session, &standing.position, &standing.clusters, &standing.names, beside)?
        }
    };
    write(matches, bytes)?;
    Ok(exit(&standing.position))
}

/// A position in the format that was asked for.
fn laid_out(
    matches: &ArgMatches,
    session: &Session<'_>,
    position: &Position,
    clusters: &[Cluster],
    names: &BTreeMap<String, String>,
    (decisions, counted): (&[Behind], Option<CountedSum>),
) -> Result<Vec<u8>, Failure> {
    Ok(match format(matches) {
        "html" => report::page::render(position, clusters, names, decisions, counted, &[], session.text)
            .map_err(unwritable)?
            .into_bytes(),
        "xlsx" => {
            if matches.get_one::<PathBuf>("output").is_none() {
                return Err(Failure::new("fail-needs-output", vec![("format", "xlsx".to_owned())]));
            }
            report::sheet::render(position, counted, session.text).map_err(unwritable)?
        }
        _ => report::table::render(position, clusters, counted, session.text).into_bytes(),
    })
}
