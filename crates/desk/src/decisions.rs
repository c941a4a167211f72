//! Decisions of people that change how evidence is understood: what a title is, which records are one machine, how a row should have
//! read. Each is an act of the chain, with author and time; an act that undoes it takes its effect away, and both stay to be seen.

use crate::company::Company;
use crate::joins::JoinAct;
use crate::mends::MendAct;
use crate::titles::TitleDecision;
use crate::{Act, Case, Error, Stamp};
use licensing::deployments::join::{Decided, PersonRef};
use licensing::facts::{Fact, FactRow, MachineRef, Origin};
use licensing::position::Position;
use recognition::estate::queue::decided;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of the act that undoes a decision.
pub(crate) const UNDONE: &str = "decision-undone";

#[derive(Serialize, Deserialize)]
struct Undone {
    act: i64,
}

impl Case {
    /// The acts of `kinds` that were not undone, in their order.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub(crate) fn in_force(&self, kinds: &[&str]) -> Result<Vec<Act>, Error> {
        let mut acts = self.acts_of(kinds)?;
        let mut undone = BTreeSet::new();
        for act in self.acts_of(&[UNDONE])? {
            let read: Undone =
                serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))?;
            undone.insert(read.act);
        }
        acts.retain(|act| !undone.contains(&act.number));
        Ok(acts)
    }

    /// Takes the effect of a decision away: an act of one of `kinds`, by its number.
    ///
    /// # Errors
    /// [`Error::NoDecision`], or the case cannot be read or written.
    pub(crate) fn undo(&mut self, number: i64, kinds: &[&str], stamp: &Stamp) -> Result<Act, Error> {
        let found = self.in_force(kinds)?.into_iter().find(|act| act.number == number);
        let act = found.ok_or(Error::NoDecision { number })?;
        self.act(stamp, UNDONE, &serde_json::json!({ "act": number, "kind": act.kind }))?;
        Ok(act)
    }
}

/// A decision, and the lines of a position that stand on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// Number of the act.
    pub act: i64,
    /// Time, RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// What was decided about a title, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<TitleDecision>,
    /// Rule that was taken in from a file, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was decided about a join, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<JoinAct>,
    /// A row that was mended, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<MendAct>,
    /// Lines of the position whose evidence it touches.
    pub lines: Vec<String>,
}

/// The rows that speak of records that a decision is about.
fn rows_of(facts: &[FactRow], decided: &Decided) -> BTreeSet<Origin> {
    let machines: BTreeSet<&MachineRef> =
        decided.machines_joined.iter().chain(decided.machines_split.iter().flatten()).flatten().collect();
    let people: BTreeSet<&PersonRef> =
        decided.people_joined.iter().chain(decided.people_split.iter().flatten()).flatten().collect();
    let speaks = |row: &&FactRow| match &row.fact {
        Fact::Machine(machine) => machines.contains(&machine.id),
        Fact::Title(title) => machines.contains(&title.machine),
        Fact::SqlInstance(instance) => machines.contains(&instance.machine),
        Fact::Person(person) => people.contains(&PersonRef::of(person)),
        _ => false,
    };
    facts.iter().filter(speaks).map(|row| row.origin.clone()).collect()
}

impl Case {
    /// The decisions in force that the position stands on, in their order, each with its lines.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn decisions_behind(&self, company: &Company, position: &Position) -> Result<Vec<Behind>, Error> {
        let mut touched: Vec<(Behind, BTreeSet<Origin>)> = Vec::new();
        let rules = self.acts_behind_rules()?;
        if !rules.is_empty() {
            let mut by_rule: BTreeMap<String, BTreeSet<Origin>> = BTreeMap::new();
            for (origin, rule) in decided(&company.estate, &company.titles) {
                by_rule.entry(rule).or_default().insert(origin);
            }
            for (rule, origins) in by_rule {
                let Some(act) = rules.get(&rule) else { continue };
                let behind = Behind {
                    act: act.act,
                    at: act.at.clone(),
                    author: act.author.clone(),
                    title: act.decision.clone(),
                    rule: act.decision.is_none().then_some(rule),
                    join: None,
                    mend: None,
                    lines: Vec::new(),
                };
                touched.push((behind, origins));
            }
        }
        for (join, records) in self.join_decisions_with_records()? {
            let behind = Behind {
                act: join.act,
                at: join.at.clone(),
                author: join.author.clone(),
                title: None,
                rule: None,
                join: Some(join),
                mend: None,
                lines: Vec::new(),
            };
            touched.push((behind, rows_of(&company.facts, &records)));
        }
        for mend in self.mended_rows()? {
            let origins = BTreeSet::from([mend.origin.clone()]);
            let behind = Behind {
                act: mend.act,
                at: mend.at.clone(),
                author: mend.author.clone(),
                title: None,
                rule: None,
                join: None,
                mend: Some(mend),
                lines: Vec::new(),
            };
            touched.push((behind, origins));
        }
        let mut all = Vec::new();
        for (mut behind, origins) in touched {
            let lines = position.lines.iter().filter(|line| line.origins.iter().any(|origin| origins.contains(origin)));
            behind.lines = lines.map(|line| line.id.clone()).collect();
            all.push(behind);
        }
        all.sort_by_key(|behind| behind.act);
        Ok(all)
    }
}
