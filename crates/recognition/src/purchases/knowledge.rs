//! The knowledge behind the grammar: the tables of `titles/purchases`, compiled in and read once.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// How a product's licences are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// Windows Server.
    OsServer,
    /// SQL Server.
    Sql,
    /// A server counted by the server, unless the line counts processors or cores.
    Server,
    /// System Center.
    Management,
    /// Core Infrastructure Server suites.
    Cis,
    /// An application on a device.
    Application,
    /// Windows on a PC.
    ClientOs,
    /// A developer's tool.
    Developer,
    /// A developer's subscription.
    Msdn,
    /// A suite of access licences.
    CalSuite,
    /// A management licence of a client.
    ClientMl,
    /// A role that is reached only through access licences.
    AccessRole,
    /// A connector, whatever else the line says.
    Connector,
    /// A plan of a user, named in the short titles.
    Plan,
    /// A plan of a device.
    DevicePlan,
    /// A school's bundle, rented by the year.
    School,
}

/// One product of `products.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    pub(crate) name: String,
    pub(crate) class: Class,
    #[serde(default)]
    pub(crate) rank: i32,
    pub(crate) any: Vec<String>,
    #[serde(default)]
    pub(crate) not: Vec<String>,
    pub(crate) edition: Option<String>,
    pub(crate) old_edition: Option<String>,
    pub(crate) bare_edition: Option<String>,
    pub(crate) mac: Option<String>,
    pub(crate) mac_edition: Option<String>,
    #[serde(default)]
    pub(crate) mac_versions: BTreeMap<String, String>,
    pub(crate) xp: Option<String>,
    pub(crate) cal: Option<String>,
    pub(crate) cal_editions: Option<String>,
    pub(crate) sal: Option<String>,
    pub(crate) connector: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductFile {
    product: Vec<Product>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordFile {
    phrases: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    glued: BTreeMap<String, String>,
}

/// One plan of `plans.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    pub(crate) edition: Option<String>,
    pub(crate) metric: Option<String>,
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    families: Vec<String>,
    not_families: Vec<String>,
    translate: BTreeMap<String, String>,
    strip: BTreeMap<String, String>,
    nobody: Vec<String>,
    device: Vec<String>,
    server: Vec<String>,
    plan: Vec<Plan>,
    numbered: BTreeMap<String, String>,
}

/// `tokens.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tokens {
    pub(crate) service: Vec<String>,
    pub(crate) labour: Vec<String>,
    pub(crate) money: Vec<String>,
    pub(crate) period: Vec<String>,
    pub(crate) media: Vec<String>,
    pub(crate) trial: Vec<String>,
    pub(crate) subscription: Vec<String>,
    pub(crate) used: Vec<String>,
    pub(crate) oem: Vec<String>,
    pub(crate) oem_makers: Vec<String>,
    pub(crate) hardware: Vec<String>,
    pub(crate) fpp: Vec<String>,
    pub(crate) volume: Vec<String>,
    pub(crate) short: Vec<String>,
    pub(crate) segment: Vec<String>,
    pub(crate) languages: Vec<String>,
    pub(crate) editions: BTreeMap<String, String>,
    pub(crate) part_programme: BTreeMap<String, String>,
    pub(crate) part_family: BTreeMap<String, String>,
}

/// `others.toml`: what is no licence of ours.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Others {
    pub(crate) publishers: Vec<String>,
    pub(crate) generic: Vec<String>,
    pub(crate) goods: Vec<String>,
    pub(crate) fits: Vec<String>,
}

