//! `titles`: recognises a list of raw titles or purchase lines.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgAction, ArgMatches, Command};
use recognition::{purchases, titles};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "titles", page: page!("titles"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("file").value_name("FILE").required(true).value_parser(clap::value_parser!(PathBuf)))
        .arg(Arg::new("purchases").long("purchases").action(ArgAction::SetTrue))
        .arg(format_argument(&["csv", "json"]))
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

fn run(matches: &ArgMatches, _: &Session<'_>) -> Outcome {
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
