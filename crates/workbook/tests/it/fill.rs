//! Answers in forms: only the cells change, and what was written is what is read.

use crate::container::{corpus, files};
use calamine::{Data, Reader};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;
use workbook::container::{Archive, Splice, pack};
use workbook::fill::{Answer, Filled, Options, Value, Way, rebuild, way, write};
use workbook::grid::Address;

pub(crate) fn answer(sheet: &str, cell: &str, value: Value) -> Answer {
    Answer { sheet: sheet.into(), cell: cell.parse().unwrap(), value, origin: "row 3 of a test".into() }
}

fn text(sheet: &str, cell: &str, value: &str) -> Answer {
    answer(sheet, cell, Value::Text(value.to_owned()))
}

/// Raw bytes of every member of an archive: header, data, all.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let archive = Archive::open(bytes).unwrap();
    archive.entries().iter().map(|e| (e.name.clone(), bytes[e.whole.clone()].to_vec())).collect()
}

/// Members whose raw bytes differ; names and order must be the same.
fn changed(before: &[u8], after: &[u8]) -> Vec<String> {
    let (before, after) = (members(before), members(after));
    assert_eq!(before.iter().map(|m| &m.0).collect::<Vec<_>>(), after.iter().map(|m| &m.0).collect::<Vec<_>>());
    before.into_iter().zip(after).filter(|(a, b)| a != b).map(|(a, _)| a.0).collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    let archive = Archive::open(bytes).unwrap();
    String::from_utf8(archive.read(archive.find(name).unwrap()).unwrap()).unwrap()
}

fn read_back(bytes: &[u8], sheet: &str) -> BTreeMap<Address, Data> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let (row, column) = range.start().unwrap_or_default();
    range.used_cells().map(|(r, c, d)| (Address::new(r as u32 + row, c as u32 + column), d.clone())).collect()
}

fn codes(filled: &Filled) -> Vec<(String, &'static str)> {
    filled.refused.iter().map(|r| (r.cell.to_string(), r.code)).collect()
}

/// A workbook of one sheet whose part is given, with styles: 0 plain, 1 unlocked, 2 date, 3 text.
pub(crate) fn book_of(sheet: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Default Extension=\"xml\" ContentType=\"{types}.worksheet+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{types}.styles+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"a\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Form\" sheetId=\"1\" r:id=\"b\"/></sheets>\
                 <definedNames><definedName name=\"Words\">Form!$J$1:$J$3</definedName></definedNames></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"b\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"c\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></numFmts>\
                 <fonts count=\"1\"><font/></fonts><fills count=\"1\"><fill/></fills><borders count=\"1\"><border/></borders>\
                 <cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"4\"><xf numFmtId=\"0\"/>\
                 <xf numFmtId=\"0\" applyProtection=\"1\"><protection locked=\"0\"/></xf><xf numFmtId=\"164\"/><xf numFmtId=\"49\"/></cellXfs>\
                 </styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ];
    stored(&parts.map(|(name, text)| (name, text.into_bytes())))
}

/// An archive of stored members, made by hand.
pub(crate) fn stored(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut facts = vec![20, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        facts.extend(crc.sum().to_le_bytes());
        facts.extend([(bytes.len() as u32).to_le_bytes(); 2].concat());
        facts.extend((name.len() as u16).to_le_bytes());
        facts.extend([0, 0]);
        let place = out.len() as u32;
        out.extend([b"PK\x03\x04", &facts[..], name.as_bytes(), bytes].concat());
        let rest = [&[0; 10][..], &place.to_le_bytes(), name.as_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\x00", &facts[..], &[0; 2], &rest[2..]].concat());
    }
    let (start, size, count) = (out.len() as u32, directory.len() as u32, parts.len() as u16);
    out.extend(directory);
    out.extend(*b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(); 2].concat());
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

fn sheet_of(rows: &str, tail: &str) -> Vec<u8> {
    book_of(&format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"B2:C3\"/>{rows}{tail}</worksheet>"
    ))
}

fn filled(book: &[u8], answers: &[Answer]) -> Filled {
    write(book, answers, &Options::default()).unwrap()
}

