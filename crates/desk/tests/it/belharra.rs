//! A whole company, made by another hand: what all its exports say, joined and recognised, beside its truth. Every difference
//! is printed, one line each.

use evidence::{Context, Member};
use licensing::facts::FactRow;
use licensing::terms::Terms;
use recognition::estate::{FactsView, company, facts_view};
use recognition::titles::Titles;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/inventory/made/belharra");
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: the made company is not here");
    None
}

/// Reads every file below `folder`; leaves the facts and the path of each evidence hash.
fn read(folder: &Path) -> (Vec<FactRow>, BTreeMap<String, String>) {
    let context = Context::default();
    let (mut rows, mut paths) = (Vec::new(), BTreeMap::new());
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
            continue;
        }
        let name = path.strip_prefix(folder).expect("inside").to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&path).expect("a file");
        let members = match evidence::open(&bytes, &context.limits) {
            Ok(Some(members)) => members,
            _ => vec![Member { name: name.clone(), bytes }],
        };
        for member in members {
            paths.insert(evidence::fingerprint(&member.bytes), name.clone());
            if let Ok(reading) = evidence::read(&member.name, &member.bytes, &context) {
                rows.extend(reading.facts);
            }
        }
    }
    (rows, paths)
}

struct Sides {
    truth: Value,
    found: Value,
    /// The id of the truth's machine for each of ours.
    ids: BTreeMap<String, String>,
}

fn sides() -> Option<Sides> {
    let folder = folder()?;
    let truth: Value =
        serde_json::from_slice(&std::fs::read(folder.join("truth.json")).expect("the truth")).expect("JSON");
    let (rows, paths) = read(&folder);
    let as_of = truth["as_of"].as_str().expect("a day").parse().expect("a day");
    let (titles, terms) = (Titles::builtin().expect("titles"), Terms::builtin().expect("terms"));
    let company = company(&rows, &titles, &terms, Vec::new(), as_of);
    let view: FactsView =
        facts_view(&company, &titles, as_of, &|hash| paths.get(hash).cloned().unwrap_or_else(|| hash.to_owned()));
    let found = serde_json::to_value(&view).expect("JSON");
    let ids = pair(&truth, &found);
    Some(Sides { truth, found, ids })
}

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

fn text(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_owned()
}

/// Two machines may bear one name: the serial or UUID parts them.
fn pair(truth: &Value, found: &Value) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for ours in list(found, "machines") {
        let named: Vec<&Value> = list(truth, "machines")
            .iter()
            .filter(|theirs| text(theirs, "name").eq_ignore_ascii_case(&text(ours, "name")))
            .collect();
        let same = |theirs: &&&Value, key: &str| !ours[key].is_null() && ours[key] == theirs[key];
        let best = named
            .iter()
            .find(|theirs| same(theirs, "serial") || same(theirs, "uuid"))
            .or_else(|| named.iter().find(|theirs| !taken.contains(&text(theirs, "id"))));
        if let Some(theirs) = best {
            taken.insert(text(theirs, "id"));
            ids.insert(text(ours, "id"), text(theirs, "id"));
        }
    }
    ids
}

/// Prints what one side has and the other has not; the number of differences.
fn differ<T: Ord + std::fmt::Debug>(what: &str, wanted: &BTreeSet<T>, found: &BTreeSet<T>) -> usize {
    let missing: Vec<&T> = wanted.difference(found).collect();
    let extra: Vec<&T> = found.difference(wanted).collect();
    for each in &missing {
        eprintln!("{what}: missing {each:?}");
    }
    for each in &extra {
        eprintln!("{what}: not in the truth {each:?}");
    }
    missing.len() + extra.len()
}

