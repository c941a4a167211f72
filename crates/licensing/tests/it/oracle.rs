//! The optimiser against an oracle that tries everything: for each demand every way and every whole number of units of every
//! lot. It shares no code with the optimiser: prices, capacities and what counts as used are worked out here anew.
//!
//! What is compared, in order: money of what is missing, worth of what is used, distance of the lots used.

use jiff::civil::date;
use licensing::assignment::verify::{Facts, sums, verify};
use licensing::assignment::{Assignment, assign};
use licensing::deployments::{Entitlement, Estate, Install, Vm, Words};
use licensing::requirements::{Arc, Demand, Index, Lot, Reading, Scene, Way, lots, requirements};
use licensing::side_by_side::SideBySide;
use licensing::terms::{Prices, Terms};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Money missing, worth used, distance.
type Cost = (i64, i64, i64);

fn hundredths(prices: &Prices, product: &str, edition: &str, metric: &str) -> i64 {
    let Some(price) = prices.unit(product, edition, metric) else { return 10_000 };
    let text = format!("{:.2}", price.amount);
    text.replace('.', "").parse::<i64>().expect("a small price").max(1)
}

fn missing_cost(way: &Way, units: u64, prices: &Prices) -> i64 {
    hundredths(prices, &way.product, &way.edition, &way.metric) * units as i64
}

fn stated(demand: &Demand) -> Option<&Way> {
    demand.ways.iter().find(|way| way.review).or_else(|| demand.ways.iter().find(|way| way.native))
}

/// A way that only says what is missing where nothing is held: lots of another metric serve the demand, none serves this way.
/// Where another way costs as much, that one is taken.
fn only_says(demand: &Demand, way: &Way) -> bool {
    let mut served = demand.ways.iter().filter(|other| !other.arcs.is_empty()).peekable();
    way.arcs.is_empty()
        && way.inherent == 0
        && !way.review
        && served.peek().is_some()
        && served.all(|other| other.metric != way.metric)
}

/// What weighs more than any worth of lots used.
const LAST: i64 = 1 << 34;

/// Worth and distance of `units` of need that a lot serves.
fn used_cost(way: &Way, arc: &Arc, lot: &Lot, units: u64, prices: &Prices) -> (i64, i64) {
    let brought_along = !way.scope.is_empty() && lot.product != way.product;
    let value =
        if brought_along { 0 } else { hundredths(prices, &lot.product, &lot.edition, &lot.metric) / arc.worth as i64 };
    (value * units as i64, arc.preference as i64 * units as i64)
}

/// What an assignment costs, from nothing but its uses.
fn cost_of(demands: &[Demand], lots: &[Lot], prices: &Prices, assignment: &Assignment) -> Cost {
    let mut sum = (0, 0, 0);
    for (demand, served) in demands.iter().zip(&assignment.served) {
        let way = &demand.ways[served.way];
        sum.0 += missing_cost(way, way.units - served.covered, prices);
        if only_says(demand, way) {
            sum.1 += LAST * way.units as i64;
        }
        for each in &served.uses {
            let arc = way.arcs.iter().find(|arc| arc.lot == each.lot).expect("a use has a right");
            let (value, distance) = used_cost(way, arc, &lots[each.lot], each.covered, prices);
            sum.1 += value;
            sum.2 += distance;
        }
    }
    sum
}

/// What is used so far: for each lot, scope and worth the units of need served, a byte each.
type Used = u128;

struct Slots {
    names: Vec<(usize, &'static str, u64)>,
}

impl Slots {
    fn of(demands: &[&Demand]) -> Slots {
        let mut names: Vec<_> = demands
            .iter()
            .flat_map(|demand| &demand.ways)
            .flat_map(|way| way.arcs.iter().map(|arc| (arc.lot, way.scope, arc.worth)))
            .collect();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() <= 16, "more lots than the oracle has bytes for");
        Slots { names }
    }

