//! What the evidence covers, and what it lacks.

use super::demo;

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
