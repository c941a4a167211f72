//! Reading the files of `terms/`: typed errors that name the file, and the check that rules neither overlap nor leave holes.

use super::{Calculation, Cover, Product, Rule, Source, Terms, Version};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What can be wrong with the terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A file is not what it should be.
    #[error("{file}: {detail}; mend the file, or restore the one that was shipped")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong.
        detail: String,
    },
    /// Two rules answer one question on one day.
    #[error("{first} and {second} both answer {id} on {day}; close the older one with `valid_until`")]
    Overlap {
        /// The rule's id.
        id: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
        /// A day on which both apply.
        day: Date,
    },
    /// Between two rules of one id there are days that none covers.
    #[error("no rule {id} between {first} and {second}: {day} is not covered")]
    Hole {
        /// The rule's id.
        id: String,
        /// File of the earlier.
        first: String,
        /// File of the later.
        second: String,
        /// A day that none covers.
        day: Date,
    },
}

#[derive(Deserialize)]
struct RuleFile {
    id: String,
    question: String,
    question_fr: String,
    valid_from: toml::value::Datetime,
    valid_until: Option<toml::value::Datetime>,
    says: String,
    says_fr: String,
    sources: Vec<String>,
    last_checked: toml::value::Datetime,
    status: String,
    #[serde(default)]
    values: toml::Table,
}

#[derive(Deserialize)]
struct ProductFile {
    name: String,
    #[serde(default)]
    covers: Vec<CoverFile>,
    version: Vec<VersionFile>,
    #[serde(default)]
    calculation: Vec<CalculationFile>,
}

#[derive(Deserialize)]
struct CalculationFile {
    from: String,
    until: String,
    rules: Vec<String>,
}

#[derive(Deserialize)]
struct CoverFile {
    licence: String,
    editions: Vec<String>,
    licence_from: Option<String>,
    installed_until: Option<String>,
}

#[derive(Deserialize)]
struct VersionFile {
    name: String,
    available: toml::value::Datetime,
    seen: Option<toml::value::Datetime>,
    later: Option<toml::value::Datetime>,
    support_ends: Option<toml::value::Datetime>,
    paid_support_ends: Option<toml::value::Datetime>,
}

#[derive(Deserialize)]
struct PlansFile {
    plan: Vec<PlanFile>,
}

#[derive(Deserialize)]
struct PlanFile {
    name: String,
    gives: Vec<String>,
}

#[derive(Deserialize)]
struct SourceFile {
    title: String,
    publisher: String,
    #[serde(rename = "where")]
    place: String,
}

/// A TOML date as a civil date.
pub(super) fn civil(value: &toml::value::Datetime) -> Option<Date> {
    let date = value.date?;
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

fn malformed(file: &str, detail: impl ToString) -> TermsError {
    TermsError::Malformed { file: file.to_owned(), detail: detail.to_string() }
}

impl Terms {
    /// Terms out of (file name, text) pairs.
    ///
    /// # Errors
    /// [`TermsError`]: a malformed file, two rules of one id on one day, a hole between two rules of one id.
    pub fn parse(files: &[(&str, &str)]) -> Result<Terms, TermsError> {
        let mut terms = Terms {
            rules: BTreeMap::new(),
            products: BTreeMap::new(),
            plans: BTreeMap::new(),
            sources: BTreeMap::new(),
        };
        for (file, text) in files {
            let name = file.rsplit('/').next().unwrap_or(file);
            match name {
                "coverage.toml" => {}
                "sources.toml" => {
                    let read: BTreeMap<String, SourceFile> = toml::from_str(text).map_err(|e| malformed(file, e))?;
                    for (key, source) in read {
                        terms.sources.insert(
                            key,
                            Source { title: source.title, publisher: source.publisher, place: source.place },
                        );
                    }
                }
                "plans.toml" => {
                    let read: PlansFile = toml::from_str(text).map_err(|e| malformed(file, e))?;
                    terms.plans.extend(read.plan.into_iter().map(|plan| (plan.name, plan.gives)));
                }
                "product.toml" => {
                    let product = product(file, text)?;
                    terms.products.insert(product.name.clone(), product);
                }
                _ => {
                    let rule = rule(file, text)?;
                    terms.rules.entry(rule.id.clone()).or_default().push(rule);
                }
            }
        }
        for rules in terms.rules.values_mut() {
            rules.sort_by_key(|rule| rule.valid_from);
            for pair in rules.windows(2) {
                let [first, second] = pair else { continue };
                let next = first.valid_until.and_then(|until| until.tomorrow().ok());
                let (id, files) = (first.id.clone(), (first.file.clone(), second.file.clone()));
                match next {
                    Some(day) if day == second.valid_from => {}
                    Some(day) if day < second.valid_from => {
                        return Err(TermsError::Hole { id, first: files.0, second: files.1, day });
                    }
                    _ => {
                        let day = second.valid_from;
                        return Err(TermsError::Overlap { id, first: files.0, second: files.1, day });
                    }
                }
            }
        }
        Ok(terms)
    }
}

fn rule(file: &str, text: &str) -> Result<Rule, TermsError> {
    let read: RuleFile = toml::from_str(text).map_err(|e| malformed(file, e))?;
    let day =
        |value: &toml::value::Datetime| civil(value).ok_or_else(|| malformed(file, "a date is a day, without time"));
    Ok(Rule {
        valid_from: day(&read.valid_from)?,
        valid_until: read.valid_until.as_ref().map(day).transpose()?,
        last_checked: day(&read.last_checked)?,
        id: read.id,
        question: read.question,
        question_fr: read.question_fr,
        says: read.says.trim().to_owned(),
        says_fr: read.says_fr.trim().to_owned(),
        sources: read.sources,
        verified: read.status == "verified",
        values: read.values,
        file: file.to_owned(),
    })
}

fn product(file: &str, text: &str) -> Result<Product, TermsError> {
    let read: ProductFile = toml::from_str(text).map_err(|e| malformed(file, e))?;
    let mut versions = Vec::new();
    for version in read.version {
        let available = civil(&version.available).ok_or_else(|| malformed(file, "a date is a day, without time"))?;
        let support_ends = version.support_ends.as_ref().and_then(civil);
        let paid_support_ends = version.paid_support_ends.as_ref().and_then(civil);
        let seen = version.seen.as_ref().and_then(civil);
        if seen.is_some_and(|seen| seen >= available) {
            return Err(malformed(file, "`seen` is a day before `available`"));
        }
        let later = version.later.as_ref().and_then(civil);
        if later.is_some_and(|later| later <= available) {
            return Err(malformed(file, "`later` is a day after `available`"));
        }
        versions.push(Version { name: version.name, available, seen, later, support_ends, paid_support_ends });
    }
    if versions.windows(2).any(|pair| matches!(pair, [a, b] if a.available > b.available)) {
        return Err(malformed(file, "versions stand from oldest to newest"));
    }
    let covers = read.covers.into_iter().map(|c| Cover {
        licence: c.licence,
        editions: c.editions,
        licence_from: c.licence_from,
        installed_until: c.installed_until,
    });
    let mut product = Product { name: read.name, versions, covers: covers.collect(), calculations: Vec::new() };
    for calculation in read.calculation {
        let rank = |name: &str| {
            product
                .rank(name)
                .ok_or_else(|| malformed(file, format!("a calculation names version {name}, which is not listed")))
        };
        let (from, until) = (rank(&calculation.from)?, rank(&calculation.until)?);
        product.calculations.push(Calculation { from, until, rules: calculation.rules });
    }
    Ok(product)
}
