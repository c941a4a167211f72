//! Changes that somebody thinks of: lots bought, machines and installations retired, machines moved, editions exchanged, lots
//! converted. They are applied to a copy of the estate; the case is never touched.

use super::{Access, Device, Entitlement, Estate, Install, Server, User, Vm};
use crate::findings::Finding;
use crate::word::Word;
use serde::{Deserialize, Serialize};

/// What would change, in the order in which it is applied: convert, buy, retire, add, move, replace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Lots turned into others: a step-up, an exchange of metric, Software Assurance added.
    pub convert: Vec<Convert>,
    /// Lots bought; the keys of a declared entitlement.
    pub buy: Vec<Entitlement>,
    /// Machines, users or single installations that go.
    pub retire: Vec<Retire>,
    /// What is put in: the records of an estate.
    pub add: Added,
    /// Virtual machines moved to another host.
    #[serde(rename = "move")]
    pub moves: Vec<Move>,
    /// Installations exchanged for another edition or version on the same machine.
    pub replace: Vec<Replace>,
}

/// Records put into the estate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Added {
    /// Physical servers.
    pub server: Vec<Server>,
    /// Virtual machines.
    pub vm: Vec<Vm>,
    /// Client devices.
    pub device: Vec<Device>,
    /// Users.
    pub user: Vec<User>,
    /// Installations.
    pub install: Vec<Install>,
    /// Uses of servers.
    pub access: Vec<Access>,
}

/// A part of a lot, or the whole of it, turned into another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Convert {
    /// The lot.
    pub lot: String,
    /// Units of it that are turned; all when left out.
    pub quantity: Option<u64>,
    /// What they become: name, edition, version, metric, quantity and all that a declared entitlement has.
    pub into: Entitlement,
}

/// A machine or user that goes, or one installation on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retire {
    /// Server, virtual machine, device or user, by its name.
    pub name: String,
    /// Only this product on it; the machine stays.
    pub product: Option<String>,
    /// That many of a record that stands for several; all when left out.
    pub count: Option<u64>,
}

/// A virtual machine on another host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Move {
    /// The virtual machine.
    pub vm: String,
    /// The host it goes to.
    pub to: String,
}

/// An installation exchanged for another edition or version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replace {
    /// Machine.
    pub on: String,
    /// Product.
    pub product: String,
    /// New edition; left as it is when not told.
    pub edition: Option<String>,
    /// New version; left as it is when not told.
    pub version: Option<String>,
}

impl Changes {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The estate after the changes, and what could not be applied (`change-names-nothing`, `change-exceeds-lot`,
    /// `change-lot-exists`): such a change is left out and said, never guessed at.
    pub fn apply(&self, estate: &Estate) -> (Estate, Vec<Finding>) {
        let mut after = estate.clone();
        let mut findings = Vec::new();
        for convert in &self.convert {
            convert.apply(&mut after, &mut findings);
        }
        for lot in &self.buy {
            add_lot(lot, &mut after, &mut findings);
        }
        for retire in &self.retire {
            retire.apply(&mut after, &mut findings);
        }
        let Added { server, vm, device, user, install, access } = &self.add;
        after.servers.extend_from_slice(server);
        after.vms.extend_from_slice(vm);
        after.devices.extend_from_slice(device);
        after.users.extend_from_slice(user);
        after.installs.extend_from_slice(install);
        after.accesses.extend_from_slice(access);
        for each in &self.moves {
            let known = after.servers.iter().any(|server| server.id == each.to);
            match after.vms.iter_mut().find(|vm| vm.id == each.vm) {
                Some(vm) if known => vm.host = Some(each.to.clone().into()),
                Some(_) => findings.push(names_nothing(&each.to, None)),
                None => findings.push(names_nothing(&each.vm, None)),
            }
        }
        for replace in &self.replace {
            replace.apply(&mut after, &mut findings);
        }
        findings.sort();
        findings.dedup();
        (after, findings)
    }
}

fn names_nothing(subject: &str, product: Option<&str>) -> Finding {
    Finding { code: "change-names-nothing".to_owned(), subject: subject.into(), product: product.map(Word::from) }
}

/// Two lots of one name could not be told apart in the explanation.
fn add_lot(lot: &Entitlement, estate: &mut Estate, findings: &mut Vec<Finding>) {
    if estate.entitlements.iter().any(|each| each.id == lot.id) {
        findings.push(Finding {
            code: "change-lot-exists".to_owned(),
            subject: lot.id.clone().into(),
            product: Some(lot.product.clone().into()),
        });
    } else {
        estate.entitlements.push(lot.clone());
    }
}

impl Convert {
    fn apply(&self, estate: &mut Estate, findings: &mut Vec<Finding>) {
        let Some(lot) = estate.entitlements.iter_mut().find(|each| each.id == self.lot) else {
            findings.push(names_nothing(&self.lot, None));
            return;
        };
        let turned = self.quantity.unwrap_or(lot.quantity);
        if turned > lot.quantity {
            findings.push(Finding {
                code: "change-exceeds-lot".to_owned(),
                subject: self.lot.clone().into(),
                product: Some(lot.product.clone().into()),
            });
            return;
        }
        lot.quantity -= turned;
        if lot.quantity == 0 {
            let gone = lot.id.clone();
            estate.entitlements.retain(|each| each.id != gone);
        }
        add_lot(&self.into, estate, findings);
    }
}

impl Retire {
    fn apply(&self, estate: &mut Estate, findings: &mut Vec<Finding>) {
        if let Some(product) = &self.product {
            let before = estate.installs.len();
            estate.installs.retain(|each| each.on != self.name || each.product != *product);
            if estate.installs.len() == before {
                findings.push(names_nothing(&self.name, Some(product)));
            }
            return;
        }
        let Some(left) = self.reduce(estate) else {
            findings.push(names_nothing(&self.name, None));
            return;
        };
        if left == 0 {
            let name = &self.name;
            estate.servers.retain(|each| each.id != *name);
            estate.vms.retain(|each| each.id != *name);
            estate.devices.retain(|each| each.id != *name);
            estate.users.retain(|each| each.id != *name);
            estate.installs.retain(|each| each.on != *name);
            estate.accesses.retain(|each| {
                each.who != *name && each.to != *name && each.via_device.as_deref() != Some(name.as_str())
            });
        }
    }

