//! Objects carried within a file: their class, the name they were packed under, and what their bytes really are.

use super::binary::{Bytes, narrow, wide};
use super::found::Found;
use super::moniker::moniker;
use super::{Carried, LinkKind};
use crate::container::{MAGIC, Ole, OleEntry, OleKind, u32_at};
use crate::limits;
use crate::trouble::Trouble;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Classes that the registry of Windows would name (as `class  name`).
const CLASSES: &str = include_str!("../../data/classes.tsv");

/// A class identifier as it is written.
pub(super) fn guid(class: &[u8; 16]) -> String {
    let [a, b, c, d, e, f, g, h, tail @ ..] = *class;
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02X}")).collect::<String>();
    let (first, second) = tail.split_at(2);
    format!("{{{}-{}-{}-{}-{}}}", hex(&[d, c, b, a]), hex(&[f, e]), hex(&[h, g]), hex(first), hex(second))
}

/// Name of a class, if it is known; braces and letter case do not matter.
pub(super) fn class_name(class: &str) -> Option<&'static str> {
    let wanted = class.trim_matches(['{', '}']);
    let mut rows = CLASSES.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t'));
    rows.find(|(id, _)| id.eq_ignore_ascii_case(wanted)).map(|(_, name)| name)
}

/// A compound file with its streams found by storage and name, and how much of them may still be read: many entries can claim the same
/// sectors.
struct Streams<'o, 'b> {
    ole: &'o Ole<'b>,
    by_name: BTreeMap<(u32, &'o str), &'o OleEntry>,
    left: Cell<u64>,
}

impl<'o, 'b> Streams<'o, 'b> {
    fn new(ole: &'o Ole<'b>) -> Self {
        let streams = ole.entries().iter().rev().filter(|e| e.id != 0 && e.kind == OleKind::Stream);
        let by_name = streams.map(|e| ((e.parent, e.name.as_str()), e)).collect();
        Self { ole, by_name, left: Cell::new(limits::PACKAGE) }
    }

    fn has(&self, storage: &OleEntry, name: &str) -> bool {
        self.by_name.contains_key(&(storage.id, name))
    }

