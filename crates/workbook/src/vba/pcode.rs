//! The compiled code of a module, line by line, without decoding its instructions.
//!
//! The layout is not published by its maker; what is used here was checked against every module of the corpus (eleven versions of
//! VBA, 5.x to 7.1, Windows and Macintosh): the mark `FE CA 01 00`, the number of lines, twelve bytes a line (length at 4, offset
//! at 8, all ones where the line is empty), ten bytes, then the code. There is one entry for each line of source that the editor
//! shows, continued lines counted once; text within a line stands there as length and bytes.

use crate::container::{u16_at, u32_at};

const MARK: [u8; 4] = [0xfe, 0xca, 0x01, 0x00];
const EMPTY: u32 = 0xffff_ffff;

/// The code of each line, empty for an empty line; `None` where no table of lines can be found.
///
/// `compiled` is what stands before the source in the stream of a module.
pub fn compiled_lines(compiled: &[u8]) -> Option<Vec<&[u8]>> {
    // The place of the table stands at 0x19, sixty bytes short, but not in the oldest versions: there the mark is looked for.
    let named = u32_at(compiled, 0x19).and_then(|o| usize::try_from(o).ok()).and_then(|o| o.checked_add(0x3c));
    if let Some(lines) = named.and_then(|at| table(compiled, at)) {
        return Some(lines);
    }
    let marks = compiled.windows(MARK.len()).enumerate().filter(|(_, w)| *w == MARK);
    // The table stands behind everything that could hold its mark by chance, but for the code itself.
    marks.filter_map(|(at, _)| table(compiled, at)).next_back()
}

fn table(compiled: &[u8], at: usize) -> Option<Vec<&[u8]>> {
    if compiled.get(at..at.checked_add(4)?)? != MARK {
        return None;
    }
    let count = usize::from(u16_at(compiled, at.checked_add(4)?)?);
    let first = at.checked_add(6)?;
    let code = compiled.get(first.checked_add(count.checked_mul(12)?)?.checked_add(10)?..)?;
    let mut lines = Vec::with_capacity(count);
    for i in 0..count {
        let record = first.checked_add(i.checked_mul(12)?)?;
        let length = usize::from(u16_at(compiled, record.checked_add(4)?)?);
        let offset = u32_at(compiled, record.checked_add(8)?)?;
        if offset == EMPTY || length == 0 {
            lines.push(&[][..]);
        } else {
            let offset = usize::try_from(offset).ok()?;
            lines.push(code.get(offset..offset.checked_add(length)?)?);
        }
    }
    Some(lines)
}
