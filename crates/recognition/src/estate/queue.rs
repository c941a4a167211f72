//! Titles that recognition cannot place, by the machines that bear them: the queue of what a person should look at.

use super::Company;
use super::counted::recognised;
use crate::titles::{Near, Standing, Titles};
use licensing::facts::{Origin, Title};
use licensing::position::Question;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Machines and versions named as examples.
const EXAMPLES: usize = 5;
/// Code of the question about a title that may need a licence.
pub const QUESTION: &str = "title-unrecognised";

/// A title that no rule places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unplaced {
    /// The title, as the first of its rows writes it.
    pub title: String,
    /// Publishers told, sorted.
    pub publishers: Vec<String>,
    /// Versions told, sorted, five at most.
    pub versions: Vec<String>,
    /// How many versions there are.
    pub version_count: usize,
    /// Machines that bear it.
    pub machines: usize,
    /// Some of them, by name, five at most.
    pub examples: Vec<String>,
    /// One evidence row.
    pub origin: Origin,
    /// What it may be.
    pub near: Near,
}

#[derive(Default)]
struct Gathered {
    title: Option<String>,
    publishers: BTreeSet<String>,
    versions: BTreeSet<String>,
    machines: BTreeSet<String>,
    /// Machines of great lists, and some of their names.
    counted: u64,
    examples: BTreeSet<String>,
    origin: Option<Origin>,
}

impl Gathered {
    fn add(&mut self, title: &Title, origin: &Origin) {
        self.title.get_or_insert_with(|| title.name.clone());
        self.publishers.extend(title.publisher.clone().filter(|publisher| !publisher.is_empty()));
        self.versions.extend(title.version.clone());
        self.origin.get_or_insert_with(|| origin.clone());
    }
}

/// The queue: most machines first, then by title. Machines that do not count for licences are left out, except in great lists,
/// whose titles are counted as they stand.
pub fn queue(company: &Company, titles: &Titles) -> Vec<Unplaced> {
    let mut found: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut placed: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for machine in company.joined.machines.iter().filter(|machine| machine.counts()) {
        for (title, origin) in &machine.titles {
            let publisher = title.publisher.as_deref().unwrap_or_default();
            // Whether a title is placed hangs on no version; a patch of another title, and what its key tells, is placed.
            let parent = title.parent.as_deref();
            let known = parent.is_none().then(|| placed.get(&(publisher, title.name.as_str())).copied()).flatten();
            let is_placed = known.unwrap_or_else(|| {
                let version = title.version.as_deref().unwrap_or_default();
                let told = titles.recognise(publisher, &title.name, version, title.key.as_deref(), parent);
                let is_placed = told.licensable != Standing::Unknown;
                if parent.is_none() {
                    placed.insert((publisher, &title.name), is_placed);
                }
                is_placed
            });
            if is_placed || title.name.trim().is_empty() {
                continue;
            }
            let entry = found.entry(Titles::form(&title.name)).or_default();
            entry.add(title, origin);
            entry.machines.insert(machine.id.clone());
        }
    }
    for each in &company.counted {
        let is_placed = recognised(&each.title, titles).licensable != Standing::Unknown;
        if is_placed || each.title.name.trim().is_empty() {
            continue;
        }
        let entry = found.entry(Titles::form(&each.title.name)).or_default();
        entry.add(&each.title, &each.origin);
        entry.counted = entry.counted.saturating_add(each.machines);
        entry.examples.extend(each.examples.iter().cloned());
    }
    let mut queue: Vec<Unplaced> = found
        .into_values()
        .filter_map(|each| {
            let title = each.title?;
            Some(Unplaced {
                near: titles.near(&title),
                title,
                publishers: each.publishers.into_iter().collect(),
                version_count: each.versions.len(),
                versions: each.versions.into_iter().take(EXAMPLES).collect(),
                machines: usize::try_from(each.counted).unwrap_or(usize::MAX).saturating_add(each.machines.len()),
                examples: each.machines.union(&each.examples).take(EXAMPLES).cloned().collect(),
                origin: each.origin?,
            })
        })
        .collect();
    queue.sort_by(|a, b| b.machines.cmp(&a.machines).then_with(|| a.title.cmp(&b.title)));
    queue
}

/// The questions that the queue asks: each title that looks like something that needs a licence. What the answer is worth cannot be
/// told before it is given.
pub fn questions(queue: &[Unplaced], currency: &str) -> Vec<Question> {
    queue
        .iter()
        .filter(|each| each.near.licensable)
        .map(|each| Question {
            code: QUESTION.to_owned(),
            subject: each.title.as_str().into(),
            product: each.near.family.as_str().into(),
            units: each.machines as u64,
            open: false,
            worth: None,
            currency: currency.to_owned(),
            rule: None,
        })
        .collect()
}

/// Evidence rows whose title a rule of the user's own placed, with that rule.
pub fn decided(company: &Company, titles: &Titles) -> BTreeMap<Origin, String> {
    let mut found = BTreeMap::new();
    for (title, origin) in company.joined.machines.iter().flat_map(|machine| &machine.titles) {
        let publisher = title.publisher.as_deref().unwrap_or_default();
        if let Some(rule) = titles.own_rule(publisher, &title.name) {
            found.insert(origin.clone(), rule.to_owned());
        }
    }
    // Of titles that were only counted, their first row.
    for each in &company.counted {
        let publisher = each.title.publisher.as_deref().unwrap_or_default();
        if let Some(rule) = titles.own_rule(publisher, &each.title.name) {
            found.insert(each.origin.clone(), rule.to_owned());
        }
    }
    found
}
