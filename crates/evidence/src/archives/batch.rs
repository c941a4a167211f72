//! What the members of an archive gave, on its way from a walker to whoever stores it: rows of titles in columns, a title once.

use crate::bulk::Columns;
use crate::reading::{Reading, Refusal};
use jiff::civil::Date;
use licensing::facts::{Fact, FactRow, Machine, MachineRef, Reject, Title};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Bytes of titles that a walker remembers before it forgets them all.
const MEMORY: usize = 64 << 20;
/// Titles of one run, at most.
const LONGEST: u32 = 200_000;

/// Some members of an archive, read.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Batch {
    /// Number of its first member, and of the one behind its last.
    pub first: u64,
    /// The one behind its last.
    pub next: u64,
    /// Bytes of the archive up to its end.
    pub bytes: u64,
    /// What the walker told of titles before is forgotten; their numbers begin anew.
    pub anew: bool,
    /// Titles that the walker had not met before, without machine and day; they go on in its numbers.
    pub new_titles: Vec<Title>,
    /// What was read; folders and links give nothing, an archive as many as it holds.
    pub members: Vec<MemberRead>,
}

/// A member, read.
#[derive(Debug, Serialize, Deserialize)]
pub struct MemberRead {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes; empty if they could not be had.
    pub hash: String,
    /// What was read, or why not.
    pub outcome: Result<MemberTold, Refusal>,
}

/// A [`Reading`] with its titles in columns.
#[derive(Debug, Serialize, Deserialize)]
pub struct MemberTold {
    /// As in [`Reading`].
    pub taken_as: String,
    /// As in [`Reading`].
    pub encoding: String,
    /// As in [`Reading`].
    pub rows: u64,
    /// As in [`Reading`].
    pub notes: Vec<(String, String)>,
    /// As in [`Reading`].
    pub exported: Option<Date>,
    /// As in [`Reading`].
    pub rejects: Vec<Reject>,
    /// Facts that are no titles, each with its place among all facts.
    pub others: Vec<(u64, FactRow)>,
    /// The titles. They stand in the places that the others leave, in their order.
    pub runs: Vec<Run>,
}

/// Titles of one part of a member, by rising rows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Run {
    /// Place of the first among all facts.
    pub at: u64,
    /// Part within the member.
    pub part: Option<String>,
    /// The machines of the columns.
    pub machines: Vec<MachineRef>,
    /// The titles of the columns, in the walker's numbers.
    pub titles: Vec<u32>,
    /// What a row tells of its machine: place of the row in the columns.
    pub told: Vec<(u32, Machine)>,
    /// Remarks on a row: place of the row in the columns.
    pub remarks: Vec<(u32, Vec<String>)>,
    /// The rows. They travel beside the rest: as text they would be thrice as long.
    #[serde(skip)]
    pub columns: Columns,
}

impl MemberRead {
    /// A member whose bytes could not be had.
    pub fn refused(name: String, refusal: Refusal) -> Self {
        MemberRead { name, hash: String::new(), outcome: Err(refusal) }
    }
}

impl Batch {
    fn runs(&mut self) -> impl Iterator<Item = &mut Run> {
        self.members.iter_mut().filter_map(|member| member.outcome.as_mut().ok()).flat_map(|told| &mut told.runs)
    }

