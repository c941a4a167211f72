//! Walls between the rooms: who may know whom, what the core may not touch, which way the flow goes, how files are named.

use super::{Breach, Source};

/// Each crate of ours and those of ours that it may use.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("licensing", &[]),
    ("recognition", &["licensing"]),
    ("evidence", &["licensing", "recognition"]),
    ("workbook", &["licensing"]),
    ("message", &["licensing"]),
    ("desk", &["evidence", "licensing", "message", "recognition", "workbook"]),
    ("quittance", &["desk", "evidence", "licensing", "message", "recognition", "workbook"]),
];

/// Libraries that only one room may see.
const ONLY_IN: [(&str, &[&str]); 6] = [
    ("rusqlite", &["desk"]),
    ("axum", &["quittance"]),
    ("tokio", &["quittance"]),
    ("clap", &["quittance"]),
    ("fluent-bundle", &["quittance"]),
    ("askama", &["quittance"]),
];

/// Words that the pure rooms may not contain: file, clock, network, locale, async, loose JSON.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "async fn",
    "serde_json",
    "println!",
];

/// The flow inside the core: a room may use those before it, and itself.
const FLOW: [&str; 10] = [
    "facts",
    "findings",
    "deployments",
    "terms",
    "requirements",
    "assignment",
    "position",
    "clusters",
    "comparison",
    "check",
];

/// File names that say nothing.
const EMPTY_NAMES: [&str; 7] = ["utils", "util", "helpers", "common", "manager", "misc", "handler"];

/// How long a file may be before it wants to be two.
const LONGEST: usize = 700;

fn manifest_dependencies(source: &Source) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']').ends_with("dependencies");
            continue;
        }
        let name: &str = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if inside && !name.is_empty() && !name.starts_with('#') {
            found.push((index + 1, name));
        }
    }
    found
}

fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}

fn manifests(sources: &[Source]) -> impl Iterator<Item = (&str, &Source)> {
    sources.iter().filter_map(|source| {
        let name = crate_of(&source.path)?;
        (source.path == format!("crates/{name}/Cargo.toml")).then_some((name, source))
    })
}

/// No crate of ours uses one that it may not know.
pub(super) fn crate_walls(sources: &[Source]) -> Vec<Breach> {
    let mut found = Vec::new();
    for (name, source) in manifests(sources) {
        let Some((_, allowed)) = MAY_USE.iter().find(|(each, _)| *each == name) else {
            found.push(
                source.breach(0, format!("crate {name} is not in the list of rooms: add it there, with its reason")),
            );
            continue;
        };
        for (line, dependency) in manifest_dependencies(source) {
            let ours = MAY_USE.iter().any(|(each, _)| *each == dependency);
            if ours && !allowed.contains(&dependency) {
                found.push(source.breach(line, format!("{name} may not know {dependency}")));
            }
        }
    }
    found
}

/// A library that belongs to one room is in no other.
pub(super) fn library_walls(sources: &[Source]) -> Vec<Breach> {
    let mut found = Vec::new();
    for (name, source) in manifests(sources) {
        for (line, dependency) in manifest_dependencies(source) {
            for (library, rooms) in ONLY_IN {
                if dependency == library && !rooms.contains(&name) {
                    found.push(source.breach(line, format!("only {} sees {library}", rooms.join(", "))));
                }
            }
        }
    }
    found
}

/// The licensing core and recognition touch nothing outside themselves; only the program exits or reads the environment.
pub(super) fn core_is_pure(sources: &[Source]) -> Vec<Breach> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.is_rust() && s.path.contains("/src/")) {
        let Some(name) = crate_of(&source.path) else { continue };
        for (line, code) in source.code() {
            if matches!(name, "licensing" | "recognition") {
                for word in IMPURE.iter().filter(|word| code.contains(**word)) {
                    found.push(
                        source.breach(
                            line,
                            format!("`{word}` in {name}: the core is pure; take the value as an argument"),
                        ),
                    );
                }
            } else if name != "quittance" {
                for word in ["std::env::", "process::exit", "println!"] {
                    if code.contains(word) {
                        found.push(source.breach(line, format!("`{word}` outside the program: return a value")));
                    }
                }
            }
        }
    }
    found
}

/// Inside the core a later room may use an earlier one, never the reverse.
pub(super) fn flow_goes_one_way(sources: &[Source]) -> Vec<Breach> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.is_rust()) {
        let Some(rest) = source.path.strip_prefix("crates/licensing/src/") else {
            continue;
        };
        let room = rest.split(['/', '.']).next().unwrap_or_default();
        let Some(here) = FLOW.iter().position(|each| *each == room) else {
            continue;
        };
        for (line, code) in source.code() {
            for (index, other) in FLOW.iter().enumerate() {
                let used = code.contains(&format!("crate::{other}::")) || code.contains(&format!("crate::{other};"));
                // Facts may carry a declared estate: the one word of a later room that they must know.
                if used && index > here && !(room == "facts" && code.contains("deployments::Estate")) {
                    found.push(source.breach(line, format!("{room} uses {other}, a later room")));
                }
            }
        }
    }
    found
}

/// Files are named after what they are about and stay short enough to be read.
pub(super) fn names(sources: &[Source]) -> Vec<Breach> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.is_rust()) {
        let stem = source.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        if EMPTY_NAMES.contains(&stem) {
            found.push(source.breach(0, format!("`{stem}` says nothing: name the file after its subject")));
        }
        let lines = source.text.lines().count();
        if lines > LONGEST {
            found.push(
                source.breach(0, format!("{lines} lines: a file that needs a table of contents wants to be two")),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::source;
    use super::*;

    #[test]
    fn evidence_may_not_know_the_workbook() {
        let manifest = source(
            "crates/evidence/Cargo.toml",
            "[dependencies]\nlicensing.workspace = true\nworkbook.workspace = true\n",
        );
        assert_eq!(crate_walls(&[manifest])[0].line, 3);
    }

    #[test]
    fn only_the_desk_sees_sql() {
        let manifest = source("crates/quittance/Cargo.toml", "[dependencies]\nrusqlite = \"1\"\n");
        assert_eq!(library_walls(&[manifest]).len(), 1);
    }

    #[test]
    fn the_core_reads_no_clock() {
        let file = source("crates/licensing/src/position/mod.rs", "let now = jiff::Zoned::now();\n");
        assert_eq!(core_is_pure(&[file]).len(), 1);
    }

    #[test]
    fn requirements_may_not_use_the_assignment() {
        let file = source("crates/licensing/src/requirements/core.rs", "use crate::assignment::Lot;\n");
        assert_eq!(flow_goes_one_way(&[file]).len(), 1);
        let file = source("crates/licensing/src/assignment/mod.rs", "use crate::requirements::Way;\n");
        assert!(flow_goes_one_way(&[file]).is_empty());
    }

    #[test]
    fn a_file_named_utils_is_refused() {
        assert_eq!(names(&[source("crates/desk/src/utils.rs", "")]).len(), 1);
    }
}
