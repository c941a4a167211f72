//! Suites and plans whose rights different people use. A right is counted once for each unit of a suite, so a suite that serves
//! one product's people and another's is one licence; that both stand for the same person is true only as far as the people
//! are the same. Where it may not be so, the position says it.

use crate::assignment::Assignment;
use crate::findings::Finding;
use crate::requirements::{Demand, Lot};
use crate::word::{ByText, Word};
use std::collections::{BTreeMap, BTreeSet};

/// A finding `suite-used-by-different-people` for each product of such lots: more people use one of its rights than it has units,
/// though no single right is used by so many.
pub(super) fn apart(demands: &[Demand], lots: &[Lot], assignment: &Assignment) -> Vec<Finding> {
    // Demands by person that each product's rights serve, and the units of its lots that serve at all.
    let mut served_by: BTreeMap<&str, (BTreeSet<usize>, BTreeSet<usize>)> = BTreeMap::new();
    for (at, (demand, served)) in demands.iter().zip(&assignment.served).enumerate() {
        let by_right = demand.ways.get(served.way).is_some_and(|way| !way.scope.is_empty() && way.metric == "user_cal");
        let rights = served.uses.iter().filter(|_| by_right).filter_map(|each| Some((each.lot, lots.get(each.lot)?)));
        // Of what is a licence of that one product no other right can be used.
        for (lot, of) in rights.filter(|(_, lot)| demand.ways.iter().all(|way| way.product != lot.product)) {
            let (serving, serves) = served_by.entry(&of.product).or_default();
            serving.insert(lot);
            serves.insert(at);
        }
    }
    let several = served_by.into_iter().filter(|(_, (_, serves))| serves.len() > 1);
    let finding = |(product, (serving, serves)): (&str, (BTreeSet<usize>, BTreeSet<usize>))| {
        let units = serving.iter().filter_map(|lot| lots.get(*lot)).map(|lot| lot.units).fold(0, u64::saturating_add);
        let mut all: ByText<'_, u64> = ByText::default();
        let mut most = 0u64;
        for demand in serves.iter().filter_map(|at| demands.get(*at)) {
            most = most.max(demand.subjects.iter().map(|(_, _, count)| *count).fold(0, u64::saturating_add));
            for (who, _, count) in &demand.subjects {
                let known = all.entry(who).or_default();
                *known = (*known).max(*count);
            }
        }
        let people = all.into_values().fold(0, u64::saturating_add);
        (people > most && people > units).then(|| Finding {
            code: "suite-used-by-different-people".to_owned(),
            subject: Word::from(product),
            product: Some(Word::from(product)),
        })
    };
    several.filter_map(finding).collect()
}
