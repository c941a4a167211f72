//! System Center: management licences for managed servers, client licences for managed clients.

use super::host::{cores_due, counts, size};
use super::{Arc, Ask, Demand, Found, Lot, Need, Scene, Way};
use crate::deployments::Server;
use crate::findings::Step;
use crate::word::Word;
use std::collections::{BTreeMap, BTreeSet};

const SERVER: &str = "System Center";
const CLIENT: &str = "Configuration Manager client ML";
const SUITE: &str = "System Center Client Management Suite client ML";

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    servers(scene, found);
    clients(scene, found);
}

fn servers(scene: &Scene<'_>, found: &mut Found) {
    // The licences are those of the host, whether it is managed itself or only what runs on it.
    let mut guests: BTreeMap<&str, u64> = BTreeMap::new();
    for vm in scene.estate.vms.iter().filter(|vm| vm.managed == Some(true)) {
        if let Some(host) = vm.host.as_deref() {
            let slot = guests.entry(host).or_default();
            *slot = slot.saturating_add(if counts(vm, 0) { vm.count } else { 0 });
        }
    }
    // They do not move in a farm: each host that managed machines may reach is licensed for all that may meet there.
    let mut meeting: BTreeMap<&str, u64> = BTreeMap::new();
    for server in guests.keys().filter_map(|host| scene.server(host)) {
        let reach = scene.reach_of(server, SERVER, found);
        let all = reach.iter().filter_map(|host| guests.get(host.id.as_str())).copied().fold(0, u64::saturating_add);
        for host in reach {
            meeting.insert(&host.id, all);
        }
    }
    let homeless = |vm: &&crate::deployments::Vm| {
        vm.managed == Some(true)
            && vm.used_by.is_none()
            && vm.host.as_deref().is_none_or(|host| scene.server(host).is_none())
    };
    for vm in scene.estate.vms.iter().filter(homeless) {
        let (code, subject) = ("host-unknown", vm.id.clone());
        found.asks.insert(Ask { code, subject, product: SERVER.into(), rule: Some("SC-CORE") });
    }
    let managed = |server: &&Server| server.managed == Some(true) || meeting.contains_key(server.id.as_str());
    for server in scene.estate.servers.iter().filter(managed).filter(|server| scene.in_service(server)) {
        let oses = meeting.get(server.id.as_str()).copied().unwrap_or(0).max(1);
        let size = size(scene, server, SERVER, found);
        let by_core = scene.terms.rule("SC-CORE", scene.as_of);
        let by_pair = scene.terms.rule("SC-2PROC", scene.as_of);
        let cores = cores_due(size, by_core.number("per_processor"), by_core.number("per_server"));
        let newest = scene.terms.product(SERVER).and_then(|p| p.newest_on(scene.as_of)).unwrap_or(0);
        // What is installed on the management server tells the version; without it, each lot is for its own version, and the
        // oldest that is held names the line.
        let installed = scene
            .estate
            .installs
            .iter()
            .filter(|i| i.product.starts_with(SERVER) && !i.product.ends_with("Console"))
            .filter_map(|i| scene.terms.rank(SERVER, &i.version))
            .max();
        let of_lot = |lot: &Lot| lot.rank.or(lot.reach);
        let owned: BTreeSet<usize> = scene.lots.iter().filter(|lot| lot.product == SERVER).filter_map(of_lot).collect();
        let told = installed.or(owned.first().copied());
        let rank = told.unwrap_or(newest);
        let mut demand = Demand {
            key: format!("system-center:{}", server.id),
            subjects: vec![(server.id.clone(), SERVER.into(), server.count)],
            origins: server.origins.clone(),
            ..Demand::default()
        };
        let version = scene.terms.product(SERVER).map_or(String::new(), |p| p.version_name(rank).to_owned());
        for edition in ["Standard", "Datacenter"] {
            let standard = edition == "Standard";
            let sets = if standard { oses.div_ceil(by_core.number("oses_per_set").max(1)) } else { 1 };
            let pairs = size.processors.div_ceil(by_pair.number("processors_per_licence").max(1));
            let pairs =
                if standard { pairs.max(oses.div_ceil(by_pair.number("oses_per_licence").max(1))) } else { pairs };
            for (metric, units, rule) in
                [("core", cores.saturating_mul(sets), "SC-CORE"), ("processor_pair", pairs, "SC-2PROC")]
            {
                let machines = scene.ids_of(&server.id);
                let need = Need { product: SERVER, edition: Some("Standard"), rank, machines: &machines };
                let fits = |lot: &Lot| if lot.edition == edition { Ok(1) } else { Err("other-way") };
                let mut arcs = Vec::new();
                if installed.is_some() || owned.is_empty() {
                    arcs = scene.serving(&need, &[metric], &mut demand.refused, fits);
                }
                for own in owned.iter().filter(|_| installed.is_none()) {
                    arcs.extend(scene.serving(&Need { rank: *own, ..need }, &[metric], &mut demand.refused, |lot| {
                        if of_lot(lot).is_some_and(|rank| rank != *own) { Err("other-way") } else { fits(lot) }
                    }));
                }
                arcs.sort_by_key(|arc| arc.lot);
                arcs.dedup_by_key(|arc| arc.lot);
                demand.refused.retain(|lot, _| !arcs.iter().any(|arc| arc.lot == *lot));
                demand.refused.retain(|_, why| *why != "other-way");
                let native = standard && metric == "core";
                // Where nothing tells version or edition, the same number of licences of any that counts so will do.
                let also = if native && told.is_none() { any_of(scene, sets == 1) } else { Vec::new() };
                let values =
                    [("host", server.id.to_string()), ("oses", oses.to_string()), ("units", units.to_string())];
                demand.ways.push(Way {
                    product: SERVER.to_owned(),
                    edition: edition.to_owned(),
                    version: version.clone(),
                    named_by_lot: true,
                    metric: metric.to_owned(),
                    units: units.saturating_mul(server.count),
                    open: size.is_open(metric),
                    arcs,
                    steps: vec![Step::new("managed-servers", Some(rule), &values)],
                    rules: vec![rule],
                    native,
                    also,
                    ..Way::default()
                });
            }
        }
        let served = demand.ways.iter().any(|way| !way.arcs.is_empty());
        demand.ways.retain(|way| if served { !way.arcs.is_empty() } else { way.native });
        found.demands.push(demand);
    }
}

