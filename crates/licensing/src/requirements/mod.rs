//! Requirements: for each deployment the *ways* in which it may be licensed. One file a family of metrics.
//!
//! Enters: the estate, the lots, the terms, the day, and which reading of the unknown is meant. Leaves: demands with their
//! ways, and what needs no licence or cannot be judged. Which way is taken is the assignment's choice: the licence held decides.

mod cal;
mod desktop;
mod dynamics;
mod host;
mod lot;
mod managed;
mod per_core;
mod recovery;
mod server_application;
mod sql_server;
mod subscription;
mod windows_client;
mod windows_server;

pub use lot::{
    ASK_LOT_EDITION, ASK_LOT_METRIC, ASK_LOT_VERSION, ASK_OEM_TERMS, ASK_RELEASE_GAP, Lot, Need, WhyNot, lots,
    may_cover,
};

use crate::deployments::{Device, Estate, Install};
use crate::facts::Origin;
use crate::findings::{Breach, Finding, SetAside, Step};
use crate::side_by_side::SideBySide;
use crate::terms::Terms;
use crate::word::{ByText, Word};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// How an unknown is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Everything unknown in the way that asks least.
    Low,
    /// Everything unknown in the way that asks most.
    High,
}

/// Everything that a family needs to see.
pub struct Scene<'a> {
    /// The estate.
    pub estate: &'a Estate,
    /// The lots, in the estate's order.
    pub lots: &'a [Lot],
    /// Licensing knowledge.
    pub terms: &'a Terms,
    /// Day of the position.
    pub as_of: Date,
    /// Reading of the unknown.
    pub reading: Reading,
    /// One unknown that is read in the way that asks least whatever the reading of the others: what its answer is worth.
    pub answered: Option<&'a Ask>,
    /// Places of records by their ids.
    pub index: &'a Index<'a>,
    /// How the families are worked through.
    pub side_by_side: SideBySide,
}

/// Places of the estate's records by their ids, and what the lots say as a whole: worked out once, for every demand asks.
#[derive(Debug, Clone, Default)]
pub struct Index<'a> {
    pub(crate) devices: ByText<'a, usize>,
    pub(crate) servers: ByText<'a, usize>,
    pub(crate) vms: ByText<'a, usize>,
    pub(crate) users: ByText<'a, usize>,
    /// For each installation the place of the device that it stands on: every family asks, under every reading.
    pub(crate) on_device: Vec<Option<u32>>,
    /// Devices of each user, as the one who uses them or their main user.
    pub(crate) devices_of: ByText<'a, Vec<usize>>,
    /// Members of each cluster.
    pub(crate) clusters: BTreeMap<&'a str, Vec<usize>>,
    /// Hyper-V containers among the virtual machines.
    pub(crate) containers: Vec<usize>,
    /// Uses of each server or virtual machine.
    pub(crate) reached: ByText<'a, Vec<usize>>,
    /// Some user record tells its plan.
    pub(crate) plans_told: bool,
    /// Places of the lots of each product.
    pub(crate) lots: ByText<'a, Vec<usize>>,
    /// Some lot is assigned to machines or users.
    pub(crate) assigned: bool,
    /// A subscription for developers runs.
    pub(crate) development: bool,
    /// Places of the lots that are paid by use.
    pub(crate) by_use: Vec<usize>,
    /// Access to Windows Server is under Software Assurance, as far as its licences are told.
    pub(crate) access_assured: bool,
}

