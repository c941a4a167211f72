//! Forms of the signature: where they stand, what they hash, how they break.

use super::*;
use workbook::container::Ole;
use workbook::signature::{Flaw, Hash, Kind, Verdict, transcript};
use workbook::vba::Project;

#[test]
fn every_algorithm_and_writing_of_a_sound_signature_holds() {
    for (relation, part, name, hash) in [
        (V3, "s.bin", "v3-p256", Hash::Sha256),
        (V3, "s.bin", "v3-rsa-sha384", Hash::Sha384),
        (V3, "s.bin", "v3-p384-chain", Hash::Sha512),
        (V3, "s.bin", "v3-pss", Hash::Sha256),
        (V3, "s.bin", "v3-indefinite", Hash::Sha256),
        (V3, "s.bin", "v3-key-id", Hash::Sha256),
        (V3, "s.bin", "v3-bare", Hash::Sha256),
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
