//! Worked examples: the shared ones where they are at hand, and the project's own.

use licensing::casebook;
use licensing::position::Options;
use licensing::terms::{Prices, Terms};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// At least so many of the shared examples pass; raised as rules are added, never lowered.
const SHARED_FLOOR: usize = 207;

/// The case book has at least so many; raised as it grows.
const OWN_FLOOR: usize = 462;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn examples(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(examples(&path));
        } else if path.extension().is_some_and(|e| e == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs all examples under `folder`; prints a line for each that fails, and the counts by family; leaves (passed, failed).
fn run(folder: &Path) -> (usize, usize) {
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let mut families: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for path in examples(folder) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("readable");
        let case = match casebook::parse(&text) {
            Ok(case) => case,
            Err(error) => {
                println!("{name}: {error}");
                families.entry("unreadable".to_owned()).or_default().1 += 1;
                continue;
            }
        };
        if !case.unread.is_empty() {
            println!("{name}: not read: {}", case.unread.join(", "));
        }
        let position = licensing::position(&case.estate, &terms, &prices, case.as_of, &Options::default());
        let mut differences: Vec<String> = licensing::check::check(&case.expect, &position)
            .into_iter()
            .map(|each| format!("{}: expected {}, found {}", each.what, each.expected, each.found))
            .collect();
        differences
            .extend(position.findings.iter().filter(|f| f.code.starts_with("verifier")).map(|f| format!("{f:?}")));
        let count = families.entry(case.head.family.clone()).or_default();
        if differences.is_empty() {
            count.0 += 1;
        } else {
            count.1 += 1;
            println!("{name}: {}", differences.join("; "));
        }
    }
    for (family, (passed, failed)) in &families {
        println!("{family}: {passed} passed, {failed} failed");
    }
    let passed = families.values().map(|count| count.0).sum();
    let failed = families.values().map(|count| count.1).sum();
    println!("{passed} passed, {failed} failed");
    (passed, failed)
}

#[test]
fn shared_examples_pass() {
    let folder = root().join("../shared/cases");
    if !folder.is_dir() {
        println!("skipped: the shared examples are not at hand");
        return;
    }
    let (passed, _) = run(&folder);
    assert!(passed >= SHARED_FLOOR, "{passed} pass, {SHARED_FLOOR} passed before");
}

#[test]
fn own_examples_pass() {
    let folder = root().join("casebook");
    let (passed, failed) = run(&folder);
    assert_eq!(failed, 0, "see the lines above");
    assert!(passed >= OWN_FLOOR, "only {passed} examples found");
}

#[test]
fn counts_beyond_reason_do_not_overflow() {
    let most = i64::MAX;
    let mut text = String::new();
    for (id, extra) in [("h", ""), ("i", "cluster = 'c'\ndrs = true"), ("j", "cluster = 'c'\ndrs = true")] {
        text += &format!(
            "[[server]]\nid = '{id}'\nprocessors = 4000000000\ncores_per_processor = 4000000000\ncount = {most}\n{extra}\n"
        );
    }
    for (id, host) in [("v", "i"), ("w", "i"), ("z", "azure")] {
        text += &format!("[[vm]]\nid = '{id}'\nhost = '{host}'\nvcpus = 4000000000\ncount = {most}\nmanaged = true\n");
    }
    for (id, external) in [("u", false), ("x", true), ("y", true)] {
        text += &format!("[[user]]\nid = '{id}'\ncount = {most}\nexternal = {external}\n");
    }
    for id in ["d", "e"] {
        text += &format!("[[device]]\nid = '{id}'\ncount = {most}\nused_by = 'u'\nmanaged = true\n");
    }
    for on in ["h", "i", "j", "v", "w", "z", "d", "e"] {
        for (product, edition, version) in [
            ("Windows Server", "Standard", "2022"),
            ("Windows Server", "Essentials", "2022"),
            ("SQL Server", "Enterprise", "2019"),
            ("Office", "Standard", "2019"),
            ("Windows", "Enterprise", "11"),
            ("Exchange Server", "Standard", "2019"),
            ("Microsoft 365 Apps for enterprise", "none", "current"),
            ("BizTalk Server", "Standard", "2020"),
            ("Visual Studio", "Professional", "2022"),
        ] {
            text += &format!(
                "[[install]]\non = '{on}'\nproduct = '{product}'\nedition = '{edition}'\nversion = '{version}'\n"
            );
        }
        for who in ["u", "x", "y", "d"] {
            text += &format!("[[access]]\nwho = '{who}'\nto = '{on}'\nvia = 'rds'\n");
        }
    }
    for (at, (product, metric)) in
        [("Windows Server", "core_16pack"), ("SQL Server", "core"), ("Windows Server CAL", "user_cal")]
            .iter()
            .enumerate()
    {
        text += &format!(
            "[[entitlement]]\nid = 'l{at}'\nproduct = '{product}'\nedition = 'Standard'\nversion = '2022'\nmetric = '{metric}'\nquantity = {most}\nchannel = 'volume'\nsa_until = 2030-01-01\n"
        );
    }
    let (estate, unread) = casebook::parse_facts(&text).expect("facts parse");
    assert!(unread.is_empty(), "{unread:?}");
    let terms = Terms::builtin().expect("shipped terms parse");
    let prices = Prices::builtin().expect("shipped prices parse");
    let position = licensing::position(&estate, &terms, &prices, jiff::civil::date(2024, 1, 1), &Options::default());
    assert!(position.lines.iter().any(|line| line.required.shown > 1_000_000_000));
}
