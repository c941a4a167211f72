//! SQL Server: cores of a server or of each virtual machine, Enterprise hosts, server and CAL, processors up to 2008 R2. What is
//! free, where each installation stands and what is counted together is here; the ways in `physical` and `guests`, passive
//! secondaries in `passive`, machines in Azure in `azure`.

mod azure;
mod cores;
mod guests;
mod passive;
mod physical;

use super::{Arc, Ask, Demand, Found, Lot, Need, Reading, Scene, Way, may_cover, recovery, tidy};
use crate::deployments::{Install, Server, Vm, Words};
use crate::findings::{Breach, SetAside, Step};
use std::collections::{BTreeMap, BTreeSet};

const PRODUCT: &str = "SQL Server";

/// The edition that was sold by server and CAL only.
const BY_SERVER_ONLY: &str = "Business Intelligence";

/// Components that need the licences of SQL Server where they stand alone.
const COMPONENTS: [&str; 5] = [
    "SQL Server Reporting Services",
    "SQL Server Integration Services",
    "SQL Server Analysis Services",
    "SQL Server Master Data Services",
    "SQL Server Data Quality Services",
];

fn is_sql(install: &Install) -> bool {
    install.product == PRODUCT || COMPONENTS.contains(&install.product.as_str())
}

/// The highest edition on one operating system, with where it stands.
#[derive(Clone)]
struct Placed<'a> {
    installs: Vec<&'a Install>,
    edition: String,
    rank: usize,
    server: Option<&'a Server>,
    vm: Option<&'a Vm>,
    /// A passive secondary leans on Software Assurance here: lots without it may not serve.
    assured: bool,
}

impl Placed<'_> {
    fn count(&self) -> u64 {
        self.vm.map_or_else(|| self.server.map_or(1, |server| server.count), |vm| vm.count)
    }

    fn machine(&self) -> Option<&str> {
        self.vm.map(|vm| vm.id.as_str()).or(self.server.map(|server| server.id.as_str()))
    }

    fn in_azure(&self) -> bool {
        self.vm.is_some_and(|vm| vm.host.as_deref() == Some("azure"))
    }
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let mut placed: BTreeMap<&str, Vec<&Install>> = BTreeMap::new();
    let cold = recovery::cold(scene, PRODUCT, &["SQL Server CAL"]);
    for install in scene.estate.installs.iter().filter(|i| is_sql(i) && !cold.contains(i.on.as_str())) {
        if !is_free(scene, install, found) {
            placed.entry(&install.on).or_default().push(install);
        }
    }
    let mut places = Vec::new();
    for (on, installs) in placed {
        places.extend(place(scene, on, installs, found));
    }
    let parted = passive::apart(scene, places, found, |parted| {
        let mut trial = Found::default();
        all_of(scene, parted, &mut trial);
        uncovered(scene, &trial.demands)
    });
    all_of(scene, &parted, found);
}

/// The demands of what works, and of secondaries beyond the size of their primary.
fn all_of(scene: &Scene<'_>, parted: &passive::Parted<'_>, found: &mut Found) {
    for (secondary, largest) in &parted.free {
        let mut extra = if secondary.in_azure() { Vec::new() } else { one(scene, secondary, found) };
        passive::only_what_exceeds(&mut extra, largest.saturating_mul(secondary.count()));
        if extra.is_empty() {
            aside(secondary.installs.first(), "passive-secondary", secondary.count(), found);
        }
        found.demands.extend(extra);
    }
    let mut hosts: BTreeMap<String, Vec<Placed<'_>>> = BTreeMap::new();
    for place in &parted.working {
        if place.in_azure() {
            azure::demand(scene, place, found);
            continue;
        }
        let key = match (place.server, place.vm) {
            (Some(server), Some(_)) => {
                let reach = scene.reach_of(server, PRODUCT, found);
                format!("host:{}", reach.iter().map(|host| host.id.as_str()).collect::<Vec<_>>().join("+"))
            }
            (Some(server), None) => format!("host:{}", server.id),
            (None, Some(vm)) => {
                // Counted by itself; a host that is licensed wholly, or several that it reaches, would make another sum.
                let (code, subject) = ("host-unknown", vm.id.clone());
                found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-MOBILITY") });
                format!("vm:{}", vm.id)
            }
            (None, None) => continue,
        };
        hosts.entry(key).or_default().push(place.clone());
    }
    for (key, places) in hosts {
        let demands = on_host(scene, &key, &places, found);
        found.demands.extend(demands);
    }
}

/// One operating system by itself.
fn one(scene: &Scene<'_>, place: &Placed<'_>, found: &mut Found) -> Vec<Demand> {
    match (place.vm, place.server) {
        (None, Some(server)) => {
            vec![physical::demand(scene, &format!("physical:{}", server.id), place, server, found)]
        }
        _ => guests::apart(scene, std::slice::from_ref(place), found),
    }
}

