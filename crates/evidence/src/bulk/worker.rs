//! A worker: chunks of a file in, their rows out. Runs in the confined child.

use super::cache::{Cache, Key, same};
use super::chunk::{Chunk, Other, Short};
use super::columns::coded;
use super::plan::Plan;
use super::scan::{End, Scanner, behind_breaks};
use super::window::{STEP, Window};
use crate::keys;
use crate::limits::Limits;
use crate::reading::{Refusal, Refused, screened, shown};
use crate::tables::csv::Record;
use crate::tables::misshapen;
use crate::tables::software::{List, NO_MACHINE, Orders};
use crate::values;
use licensing::facts::{Machine, MachineRef, Title};
use std::collections::HashMap;
use std::io::{Read, Seek};

/// A record may be so long, in bytes; a quote that is never closed makes one of the whole file.
const RECORD: u64 = 64 << 20;
/// Bytes of what is remembered of cells.
const MEMORY: usize = 192 << 20;
/// Short records in a row, at most: more is no table.
pub(super) const SHORT: usize = 200_000;

/// Reads chunks of one file.
#[derive(Debug)]
pub struct Worker {
    plan: Plan,
    scanner: Scanner,
    list: List,
    orders: Orders,
    limits: Limits,
    /// Bytes of a line that is short enough whatever its letters are.
    short: usize,
    keys: Keys,
    machines: Cache<u32>,
    titles: Cache<Option<u32>>,
    abouts: Cache<u32>,
    days: Cache<u32>,
    about_values: Vec<About>,
    about_machines: Vec<Machine>,
    about_ids: HashMap<String, u32>,
    day_values: Vec<Day>,
    /// Numbers given to machines and titles, and the place of each in the chunk at hand: (chunk, place).
    machine_places: Vec<(u32, u32)>,
    title_places: Vec<(u32, u32)>,
    /// What each machine was last told to be: (turn of telling, number of the value).
    machine_told: Vec<(u32, u32)>,
    /// Turn of telling: what was told in an earlier one is told again.
    telling: u32,
    chunk: u32,
    anew: bool,
    cells: Vec<(usize, usize)>,
    room: Vec<u8>,
}

type Votes = (bool, bool);

/// What the cells about a machine say.
#[derive(Debug)]
struct About {
    /// Number of the machine that they tell of; none where they say nothing.
    machine: Option<u32>,
    remarks: Vec<String>,
    votes: Votes,
}

/// What a cell with a day says.
#[derive(Debug)]
struct Day {
    code: u64,
    remarks: Vec<String>,
    votes: Votes,
}

#[derive(Debug)]
struct Keys {
    machine: Key,
    title: Key,
    about: Key,
    day: Key,
}

/// The row before, whose machine is most often that of the next one too.
#[derive(Debug, Default)]
struct Before {
    key: (usize, usize),
    machine: Option<u32>,
}

impl Worker {
    /// A worker for the file of `plan`.
    pub fn new(plan: Plan, limits: Limits) -> Self {
        let list = plan.list();
        let [machine, title, about, day] = list.columns().map(Key::new);
        Worker {
            scanner: plan.scanner(),
            orders: plan.orders(),
            keys: Keys { machine, title, about, day },
            plan,
            list,
            short: limits.line / 3,
            limits,
            machines: Cache::default(),
            titles: Cache::default(),
            abouts: Cache::default(),
            days: Cache::default(),
            about_values: Vec::new(),
            about_machines: Vec::new(),
            about_ids: HashMap::new(),
            day_values: Vec::new(),
            machine_places: Vec::new(),
            title_places: Vec::new(),
            machine_told: Vec::new(),
            telling: 0,
            chunk: 0,
            anew: true,
            cells: Vec::new(),
            room: Vec::new(),
        }
    }

