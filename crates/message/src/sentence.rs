//! What a sentence does: whether it asks its reader for something, only wonders, tells what others ask, or takes something back.
//! A name of a thing ("inventory") says nothing by itself; whether it is asked for is a matter of the sentence around it.

use std::ops::Range;

use regex::bytes::{RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::fold::Folded;
use crate::rules::RulesError;

/// How far back the line that introduces a list may stand.
const LEAD_IN: usize = 800;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    request: Vec<String>,
    polite: Vec<String>,
    reported: Vec<String>,
    waived: Vec<String>,
    returned: Vec<String>,
    addressed: Vec<String>,
    settled: Vec<String>,
}

/// The marks by which it is told.
#[derive(Debug)]
pub(crate) struct Moods {
    request: RegexSet,
    polite: RegexSet,
    reported: RegexSet,
    waived: RegexSet,
    returned: RegexSet,
    addressed: RegexSet,
    settled: RegexSet,
}

impl Moods {
    /// Reads and compiles the marks from their file.
    pub(crate) fn parse(text: &str) -> Result<Moods, RulesError> {
        let file: File = toml::from_str(text).map_err(Box::new)?;
        let set = |patterns: &[String]| {
            RegexSetBuilder::new(patterns).unicode(false).size_limit(64 << 20).build().map_err(Box::new)
        };
        Ok(Moods {
            request: set(&file.request)?,
            polite: set(&file.polite)?,
            reported: set(&file.reported)?,
            waived: set(&file.waived)?,
            returned: set(&file.returned)?,
            addressed: set(&file.addressed)?,
            settled: set(&file.settled)?,
        })
    }

    /// True when the sender himself may mean what the sentence says: it neither wonders nor tells what others ask or do.
    pub(crate) fn meant(&self, text: &Folded, sentence: &Range<usize>) -> bool {
        let words = text.slice(sentence.clone());
        let question = text.slice(sentence.end..sentence.end + 1) == b"?";
        (!question || self.polite.is_match(words)) && !self.reported.is_match(words)
    }

    /// True when a sentence soon after this one asks back what this one gives: "a form is enclosed. Its return is expected".
    pub(crate) fn asked_back(&self, text: &Folded, sentence: &Range<usize>, at: &Range<usize>) -> bool {
        self.asked_back_within(SOON, text, sentence, at)
    }

    fn asked_back_within(&self, soon: usize, text: &Folded, sentence: &Range<usize>, at: &Range<usize>) -> bool {
        if self.waived.is_match(text.slice(clause(text, sentence, at))) {
            return false;
        }
        let mut end = sentence.end;
        for _ in 0..soon {
            let Some(rest) = text.bytes().get(end + 1..) else { break };
            let skipped = rest.iter().take(4).take_while(|b| !b.is_ascii_alphanumeric()).count();
            let start = end + 1 + skipped;
            if text.bytes().get(start).is_none() {
                break;
            }
            let next = text.sentence(&(start..start + 1));
            let words = text.slice(next.clone());
            let asks = next.end - next.start <= NEXT
                && self.returned.is_match(words)
                && self.request.is_match(words)
                && !self.waived.is_match(words);
            if asks && self.meant(text, &next) {
                return self.meant(text, sentence);
            }
            end = next.end.max(end + 1);
        }
        false
    }

    /// True when the sentence asks the reader for something, or is an item of a list that is asked for.
    pub(crate) fn asks(&self, text: &Folded, sentence: &Range<usize>, at: &Range<usize>) -> bool {
        if self.waived.is_match(text.slice(clause(text, sentence, at))) {
            return false;
        }
        self.meant(text, sentence) && self.requests(text, sentence)
            || lead_in(text, sentence).is_some_and(|s| self.meant(text, &s) && self.requests(text, &s))
    }

    /// True when a sentence has a mark of asking, or is a question that wants an answer.
    fn requests(&self, text: &Folded, sentence: &Range<usize>) -> bool {
        let words = text.slice(sentence.clone());
        self.request.is_match(words)
            || (text.slice(sentence.end..sentence.end + 1) == b"?" && self.polite.is_match(words))
    }

    /// True when the sentence is put to the reader, or says what a form holds, without a plain mark of asking, and neither takes
    /// back nor thanks for what has come. In a mail that is known to be of a campaign, that is how things are asked as well.
    pub(crate) fn puts(&self, text: &Folded, sentence: &Range<usize>, at: &Range<usize>) -> bool {
        let words = text.slice(sentence.clone());
        let put = |s: &Range<usize>| {
            let words = text.slice(s.clone());
            self.addressed.is_match(words) || self.requests(text, s)
        };
        (put(sentence)
            || lead_in(text, sentence).is_some_and(|s| put(&s))
            || self.asked_back_within(LATER, text, sentence, at))
            && !self.reported.is_match(words)
            && !self.settled.is_match(words)
            && !self.waived.is_match(text.slice(clause(text, sentence, at)))
    }
}

