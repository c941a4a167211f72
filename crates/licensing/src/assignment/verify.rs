//! A second look at an assignment, written apart from what made it: capacity, right, metric, and that nothing is used twice.

use super::Assignment;
use crate::requirements::{Demand, Lot};
use std::collections::BTreeMap;

/// What the verifier objects to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Objection {
    /// Code (`over-capacity`, `no-right`, `over-required`, `no-way`, `subscription-ended`, `wrong-product`).
    pub code: &'static str,
    /// Demand or lot.
    pub subject: String,
}

/// Looks at every use again. An empty list means that the assignment may be shown.
pub fn verify(demands: &[Demand], lots: &[Lot], assignment: &Assignment) -> Vec<Objection> {
    let mut found = Vec::new();
    let mut object = |code: &'static str, subject: &str| found.push(Objection { code, subject: subject.to_owned() });
    let mut used: BTreeMap<(usize, &str), u64> = BTreeMap::new();
    let mut worth: BTreeMap<(usize, &str), (u64, u64)> = BTreeMap::new();
    if demands.len() != assignment.served.len() {
        object("no-way", "all");
    }
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let Some(way) = demand.ways.get(served.way) else {
            object("no-way", &demand.key);
            continue;
        };
        let by_lots: u64 = served.uses.iter().map(|each| each.covered).sum();
        if served.covered > way.units || served.covered > by_lots.saturating_add(way.inherent) {
            object("over-required", &demand.key);
        }
        for each in &served.uses {
            let Some(lot) = lots.get(each.lot) else {
                object("no-right", &demand.key);
                continue;
            };
            let Some(arc) = way.arcs.iter().find(|arc| arc.lot == each.lot) else {
                object("no-right", &lot.id);
                continue;
            };
            if lot.ended {
                object("subscription-ended", &lot.id);
            }
            let sum = worth.entry((each.lot, way.scope)).or_default();
            *sum =
                (sum.0.saturating_add(each.covered), sum.1.saturating_add(each.base.saturating_mul(arc.worth.max(1))));
            if lot.is_bound() && each.base > 0 && demand.refused.contains_key(&each.lot) {
                object("no-right", &lot.id);
            }
            if demand.shares {
                if each.base > lot.units {
                    object("over-capacity", &lot.id);
                }
            } else {
                let sum = used.entry((each.lot, way.scope)).or_default();
                *sum = sum.saturating_add(each.base);
            }
        }
    }
    for ((lot, _), units) in used {
        if let Some(lot) = lots.get(lot).filter(|lot| units > lot.units) {
            object("over-capacity", &lot.id);
        }
    }
    // A base unit that is worth several may be split over demands, so the sum is what must fit.
    for ((lot, _), (covered, capacity)) in worth {
        if let Some(lot) = lots.get(lot).filter(|_| covered > capacity) {
            object("over-capacity", &lot.id);
        }
    }
    found.sort();
    found
}