#[test]
fn every_machine_is_the_truths() {
    let Some(Sides { truth, found, ids }) = sides() else { return };
    let wanted: BTreeSet<String> = list(&truth, "machines").iter().map(|each| text(each, "id")).collect();
    let all: BTreeSet<String> = list(&found, "machines")
        .iter()
        .map(|each| ids.get(&text(each, "id")).cloned().unwrap_or_else(|| text(each, "name")))
        .collect();
    let mut wrong = differ("machine", &wanted, &all);
    let keys = [
        "kind",
        "virtual",
        "os",
        "os_build",
        "processors",
        "cores",
        "logical",
        "vcpus",
        "host",
        "cluster",
        "power",
        "template",
        "serial",
        "uuid_as_windows_says",
        "in_domain",
        "ad_enabled",
        "last_seen",
        "stale",
        "retired",
        "counts_for_licences",
        "software_seen",
        "site",
        "other_names",
    ];
    let theirs: BTreeMap<String, &Value> =
        list(&truth, "machines").iter().map(|each| (text(each, "id"), each)).collect();
    for ours in list(&found, "machines") {
        let Some(truth) = ids.get(&text(ours, "id")).and_then(|id| theirs.get(id)) else { continue };
        for key in keys {
            let own = if key == "uuid_as_windows_says" { &ours["uuid"] } else { &ours[key] };
            let (a, b) = (truth[key].to_string().to_lowercase(), own.to_string().to_lowercase());
            if a != b {
                eprintln!("{}: {key}: wanted {a}, found {b}", text(ours, "name"));
                wrong += 1;
            }
        }
    }
    assert_eq!(wrong, 0, "machines or values otherwise than the truth");
}

#[test]
fn accounts_and_old_records_are_no_machines() {
    let Some(Sides { truth, found, .. }) = sides() else { return };
    let names = |of: &Value| list(of, "not_machines").iter().map(|each| text(each, "name")).collect::<BTreeSet<_>>();
    assert_eq!(differ("not a machine", &names(&truth), &names(&found)), 0);
}

#[test]
fn every_product_is_the_truths() {
    let Some(Sides { truth, found, ids }) = sides() else { return };
    let key = |of: &Value, machine: String| {
        (machine, text(of, "family"), text(of, "edition"), text(of, "version"), text(of, "standing"), text(of, "kind"))
    };
    let wanted: BTreeSet<_> = list(&truth, "products").iter().map(|each| key(each, text(each, "machine"))).collect();
    let ours: BTreeSet<_> = list(&found, "products")
        .iter()
        .map(|each| {
            let machine = text(each, "machine");
            key(each, ids.get(&machine).cloned().unwrap_or(machine))
        })
        .collect();
    assert_eq!(differ("product", &wanted, &ours), 0);
    assert_eq!(found["counts"]["licensable_by_product"], truth["counts"]["licensable_by_product"]);
}

#[test]
fn every_other_title_is_the_truths() {
    let Some(Sides { truth, found, .. }) = sides() else { return };
    let key = |each: &Value| (text(each, "title"), text(each, "standing"), each["machines"].as_u64());
    // A title that the truth leaves to each program's own rules is compared by neither side.
    let left: BTreeSet<String> = list(&truth, "not_licence_demand")
        .iter()
        .filter(|each| text(each, "standing") == "unscored")
        .map(|each| text(each, "title"))
        .collect();
    let of = |side: &Value| -> BTreeSet<_> {
        list(side, "not_licence_demand").iter().filter(|each| !left.contains(&text(each, "title"))).map(key).collect()
    };
    assert_eq!(differ("title", &of(&truth), &of(&found)), 0);
}

#[test]
fn every_user_and_plan_is_the_truths() {
    let Some(Sides { truth, found, .. }) = sides() else { return };
    let key = |each: &Value| {
        let sorted = |key: &str| {
            let mut all: Vec<String> = list(each, key).iter().map(ToString::to_string).collect();
            all.sort();
            all
        };
        let values = ["sam", "kind", "site", "ad_enabled", "blocked", "left", "licensed_leaver", "name"]
            .map(|key| format!("{key}={}", each[key]));
        (text(each, "upn").to_lowercase(), values, sorted("plans"), sorted("server_access"))
    };
    let of = |side: &Value| -> BTreeSet<_> { list(side, "users").iter().map(key).collect() };
    assert_eq!(differ("user", &of(&truth), &of(&found)), 0);
}

#[test]
fn every_subscription_and_count_is_the_truths() {
    let Some(Sides { truth, found, .. }) = sides() else { return };
    let of =
        |side: &Value| -> BTreeSet<String> { list(side, "subscriptions").iter().map(ToString::to_string).collect() };
    let wrong = differ("subscription", &of(&truth), &of(&found));
    assert_eq!(wrong, 0, "subscriptions otherwise than the truth");
    assert_eq!(found["counts"], truth["counts"]);
}
