//! What people decide about joins: a wrong one is split, a missing one is made. Kept as acts with the records that were meant, so that
//! they hold when evidence comes or goes.

use crate::company::Company;
use crate::{Act, Case, Error, Stamp};
use licensing::deployments::join::{
    Decided, MachineRecords, PersonRecords, PersonRef, Record, machine_records, person_records,
};
use licensing::facts::MachineRef;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const MACHINES_SPLIT: &str = "machines-split";
const MACHINES_JOINED: &str = "machines-joined";
const PEOPLE_SPLIT: &str = "people-split";
const PEOPLE_JOINED: &str = "people-joined";
/// Kinds of the acts about joins.
const KINDS: [&str; 4] = [MACHINES_SPLIT, MACHINES_JOINED, PEOPLE_SPLIT, PEOPLE_JOINED];

/// Records that are not the machine or person of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Split<R> {
    /// What the join was called when it was split.
    of: String,
    apart: Vec<R>,
    from: Vec<R>,
    #[serde(default)]
    why: String,
}

/// Records that are one machine or person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Made<R> {
    /// What they were called when they were joined.
    of: Vec<String>,
    records: Vec<R>,
    #[serde(default)]
    why: String,
}

/// A decision about a join, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinAct {
    /// Number of the act.
    pub act: i64,
    /// Time, RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// `machines-split`, `machines-joined`, `people-split`, `people-joined`.
    pub kind: String,
    /// Machines or people as they were called then.
    pub of: Vec<String>,
    /// Why, in the user's words.
    pub why: String,
    /// How many records are apart (of a split) or one (of a join).
    pub records: usize,
}

/// A machine or a person with its records.
#[derive(Debug, Clone)]
pub enum Found {
    /// A machine.
    Machine(MachineRecords),
    /// A person.
    Person(PersonRecords),
}

impl Company {
    /// The records of every machine, and why they are one.
    pub fn machine_records(&self) -> Vec<MachineRecords> {
        machine_records(&self.facts, &self.estate.joined, &self.decided)
    }

    /// The records of every person, and why they are one.
    pub fn person_records(&self) -> Vec<PersonRecords> {
        person_records(&self.facts, &self.estate.persons, &self.decided)
    }

    /// The machine or person that `name` means; letters of either case.
    ///
    /// # Errors
    /// [`Error::Decision`]: none bears the name.
    pub fn find_joined(&self, name: &str) -> Result<Found, Error> {
        let same = |id: &str| id.eq_ignore_ascii_case(name);
        if let Some(machine) = self.machine_records().into_iter().find(|each| same(&each.machine)) {
            return Ok(Found::Machine(machine));
        }
        let person = self.person_records().into_iter().find(|each| same(&each.person));
        person.map(Found::Person).ok_or_else(|| fail("join-nobody", name))
    }
}

fn fail(code: &'static str, detail: impl Into<String>) -> Error {
    Error::Decision { code, detail: detail.into() }
}

/// The records that stand at `numbers` (from 1), and the others. Neither may be empty.
fn sides<R: Clone>(records: &[Record<R>], numbers: &[usize]) -> Result<(Vec<R>, Vec<R>), Error> {
    let wrong = numbers.iter().find(|number| **number == 0 || **number > records.len());
    if let Some(wrong) = wrong {
        return Err(fail("join-record", wrong.to_string()));
    }
    let (mut apart, mut from) = (Vec::new(), Vec::new());
    for (at, record) in records.iter().enumerate() {
        let side = if numbers.contains(&(at + 1)) { &mut apart } else { &mut from };
        side.push(record.reference.clone());
    }
    if apart.is_empty() || from.is_empty() { Err(fail("join-all", String::new())) } else { Ok((apart, from)) }
}

