//! Obfuscation by XOR, method 1 (MS-OFFCRYPTO 2.3.7.1 to 2.3.7.3): no encryption worth the name, but a closed file all the same.

/// What fills a password up to fifteen bytes.
const PAD: [u8; 15] = [0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80, 0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00];
/// Where the key starts, by the length of the password.
const INITIAL: [u16; 15] = [
    0xe1f0, 0x1d0f, 0xcc9c, 0x84c0, 0x110c, 0x0e10, 0xf1ce, 0x313e, 0x1872, 0xe139, 0xd40f, 0x84f9, 0x280c, 0xa96a,
    0x4ec3,
];
/// What each bit of a password adds to the key.
const MATRIX: [u16; 105] = [
    0xaefc, 0x4dd9, 0x9bb2, 0x2745, 0x4e8a, 0x9d14, 0x2a09, 0x7b61, 0xf6c2, 0xfda5, 0xeb6b, 0xc6f7, 0x9dcf, 0x2bbf,
    0x4563, 0x8ac6, 0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0, 0x0375, 0x06ea, 0x0dd4, 0x1ba8, 0x3750, 0x6ea0, 0xdd40,
    0xd849, 0xa0b3, 0x5147, 0xa28e, 0x553d, 0xaa7a, 0x44d5, 0x6f45, 0xde8a, 0xad35, 0x4a4b, 0x9496, 0x390d, 0x721a,
    0xeb23, 0xc667, 0x9cef, 0x29ff, 0x53fe, 0xa7fc, 0x5fd9, 0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0,
    0xb861, 0x60e3, 0xc1c6, 0x93ad, 0x377b, 0x6ef6, 0xddec, 0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10,
    0xaa51, 0x4483, 0x8906, 0x022d, 0x045a, 0x08b4, 0x1168, 0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c,
    0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6, 0x1dad, 0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373, 0x06e6, 0x0dcc,
    0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4,
];

/// The sixteen bytes laid over the stream, if the password has the key and the verifier that the file states.
pub(super) fn table(password: &str, key: u16, verifier: u16) -> Option<[u8; 16]> {
    let password = narrow(password);
    if password.is_empty() || self::verifier(&password) != verifier || self::key(&password)? != key {
        return None;
    }
    let mixed = |byte: u8, mask: u8| (byte ^ mask).rotate_right(1);
    let [low, high] = key.to_le_bytes();
    let mut table = [0_u8; 16];
    let filled = password.iter().chain(&PAD);
    for (i, (to, byte)) in table.iter_mut().zip(filled).enumerate() {
        *to = mixed(*byte, if i % 2 == 0 { low } else { high });
    }
    Some(table)
}

/// Takes the table off a stretch of a record: `start` is where it stands in the stream, `size` how long the record's body is.
pub(super) fn lay(table: &[u8; 16], start: usize, size: usize, bytes: &mut [u8]) {
    let first = start.wrapping_add(size);
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = (*byte ^ table[first.wrapping_add(i) % 16]).rotate_right(5);
    }
}

/// A password as single bytes: the lower one of each character, or the upper one where that is zero; at most fifteen.
fn narrow(password: &str) -> Vec<u8> {
    let byte = |unit: u16| {
        let [low, high] = unit.to_le_bytes();
        if low == 0 { high } else { low }
    };
    password.encode_utf16().map(byte).take(15).collect()
}

fn verifier(password: &[u8]) -> u16 {
    let length = u8::try_from(password.len()).unwrap_or_default();
    let mut sum = 0_u16;
    for byte in password.iter().rev().chain([&length]) {
        sum = (sum >> 14 & 1 | sum << 1 & 0x7fff) ^ u16::from(*byte);
    }
    sum ^ 0xce4b
}

fn key(password: &[u8]) -> Option<u16> {
    let mut key = *INITIAL.get(password.len().checked_sub(1)?)?;
    let mut steps = MATRIX.iter().rev();
    for byte in password.iter().rev() {
        for bit in (0..7).rev() {
            let step = steps.next()?;
            if byte >> bit & 1 == 1 {
                key ^= step;
            }
        }
    }
    Some(key)
}
