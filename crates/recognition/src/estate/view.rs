//! What the case knows, for people and for other programs: machines, products, titles that need no licence, users.

mod products;

use super::counted::CountedSum;
use super::{Company, STALE_DAYS};
use crate::titles::Titles;
use jiff::civil::Date;
use licensing::deployments::join::{JoinedMachine, JoinedPerson};
use licensing::facts::{MachineKind, PersonKind, Subscription};
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
    /// Subscriptions of the tenant, as the newest export says.
    pub subscriptions: Vec<SubscriptionView>,
}

/// Figures over all.
#[derive(Debug, Clone, Serialize)]
pub struct Counts {
    /// Machines, with retired ones and templates.
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
    /// Accounts, of people and others.
    pub users: usize,
    /// Leavers who still hold a plan.
    pub licensed_leavers: usize,
    /// Licensable products by `family | edition | version`, on machines that count.
    pub licensable_by_product: BTreeMap<String, usize>,
    /// Rows of great lists whose titles make no demand: they are counted, and their machines are known by other rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_only_counted: Option<CountedSum>,
}

/// A machine.
#[derive(Debug, Clone, Serialize)]
pub struct MachineView {
    id: String,
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
    /// Identifier of the machine.
    pub machine: String,
    /// Product family (`Windows Server`, `Office`, ...).
    pub family: String,
    /// Edition; `unknown` is a value.
    pub edition: String,
    /// Version; `unknown` is a value.
    pub version: String,
    /// `operating system`, `installed`, `instance`.
    pub kind: &'static str,
    /// `yes` (asks for a licence), `free`, `trial`.
    pub standing: &'static str,
    /// Title as told, where it is no plain product name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Name of a SQL Server instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// Rule of the user's own that placed the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<String>,
}

/// A title that makes no demand.
#[derive(Debug, Clone, Serialize)]
pub struct TitleView {
    title: String,
    standing: String,
    machines: usize,
    /// Rule of the user's own that placed the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided: Option<String>,
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
    left: Option<Date>,
    plans: Vec<String>,
    licensed_leaver: bool,
    server_access: Vec<(String, String)>,
}

/// A subscription.
#[derive(Debug, Clone, Serialize)]
pub struct SubscriptionView {
    sku: String,
    enabled: u64,
    suspended: u64,
    warning: u64,
    consumed: u64,
    status: Option<String>,
}

fn kind(machine: &JoinedMachine, hosts: &BTreeSet<String>) -> &'static str {
    let windows = machine.os.as_deref().is_some_and(|os| os.to_lowercase().contains("windows"));
    let is_host = machine.kind == Some(MachineKind::Host) || hosts.contains(&machine.name.to_lowercase());
    match machine.kind {
        _ if machine.is_virtual => "vm",
        _ if is_host && windows => "hyperv-host",
        _ if is_host => "vmware-host",
        _ if machine.is_server() => "server",
        Some(MachineKind::Laptop) => "laptop",
        Some(MachineKind::ThinClient) => "thin_client",
        _ => "desktop",
    }
}

/// What an account stands for, in a word.
fn kind_of_account(person: &JoinedPerson) -> &'static str {
    match person.kind {
        Some(PersonKind::Service) if person.sam.as_deref().is_some_and(|sam| sam.starts_with("adm")) => "admin",
        Some(PersonKind::Service) => "service",
        Some(PersonKind::Shared) => "shared mailbox",
        Some(PersonKind::Guest) => "guest",
        Some(PersonKind::Person) | None => "person",
    }
}

/// Roles of the access log by their short names; others in the log's word.
fn role(told: &str) -> String {
    match told {
        "File Server" | "Serveur de fichiers" => "FileServer".to_owned(),
        "Remote Desktop Services" | "Services Bureau à distance" => "RD".to_owned(),
        other => other.to_owned(),
    }
}

