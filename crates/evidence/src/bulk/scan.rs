//! Where records and cells end, found without taking them apart; by the rules of [`crate::tables::csv`].

use super::encoding::Encoding;
use memchr::{memchr, memchr3};
use wide::u8x16;

/// What delimits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner {
    pub(super) separator: u8,
    pub(super) encoding: Encoding,
}

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Where the bytes that end a cell stand in the block that was looked at last. It holds for the same bytes only: they may not grow or
/// move while it is used.
#[derive(Debug)]
pub(super) struct Marks {
    needles: [u8x16; 3],
    /// Where the block begins.
    block: usize,
    /// A bit for each of its bytes, the first one lowest.
    found: u64,
}

impl Marks {
    /// The bytes are other ones now.
    pub(super) fn forget(&mut self) {
        self.block = usize::MAX;
    }

    /// The first byte at or behind `from` that ends a cell.
    #[inline]
    fn next(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let block = from & !(BLOCK - 1);
        if block != self.block {
            self.look(bytes, block);
        }
        let left = self.found >> (from & (BLOCK - 1));
        if left != 0 {
            return Some(from + left.trailing_zeros() as usize);
        }
        loop {
            let next = self.block + BLOCK;
            if next >= bytes.len() {
                return None;
            }
            self.look(bytes, next);
            if self.found != 0 {
                return Some(next + self.found.trailing_zeros() as usize);
            }
        }
    }

    #[inline]
    fn look(&mut self, bytes: &[u8], block: usize) {
        self.block = block;
        let rest = bytes.get(block..).unwrap_or_default();
        self.found = match rest.first_chunk::<BLOCK>() {
            Some(whole) => self.bits(whole),
            None => {
                let mut padded = [0; BLOCK];
                padded.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
                // What stands behind the end is no byte.
                self.bits(&padded) & ((1 << rest.len()) - 1)
            }
        };
    }

    #[inline]
    fn bits(&self, bytes: &[u8; BLOCK]) -> u64 {
        let [one, two, three] = self.needles;
        let (parts, _) = bytes.as_chunks::<16>();
        (0..).zip(parts).fold(0, |bits, (place, part)| {
            let part = u8x16::new(*part);
            let ends = part.simd_eq(one) | part.simd_eq(two) | part.simd_eq(three);
            bits | u64::from(ends.to_bitmask()) << (16 * place)
        })
    }
}

/// How a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a line break, which stands here.
    Line(usize),
    /// With the bytes.
    Bytes,
    /// With the bytes, in the middle of a quoted cell.
    Quoted,
}

impl Scanner {
    /// Marks for bytes that nobody has looked at yet.
    pub(super) fn marks(&self) -> Marks {
        let needles = [self.separator, b'\n', b'\r'].map(u8x16::splat);
        Marks { needles, block: usize::MAX, found: 0 }
    }

    /// The record that begins at `from`: its cells as they stand (with quotes), into `cells`. `marks` are those of the same bytes.
    #[inline]
    pub(super) fn record(&self, bytes: &[u8], from: usize, cells: &mut Vec<(usize, usize)>, marks: &mut Marks) -> End {
        cells.clear();
        let mut start = from;
        loop {
            // A cell that begins with a visible letter cannot be quoted.
            let plain = bytes.get(start).is_some_and(|byte| (0x21..0x80).contains(byte) && *byte != b'"');
            let end = if plain {
                marks.next(bytes, start)
            } else {
                match self.cell(bytes, start) {
                    Ok(end) => end,
                    Err(()) => {
                        cells.push((start, bytes.len()));
                        return End::Quoted;
                    }
                }
            };
            let Some(end) = end else {
                cells.push((start, bytes.len()));
                return End::Bytes;
            };
            cells.push((start, end));
            if bytes.get(end) == Some(&self.separator) {
                start = end + 1;
            } else {
                return End::Line(end);
            }
        }
    }

    /// Where a cell that may be quoted ends: the place of what ends it. `Err`: inside quotes.
    fn cell(&self, bytes: &[u8], from: usize) -> Result<Option<usize>, ()> {
        let mut at = from;
        // Nothing but blanks has come so far: then a quote opens.
        let mut blank = true;
        loop {
            let Some(byte) = bytes.get(at) else { return Ok(None) };
            match *byte {
                b'"' if blank => {
                    let inside = at + 1;
                    at = inside;
                    loop {
                        let Some(quote) = memchr(b'"', bytes.get(at..).unwrap_or_default()) else { return Err(()) };
                        at += quote + 1;
                        if bytes.get(at) == Some(&b'"') {
                            at += 1;
                        } else {
                            break;
                        }
                    }
                    let content = bytes.get(inside..at - 1).unwrap_or_default();
                    blank = self.encoding.narrow().decode(content).0.trim().is_empty();
                }
                b'\n' | b'\r' => return Ok(Some(at)),
                byte if byte == self.separator => return Ok(Some(at)),
                _ if !blank => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    return Ok(memchr3(self.separator, b'\n', b'\r', rest).map(|found| at + found));
                }
                byte if byte < 0x80 => {
                    blank = char::from(byte).is_whitespace();
                    at += 1;
                }
                _ => {
                    let letter = bytes.get(at..bytes.len().min(at + 4)).unwrap_or_default();
                    let first = self.encoding.narrow().decode(letter).0.chars().next().unwrap_or('\u{fffd}');
                    blank = first.is_whitespace();
                    if blank {
                        at += if self.is_utf8() { first.len_utf8() } else { 1 };
                    }
                }
            }
        }
    }

    fn is_utf8(&self) -> bool {
        matches!(self.encoding.narrow(), Encoding::Utf8 | Encoding::Utf8Marked)
    }
}

/// The first place at or behind `from` that is no line break.
pub(super) fn behind_breaks(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
}
