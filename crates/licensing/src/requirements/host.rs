//! Hosts: processors and cores as known, the virtual machines on them, and where those may move.

use super::{Ask, Found, Reading, Scene};
use crate::deployments::{Server, Vm};

/// Processors and cores of one server under a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Physical processors.
    pub(crate) processors: u64,
    /// Cores of each.
    pub(crate) cores_each: u64,
    /// Threads of each processor.
    pub(crate) threads_each: u64,
    /// Nothing tells how many processors there are at most: `processors` is the fewest.
    pub(crate) open_processors: bool,
    /// Nothing tells how many cores there are at most: `cores_each` is the fewest.
    pub(crate) open_cores: bool,
}

impl Size {
    /// Cores over all processors.
    pub(crate) fn cores(self) -> u64 {
        self.processors.saturating_mul(self.cores_each)
    }

    /// Whether the number of units under `metric` has no known upper end.
    pub(crate) fn is_open(self, metric: &str) -> bool {
        match metric {
            "core" => self.open_cores || self.open_processors,
            "processor" | "processor_pair" => self.open_processors,
            _ => false,
        }
    }

    /// Processors in words.
    pub(crate) fn processors_told(self) -> String {
        if self.open_processors { "?".to_owned() } else { self.processors.to_string() }
    }

    /// Cores of each processor in words.
    pub(crate) fn cores_told(self) -> String {
        if self.open_cores { "?".to_owned() } else { self.cores_each.to_string() }
    }
}

/// Size of a server under the scene's reading. What is unknown is asked, and read between its bounds: at least one processor
/// with one core; at most as many as there are cores, or threads, in all, where that much is told. Where nothing is, the
/// fewest stand for it and the size is open upwards. Many small processors ask more than one large one, under every metric.
pub(crate) fn size(scene: &Scene<'_>, server: &Server, product: &str, found: &mut Found) -> Size {
    let told = |number: Option<u32>| number.filter(|number| *number > 0).map(u64::from);
    let threads = told(server.threads_per_core).unwrap_or(1);
    let (mut processors, mut cores_each) = (told(server.processors), told(server.cores_per_processor));
    if let Some(all) = told(server.cores) {
        cores_each = cores_each.or(processors.map(|processors| all.div_ceil(processors)));
        processors = processors.or(cores_each.map(|each| all.div_ceil(each)));
    }
    if let (Some(processors), Some(cores_each)) = (processors, cores_each) {
        let threads_each = cores_each.saturating_mul(threads);
        return Size { processors, cores_each, threads_each, open_processors: false, open_cores: false };
    }
    let (subject, of) = (server.id.clone(), product.into());
    found.asks.insert(Ask { code: "processor-unknown", subject, product: of, rule: Some("WS-CORE-MIN") });
    // All cores, else all threads, of which each core has at least one.
    let all = told(server.cores).or(told(server.logical));
    let most = match (processors, cores_each, all) {
        (Some(processors), None, Some(all)) => Some((processors, all.div_ceil(processors))),
        (None, Some(each), Some(all)) => Some(((all / each).max(1), each)),
        (None, None, Some(all)) => Some((all, 1)),
        _ => None,
    };
    let low = scene.reads("processor-unknown", &server.id, product) == Reading::Low;
    // One processor has all the cores that are told, and no fewer.
    let fewest = (processors.unwrap_or(1), cores_each.or(told(server.cores)).unwrap_or(1));
    let (read, open) = if low { (fewest, false) } else { (most.unwrap_or(fewest), most.is_none()) };
    Size {
        processors: read.0,
        cores_each: read.1,
        // Shares of a processor are fewer, the more threads it has.
        threads_each: match (cores_each, low) {
            (Some(each), _) => each.saturating_mul(threads),
            (None, true) => told(server.logical).unwrap_or(u64::MAX),
            (None, false) => threads,
        },
        open_processors: open && processors.is_none(),
        open_cores: open && cores_each.is_none(),
    }
}

/// Virtual cores of one machine under the scene's reading, and whether they are open upwards. What is unknown lies between one
/// and the threads of the host, of which no hypervisor gives a machine more; the family asks it.
pub(crate) fn virtual_cores(scene: &Scene<'_>, vm: &Vm, product: &str) -> (u64, bool) {
    if let Some(known) = vm.vcpus.filter(|vcpus| *vcpus > 0) {
        return (u64::from(known), false);
    }
    if scene.reads("virtual-cores-unknown", &vm.id, product) == Reading::Low {
        return (1, false);
    }
    let threads = scene.host_of(vm).and_then(|host| {
        let counted = || {
            let cores = host.processors?.checked_mul(host.cores_per_processor?)?;
            cores.checked_mul(host.threads_per_core?)
        };
        host.logical.or_else(counted).filter(|threads| *threads > 0)
    });
    threads.map_or((1, true), |threads| (u64::from(threads), false))
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
