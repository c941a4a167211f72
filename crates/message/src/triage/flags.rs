//! What to notice apart from the words: in the checks, names, links and attachments.

use super::identity::{Checks, Form};
use super::ledger::{HARD, Ledger};
use super::links::JudgedLink;
use super::who::{Who, mentions_name};
use super::{History, Triage, lookalike};
use crate::attachment::Attachment;
use crate::auth::arc::ArcResult;
use crate::auth::dkim::{DkimResult, Reason};
use crate::auth::dmarc::{DmarcResult, Policy};
use crate::auth::results::VerdictLine;
use crate::auth::spf::SpfResult;
use crate::content::Content;
use crate::domain;
use crate::fold::Folded;
use crate::world::belongs;

#[expect(clippy::too_many_arguments, reason = "each is one independent source of evidence")]
pub(super) fn identity_flags(
    triage: &Triage<'_>,
    ledger: &mut Ledger,
    content: &Content,
    form: Form,
    checks: &Checks,
    who: &Who<'_>,
    list: bool,
    vouched: bool,
    history: &History,
) {
    let from = content.from.first().cloned().unwrap_or_default();
    if list {
        ledger.flag("mailing-list");
    }
    if vouched {
        ledger.flag("arc-vouches");
    } else if checks.arc.result == ArcResult::Fail && !checks.arc.key_missing {
        ledger.flag("arc-broken");
    }
    if form == Form::Outlook {
        ledger.flag("signature-not-judged");
    }
    if checks.rewritten && form == Form::Bytes {
        ledger.flag("file-rewritten");
    }
    if checks.unnamed_line {
        ledger.flag("auth-results-without-server-name");
    }
    for signed in &checks.dkim {
        match (signed.signature.result, signed.signature.reason) {
            // A list changes bodies; where its chain vouches for the signature before, there is nothing to notice.
            (DkimResult::Fail, Some(Reason::BodyChanged | Reason::BodyCut)) if vouched => {}
            (DkimResult::Fail, Some(Reason::BodyChanged | Reason::BodyCut)) => ledger.flag("dkim-body-changed"),
            (DkimResult::Fail, Some(Reason::Expired)) => ledger.flag("dkim-expired"),
            (DkimResult::Fail, _) => ledger.flag("dkim-fail"),
            (DkimResult::Pass, _) if signed.signature.length_limited => ledger.flag("dkim-length-limited"),
            (DkimResult::Pass, _) if signed.signature.testing => ledger.flag("dkim-testing"),
            _ => {}
        }
    }
    let any_pass = checks.dkim.iter().any(|s| s.signature.result == DkimResult::Pass);
    if any_pass && !checks.dkim.iter().any(|s| s.aligned && s.signature.result == DkimResult::Pass) && !vouched {
        ledger.flag("dkim-not-aligned");
    }
    if checks.uncovered.iter().any(|n| *n == "subject" || *n == "reply-to") {
        ledger.flag("header-not-signed");
    }
    if matches!(checks.spf.result, SpfResult::Fail | SpfResult::SoftFail) {
        ledger.flag("spf-fail");
    }
    let explained = vouched || checks.rewritten || (list && checks.dmarc != DmarcResult::Fail);
    if checks.dmarc == DmarcResult::Fail && !explained {
        ledger.flag("dmarc-fail");
        let strict = matches!(checks.policy, Some(Policy::Reject | Policy::Quarantine));
        if checks.policy == Some(Policy::Reject) {
            ledger.flag("dmarc-reject");
        }
        // A domain whose owner says that such mails are not his is used by another, whoever the owner is; that it is the
        // publisher's makes the fraud.
        if strict || (who.known && checks.spf.result == SpfResult::Fail) {
            ledger.flag("spoofed");
            let words = format!("From: {}; dmarc=fail p={}", from.address, checks.policy.map_or("none", Policy::word));
            ledger.give(if strict && who.known { HARD } else { 6 }, "scam", "spoofed", &words);
        }
    }
    if !checks.doubled.is_empty() {
        ledger.flag("duplicated-header");
        ledger.give(2, "scam", "duplicated-header", &checks.doubled.join(", "));
    }
    if content.from.len() > 1 {
        ledger.flag("several-from");
    }
    if let Some((original, _)) = lookalike::of(triage, &who.from_domain) {
        ledger.flag("lookalike-domain");
        ledger.give(HARD, "scam", "lookalike-domain", &format!("{} / {original}", domain::unicode(&who.from_domain)));
    }
    if domain::mixes_scripts(&who.from_domain) {
        ledger.flag("mixed-script-domain");
    }
    display_name(triage, ledger, &from.name, who);
    reply_to(ledger, content, who, list);
    if who.contractor_address {
        ledger.flag("contractor-address-at-publisher");
        ledger.all("contractor-address-at-publisher", &format!("{} <{}>", from.name, from.address), -3, 4, 0);
    }
    if who.at_publisher && who.proven {
        ledger.flag("publisher-authenticated");
    }
    let own = |line: &VerdictLine| line.server.as_deref().is_some_and(|s| triage.world.is_own_server(s));
    let foreign = checks.foreign_lines.iter().find(|line| own(line) || !explained_line(line, checks, list, vouched));
    if let Some(line) = foreign {
        ledger.flag("untrusted-auth-results");
        ledger.give(3, "scam", "untrusted-auth-results", line.server.as_deref().unwrap_or("-"));
    }
    if content.html.as_ref().is_some_and(|h| h.hidden.trim().len() > 40) {
        ledger.flag("hidden-text");
    }
    if content.holds_mails {
        ledger.flag("forwarded-as-attachment");
    }
    let earlier = history.earlier_senders(&content.references);
    // Without the earlier mails at hand, a thread that goes on under a new subject is the sign that is left.
    let subject = content.subject.to_lowercase();
    let broken_thread = earlier.is_empty()
        && !content.references.is_empty()
        && !["re:", "re :", "tr:", "fw:", "fwd:", "aw:"].iter().any(|p| subject.starts_with(p))
        && !list
        && !who.own_house;
    if broken_thread || (!earlier.is_empty() && !earlier.contains(&from.address.as_str()) && !who.own_house) {
        ledger.flag("new-address-in-thread");
    }
}

