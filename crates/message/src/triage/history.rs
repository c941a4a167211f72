//! What came before in the same case or run: addresses of a thread, and auditors whom the publisher named.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Sender, Standing, Verdict};
use crate::domain;

/// The past of a case, as far as a triage needs it.
#[derive(Debug, Clone, Default)]
pub struct History {
    senders: BTreeMap<String, String>,
    auditors: BTreeSet<String>,
}

impl History {
    /// Nothing came before.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a judged mail into the past.
    pub fn note(&mut self, verdict: &Verdict) {
        if !verdict.message_id.is_empty() {
            self.senders.insert(verdict.message_id.clone(), verdict.identity.from_address.clone());
        }
        if verdict.identity.verdict == Standing::PublisherProven
            && verdict.identity.sender == Sender::Publisher
            && let Some(auditor) = &verdict.auditor
        {
            self.auditors.insert(auditor.clone());
        }
    }

    /// The addresses that wrote the mails which a mail continues; empty when none of them is known.
    pub fn earlier_senders(&self, references: &[String]) -> Vec<&str> {
        references.iter().filter_map(|r| self.senders.get(r)).map(String::as_str).collect()
    }

    /// True when a domain bears the name of an auditor whom the publisher named: every long word of the name stands in it.
    pub fn is_named_auditor(&self, from_domain: &str) -> bool {
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
