//! The bound: prices of the pools under which every class chooses for itself. Whatever the prices, no choice costs less than
//! the sum of those (Lagrange); raising and lowering prices where that raises the sum brings it near to the least cost.

use super::cost::Cost;
use super::problem::{Cut, Part, Problem};
use std::collections::BTreeSet;

/// Passes over all directions before the ascent ends.
const ROUNDS: usize = 12;

/// All costs are taken so many times, so that prices between whole hundredths can be told: a multiple of the units of the
/// ways, as far as that stays small.
pub(super) fn scale(problem: &Problem) -> i128 {
    const MOST: i128 = 1 << 36;
    let amounts: BTreeSet<u64> = problem
        .classes
        .iter()
        .filter(|class| class.ways.len() > 1)
        .flat_map(|class| class.ways.iter().flatten())
        .map(|part| match part {
            Part::Needs(_, units) | Part::Gives(_, units) => *units,
        })
        .filter(|units| *units > 0)
        .collect();
    let mut scale: i128 = 1;
    for units in amounts {
        let units = i128::from(units);
        let next = scale / gcd(scale, units) * units;
        if next <= MOST {
            scale = next;
        }
    }
    scale
}

pub(super) fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// Pools that some need could be served from at nearly the same price: they rise and fall together.
pub(super) fn tied(problem: &Problem, cut: &Cut, scale: i128) -> Vec<Vec<usize>> {
    let price = |pool: usize| cut.pools.get(pool).copied().unwrap_or_default().money() / scale;
    let mut groups: Vec<BTreeSet<usize>> = Vec::new();
    for kind in &problem.kinds {
        let Some(least) = kind.arcs.iter().map(|(pool, _)| price(*pool)).min() else { continue };
        let near = kind.arcs.iter().map(|(pool, _)| *pool).filter(|pool| price(*pool) - least <= 1 + least / 1_000);
        let mut own: BTreeSet<usize> = near.collect();
        groups.retain(|group| {
            let apart = group.is_disjoint(&own);
            if !apart {
                own.extend(group);
            }
            apart
        });
        groups.push(own);
    }
    groups.into_iter().filter(|group| group.len() > 1).map(|group| group.into_iter().collect()).collect()
}

/// Raises the bound of `start` along single pools and along `together` until nothing raises it further.
pub(super) fn ascend(problem: &Problem, start: Cut, together: &[Vec<usize>], scale: i128, steps: &mut u64) -> Cut {
    let singles = (0..problem.pools.len()).map(|pool| vec![pool]);
    let directions: Vec<Vec<usize>> = together.iter().cloned().chain(singles).collect();
    let mut best = start;
    let mut bound = best.bound(problem);
    for _ in 0..ROUNDS {
        let before = bound;
        for direction in &directions {
            if *steps == 0 {
                return best;
            }
            let (next, reached) = along(problem, &best, direction, scale, steps);
            if reached > bound {
                (best, bound) = (next, reached);
            }
        }
        if bound == before {
            break;
        }
    }
    best
}

/// The best point along one direction: the sum is concave and bends only where a need changes its pool or a class its way.
fn along(problem: &Problem, from: &Cut, direction: &[usize], scale: i128, steps: &mut u64) -> (Cut, Cost) {
    let within = |pool: usize| direction.contains(&pool);
    let price = |pool: usize| from.pools.get(pool).copied().unwrap_or_default();
    let lowest = direction.iter().map(|pool| price(*pool)).min().unwrap_or_default();
    // Each kind within the direction and without it.
    let sides: Vec<(Option<Cost>, Cost)> = problem
        .kinds
        .iter()
        .map(|kind| {
            let cost = |(pool, cost): &(usize, Cost)| cost.times(scale) + price(*pool);
            let inside = kind.arcs.iter().filter(|arc| within(arc.0)).map(cost).min();
            let outside = kind.arcs.iter().filter(|arc| !within(arc.0)).map(cost).min();
            let open = kind.open.times(scale);
            (inside, outside.map_or(open, |outside| outside.min(open)))
        })
        .collect();
    let mut bends: BTreeSet<Cost> = BTreeSet::from([-lowest, Cost::NONE]);
    for (inside, outside) in &sides {
        bends.extend(inside.map(|inside| *outside - inside));
    }
    for class in problem.classes.iter().filter(|class| class.ways.len() > 1) {
        let forms: Vec<Vec<(i128, Cost)>> = class.ways.iter().map(|way| forms(way, &sides, from, direction)).collect();
        for (at, some) in forms.iter().enumerate() {
            for (steep, base) in some {
                for (other_steep, other_base) in forms.iter().skip(at + 1).flatten() {
                    let turn = steep - other_steep;
                    if turn != 0 {
                        let gap = if turn > 0 { *other_base - *base } else { *base - *other_base };
                        bends.insert(gap.over(turn.abs()));
                    }
                }
            }
        }
    }
    let bends: Vec<Cost> = bends.into_iter().filter(|bend| *bend >= -lowest).collect();
    let mut at = |place: usize| {
        let bend = bends.get(place).copied().unwrap_or_default();
        let pools = (0..problem.pools.len()).map(|pool| price(pool) + if within(pool) { bend } else { Cost::NONE });
        let cut = Cut::new(problem, pools.map(|price| price.max(Cost::NONE)).collect(), scale);
        let bound = cut.bound(problem);
        *steps = steps.saturating_sub(problem.size());
        (cut, bound)
    };
    let (mut low, mut high) = (0, bends.len().saturating_sub(1));
    while low < high {
        let middle = (low + high) / 2;
        if at(middle).1 < at(middle + 1).1 {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    at(low)
}

/// What a way costs as the direction moves, as straight lines (slope, cost at the start): each need served within or without.
fn forms(way: &[Part], sides: &[(Option<Cost>, Cost)], from: &Cut, direction: &[usize]) -> Vec<(i128, Cost)> {
    let mut forms = vec![(0, Cost::NONE)];
    for part in way {
        match part {
            Part::Needs(kind, units) => {
                let Some((inside, outside)) = sides.get(*kind) else { continue };
                let units = i128::from(*units);
                let served = inside.iter().map(|inside| (units, inside.times(units)));
                let both: Vec<(i128, Cost)> = served.chain([(0, outside.times(units))]).collect();
                forms = forms
                    .iter()
                    .flat_map(|(slope, base)| both.iter().map(move |(own, cost)| (slope + own, *base + *cost)))
                    .collect();
            }
            Part::Gives(pool, units) => {
                let price = from.pools.get(*pool).copied().unwrap_or_default();
                let units = i128::from(*units);
                let moves = i128::from(direction.contains(pool));
                for (slope, base) in &mut forms {
                    *slope -= units * moves;
                    *base = *base - price.times(units);
                }
            }
        }
    }
    forms
}
