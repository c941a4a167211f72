//! A heading as words that mean the same in French and English: case, accents, elisions, plurals, abbreviations and synonyms are gone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A word of a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The word that it means.
    pub(super) text: String,
    /// True within brackets: an explanation more than the matter itself.
    pub(super) aside: bool,
    /// Where it stands in the heading, in bytes.
    pub(super) at: Range<usize>,
}

/// What words mean.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    stop: BTreeSet<String>,
    glued: BTreeSet<String>,
    /// By their first word: the further words and the meaning, longest first.
    phrases: BTreeMap<String, Vec<(Vec<String>, String)>>,
}

/// Words that are so common in headings that they tell little.
pub(super) fn faint(word: &str) -> bool {
    matches!(
        word,
        "number" | "total" | "microsoft" | "eur" | "percent" | "yes" | "name" | "date" | "licence" | "o" | "n"
    )
}

impl Synonyms {
    /// From the file of words: words to leave out, words glued to versions, meanings with their phrases.
    pub(super) fn new(stop: Vec<String>, glued: Vec<String>, words: BTreeMap<String, Vec<String>>) -> Self {
        let mut found = Self {
            stop: stop.iter().map(|w| singular(w)).collect(),
            glued: glued.into_iter().collect(),
            ..Self::default()
        };
        for (meaning, phrases) in words {
            for phrase in phrases {
                let mut parts = found.plain(&phrase).into_iter().map(|w| w.text);
                let Some(first) = parts.next() else { continue };
                found.phrases.entry(first).or_default().push((parts.collect(), meaning.clone()));
            }
        }
        for list in found.phrases.values_mut() {
            list.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        }
        found
    }

    /// The words of a pattern; one that begins with `=` keeps that as its first word.
    pub(super) fn pattern(&self, text: &str) -> Vec<String> {
        let (run, text) = text.strip_prefix('=').map_or((None, text), |t| (Some("=".to_owned()), t));
        let words: Vec<String> = self.read(text).into_iter().map(|w| w.text).collect();
        if words.is_empty() { words } else { run.into_iter().chain(words).collect() }
    }

    /// The words of a heading.
    pub(super) fn read(&self, text: &str) -> Vec<Word> {
        let plain = self.plain(text);
        let mut found: Vec<Word> = Vec::new();
        let mut at = 0;
        while let Some(word) = plain.get(at) {
            let list = self.phrases.get(&word.text).map(Vec::as_slice).unwrap_or_default();
            let fits = |rest: &Vec<String>| {
                rest.iter().enumerate().all(|(n, wanted)| {
                    plain.get(at + 1 + n).is_some_and(|w| w.text == *wanted && w.aside == word.aside)
                })
            };
            let (length, text) = list
                .iter()
                .find(|(rest, _)| fits(rest))
                .map_or_else(|| (1, word.text.clone()), |(rest, meaning)| (1 + rest.len(), meaning.clone()));
            let end = plain.get(at + length - 1).map_or(word.at.end, |w| w.at.end);
            found.push(Word { text, aside: word.aside, at: word.at.start..end });
            at += length;
        }
        found
    }

    /// Words without their meanings: folded, cut from their elisions and plurals, parted from versions, stop words gone.
    fn plain(&self, text: &str) -> Vec<Word> {
        let mut found = Vec::new();
        for (piece, aside, at) in pieces(text) {
            for (word, at) in self.unglue(&piece, at) {
                let word = singular(&word);
                if !self.stop.contains(&word) {
                    found.push(Word { text: word, aside, at });
                }
            }
        }
        found
    }

    /// `win10` is `win` and `10`; `2012r2` is `2012` and `r2`.
    fn unglue(&self, piece: &str, at: Range<usize>) -> Vec<(String, Range<usize>)> {
        let letters = piece.find(|c: char| c.is_ascii_digit()).unwrap_or(piece.len());
        let (head, tail) = piece.split_at(letters);
        if !head.is_empty() && !tail.is_empty() && self.glued.contains(head) && tail.len() <= 12 {
            let mut parts = vec![(head.to_owned(), at.clone())];
            parts.extend(self.unglue(tail, at));
            return parts;
        }
        if head.is_empty() {
            let digits = piece.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(piece.len());
            let (number, rest) = piece.split_at(digits);
            if digits >= 2 && !rest.is_empty() {
                return vec![(number.to_owned(), at.clone()), (rest.to_owned(), at)];
            }
        }
        vec![(piece.to_owned(), at)]
    }
}

/// Without a plural's ending, in both languages; words of three letters and less are left.
fn singular(word: &str) -> String {
    let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && word.is_ascii();
    if plural { word.trim_end_matches('s').to_owned() } else { word.to_owned() }
}

/// Folded pieces between separators, whether they stand in brackets, and where.
fn pieces(text: &str) -> Vec<(String, bool, Range<usize>)> {
    let mut found = Vec::new();
    let mut piece = String::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut elided = false;
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut push = |piece: &mut String, depth: usize, at: Range<usize>, after_elision: bool| {
        let word = std::mem::take(piece);
        // The `s` of an English genitive says nothing.
        let genitive = after_elision && word == "s";
        if !genitive && !word.is_empty() {
            found.push((word, depth > 0, at));
        }
    };
    for (n, &(at, letter)) in letters.iter().enumerate() {
        let next = letters.get(n + 1).map(|(_, c)| *c);
        let folded = fold(letter);
        let inside = !folded.is_empty()
            || (letter == '.'
                && piece.ends_with(|c: char| c.is_ascii_digit())
                && next.is_some_and(|c| c.is_ascii_digit()))
            || (matches!(letter, '°' | 'º') && piece == "n");
        if inside {
            if piece.is_empty() {
                start = at;
            }
            match letter {
                '.' => piece.push('.'),
                '°' | 'º' => piece.push('°'),
                _ => piece.push_str(&folded),
            }
            continue;
        }
        if matches!(letter, '\'' | '’' | 'ʼ' | '`') {
            // What stands before is an article or pronoun if it is that short.
            if piece.len() <= 2 {
                piece.clear();
            } else {
                push(&mut piece, depth, start..at, elided);
            }
            elided = true;
            continue;
        }
        push(&mut piece, depth, start..at, elided);
        elided = false;
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '#' => push(&mut "#".to_owned(), depth, at..at + 1, false),
            '€' => push(&mut "eur".to_owned(), depth, at..at + letter.len_utf8(), false),
            '%' => push(&mut "percent".to_owned(), depth, at..at + 1, false),
            _ => {}
        }
    }
    push(&mut piece, depth, start..text.len(), elided);
    found
}

/// A letter or digit in small and without its accent; nothing for anything else.
fn fold(letter: char) -> String {
    let plain = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => "a",
        'ç' | 'Ç' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ñ' | 'Ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ÿ' | 'Ÿ' | 'ý' => "y",
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        'ß' => "ss",
        // A combining accent belongs to the letter before, which has been taken.
        '\u{300}'..='\u{36f}' => return String::new(),
        other if other.is_alphanumeric() && other != 'º' => return other.to_lowercase().collect(),
        _ => return String::new(),
    };
    plain.to_owned()
}
