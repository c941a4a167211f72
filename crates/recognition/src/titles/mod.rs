//! Software titles: a raw row of an inventory becomes family, edition, version and standing, by rules that are data.
//!
//! Unknown stays unknown. A letter that an export destroyed (`?`, U+FFFD) matches any letter that bears an accent.

mod own;
mod rules;
mod systems;
mod table;
mod whole;

pub use own::{Decided, Near, rule_file, rules_in};
pub use rules::{Titles, TitlesError};
pub use table::{TableError, recognise_table};

use serde::Serialize;
use std::fmt;

/// What a title means for licences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Drives licence demand.
    Yes,
    /// Part of a licensed product.
    Component,
    /// Needs no paid licence.
    Free,
    /// A patch row.
    Update,
    /// An evaluation.
    Trial,
    /// Not a matter of this publisher's licences.
    No,
    /// This program does not know.
    Unknown,
}

impl Standing {
    /// The standing that a rule's word names; `unknown` is none that a rule may have.
    pub fn named(word: &str) -> Option<Standing> {
        Some(match word {
            "yes" => Standing::Yes,
            "component" => Standing::Component,
            "free" => Standing::Free,
            "update" => Standing::Update,
            "trial" => Standing::Trial,
            "no" => Standing::No,
            _ => return None,
        })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::Yes => "yes",
            Standing::Component => "component",
            Standing::Free => "free",
            Standing::Update => "update",
            Standing::Trial => "trial",
            Standing::No => "no",
            Standing::Unknown => "unknown",
        })
    }
}

/// What a title was recognised as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recognised {
    /// Family (`Office`, `SQL Server`, ...); empty where nothing is known.
    pub family: String,
    /// Edition; `unknown` where the title cannot tell; empty where the family has none.
    pub edition: String,
    /// Version; empty where the title does not tell.
    pub product_version: String,
    /// Standing.
    pub licensable: Standing,
    /// Rule that decided.
    pub rule: String,
    /// Product, edition and version in the words of the licensing engine, for what drives demand.
    pub product: Option<(String, String, String)>,
}

impl Recognised {
    fn nothing(standing: Standing, rule: &str) -> Self {
        Recognised {
            family: String::new(),
            edition: String::new(),
            product_version: String::new(),
            licensable: standing,
            rule: rule.to_owned(),
            product: None,
        }
    }
}

/// One letter that stands for any letter an export destroyed.
const DAMAGED: char = '\u{1}';

/// A title in the form that rules are matched against: lower case, without accents, marks and doubled blanks.
fn normalise(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for c in unmojibake(text.trim()).chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' | 'ą' | 'ă' => 'a',
            'ç' | 'ć' | 'č' => 'c',
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
            'ì' | 'í' | 'î' | 'ï' | 'ı' | '\u{130}' => 'i',
            'ł' => 'l',
            'ñ' | 'ń' | 'ň' => 'n',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ő' | 'ø' => 'o',
            'ś' | 'š' | 'ş' => 's',
            'ù' | 'ú' | 'û' | 'ü' | 'ű' | 'ů' => 'u',
            'ż' | 'ź' | 'ž' => 'z',
            '®' | '™' | '©' | '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{307}' => continue,
            '\u{a0}' | '\u{202f}' | '\t' => ' ',
            '–' | '—' => '-',
            '’' => '\'',
            // Signs that Windows-1252 shows where the DOS code page had accented letters.
            '?' | '\u{fffd}' | '‚' | '‡' | '…' | 'ˆ' => DAMAGED,
            other => other,
        };
        let again = matches!(plain, ' ' | DAMAGED) && normal.ends_with(plain);
        if !(again || plain == ' ' && normal.is_empty()) {
            normal.push(plain);
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// Undoes UTF-8 that was read as Windows-1252 (`Ã©` for `é`); other text is left as it is.
fn unmojibake(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The replacement sign itself, once more misread.
    let text = text.replace("ï¿½", "\u{fffd}");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let high = match c {
            'Ã' => 0xC0,
            'Â' => 0x80,
            _ => {
                out.push(c);
                continue;
            }
        };
        let tail = chars.peek().map(|next| match next {
            // An export may also have turned the no-break space into a plain one.
            ' ' => 0xA0,
            'Š' => 0x8A,
            'Œ' => 0x8C,
            '€' => 0x80,
            '‚' => 0x82,
            '‡' => 0x87,
            'ˆ' => 0x88,
            '‰' => 0x89,
            '”' => 0x94,
            '–' => 0x96,
            '™' => 0x99,
            'œ' => 0x9C,
            other => u32::from(*other),
        });
        match tail.filter(|tail| (0x80..=0xBF).contains(tail)).and_then(|tail| char::from_u32(high | (tail & 0x3F))) {
            Some(letter) if high == 0xC0 => {
                let blank = chars.next() == Some(' ') && chars.peek() != Some(&' ');
                out.push(letter);
                if blank {
                    out.push(' ');
                }
            }
            // After `Â` the sign stands for itself.
            Some(_) => {}
            None => out.push(c),
        }
    }
    out
}
