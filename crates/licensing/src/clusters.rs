//! Three figures for each cluster of hosts: what licences it asks for as its machines stand, as they may move, and as it would be
//! cheapest within the rules.
//!
//! Each figure is the engine's own answer to a question: the cluster alone, without any licence, once with its machines staying where
//! they are, once with their moving freely, and once for each way of arranging them that the rules allow and that could cost less. No
//! arithmetic of its own stands here, so that a figure of a cluster and a line of the position never disagree on a rule.
//!
//! The money of a figure is that of licences of today, which alone can be bought and whose downgrade rights cover the older versions
//! that run: the same cluster with each Windows Server at its newest version, in the edition that runs or in Datacenter, whichever
//! costs less.

use crate::deployments::{Estate, Server, Vm};
use crate::position::{Options, position};
use crate::terms::{Prices, Terms};
use crate::word::Word;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The product whose licences follow the hosts.
const WINDOWS_SERVER: &str = "Windows Server";

/// Hosts on which the machines of a cluster are tried to be gathered, at most.
const GATHERED: usize = 8;

/// Units of one licence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Units {
    /// Product, edition, version and metric, as a line of the position has them.
    pub name: [String; 4],
    /// Lowest and highest lawful reading.
    pub low: u64,
    /// The highest.
    pub high: u64,
}

/// What one arrangement asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// `as-it-stands`, `as-it-may-move`, `movement-stopped`, `movement-kept`, `gathered`.
    pub arrangement: String,
    /// Hosts that have to be licensed.
    pub hosts: Vec<String>,
    /// Licences, sorted.
    pub units: Vec<Units>,
    /// What licences of today for it would cost to buy, highest reading; `None` where a price is missing.
    pub cost: Option<Decimal>,
    /// Those licences of today, sorted.
    pub to_buy: Vec<Units>,
    /// ISO 4217.
    pub currency: String,
}

/// A cluster with its three figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Name.
    pub name: String,
    /// Hosts.
    pub hosts: u64,
    /// Virtual machines.
    pub machines: u64,
    /// Whether they move by themselves; `None`: not known.
    pub moves: Option<bool>,
    /// The day of the figures.
    pub as_of: Date,
    /// As its machines stand on that day.
    pub as_it_stands: Figure,
    /// As they may move: each host licensed for all that may come to it.
    pub as_it_may_move: Figure,
    /// The cheapest arrangement that was found within the rules. Whether the hosts can bear the load is not looked at.
    pub cheapest: Figure,
}

/// The clusters of `estate` that bear something to license, by name.
pub fn clusters(estate: &Estate, terms: &Terms, prices: &Prices, as_of: Date) -> Vec<Cluster> {
    let mut by_name: BTreeMap<&str, Vec<&Server>> = BTreeMap::new();
    for server in &estate.servers {
        if let Some(cluster) = server.cluster.as_deref().filter(|_| server.retired_on.is_none()) {
            by_name.entry(cluster).or_default().push(server);
        }
    }
    let mut found = Vec::new();
    for (name, hosts) in by_name {
        let ids: BTreeSet<&str> = hosts.iter().map(|host| host.id.as_str()).collect();
        let machines: Vec<&Vm> =
            estate.vms.iter().filter(|vm| vm.host.as_deref().is_some_and(|host| ids.contains(host))).collect();
        let alone = Alone { estate, hosts: &hosts, machines: &machines, terms, prices, as_of };
        let stands = alone.figure("as-it-stands", &hosts, Some(false), None);
        if stands.units.is_empty() || hosts.len() < 2 {
            continue;
        }
        let may_move = alone.figure("as-it-may-move", &hosts, Some(true), None);
        found.push(Cluster {
            name: name.to_owned(),
            hosts: hosts.iter().map(|host| host.count).sum(),
            machines: machines.iter().map(|vm| vm.count).sum(),
            moves: hosts.first().and_then(|host| host.drs),
            as_of,
            cheapest: alone.cheapest(&stands, &may_move),
            as_it_stands: stands,
            as_it_may_move: may_move,
        });
    }
    found
}

/// A cluster taken out of its estate.
struct Alone<'a> {
    estate: &'a Estate,
    hosts: &'a [&'a Server],
    machines: &'a [&'a Vm],
    terms: &'a Terms,
    prices: &'a Prices,
    as_of: Date,
}