impl<'a> Index<'a> {
    /// The places of all records of `estate`; of two records with one id the first. `held` are the lots that are looked at.
    pub fn new(estate: &'a Estate, held: &'a [Lot], terms: &Terms) -> Self {
        fn places<'a>(ids: impl DoubleEndedIterator<Item = (usize, &'a str)>) -> ByText<'a, usize> {
            ids.rev().map(|(place, id)| (id, place)).collect()
        }
        let mut clusters: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, server) in estate.servers.iter().enumerate() {
            if let Some(cluster) = server.cluster.as_deref() {
                clusters.entry(cluster).or_default().push(place);
            }
        }
        // The order of the evidence decides nothing.
        let id = |place: &usize| estate.servers.get(*place).map(|server| server.id.as_str());
        clusters.values_mut().for_each(|members| members.sort_by_key(id));
        let mut reached: ByText<'_, Vec<usize>> = ByText::default();
        for (place, access) in estate.accesses.iter().enumerate() {
            reached.entry(&access.to).or_default().push(place);
        }
        let mut devices_of: ByText<'_, Vec<usize>> = ByText::default();
        for (place, device) in estate.devices.iter().enumerate() {
            let user = device.used_by.as_deref();
            let main = device.primary_user.as_deref().filter(|main| Some(*main) != user);
            for user in user.into_iter().chain(main) {
                devices_of.entry(user).or_default().push(place);
            }
        }
        let mut lots: ByText<'_, Vec<usize>> = ByText::default();
        for (place, lot) in held.iter().enumerate() {
            lots.entry(&lot.product).or_default().push(place);
        }
        let people = estate
            .users
            .iter()
            .filter(|user| user.external != Some(true))
            .map(|user| user.count)
            .fold(0, u64::saturating_add);
        let by_use = held.iter().enumerate().filter(|(_, lot)| lot.channel == "payg").map(|(place, _)| place);
        let devices = places(estate.devices.iter().map(|each| each.id.as_str()).enumerate());
        let on_device =
            |install: &Install| devices.get(install.on.as_str()).and_then(|place| u32::try_from(*place).ok());
        let vms = estate.vms.iter().enumerate();
        let containers = vms.filter(|(_, vm)| vm.role.as_deref() == Some("hyperv_container")).map(|(place, _)| place);
        Index {
            clusters,
            reached,
            devices_of,
            containers: containers.collect(),
            lots,
            assigned: held.iter().any(|lot| !matches!(lot.tied, crate::deployments::Words::None)),
            development: held.iter().any(|lot| lot.product.starts_with("Visual Studio") && !lot.ended),
            by_use: by_use.collect(),
            access_assured: lot::access_assured(held, terms, people),
            on_device: estate.installs.iter().map(on_device).collect(),
            devices,
            servers: places(estate.servers.iter().map(|each| each.id.as_str()).enumerate()),
            vms: places(estate.vms.iter().map(|each| each.id.as_str()).enumerate()),
            users: places(estate.users.iter().map(|each| each.id.as_str()).enumerate()),
            plans_told: estate.users.iter().any(|each| each.plan.is_some()),
        }
    }
}

/// A lot that may serve a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arc {
    /// Place in the list of lots.
    pub lot: usize,
    /// Units of the way that one base unit of the lot is worth.
    pub worth: u64,
    /// The lower, the sooner it is used: an exact match before a better licence.
    pub preference: u64,
}

/// One way to license a demand.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// Product of the line.
    pub product: String,
    /// Edition of the line.
    pub edition: String,
    /// Version of the line: the installed one, or that of the only kind of lot that may serve.
    pub version: String,
    /// Take edition and version of the line from the lots that serve.
    pub named_by_lot: bool,
    /// Metric.
    pub metric: String,
    /// `normalized_core`, where a unit is not the metric's own.
    pub unit: Option<String>,
    /// Units in all.
    pub units: u64,
    /// Units that the machines' own licences cover.
    pub inherent: u64,
    /// Lots that may serve.
    pub arcs: Vec<Arc>,
    /// Scope of plans: rights of a plan or suite count once for each scope, not once in all.
    pub scope: &'static str,
    /// The sum, step by step.
    pub steps: Vec<Step>,
    /// Rules.
    pub rules: Vec<&'static str>,
    /// Nothing tells how many units it asks for at most: `units` is the fewest.
    pub open: bool,
    /// A question stands before this way.
    pub review: bool,
    /// What can be done other than buy.
    pub remedy: Option<&'static str>,
    /// The way that counts when nothing is held.
    pub native: bool,
    /// Other products, editions and versions under which the same units may be licensed alike.
    pub also: Vec<(String, String, String)>,
}

