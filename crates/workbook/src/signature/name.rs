//! Names of certificates (X.501) as people read them.

use super::der::{Node, SEQUENCE, SET, first};
use std::fmt::Write;

/// Name as RFC 4514 writes it: the last part first, as in `O=Essai,CN=Signataire`.
///
/// Parts of kinds that have a usual short name are written with it; others with their number, and values that are no text as `#`
/// and their bytes. Empty for a name without parts.
pub(crate) fn written(name: &[u8]) -> String {
    let mut parts: Vec<String> = sets(name).iter().map(|set| written_set(set)).collect();
    parts.reverse();
    parts.join(",")
}

/// Last common name, if there is one.
pub(crate) fn common(name: &[u8]) -> Option<String> {
    let found = sets(name).into_iter().flatten().filter(|(kind, _)| kind == "2.5.4.3");
    found.filter_map(|(_, value)| text(&value)).next_back()
}

/// What to call the bearer: common name, else the whole name.
pub(crate) fn called(name: &[u8]) -> String {
    common(name).unwrap_or_else(|| written(name))
}

type Part<'b> = (String, Node<'b>);

/// The sets of a name, as far as they can be read; a name has few.
fn sets(name: &[u8]) -> Vec<Vec<Part<'_>>> {
    let mut found = Vec::new();
    let Some(mut inside) = first(name).filter(|n| n.tag == SEQUENCE).map(|n| n.inside()) else { return found };
    while let Some(set) = inside.expect(SET) {
        let mut pairs = set.inside();
        let mut parts = Vec::new();
        while let Some(pair) = pairs.expect(SEQUENCE) {
            let mut pair = pair.inside();
            if let (Some(kind), Some(value)) = (pair.next().and_then(|k| k.oid()), pair.next()) {
                parts.push((kind, value));
            }
        }
        found.push(parts);
        if found.len() >= 64 {
            break;
        }
    }
    found
}

fn written_set(parts: &[Part<'_>]) -> String {
    let written = parts.iter().map(|(kind, value)| {
        let plain = short(kind).and_then(|name| Some(format!("{name}={}", escaped(&text(value)?))));
        plain.unwrap_or_else(|| {
            value.whole.iter().take(256).fold(format!("{kind}=#"), |mut out, byte| {
                let _ = write!(out, "{byte:02x}");
                out
            })
        })
    });
    written.collect::<Vec<_>>().join("+")
}

fn short(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.42" => "GN",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

/// Text of a string type; T.61 is read as Latin-1, which is what its writers meant.
fn text(value: &Node<'_>) -> Option<String> {
    let wide = |size: usize| value.body.chunks(size).map(|c| c.iter().fold(0_u32, |sum, &b| sum << 8 | u32::from(b)));
    let found = match value.tag {
        0x0c => String::from_utf8_lossy(value.body).into_owned(),
        0x12 | 0x13 | 0x14 | 0x16 | 0x1a => value.body.iter().map(|&b| char::from(b)).collect(),
        0x1e => {
            let units: Vec<u16> = wide(2).filter_map(|u| u16::try_from(u).ok()).collect();
            String::from_utf16_lossy(&units)
        }
        0x1c => wide(4).map(|u| char::from_u32(u).unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
        _ => return None,
    };
    // A name of kilobytes is nobody's name; a report has to stay readable.
    Some(found.chars().take(1_024).collect())
}

/// RFC 4514 2.4. Control characters are escaped too, since the name ends up on a terminal.
fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut out = String::new();
    for (at, letter) in text.chars().enumerate() {
        let edge = (at == 0 && matches!(letter, ' ' | '#')) || (at == last && letter == ' ');
        if edge || matches!(letter, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            out.push('\\');
            out.push(letter);
        } else if letter.is_control() {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "\\{byte:02x}");
            }
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, body.len() as u8];
        out.extend_from_slice(body);
        out
    }

    fn part(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        tlv(SEQUENCE, &[tlv(6, kind), tlv(tag, value)].concat())
    }

    #[test]
    fn names_are_written_last_part_first_and_escaped() {
        let cn = tlv(SET, &part(&[0x55, 4, 3], 0x0c, "#A, \u{e9}\u{1b} ".as_bytes()));
        let both = tlv(SET, &[part(&[0x55, 4, 10], 0x1e, &[0, 0xe9]), part(&[0x2a, 3], 0x0c, b"x")].concat());
        let name = tlv(SEQUENCE, &[cn, both].concat());
        assert_eq!(written(&name), "O=\u{e9}+1.2.3=#0c0178,CN=\\#A\\, \u{e9}\\1b\\ ");
        assert_eq!(common(&name).as_deref(), Some("#A, \u{e9}\u{1b} "));
        assert_eq!(written(&[]), "");
        assert_eq!(common(&[0x30, 0]), None);
    }
}
