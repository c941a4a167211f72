//! JSON: agent inventories, tenant subscriptions, and what is known to be of no use.

use super::{agent_json, azure, cyclonedx, ocs_json};
use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::tables::{self, Record};
use crate::text::Decoded;
use licensing::facts::{Fact, Subscription};
use serde_json::Value;

pub(super) fn read(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    if too_deep(&decoded.text, context.limits.depth) {
        return Err(Refusal::new(Refused::TooLarge, format!("nested deeper than {}", context.limits.depth)));
    }
    let value: Value =
        serde_json::from_str(&decoded.text).or_else(|error| lines(&decoded.text).ok_or(error)).map_err(|error| {
            let reason = if error.is_eof() { Refused::CutOff } else { Refused::Malformed };
            let line = error.line() as u64;
            Refusal::new(reason, format!("line {line}: {error}")).at(line)
        })?;
    // One line of osquery's log of snapshots is one object.
    let value = match value.get("snapshot").and_then(Value::as_array) {
        Some(rows) => Value::Array(rows.iter().map(|row| of_host(row, &value)).collect()),
        None => value,
    };
    if let Some(action) = value.get("action").and_then(Value::as_str) {
        return match action {
            "inventory" => agent_json::read(&value, decoded.encoding, evidence, context),
            other => {
                Err(Refusal::new(Refused::NoEvidence, format!("an agent's `{other}` message: it carries no inventory")))
            }
        };
    }
    if value
        .get("content")
        .is_some_and(|content| content.get("hardware").is_some() || content.get("softwares").is_some())
    {
        return agent_json::read(&value, decoded.encoding, evidence, context);
    }
    if cyclonedx::is_cyclonedx(&value) {
        return cyclonedx::read(name, &value, decoded.encoding, evidence, context);
    }
    if let Some(sections) = ocs_json::sections(&value) {
        return Ok(ocs_json::read(name, &value, sections, decoded.encoding, evidence, context));
    }
    if value.as_array().is_some_and(|list| ocs_json::is_osquery(list)) {
        return Ok(ocs_json::osquery(name, &value, decoded.encoding, evidence, context));
    }
    let list = value.get("value").or(Some(&value)).and_then(Value::as_array);
    if let Some(list) = list.filter(|list| list.iter().any(|each| text(each, "skuPartNumber").is_some())) {
        return Ok(skus(list, decoded.encoding, evidence, context));
    }
    if let Some(list) =
        value.get("value").or(Some(&value)).and_then(Value::as_array).filter(|list| azure::is_list(list))
    {
        return Ok(azure::read(list, decoded.encoding, evidence, context));
    }
    let objects = value.get("value").or_else(|| value.get("values")).unwrap_or(&value);
    if let Some(read) =
        table(objects).and_then(|records| tables::objects(name, &records, decoded.encoding, evidence, context))
    {
        return read;
    }
    // An answer of a programming interface: one list under a name of its own (`{"hosts": [...]}`).
    if let Some(read) = sole_list(&value)
        .and_then(table)
        .and_then(|records| tables::objects(name, &records, decoded.encoding, evidence, context))
    {
        return read;
    }
    let of_no_use = if value.get("Sources").is_some() || text(&value, "$schema").is_some_and(|s| s.contains("winget")) {
        "a winget export: package ids without titles, and without what winget cannot match; use an inventory tool's list"
    } else if text(&value, "$schema").is_some() {
        "a JSON schema"
    } else {
        "JSON of no kind that is known; export as CSV, or use an inventory tool's own export"
    };
    Err(Refusal::new(Refused::NoEvidence, of_no_use))
}

/// The one list of objects that an object holds; `None` where it holds several.
fn sole_list(value: &Value) -> Option<&Value> {
    let mut lists = value
        .as_object()?
        .values()
        .filter(|each| each.as_array().is_some_and(|list| list.iter().any(Value::is_object)));
    lists.next().filter(|_| lists.next().is_none())
}

