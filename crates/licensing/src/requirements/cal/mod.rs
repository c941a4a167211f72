//! Access licences: each person or device once a product, at the version of the newest server reached; plans and suites that
//! include them; external connectors; RDS, Exchange, SharePoint, SQL Server and Azure DevOps layers.

mod external;
mod serving;

use super::{Arc, Ask, Demand, Found, Reading, Scene, Way, tidy};
use crate::deployments::{Access, Install, User};
use crate::facts::Origin;
use crate::findings::Step;
use crate::word::Word;
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
    /// Only for users of a feature: the rule and the key of its words. Such a licence comes on top of another.
    on_top: Option<(&'static str, &'static str)>,
}

const fn kind(cal: &'static str, server: &'static str, right: &'static str, rule: &'static str) -> Kind {
    Kind { cal, server, right, rule, on_top: None }
}

const fn on_top(
    cal: &'static str,
    server: &'static str,
    right: &'static str,
    rule: &'static str,
    key: &'static str,
) -> Kind {
    Kind { cal, server, right, rule, on_top: Some((rule, key)) }
}

const SKYPE: &str = "Skype for Business Server";

const KINDS: [Kind; 18] = [
    kind("Windows Server CAL", "Windows Server", "windows-server-cal", "CAL-COUNT"),
    kind("Small Business Server CAL", "Small Business Server", "small-business-server-cal", "CAL-COUNT"),
    kind("Exchange Server Standard CAL", "Exchange Server", "exchange-standard-cal", "EXC-CAL"),
    on_top(
        "Exchange Server Enterprise CAL",
        "Exchange Server",
        "exchange-enterprise-cal",
        "EXC-CAL",
        "enterprise_features",
    ),
    kind("SharePoint Server Standard CAL", "SharePoint Server", "sharepoint-standard-cal", "CAL-COUNT"),
    on_top(
        "SharePoint Server Enterprise CAL",
        "SharePoint Server",
        "sharepoint-enterprise-cal",
        "CAL-ADDITIVE",
        "sharepoint_enterprise",
    ),
    kind("Skype for Business Server Standard CAL", SKYPE, "skype-standard-cal", "CAL-COUNT"),
    on_top(
        "Skype for Business Server Enterprise CAL",
        SKYPE,
        "skype-enterprise-cal",
        "CAL-ADDITIVE",
        "skype_enterprise",
    ),
    on_top("Skype for Business Server Plus CAL", SKYPE, "skype-plus-cal", "CAL-ADDITIVE", "skype_plus"),
    kind("Lync Server Standard CAL", "Lync Server", "skype-standard-cal", "CAL-COUNT"),
    on_top("Lync Server Enterprise CAL", "Lync Server", "skype-enterprise-cal", "CAL-ADDITIVE", "skype_enterprise"),
    on_top("Lync Server Plus CAL", "Lync Server", "skype-plus-cal", "CAL-ADDITIVE", "skype_plus"),
    kind("SQL Server CAL", "SQL Server", "sql-server-cal", "CAL-COUNT"),
    kind("Azure DevOps Server CAL", "Azure DevOps Server", "azure-devops-cal", "VS-TFS"),
    kind("Team Foundation Server CAL", "Team Foundation Server", "azure-devops-cal", "VS-TFS"),
    kind("Project Server CAL", "Project Server", "project-server-cal", "CAL-COUNT"),
    kind("Dynamics CRM CAL", "Dynamics CRM Server", "dynamics-crm-cal", "CAL-COUNT"),
    kind("Dynamics CRM CAL", "Dynamics CRM", "dynamics-crm-cal", "CAL-COUNT"),
];

/// What one person or device needs.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Key {
    device: bool,
    plan: Word,
    rank: usize,
    avd: bool,
    /// Devices through which the users come, where told: (record, count).
    through: Option<(Word, u64)>,
}

