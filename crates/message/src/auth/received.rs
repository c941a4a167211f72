//! The path of a mail, as the servers wrote it. Only what one's own server wrote can be relied on.

use std::net::IpAddr;

use serde::Serialize;

use super::results::without_comments;
use crate::headers::{RawMail, unfold};

/// One line of the path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// What the sender of the hop called itself; anything may stand there.
    pub helo: String,
    /// The name that the receiving server found for the address, if it wrote one.
    pub host: Option<String>,
    /// The address that the receiving server saw.
    pub ip: Option<IpAddr>,
    /// The server that wrote the line.
    pub by: String,
    /// When, in seconds since 1970.
    pub at: Option<i64>,
}

/// Reads the path, newest first, at most 100 lines.
pub fn path(mail: &RawMail<'_>) -> Vec<Hop> {
    mail.named("received").take(100).map(|(_, h)| hop(&unfold(mail.value(h)))).collect()
}

/// Reads one unfolded line.
pub fn hop(line: &str) -> Hop {
    let (clauses, date) = line.rsplit_once(';').unwrap_or((line, ""));
    let mut hop = Hop { at: crate::time::mail_date(date).map(|d| d.seconds), ..Hop::default() };
    let plain = without_comments(clauses);
    let words: Vec<&str> = plain.split_ascii_whitespace().collect();
    let after =
        |keyword: &str| words.iter().position(|w| w.eq_ignore_ascii_case(keyword)).and_then(|n| words.get(n + 1));
    hop.by = after("by").map(|w| crate::dns::normal(w.trim_matches(&['[', ']', ','][..]))).unwrap_or_default();
    if !words.first().is_some_and(|w| w.eq_ignore_ascii_case("from")) {
        return hop;
    }
    hop.helo = words.get(1).map(|w| (*w).to_owned()).unwrap_or_default();
    // The comment after the name is written by the receiving server, the name by the sender.
    let from_part = from_part(clauses);
    let comment = from_part.find('(').and_then(|n| from_part.get(n + 1..)).unwrap_or_default();
    if comment.is_empty() {
        hop.ip = address(&hop.helo);
        return hop;
    }
    hop.ip = candidates(comment).find_map(address);
    let first = comment.split([' ', '(', ')']).next().unwrap_or_default();
    if first.contains('.') && address(first).is_none() && !first.contains('=') {
        hop.host = Some(crate::dns::normal(first));
    }
    hop
}

/// Everything up to the ` by ` outside comments.
fn from_part(clauses: &str) -> &str {
    let mut depth = 0_u32;
    for (n, b) in clauses.bytes().enumerate() {
        match b {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && clauses.get(n..n + 4).is_some_and(|w| w.eq_ignore_ascii_case(" by ")) => {
                return clauses.get(..n).unwrap_or(clauses);
            }
            _ => {}
        }
    }
    clauses
}

/// Words that may be an address: what stands in brackets first, then the rest.
fn candidates(text: &str) -> impl Iterator<Item = &str> {
    let bracketed = text.split('[').skip(1).filter_map(|t| t.split(']').next());
    let bare = text.split([' ', '(', ')', ',', ';']);
    bracketed.chain(bare)
}

fn address(word: &str) -> Option<IpAddr> {
    let word = word.trim_matches(&['[', ']'][..]);
    let word = word.strip_prefix("IPv6:").or_else(|| word.strip_prefix("ipv6:")).unwrap_or(word);
    word.parse().ok()
}

/// True for an address that only means something inside a network.
pub fn internal(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || matches!(ip.octets(), [100, b, ..] if (64..128).contains(&b))
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}
