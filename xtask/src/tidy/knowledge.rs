//! Walls around knowledge: rules are named after their id and cite known sources, dependencies are decisions, texts exist
//! in both languages.

use super::{Breach, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Each rule file is named after its id in lower case, says when it was last checked, and cites sources that exist.
pub(super) fn rules(sources: &[Source]) -> Vec<Breach> {
    let known: BTreeSet<String> = sources
        .iter()
        .filter(|s| s.path == "terms/sources.toml")
        .filter_map(|s| s.text.parse::<toml::Table>().ok())
        .flat_map(|table| source_keys(&table))
        .collect();
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.path.starts_with("terms/") && s.path.ends_with(".toml")) {
        let stem = source.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
        if matches!(stem, "product" | "sources" | "coverage" | "plans") || source.path.matches('/').count() < 2 {
            continue;
        }
        let Ok(table) = source.text.parse::<toml::Table>() else {
            found.push(source.breach(0, "not TOML"));
            continue;
        };
        let Some(id) = table.get("id").and_then(toml::Value::as_str) else {
            found.push(source.breach(0, "a rule has an id"));
            continue;
        };
        if id.to_lowercase() != stem && !stem.starts_with(&format!("{}-", id.to_lowercase())) {
            found.push(source.breach(0, format!("rule {id} stands in a file of another name")));
        }
        for key in ["question", "last_checked"] {
            if !table.contains_key(key) {
                found.push(source.breach(0, format!("rule {id} lacks `{key}`")));
            }
        }
        let cited: Vec<&str> = table
            .get("sources")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect();
        if cited.is_empty() {
            found.push(source.breach(0, format!("rule {id} cites no source")));
        }
        for key in cited.iter().filter(|key| !known.contains(**key)) {
            found.push(source.breach(0, format!("rule {id} cites `{key}`, which terms/sources.toml does not know")));
        }
    }
    found
}

/// The keys of `terms/sources.toml`: tables of tables, or a list with `key`.
fn source_keys(table: &toml::Table) -> Vec<String> {
    let mut keys = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) if inner.values().all(toml::Value::is_table) => {
                keys.extend(inner.keys().cloned())
            }
            toml::Value::Table(_) => keys.push(name.clone()),
            toml::Value::Array(list) => keys.extend(
                list.iter().filter_map(|each| each.get("key").or_else(|| each.get("id"))?.as_str().map(str::to_owned)),
            ),
            _ => {}
        }
    }
    keys
}

/// Every dependency of the workspace has its line in `docs/decisions.md`.
pub(super) fn decisions(sources: &[Source]) -> Vec<Breach> {
    let text: String =
        sources.iter().filter(|s| s.path.starts_with("docs/decisions")).map(|s| s.text.as_str()).collect();
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.path == "Cargo.toml") {
        let Ok(table) = source.text.parse::<toml::Table>() else {
            continue;
        };
        let dependencies = table.get("workspace").and_then(|w| w.get("dependencies")).and_then(toml::Value::as_table);
        for (name, value) in dependencies.into_iter().flatten() {
            if value.get("path").is_none() && !text.contains(&format!("`{name}`")) {
                found.push(source.breach(0, format!("dependency {name} has no line in docs/decisions.md")));
            }
        }
    }
    found
}

/// The identifiers of the messages of a Fluent file.
fn message_ids(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim()))
        .collect()
}

/// French and English have the same messages, file by file.
pub(super) fn languages(sources: &[Source]) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut texts: BTreeMap<&str, BTreeMap<&str, &Source>> = BTreeMap::new();
    for source in sources.iter().filter(|s| s.path.ends_with(".ftl")) {
        let mut parts = source.path.rsplitn(3, '/');
        if let (Some(file), Some(language)) = (parts.next(), parts.next()) {
            texts.entry(file).or_default().insert(language, source);
        }
    }
    for (file, languages) in texts {
        let (Some(english), Some(french)) = (languages.get("en"), languages.get("fr")) else {
            found.extend(languages.values().map(|s| s.breach(0, format!("{file} stands in one language only"))));
            continue;
        };
        let (in_english, in_french) = (message_ids(&english.text), message_ids(&french.text));
        found.extend(
            in_english.difference(&in_french).map(|id| french.breach(0, format!("`{id}` is missing in French"))),
        );
        found.extend(
            in_french.difference(&in_english).map(|id| english.breach(0, format!("`{id}` is missing in English"))),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::source;
    use super::*;

    #[test]
    fn a_rule_cites_a_source_that_exists() {
        let list = source("terms/sources.toml", "[PT-ULT]\ntitle = \"x\"\n");
        let rule = source(
            "terms/windows-server/ws-core-min.toml",
            "id = \"WS-CORE-MIN\"\nquestion = \"q\"\nlast_checked = 2026-11-01\nsources = [\"NOPE\"]\n",
        );
        let found = rules(&[list, rule]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_message_missing_in_french_is_found() {
        let english = source("crates/quittance/locales/en/add.ftl", "add-one = One\nadd-two = Two\n    more\n");
        let french = source("crates/quittance/locales/fr/add.ftl", "add-one = Un\n");
        assert_eq!(languages(&[english, french]).len(), 1);
    }

    #[test]
    fn a_dependency_without_a_decision_is_found() {
        let manifest = source("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\n");
        assert_eq!(decisions(&[manifest]).len(), 1);
    }
}
