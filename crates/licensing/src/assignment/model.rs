//! From demands and lots to the bare problem, and from its solution back to lots for each demand.
//!
//! Aggregation happens here: lots that every need values alike are one *stock*, needs with the same lots and prices are one
//! kind, demands with the same ways are one class. A stock whose units are worth several units of need, and not the same to
//! all, chooses for each of its base units which worth it is used at.

use super::cost::Cost;
use super::flow::{Flow, Kind};
use super::problem::{Choice, Class, Part, Problem};
use super::{Served, Supply, Use, is_for_nothing_held, stated, weight};
use crate::requirements::{Demand, Way};
use crate::terms::Prices;
use std::collections::{BTreeMap, HashMap};

/// What is known of each lot, by its place in the list of lots.
pub(super) struct Owned {
    /// Place in an order that does not hang on the order of the list.
    pub(super) rank: Vec<usize>,
    /// Hundredths of the currency that a base unit is worth.
    pub(super) value: Vec<i128>,
    /// Product, to tell a plan's rights from its seats.
    pub(super) product: Vec<String>,
}

/// Equal supplies.
struct Stock {
    /// Supply and base units, in the stable order.
    supplies: Vec<(Supply, u64)>,
    /// Worth and pool.
    pools: Vec<(u64, usize)>,
    /// Class that chooses among the pools, where there are several.
    class: Option<usize>,
}

/// Demands that are equal in all that matters here.
struct Equal {
    members: Vec<usize>,
    /// Place in the demand's list of each way that the class has.
    ways: Vec<usize>,
}

/// The problem, and how to read its solution.
pub(super) struct Model {
    pub(super) problem: Problem,
    stocks: Vec<Stock>,
    /// For the first classes of the problem, in order.
    equals: Vec<Equal>,
}

/// A need as stated: cost of an open unit, and for each supply its worth and the cost of a unit.
type Raw = (Cost, Vec<(usize, u64, Cost)>);

#[derive(Default)]
struct Draft {
    supplies: Vec<Supply>,
    supply_at: HashMap<Supply, usize>,
    raws: Vec<Raw>,
    raw_at: HashMap<Raw, usize>,
}

impl Draft {
    fn supply(&mut self, supply: Supply) -> usize {
        *self.supply_at.entry(supply).or_insert_with(|| {
            self.supplies.push(supply);
            self.supplies.len() - 1
        })
    }

    fn raw(&mut self, raw: Raw) -> usize {
        if let Some(at) = self.raw_at.get(&raw) {
            return *at;
        }
        self.raws.push(raw.clone());
        self.raw_at.insert(raw, self.raws.len() - 1);
        self.raws.len() - 1
    }

    /// The parts of one way, whose missing units cost `open` each. `must`: the way may only be taken if a lot serves at least one
    /// unit.
    fn parts(&mut self, way: &Way, must: bool, open: Cost, owned: &Owned) -> Vec<Part> {
        let missing = way.units.saturating_sub(way.inherent);
        if missing == 0 {
            return Vec::new();
        }
        let mut arcs: Vec<(usize, u64, Cost)> = way
            .arcs
            .iter()
            .map(|arc| {
                let worth = arc.worth.max(1);
                // A right that a plan or suite brings along is no unit that could be used otherwise.
                let own = way.scope.is_empty() || owned.product.get(arc.lot) == Some(&way.product);
                let value = owned.value.get(arc.lot).copied().filter(|_| own).unwrap_or(0);
                let cost = Cost::used(value / i128::from(worth), arc.preference);
                (self.supply((arc.lot, way.scope)), worth, cost)
            })
            .collect();
        arcs.sort();
        if must {
            let first = self.raw((Cost::FORBIDDEN, arcs.clone()));
            let mut parts = vec![Part::Needs(first, 1)];
            if missing > 1 {
                parts.push(Part::Needs(self.raw((open, arcs)), missing - 1));
            }
            parts
        } else {
            vec![Part::Needs(self.raw((open, arcs)), missing)]
        }
    }
}

