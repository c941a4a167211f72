//! What an inspection found, in words: an article for a terminal or a page.

use super::signature;
use crate::report::document::{Answer, Article, Line, Section};
use crate::report::wording::{Say, code, word};
use std::collections::BTreeMap;
use workbook::inspect::{Inspection, ModuleReport, Reason, Verdict, Weight};
use workbook::sheets::{LinkKind, Visibility};
use workbook::signature::Signature;

/// What is known of a file.
pub(super) struct Inspected {
    /// Name as given.
    pub(super) name: String,
    /// SHA-256.
    pub(super) sha256: String,
    /// Bytes.
    pub(super) bytes: u64,
    /// How it was encrypted and by which kind of password it was opened (`built-in`, `given`), if it was.
    pub(super) opened: Option<(String, &'static str)>,
    /// What it would do.
    pub(super) inspection: Inspection,
    /// Its signature.
    pub(super) signature: Signature,
}

/// Lines of a section before the rest is only counted.
const SHOWN: usize = 40;

/// The article of a file.
pub(super) fn article(file: &Inspected, say: &dyn Say) -> Article {
    let inspection = &file.inspection;
    let container = inspection.container.map_or("unknown".to_owned(), |container| code(&container));
    let mut meta = vec![
        say.say(&format!("container-{container}"), &[]),
        say.say("inspect-fingerprint", &[("hash", file.sha256.clone()), ("bytes", file.bytes.to_string())]),
    ];
    if let Some((scheme, password)) = &file.opened {
        let values = [("scheme", scheme.clone()), ("password", (*password).to_owned())];
        meta.push(say.say("inspect-was-encrypted", &values));
    }
    meta.push(say.say("inspect-not-run", &[]));
    let verdict = code(&inspection.verdict);
    let tone = match inspection.verdict {
        Verdict::NothingRuns => "good",
        Verdict::RunsHarmless => "",
        Verdict::Suspicious | Verdict::Dangerous => "bad",
    };
    let answers: Vec<Answer> = vec![
        (say.say("inspect-heading-verdict", &[]), say.say(&format!("inspect-verdict-{verdict}"), &[]), tone),
        (say.say("inspect-heading-do", &[]), say.say(&format!("inspect-do-{verdict}"), &[]), ""),
        (
            say.say("signature-title", &[]),
            say.say(&format!("verdict-signature-{}", code(&file.signature.verdict)), &[]),
            "",
        ),
    ];
    let mut sections = vec![why(inspection, say), signature::section(&file.signature, say)];
    sections.extend(contents(inspection, say));
    sections.retain(|section| !section.lines.is_empty());
    for section in &mut sections {
        let more = section.lines.len().saturating_sub(SHOWN);
        if more > 0 {
            section.lines.truncate(SHOWN);
            section.lines.push(Line::new(say.say("inspect-more", &[("count", more.to_string())])));
        }
    }
    let folded = inspection
        .modules
        .iter()
        .filter(|module| !module.source.trim().is_empty())
        .map(|module| (say.say("inspect-heading-source", &[("module", module.name.clone())]), module.source.clone()))
        .collect();
    Article { subject: file.name.clone(), meta, answers, sections, folded }
}

/// The reasons that decide; what is merely there stands in the sections of its own.
fn why(inspection: &Inspection, say: &dyn Say) -> Section {
    let weighs = |reason: &&Reason| reason.weight > Verdict::NothingRuns || inspection.verdict == Verdict::NothingRuns;
    let lines = inspection.reasons.iter().filter(weighs).map(|reason| Line {
        text: sentence(reason, say),
        detail: None,
        tone: if reason.weight >= Verdict::Suspicious { "bad" } else { "" },
    });
    Section { title: say.say("inspect-heading-why", &[]), lines: lines.collect() }
}

/// A reason as a sentence; codes among its values in words.
pub(super) fn sentence(reason: &Reason, say: &dyn Say) -> String {
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in &reason.args {
        let start = match *name {
            "call" => "call-",
            "when" => "when-",
            "container" => "container-",
            "visibility" => "visibility-",
            "why" => "trouble-",
            _ => "",
        };
        let told = if start.is_empty() { value.clone() } else { word(&format!("{start}{value}"), value, say) };
        values.insert(name, told);
    }
    for name in ["argument", "line", "name", "place", "words"] {
        values.entry(name).or_default();
    }
    let pairs: Vec<(&str, String)> = values.into_iter().collect();
    let mut text = say.say(&format!("reason-{}", reason.code), &pairs).trim().to_owned();
    // Where the count is the matter itself, the sentence says it.
    let told = ["modules-private", "several-projects", "xlm"].contains(&reason.code);
    if let Some(count) = reason.args.get("count").filter(|count| !told && *count != "1") {
        text.push_str(&format!(" ({})", say.say("inspect-times", &[("count", count.clone())])));
    }
    text
}

fn contents(inspection: &Inspection, say: &dyn Say) -> Vec<Section> {
    let section = |id: &str, lines: Vec<Line>| Section { title: say.say(&format!("inspect-heading-{id}"), &[]), lines };
    let starts = inspection.modules.iter().flat_map(|module| {
        module.autoexec.iter().filter(|each| each.starts).map(|each| {
            let when = say.say(&format!("when-{}", code(&each.when)), &[]);
            Line::new(format!("{}.{} ({when})", module.name, each.procedure))
        })
    });
    let calls = inspection.modules.iter().flat_map(|module| calls(module, say));
    let xlm = inspection.xlm.iter().map(|xlm| {
        let place = if xlm.sheet.is_empty() { xlm.at.clone() } else { format!("{} {}", xlm.sheet, xlm.at) };
        Line::new(format!("{place}: {}", xlm.formula))
    });
    let hidden = inspection.sheets.iter().filter(|sheet| sheet.visibility != Visibility::Visible).map(|sheet| {
        let visibility = say.say(&format!("visibility-{}", code(&sheet.visibility)), &[]);
        Line::new(format!("{} ({visibility})", sheet.name))
    });
    let links = inspection.links.iter().filter(|link| link.kind != LinkKind::Hyperlink).map(|link| {
        Line::new(format!("{}: {}", say.say(&format!("link-{}", code(&link.kind)), &[]), link.target))
            .with(link.part.clone())
    });
    let reveals = inspection.reveals.iter().map(|reveal| {
        let place = [reveal.place.as_str(), reveal.target.as_str()];
        let detail = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        Line::new(say.say(&format!("reveal-{}", reveal.code), &[])).with(detail)
    });
    let unread = inspection.unread.iter().map(|unread| {
        let why = word(&format!("trouble-{}", unread.code), unread.code, say);
        Line::new(if unread.part.is_empty() { why } else { format!("{}: {why}", unread.part) })
    });
    vec![
        section("starts", starts.collect()),
        section("calls", calls.collect()),
        section("xlm", xlm.collect()),
        section("hidden", hidden.collect()),
        section("links", links.collect()),
        section("reveals", reveals.collect()),
        section("unread", unread.collect()),
    ]
}

fn calls<'r>(module: &'r ModuleReport, say: &'r dyn Say) -> impl Iterator<Item = Line> + 'r {
    module.calls.iter().map(move |call| {
        let does = word(&format!("call-{}", call.code), &call.code, say);
        let mut values = vec![
            ("module", module.name.clone()),
            ("line", call.line.to_string()),
            ("does", does.trim_end_matches('.').to_owned()),
        ];
        let id = if call.argument.is_empty() { "inspect-call" } else { "inspect-call-argument" };
        values.push(("argument", call.argument.clone()));
        let mut detail = call.text.trim().to_owned();
        if !call.reachable {
            detail.push_str(&format!("\n{}", say.say("inspect-call-idle", &[])));
        }
        let tone = if call.weight == Weight::Grave { "bad" } else { "" };
        Line { text: say.say(id, &values), detail: Some(detail), tone }
    })
}

#[cfg(test)]
mod tests {
    use crate::text::{Language, Text};

    #[test]
    fn every_code_of_the_tables_has_its_sentence() {
        let text = Text::new(Language::French);
        let (reasons, reveals) = workbook::inspect::documented().unwrap();
        assert!(reasons.len() > 40 && reveals.len() > 10);
        for each in reasons {
            assert!(text.knows(&format!("reason-{}", each.code)), "no sentence for the reason {}", each.code);
        }
        for each in reveals {
            assert!(text.knows(&format!("reveal-{}", each.code)), "no sentence for what is revealed: {}", each.code);
        }
        let knowledge = workbook::inspect::Knowledge::built_in().unwrap();
        let codes: std::collections::BTreeSet<&str> = knowledge.calls.iter().map(|rule| rule.code.as_str()).collect();
        assert!(codes.len() > 50);
        for code in codes {
            assert!(text.knows(&format!("call-{code}")), "no sentence for the call {code}");
        }
    }
}
