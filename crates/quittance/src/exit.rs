//! How a command ends: 0 done, 1 done and the answer is bad news, 2 could not do it. A reader that went away (a closed
//! pipe) is no failure.

use crate::text::Text;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// A command that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Code 0.
    Done,
    /// Code 1: done, and the answer is bad news (short, refused, example failed).
    BadNews,
}

/// A command that could not: a sentence of the Fluent files with its values. It names the file, the row where there is
/// one, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Told to the user on standard error, code 2.
    Told {
        /// Identifier of the sentence.
        id: &'static str,
        /// Its values.
        values: Vec<(&'static str, String)>,
    },
    /// Whoever read our output has read enough.
    PipeClosed,
}

/// Why a decision of a person was not kept.
const REFUSED: [&str; 12] = [
    "fail-mend-still",
    "fail-mend-format",
    "fail-mend-unread",
    "fail-title-decision",
    "fail-title-rules",
    "fail-join-nobody",
    "fail-join-record",
    "fail-join-all",
    "fail-join-same",
    "fail-join-kinds",
    "fail-join-by-hand",
    "fail-join-split",
];

/// What a command gives back.
pub(crate) type Outcome = Result<Exit, Failure>;

impl Failure {
    /// A failure told by sentence `id`.
    pub(crate) fn new(id: &'static str, values: Vec<(&'static str, String)>) -> Self {
        Failure::Told { id, values }
    }

    /// A file or folder that could not be read or written.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Failure::new("fail-file", vec![("path", path.display().to_string()), ("detail", error.to_string())])
    }
}

impl From<desk::Error> for Failure {
    fn from(error: desk::Error) -> Self {
        let shown = |path: &Path| path.display().to_string();
        match &error {
            desk::Error::NoCase { dir } => Failure::new("fail-no-case", vec![("dir", shown(dir))]),
            desk::Error::Exists { dir } => Failure::new("fail-case-exists", vec![("dir", shown(dir))]),
            desk::Error::Busy { dir } => Failure::new("fail-case-busy", vec![("dir", shown(dir))]),
            desk::Error::Newer { dir, found, known } => Failure::new(
                "fail-case-newer",
                vec![("dir", shown(dir)), ("found", found.to_string()), ("known", known.to_string())],
            ),
            desk::Error::File { path, source } => Failure::io(path, source),
            desk::Error::Store { dir, source } => {
                Failure::new("fail-store", vec![("dir", shown(dir)), ("detail", source.to_string())])
            }
            desk::Error::Damaged { dir, what, detail } => Failure::new(
                "fail-case-damaged",
                vec![("dir", shown(dir)), ("what", what.clone()), ("detail", detail.clone())],
            ),
            desk::Error::NotInCase { name } => Failure::new("fail-not-in-case", vec![("name", name.clone())]),
            desk::Error::Ambiguous { name, hashes } => {
                Failure::new("fail-ambiguous", vec![("name", name.clone()), ("hashes", hashes.join(", "))])
            }
            desk::Error::NoDecision { number } => {
                Failure::new("fail-no-decision", vec![("number", number.to_string())])
            }
            desk::Error::Decision { code, detail } => {
                let id = REFUSED.iter().find(|id| id.strip_prefix("fail-") == Some(code)).unwrap_or(&"fail-decision");
                Failure::new(id, vec![("detail", detail.clone()), ("code", (*code).to_owned())])
            }
            desk::Error::Reader { detail } => Failure::new("fail-reader", vec![("detail", detail.clone())]),
        }
    }
}

/// Says what is to be said, and gives the exit code.
pub(crate) fn close(outcome: Outcome, text: &Text) -> ExitCode {
    match outcome {
        Ok(Exit::Done) | Err(Failure::PipeClosed) => ExitCode::SUCCESS,
        Ok(Exit::BadNews) => ExitCode::from(1),
        Err(Failure::Told { id, values }) => {
            // Nothing can be done if standard error is closed too.
            let _ = writeln!(std::io::stderr(), "quittance: {}", text.say(id, &values));
            ExitCode::from(2)
        }
    }
}

/// The reading child's end: its parent judges by the pipe, the code is for people who look.
pub(crate) fn of_reader(result: std::io::Result<()>) -> ExitCode {
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
