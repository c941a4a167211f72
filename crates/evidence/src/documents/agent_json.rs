//! The inventory message of GLPI Agent: one machine, its programs, its guests, its databases. A partial message carries only
//! the sections that changed; a section that is missing means unchanged, never removed.
//!
//! Rows: the machine itself is row 0, the envelope; then one for each program, guest and database.

use super::json::{mend, text};
use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::values::{self, Order, count, short_name, told, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, SqlInstance, Title, Virtual};
use serde_json::Value;

pub(super) fn read(value: &Value, encoding: &str, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let Some(content) = value.get("content").filter(|content| content.is_object()) else {
        return Err(Refusal::new(Refused::Malformed, "an inventory message without content"));
    };
    let mut sink = Sink::new("glpi-agent-json", encoding, evidence, context.limits.rows).mended(context);
    let device = text(value, "deviceid");
    let partial = value.get("partial").and_then(Value::as_bool).unwrap_or(false);
    let section = |name: &str| content.get(name);
    let hardware = section("hardware").cloned().unwrap_or(Value::Null);
    let bios = section("bios").cloned().unwrap_or(Value::Null);
    let system = section("operatingsystem").cloned().unwrap_or(Value::Null);
    let itemtype = text(value, "itemtype").unwrap_or_else(|| "Computer".to_owned());
    if itemtype != "Computer" {
        sink.aside(1, &itemtype, "no-computer");
        return Ok(sink.done());
    }
    let name = text(&hardware, "name").or_else(|| device.as_deref().map(name_of_device));
    let id = MachineRef {
        uuid: text(&hardware, "uuid").and_then(|text| uuid(&text)),
        serial: text(&bios, "ssn"),
        dns: text(&system, "fqdn"),
        name: name.map(|name| short_name(&name)),
        tool_id: device.map(|device| format!("agent:{device}")),
    };
    let machine = machine(&id, value, content, &hardware, &bios, &system, partial);
    sink.exported(None);
    sink.fact(0, Fact::Machine(machine), Vec::new());
    rows(&id, content, &mut sink);
    Ok(sink.done())
}

/// `HOST-2021-06-01-08-19-31` without its time of first run.
fn name_of_device(device: &str) -> String {
    let mut cut = device;
    for _ in 0..6 {
        match cut.rsplit_once('-') {
            Some((head, tail)) if tail.bytes().all(|b| b.is_ascii_digit()) && !tail.is_empty() => cut = head,
            _ => return device.to_owned(),
        }
    }
    cut.to_owned()
}

fn machine(
    id: &MachineRef,
    value: &Value,
    content: &Value,
    hardware: &Value,
    bios: &Value,
    system: &Value,
    partial: bool,
) -> Machine {
    let cpus: Vec<&Value> = content.get("cpus").and_then(Value::as_array).into_iter().flatten().collect();
    let sum = |keys: [&str; 2]| {
        let figures: Vec<u32> = cpus
            .iter()
            .filter_map(|cpu| keys.iter().find_map(|key| text(cpu, key)).as_deref().and_then(count))
            .collect();
        (!figures.is_empty() && figures.len() == cpus.len())
            .then(|| figures.iter().fold(0u32, |a, b| a.saturating_add(*b)))
    };
    let technology = text(hardware, "vmsystem").filter(|text| text != "Physical");
    let chassis = text(hardware, "chassis_type").map(|text| text.to_lowercase()).unwrap_or_default();
    let portable = ["laptop", "notebook", "portable", "convertible", "sub notebook", "tablet"];
    let processors = u32::try_from(cpus.len()).ok().filter(|count| *count > 0);
    let user = text(hardware, "lastloggeduser").or_else(|| {
        content
            .get("users")
            .and_then(Value::as_array)
            .and_then(|users| users.first())
            .and_then(|user| text(user, "login"))
    });
    let seen = content
        .get("accesslog")
        .and_then(|log| text(log, "logdate"))
        .or_else(|| text(hardware, "lastdate"))
        .and_then(|text| values::day(&text, Order::DayFirst));
    Machine {
        id: id.clone(),
        kind: if portable.iter().any(|word| chassis.contains(word)) {
            Some(MachineKind::Laptop)
        } else if ["desktop", "tower", "mini", "all in one", "pizza"].iter().any(|word| chassis.contains(word)) {
            Some(MachineKind::Desktop)
        } else if ["server", "rack", "blade"].iter().any(|word| chassis.contains(word)) {
            Some(MachineKind::Server)
        } else {
            None
        },
        os: text(system, "full_name").or_else(|| text(system, "name")),
        os_build: text(system, "kernel_version")
            .or_else(|| text(system, "version"))
            .filter(|_| text(system, "full_name").is_some_and(|name| name.contains("Windows"))),
        processors: if technology.is_some() { None } else { processors },
        cores: if technology.is_some() { None } else { sum(["core", "corecount"]) },
        logical: sum(["thread", "core"]),
        cpu_model: cpus.first().and_then(|cpu| text(cpu, "name")),
        model: match (text(bios, "smanufacturer"), text(bios, "smodel")) {
            (Some(maker), Some(model)) if !model.starts_with(&maker) => Some(format!("{maker} {model}")),
            (_, Some(model)) => Some(model),
            (maker, None) => maker,
        },
        virtualisation: technology.map(|technology| Virtual {
            technology,
            host: None,
            vcpus: sum(["thread", "core"]).or(processors),
            template: false,
            powered: None,
            configured_os: None,
        }),
        site: text(value, "tag"),
        user,
        in_domain: None,
        last_seen: seen,
        partial,
        os_channel: content
            .get("licenseinfos")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .find(|licence| text(licence, "name").is_some_and(|name| name.contains("Windows")))
            .and_then(|licence| text(licence, "channel")),
        ..Machine::default()
    }
}

