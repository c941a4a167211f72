//! The same purchase told twice: by two copies of one paper, and by the publisher's statement and an invoice.

use super::line::{Line, Thing, apart};
use super::{Finding, finding};
use std::collections::BTreeMap;

/// Days that an invoice may lie from the statement's date of the same purchase.
const NEAR: u64 = 60;

/// The paper that a line stands on: its file and part.
type Paper = (String, Option<String>);

/// Folds copies of one paper (a statement in two languages, an invoice list as CSV and as workbook): the n-th equal row of
/// each copy is the same purchase. Rows that are equal within one paper stay apart.
pub(super) fn fold_copies(lines: Vec<Line>, findings: &mut Vec<Finding>) -> Vec<Line> {
    type Key = (
        Thing,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<jiff::civil::Date>,
        Option<String>,
        Option<String>,
        bool,
    );
    let mut papers: BTreeMap<Key, BTreeMap<Paper, Vec<Line>>> = BTreeMap::new();
    for line in lines {
        let Some(origin) = line.origins.first() else { continue };
        let paper = (origin.evidence.to_string(), origin.part.as_deref().map(str::to_owned));
        // A statement has no invoice number, an invoice list seldom an order: each is compared by what it has.
        let named = if line.in_statement { line.order.clone() } else { line.invoice.clone() };
        let charge =
            line.charge.clone().map(|c| format!("{c}:{}", line.from.map(|d| d.to_string()).unwrap_or_default()));
        let key = (
            line.thing.clone(),
            line.agreement.clone(),
            named,
            line.part.clone(),
            line.date,
            line.machine.clone(),
            charge,
            line.credit,
        );
        papers.entry(key).or_default().entry(paper).or_default().push(line);
    }
    let mut folded = Vec::new();
    for copies in papers.into_values() {
        let mut made: Vec<Line> = Vec::new();
        for mut rows in copies.into_values() {
            rows.sort_by(|a, b| (a.quantity, &a.origins).cmp(&(b.quantity, &b.origins)));
            for (at, row) in rows.into_iter().enumerate() {
                match made.get_mut(at) {
                    Some(first) => {
                        if first.quantity != row.quantity {
                            let mut params = first.params();
                            params.push(("other".to_owned(), row.quantity.to_string()));
                            findings.push(finding("copies-differ-in-quantity", params));
                            first.quantity = first.quantity.min(row.quantity);
                            first.stated = first.stated.min(row.stated);
                        }
                        first.absorb(row);
                    }
                    None => made.push(row),
                }
            }
        }
        folded.extend(made);
    }
    folded
}

/// Joins the lines of statements with the invoices that tell the same purchases. Leaves one line for each purchase.
pub(super) fn join_invoices(statement: Vec<Line>, invoices: Vec<Line>, findings: &mut Vec<Finding>) -> Vec<Line> {
    let mut statement = statement;
    let order = |a: &Line, b: &Line| {
        (&a.thing, a.date, a.quantity, &a.order, &a.invoice, &a.origins)
            .cmp(&(&b.thing, b.date, b.quantity, &b.order, &b.invoice, &b.origins))
    };
    statement.sort_by(order);
    let mut left: Vec<Option<Line>> = invoices.into_iter().map(Some).collect();
    left.sort_by(|a, b| match (a, b) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    let mut joined = vec![false; statement.len()];
    // Strictest first: same agreement and quantity; the whole of several invoices; same agreement and day; and last the
    // invoices that name no agreement.
    for pass in 0..4 {
        for (at, stated) in statement.iter_mut().enumerate() {
            if joined.get(at).copied().unwrap_or(true) {
                continue;
            }
            let fits = |line: &Line| {
                let near = apart(stated.date, line.date);
                let near = if pass == 2 { near == Some(0) } else { near.is_none_or(|days| days <= NEAR) };
                let agreed = match (&stated.agreement, &line.agreement) {
                    (Some(a), Some(b)) => a == b && pass < 3,
                    _ => {
                        pass == 3
                            && !matches!(line.read.channel.as_str(), "oem" | "fpp" | "csp")
                            && line.machine.is_none()
                    }
                };
                line.thing == stated.thing
                    && line.version_fits(stated)
                    && line.credit == stated.credit
                    && near
                    && agreed
            };
            let mut found: Vec<usize> =
                left.iter().enumerate().filter(|(_, l)| l.as_ref().is_some_and(fits)).map(|(i, _)| i).collect();
            let quantity = |i: &usize| left.get(*i).and_then(Option::as_ref).map_or(0, |l| l.quantity);
            if pass == 0 || pass == 3 {
                found.retain(|i| quantity(i) == stated.quantity);
                found.sort_by_key(|i| {
                    (left.get(*i).and_then(Option::as_ref).and_then(|l| apart(stated.date, l.date)), *i)
                });
                found.truncate(1);
            } else if pass == 1 && found.iter().map(quantity).sum::<u64>() != stated.quantity {
                found.clear();
            }
            if found.is_empty() {
                continue;
            }
            let sum: u64 = found.iter().map(quantity).sum();
            if sum != stated.quantity {
                // A statement may count licences where the invoice counts packs of them.
                if sum.checked_mul(stated.per_unit()) == Some(stated.quantity) {
                    stated.quantity = sum;
                } else {
                    let mut params = stated.params();
                    params.push(("invoiced".to_owned(), sum.to_string()));
                    findings.push(finding("statement-and-invoice-differ", params));
                    stated.quantity = stated.quantity.min(sum);
                }
            }
            for i in found {
                if let Some(line) = left.get_mut(i).and_then(Option::take) {
                    stated.absorb(line);
                }
            }
            if let Some(done) = joined.get_mut(at) {
                *done = true;
            }
        }
    }
    let any_invoice = statement.iter().any(|l| l.in_invoices) || left.iter().any(Option::is_some);
    let any_statement = !statement.is_empty();
    for line in statement.iter().filter(|l| any_invoice && !l.in_invoices && !l.credit) {
        findings.push(finding("statement-without-invoice", line.params()));
    }
    let invoices: Vec<Line> = left.into_iter().flatten().collect();
    for line in &invoices {
        let volume = matches!(line.read.channel.as_str(), "open" | "open_value" | "select" | "ea" | "mpsa" | "volume");
        if any_statement && volume && !line.credit {
            findings.push(finding("invoice-not-in-statement", line.params()));
        }
    }
    statement.extend(invoices);
    statement
}
