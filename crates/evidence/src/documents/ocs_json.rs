//! OCS Inventory 3 as JSON, and osquery's list of programs. Keys of OCS are words with blanks, values text or numbers, and on
//! Linux texts begin with a blank.

use super::json::{mend, text};
use crate::Context;
use crate::reading::{Reading, Sink};
use crate::tables::machine_of_file;
use crate::values::{self, Order, count, short_name, uuid};
use jiff::civil::Date;
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, Title};
use serde_json::Value;
use std::collections::BTreeMap;

/// The sections of an inventory of OCS 3, if the document is one.
pub(super) fn sections(value: &Value) -> Option<&Value> {
    let holder = ["template_inventory", "inventory", "content"].iter().find_map(|key| value.get(key)).unwrap_or(value);
    let has = |key: &str| holder.get(key).is_some_and(Value::is_array);
    (has("SOFTWARES") || (has("BIOS") && has("CPUS"))).then_some(holder)
}

fn first<'a>(sections: &'a Value, name: &str) -> &'a Value {
    match sections.get(name) {
        Some(Value::Array(list)) => list.first().unwrap_or(&Value::Null),
        Some(other) => other,
        None => &Value::Null,
    }
}

/// The first of several keys that says something.
fn any(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| text(value, key))
}

/// Reads an inventory of OCS 3: row 0 the machine, then one row a program.
pub(super) fn read(
    name: &str,
    all: &Value,
    sections: &Value,
    encoding: &str,
    evidence: &str,
    context: &Context,
) -> Reading {
    let mut sink = Sink::new("ocs-json", encoding, evidence, context.limits.rows).mended(context);
    let bios = first(sections, "BIOS");
    let hardware = first(sections, "HARDWARE");
    let system = ["OPERATING SYSTEM", "OPERATINGSYSTEM", "OPERATING_SYSTEM", "OS"]
        .iter()
        .map(|key| first(sections, key))
        .find(|value| !value.is_null())
        .unwrap_or(&Value::Null);
    let told = any(hardware, &["NAME", "COMPUTER NAME", "HOSTNAME"])
        .or_else(|| any(system, &["HOSTNAME", "COMPUTER NAME", "NAME OF COMPUTER"]))
        .or_else(|| any(all, &["deviceid", "DEVICE ID", "name"]))
        .or_else(|| local_domain(sections));
    let machine_name = told.or_else(|| {
        let stem = machine_of_file(name)?;
        sink.note("machine-from-file-name", stem.clone());
        Some(stem)
    });
    let id = MachineRef {
        uuid: any(hardware, &["UUID"]).or_else(|| any(bios, &["UUID"])).and_then(|text| uuid(&text)),
        serial: any(bios, &["SERIAL NUMBER", "SSN"]),
        name: machine_name.map(|name| short_name(&name)),
        ..MachineRef::default()
    };
    let cpus: Vec<&Value> = sections.get("CPUS").and_then(Value::as_array).into_iter().flatten().collect();
    let sum = |keys: &[&str]| {
        let figures: Vec<u32> = cpus.iter().filter_map(|cpu| any(cpu, keys).as_deref().and_then(count)).collect();
        (!figures.is_empty() && figures.len() == cpus.len())
            .then(|| figures.iter().fold(0u32, |a, b| a.saturating_add(*b)))
    };
    let chassis = any(bios, &["TYPE"]).unwrap_or_default().to_lowercase();
    let machine = Machine {
        id: id.clone(),
        kind: if ["notebook", "laptop", "portable"].iter().any(|word| chassis.contains(word)) {
            Some(MachineKind::Laptop)
        } else if ["desktop", "tower"].iter().any(|word| chassis.contains(word)) {
            Some(MachineKind::Desktop)
        } else {
            None
        },
        os: any(hardware, &["OS NAME", "OSNAME"]).or_else(|| any(system, &["NAME", "CAPTION", "FULL NAME"])),
        os_build: any(hardware, &["OS VERSION", "OSVERSION"]).or_else(|| any(system, &["VERSION", "BUILD"])),
        processors: u32::try_from(cpus.len()).ok().filter(|count| *count > 0),
        cores: sum(&["CORES NUMBER", "CORES"]),
        logical: sum(&["LOGICAL CPUS", "THREADS"]),
        cpu_model: cpus.first().and_then(|cpu| any(cpu, &["TYPE", "NAME"])),
        model: match (any(bios, &["MANUFACTURER"]), any(bios, &["MODEL"])) {
            (Some(maker), Some(model)) if !model.starts_with(&maker) => Some(format!("{maker} {model}")),
            (maker, model) => model.or(maker),
        },
        ..Machine::default()
    };
    sink.fact(0, Fact::Machine(machine), Vec::new());
    sink.part(Some("SOFTWARES"));
    programs(sections.get("SOFTWARES"), &id, &mut sink, &Columns::OCS);
    sink.done()
}

