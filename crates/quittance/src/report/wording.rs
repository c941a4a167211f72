//! Words for codes, and the way numbers, days and money are written in each language.

use jiff::civil::Date;
use licensing::position::{Breach, Exposure, Finding, Interval, Line, Question, Step};
use rust_decimal::Decimal;

/// Where sentences come from: an identifier and its values give text in the reader's language.
pub(crate) trait Say {
    /// The sentence `id` with its values.
    fn say(&self, id: &str, values: &[(&str, String)]) -> String;
    /// Whether the language has a sentence `id`.
    fn knows(&self, id: &str) -> bool;
    /// Whether the reader reads French (else English).
    fn is_french(&self) -> bool;
}

impl Say for crate::text::Text {
    fn say(&self, id: &str, values: &[(&str, String)]) -> String {
        crate::text::Text::say(self, id, values)
    }

    fn knows(&self, id: &str) -> bool {
        crate::text::Text::knows(self, id)
    }

    fn is_french(&self) -> bool {
        crate::text::Text::is_french(self)
    }
}

/// A day as people write it: `24 November 2026`, `24 novembre 2026`.
pub(crate) fn day(date: Date, say: &dyn Say) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const FRENCH: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let months = if say.is_french() { FRENCH } else { ENGLISH };
    let month = usize::try_from(date.month() - 1).ok().and_then(|index| months.get(index)).copied().unwrap_or("");
    match (say.is_french(), date.day()) {
        (true, 1) => format!("1er {month} {}", date.year()),
        (_, number) => format!("{number} {month} {}", date.year()),
    }
}

/// A whole number with its thousands set apart: `1,234`, `1 234` (narrow no-break space).
pub(crate) fn number(value: u64, say: &dyn Say) -> String {
    let digits = value.to_string();
    let apart = if say.is_french() { '\u{202f}' } else { ',' };
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(apart);
        }
        text.push(digit);
    }
    text
}

/// Money without cents, which a reference price does not carry: `12,345 USD`, `12 345 USD`.
pub(crate) fn money(amount: Decimal, currency: &str, say: &dyn Say) -> String {
    let whole = amount.round().mantissa().unsigned_abs();
    let whole = u64::try_from(whole).unwrap_or(u64::MAX);
    let sign = if amount.is_sign_negative() { "−" } else { "" };
    format!("{sign}{}\u{a0}{currency}", number(whole, say))
}

/// One figure, `3 to 7`, or `at least 3`.
pub(crate) fn interval(value: Interval, say: &dyn Say) -> String {
    if value.open {
        return say.say("position-at-least", &[("low", number(value.low, say))]);
    }
    if value.is_exact() {
        return number(value.low, say);
    }
    say.say("position-interval", &[("low", number(value.low, say)), ("high", number(value.high, say))])
}

/// The money of a line: one amount, an interval, nothing where nothing is short, or `no price`.
pub(crate) fn exposure(line: &Line, say: &dyn Say) -> String {
    if !line.shortfall.may_be_some() {
        return String::new();
    }
    amounts(&line.exposure, say)
}

/// The money of an exposure.
pub(crate) fn amounts(exposure: &Exposure, say: &dyn Say) -> String {
    match (exposure.low, exposure.high) {
        (Some(low), Some(_)) if exposure.open => {
            say.say("position-at-least", &[("low", money(low, &exposure.currency, say))])
        }
        (Some(low), Some(high)) if low == high => money(high, &exposure.currency, say),
        (Some(low), Some(high)) => say.say(
            "position-interval",
            &[("low", money(low, &exposure.currency, say)), ("high", money(high, &exposure.currency, say))],
        ),
        _ => say.say("position-unknown-price", &[]),
    }
}

/// Product, edition and version as one name: `Windows Server Standard 2012 R2`.
pub(crate) fn name(line: &Line) -> String {
    product_name(&line.product, &line.edition, &line.version)
}

/// The same of the three parts.
pub(crate) fn product_name(product: &str, edition: &str, version: &str) -> String {
    let mut name = product.to_owned();
    for part in [edition, version] {
        let told = part == "none" || part == "current" || part.is_empty() || product.contains(part);
        if !told {
            name.push(' ');
            name.push_str(part);
        }
    }
    name
}

/// The metric in words.
pub(crate) fn metric(metric: &str, say: &dyn Say) -> String {
    word(&format!("metric-{metric}"), metric, say)
}

/// A step of the sum as a sentence.
pub(crate) fn step(step: &Step, say: &dyn Say) -> String {
    let id = format!("step-{}", step.code);
    if !say.knows(&id) {
        let values: Vec<String> = step.values.iter().map(|(name, value)| format!("{name} {value}")).collect();
        return format!("{}: {}", step.code, values.join(", "));
    }
    let values: Vec<(&str, String)> = step.values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    say.say(&id, &values)
}

/// The sentence for a code, or the code itself where the language has none yet.
pub(crate) fn word(id: &str, code: &str, say: &dyn Say) -> String {
    if say.knows(id) { say.say(id, &[]) } else { code.to_owned() }
}

/// A question, and how to find its answer.
pub(crate) fn question(question: &Question, say: &dyn Say) -> (String, String) {
    let id = format!("ask-{}", question.code);
    if !say.knows(&id) {
        return (format!("{}: {} {}", question.code, question.subject, question.product), String::new());
    }
    let values = [("subject", question.subject.to_string()), ("product", question.product.to_string())];
    (say.say(&id, &values), word(&format!("{id}-how"), "", say))
}

/// A use limit that is exceeded.
pub(crate) fn breach(breach: &Breach, say: &dyn Say) -> String {
    let subject = ("subject", breach.subject.to_string());
    let devices = if breach.rule == "WS-ESS" { "breach-devices-of-server" } else { "breach-device-limit" };
    for (prefix, id) in [
        ("user_limit_", "breach-user-limit"),
        ("device_limit_", devices),
        ("socket_limit_", "breach-socket-limit"),
        ("core_limit_", "breach-core-limit"),
        ("vm_limit_", "breach-vm-limit"),
        ("database_limit_", "breach-database-limit"),
    ] {
        if let Some(limit) = breach.code.strip_prefix(prefix) {
            return say.say(id, &[subject, ("limit", limit.to_owned())]);
        }
    }
    let id = format!("breach-{}", breach.code);
    if say.knows(&id) {
        return say.say(&id, &[subject]);
    }
    say.say("breach-other", &[subject, ("code", breach.code.clone())])
}

/// Something in the facts that does not fit together.
pub(crate) fn finding(finding: &Finding, say: &dyn Say) -> String {
    let values = [("subject", finding.subject.to_string()), ("code", finding.code.clone())];
    let id = format!("finding-{}", finding.code);
    if say.knows(&id) {
        say.say(&id, &values)
    } else if finding.code.starts_with("verifier-") {
        say.say("finding-verifier", &values)
    } else {
        say.say("finding-other", &values)
    }
}

/// The stable code of a value that serialises as a word.
pub(crate) fn code(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => {
            map.get("code").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
