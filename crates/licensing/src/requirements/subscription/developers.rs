//! Visual Studio subscriptions: everybody who develops or tests.

use super::{carrying, users_of};
use crate::deployments::{Install, User};
use crate::findings::Step;
use crate::requirements::{Ask, Demand, Found, Lot, Reading, Scene, Way, tidy};
use crate::word::Word;
use std::collections::BTreeSet;

/// Everybody who develops or tests on software from a subscription, and everybody with the paid development environment.
pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let lots: Vec<&Lot> = scene
        .lots
        .iter()
        .filter(|l| l.product.starts_with("Visual Studio") && l.product.ends_with("subscription"))
        .collect();
    let development: BTreeSet<&str> = scene
        .estate
        .installs
        .iter()
        .filter(|i| i.usage.as_deref() == Some("dev_test") && !lots.is_empty())
        .map(|i| i.on.as_str())
        .collect();
    let reached = development
        .iter()
        .filter_map(|on| scene.index.reached.get(on))
        .flatten()
        .filter_map(|place| scene.estate.accesses.get(*place))
        .map(|access| access.who.as_str());
    // Whoever uses a client device on which is tested, tests.
    let devices = development.iter().filter_map(|on| scene.estate.devices.get(*scene.index.devices.get(on)?));
    let at_devices = devices.filter_map(|device| device.used_by.as_deref().or(device.primary_user.as_deref()));
    let testing: BTreeSet<&str> = reached.chain(at_devices).collect();
    let without = scene.terms.rule("VS-UAT", scene.as_of).words("roles");
    let tests = |user: &&User| {
        testing.contains(user.id.as_str()) && !user.role.as_deref().is_some_and(|role| without.contains(&role))
    };
    let testers: u64 = scene.estate.users.iter().filter(tests).map(|user| user.count).fold(0, u64::saturating_add);
    // Any edition lets one test: those of Enterprise first, the others of Professional.
    let both = ["Professional", "Enterprise"].iter().all(|edition| lots.iter().any(|lot| lot.edition == *edition));
    let running = lots.iter().filter(|lot| lot.edition == "Enterprise" && !lot.ended);
    let enterprise = running.map(|lot| lot.units).fold(0, u64::saturating_add);
    // An edition that is not told may be the free one, or a paid one.
    let unknown_counts = |install: &Install| {
        install.edition == "unknown"
            && scene.reads("edition-unknown", &install.on, "Visual Studio Professional subscription") == Reading::High
    };
    for install in scene.estate.installs.iter().filter(|i| i.product == "Visual Studio" && i.edition == "unknown") {
        let (code, subject) = ("edition-unknown", install.on.clone());
        let product = Word::from("Visual Studio Professional subscription");
        found.asks.insert(Ask { code, subject, product, rule: Some("VS-USER") });
    }
    let paid = |edition: &str| {
        scene
            .estate
            .installs
            .iter()
            .filter(|i| i.product == "Visual Studio")
            .filter(|i| i.edition == edition || (edition == "Professional" && unknown_counts(i)))
            .collect::<Vec<&Install>>()
    };
    for edition in ["Professional", "Enterprise"] {
        let used = users_of(scene, paid(edition).into_iter());
        let named = lots.iter().any(|lot| lot.edition == edition);
        let other = lots.iter().any(|lot| lot.edition != edition);
        let testers = match edition {
            "Enterprise" if both => testers.min(enterprise),
            "Professional" if both => testers.saturating_sub(enterprise),
            _ if named || (!other && edition == "Professional") => testers,
            _ => 0,
        };
        let units =
            (used.users.values().copied().fold(0, u64::saturating_add).saturating_add(used.anonymous)).max(testers);
        if units == 0 {
            continue;
        }
        let product = format!("Visual Studio {edition} subscription");
        let mut demand = Demand {
            key: format!("visual-studio:{edition}"),
            subjects: used
                .installs
                .iter()
                .map(|i| (i.on.clone(), format!("Visual Studio {edition} {}", i.version).into(), 1))
                .collect(),
            origins: tidy(used.installs.iter().flat_map(|i| i.origins.clone()).collect()),
            ..Demand::default()
        };
        let arcs = carrying(scene, &mut demand, |lot, _| {
            let serves = lot.product == product
                || (edition == "Professional" && lot.product == "Visual Studio Enterprise subscription");
            serves.then_some(Ok(()))
        });
        demand.ways.push(Way {
            product: product.clone(),
            edition: edition.to_owned(),
            version: "none".to_owned(),
            metric: "user_sub".to_owned(),
            units,
            arcs,
            steps: vec![Step::new("developers", Some("VS-USER"), &[("units", units.to_string())])],
            rules: vec!["VS-USER"],
            native: true,
            ..Way::default()
        });
        found.demands.push(demand);
    }
}
