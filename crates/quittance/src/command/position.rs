//! `position`: the licence position, as a table, JSON, a workbook or one page.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::{out, report, standing};
use clap::{Arg, ArgMatches, Command};
use licensing::position::Position;
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "position", page: page!("position"), arguments, run };

fn arguments(command: Command) -> Command {
    standing::arguments(command)
        .arg(format_argument(&["table", "json", "xlsx", "html"]))
        .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(clap::value_parser!(PathBuf)))
}

/// Being short is bad news; a file that says so is no less so.
pub(crate) fn exit(position: &Position) -> Exit {
    let short = position.lines.iter().any(|line| line.shortfall.high > 0);
    if short || !position.breaches.is_empty() { Exit::BadNews } else { Exit::Done }
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let standing = standing::asked(matches, session)?;
    let position = &standing.position;
    let output = matches.get_one::<PathBuf>("output");
    let bytes = match format(matches) {
        "json" => {
            let mut text = serde_json::to_string_pretty(position)
                .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
            text.push('\n');
            text.into_bytes()
        }
        "html" => report::page::render(position, None, &[], session.text)
            .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?
            .into_bytes(),
        "xlsx" => {
            if output.is_none() {
                return Err(Failure::new("fail-needs-output", vec![("format", "xlsx".to_owned())]));
            }
            report::sheet::render(position, session.text)
                .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?
        }
        _ => report::table::render(position, session.text).into_bytes(),
    };
    match output {
        Some(path) => std::fs::write(path, bytes).map_err(|error| Failure::io(path, &error))?,
        None => out::print(&String::from_utf8_lossy(&bytes))?,
    }
    Ok(exit(position))
}
