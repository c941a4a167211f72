//! Answers for a row that is one purchase.

use super::count::channel_words;
use super::{Answers, Asked, Silent, Told, Value};
use recognition::lots::PurchaseView;

pub(super) fn answer(case: &Answers<'_>, asked: &Asked<'_>, id: &str) -> Result<Told, Silent> {
    let found = case.company.lots.view.iter().find(|lot| lot.id == id);
    let lot: &PurchaseView = found.ok_or_else(|| Silent::because("not-in-evidence"))?;
    let told = |value: Value| Ok(Told::new(value, "told-by-purchases", [lot.id.clone()]));
    let text = |value: Option<&String>| {
        value.map(|value| Value::Text(value.clone())).ok_or_else(|| Silent::because("not-in-evidence"))
    };
    let day =
        |value: Option<jiff::civil::Date>| value.map(Value::Day).ok_or_else(|| Silent::because("not-in-evidence"));
    match asked.key {
        "licence.product" => {
            let mut name = lot.product.clone();
            for part in [lot.edition.as_ref(), Some(&lot.version)].into_iter().flatten() {
                if !name.contains(part.as_str()) && part != "subscription" {
                    name.push(' ');
                    name.push_str(part);
                }
            }
            told(Value::Text(name))
        }
        "licence.edition" => told(text(lot.edition.as_ref())?),
        "licence.version" => told(Value::Text(lot.version.clone())),
        "licence.metric" => told(Value::Text(lot.metric.clone())),
        "licence.quantity" => told(Value::Number(lot.quantity.saturating_mul(lot.units_per_quantity))),
        "licence.channel" => {
            let mut words = vec![lot.channel.clone()];
            words.extend(channel_words(&lot.channel.to_lowercase().replace(' ', "_")));
            told(Value::Choice(words))
        }
        "licence.agreement" | "agreement.number" => told(text(lot.agreement.as_ref())?),
        "licence.date" => told(day(lot.date)?),
        "licence.sa_end" => told(day(lot.sa_end)?),
        "licence.sa" => told(Value::Yes(lot.sa_end.is_some_and(|end| end >= case.as_of))),
        "licence.proof" => told(Value::Yes(lot.in_invoices || lot.in_statement)),
        _ => Err(Silent::because("not-in-evidence")),
    }
}
