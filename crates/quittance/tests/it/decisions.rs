//! Titles that no rule places, joins that are wrong or missing: what a person decides holds, is told, and can be undone.

use super::Place;

const TITLES: &str = "\"PSComputerName\";\"DisplayName\";\"DisplayVersion\";\"Publisher\"\r\n\
    \"PC-1\";\"Microsoft Office Contoso Edition 2016\";\"16.0.1\";\"Microsoft Corporation\"\r\n\
    \"PC-2\";\"Microsoft Office Contoso Edition 2016\";\"16.0.2\";\"Microsoft Corporation\"\r\n\
    \"PC-2\";\"Microsoft Fabric Thing\";\"1.0\";\"Microsoft Corporation\"\r\n\
    \"PC-3\";\"7-Zip 19.00\";\"19.00\";\"Igor Pavlov\"\r\n";

fn with_titles() -> Place {
    let place = Place::new();
    place.write("list.csv", TITLES);
    assert_eq!(place.run(&["add", "list.csv"]).0, 0);
    place
}

#[test]
fn the_queue_shows_what_no_rule_places_and_what_may_need_a_licence_is_asked() {
    let place = with_titles();
    let (code, out, _) = place.run(&["titles"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[1].contains("2  Microsoft Office Contoso Edition 2016") && lines[1].contains("16.0.1, 16.0.2"),
        "{out}"
    );
    assert!(lines[1].contains("Office 2016") && lines[1].contains("list.csv, row 1"), "{out}");
    assert!(lines[2].contains("1  Microsoft Fabric Thing") && !out.contains("7-Zip"), "{out}");
    let asked = place.json(&["questions", "--format", "json"]);
    let subjects: Vec<&str> = asked.as_array().unwrap().iter().filter_map(|each| each["subject"].as_str()).collect();
    assert_eq!(subjects, ["Microsoft Office Contoso Edition 2016"]);
    let (_, french, _) = place.run(&["questions", "--lang", "fr"]);
    assert!(french.contains("Qu’est-ce que le titre Microsoft Office Contoso Edition 2016"), "{french}");
}

#[test]
fn a_decision_changes_position_facts_and_explain_and_is_undone() {
    let place = with_titles();
    let before = place.json(&["position", "--as-of", "2026-11-24", "--format", "json"]);
    assert_eq!(before["lines"].as_array().unwrap().len(), 0);
    let title = "microsoft office contoso edition 2016";
    let decide = ["titles", "--decide", title, "--product", "office", "--edition", "standard", "--version", "2016"];
    let (code, out, err) = place.run(&[&decide[..], &["--why", "the contract names it so"]].concat());
    assert_eq!(
        (code, out.as_str()),
        (0, "Decision 3: microsoft office contoso edition 2016 is Office Standard 2016 (the contract names it so)\n"),
        "{err}"
    );
    let after = place.json(&["position", "--as-of", "2026-11-24", "--format", "json"]);
    assert_eq!(after["lines"][0]["id"], "office/standard/2016/device");
    assert_eq!(after["lines"][0]["required"]["shown"], 2);
    assert_eq!(after["decisions"][0]["lines"][0], "office/standard/2016/device");
    let (_, explained, _) = place.run(&["explain", "office", "--as-of", "2026-11-24"]);
    assert!(
        explained.contains("What was decided here") && explained.contains("tester: microsoft office contoso"),
        "{explained}"
    );
    for (language, heading) in [("en", "What people decided"), ("fr", "Ce qui a été décidé à la main")] {
        let page = ["position", "--as-of", "2026-11-24", "--format", "html", "--lang", language];
        let (_, page, _) = place.run(&page);
        let behind = page.split(heading).nth(1).unwrap_or_default();
        assert!(behind.contains("microsoft office contoso edition 2016"), "the decision stands on the page: {page}");
        assert_eq!(page.matches("the contract names it so").count(), 2, "with its line, and in the list");
    }
    let facts = place.json(&["facts", "--as-of", "2026-11-24", "--format", "json"]);
    assert_eq!(facts["products"][0]["decided"], "decided-3");
    // The queue no longer holds it, and the question is gone.
    assert!(!place.run(&["titles"]).1.contains("Contoso"));
    assert_eq!(place.json(&["questions", "--as-of", "2026-11-24", "--format", "json"]).as_array().unwrap().len(), 0);
    assert_eq!(place.run(&["titles", "--undo", "3"]).0, 0);
    assert_eq!(place.run(&["titles", "--undo", "3"]).0, 2);
    assert_eq!(place.json(&["position", "--as-of", "2026-11-24", "--format", "json"]), before);
}

#[test]
fn decisions_are_shared_as_rules_without_their_author() {
    let place = with_titles();
    let thing = "Microsoft Fabric Thing";
    assert_eq!(place.run(&["titles", "--decide", thing, "--as", "no-licence"]).0, 2, "a reason is asked for");
    assert_eq!(place.run(&["titles", "--decide", thing, "--as", "component", "--why", "part of our suite"]).0, 0);
    let title = "Microsoft Office Contoso Edition 2016";
    assert_eq!(place.run(&["titles", "--decide", title, "--product", "Word", "--version", "2016"]).0, 0);
    assert_eq!(place.run(&["titles", "--export", "rules.toml"]).0, 0);
    let rules = std::fs::read_to_string(place.path("rules.toml")).unwrap();
    assert!(rules.contains("own-microsoft-fabric-thing") && !rules.contains("tester"), "{rules}");
    let other = with_titles();
    other.write("rules.toml", &rules);
    assert_eq!(other.run(&["titles", "--import", "rules.toml"]).0, 0);
    assert!(other.run(&["titles"]).1.contains("Every title of the case is recognised"));
    let lines = |place: &Place| place.json(&["position", "--as-of", "2026-11-24", "--format", "json"])["lines"].clone();
    assert_eq!(lines(&place)[0]["product"], "Word");
    assert_eq!(lines(&place), lines(&other));
    other.write("bad.toml", "[[rule]]\nid = \"x\"\nmatch = \"(\"\nstanding = \"free\"\nfamily = \"\"\nwhy = \"\"\n");
    let (code, _, err) = other.run(&["titles", "--import", "bad.toml"]);
    assert!(code == 2 && err.contains("bad.toml"), "{err}");
}

#[test]
fn a_product_that_the_terms_do_not_know_is_refused_with_those_they_know() {
    let place = with_titles();
    let (code, _, err) = place.run(&["titles", "--decide", "X", "--product", "Foo"]);
    assert!(code == 2 && err.contains("SQL Server"), "{err}");
    let (code, _, err) = place.run(&["titles", "--decide", "X", "--product", "Office", "--version", "1912"]);
    assert!(code == 2 && err.contains("2016"), "{err}");
    assert_eq!(place.run(&["titles", "--decide", "X"]).0, 2);
}

fn agent(name: &str, serial: &str, title: &str) -> String {
    format!(
        r#"{{"action":"inventory","deviceid":"{name}-2026-11-01-08-00-00","itemtype":"Computer","content":{{
        "versionclient":"GLPI-Agent_v1.7","hardware":{{"name":"{name}"}},"bios":{{"ssn":"{serial}"}},
        "operatingsystem":{{"full_name":"Microsoft Windows 10 Professionnel","version":"10.0.19045","name":"Windows"}},
        "softwares":[{{"name":"{title}","publisher":"Microsoft Corporation","version":"16.0"}}]}}}}"#
    )
}

