//! The way from a certificate up to a given root.

use super::certificate::{Certificate, usage};
use super::instant::Instant;
use super::key::Fault;
use super::name;
use super::reason::{ChainEnd, Misuse};

/// Certificates on one way; real ones have two to four.
const LONGEST: usize = 10;
/// Signatures that are checked while one chain is searched.
const CHECKS: usize = 64;
/// Ways that are compared.
const WAYS: usize = 16;

/// A way up, and where it ends: `None` in a given root.
#[derive(Debug, Clone)]
pub(crate) struct Chain<'c> {
    pub(crate) links: Vec<&'c Certificate>,
    pub(crate) end: Option<ChainEnd>,
}

/// What is wrong with a certificate of a chain, by its place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    Ended(usize),
    NotBegun(usize),
    Misuse(usize, Misuse),
}

/// Finds the best way up: one that ends in a given root before one that does not, then the one with the fewest problems.
pub(crate) fn build<'c>(
    leaf: &'c Certificate,
    pool: &'c [Certificate],
    roots: &'c [Certificate],
    at: Instant,
    purpose: &str,
) -> Chain<'c> {
    let mut search = Search { pool, roots, checks: CHECKS, found: Vec::new() };
    search.extend(vec![leaf]);
    let weight = |chain: &Chain<'_>| {
        let length = if chain.end.is_none() { chain.links.len() } else { LONGEST + 1 - chain.links.len().min(LONGEST) };
        (chain.end.is_some(), chain.problems(at, purpose).len(), length)
    };
    let best = search.found.into_iter().min_by_key(weight);
    best.unwrap_or(Chain { links: vec![leaf], end: Some(ChainEnd::TooLong) })
}

struct Search<'c> {
    pool: &'c [Certificate],
    roots: &'c [Certificate],
    checks: usize,
    found: Vec<Chain<'c>>,
}

impl<'c> Search<'c> {
    fn verifies(&mut self, below: &Certificate, above: &Certificate) -> Option<Result<(), Fault>> {
        self.checks = self.checks.checked_sub(1)?;
        Some(below.verify_by(above))
    }

    fn extend(&mut self, links: Vec<&'c Certificate>) {
        if self.found.len() >= WAYS {
            return;
        }
        let Some(&top) = links.last() else { return };
        if self.roots.iter().any(|root| root.whole == top.whole) {
            self.found.push(Chain { links, end: None });
            return;
        }
        if links.len() >= LONGEST {
            self.found.push(Chain { links, end: Some(ChainEnd::TooLong) });
            return;
        }
        let mut above: Vec<&'c Certificate> = Vec::new();
        for candidate in self.roots.iter().chain(self.pool) {
            let known = |c: &&Certificate| c.whole == candidate.whole;
            if candidate.subject == top.issuer && !links.iter().any(known) && !above.iter().any(known) {
                above.push(candidate);
            }
        }
        // Those whose key fits by its identifier first; the identifier is a hint, the signature decides.
        let fits = |c: &&Certificate| top.issuer_key_id.is_some() && top.issuer_key_id == c.key_id;
        above.sort_by_key(|c| !fits(c));
        let tried = !above.is_empty();
        let mut gave_up = false;
        let mut went_on = false;
        for candidate in above {
            match self.verifies(top, candidate) {
                Some(Ok(())) => {
                    went_on = true;
                    let mut longer = links.clone();
                    longer.push(candidate);
                    self.extend(longer);
                }
                Some(Err(_)) => {}
                None => gave_up = true,
            }
        }
        if went_on {
            return;
        }
        let issuer = name::written(&top.issuer);
        let end = if top.is_self_issued() && self.verifies(top, top) == Some(Ok(())) {
            if links.len() == 1 { ChainEnd::SelfSigned } else { ChainEnd::UnknownRoot { root: top.party() } }
        } else if gave_up {
            ChainEnd::TooLong
        } else if tried {
            ChainEnd::IssuerDiffers { issuer }
        } else {
            ChainEnd::IssuerMissing { issuer }
        };
        self.found.push(Chain { links, end: Some(end) });
    }
}

impl<'c> Chain<'c> {
    /// The certificate above a place.
    pub(crate) fn above(&self, place: usize) -> Option<&'c Certificate> {
        self.links.get(place.checked_add(1)?).copied()
    }

    /// True where the place is that of the given root.
    pub(crate) fn is_root(&self, place: usize) -> bool {
        self.end.is_none() && place + 1 == self.links.len()
    }

    /// All that is wrong with the certificates at a moment and for a purpose, from the signer up: first periods, then uses.
    pub(crate) fn problems(&self, at: Instant, purpose: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        for (place, link) in self.links.iter().enumerate() {
            if link.until < at {
                found.push(Problem::Ended(place));
            } else if link.from > at {
                found.push(Problem::NotBegun(place));
            }
        }
        for (place, link) in self.links.iter().enumerate() {
            found.extend(self.misuse(place, link, purpose).map(|misuse| Problem::Misuse(place, misuse)));
        }
        found
    }

    fn misuse(&self, place: usize, link: &Certificate, purpose: &str) -> Option<Misuse> {
        let root = self.is_root(place);
        if place == 0 {
            if !link.allows(usage::SIGNATURE) && !link.allows(usage::COMMITMENT) {
                return Some(Misuse::KeyUsage);
            }
        } else {
            let may = link.is_authority || (root && !link.has_constraints);
            if !may || !link.allows(usage::CERTIFICATES) {
                return Some(Misuse::NotAnAuthority);
            }
            let between = self.links.get(1..place).unwrap_or_default();
            let authorities = between.iter().filter(|c| !c.is_self_issued()).count();
            if link.path_length.is_some_and(|most| authorities as u64 > u64::from(most)) {
                return Some(Misuse::PathTooLong);
            }
        }
        // What a given root is limited to is up to who gave it.
        if (place == 0 || !root) && !link.serves(purpose) {
            let has = link.purposes.clone().unwrap_or_default();
            return Some(Misuse::Purpose { needed: purpose.to_owned(), has });
        }
        link.unknown_critical.clone().map(|oid| Misuse::UnknownCritical { oid })
    }
}
