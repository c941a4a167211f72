//! Coverage in time: every calculation is run for the first day of each quarter from 2003 to 2027 and for each version that was
//! out on that day. A licence of the version and edition installed must cover it, and every rule that the line leans on must be
//! in force on that day: a hole or an overlap between dated rules fails here.

use jiff::civil::{Date, date};
use licensing::casebook::parse_facts;
use licensing::position::{Options, Position};
use licensing::terms::{Prices, Terms};
use std::collections::BTreeSet;

/// One calculation: what it counts, for which versions, from which day it exists, and its facts with `{v}` for the version.
struct Calculation {
    name: &'static str,
    product: &'static str,
    from: &'static str,
    until: &'static str,
    /// Earliest day on which the right exists, where it is later than the version.
    since: Date,
    facts: &'static str,
    /// Product of the line that must come out.
    line: &'static str,
}

const ALWAYS: Date = date(2000, 1, 1);

const fn calculation(
    name: &'static str,
    product: &'static str,
    (from, until): (&'static str, &'static str),
    since: Date,
    line: &'static str,
    facts: &'static str,
) -> Calculation {
    Calculation { name, product, from, until, since, facts, line }
}

const HOST: &str = r#"
[[server]]
id = "h"
processors = 2
cores_per_processor = 8
physical_ose_role = "none"
[[vm]]
id = "g"
host = "h"
vcpus = 4
count = 2
"#;

const SERVER: &str = r#"
[[server]]
id = "g"
processors = 2
cores_per_processor = 8
"#;

const CLUSTER: &str = r#"
[[server]]
id = "h"
processors = 2
cores_per_processor = 8
cluster = "c"
drs = true
[[server]]
id = "i"
processors = 2
cores_per_processor = 8
cluster = "c"
drs = true
[[vm]]
id = "g"
host = "h"
vcpus = 4
count = 2
"#;

const AZURE: &str = r#"
[[vm]]
id = "g"
host = "azure"
vcpus = 8
"#;

const PCS: &str = r#"
[[device]]
id = "g"
count = 3
oem_os = "Windows 10 Pro"
used_by = "u"
[[user]]
id = "u"
count = 3
"#;

const PEOPLE: &str = r#"
[[user]]
id = "u"
count = 3
[[access]]
who = "u"
to = "g"
"#;

const SESSIONS: &str = r#"
[[device]]
id = "t"
count = 3
[[access]]
who = "t"
to = "g"
via = "rds"
"#;

/// Facts: a place, `install PRODUCT|EDITION`, `lot PRODUCT|EDITION|METRIC|CHANNEL`, `sa`, and the words above, one a line.
fn facts(recipe: &str, version: &str, day: Date) -> String {
    let mut text = String::new();
    for word in recipe.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (kind, rest) = word.split_once(' ').unwrap_or((word, ""));
        let parts: Vec<&str> = rest.split('|').collect();
        match kind {
            "HOST" => text.push_str(HOST),
            "SERVER" => text.push_str(SERVER),
            "CLUSTER" => text.push_str(CLUSTER),
            "AZURE" => text.push_str(AZURE),
            "PCS" => text.push_str(PCS),
            "PEOPLE" => text.push_str(PEOPLE),
            "SESSIONS" => text.push_str(SESSIONS),
            "MANAGED" => text = text.replace("id = \"g\"\n", "id = \"g\"\nmanaged = true\n"),
            "install" => text.push_str(&format!(
                "[[install]]\non = \"g\"\nproduct = \"{}\"\nedition = \"{}\"\nversion = \"{version}\"\n",
                parts[0], parts[1]
            )),
            "passive" => text.push_str(&format!(
                "{}[[install]]\non = \"p\"\nproduct = \"{}\"\nedition = \"{}\"\nversion = \"{version}\"\nstate = \"passive\"\n",
                SERVER.replace("\"g\"", "\"p\""),
                parts[0],
                parts[1]
            )),
            "lot" | "sa" => {
                let until = day.saturating_add(jiff::Span::new().years(1));
                let lasting = if kind == "sa" { format!("sa_until = {until}\n") } else { String::new() };
                let version = if parts[2].ends_with("_sub") { "none" } else { version };
                text.push_str(&format!(
                    "[[entitlement]]\nid = \"l{}\"\nproduct = \"{}\"\nedition = \"{}\"\nversion = \"{version}\"\nmetric = \"{}\"\nquantity = 500\nchannel = \"{}\"\n{lasting}",
                    text.len(), parts[0], parts[1], parts[2], parts[3]
                ));
            }
            other => panic!("unknown word {other}"),
        }
    }
    text
}