fn rows(id: &MachineRef, content: &Value, sink: &mut Sink) {
    let list = |name: &str| content.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    sink.part(Some("softwares"));
    for (index, each) in list("softwares").iter().enumerate() {
        let row = index as u64 + 1;
        let mended = mend(row, sink);
        let each = mended.as_ref().unwrap_or(each);
        let Some(name) = text(each, "name") else {
            sink.reject(row, "no-name", "a program without a name", &each.to_string());
            continue;
        };
        let title = Title {
            machine: id.clone(),
            publisher: text(each, "publisher"),
            name,
            version: text(each, "version"),
            installed: text(each, "install_date").and_then(|text| values::day(&text, Order::DayFirst)),
            key: text(each, "guid"),
            parent: None,
            system_component: text(each, "system_category").is_some_and(|text| text == "system_component"),
            from: text(each, "from").or_else(|| Some("agent".to_owned())),
            told: None,
        };
        sink.fact(row, Fact::Title(title), Vec::new());
    }
    sink.part(Some("virtualmachines"));
    for (index, each) in list("virtualmachines").iter().enumerate() {
        let row = index as u64 + 1;
        let mended = mend(row, sink);
        let each = mended.as_ref().unwrap_or(each);
        let Some(name) = text(each, "name") else {
            sink.reject(row, "no-name", "a guest without a name", &each.to_string());
            continue;
        };
        let guest = Machine {
            id: MachineRef {
                uuid: text(each, "uuid").and_then(|text| uuid(&text)),
                name: Some(short_name(&name)),
                ..MachineRef::default()
            },
            virtualisation: Some(Virtual {
                technology: text(each, "vmtype").unwrap_or_else(|| "unknown".to_owned()),
                host: id.name.clone(),
                vcpus: text(each, "vcpu").as_deref().and_then(count),
                template: false,
                powered: text(each, "status").map(|status| status == "running"),
                configured_os: text(each, "operatingsystem").and_then(|text| told(&text)),
            }),
            ..Machine::default()
        };
        sink.fact(row, Fact::Machine(guest), Vec::new());
    }
    sink.part(Some("databases_services"));
    for (index, each) in list("databases_services").iter().enumerate() {
        let row = index as u64 + 1;
        let kind = text(each, "type").unwrap_or_default().to_lowercase();
        let name = text(each, "name").unwrap_or_default();
        if kind.contains("mssql") || name.to_lowercase().contains("sql server") {
            let instance = SqlInstance {
                machine: id.clone(),
                instance: text(each, "instance").or(Some(name)),
                edition: text(each, "edition"),
                version: text(each, "version"),
                ..SqlInstance::default()
            };
            sink.fact(row, Fact::SqlInstance(instance), Vec::new());
        } else {
            sink.aside(row, &name, "database-of-another-publisher");
        }
    }
}