    fn place(&self, way: &Way, arc: &Arc) -> usize {
        self.names.iter().position(|name| *name == (arc.lot, way.scope, arc.worth)).expect("listed")
    }

    /// A begun unit is used, and used at one worth only.
    fn fits(&self, used: Used, lots: &[Lot]) -> bool {
        let mut before = None;
        let mut base = 0;
        self.names.iter().zip(used.to_le_bytes()).all(|((lot, scope, worth), units)| {
            base = if before == Some((lot, scope)) { base } else { 0 } + u64::from(units).div_ceil(*worth);
            before = Some((lot, scope));
            base <= lots[*lot].units
        })
    }
}

/// Every way to spread at most `most` units over `arcs` arcs.
fn spreads(most: u64, arcs: usize) -> Vec<Vec<u64>> {
    let mut all = vec![Vec::new()];
    for _ in 0..arcs {
        all = all
            .into_iter()
            .flat_map(|part: Vec<u64>| {
                let left = most - part.iter().sum::<u64>();
                (0..=left).map(move |units| [part.as_slice(), &[units]].concat())
            })
            .collect();
    }
    all
}

/// The least cost over everything that is possible.
#[expect(clippy::iter_over_hash_type, reason = "of several costs of one state the least is kept, in whatever order")]
fn try_everything(demands: &[&Demand], lots: &[Lot], prices: &Prices) -> Cost {
    let slots = Slots::of(demands);
    let mut reached: HashMap<Used, Cost> = HashMap::from([(0, (0, 0, 0))]);
    for demand in demands {
        let home = stated(demand);
        let mut ways: Vec<&Way> = demand
            .ways
            .iter()
            .filter(|way| !way.arcs.is_empty() || way.inherent > 0 || home.is_some_and(|home| std::ptr::eq(home, *way)))
            .collect();
        if ways.is_empty() {
            ways = demand.ways.iter().take(1).collect();
        }
        let mut options: Vec<(Used, Cost)> = Vec::new();
        for way in ways {
            let needed = way.units - way.inherent.min(way.units);
            for spread in spreads(needed, way.arcs.len()) {
                let served: u64 = spread.iter().sum();
                let mut cost = (missing_cost(way, needed - served, prices), 0, 0);
                if let (Some(home), 0, 0, true) = (home, served, way.inherent, way.units > 0) {
                    cost.0 = missing_cost(home, home.units - home.inherent.min(home.units), prices);
                    if only_says(demand, home) {
                        cost.1 += LAST * home.units as i64;
                    }
                }
                for (arc, units) in way.arcs.iter().zip(&spread) {
                    let (value, distance) = used_cost(way, arc, &lots[arc.lot], *units, prices);
                    cost.1 += value;
                    cost.2 += distance;
                }
                let takes =
                    way.arcs.iter().zip(spread).map(|(arc, units)| u128::from(units) << (8 * slots.place(way, arc)));
                let takes = takes.sum();
                if slots.fits(takes, lots) {
                    options.push((takes, cost));
                }
            }
        }
        let mut next: HashMap<Used, Cost> = HashMap::new();
        for (used, cost) in &reached {
            for (takes, more) in &options {
                let used = used + takes;
                if slots.fits(used, lots) {
                    let cost = (cost.0 + more.0, cost.1 + more.1, cost.2 + more.2);
                    next.entry(used).and_modify(|known| *known = cost.min(*known)).or_insert(cost);
                }
            }
        }
        reached = next;
    }
    reached.into_values().min().expect("to use nothing is always possible")
}

/// Demands that share stand apart, with lots of their own.
fn least(demands: &[Demand], lots: &[Lot], prices: &Prices) -> Cost {
    let of = |shares: bool| demands.iter().filter(|demand| demand.shares == shares).collect::<Vec<_>>();
    let (a, b) = (try_everything(&of(false), lots, prices), try_everything(&of(true), lots, prices));
    (a.0 + b.0, a.1 + b.1, a.2 + b.2)
}

