//! Frauds that have nothing to do with licences: a chief who wants wage slips, a supplier with a new bank, a parcel, a locked
//! account. What is asked is told whoever asks it; a fraud is said only where several things speak for it, and never of one whose
//! domain is shown, for his words alone.

use super::basis::ENOUGH;
use super::identity::Checks;
use super::ledger::{HARD, Ledger};
use super::links::JudgedLink;
use super::signs::Signs;
use super::who::{Who, mentions_name};
use super::{Triage, lookalike};
use crate::auth::dmarc::DmarcResult;
use crate::content::Content;
use crate::domain;
use crate::fold::Folded;

/// Phrases of audit mails that count in any mail, with what each is worth here.
const SHARED: &[(&str, i32)] = &[
    ("payment-request", 3),
    ("credential-request", 3),
    ("account-suspension", 3),
    ("bank-details", 1),
    ("urgency", 1),
];

/// Words that nobody honest needs: they count against a sender whose domain is shown too.
const MANNERS: &[&str] = &["secrecy", "out-of-reach", "gift-card-errand", "blackmail", "windfall", "pay-in-crypto"];

/// What speaks against the sender himself or against his links.
const AGAINST: &[&str] = &[
    "brand-of-another",
    "brand-in-domain",
    "names-your-house",
    "chief-from-outside",
    "free-mail-sender",
    "reply-to-other-domain",
    "foreign-link",
    "shortened-link",
    "link-text-differs-from-target",
    "link-to-bare-ip",
    "link-to-lookalike",
    "form-in-mail",
    "dangerous-attachment",
    "address-in-display-name",
    "untrusted-auth-results",
    "duplicated-header",
    "dmarc-fail",
];

/// Flags, asks and points of a mail that is no part of a campaign.
pub(super) fn judge(
    triage: &Triage<'_>,
    ledger: &mut Ledger,
    signs: &Signs,
    content: &Content,
    checks: &Checks,
    who: &Who<'_>,
    links: &[JudgedLink],
) {
    let name = content.from.first().map(|p| p.name.as_str()).unwrap_or_default();
    borrowed_name(triage, ledger, name, who);
    if lookalike::known(triage, &who.from_domain) && who.proven {
        // Someone whom the case knows, shown: his bills and his forms are his.
        return;
    }
    let before = ledger.reasons.len();
    words(ledger, signs, who);
    // Who sends and where links lead are held against a mail only where it wants something, or bears a borrowed name.
    if ledger.reasons.len() == before && !ledger.has("brand-of-another") {
        return;
    }
    sender(triage, ledger, signs, name, checks, who);
    targets(ledger, links, who);
}

/// True when enough speaks for a fraud.
pub(super) fn shown(ledger: &Ledger, who: &Who<'_>, checks: &Checks) -> bool {
    let open = who.proven || checks.dmarc == DmarcResult::Unsure;
    ledger.sum("scam") >= ENOUGH && (!open || MANNERS.iter().chain(AGAINST).any(|code| ledger.earned(code)))
}

/// A name that many know, borne by one who does not own it.
fn borrowed_name(triage: &Triage<'_>, ledger: &mut Ledger, name: &str, who: &Who<'_>) {
    let label = domain::unicode(&domain::label(&who.from_domain));
    let said = Folded::new(name.to_owned());
    if triage.imitated.of(&label, |label| triage.rules.brands.iter().any(|brand| brand.imitated_by(label))) {
        ledger.flag("lookalike-domain");
        ledger.give(HARD, "scam", "lookalike-domain", &domain::unicode(&who.from_domain));
    }
    let Some(brand) = triage.rules.brands.iter().find(|brand| mentions_name(&said, &brand.names)) else { return };
    if !brand.owns(&label) && !who.own_house && !lookalike::known(triage, &who.from_domain) {
        ledger.flag("brand-of-another");
        ledger.give(4, "scam", "brand-of-another", &format!("{name} <...@{}>", who.from_domain));
        if brand.worn_by(&label) {
            ledger.give(2, "scam", "brand-in-domain", &who.from_domain);
        }
    }
}

