//! The records behind each machine and person, and what made them one: for people who doubt a join.

use super::decided::{Decided, PersonRef};
use super::identity::Identities;
use super::{Joined, JoinedPerson, reference};
use crate::facts::{Fact, FactRow, MachineRef, Origin};
use std::collections::{BTreeMap, BTreeSet};

/// A record: what one or more rows call a machine or person in the same words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Record<R> {
    /// Its names and numbers.
    pub reference: R,
    /// How many rows bear it.
    pub rows: usize,
    /// The first row of each evidence file that bears it.
    pub origins: Vec<Origin>,
}

/// A reason why records are one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Because {
    /// `hand`, `tool`, `uuid`, `serial`, `name` for machines; `hand`, `upn`, `account` for people.
    pub by: &'static str,
    /// The value that they share; empty for `hand`.
    pub value: String,
    /// Places of the records in the list, from 0.
    pub records: Vec<usize>,
}

/// A machine with its records.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MachineRecords {
    /// Identifier of the machine.
    pub machine: String,
    /// Its records, sorted.
    pub records: Vec<Record<MachineRef>>,
    /// Why they are one.
    pub because: Vec<Because>,
}

/// A person with their records.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PersonRecords {
    /// Identifier of the person.
    pub person: String,
    /// The records, sorted.
    pub records: Vec<Record<PersonRef>>,
    /// Why they are one.
    pub because: Vec<Because>,
}

fn gathered<R: Ord + Clone>(rows: impl Iterator<Item = (R, Origin)>) -> BTreeMap<R, Record<R>> {
    let mut records: BTreeMap<R, Record<R>> = BTreeMap::new();
    for (reference, origin) in rows {
        let record =
            records.entry(reference.clone()).or_insert_with(|| Record { reference, rows: 0, origins: Vec::new() });
        record.rows += 1;
        if !record.origins.iter().any(|known| known.evidence == origin.evidence) {
            record.origins.push(origin);
        }
    }
    records
}

/// Places of the records that bear each value; only what two or more share.
fn shared<R>(records: &[Record<R>], by: &'static str, value: impl Fn(&R) -> Option<String>) -> Vec<Because> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        if let Some(value) = value(&record.reference) {
            places.entry(value).or_default().push(place);
        }
    }
    let several = places.into_iter().filter(|(_, records)| records.len() > 1);
    several.map(|(value, records)| Because { by, value, records }).collect()
}

fn by_hand<R: PartialEq>(records: &[Record<R>], joined: &[Vec<R>]) -> Vec<Because> {
    let mut all = Vec::new();
    for decision in joined {
        let places: Vec<usize> = (0..records.len())
            .filter(|place| records.get(*place).is_some_and(|record| decision.contains(&record.reference)))
            .collect();
        if places.len() > 1 {
            all.push(Because { by: "hand", value: String::new(), records: places });
        }
    }
    all
}

/// The records of every machine of `joined`, in its order.
pub fn machine_records(rows: &[FactRow], joined: &Joined, decided: &Decided) -> Vec<MachineRecords> {
    let mut sorted: Vec<&FactRow> = rows.iter().collect();
    sorted.sort_by(|a, b| a.origin.cmp(&b.origin));
    let mut identities = Identities::default();
    for row in &sorted {
        identities.row(row);
    }
    let groups = identities.solve(decided);
    let named: BTreeSet<(usize, &str)> = groups.names().iter().map(|link| (link.group, link.name.as_str())).collect();
    let spoken = sorted.iter().filter_map(|row| Some((reference(row)?.clone(), row.origin.clone())));
    let mut records = gathered(spoken);
    let mut by_group: BTreeMap<usize, Vec<Record<MachineRef>>> = BTreeMap::new();
    for (reference, group) in groups.references() {
        by_group.entry(group).or_default().extend(records.remove(reference));
    }
    let mut machine_of: BTreeMap<&Origin, &str> = BTreeMap::new();
    for machine in &joined.machines {
        machine_of.extend(machine.origins.iter().map(|origin| (origin, machine.id.as_str())));
    }
    let mut all: BTreeMap<&str, MachineRecords> = BTreeMap::new();
    for (group, records) in by_group {
        let known =
            records.iter().flat_map(|record| &record.origins).find_map(|origin| machine_of.get(origin).copied());
        let Some(machine) = known else { continue };
        let mut because = by_hand(&records, &decided.machines_joined);
        because.extend(shared(&records, "tool", |id| id.tool_id.clone()));
        because.extend(shared(&records, "uuid", |id| identities.uuid_of(id)));
        because.extend(shared(&records, "serial", |id| identities.serial_of(id)));
        because.extend(
            shared(&records, "name", |id| id.name.as_ref().map(|name| name.to_lowercase()))
                .into_iter()
                .filter(|why| named.contains(&(group, why.value.as_str()))),
        );
        all.insert(machine, MachineRecords { machine: machine.to_owned(), records, because });
    }
    joined.machines.iter().filter_map(|machine| all.remove(machine.id.as_str())).collect()
}

/// The records of every person of `people`, in its order.
pub fn person_records(rows: &[FactRow], people: &[JoinedPerson], decided: &Decided) -> Vec<PersonRecords> {
    let mut person_of: BTreeMap<&Origin, &str> = BTreeMap::new();
    for person in people {
        person_of.extend(person.origins.iter().map(|origin| (origin, person.id.as_str())));
    }
    let mut by_person: BTreeMap<&str, Vec<(PersonRef, Origin)>> = BTreeMap::new();
    for row in rows {
        if let (Fact::Person(person), Some(id)) = (&row.fact, person_of.get(&row.origin)) {
            by_person.entry(id).or_default().push((PersonRef::of(person), row.origin.clone()));
        }
    }
    let of = |person: &JoinedPerson| {
        let mut rows = by_person.get(person.id.as_str())?.clone();
        rows.sort_by(|a, b| a.1.cmp(&b.1));
        let records: Vec<Record<PersonRef>> = gathered(rows.into_iter()).into_values().collect();
        let mut because = by_hand(&records, &decided.people_joined);
        because.extend(shared(&records, "upn", |id| id.upn.clone()));
        because.extend(shared(&records, "account", |id| id.sam.clone()));
        Some(PersonRecords { person: person.id.clone(), records, because })
    };
    people.iter().filter_map(of).collect()
}

/// Whether more than one value is told, letters of either case.
fn differ<'a>(values: impl Iterator<Item = Option<&'a String>>) -> bool {
    values.flatten().map(|value| value.to_lowercase()).collect::<BTreeSet<_>>().len() > 1
}

impl MachineRecords {
    /// Whether its records bear different names or serial numbers: a join that deserves a look.
    pub fn differ(&self) -> bool {
        let all = || self.records.iter().map(|record| &record.reference);
        differ(all().map(|id| id.name.as_ref())) || differ(all().map(|id| id.serial.as_ref()))
    }
}

impl PersonRecords {
    /// Whether the records bear different principal or account names.
    pub fn differ(&self) -> bool {
        let all = || self.records.iter().map(|record| &record.reference);
        differ(all().map(|id| id.upn.as_ref())) || differ(all().map(|id| id.sam.as_ref()))
    }
}
