//! A purchase line of a paper, read, with what is needed to match it to others.

use super::papers::papers;
use crate::purchases::{CURRENT, Hints, PurchaseLine, Purchases, UNKNOWN, fold};
use jiff::civil::Date;
use licensing::facts::{Origin, Purchase, PurchaseSource};
use rust_decimal::Decimal;

/// What two lines must share to speak of the same thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Thing {
    pub(super) product: String,
    pub(super) edition: String,
    pub(super) metric: String,
}

/// One purchase, as one or several papers tell it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) read: PurchaseLine,
    pub(super) thing: Thing,
    /// Title as the first paper writes it.
    pub(super) title: String,
    pub(super) part: Option<String>,
    /// Version: of the title, else of the statement's column, else `current` or `unknown`.
    pub(super) version: String,
    /// Counted units, never negative; `credit` says which way they go.
    pub(super) quantity: u64,
    pub(super) credit: bool,
    pub(super) date: Option<Date>,
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
    pub(super) agreement: Option<String>,
    pub(super) order: Option<String>,
    pub(super) invoice: Option<String>,
    pub(super) programme: Option<String>,
    pub(super) price: Option<Decimal>,
    pub(super) currency: Option<String>,
    pub(super) country: Option<String>,
    pub(super) machine: Option<String>,
    pub(super) charge: Option<String>,
    /// What the statement says of quantity, before any credit note; for the cross-check.
    pub(super) stated: Option<u64>,
    pub(super) in_statement: bool,
    pub(super) in_invoices: bool,
    pub(super) in_reconciliation: bool,
    /// A paper of somebody else backs it.
    pub(super) proven: bool,
    pub(super) origins: Vec<Origin>,
    /// Rows of the tenant that say the same; no purchase rows.
    pub(super) tenant: Vec<Origin>,
    pub(super) notes: Vec<String>,
}

/// Agreement, order and invoice numbers compare without blanks, hyphens and case.
fn number(text: Option<&String>) -> Option<String> {
    let bare: String = text?.chars().filter(|c| c.is_alphanumeric()).collect();
    (!bare.is_empty()).then(|| bare.to_uppercase())
}

impl Line {
    /// Reads one purchase.
    pub(super) fn new(purchase: &Purchase, origin: &Origin) -> Line {
        let hints = Hints {
            version: purchase.version.as_deref(),
            family: purchase.family.as_deref(),
            programme: purchase.programme.as_deref(),
            purchase_type: purchase.purchase_type.as_deref(),
        };
        let charges = purchase.source == PurchaseSource::Reconciliation;
        // In a reconciliation the type is that of a charge (`cycleFee`), not of a right.
        let hints = if charges { Hints { purchase_type: None, ..hints } } else { hints };
        let read = Purchases::builtin().recognise(&purchase.title, purchase.part_number.as_deref(), &hints);
        let told = purchase.version.as_deref().map(str::trim).filter(|v| {
            !v.is_empty()
                && !matches!(
                    fold(v).as_str(),
                    "all" | "toutes" | "tous" | "alle" | "n/a" | "-" | "none" | "non-specific"
                )
        });
        let version = match (read.version.as_str(), told) {
            (CURRENT | UNKNOWN, Some(told)) => told.to_owned(),
            (own, _) => own.to_owned(),
        };
        let credit =
            purchase.quantity < 0 || !charges && papers().is_credit(&purchase.title, purchase.purchase_type.as_deref());
        let source = purchase.source;
        Line {
            thing: Thing { product: read.product.clone(), edition: read.edition.clone(), metric: read.metric.clone() },
            title: purchase.title.trim().to_owned(),
            part: number(purchase.part_number.as_ref()),
            version,
            quantity: purchase.quantity.unsigned_abs(),
            credit,
            date: purchase.date,
            from: purchase.coverage_start,
            until: purchase.coverage_end,
            agreement: number(purchase.agreement.as_ref()),
            order: purchase.order.clone().filter(|o| !o.trim().is_empty()),
            invoice: purchase.invoice.clone().filter(|o| !o.trim().is_empty()),
            programme: purchase.programme.clone(),
            price: purchase.unit_price.map(|price| price.abs()),
            currency: purchase.currency.clone(),
            country: purchase.country.as_deref().and_then(|name| papers().country(name)),
            machine: purchase.machine.clone().map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()),
            charge: purchase.purchase_type.clone().filter(|_| charges),
            stated: (source == PurchaseSource::StatementTransaction).then(|| purchase.quantity.unsigned_abs()),
            in_statement: matches!(source, PurchaseSource::StatementTransaction | PurchaseSource::StatementSummary),
            in_invoices: source == PurchaseSource::Invoice,
            in_reconciliation: charges,
            proven: source != PurchaseSource::OwnList,
            origins: vec![origin.clone()],
            tenant: Vec::new(),
            notes: read.notes.clone(),
            read,
        }
    }

    /// Base units in one counted unit; an unknown pack counts as one, and a finding says so.
    pub(super) fn per_unit(&self) -> u64 {
        self.read.units.unwrap_or(1).max(1)
    }

    /// True if the versions of two lines do not contradict each other.
    pub(super) fn version_fits(&self, other: &Line) -> bool {
        let open = |v: &str| v == CURRENT || v == UNKNOWN;
        self.version == other.version || open(&self.version) || open(&other.version)
    }

    /// Takes over what another paper tells of the same purchase; `self` is the stronger paper.
    pub(super) fn absorb(&mut self, other: Line) {
        if matches!(self.version.as_str(), CURRENT | UNKNOWN) {
            self.version = other.version;
        }
        self.part = self.part.take().or(other.part);
        self.date = self.date.or(other.date);
        self.from = self.from.or(other.from);
        self.until = self.until.max(other.until);
        self.agreement = self.agreement.take().or(other.agreement);
        self.order = self.order.take().or(other.order);
        self.invoice = self.invoice.take().or(other.invoice);
        self.programme = self.programme.take().or(other.programme);
        self.price = self.price.or(other.price);
        self.currency = self.currency.take().or(other.currency);
        self.country = self.country.take().or(other.country);
        self.machine = self.machine.take().or(other.machine);
        self.stated = self.stated.or(other.stated);
        self.in_statement |= other.in_statement;
        self.in_invoices |= other.in_invoices;
        self.in_reconciliation |= other.in_reconciliation;
        self.proven |= other.proven;
        self.origins.extend(other.origins);
        self.notes.extend(other.notes);
        self.tidy();
    }

    /// Sorts what has no order of its own.
    pub(super) fn tidy(&mut self) {
        self.origins.sort();
        self.origins.dedup();
        self.notes.sort();
        self.notes.dedup();
    }

    /// Parameters that name the line in a finding.
    pub(super) fn params(&self) -> Vec<(String, String)> {
        let mut made =
            vec![("title".to_owned(), self.title.clone()), ("quantity".to_owned(), self.quantity.to_string())];
        for (name, value) in [("agreement", &self.agreement), ("order", &self.order), ("invoice", &self.invoice)] {
            if let Some(value) = value {
                made.push((name.to_owned(), value.clone()));
            }
        }
        if let Some(date) = self.date {
            made.push(("date".to_owned(), date.to_string()));
        }
        made
    }
}

/// Days between two dates, if both are known.
pub(super) fn apart(a: Option<Date>, b: Option<Date>) -> Option<u64> {
    let days = a?.until(b?).ok()?.get_days();
    Some(u64::from(days.unsigned_abs()))
}
