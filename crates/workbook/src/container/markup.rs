//! The tags of a part in XML by the bytes that they fill, for those who change a few and copy the rest.
//!
//! quick-xml gives events; here the ranges matter: of a tag, of an attribute's value, of the text between. No document type is
//! accepted, so no entity but the five predefined ones can stand.

use crate::trouble::Trouble;
use std::ops::Range;

/// A piece of markup. Ranges are bytes of the part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// `<name ...>` or `<name .../>`.
    Open(Tag),
    /// `</name>`: the whole, and its name.
    Close { whole: Range<usize>, name: Range<usize> },
    /// Text between tags, or the inside of a CDATA section (`raw`).
    Text { inside: Range<usize>, raw: bool },
}

/// An opening or self-closed tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// From `<` to `>`.
    pub(crate) whole: Range<usize>,
    /// Its name, with prefix.
    pub(crate) name: Range<usize>,
    /// What stands between the name and the end.
    pub(crate) attributes: Range<usize>,
    /// `/>`.
    pub(crate) closed: bool,
}

/// Reads a part from one place on.
pub(crate) struct Markup<'x> {
    xml: &'x [u8],
    at: usize,
}

impl<'x> Markup<'x> {
    pub(crate) fn new(xml: &'x [u8], at: usize) -> Self {
        Self { xml, at }
    }

    /// The next tag or text; comments and instructions are passed over.
    pub(crate) fn next(&mut self) -> Option<Result<Token, Trouble>> {
        loop {
            let rest = self.xml.get(self.at..).filter(|r| !r.is_empty())?;
            if !rest.starts_with(b"<") {
                let length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
                let inside = self.at..self.at + length;
                self.at = inside.end;
                return Some(Ok(Token::Text { inside, raw: false }));
            }
            let skip = |open: usize, end: &[u8]| {
                rest.get(open..).and_then(|r| memchr::memmem::find(r, end)).map(|n| open + n + end.len())
            };
            let passed = match rest {
                [b'<', b'?', ..] => skip(2, b"?>"),
                [b'<', b'!', b'-', b'-', ..] => skip(4, b"-->"),
                [b'<', b'!', b'[', ..] if rest.starts_with(b"<![CDATA[") => {
                    let Some(length) = skip(9, b"]]>") else { return Some(broken()) };
                    let inside = self.at + 9..self.at + length - 3;
                    self.at += length;
                    return Some(Ok(Token::Text { inside, raw: true }));
                }
                [b'<', b'!', ..] => None,
                _ => return Some(self.tag(rest)),
            };
            let Some(passed) = passed else { return Some(broken()) };
            self.at += passed;
        }
    }

    fn tag(&mut self, rest: &[u8]) -> Result<Token, Trouble> {
        let mut end = 0_usize;
        loop {
            let tail = rest.get(end..).unwrap_or_default();
            let Some(found) = memchr::memchr3(b'>', b'"', b'\'', tail) else { return broken() };
            end += found;
            match rest.get(end) {
                Some(b'>') => break,
                Some(&quote) => {
                    let inside = rest.get(end + 1..).unwrap_or_default();
                    let Some(close) = memchr::memchr(quote, inside) else { return broken() };
                    end += close + 2;
                }
                None => return broken(),
            }
        }
        let whole = self.at..self.at + end + 1;
        self.at = whole.end;
        let close = rest.get(1) == Some(&b'/');
        let start = if close { 2 } else { 1 };
        let inside = rest.get(start..end).unwrap_or_default();
        let closed = !close && inside.last() == Some(&b'/');
        let inside = if closed { inside.split_last().map_or(inside, |(_, i)| i) } else { inside };
        let length = inside.iter().position(|b| b.is_ascii_whitespace()).unwrap_or(inside.len());
        if length == 0 {
            return broken();
        }
        let from = whole.start + start;
        let name = from..from + length;
        if close {
            return Ok(Token::Close { whole, name });
        }
        let attributes = name.end..from + inside.len();
        Ok(Token::Open(Tag { whole, name, attributes, closed }))
    }
}

fn broken<T>() -> Result<T, Trouble> {
    Err(Trouble::malformed("xml", "its markup is broken"))
}

/// A name without its prefix.
pub(crate) fn local<'x>(xml: &'x [u8], name: &Range<usize>) -> &'x [u8] {
    let name = xml.get(name.clone()).unwrap_or_default();
    memchr::memchr(b':', name).and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

/// Where the attributes of a tag stand: name (with prefix) and value, quotes left out.
pub(crate) fn attributes<'x>(xml: &'x [u8], tag: &Tag) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<'x> {
    let (mut at, end) = (tag.attributes.start, tag.attributes.end);
    std::iter::from_fn(move || {
        let text = xml.get(..end)?;
        while text.get(at)?.is_ascii_whitespace() {
            at += 1;
        }
        let name = at;
        while !matches!(text.get(at)?, b'=' | b' ' | b'\t' | b'\r' | b'\n') {
            at += 1;
        }
        let name = name..at;
        while text.get(at)?.is_ascii_whitespace() {
            at += 1;
        }
        if text.get(at)? != &b'=' {
            return None;
        }
        at += 1;
        while text.get(at)?.is_ascii_whitespace() {
            at += 1;
        }
        let quote = *text.get(at)?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let start = at + 1;
        let length = memchr::memchr(quote, text.get(start..)?)?;
        at = start + length + 1;
        Some((name, start..start + length))
    })
}

/// The value of an attribute by its name without prefix; as it stands, references unresolved.
pub(crate) fn raw_attribute(xml: &[u8], tag: &Tag, name: &[u8]) -> Option<Range<usize>> {
    attributes(xml, tag).find(|(n, _)| local(xml, n) == name).map(|(_, value)| value)
}

/// The value of an attribute by its name without prefix, references resolved.
pub(crate) fn value(xml: &[u8], tag: &Tag, name: &[u8]) -> Option<String> {
    raw_attribute(xml, tag, name).map(|range| unescaped(xml.get(range).unwrap_or_default()))
}

/// Text with its references resolved; what is no reference stays.
pub(crate) fn unescaped(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match quick_xml::escape::unescape(&text) {
        Ok(found) => found.into_owned(),
        Err(_) => text.into_owned(),
    }
}

/// Text as it may stand between tags and in attributes.
pub(crate) fn escape_into(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            other => out.push(other),
        }
    }
}
