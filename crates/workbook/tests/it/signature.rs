//! Signatures of macro projects: the made cases, the real one, further ones, and bytes that mean harm.

use crate::container::corpus;
use serde_json::Value;
use std::path::Path;
use workbook::signature::{
    Cause, ChainEnd, Flaw, Hash, Instant, Kind, Misuse, Reason, Revocation, Signature, StampFlaw, StampKind, Trust,
    Unchecked, Verdict, Weak, WeakPlace, verify,
};

fn day(text: &str) -> Instant {
    text.parse().unwrap()
}

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
    let cases: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("made/signed/cases.json")).unwrap()).unwrap();
    let now = day("2026-11-24");
    for case in &cases {
        let file = case["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join("made/signed").join(file)).unwrap();
        let t = std::time::Instant::now();
        let found = verify(&bytes, &trust, now);
        eprintln!("{file} {:?} {:?}\n{}", found.verdict, t.elapsed(), serde_json::to_string(&found).unwrap());
    }
}
