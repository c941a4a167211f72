//! Days that a text names: "le 16 mars 2026", "14/04", "within thirty (30) days", "sous huitaine", "by Friday".

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use regex::bytes::{Captures, Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use super::near::{Ends, Near};
use crate::rules::{RulesError, expression};

/// How a number pair such as 03/04 is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Day first, as in France and Britain.
    DayMonth,
    /// Month first, as in the United States.
    MonthDay,
}

/// A day found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where, in the folded text, with the hour if one follows.
    pub range: Range<usize>,
    /// The day.
    pub date: Date,
    /// The hour, `HH:MM`.
    pub time: Option<String>,
    /// The other day that a number pair may mean.
    pub other: Option<Date>,
}

/// A period found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Where, in the folded text.
    pub range: Range<usize>,
    /// The day on which it ends.
    pub date: Date,
    /// How many of the unit.
    pub count: i64,
    /// Its unit.
    pub unit: Unit,
}

/// Units of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Monday to Friday, without holidays.
    WorkingDays,
    /// Monday to Saturday, without holidays ("jours ouvrables").
    BusinessDays,
    /// Monday to Friday, told in English: of the holidays only those that all share.
    Weekdays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    months: BTreeMap<String, Vec<String>>,
    weekdays: BTreeMap<String, Vec<String>>,
    numbers: BTreeMap<String, Vec<String>>,
    openers: Openers,
    near: BTreeMap<String, Vec<String>>,
    ends: Ends,
    feasts: BTreeMap<String, Vec<String>>,
    meetings: Meetings,
    own: Own,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Openers {
    before: Vec<String>,
    after: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meetings {
    cues: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    promises: Vec<String>,
}

/// The compiled grammar.
pub(super) struct Grammar {
    pub(super) months: BTreeMap<String, i8>,
    weekdays: BTreeMap<String, i8>,
    numbers: BTreeMap<String, i64>,
    pub(super) named: Regex,
    pub(super) weekday: Regex,
    pub(super) near: Near,
    period: Regex,
    plain_period: Regex,
    time: Regex,
    pub(super) opener: Regex,
    pub(super) closer: Regex,
    pub(super) meeting: Regex,
    pub(super) promises: RegexSet,
    /// A condition that fails when nothing comes: what day stands in it is the last one.
    pub(super) condition: Regex,
    pub(super) hint: Regex,
}

static SHIPPED: LazyLock<Result<Grammar, RulesError>> =
    LazyLock::new(|| Grammar::parse(include_str!("../../data/dates.toml")));

/// The grammar that ships with the program.
pub(super) fn grammar() -> Option<&'static Grammar> {
    SHIPPED.as_ref().ok()
}

/// Tells whether the shipped grammar reads; a program checks it once at the start.
pub fn check_shipped() -> Result<(), &'static RulesError> {
    SHIPPED.as_ref().map(|_| ())
}

