//! From demands and their assignment to lines: both readings of the unknown, money, lots left over.

use super::apart::apart;
use super::naming::{Names, named};
use super::questions::{Worth, questions, worths};
use super::uncounted::in_no_line;
use super::{ClauseMoney, Exposure, Finding, Interval, Line, LotUse, Name, Position, RuleCited, Subject, Unused};
use crate::assignment::verify::{Facts, verify};
use crate::assignment::{Assignment, Served, Solved, assign_again};
use crate::deployments::Estate;
use crate::facts::Origin;
use crate::findings::merged;
use crate::requirements::{
    Ask, Demand, Found, Index, Lot, Reading, Scene, Way, first_requirements, is_open, lots, requirements_again,
};
use crate::side_by_side::SideBySide;
use crate::terms::{Prices, Source, Terms};
use crate::word::Word;
use foldhash::fast::RandomState;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Switches of a position.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Leave out lots that have no proof of purchase on file.
    pub proven_only: bool,
    /// How parts that need nothing of each other are worked through: it changes the time, never what comes out.
    pub side_by_side: SideBySide,
}

/// Name of a line: product, edition, version, metric, unit.
pub(super) type Key = (String, String, String, String, Option<String>);

/// For each kind of lot, the lines that it may serve: units served, and units of the line that a base unit is worth. What is
/// left of the lots of a kind is spare on the line that they serve most.
type Home = BTreeMap<usize, BTreeMap<Key, (u64, u64)>>;

/// The kind of each lot: lots that differ in nothing but their paper and number of units are of one kind.
fn alike(owned: &[Lot]) -> Vec<usize> {
    let mut kinds = BTreeMap::new();
    owned
        .iter()
        .map(|lot| {
            let words = (&lot.product, &lot.edition, &lot.version, &lot.metric, &lot.channel);
            let next = kinds.len();
            *kinds.entry((words, lot.reach, lot.active, lot.sa_until)).or_insert(next)
        })
        .collect()
}

/// The figures of a line, under one reading.
#[derive(Clone, Copy, Default)]
struct Sums {
    required: u64,
    covered: u64,
    surplus: u64,
}

