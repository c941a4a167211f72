//! Bad input, the same twice, mappings, members of archives: the batch goes on, and what was not taken leaves no mark.

use super::{Place, SOFTWARE, machine};
use std::io::Write;
use zip::write::SimpleFileOptions;

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn bad_files_are_refused_by_name_and_the_batch_goes_on() {
    let place = Place::new();
    place.write("in/00-good.json", machine("PC-A"));
    place.write("in/01-empty.csv", "");
    place.write("in/02-cut.json", &machine("PC-B").as_bytes()[..120]);
    place.write(
        "in/03-entities.xml",
        "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"b\">]><REQUEST><CONTENT>&a;</CONTENT></REQUEST>",
    );
    place.write("in/04-bomb.zip", archive(&[("zeros.csv", &vec![b'0'; 30 << 20])]));
    place.write("in/05-line.csv", vec![b'x'; 20 << 20]);
    place.write(
        "in/06-noise.bin",
        (0..4096_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()).collect::<Vec<u8>>(),
    );
    place.write("in/07-columns.csv", "couleur;taille\nbleu;3\nvert;4\n");
    place.write("in/08-broken.zip", &archive(&[("a.json", machine("PC-Z").as_bytes())])[..90]);
    place.write("in/09-good.csv", SOFTWARE);
    let json = place.json(&["add", "in", "--format", "json"]);
    let fates: Vec<(String, String)> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let code = file["refused"]["code"].as_str().unwrap_or("taken");
            (file["name"].as_str().unwrap().to_owned(), code.to_owned())
        })
        .collect();
    let taken: Vec<&str> = fates.iter().filter(|(_, code)| code == "taken").map(|(name, _)| name.as_str()).collect();
    assert_eq!(taken, ["00-good.json", "09-good.csv"], "{fates:?}");
    let why = |name: &str| fates.iter().find(|(each, _)| each == name).map(|(_, code)| code.as_str()).unwrap();
    assert_eq!(why("01-empty.csv"), "empty");
    assert_eq!(why("03-entities.xml"), "entities");
    assert_eq!(why("04-bomb.zip"), "bomb");
    assert_eq!(why("05-line.csv"), "too-large");
    assert_eq!(place.json(&["files", "--format", "json"])["files"].as_array().unwrap().len(), 2);
    assert_eq!(place.run(&["add", "in"]).0, 1);
}

#[test]
fn what_is_refused_leaves_the_case_as_before() {
    let place = Place::new();
    place.write("good.csv", SOFTWARE);
    place.run(&["add", "good.csv"]);
    let before = place.state();
    place.write("bad/cut.json", &machine("PC-B").as_bytes()[..120]);
    place.write("bad/empty", "");
    let (code, _, err) = place.run(&["add", "bad", "missing.csv"]);
    assert_eq!(code, 2);
    assert!(err.contains("None of the files could be taken"), "{err}");
    assert_eq!(place.state(), before);
}

#[test]
fn the_same_bytes_twice_change_nothing() {
    let place = Place::new();
    place.write("a/one.json", machine("PC-A"));
    place.write("a/two.json", machine("PC-A"));
    let json = place.json(&["add", "a", "--format", "json"]);
    assert_eq!((&json["taken"], &json["known"]), (&1.into(), &1.into()));
    let before = place.state();
    let json = place.json(&["add", "a", "--format", "json"]);
    assert_eq!((&json["taken"], &json["known"]), (&0.into(), &2.into()));
    assert_eq!(place.state(), before);
}

#[test]
fn members_of_an_archive_are_read_once_wherever_they_come_from() {
    let place = Place::new();
    place.write("alone.json", machine("PC-A"));
    place.write(
        "all.zip",
        archive(&[("a.json", machine("PC-A").as_bytes()), ("b.json", machine("PC-B").as_bytes()), ("empty.csv", b"")]),
    );
    place.run(&["add", "alone.json"]);
    let (code, out, _) = place.run(&["add", "all.zip"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("all.zip/a.json: in the case already as alone.json"), "{out}");
    assert!(out.contains("all.zip/b.json: taken as an inventory of a machine"), "{out}");
    assert!(out.contains("all.zip/empty.csv: not taken; it has no bytes"), "{out}");
    let facts = place.json(&["facts", "--raw", "--format", "json"]);
    let origins: Vec<&serde_json::Value> =
        facts["facts"].as_array().unwrap().iter().map(|row| &row["origin"]).collect();
    let of_archive =
        origins.iter().filter(|origin| origin["part"].as_str().is_some_and(|part| part.starts_with("b.json"))).count();
    assert!(of_archive > 0, "{origins:?}");
}

#[test]
fn the_facts_tell_each_file_with_the_rows_that_were_not_understood() {
    let place = Place::new();
    place.write("agent.json", machine("PC-A"));
    place.write(
        "list.csv",
        "PSComputerName;DisplayName;DisplayVersion;Publisher\nPC-A;Visio;16.0;Microsoft\nPC-A;cut\n",
    );
    place.run(&["add", "agent.json", "list.csv"]);
    let facts = place.json(&["facts", "--format", "json"]);
    let told: Vec<(&str, &str, u64, u64)> = facts["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let count = |key: &str| file[key].as_u64().unwrap();
            let text = |key: &str| file[key].as_str().unwrap();
            (text("path"), text("format"), count("data_rows"), count("malformed_rows"))
        })
        .collect();
    // The envelope of the agent's message, which tells of the machine, is no row of data.
    let programs = facts["files"][0]["data_rows"].as_u64().unwrap();
    let kept = place.json(&["files", "--format", "json"]);
    assert_eq!(kept["files"][0]["readings"][0]["rows"], programs + 1);
    assert_eq!(told, [("agent.json", "glpi-agent-json", programs, 0), ("list.csv", "software-list", 2, 1)]);
    let malformed = &facts["files"][1]["malformed"][0];
    assert_eq!((&malformed["row"], &malformed["why"]), (&2.into(), &"only 2 of 4 columns".into()));
}

