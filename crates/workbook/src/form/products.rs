//! Headings that name a product of licensing: product, version, edition, and what is asked of it.

use super::compose::{self, Named};
use super::meaning::{Asked, Cover, Heading, Reading, Subject, blank};
use super::vocabulary::{Cal, Edition, Measure, Patterns, Plan, Product, Vocabulary};
use super::words::{Word, faint};
use super::{Action, Disclosure, Why};

/// Where the pattern's words stand one after the other.
pub(super) fn run(words: &[Word], pattern: &[String], free: impl Fn(usize) -> bool) -> Option<usize> {
    let last = words.len().checked_sub(pattern.len())?;
    (0..=last).find(|&at| {
        pattern
            .iter()
            .enumerate()
            .all(|(n, wanted)| free(at + n) && words.get(at + n).is_some_and(|w| w.text == *wanted))
    })
}

/// The longest pattern of `all` that stands in `words`: number of the pattern's owner, place, length.
fn longest<'p>(
    words: &[Word],
    all: impl Iterator<Item = (usize, &'p Patterns)>,
    free: impl Fn(usize) -> bool,
) -> Option<(usize, usize, usize)> {
    let mut best: Option<(usize, usize, usize)> = None;
    for (owner, patterns) in all {
        for pattern in patterns {
            if best.is_some_and(|(_, _, length)| length >= pattern.len()) {
                continue;
            }
            if let Some(at) = run(words, pattern, &free) {
                best = Some((owner, at, pattern.len()));
            }
        }
    }
    best
}

/// All readings as a product.
pub(super) fn readings(known: &Vocabulary, heading: &Heading, asked: &Asked<'_>) -> Vec<Reading> {
    let mut found = Vec::new();
    found.extend(cal(known, heading, asked));
    found.extend(plan(known, heading, asked));
    found.extend(product(known, heading, asked));
    found
}

fn word_in(heading: &Heading, text: &str) -> Option<usize> {
    heading.leaf.iter().position(|w| w.text == text)
}

fn above_has(heading: &Heading, text: &str) -> bool {
    heading.above.iter().flatten().any(|w| w.text == text)
}

fn cal(known: &Vocabulary, heading: &Heading, asked: &Asked<'_>) -> Option<Reading> {
    let mut cover = Cover::none(heading);
    match word_in(heading, "cal") {
        Some(at) => cover.take(at),
        None if above_has(heading, "cal") || heading.leaf.iter().any(|w| w.text == "ecal") => cover.above += 1,
        None => return None,
    }
    // A suite's name holds the word CAL itself; another name stands beside it.
    let suites = known.cals.iter().enumerate().filter(|(_, c)| c.suite).map(|(n, c)| (n, &c.spelt));
    let others = known.cals.iter().enumerate().filter(|(_, c)| !c.suite).map(|(n, c)| (n, &c.spelt));
    let place = longest(&heading.leaf, suites, |_| true).or_else(|| longest(&heading.leaf, others, |n| !cover.has(n)));
    let entry: &Cal = if let Some((owner, at, length)) = place {
        (at..at + length).for_each(|n| cover.take(n));
        known.cals.get(owner)?
    } else {
        let others = || known.cals.iter().enumerate().filter(|(_, c)| !c.suite).map(|(n, c)| (n, &c.spelt));
        let (owner, _, _) = heading.above.iter().find_map(|words| longest(words, others(), |_| true))?;
        cover.above += 1;
        known.cals.get(owner)?
    };
    let mut doubt = 0;
    let mut metric = None;
    for (word, name) in [("user", "user"), ("device", "device")] {
        let here = word_in(heading, word);
        if let Some(at) = here {
            cover.take(at);
        }
        if here.is_some() || above_has(heading, word) {
            if metric.is_some() {
                doubt += 20;
            }
            metric = metric.or(Some(name));
        }
    }
    if metric.is_none() {
        // "Licence model (core / server + CAL)" speaks of CALs only by the way.
        if heading.leaf.iter().any(|w| w.text == "cal" && w.aside) {
            return None;
        }
        doubt += 25;
    }
    let mut owned = None;
    for word in ["number", "licence", "owned", "assigned", "suite", "server", "core", "install"] {
        if let Some(at) = word_in(heading, word) {
            cover.take(at);
            if matches!(word, "owned" | "assigned") {
                owned = Some(word);
            }
        }
    }
    let name = if asked.french { &entry.fr } else { &entry.en };
    let mut key = match asked.subject {
        Subject::Machine => format!("cal.{}", entry.row),
        _ => format!("cal.{}", entry.fr),
    };
    for part in [metric, owned].into_iter().flatten() {
        key.push('.');
        key.push_str(part);
    }
    let mut found = blank(Action::Answer, key);
    found.product = Some(if asked.subject == Subject::Machine { entry.family.clone() } else { name.clone() });
    found.family = Some(entry.family.clone());
    found.metric = metric.map(str::to_owned);
    found.doubt = doubt;
    Some(finish(found, cover, heading))
}

