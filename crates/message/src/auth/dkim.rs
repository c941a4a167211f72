//! DKIM by RFC 6376, 8301 and 8463: each signature judged, with what it covers and what it leaves open.

use serde::Serialize;

use super::canon::{self, Bodies, Canon};
use super::key::{self, Algorithm, KeyError};
use super::tags::{self, Tags};
use crate::dns::{Dns, normal};
use crate::headers::{RawHeader, RawMail};
use crate::limits;

/// The verdict on one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DkimResult {
    /// The domain answers for what the signature covers.
    Pass,
    /// It does not hold.
    Fail,
    /// Nothing can be said; the reason tells why.
    Unsure,
}

/// What stands behind a verdict that is no plain pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The body is not the one that was signed.
    BodyChanged,
    /// Signed header fields were changed, or the signature is another's.
    SignatureMismatch,
    /// The body is shorter than the part that was signed.
    BodyCut,
    /// The signature had run out when the mail was received.
    Expired,
    /// The signature field breaks the grammar or lacks a tag.
    Malformed,
    /// A version other than 1.
    Version,
    /// An algorithm that must not count any more (SHA-1) or is not known.
    Algorithm,
    /// From is not among the signed fields.
    FromNotSigned,
    /// The identity `i=` is outside the domain.
    Identity,
    /// The key could not be used.
    Key(KeyError),
    /// The file is not the one that was signed: a server rewrote it.
    Rewritten,
    /// Outlook keeps the fields and the parts, not the signed bytes.
    OutlookFile,
}

/// One signature, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// Signing domain, lower case.
    pub d: String,
    /// Selector.
    pub s: String,
    /// Algorithm as written.
    pub a: String,
    /// The verdict.
    pub result: DkimResult,
    /// Why, when it is no plain pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Names of the fields that the signature covers and that are in the mail, lower case, sorted.
    pub covers: Vec<String>,
    /// True when the body goes on after the part that was signed (`l=`).
    pub body_goes_on: bool,
    /// True when `l=` is used at all: whatever follows may be added freely.
    pub length_limited: bool,
    /// Seconds since 1970 when it was signed, if told.
    pub signed_at: Option<i64>,
    /// Seconds since 1970 when it runs out, if told.
    pub expires_at: Option<i64>,
    /// The domain says that it is testing.
    pub testing: bool,
}

/// Judges the signatures of a mail, top to bottom, at most as many as the limit allows. `received_at` is the time of
/// receipt by a server that is trusted: an expiry counts as of then, and not at all when unknown.
pub fn verify(mail: &RawMail<'_>, bodies: &mut Bodies<'_>, received_at: Option<i64>, dns: &dyn Dns) -> Vec<Signature> {
    mail.named("dkim-signature")
        .take(limits::SIGNATURES)
        .map(|(_, header)| judge(mail, header, bodies, received_at, dns))
        .collect()
}

/// Reads the signatures without judging them, for a file that cannot prove any.
pub fn unjudged(mail: &RawMail<'_>, reason: Reason) -> Vec<Signature> {
    mail.named("dkim-signature")
        .take(limits::SIGNATURES)
        .map(|(_, header)| {
            let tags = Tags::parse(mail.value(header)).unwrap_or_default();
            Signature { result: DkimResult::Unsure, reason: Some(reason), ..blank(&tags) }
        })
        .collect()
}

fn blank(tags: &Tags<'_>) -> Signature {
    Signature {
        d: normal(tags.get("d").unwrap_or_default()),
        s: tags.get("s").unwrap_or_default().to_owned(),
        a: tags.get("a").unwrap_or_default().to_owned(),
        result: DkimResult::Fail,
        reason: None,
        covers: Vec::new(),
        body_goes_on: false,
        length_limited: tags.get("l").is_some(),
        signed_at: tags.get("t").and_then(tags::seconds),
        expires_at: tags.get("x").and_then(tags::seconds),
        testing: false,
    }
}

fn judge(
    mail: &RawMail<'_>,
    header: &RawHeader,
    bodies: &mut Bodies<'_>,
    received_at: Option<i64>,
    dns: &dyn Dns,
) -> Signature {
    let tags = match Tags::parse(mail.value(header)) {
        Ok(tags) => tags,
        Err(_) => return Signature { reason: Some(Reason::Malformed), ..blank(&Tags::default()) },
    };
    let mut signature = blank(&tags);
    match check(mail, header, &tags, &mut signature, bodies, dns) {
        Ok(()) => {
            let over = signature.expires_at.zip(received_at).is_some_and(|(x, now)| now > x);
            (signature.result, signature.reason) =
                if over { (DkimResult::Fail, Some(Reason::Expired)) } else { (DkimResult::Pass, None) };
        }
        Err(reason) => {
            // A key that is gone or was not asked for proves nothing either way.
            let open = matches!(reason, Reason::Key(KeyError::NoAnswer | KeyError::NoKey | KeyError::Revoked));
            signature.result = if open { DkimResult::Unsure } else { DkimResult::Fail };
            signature.reason = Some(reason);
        }
    }
    signature
}

