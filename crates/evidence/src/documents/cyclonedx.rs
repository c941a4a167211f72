//! A bill of materials in CycloneDX (JSON, 1.2 to 1.6): the applications and systems that it lists, as titles. A row is a component,
//! however deep it lies in others. What a product is made of (libraries, files) is set aside; so is what it says of licences bought,
//! since it tells no quantity.

use super::json::text;
use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::values;
use licensing::facts::{Fact, MachineRef, Title};
use serde_json::Value;

/// Components within components.
const DEPTH: usize = 32;

pub(super) fn is_cyclonedx(value: &Value) -> bool {
    text(value, "bomFormat").as_deref() == Some("CycloneDX")
}

pub(super) fn read(
    name: &str,
    value: &Value,
    encoding: &str,
    evidence: &str,
    context: &Context,
) -> Result<Reading, Refusal> {
    let mut sink = Sink::new("cyclonedx", encoding, evidence, context.limits.rows);
    let about = value.get("metadata").and_then(|metadata| metadata.get("component"));
    let device = about.filter(|about| text(about, "type").as_deref() == Some("device")).and_then(|d| text(d, "name"));
    let machine = device.or_else(|| {
        let stem = crate::tables::machine_of_file(name)?;
        sink.note("machine-from-file-name", stem.clone());
        Some(stem)
    });
    let machine = MachineRef { name: machine.map(|name| values::short_name(&name)), ..MachineRef::default() };
    let mut row = 0;
    components(value, &machine, 0, &mut row, &mut sink);
    if row == 0 {
        return Err(Refusal::new(Refused::NoEvidence, "a bill of materials without components"));
    }
    Ok(sink.done())
}

fn components(of: &Value, machine: &MachineRef, depth: usize, row: &mut u64, sink: &mut Sink) {
    let list = of.get("components").and_then(Value::as_array).filter(|_| depth < DEPTH);
    for component in list.into_iter().flatten() {
        if !sink.has_room() {
            sink.note("too-many-rows", "rows beyond the bound were not read");
            return;
        }
        *row += 1;
        let swid = component.get("swid");
        let title = swid.and_then(|swid| text(swid, "name")).or_else(|| text(component, "name"));
        let kind = text(component, "type").unwrap_or_default();
        match title {
            None => sink.reject(*row, "no-name", "a component without a name", &component.to_string()),
            Some(title) if matches!(kind.as_str(), "application" | "operating-system" | "platform") => {
                let supplier = component.get("supplier").and_then(|supplier| text(supplier, "name"));
                let fact = Title {
                    machine: machine.clone(),
                    publisher: text(component, "publisher").or(supplier),
                    name: title,
                    version: text(component, "version"),
                    key: swid.and_then(|swid| text(swid, "tagId")),
                    from: Some("cyclonedx".to_owned()),
                    ..Title::default()
                };
                sink.fact(*row, Fact::Title(fact), Vec::new());
            }
            Some(title) => sink.aside(*row, &title, "no-application"),
        }
        let licences = component.get("licenses").and_then(Value::as_array);
        for licence in licences.into_iter().flatten().filter_map(|each| each.get("license")) {
            if let Some(licensing) = licence.get("licensing") {
                *row += 1;
                let order = text(licensing, "purchaseOrder").unwrap_or_default();
                let what = text(licence, "name").or_else(|| text(licence, "id")).unwrap_or_default();
                sink.aside(*row, format!("{what} {order}").trim(), "licence-without-quantity");
            }
        }
        components(component, machine, depth + 1, row, sink);
    }
}
