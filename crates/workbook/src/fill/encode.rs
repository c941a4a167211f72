//! A value as the XML of a cell.

use crate::container::markup::escape_into;
use crate::grid::Address;
use std::fmt::Write;

/// What a cell is to hold, once the form's rules have been heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fitted {
    Text(String),
    /// A number as digits, sign and point.
    Number(String),
    /// A day as its serial, in a cell that is given a format for it.
    Date(String),
    Bool(bool),
    Blank,
}

impl Fitted {
    /// As a person reads it, the value given away.
    pub(super) fn into_shown(self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Date(text) => text,
            other => other.shown(),
        }
    }

    /// As a person reads it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Date(text) => text.clone(),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::Blank => String::new(),
        }
    }
}

/// Writes a cell. `prefix` is that of the sheet's elements with its colon; `attributes` are those of the old cell that stay, or its style.
pub(super) fn cell(out: &mut Vec<u8>, prefix: &[u8], at: Address, attributes: &[u8], value: &Fitted) {
    let put = |out: &mut Vec<u8>, parts: &[&[u8]]| parts.iter().for_each(|p| out.extend_from_slice(p));
    put(out, &[b"<", prefix, b"c r=\""]);
    place(out, at);
    put(out, &[b"\"", attributes]);
    match value {
        Fitted::Blank => {
            out.extend_from_slice(b"/>");
            return;
        }
        Fitted::Text(text) => {
            put(out, &[b" t=\"inlineStr\"><", prefix, b"is><", prefix, b"t"]);
            let edge = |c: Option<char>| c.is_some_and(char::is_whitespace);
            if edge(text.chars().next()) || edge(text.chars().next_back()) || text.contains(['\n', '\t']) {
                out.extend_from_slice(b" xml:space=\"preserve\"");
            }
            out.extend_from_slice(b">");
            escape_into(&escape(text), out);
            put(out, &[b"</", prefix, b"t></", prefix, b"is>"]);
        }
        Fitted::Number(number) | Fitted::Date(number) => {
            put(out, &[b"><", prefix, b"v>", number.as_bytes(), b"</", prefix, b"v>"])
        }
        Fitted::Bool(yes) => {
            put(out, &[b" t=\"b\"><", prefix, b"v>", if *yes { b"1" } else { b"0" }, b"</", prefix, b"v>"]);
        }
    }
    put(out, &[b"</", prefix, b"c>"]);
}

/// An address as [`Address`] prints it, without its detour: there is one a cell.
fn place(out: &mut Vec<u8>, at: Address) {
    let mut text = [0_u8; 24];
    let mut start = text.len();
    let mut push = |byte: u8| {
        start = start.saturating_sub(1);
        if let Some(spot) = text.get_mut(start) {
            *spot = byte;
        }
    };
    let mut row = u64::from(at.row) + 1;
    while row > 0 {
        push(b'0' + u8::try_from(row % 10).unwrap_or_default());
        row /= 10;
    }
    let mut column = u64::from(at.column) + 1;
    while column > 0 {
        push(b'A' + u8::try_from((column - 1) % 26).unwrap_or_default());
        column = (column - 1) / 26;
    }
    out.extend_from_slice(text.get(start..).unwrap_or_default());
}

/// Characters that XML cannot hold as `_xHHHH_`, and text that looks like such an escape with its `_` escaped (ECMA-376 part 1, 22.9.2.19).
pub(super) fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    let odd = |c: char| (c < ' ' && c != '\t' && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if !text.contains(odd) && !text.contains("_x") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        if odd(c) || (c == '_' && escaped(rest).is_some()) {
            let _ = write!(out, "_x{:04X}_", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out.into()
}

/// The character that an escape at the start of a text stands for.
fn escaped(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    let digits = bytes.get(2..6).filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
    if !bytes.starts_with(b"_x") || bytes.get(6) != Some(&b'_') {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The reverse of [`escape`].
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let found = escaped(from).and_then(|u| char::from_u32(u.into()));
        let taken = if found.is_some() { 7 } else { 1 };
        out.push(found.unwrap_or('_'));
        rest = from.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Days since the workbook's day 0, or none where its date system does not reach.
pub(super) fn serial(year: i32, month: u8, day: u8, since_1904: bool) -> Option<i64> {
    let leap = |y: i32| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if day == 0 || i64::from(day) > length || !(1900..=9999).contains(&year) {
        return None;
    }
    let days = civil(year, month, day);
    if since_1904 {
        return Some(days - civil(1904, 1, 1)).filter(|&d| d >= 0);
    }
    let serial = days - civil(1899, 12, 31);
    // Lotus held 1900 for a leap year, and Excel keeps its 29 February as day 60.
    Some(if serial >= 60 { serial + 1 } else { serial })
}

/// The date of a serial, as year, month and day in ISO form.
pub(super) fn date_of(serial: i64, since_1904: bool) -> String {
    let days =
        if since_1904 { serial + civil(1904, 1, 1) } else { serial - i64::from(serial > 60) + civil(1899, 12, 31) };
    day(days)
}

/// A day counted from 1970-01-01, in ISO form (Howard Hinnant's civil_from_days).
pub(crate) fn day(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

/// Days since 1970-01-01 (Howard Hinnant's days_from_civil).
fn civil(year: i32, month: u8, day: u8) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_as_excel_counts_them() {
        assert_eq!(serial(1900, 1, 1, false), Some(1));
        assert_eq!(serial(1900, 2, 28, false), Some(59));
        assert_eq!(serial(1900, 3, 1, false), Some(61));
        assert_eq!(serial(2010, 1, 1, false), Some(40_179));
        assert_eq!(serial(2010, 1, 1, true), Some(40_179 - 1462));
        assert_eq!(serial(1900, 2, 29, false), None);
        assert_eq!(serial(1903, 12, 31, true), None);
        assert_eq!(serial(2023, 2, 29, false), None);
        for (y, m, d) in [(1900, 1, 1), (1999, 12, 31), (2024, 2, 29), (9999, 12, 31)] {
            for since in [false, true] {
                let Some(serial) = serial(y, m, d, since) else { continue };
                assert_eq!(date_of(serial, since), format!("{y:04}-{m:02}-{d:02}"));
            }
        }
    }

    #[test]
    fn places_are_written_as_addresses_print() {
        for at in [Address::new(0, 0), Address::new(8, 25), Address::new(99, 26), Address::new(1_048_575, 16_383)] {
            let mut out = Vec::new();
            place(&mut out, at);
            assert_eq!(out, at.to_string().as_bytes());
        }
    }

    #[test]
    fn characters_that_xml_cannot_hold_survive() {
        for text in ["a\u{1}b", "_x0041_", "_x", "x_x005F_", "line\r\nline", "__x0001_", "\u{ffff}"] {
            assert_eq!(unescape(&escape(text)), text);
        }
        assert_eq!(escape("a\u{1}"), "a_x0001_");
        assert_eq!(escape("_x0041_"), "_x005F_x0041_");
    }
}
