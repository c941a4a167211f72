//! `rejects`: the rows that could not be understood; each can be mended in place, and a whole file read again.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::decisions;
use crate::session::Session;
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::reader::ReaderOptions;
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "rejects", page: page!("rejects"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("mend")
                .long("mend")
                .value_name("NUMBER")
                .requires("with")
                .value_parser(clap::value_parser!(usize)),
        )
        .arg(Arg::new("with").long("with").value_name("ROW").requires("mend"))
        .arg(Arg::new("mended").long("mended").action(ArgAction::SetTrue).conflicts_with_all(["mend", "undo", "retry"]))
        .arg(
            Arg::new("undo")
                .long("undo")
                .value_name("NUMBER")
                .conflicts_with_all(["mend", "retry"])
                .value_parser(clap::value_parser!(i64)),
        )
        .arg(Arg::new("retry").long("retry").value_name("HASH|NAME").conflicts_with("mend"))
        .arg(
            Arg::new("mapping")
                .long("mapping")
                .value_name("FILE")
                .requires("retry")
                .value_parser(clap::value_parser!(PathBuf)),
        )
        .arg(format_argument(&["table", "json"]))
}

/// How files are read: by this program as its own confined child.
pub(crate) fn reader() -> Result<ReaderOptions, Failure> {
    let program =
        std::env::current_exe().map_err(|error| Failure::new("fail-reader", vec![("detail", error.to_string())]))?;
    Ok(ReaderOptions::new(program))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    if let Some(number) = matches.get_one::<usize>("mend") {
        return mend(*number, matches, session);
    }
    if let Some(number) = matches.get_one::<i64>("undo") {
        session.case_for_change()?.undo_mend(*number, &reader()?, &session.stamp())?;
        if format(matches) == "json" {
            out::json(&serde_json::json!({ "undone": number }))?;
        } else {
            out::line(&session.say("decision-undone", &[("act", number.to_string())]))?;
        }
        return Ok(Exit::Done);
    }
    if let Some(asked) = matches.get_one::<String>("retry") {
        return retry(asked, matches, session);
    }
    if matches.get_flag("mended") { mended(matches, session) } else { list(matches, session) }
}

fn mend(number: usize, matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let text = matches.get_one::<String>("with").cloned().unwrap_or_default();
    let mut case = session.case_for_change()?;
    let rejects = case.rejects()?;
    let Some(reject) = number.checked_sub(1).and_then(|at| rejects.get(at)) else {
        return Err(Failure::new("fail-no-reject", vec![("number", number.to_string())]));
    };
    let act = case.mend_row(reject, &text, &reader()?, &session.stamp())?;
    if format(matches) == "json" {
        out::json(&act)?;
    } else {
        let values = [("act", act.act.to_string()), ("what", decisions::mend(&act, session.text))];
        out::line(&session.say("titles-kept", &values))?;
    }
    Ok(Exit::Done)
}

fn retry(asked: &str, matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let mapping = matches.get_one::<PathBuf>("mapping").map(|path| super::add::read_mapping(path)).transpose()?;
    let mut case = session.case_for_change()?;
    if let Some(mapping) = &mapping {
        case.keep_mapping(mapping, &session.stamp())?;
    }
    let again = case.retry(asked, &reader()?, &session.stamp())?;
    if format(matches) == "json" {
        out::json(&again)?;
    } else {
        let values = [
            ("name", again.name.clone()),
            ("before", again.rejects.0.to_string()),
            ("after", again.rejects.1.to_string()),
            ("facts", again.facts.1.to_string()),
        ];
        out::line(&session.say("rejects-again", &values))?;
    }
    Ok(Exit::Done)
}

fn mended(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let rows = session.case()?.mended_rows()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "mended": rows }))?;
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        out::line(&session.say("rejects-none-mended", &[]))?;
    }
    for act in &rows {
        let what = decisions::mend(act, session.text);
        out::line(&decisions::line(act.act, &act.at, &act.author, what, session.text))?;
    }
    Ok(Exit::Done)
}

fn list(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let rejects = session.case()?.rejects()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "rejects": rejects }))?;
        return Ok(Exit::Done);
    }
    if rejects.is_empty() {
        out::line(&session.say("rejects-none", &[]))?;
        return Ok(Exit::Done);
    }
    for (at, each) in rejects.iter().enumerate() {
        let place = session.text.place(&each.reject.origin, &each.file);
        let reason = session.text.word(&format!("reject-{}", each.reject.reason), &each.reject.reason);
        out::line(&format!("{}. {}", at + 1, session.text.reject(place, reason, &each.reject.detail)))?;
        if !each.reject.raw.is_empty() {
            out::line(&format!("    {}", each.reject.raw.replace(['\n', '\r'], " ")))?;
        }
    }
    out::line(&session.say("rejects-total", &[("count", rejects.len().to_string())]))?;
    out::line(&session.say("rejects-how", &[]))?;
    Ok(Exit::Done)
}
