//! `listen`: inventories straight from agents.

use super::{Entry, page};
use crate::exit::Outcome;
use crate::listen;
use crate::session::Session;
use clap::{Arg, ArgMatches, Command};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub(crate) const ENTRY: Entry = Entry { name: "listen", page: page!("listen"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(clap::value_parser!(u16))
                .default_value("7465"),
        )
        .arg(Arg::new("address").long("address").value_name("ADDRESS").value_parser(clap::value_parser!(IpAddr)))
        .arg(Arg::new("count").long("count").value_name("NUMBER").value_parser(clap::value_parser!(u64).range(1..)))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let port = matches.get_one::<u16>("port").copied().unwrap_or(7465);
    let address = matches.get_one::<IpAddr>("address").copied().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let count = matches.get_one::<u64>("count").copied();
    listen::listen(&session.case_folder()?, SocketAddr::new(address, port), count, session)
}
