//! The same facts told in another way give the same position: lots in halves or packs, groups as single records, another order,
//! one machine more that has nothing to do with it. Every worked example is told again in each of these ways.

use licensing::casebook::{self, Case};
use licensing::deployments::{Access, Estate, Install, Server, Words};
use licensing::position::Options;
use licensing::terms::{Prices, Terms};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Lines by name with required, covered and missing units; spare units by product (which line they stand on may differ).
type Told = (BTreeSet<(String, u64, u64, u64)>, BTreeMap<String, u64>, Vec<String>);

/// A way to tell an estate.
type Retell = fn(&Estate) -> Estate;

fn told(estate: &Estate, case: &Case, terms: &Terms, prices: &Prices) -> Told {
    let position = licensing::position(estate, terms, prices, case.as_of, &Options::default());
    let mut spare = BTreeMap::new();
    for line in &position.lines {
        *spare.entry(line.product.clone()).or_default() += line.surplus.shown;
    }
    let lines = position.lines.iter().filter(|line| line.required.shown > 0);
    (
        lines.map(|l| (l.id.clone(), l.required.shown, l.covered.shown, l.shortfall.shown)).collect(),
        spare.into_iter().filter(|(_, units)| *units > 0).collect(),
        position.breaches.iter().map(|breach| breach.code.clone()).collect(),
    )
}

fn halves(estate: &Estate) -> Estate {
    let mut other = estate.clone();
    other.entitlements.clear();
    for lot in &estate.entitlements {
        if lot.quantity >= 2 && lot.quantity % 2 == 0 && matches!(lot.assigned_to, Words::None) {
            let half = lot.quantity / 2;
            for id in [lot.id.clone(), format!("{}-b", lot.id)] {
                other.entitlements.push(licensing::deployments::Entitlement { id, quantity: half, ..lot.clone() });
            }
        } else {
            other.entitlements.push(lot.clone());
        }
    }
    other
}

fn packs(estate: &Estate) -> Estate {
    let mut other = estate.clone();
    for lot in other.entitlements.iter_mut().filter(|lot| lot.metric == "core" && lot.quantity % 2 == 0) {
        lot.metric = "core_2pack".to_owned();
        lot.quantity /= 2;
    }
    other
}

fn reversed(estate: &Estate) -> Estate {
    let mut other = estate.clone();
    other.servers.reverse();
    other.vms.reverse();
    other.devices.reverse();
    other.users.reverse();
    other.installs.reverse();
    other.accesses.reverse();
    other.entitlements.reverse();
    other
}

/// Installations and accesses of `id` again for each of `count` single records.
fn single(estate: &mut Estate, id: &str, count: u64) {
    let name = |at: u64| format!("{id}#{at}");
    let installs: Vec<Install> = estate.installs.iter().filter(|each| each.on == id).cloned().collect();
    estate.installs.retain(|each| each.on != id);
    for install in installs {
        estate.installs.extend((0..count).map(|at| Install { on: name(at).into(), ..install.clone() }));
    }
    let accesses: Vec<Access> =
        estate.accesses.iter().filter(|each| each.to == id || each.who == id).cloned().collect();
    estate.accesses.retain(|each| each.to != id && each.who != id);
    for access in accesses {
        estate.accesses.extend((0..count).map(|at| {
            if access.to == id {
                Access { to: name(at).into(), ..access.clone() }
            } else {
                Access { who: name(at).into(), ..access.clone() }
            }
        }));
    }
}

fn single_machines(estate: &Estate) -> Estate {
    let mut other = estate.clone();
    other.vms.clear();
    for vm in &estate.vms {
        if vm.count > 1 && vm.count <= 40 {
            single(&mut other, &vm.id, vm.count);
            for at in 0..vm.count {
                let id = format!("{}#{at}", vm.id);
                other.vms.push(licensing::deployments::Vm { id: id.into(), count: 1, ..vm.clone() });
            }
        } else {
            other.vms.push(vm.clone());
        }
    }
    other
}

fn single_devices(estate: &Estate) -> Estate {
    let hosts = |id: &str| estate.vms.iter().any(|vm| vm.host.as_deref() == Some(id));
    if estate.accesses.iter().any(|access| access.via_device.is_some()) || estate.devices.iter().any(|d| hosts(&d.id)) {
        return estate.clone();
    }
    let mut other = estate.clone();
    other.devices.clear();
    for device in &estate.devices {
        if device.count > 1 && device.count <= 40 {
            single(&mut other, &device.id, device.count);
            for at in 0..device.count {
                let id = format!("{}#{at}", device.id);
                other.devices.push(licensing::deployments::Device { id: id.into(), count: 1, ..device.clone() });
            }
        } else {
            other.devices.push(device.clone());
        }
    }
    other
}

fn single_users(estate: &Estate) -> Estate {
    if estate.accesses.iter().any(|access| access.via_device.is_some()) {
        return estate.clone();
    }
    let named = |id: &str| {
        let of_device = |d: &licensing::deployments::Device| {
            d.used_by.as_deref() == Some(id) || d.primary_user.as_deref() == Some(id)
        };
        estate.devices.iter().any(of_device) || estate.vms.iter().any(|vm| vm.used_by.as_deref() == Some(id))
    };
    let mut other = estate.clone();
    other.users.clear();
    for user in &estate.users {
        if user.count > 1 && user.count <= 60 && !named(&user.id) {
            single(&mut other, &user.id, user.count);
            for at in 0..user.count {
                let id = format!("{}#{at}", user.id);
                other.users.push(licensing::deployments::User { id: id.into(), count: 1, ..user.clone() });
            }
        } else {
            other.users.push(user.clone());
        }
    }
    other
}

fn one_machine_more(estate: &Estate) -> Estate {
    let mut other = estate.clone();
    let (processors, cores_per_processor) = (Some(1), Some(8));
    other.servers.push(Server {
        id: "unrelated".into(),
        count: 1,
        processors,
        cores_per_processor,
        ..Server::default()
    });
    other.installs.push(Install {
        on: "unrelated".into(),
        product: "Hyper-V Server".into(),
        edition: "Free".into(),
        version: "2019".into(),
        ..Install::default()
    });
    other
}

fn examples(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            examples(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn an_example_told_in_another_way_gives_the_same_position() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    examples(&root.join("casebook"), &mut paths);
    let own = paths.len();
    examples(&root.join("../shared/cases"), &mut paths);
    if paths.len() == own {
        println!("skipped: the shared examples are not at hand");
    }
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let ways: [(&str, Retell); 7] = [
        ("lots in halves", halves),
        ("cores in packs", packs),
        ("another order", reversed),
        ("machines one by one", single_machines),
        ("devices one by one", single_devices),
        ("users one by one", single_users),
        ("one machine more", one_machine_more),
    ];
    let mut differ = Vec::new();
    let mut retold = 0;
    for path in &paths {
        let case = casebook::parse(&std::fs::read_to_string(path).expect("readable")).expect("an example");
        let first = told(&case.estate, &case, &terms, &prices);
        for (name, way) in ways {
            let estate = way(&case.estate);
            if estate == case.estate {
                continue;
            }
            retold += 1;
            let second = told(&estate, &case, &terms, &prices);
            if first != second {
                differ.push(format!("{}, {name}: {first:?} became {second:?}", case.head.id));
            }
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(retold > 900, "{retold}");
}
