//! Any bytes as a workbook: its boxes, its macro projects, and the verdict on them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use workbook::Trouble;
use workbook::container::{Archive, Ole, Package};
use workbook::inspect::inspect;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(package) = Package::open(bytes) {
        let document = package.document().unwrap_or_default();
        let _ = package.relationships(&document);
    }
    if let Ok(archive) = Archive::open(bytes) {
        for entry in archive.entries() {
            let _ = archive.read(entry);
        }
    }
    if let Ok(ole) = Ole::open(bytes) {
        for entry in ole.entries() {
            let _ = ole.read(entry);
        }
    }
    let _ = inspect(bytes, Some("a.xlsm"), Err(Trouble::NotAWorkbook));
});
