//! `add`: evidence into the case, and a file taken back.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::{Known, Session};
use clap::{Arg, ArgAction, ArgMatches, Command};
use desk::add::{Added, Event, Fate, PartFate};
use desk::great::Tally;
use evidence::{Mapping, Refusal};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use recognition::estate::counted::{Sorted, sorted};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(crate) const ENTRY: Entry = Entry { name: "add", page: page!("add"), arguments, run };

fn arguments(command: Command) -> Command {
    let path = || clap::value_parser!(PathBuf);
    command
        .arg(Arg::new("files").value_name("FILE").action(ArgAction::Append).num_args(0..).value_parser(path()))
        .arg(Arg::new("undo").long("undo").value_name("HASH|NAME").conflicts_with_all(["files", "mapping"]))
        .arg(Arg::new("mapping").long("mapping").value_name("FILE").value_parser(path()))
        .arg(Arg::new("accept-mapping").long("accept-mapping").action(ArgAction::SetTrue).conflicts_with("mapping"))
        .arg(format_argument(&["table", "json"]))
}

/// Members of a great archive that are shown one by one.
const SHOWN_MEMBERS: usize = 10;
/// Rejects shown for a file before the rest is only counted.
const SHOWN: usize = 5;
/// After this time a progress bar appears.
const PATIENCE: Duration = Duration::from_millis(700);

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    if let Some(asked) = matches.get_one::<String>("undo") {
        let file = session.case_for_change()?.take_back(asked, &session.stamp())?;
        if format(matches) == "json" {
            out::json(&serde_json::json!({ "taken_back": file }))?;
        } else {
            let hash = file.hash.chars().take(12).collect();
            out::line(&session.say("add-undone", &[("name", file.name), ("hash", hash)]))?;
        }
        return Ok(Exit::Done);
    }
    let sources: Vec<PathBuf> = matches.get_many::<PathBuf>("files").into_iter().flatten().cloned().collect();
    let mapping = matches.get_one::<PathBuf>("mapping").map(|path| read_mapping(path)).transpose()?;
    if sources.is_empty() && mapping.is_none() {
        return Err(Failure::new("add-needs-file", Vec::new()));
    }
    let mut case = session.case_for_change()?;
    let json = format(matches) == "json";
    if let Some(mapping) = &mapping {
        case.keep_mapping(mapping, &session.stamp())?;
        if !json {
            out::line(&session.say("add-mapping-kept", &[("name", mapping.name.clone())]))?;
        }
    }
    if sources.is_empty() {
        return Ok(Exit::Done);
    }
    if !matches.get_flag("accept-mapping") {
        return add(&mut case, &sources, if json { Told::Json } else { Told::Everything }, session);
    }
    accepting(&mut case, &sources, json, session)
}

/// Adds files; what is refused for want of a mapping is added again with the mapping that was proposed, which is kept.
fn accepting(case: &mut desk::Case, sources: &[PathBuf], json: bool, session: &Session<'_>) -> Outcome {
    let options = super::rejects::reader()?;
    let all = desk::add::add(case, sources, &options, &session.stamp(), &mut |_| {})?;
    let mut taken = false;
    for added in &all {
        match &added.fate {
            Fate::Refused(Refusal { proposal: Some(proposal), .. }) => {
                case.keep_mapping(&proposal.mapping, &session.stamp())?;
                if !json {
                    out::line(&session.say("add-mapping-kept", &[("name", proposal.mapping.name.clone())]))?;
                }
            }
            Fate::Taken { .. } => {
                taken = true;
                if !json {
                    out::print(&describe(added, session))?;
                }
            }
            _ => {}
        }
    }
    let waiting: Vec<PathBuf> =
        all.iter().filter(|added| !matches!(added.fate, Fate::Taken { .. })).map(|added| added.path.clone()).collect();
    if waiting.is_empty() && taken && !json {
        return Ok(Exit::Done);
    }
    add(case, if json { sources } else { &waiting }, if json { Told::Json } else { Told::Everything }, session)
}

