//! Passive secondaries by era: one for each licensed server up to 2012; from 2014 under Software Assurance only; from November
//! 2019 one for availability, one for recovery and one for recovery in Azure.

use super::{PRODUCT, Placed};
use crate::requirements::{Ask, Demand, Found, Lot, Reading, Scene};
use std::collections::BTreeMap;

/// What a secondary is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    Availability,
    Recovery,
    RecoveryInAzure,
}

/// Parts what works from the secondaries that need no licence of their own.
pub(super) fn apart<'a>(
    scene: &Scene<'_>,
    places: Vec<Placed<'a>>,
    found: &mut Found,
) -> (Vec<Placed<'a>>, Vec<Placed<'a>>) {
    let mut working = Vec::new();
    let mut waiting = Vec::new();
    for place in places {
        if is_passive(scene, &place, found) { waiting.push(place) } else { working.push(place) }
    }
    let primaries: u64 = working.iter().map(Placed::count).fold(0, u64::saturating_add);
    let all_in_azure = !working.is_empty() && working.iter().all(Placed::in_azure);
    let rule = scene.terms.rule("SQL-FAILOVER", scene.as_of);
    let with_sa = under_assurance(scene);
    let by_purpose = with_sa && rule.number("with_sa") > 1;
    let mut used: BTreeMap<Purpose, u64> = BTreeMap::new();
    let mut all: u64 = 0;
    let mut free = Vec::new();
    for place in waiting {
        let count = place.count();
        let mut allowed = false;
        if by_purpose {
            for purpose in purposes(&place) {
                let in_azure = rule.number("azure").saturating_mul(if all_in_azure { 2 } else { 1 });
                let each = if purpose == Purpose::RecoveryInAzure { in_azure } else { 1 };
                let slot = used.entry(purpose).or_default();
                if slot.saturating_add(count) <= primaries.saturating_mul(each) {
                    *slot = slot.saturating_add(count);
                    allowed = true;
                    break;
                }
            }
        } else {
            let each = if with_sa { rule.number("with_sa") } else { rule.number("without_sa") };
            let each = each.max(of_its_own_date(scene, &place));
            if all.saturating_add(count) <= primaries.saturating_mul(each) {
                all = all.saturating_add(count);
                allowed = true;
            }
        }
        if allowed { free.push(place) } else { working.push(place) }
    }
    (working, free)
}

/// Leaves of the secondaries' demands what they would need beyond the primary.
pub(super) fn only_what_exceeds(demands: &mut Vec<Demand>, primary: u64) {
    for demand in demands.iter_mut() {
        demand.ways.retain(|way| way.metric == "core");
        for way in &mut demand.ways {
            way.units = way.units.saturating_sub(primary);
            way.rules.push("SQL-FAILOVER");
        }
    }
    demands.retain(|demand| demand.ways.iter().any(|way| way.units > 0));
}

/// Told as passive, and doing nothing that a passive secondary may not do.
fn is_passive(scene: &Scene<'_>, place: &Placed<'_>, found: &mut Found) -> bool {
    let role = place.vm.map_or_else(|| place.server.and_then(|server| server.role.as_deref()), |vm| vm.role.as_deref());
    let secondary = role.is_some_and(|role| role == "secondary" || role.starts_with("passive"));
    for install in &place.installs {
        match install.state.as_deref() {
            Some("passive") => {}
            // A secondary of which nobody says what it does.
            None if secondary && !install.activity.is_some() => {
                let (code, subject) = ("secondary-activity-unknown", install.on.clone());
                found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-FAILOVER") });
                if scene.reads("secondary-activity-unknown", &install.on, PRODUCT) == Reading::High {
                    return false;
                }
            }
            None if secondary => {}
            _ => return false,
        }
    }
    let rule = scene.terms.rule("SQL-FAILOVER", scene.as_of);
    place.installs.iter().all(|install| {
        let of_server = place.server.filter(|_| place.vm.is_none()).map(|server| server.activity.all());
        let told = match install.activity.all() {
            [] => of_server.unwrap_or_default(),
            own => own,
        };
        let is = |activity: &str, key: &str| {
            let activity = activity.to_lowercase();
            rule.words(key).iter().any(|word| activity.contains(word))
        };
        if told.iter().any(|each| is(each, "work")) {
            return false;
        }
        if !told.iter().all(|each| is(each, "upkeep")) {
            let (code, subject) = ("secondary-activity-unknown", install.on.clone());
            found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-FAILOVER") });
            return scene.reads("secondary-activity-unknown", &install.on, PRODUCT) == Reading::Low;
        }
        true
    })
}

/// Software Assurance on the servers' lots and, under server and CAL, on the CALs.
fn under_assurance(scene: &Scene<'_>) -> bool {
    let active: Vec<&Lot> = scene.lots.iter().filter(|lot| lot.product == PRODUCT && lot.active).collect();
    let mut cals = scene.lots.iter().filter(|lot| lot.product == "SQL Server CAL");
    let by_server = active.iter().all(|lot| lot.metric == "server");
    !active.is_empty() && (!by_server || cals.all(|lot| lot.active))
}

/// Licences of 2012 and before carry one passive server by their own terms, whatever the day.
fn of_its_own_date(scene: &Scene<'_>, place: &Placed<'_>) -> u64 {
    let era = scene.terms.rank(PRODUCT, "2012");
    let old = |lot: &Lot| {
        lot.product == PRODUCT && lot.rank.is_some_and(|rank| Some(rank) <= era && rank >= place.rank) && lot.units > 0
    };
    let before = scene.terms.rules().filter(|rule| rule.id == "SQL-FAILOVER").min_by_key(|rule| rule.valid_from);
    if scene.lots.iter().any(old) { before.map_or(0, |rule| rule.number("without_sa")) } else { 0 }
}

/// What a secondary may be counted as, the nearest first.
fn purposes(place: &Placed<'_>) -> Vec<Purpose> {
    let role = place.vm.and_then(|vm| vm.role.as_deref()).or(place.server.and_then(|server| server.role.as_deref()));
    match role {
        Some("passive_ha") => vec![Purpose::Availability],
        Some("passive_dr_azure") => vec![Purpose::RecoveryInAzure],
        Some("passive_dr") if place.in_azure() => vec![Purpose::RecoveryInAzure, Purpose::Recovery],
        Some("passive_dr") => vec![Purpose::Recovery],
        _ if place.in_azure() => vec![Purpose::RecoveryInAzure, Purpose::Availability, Purpose::Recovery],
        _ => vec![Purpose::Availability, Purpose::Recovery],
    }
}
