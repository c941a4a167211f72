//! SignedData of CMS (RFC 5652), in the older manner of PKCS#7 too: the content of a macro signature is a bare SEQUENCE, not an
//! OCTET STRING, and what is hashed is that content without its tag and length.

use super::algorithm::{Hash, Scheme};
use super::certificate::Certificate;
use super::der::{INTEGER, Node, OID, Reader, SEQUENCE, SET, first};
use super::key::Fault;
use super::list::same_number;
use super::name;
use super::reason::Flaw;
use super::report::Serial;
use std::borrow::Cow;

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ATTRIBUTE_CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const ATTRIBUTE_DIGEST: &str = "1.2.840.113549.1.9.4";
/// Certificates, signers and attributes that are read of one CMS.
const MOST: usize = 256;

/// A SignedData.
#[derive(Debug)]
pub(crate) struct Cms<'b> {
    /// Type of the content.
    pub(crate) content_type: String,
    /// Content octets; empty where the content is elsewhere.
    pub(crate) content: Cow<'b, [u8]>,
    /// Certificates that can be read.
    pub(crate) certificates: Vec<Certificate>,
    /// Signers.
    pub(crate) signers: Vec<Signer<'b>>,
}

/// A signer of a CMS, or a countersignature.
#[derive(Debug)]
pub(crate) struct Signer<'b> {
    id: Id<'b>,
    /// Digest algorithm, or its unknown identifier.
    pub(crate) digest: Result<Hash, String>,
    /// The signed attributes as they stand, under their implicit tag.
    signed: Option<Node<'b>>,
    algorithm: &'b [u8],
    /// The signature value.
    pub(crate) signature: &'b [u8],
    unsigned: Vec<Attribute<'b>>,
}

#[derive(Debug)]
enum Id<'b> {
    Serial { issuer: &'b [u8], serial: &'b [u8] },
    Key(&'b [u8]),
}

/// An attribute: identifier and values.
#[derive(Debug, Clone)]
pub(crate) struct Attribute<'b> {
    pub(crate) oid: String,
    pub(crate) values: Vec<Node<'b>>,
}

impl<'b> Cms<'b> {
    /// Reads a ContentInfo with SignedData in it; zeros or other bytes may follow it.
    pub(crate) fn read(bytes: &'b [u8]) -> Option<Self> {
        let mut outer = first(bytes).filter(|n| n.tag == SEQUENCE)?.inside();
        if outer.expect(OID)?.oid()? != SIGNED_DATA {
            return None;
        }
        let mut data = first(outer.expect(0xa0)?.body).filter(|n| n.tag == SEQUENCE)?.inside();
        data.expect(INTEGER)?;
        data.expect(SET)?;
        let mut content_info = data.expect(SEQUENCE)?.inside();
        let content_type = content_info.expect(OID)?.oid()?;
        let content = match content_info.optional(0xa0) {
            Some(node) => {
                let inner = first(node.body)?;
                inner.octets().unwrap_or(Cow::Borrowed(inner.body))
            }
            None => Cow::Borrowed(&[][..]),
        };
        let mut certificates = Vec::new();
        if let Some(node) = data.optional(0xa0) {
            // A certificate that cannot be read is one that nobody can rely on; the others still count.
            certificates = node.inside().all(MOST)?.iter().filter_map(|n| Certificate::read(n.whole)).collect();
        }
        data.optional(0xa1);
        let signers = data.expect(SET)?.inside().all(MOST)?;
        let signers = signers.into_iter().map(Signer::read).collect::<Option<Vec<_>>>()?;
        Some(Self { content_type, content, certificates, signers })
    }

    /// The one signer.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub(crate) fn signer(&self) -> Result<&Signer<'b>, Flaw> {
        match self.signers.as_slice() {
            [] => Err(Flaw::NoSigner),
            [one] => Ok(one),
            several => Err(Flaw::SeveralSigners { count: several.len() }),
        }
    }
}

impl<'b> Signer<'b> {
    /// Reads a SignerInfo.
    pub(crate) fn read(node: Node<'b>) -> Option<Self> {
        if node.tag != SEQUENCE {
            return None;
        }
        let mut inside = node.inside();
        inside.expect(INTEGER)?;
        let id = inside.next()?;
        let id = match id.tag {
            SEQUENCE => {
                let mut id = id.inside();
                Id::Serial { issuer: id.expect(SEQUENCE)?.whole, serial: id.expect(INTEGER)?.body }
            }
            0x80 => Id::Key(id.body),
            _ => return None,
        };
        let digest = Hash::of(inside.expect(SEQUENCE)?);
        let signed = inside.optional(0xa0);
        let algorithm = inside.expect(SEQUENCE)?.whole;
        let signature = inside.expect(super::der::OCTET_STRING)?.body;
        let unsigned = match inside.optional(0xa1) {
            Some(node) => attributes(node)?,
            None => Vec::new(),
        };
        Some(Self { id, digest, signed, algorithm, signature, unsigned })
    }

