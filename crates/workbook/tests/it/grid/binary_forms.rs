//! The binary containers, .xls and .xlsb: what a form hides in them, and which of the corpus are refused.

use super::{corpus, files};
use std::io::{Cursor, Write};
use workbook::Trouble;
use workbook::grid::{self, Address, Format, FormulaKind, ValidationKind};
use workbook::sheets::{SheetKind, Visibility};

#[test]
fn merged_ranges_and_locks_are_found_in_the_old_and_the_binary_container() {
    let Some(folder) = corpus() else { return };
    for (name, expected) in [("poi/bp10.xls", 1), ("poi/53446.xls", 34), ("poi/57181.xlsm", 88)] {
        let ours = grid::read(&std::fs::read(folder.join(name)).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let merged: usize = ours.sheets.iter().map(|s| s.merged.len()).sum();
        assert_eq!(merged, expected, "{name}");
    }
    // No binary package of the corpus has one, so it is given one: rows 2 to 4, columns 1 to 3.
    let bytes = std::fs::read(folder.join("sheetjs/sheet_visibility.xlsb")).unwrap();
    let mut from = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..from.len() {
        let mut part = from.by_index(number).unwrap();
        let mut held = Vec::new();
        std::io::copy(&mut part, &mut held).unwrap();
        let name = part.name().unwrap().into_owned();
        if name == "xl/worksheets/sheet2.bin" {
            held.extend([0xb0, 0x01, 16]);
            held.extend([2_u32, 4, 1, 3].iter().flat_map(|n| n.to_le_bytes()));
            held.extend(guarded());
        }
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&held).unwrap();
    }
    let ours = grid::read(&zip.finish().unwrap().into_inner()).unwrap();
    let merged: Vec<_> = ours.sheets.iter().map(|s| s.merged.clone()).collect();
    assert_eq!(merged, [vec![], vec!["B3:D5".parse().unwrap()], vec![]]);
    let sheet = &ours.sheets[1];
    assert!(sheet.protected && !ours.open(sheet, Address::new(8, 2)) && !ours.sheets[0].protected);
    let rule = sheet.validations_at(Address::new(9, 2)).next().unwrap();
    assert_eq!((rule.kind, rule.error.as_str(), rule.prompt.as_str()), (ValidationKind::List, "Non", "Choisir"));
    assert_eq!(&**rule.allowed.as_ref().unwrap(), ["a", "b"]);
    assert_eq!(sheet.frozen, Address::new(1, 2));
    assert!(sheet.column_hidden(4) && sheet.row_hidden(40));
    assert_eq!(sheet.text(Address::new(40, 1)), "12.34");
}

/// Records of a protected sheet, of a list in column C, of panes, of a hidden column and of a hidden row with a packed number.
fn guarded() -> Vec<u8> {
    let words = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let text = |t: &str| {
        let units: Vec<u16> = t.encode_utf16().collect();
        [words(&[units.len() as u32]), units.iter().flat_map(|u| u.to_le_bytes()).collect()].concat()
    };
    let record = |id: u16, body: Vec<u8>| {
        let id = if id < 128 { vec![id as u8] } else { vec![(id & 0x7f) as u8 | 0x80, (id >> 7) as u8] };
        [id, vec![body.len() as u8], body].concat()
    };
    let list = [vec![0x17, 3, 0], "a,b".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let rule = [
        words(&[3 | 0x80 | 1 << 19, 1, 8, 20, 2, 2]),
        text(""),
        text("Non"),
        text(""),
        text("Choisir"),
        words(&[list.len() as u32]),
        list,
        words(&[0, 0, 0]),
    ]
    .concat();
    let pane = [2_f64.to_le_bytes().to_vec(), 1_f64.to_le_bytes().to_vec(), words(&[1, 2, 3]), vec![1]].concat();
    [
        record(535, [vec![0, 0], words(&[1; 15])].concat()),
        record(64, rule),
        record(151, pane),
        record(60, [words(&[4, 4, 2_000, 0]), vec![1, 0]].concat()),
        record(0, [words(&[40, 0]), vec![0, 0, 0, 0x10, 0]].concat()),
        // 1234 as a whole number, a hundred times too large.
        record(2, words(&[1, 0, 1_234 << 2 | 3])),
    ]
    .concat()
}

#[test]
fn only_encrypted_files_and_bare_macro_projects_of_the_corpus_are_refused() {
    let Some(folder) = corpus() else { return };
    let of_interest = ["xls", "xlsx", "xlsm", "xlsb", "ods", "bin"];
    let refused: Vec<_> = files(&folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|e| of_interest.iter().any(|i| e == *i)))
        .filter_map(|path| {
            let trouble = grid::read(&std::fs::read(path).unwrap()).err()?;
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            Some(format!("{name} {}", trouble.code()))
        })
        .collect();
    let mut expected: Vec<_> = ENCRYPTED.iter().map(|n| format!("{n} encrypted")).collect();
    expected.extend(PROJECTS.iter().map(|n| format!("{n} not-a-workbook")));
    expected.sort();
    assert_eq!(refused, expected);
}

