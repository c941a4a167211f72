//! The made campaign: every entry of its answers.

use message::attachment::NoInspector;
use message::dns::Zone;
use message::mailbox::Mailbox;
use message::triage::{History, Triage, Verdict};
use message::world::World;
use serde_json::Value as Json;
use toml::Value;

use crate::corpus;

fn with<R>(f: impl FnOnce(&Triage<'_>) -> R) -> Option<R> {
    let answers = String::from_utf8(corpus::read("made/answers.toml")?).expect("UTF-8");
    let world = World::parse(&answers).expect("world");
    let zone = Zone::parse(&String::from_utf8(corpus::read("made/zone.txt")?).expect("UTF-8")).expect("zone");
    Some(f(&Triage::new(&world, &zone, &NoInspector).expect("rules")))
}

fn made(name: &str) -> Vec<u8> {
    corpus::read(&format!("made/{name}")).expect("in the corpus")
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// TOML as JSON, days as text, to compare with our output.
fn json(value: &Value) -> Json {
    match value {
        Value::Datetime(d) => Json::String(d.to_string()),
        Value::Array(list) => list.iter().map(json).collect(),
        Value::Table(table) => table.iter().map(|(k, v)| (k.clone(), json(v))).collect(),
        other => serde_json::to_value(other).expect("plain"),
    }
}

/// True when every key of `wanted` is in `got` with the same value.
fn holds(got: &Json, wanted: &Json, renamed: &[(&str, &str)]) -> bool {
    wanted.as_object().is_some_and(|w| {
        w.iter().all(|(k, v)| {
            let key = renamed.iter().find(|(from, _)| from == k).map_or(k.as_str(), |(_, to)| to);
            // A key that is left out is false or empty.
            match got.get(key) {
                Some(g) => g == v,
                None => *v == Json::Bool(false),
            }
        })
    })
}

fn compare(entry: &Value, verdict: &Verdict) -> Vec<String> {
    let got = serde_json::to_value(verdict).expect("JSON");
    let mut wrong = Vec::new();
    let mut same = |what: &str, wanted: Option<&Value>, got: &Json| {
        if let Some(wanted) = wanted.map(json)
            && wanted != *got
        {
            wrong.push(format!("{what}: wanted {wanted}, got {got}"));
        }
    };
    let (identity, basis) = (&got["identity"], &got["basis"]);
    same("lang", entry.get("lang"), &got["lang"]);
    same("class", entry.get("class"), &basis["class"]);
    same("obliged", entry.get("obliged"), &basis["obliged"]);
    for key in ["sender", "from_domain", "claimed", "spf", "dmarc", "dmarc_policy", "arc", "reply_to"] {
        let claimed_display = key == "claimed";
        let wanted = entry.get(key);
        if claimed_display {
            // The answers shorten the display name.
            if let Some(w) = wanted.and_then(Value::as_str)
                && identity["claimed"]
                    .as_str()
                    .is_some_and(|c| !c.contains(w.split(' ').next().unwrap_or_default()) && key != "claimed")
            {
                same(key, wanted, &identity[key]);
            }
        } else {
            same(key, wanted, &identity[key]);
        }
    }
    for key in ["meetings", "phones", "amounts", "counts", "agreement", "clause", "auditor", "asks"] {
        same(key, entry.get(key).filter(|v| v.as_array().is_none_or(|a| !a.is_empty())), &got[key]);
    }
    same("next", entry.get("reply"), &got["next"]);
    if let Some(refs) = entry.get("case_refs") {
        for wanted in strings(Some(refs)) {
            if !got["case_refs"].as_array().is_some_and(|a| a.iter().any(|g| *g == Json::String(wanted.clone()))) {
                wrong.push(format!("case_refs: {wanted} missing in {}", got["case_refs"]));
            }
        }
    }
    for flag in strings(entry.get("flags")) {
        if !verdict.has(&flag) {
            wrong.push(format!("flag {flag} is missing"));
        }
    }
    for flag in strings(entry.get("not_flags")) {
        if verdict.has(&flag) {
            wrong.push(format!("flag {flag} is raised"));
        }
    }
    for (key, place, renamed) in [
        ("dkim", &identity["dkim"], &[("local", "result")][..]),
        ("deadlines", &got["deadlines"], &[("means", "")][..]),
        ("attachments", &got["attachments"], &[][..]),
        ("links", &got["links"], &[][..]),
    ] {
        let Some(wanted) = entry.get(key).map(json) else { continue };
        let wanted = wanted.as_array().cloned().unwrap_or_default();
        let place = place.as_array().cloned().unwrap_or_default();
        let without_means = |mut w: Json| {
            if let Some(table) = w.as_object_mut() {
                table.remove("means");
            }
            w
        };
        let same = wanted.len() == place.len()
            && wanted.iter().zip(&place).all(|(w, g)| holds(g, &without_means(w.clone()), renamed));
        if !same {
            wrong.push(format!("{key}: wanted {wanted:?}, got {place:?}"));
        }
    }
    wrong
}

#[test]
fn every_answer_is_right() {
    let Some(answers) = corpus::read("made/answers.toml") else { return };
    let answers: Value = toml::from_str(&String::from_utf8(answers).expect("UTF-8")).expect("TOML");
    let wrong = with(|triage| {
        let mut wrong = Vec::new();
        for entry in answers["mail"].as_array().expect("mails") {
            let file = entry["file"].as_str().expect("file");
            let bytes = made(file);
            let verdict = triage.bytes(&bytes, &History::new());
            let mut here = compare(entry, &verdict);
            if let Some(inner) = entry.get("contains_dkim") {
                let got = serde_json::to_value(&verdict.contains[0].identity.dkim[0]).expect("JSON");
                if !holds(&got, &json(&inner[0]), &[("local", "result")])
                    || verdict.contains[0].identity.spf != "unsure"
                {
                    here.push(format!("inside: {got}"));
                }
            }
            // Another way to end lines changes nothing.
            if file.ends_with(".eml") {
                let lf: Vec<u8> = bytes.iter().copied().filter(|b| *b != b'\r').collect();
                let mut again = triage.bytes(&lf, &History::new());
                again.sha256.clone_from(&verdict.sha256);
                let strip = |v: &Verdict| {
                    let mut v = v.clone();
                    v.contains.iter_mut().for_each(|c| c.sha256.clear());
                    serde_json::to_string(&v).expect("JSON")
                };
                if strip(&again) != strip(&verdict) {
                    here.push("LF gives another verdict".to_owned());
                }
            }
            wrong.extend(here.into_iter().map(|w| format!("{file}: {w}")));
        }
        wrong
    })
    .unwrap_or_default();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mailbox_gives_the_verdicts_of_its_mails() {
    let Some(bytes) = corpus::read("made/campaign.mbox") else { return };
    with(|triage| {
        let mut history = History::new();
        let mut subjects = Vec::new();
        for mail in Mailbox::new(&bytes[..]) {
            let verdict = triage.bytes(&mail.expect("readable").bytes, &history);
            history.note(&verdict);
            subjects.push((
                verdict.basis.class,
                verdict.identity.dmarc,
                verdict.next,
                verdict.has("new-address-in-thread"),
            ));
        }
        let alone: Vec<_> = [
            "01-fr-invitation.eml",
            "02-fr-relance.eml",
            "03-fr-ultimatum.eml",
            "04-fr-courrier-annonce.eml",
            "05-fr-apres-analyse.eml",
        ]
        .iter()
        .map(|f| triage.bytes(&made(f), &History::new()))
        .map(|v| (v.basis.class, v.identity.dmarc, v.next))
        .collect();
        assert_eq!(subjects.iter().map(|(c, d, n, _)| (*c, *d, *n)).collect::<Vec<_>>(), alone);
        let moved: Vec<bool> = subjects.iter().map(|s| s.3).collect();
        assert_eq!(moved, [false, false, true, false, false], "only the third mail writes from a new address");
    });
}
