//! A whole company's people: directory, tenant and access logs, joined, are what its truth tells.

use super::{company_purchases::facts, shared};
use licensing::deployments::join;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Plans in one order and case: exports of one tenant in two languages write them alike but for that.
fn sorted(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect()
}

#[test]
fn the_people_of_belharra_are_those_of_its_truth() {
    let Some(folder) = shared("corpus/inventory/made/belharra") else { return };
    let truth = std::fs::read_to_string(folder.join("truth.json")).expect("the truth is there");
    let truth: Value = serde_json::from_str(&truth).expect("the truth is JSON");
    let (rows, _) = facts(&folder);
    let mut people: BTreeMap<String, _> = BTreeMap::new();
    let mut extra = Vec::new();
    for person in join::persons(&rows) {
        let key = person.sam.clone().or_else(|| person.upn.clone()).unwrap_or_default();
        if people.insert(key.clone(), person).is_some() {
            extra.push(key);
        }
    }
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let wanted = truth["users"].as_array().expect("users");
    for each in wanted {
        let text = |key: &str| each[key].as_str().map(str::to_lowercase);
        let Some(found) =
            text("sam").and_then(|sam| people.remove(&sam)).or_else(|| text("upn").and_then(|upn| people.remove(&upn)))
        else {
            wrong.entry("missing").or_default().push(each.to_string());
            continue;
        };
        let plans: BTreeSet<String> = found.plans.iter().map(|plan| plan.to_lowercase()).collect();
        if plans != sorted(&each["plans"]) {
            wrong.entry("plans").or_default().push(format!("{}: wanted {}, found {plans:?}", found.id, each["plans"]));
        }
        let reached: BTreeSet<String> = found.reached.iter().map(|(server, _)| server.to_lowercase()).collect();
        let servers: BTreeSet<String> = each["server_access"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|access| access[0].as_str().map(str::to_lowercase))
            .collect();
        if reached != servers {
            wrong.entry("access").or_default().push(format!("{}: wanted {servers:?}, found {reached:?}", found.id));
        }
        let kind = json!(found.kind).as_str().unwrap_or("person").to_owned();
        // An administrator's second account is no person of its own, like a service; the truth has a word for it, we have not.
        let kind_wanted = match each["kind"].as_str().unwrap_or_default() {
            "shared mailbox" => "shared",
            "admin" => "service",
            other => other,
        };
        if kind != kind_wanted {
            wrong.entry("kind").or_default().push(format!("{}: wanted {kind_wanted}, found {kind}", found.id));
        }
        // The day of leaving stands in none of the files; that the person left does.
        if !each["left"].is_null() && !found.is_leaver() {
            wrong.entry("left").or_default().push(found.id.clone());
        }
        for (key, value) in
            [("ad_enabled", json!(found.ad_enabled)), ("blocked", json!(found.blocked)), ("upn", json!(found.upn))]
        {
            let (wanted, shown) = (each[key].to_string().to_lowercase(), value.to_string());
            if wanted != shown {
                wrong.entry(key).or_default().push(format!("{}: wanted {}, found {value}", found.id, each[key]));
            }
        }
    }
    extra.extend(people.into_keys());
    wrong.entry("not in the truth").or_default().extend(extra);
    wrong.retain(|_, list| !list.is_empty());
    for (key, list) in &wrong {
        eprintln!("{key}: {} of {}", list.len(), wanted.len());
        for each in list.iter().take(8) {
            eprintln!("    {each}");
        }
    }
    assert_eq!(wrong.values().map(Vec::len).sum::<usize>(), 0, "values otherwise than the truth");
}