#[derive(Default)]
struct Who {
    records: BTreeMap<Word, u64>,
    origins: Vec<Origin>,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    // Only what is reached and asks for access licences: on most machines stands neither.
    let mut installs: BTreeMap<&str, Vec<&Install>> = BTreeMap::new();
    for install in
        scene.estate.installs.iter().filter(|install| KINDS.iter().any(|kind| install.product == kind.server))
    {
        if scene.index.reached.contains_key(install.on.as_str()) {
            installs.entry(&install.on).or_default().push(install);
        }
    }
    let stands: BTreeSet<&str> = installs.values().flatten().map(|install| install.product.as_str()).collect();
    for kind in KINDS.iter().filter(|kind| stands.contains(kind.server)) {
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
    let rds = kind("Remote Desktop Services CAL", "Windows Server", "rds-cal", "CAL-RDS");
    count(scene, &rds, &installs, true, found);
    external::demands(scene, &installs, found);
}

/// SQL Server CALs matter where server licences are held.
fn server_and_cal(scene: &Scene<'_>) -> bool {
    scene.lots.iter().any(|lot| lot.product == "SQL Server" && scene.counts_by(lot, "server"))
}

fn needs_cal(scene: &Scene<'_>, kind: &Kind, install: &Install) -> bool {
    if install.product != kind.server || install.edition.contains("Evaluation") {
        return false;
    }
    let free = crate::requirements::server_application::FREE;
    if kind.server != "Windows Server" && free.iter().any(|word| install.edition.contains(word)) {
        return false;
    }
    let development = install.usage.as_deref() == Some("dev_test") && scene.index.development;
    if development {
        return false;
    }
    match kind.server {
        "Windows Server" => {
            let exempt = scene.terms.rule("CAL-WEB", scene.as_of).words("editions").contains(&install.edition.as_str());
            let pay_as_you_go = kind.cal != "Remote Desktop Services CAL" && scene.pays_by_use(&install.on);
            !exempt && !pay_as_you_go
        }
        "Small Business Server" => install.edition != "Essentials",
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

/// Whether a user needs this kind: an additive one only for its features, and none that the terms except.
fn asks(scene: &Scene<'_>, kind: &Kind, user: &User) -> bool {
    if kind.rule == "VS-TFS" {
        let free = scene.terms.rule("VS-TFS", scene.as_of);
        let is_free = |word: &&str| user.features.has(word) || user.role.as_deref() == Some(*word);
        if free.words("free_access").iter().any(is_free) {
            return false;
        }
    }
    kind.on_top.is_none_or(|(rule, key)| {
        scene.terms.rule(rule, scene.as_of).words(key).iter().any(|feature| user.features.has(feature))
    })
}

/// How many of each record are excepted because they only administer: two people in all, taken in the order of the ids.
fn administrators<'a>(scene: &Scene<'a>, kind: &Kind) -> BTreeMap<&'a str, u64> {
    let mut free = BTreeMap::new();
    if kind.cal != "Windows Server CAL" {
        return free;
    }
    let rule = scene.terms.rule("CAL-ADMIN", scene.as_of);
    let mut left = rule.number("people");
    let words = rule.words("roles");
    let mut records: Vec<&User> =
        scene.estate.users.iter().filter(|u| u.role.as_deref().is_some_and(|role| words.contains(&role))).collect();
    records.sort_by(|a, b| a.id.cmp(&b.id));
    for user in records {
        let taken = user.count.min(left);
        left -= taken;
        free.insert(user.id.as_str(), taken);
    }
    free
}

/// Devices that reach a server by themselves, each with the record of its people, where those reach one too and need licences.
fn devices_of_people<'a>(
    scene: &Scene<'a>,
    reaching: impl Iterator<Item = (&'a Word, Option<&'a Word>)>,
) -> BTreeMap<&'a Word, &'a Word> {
    let alone: BTreeSet<&Word> = reaching.filter(|(_, via)| via.is_none()).map(|(who, _)| who).collect();
    let of_device = |who: &&'a Word| {
        let at = scene.index.devices.get(who.as_str())?;
        let person = scene.estate.devices.get(*at)?.used_by.as_ref()?;
        scene.user(person).filter(|user| !left_or_external(user) && alone.contains(&user.id)).map(|user| &user.id)
    };
    alone.iter().filter_map(|who| Some((*who, of_device(who)?))).collect()
}

