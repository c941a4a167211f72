//! Charges of a cloud reseller: the state of each subscription, never a sum over months. And the tenant's own word.

use super::line::Line;
use super::papers::{is_free_sku, plan_of_sku};
use super::{Finding, finding};
use crate::purchases::{Hints, Purchases, fold};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use licensing::facts::{Origin, Subscription};
use std::collections::BTreeMap;

/// Days without a charge after which a subscription is taken to have ended: a bill comes at most a month late.
const SILENT: i32 = 62;

/// The state of a subscription: the charges of its last period, added up with their signs.
pub(super) fn states(charges: Vec<Line>, findings: &mut Vec<Finding>) -> Vec<Line> {
    let mut subscriptions: BTreeMap<(String, Option<String>), Vec<Line>> = BTreeMap::new();
    for line in charges {
        // Money given back for other reasons moves no seats.
        let charge = line.charge.as_deref().map(fold).unwrap_or_default();
        if charge.contains("credit") || charge.contains("tax") || charge.contains("discount") {
            findings.push(finding("charge-without-seats", line.params()));
            continue;
        }
        let key = match &line.agreement {
            Some(subscription) => (subscription.clone(), None),
            None => (fold(&line.title), line.order.clone().or_else(|| line.date.map(|d| d.to_string()))),
        };
        subscriptions.entry(key).or_default().push(line);
    }
    let mut made = Vec::new();
    for mut lines in subscriptions.into_values() {
        lines.sort_by(|a, b| {
            (a.until, a.from, a.date, a.credit, &a.origins).cmp(&(b.until, b.from, b.date, b.credit, &b.origins))
        });
        let Some(last) = lines.last().map(|l| l.until.or(l.from).or(l.date)) else { continue };
        let mut seats: i128 = 0;
        for line in lines.iter().filter(|l| l.until.or(l.from).or(l.date) == last) {
            let quantity = i128::from(line.quantity);
            seats += if line.credit { -quantity } else { quantity };
        }
        let Some(mut state) = lines.iter().rev().find(|l| !l.credit).or(lines.last()).cloned() else { continue };
        state.credit = false;
        state.until = last;
        state.date = lines.iter().filter_map(|l| l.date).min().or_else(|| lines.iter().filter_map(|l| l.from).min());
        state.origins = lines.iter().flat_map(|l| l.origins.clone()).collect();
        state.in_reconciliation = true;
        state.tidy();
        state.quantity = u64::try_from(seats).unwrap_or(0);
        if state.quantity == 0 {
            findings.push(finding("subscription-taken-back", state.params()));
            continue;
        }
        made.push(state);
    }
    made
}

/// Months of the term that a programme or title tells (`One-Year commitment`, `P1Y`, `3 year`, `12 mois`).
pub(super) fn term_months(text: &str) -> Option<i32> {
    let folded = fold(text).replace("one", "1").replace("three", "3");
    let spaced: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    for pair in words.windows(2) {
        let [number, unit] = pair else { continue };
        let Ok(number) = number.parse::<i32>() else { continue };
        match *unit {
            "year" | "years" | "yr" | "an" | "ans" | "jahr" | "jahre" | "ano" | "anos" if (1..=5).contains(&number) => {
                return Some(number * 12);
            }
            "month" | "months" | "mth" | "mois" | "monat" | "monate" if (1..=60).contains(&number) => {
                return Some(number);
            }
            _ => {}
        }
    }
    words.iter().find_map(|w| match *w {
        "p1y" | "1yr" | "1y" => Some(12),
        "p3y" | "3yr" | "3y" => Some(36),
        "p1m" | "1mth" => Some(1),
        "yearly" | "annual" | "annuel" | "annuelle" => Some(12),
        "monthly" => Some(1),
        _ => None,
    })
}

pub(super) fn months_later(day: Date, months: i32) -> Option<Date> {
    let span: Span = Span::new().try_months(months).ok()?;
    day.checked_add(span).ok()?.checked_sub(1.day()).ok()
}

/// End of the term of a charged subscription on the day of account: the term that runs, begun on the day of the order and
/// renewed as long as charges come. What stopped being charged ended with its last charge.
pub(super) fn end_of_term(state: &Line, as_of: Date, confirmed: bool, findings: &mut Vec<Finding>) -> Option<Date> {
    let last = state.until?;
    let silent = last.checked_add(SILENT.days()).is_ok_and(|day| day < as_of);
    if silent && !confirmed {
        findings.push(finding("subscription-no-longer-charged", state.params()));
        return Some(last);
    }
    let ordered = state.date?;
    let months =
        state.programme.as_deref().and_then(term_months).or_else(|| term_months(&state.title)).unwrap_or(1).max(1);
    let mut end = months_later(ordered, months)?;
    let mut terms = 1;
    while (end < last || end < as_of) && terms < 600 {
        terms += 1;
        end = months_later(ordered, months.checked_mul(terms)?)?;
    }
    Some(end)
}

/// A plan that the tenant itself says it holds.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) product: String,
    pub(super) edition: String,
    pub(super) metric: String,
    pub(super) quantity: u64,
    pub(super) exported: Option<Date>,
    pub(super) origins: Vec<Origin>,
}

/// The plans of a tenant, the latest export of each number; units in warning still count, suspended ones do not.
pub(super) fn held(subscriptions: Vec<(&Subscription, &Origin)>, findings: &mut Vec<Finding>) -> Vec<Held> {
    let mut latest: BTreeMap<String, Vec<(&Subscription, &Origin)>> = BTreeMap::new();
    for (subscription, origin) in subscriptions {
        latest.entry(subscription.sku.trim().to_uppercase()).or_default().push((subscription, origin));
    }
    let mut plans: BTreeMap<(String, String, String), Held> = BTreeMap::new();
    for mut rows in latest.into_values() {
        rows.sort_by(|a, b| (a.0.exported, a.0.enabled, a.1).cmp(&(b.0.exported, b.0.enabled, b.1)));
        let Some((last, _)) = rows.last() else { continue };
        if is_free_sku(&last.sku) {
            continue;
        }
        let params = vec![("sku".to_owned(), last.sku.clone())];
        let Some(name) = plan_of_sku(&last.sku) else {
            findings.push(finding("tenant-plan-unknown", params));
            continue;
        };
        let counted = last.enabled.saturating_add(last.warning);
        let stopped = last.suspended.saturating_add(last.locked_out);
        if stopped > 0 {
            let mut params = params.clone();
            params.push(("plan".to_owned(), name.to_owned()));
            params.push(("quantity".to_owned(), stopped.to_string()));
            params.push(("consumed".to_owned(), last.consumed.to_string()));
            findings.push(finding("subscription-suspended", params));
        }
        if counted == 0 {
            continue;
        }
        let read = Purchases::builtin().recognise(name, None, &Hints::default());
        let plan =
            plans.entry((read.product.clone(), read.edition.clone(), read.metric.clone())).or_insert_with(|| Held {
                product: read.product,
                edition: read.edition,
                metric: read.metric,
                quantity: 0,
                exported: None,
                origins: Vec::new(),
            });
        plan.quantity = plan.quantity.saturating_add(counted);
        plan.exported = plan.exported.max(last.exported);
        plan.origins.extend(rows.iter().map(|(_, origin)| (*origin).clone()));
        plan.origins.sort();
        plan.origins.dedup();
    }
    plans.into_values().collect()
}
