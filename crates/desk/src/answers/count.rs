//! Answers for a site or the whole company: counts of what stands there, sums of cores, what is owned, who is there.

use super::product::{self, Meant};
use super::{Answers, Asked, Row, Silent, Told, Value};
use licensing::deployments::Entitlement;
use licensing::deployments::join::JoinedMachine;
use licensing::facts::{MachineKind, PersonKind};
use std::collections::BTreeSet;

/// Keys whose answer is in no evidence: only the user can give it.
const YOURS: [&str; 16] = [
    "entity_code",
    "entity_name",
    "company",
    "siren",
    "country",
    "city",
    "contact",
    "employees",
    "contractors",
    "users_frontline",
    "external_users",
    "comments",
    "comment",
    "signer",
    "signed_on",
    "certified",
];

pub(super) fn answer(case: &Answers<'_>, asked: &Asked<'_>, row: &Row) -> Result<Told, Silent> {
    if YOURS.contains(&asked.key) || asked.key.starts_with("reserve") {
        return Err(Silent::because("only-you-know"));
    }
    match asked.key {
        "site_name" | "site_code" | "machine.site" => return site(row),
        "inventory_date" | "date" => return inventory_day(case, row),
        "users_with_pc" => return users_with_pc(case, row),
        "entra_active" => return Ok(entra(case, row)),
        "service_accounts" => return Ok(service_accounts(case, row)),
        "win.thin" => return Ok(machines(case, row, |m| m.kind == Some(MachineKind::ThinClient))),
        "win.vdi" => return Ok(installed_on(case, row, "Windows", |machine| machine.is_virtual)),
        "ws.hosts" => return Ok(machines(case, row, |machine| is_host(case, machine))),
        "ws.cpus" => return sum(case, row, |m| m.is_server() && !m.is_virtual, |m| m.processors),
        "ws.physical_cores" => return sum(case, row, |m| m.is_server() && !m.is_virtual, |m| m.cores),
        "users_rds" | "rds.users" => return remote_users(case, row),
        "ws.vms" => return Ok(installed_on(case, row, "Windows Server", |machine| machine.is_virtual)),
        "ws.hypervisor" => return hypervisor(case, row),
        "ws.mobility" => return mobility(case, row),
        "ws.sa" => return assurance(case, row, "Windows Server"),
        "office.channel" => return channel(case, row, "Office"),
        "office.mac" => return Ok(installed_on(case, row, "Office", is_mac)),
        "sql.mode" => return sql_mode(case, row),
        "sql.passive" | "win.downgrade" | "win.vda" | "win.oem" | "office.proof" | "ad_active_90d"
        | "inventory_source" => return Err(Silent::because("not-in-evidence")),
        _ => {}
    }
    let Some(words) = product::words(asked) else { return Err(Silent::because("not-in-evidence")) };
    by_metric(case, asked, &words, row)
}

/// A product and what is counted of it.
fn by_metric(case: &Answers<'_>, asked: &Asked<'_>, words: &str, row: &Row) -> Result<Told, Silent> {
    let metric = asked.metric.unwrap_or_default();
    match metric {
        "subscriptions" | "subscribed" => return subscriptions(case, words, row),
        "assigned" => return assigned(case, words, row),
        "user" | "device" => {
            let kind = if metric == "user" { "user" } else { "device" };
            return owned(case, &format!("{words} {kind}"), row);
        }
        "owned" | "licences" | "licenses" | "quantity owned" => return owned(case, words, row),
        _ => {}
    }
    let Some(meant) = product::installed(words) else {
        // A plan that the form counts without saying how: what was subscribed.
        return subscriptions(case, words, row);
    };
    let sql = meant.family == "SQL Server";
    match metric {
        "cores" if sql => owned_cores(case, &meant, row),
        "cores" => cores(case, &meant, row),
        "processors" => physical(case, &meant, row, |machine| machine.processors),
        _ => Ok(count(case, &meant, row)),
    }
}

fn names<'m>(machines: impl IntoIterator<Item = &'m JoinedMachine>) -> Vec<String> {
    machines.into_iter().map(|machine| machine.id.clone()).collect()
}

fn number(count: usize) -> Value {
    Value::Number(count as u64)
}

