//! Which way each class takes: depth first over the classes, with what is left of each branch bounded by prices of the pools
//! (`bound`). A state that was looked at is never looked at again: what follows hangs on the sums alone. Every transport on
//! the way gives new prices, so the bound grows tighter where the search is.

use super::bound::{ascend, gcd, scale, tied};
use super::cost::Cost;
use super::flow::Flow;
use super::greedy::deal;
use super::problem::{Choice, Cut, Part, Problem, Sums};
use super::relaxed;
use std::collections::BTreeSet;

/// Work for one component, in arcs looked at; a search that needs more ends with its gap.
const STEPS: u64 = 4_000_000;

/// The same where there is little to decide: there the proof closes, if it is given the time.
const STEPS_OF_FEW: u64 = 20_000_000;

/// Places of decision up to which there is little to decide.
const FEW: usize = 80;

/// Figures that count: units that may not stay open and money; the value used as well; the distance as well.
const MONEY: usize = 2;
const VALUE: usize = 3;
const DISTANCE: usize = 4;

/// Of the work, the part that is spent on distance alone.
const LAST: u64 = 10;

/// Sets of prices that are kept for bounds.
const CUTS: usize = 24;

/// States remembered; beyond it the search goes on without memory.
const REMEMBERED: usize = 40_000;

/// A choice, its transport, and what is proved of it.
#[derive(Clone)]
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
    /// Money that is missing comes in multiples of so many hundredths.
    coin: i128,
    steps: u64,
    /// What of the steps is left for distance.
    last: u64,
    /// Prices, and for each level what the classes from there on cost at least.
    cuts: Vec<(Cut, Vec<Cost>)>,
    next_cut: usize,
    best: Option<(Cost, Choice, Flow)>,
    tried: BTreeSet<Sums>,
    levels: Vec<Level>,
    /// So many figures of a cost count for now: with money, with value, with distance.
    figures: usize,
}

/// The cheapest choice for `problem`, within bounds of work: first of money alone, then of what is as cheap the most spare.
pub(super) fn search(problem: &Problem) -> Found {
    let decisions =
        problem.classes.iter().map(|class| class.ways.len().saturating_sub(1)).fold(0, usize::saturating_add);
    let steps = if decisions > FEW { STEPS } else { STEPS_OF_FEW };
    let mut search = Search {
        problem,
        scale: scale(problem),
        coin: problem.kinds.iter().fold(0, |coin, kind| gcd(coin, kind.open.money())).max(1),
        steps,
        last: steps / LAST,
        cuts: Vec::new(),
        next_cut: 0,
        best: None,
        tried: BTreeSet::new(),
        levels: Vec::new(),
        figures: DISTANCE,
    };
    let proof = search.run();
    let (cost, choice, flow) = search.best.take().unwrap_or_default();
    let (optimal, gap) = match proof {
        Proof::All => (true, 0),
        Proof::Money => (false, 0),
        Proof::Bound(bound) => {
            let coins = search.scale.saturating_mul(search.coin);
            let lawful = bound.0[0] == cost.0[0].saturating_mul(search.scale);
            let open = cost.money().saturating_mul(search.scale) - if lawful { bound.money() } else { 0 };
            (false, open.max(0).div_euclid(coins).saturating_mul(search.coin))
        }
    };
    Found { choice, flow, optimal, gap }
}

/// How far the proof came.
enum Proof {
    /// Nothing is cheaper, and nothing as cheap leaves more value spare.
    All,
    /// Nothing is cheaper.
    Money,
    /// Nothing costs less than this (times the scale).
    Bound(Cost),
}

