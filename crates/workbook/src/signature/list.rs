//! Revocation lists (RFC 5280, section 5).

use super::algorithm::Scheme;
use super::certificate::{Certificate, extensions, uris};
use super::der::{INTEGER, Reader, SEQUENCE, first};
use super::instant::Instant;
use super::revocation::Cause;

/// A list, with the name of its file.
#[derive(Debug, Clone)]
pub(crate) struct List {
    /// File that it was given in.
    pub(crate) file: String,
    signed: Vec<u8>,
    /// Name of who issued it, as encoded.
    pub(crate) issuer: Vec<u8>,
    /// When it was made.
    pub(crate) made: Instant,
    /// When the next one is due.
    pub(crate) due: Option<Instant>,
    entries: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    scope: Scope,
    /// Ended certificates stay on it since then (expiredCertsOnCRL).
    pub(crate) keeps_since: Option<Instant>,
}

/// What a list speaks of, where it is not everything.
#[derive(Debug, Clone, Default)]
struct Scope {
    users_only: bool,
    authorities_only: bool,
    /// A difference to another list, a list of several issuers, one for attributes or for some reasons only, or one with a critical
    /// extension that is not known: it can revoke, but not clear.
    partial: bool,
    locations: Vec<Vec<u8>>,
}

/// A line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) since: Instant,
    pub(crate) cause: Cause,
}

impl List {
    /// Reads a list; `None` where the bytes are none. Its lines are read when one is looked for.
    pub(crate) fn read(file: &str, bytes: &[u8]) -> Option<Self> {
        let mut outer = first(bytes).filter(|n| n.tag == SEQUENCE)?.inside();
        let signed = outer.expect(SEQUENCE)?;
        let algorithm = outer.expect(SEQUENCE)?;
        let signature = outer.next()?.bits()?;
        let mut fields = signed.inside();
        fields.optional(INTEGER);
        fields.expect(SEQUENCE)?;
        let issuer = fields.expect(SEQUENCE)?;
        let made = fields.next()?.time()?;
        let due = match fields.optional(0x17).or_else(|| fields.optional(0x18)) {
            Some(node) => Some(node.time()?),
            None => None,
        };
        let entries = fields.optional(SEQUENCE).map(|n| n.body.to_vec()).unwrap_or_default();
        let mut list = Self {
            file: file.to_owned(),
            signed: signed.whole.to_vec(),
            issuer: issuer.whole.to_vec(),
            made,
            due,
            entries,
            algorithm: algorithm.whole.to_vec(),
            signature: signature.to_vec(),
            scope: Scope::default(),
            keeps_since: None,
        };
        if let Some(node) = fields.optional(0xa0) {
            for (oid, critical, value) in extensions(node.body)? {
                list.extension(&oid, critical, value)?;
            }
        }
        Some(list)
    }

    fn extension(&mut self, oid: &str, critical: bool, value: &[u8]) -> Option<()> {
        match oid {
            "2.5.29.20" | "2.5.29.35" => {}
            "2.5.29.27" => self.scope.partial = true,
            "2.5.29.28" => {
                for node in first(value)?.inside().all(16)? {
                    let set = node.body.first().is_some_and(|&b| b != 0);
                    match node.tag {
                        0xa0 => self.scope.locations = uris(node.body),
                        0x81 => self.scope.users_only = set,
                        0x82 => self.scope.authorities_only = set,
                        0x83 => self.scope.partial = true,
                        0x84 | 0x85 => self.scope.partial |= set,
                        _ => {}
                    }
                }
            }
            "2.5.29.60" => self.keeps_since = first(value)?.time(),
            _ => self.scope.partial |= critical,
        }
        Some(())
    }

    /// True where the list speaks of this certificate at all: same issuer, right sort of bearer, one of its locations.
    pub(crate) fn covers(&self, certificate: &Certificate) -> bool {
        let scope = &self.scope;
        let wrong_sort = if certificate.is_authority { scope.users_only } else { scope.authorities_only };
        let somewhere_else = !scope.locations.is_empty()
            && !scope.locations.iter().any(|place| certificate.list_locations.contains(place));
        self.issuer == certificate.issuer && !wrong_sort && !somewhere_else
    }

    /// True where it is only a part, so that not being on it proves nothing.
    pub(crate) fn is_partial(&self) -> bool {
        self.scope.partial
    }

    /// True where the issuer's key signed it and may sign lists.
    pub(crate) fn is_signed_by(&self, issuer: &Certificate) -> bool {
        let scheme = Scheme::of(&self.algorithm, None);
        issuer.allows(super::certificate::usage::LISTS)
            && scheme.is_ok_and(|scheme| issuer.key.verify(scheme, &self.signed, &self.signature).is_ok())
    }

    /// The line of a serial number. `Err` where the lines are broken before it was found.
    pub(crate) fn find(&self, serial: &[u8]) -> Result<Option<Entry>, ()> {
        let mut lines = Reader::new(&self.entries);
        while !lines.is_empty() {
            let mut line = lines.expect(SEQUENCE).ok_or(())?.inside();
            let number = line.expect(INTEGER).ok_or(())?;
            if same_number(number.body, serial) {
                let since = line.next().and_then(|n| n.time()).ok_or(())?;
                let more = line.next().and_then(|n| extensions(n.whole)).unwrap_or_default();
                let cause = more.iter().find(|(oid, _, _)| oid == "2.5.29.21");
                let cause = cause.and_then(|(_, _, value)| first(value)?.small()).map_or(Cause::Unspecified, Cause::of);
                return Ok(Some(Entry { since, cause }));
            }
        }
        Ok(None)
    }
}

/// Numbers are the same where their octets are, leading zeros left aside.
pub(crate) fn same_number(one: &[u8], other: &[u8]) -> bool {
    one.iter().skip_while(|&&b| b == 0).eq(other.iter().skip_while(|&&b| b == 0))
}
