//! Streams of binary workbooks made record by record.

use super::{formulas, links, whole};
use workbook::sheets::{Container, LinkKind, SheetKind, Visibility, survey};

/// A record; what is longer than one may be goes on in CONTINUE records.
fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (i, part) in body.chunks(8_224).enumerate() {
        out.extend((if i == 0 { id } else { 0x003c }).to_le_bytes());
        out.extend((part.len() as u16).to_le_bytes());
        out.extend(part);
    }
    if body.is_empty() {
        out.extend([id as u8, (id >> 8) as u8, 0, 0]);
    }
    out
}

fn bof(kind: u16) -> Vec<u8> {
    let mut body = 0x0600_u16.to_le_bytes().to_vec();
    body.extend(kind.to_le_bytes());
    body.extend([0; 12]);
    record(0x0809, &body)
}

/// Text with its length in one byte and its flag.
fn short(text: &str) -> Vec<u8> {
    [&[text.len() as u8, 0], text.as_bytes()].concat()
}

/// A text token.
fn text(text: &str) -> Vec<u8> {
    [&[0x17][..], &short(text)].concat()
}

fn name(flags: u16, name: &[u8], tokens: &[u8]) -> Vec<u8> {
    let mut body = flags.to_le_bytes().to_vec();
    body.extend([0, name.len() as u8]);
    body.extend((tokens.len() as u16).to_le_bytes());
    body.extend([0; 8]);
    body.push(0);
    body.extend(name);
    body.extend(tokens);
    record(0x0018, &body)
}

fn formula(row: u16, column: u16, tokens: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(row.to_le_bytes());
    body.extend(column.to_le_bytes());
    body.extend([0; 16]);
    body.extend((tokens.len() as u16).to_le_bytes());
    body.extend(tokens);
    record(0x0006, &body)
}

/// A workbook of sheets (name, state, kind in the list, kind of the BOF, records).
fn book(globals: &[u8], sheets: &[(&str, u8, u8, u16, Vec<u8>)]) -> Vec<u8> {
    let list = |starts: &[u32]| {
        let mut out = bof(0x0005);
        for (i, (name, state, kind, ..)) in sheets.iter().enumerate() {
            let mut body = starts.get(i).copied().unwrap_or_default().to_le_bytes().to_vec();
            body.extend([*state, *kind]);
            body.extend(short(name));
            out.extend(record(0x0085, &body));
        }
        out.extend(globals);
        out.extend(record(0x000a, &[]));
        out
    };
    let mut at = list(&[]).len() as u32;
    let mut starts = Vec::new();
    let mut bodies = Vec::new();
    for (.., kind, records) in sheets {
        starts.push(at);
        let body = [bof(*kind), records.clone(), record(0x000a, &[])].concat();
        at += body.len() as u32;
        bodies.extend(body);
    }
    [list(&starts), bodies].concat()
}

fn macro_book(globals: &[u8], records: Vec<u8>) -> Vec<u8> {
    book(globals, &[("Macro1", 2, 1, 0x0040, records)])
}

/// This book's own SUPBOOK, and one reference to its first sheet.
fn own() -> Vec<u8> {
    let references = [1_u16, 0, 0, 0].into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    [record(0x01ae, &[1, 0, 0x01, 0x04]), record(0x0017, &references)].concat()
}

#[test]
fn a_hidden_built_in_name_starts_a_very_hidden_macro_sheet() {
    let globals = [
        own(),
        name(0x0021, &[1], &[0x3a, 0, 0, 4, 0, 2, 0]),
        name(0x0001, b"aUtO_ClOsE77", &[0x3a, 0, 0, 0, 0, 0, 0xc0]),
    ]
    .concat();
    let survey = whole(&macro_book(&globals, Vec::new()));
    assert_eq!(survey.container, Container::Xls);
    assert_eq!((survey.sheets[0].visibility, survey.sheets[0].kind), (Visibility::VeryHidden, SheetKind::Macro));
    assert_eq!(formulas(&survey), ["!Auto_Open =Macro1!$C$5 []", "!aUtO_ClOsE77 =Macro1!A1 []"]);
    assert!(survey.xlm.iter().all(|x| x.starts));
}

