//! Given names looked for in every corner of a file: its raw bytes, members of archives, streams of compound files, files within files,
//! texts joined over their runs, sources of macros. What could not be looked into is told.

use super::keys::product_keys;
use crate::container::markup::{Markup, Token, attributes, local, unescaped};
use crate::container::{Archive, MAGIC, Ole, text, u16_at};
use crate::fill::unescape;
use crate::limits;
use crate::vba::{Project, decode};
use aho_corasick::AhoCorasick;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;

/// Letters that a name must have to be looked for; shorter ones stand everywhere.
pub const SHORTEST: usize = 3;
/// Hits that are told; there may be more.
pub const MOST_HITS: usize = 10_000;
/// Files within files that are opened.
const DEPTH: usize = 4;
/// Hits of one name in one part that are told.
const PER_PART: usize = 20;

/// How a name was written where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8 or plain letters.
    Utf8,
    /// UTF-16, low byte first.
    Utf16,
    /// UTF-16, high byte first.
    Utf16Big,
    /// One byte a letter, as in Windows-1252.
    Latin,
    /// Text of a part in XML, its references resolved, its runs joined; without offset.
    Joined,
    /// Source of a macro, unpacked; without offset.
    Macro,
}

/// A name that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hit {
    /// Part, its containers before it, parted by `!`; empty for the file's own bytes.
    pub part: String,
    /// Byte of that part, unpacked; absent where the text was joined or unpacked further.
    pub offset: Option<usize>,
    /// Which of the given names.
    pub needle: usize,
    /// How it was written.
    pub encoding: Encoding,
}

/// What a search found, and what it could not do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Sorted.
    pub hits: Vec<Hit>,
    /// Product keys, known by their shape: the part, and the last group alone. Sorted.
    pub keys: Vec<(String, String)>,
    /// Names too short to look for.
    pub too_short: Vec<usize>,
    /// Parts that could not be looked into: encrypted, broken, too large or nested too deep.
    pub unread: Vec<String>,
    /// True when there are more hits than are told.
    pub more: bool,
}

/// Looks for names, letter case left aside, and for product keys. A file in which nothing is found and nothing is left unread does not hold them in any form
/// known here; a name within a picture, or in base64, is not seen.
pub fn search(bytes: &[u8], needles: &[String]) -> Found {
    let mut found = Found::default();
    let mut patterns: BTreeMap<Vec<u8>, (usize, Encoding)> = BTreeMap::new();
    for (index, needle) in needles.iter().enumerate() {
        let needle = needle.trim();
        if needle.chars().count() < SHORTEST {
            found.too_short.push(index);
            continue;
        }
        for form in [needle.to_owned(), needle.to_lowercase(), needle.to_uppercase()] {
            let mut add = |bytes: Vec<u8>, encoding| {
                patterns.entry(bytes.to_ascii_lowercase()).or_insert((index, encoding));
            };
            add(form.clone().into_bytes(), Encoding::Utf8);
            add(form.encode_utf16().flat_map(u16::to_le_bytes).collect(), Encoding::Utf16);
            add(form.encode_utf16().flat_map(u16::to_be_bytes).collect(), Encoding::Utf16Big);
            let (latin, _, lost) = encoding_rs::WINDOWS_1252.encode(&form);
            if !lost {
                add(latin.into_owned(), Encoding::Latin);
            }
        }
    }
    let (forms, meanings): (Vec<Vec<u8>>, Vec<(usize, Encoding)>) = patterns.into_iter().unzip();
    let Ok(machine) = AhoCorasick::builder().ascii_case_insensitive(true).build(&forms) else {
        found.unread.push(String::new());
        return found;
    };
    let mut seeker = Seeker { machine, meanings, found, left: limits::PACKAGE };
    seeker.look("", bytes, DEPTH);
    let mut found = seeker.found;
    found.hits.sort();
    found.hits.dedup();
    found.keys.sort();
    found.keys.dedup();
    found.unread.sort();
    found.unread.dedup();
    found
}