pub(crate) fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
    toml::from_str(&text).map_err(|error| {
        Failure::new(
            "fail-mapping",
            vec![("path", path.display().to_string()), ("detail", error.message().trim().to_owned())],
        )
    })
}

/// How much is told of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Every file.
    Everything,
    /// Files that were refused or lost a row, and the sum.
    Noteworthy,
    /// One JSON document at the end.
    Json,
}

/// Whether something of a file was not taken.
fn is_noteworthy(added: &Added) -> bool {
    match &added.fate {
        Fate::Known { .. } => false,
        Fate::Refused(_) | Fate::Unreadable(_) => true,
        Fate::Taken { members: Some(tally), .. } => tally.refused > 0 || tally.rejects > 0,
        Fate::Taken { parts, .. } => parts.iter().any(|part| match &part.fate {
            PartFate::Read { rejected, .. } => *rejected > 0,
            PartFate::Refused(_) => true,
            PartFate::Known { .. } => false,
        }),
    }
}

/// A great list or archive whose reading has begun, or goes on.
struct Begun {
    name: String,
    at: Instant,
    bytes: u64,
    /// Rows of a list, files of an archive.
    items: u64,
}

/// What is shown while a batch runs.
struct Watch<'a> {
    session: &'a Session<'a>,
    told: Told,
    began: Instant,
    total: usize,
    done: usize,
    bar: Option<ProgressBar>,
    /// The great list that is being read: its name, since when, and how far it was then.
    great: Option<Begun>,
    failed: Option<Failure>,
}

impl Watch<'_> {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Found(total) => self.total = *total,
            Event::Confined(confinement) if !confinement.is_whole() => {
                let yes = |yes: bool| if yes { "+".to_owned() } else { "-".to_owned() };
                let values = [
                    ("files", yes(confinement.files)),
                    ("network", yes(confinement.network)),
                    ("bounded", yes(confinement.bounded)),
                ];
                let _ = writeln!(std::io::stderr(), "{}", self.session.say("add-not-confined", &values));
            }
            Event::Confined(_) => {}
            Event::Reading { name, bytes, of, rows, members } => self.reading(name, *bytes, *of, *rows, *members),
            Event::File(added) => {
                self.done += 1;
                self.progress();
                let wanted = match self.told {
                    Told::Json => false,
                    Told::Noteworthy => is_noteworthy(added),
                    Told::Everything => true,
                };
                if wanted && self.failed.is_none() {
                    let lines = describe(added, self.session);
                    let printed = match &self.bar {
                        Some(bar) => bar.suspend(|| out::print(&lines)),
                        None => out::print(&lines),
                    };
                    // Whoever read our output may go; the batch is finished all the same.
                    self.failed = printed.err();
                }
            }
        }
    }

    /// How far a great list or archive is: rate and time left, by what was read since this run began.
    fn reading(&mut self, name: &str, bytes: u64, of: u64, rows: u64, members: Option<u64>) {
        let items = members.unwrap_or(rows);
        let begun = match self.great.take().filter(|begun| begun.name == name) {
            Some(begun) => begun,
            None => Begun { name: name.to_owned(), at: Instant::now(), bytes, items },
        };
        let passed = begun.at.elapsed();
        let read = bytes.saturating_sub(begun.bytes);
        if passed > PATIENCE && read > 0 {
            let bar = self.bar.get_or_insert_with(|| new_bar(of));
            bar.set_length(of);
            bar.set_position(bytes);
            let a_second = |count: u64| u128::from(count) * 1000 / passed.as_millis().max(1);
            let left = u128::from(of.saturating_sub(bytes)) * passed.as_millis() / u128::from(read) / 1000;
            let grouped = |count: u64| crate::report::wording::number(count, self.session.text);
            let rate = u64::try_from(a_second(items.saturating_sub(begun.items))).unwrap_or(u64::MAX);
            let values = [
                ("name", name.to_owned()),
                ("percent", (u128::from(bytes) * 100 / u128::from(of.max(1))).to_string()),
                ("count", grouped(items)),
                ("rate", grouped(rate)),
                ("left", clock(left)),
            ];
            let key = if members.is_some() { "add-walking" } else { "add-reading" };
            bar.set_message(self.session.say(key, &values));
        }
        self.great = Some(begun);
    }

    /// A bar on standard error, if a person sits there and it lasts.
    fn progress(&mut self) {
        if self.bar.is_none() && self.began.elapsed() > PATIENCE && self.done < self.total {
            let bar = new_bar(u64::try_from(self.total).unwrap_or(u64::MAX));
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_length(u64::try_from(self.total).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(self.done).unwrap_or(u64::MAX));
            let values = [("done", self.done.to_string()), ("total", self.total.to_string())];
            bar.set_message(self.session.say("add-progress", &values));
        }
    }
}

