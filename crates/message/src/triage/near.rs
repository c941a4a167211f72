//! Days told by where they stand from the day of the mail: "ce soir", "tomorrow at noon", "the end of next month", "le 25",
//! "avant 17 h".

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use regex::bytes::Regex;
use serde::Deserialize;

use super::dates::{Grammar, Named, with_year};
use crate::rules::{RulesError, expression};

/// Words for the ends of stretches of time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ends {
    week: Vec<String>,
    month: Vec<String>,
    quarter: Vec<String>,
    year: Vec<String>,
}

/// The shapes of such days.
pub(super) struct Near {
    /// Days from that of the mail, with the words.
    words: Vec<(i64, Regex)>,
    end: Regex,
    /// A word without which no feast, middle of a month or quarter is named: most texts have none.
    rare: Regex,
    /// A feast by its name: its month and day.
    feasts: Vec<(i8, i8, Regex)>,
    /// The middle of a month.
    middle: Regex,
    /// A quarter by its number, with its end or without.
    quarter: Regex,
    /// A day of a month that is not named: "avant le 25".
    bare_day: Regex,
    /// An hour alone: "avant 17 h".
    bare_hour: Regex,
}

impl Near {
    /// From the words of the data file; `month` is the alternation of month names.
    pub(super) fn new(
        near: &BTreeMap<String, Vec<String>>,
        words: &Ends,
        feasts: &BTreeMap<String, Vec<String>>,
        month: &str,
    ) -> Result<Near, RulesError> {
        let compile = |p: &str| expression(p).map_err(Box::new);
        let days = near.iter().filter_map(|(days, words)| Some((days.parse().ok()?, words)));
        let days = days.map(|(days, words)| Ok((days, compile(&format!(r"\b(?:{})\b", words.join("|")))?)));
        let feasts = feasts.iter().filter_map(|(day, words)| {
            let (month, day) = day.split_once('-')?;
            Some((month.parse().ok()?, day.parse().ok()?, words))
        });
        let feasts = feasts.map(|(m, d, words)| Ok((m, d, compile(&format!(r"\b(?:{})\b", words.join("|")))?)));
        Ok(Near {
            rare: compile(
                "mid[- ]|mi[- ]|middle of|milieu|quinzaine|trimestre|quarter|[qt][1-4]|noel|christmas|xmas|nouvel an|new year|de l'an|toussaint|all saint|sylvestre",
            )?,
            feasts: feasts.collect::<Result<_, RulesError>>()?,
            middle: compile(&format!(
                r"\b(?:(?:la |the )?mi[- ]|mid[- ]|(?:the )?middle of |(?:le )?milieu (?:du mois )?(?:de |d')|(?:la )?(?:premiere|1ere|1re) quinzaine (?:de |d'))(?P<m>{month})\b(?: (?P<y>\d{{4}})\b)?"
            ))?,
            quarter: compile(
                r"\b(?:(?:the )?(?:end|close) of |(?:la )?fin (?:du |de )?)?(?:the )?(?:[qt](?P<n>[1-4])\b|(?P<w>1er|premier|first|1st|2e|2eme|deuxieme|second|2nd|3e|3eme|troisieme|third|3rd|4e|4eme|quatrieme|dernier|fourth|last|4th) (?:trimestre|quarter)\b)(?:,? (?:of |de )?(?P<y>\d{4})\b)?(?: end\b)?",
            )?,
            words: days.collect::<Result<_, RulesError>>()?,
            end: compile(&ends(words, month))?,
            bare_day: compile(
                r"\b(?:le|the) (?P<d>\d{1,2})(?:er|st|nd|rd|th)?(?:$|[.,;:!?)\n]|-? (?:au plus tard|at the latest|inclus|dernier delai)\b)",
            )?,
            bare_hour: compile(
                r"\b(?:avant|before|by) (?P<h>\d{1,2}) ?(?:(?:h|heures?)(?: ?(?P<m>\d{2}))?\b|:(?P<m2>\d{2})\b(?: ?(?P<ap2>am|pm))?|(?P<ap>am|pm)\b)",
            )?,
        })
    }
}

