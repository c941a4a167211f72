//! What people decided about records: that some are one machine or person, that others are not, whatever their keys say.

use crate::facts::{MachineRef, Person};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A record of a person, as one tool names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonRef {
    /// Principal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    /// Account name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sam: Option<String>,
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl PersonRef {
    /// The record that a row speaks of.
    pub fn of(person: &Person) -> Self {
        PersonRef { upn: person.upn.clone(), sam: person.sam.clone(), name: person.name.clone() }
    }
}

/// Decisions about records. A record that no row bears any more is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// Records that are one machine.
    pub machines_joined: Vec<Vec<MachineRef>>,
    /// Records that are not the machine of the others: each side stays as it is, and never meets the other.
    pub machines_split: Vec<[Vec<MachineRef>; 2]>,
    /// Records that are one person.
    pub people_joined: Vec<Vec<PersonRef>>,
    /// Records that are not the person of the others.
    pub people_split: Vec<[Vec<PersonRef>; 2]>,
}

impl Decided {
    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        *self == Decided::default()
    }
}

/// The sides of splits that something stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sides(BTreeSet<(usize, usize)>);

impl Sides {
    /// Puts it on a side of a split.
    pub(super) fn stand(&mut self, split: usize, side: usize) {
        self.0.insert((split, side));
    }

    /// Also on the sides of another.
    pub(super) fn add(&mut self, other: &Sides) {
        self.0.extend(other.0.iter().copied());
    }

    /// Whether a split keeps the two apart.
    pub(super) fn oppose(&self, other: &Sides) -> bool {
        self.0.iter().any(|(split, side)| other.0.contains(&(*split, 1 - (*side).min(1))))
    }

    /// Whether both are on one side of a split.
    pub(super) fn share(&self, other: &Sides) -> bool {
        !self.0.is_disjoint(&other.0)
    }
}
