//! The inventory message of FusionInventory and OCS agents: `REQUEST/CONTENT`, one repeated element a row. Read as a stream.

use super::other_xml::{Element, elements};
use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::values::{self, Order, count, short_name, told, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, Title, Virtual};

pub(super) fn read(text: &str, encoding: &str, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let request = elements(text, context.limits.depth, context.limits.rows)?;
    let query = request.text("QUERY").unwrap_or_default();
    if !query.eq_ignore_ascii_case("INVENTORY")
        && request.child("CONTENT").is_none_or(|c| c.child("HARDWARE").is_none())
    {
        return Err(Refusal::new(
            Refused::NoEvidence,
            format!("an agent's `{query}` message: it carries no inventory"),
        ));
    }
    let Some(content) = request.child("CONTENT") else {
        return Err(Refusal::new(Refused::Malformed, "an inventory message without content"));
    };
    let mut sink = Sink::new("agent-xml", encoding, evidence, context.limits.rows);
    let empty = Element::default();
    let part = |name: &str| content.child(name).unwrap_or(&empty);
    let (hardware, bios, system) = (part("HARDWARE"), part("BIOS"), part("OPERATINGSYSTEM"));
    let device = request.text("DEVICEID");
    let name = hardware.text("NAME").or_else(|| device.clone());
    let id = MachineRef {
        uuid: hardware.text("UUID").and_then(|text| uuid(&text)),
        serial: bios.text("SSN"),
        dns: system.text("FQDN"),
        name: name.map(|name| short_name(&name)),
        tool_id: device.map(|device| format!("agent:{device}")),
    };
    let windows = hardware.text("OSNAME").is_some_and(|os| os.to_lowercase().contains("windows"));
    let tag = content
        .children("ACCOUNTINFO")
        .find(|info| info.text("KEYNAME").is_some_and(|key| key == "TAG"))
        .and_then(|info| info.text("KEYVALUE"));
    let cpus: Vec<&Element> = content.children("CPUS").collect();
    let sum = |keys: [&str; 2]| {
        let figures: Vec<u32> = cpus
            .iter()
            .filter_map(|cpu| keys.iter().find_map(|key| cpu.text(key)).as_deref().and_then(count))
            .collect();
        (!figures.is_empty() && figures.len() == cpus.len())
            .then(|| figures.iter().fold(0u32, |a, b| a.saturating_add(*b)))
    };
    let phone = content.child("SIMCARDS").is_some() && !windows
        || hardware
            .text("OSNAME")
            .or_else(|| system.text("FULL_NAME"))
            .is_some_and(|os| os.to_lowercase().contains("android"));
    let technology = hardware.text("VMSYSTEM").filter(|text| text != "Physical");
    let chassis =
        hardware.text("CHASSIS_TYPE").or_else(|| bios.text("TYPE")).map(|text| text.to_lowercase()).unwrap_or_default();
    let processors = u32::try_from(cpus.len())
        .ok()
        .filter(|count| *count > 0)
        .or_else(|| hardware.text("PROCESSORN").as_deref().and_then(count));
    let machine = Machine {
        id: id.clone(),
        kind: if chassis.contains("laptop") || chassis.contains("notebook") || chassis.contains("portable") {
            Some(MachineKind::Laptop)
        } else if chassis.contains("desktop") || chassis.contains("tower") {
            Some(MachineKind::Desktop)
        } else {
            None
        },
        os: system.text("FULL_NAME").or_else(|| hardware.text("OSNAME")),
        os_build: system.text("VERSION").or_else(|| hardware.text("OSVERSION")),
        processors: if technology.is_some() { None } else { processors },
        cores: if technology.is_some() { None } else { sum(["CORE", "CORES"]) },
        logical: sum(["THREAD", "LOGICAL_CPUS"]),
        cpu_model: cpus
            .first()
            .and_then(|cpu| cpu.text("NAME").or_else(|| cpu.text("TYPE")))
            .or_else(|| hardware.text("PROCESSORT")),
        model: match (bios.text("SMANUFACTURER"), bios.text("SMODEL")) {
            (Some(maker), Some(model)) if !model.starts_with(&maker) => Some(format!("{maker} {model}")),
            (maker, model) => model.or(maker),
        },
        virtualisation: technology.map(|technology| Virtual {
            technology,
            host: None,
            vcpus: sum(["THREAD", "CORE"]).or(processors),
            template: false,
            powered: None,
            configured_os: None,
        }),
        site: tag,
        user: hardware.text("LASTLOGGEDUSER").or_else(|| hardware.text("USERID")),
        last_seen: part("ACCESSLOG")
            .text("LOGDATE")
            .or_else(|| hardware.text("LASTDATE"))
            .and_then(|text| values::day(&text, Order::DayFirst)),
        ..Machine::default()
    };
    if phone {
        sink.aside(1, id.name.as_deref().unwrap_or_default(), "mobile-device");
    } else {
        // Row 0: the envelope.
        sink.fact(0, Fact::Machine(machine), Vec::new());
    }
    sink.part(Some("SOFTWARES"));
    for (index, each) in content.children("SOFTWARES").enumerate() {
        let row = index as u64 + 1;
        let Some(name) = each.text("NAME").or_else(|| each.text("GUID")) else {
            sink.reject(row, "no-name", "a program without a name", &each.show());
            continue;
        };
        if phone {
            sink.aside(row, &name, "mobile-device");
            continue;
        }
        let title = Title {
            machine: id.clone(),
            publisher: each.text("PUBLISHER"),
            name,
            version: each.text("VERSION"),
            installed: each.text("INSTALLDATE").and_then(|text| values::day(&text, Order::DayFirst)),
            key: each.text("GUID").and_then(|text| told(&text)),
            parent: None,
            system_component: false,
            from: each.text("FROM").or_else(|| Some("agent".to_owned())),
            told: None,
        };
        sink.fact(row, Fact::Title(title), Vec::new());
    }
    sink.part(Some("VIRTUALMACHINES"));
    for (index, each) in content.children("VIRTUALMACHINES").enumerate() {
        let row = index as u64 + 1;
        let Some(name) = each.text("NAME") else {
            sink.reject(row, "no-name", "a guest without a name", &each.show());
            continue;
        };
        let guest = Machine {
            id: MachineRef {
                uuid: each.text("UUID").and_then(|text| uuid(&text)),
                name: Some(short_name(&name)),
                ..MachineRef::default()
            },
            virtualisation: Some(Virtual {
                technology: each.text("VMTYPE").unwrap_or_else(|| "unknown".to_owned()),
                host: id.name.clone(),
                vcpus: each.text("VCPU").as_deref().and_then(count),
                template: false,
                powered: each.text("STATUS").map(|status| status == "running"),
                configured_os: None,
            }),
            ..Machine::default()
        };
        sink.fact(row, Fact::Machine(guest), Vec::new());
    }
    Ok(sink.done())
}
