//! How much of the company the evidence covers: machines by site and source, machines that several tools told in different
//! words, and what should have been seen and was not.

use super::{Company, STALE_DAYS};
use jiff::civil::Date;
use licensing::deployments::join::JoinedMachine;
use licensing::facts::Origin;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Machines of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SiteCoverage {
    /// Site; empty where none is told.
    pub site: String,
    /// Machines that count for licences.
    pub machines: usize,
    /// Of these, machines whose software some source lists.
    pub inventoried: usize,
    /// Of these, machines silent for more than ninety days.
    pub silent: usize,
    /// Machines that each source saw, by source.
    pub seen_by: BTreeMap<String, usize>,
}

/// A machine that was told of in several records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubled {
    /// The machine.
    pub machine: String,
    /// Its other names.
    pub other_names: Vec<String>,
    /// Why the records are one machine: kind of key and value.
    pub joined_by: Vec<(String, String)>,
}

/// What the evidence covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// By site, sorted.
    pub sites: Vec<SiteCoverage>,
    /// Every source, sorted.
    pub sources: Vec<String>,
    /// Machines that go by more than one name, with why they are one.
    pub doubled: Vec<Doubled>,
}

/// The coverage on `as_of`; `source_of` gives the format that a row of evidence was read as.
pub fn coverage(company: &Company, as_of: Date, source_of: &dyn Fn(&Origin) -> Option<String>) -> Coverage {
    let mut sites: BTreeMap<&str, SiteCoverage> = BTreeMap::new();
    let mut sources = BTreeSet::new();
    let mut doubled = Vec::new();
    for machine in company.joined.machines.iter().filter(|machine| machine.counts()) {
        let name = machine.site.as_deref().unwrap_or_default();
        let site =
            sites.entry(name).or_insert_with(|| SiteCoverage { site: name.to_owned(), ..SiteCoverage::default() });
        site.machines += 1;
        site.inventoried += usize::from(has_software(machine));
        site.silent += usize::from(machine.is_stale(as_of, STALE_DAYS));
        let seen: BTreeSet<String> = machine.origins.iter().filter_map(source_of).collect();
        for source in seen {
            sources.insert(source.clone());
            *site.seen_by.entry(source).or_default() += 1;
        }
        if !machine.other_names.is_empty() {
            doubled.push(Doubled {
                machine: machine.name.clone(),
                other_names: machine.other_names.iter().cloned().collect(),
                joined_by: machine.joined_by.iter().cloned().collect(),
            });
        }
    }
    doubled.sort_by(|a, b| a.machine.cmp(&b.machine));
    Coverage { sites: sites.into_values().collect(), sources: sources.into_iter().collect(), doubled }
}

/// A host without a list of titles has its system told by the hypervisor's manager: nothing else runs there to list.
fn has_software(machine: &JoinedMachine) -> bool {
    !machine.titles.is_empty() || !machine.instances.is_empty()
}