#[test]
fn a_form_of_225_000_cells_is_filled_and_nothing_else_changes() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("made/questionnaire-900x250.xlsm")).unwrap();
    let answers = [
        text("Questionnaire", "H5", "=1+1"),
        answer("Questionnaire", "M5", Value::Integer(12)),
        answer("Questionnaire", "HH5", Value::Date { year: 2024, month: 2, day: 29 }),
        answer("Questionnaire", "GN5", Value::Bool(true)),
        answer("Questionnaire", "HC904", Value::Decimal("12.50".to_owned())),
        answer("Questionnaire", "L5", Value::Integer(1)),
        answer("Questionnaire", "N5", Value::Integer(-1)),
        text("Questionnaire", "O5", "beaucoup"),
        text("Questionnaire", "B1", "x"),
        text("Ailleurs", "A1", "x"),
    ];
    let filled = filled(&bytes, &answers);
    assert_eq!(changed(&bytes, &filled.bytes), ["xl/worksheets/sheet1.xml"]);
    let refused =
        [("B1", "merged"), ("L5", "formula"), ("N5", "out-of-range"), ("O5", "not-a-number"), ("A1", "unknown-sheet")];
    assert_eq!(codes(&filled), refused.map(|(c, r)| (c.to_owned(), r)));
    assert_eq!(filled.refused[2].args, ["between", "0", "999999"]);
    let cells = read_back(&filled.bytes, "Questionnaire");
    let at = |cell: &str| cells[&cell.parse().unwrap()].clone();
    assert_eq!(at("H5"), Data::String("=1+1".to_owned()));
    assert_eq!(at("M5"), Data::Float(12.0));
    assert_eq!(at("GN5"), Data::String("O".to_owned()));
    assert_eq!(at("HC904"), Data::Float(12.5));
    let Data::DateTime(date) = at("HH5") else { panic!("{:?}", at("HH5")) };
    assert_eq!(date.as_f64(), 45_351.0);
    // Every other cell reads as before.
    let mut before = read_back(&bytes, "Questionnaire");
    let mut after = cells;
    for written in &filled.written {
        before.remove(&written.cell);
        after.remove(&written.cell);
    }
    assert_eq!(before, after);
    assert!(
        filled.remarks.iter().any(|r| r.code == "stale-formulas" && r.args == ["900", "recalculates"]),
        "{:?}",
        filled.remarks
    );
}

#[test]
fn the_macros_and_their_signature_stand_in_every_filled_form() {
    let Some(folder) = corpus() else { return };
    let mut seen = 0;
    for path in files(&folder.join("made")) {
        if path.extension().is_none_or(|e| e != "xlsm") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let sheet = calamine::open_workbook_auto(&path).unwrap().sheet_names()[0].clone();
        let options = Options { into_locked: true, ..Options::default() };
        let filled = write(&bytes, &[text(&sheet, "IV1000", "ici")], &options).unwrap();
        assert_eq!(filled.written.len(), 1, "{}", path.display());
        let changed = changed(&bytes, &filled.bytes);
        assert!(changed.len() == 1 && changed[0].starts_with("xl/worksheets/sheet"), "{changed:?}");
        assert_eq!(read_back(&filled.bytes, &sheet)[&"IV1000".parse().unwrap()], Data::String("ici".to_owned()));
        seen += 1;
    }
    assert!(seen >= 18, "{seen}");
}