struct Seeker {
    machine: AhoCorasick,
    meanings: Vec<(usize, Encoding)>,
    found: Found,
    left: u64,
}

impl Seeker {
    /// Looks into bytes and all that they hold.
    fn look(&mut self, part: &str, bytes: &[u8], depth: usize) {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            self.found.unread.push(part.to_owned());
            return;
        };
        self.left = left;
        self.scan(part, bytes, None);
        let holds = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&MAGIC);
        if holds && depth == 0 {
            self.found.unread.push(part.to_owned());
        } else if bytes.starts_with(b"PK\x03\x04") {
            self.archive(part, bytes, depth - 1);
        } else if bytes.starts_with(&MAGIC) {
            self.compound(part, bytes, depth - 1);
        } else if memchr::memmem::find(bytes.get(..1024.min(bytes.len())).unwrap_or_default(), b"%PDF-").is_some() {
            self.streams(part, bytes);
        } else if is_markup(bytes) {
            let xml = text(bytes);
            let (joined, whole) = joined(xml.as_bytes());
            if !whole {
                self.found.unread.push(part.to_owned());
            }
            self.scan(part, joined.as_bytes(), Some(Encoding::Joined));
        }
    }

    fn archive(&mut self, part: &str, bytes: &[u8], depth: usize) {
        let Ok(archive) = Archive::open(bytes) else {
            self.found.unread.push(part.to_owned());
            return;
        };
        for entry in archive.entries() {
            let name = within(part, &entry.name);
            match archive.read(entry) {
                Ok(inner) => self.look(&name, &inner, depth),
                Err(_) => self.found.unread.push(name),
            }
        }
    }

    fn compound(&mut self, part: &str, bytes: &[u8], depth: usize) {
        let Ok(ole) = Ole::open(bytes) else {
            self.found.unread.push(part.to_owned());
            return;
        };
        if ole.is_damaged() || ole.find("EncryptedPackage").is_some() {
            self.found.unread.push(part.to_owned());
        }
        for entry in ole.entries() {
            let name = within(part, &entry.path);
            let inner = ole.read(entry);
            if matches!(entry.name.as_str(), "Workbook" | "Book") {
                self.records(&name, &inner);
            }
            self.look(&name, &inner, depth);
        }
        for root in Project::roots(&ole) {
            let name = within(part, &format!("{root}/VBA"));
            let Ok(project) = Project::open(&ole, &root) else {
                self.found.unread.push(name);
                continue;
            };
            self.scan(&name, decode(project.code_page, &project.dir).as_bytes(), Some(Encoding::Macro));
            self.scan(&name, &project.dir, Some(Encoding::Macro));
            for module in &project.modules {
                let name = format!("{name}/{}", module.name);
                if module.text.is_err() {
                    self.found.unread.push(name.clone());
                }
                self.scan(&name, module.source(project.code_page).as_bytes(), Some(Encoding::Macro));
            }
        }
    }

    /// Strings of a BIFF8 workbook that run over from record to record; each piece begins with a byte that tells its kind.
    fn records(&mut self, part: &str, bytes: &[u8]) {
        let (mut at, mut joined, mut shared) = (0_usize, Vec::new(), false);
        while let (Some(id), Some(length)) = (u16_at(bytes, at), u16_at(bytes, at.saturating_add(2))) {
            let Some(body) = bytes.get(at + 4..at + 4 + usize::from(length)) else { break };
            match id {
                0x002f => self.found.unread.push(part.to_owned()),
                0x003c if shared => joined.extend_from_slice(body.get(1..).unwrap_or_default()),
                _ => shared = id == 0x00fc,
            }
            if id == 0x00fc {
                joined.extend_from_slice(body);
            }
            at += 4 + usize::from(length);
        }
        self.scan(part, &joined, Some(Encoding::Joined));
    }

    /// Packed streams of a PDF.
    fn streams(&mut self, part: &str, bytes: &[u8]) {
        for (number, at) in memchr::memmem::find_iter(bytes, b"stream").enumerate() {
            let before = at.checked_sub(3).and_then(|b| bytes.get(b..at));
            if before == Some(b"end") || self.left == 0 {
                continue;
            }
            let rest = bytes.get(at + 6..).unwrap_or_default();
            let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
            let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            let mut out = Vec::new();
            let limit = limits::PART.min(self.left);
            let _ = flate2::read::ZlibDecoder::new(rest).take(limit).read_to_end(&mut out);
            self.left = self.left.saturating_sub(out.len() as u64);
            self.scan(&within(part, &format!("stream {number}")), &out, None);
        }
        if memchr::memmem::find(bytes, b"/Encrypt").is_some() {
            self.found.unread.push(part.to_owned());
        }
    }

    fn scan(&mut self, part: &str, bytes: &[u8], as_one: Option<Encoding>) {
        for key in product_keys(bytes).into_iter().take(PER_PART) {
            self.found.keys.push((part.to_owned(), key));
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for hit in self.machine.find_overlapping_iter(bytes) {
            let Some(&(needle, encoding)) = self.meanings.get(hit.pattern().as_usize()) else { continue };
            let count = counts.entry(needle).or_default();
            *count += 1;
            if *count > PER_PART || self.found.hits.len() >= MOST_HITS {
                self.found.more = true;
                continue;
            }
            // What was seen in the raw bytes of the part is not told again.
            if as_one.is_some() && self.found.hits.iter().rev().any(|h| h.part == part && h.needle == needle) {
                continue;
            }
            self.found.hits.push(Hit {
                part: part.to_owned(),
                offset: as_one.is_none().then(|| hit.start()),
                needle,
                encoding: as_one.unwrap_or(encoding),
            });
        }
    }
}

