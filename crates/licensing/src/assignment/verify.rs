//! A second look at an assignment, written apart from what made it. [`sums`] looks at the arithmetic: capacity, and that nothing
//! is used twice. [`verify`] also goes back to the facts and the terms: what was bought, until when, in which metric, and which
//! versions and editions stand on the machines in question. Neither trusts a number of a lot that the entitlement tells, nor
//! the list of lots that a requirement says may serve.
//!
//! How many units a way asks for is worked out a second time in [`super::recount`].

pub use super::facts::Facts;
use super::recount::recount;
use super::{Assignment, Served};
use crate::deployments::{Entitlement, Install, Words};
use crate::requirements::{Demand, Lot, Reading, Way};
use crate::terms::Product;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Names of the suite that is a licence of Windows Server and of System Center for the same cores.
const SUITE_OF_SERVERS: [&str; 2] = ["Core Infrastructure Server Suite", "Core Infrastructure Suite"];

/// Server products whose licence has no editions: whatever is unlocked in the installation, one licence serves it.
const WITHOUT_EDITIONS: [&str; 4] = ["SharePoint Server", "Skype for Business Server", "Lync Server", "Project Server"];

/// Applications that an Office suite contains.
const IN_A_SUITE: [&str; 9] =
    ["Word", "Excel", "PowerPoint", "Outlook", "OneNote", "Access", "Publisher", "InfoPath", "Skype for Business"];

/// Channels of what is paid by term: it brings every version that came until its end.
const SUBSCRIBED: [&str; 5] = ["csp_subscription", "eas", "ea_subscription", "ovs", "open_value_subscription"];

/// Channels in which the newest version is sold, and no other.
const IN_VOLUME: [&str; 8] = ["csp", "ea", "ea_enterprise_product", "mpsa", "open", "open_value", "select", "volume"];

/// What the verifier objects to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Objection {
    /// Code: `over-capacity`, `over-required`, `no-way`, `no-right` (sums); `not-bought`, `wrong-product`, `wrong-metric`,
    /// `wrong-worth`, `older-version`, `version-unknown`, `other-edition`, `subscription-ended`, `tied-elsewhere`,
    /// `no-own-licence` (facts and terms); `too-few-units`, `too-many-units`, `no-deployment`, `counted-twice` (recount).
    pub code: &'static str,
    /// Demand or lot.
    pub subject: String,
}

/// Looks at every use again, from the facts and the terms. An empty list means that the assignment may be shown.
pub fn verify(
    facts: &Facts<'_>,
    reading: Reading,
    demands: &[Demand],
    lots: &[Lot],
    assignment: &Assignment,
) -> Vec<Objection> {
    let (mut found, recounted) = facts.side_by_side.both(
        || {
            let mut found = sums(demands, lots, assignment);
            bought(facts, demands, lots, assignment, &mut found);
            rights(facts, reading, demands, lots, assignment, &mut found);
            found
        },
        || recount(facts, reading, demands, lots, assignment),
    );
    found.extend(recounted);
    found.sort();
    found.dedup();
    found
}

/// Whether each lot that is used gives a right to what it is used for.
fn rights(
    facts: &Facts<'_>,
    reading: Reading,
    demands: &[Demand],
    lots: &[Lot],
    assignment: &Assignment,
    found: &mut Vec<Objection>,
) {
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let Some(way) = demand.ways.get(served.way) else { continue };
        own_licence(facts, demand, way, served, found);
        if served.uses.is_empty() {
            continue;
        }
        let standing = standing(facts, demand, way);
        for each in &served.uses {
            let entitlement = lots.get(each.lot).and_then(|lot| facts.estate.entitlements.get(lot.entitlement));
            let Some(entitlement) = entitlement else { continue };
            let mut object = |code| found.push(Objection { code, subject: entitlement.id.clone() });
            if let Err(code) = right(facts, reading, way, demand, &standing, entitlement) {
                object(code);
            }
            let most = worth(facts, way, entitlement);
            if each.covered > each.base.saturating_add(1).saturating_mul(most) {
                object("wrong-worth");
            }
        }
    }
}

