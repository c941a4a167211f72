//! Mails as people freely write them: what is asked is told by the sentence, and a campaign by who speaks and what for. Words of
//! an audit in a newsletter, an invoice or a lawyer's advice ask nothing.

use serde::Deserialize;

use crate::traps::{judge, mail};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mail: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    from: String,
    subject: String,
    body: String,
    class: String,
    asks: Option<Vec<String>>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    not_flags: Vec<String>,
    days: Option<Vec<String>>,
    binding: Option<bool>,
    auditor: Option<String>,
}

#[test]
fn freely_worded_mails_were_taken_for_talk_or_talk_for_requests() {
    let file: File = toml::from_str(include_str!("wording.toml")).expect("TOML");
    let mut wrong = Vec::new();
    for entry in &file.mail {
        let verdict = judge(&mail(&entry.from, &entry.subject, &entry.body));
        let mut see = |what: &str, good: bool, got: String| {
            if !good {
                wrong.push(format!("{} / {}: {what}, got {got}", entry.from, entry.subject));
            }
        };
        let class = serde_json::to_value(verdict.basis.class).expect("JSON");
        see("class", class == entry.class.as_str(), class.to_string());
        if let Some(mut asks) = entry.asks.clone() {
            let mut got = verdict.asks.clone();
            asks.sort();
            got.sort();
            see("asks", asks == got, format!("{got:?}"));
        }
        for flag in &entry.flags {
            see(&format!("without {flag}"), verdict.has(flag), format!("{:?}", verdict.flags));
        }
        for flag in &entry.not_flags {
            see(&format!("with {flag}"), !verdict.has(flag), format!("{:?}", verdict.flags));
        }
        if let Some(days) = &entry.days {
            let got: Vec<String> = verdict.deadlines.iter().map(|d| d.date.to_string()).collect();
            see("days", *days == got, format!("{got:?}"));
        }
        if let Some(binding) = entry.binding {
            see("binding", verdict.deadlines.iter().all(|d| d.binding == binding), format!("{:?}", verdict.deadlines));
        }
        if entry.auditor.is_some() {
            see("auditor", verdict.auditor == entry.auditor, format!("{:?}", verdict.auditor));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