/// What is asked, and what it is dressed in.
fn words(ledger: &mut Ledger, signs: &Signs, who: &Who<'_>) {
    let asks = signs.frauds().any(|(phrase, _)| phrase.ask.is_some()) || signs.says("payment-request");
    let pretext = signs.frauds().any(|(phrase, _)| phrase.points.scam > 0);
    let mut counted: Vec<&str> = Vec::new();
    for (phrase, words) in signs.frauds() {
        if let Some(ask) = &phrase.ask
            && !ledger.asks.contains(ask)
        {
            ledger.asks.push(ask.clone());
        }
        // A parcel that waits, an account in trouble: ordinary, until something is asked along with it.
        if asks || MANNERS.contains(&phrase.id.as_str()) {
            phrase.flag.iter().for_each(|flag| ledger.flag(flag));
        }
        let group = phrase.points.once.as_deref().unwrap_or(&phrase.id);
        if !counted.contains(&group) {
            counted.push(group);
            ledger.give(phrase.points.scam, "scam", &phrase.id, &words);
        }
    }
    for (phrase, words) in signs.all() {
        let Some((_, points)) = SHARED.iter().find(|(id, _)| *id == phrase.id) else { continue };
        // That a password is spoken of asks for none, where the one who speaks is shown.
        let asked = phrase.id == "payment-request" || (phrase.id == "credential-request" && !who.proven);
        if !(asked || asks || (pretext && !who.proven)) {
            continue;
        }
        if let Some(ask) = phrase.ask.as_ref().filter(|ask| asked && !ledger.asks.contains(ask)) {
            ledger.asks.push(ask.clone());
        }
        phrase.flag.iter().for_each(|flag| ledger.flag(flag));
        let group = if phrase.id == "payment-request" { "payment" } else { phrase.id.as_str() };
        if !counted.contains(&group) {
            counted.push(group);
            ledger.give(*points, "scam", &phrase.id, &words);
        }
    }
}

/// What speaks against the sender.
fn sender(triage: &Triage<'_>, ledger: &mut Ledger, signs: &Signs, name: &str, checks: &Checks, who: &Who<'_>) {
    let free = triage.rules.habits.free_mail.contains(&who.from_domain);
    if free {
        ledger.give(1, "scam", "free-mail-sender", &who.from_domain);
    }
    if !who.proven && checks.dmarc != DmarcResult::Unsure {
        ledger.give(1, "scam", "sender-not-shown", &who.from_domain);
    }
    if ledger.has("dmarc-fail") {
        ledger.give(3, "scam", "dmarc-fail", &who.from_domain);
    }
    let house = String::from_utf8_lossy(Folded::new(triage.world.customer.name.clone()).bytes()).into_owned();
    if house.len() >= 4 && !who.own_house && mentions_name(&Folded::new(name.to_owned()), &[house]) {
        ledger.flag("names-your-house");
        ledger.give(4, "scam", "names-your-house", name);
    }
    if let Some(words) = signs.words("chief-role").filter(|_| !who.own_house && (free || !who.proven)) {
        ledger.give(3, "scam", "chief-from-outside", &words);
    }
    if ledger.has("reply-to-other-domain") && !ledger.earned("reply-to-other-domain") {
        ledger.give(2, "scam", "reply-to-other-domain", &who.from_domain);
    }
}

/// What speaks against the links.
fn targets(ledger: &mut Ledger, links: &[JudgedLink], who: &Who<'_>) {
    let mut hosts = links.iter().filter(|link| !link.host.is_empty());
    if let Some(link) = hosts.find(|link| !domain::same_organisation(&link.host, &who.from_domain)) {
        ledger.give(2, "scam", "foreign-link", &link.href);
    }
    for (flag, points) in [("shortened-link", 3), ("link-text-differs-from-target", 3), ("link-to-lookalike", 4)] {
        if ledger.has(flag) {
            ledger.give(points, "scam", flag, "-");
        }
    }
}