/// The arithmetic alone: ways that exist, units that were asked for, capacity, nothing used twice.
pub fn sums(demands: &[Demand], lots: &[Lot], assignment: &Assignment) -> Vec<Objection> {
    let mut found = Vec::new();
    let mut object = |code: &'static str, subject: &str| found.push(Objection { code, subject: subject.to_owned() });
    // Base units by lot, scope and whether the demand shares; and units served against units that the base is worth.
    let mut used: BTreeMap<(usize, &str, bool), u64> = BTreeMap::new();
    let mut worth: BTreeMap<(usize, &str, bool), (u64, u64)> = BTreeMap::new();
    if demands.len() != assignment.served.len() {
        object("no-way", "all");
    }
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let Some(way) = demand.ways.get(served.way) else {
            object("no-way", &demand.key);
            continue;
        };
        let by_lots: u64 = served.uses.iter().map(|each| each.covered).sum();
        if served.covered > way.units || served.covered > by_lots.saturating_add(way.inherent) {
            object("over-required", &demand.key);
        }
        let worths: HashMap<usize, u64> = way.arcs.iter().map(|arc| (arc.lot, arc.worth.max(1))).collect();
        for each in &served.uses {
            let Some(lot) = lots.get(each.lot) else {
                object("no-right", &demand.key);
                continue;
            };
            let Some(own) = worths.get(&each.lot) else {
                object("no-right", &lot.id);
                continue;
            };
            let key = (each.lot, way.scope, demand.shares);
            let sum = worth.entry(key).or_default();
            *sum = (sum.0.saturating_add(each.covered), sum.1.saturating_add(each.base.saturating_mul(*own)));
            let sum = used.entry(key).or_default();
            *sum = sum.saturating_add(each.base);
        }
    }
    for ((lot, _, _), units) in used {
        if let Some(lot) = lots.get(lot).filter(|lot| units > lot.units) {
            object("over-capacity", &lot.id);
        }
    }
    // A base unit that is worth several may be split over demands, so the sum is what must fit.
    for ((lot, _, _), (covered, capacity)) in worth {
        if let Some(lot) = lots.get(lot).filter(|_| covered > capacity) {
            object("over-capacity", &lot.id);
        }
    }
    found.sort();
    found
}

/// Base units in one counted unit, and the base metric, as the entitlement states them.
fn opened(entitlement: &Entitlement) -> (&str, u64) {
    let metric = entitlement.metric.as_str();
    match metric.strip_prefix("core_").and_then(|rest| rest.strip_suffix("pack")).and_then(|n| n.parse().ok()) {
        Some(cores) => ("core", cores),
        None => (metric, 1),
    }
}

/// Never more than was bought, however many lots an entitlement stands behind; and a step-up only together with its base.
fn bought(facts: &Facts<'_>, demands: &[Demand], lots: &[Lot], assignment: &Assignment, found: &mut Vec<Objection>) {
    let mut object = |code, subject: &str| found.push(Objection { code, subject: subject.to_owned() });
    let mut used: BTreeMap<(&str, &str, bool), BTreeMap<usize, u64>> = BTreeMap::new();
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let scope = demand.ways.get(served.way).map_or("", |way| way.scope);
        for each in &served.uses {
            if let Some(lot) = lots.get(each.lot) {
                // A suite is a licence of each of its parts.
                let part = if is_suite(facts, lot) { lot.product.as_str() } else { "" };
                let sum = used.entry((scope, part, demand.shares)).or_default().entry(lot.entitlement).or_default();
                *sum = sum.saturating_add(each.base);
            }
        }
    }
    for by_entitlement in used.values() {
        for (at, units) in by_entitlement {
            let Some(entitlement) = facts.estate.entitlements.get(*at) else {
                object("not-bought", "");
                continue;
            };
            let (metric, pack) = opened(entitlement);
            if *units > entitlement.quantity.saturating_mul(pack) {
                object("not-bought", &entitlement.id);
            }
            // A step-up is worth nothing without its base, and the base is gone with it.
            let Some((product, from)) = stepped(entitlement) else { continue };
            let family = facts.estate.entitlements.iter().enumerate().filter(|(_, each)| opened(each).0 == metric);
            let (mut owned, mut taken) = (0u64, 0u64);
            for (at, each) in family {
                let step = stepped(each);
                let base = each.product == product && each.edition == from;
                if base {
                    owned = owned.saturating_add(each.quantity.saturating_mul(opened(each).1));
                }
                if base || step == Some((product, from)) {
                    taken = taken.saturating_add(by_entitlement.get(&at).copied().unwrap_or(0));
                }
            }
            if taken > owned {
                object("not-bought", &entitlement.id);
            }
        }
    }
}