fn required(place: &Place) -> Vec<(String, u64)> {
    let position = place.json(&["position", "--as-of", "2026-11-24", "--format", "json"]);
    let lines = position["lines"].as_array().unwrap().iter();
    lines
        .filter(|line| line["product"] == "Office")
        .map(|line| (line["version"].as_str().unwrap().to_owned(), line["required"]["shown"].as_u64().unwrap()))
        .collect()
}

#[test]
fn a_wrong_join_is_split_in_the_position_and_stays_so_when_evidence_comes() {
    let place = Place::new();
    place.write("a.json", agent("TILL-1", "MZ01A7", "Microsoft Office Standard 2016"));
    place.write("b.json", agent("PRESS-2", "MZ01A7", "Microsoft Office Standard 2016"));
    assert_eq!(place.run(&["add", "a.json", "b.json"]).0, 0);
    assert_eq!(required(&place), [("2016".to_owned(), 1)], "the copied serial number makes them one");
    let (_, out, _) = place.run(&["joins"]);
    assert!(out.contains("1 = 2: the same serial number, mz01a7") && out.contains("b.json, row 0"), "{out}");
    let machines = place.json(&["joins", "--format", "json"]);
    let name = machines["machines"][0]["machine"].as_str().unwrap().to_owned();
    let (code, out, err) = place.run(&["joins", "--split", &name, "--records", "1", "--why", "copied board"]);
    assert!(code == 0 && out.contains("one record is not the machine") && out.contains("copied board"), "{out}{err}");
    assert_eq!(required(&place), [("2016".to_owned(), 2)]);
    let (_, explained, _) = place.run(&["explain", "office", "--as-of", "2026-11-24", "--lang", "fr"]);
    assert!(explained.contains("un enregistrement n’est pas la machine"), "{explained}");
    place.write(
        "c.csv",
        "Nom du poste;N° de série;Nom du logiciel;Version\nPRESS-2;MZ01A7;Microsoft Visio Standard 2016;16\n",
    );
    place.run(&["add", "c.csv"]);
    assert_eq!(required(&place), [("2016".to_owned(), 2)]);
    let (_, decisions, _) = place.run(&["joins", "--decisions"]);
    assert!(decisions.contains("tester: one record is not the machine"), "{decisions}");
    let act = place.json(&["joins", "--decisions", "--format", "json"])["decisions"][0]["act"].to_string();
    assert_eq!(place.run(&["joins", "--undo", &act]).0, 0);
    assert_eq!(required(&place), [("2016".to_owned(), 1)]);
}

