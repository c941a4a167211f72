//! What a file gives away beyond its answers, and how it is taken out.
//!
//! [`list`] tells, [`strip`] takes out and tells what stayed and why it had to, [`search`] looks for given names in every corner of the
//! outgoing file. Workbooks of Office Open XML and of Excel 97, open documents, JPEG, PNG and PDF are known; nothing is encoded anew.

mod binary;
mod document;
mod image;
mod keys;
mod mend;
mod old;
mod open_document;
mod package;
mod pdf;
mod search;
mod sheets;

pub use search::{Encoding, Found, Hit, MOST_HITS, SHORTEST, search};

use crate::container::{Archive, MAGIC};
use crate::limits;
use crate::trouble::Trouble;
use serde::Serialize;
use std::ops::Range;

/// Something that a file tells of its makers, their machines or their other files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Trace {
    /// Part, stream or place where it stands.
    pub part: String,
    /// What it is: `author`, `last-modified-by`, `company`, `manager`, `title`, `time`, `path`, `user`, `printer`, `comment-author`,
    /// `comment`, `hidden-sheet`, `hidden-rows`, `hidden-columns`, `outside-name`, `external-link`, `external-data`, `hyperlink`,
    /// `connection`, `pivot-user`, `pivot-data`, `data-model`, `revision`, `custom-xml`, `custom-property`, `thumbnail`, `embedded-file`,
    /// `document-id`, `label`, `view`, `macro-project`, `macro-path`, `package-signature`, `property`, `location`, `camera`, `text`,
    /// `metadata`, `trailing-bytes`, `file-signature`, `template`, `not-read`.
    pub code: &'static str,
    /// What it tells, at most 200 characters; empty where it cannot be shown as text.
    pub text: String,
    /// True when [`strip`] can take it out.
    pub removable: bool,
    /// True when a signature no longer holds once it is taken out.
    pub breaks_signature: bool,
}

/// How much is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// What the form works with stays: macros and their signature, texts of comments, links, connections, embedded files.
    KeepSignature,
    /// All that can be taken out.
    StripAll,
}

/// A stripped copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stripped {
    /// The file.
    pub bytes: Vec<u8>,
    /// What was taken out, sorted.
    pub removed: Vec<Trace>,
    /// What stayed, sorted: because of the mode, or because it cannot be taken out.
    pub kept: Vec<Trace>,
}

/// From which mode on a finding is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    All,
    Never,
}

/// What taking out means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fix {
    Nothing,
    /// Other bytes in place of some of a part, or of the file where it has no parts.
    Edit(Range<usize>, Vec<u8>),
    /// The part goes.
    Drop,
    /// The part is replaced.
    Replace(Vec<u8>),
    /// Times and comments of the archive's headers.
    Headers,
}

/// A trace with what to do about it.
#[derive(Debug, Clone)]
struct Finding {
    trace: Trace,
    when: When,
    fix: Fix,
}

impl Finding {
    fn new(part: &str, code: &'static str, text: impl Into<String>, when: When, fix: Fix) -> Self {
        let text = bounded(&text.into());
        let trace =
            Trace { part: part.to_owned(), code, text, removable: when != When::Never, breaks_signature: false };
        Self { trace, when, fix }
    }

    /// One that is told and cannot be taken out.
    fn told(part: &str, code: &'static str, text: impl Into<String>) -> Self {
        Self::new(part, code, text, When::Never, Fix::Nothing)
    }

    fn is_due(&self, mode: Mode) -> bool {
        match self.when {
            When::Always => true,
            When::All => mode == Mode::StripAll,
            When::Never => false,
        }
    }
}

fn bounded(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect::<String>().trim().to_owned()
}

/// What a file is to this room.
enum Kind {
    Package,
    OpenDocument,
    Old,
    Image,
    Pdf,
}