impl Model {
    /// The problem of `members` (places in `demands`, in the stable order) served from `left`.
    pub(super) fn new(
        demands: &[Demand],
        members: &[usize],
        owned: &Owned,
        left: &BTreeMap<Supply, u64>,
        prices: &Prices,
    ) -> Model {
        let mut draft = Draft::default();
        let mut equals: Vec<Equal> = Vec::new();
        let mut classes: Vec<Class> = Vec::new();
        let mut known: HashMap<Vec<(usize, Vec<Part>)>, usize> = HashMap::new();
        for index in members {
            let Some(demand) = demands.get(*index) else { continue };
            let stated = stated(demand);
            let bare = stated.is_some_and(|at| is_for_nothing_held(demand, at));
            let open =
                |way: &Way| weight(way, prices).saturating_mul(i128::from(way.units.saturating_sub(way.inherent)));
            let at_home = stated.and_then(|home| demand.ways.get(home)).map(open);
            let mut ways: Vec<(usize, Vec<Part>)> = Vec::new();
            for (at, way) in demand.ways.iter().enumerate() {
                let home = stated == Some(at);
                if home || way.inherent > 0 || !way.arcs.is_empty() {
                    // Without any lot the demand is stated at home. Where that is dearer, the way needs a lot to be taken.
                    let must = !home
                        && way.inherent == 0
                        && at_home.is_some_and(|dear| open(way) < dear || (bare && open(way) == dear));
                    let open = if home && bare { Cost::missing_bare } else { Cost::missing };
                    ways.push((at, draft.parts(way, must, open(weight(way, prices)), owned)));
                }
            }
            if ways.is_empty()
                && let Some(way) = demand.ways.first()
            {
                ways.push((0, draft.parts(way, false, Cost::missing(weight(way, prices)), owned)));
            }
            if ways.is_empty() {
                continue;
            }
            let at = *known.entry(ways).or_insert_with_key(|ways| {
                equals.push(Equal { members: Vec::new(), ways: ways.iter().map(|(at, _)| *at).collect() });
                classes.push(Class { count: 0, ways: ways.iter().map(|(_, parts)| parts.clone()).collect() });
                classes.len() - 1
            });
            if let (Some(equal), Some(class)) = (equals.get_mut(at), classes.get_mut(at)) {
                equal.members.push(*index);
                class.count += 1;
            }
        }
        let (stocks, problem) = aggregate(draft, classes, owned, left);
        let mut model = Model { problem, stocks, equals };
        let kept = model.problem.dominate();
        for (equal, kept) in model.equals.iter_mut().zip(kept) {
            equal.ways = kept.iter().filter_map(|at| equal.ways.get(*at).copied()).collect();
        }
        model
    }

    /// Writes what each member takes into `served`, and takes the base units used from `left`.
    pub(super) fn settle(
        &self,
        demands: &[Demand],
        choice: &Choice,
        flow: &Flow,
        left: &mut BTreeMap<Supply, u64>,
        served: &mut [Served],
    ) {
        let mut pools = self.opened(choice);
        let mut kinds: Vec<Vec<(Supply, u64, u64)>> = vec![Vec::new(); self.problem.kinds.len()];
        for (kind, pool, units) in &flow.carried {
            if let (Some(kind), Some(pool)) = (kinds.get_mut(*kind), pools.get_mut(*pool)) {
                kind.extend(pop(pool, *units));
            }
        }
        for queue in &mut kinds {
            queue.reverse();
        }
        let mut begun: BTreeMap<(Supply, u64), u64> = BTreeMap::new();
        for ((equal, class), counts) in self.equals.iter().zip(&self.problem.classes).zip(choice) {
            let mut members = equal.members.iter();
            for ((way, parts), count) in equal.ways.iter().zip(&class.ways).zip(counts) {
                for index in members.by_ref().take(usize::try_from(*count).unwrap_or(usize::MAX)) {
                    let Some(slot) = served.get_mut(*index) else { continue };
                    let mut taken: BTreeMap<(Supply, u64), u64> = BTreeMap::new();
                    for part in parts {
                        let Part::Needs(kind, units) = part else { continue };
                        let Some(queue) = kinds.get_mut(*kind) else { continue };
                        for (supply, worth, units) in pop(queue, *units) {
                            *taken.entry((supply, worth)).or_default() += units;
                        }
                    }
                    let arcs = demands.get(*index).and_then(|demand| demand.ways.get(*way)).map(|way| &way.arcs);
                    let order: HashMap<usize, usize> =
                        arcs.into_iter().flatten().enumerate().map(|(at, arc)| (arc.lot, at)).collect();
                    let mut uses: Vec<Use> = taken
                        .into_iter()
                        .map(|((supply, worth), units)| {
                            // A base unit that is begun is used; what is over of it serves the next demand.
                            let before = begun.entry((supply, worth)).or_default();
                            let after = before.saturating_add(units);
                            let base = after.div_ceil(worth) - before.div_ceil(worth);
                            *before = after;
                            if let Some(there) = left.get_mut(&supply) {
                                *there = there.saturating_sub(base);
                            }
                            Use { lot: supply.0, base, covered: units }
                        })
                        .collect();
                    uses.sort_by_key(|each| order.get(&each.lot).copied());
                    *slot = Served { way: *way, uses, covered: 0 };
                }
            }
        }
    }

