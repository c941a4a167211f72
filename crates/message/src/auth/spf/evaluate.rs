//! `check_host()` of RFC 7208, section 4, with its limits on questions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::macros::{self, Purpose, Values};
use super::record::{Mechanism, Qualifier, Record};
use super::{Delivery, SpfOutcome, SpfResult};
use crate::dns::{Answer, Data, Dns, Kind, askable, normal};

/// Terms that ask questions, over the whole check (section 4.6.4).
const LOOKUPS: u32 = 10;
/// Answers that hold nothing, over the whole check (section 4.6.4).
const VOID_LOOKUPS: u32 = 2;
/// Mail exchangers or names looked at in one term (section 4.6.4).
const NAMES: usize = 10;

struct Check<'a> {
    delivery: &'a Delivery<'a>,
    ip: IpAddr,
    sender: String,
    local: String,
    sender_domain: String,
    dns: &'a dyn Dns,
    lookups: u32,
    voids: u32,
}

/// Why a check stopped early; both are results.
enum Stop {
    Temporary,
    Permanent,
}

impl From<Stop> for SpfResult {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Temporary => SpfResult::TempError,
            Stop::Permanent => SpfResult::PermError,
        }
    }
}

pub(super) fn check(delivery: &Delivery<'_>, dns: &dyn Dns) -> SpfOutcome {
    let ip = match delivery.ip {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(IpAddr::V6(six), IpAddr::V4),
        four => four,
    };
    let (local, domain) = match delivery.mail_from.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() => (local, domain),
        Some((_, domain)) => ("postmaster", domain),
        None if delivery.mail_from.is_empty() => ("postmaster", delivery.helo),
        None => ("postmaster", delivery.mail_from),
    };
    let domain = normal(domain);
    let mut check = Check {
        delivery,
        ip,
        sender: format!("{local}@{domain}"),
        local: local.to_owned(),
        sender_domain: domain.clone(),
        dns,
        lookups: 0,
        voids: 0,
    };
    let (result, explanation) =
        if askable(&domain) && domain.contains('.') { check.host(&domain) } else { (SpfResult::None, None) };
    SpfOutcome { result, domain, explanation }
}

