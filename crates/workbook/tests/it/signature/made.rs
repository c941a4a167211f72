//! The made cases of the shared corpus, and the real signature.

use super::{code, day, now};
use crate::container::{corpus, files};
use serde_json::Value;
use std::path::Path;
use workbook::signature::{
    Cause, ChainEnd, Flaw, Hash, Kind, Reason, Revocation, StampFlaw, StampKind, Trust, Unchecked, Verdict, WeakPlace,
    verify,
};

/// What the made cases trust: both authorities, and the revocation list.
fn made_trust(folder: &Path) -> Trust {
    let mut trust = Trust::new();
    let read = |name: &str| std::fs::read(folder.join("made/signed").join(name)).unwrap();
    trust.add_roots("ca.pem", &read("ca.pem")).unwrap();
    trust.add_roots("tsa-ca.pem", &read("tsa-ca.pem")).unwrap();
    trust.add_crls("ca.crl", &read("ca.crl")).unwrap();
    trust
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
