//! Workbooks are looked at in a confined child: the same program under another name for its job, without files, network or other
//! programs. The parent reads the files that it was told of and prints what the child says.

use crate::command::{fill, form, inspect, scrub};
use crate::exit::Failure;
use crate::session::Session;
use crate::text::{Language, Text};
use desk::confined::Confined;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::Path;

/// First argument under which the program looks at a workbook, confined. Hidden: not for people.
pub(crate) const ARGUMENT: &str = "look-at-workbook-confined";

/// What the child is asked to do with the bytes of a file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Job {
    /// Tell what it would do if it were opened.
    Inspect(inspect::Request),
    /// Map what a form asks.
    Form(form::Request),
    /// Write answers into a copy of a form.
    Fill(fill::Request),
    /// Tell what a file gives away, or make a copy without it.
    Scrub(scrub::Request),
    /// Look for names in every corner of a file.
    Search(Vec<String>),
}

/// Names that were found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Searched {
    /// Each place once.
    pub(crate) hits: Vec<Hit>,
    /// Product keys: the part, and the last group alone.
    pub(crate) keys: Vec<(String, String)>,
    /// Parts that could not be looked into; a name may stand there.
    pub(crate) unread: Vec<String>,
}

/// A name that was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hit {
    /// Which of the names asked for.
    pub(crate) name: usize,
    /// Part of the file.
    pub(crate) part: String,
}

/// A language as it goes through the pipe.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct French(pub(crate) bool);

impl French {
    /// Sentences in that language.
    pub(crate) fn text(self) -> Text {
        Text::new(if self.0 { Language::French } else { Language::English })
    }
}

/// The child: confines itself, does one job, ends.
///
/// # Errors
/// The pipe to the parent broke, or carried what is no request.
pub(crate) fn child(input: &mut dyn Read, output: &mut dyn Write) -> std::io::Result<()> {
    desk::confined::child(input, output, |job: Job, bytes| match job {
        Job::Inspect(request) => (told(&inspect::answer(&request, &bytes)), Vec::new()),
        Job::Form(request) => (told(&form::answer(&request, &bytes)), Vec::new()),
        Job::Search(names) => (told(&fill::search(&names, &bytes)), Vec::new()),
        Job::Fill(request) => {
            let (answer, copy) = fill::answer(&request, &bytes);
            (told(&answer), copy)
        }
        Job::Scrub(request) => {
            let (answer, copy) = scrub::answer(&request, &bytes);
            (told(&answer), copy)
        }
    })
}

/// Whoever looks at workbooks for this run: one child for all files, a new one where it stopped.
#[derive(Debug, Default)]
pub(crate) struct Looker {
    child: Option<Confined>,
}

impl Looker {
    /// Has a job done on the bytes of a file; gives what the child told and the bytes that it made.
    ///
    /// # Errors
    /// The child could not be started, took too long, or was ended by a limit.
    pub(crate) fn ask<T: DeserializeOwned>(&mut self, job: &Job, bytes: &[u8]) -> Result<(T, Vec<u8>), Failure> {
        let failed = |detail: String| Failure::new("fail-reader", vec![("detail", detail)]);
        let mut child = match self.child.take() {
            Some(child) => child,
            None => {
                let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
                Confined::start(&program, ARGUMENT)?
            }
        };
        let (told, made) = child.ask::<Job, Result<serde_json::Value, String>>(job, bytes)?;
        self.child = Some(child);
        let told = told.map_err(failed)?;
        Ok((serde_json::from_value(told).map_err(|error| failed(error.to_string()))?, made))
    }
}

/// One job on one file.
///
/// # Errors
/// As [`Looker::ask`].
pub(crate) fn ask<T: DeserializeOwned>(job: &Job, bytes: &[u8]) -> Result<(T, Vec<u8>), Failure> {
    Looker::default().ask(job, bytes)
}

/// The bytes of a file, at most `most`.
///
/// # Errors
/// The system does not give them, or there are more.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let io = |error: std::io::Error| Failure::io(path, &error);
    let file = std::fs::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > most {
        return Err(Failure::new("fail-too-large", vec![("path", path.display().to_string())]));
    }
    Ok(bytes)
}

/// A file that cannot be looked at, by its code of trouble.
pub(crate) fn unreadable(path: &Path, why: &str, session: &Session<'_>) -> Failure {
    let reason = session.say(&format!("trouble-{why}"), &[]);
    Failure::new("fail-workbook", vec![("path", path.display().to_string()), ("reason", reason)])
}

/// What a job gave, ready for the pipe.
fn told(value: &impl Serialize) -> Result<serde_json::Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}
