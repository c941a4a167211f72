//! Text in one plain form for the search of words: lower case, no accents, blanks squeezed, paragraphs kept apart. Every
//! place in it leads back to the words as they were written, which is what a reason quotes.

use std::ops::Range;

/// A folded text with the way back.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    text: Vec<u8>,
    back: Vec<u32>,
    original: String,
}

impl Folded {
    /// Folds a text. One blank line or more becomes `\n`, other blanks one space.
    pub fn new(original: String) -> Self {
        let mut text = Vec::with_capacity(original.len() + 16);
        let mut back = Vec::with_capacity(original.len() + 16);
        each(&original, &mut |folded, at| {
            text.extend_from_slice(folded);
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            folded.iter().for_each(|_| back.push(at));
        });
        Folded { text, back, original }
    }

    /// The folded text.
    pub fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// The text as it was written.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The words as they were written, for a range of the folded text, on one line.
    pub fn words(&self, range: Range<usize>) -> String {
        let from = self.back.get(range.start).map_or(self.original.len(), |n| *n as usize);
        let last = range.end.checked_sub(1).and_then(|n| self.back.get(n)).map_or(from, |n| *n as usize);
        let end = self.original.get(last..).and_then(|r| r.chars().next()).map_or(last, |c| last + c.len_utf8());
        crate::html::squeeze(self.original.get(from..end.max(from)).unwrap_or_default())
    }

    /// The sentence around a range: up to `.`, `?`, `!`, `;` with a blank after it, or the paragraph's end.
    pub fn sentence(&self, range: &Range<usize>) -> Range<usize> {
        let ends = |n: usize| match self.text.get(n) {
            Some(b'\n') => true,
            Some(b'.' | b'?' | b'!' | b';') => {
                matches!(self.text.get(n + 1), None | Some(b' ' | b'\n')) && !self.abbreviation(n)
            }
            _ => false,
        };
        let start = (0..range.start).rev().find(|n| ends(*n)).map_or(0, |n| n + 1);
        let end = (range.end.max(range.start)..self.text.len()).find(|n| ends(*n)).unwrap_or(self.text.len());
        start..end
    }

    /// The paragraph around a place, without its line end.
    pub fn paragraph(&self, at: usize) -> Range<usize> {
        let start = self.text.get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |n| n + 1);
        let rest = self.text.get(at..).unwrap_or_default();
        start..memchr::memchr(b'\n', rest).map_or(self.text.len(), |n| at + n)
    }

    /// A dot after one letter or a short title is no end of a sentence, nor is one after the number of an item.
    fn abbreviation(&self, dot: usize) -> bool {
        let start =
            (0..dot).rev().find(|n| !self.text.get(*n).is_some_and(u8::is_ascii_alphanumeric)).map_or(0, |n| n + 1);
        let word = self.text.get(start..dot).unwrap_or_default();
        let numbers = || {
            let before = self.text.get(..start).unwrap_or_default();
            let last = before.trim_ascii_end().last();
            self.text.get(dot) == Some(&b'.')
                && (1..=2).contains(&word.len())
                && word.iter().all(u8::is_ascii_digit)
                && (before.is_empty() || before.ends_with(b"\n") || matches!(last, Some(b'.' | b';' | b':' | b'?')))
        };
        matches!(word, b"m" | b"mr" | b"ms" | b"mrs" | b"mme" | b"no" | b"art" | b"st" | b"dr" | b"tel") || numbers()
    }

    /// The folded bytes of a range.
    pub fn slice(&self, range: Range<usize>) -> &[u8] {
        self.text.get(range).unwrap_or_default()
    }
}

/// A text folded without the way back.
pub fn plain(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    each(text, &mut |folded, _| out.extend_from_slice(folded));
    out
}

/// Hands over each piece of the folded text, mostly one byte, with the place that it comes from.
#[inline(always)]
fn each(text: &str, push: &mut impl FnMut(&[u8], usize)) {
    let mut blank: Option<(usize, u32)> = None;
    let mut begun = false;
    for (at, c) in text.char_indices() {
        let seen = c.is_ascii_graphic();
        if !seen && (c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}') {
            let (_, breaks) = blank.get_or_insert((at, 0));
            *breaks += u32::from(c == '\n');
            continue;
        }
        if let Some((from, breaks)) = blank.take()
            && begun
        {
            // A line that begins like an item of a list is a paragraph of its own.
            let item = breaks > 0 && matches!(c, '-' | '*' | '•' | '–');
            push(if breaks > 1 || item { b"\n" } else { b" " }, from);
        }
        if c.is_ascii() {
            push(&[c.to_ascii_lowercase() as u8], at);
            begun = true;
        } else {
            begun |= other(c, at, push);
        }
    }
}

/// Hands over what a letter beyond ASCII becomes; false when that is nothing.
fn other(c: char, at: usize, push: &mut impl FnMut(&[u8], usize)) -> bool {
    let plain = match c {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'À' | 'Â' | 'Ä' | 'Á' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => "e",
        'î' | 'ï' | 'í' | 'Î' | 'Ï' => "i",
        'ô' | 'ö' | 'ó' | 'õ' | 'Ô' | 'Ö' => "o",
        'û' | 'ù' | 'ü' | 'ú' | 'Û' | 'Ù' | 'Ü' => "u",
        'ç' | 'Ç' => "c",
        'ÿ' => "y",
        'ñ' => "n",
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        '’' | '‘' | 'ʼ' | '´' => "'",
        '«' | '»' | '“' | '”' => "\"",
        '–' | '—' | '‑' | '‐' => "-",
        '…' => "...",
        '€' => "eur",
        // Combining marks of decomposed accents fall away.
        '\u{300}'..='\u{36f}' | '\u{ad}' => return false,
        _ => {
            let mut buffer = [0; 4];
            for lower in c.to_lowercase() {
                push(lower.encode_utf8(&mut buffer).as_bytes(), at);
            }
            return true;
        }
    };
    push(plain.as_bytes(), at);
    true
}