/// Seconds as `2:05`, from an hour on as `1:02:05`.
fn clock(seconds: u128) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A bar on standard error, as wide as the terminal and no wider; it shows nothing where that is no terminal.
fn new_bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:20} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

/// Adds files and folders, telling what became of each.
pub(crate) fn add(case: &mut desk::Case, sources: &[PathBuf], told: Told, session: &Session<'_>) -> Outcome {
    let json = told == Told::Json;
    let program =
        std::env::current_exe().map_err(|error| Failure::new("fail-reader", vec![("detail", error.to_string())]))?;
    let options = desk::reader::ReaderOptions::new(program);
    let mut watch =
        Watch { session, told, began: Instant::now(), total: 0, done: 0, bar: None, great: None, failed: None };
    let all = desk::add::add(case, sources, &options, &session.stamp(), &mut |event| watch.event(&event))?;
    if let Some(bar) = &watch.bar {
        bar.finish_and_clear();
    }
    if let Some(failure) = watch.failed {
        return Err(failure);
    }
    if all.is_empty() {
        return Err(Failure::new("add-nothing-found", Vec::new()));
    }
    let sums = Sums::of(&all);
    let named = named(case, &all)?;
    if json {
        let files = all.iter().map(|added| {
            let mut value = value(added);
            let of_file = value.get("hash").and_then(|hash| named.get(hash.as_str()?));
            if let (Some(told), Some(map)) = (of_file.map(|(_, told)| serde_json::json!(told)), value.as_object_mut()) {
                map.insert("named".to_owned(), told);
            }
            value
        });
        let files: Vec<serde_json::Value> = files.collect();
        out::json(&serde_json::json!({
            "files": files,
            "taken": sums.taken, "known": sums.known, "refused": sums.refused,
            "facts": sums.facts, "rejects": sums.rejects,
        }))?;
    } else {
        for (name, told) in named.into_values() {
            let sum = told.titles;
            let values = [
                ("name", name),
                ("machines", told.machines.to_string()),
                ("titles", (sum.licensable + sum.not_licensable + sum.unrecognised).to_string()),
                ("licensable", sum.licensable.to_string()),
                ("others", sum.not_licensable.to_string()),
                ("unrecognised", sum.unrecognised.to_string()),
            ];
            out::line(&session.say("add-named", &values))?;
        }
        let values = [
            ("taken", sums.taken.to_string()),
            ("known", sums.known.to_string()),
            ("refused", sums.refused.to_string()),
            ("facts", sums.facts.to_string()),
            ("rejects", sums.rejects.to_string()),
        ];
        out::line(&session.say("add-total", &values))?;
    }
    match sums {
        Sums { refused: 0, .. } => Ok(Exit::Done),
        Sums { taken: 0, known: 0, .. } => Err(Failure::new("add-none-taken", Vec::new())),
        _ => Ok(Exit::BadNews),
    }
}

/// What a great list or archive names, as JSON tells it.
#[derive(Serialize)]
struct Named {
    /// Different machines, as it names them.
    machines: u64,
    /// Different titles, by what they say of licences.
    titles: Sorted,
}

