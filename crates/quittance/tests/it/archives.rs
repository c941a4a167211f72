//! Great archives: walked through member by member, they give what their files give; cut off, they go on; a file that cannot be read
//! costs itself.

use desk::add::{Added, Event, Fate, add};
use desk::reader::ReaderOptions;
use desk::{Case, Stamp};
use flate2::{Compression, write::GzEncoder};
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

fn stamp() -> Stamp {
    Stamp { at: jiff::Timestamp::UNIX_EPOCH, author: "tester".into() }
}

/// Archives from `archive` bytes on are walked through; everything that was read is settled at once.
fn options(archive: u64) -> ReaderOptions {
    ReaderOptions { archive, settle: Duration::ZERO, ..ReaderOptions::new(env!("CARGO_BIN_EXE_quittance").into()) }
}

fn message(machine: usize) -> String {
    let softwares: Vec<serde_json::Value> = (0..30)
        .map(|row| match (machine + row) % 15 {
            0 => serde_json::json!({ "name": "Microsoft Office Professional Plus 2019", "version": "16.0.10827.20138",
                "publisher": "Microsoft Corporation", "install_date": "2024-03-12", "arch": "x86_64" }),
            // A row without a name is a reject, and the numbers of those behind it go on.
            4 if machine.is_multiple_of(7) => serde_json::json!({ "version": "1.0" }),
            5 => serde_json::json!({ "name": format!("Outil {}", row % 4), "system_category": "system_component" }),
            other => serde_json::json!({ "name": format!("Titre {other}"), "version": format!("1.{}", row % 3),
                "guid": format!("{{GUID-{other}}}"), "publisher": "Éditeur" }),
        })
        .collect();
    serde_json::json!({
        "action": "inventory", "deviceid": format!("PC{machine:04}-2026-01-02-03-04-05"), "itemtype": "Computer", "tag": "Lyon",
        "content": {
            "hardware": { "name": format!("PC{machine:04}"), "uuid": format!("4c4c4544-0000-0000-0000-{machine:012}"),
                "chassis_type": "Laptop", "lastloggeduser": "jean" },
            "bios": { "ssn": format!("SN{machine:05}"), "smodel": "Latitude" },
            "operatingsystem": { "full_name": "Microsoft Windows 11 Professionnel", "version": "10.0.26100" },
            "cpus": [{ "core": 8, "thread": 16, "name": "i7" }],
            "softwares": softwares,
            "virtualmachines": if machine.is_multiple_of(5) { serde_json::json!([{ "name": "vm", "vmtype": "hyperv" }, {}]) }
                else { serde_json::json!([]) },
            "databases_services": if machine.is_multiple_of(11) { serde_json::json!([{ "type": "mssql", "name": "SQL Server 2019" }]) }
                else { serde_json::json!([]) },
        }
    })
    .to_string()
}

fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_directory("a-folder", zip::write::SimpleFileOptions::default()).unwrap();
    for (name, bytes) in members {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

/// A company's messages, among them what is no message: a list, a file of no known kind, one cut off, one twice, an archive.
fn members(messages: usize) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> =
        (0..messages).map(|machine| (format!("agent/pc{machine:04}.json"), message(machine).into_bytes())).collect();
    let mut list = "Poste;Logiciel;Version;Éditeur;Installé le;Site\n".to_owned();
    for row in 0..60 {
        match row % 9 {
            4 => list.push_str("PC0001;;;;;\n"),
            7 => list.push_str(&format!(";Office;16;Microsoft;{row}/01/2024;\n")),
            _ => list.push_str(&format!("PC{:04};Titre {row};1;Éditeur;31/02/2024;Lyon\n", row / 10)),
        }
    }
    all.push(("b-liste.csv".into(), list.into_bytes()));
    all.push(("c-rien.bin".into(), b"\0\x01\x02rien".to_vec()));
    all.push(("d-coupe.json".into(), message(9999).into_bytes()[..200].to_vec()));
    all.push(("e-encore.json".into(), message(1).into_bytes()));
    all.push((
        "f-site.zip".into(),
        zip(&[("x.json".into(), message(7000).into_bytes()), ("y.json".into(), message(7001).into())]),
    ));
    all.push(("g-vide.json".into(), Vec::new()));
    all
}