fn count(scene: &Scene<'_>, kind: &Kind, installs: &BTreeMap<&str, Vec<&Install>>, rds: bool, found: &mut Found) {
    let devices = &scene.index.devices;
    let plans_told = scene.index.plans_told;
    // Newest server that each record reaches.
    type Reached<'a> = (usize, bool, Vec<&'a Access>);
    let mut newest: BTreeMap<(&Word, Option<&Word>), Reached<'_>> = BTreeMap::new();
    for access in scene.estate.accesses.iter().filter(|a| !rds || scene.is_session(a)) {
        let reached = installs.get(access.to.as_str()).into_iter().flatten().filter(|i| needs_cal(scene, kind, i));
        let Some(rank) = reached
            .filter_map(|i| {
                let known = family(scene, kind.server, &i.version);
                if known.is_some() || i.version == "none" {
                    return known.or(Some(0));
                }
                // Unknown: the oldest asks least, the newest on sale asks most.
                let (code, subject) = ("version-unknown", i.on.clone());
                found.asks.insert(Ask { code, subject, product: kind.cal.into(), rule: Some("CAL-VERSION") });
                if scene.reads(code, &i.on, kind.cal) == Reading::Low {
                    return Some(0);
                }
                let product = scene.terms.product(kind.server);
                let newest = product.and_then(|product| Some(product.version_name(product.newest_on(scene.as_of)?)));
                newest.and_then(|version| family(scene, kind.server, version)).or(Some(0))
            })
            .max()
        else {
            continue;
        };
        let avd = scene.vm(&access.to).is_some_and(|vm| vm.role.as_deref() == Some("avd_session_host"));
        let entry = newest.entry((&access.who, access.via_device.as_ref())).or_insert((rank, avd, Vec::new()));
        entry.0 = entry.0.max(rank);
        entry.1 |= avd;
        entry.2.push(access);
    }
    let of_people = devices_of_people(scene, newest.keys().copied());
    // A device that only people use who reach the servers themselves is covered with them, or they with it.
    let mut with_people: BTreeMap<&Word, (usize, Word, u64)> = BTreeMap::new();
    for (device, person) in &of_people {
        let Some((rank, ..)) = newest.remove(&(*device, None)) else { continue };
        let count = devices.get(device.as_str()).and_then(|at| scene.estate.devices.get(*at)).map_or(0, |d| d.count);
        let known = with_people.entry(person).or_insert_with(|| (0, (*device).clone(), 0));
        *known = (known.0.max(rank), known.1.clone(), known.2.saturating_add(count));
    }
    let excepted = administrators(scene, kind);
    let without_cal = scene.terms.rule("CAL-COUNT", scene.as_of).words("devices_without");
    let mut groups: BTreeMap<Key, Who> = BTreeMap::new();
    for ((who, via), (mut rank, avd, accesses)) in newest {
        let (device, plan, number) = if let Some(user) = scene.user(who) {
            if left_or_external(user) || !asks(scene, kind, user) {
                continue;
            }
            let count = user.count.saturating_sub(excepted.get(who.as_str()).copied().unwrap_or(0));
            if count == 0 && user.count > 0 {
                continue;
            }
            (false, user.plan.clone().unwrap_or_default(), count)
        } else if let Some(device) = devices.get(who.as_str()).and_then(|index| scene.estate.devices.get(*index)) {
            if device.kind.as_deref().is_some_and(|kind| without_cal.contains(&kind)) {
                continue;
            }
            (true, Word::default(), device.count)
        } else {
            continue;
        };
        if kind.on_top.is_some() && device {
            continue;
        }
        let mut through = via
            .and_then(|id| devices.get(id.as_str()).and_then(|index| scene.estate.devices.get(*index)))
            .map(|device| (device.id.clone(), device.count));
        if let Some((newest, device, count)) = with_people.get(who).filter(|_| via.is_none()) {
            rank = rank.max(*newest);
            through = Some((device.clone(), *count));
        }
        let group = groups.entry(Key { device, plan, rank, avd, through }).or_default();
        group.records.insert(who.clone(), number);
        group.origins.extend(accesses.iter().flat_map(|a| a.origins.clone()));
    }
    for (key, who) in groups {
        demand(scene, kind, &key, who, plans_told, found);
    }
}

fn demand(scene: &Scene<'_>, kind: &Kind, key: &Key, who: Who, plans_told: bool, found: &mut Found) {
    let people: u64 = who.records.values().copied().fold(0, u64::saturating_add);
    let version = scene.terms.product(kind.server).map_or("none", |p| p.version_name(key.rank)).to_owned();
    let cal = Word::from(kind.cal);
    let mut demand = Demand {
        key: format!("cal:{}:{}:{:02}:{}:{:?}", kind.cal, key.device, key.rank, key.plan, key.through),
        subjects: who.records.iter().map(|(id, count)| (id.clone(), cal.clone(), *count)).collect(),
        origins: tidy(who.origins),
        ..Demand::default()
    };
    let sides: Vec<(bool, u64)> = match (&key.through, key.device) {
        (_, true) => vec![(true, people)],
        (Some((_, devices)), false) => vec![(false, people), (true, *devices)],
        (None, false) => vec![(false, people)],
    };
    let ids: Vec<&str> = who.records.keys().map(Word::as_str).collect();
    let least = sides.iter().map(|(_, units)| *units).min().unwrap_or(0);
    for (device, units) in sides {
        let mut arcs = Vec::new();
        for (index, lot) in scene.lots.iter().enumerate() {
            match serving::serves(scene, kind, key, &ids, lot, device, plans_told) {
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
