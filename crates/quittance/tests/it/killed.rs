//! `kill -9` at any moment of `add`: the case opens, and each file is in it whole or not at all.

use super::{Place, machine};
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

const FILES: usize = 150;

#[test]
fn a_killed_add_leaves_whole_files_in_or_out() {
    let place = Place::new();
    for number in 0..FILES {
        place.write(&format!("in/{number:03}.json"), machine(&format!("PC-{number:03}")));
    }
    let mut between = 0;
    for round in 0..8_u64 {
        let case = format!("case-{round}");
        assert_eq!(place.run(&["new", &case]).0, 0);
        let mut child = place
            .command()
            .args(["add", "in", "--case", &case])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the time that the batch takes; where each falls is chance, and meant to be.
        std::thread::sleep(Duration::from_millis(5 + round * 50));
        child.kill().unwrap();
        child.wait().unwrap();

        let files = place.json(&["files", "--case", &case, "--format", "json"]);
        let files = files["files"].as_array().unwrap();
        if !files.is_empty() && files.len() < FILES {
            between += 1;
        }
        let mut facts: BTreeMap<String, u64> = BTreeMap::new();
        let raw = place.json(&["facts", "--case", &case, "--raw", "--format", "json"]);
        for row in raw["facts"].as_array().unwrap() {
            *facts.entry(row["origin"]["evidence"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        assert_eq!(facts.len(), files.len());
        for file in files {
            let hash = file["hash"].as_str().unwrap();
            let bytes = std::fs::read(place.path(&format!("case-{round}/evidence/{hash}"))).unwrap();
            assert_eq!(bytes.len() as u64, file["bytes"].as_u64().unwrap());
            let rows: u64 =
                file["readings"].as_array().unwrap().iter().map(|each| each["rows"].as_u64().unwrap()).sum();
            assert_eq!(facts[hash], rows, "{file}");
        }
        // The next add sweeps what was left over, and finishes the work.
        let json = place.json(&["add", "in", "--case", &case, "--format", "json"]);
        assert_eq!(json["refused"], 0, "{json}");
        assert_eq!(json["known"].as_u64().unwrap(), files.len() as u64);
        let evidence = std::fs::read_dir(place.path(&format!("case-{round}/evidence"))).unwrap();
        assert_eq!(evidence.count(), FILES);
    }
    eprintln!("{between} of 8 kills fell between the first and the last file");
}

#[test]
fn a_second_process_is_told_to_wait() {
    let place = Place::new();
    let lock = std::fs::File::options().write(true).open(place.path("case/case.lock")).unwrap();
    lock.lock().unwrap();
    place.write("a.json", machine("PC-A"));
    let (code, _, err) = place.run(&["add", "a.json"]);
    assert_eq!(code, 2);
    assert!(err.contains("Another process is changing the case"), "{err}");
    // Reading goes on meanwhile.
    assert_eq!(place.run(&["files"]).0, 0);
    drop(lock);
    assert_eq!(place.run(&["add", "a.json"]).0, 0);
}
