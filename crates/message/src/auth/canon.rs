//! Canonical forms of RFC 6376, section 3.4: what a signature really covers.

use std::borrow::Cow;

use ring::digest::{SHA256, digest};

/// Bytes that are looked at together.
const AHEAD: usize = 4096;

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

/// The body (CRLF line ends) in canonical form; the body itself where it is in that form already.
pub fn body(body: &[u8], canon: Canon) -> Cow<'_, [u8]> {
    let mut out = match canon {
        Canon::Simple if body.is_empty() || body.ends_with(b"\r\n") => Cow::Borrowed(body),
        Canon::Simple => Cow::Owned([body, b"\r\n"].concat()),
        Canon::Relaxed => relaxed(body),
    };
    let mut end = out.len();
    while out.get(..end).is_some_and(|o| o.ends_with(b"\r\n\r\n")) {
        end -= 2;
    }
    if out.get(..end) == Some(b"\r\n") && canon == Canon::Relaxed {
        end = 0;
    }
    match &mut out {
        Cow::Borrowed(whole) => *whole = whole.get(..end).unwrap_or_default(),
        Cow::Owned(made) => made.truncate(end),
    }
    if out.is_empty() && canon == Canon::Simple { Cow::Borrowed(b"\r\n") } else { out }
}

/// Relaxed lines, those that are empty at the end included.
fn relaxed(body: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    // Lines that are as they should be are taken over in one piece with their neighbours.
    let mut kept = 0;
    let mut at = 0;
    // Up to where was looked ahead, and up to where no line is to be smoothed.
    let (mut looked, mut clean) = (0, 0);
    for line in memchr::memchr_iter(b'\n', body).map(|n| n + 1) {
        if at >= looked {
            let ahead = body.get(at..(at + AHEAD).min(body.len())).unwrap_or_default();
            looked = at + ahead.len();
            if !is_odd(ahead) {
                clean = looked;
            }
        }
        if line > clean {
            let whole = body.get(at..line).unwrap_or_default();
            if !is_relaxed(whole) {
                if out.is_empty() {
                    out.reserve(body.len() + 2);
                }
                out.extend_from_slice(body.get(kept..at).unwrap_or_default());
                relax(whole, &mut out);
                kept = line;
            }
        }
        at = line;
    }
    if at == body.len() && kept == 0 {
        return Cow::Borrowed(body);
    }
    out.extend_from_slice(body.get(kept..at).unwrap_or_default());
    if let Some(rest) = body.get(at..).filter(|r| !r.is_empty()) {
        relax(rest, &mut out);
    }
    Cow::Owned(out)
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

/// True when lines hold anything that may have to be smoothed: a tab, two blanks, a blank at the end of a line, or a line end
/// that is not CRLF.
fn is_odd(lines: &[u8]) -> bool {
    // No early way out here either.
    let odd = |a: u8, b: u8| (a == b' ' && (b == b' ' || b == b'\r')) || (a != b'\r' && b == b'\n') || b == b'\t';
    let pairs = lines.iter().zip(lines.iter().skip(1));
    let found = pairs.fold(0_u8, |found, (a, b)| found | u8::from(odd(*a, *b)));
    found != 0 || matches!(lines.first(), Some(b'\t' | b'\n'))
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
    simple: Option<Cow<'a, [u8]>>,
    relaxed: Option<Cow<'a, [u8]>>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As [`body`], line by line.
    fn plainly(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        text.split_inclusive(|b| *b == b'\n').for_each(|line| relax(line, &mut out));
        while out.ends_with(b"\r\n\r\n") {
            out.truncate(out.len() - 2);
        }
        if out == b"\r\n" { Vec::new() } else { out }
    }

    #[test]
    fn what_is_as_it_should_be_is_not_copied() {
        let text = b"as it should be\r\n\r\n -- \r\n".repeat(300);
        let text = text.strip_suffix(b" \r\n").unwrap();
        assert!(matches!(body(&b"a b\r\n\r\n\r\n".repeat(2000), Canon::Relaxed), Cow::Borrowed(_)));
        assert_eq!(body(text, Canon::Relaxed), plainly(text));
        assert!(body(b"\r\n\r\n", Canon::Relaxed).is_empty(), "empty lines alone are no body");
        assert_eq!(*body(b"", Canon::Simple), *b"\r\n");
        assert_eq!(*body(b"\r\n\r\n", Canon::Simple), *b"\r\n");
        assert_eq!(*body(b"a \r\nb", Canon::Simple), *b"a \r\nb\r\n");
    }

    proptest! {
        #[test]
        fn bodies_smoothed_by_pieces_are_those_smoothed_line_by_line(
            pieces in prop::collection::vec(
                prop_oneof![
                    4 => Just("word word\r\n".repeat(200)),
                    4 => "[a-c]{0,300}",
                    4 => "[a ]{1,4}",
                    4 => Just("\r\n".to_owned()),
                    1 => Just("\n".to_owned()),
                    1 => Just("\t".to_owned()),
                    1 => Just("\r".to_owned()),
                ],
                0..40,
            ),
        ) {
            let text = pieces.concat().into_bytes();
            prop_assert_eq!(body(&text, Canon::Relaxed).into_owned(), plainly(&text));
        }
    }
}
