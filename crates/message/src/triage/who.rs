//! Who writes, as far as domains, names and the checks tell.

use super::identity::Checks;
use super::ledger::Ledger;
use super::verdict::{Class, Sender, Standing};
use super::{History, PublisherNames, Triage, lookalike};
use crate::content::Content;
use crate::fold::{self, Folded};
use crate::world::belongs;

/// Who writes, as far as domains and names tell.
#[derive(Clone)]
pub(super) struct Who<'a> {
    pub(super) from_domain: String,
    /// The publisher that From's domain belongs to.
    pub(super) at_publisher: bool,
    /// The publisher that the mail speaks of.
    pub(super) named: Option<&'a PublisherNames>,
    pub(super) contractor_address: bool,
    pub(super) own_house: bool,
    pub(super) auditor: bool,
    pub(super) known: bool,
    pub(super) proven: bool,
    /// True when the display name is the publisher's and the address is another's.
    pub(super) speaks_for_publisher: bool,
    /// True when it continues a campaign of the same organisation.
    pub(super) continues: bool,
}

impl<'a> Who<'a> {
    /// From what the mail and the case show, without its past.
    pub(super) fn of(triage: &'a Triage<'_>, content: &Content, checks: &Checks) -> Who<'a> {
        let from = content.from.first().cloned().unwrap_or_default();
        let from_domain = checks.from_domain.clone();
        let every = || triage.publishers.iter().chain(&triage.others);
        let owner = every().find(|p| belongs(&from_domain, &p.publisher.domains));
        let words = Folded::new(format!("{} {} {}", from.name, content.subject, from.address));
        let named =
            owner.or_else(|| triage.publishers.iter().find(|p| mentions_name(&words, &p.names))).or_else(|| {
                let seen = content.seen();
                let end = seen.char_indices().nth(20_000).map_or(seen.len(), |(n, _)| n);
                let body = fold::plain(seen.get(..end).unwrap_or_default());
                triage.publishers.iter().find(|p| p.names.iter().any(|name| has_word(&body, name.as_bytes())))
            });
        // Another publisher is meant only where it stands at the head: a text names many.
        let named = named.or_else(|| triage.others.iter().find(|p| mentions_name(&words, &p.names)));
        let local = from.address.split('@').next().unwrap_or_default();
        let prefixed =
            owner.is_some_and(|p| p.publisher.contractor_prefixes.iter().any(|x| local.starts_with(&x.to_lowercase())));
        let display = Folded::new(from.name.clone());
        let contractor_address = owner.is_some() && (prefixed || triage.rules.marks_contractor(display.bytes()));
        let auditor = triage.world.auditors.iter().any(|a| belongs(&from_domain, &a.domains));
        Who {
            at_publisher: owner.is_some(),
            named,
            contractor_address,
            own_house: triage.world.is_customer(&from_domain),
            auditor,
            known: lookalike::known(triage, &from_domain),
            proven: checks.proven(),
            speaks_for_publisher: owner.is_none()
                && triage.publishers.iter().any(|p| mentions_name(&display, &p.names)),
            continues: false,
            from_domain,
        }
    }

    /// Adds what the past tells: an auditor whom the publisher named, a campaign that the mail continues.
    pub(super) fn with(mut self, history: &History, references: &[String]) -> Who<'a> {
        self.continues = history.continues_campaign(references, &self.from_domain);
        self.auditor |= !self.at_publisher && history.is_named_auditor(&self.from_domain);
        self
    }

    pub(super) fn sender(&self, class: Class, relayed: bool) -> Sender {
        if class == Class::Scam {
            return Sender::Unknown;
        }
        let shown = self.proven || relayed;
        if self.own_house && shown {
            Sender::Colleague
        } else if self.at_publisher && shown {
            if self.contractor_address { Sender::Contractor } else { Sender::Publisher }
        } else if self.auditor && shown {
            Sender::Auditor
        } else if class == Class::Discussion && !self.speaks_for_publisher && !self.continues {
            if shown { Sender::Peer } else { Sender::Unknown }
        } else if shown {
            Sender::Contractor
        } else {
            Sender::Unknown
        }
    }

    pub(super) fn standing(&self, ledger: &Ledger) -> Standing {
        if ["spoofed", "lookalike-domain", "address-in-display-name"].iter().any(|f| ledger.has(f)) {
            Standing::Imitated
        } else if !self.proven {
            Standing::Unproven
        } else if self.own_house {
            Standing::OwnHouseProven
        } else if self.at_publisher && self.contractor_address {
            Standing::ContractorAtPublisherProven
        } else if self.at_publisher {
            Standing::PublisherProven
        } else {
            Standing::ThirdPartyProven
        }
    }
}

pub(super) fn mentions_name(text: &Folded, names: &[String]) -> bool {
    names.iter().any(|name| has_word(text.bytes(), name.as_bytes()))
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find_iter(text, word).any(|n| {
        let before = n.checked_sub(1).and_then(|p| text.get(p)).is_none_or(|b| !b.is_ascii_alphanumeric());
        before && text.get(n + word.len()).is_none_or(|b| !b.is_ascii_alphanumeric())
    })
}
