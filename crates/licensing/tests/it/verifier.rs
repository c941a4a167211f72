//! The verifier refuses what is wrong: each test takes a sound assignment and spoils one thing, in the assignment or in what
//! the requirement and the lot claim, with the facts left as they are.

use jiff::civil::date;
use licensing::assignment::verify::{Facts, verify};
use licensing::assignment::{Assignment, assign};
use licensing::deployments::{Entitlement, Estate, Install, Server, Words};
use licensing::position::Options;
use licensing::requirements::{Demand, Index, Lot, Reading, Scene, lots, requirements};
use licensing::side_by_side::SideBySide;
use licensing::terms::{Prices, Terms};

fn lot(id: &str, version: &str, metric: &str, quantity: u64) -> Entitlement {
    Entitlement {
        id: id.to_owned(),
        product: "Windows Server".to_owned(),
        edition: "Standard".to_owned(),
        version: version.to_owned(),
        metric: metric.to_owned(),
        quantity,
        channel: "volume".to_owned(),
        ..Entitlement::default()
    }
}

/// Two equal servers of 2016 with 16 cores each, and 16 packs of two.
fn estate() -> Estate {
    let mut estate = Estate::default();
    for id in ["a", "b"] {
        estate.servers.push(Server {
            id: id.into(),
            count: 1,
            processors: Some(2),
            cores_per_processor: Some(8),
            ..Server::default()
        });
        estate.installs.push(Install {
            on: id.into(),
            product: "Windows Server".into(),
            edition: "Standard".into(),
            version: "2016".into(),
            ..Install::default()
        });
    }
    estate.entitlements = vec![lot("good", "2016", "core_2pack", 16), lot("old", "2012", "processor_pair", 8)];
    estate
}

struct Case {
    demands: Vec<Demand>,
    lots: Vec<Lot>,
    assignment: Assignment,
}

fn codes(facts: &Estate, spoil: impl FnOnce(&mut Case)) -> Vec<&'static str> {
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let (sound, as_of) = (estate(), date(2020, 1, 1));
    let lots = lots(&sound, &terms, as_of);
    let index = Index::new(&sound, &lots, &terms);
    let scene = Scene {
        estate: &sound,
        lots: &lots,
        terms: &terms,
        as_of,
        reading: Reading::High,
        answered: None,
        index: &index,
        side_by_side: SideBySide::default(),
    };
    let demands = requirements(&scene).demands;
    let assignment = assign(&demands, &lots, &prices);
    let mut case = Case { demands, lots, assignment };
    spoil(&mut case);
    let objections =
        verify(&Facts::new(facts, &terms, as_of), Reading::High, &case.demands, &case.lots, &case.assignment);
    let mut codes: Vec<&str> = objections.into_iter().map(|each| each.code).collect();
    codes.dedup();
    codes
}

#[test]
fn a_sound_assignment_is_accepted() {
    assert_eq!(codes(&estate(), |_| ()), Vec::<&str>::new());
}

#[test]
fn units_that_were_never_bought_are_refused_although_the_lot_claims_them() {
    let mut fewer = estate();
    fewer.entitlements[0].quantity = 8;
    assert_eq!(codes(&fewer, |_| ()), ["not-bought"]);
    let twice = codes(&estate(), |case| {
        for served in &mut case.assignment.served {
            served.uses.iter_mut().for_each(|each| each.base += 1);
        }
    });
    assert_eq!(twice, ["not-bought", "over-capacity"]);
}

#[test]
fn one_purchase_behind_two_lots_is_refused() {
    let found = codes(&estate(), |case| {
        let again = case.lots[0].clone();
        case.lots.push(again);
        // The second server is served from the copy, the first one from all of the lot.
        case.assignment.served[0].uses[0].base = 32;
        case.assignment.served[1].uses[0].lot = 2;
        for arc in case.demands.iter_mut().flat_map(|demand| &mut demand.ways).flat_map(|way| &mut way.arcs) {
            arc.lot = if arc.lot == 0 { 2 } else { arc.lot };
        }
        case.demands[0].ways.iter_mut().flat_map(|way| &mut way.arcs).for_each(|arc| arc.lot %= 2);
    });
    assert_eq!(found, ["not-bought"]);
}

