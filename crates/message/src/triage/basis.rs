//! From checks and words to a verdict: flags, points with their reasons, class, next step.

use std::collections::BTreeSet;

use super::deadlines::{self, Deadline};
use super::facts::Facts;
use super::flags::{attachment_flags, identity_flags, link_flags};
use super::fraud;
use super::identity::{Checks, Form};
use super::ledger::{HARD, Ledger};
use super::matter::{self, Matter};
use super::mentions;
use super::signs::Signs;
use super::verdict::{Basis, Class, Identity, SignatureLine, Verdict};
use super::who::Who;
use super::{History, Triage, history};
use crate::attachment::Attachment;
use crate::auth::dmarc::{DmarcResult, Policy};
use crate::auth::spf::SpfResult;
use crate::content::Content;
use crate::domain;

/// Points that a contractual basis needs, and that a scam needs without a hard rule.
pub(super) const ENOUGH: i32 = 8;

/// The verdict, now that the past is known.
pub(super) fn judge(triage: &Triage<'_>, facts: Facts<'_>, history: &History) -> Verdict {
    let who = facts.who.clone().with(history, &facts.content.references);
    let (mut ledger, matter) = weighed(triage, &facts, &who, history);
    let campaign = match who.continues && may_be_campaign(&facts) {
        true => campaign(triage, &facts),
        false => matter == Matter::Campaign && may_be_campaign(&facts),
    };
    let asked = asked(&facts).filter(|_| campaign);
    let Facts { content, form, checks, attachments, signs, lang, links, sent, mentions, mut days, list, .. } = facts;
    let (no_headers, flooded) = (facts.no_headers, facts.flooded);
    let (content, checks) = (&content, &checks);
    let vouched = checks.vouched();
    let discussion = matter != Matter::Campaign;
    let contract = contract(triage, &mut ledger, &signs, content, &mentions, &days, matter);
    if matter == Matter::Other {
        fraud::judge(triage, &mut ledger, &signs, content, checks, &who, &links);
    }
    if !discussion {
        word_flags(triage, &mut ledger, &signs, &contract, &who);
        sums(&mut ledger, &signs, &mentions);
        request_points(triage, &mut ledger, &signs, &contract, &who, &attachments, &days.deadlines);
        if !days.meetings.is_empty() && !ledger.asks.iter().any(|ask| ask == "call") {
            // Who proposes a day for a talk asks for one.
            ledger.asks.push("call".to_owned());
        }
        still_asked(&mut ledger, &signs, &who, history.asked_before(&content.references));
    }
    let starts = days.notice.is_some() || days.deadlines.iter().any(|d| d.means == "earliest-start");
    let class = class(&ledger, &signs, &contract, &who, checks, matter, starts);
    let obliged = matches!(class, Class::ContractualAudit | Class::ContractualSelfAssessment);
    let claims = !obliged
        && !matches!(class, Class::Scam | Class::Discussion)
        && (contract.named.is_some() || contract.clause.is_some() || signs.says("claims-contractual"));
    if claims {
        ledger.flag("contractual-claim-not-shown");
    }
    if obliged {
        if signs.says("formal-notice-words") {
            ledger.flag("formal-notice");
        }
        start_by_notice(sent, &mut days);
        bind(triage, class, sent, &mut days.deadlines);
    }
    let sender = who.sender(class, vouched || list);
    let next = next_step(class, &ledger, &signs, &who);
    if discussion && ledger.asks.is_empty() {
        days.deadlines.clear();
        days.meetings.clear();
    }
    let verdict = who.standing(&ledger);
    let mut cannot_tell = Vec::new();
    match form {
        Form::Outlook if no_headers => cannot_tell.extend(["outlook-file", "no-headers"]),
        Form::Outlook => cannot_tell.push("outlook-file"),
        Form::Bytes if checks.rewritten => cannot_tell.push("rewritten-by-server"),
        Form::Bytes => {}
    }
    if checks.dmarc == DmarcResult::Unsure {
        cannot_tell.push("no-dns");
    }
    if checks.spf.result == SpfResult::Unsure {
        cannot_tell.push("no-delivery-shown");
    }
    let shown = domain::unicode(&checks.from_domain);
    let from = content.from.first().cloned().unwrap_or_default();
    let mut case_refs = mentions.case_refs.clone();
    case_refs.retain(|r| {
        !triage.world.contracts().any(|a| same_number(&a.number, r)) && !attachments.iter().any(|a| a.name == *r)
    });
    Verdict {
        file: String::new(),
        subject: content.subject.clone(),
        date: sent,
        sha256: String::new(),
        lang,
        identity: Identity {
            verdict,
            sender,
            from_domain_shown: (shown != checks.from_domain).then_some(shown),
            from_domain: checks.from_domain.clone(),
            reply_to: content.reply_to.first().map(|p| p.address.clone()).filter(|a| *a != from.address),
            from_address: from.address,
            claimed: from.name,
            dkim: checks.dkim.iter().map(SignatureLine::from).collect(),
            spf: checks.spf.result.word(),
            spf_basis: checks.spf.basis,
            dmarc: checks.dmarc.word(),
            dmarc_policy: checks.policy.map(Policy::word),
            arc: checks.arc.result.word(),
            not_covered: checks.uncovered.clone(),
            path: checks.path.iter().map(hop_line).collect(),
            cannot_tell,
        },
        basis: Basis { class, obliged, claims_contractual_not_shown: claims, reasons: ledger.reasons },
        flags: ledger.flags.into_iter().collect(),
        asks: ledger.asks,
        deadlines: days.deadlines,
        meetings: days.meetings,
        attachments,
        links,
        phones: mentions.phones,
        amounts: mentions.amounts,
        counts: mentions.counts,
        case_refs,
        agreement: contract.on_file.map(|(number, _)| number),
        clause: contract.clause.map(|(clause, _)| clause),
        auditor: mentions.auditor.filter(|_| signs.says("independent-auditor")),
        next,
        message_id: content.message_id.clone(),
        references: content.references.clone(),
        left_out: {
            let mut left = content.left_out.clone();
            if flooded {
                left.push("too-many-headers");
            }
            left
        },
        campaign,
        asked,
        contains: Vec::new(),
    }
}

