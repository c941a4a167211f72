//! What a verification hands back: values, no sentences. The program words them in French and English.

use super::algorithm::Hash;
use super::instant::Instant;
use super::reason::{Flaw, Reason, StampFlaw};
use super::revocation::Revocation;
use serde::{Serialize, Serializer};
use std::fmt::{self, Write};

/// In a word, what Excel would make of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is no signature.
    None,
    /// A signature is there, but nothing leads Excel from the project to it: for Excel there is none.
    Orphan,
    /// The signature holds.
    Valid,
    /// It holds, but only in its oldest form, which a policy may refuse.
    ValidLegacyOnly,
    /// The certificate has ended, and no time stamp helps.
    Expired,
    /// The certificate was revoked in time.
    Revoked,
    /// The certificate's period has not begun.
    NotYetValid,
    /// A certificate is not made for this use.
    WrongUsage,
    /// All holds, but nobody who is trusted vouches for the signer.
    Untrusted,
    /// The signature itself does not hold or cannot be read.
    Broken,
    /// The signature holds, but for other macros than those in the file.
    Changed,
}

/// The forms of a signature, oldest first; Excel takes the newest that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The first form: an MD5 over the source only (MS-OVBA 2.4.2.3).
    Legacy,
    /// The second: any hash, over source and forms (2.4.2.4).
    Agile,
    /// The third: any hash, over nearly the whole project (2.4.2.7).
    V3,
}

/// A serial number of a certificate. Written as openssl prints it: hexadecimal, capitals, whole octets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Serial(String);

impl Serial {
    /// From the content octets of the INTEGER; a negative one, which is not allowed but occurs, is written with its octets.
    pub(crate) fn new(octets: &[u8]) -> Self {
        let bare = octets.iter().position(|&b| b != 0).and_then(|from| octets.get(from..)).unwrap_or(&[0]);
        Self(bare.iter().take(64).fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02X}");
            out
        }))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True where `text` is the same number in hexadecimal; `0x`, colons, letter case and leading zeros left aside.
    pub fn is(&self, text: &str) -> bool {
        let plain = |text: &str| {
            let text = text.trim().to_ascii_uppercase().replace(':', "");
            text.strip_prefix("0X").unwrap_or(&text).trim_start_matches('0').to_owned()
        };
        plain(text) == plain(&self.0)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Serial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A certificate as a sentence needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Common name, else the whole subject.
    pub name: String,
    /// Subject as RFC 4514 writes it.
    pub subject: String,
    /// Issuer as RFC 4514 writes it.
    pub issuer: String,
    /// Serial number.
    pub serial: Serial,
    /// First moment of the period.
    pub not_before: Instant,
    /// Last moment of the period.
    pub not_after: Instant,
}

/// A certificate on the way from the signer to a root, signer first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Who.
    #[serde(flatten)]
    pub party: Party,
    /// True for the given root that the chain ends in.
    pub root: bool,
    /// What is known of its revocation.
    pub revocation: Revocation,
}

/// How the time of signing is attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StampKind {
    /// A token of RFC 3161.
    Rfc3161,
    /// A countersignature of PKCS#9, as Authenticode first had it.
    Pkcs9,
}

/// A time stamp on the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// Its kind.
    pub kind: StampKind,
    /// The time that it claims, where it can be read.
    pub time: Option<Instant>,
    /// The authority that signed it, where its certificate is there.
    pub authority: Option<Party>,
    /// Hash over what it stamps.
    pub hash: Option<Hash>,
    /// Why it is ignored; `None` for a sound one.
    pub flaw: Option<StampFlaw>,
}

/// The hash of the project: as signed and as the project in the file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContentHash {
    /// Algorithm.
    pub algorithm: Hash,
    /// Signed value, hexadecimal.
    pub signed: String,
    /// Value of the project in the file, hexadecimal; `None` where the project cannot be read.
    pub computed: Option<String>,
}

impl ContentHash {
    /// True where both are the same; `None` where one is missing.
    pub fn holds(&self) -> Option<bool> {
        self.computed.as_ref().map(|computed| *computed == self.signed)
    }
}

