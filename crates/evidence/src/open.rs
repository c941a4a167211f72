//! Containers: zip archives become their members, within bounds of size, ratio and number; bodies as agents send them on the
//! wire are inflated.

use crate::limits::Limits;
use crate::reading::{Refusal, Refused};
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::{Cursor, Read};

/// A file out of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name inside the container.
    pub name: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

/// Opens a container. `None`: the file is none (a workbook is a zip too, and is read as a whole).
///
/// # Errors
/// [`Refusal`]: broken, encrypted, or inflating beyond bounds.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<Member>>, Refusal> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    let broken =
        |error: zip::result::ZipError| Refusal::new(Refused::Malformed, format!("the archive is broken: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let office = ["[Content_Types].xml", "mimetype", "xl/workbook.xml"];
    if (0..archive.len())
        .any(|at| archive.by_index_raw(at).is_ok_and(|file| file.name().is_ok_and(|name| office.contains(&&*name))))
    {
        return Ok(None);
    }
    if archive.len() > limits.members {
        let detail = format!("{} members; at most {} are read", archive.len(), limits.members);
        return Err(Refusal::new(Refused::TooLarge, detail));
    }
    let mut budget = limits.inflated;
    let mut members = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(broken)?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(broken)?.into_owned();
        if file.encrypted() {
            return Err(Refusal::new(Refused::Encrypted, format!("{name} is protected by a password")));
        }
        let most = budget.min(file.compressed_size().max(64).saturating_mul(limits.ratio));
        let bytes = bounded(file, most)
            .map_err(|refusal| Refusal { detail: format!("{name}: {}", refusal.detail), ..refusal })?;
        budget = budget.saturating_sub(bytes.len() as u64);
        members.push(Member { name, bytes });
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(members))
}

/// Inflates what an agent sends on the wire (zlib or gzip), or a single file packed with gzip or xz. `None`: not packed.
pub(crate) fn inflate_wire(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>, Refusal> {
    let most = limits.inflated.min((bytes.len() as u64).max(64).saturating_mul(limits.ratio));
    match bytes {
        [0x78, 0x01 | 0x5E | 0x9C | 0xDA, ..] => bounded(ZlibDecoder::new(bytes), most).map(Some),
        [0x1F, 0x8B, ..] => bounded(GzDecoder::new(bytes), most).map(Some),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => bounded(lzma_rust2::XzReader::new(bytes, true), most).map(Some),
        _ => Ok(None),
    }
}

fn bounded(reader: impl Read, most: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    match reader.take(most.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > most => {
            Err(Refusal::new(Refused::Bomb, format!("inflates to more than {most} bytes")))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(Refusal::new(Refused::CutOff, format!("cannot be inflated to its end: {error}"))),
    }
}