/// What the great lists and archives of a batch name, with their names, by their hashes. Each title is recognised once.
fn named(case: &desk::Case, all: &[Added]) -> Result<BTreeMap<String, (String, Named)>, Failure> {
    let mut known = None;
    let mut told = BTreeMap::new();
    for added in all {
        let Fate::Taken { hash, .. } = &added.fate else { continue };
        let Some(named) = case.named_in(hash)? else { continue };
        if known.is_none() {
            known = Some(case.titles(&Known::builtin()?.titles)?);
        }
        let titles = known.as_ref().map(|titles| sorted(&named.titles, titles)).unwrap_or_default();
        told.insert(hash.clone(), (added.name.clone(), Named { machines: named.machines, titles }));
    }
    Ok(told)
}

/// Figures over a batch.
struct Sums {
    taken: usize,
    known: usize,
    refused: usize,
    facts: u64,
    rejects: u64,
}

impl Sums {
    fn of(all: &[Added]) -> Self {
        let mut sums = Sums { taken: 0, known: 0, refused: 0, facts: 0, rejects: 0 };
        for added in all {
            match &added.fate {
                Fate::Known { .. } => sums.known += 1,
                Fate::Refused(_) | Fate::Unreadable(_) => sums.refused += 1,
                Fate::Taken { members: Some(tally), .. } => {
                    sums.taken += 1;
                    sums.facts = sums.facts.saturating_add(tally.facts);
                    sums.rejects = sums.rejects.saturating_add(tally.rejects);
                }
                Fate::Taken { parts, .. } => {
                    sums.taken += 1;
                    for part in parts {
                        if let PartFate::Read { facts, rejected, .. } = &part.fate {
                            sums.facts = sums.facts.saturating_add(*facts);
                            sums.rejects = sums.rejects.saturating_add(*rejected);
                        }
                    }
                }
            }
        }
        sums
    }
}

