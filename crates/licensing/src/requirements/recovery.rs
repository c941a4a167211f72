//! Cold recovery servers: one switched-off instance for each instance in production, outside its cluster, while Software
//! Assurance runs on the servers' and the CALs' lots.

use super::Scene;
use std::collections::BTreeSet;

/// Servers whose installation of `product` is a free cold instance. `cals` are the products of its access licences.
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
    let mut cold = BTreeSet::new();
    let mut in_production = 0u64;
    for install in scene.estate.installs.iter().filter(|install| install.product == product) {
        if let Some(vm) = scene.vm(&install.on) {
            in_production = in_production.saturating_add(vm.count);
        } else if let Some(server) = scene.server(&install.on) {
            // On for a self-test, for patching or in the disaster only.
            let idle = server.powered.as_deref() != Some("on") || server.activity.is_some();
            let off = server.role.as_deref() == Some("cold_dr") && idle && server.activity.all().iter().all(allowed);
            if !off {
                in_production = in_production.saturating_add(server.count);
            } else if server.cluster.is_none() {
                cold.insert(install.on.as_str());
            }
        }
    }
    let each = rule.number("backups_per_licence");
    cold.into_iter().take(usize::try_from(in_production.saturating_mul(each)).unwrap_or(usize::MAX)).collect()
}