fn case_of(folder: &Path, name: &str) -> Case {
    Case::create(&folder.join(name), &stamp()).unwrap()
}

fn take(case: &mut Case, path: &Path, archive: u64) -> Added {
    add(case, &[path.to_owned()], &options(archive), &stamp(), &mut |_| {}).unwrap().remove(0)
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What a case that walked through an archive holds is what one holds that opened it whole.
fn same(great: &Case, small: &Case) {
    let (walked, opened) = (great.facts().unwrap(), small.facts().unwrap());
    assert_eq!(walked.len(), opened.len());
    for (walked, opened) in walked.iter().zip(&opened) {
        assert_eq!(walked, opened);
    }
    let (mut machines, mut titles) = (std::collections::BTreeSet::new(), Vec::new());
    for row in &opened {
        if let licensing::facts::Fact::Title(title) = &row.fact {
            machines.insert(title.machine.clone());
            let bare = licensing::facts::Title {
                machine: licensing::facts::MachineRef::default(),
                installed: None,
                told: None,
                ..title.clone()
            };
            if !titles.contains(&bare) {
                titles.push(bare);
            }
        }
    }
    let named = great.named_in(&great.files().unwrap()[0].hash).unwrap().unwrap();
    assert_eq!((named.machines, named.titles), (machines.len() as u64, titles));
    assert!(small.named_in(&small.files().unwrap()[0].hash).unwrap().is_none());
    assert_eq!(great.rejects().unwrap(), small.rejects().unwrap());
    assert_eq!(great.files().unwrap(), small.files().unwrap());
    assert_eq!(great.formats().unwrap(), small.formats().unwrap());
}

#[test]
fn an_archive_that_is_walked_through_gives_what_its_files_give_and_leaves_no_trace_when_taken_back() {
    let members = members(70);
    for (name, bytes) in
        [("parc.zip", zip(&members)), ("parc.tar", tar(&members)), ("parc.tar.gz", packed(&tar(&members)))]
    {
        let folder = TempDir::new().unwrap();
        let path = written(folder.path(), name, &bytes);
        let (mut great, mut small) = (case_of(folder.path(), "great"), case_of(folder.path(), "small"));
        let told = (take(&mut great, &path, 1), take(&mut small, &path, u64::MAX));
        let (Fate::Taken { members: Some(tally), parts, .. }, Fate::Taken { members: None, .. }) =
            (&told.0.fate, &told.1.fate)
        else {
            panic!("{told:?}");
        };
        assert_eq!((tally.read, tally.known, tally.refused), (73, 1, 3), "{tally:?}");
        assert_eq!(tally.facts, great.facts().unwrap().len() as u64);
        assert_eq!(tally.rejects, great.rejects().unwrap().len() as u64);
        assert!(tally.rejects > 20 && parts.len() > 10, "{tally:?}");
        same(&great, &small);
        let kept = great.evidence_path(&great.files().unwrap()[0].hash);
        assert_eq!(std::fs::read(kept).unwrap(), bytes);
        assert!(matches!(take(&mut great, &path, 1).fate, Fate::Known { .. }));
        great.take_back(name, &stamp()).unwrap();
        assert!(great.facts().unwrap().is_empty() && great.rejects().unwrap().is_empty());
        assert_eq!(std::fs::read_dir(folder.path().join("great/evidence")).unwrap().count(), 0);
    }
}

/// Begins to add an archive and breaks off behind so many batches, as a crash would; what was not settled is gone.
fn cut(case: &mut Case, path: &Path, batches: usize) {
    let mut seen = 0;
    let cut = catch_unwind(AssertUnwindSafe(|| {
        add(case, &[path.to_owned()], &options(1), &stamp(), &mut |event| {
            seen += usize::from(matches!(event, Event::Reading { .. }));
            std::thread::sleep(Duration::from_millis(20));
            assert!(seen < batches, "cut off on purpose");
        })
    }));
    assert!(cut.is_err());
}

#[test]
fn an_archive_that_was_cut_off_is_in_the_case_for_nobody_and_goes_on() {
    let members = members(200);
    for (name, bytes) in [("parc.zip", zip(&members)), ("parc.tar.gz", packed(&tar(&members)))] {
        let folder = TempDir::new().unwrap();
        let path = written(folder.path(), name, &bytes);
        let mut small = case_of(folder.path(), "small");
        take(&mut small, &path, u64::MAX);
        let mut great = case_of(folder.path(), "great");
        cut(&mut great, &path, 8);
        drop(great);
        let mut great = Case::open_for_change(&folder.path().join("great")).unwrap();
        assert!(great.facts().unwrap().is_empty() && great.rejects().unwrap().is_empty());
        assert!(great.files().unwrap().is_empty() && great.formats().unwrap().is_empty());
        let mut first = None;
        add(&mut great, std::slice::from_ref(&path), &options(1), &stamp(), &mut |event| {
            if let Event::Reading { members, .. } = event {
                first.get_or_insert(members.unwrap());
            }
        })
        .unwrap();
        assert!(first.unwrap() > 64, "it began anew: {first:?}");
        same(&great, &small);
    }
}

#[test]
fn a_message_of_an_archive_that_was_cut_off_may_come_from_elsewhere_meanwhile() {
    let folder = TempDir::new().unwrap();
    let path = written(folder.path(), "parc.zip", &zip(&members(200)));
    let mut case = case_of(folder.path(), "case");
    cut(&mut case, &path, 8);
    let alone = written(folder.path(), "pc.json", message(3).as_bytes());
    assert!(matches!(take(&mut case, &alone, 1).fate, Fate::Taken { .. }));
    let Fate::Taken { members: Some(tally), .. } = take(&mut case, &path, 1).fate else { panic!() };
    assert_eq!((tally.read, tally.known), (202, 2));
}

#[test]
fn more_files_than_are_opened_at_once_are_walked_through_however_small_the_archive() {
    let folder = TempDir::new().unwrap();
    let message = |machine: usize| {
        format!(
            "{{\"action\":\"inventory\",\"deviceid\":\"PC{machine}\",\"content\":{{\"hardware\":{{\"name\":\"PC{machine}\"}}}}}}"
        )
    };
    let members: Vec<(String, Vec<u8>)> =
        (0..20_001).map(|machine| (format!("{machine:05}.json"), message(machine).into_bytes())).collect();
    let path = written(folder.path(), "parc.tar.gz", &packed(&tar(&members)));
    let mut case = case_of(folder.path(), "case");
    let Fate::Taken { members: Some(tally), .. } = take(&mut case, &path, u64::MAX).fate else { panic!() };
    assert_eq!((tally.read, tally.facts), (20_001, 20_001));
}

#[test]
fn a_broken_archive_changes_nothing_and_a_broken_file_in_a_zip_costs_itself() {
    let folder = TempDir::new().unwrap();
    let members = members(60);
    let mut case = case_of(folder.path(), "case");
    let whole = packed(&tar(&members));
    let path = written(folder.path(), "coupe.tar.gz", &whole[..whole.len() / 2]);
    let Fate::Refused(refusal) = take(&mut case, &path, 1).fate else { panic!() };
    assert!(["cut-off", "malformed"].contains(&refusal.reason.code()), "{refusal:?}");
    assert!(case.files().unwrap().is_empty() && case.facts().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(folder.path().join("case/evidence")).unwrap().count(), 0);
    let mut bytes = zip(&members);
    let name = b"agent/pc0002.json";
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
    for byte in &mut bytes[at + name.len() + 20..at + name.len() + 60] {
        *byte ^= 0x55;
    }
    let path = written(folder.path(), "abime.zip", &bytes);
    let Fate::Taken { members: Some(tally), .. } = take(&mut case, &path, 1).fate else { panic!() };
    assert_eq!((tally.read, tally.refused), (62, 4), "{tally:?}");
}

#[test]
fn a_workbook_is_no_archive_however_large() {
    let folder = TempDir::new().unwrap();
    let bytes = zip(&[
        ("[Content_Types].xml".into(), b"<Types/>".to_vec()),
        ("xl/workbook.xml".into(), b"<workbook/>".to_vec()),
    ]);
    let path = written(folder.path(), "livre.xlsx", &bytes);
    let mut case = case_of(folder.path(), "case");
    let (walked, opened) = (take(&mut case, &path, 1).fate, take(&mut case, &path, u64::MAX).fate);
    let (Fate::Refused(walked), Fate::Refused(opened)) = (walked, opened) else { panic!() };
    assert_eq!(walked, opened);
}

/// A reader that ends in the middle: behind so many bytes nothing is heard of it.
#[cfg(unix)]
fn ending_early(folder: &Path, bytes: usize) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("reader");
    let program = env!("CARGO_BIN_EXE_quittance");
    std::fs::write(&path, format!("#!/bin/sh\n'{program}' \"$@\" | dd bs=1 count={bytes} 2>/dev/null\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn a_file_that_ends_its_reader_costs_itself_and_not_the_archive() {
    let folder = TempDir::new().unwrap();
    let path = written(folder.path(), "parc.tar.gz", &packed(&tar(&members(70))));
    let mut small = case_of(folder.path(), "small");
    take(&mut small, &path, u64::MAX);
    let mut great = case_of(folder.path(), "great");
    let early = ReaderOptions { program: ending_early(folder.path(), 16_000), ..options(1) };
    let added = add(&mut great, &[path], &early, &stamp(), &mut |_| {}).unwrap().remove(0);
    let Fate::Taken { members: Some(tally), .. } = &added.fate else { panic!("{added:?}") };
    let stopped = |case: &Case| -> Vec<String> {
        let readings = case.files().unwrap().remove(0).readings;
        let such = readings.into_iter().filter(|reading| reading.refused.as_deref() == Some("reader-stopped"));
        such.filter_map(|reading| reading.member).collect()
    };
    let lost = stopped(&great);
    assert!(lost.len() > 3 && lost.len() < 20 && stopped(&small).is_empty(), "{lost:?}");
    assert_eq!(tally.read + tally.known + tally.refused, 77);
    let within = |part: Option<&licensing::word::Word>| {
        part.is_some_and(|part| lost.iter().any(|lost| part.starts_with(lost.as_str())))
    };
    let left: Vec<_> = small.facts().unwrap().into_iter().filter(|row| !within(row.origin.part.as_ref())).collect();
    let rejects = small.rejects().unwrap().into_iter().filter(|each| !within(each.reject.origin.part.as_ref()));
    assert_eq!(great.facts().unwrap(), left);
    assert_eq!(great.rejects().unwrap(), rejects.collect::<Vec<_>>());
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
fn what_is_only_counted_of_an_archive_changes_no_figure() {
    use recognition::estate::{facts_view, queue::queue};
    let folder = TempDir::new().unwrap();
    // Without the list, which tells of the same machines again: over several lists a machine may be counted twice.
    let members: Vec<_> = members(60).into_iter().filter(|(name, _)| name != "b-liste.csv").collect();
    let path = written(folder.path(), "parc.tar.gz", &packed(&tar(&members)));
    let (terms, prices) = (licensing::terms::Terms::builtin().unwrap(), licensing::terms::Prices::builtin().unwrap());
    let titles = recognition::titles::Titles::builtin().unwrap();
    let knowledge = desk::company::Knowledge { terms: &terms, titles: &titles, prices: &prices };
    let day = "2026-11-24".parse().unwrap();
    let told = [("great", 1), ("small", u64::MAX)].map(|(name, archive)| {
        let mut case = case_of(folder.path(), name);
        take(&mut case, &path, archive);
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
    assert!(kept < all / 3 && counted.len() < 100, "{kept} of {all}, {} titles", counted.len());
}
