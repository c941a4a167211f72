//! The three byte strings whose hashes are signed (MS-OVBA 2.4.2): what of a project they take up, and how it is put in order.

use super::designer::Designers;
use super::report::Kind;
use crate::container::{Ole, u32_at};
use crate::limits;
use crate::trouble::Trouble;
use crate::vba::{ModuleKind, Project, Record};

/// The bytes that a form of the signature hashes.
///
/// # Errors
/// The `dir` stream is cut off, or the source of a module or a designer's storage cannot be read: a hash over the rest would say
/// "changed" of a project that is only not understood.
pub fn transcript(ole: &Ole<'_>, project: &Project, kind: Kind) -> Result<Vec<u8>, Trouble> {
    let dir = "VBA/dir";
    if !project.whole {
        return Err(Trouble::malformed(dir, "it is cut off"));
    }
    let designers = Designers::new(ole, project);
    match kind {
        Kind::Legacy => content(project),
        Kind::Agile => {
            let mut out = content(project)?;
            for name in base_classes(project)? {
                designers.append(name, &mut out)?;
            }
            Ok(out)
        }
        Kind::V3 => {
            let mut out = content_v3(project)?;
            project_part(project, &designers, &mut out)?;
            Ok(out)
        }
    }
}

/// Source of a module, or why it cannot be had.
fn texts(project: &Project) -> Result<Vec<&[u8]>, Trouble> {
    project.modules.iter().map(|m| m.text.as_deref().map_err(Clone::clone)).collect()
}

/// ContentNormalizedData (2.4.2.1).
fn content(project: &Project) -> Result<Vec<u8>, Trouble> {
    let mut out = Vec::new();
    let first = |id| project.records.iter().find(|r| r.id == id).map(|r| project.body(r)).unwrap_or_default();
    out.extend_from_slice(first(0x0004));
    out.extend_from_slice(first(0x000c));
    for record in &project.records {
        match record.id {
            0x000d => out.push(0x7b),
            // Sizes, names and version of a referenced project, up to the first zero byte, which the first size already has.
            0x000e => out.extend(project.body(record).iter().take_while(|&&b| b != 0)),
            _ => {}
        }
    }
    for text in texts(project)? {
        for line in lines(text) {
            if !is_attribute(line) {
                out.extend_from_slice(line);
            }
        }
    }
    Ok(out)
}

/// Attributes that Excel writes into every document module; a line that is exactly one of them is left out of the newest form.
const DEFAULTS: [&[u8]; 7] = [
    b"Attribute VB_Base = \"0{00020820-0000-0000-C000-000000000046}\"",
    b"Attribute VB_GlobalNameSpace = False",
    b"Attribute VB_Creatable = False",
    b"Attribute VB_PredeclaredId = True",
    b"Attribute VB_Exposed = True",
    b"Attribute VB_TemplateDerived = False",
    b"Attribute VB_Customizable = True",
];

/// V3ContentNormalizedData (2.4.2.5).
fn content_v3(project: &Project) -> Result<Vec<u8>, Trouble> {
    let mut out = Vec::new();
    let dir = project.dir.as_slice();
    let whole = |r: &Record| dir.get(r.whole.clone()).unwrap_or_default();
    let head = |r: &Record| whole(r).get(..6).unwrap_or_default();
    let end = project.records.iter().position(|r| r.id == 0x000f).unwrap_or(project.records.len());
    let (information, modules) = project.records.split_at(end);
    for record in information {
        let body = project.body(record);
        match record.id {
            0x0001 | 0x0003 | 0x0005 | 0x0040 | 0x0006 | 0x003d | 0x0007 => out.extend_from_slice(head(record)),
            // The version of compatibility, which older Excel does not write.
            0x004a => {}
            0x000d => registered(record.id, body, &mut out),
            0x000e | 0x002f | 0x0030 => {
                out.extend(record.id.to_le_bytes());
                out.extend_from_slice(body);
            }
            _ => out.extend_from_slice(whole(record)),
        }
    }
    for record in modules.iter().take_while(|r| r.id != 0x0019).filter(|r| matches!(r.id, 0x000f | 0x0013)) {
        out.extend_from_slice(head(record));
    }
    // Records of each module stand between its name and the next; the terminator closes the last.
    let groups = modules.split(|r| r.id == 0x0019).skip(1);
    for ((module, text), group) in project.modules.iter().zip(texts(project)?).zip(groups) {
        for record in group {
            let kept = match record.id {
                0x0021 => module.kind == ModuleKind::Procedural,
                0x0025 | 0x0028 => true,
                _ => false,
            };
            if kept {
                out.extend_from_slice(whole(record));
            }
        }
        let mut any = false;
        for line in lines(text) {
            if is_attribute(line) && (starts(line, b"attribute vb_name = ") || DEFAULTS.contains(&line)) {
                continue;
            }
            out.extend_from_slice(line);
            out.push(b'\n');
            any = true;
        }
        if any {
            out.extend_from_slice(module.name_unicode.as_deref().unwrap_or(&module.name_bytes));
            out.push(b'\n');
        }
    }
    if let Some(terminator) = project.records.last().filter(|r| r.id == 0x0010) {
        out.extend_from_slice(head(terminator));
    }
    Ok(out)
}

