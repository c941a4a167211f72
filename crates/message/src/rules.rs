//! What is known about audit mails, as data: publishers and their habits, and what phrases say. Compiled once.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::domain;
use crate::fold::Folded;
use crate::sentence::{self, Moods};
use crate::sieve::Sieve;

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
    /// True for a sign of a fraud that has nothing to do with licences.
    #[serde(skip)]
    pub general: bool,
    #[serde(default)]
    negated: usize,
    /// True when it counts only where the sender means it: not in a question, not as what others ask or do.
    #[serde(default)]
    meant: bool,
    /// True when it counts only in a sentence that asks the reader for something.
    #[serde(default)]
    asked: bool,
    /// What its sentence must say besides.
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    patterns: Vec<String>,
}

/// A name that frauds borrow.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// How it stands in display names, folded.
    pub names: Vec<String>,
    labels: Vec<String>,
    /// What each label looks like.
    #[serde(skip)]
    shown: OnceLock<Vec<String>>,
}

impl Brand {
    /// True when a domain's own label is one that the bearer registers.
    pub fn owns(&self, label: &str) -> bool {
        self.labels.iter().any(|own| match own.strip_suffix('*') {
            Some(start) => label.starts_with(start),
            None => label == own,
        })
    }

    /// True when a label wears one of the bearer's own, with words around it: `deliver-fedex`.
    pub fn worn_by(&self, label: &str) -> bool {
        !self.owns(label) && self.labels.iter().any(|own| label.split('-').any(|word| word == own))
    }

    /// True when a label is one of the bearer's but for accents or letters of another alphabet.
    pub fn imitated_by(&self, label: &str) -> bool {
        if self.owns(label) {
            return false;
        }
        let (plain, looks) = (crate::fold::plain(label), domain::looks(label));
        let shown = self.shown.get_or_init(|| self.labels.iter().map(|own| domain::looks(own)).collect());
        self.labels.iter().zip(shown).any(|(own, shown)| plain == own.as_bytes() || (own != label && *shown == looks))
    }
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
    /// Words beside a publisher's name in a domain that passes for an office of it.
    pub offices: Vec<String>,
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
    /// Names that frauds borrow.
    pub brands: Vec<Brand>,
    /// The habits.
    pub habits: Habits,
    contractor_marks: RegexSet,
    sieve: Sieve,
    /// For each pattern: its phrase and its own expression.
    patterns: Vec<(usize, Regex)>,
    unless: Vec<Option<RegexSet>>,
    with: Vec<Option<RegexSet>>,
    pub(crate) moods: Moods,
    not: Regex,
    not_a_not: Regex,
    missed: Regex,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FraudFile {
    phrase: Vec<Phrase>,
    brand: Vec<Brand>,
}

/// The knowledge that ships with the program, compiled on first use.
static SHIPPED: LazyLock<Result<Rules, RulesError>> = LazyLock::new(|| {
    Rules::parse(
        include_str!("../data/phrases.toml"),
        include_str!("../data/frauds.toml"),
        include_str!("../data/publishers.toml"),
        include_str!("../data/sentences.toml"),
    )
});

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
    /// The patterns cannot be sifted.
    #[error("mail rules: the patterns need too many strings")]
    Sieve,
    /// A pattern is no expression.
    #[error("mail rules: {0}")]
    Pattern(#[from] Box<regex::Error>),
}

impl Rules {
    /// Reads and compiles rules from their four files.
    pub fn parse(phrases: &str, frauds: &str, publishers: &str, sentences: &str) -> Result<Rules, RulesError> {
        let phrases: PhraseFile = toml::from_str(phrases).map_err(Box::new)?;
        let publishers: PublisherFile = toml::from_str(publishers).map_err(Box::new)?;
        let frauds: FraudFile = toml::from_str(frauds).map_err(Box::new)?;
        let general = frauds.phrase.into_iter().map(|p| Phrase { general: true, ..p });
        let phrases: Vec<Phrase> = phrases.phrase.into_iter().chain(general).collect();
        let mut all = Vec::new();
        let mut patterns = Vec::new();
        let (mut unless, mut with) = (Vec::new(), Vec::new());
        let some = |patterns: &[String]| {
            if patterns.is_empty() { Ok(None) } else { set(patterns).map(Some).map_err(Box::new) }
        };
        for (n, phrase) in phrases.iter().enumerate() {
            for pattern in &phrase.patterns {
                all.push(pattern.clone());
                patterns.push((n, expression(pattern).map_err(Box::new)?));
            }
            unless.push(some(&phrase.unless)?);
            with.push(some(&phrase.with)?);
        }
        Ok(Rules {
            sieve: Sieve::new(&all).ok_or(RulesError::Sieve)?,
            contractor_marks: set(&publishers.habits.contractor_marks).map_err(Box::new)?,
            not: expression(
                r"\b(?:ne|n'[a-z]+|aucune?s?|sans|ni|jamais|inutile de|pas besoin|pas de|not|no|never|without|neither|nor|don't|won't|do not|need not|nothing (?:else |more |further )?(?:for you )?to|rien (?:d'autre |de plus )?a)\b|\bpas d'",
            )
            .map_err(Box::new)?,
            not_a_not: expression(
                r"\b(?:sans (?:delai|attendre|tarder|retard|plus|reponse|retour)|ne manquez|n'hesitez|n'oubliez|not only|no later|without delay|not yet|n'avons|n'avez|n'ayant|n'en (?:reste|demeure) pas moins|aucune? (?:engagement|obligation|contrainte|frais|urgence)|no (?:obligation|commitment|rush|hurry|strings|pressure)|(?:ne|n'[a-z]+) [a-z]+ (?:plus |donc |vous |nous )?(?:que |qu')|if not|if you do not|si vous ne|sinon|no sooner)\b",
            )
            .map_err(Box::new)?,
            missed: expression(
                r"\b(?:aucune?s?|no|none of)\b[^.\n]{0,60}\b(?:n'est|n'a ete|ne sont|n'ont ete|n'apparai\w*|n'y figure\w*|is|are|was|were|has been|have been) (?:\w+ )?(?:indique|fourni|mentionne|precise|renseigne|joint|transmis|communique|given|shown|stated|provided|indicated|filled|listed|included|mentioned)",
            )
            .map_err(Box::new)?,
            phrases,
            publishers: publishers.publisher,
            brands: frauds.brand,
            habits: publishers.habits,
            patterns,
            unless,
            with,
            moods: Moods::parse(sentences)?,
        })
    }

