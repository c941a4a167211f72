//! The oracle on small estates of people: access to Windows Server, Exchange and SQL Server from people and devices, with
//! single access licences, suites and plans competing, and SQL Server by core or by server with access licences.

use crate::oracle::agree_on;
use jiff::civil::date;
use licensing::deployments::{Access, Device, Entitlement, Estate, Install, Server, User, Vm, Words};
use proptest::prelude::*;

/// Product, editions, versions, metrics.
type ForSale = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const ON_SALE: [ForSale; 16] = [
    ("SQL Server", &["Standard", "Enterprise"], &["2014", "2016", "2019"], &["core", "server"]),
    ("SQL Server", &["Standard"], &["2016", "2019"], &["server"]),
    ("SQL Server CAL", &["User", "Device"], &["2014", "2019"], &["user_cal", "device_cal"]),
    ("Windows Server CAL", &["User", "Device"], &["2012", "2019"], &["user_cal", "device_cal"]),
    ("Exchange Server", &["Standard", "Enterprise"], &["2016", "2019"], &["server"]),
    ("Exchange Server Standard CAL", &["User", "Device"], &["2013", "2019"], &["user_cal", "device_cal"]),
    ("Exchange Server Enterprise CAL", &["User"], &["2019"], &["user_cal"]),
    ("Core CAL Suite", &["User", "Device"], &["2019"], &["user_cal", "device_cal"]),
    ("Enterprise CAL Suite", &["User"], &["2019"], &["user_cal"]),
    ("Core CAL Bridge for Office 365", &["User"], &["current"], &["user_sub"]),
    ("Microsoft 365 E3", &["none"], &["current"], &["user_sub"]),
    ("Microsoft 365 E5", &["none"], &["current"], &["user_sub"]),
    ("Office 365 E3", &["none"], &["current"], &["user_sub"]),
    ("Microsoft 365 Apps for enterprise", &["none"], &["current"], &["user_sub", "device_sub"]),
    ("Office", &["Professional Plus"], &["2019"], &["device"]),
    ("Windows Enterprise E3", &["none"], &["current"], &["user_sub"]),
];

const PLANS: [&str; 3] = ["Microsoft 365 E3", "Office 365 E3", "Microsoft 365 E5"];

fn pick<'a>(from: &[&'a str], at: usize) -> &'a str {
    from[at % from.len()]
}

/// Product, edition, version, metric, units, days: coverage and purchase.
fn lot() -> impl Strategy<Value = Entitlement> {
    (0usize..16, 0usize..2, 0usize..3, 0usize..2, 1u64..5, 0u8..4).prop_map(
        |(product, edition, version, metric, units, days)| {
            let (product, editions, versions, metrics) = ON_SALE[product];
            // A kind of access licence is told by its edition and its metric alike.
            let metric = if metrics.len() == editions.len() { pick(metrics, edition) } else { pick(metrics, metric) };
            Entitlement {
                product: product.to_owned(),
                edition: pick(editions, edition).to_owned(),
                version: pick(versions, version).to_owned(),
                metric: metric.to_owned(),
                quantity: units,
                channel: "volume".to_owned(),
                sa_until: match days {
                    0 => Some(date(2026, 1, 1)),
                    1 => Some(date(2017, 1, 1)),
                    _ => None,
                },
                purchased: (days == 2).then(|| date(2016, 6, 1)),
                ..Entitlement::default()
            }
        },
    )
}

/// Count, plan, mailbox with an archive, what is reached, a device of their own.
type People = (u64, usize, bool, Vec<usize>, bool);

fn people() -> impl Strategy<Value = People> {
    (1u64..3, 0usize..5, prop::bool::weighted(0.2), prop::collection::vec(0usize..3, 1..4), prop::bool::weighted(0.4))
}

/// Version of each server, cores, apps of a subscription on the devices.
type Servers = (usize, usize, usize, u32, bool);

fn servers() -> impl Strategy<Value = Servers> {
    (0usize..3, 0usize..3, 0usize..3, 1u32..3, any::<bool>())
}

fn estate(servers: &Servers, people: &[People], plans_told: bool, lots: &[Entitlement]) -> Estate {
    let (windows, exchange, sql, cores, apps) = servers;
    let mut estate = Estate::default();
    estate.servers.push(Server {
        id: "h".into(),
        count: 1,
        processors: Some(1),
        cores_per_processor: Some(*cores),
        physical_ose_role: Some("hosting_only".into()),
        ..Server::default()
    });
    let mut install = |on: &str, product: &str, edition: &str, version: &str| {
        estate.installs.push(Install {
            on: on.into(),
            product: product.into(),
            edition: edition.into(),
            version: version.into(),
            ..Install::default()
        });
    };
    for vm in ["files", "mail", "data"] {
        install(vm, "Windows Server", "Standard", pick(&["2012 R2", "2016", "2019"], *windows));
    }
    install("mail", "Exchange Server", "Standard", pick(&["2013", "2016", "2019"], *exchange));
    install("data", "SQL Server", "Standard", pick(&["2014", "2016", "2019"], *sql));
    for vm in ["files", "mail", "data"] {
        let vm = Vm { id: vm.into(), host: Some("h".into()), vcpus: Some(2), count: 1, ..Vm::default() };
        estate.vms.push(vm);
    }
    for (at, (count, plan, archive, reached, device)) in people.iter().enumerate() {
        let (user, pc) = (format!("u{at}"), format!("pc{at}"));
        estate.users.push(User {
            id: user.as_str().into(),
            count: *count,
            plan: PLANS.get(*plan).filter(|_| plans_told).map(|plan| (*plan).into()),
            features: if *archive { Words::One("archive".to_owned()) } else { Words::None },
            ..User::default()
        });
        if *device {
            estate.devices.push(Device {
                id: pc.as_str().into(),
                count: 1,
                used_by: Some(user.as_str().into()),
                ..Device::default()
            });
            if *apps {
                estate.installs.push(Install {
                    on: pc.as_str().into(),
                    product: "Microsoft 365 Apps for enterprise".into(),
                    edition: "none".into(),
                    version: "current".into(),
                    ..Install::default()
                });
            }
        }
        for target in reached {
            estate.accesses.push(Access {
                who: user.as_str().into(),
                to: ["files", "mail", "data"][*target].into(),
                via_device: device.then(|| pc.as_str().into()),
                count: 1,
                ..Access::default()
            });
        }
    }
    let named = lots.iter().enumerate();
    estate.entitlements = named.map(|(at, lot)| Entitlement { id: format!("e{at}"), ..lot.clone() }).collect();
    estate
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_suites_and_single_licences_compete(
        servers in servers(),
        people in prop::collection::vec(people(), 1..4),
        plans_told in any::<bool>(),
        owned in prop::collection::vec(lot(), 0..6),
    ) {
        agree_on(&estate(&servers, &people, plans_told, &owned))?;
    }
}
