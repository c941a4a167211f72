//! Values inside rows: days in the forms that occur, numbers of both commas, booleans of three languages.

use jiff::civil::Date;
use rust_decimal::Decimal;

fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    // Epoch zero and alike stand for "unknown" in inventories.
    (year > 1980).then(|| Date::new(year, month, day).ok()).flatten()
}

/// Which of day and month comes first in a column of `a/b/year`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Day first, as in Europe.
    DayFirst,
    /// Month first, as in the United States.
    MonthFirst,
}

/// Decides the order from a whole column, never from one row: a first part above 12 is a day, a second above 12 makes the
/// first a month. Undecided columns are read day first, as the exports of this program's users are.
pub(crate) fn order<'a>(values: impl Iterator<Item = &'a str>) -> Order {
    let (mut first, mut second) = (0u64, 0u64);
    for value in values {
        let (a, b) = votes(value);
        first += u64::from(a);
        second += u64::from(b);
    }
    elected(first, second)
}

/// Which order a value speaks for: its first part can only be a day; its second part can only be one.
pub(crate) fn votes(value: &str) -> (bool, bool) {
    let parts: Vec<&str> = value.split(['/', ' ']).collect();
    if let [a, b, year, ..] = parts.as_slice()
        && year.len() == 4
    {
        let day = |part: &str| part.parse::<u8>().is_ok_and(|n| n > 12 && n < 32);
        return (day(a), day(b));
    }
    (false, false)
}

/// The order that more values speak for.
pub(crate) fn elected(first: u64, second: u64) -> Order {
    if second > first { Order::MonthFirst } else { Order::DayFirst }
}

/// A day in any of the forms that occur: `2026-11-20`, `20261120`, `2026/11/20`, `20/11/2026 …`, `20-11-2026`,
/// `20261120153000.0Z`. `None`: not a day, or no such day.
pub(crate) fn day(text: &str, order: Order) -> Option<Date> {
    let text = text.trim().trim_matches('"');
    // Milliseconds since 1970, as PowerShell 5.1 writes days in JSON.
    if let Some(ticks) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let bare = ticks.split_once('+').map_or(ticks, |(bare, _)| bare);
        return since_1970(bare.parse::<i64>().ok()?.div_euclid(1_000));
    }
    let head = text.split(['T', ' ', '\u{202f}']).next().unwrap_or_default();
    let digits = head.bytes().take_while(u8::is_ascii_digit).count();
    if digits == head.len() || (digits >= 14 && head.ends_with('Z')) {
        if digits == 8 || digits >= 14 {
            return date(head.get(0..4)?.parse().ok()?, head.get(4..6)?.parse().ok()?, head.get(6..8)?.parse().ok()?);
        }
        if digits == 18 {
            return filetime(head);
        }
        return None;
    }
    let parts: Vec<&str> = head.split(['/', '-', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (a, b, c): (i16, i16, i16) = (a.parse().ok()?, b.parse().ok()?, c.parse().ok()?);
    let small = |n: i16| i8::try_from(n).ok();
    if a > 31 {
        return date(a, small(b)?, small(c)?);
    }
    let year = if c < 100 { c + 2000 } else { c };
    match order {
        Order::DayFirst => date(year, small(b)?, small(a)?),
        Order::MonthFirst => date(year, small(a)?, small(b)?),
    }
}

/// 100-nanosecond ticks since 1601, as Active Directory writes them; 0 and the largest value mean never.
pub(crate) fn filetime(text: &str) -> Option<Date> {
    let ticks: i64 = text.trim().parse().ok()?;
    if ticks <= 0 || ticks == i64::MAX {
        return None;
    }
    let days = ticks / (10_000_000 * 86_400);
    let start = Date::new(1601, 1, 1).ok()?;
    let day = start.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    (day.year() > 1980).then_some(day)
}

/// The day of a time in seconds since 1970; its first years stand for "unknown".
pub(crate) fn since_1970(seconds: i64) -> Option<Date> {
    let days = jiff::Span::new().try_days(seconds.div_euclid(86_400)).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(days).ok().filter(|day| day.year() > 1980)
}

/// `True`, `Vrai`, `Oui`, `Yes`, `1`, `WAHR`…; `None` for anything else.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "vrai" | "oui" | "yes" | "1" | "wahr" | "ja" | "-1" | "verdadero" | "si" | "sí" => Some(true),
        "false" | "faux" | "non" | "no" | "0" | "falsch" | "nein" | "falso" => Some(false),
        _ => None,
    }
}