    /// The records that begin at or behind `from` and before `until`. If `sure`, a record begins at `from`; otherwise one is taken
    /// to begin behind the first line break there.
    ///
    /// # Errors
    /// [`Refusal`]: a record, a line or a run of short lines beyond bounds, or the file cannot be read.
    pub fn chunk<F: Read + Seek>(&mut self, file: &mut F, from: u64, until: u64, sure: bool) -> Result<Chunk, Refusal> {
        let unreadable = |error: std::io::Error| Refusal::new(Refused::ReaderStopped, error.to_string());
        let encoding = self.plan.encoding;
        let lead = if sure { 0 } else { encoding.unit() };
        let room = std::mem::take(&mut self.room);
        let mut window = Window::open(file, encoding, from - lead, until, room).map_err(unreadable)?;
        let mut making = self.begin();
        let mut at = 0;
        if !sure {
            at = loop {
                let limit = window.place(until);
                if let Some(found) = memchr::memchr2(b'\n', b'\r', window.bytes().get(..limit).unwrap_or_default()) {
                    break found;
                }
                if window.whole || window.end() >= until {
                    making.ends = until;
                    making.last = window.whole && window.position(window.bytes().len()) <= until;
                    self.room = window.into_room();
                    return Ok(making);
                }
                let all = window.bytes().len();
                window.move_to(all);
                window.grow(STEP).map_err(unreadable)?;
            };
        }
        let mut cells = std::mem::take(&mut self.cells);
        let mut marks = self.scanner.marks();
        let mut before = Before::default();
        let mut limit = window.place(until);
        let mut grown = 0;
        let mut first = None;
        // Where in the bytes the records begin whose letters have not been looked at.
        let mut unseen = at;
        loop {
            at = behind_breaks(window.bytes(), at);
            if first.is_none() && at < window.bytes().len() {
                first = Some(window.position(at));
                unseen = at;
            }
            let ended = at >= window.bytes().len();
            if (ended && window.whole) || (!ended && at >= limit) {
                break;
            }
            let end = match ended {
                true => End::Bytes,
                false => self.scanner.record(window.bytes(), at, &mut cells, &mut marks),
            };
            let (end, cut) = match end {
                End::Line(end) => (end, false),
                // The record goes on where the window does not reach: what was read is left behind.
                _ if !window.whole => {
                    if at > 0 {
                        if first.is_some() {
                            self.letters(&window, unseen.min(at), at, &mut making);
                        }
                        window.move_to(at);
                        (at, unseen, grown) = (0, 0, 0);
                    }
                    if grown > RECORD {
                        return Err(Refusal::new(Refused::TooLarge, format!("a record of more than {RECORD} bytes")));
                    }
                    grown = (grown * 2).max(STEP);
                    window.grow(grown).map_err(unreadable)?;
                    limit = window.place(until);
                    marks.forget();
                    before = Before::default();
                    continue;
                }
                End::Bytes => (window.bytes().len(), false),
                End::Quoted => (window.bytes().len(), true),
            };
            self.row(window.bytes(), (at, end), cut, &cells, &mut before, &mut making)?;
            at = end;
        }
        self.cells = cells;
        making.ends = window.position(at);
        // A first record that lies behind the chunk is not its own.
        making.begins = first.or(Some(making.ends)).filter(|begins| *begins < until);
        making.last = window.whole && at >= window.bytes().len();
        self.letters(&window, unseen.min(at), at, &mut making);
        self.room = window.into_room();
        making.columns.close();
        if self.remembered() > MEMORY {
            self.forget();
        }
        Ok(making)
    }

    /// What the letters between two places tell of the encoding.
    fn letters<F: Read + Seek>(&self, window: &Window<'_, F>, from: usize, to: usize, making: &mut Chunk) {
        let encoding = self.plan.encoding;
        let read = window.bytes().get(from..to).unwrap_or_default();
        if encoding.is_wide() {
            making.damaged |= memchr::memmem::find(read, "\u{fffd}".as_bytes()).is_some() && window.damaged(from, to);
        } else {
            making.signs.add(&encoding.signs(read));
        }
    }

