//! Packages made part by part: one of each kind of link, under names that tell nothing.

use super::{formulas, links, whole};
use crate::made::zip;
use workbook::sheets::{Carried, Container, SheetKind, Survey, Visibility};

const MAIN: &str = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STRICT: &str = "http://purl.oclc.org/ooxml/officeDocument/relationships";
const MICROSOFT: &str = "http://schemas.microsoft.com/office/2006/relationships";

/// A package whose workbook is `a/b.c`, with relationships (source's .rels, type, target, external) and further parts.
fn package(main: &str, workbook: &str, relationships: &[(&str, &str, &str, bool)], parts: &[(&str, &str)]) -> Vec<u8> {
    let types = format!(
        "<Types xmlns=\"t\"><Default Extension=\"rels\" ContentType=\"r\"/><Override PartName=\"/a/b.c\" ContentType=\"{main}\"/></Types>"
    );
    let mut files = vec![("[Content_Types].xml".to_owned(), types)];
    files.push((
        "_rels/.rels".to_owned(),
        format!("<R><Relationship Id=\"d\" Type=\"{OFFICE}/officeDocument\" Target=\"a/b.c\"/></R>"),
    ));
    files.push(("a/b.c".to_owned(), workbook.to_owned()));
    let mut sources: Vec<&str> = relationships.iter().map(|r| r.0).collect();
    sources.sort_unstable();
    sources.dedup();
    for source in sources {
        let mut xml = "<Relationships>".to_owned();
        for (i, (_, kind, target, external)) in relationships.iter().filter(|r| r.0 == source).enumerate() {
            let mode = if *external { " TargetMode=\"External\"" } else { "" };
            xml += &format!("<Relationship Id=\"r{i}\" Type=\"{kind}\" Target=\"{target}\"{mode}/>");
        }
        files.push((source.to_owned(), xml + "</Relationships>"));
    }
    files.extend(parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (n.as_str(), t.as_bytes())).collect();
    zip(&files)
}

const RELS: &str = "a/_rels/b.c.rels";

/// A workbook with one part of a kind, under a name that tells nothing.
fn with(kind: &str, part: &str) -> Survey {
    whole(&package(MAIN, "<workbook/>", &[(RELS, kind, "x/0", false)], &[("a/x/0", part)]))
}

#[test]
fn macro_sheets_are_read_with_prefixes_and_in_the_strict_form() {
    let workbook = "<x:workbook xmlns:x='s' xmlns:r='r'><x:sheets><x:sheet name='M&amp;1' state='veryHidden' r:id='r0'/></x:sheets>\
        <x:definedNames><x:definedName name='_xlnm.aUto_Open' hidden='1'>'M&amp;1'!$A$1</x:definedName>\
        <x:definedName name='ordinary'>Sheet1!$A$1</x:definedName>\
        <x:definedName name='quiet'>EXEC(\"x\")</x:definedName></x:definedNames></x:workbook>";
    let sheet = "<?xml version='1.0'?><xm:macrosheet xmlns:xm='m' xmlns:x='s'><x:sheetData><x:row r='1'><x:c r='A1'><x:f>CHAR(72)&amp;\"I\"</x:f><x:v>0</x:v></x:c>\
        <x:c><x:f><![CDATA[RUN(\"<&>\")]]></x:f></x:c></x:row></x:sheetData></xm:macrosheet>";
    for base in [OFFICE, STRICT, MICROSOFT] {
        // A worksheet by its relationship, a macro sheet by its first element.
        let kind = format!("{base}/{}", if base == MICROSOFT { "xlMacrosheet" } else { "worksheet" });
        let survey = whole(&package(MAIN, workbook, &[(RELS, &kind, "x/0", false)], &[("a/x/0", sheet)]));
        assert_eq!(survey.container, Container::Xlsm);
        let listed = &survey.sheets[0];
        assert_eq!(
            (listed.name.as_str(), listed.visibility, listed.kind),
            ("M&1", Visibility::VeryHidden, SheetKind::Macro)
        );
        assert_eq!(
            formulas(&survey),
            [
                "!_xlnm.aUto_Open ='M&1'!$A$1 []",
                "!quiet =EXEC(\"x\") [\"EXEC\"]",
                "M&1!A1 =CHAR(72)&\"I\" []",
                "M&1!B1 =RUN(\"<&>\") [\"RUN\"]",
            ]
        );
        assert_eq!(survey.xlm[2].joined.as_deref(), Some("=\"HI\""));
    }
}

