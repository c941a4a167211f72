//! Whether a certificate was revoked, by the lists and answers that were given. Without one that speaks of it, nothing is claimed.

use super::certificate::Certificate;
use super::instant::Instant;
use super::list::List;
use super::ocsp::{Answer, Standing, Status};
use super::trust::Trust;
use serde::Serialize;

/// Why a certificate was revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// No reason is given, or one that is not known here.
    Unspecified,
    /// Somebody else may have the key.
    KeyCompromise,
    /// Somebody else may have the key of the authority.
    CaCompromise,
    /// The bearer belongs elsewhere now.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// On hold.
    CertificateHold,
    /// Taken off the list.
    RemoveFromCrl,
    /// A privilege was withdrawn.
    PrivilegeWithdrawn,
    /// Somebody else may have the key of an attribute authority.
    AaCompromise,
}

impl Cause {
    /// By number.
    pub(crate) fn of(number: u32) -> Self {
        match number {
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => Self::Unspecified,
        }
    }
}

/// List or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
}

/// Where a statement about revocation comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// List or answer.
    pub kind: SourceKind,
    /// Name of the file, as it was given.
    pub file: String,
    /// As of when it speaks.
    pub this_update: Instant,
    /// When the next is due.
    pub next_update: Option<Instant>,
}

/// Why nothing is said about revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Unchecked {
    /// No list and no answer was given.
    NothingGiven,
    /// None of those given speaks of this certificate.
    NothingAboutIt,
    /// The issuer's certificate is missing, so that no list can be trusted.
    IssuerMissing,
    /// The issuer's key did not sign the list or answer.
    BadSignature {
        /// It.
        source: Source,
    },
    /// The answer is signed by one who may not answer for the issuer.
    WrongResponder {
        /// It.
        source: Source,
    },
    /// It is a part or a difference only, or broken: not being on it proves nothing.
    Partial {
        /// It.
        source: Source,
    },
    /// The responder does not know the certificate.
    UnknownToResponder {
        /// It.
        source: Source,
    },
    /// Its next update is past (or none is promised): it says nothing of the given day.
    Stale {
        /// It.
        source: Source,
    },
    /// It was made after the given day.
    MadeLater {
        /// It.
        source: Source,
    },
    /// The certificate had ended before it was made: ended certificates may be taken off.
    EndedBefore {
        /// It.
        source: Source,
    },
}

/// What is known of the revocation of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Revocation {
    /// Not revoked, by a list or answer that is current at the given day.
    Good {
        /// It.
        source: Source,
    },
    /// Revoked.
    Revoked {
        /// Since when.
        since: Instant,
        /// Why.
        cause: Cause,
        /// By which list or answer.
        source: Source,
    },
    /// Not known.
    NotChecked(Unchecked),
    /// A given root: trusted as such, no list is asked.
    Root,
}

/// Looks a certificate up in all lists and answers, as of the day `at`.
///
/// One statement that it is revoked outweighs any that it is not; among several the earliest time counts. A stale list can still
/// revoke, but never clear.
pub(crate) fn look_up(
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    trust: &Trust,
    at: Instant,
) -> Revocation {
    if trust.lists.is_empty() && trust.answers.is_empty() {
        return Revocation::NotChecked(Unchecked::NothingGiven);
    }
    let Some(issuer) = issuer else { return Revocation::NotChecked(Unchecked::IssuerMissing) };
    let by_list = trust.lists.iter().filter(|l| l.covers(certificate)).map(|l| ask_list(l, certificate, issuer, at));
    let by_answer = trust.answers.iter().filter_map(|a| ask_answer(a, certificate, issuer, at));
    let mut best = Revocation::NotChecked(Unchecked::NothingAboutIt);
    for said in by_list.chain(by_answer) {
        if rank(&said) > rank(&best) {
            best = said;
        }
    }
    best
}

/// Order of weight; the earliest revocation and the newest clearance come first among their like.
fn rank(said: &Revocation) -> (u8, Option<std::cmp::Reverse<Instant>>, Option<Instant>) {
    match said {
        Revocation::Revoked { since, .. } => (10, Some(std::cmp::Reverse(*since)), None),
        Revocation::Good { source } => (9, None, Some(source.this_update)),
        Revocation::Root => (8, None, None),
        Revocation::NotChecked(why) => match why {
            Unchecked::EndedBefore { source } => (7, None, Some(source.this_update)),
            Unchecked::Stale { source } => (6, None, Some(source.this_update)),
            Unchecked::MadeLater { source } => (5, None, Some(source.this_update)),
            Unchecked::UnknownToResponder { .. } => (4, None, None),
            Unchecked::Partial { .. } => (3, None, None),
            Unchecked::WrongResponder { .. } => (2, None, None),
            Unchecked::BadSignature { .. } => (1, None, None),
            Unchecked::IssuerMissing | Unchecked::NothingAboutIt | Unchecked::NothingGiven => (0, None, None),
        },
    }
}

fn ask_list(list: &List, certificate: &Certificate, issuer: &Certificate, at: Instant) -> Revocation {
    let source =
        Source { kind: SourceKind::Crl, file: list.file.clone(), this_update: list.made, next_update: list.due };
    if !list.is_signed_by(issuer) {
        return Revocation::NotChecked(Unchecked::BadSignature { source });
    }
    match list.find(&certificate.serial) {
        Ok(Some(entry)) if entry.cause != Cause::RemoveFromCrl => {
            Revocation::Revoked { since: entry.since, cause: entry.cause, source }
        }
        Ok(_) if !list.is_partial() => clear(source, certificate, list.keeps_since, at),
        _ => Revocation::NotChecked(Unchecked::Partial { source }),
    }
}

fn ask_answer(answer: &Answer, certificate: &Certificate, issuer: &Certificate, at: Instant) -> Option<Revocation> {
    let single = answer.singles.iter().find(|s| s.is_about(certificate, issuer))?;
    let source = Source {
        kind: SourceKind::Ocsp,
        file: answer.file.clone(),
        this_update: single.as_of,
        next_update: single.due,
    };
    Some(match answer.standing(issuer) {
        Standing::WrongResponder => Revocation::NotChecked(Unchecked::WrongResponder { source }),
        Standing::BadSignature => Revocation::NotChecked(Unchecked::BadSignature { source }),
        Standing::Sound => match single.status {
            Status::Revoked(since, cause) => Revocation::Revoked { since, cause, source },
            Status::Unknown => Revocation::NotChecked(Unchecked::UnknownToResponder { source }),
            Status::Good => clear(source, certificate, single.keeps_since, at),
        },
    })
}

/// What "not on it" is worth: it has to be current, and must not have dropped the certificate because that had ended.
fn clear(source: Source, certificate: &Certificate, keeps_since: Option<Instant>, at: Instant) -> Revocation {
    let kept = keeps_since.is_some_and(|since| since <= certificate.until);
    if source.this_update > at {
        Revocation::NotChecked(Unchecked::MadeLater { source })
    } else if source.next_update.is_none_or(|due| due < at) {
        Revocation::NotChecked(Unchecked::Stale { source })
    } else if certificate.until < source.this_update && !kept {
        Revocation::NotChecked(Unchecked::EndedBefore { source })
    } else {
        Revocation::Good { source }
    }
}
