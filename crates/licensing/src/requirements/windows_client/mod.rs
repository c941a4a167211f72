//! Windows on client devices: the licence it came with, volume licences as upgrades on a qualifying base, per-user Enterprise.

mod enterprise;
mod paper;
mod professional;

pub(super) use paper::part_with_devices;

use super::desktop::in_service;
use super::{Ask, Demand, Found, Lot, Need, Reading, Scene, Way, may_cover, tidy, under_development};
use crate::deployments::{Device, Install, Words};
use crate::findings::{Breach, Step};
use crate::word::Word;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const PRODUCT: &str = "Windows";
const BASE: &str = "Windows base licence (qualifying OS)";
/// The long-term releases: versions and licences of their own.
pub(super) const LTSC: &str = "Windows LTSC";

/// Whether an edition is a long-term release.
pub(super) fn is_long_term(edition: &str) -> bool {
    edition.contains("LTSC") || edition.contains("LTSB")
}

/// The family that tells the versions of an edition.
fn family_of(edition: &str) -> &'static str {
    if is_long_term(edition) { LTSC } else { PRODUCT }
}

/// What makes devices equal here.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Clone, Copy)]
struct Key<'a> {
    edition: &'a str,
    rank: usize,
    oem: &'a str,
    users: &'a str,
    machine: &'a str,
    /// A new main board may have made another computer of it, which its OEM licence does not follow.
    new_board: bool,
    /// Virtual machines on the device beyond what its own licence allows.
    guest: bool,
}

impl Key<'_> {
    /// What tells the groups apart in the order of demands.
    fn in_order(&self) -> String {
        let guest = if self.guest { ":guest" } else { "" };
        format!("{:02}:{}:{}:{}{guest}", self.rank, self.oem, self.users, self.machine)
    }
}

/// Copies of Windows on a client device.
#[derive(Clone, Copy)]
struct Copies<'a> {
    device: &'a Device,
    install: &'a Install,
    /// That many, on all devices of the record together.
    count: u64,
    guest: bool,
}

#[derive(Default)]
struct Devices<'a> {
    list: Vec<Copies<'a>>,
}

impl Devices<'_> {
    fn count(&self) -> u64 {
        self.list.iter().map(|copies| copies.count).fold(0, u64::saturating_add)
    }

    fn start(&self, key: String, version: &str) -> Demand {
        // One text for all devices that run the same.
        let mut titles: BTreeMap<&str, Word> = BTreeMap::new();
        let mut title =
            |edition| titles.entry(edition).or_insert_with(|| format!("Windows {edition} {version}").into()).clone();
        Demand {
            key,
            subjects: self
                .list
                .iter()
                .map(|each| {
                    let on = if each.guest { &each.install.on } else { &each.device.id };
                    (on.clone(), title(each.install.edition.as_str()), each.count)
                })
                .collect(),
            origins: tidy(
                self.list
                    .iter()
                    .flat_map(|each| each.device.origins.iter().chain(&each.install.origins).cloned())
                    .collect(),
            ),
            ..Demand::default()
        }
    }
}

