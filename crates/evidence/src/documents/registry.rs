//! Registry exports of regedit (`.reg`) and what `reg query` printed: programs under `Uninstall`, instances under `Microsoft SQL Server`. A row is a key
//! that could be a program or an instance. What Office registers under `Registration` can be installed, but is not: set aside.
//!
//! Only named values are kept; binary values (`DigitalProductID` and its like carry product keys) are never read.

use super::hive;
use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::text::Decoded;
use crate::values::{self, Order, told};
use licensing::facts::{Fact, MachineRef, SqlInstance, Title};
use std::collections::BTreeMap;

/// Values that a reader uses, in lower case; all others are passed over unread.
pub(super) const KEPT: [&str; 15] = [
    // The machine names itself under `Control\\ComputerName`.
    "computername",
    "displayname",
    "displayversion",
    "publisher",
    "installdate",
    "parentkeyname",
    "systemcomponent",
    "edition",
    "patchlevel",
    "version",
    "productname",
    // Amcache: what Windows itself listed as installed.
    "name",
    "0",
    "1",
    "2",
];

/// A key of the registry with the values that are of use.
#[derive(Debug, Default)]
pub(super) struct Key {
    pub(super) path: String,
    pub(super) values: BTreeMap<String, String>,
    /// For `Instance Names\SQL`: instance to its folder.
    pub(super) all: Vec<(String, String)>,
}

pub(super) fn is_registry(head: &str) -> bool {
    head.starts_with("Windows Registry Editor") || head.starts_with("REGEDIT4") || is_answer(head)
}

/// Whether the text is what `reg query ... /s` printed: a key, and values with their kinds.
fn is_answer(head: &str) -> bool {
    path(head.lines().next().unwrap_or_default()).is_some() && head.lines().take(40).any(|line| printed(line).is_some())
}

/// The key that a line of `reg query` begins.
fn path(line: &str) -> Option<&str> {
    let line = line.trim_end();
    (line.starts_with("HKEY_") && line.contains('\\')).then_some(line)
}

/// A value as `reg query` prints it: name, kind and text, set apart by four blanks.
fn printed(line: &str) -> Option<(&str, &str, &str)> {
    let line = line.strip_prefix("    ")?;
    let (name, rest) = line.split_once("    REG_")?;
    let (kind, text) = rest.split_once("    ").unwrap_or((rest.trim_end(), ""));
    Some((name.trim(), kind, text))
}

pub(super) fn read(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let keys = keys(&decoded.text, context.limits.line)?;
    let sink = Sink::new("registry-export", decoded.encoding, evidence, context.limits.rows);
    let detail = "a registry export without programs or SQL Server instances; export HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall";
    facts(name, keys, sink).ok_or_else(|| Refusal::new(Refused::NoEvidence, detail))
}

/// A hive of the registry, as Windows keeps it on the disk.
pub(super) fn read_hive(name: &str, bytes: &[u8], evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let broken = || Refusal::new(Refused::Malformed, "a registry hive whose root cannot be read");
    let (keys, damaged) = hive::keys(bytes).ok_or_else(broken)?;
    let mut sink = Sink::new("registry-hive", "binary", evidence, context.limits.rows);
    if damaged {
        sink.note("hive-damaged", "cells were cut off or doubled");
    }
    let detail = "a registry hive without programs or SQL Server instances; add the hive SOFTWARE of C:\\Windows\\System32\\config";
    facts(name, keys, sink).ok_or_else(|| Refusal::new(Refused::NoEvidence, detail))
}

