//! What the usual audit terms make of a shortage. The clause that binds stands in the customer's own agreement: these are
//! terms to check there, and the outcome says so by its rule.

use super::AuditOutcome;
use crate::deployments::Audit;
use crate::terms::Terms;
use jiff::civil::Date;

/// The outcome of one audit on `as_of`. A voluntary review (`sam_engagement`) invokes no clause.
pub(super) fn outcome(audit: &Audit, terms: &Terms, as_of: Date) -> AuditOutcome {
    let contractual = audit.kind == "contractual";
    let threshold = terms.rule("AUD-5PCT", as_of);
    let ratio = match (audit.unlicensed_use, audit.total_use) {
        (Some(unlicensed), Some(total)) if total > 0 => Some(unlicensed.saturating_mul(1000) / total),
        _ => None,
    };
    // Compared as products, so that nothing is lost by rounding: 49.99 of 1000 is under the threshold.
    let material = match (audit.unlicensed_use, audit.total_use) {
        (Some(unlicensed), Some(total)) if total > 0 => {
            Some(unlicensed.saturating_mul(1000) >= total.saturating_mul(threshold.number("per_mille")))
        }
        _ => None,
    };
    let pays = material.map(|material| material && contractual);
    // One product's licence names the single retail price instead of a factor on the customer's own price level.
    let own_price = audit.agreement.as_deref().is_none_or(|agreement| !agreement.contains("nav"));
    let retail = audit.price_basis.as_deref().is_some_and(|basis| basis.contains("retail"));
    let notice = terms.rule("AUD-NOTICE", as_of).number("days");
    let rule = match (contractual, pays, audit.notice_days) {
        (false, _, _) => "AUD-SAM",
        (true, _, Some(days)) if u64::from(days) < notice => "AUD-NOTICE",
        (true, Some(false), _) => "AUD-REPEAT",
        (true, _, _) => "AUD-5PCT",
    };
    AuditOutcome {
        rule: rule.to_owned(),
        ratio_per_mille: ratio,
        customer_pays_audit_cost: pays,
        price_percent: match pays {
            Some(true) if own_price && !retail => Some(threshold.number("price_percent")),
            Some(_) => Some(100),
            None => None,
        },
        licences_to_buy: audit.unlicensed_use,
        next_verification_earliest_days: (contractual && material == Some(false))
            .then(|| terms.rule("AUD-REPEAT", as_of).number("days")),
        minimum_notice_days: contractual.then_some(notice),
        notice_sufficient: audit.notice_days.filter(|_| contractual).map(|days| u64::from(days) >= notice),
        order_within_days: (contractual && material == Some(true)).then(|| threshold.number("order_within_days")),
        auditor_meets_clause: audit.performed_by.as_deref().filter(|_| contractual).and_then(|who| {
            let who = who.to_lowercase().replace(['_', '-'], " ");
            let rule = terms.rule("AUD-WHO", as_of);
            let is = |key: &str| rule.words(key).iter().any(|word| who.contains(word));
            // Whom no word tells, nobody can judge.
            if is("refused") { Some(false) } else { is("accepted").then_some(true) }
        }),
    }
}
