//! The position: a line per product and metric, with what is required, covered, short and spare, and why.
//!
//! The JSON shape is that of these types, field by field; a name that is here stays. Money is text (`"1234.50"`), days are
//! `YYYY-MM-DD`, and what does not apply is left out or null.

pub mod account;
mod apart;
mod audit;
mod build;
mod naming;
mod questions;
mod uncounted;

pub use crate::findings::{Breach, Finding, SetAside, Step};
pub use build::{Options, position};

use crate::facts::Origin;
use crate::word::Word;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

/// A licence position on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The day.
    pub as_of: Date,
    /// Sorted by id.
    pub lines: Vec<Line>,
    /// What is unknown and what an answer is worth, the most valuable first.
    pub questions: Vec<Question>,
    /// Use limits that are exceeded; not quantities.
    pub breaches: Vec<Breach>,
    /// Lots that are not used, or not wholly, with the reason.
    pub unused: Vec<Unused>,
    /// Installations that need no licence of their own, or cannot be judged.
    pub set_aside: Vec<SetAside>,
    /// What in the estate does not fit together (an installation on a machine that is not listed, ...).
    pub findings: Vec<Finding>,
    /// What the audit terms make of it (worked examples of family `audit`).
    pub audit: Option<AuditOutcome>,
    /// Money over all lines, where every price is known.
    pub exposure: Exposure,
    /// What the usual audit clause would make of it, on the day: terms to look for in the signed contract, not terms that bind.
    pub clause: Option<ClauseMoney>,
    /// The assignment was proved best: no other leaves less to buy, and none that leaves as little keeps more value spare.
    pub optimal: bool,
    /// By so much at most could another assignment leave less to buy; zero where this one is proved cheapest.
    pub gap: Decimal,
}

/// Lowest and highest lawful reading. Equal where nothing that matters is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// Lowest.
    pub low: u64,
    /// Highest.
    pub high: u64,
    /// The value to show where only one can be: the reading that asks most, so that the four figures of a line agree.
    pub shown: u64,
    /// No highest reading is known: `high` is the least that it can be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
}

impl Interval {
    /// A value that is known.
    pub fn exact(value: u64) -> Self {
        Interval { low: value, high: value, shown: value, open: false }
    }

    /// Whether both readings agree.
    pub fn is_exact(self) -> bool {
        self.low == self.high && !self.open
    }

    /// Whether any lawful reading is more than zero, as far as is known.
    pub fn may_be_some(self) -> bool {
        self.high > 0 || self.open
    }

    /// The interval that holds both; what is shown stays.
    #[must_use]
    pub fn widen(self, other: u64) -> Self {
        Interval { low: self.low.min(other), high: self.high.max(other), ..self }
    }
}

/// A name that a line may also have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Name {
    /// Product.
    pub product: String,
    /// Edition.
    pub edition: String,
    /// Version.
    pub version: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_none(units: &u64) -> bool {
    *units == 0
}

/// A line: one product, edition, version and metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Stable name, for `explain` (`windows-server/standard/2012-r2/processor_pair`).
    pub id: String,
    /// Product.
    pub product: String,
    /// Edition.
    pub edition: String,
    /// Version: of the licence where its rules count, else of the installation.
    pub version: String,
    /// Metric (see the worked examples).
    pub metric: String,
    /// `normalized_core` where a unit is not the metric's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units required.
    pub required: Interval,
    /// Units covered by lots or by the device's own licence.
    pub covered: Interval,
    /// Units missing: required less covered.
    pub shortfall: Interval,
    /// Units owned for this line and not needed.
    pub surplus: Interval,
    /// Of the units covered, those covered by licences that already stand for others (dual use, a migration).
    #[serde(skip_serializing_if = "is_none")]
    pub twice: u64,
    /// Other names of the same line: of the licences that serve it, of what is installed, or of all that would do alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Name>,
    /// Packs of two that the requirement amounts to, where it is counted by core.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packs_2core: Option<u64>,
    /// A question must be answered before this line may be relied on.
    pub review: bool,
    /// What can be done other than buy, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What the shortfall would cost to buy, if the price is known.
    pub exposure: Exposure,
    /// Rules behind the line.
    pub rules: Vec<RuleCited>,
    /// The sum, step by step.
    pub trace: Vec<Step>,
    /// Every lot of the product that was considered.
    pub lots: Vec<LotUse>,
    /// Names of the installations and machines behind it, sorted, with how many equal ones.
    pub subjects: Vec<Subject>,
    /// Evidence rows behind it.
    pub origins: Vec<Origin>,
}