const ENCRYPTED: [&str; 12] = [
    "calamine/pass_protected.xlsb",
    "officeimo/encrypted-password.xls",
    "oletools/autostart-encrypt-standardpassword.xls",
    "oletools/autostart-encrypt-standardpassword.xlsm",
    "oletools/encrypted.xlsx",
    "poi/60284.xls",
    "poi/password.xls",
    "poi/protected_passtika.xlsb",
    "poi/xor-encryption-abc.xls",
    "sheetjs/password_2002_128_enhanced.xls",
    "sheetjs/password_2002_40_basecrypto.xls",
    "sheetjs/password_2002_40_xor.xls",
];

const PROJECTS: [&str; 7] = [
    "made/vbaProject01.bin",
    "made/vbaProject05.bin",
    "made/vbaProject05Signature.bin",
    "poi/62624.bin",
    "xlsxwriter/vbaProject01.bin",
    "xlsxwriter/vbaProject05.bin",
    "xlsxwriter/vbaProject05Signature.bin",
];

#[test]
fn a_text_behind_a_formula_was_taken_for_a_cell_at_a_far_corner() {
    let Some(folder) = corpus() else { return };
    let ours = grid::read(&std::fs::read(folder.join("poi/15228.xls")).unwrap()).unwrap();
    assert!(ours.sheets.iter().map(|s| s.rows.len()).sum::<usize>() > 100);
}

#[test]
fn a_binary_package_with_macro_and_dialog_sheets_is_read_for_its_worksheets() {
    let Some(folder) = corpus() else { return };
    let ours = grid::read(&std::fs::read(folder.join("sheetjs/BlankSheetTypes.xlsb")).unwrap()).unwrap();
    let kinds: Vec<_> = ours.sheets.iter().map(|s| s.kind).collect();
    assert!(
        kinds.contains(&SheetKind::Worksheet)
            && kinds.contains(&SheetKind::Macro)
            && kinds.contains(&SheetKind::Dialog),
        "{kinds:?}"
    );
}

#[test]
fn an_old_workbook_tells_its_locks_lists_merged_cells_and_comments() {
    let bytes = include_bytes!("../../fixtures/grid/locks.xls");
    let ours = grid::read(bytes).unwrap();
    let sheet = ours.sheet("réponses").unwrap();
    let at = |a: &str| a.parse::<Address>().unwrap();
    assert!(sheet.protected && !ours.sheets[1].protected);
    assert!(!ours.open(sheet, at("A1")) && ours.open(sheet, at("B1")) && ours.open(sheet, at("B2")));
    assert_eq!(ours.style(sheet, at("B2")).format, Format::Date);
    assert_eq!(sheet.merged, ["C1:D2".parse().unwrap()]);
    assert_eq!((sheet.comments[0].at, sheet.comments[0].text.as_str()), (at("A1"), "Au dernier jour de l'exercice."));
    assert!(sheet.column_hidden(5) && sheet.row_hidden(8) && !sheet.column_hidden(4));
    let allowed = |a: &str| sheet.validations_at(at(a)).next().unwrap().allowed.as_ref().unwrap().to_vec();
    assert_eq!(allowed("B1"), ["Oui", "Non", "Ne sait pas"]);
    assert_eq!(allowed("B6"), ["un", "deux"]);
    let number = sheet.validations_at(at("B4")).next().unwrap();
    assert_eq!((number.kind, number.first.as_str(), number.second.as_str()), (ValidationKind::Whole, "0", "999"));
    assert_eq!((sheet.text(at("B3")), sheet.text(at("B4"))), ("42.5".to_owned(), "41.5".to_owned()));
    assert_eq!(sheet.cell(at("B3")).unwrap().formula.as_ref().unwrap().text, "B4+1");
    // Longer than a record may be: it goes on in another.
    assert_eq!(sheet.text(at("A4")), "é".repeat(9_000));
    assert_eq!(ours.sheets[1].visibility, Visibility::Hidden);
}

/// A compound file with such a stream.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(name).unwrap().write_all(stream).unwrap();
    file.into_inner().into_inner()
}

/// A record of a binary workbook.
fn old(id: u16, body: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
}

