//! SQL Server, and BizTalk Server, which is counted like it.

use super::{Recount, Sums, has};
use crate::assignment::Served;
use crate::deployments::Server;
use crate::requirements::{Demand, Way};
use std::collections::BTreeSet;

impl<'a> Recount<'_, 'a> {
    pub(super) fn sql(&self, demand: &Demand, way: &Way, served: &Served) -> Sums {
        // A machine may have several instances: it is counted once.
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let once = self.guests(demand).filter(|(vm, _)| seen.insert(&vm.id));
        let guests: Vec<_> = once.map(|(vm, _)| vm).collect();
        let host = self.first_host(demand);
        let machines = guests.iter().map(|vm| vm.count).fold(0, u64::saturating_add);
        let by_machine = |least: u64| {
            let each = guests.iter().map(|vm| self.vcpus(vm).max(least).saturating_mul(vm.count));
            each.fold(0, u64::saturating_add)
        };
        let reached = host.map_or(1, |host| self.reached(host));
        let each_host = |sum: u64| -> Vec<u64> {
            // What may move follows its machine; what may not is needed wherever it may run.
            let all_move = served.uses.iter().all(|each| self.lots.get(each.lot).is_some_and(|lot| lot.active));
            if has(way, "SQL-MOBILITY") && !all_move {
                vec![sum.saturating_mul(reached)]
            } else {
                vec![sum, sum.saturating_mul(reached)]
            }
        };
        if has(way, "SQL-AHB") {
            let worth = if way.unit.is_some() && way.edition == "Enterprise" {
                self.number("SQL-AHB", "enterprise_worth").max(1)
            } else {
                1
            };
            return Some(vec![by_machine(self.number("SQL-AHB", "per_vm")).saturating_mul(worth)]);
        }
        match way.metric.as_str() {
            "core" if has(way, "SQL-VM-MIN4") => Some(each_host(by_machine(self.number("SQL-VM-MIN4", "per_vm")))),
            "core" if has(way, "SQL-ENT-SA-UNLIM") => {
                let hosts = self.reach(host?);
                Some(vec![
                    hosts
                        .iter()
                        .map(|host| self.all_cores(host).saturating_mul(host.count))
                        .fold(0, u64::saturating_add),
                ])
            }
            "core" if has(way, "SQL-ENT-VM-PER-CORE") => {
                // As many machines as licences, those that left lately among them.
                let hosts = self.reach(host?);
                let left = self.left_lately(&hosts);
                let sum = |machines: u64| {
                    let each = hosts.iter().map(|host| self.all_cores(host).max(machines).saturating_mul(host.count));
                    each.fold(0, u64::saturating_add)
                };
                Some(vec![sum(machines), sum(machines.saturating_add(left))])
            }
            "core" => {
                let server = host.filter(|_| guests.is_empty())?;
                let all = self.all_cores(server).saturating_mul(server.count);
                Some(match self.factor(server).filter(|_| self.is_factored(demand, way, served)) {
                    Some(percents) => percents.into_iter().map(|percent| self.factored(server, percent)).collect(),
                    None => vec![all],
                })
            }
            "server" => {
                let mut sums = if guests.is_empty() { vec![host?.count] } else { each_host(machines) };
                if has(way, "SQL-20CORE") {
                    sums = vec![machines.div_ceil(self.number("SQL-20CORE", "machines").max(1))];
                } else if let Some(host) = host.filter(|_| !guests.is_empty() && self.enterprise(way, served)) {
                    let limit = self.number("SQL-PROC-2008", "enterprise_vms_2008_r2").max(1);
                    let carried = |machines: u64| host.count.saturating_mul(machines.div_ceil(limit).max(1));
                    let left = self.left_lately(&self.reach(host));
                    sums.extend([host.count, carried(machines), carried(machines.saturating_add(left))]);
                }
                Some(sums)
            }
            "processor" if has(way, "SQL-PROC-VM-2008R2") => {
                let share = |vm: &&crate::deployments::Vm| {
                    let threads = self.facts.host_of(vm).map_or(1, |host| self.threads(host)).max(1);
                    self.vcpus(vm).div_ceil(threads).saturating_mul(vm.count)
                };
                Some(vec![guests.iter().map(share).fold(0, u64::saturating_add)])
            }
            "processor" => {
                let server = host?;
                Some(vec![self.size(server).0.saturating_mul(server.count)])
            }
            _ => None,
        }
    }

    /// Machines with SQL Server that left these hosts within the days that bind a licence.
    fn left_lately(&self, hosts: &[&Server]) -> u64 {
        let recent = self.number("GEN-RECENT90", "days");
        let left = hosts.iter().flat_map(|host| self.facts.guests_of(&host.id)).filter(|vm| {
            vm.moved_off_days_ago.is_some_and(|ago| ago > 0 && u64::from(ago) <= recent)
                && self.facts.installs(&vm.id).any(|install| install.product.starts_with("SQL Server"))
        });
        left.map(|vm| vm.count).fold(0, u64::saturating_add)
    }

    /// Whether Enterprise carries a demand: the lots that serve it, or what is missing.
    fn enterprise(&self, way: &Way, served: &Served) -> bool {
        let mut lots = served.uses.iter().filter_map(|each| self.lots.get(each.lot));
        if served.uses.is_empty() {
            way.edition == "Enterprise" || !way.arcs.is_empty()
        } else {
            lots.all(|lot| lot.edition == "Enterprise")
        }
    }

    /// All cores of a server, at least so many a processor.
    pub(super) fn all_cores(&self, server: &Server) -> u64 {
        let (processors, each) = self.size(server);
        processors.saturating_mul(each.max(self.number("SQL-CORE-PHYS", "per_processor")))
    }

    /// Whether licences with the core factor are used, or missing: what is missing is more of the lots that could have served,
    /// and where there is none, licences of the installed version.
    fn is_factored(&self, demand: &Demand, way: &Way, served: &Served) -> bool {
        let rule = self.facts.terms.rule("SQL-FACTOR-2012", self.facts.as_of);
        let versions: Vec<Option<usize>> =
            rule.words("versions").iter().map(|version| self.rank("SQL Server", version)).collect();
        let used = served.uses.iter().map(|each| each.lot);
        let could = way.arcs.iter().map(|arc| arc.lot).filter(|_| served.uses.is_empty());
        let mut lots = used.chain(could).filter_map(|at| self.lots.get(at)).peekable();
        if lots.peek().is_none() {
            let installs = demand.subjects.iter().flat_map(|(id, ..)| self.facts.installs(id));
            let sql = installs.filter(|install| install.product.starts_with("SQL Server"));
            return versions.contains(&sql.filter_map(|install| self.rank("SQL Server", &install.version)).max());
        }
        lots.all(|lot| lot.metric == "core" && lot.rank.is_some() && versions.contains(&lot.rank))
    }

    /// Percents that the publisher's table gives the cores of a server; an AMD part beside its series has two readings.
    fn factor(&self, server: &Server) -> Option<Vec<u64>> {
        let value = |key| self.number("SQL-FACTOR-2012", key);
        let (_, cores) = self.size(server);
        let model = server.cpu_model.as_deref().unwrap_or_default();
        let series = |word: &str| {
            word.len() == 4
                && ["31", "32", "33", "41", "42", "43", "61", "62", "63"].iter().any(|two| word.starts_with(two))
        };
        let amd = model.contains("AMD");
        let listed = amd
            && (model.contains("listed in the factor table")
                || (model.contains("Opteron") && model.split([' ', '-']).any(series)));
        match cores {
            1 => Some(vec![value("percent_single")]),
            2 => Some(vec![value("percent_dual")]),
            6.. if amd && model.contains("FX") => Some(vec![100, value("percent_amd")]),
            6.. if listed => Some(vec![value("percent_amd")]),
            _ => None,
        }
    }

    fn factored(&self, server: &Server, percent: u64) -> u64 {
        let (processors, each) = self.size(server);
        if percent == 100 {
            return self.all_cores(server).saturating_mul(server.count);
        }
        let floor = processors.saturating_mul(self.number("SQL-CORE-PHYS", "per_processor"));
        let cores = processors.saturating_mul(each).saturating_mul(percent).div_ceil(100);
        cores.max(floor).saturating_mul(server.count)
    }

    pub(super) fn biztalk(&self, demand: &Demand) -> u64 {
        let least = self.number("SQL-VM-MIN4", "per_vm");
        if let Some((vm, _)) = self.guests(demand).next() {
            return self.vcpus(vm).max(least).saturating_mul(vm.count);
        }
        self.first_host(demand).map_or(0, |server| self.all_cores(server).saturating_mul(server.count))
    }
}