#[test]
fn every_package_of_the_corpus_is_filled_or_refused_by_name() {
    let Some(folder) = corpus() else { return };
    let mut seen = 0;
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        if !matches!(way(&bytes), Ok(Way::InPlace)) {
            continue;
        }
        let nothing = filled(&bytes, &[]);
        assert!(nothing.bytes == bytes && nothing.written.is_empty(), "{}", path.display());
        let Ok(mut book) = calamine::open_workbook_auto(&path) else { continue };
        let Some(sheet) = book.sheet_names().first().cloned() else { continue };
        let Ok(range) = book.worksheet_range(&sheet) else { continue };
        let last = range.end().unwrap_or_default().0 + 3;
        let spot = format!("B{last}");
        let options = Options { into_locked: true, break_package_signature: true };
        let answers = [text(&sheet, &spot, "007"), text(&sheet, "ZZ1", "+33")];
        let filled = write(&bytes, &answers, &options).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        if filled.refused.iter().any(|r| r.code == "not-a-worksheet") {
            continue;
        }
        assert_eq!(filled.written.len() + filled.refused.len(), 2, "{}", path.display());
        assert_eq!(changed(&bytes, &filled.bytes).len(), 1, "{}", path.display());
        read_by_another(&filled.bytes);
        let cells = read_back(&filled.bytes, &sheet);
        for written in &filled.written {
            assert_eq!(cells[&written.cell], Data::String(written.new.to_string()), "{}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn a_package_whose_cells_are_signed_is_left_alone_unless_told() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("poi/ms-office-2010-signed.xlsx")).unwrap();
    let sheet = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.clone())).unwrap().sheet_names()[0].clone();
    let answers = [text(&sheet, "C9", "x")];
    let kept = filled(&bytes, &answers);
    assert!(kept.bytes == bytes && kept.refused[0].code == "package-signed");
    let told = write(&bytes, &answers, &Options { break_package_signature: true, ..Options::default() }).unwrap();
    assert!(told.written.len() == 1 && told.remarks.iter().any(|r| r.code == "package-signature-broken"));
}

#[test]
fn rows_and_cells_that_are_not_there_come_in_their_place() {
    let rows = "<sheetData><row r=\"2\" spans=\"2:3\" s=\"3\" customFormat=\"1\"><c r=\"B2\" s=\"1\"/></row><row r=\"4\"/></sheetData>";
    let book = sheet_of(rows, "");
    let answers = ["A1", "A2", "B2", "C2", "E2", "A3", "D4", "A9"].map(|c| answer("Form", c, Value::Integer(1)));
    let filled = filled(&book, &answers);
    assert!(filled.refused.is_empty());
    let sheet = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    let one = "<v>1</v></c>";
    let two = "t=\"inlineStr\"><is><t>1</t></is></c>";
    let expected = format!(
        "<dimension ref=\"A1:E9\"/><sheetData><row r=\"1\"><c r=\"A1\">{one}</row><row r=\"2\" spans=\"1:5\" s=\"3\" customFormat=\"1\">\
         <c r=\"A2\" s=\"3\" {two}<c r=\"B2\" s=\"1\">{one}<c r=\"C2\" s=\"3\" {two}<c r=\"E2\" s=\"3\" {two}</row><row r=\"3\"><c r=\"A3\">{one}</row>\
         <row r=\"4\"><c r=\"D4\">{one}</row><row r=\"9\"><c r=\"A9\">{one}</row></sheetData>"
    );
    assert!(sheet.contains(&expected), "{sheet}");
}

#[test]
fn cells_without_places_prefixes_and_an_empty_sheet_are_understood() {
    let rows = "<sheetData><row><c><v>1</v></c><c t=\"str\"><f>1</f><v>2</v></c><c/></row><row><c/></row></sheetData>";
    let done = filled(&sheet_of(rows, ""), &["A1", "B1", "C1", "D1", "A2"].map(|c| text("form", c, "x")));
    assert_eq!(codes(&done), [("B1".to_owned(), "formula")]);
    assert_eq!(&*done.written[0].old, "1");
    let x = "t=\"inlineStr\"><is><t>x</t></is></c>";
    let expected = format!(
        "<row><c r=\"A1\" {x}<c t=\"str\"><f>1</f><v>2</v></c><c r=\"C1\" {x}<c r=\"D1\" {x}</row><row><c r=\"A2\" {x}</row>"
    );
    assert!(part(&done.bytes, "xl/worksheets/sheet1.xml").contains(&expected));
    let done = filled(&sheet_of("<sheetData/>", "<pageMargins/>"), &[text("Form", "C3", "x")]);
    let expected = format!("<sheetData><row r=\"3\"><c r=\"C3\" {x}</row></sheetData><pageMargins/>");
    assert!(part(&done.bytes, "xl/worksheets/sheet1.xml").contains(&expected));
    let strict = "http://purl.oclc.org/ooxml/spreadsheetml/main";
    let prefixed = format!(
        "<x:worksheet xmlns:x=\"{strict}\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" s=\"1\"/></x:row></x:sheetData></x:worksheet>"
    );
    let done = filled(&book_of(&prefixed), &[answer("Form", "A1", Value::Bool(true)), text("Form", "B2", "x")]);
    let expected = "<x:row r=\"1\"><x:c r=\"A1\" s=\"1\" t=\"b\"><x:v>1</x:v></x:c></x:row><x:row r=\"2\"><x:c r=\"B2\" \
                    t=\"inlineStr\"><x:is><x:t>x</x:t></x:is></x:c></x:row></x:sheetData>";
    assert!(part(&done.bytes, "xl/worksheets/sheet1.xml").contains(expected));
}