/// One object a line, as osquery's log and streaming exports write. A log that is being written ends in the middle of a line, which
/// stays a text. `None`: the lines are no objects.
fn lines(text: &str) -> Option<Value> {
    let mut filled = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    let mut all = Vec::new();
    while let Some(line) = filled.next() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() => match value.get("snapshot").and_then(Value::as_array) {
                Some(rows) => all.extend(rows.iter().map(|row| of_host(row, &value))),
                None => all.push(value),
            },
            Err(error) if error.is_eof() && filled.peek().is_none() && all.len() > 1 => {
                all.push(Value::String(line.to_owned()));
            }
            _ => return None,
        }
    }
    (all.len() > 1).then_some(Value::Array(all))
}

/// A row of a snapshot with the host that the snapshot names.
fn of_host(row: &Value, snapshot: &Value) -> Value {
    let host = snapshot.get("hostIdentifier").cloned().unwrap_or_default();
    let seen = snapshot.get("unixTime").cloned().unwrap_or_default();
    serde_json::json!({ "hostIdentifier": host, "unixTime": seen, "columns": row })
}

/// The object that a person put in the place of a row.
pub(super) fn mend(row: u64, sink: &Sink) -> Option<Value> {
    serde_json::from_str(sink.mend(row)?).ok().filter(Value::is_object)
}

/// Objects of one kind as records under their keys; lists of texts joined by `+`, as the admin centre does in CSV.
fn table(value: &Value) -> Option<Vec<Record>> {
    let list = value.as_array().filter(|list| !list.is_empty() && list.iter().all(Value::is_object))?;
    let mut header: Vec<String> = Vec::new();
    for key in list.iter().take(50).filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if !header.contains(key) && header.len() < 500 {
            header.push(key.clone());
        }
    }
    let cell = |each: &Value, key: &String| match each.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(true)) => "True".to_owned(),
        Some(Value::Bool(false)) => "False".to_owned(),
        Some(Value::Array(parts)) => parts
            .iter()
            // Licences of a person are objects that name an SKU.
            .filter_map(|part| {
                part.as_str().map(str::to_owned).or_else(|| text(part, "skuPartNumber")).or_else(|| text(part, "skuId"))
            })
            .collect::<Vec<_>>()
            .join("+"),
        _ => String::new(),
    };
    let rows = list.iter().map(|each| Record { cells: header.iter().map(|key| cell(each, key)).collect(), cut: false });
    Some(std::iter::once(Record { cells: header.clone(), cut: false }).chain(rows).collect())
}

/// A text under a key, whatever its case.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    let found = value.get(key).or_else(|| {
        value.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    })?;
    match found {
        Value::String(text) => crate::values::told(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn too_deep(text: &str, most: usize) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn skus(list: &[Value], encoding: &str, evidence: &str, context: &Context) -> Reading {
    let mut sink = Sink::new("m365-subscribed-skus", encoding, evidence, context.limits.rows).mended(context);
    for (index, each) in list.iter().enumerate() {
        let row = index as u64 + 1;
        let mended = mend(row, &sink);
        let each = mended.as_ref().unwrap_or(each);
        let units = |key: &str| each.get("prepaidUnits").and_then(|u| text(u, key)).and_then(|t| t.parse::<u64>().ok());
        let consumed = text(each, "consumedUnits").and_then(|t| t.parse().ok());
        match (text(each, "skuPartNumber"), consumed) {
            (Some(sku), Some(consumed)) => {
                let subscription = Subscription {
                    sku,
                    sku_id: text(each, "skuId"),
                    enabled: units("enabled").unwrap_or(0),
                    warning: units("warning").unwrap_or(0),
                    suspended: units("suspended").unwrap_or(0),
                    locked_out: units("lockedOut").unwrap_or(0),
                    consumed,
                    status: text(each, "capabilityStatus"),
                    exported: None,
                };
                sink.fact(row, Fact::Subscription(subscription), Vec::new());
            }
            _ => sink.reject(row, "no-number", "no SKU or no number of consumed units", &each.to_string()),
        }
    }
    sink.done()
}