/// The editions and versions that SC-CORE counts alike, on sale by the day of the position.
fn any_of(scene: &Scene<'_>, whole: bool) -> Vec<(String, String, String)> {
    let Some(product) = scene.terms.product(SERVER) else { return Vec::new() };
    let counted = product.calculations.iter().filter(|each| each.rules.iter().any(|rule| rule == "SC-CORE"));
    let versions = counted.flat_map(|each| product.versions.get(each.from..=each.until).unwrap_or_default());
    let editions: &[&str] = if whole { &["Standard", "Datacenter"] } else { &["Standard"] };
    versions
        .filter(|version| version.available <= scene.as_of)
        .flat_map(|version| {
            editions.iter().map(|edition| (SERVER.to_owned(), (*edition).to_owned(), version.name.clone()))
        })
        .collect()
}

fn clients(scene: &Scene<'_>, found: &mut Found) {
    let devices = scene.estate.devices.iter().filter(|d| d.managed == Some(true));
    let desktops = scene.estate.vms.iter().filter(|vm| vm.managed == Some(true) && vm.used_by.is_some());
    let count: u64 = devices.clone().map(|d| d.count).fold(0, u64::saturating_add);
    let users: u64 = {
        let mut ids: Vec<&str> = devices.clone().filter_map(|d| d.used_by.as_deref()).collect();
        ids.extend(desktops.clone().filter_map(|vm| vm.used_by.as_deref()));
        ids.sort_unstable();
        ids.dedup();
        ids.iter().filter_map(|id| scene.user(id)).map(|u| u.count).fold(0, u64::saturating_add)
    };
    let unowned = devices.clone().filter(|d| d.used_by.as_deref().and_then(|user| scene.user(user)).is_none()).count();
    let systems = desktops.map(|vm| vm.count).fold(count, u64::saturating_add);
    if systems == 0 {
        return;
    }
    let suite = scene.lots.iter().find(|lot| lot.product == SUITE);
    let client = Word::from(CLIENT);
    let mut demand = Demand {
        key: "client-management".to_owned(),
        subjects: devices.map(|d| (d.id.clone(), client.clone(), d.count)).collect(),
        ..Demand::default()
    };
    if let Some(suite) = suite {
        let by_user = suite.edition == "User";
        let arcs = lots(scene, &mut demand, |lot| if lot.product == SUITE { Some(Ok(())) } else { None });
        demand.ways.push(Way {
            product: SUITE.to_owned(),
            edition: suite.edition.clone(),
            version: suite.version.clone(),
            metric: "client_ml".to_owned(),
            units: if by_user { users } else { systems },
            arcs,
            steps: vec![Step::new(
                "managed-clients",
                Some("SC-CML"),
                &[("systems", systems.to_string()), ("users", users.to_string())],
            )],
            rules: vec!["SC-CML"],
            native: true,
            ..Way::default()
        });
    } else {
        let arcs = lots(scene, &mut demand, |lot| {
            let gives =
                scene.terms.plan(&lot.product).is_some_and(|r| r.iter().any(|each| each == "configuration-manager"));
            match (lot.product == CLIENT, gives) {
                (true, _) if !lot.active => Some(Err("sa-ended-ltsb-only")),
                (_, true) if lot.ended => Some(Err("subscription-ended")),
                (_, true) if lot.metric != "user_sub" && !lot.active => Some(Err("sa-ended-ltsb-only")),
                (true, _) | (_, true) => Some(Ok(())),
                _ => scene.terms.plan(&lot.product).map(|_| Err("plan-without-this-right")),
            }
        });
        let lapsed = scene.lots.iter().any(|lot| lot.product == CLIENT && !lot.active);
        let step = Step::new(
            "managed-clients",
            Some("SC-CML"),
            &[("systems", systems.to_string()), ("users", users.to_string())],
        );
        let way = |units: u64, arcs: Vec<Arc>, native: bool| Way {
            product: CLIENT.to_owned(),
            edition: "none".to_owned(),
            version: "current".to_owned(),
            metric: "client_ml".to_owned(),
            units,
            scope: "configuration-manager",
            arcs,
            steps: vec![step.clone()],
            rules: vec!["SC-CML", "SC-CM-SA"],
            remedy: lapsed.then_some("uninstall-current-branch"),
            native,
            ..Way::default()
        };
        // Plans, suites and licences by user cover all systems of their user; a system with several users needs one for each.
        let of_user = |arc: &Arc| {
            scene.lots.get(arc.lot).is_some_and(|lot| {
                matches!(lot.metric.as_str(), "user_sub" | "user_cal")
                    || (lot.product == CLIENT && lot.edition == "User")
            })
        };
        let (by_user, by_system): (Vec<Arc>, Vec<Arc>) = arcs.iter().cloned().partition(of_user);
        let known = users > 0 && unowned == 0;
        if known && users > systems {
            if by_user.is_empty() || !by_system.is_empty() {
                demand.ways.push(way(systems, by_system, true));
            }
        } else {
            demand.ways.push(way(systems, arcs, true));
        }
        if known && users != systems && !by_user.is_empty() {
            let native = demand.ways.is_empty();
            demand.ways.push(way(users, by_user, native));
        }
    }
    found.demands.push(demand);
}

fn lots(scene: &Scene<'_>, demand: &mut Demand, judge: impl Fn(&Lot) -> Option<Result<(), &'static str>>) -> Vec<Arc> {
    let mut arcs = Vec::new();
    for (index, lot) in scene.lots.iter().enumerate() {
        match judge(lot) {
            Some(Ok(())) => arcs.push(Arc { lot: index, worth: 1, preference: 0 }),
            Some(Err(why)) => {
                demand.refused.insert(index, why);
            }
            None => {}
        }
    }
    arcs
}