/// Something that needs a licence.
#[derive(Debug, Clone, Default)]
pub struct Demand {
    /// Stable key, for order.
    pub key: String,
    /// Machines, users.
    pub subjects: Vec<(Word, Word, u64)>,
    /// Ways; at least one.
    pub ways: Vec<Way>,
    /// Lots of the product that may not serve, with the reason.
    pub refused: BTreeMap<usize, WhyNot>,
    /// Evidence rows.
    pub origins: Vec<Origin>,
    /// Served after the others, from what they leave.
    pub later: bool,
    /// May use lots that the others use too (a migration period, dual use).
    pub shares: bool,
    /// One host of a cluster that is licensed by itself; `None`: all that its machines reach.
    pub host: Option<Word>,
}

/// Something unknown that a demand hangs on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// Code.
    pub code: &'static str,
    /// Machine, cluster or lot.
    pub subject: Word,
    /// Product.
    pub product: Word,
    /// Rule.
    pub rule: Option<&'static str>,
}

/// Unknowns about a cluster, a machine or a lot itself: one answer settles them for every product.
const WHATEVER_THE_PRODUCT: [&str; 3] = ["cluster-movement", "processor-unknown", ASK_RELEASE_GAP];

impl Ask {
    /// Whether an answer to this one answers `code` about `subject` and `product`.
    fn answers(&self, code: &str, subject: &str, product: &str) -> bool {
        self.code == code
            && self.subject == subject
            && (self.product == product || WHATEVER_THE_PRODUCT.contains(&code))
    }
}

/// What all families found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Demands.
    pub demands: Vec<Demand>,
    /// What needs no licence, or cannot be judged.
    pub set_aside: Vec<SetAside>,
    /// Use limits exceeded.
    pub breaches: Vec<Breach>,
    /// Unknowns.
    pub asks: BTreeSet<Ask>,
    /// What in the estate does not fit together.
    pub findings: BTreeSet<Finding>,
    /// Lots that no demand asked about, with a reason that a family knows.
    pub idle: BTreeMap<usize, WhyNot>,
}

impl Found {
    /// Puts what later families found after what is here.
    fn append(&mut self, later: Found) {
        let Found { demands, set_aside, breaches, asks, findings, idle } = later;
        self.demands.extend(demands);
        self.set_aside.extend(set_aside);
        self.breaches.extend(breaches);
        self.asks.extend(asks);
        self.findings.extend(findings);
        self.idle.extend(idle);
    }
}

/// Whether nothing bounds what `ask` asks about from above: the scene's reading of it is its least.
pub fn is_open(scene: &Scene<'_>, ask: &Ask) -> bool {
    match ask.code {
        "processor-unknown" => scene
            .server(&ask.subject)
            .is_some_and(|server| host::size(scene, server, &ask.product, &mut Found::default()).is_open("core")),
        "virtual-cores-unknown" => {
            scene.vm(&ask.subject).is_some_and(|vm| host::virtual_cores(scene, vm, &ask.product).1)
        }
        _ => false,
    }
}

/// A family of products: adds what it finds in the scene, and reads nothing of what others found.
type Family = fn(&Scene<'_>, &mut Found);

/// The families in their fixed order.
const FAMILIES: [Family; 10] = [
    windows_server::demands,
    sql_server::demands,
    server_application::demands,
    per_core::demands,
    managed::demands,
    desktop::demands,
    windows_client::demands,
    subscription::demands,
    cal::demands,
    dynamics::demands,
];

/// Places of families among all.
const SQL_SERVER: usize = 1;
const CLIENTS: usize = 6;
const ACCESS: usize = 8;

/// What each family found, in their order. What is `settled` is taken over. Client systems take as long as all others.
fn families(scene: &Scene<'_>, settled: Settled) -> Vec<Found> {
    let is_open = |place: usize| settled.0.get(place).is_none_or(Option::is_none);
    let found = |clients: bool| -> Vec<(usize, Found)> {
        let open = FAMILIES.iter().enumerate().filter(|(at, _)| (*at == CLIENTS) == clients && is_open(*at));
        open.map(|(place, family)| {
            let mut found = Found::default();
            family(scene, &mut found);
            (place, found)
        })
        .collect()
    };
    let (mut all, clients) = scene.side_by_side.both(|| found(false), || found(true));
    all.extend(clients);
    all.extend(settled.0.into_iter().enumerate().filter_map(|(place, found)| Some((place, found?))));
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, found)| found).collect()
}

/// What does not hang on how the unknown is read: what a family found that has nothing to ask, by the families' order.
#[derive(Debug, Clone, Default)]
pub struct Settled(Vec<Option<Found>>);

