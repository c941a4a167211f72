//! Which references mean the same machine: union-find over UUID, serial, tool id and name, with the conflicts that keep two
//! machines of one name apart.

use crate::facts::{Machine, MachineRef, Origin};
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
}

/// The groups that references fall into.
pub(super) struct Groups {
    of: BTreeMap<MachineRef, usize>,
    reasons: BTreeMap<usize, BTreeSet<(String, String)>>,
}

impl Groups {
    pub(super) fn of(&self, reference: &MachineRef) -> Option<usize> {
        self.of.get(reference).copied()
    }

    pub(super) fn reasons(&self, group: usize) -> BTreeSet<(String, String)> {
        self.reasons.get(&group).cloned().unwrap_or_default()
    }
}

struct Sets {
    parent: Vec<usize>,
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

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        if let Some(slot) = self.parent.get_mut(high) {
            *slot = low;
        }
    }
}

/// What a group is known by.
#[derive(Default, Clone)]
struct Known {
    uuids: BTreeSet<String>,
    serials: BTreeSet<String>,
    newest: Option<Date>,
    strong: bool,
}

impl Known {
    /// Two machines: each has a UUID or serial of its own, and none in common.
    fn conflicts(&self, other: &Known) -> bool {
        let apart = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
        let together = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_disjoint(b);
        (apart(&self.uuids, &other.uuids) && !together(&self.serials, &other.serials))
            || (apart(&self.serials, &other.serials) && !together(&self.uuids, &other.uuids))
    }
}

impl Identities {
    pub(super) fn sighting(&mut self, machine: &Machine, origin: &Origin) {
        let id = &machine.id;
        let seen = self.nodes.entry(id.clone()).or_default();
        *seen = (*seen).max(machine.last_seen);
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

    pub(super) fn mention(&mut self, id: &MachineRef, seen: Option<Date>, origin: &Origin) {
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

    pub(super) fn solve(&mut self) -> Groups {
        // One file that shows one serial or UUID under several names has a placeholder (or clones): it never joins.
        let shared = |shown: &Shown| -> BTreeSet<String> {
            shown.iter().filter(|(_, names)| are_several(names)).map(|((_, key), _)| key.clone()).collect()
        };
        self.placeholder_serials = shared(&self.serial_names);
        self.placeholder_uuids = shared(&self.uuid_names);
        let nodes: Vec<(&MachineRef, Option<Date>)> = self.nodes.iter().map(|(node, seen)| (node, *seen)).collect();
        let mut sets = Sets { parent: (0..nodes.len()).collect() };
        let mut reasons: Vec<(usize, String, String)> = Vec::new();
        let mut by: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (index, (node, _)) in nodes.iter().enumerate() {
            let uuid = node.uuid.as_ref().filter(|uuid| !self.is_placeholder_uuid(uuid)).map(|uuid| canonical(uuid));
            let serial = node.serial.as_ref().filter(|s| !self.is_placeholder_serial(s)).map(|s| serial_key(s));
            for (kind, key) in [("tool", node.tool_id.clone()), ("uuid", uuid), ("serial", serial)] {
                let Some(key) = key else { continue };
                reasons.push((index, kind.to_owned(), key.clone()));
                match by.get(&(kind, key.clone())) {
                    Some(first) => sets.join(*first, index),
                    None => {
                        by.insert((kind, key), index);
                    }
                }
            }
        }
        self.by_name(&nodes, &mut sets);
        let mut groups = Groups { of: BTreeMap::new(), reasons: BTreeMap::new() };
        for (index, (node, _)) in nodes.iter().enumerate() {
            groups.of.insert((*node).clone(), sets.root(index));
        }
        for (index, kind, key) in reasons {
            groups.reasons.entry(sets.root(index)).or_default().insert((kind, key));
        }
        groups
    }

    /// Groups of one name become one unless their UUIDs or serials say that they are two; a reference that has nothing but
    /// the name goes to the newest of them.
    fn by_name(&self, nodes: &[(&MachineRef, Option<Date>)], sets: &mut Sets) {
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
            entry.newest = entry.newest.max(*seen);
            entry.strong = !entry.uuids.is_empty() || !entry.serials.is_empty();
            if let Some(name) = &node.name {
                names.entry(name.to_lowercase()).or_default().insert(root);
            }
        }
        for roots in names.values().filter(|roots| roots.len() > 1) {
            let mut order: Vec<usize> = roots.iter().copied().collect();
            // Strong groups first, the newest first among them.
            order.sort_by_key(|root| {
                let known = known.get(root).cloned().unwrap_or_default();
                (std::cmp::Reverse(known.strong), std::cmp::Reverse(known.newest), *root)
            });
            let mut kept: Vec<usize> = Vec::new();
            for root in order {
                let own = known.get(&root).cloned().unwrap_or_default();
                let home =
                    kept.iter().copied().find(|other| known.get(other).is_none_or(|other| !own.conflicts(other)));
                match home {
                    Some(home) => {
                        sets.join(home, root);
                        let entry = known.entry(home).or_default();
                        entry.uuids.extend(own.uuids);
                        entry.serials.extend(own.serials);
                        entry.newest = entry.newest.max(own.newest);
                    }
                    None => kept.push(root),
                }
            }
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
