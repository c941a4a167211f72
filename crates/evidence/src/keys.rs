//! Product keys are dropped at the door: five groups of five letters and digits never leave a reader.

use std::borrow::Cow;

/// `text` with every product key replaced; borrowed where there is none.
pub(crate) fn hide(text: &str) -> String {
    find(text).into_owned()
}

fn find(text: &str) -> Cow<'_, str> {
    const LENGTH: usize = 29;
    let bytes = text.as_bytes();
    if bytes.len() < LENGTH || !bytes.contains(&b'-') {
        return Cow::Borrowed(text);
    }
    let mut spans = Vec::new();
    let mut at = 0;
    while at + LENGTH <= bytes.len() {
        let window = bytes.get(at..at + LENGTH).unwrap_or_default();
        let free = |index: Option<usize>| {
            index.and_then(|i| bytes.get(i)).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-')
        };
        if is_key(window) && free(at.checked_sub(1)) && free(Some(at + LENGTH)) {
            spans.push(at);
            at += LENGTH;
        } else {
            at += 1;
        }
    }
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        clean.push_str(text.get(from..span).unwrap_or_default());
        clean.push_str("(product key removed)");
        from = span + LENGTH;
    }
    clean.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(clean)
}

fn is_key(window: &[u8]) -> bool {
    let shaped = window
        .iter()
        .enumerate()
        .all(|(index, byte)| if index % 6 == 5 { *byte == b'-' } else { byte.is_ascii_alphanumeric() });
    // A key has letters; five groups of digits are something else.
    shaped && window.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_key_never_passes() {
        let text = "Office key: ABCDE-12345-FGHIJ-67890-KLMNO, end";
        assert_eq!(hide(text), "Office key: (product key removed), end");
    }

    #[test]
    fn identifiers_of_other_shapes_stay() {
        for text in ["778E6176-E500-4DDF-B7B0-03074F0F4C3C", "plain", "12345-12345-12345-12345-12345", "é-é"] {
            assert_eq!(hide(text), text);
        }
    }
}
