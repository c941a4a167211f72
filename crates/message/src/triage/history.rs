//! What came before in the same case or run: addresses of a thread, and auditors whom the publisher named.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::verdict::{Sender, Standing, Verdict};
use crate::domain;
use crate::limits;

/// What campaigns ask in the main, the weightiest first.
pub(super) const MAIN: &[&str] = &["inventory", "certify", "run-tool", "buy", "call"];

/// What one mail adds to the past.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Its number; empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// The address that it comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// True when it is a mail of an audit campaign by what it shows itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub campaign: bool,
    /// What such a mail asks in the main, by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The auditor whom the publisher names in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auditor: Option<String>,
}

impl Noted {
    /// Reads it off a verdict.
    pub fn of(verdict: &Verdict) -> Noted {
        let publisher =
            verdict.identity.verdict == Standing::PublisherProven && verdict.identity.sender == Sender::Publisher;
        Noted {
            message_id: verdict.message_id.clone(),
            from: verdict.identity.from_address.clone(),
            campaign: verdict.campaign,
            asked: verdict.asked.map(str::to_owned),
            auditor: verdict.auditor.clone().filter(|_| publisher),
        }
    }
}

/// The past of a case, as far as a triage needs it. Its size is bounded: of a mailbox without end the oldest mails are
/// forgotten ([`limits::PAST_BYTES`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    senders: BTreeMap<String, String>,
    /// Those of the mails that are part of a campaign, with what they ask in the main; empty when that is nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    campaigns: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    auditors: BTreeSet<String>,
    /// Numbers in the order in which they came, for forgetting.
    #[serde(skip)]
    order: VecDeque<String>,
    #[serde(skip)]
    bytes: usize,
}

impl History {
    /// Nothing came before.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a judged mail into the past.
    pub fn note(&mut self, verdict: &Verdict) {
        self.add(Noted::of(verdict));
    }

    /// Takes into the past what a mail adds to it.
    pub fn add(&mut self, noted: Noted) {
        if !noted.message_id.is_empty() {
            if noted.campaign {
                let asked = noted.asked.unwrap_or_default();
                self.bytes += asked.len();
                match self.campaigns.insert(noted.message_id.clone(), asked) {
                    Some(before) => self.bytes -= before.len(),
                    None => self.bytes += noted.message_id.len(),
                }
            }
            self.bytes += noted.from.len();
            match self.senders.insert(noted.message_id.clone(), noted.from) {
                Some(before) => self.bytes -= before.len(),
                None => {
                    self.bytes += 2 * noted.message_id.len();
                    self.order.push_back(noted.message_id);
                }
            }
        }
        while self.bytes > limits::PAST_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            let from = self.senders.remove(&oldest).unwrap_or_default();
            self.bytes -= 2 * oldest.len() + from.len();
            if let Some(asked) = self.campaigns.remove(&oldest) {
                self.bytes -= oldest.len() + asked.len();
            }
        }
        if let Some(auditor) = noted.auditor
            && self.auditors.len() < limits::AUDITORS
        {
            self.auditors.insert(auditor);
        }
    }

    /// As much of the past as a mail that continues `references` asks for: its verdict with this is its verdict with all.
    pub fn concerning(&self, references: &[String]) -> History {
        let senders = references.iter().filter_map(|r| Some((r.clone(), self.senders.get(r)?.clone()))).collect();
        let campaigns = references.iter().filter_map(|r| Some((r.clone(), self.campaigns.get(r)?.clone()))).collect();
        History { senders, campaigns, auditors: self.auditors.clone(), order: VecDeque::new(), bytes: 0 }
    }

    /// The addresses that wrote the mails which a mail continues; empty when none of them is known.
    pub fn earlier_senders(&self, references: &[String]) -> Vec<&str> {
        references.iter().filter_map(|r| self.senders.get(r)).map(String::as_str).collect()
    }

    /// True when a mail continues one of a campaign that came from the same organisation: its answers there need not say
    /// again for whom they are.
    pub fn continues_campaign(&self, references: &[String], from_domain: &str) -> bool {
        let campaign = references.iter().filter(|r| self.campaigns.contains_key(*r));
        let mut senders = campaign.filter_map(|r| self.senders.get(r));
        senders.any(|from| domain::same_organisation(&domain::of_address(from), from_domain))
    }

    /// What the campaign that a mail continues asked in the main: data before a certificate, a tool, a purchase and a call.
    pub fn asked_before(&self, references: &[String]) -> Option<&'static str> {
        MAIN.iter().copied().find(|ask| references.iter().any(|r| self.campaigns.get(r).is_some_and(|a| a == ask)))
    }

    /// True when a domain bears the name of an auditor whom the publisher named: every long word of the name stands in it.
    pub fn is_named_auditor(&self, from_domain: &str) -> bool {
        if self.auditors.is_empty() {
            return false;
        }
        let label = domain::label(from_domain);
        self.auditors.iter().any(|name| {
            let mut words = name
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.len() >= 4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
                .into_iter()
                .peekable();
            words.peek().is_some() && words.all(|w| label.contains(&w))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(n: usize) -> Noted {
        Noted {
            message_id: format!("{n}@example"),
            from: format!("a{n}@example"),
            campaign: n % 2 == 1,
            ..Noted::default()
        }
    }

    #[test]
    fn what_concerns_a_mail_tells_the_same_as_all() {
        let mut history = History::new();
        (0..10).for_each(|n| history.add(mail(n)));
        history.add(Noted { auditor: Some("Hall & Finch LLP".to_owned()), ..Noted::default() });
        let references = ["7@example".to_owned(), "99@example".to_owned(), "2@example".to_owned()];
        let some = history.concerning(&references);
        assert_eq!(some.earlier_senders(&references), ["a7@example", "a2@example"]);
        assert!(some.is_named_auditor("hall-finch.example"));
        assert!(some.earlier_senders(&["3@example".to_owned()]).is_empty());
        assert!(some.continues_campaign(&references, "example") && !some.continues_campaign(&references, "other.test"));
        assert!(!some.continues_campaign(&["2@example".to_owned()], "example"));
    }

    #[test]
    fn a_past_without_end_forgets_its_oldest_mails() {
        let mut history = History::new();
        let long = "x".repeat(limits::PAST_BYTES / 8);
        for n in 0..20 {
            let first = Noted {
                message_id: format!("{n}{long}"),
                from: "a@example".to_owned(),
                campaign: n % 3 == 0,
                asked: (n % 2 == 0).then(|| "inventory".to_owned()),
                auditor: None,
            };
            history.add(first.clone());
            history.add(Noted { from: "b@example".to_owned(), ..first });
        }
        assert!(history.bytes <= limits::PAST_BYTES && history.order.len() == history.senders.len());
        assert!(history.campaigns.keys().all(|id| history.senders.contains_key(id)));
        assert!(history.earlier_senders(&[format!("0{long}")]).is_empty());
        assert_eq!(history.earlier_senders(&[format!("19{long}")]), ["b@example"]);
    }
}
