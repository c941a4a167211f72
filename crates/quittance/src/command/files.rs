//! `files`: the evidence of the case; with words, the pages of proofs that hold them.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgMatches, Command};
use licensing::facts::Fact;
use std::collections::BTreeMap;

pub(crate) const ENTRY: Entry = Entry { name: "files", page: page!("files"), arguments, run };

fn arguments(command: Command) -> Command {
    command.arg(Arg::new("holding").long("holding").value_name("WORDS")).arg(format_argument(&["table", "json"]))
}

/// A page of a proof that holds all words, with the lines in which they stand.
#[derive(serde::Serialize)]
struct Found {
    file: String,
    page: u64,
    lines: Vec<String>,
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    if let Some(words) = matches.get_one::<String>("holding") {
        return holding(words, matches, session);
    }
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

/// The pages of proofs that hold all words, by file and page.
fn holding(words: &str, matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let names: BTreeMap<String, String> = case.read_hashes()?.into_iter().collect();
    let mut found: Vec<Found> = Vec::new();
    case.each_fact(&mut |row| {
        if let Fact::SetAside { what, why } = &row.fact
            && why == evidence::TEXT_OF_A_PROOF
        {
            let lines = evidence::holding(what, words);
            if !lines.is_empty() {
                let hash = row.origin.evidence.as_str();
                let file = names.get(hash).cloned().unwrap_or_else(|| hash.to_owned());
                let file = match row.origin.part.as_deref() {
                    // The member of an archive.
                    Some(member) => format!("{file}/{member}"),
                    None => file,
                };
                found.push(Found { file, page: row.origin.row, lines });
            }
        }
        Ok(())
    })?;
    found.sort_by(|a, b| (&a.file, a.page).cmp(&(&b.file, b.page)));
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "pages": found }))?;
        return Ok(Exit::Done);
    }
    for each in &found {
        out::line(&session.say("files-page", &[("file", each.file.clone()), ("page", each.page.to_string())]))?;
        for line in &each.lines {
            out::line(&format!("    {line}"))?;
        }
    }
    out::line(&session.say("files-pages", &[("count", found.len().to_string()), ("words", words.to_owned())]))?;
    Ok(Exit::Done)
}