/// A reference to a registered library: its name widened to two bytes a letter, without the record's own size field.
fn registered(id: u16, body: &[u8], out: &mut Vec<u8>) {
    let length = u32_at(body, 0).unwrap_or_default();
    let end = usize::try_from(length).ok().and_then(|n| n.checked_add(4)).unwrap_or(body.len()).min(body.len());
    out.extend(id.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(body.get(4..end).unwrap_or_default().iter().flat_map(|&b| [b, 0]));
    out.extend_from_slice(body.get(end..).unwrap_or_default());
}

/// ProjectNormalizedData (2.4.2.6).
fn project_part(project: &Project, designers: &Designers<'_>, out: &mut Vec<u8>) -> Result<(), Trouble> {
    base_classes(project)?;
    for (key, value) in properties(&project.project_stream) {
        if key == b"BaseClass" {
            designers.append(value, out)?;
        }
        if ![&b"ID"[..], b"Document", b"CMG", b"DPB", b"GC"].contains(&key) {
            out.extend_from_slice(key);
            out.extend_from_slice(value);
        }
    }
    let mut section: &[u8] = &[];
    for line in lines(&project.project_stream) {
        if let Some(name) = section_name(line) {
            section = name;
            if name == HOST_EXTENDERS {
                out.extend_from_slice(name);
            }
        } else if section == HOST_EXTENDERS {
            out.extend_from_slice(line);
        }
    }
    Ok(())
}

const HOST_EXTENDERS: &[u8] = b"Host Extender Info";

fn section_name(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"[").and_then(|l| l.strip_suffix(b"]"))
}

/// The forms that the PROJECT stream names, in its order.
///
/// # Errors
/// There are more than a project may have modules.
fn base_classes(project: &Project) -> Result<Vec<&[u8]>, Trouble> {
    let named = properties(&project.project_stream).filter(|(key, _)| *key == b"BaseClass").map(|(_, value)| value);
    let names: Vec<&[u8]> = named.take(limits::MODULES + 1).collect();
    if names.len() > limits::MODULES {
        return Err(Trouble::TooLarge { what: "PROJECT".to_owned(), limit: limits::MODULES as u64 });
    }
    Ok(names)
}

/// `key=value` lines of the PROJECT stream before its first section; quotes around a value are taken off.
fn properties(stream: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    lines(stream).take_while(|line| section_name(line).is_none()).filter_map(|line| {
        let at = line.iter().position(|&b| b == b'=')?;
        let (key, value) = (line.get(..at)?, line.get(at + 1..)?);
        let bare = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\""));
        Some((key, bare.unwrap_or(value)))
    })
}

/// Lines without their ends: CR LF, CR or LF; nothing after the last end is no line.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(end) = rest.iter().position(|b| matches!(b, b'\r' | b'\n')) else {
            return Some(std::mem::take(&mut rest));
        };
        let (line, after) = rest.split_at(end);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.get(1..)).unwrap_or_default();
        Some(line)
    })
}

fn starts(line: &[u8], lower: &[u8]) -> bool {
    line.get(..lower.len()).is_some_and(|start| start.eq_ignore_ascii_case(lower))
}

