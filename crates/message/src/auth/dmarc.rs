//! DMARC by RFC 9989: what the From domain wants done with mail that nothing aligned answers for.

use serde::Serialize;

use super::tags::Tags;
use crate::dns::{Answer, Data, Dns, Kind, askable};
use crate::domain;

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DmarcResult {
    /// The domain publishes no policy.
    None,
    /// An aligned DKIM or SPF pass.
    Pass,
    /// A policy is published and nothing aligned passes.
    Fail,
    /// Nothing can be said: DNS gave no answer, or what would decide cannot be judged.
    Unsure,
}

impl DmarcResult {
    /// The word used in verdict lines and in our output.
    pub fn word(self) -> &'static str {
        match self {
            DmarcResult::None => "none",
            DmarcResult::Pass => "pass",
            DmarcResult::Fail => "fail",
            DmarcResult::Unsure => "unsure",
        }
    }
}

/// What a domain wants done with mail that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Only watch.
    None,
    /// Treat with suspicion.
    Quarantine,
    /// Refuse.
    Reject,
}

impl Policy {
    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Policy::None => "none",
            Policy::Quarantine => "quarantine",
            Policy::Reject => "reject",
        }
    }
}

/// The policy that holds for a From domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Where the record stands.
    pub at: String,
    /// The policy for this very domain (`sp` or `np` when the record stands above it).
    pub policy: Policy,
    /// DKIM must match the domain exactly.
    pub strict_dkim: bool,
    /// SPF must match the domain exactly.
    pub strict_spf: bool,
    /// The organisational domain found by the tree walk.
    pub organisation: String,
}

/// What the search for a policy gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovery {
    /// A policy.
    Found(Published),
    /// None is published.
    Nothing,
    /// DNS gave no answer.
    NoAnswer,
}

struct Found {
    at: String,
    record: Record,
}

struct Record {
    policy: Policy,
    sub: Policy,
    missing: Policy,
    strict_dkim: bool,
    strict_spf: bool,
    suffix: Option<bool>,
}

/// Finds the policy of a From domain by walking up the tree (RFC 9989, section 4.10).
pub fn discover(from: &str, dns: &dyn Dns) -> Discovery {
    if !askable(from) {
        return Discovery::Nothing;
    }
    let mut found: Vec<Found> = Vec::new();
    for name in steps(from) {
        match dns.ask(&format!("_dmarc.{name}"), Kind::Txt) {
            Answer::Failed => return Discovery::NoAnswer,
            Answer::NoData | Answer::NoName => {}
            Answer::Found(data) => {
                let mut records = data.iter().filter_map(|d| match d {
                    Data::Txt(text) => parse(text),
                    _ => None,
                });
                if let (Some(record), None) = (records.next(), records.next()) {
                    let stop = record.suffix.is_some();
                    found.push(Found { at: name.to_owned(), record });
                    if stop {
                        break;
                    }
                }
            }
        }
    }
    let Some(lowest) = found.first() else { return Discovery::Nothing };
    let highest = found.last().unwrap_or(lowest);
    let organisation = match highest.record.suffix {
        // The record of a public suffix: the organisation is one label below it.
        Some(true) => one_below(from, &highest.at).unwrap_or(&highest.at).to_owned(),
        _ => highest.at.clone(),
    };
    // The record of the domain itself, else that of its organisation, else that of the suffix.
    let chosen = found.iter().find(|f| f.at == from).or_else(|| found.iter().find(|f| f.at == organisation));
    let chosen = chosen.unwrap_or(lowest);
    let policy = if chosen.at == from {
        chosen.record.policy
    } else if matches!(dns.ask(from, Kind::A), Answer::NoName) {
        chosen.record.missing
    } else {
        chosen.record.sub
    };
    Discovery::Found(Published {
        at: chosen.at.clone(),
        policy,
        strict_dkim: chosen.record.strict_dkim,
        strict_spf: chosen.record.strict_spf,
        organisation,
    })
}

/// The names that a walk asks, lowest first: the domain, then at most seven labels and upwards.
fn steps(from: &str) -> Vec<&str> {
    let mut out = vec![from];
    let mut rest = from;
    while let Some((_, up)) = rest.split_once('.') {
        rest = up;
        if rest.split('.').count() < 8 {
            out.push(rest);
        }
    }
    out
}

fn one_below<'d>(domain: &'d str, suffix: &str) -> Option<&'d str> {
    let before = domain.strip_suffix(suffix)?.strip_suffix('.')?;
    let start = before.rfind('.').map_or(0, |n| n + 1);
    domain.get(start..)
}

fn parse(text: &[u8]) -> Option<Record> {
    let tags = Tags::parse(text).ok()?;
    if tags.first()? != ("v", "DMARC1") {
        return None;
    }
    let policy = |name: &str| match tags.get(name).map(str::to_ascii_lowercase).as_deref() {
        Some("none") => Some(Policy::None),
        Some("quarantine") => Some(Policy::Quarantine),
        Some("reject") => Some(Policy::Reject),
        _ => None,
    };
    // A record without a usable policy only watches (section 4.7).
    let p = policy("p").unwrap_or(Policy::None);
    let sp = policy("sp").unwrap_or(p);
    let strict = |name: &str| tags.get(name).is_some_and(|v| v.eq_ignore_ascii_case("s"));
    let suffix = match tags.get("psd").map(str::to_ascii_lowercase).as_deref() {
        Some("y") => Some(true),
        Some("n") => Some(false),
        _ => None,
    };
    Some(Record {
        policy: p,
        sub: sp,
        missing: policy("np").unwrap_or(sp),
        strict_dkim: strict("adkim"),
        strict_spf: strict("aspf"),
        suffix,
    })
}

/// True when `domain` answers for `from`: the same name, or in relaxed mode the same organisation.
pub fn aligned(from: &str, domain: &str, strict: bool, published: Option<&Published>) -> bool {
    if from == domain {
        return !from.is_empty();
    }
    if strict || domain.is_empty() {
        return false;
    }
    let below = |name: &str, top: &str| name == top || name.strip_suffix(top).is_some_and(|rest| rest.ends_with('.'));
    match published {
        Some(p) if below(from, &p.organisation) && p.organisation.contains('.') => below(domain, &p.organisation),
        _ => domain::organisation(from) == domain::organisation(domain),
    }
}