fn table<N: std::str::FromStr + Copy>(words: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, N> {
    let numbered = words.iter().filter_map(|(n, w)| Some((n.parse::<N>().ok()?, w)));
    numbered.flat_map(|(n, words)| words.iter().map(move |w| (w.clone(), n))).collect()
}

/// An alternation, longest word first.
fn any<N>(words: &BTreeMap<String, N>) -> String {
    let mut list: Vec<&str> = words.keys().map(String::as_str).collect();
    list.sort_by_key(|w| (std::cmp::Reverse(w.len()), *w));
    list.join("|")
}

/// The hour of a day, where it stands before the day: "no later than end of day Thursday".
const HOUR_OF: &str = r"(?:(?:the )?(?:end of (?:the )?(?:business |working )?day|close of (?:business|play)|start of (?:business|play)|cob|eob|eod|cop|noon|midday|midnight|\d{1,2}(?::\d{2})? ?(?:am|pm))|(?:la )?fin de (?:la )?(?:journee|matinee)|midi|minuit|\d{1,2} ?h(?:eures)?(?: ?\d{2})?),? (?:on |of |le |de |du )?";

impl Grammar {
    fn parse(text: &str) -> Result<Grammar, RulesError> {
        let words: Words = toml::from_str(text).map_err(Box::new)?;
        let (months, weekdays) = (table::<i8>(&words.months), table::<i8>(&words.weekdays));
        let numbers = table::<i64>(&words.numbers);
        let (month, weekday, number) = (any(&months), any(&weekdays), any(&numbers));
        let compile = |p: &str| expression(p).map_err(Box::new);
        let named = format!(
            r"(?:\b(?:{weekday}),? )?(?:\b(?P<iy>\d{{4}})-(?P<im>\d{{2}})-(?P<id>\d{{2}})\b|\b(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?(?: of)? (?P<m>{month})\b(?:\.?,? (?P<y>\d{{4}})\b)?|\b(?P<m2>{month})\b\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y2>\d{{4}})\b)?|\b(?P<a>\d{{1,2}})[/.](?P<b>\d{{1,2}})(?:[/.](?P<ny>\d{{4}}|\d{{2}}))?\b)"
        );
        let count = format!(r"(?P<n>\d{{1,3}}|{number})(?: ?\(\d{{1,3}}\))?");
        let unit = r"(?P<u>heures?|hours?|hrs?|h|jours? ouvres?|jours? ouvrables?|(?:business|working) days?|jours?(?: calendaires?| francs?)?|(?:calendar )?days?'?|semaines?|weeks?|mois|months?)";
        let from = r"(?: (?:a compter|a partir|after|from|of|following|suivant|apres|de) (?:de |du |d.)?(?:la |the |this |cette |le |sa |votre )?(?:date (?:of |de )?)?(?:the |this |la |du |de |sa )?(?:hereof|present(?:e|ed)?(?: notification| lettre| courrier)?|reception(?: d(?:e|u) (?:la presente(?: \w+)?|present \w+|ce(?:tte)? \w+|notre \w+))?|(?:you |your )?recei(?:pt|ving|ve)(?: of)?(?: (?:this|our|the) (?:notice|letter|e-?mail|message|request))?|notice|notification|letter|e-?mail|message|courrier|courriel|today|aujourd.hui|date)| (?:have|has) (?:passed|elapsed)(?: (?:from|since) (?:the date of )?(?:this|the) (?:notice|letter|notification))?)?";
        let period = format!(
            r"\b(?P<open>sous (?:un delai de |la |une )?|dans (?:un (?:delai|terme|laps de temps) (?:maximum |maximal )?de |le (?:delai|terme) de |les |la |l'espace de )?|d.ici |within (?:the next |a )?|inside (?:of |the next )?|in (?:the next |the first )?|during the first |no (?:later|sooner|earlier) than |sooner than |earlier than |not (?:later|sooner|earlier) than |at least |au moins |un delai de |delai de |delai ?: |deadline ?: |(?:in|within) (?:the |a )?(?:term|period|space|time) of |au bout de |vous disposez (?:de |d.un delai de )|vous avez |(?:vous )?(?:laiss|accord|donn|octroi|octroy)(?:e|ons) (?:encore |un delai de )?|(?:il (?:ne )?)?(?:vous )?reste(?:nt)? (?:encore |donc |plus que )?|(?:plus|plus que|encore) |(?:give|allow|grant|leave) you (?:a further |another )?|only |you (?:still )?have |you.ve got |au plus tard |until (?:at least )?|anterieure? a |au plus tot (?:dans |apres )?(?:un delai de )?|pas avant (?:un delai de )?|(?:a l'(?:expiration|issue)|au terme) d(?:'un|u) (?:delai|preavis)(?: contractuel)? de |apres un (?:delai|preavis) de |moyennant un preavis de |avec un preavis de |on (?:the )?expiry of |upon (?:the )?expiry of |after (?:a period of )?)(?:{count}(?: prochaine?s)? {unit}\b{from}|(?P<huit>huitaine)\b|(?:a )?(?P<quin>quinzaine|fortnight)\b)"
        );
        let mut alternatives = words.openers.before.clone();
        alternatives.sort_by_key(|w| std::cmp::Reverse(w.len()));
        Ok(Grammar {
            named: compile(&named)?,
            near: Near::new(&words.near, &words.ends, &words.feasts, &month)?,
            weekday: compile(&format!(r"\b(?:{weekday})\b"))?,
            plain_period: compile(&format!(
                r"\b{count}(?:[ -])(?:calendar )?(?P<u>days?|jours?)\b.{{0,3}}(?: ?(?:prior|written|advance|formal|contractual|francs?|calendaires?|ouvres?|de|of))*(?: |\b)(?:notice|preavis)|\b(?:notice|preavis)(?: contractuel)? (?:period )?(?:of|de) (?P<n2>\d{{1,3}}|{number})(?: ?\(\d{{1,3}}\))? (?:days?|jours?)"
            ))?,
            period: compile(&period)?,
            time: compile(
                r"^(?:,? (?:a|at|avant|by|-) | )(?:(?P<h>\d{1,2}) ?(?:h|heures?|:)(?: ?(?P<m>\d{2}))?\b(?: ?(?P<ap2>am|pm))?|(?P<h2>\d{1,2}) ?(?P<ap>am|pm)\b|(?P<noon>midi|noon)\b|(?P<midnight>minuit|midnight)\b)",
            )?,
            opener: compile(&format!(
                r"(?:^|[^a-z0-9])(?P<o>(?:{})(?:{HOUR_OF})?)(?:the |le |la |ce |this |next )?$",
                alternatives.join("|")
            ))?,
            closer: compile(&format!(r"^(?:{})\b", words.openers.after.join("|")))?,
            meeting: compile(&format!(r"\b(?:{})\b", words.meetings.cues.join("|")))?,
            promises: RegexSetBuilder::new(&words.own.promises).unicode(false).build().map_err(Box::new)?,
            condition: compile(
                r"\b(?:si\b[^.\n]{0,100}\b(?:ne|n|pas)|sans (?:reponse|retour|nouvelles?|reception|envoi)|faute d\w*|a defaut d\w*|unless|failing|if\b[^.\n]{0,80}\b(?:not|n.t|nothing|no))\b",
            )?,
            hint: compile(
                r"\b(?:expir\w*|suspend\w*|clotur\w*|ferm\w*|supprim\w*|close[sd]?|closing|terminat\w*|repon\w*|reply|respond|retour\w*|return|send|envoy\w*|transm\w*|regl\w*|payer|pay|fourni\w*|provide|complet\w*|remett\w*|communiqu\w*|contact\w*|parvenir|reach|rempl\w*|renseign\w*|fill\w*|submit|confirm\w*|attend\w*|expect\w*|observ\w*|position|comment\w*|object(?:ion)?s?|dispute|contest\w*|formul\w*)\b",
            )?,
            months,
            weekdays,
            numbers,
        })
    }

    /// Days named by the calendar. `sent` gives the year when none is written.
    pub(super) fn days(&self, text: &[u8], sent: Date, order: Order) -> Vec<Named> {
        let mut out = Vec::new();
        for found in self.named.captures_iter(text).take(100) {
            let Some(whole) = found.get(0) else { continue };
            let Some((date, other)) = self.day(&found, sent, order) else { continue };
            let (time, end) = self.time(text, whole.end());
            let start = whole.start() + usize::from(whole.as_bytes().starts_with(b" "));
            out.push(Named { range: start..end, date, time, other });
        }
        // A weekday alone is the next one after the mail.
        for word in self.weekday.find_iter(text).take(50) {
            if out.iter().any(|n| n.range.start <= word.start() && word.end() <= n.range.end) {
                continue;
            }
            let wanted = self.weekdays.get(&*String::from_utf8_lossy(word.as_bytes())).copied();
            let Some(date) =
                wanted.and_then(|w| Weekday::from_monday_one_offset(w).ok()).and_then(|w| sent.nth_weekday(1, w).ok())
            else {
                continue;
            };
            // "Vendredi en huit" is the one after.
            let rest = text.get(word.end()..).unwrap_or_default();
            let (date, after) = match ["en huit", "week"].iter().find(|w| {
                rest.strip_prefix(b" ").is_some_and(|r| {
                    r.starts_with(w.as_bytes()) && !r.get(w.len()).is_some_and(u8::is_ascii_alphanumeric)
                })
            }) {
                Some(later) => (date.checked_add(7.days()).unwrap_or(date), word.end() + 1 + later.len()),
                None => (date, word.end()),
            };
            let (time, end) = self.time(text, after);
            out.push(Named { range: word.start()..end, date, time, other: None });
        }
        self.near_days(text, sent, &mut out);
        out.sort_by_key(|n| n.range.start);
        out
    }

    fn day(&self, found: &Captures<'_>, sent: Date, order: Order) -> Option<(Date, Option<Date>)> {
        let number =
            |name: &str| found.name(name).and_then(|m| std::str::from_utf8(m.as_bytes()).ok()?.parse::<i16>().ok());
        let month = |name: &str| {
            found.name(name).and_then(|m| self.months.get(&*String::from_utf8_lossy(m.as_bytes())).copied())
        };
        let small = |n: i16| i8::try_from(n).ok();
        if let Some(year) = number("iy") {
            return Some((Date::new(year, small(number("im")?)?, small(number("id")?)?).ok()?, None));
        }
        if let Some(m) = month("m") {
            return Some((with_year(sent, number("y"), m, small(number("d")?)?)?, None));
        }
        if let Some(m) = month("m2") {
            return Some((with_year(sent, number("y2"), m, small(number("d2")?)?)?, None));
        }
        let (a, b) = (small(number("a")?)?, small(number("b")?)?);
        let year = number("ny").map(|y| if y < 100 { 2000 + y } else { y });
        // "2.5" or "10.20" is a number more often than a day.
        if year.is_none() && found.get(0).is_some_and(|m| m.as_bytes().contains(&b'.')) {
            return None;
        }
        let day_first = with_year(sent, year, b, a);
        let month_first = with_year(sent, year, a, b);
        match (day_first, month_first) {
            (Some(d), Some(m)) if order == Order::MonthDay => Some((m, (d != m).then_some(d))),
            (Some(d), m) => Some((d, m.filter(|m| *m != d))),
            (None, Some(m)) => Some((m, None)),
            (None, None) => None,
        }
    }

    pub(super) fn time(&self, text: &[u8], end: usize) -> (Option<String>, usize) {
        let rest = text.get(end..).unwrap_or_default();
        let Some(found) = self.time.captures(rest.get(..rest.len().min(40)).unwrap_or_default()) else {
            return (None, end);
        };
        let number =
            |name: &str| found.name(name).and_then(|m| std::str::from_utf8(m.as_bytes()).ok()?.parse::<u32>().ok());
        let afternoon = found.name("ap").or(found.name("ap2")).map(|m| m.as_bytes() == b"pm");
        let hour = if found.name("noon").is_some() {
            12
        } else if found.name("midnight").is_some() {
            24
        } else {
            match (number("h").or(number("h2")).unwrap_or(99), afternoon) {
                (12, Some(false)) => 0,
                (h, Some(true)) if h < 12 => h + 12,
                (h, _) => h,
            }
        };
        if hour > 24 {
            return (None, end);
        }
        let length = found.get(0).map_or(0, |m| m.end());
        (Some(format!("{hour:02}:{:02}", number("m").unwrap_or(0))), end + length)
    }

    /// Periods that open like a deadline, counted from `from`.
    pub(super) fn periods(&self, text: &[u8], from: Date) -> Vec<Period> {
        let mut out = Vec::new();
        for found in self.period.captures_iter(text).take(100) {
            let Some(whole) = found.get(0) else { continue };
            let (count, unit) = if found.name("huit").is_some() {
                (8, Unit::Days)
            } else if found.name("quin").is_some_and(|q| q.as_bytes() == b"fortnight") {
                (14, Unit::Days)
            } else if found.name("quin").is_some() {
                (15, Unit::Days)
            } else {
                let Some(count) = found.name("n").and_then(|m| self.number(m.as_bytes())) else { continue };
                (count, unit(found.name("u").map_or(&b""[..], |m| m.as_bytes())))
            };
            let Some(date) = add(from, count, unit) else { continue };
            out.push(Period { range: whole.range(), date, count, unit });
        }
        out
    }

    /// Days of notice that a text names ("30 days' notice", "preavis de trente jours").
    pub(super) fn notice(&self, text: &[u8]) -> Option<(Range<usize>, i64)> {
        let named = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
        if !named("notice") && !named("preavis") {
            return None;
        }
        let found = self.plain_period.captures(text)?;
        let count = found.name("n").or(found.name("n2")).and_then(|m| self.number(m.as_bytes()))?;
        Some((found.get(0)?.range(), count))
    }

    fn number(&self, word: &[u8]) -> Option<i64> {
        let word = std::str::from_utf8(word).ok()?;
        word.parse().ok().or_else(|| self.numbers.get(word).copied())
    }
}

/// A day whose year may be missing: then the nearest one, counting at most half a year back: what was due in March is not due next March.
pub(super) fn with_year(sent: Date, year: Option<i16>, month: i8, day: i8) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let this = Date::new(sent.year(), month, day).ok()?;
    let back = sent.checked_sub(182.days()).ok()?;
    if this >= back { Some(this) } else { Date::new(sent.year().checked_add(1)?, month, day).ok() }
}

