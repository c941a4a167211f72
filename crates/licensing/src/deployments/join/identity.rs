//! Which references mean the same machine: union-find over UUID, serial, tool id and name, with the conflicts that keep two
//! machines of one name apart.

use super::decided::{Decided, Sides};
use crate::facts::{Fact, FactRow, Machine, MachineRef, Origin};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Serials that makers leave when they write none; compared in lower case without blanks and stops.
const PLACEHOLDERS: [&str; 22] = [
    "tobefilledbyoem",
    "systemserialnumber",
    "defaultstring",
    "none",
    "n/a",
    "na",
    "0",
    "00000000",
    "0123456789",
    "123456789",
    "1234567890",
    "notapplicable",
    "notspecified",
    "unknown",
    "inconnu",
    "xxxxxxx",
    "serialnumber",
    "chassisserialnumber",
    "oem",
    "empty",
    "invalid",
    "notavailable",
];

/// UUIDs that mean nothing.
const NO_UUIDS: [&str; 4] = [
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "03000200-0400-0500-0006-000700080009",
    "12345678-1234-5678-90AB-CDDEEFAABBCC",
];

/// The first label of a host name.
pub(super) fn short(name: &str) -> String {
    if name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return name.to_owned();
    }
    name.split('.').next().unwrap_or(name).to_owned()
}

/// The same UUID with its first three groups read the other way round, as firmware and Windows differ.
fn swapped(uuid: &str) -> String {
    let groups: Vec<&str> = uuid.split('-').collect();
    let [a, b, c, d, e] = groups.as_slice() else { return uuid.to_owned() };
    let turn = |group: &str| -> String {
        let bytes: Vec<char> = group.chars().collect();
        bytes.chunks(2).rev().flatten().collect()
    };
    [turn(a), turn(b), turn(c), (*d).to_owned(), (*e).to_owned()].join("-")
}

/// One form for both readings of a UUID.
fn canonical(uuid: &str) -> String {
    let other = swapped(uuid);
    if other.as_str() < uuid { other } else { uuid.to_owned() }
}

fn serial_key(serial: &str) -> String {
    serial.to_lowercase().chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '_')).collect()
}

/// (Evidence, serial or UUID) to the names shown for it and the newest day of each.
type Shown = BTreeMap<(String, String), BTreeMap<String, Option<Date>>>;

/// A name that was not seen for so many days while another one of the same serial was, is the old name of one machine.
const RENAMED_DAYS: i64 = 60;

fn show(shown: &mut Shown, evidence: &str, key: String, name: &str, seen: Option<Date>) {
    let names = shown.entry((evidence.to_owned(), key)).or_default();
    let day = names.entry(name.to_lowercase()).or_default();
    *day = (*day).max(seen);
}

/// Whether several machines bear these names now: names that fell silent long before the newest are former names.
fn are_several(names: &BTreeMap<String, Option<Date>>) -> bool {
    let newest = names.values().flatten().max().copied();
    let now = names.values().filter(|seen| match (seen, newest) {
        (Some(seen), Some(newest)) => {
            seen.checked_add(jiff::Span::new().days(RENAMED_DAYS)).is_ok_and(|until| until >= newest)
        }
        _ => true,
    });
    now.count() > 1
}

/// References and what they say, before and after joining.
#[derive(Default)]
pub(super) struct Identities {
    /// Each distinct reference with the newest day that it was seen.
    nodes: BTreeMap<MachineRef, Option<Date>>,
    /// Names that one file shows for one serial or UUID, each with the newest day that it was seen.
    serial_names: Shown,
    uuid_names: Shown,
    placeholder_serials: BTreeSet<String>,
    placeholder_uuids: BTreeSet<String>,
    windows_uuids: BTreeSet<String>,
    /// Full names of the directory's computer accounts, in lower case: two accounts of one short name in two domains are two
    /// machines.
    accounts: BTreeSet<String>,
}