#[test]
fn protection_merged_cells_and_filled_areas_are_respected() {
    let rows = "<sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"/><c r=\"B1\"/><c r=\"C1\"><f t=\"array\" ref=\"C1:C2\">D1:D2</f><v>0</v></c></row>\
                <row r=\"2\"><c r=\"C2\" s=\"1\"><v>0</v></c></row></sheetData>";
    let tail = "<sheetProtection sheet=\"1\"/><protectedRanges><protectedRange sqref=\"F1:F9\" name=\"a\"/>\
                <protectedRange sqref=\"G1\" name=\"b\" password=\"CC1A\"/></protectedRanges><mergeCells count=\"1\"><mergeCell ref=\"A1:A3\"/></mergeCells>";
    let book = sheet_of(rows, tail);
    let answers = ["A1", "A2", "B1", "C1", "C2", "F5", "G1"].map(|c| text("Form", c, "x"));
    let done = filled(&book, &answers);
    let expected = [("B1", "locked"), ("C1", "formula"), ("G1", "locked"), ("A2", "merged"), ("C2", "array-formula")];
    assert_eq!(codes(&done), expected.map(|(c, r)| (c.to_owned(), r)));
    assert_eq!(done.refused[3].args, ["A1", "A1:A3"]);
    let options = Options { into_locked: true, ..Options::default() };
    assert_eq!(write(&book, &answers, &options).unwrap().written.len(), 4);
}

#[test]
fn validations_say_what_is_allowed() {
    let strict = "allowBlank=\"1\" showErrorMessage=\"1\"";
    let rows = "<sheetData><row r=\"1\"><c r=\"J1\" t=\"inlineStr\"><is><t>D\u{e9}di\u{e9}</t></is></c></row>\
                <row r=\"2\"><c r=\"J2\" t=\"inlineStr\"><is><r><t>Par</t></r><r><t>tag\u{e9}</t></r></is></c></row></sheetData>";
    let tail = format!(
        "<dataValidations count=\"7\"><dataValidation type=\"list\" {strict} sqref=\"A1\"><formula1>\"Oui,Non\"</formula1></dataValidation>\
         <dataValidation type=\"list\" {strict} sqref=\"A2:A3\"><formula1>Words</formula1></dataValidation>\
         <dataValidation type=\"list\" {strict} sqref=\"A4\"><formula1>INDIRECT(B1)</formula1></dataValidation>\
         <dataValidation type=\"date\" operator=\"lessThan\" {strict} sqref=\"A5\"><formula1>45352</formula1></dataValidation>\
         <dataValidation type=\"textLength\" operator=\"lessThanOrEqual\" {strict} sqref=\"A6:A7\"><formula1>3</formula1></dataValidation>\
         <dataValidation type=\"whole\" errorStyle=\"warning\" {strict} sqref=\"A8\"><formula1>1</formula1><formula2>5</formula2></dataValidation>\
         <dataValidation type=\"custom\" {strict} sqref=\"A9\"><formula1>ISTEXT(A9)</formula1></dataValidation></dataValidations>"
    );
    let answers = [
        text("Form", "A1", "oui"),
        text("Form", "A2", "dedie"),
        text("Form", "A3", "louche"),
        text("Form", "A4", "x"),
        answer("Form", "A5", Value::Date { year: 2024, month: 3, day: 1 }),
        text("Form", "A6", "abcd"),
        text("Form", "A7", "ab\u{e9}"),
        answer("Form", "A8", Value::Integer(9)),
        text("Form", "A9", "x"),
    ];
    let done = filled(&sheet_of(rows, &tail), &answers);
    let expected = [("A3", "not-in-list"), ("A5", "date-out-of-range"), ("A6", "text-length")];
    assert_eq!(codes(&done), expected.map(|(c, r)| (c.to_owned(), r)));
    assert_eq!(done.refused[0].args, ["D\u{e9}di\u{e9}", "Partag\u{e9}"]);
    assert_eq!(done.refused[1].args, ["lessThan", "2024-03-01"]);
    assert_eq!(done.refused[2].args, ["lessThanOrEqual", "3", "4"]);
    let new: Vec<&str> = done.written.iter().map(|w| &*w.new).collect();
    assert_eq!(new, ["Oui", "D\u{e9}di\u{e9}", "x", "ab\u{e9}", "9", "x"]);
    let codes: Vec<&str> = done.remarks.iter().map(|r| r.code).collect();
    assert_eq!(codes, ["custom-rule-unchecked", "list-not-known", "outside-validation"]);
}