/// Whether the entitlement behind a lot is the suite of servers.
fn is_suite(facts: &Facts<'_>, lot: &Lot) -> bool {
    let entitlement = facts.estate.entitlements.get(lot.entitlement);
    entitlement.is_some_and(|entitlement| SUITE_OF_SERVERS.contains(&entitlement.product.as_str()))
}

/// Ends the names of the lines of volume licences of Windows.
const VOLUME_UPGRADE: &str = "(volume upgrade)";

/// Product and edition that a step-up line starts from. Suites of access licences have the edition of the step itself.
fn stepped(line: &Entitlement) -> Option<(&str, &str)> {
    if is_suite_step(&line.product) {
        return Some(("Core CAL Suite", &line.edition));
    }
    let (product, rest) = line.product.split_once(" step-up ")?;
    Some((product, rest.split_once(" to ")?.0))
}

fn is_suite_step(product: &str) -> bool {
    product.contains("step-up") && product.contains("CAL") && product.contains("Core")
}

/// Units that machines cover by themselves: as many devices of the demand came with a system.
fn own_licence(facts: &Facts<'_>, demand: &Demand, way: &Way, served: &Served, found: &mut Vec<Objection>) {
    let by_lots: u64 = served.uses.iter().map(|each| each.covered).sum();
    let own = served.covered.saturating_sub(by_lots);
    if own == 0 {
        return;
    }
    let came_with = demand.subjects.iter().filter_map(|(id, _, _)| {
        let device = facts.device(id)?;
        device.oem_os.as_deref().filter(|os| *os != "none").map(|_| device.count)
    });
    if came_with.sum::<u64>() < own || way.inherent < own {
        found.push(Objection { code: "no-own-licence", subject: demand.key.clone() });
    }
}

/// What stands on one machine of the way's product: editions and versions, sorted.
type Standing<'a> = Vec<(&'a str, &'a str)>;

/// What stands on the machines of a demand; machines with the same once.
fn standing<'a>(facts: &Facts<'a>, demand: &Demand, way: &Way) -> BTreeSet<Standing<'a>> {
    let mut found: BTreeSet<Standing<'_>> = BTreeSet::new();
    // Machines are many and most have the same: one list serves for looking, and is copied only where it is new.
    let mut own = Standing::new();
    let product = if way.product.ends_with(VOLUME_UPGRADE) { "Windows" } else { way.product.as_str() };
    // What is used remotely stands on the machines that are reached: one of those copies, or of the device's own, must fit.
    let mut remote = Standing::new();
    if way.rules.contains(&"OFF-RDS") {
        let reached: BTreeSet<&str> = facts.estate.accesses.iter().map(|access| access.to.as_str()).collect();
        let there = reached.into_iter().flat_map(|on| facts.installs(on));
        remote.extend(there.filter_map(|install| as_product(product, install)));
        remote.sort_unstable();
        remote.dedup();
    }
    for (id, _, _) in &demand.subjects {
        own.clear();
        own.extend_from_slice(&remote);
        own.extend(facts.installs(id).filter_map(|install| as_product(product, install)));
        own.sort_unstable();
        own.dedup();
        if !found.contains(&own) {
            found.insert(own.clone());
        }
    }
    found
}

/// Edition and version of an installation, if it is of a product or counted like it.
fn as_product<'a>(product: &str, install: &'a Install) -> Option<(&'a str, &'a str)> {
    let (edition, version) = (install.edition.as_str(), install.version.as_str());
    match (product, install.product.as_str()) {
        (product, there) if product == there => Some((edition, version)),
        ("SQL Server", there) if there.starts_with("SQL Server ") => Some((edition, version)),
        ("Office", "Office for Mac") => Some((edition, version_here(version))),
        // A suite may stand for one of its applications, which has no edition.
        ("Office", there) if IN_A_SUITE.contains(&there) => Some(("", version)),
        _ => None,
    }
}