    /// Takes the count off the record of that name; how many are left, `None` where there is no such record.
    fn reduce(&self, estate: &mut Estate) -> Option<u64> {
        let counts = estate
            .servers
            .iter_mut()
            .map(|each| (&each.id, &mut each.count))
            .chain(estate.vms.iter_mut().map(|each| (&each.id, &mut each.count)))
            .chain(estate.devices.iter_mut().map(|each| (&each.id, &mut each.count)))
            .chain(estate.users.iter_mut().map(|each| (&each.id, &mut each.count)));
        let (_, count) = counts.into_iter().find(|(id, _)| **id == self.name)?;
        *count = count.saturating_sub(self.count.unwrap_or(*count));
        Some(*count)
    }
}

impl Replace {
    fn apply(&self, estate: &mut Estate, findings: &mut Vec<Finding>) {
        let mut found = false;
        for install in &mut estate.installs {
            if install.on == self.on && install.product == self.product {
                found = true;
                if let Some(edition) = &self.edition {
                    install.edition = edition.into();
                }
                if let Some(version) = &self.version {
                    install.version = version.into();
                }
            }
        }
        if !found {
            findings.push(names_nothing(&self.on, Some(&self.product)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estate() -> Estate {
        Estate {
            servers: vec![Server { id: "H1".into(), count: 1, ..Server::default() }],
            vms: vec![Vm { id: "V1".into(), host: Some("H1".into()), count: 1, ..Vm::default() }],
            users: vec![User { id: "staff".into(), count: 10, ..User::default() }],
            installs: vec![Install { on: "V1".into(), product: "SQL Server".into(), ..Install::default() }],
            entitlements: vec![Entitlement { id: "L1".into(), quantity: 8, ..Entitlement::default() }],
            ..Estate::default()
        }
    }

    #[test]
    fn nothing_changes_nothing() {
        assert!(Changes::default().is_empty());
        assert_eq!(Changes::default().apply(&estate()), (estate(), Vec::new()));
    }

    #[test]
    fn a_machine_goes_with_its_installations_and_a_group_shrinks() {
        let retire = |name: &str, count| Retire { name: name.into(), product: None, count };
        let changes = Changes { retire: vec![retire("V1", None), retire("staff", Some(4))], ..Changes::default() };
        let (after, findings) = changes.apply(&estate());
        assert!(findings.is_empty() && after.vms.is_empty() && after.installs.is_empty());
        assert_eq!(after.users[0].count, 6);
    }

    #[test]
    fn units_are_neither_made_nor_lost_when_a_part_of_a_lot_is_converted() {
        let into = Entitlement { id: "L2".into(), quantity: 3, ..Entitlement::default() };
        let part = Convert { lot: "L1".into(), quantity: Some(3), into: into.clone() };
        let (after, findings) = Changes { convert: vec![part], ..Changes::default() }.apply(&estate());
        assert!(findings.is_empty());
        let quantities: Vec<u64> = after.entitlements.iter().map(|lot| lot.quantity).collect();
        assert_eq!(quantities, [5, 3]);
        let more = Convert { lot: "L1".into(), quantity: Some(9), into };
        let (after, findings) = Changes { convert: vec![more], ..Changes::default() }.apply(&estate());
        assert_eq!((after, findings[0].code.as_str()), (estate(), "change-exceeds-lot"));
    }

    #[test]
    fn what_names_nothing_is_said_and_left_out() {
        let changes = Changes {
            retire: vec![Retire { name: "X".into(), ..Retire::default() }],
            moves: vec![Move { vm: "V1".into(), to: "H9".into() }],
            replace: vec![Replace { on: "V1".into(), product: "Office".into(), ..Replace::default() }],
            ..Changes::default()
        };
        let (after, findings) = changes.apply(&estate());
        assert_eq!(after, estate());
        let subjects: Vec<&str> = findings.iter().map(|finding| finding.subject.as_str()).collect();
        assert_eq!(subjects, ["H9", "V1", "X"]);
    }
}
