//! Sizes of machines as the facts tell them, and where virtual machines may run, under one reading of the unknown.

use super::Recount;
use crate::deployments::{Server, Vm};
use crate::requirements::{Demand, Reading};
use std::collections::BTreeMap;

fn told(number: Option<u32>) -> Option<u64> {
    number.filter(|number| *number > 0).map(u64::from)
}

impl<'a> Recount<'_, 'a> {
    fn most(&self) -> bool {
        self.reading == Reading::High
    }

    /// Processors of a server, and cores of each. What nothing bounds is the fewest there can be.
    pub(super) fn size(&self, server: &Server) -> (u64, u64) {
        let (mut processors, mut each) = (told(server.processors), told(server.cores_per_processor));
        let all = told(server.cores);
        if let Some(all) = all {
            each = each.or(processors.map(|processors| all.div_ceil(processors)));
            processors = processors.or(each.map(|each| all.div_ceil(each)));
        }
        let bound = all.or(told(server.logical)).filter(|_| self.most());
        match (processors, each, bound) {
            (Some(processors), Some(each), _) => (processors, each),
            (Some(processors), None, Some(bound)) => (processors, bound.div_ceil(processors)),
            (None, Some(each), Some(bound)) => ((bound / each).max(1), each),
            (None, None, Some(bound)) => (bound, 1),
            (processors, each, None) => (processors.unwrap_or(1), each.or(all).unwrap_or(1)),
        }
    }

    /// Threads of one processor: shares of it are the more, the fewer it has.
    pub(super) fn threads(&self, server: &Server) -> u64 {
        let threads = told(server.threads_per_core).unwrap_or(1);
        let from_all = || told(server.cores)?.checked_div(told(server.processors)?).map(|_| self.size(server).1);
        match (told(server.cores_per_processor).or_else(from_all), self.most()) {
            (Some(each), _) => each.saturating_mul(threads),
            (None, true) => threads,
            (None, false) => told(server.logical).unwrap_or(u64::MAX),
        }
    }

    /// Virtual cores of one machine.
    pub(super) fn vcpus(&self, vm: &Vm) -> u64 {
        if let Some(known) = told(vm.vcpus) {
            return known;
        }
        let host = self.facts.host_of(vm).filter(|_| self.most());
        let threads = host.and_then(|host| {
            let counted = || {
                told(host.processors)?
                    .checked_mul(told(host.cores_per_processor)?)?
                    .checked_mul(told(host.threads_per_core)?)
            };
            told(host.logical).or_else(counted)
        });
        threads.unwrap_or(1)
    }

    /// The virtual machines that a demand names, with how many of each are meant.
    pub(super) fn guests<'d>(&self, demand: &'d Demand) -> impl Iterator<Item = (&'a Vm, u64)> + use<'d, 'a, '_> {
        demand.subjects.iter().filter_map(|(id, _, count)| Some((self.facts.vm(id)?, *count)))
    }

    /// Virtual cores of what a demand names and is still there, at least `least` a machine.
    pub(super) fn virtual_cores(&self, demand: &Demand, least: u64) -> u64 {
        let here = self.guests(demand).filter(|(vm, _)| vm.moved_off_days_ago.is_none());
        here.map(|(vm, count)| self.vcpus(vm).max(least).saturating_mul(count)).fold(0, u64::saturating_add)
    }

    /// The server that the first machine of a demand is or runs on.
    pub(super) fn first_host(&self, demand: &Demand) -> Option<&'a Server> {
        demand.subjects.iter().find_map(|(id, ..)| self.facts.server_or_host(id))
    }

    /// Whether machines move by themselves among the hosts of a server's cluster.
    fn moves(&self, members: &[&Server]) -> bool {
        let told = members.iter().filter_map(|each| each.drs).count();
        if members.iter().any(|each| each.drs == Some(true)) {
            return true;
        }
        let cold = members.iter().any(|each| each.role.as_deref().is_some_and(|role| role.starts_with("cold")));
        told < members.len() && !cold && self.most()
    }

    /// The hosts that a machine of `server` may reach, by their ids.
    pub(super) fn reach(&self, server: &'a Server) -> Vec<&'a Server> {
        let Some(cluster) = server.cluster.as_deref() else { return vec![server] };
        let mut members: Vec<&Server> = self.facts.members(cluster).collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        if self.moves(&members) { members } else { vec![server] }
    }

    /// How many hosts that is, where a record may stand for several.
    pub(super) fn reached(&self, server: &'a Server) -> u64 {
        let Some(cluster) = server.cluster.as_deref() else { return 1 };
        let members: Vec<&Server> = self.facts.members(cluster).collect();
        if self.moves(&members) { members.iter().map(|host| host.count).fold(0, u64::saturating_add) } else { 1 }
    }

    /// All hosts of a demand for a host or cluster.
    pub(super) fn hosts(&self, demand: &Demand) -> Vec<&'a Server> {
        let mut hosts: BTreeMap<&str, &Server> = BTreeMap::new();
        for (id, ..) in &demand.subjects {
            // One group: what the first reaches is what all reach.
            if let Some(server) = self.facts.server_or_host(id)
                && !hosts.contains_key(server.id.as_str())
            {
                for host in self.reach(server) {
                    if demand.host.as_ref().is_none_or(|only| *only == host.id) {
                        hosts.entry(&host.id).or_insert(host);
                    }
                }
            }
        }
        hosts.into_values().collect()
    }
}
