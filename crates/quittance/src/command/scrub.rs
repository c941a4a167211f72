//! `scrub`: what a file gives away beyond its contents, and a copy without it.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::wording::word;
use crate::session::{Known, Session};
use crate::standing;
use crate::workbooks::{self, Job, Searched};
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::answers::Answers;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use workbook::scrub::{self, Mode};

pub(crate) const ENTRY: Entry = Entry { name: "scrub", page: page!("scrub"), arguments, run };

/// Names of one kind shown before the rest is only counted.
const SHOWN: usize = 8;

fn arguments(command: Command) -> Command {
    let path = || clap::value_parser!(PathBuf);
    command
        .arg(Arg::new("file").value_name("FILE").required(true).value_parser(path()))
        .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(path()))
        .arg(Arg::new("strip-all").long("strip-all").action(ArgAction::SetTrue))
        .arg(Arg::new("name").long("name").value_name("WORD").action(ArgAction::Append))
        .arg(Arg::new("as-of").long("as-of").value_name("DATE"))
        .arg(format_argument(&["text", "json"]))
}

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// Make a copy; `true`: strip all, `false`: keep what a signature needs. `None`: only list.
    strip: Option<bool>,
}

/// Something that a file gives away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trace {
    part: String,
    code: String,
    text: String,
    removable: bool,
    breaks_signature: bool,
}

/// What the child tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// What was found, or what was taken out and what stayed.
    Traces { found: Vec<Trace>, removed: Vec<Trace>, kept: Vec<Trace> },
    /// It cannot be read: a code of trouble.
    Trouble(String),
}

fn traces(all: &[scrub::Trace]) -> Vec<Trace> {
    all.iter()
        .map(|each| Trace {
            part: each.part.clone(),
            code: each.code.to_owned(),
            text: each.text.clone(),
            removable: each.removable,
            breaks_signature: each.breaks_signature,
        })
        .collect()
}

/// The child's part.
pub(crate) fn answer(request: &Request, bytes: &[u8]) -> (Answer, Vec<u8>) {
    let done = match request.strip {
        None => scrub::list(bytes)
            .map(|found| (Answer::Traces { found: traces(&found), removed: Vec::new(), kept: Vec::new() }, Vec::new())),
        Some(all) => scrub::strip(bytes, if all { Mode::StripAll } else { Mode::KeepSignature }).map(|stripped| {
            let told =
                Answer::Traces { found: Vec::new(), removed: traces(&stripped.removed), kept: traces(&stripped.kept) };
            (told, stripped.bytes)
        }),
    };
    done.unwrap_or_else(|trouble| (Answer::Trouble(trouble.code().to_owned()), Vec::new()))
}

/// Names to look for: those given, and those of the case, when one is meant.
fn names(matches: &ArgMatches, session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let mut all: BTreeSet<String> = matches.get_many::<String>("name").into_iter().flatten().cloned().collect();
    if session.case_folder().is_ok() {
        let known = Known::builtin()?;
        let as_of = standing::day(matches, session)?;
        let company = session.case()?.company(&known.knowledge(), as_of)?;
        let answers = Answers::new(&company, &[], as_of, BTreeMap::new(), None);
        all.extend(answers.names().into_iter().map(|(_, name)| name).filter(|name| name.chars().count() > 3));
    }
    Ok(all.into_iter().collect())
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(Exit::Done) };
    let output = matches.get_one::<PathBuf>("output");
    let bytes = workbooks::read(path, workbook::limits::FILE)?;
    let request = Request { strip: output.map(|_| matches.get_flag("strip-all")) };
    let (answer, copy) = workbooks::ask::<Answer>(&Job::Scrub(request), &bytes)?;
    let (found, removed, kept) = match answer {
        Answer::Traces { found, removed, kept } => (found, removed, kept),
        Answer::Trouble(why) => return Err(workbooks::unreadable(path, &why, session)),
    };
    let names = names(matches, session)?;
    let leaving: &[u8] = if output.is_some() { &copy } else { &bytes };
    let Searched { hits, keys, unread } = workbooks::ask::<Searched>(&Job::Search(names.clone()), leaving)?.0;
    let unread = if names.is_empty() { Vec::new() } else { unread };
    let named: BTreeSet<(&str, &str)> =
        hits.iter().filter_map(|hit| Some((names.get(hit.name)?.as_str(), hit.part.as_str()))).collect();
    if let Some(output) = output {
        std::fs::write(output, &copy).map_err(|error| Failure::io(output, &error))?;
    }
    if format(matches) == "json" {
        out::json(
            &serde_json::json!({ "found": found, "removed": removed, "kept": kept, "names": named, "product_keys": keys, "not_searched": unread }),
        )?;
    } else {
        list("scrub-found", &found, session)?;
        list("scrub-removed", &removed, session)?;
        list("scrub-kept", &kept, session)?;
        if found.is_empty() && removed.is_empty() && kept.is_empty() {
            out::line(&session.say("scrub-nothing", &[]))?;
        }
        for (part, last) in keys.iter().take(40) {
            let part = parts(std::slice::from_ref(part), session);
            out::line(&format!("{} ({part})", session.say("scrub-product-key", &[("last", last.clone())])))?;
        }
        tell_names(&named, &unread, names.len(), session)?;
        if let Some(output) = output {
            out::line(&session.say("scrub-written", &[("path", output.display().to_string())]))?;
        }
    }
    Ok(if named.is_empty() && keys.is_empty() && unread.is_empty() { Exit::Done } else { Exit::BadNews })
}

