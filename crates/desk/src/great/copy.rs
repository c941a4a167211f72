//! The copy of a great file: made once, past the system's cache where it lets us, and hashed on the way.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Bytes written at a time.
const PIECE: usize = 4 << 20;
/// Where memory and places in the file must begin to be written past the cache.
const ALIGNED: usize = 4096;

/// Pieces that are on their way at a time.
const ROOMS: usize = 3;

/// Some bytes of the file, where they may be written from past the cache.
struct Piece {
    room: Vec<u8>,
    skip: usize,
    length: usize,
}

impl Piece {
    fn new() -> Self {
        let room = vec![0; PIECE + ALIGNED];
        let skip = room.as_ptr().align_offset(ALIGNED).min(ALIGNED);
        Piece { room, skip, length: 0 }
    }

    fn room(&mut self) -> &mut [u8] {
        self.room.get_mut(self.skip..self.skip + PIECE).unwrap_or_default()
    }

    fn bytes(&self) -> &[u8] {
        self.room.get(self.skip..self.skip + self.length).unwrap_or_default()
    }
}

/// A copy that is being made; shared by the thread that makes it and the one that asks how far it is.
#[derive(Debug)]
pub(super) struct Copy {
    file: File,
    /// Bytes on their way to the disk and hashed, and the hash over them.
    done: Mutex<(u64, Sha256)>,
}

/// Lower-case hexadecimal.
fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hash of the first `length` bytes of a file, still open for more. `None`: it has not so many.
pub(super) fn hash_of(file: &mut File, length: u64) -> Result<Option<Sha256>> {
    file.seek(SeekFrom::Start(0))?;
    let (mut hash, mut left) = (Sha256::new(), length);
    let mut piece = vec![0; PIECE];
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let read = match file.read(piece.get_mut(..most).unwrap_or_default()) {
            Ok(0) => return Ok(None),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(piece.get(..read).unwrap_or_default());
        left -= read as u64;
    }
    Ok(Some(hash))
}

/// The hash of a whole file.
pub(super) fn fingerprint(file: &mut File) -> Result<String> {
    let length = file.metadata()?.len();
    Ok(hash_of(file, length)?.map(hex).unwrap_or_default())
}

/// The hash of the first `length` bytes.
pub(super) fn prefix(file: &mut File, length: u64) -> Result<Option<(Sha256, String)>> {
    Ok(hash_of(file, length)?.map(|hash| (hash.clone(), hex(hash))))
}

impl Copy {
    /// A copy at `path`, whose first `done` bytes are there already, with their hash. `done` is a multiple of a piece.
    pub(super) fn open(path: &Path, done: u64, hash: Sha256) -> Result<Self> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.set_len(done)?;
        Ok(Copy { file, done: Mutex::new((done, hash)) })
    }

    /// Copies the rest of `source`, until `stop` says so. Gives whether all is there.
    pub(super) fn run(&self, path: &Path, source: &mut File, stop: &dyn Fn() -> bool) -> Result<bool> {
        let mut at = self.bytes();
        source.seek(SeekFrom::Start(at))?;
        let mut beside = past_the_cache(path);
        let mut cached = &self.file;
        std::thread::scope(|scope| {
            // The pieces go round: filled and written here, hashed beside, filled again.
            let (give_back, free) = channel();
            let (hand_on, written) = sync_channel(ROOMS);
            for _ in 0..ROOMS {
                let _ = give_back.send(Piece::new());
            }
            scope.spawn(move || self.hash_all(&written, &give_back));
            loop {
                let Ok(mut piece) = free.recv() else { return Err(ErrorKind::BrokenPipe.into()) };
                if stop() {
                    return Ok(false);
                }
                piece.length = fill(source, piece.room())?;
                let whole = piece.length == PIECE;
                if let Some(file) = beside.as_mut().filter(|_| whole) {
                    let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(piece.bytes()));
                    if written.is_err() {
                        // Some file systems refuse only here.
                        beside = None;
                    }
                }
                if beside.is_none() || !whole {
                    cached.seek(SeekFrom::Start(at))?;
                    cached.write_all(piece.bytes())?;
                }
                at += piece.length as u64;
                if hand_on.send(piece).is_err() {
                    return Err(ErrorKind::BrokenPipe.into());
                }
                if !whole {
                    return Ok(true);
                }
            }
        })
    }

    /// Hashes the pieces that were written, in their order, until no more come.
    fn hash_all(&self, written: &Receiver<Piece>, give_back: &Sender<Piece>) {
        let (mut at, mut hash) = self.done.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for piece in written {
            hash.update(piece.bytes());
            at += piece.length as u64;
            *self.done.lock().unwrap_or_else(PoisonError::into_inner) = (at, hash.clone());
            // The copying may have ended.
            let _ = give_back.send(piece);
        }
    }

    /// Bytes copied.
    pub(super) fn bytes(&self) -> u64 {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// What has been copied comes to the disk: how many bytes, and the hash over them.
    pub(super) fn settle(&self) -> Result<(u64, String)> {
        let (bytes, hash) = self.done.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.file.sync_data()?;
        Ok((bytes, hex(hash)))
    }

    /// Nothing will change any more.
    pub(super) fn seal(&self) -> Result<()> {
        let mut permissions = self.file.metadata()?.permissions();
        permissions.set_readonly(true);
        self.file.set_permissions(permissions)?;
        self.file.sync_all()
    }
}

/// Fills a piece as far as the file goes.
fn fill(source: &mut File, piece: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while let Some(rest) = piece.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The file, opened so that what is written does not fill the system's cache: gigabytes that nobody will read soon.
#[cfg(target_os = "linux")]
fn past_the_cache(path: &Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).custom_flags(libc::O_DIRECT).open(path).ok()
}

#[cfg(not(target_os = "linux"))]
fn past_the_cache(_: &Path) -> Option<File> {
    None
}
