//! Answers for a row that is one machine.

use super::count::{channel_words, hypervisor_of, is_host, wordings};
use super::{Answers, Asked, Silent, Told, Value};
use licensing::deployments::join::JoinedMachine;
use licensing::facts::MachineKind;
use recognition::estate::ProductView;
use std::collections::BTreeSet;

pub(super) fn answer(case: &Answers<'_>, asked: &Asked<'_>, id: &str) -> Result<Told, Silent> {
    let machine = case.counted().find(|machine| machine.id == id).ok_or_else(|| Silent::because("not-in-evidence"))?;
    let told = |value: Value| Ok(Told::new(value, "told-by-inventory", [machine.id.clone()]));
    let number = |value: Option<u32>| {
        value.map(|value| Value::Number(value.into())).ok_or_else(|| Silent::because("not-in-evidence"))
    };
    let name = |value: Option<&String>| {
        value.map(|value| Value::Name(value.clone())).ok_or_else(|| Silent::because("not-in-evidence"))
    };
    let physical = |value: Option<u32>| {
        if machine.is_virtual { Err(Silent::because("does-not-apply")) } else { number(value) }
    };
    let guest = |value| if machine.is_virtual { value } else { Err(Silent::because("does-not-apply")) };
    match asked.key {
        "machine.id" | "machine.name" => told(Value::Name(machine.name.clone())),
        "machine.site" | "site_name" | "site_code" => {
            let site = case.site_of(machine.site.as_deref());
            told(name((!site.is_empty()).then_some(&site))?)
        }
        "machine.kind" => told(Value::Choice(kind(case, machine))),
        "machine.last_seen" => told(Value::Day(machine.last_seen.ok_or_else(|| Silent::because("not-in-evidence"))?)),
        "machine.in_service" => told(Value::Yes(!machine.retired && machine.ad_enabled != Some(false))),
        "machine.processors" => told(physical(machine.processors)?),
        "machine.cores" => told(physical(machine.cores)?),
        "machine.cores_per_processor" => match (machine.cores, machine.processors) {
            (Some(cores), Some(processors)) if processors > 0 && cores.is_multiple_of(processors) => {
                told(physical(Some(cores / processors))?)
            }
            _ => Err(Silent::because(if machine.is_virtual { "does-not-apply" } else { "not-in-evidence" })),
        },
        "machine.vcpus" => told(guest(number(machine.vcpus))?),
        "machine.is_vm" => told(Value::Yes(machine.is_virtual)),
        "machine.hypervisor" => hypervisor(case, machine),
        "machine.host" => told(guest(name(machine.host.as_ref()))?),
        "machine.cluster" => told(name(machine.cluster.as_ref())?),
        "machine.mobility" => mobility(case, machine),
        "os.family" | "os.edition" | "os.version" | "os.channel" => system(case, machine, asked.key),
        _ => by_product(case, machine, asked),
    }
}

