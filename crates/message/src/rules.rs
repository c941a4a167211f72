//! What is known about audit mails, as data: publishers and their habits, and what phrases say. Compiled once.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::fold::Folded;

/// What a phrase is worth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Points {
    /// For a contractual basis.
    pub contractual: i32,
    /// For a voluntary review.
    pub voluntary: i32,
    /// For a scam.
    pub scam: i32,
    /// Phrases of one group count once.
    pub once: Option<String>,
}

/// One thing that words can say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// Its name.
    pub id: String,
    /// The flag it raises.
    pub flag: Option<String>,
    /// What is asked.
    pub ask: Option<String>,
    /// True when it makes a scam by itself.
    #[serde(default)]
    pub hard: bool,
    /// What it is worth.
    #[serde(default)]
    pub points: Points,
    #[serde(default)]
    negated: usize,
    #[serde(default)]
    unless: Vec<String>,
    patterns: Vec<String>,
}

/// A publisher known outside any case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownPublisher {
    /// Its name.
    pub name: String,
    /// Names that people write, lower case.
    pub names: Vec<String>,
    /// Its domains.
    pub domains: Vec<String>,
    /// What begins the local part of a contractor's address there.
    pub contractor_prefixes: Vec<String>,
    /// Where this is known from.
    pub source: String,
}

/// Habits that hold for every publisher.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    contractor_marks: Vec<String>,
    /// Domains where anyone can open an address.
    pub free_mail: Vec<String>,
    /// Domains of links that hide their target.
    pub shorteners: Vec<String>,
}

/// A phrase found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index of the phrase in [`Rules::phrases`].
    pub phrase: usize,
    /// Where, in the folded text.
    pub range: Range<usize>,
}

/// All of it, compiled.
#[derive(Debug)]
pub struct Rules {
    /// The phrases.
    pub phrases: Vec<Phrase>,
    /// The publishers.
    pub publishers: Vec<KnownPublisher>,
    /// The habits.
    pub habits: Habits,
    contractor_marks: RegexSet,
    set: RegexSet,
    /// For each pattern of the set: its phrase and its own expression.
    patterns: Vec<(usize, Regex)>,
    unless: Vec<Option<RegexSet>>,
    not: Regex,
    not_a_not: Regex,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    phrase: Vec<Phrase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublisherFile {
    publisher: Vec<KnownPublisher>,
    habits: Habits,
}

/// The knowledge that ships with the program, compiled on first use.
static SHIPPED: LazyLock<Result<Rules, RulesError>> =
    LazyLock::new(|| Rules::parse(include_str!("../data/phrases.toml"), include_str!("../data/publishers.toml")));

/// The rules that ship with the program.
pub fn shipped() -> Result<&'static Rules, &'static RulesError> {
    SHIPPED.as_ref()
}

/// An expression on folded bytes.
pub(crate) fn expression(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).build()
}

fn set(patterns: &[String]) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(patterns).unicode(false).size_limit(64 << 20).dfa_size_limit(64 << 20).build()
}

/// Data that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The file's form is wrong.
    #[error("mail rules: {0}")]
    Toml(#[from] Box<toml::de::Error>),
    /// A pattern is no expression.
    #[error("mail rules: {0}")]
    Pattern(#[from] Box<regex::Error>),
}

impl Rules {
    /// Reads and compiles rules from their two files.
    pub fn parse(phrases: &str, publishers: &str) -> Result<Rules, RulesError> {
        let phrases: PhraseFile = toml::from_str(phrases).map_err(Box::new)?;
        let publishers: PublisherFile = toml::from_str(publishers).map_err(Box::new)?;
        let phrases = phrases.phrase;
        let mut all = Vec::new();
        let mut patterns = Vec::new();
        let mut unless = Vec::new();
        for (n, phrase) in phrases.iter().enumerate() {
            for pattern in &phrase.patterns {
                all.push(pattern.clone());
                patterns.push((n, expression(pattern).map_err(Box::new)?));
            }
            let exceptions = if phrase.unless.is_empty() { None } else { Some(set(&phrase.unless).map_err(Box::new)?) };
            unless.push(exceptions);
        }
        Ok(Rules {
            set: set(&all).map_err(Box::new)?,
            contractor_marks: set(&publishers.habits.contractor_marks).map_err(Box::new)?,
            not: expression(
                r"\b(?:ne|n'[a-z]+|aucune?s?|sans|ni|jamais|inutile de|pas besoin|pas (?:de|d')|not|no|never|without|neither|nor|don't|won't|do not|need not)\b",
            )
            .map_err(Box::new)?,
            not_a_not: expression(
                r"\b(?:sans (?:delai|attendre|tarder|retard|plus|reponse|retour)|ne manquez|n'hesitez|n'oubliez|not only|no later|without delay|not yet|n'avons|n'avez|n'ayant|if you do not|si vous ne|no sooner)\b",
            )
            .map_err(Box::new)?,
            phrases,
            publishers: publishers.publisher,
            habits: publishers.habits,
            patterns,
            unless,
        })
    }

    /// Everything that a text says, in the order of the phrases, each at its first place that counts.
    pub fn find(&self, text: &Folded) -> Vec<Hit> {
        self.find_where(text, &|_| true)
    }

    /// As [`Rules::find`], of the places that `may` allows.
    pub(crate) fn find_where(&self, text: &Folded, may: &dyn Fn(&Range<usize>) -> bool) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        for index in &self.set.matches(text.bytes()) {
            let Some((phrase, expression)) = self.patterns.get(index) else { continue };
            let found = expression
                .find_iter(text.bytes())
                .take(20)
                .map(|m| m.range())
                .find(|r| may(r) && self.counts(*phrase, r, text));
            let Some(range) = found else { continue };
            match hits.iter_mut().find(|h| h.phrase == *phrase) {
                Some(hit) if hit.range.start <= range.start => {}
                Some(hit) => hit.range = range,
                None => hits.push(Hit { phrase: *phrase, range }),
            }
        }
        hits.sort_by_key(|h| h.phrase);
        hits
    }

    /// False when the sentence undoes the match: a "not" before it, or an exception of the phrase.
    fn counts(&self, phrase: usize, range: &Range<usize>, text: &Folded) -> bool {
        let Some(rule) = self.phrases.get(phrase) else { return false };
        let exceptions = self.unless.get(phrase).and_then(Option::as_ref);
        if rule.negated == 0 && exceptions.is_none() {
            return true;
        }
        let sentence = text.sentence(range);
        if exceptions.is_some_and(|e| e.is_match(text.slice(sentence.clone()))) {
            return false;
        }
        let from = sentence.start.max(range.start.saturating_sub(rule.negated));
        let before = text.slice(from..range.start);
        rule.negated == 0 || !self.not.is_match(before) || self.not_a_not.is_match(before)
    }

    /// True when a display name or signature says that its bearer is a contractor.
    pub fn marks_contractor(&self, folded: &[u8]) -> bool {
        self.contractor_marks.is_match(folded)
    }

    /// Index of a phrase by name.
    pub fn phrase(&self, id: &str) -> Option<usize> {
        self.phrases.iter().position(|p| p.id == id)
    }
}
