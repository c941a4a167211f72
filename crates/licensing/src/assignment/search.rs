//! Which way each class of equal demands takes: all choices where they are few, else improvement step by step.

use super::flow::{Link, transport};
use super::{Served, Supply, Use, weight};
use crate::requirements::{Demand, Way};
use crate::terms::Prices;
use std::collections::BTreeMap;

/// Choices that are tried in full before the search only improves.
const ALL_CHOICES: u64 = 3_000;

/// Value of one hundredth of the currency against one point of preference.
const SCALE: i128 = 1_000_000;

/// Demands that are equal in all that matters here.
struct Class<'a> {
    members: Vec<usize>,
    /// Ways worth trying, by their place in the demand's list.
    ways: Vec<(usize, &'a Way)>,
}

/// For each class, how many members take each of its ways.
type Choice = Vec<Vec<u64>>;

struct Outcome {
    cost: i128,
    /// For each class, way and lot: base units carried.
    carried: BTreeMap<(usize, usize), Vec<(usize, u64)>>,
}

/// Serves `members` from `left`; writes into `served`. Tells whether the choice is proved best.
pub(super) fn solve(
    demands: &[Demand],
    members: &[usize],
    prices: &Prices,
    left: &mut BTreeMap<Supply, u64>,
    served: &mut [Served],
) -> bool {
    let classes = classes(demands, members);
    if classes.is_empty() {
        return true;
    }
    let worths = worths(&classes);
    let fine: BTreeMap<Supply, u64> = left
        .iter()
        .map(|(supply, units)| (*supply, units.saturating_mul(worths.get(supply).copied().unwrap_or(1))))
        .collect();
    let (choice, optimal) = choose(&classes, prices, &fine);
    let outcome = evaluate(&classes, &choice, prices, &fine);
    let mut used: BTreeMap<Supply, u64> = BTreeMap::new();
    for (at, class) in classes.iter().enumerate() {
        let mut next = 0usize;
        for (way_at, (index, way)) in class.ways.iter().enumerate() {
            let count = choice.get(at).and_then(|ways| ways.get(way_at)).copied().unwrap_or(0);
            let mut lots = outcome.carried.get(&(at, way_at)).cloned().unwrap_or_default();
            for _ in 0..count {
                let Some(slot) = class.members.get(next).and_then(|member| served.get_mut(*member)) else { break };
                next += 1;
                let mut missing = way.units.saturating_sub(way.inherent);
                let mut uses = Vec::new();
                for (lot, units) in &mut lots {
                    let taken = missing.min(*units);
                    if taken > 0 {
                        *units -= taken;
                        missing -= taken;
                        // A base unit that is begun is used; what is over of it serves the next demand.
                        let supply = (*lot, way.scope);
                        let worth = worths.get(&supply).copied().unwrap_or(1);
                        let before = used.get(&supply).copied().unwrap_or(0);
                        let after = before.saturating_add(taken);
                        let base = after.div_ceil(worth) - before.div_ceil(worth);
                        used.insert(supply, after);
                        uses.push(Use { lot: *lot, base, covered: taken });
                        if let Some(there) = left.get_mut(&supply) {
                            *there = there.saturating_sub(base);
                        }
                    }
                }
                *slot = Served { way: *index, uses, covered: 0 };
            }
        }
    }
    optimal
}

/// Units that one base unit of each supply is worth. The callers see to it that a supply has one worth among the demands.
fn worths(classes: &[Class<'_>]) -> BTreeMap<Supply, u64> {
    let ways = classes.iter().flat_map(|class| class.ways.iter());
    ways.flat_map(|(_, way)| way.arcs.iter().map(|arc| ((arc.lot, way.scope), arc.worth.max(1)))).collect()
}

/// Whether every supply is worth the same to all of `members`, so that they may be solved together.
pub(super) fn one_worth(demands: &[Demand], members: &[usize]) -> bool {
    let mut known: BTreeMap<Supply, u64> = BTreeMap::new();
    members
        .iter()
        .filter_map(|index| demands.get(*index))
        .flat_map(|demand| &demand.ways)
        .all(|way| way.arcs.iter().all(|arc| *known.entry((arc.lot, way.scope)).or_insert(arc.worth) == arc.worth))
}

fn classes<'a>(demands: &'a [Demand], members: &[usize]) -> Vec<Class<'a>> {
    type Signature<'a> = Vec<(&'a str, &'a str, &'a str, u64, u64, &'static str, Vec<(usize, u64, u64)>)>;
    let mut found: BTreeMap<Signature<'a>, Class<'a>> = BTreeMap::new();
    for index in members {
        let Some(demand) = demands.get(*index) else { continue };
        let mut ways: Vec<(usize, &Way)> =
            demand.ways.iter().enumerate().filter(|(_, way)| !way.arcs.is_empty() || way.inherent > 0).collect();
        if ways.is_empty() {
            ways = demand.ways.iter().enumerate().take(1).collect();
        }
        let signature = ways
            .iter()
            .map(|(_, way)| {
                let arcs = way.arcs.iter().map(|arc| (arc.lot, arc.worth, arc.preference)).collect();
                (
                    way.product.as_str(),
                    way.edition.as_str(),
                    way.metric.as_str(),
                    way.units,
                    way.inherent,
                    way.scope,
                    arcs,
                )
            })
            .collect();
        found.entry(signature).or_insert_with(|| Class { members: Vec::new(), ways }).members.push(*index);
    }
    let mut classes: Vec<Class<'a>> = found.into_values().collect();
    classes.sort_by_key(|class| class.members.first().copied());
    classes
}

