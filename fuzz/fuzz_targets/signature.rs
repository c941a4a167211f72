//! Any bytes as a signed workbook, as the signature of our small project, and as files of trust.
//! Good first inputs: `crates/workbook/tests/fixtures/signature`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use workbook::signature::{Instant, Trust, verify};

const PROJECT: &[u8] = include_bytes!("../../crates/workbook/tests/fixtures/signature/project.bin");
const SIGNED: &[u8] = include_bytes!("../../crates/workbook/tests/fixtures/signature/v3-p256.bin");
const ROOT: &[u8] = include_bytes!("../../crates/workbook/tests/fixtures/signature/root.pem");
const STAMP_ROOT: &[u8] = include_bytes!("../../crates/workbook/tests/fixtures/signature/stamp-root.pem");
const CRL: &[u8] = include_bytes!("../../crates/workbook/tests/fixtures/signature/revoked.crl");

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let mut trust = Trust::new();
    let _ = trust.add_roots("root", ROOT);
    let _ = trust.add_roots("stamp-root", STAMP_ROOT);
    let _ = trust.add_crls("crl", CRL);
    trust
});

/// A workbook of stored entries with this signature as its newest form.
fn workbook(signature: &[u8]) -> Vec<u8> {
    let types = "<Types><Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/></Types>";
    let link = "<Relationships><Relationship Type=\"http://schemas.microsoft.com/office/2020/07/relationships/\
        vbaProjectSignatureV3\" Target=\"s.bin\"/></Relationships>";
    let parts: [(&str, &[u8]); 4] = [
        ("[Content_Types].xml", types.as_bytes()),
        ("vbaProject.bin", PROJECT),
        ("_rels/vbaProject.bin.rels", link.as_bytes()),
        ("s.bin", signature),
    ];
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in parts {
        let size = (data.len() as u32).to_le_bytes();
        let common = [&[0; 12][..], &size, &size, &(name.len() as u16).to_le_bytes(), &[0, 0]].concat();
        directory.extend([0x50, 0x4b, 1, 2, 20, 0, 20, 0]);
        directory.extend_from_slice(&common);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        out.extend([0x50, 0x4b, 3, 4, 20, 0]);
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(data);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend([0x50, 0x4b, 5, 6, 0, 0, 0, 0, 4, 0, 4, 0]);
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fuzz_target!(|bytes: &[u8]| {
    let Some(at) = Instant::civil((2026, 11, 24), (0, 0, 0)) else { return };
    let _ = verify(bytes, &TRUST, at);
    let _ = verify(&workbook(bytes), &TRUST, at);
    let mut trust = TRUST.clone();
    let mut added = trust.add_roots("r", bytes).is_ok();
    added |= trust.add_crls("l", bytes).is_ok();
    added |= trust.add_ocsps("a", bytes).is_ok();
    if added {
        let _ = verify(&workbook(SIGNED), &trust, at);
    }
});
