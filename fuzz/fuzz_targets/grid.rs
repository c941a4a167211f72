//! Any bytes as a workbook of any container, as the sheet of a package in XML and in records, and as the records of an old workbook; what
//! is read is mapped as a form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use workbook::{form, grid};

const TYPES: &str = "<Types><Default Extension='xml' ContentType='application/xml'/></Types>";
const TOP: &str = "<Relationships><Relationship Id='a' Type='r/officeDocument' Target='w.xml'/></Relationships>";
const LINKS: &str = "<Relationships><Relationship Id='r1' Type='r/worksheet' Target='s.xml'/></Relationships>";
const BOOK: &str = "<workbook><sheets><sheet name='S' id='r1'/></sheets></workbook>";

/// The workbook of a package in records: one sheet, `S`, behind the relationship `r1`.
const RECORDS: &[u8] = &[0x9c, 0x01, 22, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, b'r', 0, b'1', 0, 1, 0, 0, 0, b'S', 0];
/// The beginning of an old workbook: it lists one sheet, which begins behind its globals; then of that sheet.
const OLD: &[u8] = &[
    9, 8, 8, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0x85, 0, 9, 0, 29, 0, 0, 0, 0, 0, 1, 0, b'S', 10, 0, 0, 0, 9, 8, 8, 0, 0, 6,
    16, 0, 0, 0, 0, 0,
];

/// A package whose only sheet is the given bytes.
fn package(kind: &str, book: &[u8], sheet: &[u8]) -> Option<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let (w, s) = (format!("w.{kind}"), format!("s.{kind}"));
    let parts: [(&str, &[u8]); 5] = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", &TOP.replace("w.xml", &w).into_bytes()),
        (&format!("_rels/{w}.rels"), &LINKS.replace("s.xml", &s).into_bytes()),
        (&w, book),
        (&s, sheet),
    ];
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(name, options).ok()?;
        zip.write_all(bytes).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

/// A compound file with an old workbook: the given bytes are the records of its sheet.
fn old(sheet: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    file.create_stream("Workbook").ok()?.write_all(&[OLD, sheet].concat()).ok()?;
    Some(file.into_inner().into_inner())
}

fuzz_target!(|bytes: &[u8]| {
    let made = [package("xml", BOOK.as_bytes(), bytes), package("bin", RECORDS, bytes), old(bytes)];
    for bytes in made.iter().flatten().map(Vec::as_slice).chain([bytes]) {
        if let Ok(read) = grid::read(bytes) {
            let _ = form::propose(&read);
        }
    }
});
