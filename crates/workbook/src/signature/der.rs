//! ASN.1 as signatures carry it: DER, and the indefinite lengths of BER that old software writes.
//!
//! Walked here and not by a library: the content of a macro signature is a bare SEQUENCE where the CMS of today wants an OCTET
//! STRING, so that strict readers refuse it, and every hash is over bytes as they stand in the file.

use super::instant::Instant;
use std::borrow::Cow;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Indefinite lengths may lie in each other so deep; nothing that we read comes near.
const DEPTH: usize = 12;

/// An element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node<'b> {
    /// Tag byte, class and form included. Tags of several bytes occur in nothing that we read.
    pub(crate) tag: u8,
    /// Content octets.
    pub(crate) body: &'b [u8],
    /// Tag, length and content.
    pub(crate) whole: &'b [u8],
}

/// A run of elements, read one by one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element; `None` at the end or where it is broken.
    pub(crate) fn next(&mut self) -> Option<Node<'b>> {
        let node = element(self.rest, 0)?;
        self.rest = self.rest.get(node.whole.len()..)?;
        Some(node)
    }

    /// The next element, which has to have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<Node<'b>> {
        self.next().filter(|n| n.tag == tag)
    }

    /// The next element if it has this tag; otherwise nothing is taken.
    pub(crate) fn optional(&mut self, tag: u8) -> Option<Node<'b>> {
        if self.rest.first() == Some(&tag) { self.next() } else { None }
    }

    /// What is left, up to `most` elements; `None` where one is broken or there are more.
    pub(crate) fn all(mut self, most: usize) -> Option<Vec<Node<'b>>> {
        let mut found = Vec::new();
        while !self.is_empty() {
            if found.len() >= most {
                return None;
            }
            found.push(self.next()?);
        }
        Some(found)
    }
}

/// The first element of some bytes; what follows it is left aside.
pub(crate) fn first(bytes: &[u8]) -> Option<Node<'_>> {
    element(bytes, 0)
}

fn element(bytes: &[u8], depth: usize) -> Option<Node<'_>> {
    let (&tag, &length) = (bytes.first()?, bytes.get(1)?);
    if tag & 0x1f == 0x1f {
        return None;
    }
    if length == 0x80 {
        return indefinite(bytes, tag, depth);
    }
    let (head, size) = if length < 0x80 {
        (2, usize::from(length))
    } else {
        let count = usize::from(length & 0x7f);
        let octets = bytes.get(2..2 + count).filter(|_| count <= 4)?;
        (2 + count, octets.iter().fold(0_usize, |sum, &b| sum << 8 | usize::from(b)))
    };
    let end = head.checked_add(size)?;
    Some(Node { tag, body: bytes.get(head..end)?, whole: bytes.get(..end)? })
}

/// An element that ends with two zero octets.
fn indefinite(bytes: &[u8], tag: u8, depth: usize) -> Option<Node<'_>> {
    if tag & 0x20 == 0 || depth >= DEPTH {
        return None;
    }
    let mut at = 2_usize;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(&[0, 0]) {
            return Some(Node { tag, body: bytes.get(2..at)?, whole: bytes.get(..at.checked_add(2)?)? });
        }
        at = at.checked_add(element(rest, depth + 1)?.whole.len())?;
    }
}

impl<'b> Node<'b> {
    /// The elements within.
    pub(crate) fn inside(&self) -> Reader<'b> {
        Reader::new(self.body)
    }

    /// The dotted form of an object identifier.
    pub(crate) fn oid(&self) -> Option<String> {
        if self.tag != OID || self.body.is_empty() || self.body.len() > 64 {
            return None;
        }
        let mut arcs: Vec<u64> = Vec::new();
        let mut value = 0_u64;
        for &byte in self.body {
            value = value.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                if arcs.is_empty() {
                    let root = (value / 40).min(2);
                    arcs.extend([root, value - root * 40]);
                } else {
                    arcs.push(value);
                }
                value = 0;
            }
        }
        (self.body.last()? & 0x80 == 0).then(|| arcs.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
    }

    /// A small whole number.
    pub(crate) fn small(&self) -> Option<u32> {
        let bytes = self.body;
        if !matches!(self.tag, INTEGER | ENUMERATED)
            || bytes.is_empty()
            || bytes.len() > 4
            || bytes.first()? & 0x80 != 0
        {
            return None;
        }
        Some(bytes.iter().fold(0, |sum, &b| sum << 8 | u32::from(b)))
    }

    /// The octets of an OCTET STRING, whose pieces are joined where BER has cut it.
    pub(crate) fn octets(&self) -> Option<Cow<'b, [u8]>> {
        match self.tag {
            OCTET_STRING => Some(Cow::Borrowed(self.body)),
            0x24 => {
                let mut joined = Vec::new();
                let mut pieces = self.inside();
                while !pieces.is_empty() {
                    joined.extend_from_slice(pieces.expect(OCTET_STRING)?.body);
                }
                Some(Cow::Owned(joined))
            }
            _ => None,
        }
    }

    /// The octets of a BIT STRING that fills them whole.
    pub(crate) fn bits(&self) -> Option<&'b [u8]> {
        let (unused, octets) = self.body.split_first()?;
        (self.tag == BIT_STRING && *unused == 0).then_some(octets)
    }

    /// A bit of a BIT STRING, the first being 0; bits that are not there are not set.
    pub(crate) fn bit(&self, number: usize) -> bool {
        self.body.get(1 + number / 8).is_some_and(|octet| octet >> (7 - number % 8) & 1 == 1)
    }

    /// A BOOLEAN that says yes.
    pub(crate) fn yes(&self) -> bool {
        self.tag == BOOLEAN && self.body.first().is_some_and(|&b| b != 0)
    }

    /// UTCTime or GeneralizedTime.
    pub(crate) fn time(&self) -> Option<Instant> {
        Instant::asn1(self.tag, self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_form() {
        assert_eq!(first(&[4, 1, 7, 9]).unwrap().body, [7]);
        assert_eq!(first(&[4, 0x81, 1, 7]).unwrap().body, [7]);
        assert_eq!(first(&[0x30, 0x80, 4, 1, 7, 0, 0, 9]).unwrap().body, [4, 1, 7]);
        assert_eq!(first(&[0x30, 0x80, 4, 1, 7, 0, 0, 9]).unwrap().whole.len(), 7);
        assert_eq!(first(&[4, 2, 7]), None);
        assert_eq!(first(&[4, 0x80, 0, 0]), None);
        assert_eq!(first(&[4, 0x85, 0, 0, 0, 0, 1, 7]), None);
        assert_eq!(first(&[0x1f, 1, 7]), None);
        assert_eq!(first(&[4, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        let deep: Vec<u8> = std::iter::repeat_n([0x30, 0x80], 5_000).flatten().collect();
        assert_eq!(first(&deep), None);
    }

    #[test]
    fn object_identifiers_in_dots() {
        let oid = |body: &[u8]| Node { tag: OID, body, whole: body }.oid();
        assert_eq!(oid(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 0x1d]).as_deref(), Some("1.3.6.1.4.1.311.2.1.29"));
        assert_eq!(oid(&[0x60, 0x86, 0x48]).as_deref(), Some("2.16.840"));
        assert_eq!(oid(&[0x88, 0x37, 3]).as_deref(), Some("2.999.3"));
        assert_eq!(oid(&[0x2b, 0x86]), None);
        assert_eq!(oid(&[]), None);
    }
}
