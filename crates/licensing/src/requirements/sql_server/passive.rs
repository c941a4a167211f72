//! Passive secondaries by era: one for each licensed server up to 2012; from 2014 under Software Assurance only; from November
//! 2019 one for availability, one for recovery and one for recovery in Azure.

use super::{Kind, PRODUCT, Placed, cores};
use crate::requirements::{Ask, Demand, Found, Lot, Reading, Scene};
use std::collections::{BTreeMap, BTreeSet};

/// What a secondary is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    Availability,
    Recovery,
    RecoveryInAzure,
}

/// What works, and what waits without licences of its own.
#[derive(Clone, Default)]
pub(super) struct Parted<'a> {
    /// Needs licences.
    pub(super) working: Vec<Placed<'a>>,
    /// Free secondaries, each with the cores of the largest server that it may stand in for.
    pub(super) free: Vec<(Placed<'a>, u64)>,
}

/// Parts what works from the secondaries that need no licence of their own. Where lots with and without Software Assurance may
/// serve the same primaries, the parting that leaves least by `uncovered` counts; of two that leave the same, the one that
/// leans on less coverage, unless nothing is missing.
pub(super) fn apart<'a>(
    scene: &Scene<'_>,
    places: Vec<Placed<'a>>,
    found: &mut Found,
    uncovered: impl Fn(&Parted<'a>) -> u64,
) -> Parted<'a> {
    let (waiting, working): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| is_passive(scene, place, found));
    let pairings = told_and_alike(waiting, working);
    let leaning: Vec<Leaning> = pairings.iter().map(|each| Leaning::of(scene, each)).collect();
    let mut chosen: Vec<u64> = leaning.iter().map(|each| each.choices.first().copied().unwrap_or(0)).collect();
    let part = |chosen: &[u64]| {
        let mut parted = Parted::default();
        for ((pairing, leaning), assured) in pairings.iter().zip(&leaning).zip(chosen) {
            pairing.part(scene, leaning, *assured, &mut parted);
        }
        parted
    };
    if leaning.iter().any(|each| each.choices.len() > 1) {
        let mut least = uncovered(&part(&chosen));
        for (at, each) in leaning.iter().enumerate() {
            for choice in each.choices.iter().skip(1) {
                let mut other = chosen.clone();
                if let Some(slot) = other.get_mut(at) {
                    *slot = *choice;
                }
                let left = uncovered(&part(&other));
                // Where nothing is missing either way, coverage that is held leaves more to spare.
                if left < least || left == 0 {
                    (least, chosen) = (left, other);
                }
            }
        }
    }
    part(&chosen)
}

/// Primaries, and the secondaries that may stand in for them.
struct Pairing<'a> {
    primaries: Vec<Placed<'a>>,
    secondaries: Vec<Placed<'a>>,
}

/// Secondaries whose primary is told stand beside that one; the others beside those that are left.
fn told_and_alike<'a>(waiting: Vec<Placed<'a>>, working: Vec<Placed<'a>>) -> Vec<Pairing<'a>> {
    let primary_of = |place: &Placed<'a>| {
        let server = place.server.filter(|_| place.vm.is_none())?;
        let told = server.passive_of.as_deref()?;
        working.iter().position(|primary| primary.machine() == Some(told))
    };
    let mut told: BTreeMap<usize, Vec<Placed<'a>>> = BTreeMap::new();
    let mut untold = Vec::new();
    for place in waiting {
        match primary_of(&place) {
            Some(at) => told.entry(at).or_default().push(place),
            None => untold.push(place),
        }
    }
    // Where every primary has secondaries of its own, the others may still lean on any of them.
    let all_told = told.len() == working.len();
    let mut found = Vec::new();
    let mut rest = Vec::new();
    for (at, primary) in working.into_iter().enumerate() {
        match told.remove(&at) {
            Some(mut secondaries) => {
                if all_told {
                    secondaries.append(&mut untold);
                }
                found.push(Pairing { primaries: vec![primary], secondaries });
            }
            None => rest.push(primary),
        }
    }
    found.extend(pairings(untold, rest));
    found
}