#[test]
fn numbers_dates_and_texts_keep_what_they_are() {
    let rows = "<sheetData><row r=\"1\"><c r=\"A1\" s=\"2\"/><c r=\"B1\" s=\"3\"/></row></sheetData>";
    let day = Value::Date { year: 1900, month: 3, day: 1 };
    let answers = [
        answer("Form", "A1", day.clone()),
        answer("Form", "B1", Value::Integer(7)),
        answer("Form", "C1", day),
        answer("Form", "D1", Value::Integer(1_234_567_890_123_456)),
        answer("Form", "E1", Value::Decimal("1e5".to_owned())),
        text("Form", "F1", "007"),
        text("Form", "G1", " @x\u{1}_x0041_ "),
        answer("Form", "H1", Value::Date { year: 2023, month: 2, day: 29 }),
        text("Form", "I1", &"x".repeat(32_768)),
        text("Form", "K1", "deux"),
        text("Form", "K1", "r\u{e9}ponses"),
        Answer { cell: Address::new(0, 16_384), ..text("Form", "A1", "loin") },
    ];
    let done = filled(&sheet_of(rows, ""), &answers);
    let expected = [
        ("D1", "too-many-digits"),
        ("E1", "not-a-number"),
        ("H1", "impossible-date"),
        ("I1", "too-long"),
        ("K1", "two-answers"),
        ("K1", "two-answers"),
        ("XFE1", "outside-sheet"),
    ];
    assert_eq!(codes(&done), expected.map(|(c, r)| (c.to_owned(), r)));
    let sheet = part(&done.bytes, "xl/worksheets/sheet1.xml");
    for cell in [
        "<c r=\"A1\" s=\"2\"><v>61</v></c>",
        "<c r=\"B1\" s=\"3\" t=\"inlineStr\"><is><t>7</t></is></c>",
        "<c r=\"C1\" t=\"inlineStr\"><is><t>1900-03-01</t></is></c>",
        "<c r=\"F1\" t=\"inlineStr\"><is><t>007</t></is></c>",
        "<t xml:space=\"preserve\"> @x_x0001__x005F_x0041_ </t>",
    ] {
        assert!(sheet.contains(cell), "{cell} in {sheet}");
    }
}

/// Every member unpacked by the zip library, which checks its sum.
pub(crate) fn read_by_another(bytes: &[u8]) -> usize {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for i in 0..archive.len() {
        std::io::copy(&mut archive.by_index(i).unwrap(), &mut std::io::sink()).unwrap();
    }
    archive.len()
}

