//! The grid, against another reader over the corpus, and over what a form hides.

mod binary_forms;

use super::container::{corpus, files};
use calamine::{Data, Reader};
use std::io::{Cursor, Write};
use workbook::Trouble;
use workbook::grid::{self, Address, Area, Columns, Format, FormulaKind, ValidationKind, Value, letters};
use workbook::sheets::{SheetKind, Visibility};

#[test]
fn addresses_are_read_and_printed_alike() {
    for (text, row, column) in [("A1", 0, 0), ("Z9", 8, 25), ("AA10", 9, 26), ("XFD1048576", 1_048_575, 16_383)] {
        let at: Address = text.parse().unwrap();
        assert_eq!(at, Address::new(row, column));
        assert_eq!(at.to_string(), text);
    }
    assert_eq!("$B$7:$C$9".parse::<Area>().unwrap().to_string(), "B7:C9");
    assert_eq!("A:B".parse::<Area>().unwrap().cells(), 2 * 1_048_576);
    assert_eq!("2:3".parse::<Area>().unwrap().first, Address::new(1, 0));
    assert_eq!("C9:B7".parse::<Area>().unwrap().to_string(), "B7:C9");
    for wrong in ["", "A", "7", "A0", "7A", "XFE1", "A1048577", "A1B", "A-1", "A1:", ":A1", "A:1"] {
        assert!(wrong.parse::<Area>().is_err(), "{wrong}");
    }
    assert_eq!(letters(701), "ZZ");
    assert_eq!(letters(702), "AAA");
}

/// Text of a cell in one way for both readers.
fn plain(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(n) => format!("{n}"),
        Data::Float(n) => format!("{n}"),
        Data::DateTime(moment) => format!("{}", moment.as_f64()),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        other => other.to_string(),
    }
}

#[test]
fn values_are_those_that_another_reader_finds() {
    let Some(folder) = corpus() else { return };
    let (mut books, mut cells) = (0, 0_usize);
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(mut other) = calamine::open_workbook_auto_from_rs(Cursor::new(&bytes)) else { continue };
        // Cells at far corners of many sheets: four hundred megabytes for the other reader, which keeps every place between.
        if path.ends_with("15228.xls") {
            continue;
        }
        let ours = grid::read(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(ours.sheets.iter().map(|s| s.name.clone()).collect::<Vec<_>>(), other.sheet_names(), "{path:?}");
        for sheet in &ours.sheets {
            if sheet.kind != SheetKind::Worksheet {
                continue;
            }
            let range = other.worksheet_range(&sheet.name).unwrap();
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let at = Address::new(top + row as u32, left + column as u32);
                assert_eq!(
                    sheet.text(at).replace('\r', ""),
                    plain(value).replace('\r', ""),
                    "{path:?} {} {at}",
                    sheet.name
                );
                cells += 1;
            }
            // Of a binary package the other reader leaves out the errors of formulas.
            let left_out = path.extension().is_some_and(|e| e == "xlsb");
            let counts = |v: &Value| *v != Value::Blank && !(left_out && matches!(v, Value::Error(_)));
            let held = sheet.rows.iter().flat_map(|r| &r.cells).filter(|c| counts(&c.value)).count();
            let unlike = |v: &Data| plain(v).is_empty() || left_out && matches!(v, Data::Error(_));
            let expected = range.used_cells().filter(|(_, _, v)| !unlike(v)).count();
            assert_eq!(held, expected, "{path:?} {}", sheet.name);
        }
        books += 1;
    }
    assert!(books >= 40 && cells > 30_000, "{books} {cells}");
}

