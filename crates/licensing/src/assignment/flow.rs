//! Transport: units of supplies to sinks over arcs, so that the value carried is greatest and, among equals, the preference
//! least. Successive cheapest paths over the residual network; whole numbers throughout, so the answer is whole and exact.

/// An arc from a supply to a sink.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// Place of the supply.
    pub(super) supply: usize,
    /// Place of the sink.
    pub(super) sink: usize,
    /// Cost of one unit; negative where carrying it is worth something.
    pub(super) cost: i128,
}

/// Units carried over each link, in the order of the links. Stops when another unit would cost more than it brings.
pub(super) fn transport(supplies: &[u64], sinks: &[u64], links: &[Link]) -> Vec<u64> {
    let (n, m) = (supplies.len(), sinks.len());
    let mut carried = vec![0u64; links.len()];
    let mut there = supplies.to_vec();
    let mut wanted = sinks.to_vec();
    loop {
        // Bellman-Ford from all supplies that have units left; nodes: supplies, then sinks.
        let mut cost: Vec<Option<i128>> =
            (0..n + m).map(|node| (there.get(node).copied().unwrap_or(0) > 0).then_some(0)).collect();
        let mut came: Vec<Option<(usize, bool)>> = vec![None; n + m];
        loop {
            let mut changed = false;
            for (at, link) in links.iter().enumerate() {
                let (from, to) = (link.supply, n + link.sink);
                if let Some(Some(base)) = cost.get(from).copied() {
                    let through = base.saturating_add(link.cost);
                    if cost.get(to).is_some_and(|known| known.is_none_or(|known| through < known)) {
                        set(&mut cost, to, Some(through));
                        set(&mut came, to, Some((at, true)));
                        changed = true;
                    }
                }
                if carried.get(at).copied().unwrap_or(0) > 0
                    && let Some(Some(base)) = cost.get(to).copied()
                {
                    let back = base.saturating_sub(link.cost);
                    if cost.get(from).is_some_and(|known| known.is_none_or(|known| back < known)) {
                        set(&mut cost, from, Some(back));
                        set(&mut came, from, Some((at, false)));
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        let end = (0..m)
            .filter(|sink| wanted.get(*sink).copied().unwrap_or(0) > 0)
            .filter_map(|sink| cost.get(n + sink).copied().flatten().map(|cost| (cost, sink)))
            .min();
        let Some((price, sink)) = end else { return carried };
        if price >= 0 {
            return carried;
        }
        // Walk back, find the narrowest place, carry that much.
        let mut path = Vec::new();
        let mut node = n + sink;
        while let Some(Some((at, forward))) = came.get(node).copied() {
            path.push((at, forward));
            let Some(link) = links.get(at) else { break };
            node = if forward { link.supply } else { n + link.sink };
        }
        let mut units = there.get(node).copied().unwrap_or(0).min(wanted.get(sink).copied().unwrap_or(0));
        for (at, forward) in &path {
            if !forward {
                units = units.min(carried.get(*at).copied().unwrap_or(0));
            }
        }
        if units == 0 {
            return carried;
        }
        for (at, forward) in path {
            if let Some(slot) = carried.get_mut(at) {
                *slot = if forward { slot.saturating_add(units) } else { slot.saturating_sub(units) };
            }
        }
        if let Some(slot) = there.get_mut(node) {
            *slot -= units;
        }
        if let Some(slot) = wanted.get_mut(sink) {
            *slot -= units;
        }
    }
}

fn set<T>(list: &mut [T], at: usize, value: T) {
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}
