//! What a line is called: after the licence that serves it, or after what is installed.

use super::build::Key;
use crate::assignment::Assignment;
use crate::requirements::{Demand, Lot, Way};
use crate::terms::Terms;
use std::collections::BTreeMap;

/// Edition and version of the line that a lot of `lot` makes: those of the licence, where its rules count.
pub(super) fn named(way: &Way, lot: Option<&Lot>, terms: &Terms) -> Key {
    let (mut edition, mut version) = (way.edition.clone(), way.version.clone());
    if let Some(lot) = lot.filter(|_| way.named_by_lot) {
        if !lot.is_of_unknown_edition() {
            edition.clone_from(&lot.edition);
        }
        if lot.rank > terms.rank(&way.product, &way.version) {
            version.clone_from(&lot.version);
        }
    }
    (way.product.clone(), edition, version, way.metric.clone(), way.unit.clone())
}

/// Metrics of servers, where one demand is one machine or host.
const OF_SERVERS: [&str; 4] = ["core", "server", "processor", "processor_pair"];

/// For what is installed, the licence of the same edition and metric that most of it stands under. What none is left for is
/// stated there too: the licence held names the line, and equal installations stand in one.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<Key, Key>);

impl Names {
    /// Of the demands as `assignment` serves them.
    pub(super) fn of(demands: &[Demand], assignment: &Assignment, owned: &[Lot], terms: &Terms) -> Names {
        let mut speaking: BTreeMap<Key, BTreeMap<Key, u64>> = BTreeMap::new();
        for (demand, served) in demands.iter().zip(&assignment.served) {
            let Some(way) = demand.ways.get(served.way) else { continue };
            if !way.named_by_lot || !OF_SERVERS.contains(&way.metric.as_str()) {
                continue;
            }
            for each in &served.uses {
                let lot = owned.get(each.lot).filter(|lot| lot.edition == way.edition);
                if lot.is_none() {
                    continue;
                }
                let slot = speaking.entry(named(way, None, terms)).or_default().entry(named(way, lot, terms));
                *slot.or_default() += each.covered;
            }
        }
        let most = |names: BTreeMap<Key, u64>| names.into_iter().rev().max_by_key(|(_, covered)| *covered);
        Names(speaking.into_iter().filter_map(|(installed, names)| Some((installed, most(names)?.0))).collect())
    }

    /// The name of the line of a demand that no lot serves, stated in `way`.
    pub(super) fn of_unserved(&self, demand: &Demand, way: &Way, owned: &[Lot], terms: &Terms) -> Key {
        let installed = named(way, None, terms);
        let Some(name) = self.0.get(&installed).filter(|_| !way.review) else { return installed };
        let could = demand
            .ways
            .iter()
            .filter(|other| other.metric == way.metric)
            .any(|other| other.arcs.iter().any(|arc| named(other, owned.get(arc.lot), terms) == *name));
        if could { name.clone() } else { installed }
    }
}