const CALCULATIONS: &[Calculation] = &[
    calculation(
        "one server",
        "Windows Server",
        ("2000", "2008 R2"),
        ALWAYS,
        "Windows Server",
        "SERVER\ninstall Windows Server|Standard\nlot Windows Server|Standard|server|volume",
    ),
    calculation(
        "Enterprise guests",
        "Windows Server",
        ("2003", "2008 R2"),
        ALWAYS,
        "Windows Server",
        "HOST\ninstall Windows Server|Enterprise\nlot Windows Server|Enterprise|server|volume",
    ),
    calculation(
        "Datacenter processors",
        "Windows Server",
        ("2003", "2008 R2"),
        ALWAYS,
        "Windows Server",
        "HOST\ninstall Windows Server|Datacenter\nlot Windows Server|Datacenter|processor|volume",
    ),
    calculation(
        "pairs",
        "Windows Server",
        ("2012", "2012 R2"),
        ALWAYS,
        "Windows Server",
        "HOST\ninstall Windows Server|Standard\nlot Windows Server|Standard|processor_pair|volume",
    ),
    calculation(
        "Datacenter pairs",
        "Windows Server",
        ("2012", "2012 R2"),
        ALWAYS,
        "Windows Server",
        "CLUSTER\ninstall Windows Server|Datacenter\nlot Windows Server|Datacenter|processor_pair|volume",
    ),
    calculation(
        "cores of a host",
        "Windows Server",
        ("2016", "2025"),
        ALWAYS,
        "Windows Server",
        "HOST\ninstall Windows Server|Standard\nlot Windows Server|Standard|core|volume",
    ),
    calculation(
        "cores of a server",
        "Windows Server",
        ("2016", "2025"),
        ALWAYS,
        "Windows Server",
        "SERVER\ninstall Windows Server|Standard\nlot Windows Server|Standard|core|volume",
    ),
    calculation(
        "Datacenter cores of a cluster",
        "Windows Server",
        ("2016", "2025"),
        ALWAYS,
        "Windows Server",
        "CLUSTER\ninstall Windows Server|Datacenter\nlot Windows Server|Datacenter|core_2pack|volume",
    ),
    calculation(
        "virtual cores",
        "Windows Server",
        ("2016", "2025"),
        date(2022, 10, 1),
        "Windows Server",
        "CLUSTER\ninstall Windows Server|Standard\nsa Windows Server|Standard|core|csp_subscription",
    ),
    calculation(
        "Azure",
        "Windows Server",
        ("2016", "2025"),
        ALWAYS,
        "Windows Server",
        "AZURE\ninstall Windows Server|Standard\nsa Windows Server|Standard|core|volume",
    ),
    calculation(
        "Essentials",
        "Windows Server",
        ("2012", "2022"),
        ALWAYS,
        "Windows Server",
        "SERVER\ninstall Windows Server|Essentials\nlot Windows Server|Essentials|server|volume",
    ),
    calculation(
        "user CALs",
        "Windows Server",
        ("2000", "2025"),
        ALWAYS,
        "Windows Server CAL",
        "SERVER\nPEOPLE\ninstall Windows Server|Standard\nlot Windows Server CAL|User|user_cal|volume",
    ),
    calculation(
        "session CALs",
        "Windows Server",
        ("2000", "2025"),
        ALWAYS,
        "Remote Desktop Services CAL",
        "SERVER\nSESSIONS\ninstall Windows Server|Standard\nlot Remote Desktop Services CAL|Device|device_cal|volume",
    ),
    calculation(
        "processors",
        "SQL Server",
        ("2000", "2008 R2"),
        ALWAYS,
        "SQL Server",
        "SERVER\ninstall SQL Server|Standard\nlot SQL Server|Standard|processor|volume",
    ),
    calculation(
        "shares of processors",
        "SQL Server",
        ("2008", "2008 R2"),
        ALWAYS,
        "SQL Server",
        "HOST\ninstall SQL Server|Standard\nlot SQL Server|Standard|processor|volume",
    ),
    calculation(
        "server and CAL",
        "SQL Server",
        ("2000", "2025"),
        ALWAYS,
        "SQL Server",
        "SERVER\nPEOPLE\ninstall SQL Server|Standard\nlot SQL Server|Standard|server|volume\nlot SQL Server CAL|User|user_cal|volume",
    ),
    calculation(
        "CALs",
        "SQL Server",
        ("2000", "2025"),
        ALWAYS,
        "SQL Server CAL",
        "SERVER\nPEOPLE\ninstall SQL Server|Standard\nlot SQL Server|Standard|server|volume\nlot SQL Server CAL|User|user_cal|volume",
    ),
    calculation(
        "physical cores",
        "SQL Server",
        ("2012", "2025"),
        ALWAYS,
        "SQL Server",
        "SERVER\ninstall SQL Server|Enterprise\nlot SQL Server|Enterprise|core|volume",
    ),
    calculation(
        "cores by machine",
        "SQL Server",
        ("2012", "2025"),
        ALWAYS,
        "SQL Server",
        "HOST\ninstall SQL Server|Standard\nsa SQL Server|Standard|core|volume",
    ),
    calculation(
        "Enterprise host",
        "SQL Server",
        ("2012", "2019"),
        ALWAYS,
        "SQL Server",
        "CLUSTER\ninstall SQL Server|Enterprise\nlot SQL Server|Enterprise|core|volume",
    ),
    calculation(
        "Enterprise host under assurance",
        "SQL Server",
        ("2012", "2025"),
        ALWAYS,
        "SQL Server",
        "CLUSTER\ninstall SQL Server|Enterprise\nsa SQL Server|Enterprise|core|volume",
    ),
    calculation(
        "passive secondary",
        "SQL Server",
        ("2012", "2025"),
        ALWAYS,
        "SQL Server",
        "SERVER\ninstall SQL Server|Standard\npassive SQL Server|Standard\nsa SQL Server|Standard|core|volume",
    ),
    calculation(
        "Azure",
        "SQL Server",
        ("2016", "2025"),
        ALWAYS,
        "SQL Server",
        "AZURE\ninstall SQL Server|Enterprise\nsa SQL Server|Enterprise|core|volume",
    ),
    calculation(
        "devices",
        "Office",
        ("2000", "2024"),
        ALWAYS,
        "Office",
        "PCS\ninstall Office|Standard\nlot Office|Standard|device|volume",
    ),
    calculation(
        "sessions",
        "Office",
        ("2000", "2024"),
        ALWAYS,
        "Office",
        "SERVER\nSESSIONS\ninstall Office|Standard\nlot Office|Standard|device|volume",
    ),
    calculation(
        "Visio",
        "Visio",
        ("2000", "2024"),
        ALWAYS,
        "Visio",
        "PCS\ninstall Visio|Professional\nlot Visio|Professional|device|volume",
    ),
    calculation(
        "Project",
        "Project",
        ("2000", "2024"),
        ALWAYS,
        "Project",
        "PCS\ninstall Project|Standard\nlot Project|Standard|device|volume",
    ),
    calculation(
        "Enterprise upgrades",
        "Windows",
        ("7", "11"),
        ALWAYS,
        "Windows Enterprise (volume upgrade)",
        "PCS\ninstall Windows|Enterprise\nlot Windows|Enterprise|device_upgrade|volume",
    ),
    calculation(
        "devices",
        "Windows",
        ("XP", "11"),
        ALWAYS,
        "Windows",
        "PCS\ninstall Windows|Home\nlot Windows|Home|device|retail",
    ),
    calculation(
        "Enterprise by user",
        "Windows",
        ("10", "11"),
        ALWAYS,
        "Windows Enterprise per user",
        "PCS\ninstall Windows|Enterprise\nsa Windows Enterprise E3|none|user_sub|csp",
    ),
    calculation(
        "long-term upgrades",
        "Windows LTSC",
        ("2015", "2021"),
        ALWAYS,
        "Windows Enterprise (volume upgrade)",
        "PCS\ninstall Windows|Enterprise LTSC\nlot Windows|Enterprise LTSC|device_upgrade|volume",
    ),
    calculation(
        "server",
        "Exchange Server",
        ("2000", "SE"),
        ALWAYS,
        "Exchange Server",
        "SERVER\ninstall Exchange Server|Standard\nsa Exchange Server|Standard|server|volume",
    ),
    calculation(
        "CALs",
        "Exchange Server",
        ("2000", "SE"),
        ALWAYS,
        "Exchange Server Standard CAL",
        "SERVER\nPEOPLE\ninstall Exchange Server|Standard\nsa Exchange Server Standard CAL|User|user_cal|volume",
    ),
    calculation(
        "server",
        "SharePoint Server",
        ("2003", "SE"),
        ALWAYS,
        "SharePoint Server",
        "SERVER\ninstall SharePoint Server|none\nsa SharePoint Server|none|server|volume",
    ),
    calculation(
        "CALs",
        "SharePoint Server",
        ("2003", "SE"),
        ALWAYS,
        "SharePoint Server Standard CAL",
        "SERVER\nPEOPLE\ninstall SharePoint Server|none\nsa SharePoint Server Standard CAL|User|user_cal|volume",
    ),
    calculation(
        "CALs",
        "Skype for Business Server",
        ("2015", "SE"),
        ALWAYS,
        "Skype for Business Server Standard CAL",
        "SERVER\nPEOPLE\ninstall Skype for Business Server|none\nsa Skype for Business Server Standard CAL|User|user_cal|volume",
    ),
    calculation(
        "server",
        "Project Server",
        ("2007", "SE"),
        ALWAYS,
        "Project Server",
        "SERVER\ninstall Project Server|none\nsa Project Server|none|server|volume",
    ),
    calculation(
        "cores",
        "BizTalk Server",
        ("2013", "2020"),
        ALWAYS,
        "BizTalk Server",
        "HOST\ninstall BizTalk Server|Standard\nlot BizTalk Server|Standard|core|volume",
    ),
    calculation(
        "CALs",
        "Dynamics CRM Server",
        ("2011", "2016"),
        ALWAYS,
        "Dynamics CRM CAL",
        "SERVER\nPEOPLE\ninstall Dynamics CRM Server|none\nlot Dynamics CRM CAL|User|user_cal|volume",
    ),
    calculation(
        "pairs",
        "System Center",
        ("2012", "2012 R2"),
        ALWAYS,
        "System Center",
        "SERVER\nMANAGED\nlot System Center|Standard|processor_pair|volume",
    ),
    calculation(
        "cores",
        "System Center",
        ("2016", "2025"),
        ALWAYS,
        "System Center",
        "SERVER\nMANAGED\nlot System Center|Standard|core|volume",
    ),
    calculation(
        "CALs",
        "Azure DevOps Server",
        ("2010", "2022"),
        ALWAYS,
        "Azure DevOps Server CAL",
        "SERVER\nPEOPLE\ninstall Azure DevOps Server|none\nlot Azure DevOps Server CAL|User|user_cal|volume",
    ),
    calculation(
        "developers",
        "Visual Studio",
        ("2005", "2022"),
        ALWAYS,
        "Visual Studio Professional subscription",
        "PCS\ninstall Visual Studio|Professional\nsa Visual Studio Professional subscription|Professional|user_sub|volume",
    ),
];

