//! Professional and Home editions: the licence that the device came with, volume upgrades to Pro, upgrades by plan.

use super::{Devices, Key, PRODUCT, base, base_for, gives, inherent, oem_covers, parse, qualifies, version_name};
use crate::findings::Step;
use crate::requirements::{ASK_OEM_TERMS, Arc, Ask, Found, Need, Reading, Scene, Way};
use crate::word::Word;
use std::collections::{BTreeMap, BTreeSet};

/// Volume licences of Pro are upgrades like those of Enterprise: two lines, the upgrade and the licence beneath. Tells whether
/// such lots serve these devices.
fn pro_upgrades(
    scene: &Scene<'_>,
    key: &Key<'_>,
    devices: &Devices<'_>,
    spare_enterprise: &mut u64,
    found: &mut Found,
) -> bool {
    let version = version_name(scene, key.rank);
    let count = devices.count();
    let mut demand = devices.start(format!("windows-pro:{}", key.in_order()), &version);
    let need = Need { product: PRODUCT, edition: Some(key.edition), rank: key.rank, machines: &[key.machine] };
    let full = scene.serving(&need, &["device"], &mut BTreeMap::new(), |lot| {
        if lot.with_devices { Err("is-the-device-licence") } else { Ok(1) }
    });
    let arcs = scene.serving(&need, &["device_upgrade"], &mut demand.refused, |lot| {
        if lot.edition.starts_with("Pro") { Ok(1) } else { Err("other-edition") }
    });
    // Enterprise goes down to the professional editions before it, where devices that run Enterprise leave some.
    let higher = if *spare_enterprise > 0 && qualifies(scene, key.oem, &version) {
        scene.serving(&need, &["device_upgrade"], &mut demand.refused, |lot| {
            if lot.edition == "Enterprise" { Ok(1) } else { Err("other-way") }
        })
    } else {
        Vec::new()
    };
    demand.refused.retain(|_, why| *why != "other-way");
    if (arcs.is_empty() && higher.is_empty()) || !full.is_empty() {
        return false;
    }
    let way = |product: &str, edition: &str, arcs: Vec<Arc>| Way {
        product: product.to_owned(),
        edition: edition.to_owned(),
        version: version.clone(),
        metric: "device_upgrade".to_owned(),
        units: count,
        arcs,
        steps: vec![Step::new("windows-pro-upgrades", Some("WIN-VL-UPG"), &[("devices", count.to_string())])],
        rules: vec!["WIN-VL-UPG"],
        ..Way::default()
    };
    if !arcs.is_empty() {
        let pro = way("Windows Pro (volume upgrade)", key.edition, arcs);
        demand.ways.push(Way { native: true, ..pro });
    }
    if !higher.is_empty() {
        *spare_enterprise = spare_enterprise.saturating_sub(count);
        let enterprise = way("Windows Enterprise (volume upgrade)", "Enterprise", higher);
        let native = demand.ways.is_empty();
        demand.ways.push(Way { native, rules: vec!["WIN-VL-UPG", "GEN-DOWN-VL"], ..enterprise });
    }
    found.demands.push(demand);
    base(scene, key, devices, found);
    true
}

/// Upgrades that the publisher gave to devices that came with an older version; whether one was taken is asked.
fn upgrade_was_given(scene: &Scene<'_>, key: &Key<'_>, version: &str) -> bool {
    let Some((from, edition)) = parse(key.oem) else { return false };
    let home = |edition: &str| edition.starts_with("Home") || edition == "Core";
    let rule = scene.terms.rule("WIN-FREE-UPGRADE", scene.as_of);
    home(edition) == home(key.edition) && rule.words(&format!("to_{}", version.replace('.', "_"))).contains(&from)
}

