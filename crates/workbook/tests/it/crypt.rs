//! Encrypted workbooks of the corpus, opened with the passwords that its README tells, and refused with others.

use crate::container::{corpus, files};
use proptest::prelude::*;
use std::borrow::Cow;
use workbook::Trouble;
use workbook::container::{Archive, Ole};
use workbook::crypt::{Integrity, Scheme, is_encrypted, open, open_told};
use workbook::vba::Project;

/// File, password (empty: the built-in one opens it), scheme. The password of the last one stands in the README of its own folder upstream.
const FILES: [(&str, &str, Scheme); 12] = [
    ("calamine/pass_protected.xlsb", "1234", Scheme::Agile),
    ("oletools/autostart-encrypt-standardpassword.xls", "", Scheme::Rc4Basic),
    ("oletools/autostart-encrypt-standardpassword.xlsm", "", Scheme::Agile),
    ("oletools/encrypted.xlsx", "encrypted", Scheme::Agile),
    ("poi/60284.xls", "", Scheme::Xor),
    ("poi/password.xls", "password", Scheme::Rc4Basic),
    ("poi/protected_passtika.xlsb", "tika", Scheme::Agile),
    ("poi/xor-encryption-abc.xls", "abc", Scheme::Xor),
    ("sheetjs/password_2002_128_enhanced.xls", "password", Scheme::Rc4CryptoApi),
    ("sheetjs/password_2002_40_basecrypto.xls", "password", Scheme::Rc4CryptoApi),
    ("sheetjs/password_2002_40_xor.xls", "password", Scheme::Xor),
    ("officeimo/encrypted-password.xls", "openpass", Scheme::Rc4CryptoApi),
];

/// A record of a stream.
struct Record {
    id: u16,
    body: std::ops::Range<usize>,
}

fn records(stream: &[u8]) -> Vec<Record> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some([a, b, c, d]) = stream.get(at..at + 4).and_then(|h| <[u8; 4]>::try_from(h).ok()) {
        let size = usize::from(u16::from_le_bytes([c, d]));
        found.push(Record { id: u16::from_le_bytes([a, b]), body: at + 4..(at + 4 + size).min(stream.len()) });
        at += 4 + size;
    }
    found
}

#[test]
fn every_encrypted_file_of_the_corpus_opens_with_its_password() {
    let Some(folder) = corpus() else { return };
    for (name, password, scheme) in FILES {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert_eq!(is_encrypted(&bytes), Some(scheme), "{name}");
        let given: Vec<String> = if password.is_empty() { Vec::new() } else { vec![password.to_owned()] };
        let opened = open_told(&bytes, &given).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((opened.scheme, opened.built_in), (Some(scheme), password.is_empty()), "{name}");
        assert_eq!(is_encrypted(&opened.bytes), None, "{name}");
        if scheme == Scheme::Agile {
            assert_eq!(opened.integrity, Integrity::Holds, "{name}");
            let archive = Archive::open(&opened.bytes).unwrap();
            assert!(archive.entries().iter().all(|e| archive.read(e).is_ok()), "{name}");
        } else {
            assert_eq!((opened.integrity, opened.bytes.len()), (Integrity::None, bytes.len()), "{name}");
            let ole = Ole::open(&opened.bytes).unwrap();
            let stream = ole.stream("Workbook").or_else(|| ole.stream("Book")).unwrap();
            let records = records(&stream);
            assert!(records.iter().any(|r| r.id == 0x000a && r.body.is_empty()), "{name}: no record ends it");
            let sheets: Vec<_> = records.iter().filter(|r| r.id == 0x0085).collect();
            assert!(!sheets.is_empty(), "{name}: no sheet");
            for sheet in sheets {
                let sheet = &stream[sheet.body.clone()];
                assert_eq!(sheet[4], 0, "{name}: a shown sheet");
                assert!(sheet[8..].iter().all(|b| *b <= 0x20 || b.is_ascii_graphic()), "{name}: {sheet:?}");
            }
        }
    }
}

/// The corpus has no file of this scheme; two made by our own hand, which msoffcrypto-tool opens alike.
#[test]
fn standard_encryption_opens_with_short_and_long_keys() {
    for (bytes, bits) in [
        (&include_bytes!("../fixtures/standard-aes128.xlsx")[..], 128),
        (&include_bytes!("../fixtures/standard-aes256.xlsx")[..], 256),
    ] {
        assert_eq!(is_encrypted(bytes), Some(Scheme::Standard), "{bits}");
        assert_eq!(open(bytes, &["Quittance".to_owned()]), Err(Trouble::Encrypted), "{bits}");
        let opened = open_told(bytes, &["quittance".to_owned()]).unwrap();
        assert_eq!((opened.integrity, opened.built_in), (Integrity::None, false));
        assert_eq!(workbook::sheets::survey(&opened.bytes).unwrap().sheets[0].name, "Standard", "{bits}");
    }
}

