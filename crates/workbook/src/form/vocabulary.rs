//! The vocabulary of the trade as data: `forms/vocabulary/`, compiled in.

use super::words::Synonyms;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Sets of words, each of which stands for an entry.
pub(super) type Patterns = Vec<Vec<String>>;

/// A product of licensing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Product {
    pub(super) family: String,
    #[serde(default)]
    pub(super) application: Option<String>,
    #[serde(default)]
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) display_fr: Option<String>,
    pub(super) key: String,
    #[serde(default)]
    pub(super) row: String,
    #[serde(default)]
    pub(super) row_installed: Option<String>,
    names: Vec<String>,
    #[serde(default)]
    context_names: Vec<String>,
    #[serde(default)]
    pub(super) versions: Vec<String>,
    pub(super) compose: String,
    pub(super) default: String,
    #[serde(default)]
    pub(super) common: bool,
    #[serde(default)]
    pub(super) needs_version: bool,
    #[serde(skip)]
    pub(super) spelt: Patterns,
    #[serde(skip)]
    pub(super) spelt_within: Patterns,
}

/// An edition of products.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edition {
    pub(super) families: Vec<String>,
    pub(super) name: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) fr: Option<String>,
    #[serde(default)]
    pub(super) en: Option<String>,
    /// Key of a count that names no version.
    #[serde(default)]
    pub(super) bare: Option<String>,
    any: Vec<String>,
    #[serde(skip)]
    pub(super) spelt: Patterns,
}

/// A client access licence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cal {
    base: Vec<String>,
    pub(super) family: String,
    pub(super) fr: String,
    pub(super) en: String,
    pub(super) row: String,
    #[serde(default)]
    pub(super) suite: bool,
    #[serde(skip)]
    pub(super) spelt: Patterns,
}

/// A plan by subscription.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    #[serde(default)]
    pub(super) key: Option<String>,
    #[serde(default)]
    pub(super) family: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) en: Option<String>,
    any: Vec<String>,
    #[serde(default)]
    pub(super) alone: bool,
    #[serde(skip)]
    pub(super) spelt: Patterns,
}

/// What may be asked of a product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub(super) id: String,
    any: Vec<String>,
    #[serde(default)]
    pub(super) families: Vec<String>,
    #[serde(default)]
    pub(super) site: String,
    pub(super) row: String,
    pub(super) metric: String,
    #[serde(default)]
    pub(super) weak: bool,
    #[serde(skip)]
    pub(super) spelt: Patterns,
}

/// A fact of the company.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fact {
    pub(super) key: String,
    #[serde(default)]
    pub(super) product: Option<String>,
    #[serde(default)]
    pub(super) edition: Option<String>,
    #[serde(default)]
    pub(super) metric: Option<String>,
    #[serde(default, rename = "where")]
    pub(super) place: Vec<String>,
    any: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    above: Vec<String>,
    #[serde(default)]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) ask: Option<String>,
    #[serde(default)]
    pub(super) disclosure: Option<String>,
    #[serde(default)]
    pub(super) weak: bool,
    #[serde(skip)]
    pub(super) spelt: Patterns,
    #[serde(skip)]
    pub(super) spelt_not: Patterns,
    #[serde(skip)]
    pub(super) spelt_above: Patterns,
}

/// A question outside licensing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decline {
    pub(super) reason: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) strong: bool,
    any: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(skip)]
    pub(super) spelt: Patterns,
    #[serde(skip)]
    pub(super) spelt_not: Patterns,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) synonyms: Synonyms,
    pub(super) beside: Beside,
    pub(super) products: Vec<Product>,
    pub(super) editions: Vec<Edition>,
    pub(super) cals: Vec<Cal>,
    pub(super) plans: Vec<Plan>,
    pub(super) measures: Vec<Measure>,
    pub(super) facts: Vec<Fact>,
    pub(super) declines: Vec<Decline>,
}

/// Words that may stand beside the matter without changing it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beside {
    pub(super) fact: Vec<String>,
    pub(super) product: Vec<String>,
    pub(super) outside: Vec<String>,
}

#[derive(Deserialize)]
struct Words {
    stop: Vec<String>,
    glued: Vec<String>,
    beside: Beside,
    words: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Products {
    product: Vec<Product>,
    edition: Vec<Edition>,
    cal: Vec<Cal>,
    plan: Vec<Plan>,
}

#[derive(Deserialize)]
struct Measures {
    measure: Vec<Measure>,
}

#[derive(Deserialize)]
struct Facts {
    fact: Vec<Fact>,
}

#[derive(Deserialize)]
struct Declines {
    decline: Vec<Decline>,
}

static KNOWN: LazyLock<Result<Vocabulary, String>> = LazyLock::new(|| read().map_err(|e| e.to_string()));

/// The vocabulary, or what is wrong with the files that were compiled in.
pub(super) fn known() -> Result<&'static Vocabulary, &'static str> {
    KNOWN.as_ref().map_err(String::as_str)
}

fn read() -> Result<Vocabulary, toml::de::Error> {
    let words: Words = toml::from_str(include_str!("../../../../forms/vocabulary/words.toml"))?;
    let products: Products = toml::from_str(include_str!("../../../../forms/vocabulary/products.toml"))?;
    let measures: Measures = toml::from_str(include_str!("../../../../forms/vocabulary/measures.toml"))?;
    let facts: Facts = toml::from_str(include_str!("../../../../forms/vocabulary/facts.toml"))?;
    let declines: Declines = toml::from_str(include_str!("../../../../forms/vocabulary/declines.toml"))?;
    let synonyms = Synonyms::new(words.stop, words.glued, words.words);
    let each = |list: Vec<String>| list.iter().flat_map(|w| synonyms.pattern(w)).collect();
    let beside = Beside {
        fact: each(words.beside.fact),
        product: each(words.beside.product),
        outside: each(words.beside.outside),
    };
    let mut all = Vocabulary {
        synonyms,
        beside,
        products: products.product,
        editions: products.edition,
        cals: products.cal,
        plans: products.plan,
        measures: measures.measure,
        facts: facts.fact,
        declines: declines.decline,
    };
    let spell = |texts: &[String]| -> Patterns {
        texts.iter().map(|t| all.synonyms.pattern(t)).filter(|p| !p.is_empty()).collect()
    };
    for product in &mut all.products {
        product.spelt = spell(&product.names);
        product.spelt_within = spell(&product.context_names);
    }
    for edition in &mut all.editions {
        edition.spelt = spell(&edition.any);
    }
    for cal in &mut all.cals {
        cal.spelt = spell(&cal.base);
    }
    for plan in &mut all.plans {
        plan.spelt = spell(&plan.any);
    }
    for measure in &mut all.measures {
        measure.spelt = spell(&measure.any);
    }
    for fact in &mut all.facts {
        fact.spelt = spell(&fact.any);
        fact.spelt_not = spell(&fact.not);
        fact.spelt_above = spell(&fact.above);
    }
    for decline in &mut all.declines {
        decline.spelt = spell(&decline.any);
        decline.spelt_not = spell(&decline.not);
    }
    Ok(all)
}
