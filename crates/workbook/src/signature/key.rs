//! Signatures checked against public keys. Only public values are at work here, so time tells an observer nothing.

use super::algorithm::{Hash, Scheme};
use super::der::{INTEGER, OID, SEQUENCE, first};
use rsa::{BoxedUint, Pss, PublicKey as RsaKey};

/// Sizes of RSA keys, in bits, that are tried: smaller ones occurred in no code signature, larger ones cost too much time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 512..=8_192;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// RSA.
    Rsa(Box<RsaKey>),
    /// A point of P-256, uncompressed or not.
    P256(Vec<u8>),
    /// A point of P-384.
    P384(Vec<u8>),
    /// Something else: the identifier of the algorithm or of the curve.
    Unknown(String),
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It was made over other bytes or by another key.
    Mismatch,
    /// Algorithm, curve or combination that is not known here.
    Unknown(String),
}

impl PublicKey {
    /// From a SubjectPublicKeyInfo.
    pub(crate) fn of(info: &[u8]) -> Option<Self> {
        let mut info = first(info)?.inside();
        let mut algorithm = info.expect(SEQUENCE)?.inside();
        let bits = info.next()?.bits()?;
        let oid = algorithm.expect(OID)?.oid()?;
        Some(match oid.as_str() {
            "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
                let mut numbers = first(bits)?.inside();
                let (n, e) = (numbers.expect(INTEGER)?.body, numbers.expect(INTEGER)?.body);
                rsa_key(n, e).map_or(Self::Unknown(oid), |key| Self::Rsa(Box::new(key)))
            }
            "1.2.840.10045.2.1" => match algorithm.next().and_then(|n| n.oid()).unwrap_or_default().as_str() {
                "1.2.840.10045.3.1.7" => Self::P256(bits.to_vec()),
                "1.3.132.0.34" => Self::P384(bits.to_vec()),
                other => Self::Unknown(other.to_owned()),
            },
            _ => Self::Unknown(oid),
        })
    }

    /// Size of an RSA modulus in bits.
    pub(crate) fn rsa_bits(&self) -> Option<u32> {
        use rsa::traits::PublicKeyParts;
        match self {
            Self::Rsa(key) => Some(key.n().bit_width_vartime()),
            _ => None,
        }
    }

    /// Checks a signature over a message.
    pub(crate) fn verify(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        use ring::signature::{
            ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
            UnparsedPublicKey, VerificationAlgorithm,
        };
        let ecdsa = |algorithm: &'static dyn VerificationAlgorithm, point: &[u8]| {
            UnparsedPublicKey::new(algorithm, point).verify(message, signature).map_err(|_| Fault::Mismatch)
        };
        match (self, scheme) {
            (Self::Rsa(key), Scheme::Rsa(hash)) => rsa_v15(key, hash, message, signature),
            (Self::Rsa(key), Scheme::Pss(hash, salt)) => rsa_pss(key, hash, salt, message, signature),
            (Self::P256(point), Scheme::Ecdsa(Hash::Sha256)) => ecdsa(&ECDSA_P256_SHA256_ASN1, point),
            (Self::P256(point), Scheme::Ecdsa(Hash::Sha384)) => ecdsa(&ECDSA_P256_SHA384_ASN1, point),
            (Self::P384(point), Scheme::Ecdsa(Hash::Sha256)) => ecdsa(&ECDSA_P384_SHA256_ASN1, point),
            (Self::P384(point), Scheme::Ecdsa(Hash::Sha384)) => ecdsa(&ECDSA_P384_SHA384_ASN1, point),
            (Self::P256(_) | Self::P384(_), Scheme::Ecdsa(hash)) => {
                Err(Fault::Unknown(format!("ECDSA {}", hash.name())))
            }
            (Self::Unknown(oid), _) => Err(Fault::Unknown(oid.clone())),
            _ => Err(Fault::Mismatch),
        }
    }
}

fn rsa_key(n: &[u8], e: &[u8]) -> Option<RsaKey> {
    let bare = |bytes: &[u8]| {
        let from = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
        bytes.get(from..).map(<[u8]>::to_vec).unwrap_or_default()
    };
    let (n, e) = (bare(n), bare(e));
    if n.len() > RSA_BITS.end() / 8 || n.is_empty() || e.is_empty() || e.len() > 5 {
        return None;
    }
    RsaKey::new_with_size_limits(BoxedUint::from_be_slice_vartime(&n), BoxedUint::from_be_slice_vartime(&e), RSA_BITS)
        .ok()
}

fn rsa_v15(key: &RsaKey, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
    match hash {
        Hash::Md5 => key.pkcs1v15_verify::<md5::Md5>(message, signature),
        Hash::Sha1 => key.pkcs1v15_verify::<sha1::Sha1>(message, signature),
        Hash::Sha256 => key.pkcs1v15_verify::<sha2::Sha256>(message, signature),
        Hash::Sha384 => key.pkcs1v15_verify::<sha2::Sha384>(message, signature),
        Hash::Sha512 => key.pkcs1v15_verify::<sha2::Sha512>(message, signature),
    }
    .map_err(|_| Fault::Mismatch)
}

fn rsa_pss(key: &RsaKey, hash: Hash, salt: usize, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
    let digest = hash.digest(message);
    match hash {
        Hash::Md5 => return Err(Fault::Unknown("RSASSA-PSS MD5".to_owned())),
        Hash::Sha1 => key.verify(Pss::<sha1::Sha1>::new_with_salt(salt), &digest, signature),
        Hash::Sha256 => key.verify(Pss::<sha2::Sha256>::new_with_salt(salt), &digest, signature),
        Hash::Sha384 => key.verify(Pss::<sha2::Sha384>::new_with_salt(salt), &digest, signature),
        Hash::Sha512 => key.verify(Pss::<sha2::Sha512>::new_with_salt(salt), &digest, signature),
    }
    .map_err(|_| Fault::Mismatch)
}