fn check(
    mail: &RawMail<'_>,
    header: &RawHeader,
    tags: &Tags<'_>,
    signature: &mut Signature,
    bodies: &mut Bodies<'_>,
    dns: &dyn Dns,
) -> Result<(), Reason> {
    if tags.get("v") != Some("1") {
        return Err(if tags.get("v").is_some() { Reason::Version } else { Reason::Malformed });
    }
    let algorithm = algorithm(tags)?;
    let domain = tags.filled("d").filter(|d| tags::domain_name(d)).ok_or(Reason::Malformed)?;
    let selector = tags.filled("s").filter(|s| tags::domain_name(s)).ok_or(Reason::Malformed)?;
    let expected = tags.filled("bh").and_then(tags::base64).ok_or(Reason::Malformed)?;
    let proof = tags.filled("b").and_then(tags::base64).ok_or(Reason::Malformed)?;
    let (header_form, body_form) = Canon::pair(tags.get("c").unwrap_or("simple/simple")).ok_or(Reason::Malformed)?;
    let fields: Vec<&str> = tags.filled("h").ok_or(Reason::Malformed)?.split(':').map(str::trim_ascii).collect();
    if !fields.iter().any(|f| f.eq_ignore_ascii_case("from")) {
        return Err(Reason::FromNotSigned);
    }
    for name in ["t", "x"] {
        if tags.get(name).is_some_and(|v| tags::seconds(v).is_none()) {
            return Err(Reason::Malformed);
        }
    }
    if tags.get("q").is_some_and(|q| !q.split(':').any(|m| m.trim_ascii() == "dns/txt")) {
        return Err(Reason::Malformed);
    }
    let identity = tags.get("i").map(|i| i.rsplit_once('@').map_or(i, |(_, d)| d).to_ascii_lowercase());
    let domain = normal(domain);
    if identity.as_deref().is_some_and(|i| i != domain && !i.ends_with(&format!(".{domain}"))) {
        return Err(Reason::Identity);
    }
    let length = match tags.get("l") {
        Some(l) => Some(l.parse::<usize>().map_err(|_| Reason::Malformed)?),
        None => None,
    };
    let keys = key::fetch(selector, &domain, dns).map_err(Reason::Key)?;
    let (hash, goes_on) = bodies.sha256(body_form, length).ok_or(Reason::BodyCut)?;
    signature.body_goes_on = goes_on;
    let mut text = Vec::with_capacity(2048);
    signature.covers = signed_fields(mail, &fields, header_form, &mut text);
    own_field(mail, header, header_form, &mut text);
    let fitting: Vec<_> =
        keys.iter().filter_map(|key| key.verifies(algorithm, &text, &proof).map(|ok| (key, ok))).collect();
    if fitting.is_empty() {
        return Err(Reason::Key(KeyError::WrongKind));
    }
    let matched = fitting.iter().find(|(_, ok)| *ok).map(|(key, _)| *key);
    // The body is told first: it is what a list or a rewriting server breaks.
    if hash != expected {
        return Err(Reason::BodyChanged);
    }
    let key = matched.ok_or(Reason::SignatureMismatch)?;
    signature.testing = key.testing;
    if key.strict && identity.as_deref().is_some_and(|i| i != domain) {
        return Err(Reason::Identity);
    }
    Ok(())
}

pub(super) fn algorithm(tags: &Tags<'_>) -> Result<Algorithm, Reason> {
    match tags.get("a") {
        Some("rsa-sha256") => Ok(Algorithm::RsaSha256),
        Some("ed25519-sha256") => Ok(Algorithm::Ed25519Sha256),
        Some(a) if !a.is_empty() => Err(Reason::Algorithm),
        _ => Err(Reason::Malformed),
    }
}

/// Appends the fields that a signature names, each name taking the next field from the bottom, and gives the names found.
pub(super) fn signed_fields(mail: &RawMail<'_>, names: &[&str], form: Canon, out: &mut Vec<u8>) -> Vec<String> {
    let mut used: Vec<usize> = Vec::with_capacity(names.len());
    let mut covered = Vec::new();
    // More names than fields is a way to make work; nothing beyond the fields can match.
    for name in names.iter().take(limits::HEADERS) {
        let found = mail
            .headers()
            .iter()
            .enumerate()
            .rev()
            .find(|(n, h)| mail.name(h).eq_ignore_ascii_case(name.as_bytes()) && !used.contains(n));
        if let Some((n, field)) = found {
            used.push(n);
            canon::header(mail.field(field), form, out);
            covered.push(name.to_ascii_lowercase());
        }
    }
    covered.sort();
    covered.dedup();
    covered
}

/// Appends the signature field itself, its `b=` emptied, without the final CRLF.
pub(super) fn own_field(mail: &RawMail<'_>, header: &RawHeader, form: Canon, out: &mut Vec<u8>) {
    let field = mail.field(header);
    let value_at = header.value.start.saturating_sub(header.field.start);
    let (head, value) = field.split_at(value_at.min(field.len()));
    let mut emptied = head.to_vec();
    let mut first = true;
    for piece in value.split(|b| *b == b';') {
        if !first {
            emptied.push(b';');
        }
        first = false;
        let equals = memchr::memchr(b'=', piece);
        match equals {
            Some(e) if piece.get(..e).is_some_and(|n| n.trim_ascii() == b"b") => {
                emptied.extend_from_slice(piece.get(..=e).unwrap_or_default());
            }
            _ => emptied.extend_from_slice(piece),
        }
    }
    canon::header(&emptied, form, out);
    while matches!(out.last(), Some(b'\r' | b'\n')) {
        out.pop();
    }
}