/// The view; `path_of` gives the name of an evidence file by its hash.
pub fn facts_view(company: &Company, titles: &Titles, as_of: Date, path_of: &dyn Fn(&str) -> String) -> FactsView {
    let all = &company.joined.machines;
    let hosts: BTreeSet<String> = all.iter().filter_map(|m| m.host.as_ref().map(|host| host.to_lowercase())).collect();
    let mut products = Vec::new();
    let mut quiet: BTreeMap<products::Quiet, products::Bearing<'_>> = BTreeMap::new();
    let spelling = products::Spelling::new(all);
    for machine in all {
        products::of(machine, titles, &spelling, &mut products, &mut quiet);
    }
    products::counted(&company.counted, titles, &spelling, &mut quiet);
    let counting: BTreeSet<&str> = all.iter().filter(|m| m.counts()).map(|m| m.id.as_str()).collect();
    let mut by_product: BTreeMap<String, usize> = BTreeMap::new();
    for product in products.iter().filter(|p| p.standing == "yes" && counting.contains(p.machine.as_str())) {
        *by_product.entry(format!("{} | {} | {}", product.family, product.edition, product.version)).or_default() += 1;
    }
    let machines: Vec<MachineView> = all.iter().map(|machine| machine_view(machine, &hosts, as_of, path_of)).collect();
    let users: Vec<UserView> = company.persons.iter().map(user_view).collect();
    let count = |wanted: &[&str]| machines.iter().filter(|machine| wanted.contains(&machine.kind)).count();
    let counts = Counts {
        machines: machines.len(),
        pcs: count(&["desktop", "laptop", "thin_client"]),
        retired: machines.iter().filter(|machine| machine.retired).count(),
        stale_not_retired: machines.iter().filter(|machine| machine.stale && !machine.retired).count(),
        physical_servers: count(&["server", "vmware-host", "hyperv-host"]),
        vms: count(&["vm"]),
        users: users.len(),
        licensed_leavers: users.iter().filter(|user| user.licensed_leaver).count(),
        licensable_by_product: by_product,
        rows_only_counted: super::counted::sum(&company.counted),
    };
    FactsView {
        counts,
        machines,
        not_machines: company
            .joined
            .not_machines
            .iter()
            .map(|(name, why)| NotMachine { name: name.replace("configmgr:", "ResourceID "), why: why.clone() })
            .collect(),
        products,
        not_licence_demand: quiet
            .into_iter()
            .map(|((title, standing, decided), bearing)| TitleView {
                title,
                standing,
                machines: usize::try_from(bearing.counted).unwrap_or(usize::MAX).saturating_add(bearing.machines.len()),
                decided,
            })
            .collect(),
        users,
        subscriptions: company.subscriptions.iter().map(subscription_view).collect(),
    }
}

fn user_view(person: &JoinedPerson) -> UserView {
    UserView {
        upn: person.upn.clone(),
        sam: person.sam.clone(),
        name: person.name.clone(),
        kind: kind_of_account(person),
        site: person.site.clone(),
        ad_enabled: person.ad_enabled,
        blocked: person.blocked,
        left: person.left,
        plans: person.plans.clone(),
        licensed_leaver: person.is_person() && person.is_leaver() && !person.plans.is_empty(),
        server_access: person.reached.iter().map(|(server, told)| (server.clone(), role(told))).collect(),
    }
}

fn subscription_view(told: &Subscription) -> SubscriptionView {
    SubscriptionView {
        sku: told.sku.clone(),
        enabled: told.enabled,
        suspended: told.suspended,
        warning: told.warning,
        consumed: told.consumed,
        status: told.status.clone(),
    }
}

fn machine_view(
    machine: &JoinedMachine,
    hosts: &BTreeSet<String>,
    as_of: Date,
    path_of: &dyn Fn(&str) -> String,
) -> MachineView {
    let files: BTreeSet<String> = machine.origins.iter().map(|origin| path_of(&origin.evidence)).collect();
    MachineView {
        id: machine.id.clone(),
        name: machine.name.clone(),
        dns: machine.dns.clone(),
        other_names: machine.other_names.iter().cloned().collect(),
        site: machine.site.clone(),
        kind: kind(machine, hosts),
        is_virtual: machine.is_virtual,
        os: machine.os.clone(),
        os_build: machine.os_build.clone(),
        processors: machine.processors,
        cores: machine.cores,
        logical: machine.logical,
        vcpus: machine.vcpus,
        host: machine.host.clone(),
        cluster: machine.cluster.clone(),
        power: machine.powered.map(|on| if on { "poweredOn" } else { "poweredOff" }),
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
