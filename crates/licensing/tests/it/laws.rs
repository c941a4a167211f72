//! Laws that hold for every estate, on small random ones.

use licensing::deployments::{Entitlement, Estate, Install, Server, Vm};
use licensing::position::{Options, Position};
use licensing::terms::{Prices, Terms};
use proptest::prelude::*;
use std::sync::OnceLock;

fn knowledge() -> &'static (Terms, Prices) {
    static KNOWN: OnceLock<(Terms, Prices)> = OnceLock::new();
    KNOWN.get_or_init(|| {
        (Terms::builtin().expect("shipped terms parse"), Prices::builtin().expect("shipped prices parse"))
    })
}

fn position(estate: &Estate) -> Position {
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
        let id = format!("h{at}");
        estate.servers.push(Server {
            id: id.clone(),
            count: 1,
            processors: Some(*processors),
            cores_per_processor: Some(*cores),
            physical_ose_role: Some("hosting_only".to_owned()),
            ..Server::default()
        });
        let on = if *guests > 0 {
            let vm = format!("v{at}");
            estate.vms.push(Vm { id: vm.clone(), host: Some(id), vcpus: Some(4), count: *guests, ..Vm::default() });
            vm
        } else {
            id
        };
        estate.installs.push(Install {
            on,
            product: "Windows Server".to_owned(),
            edition: EDITIONS[*edition].to_owned(),
            version: VERSIONS[*version].to_owned(),
            ..Install::default()
        });
    }
    for (at, lot) in lots.iter().enumerate() {
        estate.entitlements.push(Entitlement { id: format!("e{at}"), ..lot.clone() });
    }
    estate
}

fn figures(position: &Position) -> Vec<(String, u64, u64, u64, u64)> {
    position
        .lines
        .iter()
        .map(|line| {
            (line.id.clone(), line.required.shown, line.covered.shown, line.shortfall.shown, line.surplus.shown)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

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
        prop_assert_eq!(figures(&position(&straight)), figures(&position(&turned)));
    }

    #[test]
    fn a_position_is_the_same_twice(hosts in prop::collection::vec(host(), 0..4), lots in prop::collection::vec(lot(), 0..4)) {
        let estate = estate(&hosts, &lots);
        prop_assert_eq!(position(&estate), position(&estate));
    }
}
