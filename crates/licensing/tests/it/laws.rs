//! Laws that hold for every estate, on small random ones.

use licensing::deployments::{Device, Entitlement, Estate, Install};
use licensing::position::{Options, Position};
use licensing::requirements::{Index, Reading, Scene, first_requirements, requirements, requirements_again};
use licensing::side_by_side::SideBySide;
use licensing::terms::{Prices, Terms};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

pub(crate) fn knowledge() -> &'static (Terms, Prices) {
    static KNOWN: OnceLock<(Terms, Prices)> = OnceLock::new();
    KNOWN.get_or_init(|| {
        (Terms::builtin().expect("shipped terms parse"), Prices::builtin().expect("shipped prices parse"))
    })
}

pub(crate) fn position(estate: &Estate) -> Position {
    let (terms, prices) = knowledge();
    licensing::position(estate, terms, prices, jiff::civil::date(2025, 6, 30), &Options::default())
}

const VERSIONS: [&str; 6] = ["2008 R2", "2012", "2016", "2019", "2022", "unknown"];
const EDITIONS: [&str; 3] = ["Standard", "Datacenter", "unknown"];

prop_compose! {
    fn host()(processors in 1u32..4, cores in 1u32..14, guests in 0u64..6, version in 0usize..6, edition in 0usize..3)
        -> (u32, u32, u64, usize, usize) { (processors, cores, guests, version, edition) }
}

prop_compose! {
    fn lot()(metric in 0usize..5, version in 1usize..5, datacenter: bool, quantity in 1u64..60, assured: bool)
        -> Entitlement {
        let metric = ["core", "core_2pack", "core_16pack", "processor_pair", "server"][metric];
        Entitlement {
            product: "Windows Server".to_owned(),
            edition: if datacenter { "Datacenter" } else { "Standard" }.to_owned(),
            version: VERSIONS[version].to_owned(),
            metric: metric.to_owned(),
            quantity,
            channel: "volume".to_owned(),
            sa_until: assured.then(|| jiff::civil::date(2026, 1, 1)),
            ..Entitlement::default()
        }
    }
}

fn estate(hosts: &[(u32, u32, u64, usize, usize)], lots: &[Entitlement]) -> Estate {
    let mut estate = Estate::default();
    for (at, (processors, cores, guests, version, edition)) in hosts.iter().enumerate() {
        let on = crate::estates::host(&mut estate, at, [*processors, *cores, 4], *guests);
        estate.installs.push(Install {
            on: on.into(),
            product: "Windows Server".into(),
            edition: EDITIONS[*edition].into(),
            version: VERSIONS[*version].into(),
            ..Install::default()
        });
    }
    for (at, lot) in lots.iter().enumerate() {
        estate.entitlements.push(Entitlement { id: format!("e{at}"), ..lot.clone() });
    }
    estate
}

pub(crate) fn figures(position: &Position) -> Vec<(String, u64, u64, u64, u64)> {
    position
        .lines
        .iter()
        .map(|line| {
            (line.id.clone(), line.required.shown, line.covered.shown, line.shortfall.shown, line.surplus.shown)
        })
        .collect()
}

/// The price of a unit in hundredths; one without a price counts as a hundred, so that it counts.
fn price(product: &str, edition: &str, metric: &str) -> u64 {
    let (_, prices) = knowledge();
    let known = prices.unit(product, edition, metric);
    known.map_or(10_000, |price| format!("{:.2}", price.amount).replace('.', "").parse().expect("a small price"))
}

/// What is missing, in hundredths.
pub(crate) fn missing(position: &Position) -> u64 {
    position.lines.iter().map(|line| line.shortfall.shown * price(&line.product, &line.edition, &line.metric)).sum()
}