    fn read(&self, storage: &OleEntry, name: &str) -> Option<Vec<u8>> {
        let entry = self.by_name.get(&(storage.id, name))?;
        let left = self.left.get().saturating_sub(entry.size);
        self.left.set(left);
        (left > 0).then_some(())?;
        Some(self.ole.read(entry))
    }
}

/// Storages of a compound file that hold objects, by the names that Office gives them.
pub(super) fn storages(ole: &Ole<'_>, found: &mut Found) {
    let pools: BTreeSet<u32> = ole.entries().iter().filter(|e| e.name == "ObjectPool").map(|e| e.id).collect();
    let streams = Streams::new(ole);
    for entry in ole.entries() {
        let own = entry.kind == OleKind::Storage && entry.id != 0;
        if own && (entry.name.starts_with("MBD") || entry.name.starts_with("LNK") || pools.contains(&entry.parent)) {
            storage(&streams, entry, &entry.path, None, found);
        }
    }
    if streams.left.get() == 0 {
        found.trouble(Trouble::TooLarge { what: "embedded objects".to_owned(), limit: limits::PACKAGE });
    }
}

/// An embedded part of a package: an object within a compound file, or a file as it is.
pub(super) fn part(bytes: &[u8], part: &str, program: Option<&str>, found: &mut Found) {
    match Ole::open(bytes) {
        Ok(ole) => match ole.entries().first() {
            Some(root) => storage(&Streams::new(&ole), root, part, program, found),
            None => plain(bytes, part, program, found),
        },
        Err(_) => plain(bytes, part, program, found),
    }
}

fn plain(bytes: &[u8], part: &str, program: Option<&str>, found: &mut Found) {
    let name = part.rsplit('/').next().unwrap_or(part);
    let target = program.map_or_else(|| name.to_owned(), |p| format!("{p} \"{name}\""));
    found.carried(LinkKind::EmbeddedObject, part, target, Some(kind(name, bytes)));
}

fn storage(streams: &Streams<'_, '_>, storage: &OleEntry, part: &str, program: Option<&str>, found: &mut Found) {
    let child = |name: &str| streams.read(storage, name);
    if let Some(target) = child("\u{1}Ole").as_deref().and_then(link) {
        found.link(LinkKind::OleLink, part, target);
        if !["\u{1}Ole10Native", "Package", "CONTENTS"].into_iter().any(|n| streams.has(storage, n)) {
            return;
        }
    }
    let class = program.map(str::to_owned).or_else(|| {
        let number = guid(&storage.class);
        let compound = child("\u{1}CompObj").as_deref().and_then(compound_class);
        let named = class_name(&number).map(str::to_owned);
        named.or(compound).or_else(|| (storage.class != [0; 16]).then_some(number))
    });
    let class = class.unwrap_or_else(|| "?".to_owned());
    if let Some(native) = child("\u{1}Ole10Native") {
        let (names, bytes) = native_parts(&native);
        let shown: Vec<String> = names.iter().map(|n| format!("\"{n}\"")).collect();
        let carried = names.iter().map(|n| kind(n, bytes)).min().unwrap_or_else(|| kind("", bytes));
        found.carried(
            LinkKind::EmbeddedObject,
            part,
            format!("{class} {}", shown.join(" ")).trim_end().to_owned(),
            Some(carried),
        );
        return;
    }
    let carried = match child("Package").or_else(|| child("CONTENTS")) {
        Some(bytes) => kind("", &bytes),
        None if ["Workbook", "Book", "WordDocument", "PowerPoint Document"]
            .into_iter()
            .any(|n| streams.has(storage, n)) =>
        {
            Carried::Office
        }
        None => Carried::Unknown,
    };
    found.carried(LinkKind::EmbeddedObject, part, class, Some(carried));
}

/// What the `\1Ole` stream of a linked object points to (MS-OLEDS 2.3.3); `None` for an embedded one.
fn link(bytes: &[u8]) -> Option<String> {
    let mut rest = Bytes::new(bytes);
    rest.u32()?;
    if rest.u32()? & 1 == 0 {
        return None;
    }
    rest.take(8)?;
    let reserved = rest.len32()?;
    rest.take(reserved)?;
    let relative = rest.len32()?;
    let relative = rest.take(relative).unwrap_or_default();
    let absolute = rest.len32().and_then(|n| rest.take(n)).unwrap_or_default();
    let read = |bytes: &[u8]| moniker(&mut Bytes::new(bytes), 0);
    read(absolute).or_else(|| read(relative)).or_else(|| Some("?".to_owned()))
}

/// Program or type name in a `\1CompObj` stream (MS-OLEDS 2.3.8).
fn compound_class(bytes: &[u8]) -> Option<String> {
    let mut rest = Bytes::new(bytes);
    rest.take(28)?;
    let mut text = || {
        let size = rest.len32()?;
        Some(narrow(rest.take(size)?).trim_end_matches('\0').to_owned())
    };
    let user_type = text()?;
    match rest.u32() {
        Some(0xffff_ffff | 0xffff_fffe) => rest.take(4).map(|_| ()),
        Some(size) => usize::try_from(size).ok().and_then(|n| rest.take(n)).map(|_| ()),
        None => None,
    };
    let program = rest.len32().and_then(|n| rest.take(n)).map(|b| narrow(b).trim_end_matches('\0').to_owned());
    program.filter(|p| !p.is_empty() && p.len() < 64).or(Some(user_type)).filter(|t| !t.is_empty())
}

/// The names an object was packed under, and its bytes. The last name wins on disk, so all are told.
fn native_parts(bytes: &[u8]) -> (Vec<String>, &[u8]) {
    let whole = || -> Option<(Vec<String>, &[u8])> {
        let mut rest = Bytes::new(bytes.get(4..)?);
        rest.u16().filter(|flags| *flags == 2)?;
        let zero = |rest: &mut Bytes<'_>| {
            let size = rest.rest().iter().position(|b| *b == 0)?;
            let text = rest.take(size).map(|b| crate::vba::decode(1252, b));
            rest.u8()?;
            text
        };
        let (label, path) = (zero(&mut rest)?, zero(&mut rest)?);
        rest.take(4)?;
        let size = rest.len32()?;
        let command = crate::vba::decode(1252, rest.take(size)?).trim_end_matches('\0').to_owned();
        let size = rest.len32()?.min(rest.rest().len());
        let data = rest.take(size)?;
        let mut names = vec![label, path, command];
        // The same three in UTF-16, which the packager prefers.
        for _ in 0..3 {
            let Some(text) = rest.len32().and_then(|n| rest.take(n.checked_mul(2)?)) else { break };
            names.push(wide(text));
        }
        Some((names, data))
    };
    let Some((names, data)) = whole() else { return (Vec::new(), bytes.get(4..).unwrap_or_default()) };
    let mut told: Vec<String> = Vec::new();
    for name in names {
        let name = name.rsplit(['\\', '/']).next().unwrap_or_default().to_owned();
        if !name.is_empty() && !told.contains(&name) {
            told.push(name);
        }
    }
    (told, data)
}

