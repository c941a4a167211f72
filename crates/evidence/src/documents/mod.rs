//! Documents that are no plain table: agent messages in JSON and XML, LDIF, declared facts, workbooks.

mod agent_json;
mod agent_xml;
pub(crate) mod azure;
mod clixml;
mod cyclonedx;
mod declared;
pub(crate) mod entitlements;
mod hive;
mod json;
mod ldif;
mod ocs_json;
mod other_xml;
mod pdf;
mod registry;
mod sql_summary;
mod workbook;

use crate::Context;
use crate::reading::{Reading, Refusal, Refused};
use crate::text::Decoded;

/// Reads binary formats. `None`: the bytes are text, or of no binary format that is known.
pub(crate) fn binary(name: &str, bytes: &[u8], evidence: &str, context: &Context) -> Option<Result<Reading, Refusal>> {
    let ole = bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
    if bytes.starts_with(b"PK\x03\x04") || ole {
        // An archive stands here only inside others, where it could not be opened: then its own reason says more.
        return Some(match crate::open(bytes, &context.limits) {
            Err(refusal) => Err(refusal),
            Ok(Some(_)) => Err(Refusal::new(Refused::TooLarge, "an archive inside too many others")),
            Ok(None) => workbook::read(name, bytes, evidence, context),
        });
    }
    if hive::is_hive(bytes) {
        return Some(registry::read_hive(name, bytes, evidence, context));
    }
    if bytes.starts_with(pdf::MAGIC) {
        return Some(pdf::read(bytes, evidence, context));
    }
    let known_of_no_use: [(&[u8], &str); 2] = [(b"\x89PNG", "a picture"), (b"\xFF\xD8\xFF", "a picture")];
    if let Some((_, detail)) = known_of_no_use.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(Err(Refusal::new(Refused::NoEvidence, *detail)));
    }
    if is_binary(bytes) {
        return Some(Err(Refusal::new(Refused::Unknown, "binary content of no format that is known")));
    }
    None
}

/// Reads documents of text. `None`: no document, try the tables.
pub(crate) fn text(
    name: &str,
    decoded: &Decoded,
    evidence: &str,
    context: &Context,
) -> Option<Result<Reading, Refusal>> {
    let head = decoded.text.trim_start();
    match head.chars().next() {
        None => Some(Err(Refusal::new(Refused::Empty, "only blanks"))),
        Some('{' | '[') if !looks_like_toml(head) => Some(json::read(name, decoded, evidence, context)),
        Some('<') => Some(other_xml::read(name, decoded, evidence, context)),
        _ if ldif::is_ldif(head) => Some(ldif::read(decoded, evidence, context)),
        _ if registry::is_registry(head) => Some(registry::read(name, decoded, evidence, context)),
        _ if sql_summary::is_summary(head) => Some(sql_summary::read(decoded, evidence, context)),
        _ if declared::is_declared(head) => Some(declared::read(decoded, evidence, context)),
        _ => None,
    }
}

/// Whether neither [`binary`] nor [`text`] would claim a file that begins with these bytes, this text.
pub(crate) fn leaves_to_tables(bytes: &[u8], text: &str) -> bool {
    let magic: [&[u8]; 11] = [
        b"PK\x03\x04",
        &[0xD0, 0xCF, 0x11, 0xE0],
        b"%PDF",
        b"\x89PNG",
        b"\xFF\xD8\xFF",
        // Packed.
        &[0x78, 0x01],
        &[0x78, 0x5E],
        &[0x78, 0x9C],
        &[0x78, 0xDA],
        &[0x1F, 0x8B],
        b"\xFD7zXZ\0",
    ];
    let head = text.trim_start();
    !magic.iter().any(|magic| bytes.starts_with(magic))
        && !hive::is_hive(bytes)
        && !is_binary(bytes)
        && !head.starts_with(['{', '[', '<'])
        && !ldif::is_ldif(head)
        && !registry::is_registry(head)
        && !sql_summary::is_summary(head)
        && !declared::is_declared(head)
}

/// Zeros among the first bytes, and no wide text.
fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    zeros > 0 && zeros * 5 < head.len() && !head.starts_with(&[0xFF, 0xFE]) && !head.starts_with(&[0xFE, 0xFF])
}

/// `[[server]]` begins a declared fact, not a JSON list.
fn looks_like_toml(head: &str) -> bool {
    head.starts_with("[[") && head.lines().next().is_some_and(|line| line.trim_end().ends_with("]]"))
}
