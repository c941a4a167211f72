//! Which way each class takes: depth first over the classes, with what is left of each branch bounded by prices of the pools
//! (`bound`). A state that was looked at is never looked at again: what follows hangs on the sums alone. Every transport on
//! the way gives new prices, so the bound grows tighter where the search is.

use super::bound::{ascend, gcd, scale};
use super::cost::Cost;
use super::flow::Flow;
use super::problem::{Choice, Cut, Part, Problem, Sums};
use std::collections::BTreeSet;

/// Work for one component, in arcs looked at; a search that needs more ends with its gap.
pub(super) const STEPS: u64 = 60_000_000;

/// Sets of prices that are kept for bounds.
const CUTS: usize = 16;

/// States remembered; beyond it the search goes on without memory.
const REMEMBERED: usize = 40_000;

/// A choice, its transport, and what is proved of it.
pub(super) struct Found {
    pub(super) choice: Choice,
    pub(super) flow: Flow,
    /// Nothing is cheaper, and of what is as cheap nothing leaves more value spare.
    pub(super) optimal: bool,
    /// At most so many hundredths of the currency cheaper could another choice be.
    pub(super) gap: i128,
}

struct Search<'a> {
    problem: &'a Problem,
    scale: i128,
    steps: u64,
    cuts: Vec<Cut>,
    next_cut: usize,
    best: Option<(Cost, Choice, Flow)>,
    tried: BTreeSet<Sums>,
}

/// The cheapest choice for `problem`, within `steps` of work.
pub(super) fn search(problem: &Problem, steps: u64) -> Found {
    let mut search = Search {
        problem,
        scale: scale(problem),
        steps,
        cuts: Vec::new(),
        next_cut: 0,
        best: None,
        tried: BTreeSet::new(),
    };
    let bound = search.run();
    let (cost, choice, flow) = search.best.unwrap_or_default();
    // Of the bound only whole steps of the prices count: money that is missing comes in multiples of them.
    let coin = problem.kinds.iter().fold(0, |coin, kind| gcd(coin, kind.open.money())).max(1);
    let (money, least) = (cost.0[1].saturating_mul(search.scale), bound.0[1]);
    let exact = bound.0[0] == cost.0[0].saturating_mul(search.scale);
    let gap = if exact {
        (money - least).max(0).div_euclid(search.scale.saturating_mul(coin)).saturating_mul(coin)
    } else {
        cost.0[1]
    };
    let spare = cost.0[2].saturating_mul(search.scale) <= bound.0[2] || money < least;
    Found { choice, flow, optimal: gap == 0 && money <= least && spare, gap }
}

/// What is decided at one place of the search.
struct Level {
    class: usize,
    way: usize,
    /// The last way takes what is left.
    last: bool,
}

struct Frame {
    /// Members of the class that are not decided yet.
    rest: u64,
    /// Bound and members that take the way, the most promising last.
    children: Vec<(Cost, u64)>,
    /// What was added to the sums to come here.
    taken: Option<u64>,
}