/// Everything, in the order in which it is applied.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// Phrases, longest first.
    pub(crate) phrases: Vec<(String, String)>,
    /// Words.
    pub(crate) words: BTreeMap<String, String>,
    /// Pieces of glued words.
    pub(crate) glued: BTreeMap<String, String>,
    /// Products.
    pub(crate) products: Vec<Product>,
    /// Families of plans.
    pub(crate) families: Vec<String>,
    /// What is no plan although a family's word stands in it.
    pub(crate) not_families: Vec<String>,
    /// Translations, longest first.
    pub(crate) translate: Vec<(String, String)>,
    /// What is no part of a plan's name, longest first, with what it means.
    pub(crate) strip: Vec<(String, String)>,
    /// Plans that license nobody.
    pub(crate) nobody: Vec<String>,
    /// Plans of devices.
    pub(crate) device: Vec<String>,
    /// Plans of servers.
    pub(crate) server: Vec<String>,
    /// Plans by every folded name.
    pub(crate) plans: BTreeMap<String, Plan>,
    /// Plans whose number is the edition, by folded name.
    pub(crate) numbered: BTreeMap<String, String>,
    /// Words of kind and channel.
    pub(crate) tokens: Tokens,
    /// Editions by phrase, longest first.
    pub(crate) editions: Vec<(Vec<String>, String)>,
    /// Other publishers and goods.
    pub(crate) others: Others,
    /// Every word of products, editions and kinds.
    known: BTreeSet<String>,
}

impl Knowledge {
    /// True if a canonical word means something to the grammar.
    pub(crate) fn is_known(&self, word: &str) -> bool {
        self.known.contains(word)
    }
}

/// The single words of the tables that say what is bought and how.
fn known_words(products: &[Product], tokens: &Tokens) -> BTreeSet<String> {
    let lists = [
        &tokens.media,
        &tokens.trial,
        &tokens.subscription,
        &tokens.used,
        &tokens.oem,
        &tokens.fpp,
        &tokens.volume,
        &tokens.short,
        &tokens.segment,
        &tokens.languages,
        &tokens.oem_makers,
        &tokens.hardware,
    ];
    let phrases = products.iter().flat_map(|product| product.any.iter()).chain(tokens.editions.keys());
    phrases.chain(lists.into_iter().flatten()).flat_map(|phrase| phrase.split(' ')).map(str::to_owned).collect()
}

fn longest_first(table: BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut list: Vec<_> = table.into_iter().collect();
    list.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then_with(|| a.0.cmp(&b.0)));
    list
}

fn read() -> Result<Knowledge, toml::de::Error> {
    let words: WordFile = toml::from_str(include_str!("../../../../titles/purchases/words.toml"))?;
    let products: ProductFile = toml::from_str(include_str!("../../../../titles/purchases/products.toml"))?;
    let plans: PlanFile = toml::from_str(include_str!("../../../../titles/purchases/plans.toml"))?;
    let tokens: Tokens = toml::from_str(include_str!("../../../../titles/purchases/tokens.toml"))?;
    let others: Others = toml::from_str(include_str!("../../../../titles/purchases/others.toml"))?;
    let mut by_name = BTreeMap::new();
    for plan in plans.plan {
        let own = super::text::fold(&plan.name);
        // A name that several entries share (one per edition) belongs to the first of them.
        by_name.entry(own).or_insert_with(|| plan.clone());
        for also in &plan.also {
            by_name.insert(also.clone(), plan.clone());
        }
    }
    let mut editions: Vec<(Vec<String>, String)> = tokens
        .editions
        .iter()
        .map(|(phrase, name)| (phrase.split(' ').map(str::to_owned).collect(), name.clone()))
        .collect();
    editions.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    let known = known_words(&products.product, &tokens);
    Ok(Knowledge {
        phrases: longest_first(words.phrases),
        words: words.words,
        glued: words.glued,
        products: products.product,
        families: plans.families,
        not_families: plans.not_families,
        translate: longest_first(plans.translate),
        strip: longest_first(plans.strip),
        nobody: plans.nobody,
        device: plans.device,
        server: plans.server,
        plans: by_name,
        numbered: plans.numbered,
        tokens,
        editions,
        others,
        known,
    })
}

static KNOWLEDGE: LazyLock<Result<Knowledge, String>> = LazyLock::new(|| read().map_err(|error| error.to_string()));
static EMPTY: LazyLock<Knowledge> = LazyLock::new(Knowledge::default);

/// The tables. They are part of the program and a test reads them; should they not parse, nothing is recognised.
pub(crate) fn knowledge() -> &'static Knowledge {
    KNOWLEDGE.as_ref().unwrap_or(&EMPTY)
}

/// Why the tables could not be read, if they could not.
pub fn knowledge_error() -> Option<&'static str> {
    KNOWLEDGE.as_ref().err().map(String::as_str)
}
