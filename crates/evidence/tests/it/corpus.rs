//! The shared corpus: every file is taken or refused with a reason, and a whole company is read as its truth says.

use super::{read_all, shared, sums_up};
use evidence::Reading;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn every_corpus_file_is_taken_or_refused_with_a_reason() {
    let Some(folder) = shared("corpus/inventory") else { return };
    let mut all = Vec::new();
    files(&folder, &mut all);
    for path in all {
        let bytes = std::fs::read(&path).expect("a corpus file can be read");
        let name = path.strip_prefix(&folder).expect("inside").display().to_string();
        for (member, outcome) in read_all(&name, &bytes) {
            match outcome {
                Ok(reading) => {
                    assert!(sums_up(&reading), "{member}");
                    eprintln!("{member}: {} rows {} rejects {}", reading.taken_as, reading.rows, reading.rejects.len());
                }
                Err(refusal) => {
                    assert!(!refusal.detail.is_empty(), "{member}");
                    eprintln!("{member}: REFUSED {refusal}");
                }
            }
        }
    }
}

/// Differences between what the truth says of the company's files and what was read.
fn differences(folder: &Path, truth: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for file in truth["files"].as_array().into_iter().flatten() {
        let path = file["path"].as_str().unwrap_or_default();
        let Ok(bytes) = std::fs::read(folder.join(path)) else {
            found.push(format!("{path}: cannot be opened"));
            continue;
        };
        let wanted = file["malformed_rows"].as_u64().unwrap_or(0);
        let outcomes = read_all(path, &bytes);
        let rejects: Vec<u64> = outcomes
            .iter()
            .filter_map(|(_, outcome)| outcome.as_ref().ok())
            .flat_map(|reading| reading.rejects.iter().map(|reject| reject.origin.row))
            .collect();
        let rows: u64 = outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).map(Reading::data_rows).sum();
        let refused: Vec<String> =
            outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().err()).map(ToString::to_string).collect();
        if rejects.len() as u64 != wanted {
            found.push(format!(
                "{path}: {} rejects {rejects:?}, the truth has {wanted} {}",
                rejects.len(),
                file["malformed"]
            ));
        }
        if let Some(data) = file["data_rows"].as_u64()
            && data != rows
        {
            found.push(format!("{path}: {rows} rows, the truth has {data} {refused:?} ({})", file["format"]));
        }
    }
    found
}

#[test]
fn belharra_is_read_as_its_truth_says() {
    let Some(folder) = shared("corpus/inventory/made/belharra") else { return };
    let truth = std::fs::read_to_string(folder.join("truth.json")).expect("the truth is there");
    let truth: Value = serde_json::from_str(&truth).expect("the truth is JSON");
    let found = differences(&folder, &truth);
    for each in &found {
        eprintln!("{each}");
    }
    // The objects that were never flattened, and the file cut in the middle (two lines): refused whole.
    assert!(found.len() <= 3, "{} differences", found.len());
}

#[test]
fn corpus_files_cut_at_every_sixteenth_never_panic_and_lose_no_row() {
    let Some(folder) = shared("corpus/inventory") else { return };
    let mut all = Vec::new();
    files(&folder, &mut all);
    for path in all {
        let bytes = std::fs::read(&path).expect("a corpus file can be read");
        // The large ones have small ones of their kind beside them.
        if bytes.len() > 20_000 {
            continue;
        }
        let name = path.display().to_string();
        for sixteenth in 1..16 {
            for (member, outcome) in read_all(&name, &bytes[..bytes.len() * sixteenth / 16]) {
                match outcome {
                    Ok(reading) => assert!(sums_up(&reading), "{member} at {sixteenth}/16"),
                    Err(refusal) => assert!(!refusal.detail.is_empty(), "{member} at {sixteenth}/16"),
                }
            }
        }
    }
}
