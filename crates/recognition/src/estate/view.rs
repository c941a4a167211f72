//! What the case knows, for people and for other programs: machines, products, titles that need no licence, users.

use super::{Company, STALE_DAYS, installs};
use crate::titles::{Standing, Titles};
use jiff::civil::Date;
use licensing::deployments::join::JoinedMachine;
use licensing::facts::MachineKind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Facts of a company, joined and recognised.
#[derive(Debug, Clone, Serialize)]
pub struct FactsView {
    /// Figures over all.
    pub counts: Counts,
    /// Machines.
    pub machines: Vec<MachineView>,
    /// Accounts and records that are no machine.
    pub not_machines: Vec<NotMachine>,
    /// Each product, edition and version once a machine.
    pub products: Vec<ProductView>,
    /// Titles that make no demand, with the number of machines.
    pub not_licence_demand: Vec<TitleView>,
    /// People and accounts.
    pub users: Vec<UserView>,
}

/// Figures over all.
#[derive(Debug, Clone, Serialize)]
pub struct Counts {
    /// Machines, retired ones too; no templates.
    pub machines: usize,
    /// Client devices.
    pub pcs: usize,
    /// Retired.
    pub retired: usize,
    /// Silent but not retired.
    pub stale_not_retired: usize,
    /// Physical servers.
    pub physical_servers: usize,
    /// Virtual machines.
    pub vms: usize,
    /// People.
    pub users: usize,
    /// Leavers who still hold a plan.
    pub licensed_leavers: usize,
    /// Licensable products by `family | edition | version`.
    pub licensable_by_product: BTreeMap<String, usize>,
}

/// A machine.
#[derive(Debug, Clone, Serialize)]
pub struct MachineView {
    name: String,
    dns: Option<String>,
    other_names: Vec<String>,
    site: Option<String>,
    kind: &'static str,
    #[serde(rename = "virtual")]
    is_virtual: bool,
    os: Option<String>,
    os_build: Option<String>,
    processors: Option<u32>,
    cores: Option<u32>,
    logical: Option<u32>,
    vcpus: Option<u32>,
    host: Option<String>,
    cluster: Option<String>,
    power: Option<&'static str>,
    template: bool,
    serial: Option<String>,
    uuid: Option<String>,
    in_domain: bool,
    ad_enabled: Option<bool>,
    last_seen: Option<Date>,
    stale: bool,
    retired: bool,
    counts_for_licences: bool,
    software_seen: bool,
    seen_in: Vec<String>,
    joined_by: Vec<String>,
}

/// Something that bears a machine's name and is none.
#[derive(Debug, Clone, Serialize)]
pub struct NotMachine {
    name: String,
    why: String,
}

/// A product on a machine.
#[derive(Debug, Clone, Serialize)]
pub struct ProductView {
    machine: String,
    family: String,
    edition: String,
    version: String,
    kind: &'static str,
    standing: String,
    title: Option<String>,
}

/// A title that makes no demand.
#[derive(Debug, Clone, Serialize)]
pub struct TitleView {
    title: String,
    standing: String,
    machines: usize,
}

/// A person or account.
#[derive(Debug, Clone, Serialize)]
pub struct UserView {
    upn: Option<String>,
    sam: Option<String>,
    name: Option<String>,
    kind: &'static str,
    site: Option<String>,
    ad_enabled: Option<bool>,
    blocked: Option<bool>,
    plans: Vec<String>,
    licensed_leaver: bool,
    server_access: Vec<(String, String)>,
}

fn kind(machine: &JoinedMachine) -> &'static str {
    match machine.kind {
        _ if machine.is_virtual => "vm",
        Some(MachineKind::Host) => "host",
        _ if machine.is_server() => "server",
        Some(MachineKind::Laptop) => "laptop",
        Some(MachineKind::ThinClient) => "thin_client",
        _ => "desktop",
    }
}