/// Professional editions. `spare_enterprise` counts the Enterprise upgrades beyond the devices that run
/// Enterprise; `upgraded` notes the people whose plan is already counted for the upgrade of another device.
pub(super) fn demand(
    scene: &Scene<'_>,
    key: &Key<'_>,
    devices: &Devices<'_>,
    mixed: bool,
    upgraded: &mut BTreeSet<String>,
    spare_enterprise: &mut u64,
    found: &mut Found,
) {
    let version = version_name(scene, key.rank);
    let count = devices.count();
    // An edition that is not told: at best the one that the device came with.
    let told = key.edition != "unknown";
    if !told {
        let (code, subject) = ("edition-unknown", Word::from(key.oem));
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("GEN-EDITION") });
    }
    let at_best = parse(key.oem).map_or("Home", |(_, edition)| edition);
    let reading = scene.reads("edition-unknown", key.oem, PRODUCT);
    let installed = if told || reading == Reading::High { key.edition } else { at_best };
    let own = oem_covers(scene, key.oem, installed, key.rank);
    if let (Err(_), Some(users)) = (own, scene.user(key.users)) {
        let upgrades = parse(key.oem).is_some_and(|(from, edition)| {
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
                .map(|(lot, _)| Arc { lot, worth: 1, preference: 0 })
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
            if upgraded.insert(key.users.to_string()) {
                found.demands.push(demand);
            }
            // The plan upgrades what the volume licences of Windows 10 take, to 11 too.
            base_for(scene, key, devices, "10", found);
            return;
        }
    }
    if own.is_err() && pro_upgrades(scene, key, devices, spare_enterprise, found) {
        return;
    }
    let given = own.is_err() && upgrade_was_given(scene, key, &version);
    if given {
        let (code, subject) = ("upgrade-given", Word::from(key.oem));
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("WIN-FREE-UPGRADE") });
    }
    let taken = given && scene.reads("upgrade-given", key.oem, PRODUCT) == Reading::Low;
    let own = if taken { Ok(()) } else { own };
    let mut demand = devices.start(format!("windows:{}:{}", key.edition, key.in_order()), &version);
    let edition = (told || reading == Reading::High).then_some(key.edition);
    let machines = [key.machine];
    let need = Need { product: PRODUCT, edition, rank: key.rank, machines: &machines };
    let metrics: &[&str] = if own.is_ok() { &["device"] } else { &["device", "device_upgrade"] };
    let arcs = scene.serving(&need, metrics, &mut demand.refused, |lot| {
        if key.new_board && lot.channel == "oem" {
            return Err("oem-tied-elsewhere");
        }
        // The paper of the licence that devices came with is that licence, not a second one.
        if lot.with_devices {
            return Err("is-the-device-licence");
        }
        // A volume licence is an upgrade: without a qualifying base it covers nothing.
        if lot.metric == "device_upgrade" && !qualifies(scene, key.oem, &version) {
            Err("no-qualifying-base")
        } else {
            Ok(1)
        }
    });
    let (edition, named) = match parse(key.oem) {
        Some((version, edition)) if mixed && own.is_ok() => (edition.to_owned(), version.to_owned()),
        _ => (key.edition.to_string(), version.clone()),
    };
    if own == Err(ASK_OEM_TERMS) {
        let (code, subject) = (ASK_OEM_TERMS, Word::from(key.oem));
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("WIN-OEM-DOWN") });
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
        steps: vec![if key.guest {
            Step::new("windows-guests", Some("WIN-VM4"), &[("machines", count.to_string())])
        } else {
            let values = [("devices", count.to_string()), ("oem", key.oem.to_owned())];
            Step::new("windows-devices", Some("GEN-OEM-TIED"), &values)
        }],
        rules: if key.guest {
            vec!["GEN-OEM-TIED", "WIN-OEM-DOWN", "WIN-VM4"]
        } else {
            vec!["GEN-OEM-TIED", "WIN-OEM-DOWN"]
        },
        review: own == Err(ASK_OEM_TERMS) || key.new_board,
        remedy,
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}