/// The domain of local accounts is the machine's own name.
fn local_domain(sections: &Value) -> Option<String> {
    let list = sections.get("LOCAL USERS").or_else(|| sections.get("LOCAL_USERS"))?;
    text(list.as_array()?.first()?, "DOMAIN")
}

/// Which key of a program is what.
struct Columns {
    installed: &'static [&'static str],
    key: &'static [&'static str],
    from: &'static str,
}

impl Columns {
    const OCS: Columns = Columns { installed: &["INSTALLATION DATE", "INSTALLDATE"], key: &["GUID"], from: "agent" };
    const OSQUERY: Columns =
        Columns { installed: &["install_date"], key: &["identifying_number", "upgrade_code"], from: "osquery" };
}

fn programs(list: Option<&Value>, id: &MachineRef, sink: &mut Sink, columns: &Columns) {
    let mut told: BTreeMap<MachineRef, Date> = BTreeMap::new();
    for (index, each) in list.and_then(Value::as_array).into_iter().flatten().enumerate() {
        let row = index as u64 + 1;
        if !sink.has_room() {
            sink.note("too-many-rows", "rows beyond the bound were not read");
            break;
        }
        let mended = mend(row, sink);
        let each = mended.as_ref().unwrap_or(each);
        if text(each, "action").as_deref() == Some("removed") {
            sink.aside(
                row,
                &each.get("columns").and_then(|inner| text(inner, "name")).unwrap_or_default(),
                "no-longer-installed",
            );
            continue;
        }
        let machine = host(each).unwrap_or_else(|| id.clone());
        let seen = any(each, &["unixTime"]).and_then(|text| text.parse().ok()).and_then(values::since_1970);
        let news = seen.filter(|seen| told.get(&machine).is_none_or(|before| before < seen));
        if let Some(seen) = news {
            told.insert(machine.clone(), seen);
        }
        // osquery's log wraps each row in "columns".
        let program = each.get("columns").filter(|inner| inner.is_object()).unwrap_or(each);
        match any(program, &["NAME"]) {
            Some(name) if machine != MachineRef::default() => {
                let title = Title {
                    machine,
                    publisher: any(program, &["PUBLISHER"]),
                    name,
                    version: any(program, &["VERSION"]),
                    installed: any(program, columns.installed).and_then(|text| values::day(&text, Order::DayFirst)),
                    key: any(program, columns.key),
                    from: Some(columns.from.to_owned()),
                    told: news.map(|seen| Box::new(Machine { last_seen: Some(seen), ..Machine::default() })),
                    ..Title::default()
                };
                sink.fact(row, Fact::Title(title), Vec::new());
            }
            Some(_) => sink.reject(row, "no-machine", "the row names no machine", &program.to_string()),
            None => sink.reject(row, "no-name", "a program without a name", &program.to_string()),
        }
    }
}

/// The machine that a row of osquery names: `hostIdentifier` is a name or a UUID, as the fleet is set up; decorations tell both.
fn host(row: &Value) -> Option<MachineRef> {
    let told = any(row, &["hostIdentifier", "host_hostname", "hostname", "host_display_name"]);
    let decorations = row.get("decorations").unwrap_or(&Value::Null);
    let id = told.as_deref().and_then(uuid);
    let name = any(decorations, &["hostname", "computer_name"]).or_else(|| told.filter(|_| id.is_none()));
    let machine = MachineRef {
        uuid: any(decorations, &["host_uuid"]).as_deref().and_then(uuid).or(id),
        dns: name.clone().filter(|name| name.contains('.')),
        name: name.map(|name| short_name(&name)),
        ..MachineRef::default()
    };
    (machine != MachineRef::default()).then_some(machine)
}

/// Whether a list looks like what osquery gives for its table of programs.
pub(super) fn is_osquery(list: &[Value]) -> bool {
    list.iter().take(50).any(|each| {
        let program = each.get("columns").unwrap_or(each);
        let has = |key: &str| program.get(key).is_some();
        let wrapped = each.get("columns").is_some() && has("publisher");
        has("name")
            && has("version")
            && (wrapped || has("identifying_number") || has("install_source") || has("uninstall_string"))
    })
}

/// Reads osquery's list: one row a program; the machine is told by the row, else by the file's name.
pub(super) fn osquery(name: &str, list: &Value, encoding: &str, evidence: &str, context: &Context) -> Reading {
    let mut sink = Sink::new("osquery-programs", encoding, evidence, context.limits.rows).mended(context);
    let id = MachineRef { name: machine_of_file(name).map(|stem| short_name(&stem)), ..MachineRef::default() };
    programs(Some(list), &id, &mut sink, &Columns::OSQUERY);
    sink.done()
}