/// What stands on one host, or on the hosts that its machines move between: the host for all, or each by itself, whatever
/// leaves less uncovered.
fn on_host(scene: &Scene<'_>, key: &str, places: &[Placed<'_>], found: &mut Found) -> Vec<Demand> {
    let (machines, own): (Vec<Placed<'_>>, Vec<Placed<'_>>) = places.iter().cloned().partition(|p| p.vm.is_some());
    let mut apart: Vec<Demand> = own.iter().flat_map(|place| one(scene, place, found)).collect();
    if machines.is_empty() {
        return apart;
    }
    apart.extend(match guests::together(scene, key, &machines, &[], found) {
        Some(demand) => vec![demand],
        None => guests::apart(scene, &machines, found),
    });
    let mut best = apart;
    let mut least = uncovered(scene, &best);
    if !own.is_empty()
        && let Some(all) = guests::together(scene, key, &machines, &own, found)
    {
        let candidate = vec![all];
        let cost = uncovered(scene, &candidate);
        if cost <= least {
            (best, least) = (candidate, cost);
        }
    }
    let kinds: BTreeSet<(&str, usize, bool)> =
        machines.iter().map(|p| (p.edition.as_str(), p.rank, p.assured)).collect();
    if kinds.len() > 1 && least > 0 {
        let mut candidate: Vec<Demand> = own.iter().flat_map(|place| one(scene, place, found)).collect();
        candidate.extend(guests::apart(scene, &machines, found));
        if uncovered(scene, &candidate) < least {
            best = candidate;
        }
    }
    best
}

/// What the lots would leave uncovered if they had nothing else to do, in Standard cores; an Enterprise core counts as four
/// (the worth that the publisher gives it in Azure). Only to choose between two ways to group the same machines.
fn uncovered(scene: &Scene<'_>, demands: &[Demand]) -> u64 {
    let mut left: Vec<u64> = scene.lots.iter().map(|lot| lot.units).collect();
    let worth = scene.terms.rule("SQL-AHB", scene.as_of).number("enterprise_worth").max(1);
    let mut total: u64 = 0;
    for demand in demands {
        let mut best: Option<(u64, Vec<u64>)> = None;
        for way in &demand.ways {
            let mut after = left.clone();
            let mut missing = way.units;
            let mut arcs: Vec<&Arc> = way.arcs.iter().collect();
            arcs.sort_by_key(|arc| (arc.preference, arc.lot));
            for arc in arcs {
                if let Some(slot) = after.get_mut(arc.lot) {
                    let base = missing.div_ceil(arc.worth.max(1)).min(*slot);
                    *slot -= base;
                    missing = missing.saturating_sub(base.saturating_mul(arc.worth.max(1)));
                }
            }
            let each = if matches!(way.edition.as_str(), "Enterprise" | "Datacenter") { worth } else { 1 };
            let cost = missing.saturating_mul(each);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, after));
            }
        }
        if let Some((cost, after)) = best {
            total = total.saturating_add(cost);
            left = after;
        }
    }
    total
}

/// Machines whose SQL Server stands under a server licence, so that their users need CALs. Core and processor licences go to the
/// machines with the most people first, because there the CALs would be most; the others need CALs.
pub(super) fn under_server_licences<'a>(scene: &Scene<'a>) -> BTreeSet<&'a str> {
    let mut placed: BTreeMap<&'a str, Vec<&'a Install>> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|i| is_sql(i) && !is_free(scene, i, &mut Found::default())) {
        placed.entry(&install.on).or_default().push(install);
    }
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for access in scene.estate.accesses.iter().filter(|access| placed.contains_key(access.to.as_str())) {
        reached.entry(&access.to).or_default().insert(&access.who);
    }
    let mut asked = Found::default();
    let may = |installs: &[&Install], lot: &Lot, asked: &mut Found| {
        installs.iter().all(|install| {
            let rank = scene.rank_of(PRODUCT, &install.version, &install.on, asked);
            let machines = [install.on.as_str()];
            let need = Need { product: PRODUCT, edition: Some(&install.edition), rank, machines: &machines };
            may_cover(lot, &need, scene.terms, scene.as_of).is_ok()
        })
    };
    let by_size = |lot: &&Lot| lot.product == PRODUCT && matches!(lot.metric.as_str(), "core" | "processor");
    let sized: Vec<&Lot> = scene.lots.iter().filter(by_size).collect();
    let mut left: Vec<u64> = sized.iter().map(|lot| lot.units).collect();
    let mut places: Vec<(u64, &str, Vec<&Install>)> = placed
        .into_iter()
        .map(|(on, installs)| {
            let users = reached.get(on).into_iter().flatten().filter_map(|id| scene.user(id));
            (users.map(|user| user.count).fold(0, u64::saturating_add), on, installs)
        })
        .collect();
    places.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
    let mut chosen = BTreeSet::new();
    let servers: Vec<&Lot> = scene.lots.iter().filter(|lot| lot.product == PRODUCT && lot.metric == "server").collect();
    for (_, on, installs) in places {
        // Where no server licence may stand, what is missing is cores, and cores need no CALs.
        if !servers.iter().any(|lot| may(&installs, lot, &mut asked)) {
            continue;
        }
        let fitting: Vec<usize> =
            (0..sized.len()).filter(|at| sized.get(*at).is_some_and(|lot| may(&installs, lot, &mut asked))).collect();
        let Some(place) = place(scene, on, installs, &mut asked) else { continue };
        // In Azure it is counted in cores alone.
        if place.in_azure() {
            continue;
        }
        let mut missing = cores::all(scene, &place).saturating_mul(place.count());
        let processors = place.server.map_or(1, |server| u64::from(server.processors.unwrap_or(1)));
        let mut after = left.clone();
        for at in fitting {
            if let (Some(lot), Some(slot)) = (sized.get(at), after.get_mut(at)) {
                // All processors of a server, where the lot counts them.
                let needed = if lot.metric == "core" { missing } else { processors };
                let taken = needed.min(*slot);
                *slot -= taken;
                missing = if lot.metric != "core" && taken == needed { 0 } else { missing.saturating_sub(taken) };
            }
            if missing == 0 {
                break;
            }
        }
        if missing == 0 {
            left = after;
        } else {
            chosen.insert(on);
        }
    }
    chosen
}

