//! SQL Server: cores of a server or of each virtual machine, Enterprise hosts, server and CAL, processors up to 2008 R2,
//! passive secondaries by era, Azure in normalized cores, and what is free.

use super::host::{counts, size};
use super::sql_cores::physical_cores;
use super::{Arc, Ask, Demand, Found, Lot, Need, Reading, Scene, Way, tidy};
use crate::deployments::{Install, Server, Vm};
use crate::findings::{SetAside, Step};
use std::collections::BTreeMap;

const PRODUCT: &str = "SQL Server";

/// The highest edition on one operating system, with where it stands.
#[derive(Clone)]
struct Placed<'a> {
    installs: Vec<&'a Install>,
    edition: String,
    rank: usize,
    server: Option<&'a Server>,
    vm: Option<&'a Vm>,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let mut placed: BTreeMap<&str, Vec<&Install>> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|i| i.product == PRODUCT) {
        if !is_free(scene, install, found) {
            placed.entry(&install.on).or_default().push(install);
        }
    }
    let passive_free = passive_allowance(scene);
    let mut used_passive = 0;
    let mut hosts: BTreeMap<String, Vec<Placed<'_>>> = BTreeMap::new();
    for (on, installs) in placed {
        let Some(place) = place(scene, on, installs, found) else { continue };
        if place.installs.iter().all(|i| i.state.as_deref() == Some("passive")) && used_passive < passive_free {
            let role = place.server.map_or(place.vm.and_then(|vm| vm.role.as_deref()), |server| server.role.as_deref());
            if passive_role_is_free(scene, role, used_passive) {
                used_passive += 1;
                aside(place.installs.first(), "passive-secondary", 1, found);
                continue;
            }
        }
        if place.vm.is_some_and(|vm| vm.host.as_deref() == Some("azure")) {
            azure(scene, &place, found);
            continue;
        }
        let key = match (place.server, place.vm) {
            (Some(server), None) => format!("physical:{}", server.id),
            (Some(server), Some(_)) => format!("host:{}", server.id),
            (None, Some(vm)) => format!("vm:{}", vm.id),
            (None, None) => continue,
        };
        hosts.entry(key).or_default().push(place);
    }
    for (key, places) in hosts {
        match places.first() {
            Some(Placed { vm: None, server: Some(server), .. }) => physical(scene, &key, &places, server, found),
            Some(_) => guests(scene, &key, &places, found),
            None => {}
        }
    }
}

fn aside(install: Option<&&Install>, why: &str, count: u64, found: &mut Found) {
    if let Some(install) = install {
        found.set_aside.push(SetAside {
            product: install.product.clone(),
            edition: install.edition.clone(),
            version: install.version.clone(),
            outcome: if why.ends_with("unknown") { "cannot-tell" } else { "not-licensable" }.to_owned(),
            why: why.to_owned(),
            count,
        });
    }
}

/// Express, Developer for development, evaluation, what serves System Center alone, what a subscription covers.
fn is_free(scene: &Scene<'_>, install: &Install, found: &mut Found) -> bool {
    let edition = install.edition.as_str();
    let production = install.usage.as_deref() == Some("production");
    let subscription = scene.lots.iter().any(|lot| lot.product.starts_with("Visual Studio") && !lot.ended);
    let why = if edition.starts_with("Express") || edition.contains("LocalDB") {
        "free-edition"
    } else if edition.contains("Developer") && !production {
        "developer-edition"
    } else if edition.contains("Evaluation") {
        "evaluation"
    } else if install.usage.as_deref() == Some("system_center_only") {
        "system-center-runtime"
    } else if install.usage.as_deref() == Some("dev_test") && subscription {
        "development-under-subscription"
    } else {
        return false;
    };
    let count = scene.vm(&install.on).map_or(1, |vm| vm.count);
    aside(Some(&install), why, count, found);
    true
}

