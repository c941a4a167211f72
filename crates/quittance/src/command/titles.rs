//! `titles`: recognises a list of raw titles or purchase lines; and, without a list, the titles of the case that no rule places, with what
//! people decide about them.

mod decide;
mod queue;

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::civil::Date;
use recognition::{purchases, titles};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "titles", page: page!("titles"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("file").value_name("FILE").value_parser(clap::value_parser!(PathBuf)))
        .arg(Arg::new("purchases").long("purchases").action(ArgAction::SetTrue).requires("file"))
        .arg(Arg::new("decide").long("decide").value_name("TITLE").conflicts_with("file"))
        .arg(Arg::new("as").long("as").value_name("WHAT").requires("decide").value_parser(decide::WHAT.to_vec()))
        .arg(Arg::new("product").long("product").value_name("PRODUCT").requires("decide"))
        .arg(Arg::new("edition").long("edition").value_name("EDITION").requires("product"))
        .arg(Arg::new("version").long("version").value_name("VERSION").requires("product"))
        .arg(Arg::new("publisher").long("publisher").value_name("PUBLISHER").requires("decide"))
        .arg(Arg::new("why").long("why").value_name("TEXT").requires("decide").required_if_eq("as", "no-licence"))
        .arg(Arg::new("decisions").long("decisions").action(ArgAction::SetTrue).conflicts_with_all(["file", "decide"]))
        .arg(number("undo").conflicts_with_all(["file", "decide", "decisions"]))
        .arg(path("export").conflicts_with_all(["file", "decide", "decisions", "undo"]))
        .arg(path("import").conflicts_with_all(["file", "decide", "decisions", "undo", "export"]))
        .arg(Arg::new("as-of").long("as-of").value_name("DATE").value_parser(clap::value_parser!(Date)))
        .arg(format_argument(&["table", "csv", "json"]))
}

fn number(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("NUMBER").value_parser(clap::value_parser!(i64))
}

fn path(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").value_parser(clap::value_parser!(PathBuf))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    if matches.contains_id("file") {
        return list(matches);
    }
    if matches.contains_id("decide") {
        return decide::decide(matches, session);
    }
    if let Some(number) = matches.get_one::<i64>("undo") {
        return decide::undo(*number, matches, session);
    }
    if let Some(path) = matches.get_one::<PathBuf>("export") {
        return decide::export(path, session);
    }
    if let Some(path) = matches.get_one::<PathBuf>("import") {
        return decide::import(path, session);
    }
    if matches.get_flag("decisions") { decide::list(matches, session) } else { queue::run(matches, session) }
}

/// A record of delimited text, quoted where it must be.
fn record(cells: &[String]) -> String {
    let quoted: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    quoted.join(",") + "\n"
}

/// Recognises the list in a file.
fn list(matches: &ArgMatches) -> Outcome {
    let path = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let fail =
        |detail: String| Failure::new("fail-table", vec![("path", path.display().to_string()), ("detail", detail)]);
    let bytes = std::fs::read(&path).map_err(|error| Failure::io(&path, &error))?;
    let (header, rows) = evidence::delimited(&bytes).map_err(|refusal| fail(refusal.to_string()))?;
    let (header, rows) = if matches.get_flag("purchases") {
        purchases::recognise_table(&purchases::Purchases::builtin(), &header, &rows)
            .map_err(|error| fail(error.to_string()))?
    } else {
        let known = titles::Titles::builtin()
            .map_err(|error| Failure::new("fail-knowledge", vec![("detail", error.to_string())]))?;
        titles::recognise_table(&known, &header, &rows).map_err(|error| fail(error.to_string()))?
    };
    if format(matches) == "json" {
        let objects: Vec<BTreeMap<&String, &String>> =
            rows.iter().map(|row| header.iter().zip(row).collect()).collect();
        out::json(&serde_json::json!({ "titles": objects }))?;
    } else {
        let mut text = record(&header);
        for row in &rows {
            text.push_str(&record(row));
        }
        out::print(&text)?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_only_where_they_must_be() {
        assert_eq!(record(&["a".into(), "b,c".into(), "d\"e".into()]), "a,\"b,c\",\"d\"\"e\"\n");
    }
}
