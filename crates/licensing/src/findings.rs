//! What every room may tell besides figures: steps of a sum, use limits exceeded, what needs no licence, what does not fit.

use serde::Serialize;
use std::collections::BTreeMap;

/// A step of the sum: a message code with its values, put into words elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Message code (`core-minimum`).
    pub code: String,
    /// Values by name.
    pub values: BTreeMap<String, String>,
    /// Rule behind the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl Step {
    /// A step with its values.
    pub fn new(code: &str, rule: Option<&str>, values: &[(&str, String)]) -> Self {
        Step {
            code: code.to_owned(),
            values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            rule: rule.map(str::to_owned),
        }
    }
}

/// A use limit that is exceeded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Breach {
    /// `user_limit_25`, `device_limit_5`, `evaluation_expired`, ...
    pub code: String,
    /// Where.
    pub subject: String,
    /// Rule.
    pub rule: String,
}

/// An installation that asks for no licence, or cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SetAside {
    /// Product.
    pub product: String,
    /// Edition.
    pub edition: String,
    /// Version.
    pub version: String,
    /// `not-licensable` or `cannot-tell`.
    pub outcome: String,
    /// Why, as a code.
    pub why: String,
    /// That many.
    pub count: u64,
}

/// Something in the facts that does not fit together; the position stands, and says so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Code (`machine-not-listed`, `product-not-modelled`, `verifier-objects`, ...).
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// Product, where one is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
}
