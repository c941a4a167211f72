//! What changes a lot after it was bought: credit notes, yearly payments, renewals of Software Assurance, steps up.

use super::line::{Line, apart};
use super::{Finding, finding};
use crate::purchases::{Hints, PurchaseLine, Purchases, acquisition_year, fold};
use jiff::civil::Date;
use std::cmp::Reverse;

/// Days after a purchase within which Software Assurance may still be added to a licence without it.
const LATE_COVER: u64 = 90;

/// Takes credit notes back from the purchases they cancel: same thing, not later; the same invoice or agreement and price first.
/// A lot never goes below nothing; what finds no purchase is a finding.
pub(super) fn credits(lots: &mut Vec<Line>, mut credits: Vec<Line>, findings: &mut Vec<Finding>) {
    credits.sort_by(|a, b| (a.date, &a.invoice, &a.origins).cmp(&(b.date, &b.invoice, &b.origins)));
    for credit in credits {
        let mut rest = credit.quantity;
        let mut found: Vec<usize> = lots
            .iter()
            .enumerate()
            .filter(|(_, lot)| {
                let before = lot.date.is_none() || credit.date.is_none() || lot.date <= credit.date;
                let agreed = lot.agreement.is_none() || credit.agreement.is_none() || lot.agreement == credit.agreement;
                lot.thing == credit.thing && lot.version_fits(&credit) && before && agreed && lot.quantity > 0
            })
            .map(|(at, _)| at)
            .collect();
        found.sort_by_key(|at| {
            lots.get(*at).map(|lot| {
                let price = lot.price != credit.price;
                let agreement = lot.agreement != credit.agreement;
                let machine = lot.machine != credit.machine;
                (machine, agreement, lot.part != credit.part, price, Reverse(lot.date), *at)
            })
        });
        for at in found {
            let Some(lot) = lots.get_mut(at) else { continue };
            let taken = rest.min(lot.quantity);
            if taken == 0 {
                break;
            }
            lot.quantity -= taken;
            rest -= taken;
            lot.origins.extend(credit.origins.iter().cloned());
            lot.notes.push(format!("credited:{taken}"));
            lot.in_invoices |= credit.in_invoices;
            if lot.in_statement && !credit.in_statement {
                let mut params = lot.params();
                params.push(("credited".to_owned(), taken.to_string()));
                findings.push(finding("credit-not-in-statement", params));
            }
            lot.tidy();
        }
        if rest > 0 {
            let mut params = credit.params();
            params.push(("left".to_owned(), rest.to_string()));
            findings.push(finding("credit-without-purchase", params));
        }
    }
    lots.retain(|lot| lot.quantity > 0);
}

/// Yearly payments of one Open Value or enterprise order are one licence: same thing, part, agreement and quantity, a year
/// apart, or numbered as such.
pub(super) fn yearly_payments(lots: Vec<Line>) -> Vec<Line> {
    let mut lots = lots;
    lots.sort_by(|a, b| {
        (&a.thing, &a.agreement, a.date, &a.invoice, &a.origins).cmp(&(
            &b.thing,
            &b.agreement,
            b.date,
            &b.invoice,
            &b.origins,
        ))
    });
    let mut made: Vec<(Line, Option<Date>, u8)> = Vec::new();
    for line in lots {
        let spread = matches!(line.read.channel.as_str(), "open_value" | "ea") && line.agreement.is_some();
        let year = acquisition_year(&line.title);
        let first = made.iter_mut().find(|(lot, last, paid)| {
            let numbered =
                year.is_some_and(|year| year > 1) && acquisition_year(&lot.title).is_some_and(|y| Some(y) < year);
            let a_year_on = apart(*last, line.date).is_some_and(|days| (330..=400).contains(&days))
                && lot.part.is_some()
                && lot.part == line.part
                && lot.read.kind != "licence";
            spread
                && *paid < 3
                && lot.thing == line.thing
                && lot.agreement == line.agreement
                && lot.quantity == line.quantity
                && (numbered || year.is_none() && a_year_on)
        });
        match first {
            Some((lot, last, paid)) => {
                *last = line.date;
                *paid += 1;
                lot.notes.push("yearly-payments".to_owned());
                lot.absorb(line);
            }
            None => {
                let date = line.date;
                made.push((line, date, 1));
            }
        }
    }
    made.into_iter().map(|(line, last, paid)| covered_by_payments(line, last, paid)).collect()
}

