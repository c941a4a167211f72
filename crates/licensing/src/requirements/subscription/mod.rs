//! Licences by user: Microsoft 365 Apps, Visio and Project plans, Visual Studio subscriptions, access to virtual desktops.

mod desktops;
mod developers;

use super::desktop::in_service;
use super::{Arc, Ask, Demand, Found, Lot, Reading, Scene, Way, tidy};
use crate::deployments::Install;
use crate::findings::{Breach, Step};
use crate::word::Word;
use std::collections::{BTreeMap, BTreeSet};

/// Names under which the apps stand installed, and the right that covers them.
const APPS: [(&str, &str); 3] = [
    ("Microsoft 365 Apps for enterprise", "m365-apps"),
    ("Office 365 ProPlus", "m365-apps"),
    ("Microsoft 365 Apps for business", "m365-apps-business"),
];

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    plans_given(scene, found);
    apps(scene, found);
    plans_of_products(scene, found);
    developers::demands(scene, found);
    desktops::demands(scene, found);
}

/// Kinds of devices with a limit of their own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Computer,
    Tablet,
    Phone,
}

/// Who uses what is installed: user records with their counts, devices without a known user, and the way it is shared.
#[derive(Default)]
struct Use<'a> {
    users: BTreeMap<&'a str, u64>,
    /// Devices of each user, by what they are: each kind has its own limit.
    devices_of: BTreeMap<(&'a str, Kind), u64>,
    anonymous: u64,
    shared: bool,
    installs: Vec<&'a Install>,
}

fn users_of<'a>(scene: &Scene<'a>, installs: impl Iterator<Item = &'a Install>) -> Use<'a> {
    let by_id = &scene.index.devices;
    let mut result = Use::default();
    for install in installs {
        result.installs.push(install);
        if let Some(device) = by_id.get(install.on.as_str()).and_then(|index| scene.estate.devices.get(*index)) {
            if !in_service(scene, device) {
                continue;
            }
            let shared = device.shared_computer_activation == Some(true);
            result.shared |= shared;
            let user = device.used_by.as_deref().or(device.primary_user.as_deref());
            match user.and_then(|user| scene.user(user)) {
                Some(user) => {
                    result.users.insert(&user.id, user.count);
                    // Tablets and phones have a number of their own, as high as that of computers.
                    let kind = match device.kind.as_deref() {
                        Some("tablet") => Kind::Tablet,
                        Some("phone") => Kind::Phone,
                        _ => Kind::Computer,
                    };
                    if !shared {
                        let slot = result.devices_of.entry((&user.id, kind)).or_default();
                        *slot = slot.saturating_add(device.count);
                    }
                }
                None => result.anonymous = result.anonymous.saturating_add(device.count),
            }
        } else {
            result.shared = true;
            let places = scene.index.reached.get(install.on.as_str()).into_iter().flatten();
            for access in places.filter_map(|place| scene.estate.accesses.get(*place)) {
                if let Some(user) = scene.user(&access.who) {
                    result.users.insert(&user.id, user.count);
                }
            }
        }
    }
    result
}

/// Lots that carry `right`, and the reasons of those that would but may not.
fn carrying(
    scene: &Scene<'_>,
    demand: &mut Demand,
    judge: impl Fn(&Lot, &[String]) -> Option<Result<(), &'static str>>,
) -> Vec<Arc> {
    let mut arcs = Vec::new();
    for (index, lot) in scene.lots.iter().enumerate() {
        let rights = scene.terms.plan(&lot.product).unwrap_or_default();
        match judge(lot, rights) {
            Some(Ok(())) if lot.ended => {
                demand.refused.insert(index, "subscription-ended");
            }
            Some(Ok(())) => arcs.push(Arc { lot: index, worth: 1, preference: u64::from(rights.len() as u32) }),
            Some(Err(why)) => {
                demand.refused.insert(index, why);
            }
            None => {}
        }
    }
    arcs
}

