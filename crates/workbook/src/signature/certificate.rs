//! Certificates (RFC 5280), as far as a judgement needs them.

use super::algorithm::Scheme;
use super::der::{INTEGER, OCTET_STRING, OID, Reader, SEQUENCE, first};
use super::instant::Instant;
use super::key::{Fault, PublicKey};
use super::name;
use super::report::{Party, Serial};

/// The purpose "code signing".
pub(crate) const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
/// The purpose "time stamping".
pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// The purpose "answers about revocation".
pub(crate) const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
/// Microsoft's "lifetime signing": a time stamp gives no life beyond the certificate's.
pub(crate) const LIFETIME_SIGNING: &str = "1.3.6.1.4.1.311.10.3.13";
const ANY_PURPOSE: &str = "2.5.29.37.0";

/// Extensions that are understood here or that change nothing in a judgement about code.
const KNOWN: [&str; 14] = [
    "2.5.29.9",
    "2.5.29.14",
    "2.5.29.15",
    "2.5.29.16",
    "2.5.29.17",
    "2.5.29.18",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.32",
    "2.5.29.33",
    "2.5.29.35",
    "2.5.29.36",
    "2.5.29.37",
];

/// Bits of the key usage extension.
pub(crate) mod usage {
    pub(crate) const SIGNATURE: usize = 0;
    pub(crate) const COMMITMENT: usize = 1;
    pub(crate) const CERTIFICATES: usize = 5;
    pub(crate) const LISTS: usize = 6;
}

/// A certificate, its parts copied out of the bytes that it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The whole certificate.
    pub(crate) whole: Vec<u8>,
    /// What is signed.
    signed: Vec<u8>,
    /// The serial number's content octets.
    pub(crate) serial: Vec<u8>,
    /// Name of who issued it, as encoded: names are the same where their bytes are.
    pub(crate) issuer: Vec<u8>,
    /// Name of its bearer, as encoded.
    pub(crate) subject: Vec<u8>,
    /// First moment of its period.
    pub(crate) from: Instant,
    /// Last moment of its period.
    pub(crate) until: Instant,
    /// SubjectPublicKeyInfo, as encoded.
    pub(crate) key_info: Vec<u8>,
    /// The key within.
    pub(crate) key: PublicKey,
    /// AlgorithmIdentifier of the signature.
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    /// It has basic constraints.
    pub(crate) has_constraints: bool,
    /// Basic constraints: may issue certificates.
    pub(crate) is_authority: bool,
    /// Basic constraints: how many authorities may follow it.
    pub(crate) path_length: Option<u32>,
    key_usage: Option<Vec<u8>>,
    /// Extended purposes, where it is limited to some.
    pub(crate) purposes: Option<Vec<String>>,
    /// Subject key identifier.
    pub(crate) key_id: Option<Vec<u8>>,
    /// Key identifier of the issuer, as this certificate knows it.
    pub(crate) issuer_key_id: Option<Vec<u8>>,
    /// Locations of the lists that it may be revoked on.
    pub(crate) list_locations: Vec<Vec<u8>>,
    /// Carries name constraints, which are not evaluated here.
    pub(crate) has_name_constraints: bool,
    /// First critical extension that is not known here.
    pub(crate) unknown_critical: Option<String>,
}

