//! From a company's facts to the estate that the licensing core reads: machines joined, titles recognised, lots tied to their
//! machines, people with their plans, accesses from logs, and what the user declared laid over it.

pub mod counted;
mod coverage;
mod declared;
mod installs;
mod processor;
pub mod queue;
mod view;

pub use coverage::{Coverage, Doubled, SiteCoverage, coverage};
pub use view::{FactsView, ProductView, facts_view};

use crate::lots::plan_of_sku;
use crate::purchases::plan_in_english;
use crate::titles::Titles;
use jiff::civil::Date;
use licensing::deployments::join::{
    Decided, Joined, JoinedMachine, JoinedPerson, machines_as_decided, persons_as_decided,
};
use licensing::deployments::{Access, Device, Entitlement, Estate, Server, User, Vm, Words};
use licensing::facts::{Fact, FactRow, MachineKind, Subscription};
use licensing::terms::Terms;
use licensing::word::{Lexicon, Word};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Days of silence after which a machine is told as stale.
pub const STALE_DAYS: i64 = 90;

/// Something to tell about the company's facts: a code, what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// `stale`, `retired`, `directory-disabled`, `host-without-guests`, `guest-without-host`, `licensed-leaver`, `never-inventoried`.
    pub code: String,
    /// Machine or person.
    pub subject: String,
}

/// A company, ready for the core.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Company {
    /// The estate.
    pub estate: Estate,
    /// Machines as joined.
    pub joined: Joined,
    /// People as joined.
    pub persons: Vec<JoinedPerson>,
    /// Subscriptions of the tenant, each as its newest export says.
    pub subscriptions: Vec<Subscription>,
    /// What was noticed.
    pub findings: BTreeSet<Finding>,
    /// Titles of great lists that make no demand, counted.
    pub counted: Vec<counted::Counted>,
}

/// Builds the estate of a company on `as_of` out of all its facts and its lots.
pub fn company(rows: &[FactRow], titles: &Titles, terms: &Terms, lots: Vec<Entitlement>, as_of: Date) -> Company {
    company_as_decided(rows, titles, terms, lots, &Decided::default(), as_of)
}

/// The same, holding to what people decided about the records of machines and people.
pub fn company_as_decided(
    rows: &[FactRow],
    titles: &Titles,
    terms: &Terms,
    lots: Vec<Entitlement>,
    decided: &Decided,
    as_of: Date,
) -> Company {
    let joined = machines_as_decided(rows, decided);
    let mut people = persons_as_decided(rows, decided);
    let subscriptions = newest_subscriptions(rows);
    for plan in people.iter_mut().flat_map(|person| person.plans.iter_mut()) {
        *plan = plan_named(plan, &subscriptions);
    }
    let mut company = Company { joined, persons: people, subscriptions, ..Company::default() };
    let oem = oem_systems(&lots);
    let register = lots.iter().any(|lot| lot.product == "Windows" && lot.channel == "oem");
    let users: BTreeMap<String, Word> = company
        .persons
        .iter()
        .flat_map(|person| {
            let id = Word::from(&person.id);
            [person.sam.clone(), person.upn.clone(), person.name.as_ref().map(|name| name.to_lowercase())]
                .into_iter()
                .flatten()
                .map(move |key| (key, id.clone()))
        })
        .collect();
    let hosts: BTreeSet<String> = company
        .joined
        .machines
        .iter()
        .filter_map(|machine| machine.host.as_ref().map(|host| host.to_lowercase()))
        .collect();
    let ids = ids_by_name(&company.joined);
    let mut estate = Estate { entitlements: lots, ..Estate::default() };
    let mut words = Lexicon::default();
    for machine in &company.joined.machines {
        notice(machine, as_of, &hosts, &mut company.findings);
        if !machine.counts() {
            continue;
        }
        let origins = machine.origins.iter().cloned().collect();
        let site = machine.site.as_deref().map(|site| words.word(site));
        let id = Word::from(&machine.id);
        if machine.is_virtual {
            estate.vms.push(Vm {
                id: id.clone(),
                count: 1,
                host: machine.host.as_ref().map(|host| named(&ids, host)),
                vcpus: machine.vcpus,
                os_family: Some(words.word(if is_windows(machine) { "windows" } else { "linux" })),
                site,
                origins,
                ..Vm::default()
            });
        } else if machine.is_server() || hosts.contains(&machine.name.to_lowercase()) {
            estate.servers.push(server(machine, &company.joined, &hosts, origins));
        } else {
            let base = oem.get(&machine.name.to_lowercase()).map(String::as_str);
            estate.devices.push(Device {
                id: id.clone(),
                count: 1,
                oem_os: Some(words.word(base.unwrap_or(if register { "none" } else { "unknown" }))),
                used_by: machine.user.as_deref().and_then(|user| users.get(&account(user))).cloned(),
                portable: Some(machine.kind == Some(MachineKind::Laptop)),
                site,
                origins,
                ..Device::default()
            });
        }
        installs::of_machine(machine, &id, titles, &mut words, &mut estate.installs);
    }
    people_and_accesses(&mut estate, &mut company, &ids, terms);
    for row in rows {
        if let Fact::Declared(own) = &row.fact {
            declared::lay_over(&mut estate, own, &row.origin);
        }
    }
    company.estate = estate;
    company
}