fn within(part: &str, name: &str) -> String {
    if part.is_empty() { name.to_owned() } else { format!("{part}!{name}") }
}

fn is_markup(bytes: &[u8]) -> bool {
    let head = bytes.get(..64.min(bytes.len())).unwrap_or_default();
    let wide = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    wide || head.trim_ascii_start().starts_with(b"<")
}

/// The text of a part: runs joined, what stands in other elements parted, references resolved; after it the attributes that hold any.
/// False beside it where the markup breaks off: what follows was searched as raw bytes only.
fn joined(xml: &[u8]) -> (String, bool) {
    let mut out = String::new();
    let mut aside = String::new();
    let mut markup = Markup::new(xml, 0);
    let mut whole = true;
    while let Some(token) = markup.next() {
        let Ok(token) = token else {
            whole = false;
            break;
        };
        match token {
            Token::Text { inside, raw } => {
                let bytes = xml.get(inside).unwrap_or_default();
                // Line breaks between elements are the writer's, not the text's.
                if bytes.contains(&b'\n') && bytes.trim_ascii().is_empty() {
                    continue;
                }
                if raw {
                    out.push_str(&String::from_utf8_lossy(bytes));
                } else {
                    out.push_str(&unescaped(bytes));
                }
            }
            // Between runs stands nothing that a reader sees.
            Token::Close { name, .. } if !RUNS.contains(&local(xml, &name)) => out.push('\n'),
            Token::Close { .. } => {}
            Token::Open(tag) => {
                for (_, range) in attributes(xml, &tag) {
                    let value = xml.get(range).unwrap_or_default();
                    if memchr::memchr2(b'&', b'_', value).is_some() {
                        aside.push_str(&unescaped(value));
                        aside.push('\n');
                    }
                }
            }
        }
    }
    out.push_str(&aside);
    (unescape(&out), whole)
}

/// Elements that part a text into runs without parting its words: of strings, drawings, documents, open documents and notes.
const RUNS: [&[u8]; 12] = [b"r", b"t", b"rPr", b"span", b"a", b"font", b"b", b"i", b"u", b"sz", b"rFont", b"color"];