/// A whole number, with blanks or a decimal part of zeros allowed.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let amount = amount(text)?;
    if amount.fract().is_zero() { amount.trunc().to_string().parse().ok() } else { None }
}

/// A count that cannot be negative.
pub(crate) fn count(text: &str) -> Option<u32> {
    whole(text).and_then(|n| u32::try_from(n).ok())
}

/// An amount with either comma: `1 234,56`, `1,234.56`, `-5`, `(5)`, `12,50 €`.
pub(crate) fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim().trim_end_matches(['€', '$', '£']).trim();
    let (text, negative) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')).collect();
    let text = text.replace('−', "-");
    let comma = text.rfind(',');
    let point = text.rfind('.');
    let plain = match (comma, point) {
        (Some(comma), Some(point)) if comma > point => text.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => text.replace(',', ""),
        // A lone comma with three digits behind it and none before is a thousands mark only in English; here it is decimal
        // unless it occurs more than once.
        (Some(_), None) if text.matches(',').count() > 1 => text.replace(',', ""),
        (Some(_), None) => text.replace(',', "."),
        (None, Some(_)) if text.matches('.').count() > 1 => text.replace('.', ""),
        _ => text,
    };
    let value: Decimal = plain.parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A text that says something: not blank, not `NULL`, `N/A`, `n/a`, `-`.
pub(crate) fn told(text: &str) -> Option<String> {
    let text = text.trim();
    let empty =
        text.is_empty() || matches!(text, "NULL" | "N/A" | "n/a" | "-" | "null" | "(null)" | "Insufficient Data");
    (!empty).then(|| text.to_owned())
}

/// A UUID in upper case with hyphens; `None` where it is none.
pub(crate) fn uuid(text: &str) -> Option<String> {
    let bare: String = text.trim().trim_matches(['{', '}']).chars().filter(|c| *c != '-' && *c != ' ').collect();
    let bare = bare.strip_prefix("GUID:").unwrap_or(&bare).to_uppercase();
    if bare.len() != 32 || !bare.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let part = |from: usize, to: usize| bare.get(from..to).unwrap_or_default().to_owned();
    Some([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// The first label of a host name.
pub(crate) fn short_name(dns: &str) -> String {
    let name = dns.trim().trim_end_matches('$');
    // An address is no name with labels.
    if name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return name.to_owned();
    }
    name.split('.').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_every_form() {
        let expected = Date::new(2026, 11, 20).ok();
        for text in
            ["2026-11-20", "20261120", "2026/11/20 10:00", "20/11/2026 08:31:16", "20-11-2026", "20261120153000.0Z"]
        {
            assert_eq!(day(text, Order::DayFirst), expected, "{text}");
        }
        assert_eq!(day("11/20/2026", Order::MonthFirst), expected);
        assert_eq!(day("31/02/2026", Order::DayFirst), None);
        assert_eq!(day("1970-01-01", Order::DayFirst), None);
        assert_eq!(filetime("134388234420000000").map(|d| d.year()), Some(2026));
    }

    #[test]
    fn a_column_decides_the_order_of_day_and_month() {
        assert_eq!(order(["10/3/2020", "3/25/2020"].into_iter()), Order::MonthFirst);
        assert_eq!(order(["10/03/2020", "25/03/2020"].into_iter()), Order::DayFirst);
    }

    #[test]
    fn amounts_of_both_commas() {
        for (text, value) in
            [("1 234,56", "1234.56"), ("1,234.56", "1234.56"), ("398,00", "398.00"), ("(5)", "-5"), ("33.6", "33.6")]
        {
            assert_eq!(amount(text).map(|a| a.to_string()), Some(value.to_owned()), "{text}");
        }
        assert_eq!(whole("2\u{202f}450"), Some(2450));
        assert_eq!(amount("abc"), None);
    }
}
