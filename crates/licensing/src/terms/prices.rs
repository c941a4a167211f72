//! The price list: what one unit of a metric costs to buy. Indications with their day and source; the company's own list
//! replaces it. A price that is not known is `None`, never zero.

use super::TermsError;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Price {
    /// For one unit of the metric.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// Version that the price is for (the one sold).
    pub version: String,
    /// Day of the sheet, in its own words.
    pub as_of: String,
    /// What kind of sheet.
    pub source: String,
}

/// Prices by product, edition and metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    currency: String,
    list: BTreeMap<(String, String, String), Price>,
}

#[derive(Deserialize)]
struct PricesFile {
    currency: String,
    price: Vec<PriceFile>,
}

#[derive(Deserialize)]
struct PriceFile {
    product: String,
    edition: String,
    metric: String,
    amount: String,
    version: Option<String>,
    as_of: Option<String>,
    source: Option<String>,
}

impl Prices {
    /// The list that is compiled in.
    ///
    /// # Errors
    /// Those of [`Prices::parse`]; a test keeps the shipped list free of them.
    pub fn builtin() -> Result<Prices, TermsError> {
        const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/prices.rs"));
        FILES.first().map_or_else(|| Ok(Prices::default()), |(file, text)| Prices::parse(file, text))
    }

    /// A list out of its text.
    ///
    /// # Errors
    /// [`TermsError::Malformed`] with the file and what is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Prices, TermsError> {
        let malformed = |detail: String| TermsError::Malformed { file: file.to_owned(), detail };
        let read: PricesFile = toml::from_str(text).map_err(|e| malformed(e.to_string()))?;
        let mut list = BTreeMap::new();
        for price in read.price {
            let amount = price
                .amount
                .parse::<Decimal>()
                .map_err(|_| malformed(format!("`{}` is not an amount such as 123.45", price.amount)))?;
            let key = (price.product, price.edition, price.metric);
            if list.contains_key(&key) {
                return Err(malformed(format!("two prices for {} {} by {}", key.0, key.1, key.2)));
            }
            let known = Price {
                amount,
                currency: read.currency.clone(),
                version: price.version.unwrap_or_default(),
                as_of: price.as_of.unwrap_or_default(),
                source: price.source.unwrap_or_default(),
            };
            list.insert(key, known);
        }
        Ok(Prices { currency: read.currency, list })
    }

    /// Currency of the list.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// Price of one unit, if the list has it; `any` editions stand for all.
    pub fn unit(&self, product: &str, edition: &str, metric: &str) -> Option<&Price> {
        let key = |edition: &str| (product.to_owned(), edition.to_owned(), metric.to_owned());
        self.list.get(&key(edition)).or_else(|| self.list.get(&key("any")))
    }
}
