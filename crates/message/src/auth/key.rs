//! Public keys in DNS (RFC 6376 section 3.6, RFC 8463) and the check of a signature against one.

use ring::signature::{
    ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Serialize;

use super::tags::{self, Tags};
use crate::dns::{Answer, Data, Dns, Kind, askable};

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyError {
    /// DNS gave no answer, so nothing can be said.
    NoAnswer,
    /// There is no key at that name, or no longer.
    NoKey,
    /// The key was withdrawn (`p=` is empty).
    Revoked,
    /// The record is malformed or not for mail.
    Invalid,
    /// The key is of another kind than the signature.
    WrongKind,
    /// An RSA key under 1024 bits, which RFC 8301 forbids to accept.
    TooShort,
}

/// A usable key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    material: Material,
    /// `t=y`: the domain says that it is only testing.
    pub testing: bool,
    /// `t=s`: the signer's identity may not be in a subdomain.
    pub strict: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ed25519(Vec<u8>),
}

/// The signature algorithms that may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// `rsa-sha256`
    RsaSha256,
    /// `ed25519-sha256`
    Ed25519Sha256,
}

/// Fetches the keys of a selector. Several records may stand at one name; all usable ones are given.
pub fn fetch(selector: &str, domain: &str, dns: &dyn Dns) -> Result<Vec<Key>, KeyError> {
    let name = format!("{selector}._domainkey.{domain}");
    if !askable(&name) {
        return Err(KeyError::Invalid);
    }
    let found = match dns.ask(&name, Kind::Txt) {
        Answer::Failed => return Err(KeyError::NoAnswer),
        Answer::NoData | Answer::NoName => return Err(KeyError::NoKey),
        Answer::Found(found) => found,
    };
    let mut error = KeyError::NoKey;
    let mut keys = Vec::new();
    for data in &found {
        if let Data::Txt(text) = data {
            match Key::parse(text) {
                Ok(key) => keys.push(key),
                Err(e) => error = e,
            }
        }
    }
    if keys.is_empty() { Err(error) } else { Ok(keys) }
}

impl Key {
    /// Reads a key record.
    pub fn parse(record: &[u8]) -> Result<Key, KeyError> {
        let tags = Tags::parse(record).map_err(|_| KeyError::Invalid)?;
        if tags.get("v").is_some_and(|v| v != "DKIM1" || tags.first() != Some(("v", v))) {
            return Err(KeyError::Invalid);
        }
        let listed = |name: &str, wanted: &[&str]| {
            tags.get(name).is_none_or(|list| list.split(':').any(|v| wanted.contains(&v.trim_ascii())))
        };
        if !listed("s", &["*", "email"]) || !listed("h", &["sha256"]) {
            return Err(KeyError::Invalid);
        }
        let p = tags.get("p").ok_or(KeyError::Invalid)?;
        if p.trim_ascii().is_empty() {
            return Err(KeyError::Revoked);
        }
        let bytes = tags::base64(p).ok_or(KeyError::Invalid)?;
        let material = match tags.get("k").unwrap_or("rsa") {
            "rsa" => {
                let (n, e) = rsa_components(&bytes).ok_or(KeyError::Invalid)?;
                let bits = n.len() * 8 - n.first().map_or(0, |b| b.leading_zeros() as usize);
                if bits < 1024 {
                    return Err(KeyError::TooShort);
                }
                Material::Rsa { n: n.to_vec(), e: e.to_vec() }
            }
            "ed25519" if bytes.len() == 32 => Material::Ed25519(bytes),
            _ => return Err(KeyError::Invalid),
        };
        let flag = |f: &str| tags.get("t").is_some_and(|t| t.split(':').any(|v| v.trim_ascii() == f));
        Ok(Key { material, testing: flag("y"), strict: flag("s") })
    }

    /// True when `signature` over `message` was made with this key. `None` when the key is of another kind.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<bool> {
        match (&self.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::RsaSha256) => {
                let parameters = if n.len() >= 256 {
                    &RSA_PKCS1_2048_8192_SHA256
                } else {
                    // Keys of 1024 bits are weak but still allowed by RFC 8301, and old mails bear them.
                    &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
                };
                Some(RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok())
            }
            (Material::Ed25519(key), Algorithm::Ed25519Sha256) => {
                // RFC 8463: the signature is over the hash, not over the text.
                let hash = ring::digest::digest(&ring::digest::SHA256, message);
                Some(UnparsedPublicKey::new(&ED25519, key).verify(hash.as_ref(), signature).is_ok())
            }
            _ => None,
        }
    }
}

/// Modulus and exponent out of a SubjectPublicKeyInfo, or out of a bare RSAPublicKey.
fn rsa_components(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (outer, _) = element(der, 0x30)?;
    let inner = match element(outer, 0x30) {
        Some((_, rest)) => {
            let (bits, _) = element(rest, 0x03)?;
            element(bits.strip_prefix(&[0])?, 0x30)?.0
        }
        None => outer,
    };
    let (n, rest) = element(inner, 0x02)?;
    let (e, _) = element(rest, 0x02)?;
    Some((without_zeros(n), without_zeros(e)))
}

fn without_zeros(mut integer: &[u8]) -> &[u8] {
    while let Some(rest) = integer.strip_prefix(&[0]) {
        integer = rest;
    }
    integer
}

/// One DER element of the tag wanted: its content, and what follows.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let count = usize::from(first & 0x7f);
            let bytes = rest.get(..count)?;
            (bytes.iter().fold(0, |sum, b| sum * 256 + usize::from(*b)), rest.get(count..)?)
        }
        _ => return None,
    };
    Some((rest.get(..length)?, rest.get(length..)?))
}
