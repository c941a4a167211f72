//! Names that stand for names: the same one for the same name within a case, another in another case.
//!
//! A pseudonym is cut from HMAC-SHA-256 (RFC 2104) of the name under a key of 32 bytes that only the case holds. It cannot be turned
//! back: who holds the key can only try names against it, and the case keeps the table of those that it gave.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A workstation: `PC-`.
    Workstation,
    /// A server: `SRV-`.
    Server,
    /// A person or account: `UTI-`.
    User,
    /// A site: `SITE-`.
    Site,
    /// A company of the group: `ENT-`.
    Entity,
    /// A virtual machine or another device: `MAC-`.
    Machine,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Workstation => "PC",
            Self::Server => "SRV",
            Self::User => "UTI",
            Self::Site => "SITE",
            Self::Entity => "ENT",
            Self::Machine => "MAC",
        }
    }
}

/// Twenty-nine letters and digits without 0 O, 1 I L, 5 S: those are mistaken for each other when read aloud or copied by hand.
const LETTERS: &[u8; 29] = b"2346789ABCDEFGHJKMNPQRTUVWXYZ";
/// Six of them are some 600 million names; more are taken where two names meet.
const SHORTEST: usize = 6;

/// The pseudonyms of a case.
#[derive(Clone)]
pub struct Pseudonyms {
    key: [u8; 32],
    given: BTreeMap<(Kind, String), String>,
    taken: BTreeMap<String, (Kind, String)>,
}

impl std::fmt::Debug for Pseudonyms {
    /// Tells how many there are; neither the key nor a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pseudonyms").field("given", &self.given.len()).finish_non_exhaustive()
    }
}

impl Pseudonyms {
    /// Pseudonyms under the key of a case, with those that the case has given before: kind, name, pseudonym. What was given stays.
    pub fn new(key: [u8; 32], given: impl IntoIterator<Item = (Kind, String, String)>) -> Self {
        let mut names = Self { key, given: BTreeMap::new(), taken: BTreeMap::new() };
        for (kind, name, pseudonym) in given {
            names.keep(kind, &name, pseudonym);
        }
        names
    }

    /// The pseudonym of a name. Letter case and spaces around it are left aside, as in names of machines and accounts. An empty name has
    /// an empty one.
    pub fn of(&mut self, kind: Kind, name: &str) -> String {
        let folded = fold(name);
        if folded.is_empty() {
            return String::new();
        }
        if let Some(known) = self.given.get(&(kind, folded.clone())) {
            return known.clone();
        }
        let digits = self.digits(kind, &folded);
        let mut length = SHORTEST;
        let mut pseudonym = cut(kind, &digits, length);
        while self.taken.contains_key(&pseudonym) && length < digits.len() {
            length += 1;
            pseudonym = cut(kind, &digits, length);
        }
        self.keep(kind, &folded, pseudonym.clone());
        pseudonym
    }

    /// The name, in lower case, behind a pseudonym that this case has given.
    pub fn name(&self, pseudonym: &str) -> Option<(Kind, &str)> {
        self.taken.get(pseudonym.trim()).map(|(kind, name)| (*kind, name.as_str()))
    }

    /// All that were given, for the case to keep: kind, name in lower case, pseudonym; sorted.
    pub fn table(&self) -> impl Iterator<Item = (Kind, &str, &str)> {
        self.given.iter().map(|((kind, name), pseudonym)| (*kind, name.as_str(), pseudonym.as_str()))
    }

    fn keep(&mut self, kind: Kind, name: &str, pseudonym: String) {
        let name = fold(name);
        self.taken.insert(pseudonym.clone(), (kind, name.clone()));
        self.given.insert((kind, name), pseudonym);
    }

    /// The sum of a name as digits of [`LETTERS`]: 26 of them, some 126 bits.
    fn digits(&self, kind: Kind, name: &str) -> Vec<u8> {
        // HMAC takes a key of any length, so this cannot fail; a failing one would give no digits and so no name.
        let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(&self.key) else { return Vec::new() };
        mac.update(kind.prefix().as_bytes());
        mac.update(&[0]);
        mac.update(name.as_bytes());
        let sum = mac.finalize().into_bytes();
        let mut left = sum.iter().take(16).fold(0_u128, |n, &b| n << 8 | u128::from(b));
        let mut digits = Vec::new();
        for _ in 0..26 {
            let digit = usize::try_from(left % LETTERS.len() as u128).unwrap_or_default();
            left /= LETTERS.len() as u128;
            digits.extend(LETTERS.get(digit));
        }
        digits
    }
}

fn cut(kind: Kind, digits: &[u8], length: usize) -> String {
    let digits = digits.get(..length).unwrap_or(digits);
    format!("{}-{}", kind.prefix(), String::from_utf8_lossy(digits))
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_pseudonym_within_a_case_and_has_another_in_another() {
        let mut ours = Pseudonyms::new([7; 32], []);
        let first = ours.of(Kind::Workstation, "PC-COMPTA-03");
        assert_eq!(ours.of(Kind::Workstation, " pc-compta-03 "), first);
        assert_eq!(Pseudonyms::new([7; 32], []).of(Kind::Workstation, "pc-compta-03"), first);
        assert_ne!(Pseudonyms::new([8; 32], []).of(Kind::Workstation, "pc-compta-03"), first);
        assert_ne!(ours.of(Kind::Server, "PC-COMPTA-03").split_once('-').unwrap().1, first.split_once('-').unwrap().1);
        assert_eq!(ours.name(&first), Some((Kind::Workstation, "pc-compta-03")));
        assert_eq!(Pseudonyms::new([7; 32], []).name(&first), None);
        assert_eq!(ours.of(Kind::User, "  "), "");
        assert!(!format!("{ours:?}").contains("compta"));
    }

    #[test]
    fn names_that_meet_are_told_apart_and_stay_so() {
        let mut names = Pseudonyms::new([1; 32], []);
        let own = names.of(Kind::Server, "sql-a");
        // Another name holds the pseudonym already: a collision made by hand.
        let mut met = Pseudonyms::new([1; 32], [(Kind::Server, "other".to_owned(), own.clone())]);
        let longer = met.of(Kind::Server, "sql-a");
        assert!(longer.starts_with(&own) && longer.len() == own.len() + 1, "{longer}");
        let kept: Vec<_> = met.table().map(|(k, n, p)| (k, n.to_owned(), p.to_owned())).collect();
        assert_eq!(Pseudonyms::new([1; 32], kept).of(Kind::Server, "SQL-A"), longer);
    }

    #[test]
    fn ten_thousand_names_have_as_many_pseudonyms_without_doubtful_letters() {
        let mut names = Pseudonyms::new([3; 32], []);
        let all: std::collections::BTreeSet<String> =
            (0..10_000).map(|i| names.of(Kind::User, &format!("user{i}"))).collect();
        assert_eq!(all.len(), 10_000);
        assert!(all.iter().all(|n| !n.trim_start_matches("UTI-").contains(['0', 'O', '1', 'I', 'L', '5', 'S'])));
    }
}
