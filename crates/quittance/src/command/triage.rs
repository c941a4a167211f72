//! `triage`: is this mail real, and does it oblige?

mod attachment;
mod checks;
mod confined;
mod draft;
mod input;
mod judge;
mod judges;
mod lookup;
mod page;
mod reply;
mod show;
mod tell;
mod wire;

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::mail::JudgedMail;
use message::dns::{Answer, Dns, Frozen, FrozenAnswer, Kind, NoDns, Recording, Zone};
use message::triage::History;
use message::world::World;
use show::Show;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use wire::Setup;

pub(crate) use confined::{ARGUMENT as CHILD_ARGUMENT, child};

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
        .arg(Arg::new("resolver").long("resolver").value_name("ADDRESS"))
        .arg(format_argument(&["text", "json", "html"]))
}

/// Bytes of mails that wait for the case at most, so that a mailbox of any size goes into one: what is more goes in by parts.
const KEPT_BYTES: usize = 64 << 20;

/// Where a system names its name servers.
const SYSTEM: &str = "/etc/resolv.conf";

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

fn sources(matches: &ArgMatches, case: Option<&desk::Case>) -> Result<Sources, Failure> {
    let unread = |detail: String| Failure::new("triage-zone-unread", vec![("detail", detail)]);
    let zone = match matches.get_one::<PathBuf>("zone") {
        Some(path) => Some(Zone::parse(&read(path)?).map_err(|error| unread(error.to_string()))?),
        None => None,
    };
    let frozen = match matches.get_one::<PathBuf>("frozen") {
        Some(path) => Some(Frozen::from_json(&read(path)?).map_err(|error| unread(error.to_string()))?),
        // What the case once saw is known for good, even when the keys are gone from DNS.
        None => match case {
            Some(case) => {
                let kept = serde_json::Value::Array(case.mail_answers()?).to_string();
                Some(Frozen::from_json(&kept).map_err(|error| unread(error.to_string()))?)
            }
            None => None,
        },
    };
    Ok(Sources { zone, frozen, resolver: resolver(matches)? })
}

/// Whom to ask now: nobody, unless a look-up is told; then the server that is named, or those of the system.
fn resolver(matches: &ArgMatches) -> Result<Option<lookup::Resolver>, Failure> {
    let named = matches.get_one::<String>("resolver");
    if !matches.get_flag("lookup") {
        return match named {
            // The network is used on one word alone, and this is not it.
            Some(_) => Err(Failure::new("triage-resolver-without-lookup", Vec::new())),
            None => Ok(None),
        };
    }
    let found = match named {
        Some(address) => lookup::Resolver::at(address)
            .ok_or_else(|| Failure::new("triage-resolver-no-address", vec![("address", address.clone())]))?,
        None => lookup::Resolver::of_system(&read(&PathBuf::from(SYSTEM))?)
            .ok_or_else(|| Failure::new("triage-resolver-unknown", vec![("path", SYSTEM.to_owned())]))?,
    };
    Ok(Some(found))
}

/// The case, when one is meant: told, or the current folder. `None` outside a case.
fn case(session: &Session<'_>) -> Result<Option<desk::Case>, Failure> {
    match session.case_folder() {
        Ok(folder) => Ok(Some(desk::Case::open_for_change(&folder)?)),
        Err(_) => Ok(None),
    }
}

/// The context: the file that is told, which a case then keeps, or the one that the case has kept.
fn context(matches: &ArgMatches, case: Option<&mut desk::Case>, stamp: &desk::Stamp) -> Result<String, Failure> {
    let Some(path) = matches.get_one::<PathBuf>("context") else {
        return Ok(case.map(|case| case.mail_context()).transpose()?.flatten().unwrap_or_default());
    };
    let text = read(path)?;
    World::parse(&text).map_err(|error| Failure::new("triage-context-unread", vec![("detail", error.to_string())]))?;
    if let Some(case) = case {
        case.keep_mail_context(&text, stamp)?;
    }
    Ok(text)
}