/// A plan by its English name: tools tell it in the administrator's language, by its part number, or by a number of which only the
/// tenant's own subscriptions tell the part number.
fn plan_named(told: &str, subscriptions: &[Subscription]) -> String {
    let by_id = |each: &&Subscription| each.sku_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(told));
    let sku = subscriptions.iter().find(by_id).map_or(told, |subscription| &subscription.sku);
    plan_of_sku(sku).map_or_else(|| plan_in_english(sku), str::to_owned)
}

/// The newest word on each SKU.
fn newest_subscriptions(rows: &[FactRow]) -> Vec<Subscription> {
    let mut newest: BTreeMap<&str, (&licensing::facts::Origin, &Subscription)> = BTreeMap::new();
    for row in rows {
        let Fact::Subscription(told) = &row.fact else { continue };
        let slot = newest.entry(&told.sku).or_insert((&row.origin, told));
        // A file without a day, and two of one day, are told apart by their fingerprints, so that the order does not matter.
        if (told.exported, &row.origin) > (slot.1.exported, slot.0) {
            *slot = (&row.origin, told);
        }
    }
    newest.into_values().map(|(_, told)| told.clone()).collect()
}

/// `DOMAIN\\user` or a principal name as accounts are keyed.
fn account(text: &str) -> String {
    text.rsplit('\\').next().unwrap_or(text).trim().to_lowercase()
}

fn is_windows(machine: &JoinedMachine) -> bool {
    machine.os.as_deref().is_some_and(|os| os.to_lowercase().contains("windows"))
}

/// Ids of the machines by their names in lower case; the first of several that bear one name.
fn ids_by_name(joined: &Joined) -> BTreeMap<String, Word> {
    let mut ids = BTreeMap::new();
    for machine in &joined.machines {
        ids.entry(machine.name.to_lowercase()).or_insert_with(|| Word::from(&machine.id));
    }
    ids
}

/// The id of the machine that bears a name; the name itself where nobody knows it.
fn named(ids: &BTreeMap<String, Word>, name: &str) -> Word {
    ids.get(&name.to_lowercase()).cloned().unwrap_or_else(|| name.into())
}

/// Which Windows came with which machine, as invoices and registers say.
fn oem_systems(lots: &[Entitlement]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for lot in lots.iter().filter(|lot| lot.product == "Windows" && lot.channel == "oem") {
        let machines: Vec<&String> = match &lot.assigned_to {
            Words::None => Vec::new(),
            Words::One(one) => vec![one],
            Words::Many(many) => many.iter().collect(),
        };
        for machine in machines {
            found.insert(machine.to_lowercase(), format!("Windows {} {}", lot.version, lot.edition));
        }
    }
    found
}

