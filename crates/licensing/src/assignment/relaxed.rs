//! First choices and first prices by linear programming (`microlp`), in money alone: the problem with shares of members, the
//! same in whole members as far as some branches go, and its dual. Floating point is enough here. Whatever prices come out,
//! the bound that is taken from them is exact (`problem::Cut`), and whatever choice comes out, its transport is. The work is
//! counted in branches, never by a clock, so that it ends alike on every machine.

use super::cost::Cost;
use super::problem::{Choice, Part, Problem};
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Solution, SolveOptions, Variable};
use std::collections::BTreeMap;

/// Ways, kinds and arcs beyond which nothing is relaxed: the ascent from the prices of a transport does without.
const LARGEST: usize = 20_000;

/// Branches looked at for a choice in whole members.
const BRANCHES: u64 = 1_000;

/// Above zero without an end.
const ANY: (f64, f64) = (0.0, f64::INFINITY);

/// Prices of the pools, in hundredths, at which the bound in money is highest; `None` where none were found.
pub(super) fn prices(problem: &Problem) -> Option<Vec<f64>> {
    if !is_small(problem) {
        return None;
    }
    let mut dual = microlp::Problem::new(OptimizationDirection::Maximize);
    let pools: Vec<Variable> = problem.pools.iter().map(|units| dual.add_var(-(*units as f64), ANY)).collect();
    let mut kinds = Vec::new();
    for kind in &problem.kinds {
        // A unit that may not stay open has no price at which it would.
        let own = dual.add_var(0.0, open(kind.open).map_or(ANY, |open| (0.0, open)));
        for pool in kind.arcs.iter().filter_map(|(pool, _)| pools.get(*pool)) {
            dual.add_constraint([(own, 1.0), (*pool, -1.0)], ComparisonOp::Le, 0.0);
        }
        kinds.push(own);
    }
    for class in &problem.classes {
        let least = dual.add_var(class.count as f64, (f64::NEG_INFINITY, f64::INFINITY));
        for way in &class.ways {
            let parts = way.iter().filter_map(|part| match part {
                Part::Needs(kind, units) => Some((*kinds.get(*kind)?, -(*units as f64))),
                Part::Gives(pool, units) => Some((*pools.get(*pool)?, *units as f64)),
            });
            dual.add_constraint(row(parts.chain([(least, 1.0)])), ComparisonOp::Le, 0.0);
        }
    }
    let found = solve(&dual)?;
    Some(pools.into_iter().map(|pool| found.var_value(pool)).collect())
}

/// Choices near the cheapest in money: shares of members rounded to whole ones, and whole members searched for.
pub(super) fn choices(problem: &Problem) -> Vec<Choice> {
    if !is_small(problem) {
        return Vec::new();
    }
    [false, true].into_iter().filter_map(|whole| choice(problem, whole)).collect()
}

fn choice(problem: &Problem, whole: bool) -> Option<Choice> {
    let mut primal = microlp::Problem::new(OptimizationDirection::Minimize);
    // Terms of the rows of each kind and of each pool.
    let mut wanted: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); problem.kinds.len()];
    let mut taken: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); problem.pools.len()];
    let mut shares: Vec<Vec<Variable>> = Vec::new();
    for class in &problem.classes {
        let mut own = Vec::new();
        for way in &class.ways {
            let share = match i32::try_from(class.count) {
                Ok(count) if whole => primal.add_integer_var(0.0, (0, count)),
                _ => primal.add_var(0.0, (0.0, class.count as f64)),
            };
            for part in way {
                let (terms, units) = match part {
                    Part::Needs(kind, units) => (wanted.get_mut(*kind), units),
                    Part::Gives(pool, units) => (taken.get_mut(*pool), units),
                };
                if let Some(terms) = terms {
                    terms.push((share, -(*units as f64)));
                }
            }
            own.push(share);
        }
        primal.add_constraint(row(own.iter().map(|share| (*share, 1.0))), ComparisonOp::Eq, class.count as f64);
        shares.push(own);
    }
    for (kind, mut terms) in problem.kinds.iter().zip(wanted) {
        for (pool, _) in &kind.arcs {
            let carried = primal.add_var(0.0, ANY);
            terms.push((carried, 1.0));
            if let Some(taken) = taken.get_mut(*pool) {
                taken.push((carried, 1.0));
            }
        }
        terms.extend(open(kind.open).map(|open| (primal.add_var(open, ANY), 1.0)));
        primal.add_constraint(row(terms), ComparisonOp::Ge, 0.0);
    }
    for (units, terms) in problem.pools.iter().zip(taken) {
        primal.add_constraint(row(terms), ComparisonOp::Le, *units as f64);
    }
    let found = solve(&primal)?;
    let counts = problem.classes.iter().zip(&shares).map(|(class, ways)| {
        let shares: Vec<f64> = ways.iter().map(|share| found.var_value(*share)).collect();
        rounded(class.count, &shares)
    });
    Some(counts.collect())
}