    /// The signer's certificate among some.
    ///
    /// # Errors
    /// It is not among them.
    pub(crate) fn certificate<'c>(&self, among: &'c [Certificate]) -> Result<&'c Certificate, Flaw> {
        let is_it = |c: &&Certificate| match self.id {
            Id::Serial { issuer, serial } => c.issuer == issuer && same_number(&c.serial, serial),
            Id::Key(id) => c.key_id.as_deref() == Some(id),
        };
        among.iter().find(is_it).ok_or_else(|| match self.id {
            Id::Serial { issuer, serial } => {
                Flaw::NoCertificate { issuer: name::written(issuer), serial: Some(Serial::new(serial)) }
            }
            Id::Key(_) => Flaw::NoCertificate { issuer: String::new(), serial: None },
        })
    }

    /// Checks the signature over some content with the key of a certificate. A countersignature (`counter`) need not name a type,
    /// and by RFC 5652 (11.4) should not; Authenticode's do.
    ///
    /// # Errors
    /// What does not hold, in this order: unknown algorithm, broken attributes, type, messageDigest, signature value.
    pub(crate) fn check(
        &self,
        content_type: &str,
        counter: bool,
        content: &[u8],
        certificate: &Certificate,
    ) -> Result<(), Flaw> {
        let unknown = |algorithm: &String| Flaw::UnknownAlgorithm { algorithm: algorithm.clone() };
        let digest = *self.digest.as_ref().map_err(unknown)?;
        let scheme = Scheme::of(self.algorithm, Some(digest)).map_err(|a| unknown(&a))?;
        let message = match self.signed {
            None => Cow::Borrowed(content),
            Some(node) => {
                match self.signed_value(ATTRIBUTE_CONTENT_TYPE)?.map(|n| n.oid()) {
                    Some(Some(named)) if named == content_type => {}
                    Some(Some(named)) => return Err(Flaw::ContentType { named }),
                    None if counter => {}
                    _ => return Err(Flaw::Attributes),
                }
                let value = self.signed_value(ATTRIBUTE_DIGEST)?.and_then(|n| n.octets()).ok_or(Flaw::Attributes)?;
                if digest.digest(content) != *value {
                    return Err(Flaw::MessageDigest { algorithm: digest });
                }
                // What is signed is the SET that the implicit tag stands for.
                let mut set = node.whole.to_vec();
                if let Some(tag) = set.first_mut() {
                    *tag = SET;
                }
                Cow::Owned(set)
            }
        };
        certificate.key.verify(scheme, &message, self.signature).map_err(|fault| match fault {
            Fault::Mismatch => Flaw::SignatureValue { algorithm: scheme.hash() },
            Fault::Unknown(algorithm) => Flaw::UnknownAlgorithm { algorithm },
        })
    }

    /// The hash beneath the signature value.
    pub(crate) fn signature_hash(&self) -> Option<Hash> {
        Scheme::of(self.algorithm, self.digest.as_ref().ok().copied()).ok().map(Scheme::hash)
    }

    /// The single value of a signed attribute; nothing where there is no such attribute.
    ///
    /// # Errors
    /// The attributes cannot be read, or this one stands there twice or with several values.
    pub(crate) fn signed_value(&self, oid: &str) -> Result<Option<Node<'b>>, Flaw> {
        let Some(node) = self.signed else { return Ok(None) };
        let all = attributes(node).ok_or(Flaw::Attributes)?;
        let mut found = all.iter().filter(|a| a.oid == oid);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => match one.values.as_slice() {
                [value] => Ok(Some(*value)),
                _ => Err(Flaw::Attributes),
            },
            _ => Err(Flaw::Attributes),
        }
    }

    /// Values of an unsigned attribute, wherever it stands.
    pub(crate) fn unsigned_values(&self, oid: &str) -> Vec<Node<'b>> {
        self.unsigned.iter().filter(|a| a.oid == oid).flat_map(|a| a.values.clone()).collect()
    }
}

fn attributes(set: Node<'_>) -> Option<Vec<Attribute<'_>>> {
    let mut found = Vec::new();
    for attribute in Reader::new(set.body).all(MOST)? {
        let mut inside = attribute.inside();
        let oid = inside.expect(OID)?.oid()?;
        let values = inside.expect(SET)?.inside().all(MOST)?;
        found.push(Attribute { oid, values });
    }
    Some(found)
}