/// The lines that tell of a file.
fn describe(added: &Added, session: &Session<'_>) -> String {
    let mut lines = Vec::new();
    match &added.fate {
        Fate::Known { name, .. } => {
            lines.push(session.say("add-known", &[("name", added.name.clone()), ("known", name.clone())]));
        }
        Fate::Unreadable(detail) => {
            let path = added.path.display().to_string();
            lines.push(session.say("add-unreadable", &[("name", path), ("detail", detail.clone())]));
        }
        Fate::Refused(refusal) => refused(&added.name, &added.path, refusal, session, &mut lines),
        Fate::Taken { parts, members, .. } => {
            if let Some(tally) = members {
                lines.push(walked(&added.name, tally, session));
            }
            let shown = if members.is_some() { SHOWN_MEMBERS } else { usize::MAX };
            for part in parts.iter().take(shown) {
                let name = match &part.member {
                    Some(member) => format!("{}/{member}", added.name),
                    None => added.name.clone(),
                };
                match &part.fate {
                    PartFate::Known { name: known } => {
                        lines.push(session.say("add-known", &[("name", name), ("known", known.clone())]));
                    }
                    PartFate::Refused(refusal) => refused(&name, &added.path, refusal, session, &mut lines),
                    PartFate::Read { taken_as, rows, facts, rejected, rejects, notes, .. } => {
                        let values = [
                            ("name", name),
                            ("kind", session.text.kind(taken_as)),
                            ("rows", rows.to_string()),
                            ("facts", facts.to_string()),
                            ("rejects", rejected.to_string()),
                        ];
                        lines.push(session.say("add-taken", &values));
                        for reject in rejects.iter().take(SHOWN) {
                            let place = session.text.place(&reject.origin, &added.name);
                            let reason = session.text.word(&format!("reject-{}", reject.reason), &reject.reason);
                            lines.push(format!("    {}", session.text.reject(place, reason, &reject.detail)));
                        }
                        if let Some(more) = rejected.checked_sub(SHOWN as u64).filter(|more| *more > 0) {
                            let more = more.to_string();
                            lines.push(format!("    {}", session.say("add-more-rejects", &[("count", more)])));
                        }
                        for (code, detail) in notes {
                            let note = session.text.word(&format!("note-{code}"), code);
                            lines.push(format!("    {note} ({detail})"));
                        }
                    }
                }
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The line that sums up a great archive.
fn walked(name: &str, tally: &Tally, session: &Session<'_>) -> String {
    let kinds: Vec<String> = tally
        .kinds
        .iter()
        .map(|(kind, count)| {
            session.say("add-walked-kind", &[("count", count.to_string()), ("kind", session.text.kind(kind))])
        })
        .collect();
    let values = [
        ("name", name.to_owned()),
        ("kinds", kinds.join(", ")),
        ("known", tally.known.to_string()),
        ("refused", tally.refused.to_string()),
        ("rows", tally.rows.to_string()),
        ("facts", tally.facts.to_string()),
        ("rejects", tally.rejects.to_string()),
    ];
    session.say("add-walked", &values)
}

fn refused(name: &str, path: &Path, refusal: &Refusal, session: &Session<'_>, lines: &mut Vec<String>) {
    let code = refusal.reason.code();
    let mut values = vec![
        ("name", name.to_owned()),
        ("reason", session.text.word(&format!("refused-{code}"), code)),
        ("detail", refusal.detail.clone()),
    ];
    match refusal.row {
        Some(row) => {
            values.push(("row", row.to_string()));
            lines.push(session.say("add-refused-row", &values));
        }
        None => lines.push(session.say("add-refused", &values)),
    }
    if let Some(mapping) = refusal.proposal.as_ref().and_then(|proposal| toml::to_string(&proposal.mapping).ok()) {
        lines.push(format!("    {}", session.say("add-proposal", &[("name", path.display().to_string())])));
        lines.extend(mapping.lines().map(|line| format!("        {line}").trim_end().to_owned()));
    }
}

/// A file as JSON.
fn value(added: &Added) -> serde_json::Value {
    let refusal = |refusal: &Refusal| {
        serde_json::json!({
            "code": refusal.reason.code(), "detail": refusal.detail, "row": refusal.row, "proposal": refusal.proposal,
        })
    };
    match &added.fate {
        Fate::Known { hash, name } => {
            serde_json::json!({ "name": added.name, "fate": "known", "hash": hash, "known_as": name })
        }
        Fate::Unreadable(detail) => {
            serde_json::json!({ "name": added.name, "fate": "refused", "refused": { "code": "unreadable", "detail": detail } })
        }
        Fate::Refused(why) => serde_json::json!({ "name": added.name, "fate": "refused", "refused": refusal(why) }),
        Fate::Taken { hash, parts, members } => {
            let parts: Vec<serde_json::Value> = parts
                .iter()
                .map(|part| match &part.fate {
                    PartFate::Known { name } => {
                        serde_json::json!({ "member": part.member, "fate": "known", "known_as": name })
                    }
                    PartFate::Refused(why) => {
                        serde_json::json!({ "member": part.member, "fate": "refused", "refused": refusal(why) })
                    }
                    PartFate::Read { taken_as, encoding, rows, facts, rejected, rejects, notes } => serde_json::json!({
                        "member": part.member, "fate": "taken", "taken_as": taken_as, "encoding": encoding,
                        "rows": rows, "facts": facts, "rejected": rejected, "rejects": rejects, "notes": notes,
                    }),
                })
                .collect();
            let mut value = serde_json::json!({ "name": added.name, "fate": "taken", "hash": hash, "parts": parts });
            if let (Some(tally), Some(map)) = (members, value.as_object_mut()) {
                map.insert("members".to_owned(), serde_json::json!(tally));
            }
            value
        }
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn the_time_left_reads_as_a_clock() {
        assert_eq!([5, 65, 3725].map(clock), ["0:05", "1:05", "1:02:05"]);
    }
}
