//! Office, Visio, Project and single applications bought for good: counted once for each device at the highest version.

mod portable;
mod subscriber;

use super::{Ask, Demand, Found, Lot, Need, Reading, Scene, Way, tidy, under_development};
use crate::deployments::{Access, Device, Install, Words};
use crate::facts::Origin;
use crate::findings::{SetAside, Step};
use crate::word::Word;
use jiff::civil::Date;
use portable::Portables;
use std::collections::{BTreeMap, BTreeSet};
use subscriber::WithSubscription;

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

/// Versions that only another platform had, and the version whose time they share.
const ONLY_THERE: [(&str, &str); 3] = [("2004", "2003"), ("2008", "2007"), ("2011", "2010")];

/// Product and version under which something of another platform is counted.
pub(super) fn on_platform<'a>(product: &'a str, version: &'a str) -> (&'a str, &'a str) {
    let Some((_, counted)) = PLATFORMS.iter().find(|(platform, _)| *platform == product) else {
        return (product, version);
    };
    (counted, ONLY_THERE.iter().find(|(there, _)| *there == version).map_or(version, |(_, here)| here))
}

/// Whether a product is one of those counted here.
pub(super) fn is_application(product: &str) -> bool {
    PRODUCTS.contains(&product)
}

/// The product that an installation is counted as.
fn product_of(install: &Install) -> &str {
    on_platform(&install.product, &install.version).0
}

/// Applications that a suite edition contains; the others need a professional one.
const IN_EVERY_SUITE: [&str; 5] = ["Word", "Excel", "PowerPoint", "Outlook", "OneNote"];

/// No edition is a licence of another but the professional suites among themselves: at most, an edition that is not told is one
/// of which no licence is held.
const NOT_HELD: &str = "one that is not held";

/// An installation, on the device that it is counted for.
#[derive(Clone, Copy)]
struct Used<'a> {
    /// Place of the device in the estate.
    device: usize,
    product: &'a str,
    edition: &'a str,
    rank: usize,
    /// Reached from the device, not installed on it.
    remote: bool,
    install: &'a Install,
}

impl<'a> Used<'a> {
    /// What is counted once for each device.
    fn kind(&self) -> (usize, &'a str, &'a str) {
        (self.device, self.product, self.edition)
    }
}

/// A device with what it asks of one product and edition.
#[derive(Default)]
struct Asked<'a> {
    /// What stands on the devices, in words.
    title: Word,
    units: u64,
    /// The ways in which the version is written on the devices.
    spellings: BTreeSet<&'a str>,
    subjects: Vec<(Word, Word, u64)>,
    origins: Vec<Origin>,
}