/// What is decided at one place of the search.
#[derive(Clone)]
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
    fn run(&mut self) -> Proof {
        let first = Cut::new(self.problem, vec![Cost::NONE; self.problem.pools.len()], self.scale);
        let choice = first.choice(self.problem);
        self.cuts.push((first, Vec::new()));
        let root = self.root(choice);
        let lawful = self.lawful();
        self.try_choice(&lawful);
        if self.closed(root) || self.problem.classes.iter().all(|class| class.ways.len() < 2) {
            return Proof::All;
        }
        let root = root.max(self.rise());
        self.deal();
        self.improve();
        if self.closed(root) {
            return Proof::All;
        }
        self.levels = self.order();
        for at in 0..self.cuts.len() {
            let rest = self.cuts.get(at).map(|(cut, _)| self.rest(cut)).unwrap_or_default();
            if let Some((_, slot)) = self.cuts.get_mut(at) {
                *slot = rest;
            }
        }
        // Each search leaves some work for the next one, which looks at what is equal so far.
        for figures in [MONEY, VALUE, DISTANCE] {
            self.figures = figures;
            let kept = if figures == DISTANCE { self.steps.saturating_sub(self.last) } else { self.steps / 4 };
            self.steps -= kept;
            let proved = self.closed(root) || self.branch();
            self.steps += kept;
            match figures {
                MONEY if !proved => return Proof::Bound(root),
                VALUE if !proved => return Proof::Money,
                _ => {}
            }
        }
        Proof::All
    }

    /// Whether nothing under `bound` can be better than the best so far.
    fn closed(&self, bound: Cost) -> bool {
        let Some((cost, _, _)) = &self.best else { return false };
        let counts = |cost: Cost| match (self.figures, cost.0) {
            (MONEY, [open, money, ..]) => (open, money, 0, 0),
            (VALUE, [open, money, value, _]) => (open, money, value, 0),
            (_, [open, money, value, distance]) => (open, money, value, distance),
        };
        let coin = self.figures == MONEY && bound.0[0] == 0 && cost.0[0] == 0;
        coin && bound.money() > (cost.money() - self.coin).saturating_mul(self.scale)
            || counts(bound) >= counts(cost.times(self.scale))
    }

    /// For each level what the classes that begin there or later cost at least.
    fn rest(&self, cut: &Cut) -> Vec<Cost> {
        let mut sum = Cost::NONE;
        let mut rest: Vec<Cost> = self
            .levels
            .iter()
            .rev()
            .map(|level| {
                if level.way == 0 {
                    let count = self.problem.classes.get(level.class).map_or(0, |class| class.count);
                    let least = cut.ways.get(level.class).and_then(|ways| ways.iter().min());
                    sum += least.copied().unwrap_or_default().times(i128::from(count));
                }
                sum
            })
            .collect();
        rest.reverse();
        rest
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
        if self.cuts.iter().any(|(known, _)| known.pools == cut.pools) {
            return;
        }
        let rest = self.rest(&cut);
        if self.cuts.len() < CUTS {
            self.cuts.push((cut, rest));
        } else {
            // The first two are those of the root.
            self.next_cut = if self.next_cut < 2 || self.next_cut + 1 >= CUTS { 2 } else { self.next_cut + 1 };
            if let Some(slot) = self.cuts.get_mut(self.next_cut) {
                *slot = (cut, rest);
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
        let mut bound = self.cuts.first().map(|(cut, _)| cut.bound(self.problem)).unwrap_or_default();
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

    /// Tries the choices of the relaxed problem, and raises the bound from the best prices known; those become the first.
    fn rise(&mut self) -> Cost {
        for choice in relaxed::choices(self.problem) {
            self.try_choice(&choice);
        }
        let Some(flow) = self.best.as_ref().map(|(_, _, flow)| flow) else { return Cost::NONE };
        let relaxed = relaxed::prices(self.problem).map(|prices| {
            let scaled = |price: f64| Cost([0, (price * self.scale as f64).round() as i128, 0, 0]);
            Cut::new(self.problem, prices.into_iter().map(scaled).collect(), self.scale)
        });
        let known = self.cuts.iter().map(|(cut, _)| cut.clone()).chain([self.cut_of(flow)]).chain(relaxed);
        let Some(from) = known.max_by_key(|cut| cut.bound(self.problem)) else { return Cost::NONE };
        let mut budget = self.steps / 4;
        let together = tied(self.problem, &from, self.scale);
        let top = ascend(self.problem, from, &together, self.scale, &mut budget);
        let bound = top.bound(self.problem);
        let choice = top.choice(self.problem);
        self.cuts.insert(0, (top, Vec::new()));
        self.cuts.truncate(CUTS);
        if let Some(flow) = self.try_choice(&choice) {
            let cut = self.cut_of(&flow);
            self.keep(cut);
        }
        bound
    }

    /// Choices dealt out member by member under the best prices, the classes in several orders.
    fn deal(&mut self) {
        let most = |class: usize| {
            let parts = self.problem.classes.get(class).into_iter().flat_map(|class| class.ways.iter().flatten());
            parts.map(|part| match part {
                Part::Needs(_, units) | Part::Gives(_, units) => *units,
            })
        };
        let all = 0..self.problem.classes.len();
        let mut large: Vec<usize> = all.clone().collect();
        large.sort_by_key(|class| std::cmp::Reverse(most(*class).max()));
        let small: Vec<usize> = large.iter().rev().copied().collect();
        let mut eager: Vec<usize> = Vec::new();
        for level in self.order().iter().filter(|level| level.way == 0) {
            eager.push(level.class);
        }
        eager.extend(all.filter(|class| self.problem.classes.get(*class).is_some_and(|class| class.ways.len() < 2)));
        for at in 0..self.cuts.len().min(4) {
            for order in [&large, &small, &eager] {
                let Some((_, given, _)) = &self.best else { return };
                let Some((cut, _)) = self.cuts.get(at) else { return };
                let choice = deal(self.problem, cut, order, given, self.scale);
                self.steps = self.steps.saturating_sub(self.problem.size().saturating_mul(8));
                self.try_choice(&choice);
            }
        }
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
        let levels = &self.levels.clone();
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
        let mut stack = vec![self.frame(levels, 0, None, None, &sums, &mut choice)];
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
                let next = self.frame(levels, depth, inside, Some(bound), &sums, &mut choice);
                stack.push(next);
            } else {
                self.try_choice(&choice);
            }
        }
        true
    }

    /// The places of decision: classes whose ways differ most come first.
    fn order(&self) -> Vec<Level> {
        let spread = |class: usize| {
            let ways = self.cuts.first().and_then(|(cut, _)| cut.ways.get(class));
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
        // The first level of the next class.
        let next = (depth + 1..levels.len()).find(|at| levels.get(*at).is_some_and(|level| level.way == 0));
        // For each set of prices: what is decided and the classes to come, one member on this way, one on a later way.
        let lines: Vec<(Cost, Cost, Cost)> = self
            .cuts
            .iter()
            .map(|(cut, rest)| {
                let to_come = cut.of(sums) + next.and_then(|next| rest.get(next)).copied().unwrap_or_default();
                let ways = cut.ways.get(level.class).map(Vec::as_slice).unwrap_or_default();
                let this = ways.get(level.way).copied().unwrap_or_default();
                let other = ways.iter().skip(level.way + 1).min().copied().unwrap_or_default();
                (to_come, this, other)
            })
            .collect();
        let dims = (self.problem.kinds.len() + self.problem.pools.len()) as u64;
        self.steps = self.steps.saturating_sub((lines.len() as u64).saturating_mul(dims.saturating_add(rest)));
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
        let classes = levels.iter().skip(depth).filter(|level| level.way == 0).map(|level| level.class);
        let next = (depth..levels.len()).find(|at| levels.get(*at).is_some_and(|level| level.way == 0));
        let bound_of = |(cut, rest): &&(Cut, Vec<Cost>)| {
            cut.of(sums) + next.and_then(|next| rest.get(next)).copied().unwrap_or_default()
        };
        let Some((cut, _)) = self.cuts.iter().max_by_key(bound_of) else { return };
        let cheapest = cut.choice(self.problem);
        let mut whole = choice.clone();
        for class in classes {
            if let (Some(slot), Some(counts)) = (whole.get_mut(class), cheapest.get(class)) {
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