/// False for what surely is no mail of a campaign: it neither speaks of licences nor names a publisher or a contract.
fn may_be_campaign(facts: &Facts<'_>) -> bool {
    facts.signs.topic || facts.who.named.is_some() || facts.mentions.agreement.is_some()
}

/// True when a mail is one of a campaign by what it shows itself, whatever came before.
pub(super) fn campaign(triage: &Triage<'_>, facts: &Facts<'_>) -> bool {
    may_be_campaign(facts) && weighed(triage, facts, &facts.who, &History::new()).1 == Matter::Campaign
}

/// What a mail asks in the main by itself, whatever came before.
pub(super) fn asked(facts: &Facts<'_>) -> Option<&'static str> {
    let asks = |ask: &str| facts.signs.all().any(|(phrase, _)| phrase.ask.as_deref() == Some(ask));
    let met = |ask: &str| ask == "call" && !facts.days.meetings.is_empty();
    history::MAIN.iter().copied().find(|ask| asks(ask) || met(ask))
}

/// A reminder or a threat that names nothing asks for what its thread asked for, or else for an inventory; so does one that only
/// offers to talk about what has not come.
fn still_asked(ledger: &mut Ledger, signs: &Signs, who: &Who<'_>, before: Option<&'static str>) {
    let presses = ledger.has("reminder") || (ledger.has("threat") && !ledger.has("money-claimed"));
    let names_nothing = match ledger.asks.as_slice() {
        [] => true,
        [only] => only == "call" && (before.is_some() || signs.says("not-received")),
        _ => false,
    };
    // Whoever counts on an answer in a thread wants what was asked there.
    let counts = before.is_some() && signs.says("asks-answer");
    if !(presses || counts) || !names_nothing || !(signs.topic || who.continues) {
        return;
    }
    let ask = before.unwrap_or("inventory").to_owned();
    if !ledger.asks.contains(&ask) {
        ledger.asks.push(ask);
    }
}

/// What is to notice apart from the words, and what kind of mail it is: that comes before what it is worth, for talk about such
/// mails asks nothing.
fn weighed(triage: &Triage<'_>, facts: &Facts<'_>, who: &Who<'_>, history: &History) -> (Ledger, Matter) {
    let Facts { content, checks, signs, mentions, .. } = facts;
    let mut ledger = Ledger::default();
    let vouched = checks.vouched();
    identity_flags(triage, &mut ledger, content, facts.form, checks, who, facts.list, vouched, history);
    link_flags(triage, &mut ledger, &facts.links, content, who);
    attachment_flags(&mut ledger, &facts.attachments);
    let numbered = on_file(triage, signs, content).is_some();
    let evidence = matter::Evidence {
        signs,
        who,
        content,
        attachments: &facts.attachments,
        cites: numbered && mentions.clause.is_some(),
        numbered,
        invokes: mentions.clause.is_some() && mentions.agreement.is_some(),
        dated: !facts.days.deadlines.is_empty(),
        met: !facts.days.meetings.is_empty(),
        list: facts.list,
        bulk: facts.bulk,
        automatic: facts.automatic,
        vouched,
    };
    let matter = matter::of(triage, &ledger, &evidence);
    (ledger, matter)
}

fn hop_line(hop: &crate::auth::received::Hop) -> String {
    let from = hop.host.clone().unwrap_or_else(|| hop.helo.clone());
    match hop.ip {
        Some(ip) => format!("{} <- {from} [{ip}]", hop.by),
        None => format!("{} <- {from}", hop.by),
    }
}

/// What the mail shows of a contract.
struct Contract {
    on_file: Option<(String, String)>,
    /// A number that is named and not on file.
    named: Option<String>,
    clause: Option<(String, String)>,
    clause_fits: bool,
    notice_fits: bool,
}

fn contract(
    triage: &Triage<'_>,
    ledger: &mut Ledger,
    signs: &Signs,
    content: &Content,
    mentions: &mentions::Mentions,
    days: &deadlines::Days,
    matter: Matter,
) -> Contract {
    let agreement = on_file(triage, signs, content);
    let named = mentions.agreement.clone().filter(|n| !triage.world.contracts().any(|a| same_number(&a.number, n)));
    let clause_fits = mentions.clause.as_ref().is_some_and(|(clause, _)| {
        agreement.and_then(|a| a.clause.as_deref()).is_none_or(|on_file| {
            let number = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
            number(on_file) == number(clause)
        })
    });
    let term = triage.world.contracts().filter_map(|a| a.notice_days).next();
    let told = days
        .notice
        .as_ref()
        .map(|(n, _)| *n)
        .or_else(|| days.deadlines.iter().filter(|d| is_notice(d)).find_map(|d| d.days));
    let notice_fits = term.is_some() && told == term;
    if matter == Matter::Campaign || matter == Matter::Closed {
        match agreement {
            Some(_) => ledger.flag("contract-cited"),
            None if matter == Matter::Closed => {}
            None => ledger.flag("no-contract-cited"),
        }
        if named.is_some() && agreement.is_none() {
            ledger.flag("contract-number-not-on-file");
        }
        if mentions.clause.is_some() {
            ledger.flag("clause-cited");
        }
        if told.is_some() {
            ledger.flag("notice-period-given");
        }
    }
    Contract {
        on_file: agreement.map(|a| (a.number.clone(), a.number.clone())),
        named,
        clause: mentions.clause.clone(),
        clause_fits,
        notice_fits,
    }
}

/// The contract of the customer whose number the mail, or the name of a file with it, gives.
fn on_file<'t>(triage: &'t Triage<'_>, signs: &Signs, content: &Content) -> Option<&'t crate::world::Agreement> {
    triage.world.contracts().next()?;
    let mut text = dense(signs.text.original());
    content.parts.iter().for_each(|p| text.push_str(&dense(&p.name)));
    triage.world.contracts().find(|a| text.contains(&dense(&a.number)))
}

/// What a period runs from that runs from the mail itself.
const NOTICE: &[&str] = &[
    "notice",
    "notification",
    "présent",
    "receipt",
    "receiving",
    "réception",
    "préavis",
    "hereof",
    "this letter",
    "our letter",
    "this mail",
    "this e-mail",
    "this email",
    "ce courrier",
    "cette lettre",
    "notre courrier",
    "notre lettre",
];

/// A period that runs from the mail itself is a notice, not a wish for an answer.
fn is_notice(deadline: &Deadline) -> bool {
    let said = deadline.said.to_lowercase();
    deadline.days.is_some() && (deadline.means == "earliest-start" || NOTICE.iter().any(|w| said.contains(w)))
}

fn dense(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_uppercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            out.extend(c.to_uppercase());
        }
    }
    out
}

