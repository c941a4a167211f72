//! Children that crash, hang or talk nonsense cost one file, or say that nothing can be read; the case stays as it was.

use desk::add::{Added, Fate, add};
use desk::reader::ReaderOptions;
use desk::{Case, Error, Stamp};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A child that greets as one that is confined, then does as the script says.
fn child(script: &str) -> ReaderOptions {
    let greeting = r#"{"files":true,"network":true,"bounded":true}"#;
    let length = format!("\\{:03o}", greeting.len());
    let script = format!("printf '{length}\\000\\000\\000\\000\\000\\000\\000{greeting}'; {script}");
    ReaderOptions {
        arguments: vec!["-c".into(), script.into()],
        patience: Duration::from_millis(300),
        ..ReaderOptions::new("/bin/sh".into())
    }
}

fn stamp() -> Stamp {
    Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "tester".into() }
}

fn added_by(options: &ReaderOptions) -> (TempDir, Result<Vec<Added>, Error>) {
    let folder = TempDir::new().expect("folder");
    let incoming = folder.path().join("in");
    std::fs::create_dir(&incoming).expect("folder");
    for name in ["a", "b", "c"] {
        std::fs::write(incoming.join(name), name).expect("file");
    }
    let mut case = Case::create(&folder.path().join("case"), &stamp()).expect("case");
    let result = add(&mut case, &[incoming], options, &stamp(), &mut |_| {});
    assert!(case.files().expect("files").is_empty());
    assert!(case.facts().expect("facts").is_empty());
    assert_eq!(std::fs::read_dir(folder.path().join("case/evidence")).expect("folder").count(), 0);
    (folder, result)
}

fn reasons(result: Result<Vec<Added>, Error>) -> Vec<String> {
    result
        .expect("the batch goes on")
        .iter()
        .map(|added| match &added.fate {
            Fate::Refused(refusal) => format!("{}: {}", refusal.reason.code(), refusal.detail),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_child_that_crashes_costs_the_file_it_read() {
    if !Path::new("/bin/sh").exists() {
        eprintln!("SKIPPED: no shell here");
        return;
    }
    let (_folder, result) = added_by(&child("kill -SEGV $$"));
    let reasons = reasons(result);
    assert_eq!(reasons.len(), 3);
    assert!(reasons.iter().all(|reason| reason.starts_with("reader-stopped: ")), "{reasons:?}");
}

#[test]
fn a_child_that_hangs_is_ended_in_time() {
    if !Path::new("/bin/sh").exists() {
        eprintln!("SKIPPED: no shell here");
        return;
    }
    let began = Instant::now();
    let (_folder, result) = added_by(&child("exec sleep 60"));
    let reasons = reasons(result);
    assert_eq!(reasons, ["reader-stopped: it took longer than one file may"; 3]);
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_child_that_talks_nonsense_is_not_believed() {
    if !Path::new("/bin/sh").exists() {
        eprintln!("SKIPPED: no shell here");
        return;
    }
    let (_folder, result) = added_by(&child("printf '\\003\\000\\000\\000\\000\\000\\000\\000{}x'; exec sleep 60"));
    let reasons = reasons(result);
    assert!(reasons.iter().all(|reason| reason.starts_with("reader-stopped: ")), "{reasons:?}");
}

#[test]
fn without_a_child_nothing_is_added_and_it_is_said() {
    let missing = ReaderOptions { program: "/nowhere/quittance".into(), ..child("") };
    let (_folder, result) = added_by(&missing);
    assert!(matches!(result, Err(Error::Reader { .. })), "{result:?}");
}