fn site(row: &Row) -> Result<Told, Silent> {
    match row {
        Row::Site(name) if !name.is_empty() => Ok(Told::new(Value::Name(name.clone()), "told-by-inventory", [])),
        _ => Err(Silent::because("only-you-know")),
    }
}

/// The newest day on which a machine of the row was seen: the inventory is no younger than that.
fn inventory_day(case: &Answers<'_>, row: &Row) -> Result<Told, Silent> {
    let newest = case.machines_in(row).filter_map(|machine| machine.last_seen).filter(|day| *day <= case.as_of).max();
    let day = newest.ok_or_else(|| Silent::because("not-in-evidence"))?;
    Ok(Told::new(Value::Day(day), "newest-seen", []))
}

fn machines(case: &Answers<'_>, row: &Row, which: impl Fn(&JoinedMachine) -> bool) -> Told {
    let found: Vec<&JoinedMachine> = case.machines_in(row).filter(|machine| which(machine)).collect();
    Told::new(number(found.len()), "counted", names(found))
}

/// Machines of the row that bear any product of a family.
fn installed_on(case: &Answers<'_>, row: &Row, family: &str, which: impl Fn(&JoinedMachine) -> bool) -> Told {
    let bears = |machine: &JoinedMachine| case.products_on(&machine.id).iter().any(|product| product.family == family);
    machines(case, row, |machine| which(machine) && bears(machine))
}

fn is_mac(machine: &JoinedMachine) -> bool {
    let os = machine.os.as_deref().unwrap_or_default().to_lowercase();
    os.contains("macos") || os.contains("mac os") || os.contains("os x")
}

pub(super) fn is_host(case: &Answers<'_>, machine: &JoinedMachine) -> bool {
    machine.kind == Some(MachineKind::Host)
        || case
            .counted()
            .any(|guest| guest.host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(&machine.name)))
}

/// Installations of a product: each machine once for a version and edition, each instance of SQL Server by itself.
fn count(case: &Answers<'_>, meant: &Meant, row: &Row) -> Told {
    let mut units = 0;
    let mut of = BTreeSet::new();
    let mut unsure = false;
    for machine in case.machines_in(row) {
        for product in case.products_on(&machine.id) {
            if meant.is(product, machine.os.as_deref()) {
                units += 1;
                of.insert(machine.id.clone());
            } else if product.family == meant.family
                && meant.version.as_ref().is_none_or(|version| *version == product.version)
                && product.edition == "unknown"
            {
                unsure = true;
            }
        }
    }
    Told::new(number(units), "counted", of).with(unsure.then_some("editions-unknown-left-out"))
}

/// Physical machines that bear a product, and hosts of the virtual machines that do, each once.
fn bearers<'c>(case: &Answers<'c>, meant: &Meant, row: &Row) -> Result<Vec<&'c JoinedMachine>, Silent> {
    let mut found: Vec<&JoinedMachine> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut homeless = BTreeSet::new();
    for machine in case.machines_in(row) {
        if !case.products_on(&machine.id).iter().any(|product| meant.is(product, machine.os.as_deref())) {
            continue;
        }
        let bearer = if machine.is_virtual {
            let host = machine.host.as_deref().and_then(|host| case.by_name.get(&host.to_lowercase()));
            host.copied()
        } else {
            Some(machine)
        };
        match bearer {
            Some(bearer) if seen.insert(&bearer.id) => found.push(bearer),
            Some(_) => {}
            None => {
                homeless.insert(machine.id.clone());
            }
        }
    }
    if homeless.is_empty() { Ok(found) } else { Err(Silent::of("some-unknown", homeless)) }
}

fn cores(case: &Answers<'_>, meant: &Meant, row: &Row) -> Result<Told, Silent> {
    physical(case, meant, row, |machine| machine.cores)
}

fn physical(
    case: &Answers<'_>,
    meant: &Meant,
    row: &Row,
    of: impl Fn(&JoinedMachine) -> Option<u32>,
) -> Result<Told, Silent> {
    let bearers = bearers(case, meant, row)?;
    let told = total(bearers.iter().copied(), of)?;
    Ok(Told::new(Value::Number(told), "summed-over-physical-machines", names(bearers)))
}