#[test]
fn a_macro_sheet_that_no_list_names_is_read_all_the_same() {
    let sheet = "<macrosheet><sheetData><row><c r='B2'><f>HALT()</f></c></row></sheetData></macrosheet>";
    let survey = with(&format!("{MICROSOFT}/xlIntlMacrosheet"), sheet);
    assert!(survey.sheets.is_empty());
    assert_eq!(formulas(&survey), ["a/x/0!B2 =HALT() [\"HALT\"]"]);
}

#[test]
fn a_shared_formula_without_text_points_to_the_one_that_has_it() {
    let sheet = "<macrosheet><sheetData><row r='1'><c r='A1'><f t='shared' si='0' ref='A1:A2'>HALT()</f></c></row>\
        <row r='2'><c r='A2'><f t='shared' si='0'/></c></row></sheetData></macrosheet>";
    let survey = with(&format!("{MICROSOFT}/xlMacrosheet"), sheet);
    assert_eq!(formulas(&survey)[1], "a/x/0!A2 =HALT() {shared A1} [\"HALT\"]");
}

#[test]
fn whatever_leads_out_of_the_package_is_told_by_its_kind() {
    let kinds = [
        ("hyperlink", "file:///c:/x.exe", "Hyperlink"),
        ("externalLinkPath", "\\\\host\\b.xls", "ExternalWorkbook"),
        ("oleObject", "http://host.example/o.doc", "OleLink"),
        ("attachedTemplate", "http://host.example/t.dotm", "RemoteTemplate"),
        ("image", "http://host.example/p.png", "RemotePicture"),
        ("mailMergeSource", "http://u:pw@host.example/m", "OtherOutside"),
    ];
    for (kind, target, expected) in kinds {
        for base in [OFFICE, STRICT] {
            let survey = whole(&package(MAIN, "<workbook/>", &[(RELS, &format!("{base}/{kind}"), target, true)], &[]));
            let shown = if kind == "mailMergeSource" { "mailmergesource: http://u:***@host.example/m" } else { target };
            assert_eq!(links(&survey), [format!("{expected} a/b.c {shown}")]);
        }
    }
    let hidden = whole(&package(
        MAIN,
        "<workbook/>",
        &[(RELS, &format!("{OFFICE}/image"), "http://host.example/p", false)],
        &[],
    ));
    assert_eq!(
        links(&hidden),
        ["RemotePicture a/b.c http://host.example/p"],
        "a relationship that does not admit to lead out"
    );
}

#[test]
fn word_documents_are_read_for_what_leads_out() {
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let template = format!("{OFFICE}/attachedTemplate");
    let survey =
        whole(&package(main, "<document/>", &[("a/_rels/s.rels", &template, "https://host.example/t", true)], &[]));
    assert_eq!(survey.container, Container::OtherOffice);
    assert_eq!(links(&survey), ["RemoteTemplate a/s https://host.example/t"]);
}

#[test]
fn the_content_type_of_the_document_decides_the_container() {
    let cases = [
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", Container::Xlsx),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", Container::Xltm),
        ("application/vnd.ms-excel.template.macroEnabled.main+xml", Container::Xltm),
        ("application/vnd.ms-excel.addin.macroEnabled.main+xml", Container::Xlam),
        ("application/octet-stream", Container::Xlsx),
    ];
    for (main, container) in cases {
        assert_eq!(whole(&package(main, "<workbook/>", &[], &[])).container, container, "{main}");
    }
    let none = package("application/octet-stream", "<svg/>", &[], &[]);
    assert_eq!(workbook::sheets::survey(&none).unwrap_err().code(), "not-a-workbook");
}

