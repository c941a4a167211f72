//! What a heading asks: every entry of the vocabulary that fits is weighed by the words that it explains, and the best one stands if
//! it stands alone.

use super::vocabulary::{Decline, Fact, Patterns, Vocabulary};
use super::words::{Word, faint};
use super::{Action, Disclosure, Kind, Why, products};
use std::collections::BTreeSet;

/// What a table tells, a row or a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A site, an entity, or the whole estate: counts.
    Site,
    /// A machine a row.
    Machine,
    /// A purchase or licence a row.
    Licence,
    /// Single answers.
    Page,
}

impl Subject {
    fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Machine => "machine",
            Self::Licence => "licence",
            Self::Page => "page",
        }
    }
}

/// A heading with what stands above it.
pub(super) struct Asked<'a> {
    /// The heading itself.
    pub(super) leaf: &'a str,
    /// Headings above, outermost first.
    pub(super) above: &'a [String],
    /// Title of the sheet.
    pub(super) title: Option<&'a str>,
    /// What the table tells.
    pub(super) subject: Subject,
    /// True where the form speaks French.
    pub(super) french: bool,
    /// What its cells take, where the form says so.
    pub(super) kind: Option<Kind>,
}

/// The words of a heading and of those above it.
pub(super) struct Heading {
    pub(super) leaf: Vec<Word>,
    /// Innermost first.
    pub(super) above: Vec<Vec<Word>>,
    /// Words of the sheet's title.
    pub(super) title: Vec<Word>,
}

/// A reading of a heading.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) action: Action,
    pub(super) key: String,
    pub(super) family: Option<String>,
    pub(super) product: Option<String>,
    pub(super) edition: Option<String>,
    pub(super) version: Option<String>,
    pub(super) metric: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) disclosure: Disclosure,
    pub(super) kind: Option<&'static str>,
    pub(super) confidence: u8,
    pub(super) why: Vec<Why>,
    pub(super) points: i32,
    /// Taken off the confidence for what was not told.
    pub(super) doubt: i32,
    pub(super) coverage: i32,
}

/// What of a heading an entry explains.
pub(super) struct Cover {
    pub(super) words: Vec<bool>,
    /// Words that may stand beside and say nothing more: neither for nor against.
    beside: Vec<bool>,
    pub(super) above: usize,
}

impl Cover {
    pub(super) fn none(heading: &Heading) -> Self {
        Self { words: vec![false; heading.leaf.len()], beside: vec![false; heading.leaf.len()], above: 0 }
    }

    pub(super) fn take(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at) {
            *word = true;
        }
    }

    pub(super) fn pass(&mut self, at: usize) {
        if let Some(word) = self.beside.get_mut(at) {
            *word = true;
        }
    }

    /// Passes over all words of the list.
    pub(super) fn pass_all(&mut self, heading: &Heading, words: &[String]) {
        heading.leaf.iter().enumerate().filter(|(_, w)| words.contains(&w.text)).for_each(|(n, _)| self.pass(n));
    }

    /// Words that mean the same as one that is explained are explained: "farm / cluster".
    pub(super) fn repeat(&mut self, heading: &Heading) {
        for (n, word) in heading.leaf.iter().enumerate() {
            if !self.has(n) && heading.leaf.iter().enumerate().any(|(m, w)| self.has(m) && w.text == word.text) {
                self.pass(n);
            }
        }
    }

    pub(super) fn has(&self, at: usize) -> bool {
        self.words.get(at).copied().unwrap_or(false) || self.beside.get(at).copied().unwrap_or(false)
    }

    /// Points, and the share of the heading's weight that is explained, in hundredths.
    pub(super) fn weigh(&self, heading: &Heading) -> (i32, i32) {
        let (mut points, mut explained, mut total) = (0, 0, 0);
        let only_aside = heading.leaf.iter().all(|w| w.aside);
        for ((word, &covered), &beside) in heading.leaf.iter().zip(&self.words).zip(&self.beside) {
            if beside && !covered {
                continue;
            }
            let weight = if faint(&word.text) { 4 } else { 10 };
            if word.aside && !only_aside {
                points += if covered { weight / 2 } else { -1 };
                continue;
            }
            total += weight;
            if covered {
                points += weight;
                explained += weight;
            } else {
                points -= weight * 6 / 10;
            }
        }
        points += 5 * i32::try_from(self.above).unwrap_or(0);
        let coverage =
            if total == 0 { if explained > 0 || self.above > 0 { 60 } else { 0 } } else { explained * 100 / total };
        (points, coverage)
    }

    /// The words that are explained, as they are read.
    pub(super) fn told(&self, heading: &Heading) -> Vec<String> {
        let covered = heading.leaf.iter().zip(&self.words).filter(|(_, c)| **c);
        covered.map(|(w, _)| w.text.clone()).collect()
    }
}

