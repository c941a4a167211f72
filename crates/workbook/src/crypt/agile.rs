//! Agile encryption of a package (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15).

use super::cipher::Aes;
use super::digest::Hash;
use super::{Integrity, SPIN, wide};
use crate::container::{attribute, elements, u64_at};
use crate::trouble::Trouble;
use base64::Engine as _;
use quick_xml::events::BytesStart;

const PART: &str = "EncryptionInfo";
/// Bytes that are encrypted together, each with a start of its own.
const SEGMENT: usize = 4_096;
const VERIFIER_INPUT: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const VERIFIER_VALUE: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const KEY_VALUE: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];
const SEAL_KEY: [u8; 8] = [0x5f, 0xb2, 0xad, 0x01, 0x0c, 0xb9, 0xe1, 0xf6];
const SEAL_VALUE: [u8; 8] = [0xa0, 0x67, 0x7f, 0x02, 0xb2, 0x2c, 0x84, 0x33];

/// A cipher as an element of the description states it.
#[derive(Debug)]
struct Cipher {
    hash: Hash,
    key: usize,
    block: usize,
    salt: Vec<u8>,
}

impl Cipher {
    fn read(element: &BytesStart<'_>) -> Result<Self, Trouble> {
        let text = |name: &str| attribute(element, name).unwrap_or_default();
        let (cipher, chaining, hash) = (text("cipherAlgorithm"), text("cipherChaining"), text("hashAlgorithm"));
        let unknown = || Trouble::UnknownEncryption(format!("{cipher} {chaining} {hash}"));
        if !cipher.eq_ignore_ascii_case("AES") || !chaining.eq_ignore_ascii_case("ChainingModeCBC") {
            return Err(unknown());
        }
        let bits = number(element, "keyBits").filter(|b| [128, 192, 256].contains(b)).ok_or_else(unknown)?;
        if number(element, "blockSize") != Some(16) {
            return Err(unknown());
        }
        let hash = Hash::named(&hash).ok_or_else(unknown)?;
        Ok(Self { hash, key: bits / 8, block: 16, salt: bytes(element, "saltValue")? })
    }

    /// The start of a chain of blocks: the salt, or its hash with what distinguishes the chain.
    fn start(&self, mark: &[u8]) -> Vec<u8> {
        fitted(self.hash.of(&[&self.salt, mark]), self.block)
    }
}

/// What an `EncryptionInfo` of version 4.4 says.
#[derive(Debug)]
pub(super) struct Description {
    data: Cipher,
    seal: Option<(Vec<u8>, Vec<u8>)>,
    lock: Cipher,
    spin: u32,
    verifier_input: Vec<u8>,
    verifier_value: Vec<u8>,
    key_value: Vec<u8>,
}

