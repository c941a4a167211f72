//! Signatures of macro projects. Here: the workbooks that the tests make of our own small project and its signatures
//! (`tests/fixtures/signature/make.py` wrote both).

mod certificates;
mod forms;
mod harm;
mod made;

use std::path::PathBuf;
use workbook::signature::{Instant, Reason, Signature, Trust, verify};

pub(crate) fn day(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn now() -> Instant {
    day("2026-11-24")
}

pub(crate) fn code(reason: &Reason) -> String {
    serde_json::to_value(reason).unwrap()["code"].as_str().unwrap().to_owned()
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signature").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// An archive of stored entries.
pub(crate) fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let size = (data.len() as u32).to_le_bytes();
        let common =
            [&[0; 8][..], &crc.sum().to_le_bytes(), &size, &size, &(name.len() as u16).to_le_bytes(), &[0, 0]].concat();
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
    let (start, count) = (out.len() as u32, parts.len() as u16);
    out.extend_from_slice(&directory);
    out.extend([0x50, 0x4b, 5, 6, 0, 0, 0, 0]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

pub(crate) const LEGACY: &str = "2006/relationships/vbaProjectSignature";
pub(crate) const AGILE: &str = "2014/relationships/vbaProjectSignatureAgile";
pub(crate) const AGILE_AS_SPECIFIED: &str = "2006/relationships/vbaProjectSignatureAgile";
pub(crate) const V3: &str = "2020/07/relationships/vbaProjectSignatureV3";

/// The parts of a workbook with our project and these signatures: (relationship, part, bytes).
pub(crate) fn parts(signatures: &[(&str, &str, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let office = "http://schemas.microsoft.com/office/";
    let rels = |links: String| {
        let space = "http://schemas.openxmlformats.org/package/2006/relationships";
        format!("<Relationships xmlns=\"{space}\">{links}</Relationships>").into_bytes()
    };
    let link = |id: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
    };
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
        <Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/></Types>";
    let document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let links = signatures.iter().enumerate().map(|(i, (kind, part, _))| link(i, &format!("{office}{kind}"), part));
    let mut all = vec![
        ("[Content_Types].xml".to_owned(), types.as_bytes().to_vec()),
        ("_rels/.rels".to_owned(), rels(link(1, document, "xl/workbook.xml"))),
        ("xl/workbook.xml".to_owned(), b"<workbook/>".to_vec()),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            rels(link(1, &format!("{office}2006/relationships/vbaProject"), "vbaProject.bin")),
        ),
        ("xl/vbaProject.bin".to_owned(), fixture("project.bin")),
        ("xl/_rels/vbaProject.bin.rels".to_owned(), rels(links.collect())),
    ];
    for (_, part, bytes) in signatures {
        all.push((format!("xl/{part}"), bytes.clone()));
    }
    all
}

pub(crate) fn workbook(signatures: &[(&str, &str, Vec<u8>)]) -> Vec<u8> {
    zip(&parts(signatures))
}

/// A workbook with one fixture as its newest form.
pub(crate) fn v3(name: &str) -> Vec<u8> {
    workbook(&[(V3, "vbaProjectSignatureV3.bin", fixture(&format!("{name}.bin")))])
}

pub(crate) fn roots() -> Trust {
    let mut trust = Trust::new();
    trust.add_roots("root.pem", &fixture("root.pem")).unwrap();
    trust.add_roots("stamp-root.pem", &fixture("stamp-root.pem")).unwrap();
    trust
}

pub(crate) fn with_crl(name: &str) -> Trust {
    let mut trust = roots();
    trust.add_crls(name, &fixture(name)).unwrap();
    trust
}

pub(crate) fn with_ocsp(name: &str) -> Trust {
    let mut trust = roots();
    trust.add_ocsps(name, &fixture(name)).unwrap();
    trust
}

pub(crate) fn judged(name: &str) -> Signature {
    verify(&v3(name), &roots(), now())
}
