//! Windows Server: what runs on each host or cluster, and which machines are counted together. The counting itself is in
//! `sizing`, the small editions in `small`, machines in Azure in `azure`.

mod azure;
mod layers;
mod sizing;
mod small;

use super::host::{counts, size};
use super::{Ask, Demand, Found, Lot, Reading, Scene, Way, recovery, tidy};
use crate::deployments::{Install, Server};
use crate::findings::{Breach, SetAside, Step};
use layers::{by_host, layers};
use sizing::{Floor, Guest, Host, Sizing};
use std::collections::{BTreeMap, BTreeSet};

const PRODUCT: &str = "Windows Server";

/// Windows Server on one host or on all hosts of a cluster that machines move in.
#[derive(Default)]
struct Group<'a> {
    hosts: Vec<&'a Server>,
    physical: Vec<&'a Install>,
    guests: Vec<Guest<'a>>,
    /// An older layer of the same hosts: their processors are covered by the layer above.
    below: bool,
    /// One host of a cluster, licensed by itself for all machines that may meet there.
    single: bool,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    let mut in_azure = azure::Machines::new();
    let mut small = Vec::new();
    let cold = recovery::cold(scene, PRODUCT, &["Windows Server CAL"]);
    for install in
        scene.estate.installs.iter().filter(|i| matches!(i.product.as_str(), PRODUCT | "Small Business Server"))
    {
        if set_aside(scene, install, found) || cold.contains(install.on.as_str()) {
            continue;
        }
        let vm = scene.vm(&install.on);
        let server = vm.map_or_else(|| scene.server(&install.on), |vm| scene.host_of(vm));
        if let Some(vm) = vm {
            if !counts(vm, scene.terms.rule("GEN-RECENT90", scene.as_of).number("days"))
                || vm.retired_on.is_some_and(|day| day <= scene.as_of)
                || vm.role.as_deref() == Some("process_container")
            {
                continue;
            }
            if vm.host.as_deref() == Some("azure") {
                azure::note(scene, vm, install, &mut in_azure);
                continue;
            }
            if server.is_none() {
                ask(found, "host-unknown", &vm.id, "WS-CLUSTER");
                cannot_tell(install, vm.count, "host-unknown", found);
                continue;
            }
        }
        let Some(server) = server else { continue };
        if vm.is_none() && !scene.in_service(server) {
            continue;
        }
        if pay_as_you_go(scene, install, vm.map_or(server.count, |vm| vm.count), found) {
            continue;
        }
        if small::is_small(install) && !small::runs_under_standard(scene, install, found) {
            small.push(install);
            continue;
        }
        let key = group_of(scene, server, found, &mut groups);
        if let Some(group) = groups.get_mut(&key) {
            match vm {
                Some(vm) => group.guests.push(Guest { vm, install, count: vm.count }),
                None => group.physical.push(install),
            }
        }
    }
    let contained = |vm: &&crate::deployments::Vm| vm.role.as_deref() == Some("hyperv_container") && vm.host.is_none();
    for vm in scene.estate.vms.iter().filter(contained) {
        ask(found, "host-unknown", &vm.id, "WS-CONTAINER");
    }
    small::demands(scene, &small, found);
    let floor = Floor::of(scene, groups.values().flat_map(|group| &group.guests));
    let spare = SpareDatacenter::of(scene, &groups, found);
    let mut on_premises: u64 = 0;
    for (key, group) in groups {
        for (at, layer) in layers(scene, group, &spare, found).into_iter().enumerate() {
            let key = if at == 0 { key.clone() } else { format!("{key}:{at}") };
            for (at, part) in by_host(scene, layer, found).into_iter().enumerate() {
                let key = if at == 0 { key.clone() } else { format!("{key}@{at}") };
                on_premises = on_premises.saturating_add(demand(scene, &key, &part, floor, found));
            }
        }
    }
    azure::demands(scene, in_azure, on_premises, found);
}

/// The host on which an installation stands, itself or as a guest.
fn host_of_group<'a>(scene: &Scene<'a>, install: &Install) -> Option<&'a Server> {
    scene.vm(&install.on).map_or_else(|| scene.server(&install.on), |vm| scene.host_of(vm))
}

