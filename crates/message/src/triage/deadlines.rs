//! What is to be done by when, with the words it comes from. Only a contract's own term binds; every other date is a wish of
//! the sender.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::dates::{Grammar, Order, Unit, grammar};
use crate::fold::Folded;

/// A date by which, or from which, something is to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The day, `YYYY-MM-DD`.
    pub date: Date,
    /// The hour, `HH:MM`, when one is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// True when the contract makes it a term.
    pub binding: bool,
    /// The words, as written.
    pub said: String,
    /// `answer-by`, or `earliest-start` for the day before which nothing may begin.
    pub means: &'static str,
    /// The other day that a number pair may mean, when the mail does not tell which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub or: Option<Date>,
    /// The period in days, when it is one.
    #[serde(skip)]
    pub days: Option<i64>,
    /// True for a period of hours.
    #[serde(skip)]
    pub hours: bool,
}

/// What a text says of days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// Deadlines in the order of the text, each day once.
    pub deadlines: Vec<Deadline>,
    /// Days proposed for a talk.
    pub meetings: Vec<Date>,
    /// Days of notice named, with the words.
    pub notice: Option<(i64, String)>,
}

/// What opens a day before which nothing may begin.
const EARLIEST: &[&str] = &[
    "no sooner than",
    "not sooner than",
    "no earlier than",
    "not earlier than",
    "sooner than",
    "earlier than",
    "not before",
    "at least",
    "au moins",
    "au plus tot",
    "pas avant",
    "until",
    "anterieur",
    "in the first",
    "during the first",
    "au terme",
    "a l'expiration",
    "a l'issue",
    "apres un",
    "moyennant",
    "avec un",
    "on expiry",
    "on the expiry",
    "upon expiry",
    "upon the expiry",
    "after",
    "a compter du",
    "a partir du",
    "starting",
    "as of",
    "as from",
];

/// What opens a period that is a deadline only beside a word that makes it one.
const WEAK: &[&str] = &[
    "vous avez",
    "il ",
    "vous ",
    "reste",
    "laiss",
    "accord",
    "donn",
    "octr",
    "plus ",
    "encore ",
    "you still",
    "you've",
    "you have",
    "give ",
    "allow ",
    "grant ",
    "leave ",
    "only ",
];

/// Reads the days of a text. `sent` is the day of the mail: periods count from it, and what lies before it is over.
pub fn read(text: &Folded, sent: Date, order: Order) -> Days {
    read_from(text, 0, sent, order)
}

