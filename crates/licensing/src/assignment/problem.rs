//! The assignment as bare numbers: pools of equal units, kinds of need, and classes of equal members that choose among ways.
//! What is equal for the choice is one here, so that a thousand equal hosts are one class with a count.

use super::cost::Cost;
use super::flow::{Flow, Kind, transport};

/// What a way brings: units of a kind of need, or (where units of a lot may serve at several worths) of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// Units of a kind that are needed.
    Needs(usize, u64),
    /// Units of a pool that are given.
    Gives(usize, u64),
}

/// Equal members; each takes one of the ways.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Class {
    /// That many.
    pub(super) count: u64,
    /// At least one.
    pub(super) ways: Vec<Vec<Part>>,
}

/// Everything that the search sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Problem {
    /// Units that each pool holds in any case.
    pub(super) pools: Vec<u64>,
    /// Kinds of need.
    pub(super) kinds: Vec<Kind>,
    /// Classes.
    pub(super) classes: Vec<Class>,
}

/// For each class, how many members take each of its ways.
pub(super) type Choice = Vec<Vec<u64>>;

/// Units wanted of each kind and held by each pool.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sums {
    pub(super) wanted: Vec<u64>,
    pub(super) held: Vec<u64>,
}

impl Sums {
    /// Adds `members` who take `way`.
    pub(super) fn add(&mut self, way: &[Part], members: u64) {
        for part in way {
            let (slot, units) = match part {
                Part::Needs(kind, units) => (self.wanted.get_mut(*kind), units),
                Part::Gives(pool, units) => (self.held.get_mut(*pool), units),
            };
            if let Some(slot) = slot {
                *slot = slot.saturating_add(units.saturating_mul(members));
            }
        }
    }

    /// Takes away what [`Sums::add`] added.
    pub(super) fn take(&mut self, way: &[Part], members: u64) {
        for part in way {
            let (slot, units) = match part {
                Part::Needs(kind, units) => (self.wanted.get_mut(*kind), units),
                Part::Gives(pool, units) => (self.held.get_mut(*pool), units),
            };
            if let Some(slot) = slot {
                *slot = slot.saturating_sub(units.saturating_mul(members));
            }
        }
    }
}

impl Problem {
    /// Nothing chosen yet.
    pub(super) fn empty(&self) -> Sums {
        Sums { wanted: vec![0; self.kinds.len()], held: self.pools.clone() }
    }

    /// The sums of a whole choice.
    pub(super) fn sums(&self, choice: &Choice) -> Sums {
        let mut sums = self.empty();
        for (class, counts) in self.classes.iter().zip(choice) {
            for (way, count) in class.ways.iter().zip(counts) {
                sums.add(way, *count);
            }
        }
        sums
    }

    /// The cheapest transport for `sums`.
    pub(super) fn flow(&self, sums: &Sums) -> Flow {
        transport(&sums.held, &sums.wanted, &self.kinds)
    }

    /// Steps of work that one transport counts for.
    pub(super) fn size(&self) -> u64 {
        let arcs: usize = self.kinds.iter().map(|kind| kind.arcs.len()).sum();
        (arcs + self.kinds.len() + self.pools.len() + 1) as u64
    }

    /// Leaves out ways that another way of the class beats whatever the others do: no more units, open units no dearer, and
    /// every pool at no higher cost. Tells for each class which ways stay.
    pub(super) fn dominate(&mut self) -> Vec<Vec<usize>> {
        let kinds = std::mem::take(&mut self.kinds);
        let kept = self
            .classes
            .iter_mut()
            .map(|class| {
                let mut kept: Vec<usize> = Vec::new();
                for (at, way) in class.ways.iter().enumerate() {
                    let beats = |other: &usize| class.ways.get(*other).is_some_and(|other| beats(other, way, &kinds));
                    if kept.iter().any(beats) {
                        continue;
                    }
                    let ways = &class.ways;
                    kept.retain(|other| ways.get(*other).is_none_or(|other| !self::beats(way, other, &kinds)));
                    kept.push(at);
                }
                class.ways = kept.iter().filter_map(|at| class.ways.get(*at).cloned()).collect();
                kept
            })
            .collect();
        self.kinds = kinds;
        kept
    }
}