    fn begin(&mut self) -> Chunk {
        self.chunk = self.chunk.wrapping_add(1);
        self.telling = self.telling.wrapping_add(1);
        Chunk { anew: std::mem::take(&mut self.anew), ..Chunk::default() }
    }

    fn remembered(&self) -> usize {
        let places = (self.machine_places.len() + self.title_places.len() + self.machine_told.len()) * 8;
        let values = (self.about_values.len() + self.about_machines.len() + self.day_values.len()) * 256;
        self.machines.bytes() + self.titles.bytes() + self.abouts.bytes() + self.days.bytes() + places + values
    }

    fn forget(&mut self) {
        self.machines.clear();
        self.titles.clear();
        self.abouts.clear();
        self.days.clear();
        self.about_values.clear();
        self.about_machines.clear();
        self.about_ids.clear();
        self.day_values.clear();
        self.machine_places.clear();
        self.title_places.clear();
        self.machine_told.clear();
        self.anew = true;
    }

    /// One record.
    #[inline]
    fn row(
        &mut self,
        bytes: &[u8],
        (from, to): (usize, usize),
        cut: bool,
        cells: &[(usize, usize)],
        before: &mut Before,
        making: &mut Chunk,
    ) -> Result<(), Refusal> {
        // What is decoded may be up to three times as long.
        if to - from > self.short {
            self.long_line(bytes.get(from..to).unwrap_or_default())?;
        }
        if cells.len() != self.plan.header.len() || cut {
            return self.odd(bytes.get(from..to).unwrap_or_default(), cut, making);
        }
        let separator = self.plan.separator;
        let mut parsed: Option<Record> = None;
        // The machine.
        let span = self.keys.machine.place(cells);
        let cell = |(from, to): (usize, usize)| bytes.get(from..to).unwrap_or_default();
        let again = before.machine.is_some() && span.is_some_and(|span| same(cell(span), cell(before.key)));
        let machine = if again {
            before.machine
        } else {
            let mut room = self.machines.take_room();
            let key = self.keys.machine.of(bytes, cells, &mut room, separator);
            let found = match self.machines.get(key) {
                Some(known) => Some(known),
                None => {
                    let record =
                        parsed.get_or_insert_with(|| self.plan.record(bytes.get(from..to).unwrap_or_default(), cut));
                    self.list.machine(record).map(|id| {
                        let number = self.new_machine(id, making);
                        self.machines.insert(key, number);
                        number
                    })
                }
            };
            self.machines.give_room(room);
            found
        };
        if let Some(span) = span {
            *before = Before { key: span, machine };
        }
        // The title.
        let mut room = self.titles.take_room();
        let key = self.keys.title.of(bytes, cells, &mut room, separator);
        let title = match self.titles.get(key) {
            Some(known) => known,
            None => {
                let record =
                    parsed.get_or_insert_with(|| self.plan.record(bytes.get(from..to).unwrap_or_default(), cut));
                // No title, or one that is too long: taken the long way each time.
                let title = self.list.title(record).and_then(|title| screened(title).ok());
                let number = title.map(|title| self.new_title(title, making));
                self.titles.insert(key, number);
                number
            }
        };
        self.titles.give_room(room);
        let (Some(machine), Some(title)) = (machine, title) else {
            return self.odd(bytes.get(from..to).unwrap_or_default(), cut, making);
        };
        let about = if self.keys.about.is_empty() { None } else { Some(self.about(bytes, (from, to), cells)) };
        let day = if self.keys.day.is_empty() { None } else { Some(self.day(bytes, (from, to), cells)) };
        self.title(machine, title, about, day, making);
        Ok(())
    }