impl Check<'_> {
    /// Result for a domain, and its explanation of a fail.
    fn host(&mut self, domain: &str) -> (SpfResult, Option<String>) {
        let record = match self.record(domain) {
            Ok(Some(record)) => record,
            Ok(None) => return (SpfResult::None, None),
            Err(stop) => return (stop.into(), None),
        };
        for term in &record.terms {
            match self.matches(&term.mechanism, domain) {
                Err(stop) => return (stop.into(), None),
                Ok(false) => {}
                Ok(true) => {
                    return match term.qualifier {
                        Qualifier::Pass => (SpfResult::Pass, None),
                        Qualifier::SoftFail => (SpfResult::SoftFail, None),
                        Qualifier::Neutral => (SpfResult::Neutral, None),
                        Qualifier::Fail => {
                            let text = record.modifiers.exp.as_ref().and_then(|e| self.explanation(e, domain));
                            (SpfResult::Fail, text)
                        }
                    };
                }
            }
        }
        let Some(redirect) = &record.modifiers.redirect else { return (SpfResult::Neutral, None) };
        let target = match self.count().and_then(|()| self.domain(redirect, domain)) {
            Ok(target) => target,
            Err(stop) => return (stop.into(), None),
        };
        if !askable(&target) {
            return (SpfResult::PermError, None);
        }
        match self.host(&target) {
            (SpfResult::None, _) => (SpfResult::PermError, None),
            other => other,
        }
    }

    fn record(&mut self, domain: &str) -> Result<Option<Record>, Stop> {
        let found = match self.dns.ask(domain, Kind::Txt) {
            Answer::Failed => return Err(Stop::Temporary),
            Answer::NoData | Answer::NoName => return Ok(None),
            Answer::Found(found) => found,
        };
        let mut texts = found.iter().filter_map(|d| match d {
            Data::Txt(text) if Record::is_spf(text) => Some(text),
            _ => None,
        });
        let Some(text) = texts.next() else { return Ok(None) };
        if texts.next().is_some() {
            return Err(Stop::Permanent);
        }
        Record::parse(text).map(Some).map_err(|_| Stop::Permanent)
    }

    fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Result<bool, Stop> {
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4(net, length) => Ok(within(self.ip, IpAddr::V4(*net), *length)),
            Mechanism::Ip6(net, length) => Ok(within(self.ip, IpAddr::V6(*net), *length)),
            Mechanism::Include(spec) => {
                self.count()?;
                let target = self.domain(spec, domain)?;
                if !askable(&target) {
                    return Err(Stop::Permanent);
                }
                match self.host(&target).0 {
                    SpfResult::Pass => Ok(true),
                    SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => Ok(false),
                    SpfResult::TempError => Err(Stop::Temporary),
                    SpfResult::None | SpfResult::PermError | SpfResult::Unsure => Err(Stop::Permanent),
                }
            }
            Mechanism::A(spec, four, six) => {
                self.count()?;
                let target = self.target(spec.as_deref(), domain)?;
                self.address_matches(&target, *four, *six)
            }
            Mechanism::Mx(spec, four, six) => {
                self.count()?;
                let target = self.target(spec.as_deref(), domain)?;
                let hosts: Vec<String> = self
                    .ask(&target, Kind::Mx)?
                    .into_iter()
                    .filter_map(|d| if let Data::Mx(_, host) = d { Some(host) } else { None })
                    .collect();
                if hosts.len() > NAMES {
                    return Err(Stop::Permanent);
                }
                for host in hosts {
                    if self.address_matches(&host, *four, *six)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Mechanism::Ptr(spec) => {
                self.count()?;
                let target = normal(&self.target(spec.as_deref(), domain)?);
                Ok(self.validated_names()?.iter().any(|name| below(name, &target)))
            }
            Mechanism::Exists(spec) => {
                self.count()?;
                let target = self.domain(spec, domain)?;
                Ok(!self.ask(&target, Kind::A)?.is_empty())
            }
        }
    }

    fn count(&mut self) -> Result<(), Stop> {
        self.lookups += 1;
        if self.lookups > LOOKUPS { Err(Stop::Permanent) } else { Ok(()) }
    }

    /// The records found; an empty answer counts as void.
    fn ask(&mut self, name: &str, kind: Kind) -> Result<Vec<Data>, Stop> {
        let answer = if askable(name) { self.dns.ask(name, kind) } else { Answer::NoName };
        match answer {
            Answer::Found(found) => Ok(found),
            Answer::Failed => Err(Stop::Temporary),
            Answer::NoData | Answer::NoName => {
                self.voids += 1;
                if self.voids > VOID_LOOKUPS { Err(Stop::Permanent) } else { Ok(Vec::new()) }
            }
        }
    }

    fn address_matches(&mut self, name: &str, four: u8, six: u8) -> Result<bool, Stop> {
        let (kind, length) = if self.ip.is_ipv4() { (Kind::A, four) } else { (Kind::Aaaa, six) };
        let ip = self.ip;
        Ok(self.ask(name, kind)?.iter().filter_map(address).any(|found| within(ip, found, length)))
    }

    /// Names that the address points to and that point back. A failed question only loses the name.
    fn validated_names(&mut self) -> Result<Vec<String>, Stop> {
        let (ip, kind) = (self.ip, if self.ip.is_ipv4() { Kind::A } else { Kind::Aaaa });
        let names = match self.dns.ask(&reverse_name(ip), Kind::Ptr) {
            Answer::Found(found) => found,
            Answer::Failed => return Ok(Vec::new()),
            Answer::NoData | Answer::NoName => {
                self.voids += 1;
                return if self.voids > VOID_LOOKUPS { Err(Stop::Permanent) } else { Ok(Vec::new()) };
            }
        };
        let mut valid = Vec::new();
        for name in names.into_iter().filter_map(|d| if let Data::Ptr(n) = d { Some(n) } else { None }).take(NAMES) {
            if askable(&name)
                && let Answer::Found(found) = self.dns.ask(&name, kind)
                && found.iter().filter_map(address).any(|a| a == ip)
            {
                valid.push(normal(&name));
            }
        }
        Ok(valid)
    }

    fn target(&mut self, spec: Option<&str>, domain: &str) -> Result<String, Stop> {
        match spec {
            Some(spec) => self.domain(spec, domain),
            None => Ok(domain.to_owned()),
        }
    }

    /// A domain-spec expanded, cut from the left to 253 bytes, without a final dot.
    fn domain(&mut self, spec: &str, domain: &str) -> Result<String, Stop> {
        let expanded = self.expand(spec, domain, Purpose::Domain).ok_or(Stop::Permanent)?;
        let mut name = expanded.strip_suffix('.').unwrap_or(&expanded);
        while name.len() > 253 {
            match name.split_once('.') {
                Some((_, rest)) => name = rest,
                None => break,
            }
        }
        Ok(name.to_ascii_lowercase())
    }

    fn expand(&mut self, text: &str, domain: &str, purpose: Purpose) -> Option<String> {
        // The validated name is worked out only when a macro asks for it.
        let names = if text.contains("%{p") || text.contains("%{P") {
            self.validated_names().unwrap_or_default()
        } else {
            Vec::new()
        };
        let mut validated = || {
            names
                .iter()
                .find(|n| *n == domain)
                .or_else(|| names.iter().find(|n| below(n, domain)))
                .or(names.first())
                .cloned()
                .unwrap_or_else(|| "unknown".to_owned())
        };
        let values = Values {
            sender: &self.sender,
            local: &self.local,
            sender_domain: &self.sender_domain,
            domain,
            ip: self.ip,
            helo: self.delivery.helo,
            receiver: self.delivery.receiver,
            received_at: self.delivery.received_at,
        };
        macros::expand(text, purpose, &values, &mut validated)
    }

    fn explanation(&mut self, spec: &str, domain: &str) -> Option<String> {
        let target = self.domain(spec, domain).ok().filter(|t| askable(t))?;
        let Answer::Found(found) = self.dns.ask(&target, Kind::Txt) else { return None };
        let [Data::Txt(text)] = found.as_slice() else { return None };
        let text = std::str::from_utf8(text).ok().filter(|t| t.is_ascii())?;
        self.expand(text, domain, Purpose::Text)
    }
}

fn below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn address(data: &Data) -> Option<IpAddr> {
    match data {
        Data::A(ip) => Some(IpAddr::V4(*ip)),
        Data::Aaaa(ip) => Some(IpAddr::V6(*ip)),
        _ => None,
    }
}

/// True when `ip` and `net` agree on the first `length` bits.
fn within(ip: IpAddr, net: IpAddr, length: u8) -> bool {
    let length = u32::from(length);
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(length)).unwrap_or(0);
            bits4(ip) & mask == bits4(net) & mask
        }
        (IpAddr::V6(ip), IpAddr::V6(net)) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(length)).unwrap_or(0);
            bits6(ip) & mask == bits6(net) & mask
        }
        _ => false,
    }
}

fn bits4(ip: Ipv4Addr) -> u32 {
    ip.to_bits()
}

fn bits6(ip: Ipv6Addr) -> u128 {
    ip.to_bits()
}

fn reverse_name(ip: IpAddr) -> String {
    let dotted = macros::dotted(ip).to_ascii_lowercase();
    let reversed: Vec<&str> = dotted.rsplit('.').collect();
    format!("{}.{}", reversed.join("."), if ip.is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" })
}