fn agree(demands: &[Demand], lots: &[Lot], prices: &Prices) -> Result<(), TestCaseError> {
    let assignment = assign(demands, lots, prices);
    prop_assert_eq!(sums(demands, lots, &assignment), Vec::new());
    prop_assert!(assignment.optimal, "not proved");
    prop_assert!(assignment.gap.is_zero());
    prop_assert_eq!(cost_of(demands, lots, prices, &assignment), least(demands, lots, prices));
    Ok(())
}

const EDITIONS: [&str; 3] = ["A", "B", "C"];
const METRICS: [&str; 2] = ["core", "server"];

fn some_prices() -> impl Strategy<Value = Prices> {
    prop::collection::vec(prop::option::weighted(0.8, 1u32..40), 6).prop_map(|amounts| {
        let mut text = "currency = 'USD'\n".to_owned();
        let names = EDITIONS.iter().flat_map(|edition| METRICS.map(|metric| (*edition, metric)));
        let mut any = false;
        for ((edition, metric), amount) in names.zip(amounts) {
            if let Some(amount) = amount {
                any = true;
                // Multiples of four hundredths, so that a unit's worth divides by every worth below.
                let amount = format!("{}.{:02}", amount * 3, amount % 5 * 4);
                text += &format!(
                    "[[price]]\nproduct = 'P'\nedition = '{edition}'\nmetric = '{metric}'\namount = '{amount}'\n"
                );
            }
        }
        if !any {
            text += "price = []\n";
        }
        Prices::parse("p.toml", &text).expect("a price list")
    })
}

fn lot_of(at: usize, product: &str, edition: &str, metric: &str, units: u64) -> Lot {
    Lot {
        id: format!("l{at}"),
        entitlement: at,
        product: product.to_owned(),
        edition: edition.to_owned(),
        version: "1".to_owned(),
        rank: Some(0),
        reach: Some(0),
        metric: metric.to_owned(),
        units,
        pack: 1,
        channel: "volume".to_owned(),
        active: true,
        ended: false,
        sa_until: None,
        tied: Words::None,
        assigned_days: None,
        proof: None,
        perhaps: None,
        surely: None,
        settled: false,
        with_devices: false,
    }
}

fn some_lots() -> impl Strategy<Value = Vec<Lot>> {
    let one = (0usize..3, 0usize..2, 0u64..5, prop::bool::weighted(0.2));
    prop::collection::vec(one, 0..4).prop_map(|lots| {
        let named = lots.into_iter().enumerate();
        named
            .map(|(at, (e, m, units, plan))| {
                lot_of(at, if plan { "Plan" } else { "P" }, EDITIONS[e], METRICS[m], units)
            })
            .collect()
    })
}

/// Edition, metric, units, inherent, arcs by lot (worth, preference), scoped, native, review.
type WayParts = (usize, usize, u64, u64, Vec<Option<(usize, u64)>>, bool, bool, bool);

fn some_way() -> impl Strategy<Value = WayParts> {
    (
        0usize..3,
        0usize..2,
        0u64..6,
        prop_oneof![4 => Just(0u64), 1 => 0u64..3],
        prop::collection::vec(prop::option::weighted(0.6, (0usize..6, 0u64..4)), 4),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.1),
    )
}

fn demand_of(at: usize, ways: Vec<WayParts>, shares: bool, lots: &[Lot]) -> Demand {
    let ways = ways
        .into_iter()
        .map(|(edition, metric, units, inherent, arcs, scoped, native, review)| Way {
            product: "P".to_owned(),
            edition: EDITIONS[edition].to_owned(),
            metric: METRICS[metric].to_owned(),
            units,
            inherent,
            arcs: arcs
                .into_iter()
                .take(lots.len())
                .enumerate()
                .filter_map(|(lot, arc)| {
                    let (worth, preference) = arc?;
                    Some(Arc { lot, worth: [1, 1, 1, 1, 2, 4][worth], preference })
                })
                .collect(),
            scope: if scoped { "right" } else { "" },
            native,
            review,
            ..Way::default()
        })
        .collect();
    Demand { key: format!("d{at}"), ways, shares, ..Demand::default() }
}