/// Money, lowest to highest; `None` where a price is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// For the lowest shortfall.
    pub low: Option<Decimal>,
    /// For the highest.
    pub high: Option<Decimal>,
    /// No highest shortfall is known: `high` is the least that it can cost.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// ISO 4217.
    pub currency: String,
    /// Day and kind of the price, in the price list's words.
    pub basis: String,
    /// Lines that are short and have no price; the sum leaves them out.
    pub unpriced: u64,
}

/// What the usual audit clause would make of a shortage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseMoney {
    /// From this share of use without licence on, in per mille, the cost of the audit is the customer's.
    pub per_mille: u64,
    /// Price of what is missing, in percent of the usual price.
    pub price_percent: u64,
    /// What is missing at that price, lowest reading; `None` where prices are missing.
    pub low: Option<Decimal>,
    /// Highest reading.
    pub high: Option<Decimal>,
    /// The rule with its sources; whether its text was read stands in it.
    pub rule: RuleCited,
}

/// A rule as cited.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RuleCited {
    /// Id.
    pub id: String,
    /// What it answers.
    pub question: String,
    /// The same in French.
    pub question_fr: String,
    /// What it says.
    pub says: String,
    /// The same in French.
    pub says_fr: String,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    pub valid_until: Option<Date>,
    /// Titles of its sources.
    pub sources: Vec<String>,
    /// Where each of them stands, in the same order.
    pub places: Vec<String>,
    /// The deciding text was read.
    pub verified: bool,
    /// Day last checked.
    pub last_checked: Date,
}

/// A lot that was considered for a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotUse {
    /// Lot.
    pub lot: String,
    /// What it is, in the words of the entitlement.
    pub title: String,
    /// Units owned, in the base unit of its metric.
    pub owned: u64,
    /// Units used here.
    pub used: u64,
    /// Units used in other lines. A right of a plan counts once for each line that it serves, and takes from none.
    #[serde(skip_serializing_if = "is_zero")]
    pub elsewhere: u64,
    /// Why the rest was not used, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A machine or user group behind a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// Name.
    pub name: Word,
    /// What is installed or held.
    pub what: Word,
    /// That many.
    pub count: u64,
    /// `licensed`, `partly`, `not-licensed`; `cannot-tell` where that hangs on a question.
    pub outcome: &'static str,
}

/// A lot that is left over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unused {
    /// Lot.
    pub lot: String,
    /// What it is.
    pub title: String,
    /// Units not used, in the counted units of the lot.
    pub quantity: u64,
    /// Why, as a code.
    pub reason: String,
}

/// What is unknown, and what knowing it is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Code (`edition-unknown`, `cluster-movement`, `processor-unknown`, `oem-terms`, ...).
    pub code: String,
    /// What it is about.
    pub subject: Word,
    /// Product in question.
    pub product: Word,
    /// Units between the lowest and the highest answer.
    pub units: u64,
    /// No highest answer is known: units and worth are the least that hang on it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// Money between the lowest and the highest answer, where the price is known.
    pub worth: Option<Decimal>,
    /// Currency.
    pub currency: String,
    /// Rule.
    pub rule: Option<String>,
}

/// What audit terms make of a shortage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditOutcome {
    /// Rule that decides.
    pub rule: String,
    /// Unlicensed use in per mille of the total.
    pub ratio_per_mille: Option<u64>,
    /// Whether the customer bears the cost of the audit.
    pub customer_pays_audit_cost: Option<bool>,
    /// Price in percent of the normal price.
    pub price_percent: Option<u64>,
    /// Licences to buy.
    pub licences_to_buy: Option<u64>,
    /// Days until the next verification.
    pub next_verification_earliest_days: Option<u64>,
    /// Days of notice due.
    pub minimum_notice_days: Option<u64>,
    /// Whether the notice given is enough.
    pub notice_sufficient: Option<bool>,
    /// Days to order what is missing.
    pub order_within_days: Option<u64>,
    /// Whether the auditor is one that the clause allows.
    pub auditor_meets_clause: Option<bool>,
}
