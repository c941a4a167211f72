//! Access licences: each person or device once a product, at the version of the newest server reached; plans and suites that
//! include them; external connectors; RDS, Exchange, SharePoint, SQL Server and Azure DevOps layers.

use super::{Arc, Ask, Demand, Found, Lot, Scene, Way, tidy};
use crate::deployments::{Access, Install, User};
use crate::facts::Origin;
use crate::findings::Step;
use std::collections::{BTreeMap, BTreeSet};

/// One kind of access licence.
struct Kind {
    /// Product of the line.
    cal: &'static str,
    /// Product that is reached.
    server: &'static str,
    /// Right of plans and suites that includes it.
    right: &'static str,
    /// Rule.
    rule: &'static str,
}

const KINDS: [Kind; 6] = [
    Kind { cal: "Windows Server CAL", server: "Windows Server", right: "windows-server-cal", rule: "CAL-COUNT" },
    Kind {
        cal: "Exchange Server Standard CAL",
        server: "Exchange Server",
        right: "exchange-standard-cal",
        rule: "EXC-CAL",
    },
    Kind {
        cal: "Exchange Server Enterprise CAL",
        server: "Exchange Server",
        right: "exchange-enterprise-cal",
        rule: "EXC-CAL",
    },
    Kind {
        cal: "SharePoint Server Standard CAL",
        server: "SharePoint Server",
        right: "sharepoint-standard-cal",
        rule: "CAL-COUNT",
    },
    Kind { cal: "SQL Server CAL", server: "SQL Server", right: "sql-server-cal", rule: "CAL-COUNT" },
    Kind { cal: "Azure DevOps Server CAL", server: "Azure DevOps Server", right: "azure-devops-cal", rule: "VS-TFS" },
];

/// What one person or device needs.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Key {
    device: bool,
    plan: String,
    rank: usize,
    avd: bool,
    /// Devices through which the users come, where told: (record, count).
    through: Option<(String, u64)>,
}

#[derive(Default)]
struct Who {
    records: BTreeMap<String, u64>,
    origins: Vec<Origin>,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let mut installs: BTreeMap<&str, Vec<&Install>> = BTreeMap::new();
    for install in &scene.estate.installs {
        installs.entry(&install.on).or_default().push(install);
    }
    for kind in &KINDS {
        if kind.server == "SQL Server" {
            // Core and processor licences need no CALs.
            if server_and_cal(scene) {
                let by_server = super::sql_server::under_server_licences(scene);
                let mut installs = installs.clone();
                installs.retain(|on, _| by_server.contains(on));
                count(scene, kind, &installs, false, found);
            }
            continue;
        }
        count(scene, kind, &installs, false, found);
    }
    let rds = Kind { cal: "Remote Desktop Services CAL", server: "Windows Server", right: "rds-cal", rule: "CAL-RDS" };
    count(scene, &rds, &installs, true, found);
    external(scene, &installs, found);
}

/// SQL Server CALs matter where server licences are held.
fn server_and_cal(scene: &Scene<'_>) -> bool {
    scene.lots.iter().any(|lot| lot.product == "SQL Server" && lot.metric == "server")
}

fn needs_cal(scene: &Scene<'_>, kind: &Kind, install: &Install) -> bool {
    if install.product != kind.server || install.edition.contains("Evaluation") {
        return false;
    }
    let development = install.usage.as_deref() == Some("dev_test")
        && scene.lots.iter().any(|lot| lot.product.starts_with("Visual Studio") && !lot.ended);
    if development {
        return false;
    }
    match kind.server {
        "Windows Server" => {
            let exempt = scene.terms.rule("CAL-WEB", scene.as_of).words("editions").contains(&install.edition.as_str());
            let pay_as_you_go = kind.cal != "Remote Desktop Services CAL"
                && scene.lots.iter().any(|l| l.channel == "payg" && l.tied.has(&install.on));
            !exempt && !pay_as_you_go
        }
        "SQL Server" => !install.edition.starts_with("Express") && !install.edition.contains("Developer"),
        _ => true,
    }
}

