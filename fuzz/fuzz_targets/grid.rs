//! Any bytes as a workbook of any container, and any text as the sheet of a package; what is read is mapped as a form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use workbook::{form, grid};

const TYPES: &str = "<Types><Default Extension='xml' ContentType='application/xml'/></Types>";
const TOP: &str = "<Relationships><Relationship Id='a' Type='r/officeDocument' Target='w.xml'/></Relationships>";
const LINKS: &str = "<Relationships><Relationship Id='r1' Type='r/worksheet' Target='s.xml'/></Relationships>";
const BOOK: &str = "<workbook><sheets><sheet name='S' id='r1'/></sheets></workbook>";

/// A package whose only sheet is the given bytes.
fn package(sheet: &[u8]) -> Option<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts: [(&str, &[u8]); 5] = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", TOP.as_bytes()),
        ("_rels/w.xml.rels", LINKS.as_bytes()),
        ("w.xml", BOOK.as_bytes()),
        ("s.xml", sheet),
    ];
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(name, options).ok()?;
        zip.write_all(bytes).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(read) = grid::read(bytes) {
        let _ = form::propose(&read);
    }
    if let Some(Ok(read)) = package(bytes).map(|p| grid::read(&p)) {
        let _ = form::propose(&read);
    }
});
