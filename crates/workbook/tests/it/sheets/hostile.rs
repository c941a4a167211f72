//! Bytes that mean harm: bounded, told, never a panic.

use crate::container::corpus;
use crate::made::zip;
use proptest::prelude::*;
use std::time::Instant;
use workbook::sheets::survey;

/// Files of every kind of reader; small, so that many changes of them can be tried.
const FILES: [&str; 12] = [
    "calamine/any_sheets.ods",
    "calamine/any_sheets.xls",
    "officeimo/external-links.xls",
    "officeimo/objects.xls",
    "oletools/dde-test.xlsb",
    "oletools/embedded-simple-2007.xls",
    "oletools/embedded-simple-2007.xlsm",
    "oletools/excel4_sample_macro.xls",
    "oletools/excel4_sample_macro.xlsb",
    "oletools/excel4_sample_macro.xlsm",
    "sheetjs/BlankSheetTypes.xls",
    "sheetjs/wtf_path.xlsb",
];

/// The parts of a package unpacked and stored as they are, so that a changed byte reaches the readers and not the checksum.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let Ok(archive) = workbook::container::Archive::open(bytes) else { return bytes.to_vec() };
    let parts: Vec<(String, Vec<u8>)> =
        archive.entries().iter().map(|e| (e.name.clone(), archive.read(e).unwrap_or_default())).collect();
    zip(&parts.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_changed_bytes_stop_the_survey(
        which in 0..FILES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let Some(folder) = corpus() else { return Ok(()) };
        let mut bytes = stored(&std::fs::read(folder.join(FILES[which])).unwrap());
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let first = survey(&bytes);
        prop_assert_eq!(first, survey(&bytes));
    }

    #[test]
    fn no_records_stop_the_survey(
        records in prop::collection::vec((0_u16..0x0900, prop::collection::vec(any::<u8>(), 0..80)), 0..60),
    ) {
        let mut bytes = vec![0x09, 0x08, 8, 0, 0, 6, 5, 0, 0, 0, 0, 0];
        for (id, body) in records {
            bytes.extend(id.to_le_bytes());
            bytes.extend((body.len() as u16).to_le_bytes());
            bytes.extend(body);
        }
        let _ = survey(&bytes);
    }

    #[test]
    fn no_tokens_stop_the_writer_of_formulas(tokens in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = vec![0x09, 0x08, 8, 0, 0, 6, 0x40, 0, 0, 0, 0, 0];
        let mut formula = vec![0; 20];
        formula.extend((tokens.len() as u16).to_le_bytes());
        formula.extend(&tokens);
        bytes.extend([0x0a, 0, 0, 0, 0x09, 0x08, 8, 0, 0, 6, 0x40, 0, 0, 0, 0, 0, 6, 0]);
        bytes.extend((formula.len() as u16).to_le_bytes());
        bytes.extend(formula);
        let survey = survey(&bytes).unwrap();
        prop_assert_eq!(survey.xlm.len(), 1, "a formula that is not understood is shown all the same");
    }
}

#[test]
fn sizes_that_lie_allocate_nothing() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("calamine/OOM_alloc2.xls")).unwrap();
    let start = Instant::now();
    survey(&bytes).unwrap();
    assert!(start.elapsed().as_secs() < 5);
}

/// Parentheses within parentheses: every one of them moves the whole text.
#[test]
fn a_formula_of_parentheses_is_cut_off() {
    let mut bytes =
        vec![0x09, 0x08, 8, 0, 0, 6, 0x05, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0, 0x09, 0x08, 8, 0, 0, 6, 0x40, 0, 0, 0, 0, 0];
    for _ in 0..300 {
        let mut formula = vec![0; 20];
        formula.extend(8_000_u16.to_le_bytes());
        formula.push(0x16);
        formula.extend(vec![0x15; 7_999]);
        bytes.extend([6, 0]);
        bytes.extend((formula.len() as u16).to_le_bytes());
        bytes.extend(formula);
    }
    let start = Instant::now();
    let survey = survey(&bytes).unwrap();
    assert_eq!(survey.xlm.len(), 300);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn elements_too_deep_are_told() {
    let deep = "<a>".repeat(100_000);
    let bytes = zip(&[("content.xml", deep.as_bytes())]);
    let survey = survey(&bytes).unwrap();
    assert_eq!(survey.troubles[0].code(), "too-large");
}

#[test]
fn an_archive_of_no_office_is_refused() {
    assert_eq!(survey(&zip(&[("a", b"x")])).unwrap_err().code(), "not-a-workbook");
    assert_eq!(survey(b"").unwrap_err().code(), "not-a-workbook");
    assert_eq!(survey(b"PK").unwrap_err().code(), "malformed");
}
