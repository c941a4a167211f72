//! The compression of VBA streams (MS-OVBA 2.4.1), bounded.

use crate::limits;
use crate::trouble::Trouble;

/// Unpacks a compressed container.
///
/// # Errors
/// No container begins there, a copy reaches before its chunk, or the text would be larger than a project's may be. What was
/// unpacked before the break is lost with it: a half of a macro would be judged as if it were the whole.
pub fn decompress(stream: &str, packed: &[u8]) -> Result<Vec<u8>, Trouble> {
    let broken = |what| Trouble::malformed(stream, what);
    let (&signature, mut rest) = packed.split_first().ok_or_else(|| broken("it is empty"))?;
    if signature != 1 {
        return Err(broken("no compressed text begins there"));
    }
    let mut out = Vec::new();
    while let [low, high, after @ ..] = rest {
        let header = u16::from_le_bytes([*low, *high]);
        let size = usize::from(header & 0x0fff) + 1;
        if header & 0x7000 != 0x3000 {
            // Bytes after the last chunk that are no chunk: Office itself leaves such.
            break;
        }
        let chunk = after.get(..size.min(after.len())).unwrap_or_default();
        rest = after.get(chunk.len()..).unwrap_or_default();
        if header & 0x8000 == 0 {
            out.extend_from_slice(chunk);
        } else {
            unpack(chunk, &mut out).ok_or_else(|| broken("a copy reaches before its chunk"))?;
        }
        if out.len() > limits::SOURCE {
            return Err(Trouble::TooLarge { what: stream.to_owned(), limit: limits::SOURCE as u64 });
        }
    }
    Ok(out)
}

/// A chunk of up to 4,096 bytes: eight tokens a flag byte, each a byte or a copy of earlier ones.
fn unpack(chunk: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    let mut bytes = chunk.iter().copied();
    while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            let Some(first) = bytes.next() else { return Some(()) };
            if flags >> bit & 1 == 0 {
                out.push(first);
                continue;
            }
            let Some(second) = bytes.next() else { return Some(()) };
            let token = u16::from_le_bytes([first, second]);
            let done = out.len() - start;
            let mut bits = 4_u32;
            while bits < 12 && 1_usize << bits < done {
                bits += 1;
            }
            let length = usize::from(token & (0xffff >> bits)) + 3;
            let offset = usize::from(token >> (16 - bits)) + 1;
            let from = out.len().checked_sub(offset).filter(|&f| f >= start)?;
            for i in 0..length {
                let byte = *out.get(from + i)?;
                out.push(byte);
            }
        }
    }
    Some(())
}
