//! What a mail is about: an audit campaign, talk about one, or neither. A mail belongs to a campaign by what it asks and by whose
//! name it speaks in; that a word of audits or licences falls in it is not enough.

use super::Triage;
use super::ledger::Ledger;
use super::signs::Signs;
use super::who::Who;
use crate::attachment::Attachment;
use crate::content::Content;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    /// Talk about such mails, or one that hands one on.
    Talk,
    /// The end of a campaign: nothing is asked or held any more.
    Closed,
    /// An audit mail, or what passes itself off as one.
    Campaign,
    /// Nothing to do with licences: ordinary, or a fraud of another kind.
    Other,
}

/// What is looked at.
pub(super) struct Evidence<'e> {
    pub(super) signs: &'e Signs,
    pub(super) who: &'e Who<'e>,
    pub(super) content: &'e Content,
    pub(super) attachments: &'e [Attachment],
    /// True when it names the contract on file with a clause.
    pub(super) cites: bool,
    /// True when it gives the number of the contract on file.
    pub(super) numbered: bool,
    /// True when it names a clause and the number of some contract.
    pub(super) invokes: bool,
    /// True when it sets a date to the reader.
    pub(super) dated: bool,
    /// True when it proposes a day for a talk.
    pub(super) met: bool,
    pub(super) list: bool,
    pub(super) bulk: bool,
    /// True when a program answered for someone who is away.
    pub(super) automatic: bool,
    pub(super) vouched: bool,
}

/// What is asked in an audit and hardly elsewhere.
const AUDIT_ASKS: &[&str] = &[
    "asks-inventory",
    "asks-user-names",
    "asks-ip-addresses",
    "asks-machine-names",
    "asks-licence-keys",
    "asks-to-run-tool",
    "certify-site",
    "asks-to-sign",
    "asks-to-accept",
];

/// What presses a reader, or concludes on him.
const PRESSING: &[&str] = &["threat", "claims-analysis", "court", "self-assessment"];

/// What is so plain that a date or an ask is not needed besides.
const PLAIN: &[&str] = &["announces-audit"];

/// What one says who writes for the publisher, and others as well: it counts from those who claim to.
const MANNERS: &[&str] = &[
    "legal-words",
    "reminder",
    "independent-auditor",
    "postal-letter",
    "registered-post",
    "voluntary-words",
    "says-optional",
    "claims-contractual",
    "nda-offered",
];

/// Whether the mail is one of a campaign, talk about such mails, or neither.
pub(super) fn of(triage: &Triage<'_>, ledger: &Ledger, evidence: &Evidence<'_>) -> Matter {
    let Evidence { signs, who, content, list, vouched, .. } = *evidence;
    let says = |ids: &[&str]| ids.iter().any(|id| signs.says(id));
    // Where the publisher is spoken of, its software is the topic; elsewhere only audits and licences are.
    let topic = signs.topic || evidence.numbered || (who.named.is_some() && signs.says("software-topic"));
    let imitated = ledger.hard() || ledger.has("spoofed");
    if imitated && (topic || who.named.is_some()) {
        return Matter::Campaign;
    }
    if who.own_house && !imitated {
        if who.proven || vouched {
            return Matter::Talk;
        }
        if topic {
            return Matter::Campaign;
        }
    }
    let dangerous = signs.all().any(|(p, _)| p.hard || p.id == "payment-request");
    if evidence.automatic && !imitated && !dangerous && signs.frauds().all(|(p, _)| p.ask.is_none()) {
        return Matter::Talk;
    }
    let asks = says(AUDIT_ASKS) || says(&["payment-request", "credential-request"]);
    let claims = ledger.has("display-name-names-another-org") || who.at_publisher;
    let question = signs.says("question-about") && !claims;
    // Who sends his own mail again hands on nothing.
    let handed_on = (signs.forwarded || content.holds_mails) && !who.continues;
    let talk = (question && (list || !asks || signs.says("reported") || handed_on))
        || (handed_on && !claims && signs.own_length < 600 && !asks)
        || (list && !asks && !claims);
    // Who tells the reader what to keep to himself is on the reader's side.
    let adviser = signs.says("advice") && !claims && !signs.says("mandate-claimed") && !who.continues;
    if adviser && !imitated {
        return Matter::Talk;
    }
    // What is asked in any mail, a chief's errand as well, is no talk about it.
    let errand = signs.frauds().any(|(phrase, _)| phrase.ask.is_some());
    if talk && !imitated && (!errand || list || handed_on || signs.says("reported")) {
        return Matter::Talk;
    }
    let publisher_shown = who.at_publisher && who.proven && !who.contractor_address;
    let wants_secrets = says(&["credential-request", "payment-request", "gift-card", "account-suspension"]);
    let danger = evidence.attachments.iter().any(|a| a.has_macro || !a.marks.is_empty())
        || (wants_secrets && !publisher_shown)
        || ["link-to-bare-ip", "form-in-mail", "html-attachment"].iter().any(|f| ledger.has(f));
    // Danger makes a campaign only where the publisher's name or the topic is the bait.
    let bait = danger && (topic || who.at_publisher || who.speaks_for_publisher || claims);
    // In nobody's name, with nothing asked that an audit asks for: the topic is a chance word.
    let claim = says(&["legal-words", "claims-analysis", "claims-contractual"]);
    let chance = who.named.is_none() && !licence_ask(signs) && errand && !claim;
    let part = if publisher_shown { of_publisher(evidence, topic) } else { of_others(triage, evidence, topic, claims) };
    let campaign = ((part || bait) && !chance) || (who.continues && !errand && !list);
    // Who closes a campaign and asks and holds nothing any more wants no answer.
    let urged = signs.all().any(|(p, _)| p.ask.is_some()) || says(PRESSING) || evidence.dated;
    if campaign && signs.says("closed") && !urged && !bait {
        return Matter::Closed;
    }
    if campaign { Matter::Campaign } else { Matter::Other }
}

