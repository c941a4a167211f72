//! Time and memory of a position against the size of the estate.
//!
//!     cargo run --release -p licensing --example position-size                10 k, 100 k and 1 M PCs, each in its own process
//!     cargo run --release -p licensing --example position-size -- 1000000     one size
//!     ... -- 1000000 one     one size, everything on one thread
//!
//! The estate is made in memory, one record for each machine and each installation with its evidence row, the way an
//! inventory gives them: nothing is counted together beforehand. As in a case, each file's hash and each product's name is
//! a word that all records share; every machine and person has a name of its own. For each 1,000,000 PCs (each with Windows and Office, every
//! twentieth with Visio) there are 50,000 virtual machines on 4,000 hosts of many sizes, a quarter of them in clusters, SQL
//! Server on every tenth machine, 100,000 users who reach them, and 2,000 lots. What is measured is `licensing::position`
//! alone; the peak is that of the whole process with the estate in it.

#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

use licensing::deployments::{Access, Device, Entitlement, Estate, Install, Server, User, Vm};
use licensing::facts::Origin;
use licensing::position::Options;
use licensing::side_by_side::{Part, SideBySide};
use licensing::terms::{Prices, Terms};
use licensing::word::{Lexicon, Word};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// As the command line runs two parts of a position: on a second thread, if there is one.
fn at_once(one: Part<'_>, other: Part<'_>) {
    let other = Mutex::new(Some(other));
    let run = || {
        let part = other.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(part) = part {
            part();
        }
    };
    std::thread::scope(|scope| {
        let _ = std::thread::Builder::new().spawn_scoped(scope, run);
        one();
        run();
    });
}

/// A fixed sequence: the same estate every time.
struct Dice(u64);

impl Dice {
    fn roll<T: Clone>(&mut self, from: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from[(self.0 >> 33) as usize % from.len()].clone()
    }

    fn one_in(&mut self, n: usize) -> bool {
        let sides: Vec<usize> = (0..n).collect();
        self.roll(&sides) == 0
    }
}

/// What the records are made with: the words that they share.
#[derive(Default)]
struct Pen(Lexicon);

