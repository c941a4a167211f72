//! A rejected row is seen, mended and tried again in place; its file keeps its bytes.

use super::{Place, SOFTWARE, machine};

fn raw_facts(place: &Place) -> Vec<serde_json::Value> {
    place.json(&["facts", "--raw", "--format", "json"])["facts"].as_array().unwrap().clone()
}

#[test]
fn a_row_is_mended_marked_and_put_back() {
    let place = Place::new();
    place.write("list.csv", SOFTWARE);
    place.run(&["add", "list.csv"]);
    let before = place.state();
    let (_, out, _) = place.run(&["rejects"]);
    assert!(out.starts_with("1. list.csv, row 2") && out.contains("PC-2 ; Microsoft Visio Standard 2016"), "{out}");
    let (code, _, err) = place.run(&["rejects", "--mend", "1", "--with", "PC-2;Microsoft Visio Standard 2016"]);
    assert!(code == 2 && err.contains("still not understood"), "{err}");
    assert_eq!(place.state(), before, "what is not understood changes nothing");
    let row = "PC-2 ; Microsoft Visio Standard 2016 ; 16.0 ; Microsoft Corporation";
    let (code, out, err) = place.run(&["rejects", "--mend", "1", "--with", row]);
    assert!(code == 0 && out.contains("list.csv, row 2: read as"), "{out}{err}");
    let facts = raw_facts(&place);
    assert_eq!(facts.len(), 3);
    let visio = facts.iter().find(|fact| fact["origin"]["row"] == 2).unwrap();
    assert_eq!(visio["fact"]["name"], "Microsoft Visio Standard 2016");
    assert!(visio["remarks"][0].as_str().unwrap().starts_with("mended by hand: tester, "), "{visio}");
    let files = place.json(&["files", "--format", "json"]);
    assert_eq!(files["files"][0]["readings"][0]["rows"], 3, "rows are facts and rejects, as before");
    assert_eq!(place.json(&["rejects", "--format", "json"])["rejects"].as_array().unwrap().len(), 0);
    // The bytes are those that came.
    let hash = files["files"][0]["hash"].as_str().unwrap();
    assert_eq!(std::fs::read(place.path("case/evidence").join(hash)).unwrap(), SOFTWARE.as_bytes());
    let (_, explained, _) = place.run(&["explain", "visio", "--as-of", "2026-11-24"]);
    assert!(explained.contains("tester: list.csv, row 2: read as"), "{explained}");
    // Taken back and added again, it is mended still: the act stands.
    place.run(&["add", "--undo", "list.csv"]);
    place.run(&["add", "list.csv"]);
    assert_eq!(raw_facts(&place).len(), 3);
    let mended = place.json(&["rejects", "--mended", "--format", "json"]);
    let act = mended["mended"][0]["act"].to_string();
    assert_eq!(place.run(&["rejects", "--undo", &act]).0, 0);
    assert_eq!(place.json(&["rejects", "--format", "json"])["rejects"].as_array().unwrap().len(), 1);
    assert_eq!(raw_facts(&place).len(), 2);
}

#[test]
fn a_program_without_a_name_in_an_agents_message_is_mended_too() {
    let place = Place::new();
    place.write("pc.json", machine("PC-A").replace(r#""name":"7-Zip 19.00","#, ""));
    place.run(&["add", "pc.json"]);
    let (code, _, err) =
        place.run(&["rejects", "--mend", "1", "--with", r#"{"name":"7-Zip 19.00","version":"19.00"}"#]);
    assert_eq!(code, 0, "{err}");
    assert!(raw_facts(&place).iter().any(|fact| fact["fact"]["name"] == "7-Zip 19.00"));
    assert_eq!(place.run(&["rejects", "--mend", "1", "--with", "x"]).0, 2);
}

#[test]
fn a_file_is_read_again_with_a_better_mapping() {
    let place = Place::new();
    place.write("inventaire.csv", "Poste;Appli;Vers\nPC-1;Word;16\nPC-2;Excel;16\n");
    let mapping = |name: &str| {
        format!("name = \"own\"\nabout = \"software\"\n[columns]\nmachine = \"Poste\"\nname = \"{name}\"\n")
    };
    place
        .write("wrong.toml", mapping("Vers").replace("machine = \"Poste\"", "machine = \"Poste\"\nserial = \"Appli\""));
    place.write("right.toml", mapping("Appli"));
    assert_eq!(place.run(&["add", "inventaire.csv", "--mapping", "wrong.toml"]).0, 0);
    assert_eq!(raw_facts(&place)[0]["fact"]["name"], "16");
    let (code, out, err) =
        place.run(&["rejects", "--retry", "inventaire.csv", "--mapping", "right.toml", "--lang", "fr"]);
    assert!(code == 0 && out.contains("relu"), "{out}{err}");
    assert_eq!(raw_facts(&place)[0]["fact"]["name"], "Word");
}
