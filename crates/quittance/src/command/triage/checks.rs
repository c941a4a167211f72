//! The checks of a mail in sentences: what was looked at, what it covers, and where "cannot be told" comes from. The codes stand
//! in JSON alone.

use super::tell::code;
use crate::report::document::Line;
use crate::text::Text;
use message::triage::{Identity, SignatureLine, Verdict};

/// A line for each check.
pub(super) fn told(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let identity = &verdict.identity;
    let mut lines: Vec<Line> = identity.dkim.iter().map(|each| signature(each, text)).collect();
    if verdict.has("arc-vouches") {
        // A list changed what was signed, and a chain that holds says so: nothing to be alarmed at.
        lines.iter_mut().filter(|line| line.tone == "bad").for_each(|line| line.tone = "");
    }
    if lines.is_empty() {
        lines.push(Line::new(text.say("triage-dkim-absent", &[])));
    }
    lines.push(spf(identity, text));
    let policy = identity.dmarc_policy.map(|policy| text.say(&format!("triage-policy-{policy}"), &[]));
    lines.push(Line {
        text: text.say(&format!("triage-dmarc-{}", identity.dmarc), &[]),
        detail: policy,
        tone: tone(identity.dmarc),
    });
    // A chain whose keys cannot be had is not shown to be broken.
    let arc = if identity.arc == "fail" && !verdict.has("arc-broken") { "unsure" } else { identity.arc };
    if arc != "none" {
        lines.push(Line { text: text.say(&format!("triage-arc-{arc}"), &[]), detail: None, tone: tone(arc) });
    }
    lines
}

fn signature(signature: &SignatureLine, text: &Text) -> Line {
    let result = code(&signature.result);
    let holds = result == "pass";
    let mut detail: Vec<String> = Vec::new();
    detail.extend(signature.why.map(|why| text.say(&format!("triage-dkim-why-{}", reason(&why)), &[])));
    detail.push(text.say(
        match (holds, signature.aligned) {
            (true, true) => "triage-own-domain-answers",
            (true, false) => "triage-other-domain-carries",
            (false, true) => "triage-own-domain-claimed",
            (false, false) => "triage-other-domain-claimed",
        },
        &[],
    ));
    if holds {
        detail.push(text.say("triage-covers", &[("fields", fields(&signature.covers))]));
    }
    Line {
        text: text.say(&format!("triage-dkim-{result}"), &[("domain", signature.d.clone())]),
        detail: Some(detail.join("\n")),
        // A signature of someone else neither reassures nor warns.
        tone: if holds && !signature.aligned { "" } else { tone(&result) },
    }
}

fn spf(identity: &Identity, text: &Text) -> Line {
    let basis = match identity.spf_basis {
        "file" => None,
        basis => Some(text.say(&format!("triage-spf-basis-{basis}"), &[])),
    };
    let covers = matches!(identity.spf, "pass" | "fail" | "softfail").then(|| text.say("triage-spf-covers", &[]));
    let detail: Vec<String> = basis.into_iter().chain(covers).collect();
    Line {
        text: text.say(&format!("triage-spf-{}", identity.spf), &[]),
        detail: (!detail.is_empty()).then(|| detail.join("\n")),
        tone: tone(identity.spf),
    }
}

/// Names of header fields as mail programs write them, each once.
pub(super) fn fields(names: &[impl AsRef<str>]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for name in names {
        let words: Vec<String> = name
            .as_ref()
            .split('-')
            .map(|word| match word {
                "id" => "ID".to_owned(),
                "mime" => "MIME".to_owned(),
                _ => word.get(..1).map(str::to_uppercase).unwrap_or_default() + word.get(1..).unwrap_or_default(),
            })
            .collect();
        let written = words.join("-");
        if !shown.contains(&written) {
            shown.push(written);
        }
    }
    shown.join(", ")
}

/// The code of a reason why a signature does not hold: that of the key, when the key is the reason.
fn reason(why: &impl serde::Serialize) -> String {
    match serde_json::to_value(why) {
        Ok(serde_json::Value::String(code)) => code,
        Ok(serde_json::Value::Object(inner)) => {
            inner.into_iter().map(|(of, code)| format!("{of}-{}", code.as_str().unwrap_or_default())).collect()
        }
        _ => String::new(),
    }
}

fn tone(result: &str) -> &'static str {
    match result {
        "pass" => "good",
        "fail" | "permerror" => "bad",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;
    use message::auth::dkim::Reason;
    use message::auth::key::KeyError;
    use message::auth::spf::SpfResult;

    #[test]
    fn every_result_and_every_reason_is_a_sentence() {
        let key = [
            KeyError::NoAnswer,
            KeyError::NoKey,
            KeyError::Revoked,
            KeyError::Invalid,
            KeyError::WrongKind,
            KeyError::TooShort,
        ];
        let others = [
            Reason::BodyChanged,
            Reason::SignatureMismatch,
            Reason::BodyCut,
            Reason::Expired,
            Reason::Malformed,
            Reason::Version,
            Reason::Algorithm,
            Reason::FromNotSigned,
            Reason::Identity,
            Reason::Rewritten,
            Reason::OutlookFile,
        ];
        let spf = [
            SpfResult::None,
            SpfResult::Neutral,
            SpfResult::Pass,
            SpfResult::Fail,
            SpfResult::SoftFail,
            SpfResult::TempError,
            SpfResult::PermError,
            SpfResult::Unsure,
        ];
        let reasons = key.into_iter().map(Reason::Key).chain(others).map(|r| format!("dkim-why-{}", reason(&r)));
        let results = ["pass", "fail", "unsure"].map(|r| format!("dkim-{r}"));
        let spf = spf.map(|r| format!("spf-{}", r.word()));
        let bases = ["server", "no-own-hop", "no-envelope-sender", "no-dns-answer"].map(|b| format!("spf-basis-{b}"));
        let dmarc = ["none", "pass", "fail", "unsure"].map(|r| format!("dmarc-{r}"));
        let policies = ["none", "quarantine", "reject"].map(|p| format!("policy-{p}"));
        let arc = ["pass", "fail", "unsure"].map(|r| format!("arc-{r}"));
        let all: Vec<String> =
            reasons.chain(results).chain(spf).chain(bases).chain(dmarc).chain(policies).chain(arc).collect();
        for language in [Language::French, Language::English] {
            let text = Text::new(language);
            for id in &all {
                assert!(!text.word(&format!("triage-{id}"), "").is_empty(), "{id}");
            }
        }
    }

    #[test]
    fn every_sign_of_the_rules_has_words() {
        let rules = message::rules::shipped().unwrap();
        for language in [Language::French, Language::English] {
            let text = Text::new(language);
            let known = |id: String| !text.word(&id, "").is_empty();
            for phrase in &rules.phrases {
                let flag = phrase.flag.iter().all(|flag| known(format!("triage-flag-{flag}")));
                let ask = phrase.ask.iter().all(|ask| known(format!("triage-ask-{ask}")));
                // A reason without a sentence of its own is told by that of the flag of its name.
                let reason = !phrase.general
                    || phrase.points.scam == 0
                    || known(format!("triage-reason-{}", phrase.id))
                    || known(format!("triage-flag-{}", phrase.id));
                assert!(flag && ask && reason, "{}", phrase.id);
            }
        }
    }

    #[test]
    fn fields_are_named_as_mail_programs_write_them() {
        assert_eq!(
            fields(&["from", "subject", "from", "message-id", "mime-version"]),
            "From, Subject, Message-ID, MIME-Version"
        );
    }
}