fn total<'m>(
    machines: impl IntoIterator<Item = &'m JoinedMachine>,
    of: impl Fn(&JoinedMachine) -> Option<u32>,
) -> Result<u64, Silent> {
    let mut sum = 0;
    let mut without = BTreeSet::new();
    for machine in machines {
        match of(machine) {
            Some(value) => sum += u64::from(value),
            None => {
                without.insert(machine.id.clone());
            }
        }
    }
    if without.is_empty() { Ok(sum) } else { Err(Silent::of("some-unknown", without)) }
}

fn sum(
    case: &Answers<'_>,
    row: &Row,
    which: impl Fn(&JoinedMachine) -> bool,
    of: impl Fn(&JoinedMachine) -> Option<u32>,
) -> Result<Told, Silent> {
    let found: Vec<&JoinedMachine> = case.machines_in(row).filter(|machine| which(machine)).collect();
    let told = total(found.iter().copied(), of)?;
    Ok(Told::new(Value::Number(told), "summed", names(found)))
}

/// People who are the user of a client device of the row. A device without a known user leaves the count open.
fn users_with_pc(case: &Answers<'_>, row: &Row) -> Result<Told, Silent> {
    let clients = || case.machines_in(row).filter(|machine| !machine.is_server() && !machine.is_virtual);
    let without: BTreeSet<String> = clients().filter(|m| m.user.is_none()).map(|m| m.id.clone()).collect();
    if !without.is_empty() {
        return Err(Silent::of("some-unknown", without));
    }
    let users: BTreeSet<String> =
        clients().filter_map(|machine| machine.user.as_ref()).map(|u| u.to_lowercase()).collect();
    Ok(Told::new(number(users.len()), "counted", users))
}

fn entra(case: &Answers<'_>, row: &Row) -> Told {
    let active = case.people_in(row).filter(|person| person.upn.is_some() && person.blocked == Some(false));
    let found: Vec<String> = active.map(|person| person.id.clone()).collect();
    Told::new(number(found.len()), "counted", found)
}

fn service_accounts(case: &Answers<'_>, row: &Row) -> Told {
    let all = case.company.estate.persons.iter();
    let service = all.filter(|p| p.kind == Some(PersonKind::Service) && p.ad_enabled != Some(false));
    let found: Vec<String> =
        service.filter(|p| case.in_row(row, p.site.as_deref())).map(|person| person.id.clone()).collect();
    Told::new(number(found.len()), "counted", found)
}

/// People of the row who use a server from a distance, as the access logs tell.
fn remote_users(case: &Answers<'_>, row: &Row) -> Result<Told, Silent> {
    let estate = &case.company.estate.estate;
    let remote: BTreeSet<&str> = estate
        .accesses
        .iter()
        .filter(|access| access.via.as_deref() == Some("rds"))
        .map(|access| access.who.as_str())
        .collect();
    if remote.is_empty() {
        // No log, or a log without such a use: which of the two is not known.
        return Err(Silent::because("not-in-evidence"));
    }
    let found: Vec<String> =
        case.people_in(row).filter(|person| remote.contains(person.id.as_str())).map(|p| p.id.clone()).collect();
    Ok(Told::new(number(found.len()), "counted", found))
}

fn hypervisor(case: &Answers<'_>, row: &Row) -> Result<Told, Silent> {
    let hosts: Vec<&JoinedMachine> = case.machines_in(row).filter(|machine| is_host(case, machine)).collect();
    let unknown: BTreeSet<String> =
        hosts.iter().filter(|host| hypervisor_of(host).is_none()).map(|host| host.id.clone()).collect();
    if !unknown.is_empty() {
        return Err(Silent::of("some-unknown", unknown));
    }
    let kinds: BTreeSet<&str> = hosts.iter().filter_map(|host| hypervisor_of(host)).collect();
    match kinds.iter().copied().collect::<Vec<_>>().as_slice() {
        [] => Err(Silent::because("does-not-apply")),
        [one] => Ok(Told::new(Value::Choice(wordings(one)), "told-by-inventory", names(hosts))),
        several => Err(Silent::of("several", several.iter().map(|kind| (*kind).to_owned()))),
    }
}