#[test]
fn a_file_taken_back_leaves_the_others_as_if_it_had_never_come() {
    let place = Place::new();
    place.write("keep.json", machine("PC-A"));
    place.run(&["add", "keep.json"]);
    let before = place.state();
    place.write("gone.csv", SOFTWARE);
    place.run(&["add", "gone.csv"]);
    assert_ne!(place.state(), before);
    assert_eq!(place.run(&["add", "--undo", "gone.csv"]).0, 0);
    assert_eq!(place.state(), before);
    assert_eq!(place.run(&["add", "gone.csv"]).0, 0);
}

#[test]
fn an_unknown_table_is_taken_by_a_mapping_that_the_program_proposes() {
    let place = Place::new();
    let table = "N° de poste;Nom du logiciel;Version installée\nPC-7;Microsoft Visio Standard 2016;16.0\n";
    place.write("table.csv", table);
    let (code, out, _) = place.run(&["add", "table.csv"]);
    assert_eq!(code, 2);
    assert!(out.contains("machine = \"N° de poste\"") && out.contains("--mapping FILE"), "{out}");
    let json = place.json(&["add", "table.csv", "--format", "json"]);
    let mapping = &json["files"][0]["refused"]["proposal"]["mapping"];
    let columns: String = mapping["columns"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(meaning, heading)| format!("{meaning} = {heading}\n"))
        .collect();
    place.write("mapping.toml", format!("name = \"parc\"\nabout = {}\n[columns]\n{columns}", mapping["about"]));
    let (code, out, err) = place.run(&["add", "table.csv", "--mapping", "mapping.toml"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("taken as a table, by the mapping parc; 1 row, 1 fact"), "{out}");
    // Kept in the case: the next table of this shape needs nothing.
    place.write("next.csv", table.replace("PC-7", "PC-8"));
    assert_eq!(place.run(&["add", "next.csv"]).0, 0);
}

#[test]
fn a_case_among_its_evidence_is_not_added_to_itself() {
    let place = Place::new();
    place.write("good.json", machine("PC-A"));
    let json = place.json(&["add", ".", "--format", "json"]);
    let names: Vec<&str> =
        json["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["good.json"]);
}

#[test]
fn rows_are_facts_and_rejects() {
    let place = Place::new();
    place.write("in/a.csv", SOFTWARE);
    place.write("in/b.json", machine("PC-A"));
    place.run(&["add", "in"]);
    for file in place.json(&["files", "--format", "json"])["files"].as_array().unwrap() {
        for reading in file["readings"].as_array().unwrap() {
            let count = |key: &str| reading[key].as_u64().unwrap();
            assert_eq!(count("rows"), count("facts") + count("rejects"), "{file}");
        }
    }
}

#[test]
fn a_proposed_mapping_is_accepted_kept_and_used_again() {
    let place = Place::new();
    place.write("parc.csv", "N° de poste;Désignation logiciel;Vers.\nPC-1;Microsoft Visio Standard 2016;16\n");
    place.write("suite.csv", "N° de poste;Désignation logiciel;Vers.\nPC-2;Microsoft Visio Standard 2016;16\n");
    assert_eq!(place.run(&["add", "parc.csv"]).0, 2, "what is proposed is not taken without a word");
    let (code, out, err) = place.run(&["add", "parc.csv", "--accept-mapping"]);
    assert!(code == 0 && out.contains("by the mapping parc; 1 row, 1 fact"), "{out}{err}");
    let (code, out, _) = place.run(&["add", "suite.csv"]);
    assert!(code == 0 && out.contains("by the mapping parc"), "{out}");
    let (code, out, _) = place.run(&["mappings"]);
    assert!(code == 0 && out.contains("parc  a machine  machine = N° de poste"), "{out}");
    assert_eq!(place.run(&["mappings", "--forget", "autre"]).0, 2);
    let (code, out, _) = place.run(&["mappings", "--forget", "parc"]);
    assert!(code == 0 && out.contains("2 files were read by it") && out.contains("parc.csv, suite.csv"), "{out}");
    place.write("fin.csv", "N° de poste;Désignation logiciel;Vers.\nPC-3;Microsoft Visio Standard 2016;16\n");
    assert_eq!(place.run(&["add", "fin.csv"]).0, 2, "a mapping that was forgotten is used no more");
}

#[test]
fn a_proof_kept_as_pdf_is_found_by_its_words_and_counts_for_nothing() {
    let place = Place::new();
    let page = |words: &str| evidence::trial::pdf(&format!("BT /F1 12 Tf ({words}) Tj ET"));
    let inside = page("Avenant au contrat V7788990");
    place.write("in/contrat.pdf", page("Contrat Open Value V7788990, Software Assurance"));
    place.write("in/preuves.zip", archive(&[("avenant.pdf", inside.as_bytes())]));
    place.json(&["add", "in", "--format", "json"]);
    let found = |words: &str| -> Vec<String> {
        let json = place.json(&["files", "--holding", words, "--format", "json"]);
        let pages = json["pages"].as_array().unwrap();
        pages.iter().map(|page| page["file"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found("v7788990 CONTRAT"), ["contrat.pdf", "preuves.zip/avenant.pdf"]);
    assert_eq!(found("software assurance"), ["contrat.pdf"]);
    assert!(found("contrat datacenter").is_empty());
    let facts = place.json(&["facts", "--format", "json"]);
    assert_eq!((facts["machines"].as_array().unwrap().len(), facts["purchases"].as_array().unwrap().len()), (0, 0));
}