#[test]
fn machines_are_joined_by_hand_and_what_cannot_be_is_refused() {
    let place = Place::new();
    place.write("a.json", agent("OLD-PC", "MZ01A7", "Microsoft Office Standard 2016"));
    place.write("b.json", agent("NEW-PC", "QQ77B2", "Microsoft Office Standard 2016"));
    assert_eq!(place.run(&["add", "a.json", "b.json"]).0, 0);
    assert_eq!(required(&place), [("2016".to_owned(), 2)]);
    let (code, out, _) = place.run(&["joins", "--join", "old-pc", "NEW-PC"]);
    assert!(code == 0 && out.contains("OLD-PC, NEW-PC are one machine"), "{out}");
    assert_eq!(required(&place), [("2016".to_owned(), 1)]);
    let name = place.json(&["joins", "--format", "json"])["machines"][0]["machine"].as_str().unwrap().to_owned();
    assert!(place.run(&["joins", &name]).1.contains("joined by hand"));
    let (code, _, err) = place.run(&["joins", "--split", &name, "--records", "1"]);
    assert!(code == 2 && err.contains("joined by hand"), "{err}");
    assert_eq!(place.run(&["joins", "--split", &name, "--records", "1,2"]).0, 2);
    assert_eq!(place.run(&["joins", "--split", &name, "--records", "9"]).0, 2);
    assert_eq!(place.run(&["joins", "--join", &name, &name]).0, 2);
    assert_eq!(place.run(&["joins", "nobody"]).0, 2);
}

#[test]
fn people_are_split_and_joined_as_machines_are() {
    let place = Place::new();
    let users = "Display name,User principal name,First name,Last name,When created,Department,Block credential,Licenses\n\
        Jean Durand,jean@x.example,Jean,Durand,2020-01-01,IT,False,Unlicensed\n\
        Jean Durand (admin),adm@x.example,Jean,Durand,2020-01-01,IT,False,Unlicensed\n";
    place.write("users.csv", users);
    assert_eq!(place.run(&["add", "users.csv"]).0, 0);
    let (code, out, err) = place.run(&["joins", "--join", "jean@x.example", "adm@x.example", "--lang", "fr"]);
    assert!(code == 0 && out.contains("sont une seule personne"), "{out}{err}");
    let facts = place.json(&["facts", "--format", "json"]);
    assert_eq!(facts["counts"]["users"], 1);
    let told = place.json(&["joins", "--format", "json"]);
    assert_eq!(told["people"][0]["because"][0]["by"], "hand");
}
