//! What was decided about titles in this case, and rules of others that were taken in: kept as acts, given to recognition.

use crate::{Act, Case, Error, Stamp};
use recognition::titles::{Decided, Standing, Titles, rule_file, rules_in};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of the act that keeps a decision about a title.
const DECIDED: &str = "title-decided";
/// Kind of the act that takes a file of rules in.
const TAKEN: &str = "title-rules-taken";

/// A decision about a title, as the chain keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleDecision {
    /// The title, as an inventory writes it.
    pub title: String,
    /// Only where this publisher is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// `yes`, `component`, `free`, `update`, `trial`, `no`.
    pub standing: String,
    /// Product in the words of the terms; empty where the title needs no licence and belongs to none.
    #[serde(default)]
    pub product: String,
    /// Edition.
    #[serde(default)]
    pub edition: String,
    /// Version.
    #[serde(default)]
    pub version: String,
    /// Why, in the user's words.
    #[serde(default)]
    pub why: String,
}

/// A file of rules, as the chain keeps it.
#[derive(Serialize, Deserialize)]
struct TakenRules {
    name: String,
    text: String,
}

/// An act about titles with what it holds: a decision, or a file of rules.
type Kept = (Act, Option<TitleDecision>, Option<TakenRules>);

/// Who said what about titles, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TitleAct {
    /// Number of the act.
    pub act: i64,
    /// Time, RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// The decision; `None` for a file of rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<TitleDecision>,
    /// Name of the file of rules, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Identifiers of its rules.
    pub rules: Vec<String>,
}

fn rule_of(act: i64) -> String {
    format!("decided-{act}")
}

impl TitleDecision {
    fn as_rule(&self, id: String, why: String) -> Option<Decided> {
        Some(Decided {
            id,
            title: self.title.clone(),
            publisher: self.publisher.clone(),
            standing: Standing::named(&self.standing)?,
            family: self.product.clone(),
            edition: self.edition.clone(),
            version: self.version.clone(),
            why,
        })
    }

    /// Two decisions about the same title of the same publisher.
    fn is_about(&self, other: &TitleDecision) -> bool {
        let form = |text: &Option<String>| text.as_deref().map(Titles::form);
        Titles::form(&self.title) == Titles::form(&other.title) && form(&self.publisher) == form(&other.publisher)
    }
}

impl Case {
    fn title_acts(&self) -> Result<Vec<Kept>, Error> {
        let mut all = Vec::new();
        for act in self.in_force(&[DECIDED, TAKEN])? {
            let fail = |error: serde_json::Error| self.damaged(format!("act {}", act.number), error);
            let (decision, taken) = if act.kind == DECIDED {
                (Some(serde_json::from_str(&act.body).map_err(fail)?), None)
            } else {
                (None, Some(serde_json::from_str(&act.body).map_err(fail)?))
            };
            all.push((act, decision, taken));
        }
        Ok(all)
    }

