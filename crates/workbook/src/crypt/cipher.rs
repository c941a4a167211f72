//! The ciphers, as far as opening needs them: AES in CBC and ECB, and RC4.

use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};

/// AES with a key of 128, 192 or 256 bits, unwinding blocks of sixteen bytes.
pub(super) enum Aes {
    Short(Box<aes::Aes128>),
    Middle(Box<aes::Aes192>),
    Long(Box<aes::Aes256>),
}

impl Aes {
    /// A cipher for the key; `None` where no AES has a key of that length.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        Some(match key.len() {
            16 => Self::Short(Box::new(aes::Aes128::new_from_slice(key).ok()?)),
            24 => Self::Middle(Box::new(aes::Aes192::new_from_slice(key).ok()?)),
            32 => Self::Long(Box::new(aes::Aes256::new_from_slice(key).ok()?)),
            _ => return None,
        })
    }

    fn block(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = Array::from(block);
        match self {
            Self::Short(cipher) => cipher.decrypt_block(&mut block),
            Self::Middle(cipher) => cipher.decrypt_block(&mut block),
            Self::Long(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }

    /// Each block for itself. A rest that fills no block is left out.
    pub(super) fn ecb(&self, data: &[u8]) -> Vec<u8> {
        data.as_chunks::<16>().0.iter().flat_map(|block| self.block(*block)).collect()
    }

    /// Each block masked with the one before it, the first with `start`. A rest that fills no block is left out.
    pub(super) fn cbc(&self, start: &[u8], data: &[u8]) -> Vec<u8> {
        let mut mask = [0_u8; 16];
        for (to, from) in mask.iter_mut().zip(start) {
            *to = *from;
        }
        let mut out = Vec::with_capacity(data.len());
        for block in data.as_chunks::<16>().0 {
            out.extend(self.block(*block).iter().zip(mask).map(|(a, b)| a ^ b));
            mask = *block;
        }
        out
    }
}

/// The stream of RC4 under a key, laid over the data. An empty key leaves them as they are.
pub(super) fn rc4(key: &[u8], data: &mut [u8]) {
    if key.is_empty() {
        return;
    }
    let mut state: [u8; 256] = std::array::from_fn(|i| u8::try_from(i).unwrap_or_default());
    let mut j = 0_u8;
    for (i, k) in (0..=255_u8).zip(key.iter().cycle()) {
        j = j.wrapping_add(state[usize::from(i)]).wrapping_add(*k);
        state.swap(i.into(), j.into());
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    for byte in data {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(i.into(), j.into());
        *byte ^= state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))];
    }
}

#[cfg(test)]
mod tests {
    use super::{Aes, rc4};

    #[test]
    fn rc4_gives_the_stream_of_rfc_6229() {
        let mut data = [0_u8; 16];
        rc4(&[1, 2, 3, 4, 5], &mut data);
        assert_eq!(
            data,
            [0xb2, 0x39, 0x63, 0x05, 0xf0, 0x3d, 0xc0, 0x27, 0xcc, 0xc3, 0x52, 0x4a, 0x0a, 0x11, 0x18, 0xa8]
        );
    }

    #[test]
    fn a_key_of_no_aes_is_refused() {
        assert!(Aes::new(&[0; 15]).is_none());
        assert!(Aes::new(&[0; 16]).is_some());
    }
}