/// Bytes of a heading that are read; what asks more than that in one cell is help text.
const LONG: usize = 400;

/// Reads a heading.
pub(super) fn read(known: &Vocabulary, asked: &Asked<'_>) -> Reading {
    let words = |text: &str| known.synonyms.read(text.get(..text.floor_char_boundary(LONG)).unwrap_or(text));
    let heading = Heading {
        leaf: words(asked.leaf),
        above: asked.above.iter().rev().map(|a| words(a)).collect(),
        title: asked.title.map(words).unwrap_or_default(),
    };
    let mut found: Vec<Reading> = Vec::new();
    found.extend(known.declines.iter().filter_map(|d| decline(known, d, &heading)));
    found.extend(known.facts.iter().filter_map(|f| fact(known, f, &heading, asked)));
    found.extend(products::readings(known, &heading, asked));
    // Points decide; of equals, the later kind of entry is the more particular.
    let mut order: Vec<usize> = (0..found.len()).collect();
    let points = |n: usize| found.get(n).map_or((i32::MIN, 0), |r| (r.points, r.coverage));
    order.sort_by(|&a, &b| points(b).cmp(&points(a)).then(a.cmp(&b)));
    let mut order = order.into_iter().filter_map(|n| found.get(n));
    let Some(best) = order.next().cloned() else { return unread(&heading) };
    let close = order.find(|r| r.key != best.key).filter(|r| best.points - r.points < 4).cloned();
    settle(known, best, close, &heading, asked)
}

fn unread(heading: &Heading) -> Reading {
    let words = heading.leaf.iter().map(|w| w.text.clone());
    Reading { why: vec![Why::new("unread", words)], ..blank(Action::Ask, String::new()) }
}

/// A reading that says nothing yet.
pub(super) fn blank(action: Action, key: String) -> Reading {
    Reading {
        action,
        key,
        family: None,
        product: None,
        edition: None,
        version: None,
        metric: None,
        reason: (action == Action::Ask).then(|| "unclear".to_owned()),
        disclosure: Disclosure::None,
        kind: None,
        confidence: 0,
        why: Vec::new(),
        points: 0,
        doubt: 0,
        coverage: 0,
    }
}

/// The best reading with its confidence, or a question back where it does not stand.
fn settle(
    known: &Vocabulary,
    mut best: Reading,
    close: Option<Reading>,
    heading: &Heading,
    asked: &Asked<'_>,
) -> Reading {
    let mut confidence = 20 + best.coverage * 75 / 100 - best.doubt;
    if let Some(other) = close {
        // Two ways of declining are one answer.
        if (other.action, best.action) != (Action::Decline, Action::Decline) {
            confidence -= 25;
            best.why.push(Why::new("close", [other.key]));
        }
    }
    if let (Some(expected), Some(kind)) = (best.kind, asked.kind) {
        if agrees(expected, kind) {
            confidence += 3;
        } else {
            confidence -= 15;
            best.why.push(Why::new("kind-differs", [expected]));
        }
    }
    let left: Vec<String> = heading
        .leaf
        .iter()
        .filter(|w| {
            !w.aside
                && !faint(&w.text)
                && !known.beside.fact.contains(&w.text)
                && !best.why.iter().any(|y| y.args.contains(&w.text))
        })
        .map(|w| w.text.clone())
        .collect();
    if !left.is_empty() {
        best.why.push(Why::new("left-over", left));
    }
    best.confidence = u8::try_from(confidence.clamp(0, 97)).unwrap_or(0);
    if best.confidence < ENOUGH && best.action != Action::Ask {
        let why = Why::new("weak", [best.key.clone()]);
        best.why.push(why);
        return Reading { confidence: best.confidence, why: best.why, ..blank(Action::Ask, String::new()) };
    }
    best
}