/// One form of the signature that is in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    /// Which.
    pub kind: Kind,
    /// Part or property that holds it.
    pub part: String,
    /// True where a relationship (or the property's place) leads Excel to it.
    pub linked: bool,
    /// True for the one that the verdict speaks of.
    pub governs: bool,
    /// Hash algorithm of the signer over the signed content.
    pub digest: Option<Hash>,
    /// The signer's certificate.
    pub signer: Option<Party>,
    /// Hash of the project.
    pub content: Option<ContentHash>,
    /// Whether it is the hash of the project in the file.
    pub content_holds: Option<bool>,
    /// Why this form is broken, if it is.
    pub flaw: Option<Flaw>,
}

/// Where an algorithm is weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeakPlace {
    /// The hash over the project.
    Content,
    /// The signer's hash and signature.
    Signature,
    /// A certificate's signature (that of the root, which nobody relies on, left aside).
    Certificate,
    /// A certificate's key.
    Key,
    /// The time stamp.
    Stamp,
}

/// A weak algorithm that the judgement rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Weak {
    /// Where.
    pub place: WeakPlace,
    /// What: `MD5`, `SHA-1`, `RSA 1024`.
    pub algorithm: String,
    /// Form or certificate.
    pub of: String,
}

/// Something that a reader of the report should know and that the verdict does not say.
///
/// | code | arguments |
/// | --- | --- |
/// | `unreadable` | code of the trouble, part |
/// | `relationships-unreadable` | part whose relationships they are |
/// | `several-projects` | their parts or storages |
/// | `project-not-linked` | the project, found by its type only |
/// | `project-unreadable` | code of the trouble, stream |
/// | `signature-outside` | target of a relationship that leads out of the file |
/// | `signature-not-linked` | a part that Excel does not see |
/// | `certificate-store-broken` | part |
/// | `two-of-a-kind` | both parts |
/// | `other-form-broken` | part of an older form |
/// | `signers-differ` | names of both |
/// | `no-v3-form` | none: refused where the policy trusts V3 only |
/// | `xls-newer-forms-undocumented` | none |
/// | `name-constraints-not-evaluated` | none |
/// | `stamped-after-day` | time of the stamp, later than the day of judgement |
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// Names, parts, numbers, in the order that the code's sentence takes them.
    pub args: Vec<String>,
}

/// All that is known of the signature of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// In a word.
    pub verdict: Verdict,
    /// Why, with all that a sentence needs.
    pub reason: Reason,
    /// The form that Excel goes by: the newest that is linked.
    pub kind: Option<Kind>,
    /// The signer's whole name as RFC 4514 writes it.
    pub signer: Option<String>,
    /// The signer's common name, else the whole name.
    pub signer_name: Option<String>,
    /// Serial number of the signer's certificate.
    pub serial: Option<Serial>,
    /// First moment of the signer's certificate.
    pub not_before: Option<Instant>,
    /// Last moment of the signer's certificate.
    pub not_after: Option<Instant>,
    /// The day that it was judged at.
    pub at: Instant,
    /// Time of the sound time stamp that is relied on.
    pub stamped: Option<Instant>,
    /// Every time stamp on the governing form.
    pub stamps: Vec<Stamp>,
    /// Every form in the file, oldest kind first.
    pub forms: Vec<Form>,
    /// From the signer up; ends in a given root only where [`Link::root`] says so.
    pub chain: Vec<Link>,
    /// What is known of the revocation of the signer's certificate.
    pub revocation: Option<Revocation>,
    /// Weak algorithms that the judgement rests on.
    pub weak: Vec<Weak>,
    /// Other remarks, sorted.
    pub findings: Vec<Finding>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_written_as_openssl_prints_them_and_compare_as_numbers() {
        let serial = Serial::new(&[0x00, 0x04, 0x17, 0xab]);
        assert_eq!(serial.as_str(), "0417AB");
        assert!(serial.is("0x417ab"));
        assert!(serial.is("04:17:AB"));
        assert!(!serial.is("0x417ac"));
        assert_eq!(Serial::new(&[0]).as_str(), "00");
        assert_eq!(Serial::new(&[]).as_str(), "00");
    }
}
