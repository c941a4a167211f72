//! Random estates of every family of products at once: servers, machines in and out of clusters and in Azure, devices, people
//! with and without plans, uses of every kind, and lots of all that can be bought, with unknowns anywhere. What is drawn need
//! not make sense; it must be counted all the same.

use jiff::civil::date;
use licensing::deployments::{Access, Device, Entitlement, Estate, Install, Server, User, Vm, Words};
use licensing::word::Word;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// How many cases a law tries: what `PROPTEST_CASES` says, else `usual`. The estates are the same in every run, unless
/// `PROPTEST_RNG_SEED` names others: among thousands of other estates some laws still find one that the engine answers
/// otherwise (`docs/decisions.d/engine.md` tells which), and a change must not fail for what it did not do.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let config = ProptestConfig::default();
    let rng_seed = if config.rng_seed == RngSeed::Random { RngSeed::Fixed(2003) } else { config.rng_seed };
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        rng_seed,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..config
    }
}

/// Product, editions, versions of what is installed on servers and virtual machines.
const ON_SERVERS: [(&str, &[&str], &[&str]); 16] = [
    ("Windows Server", &["Standard", "Datacenter", "unknown"], &["2008 R2", "2012", "2016", "2022", "unknown"]),
    ("Windows Server", &["Standard", "Enterprise", "Web"], &["2003", "2008", "2008 R2"]),
    ("Windows Server", &["Standard", "Datacenter", "Essentials"], &["2012 R2", "2019", "2025"]),
    (
        "SQL Server",
        &["Standard", "Enterprise", "unknown", "Developer", "Express"],
        &["2008 R2", "2012", "2014", "2019", "2022", "unknown"],
    ),
    ("SQL Server", &["Standard", "Enterprise"], &["2005", "2016", "2025"]),
    ("SQL Server Reporting Services", &["Standard"], &["2019"]),
    (
        "Exchange Server",
        &["Standard", "Enterprise", "unknown", "Standard Hybrid"],
        &["2010", "2016", "2019", "SE", "unknown"],
    ),
    ("SharePoint Server", &["none", "Standard"], &["2013", "2019", "SE"]),
    ("Skype for Business Server", &["none"], &["2015", "2019"]),
    ("Project Server", &["none"], &["2016"]),
    ("System Center", &["Standard"], &["2016", "2022"]),
    ("BizTalk Server", &["Standard", "Enterprise", "unknown"], &["2010", "2016", "2020"]),
    ("Dynamics CRM Server", &["none"], &["2013", "2016"]),
    ("Azure DevOps Server", &["none"], &["2019", "2022"]),
    ("Office", &["Standard", "Professional Plus", "unknown"], &["2010", "2016", "2021", "unknown"]),
    ("Small Business Server", &["Standard", "Essentials", "unknown"], &["2008", "2011", "unknown"]),
];

/// The same on client devices.
const ON_DEVICES: [(&str, &[&str], &[&str]); 12] = [
    ("Windows", &["Pro", "Enterprise", "Home", "unknown"], &["7", "10", "11", "unknown"]),
    ("Windows", &["Pro", "Enterprise", "Enterprise LTSC"], &["8.1", "10", "11", "2019"]),
    (
        "Office",
        &["Standard", "Professional Plus", "unknown", "Home & Business"],
        &["2010", "2016", "2019", "2021", "unknown"],
    ),
    ("Visio", &["Standard", "Professional", "unknown", "Plan 2"], &["2013", "2016", "2021", "unknown"]),
    ("Project", &["Standard", "Professional", "unknown", "Plan 3"], &["2013", "2019"]),
    ("Word", &["none"], &["2013", "2016"]),
    ("Access", &["none"], &["2016"]),
    ("Microsoft 365 Apps for enterprise", &["none"], &["current"]),
    ("Microsoft 365 Apps for business", &["none"], &["current"]),
    ("Visual Studio", &["Professional", "Enterprise", "unknown", "Community"], &["2017", "2022"]),
    ("SQL Server", &["Developer", "Standard"], &["2019"]),
    ("Office for Mac", &["Standard"], &["2011", "2019"]),
];