impl Certificate {
    /// Reads a certificate; `None` where the bytes are none.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let whole = first(bytes).filter(|n| n.tag == SEQUENCE)?;
        let mut outer = whole.inside();
        let signed = outer.expect(SEQUENCE)?;
        let algorithm = outer.expect(SEQUENCE)?;
        let signature = outer.next()?.bits()?;
        let mut fields = signed.inside();
        fields.optional(0xa0);
        let serial = fields.expect(INTEGER)?;
        fields.expect(SEQUENCE)?;
        let issuer = fields.expect(SEQUENCE)?;
        let mut period = fields.expect(SEQUENCE)?.inside();
        let (from, until) = (period.next()?.time()?, period.next()?.time()?);
        let subject = fields.expect(SEQUENCE)?;
        let key_info = fields.expect(SEQUENCE)?;
        let mut certificate = Self {
            whole: whole.whole.to_vec(),
            signed: signed.whole.to_vec(),
            serial: serial.body.to_vec(),
            issuer: issuer.whole.to_vec(),
            subject: subject.whole.to_vec(),
            from,
            until,
            key_info: key_info.whole.to_vec(),
            key: PublicKey::of(key_info.whole)?,
            algorithm: algorithm.whole.to_vec(),
            signature: signature.to_vec(),
            has_constraints: false,
            is_authority: false,
            path_length: None,
            key_usage: None,
            purposes: None,
            key_id: None,
            issuer_key_id: None,
            list_locations: Vec::new(),
            has_name_constraints: false,
            unknown_critical: None,
        };
        while let Some(field) = fields.next() {
            if field.tag == 0xa3 {
                for (oid, critical, value) in extensions(field.body)? {
                    certificate.extension(oid, critical, value)?;
                }
            }
        }
        Some(certificate)
    }

    fn extension(&mut self, oid: String, critical: bool, value: &[u8]) -> Option<()> {
        match oid.as_str() {
            "2.5.29.14" => self.key_id = Some(first(value)?.octets()?.into_owned()),
            "2.5.29.15" => self.key_usage = Some(first(value)?.whole.to_vec()),
            "2.5.29.19" => {
                let mut inside = first(value)?.inside();
                self.has_constraints = true;
                self.is_authority = inside.optional(0x01).is_some_and(|n| n.yes());
                self.path_length = inside.optional(INTEGER).and_then(|n| n.small());
            }
            "2.5.29.30" => self.has_name_constraints = true,
            "2.5.29.31" => self.list_locations = locations(value),
            "2.5.29.35" => {
                self.issuer_key_id = first(value)?.inside().optional(0x80).map(|n| n.body.to_vec());
            }
            "2.5.29.37" => {
                let purposes = first(value)?.inside().all(256)?;
                self.purposes = Some(purposes.iter().filter_map(|n| n.oid()).collect());
            }
            _ if critical && !KNOWN.contains(&oid.as_str()) => {
                self.unknown_critical.get_or_insert(oid);
            }
            _ => {}
        }
        Some(())
    }

    /// True where the key may be used so: the extension is missing or has the bit (see [`usage`]).
    pub(crate) fn allows(&self, bit: usize) -> bool {
        self.key_usage.as_deref().and_then(first).is_none_or(|n| n.bit(bit))
    }

    /// True where the purposes are not limited, or hold this one or any.
    pub(crate) fn serves(&self, purpose: &str) -> bool {
        self.purposes.as_ref().is_none_or(|all| all.iter().any(|p| p == purpose || p == ANY_PURPOSE))
    }

    /// True where the purposes name this one.
    pub(crate) fn names(&self, purpose: &str) -> bool {
        self.purposes.as_ref().is_some_and(|all| all.iter().any(|p| p == purpose))
    }

    /// True where the certificate names its own bearer as its issuer.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Checks that the key of `issuer` signed this certificate.
    pub(crate) fn verify_by(&self, issuer: &Self) -> Result<(), Fault> {
        let scheme = self.scheme().map_err(Fault::Unknown)?;
        issuer.key.verify(scheme, &self.signed, &self.signature)
    }

    /// How it was signed; the identifier where that is not known.
    pub(crate) fn scheme(&self) -> Result<Scheme, String> {
        Scheme::of(&self.algorithm, None)
    }

    /// Names, serial and period, for the report.
    pub(crate) fn party(&self) -> Party {
        Party {
            name: name::called(&self.subject),
            subject: name::written(&self.subject),
            issuer: name::written(&self.issuer),
            serial: Serial::new(&self.serial),
            not_before: self.from,
            not_after: self.until,
        }
    }
}

/// Identifier, "critical" and value of each extension in a SEQUENCE of them.
pub(crate) fn extensions(bytes: &[u8]) -> Option<Vec<(String, bool, &[u8])>> {
    let mut found = Vec::new();
    for extension in first(bytes)?.inside().all(256)? {
        let mut inside = extension.inside();
        let oid = inside.expect(OID)?.oid()?;
        let critical = inside.optional(0x01).is_some_and(|n| n.yes());
        found.push((oid, critical, inside.expect(OCTET_STRING)?.body));
    }
    Some(found)
}

/// URIs in the distribution points of a certificate; other kinds of names are left aside.
fn locations(value: &[u8]) -> Vec<Vec<u8>> {
    let Some(points) = first(value).and_then(|n| n.inside().all(256)) else { return Vec::new() };
    points.iter().filter_map(|p| p.inside().optional(0xa0)).flat_map(|name| uris(name.body)).collect()
}

/// URIs of a DistributionPointName, its outer tag taken off.
pub(crate) fn uris(name: &[u8]) -> Vec<Vec<u8>> {
    let Some(full) = first(name).filter(|n| n.tag == 0xa0) else { return Vec::new() };
    let names = Reader::new(full.body).all(256).unwrap_or_default();
    names.iter().filter(|n| n.tag == 0x86).map(|n| n.body.to_vec()).collect()
}
