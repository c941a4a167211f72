//! What every room may tell besides figures: steps of a sum, use limits exceeded, what needs no licence, what does not fit.

use crate::word::Word;
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

/// Names of the values that count: steps that differ in nothing else are one step over their sum.
const COUNTS: [&str; 3] = ["devices", "systems", "units"];

/// The steps in their order, those that say the same of different devices or people told once, over all of them.
pub(crate) fn merged(steps: Vec<Step>) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    // A step about a host or a machine stands alone: its count is that of the machine.
    let adds_up = |step: &Step| {
        let counted = step.values.keys().filter(|name| COUNTS.contains(&name.as_str())).count();
        counted == 1
            && step
                .values
                .keys()
                .all(|name| matches!(name.as_str(), "version" | "oem") || COUNTS.contains(&name.as_str()))
    };
    let alike = |a: &Step, b: &Step| {
        a.code == b.code
            && a.rule == b.rule
            && a.values.len() == b.values.len()
            && a.values.iter().zip(&b.values).all(|(a, b)| a.0 == b.0 && (a.1 == b.1 || COUNTS.contains(&a.0.as_str())))
    };
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for step in steps {
        if adds_up(&step) {
            let places = places.entry(step.code.clone()).or_default();
            let known = places.iter().copied().find(|place| found.get(*place).is_some_and(|known| alike(known, &step)));
            if let Some(known) = known.and_then(|place| found.get_mut(place)) {
                for (name, value) in &mut known.values {
                    let (here, there) =
                        (value.parse::<u64>(), step.values.get(name).and_then(|more| more.parse::<u64>().ok()));
                    if let (true, Ok(here), Some(there)) = (COUNTS.contains(&name.as_str()), here, there) {
                        *value = here.saturating_add(there).to_string();
                    }
                }
                continue;
            }
            places.push(found.len());
        }
        found.push(step);
    }
    found
}

/// A use limit that is exceeded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Breach {
    /// `user_limit_25`, `device_limit_5`, `evaluation_expired`, ...
    pub code: String,
    /// Where.
    pub subject: Word,
    /// Rule.
    pub rule: String,
}

/// An installation that asks for no licence, or cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SetAside {
    /// Machine.
    pub on: Word,
    /// Product.
    pub product: Word,
    /// Edition.
    pub edition: Word,
    /// Version.
    pub version: Word,
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
    pub subject: Word,
    /// Product, where one is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Word>,
}
