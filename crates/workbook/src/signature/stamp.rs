//! Time stamps on a signature: tokens of RFC 3161, and countersignatures of PKCS#9.

use super::algorithm::{Hash, digest_info};
use super::certificate::{Certificate, TIME_STAMPING};
use super::chain::{self, Problem};
use super::cms::{Cms, Signer};
use super::der::{INTEGER, Node, OID, SEQUENCE, first};
use super::instant::Instant;
use super::reason::{Flaw, StampFlaw};
use super::report::{Stamp, StampKind, Weak, WeakPlace};
use super::revocation::{self, Cause, Revocation};
use super::trust::Trust;

const TOKEN: &str = "1.3.6.1.4.1.311.3.3.1";
const COUNTERSIGNATURE: &str = "1.2.840.113549.1.9.6";
const TOKEN_CONTENT: &str = "1.2.840.113549.1.9.16.1.4";
const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_2: &str = "1.2.840.113549.1.9.16.2.47";
/// Stamps that are checked; a signature has one.
const MOST: usize = 8;

/// A stamp, and the weak algorithms that it rests on.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) stamp: Stamp,
    pub(crate) weak: Vec<Weak>,
}

/// Reads and checks every stamp on a signature: its own signature, what it stamps, its purpose and its chain, as of its own time.
///
/// `pool` holds the certificates of the signature that is stamped: there a countersignature has its own.
pub(crate) fn judge_all(signer: &Signer<'_>, pool: &[Certificate], trust: &Trust, at: Instant) -> Vec<Judged> {
    let tokens = signer.unsigned_values(TOKEN).into_iter().map(|n| (StampKind::Rfc3161, n));
    let counter = signer.unsigned_values(COUNTERSIGNATURE).into_iter().map(|n| (StampKind::Pkcs9, n));
    let read = |(kind, node): (StampKind, Node<'_>)| match kind {
        StampKind::Rfc3161 => token(node, signer.signature, pool, trust, at),
        StampKind::Pkcs9 => countersignature(node, signer.signature, pool, trust, at),
    };
    tokens.chain(counter).take(MOST).map(read).collect()
}

fn empty(kind: StampKind) -> Judged {
    let stamp = Stamp { kind, time: None, authority: None, hash: None, flaw: Some(StampFlaw::Unreadable) };
    Judged { stamp, weak: Vec::new() }
}

fn token(node: Node<'_>, stamped: &[u8], pool: &[Certificate], trust: &Trust, at: Instant) -> Judged {
    let mut judged = empty(StampKind::Rfc3161);
    let Some(cms) = Cms::read(node.whole) else { return judged };
    let Some(info) = TokenInfo::read(&cms) else { return judged };
    judged.stamp.time = Some(info.time);
    judged.stamp.hash = info.hash.as_ref().ok().copied();
    let broken = |flaw| Some(StampFlaw::Broken { flaw });
    let signer = match cms.signer() {
        Ok(signer) => signer,
        Err(flaw) => {
            judged.stamp.flaw = broken(flaw);
            return judged;
        }
    };
    let mut all = cms.certificates.clone();
    all.extend_from_slice(pool);
    let authority = match signer.certificate(&all) {
        Ok(authority) => authority.clone(),
        Err(flaw) => {
            judged.stamp.flaw = broken(flaw);
            return judged;
        }
    };
    judged.stamp.authority = Some(authority.party());
    judged.stamp.flaw = if let Err(flaw) = signer.check(TOKEN_CONTENT, false, &cms.content, &authority) {
        broken(flaw)
    } else {
        match &info.hash {
            Err(algorithm) => broken(Flaw::UnknownAlgorithm { algorithm: algorithm.clone() }),
            Ok(hash) if hash.digest(stamped) != info.imprint => Some(StampFlaw::OtherSignature),
            Ok(_) if !names_certificate(signer, &authority) => Some(StampFlaw::OtherCertificate),
            Ok(_) => standing(&authority, &all, info.time, trust, at),
        }
    };
    judged.weak = weak(signer, judged.stamp.hash, &authority);
    judged
}

fn countersignature(node: Node<'_>, stamped: &[u8], pool: &[Certificate], trust: &Trust, at: Instant) -> Judged {
    let mut judged = empty(StampKind::Pkcs9);
    let Some(signer) = Signer::read(node) else { return judged };
    judged.stamp.hash = signer.digest.as_ref().ok().copied();
    let time = signer.signed_value(SIGNING_TIME).ok().flatten().and_then(|n| n.time());
    judged.stamp.time = time;
    let authority = match signer.certificate(pool) {
        Ok(authority) => authority.clone(),
        Err(flaw) => {
            judged.stamp.flaw = Some(StampFlaw::Broken { flaw });
            return judged;
        }
    };
    judged.stamp.authority = Some(authority.party());
    judged.stamp.flaw = match (signer.check(DATA, true, stamped, &authority), time) {
        // The content is the stamped signature: where its hash differs, something else was stamped.
        (Err(Flaw::MessageDigest { .. }), _) => Some(StampFlaw::OtherSignature),
        (Err(flaw), _) => Some(StampFlaw::Broken { flaw }),
        (Ok(()), None) => Some(StampFlaw::NoTime),
        (Ok(()), Some(time)) => standing(&authority, pool, time, trust, at),
    };
    judged.weak = weak(&signer, None, &authority);
    judged
}

