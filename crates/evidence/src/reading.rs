//! What comes out of a file: facts and rejects, or a refusal of the whole.

use crate::mapping::Proposal;
use crate::{Context, Mend, keys};
use jiff::civil::Date;
use licensing::facts::{Fact, FactRow, Machine, MachineKind, Origin, Reject, Title};
use licensing::word::Word;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Stable name of the format (`glpi-agent-json`).
    pub taken_as: String,
    /// Encoding of its text (`utf-8`, `windows-1252`, ...); empty for binary formats.
    pub encoding: String,
    /// Rows: facts and rejects together.
    pub rows: u64,
    /// Rows understood.
    pub facts: Vec<FactRow>,
    /// Rows that could not be.
    pub rejects: Vec<Reject>,
    /// What the user should know of the file as a whole, as codes with a detail (`known-from-documents-only`, ...).
    pub notes: Vec<(String, String)>,
    /// Day of the export, where the file tells.
    pub exported: Option<Date>,
}

impl Reading {
    /// Rows of data: without the envelope of an agent's message (row 0), which tells of the machine.
    pub fn data_rows(&self) -> u64 {
        let envelopes = self.facts.iter().filter(|row| row.origin.row == 0).count() as u64;
        self.rows.saturating_sub(envelopes)
    }
}

/// Why a file was refused, as a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// No bytes.
    Empty,
    /// Beyond a bound of size.
    TooLarge,
    /// Inflates beyond bounds.
    Bomb,
    /// Ends in the middle.
    CutOff,
    /// Not well formed.
    Malformed,
    /// Of no format that is known.
    Unknown,
    /// A table whose columns are not known: a mapping is proposed.
    NeedsMapping,
    /// A known table without the columns that it needs.
    MissingColumns,
    /// Known, and of no use as evidence.
    NoEvidence,
    /// Objects written without being flattened.
    NotFlattened,
    /// XML with a document type or entities.
    Entities,
    /// Protected by a password.
    Encrypted,
    /// The reader was stopped (time, memory, crash).
    ReaderStopped,
}

impl Refused {
    /// All of them.
    const ALL: [Refused; 13] = [
        Refused::Empty,
        Refused::TooLarge,
        Refused::Bomb,
        Refused::CutOff,
        Refused::Malformed,
        Refused::Unknown,
        Refused::NeedsMapping,
        Refused::MissingColumns,
        Refused::NoEvidence,
        Refused::NotFlattened,
        Refused::Entities,
        Refused::Encrypted,
        Refused::ReaderStopped,
    ];

    /// The reason that a code stands for.
    pub fn of_code(code: &str) -> Option<Self> {
        Refused::ALL.into_iter().find(|each| each.code() == code)
    }

    /// The code as text.
    pub fn code(self) -> &'static str {
        match self {
            Refused::Empty => "empty",
            Refused::TooLarge => "too-large",
            Refused::Bomb => "bomb",
            Refused::CutOff => "cut-off",
            Refused::Malformed => "malformed",
            Refused::Unknown => "unknown-format",
            Refused::NeedsMapping => "needs-mapping",
            Refused::MissingColumns => "missing-columns",
            Refused::NoEvidence => "no-evidence",
            Refused::NotFlattened => "not-flattened",
            Refused::Entities => "entities",
            Refused::Encrypted => "encrypted",
            Refused::ReaderStopped => "reader-stopped",
        }
    }
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {detail}", reason.code())]
pub struct Refusal {
    /// Why.
    pub reason: Refused,
    /// The detail, in English.
    pub detail: String,
    /// Row or line where it shows, where there is one.
    pub row: Option<u64>,
    /// For [`Refused::NeedsMapping`]: which column seems to be what.
    pub proposal: Option<Box<Proposal>>,
}

impl Refusal {
    pub(crate) fn new(reason: Refused, detail: impl Into<String>) -> Self {
        Refusal { reason, detail: detail.into(), row: None, proposal: None }
    }

    pub(crate) fn at(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }
}