fn same_number(a: &str, b: &str) -> bool {
    dense(a) == dense(b)
}

/// Flags and asks that the words alone earn.
fn word_flags(triage: &Triage<'_>, ledger: &mut Ledger, signs: &Signs, contract: &Contract, who: &Who<'_>) {
    for (phrase, _) in signs.all() {
        if let Some(flag) = &phrase.flag {
            ledger.flag(flag);
        }
        if let Some(ask) = &phrase.ask
            && !ledger.asks.contains(ask)
        {
            ledger.asks.push(ask.clone());
        }
    }
    if signs.says("asks-to-accept") && !signs.says("self-assessment") {
        // Who wants his conclusions accepted does not ask for what they rest on again.
        ledger.asks.retain(|a| a != "inventory");
    }
    // Beside a thing that is plainly asked for, the name of another is no second request.
    let plain = ledger.asks.iter().any(|a| history::MAIN.contains(&a.as_str()) && a != "call");
    for phrase in signs.less_plain() {
        if let Some(ask) = &phrase.ask
            && !ledger.asks.contains(ask)
            && !(plain && history::MAIN.contains(&ask.as_str()))
        {
            ledger.asks.push(ask.clone());
            phrase.flag.iter().for_each(|flag| ledger.flag(flag));
        }
    }
    if signs.says("legal-words") && contract.on_file.is_none() {
        ledger.flag("legal-words-without-basis");
    }
    if signs.says("independent-auditor") {
        ledger.flag("independent-auditor-named");
    }
    if signs.forwarded {
        ledger.flag("forwarded-inline");
    }
    let publisher = who.named.is_some() || triage.world.publisher.is_some();
    if publisher && !who.at_publisher {
        ledger.flag("sender-is-not-publisher");
    }
    let contractor = (!who.at_publisher && !who.auditor) || who.contractor_address;
    if signs.says("mandate-shown") {
        ledger.flag("mandate-shown");
    } else if contractor && publisher {
        ledger.flag("no-mandate-shown");
    }
}

