//! The position of a case: facts loaded, joined, recognised and counted, as every answering command needs it.

use crate::exit::Failure;
use crate::session::{Known, Session};
use crate::two_threads::SIDE_BY_SIDE;
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::decisions::Behind;
use jiff::civil::Date;
use licensing::clusters::{Cluster, clusters};
use licensing::deployments::changes::Changes;
use licensing::position::{Options, Position};
use licensing::terms::Prices;
use recognition::estate::counted::{self, CountedSum};
use serde::Serialize;
use std::path::PathBuf;

/// What was computed, with what it came from.
pub(crate) struct Standing {
    /// The position.
    pub(crate) position: Position,
    /// What the position was computed from.
    pub(crate) company: recognition::estate::Company,
    /// Three figures for each cluster.
    pub(crate) clusters: Vec<Cluster>,
    /// Name and hash of each evidence file.
    pub(crate) names: std::collections::BTreeMap<String, String>,
    /// What people decided that it stands on.
    pub(crate) decisions: Vec<Behind>,
}

/// What JSON tells: the position, and the clusters beside its lines.
#[derive(Serialize)]
pub(crate) struct Told<'a> {
    #[serde(flatten)]
    position: &'a Position,
    clusters: &'a [Cluster],
    decisions: &'a [Behind],
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_only_counted: Option<CountedSum>,
}

impl Standing {
    /// For JSON.
    pub(crate) fn told(&self) -> Told<'_> {
        Told {
            position: &self.position,
            clusters: &self.clusters,
            decisions: &self.decisions,
            rows_only_counted: self.only_counted(),
        }
    }

    /// Rows of great lists that were counted by their titles, not judged one by one.
    pub(crate) fn only_counted(&self) -> Option<CountedSum> {
        counted::sum(&self.company.counted)
    }
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

/// What the program knows, with the user's own prices if they are given.
fn known(prices: Option<&PathBuf>) -> Result<Known, Failure> {
    let mut known = Known::builtin()?;
    if let Some(path) = prices {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
        known.prices = Prices::parse(&path.display().to_string(), &text)
            .map_err(|error| Failure::new("fail-knowledge", vec![("detail", error.to_string())]))?;
    }
    Ok(known)
}

/// How a position is worked out: with what lots, and on two threads.
pub(crate) fn options(proven_only: bool) -> Options {
    Options { proven_only, side_by_side: SIDE_BY_SIDE }
}

/// The position of `case` on `as_of`.
pub(crate) fn of_case(
    case: &desk::Case,
    as_of: Date,
    prices: Option<&PathBuf>,
    options: &Options,
) -> Result<Standing, Failure> {
    let known = known(prices)?;
    let knowledge = known.knowledge();
    let company = case.company(&knowledge, as_of)?;
    let position = company.position(&knowledge, as_of, options);
    let clusters = clusters(&company.estate.estate, knowledge.terms, knowledge.prices, as_of);
    let names = case.file_names()?;
    let decisions = case.decisions_behind(&company, &position)?;
    Ok(Standing { position, company: company.estate, clusters, names, decisions })
}

/// A position as it would be after changes.
pub(crate) struct Thought {
    /// As it is.
    pub(crate) before: Position,
    /// As it would be.
    pub(crate) after: Position,
    /// Changes that name nothing in the case, or more than there is; they were left out.
    pub(crate) left_out: Vec<licensing::findings::Finding>,
    /// Name and hash of each evidence file.
    pub(crate) names: std::collections::BTreeMap<String, String>,
    /// Rows of great lists that were only counted.
    pub(crate) counted: Option<CountedSum>,
}

/// The position as it is, and as it would be after the changes in `file`.
pub(crate) fn thought(matches: &ArgMatches, session: &Session<'_>, file: &PathBuf) -> Result<Thought, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::io(file, &error))?;
    let changes: Changes = toml::from_str(&text).map_err(|error| {
        Failure::new("fail-changes", vec![("path", file.display().to_string()), ("detail", error.to_string())])
    })?;
    if changes.is_empty() {
        let detail = session.say("changes-none", &[]);
        return Err(Failure::new("fail-changes", vec![("path", file.display().to_string()), ("detail", detail)]));
    }
    let known = known(matches.get_one::<PathBuf>("prices"))?;
    let knowledge = known.knowledge();
    let as_of = day(matches, session)?;
    let options = options(matches.get_flag("proven-only"));
    let case = session.case()?;
    let names = case.file_names()?;
    let company = case.company(&knowledge, as_of)?;
    let (estate, left_out) = changes.apply(&company.estate.estate);
    let of = |estate| licensing::position(estate, knowledge.terms, knowledge.prices, as_of, &options);
    let counted = counted::sum(&company.estate.counted);
    Ok(Thought { before: of(&company.estate.estate), after: of(&estate), left_out, names, counted })
}

/// One side of a comparison: a day of the case, another case folder, or `FOLDER@DAY`.
pub(crate) fn side(text: &str, matches: &ArgMatches, session: &Session<'_>) -> Result<Position, Failure> {
    let options = options(matches.get_flag("proven-only"));
    let prices = matches.get_one::<PathBuf>("prices");
    if let Ok(date) = text.parse::<Date>() {
        return Ok(of_case(&session.case()?, date, prices, &options)?.position);
    }
    let (folder, date) = match text.rsplit_once('@') {
        Some((folder, date)) if date.parse::<Date>().is_ok() => (folder, date.parse::<Date>().ok()),
        _ => (text, None),
    };
    let date = date.map_or_else(|| day(matches, session), Ok)?;
    let folder = std::path::Path::new(folder);
    if !desk::Case::is_case(folder) {
        return Err(Failure::new("fail-side", vec![("text", text.to_owned())]));
    }
    Ok(of_case(&desk::Case::open(folder)?, date, prices, &options)?.position)
}

/// The position that the arguments ask for.
pub(crate) fn asked(matches: &ArgMatches, session: &Session<'_>) -> Result<Standing, Failure> {
    let options = options(matches.get_flag("proven-only"));
    of_case(&session.case()?, day(matches, session)?, matches.get_one::<PathBuf>("prices"), &options)
}