/// Facts of the keys; `None` where none tells anything.
fn facts(name: &str, keys: Vec<Key>, mut sink: Sink) -> Option<Reading> {
    let own = keys.iter().filter(|key| key.path.to_ascii_lowercase().contains("\\control\\computername"));
    let own = own.filter_map(|key| key.values.get("computername").and_then(|text| told(text))).next();
    let named = own.or_else(|| {
        let stem = crate::tables::machine_of_file(name)?;
        sink.note("machine-from-file-name", stem.clone());
        Some(values::short_name(&stem))
    });
    let machine = MachineRef { name: named, ..MachineRef::default() };
    let mut instances: BTreeMap<String, String> = BTreeMap::new();
    for key in keys.iter().filter(|key| key.path.to_ascii_lowercase().ends_with("\\instance names\\sql")) {
        instances.extend(key.all.iter().map(|(instance, folder)| (folder.to_ascii_lowercase(), instance.clone())));
    }
    let mut row = 0;
    for key in keys {
        if !sink.has_room() {
            sink.note("too-many-rows", "rows beyond the bound were not read");
            break;
        }
        let lower = key.path.to_ascii_lowercase();
        let (parent, leaf) = key.path.rsplit_once('\\').unwrap_or(("", &key.path));
        let get = |value: &str| key.values.get(value).and_then(|text| told(text));
        if parent.to_ascii_lowercase().ends_with("\\currentversion\\uninstall") {
            row += 1;
            let Some(title) = get("displayname") else {
                sink.aside(row, leaf, "key-without-title");
                continue;
            };
            let fact = Title {
                machine: machine.clone(),
                publisher: get("publisher"),
                name: title,
                version: get("displayversion"),
                installed: get("installdate").and_then(|text| values::day(&text, Order::DayFirst)),
                key: Some(leaf.to_owned()),
                parent: get("parentkeyname"),
                system_component: get("systemcomponent").as_deref() == Some("1"),
                from: Some("registry".to_owned()),
                ..Title::default()
            };
            sink.fact(row, Fact::Title(fact), Vec::new());
        } else if ["root\\inventoryapplication", "root\\programs", "inventoryapplication"]
            .iter()
            .any(|way| parent.eq_ignore_ascii_case(way))
        {
            row += 1;
            match amcache(&key, &machine, leaf) {
                Some(title) => sink.fact(row, Fact::Title(title), Vec::new()),
                None => sink.aside(row, leaf, "key-without-title"),
            }
        } else if lower.contains("\\microsoft sql server\\") && leaf.eq_ignore_ascii_case("setup") {
            row += 1;
            let folder = parent.rsplit('\\').next().unwrap_or_default();
            let instance = instances.get(&folder.to_ascii_lowercase()).cloned();
            let fact = SqlInstance {
                machine: machine.clone(),
                instance: instance.or_else(|| folder.split_once('.').map(|(_, name)| name.to_owned())),
                edition: get("edition"),
                version: get("patchlevel").or_else(|| get("version")),
                ..SqlInstance::default()
            };
            sink.fact(row, Fact::SqlInstance(fact), Vec::new());
        } else if lower.contains("\\office\\") && lower.contains("\\registration\\") {
            row += 1;
            let what = get("productname").unwrap_or_else(|| leaf.to_owned());
            sink.aside(row, &what, "office-can-register-this");
        } else if lower.ends_with("\\instance names\\sql") {
            for (instance, _) in &key.all {
                row += 1;
                sink.aside(row, instance, "name-of-an-instance");
            }
        }
    }
    (row > 0).then(|| sink.done())
}

/// A program as Amcache lists it.
fn amcache(key: &Key, machine: &MachineRef, leaf: &str) -> Option<Title> {
    let get = |names: [&str; 2]| names.iter().find_map(|name| key.values.get(*name)).and_then(|text| told(text));
    Some(Title {
        machine: machine.clone(),
        name: get(["name", "0"])?,
        version: get(["version", "1"]),
        publisher: get(["publisher", "2"]),
        installed: get(["installdate", "installdate"]).and_then(|text| values::day(&text, Order::MonthFirst)),
        key: Some(leaf.to_owned()),
        from: Some("amcache".to_owned()),
        ..Title::default()
    })
}