impl Grammar {
    /// Days told by the day of the mail: "ce soir", "the end of the month", "le 25".
    pub(super) fn near_days(&self, text: &[u8], sent: Date, out: &mut Vec<Named>) {
        let mut add = |range: Range<usize>, date: Option<Date>, time: Option<String>| {
            let apart = |n: &Named| n.range.end <= range.start || range.end <= n.range.start;
            if let Some(date) = date
                && out.iter().all(apart)
            {
                out.push(Named { range, date, time, other: None });
            }
        };
        for found in self.near.end.captures_iter(text).take(20) {
            let Some(whole) = found.get(0) else { continue };
            let date = match found.name("m") {
                Some(m) => {
                    let month = self.months.get(&*String::from_utf8_lossy(m.as_bytes())).copied();
                    month.and_then(|m| with_year(sent, year_of(&found), m, 1)).map(Date::last_of_month)
                }
                None => {
                    let unit = ["week", "month", "quarter", "year"].into_iter().find(|u| found.name(u).is_some());
                    let next = found.name("next").or(found.name("prochain")).is_some();
                    unit.and_then(|u| end_of(u, next, sent))
                }
            };
            add(whole.range(), date, None);
        }
        if self.near.rare.is_match(text) {
            for found in self.near.middle.captures_iter(text).take(20) {
                let Some(whole) = found.get(0) else { continue };
                let month =
                    found.name("m").and_then(|m| self.months.get(&*String::from_utf8_lossy(m.as_bytes())).copied());
                add(whole.range(), month.and_then(|m| with_year(sent, year_of(&found), m, 15)), None);
            }
            for found in self.near.quarter.captures_iter(text).take(20) {
                let Some(whole) = found.get(0) else { continue };
                add(whole.range(), quarter_end(&found, sent), None);
            }
            for (month, day, pattern) in &self.near.feasts {
                for found in pattern.find_iter(text).take(20) {
                    add(found.range(), with_year(sent, None, *month, *day), None);
                }
            }
        }
        for (days, pattern) in &self.near.words {
            for found in pattern.find_iter(text).take(20) {
                // "Close of business Friday" is Friday's.
                if !self.names_day(text.get(found.end()..).unwrap_or_default()) {
                    let (time, end) = self.time(text, found.end());
                    add(found.start()..end, sent.checked_add(days.days()).ok(), time);
                }
            }
        }
        for found in self.near.bare_day.captures_iter(text).take(20) {
            let Some(day) = found.name("d") else { continue };
            let number = std::str::from_utf8(day.as_bytes()).ok().and_then(|d| d.parse::<i8>().ok());
            let date = number.and_then(|d| {
                let here = if d >= sent.day() { sent } else { sent.first_of_month().checked_add(1.month()).ok()? };
                Date::new(here.year(), here.month(), d).ok()
            });
            add(day.range(), date, None);
        }
        for found in self.near.bare_hour.captures_iter(text).take(20) {
            let (Some(whole), Some(hour)) = (found.get(0), found.name("h")) else { continue };
            let opener = whole.as_bytes().iter().position(|b| *b == b' ').map_or(0, |n| n + 1);
            let time = clock(&found, hour);
            if self.names_day(text.get(whole.end()..).unwrap_or_default()) {
                // "By 5 pm on 20 November" is an hour of that day.
                continue;
            }
            add(whole.start() + opener..whole.end(), time.is_some().then_some(sent), time);
        }
    }
}

impl Grammar {
    /// The hour that an opener names: "avant 18 h le", "by 5 pm on".
    pub(super) fn hour_of(&self, opener: &[u8]) -> Option<String> {
        let found = self.near.bare_hour.captures(opener)?;
        clock(&found, found.name("h")?)
    }

