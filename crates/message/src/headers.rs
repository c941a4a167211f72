//! A mail as bytes: line ends made uniform, header fields found, the body's start known. Signatures are judged on these
//! bytes and on nothing that a parser has already tidied.

use std::borrow::Cow;
use std::ops::Range;

use crate::limits;

/// One header field in the bytes of a [`RawMail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawHeader {
    /// The whole field with its final CRLF.
    pub field: Range<usize>,
    /// The name before the colon, as written.
    pub name: Range<usize>,
    /// What follows the colon, up to and without the final CRLF, still folded.
    pub value: Range<usize>,
}

/// A mail with CRLF line ends, cut into header fields and body.
#[derive(Debug, Clone)]
pub struct RawMail<'a> {
    bytes: Cow<'a, [u8]>,
    headers: Vec<RawHeader>,
    body: usize,
    flooded: bool,
}

impl<'a> RawMail<'a> {
    /// Cuts `bytes` (any line ends) into fields and body. Never fails: lines that are no field are skipped, and fields
    /// beyond the limit are left out and told by [`RawMail::flooded`].
    pub fn new(bytes: &'a [u8]) -> Self {
        let bytes = with_crlf(bytes);
        let mut headers: Vec<RawHeader> = Vec::with_capacity(24);
        let mut at = 0;
        let mut flooded = false;
        let body = loop {
            let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) else { break bytes.len() };
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let line = rest.get(..length).unwrap_or_default();
            let end = at + length;
            if line == b"\r\n" {
                break end;
            }
            let content = end - if line.ends_with(b"\r\n") { 2 } else { 0 };
            if line.first().is_some_and(|b| *b == b' ' || *b == b'\t') {
                if let Some(last) = headers.last_mut()
                    && last.field.end == at
                {
                    last.field.end = end;
                    last.value.end = content;
                }
            } else if let Some(colon) = memchr::memchr(b':', line) {
                if headers.len() >= limits::HEADERS {
                    flooded = true;
                } else if colon > 0 {
                    let colon = at + colon;
                    headers.push(RawHeader {
                        field: at..end,
                        name: at..colon,
                        value: (colon + 1).min(content)..content,
                    });
                }
            }
            at = end;
        };
        RawMail { bytes, headers, body, flooded }
    }

    /// The whole mail with CRLF line ends.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The header fields from top to bottom.
    pub fn headers(&self) -> &[RawHeader] {
        &self.headers
    }

    /// True when the mail has more header fields than are looked at.
    pub fn flooded(&self) -> bool {
        self.flooded
    }

    /// The bytes after the empty line.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(self.body..).unwrap_or_default()
    }

    /// The name of a field without trailing blanks.
    pub fn name(&self, header: &RawHeader) -> &[u8] {
        self.bytes.get(header.name.clone()).unwrap_or_default().trim_ascii_end()
    }

    /// The raw value of a field, still folded.
    pub fn value(&self, header: &RawHeader) -> &[u8] {
        self.bytes.get(header.value.clone()).unwrap_or_default()
    }

    /// The bytes of a whole field with its CRLF.
    pub fn field(&self, header: &RawHeader) -> &[u8] {
        self.bytes.get(header.field.clone()).unwrap_or_default()
    }

    /// The fields of that name (case does not matter), top to bottom, with their place in the header.
    pub fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (usize, &'s RawHeader)> + 's {
        self.headers.iter().enumerate().filter(move |(_, h)| self.name(h).eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The first field of that name, unfolded into one line of text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.named(name).next().map(|(_, h)| unfold(self.value(h)))
    }
}

/// A folded value as one line: line ends dropped, blanks squeezed, bytes that are no UTF-8 replaced.
pub fn unfold(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Turns lone LF into CRLF. A mailbox file keeps LF where the signer saw CRLF; without this `c=simple` can never pass.
pub fn with_crlf(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bare = |&n: &usize| n.checked_sub(1).and_then(|p| bytes.get(p)).is_none_or(|b| *b != b'\r');
    if !memchr::memchr_iter(b'\n', bytes).any(|n| bare(&n)) {
        return Cow::Borrowed(bytes);
    }
    // Lines of mails are some 70 bytes long.
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut from = 0;
    for n in memchr::memchr_iter(b'\n', bytes) {
        let line = bytes.get(from..n).unwrap_or_default();
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        out.extend_from_slice(b"\r\n");
        from = n + 1;
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Cow::Owned(out)
}