fn aside(install: Option<&&Install>, why: &str, count: u64, found: &mut Found) {
    if let Some(install) = install {
        found.set_aside.push(SetAside {
            on: install.on.clone(),
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
    let subscription = scene.index.development;
    // What serves one product alone comes with it: by the names of its databases where they are told, else by what is said of
    // its use.
    let told = install.databases.as_ref().map(Words::all).filter(|all| !all.is_empty());
    let names = |rule: &str, name: &str| {
        let name = name.to_lowercase();
        scene.terms.rule(rule, scene.as_of).words("databases").iter().any(|word| name.contains(word))
    };
    let serves = |rule: &str, is_own: &dyn Fn(&str) -> bool, uses: &[&str]| {
        let alone = match told {
            Some(all) => all.iter().all(|each| is_own(each)),
            None => install.usage.as_deref().is_some_and(|usage| uses.contains(&usage)),
        };
        alone && scene.terms.rule(rule, scene.as_of).words("editions").contains(&edition)
    };
    let of_teams = |name: &str| names("VS-TFS", name);
    let of_system_center = |name: &str| names("SC-SQL-RUNTIME", name) && !of_teams(name);
    let runtime = serves("SC-SQL-RUNTIME", &of_system_center, &["system_center_only"]);
    let for_teams = subscription && serves("VS-TFS", &of_teams, &["tfs_only", "azure_devops_only"]);
    if edition.contains("Evaluation") && install.age_days.is_some_and(|age| age > 180) {
        let (code, rule) = ("evaluation_expired".to_owned(), "GEN-FREE".to_owned());
        found.breaches.push(Breach { code, subject: install.on.clone(), rule });
    }
    let why = if ["Express", "LocalDB", "MSDE", "Desktop Engine"].iter().any(|word| edition.contains(word)) {
        "free-edition"
    } else if edition.contains("Developer") && !production {
        "developer-edition"
    } else if edition.contains("Evaluation") {
        "evaluation"
    } else if runtime {
        "system-center-runtime"
    } else if for_teams {
        "team-foundation-runtime"
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
        found.asks.insert(Ask { code, subject: on.into(), product: PRODUCT.into(), rule: Some("SQL-CORE-PHYS") });
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
                found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("GEN-EDITION") });
                if scene.reads("edition-unknown", &install.on, PRODUCT) == Reading::Low {
                    continue;
                }
                4
            }
            // Since 2025 there is a Developer edition of Standard too.
            text if text.contains("Developer") && !text.starts_with("Standard") => 4,
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
    if installs.iter().any(|install| install.edition.starts_with("Web"))
        && Some(rank) >= scene.terms.rank(PRODUCT, "2012")
    {
        // Sold to hosters and web providers only: whose it is decides whether a company may hold it at all.
        let (code, subject) = ("web-edition-for-hosters", on.into());
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-DEV") });
    }
    Some(Placed {
        edition: order.get(edition - 1).copied().unwrap_or("Standard").to_owned(),
        installs,
        rank,
        server,
        vm,
        assured: false,
    })
}

struct Kind<'a> {
    scene: &'a Scene<'a>,
    edition: &'a str,
    rank: usize,
    machine: &'a str,
    /// Lots without Software Assurance may not serve.
    assured: bool,
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
        let machines = self.scene.ids_of(self.machine);
        let need = Need { product: PRODUCT, edition: Some(self.edition), rank: self.rank, machines: &machines };
        let arcs = self.scene.serving(&need, metrics, &mut demand.refused, |lot| {
            if self.assured && !lot.active { Err("no-active-sa-for-secondary") } else { also(lot) }
        });
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
                (i.on.clone(), format!("{} {} {}", i.product, i.edition, i.version).into(), count)
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
