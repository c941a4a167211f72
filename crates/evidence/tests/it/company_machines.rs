//! A whole company's machines: what its tools export, joined, is what its truth tells, value by value.

use super::{company_purchases::facts, shared};
use licensing::deployments::join::{self, JoinedMachine};
use serde_json::Value;
use std::collections::BTreeMap;

/// A machine's values in the truth's words, for comparing.
fn told(machine: &JoinedMachine) -> BTreeMap<&'static str, Value> {
    let seen = machine.last_seen.map(|day| day.to_string());
    BTreeMap::from([
        ("virtual", machine.is_virtual.into()),
        ("processors", machine.processors.into()),
        ("cores", machine.cores.into()),
        ("logical", machine.logical.into()),
        ("vcpus", machine.vcpus.into()),
        ("host", machine.host.clone().into()),
        ("cluster", machine.cluster.clone().into()),
        ("template", machine.template.into()),
        ("in_domain", machine.in_domain.into()),
        ("ad_enabled", machine.ad_enabled.into()),
        ("retired", machine.retired.into()),
        ("last_seen", seen.into()),
        ("os", machine.os.clone().into()),
        ("os_build", machine.os_build.clone().into()),
        ("dns", machine.dns.clone().map(|dns| dns.to_lowercase()).into()),
    ])
}

/// Without the maker's name before a system, and in one case: names of hosts are written either way.
fn plain(value: &Value) -> String {
    value.to_string().to_lowercase().replace("microsoft ", "").replace('®', "")
}

#[test]
fn the_machines_of_belharra_are_those_of_its_truth() {
    let Some(folder) = shared("corpus/inventory/made/belharra") else { return };
    let truth = std::fs::read_to_string(folder.join("truth.json")).expect("the truth is there");
    let truth: Value = serde_json::from_str(&truth).expect("the truth is JSON");
    let (rows, _) = facts(&folder);
    let joined = join::machines(&rows);
    let wanted = truth["machines"].as_array().expect("machines");
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut left: Vec<&JoinedMachine> = joined.machines.iter().collect();
    for each in wanted {
        let text = |key: &str| each[key].as_str().unwrap_or_default();
        // Two machines may bear one name: the UUID decides, then the serial, then the name.
        let place = [
            left.iter().position(|m| m.uuid.is_some() && m.uuid.as_deref() == each["uuid_as_windows_says"].as_str()),
            left.iter().position(|m| m.uuid.is_some() && m.uuid.as_deref() == each["uuid"].as_str()),
            left.iter().position(|m| m.serial.is_some() && m.serial.as_deref() == each["serial"].as_str()),
            left.iter().position(|m| m.name.eq_ignore_ascii_case(text("name"))),
        ];
        let Some(found) = place.into_iter().flatten().find(|at| left[*at].name.eq_ignore_ascii_case(text("name")))
        else {
            wrong.entry("missing").or_default().push(text("name").to_owned());
            continue;
        };
        let found = left.remove(found);
        for (key, value) in told(found) {
            // What no file tells of a machine is unknown, and not wrong: the truth knows sizes that only its maker saw.
            let unknown = value.is_null() && ["processors", "cores", "logical", "dns", "os_build", "os"].contains(&key);
            // Of a template only the configured system is known, without its edition.
            let unknown = unknown || (key == "os" && found.template);
            if !unknown && each.get(key).is_some_and(|wanted| plain(wanted) != plain(&value)) {
                wrong.entry(key).or_default().push(format!("{}: wanted {}, found {value}", text("name"), each[key]));
            }
        }
    }
    wrong.entry("not in the truth").or_default().extend(left.iter().map(|machine| machine.name.clone()));
    wrong.retain(|_, list| !list.is_empty());
    for (key, list) in &wrong {
        eprintln!("{key}: {} of {}", list.len(), wanted.len());
        for each in list.iter().take(9) {
            eprintln!("    {each}");
        }
    }
    assert_eq!(wrong.values().map(Vec::len).sum::<usize>(), 0, "values otherwise than the truth");
}
