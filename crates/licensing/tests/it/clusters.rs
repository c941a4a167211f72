//! The three figures of a cluster.

use licensing::clusters::clusters;
use licensing::deployments::Estate;
use licensing::terms::{Prices, Terms};

fn estate(vms: u32) -> Estate {
    let mut text = String::new();
    for host in 1..=3 {
        text.push_str(&format!(
            "[[server]]\nid = \"H{host}\"\nprocessors = 2\ncores_per_processor = 8\ncluster = \"C\"\nhypervisor = \"VMware ESXi\"\nphysical_ose_role = \"hosting_only\"\ndrs = true\n"
        ));
    }
    for vm in 0..vms {
        text.push_str(&format!("[[vm]]\nid = \"V{vm}\"\nhost = \"H{}\"\nvcpus = 4\n", vm % 3 + 1));
        text.push_str(&format!(
            "[[install]]\non = \"V{vm}\"\nproduct = \"Windows Server\"\nedition = \"Standard\"\nversion = \"2022\"\n"
        ));
    }
    toml::from_str(&text).unwrap()
}

/// Units of Windows Server of any edition, highest reading.
fn cores(figure: &licensing::clusters::Figure) -> u64 {
    figure.units.iter().filter(|units| units.name[0] == "Windows Server").map(|units| units.high).sum()
}

#[test]
fn six_machines_on_three_hosts_ask_for_one_set_a_host_as_they_stand_and_three_as_they_may_move() {
    let (terms, prices) = (Terms::builtin().unwrap(), Prices::builtin().unwrap());
    let day = jiff::civil::date(2026, 11, 20);
    let found = clusters(&estate(6), &terms, &prices, day);
    assert_eq!(found.len(), 1);
    let cluster = &found[0];
    assert_eq!((cluster.hosts, cluster.machines, cluster.moves), (3, 6, Some(true)));
    // Two machines a host: one Standard set of sixteen cores each.
    assert_eq!(cores(&cluster.as_it_stands), 48);
    // All six may come to one host: three Standard sets of sixteen cores a host, or Datacenter.
    let datacenter = cluster.as_it_may_move.units.iter().any(|units| units.name[1] == "Datacenter");
    assert_eq!(cores(&cluster.as_it_may_move), if datacenter { 48 } else { 144 });
    assert!(cluster.as_it_may_move.cost > cluster.as_it_stands.cost);
    assert!(cluster.cheapest.cost <= cluster.as_it_stands.cost && cluster.cheapest.cost <= cluster.as_it_may_move.cost);
}

#[test]
fn a_cluster_that_bears_nothing_to_license_is_left_out() {
    let (terms, prices) = (Terms::builtin().unwrap(), Prices::builtin().unwrap());
    assert!(clusters(&estate(0), &terms, &prices, jiff::civil::date(2026, 11, 20)).is_empty());
}