/// Points, coverage and the words that earned them.
fn finish(mut found: Reading, mut cover: Cover, heading: &Heading) -> Reading {
    cover.repeat(heading);
    let (points, coverage) = cover.weigh(heading);
    found.points = points + 3;
    found.coverage = coverage;
    found.disclosure = Disclosure::Count;
    found.why.insert(0, Why::new("product", cover.told(heading)));
    if cover.above > 0 {
        found.why.push(Why::new("above", heading.above.iter().flatten().map(|w| w.text.clone()).take(6)));
    }
    found
}

fn plan(known: &Vocabulary, heading: &Heading, asked: &Asked<'_>) -> Option<Reading> {
    let all = known.plans.iter().enumerate().map(|(n, p)| (n, &p.spelt));
    let (owner, at, length) = longest(&heading.leaf, all, |_| true)?;
    let entry: &Plan = known.plans.get(owner)?;
    let mut cover = Cover::none(heading);
    (at..at + length).for_each(|n| cover.take(n));
    let brand = |w: &Word| w.text == "microsoft 365" || w.text == "office 365";
    for (n, word) in heading.leaf.iter().enumerate() {
        if brand(word) {
            cover.take(n);
        }
    }
    let branded = heading.leaf.iter().any(brand) || heading.above.iter().flatten().any(brand);
    if !entry.alone && !branded {
        return None;
    }
    let (measure, told) = measure(known, heading, &mut cover, asked.subject, |m| {
        m.families.iter().any(|f| f == "plan")
            || (m.families.is_empty() && matches!(m.id.as_str(), "assigned" | "proof"))
    });
    cover.pass_all(heading, &known.beside.product);
    let id = measure.map_or("bought", |m| m.site.as_str());
    let mut key = match &entry.key {
        Some(key) => key.clone(),
        None => format!("m365.{}.{id}", entry.name),
    };
    if entry.key.is_some() && id != "bought" {
        key.push('.');
        key.push_str(id);
    }
    let name = if asked.french { &entry.name } else { entry.en.as_ref().unwrap_or(&entry.name) };
    let mut found = blank(Action::Answer, key);
    found.product = Some(entry.family.clone().unwrap_or_else(|| name.clone()));
    found.family = Some(entry.family.clone().unwrap_or_else(|| "Microsoft 365".to_owned()));
    found.edition = entry.family.is_some().then(|| entry.name.clone());
    found.metric = Some(measure.map_or_else(|| "subscriptions".to_owned(), |m| m.metric.clone()));
    found.doubt = if told { 0 } else { 8 };
    found.kind = Some("int");
    Some(finish(found, cover, heading))
}

/// The measure that the heading tells, else the one above it; the second value: whether it was told at all.
fn measure<'v>(
    known: &'v Vocabulary,
    heading: &Heading,
    cover: &mut Cover,
    subject: Subject,
    may: impl Fn(&Measure) -> bool,
) -> (Option<&'v Measure>, bool) {
    let mut best: Option<(&Measure, Vec<usize>)> = None;
    for entry in known.measures.iter().filter(|m| may(m)) {
        for pattern in &entry.spelt {
            let mut places = Vec::new();
            for wanted in pattern {
                let place = heading
                    .leaf
                    .iter()
                    .enumerate()
                    .find(|(n, w)| w.text == *wanted && !cover.has(*n) && !places.contains(n))
                    .map(|(n, _)| n);
                places.extend(place);
            }
            // "16-core licences owned" asks what is owned.
            let held =
                |n: &usize| heading.leaf.get(*n).is_some_and(|w| matches!(w.text.as_str(), "owned" | "assigned"));
            let strength = |entry: &Measure, places: &[usize]| {
                (places.iter().any(held), places.len(), !entry.weak, entry.id != "install")
            };
            if places.len() == pattern.len()
                && best.as_ref().is_none_or(|(b, p)| strength(entry, &places) > strength(b, p))
            {
                best = Some((entry, places));
            }
        }
    }
    if let Some((entry, places)) = best {
        places.into_iter().for_each(|n| cover.take(n));
        if !entry.weak {
            return (Some(entry), true);
        }
        // "Number" alone: the heading above may say of what.
        let above = above_measure(known, heading, &may);
        return (Some(above.unwrap_or(entry)), true);
    }
    let above = if subject == Subject::Machine { None } else { above_measure(known, heading, &may) };
    (above, above.is_some())
}

