//! `serve`: the web desk, read-only, on this machine alone.

use super::{Entry, page};
use crate::exit::Outcome;
use crate::session::Session;
use crate::{standing, web};
use clap::{Arg, ArgMatches, Command};

pub(crate) const ENTRY: Entry = Entry { name: "serve", page: page!("serve"), arguments, run };

fn arguments(command: Command) -> Command {
    command.arg(Arg::new("as-of").long("as-of").value_name("DATE")).arg(
        Arg::new("port").long("port").value_name("PORT").value_parser(clap::value_parser!(u16)).default_value("7464"),
    )
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let port = matches.get_one::<u16>("port").copied().unwrap_or(7464);
    web::serve(&session.case_folder()?, standing::day(matches, session)?, port, session)
}