/// Globals with one sheet named `S`, and the sheet's records.
fn old_book(version: u16, globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| old(0x0809, &[version.to_le_bytes(), kind.to_le_bytes(), [0; 2], [0; 2]].concat());
    let name: &[u8] = if version == 0x0600 { &[1, 0, b'S'] } else { &[1, b'S'] };
    let globals = globals.concat();
    let start = begin(5).len() + 4 + 6 + name.len() + globals.len() + 4;
    let listed = old(0x0085, &[&(start as u32).to_le_bytes()[..], &[0, 0], name].concat());
    [begin(5), listed, globals, old(10, &[]), begin(0x10), sheet.concat(), old(10, &[])].concat()
}

#[test]
fn a_sheet_of_an_old_workbook_is_read_record_by_record() {
    let formula = |row: u8, value: [u8; 8], tokens: &[u8]| {
        old(6, &[&[row, 0, 1, 0, 0, 0], &value[..], &[0; 6], &[tokens.len() as u8, 0], tokens].concat())
    };
    let packed = [&[2, 0, 2, 0][..], &[0, 0, 3, 0x10, 0, 0], &[0, 0, 6, 0, 0, 0], &[3, 0]].concat();
    let sheet = [
        formula(0, [0, 0, 0, 0, 0, 0, 0xff, 0xff], &[0x1e, 5, 0]),
        old(0x0207, &[2, 0, 0, b'o', b'k']),
        // The first of a group, and what they have in common: the cell to the left, by its distance.
        formula(1, 2.5_f64.to_le_bytes(), &[1, 1, 0, 1, 0]),
        old(0x04bc, &[1, 0, 2, 0, 1, 1, 0, 2, 5, 0, 0x4c, 0, 0, 0xff, 0xc0]),
        formula(2, [2, 0, 0x2a, 0, 0, 0, 0xff, 0xff], &[1, 1, 0, 1, 0]),
        old(0x00bd, &packed),
        old(0x0205, &[3, 0, 0, 0, 0, 0, 1, 0]),
        // A text far away behind no formula is no cell.
        old(0x0205, &[4, 0, 0, 0, 0, 0, 7, 1]),
        old(0x0207, &[0xff, 0xff, 0xff, 0, 0]),
        old(0x023e, &[0x0e, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        old(0x0041, &[2, 0, 3, 0, 3, 0, 2, 0, 0, 0]),
    ];
    let book = compound("Workbook", &old_book(0x0600, &[old(0x0022, &[1, 0])], &sheet));
    let ours = grid::read(&book).unwrap();
    assert!(ours.date_1904);
    let sheet = &ours.sheets[0];
    let text = |a: &str| sheet.text(a.parse().unwrap());
    assert_eq!([text("B1"), text("B2"), text("B3")], ["ok", "2.5", "#N/A"]);
    assert_eq!([text("C3"), text("D3"), text("A4"), text("A5")], ["10.24", "1", "TRUE", "#DIV/0!"]);
    let formula = |a: &str| (**sheet.cell(a.parse().unwrap()).unwrap().formula.as_ref().unwrap()).clone();
    assert_eq!((formula("B1").text.as_str(), formula("B1").kind), ("5", FormulaKind::Plain));
    assert_eq!((formula("B2").text.as_str(), formula("B2").area), ("A2", Some("B2:B3".parse().unwrap())));
    assert_eq!((formula("B3").text, formula("B3").kind), (String::new(), formula("B2").kind));
    assert_eq!(sheet.frozen, Address::new(3, 2));
    assert_eq!(sheet.rows.len(), 5);
}

#[test]
fn a_workbook_of_excel_5_is_read_in_its_code_page() {
    let label = old(0x0204, &[0, 0, 0, 0, 0, 0, 2, 0, 0xc9, 0xe9]);
    let ours = grid::read(&compound("Book", &old_book(0x0500, &[old(0x0042, &[0xe3, 4])], &[label]))).unwrap();
    // 1251: Cyrillic.
    assert_eq!((ours.sheets[0].name.as_str(), ours.sheets[0].text(Address::default()).as_str()), ("S", "Йй"));
}

#[test]
fn an_encrypted_old_workbook_was_told_as_too_large() {
    let far = |row: u16| old(0x0205, &[&row.to_le_bytes()[..], &[0xff, 0, 0, 0, 0, 0]].concat());
    let book = old_book(0x0600, &[old(0x002f, &[0, 0, 1, 2, 3, 4])], &[far(0), far(0xffff)]);
    assert_eq!(grid::read(&compound("Workbook", &book)), Err(Trouble::Encrypted));
}
