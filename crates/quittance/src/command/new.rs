//! `new`: makes a case folder.

use super::{Entry, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgMatches, Command};
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "new", page: page!("new"), arguments, run };

fn arguments(command: Command) -> Command {
    // Not `case`: that is the global flag, which means a case that is there already.
    command.arg(Arg::new("folder").value_name("CASE").required(true).value_parser(clap::value_parser!(PathBuf)))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let folder = matches.get_one::<PathBuf>("folder").cloned().unwrap_or_default();
    desk::Case::create(&folder, &session.stamp())?;
    out::line(&session.say("new-made", &[("dir", folder.display().to_string())]))?;
    Ok(Exit::Done)
}
