//! What a cell's style says that a form needs: the kind of number format, and the lock.

use super::xml::{Step, attributes, switch, walk};
use crate::limits;
use crate::trouble::Trouble;
use std::collections::BTreeMap;

/// The kind of value that a number format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// As it comes.
    #[default]
    General,
    /// Text, whatever is typed.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers with decimals.
    Decimal,
    /// A date, with or without a time.
    Date,
    /// A time of day or a duration.
    Time,
    /// A share of a hundred.
    Percent,
}

/// The style of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Kind of its number format.
    pub format: Format,
    /// True when it cannot be changed once the sheet is protected; so from the start.
    pub locked: bool,
    /// True when its formula is not shown on a protected sheet.
    pub hidden: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { format: Format::General, locked: true, hidden: false }
    }
}

/// The cell formats (`cellXfs`) in their order.
pub(super) fn read(part: &str, xml: &[u8]) -> Result<Vec<Style>, Trouble> {
    let mut codes: BTreeMap<u32, Format> = BTreeMap::new();
    let mut styles: Vec<Style> = Vec::new();
    let mut within = false;
    walk(part, xml, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let (mut number, mut format) = (None, Format::General);
                    attributes(element, |key, value| match key {
                        "numFmtId" => number = value.parse().ok(),
                        "formatCode" => format = of_code(&value),
                        _ => {}
                    });
                    if let Some(number) = number.filter(|_| codes.len() < limits::PIECES) {
                        codes.insert(number, format);
                    }
                }
                "cellXfs" => within = true,
                "xf" if within => {
                    if styles.len() >= limits::PIECES {
                        return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::PIECES as u64 });
                    }
                    let mut number = 0_u32;
                    attributes(element, |key, value| {
                        if key == "numFmtId" {
                            number = value.parse().unwrap_or_default();
                        }
                    });
                    let format = codes.get(&number).copied().unwrap_or_else(|| built_in(number));
                    styles.push(Style { format, ..Style::default() });
                }
                "protection" if within => {
                    if let Some(style) = styles.last_mut() {
                        attributes(element, |key, value| match key {
                            "locked" => style.locked = switch(&value),
                            "hidden" => style.hidden = switch(&value),
                            _ => {}
                        });
                    }
                }
                _ => {}
            },
            Step::Close("cellXfs") => within = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(styles)
}

/// Formats that need no code (ECMA-376 part 1, 18.8.30); 27 to 36 and 50 to 58 are dates of East Asian editions.
pub(super) fn built_in(number: u32) -> Format {
    match number {
        1 | 3 | 37 | 38 => Format::Integer,
        2 | 4 | 7 | 8 | 11 | 12 | 13 | 39 | 40 | 43 | 44 | 48 => Format::Decimal,
        5 | 6 | 41 | 42 => Format::Integer,
        9 | 10 => Format::Percent,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Format::Time,
        49 => Format::Text,
        _ => Format::General,
    }
}

/// The kind of a format code, by its first section; what stands in quotes or brackets, or after a backslash, is decoration.
pub(super) fn of_code(code: &str) -> Format {
    let mut plain = String::new();
    let mut letters = code.chars();
    let mut elapsed = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => letters.by_ref().take_while(|&l| l != '"').for_each(drop),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|&l| l != ']').collect();
                elapsed |= !inside.is_empty() && inside.chars().all(|l| matches!(l, 'h' | 'H' | 'm' | 'M' | 's' | 'S'));
            }
            ';' => break,
            other => plain.extend(other.to_lowercase()),
        }
    }
    let plain = plain.replace("general", "").replace("standard", "");
    let has = |l: char| plain.contains(l);
    if has('@') {
        Format::Text
    } else if has('y') || has('d') || has('j') {
        Format::Date
    } else if elapsed || has('h') || has('s') {
        Format::Time
    } else if has('m') && !has('0') && !has('#') {
        Format::Date
    } else if has('%') {
        Format::Percent
    } else if plain.contains(".0") || plain.contains(".#") || has('e') {
        Format::Decimal
    } else if has('0') || has('#') || has('?') {
        Format::Integer
    } else {
        Format::General
    }
}
