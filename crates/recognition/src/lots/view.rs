//! Purchases as people read them: one row a lot, in the words of papers.

use super::line::Line;
use crate::purchases::{CURRENT, NONE, UNKNOWN};
use jiff::civil::Date;
use licensing::facts::Origin;
use licensing::terms::Terms;
use rust_decimal::Decimal;
use serde::Serialize;

/// A purchase as a row for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurchaseView {
    /// Identifier; that of the lot.
    pub id: String,
    /// Product; of an access licence without its edition, of a plan with its number.
    pub product: String,
    /// Edition, where there is one.
    pub edition: Option<String>,
    /// Version bought; `subscription` for plans.
    pub version: String,
    /// `core`, `2 processors`, `processor`, `server`, `device`, `user`, or the metric's own name.
    pub metric: String,
    /// Counted units left after credit notes.
    pub quantity: u64,
    /// Rights that one counted unit brings.
    pub units_per_quantity: u64,
    /// `L`, `LSA`, `SA`, `OEM`, `FPP`, `SUB`, `SU` (step-up), `UPG`.
    pub purchase_type: String,
    /// Day of purchase.
    pub date: Option<Date>,
    /// Last day of Software Assurance; none for plans.
    pub sa_end: Option<Date>,
    /// Newest version with rights on the day of account; `All` for a developer's subscription.
    pub effective_version: String,
    /// Agreement.
    pub agreement: Option<String>,
    /// Purchase order.
    pub purchase_order: Option<String>,
    /// Programme in words.
    pub channel: String,
    /// Price of one counted unit.
    pub unit_price: Option<Decimal>,
    /// Its currency.
    pub currency: Option<String>,
    /// Country of usage, ISO 3166.
    pub country: Option<String>,
    /// A publisher's statement tells it.
    pub in_statement: bool,
    /// An invoice tells it.
    pub in_invoices: bool,
    /// A cloud reseller's charges tell it.
    pub in_csp: bool,
    /// The rows behind it.
    pub rows: Vec<Origin>,
    /// What to know, as codes parted by `; `.
    pub note: Option<String>,
}

fn metric(metric: &str) -> &str {
    match metric {
        "core_2pack" | "core_16pack" => "core",
        "processor_pair" => "2 processors",
        "user_cal" | "user_sub" => "user",
        "device_cal" | "device_sub" | "device_upgrade" => "device",
        other => other,
    }
}

fn channel(line: &Line) -> String {
    match line.read.channel.as_str() {
        "open" => "Open License",
        "open_value" => "Open Value",
        "select" => "Select Plus",
        "ea" => "Enterprise Agreement",
        "mpsa" => "MPSA",
        "csp" => "CSP",
        "spla" => "SPLA",
        "oem" => "OEM",
        "fpp" => "retail",
        other => other,
    }
    .to_owned()
}

fn purchase_type(line: &Line) -> &'static str {
    match (line.read.kind.as_str(), line.read.channel.as_str()) {
        ("subscription", _) => "SUB",
        ("SA", _) => "SA",
        ("step-up", _) => "SU",
        ("licence+SA", _) => "LSA",
        (_, "oem") => "OEM",
        (_, "fpp") => "FPP",
        ("upgrade", _) if line.read.metric != "device_upgrade" => "UPG",
        _ => "L",
    }
}

/// Product and edition in the words of papers.
fn names(line: &Line) -> (String, Option<String>) {
    let (product, edition) = (&line.thing.product, &line.thing.edition);
    let plan = edition.starts_with("Plan ");
    if plan {
        let planner = crate::purchases::fold(&line.title).contains("planner and");
        let name = if planner { format!("Planner and {product} {edition}") } else { format!("{product} {edition}") };
        return (name, None);
    }
    if product.starts_with("Visual Studio ") && product.ends_with(" subscription") {
        return ("Visual Studio".to_owned(), Some(edition.clone()));
    }
    for which in ["Standard", "Enterprise", "Plus"] {
        if let Some(base) = product.strip_suffix(&format!(" {which} CAL")) {
            return (format!("{base} CAL"), Some(which.to_owned()));
        }
    }
    let access = product.ends_with(" CAL") || product.ends_with("CAL Suite");
    let edition = match edition.as_str() {
        NONE | UNKNOWN => None,
        _ if access => None,
        "Home & Business" => Some("Home and Business".to_owned()),
        "Home & Student" => Some("Home and Student".to_owned()),
        other => Some(other.to_owned()),
    };
    (product.clone(), edition)
}

/// The version that a product's name has on a day, if the terms know it.
fn newest(terms: &Terms, product: &str, day: Option<Date>) -> Option<String> {
    let family = terms.product(product)?;
    family.newest_on(day?).map(|rank| family.version_name(rank).to_owned())
}

/// The row of a purchase. `reach` is the last day of Software Assurance with all that prolonged it.
pub(super) fn row(id: &str, line: &Line, reach: Option<Date>, terms: &Terms, as_of: Date) -> PurchaseView {
    let (product, edition) = names(line);
    let rented = line.read.kind == "subscription" && matches!(line.thing.metric.as_str(), "user_sub" | "device_sub");
    let tool = line.thing.product.starts_with("Visual Studio ") && line.thing.product.ends_with(" subscription");
    let stated = match line.version.as_str() {
        CURRENT | NONE if !rented => {
            newest(terms, &product, line.date).or_else(|| newest(terms, &line.thing.product, line.date))
        }
        _ => None,
    };
    let version = if rented { "subscription".to_owned() } else { stated.unwrap_or_else(|| line.version.clone()) };
    let sa_end = if rented { None } else { line.until };
    let effective = if rented {
        version.clone()
    } else if tool {
        "All".to_owned()
    } else {
        let reached = reach.and_then(|end| {
            let family = terms.product(&line.thing.product)?;
            let rank = family.newest_on(end.min(as_of)).max(family.rank(&version))?;
            Some(family.version_name(rank).to_owned())
        });
        reached.unwrap_or_else(|| version.clone())
    };
    let note = (!line.notes.is_empty()).then(|| line.notes.join("; "));
    PurchaseView {
        id: id.to_owned(),
        product,
        edition,
        version,
        metric: if tool { "user".to_owned() } else { metric(&line.thing.metric).to_owned() },
        quantity: line.quantity,
        units_per_quantity: line.per_unit(),
        purchase_type: purchase_type(line).to_owned(),
        date: line.date,
        sa_end,
        effective_version: effective,
        agreement: line.agreement.clone().filter(|_| !line.in_reconciliation),
        purchase_order: line.order.clone(),
        channel: channel(line),
        unit_price: line.price,
        currency: line.currency.clone(),
        country: line.country.clone(),
        in_statement: line.in_statement,
        in_invoices: line.in_invoices,
        in_csp: line.in_reconciliation,
        rows: line.origins.clone(),
        note,
    }
}
