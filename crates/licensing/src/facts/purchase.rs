//! Purchase lines, as a statement, an invoice, a reseller's file or a contract states them.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What kind of paper the line stands on: the order of proof.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseSource {
    /// The publisher's own statement: transactions.
    StatementTransaction,
    /// The publisher's own statement: summary of effective quantities (a cross-check, never added to transactions).
    StatementSummary,
    /// An invoice or a reseller's list of invoices.
    Invoice,
    /// A cloud reseller's reconciliation: charges.
    Reconciliation,
    /// A contract or agreement.
    Contract,
    /// A list kept by the company itself.
    #[default]
    OwnList,
}

/// A purchase line as written. Nothing is recognised yet: `title` is the line's own wording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Purchase {
    /// Kind of paper.
    pub source: PurchaseSource,
    /// Title of the line as written; for a statement's transaction tab, the item name.
    pub title: String,
    /// Manufacturer's part number.
    pub part_number: Option<String>,
    /// Publisher, where the line names one.
    pub publisher: Option<String>,
    /// Product pool or family, where the paper has such a column.
    pub family: Option<String>,
    /// Version, where the paper has such a column.
    pub version: Option<String>,
    /// Counted units on the line; negative for a credit note.
    pub quantity: i64,
    /// Purchase type in the paper's word (`L`, `LSA`, `SA`, `License`, `Credit`...).
    pub purchase_type: Option<String>,
    /// Day of order or invoice.
    pub date: Option<Date>,
    /// First day of coverage.
    pub coverage_start: Option<Date>,
    /// Last day of coverage (Software Assurance, or the term of a subscription).
    pub coverage_end: Option<Date>,
    /// Agreement, enrolment or licence number.
    pub agreement: Option<String>,
    /// Programme or channel in the paper's word (`Open License`, `OEM`, `CSP`, `Select Plus`).
    pub programme: Option<String>,
    /// Order or purchase order number.
    pub order: Option<String>,
    /// Invoice number.
    pub invoice: Option<String>,
    /// Price of one counted unit.
    pub unit_price: Option<Decimal>,
    /// Currency, ISO 4217.
    pub currency: Option<String>,
    /// Legal entity or customer.
    pub entity: Option<String>,
    /// Country of usage.
    pub country: Option<String>,
    /// Machine that it came with (OEM), where the line names one: serial or name.
    pub machine: Option<String>,
}
