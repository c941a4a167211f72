//! Exchange, SharePoint, Skype, Lync and Project servers: one licence for each running instance.

use super::lot::FARM_MOBILITY;
use super::{Demand, Found, Need, Scene, Way, recovery, tidy};
use crate::deployments::Install;
use crate::findings::{Breach, Step};

const PRODUCTS: [&str; 5] =
    ["Exchange Server", "SharePoint Server", "Skype for Business Server", "Lync Server", "Project Server"];

/// Editions that need no server licence: the key for hybrid use, trials, SharePoint Foundation.
pub(super) const FREE: [&str; 4] = ["Hybrid", "Trial", "Evaluation", "Foundation"];

/// Products whose server licence has editions; the others have one licence whatever is unlocked in it.
const WITH_EDITIONS: [&str; 1] = ["Exchange Server"];

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    for install in scene.estate.installs.iter().filter(|i| PRODUCTS.contains(&i.product.as_str())) {
        let product = install.product.as_str();
        if FREE.iter().any(|word| install.edition.contains(word)) {
            continue;
        }
        let vm = scene.vm(&install.on);
        if vm.is_some_and(|vm| vm.enabled == Some(false)) || (vm.is_none() && scene.server(&install.on).is_none()) {
            continue;
        }
        let cals = [format!("{product} Standard CAL"), format!("{product} Enterprise CAL"), format!("{product} CAL")];
        let cals: Vec<&str> = cals.iter().map(String::as_str).collect();
        if vm.is_none() && recovery::cold(scene, product, &cals).contains(install.on.as_str()) {
            continue;
        }
        let count = vm.map_or_else(|| scene.server(&install.on).map_or(1, |s| s.count), |vm| vm.count);
        let rank = scene.rank_of(product, &install.version, &install.on, found);
        let edition = match (install.edition.as_str(), scene.reads("edition-unknown", &install.on, product)) {
            ("unknown", _) if !WITH_EDITIONS.contains(&product) => "none",
            ("unknown", super::Reading::Low) => "Standard",
            ("unknown", super::Reading::High) => "Enterprise",
            (edition, _) => edition,
        };
        if install.edition == "unknown" && WITH_EDITIONS.contains(&product) {
            let (code, subject) = ("edition-unknown", install.on.clone());
            found.asks.insert(super::Ask { code, subject, product: product.into(), rule: Some("GEN-EDITION") });
        }
        if product == "Exchange Server" {
            databases_within(scene, install, edition, found);
        }
        let mut demand = Demand {
            key: format!("server-application:{product}:{}", install.on),
            subjects: vec![(install.on.clone(), format!("{product} {edition} {}", install.version).into(), count)],
            origins: tidy(install.origins.clone()),
            ..Demand::default()
        };
        let machines = scene.ids_of(&install.on);
        let editions = WITH_EDITIONS.contains(&product).then_some(edition);
        let need = Need { product, edition: editions, rank, machines: &machines };
        let subscription_only = install.version == "SE";
        // Without Software Assurance a machine that may move needs a licence on each host that it may reach.
        let host = vm.and_then(|vm| scene.host_of(vm));
        let hosts = host.map_or(1, |host| scene.hosts_reached(host, product, found));
        let bound = hosts > 1 && FARM_MOBILITY.contains(&product);
        for mobile in [true, false] {
            let arcs = scene.serving(&need, &["server"], &mut demand.refused, |lot| {
                if subscription_only && !lot.active {
                    Err("needs-sa-for-subscription-edition")
                } else if bound && lot.active != mobile {
                    Err("other-way")
                } else {
                    Ok(1)
                }
            });
            demand.refused.retain(|_, why| *why != "other-way");
            if !mobile && (!bound || arcs.is_empty()) {
                continue;
            }
            let units = if mobile { count } else { count.saturating_mul(hosts) };
            let values = [("machine", install.on.to_string()), ("units", units.to_string())];
            demand.ways.push(Way {
                product: product.to_owned(),
                edition: edition.to_owned(),
                version: install.version.to_string(),
                metric: "server".to_owned(),
                units,
                arcs,
                steps: vec![Step::new("one-per-instance", Some("EXC-CAL"), &values)],
                rules: if mobile { vec!["EXC-CAL"] } else { vec!["EXC-CAL", "GEN-REASSIGN-90"] },
                native: mobile,
                ..Way::default()
            });
        }
        // Licences without mobility are held: the way without any lot is not theirs.
        if demand.ways.len() > 1 {
            demand.ways.retain(|way| !way.arcs.is_empty());
        }
        found.demands.push(demand);
    }
}

/// More mounted databases than the edition takes are a breach of its limit, not a quantity.
fn databases_within(scene: &Scene<'_>, install: &Install, edition: &str, found: &mut Found) {
    let mounted = install.databases.as_ref().map_or(0, |databases| databases.all().len() as u64);
    let limit = scene.terms.rule("EXC-SERVER", scene.as_of).number(match edition {
        "Standard" => "databases_standard",
        _ => "databases_enterprise",
    });
    if mounted > limit {
        let (code, rule) = (format!("database_limit_{limit}"), "EXC-SERVER".to_owned());
        found.breaches.push(Breach { code, subject: install.on.clone(), rule });
    }
}