/// A line in the making, under one reading. Subjects and origins are many: they are moved here and put in order at the end.
#[derive(Default)]
struct Draft {
    sums: Sums,
    review: bool,
    /// Nothing tells the highest reading: the sums are its least.
    open: bool,
    remedy: Option<String>,
    rules: BTreeSet<&'static str>,
    trace: Vec<super::Step>,
    lots: BTreeMap<usize, (u64, Option<&'static str>)>,
    twice: u64,
    also: BTreeSet<Name>,
    /// Name, what it is, outcome, count.
    subjects: Vec<(Word, Word, &'static str, u64)>,
    origins: Vec<Origin>,
}

struct Read {
    drafts: BTreeMap<Key, Draft>,
    found: Found,
    unused: Vec<Unused>,
    optimal: bool,
    gap: Decimal,
    objections: BTreeSet<Finding>,
}

/// What is missing, line by line, under one reading.
struct Shortage(BTreeMap<Key, u64>);

impl Shortage {
    fn of(drafts: &BTreeMap<Key, Draft>) -> Self {
        let short = |draft: &Draft| draft.sums.required.saturating_sub(draft.sums.covered);
        Shortage(
            drafts.iter().map(|(key, draft)| (key.clone(), short(draft))).filter(|(_, short)| *short > 0).collect(),
        )
    }

    /// By how many units and how much money the two differ; no money where a line that differs has no price.
    fn compare(&self, other: &Shortage, prices: &Prices) -> Worth {
        let keys: BTreeSet<&Key> = self.0.keys().chain(other.0.keys()).collect();
        let (mut more, mut less) = (0u64, 0u64);
        let mut money = Some(Decimal::ZERO);
        for key in keys {
            let at = |shortage: &Shortage| shortage.0.get(key).copied().unwrap_or(0);
            let (here, there) = (at(self), at(other));
            if here == there {
                continue;
            }
            more = more.saturating_add(here.saturating_sub(there));
            less = less.saturating_add(there.saturating_sub(here));
            let price = prices.unit(&key.0, &key.1, &key.3).map(|price| price.amount);
            let amount = price.and_then(|price| price.checked_mul(Decimal::from(here.abs_diff(there))));
            money = money
                .zip(amount)
                .and_then(|(sum, amount)| if here > there { sum.checked_add(amount) } else { sum.checked_sub(amount) });
        }
        Worth { units: more.max(less), money: money.map(|money| money.abs()) }
    }
}

/// How many records of the estate a position reads: the work of one reading.
fn records(estate: &Estate) -> usize {
    [
        estate.installs.len(),
        estate.devices.len(),
        estate.servers.len(),
        estate.vms.len(),
        estate.users.len(),
        estate.accesses.len(),
    ]
    .into_iter()
    .fold(1, usize::saturating_add)
}

/// The licence position of `estate` on `as_of`. Never fails: what cannot be judged is said in findings and questions.
pub fn position(estate: &Estate, terms: &Terms, prices: &Prices, as_of: Date, options: &Options) -> Position {
    let mut owned = lots(estate, terms, as_of);
    if options.proven_only {
        owned.retain(|lot| lot.proof != Some(false));
    }
    // The order of the evidence decides nothing.
    owned.sort_by(|a, b| told_apart(a).cmp(&told_apart(b)));
    let side_by_side = options.side_by_side;
    let (facts, index) = side_by_side.both(|| Facts::new(estate, terms, as_of), || Index::new(estate, &owned, terms));
    let facts = facts.verified(side_by_side);
    let scene =
        |reading| Scene { estate, lots: &owned, terms, as_of, reading, answered: None, index: &index, side_by_side };
    let (first, settled) = first_requirements(&scene(Reading::High));
    let asked = !first.asks.is_empty();
    let mut solved = Solved::default();
    let held = Held { terms, prices, owned: &owned, alike: alike(&owned) };
    let mut high = read(first, &held, &facts, Reading::High, &BTreeMap::new(), &mut solved);
    let bare = settled.without_subjects();
    let least = asked.then(|| requirements_again(&scene(Reading::Low), settled));
    let mut low = least.map(|found| read(found, &held, &facts, Reading::Low, &high.drafts, &mut solved));
    let most = Shortage::of(&high.drafts);
    let mut answered = |ask: &Ask| {
        let scene = Scene { answered: Some(ask), ..scene(Reading::High) };
        most.compare(&shortage(requirements_again(&scene, bare.clone()), &held, &mut solved), prices)
    };
    let worths = worths(&high.found.asks, records(estate), &mut answered);
    if let Some(low) = &low {
        tell_what_is_open(&mut high.drafts, &low.drafts);
    }
    let keys: BTreeSet<Key> =
        high.drafts.keys().chain(low.iter().flat_map(|read| read.drafts.keys())).cloned().collect();
    let mut lines = Vec::new();
    for key in keys {
        let upper = high.drafts.remove(&key);
        let lower = low.as_mut().and_then(|read| read.drafts.remove(&key));
        let shown = upper.as_ref().map(|draft| draft.sums).unwrap_or_default();
        let least = match low {
            Some(_) => lower.as_ref().map(|draft| draft.sums).unwrap_or_default(),
            None => shown,
        };
        let detail = upper.or(lower).unwrap_or_default();
        lines.push(line(key, shown, least, detail, terms, prices, as_of, &owned));
    }
    tell_of_other_lines(&mut lines, &owned);
    let exposure = total(&lines, prices);
    let mut findings = high.found.findings.clone();
    findings.extend(high.objections);
    if let Some(low) = &low {
        findings.extend(low.objections.clone());
    }
    let mut breaches = high.found.breaches.clone();
    breaches.sort();
    breaches.dedup();
    let mut set_aside = std::mem::take(&mut high.found.set_aside);
    set_aside.extend(in_no_line(&scene(Reading::High), &lines, &set_aside));
    set_aside.sort();
    Position {
        as_of,
        questions: questions(worths, &lines, prices, &|ask| is_open(&scene(Reading::High), ask)),
        breaches,
        unused: high.unused,
        set_aside,
        findings: findings.into_iter().collect(),
        audit: estate.audits.first().map(|audit| super::audit::outcome(audit, terms, as_of)),
        clause: clause(&exposure, terms, as_of),
        exposure,
        optimal: high.optimal && low.as_ref().is_none_or(|read| read.optimal),
        gap: low.as_ref().map_or(high.gap, |low| low.gap.max(high.gap)),
        lines,
    }
}

/// What tells lots apart, so far as they can be told apart.
fn told_apart(lot: &Lot) -> impl Ord + '_ {
    let words = (&lot.id, &lot.product, &lot.edition, &lot.version, &lot.metric, &lot.channel);
    (words, lot.units, lot.sa_until, lot.proof, lot.assigned_days)
}

/// What every reading is judged by.
struct Held<'a> {
    terms: &'a Terms,
    prices: &'a Prices,
    owned: &'a [Lot],
    /// The kind of each lot.
    alike: Vec<usize>,
}