/// Bytes of a name or a number: more than the 32,767 characters that a cell of a workbook holds is no name.
const FIELD: usize = 32_767;

/// Why the text of a page of a proof is set aside: it is searched, and counts for nothing.
pub const TEXT_OF_A_PROOF: &str = "text-of-a-proof";

/// Bytes of a fact of another kind, which may carry lists.
const FACT: usize = 8 << 20;

/// The text of a fact that is longer than any real one, with its bytes; it would be kept, printed and sent for ever after.
fn boundless(fact: &Fact) -> Option<(String, usize)> {
    let long = |fields: &[Option<&str>]| {
        fields
            .iter()
            .flatten()
            .find(|field| field.len() > FIELD)
            .map(|field| (field.chars().take(500).collect(), field.len()))
    };
    match fact {
        Fact::Title(title) => long(&[
            Some(&title.name),
            title.key.as_deref(),
            title.version.as_deref(),
            title.publisher.as_deref(),
            title.parent.as_deref(),
        ]),
        Fact::Purchase(purchase) => long(&[
            Some(&purchase.title),
            purchase.part_number.as_deref(),
            purchase.agreement.as_deref(),
            purchase.order.as_deref(),
        ]),
        other => {
            let written = serde_json::to_string(other).unwrap_or_default();
            (written.len() > FACT).then(|| (written.chars().take(500).collect(), written.len()))
        }
    }
}

/// A title as it may leave a reader.
///
/// # Errors
/// The field that is longer than any real one, cut, and how many bytes it has.
pub(crate) fn screened(title: Title) -> Result<Title, (String, usize)> {
    let mut fact = Fact::Title(title);
    if let Some(found) = boundless(&fact) {
        return Err(found);
    }
    hide_keys(&mut fact);
    let Fact::Title(title) = fact else { return Ok(Title::default()) };
    Ok(title)
}

/// Drops the product keys in the texts of a fact.
fn hide_keys(fact: &mut Fact) {
    match fact {
        Fact::Title(title) => {
            title.name = keys::hide(&title.name);
            title.key = title.key.as_deref().map(keys::hide);
            title.version = title.version.as_deref().map(keys::hide);
            title.publisher = title.publisher.as_deref().map(keys::hide);
            title.parent = title.parent.as_deref().map(keys::hide);
        }
        Fact::Purchase(purchase) => {
            purchase.title = keys::hide(&purchase.title);
            purchase.part_number = purchase.part_number.as_deref().map(keys::hide);
            purchase.agreement = purchase.agreement.as_deref().map(keys::hide);
            purchase.order = purchase.order.as_deref().map(keys::hide);
        }
        _ => {}
    }
}

/// The beginning of a rejected row, without product keys.
pub(crate) fn shown(raw: &str) -> String {
    keys::hide(raw).chars().take(500).collect()
}

/// Collects what a reader finds; keeps the sum of rows right and product keys out.
pub(crate) struct Sink {
    evidence: Word,
    part: Option<Word>,
    reading: Reading,
    limit: u64,
    /// Rows of this file that a person mended.
    mends: Vec<Mend>,
}

impl Sink {
    pub(crate) fn new(format: &str, encoding: &str, evidence: &str, limit: u64) -> Self {
        Sink {
            evidence: evidence.into(),
            part: None,
            reading: Reading {
                taken_as: format.to_owned(),
                encoding: encoding.to_owned(),
                rows: 0,
                facts: Vec::new(),
                rejects: Vec::new(),
                notes: Vec::new(),
                exported: None,
            },
            limit,
            mends: Vec::new(),
        }
    }

    /// With what a person mended in this file.
    pub(crate) fn mended(mut self, context: &Context) -> Self {
        self.mends = context.mends.iter().filter(|mend| mend.evidence == self.evidence).cloned().collect();
        self
    }

    /// The text that a person put in the place of a row of the present part.
    pub(crate) fn mend(&self, row: u64) -> Option<&str> {
        self.mends
            .iter()
            .rfind(|mend| mend.row == row && mend.part.as_deref() == self.part.as_deref())
            .map(|mend| mend.text.as_str())
    }

