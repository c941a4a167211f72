//! Worked examples as text: head, facts and expected lines. The format is described in `casebook/README.md`.
//!
//! Enters: the text of one TOML file. Leaves: a [`Case`]. Keys that are not known become remarks, never silence: a fact that
//! the engine does not read could change the answer.

use crate::deployments::{Estate, licensed_edition, licensed_version};
use jiff::civil::Date;
use serde::Deserialize;

/// Why a text is no worked example.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// The text is not TOML.
    #[error("not TOML: {0}; mend the line that is named")]
    NotToml(String),
    /// A part lacks something, or holds something of another kind.
    #[error("{part}: {detail}; see the description of the format")]
    Malformed {
        /// `head`, `facts` or `expect`.
        part: &'static str,
        /// What is wrong.
        detail: String,
    },
}

/// Head of a worked example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Head {
    /// Version of the format.
    pub schema: u32,
    /// Name, as the file's.
    pub id: String,
    /// One line.
    pub title: String,
    /// `windows_server`, `cal`, `sql_server`, `office`, `windows_client`, `system_center`, `audit`.
    pub family: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Where the rule was read.
    pub source: String,
    /// Its public address.
    pub source_url: String,
    /// Document that unverified knowledge is known from.
    pub known_from: String,
    /// The source's text was read.
    pub verified: bool,
    /// `published_example`, `published_rule`, `own_rule`, `published_example_rejected`.
    pub derivation: String,
    /// The situation in words.
    pub situation: String,
    /// The sum in words.
    pub sum: String,
}

/// An expected line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ExpectedLine {
    /// Product.
    pub product: String,
    /// Edition.
    pub edition: String,
    /// Version.
    pub version: String,
    /// Metric.
    pub metric: String,
    /// Units required.
    pub required: u64,
    /// Units covered.
    pub covered: u64,
    /// Units missing.
    pub shortfall: u64,
    /// Units spare.
    pub surplus: u64,
    /// Packs of two that the requirement amounts to.
    pub packs_2core: Option<u64>,
    /// Packs of two that the shortfall amounts to.
    pub packs_to_buy: Option<u64>,
    /// `normalized_core`.
    pub unit: Option<String>,
    /// A question must be raised.
    pub review: bool,
    /// In words; the engine must name some remedy.
    pub remedy: Option<String>,
    /// Lines of one option belong together; one option is enough.
    pub option: Option<String>,
    /// What the lots would need, in a word.
    pub needs: Option<String>,
    /// Lowest lawful reading of what is required, where it is not `required`.
    pub required_low: Option<u64>,
    /// In words.
    pub note: Option<String>,
}

/// A lot that must stay unused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ExpectedUnused {
    /// Lot.
    pub entitlement: String,
    /// Counted units.
    pub quantity: u64,
    /// In words.
    pub reason: String,
}

/// The expected result.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Expect {
    /// Rule that decides.
    pub rule: String,
    /// In words.
    pub why: String,
    /// A use limit that is exceeded.
    pub breach: Option<String>,
    /// The limit, in words or a number.
    pub limit: Option<toml::Value>,
    /// A question must be raised.
    pub review: bool,
    /// Lines.
    #[serde(rename = "line")]
    pub lines: Vec<ExpectedLine>,
    /// Lots.
    pub unused: Vec<ExpectedUnused>,
    /// Unlicensed use in percent.
    pub ratio_percent: Option<f64>,
    /// Whether the customer bears the cost of the audit.
    pub customer_pays_audit_cost: Option<bool>,
    /// Factor on the normal price.
    pub price_factor: Option<f64>,
    /// Licences to buy.
    pub licences_to_buy: Option<u64>,
    /// Days until the next verification.
    pub next_verification_earliest_days: Option<u64>,
    /// Days of notice due.
    pub minimum_notice_days: Option<u64>,
    /// Whether the notice given is enough.
    pub notice_sufficient: Option<bool>,
    /// Days to order what is missing.
    pub order_within_days: Option<u64>,
    /// Whether the auditor is one that the clause allows.
    pub auditor_meets_clause: Option<bool>,
}

/// A worked example.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Head.
    pub head: Head,
    /// Day of the position.
    pub as_of: Date,
    /// Facts.
    pub estate: Estate,
    /// Expected result.
    pub expect: Expect,
    /// Keys that are not read, by their place (`vm.0.colour`); for people.
    pub unread: Vec<String>,
}