/// The version of Office whose time one for another platform shares.
fn version_here(version: &str) -> &str {
    match version {
        "2004" => "2003",
        "2008" => "2007",
        "2011" => "2010",
        other => other,
    }
}

/// Whether a bound licence came with a machine of the demand, its host, or a host of the same cluster.
fn at_home(facts: &Facts<'_>, demand: &Demand, words: &Words) -> bool {
    if matches!(words, Words::None) || demand.subjects.iter().any(|(id, _, _)| words.has(id)) {
        return true;
    }
    let ids: BTreeSet<&str> = demand.subjects.iter().map(|(id, _, _)| id.as_str()).collect();
    let guests = facts.estate.vms.iter().filter(|vm| ids.contains(vm.id.as_str()));
    let hosts: BTreeSet<&str> = guests.filter_map(|vm| vm.host.as_deref()).collect();
    let servers = || facts.estate.servers.iter();
    let clusters: BTreeSet<&str> =
        servers().filter(|host| hosts.contains(host.id.as_str())).filter_map(|host| host.cluster.as_deref()).collect();
    let near = |server: &crate::deployments::Server| {
        hosts.contains(server.id.as_str()) || server.cluster.as_deref().is_some_and(|own| clusters.contains(own))
    };
    servers().any(|server| words.has(&server.id) && near(server))
}

/// Whether an entitlement gives a right to a way, by what it says of itself and what stands on the machines.
fn right(
    facts: &Facts<'_>,
    reading: Reading,
    way: &Way,
    demand: &Demand,
    standing: &BTreeSet<Standing<'_>>,
    entitlement: &Entitlement,
) -> Result<(), &'static str> {
    if is_subscribed(entitlement) && entitlement.sa_until.is_some_and(|until| until < facts.as_of) {
        return Err("subscription-ended");
    }
    let bound = matches!(entitlement.channel.as_str(), "oem" | "payg");
    if bound && !at_home(facts, demand, &entitlement.assigned_to) {
        return Err("tied-elsewhere");
    }
    let product = match stepped(entitlement) {
        Some(_) if is_suite_step(&entitlement.product) => "Enterprise CAL Suite",
        Some((product, _)) => product,
        None => entitlement.product.as_str(),
    };
    let suite =
        SUITE_OF_SERVERS.contains(&product) && matches!(way.product.as_str(), "Windows Server" | "System Center");
    let product = if suite { way.product.as_str() } else { product };
    // A right of one kind may be narrower (`vda-azure` of `vda`); whether it reaches here is the requirement's question.
    let brings = |right: &str| {
        let rights = facts.terms.plan(product).unwrap_or_default();
        rights.iter().any(|each| each.strip_prefix(right).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    };
    if product != way.product {
        // Another product serves where its terms name the right, or where it is the same software under another name.
        if way.product.ends_with(VOLUME_UPGRADE) {
            return upgrade(facts, reading, way, standing, entitlement);
        }
        // Rights that a plan or suite brings are for people or devices, like the plan or suite itself.
        let untold = matches!(entitlement.metric.as_str(), "" | "unknown");
        if !way.scope.is_empty() && !(is_by_head(&way.metric) && (untold || is_by_head(&entitlement.metric))) {
            return Err("wrong-metric");
        }
        let named = !way.scope.is_empty() && brings(way.scope);
        return if named || related(product, &way.product, way.scope) { Ok(()) } else { Err("wrong-product") };
    }
    let metric = opened(entitlement).0;
    let untold = matches!(metric, "" | "unknown");
    let by_edition = way.metric == format!("{}_cal", entitlement.edition.to_lowercase());
    if untold && reading != Reading::Low && !by_edition {
        return Err("wrong-metric");
    }
    if metric != way.metric && !untold && !converts(product, metric, &way.metric) {
        return Err("wrong-metric");
    }
    if matches!(way.metric.as_str(), "user_cal" | "device_cal") && (untold || metric == way.metric) {
        return reaches_server(facts, reading, way, entitlement);
    }
    let Some(family) = facts.terms.product(product) else { return Ok(()) };
    // A version that nothing knows reaches none; one that is not told is asked about.
    let Some(reach) = reach(family, entitlement, facts.as_of, reading) else {
        let untold = matches!(entitlement.version.as_str(), "unknown" | "");
        return if untold { Ok(()) } else { Err("version-unknown") };
    };
    let fits = |&(edition, version): &(&str, &str)| {
        let Some(rank) = family.rank(version) else { return Ok(()) };
        if reach < rank {
            return Err("older-version");
        }
        let licence = family.rank(&entitlement.version).unwrap_or(reach).max(rank);
        let known = !matches!(edition, "unknown" | "") && !WITHOUT_EDITIONS.contains(&product);
        let known = known && (entitlement.edition != "unknown" || reading != Reading::Low);
        // Subscriptions may run another edition by their own terms, and normalized cores count editions against each other:
        // there the edition that the way is counted in decides.
        let other_terms = way.unit.is_some() || entitlement.channel == "csp_subscription";
        let edition = if other_terms { way.edition.as_str() } else { edition };
        // Remote use under the terms of some years: a device with a higher edition may use the lower one.
        let upwards =
            facts.terms.rule("OFF-RDS", entitlement.purchased.unwrap_or(facts.as_of)).words("editions_upwards");
        let place = |edition: &str| upwards.iter().position(|each| *each == edition);
        let higher = way.rules.contains(&"OFF-RDS")
            && place(edition).zip(place(&entitlement.edition)).is_some_and(|(installed, own)| own > installed);
        let covers =
            higher || way.unit.is_some() || family.edition_covers(&entitlement.edition, licence, edition, rank);
        if known && !covers { Err("other-edition") } else { Ok(()) }
    };
    // Several installations on one machine need one licence, which must fit the highest of them: at least one.
    for machine in standing.iter().filter(|machine| !machine.is_empty()) {
        if let Some(why) = machine.iter().map(fits).reduce(Result::or).and_then(Result::err) {
            return Err(why);
        }
    }
    Ok(())
}