fn sums(ledger: &mut Ledger, signs: &Signs, mentions: &mentions::Mentions) {
    let claimed = mentions.amounts.iter().any(|a| !a.fine);
    if claimed && (signs.says("shortfall") || signs.says("claims-analysis") || signs.says("payment-request")) {
        ledger.flag("money-claimed");
    }
    // "It appears that 23 machines ..." is an analysis in all but name.
    if !mentions.counts.is_empty() && signs.says("shortfall") && signs.says("audit-topic") && claimed {
        ledger.flag("claims-analysis");
    }
}

fn request_points(
    triage: &Triage<'_>,
    ledger: &mut Ledger,
    signs: &Signs,
    contract: &Contract,
    who: &Who<'_>,
    attachments: &[Attachment],
    deadlines: &[Deadline],
) {
    match &contract.on_file {
        Some((number, _)) => ledger.give(5, "contractual", "agreement-on-file", number),
        None => ledger.give(2, "voluntary", "no-agreement-on-file", contract.named.as_deref().unwrap_or("-")),
    }
    if let Some((_, words)) = contract.clause.as_ref().filter(|_| contract.clause_fits) {
        ledger.give(3, "contractual", "clause-cited", words);
    }
    if let Some(words) = signs.words("independent-auditor")
        && who.at_publisher
        && who.proven
        && !who.contractor_address
    {
        ledger.give(3, "contractual", "auditor-named-by-publisher", &words);
    }
    if contract.notice_fits && ledger.sum("contractual") > 0 {
        ledger.give(
            2,
            "contractual",
            "notice-as-in-contract",
            &contract.on_file.clone().map(|c| c.0).unwrap_or_default(),
        );
    }
    if let Some(words) = signs.words("compliance-officer").or_else(|| signs.words("registered-post"))
        && who.at_publisher
        && !who.contractor_address
    {
        ledger.give(2, "contractual", "officer-or-registered-letter", &words);
    }
    let third = !who.at_publisher && !who.auditor;
    if third && who.named.is_some() && !signs.says("mandate-shown") {
        let words = signs.words("mandate-claimed").unwrap_or_else(|| who.from_domain.clone());
        ledger.all("third-party-without-mandate", &words, -3, 3, 1);
    }
    let mut counted: BTreeSet<String> = BTreeSet::new();
    for (phrase, words) in signs.all() {
        let points = &phrase.points;
        if phrase.id == "legal-words" && contract.on_file.is_some() {
            continue;
        }
        let group = points.once.clone().unwrap_or_else(|| phrase.id.clone());
        if (points.contractual, points.voluntary, points.scam) != (0, 0, 0) && counted.insert(group) {
            ledger.all(&phrase.id, &words, points.contractual, points.voluntary, points.scam);
        }
        // The publisher itself, shown, may speak of accounts and invoices without being a fraud.
        if phrase.hard && !(who.at_publisher && who.proven && !who.contractor_address) {
            ledger.give(HARD, "scam", &phrase.id, &words);
        }
    }
    if let (Some(words), true) = (signs.words("payment-request"), signs.says("bank-details"))
        && !(who.at_publisher && who.proven)
    {
        ledger.give(HARD, "scam", "payment-to-an-account", &words);
    }
    // What is owed for licences is owed to the publisher: nobody else collects it.
    if let (Some(words), true) = (signs.words("payment-request"), third) {
        ledger.give(3, "scam", "payment-to-a-third-party", &words);
    }
    if let Some(hours) = deadlines.iter().find(|d| d.hours)
        && counted.insert("hours".to_owned())
    {
        ledger.give(3, "scam", "deadline-in-hours", &hours.said);
    }
    if let Some(attachment) = attachments.iter().find(|a| a.has_macro)
        && counted.insert("tool".to_owned())
    {
        ledger.all("macro-attachment", &attachment.name, 0, 2, 1);
    }
    if signs.says("claims-analysis") && triage.world.inventory_sent == Some(false) {
        ledger.flag("claims-analysis-of-data-never-sent");
        ledger.all("claims-analysis-of-data-never-sent", &signs.words("claims-analysis").unwrap_or_default(), 0, 2, 2);
    }
}

