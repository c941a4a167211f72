//! Windows Server and what is counted like it.

use super::{Recount, Sums, has};
use crate::assignment::Served;
use crate::deployments::Server;
use crate::requirements::{Demand, Reading, Way};

/// Whether a way of Windows Server is of a host or cluster, with all that runs there.
pub(super) fn is_by_host(way: &Way) -> bool {
    way.product == "Windows Server" && !["WS-PAYG", "WS-ESS", "WS-AHB"].iter().any(|rule| has(way, rule))
}

impl<'a> Recount<'_, 'a> {
    pub(super) fn windows(&self, demand: &Demand, way: &Way, served: &Served) -> Sums {
        let named = || demand.subjects.iter().map(|(_, _, count)| *count).fold(0, u64::saturating_add);
        if has(way, "WS-PAYG") {
            return Some(vec![1, named()]);
        }
        if has(way, "WS-ESS") {
            return self.small(demand, way);
        }
        if has(way, "WS-AHB") {
            return self.azure(demand);
        }
        if has(way, "WS-VM-SA") {
            let own = self.virtual_cores(demand, self.number("WS-VM-SA", "per_vm"));
            return Some(vec![own.saturating_add(self.floor)]);
        }
        let oses = self.systems(demand);
        let standard = way.edition != "Datacenter";
        let sum = |each: &dyn Fn(&Server, u64) -> u64| {
            oses.iter().map(|(host, oses)| each(host, *oses).saturating_mul(host.count)).fold(0, u64::saturating_add)
        };
        match way.metric.as_str() {
            "core" => {
                let sets = self.number("WS-CORE-STACK", "oses_per_set").max(1);
                let least = (self.number("WS-CORE-MIN", "per_processor"), self.number("WS-CORE-MIN", "per_server"));
                let stacked = |oses: u64| if standard { oses.div_ceil(sets).max(1) } else { 1 };
                Some(vec![sum(&|host, oses| self.cores(host, least).saturating_mul(stacked(oses)))])
            }
            "processor_pair" => {
                let (two, systems) = (
                    self.number("WS-PROC-2012", "processors_per_licence"),
                    self.number("WS-PROC-2012", "oses_per_licence"),
                );
                let pairs = |host: &Server| self.size(host).0.div_ceil(two.max(1));
                let stacked = |oses: u64| if standard { oses.div_ceil(systems.max(1)) } else { 0 };
                let mut sums = vec![sum(&|host, oses| pairs(host).max(stacked(oses)))];
                // The processors of a lower layer are covered by the one above.
                let layered = |host: &&Server| self.layers.get(host.id.as_str()).is_some_and(|layers| *layers > 1);
                if self.hosts(demand).first().is_some_and(layered) {
                    sums.push(sum(&|_, oses| stacked(oses)));
                }
                Some(sums)
            }
            "server" => {
                let (one, four) = (
                    self.number("WS-SRV-2008", "standard_oses").max(1),
                    self.number("WS-SRV-2008", "enterprise_oses").max(1),
                );
                // Four came with Enterprise of 2003 R2: what is older carries one.
                let since = self.rank("Windows Server", "2003 R2");
                let rank = demand.subjects.iter().flat_map(|(id, ..)| self.facts.installs(id));
                let rank = rank
                    .filter(|install| install.product == "Windows Server")
                    .filter_map(|install| self.rank("Windows Server", &install.version))
                    .max();
                let old = |each: &crate::assignment::Use| self.lots.get(each.lot).is_some_and(|lot| lot.reach < since);
                let by_four = way.edition == "Enterprise" && !served.uses.iter().any(old);
                let each = if by_four { four } else { one };
                let mut sums = vec![sum(&|_, oses| oses.div_ceil(each).max(1))];
                if way.edition == "Enterprise" && (rank < since || served.uses.is_empty()) {
                    sums.push(sum(&|_, oses| oses.div_ceil(one).max(1)));
                }
                Some(sums)
            }
            "processor" => {
                let least = if self.reading == Reading::High { self.number("WS-DC-2008", "minimum") } else { 1 };
                Some(vec![sum(&|host, _| self.size(host).0.max(least))])
            }
            _ => None,
        }
    }

    /// Cores of one server, at least so many a processor and so many in all.
    fn cores(&self, host: &Server, (per_processor, per_server): (u64, u64)) -> u64 {
        let (processors, each) = self.size(host);
        processors.saturating_mul(each.max(per_processor)).max(per_server)
    }

    /// Each host of a demand with the systems that count on it: all virtual machines, wherever they are, and its own.
    fn systems(&self, demand: &Demand) -> Vec<(&'a Server, u64)> {
        let hosts = self.hosts(demand);
        let guests = self.guests(demand).map(|(_, count)| count).fold(0, u64::saturating_add);
        // Containers with a kernel of their own count, though nothing is listed as installed in them.
        let contained =
            self.facts.containers().filter(|vm| hosts.iter().any(|host| vm.host.as_ref() == Some(&host.id)));
        let contained = contained.filter(|vm| !demand.subjects.iter().any(|(id, ..)| *id == vm.id));
        let guests = contained.map(|vm| vm.count).fold(guests, u64::saturating_add);
        let has_own = |host: &Server| demand.subjects.iter().any(|(id, ..)| *id == host.id);
        let works = |host: &Server| match host.physical_ose_role.as_deref() {
            Some(role) => role != "hosting_only",
            None => guests == 0 || self.reading == Reading::High,
        };
        let idle = guests == 0 && !hosts.iter().any(|host| has_own(host) && works(host));
        let own = |host: &Server| u64::from(has_own(host) && (idle || works(host)));
        let all = hosts.iter().map(|host| (*host, guests.saturating_add(own(host))));
        all.filter(|(_, oses)| *oses > 0).collect()
    }

    /// Machines in Azure: the part that is served twice stands in a demand of its own.
    fn azure(&self, demand: &Demand) -> Sums {
        let (least, step) = (self.number("WS-AHB", "per_vm"), self.number("WS-AHB", "step").max(1));
        let all = self
            .guests(demand)
            .map(|(vm, count)| self.vcpus(vm).max(least).div_ceil(step).saturating_mul(step).saturating_mul(count));
        let all = all.fold(0, u64::saturating_add);
        let same = |other: &&Demand| other.key != demand.key && other.subjects == demand.subjects;
        let others = self.demands.iter().filter(same).filter_map(|other| other.ways.first());
        let others = others.filter(|way| has(way, "WS-AHB")).map(|way| way.units).fold(0, u64::saturating_add);
        Some(vec![all.saturating_sub(others)])
    }

    /// Essentials, Foundation and Small Business Server: one physical and one virtual system a licence (the last: either).
    fn small(&self, demand: &Demand, way: &Way) -> Sums {
        let host = self.first_host(demand)?;
        let (mut guests, mut own) = (0u64, 0);
        for (id, ..) in &demand.subjects {
            match self.facts.vm(id) {
                Some(vm) => guests = guests.saturating_add(vm.count),
                None => own = 1,
            }
        }
        let systems = if way.product == "Windows Server" { guests.max(own) } else { guests.saturating_add(own) };
        Some(vec![systems.max(1).saturating_mul(host.count)])
    }

    /// Management licences of a server, by what is managed on it.
    pub(super) fn system_center(&self, demand: &Demand, way: &Way) -> Sums {
        let (id, ..) = demand.subjects.first()?;
        let server = self.facts.server(id)?;
        let standard = way.edition != "Datacenter";
        // They do not move in a farm: each host is licensed for all managed machines that may meet there.
        let guests = self.reach(server).into_iter().flat_map(|host| self.facts.guests_of(&host.id)).filter(|vm| {
            vm.managed == Some(true) && vm.enabled != Some(false) && vm.moved_off_days_ago.is_none_or(|ago| ago == 0)
        });
        let oses = guests.map(|vm| vm.count).fold(0, u64::saturating_add).max(1);
        let each = if way.metric == "core" {
            let least = (self.number("SC-CORE", "per_processor"), self.number("SC-CORE", "per_server"));
            let sets = if standard { oses.div_ceil(self.number("SC-CORE", "oses_per_set").max(1)) } else { 1 };
            self.cores(server, least).saturating_mul(sets)
        } else {
            let pairs = self.size(server).0.div_ceil(self.number("SC-2PROC", "processors_per_licence").max(1));
            let stacked = oses.div_ceil(self.number("SC-2PROC", "oses_per_licence").max(1));
            if standard { pairs.max(stacked) } else { pairs }
        };
        Some(vec![each.saturating_mul(server.count)])
    }
}
