//! A verdict in words, for the terminal and for the page: the same sections in the same order.

use super::checks;
use crate::report::document::{Line, Section};
use crate::text::Text;
use message::triage::consequences;
use message::triage::{Class, ReasonLine, Standing, Verdict};
use serde::Serialize;

/// A verdict as it leaves the program, with the draft of an answer.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    #[serde(flatten)]
    pub(super) verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) draft: Option<String>,
}

fn plain(text: impl Into<String>) -> Line {
    Line::new(text.into())
}

/// The word for a serialised code.
pub(super) fn code(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A name and its value, with the colon that the language writes.
pub(super) fn label(name: &str, value: &str, text: &Text) -> String {
    text.say("triage-label", &[("name", name.to_owned()), ("value", value.to_owned())])
}

/// Things one after the other, parted as the language does.
fn list(things: Vec<String>, text: &Text) -> String {
    let pair = |before, after| text.say("triage-list", &[("before", before), ("after", after)]);
    things.into_iter().reduce(pair).unwrap_or_default()
}

/// Words of the mail between the marks of the reader's language.
fn quote(words: &str, text: &Text) -> String {
    text.say("triage-quoted", &[("words", words.to_owned())])
}

/// The class in words.
pub(super) fn class(verdict: &Verdict, text: &Text) -> String {
    if open(verdict) {
        return text.say("triage-class-contract-claimed", &[]);
    }
    if other(verdict) {
        return text.say("triage-class-other-matter", &[]);
    }
    text.say(&format!("triage-class-{}", code(&verdict.basis.class)), &[])
}

/// Whether a mail that is no part of a campaign asks for something all the same.
fn other(verdict: &Verdict) -> bool {
    verdict.basis.class == Class::Discussion && !verdict.asks.is_empty()
}

/// Whether a mail names a contract that the case does not know. Then it is unknown whether it obliges, and nothing may tell a
/// reader that he need not answer.
fn open(verdict: &Verdict) -> bool {
    verdict.basis.class == Class::VoluntaryReview && verdict.basis.claims_contractual_not_shown
}

/// Whether it obliges, in words.
pub(super) fn obliged(verdict: &Verdict, text: &Text) -> String {
    if open(verdict) {
        return text.say("triage-obliged-depends", &[]);
    }
    if other(verdict) {
        return text.say("triage-obliged-other", &[]);
    }
    text.say(if verdict.basis.obliged { "triage-obliged-yes" } else { "triage-obliged-no" }, &[])
}

/// Everything that is told of a verdict, draft apart.
pub(super) fn sections(verdict: &Verdict, text: &Text) -> Vec<Section> {
    let title = |id: &str| text.say(&format!("triage-heading-{id}"), &[]);
    let mut out = vec![
        Section { title: title("next"), lines: next(verdict, text) },
        Section { title: title("identity"), lines: identity(verdict, text) },
        Section { title: title("basis"), lines: basis(verdict, text) },
        Section { title: title("asks"), lines: asks(verdict, text) },
        Section { title: title("notice"), lines: notice(verdict, text) },
    ];
    if !verdict.attachments.is_empty() {
        out.push(Section { title: title("attachments"), lines: attachments(verdict, text) });
    }
    let links = links(verdict, text);
    if !links.is_empty() {
        out.push(Section { title: title("links"), lines: links });
    }
    out.push(Section { title: title("silence"), lines: silence(verdict, text) });
    out
}

/// The first words of a report. Where nothing shows who sent a mail, nobody may call it genuine.
fn summary(verdict: &Verdict) -> &'static str {
    match verdict.identity.verdict {
        _ if verdict.beware() => "triage-summary-beware",
        Standing::Imitated | Standing::Unproven => "triage-summary-unproven",
        _ => "triage-summary-harmless",
    }
}