/// One reading, assigned and verified. For lines that are `told` already the evidence rows are not kept a second time: they
/// are shown from there. Outcomes are, for those of two readings are compared.
fn read(
    mut found: Found,
    held: &Held<'_>,
    facts: &Facts<'_>,
    reading: Reading,
    told: &BTreeMap<Key, Draft>,
    solved: &mut Solved,
) -> Read {
    // Two versions of one product on one machine have one key: what stands there tells them apart.
    found.demands.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| a.subjects.cmp(&b.subjects)));
    let assignment = assign_again(&found.demands, held.owned, held.prices, solved);
    let objections = verify(facts, reading, &found.demands, held.owned, &assignment)
        .into_iter()
        .map(|each| Finding { code: format!("verifier-{}", each.code), subject: each.subject.into(), product: None })
        .collect();
    found.findings.extend(apart(&found.demands, held.owned, &assignment));
    let mut drafts: BTreeMap<Key, Draft> = BTreeMap::new();
    let mut home = Home::new();
    let names = Names::of(&found.demands, &assignment, held.owned, held.terms);
    for (demand, served) in found.demands.iter_mut().zip(&assignment.served) {
        draft(demand, served, held, &names, told, &mut drafts, &mut home);
    }
    let unused = spare(&found, held.owned, &held.alike, &assignment, home, &mut drafts);
    // The next reading takes its place.
    found.demands = Vec::new();
    Read { drafts, optimal: assignment.optimal, gap: assignment.gap, unused, objections, found }
}

/// What is missing under a reading that is only weighed, never shown: without what stands behind the figures.
fn shortage(mut found: Found, held: &Held<'_>, solved: &mut Solved) -> Shortage {
    for demand in &mut found.demands {
        (demand.subjects, demand.origins) = (Vec::new(), Vec::new());
    }
    found.demands.sort_by(|a, b| a.key.cmp(&b.key));
    let assignment = assign_again(&found.demands, held.owned, held.prices, solved);
    let (mut drafts, mut home) = (BTreeMap::new(), Home::new());
    let names = Names::of(&found.demands, &assignment, held.owned, held.terms);
    for (demand, served) in found.demands.iter_mut().zip(&assignment.served) {
        draft(demand, served, held, &names, &BTreeMap::new(), &mut drafts, &mut home);
    }
    Shortage::of(&drafts)
}

/// Metrics under which one unit is one device or person.
const ONE_EACH: [&str; 7] =
    ["device", "device_upgrade", "device_cal", "device_sub", "user_cal", "user_sub", "client_ml"];

