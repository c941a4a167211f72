//! Words between quotation marks that a sentence gives to someone else: "the publisher writes: ...". A lawyer who cites a
//! threat does not make it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::fold::Folded;
use crate::rules::expression;

/// Bytes of the shortest quotation: less is a name or a term.
const SHORTEST: usize = 20;
/// Bytes before a quotation in which it is told whose it is.
const BEFORE: usize = 120;

struct Words {
    /// Someone says, or a paper of someone.
    others: Regex,
    /// The sender says.
    own: Regex,
}

static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    Some(Words {
        others: expression(
            r"\b(?:ecri\w*|indiqu\w*|affirm\w*|declar\w*|annonc\w*|menac\w*|pretend\w*|soutien\w*|reproch\w*|dit|disait|selon|cit(?:e|er|ons|ation)|termes?|lettre|courrier|courriel|message|mail|e-mail|wrote|writes?|written|writing|says?|said|states?|stated|threaten\w*|announc\w*|claim(?:s|ed)?|asserts?|according to|quot(?:e|es|ed|ing)|reads?|letter|email)\b[^\n]{0,80}$",
        )
        .ok()?,
        own: expression(
            r"\b(?:(?:nous|je) (?:vous |l'|en )?(?:avons|avions|ai|avais|ecri\w*|indiqu\w*|annonc\w*|inform\w*|signal\w*|rappel\w*)|j'(?:ai|avais) (?:ecri\w*|indiqu\w*)|(?:notre|mon|ma) (?:\w+ )?(?:lettre|courrier|courriel|mail|message|mise en demeure)|nos (?:\w+ )?(?:courriers|lettres|messages)|(?:we|i) (?:have |had )?(?:wr[io]te|written|said|say|stated?|told|informed|announced?|warned)|(?:our|my) (?:\w+ )?(?:letters?|e-?mails?|messages?|notices?))\b[^\n]{0,80}$",
        )
        .ok()?,
    })
});

/// The quotations of a text, in its folded form, that it gives to others.
pub(crate) fn of_others(text: &Folded) -> Vec<Range<usize>> {
    let bytes = text.bytes();
    let mut out = Vec::new();
    if memchr::memchr(b'"', bytes).is_none() {
        return out;
    }
    let Some(words) = WORDS.as_ref() else { return out };
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        // Marks are paired within a paragraph: one that is never closed gives nothing away.
        let mut marks = memchr::memchr_iter(b'"', bytes.get(start..end).unwrap_or_default());
        while let (Some(open), Some(close)) = (marks.next(), marks.next()) {
            let (open, close) = (start + open, start + close);
            let before = bytes.get(open.saturating_sub(BEFORE)..open).unwrap_or_default();
            // A quotation that is a paragraph of its own is introduced by the one before.
            let before = before.trim_ascii_end();
            let before = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
            if close - open > SHORTEST && words.others.is_match(before) && !words.own.is_match(before) {
                out.push(open..close + 1);
            }
        }
        start = end + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let text = Folded::new(text.to_owned());
        of_others(&text).into_iter().map(|r| text.words(r)).collect()
    }

    #[test]
    fn only_what_is_given_to_others_counts_as_theirs() {
        assert_eq!(
            found("Acme vous écrit : « À défaut de réponse, nous saisirons le tribunal. » Que répondre ?"),
            ["« À défaut de réponse, nous saisirons le tribunal. »"]
        );
        assert_eq!(
            found("The letter of 2 June reads:\n\n“Failure to respond will lead to legal action.”"),
            ["“Failure to respond will lead to legal action.”"]
        );
        assert!(found("Nous vous avons écrit : « À défaut de réponse, nous saisirons le tribunal. »").is_empty());
        assert!(found("As we said in our letter: \"failure to respond will lead to legal action\"").is_empty());
        assert!(found("They wrote: \"failure to respond will lead to legal action").is_empty(), "never closed");
        assert!(found("Acme writes \"formal notice\" on it").is_empty(), "a term");
    }
}