fn place<'a>(scene: &Scene<'a>, on: &str, installs: Vec<&'a Install>, found: &mut Found) -> Option<Placed<'a>> {
    let vm = scene.vm(on);
    let server = vm.map_or_else(|| scene.server(on), |vm| scene.host_of(vm));
    if vm.is_none() && server.is_none() {
        // An edition on a client PC: a server product all the same, but its size is not known here.
        let code = "host-unknown";
        found.asks.insert(Ask {
            code,
            subject: on.to_owned(),
            product: PRODUCT.to_owned(),
            rule: Some("SQL-CORE-PHYS"),
        });
        aside(installs.first(), "host-unknown", 1, found);
        return None;
    }
    if vm.is_some_and(|vm| vm.enabled == Some(false) || vm.retired_on.is_some_and(|day| day <= scene.as_of)) {
        return None;
    }
    if server.is_some_and(|server| !scene.in_service(server)) {
        return None;
    }
    let order = ["Workgroup", "Web", "Standard", "Business Intelligence", "Enterprise", "Datacenter"];
    let mut edition = 0;
    for install in &installs {
        let place = match install.edition.as_str() {
            "unknown" => {
                let (code, subject) = ("edition-unknown", install.on.clone());
                found.asks.insert(Ask { code, subject, product: PRODUCT.to_owned(), rule: Some("GEN-EDITION") });
                if scene.reading == Reading::Low {
                    continue;
                }
                4
            }
            text if text.contains("Developer") => 4,
            text => order.iter().rposition(|each| text.starts_with(each)).unwrap_or(2),
        };
        edition = edition.max(place + 1);
    }
    if edition == 0 {
        // Lowest reading of an unknown edition: a free one.
        aside(installs.first(), "edition-unknown", 1, found);
        return None;
    }
    let rank = installs.iter().map(|i| scene.rank_of(PRODUCT, &i.version, &i.on, found)).max().unwrap_or(0);
    Some(Placed {
        edition: order.get(edition - 1).copied().unwrap_or("Standard").to_owned(),
        installs,
        rank,
        server,
        vm,
    })
}

/// How many passive secondaries the licensed servers carry, by the rule of the day.
fn passive_allowance(scene: &Scene<'_>) -> u64 {
    let rule = scene.terms.rule("SQL-FAILOVER", scene.as_of);
    let active: Vec<&Lot> = scene.lots.iter().filter(|lot| lot.product == PRODUCT && lot.active).collect();
    let cals: Vec<&Lot> = scene.lots.iter().filter(|lot| lot.product == "SQL Server CAL").collect();
    let by_server = !active.is_empty() && active.iter().all(|lot| lot.metric == "server");
    let with_sa = !active.is_empty() && (!by_server || cals.iter().all(|lot| lot.active));
    let primaries = scene
        .estate
        .installs
        .iter()
        .filter(|i| i.product == PRODUCT && i.state.is_none() && !i.edition.starts_with("Express"))
        .count() as u64;
    let each = if with_sa { rule.number("with_sa") + rule.number("azure") } else { rule.number("without_sa") };
    each.saturating_mul(primaries)
}

/// One secondary for high availability, one for recovery, one in Azure: a second of a kind is not free.
fn passive_role_is_free(scene: &Scene<'_>, role: Option<&str>, used: u64) -> bool {
    let rule = scene.terms.rule("SQL-FAILOVER", scene.as_of);
    if rule.number("with_sa") < 2 {
        return used == 0 || rule.number("without_sa") > used;
    }
    let roles = |wanted: &str| {
        let servers = scene.estate.servers.iter().filter(|s| s.role.as_deref() == Some(wanted)).count();
        servers + scene.estate.vms.iter().filter(|vm| vm.role.as_deref() == Some(wanted)).count()
    };
    let primaries = scene.estate.installs.iter().filter(|i| i.product == PRODUCT && i.state.is_none()).count().max(1);
    match role {
        Some("passive_ha") if roles("passive_ha") > primaries => used == 0,
        _ => true,
    }
}

struct Kind<'a> {
    scene: &'a Scene<'a>,
    edition: &'a str,
    rank: usize,
    machine: &'a str,
}

