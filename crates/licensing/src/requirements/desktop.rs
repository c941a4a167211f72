//! Office, Visio, Project and single applications bought for good: counted once for each device at the highest version.

use super::{Ask, Demand, Found, Lot, Need, Reading, Scene, Way, tidy};
use crate::deployments::{Device, Install, Words};
use crate::facts::Origin;
use crate::findings::{SetAside, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Suites and applications with a licence of their own.
const PRODUCTS: [&str; 12] = [
    "Office",
    "Visio",
    "Project",
    "Word",
    "Excel",
    "PowerPoint",
    "Outlook",
    "Access",
    "Publisher",
    "OneNote",
    "InfoPath",
    "Skype for Business",
];

/// Suites under the name of another platform: the same edition there.
const PLATFORMS: [(&str, &str); 1] = [("Office for Mac", "Office")];

/// The product that an installation is counted as.
fn product_of(install: &Install) -> &str {
    let name = install.product.as_str();
    PLATFORMS.iter().find(|(platform, _)| *platform == name).map_or(name, |(_, product)| product)
}

/// Applications that a suite edition contains; the others need a professional one.
const IN_EVERY_SUITE: [&str; 5] = ["Word", "Excel", "PowerPoint", "Outlook", "OneNote"];

/// (device, product, edition) -> highest version, only remote, installations.
type PerDevice<'a> = BTreeMap<(usize, &'a str, &'a str), (usize, bool, Vec<&'a Install>)>;

/// A device with what it asks of one product and edition.
#[derive(Default)]
struct Asked {
    units: u64,
    /// The ways in which the version is written on the devices.
    spellings: BTreeSet<String>,
    subjects: Vec<(String, String, u64)>,
    origins: Vec<Origin>,
}

/// What makes devices equal for the assignment.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Key {
    product: String,
    edition: String,
    rank: usize,
    remote: bool,
    machine: String,
    /// How an edition that is not told is read.
    reading: Reading,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let tied: BTreeSet<&str> = scene.lots.iter().flat_map(|lot| words(&lot.tied)).collect();
    let by_id = &scene.index.devices;
    // (device, product, edition) -> highest version, remote or not.
    let mut per_device: PerDevice<'_> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|i| PRODUCTS.contains(&product_of(i))) {
        let product = product_of(install);
        if install.edition.starts_with("Plan ") {
            continue;
        }
        let rank = scene.rank_of(product, &install.version, &install.on, found);
        let mut note = |device: usize, remote: bool| {
            let entry = per_device.entry((device, product, &install.edition)).or_insert((rank, remote, Vec::new()));
            entry.0 = entry.0.max(rank);
            entry.1 &= remote;
            entry.2.push(install);
        };
        if let Some(device) = by_id.get(install.on.as_str()).copied() {
            note(device, false);
        } else {
            for device in remote_devices(scene, by_id, install, found) {
                note(device, true);
            }
        }
    }
    let persons = persons(scene, &per_device);
    let mut asked: BTreeMap<Key, Asked> = BTreeMap::new();
    for ((index, product, edition), (rank, remote, installs)) in &per_device {
        let Some(device) = scene.estate.devices.get(*index) else { continue };
        if !in_service(scene, device) || covered_by_suite_on_device(&per_device, *index, product) {
            continue;
        }
        if is_free_portable(scene, device, product, edition, &persons) {
            set_aside(
                product,
                edition,
                installs.first().map_or("", |i| &i.version),
                "portable-copy",
                device.count,
                found,
            );
            continue;
        }
        if *edition == "unknown" {
            let (code, subject) = ("edition-unknown", device.id.clone());
            found.asks.insert(Ask { code, subject, product: (*product).to_owned(), rule: Some("OFF-EDITION") });
        }
        let reading = scene.reads("edition-unknown", &device.id, product);
        let machine = if tied.contains(device.id.as_str()) { device.id.clone() } else { String::new() };
        let key = Key {
            product: (*product).to_owned(),
            edition: (*edition).to_owned(),
            rank: *rank,
            remote: *remote,
            machine,
            reading,
        };
        let entry = asked.entry(key).or_default();
        entry.units = entry.units.saturating_add(device.count);
        let highest = installs.iter().filter(|i| scene.terms.rank(product, &i.version) == Some(*rank));
        entry.spellings.extend(highest.map(|i| i.version.clone()));
        let version = scene.terms.product(product).map_or("", |p| p.version_name(*rank)).to_owned();
        entry.subjects.push((device.id.clone(), format!("{product} {edition} {version}"), device.count));
        entry.origins.extend(installs.iter().flat_map(|i| i.origins.clone()));
    }
    for (key, asked) in asked {
        demand(scene, &key, asked, found);
    }
}

