//! Containers: zip and tar archives become their members, within bounds of size, ratio and number; bodies as agents send them on the
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

/// Archives inside archives: a site's archive in the collection of all sites, and one level to spare.
const DEPTH: usize = 3;

/// Members by which a zip is a document of an office, which is read as a whole.
pub(crate) const OFFICE: [&str; 3] = ["[Content_Types].xml", "mimetype", "xl/workbook.xml"];

/// What a container may still cost, over all archives inside it.
struct Budget {
    inflated: u64,
    members: usize,
}

/// Opens a container. `None`: the file is none (a workbook is a zip too, and is read as a whole). Archives inside it are opened too; one
/// that cannot be stays a member, and is refused by itself.
///
/// # Errors
/// [`Refusal`]: broken, encrypted, or inflating beyond bounds.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<Member>>, Refusal> {
    let mut budget = Budget { inflated: limits.inflated, members: limits.members };
    let Some(outer) = contents(bytes, limits, &mut budget)? else { return Ok(None) };
    Ok(Some(unpacked(outer, limits, &mut budget)))
}

/// A member of an archive that is read member by member: itself or, where it is an archive too, what that holds.
pub(crate) fn unpack(member: Member, limits: &Limits) -> Vec<Member> {
    unpacked(vec![member], limits, &mut Budget { inflated: limits.inflated, members: limits.members })
}

/// Members of the outermost archive, with those that are archives opened.
fn unpacked(outer: Vec<Member>, limits: &Limits, budget: &mut Budget) -> Vec<Member> {
    let mut members = Vec::new();
    let mut closed: Vec<(Member, usize)> = outer.into_iter().map(|member| (member, 1)).collect();
    while let Some((member, depth)) = closed.pop() {
        let inner = if depth < DEPTH { contents(&member.bytes, limits, budget) } else { Ok(None) };
        match inner {
            Ok(Some(inner)) => closed.extend(inner.into_iter().map(|each| {
                let name = format!("{}/{}", member.name, each.name);
                (Member { name, ..each }, depth + 1)
            })),
            Ok(None) | Err(_) => members.push(member),
        }
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    members
}

/// The members of one container, not opened further. `None`: it is none.
fn contents(bytes: &[u8], limits: &Limits, budget: &mut Budget) -> Result<Option<Vec<Member>>, Refusal> {
    if is_tar(bytes) {
        return untar(bytes, budget).map(Some);
    }
    if bytes.starts_with(&[0x1F, 0x8B]) {
        let mut head = Vec::new();
        // What is broken shows when the whole is read.
        let _ = GzDecoder::new(bytes).take(512).read_to_end(&mut head);
        if !is_tar(&head) {
            return Ok(None);
        }
        let most = budget.inflated.min((bytes.len() as u64).max(64).saturating_mul(limits.ratio));
        return untar(&bounded(GzDecoder::new(bytes), most)?, budget).map(Some);
    }
    if bytes.starts_with(b"PK\x03\x04") { unzip(bytes, limits, budget) } else { Ok(None) }
}

fn too_many(members: usize, limits: usize) -> Refusal {
    Refusal::new(Refused::TooLarge, format!("{members} members; at most {limits} are read"))
}

fn unzip(bytes: &[u8], limits: &Limits, budget: &mut Budget) -> Result<Option<Vec<Member>>, Refusal> {
    let broken =
        |error: zip::result::ZipError| Refusal::new(Refused::Malformed, format!("the archive is broken: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if (0..archive.len())
        .any(|at| archive.by_index_raw(at).is_ok_and(|file| file.name().is_ok_and(|name| OFFICE.contains(&&*name))))
    {
        return Ok(None);
    }
    budget.members =
        budget.members.checked_sub(archive.len()).ok_or_else(|| too_many(archive.len(), limits.members))?;
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
        let most = budget.inflated.min(file.compressed_size().max(64).saturating_mul(limits.ratio));
        let bytes = bounded(file, most)
            .map_err(|refusal| Refusal { detail: format!("{name}: {}", refusal.detail), ..refusal })?;
        budget.inflated = budget.inflated.saturating_sub(bytes.len() as u64);
        members.push(Member { name, bytes });
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(members))
}

/// The mark of tar in its first block.
pub(crate) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262).is_some_and(|mark| mark == b"ustar")
}

fn untar(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Member>, Refusal> {
    let broken = |error: std::io::Error| Refusal::new(Refused::Malformed, format!("the archive is broken: {error}"));
    let mut archive = tar::Archive::new(bytes);
    let mut members = Vec::new();
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        // Links and devices hold nothing of their own.
        if entry.header().entry_type() != tar::EntryType::Regular {
            continue;
        }
        budget.members = budget.members.checked_sub(1).ok_or_else(|| too_many(members.len(), members.len()))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let bytes = bounded(entry, budget.inflated)?;
        budget.inflated = budget.inflated.saturating_sub(bytes.len() as u64);
        members.push(Member { name, bytes });
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
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

pub(crate) fn bounded(reader: impl Read, most: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    match reader.take(most.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > most => {
            Err(Refusal::new(Refused::Bomb, format!("inflates to more than {most} bytes")))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(Refusal::new(Refused::CutOff, format!("cannot be inflated to its end: {error}"))),
    }
}