/// A licence paid by the year has Software Assurance in each year that was paid: where no paper tells its end, it lasts at least until a
/// year from the last payment.
fn covered_by_payments(mut line: Line, last: Option<Date>, paid: u8) -> Line {
    if paid > 1 && line.read.kind == "licence+SA" && line.until.is_none() {
        let next = last.and_then(|day| day.checked_add(jiff::Span::new().years(1)).ok());
        line.until = next.and_then(|day| day.yesterday().ok());
        line.notes.push("sa-until-a-year-from-the-last-payment".to_owned());
    }
    line
}

/// Lets Software Assurance lines prolong the lots that they renew. Alone they make no lot.
pub(super) fn renewals(lots: &mut Vec<Line>, mut lines: Vec<Line>, findings: &mut Vec<Finding>) {
    lines.sort_by(|a, b| (a.until, a.date, &a.origins).cmp(&(b.until, b.date, &b.origins)));
    for line in lines {
        let Some(until) = line.until else {
            findings.push(finding("sa-end-unknown", line.params()));
            continue;
        };
        let starts = line.from.or(line.date);
        let same_base = |lot: &Line| {
            let core = |metric: &str| if metric.starts_with("core") { "core".to_owned() } else { metric.to_owned() };
            lot.thing.product == line.thing.product
                && lot.thing.edition == line.thing.edition
                && core(&lot.thing.metric) == core(&line.thing.metric)
        };
        let mut found: Vec<usize> = lots
            .iter()
            .enumerate()
            .filter(|(_, lot)| {
                let before = lot.date.is_none() || line.date.is_none() || lot.date <= line.date;
                let running = lot.until.is_some() || lot.read.kind == "licence+SA";
                let lately = apart(lot.date, starts).is_none_or(|days| days <= LATE_COVER);
                same_base(lot) && before && lot.quantity > 0 && (running || lately)
            })
            .map(|(at, _)| at)
            .collect();
        found.sort_by_key(|at| {
            lots.get(*at).map(|lot| (lot.agreement != line.agreement, Reverse(lot.until), lot.date, *at))
        });
        let mut rest = line.quantity.saturating_mul(line.per_unit());
        for at in found {
            if rest == 0 {
                break;
            }
            let Some(lot) = lots.get_mut(at) else { continue };
            let size = lot.quantity.saturating_mul(lot.per_unit());
            let lapsed = lot.until.is_some_and(|end| {
                starts.is_some_and(|day| apart(Some(end), Some(day)).is_some_and(|d| d > 31) && day > end)
            });
            if lapsed {
                let mut params = lot.params();
                params.push(("ended".to_owned(), lot.until.map(|d| d.to_string()).unwrap_or_default()));
                findings.push(finding("sa-renewed-after-lapse", params));
                continue;
            }
            let covered = rest.min(size) / lot.per_unit();
            if covered == 0 {
                continue;
            }
            rest = rest.saturating_sub(covered.saturating_mul(lot.per_unit()));
            let part = if covered < lot.quantity {
                // Only a part is renewed: what is not keeps the end that it had.
                let mut kept = lot.clone();
                kept.quantity = lot.quantity - covered;
                kept.stated = None;
                lot.quantity = covered;
                Some(kept)
            } else {
                None
            };
            lot.until = lot.until.max(Some(until));
            lot.origins.extend(line.origins.iter().cloned());
            lot.notes.push("sa-renewed".to_owned());
            lot.in_statement |= line.in_statement;
            lot.in_invoices |= line.in_invoices;
            lot.tidy();
            lots.extend(part);
        }
        if rest > 0 {
            let mut params = line.params();
            params.push(("left".to_owned(), rest.to_string()));
            findings.push(finding("sa-without-licence", params));
        }
    }
}