/// Whoever answers, asked by one child at a time.
struct Shared<D>(Mutex<D>);

impl Shared<Recording<Sources>> {
    /// Every answer used, with the date at which it was given: that of today, unless it was frozen before.
    fn answers(&self, stamp: &desk::Stamp) -> Vec<FrozenAnswer> {
        let recording = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers = recording.answers(&stamp.at.to_string());
        if let Sources { zone: None, frozen: Some(frozen), .. } = recording.inner() {
            answers.iter_mut().for_each(|answer| frozen.date(answer));
        }
        answers
    }
}

impl<D: Dns> Dns for Shared<D> {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ask(name, kind)
    }
}

fn output(error: &serde_json::Error) -> Failure {
    Failure::new("fail-output", vec![("detail", error.to_string())])
}

/// What came before in the case: who wrote earlier in a thread, whom the publisher named.
fn past(case: Option<&desk::Case>) -> Result<History, Failure> {
    let mut history = History::new();
    for noted in case.map(desk::Case::mail_past).transpose()?.unwrap_or_default() {
        // What another version kept in another form is not known to this one.
        if let Ok(noted) = serde_json::from_value(noted) {
            history.add(noted);
        }
    }
    Ok(history)
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let stamp = session.stamp();
    let mut case = case(session)?;
    let context = context(matches, case.as_mut(), &stamp)?;
    let dns = Shared(Mutex::new(Recording::new(sources(matches, case.as_ref())?)));
    let format = format(matches);
    let setup = Setup { context, french: session.text.is_french(), format: format.to_owned() };
    let mut show = Show::new(format, session.text)?;
    let mut kept = Kept::default();
    let mut unread: Vec<String> = Vec::new();
    let mut beware = false;
    let past = past(case.as_ref())?;
    let paths: Vec<&PathBuf> = matches.get_many::<PathBuf>("mails").into_iter().flatten().collect();
    judges::judge(
        &setup,
        &dns,
        past,
        &|take| paths.iter().try_for_each(|path| input::each(path, take)),
        &mut |mail, fate| {
            match fate {
                Ok(judged) => {
                    beware |= judged.beware;
                    show.add(judged.body, mail.alone)?;
                    if let Some(case) = &mut case {
                        let noted = serde_json::to_value(&judged.noted).map_err(|e| output(&e))?;
                        kept.bytes += mail.bytes.len();
                        kept.mails.push(JudgedMail { name: mail.name, bytes: mail.bytes, class: judged.class, noted });
                        if kept.bytes >= KEPT_BYTES {
                            kept.write(case, &dns.answers(&stamp), &stamp)?;
                        }
                    }
                }
                Err(_) => unread.push(mail.name),
            }
            Ok(())
        },
    )?;
    let answers = dns.answers(&stamp);
    if let Some(case) = &mut case {
        kept.write(case, &answers, &stamp)?;
    }
    if let Some(path) = matches.get_one::<PathBuf>("freeze") {
        let text = serde_json::to_string_pretty(&answers).map_err(|e| output(&e))?;
        std::fs::write(path, text).map_err(|error| Failure::io(path, &error))?;
    }
    show.finish()?;
    if !unread.is_empty() {
        return Err(Failure::new("triage-not-a-mail", vec![("path", unread.join(", "))]));
    }
    Ok(if beware { Exit::BadNews } else { Exit::Done })
}

/// Mails that were judged and wait for the case.
#[derive(Default)]
struct Kept {
    mails: Vec<JudgedMail>,
    bytes: usize,
}

impl Kept {
    /// Freezes their bytes in the case, with the DNS answers so far.
    fn write(&mut self, case: &mut desk::Case, answers: &[FrozenAnswer], stamp: &desk::Stamp) -> Result<(), Failure> {
        if !self.mails.is_empty() {
            case.keep_mails(&self.mails, &serde_json::to_value(answers).map_err(|e| output(&e))?, stamp)?;
        }
        *self = Kept::default();
        Ok(())
    }
}
