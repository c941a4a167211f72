//! What stands on one machine, for the view: its operating system, its titles, its SQL Server instances, and what makes no demand.

use super::ProductView;
use crate::estate::counted::{Counted, recognised};
use crate::estate::installs::{edition_of_instance, version_of_instance};
use crate::titles::{Standing, Titles};
use licensing::deployments::join::JoinedMachine;
use licensing::facts::{AZURE_INCLUDED, Title};
use std::collections::{BTreeMap, BTreeSet};

const SQL: &str = "SQL Server";

/// Applications that are sold alone as well; the title of one says no edition but its name.
const APPLICATIONS: [&str; 7] = ["Access", "Excel", "OneNote", "Outlook", "PowerPoint", "Publisher", "Word"];

/// Editions that need no paid licence, and those that are only tried.
fn standing_of_edition(edition: &str) -> &'static str {
    match edition {
        "Express" | "Developer" => "free",
        "Evaluation" => "trial",
        _ => "yes",
    }
}

fn or_unknown(text: String) -> String {
    if text.is_empty() { "unknown".to_owned() } else { text }
}

/// Titles as tools write them that write each in a cell of its own: what damaged or joined cells are read against.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    whole: BTreeSet<String>,
    by_length: BTreeMap<usize, BTreeSet<String>>,
}

fn damaged(name: &str) -> bool {
    name.contains(['?', '\u{fffd}'])
}

impl Spelling {
    /// Of all titles on `machines`.
    pub(super) fn new(machines: &[JoinedMachine]) -> Self {
        let mut spelling = Spelling::default();
        let listed = |title: &Title| title.from.as_deref() == Some("list");
        for (title, _) in machines.iter().flat_map(|machine| &machine.titles).filter(|(title, _)| !listed(title)) {
            let name = title.name.trim();
            if !damaged(name) && spelling.whole.insert(name.to_owned()) && !name.is_ascii() {
                spelling.by_length.entry(name.chars().count()).or_default().insert(name.to_owned());
            }
        }
        spelling
    }

    /// The title as other tools spell it: with the version that a joined cell was cut at, with the letters that an export lost.
    fn of(&self, title: &Title) -> String {
        let name = title.name.trim();
        if let (Some("list"), Some(version)) = (title.from.as_deref(), &title.version) {
            let full = format!("{name} - {version}");
            if self.whole.contains(&full) {
                return full;
            }
        }
        if damaged(name) {
            let same = |other: &&String| {
                other.chars().zip(name.chars()).all(|(a, b)| a == b || (!a.is_ascii() && matches!(b, '?' | '\u{fffd}')))
            };
            let alike = self.by_length.get(&name.chars().count()).into_iter().flatten().find(same);
            return alike.cloned().unwrap_or_else(|| name.to_owned());
        }
        name.to_owned()
    }
}

/// A title without demand: its spelling, its standing, and the rule of the user's own that placed it.
pub(super) type Quiet = (String, String, Option<String>);

/// Machines that bear a title.
#[derive(Debug, Default)]
pub(super) struct Bearing<'a> {
    pub(super) machines: BTreeSet<&'a str>,
    /// Machines of great lists, which are only counted.
    pub(super) counted: u64,
}

/// Adds the titles of great lists that were only counted.
pub(super) fn counted(all: &[Counted], titles: &Titles, spelt: &Spelling, quiet: &mut BTreeMap<Quiet, Bearing<'_>>) {
    for each in all {
        let told = recognised(&each.title, titles);
        let decided = titles.is_own(&told.rule).then(|| told.rule.clone());
        let bearing = quiet.entry((spelt.of(&each.title), told.licensable.to_string(), decided)).or_default();
        bearing.counted = bearing.counted.saturating_add(each.machines);
    }
}

