//! Why a signature is judged as it is: one variant a cause, with the names, dates and serials that its sentence needs.

use super::algorithm::Hash;
use super::instant::Instant;
use super::report::{Kind, Party, Serial, StampKind};
use super::revocation::{Cause, Source};
use serde::Serialize;

/// Why a form of the signature is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Flaw {
    /// A relationship leads to a part that is not there.
    PartMissing,
    /// The part is there and cannot be unpacked.
    PartUnreadable,
    /// The wrapping says that the signature lies outside it, or is cut off.
    Wrapping,
    /// What is wrapped is no CMS SignedData.
    NotCms,
    /// It has no signer.
    NoSigner,
    /// It has several signers; a macro signature has one, and which one Excel would show is not known.
    SeveralSigners {
        /// How many.
        count: usize,
    },
    /// The signer's certificate is nowhere in the file.
    NoCertificate {
        /// Issuer that the signer is named by, as RFC 4514 writes it; empty where it is named by a key.
        issuer: String,
        /// Serial number that it is named by.
        serial: Option<Serial>,
    },
    /// An algorithm is not known here, so that nothing can be checked.
    UnknownAlgorithm {
        /// Its identifier or name.
        algorithm: String,
    },
    /// The signed attributes are broken: one is missing, doubled or of no known form.
    Attributes,
    /// The signed attributes speak of content of another type.
    ContentType {
        /// Type that they name.
        named: String,
    },
    /// The signed messageDigest is not the hash of the signed content: the content was changed after signing.
    MessageDigest {
        /// Algorithm of the hash.
        algorithm: Hash,
    },
    /// The signature value was not made by the signer's key over these attributes.
    SignatureValue {
        /// Algorithm of the hash beneath.
        algorithm: Hash,
    },
    /// The content is not what a macro signature signs, or cannot be read.
    Content,
    /// The content is that of another form (the old one in the place of a new one, or the reverse).
    ContentOfOtherForm,
}

/// Why a time stamp is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum StampFlaw {
    /// It cannot be read.
    Unreadable,
    /// Its own signature is broken.
    Broken {
        /// How.
        flaw: Flaw,
    },
    /// It stamps something else than this signature.
    OtherSignature,
    /// It names another certificate than the one that it is signed by.
    OtherCertificate,
    /// It says no time.
    NoTime,
    /// The authority's certificate, or one above it, is not made for time stamps.
    WrongUsage {
        /// Whose.
        certificate: Party,
        /// What is wrong.
        misuse: Misuse,
    },
    /// The time of the stamp is outside the period of the authority's certificate, or of one above it.
    OutsidePeriod {
        /// Whose.
        certificate: Party,
    },
    /// Nobody among the given roots vouches for the authority.
    UnknownAuthority {
        /// Where its chain ends.
        end: ChainEnd,
    },
    /// The authority's certificate, or one above it, was revoked.
    Revoked {
        /// Whose.
        certificate: Party,
        /// When.
        since: Instant,
        /// Why.
        cause: Cause,
    },
}

/// Why a certificate is not made for its use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Misuse {
    /// It is limited to other purposes.
    Purpose {
        /// Identifier of the purpose that is needed.
        needed: String,
        /// Those that it has.
        has: Vec<String>,
    },
    /// Its key may not sign.
    KeyUsage,
    /// It issued the one below it without being an authority.
    NotAnAuthority,
    /// More authorities follow it than it allows.
    PathTooLong,
    /// It has a critical extension that is not known here.
    UnknownCritical {
        /// Its identifier.
        oid: String,
    },
}

/// Where a chain ends that reaches no given root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ChainEnd {
    /// The certificate vouches for itself.
    SelfSigned,
    /// The chain reaches a root that is not among the given ones.
    UnknownRoot {
        /// That root.
        root: Party,
    },
    /// The certificate of an issuer is neither in the file nor among the given ones.
    IssuerMissing {
        /// Name of that issuer as RFC 4514 writes it.
        issuer: String,
    },
    /// A certificate of the issuer's name is there, but its key did not sign the one below.
    IssuerDiffers {
        /// Name of that issuer as RFC 4514 writes it.
        issuer: String,
    },
    /// The chain is longer than any in use, or its search was given up.
    TooLong,
}

/// When a certificate was revoked, why, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revoked {
    /// Whose.
    pub certificate: Party,
    /// Since when.
    pub since: Instant,
    /// Why.
    pub cause: Cause,
    /// The list or answer.
    pub source: Source,
}

/// A sound time stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamped {
    /// Its kind.
    pub kind: StampKind,
    /// Its time.
    pub time: Instant,
    /// The authority that signed it.
    pub authority: Party,
}