/// Paid by term.
fn is_subscribed(entitlement: &Entitlement) -> bool {
    matches!(entitlement.metric.as_str(), "user_sub" | "device_sub")
        || SUBSCRIBED.contains(&entitlement.channel.as_str())
}

/// Whether a volume licence of Windows is an upgrade to what runs there. Long-term releases come with the edition's assurance.
fn upgrade(
    facts: &Facts<'_>,
    reading: Reading,
    way: &Way,
    standing: &BTreeSet<Standing<'_>>,
    entitlement: &Entitlement,
) -> Result<(), &'static str> {
    if !entitlement.product.starts_with("Windows") {
        return Err("wrong-product");
    }
    let untold = matches!(entitlement.metric.as_str(), "" | "unknown") && reading == Reading::Low;
    if entitlement.metric != way.metric && !untold {
        return Err("wrong-metric");
    }
    let long_term = |edition: &str| edition.contains("LTS");
    let Some(family) = facts.terms.product("Windows").filter(|_| !long_term(&way.edition)) else { return Ok(()) };
    let reach = reach(family, entitlement, facts.as_of, reading);
    let fits = |(_, version): &(&str, &str)| family.rank(version).is_none_or(|rank| reach >= Some(rank));
    let fit = standing.iter().filter(|machine| !machine.is_empty()).all(|machine| machine.iter().any(fits));
    if fit { Ok(()) } else { Err("older-version") }
}

/// Whether an access licence reaches the version of the servers that its way is for; one of a family serves its second release.
fn reaches_server(
    facts: &Facts<'_>,
    reading: Reading,
    way: &Way,
    entitlement: &Entitlement,
) -> Result<(), &'static str> {
    let server = match way.product.strip_suffix(" CAL") {
        Some("Remote Desktop Services") => "Windows Server",
        Some("Dynamics CRM") => "Dynamics CRM Server",
        Some(of) => {
            ["Standard", "Enterprise", "Plus"].iter().find_map(|kind| of.strip_suffix(kind)).unwrap_or(of).trim_end()
        }
        None => return Ok(()),
    };
    let Some(family) = facts.terms.product(server) else { return Ok(()) };
    let base = |version: &str| {
        let first = version.strip_suffix(" R2").and_then(|first| family.rank(first));
        first.or_else(|| family.rank(version))
    };
    let Some(asked) = base(&way.version) else { return Ok(()) };
    let Some(own) = reach(family, entitlement, facts.as_of, reading) else { return Ok(()) };
    if base(family.version_name(own)).is_some_and(|own| own < asked) { Err("older-version") } else { Ok(()) }
}