#[test]
fn buttons_ribbons_and_extensions_are_found_under_any_name() {
    let vml = with(
        &format!("{OFFICE}/vmlDrawing"),
        "<xml><br><x:ClientData><x:FmlaMacro>[0]!Go</x:FmlaMacro></x:ClientData></xml>",
    );
    assert_eq!(links(&vml), ["MacroButton a/x/0 [0]!Go"]);
    let drawing = with(&format!("{STRICT}/drawing"), "<d:wsDr><d:sp macro=\"\"/><d:pic macro=\"[0]!Pic\"/></d:wsDr>");
    assert_eq!(links(&drawing), ["MacroButton a/x/0 [0]!Pic"]);
    let ribbon = with(
        "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
        "<customUI onLoad='Start' xmlns='u'><button id='online' onAction='Run' getVisible='See' image='x'/></customUI>",
    );
    assert_eq!(
        links(&ribbon),
        ["Ribbon a/x/0 getVisible=See", "Ribbon a/x/0 onAction=Run", "Ribbon a/x/0 onLoad=Start"]
    );
    let extension = with(
        "http://schemas.microsoft.com/office/2011/relationships/webextension",
        "<we:webextension><we:reference id='wa1' version='1' store='https://s.example' storeType='OMEX'/></we:webextension>",
    );
    assert_eq!(links(&extension), ["WebExtension a/x/0 wa1 OMEX https://s.example"]);
    let control = with(&format!("{OFFICE}/control"), "<ax:ocx ax:classid=\"{8856F961-340A-11D0-A96B-00C04FD705A2}\"/>");
    assert_eq!(links(&control), ["ActiveX a/x/0 Shell.Explorer.2 {8856F961-340A-11D0-A96B-00C04FD705A2}"]);
}

#[test]
fn connections_hide_their_passwords() {
    let part = "<connections><connection id='1' name='db' type='5' refreshOnLoad='1'>\
        <dbPr connection='Provider=X;Password=s3cret;User ID=me' command='SELECT_x000d__x000a_1'/></connection>\
        <connection id='2' name='page' type='4'><webPr url='http://host.example/q'/></connection></connections>";
    let survey = with(&format!("{OFFICE}/connections"), part);
    assert_eq!(
        links(&survey),
        [
            "Connection a/x/0 oledb \"db\" refreshOnLoad Provider=X;Password=***;User ID=me SELECT 1",
            "Connection a/x/0 web \"page\" http://host.example/q",
        ]
    );
}

#[test]
fn a_conversation_without_items_is_still_a_conversation() {
    let part = "<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'><ddeItems><ddeItem name='StdDocumentName'/></ddeItems></ddeLink></externalLink>";
    assert_eq!(links(&with(&format!("{OFFICE}/externalLink"), part)), ["Dde a/x/0 cmd|/c calc"]);
}

#[test]
fn embedded_files_are_judged_by_their_bytes_and_by_their_name() {
    let kind = format!("{OFFICE}/package");
    assert_eq!(with(&kind, "MZ\u{0}").links[0].carried, Some(Carried::Program));
    assert_eq!(with(&kind, "PK\u{3}\u{4} [Content_Types].xml").links[0].carried, Some(Carried::Office));
    let named = package(MAIN, "<workbook/>", &[(RELS, &kind, "run.vbs", false)], &[("a/run.vbs", "x")]);
    assert_eq!(whole(&named).links[0].carried, Some(Carried::Script));
}

#[test]
fn a_part_that_cannot_be_read_is_told_and_does_not_stop_the_rest() {
    let relationships =
        [(RELS, &*format!("{OFFICE}/vmlDrawing"), "gone", false), (RELS, &*format!("{OFFICE}/drawing"), "x/0", false)];
    let bytes = package(MAIN, "<workbook/>", &relationships, &[("a/x/0", "<d><sp macro='m'/><")]);
    let survey = workbook::sheets::survey(&bytes).unwrap();
    assert_eq!(links(&survey), ["MacroButton a/x/0 m"]);
    let mut codes: Vec<_> = survey.troubles.iter().map(workbook::Trouble::code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["malformed", "missing"]);
}