/// What makes devices equal for the assignment.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Key<'a> {
    product: &'a str,
    edition: &'a str,
    rank: usize,
    remote: bool,
    machine: &'a str,
    /// How an edition that is not told is read.
    reading: Reading,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let tied: BTreeSet<&str> = scene.lots.iter().flat_map(|lot| words(&lot.tied)).collect();
    let mut used = used(scene, found);
    // One after the other what is counted together; installations of one kind stay in the order of the estate.
    used.sort_by(|a, b| a.kind().cmp(&b.kind()));
    // At least, an edition that is not told is that of another copy on the same device.
    for copies in used.chunk_by_mut(|a, b| (a.device, a.product) == (b.device, b.product)) {
        let Some(device) = copies.first().and_then(|first| scene.estate.devices.get(first.device)) else { continue };
        let told = copies.iter().map(|each| each.edition).find(|edition| *edition != "unknown");
        let (Some(told), true) = (told, copies.iter().any(|each| each.edition == "unknown")) else { continue };
        let product = copies.first().map(|first| first.product).unwrap_or_default();
        if scene.reads("edition-unknown", &device.id, product) == Reading::Low {
            copies.iter_mut().filter(|each| each.edition == "unknown").for_each(|each| each.edition = told);
            copies.sort_by(|a, b| a.kind().cmp(&b.kind()));
        }
    }
    let mut portables = Portables::new(scene, &used);
    let mut with_subscription = WithSubscription::new(scene);
    let mut asked: BTreeMap<Key<'_>, Asked<'_>> = BTreeMap::new();
    let mut copies: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for on_device in used.chunk_by(|a, b| a.device == b.device) {
        let device = on_device.first().and_then(|first| scene.estate.devices.get(first.device));
        let Some(device) = device.filter(|device| in_service(scene, device)) else { continue };
        for same in on_device.chunk_by(|a, b| a.kind() == b.kind()) {
            // Whichever record comes first, the newest copy is told.
            let newest = same.iter().max_by_key(|each| (each.rank, &each.install.on, &each.install.version));
            let Some(Used { product, edition, install: first, .. }) = newest.copied() else { continue };
            if covered_by_suite(scene, device, on_device, product) {
                continue;
            }
            // One portable device for each person: what a record stands for beyond that is counted.
            let free = portables.take(scene, device, product, edition, device.count);
            let own = same.iter().map(|each| match product {
                "Office" => version_with_parts(scene, device, on_device, each),
                _ => each.rank,
            });
            let own = own.max().unwrap_or(0);
            let remote = same.iter().all(|each| each.remote);
            let left = if remote { 0 } else { device.count - free };
            let brought = with_subscription.take(scene, device, (product, edition, own), left);
            if free > 0 {
                *copies.entry((product, edition)).or_default() += free;
            }
            for (count, why) in [(free, "portable-copy"), (brought, "with-developer-subscription")] {
                if count > 0 {
                    set_aside(device, first, (count, why), found);
                }
            }
            let units = device.count - free - brought;
            if units == 0 {
                continue;
            }
            if edition == "unknown" {
                let (code, subject) = ("edition-unknown", device.id.clone());
                found.asks.insert(Ask { code, subject, product: product.into(), rule: Some("OFF-EDITION") });
            }
            let rank = portables.rank(device, product, edition, own);
            let reading = scene.reads("edition-unknown", &device.id, product);
            let machine = if tied.contains(device.id.as_str()) { device.id.as_str() } else { "" };
            let family = scene.terms.product(product);
            let entry = asked.entry(Key { product, edition, rank, remote, machine, reading }).or_insert_with(|| {
                let version = family.map_or("", |family| family.version_name(rank));
                Asked { title: format!("{product} {edition} {version}").into(), ..Asked::default() }
            });
            entry.units = entry.units.saturating_add(units);
            let spelt = same.iter().filter(|each| each.rank == rank).map(|each| each.install.version.as_str());
            entry.spellings.extend(spelt);
            entry.subjects.push((device.id.clone(), entry.title.clone(), units));
            entry.origins.extend(same.iter().flat_map(|each| each.install.origins.iter().cloned()));
        }
    }
    for (key, asked) in asked {
        // What came free is told once, where the devices at the desk are counted.
        let portable = if key.remote { None } else { copies.remove(&(key.product, key.edition)) };
        demand(scene, &key, asked, portable.unwrap_or_default(), found);
    }
}

/// Every installation of a desktop product with the devices that it is counted for.
fn used<'a>(scene: &Scene<'a>, found: &mut Found) -> Vec<Used<'a>> {
    let mut used = Vec::new();
    for (install, device) in scene.installs().filter(|(install, _)| PRODUCTS.contains(&product_of(install))) {
        let product = product_of(install);
        let edition = install.edition.as_str();
        if edition.starts_with("Plan ") {
            continue;
        }
        if scene.is_development(install) {
            found.set_aside.push(under_development(install, device.map_or(1, |(_, device)| device.count)));
            continue;
        }
        let (_, version) = on_platform(&install.product, &install.version);
        let rank = scene.rank_of(product, version, &install.on, found);
        if let Some((device, _)) = device {
            used.push(Used { device, product, edition, rank, remote: false, install });
        } else {
            let devices = remote_devices(scene, install, found).into_iter();
            used.extend(devices.map(|device| Used { device, product, edition, rank, remote: true, install }));
        }
    }
    used
}