/// What a step-up starts from: the rest of its title after the word of the step, read as a line of its own.
fn starting_point(line: &Line) -> Option<PurchaseLine> {
    let words: Vec<&str> = line.title.split_whitespace().collect();
    let at = words.iter().position(|w| {
        matches!(fold(w).as_str(), "sasu" | "su" | "stepup" | "step-up" | "sastepup" | "from" | "de" | "von" | "depuis")
    })?;
    let tail = words.get(at + 1..)?.join(" ");
    // "Step-up from Standard to Datacenter" names the product only once.
    let tail = tail.split(" to ").next().unwrap_or_default().to_owned();
    let read = Purchases::builtin().recognise(&tail, None, &Hints::default());
    (read.product != crate::purchases::UNKNOWN && !read.product.is_empty()).then_some(read)
}

/// Applies step-ups and upgrades to their base. Leaves the lots of the higher edition; without a base there is none.
///
/// Step-ups of server licences keep the form that the engine merges with their base itself (`Windows Server step-up
/// Standard to Datacenter`); what is told of here is only that a base with Software Assurance exists.
pub(super) fn steps(lots: &mut Vec<Line>, mut lines: Vec<Line>, findings: &mut Vec<Finding>) {
    lines.sort_by(|a, b| (a.date, &a.thing, &a.origins).cmp(&(b.date, &b.thing, &b.origins)));
    for line in lines {
        let is_step = line.read.kind == "step-up";
        let from = if is_step { starting_point(&line) } else { None };
        let base = |lot: &Line| {
            let before = lot.date.is_none() || line.date.is_none() || lot.date <= line.date;
            let product = match &from {
                Some(from) => {
                    lot.thing.product == from.product
                        && (from.edition == lot.thing.edition || from.edition == "unknown")
                }
                None if is_step => lot.thing.product == line.thing.product && lot.thing.edition != line.thing.edition,
                None => {
                    lot.thing.product == line.thing.product
                        && (line.thing.edition == lot.thing.edition || lot.thing.edition == "unknown")
                }
            };
            let covered = !is_step
                || lot.until.is_some() && (line.date.is_none() || lot.until >= line.date)
                || lot.read.kind == "subscription";
            product && before && covered && lot.quantity > 0 && lot.per_unit() == line.per_unit()
        };
        let mut rest = line.quantity;
        let mut until = line.until;
        let mut bases: Vec<usize> = lots.iter().enumerate().filter(|(_, l)| base(l)).map(|(at, _)| at).collect();
        bases.sort_by_key(|at| lots.get(*at).map(|lot| (lot.agreement != line.agreement, lot.date, *at)));
        let engine_merges = is_step && line.thing.metric != "user_sub" && line.thing.metric != "device_sub";
        let mut from_edition = from.map(|f| f.edition).filter(|e| e != "unknown" && e != "none");
        let mut origins = line.origins.clone();
        for at in bases {
            let Some(lot) = lots.get_mut(at) else { continue };
            let taken = rest.min(lot.quantity);
            if taken == 0 {
                break;
            }
            rest -= taken;
            until = until.max(lot.until);
            from_edition = from_edition.or_else(|| Some(lot.thing.edition.clone()));
            if !engine_merges {
                lot.quantity -= taken;
                origins.extend(lot.origins.iter().cloned());
            }
        }
        let merged = line.quantity - rest;
        if rest > 0 {
            let mut params = line.params();
            params.push(("left".to_owned(), rest.to_string()));
            findings.push(finding(if is_step { "step-up-without-base" } else { "upgrade-without-base" }, params));
        }
        if merged > 0 {
            let mut lot = line.clone();
            if engine_merges && let Some(from) = &from_edition {
                lot.thing.product = format!("{} step-up {from} to {}", line.thing.product, line.thing.edition);
            }
            lot.quantity = merged;
            lot.until = until;
            lot.origins = origins;
            lot.notes.push("stands-on-its-base".to_owned());
            lot.tidy();
            lots.push(lot);
        }
    }
    lots.retain(|lot| lot.quantity > 0);
}
