//! Keys and names of products, in the words of the columns files: by site or estate a key counts (`ws.2019.Standard.cores`), in a row a
//! machine it tells (`sql.edition`).

use super::Action;
use super::meaning::{Asked, Reading, Subject, blank};
use super::vocabulary::{Edition, Measure, Product};

/// A product with what is asked of it.
pub(super) struct Named<'a> {
    pub(super) entry: &'a Product,
    pub(super) edition: Option<&'a Edition>,
    pub(super) version: Option<&'a str>,
    pub(super) measure: Option<&'a Measure>,
    /// The name as the heading writes it.
    pub(super) surface: Option<&'a str>,
}

/// Measures that count, and so make the long key.
const COUNTS: &[&str] =
    &["instance", "install", "core", "processor", "owned", "user", "device", "count", "assigned", "bought"];

/// The reading of a product and measure; points and confidence are for the caller.
pub(super) fn reading(named: &Named<'_>, asked: &Asked<'_>) -> Reading {
    let measure = named.measure.map_or("count", |m| m.id.as_str());
    let counts = COUNTS.contains(&measure);
    let row = asked.subject == Subject::Machine || named.entry.compose == "row-only";
    let key = if row {
        row_key(named, measure)
    } else if let (Some(bare), "instance", None) = (named.edition.and_then(|e| e.bare.clone()), measure, named.version)
    {
        bare
    } else if counts {
        count_key(named, asked, measure)
    } else {
        attribute_key(named)
    };
    let mut found = blank(Action::Answer, key);
    let family = named.entry.family.clone();
    found.product = Some(if row || (!counts && named.edition.is_none() && named.version.is_none()) {
        family.clone()
    } else {
        display(named, asked.french)
    });
    if named.entry.compose == "heading" && !row {
        found.product = Some(asked.leaf.trim().to_owned());
    }
    found.family = Some(family);
    found.edition = named.entry.application.clone().or_else(|| named.edition.map(|e| e.name.clone()));
    found.version = named.entry.version.clone().or_else(|| named.version.map(str::to_owned));
    found.metric = named.measure.map(|m| m.metric.clone());
    found.kind = (counts && !row).then_some("int");
    found
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    parts.join(".")
}

/// What is told of a product in the whole: `office.channel`, `ws.sa`.
fn attribute_key(named: &Named<'_>) -> String {
    let entry = named.entry;
    let first = if matches!(entry.compose.as_str(), "server" | "windows") { &entry.key } else { &entry.row };
    join(&[first, named.measure.map_or("", |m| &m.site)])
}

fn row_key(named: &Named<'_>, measure: &str) -> String {
    let installed = named.entry.row_installed.as_deref().filter(|_| measure == "install");
    let attribute = installed.unwrap_or_else(|| named.measure.map_or("installed", |m| &m.row));
    if measure == "proof" {
        return join(&["proof", &named.entry.row]);
    }
    let edition = named.edition.map_or("", |e| &e.key);
    join(&[&named.entry.row, named.version.unwrap_or(""), edition, attribute])
}

fn count_key(named: &Named<'_>, asked: &Asked<'_>, measure: &str) -> String {
    let entry = named.entry;
    let suffix = named.measure.map_or("", |m| m.site.as_str());
    let edition = named.edition.map_or("", |e| &e.key);
    let version = named.version.unwrap_or("");
    match entry.compose.as_str() {
        "windows" => {
            let name = if version.is_empty() { "Windows".to_owned() } else { format!("Windows {version}") };
            join(&[&entry.key, &name, edition, if measure == "install" { "" } else { suffix }])
        }
        "heading" => join(&[&entry.key, asked.leaf.trim()]),
        "other" | "other-as-written" => {
            let plain = matches!(measure, "install" | "instance" | "count");
            join(&[&entry.key, &display(named, true), if plain { "" } else { suffix }])
        }
        "application" => {
            let name = entry.application.as_deref().unwrap_or_default();
            join(&[&entry.key, name, version, suffix])
        }
        _ => join(&[&entry.key, version, edition, suffix]),
    }
}

/// The product with its version and edition, in the language of the form.
fn display(named: &Named<'_>, french: bool) -> String {
    let entry = named.entry;
    if entry.compose == "other-as-written" {
        return named.surface.unwrap_or(&entry.family).trim().to_owned();
    }
    let family = entry.display_fr.as_deref().filter(|_| french).unwrap_or(&entry.family);
    let family = entry.application.as_deref().unwrap_or(family);
    let edition = named.edition.map(|e| {
        let name = if french { e.fr.as_ref() } else { e.en.as_ref() };
        name.unwrap_or(&e.name).as_str()
    });
    let parts: Vec<&str> = [Some(family), named.version, edition].into_iter().flatten().collect();
    parts.join(" ")
}