/// How many devices of each kind a person's licence reaches; a person with more of them is a breach of that limit.
fn devices_within(scene: &Scene<'_>, used: &Use<'_>, found: &mut Found) -> u64 {
    let per_user = scene.terms.rule("OFF-SUB-USER", scene.as_of).number("devices_per_user").max(1);
    for ((user, _), devices) in &used.devices_of {
        let count = used.users.get(user).copied().unwrap_or(1);
        if *devices > count.saturating_mul(per_user) {
            let (code, subject) = (format!("device_limit_{per_user}"), (*user).into());
            found.breaches.push(Breach { code, subject, rule: "OFF-SUB-USER".to_owned() });
        }
    }
    per_user
}

fn apps(scene: &Scene<'_>, found: &mut Found) {
    for business in [false, true] {
        let right = if business { "m365-apps-business" } else { "m365-apps" };
        let installs = |shared: bool| {
            let by_id = &scene.index.devices;
            scene.estate.installs.iter().filter(move |install| {
                APPS.iter().any(|(name, r)| *name == install.product && *r == right)
                    && by_id.contains_key(install.on.as_str()) != shared
            })
        };
        for on_server in [false, true] {
            let by_device = if on_server { Vec::new() } else { apps_by_device(scene, installs(false), found) };
            let rest = installs(on_server).filter(|install| !by_device.contains(&install.on.as_str()));
            let used = users_of(scene, rest);
            if used.installs.is_empty() {
                continue;
            }
            let per_user = devices_within(scene, &used, found);
            let known: u64 = used.users.values().copied().fold(0, u64::saturating_add);
            let shared = used.shared;
            // Shared computers need a plan with shared computer activation, which brings the enterprise apps or Business Premium.
            let (own, higher) = ("Microsoft 365 Apps for business", "Microsoft 365 Apps for enterprise");
            let name = if business && !shared { own } else { higher };
            let unknown = match scene.reads("users-of-apps-unknown", "", name) {
                Reading::Low => used.anonymous.div_ceil(per_user),
                Reading::High => used.anonymous,
            };
            if used.anonymous > 0 {
                let (code, subject) = ("users-of-apps-unknown", Word::default());
                found.asks.insert(Ask { code, subject, product: name.into(), rule: Some("OFF-SUB-USER") });
            }
            let premium = business
                && shared
                && scene.lots.iter().filter(|lot| !lot.ended).any(|lot| {
                    let rights = scene.terms.plan(&lot.product).unwrap_or_default();
                    ["m365-apps-business", "sca"].iter().all(|right| rights.iter().any(|each| each == right))
                });
            let called = |name: &str| (name.to_owned(), "none".to_owned(), "current".to_owned());
            let names: BTreeSet<&str> = used.installs.iter().map(|install| install.product.as_str()).collect();
            let also: Vec<_> = names
                .into_iter()
                .filter(|installed| *installed == "Office 365 ProPlus" && *installed != name)
                .chain(premium.then_some(own))
                .map(called)
                .collect();
            // Where users are told by plan, each plan serves its own users; devices without a known user, any.
            let mut groups: BTreeMap<Option<Word>, u64> = BTreeMap::new();
            for (user, count) in &used.users {
                let plan = scene.user(user).and_then(|user| user.plan.clone()).unwrap_or_default();
                let group = if scene.index.plans_told { Some(plan) } else { None };
                let slot = groups.entry(group).or_default();
                *slot = slot.saturating_add(*count);
            }
            if unknown > 0 || groups.is_empty() {
                let slot = groups.entry(None).or_default();
                *slot = slot.saturating_add(unknown);
            }
            for (plan, units) in groups {
                let mut demand = Demand {
                    key: format!("apps:{name}:{business}:{on_server}:{}", plan.as_deref().unwrap_or("*")),
                    subjects: used.installs.iter().map(|i| (i.on.clone(), i.product.clone(), 1)).collect(),
                    origins: tidy(used.installs.iter().flat_map(|i| i.origins.clone()).collect()),
                    ..Demand::default()
                };
                let arcs = carrying(scene, &mut demand, |lot, rights| {
                    let has = |right: &str| rights.iter().any(|each| each == right);
                    if !(has("m365-apps") || business && has("m365-apps-business")) {
                        return has("m365-apps-business").then_some(Err("business-apps-only"));
                    }
                    if plan.as_ref().is_some_and(|plan| *plan != lot.product) {
                        return Some(Err("plan-of-other-users"));
                    }
                    Some(if shared && !has("sca") { Err("no-shared-computer-activation") } else { Ok(()) })
                });
                let values = [
                    ("users", known.to_string()),
                    ("devices", used.anonymous.to_string()),
                    ("units", units.to_string()),
                ];
                demand.ways.push(Way {
                    product: name.to_owned(),
                    edition: "none".to_owned(),
                    version: "current".to_owned(),
                    metric: "user_sub".to_owned(),
                    units,
                    scope: "m365-apps",
                    arcs,
                    steps: vec![Step::new("app-users", Some("OFF-SUB-USER"), &values)],
                    rules: vec!["OFF-SUB-USER"],
                    native: true,
                    also: also.clone(),
                    ..Way::default()
                });
                found.demands.push(demand);
            }
        }
    }
}

