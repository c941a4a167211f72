//! Lots to ways: which way each demand takes, and which lots stand for it.
//!
//! Enters: demands with their ways, and the lots. Leaves: for each demand the way and the units of each lot, so that what
//! stays uncovered costs least; among equals what stays spare is worth most; among equals the nearest lots are used; among
//! equals again the first in the stable order. Ways and lots are chosen together, the bound is proved, and where the work
//! ends before the proof the gap is told in money.
//!
//! `model` aggregates (equal lots, equal needs, equal demands), `flow` is the transport for a given choice, `bound` proves,
//! `search` chooses. What hangs together through lots is solved together, and nothing else.

mod bound;
mod cost;
mod facts;
mod flow;
mod greedy;
mod model;
mod problem;
mod recount;
mod relaxed;
mod search;
pub mod verify;

use crate::requirements::{Demand, Lot, Way};
use crate::terms::Prices;
use model::{Model, Owned};
use problem::Problem;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use search::{Found, search};
use std::collections::{BTreeMap, HashMap};

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
    /// No cheaper choice exists, and none as cheap that leaves more value spare; `false`: not proved within the bound of work.
    pub optimal: bool,
    /// At most so much cheaper could another choice be, in the currency of the price list; zero where the choice is proved
    /// cheapest.
    pub gap: Decimal,
}

/// A lot within a scope: rights of a plan count once for each scope.
pub(crate) type Supply = (usize, &'static str);

/// What one missing unit of `way` costs, in hundredths of the price list's currency; a stand-in where no price is known, so
/// that units still count.
pub(crate) fn weight(way: &Way, prices: &Prices) -> i128 {
    unit(prices, &way.product, &way.edition, &way.metric)
}

fn unit(prices: &Prices, product: &str, edition: &str, metric: &str) -> i128 {
    const STAND_IN: i128 = 10_000;
    prices
        .unit(product, edition, metric)
        .and_then(|price| price.amount.checked_mul(Decimal::ONE_HUNDRED))
        .and_then(|hundredths| hundredths.round().to_i128())
        .map_or(STAND_IN, |hundredths| hundredths.max(1))
}

/// The way that a demand is stated in when no lot stands for it: the question that stands, else the installed version's own.
/// `None`: whichever way was chosen.
pub(crate) fn stated(demand: &Demand) -> Option<usize> {
    let asked = demand.ways.iter().position(|way| way.review);
    asked.or_else(|| demand.ways.iter().position(|way| way.native))
}

/// Whether the way at `at` only says what is missing where nothing is held: no lot serves it, and lots of another metric serve
/// the demand. The licence held decides the metric, so such a way gives way where another costs as much.
pub(crate) fn is_for_nothing_held(demand: &Demand, at: usize) -> bool {
    let serves = |way: &&Way| !way.arcs.is_empty();
    demand.ways.get(at).is_some_and(|way| {
        way.arcs.is_empty()
            && way.inherent == 0
            && !way.review
            && demand.ways.iter().any(|other| serves(&other))
            && demand.ways.iter().filter(serves).all(|other| other.metric != way.metric)
    })
}

/// What was solved already: a second reading of the same estate asks most of it again, and the answer is the same.
#[derive(Default)]
pub struct Solved(HashMap<Problem, Found>);

/// Assigns `lots` to `demands`. The result does not depend on the order of either, if keys and lots tell them apart.
///
/// Demands that share (a migration period, dual use) may use lots that the others use too, but not each other's.
pub fn assign(demands: &[Demand], lots: &[Lot], prices: &Prices) -> Assignment {
    assign_again(demands, lots, prices, &mut Solved::default())
}

/// As [`assign`], with what earlier calls solved; the result is the same.
pub fn assign_again(demands: &[Demand], lots: &[Lot], prices: &Prices, solved: &mut Solved) -> Assignment {
    let owned = owned(lots, prices);
    let mut order: Vec<usize> = (0..demands.len()).collect();
    order.sort_by(|a, b| demands.get(*a).map(|each| &each.key).cmp(&demands.get(*b).map(|each| &each.key)));
    let mut result =
        Assignment { served: vec![Served::default(); demands.len()], optimal: true, ..Assignment::default() };
    let (sharing, own): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|index| demands.get(*index).is_some_and(|demand| demand.shares));
    let mut gap = 0i128;
    let mut left = supplies(demands, &own, lots);
    let mut shared = supplies(demands, &sharing, lots);
    for (members, left) in [(own, &mut left), (sharing, &mut shared)] {
        for component in components(demands, &members) {
            let model = Model::new(demands, &component, &owned, left, prices);
            let found = match solved.0.get(&model.problem) {
                Some(found) => found.clone(),
                None => {
                    let found = search(&model.problem);
                    solved.0.insert(model.problem.clone(), found.clone());
                    found
                }
            };
            model.settle(demands, &found.choice, &found.flow, left, &mut result.served);
            result.optimal &= found.optimal;
            gap = gap.saturating_add(found.gap);
        }
    }
    result.gap = Decimal::try_from_i128_with_scale(gap, 2).unwrap_or(Decimal::MAX);
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

/// Order and worth of the lots.
fn owned(lots: &[Lot], prices: &Prices) -> Owned {
    let mut order: Vec<usize> = (0..lots.len()).collect();
    order.sort_by_key(|index| {
        lots.get(*index).map(|lot| (&lot.id, &lot.product, &lot.edition, &lot.version, lot.units))
    });
    let mut rank = vec![0; lots.len()];
    for (place, index) in order.into_iter().enumerate() {
        if let Some(slot) = rank.get_mut(index) {
            *slot = place;
        }
    }
    Owned {
        rank,
        value: lots.iter().map(|lot| unit(prices, &lot.product, &lot.edition, &lot.metric)).collect(),
        product: lots.iter().map(|lot| lot.product.clone()).collect(),
    }
}

/// Base units of each lot in each scope that `members` ask about.
fn supplies(demands: &[Demand], members: &[usize], lots: &[Lot]) -> BTreeMap<Supply, u64> {
    let ways = members.iter().filter_map(|index| demands.get(*index)).flat_map(|demand| &demand.ways);
    let mut found = BTreeMap::new();
    for way in ways {
        for arc in &way.arcs {
            found.entry((arc.lot, way.scope)).or_insert_with(|| lots.get(arc.lot).map_or(0, |lot| lot.units));
        }
    }
    found
}

/// Nothing covered at all: the demand is stated in the metric of the installed version, or as the question that stands.
fn settle(demand: &Demand, served: &mut Served) {
    let inherent = demand.ways.get(served.way).map_or(0, |way| way.inherent.min(way.units));
    let used: u64 = served.uses.iter().map(|each| each.covered).sum();
    let units = demand.ways.get(served.way).map_or(0, |way| way.units);
    if used == 0
        && inherent == 0
        && units > 0
        && let Some(way) = stated(demand)
    {
        served.way = way;
    }
    let (units, inherent) = demand.ways.get(served.way).map_or((0, 0), |way| (way.units, way.inherent));
    served.covered = used.saturating_add(inherent).min(units);
}

/// Those of `members` that hang together through lots; lists and members in the order of `members`.
fn components(demands: &[Demand], members: &[usize]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..members.len()).collect();
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
    for (index, demand) in members.iter().enumerate().filter_map(|(at, index)| Some((at, demands.get(*index)?))) {
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
    for (at, index) in members.iter().enumerate() {
        let root = root(&mut parent, at);
        groups.entry(root).or_default().push(*index);
    }
    groups.into_values().collect()
}