    /// True when a day follows at once, as in "close of business, on Friday".
    fn names_day(&self, rest: &[u8]) -> bool {
        let rest = rest.get(..rest.len().min(24)).unwrap_or_default();
        let rest = rest.strip_prefix(b",").unwrap_or(rest);
        let rest = rest.strip_prefix(b" ").unwrap_or_default();
        let rest = rest.strip_prefix(b"on ").or(rest.strip_prefix(b"le ")).unwrap_or(rest);
        self.weekday.find(rest).is_some_and(|d| d.start() == 0) || self.named.find(rest).is_some_and(|d| d.start() == 0)
    }
}

/// The year that a match names.
fn year_of(found: &regex::bytes::Captures<'_>) -> Option<i16> {
    std::str::from_utf8(found.name("y")?.as_bytes()).ok()?.parse().ok()
}

/// The last day of a quarter told by its number: of the year named, else the next one to end.
fn quarter_end(found: &regex::bytes::Captures<'_>, sent: Date) -> Option<Date> {
    let number = match (found.name("n"), found.name("w")) {
        (Some(n), _) => std::str::from_utf8(n.as_bytes()).ok()?.parse::<i8>().ok()?,
        (None, w) => match w?.as_bytes().first()? {
            b'1' | b'p' => 1,
            b'f' if w?.as_bytes() == b"first" => 1,
            b'2' | b's' => 2,
            b'3' => 3,
            b't' => 3,
            b'd' if w?.as_bytes() == b"deuxieme" => 2,
            _ => 4,
        },
    };
    let end = |year: i16| Some(Date::new(year, number * 3, 1).ok()?.last_of_month());
    match year_of(found) {
        Some(year) => end(year),
        None => end(sent.year()).filter(|d| *d >= sent).or_else(|| end(sent.year().checked_add(1)?)),
    }
}

/// The hour of a match of [`Near::bare_hour`].
fn clock(found: &regex::bytes::Captures<'_>, hour: regex::bytes::Match<'_>) -> Option<String> {
    let number = |m: regex::bytes::Match<'_>| std::str::from_utf8(m.as_bytes()).ok()?.parse::<u32>().ok();
    let afternoon = found.name("ap").or(found.name("ap2")).is_some_and(|a| a.as_bytes() == b"pm");
    let hour = number(hour).map(|h| if afternoon && h < 12 { h + 12 } else { h }).filter(|h| *h <= 24)?;
    let minute = found.name("m").or(found.name("m2")).and_then(number).unwrap_or(0);
    Some(format!("{hour:02}:{minute:02}"))
}

/// The last day of the week (its Friday), month, quarter or year of the mail, or of the one after.
fn end_of(unit: &str, next: bool, sent: Date) -> Option<Date> {
    let later = |span: Span| if next { sent.checked_add(span).ok() } else { Some(sent) };
    match unit {
        "week" => {
            let from = if next { sent.nth_weekday(1, Weekday::Monday).ok()? } else { sent };
            if from.weekday() == Weekday::Friday { Some(from) } else { from.nth_weekday(1, Weekday::Friday).ok() }
        }
        "month" => Some(later(1.month())?.last_of_month()),
        "quarter" => {
            let day = later(3.months())?;
            let month = (day.month() - 1) / 3 * 3 + 3;
            Some(Date::new(day.year(), month, 1).ok()?.last_of_month())
        }
        _ => Some(later(1.year())?.last_of_year()),
    }
}

/// "la fin du mois", "the end of next week", "fin mars".
fn ends(words: &Ends, month: &str) -> String {
    let unit = |name: &str, words: &[String]| format!("(?P<{name}>{})", words.join("|"));
    let units = [("week", &words.week), ("month", &words.month), ("quarter", &words.quarter), ("year", &words.year)]
        .map(|(name, words)| unit(name, words))
        .join("|");
    format!(
        r"\b(?:fin|end) (?:de (?:la |l'|ce |cette )?|du |of )?(?:the |this )?(?P<next>next |following )?(?:(?:mois d(?:e |')|month of )?(?P<m>{month})\b(?: (?P<y>\d{{4}})\b)?|(?:{units})\b(?P<prochain> (?:prochaine?|suivante?)\b)?)"
    )
}
