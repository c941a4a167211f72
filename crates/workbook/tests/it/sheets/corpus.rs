//! What must be found in the files of the corpus.

use super::{formulas, links, whole};
use crate::container::{corpus, files};
use workbook::crypt::open;
use workbook::sheets::{Carried, Container, LinkKind, SheetKind, Survey, Visibility, survey};

fn of(name: &str) -> Option<Survey> {
    let bytes = std::fs::read(corpus()?.join(name)).unwrap();
    Some(whole(&bytes))
}

/// Name, visibility and kind of each sheet.
fn sheets(survey: &Survey) -> Vec<(&str, Visibility, SheetKind)> {
    survey.sheets.iter().map(|s| (s.name.as_str(), s.visibility, s.kind)).collect()
}

#[test]
fn hidden_and_very_hidden_sheets_are_told_in_each_container() {
    use SheetKind::{Chart, Worksheet};
    use Visibility::{Hidden, VeryHidden, Visible};
    let three = [("Visible", Visible, Worksheet), ("Hidden", Hidden, Worksheet), ("VeryHidden", VeryHidden, Worksheet)];
    for (ending, container) in [("xls", Container::Xls), ("xlsx", Container::Xlsx), ("xlsb", Container::Xlsb)] {
        let Some(survey) = of(&format!("sheetjs/sheet_visibility.{ending}")) else { return };
        assert_eq!((survey.container, &sheets(&survey)[..]), (container, &three[..]));
        let survey = of(&format!("calamine/any_sheets.{ending}")).unwrap();
        let four = [&three[..], &[("Chart", Visible, Chart)]].concat();
        assert_eq!((survey.container, sheets(&survey)), (container, four));
        assert!(survey.links.is_empty() && survey.xlm.is_empty(), "{:?}", survey.links);
    }
    let survey = of("calamine/any_sheets.ods").unwrap();
    // An open document knows no very hidden sheets, and its chart lies on a sheet.
    let ods = [("Visible", Visible), ("Hidden", Hidden), ("VeryHidden", Hidden), ("Chart", Visible)]
        .map(|(n, v)| (n, v, Worksheet));
    assert_eq!((survey.container, &sheets(&survey)[..]), (Container::Ods, &ods[..]));
    assert!(survey.links.is_empty(), "a chart of its own is no embedded object: {:?}", survey.links);
    let survey = of("poi/45761.xls").unwrap();
    assert_eq!(survey.sheets.iter().map(|s| s.visibility).collect::<Vec<_>>(), [Visible, Hidden, VeryHidden]);
}

#[test]
fn macro_and_dialog_sheets_do_not_stop_the_list() {
    use SheetKind::{Chart, Dialog, Macro, Worksheet};
    let kinds = [("Sheet1", Worksheet), ("Chart1", Chart), ("Macro1", Macro), ("Dialog1", Dialog)];
    for ending in ["xls", "xlsb", "xlsm"] {
        let Some(survey) = of(&format!("sheetjs/BlankSheetTypes.{ending}")) else { return };
        assert_eq!(sheets(&survey), kinds.map(|(n, k)| (n, Visibility::Visible, k)), "{ending}");
    }
    let survey = of("poi/xlmmacro.xlsm").unwrap();
    assert_eq!(survey.sheets[0].kind, Macro);
    assert!(survey.xlm.is_empty(), "its macro sheet is empty");
}