/// Each subject with its outcome. Of devices or people that are equal, the first in the stable order hold what licences there
/// are: one of them is licensed or not, never in part. A machine that takes several units may be licensed in part.
fn outcomes(mut subjects: Vec<(Word, Word, u64)>, way: &Way, covered: u64) -> Vec<(Word, Word, &'static str, u64)> {
    let all = subjects.iter().map(|(_, _, count)| *count).fold(0, u64::saturating_add);
    if covered > 0 && covered < way.units && all == way.units && ONE_EACH.contains(&way.metric.as_str()) {
        subjects.sort_unstable();
        let mut left = covered;
        let mut told = Vec::with_capacity(subjects.len().saturating_add(1));
        for (name, what, count) in subjects {
            let held = count.min(left);
            left -= held;
            if held > 0 {
                told.push((name.clone(), what.clone(), "licensed", held));
            }
            if count > held {
                told.push((name, what, "not-licensed", count - held));
            }
        }
        return told;
    }
    let outcome = match covered {
        // What covers the fewest units that can be may not cover what there are.
        covered if covered >= way.units && way.open => "cannot-tell",
        covered if covered >= way.units => "licensed",
        0 => "not-licensed",
        _ => "partly",
    };
    subjects.into_iter().map(|(name, what, count)| (name, what, outcome, count)).collect()
}

fn draft(
    demand: &mut Demand,
    served: &Served,
    held: &Held<'_>,
    names: &Names,
    told: &BTreeMap<Key, Draft>,
    drafts: &mut BTreeMap<Key, Draft>,
    home: &mut Home,
) {
    let Held { owned, terms, alike, .. } = held;
    let (subjects, origins) = (std::mem::take(&mut demand.subjects), std::mem::take(&mut demand.origins));
    let Some(way) = demand.ways.get(served.way) else { return };
    // The name that most units speak for; lots of one name speak together, so that a split lot changes nothing.
    let mut speaking: BTreeMap<Key, u64> = BTreeMap::new();
    for each in &served.uses {
        let mut name = named(way, owned.get(each.lot), terms);
        // What is missing beside a higher edition is no more than the edition that is asked for.
        if served.covered < way.units {
            name.1.clone_from(&way.edition);
        }
        *speaking.entry(name).or_default() += each.covered;
    }
    let most = speaking.into_iter().rev().max_by_key(|(_, covered)| *covered);
    let key = most.map_or_else(|| names.of_unserved(demand, way, owned, terms), |(key, _)| key);
    let line = drafts.entry(key.clone()).or_default();
    line.sums.required = line.sums.required.saturating_add(way.units);
    line.sums.covered = line.sums.covered.saturating_add(served.covered);
    line.review |= way.review;
    line.open |= way.open;
    if demand.shares {
        line.twice = line.twice.saturating_add(served.covered);
    }
    let lots = served.uses.iter().filter_map(|each| owned.get(each.lot)).filter(|lot| lot.product == way.product);
    let names = lots
        .map(|lot| (&way.product, &lot.edition, &lot.version))
        .chain(way.also.iter().map(|(product, edition, version)| (product, edition, version)))
        .chain([(&way.product, &way.edition, &way.version)]);
    line.also.extend(names.map(|(product, edition, version)| Name {
        product: product.clone(),
        edition: edition.clone(),
        version: version.clone(),
    }));
    line.remedy = line.remedy.take().or_else(|| way.remedy.map(str::to_owned));
    line.rules.extend(way.rules.iter().copied());
    line.trace.extend(way.steps.iter().cloned());
    append(&mut line.subjects, outcomes(subjects, way, served.covered));
    if !told.contains_key(&key) {
        append(&mut line.origins, origins);
    }
    for (lot, why) in &demand.refused {
        line.lots.entry(*lot).or_insert((0, Some(why)));
    }
    // For each kind of lot what it serves here, and what a base unit of it is worth.
    let worths: BTreeMap<usize, u64> = way.arcs.iter().map(|arc| (arc.lot, arc.worth)).collect();
    let used: BTreeSet<usize> = served.uses.iter().map(|each| each.lot).collect();
    let mut serves: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    let kind = |lot: usize| alike.get(lot).copied().unwrap_or(usize::MAX);
    for each in &served.uses {
        let slot = line.lots.entry(each.lot).or_default();
        *slot = (slot.0.saturating_add(each.base), None);
        let worth = worths.get(&each.lot).copied().unwrap_or(1);
        let known = serves.entry(kind(each.lot)).or_insert((0, worth));
        known.0 = known.0.saturating_add(each.covered);
    }
    for arc in way.arcs.iter().filter(|arc| !used.contains(&arc.lot)) {
        line.lots.entry(arc.lot).or_insert((0, Some("not-needed")));
        serves.entry(kind(arc.lot)).or_insert((0, arc.worth));
    }
    for (kind, (covered, worth)) in serves {
        let known = home.entry(kind).or_default().entry(key.clone()).or_insert((0, worth));
        known.0 = known.0.saturating_add(covered);
    }
}

