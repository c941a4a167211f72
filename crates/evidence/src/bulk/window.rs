//! A stretch of a file in memory, as bytes whose structure can be seen, with the way back to places in the file.

use super::encoding::Encoding;
use std::io::{Read, Result, Seek, SeekFrom};

/// Bytes that a chunk is read beyond its end at first, for the record that lies across it.
const MARGIN: u64 = 64 << 10;

/// A stretch of a file.
pub(super) struct Window<'a, F> {
    file: &'a mut F,
    encoding: Encoding,
    /// Where it begins in the file.
    at: u64,
    raw: Vec<u8>,
    /// Wide text as UTF-8.
    narrow: Option<String>,
    /// Whether it reaches the end of the file.
    pub(super) whole: bool,
}

impl<'a, F: Read + Seek> Window<'a, F> {
    /// The bytes of `file` from `at` to some way behind `until`. `raw` is room to be used again.
    pub(super) fn open(file: &'a mut F, encoding: Encoding, at: u64, until: u64, raw: Vec<u8>) -> Result<Self> {
        let mut window = Window { file, encoding, at, raw, narrow: None, whole: false };
        window.raw.clear();
        window.file.seek(SeekFrom::Start(at))?;
        window.fill(until.saturating_sub(at).saturating_add(MARGIN))?;
        Ok(window)
    }

    /// Reads on, about as much again behind its end as was read there before.
    pub(super) fn grow(&mut self, beyond: u64) -> Result<()> {
        self.fill(beyond.max(MARGIN))
    }

    fn fill(&mut self, more: u64) -> Result<()> {
        let wanted = usize::try_from(more).unwrap_or(usize::MAX);
        self.raw.reserve(wanted);
        let read = self.file.by_ref().take(more).read_to_end(&mut self.raw)?;
        self.whole = read < wanted;
        if self.encoding.is_wide() {
            // A cut unit at the end is only real at the end of the file.
            let length = if self.whole { self.raw.len() } else { self.raw.len() & !1 };
            let text = self.encoding.decode(self.raw.get(..length).unwrap_or_default()).0.into_owned();
            self.narrow = Some(text);
        }
        Ok(())
    }

    /// The bytes to scan.
    pub(super) fn bytes(&self) -> &[u8] {
        self.narrow.as_ref().map_or(&self.raw, |text| text.as_bytes())
    }

    /// The place in the file of a place in the bytes.
    pub(super) fn position(&self, place: usize) -> u64 {
        match &self.narrow {
            None => self.at + place as u64,
            Some(text) => {
                let units: usize = text.get(..place).unwrap_or(text).chars().map(char::len_utf16).sum();
                (self.at + 2 * units as u64).min(self.at + self.raw.len() as u64)
            }
        }
    }

    /// The place in the bytes of a place in the file.
    pub(super) fn place(&self, position: u64) -> usize {
        let raw = usize::try_from(position.saturating_sub(self.at)).unwrap_or(usize::MAX).min(self.raw.len());
        match &self.narrow {
            None => raw,
            Some(_) => self.encoding.decode(self.raw.get(..raw).unwrap_or_default()).0.len(),
        }
    }

    /// Whether some character between two places of wide text could not be decoded.
    pub(super) fn damaged(&self, from: usize, to: usize) -> bool {
        let raw = |place| usize::try_from(self.position(place).saturating_sub(self.at)).unwrap_or_default();
        self.encoding.decode(self.raw.get(raw(from)..raw(to)).unwrap_or_default()).1
    }

    /// Its room, to be used again.
    pub(super) fn into_room(self) -> Vec<u8> {
        self.raw
    }
}
