//! Azure machines with Hybrid Benefit: licences under Software Assurance only. Standard serves one place, but for a migration;
//! Datacenter serves its machines in Azure beside what it does on premises.

use super::PRODUCT;
use crate::deployments::{Install, Vm};
use crate::findings::Step;
use crate::requirements::host::virtual_cores;
use crate::requirements::{Arc, Demand, Found, Need, Scene, Way, tidy};
use std::collections::{BTreeMap, BTreeSet};

/// Machines that are counted together: (edition, version, in migration).
pub(super) type Machines<'a> = BTreeMap<(String, String, bool), Vec<(&'a Vm, &'a Install)>>;

/// Notes a machine in Azure for [`demands`].
pub(super) fn note<'a>(scene: &Scene<'a>, vm: &'a Vm, install: &'a Install, machines: &mut Machines<'a>) {
    let rule = scene.terms.rule("WS-AHB", scene.as_of);
    let migrating = vm.ahb_since_days.is_some_and(|days| u64::from(days) <= rule.number("migration_days"));
    let edition = if install.edition == "unknown" { "Standard" } else { install.edition.as_str() };
    machines.entry((edition.to_owned(), install.version.to_string(), migrating)).or_default().push((vm, install));
}

/// The demands of all machines in Azure. `on_premises` is what Datacenter lots have to do there.
pub(super) fn demands(scene: &Scene<'_>, machines: Machines<'_>, on_premises: u64, found: &mut Found) {
    let rule = scene.terms.rule("WS-AHB", scene.as_of);
    let worth = rule.number("processor_licence_worth").max(1);
    // Cores of Datacenter lots: what is free on premises is used first, the rest serves both places.
    let mut both: BTreeMap<usize, u64> = BTreeMap::new();
    let mut free: BTreeMap<usize, u64> = BTreeMap::new();
    let mut busy = on_premises;
    for (at, lot) in scene.lots.iter().enumerate() {
        free.insert(at, lot.units);
        if lot.product == PRODUCT && lot.edition == "Datacenter" && lot.active && lot.metric == "core" {
            let taken = busy.min(lot.units);
            busy -= taken;
            both.insert(at, taken);
            free.insert(at, lot.units - taken);
        }
    }
    let dual: BTreeSet<usize> = both.keys().copied().collect();
    for ((edition, version, migrating), mut list) in machines {
        // The order of the evidence decides nothing.
        list.sort_by(|a, b| {
            let told =
                |(vm, install): &(&Vm, &Install)| (vm.id.clone(), install.product.clone(), install.edition.clone());
            told(a).cmp(&told(b))
        });
        list.dedup_by(|a, b| a.0.id == b.0.id);
        let due = |vm: &Vm| {
            let step = rule.number("step").max(1);
            let cores =
                virtual_cores(scene, vm, PRODUCT).0.max(rule.number("per_vm")).div_ceil(step).saturating_mul(step);
            cores.saturating_mul(vm.count)
        };
        for (vm, _) in list.iter().filter(|(_, install)| install.edition == "unknown") {
            super::ask(found, "edition-unknown", &vm.id, "GEN-EDITION");
        }
        for (vm, _) in list.iter().filter(|(vm, _)| vm.vcpus.is_none()) {
            super::ask(found, "virtual-cores-unknown", &vm.id, "WS-AHB");
        }
        let open = list.iter().any(|(vm, _)| virtual_cores(scene, vm, PRODUCT).1);
        let units: u64 = list.iter().map(|(vm, _)| due(vm)).fold(0, u64::saturating_add);
        let first = list.first().map_or("", |(_, install)| install.on.as_str());
        let rank = scene.rank_of(PRODUCT, &version, first, found);
        let ids: Vec<&str> = list.iter().map(|(vm, _)| vm.id.as_str()).collect();
        let need = Need { product: PRODUCT, edition: Some(&edition), rank, machines: &ids };
        let demand = Demand {
            key: format!("windows-server:azure:{edition}:{version}:{migrating}"),
            subjects: list
                .iter()
                .map(|(vm, i)| (vm.id.clone(), format!("{PRODUCT} {} {}", i.edition, i.version).into(), vm.count))
                .collect(),
            origins: tidy(list.iter().flat_map(|(vm, i)| i.origins.iter().chain(&vm.origins).cloned()).collect()),
            later: true,
            ..Demand::default()
        };
        let mut refused = BTreeMap::new();
        let arcs = scene.serving(&need, &["core", "processor_pair"], &mut refused, |lot| match lot.metric.as_str() {
            _ if !lot.active => Err("no-active-sa-for-azure"),
            "processor_pair" => Ok(worth),
            _ => Ok(1),
        });
        // Standard subscriptions that may run Datacenter images.
        let images = scene.terms.rule("WS-CSP-STD-AS-DC", scene.as_of);
        let standard = if edition == "Datacenter" && images.covers(scene.as_of) {
            let need = Need { edition: Some("Standard"), ..need };
            let channels = images.words("channels");
            scene.serving(&need, &["core"], &mut refused, |lot| {
                let fits = lot.edition == "Standard" && lot.active && channels.contains(&lot.channel.as_str());
                if fits { Ok(1) } else { Err("lower-edition") }
            })
        } else {
            Vec::new()
        };
        let way = |units: u64, arcs: Vec<Arc>| Way {
            product: PRODUCT.to_owned(),
            edition: edition.clone(),
            version: version.clone(),
            metric: "core".to_owned(),
            units,
            open,
            arcs,
            steps: list
                .iter()
                .map(|(vm, _)| {
                    let vcpus = vm.vcpus.map_or_else(|| "?".to_owned(), |vcpus| vcpus.to_string());
                    let values = [("machine", vm.id.to_string()), ("vcpus", vcpus), ("units", due(vm).to_string())];
                    Step::new("azure-cores", Some("WS-AHB"), &values)
                })
                .collect(),
            rules: vec!["WS-AHB"],
            native: true,
            ..Way::default()
        };
        if migrating {
            let ways = vec![way(units, arcs)];
            found.demands.push(Demand { ways, refused, shares: true, ..demand });
            continue;
        }
        // What other lots, or Datacenter lots that are free, leave is served a second time by those in use on premises. A core
        // serves in Azure once: what neither reaches is left to lots that are no Datacenter lots under Software Assurance.
        let mut second = units;
        for arc in &arcs {
            let Some(there) = free.get_mut(&arc.lot) else { continue };
            let base = second.div_ceil(arc.worth.max(1)).min(*there);
            *there -= base;
            second = second.saturating_sub(base.saturating_mul(arc.worth));
        }
        let mut shared = Vec::new();
        let mut taken: u64 = 0;
        for arc in &arcs {
            let Some(there) = both.get_mut(&arc.lot) else { continue };
            let part = second.min(*there);
            if part > 0 {
                *there -= part;
                second -= part;
                taken = taken.saturating_add(part);
                shared.push(arc.clone());
            }
        }
        if taken > 0 {
            let key = format!("{}:both", demand.key);
            found.demands.push(Demand {
                key,
                ways: vec![way(taken, shared)],
                refused: refused.clone(),
                shares: true,
                ..demand.clone()
            });
        }
        let one_place: Vec<Arc> = arcs.iter().filter(|arc| !dual.contains(&arc.lot)).cloned().collect();
        let reached = units - second.saturating_add(taken);
        let parts = [(demand.key.clone(), reached, arcs), (format!("{}:rest", demand.key), second, one_place)];
        for (key, units, arcs) in parts.into_iter().filter(|(_, units, _)| *units > 0) {
            let mut ways = vec![way(units, arcs)];
            if !standard.is_empty() {
                let rules = vec!["WS-CSP-STD-AS-DC", "WS-AHB"];
                let by_image =
                    Way { edition: "Standard".to_owned(), native: false, rules, ..way(units, standard.clone()) };
                ways.push(by_image);
            }
            found.demands.push(Demand { key, ways, refused: refused.clone(), ..demand.clone() });
        }
    }
}
