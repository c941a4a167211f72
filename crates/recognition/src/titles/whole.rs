//! Whether a title is the whole name of a product, and not the name of something made for it.

use super::DAMAGED;
use super::rules::{TitlesError, compile};
use regex::Regex;
use serde::Deserialize;

/// Words that a product's name may consist of, as `90-whole-names.toml` has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordFile {
    #[serde(rename = "match")]
    pub(super) pattern: String,
    /// For the reader of the file; every entry must say it.
    #[serde(rename = "why")]
    _why: String,
}

/// Tells whole names from longer ones.
#[derive(Debug, Clone)]
pub(super) struct WholeName {
    word: Regex,
    culture: Regex,
}

impl WholeName {
    /// `words`: patterns of single words, already found sound one by one.
    pub(super) fn new(words: &[String]) -> Result<WholeName, TitlesError> {
        let word = format!("^(?:{})$", words.join("|"));
        Ok(WholeName { word: compile("words of whole names", &word)?, culture: compile("built in", CULTURE)? })
    }

    /// Whether `text`, normalised, has no word beside those of a product's name.
    pub(super) fn is(&self, text: &str) -> bool {
        let parts = text.split(|c: char| !(c.is_alphanumeric() || c == DAMAGED || c == '.' || c == '-'));
        let mut words = parts.flat_map(|part| part.split('-')).map(|word| word.trim_matches(['.', DAMAGED]));
        self.culture.is_match(text) || words.all(|word| word.is_empty() || self.word.is_match(word))
    }
}

/// The language that Click-to-Run ends its names with, also with a dot where an export lost the dash.
const CULTURE: &str = r"( - |\.)[a-z]{2,3}-[a-z]{2,4}(-[a-z]+)?$";
