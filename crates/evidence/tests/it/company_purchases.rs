//! A whole company's purchases: statements, invoices and charges become the lots that its truth tells.

use super::{read_all, shared};
use jiff::civil::Date;
use licensing::facts::{FactRow, Origin};
use licensing::terms::Terms;
use recognition::lots::{Lots, PurchaseView, build};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads every file below a folder; leaves the facts, and the path of each evidence hash.
pub(super) fn facts(folder: &Path) -> (Vec<FactRow>, BTreeMap<String, String>) {
    let (mut rows, mut names) = (Vec::new(), BTreeMap::new());
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let mut inside: Vec<_> = std::fs::read_dir(&path).expect("a folder").flatten().map(|e| e.path()).collect();
            inside.sort();
            open.extend(inside);
            continue;
        }
        let name = path.strip_prefix(folder).expect("inside").to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&path).expect("a file");
        for (_, outcome) in read_all(&name, &bytes) {
            if let Ok(reading) = outcome {
                if let Some(first) = reading.facts.first() {
                    names.insert(first.origin.evidence.to_string(), name.clone());
                }
                rows.extend(reading.facts);
            }
        }
    }
    (rows, names)
}

fn company() -> Option<(Lots, Value, BTreeMap<String, String>)> {
    let folder = shared("corpus/inventory/made/belharra")?;
    let truth: Value =
        serde_json::from_slice(&std::fs::read(folder.join("truth.json")).expect("the truth")).expect("JSON");
    let (rows, names) = facts(&folder);
    let terms = Terms::builtin().expect("the terms parse");
    let as_of: Date = truth["as_of"].as_str().expect("a day").parse().expect("a day");
    Some((build(&rows, &terms, as_of), truth, names))
}

fn places(rows: &[Origin], names: &BTreeMap<String, String>) -> Vec<(String, u64)> {
    let mut made: Vec<_> =
        rows.iter().map(|o| (names.get(o.evidence.as_str()).cloned().unwrap_or_default(), o.row)).collect();
    made.sort();
    made
}

fn wanted_places(lot: &Value) -> Vec<(String, u64)> {
    let mut made: Vec<_> = lot["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (row["file"].as_str().unwrap_or_default().to_owned(), row["row"].as_u64().unwrap_or_default()))
        .collect();
    made.sort();
    made
}

/// What both tell of a lot, field by field.
fn fields(view: &PurchaseView) -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("product", json!(view.product)),
        ("edition", json!(view.edition)),
        ("version", json!(view.version)),
        ("metric", json!(view.metric)),
        ("quantity", json!(view.quantity)),
        ("units_per_quantity", json!(view.units_per_quantity)),
        ("purchase_type", json!(view.purchase_type)),
        ("date", json!(view.date.map(|d| d.to_string()))),
        ("sa_end", json!(view.sa_end.map(|d| d.to_string()))),
        ("effective_version", json!(view.effective_version)),
        ("agreement", json!(view.agreement)),
        ("channel", json!(view.channel)),
        ("in_statement", json!(view.in_statement)),
        ("in_invoices", json!(view.in_invoices)),
        ("in_csp", json!(view.in_csp)),
    ])
}

#[test]
fn the_lots_of_belharra_are_those_of_its_truth() {
    let Some((lots, truth, names)) = company() else { return };
    let wanted = truth["purchases"].as_array().expect("purchases");
    let mut left: Vec<&PurchaseView> = lots.view.iter().collect();
    let mut differences = Vec::new();
    for lot in wanted {
        // The row that first tells a lot says which lot it is.
        let rows = wanted_places(lot);
        let Some(at) = left.iter().position(|view| places(&view.rows, &names).iter().any(|row| rows.contains(row)))
        else {
            differences.push(format!("{}: no such lot", lot["id"]));
            continue;
        };
        let view = left.remove(at);
        for (field, value) in fields(view) {
            if value != lot[field] {
                differences.push(format!("{} {field}: {value}, the truth has {}", lot["id"], lot[field]));
            }
        }
        if places(&view.rows, &names) != rows {
            differences.push(format!("{} rows: {:?}, the truth has {rows:?}", lot["id"], places(&view.rows, &names)));
        }
    }
    differences.extend(left.iter().map(|view| format!("{} is in no truth: {view:?}", view.id)));
    for difference in &differences {
        eprintln!("{difference}");
    }
    for finding in &lots.findings {
        eprintln!("finding {finding:?}");
    }
    assert!(differences.is_empty(), "{} differences", differences.len());
}

#[test]
fn one_of_the_two_statements_gives_the_same_lots_as_both() {
    let Some(folder) = shared("corpus/inventory/made/belharra/achats") else { return };
    let terms = Terms::builtin().expect("the terms parse");
    let as_of: Date = "2026-11-24".parse().expect("a day");
    let (rows, names) = facts(&folder);
    let without = |language: &str| -> Vec<FactRow> {
        rows.iter().filter(|row| !names[row.origin.evidence.as_str()].contains(language)).cloned().collect()
    };
    let sums = |rows: &[FactRow]| {
        let mut sums: Vec<_> = build(rows, &terms, as_of)
            .entitlements
            .into_iter()
            .map(|e| (e.product, e.edition, e.version, e.metric, e.quantity, e.sa_until))
            .collect();
        sums.sort();
        sums
    };
    assert_eq!(sums(&rows), sums(&without("-FR")));
    assert_eq!(sums(&rows), sums(&without("-EN")));
}
