//! `check`: runs worked examples and compares the figures.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::{Known, Session};
use clap::{Arg, ArgMatches, Command};
use licensing::check::Difference;
use licensing::position::Options;
use licensing::terms::{Prices, Terms};
use licensing::{casebook, check};
use serde::Serialize;
use std::path::{Path, PathBuf};

pub(crate) const ENTRY: Entry = Entry { name: "check", page: page!("check"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("folder").value_name("DIR").required(true).value_parser(clap::value_parser!(PathBuf)))
        .arg(format_argument(&["table", "json"]))
}

/// How one example came out.
#[derive(Debug, Serialize)]
struct Checked {
    /// Name of the example, or of its file where it cannot be read.
    id: String,
    passed: bool,
    differences: Vec<Difference>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Keys that were not understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread: Vec<String>,
}

/// Every `.toml` below `folder`, sorted.
fn examples(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if folder.is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(each) = waiting.pop() {
        for entry in std::fs::read_dir(&each).map_err(|error| Failure::io(&each, &error))? {
            let entry = entry.map_err(|error| Failure::io(&each, &error))?;
            let kind = entry.file_type().map_err(|error| Failure::io(&entry.path(), &error))?;
            if kind.is_dir() {
                waiting.push(entry.path());
            } else if entry.path().extension().is_some_and(|end| end == "toml") {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn checked(path: &Path, terms: &Terms, prices: &Prices) -> Checked {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let unreadable = |error: String| Checked {
        id: stem.clone(),
        passed: false,
        differences: Vec::new(),
        error: Some(error),
        unread: Vec::new(),
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return unreadable(error.to_string()),
    };
    match casebook::parse(&text) {
        Err(error) => unreadable(error.to_string()),
        Ok(case) => {
            let position = licensing::position(&case.estate, terms, prices, case.as_of, &Options::default());
            let differences = check::check(&case.expect, &position);
            Checked { id: case.head.id, passed: differences.is_empty(), differences, error: None, unread: case.unread }
        }
    }
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let folder = matches.get_one::<PathBuf>("folder").cloned().unwrap_or_default();
    let paths = examples(&folder)?;
    if paths.is_empty() {
        return Err(Failure::new("check-none", vec![("dir", folder.display().to_string())]));
    }
    let known = Known::builtin()?;
    let results: Vec<Checked> = paths.iter().map(|path| checked(path, &known.terms, &known.prices)).collect();
    let passed = results.iter().filter(|each| each.passed).count();
    let failed = results.len() - passed;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "cases": results, "passed": passed, "failed": failed }))?;
    } else {
        for each in &results {
            let mut line =
                session.say(if each.passed { "check-passed" } else { "check-failed" }, &[("id", each.id.clone())]);
            let figures: Vec<String> = each
                .differences
                .iter()
                .map(|found| {
                    session.say(
                        "check-difference",
                        &[
                            ("what", found.what.clone()),
                            ("expected", found.expected.clone()),
                            ("found", found.found.clone()),
                        ],
                    )
                })
                .chain(each.error.clone())
                .collect();
            if !figures.is_empty() {
                line.push_str(": ");
                line.push_str(&figures.join("; "));
            }
            if !each.unread.is_empty() {
                line.push_str(&session.say("check-unread", &[("keys", each.unread.join(", "))]));
            }
            out::line(&line)?;
        }
        // This line is read by programs: it is the same in every language.
        out::line(&format!("{passed} passed, {failed} failed"))?;
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::BadNews })
}