    /// The supplies behind each pool, under `choice`, the last first: supply, worth, units of need.
    fn opened(&self, choice: &Choice) -> Vec<Vec<(Supply, u64, u64)>> {
        let mut pools: Vec<Vec<(Supply, u64, u64)>> = vec![Vec::new(); self.problem.pools.len()];
        for stock in &self.stocks {
            let mut supplies = stock.supplies.iter().copied();
            let mut open: Option<(Supply, u64)> = supplies.next();
            for (at, (worth, pool)) in stock.pools.iter().enumerate() {
                let mut wanted = match stock.class {
                    Some(class) => choice.get(class).and_then(|counts| counts.get(at)).copied().unwrap_or(0),
                    None => u64::MAX,
                };
                while let Some((supply, base)) = open {
                    let taken = base.min(wanted);
                    wanted -= taken;
                    if let Some(list) = pools.get_mut(*pool).filter(|_| taken > 0) {
                        list.push((supply, *worth, taken.saturating_mul(*worth)));
                    }
                    if taken == base {
                        open = supplies.next();
                    } else {
                        open = Some((supply, base - taken));
                        break;
                    }
                }
            }
        }
        for list in &mut pools {
            list.reverse();
        }
        pools
    }
}

/// Up to `wanted` units from the end of `queue`.
fn pop(queue: &mut Vec<(Supply, u64, u64)>, mut wanted: u64) -> Vec<(Supply, u64, u64)> {
    let mut taken = Vec::new();
    while wanted > 0
        && let Some((supply, worth, units)) = queue.pop()
    {
        let part = units.min(wanted);
        wanted -= part;
        taken.push((supply, worth, part));
        if part < units {
            queue.push((supply, worth, units - part));
        }
    }
    taken
}

/// Joins equal supplies to stocks and equal needs to kinds, and opens the pools.
fn aggregate(
    draft: Draft,
    mut classes: Vec<Class>,
    owned: &Owned,
    left: &BTreeMap<Supply, u64>,
) -> (Vec<Stock>, Problem) {
    let mut columns: Vec<Vec<(u64, usize, Cost)>> = vec![Vec::new(); draft.supplies.len()];
    for (at, (_, arcs)) in draft.raws.iter().enumerate() {
        for (supply, worth, cost) in arcs {
            if let Some(column) = columns.get_mut(*supply) {
                column.push((*worth, at, *cost));
            }
        }
    }
    let mut by_column: HashMap<Vec<(u64, usize, Cost)>, usize> = HashMap::new();
    let mut groups: Vec<(Vec<usize>, Vec<u64>)> = Vec::new();
    let mut stock_of: Vec<usize> = Vec::new();
    for (supply, column) in columns.iter_mut().enumerate() {
        column.sort();
        let at = *by_column.entry(std::mem::take(column)).or_insert_with_key(|column| {
            let mut worths: Vec<u64> = column.iter().map(|(worth, _, _)| *worth).collect();
            worths.dedup();
            groups.push((Vec::new(), worths));
            groups.len() - 1
        });
        stock_of.push(at);
        if let Some((group, _)) = groups.get_mut(at) {
            group.push(supply);
        }
    }
    let mut problem = Problem::default();
    let mut stocks: Vec<Stock> = Vec::new();
    for (group, worths) in groups {
        let mut supplies: Vec<(Supply, u64)> = group
            .into_iter()
            .filter_map(|at| draft.supplies.get(at).copied())
            .map(|supply| (supply, left.get(&supply).copied().unwrap_or(0)))
            .collect();
        supplies.sort_by_key(|((lot, scope), _)| (owned.rank.get(*lot).copied(), *scope));
        let base = supplies.iter().fold(0u64, |sum, (_, units)| sum.saturating_add(*units));
        let single = worths.len() < 2;
        let pools: Vec<(u64, usize)> = worths
            .into_iter()
            .map(|worth| {
                problem.pools.push(if single { base.saturating_mul(worth) } else { 0 });
                (worth, problem.pools.len() - 1)
            })
            .collect();
        let class = (!single).then(|| {
            let ways = pools.iter().map(|(worth, pool)| vec![Part::Gives(*pool, *worth)]).collect();
            classes.push(Class { count: base, ways });
            classes.len() - 1
        });
        stocks.push(Stock { supplies, pools, class });
    }
    let mut kind_at: HashMap<Kind, usize> = HashMap::new();
    let mut kinds: Vec<Kind> = Vec::new();
    let mut renamed: Vec<usize> = Vec::new();
    for (open, arcs) in &draft.raws {
        let mut pooled: Vec<(usize, Cost)> = arcs
            .iter()
            .filter_map(|(supply, worth, cost)| {
                let stock = stocks.get(*stock_of.get(*supply)?)?;
                let (_, pool) = stock.pools.iter().find(|(own, _)| own == worth)?;
                Some((*pool, *cost))
            })
            .collect();
        pooled.sort();
        pooled.dedup();
        let kind = Kind { open: *open, arcs: pooled };
        let at = *kind_at.entry(kind).or_insert_with_key(|kind| {
            kinds.push(kind.clone());
            kinds.len() - 1
        });
        renamed.push(at);
    }
    for class in &mut classes {
        for part in class.ways.iter_mut().flatten() {
            if let Part::Needs(kind, _) = part {
                *kind = renamed.get(*kind).copied().unwrap_or(*kind);
            }
        }
    }
    problem.kinds = kinds;
    problem.classes = classes;
    (stocks, problem)
}
