//! Access to Windows in virtual desktops.

use super::carrying;
use crate::findings::Step;
use crate::requirements::{Demand, Found, Scene, Way};
use crate::word::Word;
use std::collections::BTreeMap;

/// Devices and users that reach Windows in a virtual desktop.
pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let by_id = &scene.index.devices;
    let mut who: BTreeMap<(bool, bool), BTreeMap<&Word, u64>> = BTreeMap::new();
    for access in scene.estate.accesses.iter().filter(|a| a.via.as_deref() == Some("vdi")) {
        let azure = scene.vm(&access.to).is_some_and(|vm| vm.host.as_deref() == Some("azure"));
        if let Some(device) = by_id.get(access.who.as_str()).and_then(|index| scene.estate.devices.get(*index)) {
            who.entry((true, azure)).or_default().insert(&device.id, device.count);
        } else if let Some(user) = scene.user(&access.who) {
            who.entry((false, azure)).or_default().insert(&user.id, user.count);
        }
    }
    let desktop = Word::from("virtual desktop");
    for ((device, azure), records) in who {
        let units: u64 = records.values().copied().fold(0, u64::saturating_add);
        let metric = if device { "device_sub" } else { "user_sub" };
        let mut demand = Demand {
            key: format!("vda:{metric}:{azure}"),
            subjects: records.iter().map(|(id, count)| ((*id).clone(), desktop.clone(), *count)).collect(),
            ..Demand::default()
        };
        let arcs = carrying(scene, &mut demand, |lot, rights| {
            let has = |right: &str| rights.iter().any(|each| each == right);
            // Plans of Microsoft 365 reach the company's own servers since that right came; Azure before.
            let own_servers = !lot.product.starts_with("Microsoft 365")
                || azure
                || scene.terms.rules().any(|rule| rule.id == "WIN-VDA-M365" && rule.covers(scene.as_of));
            let by_plan = lot.metric == metric && (has("vda") && own_servers || (azure && has("vda-azure")));
            let by_sa =
                device && lot.product == "Windows" && lot.edition == "Enterprise" && lot.metric == "device_upgrade";
            if by_sa {
                return Some(if lot.active { Ok(()) } else { Err("no-active-sa") });
            }
            by_plan.then_some(Ok(()))
        });
        demand.ways.push(Way {
            product: "Windows VDA".to_owned(),
            edition: "none".to_owned(),
            version: "none".to_owned(),
            metric: metric.to_owned(),
            units,
            scope: "vda",
            arcs,
            steps: vec![Step::new("virtual-desktops", Some("WIN-VDA"), &[("units", units.to_string())])],
            rules: vec!["WIN-VDA"],
            native: true,
            ..Way::default()
        });
        found.demands.push(demand);
    }
}
