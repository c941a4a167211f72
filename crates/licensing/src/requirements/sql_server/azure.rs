//! Machines in Azure with Hybrid Benefit: licences under Software Assurance or subscription, counted in normalized cores.

use super::{Kind, PRODUCT, Placed, is_sql, start};
use crate::findings::Step;
use crate::requirements::host::virtual_cores;
use crate::requirements::{Ask, Found, Scene};

/// Pushes the demand of one machine.
pub(super) fn demand(scene: &Scene<'_>, place: &Placed<'_>, found: &mut Found) {
    let Some(vm) = place.vm else { return };
    let rule = scene.terms.rule("SQL-AHB", scene.as_of);
    let worth = rule.number("enterprise_worth").max(1);
    let enterprise = place.edition == "Enterprise";
    let mut demand = start(&format!("azure:{}", vm.id), std::slice::from_ref(place));
    demand.later = true;
    demand.shares = vm.ahb_since_days.is_some_and(|days| u64::from(days) <= rule.number("migration_days"));
    let (vcpus, open) = virtual_cores(scene, vm, PRODUCT);
    let cores = vcpus.max(rule.number("per_vm")).saturating_mul(vm.count);
    if vm.vcpus.is_none() {
        let (code, subject) = ("virtual-cores-unknown", vm.id.clone());
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-AHB") });
    }
    // A primary with secondaries in Azure is counted in the licences that carry them, as the fail-over right compares them.
    let plain = enterprise
        && scene.estate.installs.iter().any(|install| {
            is_sql(install)
                && install.state.as_deref() == Some("passive")
                && scene.vm(&install.on).is_some_and(|vm| vm.host.as_deref() == Some("azure"))
        });
    let units = if enterprise && !plain { cores.saturating_mul(worth) } else { cores };
    // In normalized cores a Standard core counts for any edition.
    let needed = if plain { place.edition.as_str() } else { "Standard" };
    let kind = Kind { scene, edition: needed, rank: place.rank, machine: &vm.id, assured: false };
    let mut arcs = kind.arcs(&mut demand, &["core"], |lot| match lot.edition.as_str() {
        _ if !lot.active => Err("no-active-sa-for-azure"),
        "Enterprise" if !plain => Ok(worth),
        _ => Ok(1),
    });
    // What is licensed at home stays there: Azure comes after it.
    for arc in &mut arcs {
        arc.preference = arc.preference.saturating_add(500);
    }
    let values = [("machine", vm.id.to_string()), ("units", units.to_string())];
    let steps = vec![Step::new("sql-azure-cores", Some("SQL-AHB"), &values)];
    let mut way = kind.way("core", units, arcs, steps, &["SQL-AHB"]);
    way.open = open;
    way.edition.clone_from(&place.edition);
    way.named_by_lot = false;
    way.native = true;
    if !plain {
        way.unit = Some("normalized_core".to_owned());
    }
    demand.ways.push(way);
    found.demands.push(demand);
}
