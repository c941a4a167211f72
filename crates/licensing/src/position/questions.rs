//! Questions: what is unknown, and what an answer is worth in units and money, the most valuable first.

use super::{Line, Question};
use crate::requirements::Ask;
use crate::terms::Prices;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

pub(super) fn questions(asks: &BTreeSet<Ask>, lines: &[Line], prices: &Prices) -> Vec<Question> {
    let mut questions: Vec<Question> = asks
        .iter()
        .map(|ask| {
            let concerned = || lines.iter().filter(|line| line.product == ask.product);
            let units = concerned().map(|line| line.shortfall.high.saturating_sub(line.shortfall.low)).sum();
            let worth = concerned()
                .map(|line| Some(line.exposure.high?.saturating_sub(line.exposure.low?)))
                .try_fold(Decimal::ZERO, |sum, each| each.and_then(|each| sum.checked_add(each)));
            Question {
                code: ask.code.to_owned(),
                subject: ask.subject.clone(),
                product: ask.product.clone(),
                units,
                worth,
                currency: prices.currency().to_owned(),
                rule: ask.rule.map(str::to_owned),
            }
        })
        .collect();
    questions.sort_by(|a, b| {
        (b.worth, b.units).cmp(&(a.worth, a.units)).then_with(|| (&a.code, &a.subject).cmp(&(&b.code, &b.subject)))
    });
    questions
}
