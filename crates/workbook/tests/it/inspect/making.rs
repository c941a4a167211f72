//! Macro projects and packages made for the tests; nothing of them is ever run.

use std::io::{Cursor, Read, Write};
use workbook::inspect::{Analysis, FoundProject, Inspection, Knowledge, Naming, Subject, analyse, judge};
use workbook::sheets::{Container, Survey};
use workbook::vba::{Module, ModuleKind, Project};

/// A module of a made project: name, kind, source without attributes.
pub(crate) type Source<'a> = (&'a str, Kind, &'a str);

/// What a made module is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Standard,
    Workbook,
    Sheet,
    Form,
    Class,
}

/// A project of modules without compiled code.
pub(crate) fn project(sources: &[Source<'_>]) -> FoundProject {
    let mut listed = String::new();
    let modules = sources.iter().map(|&(name, kind, source)| {
        let base = match kind {
            Kind::Standard => String::new(),
            Kind::Workbook => "Attribute VB_Base = \"0{00020819-0000-0000-C000-000000000046}\"\r\n".to_owned(),
            Kind::Sheet => "Attribute VB_Base = \"0{00020820-0000-0000-C000-000000000046}\"\r\n".to_owned(),
            Kind::Form => {
                listed.push_str(&format!("BaseClass={name}\r\n"));
                "Attribute VB_Base = \"0{11111111-0000-0000-C000-000000000046}{2}\"\r\n".to_owned()
            }
            Kind::Class => {
                listed.push_str(&format!("Class={name}\r\n"));
                String::new()
            }
        };
        let text = format!("Attribute VB_Name = \"{name}\"\r\n{base}{}", source.replace('\n', "\r\n"));
        Module {
            name: name.to_owned(),
            name_bytes: name.as_bytes().to_vec(),
            name_unicode: None,
            stream: name.to_owned(),
            kind: if kind == Kind::Standard { ModuleKind::Procedural } else { ModuleKind::Object },
            private: false,
            offset: 0,
            bytes: Vec::new(),
            text: Ok(text.into_bytes()),
        }
    });
    let modules = modules.collect();
    let project = Project {
        root: String::new(),
        code_page: 65001,
        name: "VBAProject".to_owned(),
        dir: Vec::new(),
        records: Vec::new(),
        whole: true,
        project_stream: listed.into_bytes(),
        modules,
    };
    FoundProject {
        place: "xl/vbaProject.bin".to_owned(),
        naming: Naming::Named,
        extra: Vec::new(),
        cache: Vec::new(),
        project: Ok(project),
    }
}

/// A made project, analysed as Excel's.
pub(crate) fn analysed(sources: &[Source<'_>]) -> Analysis {
    analyse(Knowledge::built_in().unwrap(), &project(sources), &[], false, &["excel"])
}

/// A made project, judged alone.
pub(crate) fn judged(sources: &[Source<'_>]) -> Inspection {
    let projects = [analysed(sources)];
    judge(Subject { name: None, survey: None, projects: &projects, named: 1, troubles: &[] })
}

/// A survey of nothing.
pub(crate) fn survey(container: Container) -> Survey {
    Survey {
        container,
        sheets: Vec::new(),
        xlm: Vec::new(),
        links: Vec::new(),
        package_signed: false,
        troubles: Vec::new(),
    }
}

/// Packs a source as VBA does (MS-OVBA 2.4.1), by single bytes alone.
pub(crate) fn compress(source: &[u8]) -> Vec<u8> {
    let mut out = vec![1];
    for chunk in source.chunks(4_096) {
        if chunk.len() == 4_096 {
            out.extend(0x3fff_u16.to_le_bytes());
            out.extend(chunk);
            continue;
        }
        let mut packed = Vec::new();
        for eight in chunk.chunks(8) {
            packed.push(0);
            packed.extend(eight);
        }
        if packed.len() > 4_096 {
            // A nearly full chunk of single bytes would be too large: stored, filled up with blanks.
            let mut full = chunk.to_vec();
            full.resize(4_096, b' ');
            out.extend(0x3fff_u16.to_le_bytes());
            out.extend(full);
        } else {
            out.extend((0xb000 | (packed.len() as u16 - 1)).to_le_bytes());
            out.extend(packed);
        }
    }
    out
}

/// The compound file with a stream changed.
pub(crate) fn with_stream(bytes: &[u8], path: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes.to_vec())).unwrap();
    let mut stream = Vec::new();
    if file.exists(path) {
        file.open_stream(path).unwrap().read_to_end(&mut stream).unwrap();
    }
    file.create_stream(path).unwrap().write_all(&change(stream)).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A compound file with the source of a module replaced and its compiled code kept.
pub(crate) fn with_source(bytes: &[u8], root: &str, module: &Module, source: &[u8]) -> Vec<u8> {
    let root = if root.is_empty() { String::new() } else { format!("/{root}") };
    with_stream(bytes, &format!("{root}/VBA/{}", module.stream), |old| {
        let mut new = old[..module.offset].to_vec();
        new.extend(compress(source));
        new
    })
}

/// An archive of stored parts.
pub(crate) fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in parts {
        let start = bytes.len() as u32;
        let size = (part.len() as u32).to_le_bytes();
        let name_len = (name.len() as u16).to_le_bytes();
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(size);
        common.extend(size);
        common.extend(name_len);
        common.extend([0, 0]);
        bytes.extend(0x0403_4b50_u32.to_le_bytes());
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(*part);
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend([20, 0]);
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(0x0605_4b50_u32.to_le_bytes());
    bytes.extend([0, 0, 0, 0]);
    bytes.extend((parts.len() as u16).to_le_bytes());
    bytes.extend((parts.len() as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// A package of a workbook; `named` says whether the workbook names its `xl/vbaProject.bin`.
pub(crate) fn package(project: &[u8], named: bool, more: &[(&str, &[u8])]) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = b"<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    let root = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject";
    let links = if named {
        format!("<Relationships><Relationship Id=\"r1\" Type=\"{kind}\" Target=\"vbaProject.bin\"/></Relationships>")
    } else {
        "<Relationships/>".to_owned()
    };
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/vbaProject.bin", project),
    ];
    parts.extend(more);
    zip(&parts)
}