impl Settled {
    /// Of a first reading. Where a lot's coverage ended in a release's gap, every family may read it either way.
    fn of(scene: &Scene<'_>, found: &[Found]) -> Settled {
        if scene
            .lots
            .iter()
            .any(|lot| lot.perhaps.is_some() || UNTOLD_OF_LOTS.iter().any(|(.., is_untold)| is_untold(lot)))
            || found.iter().all(|each| each.asks.is_empty())
        {
            return Settled::default();
        }
        let asks = |family: usize| found.get(family).is_none_or(|found| !found.asks.is_empty());
        let settled = found.iter().enumerate().map(|(family, found)| {
            // Access licences for SQL Server hang on what its servers are taken for.
            let open = asks(family) || (family == ACCESS && asks(SQL_SERVER));
            (!open).then(|| found.clone())
        });
        Settled(settled.collect())
    }

    /// Without the machines and evidence rows, for readings of which only the figures count.
    pub fn without_subjects(&self) -> Settled {
        let bare = |demand: &Demand| Demand {
            key: demand.key.clone(),
            subjects: Vec::new(),
            ways: demand.ways.clone(),
            refused: demand.refused.clone(),
            origins: Vec::new(),
            later: demand.later,
            shares: demand.shares,
            host: demand.host.clone(),
        };
        let of_family = |found: &Found| Found {
            demands: found.demands.iter().map(bare).collect(),
            set_aside: found.set_aside.clone(),
            breaches: found.breaches.clone(),
            asks: found.asks.clone(),
            findings: found.findings.clone(),
            idle: found.idle.clone(),
        };
        Settled(self.0.iter().map(|found| found.as_ref().map(of_family)).collect())
    }
}

/// Every family, in a fixed order; and what another reading of the same scene need not work out again.
pub fn first_requirements(scene: &Scene<'_>) -> (Found, Settled) {
    let found = families(scene, Settled::default());
    let settled = Settled::of(scene, &found);
    (together(scene, found), settled)
}

/// Every family under another reading of the scene that `settled` comes from.
pub fn requirements_again(scene: &Scene<'_>, settled: Settled) -> Found {
    together(scene, families(scene, settled))
}

/// Every family, in a fixed order.
pub fn requirements(scene: &Scene<'_>) -> Found {
    requirements_again(scene, Settled::default())
}

/// What of a lot may not be told: the question, its rule, the reason of a lot that is refused for it, and how to know such a lot.
type Untold = (&'static str, &'static str, WhyNot, fn(&Lot) -> bool);

const UNTOLD_OF_LOTS: [Untold; 3] = [
    (ASK_LOT_VERSION, "GEN-NEWER-ONLY", "version-unknown", Lot::is_of_unknown_version),
    (ASK_LOT_METRIC, "GEN-METRIC", "metric-unknown", Lot::is_of_unknown_metric),
    (ASK_LOT_EDITION, "GEN-EDITION", "edition-unknown", Lot::is_of_unknown_edition),
];

