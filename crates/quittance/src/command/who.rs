//! `who`: whose name a pseudonym stands for; only the case that gave it can tell.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgMatches, Command};

pub(crate) const ENTRY: Entry = Entry { name: "who", page: page!("who"), arguments, run };

fn arguments(command: Command) -> Command {
    command.arg(Arg::new("pseudonyms").value_name("PSEUDONYM").num_args(0..)).arg(format_argument(&["table", "json"]))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let given = session.case()?.pseudonyms()?;
    let asked: Vec<&String> = matches.get_many::<String>("pseudonyms").into_iter().flatten().collect();
    for each in &asked {
        if !given.iter().any(|(_, _, pseudonym)| pseudonym.eq_ignore_ascii_case(each.trim())) {
            return Err(Failure::new("who-unknown", vec![("name", (*each).clone())]));
        }
    }
    let wanted =
        |pseudonym: &str| asked.is_empty() || asked.iter().any(|each| each.trim().eq_ignore_ascii_case(pseudonym));
    let mut rows: Vec<Vec<String>> = given
        .iter()
        .filter(|(_, _, pseudonym)| wanted(pseudonym))
        .map(|(_, name, pseudonym)| vec![pseudonym.clone(), name.clone()])
        .collect();
    rows.sort();
    if format(matches) == "json" {
        let told: Vec<serde_json::Value> =
            rows.iter().map(|row| serde_json::json!({ "pseudonym": row.first(), "name": row.last() })).collect();
        out::json(&told)?;
    } else if rows.is_empty() {
        out::line(&session.say("who-none", &[]))?;
    } else {
        out::print(&out::table(&rows, &[]))?;
    }
    Ok(Exit::Done)
}