#[test]
fn an_excel_4_macro_reads_alike_in_three_containers() {
    for (ending, prefix) in [("xls", ""), ("xlsb", ""), ("xlsm", "_xlnm.")] {
        let Some(survey) = of(&format!("oletools/excel4_sample_macro.{ending}")) else { return };
        let expected = [
            format!("!{prefix}Auto_Open =Macro1!$A$1 []"),
            "Macro1!A1 =ALERT(\"This is a sample Excel 4 macro\") [\"ALERT\"]".to_owned(),
            "Macro1!A2 =HALT() [\"HALT\"]".to_owned(),
        ];
        assert_eq!(formulas(&survey), expected, "{ending}");
        assert_eq!(survey.xlm.iter().map(|x| x.starts).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(sheets(&survey)[0], ("Macro1", Visibility::Visible, SheetKind::Macro));
    }
}

#[test]
fn a_conversation_that_starts_a_program_is_told_in_both_packages() {
    for (ending, part) in [("xlsx", "xml"), ("xlsb", "bin")] {
        let Some(survey) = of(&format!("oletools/dde-test.{ending}")) else { return };
        let expected = format!("Dde xl/externalLinks/externalLink1.{part} cmd|/c calc.exe!_xlbgnm.A1");
        assert_eq!(links(&survey), [expected]);
    }
}

/// File, kind, part and target of a link that must be there.
const LINKS: [(&str, LinkKind, &str, &str); 15] = [
    ("made/formulaire-machines-600x80.xlsm", LinkKind::MacroButton, "xl/drawings/vmlDrawing1.vml", "[0]!Macro1"),
    ("made/questionnaire-900x250.xlsm", LinkKind::MacroButton, "xl/drawings/vmlDrawing1.vml", "[0]!say_hello"),
    ("officeimo/external-links.xls", LinkKind::ExternalWorkbook, "SUPBOOK", "external-source.xls"),
    (
        "oletools/sample_with_external_link_to_doc.xlsm",
        LinkKind::OleLink,
        "xl/externalLinks/externalLink1.xml",
        "https://raw.githubusercontent.com/decalage2/oletools/master/tests/test-data/oleobj/embedded-simple-2007.doc",
    ),
    (
        "openxmlsdk/Bug539654_529755.xlsm",
        LinkKind::ActiveX,
        "xl/activeX/activeX1.xml",
        "Forms.CommandButton.1 {D7053240-CE69-11CD-A777-00DD01143C57}",
    ),
    ("poi/15228.xls", LinkKind::ActiveX, "Output", "Forms.CommandButton.1"),
    (
        "poi/45540_form_Footer.xlsx",
        LinkKind::ActiveX,
        "xl/activeX/activeX40.xml",
        "Forms.CheckBox.1 {8BD21D40-EC42-11CE-9E0D-00AA006002F3}",
    ),
    ("poi/53446.xls", LinkKind::ExternalWorkbook, "SUPBOOK", "EquityDev.xls"),
    (
        "poi/55923.xlsx",
        LinkKind::Connection,
        "xl/connections.xml",
        "web \"OrderingSchema\" \\\\snb.ch\\Users\\xhm\\Desktop\\OrderingSchema.xml",
    ),
    ("poi/57181.xlsm", LinkKind::MacroButton, "xl/drawings/drawing2.xml", "Detailed_report.IM_Abandons"),
    (
        "poi/dataValidationTableRange.xlsx",
        LinkKind::Connection,
        "xl/queryTables/queryTable1.xml",
        "queryTable \"ExternalData_1\" connection 9",
    ),
    (
        "poi/link-external-workbook-b.xlsx",
        LinkKind::ExternalWorkbook,
        "xl/externalLinks/externalLink0.xml",
        "link-external-workbook-a.xlsx",
    ),
    (
        "poi/mv-calculator-final-2-20-2013.xlsm",
        LinkKind::MacroButton,
        "xl/worksheets/sheet4.xml",
        "[0]!StartButton_Click",
    ),
    ("sheetjs/wtf_path.xlsb", LinkKind::Hyperlink, "wtf/worksheets/sheet1.bin", "http://sheetjs.com"),
    ("xlsxwriter/button07.xlsm", LinkKind::MacroButton, "xl/drawings/vmlDrawing1.vml", "[0]!say_hello"),
];

#[test]
fn links_and_buttons_of_the_corpus_are_found_where_they_stand() {
    for (file, kind, part, target) in LINKS {
        let Some(survey) = of(file) else { return };
        let found = survey.links.iter().any(|l| l.kind == kind && l.part == part && l.target == target);
        assert!(found, "{file}: {:?}", links(&survey));
    }
}

#[test]
fn connections_of_a_package_are_told_with_their_query() {
    let Some(survey) = of("poi/dataValidationTableRange.xlsx") else { return };
    let connections: Vec<_> = survey.links.iter().filter(|l| l.part == "xl/connections.xml").collect();
    assert_eq!(connections.len(), 10);
    assert!(
        connections
            .iter()
            .all(|l| l.target.starts_with("odbc \"Query from RDS") && l.target.contains("DSN=RDS; SELECT "))
    );
    assert!(connections.iter().all(|l| !l.target.contains("_x000")), "line breaks are no escapes");
}

#[test]
fn what_is_embedded_is_named_by_its_bytes() {
    let Some(survey) = of("oletools/embedded-simple-2007.xls") else { return };
    let objects = |survey: &Survey| {
        let of_kind = survey.links.iter().filter(|l| l.kind == LinkKind::EmbeddedObject && l.carried.is_some());
        of_kind.map(|l| (l.target.clone(), l.carried)).collect::<Vec<_>>()
    };
    assert_eq!(objects(&survey), [("Package \"simple-text-file.txt\"".to_owned(), Some(Carried::Document))]);
    let survey = of("oletools/embedded-simple-2007.xlsm").unwrap();
    assert_eq!(
        objects(&survey),
        [("Objekt-Manager-Shellobjekt \"simple-text-file.txt\"".to_owned(), Some(Carried::Document))]
    );
    let survey = of("poi/ExcelWithAttachments.xlsm").unwrap();
    let classes: Vec<_> =
        objects(&survey).into_iter().map(|(t, c)| (t.split(' ').next().unwrap().to_owned(), c)).collect();
    let expected = ["Word.Document.8", "Word.Document.8", "PowerPoint.Show.12", "MSGraph.Chart.8"];
    assert_eq!(classes, expected.map(|c| (c.to_owned(), Some(Carried::Office))));
}

#[test]
fn a_signed_package_is_known_from_a_signed_macro_project() {
    let Some(survey) = of("poi/ms-office-2010-signed.xlsx") else { return };
    assert!(survey.package_signed);
    assert!(!of("xlsxwriter/macro04.xlsm").unwrap().package_signed, "its project is signed, its cells are not");
}

#[test]
fn containers_are_told_by_their_bytes() {
    let containers = [
        ("calamine/OOM_alloc2.xls", Container::XlsOld),
        ("made/vbaProject05.bin", Container::VbaProject),
        ("poi/62624.bin", Container::VbaProject),
        ("poi/SimpleMacro.xls", Container::Xls),
        ("poi/SimpleMacro.xlsm", Container::Xlsm),
        ("sheetjs/author_snowman.xlsb", Container::Xlsb),
    ];
    for (file, container) in containers {
        let Some(survey) = of(file) else { return };
        assert_eq!(survey.container, container, "{file}");
        assert_eq!(survey.sheets.is_empty(), container == Container::VbaProject, "{file}");
    }
    let other = std::fs::read(corpus().unwrap().join("made/vbaProject05Signature.bin")).unwrap();
    assert_eq!(survey(&other).unwrap_err().code(), "not-a-workbook");
}

#[test]
fn procedures_of_an_old_visual_basic_sheet_are_no_excel_4_macros() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("poi/60284.xls")).unwrap();
    let survey = whole(&open(&bytes, &[]).unwrap());
    assert_eq!((survey.container, survey.sheets.len()), (Container::XlsOld, 6));
    assert_eq!(survey.sheets[5].kind, SheetKind::Other, "Module1");
    assert!(survey.xlm.is_empty(), "{:?}", formulas(&survey));
}

#[test]
fn an_encrypted_file_is_refused_until_it_is_opened() {
    let Some(folder) = corpus() else { return };
    let given = ["password", "abc", "1234", "tika", "openpass", "encrypted"].map(str::to_owned);
    let mut opened = 0;
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        if workbook::crypt::is_encrypted(&bytes).is_some() {
            assert_eq!(survey(&bytes).unwrap_err().code(), "encrypted", "{}", path.display());
            assert!(!whole(&open(&bytes, &given).unwrap()).sheets.is_empty(), "{}", path.display());
            opened += 1;
        }
    }
    assert_eq!(opened, 12);
}

#[test]
fn every_workbook_of_the_corpus_is_surveyed_without_trouble_and_twice_alike() {
    let Some(folder) = corpus() else { return };
    let mut seen = 0;
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(first) = survey(&bytes) else { continue };
        assert!(first.troubles.is_empty(), "{}: {:?}", path.display(), first.troubles);
        assert!(first.links.is_sorted(), "{}", path.display());
        assert_eq!(Ok(first), survey(&bytes), "{}", path.display());
        seen += 1;
    }
    assert!(seen > 70, "{seen}");
}