impl Kind<'_> {
    fn version(&self) -> String {
        self.scene.terms.product(PRODUCT).map(|p| p.version_name(self.rank).to_owned()).unwrap_or_default()
    }

    fn era(&self, version: &str) -> usize {
        self.scene.terms.rank(PRODUCT, version).unwrap_or(0)
    }

    fn arcs(
        &self,
        demand: &mut Demand,
        metrics: &[&str],
        also: impl Fn(&Lot) -> Result<u64, &'static str>,
    ) -> Vec<Arc> {
        let need = Need { product: PRODUCT, edition: Some(self.edition), rank: self.rank, machines: &[self.machine] };
        let arcs = self.scene.serving(&need, metrics, &mut demand.refused, also);
        demand.refused.retain(|_, why| *why != "other-way");
        arcs
    }

    fn way(&self, metric: &str, units: u64, arcs: Vec<Arc>, steps: Vec<Step>, rules: &[&'static str]) -> Way {
        Way {
            product: PRODUCT.to_owned(),
            edition: self.edition.to_owned(),
            version: self.version(),
            named_by_lot: true,
            metric: metric.to_owned(),
            units,
            arcs,
            steps,
            rules: rules.to_vec(),
            ..Way::default()
        }
    }
}

fn start(key: &str, places: &[Placed<'_>]) -> Demand {
    let installs = places.iter().flat_map(|place| place.installs.iter());
    Demand {
        key: format!("sql-server:{key}"),
        subjects: installs
            .clone()
            .map(|i| {
                let count = places.iter().find_map(|p| p.vm.filter(|vm| vm.id == i.on)).map_or(1, |vm| vm.count);
                (i.on.clone(), format!("{} {} {}", i.product, i.edition, i.version), count)
            })
            .collect(),
        origins: tidy(
            installs
                .flat_map(|i| i.origins.clone())
                .chain(places.iter().filter_map(|p| p.vm).flat_map(|vm| vm.origins.clone()))
                .chain(places.iter().filter_map(|p| p.server).flat_map(|s| s.origins.clone()))
                .collect(),
        ),
        ..Demand::default()
    }
}

/// Ways of an operating system that is the server itself.
fn physical(scene: &Scene<'_>, key: &str, places: &[Placed<'_>], server: &Server, found: &mut Found) {
    let Some(place) = places.first() else { return };
    let mut demand = start(key, places);
    let kind = Kind { scene, edition: &place.edition, rank: place.rank, machine: &server.id };
    let old = [kind.era("2012"), kind.era("2014")];
    let is_old = |lot: &Lot| lot.rank.is_some_and(|rank| old.contains(&rank));
    for factored in [true, false] {
        let arcs =
            kind.arcs(&mut demand, &["core"], |lot| if is_old(lot) == factored { Ok(1) } else { Err("other-way") });
        if !arcs.is_empty() {
            let (units, steps) = physical_cores(scene, server, factored, found);
            let units = units.saturating_mul(server.count);
            demand.ways.push(kind.way("core", units, arcs, steps, &["SQL-CORE-PHYS", "SQL-INSTANCE", "GEN-METRIC"]));
        }
    }
    grant(&kind, &mut demand, server, found);
    server_and_cal(&kind, &mut demand, server.count);
    processors(&kind, &mut demand, server, 0, found);
    if demand.ways.is_empty() {
        let mut way = if place.rank >= kind.era("2012") {
            let (units, steps) = physical_cores(scene, server, old.contains(&place.rank), found);
            kind.way("core", units.saturating_mul(server.count), Vec::new(), steps, &["SQL-CORE-PHYS", "SQL-INSTANCE"])
        } else {
            let (units, steps) = by_processor(server, found);
            kind.way("processor", units, Vec::new(), steps, &["SQL-PROC-2008"])
        };
        way.named_by_lot = false;
        way.native = true;
        if place.installs.iter().any(|i| i.edition.contains("Developer")) {
            way.rules.push("SQL-DEV");
            way.remedy = Some("reinstall-standard");
        }
        demand.ways.push(way);
    }
    found.demands.push(demand);
}

fn by_processor(server: &Server, found: &mut Found) -> (u64, Vec<Step>) {
    let units = size(server, PRODUCT, found).processors.saturating_mul(server.count);
    let values = [("host", server.id.clone()), ("units", units.to_string())];
    (units, vec![Step::new("processor-licences", Some("SQL-PROC-2008"), &values)])
}

