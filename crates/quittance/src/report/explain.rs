//! One line explained: the sum in words, the rules with their sources, the licences considered, the evidence.

use super::decisions;
use super::wording::{self, Say};
use desk::decisions::Behind;
use licensing::facts::Origin;
use licensing::position::{Line, LotUse, Position, RuleCited};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many machines and people a terminal shows, and how many places of evidence.
const SUBJECTS_SHOWN: usize = 12;
const PLACES_SHOWN: usize = 40;

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
    let sources: Vec<String> = rule
        .sources
        .iter()
        .zip(&rule.places)
        .map(|(title, place)| if place.is_empty() { title.clone() } else { format!("{title} ({place})") })
        .collect();
    let sources = [("sources", sources.join("; ")), ("checked", wording::day(rule.last_checked, say))];
    let (question, answer) = match say.is_french() {
        true => (&rule.question_fr, &rule.says_fr),
        false => (&rule.question, &rule.says),
    };
    let values =
        [("id", rule.id.clone()), ("question", question.clone()), ("answer", answer.clone()), ("valid", valid)];
    let mut text = format!("{}\n      {}", say.say("explain-rule", &values), say.say("explain-rule-sources", &sources));
    if !rule.verified {
        let _ = write!(text, "\n      {}", say.say("explain-rule-unverified", &[]));
    }
    text
}

/// A lot with what was used of it, here and elsewhere, and why not more.
pub(crate) fn lot(lot: &LotUse, say: &dyn Say) -> String {
    let left = lot.owned.saturating_sub(lot.used).saturating_sub(lot.elsewhere);
    let values = [
        ("lot", lot.lot.clone()),
        ("title", lot.title.clone()),
        ("used", wording::number(lot.used, say)),
        ("owned", wording::number(lot.owned, say)),
        ("elsewhere", wording::number(lot.elsewhere, say)),
    ];
    let used = say.say(if lot.elsewhere > 0 { "explain-lot-shared" } else { "explain-lot-used" }, &values);
    let Some(why) = &lot.why_not else { return format!("{used}.") };
    let why = ("why", wording::word(&format!("why-{why}"), why, say));
    if left == 0 || left == lot.owned {
        return say.say("explain-lot-because", &[("used", used), why]);
    }
    say.say("explain-lot-rest", &[("used", used), ("left", wording::number(left, say)), why])
}

