//! Hosts: processors and cores as known, the virtual machines on them, and where those may move.

use super::{Ask, Found, Reading, Scene};
use crate::deployments::{Server, Vm};

/// Processors and cores of one server, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Physical processors.
    pub(crate) processors: u64,
    /// Cores of each.
    pub(crate) cores_each: u64,
    /// Threads of each processor.
    pub(crate) threads_each: u64,
}

impl Size {
    /// Cores over all processors.
    pub(crate) fn cores(self) -> u64 {
        self.processors.saturating_mul(self.cores_each)
    }
}

/// Size of a server. Unknown parts are read as one processor with one core, so that the legal minimum stands, and asked.
pub(crate) fn size(server: &Server, product: &str, found: &mut Found) -> Size {
    if server.processors.is_none() || server.cores_per_processor.is_none() {
        let (subject, product) = (server.id.clone(), product.into());
        found.asks.insert(Ask { code: "processor-unknown", subject, product, rule: Some("WS-CORE-MIN") });
    }
    let cores_each = u64::from(server.cores_per_processor.unwrap_or(1));
    Size {
        processors: u64::from(server.processors.unwrap_or(1)).max(1),
        cores_each,
        threads_each: cores_each.saturating_mul(u64::from(server.threads_per_core.unwrap_or(1)).max(1)),
    }
}

/// Cores to license on one server: at least `per_processor` for each processor and `per_server` in all.
pub(crate) fn cores_due(size: Size, per_processor: u64, per_server: u64) -> u64 {
    size.processors.saturating_mul(size.cores_each.max(per_processor)).max(per_server)
}

/// Whether a virtual machine still counts where it stands: not switched off for good, not gone for more than `days`.
pub(crate) fn counts(vm: &Vm, days: u64) -> bool {
    vm.enabled != Some(false) && vm.moved_off_days_ago.is_none_or(|ago| u64::from(ago) <= days)
}

impl<'a> Scene<'a> {
    /// The host of a virtual machine, if it is in the inventory.
    pub(crate) fn host_of(&self, vm: &Vm) -> Option<&'a Server> {
        let host = vm.host.as_deref()?;
        self.server(host)
    }

    /// The hosts that a virtual machine of `server` may reach: the cluster, where machines move in it; else itself.
    pub(crate) fn reach_of(&self, server: &'a Server, product: &str, found: &mut Found) -> Vec<&'a Server> {
        let Some(cluster) = server.cluster.as_deref() else { return vec![server] };
        let places = self.index.clusters.get(cluster).into_iter().flatten();
        let members: Vec<&Server> = places.filter_map(|place| self.estate.servers.get(*place)).collect();
        let told: Vec<bool> = members.iter().filter_map(|each| each.drs).collect();
        let moves = if told.contains(&true) {
            true
        } else if told.len() == members.len() {
            false
        } else if members.iter().any(|each| each.role.as_deref().is_some_and(|role| role.starts_with("cold"))) {
            // A cold recovery server is no member that machines move to by themselves.
            false
        } else {
            let (subject, of) = (cluster.into(), product.into());
            found.asks.insert(Ask { code: "cluster-movement", subject, product: of, rule: Some("WS-CLUSTER") });
            self.reads("cluster-movement", cluster, product) == Reading::High
        };
        if moves { members } else { vec![server] }
    }

    /// How many hosts a machine of `server` may reach: one, or all of the cluster, where a record may stand for several.
    pub(crate) fn hosts_reached(&self, server: &'a Server, product: &str, found: &mut Found) -> u64 {
        let reach = self.reach_of(server, product, found);
        let told = reach.iter().any(|host| host.drs == Some(true));
        let cluster = server.cluster.as_deref().unwrap_or_default();
        let unknown = self.reads("cluster-movement", cluster, product) == Reading::High
            && reach.iter().all(|host| host.drs.is_none());
        if server.cluster.is_some() && (told || unknown || reach.len() > 1) {
            reach.iter().map(|host| host.count).fold(0, u64::saturating_add)
        } else {
            1
        }
    }

    /// The ids under which a licence for `machine` may be assigned: its own, that of its host, those of its guests.
    pub(crate) fn ids_of<'m>(&self, machine: &'m str) -> Vec<&'m str>
    where
        'a: 'm,
    {
        let mut ids = vec![machine];
        if !self.index.assigned {
            return ids;
        }
        if let Some(vm) = self.vm(machine) {
            ids.extend(vm.host.as_deref());
        } else {
            let guests = self.estate.vms.iter().filter(|vm| vm.host.as_deref() == Some(machine));
            ids.extend(guests.map(|vm| vm.id.as_str()));
        }
        ids
    }

    /// A virtual machine by its id.
    pub(crate) fn vm(&self, id: &str) -> Option<&'a Vm> {
        self.estate.vms.get(*self.index.vms.get(id)?)
    }

    /// A server by its id.
    pub(crate) fn server(&self, id: &str) -> Option<&'a Server> {
        self.estate.servers.get(*self.index.servers.get(id)?)
    }

    /// A user record by its id.
    pub(crate) fn user(&self, id: &str) -> Option<&'a crate::deployments::User> {
        self.estate.users.get(*self.index.users.get(id)?)
    }

    /// Whether a server is in service on the day of the position.
    pub(crate) fn in_service(&self, server: &Server) -> bool {
        server.retired_on.is_none_or(|day| day > self.as_of) && server.same_as.is_none()
    }
}
