//! The name of an online plan: what a line says of it, less who may buy it, how it is paid and what the buyer added.

use super::knowledge::Knowledge;
use super::text::{Text, fold};
use std::collections::BTreeSet;

/// Words that end the name in the short titles.
const END: &[&str] =
    &["shrdsvr", "sngl", "alng", "subs", "mvl", "olp", "olv", "nl", "license", "fromsa", "frmsa", "fsa", "addon"];

/// The name in a short title: the words from the last family's word on, up to the first word of the grammar.
pub(super) fn short_name(words: &[String], knowledge: &Knowledge) -> String {
    let stop = words.iter().position(|w| matches!(w.as_str(), "su" | "sasu" | "stepup")).unwrap_or(words.len());
    let end = words.iter().take(stop).position(|w| w == "shrdsvr" || w == "sngl" || w == "alng").unwrap_or(stop);
    let part = |w: &&String| !END.contains(&w.as_str()) && !knowledge.tokens.segment.contains(w);
    let head: Vec<String> = words.iter().take(end).filter(part).cloned().collect();
    let mut start = 0;
    for family in &knowledge.families {
        let phrase: Vec<&str> = family.split(' ').collect();
        if phrase.len() > head.len() {
            continue;
        }
        let last = head.windows(phrase.len()).rposition(|window| window.iter().zip(&phrase).all(|(a, b)| a == b));
        start = start.max(
            last.filter(|_| matches!(family.as_str(), "office 365" | "microsoft 365" | "dynamics 365")).unwrap_or(0),
        );
    }
    let mut name: Vec<String> = head.iter().skip(start).cloned().collect();
    // Price sheets call the plans that hold Windows "Unified"; the plan's own name does not.
    if name.first().is_some_and(|word| word == "microsoft") && name.last().is_some_and(|word| word == "unified") {
        name.pop();
    }
    name.join(" ")
}

