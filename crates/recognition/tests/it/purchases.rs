//! Purchase lines: our own lines word by word, and the labelled lists where they are at hand.

use recognition::purchases::{COLUMNS, Hints, PurchaseLine, knowledge_error, recognise};
use std::path::PathBuf;

fn read(title: &str) -> PurchaseLine {
    recognise(title, None, &Hints::default())
}

fn row(title: &str, part: Option<&str>) -> String {
    recognise(title, part, &Hints::default()).columns().join(" | ")
}

#[test]
fn the_tables_can_be_read() {
    assert_eq!(knowledge_error(), None);
}

/// A list with quoted fields, as a list of rows; enough for the labelled lists, which hold no line breaks.
fn csv(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| {
            let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
            let mut chars = line.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '"' if quoted && chars.peek() == Some(&'"') => {
                        field.push('"');
                        chars.next();
                    }
                    '"' => quoted = !quoted,
                    ',' if !quoted => fields.push(std::mem::take(&mut field)),
                    c => field.push(c),
                }
            }
            fields.push(field);
            fields
        })
        .collect()
}

fn corpus(name: &str) -> Option<Vec<Vec<String>>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/entitlements").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(csv(&text)),
        Err(_) => {
            println!("skipped: the labelled purchase lines ({name}) are not on this machine");
            None
        }
    }
}

/// Share of rows on which every column agrees, in thousandths; differences are printed.
fn measure(name: &str) -> Option<u32> {
    let rows = corpus(name)?;
    let (mut whole, mut right, mut total) = ([0_u32; 7], 0_u32, 0_u32);
    for label in rows.iter().skip(1).filter(|r| r.len() >= 9) {
        total += 1;
        let line = recognise(&label[0], Some(label[1].as_str()), &Hints::default());
        let got = line.columns();
        let mut wrong = Vec::new();
        for (i, column) in COLUMNS.iter().enumerate() {
            if got[i] == label[i + 2] {
                whole[i] += 1;
            } else {
                wrong.push(format!("{column}: {:?}, not {:?}", got[i], label[i + 2]));
            }
        }
        if wrong.is_empty() {
            right += 1;
        } else {
            println!("{} [{}]: {}", label[0], label[1], wrong.join("; "));
        }
    }
    for (i, column) in COLUMNS.iter().enumerate() {
        println!("{name} {column}: {} of {total}", whole[i]);
    }
    println!("{name}: {right} of {total} rows right in every column");
    whole.iter().copied().min().map(|least| least * 1000 / total.max(1))
}

#[test]
fn labelled_lines_agree() {
    if let Some(least) = measure("labelled.csv") {
        assert!(least >= 970, "the worst column agrees on only {least} of 1000 lines");
    }
}

#[test]
fn constructed_lines_agree() {
    if let Some(least) = measure("constructed.csv") {
        assert!(least >= 970, "the worst column agrees on only {least} of 1000 lines");
    }
}

#[test]
fn nothing_is_taken_for_a_licence_that_is_none() {
    for name in ["labelled.csv", "constructed.csv"] {
        let Some(rows) = corpus(name) else { return };
        for label in rows.iter().skip(1).filter(|r| r.len() >= 9) {
            let line = recognise(&label[0], Some(label[1].as_str()), &Hints::default());
            if matches!(label[7].as_str(), "SA" | "upgrade" | "step-up" | "media" | "service") {
                assert!(!line.is_licence(), "{}: taken for {}", label[0], line.kind);
            }
            if label[6] != "unknown" && label[6] != "1" {
                assert_ne!(line.units, Some(1), "{}: a pack of {} taken for one", label[0], label[6]);
            }
        }
    }
}