/// What is missing of each product under one reading; `None` where it has no upper end. Server products in hundredths, for
/// their ways have several metrics; the others in units, for an edition that is not told has no price.
pub(crate) fn short(estate: &Estate, reading: Reading) -> BTreeMap<String, Option<u64>> {
    let (terms, prices) = knowledge();
    let as_of = jiff::civil::date(2025, 6, 30);
    let owned = licensing::requirements::lots(estate, terms, as_of);
    let index = Index::new(estate, &owned, terms);
    let scene = Scene {
        estate,
        lots: &owned,
        terms,
        as_of,
        reading,
        answered: None,
        index: &index,
        side_by_side: SideBySide::default(),
    };
    let demands = requirements(&scene).demands;
    let assignment = licensing::assignment::assign(&demands, &owned, prices);
    let mut found: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let way = &demand.ways[served.way];
        let sum = found.entry(way.product.clone()).or_insert(Some(0));
        let server = way.product.contains("Server") || way.product == "System Center";
        let each = if server { price(&way.product, &way.edition, &way.metric) } else { 1 };
        *sum = sum.filter(|_| !way.open).map(|sum| sum + (way.units - served.covered) * each);
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_add_up_and_the_verifier_accepts(hosts in prop::collection::vec(host(), 0..5), lots in prop::collection::vec(lot(), 0..5)) {
        let position = position(&estate(&hosts, &lots));
        for line in &position.lines {
            prop_assert_eq!(line.required.shown, line.covered.shown + line.shortfall.shown);
            prop_assert!(line.required.low <= line.required.high);
        }
        prop_assert!(position.findings.iter().all(|finding| !finding.code.starts_with("verifier")));
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(hosts in prop::collection::vec(host(), 0..5), lots in prop::collection::vec(lot(), 0..5)) {
        let straight = estate(&hosts, &lots);
        let mut turned = straight.clone();
        turned.servers.reverse();
        turned.vms.reverse();
        turned.installs.reverse();
        turned.entitlements.reverse();
        prop_assert_eq!(position(&straight), position(&turned));
    }

    #[test]
    fn a_position_is_the_same_twice(hosts in prop::collection::vec(host(), 0..4), lots in prop::collection::vec(lot(), 0..4)) {
        let estate = estate(&hosts, &lots);
        prop_assert_eq!(position(&estate), position(&estate));
    }

    #[test]
    fn nothing_is_lost(hosts in prop::collection::vec(host(), 0..5), lots in prop::collection::vec(lot(), 0..5)) {
        let estate = estate(&hosts, &lots);
        let position = position(&estate);
        // Every installation is in a line or set aside.
        let set_aside: u64 = position.set_aside.iter().map(|each| each.count).sum();
        let named: BTreeSet<&str> =
            position.lines.iter().flat_map(|line| &line.subjects).map(|subject| subject.name.as_str()).collect();
        let missing = estate.installs.iter().filter(|install| !named.contains(install.on.as_str())).count() as u64;
        prop_assert!(missing <= set_aside, "{missing} installations are nowhere");
        // Every unit that was bought is used in lines, or left over. (With questions open, two readings use it.)
        for entitlement in estate.entitlements.iter().filter(|_| position.questions.is_empty()) {
            let pack = match entitlement.metric.as_str() { "core_2pack" => 2, "core_16pack" => 16, _ => 1 };
            let lines = position.lines.iter().flat_map(|line| &line.lots);
            let used: u64 = lines.filter(|lot| lot.lot == entitlement.id).map(|lot| lot.used).sum();
            let spare: Vec<u64> =
                position.unused.iter().filter(|lot| lot.lot == entitlement.id).map(|lot| lot.quantity).collect();
            let spare: u64 = spare.iter().sum();
            // Left over in counted units: a pack that is begun is not left over.
            prop_assert_eq!((entitlement.quantity * pack - used) / pack, spare, "{}", entitlement.id);
        }
    }

    #[test]
    fn more_licences_never_worsen(hosts in prop::collection::vec(host(), 0..5), lots in prop::collection::vec(lot(), 1..5)) {
        let fewer = position(&estate(&hosts, &lots[1..]));
        let mut more = estate(&hosts, &lots);
        more.entitlements.rotate_left(1);
        prop_assert!(missing(&position(&more)) <= missing(&fewer));
    }

    #[test]
    fn splitting_a_lot_changes_nothing(
        hosts in prop::collection::vec(host(), 0..5),
        lots in prop::collection::vec(lot(), 1..5),
        part in 1u64..59,
    ) {
        let whole = estate(&hosts, &lots);
        let mut split = whole.clone();
        let first = &mut split.entitlements[0];
        prop_assume!(first.quantity > part);
        let mut rest = first.clone();
        rest.quantity = first.quantity - part;
        first.quantity = part;
        rest.id = "e0-rest".to_owned();
        split.entitlements.insert(1, rest);
        prop_assert_eq!(figures(&position(&whole)), figures(&position(&split)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A position reads the estate again only where something is asked; what it takes over must be what it would have read.
    #[test]
    fn what_is_settled_is_the_same_under_the_other_reading(
        hosts in prop::collection::vec(host(), 0..5),
        lots in prop::collection::vec(lot(), 0..5),
        pcs in prop::collection::vec((0usize..4, 0usize..3), 0..5),
    ) {
        let (terms, _) = knowledge();
        let mut estate = estate(&hosts, &lots);
        for (at, (oem, edition)) in pcs.into_iter().enumerate() {
            let id = licensing::word::Word::from(format!("pc{at}"));
            let oem_os = ["Windows 7 Professional", "Windows 10 Pro", "unknown", "none"][oem];
            estate.devices.push(Device { id: id.clone(), oem_os: Some(oem_os.into()), count: 1, ..Device::default() });
            for (product, edition, version) in
                [("Windows", ["Pro", "Enterprise", "unknown"][edition], "10"), ("Office", ["Standard", "unknown", "Professional Plus"][edition], "2016")]
            {
                estate.installs.push(Install {
                    on: id.clone(),
                    product: product.into(),
                    edition: edition.into(),
                    version: version.into(),
                    ..Install::default()
                });
            }
        }
        let as_of = jiff::civil::date(2025, 6, 30);
        let owned = licensing::requirements::lots(&estate, terms, as_of);
        let index = Index::new(&estate, &owned, terms);
        let scene = |reading| Scene { estate: &estate, lots: &owned, terms, as_of, reading, answered: None, index: &index, side_by_side: SideBySide::default() };
        let (_, settled) = first_requirements(&scene(Reading::High));
        let (again, anew) = (requirements_again(&scene(Reading::Low), settled.clone()), requirements(&scene(Reading::Low)));
        prop_assert_eq!(format!("{again:?}"), format!("{anew:?}"));
    }
}