impl Description {
    /// Reads the XML after the eight bytes of version and flags.
    ///
    /// # Errors
    /// It is broken, names a cipher or hash that is not known, asks for too many rounds, or knows no password.
    pub(super) fn read(info: &[u8]) -> Result<Self, Trouble> {
        let xml = info.get(8..).ok_or_else(|| Trouble::malformed(PART, "it is cut off"))?;
        let (mut data, mut seal, mut lock) = (None, None, None);
        elements(PART, xml, |element| match element.local_name().as_ref() {
            "keyData" if data.is_none() => data = Some(Cipher::read(element)),
            "dataIntegrity" if seal.is_none() => {
                seal = Some((bytes(element, "encryptedHmacKey"), bytes(element, "encryptedHmacValue")));
            }
            // The key encryptor of a certificate has no spin count.
            "encryptedKey" if lock.is_none() && attribute(element, "spinCount").is_some() => {
                lock = Some(Cipher::read(element).and_then(|cipher| {
                    let spin = number(element, "spinCount").and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX);
                    if spin > SPIN {
                        return Err(Trouble::TooLarge { what: "spinCount".to_owned(), limit: SPIN.into() });
                    }
                    let part = |name: &str| bytes(element, name);
                    let verifiers = (part("encryptedVerifierHashInput")?, part("encryptedVerifierHashValue")?);
                    Ok((cipher, spin, verifiers, part("encryptedKeyValue")?))
                }));
            }
            _ => {}
        })?;
        let data = data.ok_or_else(|| Trouble::malformed(PART, "it has no keyData"))??;
        let lock = lock.ok_or_else(|| Trouble::UnknownEncryption("no key under a password".to_owned()))??;
        let (lock, spin, (verifier_input, verifier_value), key_value) = lock;
        let seal = match seal {
            Some((key, value)) => Some((key?, value?)),
            None => None,
        };
        Ok(Self { data, seal, lock, spin, verifier_input, verifier_value, key_value })
    }

    /// The key of the package, if the password is right.
    pub(super) fn key(&self, password: &str) -> Option<Vec<u8>> {
        let lock = &self.lock;
        let spun = lock.hash.spun(&lock.salt, &wide(password), self.spin);
        let unlock = |mark: &[u8], data: &[u8]| {
            let key = fitted(lock.hash.of(&[&spun, mark]), lock.key);
            Some(Aes::new(&key)?.cbc(&fitted(lock.salt.clone(), lock.block), data))
        };
        // Padding after the salt's own length is no part of what is hashed.
        let mut input = unlock(&VERIFIER_INPUT, &self.verifier_input)?;
        input.truncate(lock.salt.len());
        let expected = lock.hash.of(&[&input]);
        let value = unlock(&VERIFIER_VALUE, &self.verifier_value)?;
        if value.get(..expected.len())? != expected {
            return None;
        }
        let mut key = unlock(&KEY_VALUE, &self.key_value)?;
        key.truncate(self.data.key);
        Some(key)
    }

    /// The package, and what its seal says.
    ///
    /// # Errors
    /// The stream is cut off.
    pub(super) fn decrypt(&self, key: &[u8], package: &[u8]) -> Result<(Vec<u8>, Integrity), Trouble> {
        let broken = || Trouble::malformed("EncryptedPackage", "it is cut off");
        let aes = Aes::new(key).ok_or_else(|| Trouble::malformed(PART, "its key has no length of AES"))?;
        let size = u64_at(package, 0).and_then(|s| usize::try_from(s).ok()).ok_or_else(broken)?;
        let body = package.get(8..).ok_or_else(broken)?;
        let mut plain = Vec::with_capacity(body.len());
        for (number, segment) in (0_u32..).zip(body.chunks(SEGMENT)) {
            plain.extend(aes.cbc(&self.data.start(&number.to_le_bytes()), segment));
        }
        if plain.len() < size {
            return Err(broken());
        }
        plain.truncate(size);
        let integrity = match &self.seal {
            None => Integrity::None,
            Some((sealed_key, sealed_value)) => {
                let length = self.data.hash.of(&[]).len();
                let cut = |mut bytes: Vec<u8>| {
                    bytes.truncate(length);
                    bytes
                };
                let seal_key = cut(aes.cbc(&self.data.start(&SEAL_KEY), sealed_key));
                let value = cut(aes.cbc(&self.data.start(&SEAL_VALUE), sealed_value));
                let holds = self.data.hash.seal(&seal_key, package) == value;
                if holds { Integrity::Holds } else { Integrity::Broken }
            }
        };
        Ok((plain, integrity))
    }
}

/// Bytes cut, or filled up with 0x36, to a length (MS-OFFCRYPTO 2.3.4.11).
fn fitted(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

fn number(element: &BytesStart<'_>, name: &str) -> Option<usize> {
    attribute(element, name)?.trim().parse().ok()
}

fn bytes(element: &BytesStart<'_>, name: &str) -> Result<Vec<u8>, Trouble> {
    let text: String = attribute(element, name).unwrap_or_default().split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| Trouble::malformed(PART, "its base64 is broken"))
}
