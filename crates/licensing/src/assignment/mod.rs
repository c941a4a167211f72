//! Lots to ways: which way each demand takes, and which lots stand for it.
//!
//! Enters: demands with their ways, and the lots. Leaves: for each demand the way and the units of each lot, so that what
//! stays uncovered costs least; among equals the nearest lots are used, so that what stays spare is worth most; among equals
//! again the first in the stable order. Demands that are equal are taken together. What hangs together through lots is solved
//! together, and nothing else.

mod flow;
mod search;
pub mod verify;

use crate::requirements::{Demand, Lot, Way};
use crate::terms::Prices;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// Units of a lot that stand for a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Place in the list of lots.
    pub lot: usize,
    /// Base units taken.
    pub base: u64,
    /// Units of the way that they cover.
    pub covered: u64,
}

/// What was decided for one demand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// Place of the way in the demand's list.
    pub way: usize,
    /// Lots used.
    pub uses: Vec<Use>,
    /// Units covered, with those that the machines' own licences cover.
    pub covered: u64,
}

/// The decision for all demands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment {
    /// One for each demand, in the same order.
    pub served: Vec<Served>,
    /// Base units of each lot that are left, in the order of the lots (plans: those that no scope uses).
    pub left: Vec<u64>,
    /// No cheaper choice exists; `false`: none was found within the bound of work.
    pub optimal: bool,
}

/// A lot within a scope: rights of a plan count once for each scope.
pub(crate) type Supply = (usize, &'static str);

/// What one missing unit of `way` costs, in hundredths of the price list's currency; a stand-in where no price is known, so
/// that units still count.
pub(crate) fn weight(way: &Way, prices: &Prices) -> i128 {
    const STAND_IN: i128 = 10_000;
    prices
        .unit(&way.product, &way.edition, &way.metric)
        .and_then(|price| price.amount.checked_mul(Decimal::ONE_HUNDRED))
        .and_then(|cents| cents.round().to_i128())
        .map_or(STAND_IN, |cents| cents.max(1))
}

/// Assigns `lots` to `demands`. The result does not depend on the order of either beyond ties.
pub fn assign(demands: &[Demand], lots: &[Lot], prices: &Prices) -> Assignment {
    let mut left: BTreeMap<Supply, u64> = BTreeMap::new();
    for demand in demands {
        for way in &demand.ways {
            for arc in &way.arcs {
                let units = lots.get(arc.lot).map_or(0, |lot| lot.units);
                left.insert((arc.lot, way.scope), units);
            }
        }
    }
    let mut result = Assignment { served: vec![Served::default(); demands.len()], left: Vec::new(), optimal: true };
    for component in components(demands) {
        let main: Vec<usize> =
            component.iter().copied().filter(|i| demands.get(*i).is_some_and(|d| !d.later)).collect();
        result.optimal &= search::solve(demands, &main, prices, &mut left, &mut result.served);
        let later: Vec<usize> = component.into_iter().filter(|i| demands.get(*i).is_some_and(|d| d.later)).collect();
        let (sharing, later): (Vec<usize>, Vec<usize>) =
            later.into_iter().partition(|i| demands.get(*i).is_some_and(|d| d.shares));
        if search::one_worth(demands, &later) {
            result.optimal &= search::solve(demands, &later, prices, &mut left, &mut result.served);
        } else {
            result.optimal = false;
            for index in later {
                one(demands, index, lots, &mut left, prices, &mut result.served);
            }
        }
        for index in sharing {
            one(demands, index, lots, &mut left, prices, &mut result.served);
        }
    }
    for (demand, served) in demands.iter().zip(&mut result.served) {
        settle(demand, served);
    }
    result.left = lots
        .iter()
        .enumerate()
        .map(|(index, lot)| {
            left.range((index, "")..)
                .take_while(|((at, _), _)| *at == index)
                .map(|(_, units)| *units)
                .min()
                .unwrap_or(lot.units)
        })
        .collect();
    result
}

fn one(
    demands: &[Demand],
    index: usize,
    lots: &[Lot],
    left: &mut BTreeMap<Supply, u64>,
    prices: &Prices,
    served: &mut [Served],
) {
    if let (Some(demand), Some(slot)) = (demands.get(index), served.get_mut(index)) {
        *slot = after(demand, lots, left, prices);
    }
}

/// Nothing covered at all: the demand is stated in the metric of the installed version, or as the question that stands.
fn settle(demand: &Demand, served: &mut Served) {
    let inherent = demand.ways.get(served.way).map_or(0, |way| way.inherent.min(way.units));
    let used: u64 = served.uses.iter().map(|each| each.covered).sum();
    if used == 0 && inherent == 0 {
        let asked = demand.ways.iter().position(|way| way.review);
        if let Some(way) = asked.or_else(|| demand.ways.iter().position(|way| way.native)) {
            served.way = way;
        }
    }
    let (units, inherent) = demand.ways.get(served.way).map_or((0, 0), |way| (way.units, way.inherent));
    served.covered = used.saturating_add(inherent).min(units);
}

/// Demands that hang together through lots, each list sorted, the lists by their first demand.
fn components(demands: &[Demand]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..demands.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while let Some(&up) = parent.get(at) {
            if up == at {
                break;
            }
            let above = parent.get(up).copied().unwrap_or(up);
            if let Some(slot) = parent.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }
    let mut first: BTreeMap<Supply, usize> = BTreeMap::new();
    for (index, demand) in demands.iter().enumerate() {
        for way in &demand.ways {
            for arc in &way.arcs {
                let other = *first.entry((arc.lot, way.scope)).or_insert(index);
                let (a, b) = (root(&mut parent, other), root(&mut parent, index));
                if let Some(slot) = parent.get_mut(a.max(b)) {
                    *slot = a.min(b);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..demands.len() {
        let root = root(&mut parent, index);
        groups.entry(root).or_default().push(index);
    }
    groups.into_values().collect()
}

/// A demand that is served from what the others leave (grants, Azure), or shares their lots for a time.
fn after(demand: &Demand, lots: &[Lot], left: &mut BTreeMap<Supply, u64>, prices: &Prices) -> Served {
    let mut best: Option<(i128, u64, Served)> = None;
    for (index, way) in demand.ways.iter().enumerate() {
        let mut missing = way.units.saturating_sub(way.inherent);
        let mut arcs: Vec<_> = way.arcs.iter().collect();
        arcs.sort_by_key(|arc| (arc.preference, arc.lot));
        let mut uses = Vec::new();
        for arc in arcs {
            let there = if demand.shares {
                lots.get(arc.lot).map_or(0, |lot| lot.units)
            } else {
                left.get(&(arc.lot, way.scope)).copied().unwrap_or(0)
            };
            let worth = arc.worth.max(1);
            let base = missing.div_ceil(worth).min(there);
            if base > 0 {
                let covered = base.saturating_mul(worth).min(missing);
                missing -= covered;
                uses.push(Use { lot: arc.lot, base, covered });
            }
        }
        let cost = weight(way, prices).saturating_mul(i128::from(missing));
        let taken: u64 = uses.iter().map(|each| each.base).sum();
        if best.as_ref().is_none_or(|(least, units, _)| (cost, taken) < (*least, *units)) {
            best = Some((cost, taken, Served { way: index, uses, covered: 0 }));
        }
    }
    let served = best.map(|(_, _, served)| served).unwrap_or_default();
    if !demand.shares {
        let scope = demand.ways.get(served.way).map_or("", |way| way.scope);
        for each in &served.uses {
            if let Some(units) = left.get_mut(&(each.lot, scope)) {
                *units = units.saturating_sub(each.base);
            }
        }
    }
    served
}