/// Product, editions, versions, metrics.
type ForSale = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// What is bought.
const ON_SALE: [ForSale; 34] = [
    (
        "Windows Server",
        &["Standard", "Datacenter"],
        &["2012", "2016", "2022", "2025"],
        &["core", "core_2pack", "core_16pack", "processor_pair"],
    ),
    ("Windows Server", &["Standard", "Enterprise", "Datacenter"], &["2008", "2008 R2"], &["server", "processor"]),
    ("Windows Server", &["Standard", "Datacenter"], &["2012 R2", "2019"], &["processor_pair", "core"]),
    ("SQL Server", &["Standard", "Enterprise"], &["2012", "2014", "2017", "2022"], &["core", "core_2pack", "server"]),
    ("SQL Server", &["Standard", "Enterprise", "Datacenter"], &["2008", "2008 R2"], &["processor", "server"]),
    ("SQL Server CAL", &["User", "Device"], &["2014", "2019", "2022"], &["user_cal", "device_cal"]),
    ("Windows Server CAL", &["User", "Device"], &["2008", "2016", "2022"], &["user_cal", "device_cal"]),
    ("Remote Desktop Services CAL", &["User", "Device"], &["2012", "2016", "2022"], &["user_cal", "device_cal"]),
    ("Core CAL Suite", &["User", "Device"], &["current"], &["user_cal", "device_cal"]),
    ("Enterprise CAL Suite", &["User", "Device"], &["current"], &["user_cal", "device_cal"]),
    ("Core CAL Bridge for Office 365", &["User"], &["current"], &["user_cal"]),
    ("Windows Server External Connector", &["none"], &["2016", "2022"], &["external_connector"]),
    ("Exchange Server", &["Standard", "Enterprise"], &["2010", "2016", "2019"], &["server"]),
    ("Exchange Server Standard CAL", &["User", "Device"], &["2010", "2016", "2019"], &["user_cal", "device_cal"]),
    ("Exchange Server Enterprise CAL", &["User"], &["2016", "2019"], &["user_cal"]),
    ("SharePoint Server", &["none"], &["2013", "2019"], &["server"]),
    ("SharePoint Server Standard CAL", &["User"], &["2013", "2019"], &["user_cal"]),
    ("Skype for Business Server", &["none"], &["2015", "2019"], &["server"]),
    ("Skype for Business Server Standard CAL", &["User"], &["2015", "2019"], &["user_cal"]),
    ("System Center", &["Standard", "Datacenter"], &["2012", "2016", "2022"], &["core", "processor_pair"]),
    ("Configuration Manager client ML", &["none", "User"], &["current"], &["client_ml"]),
    ("Core Infrastructure Server Suite", &["Standard", "Datacenter"], &["2016", "2022"], &["core_2pack"]),
    ("Windows", &["Pro", "Enterprise", "Enterprise LTSC"], &["7", "10", "11", "2019"], &["device_upgrade", "device"]),
    ("Windows VDA", &["none"], &["current"], &["device_sub", "user_sub"]),
    ("Windows Enterprise E3", &["none"], &["current"], &["user_sub"]),
    ("Office", &["Standard", "Professional Plus"], &["2010", "2016", "2019", "2021"], &["device"]),
    ("Visio", &["Standard", "Professional"], &["2013", "2016", "2021"], &["device"]),
    ("Project", &["Standard", "Professional"], &["2013", "2019"], &["device"]),
    ("Visio", &["Plan 1", "Plan 2"], &["current"], &["user_sub"]),
    ("Microsoft 365 E3", &["none"], &["current"], &["user_sub"]),
    ("Microsoft 365 Business Premium", &["none"], &["current"], &["user_sub"]),
    ("Office 365 E3", &["none"], &["current"], &["user_sub"]),
    ("Microsoft 365 Apps for enterprise", &["none"], &["current"], &["user_sub", "device_sub"]),
    ("Visual Studio Professional subscription", &["Professional"], &["current"], &["user_sub"]),
];

const PLANS: [&str; 4] =
    ["Microsoft 365 E3", "Microsoft 365 Business Premium", "Office 365 E3", "Windows Enterprise E3"];

/// One of `from`, by a number that may be any.
fn pick<'a>(from: &[&'a str], at: u8) -> &'a str {
    from[at as usize % from.len()]
}

