//! Essentials, Foundation and Small Business Server: one licence a server, no access licences, and limits of use.

use super::{PRODUCT, host_of_group};
use crate::deployments::{Install, Server};
use crate::findings::{Breach, Step};
use crate::requirements::{Demand, Found, Need, Scene, Way, may_cover, tidy};
use crate::terms::Rule;
use std::collections::{BTreeMap, BTreeSet};

/// Whether an installation is one of the small editions.
pub(super) fn is_small(install: &Install) -> bool {
    install.product != PRODUCT || matches!(install.edition.as_str(), "Essentials" | "Foundation")
}

/// Whether it is counted like Standard: no licence of its own edition is held, and a Standard or Datacenter one may run it.
pub(super) fn runs_under_standard(scene: &Scene<'_>, install: &Install, found: &mut Found) -> bool {
    if install.product != PRODUCT {
        return false;
    }
    let rank = scene.rank_of(PRODUCT, &install.version, &install.on, found);
    let machines = [install.on.as_str()];
    let need = Need { product: PRODUCT, edition: Some(&install.edition), rank, machines: &machines };
    let may = |small: bool| {
        scene.lots.iter().any(|lot| {
            (lot.edition == install.edition) == small && may_cover(lot, &need, scene.terms, scene.as_of).is_ok()
        })
    };
    !may(true) && may(false)
}

/// One demand for each product, edition and server: a licence carries one physical and one virtual system (SBS 2011: either).
pub(super) fn demands(scene: &Scene<'_>, installs: &[&Install], found: &mut Found) {
    let mut by_server: BTreeMap<(&str, &str, &str), Vec<&Install>> = BTreeMap::new();
    for install in installs {
        let Some(host) = host_of_group(scene, install) else { continue };
        by_server.entry((&host.id, &install.product, &install.edition)).or_default().push(install);
    }
    for ((host, product, edition), installs) in by_server {
        let Some(host) = scene.server(host) else { continue };
        demand(scene, host, product, edition, &installs, found);
    }
}

fn demand(scene: &Scene<'_>, host: &Server, product: &str, edition: &str, installs: &[&Install], found: &mut Found) {
    let rule = scene.terms.rule("WS-ESS", scene.as_of);
    let rank = installs.iter().map(|i| scene.rank_of(product, &i.version, &i.on, found)).max().unwrap_or(0);
    let version = scene.terms.product(product).map(|p| p.version_name(rank).to_owned()).unwrap_or_default();
    if edition == "unknown" {
        super::ask(found, "edition-unknown", &host.id, "GEN-EDITION");
    }
    limits(scene, rule, host, product, edition, &version, installs, found);
    let guests: u64 = installs.iter().filter_map(|i| scene.vm(&i.on)).map(|vm| vm.count).fold(0, u64::saturating_add);
    let physical = u64::from(installs.iter().any(|i| scene.vm(&i.on).is_none()));
    let systems = if product == PRODUCT { guests.max(physical) } else { guests.saturating_add(physical) };
    let mut machines: Vec<&str> = installs.iter().map(|i| i.on.as_str()).collect();
    machines.push(&host.id);
    let need = Need { product, edition: Some(edition), rank, machines: &machines };
    let mut demand = Demand {
        key: format!("essentials:{}:{product}:{edition}", host.id),
        subjects: installs
            .iter()
            .map(|i| (i.on.clone(), format!("{product} {edition} {}", i.version).into(), 1))
            .collect(),
        origins: tidy(installs.iter().flat_map(|i| i.origins.clone()).collect()),
        ..Demand::default()
    };
    let arcs = scene.serving(&need, &["server"], &mut demand.refused, |_| Ok(1));
    demand.ways.push(Way {
        product: product.to_owned(),
        edition: edition.to_owned(),
        version,
        named_by_lot: true,
        metric: "server".to_owned(),
        units: systems.max(1).saturating_mul(host.count),
        arcs,
        steps: vec![Step::new("one-per-server", Some("WS-ESS"), &[("host", host.id.to_string())])],
        rules: vec!["WS-ESS"],
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}

/// Users, devices and sockets beyond what the edition is for: breaches of a limit, not quantities.
#[expect(clippy::too_many_arguments, reason = "one server with all that its limits are judged by")]
fn limits(
    scene: &Scene<'_>,
    rule: &Rule,
    host: &Server,
    product: &str,
    edition: &str,
    version: &str,
    installs: &[&Install],
    found: &mut Found,
) {
    let of_2011 = product != PRODUCT;
    if of_2011 && edition != "Essentials" {
        return;
    }
    let reaches = |access: &&crate::deployments::Access| installs.iter().any(|install| access.to == install.on);
    let mut users: BTreeSet<&str> = BTreeSet::new();
    let mut devices: BTreeSet<&str> = BTreeSet::new();
    for access in scene.estate.accesses.iter().filter(reaches) {
        if scene.user(&access.who).is_some() {
            users.insert(&access.who);
        } else {
            devices.insert(&access.who);
        }
        devices.extend(access.via_device.as_deref());
    }
    let own = scene.estate.devices.iter().filter(|d| d.used_by.as_deref().is_some_and(|user| users.contains(user)));
    devices.extend(own.map(|device| device.id.as_str()));
    let people: u64 = users.iter().filter_map(|id| scene.user(id)).map(|user| user.count).fold(0, u64::saturating_add);
    let machines: u64 = scene
        .estate
        .devices
        .iter()
        .filter(|device| devices.contains(device.id.as_str()))
        .map(|device| device.count)
        .fold(0, u64::saturating_add);
    let foundation = edition == "Foundation";
    let newest = !of_2011
        && scene.terms.rank(PRODUCT, version) >= scene.terms.rank(PRODUCT, "2022")
        && scene.terms.rank(PRODUCT, version).is_some();
    let user_limit = rule.number(if foundation { "foundation_users" } else { "essentials_users" });
    let device_limit = match (foundation, of_2011) {
        (true, _) => 0,
        (false, true) => rule.number("sbs_2011_devices"),
        (false, false) => rule.number("essentials_devices"),
    };
    let socket_limit = match (foundation, newest) {
        (true, _) => rule.number("foundation_sockets"),
        (false, true) => rule.number("essentials_sockets_from_2022"),
        (false, false) => rule.number("essentials_sockets"),
    };
    let sockets = u64::from(host.processors.unwrap_or(0));
    let cores = sockets.saturating_mul(u64::from(host.cores_per_processor.unwrap_or(0)));
    // With a processor too many, its cores are no second matter.
    let core_limit =
        if newest && !foundation && sockets <= socket_limit { rule.number("essentials_cores_from_2022") } else { 0 };
    for (what, number, limit) in [
        ("user", people, user_limit),
        ("device", machines, device_limit),
        ("socket", sockets, if of_2011 { 0 } else { socket_limit }),
        ("core", cores, core_limit),
    ] {
        if limit > 0 && number > limit {
            let (code, subject) = (format!("{what}_limit_{limit}"), host.id.clone());
            found.breaches.push(Breach { code, subject, rule: "WS-ESS".to_owned() });
        }
    }
}