    /// What was decided about titles and is in force, in its order; a decision about a title that was decided anew is not.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn title_decisions(&self) -> Result<Vec<TitleAct>, Error> {
        let acts = self.title_acts()?;
        let replaced = |at: usize, decision: &TitleDecision| {
            acts.iter().skip(at + 1).any(|(_, later, _)| later.as_ref().is_some_and(|later| later.is_about(decision)))
        };
        let mut all = Vec::new();
        for (at, (act, decision, taken)) in acts.iter().enumerate() {
            if decision.as_ref().is_some_and(|decision| replaced(at, decision)) {
                continue;
            }
            let rules = match taken {
                Some(taken) => rules_in(&taken.text),
                None => vec![rule_of(act.number)],
            };
            all.push(TitleAct {
                act: act.number,
                at: act.at.clone(),
                author: act.author.clone(),
                decision: decision.clone(),
                file: taken.as_ref().map(|taken| taken.name.clone()),
                rules,
            });
        }
        Ok(all)
    }

    /// Titles as this case recognises them: `known`, and before it what was decided here.
    ///
    /// # Errors
    /// As [`Case::title_decisions`].
    pub fn titles(&self, known: &Titles) -> Result<Titles, Error> {
        let acts = self.title_acts()?;
        if acts.is_empty() {
            return Ok(known.clone());
        }
        let decided: Vec<Decided> = acts
            .iter()
            .filter_map(|(act, decision, _)| {
                decision.as_ref()?.as_rule(rule_of(act.number), decision.as_ref()?.why.clone())
            })
            .collect();
        let mut files: Vec<(&str, &str)> = acts
            .iter()
            .filter_map(|(_, _, taken)| taken.as_ref())
            .map(|taken| (taken.name.as_str(), taken.text.as_str()))
            .collect();
        // The last file taken in comes first, as the last decision does.
        files.reverse();
        known.clone().with_own(&files, &decided).map_err(|error| self.damaged("decisions about titles", error))
    }

    /// Keeps a decision about a title, and gives the number of its act.
    ///
    /// # Errors
    /// [`Error::Decision`]: no such standing, or no title; or the case cannot be written.
    pub fn decide_title(&mut self, decision: &TitleDecision, stamp: &Stamp) -> Result<i64, Error> {
        if Titles::form(&decision.title).is_empty() || Standing::named(&decision.standing).is_none() {
            return Err(Error::Decision { code: "title-decision", detail: decision.title.clone() });
        }
        let body = serde_json::to_value(decision).map_err(|error| self.damaged("decision", error))?;
        self.act(stamp, DECIDED, &body)?;
        self.last_act()
    }

    /// Takes a file of rules in, after looking that every rule of it can be used.
    ///
    /// # Errors
    /// [`Error::Decision`] with what is wrong in the file, or the case cannot be written.
    pub fn take_title_rules(&mut self, name: &str, text: &str, known: &Titles, stamp: &Stamp) -> Result<usize, Error> {
        known
            .clone()
            .with_own(&[(name, text)], &[])
            .map_err(|error| Error::Decision { code: "title-rules", detail: error.to_string() })?;
        self.act(stamp, TAKEN, &serde_json::json!({ "name": name, "text": text }))?;
        Ok(rules_in(text).len())
    }

    /// Undoes a decision about a title, or the taking in of a file of rules.
    ///
    /// # Errors
    /// [`Error::NoDecision`], or the case cannot be written.
    pub fn undo_title(&mut self, number: i64, stamp: &Stamp) -> Result<Act, Error> {
        self.undo(number, &[DECIDED, TAKEN], stamp)
    }

    /// The decisions of this case as a file of rules for others: without authors, under names made of the titles.
    ///
    /// # Errors
    /// As [`Case::title_decisions`].
    pub fn title_rules(&self) -> Result<String, Error> {
        let mut names = BTreeSet::new();
        let mut decided = Vec::new();
        for act in self.title_decisions()? {
            let Some(decision) = act.decision else { continue };
            let slug: String = Titles::form(&decision.title)
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect();
            let slug = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
            let name = (1..).map(|n: u32| if n == 1 { format!("own-{slug}") } else { format!("own-{slug}-{n}") });
            let name = name.into_iter().find(|name| names.insert(name.clone())).unwrap_or_default();
            let day = act.at.get(..10).unwrap_or_default();
            let why = if decision.why.is_empty() {
                format!("Decided on {day}.")
            } else {
                format!("{} Decided on {day}.", decision.why)
            };
            decided.extend(decision.as_rule(name, why));
        }
        Ok(rule_file(&decided))
    }

    /// The act behind each rule of the user's own, by the rule's identifier.
    ///
    /// # Errors
    /// As [`Case::title_decisions`].
    pub fn acts_behind_rules(&self) -> Result<BTreeMap<String, TitleAct>, Error> {
        let mut found = BTreeMap::new();
        for act in self.title_decisions()? {
            for rule in &act.rules {
                found.insert(rule.clone(), act.clone());
            }
        }
        Ok(found)
    }

    /// Number of the last act.
    pub(crate) fn last_act(&self) -> Result<i64, Error> {
        self.connection
            .query_row("SELECT coalesce(max(id), 0) FROM act", [], |row| row.get(0))
            .map_err(|source| self.store(source))
    }
}