/// The keys with the values that are of use, in the order of the file.
fn keys(text: &str, longest: usize) -> Result<Vec<Key>, Refusal> {
    let mut keys: Vec<Key> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let (whole, line) = (line, line.trim());
        if line.len() > longest {
            let at = number as u64 + 1;
            return Err(Refusal::new(Refused::TooLarge, format!("line {at} is longer than {longest} bytes")).at(at));
        }
        if let Some(path) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).or_else(|| path(line)) {
            keys.push(Key { path: path.to_owned(), ..Key::default() });
            continue;
        }
        let Some(key) = keys.last_mut() else { continue };
        if let Some((name, kind, text)) = printed(whole) {
            keep(key, name.to_owned(), in_words(kind, text));
            continue;
        }
        let Some((name, value)) = named(line) else { continue };
        let mut value = value.to_owned();
        // Wrapped bytes go on after a backslash at the end of the line.
        while value.ends_with('\\') && value.starts_with("hex") {
            value.pop();
            match lines.next() {
                Some((_, more)) if value.len() + more.len() <= longest => value.push_str(more.trim()),
                _ => break,
            }
        }
        keep(key, name, spoken(&value));
    }
    Ok(keys)
}

/// Keeps a value that a reader uses.
fn keep(key: &mut Key, name: String, text: Option<String>) {
    let Some(text) = text else { return };
    let lower = name.to_ascii_lowercase();
    if key.path.to_ascii_lowercase().ends_with("\\instance names\\sql") {
        key.all.push((name, text));
    } else if KEPT.contains(&lower.as_str()) {
        key.values.insert(lower, text);
    }
}

/// The text of a value that `reg query` printed; bytes (`BINARY`) are never read.
fn in_words(kind: &str, text: &str) -> Option<String> {
    match kind {
        "SZ" | "EXPAND_SZ" => Some(text.to_owned()),
        "DWORD" => u32::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok().map(|number| number.to_string()),
        _ => None,
    }
}

/// `"Name"=value` as (name, value); the name unescaped.
fn named(line: &str) -> Option<(String, &str)> {
    let rest = line.strip_prefix('"')?;
    let mut name = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.push(chars.next()?.1),
            '"' => return rest.get(at + 1..)?.strip_prefix('=').map(|value| (name, value)),
            other => name.push(other),
        }
    }
    None
}

/// The text of a value: a string, a number (`dword:`), or text kept as bytes of UTF-16 (`hex(2):`, `hex(7):`, `hex(1):`).
fn spoken(value: &str) -> Option<String> {
    if let Some(rest) = value.strip_prefix('"') {
        let mut text = String::new();
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => text.push(chars.next()?),
                '"' => break,
                other => text.push(other),
            }
        }
        return Some(text);
    }
    if let Some(number) = value.strip_prefix("dword:") {
        return u32::from_str_radix(number.trim(), 16).ok().map(|number| number.to_string());
    }
    let bytes = ["hex(1):", "hex(2):", "hex(7):"].iter().find_map(|prefix| value.strip_prefix(prefix))?;
    let bytes: Vec<u8> = bytes.split(',').filter_map(|pair| u8::from_str_radix(pair.trim(), 16).ok()).collect();
    let units: Vec<u16> =
        bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?))).collect();
    let text = String::from_utf16_lossy(&units);
    Some(text.trim_end_matches('\0').replace('\0', ";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_that_counts() {
        assert_eq!(named(r#""Dis\"play"="a""#), Some((r#"Dis"play"#.to_owned(), "\"a\"")));
        assert_eq!(spoken(r#""C:\\Program Files\\x""#).as_deref(), Some(r"C:\Program Files\x"));
        assert_eq!(spoken("dword:0000000b").as_deref(), Some("11"));
        assert_eq!(spoken("hex(2):41,00,62,00,00,00").as_deref(), Some("Ab"));
        assert_eq!(spoken("hex:41,00"), None);
    }
}