fn on(list: &[(&'static str, &[&'static str], &[&'static str])], (product, edition, version, usage): Drawn) -> Install {
    let (product, editions, versions) = list[product as usize % list.len()];
    Install {
        product: product.into(),
        edition: pick(editions, edition).into(),
        version: pick(versions, version).into(),
        usage: (usage == 0).then(|| "dev_test".into()),
        ..Install::default()
    }
}

/// What is installed: product, edition, version, use.
type Drawn = (u8, u8, u8, u8);

fn drawn() -> impl Strategy<Value = Drawn> {
    (0u8..32, 0u8..8, 0u8..8, 0u8..12)
}

/// Virtual machines of one record: virtual cores (0: unknown), count, role, managed, what stands on them.
type Guests = (u32, u64, u8, u8, Vec<Drawn>);

/// A host: processors and cores (0: unknown), cluster, movement, role, managed, its own installations, its guests.
type Host = (u32, u32, u8, u8, u8, u8, Vec<Drawn>, Vec<Guests>);

fn guests() -> impl Strategy<Value = Guests> {
    (0u32..7, 1u64..4, 0u8..8, 0u8..6, prop::collection::vec(drawn(), 1..3))
}

fn host() -> impl Strategy<Value = Host> {
    (
        0u32..4,
        0u32..11,
        0u8..6,
        0u8..3,
        0u8..12,
        0u8..6,
        prop::collection::vec(drawn(), 0..2),
        prop::collection::vec(guests(), 0..3),
    )
}

fn add_host(estate: &mut Estate, at: usize, host: &Host) {
    let (processors, cores, cluster, movement, role, managed, own, guests) = host;
    let id = Word::from(format!("h{at}"));
    estate.servers.push(Server {
        id: id.clone(),
        count: 1,
        processors: (*processors > 0).then_some(*processors),
        cores_per_processor: (*cores > 0).then_some(*cores),
        threads_per_core: Some(2),
        physical_ose_role: match role % 3 {
            0 => None,
            1 => Some("hosting_only".into()),
            _ => Some("workload".into()),
        },
        cluster: (*cluster < 2).then(|| format!("c{cluster}").into()),
        drs: [None, Some(true), Some(false)][*movement as usize],
        role: match role {
            10 => Some("cold_dr".into()),
            11 => Some("passive_ha".into()),
            _ => None,
        },
        managed: (*managed == 0).then_some(true),
        ..Server::default()
    });
    for drawn in own {
        estate.installs.push(Install { on: id.clone(), ..on(&ON_SERVERS, *drawn) });
    }
    for (place, (vcpus, count, role, managed, own)) in guests.iter().enumerate() {
        let vm = Word::from(format!("v{at}-{place}"));
        estate.vms.push(Vm {
            id: vm.clone(),
            host: match role {
                0 => Some("azure".into()),
                1 => None,
                _ => Some(id.clone()),
            },
            vcpus: (*vcpus > 0).then_some(*vcpus),
            count: *count,
            role: (*role == 2).then(|| "passive_ha".into()),
            moved_off_days_ago: (*role == 3).then_some(30),
            managed: (*managed == 0).then_some(true),
            ..Vm::default()
        });
        for drawn in own {
            estate.installs.push(Install { on: vm.clone(), ..on(&ON_SERVERS, *drawn) });
        }
    }
}

/// Devices of one record: the system they came with, count, user, kind, managed, what stands on them.
type Pcs = (u8, u64, u8, u8, u8, Vec<Drawn>);

fn pcs() -> impl Strategy<Value = Pcs> {
    (0u8..6, 1u64..4, 0u8..8, 0u8..10, 0u8..4, prop::collection::vec(drawn(), 0..4))
}

fn add_pcs(estate: &mut Estate, at: usize, (oem, count, user, kind, managed, own): &Pcs) {
    let id = Word::from(format!("pc{at}"));
    let came_with = ["Windows 7 Professional", "Windows 10 Pro", "Windows 11 Home", "unknown", "none"];
    let user = (*user < 4).then(|| Word::from(format!("u{user}")));
    estate.devices.push(Device {
        id: id.clone(),
        count: *count,
        oem_os: came_with.get(*oem as usize).map(|oem| (*oem).into()),
        used_by: user.clone(),
        primary_user: user.filter(|_| kind % 2 == 0),
        portable: (*kind == 1 || *kind == 2).then_some(true),
        board_replaced: (*kind == 3).then(|| "upgrade".into()),
        shared_computer_activation: (*kind == 4).then_some(true),
        managed: (*managed == 0).then_some(true),
        ..Device::default()
    });
    for drawn in own {
        estate.installs.push(Install { on: id.clone(), usage: None, ..on(&ON_DEVICES, *drawn) });
    }
}

/// People of one record: count, plan, features, standing.
type People = (u64, u8, u8, u8);

fn people() -> impl Strategy<Value = People> {
    (1u64..5, 0u8..10, 0u8..6, 0u8..10)
}

fn add_people(estate: &mut Estate, at: usize, told: bool, (count, plan, features, standing): &People) {
    estate.users.push(User {
        id: Word::from(format!("u{at}")),
        count: *count,
        plan: PLANS.get(*plan as usize).filter(|_| told).map(|plan| (*plan).into()),
        features: match features {
            0 => Words::One("archive".to_owned()),
            1 => Words::One("premium_journaling".to_owned()),
            _ => Words::None,
        },
        external: (*standing == 0).then_some(true),
        role: (*standing == 1).then(|| "administrator".into()),
        ..User::default()
    });
}

/// A use: who, which server, which of its guests, how.
type Use = (u8, u8, u8, u8);

fn add_use(estate: &mut Estate, (who, host, guest, via): &Use) {
    let targets: Vec<Word> =
        estate.servers.iter().map(|server| &server.id).chain(estate.vms.iter().map(|vm| &vm.id)).cloned().collect();
    let people: Vec<Word> =
        estate.users.iter().map(|user| &user.id).chain(estate.devices.iter().map(|pc| &pc.id)).cloned().collect();
    if targets.is_empty() || people.is_empty() {
        return;
    }
    let at = (*host as usize * 3 + *guest as usize) % targets.len();
    estate.accesses.push(Access {
        who: people[*who as usize % people.len()].clone(),
        to: targets[at].clone(),
        via: match via {
            0 => Some("rds".into()),
            1 => Some("vdi".into()),
            _ => None,
        },
        via_device: (*via == 2).then(|| estate.devices.first().map(|pc| pc.id.clone())).flatten(),
        count: 1,
        ..Access::default()
    });
}

/// A lot: product, edition, version, metric, units, assurance, channel.
type Bought = (u8, u8, u8, u8, u64, u8, u8);

fn bought() -> impl Strategy<Value = Bought> {
    (0u8..34, 0u8..6, 0u8..8, 0u8..8, 1u64..40, 0u8..5, 0u8..12)
}

fn lot_of(at: usize, (product, edition, version, metric, quantity, assured, channel): &Bought) -> Entitlement {
    let (product, editions, versions, metrics) = ON_SALE[*product as usize];
    let metric = pick(metrics, *metric);
    let online = matches!(metric, "user_sub" | "device_sub");
    // The edition of an access licence says whom it is for.
    let edition = match metric {
        "user_cal" => "User",
        "device_cal" => "Device",
        _ => pick(editions, *edition),
    };
    let machine = metric == "server" || metric == "device" || metric == "processor_pair";
    Entitlement {
        id: format!("e{at}"),
        product: product.to_owned(),
        edition: edition.to_owned(),
        version: pick(versions, *version).to_owned(),
        metric: metric.to_owned(),
        quantity: *quantity,
        channel: match channel {
            _ if online => "csp_subscription",
            0 if machine => "oem",
            1 if machine => "retail",
            2 => "csp_subscription",
            3 => "ea",
            _ => "volume",
        }
        .to_owned(),
        sa_until: match assured {
            0 => Some(date(2026, 1, 1)),
            1 => Some(date(2021, 6, 1)),
            // The gap between two dates of the release of SQL Server 2016, and an end before the day of the position.
            2 => Some(date(2016, 4, 15)),
            _ => None,
        },
        purchased: (*assured % 2 == 0).then(|| date(2014, 3, 1)),
        assigned_to: if *channel == 0 && machine { Words::One("h0".to_owned()) } else { Words::None },
        ..Entitlement::default()
    }
}

/// What an estate is drawn from.
type Parts = (Vec<Host>, Vec<Pcs>, Vec<People>, Vec<Use>, Vec<Bought>, bool);

fn build((hosts, pcs, people, uses, lots, told): Parts) -> Estate {
    let mut estate = Estate::default();
    hosts.iter().enumerate().for_each(|(at, host)| add_host(&mut estate, at, host));
    pcs.iter().enumerate().for_each(|(at, pc)| add_pcs(&mut estate, at, pc));
    people.iter().enumerate().for_each(|(at, each)| add_people(&mut estate, at, told, each));
    uses.iter().for_each(|each| add_use(&mut estate, each));
    estate.entitlements = lots.iter().enumerate().map(|(at, lot)| lot_of(at, lot)).collect();
    estate
}

/// Estates of every family, with at least one lot.
pub(crate) fn estates() -> impl Strategy<Value = Estate> {
    (
        prop::collection::vec(host(), 0..4),
        prop::collection::vec(pcs(), 0..5),
        prop::collection::vec(people(), 0..4),
        prop::collection::vec((0u8..16, 0u8..4, 0u8..4, 0u8..8), 0..6),
        prop::collection::vec(bought(), 1..9),
        any::<bool>(),
    )
        .prop_map(build)
}