/// Adds `more` to `list`; the first list of a line, which is mostly its only one, is taken over as it is.
fn append<T>(list: &mut Vec<T>, mut more: Vec<T>) {
    if list.is_empty() { *list = more } else { list.append(&mut more) }
}

/// What is left of each lot: spare units of the line that it serves, or an unused lot with its reason.
fn spare(
    found: &Found,
    owned: &[Lot],
    alike: &[usize],
    assignment: &Assignment,
    home: Home,
    drafts: &mut BTreeMap<Key, Draft>,
) -> Vec<Unused> {
    let mut unused = Vec::new();
    for (index, lot) in owned.iter().enumerate() {
        let left = assignment.left.get(index).copied().unwrap_or(0);
        if left == 0 {
            continue;
        }
        // What is left of a plan belongs to the line of the plan itself, not to one of the rights that it brings.
        let own =
            drafts.keys().find(|key| key.0 == lot.product && key.1 == lot.edition && key.3 == lot.metric).cloned();
        // A subscription that has ended is no spare licence of its line.
        let plan = own.filter(|_| lot.metric == "user_sub" && !lot.ended);
        if let Some(line) = plan.and_then(|key| drafts.get_mut(&key)) {
            line.sums.surplus = line.sums.surplus.saturating_add(left);
            unused.push(Unused {
                lot: lot.id.clone(),
                title: title(lot),
                quantity: left,
                reason: "not-needed".to_owned(),
            });
            continue;
        }
        let refused = found.demands.iter().find_map(|demand| demand.refused.get(&index).copied());
        // A lot like those that serve is no spare of their line where no demand could use this one (it is bound elsewhere).
        let could = found.idle.contains_key(&index) || refused.is_none();
        let lines = alike.get(index).filter(|_| could).and_then(|kind| home.get(kind)).into_iter().flatten();
        let most = lines.rev().max_by_key(|(_, (covered, _))| *covered);
        let reason = match most {
            Some((key, (_, worth))) => {
                if let Some(line) = drafts.get_mut(key) {
                    line.sums.surplus = line.sums.surplus.saturating_add(left.saturating_mul(*worth));
                }
                "not-needed"
            }
            None => {
                let why = found.idle.get(&index).copied().or(refused).unwrap_or("no-deployment");
                // It could have served, in a way that was not taken: spare all the same where the line bears its name.
                let own = (lot.product.clone(), lot.edition.clone(), lot.version.clone(), lot.metric.clone(), None);
                match drafts.get_mut(&own).filter(|_| why == "other-way") {
                    Some(line) => {
                        line.sums.surplus = line.sums.surplus.saturating_add(left);
                        "not-needed"
                    }
                    None => why,
                }
            }
        };
        unused.push(Unused {
            lot: lot.id.clone(),
            title: title(lot),
            quantity: left / lot.pack.max(1),
            reason: reason.to_owned(),
        });
    }
    unused
}

fn title(lot: &Lot) -> String {
    [lot.product.as_str(), &lot.edition, &lot.version]
        .into_iter()
        .filter(|word| *word != "none")
        .collect::<Vec<_>>()
        .join(" ")
}