/// `Windows 10 Pro` in its parts.
fn parse(oem: &str) -> Option<(&str, &str)> {
    oem.strip_prefix("Windows ")?.split_once(' ')
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let tied: BTreeSet<&str> = scene
        .lots
        .iter()
        .filter(|lot| lot.product == PRODUCT || lot.product == LTSC)
        .flat_map(|lot| match &lot.tied {
            Words::None => Vec::new(),
            Words::One(one) => vec![one.as_str()],
            Words::Many(many) => many.iter().map(String::as_str).collect(),
        })
        .collect();
    let upgrades = has_upgrade_plan(scene);
    let mut grouped: HashMap<Key<'_>, Devices<'_>, RandomState> = HashMap::default();
    for copies in copies(scene, found) {
        let Copies { device, install, guest, .. } = copies;
        // A licence noted at the device is that of its own copy, not of a virtual machine besides.
        let on = if guest { install.on.as_str() } else { device.id.as_str() };
        let machine = if tied.contains(on) { on } else { "" };
        let per_user = install.edition.starts_with("Enterprise") || upgrades;
        let asked_board = device.board_replaced.is_some()
            && !(device.board_replaced.as_deref() == Some("defect") && device.board_equivalent == Some(true));
        let new_board = asked_board && scene.reads("board-replaced", &device.id, PRODUCT) == Reading::High;
        let key = Key {
            edition: &install.edition,
            rank: scene.rank_of(family_of(&install.edition), &install.version, &install.on, found),
            oem: device.oem_os.as_deref().filter(|_| !new_board && !guest).unwrap_or("none"),
            users: device.used_by.as_deref().filter(|_| per_user && !guest).unwrap_or_default(),
            machine,
            new_board,
            guest,
        };
        if key.oem == "unknown" {
            let (code, subject) = ("windows-base-unknown", Word::default());
            let product = if key.edition.starts_with("Enterprise") { BASE } else { PRODUCT };
            found.asks.insert(Ask { code, subject, product: product.into(), rule: Some("WIN-VL-UPG") });
        }
        if asked_board {
            let (code, subject) = ("board-replaced", device.id.clone());
            found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("GEN-OEM-BOARD") });
        }
        grouped.entry(key).or_default().list.push(copies);
    }
    // In order from here on.
    let groups: BTreeMap<Key<'_>, Devices<'_>> = grouped.into_iter().collect();
    local_machines(scene, found);
    // Several older versions under one kind of OEM licence are one line, named after that licence.
    let mut downgraded: BTreeMap<&str, BTreeSet<(&str, usize)>> = BTreeMap::new();
    for key in groups.keys() {
        if oem_covers(scene, key.oem, key.edition, key.rank).is_ok() {
            downgraded.entry(key.oem).or_default().insert((key.edition, key.rank));
        }
    }
    let mixed: BTreeSet<&str> = downgraded.iter().filter(|(_, kinds)| kinds.len() > 1).map(|(oem, _)| *oem).collect();
    // A person's licence covers all devices, whatever they came with: they are one demand.
    let by_person = scene.lots.iter().any(|lot| gives(scene, lot, "windows-enterprise"));
    let mut upgraded = BTreeSet::new();
    let of_enterprise =
        |lot: &&Lot| lot.product == PRODUCT && lot.metric == "device_upgrade" && lot.edition == "Enterprise";
    let bought = scene.lots.iter().filter(of_enterprise).map(|lot| lot.units).fold(0, u64::saturating_add);
    let running =
        groups.iter().filter(|(key, _)| key.edition.starts_with("Enterprise")).map(|(_, devices)| devices.count());
    let mut spare = bought.saturating_sub(running.fold(0, u64::saturating_add));
    let mut of_person: BTreeMap<(&str, bool), (Key<'_>, Devices<'_>)> = BTreeMap::new();
    for (key, devices) in &groups {
        if key.edition.starts_with("Enterprise") {
            if by_person && scene.user(key.users).is_some() {
                let long_term = is_long_term(key.edition);
                let (newest, all) = of_person
                    .entry((key.users, long_term))
                    .or_insert_with(|| (Key { oem: "", ..*key }, Devices::default()));
                newest.rank = newest.rank.max(key.rank);
                all.list.extend(devices.list.iter().copied());
            } else {
                enterprise::demand(scene, key, devices, found);
            }
            // Beneath a virtual machine stands the device with its own licence.
            if !key.guest {
                base(scene, key, devices, found);
            }
        } else {
            professional::demand(scene, key, devices, mixed.contains(key.oem), &mut upgraded, &mut spare, found);
        }
    }
    for (key, devices) in of_person.values() {
        enterprise::demand(scene, key, devices, found);
    }
}