/// What would close the gap, and at which price.
pub(crate) fn gap(line: &Line, say: &dyn Say) -> Option<String> {
    if !line.shortfall.may_be_some() {
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
pub(crate) fn render(line: &Line, decisions: &[Behind], names: &BTreeMap<String, String>, say: &dyn Say) -> String {
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
    part(
        "explain-decisions",
        decisions::behind(decisions, line).map(|behind| decisions::sentence(behind, say)).collect(),
    );
    let lots: Vec<String> = line.lots.iter().map(|each| lot(each, say)).collect();
    part("explain-lots", if lots.is_empty() { vec![say.say("explain-no-lots", &[])] } else { lots });
    part("explain-subjects", subjects(line, SUBJECTS_SHOWN, say));
    let evidence = evidence(&line.origins, names, say);
    part("explain-evidence", shortened(evidence.len(), PLACES_SHOWN, say, evidence.into_iter()));
    text
}

/// Machines and people by outcome, those without a licence first; of each outcome the first `most` by name.
pub(crate) fn subjects(line: &Line, most: usize, say: &dyn Say) -> Vec<String> {
    const ORDER: [&str; 4] = ["not-licensed", "cannot-tell", "partly", "licensed"];
    let mut groups: BTreeMap<(usize, &str, &str), Vec<String>> = BTreeMap::new();
    for subject in &line.subjects {
        let rank = ORDER.iter().position(|outcome| *outcome == subject.outcome).unwrap_or(ORDER.len());
        let times =
            if subject.count > 1 { format!("{} × ", wording::number(subject.count, say)) } else { String::new() };
        let group = groups.entry((rank, subject.what.as_str(), subject.outcome)).or_default();
        group.push(format!("{times}{}", subject.name));
    }
    let groups = groups.into_iter().map(|((_, what, outcome), names)| {
        let more = names.len().saturating_sub(most);
        let mut shown = names.into_iter().take(most).collect::<Vec<_>>().join(", ");
        if more > 0 {
            shown = format!("{shown} {}", say.say("explain-evidence-more", &[("count", more.to_string())]));
        }
        let outcome = wording::word(&format!("outcome-{outcome}"), outcome, say);
        say.say("explain-subject", &[("what", what.to_owned()), ("outcome", outcome), ("names", shown)])
    });
    groups.collect()
}

/// Where rows stand: a file and part each, its rows as ranges. Row 0 is the envelope of an agent's message, not a row.
pub(crate) fn evidence(origins: &[Origin], names: &BTreeMap<String, String>, say: &dyn Say) -> Vec<String> {
    let mut rows: BTreeMap<(String, Option<&str>), BTreeSet<u64>> = BTreeMap::new();
    for origin in origins {
        let file =
            names.get(origin.evidence.as_str()).cloned().unwrap_or_else(|| origin.evidence.chars().take(12).collect());
        rows.entry((file, origin.part.as_deref())).or_default().insert(origin.row);
    }
    rows.into_iter()
        .map(|((file, part), rows)| {
            let place = part.map_or_else(|| file.clone(), |part| format!("{file} [{part}]"));
            let rows: Vec<String> = ranges(&rows).into_iter().map(|(first, last)| range(first, last)).collect();
            match rows.as_slice() {
                [] => place,
                [one] if !one.contains('–') => {
                    say.say("explain-evidence-row", &[("place", place), ("row", one.clone())])
                }
                several => say.say("explain-evidence-rows", &[("place", place), ("rows", several.join(", "))]),
            }
        })
        .collect()
}

fn range(first: u64, last: u64) -> String {
    if first == last { first.to_string() } else { format!("{first}–{last}") }
}

/// Runs of neighbouring rows, without row 0.
fn ranges(rows: &BTreeSet<u64>) -> Vec<(u64, u64)> {
    let mut found: Vec<(u64, u64)> = Vec::new();
    for row in rows.iter().copied().filter(|row| *row > 0) {
        match found.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(row) => *last = row,
            _ => found.push((row, row)),
        }
    }
    found
}

/// The first `most` items, and how many more there are.
pub(crate) fn shortened(count: usize, most: usize, say: &dyn Say, items: impl Iterator<Item = String>) -> Vec<String> {
    let mut shown: Vec<String> = items.take(most).collect();
    if count > most {
        shown.push(say.say("explain-evidence-more", &[("count", (count - most).to_string())]));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{evidence, ranges, render};
    use crate::text::{Language, Text};
    use licensing::casebook;
    use licensing::facts::Origin;
    use licensing::position::{Options, position};
    use licensing::terms::{Prices, Terms};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    fn worked_examples(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the case book is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                worked_examples(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                found.push(path);
            }
        }
    }

    #[test]
    fn a_step_was_printed_with_the_name_of_a_value_that_it_had_not() {
        let (terms, prices) = (Terms::builtin().expect("terms"), Prices::builtin().expect("prices"));
        let mut paths = Vec::new();
        worked_examples(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../casebook"), &mut paths);
        paths.sort();
        let mut lines = 0;
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("readable");
            let Ok(case) = casebook::parse(&text) else { continue };
            let position = position(&case.estate, &terms, &prices, case.as_of, &Options::default());
            for language in [Language::English, Language::French] {
                let say = Text::new(language);
                for line in &position.lines {
                    let shown = render(line, &[], &BTreeMap::new(), &say);
                    assert!(!shown.contains(['{', '}']), "{}: {shown}", path.display());
                    for code in line.trace.iter().map(|step| format!("step-{}", step.code)) {
                        assert!(say.knows(&code), "{}: no words for {code}", path.display());
                    }
                    lines += 1;
                }
            }
        }
        assert!(lines > 500, "only {lines} lines were looked at");
    }

    #[test]
    fn neighbouring_rows_are_one_range_and_the_envelope_is_no_row() {
        assert_eq!(ranges(&BTreeSet::from([0, 1, 2, 3, 7, 9, 10])), vec![(1, 3), (7, 7), (9, 10)]);
        let origin = |row, part: Option<&str>| Origin { evidence: "h".into(), part: part.map(Into::into), row };
        let names = BTreeMap::from([("h".to_owned(), "pc.json".to_owned())]);
        let told = evidence(
            &[
                origin(0, None),
                origin(1, Some("softwares")),
                origin(3, Some("softwares")),
                origin(4, Some("softwares")),
            ],
            &names,
            &Text::new(Language::English),
        );
        assert_eq!(told, ["pc.json", "pc.json [softwares]: rows 1, 3–4"]);
    }
}