/// Ways to spread `count` members over `ways`.
fn spreads(count: u64, ways: usize) -> u64 {
    let mut total: u64 = 1;
    for at in 1..ways as u64 {
        total = total.saturating_mul(count.saturating_add(at)) / at;
    }
    total
}

fn choose(classes: &[Class<'_>], prices: &Prices, left: &BTreeMap<Supply, u64>) -> (Choice, bool) {
    let choices = classes
        .iter()
        .fold(1u64, |total, class| total.saturating_mul(spreads(class.members.len() as u64, class.ways.len())));
    let start: Choice = classes
        .iter()
        .map(|class| {
            let mut ways = vec![0; class.ways.len()];
            if let Some(first) = ways.first_mut() {
                *first = class.members.len() as u64;
            }
            ways
        })
        .collect();
    if choices == 1 {
        return (start, true);
    }
    if choices <= ALL_CHOICES {
        let mut best: Option<(i128, Choice)> = None;
        let mut current = start;
        every(classes, 0, &mut current, &mut |choice| {
            let cost = evaluate(classes, choice, prices, left).cost;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, choice.clone()));
            }
        });
        return (best.map(|(_, choice)| choice).unwrap_or_default(), true);
    }
    (improve(classes, start, prices, left), false)
}

/// Calls `visit` with every choice for the classes from `at` on.
fn every(classes: &[Class<'_>], at: usize, current: &mut Choice, visit: &mut dyn FnMut(&Choice)) {
    let Some(class) = classes.get(at) else {
        visit(current);
        return;
    };
    let count = class.members.len() as u64;
    let mut stack: Vec<Vec<u64>> = vec![Vec::new()];
    while let Some(part) = stack.pop() {
        let used: u64 = part.iter().sum();
        if part.len() + 1 == class.ways.len() {
            let mut whole = part;
            whole.push(count - used);
            if let Some(slot) = current.get_mut(at) {
                *slot = whole;
            }
            every(classes, at + 1, current, visit);
        } else {
            for next in 0..=count - used {
                let mut longer = part.clone();
                longer.push(next);
                stack.push(longer);
            }
        }
    }
}

/// Moves members of one class at a time to another way while that lowers the cost.
fn improve(classes: &[Class<'_>], start: Choice, prices: &Prices, left: &BTreeMap<Supply, u64>) -> Choice {
    let mut best = start;
    let mut least = evaluate(classes, &best, prices, left).cost;
    for _ in 0..8 {
        let before = least;
        for at in 0..classes.len() {
            let ways = classes.get(at).map_or(0, |class| class.ways.len());
            for from in 0..ways {
                for to in (0..ways).filter(|to| *to != from) {
                    let there = best.get(at).and_then(|c| c.get(from)).copied().unwrap_or(0);
                    let mut step = there;
                    while step > 0 {
                        let mut tried = best.clone();
                        if let Some(class) = tried.get_mut(at) {
                            let moved = class.get(from).copied().unwrap_or(0).min(step);
                            if let Some(slot) = class.get_mut(from) {
                                *slot -= moved;
                            }
                            if let Some(slot) = class.get_mut(to) {
                                *slot += moved;
                            }
                        }
                        let cost = evaluate(classes, &tried, prices, left).cost;
                        if cost < least {
                            (least, best) = (cost, tried);
                        }
                        step /= 2;
                    }
                }
            }
        }
        if least == before {
            break;
        }
    }
    best
}

fn evaluate(classes: &[Class<'_>], choice: &Choice, prices: &Prices, left: &BTreeMap<Supply, u64>) -> Outcome {
    let mut supplies: Vec<Supply> = Vec::new();
    let mut place: BTreeMap<Supply, usize> = BTreeMap::new();
    let mut sinks = Vec::new();
    let mut names = Vec::new();
    let mut links = Vec::new();
    let mut cost: i128 = 0;
    for (at, class) in classes.iter().enumerate() {
        for (way_at, (_, way)) in class.ways.iter().enumerate() {
            let count = choice.get(at).and_then(|ways| ways.get(way_at)).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            let units = way.units.saturating_sub(way.inherent).saturating_mul(count);
            let value = weight(way, prices).saturating_mul(SCALE);
            cost = cost.saturating_add(value.saturating_mul(i128::from(units)));
            for arc in &way.arcs {
                let supply = (arc.lot, way.scope);
                let at_supply = *place.entry(supply).or_insert_with(|| {
                    supplies.push(supply);
                    supplies.len() - 1
                });
                let preference = i128::from(arc.preference.min(100_000));
                links.push((arc.lot, Link { supply: at_supply, sink: sinks.len(), cost: preference - value }));
            }
            sinks.push(units);
            names.push((at, way_at));
        }
    }
    let there: Vec<u64> = supplies.iter().map(|supply| left.get(supply).copied().unwrap_or(0)).collect();
    let plain: Vec<Link> = links.iter().map(|(_, link)| *link).collect();
    let carried = transport(&there, &sinks, &plain);
    let mut by_way: BTreeMap<(usize, usize), Vec<(usize, u64)>> = BTreeMap::new();
    for ((lot, link), units) in links.iter().zip(carried) {
        if units > 0 {
            cost = cost.saturating_add(link.cost.saturating_mul(i128::from(units)));
            if let Some(name) = names.get(link.sink) {
                by_way.entry(*name).or_default().push((*lot, units));
            }
        }
    }
    Outcome { cost, carried: by_way }
}
