//! The language of a mail: French or English, by its small words.

use serde::Serialize;

use crate::fold::Folded;

/// A language that answers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Language {
    /// French.
    #[serde(rename = "fr")]
    French,
    /// English.
    #[serde(rename = "en")]
    English,
}

fn french(word: &[u8]) -> bool {
    matches!(
        word,
        b"le"
            | b"la"
            | b"les"
            | b"des"
            | b"du"
            | b"de"
            | b"et"
            | b"vous"
            | b"nous"
            | b"votre"
            | b"vos"
            | b"est"
            | b"une"
            | b"pour"
            | b"dans"
            | b"sur"
            | b"avec"
            | b"que"
            | b"qui"
            | b"ce"
            | b"cette"
            | b"ne"
            | b"pas"
            | b"au"
            | b"aux"
            | b"par"
            | b"merci"
            | b"bonjour"
            | b"je"
    )
}

fn english(word: &[u8]) -> bool {
    matches!(
        word,
        b"the"
            | b"and"
            | b"you"
            | b"your"
            | b"we"
            | b"our"
            | b"is"
            | b"are"
            | b"of"
            | b"to"
            | b"for"
            | b"with"
            | b"this"
            | b"that"
            | b"will"
            | b"in"
            | b"be"
            | b"not"
            | b"have"
            | b"please"
            | b"dear"
            | b"hello"
            | b"by"
            | b"from"
            | b"it"
            | b"an"
            | b"i"
    )
}

/// The language with more small words in the first few thousand bytes; English on a draw.
pub fn of(text: &Folded) -> Language {
    let bytes = text.bytes();
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let (mut french, mut english) = (0_u32, 0_u32);
    for word in head.split(|b| !b.is_ascii_alphabetic()).filter(|w| !w.is_empty()) {
        french += u32::from(self::french(word));
        english += u32::from(self::english(word));
    }
    if french > english { Language::French } else { Language::English }
}