fn words(words: &Words) -> Vec<&str> {
    match words {
        Words::None => Vec::new(),
        Words::One(one) => vec![one.as_str()],
        Words::Many(many) => many.iter().map(String::as_str).collect(),
    }
}

fn set_aside(product: &str, edition: &str, version: &str, why: &str, count: u64, found: &mut Found) {
    found.set_aside.push(SetAside {
        product: product.to_owned(),
        edition: edition.to_owned(),
        version: version.to_owned(),
        outcome: "not-licensable".to_owned(),
        why: why.to_owned(),
        count,
    });
}

pub(super) fn in_service(scene: &Scene<'_>, device: &Device) -> bool {
    device.retired.is_none()
        && device.same_as.is_none()
        && device.out_of_service != Some(true)
        && device.retired_on.is_none_or(|day| day > scene.as_of)
}

/// Devices that use a title installed on a terminal server.
fn remote_devices(
    scene: &Scene<'_>,
    by_id: &BTreeMap<&str, usize>,
    install: &Install,
    found: &mut Found,
) -> Vec<usize> {
    let mut devices = BTreeSet::new();
    let mut told = false;
    for access in scene.estate.accesses.iter().filter(|a| a.to == install.on && scene.is_session(a)) {
        told = true;
        let named = access.via_device.as_deref().unwrap_or(&access.who);
        if let Some(index) = by_id.get(named).copied() {
            if !scene.estate.devices.get(index).is_some_and(|device| roams(scene, device, product_of(install))) {
                devices.insert(index);
            }
            continue;
        }
        let used: Vec<usize> = scene
            .estate
            .devices
            .iter()
            .enumerate()
            .filter(|(_, d)| {
                d.used_by.as_deref() == Some(&access.who) || d.primary_user.as_deref() == Some(&access.who)
            })
            .map(|(index, _)| index)
            .collect();
        if used.is_empty() {
            let (code, subject) = ("remote-devices-unknown", install.on.clone());
            found.asks.insert(Ask { code, subject, product: install.product.clone(), rule: Some("OFF-RDS") });
        }
        devices.extend(used);
    }
    let here = scene.server(&install.on).is_some() || scene.vm(&install.on).is_some();
    if !told && here {
        let (code, subject) = ("remote-devices-unknown", install.on.clone());
        found.asks.insert(Ask { code, subject, product: install.product.clone(), rule: Some("OFF-RDS") });
    }
    devices.into_iter().collect()
}

/// OFF-ROAMING: a device that is not the company's, of the main user of one that is, while Software Assurance runs.
fn roams(scene: &Scene<'_>, device: &Device, product: &str) -> bool {
    let (Some(owner), Some(user)) = (device.owner.as_deref(), device.primary_user.as_deref()) else { return false };
    let at_work = scene.estate.devices.iter().any(|other| {
        other.id != device.id && other.owner.as_deref() != Some(owner) && other.primary_user.as_deref() == Some(user)
    });
    owner != "company"
        && owner != "customer"
        && at_work
        && scene.lots.iter().any(|lot| lot.product == product && lot.metric == "device" && lot.active)
}

/// A single application on a device that holds a suite is part of the suite.
fn covered_by_suite_on_device(per_device: &PerDevice<'_>, device: usize, product: &str) -> bool {
    let in_suite = |edition: &str| {
        IN_EVERY_SUITE.contains(&product)
            || (matches!(product, "Access" | "Publisher" | "InfoPath" | "Skype for Business")
                && edition.starts_with("Professional"))
    };
    product != "Office"
        && per_device
            .range((device, "Office", "")..=(device, "Office", "~"))
            .any(|((_, _, edition), _)| in_suite(edition))
}

