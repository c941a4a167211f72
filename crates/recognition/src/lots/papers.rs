//! What the papers around purchases say: `titles/purchases/papers.toml`, compiled in and read once.

use crate::purchases::fold;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Free {
    skus: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Credit {
    words: Vec<String>,
    types: Vec<String>,
}

/// The tables.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Papers {
    sku: BTreeMap<String, String>,
    free: Free,
    credit: Credit,
    country: BTreeMap<String, String>,
}

static PAPERS: LazyLock<Result<Papers, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../titles/purchases/papers.toml")).map_err(|error| error.to_string())
});
static EMPTY: LazyLock<Papers> = LazyLock::new(Papers::default);

/// The tables; empty should they not parse, which a test would see.
pub(super) fn papers() -> &'static Papers {
    PAPERS.as_ref().unwrap_or(&EMPTY)
}

/// Why `papers.toml` could not be read, if it could not.
pub fn papers_error() -> Option<&'static str> {
    PAPERS.as_ref().err().map(String::as_str)
}

/// The plan that a tenant's product number stands for.
///
/// `sku` is the number as the tenant tells it (`SPE_E3`); `None` where the table does not know it.
pub fn plan_of_sku(sku: &str) -> Option<&'static str> {
    let wanted = sku.trim();
    papers().sku.iter().find(|(number, _)| number.eq_ignore_ascii_case(wanted)).map(|(_, plan)| plan.as_str())
}

/// True for plans that cost nothing, which nobody needs to own.
pub fn is_free_sku(sku: &str) -> bool {
    papers().free.skus.iter().any(|number| number.eq_ignore_ascii_case(sku.trim()))
}

impl Papers {
    /// True if the words of a line, or its purchase type, make it a credit note.
    pub(super) fn is_credit(&self, title: &str, purchase_type: Option<&str>) -> bool {
        let padded = format!(" {} ", fold(title).replace(|c: char| !c.is_alphanumeric(), " "));
        let kind = purchase_type.map(fold).unwrap_or_default();
        self.credit.words.iter().any(|word| padded.contains(&format!(" {word} "))) || self.credit.types.contains(&kind)
    }

    /// ISO code of a country as statements write it; a code stays a code.
    pub(super) fn country(&self, name: &str) -> Option<String> {
        let folded = fold(name);
        if folded.len() == 2 {
            return Some(folded.to_uppercase());
        }
        self.country.get(&folded).cloned()
    }
}
