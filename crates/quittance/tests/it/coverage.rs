//! What the evidence covers, and what it lacks.

use super::{Place, SOFTWARE, demo};
use std::io::Write;

#[test]
fn coverage_tells_what_is_missing_doubled_or_silent_by_site_and_source() {
    let place = demo();
    let (code, out, _) = place.run(&["coverage", "--case", "demo", "--as-of", "2026-11-20"]);
    assert_eq!(code, 0);
    assert!(out.contains("BDX                  251      251 (100 %)"), "{out}");
    assert!(out.contains("seen by no inventory: BDX-FORM-001, BDX-FORM-002"), "{out}");
    assert!(out.contains("a credit note takes back 5"), "{out}");
    let (_, french, _) = place.run(&["coverage", "--case", "demo", "--as-of", "2026-11-20", "--lang", "fr"]);
    assert!(french.contains("vues par aucun inventaire") && french.contains("un avoir reprend 5"), "{french}");
    let (_, empty, _) = place.run(&["coverage"]);
    assert_eq!(empty, "No machine is known so far. Add inventories with `quittance add`.\n");
    let json = place.json(&["coverage", "--case", "demo", "--as-of", "2026-11-20", "--format", "json"]);
    assert_eq!(json["sites"].as_array().unwrap().len(), 4);
}

#[test]
fn a_source_that_came_in_an_archive_was_missing_from_the_figures() {
    let place = Place::new();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("reports/list.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(SOFTWARE.as_bytes()).unwrap();
    place.write("export.zip", archive.finish().unwrap().into_inner());
    assert_eq!(place.run(&["add", "export.zip"]).0, 0);
    let told = place.json(&["coverage", "--format", "json"]);
    assert_eq!(told["sources"][0], "software-list", "{told}");
    assert_eq!(told["sites"][0]["seen_by"]["software-list"], 2);
}
