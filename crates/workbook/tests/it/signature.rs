//! Signatures of macro projects: the made cases, the real one, further ones, and bytes that mean harm.

use crate::container::{corpus, files};
use proptest::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};
use workbook::container::Ole;
use workbook::signature::{
    Cause, ChainEnd, Flaw, Hash, Instant, Kind, Misuse, Reason, Revocation, Signature, StampFlaw, StampKind, Trust,
    Unchecked, Verdict, WeakPlace, transcript, verify,
};
use workbook::vba::Project;

fn day(text: &str) -> Instant {
    text.parse().unwrap()
}

fn now() -> Instant {
    day("2026-11-24")
}

// ---- the made cases and the real one, from the shared corpus ----

/// What the made cases trust: both authorities, and the revocation list.
fn made_trust(folder: &Path) -> Trust {
    let mut trust = Trust::new();
    let read = |name: &str| std::fs::read(folder.join("made/signed").join(name)).unwrap();
    trust.add_roots("ca.pem", &read("ca.pem")).unwrap();
    trust.add_roots("tsa-ca.pem", &read("tsa-ca.pem")).unwrap();
    trust.add_crls("ca.crl", &read("ca.crl")).unwrap();
    trust
}

fn code(reason: &Reason) -> String {
    serde_json::to_value(reason).unwrap()["code"].as_str().unwrap().to_owned()
}

#[test]
fn the_fifteen_made_cases_are_judged_as_they_were_made() {
    let Some(folder) = corpus() else { return };
    let trust = made_trust(&folder);
    let expected = [
        (Verdict::Valid, "valid", None),
        (Verdict::ValidLegacyOnly, "legacy-only", None),
        (Verdict::Valid, "valid", None),
        (Verdict::Expired, "expired", None),
        (Verdict::Valid, "valid-by-stamp", Some("2021-06-01")),
        (Verdict::Valid, "valid-by-stamp", Some("2021-06-01")),
        (Verdict::Expired, "expired-before-stamp", Some("2023-06-01")),
        (Verdict::Revoked, "revoked", None),
        (Verdict::Valid, "valid-revoked-later", Some("2021-06-01")),
        (Verdict::Revoked, "revoked-before-stamp", Some("2023-06-01")),
        (Verdict::NotYetValid, "not-yet-valid", None),
        (Verdict::WrongUsage, "wrong-usage", None),
        (Verdict::Untrusted, "self-signed", None),
        (Verdict::Broken, "broken", None),
        (Verdict::Changed, "changed", None),
    ];
    let cases: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("made/signed/cases.json")).unwrap()).unwrap();
    assert_eq!(cases.len(), expected.len());
    for (case, (verdict, reason, stamped)) in cases.iter().zip(expected) {
        let file = case["file"].as_str().unwrap();
        let found = verify(&std::fs::read(folder.join("made/signed").join(file)).unwrap(), &trust, now());
        assert_eq!((found.verdict, code(&found.reason).as_str()), (verdict, reason), "{file}");
        assert_eq!(found.signer.as_deref(), case["signer"].as_str(), "{file}");
        assert!(found.serial.as_ref().unwrap().is(case["serial"].as_str().unwrap()), "{file}");
        assert_eq!(found.not_after, Some(day(case["not_after"].as_str().unwrap())), "{file}");
        assert_eq!(found.stamped, stamped.map(day), "{file}");
        let kinds = if file.starts_with("02") { 1 } else { 3 };
        assert_eq!(found.forms.len(), kinds, "{file}");
        assert_eq!(found.kind, found.forms.last().map(|f| f.kind), "{file}");
    }
}

