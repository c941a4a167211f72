//! Great lists: read in chunks by several children, they give what a small file gives; cut off, they go on; until they are whole
//! the case knows nothing of them.

use desk::add::{Added, Event, Fate, PartFate, add};
use desk::reader::ReaderOptions;
use desk::{Case, Stamp};
use licensing::facts::Reject;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const CHUNK: u64 = 4096;

fn stamp() -> Stamp {
    Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "tester".into() }
}

/// Lists from `great` bytes on are read in chunks; everything that was read is settled at once.
fn options(great: u64) -> ReaderOptions {
    ReaderOptions {
        great,
        chunk: CHUNK,
        settle: Duration::ZERO,
        ..ReaderOptions::new(env!("CARGO_BIN_EXE_quittance").into())
    }
}

fn list(rows: usize) -> String {
    let mut text = "Poste;Logiciel;Version;Éditeur;Installé le;Dernier scan;Site\r\n".to_owned();
    for row in 0..rows {
        let machine = row / 20;
        let (day, month) = (row % 28 + 1, row % 12 + 1);
        text.push_str(&match row % 37 {
            5 => format!("PC{machine};\"Visio;\nPro \"\"{row}\"\"\";15;Microsoft;;2026-10-01;Lyon\r\n"),
            11 => format!("PC{machine};Project;15\r\n"),
            17 => format!(";Office;16;Microsoft;{day}/{month}/2024;;\r\n"),
            23 => format!("PC{machine};;16;Microsoft;31/02/2024;;\r\n"),
            _ => format!(
                "PC{machine};Titre {};1.{};Éditeur;{day}/{month}/2024;2026-{month:02}-01;Lyon\r\n",
                row % 50,
                row % 3
            ),
        });
    }
    text.push_str("(fin)\r\n");
    text
}

fn case_of(folder: &Path, name: &str) -> Case {
    Case::create(&folder.join(name), &stamp()).unwrap()
}

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("parc.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn take(case: &mut Case, path: &Path, great: u64) -> Added {
    add(case, &[path.to_owned()], &options(great), &stamp(), &mut |_| {}).unwrap().remove(0)
}

fn rejects(case: &Case) -> Vec<Reject> {
    let mut rejects: Vec<Reject> = case.rejects().unwrap().into_iter().map(|filed| filed.reject).collect();
    rejects.sort_by_key(|reject| reject.origin.row);
    rejects
}

/// The facts, rejects and register of a case that holds the list as a great one are those of one that holds it as a small one.
fn same(great: &Case, small: &Case) {
    assert_eq!(great.facts().unwrap(), small.facts().unwrap());
    assert_eq!(rejects(great), rejects(small));
    assert_eq!(great.files().unwrap(), small.files().unwrap());
    assert_eq!(great.formats().unwrap(), small.formats().unwrap());
}

#[test]
fn a_great_list_gives_what_a_small_one_gives_and_leaves_no_trace_when_taken_back() {
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), &list(2000));
    let (mut great, mut small) = (case_of(folder.path(), "great"), case_of(folder.path(), "small"));
    let told = (take(&mut great, &path, 1), take(&mut small, &path, u64::MAX));
    let (Fate::Taken { parts: chunked, .. }, Fate::Taken { parts: whole, .. }) = (&told.0.fate, &told.1.fate) else {
        panic!("{told:?}");
    };
    let (PartFate::Read { rows, rejected, notes, .. }, PartFate::Read { rows: all, rejected: lost, notes: noted, .. }) =
        (&chunked[0].fate, &whole[0].fate)
    else {
        panic!("{told:?}");
    };
    assert_eq!((rows, rejected, notes), (all, lost, noted));
    assert!(*rejected > 50 && *rows == 2000, "{rows} {rejected}");
    same(&great, &small);
    let bytes = std::fs::metadata(&path).unwrap().len();
    let kept = great.evidence_path(&great.files().unwrap()[0].hash);
    assert_eq!(std::fs::read(&kept).unwrap().len() as u64, bytes);
    assert_eq!(desk::fingerprint(&std::fs::read(kept).unwrap()), great.files().unwrap()[0].hash);
    assert!(matches!(take(&mut great, &path, 1).fate, Fate::Known { .. }));
    great.take_back("parc.csv", &stamp()).unwrap();
    assert!(great.facts().unwrap().is_empty() && great.rejects().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(folder.path().join("great/evidence")).unwrap().count(), 0);
}

/// Begins to add the list and breaks off behind so many chunks, as a crash would; what was not settled is gone.
fn cut(case: &mut Case, path: &Path, chunks: usize) {
    let mut seen = 0;
    let cut = catch_unwind(AssertUnwindSafe(|| {
        add(case, &[path.to_owned()], &options(1), &stamp(), &mut |event| {
            seen += usize::from(matches!(event, Event::Reading { .. }));
            assert!(seen < chunks, "cut off on purpose");
        })
    }));
    assert!(cut.is_err());
}

#[test]
fn a_great_list_that_was_cut_off_is_in_the_case_for_nobody_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), &list(4000));
    let mut small = case_of(folder.path(), "small");
    take(&mut small, &path, u64::MAX);
    let mut great = case_of(folder.path(), "great");
    cut(&mut great, &path, 9);
    drop(great);
    let mut great = Case::open_for_change(&folder.path().join("great")).unwrap();
    assert!(great.facts().unwrap().is_empty() && great.rejects().unwrap().is_empty());
    assert!(great.files().unwrap().is_empty() && great.formats().unwrap().is_empty());
    let mut first = None;
    add(&mut great, std::slice::from_ref(&path), &options(1), &stamp(), &mut |event| {
        if let Event::Reading { bytes, .. } = event {
            first.get_or_insert(bytes);
        }
    })
    .unwrap();
    assert!(first.unwrap() > 8 * CHUNK, "it began anew: {first:?}");
    same(&great, &small);
}

