//! External connectors: one for each physical server that users from outside reach.

use super::family;
use crate::deployments::Install;
use crate::findings::Step;
use crate::requirements::{Arc, Ask, Demand, Found, Scene, Way};
use crate::word::Word;
use std::collections::{BTreeMap, BTreeSet};

/// A connector: its product, the access licence that is the other way and the right that brings it, and whether it is for
/// sessions only.
struct Connector {
    product: &'static str,
    cal: &'static str,
    right: &'static str,
    sessions: bool,
}

const CONNECTORS: [Connector; 2] = [
    Connector {
        product: "Windows Server External Connector",
        cal: "Windows Server CAL",
        right: "windows-server-cal",
        sessions: false,
    },
    // On top of the other one, like the access licence.
    Connector {
        product: "Remote Desktop Services External Connector",
        cal: "Remote Desktop Services CAL",
        right: "rds-cal",
        sessions: true,
    },
];

/// Users from outside: external connectors for the physical servers that they reach.
pub(super) fn demands(scene: &Scene<'_>, installs: &BTreeMap<&str, Vec<&Install>>, found: &mut Found) {
    for connector in &CONNECTORS {
        demand(scene, connector, installs, found);
    }
}

fn demand(scene: &Scene<'_>, connector: &Connector, installs: &BTreeMap<&str, Vec<&Install>>, found: &mut Found) {
    let mut hosts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut people: u64 = 0;
    let mut rank = 0;
    let mut counted: BTreeSet<&str> = BTreeSet::new();
    let mut moving = false;
    for access in scene.estate.accesses.iter().filter(|access| !connector.sessions || scene.is_session(access)) {
        let Some(user) = scene.user(&access.who).filter(|u| u.external == Some(true)) else {
            continue;
        };
        let via = access.via.as_deref().map(str::to_lowercase).unwrap_or_default();
        let anonymous = scene.terms.rule("CAL-ANON", scene.as_of).words("ways").iter().any(|way| via.contains(way));
        if user.authenticated == Some(false) || anonymous {
            continue;
        }
        let reached: Vec<&&Install> =
            installs.get(access.to.as_str()).into_iter().flatten().filter(|i| i.product == "Windows Server").collect();
        let Some(newest) = reached.iter().filter_map(|i| family(scene, "Windows Server", &i.version)).max() else {
            continue;
        };
        rank = rank.max(newest);
        if counted.insert(&user.id) {
            people = people.saturating_add(user.count);
        }
        if let Some(server) = scene.vm(&access.to).and_then(|vm| scene.host_of(vm)) {
            // A machine may be on any host that it moves to.
            let moves = scene.hosts_reached(server, connector.product, found) > 1;
            moving |= moves;
            for host in scene.reach_of(server, connector.product, found) {
                let number = if moves { host.count } else { 1 };
                let slot = hosts.entry(&host.id).or_default();
                *slot = number.max(*slot);
            }
        } else if let Some(server) = scene.server(&access.to) {
            hosts.insert(&server.id, server.count);
        }
    }
    if people == 0 || hosts.is_empty() {
        return;
    }
    let version = scene.terms.product("Windows Server").map_or("", |p| p.version_name(rank)).to_owned();
    let mut demand = Demand {
        key: if connector.sessions { "cal:external:rds" } else { "cal:external" }.to_owned(),
        subjects: counted
            .iter()
            .map(|id| ((*id).into(), "external users".into(), scene.user(id).map_or(1, |user| user.count)))
            .collect(),
        ..Demand::default()
    };
    let mut arcs = Vec::new();
    for (index, lot) in scene.lots.iter().enumerate().filter(|(_, lot)| lot.product == connector.product) {
        match lot.reach {
            _ if lot.ended => {
                demand.refused.insert(index, "subscription-ended");
            }
            Some(reach) if reach >= rank => arcs.push(Arc { lot: index, worth: 1, preference: 0 }),
            _ => {
                demand.refused.insert(index, "older-version");
            }
        }
    }
    if moving {
        let (code, subject) = ("connector-mobility", Word::default());
        found.asks.insert(Ask { code, subject, product: connector.product.into(), rule: Some("CAL-EC") });
    }
    let units = hosts.values().copied().fold(0, u64::saturating_add);
    let values = [("hosts", units.to_string()), ("users", people.to_string())];
    demand.ways.push(Way {
        product: connector.product.to_owned(),
        edition: "none".to_owned(),
        version: version.clone(),
        metric: "external_connector".to_owned(),
        units,
        arcs,
        steps: vec![Step::new("external-connectors", Some("CAL-EC"), &values)],
        rules: vec!["CAL-EC"],
        review: moving,
        native: true,
        ..Way::default()
    });
    // CALs of their own are the other way, where the company's own people leave enough of them.
    let cal = connector.cal;
    let mut arcs = Vec::new();
    for (index, lot) in scene.lots.iter().enumerate().filter(|(_, lot)| lot.product == cal && lot.metric == "user_cal")
    {
        if lot.reach.is_some_and(|reach| reach >= rank) && !lot.settled && !lot.ended {
            arcs.push(Arc { lot: index, worth: 1, preference: 5 });
        }
    }
    let held: u64 =
        arcs.iter().filter_map(|arc| scene.lots.get(arc.lot)).map(|lot| lot.units).fold(0, u64::saturating_add);
    let own: u64 = scene
        .estate
        .users
        .iter()
        .filter(|u| u.external != Some(true))
        .map(|user| user.count)
        .fold(0, u64::saturating_add);
    if held >= people.saturating_add(own) {
        let values = [("units", people.to_string()), ("version", version.clone())];
        demand.ways.push(Way {
            product: cal.to_owned(),
            edition: "User".to_owned(),
            version,
            metric: "user_cal".to_owned(),
            units: people,
            scope: connector.right,
            arcs,
            steps: vec![Step::new("access-users", Some("CAL-COUNT"), &values)],
            rules: vec!["CAL-EC", "CAL-COUNT"],
            ..Way::default()
        });
    }
    found.demands.push(demand);
}
