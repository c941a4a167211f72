//! Chunks in their order become the rows of one file: numbered through, machines and titles numbered once, what only the whole
//! tells judged at the end. Runs in the parent, which believes of a chunk only what it has checked.

use super::chunk::{Chunk, Other, Short};
use super::columns::Columns;
use super::encoding::Signs;
use super::numbers::{Heard, Numbers};
use super::plan::{Guess, Plan};
use super::worker::{SHORT, too_many_short};
use crate::reading::{Refusal, Refused};
use crate::tables::software::WITHOUT_NAME;
use crate::values::{self, Order};
use licensing::facts::{Machine, MachineRef, Title};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The rows of a chunk within their file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Rows of the file before those that the columns count from 1.
    pub before: u64,
    /// Rows that are titles.
    pub columns: Columns,
    /// Machines that no row of the file before these has named; they go on in the file's numbers.
    pub new_machines: Vec<MachineRef>,
    /// Titles that no row of the file before these has named; they go on in the file's numbers.
    pub new_titles: Vec<Title>,
    /// Machines of the columns, in the file's numbers.
    pub machines: Vec<u32>,
    /// Titles of the columns, in the file's numbers.
    pub titles: Vec<u32>,
    /// What a row tells of its machine, where it says more than the rows before: place of the row in the columns.
    pub told: Vec<(u32, Machine)>,
    /// Remarks on a row: place of the row in the columns.
    pub remarks: Vec<(u32, Vec<String>)>,
    /// Rows that are no titles.
    pub others: Vec<Plain>,
}

/// A row that is no title, by its number in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// Understood, of no consequence for licences: row and why.
    Aside(u64, &'static str),
    /// Not understood.
    Reject {
        /// Row.
        row: u64,
        /// Code of the reason.
        reason: String,
        /// Its detail.
        detail: String,
        /// The row, cut.
        raw: String,
    },
}

/// What becomes of a chunk.
#[derive(Debug)]
pub enum Step {
    /// Its rows; the next chunk is waited for.
    Block(Box<Block>),
    /// All its bytes belong to the record before it; the next chunk is waited for.
    Nothing,
    /// It began in the middle of a record: the file is wanted again from here to there, and a record begins here.
    Again(u64, u64),
}

/// The end of a file.
#[derive(Debug)]
pub enum Ending {
    /// All is read.
    Whole(Summary),
    /// What only the whole tells was guessed wrong: everything so far is void, and the file is to be read again with this.
    Refit(Guess),
}

/// What is told of a file when all its rows are there.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// Encoding of its text.
    pub encoding: &'static str,
    /// Notes, as codes with a detail.
    pub notes: Vec<(String, String)>,
    /// Rejects at its very end.
    pub others: Vec<Plain>,
    /// Rows: facts and rejects.
    pub rows: u64,
    /// Rejects.
    pub rejects: u64,
}

/// What is known of a file in the middle of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    plan: Plan,
    size: u64,
    chunk: u64,
    /// Chunks taken.
    chunks: u64,
    /// Where the next record begins.
    expected: u64,
    rows: u64,
    rejects: u64,
    signs: Signs,
    votes: [(u64, u64); 2],
    damaged: bool,
    /// A record with all columns was there.
    full: bool,
    tail: Vec<Short>,
}

/// Puts the chunks of a file together.
#[derive(Debug)]
pub struct Assembly {
    state: State,
    machines: Numbers,
    titles: Numbers,
    /// What each machine was last told to be.
    told: HashMap<u32, String>,
    workers: Vec<(Heard<MachineRef>, Heard<Title>)>,
}