#[expect(
    clippy::too_many_arguments,
    reason = "one line out of everything that is known of it; a struct would only rename the list"
)]
fn line(
    key: Key,
    shown: Sums,
    lower: Sums,
    detail: Draft,
    terms: &Terms,
    prices: &Prices,
    as_of: Date,
    owned: &[Lot],
) -> Line {
    let (product, edition, version, metric, unit) = key;
    let short = |draft: Sums| draft.required.saturating_sub(draft.covered);
    let open = detail.open;
    let shortfall = Interval { open, ..between(short(lower), short(shown)) };
    let price = prices.unit(&product, &edition, &metric);
    let cost = |units: u64| price.and_then(|price| price.amount.checked_mul(Decimal::from(units)));
    let exposure = Exposure {
        low: if shortfall.low == 0 { Some(Decimal::ZERO) } else { cost(shortfall.low) },
        high: if shortfall.high == 0 { Some(Decimal::ZERO) } else { cost(shortfall.high) },
        open,
        currency: prices.currency().to_owned(),
        basis: price.map(|price| format!("{} {}, {}", price.version, price.source, price.as_of)).unwrap_or_default(),
        unpriced: u64::from(shortfall.high > 0 && price.is_none()),
    };
    let by_core = metric == "core" && unit.is_none();
    let own = |name: &Name| (&name.product, &name.edition, &name.version) == (&product, &edition, &version);
    Line {
        also: detail.also.into_iter().filter(|name| !own(name)).collect(),
        twice: detail.twice,
        id: id(&product, &edition, &version, unit.as_deref().unwrap_or(&metric)),
        packs_2core: by_core.then(|| shown.required.div_ceil(2)),
        required: Interval { open, ..between(lower.required, shown.required) },
        covered: between(lower.covered, shown.covered),
        shortfall,
        surplus: between(lower.surplus, shown.surplus),
        review: detail.review,
        remedy: detail.remedy,
        exposure,
        rules: detail.rules.iter().map(|rule| cite(rule, terms, as_of)).collect(),
        trace: merged(detail.trace),
        lots: detail.lots.iter().filter_map(|(index, (used, why))| lot_use(owned.get(*index)?, *used, *why)).collect(),
        subjects: subjects(detail.subjects),
        origins: in_order(detail.origins),
        product,
        edition,
        version,
        metric,
        unit,
    }
}

