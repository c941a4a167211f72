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
    lots((left, before), (right, after), &mut found);
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

/// Whether a position knows a lot, used or not.
fn holds(position: &Position, lot: &str) -> bool {
    let considered = position.lines.iter().flat_map(|line| &line.lots).any(|each| each.lot == lot);
    considered || position.unused.iter().any(|each| each.lot == lot)
}

/// Lots that came, went, grew, shrank, or serve otherwise than before.
fn lots(
    (left, before): (Option<&Line>, &Position),
    (right, after): (Option<&Line>, &Position),
    found: &mut BTreeSet<Cause>,
) {
    fn owned(line: Option<&Line>) -> BTreeMap<&str, &crate::position::LotUse> {
        line.into_iter().flat_map(|line| &line.lots).map(|lot| (lot.lot.as_str(), lot)).collect()
    }
    let (old, new) = (owned(left), owned(right));
    let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let spare = |line: Option<&Line>| line.map(|line| line.surplus).unwrap_or_default();
    let spares = spare(left) != spare(right);
    for key in keys {
        let (was, is) = (old.get(key).copied(), new.get(key).copied());
        let used = |lot: Option<&crate::position::LotUse>| lot.map_or(0, |lot| lot.used);
        let owned = |lot: Option<&crate::position::LotUse>| lot.map_or(0, |lot| lot.owned);
        // A lot that serves as before is no cause, however many units it gained or lost; only what is spare hangs on those.
        let (used_was, used_is, owned_was, owned_is) = (used(was), used(is), owned(was), owned(is));
        if used_was == used_is && (!spares || owned_was == owned_is) {
            continue;
        }
        let units = |units: u64, code: &str| Cause { units: Some(units), ..cause(code, key) };
        found.insert(match (was, is) {
            (None, _) if !holds(before, key) => units(owned_is, "lot-added"),
            (_, None) if !holds(after, key) => units(owned_was, "lot-gone"),
            (Some(_), Some(_)) if owned_is > owned_was => units(owned_is - owned_was, "lot-grew"),
            (Some(_), Some(_)) if owned_is < owned_was => units(owned_was - owned_is, "lot-shrank"),
            (_, lot) if used_is < used_was => {
                let why = lot.and_then(|lot| lot.why_not.clone());
                Cause { why, ..units(used_was - used_is, "lot-no-longer-serves") }
            }
            _ if used_is > used_was => units(used_is - used_was, "lot-serves-now"),
            // Spare on this line now, or no longer, while it was held all along.
            _ => continue,
        });
    }
}