    /// A row that is a title.
    fn title(&mut self, machine: u32, title: u32, about: Option<u32>, day: Option<u32>, making: &mut Chunk) {
        flush(making);
        making.full = true;
        making.numbered += 1;
        let row = making.columns.rows;
        let machine_at = place(&mut self.machine_places, machine, self.chunk, &mut making.machines);
        let title_at = place(&mut self.title_places, title, self.chunk, &mut making.titles);
        let mut remarks: Vec<String> = Vec::new();
        if let Some(about) = about.and_then(|about| self.about_values.get(about as usize)) {
            remarks.extend(about.remarks.iter().cloned());
            vote(&mut making.votes[1], about.votes);
            if let (Some(value), Some(slot)) = (about.machine, self.machine_told.get_mut(machine as usize))
                && *slot != (self.telling, value)
            {
                *slot = (self.telling, value);
                making.told.extend(self.about_machines.get(value as usize).map(|machine| (row, machine.clone())));
            }
        }
        let mut code = 0;
        if let Some(day) = day.and_then(|day| self.day_values.get(day as usize)) {
            code = day.code;
            vote(&mut making.votes[0], day.votes);
            remarks.extend(day.remarks.iter().cloned());
        }
        if !remarks.is_empty() {
            making.remarks.push((row, remarks));
        }
        making.columns.push_coded(making.numbered, machine_at, title_at, code);
    }

    fn about(&mut self, bytes: &[u8], (from, to): (usize, usize), cells: &[(usize, usize)]) -> u32 {
        let mut room = self.abouts.take_room();
        let key = self.keys.about.of(bytes, cells, &mut room, self.plan.separator);
        let found = self.abouts.get(key);
        let number = found.unwrap_or_else(|| {
            let record = self.plan.record(bytes.get(from..to).unwrap_or_default(), false);
            let number = self.new_about(&record);
            self.abouts.insert(key, number);
            number
        });
        self.abouts.give_room(room);
        number
    }

    fn new_about(&mut self, record: &Record) -> u32 {
        let mut remarks = Vec::new();
        let machine = self.list.about(record, self.orders.scan, &mut remarks);
        let value = (machine != Machine::default()).then(|| {
            let text = serde_json::to_string(&machine).unwrap_or_default();
            *self.about_ids.entry(text).or_insert_with(|| {
                self.about_machines.push(machine);
                count(self.about_machines.len()) - 1
            })
        });
        let votes = votes_of(record, self.list.days().1);
        self.about_values.push(About { machine: value, remarks: hidden(remarks), votes });
        count(self.about_values.len()) - 1
    }

    fn day(&mut self, bytes: &[u8], (from, to): (usize, usize), cells: &[(usize, usize)]) -> u32 {
        let mut room = self.days.take_room();
        let key = self.keys.day.of(bytes, cells, &mut room, self.plan.separator);
        let found = self.days.get(key);
        let number = found.unwrap_or_else(|| {
            let record = self.plan.record(bytes.get(from..to).unwrap_or_default(), false);
            let number = self.new_day(&record);
            self.days.insert(key, number);
            number
        });
        self.days.give_room(room);
        number
    }

    fn new_day(&mut self, record: &Record) -> u32 {
        let mut remarks = Vec::new();
        let day = self.list.installed(record, self.orders.installed, &mut remarks);
        let votes = votes_of(record, self.list.days().0);
        self.day_values.push(Day { code: coded(day), remarks: hidden(remarks), votes });
        count(self.day_values.len()) - 1
    }

    fn new_machine(&mut self, id: MachineRef, making: &mut Chunk) -> u32 {
        making.new_machines.push(id);
        self.machine_told.push((0, 0));
        number_of(&mut self.machine_places)
    }

    fn new_title(&mut self, title: Title, making: &mut Chunk) -> u32 {
        making.new_titles.push(title);
        number_of(&mut self.title_places)
    }

