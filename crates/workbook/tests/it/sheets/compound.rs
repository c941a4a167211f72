//! Objects in the storages of a compound file, made one by one.

use super::{links, whole};
use crate::made::zip;
use std::io::{Cursor, Write as _};
use workbook::sheets::{Carried, Container, LinkKind};

/// A compound file with these streams; storages on the way are made.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, body) in streams {
        if let Some((storage, _)) = path.rsplit_once('/').filter(|(s, _)| !s.is_empty()) {
            file.create_storage_all(storage).unwrap();
        }
        file.create_stream(path).unwrap().write_all(body).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A binary workbook without sheets, to hold the storages.
const BOOK: &[u8] = &[0x09, 0x08, 8, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0];

/// What the packager writes: three names, the bytes, and the names again in UTF-16.
fn packed(names: [&str; 3], bytes: &[u8], wide: &[&str]) -> Vec<u8> {
    let mut body = vec![2, 0];
    for name in &names[..2] {
        body.extend(name.as_bytes());
        body.push(0);
    }
    body.extend([0, 0, 3, 0]);
    body.extend((names[2].len() as u32 + 1).to_le_bytes());
    body.extend(names[2].as_bytes());
    body.push(0);
    body.extend((bytes.len() as u32).to_le_bytes());
    body.extend(bytes);
    for name in wide {
        body.extend((name.encode_utf16().count() as u32).to_le_bytes());
        body.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    }
    [&(body.len() as u32).to_le_bytes()[..], &body].concat()
}

/// A linked object: flags, then the moniker of where it leads.
fn linked(moniker: &[u8]) -> Vec<u8> {
    let mut out = [0x0200_0001_u32, 1, 0, 0, 0, 0].into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
    out.extend((moniker.len() as u32).to_le_bytes());
    out.extend(moniker);
    out
}

const URL: [u8; 16] = [0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0, 0xaa, 0, 0x4b, 0xa9, 0x0b];
const FILE: [u8; 16] = [3, 3, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

#[test]
fn a_program_packed_under_a_harmless_name_is_called_a_program() {
    let by_bytes = packed(["invoice.txt", "C:\\x\\invoice.txt", "C:\\x\\invoice.txt"], b"MZ\x90", &[]);
    let by_name = packed(["a.txt", "a.txt", "C:\\t\\a.txt"], b"x", &["C:\\t\\a.txt", "a.txt", "C:\\t\\run.js"]);
    let file = compound(&[
        ("/Workbook", BOOK),
        ("/MBD00000001/\u{1}Ole10Native", &by_bytes),
        ("/MBD00000002/\u{1}Ole10Native", &by_name),
        ("/MBD00000003/Workbook", BOOK),
        ("/MBD00000004/\u{1}Ole10Native", &[9, 0, 0, 0, b'P', b'K']),
        ("/MBD00000005/other", b"x"),
    ]);
    let survey = whole(&file);
    let objects: Vec<_> =
        survey.links.iter().map(|l| (l.part.as_str(), l.target.as_str(), l.carried.unwrap())).collect();
    assert_eq!(
        objects,
        [
            ("MBD00000001", "? \"invoice.txt\"", Carried::Program),
            ("MBD00000002", "? \"a.txt\" \"run.js\"", Carried::Script),
            ("MBD00000003", "?", Carried::Office),
            ("MBD00000004", "?", Carried::Archive),
            ("MBD00000005", "?", Carried::Unknown),
        ]
    );
}

#[test]
fn a_linked_object_tells_where_it_leads() {
    let url = "https://host.example/a.hta\0".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let url = linked(&[&URL[..], &(url.len() as u32).to_le_bytes(), &url].concat());
    let path = b"\\\\host\\share\\b.doc\0";
    let file = [&FILE[..], &[0, 0], &(path.len() as u32).to_le_bytes(), path, &[0; 24], &[0; 4]].concat();
    let unknown = linked(&[0x11; 16]);
    let mut streams = vec![("/Workbook", BOOK)];
    let file = linked(&file);
    streams.extend([("/LNK1/\u{1}Ole", &url[..]), ("/LNK2/\u{1}Ole", &file), ("/LNK3/\u{1}Ole", &unknown)]);
    let survey = whole(&compound(&streams));
    assert_eq!(
        links(&survey),
        [
            "OleLink LNK1 https://host.example/a.hta",
            "OleLink LNK2 \\\\host\\share\\b.doc",
            "OleLink LNK3 {11111111-1111-1111-1111-111111111111}",
        ]
    );
}

#[test]
fn the_object_part_of_a_package_is_opened_and_judged() {
    let object = compound(&[("/\u{1}Ole10Native", &packed(["a.scr", "a.scr", "a.scr"], b"x", &[]))]);
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "<Types><Override PartName='/w' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>\
        <Override PartName='/x' ContentType='application/vnd.openxmlformats-officedocument.oleObject'/></Types>";
    let relationships = format!("<R><Relationship Id='a' Type='{kind}/officeDocument' Target='w'/></R>");
    let bytes = zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relationships.as_bytes()),
        ("w", b"<workbook/>"),
        ("x", &object),
    ]);
    let survey = whole(&bytes);
    assert_eq!((survey.links[0].kind, survey.links[0].carried), (LinkKind::EmbeddedObject, Some(Carried::Program)));
    assert_eq!(survey.links[0].target, "? \"a.scr\"");
}

#[test]
fn documents_of_other_programs_and_projects_alone_are_told_apart() {
    let word = compound(&[
        ("/WordDocument", b"x"),
        ("/ObjectPool/_1/\u{1}Ole10Native", &packed(["a.lnk", "", ""], b"x", &[])),
    ]);
    let survey = whole(&word);
    assert_eq!(survey.container, Container::OtherOffice);
    assert_eq!((survey.links[0].part.as_str(), survey.links[0].carried), ("ObjectPool/_1", Some(Carried::Shortcut)));
    assert_eq!(whole(&compound(&[("/VBA/dir", b"x")])).container, Container::VbaProject);
    assert_eq!(workbook::sheets::survey(&compound(&[("/Other", b"x")])).unwrap_err().code(), "not-a-workbook");
}

#[test]
fn rights_management_and_broken_descriptions_are_named() {
    let rights = compound(&[("/EncryptedPackage", &[0; 64])]);
    assert_eq!(workbook::crypt::open(&rights, &[]).unwrap_err().code(), "unknown-encryption");
    let extensible = compound(&[("/EncryptionInfo", &[4, 0, 3, 0, 0, 0, 0, 0]), ("/EncryptedPackage", &[0; 64])]);
    assert_eq!(workbook::crypt::is_encrypted(&extensible), Some(workbook::crypt::Scheme::Extensible));
    for info in [
        &[4_u8, 0, 4, 0, 0x40, 0, 0, 0][..],
        &[4, 0, 4, 0],
        &[4, 0, 2, 0, 0x24, 0, 0, 0],
        &[4, 0, 4, 0, 0x40, 0, 0, 0, b'<', b'x'],
    ] {
        let broken = compound(&[("/EncryptionInfo", info), ("/EncryptedPackage", &[0; 64])]);
        assert!(workbook::crypt::open(&broken, &[]).is_err(), "{info:?}");
        assert_eq!(workbook::sheets::survey(&broken).unwrap_err().code(), "encrypted");
    }
}
