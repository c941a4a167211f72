//! The `tag=value` lists of DKIM, ARC and DMARC (RFC 6376, section 3.2), read strictly.

use thiserror::Error;

/// A list that does not follow the grammar.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum TagError {
    /// A name or value holds what it may not, or `=` is missing.
    #[error("a tag is malformed")]
    Malformed,
    /// A name stands twice.
    #[error("a tag stands twice")]
    Duplicate,
}

/// The tags of a list in their order; names are case-sensitive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Tags<'a> {
    /// Reads a list. Blanks around names and values are dropped; one final `;` is allowed.
    pub fn parse(text: &'a [u8]) -> Result<Tags<'a>, TagError> {
        let text = std::str::from_utf8(text).map_err(|_| TagError::Malformed)?;
        let mut tags: Vec<(&str, &str)> = Vec::with_capacity(12);
        let mut pieces = text.split(';').peekable();
        while let Some(piece) = pieces.next() {
            let piece = piece.trim_ascii();
            if piece.is_empty() && pieces.peek().is_none() {
                break;
            }
            let (name, value) = piece.split_once('=').ok_or(TagError::Malformed)?;
            let (name, value) = (name.trim_ascii_end(), value.trim_ascii_start());
            let first = name.starts_with(|c: char| c.is_ascii_alphabetic());
            if !first || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return Err(TagError::Malformed);
            }
            if !value.chars().all(|c| !c.is_ascii() || c.is_ascii_graphic() || c.is_ascii_whitespace()) {
                return Err(TagError::Malformed);
            }
            if tags.iter().any(|(n, _)| *n == name) {
                return Err(TagError::Duplicate);
            }
            tags.push((name, value));
        }
        Ok(Tags(tags))
    }

    /// The value of a tag; `Some("")` when it is there and empty.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)
    }

    /// The value of a tag, when it is there and not empty.
    pub fn filled(&self, name: &str) -> Option<&'a str> {
        self.get(name).filter(|v| !v.is_empty())
    }

    /// The first tag.
    pub fn first(&self) -> Option<(&'a str, &'a str)> {
        self.0.first().copied()
    }
}

/// Base64 with blanks inside, as signatures are folded. `None` when it is no base64.
pub fn base64(value: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let dense: Vec<u8> = value.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    STANDARD.decode(dense).ok()
}

/// A domain name as a `d=` or `s=` may hold: labels of letters, digits, `-` and `_`.
pub fn domain_name(value: &str) -> bool {
    crate::dns::askable(value)
        && value.split('.').all(|l| {
            l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || !b.is_ascii())
                && !l.starts_with('-')
                && !l.ends_with('-')
        })
}

/// A count of seconds as `t=` or `x=` may hold.
pub fn seconds(value: &str) -> Option<i64> {
    (!value.is_empty() && value.len() <= 12 && value.bytes().all(|b| b.is_ascii_digit())).then(|| value.parse().ok())?
}