/// Writes a name that came all in capitals, or all in small letters, as names are written.
pub(super) fn recase(name: &str) -> String {
    let small = ["for", "per", "and", "with", "without", "of", "the", "to"];
    name.split(' ')
        .enumerate()
        .map(|(i, word)| {
            let lower = word.to_lowercase();
            if i > 0 && small.contains(&lower.as_str()) {
                return lower;
            }
            if word.chars().any(|c| c.is_ascii_digit())
                || matches!(lower.as_str(), "bi" | "ai" | "id" | "iw" | "pstn" | "rpa" | "usl" | "crm" | "vda" | "dlp")
            {
                return word.to_uppercase();
            }
            let mut chars = lower.chars();
            chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The publisher's name before product names that carry it or do not.
pub(super) fn with_maker(name: &str) -> String {
    let folded = fold(name);
    let bare = [
        "office",
        "power",
        "dynamics",
        "windows",
        "visio",
        "project",
        "exchange",
        "sharepoint",
        "skype",
        "onedrive",
        "planner",
        "universal",
        "azure",
    ];
    if let Some(rest) = folded.strip_prefix("microsoft ") {
        let first = rest.split(' ').next().unwrap_or_default();
        if bare.contains(&first) {
            return name.chars().skip("microsoft ".len()).collect();
        }
    }
    if folded.starts_with("teams ") || folded.starts_with("defender for ") || folded.starts_with("entra ") {
        return format!("Microsoft {name}");
    }
    name.to_owned()
}

/// The name without what counts seats or months at its end ("- 12 utilisateurs", "- 1 mois").
fn without_counts(name: &str) -> String {
    const UNITS: [&str; 24] = [
        "utilisateur",
        "utilisateurs",
        "user",
        "users",
        "benutzer",
        "poste",
        "postes",
        "mois",
        "month",
        "months",
        "an",
        "licences",
        "boite",
        "boites",
        "usuarios",
        "utenti",
        "gebruikers",
        "ans",
        "monat",
        "monate",
        "jahr",
        "jahre",
        "year",
        "years",
    ];
    let mut words: Vec<&str> = name.split(' ').collect();
    while let [.., number, unit] = words.as_slice() {
        let bracketed = number.starts_with('(') == unit.ends_with(')');
        let unit = fold(unit.trim_end_matches(')'));
        let counted =
            bracketed && number.trim_start_matches('(').parse::<u32>().is_ok() && UNITS.contains(&unit.as_str());
        if !counted {
            break;
        }
        words.truncate(words.len().saturating_sub(2));
        while words.last().is_some_and(|w| matches!(*w, "-" | "–" | ",")) {
            words.pop();
        }
    }
    // What is left of a count whose unit was cut away ("- 3"), and the size of a capacity.
    loop {
        let bare = |word: &str| word.parse::<u32>().is_ok();
        match words.as_slice() {
            [_, .., "-" | "–", last] if bare(last) => words.pop(),
            [_, .., last] if fold(last).strip_suffix("gb").is_some_and(bare) => words.pop(),
            [_, .., "-" | "–"] => words.pop(),
            _ => break,
        };
    }
    words.join(" ").trim_end_matches([' ', '-', '–', ',', ';']).to_owned()
}

/// The name without the month that it was billed for ("- janvier 2024", "- mois de mars").
fn without_period<'a>(name: &'a str, knowledge: &Knowledge) -> &'a str {
    let Some((before, after)) = name.rsplit_once(" - ") else { return name };
    let folded = fold(after);
    let mut words = folded.split([' ', '/']).filter(|word| !word.is_empty()).peekable();
    let numbers = |word: &str| word.chars().all(|c| c.is_ascii_digit()) && word.len() <= 4;
    let period = words.peek().is_some()
        && words.all(|word| knowledge.tokens.period.iter().any(|known| known == word) || numbers(word));
    if period { before } else { name }
}

/// A plan's name in the publisher's English, and as it came where no translation is known.
pub(crate) fn in_english(name: &str, knowledge: &Knowledge) -> String {
    let mut text = Text::new(name);
    let mut changed = false;
    for (phrase, english) in &knowledge.translate {
        changed |= text.replace(phrase, english);
    }
    if changed {
        return text.tidy();
    }
    // Reports write names in capitals ("MICROSOFT 365 BUSINESS PREMIUM"); a part number has no blanks.
    if name.contains(' ') && !name.chars().any(char::is_lowercase) {
        return knowledge.plans.get(&fold(name)).map_or_else(|| recase(name), |plan| plan.name.clone());
    }
    name.to_owned()
}

/// Length at which sellers' systems cut a title, from where on its last words may be the beginning of a phrase.
const CUT_FROM: usize = 40;

/// Takes the beginning of a qualifier (`Nonprofit Staff Pri`) off the end of a title that was cut in the middle of it.
fn cut_qualifier(text: &mut Text, knowledge: &Knowledge) -> bool {
    let folded = text.folded();
    let folded = folded.trim_end();
    if folded.chars().count() < CUT_FROM {
        return false;
    }
    let segments = knowledge.strip.iter().filter(|(_, meaning)| meaning == "segment");
    for (phrase, _) in segments.filter(|(phrase, _)| phrase.contains(' ')) {
        // Two words at least, or the beginning of a name would be taken for that of a qualifier.
        let shortest = phrase.find(' ').unwrap_or_default() + 2;
        let found = (shortest..phrase.len()).rev().filter_map(|length| phrase.get(..length)).find(|cut| {
            folded.strip_suffix(cut).is_some_and(|before| before.ends_with(|c: char| !c.is_alphanumeric()))
        });
        if let Some(cut) = found {
            let kept = folded.chars().count().saturating_sub(cut.chars().count());
            *text = Text::new(&text.shown().chars().take(kept).collect::<String>());
            return true;
        }
    }
    false
}

/// The name, and what was taken away from it.
pub(super) fn clean(shown: &Text, knowledge: &Knowledge) -> (String, BTreeSet<String>) {
    let mut text = shown.clone();
    let mut meanings = BTreeSet::new();
    for (phrase, english) in &knowledge.translate {
        text.replace(phrase, english);
    }
    // What stands in brackets at the end as a part number or a price is no name.
    if let Some((at, _)) = text.find("rrp.", 0) {
        let kept: String = text.shown().chars().take(at).collect();
        text = Text::new(&kept);
    }
    if cut_qualifier(&mut text, knowledge) {
        meanings.insert("segment".into());
    }
    text = Text::new(&without_counts(&text.shown()));
    for (phrase, meaning) in &knowledge.strip {
        // Whoever pays by the month is no other plan; "unattended license" on the other hand is one.
        if text.replace(phrase, " ") {
            meanings.insert(meaning.clone());
        }
    }
    let mut name = without_counts(without_period(&without_counts(&text.tidy()), knowledge));
    let low = fold(&name);
    if let Some(at) = low.find("sandbox").filter(|_| low.contains("- sandbox") || low.contains(" sandbox tier")) {
        // "… - Sandbox Tier 2:Standard Acceptance Testing": the tier is a size.
        let kept: String = name.chars().take(at).collect();
        name = format!("{} sandbox", kept.trim_end_matches(|c: char| c.is_whitespace() || c == '-' || c == '–'));
    }
    if let Some(at) = low.find("prorata").filter(|at| *at > 0) {
        let kept: String = name.chars().take(at).collect();
        name = kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '(' | ',')).to_owned();
        meanings.insert("extra".into());
    }
    // A seller's own code before the name ("MPO - Microsoft Project Online").
    if let Some((code, rest)) = name.split_once(" - ")
        && code.len() <= 24
        && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && knowledge.families.iter().any(|family| Text::new(rest).has(family))
    {
        name = rest.to_owned();
    }
    // The programme of the owners of Dynamics AX, as its translations shorten it.
    for cut in [" for ax migration", " for ax", " per ax"] {
        if fold(&name).ends_with(cut) {
            let kept: String = name.chars().take(name.chars().count() - cut.chars().count()).collect();
            name = format!("{kept} for AX Migration Program");
            break;
        }
    }
    // Price lists write these two words with a capital or without; the names in use have none.
    for (written, meant) in [(" Sandbox", " sandbox"), (" Attach", " attach")] {
        if let Some(before) = name.strip_suffix(written) {
            name = format!("{before}{meant}");
        }
    }
    for (short, long) in [("o365 ", "Office 365 "), ("m365 ", "Microsoft 365 "), ("d365 ", "Dynamics 365 ")] {
        if fold(&name).starts_with(short) {
            name = format!("{long}{}", name.chars().skip(short.len()).collect::<String>());
        }
    }
    name = stepped_to(&name);
    if let Some(rest) = name.strip_prefix("EA ") {
        name = rest.trim_start_matches(['-', ' ']).to_owned();
    }
    // Agreement suffixes after a dash, where a plan's number or name already stands before it.
    if let Some((before, after)) = name.rsplit_once(" - ")
        && matches!(fold(after).trim(), "ea" | "month" | "")
    {
        name = before.to_owned();
    }
    (name.trim().to_owned(), meanings)
}

