//! A word of the facts: the name of a machine, a product, an edition, the hash of a file. An estate says the same few words of
//! a million records; a word that is cloned is held once, however many records say it.

use foldhash::fast::RandomState;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A text that does not change. Cloning copies no letters; it reads, compares and is written (in JSON, TOML) as text.
///
/// One pointer wide: records have many words that are not told, which take the same room.
#[derive(Clone, Eq)]
pub struct Word(Arc<Box<str>>);

impl Default for Word {
    fn default() -> Word {
        static EMPTY: OnceLock<Word> = OnceLock::new();
        EMPTY.get_or_init(|| Word::from("")).clone()
    }
}

/// A word is mostly compared with itself: the same hash on a million rows. Then no letter need be read.
impl PartialEq for Word {
    fn eq(&self, other: &Word) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Word) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Word) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Word {
    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known by a text, for looking up a million of them: only asked, never walked, for its order is no order.
pub(crate) type ByText<'a, T> = HashMap<&'a str, T, RandomState>;

/// Words that were met: gives the one that is known for an equal text, so that it is held once.
#[derive(Debug, Clone, Default)]
pub struct Lexicon(HashSet<Word, RandomState>);

impl Lexicon {
    /// The word for `text`.
    pub fn word(&mut self, text: &str) -> Word {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let word = Word::from(text);
        self.0.insert(word.clone());
        word
    }
}

impl Deref for Word {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Word {
        Word(Arc::new(Box::from(text)))
    }
}

impl From<String> for Word {
    fn from(text: String) -> Word {
        Word(Arc::new(text.into_boxed_str()))
    }
}

impl From<&String> for Word {
    fn from(text: &String) -> Word {
        Word::from(text.as_str())
    }
}

impl From<Word> for String {
    fn from(word: Word) -> String {
        word.as_str().to_owned()
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Word {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Word> for str {
    fn eq(&self, other: &Word) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Word> for &str {
    fn eq(&self, other: &Word) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<Word> for String {
    fn eq(&self, other: &Word) -> bool {
        self == other.as_str()
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
        String::deserialize(deserializer).map(Word::from)
    }
}
