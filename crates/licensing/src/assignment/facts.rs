//! The facts of an estate by their ids, for the verifier: an index of its own, apart from the one that the requirements use.

use crate::deployments::{Estate, Install, Server, Vm};
use crate::terms::Terms;
use crate::word::ByText;
use jiff::civil::Date;

/// The facts and terms of the day, indexed for looking them up a second time.
pub struct Facts<'a> {
    pub(super) estate: &'a Estate,
    pub(super) terms: &'a Terms,
    pub(super) as_of: Date,
    /// First installation on each machine.
    first: ByText<'a, usize>,
    /// For each installation the next one on the same machine.
    next: Vec<Option<usize>>,
    /// Devices by id.
    pub(super) devices: ByText<'a, usize>,
    servers: ByText<'a, usize>,
    vms: ByText<'a, usize>,
    users: ByText<'a, usize>,
    /// Members of each cluster, and guests of each host.
    clusters: ByText<'a, Vec<usize>>,
    guests: ByText<'a, Vec<usize>>,
    /// Containers with a kernel of their own.
    containers: Vec<usize>,
    /// Most cores of a server whose use was documented at a change of metric, processors first.
    pub(super) documented: u64,
}

impl<'a> Facts<'a> {
    /// Indexes `estate` for looking up what stands on a machine.
    pub fn new(estate: &'a Estate, terms: &'a Terms, as_of: Date) -> Facts<'a> {
        let mut first = ByText::default();
        let mut next = vec![None; estate.installs.len()];
        for (at, install) in estate.installs.iter().enumerate() {
            if let Some(slot) = next.get_mut(at) {
                *slot = first.insert(install.on.as_str(), at);
            }
        }
        let mut clusters: ByText<'_, Vec<usize>> = ByText::default();
        for (at, server) in estate.servers.iter().enumerate() {
            if let Some(cluster) = server.cluster.as_deref() {
                clusters.entry(cluster).or_default().push(at);
            }
        }
        let mut guests: ByText<'_, Vec<usize>> = ByText::default();
        let mut containers = Vec::new();
        for (at, vm) in estate.vms.iter().enumerate() {
            if let Some(host) = vm.host.as_deref() {
                guests.entry(host).or_default().push(at);
            }
            if vm.role.as_deref() == Some("hyperv_container") {
                containers.push(at);
            }
        }
        // Of two records with one id the first counts.
        fn places<'a>(ids: impl DoubleEndedIterator<Item = (usize, &'a str)>) -> ByText<'a, usize> {
            ids.rev().map(|(place, id)| (id, place)).collect()
        }
        let documented = estate.servers.iter().filter(|server| server.inventory_documented == Some(true));
        Facts {
            estate,
            terms,
            as_of,
            first,
            next,
            devices: places(estate.devices.iter().map(|each| each.id.as_str()).enumerate()),
            servers: places(estate.servers.iter().map(|each| each.id.as_str()).enumerate()),
            vms: places(estate.vms.iter().map(|each| each.id.as_str()).enumerate()),
            users: places(estate.users.iter().map(|each| each.id.as_str()).enumerate()),
            clusters,
            guests,
            containers,
            documented: documented.filter_map(|server| server.cores_per_processor).map(u64::from).max().unwrap_or(0),
        }
    }

    /// The server of that id.
    pub(super) fn server(&self, id: &str) -> Option<&'a Server> {
        self.estate.servers.get(*self.servers.get(id)?)
    }

    /// The virtual machine of that id.
    pub(super) fn vm(&self, id: &str) -> Option<&'a Vm> {
        self.estate.vms.get(*self.vms.get(id)?)
    }

    /// The host of a virtual machine, if it is known.
    pub(super) fn host_of(&self, vm: &Vm) -> Option<&'a Server> {
        self.server(vm.host.as_deref()?)
    }

    /// The server of that id, or the one on which the machine of that id runs.
    pub(super) fn server_or_host(&self, id: &str) -> Option<&'a Server> {
        self.vm(id).map_or_else(|| self.server(id), |vm| self.host_of(vm))
    }

    pub(super) fn is_device(&self, id: &str) -> bool {
        self.devices.contains_key(id)
    }

    /// Whether a record of that id stands for so many equal ones: `None` where there is no record.
    pub(super) fn stands_for(&self, id: &str, count: u64) -> Option<bool> {
        let device = self.devices.get(id).and_then(|at| self.estate.devices.get(*at)).map(|each| each.count);
        // Most are devices, and share their name with nothing.
        if device.is_some_and(|all| count <= all) {
            return Some(true);
        }
        let user = self.users.get(id).and_then(|at| self.estate.users.get(*at)).map(|each| each.count);
        let server = self.server(id).map(|each| each.count);
        let most = self.vm(id).map(|each| each.count).max(server).max(user).max(device);
        most.map(|all| count <= all)
    }

    pub(super) fn members(&self, cluster: &str) -> impl Iterator<Item = &'a Server> {
        let estate = self.estate;
        self.clusters.get(cluster).into_iter().flatten().filter_map(move |at| estate.servers.get(*at))
    }

    pub(super) fn guests_of(&self, host: &str) -> impl Iterator<Item = &'a Vm> {
        let estate = self.estate;
        self.guests.get(host).into_iter().flatten().filter_map(move |at| estate.vms.get(*at))
    }

    pub(super) fn containers(&self) -> impl Iterator<Item = &'a Vm> {
        let estate = self.estate;
        self.containers.iter().filter_map(move |at| estate.vms.get(*at))
    }

    pub(super) fn installs(&self, on: &str) -> impl Iterator<Item = &'a Install> {
        let estate = self.estate;
        std::iter::successors(self.first.get(on).copied(), |at| self.next.get(*at).copied().flatten())
            .filter_map(move |at| estate.installs.get(at))
    }
}
