//! The answer of an inspection, as values: codes and their arguments, no sentences.

use super::compiled::Agreement;
use super::knowledge::{Weight, When};
use crate::sheets::{Container, Link, Sheet, Xlm};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is to be thought of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing in it runs.
    NothingRuns,
    /// Something runs; nothing harmful was found.
    RunsHarmless,
    /// Something should be explained before it is allowed to run, or could not be read.
    Suspicious,
    /// It starts by itself, or by the click that it asks for, and reaches outside in a hidden or download-and-run manner.
    Dangerous,
}

impl Verdict {
    /// Exit code of the command: 0 done, 1 the answer is bad news.
    pub fn exit(self) -> u8 {
        match self {
            Self::NothingRuns | Self::RunsHarmless => 0,
            Self::Suspicious | Self::Dangerous => 1,
        }
    }
}

/// A reason: which verdict it alone would give, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable code; see `data/reasons.toml`.
    pub code: &'static str,
    /// The verdict that this reason alone supports.
    pub weight: Verdict,
    /// Arguments of its sentence, by name.
    pub args: BTreeMap<&'static str, String>,
}

impl Reason {
    /// A reason with its arguments.
    pub fn new<const N: usize>(weight: Verdict, code: &'static str, args: [(&'static str, &str); N]) -> Self {
        Self { code, weight, args: args.into_iter().map(|(k, v)| (k, v.to_owned())).collect() }
    }
}

/// A procedure that has the name of one that runs without being called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AutoExec {
    /// Its name.
    pub procedure: String,
    /// What makes it run.
    pub when: When,
    /// False where it stands in a place where nothing starts it.
    pub starts: bool,
    /// Its first line.
    pub line: usize,
}

/// A call that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Stable code; see `data/calls.toml`.
    pub code: String,
    /// What it touches.
    pub family: String,
    /// How much it weighs by itself.
    pub weight: Weight,
    /// Procedure; empty outside of one.
    pub procedure: String,
    /// Line as the editor numbers it.
    pub line: usize,
    /// That line, cut to 200 characters.
    pub text: String,
    /// Constant argument; empty where there is none.
    pub argument: String,
    /// True where something starts it without the user calling the macro by its name.
    pub reachable: bool,
    /// What starts it; none where nothing does.
    pub when: Option<When>,
    /// True where a started program is kept out of sight.
    pub unseen: bool,
    /// What it gives away; none for most.
    pub reveals: Option<String>,
}

/// A module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModuleReport {
    /// Name as Office shows it.
    pub name: String,
    /// Place of its project, such as `xl/vbaProject.bin`.
    pub place: String,
    /// `standard`, `workbook`, `sheet`, `document`, `form` or `class`.
    pub kind: &'static str,
    /// Lines of source, those of attributes not counted.
    pub lines: usize,
    /// Procedures.
    pub procedures: usize,
    /// Procedures that run without being called, or look so.
    pub autoexec: Vec<AutoExec>,
    /// Calls that matter, by line.
    pub calls: Vec<Call>,
    /// Compiled code against source.
    pub compiled: Agreement,
    /// Telling words of the compiled code that no source of the project shows; looked for only where compiled code and source differ.
    pub unseen: Vec<String>,
    /// True where one of them is the name of a grave call.
    #[serde(skip)]
    pub unseen_grave: bool,
    /// The source as the editor shows it.
    pub source: String,
}

/// What could not be read, and so was not judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    /// Part, stream or module.
    pub part: String,
    /// Code of why; see `Trouble::code`.
    pub code: &'static str,
}

/// What it would send or reveal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reveal {
    /// Stable code; see `data/reasons.toml`.
    pub code: String,
    /// Where: module and line, or part.
    pub place: String,
    /// To whom or what, as far as it is constant.
    pub target: String,
}

/// The whole inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The verdict: the heaviest of the reasons.
    pub verdict: Verdict,
    /// Exit code of the command.
    pub exit: u8,
    /// What the file is; none where that cannot be told.
    pub container: Option<Container>,
    /// Reasons, heaviest first.
    pub reasons: Vec<Reason>,
    /// Modules of all macro projects.
    pub modules: Vec<ModuleReport>,
    /// Excel 4 macros.
    pub xlm: Vec<Xlm>,
    /// Links and objects.
    pub links: Vec<Link>,
    /// Sheets.
    pub sheets: Vec<Sheet>,
    /// What it would send or reveal.
    pub reveals: Vec<Reveal>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}