fn solve(problem: &microlp::Problem) -> Option<Solution> {
    let mut options = SolveOptions::default();
    options.node_limit = Some(BRANCHES);
    problem.solve_with(options).ok()?.into_solution().ok()
}

fn is_small(problem: &Problem) -> bool {
    let ways = problem.classes.iter().map(|class| class.ways.len());
    let arcs = problem.kinds.iter().map(|kind| kind.arcs.len().saturating_add(1));
    ways.chain(arcs).fold(0, usize::saturating_add) <= LARGEST
}

/// What a unit costs that stays open, if it may.
fn open(cost: Cost) -> Option<f64> {
    (cost < Cost::FORBIDDEN).then(|| cost.money() as f64)
}

/// A row in which no variable stands twice: the library takes none that does.
fn row(terms: impl IntoIterator<Item = (Variable, f64)>) -> LinearExpr {
    let mut sums: BTreeMap<usize, (Variable, f64)> = BTreeMap::new();
    for (variable, factor) in terms {
        sums.entry(variable.idx()).or_insert((variable, 0.0)).1 += factor;
    }
    let mut row = LinearExpr::empty();
    for (variable, factor) in sums.into_values() {
        row.add(variable, factor);
    }
    row
}

/// Whole members near the shares, `count` in all: the largest remainders are rounded up.
fn rounded(count: u64, shares: &[f64]) -> Vec<u64> {
    // Nearly whole is whole.
    let wholes = shares.iter().map(|share| (share + 1e-6).floor().max(0.0));
    let mut counts: Vec<u64> = wholes.clone().map(|whole| whole as u64).collect();
    let mut order: Vec<(usize, f64)> =
        shares.iter().zip(wholes).map(|(share, whole)| share - whole).enumerate().collect();
    order.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let told = counts.iter().copied().fold(0, u64::saturating_add);
    let (mut more, mut less) = (count.saturating_sub(told), told.saturating_sub(count));
    let each = more.div_ceil(order.len().max(1) as u64);
    for (at, _) in &order {
        if let Some(slot) = counts.get_mut(*at) {
            let given = each.min(more);
            *slot = slot.saturating_add(given);
            more -= given;
        }
    }
    for (at, _) in order.iter().rev() {
        if let Some(slot) = counts.get_mut(*at) {
            let gone = less.min(*slot);
            *slot -= gone;
            less -= gone;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::super::cost::Cost;
    use super::super::flow::Kind;
    use super::super::problem::{Class, Part, Problem};
    use super::{choices, prices, rounded};

    #[test]
    fn rounding_loses_no_member_and_follows_the_largest_remainder() {
        assert_eq!(rounded(3, &[1.6, 1.4, 0.0]), vec![2, 1, 0]);
        assert_eq!(rounded(3, &[1.999_999_9, 1.0, 0.000_000_1]), vec![2, 1, 0]);
        for shares in [[0.0, 0.0, 0.0], [9.0, 9.0, 9.0], [2.5, 2.5, 2.0], [f64::NAN, 3.0, 4.0]] {
            assert_eq!(rounded(7, &shares).iter().sum::<u64>(), 7, "{shares:?}");
        }
    }

    /// Ten members, each two units of a kind at 5 a missing unit, or three of another at 3; the pool of the first holds 8.
    #[test]
    fn prices_and_choices_of_a_problem_that_can_be_done_by_hand() {
        let kind = |open: i128, pool: usize| Kind { open: Cost::missing(open), arcs: vec![(pool, Cost::NONE)] };
        let problem = Problem {
            pools: vec![8, 0],
            kinds: vec![kind(5, 0), kind(3, 1)],
            classes: vec![Class { count: 10, ways: vec![vec![Part::Needs(0, 2)], vec![Part::Needs(1, 3)]] }],
        };
        // Four members are served by the pool; of the others each costs 9 one way and 10 the other.
        for choice in choices(&problem) {
            assert_eq!(choice, vec![vec![4, 6]]);
        }
        assert_eq!(choices(&problem).len(), 2);
        let found = prices(&problem).unwrap();
        assert!((found[0] - 4.5).abs() < 1e-6, "{found:?}");
    }
}