/// Puts secondaries beside the primaries of their edition and version; where those are told nowhere, beside the edition's, or all.
fn pairings<'a>(waiting: Vec<Placed<'a>>, working: Vec<Placed<'a>>) -> Vec<Pairing<'a>> {
    let alone = |edition: &str, ranks: Option<usize>| {
        !working.iter().any(|place| place.edition == edition && ranks.is_none_or(|rank| place.rank == rank))
    };
    let any_edition = waiting.iter().any(|place| alone(&place.edition, None));
    let by_edition: BTreeSet<String> = waiting
        .iter()
        .filter(|place| alone(&place.edition, Some(place.rank)))
        .map(|place| place.edition.clone())
        .collect();
    let key = |place: &Placed<'_>| match &place.edition {
        _ if any_edition => (String::new(), 0),
        edition if by_edition.contains(edition) => (edition.clone(), 0),
        edition => (edition.clone(), place.rank),
    };
    let mut found: BTreeMap<(String, usize), Pairing<'a>> = BTreeMap::new();
    let empty = || Pairing { primaries: Vec::new(), secondaries: Vec::new() };
    for (place, secondary) in waiting.iter().map(|place| (place, true)).chain(working.iter().map(|p| (p, false))) {
        let pairing = found.entry(key(place)).or_insert_with(empty);
        if secondary { &mut pairing.secondaries } else { &mut pairing.primaries }.push(place.clone());
    }
    found.into_values().collect()
}

/// How many of a pairing's primaries may carry secondaries, by the lots that may serve them.
struct Leaning {
    /// Primaries that may stand under Software Assurance; the first choice asks for least.
    choices: Vec<u64>,
    /// Lots without coverage may serve the same primaries, so those that lean on coverage must be kept from them.
    mixed: bool,
    /// Primaries that may stand under licences of 2012 or before, which carry one secondary by their own terms, whatever the day.
    old: u64,
}

impl Leaning {
    fn of(scene: &Scene<'_>, pairing: &Pairing<'_>) -> Leaning {
        let primaries = count(&pairing.primaries);
        let none = Leaning { choices: vec![0], mixed: false, old: 0 };
        if pairing.secondaries.is_empty() || primaries == 0 {
            return none;
        }
        let cals_active = scene.lots.iter().filter(|lot| lot.product == "SQL Server CAL").all(|lot| lot.active);
        // Under server and CAL the CALs must be covered too.
        let assured = |lot: &Lot| lot.active && (lot.metric != "server" || cals_active);
        let era = scene.terms.rank(PRODUCT, "2012");
        let is_old = |lot: &Lot| lot.rank.is_some_and(|rank| Some(rank) <= era);
        let lots: BTreeSet<usize> = pairing.primaries.iter().flat_map(|place| fitting(scene, place)).collect();
        let held: Vec<&Lot> = lots.iter().filter_map(|at| scene.lots.get(*at)).filter(|lot| lot.units > 0).collect();
        let carried = |which: &dyn Fn(&Lot) -> bool| -> u64 {
            let (some, all) = (held.iter().any(|lot| which(lot)), held.iter().all(|lot| which(lot)));
            match (some, all) {
                (false, _) => 0,
                (true, true) => primaries,
                (true, false) => whole(scene, &pairing.primaries, held.iter().filter(|lot| which(lot)).copied()),
            }
        };
        let old = carried(&is_old);
        if !held.iter().any(|lot| assured(lot)) {
            return Leaning { old, ..none };
        }
        if held.iter().all(|lot| assured(lot)) {
            return Leaning { choices: vec![primaries], mixed: false, old };
        }
        let needed = primaries.min(count(&pairing.secondaries));
        let mut choices = vec![0, carried(&assured).min(needed), needed];
        choices.dedup();
        Leaning { choices, mixed: true, old }
    }
}