#[test]
fn a_chain_of_characters_in_a_formula_is_put_together() {
    // EXEC(CHAR(99)&"alc"&(CHAR(46))&".exe")
    let character = |code: u8| [0x1e, code, 0, 0x41, 111, 0];
    let tokens = [
        &character(99)[..],
        &text("alc"),
        &[0x08],
        &character(46),
        &[0x15, 0x08],
        &text("exe"),
        &[0x08, 0x42, 1, 110, 0],
    ]
    .concat();
    let survey = whole(&macro_book(&own(), formula(0, 0, &tokens)));
    assert_eq!(survey.xlm[0].formula, "=EXEC(CHAR(99)&\"alc\"&(CHAR(46))&\"exe\")");
    assert_eq!(survey.xlm[0].joined.as_deref(), Some("=EXEC(\"calc.exe\")"));
    assert_eq!(survey.xlm[0].acts, ["EXEC"]);
}

#[test]
fn commands_and_functions_of_windows_are_named() {
    let argument = |words: &[&str]| words.iter().flat_map(|w| text(w)).collect::<Vec<u8>>();
    let call = [argument(&["urlmon", "URLDownloadToFileA", "JJCCJJ"]), vec![0x42, 3, 150, 0]].concat();
    let fill = [text("=HALT()"), vec![0x44, 0, 0, 0, 0xc0, 0x42, 2, 97, 0x80]].concat();
    let asks = [text("x"), vec![0x42, 0x81, 17, 0x80]].concat();
    let defined = [vec![0x23, 1, 0, 0, 0], text("a"), vec![0x42, 2, 0xff, 0]].concat();
    let records = [formula(0, 0, &call), formula(1, 0, &fill), formula(2, 0, &asks), formula(3, 0, &defined)].concat();
    let globals = [own(), name(0x000a, b"MyMacro", &[0x3a, 0, 0, 0, 0, 0, 0])].concat();
    let survey = whole(&macro_book(&globals, records));
    assert_eq!(
        formulas(&survey),
        [
            "!MyMacro =Macro1!$A$1 []",
            "Macro1!A1 =CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\") [\"CALL\", \"URLDownloadToFileA\"]",
            "Macro1!A2 =FORMULA.FILL(\"=HALT()\",A1) [\"FORMULA.FILL\"]",
            "Macro1!A3 =RUN?(\"x\") [\"RUN\"]",
            "Macro1!A4 =MyMacro(\"a\") []",
        ]
    );
}

