//! What would be, and what differs between two days or two cases.

use super::{Place, demo, told};

fn run(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    let all = [&["position", "--case", "demo", "--as-of", "2026-11-20"], arguments].concat();
    told(place.command().args(all).output().unwrap())
}

const CHANGES: &str = r#"
[[buy]]
id = "new-2022"
product = "Windows Server"
edition = "Standard"
version = "2022"
metric = "core_2pack"
quantity = 2
channel = "csp"

[[retire]]
name = "NOBODY"
"#;

#[test]
fn two_packs_close_the_gap_of_four_cores_and_the_case_stays_as_it_was() {
    let place = demo();
    place.write("changes.toml", CHANGES);
    let (_, before, _) = run(place, &["--format", "json"]);
    let (code, out, err) = run(place, &["--what-if", "changes.toml"]);
    assert_eq!(code, 1, "{err}");
    let row = out.lines().find(|line| line.starts_with("Windows Server Standard 2022")).unwrap();
    assert!(row.contains("16 → 20") && row.contains("4 → 0"), "{out}");
    assert!(out.contains("lot new-2022 came in (4 units)"), "{out}");
    assert!(out.contains("NOBODY: the case knows nothing of that name"), "{out}");
    let (_, french, _) = run(place, &["--what-if", "changes.toml", "--lang", "fr"]);
    assert!(french.contains("le lot new-2022 est venu s'ajouter (4 unités)"), "{french}");
    let (_, after, _) = run(place, &["--format", "json"]);
    assert_eq!(before, after);
    let (_, json, _) = run(place, &["--what-if", "changes.toml", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["comparison"]["changes"].as_array().unwrap().len(), 1);
    assert_eq!(value["left_out"][0]["code"], "change-names-nothing");
    assert!(value["position"]["lines"].as_array().unwrap().len() > 20);
}

#[test]
fn days_and_cases_are_compared_and_what_is_neither_is_named() {
    let place = demo();
    let (_, out, _) = run(place, &["--compare", "2026-11-20", "2026-11-20"]);
    assert!(out.contains("Every line has the same figures."), "{out}");
    let (code, out, _) = run(place, &["--compare", "case", "demo@2026-11-20"]);
    assert_eq!(code, 1);
    assert!(out.contains("0 → 60"), "{out}");
    let (code, _, err) = run(place, &["--compare", "nowhere", "2026-11-20"]);
    assert_eq!(
        (code, err.as_str()),
        (2, "quittance: nowhere is neither a day (2026-11-24) nor the folder of a case.\n")
    );
    place.write("bad.toml", "[[bye]]\n");
    let (code, _, err) = run(place, &["--what-if", "bad.toml"]);
    assert!(code == 2 && err.contains("bad.toml is no list of changes") && err.contains("bye"), "{err}");
    place.write("empty.toml", "");
    assert_eq!(run(place, &["--what-if", "empty.toml"]).0, 2);
}

#[test]
fn each_cluster_has_three_figures_and_none_is_dearer_than_the_cheapest_says() {
    let place = demo();
    let (_, json, _) = run(place, &["--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let clusters = value["clusters"].as_array().unwrap();
    assert_eq!(clusters.len(), 2);
    let cost = |figure: &serde_json::Value| figure["cost"].as_str().unwrap().parse::<f64>().unwrap();
    for cluster in clusters {
        let cheapest = cost(&cluster["cheapest"]);
        assert!(
            cheapest <= cost(&cluster["as_it_stands"]) && cheapest <= cost(&cluster["as_it_may_move"]),
            "{cluster}"
        );
    }
    let (_, french, _) = run(place, &["--lang", "fr"]);
    assert!(
        french.contains("Grappes : trois chiffres chacune") && french.contains("machines réunies sur bdx-esx01"),
        "{french}"
    );
    let (_, page, _) = run(place, &["--format", "html"]);
    assert!(
        page.contains("CL-BDX-PROD on 20 November 2026: 4 hosts, 16 virtual machines, which move by themselves"),
        "the page tells it too"
    );
}