fn together(scene: &Scene<'_>, families: Vec<Found>) -> Found {
    let mut found = Found::default();
    families.into_iter().for_each(|each| found.append(each));
    // Coverage that reaches a version by one of two dates that are told for it.
    let by_one_date = |way: &Way| {
        let asked = scene.terms.rank(&way.product, &way.version);
        let lots = way
            .arcs
            .iter()
            .filter(|arc| scene.lots.get(arc.lot).is_some_and(|lot| lot.product == way.product && lot.surely < asked));
        lots.map(|arc| (arc.lot, Word::from(way.product.as_str()))).collect::<Vec<_>>()
    };
    let counted: Vec<(usize, Word)> =
        found.demands.iter().flat_map(|demand| &demand.ways).flat_map(by_one_date).collect();
    let gaps: Vec<(usize, Word)> = found
        .demands
        .iter()
        .flat_map(|demand| {
            let product = demand.ways.first().map(|way| Word::from(&way.product)).unwrap_or_default();
            let refused = demand.refused.iter().filter(|(_, why)| **why == ASK_RELEASE_GAP);
            refused.map(move |(lot, _)| (*lot, product.clone()))
        })
        .collect();
    for (lot, product) in gaps.into_iter().chain(counted) {
        let subject = scene.lots.get(lot).map(|lot| Word::from(&lot.id)).unwrap_or_default();
        found.asks.insert(Ask { code: ASK_RELEASE_GAP, subject, product, rule: Some("GEN-SA-NVR") });
    }
    // An edition that is not told is called so too.
    let untold: BTreeSet<Word> =
        found.asks.iter().filter(|ask| ask.code == "edition-unknown").map(|ask| ask.product.clone()).collect();
    for demand in &mut found.demands {
        let named = |way: &Way| untold.contains(way.product.as_str());
        if demand.ways.iter().any(named) && demand.subjects.iter().any(|(_, title, _)| title.contains(" unknown ")) {
            for way in demand.ways.iter_mut().filter(|way| way.edition != "unknown") {
                way.also.push((way.product.clone(), "unknown".to_owned(), way.version.clone()));
            }
        }
    }
    // A licence of a computer that the company does not have was perhaps bought second hand, which some courts allow: asked, not
    // passed over in silence. That of a computer it has is where it belongs.
    let of_another = |lot: &&Lot| {
        let here = |on: &String| scene.index.devices.contains_key(on.as_str());
        lot.product == "Windows" && lot.tied.is_some() && !lot.tied.all().iter().any(here)
    };
    let elsewhere = found.demands.iter().filter(|demand| demand.ways.iter().any(|way| way.product == "Windows"));
    let elsewhere = elsewhere.flat_map(|demand| &demand.refused).filter(|(_, why)| **why == "oem-tied-elsewhere");
    let elsewhere: BTreeSet<usize> = elsewhere.map(|(lot, _)| *lot).collect();
    for lot in elsewhere.into_iter().filter_map(|lot| scene.lots.get(lot)).filter(of_another) {
        let (code, subject) = ("oem-second-hand", Word::from(&lot.id));
        found.asks.insert(Ask { code, subject, product: "Windows".into(), rule: Some("GEN-OEM-TIED") });
    }
    for (code, rule, why, is_untold) in UNTOLD_OF_LOTS {
        let untold: BTreeSet<(usize, Word)> = found
            .demands
            .iter()
            .flat_map(|demand| {
                let product = demand.ways.first().map(|way| Word::from(&way.product)).unwrap_or_default();
                let refused = demand.refused.iter().filter(|(_, own)| **own == why).map(|(lot, _)| *lot);
                let serving = demand.ways.iter().flat_map(|way| &way.arcs).map(|arc| arc.lot);
                refused.chain(serving).map(move |lot| (lot, product.clone()))
            })
            .filter(|(lot, _)| scene.lots.get(*lot).is_some_and(is_untold))
            .collect();
        for (lot, product) in untold {
            let subject = scene.lots.get(lot).map(|lot| Word::from(&lot.id)).unwrap_or_default();
            found.asks.insert(Ask { code, subject, product, rule: Some(rule) });
        }
    }
    // A lot that some way could have used is not without use: another way was taken.
    let mut could = vec![false; scene.lots.len()];
    for arc in found.demands.iter().flat_map(|demand| &demand.ways).flat_map(|way| &way.arcs) {
        if let Some(lot) = could.get_mut(arc.lot) {
            *lot = true;
        }
    }
    for (lot, _) in could.into_iter().enumerate().filter(|(_, could)| *could) {
        found.idle.entry(lot).or_insert("other-way");
    }
    for (at, _) in scene.lots.iter().enumerate().filter(|(_, lot)| lot.product.contains(" step-up ")) {
        found.idle.insert(at, "step-up-without-base");
    }
    // What is bought later serves nothing yet, and that is why.
    for (at, lot) in scene.lots.iter().enumerate() {
        let entitlement = scene.estate.entitlements.get(lot.entitlement);
        if entitlement.is_some_and(|bought| lot::is_of_later(bought, scene.as_of)) {
            found.idle.insert(at, "bought-later");
            for demand in &mut found.demands {
                demand.refused.entry(at).and_modify(|why| *why = "bought-later");
            }
        }
    }
    found
}

