//! Hash algorithms and signature schemes, as they are named in signatures and certificates.

use super::der::{INTEGER, Node, OCTET_STRING, OID, Reader, SEQUENCE, first};
use serde::Serialize;
use sha2::Digest;

/// A hash algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hash {
    /// MD5: collisions are made at will.
    Md5,
    /// SHA-1: collisions have been made.
    #[serde(rename = "sha-1")]
    Sha1,
    /// SHA-256.
    #[serde(rename = "sha-256")]
    Sha256,
    /// SHA-384.
    #[serde(rename = "sha-384")]
    Sha384,
    /// SHA-512.
    #[serde(rename = "sha-512")]
    Sha512,
}

impl Hash {
    /// By object identifier in dots; `None` for one that is not known here.
    pub fn named(oid: &str) -> Option<Self> {
        Some(match oid {
            "1.2.840.113549.2.5" => Self::Md5,
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// By an AlgorithmIdentifier; the identifier where it is not known.
    pub(crate) fn of(identifier: Node<'_>) -> Result<Self, String> {
        let oid = first(identifier.body).and_then(|n| n.oid()).unwrap_or_default();
        Self::named(&oid).ok_or(oid)
    }

    /// The hash of some bytes.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => md5::Md5::digest(bytes).to_vec(),
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }

    /// Name as people write it: `SHA-256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// True where collisions can be made today.
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Rsa(Hash),
    /// RSASSA-PSS with its salt length in bytes; mask by MGF1 with the same hash.
    Pss(Hash, usize),
    /// ECDSA.
    Ecdsa(Hash),
}

impl Scheme {
    /// By an AlgorithmIdentifier (its whole bytes). Where it names only the kind of key, as signers of macros write it, the hash is
    /// `digest`, the signer's digest algorithm.
    ///
    /// # Errors
    /// The identifier in dots, where the scheme is not known here.
    pub(crate) fn of(identifier: &[u8], digest: Option<Hash>) -> Result<Self, String> {
        let mut inside = first(identifier).map(|n| n.inside()).unwrap_or(Reader::new(&[]));
        let oid = inside.expect(OID).and_then(|n| n.oid()).unwrap_or_default();
        let found = match oid.as_str() {
            "1.2.840.113549.1.1.1" => digest.map(Self::Rsa),
            "1.2.840.113549.1.1.4" => Some(Self::Rsa(Hash::Md5)),
            "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => Some(Self::Rsa(Hash::Sha1)),
            "1.2.840.113549.1.1.11" => Some(Self::Rsa(Hash::Sha256)),
            "1.2.840.113549.1.1.12" => Some(Self::Rsa(Hash::Sha384)),
            "1.2.840.113549.1.1.13" => Some(Self::Rsa(Hash::Sha512)),
            "1.2.840.113549.1.1.10" => inside.next().map_or(Some(Self::Pss(Hash::Sha1, 20)), pss),
            "1.2.840.10045.2.1" => digest.map(Self::Ecdsa),
            "1.2.840.10045.4.1" => Some(Self::Ecdsa(Hash::Sha1)),
            "1.2.840.10045.4.3.2" => Some(Self::Ecdsa(Hash::Sha256)),
            "1.2.840.10045.4.3.3" => Some(Self::Ecdsa(Hash::Sha384)),
            "1.2.840.10045.4.3.4" => Some(Self::Ecdsa(Hash::Sha512)),
            _ => None,
        };
        found.ok_or(oid)
    }

    /// The hash beneath.
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::Rsa(hash) | Self::Pss(hash, _) | Self::Ecdsa(hash) => hash,
        }
    }
}

/// RSASSA-PSS-params (RFC 4055); only the mask that everybody uses is known: MGF1 with the hash of the message.
fn pss(params: Node<'_>) -> Option<Scheme> {
    if params.tag != SEQUENCE {
        return None;
    }
    let mut inside = params.inside();
    let hash = match inside.optional(0xa0) {
        Some(node) => Hash::of(first(node.body)?).ok()?,
        None => Hash::Sha1,
    };
    let mask = match inside.optional(0xa1) {
        Some(node) => {
            let mut generator = first(node.body)?.inside();
            if generator.next()?.oid()? != "1.2.840.113549.1.1.8" {
                return None;
            }
            Hash::of(generator.next()?).ok()?
        }
        None => Hash::Sha1,
    };
    let salt = match inside.optional(0xa2) {
        Some(node) => first(node.body).filter(|n| n.tag == INTEGER)?.small()?,
        None => 20,
    };
    (mask == hash).then_some(Scheme::Pss(hash, usize::try_from(salt).ok()?))
}

/// DigestInfo: algorithm (or its unknown identifier) and value.
pub(crate) fn digest_info(node: Node<'_>) -> Option<(Result<Hash, String>, Vec<u8>)> {
    let mut inside = node.inside();
    let algorithm = Hash::of(inside.expect(SEQUENCE)?);
    let value = inside.next().filter(|n| n.tag & 0x1f == OCTET_STRING)?.octets()?.into_owned();
    Some((algorithm, value))
}