fn words(words: &Words) -> Vec<&str> {
    match words {
        Words::None => Vec::new(),
        Words::One(one) => vec![one.as_str()],
        Words::Many(many) => many.iter().map(String::as_str).collect(),
    }
}

/// Copies on a device that another licence brings along: that many of the devices of its record, and why.
fn set_aside(device: &Device, install: &Install, (count, why): (u64, &str), found: &mut Found) {
    let (product, version) = (product_of(install).into(), install.version.clone());
    let edition = install.edition.clone();
    let (outcome, why) = ("not-licensable".to_owned(), why.to_owned());
    found.set_aside.push(SetAside { on: device.id.clone(), product, edition, version, outcome, why, count });
}

pub(super) fn in_service(scene: &Scene<'_>, device: &Device) -> bool {
    device.retired.is_none()
        && device.same_as.is_none()
        && device.out_of_service != Some(true)
        && device.retired_on.is_none_or(|day| day > scene.as_of)
}

/// Devices that use a title installed on a terminal server.
fn remote_devices(scene: &Scene<'_>, install: &Install, found: &mut Found) -> BTreeSet<usize> {
    let mut devices = BTreeSet::new();
    let mut told = false;
    let sessions = scene.index.reached.get(install.on.as_str()).into_iter().flatten();
    let sessions = sessions.filter_map(|place| scene.estate.accesses.get(*place));
    // A virtual desktop is reached from devices like a session.
    let remote = |access: &&Access| scene.is_session(access) || access.via.as_deref() == Some("vdi");
    for access in sessions.filter(remote) {
        told = true;
        let named = access.via_device.as_deref().unwrap_or(&access.who);
        if let Some(index) = scene.index.devices.get(named).copied() {
            if !scene.estate.devices.get(index).is_some_and(|device| roams(scene, device, product_of(install))) {
                devices.insert(index);
            }
            continue;
        }
        match scene.index.devices_of.get(access.who.as_str()) {
            Some(own) => devices.extend(own),
            None => {
                let (code, subject) = ("remote-devices-unknown", install.on.clone());
                found.asks.insert(Ask { code, subject, product: install.product.clone(), rule: Some("OFF-RDS") });
            }
        }
    }
    let here = scene.server(&install.on).is_some() || scene.vm(&install.on).is_some();
    if !told && here {
        let (code, subject) = ("remote-devices-unknown", install.on.clone());
        found.asks.insert(Ask { code, subject, product: install.product.clone(), rule: Some("OFF-RDS") });
    }
    devices
}

/// OFF-ROAMING: a device that is not the company's, of the main user of one that is, while Software Assurance runs.
fn roams(scene: &Scene<'_>, device: &Device, product: &str) -> bool {
    let (Some(owner), Some(user)) = (device.owner.as_deref(), device.primary_user.as_deref()) else { return false };
    let of_user = scene.index.devices_of.get(user).into_iter().flatten();
    let at_work = of_user.filter_map(|place| scene.estate.devices.get(*place)).any(|other| {
        other.id != device.id && other.owner.as_deref() != Some(owner) && other.primary_user.as_deref() == Some(user)
    });
    owner != "company"
        && owner != "customer"
        && at_work
        && scene.lots.iter().any(|lot| lot.product == product && lot.metric == "device" && lot.active)
}

/// The version that a suite must have on a device for an application there, which may be newer than the suite itself.
fn version_with_parts(scene: &Scene<'_>, device: &Device, on_device: &[Used<'_>], suite: &Used<'_>) -> usize {
    let parts = on_device.iter().filter(|part| part.product != "Office" && part.rank > suite.rank);
    let covered = parts.filter(|part| is_part(scene, device, suite, part.product));
    covered.map(|part| part.rank).max().filter(|rank| suites_reach(scene, device, suite, *rank)).unwrap_or(suite.rank)
}