/// Every copy of Windows on client devices: on the device itself, and in virtual machines on it. WIN-VM4: a licence lets its
/// system run on the device or in one virtual machine instead; Enterprise under Software Assurance in several besides.
fn copies<'a>(scene: &Scene<'a>, found: &mut Found) -> Vec<Copies<'a>> {
    let mut all = Vec::new();
    let mut guests: Vec<(usize, &Device, &Install, u64)> = Vec::new();
    for (install, device) in scene.installs().filter(|(install, _)| install.product == PRODUCT) {
        let place = device.map(|(place, _)| place).or_else(|| {
            let vm = scene.vm(&install.on).filter(|vm| vm.enabled != Some(false) && vm.retired_on.is_none())?;
            scene.index.devices.get(vm.host.as_deref()?).copied()
        });
        let Some((place, host)) = place.and_then(|place| Some((place, scene.estate.devices.get(place)?))) else {
            continue;
        };
        if !in_service(scene, host) {
            continue;
        }
        let count = scene.vm(&install.on).filter(|_| device.is_none()).map_or(host.count, |vm| vm.count);
        if scene.is_development(install) {
            found.set_aside.push(under_development(install, count));
        } else if device.is_some() {
            all.push(Copies { device: host, install, count, guest: false });
        } else {
            guests.push((place, host, install, count));
        }
    }
    if guests.is_empty() {
        return all;
    }
    let assured = scene.lots.iter().any(|lot| {
        let by_device = lot.product == PRODUCT && lot.metric == "device_upgrade" && lot.edition == "Enterprise";
        lot.active && (by_device || gives(scene, lot, "windows-enterprise"))
    });
    // Edition of the copy that the licence of each device stands for, and how many more virtual machines may take its place.
    let mut own: BTreeMap<&str, (&str, u64)> =
        all.iter().map(|each| (each.device.id.as_str(), (each.install.edition.as_str(), 0))).collect();
    guests.sort_by_key(|(place, ..)| *place);
    for (_, device, install, count) in guests {
        let (edition, room) = own.entry(device.id.as_str()).or_insert((install.edition.as_str(), device.count));
        let instead = count.min(*room);
        *room -= instead;
        if instead > 0 {
            all.push(Copies { device, install, count: instead, guest: false });
        }
        let besides = assured && edition.starts_with("Enterprise");
        if count > instead && !besides {
            all.push(Copies { device, install, count: count - instead, guest: true });
        }
    }
    all
}

/// WIN-VM4: machines that run on a client device itself; those beyond the number in its licence are a breach of a limit.
fn local_machines(scene: &Scene<'_>, found: &mut Found) {
    let limit = scene.terms.rule("WIN-VM4", scene.as_of).number("local_machines");
    let mut on_device: BTreeMap<&str, u64> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|install| install.product == PRODUCT) {
        let Some(vm) = scene.vm(&install.on).filter(|vm| vm.enabled != Some(false)) else { continue };
        let host = vm.host.as_deref().filter(|host| scene.index.devices.contains_key(host));
        if let Some(host) = host {
            let slot = on_device.entry(host).or_default();
            *slot = slot.saturating_add(vm.count);
        }
    }
    for (device, count) in on_device {
        let place = scene.index.devices.get(device);
        let devices = place.and_then(|place| scene.estate.devices.get(*place)).map_or(1, |each| each.count);
        if count > limit.saturating_mul(devices) {
            let (code, subject) = (format!("vm_limit_{limit}"), Word::from(device));
            found.breaches.push(Breach { code, subject, rule: "WIN-VM4".to_owned() });
        }
    }
}

fn has_upgrade_plan(scene: &Scene<'_>) -> bool {
    scene.lots.iter().any(|lot| gives(scene, lot, "windows-pro-upgrade"))
}

fn gives(scene: &Scene<'_>, lot: &Lot, right: &str) -> bool {
    scene.terms.plan(&lot.product).is_some_and(|rights| rights.iter().any(|each| each == right))
}

