//! Cases on disk: made, opened, locked, swept; acts and mappings kept.

use desk::{Case, Error, Stamp, acts};
use evidence::{Mapping, Role};
use std::collections::BTreeMap;
use tempfile::TempDir;

fn stamp() -> Stamp {
    Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "tester".into() }
}

fn case() -> (TempDir, Case) {
    let folder = TempDir::new().expect("folder");
    let case = Case::create(&folder.path().join("case"), &stamp()).expect("case");
    (folder, case)
}

#[test]
fn one_process_changes_a_case_while_others_read() {
    let (folder, first) = case();
    let dir = folder.path().join("case");
    assert!(matches!(Case::open_for_change(&dir), Err(Error::Busy { .. })));
    assert!(!Case::open(&dir).expect("open").may_change());
    drop(first);
    assert!(Case::open_for_change(&dir).expect("open").may_change());
}

#[test]
fn what_was_left_unfinished_is_swept_and_nothing_else() {
    let (folder, first) = case();
    drop(first);
    let dir = folder.path().join("case");
    let orphan = "a".repeat(64);
    for name in [".unfinished-x", orphan.as_str(), "notes of the user.txt"] {
        std::fs::write(dir.join("evidence").join(name), "x").expect("file");
    }
    drop(Case::open_for_change(&dir).expect("open"));
    let left: Vec<String> = std::fs::read_dir(dir.join("evidence"))
        .expect("folder")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(left, ["notes of the user.txt"]);
}

#[test]
fn a_folder_that_is_no_case_is_told_as_such() {
    let folder = TempDir::new().expect("folder");
    assert!(matches!(Case::open(folder.path()), Err(Error::NoCase { .. })));
    std::fs::write(folder.path().join("case.db"), "this is no database, and long enough to be taken for one")
        .expect("file");
    assert!(matches!(Case::open(folder.path()), Err(Error::Store { .. })));
    assert!(matches!(Case::create(folder.path(), &stamp()), Err(Error::Exists { .. })));
}

#[test]
fn a_mapping_is_kept_and_its_confirmation_is_an_act() {
    let (_folder, mut case) = case();
    let columns = BTreeMap::from([("machine".to_owned(), "Poste".to_owned())]);
    let mapping = Mapping { name: "parc".into(), about: Role::Machines, columns };
    for _ in 0..2 {
        case.keep_mapping(&mapping, &stamp()).expect("kept");
    }
    assert_eq!(case.mappings().expect("mappings"), [mapping]);
    let all = case.acts().expect("acts");
    let kinds: Vec<&str> = all.iter().map(|act| act.kind.as_str()).collect();
    assert_eq!(kinds, ["case-made", "mapping-confirmed"]);
    assert_eq!(acts::verify(&all), Ok(()));
    assert_eq!(case.forget_mapping("autre", &stamp()).expect("asked"), None);
    assert_eq!(case.forget_mapping("parc", &stamp()).expect("forgotten"), Some(Vec::new()));
    assert_eq!(case.forget_mapping("parc", &stamp()).expect("asked"), None);
    assert!(case.kept_mappings().expect("mappings").is_empty());
    let all = case.acts().expect("acts");
    assert_eq!(all.last().map(|act| act.kind.as_str()), Some("mapping-forgotten"));
    assert_eq!(acts::verify(&all), Ok(()));
}
