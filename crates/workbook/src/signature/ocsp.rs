//! Answers about revocation (OCSP, RFC 6960), as they were saved to a file.

use super::algorithm::{Hash, Scheme};
use super::certificate::{Certificate, OCSP_SIGNING, extensions};
use super::der::{ENUMERATED, INTEGER, Node, OCTET_STRING, OID, SEQUENCE, first};
use super::instant::Instant;
use super::list::same_number;
use super::revocation::Cause;

/// Certificates and single answers that one response may hold.
const MOST: usize = 1_024;

/// A response, with the name of its file.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// File that it was given in.
    pub(crate) file: String,
    signed: Vec<u8>,
    responder: Responder,
    made: Instant,
    /// Its answers.
    pub(crate) singles: Vec<Single>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    certificates: Vec<Certificate>,
}

#[derive(Debug, Clone)]
enum Responder {
    Name(Vec<u8>),
    Key(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Debug, Clone)]
pub(crate) struct Single {
    hash: Hash,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
    /// What is said.
    pub(crate) status: Status,
    /// As of when.
    pub(crate) as_of: Instant,
    /// When more will be known.
    pub(crate) due: Option<Instant>,
    /// Ended certificates are remembered since then (archive cutoff).
    pub(crate) keeps_since: Option<Instant>,
}

/// A status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked(Instant, Cause),
    /// The responder does not know the certificate.
    Unknown,
}

/// Whether a response may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Signed by the issuer, or by whom it charged with that.
    Sound,
    /// Signed by nobody who may answer for this issuer.
    WrongResponder,
    /// Named after one who may, but the signature does not hold.
    BadSignature,
}

impl Answer {
    /// Reads a response; `None` where the bytes are none, or one without an answer.
    pub(crate) fn read(file: &str, bytes: &[u8]) -> Option<Self> {
        let mut response = first(bytes).filter(|n| n.tag == SEQUENCE)?.inside();
        if response.expect(ENUMERATED)?.small()? != 0 {
            return None;
        }
        let mut inside = first(response.expect(0xa0)?.body)?.inside();
        if inside.expect(OID)?.oid()? != "1.3.6.1.5.5.7.48.1.1" {
            return None;
        }
        let mut basic = first(inside.expect(OCTET_STRING)?.body)?.inside();
        let signed = basic.expect(SEQUENCE)?;
        let algorithm = basic.expect(SEQUENCE)?;
        let signature = basic.next()?.bits()?;
        let mut certificates = Vec::new();
        if let Some(list) = basic.optional(0xa0).and_then(|n| first(n.body)) {
            certificates = list.inside().all(MOST)?.iter().filter_map(|n| Certificate::read(n.whole)).collect();
        }
        let mut fields = signed.inside();
        fields.optional(0xa0);
        let responder = fields.next()?;
        let responder = match responder.tag {
            0xa1 => Responder::Name(first(responder.body)?.whole.to_vec()),
            0xa2 => Responder::Key(first(responder.body)?.octets()?.into_owned()),
            _ => return None,
        };
        let made = fields.next()?.time()?;
        let singles = fields.expect(SEQUENCE)?.inside().all(MOST)?;
        Some(Self {
            file: file.to_owned(),
            signed: signed.whole.to_vec(),
            responder,
            made,
            singles: singles.into_iter().filter_map(single).collect(),
            algorithm: algorithm.whole.to_vec(),
            signature: signature.to_vec(),
            certificates,
        })
    }

    /// Whether the response may be relied on for certificates of this issuer. One whom the issuer charged has a certificate that the
    /// issuer's own key signed, that names the purpose, and that was in its period when the answer was made.
    pub(crate) fn standing(&self, issuer: &Certificate) -> Standing {
        let named = |c: &Certificate| match &self.responder {
            Responder::Name(name) => *name == c.subject,
            Responder::Key(hash) => key_octets(c).is_some_and(|key| Hash::Sha1.digest(key) == *hash),
        };
        let charged = |c: &&Certificate| {
            c.issuer == issuer.subject
                && c.names(OCSP_SIGNING)
                && (c.from..=c.until).contains(&self.made)
                && c.verify_by(issuer).is_ok()
        };
        let responders = self.certificates.iter().filter(|c| named(c)).take(8).filter(charged);
        let mut able = std::iter::once(issuer).filter(|c| named(c)).chain(responders).peekable();
        if able.peek().is_none() {
            return Standing::WrongResponder;
        }
        let Ok(scheme) = Scheme::of(&self.algorithm, None) else { return Standing::BadSignature };
        if able.any(|c| c.key.verify(scheme, &self.signed, &self.signature).is_ok()) {
            Standing::Sound
        } else {
            Standing::BadSignature
        }
    }
}

impl Single {
    /// True where the answer is about this certificate of this issuer.
    pub(crate) fn is_about(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        same_number(&self.serial, &certificate.serial)
            && self.hash.digest(&issuer.subject) == self.name_hash
            && key_octets(issuer).is_some_and(|key| self.hash.digest(key) == self.key_hash)
    }
}

/// The octets of a certificate's key that responders hash.
fn key_octets(certificate: &Certificate) -> Option<&[u8]> {
    let mut info = first(&certificate.key_info)?.inside();
    info.next()?;
    info.next()?.bits()
}

fn single(node: Node<'_>) -> Option<Single> {
    let mut inside = node.inside();
    let mut id = inside.expect(SEQUENCE)?.inside();
    let hash = Hash::of(id.expect(SEQUENCE)?).ok()?;
    let name_hash = id.next()?.octets()?.into_owned();
    let key_hash = id.next()?.octets()?.into_owned();
    let serial = id.expect(INTEGER)?.body.to_vec();
    let status = inside.next()?;
    let status = match status.tag {
        0x80 => Status::Good,
        0xa1 => {
            let mut revoked = status.inside();
            let since = revoked.next()?.time()?;
            let cause = revoked.optional(0xa0).and_then(|n| first(n.body)?.small());
            Status::Revoked(since, cause.map_or(Cause::Unspecified, Cause::of))
        }
        _ => Status::Unknown,
    };
    let as_of = inside.next()?.time()?;
    let due = match inside.optional(0xa0) {
        Some(node) => Some(first(node.body)?.time()?),
        None => None,
    };
    let more = inside.optional(0xa1).and_then(|n| extensions(n.body)).unwrap_or_default();
    let cutoff = more.iter().find(|(oid, _, _)| oid == "1.3.6.1.5.5.7.48.1.6");
    let keeps_since = cutoff.and_then(|(_, _, value)| first(value)?.time());
    Some(Single { hash, name_hash, key_hash, serial, status, as_of, due, keeps_since })
}
