//! Standard encryption of a package (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9), and the header that it shares with CryptoAPI RC4.

use super::cipher::Aes;
use super::digest::Hash;
use super::wide;
use crate::container::{u32_at, u64_at};
use crate::trouble::Trouble;

/// Rounds of hashing: fixed by the format.
const ROUNDS: u32 = 50_000;
const AES: std::ops::RangeInclusive<u32> = 0x660e..=0x6610;

/// EncryptionHeader and EncryptionVerifier: what stands after version and flags.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// Cipher by CryptoAPI's number.
    pub(super) cipher: u32,
    /// Bits of the key, as stated; 0 stands for the cipher's own.
    pub(super) bits: u32,
    /// Salt of the key.
    pub(super) salt: Vec<u8>,
    /// Random bytes, encrypted.
    pub(super) verifier: Vec<u8>,
    /// Their hash, encrypted.
    pub(super) verifier_hash: Vec<u8>,
    /// Bytes of that hash that count.
    pub(super) hash_length: usize,
}

impl Header {
    /// Reads from the size of the header on; `rest` is the length of the verifier's hash as this cipher stores it.
    pub(super) fn read(bytes: &[u8], rest: usize) -> Option<Self> {
        let size = usize::try_from(u32_at(bytes, 0)?).ok()?;
        let header = bytes.get(4..size.checked_add(4)?)?;
        let verifier = bytes.get(size.checked_add(4)?..)?;
        let salt = usize::try_from(u32_at(verifier, 0)?).ok()?;
        let at = salt.checked_add(4)?;
        let hash_at = at.checked_add(20)?;
        Some(Self {
            cipher: u32_at(header, 8)?,
            bits: u32_at(header, 16)?,
            salt: verifier.get(4..at)?.to_vec(),
            verifier: verifier.get(at..at.checked_add(16)?)?.to_vec(),
            hash_length: usize::try_from(u32_at(verifier, at.checked_add(16)?)?).ok()?,
            verifier_hash: verifier.get(hash_at..hash_at.checked_add(rest)?)?.to_vec(),
        })
    }
}

/// What an `EncryptionInfo` of version x.2 says.
#[derive(Debug)]
pub(super) struct Description {
    header: Header,
    key: usize,
}

impl Description {
    /// Reads what follows the eight bytes of version and flags.
    ///
    /// # Errors
    /// It is cut off, or names another cipher than AES.
    pub(super) fn read(info: &[u8]) -> Result<Self, Trouble> {
        let header = info
            .get(8..)
            .and_then(|rest| Header::read(rest, 32))
            .ok_or_else(|| Trouble::malformed("EncryptionInfo", "it is cut off"))?;
        let unknown = || Trouble::UnknownEncryption(format!("cipher 0x{:04x}, {} bits", header.cipher, header.bits));
        if !AES.contains(&header.cipher) {
            return Err(unknown());
        }
        let key = match header.bits {
            0 | 128 => 16,
            192 => 24,
            256 => 32,
            _ => return Err(unknown()),
        };
        Ok(Self { header, key })
    }

    /// The key, if the password is right.
    pub(super) fn key(&self, password: &str) -> Option<Vec<u8>> {
        let spun = Hash::Sha1.spun(&self.header.salt, &wide(password), ROUNDS);
        let last = Hash::Sha1.of(&[&spun, &[0; 4]]);
        let masked = |mask: u8| {
            let mut block = [mask; 64];
            for (to, from) in block.iter_mut().zip(&last) {
                *to ^= from;
            }
            Hash::Sha1.of(&[&block])
        };
        let mut key = masked(0x36);
        key.extend(masked(0x5c));
        key.truncate(self.key);
        let aes = Aes::new(&key)?;
        let expected = Hash::Sha1.of(&[&aes.ecb(&self.header.verifier)]);
        let value = aes.ecb(&self.header.verifier_hash);
        (value.get(..expected.len())? == expected).then_some(key)
    }
}

/// The package.
///
/// # Errors
/// The stream is cut off.
pub(super) fn decrypt(key: &[u8], package: &[u8]) -> Result<Vec<u8>, Trouble> {
    let broken = || Trouble::malformed("EncryptedPackage", "it is cut off");
    let size = u64_at(package, 0).and_then(|s| usize::try_from(s).ok()).ok_or_else(broken)?;
    let aes = Aes::new(key).ok_or_else(broken)?;
    let mut plain = aes.ecb(package.get(8..).ok_or_else(broken)?);
    if plain.len() < size {
        return Err(broken());
    }
    plain.truncate(size);
    Ok(plain)
}
