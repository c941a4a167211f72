//! Windows on client devices: the licence it came with, volume licences as upgrades on a qualifying base, per-user Enterprise.

use super::desktop::in_service;
use super::{Ask, Demand, Found, Lot, Need, Reading, Scene, Way, may_cover, tidy};
use crate::deployments::{Device, Install, Words};
use crate::findings::{Breach, Step};
use std::collections::{BTreeMap, BTreeSet};

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
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Key {
    edition: String,
    rank: usize,
    oem: String,
    users: String,
    machine: String,
}

#[derive(Default)]
struct Devices<'a> {
    list: Vec<(&'a Device, &'a Install)>,
}

impl Devices<'_> {
    fn count(&self) -> u64 {
        self.list.iter().map(|(device, _)| device.count).fold(0, u64::saturating_add)
    }

    fn start(&self, key: String, version: &str) -> Demand {
        Demand {
            key,
            subjects: self
                .list
                .iter()
                .map(|(d, i)| (d.id.clone(), format!("Windows {} {version}", i.edition), d.count))
                .collect(),
            origins: tidy(self.list.iter().flat_map(|(d, i)| d.origins.iter().chain(&i.origins).cloned()).collect()),
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
    let by_id = &scene.index.devices;
    let mut groups: BTreeMap<Key, Devices<'_>> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|i| i.product == PRODUCT) {
        let Some(index) = by_id.get(install.on.as_str()) else { continue };
        let Some(device) = scene.estate.devices.get(*index).filter(|d| in_service(scene, d)) else { continue };
        let machine = if tied.contains(device.id.as_str()) { device.id.clone() } else { String::new() };
        let per_user = install.edition.starts_with("Enterprise") || has_upgrade_plan(scene);
        let key = Key {
            edition: install.edition.clone(),
            rank: scene.rank_of(family_of(&install.edition), &install.version, &install.on, found),
            oem: device.oem_os.clone().unwrap_or_else(|| "none".to_owned()),
            users: if per_user { device.used_by.clone().unwrap_or_default() } else { String::new() },
            machine,
        };
        if key.oem == "unknown" {
            let (code, subject) = ("windows-base-unknown", String::new());
            let product = if key.edition.starts_with("Enterprise") { BASE } else { PRODUCT };
            found.asks.insert(Ask { code, subject, product: product.to_owned(), rule: Some("WIN-VL-UPG") });
        }
        if device.board_replaced.is_some()
            && !(device.board_replaced.as_deref() == Some("defect") && device.board_equivalent == Some(true))
        {
            let (code, subject) = ("board-replaced", device.id.clone());
            found.asks.insert(Ask { code, subject, product: PRODUCT.to_owned(), rule: Some("GEN-OEM-BOARD") });
        }
        groups.entry(key).or_default().list.push((device, install));
    }
    local_machines(scene, found);
    // Several older versions under one kind of OEM licence are one line, named after that licence.
    let mut downgraded: BTreeMap<&str, BTreeSet<(&str, usize)>> = BTreeMap::new();
    for key in groups.keys() {
        if oem_covers(scene, &key.oem, &key.edition, key.rank).is_ok() {
            downgraded.entry(&key.oem).or_default().insert((&key.edition, key.rank));
        }
    }
    let mixed: BTreeSet<String> =
        downgraded.iter().filter(|(_, kinds)| kinds.len() > 1).map(|(oem, _)| (*oem).to_owned()).collect();
    // A person's licence covers all devices, whatever they came with: they are one demand.
    let by_person = scene.lots.iter().any(|lot| gives(scene, lot, "windows-enterprise"));
    let mut upgraded = BTreeSet::new();
    let mut of_person: BTreeMap<(&str, bool), (Key, Devices<'_>)> = BTreeMap::new();
    for (key, devices) in &groups {
        if key.edition.starts_with("Enterprise") {
            if by_person && scene.user(&key.users).is_some() {
                let long_term = is_long_term(&key.edition);
                let (newest, all) = of_person
                    .entry((&key.users, long_term))
                    .or_insert_with(|| (Key { oem: String::new(), ..key.clone() }, Devices::default()));
                newest.rank = newest.rank.max(key.rank);
                all.list.extend(devices.list.iter().copied());
            } else {
                enterprise(scene, key, devices, found);
            }
            base(scene, key, devices, found);
        } else {
            professional(scene, key, devices, mixed.contains(&key.oem), &mut upgraded, found);
        }
    }
    for (key, devices) in of_person.values() {
        enterprise(scene, key, devices, found);
    }
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
        let devices = scene.estate.devices.iter().find(|each| each.id == device).map_or(1, |each| each.count);
        if count > limit.saturating_mul(devices) {
            let (code, subject) = (format!("vm_limit_{limit}"), device.to_owned());
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
        proof: None,
    };
    may_cover(&lot, &Need { product: PRODUCT, edition: Some(edition), rank, machines: &[] }, scene.terms, scene.as_of)
}

/// Whether a system that came with the device qualifies as the base of a volume upgrade to `version`.
fn qualifies(scene: &Scene<'_>, oem: &str, version: &str) -> bool {
    let Some((own, edition)) = parse(oem) else { return false };
    let rule = scene.terms.rule("WIN-QOS", scene.as_of);
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
    if is_long_term(&key.edition) { "10".to_owned() } else { version_name(scene, key.rank) }
}

/// What the devices' own licences cover, by reading: an unknown base covers in the lowest one.
fn inherent(scene: &Scene<'_>, key: &Key, covered: bool, count: u64) -> u64 {
    match (key.oem.as_str(), scene.reading) {
        ("unknown", Reading::Low) => count,
        ("unknown", Reading::High) => 0,
        _ if covered => count,
        _ => 0,
    }
}

fn base(scene: &Scene<'_>, key: &Key, devices: &Devices<'_>, found: &mut Found) {
    let version = version_of_base(scene, key);
    let mut demand = devices.start(
        format!("windows-base:{}:{:02}:{}:{}:{}", key.edition, key.rank, key.oem, key.users, key.machine),
        &version,
    );
    let count = devices.count();
    let mut arcs = Vec::new();
    if key.oem != "unknown" && !qualifies(scene, &key.oem, &version) {
        for (index, lot) in scene.lots.iter().enumerate().filter(|(_, l)| l.product == PRODUCT && l.metric == "device")
        {
            let own = format!("Windows {} {}", lot.version, lot.edition);
            if !lot.is_elsewhere(&[&key.machine]) && qualifies(scene, &own, &version) && key.oem == "none" {
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
        inherent: inherent(scene, key, qualifies(scene, &key.oem, &version), count),
        arcs,
        steps: vec![Step::new(
            "windows-base",
            Some("WIN-QOS"),
            &[("devices", count.to_string()), ("oem", key.oem.clone())],
        )],
        rules: vec!["WIN-VL-UPG", "WIN-QOS"],
        remedy: Some("full-pro-licence"),
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}

fn enterprise(scene: &Scene<'_>, key: &Key, devices: &Devices<'_>, found: &mut Found) {
    let long_term = is_long_term(&key.edition);
    let family = family_of(&key.edition);
    let version = scene.terms.product(family).map(|p| p.version_name(key.rank).to_owned()).unwrap_or_default();
    let count = devices.count();
    let mut demand = devices
        .start(format!("windows-enterprise:{:02}:{}:{}:{}", key.rank, key.oem, key.users, key.machine), &version);
    let machines = [key.machine.as_str()];
    let edition = if long_term { key.edition.as_str() } else { "Enterprise" };
    let need = Need { product: family, edition: Some(edition), rank: key.rank, machines: &machines };
    let mut arcs = scene.serving(&need, &["device_upgrade"], &mut demand.refused, |_| Ok(1));
    if long_term {
        // Enterprise under Software Assurance includes the long-term releases.
        let current =
            |lot: &Lot| lot.product == PRODUCT && lot.edition == "Enterprise" && lot.metric == "device_upgrade";
        for (index, lot) in scene.lots.iter().enumerate().filter(|(_, lot)| current(lot)) {
            if lot.active {
                arcs.push(super::Arc { lot: index, worth: 1, preference: 50 });
            } else {
                demand.refused.insert(index, "no-active-sa");
            }
        }
    }
    let owns_upgrades = scene
        .lots
        .iter()
        .any(|lot| (lot.product == PRODUCT || lot.product == family) && lot.metric == "device_upgrade");
    let plan_lots: Vec<usize> = scene
        .lots
        .iter()
        .enumerate()
        .filter(|(_, lot)| gives(scene, lot, "windows-enterprise"))
        .filter(|(_, lot)| scene.plan_serves(lot, &key.users))
        .map(|(i, _)| i)
        .collect();
    let users = scene.user(&key.users).map(|user| user.count);
    if let (Some(users), false) = (users, plan_lots.is_empty()) {
        let limit = scene.terms.rule("WIN-USER5", scene.as_of).number("devices_per_user");
        if count > users.saturating_mul(limit) {
            let (code, subject) = (format!("device_limit_{limit}"), key.users.clone());
            found.breaches.push(Breach { code, subject, rule: "WIN-USER5".to_owned() });
        }
        let mut arcs = Vec::new();
        for index in &plan_lots {
            match scene.lots.get(*index) {
                Some(lot) if lot.ended => {
                    demand.refused.insert(*index, "subscription-ended");
                }
                Some(lot) if long_term && !gives(scene, lot, "windows-ltsc") => {
                    demand.refused.insert(*index, "plan-without-this-right");
                }
                Some(_) => arcs.push(super::Arc { lot: *index, worth: 1, preference: 0 }),
                None => {}
            }
        }
        demand.ways.push(Way {
            product: "Windows Enterprise per user".to_owned(),
            edition: "none".to_owned(),
            version: "none".to_owned(),
            metric: "user_sub".to_owned(),
            units: users,
            scope: "windows-enterprise",
            native: !owns_upgrades && arcs.is_empty(),
            arcs,
            steps: vec![Step::new(
                "windows-users",
                Some("WIN-USER5"),
                &[("users", users.to_string()), ("devices", count.to_string())],
            )],
            rules: vec!["WIN-USER5"],
            ..Way::default()
        });
    }
    let by_device = Way {
        product: "Windows Enterprise (volume upgrade)".to_owned(),
        edition: edition.to_owned(),
        version: version.clone(),
        metric: "device_upgrade".to_owned(),
        units: count,
        native: demand.ways.is_empty(),
        steps: vec![Step::new("windows-upgrades", Some("WIN-VL-UPG"), &[("devices", count.to_string())])],
        rules: vec!["WIN-VL-UPG"],
        arcs,
        ..Way::default()
    };
    if by_device.native || owns_upgrades {
        demand.ways.push(by_device);
    }
    found.demands.push(demand);
}

/// Volume licences of Pro are upgrades like those of Enterprise: two lines, the upgrade and the licence beneath. Tells whether
/// such lots serve these devices.
fn pro_upgrades(scene: &Scene<'_>, key: &Key, devices: &Devices<'_>, found: &mut Found) -> bool {
    let version = version_name(scene, key.rank);
    let count = devices.count();
    let mut demand =
        devices.start(format!("windows-pro:{:02}:{}:{}:{}", key.rank, key.oem, key.users, key.machine), &version);
    let need = Need { product: PRODUCT, edition: Some(&key.edition), rank: key.rank, machines: &[&key.machine] };
    let full = scene.serving(&need, &["device"], &mut BTreeMap::new(), |_| Ok(1));
    let arcs = scene.serving(&need, &["device_upgrade"], &mut demand.refused, |lot| {
        if lot.edition.starts_with("Pro") { Ok(1) } else { Err("other-edition") }
    });
    if arcs.is_empty() || !full.is_empty() {
        return false;
    }
    demand.ways.push(Way {
        product: "Windows Pro (volume upgrade)".to_owned(),
        edition: key.edition.clone(),
        version,
        metric: "device_upgrade".to_owned(),
        units: count,
        arcs,
        steps: vec![Step::new("windows-pro-upgrades", Some("WIN-VL-UPG"), &[("devices", count.to_string())])],
        rules: vec!["WIN-VL-UPG"],
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
    base(scene, key, devices, found);
    true
}

/// Upgrades that the publisher gave to devices that came with an older version; whether one was taken is asked.
fn upgrade_was_given(scene: &Scene<'_>, key: &Key, version: &str) -> bool {
    let Some((from, edition)) = parse(&key.oem) else { return false };
    let home = |edition: &str| edition.starts_with("Home") || edition == "Core";
    let rule = scene.terms.rule("WIN-FREE-UPGRADE", scene.as_of);
    home(edition) == home(&key.edition) && rule.words(&format!("to_{}", version.replace('.', "_"))).contains(&from)
}

/// Professional editions. `upgraded` notes the people whose plan is already counted for the upgrade of another device.
fn professional(
    scene: &Scene<'_>,
    key: &Key,
    devices: &Devices<'_>,
    mixed: bool,
    upgraded: &mut BTreeSet<String>,
    found: &mut Found,
) {
    let version = version_name(scene, key.rank);
    let count = devices.count();
    let own = oem_covers(scene, &key.oem, &key.edition, key.rank);
    if let (Err(_), Some(users)) = (own, scene.user(&key.users)) {
        let upgrades = parse(&key.oem).is_some_and(|(from, edition)| {
            matches!(from, "7" | "8" | "8.1") && matches!(edition, "Pro" | "Professional")
        });
        if upgrades && matches!(version.as_str(), "10" | "11") {
            let mut demand =
                devices.start(format!("windows-plan-upgrade:{:02}:{}:{}", key.rank, key.oem, key.users), &version);
            let arcs = scene
                .lots
                .iter()
                .enumerate()
                .filter(|(_, lot)| gives(scene, lot, "windows-pro-upgrade") && !lot.ended)
                .map(|(lot, _)| super::Arc { lot, worth: 1, preference: 0 })
                .collect();
            demand.ways.push(Way {
                product: "Windows Pro upgrade (Microsoft 365 Business Premium)".to_owned(),
                edition: "Pro".to_owned(),
                version: version.clone(),
                metric: "user_sub".to_owned(),
                units: users.count,
                scope: "windows-pro-upgrade",
                arcs,
                rules: vec!["WIN-BP-UPG"],
                native: true,
                ..Way::default()
            });
            if upgraded.insert(key.users.clone()) {
                found.demands.push(demand);
            }
            base(scene, key, devices, found);
            return;
        }
    }
    if own.is_err() && pro_upgrades(scene, key, devices, found) {
        return;
    }
    let given = own.is_err() && upgrade_was_given(scene, key, &version);
    if given {
        let (code, subject) = ("upgrade-given", key.oem.clone());
        found.asks.insert(Ask { code, subject, product: PRODUCT.to_owned(), rule: Some("WIN-FREE-UPGRADE") });
    }
    let own = if given && scene.reading == Reading::Low { Ok(()) } else { own };
    let mut demand =
        devices.start(format!("windows:{}:{:02}:{}:{}", key.edition, key.rank, key.oem, key.machine), &version);
    let need = Need { product: PRODUCT, edition: Some(&key.edition), rank: key.rank, machines: &[&key.machine] };
    let metrics: &[&str] = if own.is_ok() { &["device"] } else { &["device", "device_upgrade"] };
    let arcs = scene.serving(&need, metrics, &mut demand.refused, |lot| {
        // The paper of the licence that the devices came with is that licence, not a second one.
        if own.is_ok() && lot.channel == "oem" && key.oem == format!("Windows {} {}", lot.version, lot.edition) {
            return Err("is-the-device-licence");
        }
        // A volume licence is an upgrade: without a qualifying base it covers nothing.
        if lot.metric == "device_upgrade" && !qualifies(scene, &key.oem, &version) {
            Err("no-qualifying-base")
        } else {
            Ok(1)
        }
    });
    let (edition, named) = match parse(&key.oem) {
        Some((version, edition)) if mixed && own.is_ok() => (edition.to_owned(), version.to_owned()),
        _ => (key.edition.clone(), version.clone()),
    };
    if own == Err(super::ASK_OEM_TERMS) {
        let (code, subject) = (super::ASK_OEM_TERMS, key.oem.clone());
        found.asks.insert(Ask { code, subject, product: PRODUCT.to_owned(), rule: Some("WIN-OEM-DOWN") });
    }
    let remedy = (own == Err("downgrade-ended-with-support")).then_some("upgrade-to-licensed-version");
    demand.ways.push(Way {
        product: PRODUCT.to_owned(),
        edition,
        version: named,
        metric: "device".to_owned(),
        units: count,
        inherent: inherent(scene, key, own.is_ok(), count),
        arcs,
        steps: vec![Step::new(
            "windows-devices",
            Some("GEN-OEM-TIED"),
            &[("devices", count.to_string()), ("oem", key.oem.clone())],
        )],
        rules: vec!["GEN-OEM-TIED", "WIN-OEM-DOWN"],
        review: own == Err(super::ASK_OEM_TERMS),
        remedy,
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}