fn server(
    machine: &JoinedMachine,
    joined: &Joined,
    hosts: &BTreeSet<String>,
    origins: Vec<licensing::facts::Origin>,
) -> Server {
    let per = |total: Option<u32>| match (total, machine.processors) {
        (Some(total), Some(processors)) if processors > 0 => Some(total.div_ceil(processors)),
        _ => None,
    };
    let threads = match (machine.logical, machine.cores) {
        (Some(logical), Some(cores)) if cores > 0 => Some((logical / cores).max(1)),
        _ => None,
    };
    let os = machine.os.as_deref().unwrap_or_default();
    let is_host = hosts.contains(&machine.name.to_lowercase());
    Server {
        id: machine.id.clone().into(),
        count: 1,
        processors: machine.processors,
        cores_per_processor: per(machine.cores).or_else(|| machine.cpu_model.as_deref().and_then(processor::cores_of)),
        cores: machine.cores.filter(|_| machine.processors.is_none_or(|processors| processors == 0)),
        logical: machine.logical,
        threads_per_core: threads,
        cpu_model: machine.cpu_model.clone().map(Word::from),
        hypervisor: if os.to_lowercase().contains("esx") {
            Some("VMware ESXi".into())
        } else if is_host && is_windows(machine) {
            Some("Hyper-V".into())
        } else {
            None
        },
        physical_ose_role: (!is_host).then(|| "workload".into()),
        cluster: machine.cluster.clone().map(Word::from),
        drs: machine.cluster.as_ref().and_then(|cluster| joined.clusters.get(cluster).copied().flatten()),
        site: machine.site.clone().map(Word::from),
        origins,
        ..Server::default()
    }
}

fn notice(machine: &JoinedMachine, as_of: Date, hosts: &BTreeSet<String>, findings: &mut BTreeSet<Finding>) {
    let mut tell = |code: &str| {
        findings.insert(Finding { code: code.to_owned(), subject: machine.id.clone() });
    };
    if machine.is_stale(as_of, STALE_DAYS) {
        tell("stale");
    }
    if machine.retired {
        tell("retired");
    }
    if machine.ad_enabled == Some(false) {
        tell("directory-disabled");
    }
    if machine.is_virtual && machine.host.is_none() {
        tell("guest-without-host");
    }
    if machine.kind == Some(MachineKind::Host) && !hosts.contains(&machine.name.to_lowercase()) {
        tell("host-without-guests");
    }
    if machine.titles.is_empty()
        && machine.in_domain
        && !machine.is_virtual
        && machine.kind.is_none()
        && machine.counts()
    {
        tell("never-inventoried");
    }
}

/// The plan that brings most rights, by its name in the terms.
fn main_plan(plans: &[String], terms: &Terms) -> Option<String> {
    plans
        .iter()
        .filter_map(|plan| terms.plan(plan).map(|rights| (rights.len(), plan)))
        .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, plan)| plan.clone())
        .or_else(|| plans.first().cloned())
}

fn people_and_accesses(estate: &mut Estate, company: &mut Company, ids: &BTreeMap<String, Word>, terms: &Terms) {
    let mut words = Lexicon::default();
    for person in &company.persons {
        if person.is_leaver() && !person.plans.is_empty() {
            company.findings.insert(Finding { code: "licensed-leaver".to_owned(), subject: person.id.clone() });
        }
        if !person.is_person() || person.is_leaver() {
            continue;
        }
        let id = Word::from(&person.id);
        estate.users.push(User {
            id: id.clone(),
            count: 1,
            plan: main_plan(&person.plans, terms).map(|plan| words.word(&plan)),
            site: person.site.as_deref().map(|site| words.word(site)),
            origins: person.origins.iter().cloned().collect(),
            ..User::default()
        });
        for (server, role) in &person.reached {
            let role = role.to_lowercase();
            let remote = role.contains("remote desktop") || role.contains("bureau a distance") || role == "rd";
            estate.accesses.push(Access {
                who: id.clone(),
                to: named(ids, server),
                via: remote.then(|| words.word("rds")),
                count: 1,
                origins: person.origins.iter().cloned().collect(),
                ..Access::default()
            });
        }
    }
}
