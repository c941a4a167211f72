//! Installations of one machine: its operating system, its titles, its SQL Server instances; each product, edition and version once.

use crate::titles::Titles;
use licensing::deployments::join::JoinedMachine;
use licensing::deployments::{Install, licensed_edition};
use licensing::facts::{AZURE_INCLUDED, Origin};
use licensing::word::{Lexicon, Word};
use std::collections::{BTreeMap, BTreeSet};

type Kind = (String, String, String);

/// The edition that an instance tells of itself (`Standard Edition (64-bit)`).
pub(super) fn edition_of_instance(text: &str) -> String {
    let lower = text.to_lowercase();
    for (word, name) in [
        ("express", "Express"),
        ("developer", "Developer"),
        ("evaluation", "Evaluation"),
        ("enterprise", "Enterprise"),
        ("business intelligence", "Business Intelligence"),
        ("standard", "Standard"),
        ("workgroup", "Workgroup"),
        ("web", "Web"),
        ("datacenter", "Datacenter"),
    ] {
        if lower.contains(word) {
            return name.to_owned();
        }
    }
    "unknown".to_owned()
}

/// The version that a build number of SQL Server stands for.
pub(super) fn version_of_instance(titles: &Titles, number: &str) -> String {
    let told = titles.recognise("Microsoft Corporation", "Microsoft SQL Server", number, None, None).product_version;
    if told.is_empty() { "unknown".to_owned() } else { told }
}

/// Adds the installations of `machine`, which the estate knows as `id`; what many machines say alike is one of `words`.
pub(super) fn of_machine(
    machine: &JoinedMachine,
    id: &Word,
    titles: &Titles,
    words: &mut Lexicon,
    installs: &mut Vec<Install>,
) {
    let mut found: BTreeMap<Kind, BTreeSet<Origin>> = BTreeMap::new();
    for (kind, origins) in kinds(machine, titles) {
        found.entry(kind).or_default().extend(origins);
    }
    for ((product, edition, version), origins) in found {
        installs.push(Install {
            on: id.clone(),
            product: words.word(&product),
            edition: words.word(licensed_edition(&product, &edition)),
            version: words.word(&version),
            origins: origins.into_iter().collect(),
            ..Install::default()
        });
    }
}

/// What stands on a machine, each kind with its evidence rows: what several rows tell counts once.
pub(super) fn kinds(machine: &JoinedMachine, titles: &Titles) -> BTreeMap<Kind, BTreeSet<Origin>> {
    let mut found: BTreeMap<Kind, BTreeSet<Origin>> = BTreeMap::new();
    if let Some(os) = &machine.os
        && machine.os_channel.as_deref() != Some(AZURE_INCLUDED)
        && let Some(product) = titles.operating_system(os, machine.os_build.as_deref()).product
    {
        found.entry(product).or_default().extend(machine.origins.iter().take(20).cloned());
    }
    for (title, origin) in &machine.titles {
        let publisher = title.publisher.as_deref().unwrap_or_default();
        let version = title.version.as_deref().unwrap_or_default();
        let told = titles.recognise(publisher, &title.name, version, title.key.as_deref(), title.parent.as_deref());
        if let Some(product) = told.product {
            found.entry(product).or_default().insert(origin.clone());
        }
    }
    for (instance, origin) in &machine.instances {
        let edition = instance.edition.as_deref().map_or_else(|| "unknown".to_owned(), edition_of_instance);
        let version =
            instance.version.as_deref().map_or_else(|| "unknown".to_owned(), |text| version_of_instance(titles, text));
        found.entry(("SQL Server".to_owned(), edition, version)).or_default().insert(origin.clone());
    }
    // A row that knows the edition or version makes the row that does not superfluous.
    let known: Vec<Kind> = found.keys().filter(|(_, edition, _)| edition != "unknown").cloned().collect();
    found.retain(|(product, edition, version), _| {
        let better = known.iter().any(|(p, _, v)| p == product && (v == version || version == "unknown"));
        edition != "unknown" || !better
    });
    found
}
