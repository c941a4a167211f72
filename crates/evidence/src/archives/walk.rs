//! The members of an archive, one after the other.

use super::{MEMBERS, broken, too_many};
use crate::limits::Limits;
use crate::open::{Member, OFFICE, bounded, is_tar};
use crate::reading::{Refusal, Refused};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};
use zip::ZipArchive;
use zip::result::ZipError;

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packing {
    /// Members packed each by itself, with a list of them at the end.
    Zip,
    /// Members one behind the other.
    Tar,
    /// The same, packed as a whole.
    PackedTar,
}

/// Bytes read from the file at a time.
const STEP: usize = 256 << 10;
/// The same of a zip, where every member is sought anew.
const SHORT_STEP: usize = 16 << 10;
/// Bytes that a packed archive may become whatever its ratio.
const FREE: u64 = 64 << 20;

/// What stands in an archive.
pub(super) enum Found {
    Folder,
    Member(Member),
    /// A member whose bytes cannot be had, by its name.
    Refused(String, Refusal),
}

/// Why a walk ends before the archive.
pub(super) enum Stop {
    /// Nobody wants more.
    Enough,
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

/// Whether a file that begins so may be an archive.
pub fn has_mark(head: &[u8]) -> bool {
    is_tar(head) || head.starts_with(&[0x1F, 0x8B]) || head.starts_with(b"PK\x03\x04")
}

/// How a file is packed. `None`: it is no archive (a workbook is a zip too, and is read as a whole), or a broken one.
pub fn packing(mut file: impl Read + Seek) -> Result<Option<Packing>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(512).read_to_end(&mut head)?;
    if is_tar(&head) {
        return Ok(Some(Packing::Tar));
    }
    file.seek(SeekFrom::Start(0))?;
    if head.starts_with(&[0x1F, 0x8B]) {
        let mut head = Vec::new();
        // What is broken shows when the whole is read.
        let _ = GzDecoder::new(BufReader::new(file)).take(512).read_to_end(&mut head);
        return Ok(is_tar(&head).then_some(Packing::PackedTar));
    }
    if !head.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    let Ok(archive) = ZipArchive::new(BufReader::with_capacity(STEP, file)) else { return Ok(None) };
    Ok((!OFFICE.iter().any(|name| archive.index_for_name(name).is_some())).then_some(Packing::Zip))
}

/// Walks from one member to another and hands on those that are `wanted`, each with its number and the bytes of the file up to its end.
/// Gives how many members there are, as far as the walk went.
pub(super) fn walk<F: Read + Seek>(
    mut file: F,
    packing: Packing,
    limits: &Limits,
    span: (u64, u64),
    wanted: &dyn Fn(u64) -> bool,
    on: &mut dyn FnMut(u64, u64, Found) -> std::result::Result<(), Stop>,
) -> std::result::Result<u64, Stop> {
    let size = file.seek(SeekFrom::End(0)).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    let walk = Walk { limits, span, wanted, on };
    match packing {
        Packing::Zip => walk.zip(file),
        Packing::Tar => {
            let mut archive = tar::Archive::new(BufReader::with_capacity(STEP, file));
            let entries = archive.entries_with_seek().map_err(broken)?;
            walk.tar(entries, &|position| position)
        }
        Packing::PackedTar => {
            let read = Cell::new(0);
            let counted = CountedBytes { file, read: &read };
            let most = size.saturating_mul(limits.ratio).max(FREE);
            let inflated = GzDecoder::new(BufReader::with_capacity(STEP, counted)).take(most.saturating_add(1));
            let mut archive = tar::Archive::new(inflated);
            let walked = walk.tar(archive.entries().map_err(broken)?, &|_| read.get());
            if archive.into_inner().limit() == 0 {
                return Err(Refusal::new(Refused::Bomb, format!("inflates to more than {most} bytes")).into());
            }
            walked
        }
    }
}

/// Counts what is read of a file.
struct CountedBytes<'a, F> {
    file: F,
    read: &'a Cell<u64>,
}

impl<F: Read> Read for CountedBytes<'_, F> {
    fn read(&mut self, room: &mut [u8]) -> Result<usize> {
        let read = self.file.read(room)?;
        self.read.set(self.read.get().saturating_add(read as u64));
        Ok(read)
    }
}

struct Walk<'a> {
    limits: &'a Limits,
    span: (u64, u64),
    wanted: &'a dyn Fn(u64) -> bool,
    on: &'a mut dyn FnMut(u64, u64, Found) -> std::result::Result<(), Stop>,
}

impl Walk<'_> {
    fn wants(&self, member: u64) -> bool {
        (self.span.0..self.span.1).contains(&member) && (self.wanted)(member)
    }

    fn zip<F: Read + Seek>(self, file: F) -> std::result::Result<u64, Stop> {
        let mut archive = ZipArchive::new(BufReader::with_capacity(SHORT_STEP, file)).map_err(broken)?;
        let members = archive.len() as u64;
        if members > MEMBERS {
            return Err(too_many().into());
        }
        let until = members.min(self.span.1);
        for index in self.span.0..until {
            if !self.wants(index) {
                continue;
            }
            let at = usize::try_from(index).unwrap_or(usize::MAX);
            let name = || archive.name_for_index(at).and_then(|name| name.ok()).map(|name| name.into_owned());
            let name = name().unwrap_or_else(|| format!("member {index}"));
            let (bytes, found) = match archive.by_index(at) {
                Ok(file) if file.is_dir() => (file.data_start().unwrap_or_default(), Found::Folder),
                Ok(file) => {
                    let bytes = file.data_start().unwrap_or_default().saturating_add(file.compressed_size());
                    let most = self.limits.bytes.min(file.compressed_size().max(64).saturating_mul(self.limits.ratio));
                    (bytes, found(name, bounded(file, most)))
                }
                Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                    (0, Found::Refused(name, Refusal::new(Refused::Encrypted, "protected by a password")))
                }
                Err(error) => (0, Found::Refused(name, broken(error))),
            };
            (self.on)(index, bytes, found)?;
        }
        Ok(until.max(self.span.0.min(members)))
    }

    fn tar<'a, R: Read + 'a>(
        self,
        entries: tar::Entries<'a, R>,
        reached: &dyn Fn(u64) -> u64,
    ) -> std::result::Result<u64, Stop> {
        let mut index = 0;
        for entry in entries {
            let entry = entry.map_err(broken)?;
            // Links and devices hold nothing of their own.
            if entry.header().entry_type() != tar::EntryType::Regular {
                continue;
            }
            if index >= self.span.1 {
                break;
            }
            if index >= MEMBERS {
                return Err(too_many().into());
            }
            if self.wants(index) {
                let end = entry.raw_file_position().saturating_add(entry.size());
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                let claimed = entry.size();
                let found = if claimed > self.limits.bytes {
                    let detail = format!("{claimed} bytes; at most {} are read", self.limits.bytes);
                    Found::Refused(name, Refusal::new(Refused::TooLarge, detail))
                } else {
                    let bytes = bounded(entry, self.limits.bytes)?;
                    if (bytes.len() as u64) < claimed {
                        return Err(Refusal::new(Refused::CutOff, format!("ends in the middle of {name}")).into());
                    }
                    Found::Member(Member { name, bytes })
                };
                (self.on)(index, reached(end), found)?;
            }
            index += 1;
        }
        Ok(index)
    }
}

fn found(name: String, bytes: std::result::Result<Vec<u8>, Refusal>) -> Found {
    match bytes {
        Ok(bytes) => Found::Member(Member { name, bytes }),
        Err(refusal) => Found::Refused(name, refusal),
    }
}