#[test]
fn the_by_site_form_is_read_with_all_that_it_hides() {
    let Some(folder) = corpus() else { return };
    let ours = grid::read(&std::fs::read(folder.join("made/questionnaire-900x250.xlsm")).unwrap()).unwrap();
    let names: Vec<_> = ours.sheets.iter().map(|s| (s.name.as_str(), s.visibility)).collect();
    assert_eq!(
        names,
        [
            ("Questionnaire", Visibility::Visible),
            ("Listes", Visibility::Hidden),
            ("_param", Visibility::VeryHidden),
            ("Lisez-moi", Visibility::Visible)
        ]
    );
    let sheet = &ours.sheets[0];
    assert!(sheet.protected);
    assert_eq!(sheet.part, "xl/worksheets/sheet1.xml");
    assert_eq!(sheet.frozen, Address::new(4, 6));
    assert_eq!(sheet.rows.iter().map(|r| r.cells.len()).sum::<usize>(), 225_000 + 4 * 250);
    assert_eq!(sheet.merged.len(), 14);
    assert_eq!(sheet.comments.len(), 2);
    assert_eq!(sheet.comments[0].text, "Équivalent temps plein au dernier jour de l'exercice.");
    assert_eq!(sheet.comments[0].author, "J. Dupont");
    assert!(sheet.column_hidden(241) && !sheet.column_hidden(239));
    let at = |a: &str| a.parse::<Address>().unwrap();
    assert!(!ours.open(sheet, at("A5")) && ours.open(sheet, at("G5")) && !ours.open(sheet, at("G3")));
    assert_eq!(ours.style(sheet, at("I5")).format, Format::Date);
    assert_eq!(ours.style(sheet, at("K5")).format, Format::Integer);
    let source = sheet.validations_at(at("J900")).next().unwrap();
    assert_eq!(&**source.allowed.as_ref().unwrap(), ["SCCM/MECM", "Intune", "GLPI", "Lansweeper", "Manuel"]);
    let number = sheet.validations_at(at("K5")).next().unwrap();
    assert_eq!((number.kind, number.first.as_str(), number.second.as_str()), (ValidationKind::Whole, "0", "999999"));
    let formula = sheet.cell(at("L5")).unwrap().formula.as_ref().unwrap();
    assert_eq!((formula.kind, formula.text.as_str()), (FormulaKind::Plain, "IF(K5=\"\",\"\",ROUND(K5*0.9,0))"));
    assert!(ours.names.iter().any(|n| n.name == "_VersionModele" && n.formula == "_param!$B$1"));
    assert!(ours.troubles.is_empty());
}

#[test]
fn lists_by_range_and_by_name_are_found_on_a_very_hidden_sheet() {
    let Some(folder) = corpus() else { return };
    let ours = grid::read(&std::fs::read(folder.join("made/formulaire-machines-600x80.xlsm")).unwrap()).unwrap();
    let sheet = ours.sheet("machines").unwrap();
    let allowed = |a: &str| {
        sheet.validations_at(a.parse().unwrap()).next().and_then(|v| v.allowed.clone()).unwrap_or_else(|| panic!("{a}"))
    };
    assert_eq!(allowed("E7")[3], "Machine virtuelle");
    assert_eq!(allowed("AC606")[2], "Proxmox VE");
    assert_eq!(allowed("BR7").len(), 4);
    assert!(sheet.validations.iter().filter(|v| v.kind == ValidationKind::List).all(|v| v.allowed.is_some()));
    assert!(sheet.column_hidden(36));
    assert!(!ours.open(sheet, "W7".parse().unwrap()));
    assert!(ours.open(sheet, "C2".parse().unwrap()) && sheet.merge_at("D2".parse().unwrap()).is_some());
}

