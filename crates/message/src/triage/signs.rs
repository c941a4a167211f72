//! What the words of a mail say: its own words, apart from what it quotes, searched once.

use crate::content::Content;
use crate::fold::Folded;
use crate::quotation;
use crate::quoted;
use crate::rules::{Hit, Phrase, Rules};

/// The words of a mail with all that was found in them.
#[derive(Clone)]
pub(super) struct Signs {
    rules: &'static Rules,
    /// Subject and own words, folded.
    pub(super) text: Folded,
    /// True when earlier mails are handed on by words.
    pub(super) forwarded: bool,
    /// Length of the sender's own words without signature and blanks.
    pub(super) own_length: usize,
    /// True when the mail, or the one that it continues, is about audits or licences.
    pub(super) topic: bool,
    hits: Vec<Hit>,
}

impl Signs {
    /// `for_itself` when the sender has nothing to do with the publisher: then what it cites from others is not its own.
    pub(super) fn read(rules: &'static Rules, content: &Content, for_itself: bool) -> Self {
        let cut = quoted::cut(content.seen());
        let own_length = cut.own.split_whitespace().map(str::len).sum();
        let text = Folded::new(format!("{}\n\n{}", content.subject, cut.own));
        let found = rules.find(&text);
        let hits = if for_itself { words_of_its_own(rules, &text, found) } else { found };
        let subject = content.subject.to_lowercase();
        let handed = ["tr:", "tr :", "fw:", "fwd:", "fw :"].iter().any(|p| subject.starts_with(p));
        let forwarded = cut.forwarded || (handed && !cut.earlier.trim().is_empty());
        let name = content.from.first().map(|p| Folded::new(p.name.clone()));
        let topic = rules.phrase("audit-topic").is_some_and(|p| hits.iter().any(|h| h.phrase == p))
            || name.is_some_and(|name| rules.says("audit-topic", &name))
            || (!cut.earlier.trim().is_empty() && rules.says("audit-topic", &earlier(&cut.earlier)));
        Signs { rules, text, forwarded, own_length, topic, hits }
    }

    fn hit(&self, id: &str) -> Option<&Hit> {
        // A thing may be told in more ways than one: several phrases, one name.
        self.hits.iter().find(|h| self.rules.phrases.get(h.phrase).is_some_and(|p| p.id == id))
    }

    /// True when the phrase was found.
    pub(super) fn says(&self, id: &str) -> bool {
        self.hit(id).is_some()
    }

    /// The words that a phrase was found in.
    pub(super) fn words(&self, id: &str) -> Option<String> {
        self.hit(id).map(|h| self.text.words(h.range.clone()))
    }

    /// All phrases of audit mails found, with their words.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static Phrase, String)> + '_ {
        self.found().filter(|(phrase, _)| !phrase.general)
    }

    /// All signs found of frauds that have nothing to do with licences, with their words.
    pub(super) fn frauds(&self) -> impl Iterator<Item = (&'static Phrase, String)> + '_ {
        self.found().filter(|(phrase, _)| phrase.general)
    }

    fn found(&self) -> impl Iterator<Item = (&'static Phrase, String)> + '_ {
        self.hits.iter().filter_map(|h| Some((self.rules.phrases.get(h.phrase)?, self.text.words(h.range.clone()))))
    }
}

/// The beginning of the earlier mails, folded: what a conversation is about is told there.
fn earlier(text: &str) -> Folded {
    let end = text.char_indices().nth(4000).map_or(text.len(), |(n, _)| n);
    Folded::new(text.get(..end).unwrap_or_default().to_owned())
}

/// What was found, without what the sender only cites from others. That is taken out of a mail that asks for nothing itself,
/// save for a call; whoever asks as well speaks for those whom he cites. What makes a scam by itself stays either way: marks
/// around it would be a way to hide it.
fn words_of_its_own(rules: &'static Rules, text: &Folded, all: Vec<Hit>) -> Vec<Hit> {
    let cited = quotation::of_others(text);
    if cited.is_empty() {
        return all;
    }
    let inside = |r: &std::ops::Range<usize>| cited.iter().any(|c| c.start <= r.start && r.end <= c.end);
    let own = rules.find_where(text, &|r| !inside(r));
    let phrase = |hit: &Hit| rules.phrases.get(hit.phrase);
    let asks =
        |hit: &Hit| phrase(hit).filter(|p| !p.general).and_then(|p| p.ask.as_deref()).is_some_and(|ask| ask != "call");
    if own.iter().any(asks) {
        return all;
    }
    let mut kept: Vec<Hit> = all.into_iter().filter(|hit| phrase(hit).is_some_and(|p| p.hard)).collect();
    kept.extend(own.into_iter().filter(|hit| !phrase(hit).is_some_and(|p| p.hard)));
    kept.sort_by_key(|hit| hit.phrase);
    kept
}
