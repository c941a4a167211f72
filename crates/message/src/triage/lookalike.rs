//! Domains that pass for the publisher's, or for that of someone already in the case.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Triage;
use crate::domain::{self, Likeness};
use crate::world::belongs;

/// Names kept with their answer: a mailbox names the same hosts again and again.
const KEPT: usize = 4096;

/// What was found for a name before, in this run.
#[derive(Default)]
pub(super) struct Compared(RefCell<BTreeMap<String, Option<(String, Likeness)>>>);

/// Labels kept with whether they imitate a name that frauds borrow.
#[derive(Default)]
pub(super) struct Imitated(RefCell<BTreeMap<String, bool>>);

impl Imitated {
    /// What was found for a label before, or is found now.
    pub(super) fn of(&self, label: &str, find: impl Fn(&str) -> bool) -> bool {
        if let Some(known) = self.0.borrow().get(label) {
            return *known;
        }
        let found = find(label);
        let mut kept = self.0.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(label.to_owned(), found);
        found
    }
}

/// The domain that `domain` imitates, with the way it does.
pub(super) fn of(triage: &Triage<'_>, domain: &str) -> Option<(String, Likeness)> {
    if domain.is_empty() {
        return None;
    }
    if let Some(known) = triage.compared.0.borrow().get(domain) {
        return known.clone();
    }
    let found = compare(triage, domain);
    let mut kept = triage.compared.0.borrow_mut();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(domain.to_owned(), found.clone());
    found
}

fn compare(triage: &Triage<'_>, domain: &str) -> Option<(String, Likeness)> {
    if known(triage, domain) {
        return None;
    }
    let originals = triage
        .publishers
        .iter()
        .flat_map(|p| &p.publisher.domains)
        .chain(&triage.world.customer.domains)
        .chain(triage.world.correspondents.iter().flat_map(|k| &k.domains))
        .chain(triage.world.auditors.iter().flat_map(|k| &k.domains));
    let alike = originals.filter_map(|o| Some((o.clone(), domain::likeness(domain, o)?))).min_by_key(|(_, l)| *l);
    alike.or_else(|| office(triage, domain))
}

/// The publisher whose short name a domain wears with the word for an office: `meridian-compliance` beside
/// `meridian-softworks`.
fn office(triage: &Triage<'_>, domain: &str) -> Option<(String, Likeness)> {
    let label = domain::label(domain);
    let (name, office) = label.split_once('-')?;
    let offices = &triage.rules.habits.offices;
    if !office.split('-').all(|word| offices.iter().any(|o| o == word)) {
        return None;
    }
    let worn = triage.publishers.iter().find(|p| p.names.iter().any(|n| n == name))?;
    Some((worn.publisher.domains.first()?.clone(), Likeness::WordsAdded))
}

/// True when a domain belongs to someone whom the case knows.
pub(super) fn known(triage: &Triage<'_>, domain: &str) -> bool {
    triage.publishers.iter().any(|p| belongs(domain, &p.publisher.domains))
        || triage.world.is_customer(domain)
        || triage.world.correspondents.iter().chain(&triage.world.auditors).any(|k| belongs(domain, &k.domains))
}
