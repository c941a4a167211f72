//! Questions: what is unknown, and what an answer is worth in units and money, the most valuable first.

use super::{Line, Question};
use crate::requirements::Ask;
use crate::terms::Prices;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// How many records may be read over all to weigh the answers one by one. An estate of 5,000 records has 400 questions weighed,
/// one of millions none.
const RECORDS_READ: usize = 2_000_000;

/// What one answer is worth: by so much the shortage falls if this unknown alone turns out in the way that asks least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Worth {
    /// Units.
    pub units: u64,
    /// Money, where prices are known.
    pub money: Option<Decimal>,
}

/// What each answer is worth; `None` where there are more questions than may be weighed in `records` records each.
pub(super) fn worths(
    asks: &BTreeSet<Ask>,
    records: usize,
    answered: &mut impl FnMut(&Ask) -> Worth,
) -> BTreeMap<Ask, Option<Worth>> {
    let weighed = RECORDS_READ / records.max(1);
    asks.iter().enumerate().map(|(place, ask)| (ask.clone(), (place < weighed).then(|| answered(ask)))).collect()
}

/// The questions. One that was not weighed alone is worth at most what the lines of its product leave open.
/// Of one that `is_open`, where a line of its product is, what hangs on it has no upper end: it comes first.
pub(super) fn questions(
    worths: BTreeMap<Ask, Option<Worth>>,
    lines: &[Line],
    prices: &Prices,
    is_open: &dyn Fn(&Ask) -> bool,
) -> Vec<Question> {
    let endless: BTreeSet<&str> =
        lines.iter().filter(|line| line.required.open).map(|line| line.product.as_str()).collect();
    let open = |product: &str| {
        let concerned = || lines.iter().filter(|line| line.product == product);
        Worth {
            units: concerned().map(|line| line.shortfall.high.saturating_sub(line.shortfall.low)).sum(),
            money: concerned()
                .map(|line| Some(line.exposure.high?.saturating_sub(line.exposure.low?)))
                .try_fold(Decimal::ZERO, |sum, each| each.and_then(|each| sum.checked_add(each))),
        }
    };
    let mut questions: Vec<Question> = worths
        .into_iter()
        .map(|(ask, worth)| {
            let worth = worth.unwrap_or_else(|| open(&ask.product));
            let no_end = endless.contains(ask.product.as_str()) && is_open(&ask);
            Question {
                code: ask.code.to_owned(),
                subject: ask.subject,
                product: ask.product,
                units: worth.units,
                open: no_end,
                worth: worth.money,
                currency: prices.currency().to_owned(),
                rule: ask.rule.map(str::to_owned),
            }
        })
        .collect();
    questions.sort_by(|a, b| {
        (b.open, b.worth, b.units)
            .cmp(&(a.open, a.worth, a.units))
            .then_with(|| (&a.code, &a.subject).cmp(&(&b.code, &b.subject)))
    });
    questions
}