/// A package with one sheet, for what no writer writes.
pub(crate) fn package(workbook: &str, sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    put("[Content_Types].xml", "<Types><Default Extension='xml' ContentType='application/xml'/></Types>");
    let office = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    put(
        "_rels/.rels",
        &format!(
            "<Relationships><Relationship Id='a' Type='{office}/officeDocument' Target='b/w.xml'/></Relationships>"
        ),
    );
    put(
        "b/_rels/w.xml.rels",
        &format!(
            "<Relationships><Relationship Id='r1' Type='{office}/worksheet' Target='/b/s.xml'/><Relationship Id='r2' \
             Type='{office}/sharedStrings' Target='t.xml'/><Relationship Id='r3' Type='{office}/styles' Target='y.xml'/></Relationships>"
        ),
    );
    put("b/w.xml", workbook);
    put("b/s.xml", sheet);
    let given: Vec<&str> = more.iter().map(|(n, _)| *n).collect();
    for (name, text) in more {
        put(name, text);
    }
    for (name, text) in [("b/t.xml", "<sst/>"), ("b/y.xml", "<styleSheet/>")] {
        if !given.contains(&name) {
            put(name, text);
        }
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) const BOOK: &str = "<x:workbook xmlns:x='u' xmlns:r='v'><x:workbookPr date1904='1'/><x:sheets><x:sheet name='A &amp; B' \
                    r:id='r1'/></x:sheets><x:definedNames><x:definedName name='Two'>One</x:definedName><x:definedName \
                    name='One'>'A &amp; B'!$D$1:$D$3</x:definedName></x:definedNames></x:workbook>";

#[test]
fn prefixes_cells_without_address_rich_text_and_strict_dates_are_read() {
    let sheet = "<x:worksheet xmlns:x='u'><x:cols><x:col min='2' max='3' hidden='1' outlineLevel='2'/></x:cols><x:sheetData>\
                 <x:row><x:c t='s'><x:v>0</x:v></x:c><x:c t='inlineStr'><x:is><x:r><x:t>a &lt;</x:t></x:r><x:r><x:t> b&#233;_x000D_</x:t></x:r>\
                 <x:rPh><x:t>no</x:t></x:rPh></x:is></x:c><x:c t='d'><x:v>2024-05-06</x:v></x:c><x:c t='str'><x:f>\"x\"</x:f><x:v>x</x:v></x:c></x:row>\
                 <x:row r='3'><x:c r='D3' t='b'><x:v>1</x:v></x:c><x:c t='e'><x:v>#N/A</x:v></x:c><x:c><x:f t='shared' ref='F3:F9' si='4'>A1</x:f><x:v>2.5</x:v></x:c></x:row>\
                 <x:row r='2'><x:c r='B2'><x:v>7</x:v></x:c><x:c r='A2' s='1'/></x:row></x:sheetData>\
                 <x:dataValidations><x:dataValidation type='list' sqref='A1 C3:C4'><x:formula1>Two</x:formula1></x:dataValidation>\
                 <x:dataValidation type='list' sqref='B1' showErrorMessage='1'><x:formula1>\"oui, non\"</x:formula1></x:dataValidation></x:dataValidations>\
                 <x:extLst><x:ext><y:dataValidations xmlns:y='z'><y:dataValidation type='list'><y:formula1><f>INDIRECT(\"One\")</f></y:formula1>\
                 <q>E1:E9</q></y:dataValidation></y:dataValidations></x:ext></x:extLst></x:worksheet>"
        .replace("<q>", "<sqref>")
        .replace("</q>", "</sqref>");
    let strings = "<sst><si><r><t>Nb </t></r><rPh><t>x</t></rPh><r><t>d&apos;iPad</t></r></si></sst>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='[Red]dd\\/mm\\/yyyy;@'/></numFmts><cellStyleXfs><xf/></cellStyleXfs>\
                  <cellXfs><xf/><xf numFmtId='170'><protection locked='0'/></xf></cellXfs></styleSheet>";
    let ours = grid::read(&package(BOOK, &sheet, &[("b/t.xml", strings), ("b/y.xml", styles)])).unwrap();
    assert!(ours.date_1904);
    let sheet = &ours.sheets[0];
    assert_eq!(sheet.name, "A & B");
    let text = |a: &str| sheet.text(a.parse().unwrap());
    assert_eq!([text("A1"), text("B1"), text("C1"), text("D1")], ["Nb d'iPad", "a < bé\r", "2024-05-06", "x"]);
    assert_eq!([text("D3"), text("E3"), text("F3"), text("B2")], ["TRUE", "#N/A", "2.5", "7"]);
    assert_eq!(sheet.cell("F3".parse().unwrap()).unwrap().formula.as_ref().unwrap().kind, FormulaKind::Shared(4));
    assert_eq!(ours.style(sheet, "A2".parse().unwrap()).format, Format::Date);
    assert!(!ours.style(sheet, "A2".parse().unwrap()).locked);
    assert_eq!(sheet.columns, [Columns { first: 1, last: 2, hidden: true, outline: 2, style: None }]);
    let allowed: Vec<_> = sheet.validations.iter().map(|v| v.allowed.as_ref().unwrap().to_vec()).collect();
    assert_eq!(allowed, [vec!["x", "TRUE"], vec!["oui", "non"], vec!["x", "TRUE"]]);
    assert_eq!(sheet.validations[2].areas, ["E1:E9".parse().unwrap()]);
}

#[test]
fn names_that_stand_for_each_other_end() {
    let book = BOOK.replace("'A &amp; B'!$D$1:$D$3", "Two");
    let sheet = "<worksheet><dataValidations><dataValidation type='list' sqref='A1'><formula1>One</formula1></dataValidation>\
                 </dataValidations></worksheet>";
    let ours = grid::read(&package(&book, sheet, &[])).unwrap();
    assert_eq!(ours.sheets[0].validations[0].allowed, None);
}

#[test]
fn hostile_sheets_are_refused_or_bounded() {
    let deep = format!("<worksheet>{}</worksheet>", "<a>".repeat(10_000));
    assert_eq!(grid::read(&package(BOOK, &deep, &[])).unwrap_err().code(), "too-large");
    for wrong in
        ["<row r='0'/>", "<row r='1048577'/>", "<row><c r='XFE1'/></row>", "<row><c r='1A'/></row>", "<row r='x'/>"]
    {
        let sheet = format!("<worksheet><sheetData>{wrong}</sheetData></worksheet>");
        assert_eq!(grid::read(&package(BOOK, &sheet, &[])).unwrap_err().code(), "malformed", "{wrong}");
    }
    let merged = format!("<worksheet>{}</worksheet>", "<mergeCell ref='A1:B2'/>".repeat(140_000));
    assert_eq!(grid::read(&package(BOOK, &merged, &[])).unwrap_err().code(), "too-large");
    let rows = format!("<worksheet><sheetData>{}</sheetData></worksheet>", "<row/>".repeat(1_048_577));
    assert!(grid::read(&package(BOOK, &rows, &[])).is_err());
    assert_eq!(grid::read(b"").unwrap_err(), Trouble::NotAWorkbook);
    assert_eq!(grid::read(b"PK\x03\x04").unwrap_err().code(), "malformed");
}

#[test]
fn an_open_document_with_cells_repeated_to_the_edge_is_bounded() {
    let book = |body: &str| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
        write!(
            zip,
            "<d><automatic-styles><date-style name='N1'/><style name='c1' family='table-cell' data-style-name='N1'>\
             <table-cell-properties cell-protect='none'/></style><style name='t1' family='table'><table-properties \
             display='false'/></style></automatic-styles><body><spreadsheet><content-validations>\
             <content-validation name='v' condition='of:cell-content-is-in-list(\"O\";\"N\")'/></content-validations>\
             <table name='S' protected='true'>{body}</table><table name='H' style-name='t1'/></spreadsheet></body></d>"
        )
        .unwrap();
        zip.finish().unwrap().into_inner()
    };
    let ours = grid::read(&book(
        "<table-column number-columns-repeated='3'/><table-column visibility='collapse'/><table-row><table-cell value-type='string' \
         number-columns-spanned='2'><annotation><p>note</p></annotation><p>Title</p><p>more</p></table-cell><covered-table-cell/>\
         <table-cell style-name='c1' content-validation-name='v'/></table-row><table-row number-rows-repeated='2'><table-cell \
         value-type='float' value='3'/></table-row><table-row number-rows-repeated='1048570'><table-cell number-columns-repeated='16384'/></table-row>",
    ))
    .unwrap();
    let sheet = &ours.sheets[0];
    assert_eq!([sheet.text(Address::new(0, 0)), sheet.text(Address::new(2, 0))], ["Title\nmore", "3"]);
    assert_eq!(sheet.merged, ["A1:B1".parse().unwrap()]);
    assert_eq!(sheet.comments[0].text, "note");
    assert!(ours.open(sheet, Address::new(0, 2)) && !ours.open(sheet, Address::new(0, 0)));
    assert_eq!(ours.style(sheet, Address::new(0, 2)).format, Format::Date);
    assert_eq!(&**sheet.validations[0].allowed.as_ref().unwrap(), ["O", "N"]);
    assert!(sheet.column_hidden(3));
    assert_eq!([sheet.visibility, ours.sheets[1].visibility], [Visibility::Visible, Visibility::Hidden]);
    let bomb = "<table-row number-rows-repeated='1048576'><table-cell value-type='float' value='3' number-columns-repeated='16384'/></table-row>";
    assert_eq!(grid::read(&book(bomb)).unwrap_err().code(), "too-large");
}

