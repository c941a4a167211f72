//! The report for the boss: one page that stands alone, in light and dark, on paper too. No script, nothing fetched.

use super::tell::{self, Told};
use crate::report::document::{self, Answer, Section};
use crate::text::Text;
use askama::Template;
use message::triage::{Class, Standing, Verdict};

#[derive(Template)]
#[template(path = "triage-mail.html")]
struct Article {
    inside: String,
    draft_title: String,
    draft_mark: String,
    mails: Vec<Mail>,
}

struct Mail {
    subject: String,
    meta: Vec<String>,
    /// The two questions with their answers and the tone.
    answers: Vec<Answer>,
    sections: Vec<Section>,
    draft: Option<String>,
    inside: bool,
}

/// What stands before the articles, and what after them.
///
/// # Errors
/// What the template engine reports.
pub(super) fn frame(text: &Text) -> Result<(String, String), askama::Error> {
    let say = |id: &str| text.say(id, &[]);
    // A character that no sentence holds marks the place of the articles.
    let place = ["\u{1}".to_owned()];
    let page = document::page(say("triage-title"), say("triage-not-advice"), say("triage-printed"), &place, text)?;
    let (before, after) = page.split_once('\u{1}').unwrap_or((&page, ""));
    Ok((before.to_owned(), after.to_owned()))
}

/// The article of one mail, and of the mails inside it.
///
/// # Errors
/// What the template engine reports.
pub(super) fn article(told: &Told, text: &Text) -> Result<String, askama::Error> {
    let say = |id: &str| text.say(id, &[]);
    let mut mails = Vec::new();
    mail(&told.verdict, told.draft.clone(), false, text, &mut mails);
    Article {
        inside: say("triage-heading-inside"),
        draft_title: say("triage-heading-draft"),
        draft_mark: say("triage-draft-mark"),
        mails,
    }
    .render()
}

/// A section in which no line of a narrow page begins with a mark.
fn bound(mut section: Section) -> Section {
    for line in &mut section.lines {
        line.text = together(&line.text);
        line.detail = line.detail.as_deref().map(together);
    }
    section
}

/// Keeps the marks that French parts from the word by a blank beside it.
fn together(said: &str) -> String {
    let mut out = said.replace("\u{ab} ", "\u{ab}\u{a0}");
    for mark in [";", ":", "?", "\u{bb}"] {
        out = out.replace(&format!(" {mark}"), &format!("\u{a0}{mark}"));
    }
    out
}

fn mail(verdict: &Verdict, draft: Option<String>, inside: bool, text: &Text, out: &mut Vec<Mail>) {
    let say = |id: &str| text.say(id, &[]);
    let sender = format!("{} <{}>", verdict.identity.claimed, verdict.identity.from_address);
    let mut meta = vec![tell::label(&say("triage-from"), &sender, text)];
    meta.extend(verdict.date.map(|d| tell::label(&say("triage-day"), &d.to_string(), text)));
    if !verdict.sha256.is_empty() {
        meta.push(tell::label(&say("triage-fingerprint"), &verdict.sha256, text));
    }
    let domain = ("domain", verdict.identity.from_domain.clone());
    let standing = text.say(&format!("triage-standing-{}", tell::code(&verdict.identity.verdict)), &[domain]);
    let who = if verdict.identity.verdict == Standing::Imitated { "bad" } else { "" };
    let what = match verdict.basis.class {
        Class::Scam => "bad",
        // Green reassures: not where nothing shows who sent it.
        Class::Discussion if !matches!(verdict.identity.verdict, Standing::Imitated | Standing::Unproven) => "good",
        _ => "",
    };
    out.push(Mail {
        subject: verdict.subject.clone(),
        meta,
        answers: vec![
            (say("triage-heading-identity"), together(&standing), who),
            (
                say("triage-heading-basis"),
                together(&format!("{}. {}", tell::class(verdict, text), tell::obliged(verdict, text))),
                what,
            ),
        ],
        sections: tell::sections(verdict, text).into_iter().map(bound).collect(),
        draft,
        inside,
    });
    for each in &verdict.contains {
        mail(each, None, true, text, out);
    }
}
