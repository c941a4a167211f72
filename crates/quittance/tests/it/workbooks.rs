//! The auditor's workbook as a user meets it: inspected, mapped, filled, scrubbed.

use super::{Place, demo, told};
use std::io::Read;
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/workbooks");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: ../shared/corpus/workbooks is absent");
    None
}

/// Runs in the place of the demo company.
fn run(arguments: &[&str]) -> (i32, String, String) {
    told(demo().command().env("QUITTANCE_CASE", "demo").args(arguments).output().unwrap())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Every member of a package with its packed bytes.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut member = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            (member.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

#[test]
fn every_made_signature_has_its_verdict_and_sentence() {
    let Some(folder) = corpus() else { return };
    let signed = folder.join("made/signed");
    let at = |name: &str| shown(&signed.join(name));
    let expected = [
        ("01-valid", "valid"),
        ("02-valid-legacy-only", "valid-legacy-only"),
        ("03-valid-sha1", "valid"),
        ("04-expired-no-timestamp", "expired"),
        ("05-expired-rfc3161", "valid"),
        ("06-expired-pkcs9", "valid"),
        ("07-timestamp-after-expiry", "expired"),
        ("08-revoked-no-timestamp", "revoked"),
        ("09-revoked-after-timestamp", "valid"),
        ("10-revoked-before-timestamp", "revoked"),
        ("11-not-yet-valid", "not-yet-valid"),
        ("12-wrong-eku", "wrong-usage"),
        ("13-self-signed", "untrusted"),
        ("14-broken-messagedigest", "broken"),
        ("15-project-changed", "changed"),
    ];
    let files: Vec<String> = expected.iter().map(|(name, _)| at(&format!("{name}.xlsm"))).collect();
    let (ca, tsa, crl) = (at("ca.pem"), at("tsa-ca.pem"), at("ca.crl"));
    let mut arguments = vec!["inspect", "--trust", &ca, "--trust", &tsa, "--crl", &crl, "--at", "2026-11-24"];
    arguments.extend(["--format", "json"]);
    arguments.extend(files.iter().map(String::as_str));
    let (code, out, err) = run(&arguments);
    assert_eq!(code, 1, "some of them are changed or revoked: {err}");
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    for (file, (name, verdict)) in found.as_array().unwrap().iter().zip(expected) {
        assert_eq!(file["signature"]["verdict"], verdict, "{name}");
        let sentence = file["signature"]["sentence"].as_str().unwrap();
        assert!(sentence.contains("ignataire") || verdict == "changed" || verdict == "broken", "{name}: {sentence}");
        assert!(!sentence.contains("{ $") && !sentence.contains("{$"), "{name}: {sentence}");
    }
}

#[test]
fn the_form_of_the_story_is_said_to_be_expired_and_harmless_in_both_languages() {
    let Some(folder) = corpus() else { return };
    let form = shown(&folder.join("made/questionnaire-900x250.xlsm"));
    let (code, out, _) = run(&["inspect", &form, "--at", "2026-11-24"]);
    assert_eq!(code, 0);
    assert!(out.contains("It has macros; nothing harmful was found in them."), "{out}");
    assert!(out.contains("ended on 2024-09-18 10:57:29 UTC, and the signature has no time stamp"), "{out}");
    let (_, french, _) = run(&["inspect", &form, "--at", "2026-11-24", "--lang", "fr"]);
    assert!(french.contains("a pris fin le 2024-09-18 10:57:29 UTC"), "{french}");
    let (_, page, _) = run(&["inspect", &form, "--at", "2026-11-24", "--format", "html"]);
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("<script") && page.contains("say_hello"), "{page}");
}

#[test]
fn what_is_no_workbook_and_what_is_locked_are_told() {
    let place = Place::new();
    place.write("letter.txt", "Dear Sir");
    let (code, _, err) = place.run(&["inspect", "letter.txt"]);
    assert_eq!(
        (code, err.as_str()),
        (2, "quittance: letter.txt could not be read: it is no workbook and no macro project.\n")
    );
    let Some(folder) = corpus() else { return };
    let locked = shown(&folder.join("oletools/encrypted.xlsx"));
    let (code, out, _) = place.run(&["inspect", &locked]);
    assert!(code == 1 && out.contains("encrypted"), "{out}");
    let (code, out, _) = place.run(&["inspect", &locked, "--password", "encrypted"]);
    assert!(code == 0 && out.contains("the password given"), "{out}");
}

#[test]
fn a_row_named_after_a_site_of_another_company_was_filled_in_order() {
    let Some(folder) = corpus() else { return };
    let form = shown(&folder.join("made/questionnaire-900x250.xlsm"));
    let (_, out, err) = run(&["fill", &form, "--as-of", "2026-11-20", "--preview"]);
    assert!(out.contains("the form has no row for BDX, MTL, OPO"), "{out}{err}");
    assert!(!out.contains("  BDX  "), "{out}");
}

#[test]
fn the_machine_form_is_filled_with_pseudonyms_and_every_other_part_stays() {
    let Some(folder) = corpus() else { return };
    let form = folder.join("made/formulaire-machines-600x80.xlsm");
    let (code, out, err) = run(&[
        "fill",
        &shown(&form),
        "--as-of",
        "2026-11-20",
        "-o",
        "machines.xlsm",
        "--set",
        "company=Ateliers Vauban SA",
    ]);
    assert_eq!(code, 0, "{out}{err}");
    let (before, after) = (std::fs::read(&form).unwrap(), std::fs::read(demo().path("machines.xlsm")).unwrap());
    let (before, after) = (parts(&before), parts(&after));
    assert_eq!(before.len(), after.len());
    let changed: Vec<&str> =
        before.iter().zip(&after).filter(|(old, new)| old != new).map(|((name, _), _)| name.as_str()).collect();
    assert!(changed.len() == 1 && changed[0].starts_with("xl/worksheets/"), "{changed:?}");
    let sheet = after.iter().find(|(name, _)| name == changed[0]).unwrap();
    let sheet = String::from_utf8(sheet.1.clone()).unwrap();
    assert!(!sheet.contains("bdx-app01") && !sheet.contains("BDX-AT-001"), "no name of the house leaves");
    let at = sheet.find("SRV-").unwrap();
    let pseudonym = &sheet[at..at + 10];
    let (code, who, _) = run(&["who", pseudonym]);
    assert!(code == 0 && who.contains("bdx-app01"), "{who}");
    let origins = std::fs::read_to_string(demo().path("machines.xlsm.origins.json")).unwrap();
    let origins: serde_json::Value = serde_json::from_str(&origins).unwrap();
    let cells = origins["cells"].as_array().unwrap();
    assert!(cells.len() > 5_000, "{}", cells.len());
    for cell in cells {
        let set = cell["told"]["how"] == "told-by-you";
        let behind = cell["told"]["of"].as_array().unwrap();
        let day = cell["told"]["how"] == "newest-seen";
        assert!(set || day || !behind.is_empty(), "{cell}");
        for each in behind {
            let known =
                !origins["evidence"][each.as_str().unwrap()].is_null() || cell["header"].to_string().contains("chaud");
            assert!(known, "no evidence rows for {each} of {cell}");
        }
    }
    let (code, out, _) = run(&["scrub", "machines.xlsm", "--as-of", "2026-11-20"]);
    assert!(code == 0 && out.contains("none stands there"), "{out}");
    let (code, out, _) = run(&["fill", &shown(&form), "--as-of", "2026-11-20", "-o", "plain.xlsm", "--plain-names"]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = run(&["scrub", "plain.xlsm", "--as-of", "2026-11-20"]);
    assert!(code == 1 && out.contains("BDX-AT-001"), "{out}");
}

#[test]
fn a_part_that_cannot_be_searched_was_passed_over_in_silence() {
    let place = Place::new();
    place.write("open.pdf", "%PDF-1.7\n1 0 obj\n<< /Length 0 >>\nendobj\ntrailer << /Root 1 0 R >>\n");
    place.write("closed.pdf", "%PDF-1.7\n1 0 obj\n<< /Length 0 >>\nendobj\ntrailer << /Root 1 0 R /Encrypt 2 0 R >>\n");
    let (code, out, err) = place.run(&["scrub", "open.pdf", "--name", "srv-paris-01"]);
    assert!(code == 0 && out.contains("none stands there"), "{out}{err}");
    let (code, out, err) = place.run(&["scrub", "closed.pdf", "--name", "srv-paris-01"]);
    assert!(code == 1 && out.contains("a name may stand there: the file itself"), "{out}{err}");
    assert!(out.contains("looked for everywhere else"), "{out}");
}

#[test]
fn a_product_key_in_an_outgoing_file_is_told_by_its_last_group() {
    let place = Place::new();
    place.write(
        "invoice.pdf",
        "%PDF-1.7\n1 0 obj\n(BCDFG-HJKMP-QRTVW-XY234-6789N)\nendobj\ntrailer << /Root 1 0 R >>\n",
    );
    let (code, out, err) = place.run(&["scrub", "invoice.pdf"]);
    assert!(code == 1 && out.contains("product key ending in 6789N"), "{out}{err}");
    assert!(!out.contains("BCDFG"), "{out}");
}

#[test]
fn a_map_is_written_confirmed_and_kept_for_the_next_copy() {
    let Some(folder) = corpus() else { return };
    let place = Place::new();
    let form = shown(&folder.join("made/formulaire-machines-600x80.xlsm"));
    let (code, out, err) = place.run(&["form", &form, "-o", "map.toml"]);
    assert!(code == 0 && out.contains("2 to look at first"), "{out}{err}");
    let map = std::fs::read_to_string(place.path("map.toml")).unwrap();
    assert!(map.contains("confirmed = false"));
    place.write("map.toml", map.replace("confirmed = false", "confirmed = true"));
    let (code, out, _) = place.run(&["form", &form, "--map", "map.toml", "--keep"]);
    assert!(code == 0 && out.contains("0 to look at first"), "{out}");
    let (_, out, _) = place.run(&["form", &form]);
    assert!(out.contains("0 to look at first"), "the case has kept it: {out}");
    place.write("bad.toml", "x = 1");
    let (code, _, err) = place.run(&["form", &form, "--map", "bad.toml"]);
    assert!(code == 2 && err.contains("map of the form cannot be used"), "{err}");
}

#[test]
fn a_copy_that_would_give_a_name_away_is_not_written() {
    let Some(folder) = corpus() else { return };
    let form = shown(&folder.join("made/formulaire-machines-600x80.xlsm"));
    // The user sets a text that holds the name of a machine beside other words: it was not meant as that name.
    let (code, _, err) = run(&[
        "fill",
        &form,
        "--as-of",
        "2026-11-20",
        "-o",
        "leak.xlsm",
        "--set",
        "company=Vauban, host bdx-app01 and others",
    ]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("would give away bdx-app01"), "{err}");
    assert!(!demo().path("leak.xlsm").exists());
}
