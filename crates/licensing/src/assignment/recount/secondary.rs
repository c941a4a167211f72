//! What a passive secondary needs beyond its primary: the licences that it would need by itself, less those of the primary.

use super::{Recount, Sums};
use crate::assignment::Served;
use crate::requirements::{Demand, Reading, Way};
use std::collections::BTreeSet;

impl Recount<'_, '_> {
    /// What is left of a secondary's own sum beside each size of primary that it may stand in for.
    pub(super) fn beyond_primary(&self, demand: &Demand, way: &Way, served: &Served) -> Sums {
        let own = self.sql(demand, way, served)?;
        let (id, ..) = demand.subjects.first()?;
        let copies = self.facts.vm(id).map(|vm| vm.count).or(self.facts.server(id).map(|server| server.count))?;
        let told = self.facts.server(id).and_then(|server| server.passive_of.as_deref());
        // Of one that is told the size is known; else it may be any other machine with SQL Server.
        let one = told.filter(|primary| self.has_sql(primary)).and_then(|primary| self.size_of_sql(primary));
        let sizes = match one {
            Some(size) => BTreeSet::from([size]),
            None => self.sizes_of_sql(id),
        };
        let beyond = |size: u64| own.iter().map(move |sum| sum.saturating_sub(size.saturating_mul(copies)));
        Some(sizes.into_iter().flat_map(beyond).collect())
    }

    fn has_sql(&self, machine: &str) -> bool {
        self.facts.installs(machine).any(|install| install.product.starts_with("SQL Server"))
    }

    /// Cores that one machine counts by itself; where they are not told, without end in the lowest reading, else the fewest.
    fn size_of_sql(&self, machine: &str) -> Option<u64> {
        let is = |number: Option<u32>| number.is_some_and(|number| number > 0);
        let endless = self.reading == Reading::Low;
        if let Some(vm) = self.facts.vm(machine) {
            let least = self.number("SQL-VM-MIN4", "per_vm");
            return Some(match (is(vm.vcpus), endless) {
                (true, _) => self.vcpus(vm).max(least),
                (false, true) => u64::MAX,
                (false, false) => least,
            });
        }
        let host = self.facts.server(machine)?;
        let two = [is(host.processors), is(host.cores_per_processor), is(host.cores)];
        if two.iter().filter(|told| **told).count() >= 2 {
            return Some(self.all_cores(host));
        }
        let least = self.number("SQL-CORE-PHYS", "per_processor");
        let each = host.cores_per_processor.map_or(1, u64::from).max(least);
        let fewest = host.processors.filter(|some| *some > 0).map_or(1, u64::from).saturating_mul(each);
        Some(if endless { u64::MAX } else { fewest })
    }

    /// The sizes of all machines with SQL Server but `secondary`.
    fn sizes_of_sql(&self, secondary: &str) -> BTreeSet<u64> {
        let sql = self.facts.estate.installs.iter().filter(|install| install.product.starts_with("SQL Server"));
        let others = sql.map(|install| install.on.as_str()).filter(|on| *on != secondary);
        others.filter_map(|on| self.size_of_sql(on)).collect()
    }
}