#[test]
fn a_lot_too_old_for_what_is_installed_is_refused_although_the_requirement_lists_it() {
    let mut newer = estate();
    newer.installs.iter_mut().for_each(|install| install.version = "2019".into());
    assert_eq!(codes(&newer, |_| ()), ["older-version"]);
    let mut older = estate();
    older.entitlements[0].version = "2012 R2".to_owned();
    assert_eq!(codes(&older, |_| ()), ["older-version"]);
}

#[test]
fn software_assurance_that_ended_before_a_version_came_does_not_reach_it() {
    let mut facts = estate();
    facts.entitlements[0].version = "2012 R2".to_owned();
    facts.entitlements[0].sa_until = Some(date(2015, 12, 31));
    assert_eq!(codes(&facts, |_| ()), ["older-version"]);
    facts.entitlements[0].sa_until = Some(date(2016, 12, 31));
    assert_eq!(codes(&facts, |_| ()), Vec::<&str>::new());
}

#[test]
fn another_product_edition_or_metric_is_refused() {
    let mut product = estate();
    product.entitlements[0].product = "Office".to_owned();
    assert_eq!(codes(&product, |_| ()), ["wrong-product"]);
    let mut edition = estate();
    edition.installs.iter_mut().for_each(|install| install.edition = "Datacenter".into());
    assert_eq!(codes(&edition, |_| ()), ["other-edition"]);
    let mut metric = estate();
    metric.entitlements[0].metric = "user_cal".to_owned();
    metric.entitlements[0].quantity = 64;
    assert_eq!(codes(&metric, |_| ()), ["wrong-metric"]);
}

#[test]
fn a_term_that_is_over_is_refused() {
    let mut facts = estate();
    facts.entitlements[0].channel = "csp_subscription".to_owned();
    facts.entitlements[0].sa_until = Some(date(2019, 12, 31));
    assert_eq!(codes(&facts, |_| ()), ["subscription-ended"]);
}

#[test]
fn a_licence_that_came_with_another_machine_is_refused() {
    let mut facts = estate();
    facts.entitlements[0].channel = "oem".to_owned();
    facts.entitlements[0].assigned_to = Words::One("c".to_owned());
    assert_eq!(codes(&facts, |_| ()), ["tied-elsewhere"]);
}

#[test]
fn more_units_served_than_a_licence_is_worth_is_refused() {
    let found = codes(&estate(), |case| {
        for served in &mut case.assignment.served {
            served.uses.iter_mut().for_each(|each| each.base /= 4);
        }
        for arc in case.demands.iter_mut().flat_map(|demand| &mut demand.ways).flat_map(|way| &mut way.arcs) {
            arc.worth = 4;
        }
    });
    assert_eq!(found, ["wrong-worth"]);
}

#[test]
fn a_device_licence_that_no_device_came_with_is_refused() {
    let found = codes(&estate(), |case| {
        let served = &mut case.assignment.served[0];
        served.uses.clear();
        case.demands[0].ways[served.way].inherent = 16;
    });
    assert_eq!(found, ["no-own-licence"]);
}

/// A second server of 2014 that no lot is left for: what is missing is more of the lots that could have served, and those have no
/// core factor. The recount took it by the installed version, and objected.
#[test]
fn a_server_that_nothing_is_left_for_was_counted_with_a_core_factor_that_its_lots_do_not_have() {
    let mut estate = Estate::default();
    for id in ["a", "b"] {
        estate.servers.push(Server {
            id: id.into(),
            count: 1,
            processors: Some(4),
            cores_per_processor: Some(2),
            ..Server::default()
        });
        estate.installs.push(Install {
            on: id.into(),
            product: "SQL Server".into(),
            edition: "Standard".into(),
            version: "2014".into(),
            ..Install::default()
        });
    }
    let cores = lot("cores", "2016", "core_2pack", 8);
    estate.entitlements = vec![Entitlement { product: "SQL Server".to_owned(), ..cores }];
    let (terms, prices) = (Terms::builtin().expect("terms"), Prices::builtin().expect("prices"));
    let position = licensing::position(&estate, &terms, &prices, date(2020, 1, 1), &Options::default());
    assert_eq!(position.findings, Vec::new());
    let [line] = position.lines.as_slice() else { panic!("one line: {:?}", position.lines) };
    assert_eq!((line.required.shown, line.covered.shown, line.shortfall.shown), (32, 16, 16));
}