fn class(
    ledger: &Ledger,
    signs: &Signs,
    contract: &Contract,
    who: &Who<'_>,
    checks: &Checks,
    matter: Matter,
    starts: bool,
) -> Class {
    if matter == Matter::Talk || matter == Matter::Closed {
        return Class::Discussion;
    }
    // A program or a bare link from nobody, with no word of licences: no footing that anything could be asked on.
    let snare = ["dangerous-attachment", "link-to-bare-ip", "form-in-mail"].iter().any(|c| ledger.earned(c));
    if matter == Matter::Other {
        let snared = snare && !who.proven && !signs.says("audit-topic");
        let fraud = ledger.hard() || snared || fraud::shown(ledger, who, checks);
        return if fraud { Class::Scam } else { Class::Discussion };
    }
    if ledger.hard() || ledger.sum("scam") >= ENOUGH || (snare && !who.proven && !signs.says("audit-topic")) {
        return Class::Scam;
    }
    let proven_party = who.proven && (who.at_publisher || who.auditor);
    let shown =
        contract.on_file.is_some() || (contract.clause.is_some() && contract.clause_fits && contract.named.is_none());
    if ledger.sum("contractual") >= ENOUGH && proven_party && shown {
        // The publisher that asks the customer itself for its figures, by the clause, with no auditor and no day on which
        // others begin, asks for a statement.
        let own_count = signs.says("asks-inventory")
            && who.at_publisher
            && !starts
            && !["independent-auditor", "announces-audit", "claims-analysis"].iter().any(|id| signs.says(id));
        let own_statement = signs.says("self-assessment") || own_count;
        return if own_statement { Class::ContractualSelfAssessment } else { Class::ContractualAudit };
    }
    Class::VoluntaryReview
}

