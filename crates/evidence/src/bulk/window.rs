//! A stretch of a file in memory, as bytes whose structure can be seen, with the way back to places in the file. It moves on
//! through the file in steps that stay in the processor's nearer memory.

use super::encoding::Encoding;
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

/// Bytes read at a time.
pub(super) const STEP: u64 = 256 << 10;
/// Bytes that are read beyond the end of a chunk at first, for the record that lies across it.
const MARGIN: u64 = 16 << 10;

/// A stretch of a file.
pub(super) struct Window<'a, F> {
    file: &'a mut F,
    encoding: Encoding,
    /// Where it begins in the file.
    at: u64,
    /// Where the chunk ends for which it is read.
    until: u64,
    /// Room; the bytes of the file are the first `filled` of it.
    raw: Vec<u8>,
    filled: usize,
    /// Wide text as UTF-8.
    narrow: Option<String>,
    /// Whether it reaches the end of the file.
    pub(super) whole: bool,
}

impl<'a, F: Read + Seek> Window<'a, F> {
    /// The first bytes of `file` from `at`, on the way to `until`. `raw` is room to be used again.
    pub(super) fn open(file: &'a mut F, encoding: Encoding, at: u64, until: u64, raw: Vec<u8>) -> Result<Self> {
        file.seek(SeekFrom::Start(at))?;
        let mut window = Window { file, encoding, at, until, raw, filled: 0, narrow: None, whole: false };
        window.grow(STEP)?;
        Ok(window)
    }

    /// Reads on, about `most` bytes; less where the chunk ends.
    pub(super) fn grow(&mut self, most: u64) -> Result<()> {
        let left = self.until.saturating_sub(self.end());
        // Beyond the chunk, as much as is asked for; up to it, and a little further, before that.
        let more = if left == 0 { most } else { most.min(left.saturating_add(MARGIN)) };
        let wanted = self.filled.saturating_add(usize::try_from(more).unwrap_or(usize::MAX));
        if self.raw.len() < wanted {
            self.raw.resize(wanted, 0);
        }
        while let Some(room) = self.raw.get_mut(self.filled..wanted).filter(|room| !room.is_empty()) {
            match self.file.read(room) {
                Ok(0) => {
                    self.whole = true;
                    break;
                }
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.encoding.is_wide() {
            // A cut unit at the end is only real at the end of the file.
            let length = if self.whole { self.filled } else { self.filled & !1 };
            let text = self.encoding.decode(self.raw.get(..length).unwrap_or_default()).0.into_owned();
            self.narrow = Some(text);
        }
        Ok(())
    }

    /// Leaves behind what stands before a place in the bytes, which is where they begin now.
    pub(super) fn move_to(&mut self, place: usize) {
        let position = self.position(place);
        let left = usize::try_from(position.saturating_sub(self.at)).unwrap_or(self.filled).min(self.filled);
        self.raw.copy_within(left..self.filled, 0);
        self.filled -= left;
        self.at = position;
        if let Some(text) = &mut self.narrow {
            text.drain(..place.min(text.len()));
        }
    }

    /// The place in the file where it ends.
    pub(super) fn end(&self) -> u64 {
        self.at + self.filled as u64
    }

    /// The bytes to scan.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.narrow {
            None => self.raw.get(..self.filled).unwrap_or_default(),
            Some(text) => text.as_bytes(),
        }
    }

    /// The place in the file of a place in the bytes.
    pub(super) fn position(&self, place: usize) -> u64 {
        match &self.narrow {
            None => self.at + place as u64,
            Some(text) => {
                let units: usize = text.get(..place).unwrap_or(text).chars().map(char::len_utf16).sum();
                (self.at + 2 * units as u64).min(self.end())
            }
        }
    }

    /// The place in the bytes of a place in the file.
    pub(super) fn place(&self, position: u64) -> usize {
        let raw = usize::try_from(position.saturating_sub(self.at)).unwrap_or(usize::MAX).min(self.filled);
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