/// Whether so many suites of that edition reach the version at `rank` as the record stands for.
fn suites_reach(scene: &Scene<'_>, device: &Device, suite: &Used<'_>, rank: usize) -> bool {
    let held = scene.lots.iter().filter(|lot| {
        lot.product == "Office"
            && (lot.edition == suite.edition || suite.edition == "unknown")
            && lot.reach.is_some_and(|reach| reach >= rank)
            && !lot.ended
    });
    held.map(|lot| lot.units).fold(0, u64::saturating_add) >= device.count.max(1)
}

/// A single application on a device that holds a suite is part of the suite; one that is newer than the suite, only where
/// suites of its own version are held.
fn covered_by_suite(scene: &Scene<'_>, device: &Device, on_device: &[Used<'_>], product: &str) -> bool {
    let newest = on_device.iter().filter(|each| each.product == product).map(|each| each.rank).max().unwrap_or(0);
    product != "Office"
        && on_device.iter().any(|each| {
            each.product == "Office"
                && is_part(scene, device, each, product)
                && (each.rank >= newest || suites_reach(scene, device, each, newest))
        })
}

/// Whether an application belongs to the edition of a suite.
fn is_part(scene: &Scene<'_>, device: &Device, suite: &Used<'_>, product: &str) -> bool {
    let may_be = || scene.reads("edition-unknown", &device.id, "Office") == Reading::Low;
    let professional = suite.edition.starts_with("Professional") || (suite.install.edition == "unknown" && may_be());
    IN_EVERY_SUITE.contains(&product)
        || (matches!(product, "Access" | "Publisher" | "InfoPath" | "Skype for Business") && professional)
}