fn list(id: &str, traces: &[Trace], session: &Session<'_>) -> Result<(), Failure> {
    if traces.is_empty() {
        return Ok(());
    }
    out::line(&session.say(id, &[]))?;
    let mut groups: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
    for trace in traces {
        groups.entry(&trace.code).or_default().push(trace);
    }
    for (code, group) in groups {
        let mut texts: Vec<String> = Vec::new();
        for trace in &group {
            let text = if trace.text.is_empty() { trace.part.clone() } else { trace.text.clone() };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let more = texts.len().saturating_sub(SHOWN);
        texts.truncate(SHOWN);
        let mut line =
            format!("  • {}: {}", word(&format!("scrub-trace-{code}"), code, session.text), texts.join(" | "));
        if more > 0 {
            line.push_str(&format!(" {}", session.say("inspect-more", &[("count", more.to_string())])));
        }
        if group.iter().any(|trace| trace.breaks_signature) {
            line.push_str(&format!(" [{}]", session.say("scrub-breaks-signature", &[])));
        }
        if group.iter().all(|trace| !trace.removable) {
            line.push_str(&format!(" [{}]", session.say("scrub-stays", &[])));
        }
        out::line(&line)?;
    }
    Ok(())
}

/// The first of the parts that could not be looked into, the file itself by a word, and how many there are beside.
pub(crate) fn parts(unread: &[String], session: &Session<'_>) -> String {
    let named = unread.iter().take(SHOWN).map(|part| match part.as_str() {
        "" => session.say("scrub-whole-file", &[]),
        part => part.to_owned(),
    });
    let mut text = named.collect::<Vec<_>>().join(" | ");
    let more = unread.len().saturating_sub(SHOWN);
    if more > 0 {
        text.push_str(&format!(" {}", session.say("inspect-more", &[("count", more.to_string())])));
    }
    text
}

fn tell_names(
    named: &BTreeSet<(&str, &str)>,
    unread: &[String],
    looked: usize,
    session: &Session<'_>,
) -> Result<(), Failure> {
    if looked == 0 {
        return Ok(());
    }
    if !unread.is_empty() {
        out::line(&session.say("scrub-unread", &[("parts", parts(unread, session))]))?;
    }
    if named.is_empty() && !unread.is_empty() {
        return out::line(&session.say("scrub-no-names-elsewhere", &[("count", looked.to_string())]));
    }
    if named.is_empty() {
        return out::line(&session.say("scrub-no-names", &[("count", looked.to_string())]));
    }
    out::line(&session.say("scrub-names", &[]))?;
    for (name, part) in named.iter().take(40) {
        out::line(&format!("  • {name} ({part})"))?;
    }
    let more = named.len().saturating_sub(40);
    if more > 0 {
        out::line(&format!("  • {}", session.say("inspect-more", &[("count", more.to_string())])))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::text::{Language, Text};
    use std::collections::BTreeSet;

    /// Codes in back quotes in the comment of a field, from `start` to the end of that comment.
    fn documented(source: &str, start: &str) -> BTreeSet<String> {
        let from = source.find(start).unwrap();
        let comment: String = source[from..].lines().take_while(|line| line.trim_start().starts_with("///")).collect();
        let mut codes = BTreeSet::new();
        for (at, piece) in comment.split('`').enumerate() {
            if at % 2 == 1 && piece.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit()) {
                codes.insert(piece.to_owned());
            }
        }
        codes
    }

    #[test]
    fn every_trace_refusal_and_remark_has_its_sentence() {
        let text = Text::new(Language::French);
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../workbook/src");
        let scrub = std::fs::read_to_string(format!("{root}/scrub/mod.rs")).unwrap();
        let traces = documented(&scrub, "/// What it is: `author`");
        assert!(traces.len() > 30, "{traces:?}");
        for code in traces {
            assert!(text.knows(&format!("scrub-trace-{code}")), "no sentence for the trace {code}");
        }
        let fill = std::fs::read_to_string(format!("{root}/fill/mod.rs")).unwrap();
        let refusals = documented(&fill, "/// Why: `unknown-sheet`");
        assert!(refusals.len() > 15, "{refusals:?}");
        for code in refusals {
            assert!(text.knows(&format!("fill-refused-{code}")), "no sentence for the refusal {code}");
        }
        let remarks = documented(&fill, "/// What: `formulas-as-values`");
        assert!(remarks.len() > 5, "{remarks:?}");
        for code in remarks.iter().filter(|code| *code != "recalculates") {
            assert!(text.knows(&format!("fill-remark-{code}")), "no sentence for the remark {code}");
        }
    }
}