    /// Everything that a text says, in the order of the phrases, each at its first place that counts.
    pub fn find(&self, text: &Folded) -> Vec<Hit> {
        self.find_where(text, &|_, _| true)
    }

    /// As [`Rules::find`], of the phrases and places that `may` allows.
    pub(crate) fn find_where(&self, text: &Folded, may: &dyn Fn(&Phrase, &Range<usize>) -> bool) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let places = self.sieve.places(text.bytes());
        for of_one in places.chunk_by(|(a, _), (b, _)| a == b) {
            let pattern = of_one.first().and_then(|(n, _)| self.patterns.get(*n));
            let Some((phrase, expression)) = pattern else { continue };
            let matches = of_one.iter().flat_map(|(_, place)| {
                let within = expression.find_iter(text.slice(place.clone()));
                within.map(|m| place.start + m.start()..place.start + m.end())
            });
            let Some(rule) = self.phrases.get(*phrase) else { continue };
            let found = matches.take(20).find(|r| may(rule, r) && self.counts(*phrase, r, text));
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

    /// What is put to the reader without a plain mark of asking, at the places that `may` allows: it counts where it is known
    /// that the mail asks. Phrases that ask for nothing are left out.
    pub(crate) fn put(&self, text: &Folded, may: &dyn Fn(&Range<usize>) -> bool) -> Vec<usize> {
        let mut out = Vec::new();
        let places = self.sieve.places(text.bytes());
        for of_one in places.chunk_by(|(a, _), (b, _)| a == b) {
            let pattern = of_one.first().and_then(|(n, _)| self.patterns.get(*n));
            let Some((phrase, expression)) = pattern else { continue };
            let asks = self.phrases.get(*phrase).is_some_and(|p| p.ask.is_some() && (p.asked || p.meant));
            if !asks || out.contains(phrase) {
                continue;
            }
            let matches = of_one.iter().flat_map(|(_, place)| {
                let within = expression.find_iter(text.slice(place.clone()));
                within.map(|m| place.start + m.start()..place.start + m.end())
            });
            if matches.take(20).any(|r| may(&r) && self.is_put(*phrase, &r, text)) {
                out.push(*phrase);
            }
        }
        out
    }

    /// False when the sentence undoes the match: a "not" before it, an exception of the phrase, or what the sentence does.
    fn counts(&self, phrase: usize, range: &Range<usize>, text: &Folded) -> bool {
        let Some(rule) = self.phrases.get(phrase) else { return false };
        let exceptions = self.unless.get(phrase).and_then(Option::as_ref);
        let with = self.with.get(phrase).and_then(Option::as_ref);
        if rule.negated == 0 && exceptions.is_none() && with.is_none() && !rule.meant && !rule.asked {
            return true;
        }
        let sentence = text.sentence(range);
        let words = text.slice(sentence.clone());
        if exceptions.is_some_and(|e| e.is_match(words)) {
            return false;
        }
        // What is done with the items of a list stands in the line above it.
        let introduced = || sentence::lead_in(text, &sentence).map_or(&b""[..], |s| text.slice(s));
        // What is given in one sentence may be asked back in the next.
        let back = rule.asked && self.moods.asked_back(text, &sentence, range);
        let with = with.filter(|_| !back);
        if with.is_some_and(|w| !w.is_match(words) && !w.is_match(introduced())) {
            return false;
        }
        if (rule.asked && !back && !self.moods.asks(text, &sentence, range))
            || (rule.meant && !self.moods.meant(text, &sentence))
        {
            return false;
        }
        !self.undone(rule, &sentence, range, text)
    }

    /// True when the match is put to the reader: its sentence need not ask, nor say what is done with the thing.
    fn is_put(&self, phrase: usize, range: &Range<usize>, text: &Folded) -> bool {
        let Some(rule) = self.phrases.get(phrase) else { return false };
        let sentence = text.sentence(range);
        let words = text.slice(sentence.clone());
        let exceptions = self.unless.get(phrase).and_then(Option::as_ref);
        // A tool is named in one sentence and run in another.
        let with = self.with.get(phrase).and_then(Option::as_ref).filter(|_| !rule.asked);
        !exceptions.is_some_and(|e| e.is_match(words))
            && with.is_none_or(|w| w.is_match(text.slice(text.paragraph(range.start))))
            && !self.undone(rule, &sentence, range, text)
            && self.moods.puts(text, &sentence, range)
    }

    /// True when a "not" before the match undoes it.
    fn undone(&self, rule: &Phrase, sentence: &Range<usize>, range: &Range<usize>, text: &Folded) -> bool {
        let from = sentence.start.max(range.start.saturating_sub(rule.negated));
        // "No licence number is given" misses it; it does not say that none is wanted.
        rule.negated > 0
            && self.negates(text.slice(from..range.start))
            && !(rule.ask.is_some() && self.missed.is_match(text.slice(sentence.clone())))
    }

    /// True when the words before a match undo it.
    fn negates(&self, before: &[u8]) -> bool {
        // "Without further ado, pay": what is done without ends at the comma.
        let over = |m: &regex::bytes::Match<'_>| {
            matches!(m.as_bytes(), b"sans" | b"without")
                && before.get(m.end()..).is_some_and(|rest| rest.contains(&b','))
        };
        self.not.find_iter(before).any(|m| !over(&m)) && !self.not_a_not.is_match(before)
    }

