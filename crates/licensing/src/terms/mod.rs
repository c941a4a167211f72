//! Terms: licensing knowledge as data, each piece with the days it is valid on and its sources.
//!
//! Enters: the files of `terms/` as text. Leaves: [`Terms`], looked up by rule id and day, or a [`TermsError`] that names
//! the files at odds. Formulas are code elsewhere; numbers, dates and rights are only here.

mod parse;
mod prices;

pub use parse::TermsError;
pub use prices::{Price, Prices};

use jiff::civil::Date;
use std::collections::BTreeMap;

/// One answer to one question, valid for a span of days.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Identifier, as in the worked examples (`WS-CORE-MIN`).
    pub id: String,
    /// What it answers, in English.
    pub question: String,
    /// The same in French.
    pub question_fr: String,
    /// The answer in words, in English.
    pub says: String,
    /// The same in French.
    pub says_fr: String,
    /// First day.
    pub valid_from: Date,
    /// Last day, if it was replaced.
    pub valid_until: Option<Date>,
    /// Keys of `terms/sources.toml`.
    pub sources: Vec<String>,
    /// Day last checked.
    pub last_checked: Date,
    /// The deciding text was read in a source.
    pub verified: bool,
    /// Its numbers and words.
    pub values: toml::Table,
    /// File it stands in.
    pub file: String,
}

impl Rule {
    /// The whole number under `key`; 0 where the rule has none (a test reads every key that the code asks for).
    pub fn number(&self, key: &str) -> u64 {
        self.values.get(key).and_then(toml::Value::as_integer).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    /// The words under `key`.
    pub fn words(&self, key: &str) -> Vec<&str> {
        self.values
            .get(key)
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect()
    }

    /// Whether the rule is in force on `day`.
    pub fn covers(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day <= until)
    }
}

/// A version of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Name (`2012 R2`).
    pub name: String,
    /// Day made available, for new-version rights.
    pub available: Date,
    /// An earlier day that is told as well but was not read in a source that decides: coverage that ended between the two
    /// is asked about.
    pub seen: Option<Date>,
    /// A later day that is told for volume licences but was not read in a source that decides: coverage that ended between
    /// the two counts, and is asked about.
    pub later: Option<Date>,
    /// End of the publisher's support, where a right hangs on it.
    pub support_ends: Option<Date>,
    /// End of the updates that could be bought after it.
    pub paid_support_ends: Option<Date>,
}

/// What a licence of one edition also covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Edition of the licence.
    pub licence: String,
    /// Editions covered.
    pub editions: Vec<String>,
    /// Only licences from this version on.
    pub licence_from: Option<String>,
    /// Only installations up to this version.
    pub installed_until: Option<String>,
}

/// Rules that count a span of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// Place of the oldest version.
    pub from: usize,
    /// Place of the newest.
    pub until: usize,
    /// Ids of the rules; each must be in force from the day that a version came.
    pub rules: Vec<String>,
}

/// A product family's versions and edition rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Name as in the worked examples.
    pub name: String,
    /// Oldest first.
    pub versions: Vec<Version>,
    /// Edition rights; an edition always covers itself.
    pub covers: Vec<Cover>,
    /// Which rules count which versions.
    pub calculations: Vec<Calculation>,
}

impl Product {
    /// Place of a version in time; `LTSC 2021` is `2021`. `None` for what the family does not know.
    pub fn rank(&self, version: &str) -> Option<usize> {
        let bare = version.strip_prefix("10 ").filter(|rest| rest.starts_with("LTS")).unwrap_or(version);
        let bare = bare.strip_prefix("LTSC ").or_else(|| bare.strip_prefix("LTSB ")).unwrap_or(bare);
        self.versions.iter().position(|each| each.name.eq_ignore_ascii_case(bare))
    }

    /// The newest version available on `day`.
    pub fn newest_on(&self, day: Date) -> Option<usize> {
        self.versions.iter().rposition(|each| each.available <= day)
    }

    /// The newest version of which some source says that it was available on `day`.
    pub fn newest_seen_on(&self, day: Date) -> Option<usize> {
        self.versions.iter().rposition(|each| each.seen.unwrap_or(each.available) <= day)
    }

    /// The newest version that was available on `day` by every source.
    pub fn newest_surely_on(&self, day: Date) -> Option<usize> {
        self.versions.iter().rposition(|each| each.later.unwrap_or(each.available) <= day)
    }

    /// Name of the version at `rank`.
    pub fn version_name(&self, rank: usize) -> &str {
        self.versions.get(rank).map_or("unknown", |each| each.name.as_str())
    }

    /// Whether a licence of `licence` edition and version rank covers an installation of `edition` at `installed`.
    pub fn edition_covers(&self, licence: &str, licence_rank: usize, edition: &str, installed: usize) -> bool {
        if licence == edition {
            return true;
        }
        self.covers.iter().filter(|cover| cover.licence == licence).any(|cover| {
            cover.editions.iter().any(|each| each == edition)
                && cover.licence_from.as_deref().and_then(|v| self.rank(v)).is_none_or(|from| licence_rank >= from)
                && cover.installed_until.as_deref().and_then(|v| self.rank(v)).is_none_or(|until| installed <= until)
        })
    }
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Where it stands.
    pub place: String,
}

/// All licensing knowledge.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    rules: BTreeMap<String, Vec<Rule>>,
    products: BTreeMap<String, Product>,
    plans: BTreeMap<String, Vec<String>>,
    sources: BTreeMap<String, Source>,
}