#[test]
fn an_archive_of_zip64_stays_one_that_others_read() {
    let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["first", "second", "third"] {
        let options = zip::write::SimpleFileOptions::default().large_file(true);
        made.start_file(name, options).unwrap();
        made.write_all(name.repeat(100).as_bytes()).unwrap();
    }
    let mut bytes = made.finish().unwrap().into_inner();
    // The records of ZIP64 that a small archive need not have: an end record and its locator, named by a full end record.
    let end = bytes.len() - 22;
    let tail = bytes.split_off(end);
    let long = |at: usize| u64::from(u32::from_le_bytes(tail[at..at + 4].try_into().unwrap()));
    let place = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([3, 3, long(12), long(16)].map(u64::to_le_bytes).concat());
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(place.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    assert_eq!(read_by_another(&bytes), 3);
    let archive = Archive::open(&bytes).unwrap();
    let mut splice = Splice::new(&archive);
    splice.replace(archive.find("second").unwrap(), pack(&[b'x'; 5000]).unwrap());
    splice.remove(archive.find("first").unwrap());
    let done = splice.finish().unwrap();
    assert_eq!(read_by_another(&done), 2);
    let archive = Archive::open(&done).unwrap();
    assert_eq!(archive.read(archive.find("second").unwrap()).unwrap(), [b'x'; 5000]);
    assert_eq!(archive.read(archive.find("third").unwrap()).unwrap(), "third".repeat(100).into_bytes());
    let mut splice = Splice::new(&archive);
    splice.plain_headers();
    assert_eq!(read_by_another(&splice.finish().unwrap()), 2);
}

#[test]
fn an_archive_with_comments_and_a_prefix_keeps_them() {
    let mut bytes = stored(&[("a", b"one".to_vec()), ("b", b"two".to_vec())]);
    let length = bytes.len();
    bytes[length - 2] = 4;
    bytes.extend(b"note");
    let archive = Archive::open(&bytes).unwrap();
    let mut splice = Splice::new(&archive);
    splice.replace(archive.find("a").unwrap(), pack(b"something longer").unwrap());
    let made = splice.finish().unwrap();
    assert!(made.ends_with(b"note"));
    let archive = Archive::open(&made).unwrap();
    assert_eq!(archive.read(archive.find("a").unwrap()).unwrap(), b"something longer");
    assert_eq!(archive.read(archive.find("b").unwrap()).unwrap(), b"two");
    let mut splice = Splice::new(&archive);
    splice.remove(archive.find("a").unwrap());
    splice.plain_headers();
    let made = splice.finish().unwrap();
    let archive = Archive::open(&made).unwrap();
    assert_eq!(archive.entries().len(), 1);
    assert_eq!(archive.read(archive.find("b").unwrap()).unwrap(), b"two");
    assert!(!made.ends_with(b"note"));
}

#[test]
fn no_flipped_byte_of_a_sheet_stops_the_fill() {
    let rows = "<sheetData><row r=\"1\" spans=\"1:2\"><c r=\"A1\" s=\"1\"/><c r=\"B1\" t=\"s\"><v>0</v></c></row><row r=\"3\"/></sheetData>";
    let tail = "<mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells><dataValidations><dataValidation type=\"list\" sqref=\"A1\">\
                <formula1>Words</formula1></dataValidation></dataValidations>";
    let bytes = sheet_of(rows, tail);
    let answers = ["A1", "B1", "C1", "A2", "A3", "J2"].map(|c| text("Form", c, "x"));
    for at in 0..bytes.len() {
        for flip in [0x01, 0x20, 0xff] {
            let mut harmed = bytes.clone();
            harmed[at] ^= flip;
            let _ = write(&harmed, &answers, &Options::default());
        }
        let _ = write(&bytes[..at], &answers, &Options::default());
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        "\\PC{0,12}".prop_map(Value::Text),
        "[=+@-][0-9a-z\u{0}-\u{1f}_x]{0,9}".prop_map(Value::Text),
        (-999_999_999_999_999_i64..=999_999_999_999_999).prop_map(Value::Integer),
        (-99_999_i64..99_999, 0..99_u8).prop_map(|(w, f)| Value::Decimal(format!("{w}.{f:02}"))),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Blank),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_filled_is_what_is_read(
        cells in proptest::collection::btree_map((0..11_u32, 0..8_u32), values(), 0..30),
        seed in any::<u64>(),
    ) {
        let rows = "<sheetData><row r=\"2\"><c r=\"B2\" s=\"1\"/><c r=\"D2\" t=\"str\"><v>old</v></c></row><row r=\"5\"/><row r=\"6\"><c r=\"A6\"/></row></sheetData>";
        let book = sheet_of(rows, "");
        let answers: Vec<Answer> = cells.iter().map(|((row, column), value)| {
            Answer { sheet: "Form".into(), cell: Address::new(*row, *column), value: value.clone(), origin: "o".into() }
        }).collect();
        let done = filled(&book, &answers);
        prop_assert_eq!(done.written.len(), answers.len());
        let mut other = answers.clone();
        other.sort_by_key(|a| (u64::from(a.cell.row * 31 + a.cell.column)).wrapping_mul(seed | 1));
        prop_assert_eq!(&filled(&book, &other).bytes, &done.bytes);
        let read = read_back(&done.bytes, "Form");
        for answer in &answers {
            let found = read.get(&answer.cell);
            match &answer.value {
                Value::Text(t) if !t.is_empty() => prop_assert_eq!(found, Some(&Data::String(t.clone()))),
                Value::Integer(n) => prop_assert_eq!(found, Some(&Data::Float(*n as f64))),
                Value::Decimal(d) => prop_assert_eq!(found, Some(&Data::Float(d.parse().unwrap()))),
                Value::Bool(b) => prop_assert_eq!(found, Some(&Data::Bool(*b))),
                _ => prop_assert!(found.is_none_or(|f| *f == Data::Empty), "{:?}", found),
            }
        }
        // Filling the copy again with the same answers changes nothing.
        prop_assert_eq!(filled(&done.bytes, &answers).bytes, done.bytes);
    }
}

/// Used by hand: `QUITTANCE_FILLED=DIR cargo test -p workbook` leaves filled copies there, for a look by another program.
#[test]
fn filled_copies_are_left_for_other_programs_where_asked() {
    let (Some(folder), Some(target)) = (corpus(), std::env::var_os("QUITTANCE_FILLED")) else { return };
    for name in ["questionnaire-900x250.xlsm", "formulaire-machines-600x80.xlsm"] {
        let bytes = std::fs::read(folder.join("made").join(name)).unwrap();
        let sheet = if name.starts_with('q') { "Questionnaire" } else { "Machines" };
        let answers: Vec<Answer> = (10..60_u32)
            .flat_map(|row| (2..80_u32).map(move |column| Address::new(row, column)))
            .map(|cell| Answer {
                sheet: sheet.into(),
                cell,
                value: Value::Integer(cell.row.into()),
                origin: "o".into(),
            })
            .collect();
        let done = filled(&bytes, &answers);
        std::fs::write(Path::new(&target).join(name), done.bytes).unwrap();
    }
}

#[test]
fn forms_of_other_containers_become_workbooks_without_macros_with_the_answers_in_place() {
    let Some(folder) = corpus() else { return };
    let mut seen = 0;
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        if !matches!(way(&bytes), Ok(Way::Rebuilt)) {
            continue;
        }
        let Ok(grid) = workbook::grid::read(&bytes) else { continue };
        let Some(sheet) = grid.sheets.iter().find(|s| s.kind == workbook::sheets::SheetKind::Worksheet) else {
            continue;
        };
        let answers = [
            text(&sheet.name, "A2000", "=1+1"),
            answer(&sheet.name, "B2000", Value::Date { year: 2024, month: 2, day: 29 }),
            answer(&sheet.name, "C2000", Value::Decimal("1.5".to_owned())),
            text("absent", "A1", "x"),
        ];
        let options = Options { into_locked: true, ..Options::default() };
        let done = rebuild(&bytes, &answers, &options).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(done.written.len(), 3, "{} {:?}", path.display(), done.refused);
        assert_eq!(done.refused.last().map(|r| r.code), Some("unknown-sheet"));
        if bytes.len() < 100_000 {
            let again = rebuild(&bytes, &answers, &options).unwrap();
            assert_eq!(again.bytes, done.bytes, "{}", path.display());
        }
        assert!(members(&done.bytes).iter().all(|m| !m.0.contains("vba")));
        if path.ends_with("poi/53446.xls") {
            // LibreOffice finds eleven fills in it, one of them in no cell.
            let fills = part(&done.bytes, "xl/styles.xml").matches("patternType=\"solid\"").count();
            assert_eq!(fills, 10);
        }
        let new = workbook::grid::read(&done.bytes).unwrap();
        let kept = grid.sheets.iter().filter(|s| s.kind == workbook::sheets::SheetKind::Worksheet);
        for (old, new) in kept.zip(&new.sheets) {
            assert_eq!((&old.name, old.visibility), (&new.name, new.visibility));
            for row in &old.rows {
                for cell in row.cells.iter().filter(|c| !c.value.is_blank()) {
                    let at = Address::new(row.number, cell.column);
                    if old.merge_at(at).is_none_or(|m| m.first == at) {
                        let (was, is) = (old.text(at), new.text(at));
                        assert!(
                            was == is || matches!(cell.value, workbook::grid::Value::Iso(_)),
                            "{} {at} {was} {is}",
                            path.display()
                        );
                    }
                }
            }
        }
        let cells = read_back(&done.bytes, &sheet.name);
        assert_eq!(cells[&"A2000".parse().unwrap()], Data::String("=1+1".to_owned()));
        assert_eq!(cells[&"C2000".parse().unwrap()], Data::Float(1.5));
        assert!(matches!(cells[&"B2000".parse().unwrap()], Data::DateTime(d) if d.as_f64() == 45_351.0));
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn an_old_form_keeps_its_fills_and_widths_when_it_is_rebuilt() {
    let Some(folder) = corpus() else { return };
    let made = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        rebuild(&bytes, &[], &Options::default()).unwrap().bytes
    };
    let old = made("poi/bp10.xls");
    assert!(part(&old, "xl/styles.xml").contains("<b/>"));
    assert!(part(&old, "xl/worksheets/sheet1.xml").contains("customWidth=\"1\""));
}

#[test]
fn no_flipped_byte_of_another_container_stops_the_rebuilding() {
    let Some(folder) = corpus() else { return };
    for name in ["calamine/any_sheets.ods", "officeimo/data-validation-shapes.xls", "sheetjs/sheet_visibility.xlsb"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let step = bytes.len() / 60 + 1;
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            let _ = rebuild(&changed, &[text("Sheet1", "A1", "x")], &Options::default());
            let _ = rebuild(&bytes[..at], &[], &Options::default());
        }
    }
}

