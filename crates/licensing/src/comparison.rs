//! Two positions side by side, line by line, with the cause of each change.
//!
//! Causes are read off what the positions themselves show: machines and users behind a line, lots considered for it, rules
//! cited, questions open, prices. A line that differs without any of these is said to differ without a cause found.

use crate::position::{Interval, Line, Position};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Figures of a line on one side; all zero where the line is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Required.
    pub required: Interval,
    /// Covered.
    pub covered: Interval,
    /// Missing.
    pub shortfall: Interval,
    /// Spare.
    pub surplus: Interval,
    /// Cost of the highest shortfall, where its price is known.
    pub exposure: Option<Decimal>,
}

impl Figures {
    fn of(line: Option<&Line>) -> Self {
        line.map_or_else(Self::default, |line| Figures {
            required: line.required,
            covered: line.covered,
            shortfall: line.shortfall,
            surplus: line.surplus,
            exposure: line.exposure.high,
        })
    }
}

/// Why a line changed, as a code with its values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cause {
    /// `deployed`, `retired`, `lot-added`, `lot-gone`, `lot-grew`, `lot-shrank`, `lot-no-longer-serves`, `lot-serves-now`,
    /// `rule-began`, `rule-ended`, `question-answered`, `question-raised`, `outcome-changed`, `price-changed`, `none-found`.
    pub code: String,
    /// What it is about: a machine, a lot, a rule.
    pub subject: String,
    /// By how much, where that is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<u64>,
    /// A further code: why a lot is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A line that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Id of the line.
    pub id: String,
    /// Product, edition, version and metric in a row, as the line has them.
    pub name: [String; 4],
    /// Before.
    pub before: Figures,
    /// After.
    pub after: Figures,
    /// Why, sorted.
    pub causes: Vec<Cause>,
}

/// Two positions compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Day of the first.
    pub before: jiff::civil::Date,
    /// Day of the second.
    pub after: jiff::civil::Date,
    /// Lines that differ, by id.
    pub changes: Vec<Change>,
    /// Number of lines that do not.
    pub same: u64,
    /// Exposure before and after, highest, where every price is known.
    pub exposure: (Option<Decimal>, Option<Decimal>),
    /// ISO 4217.
    pub currency: String,
}

/// Compares two positions.
pub fn compare(before: &Position, after: &Position) -> Comparison {
    let index = |position: &'_ Position| -> BTreeMap<String, usize> {
        position.lines.iter().enumerate().map(|(at, line)| (line.id.clone(), at)).collect()
    };
    let (old, new) = (index(before), index(after));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    let mut same = 0;
    for id in ids {
        let left = old.get(id).and_then(|&at| before.lines.get(at));
        let right = new.get(id).and_then(|&at| after.lines.get(at));
        let (from, to) = (Figures::of(left), Figures::of(right));
        let Some(shown) = right.or(left) else { continue };
        if from == to {
            same += 1;
            continue;
        }
        let mut causes = causes(left, right, from, to, before, after);
        if causes.is_empty() {
            causes.insert(cause("none-found", id));
        }
        changes.push(Change {
            id: id.clone(),
            name: [&shown.product, &shown.edition, &shown.version, &shown.metric].map(Clone::clone),
            before: from,
            after: to,
            causes: causes.into_iter().collect(),
        });
    }
    Comparison {
        before: before.as_of,
        after: after.as_of,
        changes,
        same,
        exposure: (before.exposure.high, after.exposure.high),
        currency: after.exposure.currency.clone(),
    }
}

fn cause(code: &str, subject: &str) -> Cause {
    Cause { code: code.to_owned(), subject: subject.to_owned(), units: None, why: None }
}

