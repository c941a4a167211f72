//! How many units each chosen way asks for, worked out a second time from the facts and the values of the rules. Nothing of
//! what made the demands is called: only the machines and people that a demand names are taken from it, and looked up again.
//!
//! A way is recounted where the facts settle its sum: servers, virtual machines, devices, people who reach servers, and the people
//! behind apps, plans, development and managed clients. Where several sums are lawful (sets that several layers of one host share,
//! licences that may move and those that may not, primaries of several sizes), each of them is accepted.

mod machines;
mod people;
mod secondary;
mod sql;
mod windows;

use super::facts::Facts;
use super::verify::Objection;
use super::{Assignment, Served};
use crate::requirements::{Demand, Lot, Reading, Way};
use crate::word::Word;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The sums that the rules allow for a way. `None`: not recounted.
type Sums = Option<Vec<u64>>;

/// What is recounted, and by what.
struct Recount<'f, 'a> {
    facts: &'f Facts<'a>,
    reading: Reading,
    demands: &'f [Demand],
    assignment: &'f Assignment,
    lots: &'f [Lot],
    /// What is missing to the least number of virtual cores of one customer.
    floor: u64,
    /// The people behind machines that several demands name: by the first machine, what stands there, and their number.
    people: RefCell<BTreeMap<(Word, Word, usize), people::Behind<'a>>>,
    /// Demands for Windows Server by the first of their hosts: several are layers.
    layers: BTreeMap<&'a str, u64>,
}

/// Server products of which each running instance takes a licence.
const BY_INSTANCE: [&str; 5] =
    ["Exchange Server", "SharePoint Server", "Skype for Business Server", "Lync Server", "Project Server"];

/// Compares each chosen way with its recount: `too-few-units`, `too-many-units`; and each machine and person with its record:
/// `no-deployment` where what is said to stand there does not, `counted-twice` where more are counted than there are.
pub(super) fn recount(
    facts: &Facts<'_>,
    reading: Reading,
    demands: &[Demand],
    lots: &[Lot],
    assignment: &Assignment,
) -> Vec<Objection> {
    let mut found = Vec::new();
    let mut all = Recount {
        facts,
        reading,
        demands,
        assignment,
        lots,
        floor: 0,
        people: RefCell::default(),
        layers: BTreeMap::new(),
    };
    all.look_at_all();
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let Some(way) = demand.ways.get(served.way) else { continue };
        let mut object = |code| found.push(Objection { code, subject: demand.key.clone() });
        if let Err(code) = all.subjects(demand, way) {
            object(code);
            continue;
        }
        let Some(sums) = all.due(demand, way, served) else { continue };
        if !sums.contains(&way.units) {
            object(if sums.iter().all(|sum| *sum > way.units) { "too-few-units" } else { "too-many-units" });
        }
    }
    found
}

fn has(way: &Way, rule: &str) -> bool {
    way.rules.contains(&rule)
}

impl<'a> Recount<'_, 'a> {
    fn number(&self, rule: &str, key: &str) -> u64 {
        self.facts.terms.rule(rule, self.facts.as_of).number(key)
    }

    fn rank(&self, product: &str, version: &str) -> Option<usize> {
        self.facts.terms.rank(product, version)
    }

    /// What several demands share: the least number of virtual cores, and the layers of one host.
    fn look_at_all(&mut self) {
        let mut virtual_cores = 0u64;
        for (demand, served) in self.demands.iter().zip(&self.assignment.served) {
            if !demand.ways.get(served.way).is_some_and(windows::is_by_host) {
                continue;
            }
            virtual_cores = virtual_cores.saturating_add(self.virtual_cores(demand, self.number("WS-VM-SA", "per_vm")));
            if let Some(first) = self.hosts(demand).first() {
                *self.layers.entry(first.id.as_str()).or_default() += 1;
            }
        }
        self.floor = self.number("WS-VM-SA", "per_customer").saturating_sub(virtual_cores);
    }

    /// Whether the machines of a demand are there, with what is counted on them, and not more often than their records say.
    fn subjects(&self, demand: &Demand, way: &Way) -> Result<(), &'static str> {
        let product = way.product.as_str();
        let needed: Option<fn(&str, &str) -> bool> = match product {
            "Windows Server" => Some(|_, there| matches!(there, "Windows Server" | "Small Business Server")),
            "SQL Server" => Some(|_, there| there.starts_with("SQL Server")),
            _ if BY_INSTANCE.contains(&product) || product == "BizTalk Server" => Some(|asked, there| asked == there),
            // A suite may stand for an application, and other names for either.
            "Windows" | "Windows base licence (qualifying OS)" => Some(|_, there| there == "Windows"),
            _ => None,
        };
        for (id, _, count) in &demand.subjects {
            let name = self.facts.known(id);
            let stands = |on, is: fn(&str, &str) -> bool| {
                self.facts.standing_on(on).any(|install| is(product, &install.product))
            };
            // Or in a virtual machine on a device.
            if let Some(is) = needed
                && !stands(name, is)
                && !self.facts.guests_of(id).any(|vm| stands(self.facts.known(&vm.id), is))
            {
                return Err("no-deployment");
            }
            match self.facts.stands_for(name, *count) {
                None => return Err("no-deployment"),
                Some(false) => return Err("counted-twice"),
                Some(true) => {}
            }
        }
        Ok(())
    }

    /// The sums that the facts and rules allow for `way`.
    fn due(&self, demand: &Demand, way: &Way, served: &Served) -> Sums {
        // What stands open as a question covers nothing.
        if way.review {
            return None;
        }
        if has(way, "SQL-FAILOVER") {
            return self.beyond_primary(demand, way, served);
        }
        let named = || demand.subjects.iter().map(|(_, _, count)| *count).fold(0, u64::saturating_add);
        match (way.product.as_str(), way.metric.as_str()) {
            ("Windows Server" | "Small Business Server", _) => self.windows(demand, way, served),
            ("SQL Server", _) => self.sql(demand, way, served),
            ("BizTalk Server", "core") => Some(vec![self.biztalk(demand)]),
            ("System Center", "core" | "processor_pair") => self.system_center(demand, way),
            (product, "server") if BY_INSTANCE.contains(&product) => {
                let hosts = self.first_host(demand).map_or(1, |host| self.reached(host));
                let bound = if has(way, "GEN-REASSIGN-90") { hosts } else { 1 };
                Some(vec![named().saturating_mul(bound)])
            }
            // One for each device or person that is named.
            (_, "user_cal" | "device") => Some(vec![named()]),
            ("Windows Enterprise (volume upgrade)" | "Windows Pro (volume upgrade)", "device_upgrade") => {
                Some(vec![named()])
            }
            (_, "device_cal") if demand.subjects.iter().all(|(id, ..)| self.facts.is_device(id)) => Some(vec![named()]),
            _ => self.by_person(demand, way, served),
        }
    }
}
