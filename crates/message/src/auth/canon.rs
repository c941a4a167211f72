//! Canonical forms of RFC 6376, section 3.4: what a signature really covers.

use ring::digest::{SHA256, digest};

/// One of the two ways to smooth a text before it is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canon {
    /// Bytes as they are.
    Simple,
    /// Blanks and case smoothed.
    Relaxed,
}

impl Canon {
    /// Reads a `c=` value: header form, then body form (`simple` when not given).
    pub fn pair(value: &str) -> Option<(Canon, Canon)> {
        let one = |v: &str| match v {
            "simple" => Some(Canon::Simple),
            "relaxed" => Some(Canon::Relaxed),
            _ => None,
        };
        match value.split_once('/') {
            Some((header, body)) => Some((one(header)?, one(body)?)),
            None => Some((one(value)?, Canon::Simple)),
        }
    }
}

fn blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// Appends a field (with its final CRLF) in canonical form, again with a final CRLF.
pub fn header(field: &[u8], canon: Canon, out: &mut Vec<u8>) {
    if canon == Canon::Simple {
        out.extend_from_slice(field);
        return;
    }
    let colon = memchr::memchr(b':', field).unwrap_or(field.len());
    let (name, value) = field.split_at(colon);
    out.extend(name.trim_ascii_end().iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let mut gap = false;
    let mut any = false;
    for &b in value.strip_prefix(b":").unwrap_or(value) {
        match b {
            b'\r' | b'\n' => {}
            b' ' | b'\t' => gap = any,
            _ => {
                if gap {
                    out.push(b' ');
                    gap = false;
                }
                any = true;
                out.push(b);
            }
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// The body (CRLF line ends) in canonical form.
pub fn body(body: &[u8], canon: Canon) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    match canon {
        Canon::Simple => {
            out.extend_from_slice(body);
            if !out.is_empty() && !out.ends_with(b"\r\n") {
                out.extend_from_slice(b"\r\n");
            }
        }
        Canon::Relaxed => {
            // Lines that are as they should be are taken over in one piece with their neighbours.
            let mut kept = 0;
            let mut at = 0;
            for line in memchr::memchr_iter(b'\n', body).map(|n| n + 1) {
                let whole = body.get(at..line).unwrap_or_default();
                if !is_relaxed(whole) {
                    out.extend_from_slice(body.get(kept..at).unwrap_or_default());
                    relax(whole, &mut out);
                    kept = line;
                }
                at = line;
            }
            out.extend_from_slice(body.get(kept..at).unwrap_or_default());
            if let Some(rest) = body.get(at..).filter(|r| !r.is_empty()) {
                relax(rest, &mut out);
            }
        }
    }
    let mut end = out.len();
    while out.get(..end).is_some_and(|o| o.ends_with(b"\r\n\r\n")) {
        end -= 2;
    }
    out.truncate(end);
    if out == b"\r\n" && canon == Canon::Relaxed {
        out.clear();
    }
    if out.is_empty() && canon == Canon::Simple {
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// True when a line with its line end is its own relaxed form.
fn is_relaxed(line: &[u8]) -> bool {
    let Some(text) = line.strip_suffix(b"\r\n") else { return false };
    // No early way out: the loop over all bytes is done many bytes at a time.
    let pairs = text.iter().zip(text.iter().skip(1));
    let doubled = pairs.fold(0_u8, |found, (a, b)| found | u8::from(*a == b' ' && *b == b' '));
    let tabs = text.iter().fold(0_u8, |found, b| found | u8::from(*b == b'\t'));
    doubled == 0 && tabs == 0 && text.last() != Some(&b' ')
}

/// Appends the relaxed form of a line, with CRLF.
fn relax(line: &[u8], out: &mut Vec<u8>) {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut gap = false;
    for &b in line {
        if blank(b) {
            gap = true;
        } else {
            if gap {
                out.push(b' ');
                gap = false;
            }
            out.push(b);
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// Canonical bodies of one mail with their hashes: several signatures mostly want the same one.
#[derive(Debug)]
pub struct Bodies<'a> {
    raw: &'a [u8],
    simple: Option<Vec<u8>>,
    relaxed: Option<Vec<u8>>,
    hashes: Vec<((bool, usize), Vec<u8>)>,
}

impl<'a> Bodies<'a> {
    /// For a body with CRLF line ends.
    pub fn new(raw: &'a [u8]) -> Self {
        Bodies { raw, simple: None, relaxed: None, hashes: Vec::new() }
    }

    /// SHA-256 of the canonical body, of its first `length` bytes when given. The flag tells that bytes were left out.
    /// `None` when the body is shorter than the length signed.
    pub fn sha256(&mut self, canon: Canon, length: Option<usize>) -> Option<(Vec<u8>, bool)> {
        let slot = match canon {
            Canon::Simple => &mut self.simple,
            Canon::Relaxed => &mut self.relaxed,
        };
        let text = slot.get_or_insert_with(|| body(self.raw, canon));
        let signed = text.get(..length.unwrap_or(text.len()))?;
        let key = (canon == Canon::Relaxed, signed.len());
        let left_out = signed.len() < text.len();
        if let Some((_, hash)) = self.hashes.iter().find(|(k, _)| *k == key) {
            return Some((hash.clone(), left_out));
        }
        let hash = digest(&SHA256, signed).as_ref().to_vec();
        self.hashes.push((key, hash.clone()));
        Some((hash, left_out))
    }
}