fn count(places: &[Placed<'_>]) -> u64 {
    places.iter().map(Placed::count).fold(0, u64::saturating_add)
}

/// Places of the lots that may serve a place, under whatever metric.
fn fitting(scene: &Scene<'_>, place: &Placed<'_>) -> Vec<usize> {
    let machine = place.machine().unwrap_or_default();
    let kind = Kind { scene, edition: &place.edition, rank: place.rank, machine, assured: false };
    let arcs = kind.arcs(&mut Demand::default(), &["core", "processor", "server"], |_| Ok(1));
    arcs.iter().map(|arc| arc.lot).collect()
}

/// How many of `places` the lots can cover whole, the smallest first.
fn whole<'l>(scene: &Scene<'_>, places: &[Placed<'_>], lots: impl Iterator<Item = &'l Lot>) -> u64 {
    let (mut cores, mut processors, mut servers) = (0u64, 0u64, 0u64);
    for lot in lots {
        let pool = match lot.metric.as_str() {
            "core" => &mut cores,
            "processor" => &mut processors,
            _ => &mut servers,
        };
        *pool = pool.saturating_add(lot.units);
    }
    let mut sizes: Vec<(u64, u64, u64)> = places
        .iter()
        .map(|place| {
            let processors = place.server.map_or(1, |server| u64::from(server.processors.unwrap_or(1)));
            (cores::all(scene, place), processors, place.count())
        })
        .collect();
    sizes.sort_unstable();
    let mut covered: u64 = 0;
    for (size, sockets, count) in sizes {
        for (pool, each) in [(&mut cores, size), (&mut processors, sockets), (&mut servers, 1)] {
            let some = pool.checked_div(each).unwrap_or(0).min(count);
            if some > 0 {
                *pool -= some.saturating_mul(each);
                covered = covered.saturating_add(some);
                break;
            }
        }
    }
    covered
}

impl<'a> Pairing<'a> {
    /// Parts the pairing, where `assured` of its primaries stand under Software Assurance.
    fn part(&self, scene: &Scene<'_>, leaning: &Leaning, assured: u64, parted: &mut Parted<'a>) {
        let all_in_azure = !self.primaries.is_empty() && self.primaries.iter().all(Placed::in_azure);
        let largest = self.primaries.iter().map(|place| cores::carried(scene, place)).max().unwrap_or(0);
        let rule = scene.terms.rule("SQL-FAILOVER", scene.as_of);
        let by_purpose = rule.number("with_sa") > 1;
        let primaries = count(&self.primaries);
        // By their own terms, or by those of the day, some carry one secondary of any purpose.
        let before = scene.terms.rules().filter(|rule| rule.id == "SQL-FAILOVER").min_by_key(|rule| rule.valid_from);
        let by_own_terms = before.map_or(0, |rule| rule.number("without_sa")).saturating_mul(leaning.old);
        let by_terms_of_day = rule.number("without_sa").saturating_mul(primaries);
        let with_sa = if by_purpose { 0 } else { rule.number("with_sa").saturating_mul(assured) };
        let mut any_purpose =
            by_own_terms.max(by_terms_of_day).min(primaries.saturating_sub(assured)).saturating_add(with_sa);
        let mut used: BTreeMap<Purpose, u64> = BTreeMap::new();
        let mut needs = Vec::new();
        for place in &self.secondaries {
            let count = place.count();
            let mut allowed = false;
            if by_purpose && assured > 0 {
                for purpose in purposes(place) {
                    let in_azure = rule.number("azure").saturating_mul(if all_in_azure { 2 } else { 1 });
                    let each = if purpose == Purpose::RecoveryInAzure { in_azure } else { 1 };
                    let slot = used.entry(purpose).or_default();
                    if slot.saturating_add(count) <= assured.saturating_mul(each) {
                        *slot = slot.saturating_add(count);
                        allowed = true;
                        break;
                    }
                }
            }
            if !allowed && count <= any_purpose {
                any_purpose -= count;
                allowed = true;
            }
            if allowed { parted.free.push((place.clone(), largest)) } else { needs.push(place.clone()) }
        }
        let mut leaning_left = if leaning.mixed { assured } else { 0 };
        for place in &self.primaries {
            let leans = leaning_left > 0;
            leaning_left = leaning_left.saturating_sub(place.count());
            parted.working.push(Placed { assured: leans, ..place.clone() });
        }
        parted.working.extend(needs);
    }
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
