//! Where links lead, against what they show and whom they carry.

use serde::Serialize;

use crate::domain;
use crate::html::Link;

/// A link, judged without being followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgedLink {
    /// Visible text.
    pub text: String,
    /// Target as written.
    pub href: String,
    /// True when the text names another organisation than the target.
    pub mismatch: bool,
    /// True when the target is a bare address instead of a name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bare_ip: bool,
    /// True when the target carries the recipient's address.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub carries_recipient: bool,
    /// The target's host, lower case; empty for other schemes.
    #[serde(skip)]
    pub host: String,
}

/// Judges links; `recipients` are the addresses that a target must not carry.
pub fn judge(links: Vec<Link>, recipients: &[String]) -> Vec<JudgedLink> {
    links
        .into_iter()
        .filter(|l| !l.href.is_empty())
        .map(|link| {
            let host = host(&link.href).unwrap_or_default();
            let shown = shown_host(&link.text);
            let mismatch = shown.is_some_and(|s| !host.is_empty() && !domain::same_organisation(&s, &host));
            let bare_ip = is_ip(&host);
            let carries_recipient = !host.is_empty() && carries(&link.href, recipients);
            JudgedLink { text: link.text, href: link.href, mismatch, bare_ip, carries_recipient, host }
        })
        .collect()
}

/// True when an address stands in a target, plain or coded.
fn carries(href: &str, recipients: &[String]) -> bool {
    let any_at = href.contains('@') || href.contains("%40");
    if !any_at && recipients.iter().all(|r| r.contains('@') || r.is_empty()) {
        return false;
    }
    let lower = href.to_lowercase().replace("%40", "@");
    recipients.iter().any(|r| !r.is_empty() && lower.contains(r.as_str()))
}

/// The host of a web address, lower case. User names before `@` are dropped: they are there to deceive.
pub fn host(href: &str) -> Option<String> {
    let href = href.trim();
    let (scheme, rest) = href.split_once(':')?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "hxxp" | "hxxps" | "ftp") {
        return None;
    }
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, h)| h);
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    (!host.is_empty()).then(|| crate::dns::normal(host))
}

/// The host that a text shows, when it shows one: an address with a scheme, or a bare `www.` or two-label name.
fn shown_host(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.contains(' ') || text.contains('@') {
        return None;
    }
    if let Some(host) = host(text) {
        return host.contains('.').then_some(host);
    }
    let name = text.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let plain = labels.len() >= 2
        && labels.iter().all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        && labels.last().is_some_and(|l| l.len() >= 2 && l.bytes().all(|b| b.is_ascii_alphabetic()));
    let known = psl::suffix(name.as_bytes()).is_some_and(|s| s.is_known());
    (plain && (name.starts_with("www.") || known)).then_some(name)
}

/// True for an address in any of the forms that browsers take: dotted, one number, hexadecimal.
fn is_ip(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
        || (!host.is_empty()
            && host.split('.').all(|p| {
                !p.is_empty()
                    && (p.bytes().all(|b| b.is_ascii_digit())
                        || p.strip_prefix("0x")
                            .is_some_and(|h| !h.is_empty() && h.bytes().all(|b| b.is_ascii_hexdigit())))
            }))
}