/// A CAL of a version family serves its second release too: 2008 serves 2008 R2.
fn family(scene: &Scene<'_>, product: &str, version: &str) -> Option<usize> {
    let base = version.strip_suffix(" R2").unwrap_or(version);
    scene.terms.rank(product, base).or_else(|| scene.terms.rank(product, version))
}

fn left_or_external(user: &User) -> bool {
    user.left_company_days_ago.is_some() || user.external == Some(true) || user.authenticated == Some(false)
}

fn asks_enterprise(scene: &Scene<'_>, user: &User) -> bool {
    scene
        .terms
        .rule("EXC-CAL", scene.as_of)
        .words("enterprise_features")
        .iter()
        .any(|feature| user.features.has(feature))
}

fn count(scene: &Scene<'_>, kind: &Kind, installs: &BTreeMap<&str, Vec<&Install>>, rds: bool, found: &mut Found) {
    let devices = &scene.index.devices;
    let users: BTreeMap<&str, &User> = scene.estate.users.iter().map(|u| (u.id.as_str(), u)).collect();
    let plans_told = scene.estate.users.iter().any(|u| u.plan.is_some());
    // Newest server that each record reaches.
    type Reached<'a> = (usize, bool, Vec<&'a Access>);
    let mut newest: BTreeMap<(&str, Option<&str>), Reached<'_>> = BTreeMap::new();
    for access in scene.estate.accesses.iter().filter(|a| !rds || a.via.as_deref() == Some("rds")) {
        let reached = installs.get(access.to.as_str()).into_iter().flatten().filter(|i| needs_cal(scene, kind, i));
        let Some(rank) = reached
            .filter_map(|i| {
                let known = family(scene, kind.server, &i.version);
                if known.is_none() && i.version != "none" {
                    let (code, subject) = ("version-unknown", i.on.clone());
                    found.asks.insert(Ask { code, subject, product: kind.cal.to_owned(), rule: Some("CAL-VERSION") });
                }
                known.or(Some(0))
            })
            .max()
        else {
            continue;
        };
        let avd = scene.vm(&access.to).is_some_and(|vm| vm.role.as_deref() == Some("avd_session_host"));
        let entry = newest.entry((&access.who, access.via_device.as_deref())).or_insert((rank, avd, Vec::new()));
        entry.0 = entry.0.max(rank);
        entry.1 |= avd;
        entry.2.push(access);
    }
    let mut groups: BTreeMap<Key, Who> = BTreeMap::new();
    for ((who, via), (rank, avd, accesses)) in newest {
        let (device, plan, number) = if let Some(user) = users.get(who) {
            if left_or_external(user) || (kind.cal == "Exchange Server Enterprise CAL" && !asks_enterprise(scene, user))
            {
                continue;
            }
            (false, user.plan.clone().unwrap_or_default(), user.count)
        } else if let Some(device) = devices.get(who).and_then(|index| scene.estate.devices.get(*index)) {
            (true, String::new(), device.count)
        } else {
            continue;
        };
        if kind.cal == "Exchange Server Enterprise CAL" && device {
            continue;
        }
        let through = via
            .and_then(|id| devices.get(id).and_then(|index| scene.estate.devices.get(*index)))
            .map(|device| (device.id.clone(), device.count));
        let group = groups.entry(Key { device, plan, rank, avd, through }).or_default();
        group.records.insert(who.to_owned(), number);
        group.origins.extend(accesses.iter().flat_map(|a| a.origins.clone()));
    }
    for (key, who) in groups {
        demand(scene, kind, &key, who, plans_told, found);
    }
}

