//! The verdict on a mail, in the shape that is documented and kept stable.

use jiff::civil::Date;
use serde::Serialize;

use super::deadlines::Deadline;
use super::identity::Signed;
use super::language::Language;
use super::links::JudgedLink;
use super::mentions::{Amount, Count};
use crate::attachment::Attachment;

/// How far the sender is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It passes itself off as someone else.
    Imitated,
    /// Nothing shows who sent it.
    Unproven,
    /// A third party, shown.
    ThirdPartyProven,
    /// A contractor with an address at the publisher, shown.
    ContractorAtPublisherProven,
    /// The publisher, shown.
    PublisherProven,
    /// Someone of one's own house, shown.
    OwnHouseProven,
}

/// Who it is in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// The publisher.
    Publisher,
    /// A contractor, not the publisher.
    Contractor,
    /// An auditor whom the publisher named.
    Auditor,
    /// Nobody knows.
    Unknown,
    /// Someone of one's own house.
    Colleague,
    /// Someone else's, as in a user group.
    Peer,
}

/// On what footing something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A review that one may decline.
    VoluntaryReview,
    /// A contractual self-assessment.
    ContractualSelfAssessment,
    /// A contractual audit.
    ContractualAudit,
    /// A fraud.
    Scam,
    /// Talk about such mails, or nothing asked at all.
    Discussion,
}

/// One reason for a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonLine {
    /// What it is worth; a hard rule is worth 99.
    pub points: i32,
    /// `contractual`, `voluntary` or `scam`.
    #[serde(rename = "for")]
    pub side: &'static str,
    /// What it is.
    pub code: String,
    /// The words or the header line that earned it.
    pub words: String,
}

/// Who sent it, shown apart from what it obliges to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// How far the sender is shown.
    pub verdict: Standing,
    /// Who it is in truth.
    pub sender: Sender,
    /// Domain of From.
    pub from_domain: String,
    /// That domain with its letters shown, when it is internationalised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_domain_shown: Option<String>,
    /// The From address.
    pub from_address: String,
    /// The name that From claims.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub claimed: String,
    /// Signatures.
    pub dkim: Vec<SignatureLine>,
    /// SPF result.
    pub spf: &'static str,
    /// Where it comes from: `file`, `server`, or why there is none.
    pub spf_basis: &'static str,
    /// DMARC result.
    pub dmarc: &'static str,
    /// Policy published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dmarc_policy: Option<&'static str>,
    /// ARC result.
    pub arc: &'static str,
    /// Reply-To address, when it is not the From address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Fields that a reader sees and that no signature covers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_covered: Vec<&'static str>,
    /// The path, newest first: `by` and what it saw.
    pub path: Vec<String>,
    /// What the file itself cannot prove, and why: `rewritten-by-server`, `outlook-file`, `no-headers`, `no-dns`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot_tell: Vec<&'static str>,
}

/// A signature in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureLine {
    /// Signing domain.
    pub d: String,
    /// Selector.
    pub s: String,
    /// `pass`, `fail` or `unsure`.
    pub result: crate::auth::dkim::DkimResult,
    /// True when the signing domain answers for From.
    pub aligned: bool,
    /// Why it is no pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<crate::auth::dkim::Reason>,
    /// Fields that it covers.
    pub covers: Vec<String>,
}

impl From<&Signed> for SignatureLine {
    fn from(signed: &Signed) -> Self {
        let s = &signed.signature;
        SignatureLine {
            d: s.d.clone(),
            s: s.s.clone(),
            result: s.result,
            aligned: signed.aligned,
            why: s.reason,
            covers: s.covers.clone(),
        }
    }
}

/// On what footing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// The class.
    pub class: Class,
    /// True when the contract obliges to answer.
    pub obliged: bool,
    /// True when it claims to be contractual and does not show it.
    pub claims_contractual_not_shown: bool,
    /// The reasons.
    pub reasons: Vec<ReasonLine>,
}

/// The verdict on one mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Where the mail stood, as the caller names it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Subject.
    pub subject: String,
    /// Day of the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// SHA-256 of the bytes as they came.
    pub sha256: String,
    /// Language.
    pub lang: Language,
    /// Who.
    pub identity: Identity,
    /// On what footing.
    pub basis: Basis,
    /// Everything to notice, sorted.
    pub flags: Vec<String>,
    /// What is asked.
    pub asks: Vec<String>,
    /// By when.
    pub deadlines: Vec<Deadline>,
    /// Days proposed for a talk.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meetings: Vec<Date>,
    /// Attachments.
    pub attachments: Vec<Attachment>,
    /// Links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<JudgedLink>,
    /// Telephone numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// Sums.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<Amount>,
    /// Numbers of things.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
    /// Reference numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub case_refs: Vec<String>,
    /// The contract on file that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// The clause that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The auditor that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auditor: Option<String>,
    /// The next step of the campaign table.
    pub next: &'static str,
    /// The mail's own number, for threads.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// Mails that it continues.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// What was left out because the mail is too large or too deep.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<&'static str>,
    /// Mails inside, judged too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Verdict>,
    /// True when it is a mail of an audit campaign by what it shows itself, for the past of those that follow.
    #[serde(skip)]
    pub campaign: bool,
    /// What such a mail asks in the main, by itself, for the reminders that follow.
    #[serde(skip)]
    pub asked: Option<&'static str>,
}

/// Flags that are good news or plain facts; any other is something to beware of.
const HARMLESS: &[&str] = &[
    "arc-vouches",
    "auth-results-without-server-name",
    "clause-cited",
    "contract-cited",
    "forwarded-as-attachment",
    "forwarded-inline",
    "independent-auditor-named",
    "mailing-list",
    "nda-offered",
    "notice-period-given",
    "publisher-authenticated",
    "registered-post-announced",
    "reminder",
    "says-optional",
    "signature-not-judged",
    "file-rewritten",
    "header-not-signed",
    "mandate-shown",
    "new-address-in-thread",
];

impl Verdict {
    /// True when there is something to beware of, here or in a mail inside.
    pub fn beware(&self) -> bool {
        let inside = self.contains.iter().any(Verdict::beware);
        let class = match self.basis.class {
            Class::Scam | Class::VoluntaryReview => true,
            Class::ContractualAudit | Class::ContractualSelfAssessment => false,
            Class::Discussion => false,
        };
        inside || class || self.flags.iter().any(|f| !HARMLESS.contains(&f.as_str()))
    }

    /// True when the flag is raised.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f == flag)
    }
}
