//! Bodies that Outlook keeps only as compressed RTF (MS-OXRTFCP), often with the HTML of the mail wrapped inside
//! (MS-OXRTFEX).

use crate::limits;

/// The text that every compressed RTF starts from (MS-OXRTFCP 2.1.3.1.5 fixes it byte for byte).
const SEED: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// A body out of RTF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// HTML that was wrapped.
    Html(String),
    /// Plain text.
    Plain(String),
}

/// Undoes the compression. `None` when it is no compressed RTF.
pub fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    let size = usize::try_from(word(4)?).ok()?.min(limits::HTML_BYTES);
    match word(8)? {
        // "MELA": stored as it is.
        0x414c_454d => return Some(bytes.get(16..)?.iter().copied().take(size).collect()),
        // "LZFu"
        0x7546_5a4c => {}
        _ => return None,
    }
    let mut window = [b' '; 4096];
    for (slot, b) in window.iter_mut().zip(SEED) {
        *slot = *b;
    }
    let mut place = SEED.len();
    let mut out = Vec::with_capacity(size);
    let mut rest = bytes.get(16..)?.iter().copied();
    'all: while let Some(control) = rest.next() {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(b) = rest.next() else { break 'all };
                out.push(b);
                *window.get_mut(place)? = b;
                place = (place + 1) % 4096;
            } else {
                let (Some(high), Some(low)) = (rest.next(), rest.next()) else { break 'all };
                let token = u16::from_be_bytes([high, low]);
                let from = usize::from(token >> 4);
                if from == place {
                    break 'all;
                }
                for n in 0..usize::from(token & 15) + 2 {
                    let b = *window.get((from + n) % 4096)?;
                    out.push(b);
                    *window.get_mut(place)? = b;
                    place = (place + 1) % 4096;
                }
            }
            if out.len() >= size {
                break 'all;
            }
        }
    }
    Some(out)
}

/// The text of an RTF body. Formatting is dropped; HTML that was wrapped comes out as HTML.
pub fn text(rtf: &[u8]) -> Body {
    let wrapped = memchr::memmem::find(rtf, b"\\fromhtml1").is_some();
    let mut out = String::new();
    // For each open group: is it skipped, and is it wrapped HTML?
    let mut groups: Vec<(bool, bool)> = vec![(false, false)];
    let mut off = false;
    let mut at = 0;
    while let Some(&b) = rtf.get(at) {
        at += 1;
        let (skipped, tag) = groups.last().copied().unwrap_or_default();
        let shown = !skipped && (tag || !off);
        match b {
            b'{' if groups.len() < 256 => groups.push((skipped, false)),
            b'}' if groups.len() > 1 => {
                groups.pop();
            }
            b'\\' => match rtf.get(at) {
                Some(b'\'') => {
                    let hex = rtf.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
                    if let Some(code) = hex.and_then(|h| u8::from_str_radix(h, 16).ok())
                        && shown
                    {
                        // Western code page; others are rare in these bodies and only cost an accent.
                        out.push(char::from(code));
                    }
                    at += 3;
                }
                Some(b'*') => {
                    at += 1;
                    if !rtf.get(at..).is_some_and(|r| r.starts_with(b"\\htmltag"))
                        && let Some(last) = groups.last_mut()
                    {
                        last.0 = true;
                    }
                }
                Some(c) if c.is_ascii_alphabetic() => {
                    let rest = rtf.get(at..).unwrap_or_default();
                    let end = rest.iter().position(|c| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                    let name = rest.get(..end).unwrap_or_default();
                    let number = rest.get(end..).unwrap_or_default();
                    let digits = number.iter().position(|c| !c.is_ascii_digit() && *c != b'-').unwrap_or(number.len());
                    let value: i64 = number
                        .get(..digits)
                        .and_then(|d| std::str::from_utf8(d).ok())
                        .and_then(|d| d.parse().ok())
                        .unwrap_or(-1);
                    at += end + digits + usize::from(rtf.get(at + end + digits) == Some(&b' '));
                    match name {
                        b"htmltag" => {
                            if let Some(last) = groups.last_mut() {
                                last.1 = true;
                            }
                        }
                        b"htmlrtf" => off = value != 0,
                        b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"header" | b"footer" => {
                            if let Some(last) = groups.last_mut() {
                                last.0 = true;
                            }
                        }
                        b"par" | b"line" if shown => out.push('\n'),
                        b"tab" if shown => out.push('\t'),
                        b"u" if shown => {
                            let unit = if value < 0 { value + 65536 } else { value };
                            out.extend(u32::try_from(unit).ok().and_then(char::from_u32));
                            // One fallback character follows.
                            at += 1;
                        }
                        _ => {}
                    }
                }
                Some(c) => {
                    if shown && matches!(c, b'\\' | b'{' | b'}') {
                        out.push(char::from(*c));
                    }
                    at += 1;
                }
                None => {}
            },
            b'\r' | b'\n' => {}
            _ if shown => out.push(char::from(b)),
            _ => {}
        }
        if out.len() > limits::HTML_BYTES {
            break;
        }
    }
    if wrapped { Body::Html(out) } else { Body::Plain(out) }
}
