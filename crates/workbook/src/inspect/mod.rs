//! What a workbook would do if it were opened: calls, entry points, links, and the verdict. Nothing is run, and nothing is emulated.
//!
//! The way through: [`projects`] finds macro projects wherever a file carries them; [`analyse`] reads one, module by module (tokens,
//! procedures, constants put together, calls, what starts them, compiled code against source); [`judge`] weighs these with the
//! sheets and links of a [`Survey`] and gives an [`Inspection`]. What is known of calls, entry points and reasons stands in `data/`.

mod analysis;
mod arguments;
mod basic;
mod compiled;
mod compiled_names;
mod encoded;
mod find;
mod fold;
mod hits;
mod judge;
mod judge_calls;
mod judge_survey;
mod knowledge;
mod lexer;
mod oddities;
mod outline;
mod reach;
mod verdict;

pub use analysis::{Analysis, analyse};
pub use compiled::Agreement;
pub use find::{Extra, FoundProject, Naming, projects};
pub use judge::{Subject, judge};
pub use knowledge::{CallRule, EntryRule, Excel4Act, Knowledge, Place, Weight, When};
pub use oddities::{Protection, Reference, protection, references};
pub use reach::Started;
pub use verdict::{AutoExec, Call, Inspection, ModuleReport, Reason, Reveal, Unread, Verdict};

use crate::sheets::{Container, Link, LinkKind, Survey};
use crate::trouble::Trouble;
use serde::Deserialize;

/// Inspects a file.
///
/// `bytes` is the file, decrypted if it was encrypted and could be; `name` its name as it came; `survey` its sheets, macros of Excel 4
/// and links, or why they could not be read. A bare macro project has no survey and needs none.
pub fn inspect(bytes: &[u8], name: Option<&str>, survey: Result<&Survey, Trouble>) -> Inspection {
    let found = projects(bytes);
    let mut troubles = Vec::new();
    let survey = match survey {
        Ok(survey) => Some(survey),
        Err(Trouble::NotAWorkbook) if !found.is_empty() => None,
        Err(trouble) => {
            troubles.push(trouble);
            None
        }
    };
    let links = survey.map(|s| s.links.as_slice()).unwrap_or_default();
    let started: Vec<Started> = links.iter().filter_map(started).collect();
    let ribbon = links.iter().any(|l| l.kind == LinkKind::Ribbon);
    let hosts: &[&str] = match survey.map(|s| s.container) {
        // Names that start by themselves in Excel mean nothing to others; events say what starts.
        Some(Container::Ods) => &["ods"],
        None | Some(Container::VbaProject | Container::OtherOffice) => &[],
        Some(_) => &["excel"],
    };
    let mut projects = Vec::new();
    match Knowledge::built_in() {
        // An embedded document may belong to any program.
        Ok(known) => projects.extend(found.iter().map(|p| {
            let hosts = if p.naming == Naming::Embedded { &[][..] } else { hosts };
            analyse(known, p, &started, ribbon, hosts)
        })),
        Err(trouble) => troubles.push(trouble),
    }
    let named = found.iter().filter(|p| p.naming == Naming::Named).count();
    judge(Subject { name, survey, projects: &projects, named, troubles: &troubles })
}

/// The macro that a button, a ribbon's call-back or an event names.
fn started(link: &Link) -> Option<Started> {
    let (key, name) = match link.kind {
        LinkKind::MacroButton => ("", link.target.as_str()),
        LinkKind::Ribbon => link.target.split_once('=').unwrap_or(("", &link.target)),
        LinkKind::Event => link.target.split_once(' ').unwrap_or(("", &link.target)),
        _ => return None,
    };
    let when = match (link.kind, key) {
        (LinkKind::MacroButton, _) | (LinkKind::Ribbon, "" | "onAction" | "onChange") => When::Click,
        (LinkKind::Ribbon, _) => When::Open,
        (_, key) if key.contains("unload") || key.contains("close") => When::Close,
        (_, key) if key.contains("load") || key.contains("open") || key.contains("new") || key.contains("start") => {
            When::Open
        }
        _ => When::Act,
    };
    // `vnd.sun.star.script:Library.Module.Proc?language=Basic&location=document`.
    let name = match name.split_once("vnd.sun.star.script:") {
        Some((_, script)) => {
            let path = script.split('?').next().unwrap_or_default();
            path.split_once('.').map_or(path, |(_, rest)| rest)
        }
        None => name,
    };
    Some(Started { name: name.to_owned(), when })
}

/// A code of a reason or of what is revealed, as `data/reasons.toml` documents it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Documented {
    /// Stable code.
    pub code: String,
    /// Names of the sentence's arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// What it means, for developers.
    pub means: String,
}

/// The documented codes of reasons (first) and of reveals (second), in the order of the table; codes of calls are in [`Knowledge`].
///
/// # Errors
/// The table cannot be read; a test holds that it can.
pub fn documented() -> Result<(Vec<Documented>, Vec<Documented>), Trouble> {
    #[derive(Deserialize)]
    struct Table {
        reason: Vec<Documented>,
        reveal: Vec<Documented>,
    }
    let table: Table = toml::from_str(include_str!("../../data/reasons.toml"))
        .map_err(|_| Trouble::malformed("table of reasons", "it cannot be read"))?;
    Ok((table.reason, table.reveal))
}