/// Below this a reading is not proposed at all.
const ENOUGH: u8 = 58;

fn agrees(expected: &str, kind: Kind) -> bool {
    match expected {
        "int" => matches!(kind, Kind::Integer | Kind::Decimal | Kind::Text),
        "date" => matches!(kind, Kind::Date | Kind::Text),
        "yn" => matches!(kind, Kind::YesNo | Kind::List | Kind::Text),
        "list" => matches!(kind, Kind::List | Kind::Text | Kind::YesNo),
        "txt" | "id" => !matches!(kind, Kind::Date | Kind::YesNo),
        _ => true,
    }
}

/// The places of a pattern's words in the heading; a word may stand above it, where that is allowed, but not every one.
fn places(pattern: &[String], heading: &Heading, above: bool) -> Option<Cover> {
    let mut cover = Cover::none(heading);
    let mut within = false;
    if let Some((_, run)) = pattern.split_first().filter(|(first, _)| *first == "=") {
        let at = products::run(&heading.leaf, run, |_| true)?;
        (at..at + run.len()).for_each(|n| cover.take(n));
        return Some(cover);
    }
    for wanted in pattern {
        // A word that stands twice in a pattern needs to stand twice in the heading.
        let at = heading.leaf.iter().enumerate().position(|(n, w)| w.text == *wanted && !cover.has(n));
        if let Some(at) = at {
            cover.take(at);
            within = true;
        } else if above && !faint(wanted) && heading.above.iter().take(2).flatten().any(|w| w.text == *wanted) {
            cover.above += 1;
        } else {
            return None;
        }
    }
    within.then_some(cover)
}

fn stands(patterns: &Patterns, words: &[Word]) -> bool {
    patterns.iter().any(|p| p.iter().all(|wanted| words.iter().any(|w| w.text == *wanted)))
}

/// The pattern of a fact that explains most.
fn best_cover(known: &Vocabulary, patterns: &Patterns, heading: &Heading) -> Option<(Cover, i32, i32)> {
    let mut best: Option<(Cover, i32, i32)> = None;
    for pattern in patterns {
        let Some(mut cover) = places(pattern, heading, true) else { continue };
        cover.pass_all(heading, &known.beside.fact);
        cover.repeat(heading);
        let (points, coverage) = cover.weigh(heading);
        if best.as_ref().is_none_or(|(_, p, c)| (points, coverage) > (*p, *c)) {
            best = Some((cover, points, coverage));
        }
    }
    best
}

fn decline(known: &Vocabulary, entry: &Decline, heading: &Heading) -> Option<Reading> {
    if stands(&entry.spelt_not, &heading.leaf) {
        return None;
    }
    // "VMware ESXi servers" is explained by all the names together.
    let mut cover = Cover::none(heading);
    for pattern in &entry.spelt {
        if let Some(found) = places(pattern, heading, false) {
            found.words.iter().enumerate().filter(|(_, w)| **w).for_each(|(n, _)| cover.take(n));
        }
    }
    if !cover.words.contains(&true) {
        return None;
    }
    cover.pass_all(heading, &known.beside.outside);
    let (mut points, mut coverage) = cover.weigh(heading);
    let in_front = heading.leaf.iter().enumerate().any(|(n, w)| cover.has(n) && !w.aside && !faint(&w.text));
    let alone = heading.leaf.iter().all(|w| w.aside);
    if entry.strong && (in_front || alone) {
        points += 30;
        coverage = coverage.max(85);
    }
    let mut found = blank(Action::Decline, entry.key.clone());
    found.why.push(Why::new("outside", cover.told(heading)));
    found.reason = Some(entry.reason.clone());
    (found.points, found.coverage) = (points, coverage);
    Some(found)
}