fn made(folder: &Path, number: &str) -> Vec<u8> {
    let all = files(&folder.join("made/signed"));
    let path = all.iter().find(|p| p.file_name().unwrap().to_str().unwrap().starts_with(number)).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn the_made_cases_keep_their_hashes_and_details() {
    let Some(folder) = corpus() else { return };
    let trust = made_trust(&folder);
    let third = verify(&made(&folder, "03"), &trust, now());
    let hashes: Vec<Hash> = third.forms.iter().map(|f| f.content.as_ref().unwrap().algorithm).collect();
    assert_eq!(hashes, [Hash::Md5, Hash::Sha1, Hash::Sha1]);
    assert!(third.weak.iter().any(|w| w.place == WeakPlace::Content && w.algorithm == "SHA-1"));
    assert!(matches!(&third.revocation, Some(Revocation::Good { source }) if source.file == "ca.crl"));
    let eighth = verify(&made(&folder, "08"), &trust, now());
    let Reason::Revoked(revoked) = &eighth.reason else { panic!("{:?}", eighth.reason) };
    assert_eq!((revoked.since, revoked.cause), (day("2022-03-01"), Cause::KeyCompromise));
    let changed = verify(&made(&folder, "15"), &trust, now());
    let all = vec![Kind::Legacy, Kind::Agile, Kind::V3];
    assert_eq!(changed.reason, Reason::Changed { differ: all, hold: Vec::new() });
    let broken = verify(&made(&folder, "14"), &trust, now());
    let Reason::Broken { kind: Kind::V3, flaw, .. } = &broken.reason else { panic!("{:?}", broken.reason) };
    assert_eq!(*flaw, Flaw::MessageDigest { algorithm: Hash::Sha256 });
    let stamped = verify(&made(&folder, "06"), &trust, now());
    assert_eq!(stamped.stamps[0].kind, StampKind::Pkcs9);
    assert!(stamped.weak.iter().any(|w| w.place == WeakPlace::Stamp && w.algorithm == "SHA-1"));
}

#[test]
fn without_the_authority_of_the_stamp_an_ended_certificate_stays_ended() {
    let Some(folder) = corpus() else { return };
    let mut trust = Trust::new();
    trust.add_roots("ca.pem", &std::fs::read(folder.join("made/signed/ca.pem")).unwrap()).unwrap();
    let found = verify(&made(&folder, "05"), &trust, now());
    assert_eq!(found.verdict, Verdict::Expired);
    let Reason::ExpiredStampIgnored { flaw: StampFlaw::UnknownAuthority { end }, time, .. } = &found.reason else {
        panic!("{:?}", found.reason)
    };
    assert_eq!(*time, Some(day("2021-06-01")));
    assert!(matches!(end, ChainEnd::UnknownRoot { root } if root.name == "Essai Racine Horodatage"));
    assert_eq!(found.stamped, None);
    // The day of judgement alone can also make it good.
    assert_eq!(verify(&made(&folder, "05"), &trust, day("2021-12-31")).verdict, Verdict::Valid);
}

#[test]
fn without_any_root_nobody_is_trusted() {
    let Some(folder) = corpus() else { return };
    let found = verify(&made(&folder, "01"), &Trust::new(), now());
    assert_eq!(found.verdict, Verdict::Untrusted);
    let Reason::UnknownIssuer { end: ChainEnd::UnknownRoot { root }, roots: 0, .. } = &found.reason else {
        panic!("{:?}", found.reason)
    };
    assert_eq!(root.name, "Essai Racine");
    assert_eq!(found.revocation, Some(Revocation::NotChecked(Unchecked::NothingGiven)));
}

#[test]
fn the_real_signature_is_ended_and_holds() {
    let Some(folder) = corpus() else { return };
    for file in
        ["xlsxwriter/macro04.xlsm", "made/questionnaire-900x250.xlsm", "made/questionnaire-900x250-prefilled.xlsm"]
    {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let found = verify(&bytes, &Trust::new(), now());
        let Reason::Expired { certificate } = &found.reason else { panic!("{file} {:?}", found.reason) };
        assert_eq!((found.verdict, found.kind), (Verdict::Expired, Some(Kind::Legacy)), "{file}");
        assert_eq!(certificate.subject, "CN=VBA Code Signing", "{file}");
        assert_eq!(certificate.not_after, day("2024-09-18T10:57:29Z"), "{file}");
        let [form] = found.forms.as_slice() else { panic!("{file}") };
        assert_eq!((form.content_holds, &form.flaw), (Some(true), &None), "{file}");
        assert_eq!(form.content.as_ref().unwrap().algorithm, Hash::Md5);
        assert!(found.weak.iter().any(|w| w.place == WeakPlace::Signature && w.algorithm == "MD5"), "{:?}", found.weak);
        // In its period it was the word of somebody who vouches for himself.
        let then = verify(&bytes, &Trust::new(), day("2024-09-18"));
        assert!(matches!(then.reason, Reason::SelfSigned { .. }), "{file} {:?}", then.reason);
    }
}

#[test]
fn every_other_workbook_of_the_corpus_has_no_signature() {
    let Some(folder) = corpus() else { return };
    let signed = ["macro04", "questionnaire", "made/signed"];
    let mut seen = 0;
    for path in files(&folder) {
        let name = path.to_str().unwrap();
        if signed.iter().any(|s| name.contains(s)) {
            continue;
        }
        let found = verify(&std::fs::read(&path).unwrap(), &Trust::new(), now());
        assert_eq!(found.verdict, Verdict::None, "{name} {:?}", found.reason);
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
    let reason = |name: &str| code(&verify(&std::fs::read(folder.join(name)).unwrap(), &Trust::new(), now()).reason);
    assert_eq!(reason("xlsxwriter/vbaProject05.bin"), "bare-project");
    assert_eq!(reason("poi/SimpleMacro.xlsm"), "no-signature");
    assert_eq!(reason("poi/SimpleMacro.xls"), "no-signature");
    assert_eq!(reason("sheetjs/sheet_visibility.xlsx"), "no-project");
    assert_eq!(reason("sheetjs/sheet_visibility.xls"), "no-project");
    assert_eq!(reason("oletools/encrypted.xlsx"), "unreadable");
    assert_eq!(reason("README.md"), "unreadable");
}

// ---- our own small project and its signatures (tests/fixtures/signature/make.py) ----

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signature").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// An archive of stored entries.
fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let size = (data.len() as u32).to_le_bytes();
        let common =
            [&[0; 8][..], &crc.sum().to_le_bytes(), &size, &size, &(name.len() as u16).to_le_bytes(), &[0, 0]].concat();
        directory.extend([0x50, 0x4b, 1, 2, 20, 0, 20, 0]);
        directory.extend_from_slice(&common);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        out.extend([0x50, 0x4b, 3, 4, 20, 0]);
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(data);
    }
    let (start, count) = (out.len() as u32, parts.len() as u16);
    out.extend_from_slice(&directory);
    out.extend([0x50, 0x4b, 5, 6, 0, 0, 0, 0]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

const LEGACY: &str = "2006/relationships/vbaProjectSignature";
const AGILE: &str = "2014/relationships/vbaProjectSignatureAgile";
const AGILE_AS_SPECIFIED: &str = "2006/relationships/vbaProjectSignatureAgile";
const V3: &str = "2020/07/relationships/vbaProjectSignatureV3";

/// The parts of a workbook with our project and these signatures: (relationship, part, bytes).
fn parts(signatures: &[(&str, &str, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let office = "http://schemas.microsoft.com/office/";
    let rels = |links: String| {
        let space = "http://schemas.openxmlformats.org/package/2006/relationships";
        format!("<Relationships xmlns=\"{space}\">{links}</Relationships>").into_bytes()
    };
    let link = |id: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
    };
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
        <Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/></Types>";
    let document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let links = signatures.iter().enumerate().map(|(i, (kind, part, _))| link(i, &format!("{office}{kind}"), part));
    let mut all = vec![
        ("[Content_Types].xml".to_owned(), types.as_bytes().to_vec()),
        ("_rels/.rels".to_owned(), rels(link(1, document, "xl/workbook.xml"))),
        ("xl/workbook.xml".to_owned(), b"<workbook/>".to_vec()),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            rels(link(1, &format!("{office}2006/relationships/vbaProject"), "vbaProject.bin")),
        ),
        ("xl/vbaProject.bin".to_owned(), fixture("project.bin")),
        ("xl/_rels/vbaProject.bin.rels".to_owned(), rels(links.collect())),
    ];
    for (_, part, bytes) in signatures {
        all.push((format!("xl/{part}"), bytes.clone()));
    }
    all
}

fn workbook(signatures: &[(&str, &str, Vec<u8>)]) -> Vec<u8> {
    zip(&parts(signatures))
}

/// A workbook with one fixture as its newest form.
fn v3(name: &str) -> Vec<u8> {
    workbook(&[(V3, "vbaProjectSignatureV3.bin", fixture(&format!("{name}.bin")))])
}

fn roots() -> Trust {
    let mut trust = Trust::new();
    trust.add_roots("root.pem", &fixture("root.pem")).unwrap();
    trust.add_roots("stamp-root.pem", &fixture("stamp-root.pem")).unwrap();
    trust
}

fn with_crl(name: &str) -> Trust {
    let mut trust = roots();
    trust.add_crls(name, &fixture(name)).unwrap();
    trust
}

fn with_ocsp(name: &str) -> Trust {
    let mut trust = roots();
    trust.add_ocsps(name, &fixture(name)).unwrap();
    trust
}

fn judged(name: &str) -> Signature {
    verify(&v3(name), &roots(), now())
}

#[test]
fn every_algorithm_and_writing_of_a_sound_signature_holds() {
    for (relation, part, name, hash) in [
        (V3, "s.bin", "v3-p256", Hash::Sha256),
        (V3, "s.bin", "v3-rsa-sha384", Hash::Sha384),
        (V3, "s.bin", "v3-p384-chain", Hash::Sha512),
        (V3, "s.bin", "v3-pss", Hash::Sha256),
        (V3, "s.bin", "v3-indefinite", Hash::Sha256),
        (V3, "s.bin", "v3-key-id", Hash::Sha256),
        (AGILE, "s.bin", "agile-rsa-sha512", Hash::Sha512),
        (AGILE, "s.bin", "agile-sha1", Hash::Sha1),
        (AGILE_AS_SPECIFIED, "s.bin", "agile-p256", Hash::Sha256),
    ] {
        let found = verify(&workbook(&[(relation, part, fixture(&format!("{name}.bin")))]), &roots(), now());
        assert_eq!(found.verdict, Verdict::Valid, "{name} {:?}", found.reason);
        assert_eq!(found.forms[0].content.as_ref().unwrap().algorithm, hash, "{name}");
        assert!(found.chain.last().unwrap().root, "{name}");
        let no_v3 = found.findings.iter().any(|f| f.code == "no-v3-form");
        assert_eq!(no_v3, relation != V3, "{name}");
    }
    let old = verify(&workbook(&[(LEGACY, "s.bin", fixture("legacy-md5.bin"))]), &roots(), now());
    assert_eq!(old.verdict, Verdict::ValidLegacyOnly);
    let weak: Vec<&str> = old.weak.iter().map(|w| w.algorithm.as_str()).collect();
    assert_eq!(weak, ["MD5", "MD5", "RSA 1024"]);
    assert_eq!(judged("v3-p256").weak, []);
}

#[test]
fn the_three_byte_strings_of_a_project_with_a_form_hash_as_the_script_wrote_them() {
    let bytes = fixture("project.bin");
    let ole = Ole::open(&bytes).unwrap();
    let project = Project::open(&ole, "").unwrap();
    let all = [(LEGACY, "a.bin", "legacy-p256"), (AGILE, "b.bin", "agile-p256"), (V3, "c.bin", "v3-p256")];
    let all: Vec<_> = all.map(|(kind, part, name)| (kind, part, fixture(&format!("{name}.bin")))).into();
    let found = verify(&workbook(&all), &roots(), now());
    for (form, kind) in found.forms.iter().zip([Kind::Legacy, Kind::Agile, Kind::V3]) {
        let content = form.content.as_ref().unwrap();
        let hash = content.algorithm.digest(&transcript(&ole, &project, kind).unwrap());
        let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((form.kind, &content.signed), (kind, &hex));
    }
    assert_eq!(found.verdict, Verdict::Valid);
}

#[test]
fn a_changed_form_is_seen_by_the_newer_kinds_and_not_by_the_first() {
    let mut bytes = fixture("project.bin");
    let at = bytes.windows(12).position(|w| w == b"forme dedans").unwrap();
    bytes[at] = b'F';
    let all = [(LEGACY, "a.bin", "legacy-p256"), (AGILE, "b.bin", "agile-p256"), (V3, "c.bin", "v3-p256")];
    let all: Vec<_> = all.map(|(kind, part, name)| (kind, part, fixture(&format!("{name}.bin")))).into();
    let mut parts = parts(&all);
    parts.iter_mut().find(|(name, _)| name == "xl/vbaProject.bin").unwrap().1 = bytes;
    let found = verify(&zip(&parts), &roots(), now());
    assert_eq!(found.reason, Reason::Changed { differ: vec![Kind::Agile, Kind::V3], hold: vec![Kind::Legacy] });
}

#[test]
fn broken_signatures_say_how() {
    let flaw = |name: &str| {
        let found = judged(name);
        assert_eq!(found.verdict, Verdict::Broken, "{name}");
        match found.reason {
            Reason::Broken { flaw, .. } => flaw,
            other => panic!("{name} {other:?}"),
        }
    };
    assert_eq!(flaw("two-signers"), Flaw::SeveralSigners { count: 2 });
    assert_eq!(flaw("wrong-key"), Flaw::SignatureValue { algorithm: Hash::Sha256 });
    assert!(matches!(flaw("no-certificate"), Flaw::NoCertificate { issuer, .. } if issuer.contains("Racine d'essai")));
    assert_eq!(flaw("legacy-p256"), Flaw::ContentOfOtherForm);
}

#[test]
fn a_wrapping_that_lies_about_its_offsets_is_broken_and_never_followed() {
    let whole = fixture("v3-p256.bin");
    let judge = |bytes: Vec<u8>| verify(&workbook(&[(V3, "s.bin", bytes)]), &roots(), now());
    for (field, value) in [(0, u32::MAX), (0, 0), (1, u32::MAX), (1, 0), (1, 8), (1, 43), (1, 1_000_000), (1, 45)] {
        let mut bytes = whole.clone();
        bytes[field * 4..field * 4 + 4].copy_from_slice(&u32::to_le_bytes(value));
        let found = judge(bytes);
        assert_eq!(found.verdict, Verdict::Broken, "{field} {value}");
    }
    for cut in [0, 3, 35, 36, 40, 400] {
        assert_eq!(judge(whole[..cut].to_vec()).verdict, Verdict::Broken, "{cut}");
    }
    // The store beside the signature is a convenience: broken, it is told, and the certificates of the CMS serve.
    let mut bytes = whole;
    bytes[12..16].copy_from_slice(&u32::to_le_bytes(u32::MAX));
    let found = judge(bytes);
    assert_eq!(found.verdict, Verdict::Valid);
    assert!(found.findings.iter().any(|f| f.code == "certificate-store-broken"));
}

#[test]
fn a_signature_that_nothing_leads_to_is_an_orphan() {
    let mut all = parts(&[(V3, "vbaProjectSignatureV3.bin", fixture("v3-p256.bin"))]);
    all.retain(|(name, _)| name != "xl/_rels/vbaProject.bin.rels");
    let found = verify(&zip(&all), &roots(), now());
    assert_eq!(found.verdict, Verdict::Orphan);
    assert_eq!(found.reason, Reason::Orphan { parts: vec!["xl/vbaProjectSignatureV3.bin".to_owned()] });
    assert_eq!(found.forms[0].content_holds, Some(true));
    assert!(!found.findings.iter().any(|f| f.code == "several-projects"), "{:?}", found.findings);
}

#[test]
fn a_newer_form_that_nothing_leads_to_does_not_govern() {
    let mut all = parts(&[(LEGACY, "a.bin", fixture("legacy-p256.bin"))]);
    all.push(("xl/vbaProjectSignatureV3.bin".to_owned(), fixture("wrong-key.bin")));
    let found = verify(&zip(&all), &roots(), now());
    assert_eq!((found.verdict, found.kind), (Verdict::ValidLegacyOnly, Some(Kind::Legacy)), "{:?}", found.reason);
    let told = found.findings.iter().find(|f| f.code == "signature-not-linked").unwrap();
    assert_eq!(told.args, ["xl/vbaProjectSignatureV3.bin"]);
}

#[test]
fn a_project_that_the_workbook_does_not_lead_to_is_found_by_its_type() {
    // The ending "bin" as such stands for projects here, so that the signature has that type too.
    let mut all = parts(&[(V3, "a-vbaProjectSignatureV3.bin", fixture("v3-p256.bin"))]);
    all.retain(|(name, _)| name != "xl/_rels/workbook.xml.rels");
    all.rotate_right(1);
    let found = verify(&zip(&all), &roots(), now());
    assert_eq!(found.verdict, Verdict::Valid, "{:?}", found.reason);
    assert_eq!(found.findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["project-not-linked"]);
}

#[test]
fn a_signature_without_a_project_says_so() {
    let mut all = parts(&[(V3, "vbaProjectSignatureV3.bin", fixture("v3-p256.bin"))]);
    all.retain(|(name, _)| name != "xl/vbaProject.bin");
    let found = verify(&zip(&all), &roots(), now());
    assert_eq!(found.verdict, Verdict::Orphan);
    assert_eq!(
        found.reason,
        Reason::SignatureWithoutProject { parts: vec!["xl/vbaProjectSignatureV3.bin".to_owned()] }
    );
}

#[test]
fn a_relationship_to_a_part_that_is_gone_is_broken() {
    let mut all = parts(&[(V3, "s.bin", Vec::new())]);
    all.retain(|(name, _)| name != "xl/s.bin");
    let found = verify(&zip(&all), &roots(), now());
    assert!(matches!(found.reason, Reason::Broken { flaw: Flaw::PartMissing, .. }), "{:?}", found.reason);
}

#[test]
fn of_two_of_a_kind_the_worse_is_judged_whatever_their_order() {
    for (a, b) in [("v3-p256", "wrong-key"), ("wrong-key", "v3-p256")] {
        let two = [(V3, "a.bin", fixture(&format!("{a}.bin"))), (V3, "b.bin", fixture(&format!("{b}.bin")))];
        let found = verify(&workbook(&two), &roots(), now());
        assert_eq!(found.verdict, Verdict::Broken);
        assert!(found.findings.iter().any(|f| f.code == "two-of-a-kind"));
        assert_eq!(found.forms.iter().filter(|f| f.governs).count(), 1);
    }
    let same = [(V3, "a.bin", fixture("v3-p256.bin")), (V3, "b.bin", fixture("v3-p256.bin"))];
    let found = verify(&workbook(&same), &roots(), now());
    assert_eq!(found.verdict, Verdict::Valid);
    assert!(found.findings.iter().any(|f| f.code == "two-of-a-kind"));
}

#[test]
fn the_newest_form_governs_and_other_signers_are_told() {
    let both = [(LEGACY, "a.bin", fixture("legacy-md5.bin")), (V3, "b.bin", fixture("v3-p256.bin"))];
    let found = verify(&workbook(&both), &roots(), now());
    assert_eq!((found.verdict, found.kind), (Verdict::Valid, Some(Kind::V3)));
    assert!(found.findings.iter().any(|f| f.code == "signers-differ"));
    let broken_old = [(LEGACY, "a.bin", fixture("wrong-key.bin")), (V3, "b.bin", fixture("v3-p256.bin"))];
    let found = verify(&workbook(&broken_old), &roots(), now());
    assert_eq!(found.verdict, Verdict::Valid);
    assert!(found.findings.iter().any(|f| f.code == "other-form-broken"));
}

#[test]
fn a_project_that_cannot_be_read_is_not_called_changed() {
    let mut all = parts(&[(V3, "s.bin", fixture("v3-p256.bin"))]);
    let project = &mut all.iter_mut().find(|(name, _)| name == "xl/vbaProject.bin").unwrap().1;
    project.truncate(600);
    let found = verify(&zip(&all), &roots(), now());
    assert_eq!(found.verdict, Verdict::Broken);
    assert!(matches!(found.reason, Reason::ProjectUnreadable { .. }), "{:?}", found.reason);
}

// ---- chains ----

#[test]
fn chains_end_where_they_end() {
    let reason = |name: &str| judged(name).reason;
    assert!(matches!(reason("lost"), Reason::UnknownIssuer { end: ChainEnd::IssuerMissing { issuer }, roots: 2, .. }
        if issuer == "CN=Racine inconnue,C=FR"));
    assert!(matches!(reason("lost-with-root"), Reason::UnknownIssuer { end: ChainEnd::UnknownRoot { root }, .. }
        if root.name == "Racine inconnue"));
    let misuse = |name: &str| match reason(name) {
        Reason::WrongUsage { certificate, misuse } => (certificate.name, misuse),
        other => panic!("{name} {other:?}"),
    };
    assert_eq!(misuse("below-signer"), ("Signataire".to_owned(), Misuse::NotAnAuthority));
    assert_eq!(misuse("below-plain"), ("Signataire sans usage".to_owned(), Misuse::NotAnAuthority));
    assert!(matches!(reason("forged"), Reason::UnknownIssuer { end: ChainEnd::IssuerDiffers { .. }, .. }));
    assert_eq!(misuse("too-deep"), ("Intermediaire".to_owned(), Misuse::PathTooLong));
    assert_eq!(misuse("key-usage"), ("Signataire chiffreur".to_owned(), Misuse::KeyUsage));
    let oid = "1.3.6.1.4.1.99999.9".to_owned();
    assert_eq!(misuse("critical"), ("Signataire singulier".to_owned(), Misuse::UnknownCritical { oid }));
    assert!(
        matches!(reason("under-old"), Reason::Expired { certificate } if certificate.name == "Intermediaire passe")
    );
}

#[test]
fn a_certificate_that_is_trusted_itself_ends_the_chain() {
    let mut trust = Trust::new();
    trust.add_roots("good.pem", &fixture("good.pem")).unwrap();
    let found = verify(&v3("v3-p256"), &trust, now());
    assert_eq!((found.verdict, found.chain.len()), (Verdict::Valid, 1));
    // Its issuer can still revoke it.
    trust.add_roots("root.pem", &fixture("root.pem")).unwrap();
    trust.add_crls("revoked.crl", &fixture("revoked.crl")).unwrap();
    assert_eq!(verify(&v3("v3-p256"), &trust, now()).verdict, Verdict::Revoked);
}

// ---- time stamps ----

#[test]
fn sound_stamps_carry_an_ended_certificate() {
    for (name, kind, time) in [
        ("token", StampKind::Rfc3161, "2021-06-01"),
        ("counter", StampKind::Pkcs9, "2021-06-01"),
        ("counter-untyped", StampKind::Pkcs9, "2021-06-01"),
        ("token-and-counter", StampKind::Pkcs9, "2021-07-01"),
    ] {
        let found = judged(name);
        let Reason::ValidByStamp { stamp, certificate, .. } = &found.reason else {
            panic!("{name} {:?}", found.reason)
        };
        assert_eq!((stamp.kind, stamp.time, stamp.authority.name.as_str()), (kind, day(time), "Horodatage"), "{name}");
        assert_eq!(certificate.name, "Signataire passe");
        assert_eq!(found.stamped, Some(day(time)));
    }
    let found = judged("token-under-old");
    assert!(
        matches!(&found.reason, Reason::ValidByStamp { certificate, .. } if certificate.name == "Intermediaire passe")
    );
    assert!(matches!(judged("old").reason, Reason::Expired { .. }));
}

#[test]
fn a_stamp_outside_the_period_of_the_signer_does_not_help() {
    assert!(
        matches!(judged("token-late").reason, Reason::ExpiredBeforeStamp { stamp, .. } if stamp.time == day("2023-06-01"))
    );
    let early = judged("token-early");
    assert_eq!(early.verdict, Verdict::NotYetValid);
    assert!(matches!(early.reason, Reason::NotYetValidAtStamp { stamp, .. } if stamp.time == day("2019-06-01")));
}

#[test]
fn unsound_stamps_are_ignored_and_say_why() {
    let flaw = |name: &str, trust: &Trust| {
        let found = verify(&v3(name), trust, now());
        assert_eq!((found.verdict, found.stamped), (Verdict::Expired, None), "{name}");
        match found.reason {
            Reason::ExpiredStampIgnored { flaw, .. } => flaw,
            other => panic!("{name} {other:?}"),
        }
    };
    let roots = roots();
    assert!(matches!(flaw("token-old-authority", &roots), StampFlaw::OutsidePeriod { certificate }
        if certificate.not_after == day("2020-01-01")));
    assert!(matches!(
        flaw("token-detoured-authority", &roots),
        StampFlaw::WrongUsage { misuse: Misuse::Purpose { .. }, .. }
    ));
    assert!(
        matches!(flaw("token-plain-authority", &roots), StampFlaw::WrongUsage { misuse: Misuse::Purpose { has, .. }, .. }
        if has.is_empty())
    );
    assert!(matches!(flaw("token-unknown-authority", &roots), StampFlaw::UnknownAuthority { .. }));
    assert_eq!(flaw("token-other-signature", &roots), StampFlaw::OtherSignature);
    assert_eq!(flaw("token-other-certificate", &roots), StampFlaw::OtherCertificate);
    assert_eq!(flaw("counter-other-signature", &roots), StampFlaw::OtherSignature);
    let broken = Flaw::SignatureValue { algorithm: Hash::Sha256 };
    // The countersignature is of another sort of key than its certificate's.
    assert_eq!(flaw("counter-bad-signer", &roots), StampFlaw::Broken { flaw: broken });
    // The authority that was revoked: its key may be in other hands, so that no stamp of it counts; else only later ones fall.
    assert_eq!(verify(&v3("token-revoked-authority"), &roots, now()).verdict, Verdict::Valid);
    let revoked = with_crl("stamp-revoked.crl");
    assert!(matches!(
        flaw("token-revoked-authority", &revoked),
        StampFlaw::Revoked { cause: Cause::KeyCompromise, .. }
    ));
    assert_eq!(verify(&v3("token"), &revoked, now()).verdict, Verdict::Valid);
}

#[test]
fn a_lifetime_signer_has_no_use_of_a_stamp() {
    let found = judged("lifetime");
    assert!(matches!(found.reason, Reason::ExpiredLifetimeSigning { .. }), "{:?}", found.reason);
    assert_eq!((found.verdict, found.stamped), (Verdict::Expired, None));
    let revoked = verify(&v3("lifetime"), &with_crl("revoked.crl"), now());
    assert!(matches!(revoked.reason, Reason::RevokedLifetimeSigning { .. }), "{:?}", revoked.reason);
}

// ---- revocation ----

fn unchecked(trust: &Trust, name: &str) -> Unchecked {
    let found = verify(&v3(name), trust, now());
    assert_eq!(found.verdict, Verdict::Valid, "{:?}", found.reason);
    match found.revocation {
        Some(Revocation::NotChecked(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_clear_only_what_they_can() {
    let found = verify(&v3("v3-p256"), &with_crl("good.crl"), now());
    assert!(matches!(&found.revocation, Some(Revocation::Good { source }) if source.file == "good.crl"
        && source.this_update == day("2026-01-01") && source.next_update == Some(day("2027-01-01"))));
    assert_eq!(unchecked(&roots(), "v3-p256"), Unchecked::NothingGiven);
    assert!(matches!(unchecked(&with_crl("stale.crl"), "v3-p256"), Unchecked::Stale { .. }));
    assert!(matches!(unchecked(&with_crl("forged.crl"), "v3-p256"), Unchecked::BadSignature { .. }));
    assert!(matches!(unchecked(&with_crl("partial.crl"), "v3-p256"), Unchecked::Partial { .. }));
    assert_eq!(unchecked(&with_crl("authorities.crl"), "v3-p256"), Unchecked::NothingAboutIt);
    assert_eq!(unchecked(&with_crl("stamp-revoked.crl"), "v3-p256"), Unchecked::NothingAboutIt);
    assert!(matches!(unchecked(&with_crl("good.crl"), "token"), Unchecked::EndedBefore { .. }));
    let earlier = verify(&v3("v3-p256"), &with_crl("good.crl"), day("2025-06-01"));
    assert!(matches!(earlier.revocation, Some(Revocation::NotChecked(Unchecked::MadeLater { .. }))));
    // Stale as it is, it still revokes.
    assert_eq!(verify(&v3("v3-rsa-sha384"), &with_crl("stale.crl"), now()).verdict, Verdict::Revoked);
}

#[test]
fn lists_revoke_the_signer_and_those_above_it() {
    let trust = with_crl("revoked.crl");
    let found = verify(&v3("v3-p256"), &trust, now());
    assert!(
        matches!(&found.reason, Reason::Revoked(r) if r.since == day("2025-03-01") && r.source.file == "revoked.crl")
    );
    let chain = verify(&v3("v3-p384-chain"), &trust, now());
    assert!(matches!(&chain.reason, Reason::Revoked(r) if r.certificate.name == "Intermediaire"
        && r.cause == Cause::CaCompromise));
    // Before the day of revocation it was good.
    assert_eq!(verify(&v3("v3-p256"), &trust, day("2025-02-28")).verdict, Verdict::Valid);
    assert_eq!(verify(&v3("v3-p256"), &trust, day("2025-03-01")).verdict, Verdict::Revoked);
    let later = verify(&v3("token"), &trust, now());
    assert!(matches!(later.reason, Reason::ValidRevokedLater { .. }), "{:?}", later.reason);
    let late = verify(&v3("token-late"), &trust, now());
    assert!(matches!(late.reason, Reason::RevokedBeforeStamp { .. }), "{:?}", late.reason);
    let ignored = verify(&v3("counter-bad-signer"), &trust, now());
    assert!(matches!(ignored.reason, Reason::RevokedStampIgnored { .. }), "{:?}", ignored.reason);
}

#[test]
fn answers_clear_and_revoke() {
    for name in ["good.ocsp", "good-by-issuer.ocsp"] {
        let found = verify(&v3("v3-p256"), &with_ocsp(name), now());
        assert!(
            matches!(&found.revocation, Some(Revocation::Good { source }) if source.file == name),
            "{:?}",
            found.revocation
        );
    }
    let found = verify(&v3("v3-p256"), &with_ocsp("revoked.ocsp"), now());
    assert!(matches!(&found.reason, Reason::Revoked(r) if r.since == day("2025-05-01")
        && r.cause == Cause::CessationOfOperation));
    assert!(matches!(unchecked(&with_ocsp("stale.ocsp"), "v3-p256"), Unchecked::Stale { .. }));
    assert!(matches!(unchecked(&with_ocsp("unknown.ocsp"), "v3-p256"), Unchecked::UnknownToResponder { .. }));
    assert!(matches!(unchecked(&with_ocsp("wrong-responder.ocsp"), "v3-p256"), Unchecked::WrongResponder { .. }));
    assert!(matches!(unchecked(&with_ocsp("wrong-purpose.ocsp"), "v3-p256"), Unchecked::WrongResponder { .. }));
    assert!(matches!(unchecked(&with_ocsp("forged-responder.ocsp"), "v3-p256"), Unchecked::WrongResponder { .. }));
    assert!(matches!(unchecked(&with_ocsp("forged.ocsp"), "v3-p256"), Unchecked::BadSignature { .. }));
    assert_eq!(unchecked(&with_ocsp("good.ocsp"), "v3-rsa-sha384"), Unchecked::NothingAboutIt);
    // Of a list that clears and an answer that revokes, the worse counts.
    let mut both = with_crl("good.crl");
    both.add_ocsps("revoked.ocsp", &fixture("revoked.ocsp")).unwrap();
    assert_eq!(verify(&v3("v3-p256"), &both, now()).verdict, Verdict::Revoked);
}

#[test]
fn files_of_trust_that_are_none_are_refused_by_name() {
    let mut trust = Trust::new();
    assert_eq!(trust.add_roots("a", b"").unwrap_err().to_string(), "a: no certificate in PEM or DER");
    assert!(trust.add_roots("a", &fixture("good.crl")).is_err());
    assert!(trust.add_crls("a", &fixture("root.pem")).is_err());
    assert!(trust.add_ocsps("a", b"\x30\x03\x0a\x01\x06").is_err());
    let broken = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert_eq!(trust.add_roots("a", broken).unwrap_err().to_string(), "a: certificate number 1 cannot be read");
    let two = [fixture("root.pem"), b"\n# and\n".to_vec(), fixture("good.pem")].concat();
    assert_eq!(trust.add_roots("a", &two), Ok(2));
}

// ---- .xls ----

#[test]
fn an_xls_holds_its_signature_in_a_property() {
    let found = verify(&fixture("legacy.xls"), &roots(), now());
    assert_eq!((found.verdict, found.kind), (Verdict::ValidLegacyOnly, Some(Kind::Legacy)), "{:?}", found.reason);
    assert_eq!(found.forms[0].content_holds, Some(true));
    assert!(found.findings.iter().any(|f| f.code == "xls-newer-forms-undocumented"));
    let newer = verify(&fixture("agile.xls"), &roots(), now());
    assert_eq!(newer.verdict, Verdict::Untrusted);
    assert_eq!(newer.reason, Reason::XlsNewerForm { algorithm: Hash::Sha256, hold: vec![Kind::Agile] });
}

// ---- harm ----

fn full_trust() -> Trust {
    let mut trust = with_crl("revoked.crl");
    for name in ["good.ocsp", "revoked.ocsp"] {
        trust.add_ocsps(name, &fixture(name)).unwrap();
    }
    trust
}

#[test]
fn every_cut_of_a_signature_is_judged() {
    let (whole, trust) = (fixture("token.bin"), full_trust());
    for cut in (0..whole.len()).step_by(3) {
        let found = verify(&workbook(&[(V3, "s.bin", whole[..cut].to_vec())]), &trust, now());
        assert!(matches!(found.verdict, Verdict::Broken | Verdict::Valid), "{cut} {:?}", found.reason);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_of_a_signature_never_stop_the_judge_and_never_make_it_valid_for_another(
        which in 0_usize..4,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let name = ["token", "counter", "v3-p384-chain", "v3-pss"][which];
        let mut bytes = fixture(&format!("{name}.bin"));
        for (at, value) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        let found = verify(&workbook(&[(V3, "s.bin", bytes)]), &full_trust(), now());
        if found.verdict == Verdict::Valid {
            // The store, padding, unsigned extras or other certificates were hit: the signer is still the one who signed.
            let names = ["Signataire passe", "Signataire passe", "Signataire 384", "Signataire RSA"];
            prop_assert_eq!(found.signer_name.as_deref(), Some(names[which]));
        }
        prop_assert!(serde_json::to_string(&found).is_ok());
    }

    #[test]
    fn changed_bytes_of_a_workbook_never_stop_the_judge(
        xls in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = if xls { fixture("legacy.xls") } else { v3("token") };
        for (at, value) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let once = verify(&bytes, &full_trust(), now());
        prop_assert_eq!(once, verify(&bytes, &full_trust(), now()));
    }

    #[test]
    fn any_bytes_as_trust_never_stop_its_readers(bytes in proptest::collection::vec(any::<u8>(), 0..200), which in 0_usize..4,
        at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut trust = roots();
        let _ = trust.add_roots("r", &bytes);
        let _ = trust.add_crls("l", &bytes);
        let _ = trust.add_ocsps("a", &bytes);
        let mut answer = fixture(["good.ocsp", "good-by-issuer.ocsp", "revoked.ocsp", "unknown.ocsp"][which]);
        let at = at.index(answer.len());
        answer[at] = value;
        if trust.add_ocsps("o", &answer).is_ok() {
            let _ = verify(&v3("v3-p256"), &trust, now());
        }
    }
}
