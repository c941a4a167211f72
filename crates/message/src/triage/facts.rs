//! What one mail says and proves by itself: all that costs time in a verdict, and nothing that depends on other mails.

use super::identity::{self, Checks, Form};
use super::language::{self, Language};
use super::links::{self, JudgedLink};
use super::signs::Signs;
use super::who::Who;
use super::{Triage, deadlines, mentions};
use crate::attachment::{self, Attachment};
use crate::content::Content;
use crate::headers::RawMail;

/// What one mail says and proves, before the past is looked at.
#[derive(Clone)]
pub(super) struct Facts<'a> {
    pub(super) content: Content,
    pub(super) form: Form,
    pub(super) checks: Checks,
    pub(super) attachments: Vec<Attachment>,
    pub(super) signs: Signs,
    pub(super) lang: Language,
    pub(super) who: Who<'a>,
    pub(super) links: Vec<JudgedLink>,
    pub(super) sent: Option<jiff::civil::Date>,
    pub(super) mentions: mentions::Mentions,
    pub(super) days: deadlines::Days,
    pub(super) list: bool,
    /// True for one of a mass mailing, by its header.
    pub(super) bulk: bool,
    /// True when a program answered for someone who is away, by the header or the subject.
    pub(super) automatic: bool,
    pub(super) no_headers: bool,
    pub(super) flooded: bool,
}

impl<'a> Facts<'a> {
    /// Everything that costs time. Attachments are examined, and their bytes let go.
    pub(super) fn of(triage: &'a Triage<'_>, mail: &RawMail<'_>, mut content: Content, form: Form) -> Facts<'a> {
        let checks = identity::check(mail, &content, form, triage.world, triage.dns);
        let attachments = content
            .parts
            .iter_mut()
            .map(|p| attachment::examine(&p.name, &p.declared, &std::mem::take(&mut p.bytes), triage.inspector))
            .collect();
        let who = Who::of(triage, &content, &checks);
        let signs = Signs::read(triage.rules, &content, !who.at_publisher && !who.speaks_for_publisher);
        let sent = day(&content, &checks);
        let lang = language::of(&signs.text);
        let order = deadlines::order_in(lang, &signs.text, offset_hours(mail));
        Facts {
            who,
            links: judged_links(&content),
            mentions: mentions::read(&signs.text),
            days: sent.map(|day| deadlines::read_from(&signs.text, signs.borrowed, day, order)).unwrap_or_default(),
            list: mail.named("list-id").next().is_some() || mail.named("list-post").next().is_some(),
            bulk: mail.named("list-unsubscribe").next().is_some(),
            automatic: automatic(mail, &content),
            no_headers: mail.headers().is_empty(),
            flooded: mail.flooded(),
            content,
            form,
            checks,
            attachments,
            signs,
            lang,
            sent,
        }
    }

    /// The mails that it continues.
    pub(super) fn references(&self) -> &[String] {
        &self.content.references
    }

    /// True when its verdict may name an auditor for the publisher.
    pub(super) fn may_name_auditor(&self) -> bool {
        self.who.at_publisher && self.mentions.auditor.is_some()
    }

    /// Its number and the address that it comes from.
    pub(super) fn origin(&self) -> (&str, &str) {
        (&self.content.message_id, self.content.from.first().map_or("", |p| p.address.as_str()))
    }
}

/// How the subject of an automatic answer begins.
const AWAY: &[&str] = &[
    "réponse automatique",
    "message d'absence",
    "absence du bureau",
    "absence :",
    "automatic reply",
    "auto-reply",
    "autoreply",
    "auto:",
    "out of office",
    "out of the office",
    "automatische antwort",
    "abwesenheitsnotiz",
];

fn automatic(mail: &RawMail<'_>, content: &Content) -> bool {
    let told = mail.text("auto-submitted").is_some_and(|v| v.trim().to_ascii_lowercase().starts_with("auto-replied"));
    let subject = content.subject.trim_start().to_lowercase().replace('\u{2019}', "'");
    told || AWAY.iter().any(|away| subject.starts_with(away))
}

/// The day from which periods count: that of the Date header, unless one's own server received it days apart.
fn day(content: &Content, checks: &Checks) -> Option<jiff::civil::Date> {
    let received = checks.path.first().and_then(|h| h.at);
    match (content.date, received) {
        (Some(date), Some(at)) if (date.seconds - at).abs() > 3 * 86_400 => crate::time::day_of(at),
        (Some(date), _) => Some(date.day),
        (None, Some(at)) => crate::time::day_of(at),
        (None, None) => None,
    }
}

fn offset_hours(mail: &RawMail<'_>) -> i32 {
    let date = mail.text("date").unwrap_or_default();
    let zone = date.split(' ').rev().find(|w| w.len() == 5 && w.starts_with(['+', '-']));
    zone.and_then(|z| z.get(..3)?.parse().ok()).unwrap_or(0)
}

fn judged_links(content: &Content) -> Vec<JudgedLink> {
    let recipients: Vec<String> = content.to.iter().map(|p| p.address.clone()).collect();
    links::judge(content.links(), &recipients)
}
