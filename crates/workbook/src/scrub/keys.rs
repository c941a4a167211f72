//! Product keys of 25 letters, known by their shape: five groups of five, of the alphabet in which Microsoft writes them.

use memchr::memchr_iter;

/// Letters of a product key, `N` among them since Windows 8; no vowel and no letter that is easily misread.
const ALPHABET: &[u8] = b"BCDFGHJKMNPQRTVWXY2346789";
const GROUPS: usize = 5;
const GROUP: usize = 5;
/// Letters with the dashes between the groups.
const LENGTH: usize = GROUPS * GROUP + GROUPS - 1;

/// The last group of each product key that stands in the bytes, as plain letters or in UTF-16; the rest of a key is not told. A key whose
/// groups are all alike (`XXXXX-XXXXX-…`) is a mask, not a key.
pub(super) fn product_keys(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for dash in memchr_iter(b'-', bytes) {
        for stride in [1, 2] {
            if let Some(start) = dash.checked_sub(GROUP * stride)
                && let Some(key) = key_at(bytes, start, stride)
                && let Some(last) = key.get(LENGTH - GROUP..)
            {
                found.push(String::from_utf8_lossy(last).into_owned());
            }
        }
    }
    found
}

/// A whole key that begins here, its letters `stride` bytes apart with zeros between.
fn key_at(bytes: &[u8], start: usize, stride: usize) -> Option<Vec<u8>> {
    let letter = |index: usize| bytes.get(start + index * stride).copied();
    let mut key = Vec::with_capacity(LENGTH);
    for index in 0..LENGTH {
        let byte = letter(index)?;
        let dash = index % (GROUP + 1) == GROUP;
        let fits = if dash { byte == b'-' } else { ALPHABET.contains(&byte) };
        let apart = stride == 1 || index + 1 == LENGTH || bytes.get(start + index * stride + 1) == Some(&0);
        if !fits || !apart {
            return None;
        }
        key.push(byte);
    }
    let joins = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let before = start.checked_sub(stride).and_then(|at| bytes.get(at).copied());
    if joins(before) || joins(letter(LENGTH)) {
        return None;
    }
    let mut groups = key.split(|&byte| byte == b'-');
    let first = groups.next()?;
    groups.any(|group| group != first).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::product_keys;

    #[test]
    fn a_key_is_known_by_its_shape_and_only_its_last_group_is_told() {
        let key = "BCDFG-HJKMP-QRTVW-XY234-6789N";
        assert_eq!(product_keys(format!("<t>{key}</t>").as_bytes()), ["6789N"]);
        let wide: Vec<u8> = format!("k {key} k").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(product_keys(&wide), ["6789N"]);
        let wide: Vec<u8> = key.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(product_keys(&wide), ["6789N"]);
    }

    #[test]
    fn what_is_not_a_key_is_not_told() {
        for text in [
            "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX",
            "ABCDF-HJKMP-QRTVW-XY234-6789N",
            "BCDFG-HJKMP-QRTVW-XY234-6789NQ",
            "B-BCDFG-HJKMP-QRTVW-XY234-6789N",
            "BCDFG-HJKMP-QRTVW-XY234-6789N-BBBBB",
            "BCDFG-HJKMP-QRTVW-XY234",
            "---------------------------------",
            "",
        ] {
            assert!(product_keys(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
