//! The grammar of an SPF record (RFC 7208, sections 4.6, 5, 6 and 12). A record is read whole before any of it counts.

use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use super::macros::{self, Purpose};

/// A record that does not follow the grammar.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("SPF record: `{0}` is not understood")]
pub struct SyntaxError(pub String);

/// What a match means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualifier {
    /// `+`, also when nothing is written.
    Pass,
    /// `-`
    Fail,
    /// `~`
    SoftFail,
    /// `?`
    Neutral,
}

/// How an address is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    /// Every address.
    All,
    /// Whatever passes another domain's record.
    Include(String),
    /// The addresses of a domain (its own when `None`), with prefix lengths for IPv4 and IPv6.
    A(Option<String>, u8, u8),
    /// The addresses of its mail exchangers.
    Mx(Option<String>, u8, u8),
    /// Names that the address points back to.
    Ptr(Option<String>),
    /// An IPv4 network.
    Ip4(Ipv4Addr, u8),
    /// An IPv6 network.
    Ip6(Ipv6Addr, u8),
    /// Any address at all when the name exists.
    Exists(String),
}

/// A mechanism with its qualifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What a match means.
    pub qualifier: Qualifier,
    /// What is compared.
    pub mechanism: Mechanism,
}

/// The two modifiers that RFC 7208 defines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Where to go on when nothing matched.
    pub redirect: Option<String>,
    /// Where the explanation of a fail stands.
    pub exp: Option<String>,
}

/// A record that follows the grammar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Mechanisms in their order.
    pub terms: Vec<Term>,
    /// Modifiers.
    pub modifiers: Modifiers,
}

impl Record {
    /// True when a text record is meant as SPF at all.
    pub fn is_spf(text: &[u8]) -> bool {
        text.get(..6).is_some_and(|v| v.eq_ignore_ascii_case(b"v=spf1")) && matches!(text.get(6), None | Some(b' '))
    }

    /// Reads a whole record, version included.
    pub fn parse(text: &[u8]) -> Result<Record, SyntaxError> {
        let bad = |t: &[u8]| SyntaxError(String::from_utf8_lossy(t).into_owned());
        if !Record::is_spf(text) {
            return Err(bad(text));
        }
        let mut record = Record::default();
        for term in text.get(6..).unwrap_or_default().split(|b| *b == b' ').filter(|t| !t.is_empty()) {
            let word = std::str::from_utf8(term).ok().filter(|w| w.bytes().all(|b| b.is_ascii_graphic()));
            let word = word.ok_or_else(|| bad(term))?;
            parse_term(word, &mut record).ok_or_else(|| bad(term))?;
        }
        Ok(record)
    }
}

fn parse_term(word: &str, record: &mut Record) -> Option<()> {
    // A modifier is a name followed by `=`; a mechanism may hold `=` only after `:` or `/`.
    let name_end =
        word.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(word.len());
    let (name, rest) = word.split_at(name_end);
    if let Some(value) = rest.strip_prefix('=') {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let slot = match name.to_ascii_lowercase().as_str() {
            "redirect" => &mut record.modifiers.redirect,
            "exp" => &mut record.modifiers.exp,
            _ => return macros::valid(value, Purpose::Text).then_some(()),
        };
        if slot.is_some() || !domain_spec(value) {
            return None;
        }
        *slot = Some(value.to_owned());
        return Some(());
    }
    let (qualifier, word) = match word.as_bytes().first()? {
        b'+' => (Qualifier::Pass, word.get(1..)?),
        b'-' => (Qualifier::Fail, word.get(1..)?),
        b'~' => (Qualifier::SoftFail, word.get(1..)?),
        b'?' => (Qualifier::Neutral, word.get(1..)?),
        _ => (Qualifier::Pass, word),
    };
    let end = word.find([':', '/']).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    let value = rest.strip_prefix(':');
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if rest.is_empty() => Mechanism::All,
        "include" => Mechanism::Include(whole(value?)?),
        "exists" => Mechanism::Exists(whole(value?)?),
        "ptr" if rest.is_empty() => Mechanism::Ptr(None),
        "ptr" => Mechanism::Ptr(Some(whole(value?)?)),
        "a" => {
            let (domain, four, six) = with_prefixes(rest)?;
            Mechanism::A(domain, four, six)
        }
        "mx" => {
            let (domain, four, six) = with_prefixes(rest)?;
            Mechanism::Mx(domain, four, six)
        }
        "ip4" => {
            let (ip, length) = network(value?, 32)?;
            Mechanism::Ip4(ip.parse().ok()?, length)
        }
        "ip6" => {
            let (ip, length) = network(value?, 128)?;
            Mechanism::Ip6(ip.parse().ok()?, length)
        }
        _ => return None,
    };
    record.terms.push(Term { qualifier, mechanism });
    Some(())
}

fn whole(spec: &str) -> Option<String> {
    domain_spec(spec).then(|| spec.to_owned())
}

fn network(value: &str, most: u8) -> Option<(&str, u8)> {
    match value.split_once('/') {
        Some((ip, length)) => Some((ip, prefix(length, most)?)),
        None => Some((value, most)),
    }
}

/// `[":" domain-spec] [ "/" ip4-length ] [ "//" ip6-length ]`
fn with_prefixes(rest: &str) -> Option<(Option<String>, u8, u8)> {
    let (mut rest, mut six) = (rest, 128);
    if let Some((before, length)) = rest.rsplit_once("//") {
        six = prefix(length, 128)?;
        rest = before;
    }
    let mut four = 32;
    if let Some((before, length)) = rest.rsplit_once('/')
        && length.bytes().all(|b| b.is_ascii_digit())
    {
        four = prefix(length, 32)?;
        rest = before;
    }
    match rest.strip_prefix(':') {
        Some(domain) => Some((Some(whole(domain)?), four, six)),
        None => rest.is_empty().then_some((None, four, six)),
    }
}

fn prefix(text: &str, most: u8) -> Option<u8> {
    let plain = text == "0" || text.bytes().next().is_some_and(|b| (b'1'..=b'9').contains(&b));
    let length: u8 = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())??;
    (plain && length <= most).then_some(length)
}

/// `macro-string domain-end`: ends in a macro, or in a dot and a top label that is not all digits.
fn domain_spec(spec: &str) -> bool {
    if !macros::valid(spec, Purpose::Domain) {
        return false;
    }
    if spec.ends_with('}') && macros::ends_in_expand(spec) {
        return true;
    }
    let spec = spec.strip_suffix('.').unwrap_or(spec);
    let Some((_, top)) = spec.rsplit_once('.') else { return false };
    !top.is_empty()
        && top.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !top.starts_with('-')
        && !top.ends_with('-')
        && !top.bytes().all(|b| b.is_ascii_digit())
}