fn fact(known: &Vocabulary, entry: &Fact, heading: &Heading, asked: &Asked<'_>) -> Option<Reading> {
    if !entry.place.is_empty() && !entry.place.iter().any(|p| p == asked.subject.word()) {
        return None;
    }
    if stands(&entry.spelt_not, &heading.leaf) {
        return None;
    }
    if !entry.spelt_above.is_empty()
        && !stands(&entry.spelt_above, &heading.leaf)
        && !heading.above.iter().any(|words| stands(&entry.spelt_above, words))
    {
        return None;
    }
    let (cover, mut points, coverage) = best_cover(known, &entry.spelt, heading)?;
    let action = if entry.ask.is_some() { Action::Ask } else { Action::Answer };
    let mut found = blank(action, entry.key.clone());
    if entry.weak {
        points -= 8;
        found.doubt = 10;
    }
    // A date, or a licence, is another matter than the fact that it is told of.
    let apart = |word: &str| heading.leaf.iter().enumerate().any(|(n, w)| w.text == word && !w.aside && !cover.has(n));
    if (apart("date") && entry.kind.as_deref() != Some("date")) || apart("licence") {
        found.doubt += 25;
    }
    if entry.kind.as_deref() == Some("fixed") {
        found.action = Action::Fixed;
    }
    found.why.push(Why::new("fact", cover.told(heading)));
    found.product.clone_from(&entry.product);
    found.family =
        entry.product.as_ref().map(|p| if p.starts_with("SQL Server") { "SQL Server".to_owned() } else { p.clone() });
    found.edition.clone_from(&entry.edition);
    found.metric.clone_from(&entry.metric);
    found.reason = entry.ask.clone();
    found.kind = entry.kind.as_deref().and_then(kind_word);
    found.disclosure = match entry.disclosure.as_deref() {
        Some("pseudonym") => Disclosure::Pseudonym,
        _ if action == Action::Ask => Disclosure::None,
        _ if found.kind == Some("int") => Disclosure::Count,
        _ => Disclosure::Plain,
    };
    // Of a fact and a product that explain the same words, the fact is the more particular.
    (found.points, found.coverage) = (points + 4, coverage);
    Some(found)
}

fn kind_word(word: &str) -> Option<&'static str> {
    ["int", "date", "yn", "list", "txt", "id"].into_iter().find(|k| *k == word)
}

/// What a table tells, by the facts that its headings ask for: of machines, of purchases, or of sites and the estate.
/// `headings`: own heading and those above.
pub(super) fn subject(known: &Vocabulary, headings: &[(String, Vec<String>)], french: bool) -> Subject {
    let keys = |subject: Subject, prefix: &[&str]| {
        let mut found: BTreeSet<String> = BTreeSet::new();
        for (leaf, above) in headings.iter().take(400) {
            let read = read(known, &Asked { leaf, above, title: None, subject, french, kind: None });
            let fact = read.why.iter().any(|w| w.code == "fact");
            if fact && read.coverage >= 75 && prefix.iter().any(|p| read.key.starts_with(p)) {
                found.insert(read.key);
            }
        }
        found
    };
    let machine = keys(Subject::Machine, &["machine."]);
    let licence = keys(Subject::Licence, &["licence."]);
    let site = keys(Subject::Site, &[""]);
    let site =
        site.iter().filter(|k| !k.contains('.') || ["ws.", "win.", "sql."].iter().any(|p| k.starts_with(p))).count();
    if machine.len() >= 2 && machine.len() > site.max(licence.len()) {
        return Subject::Machine;
    }
    let purchase = licence.contains("licence.product") && licence.contains("licence.quantity");
    if purchase && licence.len() > site { Subject::Licence } else { Subject::Site }
}