/// Devices that stand under licences by device: anyone who signs in there may use the apps. Shared devices come first, and no
/// more devices than licences; the others are counted by user.
fn apps_by_device<'a>(
    scene: &Scene<'a>,
    installs: impl Iterator<Item = &'a Install>,
    found: &mut Found,
) -> Vec<&'a str> {
    let lots: Vec<(usize, &Lot)> = scene
        .lots
        .iter()
        .enumerate()
        .filter(|(_, lot)| lot.metric == "device_sub" && lot.product.starts_with("Microsoft 365 Apps for enterprise"))
        .collect();
    let Some((_, first)) = lots.iter().find(|(_, lot)| !lot.ended) else { return Vec::new() };
    let mut room: u64 =
        lots.iter().filter(|(_, lot)| !lot.ended).map(|(_, lot)| lot.units).fold(0, u64::saturating_add);
    let mut devices: Vec<(u64, &str, u64)> = installs
        .filter_map(|install| {
            let device = scene.estate.devices.get(*scene.index.devices.get(install.on.as_str())?)?;
            // A shared computer without known people can be licensed in no other way.
            let anyone = if device.shared_computer_activation == Some(true) { u64::MAX } else { 0 };
            let users = device.used_by.as_deref().and_then(|user| scene.user(user)).map_or(anyone, |user| user.count);
            in_service(scene, device).then_some((users, install.on.as_str(), device.count))
        })
        .collect();
    devices.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
    devices.dedup_by_key(|(_, on, _)| *on);
    // Where nothing is held by user, all of them stand under the licences by device.
    let by_user = scene.lots.iter().any(|lot| {
        let gives = |right: &String| right == "m365-apps";
        lot.metric == "user_sub" && !lot.ended && scene.terms.plan(&lot.product).is_some_and(|r| r.iter().any(gives))
    });
    let mut chosen = Vec::new();
    let mut units: u64 = 0;
    for (_, on, count) in devices {
        if count <= room || !by_user {
            room = room.saturating_sub(count);
            units = units.saturating_add(count);
            chosen.push(on);
        }
    }
    if units == 0 {
        return chosen;
    }
    let title = Word::from(&first.product);
    let plain = "Microsoft 365 Apps for enterprise";
    let mut demand = Demand {
        key: "apps-by-device".to_owned(),
        subjects: chosen.iter().map(|on| ((*on).into(), title.clone(), 1)).collect(),
        ..Demand::default()
    };
    let arcs =
        lots.iter().filter(|(_, lot)| !lot.ended).map(|(at, _)| Arc { lot: *at, worth: 1, preference: 0 }).collect();
    demand.ways.push(Way {
        product: first.product.to_string(),
        edition: "none".to_owned(),
        version: "current".to_owned(),
        metric: "device_sub".to_owned(),
        units,
        arcs,
        steps: vec![Step::new(
            "devices",
            Some("OFF-SUB-DEVICE"),
            &[("devices", units.to_string()), ("version", "current".to_owned())],
        )],
        rules: vec!["OFF-SUB-DEVICE"],
        also: vec![(plain.to_owned(), "none".to_owned(), "current".to_owned())],
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
    chosen
}

/// Plans given to users: as many must be bought. Only plans that the terms know and that some lot is of.
fn plans_given(scene: &Scene<'_>, found: &mut Found) {
    let mut given: BTreeMap<&str, Vec<&crate::deployments::User>> = BTreeMap::new();
    for user in scene.estate.users.iter().filter(|user| user.left_company_days_ago.is_none()) {
        if let Some(plan) = user.plan.as_deref().filter(|plan| scene.terms.plan(plan).is_some()) {
            given.entry(plan).or_default().push(user);
        }
    }
    for (plan, users) in given {
        if !scene.lots.iter().any(|lot| lot.product == plan) {
            continue;
        }
        let units = users.iter().map(|user| user.count).fold(0, u64::saturating_add);
        let what = Word::from(plan);
        let mut demand = Demand {
            key: format!("plan-given:{plan}"),
            subjects: users.iter().map(|user| (user.id.clone(), what.clone(), user.count)).collect(),
            origins: tidy(users.iter().flat_map(|user| user.origins.clone()).collect()),
            ..Demand::default()
        };
        let arcs =
            carrying(scene, &mut demand, |lot, _| (lot.product == plan && lot.metric == "user_sub").then_some(Ok(())));
        demand.ways.push(Way {
            product: plan.to_owned(),
            edition: "none".to_owned(),
            version: "none".to_owned(),
            metric: "user_sub".to_owned(),
            units,
            scope: "seat",
            arcs,
            steps: vec![Step::new("plan-holders", Some("OFF-SUB-USER"), &[("units", units.to_string())])],
            rules: vec!["OFF-SUB-USER"],
            native: true,
            ..Way::default()
        });
        found.demands.push(demand);
    }
}

/// Visio and Project installed from a plan (`Plan 2`, `Plan 3`).
fn plans_of_products(scene: &Scene<'_>, found: &mut Found) {
    let kinds: BTreeSet<(&str, &str)> = scene
        .estate
        .installs
        .iter()
        .filter(|i| matches!(i.product.as_str(), "Visio" | "Project") && i.edition.starts_with("Plan "))
        .map(|i| (i.product.as_str(), i.edition.as_str()))
        .collect();
    for (product, edition) in kinds {
        let installs = scene.estate.installs.iter().filter(|i| i.product == product && i.edition == edition);
        let used = users_of(scene, installs);
        devices_within(scene, &used, found);
        let units = used.users.values().copied().fold(0, u64::saturating_add).saturating_add(used.anonymous);
        let what = Word::from(format!("{product} {edition}"));
        let mut demand = Demand {
            key: format!("plan:{product}:{edition}"),
            subjects: used.installs.iter().map(|i| (i.on.clone(), what.clone(), 1)).collect(),
            origins: tidy(used.installs.iter().flat_map(|i| i.origins.clone()).collect()),
            ..Demand::default()
        };
        let arcs = carrying(scene, &mut demand, |lot, _| {
            (lot.product == product && lot.metric == "user_sub")
                .then(|| if lot.edition.as_str() >= edition { Ok(()) } else { Err("lower-edition") })
        });
        demand.ways.push(Way {
            product: product.to_owned(),
            edition: edition.to_owned(),
            version: "current".to_owned(),
            metric: "user_sub".to_owned(),
            units,
            arcs,
            steps: vec![Step::new("plan-users", Some("OFF-SUB-USER"), &[("units", units.to_string())])],
            rules: vec!["OFF-SUB-USER"],
            native: true,
            ..Way::default()
        });
        found.demands.push(demand);
    }
}
