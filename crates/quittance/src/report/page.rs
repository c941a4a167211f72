//! The position as one self-contained page: no script, nothing fetched, light and dark, wide and narrow, on paper too.

use super::chart::{self, Amount, Pair, Words};
use super::clusters::Laid;
use super::wording::{self, Say};
use super::{decisions, explain, table};
use askama::Template;
use desk::decisions::Behind;
use licensing::clusters::Cluster;
use licensing::position::{Line, Position};
use recognition::estate::counted::CountedSum;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// How many bars a chart shows.
const BARS: usize = 18;

/// How many machines and people of one outcome, and how many places of evidence, the explanation of a line shows.
const NAMES_SHOWN: usize = 60;
const PLACES_SHOWN: usize = 40;

#[derive(Template)]
#[template(path = "position.html")]
struct Page {
    language: &'static str,
    title: String,
    intro: Vec<String>,
    how_to_read: String,
    price_note: String,
    legal: String,
    no_lines: Option<String>,
    chart_title: String,
    chart: String,
    money_title: String,
    money: Option<String>,
    columns: Vec<String>,
    rows: Vec<Row>,
    details: Vec<Detail>,
    lists: Vec<List>,
    cluster_title: String,
    cluster_intro: String,
    clusters: Vec<Laid>,
    navigation: Vec<(String, String)>,
}

struct Row {
    anchor: String,
    name: String,
    metric: String,
    required: String,
    covered: String,
    shortfall: String,
    surplus: String,
    money: String,
    short: bool,
    review: Option<String>,
}

struct Detail {
    anchor: String,
    name: String,
    id: String,
    result: String,
    notes: Vec<String>,
    parts: Vec<(String, Vec<String>)>,
}

struct List {
    anchor: &'static str,
    title: String,
    intro: Option<String>,
    items: Vec<(String, String)>,
}