/// What is wrong with one run: no such line, not covered, or a rule that is not in force on the day.
fn objections(position: &Position, line: &str, terms: &Terms, day: Date) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<_> = position.lines.iter().filter(|each| each.product == line).collect();
    if lines.is_empty() {
        found.push(format!("no line of {line}"));
    }
    for each in lines {
        if each.required.shown == 0 || each.shortfall.high > 0 {
            found.push(format!("{}: required {:?}, short {:?}", each.id, each.required, each.shortfall));
        }
        for rule in &each.rules {
            let in_force = terms.in_force(&rule.id, day).len();
            if in_force != 1 {
                found.push(format!("{}: {in_force} rules {} in force", each.id, rule.id));
            }
        }
    }
    for finding in position.findings.iter().filter(|finding| finding.code.starts_with("verifier")) {
        found.push(format!("{finding:?}"));
    }
    found
}

/// Runs the wanted calculations; leaves the number of runs and every objection.
fn run(terms: &Terms, wanted: impl Fn(&Calculation) -> bool) -> (usize, Vec<String>) {
    let prices = Prices::builtin().expect("shipped prices parse");
    let mut runs = 0;
    let mut found = Vec::new();
    for calculation in CALCULATIONS.iter().filter(|each| wanted(each)) {
        let family = terms.product(calculation.product).expect("a family");
        let place = |version: &str| family.rank(version).unwrap_or_else(|| panic!("{version} is listed"));
        for version in &family.versions[place(calculation.from)..=place(calculation.until)] {
            for quarter in 0..100 {
                let day = date(2003 + quarter / 4, (quarter % 4) as i8 * 3 + 1, 1);
                if day < version.available || day < calculation.since {
                    continue;
                }
                let text = facts(calculation.facts, &version.name, day);
                let (estate, unread) = parse_facts(&text).expect("facts parse");
                assert!(unread.is_empty(), "{unread:?}");
                let position = licensing::position(&estate, terms, &prices, day, &Options::default());
                runs += 1;
                found.extend(objections(&position, calculation.line, terms, day).into_iter().map(|each| {
                    format!("{} {} of {} on {day}: {each}", calculation.product, version.name, calculation.name)
                }));
            }
        }
    }
    (runs, found)
}