fn unit(word: &[u8]) -> Unit {
    let starts = |s: &[u8]| word.starts_with(s);
    if starts(b"h") {
        Unit::Hours
    } else if memchr::memmem::find(word, b"ouvrable").is_some() {
        Unit::BusinessDays
    } else if memchr::memmem::find(word, b"ouvre").is_some() {
        Unit::WorkingDays
    } else if starts(b"business") || starts(b"working") {
        Unit::Weekdays
    } else if starts(b"sem") || starts(b"week") {
        Unit::Weeks
    } else if starts(b"mo") {
        Unit::Months
    } else {
        Unit::Days
    }
}

/// The day on which a period ends.
pub fn add(from: Date, count: i64, unit: Unit) -> Option<Date> {
    if !(0..=3660).contains(&count) {
        return None;
    }
    let plus = |span: Span| from.checked_add(span).ok();
    match unit {
        // Hours are told as the day on which they end, counted in whole days.
        Unit::Hours => plus((count.div_euclid(24) + i64::from(count % 24 > 0)).days()),
        Unit::Days => plus(count.days()),
        Unit::Weeks => plus((count * 7).days()),
        Unit::Months => plus(count.months()),
        Unit::WorkingDays | Unit::BusinessDays | Unit::Weekdays => {
            let mut day = from;
            let mut left = count;
            while left > 0 {
                day = day.tomorrow().ok()?;
                let rest = match day.weekday() {
                    Weekday::Sunday => true,
                    Weekday::Saturday => unit != Unit::BusinessDays,
                    _ => false,
                };
                let holiday = match unit {
                    Unit::Weekdays => [(1, 1), (12, 25)].contains(&(day.month(), day.day())),
                    _ => french_holiday(day),
                };
                left -= i64::from(!rest && !holiday);
            }
            Some(day)
        }
    }
}

/// French public holidays (article L3133-1 of the labour code).
pub fn french_holiday(day: Date) -> bool {
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    if fixed.contains(&(day.month(), day.day())) {
        return true;
    }
    easter(day.year()).is_some_and(|e| [1, 39, 50].iter().any(|n| e.checked_add(n.days()).is_ok_and(|d| d == day)))
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}