/// Whether `one` is at least as good as `other` under any price of the pools. Only ways of a single need are compared.
fn beats(one: &[Part], other: &[Part], kinds: &[Kind]) -> bool {
    match (one, other) {
        ([], [] | [Part::Needs(..)]) => true,
        ([Part::Needs(a, few)], [Part::Needs(b, many)]) => {
            let (Some(a), Some(b)) = (kinds.get(*a), kinds.get(*b)) else { return false };
            few <= many
                && a.open <= b.open
                && b.arcs
                    .iter()
                    .all(|(pool, cost)| a.arcs.iter().find(|(at, _)| at == pool).is_some_and(|(_, own)| own <= cost))
        }
        _ => false,
    }
}

/// Prices of pools, what they make every way cost, and the bound that follows: no choice costs less.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) pools: Vec<Cost>,
    pub(super) kinds: Vec<Cost>,
    /// Cost of one member for each class and way.
    pub(super) ways: Vec<Vec<Cost>>,
    /// Value of what the pools hold in any case, to be taken off.
    pub(super) held: Cost,
}

impl Cut {
    /// From prices of the pools, none below zero, all costs `scale` times.
    pub(super) fn new(problem: &Problem, pools: Vec<Cost>, scale: i128) -> Cut {
        let price = |pool: usize| pools.get(pool).copied().unwrap_or_default();
        let kinds: Vec<Cost> = problem
            .kinds
            .iter()
            .map(|kind| {
                let served = kind.arcs.iter().map(|(pool, cost)| cost.times(scale) + price(*pool)).min();
                let open = kind.open.times(scale);
                served.map_or(open, |served| served.min(open))
            })
            .collect();
        let part = |part: &Part| match part {
            Part::Needs(kind, units) => kinds.get(*kind).copied().unwrap_or_default().times(i128::from(*units)),
            Part::Gives(pool, units) => -price(*pool).times(i128::from(*units)),
        };
        let way = |parts: &Vec<Part>| parts.iter().map(part).fold(Cost::NONE, |sum, each| sum + each);
        let ways = problem.classes.iter().map(|class| class.ways.iter().map(way).collect()).collect();
        let held = problem
            .pools
            .iter()
            .enumerate()
            .map(|(pool, units)| price(pool).times(i128::from(*units)))
            .fold(Cost::NONE, |sum, each| sum + each);
        Cut { kinds, ways, held, pools }
    }

    /// No choice costs less (times the scale).
    pub(super) fn bound(&self, problem: &Problem) -> Cost {
        let members = problem
            .classes
            .iter()
            .zip(&self.ways)
            .map(|(class, ways)| ways.iter().min().copied().unwrap_or_default().times(i128::from(class.count)));
        members.fold(-self.held, |sum, each| sum + each)
    }

    /// Cost of `sums` at these prices, less what the pools hold.
    pub(super) fn of(&self, sums: &Sums) -> Cost {
        let wanted = self.kinds.iter().zip(&sums.wanted).map(|(price, units)| price.times(i128::from(*units)));
        let held = self.pools.iter().zip(&sums.held).map(|(price, units)| -price.times(i128::from(*units)));
        wanted.chain(held).fold(Cost::NONE, |sum, each| sum + each)
    }

    /// The cheapest choice at these prices; of equal ways the first.
    pub(super) fn choice(&self, problem: &Problem) -> Choice {
        problem
            .classes
            .iter()
            .zip(&self.ways)
            .map(|(class, ways)| {
                let best = ways.iter().enumerate().min_by_key(|(at, cost)| (**cost, *at)).map_or(0, |(at, _)| at);
                (0..class.ways.len()).map(|at| if at == best { class.count } else { 0 }).collect()
            })
            .collect()
    }
}