fn kind(case: &Answers<'_>, machine: &JoinedMachine) -> Vec<String> {
    let words: &[&str] = match machine.kind {
        _ if machine.is_virtual && machine.is_server() => {
            &["Serveur virtuel", "Virtual server", "VM", "Machine virtuelle", "Virtual machine", "Serveur", "Server"]
        }
        _ if machine.is_virtual => &["Poste virtuel", "Virtual desktop", "VDI", "VM", "Machine virtuelle"],
        _ if is_host(case, machine) => {
            &["Hôte", "Hôte de virtualisation", "Host", "Hyperviseur", "Serveur physique", "Serveur", "Server"]
        }
        _ if machine.is_server() => &["Serveur physique", "Physical server", "Serveur", "Server"],
        Some(MachineKind::Laptop) => &["Portable", "Ordinateur portable", "Laptop", "Notebook", "Poste portable"],
        Some(MachineKind::ThinClient) => &["Client léger", "Thin client", "Terminal"],
        _ => &["Poste fixe", "Fixe", "Desktop", "Bureau", "PC", "Ordinateur de bureau", "Workstation", "Poste"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn hypervisor(case: &Answers<'_>, machine: &JoinedMachine) -> Result<Told, Silent> {
    let host = machine.host.as_deref().and_then(|host| case.by_name.get(&host.to_lowercase()).copied());
    let runs = if is_host(case, machine) { Some(machine) } else { host };
    match runs.map(|host| (host, hypervisor_of(host))) {
        Some((host, Some(kind))) => {
            Ok(Told::new(Value::Choice(wordings(kind)), "told-by-inventory", [host.id.clone()]))
        }
        Some((host, None)) => Err(Silent::of("some-unknown", [host.id.clone()])),
        None if machine.is_virtual => Err(Silent::because("not-in-evidence")),
        None => Err(Silent::because("does-not-apply")),
    }
}

fn mobility(case: &Answers<'_>, machine: &JoinedMachine) -> Result<Told, Silent> {
    if !machine.is_virtual {
        return Err(Silent::because("does-not-apply"));
    }
    let host = machine.host.as_deref().and_then(|host| case.by_name.get(&host.to_lowercase()));
    let cluster = machine.cluster.clone().or_else(|| host.and_then(|host| host.cluster.clone()));
    let cluster = cluster.ok_or_else(|| Silent::because("not-in-evidence"))?;
    match case.company.estate.joined.clusters.get(&cluster).copied().flatten() {
        Some(moves) => Ok(Told::new(Value::Yes(moves), "told-by-inventory", [cluster])),
        None => Err(Silent::of("some-unknown", [cluster])),
    }
}

fn text(value: &str) -> Result<Value, Silent> {
    if value.is_empty() || value == "unknown" {
        Err(Silent::because("not-in-evidence"))
    } else {
        Ok(Value::Choice(spellings(value)))
    }
}

/// An edition or version in the wordings of both languages.
fn spellings(value: &str) -> Vec<String> {
    let mut all = vec![value.to_owned()];
    let more: &[&str] = match value {
        "Pro" | "Professional" => &["Professionnel", "Pro", "Professional"],
        "Home" => &["Famille", "Home"],
        "Enterprise" => &["Entreprise", "Enterprise"],
        "Education" => &["Éducation", "Education"],
        "Professional Plus" => &["Professionnel Plus", "Pro Plus", "Professional Plus"],
        "Home and Business" => &["Famille et Petite Entreprise", "Home & Business", "PME"],
        "Developer" => &["Développeur", "Developer"],
        "Windows" => &["Windows", "Windows (poste)", "Windows client"],
        _ => &[],
    };
    all.extend(more.iter().map(|word| (*word).to_owned()));
    all
}

fn system(case: &Answers<'_>, machine: &JoinedMachine, key: &str) -> Result<Told, Silent> {
    let told = |value: Value| Ok(Told::new(value, "told-by-inventory", [machine.id.clone()]));
    if key == "os.channel" {
        let channel = machine.os_channel.as_deref().unwrap_or_default().to_lowercase();
        let words = match () {
            () if channel.contains("oem") => channel_words("oem"),
            () if channel.contains("retail") => channel_words("retail"),
            () if channel.contains("volume") || channel.contains("kms") || channel.contains("mak") => channel_words(""),
            () => return Err(Silent::because("not-in-evidence")),
        };
        return told(Value::Choice(words));
    }
    let product = case.products_on(&machine.id).iter().find(|product| product.kind == "operating system");
    let Some(product) = product else {
        return match (&machine.os, key) {
            // A system of another publisher asks for no licence of this one; its name is no answer to an edition.
            (Some(_), "os.family") => {
                told(Value::Choice(vec!["Autre".to_owned(), "Other".to_owned(), "Linux".to_owned()]))
            }
            (Some(_), _) => Err(Silent::because("does-not-apply")),
            (None, _) => Err(Silent::because("not-in-evidence")),
        };
    };
    match key {
        "os.family" => {
            let mut words = vec![format!("{} {}", product.family, product.version)];
            words.extend(spellings(&product.family));
            told(Value::Choice(words))
        }
        "os.edition" => told(text(&product.edition)?),
        _ => told(Value::Text(machine.os_build.clone().unwrap_or_else(|| product.version.clone()))),
    }
}

/// Family that a key asks about, and which of its facts.
fn family(key: &str) -> Option<(&'static str, &str)> {
    let (head, fact) = key.split_once('.')?;
    let family = match head {
        "office" => "Office",
        "m365apps" => "Microsoft 365 Apps",
        "visio" => "Visio",
        "project" => "Project",
        "access" => "Access",
        "sql" => "SQL Server",
        "exchange" => "Exchange Server",
        "sharepoint" => "SharePoint Server",
        "skype" => "Skype for Business / Lync",
        "biztalk" => "BizTalk Server",
        "vs" => "Visual Studio",
        _ => return None,
    };
    Some((family, fact))
}

fn by_product(case: &Answers<'_>, machine: &JoinedMachine, asked: &Asked<'_>) -> Result<Told, Silent> {
    let Some((family, fact)) = family(asked.key) else { return Err(Silent::because("not-in-evidence")) };
    let found: Vec<&ProductView> =
        case.products_on(&machine.id).iter().copied().filter(|product| product.family == family).collect();
    let told = |value: Value| Ok(Told::new(value, "told-by-inventory", [machine.id.clone()]));
    // Absence is only told of a machine whose software was listed.
    let listed = !machine.titles.is_empty();
    match fact {
        "installed" | "server" => match (found.is_empty(), listed) {
            (false, _) if asked.metric == Some("installs") && matches!(family, "Visio" | "Project") => {
                told(Value::Text(joined(&found, |product| format!("{} {}", product.edition, product.version))))
            }
            (false, _) => told(Value::Yes(true)),
            (true, true) if matches!(family, "Visio" | "Project") => Err(Silent::because("does-not-apply")),
            (true, true) => told(Value::Yes(false)),
            (true, false) => Err(Silent::because("not-in-evidence")),
        },
        "edition" => told(one(&found, |product| &product.edition)?),
        "version" => told(one(&found, |product| &product.version)?),
        "instances" => match (found.len(), listed) {
            (0, false) => Err(Silent::because("not-in-evidence")),
            (count, _) => told(Value::Number(count as u64)),
        },
        "cores" if family == "SQL Server" && !found.is_empty() => {
            let seen: BTreeSet<u32> = machine.instances.iter().filter_map(|(instance, _)| instance.cores).collect();
            match seen.iter().copied().collect::<Vec<_>>().as_slice() {
                [cores] => told(Value::Number((*cores).into())),
                _ => Err(Silent::because("not-in-evidence")),
            }
        }
        "channel" if family == "Office" => channel(&found, machine),
        _ if found.is_empty() && listed => Err(Silent::because("does-not-apply")),
        _ => Err(Silent::because("not-in-evidence")),
    }
}

/// How Office was put on: a registry key in braces is the Windows installer's.
fn channel(found: &[&ProductView], machine: &JoinedMachine) -> Result<Told, Silent> {
    if found.is_empty() {
        return Err(Silent::because("does-not-apply"));
    }
    let office = |name: &str| name.to_lowercase().contains("office");
    let keys = || machine.titles.iter().filter(|(t, _)| office(&t.name)).filter_map(|(t, _)| t.key.as_deref());
    let told = |words: [&str; 3]| {
        let words = words.map(str::to_owned).to_vec();
        Ok(Told::new(Value::Choice(words), "told-by-inventory", [machine.id.clone()]))
    };
    if keys().any(|key| key.contains("Retail") || key.contains("Volume - ") || key.contains("2019Volume")) {
        return told(["Démarrer en un clic", "Click-to-Run", "C2R"]);
    }
    if keys().any(|key| key.starts_with('{')) {
        return told(["MSI", "Windows Installer", "Volume"]);
    }
    Err(Silent::because("not-in-evidence"))
}

fn joined(found: &[&ProductView], of: impl Fn(&ProductView) -> String) -> String {
    let all: BTreeSet<String> = found.iter().map(|product| of(product)).collect();
    all.into_iter().collect::<Vec<_>>().join("; ")
}

/// One value that all products share; several are named, not chosen between.
fn one<'p>(found: &[&'p ProductView], of: impl Fn(&'p ProductView) -> &'p String) -> Result<Value, Silent> {
    let all: BTreeSet<&String> = found.iter().map(|product| of(product)).collect();
    match all.into_iter().collect::<Vec<_>>().as_slice() {
        [] => Err(Silent::because("does-not-apply")),
        [one] => text(one),
        several => Err(Silent::of("several", several.iter().map(|each| (*each).clone()))),
    }
}
