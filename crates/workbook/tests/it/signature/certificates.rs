//! Chains, time stamps, revocation, and the files that are trusted.

use super::*;
use workbook::signature::{Cause, ChainEnd, Flaw, Hash, Misuse, Revocation, StampFlaw, StampKind, Unchecked, Verdict};

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

#[test]
fn sound_stamps_carry_an_ended_certificate() {
    for (name, kind, time) in [
        ("token", StampKind::Rfc3161, "2021-06-01"),
        ("token-first-form", StampKind::Rfc3161, "2021-06-01"),
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
    // An authority that has ended since (2040) has still attested the time then.
    assert_eq!(verify(&v3("token"), &roots(), day("2045-01-01")).verdict, Verdict::Valid);
    // Judged at a day before the stamp, the report says so.
    let before = verify(&v3("token"), &roots(), day("2021-01-01"));
    assert!(before.findings.iter().any(|f| f.code == "stamped-after-day"));
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
    assert_eq!(flaw("token-other-certificate-first-form", &roots), StampFlaw::OtherCertificate);
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