fn some_demands() -> impl Strategy<Value = (Vec<Demand>, Vec<Lot>, Prices)> {
    let one = (prop::collection::vec(some_way(), 1..4), prop::bool::weighted(0.1), 1usize..3);
    (prop::collection::vec(one, 1..4), some_lots(), some_prices()).prop_map(|(demands, lots, prices)| {
        let mut all = Vec::new();
        for (ways, shares, times) in demands {
            for _ in 0..times {
                all.push(demand_of(all.len(), ways.clone(), shares, &lots));
            }
        }
        all.truncate(4);
        (all, lots, prices)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_cheaper_than_what_the_optimiser_found((demands, lots, prices) in some_demands()) {
        agree(&demands, &lots, &prices)?;
    }
}

/// The shipped terms with every minimum brought down to one or two cores, so that all whole numbers can be tried.
fn small_terms() -> &'static (Terms, Prices) {
    static KNOWN: OnceLock<(Terms, Prices)> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        read(&root.join("terms"), &mut files);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        (Terms::parse(&files).expect("terms with small minimums"), Prices::builtin().expect("shipped prices parse"))
    })
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) {
    const MINIMUMS: [&str; 6] =
        ["per_processor", "per_server", "per_vm", "per_customer", "cores_per_licence", "processor_licence_worth"];
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read(&path, files);
        } else if path.extension().is_some_and(|end| end == "toml") {
            let text = std::fs::read_to_string(&path).expect("readable");
            let lines = text.lines().map(|line| match line.split_once(" = ") {
                Some((key, value)) if MINIMUMS.contains(&key) => {
                    let small = value.parse::<u64>().map_or(1, |number| if number > 8 { 2 } else { 1 });
                    format!("{key} = {small}\n")
                }
                _ => format!("{line}\n"),
            });
            files.push((path.display().to_string(), lines.collect()));
        }
    }
}

/// Processors, cores, guests, version, edition, SQL Server on the first guest.
type Host = (u32, u32, u64, usize, bool, bool);

const VERSIONS: [&str; 4] = ["2008 R2", "2012 R2", "2016", "2022"];

fn host() -> impl Strategy<Value = Host> {
    (1u32..3, 1u32..3, 0u64..5, 0usize..4, prop::bool::weighted(0.2), prop::bool::weighted(0.3))
}

/// Product, metric, version, higher edition, units, assured.
fn entitlement() -> impl Strategy<Value = Entitlement> {
    (prop::bool::weighted(0.3), 0usize..4, 0usize..4, any::<bool>(), 1u64..5, any::<bool>()).prop_map(
        |(sql, metric, version, higher, units, assured)| Entitlement {
            product: if sql { "SQL Server" } else { "Windows Server" }.to_owned(),
            edition: match (sql, higher) {
                (true, true) => "Enterprise",
                (false, true) => "Datacenter",
                _ => "Standard",
            }
            .to_owned(),
            version: if sql { ["2008 R2", "2014", "2016", "2022"][version] } else { VERSIONS[version] }.to_owned(),
            metric: match (sql, metric) {
                (_, 0 | 1) => "core",
                (true, 2) => "processor",
                (false, 2) => "processor_pair",
                _ => "server",
            }
            .to_owned(),
            quantity: units,
            channel: "volume".to_owned(),
            sa_until: assured.then(|| date(2026, 1, 1)),
            ..Entitlement::default()
        },
    )
}

/// Virtual cores, version, days since the benefit was claimed, SQL Server.
type Azure = (u32, usize, u32, bool);

fn azure() -> impl Strategy<Value = Azure> {
    (1u32..4, 0usize..4, prop::sample::select(&[10u32, 400][..]), any::<bool>())
}