    /// A record that is not taken by its cells alone, as in a small file.
    fn odd(&mut self, raw: &[u8], cut: bool, making: &mut Chunk) -> Result<(), Refusal> {
        let record = self.plan.record(raw, cut);
        let wide = self.plan.header.len();
        let (installed, scan) = self.list.days();
        let full = record.cells.len() >= wide;
        if full {
            flush(making);
            making.full = true;
        }
        let shape = misshapen(&record, wide);
        let known = self.list.machine(&record).zip(self.list.title(&record));
        let is_title = !record.is_blank() && shape.is_none() && known.is_some();
        let screened = known.map(|(machine, title)| (machine, screened(title)));
        if let (true, Some((machine, Ok(title)))) = (is_title, &screened) {
            let machine = self.new_machine(machine.clone(), making);
            let title = self.new_title(title.clone(), making);
            let (about, day) = (self.new_about(&record), self.new_day(&record));
            self.title(machine, title, Some(about), Some(day), making);
            // The machine has another number elsewhere, under which the next row would find what was told before this one.
            self.telling = self.telling.wrapping_add(1);
            return Ok(());
        }
        vote(&mut making.votes[0], votes_of(&record, installed));
        vote(&mut making.votes[1], votes_of(&record, scan));
        if record.is_blank() {
            return Ok(());
        }
        if let (false, Some((reason, detail))) = (full, &shape) {
            if making.tail.len() >= SHORT {
                return Err(too_many_short());
            }
            let message = wide > 2 && record.cells.len() == 1 && !cut;
            let raw = shown(&record.raw());
            making.tail.push(Short { reason: (*reason).to_owned(), detail: detail.clone(), raw, message });
            return Ok(());
        }
        let reject = |reason: &str, detail: String, raw: &str| Other::Reject {
            reason: reason.to_owned(),
            detail,
            raw: shown(raw),
        };
        let other = match (shape, screened) {
            (Some((reason, detail)), _) => reject(reason, detail, &record.raw()),
            (None, Some((_, Err((field, bytes))))) => reject("too-long", format!("{bytes} bytes"), &field),
            _ if self.list.names_machine(&record) => Other::Aside,
            _ => reject(NO_MACHINE.0, NO_MACHINE.1.to_owned(), &record.raw()),
        };
        making.numbered += 1;
        making.others.push((making.numbered, other));
        Ok(())
    }

    fn long_line(&self, raw: &[u8]) -> Result<(), Refusal> {
        let text = self.plan.encoding.narrow().decode(raw).0;
        match crate::tables::too_long_line(&text, self.limits.line) {
            Some(_) => {
                Err(Refusal::new(Refused::TooLarge, format!("a line is longer than {} bytes", self.limits.line)))
            }
            None => Ok(()),
        }
    }
}

pub(super) fn too_many_short() -> Refusal {
    Refusal::new(Refused::Malformed, format!("more than {SHORT} lines in a row have too few columns"))
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A new number, one above the last.
fn number_of(places: &mut Vec<(u32, u32)>) -> u32 {
    places.push((0, 0));
    count(places.len()) - 1
}

/// The place of a number in the list of the chunk; put there if it is not yet.
#[inline]
fn place(places: &mut [(u32, u32)], number: u32, chunk: u32, list: &mut Vec<u32>) -> u32 {
    let Some(slot) = places.get_mut(number as usize) else { return 0 };
    if slot.0 != chunk {
        *slot = (chunk, count(list.len()));
        list.push(number);
    }
    slot.1
}

/// The short records so far are rows: a full one follows.
fn flush(making: &mut Chunk) {
    if making.tail.is_empty() {
        return;
    }
    for short in making.tail.drain(..) {
        making.numbered += 1;
        making.others.push((making.numbered, short.reject()));
    }
}

#[inline]
fn vote(sum: &mut (u64, u64), (first, second): Votes) {
    sum.0 += u64::from(first);
    sum.1 += u64::from(second);
}

fn votes_of(record: &Record, column: Option<usize>) -> Votes {
    column.and_then(|at| record.cells.get(at)).map_or((false, false), |cell| values::votes(cell))
}

fn hidden(remarks: Vec<String>) -> Vec<String> {
    remarks.into_iter().map(|remark| keys::hide(&remark)).collect()
}