/// A machine with a pay-as-you-go licence of its own: one licence, whatever else runs on the host.
fn pay_as_you_go(scene: &Scene<'_>, install: &Install, count: u64, found: &mut Found) -> bool {
    if !scene.pays_by_use(&install.on) {
        return false;
    }
    let rank = scene.terms.rank(PRODUCT, &install.version).unwrap_or(0);
    let machines = [install.on.as_str()];
    let need = super::Need { product: PRODUCT, edition: Some(&install.edition), rank, machines: &machines };
    let mut demand = Demand {
        key: format!("windows-server:payg:{}", install.on),
        subjects: vec![(
            install.on.clone(),
            format!("{PRODUCT} {} {}", install.edition, install.version).into(),
            count,
        )],
        origins: tidy(install.origins.clone()),
        ..Demand::default()
    };
    let arcs = scene.serving(&need, &["server"], &mut demand.refused, |lot| {
        if lot.channel == "payg" && lot.tied.has(&install.on) { Ok(1) } else { Err("other-way") }
    });
    if arcs.is_empty() {
        return false;
    }
    demand.refused.clear();
    demand.ways.push(Way {
        product: PRODUCT.to_owned(),
        edition: install.edition.to_string(),
        version: install.version.to_string(),
        named_by_lot: true,
        metric: "server".to_owned(),
        units: count,
        arcs,
        steps: vec![Step::new("one-per-server", Some("WS-PAYG"), &[("host", install.on.to_string())])],
        rules: vec!["WS-PAYG"],
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
    true
}

/// Datacenter lots and what hosts with that edition need of them: the rest is what Standard hosts may use.
struct SpareDatacenter {
    /// Newest version and cores of each lot.
    owned: Vec<(usize, u64)>,
    used: u64,
}

impl SpareDatacenter {
    fn of(scene: &Scene<'_>, groups: &BTreeMap<String, Group<'_>>, found: &mut Found) -> SpareDatacenter {
        let cores = |lot: &Lot| match lot.metric.as_str() {
            "core" => Some((lot.reach?, lot.units)),
            "processor_pair" | "processor" => Some((lot.reach?, lot.units.saturating_mul(16))),
            _ => None,
        };
        let lots = scene.lots.iter().filter(|lot| lot.product == PRODUCT && lot.edition == "Datacenter" && !lot.ended);
        let owned = lots.filter_map(cores).collect();
        let is_datacenter = |group: &&Group<'_>| {
            let mut installs = group.physical.iter().chain(group.guests.iter().map(|guest| &guest.install));
            installs.any(|install| install.edition == "Datacenter")
        };
        let hosts = groups.values().filter(is_datacenter).flat_map(|group| &group.hosts);
        let used = hosts.map(|host| size(scene, host, PRODUCT, found).cores().max(16)).fold(0, u64::saturating_add);
        SpareDatacenter { owned, used }
    }

    /// Cores that are left of lots for version `rank` or newer.
    fn reaching(&self, rank: usize) -> u64 {
        let fitting = self.owned.iter().filter(|(reach, _)| *reach >= rank).map(|(_, cores)| *cores);
        fitting.fold(0, u64::saturating_add).saturating_sub(self.used)
    }
}

fn ask(found: &mut Found, code: &'static str, subject: &str, rule: &'static str) {
    found.asks.insert(Ask { code, subject: subject.into(), product: PRODUCT.into(), rule: Some(rule) });
}

fn cannot_tell(install: &Install, count: u64, why: &str, found: &mut Found) {
    found.set_aside.push(SetAside {
        on: install.on.clone(),
        product: install.product.clone(),
        edition: install.edition.clone(),
        version: install.version.clone(),
        outcome: "cannot-tell".to_owned(),
        why: why.to_owned(),
        count,
    });
}

/// Evaluation copies and development machines are no production demand.
fn set_aside(scene: &Scene<'_>, install: &Install, found: &mut Found) -> bool {
    let evaluation = install.edition.contains("Evaluation");
    let development = install.usage.as_deref() == Some("dev_test") && scene.index.development;
    if evaluation {
        if install.age_days.is_some_and(|age| age > 180) {
            let (code, rule) = ("evaluation_expired".to_owned(), "GEN-FREE".to_owned());
            found.breaches.push(Breach { code, subject: install.on.clone(), rule });
        }
    } else if !development {
        return false;
    }
    found.set_aside.push(SetAside {
        on: install.on.clone(),
        product: install.product.clone(),
        edition: install.edition.clone(),
        version: install.version.clone(),
        outcome: "not-licensable".to_owned(),
        why: if evaluation { "evaluation" } else { "development-under-subscription" }.to_owned(),
        count: 1,
    });
    true
}

fn group_of<'a>(
    scene: &Scene<'a>,
    server: &'a Server,
    found: &mut Found,
    groups: &mut BTreeMap<String, Group<'a>>,
) -> String {
    let hosts = scene.reach_of(server, PRODUCT, found);
    let key = hosts.iter().map(|host| host.id.as_str()).collect::<Vec<_>>().join("+");
    groups.entry(key.clone()).or_insert_with(|| Group { hosts, ..Group::default() });
    key
}

