//! The facts of an estate by their ids, for the verifier: an index of its own, apart from the one that the requirements use.

use crate::deployments::{Device, Estate, Install, Server, User, Vm};
use crate::side_by_side::SideBySide;
use crate::terms::Terms;
use crate::word::ByText;
use jiff::civil::Date;
use std::num::NonZeroU32;

/// What an estate says of one name: the places of the first records that bear it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// The last installation on the machine.
    install: Place,
    device: Place,
    server: Place,
    vm: Place,
    user: Place,
}

/// A place in a list, or none: a million of them are kept, five to a name.
#[derive(Debug, Clone, Copy, Default)]
struct Place(Option<NonZeroU32>);

impl Place {
    /// Lists are shorter than a `u32` tells, or what is beyond is not found.
    fn at(place: usize) -> Place {
        Place(u32::try_from(place.saturating_add(1)).ok().and_then(NonZeroU32::new))
    }

    fn of<T>(self, list: &[T]) -> Option<&T> {
        list.get(usize::try_from(self.0?.get()).ok()?.checked_sub(1)?)
    }
}

/// The facts and terms of the day, indexed for looking them up a second time.
pub struct Facts<'a> {
    pub(super) estate: &'a Estate,
    pub(super) terms: &'a Terms,
    pub(super) as_of: Date,
    /// How the parts of the verification are worked through.
    pub(super) side_by_side: SideBySide,
    /// What each name stands for.
    known: ByText<'a, Known>,
    /// For each installation the one before it on the same machine.
    before: Vec<Place>,
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
        let all = estate.devices.len() + estate.servers.len() + estate.vms.len() + estate.users.len();
        let mut known: ByText<'a, Known> =
            ByText::with_capacity_and_hasher(all, foldhash::fast::RandomState::default());
        // Of two records with one id the first counts.
        let of_devices = estate.devices.iter().map(|each| &each.id).enumerate();
        let of_servers = estate.servers.iter().map(|each| &each.id).enumerate();
        let of_vms = estate.vms.iter().map(|each| &each.id).enumerate();
        let of_users = estate.users.iter().map(|each| &each.id).enumerate();
        for (at, id) in of_devices.rev() {
            known.entry(id).or_default().device = Place::at(at);
        }
        for (at, id) in of_servers.rev() {
            known.entry(id).or_default().server = Place::at(at);
        }
        for (at, id) in of_vms.rev() {
            known.entry(id).or_default().vm = Place::at(at);
        }
        for (at, id) in of_users.rev() {
            known.entry(id).or_default().user = Place::at(at);
        }
        let mut before = Vec::with_capacity(estate.installs.len());
        for (at, install) in estate.installs.iter().enumerate() {
            before.push(std::mem::replace(&mut known.entry(&install.on).or_default().install, Place::at(at)));
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
        let documented = estate.servers.iter().filter(|server| server.inventory_documented == Some(true));
        Facts {
            estate,
            terms,
            as_of,
            side_by_side: SideBySide::default(),
            known,
            before,
            clusters,
            guests,
            containers,
            documented: documented.filter_map(|server| server.cores_per_processor).map(u64::from).max().unwrap_or(0),
        }
    }

    /// To be verified with, in this way.
    pub(crate) fn verified(self, side_by_side: SideBySide) -> Self {
        Facts { side_by_side, ..self }
    }

    /// What is known of a name: to be asked once for all that is asked of it.
    pub(super) fn known(&self, id: &str) -> Known {
        self.known.get(id).copied().unwrap_or_default()
    }

    /// The client device of that id.
    pub(super) fn device(&self, id: &str) -> Option<&'a Device> {
        self.known(id).device.of(&self.estate.devices)
    }

    /// The server of that id.
    pub(super) fn server(&self, id: &str) -> Option<&'a Server> {
        self.known(id).server.of(&self.estate.servers)
    }

    /// The virtual machine of that id.
    pub(super) fn vm(&self, id: &str) -> Option<&'a Vm> {
        self.known(id).vm.of(&self.estate.vms)
    }

    /// The host of a virtual machine, if it is known.
    pub(super) fn host_of(&self, vm: &Vm) -> Option<&'a Server> {
        self.server(vm.host.as_deref()?)
    }

    /// The server of that id, or the one on which the machine of that id runs.
    pub(super) fn server_or_host(&self, id: &str) -> Option<&'a Server> {
        self.vm(id).map_or_else(|| self.server(id), |vm| self.host_of(vm))
    }

    /// The record of people of that id.
    pub(super) fn user(&self, id: &str) -> Option<&'a User> {
        self.known(id).user.of(&self.estate.users)
    }

    pub(super) fn is_device(&self, id: &str) -> bool {
        self.known(id).device.0.is_some()
    }

    /// Whether a record of a name stands for so many equal ones: `None` where there is no record.
    pub(super) fn stands_for(&self, name: Known, count: u64) -> Option<bool> {
        let estate = self.estate;
        let device = name.device.of(&estate.devices).map(|each| each.count);
        let user = name.user.of(&estate.users).map(|each| each.count);
        let server = name.server.of(&estate.servers).map(|each| each.count);
        let most = name.vm.of(&estate.vms).map(|each| each.count).max(server).max(user).max(device);
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

    /// What is installed on the machine of that id, the last first.
    pub(super) fn installs(&self, id: &str) -> impl Iterator<Item = &'a Install> {
        self.standing_on(self.known(id))
    }

    /// The same, of a name that was looked up.
    pub(super) fn standing_on(&self, name: Known) -> impl Iterator<Item = &'a Install> {
        let estate = self.estate;
        let place = |each: &Place| each.0.is_some();
        std::iter::successors(Some(name.install).filter(place), move |at| at.of(&self.before).copied().filter(place))
            .filter_map(move |at| at.of(&estate.installs))
    }
}
