//! The position from the side of one machine, person or lot: what stands on it, which line counts it, and how.

use super::{Line, Position};
use crate::deployments::{Entitlement, Estate};
use crate::facts::Origin;
use crate::word::Word;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;

/// What an account is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A device of people.
    Device,
    /// A physical server.
    Server,
    /// A virtual machine.
    VirtualMachine,
    /// A person or a group of them.
    Person,
}

/// One machine or person in the position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its name in the estate.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What its size, place and state are, as far as told: code and value (`processors`, `host`, `cluster`...).
    pub told: Vec<(&'static str, String)>,
    /// What stands on it or is held by it, each with its outcome.
    pub entries: Vec<Entry>,
    /// Lines that count it otherwise, such as those of the machines on a host: their ids.
    pub also_in: Vec<String>,
    /// Evidence rows.
    pub origins: Vec<Origin>,
}

/// One thing on a machine, or held by a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entry {
    /// What.
    pub what: String,
    /// That many.
    pub count: u64,
    /// `licensed`, `partly`, `not-licensed`, `not-licensable`, `cannot-tell`.
    pub outcome: String,
    /// Line that counts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Why it is counted nowhere, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A lot, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotAccount {
    /// The purchase as the estate has it.
    pub lot: Entitlement,
    /// Lines that considered it: id, units used there, why not (more).
    pub lines: Vec<LotLine>,
    /// Units that no line uses, with the reason.
    pub unused: Vec<(u64, String)>,
}

/// A lot in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotLine {
    /// Line.
    pub line: String,
    /// Units used.
    pub used: u64,
    /// Why not, or not more, as a code.
    pub why_not: Option<String>,
}

/// The accounts of all that is called `name`, whatever the letter case: a machine and a person may share a name.
pub fn accounts(position: &Position, estate: &Estate, name: &str) -> Vec<Account> {
    let is = |id: &str| id.to_lowercase() == name.to_lowercase();
    let mut found = Vec::new();
    for device in estate.devices.iter().filter(|each| is(&each.id)) {
        let mut told = Told::default();
        told.push("came-with", device.oem_os.as_ref());
        told.push("used-by", device.used_by.as_ref().or(device.primary_user.as_ref()));
        told.place(device.site.as_ref(), device.retired_on);
        told.push("retired", device.retired.as_ref());
        found.push(account(position, estate, &device.id, Kind::Device, told, &device.origins));
    }
    for server in estate.servers.iter().filter(|each| is(&each.id)) {
        let mut told = Told::default();
        told.push("processors", server.processors.as_ref());
        told.push("cores-each", server.cores_per_processor.as_ref());
        told.push("processor-model", server.cpu_model.as_ref());
        told.push("hypervisor", server.hypervisor.as_ref());
        told.push("cluster", server.cluster.as_ref());
        told.place(server.site.as_ref(), server.retired_on);
        found.push(account(position, estate, &server.id, Kind::Server, told, &server.origins));
    }
    for vm in estate.vms.iter().filter(|each| is(&each.id)) {
        let mut told = Told::default();
        told.push("virtual-cores", vm.vcpus.as_ref());
        told.push("host", vm.host.as_ref());
        told.place(vm.site.as_ref(), vm.retired_on);
        found.push(account(position, estate, &vm.id, Kind::VirtualMachine, told, &vm.origins));
    }
    for user in estate.users.iter().filter(|each| is(&each.id)) {
        let mut told = Told::default();
        told.push("plan", user.plan.as_ref());
        told.place(user.site.as_ref(), None);
        found.push(account(position, estate, &user.id, Kind::Person, told, &user.origins));
    }
    found
}

#[derive(Default)]
struct Told(Vec<(&'static str, String)>);

impl Told {
    fn push(&mut self, code: &'static str, value: Option<&impl ToString>) {
        self.0.extend(value.map(|value| (code, value.to_string())));
    }

    fn place(&mut self, site: Option<&Word>, retired: Option<Date>) {
        self.push("site", site);
        self.push("retired", retired.as_ref());
    }
}

fn account(position: &Position, estate: &Estate, name: &str, kind: Kind, told: Told, origins: &[Origin]) -> Account {
    let mut entries: Vec<Entry> = Vec::new();
    let mut also: BTreeSet<&str> = BTreeSet::new();
    for line in &position.lines {
        let own = line.subjects.iter().filter(|subject| subject.name == name);
        let before = entries.len();
        entries.extend(own.map(|subject| Entry {
            what: subject.what.to_string(),
            count: subject.count,
            outcome: subject.outcome.to_owned(),
            line: Some(line.id.clone()),
            why: None,
        }));
        if entries.len() == before && line.trace.iter().any(|step| step.values.values().any(|value| value == name)) {
            also.insert(&line.id);
        }
    }
    entries.extend(position.set_aside.iter().filter(|each| each.on == name).map(|each| {
        Entry {
            what: [each.product.as_str(), each.edition.as_str(), each.version.as_str()]
                .into_iter()
                .filter(|part| *part != "none" && !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
            count: each.count,
            outcome: each.outcome.clone(),
            line: None,
            why: Some(each.why.clone()),
        }
    }));
    entries.sort();
    let installs = estate.installs.iter().filter(|install| install.on == name).flat_map(|install| &install.origins);
    let origins: BTreeSet<Origin> = origins.iter().chain(installs).cloned().collect();
    Account {
        name: name.to_owned(),
        kind,
        told: told.0,
        entries,
        also_in: also.into_iter().map(str::to_owned).collect(),
        origins: origins.into_iter().collect(),
    }
}

/// The lots called `name`, whatever the letter case.
pub fn lots(position: &Position, estate: &Estate, name: &str) -> Vec<LotAccount> {
    let wanted = name.to_lowercase();
    estate
        .entitlements
        .iter()
        .filter(|lot| lot.id.to_lowercase() == wanted)
        .map(|lot| LotAccount {
            lot: lot.clone(),
            lines: position.lines.iter().filter_map(|line| in_line(line, &lot.id)).collect(),
            unused: position
                .unused
                .iter()
                .filter(|each| each.lot == lot.id)
                .map(|each| (each.quantity, each.reason.clone()))
                .collect(),
        })
        .collect()
}

fn in_line(line: &Line, lot: &str) -> Option<LotLine> {
    let each = line.lots.iter().find(|each| each.lot == lot)?;
    Some(LotLine { line: line.id.clone(), used: each.used, why_not: each.why_not.clone() })
}
