//! `files`: the evidence of the case.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::Session;
use clap::{ArgMatches, Command};

pub(crate) const ENTRY: Entry = Entry { name: "files", page: page!("files"), arguments, run };

fn arguments(command: Command) -> Command {
    command.arg(format_argument(&["table", "json"]))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let files = session.case()?.files()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "files": files }))?;
        return Ok(Exit::Done);
    }
    if files.is_empty() {
        out::line(&session.say("files-none", &[]))?;
        return Ok(Exit::Done);
    }
    let heading = |id: &str| session.say(&format!("files-column-{id}"), &[]);
    let mut rows = vec![["hash", "name", "kind", "rows", "facts", "rejects"].map(heading).to_vec()];
    for file in &files {
        let mut kinds: Vec<String> = file
            .readings
            .iter()
            .filter(|reading| reading.refused.is_none())
            .map(|reading| session.text.kind(&reading.taken_as))
            .collect();
        kinds.sort();
        kinds.dedup();
        rows.push(vec![
            file.hash.chars().take(12).collect(),
            file.name.clone(),
            kinds.join(", "),
            file.rows().to_string(),
            file.facts().to_string(),
            file.rejects().to_string(),
        ]);
    }
    out::print(&out::table(&rows, &[3, 4, 5]))?;
    out::line(&session.say("files-total", &[("count", files.len().to_string())]))?;
    Ok(Exit::Done)
}