fn identity(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let identity = &verdict.identity;
    let domain = match &identity.from_domain_shown {
        Some(shown) => format!("{} ({shown})", identity.from_domain),
        None => identity.from_domain.clone(),
    };
    let standing = code(&identity.verdict);
    let tone = match identity.verdict {
        Standing::Imitated => "bad",
        Standing::PublisherProven | Standing::OwnHouseProven => "good",
        _ => "",
    };
    let mut lines = vec![Line {
        text: text.say(&format!("triage-standing-{standing}"), &[("domain", domain)]),
        detail: Some(format!("{} <{}>", identity.claimed, identity.from_address)),
        tone,
    }];
    for reason in &identity.cannot_tell {
        lines.push(plain(text.say(&format!("triage-cannot-{reason}"), &[])));
    }
    if let Some(reply_to) = &identity.reply_to {
        lines.push(Line { text: text.say("triage-reply-to", &[]), detail: Some(reply_to.clone()), tone: "" });
    }
    lines.extend(checks::told(verdict, text));
    if !identity.not_covered.is_empty() {
        lines.push(plain(text.say("triage-not-covered", &[("fields", checks::fields(&identity.not_covered))])));
    }
    if !identity.path.is_empty() {
        lines.push(Line { text: text.say("triage-path", &[]), detail: Some(path(&identity.path)), tone: "" });
    }
    lines
}

/// The path for people: what a server did not write down is left out.
fn path(hops: &[String]) -> String {
    let shown: Vec<String> =
        hops.iter().map(|hop| hop.trim_end().trim_end_matches("<-").trim_end().replace(" <- ", " ← ")).collect();
    shown.join("\n")
}

fn basis(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let tone = if verdict.basis.class == Class::Scam { "bad" } else { "" };
    let mut lines = vec![Line { text: class(verdict, text), detail: None, tone }, plain(obliged(verdict, text))];
    if verdict.basis.claims_contractual_not_shown {
        lines.push(plain(text.say("triage-claims-not-shown", &[])));
    }
    // One line a reason, with what it is worth for each side.
    let mut grouped: Vec<(&str, &str, Vec<&ReasonLine>)> = Vec::new();
    for reason in &verdict.basis.reasons {
        match grouped.iter_mut().find(|(code, ..)| *code == reason.code) {
            Some((_, _, all)) => all.push(reason),
            None => grouped.push((&reason.code, &reason.words, vec![reason])),
        }
    }
    grouped.sort_by_key(|(code, _, all)| (std::cmp::Reverse(all.iter().map(|r| r.points.abs()).max()), *code));
    for (code, words, all) in grouped {
        let flag = text.word(&format!("triage-flag-{code}"), code);
        let known = text.word(&format!("triage-reason-{code}"), &flag);
        let worth: Vec<String> = all
            .iter()
            .map(|reason| {
                let side = text.say(&format!("triage-points-{}", reason.side), &[]);
                if reason.points >= 99 {
                    format!("{side}, {}", text.say("triage-points-hard", &[]))
                } else {
                    format!("{:+} {side}", reason.points).replacen('-', "\u{2212}", 1)
                }
            })
            .collect();
        let quoted = Some(words).filter(|w| *w != "-").map(|w| format!("{}\n", quote(w, text)));
        lines.push(Line {
            text: known,
            detail: Some(format!("{}{}", quoted.unwrap_or_default(), list(worth, text))),
            tone: "",
        });
    }
    lines
}

fn asks(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let mut lines: Vec<Line> = verdict.asks.iter().map(|a| plain(text.word(&format!("triage-ask-{a}"), a))).collect();
    if lines.is_empty() {
        lines.push(plain(text.say("triage-no-asks", &[])));
    }
    for deadline in &verdict.deadlines {
        let time = deadline.time.as_ref().map(|t| format!(" {t}")).unwrap_or_default();
        let standing = if deadline.means == "earliest-start" {
            let means = if deadline.binding { "triage-binding" } else { "triage-wished" };
            list(vec![text.say("triage-earliest-start", &[]), text.say(means, &[])], text)
        } else {
            text.say(if deadline.binding { "triage-binding" } else { "triage-wished" }, &[])
        };
        let other = deadline.or.map(|d| text.say("triage-or-day", &[("date", d.to_string())]));
        let standing = list([standing].into_iter().chain(other).collect(), text);
        lines.push(Line {
            text: label(&format!("{}{time}", deadline.date), &standing, text),
            detail: Some(deadline.said.clone()),
            tone: if deadline.binding { "bad" } else { "" },
        });
    }
    if verdict.deadlines.is_empty() {
        lines.push(plain(text.say("triage-no-deadline", &[])));
    }
    lines
}

fn notice(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let mut lines: Vec<Line> = verdict.flags.iter().map(|f| plain(text.word(&format!("triage-flag-{f}"), f))).collect();
    if lines.is_empty() {
        lines.push(plain(text.say("triage-nothing-to-notice", &[])));
    }
    lines
}