impl Search<'_> {
    /// Runs; leaves the bound on every choice that was not looked at, or the best cost where none is left.
    fn run(&mut self) -> Cost {
        let first = Cut::new(self.problem, vec![Cost::NONE; self.problem.pools.len()], self.scale);
        let choice = first.choice(self.problem);
        self.cuts.push(first);
        let mut root = self.root(choice);
        let lawful = self.lawful();
        self.try_choice(&lawful);
        if self.closed(root) || self.problem.classes.iter().all(|class| class.ways.len() < 2) {
            return self.scaled_best();
        }
        self.improve();
        root = root.max(self.rise());
        if self.closed(root) {
            return self.scaled_best();
        }
        if self.branch() { self.scaled_best() } else { root }
    }

    fn scaled_best(&self) -> Cost {
        self.best.as_ref().map(|(cost, _, _)| cost.times(self.scale)).unwrap_or_default()
    }

    fn closed(&self, bound: Cost) -> bool {
        self.best.as_ref().is_some_and(|(cost, _, _)| bound >= cost.times(self.scale))
    }

    /// Transport for a whole choice; keeps it if it is the best, and keeps its prices.
    fn try_choice(&mut self, choice: &Choice) -> Option<Flow> {
        let sums = self.problem.sums(choice);
        if !self.tried.insert(sums.clone()) {
            return None;
        }
        self.steps = self.steps.saturating_sub(self.problem.size().saturating_mul(4));
        let flow = self.problem.flow(&sums);
        if self.best.as_ref().is_none_or(|(cost, _, _)| flow.total < *cost) {
            self.best = Some((flow.total, choice.clone(), flow.clone()));
        }
        Some(flow)
    }

    fn cut_of(&self, flow: &Flow) -> Cut {
        let pools = flow.pool_price.iter().map(|price| price.times(self.scale)).collect();
        Cut::new(self.problem, pools, self.scale)
    }

    fn keep(&mut self, cut: Cut) {
        if self.cuts.iter().any(|known| known.pools == cut.pools) {
            return;
        }
        if self.cuts.len() < CUTS {
            self.cuts.push(cut);
        } else {
            // The first two are those of the root.
            self.next_cut = if self.next_cut < 2 || self.next_cut + 1 >= CUTS { 2 } else { self.next_cut + 1 };
            if let Some(slot) = self.cuts.get_mut(self.next_cut) {
                *slot = cut;
            }
        }
    }

    /// A choice that leaves nothing open that may not stay open.
    fn lawful(&self) -> Choice {
        let forbids = |way: &Vec<Part>| {
            way.iter().any(|part| match part {
                Part::Needs(kind, _) => self.problem.kinds.get(*kind).is_some_and(|kind| kind.open >= Cost::FORBIDDEN),
                Part::Gives(..) => false,
            })
        };
        let classes = self.problem.classes.iter();
        classes
            .map(|class| {
                let first = class.ways.iter().position(|way| !forbids(way)).unwrap_or(0);
                (0..class.ways.len()).map(|at| if at == first { class.count } else { 0 }).collect()
            })
            .collect()
    }

    /// Choice, prices, choice at those prices, and so on, while it leads to new sums.
    fn root(&mut self, mut choice: Choice) -> Cost {
        let mut bound = self.cuts.first().map(|cut| cut.bound(self.problem)).unwrap_or_default();
        for _ in 0..8 {
            let Some(flow) = self.try_choice(&choice) else { break };
            let cut = self.cut_of(&flow);
            bound = bound.max(cut.bound(self.problem));
            choice = cut.choice(self.problem);
            self.keep(cut);
            if self.closed(bound) {
                break;
            }
        }
        bound
    }

    /// Raises the bound from the best prices known; those become the first.
    fn rise(&mut self) -> Cost {
        let together = self.tied();
        let start = self.best.as_ref().map(|(_, _, flow)| self.cut_of(flow));
        let known = self.cuts.iter().cloned().chain(start);
        let Some(start) = known.max_by_key(|cut| cut.bound(self.problem)) else { return Cost::NONE };
        let mut budget = self.steps / 4;
        let top = ascend(self.problem, start, &together, self.scale, &mut budget);
        let bound = top.bound(self.problem);
        let choice = top.choice(self.problem);
        self.cuts.insert(0, top);
        self.cuts.truncate(CUTS);
        if let Some(flow) = self.try_choice(&choice) {
            let cut = self.cut_of(&flow);
            self.keep(cut);
        }
        bound
    }

    /// Pools that serve one need together in the best transport: their prices move together.
    fn tied(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<BTreeSet<usize>> = Vec::new();
        let Some((_, _, flow)) = &self.best else { return Vec::new() };
        for kind in 0..self.problem.kinds.len() {
            let mut own: BTreeSet<usize> =
                flow.carried.iter().filter(|(at, _, _)| *at == kind).map(|(_, pool, _)| *pool).collect();
            if own.len() < 2 {
                continue;
            }
            groups.retain(|group| {
                let apart = group.is_disjoint(&own);
                if !apart {
                    own.extend(group);
                }
                apart
            });
            groups.push(own);
        }
        let all: Vec<usize> = (0..self.problem.pools.len()).collect();
        groups.into_iter().map(|group| group.into_iter().collect()).chain([all]).collect()
    }

    /// Moves members of one class at a time to another way while that lowers the cost.
    fn improve(&mut self) {
        let mut budget = self.steps / 8;
        loop {
            let before = self.best.as_ref().map(|(cost, _, _)| *cost);
            for at in 0..self.problem.classes.len() {
                let ways = self.problem.classes.get(at).map_or(0, |class| class.ways.len());
                for (from, to) in (0..ways).flat_map(|from| (0..ways).map(move |to| (from, to))) {
                    let there = self.best.as_ref().and_then(|(_, c, _)| c.get(at)?.get(from).copied()).unwrap_or(0);
                    let mut step = if from == to { 0 } else { there };
                    while step > 0 {
                        let Some((_, choice, _)) = &self.best else { return };
                        let mut tried = choice.clone();
                        if let Some(class) = tried.get_mut(at) {
                            let moved = class.get(from).copied().unwrap_or(0).min(step);
                            if let Some(slot) = class.get_mut(from) {
                                *slot -= moved;
                            }
                            if let Some(slot) = class.get_mut(to) {
                                *slot += moved;
                            }
                        }
                        self.try_choice(&tried);
                        let cost = self.problem.size().saturating_mul(4);
                        if budget < cost {
                            return;
                        }
                        budget -= cost;
                        step /= 2;
                    }
                }
            }
            if self.best.as_ref().map(|(cost, _, _)| *cost) == before {
                return;
            }
        }
    }

    /// Looks at every choice that the bound does not exclude. Tells whether it came to the end.
    fn branch(&mut self) -> bool {
        let levels = self.levels();
        let mut sums = self.problem.empty();
        for class in self.problem.classes.iter().filter(|class| class.ways.len() < 2) {
            if let Some(way) = class.ways.first() {
                sums.add(way, class.count);
            }
        }
        let mut choice: Choice = self
            .problem
            .classes
            .iter()
            .map(|class| (0..class.ways.len()).map(|at| if at == 0 { class.count } else { 0 }).collect())
            .collect();
        let mut seen: BTreeSet<(usize, u64, Sums)> = BTreeSet::new();
        let mut stack = vec![self.frame(&levels, 0, None, None, &sums, &mut choice)];
        while !stack.is_empty() {
            let depth = stack.len();
            let (Some(frame), Some(level)) = (stack.last_mut(), levels.get(depth - 1)) else { return true };
            let Some(ways) = self.problem.classes.get(level.class).map(|class| &class.ways) else { return true };
            let (Some(way), Some(after)) = (ways.get(level.way), ways.get(level.way + 1)) else { return true };
            let rest = frame.rest;
            if let Some(members) = frame.taken.take() {
                sums.take(way, members);
                if level.last {
                    sums.take(after, rest - members);
                }
            }
            let Some((bound, members)) = frame.children.pop() else {
                stack.pop();
                continue;
            };
            if self.closed(bound) {
                continue;
            }
            if self.steps == 0 {
                return false;
            }
            frame.taken = Some(members);
            sums.add(way, members);
            if level.last {
                sums.add(after, rest - members);
            }
            if let Some(counts) = choice.get_mut(level.class) {
                counts.iter_mut().skip(level.way).for_each(|count| *count = 0);
                for (slot, count) in counts.iter_mut().skip(level.way).zip([members, rest - members]) {
                    *slot = count;
                }
            }
            let inside = if level.last { None } else { Some(rest - members) };
            if seen.len() < REMEMBERED && !seen.insert((depth, inside.unwrap_or(0), sums.clone())) {
                continue;
            }
            if depth < levels.len() {
                let next = self.frame(&levels, depth, inside, Some(bound), &sums, &mut choice);
                stack.push(next);
            } else {
                self.try_choice(&choice);
            }
        }
        true
    }

    /// The places of decision: classes whose ways differ most come first.
    fn levels(&self) -> Vec<Level> {
        let spread = |class: usize| {
            let ways = self.cuts.first().and_then(|cut| cut.ways.get(class));
            let count = self.problem.classes.get(class).map_or(0, |class| class.count);
            ways.and_then(|ways| Some(*ways.iter().max()? - *ways.iter().min()?))
                .unwrap_or_default()
                .times(i128::from(count))
        };
        let mut order: Vec<usize> = (0..self.problem.classes.len()).collect();
        order.sort_by_key(|class| (std::cmp::Reverse(spread(*class)), *class));
        order
            .into_iter()
            .flat_map(|class| {
                let ways = self.problem.classes.get(class).map_or(0, |class| class.ways.len());
                (0..ways.saturating_sub(1)).map(move |way| Level { class, way, last: way + 2 == ways })
            })
            .collect()
    }

    /// The branches at `depth`: how many of the members still undecided take the way.
    fn frame(
        &mut self,
        levels: &[Level],
        depth: usize,
        inside: Option<u64>,
        above: Option<Cost>,
        sums: &Sums,
        choice: &mut Choice,
    ) -> Frame {
        let Some(level) = levels.get(depth) else { return Frame { rest: 0, children: Vec::new(), taken: None } };
        let whole = self.problem.classes.get(level.class).map_or(0, |class| class.count);
        let rest = inside.unwrap_or(whole);
        self.complete(levels, depth, rest, sums, choice);
        // For each set of prices: what is decided and the classes to come, one member on this way, one on a later way.
        let lines: Vec<(Cost, Cost, Cost)> = self
            .cuts
            .iter()
            .map(|cut| {
                let later = levels.iter().skip(depth + 1).filter(|each| each.way == 0 && each.class != level.class);
                let to_come = later
                    .map(|each| {
                        let count = self.problem.classes.get(each.class).map_or(0, |class| class.count);
                        let least = cut.ways.get(each.class).and_then(|ways| ways.iter().min());
                        least.copied().unwrap_or_default().times(i128::from(count))
                    })
                    .fold(cut.of(sums), |sum, each| sum + each);
                let ways = cut.ways.get(level.class).map(Vec::as_slice).unwrap_or_default();
                let this = ways.get(level.way).copied().unwrap_or_default();
                let other = ways.iter().skip(level.way + 1).min().copied().unwrap_or_default();
                (to_come, this, other)
            })
            .collect();
        self.steps = self.steps.saturating_sub((lines.len() as u64).saturating_mul(levels.len() as u64 + rest));
        let mut children: Vec<(Cost, u64)> = (0..=rest)
            .map(|members| {
                let bound = lines
                    .iter()
                    .map(|(base, this, other)| {
                        *base + this.times(i128::from(members)) + other.times(i128::from(rest - members))
                    })
                    .max()
                    .unwrap_or_default();
                (above.map_or(bound, |above| bound.max(above)), members)
            })
            .filter(|(bound, _)| !self.closed(*bound))
            .collect();
        children.sort_by(|a, b| b.cmp(a));
        Frame { rest, children, taken: None }
    }

    /// Tries the cheapest completion of what is decided, under the prices that bound it highest.
    fn complete(&mut self, levels: &[Level], depth: usize, rest: u64, sums: &Sums, choice: &mut Choice) {
        let undecided = levels.iter().enumerate().filter(|(at, level)| level.way == 0 && *at >= depth);
        let classes: Vec<usize> = undecided.map(|(_, level)| level.class).collect();
        let bound_of = |cut: &Cut| {
            classes
                .iter()
                .map(|class| {
                    let count = self.problem.classes.get(*class).map_or(0, |class| class.count);
                    let least = cut.ways.get(*class).and_then(|ways| ways.iter().min());
                    least.copied().unwrap_or_default().times(i128::from(count))
                })
                .fold(cut.of(sums), |sum, each| sum + each)
        };
        let Some(cut) = self.cuts.iter().max_by_key(|cut| bound_of(cut)) else { return };
        let cheapest = cut.choice(self.problem);
        let mut whole = choice.clone();
        for class in &classes {
            if let (Some(slot), Some(counts)) = (whole.get_mut(*class), cheapest.get(*class)) {
                slot.clone_from(counts);
            }
        }
        // A class in the middle of its decision: what is left of it takes the cheapest of its later ways.
        if let Some(level) = levels.get(depth).filter(|level| level.way > 0) {
            let ways = cut.ways.get(level.class).map(Vec::as_slice).unwrap_or_default();
            let best = ways.iter().enumerate().skip(level.way).min_by_key(|(at, cost)| (**cost, *at));
            if let (Some(counts), Some((best, _))) = (whole.get_mut(level.class), best) {
                for (at, slot) in counts.iter_mut().enumerate().skip(level.way) {
                    *slot = if at == best { rest } else { 0 };
                }
            }
        }
        if let Some(flow) = self.try_choice(&whole) {
            let cut = self.cut_of(&flow);
            self.keep(cut);
        }
    }
}