/// The plan that a step-up leads to: "E5 Step-up from E3" is E5, "Office 365 E1 vers E3 step-up" is Office 365 E3.
fn stepped_to(name: &str) -> String {
    let low = fold(name);
    let Some(at) = ["step-up", "step up", "stepup"].iter().filter_map(|word| low.find(word)).min() else {
        return name.to_owned();
    };
    let chars = |text: &str| text.chars().count();
    let head: String = name.chars().take(low.get(..at).map_or(0, chars)).collect();
    let head = head.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '('));
    let mut words: Vec<&str> = head.split_whitespace().collect();
    if words.is_empty() {
        return name.to_owned();
    }
    if let Some(to) = words.iter().position(|w| matches!(fold(w).as_str(), "vers" | "to" | "nach" | "auf" | "->"))
        && to > 0
    {
        let target: Vec<&str> = words.drain(to..).skip(1).collect();
        match target.as_slice() {
            [] => {}
            [code] => {
                words.pop();
                words.push(code);
            }
            _ => words = target,
        }
    }
    words.join(" ")
}

/// The name of a plan that is known at the head of a line, where a mark parts it from what a buyer added ("Business Premium - ajout",
/// "E3 / mois", "Copilot (-15%)"). A name that goes on without a mark may be that of another plan.
pub(super) fn known_head(name: &str, knowledge: &Knowledge) -> Option<String> {
    let is_known = |head: &str| {
        let key = fold(head);
        let lettered = |family: &str| {
            key.strip_prefix(family).is_some_and(|code| {
                matches!(
                    code,
                    "e1" | "e2" | "e3" | "e4" | "e5" | "f1" | "f3" | "a1" | "a3" | "a5" | "g1" | "g3" | "g5" | "k1"
                )
            })
        };
        knowledge.plans.contains_key(&key) || lettered("microsoft 365 ") || lettered("office 365 ")
    };
    let marks = [" - ", " – ", " / ", " (", ", ", " x "];
    let cuts: BTreeSet<usize> = marks.iter().flat_map(|mark| name.match_indices(mark)).map(|(at, _)| at).collect();
    let ends = name.strip_suffix(" x").or_else(|| name.strip_suffix(" /"));
    let heads = cuts.into_iter().rev().filter_map(|at| name.get(..at)).chain(ends);
    // Some plans are named by a mark and a word of their own.
    let low = fold(name);
    let own = [
        "unattended",
        "developer",
        "extra",
        "capacity",
        "storage",
        "add-on",
        "sandbox",
        "attach",
        "suite",
        "virtual user",
        "(device)",
        "identity",
    ];
    (!is_known(name) && !own.iter().any(|word| low.contains(word)))
        .then(|| heads.map(str::trim).find(|head| is_known(head)).map(str::to_owned))?
}