impl Pen {
    fn origin(&mut self, row: usize) -> Vec<Origin> {
        let evidence = self.0.word("4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
        vec![Origin { evidence, part: None, row: row as u64 }]
    }

    fn install(&mut self, on: &Word, product: &str, edition: &str, version: &str, row: usize) -> Install {
        Install {
            on: on.clone(),
            product: self.0.word(product),
            edition: self.0.word(edition),
            version: self.0.word(version),
            origins: self.origin(row),
            ..Install::default()
        }
    }
}

fn clients(estate: &mut Estate, pcs: usize, dice: &mut Dice) {
    let mut pen = Pen::default();
    for at in 0..pcs {
        let id = Word::from(format!("PC{at:07}"));
        let windows = dice.roll(&["10", "10", "11", "7"]);
        let edition = if windows != "7" && dice.one_in(8) { "Enterprise" } else { "Pro" };
        let edition = if windows == "7" { "Professional" } else { edition };
        let oem = dice.roll(&["Windows 10 Pro", "Windows 11 Pro", "Windows 7 Professional", "none"]);
        estate.devices.push(Device {
            id: id.clone(),
            count: 1,
            oem_os: Some(pen.0.word(oem)),
            site: Some(pen.0.word(dice.roll(&["Lyon", "Paris", "Porto"]))),
            origins: pen.origin(at),
            ..Device::default()
        });
        estate.installs.push(pen.install(&id, "Windows", edition, windows, at));
        let (office, version) =
            (dice.roll(&["Standard", "Professional Plus"]), dice.roll(&["2010", "2013", "2016", "2019"]));
        estate.installs.push(pen.install(&id, "Office", office, version, at));
        if dice.one_in(20) {
            estate.installs.push(pen.install(&id, "Visio", dice.roll(&["Standard", "Professional"]), "2016", at));
        }
    }
}

fn servers(estate: &mut Estate, hosts: usize, vms: usize, dice: &mut Dice) {
    let mut pen = Pen::default();
    for at in 0..hosts {
        estate.servers.push(Server {
            id: format!("HV{at:05}").into(),
            count: 1,
            processors: Some(dice.roll(&[1, 2, 2, 2, 4])),
            cores_per_processor: Some(dice.roll(&[8, 10, 12, 16, 24, 32])),
            physical_ose_role: Some(pen.0.word("hosting_only")),
            cluster: (at % 16 < 4).then(|| pen.0.word(&format!("C{:04}", at / 16))),
            drs: (at % 16 < 4).then_some(true),
            origins: pen.origin(at),
            ..Server::default()
        });
    }
    for at in 0..vms {
        let id = Word::from(format!("VM{at:06}"));
        let host = (at * 7919) % hosts.max(1);
        estate.vms.push(Vm {
            id: id.clone(),
            host: Some(pen.0.word(&format!("HV{host:05}"))),
            vcpus: Some(dice.roll(&[2, 4, 4, 8, 16])),
            count: 1,
            origins: pen.origin(at),
            ..Vm::default()
        });
        let edition = if host.is_multiple_of(3) { "Datacenter" } else { "Standard" };
        let version = ["2012 R2", "2016", "2019", "2022"][host % 4];
        estate.installs.push(pen.install(&id, "Windows Server", edition, version, at));
        if dice.one_in(10) {
            let edition = dice.roll(&["Standard", "Standard", "Enterprise"]);
            let version = dice.roll(&["2014", "2016", "2019"]);
            estate.installs.push(pen.install(&id, "SQL Server", edition, version, at));
        }
    }
}

fn people(estate: &mut Estate, users: usize, vms: usize, dice: &mut Dice) {
    let mut pen = Pen::default();
    for at in 0..users {
        let id = Word::from(format!("user{at:06}"));
        let vm = (at * 104_729) % vms.max(1);
        let to = pen.0.word(&format!("VM{vm:06}"));
        estate.users.push(User { id: id.clone(), count: 1, origins: pen.origin(at), ..User::default() });
        let via = dice.one_in(50).then(|| pen.0.word("rds"));
        estate.accesses.push(Access { who: id, to, via, count: 1, origins: pen.origin(at), ..Access::default() });
    }
}

/// Product, editions, versions, metric, units a lot.
type Bought = (&'static str, &'static [&'static str], &'static [&'static str], &'static str, u64);

fn entitlements(estate: &mut Estate, lots: usize, pcs: usize, dice: &mut Dice) {
    let mut pen = Pen::default();
    let each = (pcs / lots.max(1)).max(4) as u64;
    let kinds: [Bought; 12] = [
        ("Windows Server", &["Standard", "Datacenter"], &["2016", "2019", "2022"], "core_2pack", each / 12),
        ("Windows Server", &["Standard", "Datacenter"], &["2016", "2019", "2022"], "core_16pack", each / 80),
        ("Windows Server", &["Standard", "Datacenter"], &["2012", "2012 R2"], "processor_pair", each / 80),
        ("SQL Server", &["Standard", "Enterprise"], &["2014", "2016", "2019"], "core_2pack", each / 50),
        ("SQL Server", &["Standard"], &["2014", "2016", "2019"], "server", each / 100),
        ("Office", &["Standard", "Professional Plus"], &["2010", "2013", "2016", "2019"], "device", each * 6),
        ("Office", &["Standard", "Professional Plus"], &["2010", "2013", "2016", "2019"], "device", each * 6),
        ("Visio", &["Standard", "Professional"], &["2016", "2019"], "device", each / 2),
        ("Windows", &["Enterprise"], &["10", "11"], "device_upgrade", each),
        ("Windows Server CAL", &["User"], &["2016", "2019", "2022"], "user_cal", each),
        ("Remote Desktop Services CAL", &["User"], &["2016", "2019", "2022"], "user_cal", each / 50),
        ("SQL Server CAL", &["User"], &["2016", "2019"], "user_cal", each / 2),
    ];
    for at in 0..lots {
        let (product, editions, versions, metric, quantity) = kinds[at % kinds.len()];
        estate.entitlements.push(Entitlement {
            id: format!("L{at:05}"),
            product: product.to_owned(),
            edition: dice.roll(editions).to_owned(),
            version: dice.roll(versions).to_owned(),
            metric: metric.to_owned(),
            quantity: quantity.max(1),
            channel: dice.roll(&["volume", "open", "ea"]).to_owned(),
            sa_until: dice.one_in(3).then(|| jiff::civil::date(dice.roll(&[2019, 2024, 2027]), 6, 30)),
            purchased: Some(jiff::civil::date(2017, 3, 1)),
            origins: pen.origin(at),
            ..Entitlement::default()
        });
    }
}

/// The peak of this process's memory, in MiB, where the system tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn one(pcs: usize, one_thread: bool) {
    let mut dice = Dice(7);
    let mut estate = Estate::default();
    clients(&mut estate, pcs, &mut dice);
    servers(&mut estate, (pcs / 250).max(1), pcs / 20, &mut dice);
    people(&mut estate, pcs / 10, pcs / 20, &mut dice);
    entitlements(&mut estate, (pcs / 500).max(12), pcs, &mut dice);
    let (Ok(terms), Ok(prices)) = (Terms::builtin(), Prices::builtin()) else { return };
    let before = peak().unwrap_or(0);
    let start = Instant::now();
    let side_by_side = if one_thread { SideBySide::default() } else { SideBySide::by(at_once) };
    let options = Options { side_by_side, ..Options::default() };
    let position = licensing::position(&estate, &terms, &prices, jiff::civil::date(2025, 6, 30), &options);
    let seconds = start.elapsed().as_secs_f64();
    let short: u64 = position.lines.iter().map(|line| line.shortfall.shown).sum();
    println!(
        "{pcs} {seconds:.3} {before} {} {} {short} {} {}",
        peak().unwrap_or(0),
        position.lines.len(),
        position.optimal,
        position.findings.iter().filter(|finding| finding.code.starts_with("verifier")).count(),
    );
}

fn main() {
    if let Some(pcs) = std::env::args().nth(1).and_then(|word| word.parse().ok()) {
        one(pcs, std::env::args().nth(2).as_deref() == Some("one"));
        return;
    }
    println!("PCs seconds estate-MiB peak-MiB lines short optimal objections");
    let mut before: Option<(f64, f64)> = None;
    for pcs in ["10000", "100000", "1000000"] {
        let Ok(program) = std::env::current_exe() else { return };
        let Ok(output) = Command::new(program).arg(pcs).output() else { return };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        print!("{text}");
        let mut words = text.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
        if let (Some(size), Some(seconds)) = (words.next(), words.next()) {
            if let Some((size_before, seconds_before)) = before {
                let slope = (seconds / seconds_before).ln() / (size / size_before).ln();
                println!("  slope {slope:.2} (1 is linear)");
            }
            before = Some((size, seconds));
        }
    }
}
