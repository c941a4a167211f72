//! Ways of virtual machines: each by itself, or the host for all.

use super::cores::physical_cores;
use super::physical::{by_grant, by_processor, granted, server_and_cal};
use super::{BY_SERVER_ONLY, Kind, PRODUCT, Placed, start};
use crate::deployments::Server;
use crate::findings::Step;
use crate::requirements::host::{counts, size, virtual_cores};
use crate::requirements::{Arc, Ask, Demand, Found, Lot, Scene, Way};

/// The host (or the hosts that the machines move between) for all of `machines`, and for what runs on it itself, where a lot
/// may serve that; beside it, all machines one by one under lots of the highest edition.
pub(super) fn together(
    scene: &Scene<'_>,
    key: &str,
    machines: &[Placed<'_>],
    own: &[Placed<'_>],
    found: &mut Found,
) -> Option<Demand> {
    let window = scene.terms.rule("GEN-RECENT90", scene.as_of).number("days");
    let count = |days: u64| -> u64 {
        machines
            .iter()
            .filter_map(|p| p.vm)
            .filter(|vm| counts(vm, days))
            .map(|vm| vm.count)
            .fold(0, u64::saturating_add)
    };
    let mut live: Vec<Placed<'_>> = machines.iter().filter(|p| p.vm.is_some_and(|vm| counts(vm, 0))).cloned().collect();
    let server = machines.iter().find_map(|place| place.server)?;
    if live.is_empty() {
        return None;
    }
    let vms = Machines { live: count(0), recent: count(window) };
    let parts = live.clone();
    live.extend(own.iter().cloned());
    let highest = live.iter().max_by_key(|p| (p.edition == "Datacenter", p.edition == "Enterprise"))?;
    let rank = live.iter().map(|place| place.rank).max().unwrap_or(0);
    let assured = live.iter().any(|place| place.assured);
    let kind = Kind { scene, edition: &highest.edition, rank, machine: &server.id, assured };
    let mut demand = start(key, &live);
    if rank <= kind.era("2008 R2") {
        host_before_2012(&kind, &mut demand, server, vms, found);
    } else {
        host_by_server_since_2012(&kind, &mut demand, vms.live);
    }
    host_by_core(&kind, &mut demand, server, vms, found);
    if demand.ways.is_empty() {
        return None;
    }
    if own.is_empty() {
        by_machine(&kind, &mut demand, &parts, found);
    }
    if demand.ways.iter().any(|way| way.native) && demand.ways.iter().any(|way| !way.arcs.is_empty()) {
        demand.ways.retain(|way| !way.arcs.is_empty());
    }
    Some(demand)
}

/// Each machine by itself, in a demand of its own.
pub(super) fn apart(scene: &Scene<'_>, machines: &[Placed<'_>], found: &mut Found) -> Vec<Demand> {
    let window = scene.terms.rule("GEN-RECENT90", scene.as_of).number("days");
    let mut demands = Vec::new();
    for place in machines {
        let Some(vm) = place.vm.filter(|vm| counts(vm, window)) else { continue };
        let kind = Kind { scene, edition: &place.edition, rank: place.rank, machine: &vm.id, assured: place.assured };
        let mut demand = start(&format!("vm:{}", vm.id), std::slice::from_ref(place));
        // A machine that left lately still needs its licence here, where only licences without mobility could be its own.
        let lots = kind.arcs(&mut Demand::default(), &["core"], |_| Ok(1));
        let bound = !lots.is_empty()
            && lots.iter().filter_map(|arc| scene.lots.get(arc.lot)).all(|lot| !lot.active && lot.channel != "payg");
        if !counts(vm, 0) && !bound {
            continue;
        }
        by_machine(&kind, &mut demand, std::slice::from_ref(place), found);
        demands.push(demand);
    }
    demands
}

/// Machines that run, and those that ran within the days that bind a licence.
#[derive(Clone, Copy)]
struct Machines {
    live: u64,
    recent: u64,
}

/// Enterprise and Datacenter up to 2008 R2, by server or by processor. Which number of machines that covers follows the licence.
/// With nothing held Enterprise is stated by server: one licence for all machines up to 2008, one for each four in 2008 R2.
fn host_before_2012(kind: &Kind<'_>, demand: &mut Demand, server: &Server, machines: Machines, found: &mut Found) {
    let vms = machines.live;
    let rule = kind.scene.terms.rule("SQL-PROC-2008", kind.scene.as_of);
    let limit = rule.number("enterprise_vms_2008_r2").max(1);
    let without_limit = |lot: &Lot| lot.rank.is_some_and(|rank| rank <= kind.era("2008"));
    for unlimited in [true, false] {
        let arcs = kind.arcs(demand, &["server"], |lot| {
            if lot.edition == "Enterprise" && without_limit(lot) == unlimited { Ok(1) } else { Err("other-way") }
        });
        let own_limit = unlimited == (kind.rank <= kind.era("2008"));
        let native = own_limit && arcs.is_empty() && kind.edition == "Enterprise";
        if arcs.is_empty() && !native {
            continue;
        }
        // Without coverage a machine that left lately is still carried here.
        let vms = if all_active(kind.scene, &arcs) && !native { vms } else { machines.recent };
        let each = if unlimited { 1 } else { vms.div_ceil(limit).max(1) };
        let steps = vec![if unlimited {
            Step::new("sql-enterprise-server", Some("SQL-SRVCAL"), &[("vms", vms.to_string())])
        } else {
            several_servers("SQL-SRVCAL", vms, limit, each)
        }];
        let mut way = kind.way("server", server.count.saturating_mul(each), arcs, steps, &["SQL-SRVCAL"]);
        way.native = native;
        way.named_by_lot = !native;
        demand.ways.push(way);
    }
    // Under Software Assurance 2008 R2 Enterprise had no limit either, until the next version came.
    let next = kind.scene.terms.product(PRODUCT).and_then(|p| p.versions.get(kind.era("2012"))).map(|v| v.available);
    let before_next = next.is_some_and(|day| kind.scene.as_of < day);
    let arcs = kind.arcs(demand, &["processor"], |lot| match lot.edition.as_str() {
        "Datacenter" => Ok(1),
        "Enterprise" if without_limit(lot) || vms <= limit || (lot.active && before_next) => Ok(1),
        _ => Err("other-way"),
    });
    if !arcs.is_empty() {
        let (units, steps) = by_processor(kind.scene, server, found);
        let open = size(kind.scene, server, PRODUCT, found).is_open("processor");
        demand.ways.push(Way { open, ..kind.way("processor", units, arcs, steps, &["SQL-PROC-2008"]) });
    }
}

/// Whether all lots that may serve are under Software Assurance or a subscription.
fn all_active(scene: &Scene<'_>, arcs: &[Arc]) -> bool {
    arcs.iter().filter_map(|arc| scene.lots.get(arc.lot)).all(|lot| lot.active)
}

/// Server licences that carry `each` machines.
fn several_servers(rule: &'static str, vms: u64, each: u64, units: u64) -> Step {
    let values = [("vms", vms.to_string()), ("each", each.to_string()), ("units", units.to_string())];
    Step::new("sql-enterprise-servers", Some(rule), &values)
}

/// Enterprise core licences of the whole host, whatever version they run; without Software Assurance as many machines as licences.
fn host_by_core(kind: &Kind<'_>, demand: &mut Demand, server: &Server, vms: Machines, found: &mut Found) {
    let reach = kind.scene.reach_of(server, PRODUCT, found);
    for covered in [true, false] {
        // Full assurance is asked for machines without limit; as many machines as licences may be had with any mixture.
        let serves = |lot: &Lot| lot.edition == "Enterprise" && (lot.active || !covered);
        let arcs = kind.arcs(demand, &["core"], |lot| if serves(lot) { Ok(1) } else { Err("other-way") });
        let grants = granted(kind, demand, Some(server), serves);
        let own = !arcs.is_empty() && (covered || !all_active(kind.scene, &arcs));
        let by_processors = !grants.is_empty() && (covered || !all_active(kind.scene, &grants));
        if !own && !by_processors {
            continue;
        }
        let mut units: u64 = 0;
        let mut steps = Vec::new();
        for host in &reach {
            let (cores, step) = physical_cores(kind.scene, host, false, found);
            let each = if covered { cores } else { cores.max(vms.recent) };
            units = units.saturating_add(each.saturating_mul(host.count));
            steps.extend(step);
        }
        let values = [("vms", vms.live.to_string()), ("hosts", reach.len().to_string()), ("units", units.to_string())];
        let (code, rule) = if covered {
            ("sql-host-unlimited", "SQL-ENT-SA-UNLIM")
        } else {
            ("sql-host-per-core", "SQL-ENT-VM-PER-CORE")
        };
        steps.push(Step::new(code, Some(rule), &values));
        let before = demand.ways.len();
        if by_processors {
            by_grant(kind, demand, grants, (units, steps.clone()), &["SQL-GRANT-2012", rule, "SQL-CORE-PHYS"]);
        }
        if own {
            demand.ways.push(kind.way("core", units, arcs, steps, &[rule, "SQL-CORE-PHYS"]));
        }
        let open = reach.iter().any(|host| size(kind.scene, host, PRODUCT, found).is_open("core"));
        demand.ways.iter_mut().skip(before).for_each(|way| way.open = open);
    }
}

/// Enterprise under server and CAL since 2012: four machines a licence.
fn host_by_server_since_2012(kind: &Kind<'_>, demand: &mut Demand, vms: u64) {
    let each = kind.scene.terms.rule("SQL-20CORE", kind.scene.as_of).number("machines").max(1);
    let arcs = kind.arcs(demand, &["server"], |lot| if lot.edition == "Enterprise" { Ok(1) } else { Err("other-way") });
    if !arcs.is_empty() {
        let units = vms.div_ceil(each);
        let steps = vec![several_servers("SQL-20CORE", vms, each, units)];
        demand.ways.push(kind.way("server", units, arcs, steps, &["SQL-SRVCAL", "SQL-20CORE"]));
    }
}

/// Each machine by itself, in one way for all of the same kind of lot.
fn by_machine(kind: &Kind<'_>, demand: &mut Demand, live: &[Placed<'_>], found: &mut Found) {
    let scene = kind.scene;
    let least = scene.terms.rule("SQL-VM-MIN4", scene.as_of).number("per_vm");
    let from_2022 = kind.era("2022");
    // Without Software Assurance a machine that may move needs licences on each host that it may reach.
    let hosts: u64 =
        live.first().and_then(|p| p.server).map_or(1, |server| scene.hosts_reached(server, PRODUCT, found));
    let cores = |place: &Placed<'_>| {
        place.vm.map_or(0, |vm| virtual_cores(scene, vm, PRODUCT).0.max(least).saturating_mul(vm.count))
    };
    let open = live.iter().filter_map(|place| place.vm).any(|vm| virtual_cores(scene, vm, PRODUCT).1);
    for place in live.iter().filter(|p| p.vm.is_some_and(|vm| vm.vcpus.is_none())) {
        let subject = place.vm.map(|vm| vm.id.clone()).unwrap_or_default();
        let (code, rule) = ("virtual-cores-unknown", Some("SQL-VM-MIN4"));
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule });
    }
    let total: u64 = live.iter().map(cores).fold(0, u64::saturating_add);
    let step = |units: u64| {
        let machines: u64 = live.iter().filter_map(|p| p.vm).map(|vm| vm.count).fold(0, u64::saturating_add);
        let vcpus: Vec<String> =
            live.iter().filter_map(|p| p.vm).map(|vm| vm.vcpus.map_or("?".to_owned(), |v| v.to_string())).collect();
        Step::new(
            "sql-vm-cores",
            Some("SQL-VM-MIN4"),
            &[
                ("machines", machines.to_string()),
                ("vcpus", vcpus.join(" + ")),
                ("least", least.to_string()),
                ("hosts", hosts.to_string()),
                ("units", units.to_string()),
            ],
        )
    };
    for mobile in [true, false] {
        // Licences that may move can stay too, so a machine that stays may take some of either kind.
        let arcs = kind.arcs(demand, &["core"], |lot| {
            if mobile && !lot.active {
                return Err("other-way");
            }
            let by_vm_needs_sa = lot.rank.is_some_and(|rank| rank >= from_2022);
            // What is paid by use is a subscription.
            let by_use = lot.channel == "payg";
            if by_vm_needs_sa && !lot.active && !by_use { Err("needs-sa-for-virtual-machine") } else { Ok(1) }
        });
        let units = if mobile { total } else { total.saturating_mul(hosts) };
        if !arcs.is_empty() && (mobile || !all_active(scene, &arcs)) {
            let rules: &[&'static str] = if hosts > 1 { &["SQL-VM-MIN4", "SQL-MOBILITY"] } else { &["SQL-VM-MIN4"] };
            demand.ways.push(Way { open, ..kind.way("core", units, arcs, vec![step(units)], rules) });
        }
    }
    let server = live.first().and_then(|place| place.server);
    for mobile in [true, false] {
        let grants = granted(kind, demand, server, |lot| lot.active || !mobile);
        if !grants.is_empty() && (mobile || !all_active(scene, &grants)) {
            let units = if mobile { total } else { total.saturating_mul(hosts) };
            by_grant(kind, demand, grants, (units, vec![step(units)]), &["SQL-GRANT-2012", "SQL-VM-MIN4"]);
            demand.ways.iter_mut().rev().take(1).for_each(|way| way.open = open);
        }
    }
    let oses: u64 = live.iter().filter_map(|p| p.vm).map(|vm| vm.count).fold(0, u64::saturating_add);
    if !demand.ways.iter().any(|way| way.metric == "server") {
        server_and_cal(kind, demand, oses, hosts);
    }
    if kind.rank <= kind.era("2008 R2") {
        let shares = shares(scene, live, found);
        let arcs = kind.arcs(demand, &["processor"], |_| Ok(1));
        if !arcs.is_empty() || (demand.ways.is_empty() && kind.rank >= kind.era("2008")) {
            let values = [("units", shares.to_string())];
            let steps = vec![Step::new("sql-processor-shares", Some("SQL-PROC-VM-2008R2"), &values)];
            let native = arcs.is_empty();
            let mut way = kind.way("processor", shares, arcs, steps, &["SQL-PROC-VM-2008R2"]);
            way.open = open;
            way.native = native;
            way.named_by_lot = !native;
            demand.ways.push(way);
            return;
        }
    }
    if demand.ways.is_empty() {
        let mut way = if kind.rank >= kind.era("2012") && kind.edition != BY_SERVER_ONLY {
            Way { open, ..kind.way("core", total, Vec::new(), vec![step(total)], &["SQL-VM-MIN4"]) }
        } else {
            let steps = vec![Step::new("sql-server-cal", Some("SQL-SRVCAL"), &[("oses", oses.to_string())])];
            kind.way("server", oses, Vec::new(), steps, &["SQL-SRVCAL"])
        };
        way.native = true;
        way.named_by_lot = false;
        if live.iter().flat_map(|place| &place.installs).any(|install| install.edition.contains("Developer")) {
            way.rules.push("SQL-DEV");
            way.remedy = Some("reinstall-standard");
        }
        demand.ways.push(way);
    }
}

/// Processors for machines one by one: virtual processors by the threads or cores of one physical processor, rounded up.
fn shares(scene: &Scene<'_>, live: &[Placed<'_>], found: &mut Found) -> u64 {
    live.iter()
        .filter_map(|place| {
            let vm = place.vm?;
            let threads = place.server.map_or(1, |server| size(scene, server, PRODUCT, found).threads_each).max(1);
            Some(virtual_cores(scene, vm, PRODUCT).0.div_ceil(threads).saturating_mul(vm.count))
        })
        .fold(0, u64::saturating_add)
}
