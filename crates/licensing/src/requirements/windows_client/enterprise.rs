//! Windows Enterprise: upgrades by device, licences by person, the long-term releases.

use super::{Devices, Key, PRODUCT, family_of, gives, is_long_term};
use crate::findings::{Breach, Step};
use crate::requirements::{Arc, Found, Lot, Need, Scene, Way};
use crate::word::Word;

/// The demand of devices that run Enterprise; what stands beneath is counted apart.
pub(super) fn demand(scene: &Scene<'_>, key: &Key<'_>, devices: &Devices<'_>, found: &mut Found) {
    let long_term = is_long_term(key.edition);
    let family = family_of(key.edition);
    let version = scene.terms.product(family).map(|p| p.version_name(key.rank).to_owned()).unwrap_or_default();
    let count = devices.count();
    let mut demand = devices.start(format!("windows-enterprise:{}", key.in_order()), &version);
    let machines = [key.machine];
    let edition = if long_term { key.edition } else { "Enterprise" };
    let need = Need { product: family, edition: Some(edition), rank: key.rank, machines: &machines };
    let mut arcs = scene.serving(&need, &["device_upgrade"], &mut demand.refused, |_| Ok(1));
    if long_term {
        // Enterprise under Software Assurance includes the long-term releases.
        let current =
            |lot: &Lot| lot.product == PRODUCT && lot.edition == "Enterprise" && lot.metric == "device_upgrade";
        for (index, lot) in scene.lots.iter().enumerate().filter(|(_, lot)| current(lot)) {
            if lot.active {
                arcs.push(Arc { lot: index, worth: 1, preference: 50 });
            } else {
                demand.refused.insert(index, "no-active-sa");
            }
        }
    }
    let owns_upgrades = scene
        .lots
        .iter()
        .any(|lot| (lot.product == PRODUCT || lot.product == family) && lot.metric == "device_upgrade");
    let (of_devices, of_users): (Vec<_>, Vec<_>) = scene
        .lots
        .iter()
        .enumerate()
        .filter(|(_, lot)| gives(scene, lot, "windows-enterprise"))
        .partition(|(_, lot)| lot.metric == "device_sub");
    let plan_lots: Vec<usize> =
        of_users.into_iter().filter(|(_, lot)| scene.plan_serves(lot, key.users)).map(|(i, _)| i).collect();
    // The subscription by device, which takes the place of the upgrade while it runs.
    let mut subscribed = Vec::new();
    for (index, lot) in of_devices.into_iter().filter(|_| !key.guest) {
        let refusal = match lot {
            lot if lot.ended => Some("subscription-ended"),
            lot if long_term && !gives(scene, lot, "windows-ltsc") => Some("plan-without-this-right"),
            _ => None,
        };
        match refusal {
            Some(why) => {
                demand.refused.insert(index, why);
            }
            None => subscribed.push((index, lot)),
        }
    }
    if let Some((_, first)) = subscribed.first() {
        demand.ways.push(Way {
            product: "Windows Enterprise per device".to_owned(),
            edition: "none".to_owned(),
            version: "none".to_owned(),
            metric: "device_sub".to_owned(),
            units: count,
            scope: "windows-enterprise",
            also: vec![(first.product.clone(), "none".to_owned(), "none".to_owned())],
            arcs: subscribed.iter().map(|(lot, _)| Arc { lot: *lot, worth: 1, preference: 0 }).collect(),
            steps: vec![Step::new("windows-upgrades", Some("WIN-VL-UPG"), &[("devices", count.to_string())])],
            rules: vec!["WIN-VL-UPG"],
            ..Way::default()
        });
    }
    let users = scene.user(key.users).map(|user| user.count);
    if let (Some(users), false) = (users, plan_lots.is_empty()) {
        let limit = scene.terms.rule("WIN-USER5", scene.as_of).number("devices_per_user");
        if count > users.saturating_mul(limit) {
            let (code, subject) = (format!("device_limit_{limit}"), Word::from(key.users));
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
                Some(_) => arcs.push(Arc { lot: *index, worth: 1, preference: 0 }),
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
    // The long-term releases are written in several ways (`2021`, `10 LTSC 2021`).
    let product = "Windows Enterprise (volume upgrade)";
    let spelled = devices
        .list
        .iter()
        .filter(|_| long_term)
        .map(|each| (product.to_owned(), edition.to_owned(), each.install.version.to_string()));
    let by_device = Way {
        product: product.to_owned(),
        edition: edition.to_owned(),
        version: version.clone(),
        metric: "device_upgrade".to_owned(),
        also: spelled.collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
        units: count,
        native: demand.ways.is_empty(),
        steps: vec![if key.guest {
            Step::new("windows-guests", Some("WIN-VM4"), &[("machines", count.to_string())])
        } else {
            Step::new("windows-upgrades", Some("WIN-VL-UPG"), &[("devices", count.to_string())])
        }],
        rules: if key.guest { vec!["WIN-VL-UPG", "WIN-VM4"] } else { vec!["WIN-VL-UPG"] },
        arcs,
        ..Way::default()
    };
    if by_device.native || owns_upgrades {
        demand.ways.push(by_device);
    }
    found.demands.push(demand);
}