fn attachments(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let each = |a: &message::attachment::Attachment| {
        let mut told =
            vec![if a.has_macro { text.say("triage-with-macro", &[]) } else { text.say("triage-no-macro", &[]) }];
        told.extend(a.autoexec.as_ref().map(|name| text.say("triage-starts-itself", &[("name", name.clone())])));
        // What looking into it found is a sentence of its own, and the fingerprint last.
        let mut found = a.inspection.clone();
        found.push(format!("SHA-256 {}", a.sha256));
        Line {
            text: label(&format!("{} ({})", a.name, a.kind), &list(told, text), text),
            detail: Some(found.join("\n")),
            tone: if a.has_macro || !a.marks.is_empty() { "bad" } else { "" },
        }
    };
    verdict.attachments.iter().map(each).collect()
}

fn links(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let shown = verdict.links.iter().filter(|l| l.href.contains("://")).take(30);
    shown
        .map(|l| Line {
            text: format!("{} {}", text.say("triage-shows", &[]), quote(&l.text, text)),
            // Written so that nobody follows it by mistake.
            detail: Some(format!("{} {}", text.say("triage-leads-to", &[]), l.href.replacen("http", "hxxp", 1))),
            tone: if l.mismatch || l.bare_ip || l.carries_recipient { "bad" } else { "" },
        })
        .collect()
}

fn next(verdict: &Verdict, text: &Text) -> Vec<Line> {
    if verdict.next == "none" && verdict.basis.class == Class::Discussion && !verdict.contains.is_empty() {
        // What it hands on is what the reader wants to know about.
        return vec![plain(text.say("triage-next-inside", &[]))];
    }
    let mut lines = vec![plain(text.word(&format!("triage-next-{}", verdict.next), verdict.next))];
    if verdict.basis.class == Class::Scam {
        lines.push(plain(text.say("triage-scam-report", &[])));
    }
    lines
}

fn silence(verdict: &Verdict, text: &Text) -> Vec<Line> {
    let class = if open(verdict) { Class::ContractualAudit } else { verdict.basis.class };
    let premise = open(verdict).then(|| plain(text.say("triage-silence-premise", &[])));
    // What a seizure takes is told of a fraud only where it threatens with the law.
    let law = ["threat", "legal-words-without-basis", "court-summons"].iter().any(|flag| verdict.has(flag));
    let told = |c: &&consequences::Consequence| class != Class::Scam || law || c.code != "no-seizure-by-mail";
    let follows = consequences::of(class).into_iter().filter(told).map(|c| {
        let said = text.word(&format!("triage-consequence-{}", c.code), &c.code);
        let mark = if c.counsel { format!(" [{}]", text.say("triage-counsel", &[])) } else { String::new() };
        let sources = (!c.sources.is_empty())
            .then(|| label(&text.say("triage-sources", &[]), &list(c.sources.clone(), text), text));
        Line { text: format!("{said}{mark}"), detail: sources, tone: "" }
    });
    premise.into_iter().chain(follows).collect()
}

/// The whole report as plain text.
pub(super) fn report(verdict: &Verdict, draft: Option<&str>, text: &Text) -> String {
    let mut out = String::new();
    let mut line = |l: &str| {
        // What a mail says must not steer the terminal.
        out.extend(l.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }));
        out.push('\n');
    };
    let summary = text.say(summary(verdict), &[]);
    line(&label(&verdict.file, &format!("{summary}. {}. {}", class(verdict, text), obliged(verdict, text)), text));
    line(&format!("  {}", label(&text.say("triage-subject", &[]), &verdict.subject, text)));
    if let Some(date) = verdict.date {
        line(&format!("  {}", label(&text.say("triage-day", &[]), &date.to_string(), text)));
    }
    for section in sections(verdict, text) {
        line("");
        line(&section.title);
        for each in section.lines {
            line(&format!("  - {}", each.text));
            for detail in each.detail.iter().flat_map(|d| d.lines()) {
                line(&format!("      {detail}"));
            }
        }
    }
    if let Some(draft) = draft {
        line("");
        line(&text.say("triage-heading-draft", &[]));
        line(&format!("  {}", text.say("triage-draft-mark", &[])));
        line("");
        for each in draft.lines() {
            line(format!("    {each}").trim_end());
        }
    }
    line("");
    line(&text.say("triage-not-advice", &[]));
    for inside in &verdict.contains {
        out.push_str(&format!("\n{}\n", text.say("triage-heading-inside", &[])));
        out.push_str(&report(inside, None, text));
    }
    out
}
