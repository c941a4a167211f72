//! Weak algorithms, named; they change no verdict.

use super::algorithm::Hash;
use super::chain::Chain;
use super::form::Examined;
use super::report::{Weak, WeakPlace};

/// Weak algorithms that the judgement rests on: the project's hash, the signature, certificates below the root, the stamp in use.
pub(crate) fn rests_on(governing: &Examined, chain: &Chain<'_>, stamped: bool) -> Vec<Weak> {
    let mut found = Vec::new();
    let part = &governing.form.part;
    let mut hash = |place, hash: Option<Hash>| {
        if let Some(hash) = hash.filter(|h| h.is_weak()) {
            found.push(Weak { place, algorithm: hash.name().to_owned(), of: part.clone() });
        }
    };
    hash(WeakPlace::Content, governing.form.content.as_ref().map(|c| c.algorithm));
    hash(WeakPlace::Signature, governing.form.digest);
    hash(WeakPlace::Signature, governing.signature_hash);
    for (place, certificate) in chain.links.iter().enumerate() {
        let of = certificate.party().name;
        let trusted_itself = chain.is_root(place) || certificate.is_self_issued();
        let scheme = certificate.scheme().ok().map(|s| s.hash()).filter(|h| h.is_weak() && !trusted_itself);
        if let Some(hash) = scheme {
            found.push(Weak { place: WeakPlace::Certificate, algorithm: hash.name().to_owned(), of: of.clone() });
        }
        if let Some(bits) = certificate.key.rsa_bits().filter(|&bits| bits < 2_048) {
            found.push(Weak { place: WeakPlace::Key, algorithm: format!("RSA {bits}"), of });
        }
    }
    if stamped {
        let sound = governing.stamps.iter().find(|j| j.stamp.flaw.is_none());
        found.extend(sound.map(|j| j.weak.clone()).unwrap_or_default());
    }
    found.sort();
    found.dedup();
    found
}
