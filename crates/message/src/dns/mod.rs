//! DNS as a question to whoever answers: a zone file, the answers frozen in a case, or a resolver that the program brings.
//! Nothing in this crate opens a socket.

mod frozen;
mod zone;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

pub use frozen::{Frozen, FrozenAnswer, FrozenError};
pub use zone::{Zone, ZoneError};

/// The record types that the checks need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Mail exchanger.
    Mx,
    /// Text.
    Txt,
    /// Name of an address.
    Ptr,
}

/// One record's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// IPv4 address.
    A(Ipv4Addr),
    /// IPv6 address.
    Aaaa(Ipv6Addr),
    /// Preference and host of a mail exchanger.
    Mx(u16, String),
    /// The strings of a text record, glued together without a separator.
    Txt(Vec<u8>),
    /// The name that an address points to.
    Ptr(String),
}

/// What came back. The difference between "no such name" and "cannot tell" carries verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// At least one record of the kind asked.
    Found(Vec<Data>),
    /// The name exists, with no record of that kind.
    NoData,
    /// The name does not exist.
    NoName,
    /// No answer: a time-out, a server failure, or a question that was never frozen.
    Failed,
}

/// Whoever answers DNS questions.
pub trait Dns {
    /// Asks for records of `kind` at `name` (lower case, no final dot). Aliases are followed by the one who answers.
    fn ask(&self, name: &str, kind: Kind) -> Answer;
}

impl<D: Dns + ?Sized> Dns for &D {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        (**self).ask(name, kind)
    }
}

/// The one who knows nothing: every question stays open. Used when neither a zone nor frozen answers are given.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDns;

impl Dns for NoDns {
    fn ask(&self, _name: &str, _kind: Kind) -> Answer {
        Answer::Failed
    }
}

/// Asks another and keeps every question with its answer, each asked once; what a case freezes comes from here.
#[derive(Debug)]
pub struct Recording<D> {
    inner: D,
    asked: RefCell<BTreeMap<(String, Kind), Answer>>,
}

impl<D: Dns> Recording<D> {
    /// Wraps the one who answers.
    pub fn new(inner: D) -> Self {
        Recording { inner, asked: RefCell::new(BTreeMap::new()) }
    }

    /// The one who answers.
    pub fn inner(&self) -> &D {
        &self.inner
    }

    /// The questions and answers so far, sorted by name and kind, dated `asked_at` (RFC 3339, from the caller's clock).
    pub fn answers(&self, asked_at: &str) -> Vec<FrozenAnswer> {
        self.asked.borrow().iter().map(|((name, kind), a)| FrozenAnswer::new(name, *kind, a, asked_at)).collect()
    }
}

impl<D: Dns> Dns for Recording<D> {
    fn ask(&self, name: &str, kind: Kind) -> Answer {
        let key = (normal(name), kind);
        if let Some(known) = self.asked.borrow().get(&key) {
            return known.clone();
        }
        let answer = self.inner.ask(&key.0, kind);
        self.asked.borrow_mut().insert(key, answer.clone());
        answer
    }
}

/// A name in the form of a question: lower case, no final dot.
pub fn normal(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// True when `name` can be asked at all: labels of 1 to 63 bytes, 253 in all.
pub fn askable(name: &str) -> bool {
    !name.is_empty() && name.len() <= 253 && name.split('.').all(|l| !l.is_empty() && l.len() <= 63)
}
