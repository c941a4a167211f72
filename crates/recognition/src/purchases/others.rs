//! Lines that buy nothing of ours although a product of ours stands in them: other publishers' products, and goods.

use super::knowledge::Knowledge;
use super::plan::is_plan;
use super::text::Text;
use super::words::any;
use super::{NONE, PurchaseLine};

/// Words that name something of ours, as titles write them.
const OURS: &[&str] = &[
    "microsoft",
    "windows",
    "win",
    "office",
    "365",
    "o365",
    "m365",
    "sql",
    "exchange",
    "sharepoint",
    "visio",
    "project",
    "outlook",
    "excel",
    "word",
    "teams",
    "dynamics",
    "azure",
    "visual studio",
    "hyper-v",
    "biztalk",
    "lync",
    "skype",
    "system center",
    "access",
    "publisher",
];

/// Where the first of some phrases stands.
fn first(shown: &Text, phrases: impl IntoIterator<Item = impl AsRef<str>>) -> Option<usize> {
    phrases.into_iter().filter_map(|phrase| shown.find(phrase.as_ref(), 0)).map(|(at, _)| at).min()
}

/// True if another publisher is named before anything of ours. The short grammar is nobody else's ("CoreL" is no Corel).
fn of_another_publisher(shown: &Text, words: &[String], knowledge: &Knowledge) -> bool {
    if any(words, &knowledge.tokens.short) {
        return false;
    }
    let Some(theirs) = first(shown, &knowledge.others.publishers) else { return false };
    // "MacBook + Office": what stands behind the plus is bought as well.
    let bundled = words
        .iter()
        .rposition(|word| word == "+")
        .is_some_and(|plus| words.get(plus + 1..).unwrap_or_default().iter().any(|word| OURS.contains(&word.as_str())));
    !bundled && first(shown, OURS).is_none_or(|ours| theirs < ours)
}

/// True if the line names a product that no table knows, made "for" one of ours (`Antidote 11 pour Windows`).
fn made_for_ours(words: &[String], knowledge: &Knowledge) -> bool {
    let Some(at) = words.iter().position(|word| word == "for") else { return false };
    let ours = words.get(at + 1..).unwrap_or_default().iter().any(|w| OURS.contains(&w.as_str()));
    let before = words.get(..at).unwrap_or_default();
    let named = before.iter().filter(|word| {
        word.chars().any(char::is_alphabetic) && word.chars().count() > 1 && !knowledge.others.generic.contains(word)
    });
    // A word that the tables know (a product, an edition, a kind of right) may well be bought for something of ours.
    let mut named = named.peekable();
    ours && named.peek().is_some() && named.all(|word| !knowledge.is_known(word))
}

/// What a line is that buys nothing of ours, if it is one; `None` for all others.
///
/// `shown` is the title as written, `words` its canonical words. A line of a PC's or server's maker is none of these:
/// Windows comes with what it sells.
pub(crate) fn recognise(shown: &Text, words: &[String], knowledge: &Knowledge) -> Option<PurchaseLine> {
    let licence = any(words, &knowledge.tokens.volume) || any(words, &knowledge.tokens.oem);
    let goods = words.iter().take(2).any(|word| knowledge.others.goods.contains(word))
        || first(shown, &knowledge.others.fits).is_some_and(|fits| first(shown, OURS).is_none_or(|ours| fits < ours));
    let note = if of_another_publisher(shown, words, knowledge) {
        "other-publisher"
    } else if goods && !licence {
        "goods"
    } else if !licence && !is_plan(shown, words, knowledge) && made_for_ours(words, knowledge) {
        "other-publisher"
    } else {
        return None;
    };
    let mut line = PurchaseLine::nothing();
    line.product = String::new();
    line.edition = NONE.into();
    line.version = NONE.into();
    line.metric = NONE.into();
    line.units = Some(1);
    line.trace.push(note.into());
    line.notes.push(note.into());
    Some(line)
}
