//! `demo`: Ateliers Vauban SA, a company that does not exist, from its exports to its position.

use super::{Entry, page, position};
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::{out, report, standing, web};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::{Path, PathBuf};

pub(crate) const ENTRY: Entry = Entry { name: "demo", page: page!("demo"), arguments, run };

/// The company's exports: path below `demo/evidence/`, bytes.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/demo.rs"));

/// The day that the demo company was exported on; its position is that of this day.
const AS_OF: &str = "2026-11-20";

fn arguments(command: Command) -> Command {
    command.arg(Arg::new("no-serve").long("no-serve").action(ArgAction::SetTrue)).arg(
        Arg::new("port").long("port").value_name("PORT").value_parser(clap::value_parser!(u16)).default_value("7464"),
    )
}

/// Writes the exports beside the case, as the company's tools would have left them.
fn unpack(folder: &Path) -> Result<(), Failure> {
    for (name, bytes) in FILES {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| Failure::io(parent, &error))?;
        }
        std::fs::write(&path, bytes).map_err(|error| Failure::io(&path, &error))?;
    }
    Ok(())
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let folder = session.case_folder().unwrap_or_else(|_| PathBuf::from("demo-vauban"));
    let exports = folder.with_file_name(format!(
        "{}-exports",
        folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    ));
    let mut case = if desk::Case::is_case(&folder) {
        desk::Case::open_for_change(&folder)?
    } else {
        desk::Case::create(&folder, &session.stamp())?
    };
    unpack(&exports)?;
    super::add::add(&mut case, std::slice::from_ref(&exports), super::add::Told::Noteworthy, session)?;
    let as_of = AS_OF.parse().map_err(|_| Failure::new("fail-date", vec![("text", AS_OF.to_owned())]))?;
    let standing = standing::of_case(&case, as_of, None, &standing::options(false))?;
    drop(case);
    out::line("")?;
    out::print(&report::table::render(&standing.position, &standing.clusters, standing.only_counted(), session.text))?;
    let where_to = [("case", folder.display().to_string()), ("exports", exports.display().to_string())];
    out::line(&format!("\n{}", session.say("demo-where", &where_to)))?;
    if matches.get_flag("no-serve") {
        return Ok(position::exit(&standing.position));
    }
    let port = matches.get_one::<u16>("port").copied().unwrap_or(7464);
    web::serve(&folder, as_of, port, session)
}