impl Alone<'_> {
    /// The engine's answer for these hosts; with `on`, every virtual machine stands on that host.
    fn figure(&self, arrangement: &str, hosts: &[&Server], moves: Option<bool>, on: Option<&str>) -> Figure {
        let servers: Vec<Server> = hosts.iter().map(|host| Server { drs: moves, ..(*host).clone() }).collect();
        let vms: Vec<Vm> = self
            .machines
            .iter()
            .map(|vm| Vm { host: on.map(Word::from).or_else(|| vm.host.clone()), ..(*vm).clone() })
            .collect();
        let there: BTreeSet<&str> =
            servers.iter().map(|server| server.id.as_str()).chain(vms.iter().map(|vm| vm.id.as_str())).collect();
        let installs =
            self.estate.installs.iter().filter(|install| there.contains(install.on.as_str())).cloned().collect();
        let names = servers.iter().map(|server| server.id.to_string()).collect();
        let alone = Estate { servers, vms, installs, ..Estate::default() };
        let (units, ..) = self.ask(&alone);
        // What runs today is bought in the version of today; in the edition that runs, or all in Datacenter.
        let bought = [None, Some("Datacenter")].map(|edition| self.ask(&self.of_today(&alone, edition)));
        let [as_edition, as_datacenter] = bought;
        let (to_buy, cost, currency) = match (as_edition.1, as_datacenter.1) {
            (Some(one), Some(other)) if other < one => as_datacenter,
            (None, Some(_)) => as_datacenter,
            _ => as_edition,
        };
        Figure { arrangement: arrangement.to_owned(), hosts: names, units, cost, to_buy, currency }
    }

    /// The engine's lines for an estate without licences: units, cost where every price is known, currency.
    fn ask(&self, alone: &Estate) -> (Vec<Units>, Option<Decimal>, String) {
        let told = position(alone, self.terms, self.prices, self.as_of, &Options::default());
        let lines = told.lines.iter().filter(|line| line.required.high > 0);
        let mut units: Vec<Units> = lines
            .map(|line| Units {
                name: [&line.product, &line.edition, &line.version, &line.metric].map(Clone::clone),
                low: line.required.low,
                high: line.required.high,
            })
            .collect();
        units.sort();
        (
            units,
            told.exposure.high.filter(|_| told.exposure.unpriced == 0 && !told.exposure.open),
            told.exposure.currency,
        )
    }

    /// The estate with each Windows Server at its newest version on the day.
    fn of_today(&self, alone: &Estate, edition: Option<&str>) -> Estate {
        let mut today = alone.clone();
        let product = self.terms.product(WINDOWS_SERVER);
        let newest = product.and_then(|product| Some(product.version_name(product.newest_on(self.as_of)?).to_owned()));
        for install in today.installs.iter_mut().filter(|install| install.product == WINDOWS_SERVER) {
            if let Some(newest) = &newest {
                install.version = newest.into();
            }
            if let Some(edition) = edition {
                install.edition = edition.into();
            }
        }
        today
    }

    /// The cheapest of: as it stands with movement stopped, as it may move, and all machines gathered on the fewest cores.
    fn cheapest(&self, stands: &Figure, may_move: &Figure) -> Figure {
        let mut best = Figure { arrangement: "movement-stopped".to_owned(), ..stands.clone() };
        let mut consider = |figure: Figure| {
            let less = match (figure.cost, best.cost) {
                (Some(new), Some(old)) => new < old,
                // Without prices nothing is said to be cheaper than what is known.
                _ => false,
            };
            if less {
                best = figure;
            }
        };
        consider(Figure { arrangement: "movement-kept".to_owned(), ..may_move.clone() });
        let mut by_cores: Vec<&Server> = self.hosts.to_vec();
        let cores = |host: &Server| {
            host.processors.unwrap_or(u32::MAX).saturating_mul(host.cores_per_processor.unwrap_or(u32::MAX))
        };
        by_cores.sort_by(|a, b| (cores(a), &a.id).cmp(&(cores(b), &b.id)));
        for count in 1..self.hosts.len().min(GATHERED + 1) {
            let few: Vec<&Server> = by_cores.iter().take(count).copied().collect();
            let Some(first) = few.first() else { continue };
            consider(self.figure("gathered", &few, Some(count > 1), Some(&first.id)));
        }
        best
    }
}