/// Keys that tell of a wrong answer or of what a source published: for readers, not compared.
const FOR_READERS: [&str; 2] = ["published_", "wrong_answer"];

/// Reads a worked example.
///
/// # Errors
/// [`CaseError`]: not TOML, or a part that is not as described.
pub fn parse(text: &str) -> Result<Case, CaseError> {
    let table: toml::Table = toml::from_str(text).map_err(|e| CaseError::NotToml(e.message().to_owned()))?;
    let mut unread = Vec::new();
    let mut head = toml::Table::new();
    let mut facts = toml::Table::new();
    let mut expect = toml::Value::Table(toml::Table::new());
    let mut as_of = None;
    for (key, value) in table {
        let value = plain(value);
        match (key.as_str(), value) {
            ("expect", value) => expect = value,
            ("as_of", value) => as_of = value.as_str().and_then(|text| text.parse::<Date>().ok()),
            (_, value @ toml::Value::Array(_)) if key != "tags" => {
                facts.insert(key, value);
            }
            (_, value) => {
                head.insert(key, value);
            }
        }
    }
    let as_of = as_of.ok_or_else(|| malformed("head", "`as_of` is missing or no day"))?;
    let mut estate: Estate = part("facts", toml::Value::Table(facts), &mut unread)?;
    // What is not told is unknown.
    for install in &mut estate.installs {
        for word in [&mut install.edition, &mut install.version] {
            if word.is_empty() {
                *word = "unknown".into();
            }
        }
    }
    by_licensed_names(&mut estate);
    let mut expect: Expect = part("expect", expect, &mut unread)?;
    for line in &mut expect.lines {
        line.edition = licensed_edition(&line.product, &line.edition).to_owned();
        line.version = licensed_version(&line.product, &line.version).into_owned();
    }
    Ok(Case { head: part("head", toml::Value::Table(head), &mut unread)?, as_of, estate, expect, unread })
}

/// Reads facts alone, in the words of the worked examples (declared facts). Also leaves the keys that are not read.
///
/// # Errors
/// [`CaseError`]: not TOML, or not as described.
pub fn parse_facts(text: &str) -> Result<(Estate, Vec<String>), CaseError> {
    let table: toml::Table = toml::from_str(text).map_err(|e| CaseError::NotToml(e.message().to_owned()))?;
    let mut unread = Vec::new();
    let mut estate: Estate = part("facts", plain(toml::Value::Table(table)), &mut unread)?;
    by_licensed_names(&mut estate);
    Ok((estate, unread))
}

/// Names what is installed and bought by the edition and version that are licensed.
fn by_licensed_names(estate: &mut Estate) {
    for entitlement in &mut estate.entitlements {
        // A plan may stand in the name of its product.
        let plan = entitlement
            .product
            .split_once(' ')
            .filter(|(product, plan)| matches!(*product, "Visio" | "Project") && plan.starts_with("Plan "));
        if let Some((product, plan)) = plan.map(|(product, plan)| (product.to_owned(), plan.to_owned())) {
            (entitlement.product, entitlement.edition) = (product, plan);
        }
        entitlement.version = licensed_version(&entitlement.product, &entitlement.version).into_owned();
    }
    for install in &mut estate.installs {
        let edition = licensed_edition(&install.product, &install.edition);
        if edition.len() < install.edition.len() {
            install.edition = edition.into();
        }
        let version = licensed_version(&install.product, &install.version);
        if *version != *install.version {
            install.version = (&*version).into();
        }
    }
}

fn malformed(part: &'static str, detail: impl ToString) -> CaseError {
    CaseError::Malformed { part, detail: detail.to_string() }
}

fn part<T: serde::de::DeserializeOwned>(
    name: &'static str,
    value: toml::Value,
    unread: &mut Vec<String>,
) -> Result<T, CaseError> {
    serde_ignored::deserialize(value, |path| {
        let path = path.to_string();
        let key = path.rsplit('.').next().unwrap_or_default();
        if !FOR_READERS.iter().any(|start| key.starts_with(start)) {
            unread.push(format!("{name}.{path}"));
        }
    })
    .map_err(|e: toml::de::Error| malformed(name, e.message()))
}

/// Days as text, so that facts read them as they read any day.
fn plain(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::Datetime(day) => toml::Value::String(day.to_string()),
        toml::Value::Array(list) => toml::Value::Array(list.into_iter().map(plain).collect()),
        toml::Value::Table(table) => toml::Value::Table(table.into_iter().map(|(k, v)| (k, plain(v))).collect()),
        other => other,
    }
}