/// Processor licences under Software Assurance at the 2012 release: core grants.
fn grant(kind: &Kind<'_>, demand: &mut Demand, server: &Server, found: &mut Found) {
    if kind.rank < kind.era("2012") {
        return;
    }
    let mut worth = kind.scene.terms.rule("SQL-GRANT-2012", kind.scene.as_of).number("cores_per_licence").max(1);
    if server.inventory_documented == Some(true) {
        worth = worth.max(size(server, PRODUCT, found).cores_each);
    }
    let arcs = kind.arcs(demand, &["processor"], |_| Ok(worth));
    if !arcs.is_empty() {
        let (units, steps) = physical_cores(kind.scene, server, false, found);
        let mut way = kind.way("core", units, arcs, steps, &["SQL-GRANT-2012", "SQL-CORE-PHYS"]);
        way.named_by_lot = false;
        demand.ways.push(way);
        demand.later = true;
    }
}

/// Server licences count one for each operating system; Enterprise only up to 2008 R2.
fn server_and_cal(kind: &Kind<'_>, demand: &mut Demand, oses: u64) {
    let arcs = kind.arcs(demand, &["server"], |_| Ok(1));
    if !arcs.is_empty() {
        let steps = vec![Step::new("sql-server-cal", Some("SQL-SRVCAL"), &[("oses", oses.to_string())])];
        demand.ways.push(kind.way("server", oses, arcs, steps, &["SQL-SRVCAL"]));
    }
}

/// Processor licences up to 2008 R2: all physical processors, or for `vms` machines each its share.
fn processors(kind: &Kind<'_>, demand: &mut Demand, server: &Server, vms: u64, found: &mut Found) {
    if kind.rank > kind.era("2008 R2") || vms > 0 {
        return;
    }
    let arcs = kind.arcs(demand, &["processor"], |_| Ok(1));
    if !arcs.is_empty() {
        let (units, steps) = by_processor(server, found);
        demand.ways.push(kind.way("processor", units, arcs, steps, &["SQL-PROC-2008"]));
    }
}

/// Ways of virtual machines on one host (or on an unknown one): each by itself, or the host for all.
fn guests(scene: &Scene<'_>, key: &str, places: &[Placed<'_>], found: &mut Found) {
    let window = scene.terms.rule("GEN-RECENT90", scene.as_of).number("days");
    let live: Vec<Placed<'_>> = places.iter().filter(|p| p.vm.is_some_and(|vm| counts(vm, 0))).cloned().collect();
    let recent: Vec<Placed<'_>> =
        places.iter().filter(|p| p.vm.is_some_and(|vm| counts(vm, window))).cloned().collect();
    let server = places.first().and_then(|p| p.server);
    let old_era = scene.terms.rank(PRODUCT, "2008 R2").unwrap_or(0);
    // The host for all, where an Enterprise lot may serve it.
    let highest = live.iter().max_by_key(|p| (p.edition == "Datacenter", p.edition == "Enterprise"));
    let Some(highest) = highest else { return };
    let rank = live.iter().map(|p| p.rank).max().unwrap_or(0);
    let vms: u64 = live.iter().filter_map(|p| p.vm).map(|vm| vm.count).sum();
    let all_one = live.iter().all(|p| p.rank <= old_era) || vms > 0;
    if let (Some(server), true) = (server, all_one) {
        let kind = Kind { scene, edition: &highest.edition, rank, machine: &server.id };
        let mut demand = start(key, &live);
        host_ways(&kind, &mut demand, server, vms, &live, &recent, found);
        if !demand.ways.is_empty() {
            by_machine(&kind, &mut demand, &live, found);
            if demand.ways.iter().any(|way| way.native) && demand.ways.iter().any(|way| !way.arcs.is_empty()) {
                demand.ways.retain(|way| !way.arcs.is_empty());
            }
            found.demands.push(demand);
            return;
        }
    }
    for place in &live {
        let Some(vm) = place.vm else { continue };
        let kind = Kind { scene, edition: &place.edition, rank: place.rank, machine: &vm.id };
        let mut demand = start(&format!("vm:{}", vm.id), std::slice::from_ref(place));
        by_machine(&kind, &mut demand, std::slice::from_ref(place), found);
        found.demands.push(demand);
    }
}

