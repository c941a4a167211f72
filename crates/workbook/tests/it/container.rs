//! The boxes, over every workbook of the corpus and over broken ones.

use std::path::{Path, PathBuf};
use workbook::container::{Archive, Ole, Package};
use workbook::vba::Project;

/// The workbooks of the shared corpus; `None`, said aloud, where it is absent.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/workbooks");
    if folder.is_dir() {
        Some(folder)
    } else {
        eprintln!("skipped: ../shared/corpus/workbooks is absent");
        None
    }
}

/// Every file of the corpus' folders, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_part_of_every_package_of_the_corpus_is_read() {
    let Some(folder) = corpus() else { return };
    let mut read = 0;
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        if !bytes.starts_with(b"PK") {
            continue;
        }
        let archive = Archive::open(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for entry in archive.entries() {
            let part = archive.read(entry).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_eq!(part.len() as u64, entry.size, "{} {}", path.display(), entry.name);
            read += 1;
        }
        if path.extension().is_some_and(|e| e != "ods") {
            let package = Package::open(&bytes).unwrap();
            assert!(package.document().is_some(), "{}", path.display());
        }
    }
    assert!(read > 500, "{read}");
}

#[test]
fn every_macro_project_of_the_corpus_gives_its_source() {
    let Some(folder) = corpus() else { return };
    let mut modules = 0;
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let mut boxes = vec![bytes.clone()];
        if let Ok(archive) = Archive::open(&bytes) {
            boxes = archive
                .entries()
                .iter()
                .filter(|e| e.name.to_lowercase().ends_with("vbaproject.bin"))
                .map(|e| archive.read(e).unwrap())
                .collect();
        }
        for bytes in boxes {
            let Ok(ole) = Ole::open(&bytes) else { continue };
            for root in Project::roots(&ole) {
                let project = Project::open(&ole, &root).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert!(project.whole, "{}", path.display());
                for module in &project.modules {
                    let source = module.source(project.code_page);
                    assert!(source.contains("Attribute VB_Name"), "{} {}", path.display(), module.name);
                    modules += 1;
                }
            }
        }
    }
    assert!(modules > 100, "{modules}");
}

#[test]
fn a_module_named_in_spanish_keeps_its_accent() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("poi/62624.bin")).unwrap();
    let ole = Ole::open(&bytes).unwrap();
    let project = Project::open(&ole, &Project::roots(&ole)[0]).unwrap();
    assert!(
        project.modules.iter().any(|m| m.name == "M\u{f3}dulo3"),
        "{:?}",
        project.modules.iter().map(|m| &m.name).collect::<Vec<_>>()
    );
}

#[test]
fn overlapping_entries_are_refused() {
    let bytes = two_entries(true);
    assert_eq!(Archive::open(&bytes).unwrap_err().code(), "malformed");
    assert_eq!(Archive::open(&two_entries(false)).unwrap().entries().len(), 2);
}

/// An archive of two stored entries; in the overlapping one both records point to the same bytes.
fn two_entries(overlap: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut starts = Vec::new();
    for name in [b'a', b'b'] {
        starts.push(bytes.len() as u32);
        bytes.extend(0x0403_4b50_u32.to_le_bytes());
        bytes.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend([1, 0, 0, 0, name, b'x']);
    }
    let directory = bytes.len() as u32;
    for (i, name) in [b'a', b'b'].into_iter().enumerate() {
        bytes.extend(0x0201_4b50_u32.to_le_bytes());
        bytes.extend([20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(starts[if overlap { 0 } else { i }].to_le_bytes());
        bytes.push(name);
    }
    let size = bytes.len() as u32 - directory;
    bytes.extend(0x0605_4b50_u32.to_le_bytes());
    bytes.extend([0, 0, 0, 0, 2, 0, 2, 0]);
    bytes.extend(size.to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn no_cut_and_no_flipped_byte_of_a_workbook_stops_the_readers() {
    let Some(folder) = corpus() else { return };
    for name in ["made/vbaProject05.bin", "xlsxwriter/vbaProject05.bin", "poi/SimpleMacro.xlsm"] {
        let Ok(bytes) = std::fs::read(folder.join(name)) else { continue };
        let step = bytes.len() / 400 + 1;
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            for harmed in [&changed[..], &bytes[..at]] {
                if let Ok(ole) = Ole::open(harmed) {
                    for root in Project::roots(&ole) {
                        let _ = Project::open(&ole, &root);
                    }
                }
                if let Ok(archive) = Archive::open(harmed) {
                    for entry in archive.entries() {
                        let _ = archive.read(entry);
                    }
                }
            }
        }
    }
}
