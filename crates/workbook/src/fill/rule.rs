//! What a form's validations demand of an answer, and the answer as they want it.

use super::Value;
use super::book::Style;
use super::encode::{Fitted, date_of, serial};
use super::list::List;
use std::rc::Rc;

/// What a validation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Whole,
    Decimal,
    Date,
    Time,
    TextLength,
    Custom,
}

/// A bound of a validation: a number, or a formula that is not worked out here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bound {
    Number(f64),
    Unknown,
}

/// A validation.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) operator: String,
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
    /// Excel refuses what does not fit, rather than warn or say nothing.
    pub(super) strict: bool,
    pub(super) list: Option<Rc<List>>,
}

/// A refusal or remark: its code and what it is about.
pub(super) type Note = (&'static str, Vec<String>);

/// The answer as a cell is to hold it, or why it cannot; remarks go to `notes`.
pub(super) fn fit(
    value: &Value,
    rule: Option<&Rule>,
    style: Style,
    since_1904: bool,
    notes: &mut Vec<Note>,
) -> Result<Fitted, Note> {
    if *value == Value::Blank || matches!(value, Value::Text(t) if t.is_empty()) {
        return Ok(Fitted::Blank);
    }
    let plain = plain(value, rule.map(|r| r.kind), style, since_1904)?;
    let Some(rule) = rule else { return Ok(plain.0).inspect(|_| notes.extend(plain.1)) };
    match obey(value, &plain.0, rule, since_1904, notes) {
        Err(_) if !rule.strict => {
            notes.push(("outside-validation", Vec::new()));
            notes.extend(plain.1);
            Ok(plain.0)
        }
        Ok(fitted) => {
            notes.extend(plain.1);
            Ok(fitted.unwrap_or(plain.0))
        }
        Err(refused) => Err(refused),
    }
}

/// The answer by its own type and the cell's format.
fn plain(value: &Value, kind: Option<Kind>, style: Style, since_1904: bool) -> Result<(Fitted, Option<Note>), Note> {
    let numeric = matches!(kind, Some(Kind::Whole | Kind::Decimal | Kind::Date | Kind::Time));
    let number = |digits: String| {
        if style.text && !numeric { Fitted::Text(digits) } else { Fitted::Number(digits) }
    };
    Ok((
        match value {
            Value::Blank => Fitted::Blank,
            Value::Text(text) => {
                // Excel counts in UTF-16.
                if text.encode_utf16().count() > 32_767 {
                    return Err(("too-long", vec!["32767".to_owned()]));
                }
                Fitted::Text(text.clone())
            }
            Value::Integer(n) => number(exact(n.to_string())?),
            Value::Decimal(text) => number(exact(decimal(text).ok_or_else(|| ("not-a-number", vec![text.clone()]))?)?),
            Value::Bool(yes) => Fitted::Bool(*yes),
            &Value::Date { year, month, day } => {
                let iso = format!("{year:04}-{month:02}-{day:02}");
                let serial =
                    serial(year, month, day, since_1904).ok_or_else(|| ("impossible-date", vec![iso.clone()]))?;
                if kind == Some(Kind::Date) {
                    let shown = (!style.date).then(|| ("date-shown-as-number", Vec::new()));
                    return Ok((Fitted::Number(serial.to_string()), shown));
                }
                if !style.date {
                    // A number of days in a cell that shows no date would tell a person nothing.
                    return Ok((Fitted::Text(iso), Some(("date-as-text", Vec::new()))));
                }
                Fitted::Number(serial.to_string())
            }
        },
        None,
    ))
}

/// What the rule wants in place of the answer as it is; none where that is as it should be.
fn obey(
    value: &Value,
    plain: &Fitted,
    rule: &Rule,
    since_1904: bool,
    notes: &mut Vec<Note>,
) -> Result<Option<Fitted>, Note> {
    match rule.kind {
        Kind::Custom => {
            notes.push(("custom-rule-unchecked", Vec::new()));
            Ok(None)
        }
        Kind::List => match &rule.list {
            None => {
                notes.push(("list-not-known", Vec::new()));
                Ok(None)
            }
            Some(list) => list.choose(value, plain).map(Some).ok_or_else(|| ("not-in-list", list.shown())),
        },
        Kind::TextLength => {
            let length = plain.shown().encode_utf16().count();
            within(rule, length as f64, notes).map(|()| None).map_err(|mut limits| {
                limits.push(length.to_string());
                ("text-length", limits)
            })
        }
        Kind::Whole | Kind::Decimal | Kind::Time => {
            let (whole, time) = (rule.kind == Kind::Whole, rule.kind == Kind::Time);
            let code = if time { "not-a-time" } else { "not-a-number" };
            let digits: &str = match plain {
                Fitted::Number(digits) if !matches!(value, Value::Date { .. }) => digits,
                // A text is a number only if it is written as one would write it: "007" is not.
                Fitted::Text(text) => decimal(text)
                    .filter(|d| d == text && is_exact(d))
                    .map(|_| text.as_str())
                    .ok_or_else(|| (code, vec![text.clone()]))?,
                other => return Err((code, vec![other.shown()])),
            };
            if whole && digits.contains('.') {
                return Err(("not-whole", vec![digits.to_owned()]));
            }
            let number = digits.parse::<f64>().map_err(|_| (code, vec![digits.to_owned()]))?;
            within(rule, number, notes).map_err(|limits| ("out-of-range", limits))?;
            Ok(matches!(plain, Fitted::Text(_)).then(|| Fitted::Number(digits.to_owned())))
        }
        Kind::Date => {
            let not = || ("not-a-date", vec![plain.shown()]);
            let serial = match value {
                Value::Text(text) => iso(text).and_then(|(y, m, d)| serial(y, m, d, since_1904)).ok_or_else(not)?,
                &Value::Date { year, month, day } => serial(year, month, day, since_1904).ok_or_else(not)?,
                _ => return Err(not()),
            };
            within(rule, serial as f64, notes).map_err(|limits| {
                let limits = limits.into_iter().map(|l| match l.parse::<f64>() {
                    Ok(day) if (0.0..2_958_466.0).contains(&day) => date_of(day as i64, since_1904),
                    _ => l,
                });
                ("date-out-of-range", limits.collect())
            })?;
            Ok(matches!(plain, Fitted::Text(_)).then(|| Fitted::Number(serial.to_string())))
        }
    }
}

/// Whether a number lies within; else the operator and the bounds. Binary fractions, since Excel compares so.
fn within(rule: &Rule, number: f64, notes: &mut Vec<Note>) -> Result<(), Vec<String>> {
    let two = matches!(rule.operator.as_str(), "" | "between" | "notBetween");
    let known = |bound: &Option<Bound>| match bound {
        Some(Bound::Number(n)) => Some(*n),
        _ => None,
    };
    let (low, high) = (known(&rule.low), known(&rule.high));
    let (Some(low), Some(high)) = (low, if two { high } else { low }) else {
        notes.push(("bound-not-known", Vec::new()));
        return Ok(());
    };
    let fits = match rule.operator.as_str() {
        "" | "between" => (low..=high).contains(&number),
        "notBetween" => !(low..=high).contains(&number),
        "equal" => number == low,
        "notEqual" => number != low,
        "lessThan" => number < low,
        "lessThanOrEqual" => number <= low,
        "greaterThan" => number > low,
        "greaterThanOrEqual" => number >= low,
        _ => {
            notes.push(("bound-not-known", Vec::new()));
            true
        }
    };
    if fits {
        return Ok(());
    }
    let operator = if rule.operator.is_empty() { "between" } else { &rule.operator };
    let mut limits = vec![operator.to_owned(), low.to_string()];
    if two {
        limits.push(high.to_string());
    }
    Err(limits)
}

/// A decimal in its shortest form: no plus, no leading or trailing zeros.
pub(super) fn decimal(text: &str) -> Option<String> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |r| ("-", r));
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || rest.ends_with('.') {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let part = part.trim_end_matches('0');
    Some(match (whole, part) {
        ("0", "") => "0".to_owned(),
        (_, "") => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part}"),
    })
}

/// Excel keeps fifteen digits of a number; one with more would be changed, so it is refused.
fn exact(digits: String) -> Result<String, Note> {
    if is_exact(&digits) { Ok(digits) } else { Err(("too-many-digits", vec![digits])) }
}

fn is_exact(digits: &str) -> bool {
    let rest = digits.trim_start_matches(['-', '0', '.']);
    let rest = if digits.contains('.') { rest } else { rest.trim_end_matches('0') };
    rest.len() - usize::from(rest.contains('.')) <= 15 && digits.len() <= 300
}

pub(super) fn iso(text: &str) -> Option<(i32, u8, u8)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}