/// A foreign verdict line is explained when a chain that holds, or a list, wrote it on the way.
fn explained_line(line: &VerdictLine, checks: &Checks, list: bool, vouched: bool) -> bool {
    let Some(server) = &line.server else { return list && vouched };
    let relay = checks.path.iter().any(|h| domain::same_organisation(&h.by, server));
    (vouched && checks.arc.sealers.iter().any(|s| domain::same_organisation(s, server))) || relay
}

fn display_name(triage: &Triage<'_>, ledger: &mut Ledger, name: &str, who: &Who<'_>) {
    let folded = Folded::new(name.to_owned());
    let inside = name
        .split([' ', '<', '>', '(', ')', '"', ',', ';'])
        .find(|w| w.split_once('@').is_some_and(|(l, d)| !l.is_empty() && d.contains('.')));
    if let Some(address) = inside
        && !domain::same_organisation(&domain::of_address(address), &who.from_domain)
    {
        ledger.flag("address-in-display-name");
        ledger.all("address-in-display-name", name, 0, 2, 2);
    }
    let other = triage
        .publishers
        .iter()
        .find(|p| mentions_name(&folded, &p.names) && !belongs(&who.from_domain, &p.publisher.domains));
    if other.is_some() {
        ledger.flag("display-name-names-another-org");
        if inside.is_none() {
            ledger.all("display-name-names-another-org", name, 0, 2, 2);
        }
        if triage.rules.habits.free_mail.contains(&who.from_domain) {
            ledger.flag("free-mail-address");
            ledger.give(6, "scam", "free-mail-address", &who.from_domain);
        }
    }
}

fn reply_to(ledger: &mut Ledger, content: &Content, who: &Who<'_>, list: bool) {
    let other = content.reply_to.iter().find(|p| {
        let d = p.domain();
        !d.is_empty() && !domain::same_organisation(&d, &who.from_domain)
    });
    if let Some(other) = other
        && !list
    {
        ledger.flag("reply-to-other-domain");
        if !who.proven {
            ledger.give(5, "scam", "reply-to-other-domain", &format!("Reply-To: {}", other.address));
        }
    }
}

pub(super) fn link_flags(
    triage: &Triage<'_>,
    ledger: &mut Ledger,
    links: &[JudgedLink],
    content: &Content,
    who: &Who<'_>,
) {
    for link in links {
        if link.mismatch {
            ledger.flag("link-text-differs-from-target");
        }
        if link.bare_ip {
            ledger.flag("link-to-bare-ip");
        }
        if link.carries_recipient {
            ledger.flag("link-carries-recipient");
        }
        if triage.rules.habits.shorteners.contains(&link.host) {
            ledger.flag("shortened-link");
        }
        if !link.host.is_empty()
            && !link.bare_ip
            && lookalike::of(triage, &link.host).is_some()
            && !domain::same_organisation(&link.host, &who.from_domain)
        {
            ledger.flag("link-to-lookalike");
        }
    }
    let html = content.html.as_ref();
    if html.is_some_and(|h| h.password_field || !h.forms.is_empty()) {
        ledger.flag("form-in-mail");
        ledger.give(6, "scam", "form-in-mail", &html.map(|h| h.forms.join(" ")).unwrap_or_default());
    }
    if let Some(link) = links.iter().find(|l| l.bare_ip) {
        ledger.give(6, "scam", "link-to-bare-ip", &link.href);
    }
}

pub(super) fn attachment_flags(ledger: &mut Ledger, attachments: &[Attachment]) {
    for attachment in attachments {
        if attachment.has_macro {
            ledger.flag("macro-attachment");
        }
        if attachment.autoexec.is_some() {
            ledger.flag("macro-runs-on-open");
        }
        let mut worst = 0;
        if matches!(attachment.kind.as_str(), "html" | "svg") {
            ledger.flag("html-attachment");
            worst = 6;
        }
        for mark in &attachment.marks {
            match mark.as_str() {
                "executable" => {
                    ledger.flag("executable-attachment");
                    worst = 6;
                }
                "double-extension" => {
                    ledger.flag("double-extension");
                    worst = 6;
                }
                "encrypted" => ledger.flag("encrypted-attachment"),
                "name-differs-from-type" => ledger.flag("attachment-name-differs-from-type"),
                _ => {}
            }
        }
        ledger.give(worst, "scam", "dangerous-attachment", &attachment.name);
    }
}
