//! What people decided, as sentences.

use super::wording::{self, Say};
use desk::decisions::Behind;
use desk::joins::JoinAct;
use desk::mends::MendAct;
use desk::titles::TitleDecision;
use licensing::position::Line;

/// The decisions that a line stands on.
pub(crate) fn behind<'a>(all: &'a [Behind], line: &'a Line) -> impl Iterator<Item = &'a Behind> {
    all.iter().filter(|behind| behind.lines.contains(&line.id))
}

/// A decision with its number, day and author.
pub(crate) fn sentence(behind: &Behind, say: &dyn Say) -> String {
    let what = match (&behind.title, &behind.join, &behind.rule) {
        (Some(decision), ..) => title(decision, say),
        (_, Some(act), _) => join(act, say),
        (_, _, Some(rule)) => say.say("decision-rule", &[("rule", rule.clone())]),
        _ => behind.mend.as_ref().map(|act| mend(act, say)).unwrap_or_default(),
    };
    line(behind.act, &behind.at, &behind.author, what, say)
}

/// Number, day and author before what was decided.
pub(crate) fn line(act: i64, at: &str, author: &str, what: String, say: &dyn Say) -> String {
    let values = [
        ("act", act.to_string()),
        ("author", author.to_owned()),
        ("day", at.chars().take(10).collect()),
        ("what", what),
    ];
    say.say("decision-line", &values)
}

fn with_reason(mut text: String, why: &str) -> String {
    if !why.is_empty() {
        text.push_str(&format!(" ({why})"));
    }
    text
}

/// What a title is said to be.
pub(crate) fn title(decision: &TitleDecision, say: &dyn Say) -> String {
    let name = wording::product_name(&decision.product, &decision.edition, &decision.version);
    let values = [("title", decision.title.clone()), ("product", name)];
    with_reason(say.say(&format!("title-is-{}", decision.standing), &values), &decision.why)
}

/// What was decided about a join.
pub(crate) fn join(act: &JoinAct, say: &dyn Say) -> String {
    let values = [("of", act.of.join(", ")), ("records", act.records.to_string())];
    with_reason(say.say(&format!("join-{}", act.kind), &values), &act.why)
}

/// A row that was mended: where, how it should have read, and how it stood.
pub(crate) fn mend(act: &MendAct, say: &dyn Say) -> String {
    let part = act.origin.part.as_deref().map(|part| format!(" [{part}]")).unwrap_or_default();
    let values = [
        ("file", format!("{}{part}", act.file)),
        ("row", act.origin.row.to_string()),
        ("text", act.text.clone()),
        ("was", act.was.replace(['\n', '\r'], " ")),
    ];
    say.say("row-mended", &values)
}
