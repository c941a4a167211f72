//! Transport: units of pools to kinds of need, so that the cost of what stays open and of what is used is least. Successive
//! cheapest paths over the residual network; whole numbers throughout, so the answer is whole and exact, and so are its
//! prices: what one more unit of a pool would save, and what one more unit of a need would cost.

use super::cost::Cost;
use std::collections::VecDeque;

/// A kind of need.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    /// Cost of a unit that stays open.
    pub(super) open: Cost,
    /// Pools that may serve it, with the cost of a unit.
    pub(super) arcs: Vec<(usize, Cost)>,
}

/// What goes where.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// Kind, pool, units.
    pub(super) carried: Vec<(usize, usize, u64)>,
    /// In all.
    pub(super) total: Cost,
    /// What one more unit of each kind would cost.
    pub(super) kind_price: Vec<Cost>,
    /// What one more unit of each pool would save.
    pub(super) pool_price: Vec<Cost>,
}

struct Link {
    kind: usize,
    pool: usize,
    cost: i128,
    units: u64,
}

/// Where a label came from: outside (a spare unit, or a unit left open), or over a link.
#[derive(Clone, Copy)]
enum Came {
    Outside,
    Over(usize),
}

struct Network<'a> {
    kinds: &'a [Kind],
    links: Vec<Link>,
    of_kind: Vec<Vec<usize>>,
    of_pool: Vec<Vec<usize>>,
    spare: Vec<u64>,
    open: Vec<u64>,
    /// Cheapest way to one more unit: kinds first, then pools.
    label: Vec<i128>,
    came: Vec<Came>,
}

/// Serves `wanted` units of each of `kinds` from `pools`.
pub(super) fn transport(pools: &[u64], wanted: &[u64], kinds: &[Kind]) -> Flow {
    let mut network = Network::new(pools, kinds);
    for (kind, units) in wanted.iter().enumerate().take(kinds.len()) {
        let mut rest = *units;
        while rest > 0 {
            network.labels();
            rest -= network.push(kind, rest);
        }
    }
    network.finish()
}

impl<'a> Network<'a> {
    fn new(pools: &[u64], kinds: &'a [Kind]) -> Network<'a> {
        let mut links = Vec::new();
        let mut of_pool = vec![Vec::new(); pools.len()];
        let of_kind = kinds
            .iter()
            .enumerate()
            .map(|(kind, each)| {
                let mut own = Vec::new();
                for (pool, cost) in &each.arcs {
                    if let Some(list) = of_pool.get_mut(*pool) {
                        list.push(links.len());
                        own.push(links.len());
                        links.push(Link { kind, pool: *pool, cost: cost.packed(), units: 0 });
                    }
                }
                own
            })
            .collect();
        let nodes = kinds.len() + pools.len();
        Network {
            kinds,
            links,
            of_kind,
            of_pool,
            spare: pools.to_vec(),
            open: vec![0; kinds.len()],
            label: vec![i128::MAX; nodes],
            came: vec![Came::Outside; nodes],
        }
    }

    /// Cheapest paths from outside to every node of the residual network.
    fn labels(&mut self) {
        let kinds = self.kinds.len();
        self.came.fill(Came::Outside);
        let mut queue: VecDeque<usize> = VecDeque::new();
        let mut queued = vec![false; self.label.len()];
        for (node, label) in self.label.iter_mut().enumerate() {
            *label = match self.kinds.get(node) {
                Some(kind) => kind.open.packed(),
                None if self.spare.get(node - kinds).is_some_and(|units| *units > 0) => {
                    queue.push_back(node);
                    0
                }
                None => i128::MAX,
            };
        }
        // Kinds give labels back only to pools that serve them.
        queue.extend(0..kinds);
        for node in &queue {
            if let Some(slot) = queued.get_mut(*node) {
                *slot = true;
            }
        }
        while let Some(node) = queue.pop_front() {
            if let Some(slot) = queued.get_mut(node) {
                *slot = false;
            }
            let Some(base) = self.label.get(node).copied().filter(|base| *base < i128::MAX) else { continue };
            let from_kind = node < kinds;
            let links = if from_kind { self.of_kind.get(node) } else { self.of_pool.get(node - kinds) };
            for at in links.into_iter().flatten() {
                let Some(link) = self.links.get(*at) else { continue };
                let (to, through) = if from_kind {
                    if link.units == 0 {
                        continue;
                    }
                    (kinds + link.pool, base.saturating_sub(link.cost))
                } else {
                    (link.kind, base.saturating_add(link.cost))
                };
                let Some(known) = self.label.get_mut(to) else { continue };
                if through < *known {
                    *known = through;
                    if let Some(slot) = self.came.get_mut(to) {
                        *slot = Came::Over(*at);
                    }
                    if let Some(slot) = queued.get_mut(to).filter(|slot| !**slot) {
                        *slot = true;
                        queue.push_back(to);
                    }
                }
            }
        }
    }

    /// Brings up to `most` units to `kind` along the labels; tells how many, at least one.
    fn push(&mut self, kind: usize, most: u64) -> u64 {
        let kinds = self.kinds.len();
        let mut path = Vec::new();
        let (mut node, mut units) = (kind, most);
        while let Some(Came::Over(at)) = self.came.get(node).copied() {
            let Some(link) = self.links.get(at) else { break };
            let to_kind = node < kinds;
            if !to_kind {
                units = units.min(link.units);
            }
            path.push((at, to_kind));
            node = if to_kind { kinds + link.pool } else { link.kind };
        }
        if node < kinds {
            if let Some(slot) = self.open.get_mut(node) {
                *slot = slot.saturating_add(units);
            }
        } else if let Some(slot) = self.spare.get_mut(node - kinds) {
            units = units.min(*slot);
            *slot -= units;
        }
        for (at, to_kind) in path {
            if let Some(link) = self.links.get_mut(at) {
                link.units = if to_kind { link.units.saturating_add(units) } else { link.units.saturating_sub(units) };
            }
        }
        // A label always leads to a unit; were it not so, leaving the rest open ends the loop and is lawful.
        if units == 0 {
            if let Some(slot) = self.open.get_mut(kind) {
                *slot = slot.saturating_add(most);
            }
            return most;
        }
        units
    }

    fn finish(mut self) -> Flow {
        self.labels();
        let kinds = self.kinds.len();
        let mut flow = Flow::default();
        for (kind, open) in self.kinds.iter().zip(&self.open) {
            flow.total += kind.open.times(i128::from(*open));
        }
        for link in self.links.iter().filter(|link| link.units > 0) {
            flow.carried.push((link.kind, link.pool, link.units));
            flow.total += Cost::unpacked(link.cost).times(i128::from(link.units));
        }
        flow.kind_price = self.label.iter().take(kinds).map(|label| Cost::unpacked(*label)).collect();
        flow.pool_price = self
            .of_pool
            .iter()
            .zip(self.label.iter().skip(kinds))
            .map(|(links, label)| {
                // A pool that holds nothing has no label: it is worth what the dearest need behind it would pay.
                let paid = links
                    .iter()
                    .filter_map(|at| self.links.get(*at))
                    .filter_map(|link| self.label.get(link.kind).map(|price| price.saturating_sub(link.cost)));
                let price = if *label < i128::MAX { *label } else { paid.max().unwrap_or(0) };
                Cost::unpacked(price).max(Cost::NONE)
            })
            .collect();
        flow
    }
}
