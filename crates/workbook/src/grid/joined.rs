//! Bodies of records that go on in others behind them (MS-XLS 2.4.58): a text that does says there again how wide its characters are.

use crate::sheets::biff::{CONTINUE, Record, Records};
use crate::sheets::binary::{narrow, wide};

/// A body in its pieces.
#[derive(Debug)]
pub(super) struct Joined<'s> {
    pieces: Vec<&'s [u8]>,
    piece: usize,
    at: usize,
}

impl<'s> Joined<'s> {
    /// The record just read, with those that continue it; the reader then stands behind them.
    pub(super) fn new(records: &mut Records<'s>, record: &Record<'s>) -> Self {
        let mut pieces = vec![record.body];
        loop {
            let mut ahead = records.clone();
            let Some(next) = ahead.next().filter(|r| r.id == CONTINUE) else { break };
            pieces.push(next.body);
            *records = ahead;
        }
        Self { pieces, piece: 0, at: 0 }
    }

    /// What is left of the piece at hand; the next one where nothing is. The second says that a piece has just begun.
    fn here(&mut self) -> Option<(&'s [u8], bool)> {
        let mut begun = false;
        loop {
            let piece = *self.pieces.get(self.piece)?;
            match piece.get(self.at..).filter(|rest| !rest.is_empty()) {
                Some(rest) => return Some((rest, begun)),
                None => {
                    self.piece = self.piece.saturating_add(1);
                    self.at = 0;
                    begun = true;
                }
            }
        }
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.here()?.0.first()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    /// Leaves out so many bytes.
    pub(super) fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let some = self.here()?.0.len().min(count);
            self.at = self.at.saturating_add(some);
            count = count.saturating_sub(some);
        }
        Some(())
    }

    /// So many bytes as they stand.
    pub(super) fn bytes(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        while out.len() < count {
            let (rest, _) = self.here()?;
            let some = rest.get(..rest.len().min(count.saturating_sub(out.len())))?;
            out.extend_from_slice(some);
            self.at = self.at.saturating_add(some.len());
        }
        Some(out)
    }

    /// Text of so many units behind its flags, its runs of fonts and its readings left out.
    pub(super) fn text(&mut self, units: usize) -> Option<String> {
        let flags = self.u8()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) };
        let more = if flags & 4 == 0 { 0 } else { usize::try_from(self.u32()?).ok()? };
        let out = self.characters(units, flags & 1 == 1)?;
        self.skip(runs.checked_mul(4)?.checked_add(more)?)?;
        Some(out)
    }

    /// So many characters that begin with the next piece, which says how wide they are.
    pub(super) fn characters_behind(&mut self, units: usize) -> Option<String> {
        let double = self.u8()? & 1 == 1;
        self.characters(units, double)
    }

    /// So many characters, of two bytes each where `double`.
    pub(super) fn characters(&mut self, units: usize, mut double: bool) -> Option<String> {
        let (mut left, mut out) = (units, String::new());
        while left > 0 {
            let (mut rest, begun) = self.here()?;
            if begun {
                double = self.u8()? & 1 == 1;
                rest = rest.get(1..)?;
            }
            let width = if double { 2 } else { 1 };
            let count = left.min(rest.len() / width);
            let bytes = rest.get(..count.checked_mul(width)?)?;
            if double {
                out.push_str(&wide(bytes));
            } else {
                out.push_str(&narrow(bytes));
            }
            left = left.saturating_sub(count);
            // Half a character at the end of a piece belongs to nothing.
            self.at = if left > 0 { usize::MAX } else { self.at.saturating_add(bytes.len()) };
        }
        Some(out)
    }
}
