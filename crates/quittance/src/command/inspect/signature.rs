//! The signature in words: a sentence for each cause, filled with the names, dates and serials that the cause carries.

use crate::report::document::{Line, Section};
use crate::report::wording::{Say, code};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use workbook::signature::{ContentHash, Reason, Revocation, Signature};

/// Objects within a cause that have a sentence of their own, by the name of their field: where their sentences begin.
const NESTED: [(&str, &str); 4] = [("flaw", "flaw-"), ("misuse", "misuse-"), ("end", "end-"), ("because", "sig-")];

/// A moment as people read it: `2024-09-18 10:57:29 UTC`.
fn moment(text: &str) -> String {
    let bytes = text.as_bytes();
    let like = bytes.len() == 20 && bytes.get(10) == Some(&b'T') && bytes.last() == Some(&b'Z');
    if like { text.replace('T', " ").replace('Z', " UTC") } else { text.to_owned() }
}

/// Every value of a cause under the path of its names (`certificate-serial`); nested causes as their sentences.
fn values(map: &Map<String, Value>, path: &str, stamp: bool, say: &dyn Say, out: &mut Vec<(String, String)>) {
    for (name, value) in map {
        let full = if path.is_empty() { name.clone() } else { format!("{path}-{name}") };
        match value {
            Value::String(text) if name == "cause" => {
                out.push((full, say.say(&format!("cause-of-revocation-{text}"), &[])));
            }
            Value::String(text) if name == "trouble" => out.push((full, say.say(&format!("trouble-{text}"), &[]))),
            Value::String(text) if name == "kind" && ["legacy", "agile", "v3"].contains(&text.as_str()) => {
                out.push((full, say.say(&format!("kind-form-{text}"), &[])));
            }
            Value::String(text) => out.push((full, moment(text))),
            Value::Number(number) => out.push((full, number.to_string())),
            Value::Array(items) => {
                let words = items.iter().filter_map(Value::as_str).map(|word| {
                    let id = format!("kind-form-{word}");
                    if say.knows(&id) { say.say(&id, &[]) } else { word.to_owned() }
                });
                out.push((full, words.collect::<Vec<_>>().join(", ")));
            }
            Value::Object(inner) => {
                let nested = NESTED.iter().find(|(field, _)| field == name);
                match (nested, inner.contains_key("code")) {
                    (Some((_, start)), true) => {
                        // A flaw of a time stamp has sentences of its own; the flaw within it is one of a signature.
                        let start = if *start == "flaw-" && stamp { "stampflaw-" } else { start };
                        out.push((full, sentence(inner, start, say)));
                    }
                    _ => values(inner, &full, stamp, say, out),
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// The sentence of a cause: its code behind `start`, its values.
fn sentence(cause: &Map<String, Value>, start: &str, say: &dyn Say) -> String {
    let word = cause.get("code").and_then(Value::as_str).unwrap_or_default();
    let mut found = Vec::new();
    values(cause, "", word.ends_with("stamp-ignored"), say, &mut found);
    let found: Vec<(&str, String)> = found.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let id = match start {
        "flaw-" => format!("flaw-{word}"),
        "stampflaw-" => format!("stampflaw-{word}"),
        "misuse-" => format!("misuse-{word}"),
        "end-" => format!("end-{word}"),
        _ => format!("sig-{word}"),
    };
    say.say(&id, &found)
}

/// Why Excel accepts or refuses the signature, in one sentence.
pub(super) fn why(reason: &Reason, say: &dyn Say) -> String {
    match serde_json::to_value(reason) {
        Ok(Value::Object(map)) => sentence(&map, "sig-", say),
        _ => String::new(),
    }
}

fn flat(value: &impl serde::Serialize, say: &dyn Say) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(Value::Object(map)) = serde_json::to_value(value) {
        values(&map, "", false, say, &mut found);
    }
    found
}

fn revocation(revocation: &Revocation, say: &dyn Say) -> String {
    let found = flat(revocation, say);
    let mut found: Vec<(&str, String)> = found.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let told = |name: &str| found.iter().find(|(each, _)| *each == name).map(|(_, value)| value.clone());
    let status = told("status").unwrap_or_default();
    if let Some(why) = told("why") {
        let inner = say.say(&format!("unchecked-{why}"), &found);
        found.retain(|(name, _)| *name != "why");
        found.push(("why", inner));
    }
    say.say(&format!("revocation-{status}"), &found)
}

fn holds(content: Option<&ContentHash>) -> &'static str {
    match content.and_then(ContentHash::holds) {
        Some(true) => "signature-form-holds",
        Some(false) => "signature-form-differs",
        None => "signature-form-unknown",
    }
}

/// The section of a report: the sentence, then what it rests on.
pub(super) fn section(signature: &Signature, say: &dyn Say) -> Section {
    let mut lines = vec![Line::new(why(&signature.reason, say))];
    if signature.forms.is_empty() {
        return Section { title: say.say("signature-title", &[]), lines };
    }
    lines.push(Line::new(say.say("signature-proves", &[])));
    for form in &signature.forms {
        let hash = |hash: Option<workbook::signature::Hash>| hash.map_or("?".to_owned(), |hash| hash.name().to_owned());
        let values = [
            ("kind", say.say(&format!("kind-form-{}", code(&form.kind)), &[])),
            ("part", form.part.clone()),
            ("digest", hash(form.digest)),
            ("algorithm", hash(form.content.as_ref().map(|content| content.algorithm))),
            ("holds", say.say(holds(form.content.as_ref()), &[])),
        ];
        lines.push(Line::new(say.say("signature-form", &values)));
    }
    for link in &signature.chain {
        let values = [
            ("name", link.party.name.clone()),
            ("serial", link.party.serial.to_string()),
            ("before", moment(&link.party.not_before.to_string())),
            ("after", moment(&link.party.not_after.to_string())),
            ("issuer", link.party.issuer.clone()),
        ];
        lines.push(Line::new(say.say("signature-chain", &values)));
    }
    lines.extend(signature.revocation.as_ref().map(|told| Line::new(revocation(told, say))));
    let weak: BTreeSet<(&str, &str)> = signature.weak.iter().map(|weak| (&*weak.algorithm, &*weak.of)).collect();
    for (algorithm, of) in weak {
        let values = [("algorithm", algorithm.to_owned()), ("of", of.to_owned())];
        lines.push(Line::new(say.say("signature-weak", &values)));
    }
    for finding in &signature.findings {
        let arg = |at: usize| finding.args.get(at).map(|text| moment(text)).unwrap_or_default();
        lines.push(Line::new(say.say(&format!("remark-{}", finding.code), &[("one", arg(0)), ("two", arg(1))])));
    }
    lines.push(Line::new(say.say("signature-day", &[("at", moment(&signature.at.to_string()))])));
    Section { title: say.say("signature-title", &[]), lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Text};

    /// Variants of the enums in a source file, as their codes.
    fn codes(source: &str, name: &str) -> BTreeSet<String> {
        let start = source.find(&format!("pub enum {name} {{")).unwrap();
        let body = &source[start..start + source[start..].find("\n}").unwrap()];
        body.lines()
            .filter(|line| line.starts_with("    ") && line.as_bytes().get(4).is_some_and(u8::is_ascii_uppercase))
            .map(|line| {
                let word: String = line.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
                let mut code = String::new();
                for letter in word.chars() {
                    if letter.is_ascii_uppercase() && !code.is_empty() {
                        code.push('-');
                    }
                    code.push(letter.to_ascii_lowercase());
                }
                code
            })
            .collect()
    }

    #[test]
    fn every_cause_has_its_sentence() {
        let text = Text::new(Language::French);
        let reason = include_str!("../../../../workbook/src/signature/reason.rs");
        let revoked = include_str!("../../../../workbook/src/signature/revocation.rs");
        let report = include_str!("../../../../workbook/src/signature/report.rs");
        for (source, name, start) in [
            (reason, "Reason", "sig-"),
            (reason, "Flaw", "flaw-"),
            (reason, "StampFlaw", "stampflaw-"),
            (reason, "Misuse", "misuse-"),
            (reason, "ChainEnd", "end-"),
            (revoked, "Cause", "cause-of-revocation-"),
            (revoked, "Unchecked", "unchecked-"),
            (revoked, "Revocation", "revocation-"),
            (report, "Verdict", "verdict-signature-"),
        ] {
            let all = codes(source, name);
            assert!(all.len() >= 4, "{name}: {all:?}");
            for code in all {
                assert!(text.knows(&format!("{start}{code}")), "{name}: no sentence for {start}{code}");
            }
        }
        let mut findings = BTreeSet::new();
        for source in ["judge.rs", "place.rs"] {
            let path = format!("{}/../workbook/src/signature/{source}", env!("CARGO_MANIFEST_DIR"));
            let source = std::fs::read_to_string(path).unwrap();
            for mark in ["code: \"", "tell(\"", "finding(\""] {
                findings
                    .extend(source.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
        assert!(findings.len() > 8, "{findings:?}");
        for code in findings {
            assert!(text.knows(&format!("remark-{code}")), "no sentence for {code}");
        }
    }
}