fn kind(bytes: &[u8]) -> Result<Kind, Trouble> {
    if bytes.len() as u64 > limits::FILE {
        return Err(Trouble::TooLarge { what: "file".to_owned(), limit: limits::FILE });
    }
    if bytes.starts_with(&MAGIC) {
        return Ok(Kind::Old);
    }
    if image::is_image(bytes) {
        return Ok(Kind::Image);
    }
    if memchr::memmem::find(bytes.get(..1024.min(bytes.len())).unwrap_or_default(), b"%PDF-").is_some() {
        return Ok(Kind::Pdf);
    }
    if !bytes.starts_with(b"PK") {
        return Err(Trouble::NotAWorkbook);
    }
    let archive = Archive::open(bytes)?;
    if archive.find("[Content_Types].xml").is_some() {
        return Ok(Kind::Package);
    }
    if archive.find("content.xml").is_some() { Ok(Kind::OpenDocument) } else { Err(Trouble::NotAWorkbook) }
}

/// What a file gives away, sorted.
///
/// # Errors
/// The file is of no kind that is known here, is encrypted, or contradicts its format.
pub fn list(bytes: &[u8]) -> Result<Vec<Trace>, Trouble> {
    let findings = match kind(bytes)? {
        Kind::Package => package::findings(bytes)?,
        Kind::OpenDocument => open_document::findings(bytes)?,
        Kind::Old => old::findings(bytes)?,
        Kind::Image => image::findings(bytes)?,
        Kind::Pdf => pdf::findings(bytes),
    };
    let mut traces: Vec<Trace> = findings.into_iter().map(|f| f.trace).collect();
    traces.sort();
    traces.dedup();
    Ok(traces)
}

/// A copy without what can be taken out in that mode. Answers, formulas, styles and the form itself stay.
///
/// # Errors
/// As [`list`].
pub fn strip(bytes: &[u8], mode: Mode) -> Result<Stripped, Trouble> {
    let kind = kind(bytes)?;
    let findings = match kind {
        Kind::Package => package::findings(bytes)?,
        Kind::OpenDocument => open_document::findings(bytes)?,
        Kind::Old => old::findings(bytes)?,
        Kind::Image => image::findings(bytes)?,
        Kind::Pdf => pdf::findings(bytes),
    };
    // Where a signature covers all of the file, keeping it means keeping the file.
    let sealed = mode == Mode::KeepSignature
        && findings.iter().any(|f| matches!(f.trace.code, "package-signature" | "file-signature"));
    let (due, kept): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(|f| !sealed && f.is_due(mode));
    let bytes = match kind {
        _ if due.is_empty() => bytes.to_vec(),
        Kind::Package => mend::package(bytes, &due)?,
        Kind::OpenDocument => mend::open_document(bytes, &due)?,
        Kind::Old | Kind::Image | Kind::Pdf => edited(bytes, due.iter().filter_map(edit_of).collect()),
    };
    let sorted = |findings: Vec<Finding>| {
        let mut traces: Vec<Trace> = findings.into_iter().map(|f| f.trace).collect();
        traces.sort();
        traces.dedup();
        traces
    };
    Ok(Stripped { bytes, removed: sorted(due), kept: sorted(kept) })
}

fn edit_of(finding: &Finding) -> Option<(Range<usize>, Vec<u8>)> {
    match &finding.fix {
        Fix::Edit(range, new) => Some((range.clone(), new.clone())),
        _ => None,
    }
}

/// Bytes with other bytes in their place; of two edits that overlap, the one that begins first and reaches further counts.
fn edited(bytes: &[u8], mut edits: Vec<(Range<usize>, Vec<u8>)>) -> Vec<u8> {
    edits.sort_by_key(|e| (e.0.start, std::cmp::Reverse(e.0.end)));
    let mut out = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for (range, new) in edits {
        if range.start < done {
            continue;
        }
        out.extend_from_slice(bytes.get(done..range.start).unwrap_or_default());
        out.extend(new);
        done = range.end;
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
    out
}