/// The publisher itself, shown: its invoices, letters and courses are ordinary. It asks for data, concludes on the customer, or
/// invokes the contract.
fn of_publisher(evidence: &Evidence<'_>, topic: bool) -> bool {
    let signs = evidence.signs;
    let says = |ids: &[&str]| ids.iter().any(|id| signs.says(id));
    if evidence.cites || (evidence.invokes && signs.says("independent-auditor")) {
        return true;
    }
    // Who helps with a fault asks on which machine it is, has something run there and wants its output.
    let data = says(AUDIT_ASKS) && (!signs.says("support-ticket") || signs.says("licence-check"));
    topic && !evidence.bulk && (data || says(PRESSING))
}

/// Anyone else: what he asks or presses for counts by whether he speaks for the publisher.
fn of_others(triage: &Triage<'_>, evidence: &Evidence<'_>, topic: bool, claims: bool) -> bool {
    let Evidence { signs, who, .. } = *evidence;
    // Who has not had back what he sent to be filled in need not say again what it is about.
    let topic = topic || (signs.says("asks-inventory") && signs.says("reminder"));
    let says = |ids: &[&str]| ids.iter().any(|id| signs.says(id));
    // Names alone are asked for in any business.
    let data = AUDIT_ASKS.iter().any(|id| signs.says(id) && !["asks-user-names", "asks-ip-addresses"].contains(id));
    let any_ask = data || signs.all().any(|(p, _)| p.ask.is_some());
    let for_publisher = who.speaks_for_publisher || who.contractor_address || claims;
    let mandated = who.named.is_some() && says(&["mandate-claimed", "mandate-shown"]);
    // Who speaks for the publisher is in the campaign with whatever he asks, presses for or dates, and with every mail on the topic.
    if for_publisher && (topic || any_ask || says(PRESSING) || evidence.dated || (says(MANNERS) && !evidence.bulk)) {
        return true;
    }
    // Who names the contract on file and a clause of it is no stranger to it.
    if evidence.cites {
        return true;
    }
    let named = who.named.is_some() || evidence.numbered || who.continues || triage.world.publisher.is_none();
    if !named && data && (topic || signs.says("software-topic")) && !evidence.bulk {
        // Those who collect for several publishers name none, or one that nobody here knows.
        let mandated = signs.says("mandate-claimed") && signs.says("licence-topic");
        let check = mandated || says(&["legal-words", "self-assessment", "licence-check"]);
        return check && signs.says("asks-inventory");
    }
    // Those who pursue copies of software for their members name no publisher.
    if !named && topic && says(&["legal-words"]) && says(&["threat", "court"]) && signs.says("software-named") {
        return !evidence.bulk && (evidence.dated || any_ask);
    }
    // Who asks for data, or announces a check, by the mandate that he claims is in the campaign on whatever topic.
    if mandated && (data || signs.says("licence-check")) {
        return true;
    }
    if !named || !topic {
        return false;
    }
    let urged = evidence.dated || any_ask;
    // A notice in due form, of a contract that is not on file.
    let notice = evidence.invokes && evidence.dated && signs.says("independent-auditor");
    (data && (!evidence.bulk || mandated)) || notice
        || (!evidence.bulk && says(PLAIN))
        || (mandated && (urged || says(PRESSING) || says(MANNERS)))
        || (!evidence.bulk && (says(&["threat", "court"]) || says(&["claims-analysis"])) && urged)
        || (!evidence.bulk && (urged || evidence.met) && says(&["legal-words", "reminder", "self-assessment"]))
        // Who offers to look at the reader's licences and wants to talk about it.
        || (!evidence.bulk && (evidence.met || signs.says("asks-call")) && signs.says("licence-check"))
}

/// True when something is asked that only an audit asks for.
fn licence_ask(signs: &Signs) -> bool {
    ["asks-inventory", "certify-site", "asks-to-run-tool", "asks-licence-keys", "asks-machine-names", "asks-to-buy"]
        .iter()
        .any(|id| signs.says(id))
}