fn above_measure<'v>(known: &'v Vocabulary, heading: &Heading, may: impl Fn(&Measure) -> bool) -> Option<&'v Measure> {
    // Only counts are told by a heading above for all that stands below it.
    let counts = ["instance", "install", "core", "processor", "owned", "bought", "assigned"];
    heading.above.iter().chain(std::iter::once(&heading.title)).find_map(|words| {
        known
            .measures
            .iter()
            .filter(|m| may(m) && counts.contains(&m.id.as_str()))
            .find(|m| m.spelt.iter().any(|p| p.iter().all(|wanted| words.iter().any(|w| w.text == *wanted))))
    })
}

fn product(known: &Vocabulary, heading: &Heading, asked: &Asked<'_>) -> Option<Reading> {
    let names = || known.products.iter().enumerate().map(|(n, p)| (n, &p.spelt));
    let mut cover = Cover::none(heading);
    let mut doubt = 0;
    let mut why = Vec::new();
    let place = longest(&heading.leaf, names(), |_| true);
    let (mut owner, named_here) = if let Some((owner, at, length)) = place {
        (at..at + length).for_each(|n| cover.take(n));
        // A second name that is no part of the first: the heading speaks of two products.
        if let Some((other, _, _)) = longest(&heading.leaf, names(), |n| !cover.has(n))
            && let (Some(one), Some(two)) = (known.products.get(owner), known.products.get(other))
            && one.family != two.family
            && !(one.family.starts_with("Windows") && two.family.starts_with("Windows"))
        {
            doubt += 30;
            why.push(Why::new("two-products", [one.family.clone(), two.family.clone()]));
        }
        (owner, true)
    } else {
        let (owner, _, _) = heading.above.iter().take(2).find_map(|words| longest(words, names(), |_| true))?;
        cover.above += 1;
        let within = known.products.get(owner).map(|p| &p.spelt_within)?;
        if let Some((_, at, length)) = longest(&heading.leaf, std::iter::once((0, within)), |_| true) {
            (at..at + length).for_each(|n| cover.take(n));
        }
        (owner, false)
    };
    let mut version = version_of(known.products.get(owner)?, heading, &mut cover, &mut doubt, &mut why);
    let windows = known.products.get(owner).is_some_and(|p| p.family == "Windows");
    if windows && version.is_none() {
        // "Windows 2016" is the server.
        let server = known.products.iter().position(|p| p.family == "Windows Server")?;
        version = version_of(known.products.get(server)?, heading, &mut cover, &mut doubt, &mut why);
        let says_server = word_in(heading, "server").is_some() && named_here;
        if version.is_some() || says_server {
            owner = server;
        }
    }
    let entry: &Product = known.products.get(owner)?;
    let edition = edition_of(known, entry, heading, &mut cover);
    let may = |m: &Measure| m.families.is_empty() || m.families.contains(&entry.family);
    let both = word_in(heading, "edition").is_some() && word_in(heading, "version").is_some();
    let (mut asked_for, told) = measure(known, heading, &mut cover, asked.subject, |m| {
        may(m)
            && !(m.id == "edition" && (edition.is_some() || both))
            && !(m.id == "version" && (version.is_some() || both))
    });
    if !named_here && !told && edition.is_none() && version.is_none() {
        return None;
    }
    cover.pass_all(heading, &known.beside.product);
    let left = heading.leaf.iter().enumerate().filter(|(n, w)| !cover.has(*n) && !w.aside && !faint(&w.text)).count();
    let spelt_out = heading.leaf.first().is_some_and(|w| w.text == "microsoft");
    if entry.common && named_here && left > 0 && version.is_none() && edition.is_none() && !spelt_out {
        return None;
    }
    if entry.needs_version && version.is_none() && edition.is_none() && (left > 0 || !told) {
        return None;
    }
    if entry.family == "Windows or Windows Server" && asked.subject != Subject::Machine {
        return None;
    }
    // "Number of offices" is no number of installations: an everyday name needs more beside it than a number.
    let weak = asked_for.is_none_or(|m| m.weak);
    if entry.common
        && entry.compose != "heading"
        && named_here
        && weak
        && version.is_none()
        && edition.is_none()
        && !spelt_out
    {
        doubt += if asked.subject == Subject::Machine && !told { 0 } else { 45 };
    }
    if asked_for.is_none() {
        asked_for = known.measures.iter().find(|m| m.id == entry.default && may(m));
        // A box to tick in a row a machine needs no word for "installed"; a count does.
        if asked.subject != Subject::Machine {
            doubt += if left > 0 { 20 } else { 8 };
        }
    }
    let by_id = |id: &str| known.measures.iter().find(|m| m.id == id);
    // "Number of Windows 10" and "instances of Office" count installations; "installed servers" are instances.
    let estate = asked.subject != Subject::Machine;
    asked_for = match (asked_for.map(|m| m.id.as_str()), entry.compose.as_str()) {
        (Some("count"), _) if !estate => by_id("install"),
        (Some("count"), "windows" | "suite" | "application" | "server") if told => by_id(&entry.default),
        (Some("install"), "row-only") if entry.default == "product" => by_id("product"),
        (Some("device"), "windows") if version.is_some() => by_id("install"),
        (Some("instance"), "windows" | "suite" | "application") => by_id("install"),
        (Some("install"), "server") if estate => by_id("instance"),
        _ => asked_for,
    };
    if !named_here {
        doubt += 3;
    }
    if !told {
        doubt += 8 * i32::try_from(left).unwrap_or(8);
    }
    // A date or a name is another matter than the product that it is told of.
    let apart = ["date", "name"].iter().any(|w| word_in(heading, w).is_some_and(|n| !cover.has(n)));
    doubt += if apart { 40 } else { 0 };
    let surface = place.and_then(|(_, at, length)| {
        let from = heading.leaf.get(at)?.at.start;
        let to = heading.leaf.get(at + length - 1)?.at.end;
        asked.leaf.get(from..to)
    });
    let named = Named { entry, edition, version: version.as_deref(), measure: asked_for, surface };
    let mut found = compose::reading(&named, asked);
    found.doubt = doubt;
    found.why = why;
    Some(finish(found, cover, heading))
}