fn estate(hosts: &[Host], away: &[Azure], lots: &[Entitlement]) -> Estate {
    let mut estate = Estate::default();
    for (at, (processors, cores, guests, version, datacenter, sql)) in hosts.iter().enumerate() {
        let on = crate::estates::host(&mut estate, at, [*processors, *cores, 2], *guests);
        let mut install = |product: &str, edition: &str, version: &str| {
            estate.installs.push(Install {
                on: on.clone().into(),
                product: product.into(),
                edition: edition.into(),
                version: version.into(),
                ..Install::default()
            });
        };
        install("Windows Server", if *datacenter { "Datacenter" } else { "Standard" }, VERSIONS[*version]);
        if *sql {
            install("SQL Server", "Standard", ["2008 R2", "2014", "2016", "2022"][*version]);
        }
    }
    for (at, (vcpus, version, since, sql)) in away.iter().enumerate() {
        let id = format!("a{at}");
        estate.vms.push(Vm {
            id: id.clone().into(),
            host: Some("azure".into()),
            vcpus: Some(*vcpus),
            count: 1,
            ahb_since_days: Some(*since),
            ..Vm::default()
        });
        estate.installs.push(Install {
            on: id.into(),
            product: if *sql { "SQL Server" } else { "Windows Server" }.into(),
            edition: "Standard".into(),
            version: if *sql { ["2008 R2", "2014", "2016", "2022"][*version] } else { VERSIONS[*version] }.into(),
            ..Install::default()
        });
    }
    for (at, lot) in lots.iter().enumerate() {
        estate.entitlements.push(Entitlement { id: format!("e{at}"), ..lot.clone() });
    }
    estate
}

/// The demands of one estate that no lot joins apart from each other: they may be tried one group after the other.
fn apart(demands: &[Demand]) -> Vec<Vec<Demand>> {
    type Lots<'a> = BTreeSet<(usize, &'a str)>;
    let mut groups: Vec<(Lots<'_>, Vec<Demand>)> = Vec::new();
    for demand in demands {
        let mut lots: Lots<'_> =
            demand.ways.iter().flat_map(|way| way.arcs.iter().map(|arc| (arc.lot, way.scope))).collect();
        let mut members = vec![demand.clone()];
        let (joined, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(own, _)| !own.is_disjoint(&lots));
        for (own, with) in joined {
            lots.extend(own);
            members.extend(with);
        }
        groups = others;
        groups.push((lots, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Assigns what an estate asks for, and compares it with the least of everything that is possible.
pub(crate) fn agree_on(estate: &Estate) -> Result<(), TestCaseError> {
    let (terms, prices) = small_terms();
    let as_of = date(2025, 6, 30);
    let all = lots(estate, terms, as_of);
    let index = Index::new(estate, &all, terms);
    for reading in [Reading::High, Reading::Low] {
        let scene = Scene {
            estate,
            lots: &all,
            terms,
            as_of,
            reading,
            answered: None,
            index: &index,
            side_by_side: SideBySide::default(),
        };
        let found = requirements(&scene).demands;
        let whole = assign(&found, &all, prices);
        prop_assert!(whole.optimal);
        prop_assert_eq!(verify(&Facts::new(estate, terms, as_of), reading, &found, &all, &whole), Vec::new());
        let parts = apart(&found);
        let least = parts.iter().map(|part| least(part, &all, prices));
        let sum = least.fold((0, 0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1, sum.2 + part.2));
        prop_assert_eq!(cost_of(&found, &all, prices, &whole), sum);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_cheaper_on_a_small_estate(
        hosts in prop::collection::vec(host(), 0..4),
        away in prop::collection::vec(azure(), 0..3),
        owned in prop::collection::vec(entitlement(), 0..4),
    ) {
        agree_on(&estate(&hosts, &away, &owned))?;
    }
}