fn demand(scene: &Scene<'_>, kind: &Kind, key: &Key, who: Who, plans_told: bool, found: &mut Found) {
    let people: u64 = who.records.values().sum();
    let version = scene.terms.product(kind.server).map_or("none", |p| p.version_name(key.rank)).to_owned();
    let mut demand = Demand {
        key: format!("cal:{}:{}:{:02}:{}:{:?}", kind.cal, key.device, key.rank, key.plan, key.through),
        subjects: who.records.iter().map(|(id, count)| (id.clone(), kind.cal.to_owned(), *count)).collect(),
        origins: tidy(who.origins),
        ..Demand::default()
    };
    let sides: Vec<(bool, u64)> = match (&key.through, key.device) {
        (_, true) => vec![(true, people)],
        (Some((_, devices)), false) => vec![(false, people), (true, *devices)],
        (None, false) => vec![(false, people)],
    };
    let least = sides.iter().map(|(_, units)| *units).min().unwrap_or(0);
    for (device, units) in sides {
        let mut arcs = Vec::new();
        for (index, lot) in scene.lots.iter().enumerate() {
            match serves(scene, kind, key, lot, device, plans_told) {
                Some(Ok(preference)) => arcs.push(Arc { lot: index, worth: 1, preference }),
                Some(Err(why)) => {
                    demand.refused.insert(index, why);
                }
                None => {}
            }
        }
        for arc in &arcs {
            demand.refused.remove(&arc.lot);
        }
        let values = [("units", units.to_string()), ("version", version.clone())];
        let rules: &[&'static str] = if kind.rule == "CAL-RDS" {
            if key.avd { &["CAL-RDS-AVD"] } else { &["CAL-RDS", "CAL-VERSION"] }
        } else if plans_told || scene.lots.iter().any(|lot| scene.terms.plan(&lot.product).is_some()) {
            &["CAL-COUNT", "CAL-VERSION", "CAL-EQUIV", "GEN-MPX"]
        } else {
            &["CAL-COUNT", "CAL-VERSION", "GEN-MPX"]
        };
        demand.ways.push(Way {
            product: kind.cal.to_owned(),
            edition: if device { "Device" } else { "User" }.to_owned(),
            version: version.clone(),
            metric: if device { "device_cal" } else { "user_cal" }.to_owned(),
            units,
            scope: kind.right,
            arcs,
            steps: vec![Step::new(if device { "access-devices" } else { "access-users" }, Some(kind.rule), &values)],
            rules: rules.to_vec(),
            native: units == least,
            ..Way::default()
        });
    }
    found.demands.push(demand);
}

/// Whether a lot serves this access, how near it is, or why it does not. `None`: a lot of another matter.
fn serves(
    scene: &Scene<'_>,
    kind: &Kind,
    key: &Key,
    lot: &Lot,
    device: bool,
    plans_told: bool,
) -> Option<Result<u64, &'static str>> {
    let metric = if device { "device_cal" } else { "user_cal" };
    if lot.product == kind.cal {
        if lot.metric != metric {
            return None;
        }
        let base = |rank: Option<usize>| {
            let name = rank.map(|rank| scene.terms.product(kind.server).map_or("", |p| p.version_name(rank)))?;
            family(scene, kind.server, name)
        };
        let Some(reach) = base(lot.reach) else { return Some(Err("version-unknown")) };
        if reach < key.rank {
            let why = if lot.sa_until.is_some() { "sa-ended-before-version" } else { "older-version" };
            return Some(Err(why));
        }
        if key.avd && !lot.active {
            return Some(Err("no-active-sa"));
        }
        return Some(Ok((reach - key.rank) as u64 * 10 + 1));
    }
    if kind.right == "azure-devops-cal"
        && lot.product.starts_with("Visual Studio")
        && lot.product.ends_with("subscription")
    {
        return if lot.ended { Some(Err("subscription-ended")) } else { Some(Ok(0)) };
    }
    let rights = scene.terms.plan(&lot.product)?;
    if !rights.iter().any(|right| right == kind.right) {
        return (lot.metric == "user_sub").then_some(Err("plan-without-this-right"));
    }
    match lot.metric.as_str() {
        "user_sub" => {
            if device {
                return None;
            }
            if lot.ended {
                return Some(Err("subscription-ended"));
            }
            // Where users are told by plan, a plan serves its own users only.
            if plans_told && key.plan != lot.product {
                return Some(Err("plan-of-other-users"));
            }
            Some(Ok(0))
        }
        suite if suite == metric => {
            // A suite reaches the versions available when it was bought, or made available under its Software Assurance.
            let family_product = scene.terms.product(kind.server)?;
            let bought = scene.estate.entitlements.get(lot.entitlement).and_then(|e| e.purchased);
            let day = bought.max(lot.sa_until.map(|until| until.min(scene.as_of)));
            let reach = day.and_then(|day| family_product.newest_on(day)).or_else(|| family_product.rank(&lot.version));
            match reach.and_then(|rank| family(scene, kind.server, family_product.version_name(rank))) {
                Some(reach) if reach >= key.rank => Some(Ok(2)),
                Some(_) => Some(Err("suite-older-than-server")),
                None => Some(Err("version-unknown")),
            }
        }
        _ => None,
    }
}