/// Whether the authority could attest that time: period and purpose of its chain then, root, revocation.
fn standing(
    authority: &Certificate,
    pool: &[Certificate],
    time: Instant,
    trust: &Trust,
    at: Instant,
) -> Option<StampFlaw> {
    let chain = chain::build(authority, pool, &trust.roots, time, TIME_STAMPING);
    for (place, link) in chain.links.iter().enumerate() {
        if chain.is_root(place) {
            continue;
        }
        if let Revocation::Revoked { since, cause, .. } = revocation::look_up(link, chain.above(place), trust, at) {
            // Who has the key can make stamps of any time; after another cause the earlier stamps stand (RFC 3161, 4).
            let stolen = matches!(cause, Cause::KeyCompromise | Cause::CaCompromise | Cause::Unspecified);
            if stolen || since <= time {
                return Some(StampFlaw::Revoked { certificate: link.party(), since, cause });
            }
        }
    }
    let party = |place: usize| chain.links.get(place).map_or_else(|| authority.party(), |c| c.party());
    match chain.problems(time, TIME_STAMPING).into_iter().next() {
        Some(Problem::Ended(place) | Problem::NotBegun(place)) => {
            return Some(StampFlaw::OutsidePeriod { certificate: party(place) });
        }
        Some(Problem::Misuse(place, misuse)) => {
            return Some(StampFlaw::WrongUsage { certificate: party(place), misuse });
        }
        None => {}
    }
    if !authority.names(TIME_STAMPING) {
        // A certificate without limits signs anything, but a time stamp has to be its declared work (RFC 3161, 2.3).
        let misuse = super::reason::Misuse::Purpose {
            needed: TIME_STAMPING.to_owned(),
            has: authority.purposes.clone().unwrap_or_default(),
        };
        return Some(StampFlaw::WrongUsage { certificate: authority.party(), misuse });
    }
    chain.end.map(|end| StampFlaw::UnknownAuthority { end })
}

fn weak(signer: &Signer<'_>, imprint: Option<Hash>, authority: &Certificate) -> Vec<Weak> {
    let hashes = [signer.digest.as_ref().ok().copied(), signer.signature_hash(), imprint];
    let mut found: Vec<Weak> = hashes
        .into_iter()
        .flatten()
        .filter(|h| h.is_weak())
        .map(|h| Weak { place: WeakPlace::Stamp, algorithm: h.name().to_owned(), of: authority.party().name })
        .collect();
    if let Some(bits) = authority.key.rsa_bits().filter(|&b| b < 2_048) {
        let of = authority.party().name;
        found.push(Weak { place: WeakPlace::Stamp, algorithm: format!("RSA {bits}"), of });
    }
    found
}

/// The part of a TSTInfo that a judgement needs.
struct TokenInfo {
    hash: Result<Hash, String>,
    imprint: Vec<u8>,
    time: Instant,
}

impl TokenInfo {
    fn read(cms: &Cms<'_>) -> Option<Self> {
        if cms.content_type != TOKEN_CONTENT {
            return None;
        }
        let mut info = first(&cms.content).filter(|n| n.tag == SEQUENCE)?.inside();
        info.expect(INTEGER)?;
        info.expect(OID)?;
        let (hash, imprint) = digest_info(info.expect(SEQUENCE)?)?;
        info.expect(INTEGER)?;
        let time = info.expect(0x18)?.time()?;
        Some(Self { hash, imprint, time })
    }
}

/// False where the signed attributes name another certificate than the authority's (ESSCertID, RFC 5035). A token that names none,
/// which RFC 3161 forbids and some old authorities did, is let pass.
fn names_certificate(signer: &Signer<'_>, authority: &Certificate) -> bool {
    let named = |oid: &str| signer.signed_value(oid).map(|n| n.and_then(|n| first(n.body)?.inside().next()));
    let (Ok(old), Ok(new)) = (named(SIGNING_CERTIFICATE), named(SIGNING_CERTIFICATE_2)) else { return false };
    let old_fits = old.is_none_or(|id| {
        id.inside().next().and_then(|n| n.octets()).is_some_and(|hash| Hash::Sha1.digest(&authority.whole) == *hash)
    });
    let new_fits = new.is_none_or(|id| {
        let mut inside = id.inside();
        let hash = match inside.optional(SEQUENCE).map(Hash::of) {
            Some(Ok(hash)) => hash,
            Some(Err(_)) => return false,
            None => Hash::Sha256,
        };
        inside.next().and_then(|n| n.octets()).is_some_and(|value| hash.digest(&authority.whole) == *value)
    });
    old_fits && new_fits
}