/// The version that the heading names, else the one above it. Several make it none.
fn version_of(
    entry: &Product,
    heading: &Heading,
    cover: &mut Cover,
    doubt: &mut i32,
    why: &mut Vec<Why>,
) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    for (version, at, length) in versions_in(entry, &heading.leaf, |n| !cover.has(n)) {
        (at..at + length).for_each(|n| cover.take(n));
        found.push(version);
    }
    if found.is_empty() {
        // A number of one or two digits above may be anything; a year stands for the release.
        let above = heading.above.iter().take(2).map(|words| versions_in(entry, words, |_| true));
        let above = above.map(|list| list.into_iter().map(|(v, _, _)| v).filter(|v| v.len() >= 4).collect::<Vec<_>>());
        found = above.into_iter().find(|list| !list.is_empty()).unwrap_or_default();
    }
    found.sort();
    found.dedup();
    if found.len() > 1 {
        *doubt += 30;
        why.push(Why::new("several-versions", found));
        return None;
    }
    let suite = entry.compose == "suite";
    let version = found.pop()?;
    // Of the suites, a version for long service is one of its own.
    if suite && let Some(at) = word_in(heading, "ltsc") {
        cover.take(at);
        return Some(format!("LTSC {version}"));
    }
    Some(version)
}

/// The releases of the product that the words name, with their places; the longer name first.
fn versions_in(entry: &Product, words: &[Word], free: impl Fn(usize) -> bool) -> Vec<(String, usize, usize)> {
    let mut all: Vec<&String> = entry.versions.iter().collect();
    all.sort_by_key(|v| std::cmp::Reverse(v.len()));
    let mut found: Vec<(String, usize, usize)> = Vec::new();
    for version in all {
        let pattern: Vec<String> = version.split(' ').map(str::to_lowercase).collect();
        let taken = |n: usize| found.iter().any(|(_, at, length)| (*at..at + length).contains(&n));
        if let Some(at) = run(words, &pattern, |n| free(n) && !taken(n)) {
            found.push((version.clone(), at, pattern.len()));
        }
    }
    found
}

fn edition_of<'v>(known: &'v Vocabulary, entry: &Product, heading: &Heading, cover: &mut Cover) -> Option<&'v Edition> {
    let all = || {
        known
            .editions
            .iter()
            .enumerate()
            .filter(|(_, e)| e.families.contains(&entry.family))
            .map(|(n, e)| (n, &e.spelt))
    };
    if let Some((owner, at, length)) = longest(&heading.leaf, all(), |n| !cover.has(n)) {
        (at..at + length).for_each(|n| cover.take(n));
        return known.editions.get(owner);
    }
    let (owner, _, _) = heading.above.iter().take(1).find_map(|words| {
        // Above, only beside the product's own name.
        let named = entry.spelt.iter().any(|p| run(words, p, |_| true).is_some());
        if named { longest(words, all(), |_| true) } else { None }
    })?;
    known.editions.get(owner)
}
