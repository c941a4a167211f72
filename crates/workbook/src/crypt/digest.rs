//! The hashes that encrypted files choose from, and the seal made of them (RFC 2104).

use sha1::Digest;

/// A hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// A hash by the name that the XML of agile encryption gives it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        Some(match name.to_ascii_uppercase().as_str() {
            "MD5" => Self::Md5,
            "SHA1" => Self::Sha1,
            "SHA256" => Self::Sha256,
            "SHA384" => Self::Sha384,
            "SHA512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Hash of the parts, one after the other.
    pub(super) fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        fn run<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut state = D::new();
            for part in parts {
                state.update(part);
            }
            state.finalize().to_vec()
        }
        match self {
            Self::Md5 => run::<md5::Md5>(parts),
            Self::Sha1 => run::<sha1::Sha1>(parts),
            Self::Sha256 => run::<sha2::Sha256>(parts),
            Self::Sha384 => run::<sha2::Sha384>(parts),
            Self::Sha512 => run::<sha2::Sha512>(parts),
        }
    }

    /// Hash of salt and password, hashed again `rounds` times with the number of the round before it.
    pub(super) fn spun(self, salt: &[u8], password: &[u8], rounds: u32) -> Vec<u8> {
        let mut state = self.of(&[salt, password]);
        for round in 0..rounds {
            state = self.of(&[&round.to_le_bytes(), &state]);
        }
        state
    }

    /// The seal (HMAC) of a message under a key.
    pub(super) fn seal(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let block = if matches!(self, Self::Sha384 | Self::Sha512) { 128 } else { 64 };
        let mut padded = if key.len() > block { self.of(&[key]) } else { key.to_vec() };
        padded.resize(block, 0);
        let masked = |mask: u8| padded.iter().map(|b| b ^ mask).collect::<Vec<u8>>();
        let inner = self.of(&[&masked(0x36), message]);
        self.of(&[&masked(0x5c), &inner])
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn the_seal_is_that_of_rfc_4231_and_rfc_2202() {
        let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let (key, text) = (b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(Hash::Md5.seal(key, text)), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(hex(Hash::Sha1.seal(key, text)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(
            hex(Hash::Sha256.seal(key, text)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(Hash::Sha384.seal(key, text)),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
        );
    }
}