/// Why the verdict is what it is. The variants stand in the order in which they are looked for: the first that applies is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Reason {
    /// The bytes cannot be read as a workbook; whether they are signed is not known. Verdict none.
    Unreadable {
        /// Code of the trouble (see [`crate::Trouble::code`]).
        trouble: &'static str,
    },
    /// The workbook has no macro project, and so nothing to sign. Verdict none.
    NoProject,
    /// The macro project is not signed. Verdict none.
    NoSignature,
    /// A bare vbaProject.bin: signatures stand beside it in the workbook, never in it. Verdict none.
    BareProject,
    /// Signatures are in the file, but no relationship of the macro project leads to them: Excel sees none. Verdict orphan.
    Orphan {
        /// Their parts.
        parts: Vec<String>,
    },
    /// Signatures are in the file, but no macro project. Verdict orphan.
    SignatureWithoutProject {
        /// Their parts.
        parts: Vec<String>,
    },
    /// The governing form is broken. Verdict broken.
    Broken {
        /// Form.
        kind: Kind,
        /// Part or property.
        part: String,
        /// How.
        flaw: Flaw,
    },
    /// The project cannot be read whole, so that its hash cannot be compared. Verdict broken.
    ProjectUnreadable {
        /// Code of the trouble (see [`crate::Trouble::code`]).
        trouble: &'static str,
        /// Stream.
        part: String,
    },
    /// The project in the file is not the one that was signed. Verdict changed.
    Changed {
        /// Forms whose hash differs.
        differ: Vec<Kind>,
        /// Forms whose hash holds.
        hold: Vec<Kind>,
    },
    /// An .xls with a signature of a newer form: how that is to be checked there is not documented. Verdict untrusted.
    XlsNewerForm {
        /// Algorithm of its hash.
        algorithm: Hash,
        /// Forms whose hash is the signed one; empty where neither is.
        hold: Vec<Kind>,
    },
    /// Revoked, and the signature has no time stamp, so that it is judged at the given day. Verdict revoked.
    Revoked(Revoked),
    /// Revoked before the time of the stamp. Verdict revoked.
    RevokedBeforeStamp {
        /// The revocation.
        revoked: Revoked,
        /// The stamp.
        stamp: Stamped,
    },
    /// Revoked; the time stamp that might have helped is ignored. Verdict revoked.
    RevokedStampIgnored {
        /// The revocation.
        revoked: Revoked,
        /// Kind of the stamp.
        stamp: StampKind,
        /// Its time, where it can be read.
        time: Option<Instant>,
        /// Why it is ignored.
        flaw: StampFlaw,
    },
    /// Revoked; the certificate is of the kind that a time stamp gives no longer life. Verdict revoked.
    RevokedLifetimeSigning {
        /// The revocation.
        revoked: Revoked,
        /// The stamp.
        stamp: Stamped,
    },
    /// Ended, and the signature has no time stamp, so that it is judged at the given day. Verdict expired.
    Expired {
        /// What ended: the signer's certificate or one above it.
        certificate: Party,
    },
    /// Ended before the time of the stamp. Verdict expired.
    ExpiredBeforeStamp {
        /// What ended.
        certificate: Party,
        /// The stamp.
        stamp: Stamped,
    },
    /// Ended; the time stamp that might have helped is ignored. Verdict expired.
    ExpiredStampIgnored {
        /// What ended.
        certificate: Party,
        /// Kind of the stamp.
        stamp: StampKind,
        /// Its time, where it can be read.
        time: Option<Instant>,
        /// Why it is ignored.
        flaw: StampFlaw,
    },
    /// Ended; the certificate is of the kind that a time stamp gives no longer life. Verdict expired.
    ExpiredLifetimeSigning {
        /// What ended.
        certificate: Party,
        /// The stamp.
        stamp: Stamped,
    },
    /// The period had not begun at the given day. Verdict not-yet-valid.
    NotYetValid {
        /// What had not begun.
        certificate: Party,
    },
    /// The period had not begun at the time of the stamp. Verdict not-yet-valid.
    NotYetValidAtStamp {
        /// What had not begun.
        certificate: Party,
        /// The stamp.
        stamp: Stamped,
    },
    /// A certificate is not made for signing code. Verdict wrong-usage.
    WrongUsage {
        /// Whose.
        certificate: Party,
        /// What is wrong.
        misuse: Misuse,
    },
    /// The signer vouches for itself, and is not among the given roots. Verdict untrusted.
    SelfSigned {
        /// The signer.
        certificate: Party,
    },
    /// The chain of the signer reaches no given root. Verdict untrusted.
    UnknownIssuer {
        /// The signer.
        certificate: Party,
        /// Where the chain ends.
        end: ChainEnd,
        /// How many roots were given.
        roots: usize,
    },
    /// All holds at the given day. Verdict valid.
    Valid {
        /// Form.
        kind: Kind,
        /// The signer.
        certificate: Party,
    },
    /// The certificate's period is over at the given day, but the time stamp lies within it. Verdict valid.
    ValidByStamp {
        /// Form.
        kind: Kind,
        /// The signer, or the certificate above it, whose period is over.
        certificate: Party,
        /// The stamp.
        stamp: Stamped,
    },
    /// Revoked after the time of the stamp: good under the usual rule; a policy of the machine can be stricter. Verdict valid.
    ValidRevokedLater {
        /// Form.
        kind: Kind,
        /// The revocation.
        revoked: Revoked,
        /// The stamp.
        stamp: Stamped,
    },
    /// All holds, but only the oldest form is there: refused where the policy trusts V3 only. Verdict valid-legacy-only.
    LegacyOnly {
        /// Why the form itself holds: one of the three reasons above.
        because: Box<Reason>,
    },
}
