//! A first choice from prices: member by member the way that is cheapest with what the pools still hold. It fills pools without
//! overfilling them, which the prices alone do not tell.

use super::cost::Cost;
use super::problem::{Choice, Cut, Part, Problem};

/// Members beyond which a class is dealt in larger shares.
const SHARES: u64 = 64;

/// A choice under the prices of `cut`, classes in `order`; classes that only give units keep their part of `given`.
pub(super) fn deal(problem: &Problem, cut: &Cut, order: &[usize], given: &Choice, scale: i128) -> Choice {
    let mut choice = given.clone();
    let mut left = problem.pools.clone();
    let gives = |class: usize| {
        let ways = problem.classes.get(class).into_iter().flat_map(|class| &class.ways);
        ways.flatten().any(|part| matches!(part, Part::Gives(..)))
    };
    for (class, counts) in
        problem.classes.iter().zip(given).enumerate().filter(|(at, _)| gives(*at)).map(|(_, each)| each)
    {
        for (way, count) in class.ways.iter().zip(counts) {
            for part in way {
                if let Part::Gives(pool, units) = part
                    && let Some(slot) = left.get_mut(*pool)
                {
                    *slot = slot.saturating_add(units.saturating_mul(*count));
                }
            }
        }
    }
    for at in order.iter().filter(|at| !gives(**at)) {
        let (Some(class), Some(counts)) = (problem.classes.get(*at), choice.get_mut(*at)) else { continue };
        counts.fill(0);
        let mut open = class.count;
        while open > 0 {
            let share = class.count.div_ceil(SHARES).min(open);
            open -= share;
            let ways = class.ways.iter().enumerate();
            let tried = ways.map(|(at, way)| (take(problem, cut, way, share, &mut left.clone(), scale), at));
            let Some((_, best)) = tried.min() else { break };
            if let Some(way) = class.ways.get(best) {
                take(problem, cut, way, share, &mut left, scale);
            }
            if let Some(slot) = counts.get_mut(best) {
                *slot += share;
            }
        }
    }
    choice
}

/// Cost of `members` on a way with what is `left`, at the prices of the pools, and less what of it is paid for units of pools:
/// of two ways that cost the same the one that uses what is scarce leaves less of it over. Takes the units.
fn take(problem: &Problem, cut: &Cut, way: &[Part], members: u64, left: &mut [u64], scale: i128) -> (Cost, Cost) {
    let (mut cost, mut paid) = (Cost::NONE, Cost::NONE);
    for part in way {
        let Part::Needs(kind, units) = part else { continue };
        let Some(kind) = problem.kinds.get(*kind) else { continue };
        let mut wanted = units.saturating_mul(members);
        let price = |pool: usize| cut.pools.get(pool).copied().unwrap_or_default();
        let mut arcs: Vec<(Cost, usize)> =
            kind.arcs.iter().map(|(pool, own)| (own.times(scale) + price(*pool), *pool)).collect();
        arcs.sort();
        for (each, pool) in arcs {
            let Some(slot) = left.get_mut(pool) else { continue };
            let taken = wanted.min(*slot);
            *slot -= taken;
            wanted -= taken;
            cost += each.times(i128::from(taken));
            paid += price(pool).times(i128::from(taken));
        }
        cost += kind.open.times(scale).times(i128::from(wanted));
    }
    (cost, -paid)
}
