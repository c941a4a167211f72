//! Encrypted binary workbooks: the FILEPASS record and the stream behind it (MS-XLS 2.2.10, MS-OFFCRYPTO 2.3.5 and 2.3.6).
//!
//! The stream keeps its length, so a copy of the file is changed in place: every storage beside it, above all that of the macro
//! project, which is not encrypted, stays as it is.

use super::cipher::rc4;
use super::digest::Hash;
use super::standard::Header;
use super::{Scheme, wide, xor};
use crate::container::{Ole, OleEntry, u16_at};

const FILE_PASS: u16 = 0x002f;
/// What the record is renamed to in the opened copy: a number that no version of the format uses, so that readers pass it by.
const OPENED: u16 = 0x0fff;
const BOUND_SHEET: u16 = 0x0085;
/// Records whose body is never encrypted: BOF, FILEPASS, INTERFACEHDR, RRDHEAD, USREXCL, FILELOCK, RRDINFO.
const CLEAR: [u16; 7] = [0x0809, FILE_PASS, 0x00e1, 0x0138, 0x0194, 0x0195, 0x0196];
/// RC4 changes its key with each block of so many bytes.
const BLOCK: usize = 1_024;
const RC4: u32 = 0x6801;

/// What a FILEPASS record says.
#[derive(Debug)]
pub(super) enum FilePass {
    Xor { key: u16, verifier: u16 },
    Basic { salt: Vec<u8>, verifier: Vec<u8>, verifier_hash: Vec<u8> },
    CryptoApi(Header),
    Unknown,
}

/// The stream of a binary workbook and its FILEPASS record, if it has one.
pub(super) fn file_pass<'o>(ole: &'o Ole<'_>) -> Option<(&'o OleEntry, FilePass)> {
    let entry = ["Workbook", "Book"].into_iter().find_map(|name| ole.find(name))?;
    let stream = ole.read(entry);
    let mut at = 0_usize;
    // It follows BOF and at most WRITEPROT; a bound keeps a stream without one from being walked whole.
    for _ in 0..8 {
        let (kind, size) = (u16_at(&stream, at)?, u16_at(&stream, at.checked_add(2)?)?);
        let body = at.checked_add(4)?;
        let next = body.checked_add(size.into())?;
        if kind == FILE_PASS {
            let body = stream.get(body..next).unwrap_or_default();
            return Some((entry, FilePass::read(body).unwrap_or(FilePass::Unknown)));
        }
        at = next;
    }
    None
}

impl FilePass {
    fn read(body: &[u8]) -> Option<Self> {
        // BIFF5 knows one scheme and does not number it.
        if body.len() == 4 {
            return Some(Self::Xor { key: u16_at(body, 0)?, verifier: u16_at(body, 2)? });
        }
        let part = |at: usize| body.get(at..at.checked_add(16)?).map(<[u8]>::to_vec);
        match (u16_at(body, 0)?, u16_at(body, 2)?, u16_at(body, 4)?) {
            (0, key, verifier) => Some(Self::Xor { key, verifier }),
            (1, 1, 1) => Some(Self::Basic { salt: part(6)?, verifier: part(22)?, verifier_hash: part(38)? }),
            (1, 2..=4, 2) => Header::read(body.get(10..)?, 20).filter(|h| h.cipher == RC4).map(Self::CryptoApi),
            _ => None,
        }
    }

    pub(super) fn scheme(&self) -> Scheme {
        match self {
            Self::Xor { .. } => Scheme::Xor,
            Self::Basic { .. } => Scheme::Rc4Basic,
            Self::CryptoApi(_) => Scheme::Rc4CryptoApi,
            Self::Unknown => Scheme::Unknown,
        }
    }

