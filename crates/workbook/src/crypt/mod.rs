//! Encrypted workbooks (MS-OFFCRYPTO): opened with the built-in or a given password.
//!
//! Nothing is guessed: the built-in password and those given are tried, no list and no search. What an opened file says is judged
//! elsewhere; here it is only made readable.

mod agile;
mod binary;
mod cipher;
mod digest;
mod standard;
mod xor;

use crate::container::{Archive, Ole, u16_at, u32_at};
use crate::trouble::Trouble;
use std::borrow::Cow;

/// How a file is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// A package, "agile" (version 4.4): AES in CBC, a hash of choice.
    Agile,
    /// A package, "standard" (version x.2): AES in ECB, SHA-1.
    Standard,
    /// A package, "extensible" (version x.3): not read.
    Extensible,
    /// A package under rights management: a key server decides, no password.
    Rights,
    /// A binary workbook, RC4 by CryptoAPI.
    Rc4CryptoApi,
    /// A binary workbook, RC4 with 40 bits.
    Rc4Basic,
    /// A binary workbook, obfuscated (method 1).
    Xor,
    /// An open document: parts encrypted one by one or whole; not read.
    OpenDocument,
    /// Encrypted, and in no way that is known here.
    Unknown,
}

/// What the seal over the encrypted bytes says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Integrity {
    /// The scheme has none, or the file is not encrypted.
    None,
    /// It holds: the bytes are as they were written.
    Holds,
    /// It does not hold: the bytes were changed after they were encrypted.
    Broken,
}

/// An opened file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'b> {
    /// Bytes that can be read: those given where nothing was encrypted.
    pub bytes: Cow<'b, [u8]>,
    /// How it was encrypted, if it was.
    pub scheme: Option<Scheme>,
    /// What its seal says.
    pub integrity: Integrity,
    /// True when the built-in or the empty password opened it: such a file is hidden from scanners, not from people.
    pub built_in: bool,
}

/// Rounds of hashing that are still carried out: Office writes 50,000 or 100,000 and allows 10,000,000.
pub const SPIN: u32 = 10_000_000;

/// What Excel tries by itself, so that nobody is asked; and none.
const BUILT_IN: [&str; 2] = ["VelvetSweatshop", ""];

/// How a file is encrypted; `None` where it is not, or is nothing that could be.
pub fn is_encrypted(bytes: &[u8]) -> Option<Scheme> {
    if bytes.starts_with(b"PK") {
        return open_document(bytes).then_some(Scheme::OpenDocument);
    }
    let Ok(ole) = Ole::open(bytes) else { return None };
    if let Some(info) = ole.stream("EncryptionInfo") {
        return Some(package_scheme(&info));
    }
    if ole.find("EncryptedPackage").is_some() {
        return Some(Scheme::Rights);
    }
    binary::file_pass(&ole).map(|(_, pass)| pass.scheme())
}

/// Opens a file and says how. Bytes that are not encrypted come back as they are.
///
/// # Errors
/// No password opens it, the scheme is not known, or what describes it is broken or would cost too much.
pub fn open_told<'b>(bytes: &'b [u8], passwords: &[String]) -> Result<Opened<'b>, Trouble> {
    let Some(scheme) = is_encrypted(bytes) else {
        return Ok(Opened { bytes: Cow::Borrowed(bytes), scheme: None, integrity: Integrity::None, built_in: false });
    };
    let tried = || BUILT_IN.iter().copied().chain(passwords.iter().map(String::as_str)).enumerate();
    let done = |plain, integrity, number| Opened {
        bytes: Cow::Owned(plain),
        scheme: Some(scheme),
        integrity,
        built_in: number < BUILT_IN.len(),
    };
    match scheme {
        Scheme::Agile | Scheme::Standard => {
            let ole = Ole::open(bytes)?;
            let missing = |name: &str| Trouble::Missing(name.to_owned());
            let info = ole.stream("EncryptionInfo").ok_or_else(|| missing("EncryptionInfo"))?;
            let package = ole.stream("EncryptedPackage").ok_or_else(|| missing("EncryptedPackage"))?;
            if scheme == Scheme::Agile {
                let description = agile::Description::read(&info)?;
                for (number, password) in tried() {
                    if let Some(key) = description.key(password) {
                        let (plain, integrity) = description.decrypt(&key, &package)?;
                        return Ok(done(plain, integrity, number));
                    }
                }
            } else {
                let description = standard::Description::read(&info)?;
                for (number, password) in tried() {
                    if let Some(key) = description.key(password) {
                        return Ok(done(standard::decrypt(&key, &package)?, Integrity::None, number));
                    }
                }
            }
            Err(Trouble::Encrypted)
        }
        Scheme::Rc4CryptoApi | Scheme::Rc4Basic | Scheme::Xor => {
            let ole = Ole::open(bytes)?;
            let (entry, pass) = binary::file_pass(&ole).ok_or(Trouble::Encrypted)?;
            for (number, password) in tried() {
                if let Some(stream) = pass.decrypt(&ole.read(entry), password) {
                    return Ok(done(binary::in_place(bytes, &ole, entry, &stream), Integrity::None, number));
                }
            }
            Err(Trouble::Encrypted)
        }
        Scheme::Extensible => Err(Trouble::UnknownEncryption("extensible encryption".to_owned())),
        Scheme::Rights => Err(Trouble::UnknownEncryption("rights management".to_owned())),
        Scheme::OpenDocument => Err(Trouble::UnknownEncryption("open document encryption".to_owned())),
        Scheme::Unknown => Err(Trouble::UnknownEncryption("a version that is not known".to_owned())),
    }
}

/// Opens a file: the bytes of a package or of a compound file that can be read.
///
/// # Errors
/// As [`open_told`].
pub fn open<'b>(bytes: &'b [u8], passwords: &[String]) -> Result<Cow<'b, [u8]>, Trouble> {
    open_told(bytes, passwords).map(|o| o.bytes)
}

/// The version that an `EncryptionInfo` stream begins with.
fn package_scheme(info: &[u8]) -> Scheme {
    match (u16_at(info, 0), u16_at(info, 2)) {
        (Some(4), Some(4)) => Scheme::Agile,
        // fExternal: a provider outside, of which nothing is known.
        (Some(2..=4), Some(2)) if u32_at(info, 4).is_some_and(|flags| flags & 0x10 == 0) => Scheme::Standard,
        (Some(3 | 4), Some(3)) => Scheme::Extensible,
        _ => Scheme::Unknown,
    }
}

/// Whether the manifest of an open document speaks of encrypted parts.
fn open_document(bytes: &[u8]) -> bool {
    let Ok(archive) = Archive::open(bytes) else { return false };
    if archive.find("encrypted-package").is_some() {
        return true;
    }
    let manifest = archive.find("META-INF/manifest.xml").and_then(|e| archive.read(e).ok()).unwrap_or_default();
    let mut found = false;
    let _ = crate::container::elements("META-INF/manifest.xml", &manifest, |element| {
        found |= element.local_name().as_ref() == "encryption-data";
    });
    found
}

/// A password as Office hashes it: UTF-16LE, at most 255 units.
fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().take(255).flat_map(u16::to_le_bytes).collect()
}
