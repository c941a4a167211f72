//! ARC by RFC 8617: does a chain of forwarders vouch for what the first of them saw? It explains a signature that broke on
//! the way; it never proves a sender.

use std::cell::Cell;

use serde::Serialize;

use super::canon::{self, Bodies, Canon};
use super::dkim::{algorithm, own_field, signed_fields};
use super::key;
use super::tags::{self, Tags};
use crate::dns::{Answer, Dns, Kind, normal};
use crate::headers::{RawHeader, RawMail};
use crate::limits;

/// The verdict on the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ArcResult {
    /// There is no chain.
    None,
    /// Every link holds.
    Pass,
    /// A link is broken or missing.
    Fail,
}

impl ArcResult {
    /// The word used in our output.
    pub fn word(self) -> &'static str {
        match self {
            ArcResult::None => "none",
            ArcResult::Pass => "pass",
            ArcResult::Fail => "fail",
        }
    }
}

/// The verdict with the sealers and with what the first of them saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Arc {
    /// The verdict.
    pub result: ArcResult,
    /// Sealing domains, first to last.
    pub sealers: Vec<String>,
    /// The verdict line that the first sealer kept, without its `i=`.
    pub first_saw: Option<String>,
    /// True when the chain could not be followed for want of a key, which says nothing about it.
    pub key_missing: bool,
}

/// Notes whether a key was not to be had.
struct KeyWatch<'d> {
    dns: &'d dyn Dns,
    missing: Cell<bool>,
}

impl Dns for KeyWatch<'_> {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        let answer = self.dns.ask(name, kind);
        if !matches!(answer, Answer::Found(_)) {
            self.missing.set(true);
        }
        answer
    }
}

#[derive(Default)]
struct Set<'m> {
    results: Option<&'m RawHeader>,
    message: Option<&'m RawHeader>,
    seal: Option<&'m RawHeader>,
}

/// Judges the chain of a mail.
pub fn verify(mail: &RawMail<'_>, bodies: &mut Bodies<'_>, dns: &dyn Dns) -> Arc {
    let present = ["arc-seal", "arc-message-signature", "arc-authentication-results"]
        .iter()
        .any(|name| mail.named(name).next().is_some());
    if !present {
        return Arc { result: ArcResult::None, sealers: Vec::new(), first_saw: None, key_missing: false };
    }
    let mut sealers = Vec::new();
    let mut first_saw = None;
    let asking = KeyWatch { dns, missing: Cell::new(false) };
    let result = match chain(mail, bodies, &asking, &mut sealers, &mut first_saw) {
        Some(()) => ArcResult::Pass,
        None => ArcResult::Fail,
    };
    Arc { result, sealers, first_saw, key_missing: asking.missing.get() }
}

fn chain(
    mail: &RawMail<'_>,
    bodies: &mut Bodies<'_>,
    dns: &dyn Dns,
    sealers: &mut Vec<String>,
    first_saw: &mut Option<String>,
) -> Option<()> {
    let sets = collect(mail)?;
    let last = sets.len();
    for (n, set) in sets.iter().enumerate() {
        let seal = set.seal?;
        let tags = Tags::parse(mail.value(seal)).ok()?;
        sealers.push(normal(tags.filled("d").filter(|d| tags::domain_name(d))?));
        let wanted = if n == 0 { "none" } else { "pass" };
        if tags.get("cv") != Some(wanted) || tags.get("h").is_some() {
            return None;
        }
        if n == 0 {
            let line = crate::headers::unfold(mail.value(set.results?));
            *first_saw = line.split_once(';').map(|(_, rest)| rest.trim().to_owned());
        }
    }
    let newest = sets.last()?.message?;
    message_signature(mail, newest, bodies, dns)?;
    (0..last).try_for_each(|n| seal(mail, sets.get(..=n)?, dns))
}