/// As [`read`], of what stands from a place on: before it is the subject of the mail that is answered.
pub(super) fn read_from(text: &Folded, from: usize, sent: Date, order: Order) -> Days {
    let Some(grammar) = grammar() else { return Days::default() };
    let mut out = Days::default();
    let mut found: Vec<(usize, Deadline)> = Vec::new();
    for named in grammar.days(text.bytes(), sent, order) {
        if named.range.start < from {
            continue;
        }
        let sentence = text.sentence(&named.range);
        let before = text.slice(sentence.start..named.range.start);
        let after = text.slice(named.range.end..sentence.end);
        let opener = grammar.opener.captures(before).and_then(|c| c.name("o"));
        let closer = grammar.closer.find(after);
        // "Si les pièces ne nous sont pas parvenues vendredi."
        let conditional = || {
            let near = sent.checked_add(120.days()).is_ok_and(|last| sent < named.date && named.date <= last);
            near && grammar.condition.is_match(before)
        };
        if opener.is_none() && closer.is_none() && !conditional() {
            if named.date >= sent
                && grammar.meeting.is_match(text.slice(sentence.clone()))
                && !out.meetings.contains(&named.date)
            {
                out.meetings.push(named.date);
            }
            continue;
        }
        if named.date < sent || promised(grammar, text, &sentence, &named.range) {
            continue;
        }
        // "Nothing has come until today" sets no day: what lies up to now is no time to answer in.
        let so_far = ["until", "jusqu", "as of", "as from", "up to"];
        let up_to = opener.is_some_and(|o| so_far.iter().any(|w| o.as_bytes().starts_with(w.as_bytes())));
        if up_to && named.date == sent && named.time.is_none() {
            continue;
        }
        let start = opener.map_or(named.range.start, |o| sentence.start + o.start());
        let end = named.range.end + closer.map_or(0, |c| c.end());
        let until = opener.is_some_and(|o| o.as_bytes().starts_with(b"until"));
        let earliest =
            !until && opener.is_some_and(|o| EARLIEST.iter().any(|e| o.as_bytes().starts_with(e.as_bytes())));
        let earliest = earliest || opener.is_some_and(|o| begins(o.as_bytes()));
        let deadline = Deadline {
            date: named.date,
            // "By noon on 16 March".
            time: named.time.or_else(|| {
                let noon = opener.is_some_and(|o| {
                    [&b"noon"[..], b"midday"].iter().any(|w| memchr::memmem::find(o.as_bytes(), w).is_some())
                });
                let hour = || opener.and_then(|o| grammar.hour_of(o.as_bytes()));
                noon.then(|| "12:00".to_owned()).or_else(hour)
            }),
            binding: false,
            said: text.words(start..end),
            means: if earliest { "earliest-start" } else { "answer-by" },
            or: named.other.filter(|_| order_open(text, sent)),
            days: None,
            hours: false,
        };
        found.push((start, deadline));
    }
    for period in grammar.periods(text.bytes(), sent) {
        if period.range.start < from {
            continue;
        }
        let sentence = text.sentence(&period.range);
        let said = text.slice(period.range.clone());
        if promised(grammar, text, &sentence, &period.range) {
            continue;
        }
        // "in three days" and "dans deux semaines" are deadlines only beside a word that makes them one.
        let weak = (said.starts_with(b"dans ")
            && !said.starts_with(b"dans un delai")
            && !said.starts_with(b"dans les"))
            || (said.starts_with(b"in ") && !said.starts_with(b"in the next") && !said.starts_with(b"in the first"))
            || WEAK.iter().any(|w| said.starts_with(w.as_bytes()));
        if weak && !grammar.hint.is_match(text.slice(sentence.clone())) {
            continue;
        }
        let earliest = EARLIEST.iter().any(|o| said.starts_with(o.as_bytes()));
        let days = match period.unit {
            Unit::Days => Some(period.count),
            Unit::Weeks => Some(period.count * 7),
            _ => None,
        };
        let deadline = Deadline {
            date: period.date,
            time: None,
            binding: false,
            said: text.words(period.range.clone()),
            means: if earliest { "earliest-start" } else { "answer-by" },
            or: None,
            days,
            hours: period.unit == Unit::Hours,
        };
        found.push((period.range.start, deadline));
    }
    found.sort_by_key(|(at, _)| *at);
    for (_, deadline) in found {
        if !out.deadlines.iter().any(|d| d.date == deadline.date && d.means == deadline.means) {
            out.deadlines.push(deadline);
        }
    }
    out.notice = grammar.notice(text.bytes()).map(|(range, days)| (days, text.words(range)));
    out
}

/// True when the sentence, up to the date, is a promise of the sender or speaks of a contract's life.
fn promised(grammar: &Grammar, text: &Folded, sentence: &Range<usize>, at: &Range<usize>) -> bool {
    grammar.promises.is_match(text.slice(sentence.start..at.start))
}

/// True when what opens the day says that an audit begins on it.
fn begins(opener: &[u8]) -> bool {
    ["commenc", "begin", "start", "debut"].iter().any(|w| memchr::memmem::find(opener, w.as_bytes()).is_some())
        && !opener.starts_with(b"starting")
}

/// Number pairs stay open only in English without a hint; the caller's order is then the likelier reading.
fn order_open(text: &Folded, sent: Date) -> bool {
    super::language::of(text) == super::language::Language::English && sent.year() > 0
}

/// The order of day and month in number pairs: French always puts the day first; an English mail from an American clock, or
/// with a pair that can only be read so, puts the month first.
pub fn order(text: &Folded, offset_hours: i32) -> Order {
    order_in(super::language::of(text), text, offset_hours)
}

/// As [`order`], in a language that is known.
pub(super) fn order_in(language: super::language::Language, text: &Folded, offset_hours: i32) -> Order {
    if language == super::language::Language::French {
        return Order::DayMonth;
    }
    let mut month_first = false;
    for pair in pairs(text.bytes()) {
        match pair {
            (a, b) if a > 12 && b <= 12 => return Order::DayMonth,
            (a, b) if a <= 12 && b > 12 => month_first = true,
            _ => {}
        }
    }
    if month_first || (-8..=-4).contains(&offset_hours) { Order::MonthDay } else { Order::DayMonth }
}

fn pairs(text: &[u8]) -> impl Iterator<Item = (u8, u8)> + '_ {
    memchr::memchr_iter(b'/', text).filter_map(|n| {
        let digits = |r: &[u8]| std::str::from_utf8(r).ok()?.parse::<u8>().ok();
        let start =
            (n.saturating_sub(2)..n).find(|s| text.get(*s..n).is_some_and(|d| d.iter().all(u8::is_ascii_digit)))?;
        let end =
            (n + 1..=n + 2).rev().find(|e| text.get(n + 1..*e).is_some_and(|d| d.iter().all(u8::is_ascii_digit)))?;
        Some((digits(text.get(start..n)?)?, digits(text.get(n + 1..end)?)?))
    })
}