fn is_attribute(line: &[u8]) -> bool {
    starts(line, b"attribute")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vba::{Module, records};

    #[test]
    fn lines_end_in_three_ways_and_a_last_empty_one_is_none() {
        let cut = |text: &'static [u8]| lines(text).collect::<Vec<_>>();
        assert_eq!(cut(b"a\r\nb\rc\nd"), [&b"a"[..], b"b", b"c", b"d"]);
        assert_eq!(cut(b"a\r\n\r\n"), [&b"a"[..], b""]);
        assert_eq!(cut(b"\n\ra"), [&b""[..], b"", b"a"]);
        assert!(cut(b"").is_empty());
    }

    #[test]
    fn properties_end_at_the_first_section() {
        let stream = b"ID=\"{1}\"\r\nName=\"A=B\"\r\nHelp=\"\r\nnone\r\n\r\n[Host Extender Info]\r\n&H1=x\r\n";
        let found: Vec<_> = properties(stream).collect();
        assert_eq!(found, [(&b"ID"[..], &b"{1}"[..]), (b"Name", b"A=B"), (b"Help", b"\"")]);
    }

    fn record(id: u16, body: &[u8]) -> Vec<u8> {
        let size = if id == 9 { 4 } else { body.len() as u32 };
        [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat()
    }

    /// A project with every kind of reference and two modules, one of them empty but for attributes.
    fn project() -> Project {
        let libid = b"*\\G{1}#A";
        let registered = [&(libid.len() as u32).to_le_bytes()[..], libid, &[0; 6]].concat();
        let other = [&[3, 0, 0, 0][..], b"abc", &[3, 0, 0, 0], b"abc", &[1, 0, 0, 0, 2, 0]].concat();
        let dir: Vec<u8> = [
            record(0x01, &[3, 0, 0, 0]),
            record(0x4a, &[7, 0, 0, 0]),
            record(0x02, &[9, 4, 0, 0]),
            record(0x03, &[0xe4, 4]),
            record(0x04, b"Prj"),
            record(0x09, &[1, 0, 0, 0, 2, 0]),
            record(0x0c, b"X = 1"),
            record(0x3c, b"X\0"),
            record(0x16, b"ref"),
            record(0x3e, b"r\0"),
            record(0x0d, &registered),
            record(0x0e, &other),
            record(0x33, b"orig"),
            record(0x2f, b"twid"),
            record(0x30, b"ext"),
            record(0x0f, &[2, 0]),
            record(0x13, &[0xff, 0xff]),
            record(0x19, b"M1"),
            record(0x47, b"M\x001\0"),
            record(0x31, &[0, 0, 0, 0]),
            record(0x21, &[]),
            record(0x28, &[]),
            record(0x2b, &[]),
            record(0x19, b"M2"),
            record(0x22, &[]),
            record(0x25, &[]),
            record(0x2b, &[]),
            record(0x10, &[]),
        ]
        .concat();
        let (records, whole) = records(&dir);
        let module = |name: &[u8], unicode: Option<&[u8]>, kind, text: &[u8]| Module {
            name: String::from_utf8(name.to_vec()).unwrap(),
            name_bytes: name.to_vec(),
            name_unicode: unicode.map(<[u8]>::to_vec),
            stream: String::new(),
            kind,
            private: false,
            offset: 0,
            bytes: Vec::new(),
            text: Ok(text.to_vec()),
        };
        let first = b"Attribute VB_Name = \"M1\"\r\nATTRIBUTE VB_Description = \"d\"\r\nSub A()\r\n\r\nEnd Sub\r\n";
        let second = b"Attribute VB_Name = \"M2\"\r\nAttribute VB_Exposed = True\r\n";
        Project {
            root: String::new(),
            code_page: 1252,
            name: "Prj".to_owned(),
            dir,
            records,
            whole,
            project_stream:
                b"ID=\"{1}\"\r\nModule=M1\r\nName=\"Prj\"\r\nCMG=\"0\"\r\n\r\n[Host Extender Info]\r\n&H1=x\r\n\r\n\
                [Workspace]\r\nM1=0\r\n"
                    .to_vec(),
            modules: vec![
                module(b"M1", Some(b"M\x001\0"), ModuleKind::Procedural, first),
                module(b"M2", None, ModuleKind::Object, second),
            ],
        }
    }

    #[test]
    fn the_first_form_takes_names_references_and_lines_that_are_no_attributes() {
        assert_eq!(content(&project()).unwrap(), b"PrjX = 1\x7b\x03Sub A()End Sub");
    }

    #[test]
    fn the_newest_form_takes_the_records_in_their_order() {
        let project = project();
        let expected: Vec<u8> = [
            &[1, 0, 4, 0, 0, 0][..],
            &record(0x02, &[9, 4, 0, 0]),
            &[3, 0, 2, 0, 0, 0],
            &record(0x04, b"Prj"),
            &record(0x09, &[1, 0, 0, 0, 2, 0]),
            &record(0x0c, b"X = 1"),
            &record(0x3c, b"X\0"),
            &record(0x16, b"ref"),
            &record(0x3e, b"r\0"),
            &[0x0d, 0, 8, 0, 0, 0],
            b"*\0\\\0G\0{\x001\0}\0#\0A\0",
            &[0; 6],
            &[0x0e, 0, 3, 0, 0, 0],
            b"abc\x03\0\0\0abc\x01\0\0\0\x02\0",
            &record(0x33, b"orig"),
            b"\x2f\0twid",
            b"\x30\0ext",
            &[0x0f, 0, 2, 0, 0, 0],
            &[0x13, 0, 2, 0, 0, 0],
            &record(0x21, &[]),
            &record(0x28, &[]),
            b"ATTRIBUTE VB_Description = \"d\"\nSub A()\n\nEnd Sub\n",
            b"M\x001\0\n",
            &record(0x25, &[]),
            &record(0x10, &[]),
        ]
        .concat();
        assert_eq!(content_v3(&project).unwrap(), expected);
    }

    #[test]
    fn a_module_that_cannot_be_read_gives_no_hash_instead_of_a_wrong_one() {
        let mut project = project();
        project.modules[1].text = Err(Trouble::Missing("VBA/M2".to_owned()));
        assert_eq!(content(&project).unwrap_err().code(), "missing");
        assert_eq!(content_v3(&project).unwrap_err().code(), "missing");
    }
}