/// The groups that references fall into.
pub(super) struct Groups {
    of: BTreeMap<MachineRef, usize>,
    reasons: BTreeMap<usize, BTreeSet<(String, String)>>,
    names: Vec<NameLink>,
}

/// A name, and the groups that it made one.
pub(super) struct NameLink {
    pub(super) name: String,
    pub(super) group: usize,
}

impl Groups {
    pub(super) fn of(&self, reference: &MachineRef) -> Option<usize> {
        self.of.get(reference).copied()
    }

    pub(super) fn reasons(&self, group: usize) -> BTreeSet<(String, String)> {
        self.reasons.get(&group).cloned().unwrap_or_default()
    }

    /// The references, each with its group.
    pub(super) fn references(&self) -> impl Iterator<Item = (&MachineRef, usize)> {
        self.of.iter().map(|(reference, group)| (reference, *group))
    }

    /// Names that made groups one.
    pub(super) fn names(&self) -> &[NameLink] {
        &self.names
    }
}

struct Sets {
    parent: Vec<usize>,
    /// Sides of splits that the members of a set are on, by its root; only what a person decided about.
    sides: BTreeMap<usize, Sides>,
}

impl Sets {
    fn root(&mut self, mut at: usize) -> usize {
        while let Some(up) = self.parent.get(at).copied().filter(|up| *up != at) {
            let above = self.parent.get(up).copied().unwrap_or(up);
            if let Some(slot) = self.parent.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    /// Whether no decision keeps the two apart.
    fn may_join(&mut self, a: usize, b: usize) -> bool {
        if self.sides.is_empty() {
            return true;
        }
        let (a, b) = (self.root(a), self.root(b));
        match (self.sides.get(&a), self.sides.get(&b)) {
            (Some(a), Some(b)) => !a.oppose(b),
            _ => true,
        }
    }

    /// Makes two sets one, unless a decision keeps them apart.
    fn join(&mut self, a: usize, b: usize) {
        if !self.may_join(a, b) {
            return;
        }
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        if low == high {
            return;
        }
        if let Some(slot) = self.parent.get_mut(high) {
            *slot = low;
        }
        if let Some(sides) = self.sides.remove(&high) {
            self.sides.entry(low).or_default().add(&sides);
        }
    }
}

/// What a group is known by.
#[derive(Default, Clone)]
struct Known {
    uuids: BTreeSet<String>,
    serials: BTreeSet<String>,
    /// Full names that the directory knows as accounts.
    accounts: BTreeSet<String>,
    newest: Option<Date>,
    strong: bool,
}

impl Known {
    /// Two machines of one `name`: each has a UUID, serial or account of that name of its own, and none in common.
    fn conflicts(&self, other: &Known, name: &str) -> bool {
        let apart = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
        let together = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_disjoint(b);
        let one = together(&self.uuids, &other.uuids) || together(&self.serials, &other.serials);
        // A renamed machine has accounts of both its names: only those of one name tell two machines.
        let named = |known: &Known| -> BTreeSet<String> {
            known.accounts.iter().filter(|full| full.split('.').next() == Some(name)).cloned().collect()
        };
        (!one && apart(&named(self), &named(other)))
            || (apart(&self.uuids, &other.uuids) && !together(&self.serials, &other.serials))
            || (apart(&self.serials, &other.serials) && !together(&self.uuids, &other.uuids))
    }
}

impl Identities {
    /// What a row says of a machine's identity.
    pub(super) fn row(&mut self, row: &FactRow) {
        match &row.fact {
            Fact::Machine(machine) if machine.id != MachineRef::default() => self.sighting(machine, &row.origin),
            Fact::Title(title) => {
                let seen = title.told.as_ref().and_then(|machine| machine.last_seen);
                self.mention(&title.machine, seen, &row.origin);
            }
            Fact::SqlInstance(instance) => self.mention(&instance.machine, None, &row.origin),
            _ => {}
        }
    }

    fn sighting(&mut self, machine: &Machine, origin: &Origin) {
        let id = &machine.id;
        let seen = self.nodes.entry(id.clone()).or_default();
        *seen = (*seen).max(machine.last_seen);
        if let (Some(full), Some(true)) = (id.dns.as_deref().filter(|full| full.contains('.')), machine.in_domain) {
            self.accounts.insert(full.to_lowercase());
        }
        // The old record of a machine that was renamed or set up anew is no second machine.
        if let (Some(name), false) = (&id.name, machine.retired == Some(true)) {
            if let Some(serial) = &id.serial {
                show(&mut self.serial_names, &origin.evidence, serial_key(serial), name, machine.last_seen);
            }
            if let Some(uuid) = &id.uuid {
                show(&mut self.uuid_names, &origin.evidence, canonical(uuid), name, machine.last_seen);
            }
        }
        let from_hypervisor = machine.virtualisation.as_ref().is_some_and(|guest| guest.host.is_some());
        if let (Some(uuid), false) = (&id.uuid, from_hypervisor) {
            self.windows_uuids.insert(uuid.clone());
        }
    }

    fn mention(&mut self, id: &MachineRef, seen: Option<Date>, origin: &Origin) {
        if *id == MachineRef::default() {
            return;
        }
        let newest = self.nodes.entry(id.clone()).or_default();
        *newest = (*newest).max(seen);
        if let (Some(serial), Some(name)) = (&id.serial, &id.name) {
            show(&mut self.serial_names, &origin.evidence, serial_key(serial), name, seen);
        }
    }

    pub(super) fn is_placeholder_serial(&self, serial: &str) -> bool {
        let key = serial_key(serial);
        key.len() < 3
            || PLACEHOLDERS.contains(&key.as_str())
            || key.chars().all(|c| key.starts_with(c))
            || self.placeholder_serials.contains(&key)
    }

    pub(super) fn is_placeholder_uuid(&self, uuid: &str) -> bool {
        NO_UUIDS.contains(&uuid) || self.placeholder_uuids.contains(&canonical(uuid))
    }

    /// The reading of a UUID that Windows shows, where one of the tools inside the machine told it.
    pub(super) fn as_windows_says(&self, uuid: &str) -> String {
        let other = swapped(uuid);
        if !self.windows_uuids.contains(uuid) && self.windows_uuids.contains(&other) { other } else { uuid.to_owned() }
    }

    /// A serial number as it is compared, if it identifies.
    pub(super) fn serial_of(&self, node: &MachineRef) -> Option<String> {
        node.serial.as_ref().filter(|serial| !self.is_placeholder_serial(serial)).map(|serial| serial_key(serial))
    }

    /// A UUID as it is compared, if it identifies.
    pub(super) fn uuid_of(&self, node: &MachineRef) -> Option<String> {
        node.uuid.as_ref().filter(|uuid| !self.is_placeholder_uuid(uuid)).map(|uuid| canonical(uuid))
    }

    pub(super) fn solve(&mut self, decided: &Decided) -> Groups {
        // One file that shows one serial or UUID under several names has a placeholder (or clones): it never joins.
        let shared = |shown: &Shown| -> BTreeSet<String> {
            shown.iter().filter(|(_, names)| are_several(names)).map(|((_, key), _)| key.clone()).collect()
        };
        self.placeholder_serials = shared(&self.serial_names);
        self.placeholder_uuids = shared(&self.uuid_names);
        let nodes: Vec<(&MachineRef, Option<Date>)> = self.nodes.iter().map(|(node, seen)| (node, *seen)).collect();
        let mut sets = Sets { parent: (0..nodes.len()).collect(), sides: BTreeMap::new() };
        let mut contested: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
        if !decided.is_empty() {
            keep_apart(&nodes, decided, &mut sets);
            // Keys that stand on both sides of a split: what they say of other records is no longer believed blindly.
            contested = self.contested(&nodes, &sets);
            join_by_hand(&nodes, decided, &mut sets);
        }
        let mut reasons: Vec<(usize, String, String)> = Vec::new();
        let mut by: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (index, (node, _)) in nodes.iter().enumerate() {
            for (kind, key) in
                [("tool", node.tool_id.clone()), ("uuid", self.uuid_of(node)), ("serial", self.serial_of(node))]
            {
                let Some(key) = key else { continue };
                reasons.push((index, kind.to_owned(), key.clone()));
                if let Some(nodes) = contested.get_mut(&(kind, key.clone())) {
                    nodes.push(index);
                    continue;
                }
                match by.get(&(kind, key.clone())) {
                    Some(first) => sets.join(*first, index),
                    None => {
                        by.insert((kind, key), index);
                    }
                }
            }
        }
        for indices in contested.into_values() {
            within_names(&indices, &nodes, &mut sets);
        }
        let names = self.by_name(&nodes, &mut sets);
        let mut groups = Groups { of: BTreeMap::new(), reasons: BTreeMap::new(), names: Vec::new() };
        for (index, (node, _)) in nodes.iter().enumerate() {
            groups.of.insert((*node).clone(), sets.root(index));
        }
        for (index, kind, key) in reasons {
            groups.reasons.entry(sets.root(index)).or_default().insert((kind, key));
        }
        groups.names = names.into_iter().map(|(name, index)| NameLink { name, group: sets.root(index) }).collect();
        groups
    }

    /// Keys that records on both sides of a split bear: what they say of other records is no longer believed blindly.
    fn contested<'k>(
        &self,
        nodes: &[(&MachineRef, Option<Date>)],
        sets: &Sets,
    ) -> BTreeMap<(&'k str, String), Vec<usize>> {
        let mut borne: BTreeMap<(&str, String), Vec<&Sides>> = BTreeMap::new();
        for (index, sides) in &sets.sides {
            let Some((node, _)) = nodes.get(*index) else { continue };
            for (kind, key) in
                [("uuid", self.uuid_of(node)), ("serial", self.serial_of(node)), ("tool", node.tool_id.clone())]
            {
                if let Some(key) = key {
                    borne.entry((kind, key)).or_default().push(sides);
                }
            }
        }
        let opposed = |sides: &[&Sides]| {
            sides.iter().enumerate().any(|(at, one)| sides.iter().skip(at + 1).any(|other| one.oppose(other)))
        };
        borne.into_iter().filter(|(_, sides)| opposed(sides)).map(|(key, _)| (key, Vec::new())).collect()
    }

    /// Groups of one name become one unless their UUIDs or serials say that they are two; a reference that has nothing but
    /// the name goes to the newest of them.
    /// The names that did so are given back, each with a node of what became one.
    fn by_name(&self, nodes: &[(&MachineRef, Option<Date>)], sets: &mut Sets) -> Vec<(String, usize)> {
        let mut used = Vec::new();
        let mut known: BTreeMap<usize, Known> = BTreeMap::new();
        let mut names: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (index, (node, seen)) in nodes.iter().enumerate() {
            let root = sets.root(index);
            let entry = known.entry(root).or_default();
            if let Some(uuid) = node.uuid.as_ref().filter(|uuid| !self.is_placeholder_uuid(uuid)) {
                entry.uuids.insert(canonical(uuid));
            }
            if let Some(serial) = node.serial.as_ref().filter(|serial| !self.is_placeholder_serial(serial)) {
                entry.serials.insert(serial_key(serial));
            }
            let full = node.dns.as_ref().map(|dns| dns.to_lowercase());
            entry.accounts.extend(full.filter(|full| self.accounts.contains(full)));
            entry.newest = entry.newest.max(*seen);
            entry.strong = !entry.uuids.is_empty() || !entry.serials.is_empty();
            if let Some(name) = &node.name {
                names.entry(name.to_lowercase()).or_default().insert(root);
            }
        }
        for (name, roots) in names.iter().filter(|(_, roots)| roots.len() > 1) {
            let mut order: Vec<usize> = roots.iter().copied().collect();
            // Strong groups first, the newest first among them.
            order.sort_by_key(|root| {
                let known = known.get(root).cloned().unwrap_or_default();
                (std::cmp::Reverse(known.strong), std::cmp::Reverse(known.newest), *root)
            });
            let mut kept: Vec<usize> = Vec::new();
            for root in order {
                let own = known.get(&root).cloned().unwrap_or_default();
                let fits = |other: &usize, sets: &mut Sets| {
                    known.get(other).is_none_or(|other| !own.conflicts(other, name)) && sets.may_join(*other, root)
                };
                let home = kept.iter().copied().find(|other| fits(other, sets));
                match home {
                    Some(home) => {
                        sets.join(home, root);
                        used.push((name.clone(), home));
                        let entry = known.entry(home).or_default();
                        entry.uuids.extend(own.uuids);
                        entry.serials.extend(own.serials);
                        entry.accounts.extend(own.accounts);
                        entry.newest = entry.newest.max(own.newest);
                    }
                    None => kept.push(root),
                }
            }
        }
        used
    }
}

/// The places of those records that some row bears.
fn places(nodes: &[(&MachineRef, Option<Date>)], records: &[MachineRef]) -> Vec<usize> {
    records.iter().filter_map(|each| nodes.binary_search_by(|(node, _)| (*node).cmp(each)).ok()).collect()
}

/// Every record learns the sides of splits that it is on.
fn keep_apart(nodes: &[(&MachineRef, Option<Date>)], decided: &Decided, sets: &mut Sets) {
    for (number, split) in decided.machines_split.iter().enumerate() {
        for (side, records) in split.iter().enumerate() {
            for index in places(nodes, records) {
                sets.sides.entry(index).or_default().stand(number, side);
            }
        }
    }
}

/// Records that people made one are one before any key is looked at.
fn join_by_hand(nodes: &[(&MachineRef, Option<Date>)], decided: &Decided, sets: &mut Sets) {
    for records in &decided.machines_joined {
        if let [first, rest @ ..] = places(nodes, records).as_slice() {
            for index in rest {
                sets.join(*first, *index);
            }
        }
    }
}

/// Under a key that a split has shown to be no sure sign, records of one side stay one, and any other record goes with those that bear
/// its name; without such a name it stays alone.
fn within_names(indices: &[usize], nodes: &[(&MachineRef, Option<Date>)], sets: &mut Sets) {
    let sided: Vec<usize> = indices
        .iter()
        .copied()
        .filter(|index| {
            let root = sets.root(*index);
            sets.sides.contains_key(&root)
        })
        .collect();
    for (at, one) in sided.iter().enumerate() {
        for other in sided.iter().skip(at + 1) {
            // Records of one side are one; records of which only one was decided about are not.
            let (a, b) = (sets.root(*one), sets.root(*other));
            let together = matches!((sets.sides.get(&a), sets.sides.get(&b)), (Some(a), Some(b)) if a.share(b));
            if together {
                sets.join(*one, *other);
            }
        }
    }
    let name = |index: usize| nodes.get(index).and_then(|(node, _)| node.name.as_ref()).map(|name| name.to_lowercase());
    for index in indices.iter().copied().filter(|index| !sided.contains(index)) {
        let Some(own) = name(index) else { continue };
        if let Some(home) = indices.iter().copied().find(|other| *other != index && name(*other).as_ref() == Some(&own))
        {
            sets.join(home, index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readings_of_a_uuid_are_one() {
        let (a, b) = ("5EAC90BE-29F4-4C30-A665-167EE8C69729", "BE90AC5E-F429-304C-A665-167EE8C69729");
        assert_eq!(swapped(a), b);
        assert_eq!(canonical(a), canonical(b));
    }

    #[test]
    fn makers_placeholders_are_no_serials() {
        let identities = Identities::default();
        for serial in ["To be filled by O.E.M.", "System Serial Number", "0", "0000000000", "Default string"] {
            assert!(identities.is_placeholder_serial(serial), "{serial}");
        }
        assert!(!identities.is_placeholder_serial("P7NHX1W"));
    }
}
