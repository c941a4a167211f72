//! `explain`: one line of the position with its sum, rules, licences and evidence.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::{out, report, standing};
use clap::{Arg, ArgMatches, Command};
use desk::decisions::Behind;
use licensing::position::Line;
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

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let wanted = matches.get_one::<String>("line").cloned().unwrap_or_default();
    let standing = standing::asked(matches, session)?;
    let lines = report::explain::find(&standing.position, &wanted);
    if lines.is_empty() {
        let all: Vec<&str> = standing.position.lines.iter().map(|line| line.id.as_str()).collect();
        return Err(Failure::new("explain-no-such-line", vec![("line", wanted), ("lines", all.join(", "))]));
    }
    if format(matches) == "json" {
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