/// Sorts the fields into sets 1..n without gap and without a second of a kind.
fn collect<'m>(mail: &'m RawMail<'_>) -> Option<Vec<Set<'m>>> {
    let mut sets: Vec<Set<'m>> = Vec::new();
    let place = |sets: &mut Vec<Set<'m>>, i: u32| -> Option<usize> {
        if !(1..=limits::ARC_SETS).contains(&i) {
            return None;
        }
        let n = usize::try_from(i).ok()?;
        while sets.len() < n {
            sets.push(Set::default());
        }
        n.checked_sub(1)
    };
    for (_, header) in mail.named("arc-seal") {
        let n = place(&mut sets, instance(Tags::parse(mail.value(header)).ok()?.get("i")?)?)?;
        let slot = &mut sets.get_mut(n)?.seal;
        if slot.replace(header).is_some() {
            return None;
        }
    }
    for (_, header) in mail.named("arc-message-signature") {
        let n = place(&mut sets, instance(Tags::parse(mail.value(header)).ok()?.get("i")?)?)?;
        let slot = &mut sets.get_mut(n)?.message;
        if slot.replace(header).is_some() {
            return None;
        }
    }
    for (_, header) in mail.named("arc-authentication-results") {
        let value = crate::headers::unfold(mail.value(header));
        let (first, _) = value.split_once(';')?;
        let (tag, i) = first.split_once('=')?;
        let n = place(&mut sets, (tag.trim() == "i").then(|| instance(i.trim()))??)?;
        let slot = &mut sets.get_mut(n)?.results;
        if slot.replace(header).is_some() {
            return None;
        }
    }
    let whole = sets.iter().all(|s| s.seal.is_some() && s.message.is_some() && s.results.is_some());
    (whole && !sets.is_empty()).then_some(sets)
}

fn instance(text: &str) -> Option<u32> {
    (text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn message_signature(mail: &RawMail<'_>, header: &RawHeader, bodies: &mut Bodies<'_>, dns: &dyn Dns) -> Option<()> {
    let tags = Tags::parse(mail.value(header)).ok()?;
    let algorithm = algorithm(&tags).ok()?;
    // Without `c=` the rule is simple/simple; sealers that leave it out are known to mean relaxed/relaxed. Either way the
    // sealer's own key has to fit.
    let forms = match tags.get("c") {
        Some(c) => vec![Canon::pair(c)?],
        None => vec![(Canon::Simple, Canon::Simple), (Canon::Relaxed, Canon::Relaxed)],
    };
    let fields: Vec<&str> = tags.get("h")?.split(':').map(str::trim_ascii).collect();
    // A seal cannot be covered by the signature that it will itself cover (RFC 8617, 4.1.2).
    if fields.iter().any(|f| f.eq_ignore_ascii_case("arc-seal")) {
        return None;
    }
    times(&tags)?;
    let expected = tags.filled("bh").and_then(tags::base64)?;
    let length = match tags.get("l") {
        Some(l) => Some(l.parse::<usize>().ok()?),
        None => None,
    };
    forms.into_iter().find_map(|(header_form, body_form)| {
        if bodies.sha256(body_form, length)?.0 != expected {
            return None;
        }
        let mut text = Vec::with_capacity(2048);
        signed_fields(mail, &fields, header_form, &mut text);
        own_field(mail, header, header_form, &mut text);
        proven(&tags, algorithm, &text, dns)
    })
}

/// The seal of the last set given, over all sets given.
fn seal(mail: &RawMail<'_>, sets: &[Set<'_>], dns: &dyn Dns) -> Option<()> {
    let (newest, earlier) = sets.split_last()?;
    let header = newest.seal?;
    let tags = Tags::parse(mail.value(header)).ok()?;
    times(&tags)?;
    let algorithm = algorithm(&tags).ok()?;
    let mut text = Vec::with_capacity(4096);
    for set in earlier {
        canon::header(mail.field(set.results?), Canon::Relaxed, &mut text);
        canon::header(mail.field(set.message?), Canon::Relaxed, &mut text);
        canon::header(mail.field(set.seal?), Canon::Relaxed, &mut text);
    }
    canon::header(mail.field(newest.results?), Canon::Relaxed, &mut text);
    canon::header(mail.field(newest.message?), Canon::Relaxed, &mut text);
    own_field(mail, header, Canon::Relaxed, &mut text);
    proven(&tags, algorithm, &text, dns)
}

fn times(tags: &Tags<'_>) -> Option<()> {
    tags.get("t").is_none_or(|t| tags::seconds(t).is_some()).then_some(())
}

fn proven(tags: &Tags<'_>, algorithm: key::Algorithm, text: &[u8], dns: &dyn Dns) -> Option<()> {
    let domain = tags.filled("d").filter(|d| tags::domain_name(d))?;
    let selector = tags.filled("s").filter(|s| tags::domain_name(s))?;
    let proof = tags.filled("b").and_then(tags::base64)?;
    let keys = key::fetch(selector, &normal(domain), dns).ok()?;
    keys.iter().any(|k| k.verifies(algorithm, text, &proof) == Some(true)).then_some(())
}
