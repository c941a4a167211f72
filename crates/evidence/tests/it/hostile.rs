//! Files made to harm: each is refused by name, none stops the program.

use evidence::{Context, Limits, Refused};
use std::io::Write;

fn refused(bytes: &[u8], context: &Context) -> Refused {
    match evidence::read("file.csv", bytes, context) {
        Err(refusal) => refusal.reason,
        Ok(reading) => panic!("taken as {}", reading.taken_as),
    }
}

#[test]
fn nothing_at_all() {
    assert_eq!(refused(b"", &Context::default()), Refused::Empty);
    assert_eq!(refused(b" \r\n \t", &Context::default()), Refused::Empty);
}

#[test]
fn one_endless_line() {
    let bytes = vec![b'a'; 9 << 20];
    assert_eq!(refused(&bytes, &Context::default()), Refused::TooLarge);
}

#[test]
fn a_zip_that_inflates_without_end() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("bomb.csv", options).expect("a zip can be begun");
    archive.write_all(&vec![0u8; 8 << 20]).expect("a zip can be written");
    let bytes = archive.finish().expect("a zip can be closed").into_inner();
    let limits = Limits { ratio: 100, ..Limits::default() };
    let refusal = evidence::open(&bytes, &limits).expect_err("the bomb is refused");
    assert_eq!(refusal.reason, Refused::Bomb);
}

#[test]
fn entities_are_never_expanded() {
    let xml = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><REQUEST><CONTENT>&b;</CONTENT></REQUEST>";
    assert_eq!(refused(xml.as_bytes(), &Context::default()), Refused::Entities);
}

#[test]
fn json_nested_without_end() {
    let json = "[".repeat(100_000);
    assert_eq!(refused(json.as_bytes(), &Context::default()), Refused::TooLarge);
}

#[test]
fn xml_nested_without_end() {
    let xml = format!("<REQUEST>{}", "<A>".repeat(100_000));
    assert_eq!(refused(xml.as_bytes(), &Context::default()), Refused::TooLarge);
}

#[test]
fn an_inventory_cut_off_says_where() {
    let json = "{\"action\":\"inventory\",\"content\":{\"hardware\":{\"name\":\"PC";
    let refusal = evidence::read("a.json", json.as_bytes(), &Context::default()).expect_err("cut off");
    assert_eq!(refusal.reason, Refused::CutOff);
    assert_eq!(refusal.row, Some(1));
}

#[test]
fn a_table_of_nobody_asks_for_a_mapping() {
    let csv = "Bien;Ordinateur portable;Couleur\n1;PC1;bleu\n2;PC2;vert\n";
    assert_eq!(refused(csv.as_bytes(), &Context::default()), Refused::NeedsMapping);
}

#[test]
fn product_keys_are_dropped_at_the_door() {
    let csv = "Poste;Logiciel;Version;Editeur\nPC1;Office ABCDE-12345-FGHIJ-67890-KLMNO;16;Microsoft\nPC2;ABCDE-12345-FGHIJ-67890-KLMNO\n";
    let reading = evidence::read("l.csv", csv.as_bytes(), &Context::default()).expect("a software list");
    let text = serde_json::to_string(&reading).expect("serialisable");
    assert_eq!(reading.rejects.len(), 1);
    assert!(!text.contains("67890"), "{text}");
}

#[test]
fn a_sheet_with_a_far_off_cell_costs_no_more_than_its_cells() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["Poste", "Logiciel", "Version", "Éditeur"].iter().enumerate() {
        let column = u16::try_from(column).expect("few columns");
        sheet.write_string(0, column, *heading).expect("a cell");
        sheet.write_string(1, column, "x").expect("a cell");
    }
    sheet.write_string(1_048_575, 16_383, "far").expect("a cell");
    let bytes = book.save_to_buffer().expect("a workbook");
    let reading = evidence::read("far.xlsx", &bytes, &Context::default()).expect("taken");
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("software-list", 1));
}

#[test]
fn one_long_text_used_many_times_is_bounded() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let long = "x".repeat(30_000);
    for row in 0..2_000 {
        sheet.write_string(row, 0, &long).expect("a cell");
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let limits = Limits { inflated: 8 << 20, ..Limits::default() };
    assert_eq!(refused(&bytes, &Context { limits, ..Context::default() }), Refused::TooLarge);
}

#[test]
fn a_file_cut_at_any_place_is_read_or_refused() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "Poste").expect("a cell");
    let xlsx = book.save_to_buffer().expect("a workbook");
    let reg = b"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\A]\r\n\"DisplayName\"=\"Visio\"\r\n".to_vec();
    let ldif = b"dn: CN=A,DC=x\r\nobjectClass: computer\r\ncn: A\r\n\r\n".repeat(20);
    for whole in [xlsx, reg, ldif] {
        for sixteenth in 1..16 {
            let cut = &whole[..whole.len() * sixteenth / 16];
            for (_, outcome) in super::read_all("cut", cut) {
                match outcome {
                    Ok(reading) => assert!(super::sums_up(&reading)),
                    Err(refusal) => assert!(!refusal.detail.is_empty()),
                }
            }
        }
    }
}

#[test]
fn a_name_of_a_hundred_megabytes_was_kept_as_a_fact() {
    let long = "a".repeat(100_000);
    let json = format!(
        "{{\"action\":\"inventory\",\"content\":{{\"hardware\":{{\"name\":\"PC-1\"}},\"softwares\":[{{\"name\":\"{long}\"}},{{\"name\":\"Microsoft Visio Standard 2019\"}}]}}}}"
    );
    let reading = evidence::read("a.json", json.as_bytes(), &Context::default())
        .unwrap_or_else(|refusal| panic!("refused: {:?}", refusal.reason));
    let rejected: Vec<&str> = reading.rejects.iter().map(|reject| reject.reason.as_str()).collect();
    assert_eq!(rejected, ["too-long"]);
    assert!(reading.rejects[0].raw.len() < 1_000, "the reject keeps a beginning, not the whole");
}
