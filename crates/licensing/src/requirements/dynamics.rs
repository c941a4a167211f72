//! Dynamics beside CRM. NAV, AX and GP are counted by the customer's own licence file: by users at the same time or by named users,
//! as that file says; without it only the bounds are known, at least one user, at most everybody who reaches the product.
//! Operations on the company's own servers takes a licence for each server and one for each person; its terms were not read.

use super::desktop::in_service;
use super::{Arc, Ask, Demand, Found, Reading, Scene, Way, tidy, under_development};
use crate::deployments::Install;
use crate::findings::{SetAside, Step};
use crate::word::Word;
use std::collections::{BTreeMap, BTreeSet};

/// Counted by the customer's file.
const BY_FILE: &str = "DYN-LICENCE-FILE";
const ASK_FILE: &str = "licence-file-unread";
/// Counted by server and by person.
const BY_SERVER: &str = "DYN-OPERATIONS";
const ASK_TERMS: &str = "licence-terms-unread";

/// Adds what each of the rules' products asks for, and the question for its licence file or its terms.
pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let of_rule = |rule: &'static str| {
        scene.terms.rule(rule, scene.as_of).words("products").into_iter().map(move |product| (product, rule))
    };
    let products: Vec<(&str, &'static str)> = of_rule(BY_FILE).chain(of_rule(BY_SERVER)).collect();
    let mut installs: BTreeMap<(&str, &'static str), Vec<&Install>> = BTreeMap::new();
    for install in scene.estate.installs.iter().filter(|install| install.product.starts_with("Dynamics ")) {
        let named = |(product, _): &&(&str, &str)| install.product.strip_prefix(*product).is_some_and(is_end_of_name);
        let Some(key) = products.iter().find(named).filter(|_| stands(scene, install)) else { continue };
        if scene.is_development(install) {
            found.set_aside.push(under_development(install, 1));
        } else {
            installs.entry(*key).or_default().push(install);
        }
    }
    for ((product, rule), mut installs) in installs {
        // The order of the evidence decides nothing.
        installs.sort_by(|a, b| (&a.on, &a.version).cmp(&(&b.on, &b.version)));
        let code = if rule == BY_FILE { ASK_FILE } else { ASK_TERMS };
        found.asks.insert(Ask { code, subject: product.into(), product: product.into(), rule: Some(rule) });
        let people = people(scene, &installs);
        if rule == BY_SERVER {
            let servers = by_server(scene, product, &installs);
            found.demands.push(servers);
            if people > 0 {
                found.demands.push(by_person(scene, product, &installs, people));
            }
        } else if people == 0 {
            found.set_aside.extend(installs.iter().map(|install| SetAside {
                on: install.on.clone(),
                product: install.product.clone(),
                edition: install.edition.clone(),
                version: install.version.clone(),
                outcome: "cannot-tell".to_owned(),
                why: ASK_FILE.to_owned(),
                count: 1,
            }));
        } else {
            found.demands.push(by_file(scene, product, &installs, people));
        }
    }
}

/// `Dynamics NAV` is also `Dynamics NAV 2017 Server`, and not `Dynamics NAVX`.
fn is_end_of_name(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

/// Whether the machine of an installation is listed and in service.
fn stands(scene: &Scene<'_>, install: &Install) -> bool {
    let on = install.on.as_str();
    let device = scene.index.devices.get(on).and_then(|place| scene.estate.devices.get(*place));
    let vm = scene.vm(on).is_some_and(|vm| vm.enabled != Some(false) && vm.retired_on.is_none());
    device.is_some_and(|device| in_service(scene, device))
        || scene.server(on).is_some_and(|server| scene.in_service(server))
        || vm
}

/// People and devices that reach the product, each once; where it stands on somebody's device, that device.
fn people(scene: &Scene<'_>, installs: &[&Install]) -> u64 {
    let mut who: BTreeSet<&str> = BTreeSet::new();
    for install in installs {
        let places = scene.index.reached.get(install.on.as_str()).into_iter().flatten();
        who.extend(places.filter_map(|place| scene.estate.accesses.get(*place)).map(|access| access.who.as_str()));
        let device = scene.index.devices.get(install.on.as_str()).and_then(|at| scene.estate.devices.get(*at));
        if let Some(device) = device {
            let user = device.used_by.as_deref().filter(|user| scene.user(user).is_some());
            who.insert(user.unwrap_or(&device.id));
        }
    }
    let count = |id: &&str| {
        let device = || scene.index.devices.get(*id).and_then(|at| scene.estate.devices.get(*at));
        let of_user = scene.user(id).map(|user| if user.left_company_days_ago.is_some() { 0 } else { user.count });
        of_user.or_else(|| device().map(|device| device.count)).unwrap_or(0)
    };
    who.iter().map(count).fold(0, u64::saturating_add)
}

/// A demand of what stands there, without its ways.
fn start(key: String, installs: &[&Install]) -> Demand {
    Demand {
        key,
        subjects: installs.iter().map(|i| (i.on.clone(), Word::from(i.product.as_str()), 1)).collect(),
        origins: tidy(installs.iter().flat_map(|install| install.origins.clone()).collect()),
        ..Demand::default()
    }
}

/// One way of `units` in `metric`, with the lots of `product` that count so; of all of them no version is known.
fn way(scene: &Scene<'_>, demand: &mut Demand, product: &str, metric: &str, units: u64) -> Way {
    let mut arcs = Vec::new();
    for (index, lot) in scene.lots.iter().enumerate().filter(|(_, lot)| lot.product == product) {
        let named = metric == "user_cal" && lot.metric == "user_sub";
        if lot.ended {
            demand.refused.insert(index, "subscription-ended");
        } else if named || scene.counts_by(lot, metric) {
            arcs.push(Arc { lot: index, worth: 1, preference: 0 });
        } else if lot.is_of_unknown_metric() {
            demand.refused.insert(index, "metric-unknown");
        }
    }
    Way {
        product: product.to_owned(),
        edition: "none".to_owned(),
        version: "none".to_owned(),
        metric: metric.to_owned(),
        units,
        arcs,
        review: true,
        ..Way::default()
    }
}

fn by_file(scene: &Scene<'_>, product: &str, installs: &[&Install], people: u64) -> Demand {
    let mut demand = start(format!("licence-file:{product}"), installs);
    // One at a time is the least that a file of users at the same time can ask for.
    let at_once = if scene.reads(ASK_FILE, product, product) == Reading::Low { 1 } else { people };
    for (metric, units) in [("concurrent_user", at_once), ("user_cal", people)] {
        let way = way(scene, &mut demand, product, metric, units);
        let native = metric == "concurrent_user";
        if native || !way.arcs.is_empty() {
            let values = [("people", people.to_string()), ("units", units.to_string())];
            let steps = vec![Step::new("licence-file", Some(BY_FILE), &values)];
            demand.ways.push(Way { steps, rules: vec![BY_FILE], native, ..way });
        }
    }
    demand
}

fn by_server(scene: &Scene<'_>, product: &str, installs: &[&Install]) -> Demand {
    let mut demand = start(format!("operations-server:{product}"), installs);
    let machines: BTreeSet<&str> = installs.iter().map(|install| install.on.as_str()).collect();
    let records = |on: &&str| {
        let vm = scene.vm(on).map(|vm| vm.count);
        vm.or_else(|| scene.server(on).map(|server| server.count)).unwrap_or(1)
    };
    let units = machines.iter().map(records).fold(0, u64::saturating_add);
    let way = way(scene, &mut demand, product, "server", units);
    let values = [("units", units.to_string())];
    let steps = vec![Step::new("operations-servers", Some(BY_SERVER), &values)];
    demand.ways.push(Way { steps, rules: vec![BY_SERVER], native: true, ..way });
    demand
}

fn by_person(scene: &Scene<'_>, product: &str, installs: &[&Install], people: u64) -> Demand {
    let cal = format!("{product} CAL");
    let mut demand = start(format!("operations-cal:{product}"), installs);
    let way = way(scene, &mut demand, &cal, "user_cal", people);
    let values = [("units", people.to_string()), ("version", "none".to_owned())];
    let steps = vec![Step::new("access-users", Some(BY_SERVER), &values)];
    demand.ways.push(Way { steps, rules: vec![BY_SERVER], native: true, ..way });
    demand
}