#[test]
fn every_list_of_a_form_tells_what_it_allows_and_takes_it_in_its_own_spelling() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("made/formulaire-machines-600x80.xlsm")).unwrap();
    let columns = std::fs::read_to_string(folder.join("made/formulaire-machines-600x80.xlsm.columns.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&columns).unwrap();
    // An answer for each column of the first row that wants a choice: refused, with what the form allows.
    let mut lists = 0;
    for column in told["columns"].as_array().unwrap() {
        let kind = column["kind"].as_str().unwrap();
        if !kind.starts_with("list:") && kind != "yn" {
            continue;
        }
        let cell = format!("{}7", column["letter"].as_str().unwrap());
        let done = filled(&bytes, &[text("Machines", &cell, "n'importe quoi")]);
        assert_eq!(done.refused[0].code, "not-in-list", "{cell}");
        let allowed = done.refused[0].args[0].clone();
        let loud = filled(&bytes, &[text("Machines", &cell, &allowed.to_uppercase())]);
        assert_eq!(&*loud.written[0].new, allowed, "{cell}");
        lists += 1;
    }
    assert!(lists > 10, "{lists}");
    let done =
        filled(&bytes, &[text("Machines", "A7", "x"), text("Machines", "W7", "x"), text("Machines", "B7", "=x")]);
    assert_eq!(codes(&done), [("A7", "locked"), ("W7", "formula")].map(|(c, r)| (c.to_owned(), r)));
    assert_eq!(changed(&bytes, &done.bytes), ["xl/worksheets/sheet2.xml"]);
}

#[test]
fn an_open_document_keeps_its_fills_and_widths_when_it_is_rebuilt() {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
        xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
        xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:automatic-styles>\
        <style:style style:name=\"co1\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"57mm\"/></style:style>\
        <style:style style:name=\"ce1\" style:family=\"table-cell\"><style:table-cell-properties fo:background-color=\"#abcdef\"/>\
        <style:text-properties fo:font-weight=\"bold\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>\
        <table:table table:name=\"Form\"><table:table-column table:style-name=\"co1\"/><table:table-row><table:table-cell table:style-name=\"ce1\" \
        office:value-type=\"string\"><text:p>Serveur</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let book = stored(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("content.xml", content.as_bytes().to_vec()),
    ]);
    let done = rebuild(&book, &[text("Form", "A2", "SRV-1")], &Options::default()).unwrap();
    assert_eq!(done.written.len(), 1, "{:?}", done.refused);
    let styles = part(&done.bytes, "xl/styles.xml");
    assert!(styles.contains("FFABCDEF") && styles.contains("<b/>"), "{styles}");
    assert!(part(&done.bytes, "xl/worksheets/sheet1.xml").contains("<col min=\"1\" max=\"1\" width=\"30"));
    assert_eq!(read_back(&done.bytes, "Form").len(), 2);
}