/// Users from outside: external connectors for the physical servers that they reach.
fn external(scene: &Scene<'_>, installs: &BTreeMap<&str, Vec<&Install>>, found: &mut Found) {
    const CONNECTOR: &str = "Windows Server External Connector";
    let mut hosts: BTreeSet<&str> = BTreeSet::new();
    let mut people = 0;
    let mut rank = 0;
    let mut counted: BTreeSet<&str> = BTreeSet::new();
    let mut moving = false;
    for access in &scene.estate.accesses {
        let Some(user) = scene.user(&access.who).filter(|u| u.external == Some(true)) else {
            continue;
        };
        if user.authenticated == Some(false) {
            continue;
        }
        let reached: Vec<&&Install> =
            installs.get(access.to.as_str()).into_iter().flatten().filter(|i| i.product == "Windows Server").collect();
        let Some(newest) = reached.iter().filter_map(|i| family(scene, "Windows Server", &i.version)).max() else {
            continue;
        };
        rank = rank.max(newest);
        if counted.insert(&user.id) {
            people += user.count;
        }
        let server = scene.vm(&access.to).map_or_else(|| scene.server(&access.to), |vm| scene.host_of(vm));
        if let Some(server) = server {
            let members = scene.reach_of(server, CONNECTOR, found);
            moving |= members.len() > 1;
            hosts.extend(members.iter().map(|host| host.id.as_str()));
        }
    }
    if people == 0 || hosts.is_empty() {
        return;
    }
    let version = scene.terms.product("Windows Server").map_or("", |p| p.version_name(rank)).to_owned();
    let mut demand = Demand {
        key: "cal:external".to_owned(),
        subjects: counted.iter().map(|id| ((*id).to_owned(), "external users".to_owned(), 1)).collect(),
        ..Demand::default()
    };
    let mut arcs = Vec::new();
    for (index, lot) in scene.lots.iter().enumerate().filter(|(_, lot)| lot.product == CONNECTOR) {
        match lot.reach {
            Some(reach) if reach >= rank => arcs.push(Arc { lot: index, worth: 1, preference: 0 }),
            _ => {
                demand.refused.insert(index, "older-version");
            }
        }
    }
    if moving {
        let (code, subject) = ("connector-mobility", String::new());
        found.asks.insert(Ask { code, subject, product: CONNECTOR.to_owned(), rule: Some("CAL-EC") });
    }
    let values = [("hosts", hosts.len().to_string()), ("users", people.to_string())];
    demand.ways.push(Way {
        product: CONNECTOR.to_owned(),
        edition: "none".to_owned(),
        version,
        metric: "external_connector".to_owned(),
        units: hosts.len() as u64,
        arcs,
        steps: vec![Step::new("external-connectors", Some("CAL-EC"), &values)],
        rules: vec!["CAL-EC"],
        review: moving,
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}
