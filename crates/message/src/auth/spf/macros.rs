//! Macros of RFC 7208, section 7.

use std::borrow::Cow;
use std::net::IpAddr;

/// Where a text with macros stands: three letters are allowed in explanations only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A domain to ask about.
    Domain,
    /// An explanation or an unknown modifier.
    Text,
}

/// What the letters stand for. The validated name (`p`) costs questions and comes through a function.
pub(super) struct Values<'a> {
    pub(super) sender: &'a str,
    pub(super) local: &'a str,
    pub(super) sender_domain: &'a str,
    pub(super) domain: &'a str,
    pub(super) ip: IpAddr,
    pub(super) helo: &'a str,
    pub(super) receiver: &'a str,
    pub(super) received_at: i64,
}

enum Piece<'t> {
    Literal(&'t str),
    Expand { letter: char, digits: Option<usize>, reverse: bool, delimiters: &'t str },
}

/// True when `text` follows the grammar of a macro string for that purpose.
pub(super) fn valid(text: &str, purpose: Purpose) -> bool {
    pieces(text, purpose, |_| ()).is_some()
}

/// True when the last thing in a valid text is a `%{...}`.
pub(super) fn ends_in_expand(text: &str) -> bool {
    let mut last = false;
    let _ = pieces(text, Purpose::Text, |piece| last = matches!(piece, Piece::Expand { .. }));
    last
}

/// Expands a text. `None` when it does not follow the grammar.
pub(super) fn expand(
    text: &str,
    purpose: Purpose,
    values: &Values<'_>,
    validated: &mut dyn FnMut() -> String,
) -> Option<String> {
    let mut out = String::new();
    pieces(text, purpose, |piece| match piece {
        Piece::Literal(literal) => out.push_str(literal),
        Piece::Expand { letter, digits, reverse, delimiters } => {
            let value = value_of(letter.to_ascii_lowercase(), values, validated);
            let changed = transform(&value, digits, reverse, delimiters);
            if letter.is_ascii_uppercase() { escape(&changed, &mut out) } else { out.push_str(&changed) }
        }
    })?;
    Some(out)
}

fn pieces<'t>(text: &'t str, purpose: Purpose, mut each: impl FnMut(Piece<'t>)) -> Option<()> {
    let mut rest = text;
    loop {
        let percent = rest.find('%').unwrap_or(rest.len());
        let (literal, after) = rest.split_at(percent);
        // In an explanation a space is an ordinary character.
        let plain = |b: u8| (0x21..=0x7e).contains(&b) || (purpose == Purpose::Text && b == b' ');
        if !literal.bytes().all(plain) {
            return None;
        }
        if !literal.is_empty() {
            each(Piece::Literal(literal));
        }
        if after.is_empty() {
            return Some(());
        }
        match after.as_bytes().get(1)? {
            b'%' => each(Piece::Literal("%")),
            b'_' => each(Piece::Literal(" ")),
            b'-' => each(Piece::Literal("%20")),
            b'{' => {
                let end = after.find('}')?;
                each(expansion(after.get(2..end)?, purpose)?);
                rest = after.get(end + 1..)?;
                continue;
            }
            _ => return None,
        }
        rest = after.get(2..)?;
    }
}

fn expansion(inner: &str, purpose: Purpose) -> Option<Piece<'_>> {
    let letter = inner.chars().next()?;
    let lower = letter.to_ascii_lowercase();
    let known = matches!(lower, 's' | 'l' | 'o' | 'd' | 'i' | 'p' | 'h' | 'v')
        || (purpose == Purpose::Text && matches!(lower, 'c' | 'r' | 't'));
    if !known {
        return None;
    }
    let rest = inner.get(1..)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    let digits = match number {
        "" => None,
        n => Some(n.parse::<usize>().unwrap_or(usize::MAX)).filter(|n| *n > 0).map(Some)?,
    };
    let (reverse, delimiters) = match rest.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let fit = delimiters.chars().all(|c| matches!(c, '.' | '-' | '+' | ',' | '/' | '_' | '='));
    fit.then_some(Piece::Expand { letter, digits, reverse, delimiters })
}

fn value_of<'v>(letter: char, v: &'v Values<'_>, validated: &mut dyn FnMut() -> String) -> Cow<'v, str> {
    match letter {
        's' => v.sender.into(),
        'l' => v.local.into(),
        'o' => v.sender_domain.into(),
        'd' => v.domain.into(),
        'h' => v.helo.into(),
        'r' => v.receiver.into(),
        't' => v.received_at.to_string().into(),
        'c' => v.ip.to_string().into(),
        'v' => if v.ip.is_ipv4() { "in-addr" } else { "ip6" }.into(),
        'p' => validated().into(),
        'i' => dotted(v.ip).into(),
        _ => "".into(),
    }
}

/// IPv4 as it is, IPv6 as dotted nibbles.
pub(super) fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let nibbles: Vec<String> =
                ip.octets().iter().flat_map(|o| [o >> 4, o & 15]).map(|n| format!("{n:X}")).collect();
            nibbles.join(".")
        }
    }
}

fn transform<'v>(value: &'v str, digits: Option<usize>, reverse: bool, delimiters: &str) -> Cow<'v, str> {
    if digits.is_none() && !reverse && delimiters.is_empty() {
        return value.into();
    }
    let cut = |c: char| if delimiters.is_empty() { c == '.' } else { delimiters.contains(c) };
    let mut parts: Vec<&str> = value.split(cut).collect();
    if reverse {
        parts.reverse();
    }
    let keep = digits.unwrap_or(parts.len()).min(parts.len());
    parts.split_off(parts.len() - keep).join(".").into()
}

fn escape(value: &str, out: &mut String) {
    for b in value.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
}