impl<'a> Scene<'a> {
    /// Whether a plan may serve a user: where users are told by plan, a plan serves its own users only.
    pub(crate) fn plan_serves(&self, lot: &Lot, user: &str) -> bool {
        if !self.index.plans_told {
            return true;
        }
        let plan =
            self.index.users.get(user).and_then(|at| self.estate.users.get(*at)).and_then(|user| user.plan.as_deref());
        plan == Some(lot.product.as_str())
    }

    /// The installations, each with the place and record of the client device that it stands on, if it does.
    pub(crate) fn installs(&self) -> impl Iterator<Item = (&'a Install, Option<(usize, &'a Device)>)> {
        let estate = self.estate;
        estate.installs.iter().zip(&self.index.on_device).map(move |(install, place)| {
            let place = place.and_then(|place| usize::try_from(place).ok());
            (install, place.and_then(|place| Some((place, estate.devices.get(place)?))))
        })
    }

    /// Whether an installation serves development alone and a subscription for developers runs.
    pub(crate) fn is_development(&self, install: &Install) -> bool {
        install.usage.as_deref() == Some("dev_test") && self.index.development
    }

    /// Whether a machine has a licence of its own that is paid by use.
    pub(crate) fn pays_by_use(&self, machine: &str) -> bool {
        self.index.by_use.iter().filter_map(|place| self.lots.get(*place)).any(|lot| lot.tied.has(machine))
    }

    /// Whether an access is a session on a server, of whichever maker's product.
    pub(crate) fn is_session(&self, access: &crate::deployments::Access) -> bool {
        access.via.as_deref().map(str::to_lowercase).is_some_and(|via| {
            self.terms.rule("CAL-RDS", self.as_of).words("sessions").iter().any(|word| via.contains(word))
        })
    }

    /// The lots that may serve `need` under `metric` (and `also`), and the refused ones of the product.
    pub(crate) fn serving(
        &self,
        need: &Need<'_>,
        metrics: &[&str],
        refused: &mut BTreeMap<usize, WhyNot>,
        also: impl Fn(&Lot) -> Result<u64, WhyNot>,
    ) -> Vec<Arc> {
        let mut arcs = Vec::new();
        let of_product = self.index.lots.get(need.product).into_iter().flatten();
        for (index, lot) in of_product.filter_map(|index| Some((*index, self.lots.get(*index)?))) {
            if !metrics.contains(&lot.metric.as_str()) && !lot.is_of_unknown_metric() {
                continue;
            }
            let metric = metrics.first().copied().unwrap_or_default();
            match self.whatever_is_untold(lot, need, metric, &also) {
                Ok(worth) => {
                    arcs.push(Arc { lot: index, worth, preference: preference(lot, need) });
                    refused.remove(&index);
                }
                Err(why) => {
                    if why != "other-product" {
                        refused.entry(index).or_insert(why);
                    }
                }
            }
        }
        // What one way allows is not refused because another way does not.
        for arc in &arcs {
            refused.remove(&arc.lot);
        }
        arcs
    }

    /// As `judged`, where perhaps neither metric nor edition of the lot is told. Read in the way that asks least, it is counted as
    /// is asked for, and of the edition that serves; in the other, it serves nothing.
    fn whatever_is_untold(
        &self,
        lot: &Lot,
        need: &Need<'_>,
        metric: &str,
        also: &impl Fn(&Lot) -> Result<u64, WhyNot>,
    ) -> Result<u64, WhyNot> {
        let family = self.terms.product(need.product);
        let edition = need.edition.filter(|_| lot.is_of_unknown_edition());
        if !lot.is_of_unknown_metric() && edition.is_none() {
            return self.judged(lot, need, also);
        }
        if lot.is_of_unknown_metric() && self.reads(ASK_LOT_METRIC, &lot.id, need.product) == Reading::High {
            return Err("metric-unknown");
        }
        if edition.is_some() && self.reads(ASK_LOT_EDITION, &lot.id, need.product) == Reading::High {
            return Err("edition-unknown");
        }
        let mut read = lot.clone();
        if lot.is_of_unknown_metric() {
            metric.clone_into(&mut read.metric);
        }
        let Some(edition) = edition else { return self.judged(&read, need, also) };
        let higher = family.into_iter().flat_map(|family| &family.covers).map(|cover| cover.licence.as_str());
        let editions = std::iter::once(edition).chain(higher);
        let each =
            editions.map(|edition| self.judged(&Lot { edition: edition.to_owned(), ..read.clone() }, need, also));
        each.reduce(Result::or).unwrap_or(Err("edition-unknown"))
    }

    /// Whether a lot may serve `need`, with what of its version is told for sure or by the reading, and what a unit is worth.
    fn judged(&self, lot: &Lot, need: &Need<'_>, also: &impl Fn(&Lot) -> Result<u64, WhyNot>) -> Result<u64, WhyNot> {
        let may = match may_cover(lot, need, self.terms, self.as_of) {
            // Read in the way that asks least, the release fell into the coverage.
            Err(ASK_RELEASE_GAP) if self.reads(ASK_RELEASE_GAP, &lot.id, need.product) == Reading::Low => {
                let later = Lot { reach: lot.perhaps, ..lot.clone() };
                may_cover(&later, need, self.terms, self.as_of)
            }
            // Read in the way that asks least, a lot of unknown version is one of the newest.
            Err(_)
                if lot.is_of_unknown_version()
                    && self.reads(ASK_LOT_VERSION, &lot.id, need.product) == Reading::Low =>
            {
                let newest = self.terms.product(need.product).and_then(|family| family.newest_on(self.as_of));
                may_cover(&Lot { reach: newest, ..lot.clone() }, need, self.terms, self.as_of)
            }
            other => other,
        };
        may.and_then(|()| also(lot))
    }

    /// Whether a lot is counted by `metric`, as far as is told or by the reading of what is not.
    pub(crate) fn counts_by(&self, lot: &Lot, metric: &str) -> bool {
        let low = || self.reads(ASK_LOT_METRIC, &lot.id, &lot.product) == Reading::Low;
        lot.metric == metric || (lot.is_of_unknown_metric() && low())
    }

    /// How the unknown `code` about `subject` is read: in the way that asks least where its answer is weighed, else as all are.
    pub(crate) fn reads(&self, code: &str, subject: &str, product: &str) -> Reading {
        if self.answered.is_some_and(|ask| ask.answers(code, subject, product)) { Reading::Low } else { self.reading }
    }

    /// The version's place in time; for an unknown one the oldest or the newest by the reading, with a question.
    pub(crate) fn rank_of(&self, product: &str, version: &str, subject: &str, found: &mut Found) -> usize {
        let Some(family) = self.terms.product(product) else { return 0 };
        family.rank(version).unwrap_or_else(|| {
            if version == "current" || version == "none" {
                return family.newest_on(self.as_of).unwrap_or(0);
            }
            let reading = self.reads("version-unknown", subject, product);
            let (subject, product) = (Word::from(subject), Word::from(product));
            found.asks.insert(Ask { code: "version-unknown", subject, product, rule: Some("GEN-NEWER-ONLY") });
            match reading {
                Reading::Low => 0,
                Reading::High => family.newest_on(self.as_of).unwrap_or(0),
            }
        })
    }
}

/// Exact matches first, then the nearest newer version, bound licences before free ones, lapsed before running coverage.
fn preference(lot: &Lot, need: &Need<'_>) -> u64 {
    let bound = u64::from(!lot.is_bound() && matches!(lot.tied, crate::deployments::Words::None));
    let edition = u64::from(need.edition.is_some_and(|edition| edition != lot.edition));
    let newer = lot.rank.map_or(0, |rank| rank.abs_diff(need.rank)) as u64;
    let running = u64::from(lot.active);
    let unproven = u64::from(lot.proof == Some(false));
    edition * 1000 + newer * 20 + bound * 8 + running * 4 + unproven
}

/// `count` copies of an installation that serve development under a subscription.
pub(crate) fn under_development(install: &Install, count: u64) -> SetAside {
    SetAside {
        on: install.on.clone(),
        product: install.product.clone(),
        edition: install.edition.clone(),
        version: install.version.clone(),
        outcome: "not-licensable".to_owned(),
        why: "development-under-subscription".to_owned(),
        count,
    }
}

/// Sorts and dedups origins.
pub(crate) fn tidy(mut origins: Vec<Origin>) -> Vec<Origin> {
    origins.sort();
    origins.dedup();
    origins
}
