//! The encoding of a text that is never seen whole: guessed from its beginning, counted chunk by chunk, judged at the end, by
//! the same signs as that of a small text.

use crate::text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How bytes become letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Encoding {
    /// Its subset ASCII too.
    Utf8,
    Utf8Marked,
    Utf16Le,
    Utf16Be,
    Cp850,
    Windows1252,
}

/// Signs of an encoding, added up over a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signs {
    /// Letters beyond ASCII that are whole in UTF-8.
    pub(super) good: u64,
    /// Places that are broken in UTF-8.
    pub(super) bad: u64,
    /// Signs of CP850.
    pub(super) dos: u64,
    /// Signs of Windows-1252.
    pub(super) windows: u64,
}

impl Signs {
    pub(super) fn add(&mut self, other: &Signs) {
        self.good = self.good.saturating_add(other.good);
        self.bad = self.bad.saturating_add(other.bad);
        self.dos = self.dos.saturating_add(other.dos);
        self.windows = self.windows.saturating_add(other.windows);
    }

    fn is_utf8(&self) -> bool {
        self.bad == 0 || self.good > 4 * self.bad
    }
}

impl Encoding {
    /// The encoding of a text that begins with `head`, as far as that tells; and the bytes of its mark.
    pub(super) fn guess(head: &[u8]) -> (Encoding, usize) {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => return (Encoding::Utf8Marked, 3),
            [0xFF, 0xFE, ..] => return (Encoding::Utf16Le, 2),
            [0xFE, 0xFF, ..] => return (Encoding::Utf16Be, 2),
            _ if text::looks_like_utf16le(head) => return (Encoding::Utf16Le, 0),
            _ => {}
        }
        let (good, bad) = text::utf8_counts(head);
        let (dos, windows) = text::page_counts(head);
        let signs = Signs { good, bad, dos, windows };
        let guess = if signs.is_utf8() {
            Encoding::Utf8
        } else if dos > windows {
            Encoding::Cp850
        } else {
            Encoding::Windows1252
        };
        (guess, 0)
    }

    /// The encoding by the signs of the whole file that was read in this one; the same one where the guess was right.
    pub(super) fn judged(self, signs: &Signs) -> Encoding {
        match self {
            Encoding::Utf8Marked | Encoding::Utf16Le | Encoding::Utf16Be => self,
            _ if signs.is_utf8() => Encoding::Utf8,
            // Signs of code pages are not counted in what is read as UTF-8.
            Encoding::Utf8 => Encoding::Windows1252,
            _ if signs.dos > signs.windows => Encoding::Cp850,
            _ => Encoding::Windows1252,
        }
    }

    /// Counts the signs in a stretch of the file that ends with a line.
    pub(super) fn signs(self, bytes: &[u8]) -> Signs {
        let mut signs = Signs::default();
        if matches!(self, Encoding::Utf16Le | Encoding::Utf16Be) || bytes.is_ascii() {
            return signs;
        }
        if std::str::from_utf8(bytes).is_ok() {
            // Each letter beyond ASCII begins with one such byte.
            signs.good = bytes.iter().filter(|byte| **byte >= 0xC0).count() as u64;
        } else {
            (signs.good, signs.bad) = text::utf8_counts(bytes);
        }
        if matches!(self, Encoding::Cp850 | Encoding::Windows1252) {
            (signs.dos, signs.windows) = text::page_counts(bytes);
        }
        signs
    }

    /// Its name, as a small file's would be told.
    pub(super) fn name(self, signs: &Signs) -> &'static str {
        match self {
            Encoding::Utf8 if signs.good == 0 && signs.bad == 0 => "ascii",
            Encoding::Utf8 => "utf-8",
            Encoding::Utf8Marked => "utf-8-bom",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Cp850 => "cp850",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// Whether letters were lost, by the signs of what was read as UTF-8.
    pub(super) fn is_damaged(self, signs: &Signs) -> bool {
        matches!(self, Encoding::Utf8 | Encoding::Utf8Marked) && signs.bad > 0
    }

    /// Bytes of the smallest unit.
    pub(super) fn unit(self) -> u64 {
        if self.is_wide() { 2 } else { 1 }
    }

    /// Whether structure (separators, quotes, line breaks) is not seen in the bytes as they are.
    pub(super) fn is_wide(self) -> bool {
        matches!(self, Encoding::Utf16Le | Encoding::Utf16Be)
    }

    /// Bytes of the file as text, and whether some could not be decoded.
    pub(super) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match self {
            Encoding::Utf8 | Encoding::Utf8Marked => {
                let text = String::from_utf8_lossy(bytes);
                let damaged = matches!(text, Cow::Owned(_));
                (text, damaged)
            }
            Encoding::Utf16Le => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes),
            Encoding::Utf16Be => encoding_rs::UTF_16BE.decode_without_bom_handling(bytes),
            Encoding::Cp850 => (bytes.iter().map(|byte| text::cp850(*byte)).collect::<String>().into(), false),
            Encoding::Windows1252 => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, false),
        }
    }

    /// Encoding of the bytes that a scanner sees: wide text has been turned into UTF-8 before.
    pub(super) fn narrow(self) -> Encoding {
        if self.is_wide() { Encoding::Utf8 } else { self }
    }
}
