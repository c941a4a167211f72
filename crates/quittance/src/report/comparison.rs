//! Two positions side by side, for a terminal.

use super::table::columns;
use super::wording::{self, Say};
use licensing::comparison::{Cause, Comparison, Figures};
use licensing::position::Interval;
use std::fmt::Write;

/// Causes shown of a line; the rest is counted.
const SHOWN: usize = 8;

/// The lines that differ, each with its causes.
pub(crate) fn render(comparison: &Comparison, say: &dyn Say) -> String {
    let days = [("before", wording::day(comparison.before, say)), ("after", wording::day(comparison.after, say))];
    let title = if comparison.before == comparison.after { "compare-title-same-day" } else { "compare-title" };
    let mut text = format!("{}\n\n", say.say(title, &days));
    if comparison.changes.is_empty() {
        let _ = writeln!(text, "{}", say.say("compare-same", &[]));
        return text;
    }
    let heading = |id: &str| say.say(&format!("position-column-{id}"), &[]);
    let mut rows = vec![vec![
        heading("product"),
        heading("metric"),
        heading("required"),
        heading("covered"),
        heading("shortfall"),
        heading("surplus"),
    ]];
    for change in &comparison.changes {
        let [product, edition, version, metric] = &change.name;
        let pair = |of: fn(&Figures) -> Interval| arrow(of(&change.before), of(&change.after), say);
        rows.push(vec![
            wording::product_name(product, edition, version),
            wording::metric(metric, say),
            pair(|figures| figures.required),
            pair(|figures| figures.covered),
            pair(|figures| figures.shortfall),
            pair(|figures| figures.surplus),
        ]);
    }
    text.push_str(&columns(&rows, 2));
    let _ = writeln!(text, "{}", say.say("compare-others", &[("count", comparison.same.to_string())]));
    if let (Some(before), Some(after)) = comparison.exposure
        && before != after
    {
        let money = |amount| wording::money(amount, &comparison.currency, say);
        let values = [("before", money(before)), ("after", money(after))];
        let _ = writeln!(text, "{}", say.say("compare-money", &values));
    }
    for change in &comparison.changes {
        let [product, edition, version, metric] = &change.name;
        let name = wording::product_name(product, edition, version);
        let _ = writeln!(text, "\n{name} ({})", wording::metric(metric, say));
        for each in change.causes.iter().take(SHOWN) {
            let _ = writeln!(text, "  • {}", cause(each, say));
        }
        let more = change.causes.len().saturating_sub(SHOWN);
        if more > 0 {
            let _ = writeln!(text, "  • {}", say.say("compare-more", &[("count", more.to_string())]));
        }
    }
    text
}

fn arrow(before: Interval, after: Interval, say: &dyn Say) -> String {
    if before == after {
        return wording::interval(after, say);
    }
    format!("{} → {}", wording::interval(before, say), wording::interval(after, say))
}

/// A cause as a sentence.
fn cause(cause: &Cause, say: &dyn Say) -> String {
    let why = cause.why.as_deref().unwrap_or("used-elsewhere");
    let prefix = if cause.code.starts_with("question-") { "ask" } else { "why" };
    let mut values = vec![("subject", cause.subject.clone())];
    values.push(("units", cause.units.unwrap_or_default().to_string()));
    match prefix {
        "ask" => {
            let asked = [("subject", cause.subject.clone()), ("product", String::new())];
            let id = format!("ask-{why}");
            let said = if say.knows(&id) { say.say(&id, &asked) } else { why.to_owned() };
            values.push(("question", said));
        }
        _ => values.push(("why", wording::word(&format!("why-{why}"), why, say))),
    }
    say.say(&format!("cause-{}", cause.code), &values)
}