/// The newest version that an entitlement reaches: the stated one, or one that came while Software Assurance ran
/// (in the lowest reading: that came into sight).
fn reach(family: &Product, entitlement: &Entitlement, as_of: Date, reading: Reading) -> Option<usize> {
    let newest = |day: Date| family.versions.iter().rposition(|version| version.available <= day);
    let ran = |day: Date| if reading == Reading::Low { family.newest_seen_on(day) } else { newest(day) };
    let stated = match entitlement.version.as_str() {
        "current" => newest(entitlement.purchased.unwrap_or(as_of)),
        version => family.rank(version),
    };
    // Bought in volume, in a metric that is sold on, it is of the version on sale on that day.
    let in_volume = IN_VOLUME.contains(&entitlement.channel.as_str());
    let of_servers = family.name == "Windows Server" && entitlement.metric == "server";
    let sold_on = !entitlement.metric.starts_with("processor") && !of_servers;
    let bought = entitlement.purchased.filter(|_| in_volume && sold_on && stated.is_some());
    let stated = stated.max(bought.and_then(|day| family.newest_surely_on(day.min(as_of))));
    let until = entitlement.sa_until.or(is_subscribed(entitlement).then_some(as_of));
    stated.max(until.and_then(|until| ran(until.min(as_of))))
}

/// Products under two names: an edition of a subscription for the next lower one, upgrades and bases of Windows, plans of
/// management, and Office suites for their applications.
fn related(product: &str, wanted: &str, scope: &str) -> bool {
    let both = |part: &str| product.starts_with(part) && wanted.starts_with(part);
    let subscription = product.starts_with("Visual Studio") && product.ends_with("subscription");
    let of_project = product == "Project" && scope == "project-server-cal";
    both("Windows") || both("Visual Studio") || (subscription && scope == "azure-devops-cal") || of_project
}

/// Metrics that one licence may be counted in besides its own.
fn converts(product: &str, from: &str, to: &str) -> bool {
    match (product, to) {
        ("Windows Server", "core") => from == "processor_pair",
        ("Windows Server", "processor_pair") => from == "server",
        ("SQL Server", "core") => from == "processor",
        ("Windows", "device") => from == "device_upgrade",
        _ => (from == "user_sub" || to == "user_sub") && is_by_head(from) && is_by_head(to),
    }
}

/// Counted by people or devices.
fn is_by_head(metric: &str) -> bool {
    const BY_HEAD: [&str; 7] =
        ["user_sub", "device_sub", "user_cal", "device_cal", "client_ml", "device", "device_upgrade"];
    BY_HEAD.contains(&metric)
}

/// The most units of a way that a base unit may be worth: more than one only by a core grant or in Azure.
fn worth(facts: &Facts<'_>, way: &Way, entitlement: &Entitlement) -> u64 {
    let number = |rule: &str, key: &str| facts.terms.rule(rule, facts.as_of).number(key);
    match (way.product.as_str(), way.metric.as_str(), opened(entitlement).0) {
        ("Windows Server", "core", "processor_pair" | "unknown" | "") => number("WS-GRANT-2016", "cores_per_licence")
            .max(number("WS-AHB", "processor_licence_worth"))
            .max(facts.documented.saturating_mul(2)),
        ("SQL Server", "core", "processor") => number("SQL-GRANT-2012", "cores_per_licence").max(facts.documented),
        ("SQL Server", "core", "core") if way.unit.is_some() && entitlement.edition == "Enterprise" => {
            number("SQL-AHB", "enterprise_worth")
        }
        _ => 1,
    }
    .max(1)
}