/// What bytes are: by how they begin, else by the name they would be opened under.
pub(super) fn kind(name: &str, bytes: &[u8]) -> Carried {
    const PROGRAMS: [&str; 9] = ["com", "cpl", "dll", "exe", "msi", "msp", "ocx", "pif", "scr"];
    const SCRIPTS: [&str; 27] = [
        "application",
        "bat",
        "chm",
        "cmd",
        "diagcab",
        "hta",
        "htm",
        "html",
        "inf",
        "iqy",
        "jar",
        "js",
        "jse",
        "mht",
        "mshta",
        "ps1",
        "psm1",
        "reg",
        "sct",
        "settingcontent-ms",
        "slk",
        "svg",
        "url",
        "vbe",
        "vbs",
        "wsf",
        "wsh",
    ];
    const OFFICE: [&str; 18] = [
        "accdb", "doc", "docm", "docx", "dotm", "mdb", "ods", "odt", "pps", "ppt", "pptm", "pptx", "rtf", "xla",
        "xlam", "xls", "xlsb", "xlsm",
    ];
    let ending =
        name.trim_end_matches(['.', ' ', '\0']).rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
    let ending = ending.as_str();
    if bytes.starts_with(b"MZ") || bytes.starts_with(b"\x7fELF") || PROGRAMS.contains(&ending) {
        Carried::Program
    } else if SCRIPTS.contains(&ending) || bytes.starts_with(b"#!") {
        Carried::Script
    } else if ending == "lnk" || bytes.starts_with(&[0x4c, 0, 0, 0, 1, 0x14, 2, 0]) {
        Carried::Shortcut
    } else if OFFICE.contains(&ending) || ending == "xlsx" || bytes.starts_with(&MAGIC) || bytes.starts_with(b"{\\rt") {
        Carried::Office
    } else if bytes.starts_with(b"PK") {
        let office = bytes.windows(19).take(4_096).any(|w| w == b"[Content_Types].xml");
        if office { Carried::Office } else { Carried::Archive }
    } else if bytes.starts_with(b"Rar!")
        || bytes.starts_with(b"7z\xbc\xaf")
        || bytes.starts_with(b"MSCF")
        || u32_at(bytes, 0) == Some(0x0403_4b50)
    {
        Carried::Archive
    } else if bytes.starts_with(b"%PDF")
        || bytes.starts_with(b"\x89PNG")
        || bytes.starts_with(b"BM")
        || bytes.starts_with(&[0xff, 0xd8])
        || ending == "txt"
    {
        Carried::Document
    } else {
        Carried::Unknown
    }
}