/// The hypervisor that a host runs, by its own system.
pub(super) fn hypervisor_of(host: &JoinedMachine) -> Option<&'static str> {
    let os = host.os.as_deref().unwrap_or_default().to_lowercase();
    let known = [
        ("esx", "vmware"),
        ("vmware", "vmware"),
        ("hyper-v", "hyper-v"),
        ("windows", "hyper-v"),
        ("proxmox", "proxmox"),
        ("nutanix", "nutanix"),
        ("ahv", "nutanix"),
        ("xen", "xen"),
        ("kvm", "kvm"),
    ];
    known.into_iter().find(|(word, _)| os.contains(word)).map(|(_, kind)| kind)
}

pub(super) fn wordings(kind: &str) -> Vec<String> {
    let words: &[&str] = match kind {
        "vmware" => &["VMware", "VMware vSphere", "VMware ESXi", "vSphere", "ESXi"],
        "hyper-v" => &["Hyper-V", "Microsoft Hyper-V"],
        "proxmox" => &["Proxmox", "Proxmox VE", "KVM", "Autre", "Other"],
        "nutanix" => &["Nutanix", "Nutanix AHV", "AHV", "Autre", "Other"],
        "xen" => &["Xen", "XenServer", "Citrix Hypervisor", "Citrix", "Autre", "Other"],
        _ => &["KVM", "Autre", "Other"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Whether virtual machines move by themselves in the clusters of the row.
fn mobility(case: &Answers<'_>, row: &Row) -> Result<Told, Silent> {
    let mut clusters = BTreeSet::new();
    for host in case.machines_in(row).filter(|machine| is_host(case, machine)) {
        clusters.extend(host.cluster.clone());
    }
    if clusters.is_empty() {
        return Err(Silent::because("does-not-apply"));
    }
    let moves = |cluster: &String| case.company.estate.joined.clusters.get(cluster).copied().flatten();
    if clusters.iter().any(|cluster| moves(cluster) == Some(true)) {
        return Ok(Told::new(Value::Yes(true), "told-by-inventory", clusters));
    }
    if clusters.iter().all(|cluster| moves(cluster) == Some(false)) {
        return Ok(Told::new(Value::Yes(false), "told-by-inventory", clusters));
    }
    Err(Silent::of("some-unknown", clusters))
}

/// Lots that are held by the company as a whole, in the rows that bear them.
fn lots<'c>(case: &Answers<'c>, row: &Row) -> Result<&'c [Entitlement], Silent> {
    if case.owns(row) { Ok(&case.company.lots.entitlements) } else { Err(Silent::because("not-by-site")) }
}

fn assurance(case: &Answers<'_>, row: &Row, product: &str) -> Result<Told, Silent> {
    let found: Vec<&Entitlement> = lots(case, row)?.iter().filter(|lot| lot.product == product).collect();
    let active = found.iter().any(|lot| lot.sa_until.is_some_and(|until| until >= case.as_of));
    Ok(Told::new(Value::Yes(active), "told-by-purchases", found.iter().map(|lot| lot.id.clone())))
}

fn channel(case: &Answers<'_>, row: &Row, product: &str) -> Result<Told, Silent> {
    let found: Vec<&Entitlement> = lots(case, row)?.iter().filter(|lot| lot.product == product).collect();
    let channels: BTreeSet<&str> = found.iter().map(|lot| lot.channel.as_str()).collect();
    match channels.iter().copied().collect::<Vec<_>>().as_slice() {
        [] => Err(Silent::because("not-in-evidence")),
        [one] => Ok(Told::new(
            Value::Choice(channel_words(one)),
            "told-by-purchases",
            found.iter().map(|lot| lot.id.clone()),
        )),
        several => Err(Silent::of("several", several.iter().map(|each| (*each).to_owned()))),
    }
}

pub(super) fn channel_words(channel: &str) -> Vec<String> {
    let words: &[&str] = match channel {
        "oem" => &["OEM", "OEM/COA", "Préinstallé", "Preinstalled"],
        "retail" | "fpp" => &["FPP", "Boîte", "Boite", "Retail", "Détail"],
        "csp" | "csp_subscription" => &["CSP", "Abonnement", "Subscription"],
        "ea" => &["EA", "Enterprise Agreement", "Accord Entreprise", "Volume"],
        "open_value" => &["Open Value", "Open", "Volume", "Licence en volume"],
        "open" => &["Open License", "Open", "OLP", "Volume", "Licence en volume"],
        "mpsa" | "select" => &["Select", "MPSA", "Volume"],
        _ => &["Volume", "Licence en volume", "Volume licence"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn sql_mode(case: &Answers<'_>, row: &Row) -> Result<Told, Silent> {
    let found: Vec<&Entitlement> = lots(case, row)?.iter().filter(|lot| lot.product == "SQL Server").collect();
    let cores = found.iter().any(|lot| lot.metric.starts_with("core"));
    let servers = found.iter().any(|lot| lot.metric == "server");
    let words: &[&str] = match (cores, servers) {
        (true, false) => &["Cœur", "Coeur", "Par cœur", "Core", "Per core"],
        (false, true) => &["Serveur+CAL", "Serveur + CAL", "Server+CAL", "Server + CAL"],
        (false, false) => return Err(Silent::because("not-in-evidence")),
        (true, true) => return Err(Silent::of("several", ["core".to_owned(), "server".to_owned()])),
    };
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Ok(Told::new(Value::Choice(words), "told-by-purchases", found.iter().map(|lot| lot.id.clone())))
}

/// Rights that one unit of a lot brings, counted in cores or in pieces.
fn units(lot: &Entitlement) -> u64 {
    let each = match lot.metric.as_str() {
        "core_2pack" => 2,
        "core_16pack" => 16,
        _ => 1,
    };
    lot.quantity.saturating_mul(each)
}

fn owned(case: &Answers<'_>, words: &str, row: &Row) -> Result<Told, Silent> {
    let Some(bought) = product::bought(words) else { return Err(Silent::because("no-such-product")) };
    let same = |lot: &&Entitlement| {
        lot.product == bought.product
            && bought.edition.as_ref().is_none_or(|edition| *edition == lot.edition)
            && bought.version.as_ref().is_none_or(|version| *version == lot.version)
            && (!bought.metric.ends_with("_cal") || bought.metric == lot.metric)
    };
    let found: Vec<&Entitlement> = lots(case, row)?.iter().filter(same).collect();
    let sum = found.iter().map(|lot| units(lot)).sum();
    Ok(Told::new(Value::Number(sum), "lots-summed", found.iter().map(|lot| lot.id.clone())))
}

fn owned_cores(case: &Answers<'_>, meant: &Meant, row: &Row) -> Result<Told, Silent> {
    let same = |lot: &&Entitlement| {
        lot.product == meant.family
            && lot.metric.starts_with("core")
            && meant.version.as_ref().is_none_or(|version| *version == lot.version)
            && meant.edition.as_ref().is_none_or(|edition| *edition == lot.edition)
    };
    let found: Vec<&Entitlement> = lots(case, row)?.iter().filter(same).collect();
    let sum = found.iter().map(|lot| units(lot)).sum();
    Ok(Told::new(Value::Number(sum), "lots-summed", found.iter().map(|lot| lot.id.clone())))
}

/// Subscriptions bought: as the tenant tells them, else as they were charged.
fn subscriptions(case: &Answers<'_>, words: &str, row: &Row) -> Result<Told, Silent> {
    let wanted = product::plan(words);
    let owned = lots(case, row)?;
    let found: Vec<&Entitlement> = owned
        .iter()
        .filter(|lot| {
            product::plan(&lot.product) == wanted
                && (lot.metric.ends_with("_sub") || lot.channel.contains("subscription"))
        })
        .collect();
    let sum = found.iter().map(|lot| units(lot)).sum();
    Ok(Told::new(Value::Number(sum), "lots-summed", found.iter().map(|lot| lot.id.clone())))
}

fn assigned(case: &Answers<'_>, words: &str, row: &Row) -> Result<Told, Silent> {
    let wanted = product::plan(words);
    // Who has left and still holds a plan holds it: the tenant counts it as assigned.
    let all = case.company.estate.persons.iter().filter(|person| case.in_row(row, person.site.as_deref()));
    let holders: Vec<String> = all
        .filter(|person| person.plans.iter().any(|plan| product::plan(plan) == wanted))
        .map(|person| person.id.clone())
        .collect();
    Ok(Told::new(number(holders.len()), "counted", holders))
}