/// Adds the products of `machine`, and its titles without demand by (title, standing, rule).
pub(super) fn of<'a>(
    machine: &'a JoinedMachine,
    titles: &Titles,
    spelt: &Spelling,
    products: &mut Vec<ProductView>,
    quiet: &mut BTreeMap<Quiet, Bearing<'a>>,
) {
    let product = |family: &str, edition: String, version: String| ProductView {
        machine: machine.id.clone(),
        family: family.to_owned(),
        edition,
        version,
        kind: "installed",
        standing: "yes",
        title: None,
        instance: None,
        build: None,
        decided: None,
    };
    if let Some(os) = &machine.os {
        let told = titles.operating_system(os, machine.os_build.as_deref());
        let standing = match told.licensable {
            Standing::Yes if machine.os_channel.as_deref() == Some(AZURE_INCLUDED) => Some("no"),
            Standing::Yes => Some("yes"),
            Standing::Trial => Some("trial"),
            _ => None,
        };
        if let Some(standing) = standing {
            let system = product(&told.family, told.edition, told.product_version);
            products.push(ProductView { kind: "operating system", standing, ..system });
        }
    }
    let mut seen: BTreeSet<(String, String, String)> = BTreeSet::new();
    // What titles say of SQL Server: version to edition, for machines whose instances nobody asked.
    let mut told_by_titles: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
    for (title, _) in &machine.titles {
        let told = titles.recognise(
            title.publisher.as_deref().unwrap_or_default(),
            &title.name,
            title.version.as_deref().unwrap_or_default(),
            title.key.as_deref(),
            title.parent.as_deref(),
        );
        let decided = titles.is_own(&told.rule).then(|| told.rule.clone());
        if told.licensable != Standing::Yes {
            // What a distribution of Linux is made of is no title that anybody asks about.
            if !matches!(title.from.as_deref(), Some("deb" | "rpm" | "apk" | "pacman")) {
                let bearing = quiet.entry((spelt.of(title), told.licensable.to_string(), decided)).or_default();
                bearing.machines.insert(&machine.id);
            }
        } else if told.family == SQL {
            told_by_titles.insert(or_unknown(told.product_version), (or_unknown(told.edition), decided));
        } else if seen.insert((told.family.clone(), told.edition.clone(), told.product_version.clone())) {
            let alone =
                APPLICATIONS.iter().find(|name| told.family == "Office application" && title.name.contains(**name));
            let edition = alone.filter(|_| told.edition.is_empty()).map_or(told.edition, |name| (*name).to_owned());
            let installed = product(&told.family, edition, told.product_version);
            products.push(ProductView { title: Some(title.name.clone()), decided, ..installed });
        }
    }
    instances(machine, titles, &told_by_titles, &product, products);
}

/// Each instance once: several tools tell of one, by its name; one that tells the edition is believed before one that does not.
fn instances(
    machine: &JoinedMachine,
    titles: &Titles,
    told_by_titles: &BTreeMap<String, (String, Option<String>)>,
    product: &dyn Fn(&str, String, String) -> ProductView,
    products: &mut Vec<ProductView>,
) {
    let mut known: BTreeMap<String, (String, String, Option<String>)> = BTreeMap::new();
    for (instance, _) in &machine.instances {
        let name = instance.instance.clone().unwrap_or_else(|| "MSSQLSERVER".to_owned());
        let slot =
            known.entry(name.to_uppercase()).or_insert_with(|| ("unknown".to_owned(), "unknown".to_owned(), None));
        if let Some(edition) = instance.edition.as_deref().map(edition_of_instance).filter(|told| told != "unknown") {
            slot.0 = edition;
        }
        if let Some(build) = &instance.version {
            let version = version_of_instance(titles, build);
            if version != "unknown" {
                (slot.1, slot.2) = (version, Some(build.clone()));
            }
        }
    }
    let versions: BTreeSet<String> = known.values().map(|(_, version, _)| version.clone()).collect();
    for (name, (edition, version, build)) in known {
        let sql = product(SQL, edition.clone(), version);
        let standing = standing_of_edition(&edition);
        products.push(ProductView { kind: "instance", standing, instance: Some(name), build, ..sql });
    }
    for (version, (edition, decided)) in told_by_titles.iter().filter(|(version, _)| !versions.contains(*version)) {
        let sql = product(SQL, edition.clone(), version.clone());
        let (standing, decided) = (standing_of_edition(edition), decided.clone());
        products.push(ProductView { kind: "instance", standing, decided, ..sql });
    }
}