impl Case {
    fn read_body<T: DeserializeOwned>(&self, act: &Act) -> Result<T, Error> {
        serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))
    }

    /// What was decided about records and is in force.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn decided_records(&self) -> Result<Decided, Error> {
        let mut all = Decided::default();
        for (_, decided) in self.join_decisions_with_records()? {
            all.machines_joined.extend(decided.machines_joined);
            all.machines_split.extend(decided.machines_split);
            all.people_joined.extend(decided.people_joined);
            all.people_split.extend(decided.people_split);
        }
        Ok(all)
    }

    /// The decisions about joins that are in force, in their order.
    ///
    /// # Errors
    /// As [`Case::decided_records`].
    pub fn join_decisions(&self) -> Result<Vec<JoinAct>, Error> {
        Ok(self.join_decisions_with_records()?.into_iter().map(|(act, _)| act).collect())
    }

    /// The same, each with the records that it is about.
    pub(crate) fn join_decisions_with_records(&self) -> Result<Vec<(JoinAct, Decided)>, Error> {
        let mut all = Vec::new();
        for act in self.in_force(&KINDS)? {
            let mut decided = Decided::default();
            let (of, why, records) = match act.kind.as_str() {
                MACHINES_SPLIT => {
                    let split: Split<MachineRef> = self.read_body(&act)?;
                    let told = (vec![split.of], split.why, split.apart.len());
                    decided.machines_split.push([split.apart, split.from]);
                    told
                }
                PEOPLE_SPLIT => {
                    let split: Split<PersonRef> = self.read_body(&act)?;
                    let told = (vec![split.of], split.why, split.apart.len());
                    decided.people_split.push([split.apart, split.from]);
                    told
                }
                MACHINES_JOINED => {
                    let made: Made<MachineRef> = self.read_body(&act)?;
                    let told = (made.of, made.why, made.records.len());
                    decided.machines_joined.push(made.records);
                    told
                }
                _ => {
                    let made: Made<PersonRef> = self.read_body(&act)?;
                    let told = (made.of, made.why, made.records.len());
                    decided.people_joined.push(made.records);
                    told
                }
            };
            all.push((
                JoinAct { act: act.number, at: act.at, author: act.author, kind: act.kind, of, why, records },
                decided,
            ));
        }
        Ok(all)
    }

    /// Keeps the records at `numbers` (from 1) of what `name` means apart from its other records, and gives the number of the act.
    ///
    /// # Errors
    /// [`Error::Decision`]: nobody bears the name, there is no such record, nothing would be left on one side, or the two sides were
    /// joined by hand; or the case cannot be written.
    pub fn split_join(
        &mut self,
        company: &Company,
        name: &str,
        numbers: &[usize],
        why: &str,
        stamp: &Stamp,
    ) -> Result<i64, Error> {
        let why = why.to_owned();
        let (kind, body) = match company.find_joined(name)? {
            Found::Machine(found) => {
                let (apart, from) = sides(&found.records, numbers)?;
                not_by_hand(&company.decided.machines_joined, &apart, &from)?;
                (MACHINES_SPLIT, serde_json::to_value(Split { of: found.machine, apart, from, why }))
            }
            Found::Person(found) => {
                let (apart, from) = sides(&found.records, numbers)?;
                not_by_hand(&company.decided.people_joined, &apart, &from)?;
                (PEOPLE_SPLIT, serde_json::to_value(Split { of: found.person, apart, from, why }))
            }
        };
        let body = body.map_err(|error| self.damaged("split", error))?;
        self.act(stamp, kind, &body)?;
        self.last_act()
    }

    /// Makes what two or more names mean one, and gives the number of the act.
    ///
    /// # Errors
    /// [`Error::Decision`]: nobody bears a name, the names mean one already or a machine and a person, or a split keeps them apart; or
    /// the case cannot be written.
    pub fn make_join(&mut self, company: &Company, names: &[&str], why: &str, stamp: &Stamp) -> Result<i64, Error> {
        let (mut machines, mut people) = (Vec::new(), Vec::new());
        for name in names {
            match company.find_joined(name)? {
                Found::Machine(found) => machines.push(found),
                Found::Person(found) => people.push(found),
            }
        }
        let why = why.to_owned();
        let (kind, body) = if people.is_empty() {
            let of: Vec<String> = machines.iter().map(|each| each.machine.clone()).collect();
            several(&of)?;
            let sides: Vec<Vec<MachineRef>> = machines.into_iter().map(|each| references(each.records)).collect();
            not_split(&company.decided.machines_split, &sides)?;
            (MACHINES_JOINED, serde_json::to_value(Made { of, records: sides.concat(), why }))
        } else if machines.is_empty() {
            let of: Vec<String> = people.iter().map(|each| each.person.clone()).collect();
            several(&of)?;
            let sides: Vec<Vec<PersonRef>> = people.into_iter().map(|each| references(each.records)).collect();
            not_split(&company.decided.people_split, &sides)?;
            (PEOPLE_JOINED, serde_json::to_value(Made { of, records: sides.concat(), why }))
        } else {
            return Err(fail("join-kinds", names.join(", ")));
        };
        let body = body.map_err(|error| self.damaged("join", error))?;
        self.act(stamp, kind, &body)?;
        self.last_act()
    }

    /// Undoes a decision about a join.
    ///
    /// # Errors
    /// [`Error::NoDecision`], or the case cannot be written.
    pub fn undo_join(&mut self, number: i64, stamp: &Stamp) -> Result<Act, Error> {
        self.undo(number, &KINDS, stamp)
    }
}

fn references<R>(records: Vec<Record<R>>) -> Vec<R> {
    records.into_iter().map(|record| record.reference).collect()
}

/// Names that mean two different things at least.
fn several(names: &[String]) -> Result<(), Error> {
    let first = names.first();
    if names.iter().any(|name| Some(name) != first) { Ok(()) } else { Err(fail("join-same", names.join(", "))) }
}

/// A join that was made by hand is undone, not split.
fn not_by_hand<R: PartialEq>(joined: &[Vec<R>], apart: &[R], from: &[R]) -> Result<(), Error> {
    let on = |decision: &[R], side: &[R]| side.iter().any(|record| decision.contains(record));
    match joined.iter().any(|decision| on(decision, apart) && on(decision, from)) {
        true => Err(fail("join-by-hand", String::new())),
        false => Ok(()),
    }
}

/// What a split keeps apart is not joined: the split is undone.
fn not_split<R: PartialEq>(splits: &[[Vec<R>; 2]], sides: &[Vec<R>]) -> Result<(), Error> {
    let bears = |side: &[R], records: &[R]| side.iter().any(|record| records.contains(record));
    let apart = splits.iter().any(|[one, other]| {
        let at = |records: &[R]| sides.iter().position(|side| bears(side, records));
        matches!((at(one), at(other)), (Some(a), Some(b)) if a != b)
    });
    if apart { Err(fail("join-split", String::new())) } else { Ok(()) }
}