fn demand(scene: &Scene<'_>, key: &Key<'_>, asked: Asked<'_>, portable: u64, found: &mut Found) {
    let product = key.product;
    // `LTSC 2021` stays so where everybody writes it so.
    let mut version = scene.terms.product(product).map_or("", |p| p.version_name(key.rank)).to_owned();
    if let (Some(spelling), 1) = (asked.spellings.first(), asked.spellings.len()) {
        version = (*spelling).to_owned();
    }
    // The one device whose edition is thought to be known stands apart from those whose edition is not.
    let answered = if key.reading == scene.reading { "" } else { ":answered" };
    let mut demand = Demand {
        key: format!("desktop:{product}:{}:{:02}:{}:{}{answered}", key.edition, key.rank, key.remote, key.machine),
        subjects: asked.subjects,
        origins: tidy(asked.origins),
        ..Demand::default()
    };
    let edition = match (key.edition, key.reading) {
        ("unknown", Reading::Low) => None,
        ("unknown", Reading::High) => Some(NOT_HELD),
        (edition, _) => Some(edition),
    };
    let need = Need { product, edition, rank: key.rank, machines: &[key.machine] };
    let may = |lot: &Lot| {
        if scene.terms.rule("OFF-EDITION", scene.as_of).words("not_for_companies").contains(&lot.edition.as_str()) {
            return Err("no-commercial-use");
        }
        let channel_has_network_use = !(lot.channel == "oem" || lot.is_retail());
        if key.remote && !channel_has_network_use { Err("no-network-use-right") } else { Ok(1) }
    };
    let mut arcs = scene.serving(&need, &["device"], &mut demand.refused, may);
    if let (true, Some(edition)) = (key.remote, edition) {
        arcs.extend(higher_editions(scene, &need, edition, &mut demand.refused, may));
    }
    if key.remote {
        // Some terms ask for the version that is used, not for one that may go down to it.
        arcs.retain(|arc| {
            let same = scene.lots.get(arc.lot).is_none_or(|lot| {
                let terms = scene.terms.rule("OFF-RDS", day_of(scene, lot));
                terms.number("same_version") == 0 || lot.rank.is_some_and(|own| own <= key.rank)
            });
            if !same {
                demand.refused.insert(arc.lot, "other-version");
            }
            same
        });
    }
    let rules: &[&'static str] = if key.remote { &["OFF-RDS", "OFF-EDITION"] } else { &["OFF-DEVICE", "OFF-EDITION"] };
    let served = !arcs.is_empty();
    let values = [("devices", asked.units.to_string()), ("version", version.clone())];
    let step = Step::new(if key.remote { "devices-remote" } else { "devices" }, rules.first().copied(), &values);
    let copies = [("devices", portable.to_string())];
    let copies = (portable > 0).then(|| Step::new("portable-copies", Some("OFF-PORTABLE"), &copies));
    let steps = std::iter::once(step.clone()).chain(copies).collect();
    // An edition that is not told may be called by that of any licence held.
    let held = scene.lots.iter().filter(|lot| lot.product == product && key.edition == "unknown");
    let also: BTreeSet<&str> = held.map(|lot| lot.edition.as_str()).collect();
    let also = also.into_iter().map(|edition| (product.to_owned(), edition.to_owned(), version.clone()));
    // The long-term releases are called by their year alone too.
    let bare = version.strip_prefix("LTSC ").map(|year| (product.to_owned(), key.edition.to_owned(), year.to_owned()));
    let also = also.chain(bare).collect();
    demand.ways.push(Way {
        product: product.to_owned(),
        edition: key.edition.to_owned(),
        version: version.clone(),
        metric: "device".to_owned(),
        units: asked.units,
        arcs,
        steps,
        rules: rules.iter().copied().chain((portable > 0).then_some("OFF-PORTABLE")).collect(),
        native: true,
        also,
        ..Way::default()
    });
    if product != "Office" && !served {
        by_suite(scene, key, asked.units, &version, &step, &mut demand, found);
    }
    found.demands.push(demand);
}

/// The day whose terms a licence has: that of its purchase, where it is told.
fn day_of(scene: &Scene<'_>, lot: &Lot) -> Date {
    let bought = scene.estate.entitlements.get(lot.entitlement).and_then(|entitlement| entitlement.purchased);
    bought.unwrap_or(scene.as_of)
}

/// Lots of a higher edition, where the terms of their day let such a device use the lower one remotely.
fn higher_editions(
    scene: &Scene<'_>,
    need: &Need<'_>,
    edition: &str,
    refused: &mut BTreeMap<usize, &'static str>,
    may: impl Fn(&Lot) -> Result<u64, &'static str>,
) -> Vec<super::Arc> {
    let mut arcs = Vec::new();
    let editions: BTreeSet<&str> = scene.lots.iter().map(|lot| lot.edition.as_str()).collect();
    for higher in editions.into_iter().filter(|higher| *higher != edition) {
        let need = Need { edition: Some(higher), ..*need };
        arcs.extend(scene.serving(&need, &["device"], refused, |lot| {
            let order = scene.terms.rule("OFF-RDS", day_of(scene, lot)).words("editions_upwards");
            let place = |edition: &str| order.iter().position(|each| *each == edition);
            let stands =
                |higher: &str| matches!((place(edition), place(higher)), (Some(low), Some(high)) if high > low);
            if stands(&lot.edition) { may(lot) } else { Err("other-edition") }
        }));
    }
    arcs
}

/// A single application without its own licence, where a suite lot could stand for it: shown, and asked.
fn by_suite(
    scene: &Scene<'_>,
    key: &Key<'_>,
    units: u64,
    version: &str,
    step: &Step,
    demand: &mut Demand,
    found: &mut Found,
) {
    if !IN_EVERY_SUITE.contains(&key.product) && !matches!(key.product, "Access" | "Publisher") {
        return;
    }
    let editions: BTreeSet<&str> =
        scene.lots.iter().filter(|lot| lot.product == "Office").map(|lot| lot.edition.as_str()).collect();
    for edition in editions {
        if !IN_EVERY_SUITE.contains(&key.product) && !edition.starts_with("Professional") {
            continue;
        }
        let need = Need { product: "Office", edition: Some(edition), rank: key.rank, machines: &[key.machine] };
        let arcs = scene.serving(&need, &["device"], &mut BTreeMap::new(), |_| Ok(1));
        if arcs.is_empty() {
            continue;
        }
        let (code, subject) = ("suite-for-application", key.product.into());
        found.asks.insert(Ask { code, subject, product: "Office".into(), rule: Some("OFF-DEVICE") });
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
