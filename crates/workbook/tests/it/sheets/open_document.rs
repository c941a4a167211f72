//! Open documents made part by part.

use super::{links, whole};
use crate::made::zip;
use workbook::sheets::{Container, Visibility};

fn document(body: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let content = format!(
        "<o:document-content xmlns:o='o'><o:automatic-styles><style:style style:name='ta2'><style:table-properties table:display='false'/>\
        </style:style></o:automatic-styles><o:body>{body}</o:body></o:document-content>"
    );
    let mut parts: Vec<(&str, &[u8])> =
        vec![("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())];
    parts.extend(more);
    zip(&parts)
}

#[test]
fn what_an_open_document_holds_is_told() {
    let body = "<o:spreadsheet>\
        <table:table table:name='A'><table:table-source xlink:href='file:///c:/b.ods'/>\
        <o:dde-source o:dde-application='soffice' o:dde-topic='x.ods' o:dde-item='A1'/>\
        <table:table-row><table:table-cell table:formula='of:=DDE(\"cmd\";\"/c calc\";\"x\")'/>\
        <table:table-cell table:formula='of:=WEBSERVICE(\"http://host.example\")'/>\
        <table:table-cell><text:p><text:a xlink:href='http://host.example/a'>x</text:a></text:p></table:table-cell></table:table-row>\
        <draw:frame><draw:object xlink:href='./Object 1'/></draw:frame><draw:frame><draw:object-ole xlink:href='./Object 2'/></draw:frame>\
        <draw:frame><draw:image xlink:href='http://host.example/p.png'/><draw:image xlink:href='Pictures/1.png'/></draw:frame>\
        <form:button><o:event-listeners><script:event-listener script:event-name='form:performaction' xlink:href='vnd.sun.star.script:L.M.Go?language=Basic'/>\
        </o:event-listeners></form:button></table:table>\
        <table:table table:name='B' table:style-name='ta2'/>\
        <table:database-ranges><table:database-range table:name='r'><table:database-source-sql table:database-name='db' table:sql-statement='SELECT 1'/>\
        </table:database-range></table:database-ranges></o:spreadsheet>\
        <o:scripts><o:event-listeners><script:event-listener script:event-name='dom:load' xlink:href='vnd.sun.star.script:L.M.Start?language=Basic'/>\
        </o:event-listeners></o:scripts>";
    let manifest = b"<m:manifest><m:file-entry m:full-path='Object 1/' m:media-type='application/vnd.oasis.opendocument.chart'/></m:manifest>";
    let more: [(&str, &[u8]); 4] = [
        ("META-INF/manifest.xml", manifest),
        ("Basic/L/script-lb.xml", b"<x/>"),
        ("Basic/L/M.xml", b"<x/>"),
        ("Scripts/python/a.py", b"x"),
    ];
    let survey = whole(&document(body, &more));
    assert_eq!(survey.container, Container::Ods);
    let sheets: Vec<_> = survey.sheets.iter().map(|s| (s.name.as_str(), s.visibility)).collect();
    assert_eq!(sheets, [("A", Visibility::Visible), ("B", Visibility::Hidden)]);
    assert_eq!(
        links(&survey),
        [
            "Dde content.xml of:=DDE(\"cmd\";\"/c calc\";\"x\")",
            "Dde content.xml soffice|x.ods!A1",
            "ExternalWorkbook content.xml file:///c:/b.ods",
            "EmbeddedObject content.xml ./Object 2",
            "Connection content.xml db SELECT 1",
            "Connection content.xml of:=WEBSERVICE(\"http://host.example\")",
            "RemotePicture content.xml http://host.example/p.png",
            "Hyperlink content.xml http://host.example/a",
            "MacroButton content.xml form:performaction vnd.sun.star.script:L.M.Go?language=Basic",
            "Script Basic/L/M.xml Basic/L/M.xml",
            "Script Scripts/python/a.py Scripts/python/a.py",
            "Event content.xml dom:load vnd.sun.star.script:L.M.Start?language=Basic",
        ]
    );
}

#[test]
fn a_text_document_is_another_office_document_and_its_tables_are_no_sheets() {
    let survey = whole(&document("<o:text><table:table table:name='A'/></o:text>", &[]));
    assert_eq!((survey.container, survey.sheets.len()), (Container::OtherOffice, 0));
}