/// What a person has of one product and edition: whether a desk device, and the first portable one by its id.
type Persons<'a> = BTreeMap<(&'a str, &'a str, &'a str), (bool, Option<&'a str>)>;

fn persons<'a>(scene: &Scene<'a>, per_device: &PerDevice<'a>) -> Persons<'a> {
    let mut persons = Persons::new();
    for (index, product, edition) in per_device.keys() {
        let Some(device) = scene.estate.devices.get(*index) else { continue };
        let Some(user) = device.primary_user.as_deref() else { continue };
        let (desk, portable) = persons.entry((user, *product, *edition)).or_default();
        if device.portable == Some(true) {
            let first = portable.map_or(device.id.as_str(), |known| known.min(device.id.as_str()));
            *portable = Some(first);
        } else {
            *desk = true;
        }
    }
    persons
}

/// OFF-PORTABLE: one portable device of the main user, under volume licences that are not bought company-wide.
fn is_free_portable(scene: &Scene<'_>, device: &Device, product: &str, edition: &str, persons: &Persons<'_>) -> bool {
    let (Some(true), Some(user)) = (device.portable, device.primary_user.as_deref()) else { return false };
    let by_the_piece = |lot: &Lot| {
        lot.product == product
            && lot.edition == edition
            && matches!(lot.channel.as_str(), "volume" | "open" | "select" | "mpsa" | "csp" | "open_value")
    };
    persons.get(&(user, product, edition)).is_some_and(|(desk, first)| *desk && *first == Some(device.id.as_str()))
        && scene.lots.iter().any(by_the_piece)
}

fn demand(scene: &Scene<'_>, key: &Key, asked: Asked, found: &mut Found) {
    let product = key.product.as_str();
    // `LTSC 2021` stays so where everybody writes it so.
    let mut version = scene.terms.product(product).map_or("", |p| p.version_name(key.rank)).to_owned();
    if let (Some(spelling), 1) = (asked.spellings.first(), asked.spellings.len()) {
        version.clone_from(spelling);
    }
    // The one device whose edition is thought to be known stands apart from those whose edition is not.
    let answered = if key.reading == scene.reading { "" } else { ":answered" };
    let mut demand = Demand {
        key: format!("desktop:{product}:{}:{:02}:{}:{}{answered}", key.edition, key.rank, key.remote, key.machine),
        subjects: asked.subjects,
        origins: tidy(asked.origins),
        ..Demand::default()
    };
    let edition = match (key.edition.as_str(), key.reading) {
        ("unknown", Reading::Low) => None,
        ("unknown", Reading::High) if product == "Office" => Some("Professional Plus"),
        ("unknown", Reading::High) => Some("Professional"),
        (edition, _) => Some(edition),
    };
    let need = Need { product, edition, rank: key.rank, machines: &[&key.machine] };
    let arcs = scene.serving(&need, &["device"], &mut demand.refused, |lot| {
        if scene.terms.rule("OFF-EDITION", scene.as_of).words("not_for_companies").contains(&lot.edition.as_str()) {
            return Err("no-commercial-use");
        }
        let channel_has_network_use = !(lot.channel == "oem" || lot.is_retail());
        if key.remote && !channel_has_network_use { Err("no-network-use-right") } else { Ok(1) }
    });
    let rules: &[&'static str] = if key.remote { &["OFF-RDS", "OFF-EDITION"] } else { &["OFF-DEVICE", "OFF-EDITION"] };
    let served = !arcs.is_empty();
    let values = [("devices", asked.units.to_string()), ("version", version.clone())];
    let step = Step::new(if key.remote { "devices-remote" } else { "devices" }, rules.first().copied(), &values);
    demand.ways.push(Way {
        product: product.to_owned(),
        edition: key.edition.clone(),
        version: version.clone(),
        metric: "device".to_owned(),
        units: asked.units,
        arcs,
        steps: vec![step.clone()],
        rules: rules.to_vec(),
        native: true,
        ..Way::default()
    });
    if product != "Office" && !served {
        by_suite(scene, key, asked.units, &version, &step, &mut demand, found);
    }
    found.demands.push(demand);
}

/// A single application without its own licence, where a suite lot could stand for it: shown, and asked.
fn by_suite(
    scene: &Scene<'_>,
    key: &Key,
    units: u64,
    version: &str,
    step: &Step,
    demand: &mut Demand,
    found: &mut Found,
) {
    if !IN_EVERY_SUITE.contains(&key.product.as_str()) && !matches!(key.product.as_str(), "Access" | "Publisher") {
        return;
    }
    let editions: BTreeSet<&str> =
        scene.lots.iter().filter(|lot| lot.product == "Office").map(|lot| lot.edition.as_str()).collect();
    for edition in editions {
        if !IN_EVERY_SUITE.contains(&key.product.as_str()) && !edition.starts_with("Professional") {
            continue;
        }
        let need = Need { product: "Office", edition: Some(edition), rank: key.rank, machines: &[&key.machine] };
        let arcs = scene.serving(&need, &["device"], &mut BTreeMap::new(), |_| Ok(1));
        if arcs.is_empty() {
            continue;
        }
        let (code, subject) = ("suite-for-application", key.product.clone());
        found.asks.insert(Ask { code, subject, product: "Office".to_owned(), rule: Some("OFF-DEVICE") });
        demand.ways.push(Way {
            product: "Office".to_owned(),
            edition: edition.to_owned(),
            version: version.to_owned(),
            metric: "device".to_owned(),
            units,
            arcs,
            steps: vec![step.clone()],
            rules: vec!["OFF-DEVICE"],
            review: true,
            ..Way::default()
        });
    }
}