/// Pushes the demand of one group; leaves the cores that it would take of Datacenter lots.
fn demand(scene: &Scene<'_>, key: &str, group: &Group<'_>, floor: Floor, found: &mut Found) -> u64 {
    let (guests, physical) = (&group.guests, &group.physical);
    if guests.is_empty() && physical.is_empty() {
        return 0;
    }
    // Hyper-V containers count like machines although nothing is listed as installed in them.
    let contained: u64 = scene
        .index
        .containers
        .iter()
        .filter_map(|place| scene.estate.vms.get(*place))
        .filter(|vm| group.hosts.iter().any(|host| vm.host.as_deref() == Some(host.id.as_str())))
        .filter(|vm| !guests.iter().any(|guest| guest.vm.id == vm.id))
        .map(|vm| vm.count)
        .fold(0, u64::saturating_add);
    let guest_count: u64 =
        guests.iter().map(|guest| guest.count).fold(0, u64::saturating_add).saturating_add(contained);
    let mut physical_oses: BTreeMap<&str, u64> = BTreeMap::new();
    for install in physical {
        let Some(server) = scene.server(&install.on) else { continue };
        let hosting = match server.physical_ose_role.as_deref() {
            Some("hosting_only") => true,
            Some(_) => false,
            None if guest_count == 0 => false,
            None => {
                ask(found, "physical-role-unknown", &server.id, "WS-PHYS-HOST");
                scene.reads("physical-role-unknown", &server.id, PRODUCT) == Reading::Low
            }
        };
        physical_oses.insert(&server.id, u64::from(!hosting));
    }
    if guest_count == 0 && physical_oses.values().all(|count| *count == 0) {
        // A host that hosts nothing is still an installation: it is licensed like any server.
        physical_oses.values_mut().for_each(|count| *count = 1);
    }
    let installs: Vec<&Install> = physical.iter().copied().chain(guests.iter().map(|guest| guest.install)).collect();
    let editions: BTreeSet<&str> = installs.iter().map(|i| i.edition.as_str()).collect();
    let edition = highest_edition(&editions, scene.reads("edition-unknown", key, PRODUCT));
    if editions.contains("unknown") {
        ask(found, "edition-unknown", key, "GEN-EDITION");
    }
    let rank = installs.iter().map(|i| scene.rank_of(PRODUCT, &i.version, &i.on, found)).max().unwrap_or(0);
    let version = scene.terms.product(PRODUCT).map(|p| p.version_name(rank).to_owned()).unwrap_or_default();
    let hosts: Vec<Host<'_>> = group
        .hosts
        .iter()
        .map(|host| {
            let oses = guest_count.saturating_add(physical_oses.get(host.id.as_str()).copied().unwrap_or(0));
            Host { server: host, size: size(scene, host, PRODUCT, found), oses }
        })
        .filter(|host| host.oses > 0)
        .collect();
    let mut demand = Demand {
        key: format!("windows-server:{key}"),
        host: group.hosts.first().filter(|_| group.single).map(|host| host.id.clone()),
        // Of equal machines that stand in several layers each stands in one.
        subjects: physical
            .iter()
            .map(|install| (*install, scene.server(&install.on).map_or(1, |server| server.count)))
            .chain(guests.iter().map(|guest| (guest.install, guest.count)))
            .map(|(i, count)| (i.on.clone(), format!("{} {} {}", i.product, i.edition, i.version).into(), count))
            .collect(),
        origins: tidy(
            installs
                .iter()
                .flat_map(|i| i.origins.clone())
                .chain(hosts.iter().flat_map(|h| h.server.origins.clone()))
                .collect(),
        ),
        ..Demand::default()
    };
    let sizing = Sizing {
        scene,
        edition,
        rank,
        version: &version,
        hosts: &hosts,
        guests,
        bare: physical.is_empty(),
        below: group.below,
        floor,
    };
    sizing.ways(&mut demand, found);
    // Only machines that left, and licences by machine that followed them: nothing is due here.
    if demand.ways.iter().any(|way| way.units == 0 && !way.arcs.is_empty()) {
        return 0;
    }
    found.demands.push(demand);
    let only_datacenter = !scene.lots.iter().any(|lot| lot.product == PRODUCT && lot.edition == "Standard");
    if edition == "Datacenter" || only_datacenter { sizing.datacenter_cores() } else { 0 }
}

fn highest_edition(editions: &BTreeSet<&str>, reading: Reading) -> &'static str {
    let unknown = editions.contains("unknown");
    if editions.contains("Datacenter") || (unknown && reading == Reading::High) {
        "Datacenter"
    } else if editions.contains("Enterprise") {
        "Enterprise"
    } else if editions.iter().all(|edition| *edition == "Web") {
        "Web"
    } else {
        "Standard"
    }
}
