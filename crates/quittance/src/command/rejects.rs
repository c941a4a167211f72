//! `rejects`: the rows that could not be understood.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::Session;
use clap::{ArgMatches, Command};

pub(crate) const ENTRY: Entry = Entry { name: "rejects", page: page!("rejects"), arguments, run };

fn arguments(command: Command) -> Command {
    command.arg(format_argument(&["table", "json"]))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let rejects = session.case()?.rejects()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "rejects": rejects }))?;
        return Ok(Exit::Done);
    }
    if rejects.is_empty() {
        out::line(&session.say("rejects-none", &[]))?;
        return Ok(Exit::Done);
    }
    for each in &rejects {
        let place = session.text.place(&each.reject.origin, &each.file);
        let reason = session.text.word(&format!("reject-{}", each.reject.reason), &each.reject.reason);
        out::line(&session.text.reject(place, reason, &each.reject.detail))?;
        if !each.reject.raw.is_empty() {
            out::line(&format!("    {}", each.reject.raw.replace(['\n', '\r'], " ")))?;
        }
    }
    out::line(&session.say("rejects-total", &[("count", rejects.len().to_string())]))?;
    Ok(Exit::Done)
}