/// Whether the licence that a device came with covers an installation, by its own downgrade paths.
fn oem_covers(scene: &Scene<'_>, oem: &str, edition: &str, rank: usize) -> Result<(), &'static str> {
    let Some((version, own)) = parse(oem) else { return Err("no-base") };
    let Some(own_rank) = scene.terms.rank(PRODUCT, version) else { return Err("no-base") };
    let lot = Lot {
        id: String::new(),
        entitlement: 0,
        product: PRODUCT.to_owned(),
        edition: own.to_owned(),
        version: version.to_owned(),
        rank: Some(own_rank),
        reach: Some(own_rank),
        metric: "device".to_owned(),
        units: 1,
        pack: 1,
        channel: "oem".to_owned(),
        active: false,
        ended: false,
        sa_until: None,
        tied: Words::None,
        assigned_days: None,
        settled: false,
        perhaps: None,
        surely: Some(own_rank),
        proof: None,
        with_devices: false,
    };
    may_cover(&lot, &Need { product: PRODUCT, edition: Some(edition), rank, machines: &[] }, scene.terms, scene.as_of)
}

/// Whether a system that came with the device qualifies as the base of a volume upgrade to `version`.
fn qualifies(scene: &Scene<'_>, oem: &str, version: &str) -> bool {
    let rule = scene.terms.rule("WIN-QOS", scene.as_of);
    if rule.words("other_systems").iter().any(|system| oem.starts_with(system)) {
        return true;
    }
    let Some((own, edition)) = parse(oem) else { return false };
    let list = match version {
        "11" => rule.words("for_11"),
        _ => rule.words("for_10"),
    };
    rule.words("editions").contains(&edition) && (list.contains(&own) || (version != "10" && version != "11"))
}

fn version_name(scene: &Scene<'_>, rank: usize) -> String {
    scene.terms.product(PRODUCT).map(|p| p.version_name(rank).to_owned()).unwrap_or_default()
}

/// The version of Windows that a base must qualify for; the long-term releases stand on Windows 10.
fn version_of_base(scene: &Scene<'_>, key: &Key) -> String {
    if is_long_term(key.edition) { "10".to_owned() } else { version_name(scene, key.rank) }
}

/// What the devices' own licences cover, by reading: an unknown base covers in the lowest one.
fn inherent(scene: &Scene<'_>, key: &Key<'_>, covered: bool, count: u64) -> u64 {
    let product = if key.edition.starts_with("Enterprise") { BASE } else { PRODUCT };
    match (key.oem, scene.reads("windows-base-unknown", "", product)) {
        ("unknown", Reading::Low) => count,
        ("unknown", Reading::High) => 0,
        _ if covered => count,
        _ => 0,
    }
}

fn base(scene: &Scene<'_>, key: &Key<'_>, devices: &Devices<'_>, found: &mut Found) {
    base_for(scene, key, devices, &version_of_base(scene, key), found);
}

/// The licence beneath an upgrade that takes the bases of Windows `version`.
fn base_for(scene: &Scene<'_>, key: &Key<'_>, devices: &Devices<'_>, bases_of: &str, found: &mut Found) {
    let version = version_of_base(scene, key);
    let mut demand = devices.start(format!("windows-base:{}:{}", key.edition, key.in_order()), &version);
    let count = devices.count();
    let mut arcs = Vec::new();
    if key.oem != "unknown" && !qualifies(scene, key.oem, bases_of) {
        for (index, lot) in scene.lots.iter().enumerate().filter(|(_, l)| l.product == PRODUCT && l.metric == "device")
        {
            let own = format!("Windows {} {}", lot.version, lot.edition);
            // An OEM licence beneath is that of the machine; a box may be bought for one that came with something lower.
            let gone = lot.is_bound() && (key.new_board || lot.with_devices || key.oem != "none");
            if !gone && !lot.ended && !lot.is_elsewhere(&[key.machine]) && qualifies(scene, &own, bases_of) {
                arcs.push(super::Arc { lot: index, worth: 1, preference: 0 });
            }
        }
    }
    demand.ways.push(Way {
        product: BASE.to_owned(),
        edition: "Pro".to_owned(),
        version: version.clone(),
        metric: "device".to_owned(),
        units: count,
        inherent: inherent(scene, key, qualifies(scene, key.oem, bases_of), count),
        arcs,
        steps: vec![Step::new(
            "windows-base",
            Some("WIN-QOS"),
            &[("devices", count.to_string()), ("oem", key.oem.to_string())],
        )],
        rules: vec!["WIN-VL-UPG", "WIN-QOS"],
        remedy: Some("full-pro-licence"),
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}