#[test]
fn the_macros_of_an_encrypted_binary_workbook_stay_readable() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("oletools/autostart-encrypt-standardpassword.xls")).unwrap();
    let opened = open(&bytes, &[]).unwrap();
    let ole = Ole::open(&opened).unwrap();
    let roots = Project::roots(&ole);
    let project = Project::open(&ole, &roots[0]).unwrap();
    assert!(project.modules.iter().any(|m| m.source(project.code_page).contains("Sub ")));
}

#[test]
fn a_wrong_password_is_refused_and_never_guessed() {
    let Some(folder) = corpus() else { return };
    for (name, password, scheme) in FILES {
        // A hundred thousand rounds a password are slow in a build for tests: one agile file is enough.
        if password.is_empty() || scheme == Scheme::Agile && !name.starts_with("oletools") {
            continue;
        }
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let wrong = [format!("{password}x"), "Password".to_owned(), "\u{1f512}".repeat(300)];
        assert_eq!(open(&bytes, &wrong), Err(Trouble::Encrypted), "{name}");
        assert_eq!(open(&bytes, &[]), Err(Trouble::Encrypted), "{name}");
    }
}

#[test]
fn a_file_that_is_not_encrypted_comes_back_as_it_is() {
    let Some(folder) = corpus() else { return };
    let encrypted: Vec<_> = FILES.iter().map(|(name, ..)| folder.join(name)).collect();
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        if !encrypted.contains(&path) {
            assert!(matches!(open(&bytes, &[]), Ok(Cow::Borrowed(b)) if b == bytes), "{}", path.display());
        }
    }
}

#[test]
fn a_byte_changed_after_encryption_is_told() {
    let Some(folder) = corpus() else { return };
    let mut bytes = std::fs::read(folder.join("oletools/autostart-encrypt-standardpassword.xlsm")).unwrap();
    let ole = Ole::open(&bytes).unwrap();
    let place = ole.places(ole.find("EncryptedPackage").unwrap()).pop().unwrap();
    bytes[place.start] ^= 1;
    assert_eq!(open_told(&bytes, &[]).unwrap().integrity, Integrity::Broken);
}

/// The file with a number of its description changed for another of the same length.
fn changed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
    out[at..at + from.len()].copy_from_slice(to.as_bytes());
    out
}

#[test]
fn a_spin_count_beyond_reason_is_a_named_trouble_and_costs_nothing() {
    let Some(folder) = corpus() else { return };
    let bytes = std::fs::read(folder.join("oletools/encrypted.xlsx")).unwrap();
    let dear = changed(&bytes, "spinCount=\"100000\" saltSize=\"16\"", "spinCount=\"99999999\" saltSz=\"16\"");
    assert_eq!(open(&dear, &[]).unwrap_err().code(), "too-large");
    let other = changed(&bytes, "cipherAlgorithm=\"AES\"", "cipherAlgorithm=\"DES\"");
    assert_eq!(open(&other, &[]).unwrap_err().code(), "unknown-encryption");
}

#[test]
fn an_open_document_with_encrypted_parts_is_named() {
    let manifest = b"<m:manifest xmlns:m='urn:x'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>";
    let bytes = crate::made::zip(&[("META-INF/manifest.xml", manifest)]);
    assert_eq!(is_encrypted(&bytes), Some(Scheme::OpenDocument));
    assert_eq!(open(&bytes, &[]).unwrap_err().code(), "unknown-encryption");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_an_encrypted_file_stops_the_reader(
        which in 0_usize..8, at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()
    ) {
        let Some(folder) = corpus() else { return Ok(()) };
        // The binary ones: each of their passwords costs next to nothing.
        let binary: Vec<_> = FILES.iter().filter(|f| f.2 != Scheme::Agile).collect();
        let (name, password, _) = binary[which];
        let mut bytes = std::fs::read(folder.join(name)).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = open_told(&bytes, &[(*password).to_owned()]);
        bytes.truncate(cut.index(bytes.len()));
        let _ = open_told(&bytes, &[(*password).to_owned()]);
    }

    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = open_told(&bytes, &[]);
    }
}