fn causes(
    left: Option<&Line>,
    right: Option<&Line>,
    from: Figures,
    to: Figures,
    before: &Position,
    after: &Position,
) -> BTreeSet<Cause> {
    let mut found = BTreeSet::new();
    subjects(left, right, &mut found);
    lots(left, right, &mut found);
    let rules = |line: Option<&Line>| -> BTreeSet<String> {
        line.into_iter().flat_map(|line| &line.rules).map(|rule| rule.id.clone()).collect()
    };
    let (old, new) = (rules(left), rules(right));
    if left.is_some() && right.is_some() {
        found.extend(new.difference(&old).map(|id| cause("rule-began", id)));
        found.extend(old.difference(&new).map(|id| cause("rule-ended", id)));
    }
    let product = right.or(left).map(|line| line.product.as_str()).unwrap_or_default();
    let open = |position: &Position| -> BTreeSet<(String, String)> {
        let of_product = position.questions.iter().filter(|each| each.product == product);
        of_product.map(|each| (each.code.clone(), each.subject.to_string())).collect()
    };
    let (old, new) = (open(before), open(after));
    let asked =
        |code: &str, (why, subject): &(String, String)| Cause { why: Some(why.clone()), ..cause(code, subject) };
    found.extend(old.difference(&new).map(|question| asked("question-answered", question)));
    found.extend(new.difference(&old).map(|question| asked("question-raised", question)));
    if from.shortfall == to.shortfall && from.exposure != to.exposure && left.is_some() && right.is_some() {
        found.insert(cause("price-changed", product));
    }
    found
}

/// Machines and users that came, went, or are licensed otherwise than before.
fn subjects(left: Option<&Line>, right: Option<&Line>, found: &mut BTreeSet<Cause>) {
    type Counted<'a> = BTreeMap<(&'a str, &'a str), (u64, &'a str)>;
    fn counted(line: Option<&Line>) -> Counted<'_> {
        let mut all = Counted::new();
        for each in line.into_iter().flat_map(|line| &line.subjects) {
            let entry = all.entry((&each.name, &each.what)).or_insert((0, each.outcome));
            entry.0 += each.count;
        }
        all
    }
    let (old, new) = (counted(left), counted(right));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    for key in keys {
        let (was, outcome_was) = old.get(&key).copied().unwrap_or_default();
        let (is, outcome_is) = new.get(&key).copied().unwrap_or_default();
        if is > was {
            found.insert(Cause { units: Some(is - was), ..cause("deployed", key.0) });
        } else if was > is {
            found.insert(Cause { units: Some(was - is), ..cause("retired", key.0) });
        } else if outcome_was != outcome_is {
            found.insert(Cause { why: Some(outcome_is.to_owned()), ..cause("outcome-changed", key.0) });
        }
    }
}

/// Lots that came, went, grew, shrank, or serve otherwise than before.
fn lots(left: Option<&Line>, right: Option<&Line>, found: &mut BTreeSet<Cause>) {
    fn owned(line: Option<&Line>) -> BTreeMap<&str, &crate::position::LotUse> {
        line.into_iter().flat_map(|line| &line.lots).map(|lot| (lot.lot.as_str(), lot)).collect()
    }
    let (old, new) = (owned(left), owned(right));
    let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for key in keys {
        match (old.get(key), new.get(key)) {
            // A line that came or went takes with it the lots that were looked at for it; only those that served are a cause.
            (None, Some(lot)) if left.is_none() && lot.used == 0 => false,
            (Some(lot), None) if right.is_none() && lot.used == 0 => false,
            (None, Some(lot)) => found.insert(Cause { units: Some(lot.owned), ..cause("lot-added", key) }),
            (Some(lot), None) => found.insert(Cause { units: Some(lot.owned), ..cause("lot-gone", key) }),
            (Some(was), Some(is)) if is.owned > was.owned => {
                found.insert(Cause { units: Some(is.owned - was.owned), ..cause("lot-grew", key) })
            }
            (Some(was), Some(is)) if is.owned < was.owned => {
                found.insert(Cause { units: Some(was.owned - is.owned), ..cause("lot-shrank", key) })
            }
            (Some(was), Some(is)) if is.used < was.used => found.insert(Cause {
                units: Some(was.used - is.used),
                why: is.why_not.clone(),
                ..cause("lot-no-longer-serves", key)
            }),
            (Some(was), Some(is)) if is.used > was.used => {
                found.insert(Cause { units: Some(is.used - was.used), ..cause("lot-serves-now", key) })
            }
            _ => false,
        };
    }
}