    /// Rows of the present part that a person mended, with their text; the last word on each.
    pub(crate) fn mends(&self) -> BTreeMap<u64, &str> {
        self.mends
            .iter()
            .filter(|mend| mend.part.as_deref() == self.part.as_deref())
            .map(|mend| (mend.row, mend.text.as_str()))
            .collect()
    }

    /// Sheet, section or member that the following rows stand in.
    pub(crate) fn part(&mut self, part: Option<&str>) {
        self.part = part.map(Word::from);
    }

    fn origin(&self, row: u64) -> Origin {
        Origin { evidence: self.evidence.clone(), part: self.part.clone(), row }
    }

    /// Whether another row still fits the bound.
    pub(crate) fn has_room(&self) -> bool {
        self.reading.rows < self.limit
    }

    pub(crate) fn fact(&mut self, row: u64, mut fact: Fact, remarks: Vec<String>) {
        if let Some((field, bytes)) = boundless(&fact) {
            self.reject(row, "too-long", format!("{bytes} bytes"), &field);
            return;
        }
        hide_keys(&mut fact);
        let mut remarks: Vec<String> = remarks.into_iter().map(|remark| keys::hide(&remark)).collect();
        if let Some(mend) =
            self.mends.iter().rfind(|mend| mend.row == row && mend.part.as_deref() == self.part.as_deref())
        {
            remarks.push(mend.note.clone());
        }
        self.reading.rows += 1;
        let origin = self.origin(row);
        self.reading.facts.push(FactRow { origin, fact, remarks });
    }

    /// A row that tells of a machine and, in one cell, of the titles on it: one row, one fact; the titles ride on it.
    pub(crate) fn machine_with_titles(
        &mut self,
        row: u64,
        mut machine: Machine,
        titles: Vec<String>,
        remarks: Vec<String>,
    ) {
        machine.titles = titles.iter().map(|title| keys::hide(title)).collect();
        self.fact(row, Fact::Machine(machine), remarks);
    }

    /// Understood, and of no consequence for licences.
    pub(crate) fn aside(&mut self, row: u64, what: &str, why: &str) {
        let fact = Fact::SetAside { what: keys::hide(what), why: why.to_owned() };
        self.fact(row, fact, Vec::new());
    }

    pub(crate) fn reject(&mut self, row: u64, reason: &str, detail: impl Into<String>, raw: &str) {
        self.reading.rows += 1;
        let raw = shown(raw);
        let origin = self.origin(row);
        let detail = keys::hide(&detail.into());
        self.reading.rejects.push(Reject { origin, reason: reason.to_owned(), detail, raw });
    }

    pub(crate) fn note(&mut self, code: &str, detail: impl Into<String>) {
        self.reading.notes.push((code.to_owned(), keys::hide(&detail.into())));
    }

    pub(crate) fn exported(&mut self, day: Option<Date>) {
        self.reading.exported = self.reading.exported.max(day);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.reading.rows == 0
    }

    /// Every fact learns the day of the export, then the reading is done.
    pub(crate) fn done(mut self) -> Reading {
        if let Some(day) = self.reading.exported {
            for row in &mut self.reading.facts {
                match &mut row.fact {
                    Fact::Person(person) => person.exported = person.exported.or(Some(day)),
                    Fact::Subscription(subscription) => subscription.exported = subscription.exported.or(Some(day)),
                    // A guest that runs on the day of the export was seen that day, and so was a host that answered; a guest
                    // that is off, or a template, was not.
                    Fact::Machine(machine)
                        if machine.kind == Some(MachineKind::Host)
                            || machine
                                .virtualisation
                                .as_ref()
                                .is_some_and(|v| v.powered == Some(true) && !v.template) =>
                    {
                        machine.last_seen = machine.last_seen.or(Some(day));
                    }
                    _ => {}
                }
            }
        }
        self.reading
    }
}
