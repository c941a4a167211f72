//! Macro source out of an Office file (MS-OVBA), to read the names of procedures that start by themselves. Never run.

use std::io::{Cursor, Read};

use crate::limits;

/// Procedure names that Office starts by itself, in the order in which they are told.
const STARTERS: &[&str] = &[
    "Workbook_Open",
    "Auto_Open",
    "AutoOpen",
    "Document_Open",
    "Workbook_Activate",
    "Workbook_BeforeClose",
    "Auto_Close",
    "AutoExec",
    "AutoClose",
    "Document_Close",
    "AutoNew",
    "Document_New",
    "Auto_Exec",
    "Workbook_Close",
];

/// The modules' source in a compound file that holds a VBA project, one after another. Empty when there is none.
pub fn source(bytes: &[u8]) -> String {
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return String::new() };
    let streams: Vec<_> = file
        .walk()
        .filter(|e| e.is_stream() && e.len() <= limits::INFLATED_BYTES)
        .map(|e| e.path().to_path_buf())
        .take(limits::CONTAINER_ENTRIES)
        .collect();
    let mut out = String::new();
    for path in streams {
        let mut data = Vec::new();
        let Ok(stream) = file.open_stream(&path) else { continue };
        if stream.take(limits::INFLATED_BYTES).read_to_end(&mut data).is_err() {
            continue;
        }
        if let Some(text) = module(&data) {
            out.push_str(&text);
            out.push('\n');
        }
        if out.len() >= limits::MACRO_BYTES {
            break;
        }
    }
    out
}

/// The name of the first procedure in the source that starts by itself.
pub fn starter(source: &str) -> Option<&'static str> {
    let lower = source.to_ascii_lowercase();
    let declared = |name: &&&str| {
        let name = name.to_ascii_lowercase();
        lower.lines().any(|line| {
            let line = line.trim();
            !line.starts_with('\'')
                && (line.contains("sub ") || line.contains("function "))
                && line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == name)
        })
    };
    STARTERS.iter().find(declared).copied()
}

/// Source of a module stream: a compressed container that starts somewhere after the compiled form. Every container begins
/// with 1 and a chunk header with a fixed mark, and a module's source begins with `Attribute`.
fn module(data: &[u8]) -> Option<String> {
    let mut tries = 0;
    for at in memchr::memchr_iter(1, data) {
        let marked = data.get(at + 2).is_some_and(|b| b & 0x70 == 0x30);
        // The first token of the source is literal: a flag byte, then `Attribut`.
        let fits = marked && data.get(at + 4..at + 8) == Some(b"Attr");
        if fits {
            tries += 1;
            if tries > 64 {
                return None;
            }
            if let Some(text) = decompress(data.get(at..)?) {
                return Some(String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    None
}

/// MS-OVBA 2.4.1: chunks of at most 4096 bytes, each a run of literals and copies.
fn decompress(container: &[u8]) -> Option<Vec<u8>> {
    let mut rest = container.strip_prefix(&[1])?;
    let mut out: Vec<u8> = Vec::new();
    while let Some((header, after)) = rest.split_first_chunk::<2>() {
        let header = u16::from_le_bytes(*header);
        if header & 0x7000 != 0x3000 {
            break;
        }
        let size = usize::from(header & 0x0fff) + 1;
        let chunk = after.get(..size.min(after.len()))?;
        rest = after.get(chunk.len()..)?;
        let start = out.len();
        if header & 0x8000 == 0 {
            out.extend_from_slice(chunk);
        } else {
            inflate(chunk, start, &mut out)?;
        }
        if out.len() >= limits::MACRO_BYTES {
            break;
        }
    }
    Some(out)
}

fn inflate(chunk: &[u8], start: usize, out: &mut Vec<u8>) -> Option<()> {
    let mut bytes = chunk.iter();
    while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            if flags >> bit & 1 == 0 {
                match bytes.next() {
                    Some(b) => out.push(*b),
                    None => return Some(()),
                }
                continue;
            }
            let Some(low) = bytes.next() else { return Some(()) };
            let token = u16::from_le_bytes([*low, *bytes.next()?]);
            let done = out.len().checked_sub(start)?;
            // The more is written, the more bits the distance takes (2.4.1.3.19.1).
            let mut distance_bits = 4;
            while (1_usize << distance_bits) < done {
                distance_bits += 1;
            }
            let length_bits = 16_u32.checked_sub(distance_bits)?;
            let length = usize::from(token & ((1_u32 << length_bits) - 1) as u16) + 3;
            let distance = usize::from(token >> length_bits) + 1;
            for _ in 0..length {
                let from = out.len().checked_sub(distance).filter(|f| *f >= start)?;
                let byte = *out.get(from)?;
                out.push(byte);
            }
            if out.len() - start > 4096 + 8 {
                return None;
            }
        }
    }
    Some(())
}
