//! Ways of an operating system that is the server itself, and of what counts by server or processor.

use super::cores::physical_cores;
use super::{BY_SERVER_ONLY, Kind, PRODUCT, Placed, start};
use crate::deployments::Server;
use crate::findings::{Breach, Step};
use crate::requirements::host::size;
use crate::requirements::{Arc, Demand, Found, Lot, Scene};

/// The ways of one operating system that is the server itself.
pub(super) fn demand(scene: &Scene<'_>, key: &str, place: &Placed<'_>, server: &Server, found: &mut Found) -> Demand {
    let mut demand = start(key, std::slice::from_ref(place));
    let kind = Kind { scene, edition: &place.edition, rank: place.rank, machine: &server.id, assured: place.assured };
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
    server_and_cal(&kind, &mut demand, server.count, 1);
    processors(&kind, &mut demand, server, found);
    if demand.ways.is_empty() {
        let mut way = if place.edition == BY_SERVER_ONLY {
            let steps = vec![Step::new("sql-server-cal", Some("SQL-SRVCAL"), &[("oses", server.count.to_string())])];
            kind.way("server", server.count, Vec::new(), steps, &["SQL-SRVCAL"])
        } else if place.rank >= kind.era("2012") {
            let (units, steps) = physical_cores(scene, server, old.contains(&place.rank), found);
            kind.way("core", units.saturating_mul(server.count), Vec::new(), steps, &["SQL-CORE-PHYS", "SQL-INSTANCE"])
        } else {
            let (units, steps) = by_processor(scene, server, found);
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
    // Cores and processors are those of the server itself.
    let size = size(scene, server, PRODUCT, found);
    demand.ways.iter_mut().for_each(|way| way.open = size.is_open(&way.metric));
    limit_of_server_licences(&kind, &demand, server, found);
    demand
}

/// Enterprise under server and CAL from 2012 on: twenty cores an instance.
fn limit_of_server_licences(kind: &Kind<'_>, demand: &Demand, server: &Server, found: &mut Found) {
    let limit = kind.scene.terms.rule("SQL-20CORE", kind.scene.as_of).number("cores");
    let only_by_server = demand.ways.iter().any(|way| way.metric == "server" && !way.arcs.is_empty())
        && !demand.ways.iter().any(|way| way.metric == "core" && !way.arcs.is_empty());
    let cores = size(kind.scene, server, PRODUCT, found).cores();
    if kind.edition == "Enterprise" && kind.rank >= kind.era("2012") && only_by_server && cores > limit {
        let (code, subject) = (format!("core_limit_{limit}"), server.id.clone());
        found.breaches.push(Breach { code, subject, rule: "SQL-20CORE".to_owned() });
    }
}

pub(super) fn by_processor(scene: &Scene<'_>, server: &Server, found: &mut Found) -> (u64, Vec<Step>) {
    let units = size(scene, server, PRODUCT, found).processors.saturating_mul(server.count);
    let values = [("host", server.id.to_string()), ("units", units.to_string())];
    (units, vec![Step::new("processor-licences", Some("SQL-PROC-2008"), &values)])
}

/// Processor licences under Software Assurance at the 2012 release: core grants for the server itself.
fn grant(kind: &Kind<'_>, demand: &mut Demand, server: &Server, found: &mut Found) {
    let arcs = granted(kind, demand, Some(server), |_| true);
    if !arcs.is_empty() {
        let (units, steps) = physical_cores(kind.scene, server, false, found);
        by_grant(kind, demand, arcs, (units.saturating_mul(server.count), steps), &["SQL-GRANT-2012", "SQL-CORE-PHYS"]);
    }
}

/// Processor licences that became core licences at the 2012 release, each worth the cores of the rule, or those of the host's
/// processors where they were recorded.
pub(super) fn granted(
    kind: &Kind<'_>,
    demand: &mut Demand,
    server: Option<&Server>,
    which: impl Fn(&Lot) -> bool,
) -> Vec<Arc> {
    if kind.rank < kind.era("2012") {
        return Vec::new();
    }
    let mut worth = kind.scene.terms.rule("SQL-GRANT-2012", kind.scene.as_of).number("cores_per_licence").max(1);
    if let Some(server) = server.filter(|server| server.inventory_documented == Some(true)) {
        worth = worth.max(size(kind.scene, server, PRODUCT, &mut Found::default()).cores_each);
    }
    kind.arcs(demand, &["processor"], |lot| if which(lot) { Ok(worth) } else { Err("other-way") })
}

/// Adds the way of core grants. Processors serve what counts by processor first.
pub(super) fn by_grant(
    kind: &Kind<'_>,
    demand: &mut Demand,
    arcs: Vec<Arc>,
    (units, steps): (u64, Vec<Step>),
    rules: &[&'static str],
) {
    let mut way = kind.way("core", units, arcs, steps, rules);
    way.named_by_lot = false;
    demand.ways.push(way);
    demand.later = true;
}

/// Server licences count one for each operating system; Enterprise only up to 2008 R2. Without Software Assurance a machine that
/// may move needs one on each of the `hosts` that it may reach.
pub(super) fn server_and_cal(kind: &Kind<'_>, demand: &mut Demand, oses: u64, hosts: u64) {
    for mobile in [true, false] {
        let serves = |lot: &Lot| hosts == 1 || lot.active == mobile;
        let arcs = kind.arcs(demand, &["server"], |lot| if serves(lot) { Ok(1) } else { Err("other-way") });
        if arcs.is_empty() || (hosts == 1 && !mobile) {
            continue;
        }
        let units = if mobile { oses } else { oses.saturating_mul(hosts) };
        let rules: &[&'static str] = if hosts > 1 { &["SQL-SRVCAL", "SQL-MOBILITY"] } else { &["SQL-SRVCAL"] };
        let steps = vec![Step::new("sql-server-cal", Some("SQL-SRVCAL"), &[("oses", units.to_string())])];
        demand.ways.push(kind.way("server", units, arcs, steps, rules));
    }
}

/// Processor licences up to 2008 R2: all physical processors.
fn processors(kind: &Kind<'_>, demand: &mut Demand, server: &Server, found: &mut Found) {
    if kind.rank > kind.era("2008 R2") {
        return;
    }
    let arcs = kind.arcs(demand, &["processor"], |_| Ok(1));
    if !arcs.is_empty() {
        let (units, steps) = by_processor(kind.scene, server, found);
        demand.ways.push(kind.way("processor", units, arcs, steps, &["SQL-PROC-2008"]));
    }
}
