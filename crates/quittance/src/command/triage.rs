//! `triage`: is this mail real, and does it oblige?

mod draft;
mod input;
mod lookup;
mod page;
mod tell;

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgAction, ArgMatches, Command};
use message::attachment::NoInspector;
use message::dns::{Answer, Dns, Frozen, Kind, NoDns, Recording, Zone};
use message::triage::{History, Triage, Verdict};
use message::world::World;
use serde::Serialize;
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "triage", page: page!("triage"), arguments, run };

fn arguments(command: Command) -> Command {
    let file =
        |name: &'static str| Arg::new(name).long(name).value_name("FILE").value_parser(clap::value_parser!(PathBuf));
    command
        .arg(
            Arg::new("mails")
                .value_name("MAIL")
                .num_args(1..)
                .required(true)
                .value_parser(clap::value_parser!(PathBuf)),
        )
        .arg(file("zone"))
        .arg(file("frozen"))
        .arg(file("freeze"))
        .arg(file("context"))
        .arg(Arg::new("lookup").long("lookup").action(ArgAction::SetTrue))
        .arg(format_argument(&["text", "json", "html"]))
}

/// Answers in the order in which they are trusted: a zone file, what was frozen, a look-up now.
struct Sources {
    zone: Option<Zone>,
    frozen: Option<Frozen>,
    resolver: Option<lookup::Resolver>,
}

impl Dns for Sources {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        if let Some(zone) = &self.zone {
            return zone.ask(name, kind);
        }
        let frozen = self.frozen.as_ref().map_or_else(|| NoDns.ask(name, kind), |f| f.ask(name, kind));
        match (&frozen, &self.resolver) {
            (Answer::Failed, Some(resolver)) => resolver.ask(name, kind),
            _ => frozen,
        }
    }
}

fn read(path: &PathBuf) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::io(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn sources(matches: &ArgMatches) -> Result<Sources, Failure> {
    let unread = |detail: String| Failure::new("triage-zone-unread", vec![("detail", detail)]);
    let zone = match matches.get_one::<PathBuf>("zone") {
        Some(path) => Some(Zone::parse(&read(path)?).map_err(|error| unread(error.to_string()))?),
        None => None,
    };
    let frozen = match matches.get_one::<PathBuf>("frozen") {
        Some(path) => Some(Frozen::from_json(&read(path)?).map_err(|error| unread(error.to_string()))?),
        None => None,
    };
    let resolver = if matches.get_flag("lookup") {
        Some(lookup::Resolver::new(&read(&PathBuf::from("/etc/resolv.conf"))?))
    } else {
        None
    };
    Ok(Sources { zone, frozen, resolver })
}

fn world(matches: &ArgMatches) -> Result<World, Failure> {
    match matches.get_one::<PathBuf>("context") {
        Some(path) => World::parse(&read(path)?)
            .map_err(|error| Failure::new("triage-context-unread", vec![("detail", error.to_string())])),
        None => Ok(World::default()),
    }
}

/// A verdict as it leaves the program, with the draft of an answer.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let world = world(matches)?;
    let dns = Recording::new(sources(matches)?);
    let triage = Triage::new(&world, &dns, &NoInspector)
        .map_err(|error| Failure::new("triage-rules-unread", vec![("detail", error.to_string())]))?;
    let mut history = History::new();
    let mut told: Vec<Told> = Vec::new();
    let mut alone = true;
    for path in matches.get_many::<PathBuf>("mails").into_iter().flatten() {
        input::each(path, &mut |mail| {
            let mut verdict = triage.bytes(&mail.bytes, &history);
            verdict.file = mail.name;
            history.note(&verdict);
            alone &= mail.alone;
            let draft = draft::of(&verdict, &world);
            told.push(Told { verdict, draft });
            Ok(())
        })?;
    }
    if let Some(path) = matches.get_one::<PathBuf>("freeze") {
        let answers = dns.answers(&session.stamp().at.to_string());
        let text = serde_json::to_string_pretty(&answers)
            .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
        std::fs::write(path, text).map_err(|error| Failure::io(path, &error))?;
    }
    let beware = told.iter().any(|t| t.verdict.beware());
    match format(matches) {
        // One mail gives one object; a mailbox, a folder or several files give a list.
        "json" => match told.as_slice() {
            [one] if alone => out::json(one)?,
            all => out::json(&all)?,
        },
        "html" => {
            let pairs: Vec<(Verdict, Option<String>)> = told.into_iter().map(|t| (t.verdict, t.draft)).collect();
            let page = page::render(&pairs, session.text)
                .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
            out::line(&page)?;
        }
        _ => {
            for (n, each) in told.iter().enumerate() {
                if n > 0 {
                    out::line(&"=".repeat(72))?;
                }
                out::print(&tell::report(&each.verdict, each.draft.as_deref(), session.text))?;
                for inside in &each.verdict.contains {
                    out::line("")?;
                    out::line(&session.say("triage-heading-inside", &[]))?;
                    out::print(&tell::report(inside, None, session.text))?;
                }
            }
        }
    }
    Ok(if beware { Exit::BadNews } else { Exit::Done })
}