/// Sorted, equal ones counted together.
fn subjects(mut list: Vec<(Word, Word, &'static str, u64)>) -> Vec<Subject> {
    list.sort_unstable();
    let mut found: Vec<Subject> = Vec::with_capacity(list.len());
    for (name, what, outcome, count) in list {
        match found.last_mut() {
            Some(last) if last.name == name && last.what == what && last.outcome == outcome => {
                last.count = last.count.saturating_add(count);
            }
            _ => found.push(Subject { name, what, count, outcome }),
        }
    }
    found
}

fn in_order(mut origins: Vec<Origin>) -> Vec<Origin> {
    // Each demand brought its rows in order: a stable sort finds those runs.
    origins.sort();
    origins.dedup();
    origins
}

fn lot_use(lot: &Lot, used: u64, why: Option<&'static str>) -> Option<LotUse> {
    let why_not = why.map(str::to_owned).or_else(|| (used < lot.units).then(|| "not-needed".to_owned()));
    Some(LotUse { lot: lot.id.clone(), title: title(lot), owned: lot.units, used, elsewhere: 0, why_not })
}

/// A subject without a licence in the reading that asks most, and with one (or in need of none) in the one that asks least:
/// which it is cannot be told before the question is answered.
fn tell_what_is_open(high: &mut BTreeMap<Key, Draft>, low: &BTreeMap<Key, Draft>) {
    // Products of which the readings tell the same have nothing open.
    let same = |(key, draft): &(&Key, &Draft)| low.get(*key).is_some_and(|other| other.subjects == draft.subjects);
    let differ = high.iter().filter(|each| !same(each)).map(|(key, _)| key.0.clone());
    let only_low = low.keys().filter(|key| !high.contains_key(*key)).map(|key| key.0.clone());
    let open: BTreeSet<String> = differ.chain(only_low).collect();
    // Only asked, never walked: its order shows nowhere.
    let short: HashSet<(&str, &str), RandomState> = low
        .iter()
        .filter(|(key, _)| open.contains(&key.0))
        .flat_map(|(key, draft)| draft.subjects.iter().map(move |subject| (key, subject)))
        .filter(|(_, (_, _, outcome, _))| *outcome != "licensed")
        .map(|(key, (name, ..))| (key.0.as_str(), name.as_str()))
        .collect();
    for (key, draft) in high.iter_mut().filter(|(key, _)| open.contains(&key.0)) {
        for (name, _, outcome, _) in &mut draft.subjects {
            if *outcome != "licensed" && !short.contains(&(key.0.as_str(), name.as_str())) {
                *outcome = "cannot-tell";
            }
        }
    }
}

/// What of a lot serves other lines is told as that, not as left over.
fn tell_of_other_lines(lines: &mut [Line], owned: &[Lot]) {
    let by_right: BTreeSet<&str> =
        owned.iter().filter(|lot| lot.metric == "user_sub").map(|lot| lot.id.as_str()).collect();
    let mut served: BTreeMap<String, u64> = BTreeMap::new();
    for each in lines.iter().flat_map(|line| &line.lots).filter(|each| !by_right.contains(each.lot.as_str())) {
        let all = served.entry(each.lot.clone()).or_default();
        *all = all.saturating_add(each.used);
    }
    for each in lines.iter_mut().flat_map(|line| &mut line.lots) {
        let all = served.get(&each.lot).copied().unwrap_or(0);
        each.elsewhere = all.saturating_sub(each.used).min(each.owned.saturating_sub(each.used));
        if each.used.saturating_add(each.elsewhere) >= each.owned && each.why_not.as_deref() == Some("not-needed") {
            each.why_not = None;
        }
    }
}

fn between(low: u64, shown: u64) -> Interval {
    Interval { low: low.min(shown), high: low.max(shown), shown, open: false }
}

/// Stable name of a line (`windows-server/standard/2012-r2/processor_pair`).
fn id(product: &str, edition: &str, version: &str, metric: &str) -> String {
    let slug = |text: &str| {
        let mut slug = String::new();
        for letter in text.chars() {
            if letter.is_alphanumeric() {
                slug.extend(letter.to_lowercase());
            } else if !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.trim_matches('-').to_owned()
    };
    format!("{}/{}/{}/{metric}", slug(product), slug(edition), slug(version))
}

fn cite(id: &str, terms: &Terms, as_of: Date) -> RuleCited {
    let rule = terms.rule(id, as_of);
    let told = |pick: fn(&Source) -> &String| {
        rule.sources
            .iter()
            .map(|key| terms.source(key).map_or_else(|| key.clone(), |source| pick(source).clone()))
            .collect()
    };
    RuleCited {
        id: id.to_owned(),
        question: rule.question.clone(),
        question_fr: rule.question_fr.clone(),
        says: rule.says.clone(),
        says_fr: rule.says_fr.clone(),
        valid_from: rule.valid_from,
        valid_until: rule.valid_until,
        sources: told(|source| &source.title),
        places: told(|source| &source.place),
        verified: rule.verified,
        last_checked: rule.last_checked,
    }
}

/// What the usual audit clause would make of the shortage; nothing where nothing is short, or no such rule is known for the day.
fn clause(exposure: &Exposure, terms: &Terms, as_of: Date) -> Option<ClauseMoney> {
    exposure.high.filter(|high| !high.is_zero())?;
    let rule = terms.in_force("AUD-5PCT", as_of).into_iter().next()?;
    let percent = rule.number("price_percent");
    let at = |amount: Option<Decimal>| amount?.checked_mul(Decimal::from(percent))?.checked_div(Decimal::ONE_HUNDRED);
    Some(ClauseMoney {
        per_mille: rule.number("per_mille"),
        price_percent: percent,
        low: at(exposure.low),
        high: at(exposure.high.filter(|_| !exposure.open)),
        rule: cite(&rule.id, terms, as_of),
    })
}

fn total(lines: &[Line], prices: &Prices) -> Exposure {
    let sum = |pick: fn(&Exposure) -> Option<Decimal>| {
        lines.iter().filter_map(|line| pick(&line.exposure)).try_fold(Decimal::ZERO, |sum, each| sum.checked_add(each))
    };
    Exposure {
        low: sum(|exposure| exposure.low),
        high: sum(|exposure| exposure.high),
        open: lines.iter().any(|line| line.exposure.open),
        currency: prices.currency().to_owned(),
        basis: String::new(),
        unpriced: lines.iter().map(|line| line.exposure.unpriced).sum(),
    }
}
