//! The verdict lines that servers write (Authentication-Results, RFC 8601), as they are found in the wild: several in one
//! mail, without a server's name (Microsoft), or with parts that no grammar allows.

use serde::Serialize;

/// One method's verdict in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// `dkim`, `spf`, `dmarc`, `arc`, ..., lower case.
    pub method: String,
    /// `pass`, `fail`, ..., lower case.
    pub result: String,
    /// Properties such as `header.d`, lower-case names.
    pub properties: Vec<(String, String)>,
}

impl Verdict {
    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The domain that a DKIM verdict speaks of: `header.d`, else the domain of `header.i`.
    pub fn domain(&self) -> Option<String> {
        self.property("header.d")
            .or_else(|| self.property("header.i").map(|i| i.rsplit_once('@').map_or(i, |(_, d)| d)))
            .map(crate::dns::normal)
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictLine {
    /// The server's name, lower case; `None` when the line does not say.
    pub server: Option<String>,
    /// Its verdicts in their order.
    pub verdicts: Vec<Verdict>,
}

impl VerdictLine {
    /// The first verdict of a method.
    pub fn of(&self, method: &str) -> Option<&Verdict> {
        self.verdicts.iter().find(|v| v.method == method)
    }

    /// True when the line claims that something passed.
    pub fn claims_pass(&self) -> bool {
        self.verdicts.iter().any(|v| v.result == "pass" && matches!(v.method.as_str(), "dkim" | "spf" | "dmarc"))
    }
}

/// Reads the unfolded value of an Authentication-Results field. Parts that are not understood are passed over; `None` when
/// nothing is left at all.
pub fn parse(value: &str) -> Option<VerdictLine> {
    let clean = without_comments(value);
    let mut parts = clean.split(';').map(str::trim);
    let first = parts.next()?;
    let mut verdicts = Vec::new();
    let server = match verdict(first) {
        Some(v) => {
            verdicts.push(v);
            None
        }
        None => first.split_ascii_whitespace().next().map(|s| s.trim_matches('"').to_ascii_lowercase()),
    };
    verdicts.extend(parts.filter_map(verdict));
    (server.is_some() || !verdicts.is_empty()).then_some(VerdictLine { server, verdicts })
}

fn verdict(part: &str) -> Option<Verdict> {
    let mut words = part.split_ascii_whitespace();
    let first = words.next()?;
    let (mut method, mut result) = first.split_once('=')?;
    // `dkim = pass` and `dkim= pass` are written too.
    let mut loose = String::new();
    if result.is_empty() {
        loose.push_str(words.next()?);
        result = &loose;
    }
    method = method.split_once('/').map_or(method, |(m, _)| m);
    let name = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !name(method) || !name(result) {
        return None;
    }
    let properties = words
        .filter_map(|w| w.split_once('='))
        .map(|(n, v)| (n.to_ascii_lowercase(), v.trim_matches('"').to_owned()))
        .collect();
    Some(Verdict { method: method.to_ascii_lowercase(), result: result.to_ascii_lowercase(), properties })
}

/// Drops comments in parentheses, however deep, but not inside quotes. A parenthesis that never closes drops the rest.
pub fn without_comments(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in value.chars() {
        if escaped {
            escaped = false;
            if depth == 0 {
                out.push(c);
            }
            continue;
        }
        match c {
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => {
                quoted = !quoted;
                out.push(c);
            }
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if !quoted && depth > 0 => {
                depth -= 1;
                out.push(' ');
            }
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}
