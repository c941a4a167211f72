//! Bytes that mean harm.

use super::*;
use proptest::prelude::*;
use workbook::signature::Verdict;

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