    /// The stream made readable, if the password is right.
    pub(super) fn decrypt(&self, stream: &[u8], password: &str) -> Option<Vec<u8>> {
        match self {
            Self::Xor { key, verifier } => {
                let table = xor::table(password, *key, *verifier)?;
                Some(records(stream, |start, size, body| xor::lay(&table, start, size, body)))
            }
            Self::Basic { salt, verifier, verifier_hash } => {
                let first = Hash::Md5.of(&[&wide(password)]);
                let short = first.get(..5)?;
                let mixed: Vec<u8> = std::iter::repeat_n([short, salt].concat(), 16).flatten().collect();
                let mut base = Hash::Md5.of(&[&mixed]);
                base.truncate(5);
                let key = |block: u32| Hash::Md5.of(&[&base, &block.to_le_bytes()]);
                verify(&key(0), Hash::Md5, verifier, verifier_hash, 16)?;
                Some(with_stream_cipher(stream, key))
            }
            Self::CryptoApi(header) => {
                let base = Hash::Sha1.of(&[&header.salt, &wide(password)]);
                // No number of bits stands for 40. Then eleven zero bytes make the key up to 128 bits.
                let bits = if header.bits == 0 { 40 } else { header.bits };
                let length = usize::try_from(bits / 8).ok().filter(|l| (5..=16).contains(l))?;
                let key = |block: u32| {
                    let mut key = Hash::Sha1.of(&[&base, &block.to_le_bytes()]);
                    key.truncate(length);
                    if length == 5 {
                        key.resize(16, 0);
                    }
                    key
                };
                verify(&key(0), Hash::Sha1, &header.verifier, &header.verifier_hash, header.hash_length)?;
                Some(with_stream_cipher(stream, key))
            }
            Self::Unknown => None,
        }
    }
}

/// Verifier and its hash are one stretch of RC4.
fn verify(key: &[u8], hash: Hash, verifier: &[u8], verifier_hash: &[u8], length: usize) -> Option<()> {
    let mut both = [verifier, verifier_hash].concat();
    rc4(key, &mut both);
    let (plain, value) = both.split_at_checked(verifier.len())?;
    let expected = hash.of(&[plain]);
    // A file that claims a hash of no bytes would let every password pass.
    (length == expected.len() && value.get(..length)? == expected).then_some(())
}

/// Lays RC4 over the whole stream, block by block, and puts back what was never encrypted.
fn with_stream_cipher(stream: &[u8], key: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    let mut plain = stream.to_vec();
    for (number, block) in (0_u32..).zip(plain.chunks_mut(BLOCK)) {
        rc4(&key(number), block);
    }
    records(stream, |start, _, body| {
        if let Some(from) = plain.get(start..start.saturating_add(body.len())) {
            body.copy_from_slice(from);
        }
    })
}

/// Calls `change` for the encrypted stretch of each record: where it starts in the stream, how long the whole body is, and the bytes to change. In
/// BOUNDSHEET the position of the sheet, four bytes, stays clear. FILEPASS is renamed.
fn records(stream: &[u8], mut change: impl FnMut(usize, usize, &mut [u8])) -> Vec<u8> {
    let mut out = stream.to_vec();
    let mut at = 0_usize;
    while let (Some(kind), Some(size)) = (u16_at(stream, at), u16_at(stream, at.saturating_add(2))) {
        let body = at.saturating_add(4);
        let next = body.saturating_add(size.into()).min(out.len());
        if kind == FILE_PASS {
            if let Some(to) = out.get_mut(at..at.saturating_add(2)) {
                to.copy_from_slice(&OPENED.to_le_bytes());
            }
        } else if !CLEAR.contains(&kind) {
            let from = if kind == BOUND_SHEET { body.saturating_add(4).min(next) } else { body };
            if let Some(bytes) = out.get_mut(from..next) {
                change(from, size.into(), bytes);
            }
        }
        at = next;
    }
    out
}

/// A copy of the file with the stream's bytes replaced where they stand.
pub(super) fn in_place(bytes: &[u8], ole: &Ole<'_>, entry: &OleEntry, stream: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let mut rest = stream;
    for place in ole.places(entry) {
        let Some((now, after)) = rest.split_at_checked(place.len()) else { break };
        if let Some(to) = out.get_mut(place) {
            to.copy_from_slice(now);
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::FilePass;

    #[test]
    fn a_verifier_of_no_bytes_lets_no_password_pass() {
        let mut body = vec![1, 0, 2, 0, 2, 0, 4, 0, 0, 0];
        body.extend(32_u32.to_le_bytes());
        body.extend([0; 8]);
        body.extend(0x6801_u32.to_le_bytes());
        body.extend([0; 4]);
        body.extend(128_u32.to_le_bytes());
        body.extend([0; 12]);
        body.extend(16_u32.to_le_bytes());
        body.extend([7; 32]);
        body.extend(0_u32.to_le_bytes());
        body.extend([9; 20]);
        let pass = FilePass::read(&body).unwrap();
        assert!(matches!(pass, FilePass::CryptoApi(_)));
        assert_eq!(pass.decrypt(&[0; 64], "any"), None);
    }
}