    /// The columns of all runs, one behind the other, each behind its length in four bytes.
    pub fn columns(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for run in self.runs() {
            let columns = run.columns.to_bytes();
            bytes.extend_from_slice(&u32::try_from(columns.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend_from_slice(&columns);
        }
        bytes
    }

    /// Itself with the columns that were sent beside it. `None`: they are not those of its runs.
    pub fn with(mut self, mut bytes: &[u8]) -> Option<Self> {
        for run in self.runs() {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let (columns, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            run.columns = Columns::from_bytes(columns).ok()?;
            bytes = rest;
        }
        bytes.is_empty().then_some(self)
    }
}

impl MemberTold {
    /// Whether rows, facts and rejects add up, every fact has a place of its own, and the columns name only machines and titles that
    /// there are, the walker having told of so many titles.
    pub fn is_sound(&self, titles: usize) -> bool {
        let of_runs: u64 = self.runs.iter().map(|run| u64::from(run.columns.rows)).sum();
        let facts = of_runs.saturating_add(self.others.len() as u64);
        facts.checked_add(self.rejects.len() as u64) == Some(self.rows)
            && rise(self.others.iter().map(|(place, _)| *place), facts)
            && rise(self.runs.iter().map(|run| run.at), facts)
            && self.runs.iter().all(|run| run.is_sound(titles))
    }
}

/// Whether places rise and stay below a bound.
fn rise(mut places: impl Iterator<Item = u64>, bound: u64) -> bool {
    let mut least = 0;
    places.all(|place| place >= std::mem::replace(&mut least, place.saturating_add(1)) && place < bound)
}

impl Run {
    fn is_sound(&self, titles: usize) -> bool {
        let within = |place: u32| place < self.columns.rows;
        let known = self.titles.iter().all(|title| (*title as usize) < titles);
        known
            && self.told.iter().all(|(place, _)| within(*place))
            && self.remarks.iter().all(|(place, _)| within(*place))
            && self
                .columns
                .rows()
                .filter(|row| {
                    row.is_ok_and(|row| {
                        (row.machine as usize) < self.machines.len() && (row.title as usize) < self.titles.len()
                    })
                })
                .count() as u64
                == u64::from(self.columns.rows)
    }
}

/// Numbers titles over the batches of a walker.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    begun: bool,
    known: HashMap<String, u32>,
    bytes: usize,
    key: String,
}

/// A run that is being written.
struct Making {
    run: Run,
    row: u64,
    machine: u32,
    titles: HashMap<u32, u32>,
    machines: HashMap<MachineRef, u32>,
}

impl Encoder {
    /// A new batch; may forget the titles so far.
    pub(super) fn begin(&mut self, first: u64) -> Batch {
        let anew = self.bytes > MEMORY || !std::mem::replace(&mut self.begun, true);
        if anew {
            self.known.clear();
            self.bytes = 0;
        }
        Batch { first, next: first, anew, ..Batch::default() }
    }

    /// A reading with its titles in columns; titles that are new go into `new`.
    pub(super) fn told(&mut self, reading: Reading, new: &mut Vec<Title>) -> MemberTold {
        let mut told = MemberTold {
            taken_as: reading.taken_as,
            encoding: reading.encoding,
            rows: reading.rows,
            notes: reading.notes,
            exported: reading.exported,
            rejects: reading.rejects,
            others: Vec::new(),
            runs: Vec::new(),
        };
        let mut making: Option<Making> = None;
        for (place, row) in (0..).zip(reading.facts) {
            let Fact::Title(title) = row.fact else {
                told.others.push((place, row));
                continue;
            };
            let part = row.origin.part.as_deref();
            let goes_on = |making: &&mut Making| {
                making.run.part.as_deref() == part && row.origin.row > making.row && making.run.columns.rows < LONGEST
            };
            if making.as_mut().filter(goes_on).is_none() {
                told.runs.extend(making.take().map(Making::done));
            }
            let making = making.get_or_insert_with(|| Making {
                run: Run { at: place, part: part.map(str::to_owned), ..Run::default() },
                row: 0,
                machine: 0,
                titles: HashMap::new(),
                machines: HashMap::new(),
            });
            let number = self.number(&title, new);
            making.push(row.origin.row, title, number, row.remarks);
        }
        told.runs.extend(making.map(Making::done));
        told
    }

    /// The walker's number of a title, its machine and day aside.
    fn number(&mut self, title: &Title, new: &mut Vec<Title>) -> u32 {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        let _ = write!(key, "{}:{}", title.name.len(), title.name);
        for text in [&title.publisher, &title.version, &title.key, &title.parent, &title.from] {
            // What is told, even as nothing, differs from what is not; a length ends where the text begins.
            match text {
                Some(text) => {
                    let _ = write!(key, "\n{}:{text}", text.len());
                }
                None => key.push_str("\n-"),
            }
        }
        key.push(if title.system_component { '+' } else { '-' });
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let number = match self.known.get(&key) {
            Some(number) => *number,
            None => {
                self.bytes = self.bytes.saturating_add(key.len() + 64);
                self.known.insert(key.clone(), next);
                let shared = Title { machine: MachineRef::default(), installed: None, told: None, ..title.clone() };
                new.push(shared);
                next
            }
        };
        self.key = key;
        number
    }
}

impl Making {
    fn push(&mut self, row: u64, title: Title, number: u32, remarks: Vec<String>) {
        let place = self.run.columns.rows;
        // Most members tell of one machine.
        if self.run.machines.get(self.machine as usize) != Some(&title.machine) {
            self.machine = match self.machines.get(&title.machine) {
                Some(known) => *known,
                None => {
                    let next = u32::try_from(self.run.machines.len()).unwrap_or(u32::MAX);
                    self.machines.insert(title.machine.clone(), next);
                    self.run.machines.push(title.machine);
                    next
                }
            };
        }
        let titles = &mut self.run.titles;
        let at = *self.titles.entry(number).or_insert_with(|| {
            titles.push(number);
            u32::try_from(titles.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(told) = title.told {
            self.run.told.push((place, *told));
        }
        if !remarks.is_empty() {
            self.run.remarks.push((place, remarks));
        }
        self.run.columns.push(row, self.machine, at, title.installed);
        self.row = row;
    }

    fn done(mut self) -> Run {
        self.run.columns.close();
        self.run
    }
}