/// An open document with that content.
fn document(content: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Tags of both formats in any order, with attributes that mean something to them.
fn soup() -> impl proptest::strategy::Strategy<Value = String> {
    let name = "row|c|v|f|t|is|rPh|col|mergeCell|dataValidation|formula1|sqref|sheetData|pane|sheetProtection|spreadsheet|table|table-row|\
                table-cell|covered-table-cell|table-column|p|annotation|style|table-properties|content-validation";
    let attribute = "( (r|ref|sqref|min|max|s|si|ySplit|number-rows-repeated|number-columns-repeated|number-rows-spanned|outlineLevel)=\
                     '(0|1|3|A1|B2:C3|XFD1048576|4294967295|-1|x)'| (t|type|family|value-type|state)='(s|list|shared|table|float|frozen)')";
    proptest::string::string_regex(&format!("(<({name})({attribute}){{0,3}}/?>|</({name})>|7|a){{0,60}}")).unwrap()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2_000), tags in soup()) {
        let sheet = format!("<worksheet><sheetData><row><c t='inlineStr'><is><t>Site name</t></is></c></row>{tags}");
        let content = format!("<spreadsheet><table><table-row><table-cell><p>Site name</p></table-cell></table-row>{tags}");
        for bytes in [bytes, package(BOOK, &sheet, &[]), package(BOOK, &tags, &[]), document(&tags), document(&content)] {
            if let Ok(grid) = grid::read(&bytes) {
                let _ = workbook::form::propose(&grid);
            }
        }
    }
}

#[test]
fn damaged_workbooks_of_the_corpus_are_refused_or_read_without_a_stop() {
    let Some(folder) = corpus() else { return };
    for name in [
        "calamine/any_sheets.xls",
        "calamine/any_sheets.xlsb",
        "calamine/any_sheets.ods",
        "sheetjs/sheet_visibility.xls",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        for step in 0..60_usize {
            let mut broken = bytes.clone();
            let at = step.wrapping_mul(7_919) % broken.len();
            broken[at] = broken[at].wrapping_add(1 + step as u8);
            let _ = grid::read(&broken);
            let _ = grid::read(&bytes[..at]);
        }
    }
}