#[test]
fn another_file_of_the_same_name_and_size_does_not_go_on_with_the_first() {
    let folder = TempDir::new().unwrap();
    let text = list(4000);
    let path = file(folder.path(), &text);
    let mut great = case_of(folder.path(), "great");
    cut(&mut great, &path, 9);
    let path = file(folder.path(), &text.replace("Titre 1;", "Titre X;"));
    take(&mut great, &path, 1);
    let mut small = case_of(folder.path(), "small");
    take(&mut small, &path, u64::MAX);
    same(&great, &small);
    assert_eq!(std::fs::read_dir(folder.path().join("great/evidence")).unwrap().count(), 1);
}

#[test]
fn what_is_no_list_is_read_as_ever_however_large() {
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), "a;b\n1;2\n");
    let mut case = case_of(folder.path(), "case");
    assert!(matches!(take(&mut case, &path, 1).fate, Fate::Refused(_)));
}

/// Machine after machine, titles that make demand among many that make none, some of which nobody knows.
fn parc() -> String {
    let mut text = "Poste;Logiciel;Version;Éditeur;Installé le\r\n".to_owned();
    for machine in 0..90 {
        for row in 0..20 {
            let title = match (machine + row) % 20 {
                0 => "Microsoft Office Professional Plus 2019;16.0.10827.20138;Microsoft Corporation",
                3 if machine % 3 == 0 => "Microsoft Visio Professional 2019;16.0.10827.20138;Microsoft Corporation",
                4 => "Google Chrome;131.0;Google LLC",
                5 => "7-Zip 19.00 (x64);19.00;Igor Pavlov",
                6 | 7 => "Outil maison;3.1;Atelier",
                8 => "Microsoft Planificateur d'atelier;1.0;Microsoft Corporation",
                _ => "Mozilla Firefox (x64 fr);133.0;Mozilla",
            };
            text.push_str(&format!("PC{machine:03};{title};12/03/2024\r\n"));
        }
    }
    text
}

/// A value without the places that it comes from, and without what is told of rows that were only counted.
fn bare(mut value: serde_json::Value) -> serde_json::Value {
    match &mut value {
        serde_json::Value::Object(map) => {
            map.retain(|key, _| !matches!(key.as_str(), "origins" | "origin" | "rows_only_counted"));
            map.values_mut().for_each(|each| *each = bare(each.take()));
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(|each| *each = bare(each.take())),
        _ => {}
    }
    value
}

#[test]
fn what_is_only_counted_of_a_great_list_changes_no_figure() {
    use recognition::estate::{facts_view, queue::queue};
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), &parc());
    let (terms, prices) = (licensing::terms::Terms::builtin().unwrap(), licensing::terms::Prices::builtin().unwrap());
    let titles = recognition::titles::Titles::builtin().unwrap();
    let knowledge = desk::company::Knowledge { terms: &terms, titles: &titles, prices: &prices };
    let day = "2026-11-24".parse().unwrap();
    let told = [("great", 1), ("small", u64::MAX)].map(|(name, great)| {
        let mut case = case_of(folder.path(), name);
        take(&mut case, &path, great);
        let company = case.company(&knowledge, day).unwrap();
        let position = company.position(&knowledge, day, &licensing::position::Options::default());
        assert!(position.lines.iter().any(|line| !line.origins.is_empty()), "{:?}", position.lines);
        let view = facts_view(&company.estate, &company.titles, day, &|_| String::new());
        let queue = queue(&company.estate, &company.titles);
        let value = serde_json::json!({ "position": position, "facts": view, "queue": queue });
        (company.facts.len(), company.estate.counted, bare(value))
    });
    let [(kept, counted, great), (all, none, small)] = told;
    assert_eq!(great, small);
    assert!(none.is_empty());
    assert_eq!(kept as u64 + counted.iter().map(|each| each.rows).sum::<u64>(), all as u64);
    assert!(kept < all / 3, "{kept} of {all}");
    assert!(great["queue"].as_array().is_some_and(|queue| queue.iter().any(|each| each["machines"] == 90)), "{great}");
}

#[test]
fn a_great_list_tells_its_machines_and_what_its_titles_are_when_it_is_added() {
    let place = super::Place::new();
    // Large enough to be a great one as it comes.
    let mut text = parc();
    let filler = format!("PC000;{};1;Atelier;12/03/2024\r\n", "Outil maison ".repeat(40));
    while text.len() < 65 << 20 {
        text.push_str(&filler);
    }
    place.write("parc.csv", &text);
    let (code, told, err) = place.run(&["add", "parc.csv", "--lang", "fr"]);
    assert_eq!(code, 0, "{err}");
    let named = "nomme 90 machines et 8 titres différents ; licence Microsoft demandée : 2, aucune demandée : 5, non reconnus : 1";
    assert!(told.contains(named), "{told}");
    assert!(place.run(&["position", "--lang", "fr"]).1.contains("comptées par titre, sans être jugées une à une"));
}
