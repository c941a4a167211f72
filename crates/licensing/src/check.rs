//! A worked example against the position: pure comparison.

use crate::casebook::{Expect, ExpectedLine};
use crate::position::{Line, Position};
use serde::Serialize;
use std::collections::BTreeSet;

/// A figure that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What is compared (`Windows Server/Standard/2019/core required`).
    pub what: String,
    /// As the example says.
    pub expected: String,
    /// As the position says.
    pub found: String,
}

fn differ(list: &mut Vec<Difference>, what: &str, expected: impl ToString, found: impl ToString) {
    let (expected, found) = (expected.to_string(), found.to_string());
    if expected != found {
        list.push(Difference { what: what.to_owned(), expected, found });
    }
}

fn name(line: &ExpectedLine) -> String {
    format!("{}/{}/{}/{}", line.product, line.edition, line.version, line.metric)
}

/// What differs between `expect` and `position`; empty: the example passes. Of several options the nearest counts.
pub fn check(expect: &Expect, position: &Position) -> Vec<Difference> {
    let options: BTreeSet<&str> = expect.lines.iter().filter_map(|line| line.option.as_deref()).collect();
    let mut best = if options.is_empty() {
        lines(expect.lines.iter().collect(), position)
    } else {
        options
            .into_iter()
            .map(|option| {
                let chosen = |line: &&ExpectedLine| line.option.as_deref().is_none_or(|own| own == option);
                lines(expect.lines.iter().filter(chosen).collect(), position)
            })
            .min_by_key(Vec::len)
            .unwrap_or_default()
    };
    for unused in &expect.unused {
        let found = position.unused.iter().find(|each| each.lot == unused.entitlement).map_or(0, |each| each.quantity);
        differ(&mut best, &format!("lot {} unused", unused.entitlement), unused.quantity, found);
    }
    let breaches: BTreeSet<&str> = position.breaches.iter().map(|breach| breach.code.as_str()).collect();
    let found = breaches.into_iter().collect::<Vec<_>>().join(", ");
    let expected = expect.breach.as_deref().unwrap_or_default();
    differ(&mut best, "breach", expected, found);
    if expect.review && position.questions.is_empty() && !position.lines.iter().any(|line| line.review) {
        differ(&mut best, "a question is raised", "yes", "no");
    }
    audit(expect, position, &mut best);
    best
}

fn lines(expected: Vec<&ExpectedLine>, position: &Position) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for line in &expected {
        let what = name(line);
        // By its name; else by another one that the position gives the same line.
        let wanted = (&line.product, &line.edition, &line.version);
        let mut lines = position.lines.iter().filter(|each| (&each.metric, &each.unit) == (&line.metric, &line.unit));
        let named = lines.clone().find(|each| (&each.product, &each.edition, &each.version) == wanted);
        let is_also =
            |each: &&Line| each.also.iter().any(|name| (&name.product, &name.edition, &name.version) == wanted);
        let found: Option<&Line> = named.or_else(|| lines.find(is_also));
        let Some(found) = found else {
            // Nothing to license and no line say the same.
            if line.required > 0 || line.surplus > 0 {
                differ(&mut list, &what, format!("required {}", line.required), "no such line");
            }
            continue;
        };
        seen.insert(&found.id);
        // An example may count each use, or each licence once.
        let once = found.twice > 0 && line.required == found.required.shown.saturating_sub(found.twice);
        let less = if once { found.twice } else { 0 };
        differ(&mut list, &format!("{what} required"), line.required, found.required.shown.saturating_sub(less));
        differ(&mut list, &format!("{what} covered"), line.covered, found.covered.shown.saturating_sub(less));
        differ(&mut list, &format!("{what} shortfall"), line.shortfall, found.shortfall.shown);
        differ(&mut list, &format!("{what} surplus"), line.surplus, found.surplus.shown);
        if let Some(low) = line.required_low {
            differ(&mut list, &format!("{what} lowest required"), low, found.required.low);
        }
        if let Some(packs) = line.packs_2core {
            differ(&mut list, &format!("{what} packs of two"), packs, found.packs_2core.unwrap_or_default());
        }
        if let Some(packs) = line.packs_to_buy {
            differ(&mut list, &format!("{what} packs to buy"), packs, found.shortfall.shown.div_ceil(2));
        }
        if line.review && !found.review && !position.questions.iter().any(|question| question.product == line.product) {
            differ(&mut list, &format!("{what} raises a question"), "yes", "no");
        }
        if line.remedy.is_some() && found.remedy.is_none() {
            differ(&mut list, &format!("{what} names a remedy"), "yes", "no");
        }
    }
    // An example speaks of some products only; of those it names every line.
    let products: BTreeSet<&str> = expected.iter().map(|line| line.product.as_str()).collect();
    let beyond = |line: &&Line| {
        !seen.contains(line.id.as_str()) && line.required.shown > line.twice && products.contains(line.product.as_str())
    };
    for line in position.lines.iter().filter(beyond) {
        differ(&mut list, &line.id, "no such line", format!("required {}", line.required.shown));
    }
    list
}

fn audit(expect: &Expect, position: &Position, list: &mut Vec<Difference>) {
    let outcome = position.audit.as_ref();
    let text = |value: Option<String>| value.unwrap_or_else(|| "not told".to_owned());
    let mut number = |what: &str, expected: Option<u64>, found: Option<u64>| {
        if let Some(expected) = expected {
            differ(list, what, expected, text(found.map(|n| n.to_string())));
        }
    };
    number("licences to buy", expect.licences_to_buy, outcome.and_then(|o| o.licences_to_buy));
    number(
        "days until the next verification",
        expect.next_verification_earliest_days,
        outcome.and_then(|o| o.next_verification_earliest_days),
    );
    number("days of notice due", expect.minimum_notice_days, outcome.and_then(|o| o.minimum_notice_days));
    number("days to order", expect.order_within_days, outcome.and_then(|o| o.order_within_days));
    number("unlicensed use, per mille", per(expect.ratio_percent, 10.0), outcome.and_then(|o| o.ratio_per_mille));
    number("price, percent", per(expect.price_factor, 100.0), outcome.and_then(|o| o.price_percent));
    let mut yes = |what: &str, expected: Option<bool>, found: Option<bool>| {
        if let Some(expected) = expected {
            differ(list, what, expected, text(found.map(|yes| yes.to_string())));
        }
    };
    yes("customer bears the cost", expect.customer_pays_audit_cost, outcome.and_then(|o| o.customer_pays_audit_cost));
    yes("notice is enough", expect.notice_sufficient, outcome.and_then(|o| o.notice_sufficient));
    yes("auditor meets the clause", expect.auditor_meets_clause, outcome.and_then(|o| o.auditor_meets_clause));
}

/// A decimal of the example as a whole number of its parts; only the example's own text is ever a float.
fn per(value: Option<f64>, parts: f64) -> Option<u64> {
    let text = format!("{:.0}", value? * parts);
    text.parse().ok()
}