fn nonsense() -> Refusal {
    Refusal::new(Refused::ReaderStopped, "a reading process gave rows that do not fit together")
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Assembly {
    /// For the file of `plan`, of `size` bytes, read in chunks of `chunk` bytes (an even number) by so many `workers`.
    pub fn new(plan: Plan, size: u64, chunk: u64, workers: usize) -> Self {
        let state = State {
            size,
            chunk,
            chunks: 0,
            expected: plan.start,
            rows: 0,
            rejects: 0,
            signs: plan.signs,
            votes: [(0, 0); 2],
            damaged: false,
            full: false,
            tail: Vec::new(),
            plan,
        };
        Assembly::of(state, workers)
    }

    fn of(state: State, workers: usize) -> Self {
        let workers = (0..workers).map(|_| Default::default()).collect();
        Assembly { state, machines: Numbers::default(), titles: Numbers::default(), told: HashMap::new(), workers }
    }

    /// The state as text; with the blocks given out so far, enough to go on.
    pub fn saved(&self) -> String {
        text(&self.state)
    }

    /// Goes on from a saved state with new workers. `machines` and `titles`: those of all blocks so far, in the file's numbers; `told`:
    /// what machines were told to be, in the order of the rows. `None`: no such state.
    pub fn resume(
        saved: &str,
        workers: usize,
        machines: &[MachineRef],
        titles: &[Title],
        told: impl IntoIterator<Item = (u32, Machine)>,
    ) -> Option<Self> {
        let mut assembly = Assembly::of(serde_json::from_str(saved).ok()?, workers);
        for machine in machines {
            assembly.machines.number(text(machine))?;
        }
        for title in titles {
            assembly.titles.number(text(title))?;
        }
        assembly.told = told.into_iter().map(|(machine, about)| (machine, text(&about))).collect();
        Some(assembly)
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.state.size
    }

    /// Bytes of a chunk.
    pub fn chunk(&self) -> u64 {
        self.state.chunk
    }

    /// How many chunks were taken.
    pub fn taken(&self) -> u64 {
        self.state.chunks
    }

    /// The plan that the chunks are read by.
    pub fn plan(&self) -> &Plan {
        &self.state.plan
    }

    /// Where chunk `number` begins and ends. `None`: the file ends before it.
    pub fn bounds(&self, number: u64) -> Option<(u64, u64)> {
        let from = self.state.plan.start.checked_add(number.checked_mul(self.state.chunk)?)?;
        (from < self.state.size).then(|| (from, from.saturating_add(self.state.chunk).min(self.state.size)))
    }

    /// Number of the chunk that is waited for. `None`: all have come.
    pub fn next(&self) -> Option<u64> {
        self.bounds(self.state.chunks).map(|_| self.state.chunks)
    }

    /// Bytes of the file that have been read.
    pub fn done(&self) -> u64 {
        self.state.expected.min(self.state.size)
    }

    /// Rows so far: facts and rejects.
    pub fn rows(&self) -> u64 {
        self.state.rows
    }

    /// Takes the chunk that is waited for from a worker; `None`: it was read again, by a worker of its own.
    ///
    /// # Errors
    /// [`Refusal`]: the chunk is not what a worker writes, or shows that the file is no table.
    pub fn take(&mut self, worker: Option<usize>, mut chunk: Chunk) -> Result<Step, Refusal> {
        let (_, until) = self.bounds(self.state.chunks).ok_or_else(nonsense)?;
        let mut heard = match worker {
            Some(worker) => std::mem::take(self.workers.get_mut(worker).ok_or_else(nonsense)?),
            None => Default::default(),
        };
        heard.0.hear(chunk.anew, std::mem::take(&mut chunk.new_machines));
        heard.1.hear(chunk.anew, std::mem::take(&mut chunk.new_titles));
        let step = self.step(worker.is_none(), until, chunk, &mut heard);
        if let Some(slot) = worker.and_then(|worker| self.workers.get_mut(worker)) {
            *slot = heard;
        }
        step
    }

    fn step(
        &mut self,
        again: bool,
        until: u64,
        chunk: Chunk,
        heard: &mut (Heard<MachineRef>, Heard<Title>),
    ) -> Result<Step, Refusal> {
        let expected = self.state.expected;
        if expected >= until {
            self.state.chunks += 1;
            return Ok(Step::Nothing);
        }
        // Read again, a stretch may hold nothing but line breaks.
        if chunk.begins != Some(expected) && !(again && chunk.begins.is_none() && chunk.numbered == 0) {
            return if again { Err(nonsense()) } else { Ok(Step::Again(expected, until)) };
        }
        if chunk.ends < until.min(self.state.size) || chunk.ends > self.state.size {
            return Err(nonsense());
        }
        let told_by = sound(&chunk).ok_or_else(nonsense)?;
        let mut block = Block { columns: chunk.columns, remarks: chunk.remarks, ..Block::default() };
        block.machines =
            heard.0.numbers(&chunk.machines, &mut self.machines, &mut block.new_machines).ok_or_else(nonsense)?;
        block.titles = heard.1.numbers(&chunk.titles, &mut self.titles, &mut block.new_titles).ok_or_else(nonsense)?;
        if self.machines.is_full() || self.titles.is_full() {
            return Err(Refusal::new(
                Refused::TooLarge,
                "more different machines or titles than are read from one file",
            ));
        }
        let told = chunk.told.into_iter().zip(told_by);
        block.told = told
            .filter_map(|((row, about), machine)| {
                let machine = *block.machines.get(machine as usize)?;
                let words = text(&about);
                let news = self.told.get(&machine) != Some(&words);
                self.told.insert(machine, words);
                news.then_some((row, about))
            })
            .collect();
        let state = &mut self.state;
        state.chunks += 1;
        state.expected = chunk.ends;
        state.signs.add(&chunk.signs);
        state.damaged |= chunk.damaged;
        for (sum, votes) in state.votes.iter_mut().zip(chunk.votes) {
            *sum = (sum.0.saturating_add(votes.0), sum.1.saturating_add(votes.1));
        }
        if chunk.full {
            state.full = true;
            // The short records of earlier chunks were rows.
            for short in std::mem::take(&mut state.tail) {
                state.rows += 1;
                state.rejects += 1;
                block.others.push(short.reject().numbered(state.rows));
            }
        }
        block.before = state.rows;
        state.rows += chunk.numbered;
        for (number, other) in chunk.others {
            state.rejects += u64::from(matches!(other, Other::Reject { .. }));
            block.others.push(other.numbered(block.before + number));
        }
        state.tail.extend(chunk.tail);
        if state.tail.len() > SHORT {
            return Err(too_many_short());
        }
        Ok(Step::Block(Box::new(block)))
    }

    /// All chunks were taken.
    pub fn finish(self) -> Ending {
        let mut state = self.state;
        let guess = Guess {
            encoding: state.plan.encoding.judged(&state.signs),
            installed_day_first: values::elected(state.votes[0].0, state.votes[0].1) == Order::DayFirst,
            scan_day_first: values::elected(state.votes[1].0, state.votes[1].1) == Order::DayFirst,
        };
        if guess != state.plan.guess() {
            return Ending::Refit(guess);
        }
        let damaged = state.damaged || state.plan.encoding.is_damaged(&state.signs);
        let mut notes = state.plan.notes(damaged);
        let mut others = Vec::new();
        for short in std::mem::take(&mut state.tail) {
            // Lines behind the data: "(173 rows affected)", a completion time.
            if short.message && state.full {
                notes.push(("lines-after-data".to_owned(), short.raw));
            } else {
                state.rows += 1;
                state.rejects += 1;
                others.push(short.reject().numbered(state.rows));
            }
        }
        Ending::Whole(Summary {
            encoding: state.plan.encoding.name(&state.signs),
            notes,
            others,
            rows: state.rows,
            rejects: state.rejects,
        })
    }
}

impl Other {
    fn numbered(self, row: u64) -> Plain {
        match self {
            Other::Aside => Plain::Aside(row, WITHOUT_NAME),
            Other::Reject { reason, detail, raw } => Plain::Reject { row, reason, detail, raw },
        }
    }
}

/// Whether each row of a chunk bears one number and no other, and everything in it means something; gives the machine (by its place
/// in the chunk's list) of each row that tells of it.
fn sound(chunk: &Chunk) -> Option<Vec<u32>> {
    if u64::from(chunk.columns.rows) + chunk.others.len() as u64 != chunk.numbered
        || (!chunk.full && chunk.numbered > 0)
    {
        return None;
    }
    let mut others = chunk.others.iter().map(|(number, _)| *number).peekable();
    let mut told = chunk.told.iter().map(|(place, _)| *place).peekable();
    let mut told_by = Vec::with_capacity(chunk.told.len());
    let mut rows = chunk.columns.rows();
    let mut next = 1;
    for place in 0..chunk.columns.rows {
        let (number, machine, title) = rows.sound()?;
        while others.next_if(|other| *other == next && *other < number).is_some() {
            next += 1;
        }
        if number != next || machine as usize >= chunk.machines.len() || title as usize >= chunk.titles.len() {
            return None;
        }
        next += 1;
        if told.next_if_eq(&place).is_some() {
            told_by.push(machine);
        }
    }
    for other in others {
        if other != next {
            return None;
        }
        next += 1;
    }
    let mut remarks = chunk.remarks.iter().map(|(place, _)| *place);
    let placed = remarks.all(|place| place < chunk.columns.rows) && chunk.remarks.is_sorted_by(|a, b| a.0 < b.0);
    (told.next().is_none() && placed).then_some(told_by)
}
