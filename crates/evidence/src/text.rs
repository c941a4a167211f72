//! Bytes to text: marks, UTF-16 without a mark, UTF-8, and the two code pages of French Windows told apart by their letters.

/// Text with the encoding it stood in.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: &'static str,
    /// Characters that could not be decoded were replaced.
    pub(crate) damaged: bool,
}

/// Decodes `bytes`. Never fails: what cannot be decoded becomes U+FFFD, and `damaged` says so.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        let (text, damaged) = utf8(rest);
        return Decoded { text, encoding: "utf-8-bom", damaged };
    }
    for (mark, codec, name) in
        [([0xFF, 0xFE], encoding_rs::UTF_16LE, "utf-16le"), ([0xFE, 0xFF], encoding_rs::UTF_16BE, "utf-16be")]
    {
        if let Some(rest) = bytes.strip_prefix(&mark) {
            let (text, damaged) = codec.decode_without_bom_handling(rest);
            return Decoded { text: text.into_owned(), encoding: name, damaged };
        }
    }
    if looks_like_utf16le(bytes) {
        let (text, damaged) = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes);
        return Decoded { text: text.into_owned(), encoding: "utf-16le", damaged };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let encoding = if text.is_ascii() { "ascii" } else { "utf-8" };
            Decoded { text: text.to_owned(), encoding, damaged: false }
        }
        Err(_) if mostly_utf8(bytes) => {
            let (text, damaged) = utf8(bytes);
            Decoded { text, encoding: "utf-8", damaged }
        }
        Err(_) if is_cp850(bytes) => {
            let text = bytes.iter().map(|byte| cp850(*byte)).collect();
            Decoded { text, encoding: "cp850", damaged: false }
        }
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            Decoded { text: text.into_owned(), encoding: "windows-1252", damaged: false }
        }
    }
}

fn utf8(bytes: &[u8]) -> (String, bool) {
    let text = String::from_utf8_lossy(bytes);
    let damaged = matches!(text, std::borrow::Cow::Owned(_));
    (text.into_owned(), damaged)
}

pub(crate) fn cp850(byte: u8) -> char {
    if byte < 0x80 {
        return char::from(byte);
    }
    oem_cp::code_table::DECODING_TABLE_CP850.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}')
}

/// Every second byte of the beginning is zero: Windows text without its mark.
pub(crate) fn looks_like_utf16le(bytes: &[u8]) -> bool {
    let head: Vec<[u8; 2]> = bytes.chunks_exact(2).take(200).filter_map(|pair| pair.try_into().ok()).collect();
    let zeros = head.iter().filter(|[low, high]| *high == 0 && *low != 0).count();
    head.len() >= 4 && zeros * 10 >= head.len() * 9
}

/// UTF-8 with a few broken places (a cut multi-byte letter), rather than a code page.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (good, bad) = utf8_counts(bytes);
    good > 4 * bad
}

/// Letters beyond ASCII that are whole, and places that are broken.
pub(crate) fn utf8_counts(bytes: &[u8]) -> (u64, u64) {
    let (mut good, mut bad) = (0u64, 0u64);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
        bad += u64::from(!chunk.invalid().is_empty());
    }
    (good, bad)
}

/// In French text the bytes 82, 85, 87, 8A, 88, 93, 96 between letters are é à ç ê... of CP850; in Windows-1252 they are punctuation.
fn is_cp850(bytes: &[u8]) -> bool {
    let (dos, windows) = page_counts(bytes);
    dos > windows
}

/// Bytes that are letters in CP850 and would be punctuation in Windows-1252, and the reverse.
pub(crate) fn page_counts(bytes: &[u8]) -> (u64, u64) {
    let (mut dos, mut windows) = (0u64, 0u64);
    for (index, byte) in bytes.iter().enumerate() {
        let letter = |at: Option<usize>| at.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphabetic);
        let beside = letter(index.checked_sub(1)) || letter(Some(index + 1));
        match byte {
            0x81..=0x8D | 0x90 | 0x93 | 0x94 | 0x96 | 0x97 | 0xA0..=0xA7 if beside => dos += 1,
            0xC0..=0xFF if beside => windows += 1,
            _ => {}
        }
    }
    (dos, windows)
}

/// Lower case without accents, marks and doubled blanks, for comparing headings.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'œ' => {
                folded.push('o');
                'e'
            }
            'ß' => {
                folded.push('s');
                's'
            }
            '°' | 'º' => 'o',
            '’' | '\'' | '_' | '-' | '.' | '(' | ')' | ':' | '/' | '\u{a0}' | '\u{202f}' => ' ',
            other => other,
        };
        if !(plain == ' ' && (folded.is_empty() || folded.ends_with(' '))) {
            folded.push(plain);
        }
    }
    folded.trim_end().to_owned()
}

/// The lines of a text that hold one of some words, where the text holds them all: accents, capitals and marks do not count. Empty:
/// it does not, or no word was asked for.
pub fn holding(text: &str, words: &str) -> Vec<String> {
    let asked = fold(words);
    let asked: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    let whole = fold(&text.replace('\n', " "));
    if asked.is_empty() || !asked.iter().all(|word| whole.contains(word)) {
        return Vec::new();
    }
    let holds = |line: &&str| {
        let line = fold(line);
        asked.iter().any(|word| line.contains(word))
    };
    text.lines().filter(holds).map(str::to_owned).collect()
}

/// Whether a heading is `wanted` (both folded): blanks do not count, for one tool writes `ProductName` where another writes
/// `Product Name`, and a letter whose accent was destroyed (`?`, U+FFFD) may be any.
pub(crate) fn same_heading(heading: &str, wanted: &str) -> bool {
    let letters = |text| str::chars(text).filter(|c| *c != ' ');
    let (mut a, mut b) = (letters(heading), letters(wanted));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some('?' | '\u{fffd}'), Some(_)) => {}
            (Some(x), Some(y)) if x == y => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_code_pages_are_told_apart() {
        assert_eq!(decode(b"S\x82curit\x82").encoding, "cp850");
        assert_eq!(decode(b"S\x82curit\x82").text, "Sécurité");
        assert_eq!(decode(b"S\xe9curit\xe9").encoding, "windows-1252");
        assert_eq!(decode(b"S\xe9curit\xe9").text, "Sécurité");
    }

    #[test]
    fn utf16_without_a_mark_is_read() {
        let bytes: Vec<u8> = "Name Version".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes).text, "Name Version");
    }

    #[test]
    fn headings_survive_lost_accents() {
        assert!(same_heading(&fold("D?signation"), "designation"));
        assert!(!same_heading(&fold("D?signation"), "destination"));
    }
}
