//! What can follow when nothing is answered, for each basis: codes with sources. The program puts them into words.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::verdict::Class;

/// One thing that can follow, or cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consequence {
    /// Name of the sentence.
    pub code: String,
    /// Classes for which it holds.
    pub classes: Vec<String>,
    /// Where it is known from.
    pub sources: Vec<String>,
    /// True when counsel must check it before anyone relies on it.
    pub counsel: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    consequence: Vec<Consequence>,
}

static SHIPPED: LazyLock<Vec<Consequence>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../../data/consequences.toml")).map(|f| f.consequence).unwrap_or_default()
});

/// What can follow for a class, in the order in which it is told.
pub fn of(class: Class) -> Vec<&'static Consequence> {
    let word = match class {
        Class::VoluntaryReview => "voluntary-review",
        Class::ContractualSelfAssessment => "contractual-self-assessment",
        Class::ContractualAudit => "contractual-audit",
        Class::Scam => "scam",
        Class::Discussion => "discussion",
    };
    SHIPPED.iter().filter(|c| c.classes.iter().any(|k| k == word)).collect()
}