    /// True when a text says the phrase, wherever.
    pub(crate) fn says(&self, id: &str, text: &Folded) -> bool {
        let phrase = self.phrase(id);
        self.patterns.iter().filter(|(n, _)| Some(*n) == phrase).any(|(_, e)| e.is_match(text.bytes()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As [`Rules::find`], each pattern tried on the whole text.
    fn plainly(rules: &Rules, text: &Folded) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        for (phrase, expression) in &rules.patterns {
            let all = expression.find_iter(text.bytes()).take(20).map(|m| m.range());
            let Some(range) = all.into_iter().find(|r| rules.counts(*phrase, r, text)) else { continue };
            match hits.iter_mut().find(|h| h.phrase == *phrase) {
                Some(hit) if hit.range.start <= range.start => {}
                Some(hit) => hit.range = range,
                None => hits.push(Hit { phrase: *phrase, range }),
            }
        }
        hits.sort_by_key(|h| h.phrase);
        hits
    }

    /// Words that patterns are made of, so that many match.
    fn words() -> Vec<String> {
        let data = [include_str!("../data/phrases.toml"), include_str!("../data/frauds.toml")].concat();
        let mut words: Vec<String> = data
            .split(|c: char| !c.is_ascii_lowercase())
            .filter(|w| w.len() > 1)
            .map(str::to_owned)
            .chain([".", ",", "\n\n", "?", "-", "\"", "12", "ne", "pas", "not", "'", "é"].map(str::to_owned))
            .collect();
        words.sort();
        words.dedup();
        words
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn sifting_leaves_out_nothing_that_is_said(text in prop::collection::vec(prop::sample::select(words()), 0..120)) {
            let rules = shipped().unwrap();
            let text = Folded::new(text.join(" "));
            prop_assert_eq!(rules.find(&text), plainly(rules, &text));
        }
    }
}
