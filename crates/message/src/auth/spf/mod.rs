//! SPF by RFC 7208: may this address send for this domain? Our own evaluator, so that "no such name", "no answer" and a
//! record that is broken stay three different things.

mod evaluate;
mod macros;
mod record;

use std::net::IpAddr;

use serde::Serialize;

use crate::dns::Dns;

pub use record::{Mechanism, Modifiers, Qualifier, Record, SyntaxError, Term};

/// The seven results of RFC 7208, and one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpfResult {
    /// No record, or no domain to ask about.
    None,
    /// The domain says nothing about this address.
    Neutral,
    /// The address may send.
    Pass,
    /// The address may not send.
    Fail,
    /// The address probably may not send.
    SoftFail,
    /// A question stayed without an answer.
    TempError,
    /// The record cannot be understood.
    PermError,
    /// The mail does not show which address delivered it, so there is nothing to check.
    Unsure,
}

impl SpfResult {
    /// The word used in verdict lines and in our output.
    pub fn word(self) -> &'static str {
        match self {
            SpfResult::None => "none",
            SpfResult::Neutral => "neutral",
            SpfResult::Pass => "pass",
            SpfResult::Fail => "fail",
            SpfResult::SoftFail => "softfail",
            SpfResult::TempError => "temperror",
            SpfResult::PermError => "permerror",
            SpfResult::Unsure => "unsure",
        }
    }
}

/// Who delivers what: the three things SPF looks at.
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    /// Address of the delivering server.
    pub ip: IpAddr,
    /// What it called itself.
    pub helo: &'a str,
    /// The envelope sender without angle brackets; empty for a bounce.
    pub mail_from: &'a str,
    /// The server that received, for explanations; `unknown` if not told.
    pub receiver: &'a str,
    /// Seconds since 1970 when it was received, for explanations.
    pub received_at: i64,
}

/// A result with the domain that was asked and, for a fail, that domain's own explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfOutcome {
    /// The result.
    pub result: SpfResult,
    /// The domain whose record was read.
    pub domain: String,
    /// The explanation text of the domain, when it gives one.
    pub explanation: Option<String>,
}

/// Checks a delivery. `dns` answers the questions; never more than RFC 7208 allows are asked.
pub fn check(delivery: &Delivery<'_>, dns: &dyn Dns) -> SpfOutcome {
    evaluate::check(delivery, dns)
}
