//! What is found, written down as it is found: flags, asks, and points with their reasons.

use std::collections::BTreeSet;

use super::verdict::ReasonLine;

/// Points of a hard rule, which no sum outweighs.
pub(super) const HARD: i32 = 99;

/// The ledger: flags and reasons as they are found.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) flags: BTreeSet<String>,
    /// In the order of the phrases.
    pub(super) asks: Vec<String>,
    pub(super) reasons: Vec<ReasonLine>,
}

impl Ledger {
    pub(super) fn flag(&mut self, flag: &str) {
        self.flags.insert(flag.to_owned());
    }

    pub(super) fn has(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }

    pub(super) fn give(&mut self, points: i32, side: &'static str, code: &str, words: &str) {
        if points != 0 {
            let words: String = words.chars().take(300).collect();
            self.reasons.push(ReasonLine { points, side, code: code.to_owned(), words });
        }
    }

    pub(super) fn all(&mut self, code: &str, words: &str, contractual: i32, voluntary: i32, scam: i32) {
        self.give(contractual, "contractual", code, words);
        self.give(voluntary, "voluntary", code, words);
        self.give(scam, "scam", code, words);
    }

    pub(super) fn sum(&self, side: &str) -> i32 {
        self.reasons.iter().filter(|r| r.side == side).map(|r| r.points).sum()
    }

    /// True when points were given for that.
    pub(super) fn earned(&self, code: &str) -> bool {
        self.reasons.iter().any(|r| r.code == code)
    }

    pub(super) fn hard(&self) -> bool {
        self.reasons.iter().any(|r| r.side == "scam" && r.points == HARD)
    }
}