#[test]
fn every_calculation_runs_in_every_quarter_for_every_version() {
    let terms = Terms::builtin().expect("shipped terms parse");
    let (runs, found) = run(&terms, |_| true);
    assert!(found.is_empty(), "{} of {runs} runs, the first: {:#?}", found.len(), &found[..found.len().min(20)]);
    assert!(runs > 6_000, "{runs}");
    let counted: BTreeSet<&str> = CALCULATIONS.iter().map(|calculation| calculation.product).collect();
    for product in terms.products().filter(|product| !product.calculations.is_empty()) {
        assert!(counted.contains(product.name.as_str()), "{} is never run", product.name);
    }
}

#[test]
fn a_rule_that_begins_too_late_is_found() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../terms");
    let mut files = Vec::new();
    for folder in std::fs::read_dir(&root).expect("terms").flatten().filter(|entry| entry.path().is_dir()) {
        for entry in std::fs::read_dir(folder.path()).expect("folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path()).expect("readable");
            let text = if name == "ws-core-min.toml" { text.replace("2016-10-01", "2018-06-01") } else { text };
            files.push((format!("{}/{name}", folder.file_name().to_string_lossy()), text));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let terms = Terms::parse(&files).expect("altered terms parse");
    let (_, found) = run(&terms, |each| each.name == "cores of a server");
    assert!(found.iter().any(|each| each.contains("0 rules WS-CORE-MIN in force")), "{:?}", found.first());
}

/// Facts of `recipe` with the version installed, and lots of the version before it under coverage until `until`.
fn with_older_lots(recipe: &str, version: &str, older: &str, until: Date) -> String {
    let day = until.saturating_sub(jiff::Span::new().years(1));
    facts(recipe, version, day)
        .split("[[entitlement]]")
        .enumerate()
        .map(|(at, part)| match at {
            0 => part.to_owned(),
            _ => format!(
                "[[entitlement]]{}",
                part.replace(&format!("version = \"{version}\""), &format!("version = \"{older}\""))
            ),
        })
        .collect()
}

#[test]
fn coverage_that_runs_on_the_day_of_a_release_reaches_it_and_the_day_before_does_not() {
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let recipes = [
        ("Office", "Office", "PCS\ninstall Office|Standard\nsa Office|Standard|device|volume"),
        ("Visio", "Visio", "PCS\ninstall Visio|Standard\nsa Visio|Standard|device|volume"),
        ("SQL Server", "SQL Server", "SERVER\ninstall SQL Server|Standard\nsa SQL Server|Standard|server|volume"),
        (
            "Exchange Server",
            "Exchange Server",
            "SERVER\ninstall Exchange Server|Standard\nsa Exchange Server|Standard|server|volume",
        ),
        (
            "SharePoint Server",
            "SharePoint Server",
            "SERVER\ninstall SharePoint Server|none\nsa SharePoint Server|none|server|volume",
        ),
        (
            "Windows",
            "Windows Enterprise (volume upgrade)",
            "PCS\ninstall Windows|Enterprise\nsa Windows|Enterprise|device_upgrade|volume",
        ),
        (
            "System Center",
            "System Center",
            "SERVER\nMANAGED\ninstall System Center Operations Manager|none\nsa System Center|Standard|core|volume",
        ),
    ];
    let mut edges = 0;
    for (product, line, recipe) in recipes {
        let family = terms.product(product).expect("a family");
        for pair in family.versions.windows(2) {
            let (older, newer) = (&pair[0], &pair[1]);
            if older.available >= newer.available {
                continue;
            }
            for (until, reaches) in
                [(newer.available, true), (newer.seen.unwrap_or(newer.available).yesterday().expect("a day"), false)]
            {
                let text = with_older_lots(recipe, &newer.name, &older.name, until);
                let (estate, _) = parse_facts(&text).expect("facts parse");
                // The Subscription Editions ask for coverage on the day of the position as well.
                let position = licensing::position(&estate, &terms, &prices, until, &Options::default());
                let short: u64 =
                    position.lines.iter().filter(|each| each.product == line).map(|each| each.shortfall.high).sum();
                assert_eq!(short == 0, reaches, "{product} {} by {} until {until}", newer.name, older.name);
                edges += 1;
            }
        }
    }
    assert!(edges > 90, "{edges}");
}
