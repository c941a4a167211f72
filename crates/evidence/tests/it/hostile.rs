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

#[test]
fn an_xz_file_that_inflates_without_end() {
    let Some(bytes) = hive("amcache.hve.xz") else { return };
    let limits = Limits { ratio: 1, ..Limits::default() };
    let refusal =
        evidence::read("amcache.hve", &bytes, &Context { limits, ..Context::default() }).expect_err("refused");
    assert_eq!(refusal.reason, Refused::Bomb);
}

/// A hive of the shared corpus; `None`, said aloud, where it is absent.
fn hive(name: &str) -> Option<Vec<u8>> {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/inventory/registry-hive");
    let bytes = std::fs::read(folder.join(name)).ok();
    if bytes.is_none() {
        eprintln!("skipped: ../shared/corpus/inventory/registry-hive/{name} is absent");
    }
    bytes
}

#[test]
fn a_hive_with_any_cell_turned_over_is_read_or_refused() {
    let made = registry_hive();
    let whole = evidence::read("PC-7.hiv", &made, &Context::default());
    let facts = whole.unwrap_or_else(|refusal| panic!("{:?} {}", refusal.reason, refusal.detail)).facts;
    assert_eq!(facts.len(), 1, "one program");
    for at in 0..made.len() {
        for change in [0xff, 0x80, 0x01] {
            let mut harmed = made.clone();
            harmed[at] ^= change;
            let _ = evidence::read("PC-7.hiv", &harmed, &Context::default());
        }
        let _ = evidence::read("PC-7.hiv", &made[..at], &Context::default());
    }
}

/// A hive of our own: Microsoft\Windows\CurrentVersion\Uninstall\{X} with DisplayName and, under a circle, itself again.
fn registry_hive() -> Vec<u8> {
    let mut bytes = vec![0_u8; 4096];
    bytes[..4].copy_from_slice(b"regf");
    let mut cells: Vec<u8> = Vec::new();
    fn put(cells: &mut Vec<u8>, data: &[u8]) -> u32 {
        let at = cells.len() as u32;
        let size = (data.len() + 4).next_multiple_of(8);
        cells.extend((-(size as i32)).to_le_bytes());
        cells.extend(data);
        cells.resize(at as usize + size, 0);
        at
    }
    fn key(cells: &mut Vec<u8>, name: &str, below: Option<u32>, values: Option<u32>) -> u32 {
        let mut data = vec![0_u8; 76];
        data[..2].copy_from_slice(b"nk");
        data[2] = 0x20;
        if let Some(list) = below {
            data[20] = 1;
            data[28..32].copy_from_slice(&list.to_le_bytes());
        }
        if let Some(list) = values {
            data[36] = 1;
            data[40..44].copy_from_slice(&list.to_le_bytes());
        }
        data[72] = name.len() as u8;
        data.extend(name.as_bytes());
        put(cells, &data)
    }
    fn list(cells: &mut Vec<u8>, child: u32) -> u32 {
        let mut data = b"lf\x01\x00".to_vec();
        data.extend(child.to_le_bytes());
        data.extend([0; 4]);
        put(cells, &data)
    }
    let text: Vec<u8> = "Microsoft Visio Standard 2016\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text_at = put(&mut cells, &text);
    let mut value = b"vk".to_vec();
    value.extend([11, 0]);
    value.extend((text.len() as u32).to_le_bytes());
    value.extend(text_at.to_le_bytes());
    value.extend(1_u32.to_le_bytes());
    value.extend([1, 0, 0, 0]);
    value.extend(b"DisplayName");
    let value_at = put(&mut cells, &value);
    let values_at = put(&mut cells, &value_at.to_le_bytes());
    let mut child = key(&mut cells, "{X}", None, Some(values_at));
    for name in ["Uninstall", "CurrentVersion", "Windows", "Microsoft", "ROOT"] {
        let below = list(&mut cells, child);
        child = key(&mut cells, name, Some(below), None);
    }
    bytes[36..40].copy_from_slice(&child.to_le_bytes());
    bytes.extend(cells);
    bytes
}
