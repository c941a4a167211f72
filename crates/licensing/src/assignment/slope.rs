//! First prices for the bound, by following its slope in money alone. Floating point is enough here, for whatever prices come
//! out, the bound that is taken from them is exact (`problem::Cut`); only sums, products and quotients are used, so that they
//! are the same on every machine.

use super::cost::Cost;
use super::problem::{Cut, Part, Problem};

/// Steps along the slope, and how many without gain before the steps are shortened.
const WALK: usize = 12_000;
const PATIENCE: usize = 150;

struct Money<'a> {
    problem: &'a Problem,
    open: Vec<f64>,
    pools: Vec<f64>,
}

/// Prices of the pools, `scale` times, near to those of the highest bound; `target` is a cost that can be reached.
pub(super) fn walk(problem: &Problem, from: &Cut, target: Cost, scale: i128, steps: &mut u64) -> Vec<Cost> {
    let money = Money::new(problem);
    let float = |number: i128| number as f64;
    let start: Vec<f64> = from.pools.iter().map(|price| float(price.money()) / float(scale)).collect();
    let goal = float(target.money());
    let (mut best, mut highest) = (start.clone(), f64::MIN);
    let (mut prices, mut length, mut idle) = (start, 1.0, 0);
    for _ in 0..WALK {
        let cost = problem.size().saturating_add(problem.classes.len() as u64);
        if *steps < cost || length < 0.001 {
            break;
        }
        *steps -= cost;
        let (bound, slope) = money.bound(&prices);
        if bound > highest {
            (highest, idle) = (bound, 0);
            best.clone_from(&prices);
        } else {
            idle += 1;
        }
        if highest >= goal {
            break;
        }
        if idle > PATIENCE {
            (length, idle) = (length / 1.5, 0);
            prices.clone_from(&best);
            continue;
        }
        let square: f64 = slope.iter().map(|each| each * each).sum();
        if square == 0.0 {
            break;
        }
        let step = length * (goal - bound).max(1.0) / square;
        for (price, slope) in prices.iter_mut().zip(&slope) {
            *price = (*price + step * slope).max(0.0);
        }
    }
    best.into_iter().map(|price| Cost([0, (price * float(scale)) as i128, 0, 0])).collect()
}

impl Money<'_> {
    fn new(problem: &Problem) -> Money<'_> {
        let float = |cost: &Cost| cost.money() as f64;
        let most = problem.kinds.iter().map(|kind| float(&kind.open)).fold(1.0, f64::max);
        let units = problem.classes.iter().flat_map(|class| class.ways.iter().flatten()).map(|part| match part {
            Part::Needs(_, units) | Part::Gives(_, units) => *units as f64,
        });
        // Dearer than any way: a unit that may not stay open.
        let forbidden = most * units.fold(1.0, f64::max) * 4.0;
        let open = |cost: &Cost| if *cost >= Cost::FORBIDDEN { forbidden } else { float(cost) };
        Money {
            problem,
            open: problem.kinds.iter().map(|kind| open(&kind.open)).collect(),
            pools: problem.pools.iter().map(|units| *units as f64).collect(),
        }
    }

    /// The bound at `prices`, and how it grows with each of them.
    fn bound(&self, prices: &[f64]) -> (f64, Vec<f64>) {
        let price = |pool: usize| prices.get(pool).copied().unwrap_or(0.0);
        let served: Vec<(f64, Option<usize>)> = self
            .problem
            .kinds
            .iter()
            .zip(&self.open)
            .map(|(kind, open)| {
                kind.arcs.iter().fold((*open, None), |(least, by), (pool, _)| {
                    if price(*pool) < least { (price(*pool), Some(*pool)) } else { (least, by) }
                })
            })
            .collect();
        let mut slope: Vec<f64> = self.pools.iter().map(|units| -units).collect();
        let mut bound: f64 = self.pools.iter().zip(prices).map(|(units, price)| -units * price).sum();
        for class in &self.problem.classes {
            let cost = |way: &Vec<Part>| -> f64 {
                way.iter()
                    .map(|part| match part {
                        Part::Needs(kind, units) => served.get(*kind).map_or(0.0, |(cost, _)| cost * *units as f64),
                        Part::Gives(pool, units) => -price(*pool) * *units as f64,
                    })
                    .sum()
            };
            let costs = class.ways.iter().map(|way| (cost(way), way));
            let Some((least, way)) = costs.min_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
            let count = class.count as f64;
            bound += least * count;
            for part in way {
                let (pool, units) = match part {
                    Part::Needs(kind, units) => (served.get(*kind).and_then(|(_, pool)| *pool), *units as f64),
                    Part::Gives(pool, units) => (Some(*pool), -(*units as f64)),
                };
                if let Some(slot) = pool.and_then(|pool| slope.get_mut(pool)) {
                    *slot += units * count;
                }
            }
        }
        (bound, slope)
    }
}
