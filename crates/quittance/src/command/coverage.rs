//! `coverage`: what the evidence covers, and what in it is missing, doubled, silent or does not fit together.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::{Known, Session};
use clap::{Arg, ArgMatches, Command};
use jiff::civil::Date;
use recognition::estate::Coverage;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const ENTRY: Entry = Entry { name: "coverage", page: page!("coverage"), arguments, run };

/// Names shown after a sentence; the rest is counted.
const SHOWN: usize = 12;

fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("as-of").long("as-of").value_name("DATE").value_parser(clap::value_parser!(Date)))
        .arg(format_argument(&["table", "json"]))
}

/// What JSON tells.
#[derive(Serialize)]
struct Told<'a> {
    as_of: Date,
    #[serde(flatten)]
    coverage: &'a Coverage,
    findings: &'a BTreeSet<recognition::estate::Finding>,
    purchase_findings: &'a [recognition::lots::Finding],
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let as_of = matches.get_one::<Date>("as-of").copied().unwrap_or_else(|| session.today());
    let known = Known::builtin()?;
    let company = case.company(&known.knowledge(), as_of)?;
    let formats = case.formats()?;
    let source = |origin: &licensing::facts::Origin| formats.of(origin).map(str::to_owned);
    let coverage = recognition::estate::coverage(&company.estate, as_of, &source);
    if format(matches) == "json" {
        out::json(&Told {
            as_of,
            coverage: &coverage,
            findings: &company.estate.findings,
            purchase_findings: &company.lots.findings,
        })?;
        return Ok(Exit::Done);
    }
    if coverage.sites.is_empty() {
        out::line(&session.say("coverage-none", &[]))?;
    } else {
        out::print(&table(&coverage, session))?;
    }
    machines(&company.estate.findings, session)?;
    doubled(&coverage, session)?;
    purchases(&company.lots.findings, session)?;
    Ok(Exit::Done)
}

fn percent(part: usize, whole: usize) -> String {
    let share = (part * 100).checked_div(whole).unwrap_or_default();
    format!("{part} ({share} %)")
}

fn table(coverage: &Coverage, session: &Session<'_>) -> String {
    let say = |id: &str| session.say(id, &[]);
    let mut rows = vec![vec![
        say("coverage-column-site"),
        say("coverage-column-machines"),
        say("coverage-column-software"),
        say("coverage-column-silent"),
    ]];
    for site in &coverage.sites {
        rows.push(vec![
            if site.site.is_empty() { say("coverage-no-site") } else { site.site.clone() },
            site.machines.to_string(),
            percent(site.inventoried, site.machines),
            site.silent.to_string(),
        ]);
    }
    let mut text = out::table(&rows, &[1, 2, 3]);
    text.push('\n');
    let mut rows = vec![vec![say("coverage-column-source")]];
    rows[0].extend(
        coverage.sites.iter().map(
            |site| {
                if site.site.is_empty() { say("coverage-no-site") } else { site.site.clone() }
            },
        ),
    );
    for source in &coverage.sources {
        let mut row = vec![session.say(&format!("kind-{source}"), &[])];
        row.extend(
            coverage
                .sites
                .iter()
                .map(|site| percent(site.seen_by.get(source).copied().unwrap_or_default(), site.machines)),
        );
        rows.push(row);
    }
    let right: Vec<usize> = (1..=coverage.sites.len()).collect();
    text.push_str(&out::table(&rows, &right));
    text
}

fn listed(names: &[&str], session: &Session<'_>) -> String {
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(SHOWN);
    if more == 0 { shown } else { format!("{shown} {}", session.say("coverage-more", &[("count", more.to_string())])) }
}

fn machines(
    findings: &BTreeSet<recognition::estate::Finding>,
    session: &Session<'_>,
) -> Result<(), crate::exit::Failure> {
    let mut by_code: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        by_code.entry(&finding.code).or_default().push(&finding.subject);
    }
    if !by_code.is_empty() {
        out::line(&format!("\n{}", session.say("coverage-machines", &[])))?;
    }
    for (code, names) in by_code {
        let values = [("count", names.len().to_string()), ("names", listed(&names, session))];
        out::line(&format!("  • {}", session.say(&format!("gap-{code}"), &values)))?;
    }
    Ok(())
}

fn doubled(coverage: &Coverage, session: &Session<'_>) -> Result<(), crate::exit::Failure> {
    if coverage.doubled.is_empty() {
        return Ok(());
    }
    out::line(&format!("\n{}", session.say("coverage-doubled", &[])))?;
    for each in &coverage.doubled {
        let by: Vec<String> = each.joined_by.iter().map(|(kind, value)| format!("{kind} {value}")).collect();
        out::line(&format!("  • {} = {} ({})", each.machine, each.other_names.join(", "), by.join(", ")))?;
    }
    Ok(())
}

fn purchases(findings: &[recognition::lots::Finding], session: &Session<'_>) -> Result<(), crate::exit::Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    out::line(&format!("\n{}", session.say("coverage-purchases", &[])))?;
    for finding in findings {
        out::line(&format!("  • {}", sentence(finding, session)))?;
    }
    Ok(())
}

/// A finding about purchases as a sentence: what it is about, then what was noticed.
fn sentence(finding: &recognition::lots::Finding, session: &Session<'_>) -> String {
    let value = |name: &str| finding.params.iter().find(|(each, _)| each == name).map(|(_, value)| value.clone());
    let mut about = value("title").or_else(|| value("sku")).unwrap_or_default();
    if let Some(quantity) = value("quantity") {
        about = format!("{quantity} × {about}");
    }
    let papers: Vec<String> = ["agreement", "order", "invoice", "date"].into_iter().filter_map(value).collect();
    if !papers.is_empty() {
        about = format!("{about} [{}]", papers.join(", "));
    }
    let mut values: Vec<(&str, String)> = vec![("about", about)];
    for name in ["credited", "left", "ended", "invoiced", "other", "plan", "quantity", "consumed"] {
        values.push((name, value(name).unwrap_or_default()));
    }
    session.say(&format!("paper-{}", finding.code), &values)
}
