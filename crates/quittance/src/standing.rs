//! The position of a case: facts loaded, joined, recognised and counted, as every answering command needs it.

use crate::exit::Failure;
use crate::session::{Known, Session};
use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::civil::Date;
use licensing::position::{Options, Position};
use licensing::terms::Prices;
use std::path::PathBuf;

/// What was computed, with what it came from.
pub(crate) struct Standing {
    /// The position.
    pub(crate) position: Position,
    /// Name and hash of each evidence file.
    pub(crate) names: std::collections::BTreeMap<String, String>,
}

/// `--as-of`, `--prices`, `--proven-only`.
pub(crate) fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("as-of").long("as-of").value_name("DATE"))
        .arg(Arg::new("prices").long("prices").value_name("FILE").value_parser(clap::value_parser!(PathBuf)))
        .arg(Arg::new("proven-only").long("proven-only").action(ArgAction::SetTrue))
}

/// The day that is meant: `--as-of`, else today.
pub(crate) fn day(matches: &ArgMatches, session: &Session<'_>) -> Result<Date, Failure> {
    match matches.get_one::<String>("as-of") {
        Some(text) => text.parse().map_err(|_| Failure::new("fail-date", vec![("text", text.clone())])),
        None => Ok(session.today()),
    }
}

/// The position of `case` on `as_of`.
pub(crate) fn of_case(
    case: &desk::Case,
    as_of: Date,
    prices: Option<&PathBuf>,
    options: &Options,
) -> Result<Standing, Failure> {
    let mut known = Known::builtin()?;
    if let Some(path) = prices {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
        known.prices = Prices::parse(&path.display().to_string(), &text)
            .map_err(|error| Failure::new("fail-knowledge", vec![("detail", error.to_string())]))?;
    }
    let knowledge = known.knowledge();
    let position = case.company(&knowledge, as_of)?.position(&knowledge, as_of, options);
    let names = case.files()?.into_iter().map(|file| (file.hash, file.name)).collect();
    Ok(Standing { position, names })
}

/// The position that the arguments ask for.
pub(crate) fn asked(matches: &ArgMatches, session: &Session<'_>) -> Result<Standing, Failure> {
    let options = Options { proven_only: matches.get_flag("proven-only") };
    of_case(&session.case()?, day(matches, session)?, matches.get_one::<PathBuf>("prices"), &options)
}
