//! What the words of a mail say: its own words, apart from what it quotes, searched once.

use std::ops::Range;

use crate::content::Content;
use crate::fold::Folded;
use crate::quotation;
use crate::quoted;
use crate::rules::{Hit, Phrase, Rules};

/// How the subject of an answer begins, before the colon, as mail programs of several languages write it.
const ANSWERS: &[&str] = &["re", "ref", "rep", "aw", "antw", "antwort", "sv", "vs", "odp", "r", "rif"];
/// How the subject of a mail begins that is handed on.
const HANDED_ON: &[&str] = &["tr", "fw", "fwd", "wg", "rv", "i", "doorst"];

/// True for what even the subject of an answer tells, which its sender did not choose: what the mail is about, that he reminds,
/// and what makes a fraud, since anyone can write "Re:". It asks for nothing and sets no date.
fn of_a_borrowed_subject(phrase: &Phrase) -> bool {
    phrase.general
        || phrase.hard
        || ["audit-topic", "software-topic", "licence-check", "support-ticket", "reminder"]
            .contains(&phrase.id.as_str())
}

/// The words of a mail with all that was found in them.
#[derive(Clone)]
pub(super) struct Signs {
    rules: &'static Rules,
    /// Subject and own words, folded.
    pub(super) text: Folded,
    /// True when earlier mails are handed on by words.
    pub(super) forwarded: bool,
    /// Where the sender's own words begin: behind a subject that is of the mail which he answers or hands on.
    pub(super) borrowed: usize,
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
        let subject = content.subject.to_lowercase();
        let begins = |prefixes: &[&str]| {
            prefixes.iter().any(|p| subject.strip_prefix(p).is_some_and(|s| s.trim_start().starts_with(':')))
        };
        let handed = begins(HANDED_ON);
        let borrowed = if begins(ANSWERS) || (handed && content.holds_mails) { text.paragraph(0).end } else { 0 };
        let may = |phrase: &Phrase, r: &Range<usize>| r.start >= borrowed || of_a_borrowed_subject(phrase);
        let found = rules.find_where(&text, &may);
        let hits = if for_itself { words_of_its_own(rules, &text, found, &may) } else { found };
        let forwarded = cut.forwarded || (handed && !cut.earlier.trim().is_empty());
        let name = content.from.first().map(|p| Folded::new(p.name.clone()));
        let topic = rules.phrase("audit-topic").is_some_and(|p| hits.iter().any(|h| h.phrase == p))
            || name.is_some_and(|name| rules.says("audit-topic", &name))
            || (!cut.earlier.trim().is_empty() && rules.says("audit-topic", &earlier(&cut.earlier)));
        Signs { rules, text, forwarded, own_length, borrowed, topic, hits }
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

    /// What a mail that is known to be of a campaign asks besides, less plainly. A name that any mail may use is not enough.
    pub(super) fn less_plain(&self) -> impl Iterator<Item = &'static Phrase> {
        let put = self.rules.put(&self.text, &|r| r.start >= self.borrowed);
        let rules = self.rules;
        let phrases = put.into_iter().filter_map(|phrase| rules.phrases.get(phrase));
        phrases.filter(|phrase| !phrase.general && phrase.id != "asks-document")
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
fn words_of_its_own(
    rules: &'static Rules,
    text: &Folded,
    all: Vec<Hit>,
    may: &dyn Fn(&Phrase, &Range<usize>) -> bool,
) -> Vec<Hit> {
    let cited = quotation::of_others(text);
    if cited.is_empty() {
        return all;
    }
    let inside = |r: &Range<usize>| cited.iter().any(|c| c.start <= r.start && r.end <= c.end);
    let own = rules.find_where(text, &|phrase, r| may(phrase, r) && !inside(r));
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