/// A notice that only tells its length ("thirty days' notice") sets the day before which nothing may begin.
fn start_by_notice(sent: Option<jiff::civil::Date>, days: &mut deadlines::Days) {
    let Some((count, said)) = &days.notice else { return };
    let date = sent.and_then(|s| super::dates::add(s, *count, super::dates::Unit::Days));
    if let Some(date) = date.filter(|_| !days.deadlines.iter().any(|d| d.means == "earliest-start")) {
        days.deadlines.push(Deadline {
            date,
            time: None,
            binding: false,
            said: said.clone(),
            means: "earliest-start",
            or: None,
            days: Some(*count),
            hours: false,
        });
    }
}

/// In a contractual notice, the term that runs from the notice binds; a date besides is still a wish.
fn bind(triage: &Triage<'_>, class: Class, sent: Option<jiff::civil::Date>, deadlines: &mut [Deadline]) {
    let term = triage.world.contracts().filter_map(|a| a.notice_days).next();
    for deadline in deadlines {
        let by_day = deadline.means == "earliest-start"
            && term
                .zip(sent)
                .and_then(|(t, s)| super::dates::add(s, t, super::dates::Unit::Days))
                .is_some_and(|first| first <= deadline.date);
        // The term on file is that of an audit; one's own statement is due by the clause's, from receipt.
        let own_statement = class == Class::ContractualSelfAssessment;
        let by_term = own_statement || term.is_none_or(|t| deadline.days == Some(t));
        deadline.binding = by_day || (is_notice(deadline) && by_term);
    }
}

fn next_step(class: Class, ledger: &Ledger, signs: &Signs, who: &Who<'_>) -> &'static str {
    if signs.says("court") && !matches!(class, Class::Scam | Class::Discussion) {
        return "stop-drafting-call-counsel";
    }
    match class {
        // What is asked outside any campaign is checked with whoever is known, by a way that the mail does not give.
        Class::Discussion if !ledger.asks.is_empty() => "confirm-by-known-route",
        Class::Scam | Class::Discussion => "none",
        Class::ContractualAudit => "acknowledge-and-scope",
        Class::ContractualSelfAssessment => "acknowledge-and-set-method",
        Class::VoluntaryReview if ledger.has("claims-analysis") || ledger.has("money-claimed") => {
            "contest-and-ask-for-source-data"
        }
        Class::VoluntaryReview if ledger.has("threat") => "state-position-once",
        Class::VoluntaryReview if ledger.has("postal-letter-announced") || ledger.has("registered-post-announced") => {
            "ask-for-signed-original"
        }
        Class::VoluntaryReview if ledger.has("reminder") => "repeat-open-questions",
        Class::VoluntaryReview if ledger.has("says-optional") && who.at_publisher => "decline-or-set-terms",
        Class::VoluntaryReview => "prove-identity-and-mandate",
    }
}