#[test]
fn texts_in_an_array_of_constants_are_shown() {
    // INDEX({"calc",1;TRUE,#N/A},1): the array stands behind the tokens.
    let tokens = [&[0x60_u8, 0, 0, 0, 0, 0, 0, 0, 0x1e, 1, 0, 0x42, 2, 29, 0][..]].concat();
    let array = [
        &[1_u8, 1, 0, 2, 4, 0, 0][..],
        b"calc",
        &[1],
        &1_f64.to_le_bytes(),
        &[4, 1, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x2a, 0, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let mut body = vec![0; 20];
    body.extend((tokens.len() as u16).to_le_bytes());
    body.extend(&tokens);
    body.extend(&array);
    let survey = whole(&macro_book(&own(), record(0x0006, &body)));
    assert_eq!(formulas(&survey), ["Macro1!A1 =INDEX({\"calc\",1;TRUE,#N/A},1) []"]);
    body.truncate(body.len() - 12);
    let survey = whole(&macro_book(&own(), record(0x0006, &body)));
    assert!(survey.xlm[0].formula.starts_with("=INDEX({?"), "{}", survey.xlm[0].formula);
}

#[test]
fn what_is_not_known_of_a_formula_is_shown_and_not_dropped() {
    let unknown = [text("seen"), vec![0x1a, 0xde, 0xad]].concat();
    let records = [formula(0, 0, &unknown), formula(1, 0, &[0x42, 0, 0xe7, 0x03]), formula(2, 0, &[0x03])].concat();
    let survey = whole(&macro_book(&own(), records));
    assert_eq!(
        formulas(&survey),
        ["Macro1!A1 =\"seen\" ?1adead []", "Macro1!A2 =FUNCTION999() []", "Macro1!A3 =?+? []"]
    );
}

#[test]
fn a_shared_formula_is_written_for_each_of_its_cells() {
    // HALT(the cell one row above), for A2 and A3.
    let tokens = [0x2c_u8, 0xff, 0xff, 0x00, 0xc0, 0x42, 1, 54, 0];
    let mut shared = vec![1, 0, 2, 0, 0, 0, 0, 2];
    shared.extend((tokens.len() as u16).to_le_bytes());
    shared.extend(tokens);
    let pointer = [0x01, 1, 0, 0, 0];
    let records = [formula(1, 0, &pointer), record(0x04bc, &shared), formula(2, 0, &pointer)].concat();
    let survey = whole(&macro_book(&own(), records));
    assert_eq!(formulas(&survey), ["Macro1!A2 =HALT(A1) [\"HALT\"]", "Macro1!A3 =HALT(A2) [\"HALT\"]"]);
}

#[test]
fn a_formula_that_goes_on_in_another_record_is_whole() {
    let chain: Vec<u8> =
        (0..60).flat_map(|i| [text(&"x".repeat(200)), vec![0x08; usize::from(i > 0)]].concat()).collect();
    let survey = whole(&macro_book(&own(), formula(0, 0, &chain)));
    assert_eq!(survey.xlm[0].formula.matches('x').count(), 12_000);
    assert_eq!(survey.xlm[0].joined.as_deref().map(str::len), Some(12_003));
}

#[test]
fn an_international_macro_sheet_and_one_that_no_list_names_are_read() {
    let acts = formula(0, 0, &[0x42, 0, 54, 0]);
    let listed = book(&own(), &[("Intl", 0, 1, 0x0040, [record(0x0061, &[0, 0]), acts.clone()].concat())]);
    let survey = whole(&listed);
    assert_eq!(survey.sheets[0].kind, SheetKind::InternationalMacro);
    // A worksheet by the list that is a macro sheet by its own record.
    let survey = whole(&book(&own(), &[("Sheet1", 0, 0, 0x0040, acts.clone())]));
    assert_eq!((survey.sheets[0].kind, survey.xlm.len()), (SheetKind::Macro, 1));
    let mut unlisted = book(&own(), &[("Sheet1", 0, 0, 0x0010, Vec::new())]);
    unlisted.extend([bof(0x0040), acts, record(0x000a, &[])].concat());
    assert_eq!(formulas(&whole(&unlisted)), ["!A1 =HALT() [\"HALT\"]"]);
}

#[test]
fn conversations_links_and_books_outside_are_told_apart() {
    let coded = |sheets: u16, path: &str| {
        let mut body = sheets.to_le_bytes().to_vec();
        body.extend((path.len() as u16).to_le_bytes());
        body.push(0);
        body.extend(path.as_bytes());
        record(0x01ae, &body)
    };
    let outside = |flags: u16| record(0x0023, &[&flags.to_le_bytes()[..], &[0; 4], &short("item")].concat());
    let globals = [
        coded(0, "cmd\u{3}/c calc"),
        outside(0x0002),
        coded(0, "Package\u{3}\\\\host\\a.exe"),
        outside(0x0010),
        coded(1, "\u{1}\u{1}@host\u{3}share\u{3}b.xls"),
        coded(1, "\u{1}\u{5}\u{1a}https://host.example/c.xls"),
    ]
    .concat();
    let survey = whole(&macro_book(&globals, Vec::new()));
    assert_eq!(
        links(&survey),
        [
            "Dde SUPBOOK cmd|/c calc",
            "ExternalWorkbook SUPBOOK \\\\host\\share\\b.xls",
            "ExternalWorkbook SUPBOOK https://host.example/c.xls",
            "OleLink SUPBOOK Package|\\\\host\\a.exe",
        ]
    );
}

#[test]
fn a_book_outside_of_many_sheets_keeps_its_path() {
    let path = "\u{1}b.xls";
    let mut body = 1_000_u16.to_le_bytes().to_vec();
    body.extend((path.len() as u16).to_le_bytes());
    body.push(0);
    body.extend(path.as_bytes());
    body.extend((0..1_000).flat_map(|_| [&[10_u8, 0, 0][..], b"0123456789"].concat()).collect::<Vec<u8>>());
    let survey = whole(&macro_book(&record(0x01ae, &body), Vec::new()));
    assert_eq!(links(&survey), ["ExternalWorkbook SUPBOOK b.xls"]);
}

#[test]
fn buttons_controls_and_hyperlinks_of_a_sheet_are_told() {
    let part = |kind: u16, body: &[u8]| [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat();
    let head = part(0x0015, &[7, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let to_name = [&[5_u8, 0, 0, 0, 0, 0][..], &[0x23, 1, 0, 0, 0]].concat();
    let button = record(0x005d, &[head.clone(), part(0x0004, &to_name), vec![0; 4]].concat());
    let class = b"Shell.Explorer.2";
    let source = [&[5_u8, 0, 0, 0, 0, 0][..], &[0x02, 0, 0, 0, 0], &[3, class.len() as u8, 0, 0], class].concat();
    let picture = |control: u8| {
        let from = part(0x0009, &[&(source.len() as u16).to_le_bytes()[..], &source].concat());
        record(0x005d, &[head.clone(), part(0x0008, &[control, 0]), from].concat())
    };
    let url = "http://host.example/x\0".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let moniker = [0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0, 0xaa, 0, 0x4b, 0xa9, 0x0b];
    let link = [&[0; 24][..], &[2, 0, 0, 0, 3, 0, 0, 0], &moniker, &(url.len() as u32).to_le_bytes(), &url].concat();
    let records = [button, picture(0x10), picture(0), record(0x01b8, &link)].concat();
    let survey = whole(&book(&name(0x000c, b"Go", &[]), &[("Form", 0, 0, 0x0010, records)]));
    assert_eq!(
        links(&survey),
        [
            "EmbeddedObject Form Shell.Explorer.2",
            "ActiveX Form Shell.Explorer.2",
            "Hyperlink Form http://host.example/x",
            "MacroButton Form Go",
        ]
    );
    assert!(survey.xlm.is_empty(), "a procedure of VBA is no Excel 4 macro");
}

#[test]
fn a_query_is_told_without_its_password() {
    let string = |text: &str| record(0x00cd, &[&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat());
    let globals =
        [record(0x00dc, &[1, 0, 0, 0]), string("DSN=x;UID=me;PWD=secret"), string(";DBQ=y"), record(0x0803, &[])]
            .concat();
    let survey = whole(&macro_book(&globals, Vec::new()));
    assert_eq!(survey.links[0].kind, LinkKind::Connection);
    assert_eq!(survey.links[0].target, "odbc DSN=x;UID=me;PWD=***;DBQ=y");
}

#[test]
fn sheets_that_all_claim_one_place_cost_one_reading() {
    let many: Vec<_> = (0..2_000).map(|_| ("S", 0_u8, 1_u8, 0x0040_u16, Vec::new())).collect();
    let mut bytes = book(&own(), &many);
    // Every position becomes that of the first sheet.
    let first = bytes[20 + 4..20 + 8].to_vec();
    let size = record(0x0085, &[&[0; 6][..], &short("S")].concat()).len();
    for i in 0..many.len() {
        bytes[20 + i * size + 4..20 + i * size + 8].copy_from_slice(&first);
    }
    assert_eq!(survey(&bytes).unwrap().sheets.len(), 2_000);
}

#[test]
fn books_older_than_biff8_give_their_sheets_and_names() {
    let mut bytes = record(0x0809, &[0, 5, 5, 0, 0, 0, 0, 0]);
    bytes.extend(record(0x0042, &1251_u16.to_le_bytes()));
    bytes.extend(record(0x0085, &[0, 0, 0, 0, 1, 1, 4, 0xcb, 0xe8, 0xf1, 0xf2]));
    let mut auto_open = vec![0x21, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    auto_open[4] = 0;
    bytes.extend(record(0x0018, &auto_open));
    bytes.extend(record(0x000a, &[]));
    let survey = whole(&bytes);
    assert_eq!(survey.container, Container::XlsOld);
    assert_eq!(
        (survey.sheets[0].name.as_str(), survey.sheets[0].visibility),
        ("\u{41b}\u{438}\u{441}\u{442}", Visibility::Hidden)
    );
    assert_eq!((survey.xlm[0].at.as_str(), survey.xlm[0].starts), ("Auto_Open", true));
    // BIFF4: one sheet; that its formulas are not read is told.
    let survey = workbook::sheets::survey(&record(0x0409, &[0, 4, 0x40, 0, 0, 0])).unwrap();
    assert_eq!((survey.container, survey.sheets[0].kind), (Container::XlsOld, SheetKind::Macro));
    assert_eq!(survey.troubles.len(), 1);
}
