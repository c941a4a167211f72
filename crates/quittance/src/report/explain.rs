//! One line explained: the sum in words, the rules with their sources, the licences considered, the evidence.

use super::wording::{self, Say};
use licensing::position::{Line, LotUse, Position, RuleCited};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many evidence rows a terminal shows.
const ROWS_SHOWN: usize = 12;

/// The lines that `wanted` names: an id, the beginning of one, or part of a product's name.
pub(crate) fn find<'a>(position: &'a Position, wanted: &str) -> Vec<&'a Line> {
    let wanted = wanted.to_lowercase();
    let exact: Vec<&Line> = position.lines.iter().filter(|line| line.id == wanted).collect();
    if !exact.is_empty() {
        return exact;
    }
    let begins: Vec<&Line> = position.lines.iter().filter(|line| line.id.starts_with(&wanted)).collect();
    if !begins.is_empty() {
        return begins;
    }
    position.lines.iter().filter(|line| wording::name(line).to_lowercase().contains(&wanted)).collect()
}

/// A rule in words: what it says, when it is valid, where it stands.
pub(crate) fn rule(rule: &RuleCited, say: &dyn Say) -> String {
    let from = ("from", wording::day(rule.valid_from, say));
    let valid = match rule.valid_until {
        Some(until) => say.say("explain-rule-valid-until", &[from, ("until", wording::day(until, say))]),
        None => say.say("explain-rule-valid", &[from]),
    };
    let sources = [("sources", rule.sources.join("; ")), ("checked", wording::day(rule.last_checked, say))];
    let mut text = format!(
        "{} — {} ({valid})\n      {}",
        rule.id,
        if say.is_french() { &rule.says_fr } else { &rule.says },
        say.say("explain-rule-sources", &sources)
    );
    if !rule.verified {
        let _ = write!(text, "\n      {}", say.say("explain-rule-unverified", &[]));
    }
    text
}

/// A lot with what was used of it, and why not more.
pub(crate) fn lot(lot: &LotUse, say: &dyn Say) -> String {
    let mut values = vec![
        ("lot", lot.lot.clone()),
        ("title", lot.title.clone()),
        ("used", wording::number(lot.used, say)),
        ("owned", wording::number(lot.owned, say)),
    ];
    match &lot.why_not {
        Some(why) => {
            values.push(("why", wording::word(&format!("why-{why}"), why, say)));
            say.say("explain-lot-not-used", &values)
        }
        None => say.say("explain-lot-used", &values),
    }
}

/// What would close the gap, and at which price.
pub(crate) fn gap(line: &Line, say: &dyn Say) -> Option<String> {
    if line.shortfall.high == 0 {
        return None;
    }
    let mut values = vec![
        ("units", wording::interval(line.shortfall, say)),
        ("product", line.product.clone()),
        ("edition", if line.edition == "none" { String::new() } else { line.edition.clone() }),
        ("metric", wording::metric(&line.metric, say)),
    ];
    if line.exposure.high.is_none() {
        return Some(say.say("explain-gap-unpriced", &values));
    }
    values.push(("amount", wording::amounts(&line.exposure, say)));
    Some(say.say("explain-gap", &values))
}

/// A line for the terminal; `names` gives the name of an evidence file by its hash.
pub(crate) fn render(line: &Line, names: &BTreeMap<String, String>, say: &dyn Say) -> String {
    let mut text = format!("{}  ({})\n\n", wording::name(line), line.id);
    let values = [
        ("required", wording::interval(line.required, say)),
        ("covered", wording::interval(line.covered, say)),
        ("shortfall", wording::interval(line.shortfall, say)),
        ("surplus", wording::interval(line.surplus, say)),
    ];
    let _ = writeln!(text, "{}", say.say("explain-result", &values));
    if line.review {
        let _ = writeln!(text, "{}", say.say("position-review", &[]));
    }
    if let Some(gap) = gap(line, say) {
        let _ = writeln!(text, "{gap}");
    }
    if let Some(remedy) = &line.remedy {
        let remedy = wording::word(&format!("remedy-{remedy}"), remedy, say);
        let _ = writeln!(text, "{}", say.say("explain-remedy", &[("remedy", remedy)]));
    }
    let mut part = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            let _ = writeln!(text, "\n{}", say.say(title, &[]));
            for item in items {
                let _ = writeln!(text, "  • {item}");
            }
        }
    };
    part("explain-sum", line.trace.iter().map(|step| wording::step(step, say)).collect());
    part("explain-rules", line.rules.iter().map(|each| rule(each, say)).collect());
    let lots: Vec<String> = line.lots.iter().map(|each| lot(each, say)).collect();
    part("explain-lots", if lots.is_empty() { vec![say.say("explain-no-lots", &[])] } else { lots });
    part(
        "explain-subjects",
        shortened(
            line.subjects.len(),
            say,
            line.subjects.iter().map(|subject| {
                let outcome = wording::word(&format!("outcome-{}", subject.outcome), &subject.outcome, say);
                let times = if subject.count > 1 { format!("{} × ", subject.count) } else { String::new() };
                format!("{times}{}: {} — {outcome}", subject.name, subject.what)
            }),
        ),
    );
    part(
        "explain-evidence",
        shortened(
            line.origins.len(),
            say,
            line.origins.iter().map(|origin| {
                let part = origin.part.as_deref().map(|part| format!(" [{part}]")).unwrap_or_default();
                let file =
                    names.get(&origin.evidence).cloned().unwrap_or_else(|| origin.evidence.chars().take(12).collect());
                format!("{file}{part}: {}", origin.row)
            }),
        ),
    );
    text
}

fn shortened(count: usize, say: &dyn Say, items: impl Iterator<Item = String>) -> Vec<String> {
    let mut shown: Vec<String> = items.take(ROWS_SHOWN).collect();
    if count > ROWS_SHOWN {
        shown.push(say.say("explain-evidence-more", &[("count", (count - ROWS_SHOWN).to_string())]));
    }
    shown
}