/// The part of a sentence between commas that a thing stands in, with what is said of it behind the comma ("..., which is
/// not needed"): "a count, names are not needed" takes back the names alone.
fn clause(text: &Folded, sentence: &Range<usize>, at: &Range<usize>) -> Range<usize> {
    let bytes = text.bytes();
    let comma = |b: &u8| matches!(b, b',' | b';');
    let start = bytes.get(sentence.start..at.start).and_then(|s| s.iter().rposition(comma));
    let mut end = at.end;
    while let Some(rest) = bytes.get(end..sentence.end) {
        let Some(next) = rest.iter().position(comma) else {
            return start.map_or(sentence.start, |s| sentence.start + s)..sentence.end;
        };
        end += next;
        let after = rest.get(next + 1..).unwrap_or_default().trim_ascii_start();
        let of_it =
            ["which ", "that ", "dont ", "qui ", "que ", "mais ", "but ", "et ", "and ", "ni ", "nor ", "or ", "ou "];
        if !of_it.iter().any(|w| after.starts_with(w.as_bytes())) {
            break;
        }
        end += 1;
    }
    start.map_or(sentence.start, |s| sentence.start + s)..end
}

/// How many sentences on a thing may be asked back.
const SOON: usize = 3;
/// As [`SOON`], in a mail that is known to ask.
const LATER: usize = 12;
/// Bytes of the longest sentence that asks a thing back.
const NEXT: usize = 400;
/// Bytes of the longest item of a list that has no mark before it.
const ROW: usize = 120;

/// The sentence that introduces the list which a sentence is an item of: the nearest before it that ends in a colon, when
/// only items stand between. An item begins with a dash, a dot or a number, or is a line without a sentence's end, as the
/// rows of a table and the points of a list in HTML are.
pub(crate) fn lead_in(text: &Folded, sentence: &Range<usize>) -> Option<Range<usize>> {
    let bytes = text.bytes();
    let from = sentence.start.saturating_sub(LEAD_IN);
    let before = bytes.get(from..sentence.start)?;
    let colon = from + before.windows(2).rposition(|w| w == b":\n" || w == b": ")?;
    let between = bytes.get(colon + 1..sentence.start)?;
    let marked = |line: &[u8]| {
        let number = line.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        line.starts_with(b"-")
            || line.starts_with(b"*")
            || line.starts_with("\u{2022}".as_bytes())
            || ((1..=2).contains(&number)
                && (matches!(line.get(number), Some(b')' | b'.' | b'-' | b'/'))
                    || line.get(number..).is_some_and(|rest| rest.starts_with("\u{b0}".as_bytes()))))
    };
    // Without a mark, only below a colon that ends its line.
    let listed = bytes.get(colon + 1) == Some(&b'\n');
    let bare = |line: &[u8]| listed && line.len() <= ROW && !matches!(line.last(), Some(b'.' | b'?' | b'!' | b':'));
    let item = |line: &[u8]| {
        let line = line.trim_ascii();
        line.is_empty() || marked(line) || bare(line)
    };
    let here = bytes.get(sentence.clone())?.trim_ascii();
    let line = bytes.get(text.paragraph(sentence.start))?.trim_ascii();
    if !between.split(|b| *b == b'\n').all(item) || !(marked(here) || bare(line)) {
        return None;
    }
    Some(text.sentence(&(colon..colon + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(text: &str, word: &str) -> bool {
        let text = Folded::new(text.to_owned());
        let at = memchr::memmem::find(text.bytes(), word.as_bytes()).expect("in the text");
        let sentence = text.sentence(&(at..at + word.len()));
        crate::rules::shipped().expect("rules").moods.asks(&text, &sentence, &(at..at + word.len()))
    }

    fn asked_back(text: &str, word: &str) -> bool {
        let text = Folded::new(text.to_owned());
        let at = memchr::memmem::find(text.bytes(), word.as_bytes()).expect("in the text");
        let sentence = text.sentence(&(at..at + word.len()));
        crate::rules::shipped().expect("rules").moods.asked_back(&text, &sentence, &(at..at + word.len()))
    }

    #[test]
    fn a_thing_is_asked_for_by_its_sentence() {
        for (text, word) in [
            ("Bonjour. Nous vous saurions gré de nous faire tenir le relevé.", "releve"),
            ("Bonjour. Renvoyez-nous le relevé avant lundi.", "releve"),
            ("Pourriez-vous nous adresser le relevé ?", "releve"),
            ("Hello. May I ask you to populate the sheet?", "sheet"),
            ("Unless we receive the sheet, we close the file.", "sheet"),
            ("Merci de nous indiquer :\n\n- le nombre de postes ;\n- la version ;\n- le relevé des comptes.", "releve"),
            ("Please send a rough count, names are not needed.", "count"),
            ("Un relevé figure en annexe. Sa restitution est attendue lundi.", "releve"),
            ("The sheet is enclosed. Please send it back.", "sheet"),
            ("Please answer the following: 1) How many users are there? 2) Which sheet is it in?", "how many"),
        ] {
            assert!(asks(text, word) || asked_back(text, word), "{text}");
        }
        for (text, word) in [
            ("Votre clé figure dans votre espace.", "cle"),
            ("Ils nous demandent un relevé complet.", "releve"),
            ("They had asked us to send the sheet.", "sheet"),
            ("When must you hand over a sheet?", "sheet"),
            ("Le relevé n’est pas nécessaire, merci de nous donner des totaux.", "releve"),
            ("Please disregard my remark about the sheet.", "sheet"),
            ("Merci de votre aide :\n\nVoici un relevé.", "releve"),
            ("Please send a count and the sheet, which is not needed before May.", "sheet"),
            ("Le relevé est joint. Merci de ne pas tenir compte du précédent.", "releve"),
            ("The sheet is enclosed. It is not required to send it back.", "sheet"),
        ] {
            assert!(!asks(text, word) && !asked_back(text, word), "{text}");
        }
    }
}
