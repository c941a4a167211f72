//! Cold recovery servers: one switched-off instance for each instance in production, outside its cluster, while Software
//! Assurance runs on the servers' and the CALs' lots.

use super::host::{cores_due, size};
use super::{Found, Lot, Need, Scene};
use crate::deployments::Install;
use std::collections::{BTreeMap, BTreeSet};

/// Servers whose installation of `product` is a free cold instance. `cals` are the products of its access licences. Each
/// instance in production that may stand under Software Assurance carries one of its own edition and version.
pub(super) fn cold<'a>(scene: &Scene<'a>, product: &str, cals: &[&str]) -> BTreeSet<&'a str> {
    let mut servers = scene.lots.iter().filter(|lot| lot.product == product);
    let mut access = scene.lots.iter().filter(|lot| cals.contains(&lot.product.as_str()));
    if !servers.any(|lot| lot.active) || !access.all(|lot| lot.active) {
        return BTreeSet::new();
    }
    let rule = scene.terms.rule("SA-DR", scene.as_of);
    let allowed = |activity: &String| {
        let activity = activity.to_lowercase();
        rule.words("allowed_on").iter().any(|word| activity.contains(word))
    };
    let mut groups: BTreeMap<(&str, &str), Group<'a>> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|install| install.product == product) {
        let group = groups.entry((install.edition.as_str(), install.version.as_str())).or_default();
        if scene.vm(&install.on).is_some() {
            group.production.push(install);
        } else if let Some(server) = scene.server(&install.on) {
            // On for a self-test, for patching or in the disaster only.
            let idle = server.powered.as_deref() != Some("on") || server.activity.is_some();
            let off = server.role.as_deref() == Some("cold_dr") && idle && server.activity.all().iter().all(allowed);
            if !off {
                group.production.push(install);
            } else if server.cluster.is_none() {
                group.cold.insert(install.on.as_str());
            }
        }
    }
    let each = rule.number("backups_per_licence");
    let mut free = BTreeSet::new();
    for group in groups.into_values().filter(|group| !group.cold.is_empty()) {
        let carried = usize::try_from(assured(scene, product, &group).saturating_mul(each)).unwrap_or(usize::MAX);
        free.extend(group.cold.into_iter().take(carried));
    }
    free
}

/// Installations of one edition and version.
#[derive(Default)]
struct Group<'a> {
    production: Vec<&'a Install>,
    cold: BTreeSet<&'a str>,
}

/// How many instances in production may stand under Software Assurance. Lots of the edition itself speak first.
fn assured(scene: &Scene<'_>, product: &str, group: &Group<'_>) -> u64 {
    let count = |install: &Install| {
        let vm = scene.vm(&install.on).map(|vm| vm.count);
        vm.or_else(|| scene.server(&install.on).map(|server| server.count)).unwrap_or(0)
    };
    let all = group.production.iter().map(|install| count(install)).fold(0, u64::saturating_add);
    let fitting: BTreeSet<usize> = group
        .production
        .iter()
        .flat_map(|install| {
            let rank = scene.rank_of(product, &install.version, &install.on, &mut Found::default());
            let machines = scene.ids_of(&install.on);
            let need = Need { product, edition: Some(&install.edition), rank, machines: &machines };
            scene.serving(&need, &METRICS, &mut BTreeMap::new(), |_| Ok(1))
        })
        .map(|arc| arc.lot)
        .collect();
    let lots: Vec<&Lot> = fitting.iter().filter_map(|at| scene.lots.get(*at)).filter(|lot| lot.units > 0).collect();
    let edition = group.production.first().map_or("", |install| install.edition.as_str());
    let own: Vec<&Lot> = lots.iter().copied().filter(|lot| lot.edition == edition).collect();
    let lots = if own.is_empty() { lots } else { own };
    let (active, lapsed): (Vec<&Lot>, Vec<&Lot>) = lots.into_iter().partition(|lot| lot.active);
    if active.is_empty() || lapsed.is_empty() {
        return if active.is_empty() { 0 } else { all };
    }
    // Some are under coverage and some are not: as many as the former cover whole, the smallest first.
    let mut pools: BTreeMap<&str, u64> = BTreeMap::new();
    for lot in active {
        let pool = pools.entry(&lot.metric).or_default();
        *pool = pool.saturating_add(lot.units);
    }
    let mut needs: Vec<(u64, u64, u64)> = group
        .production
        .iter()
        .map(|install| {
            let (cores, processors) = extent(scene, product, install);
            (cores, processors, count(install))
        })
        .collect();
    needs.sort_unstable();
    let mut covered: u64 = 0;
    for (cores, processors, mut count) in needs {
        for (metric, due) in
            [("core", cores), ("processor_pair", processors.div_ceil(2)), ("processor", processors), ("server", 1)]
        {
            let Some(pool) = pools.get_mut(metric) else { continue };
            let some = pool.checked_div(due).unwrap_or(0).min(count);
            *pool -= some.saturating_mul(due);
            (covered, count) = (covered.saturating_add(some), count - some);
        }
    }
    covered
}

/// Metrics that server lots come in.
const METRICS: [&str; 4] = ["core", "processor_pair", "processor", "server"];

/// Cores that one instance counts, and processors.
fn extent(scene: &Scene<'_>, product: &str, install: &Install) -> (u64, u64) {
    let (rule, per_server) =
        if product == "Windows Server" { ("WS-CORE-MIN", "per_server") } else { ("SQL-CORE-PHYS", "") };
    let least = scene.terms.rule(rule, scene.as_of);
    if let Some(vm) = scene.vm(&install.on) {
        return (u64::from(vm.vcpus.unwrap_or(1)).max(least.number("per_processor")), 1);
    }
    scene.server(&install.on).map_or((0, 0), |server| {
        let size = size(scene, server, product, &mut Found::default());
        let floor = if per_server.is_empty() { 0 } else { least.number(per_server) };
        (cores_due(size, least.number("per_processor"), floor), size.processors)
    })
}