/// The view; `path_of` gives the name of an evidence file by its hash.
pub fn facts_view(company: &Company, titles: &Titles, as_of: Date, path_of: &dyn Fn(&str) -> String) -> FactsView {
    let all: Vec<&JoinedMachine> = company.joined.machines.iter().filter(|machine| !machine.template).collect();
    let mut by_product: BTreeMap<String, usize> = BTreeMap::new();
    let mut products = Vec::new();
    let mut quiet: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for machine in &all {
        products_of(machine, titles, &mut products);
        for (title, _) in &machine.titles {
            let told = titles.recognise(
                title.publisher.as_deref().unwrap_or_default(),
                &title.name,
                title.version.as_deref().unwrap_or_default(),
                title.key.as_deref(),
                title.parent.as_deref(),
            );
            if told.licensable != Standing::Yes {
                quiet.entry((title.name.clone(), told.licensable.to_string())).or_default().insert(&machine.id);
            }
        }
    }
    for product in &products {
        *by_product.entry(format!("{} | {} | {}", product.family, product.edition, product.version)).or_default() += 1;
    }
    let machines: Vec<MachineView> = all.iter().map(|machine| machine_view(machine, as_of, path_of)).collect();
    let people = || company.persons.iter().filter(|person| person.is_person());
    let count = |wanted: &[&str]| machines.iter().filter(|machine| wanted.contains(&machine.kind)).count();
    let counts = Counts {
        machines: machines.len(),
        pcs: count(&["desktop", "laptop", "thin_client"]),
        retired: machines.iter().filter(|machine| machine.retired).count(),
        stale_not_retired: machines.iter().filter(|machine| machine.stale && !machine.retired).count(),
        physical_servers: count(&["server", "host"]),
        vms: count(&["vm"]),
        users: people().count(),
        licensed_leavers: people().filter(|person| person.is_leaver() && !person.plans.is_empty()).count(),
        licensable_by_product: by_product,
    };
    FactsView {
        counts,
        machines,
        not_machines: company
            .joined
            .not_machines
            .iter()
            .map(|(name, why)| NotMachine { name: name.clone(), why: why.clone() })
            .collect(),
        products,
        not_licence_demand: quiet
            .into_iter()
            .map(|((title, standing), machines)| TitleView { title, standing, machines: machines.len() })
            .collect(),
        users: company
            .persons
            .iter()
            .map(|person| UserView {
                upn: person.upn.clone(),
                sam: person.sam.clone(),
                name: person.name.clone(),
                kind: if person.is_person() { "person" } else { "account" },
                site: person.site.clone(),
                ad_enabled: person.ad_enabled,
                blocked: person.blocked,
                plans: person.plans.clone(),
                licensed_leaver: person.is_leaver() && !person.plans.is_empty(),
                server_access: person.reached.iter().cloned().collect(),
            })
            .collect(),
    }
}

fn machine_view(machine: &JoinedMachine, as_of: Date, path_of: &dyn Fn(&str) -> String) -> MachineView {
    let files: BTreeSet<String> = machine.origins.iter().map(|origin| path_of(&origin.evidence)).collect();
    MachineView {
        name: machine.name.clone(),
        dns: machine.dns.clone(),
        other_names: machine.other_names.iter().cloned().collect(),
        site: machine.site.clone(),
        kind: kind(machine),
        is_virtual: machine.is_virtual,
        os: machine.os.clone(),
        os_build: machine.os_build.clone(),
        processors: machine.processors,
        cores: machine.cores,
        logical: machine.logical,
        vcpus: machine.vcpus,
        host: machine.host.clone(),
        cluster: machine.cluster.clone(),
        power: machine.powered.map(|on| if on { "on" } else { "off" }),
        template: machine.template,
        serial: machine.serial.clone(),
        uuid: machine.uuid.clone(),
        in_domain: machine.in_domain,
        ad_enabled: machine.ad_enabled,
        last_seen: machine.last_seen,
        stale: machine.is_stale(as_of, STALE_DAYS),
        retired: machine.retired,
        counts_for_licences: machine.counts(),
        software_seen: !machine.titles.is_empty(),
        seen_in: files.into_iter().collect(),
        joined_by: machine.joined_by.iter().map(|(kind, value)| format!("{kind} {value}")).collect(),
    }
}

/// Family, edition and version of a machine's system and titles, in the words of recognition.
fn products_of(machine: &JoinedMachine, titles: &Titles, products: &mut Vec<ProductView>) {
    if let Some(os) = &machine.os {
        let told = titles.operating_system(os, machine.os_build.as_deref());
        if told.licensable == Standing::Yes {
            products.push(ProductView {
                machine: machine.id.clone(),
                family: told.family,
                edition: told.edition,
                version: told.product_version,
                kind: "operating system",
                standing: "yes".to_owned(),
                title: None,
            });
        }
    }
    let sql: BTreeSet<(String, String)> = installs::kinds(machine, titles)
        .into_keys()
        .filter(|(product, edition, _)| product == "SQL Server" && !matches!(edition.as_str(), "Express" | "Developer"))
        .map(|(_, edition, version)| (edition, version))
        .collect();
    let mut seen: BTreeSet<(String, String, String)> = BTreeSet::new();
    for (title, _) in &machine.titles {
        let told = titles.recognise(
            title.publisher.as_deref().unwrap_or_default(),
            &title.name,
            title.version.as_deref().unwrap_or_default(),
            title.key.as_deref(),
            title.parent.as_deref(),
        );
        if told.licensable != Standing::Yes || told.family == "SQL Server" {
            continue;
        }
        if seen.insert((told.family.clone(), told.edition.clone(), told.product_version.clone())) {
            products.push(ProductView {
                machine: machine.id.clone(),
                family: told.family,
                edition: told.edition,
                version: told.product_version,
                kind: "installed",
                standing: "yes".to_owned(),
                title: Some(title.name.clone()),
            });
        }
    }
    for (edition, version) in sql {
        products.push(ProductView {
            machine: machine.id.clone(),
            family: "SQL Server".to_owned(),
            edition,
            version,
            kind: "installed",
            standing: "yes".to_owned(),
            title: None,
        });
    }
}