/// Folder names whose products share another family's versions.
const SHARES_VERSIONS: [(&str, &str); 17] = [
    ("Visio", "Office"),
    ("Project", "Office"),
    ("Word", "Office"),
    ("Excel", "Office"),
    ("PowerPoint", "Office"),
    ("Outlook", "Office"),
    ("Access", "Office"),
    ("OneNote", "Office"),
    ("Publisher", "Office"),
    ("InfoPath", "Office"),
    ("Skype for Business", "Office"),
    ("Windows Server CAL", "Windows Server"),
    ("Remote Desktop Services CAL", "Windows Server"),
    ("Windows Server External Connector", "Windows Server"),
    ("Remote Desktop Services External Connector", "Windows Server"),
    ("SQL Server CAL", "SQL Server"),
    ("Small Business Server CAL", "Small Business Server"),
];

/// Starts of product names that belong to one family: servers with their access licences, and their names over time.
const FAMILIES: [(&str, &str); 10] = [
    ("Exchange Server", "Exchange Server"),
    ("SharePoint Server", "SharePoint Server"),
    ("Skype for Business Server", "Skype for Business Server"),
    ("Lync Server", "Skype for Business Server"),
    ("Project Server", "Project Server"),
    ("Dynamics CRM", "Dynamics CRM Server"),
    ("Azure DevOps Server", "Azure DevOps Server"),
    ("Team Foundation Server", "Azure DevOps Server"),
    ("System Center", "System Center"),
    ("Configuration Manager", "System Center"),
];

/// Words behind the name of a plan that say how it is bought, not what it gives: from Software Assurance, on top of licences
/// that are held, or sold without Teams.
const WAYS_OF_BUYING: [&str; 5] = ["from sa", "add-on", "addon", "no teams", "eea"];

/// The name of a plan without the words that say how it is bought.
fn without_way_of_buying(name: &str) -> &str {
    let mut bare = name;
    loop {
        let end = bare.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '-'));
        let way = WAYS_OF_BUYING.iter().find_map(|way| {
            let at = end.len().checked_sub(way.len())?;
            let apart = end.get(..at)?.ends_with(|c: char| c.is_whitespace() || c == '(');
            (apart && end.get(at..)?.eq_ignore_ascii_case(way)).then_some(at)
        });
        match way {
            Some(at) => bare = end.get(..at).unwrap_or_default(),
            None => return end,
        }
    }
}

impl Terms {
    /// The terms that are compiled in.
    ///
    /// # Errors
    /// Those of [`Terms::parse`]; a test keeps the shipped terms free of them.
    pub fn builtin() -> Result<Terms, TermsError> {
        const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/terms.rs"));
        Terms::parse(FILES)
    }

    /// The rule `id` in force on `day`; before its first day the first, after its last the last, so that a licence of any
    /// age finds the text nearest to it.
    pub fn rule(&self, id: &str, day: Date) -> &Rule {
        static NONE: std::sync::OnceLock<Rule> = std::sync::OnceLock::new();
        let rules = self.rules.get(id).map(Vec::as_slice).unwrap_or_default();
        rules
            .iter()
            .find(|rule| rule.covers(day))
            .or_else(|| rules.iter().find(|rule| day < rule.valid_from))
            .or_else(|| rules.last())
            .unwrap_or_else(|| {
                NONE.get_or_init(|| Rule {
                    id: "NONE".to_owned(),
                    question: String::new(),
                    question_fr: String::new(),
                    says: String::new(),
                    says_fr: String::new(),
                    valid_from: Date::MIN,
                    valid_until: None,
                    sources: Vec::new(),
                    last_checked: Date::MIN,
                    verified: false,
                    values: toml::Table::new(),
                    file: String::new(),
                })
            })
    }

    /// All rules, by id and first day.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values().flatten()
    }

    /// The rules of `id` that are in force on `day`: one, where the knowledge is sound.
    pub fn in_force(&self, id: &str, day: Date) -> Vec<&Rule> {
        self.rules.get(id).into_iter().flatten().filter(|rule| rule.covers(day)).collect()
    }

    /// All product families, by name.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.values()
    }

    /// The family that gives `product` its versions.
    pub fn product(&self, product: &str) -> Option<&Product> {
        // A family's own name is asked most; it is in neither table.
        if let Some(family) = self.products.get(product) {
            return Some(family);
        }
        let family = SHARES_VERSIONS.iter().find(|(name, _)| *name == product).map_or(product, |(_, family)| family);
        let named = FAMILIES.iter().find(|(start, _)| family.starts_with(start)).map_or(family, |(_, family)| family);
        self.products.get(named)
    }

    /// Place in time of `version` of `product`.
    pub fn rank(&self, product: &str, version: &str) -> Option<usize> {
        self.product(product)?.rank(version)
    }

    /// What a plan or suite includes; `None`: not a plan that is known. A plan by another way of buying it is that plan.
    pub fn plan(&self, name: &str) -> Option<&[String]> {
        self.plans.get(name).or_else(|| self.plans.get(without_way_of_buying(name))).map(Vec::as_slice)
    }

    /// Names of the known plans.
    pub fn plans(&self) -> impl Iterator<Item = &str> {
        self.plans.keys().map(String::as_str)
    }

    /// A source by its key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.get(key)
    }
}