fn anchor(line: &Line) -> String {
    line.id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// The page. `names` gives the name of an evidence file by its hash; `decided` is what people decided that the position stands on; `counted` is what great lists only counted; `links` are further pages of the desk, as (address, text); empty for a file that stands alone.
///
/// # Errors
/// What the template engine reports.
pub(crate) fn render(
    position: &Position,
    clusters: &[Cluster],
    names: &BTreeMap<String, String>,
    decided: &[Behind],
    counted: Option<CountedSum>,
    links: &[(String, String)],
    say: &dyn Say,
) -> Result<String, askama::Error> {
    let date = ("date", wording::day(position.as_of, say));
    let title = say.say("position-title", &[date]);
    let word = |id: &str| say.say(id, &[]);
    let columns = ["product", "metric", "required", "covered", "shortfall", "surplus", "money"];
    let money = money_chart(position, say);
    let page = Page {
        language: if say.is_french() { "fr" } else { "en" },
        title,
        intro: table::summary(position, counted, say),
        how_to_read: word("position-how-to-read"),
        price_note: word("position-price-note"),
        legal: word("position-legal"),
        no_lines: position.lines.is_empty().then(|| word("position-no-lines")),
        chart_title: word("position-chart-title"),
        chart: pairs_chart(position, say),
        money_title: word("position-chart-money"),
        money,
        columns: columns.iter().map(|id| word(&format!("position-column-{id}"))).collect(),
        rows: position.lines.iter().map(|line| row(line, say)).collect(),
        details: position.lines.iter().map(|line| detail(line, names, decided, say)).collect(),
        lists: lists(position, decided, say),
        cluster_title: word("cluster-title"),
        cluster_intro: word("cluster-intro"),
        clusters: super::clusters::laid_out(clusters, say),
        navigation: links.to_vec(),
    };
    page.render()
}

fn row(line: &Line, say: &dyn Say) -> Row {
    Row {
        anchor: anchor(line),
        name: wording::name(line),
        metric: wording::metric(&line.metric, say),
        required: wording::interval(line.required, say),
        covered: wording::interval(line.covered, say),
        shortfall: wording::interval(line.shortfall, say),
        surplus: wording::interval(line.surplus, say),
        money: wording::exposure(line, say),
        short: line.shortfall.may_be_some(),
        review: line.review.then(|| say.say("position-review", &[])),
    }
}

fn detail(line: &Line, names: &BTreeMap<String, String>, decided: &[Behind], say: &dyn Say) -> Detail {
    let values = [
        ("required", wording::interval(line.required, say)),
        ("covered", wording::interval(line.covered, say)),
        ("shortfall", wording::interval(line.shortfall, say)),
        ("surplus", wording::interval(line.surplus, say)),
    ];
    let remedy = line.remedy.as_ref().map(|remedy| {
        say.say("explain-remedy", &[("remedy", wording::word(&format!("remedy-{remedy}"), remedy, say))])
    });
    let review = line.review.then(|| say.say("position-review", &[]));
    let mut evidence = vec![say.say("position-evidence-rows", &[("count", line.origins.len().to_string())])];
    let places = explain::evidence(&line.origins, names, say);
    evidence.extend(explain::shortened(places.len(), PLACES_SHOWN, say, places.into_iter()));
    let lots: Vec<String> = line.lots.iter().map(|lot| explain::lot(lot, say)).collect();
    let parts = vec![
        (say.say("explain-sum", &[]), line.trace.iter().map(|step| wording::step(step, say)).collect()),
        (say.say("explain-rules", &[]), line.rules.iter().map(|rule| explain::rule(rule, say)).collect()),
        (
            say.say("explain-decisions", &[]),
            decisions::behind(decided, line).map(|behind| decisions::sentence(behind, say)).collect(),
        ),
        (say.say("explain-lots", &[]), if lots.is_empty() { vec![say.say("explain-no-lots", &[])] } else { lots }),
        (say.say("explain-subjects", &[]), explain::subjects(line, NAMES_SHOWN, say)),
        (say.say("explain-evidence", &[]), evidence),
    ];
    Detail {
        anchor: anchor(line),
        name: wording::name(line),
        id: line.id.clone(),
        result: say.say("explain-result", &values),
        notes: [review, explain::gap(line, say), remedy].into_iter().flatten().collect(),
        parts: parts.into_iter().filter(|(_, items): &(String, Vec<String>)| !items.is_empty()).collect(),
    }
}

fn lists(position: &Position, decided: &[Behind], say: &dyn Say) -> Vec<List> {
    let word = |id: &str| say.say(id, &[]);
    let questions = position
        .questions
        .iter()
        .map(|question| {
            let (ask, how) = wording::question(question, say);
            (format!("{ask}{}", table::worth(question, say)), how)
        })
        .collect();
    let breaches = position.breaches.iter().map(|breach| (wording::breach(breach, say), String::new())).collect();
    let findings = position.findings.iter().map(|finding| (wording::finding(finding, say), String::new())).collect();
    let unused = position
        .unused
        .iter()
        .map(|unused| {
            let reason = wording::word(&format!("why-{}", unused.reason), &unused.reason, say);
            (
                format!("{} × {}", wording::number(unused.quantity, say), unused.title),
                format!("{}: {reason}", unused.lot),
            )
        })
        .collect();
    // Equal ones are counted together: a page is no list of machines.
    let mut aside: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for each in &position.set_aside {
        let name = wording::product_name(&each.product, &each.edition, &each.version);
        let known = aside.entry((name, each.why.as_str())).or_default();
        *known = known.saturating_add(each.count);
    }
    let aside = aside
        .into_iter()
        .map(|((name, why), count)| {
            (format!("{} × {name}", wording::number(count, say)), wording::word(&format!("aside-{why}"), why, say))
        })
        .collect();
    let decided = decided.iter().map(|behind| (decisions::sentence(behind, say), behind.lines.join(", "))).collect();
    let all = vec![
        List {
            anchor: "questions",
            title: word("position-questions"),
            intro: Some(word("position-questions-intro")),
            items: questions,
        },
        List { anchor: "breaches", title: word("position-breaches"), intro: None, items: breaches },
        List { anchor: "unused", title: word("position-unused"), intro: None, items: unused },
        List { anchor: "aside", title: word("position-set-aside"), intro: None, items: aside },
        List { anchor: "findings", title: word("position-findings"), intro: None, items: findings },
        List {
            anchor: "decisions",
            title: word("position-decisions"),
            intro: Some(word("position-decisions-intro")),
            items: decided,
        },
    ];
    all.into_iter().filter(|list| !list.items.is_empty()).collect()
}

fn pairs_chart(position: &Position, say: &dyn Say) -> String {
    let mut lines: Vec<&Line> = position.lines.iter().filter(|line| line.required.high > 0).collect();
    lines.sort_by(|a, b| b.required.high.cmp(&a.required.high).then_with(|| a.id.cmp(&b.id)));
    let rows: Vec<Pair> = lines
        .into_iter()
        .take(BARS)
        .map(|line| Pair {
            label: wording::name(line),
            required: (line.required.low, line.required.high),
            open: line.required.open,
            owned: line.covered.high.saturating_add(line.surplus.high),
            unit: wording::metric(&line.metric, say),
            anchor: anchor(line),
        })
        .collect();
    let legend = [say.say("position-chart-required", &[]), say.say("position-chart-owned", &[])];
    chart::pairs(&rows, &Words { title: say.say("position-chart-title", &[]), legend })
}

fn money_chart(position: &Position, say: &dyn Say) -> Option<String> {
    let mut lines: Vec<&Line> =
        position.lines.iter().filter(|line| line.shortfall.high > 0 && line.exposure.high.is_some()).collect();
    lines.sort_by(|a, b| b.exposure.high.cmp(&a.exposure.high).then_with(|| a.id.cmp(&b.id)));
    let whole = |amount: Option<rust_decimal::Decimal>| amount.and_then(|a| a.round().to_u64()).unwrap_or(0);
    let rows: Vec<Amount> = lines
        .into_iter()
        .take(BARS)
        .map(|line| Amount {
            label: wording::name(line),
            amount: (whole(line.exposure.low), whole(line.exposure.high)),
            text: wording::amounts(&line.exposure, say),
            anchor: anchor(line),
        })
        .collect();
    let words = Words { title: say.say("position-chart-money", &[]), legend: [String::new(), String::new()] };
    (!rows.is_empty()).then(|| chart::amounts(&rows, &words))
}