/// Licensing the host so that its machines are covered.
fn host_ways(
    kind: &Kind<'_>,
    demand: &mut Demand,
    server: &Server,
    vms: u64,
    live: &[Placed<'_>],
    recent: &[Placed<'_>],
    found: &mut Found,
) {
    let reach = kind.scene.reach_of(server, PRODUCT, found);
    if kind.rank <= kind.era("2008 R2") {
        let enterprise = kind.edition == "Enterprise";
        if enterprise && (kind.rank <= kind.era("2008") || vms <= 4) {
            let arcs = kind
                .arcs(demand, &["server"], |lot| if lot.edition == "Enterprise" { Ok(1) } else { Err("other-way") });
            let native = arcs.is_empty() && kind.rank < kind.era("2008");
            if !arcs.is_empty() || native {
                let steps = vec![Step::new("sql-enterprise-server", Some("SQL-SRVCAL"), &[("vms", vms.to_string())])];
                let mut way = kind.way("server", server.count, arcs, steps, &["SQL-SRVCAL"]);
                way.native = native;
                way.named_by_lot = !native;
                demand.ways.push(way);
            }
        }
        let unlimited = kind.edition == "Datacenter" || (enterprise && kind.rank <= kind.era("2008"));
        if unlimited
            || (enterprise
                && vms <= kind.scene.terms.rule("SQL-PROC-2008", kind.scene.as_of).number("enterprise_vms_2008_r2"))
        {
            let arcs = kind.arcs(demand, &["processor"], |lot| {
                if matches!(lot.edition.as_str(), "Datacenter" | "Enterprise") { Ok(1) } else { Err("other-way") }
            });
            let (units, steps) = by_processor(server, found);
            if !arcs.is_empty() {
                demand.ways.push(kind.way("processor", units, arcs, steps, &["SQL-PROC-2008"]));
            }
        }
        return;
    }
    // Core licences of the whole host: all cores; without Software Assurance as many machines as licences.
    let oldest_2022 = kind.era("2022");
    for covered in [true, false] {
        let arcs = kind.arcs(demand, &["core"], |lot| {
            if lot.edition == "Enterprise" && lot.active == covered { Ok(1) } else { Err("other-way") }
        });
        if arcs.is_empty() {
            continue;
        }
        let members = reach.len() as u64;
        let mut units = 0;
        let mut steps = Vec::new();
        for host in &reach {
            let (cores, step) = physical_cores(kind.scene, host, false, found);
            let machines: u64 = recent.iter().filter_map(|p| p.vm).map(|vm| vm.count).sum();
            units += if covered { cores } else { cores.max(machines) };
            steps.extend(step);
        }
        let values = [("vms", vms.to_string()), ("hosts", members.to_string()), ("units", units.to_string())];
        let (code, rule) = if covered {
            ("sql-host-unlimited", "SQL-ENT-SA-UNLIM")
        } else {
            ("sql-host-per-core", "SQL-ENT-VM-PER-CORE")
        };
        steps.push(Step::new(code, Some(rule), &values));
        demand.ways.push(kind.way("core", units, arcs, steps, &[rule, "SQL-CORE-PHYS"]));
    }
    // Standard core licences may license the physical server for its machines only one by one.
    let _ = (live, oldest_2022);
}

/// Each machine by itself, in one way for all of the same kind of lot.
fn by_machine(kind: &Kind<'_>, demand: &mut Demand, live: &[Placed<'_>], found: &mut Found) {
    let scene = kind.scene;
    let least = scene.terms.rule("SQL-VM-MIN4", scene.as_of).number("per_vm");
    let from_2022 = kind.era("2022");
    // Without Software Assurance a machine that may move needs licences on each host that it may reach.
    let hosts: u64 =
        live.first().and_then(|p| p.server).map_or(1, |server| scene.reach_of(server, PRODUCT, found).len() as u64);
    let cores = |place: &Placed<'_>| {
        place.vm.map_or(0, |vm| u64::from(vm.vcpus.unwrap_or(1)).max(least).saturating_mul(vm.count))
    };
    for place in live.iter().filter(|p| p.vm.is_some_and(|vm| vm.vcpus.is_none())) {
        let subject = place.vm.map(|vm| vm.id.clone()).unwrap_or_default();
        let (code, rule) = ("virtual-cores-unknown", Some("SQL-VM-MIN4"));
        found.asks.insert(Ask { code, subject, product: PRODUCT.to_owned(), rule });
    }
    let total: u64 = live.iter().map(cores).sum();
    let step = |units: u64| {
        let machines: u64 = live.iter().filter_map(|p| p.vm).map(|vm| vm.count).sum();
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
        let arcs = kind.arcs(demand, &["core"], |lot| {
            if lot.active != mobile {
                return Err("other-way");
            }
            let by_vm_needs_sa = lot.rank.is_some_and(|rank| rank >= from_2022);
            if by_vm_needs_sa && !lot.active { Err("needs-sa-for-virtual-machine") } else { Ok(1) }
        });
        let units = if mobile { total } else { total.saturating_mul(hosts) };
        if !arcs.is_empty() {
            let rules: &[&'static str] = if hosts > 1 { &["SQL-VM-MIN4", "SQL-MOBILITY"] } else { &["SQL-VM-MIN4"] };
            demand.ways.push(kind.way("core", units, arcs, vec![step(units)], rules));
        }
    }
    let oses: u64 = live.iter().filter_map(|p| p.vm).map(|vm| vm.count).sum();
    if !demand.ways.iter().any(|way| way.metric == "server") {
        server_and_cal(kind, demand, oses);
    }
    if kind.rank <= kind.era("2008 R2") {
        let shares = shares(live, found);
        let arcs = kind.arcs(demand, &["processor"], |_| Ok(1));
        if !arcs.is_empty() || (demand.ways.is_empty() && kind.rank >= kind.era("2008")) {
            let values = [("units", shares.to_string())];
            let steps = vec![Step::new("sql-processor-shares", Some("SQL-PROC-VM-2008R2"), &values)];
            let native = arcs.is_empty();
            let mut way = kind.way("processor", shares, arcs, steps, &["SQL-PROC-VM-2008R2"]);
            way.native = native;
            way.named_by_lot = !native;
            demand.ways.push(way);
            return;
        }
    }
    if demand.ways.is_empty() {
        let mut way = if kind.rank >= kind.era("2012") {
            kind.way("core", total, Vec::new(), vec![step(total)], &["SQL-VM-MIN4"])
        } else {
            let steps = vec![Step::new("sql-server-cal", Some("SQL-SRVCAL"), &[("oses", oses.to_string())])];
            kind.way("server", oses, Vec::new(), steps, &["SQL-SRVCAL"])
        };
        way.native = true;
        way.named_by_lot = false;
        demand.ways.push(way);
    }
}

/// Processors for machines one by one: virtual processors by the threads or cores of one physical processor, rounded up.
fn shares(live: &[Placed<'_>], found: &mut Found) -> u64 {
    live.iter()
        .filter_map(|place| {
            let vm = place.vm?;
            let threads = place.server.map_or(1, |server| size(server, PRODUCT, found).threads_each).max(1);
            Some(u64::from(vm.vcpus.unwrap_or(1)).div_ceil(threads).saturating_mul(vm.count))
        })
        .sum()
}

/// Azure with Hybrid Benefit, in normalized cores.
fn azure(scene: &Scene<'_>, place: &Placed<'_>, found: &mut Found) {
    let Some(vm) = place.vm else { return };
    let rule = scene.terms.rule("SQL-AHB", scene.as_of);
    let worth = rule.number("enterprise_worth").max(1);
    let kind = Kind { scene, edition: &place.edition, rank: place.rank, machine: &vm.id };
    let enterprise = place.edition == "Enterprise";
    let cores = u64::from(vm.vcpus.unwrap_or(1)).max(rule.number("per_vm")).saturating_mul(vm.count);
    let mut demand = start(&format!("azure:{}", vm.id), std::slice::from_ref(place));
    demand.later = true;
    let arcs = kind.arcs(&mut demand, &["core"], |lot| match lot.edition.as_str() {
        _ if !lot.active => Err("no-active-sa-for-azure"),
        "Enterprise" if !enterprise => Ok(worth),
        _ => Ok(1),
    });
    let values = [("machine", vm.id.clone()), ("units", cores.to_string())];
    let steps = vec![Step::new("sql-azure-cores", Some("SQL-AHB"), &values)];
    let mut way = kind.way("core", cores, arcs, steps, &["SQL-AHB"]);
    way.named_by_lot = false;
    way.native = true;
    if !enterprise {
        way.unit = Some("normalized_core".to_owned());
    }
    demand.ways.push(way);
    found.demands.push(demand);
}
