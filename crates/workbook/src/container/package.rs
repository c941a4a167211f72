//! An OPC package (ECMA-376 part 2): parts, their content types, and the relationships by which they find each other.

use super::{Archive, Entry};
use crate::limits;
use crate::trouble::Trouble;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A link from one part, or from the package itself, to another part or to something outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// Identifier within its part.
    pub id: String,
    /// Type, a URI.
    pub kind: String,
    /// Name of the part without leading slash; as written where it points outside.
    pub target: String,
    /// True when it points outside the package.
    pub external: bool,
}

/// A package over an archive.
#[derive(Debug)]
pub struct Package<'b> {
    archive: Archive<'b>,
    defaults: BTreeMap<String, String>,
    overrides: BTreeMap<String, String>,
}

impl<'b> Package<'b> {
    /// Reads the content types of a package.
    ///
    /// # Errors
    /// The bytes are no archive, or it has no readable `[Content_Types].xml`.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let archive = Archive::open(bytes)?;
        let name = "[Content_Types].xml";
        let entry = archive.find(name).cloned().ok_or_else(|| Trouble::Missing(name.to_owned()))?;
        let xml = archive.read(&entry)?;
        let (mut defaults, mut overrides) = (BTreeMap::new(), BTreeMap::new());
        elements(name, &xml, |element| {
            let kind = attribute(element, "ContentType");
            match (element.local_name().as_ref(), kind) {
                ("Default", Some(kind)) => {
                    if let Some(ending) = attribute(element, "Extension") {
                        defaults.insert(ending.to_lowercase(), kind);
                    }
                }
                ("Override", Some(kind)) => {
                    if let Some(part) = attribute(element, "PartName") {
                        overrides.insert(part.trim_start_matches('/').to_lowercase(), kind);
                    }
                }
                _ => {}
            }
        })?;
        Ok(Self { archive, defaults, overrides })
    }

    /// The archive beneath.
    pub fn archive(&self) -> &Archive<'b> {
        &self.archive
    }

    /// Names of all parts, as the archive has them, in its order; folders and the content types are left out.
    pub fn parts(&self) -> impl Iterator<Item = &Entry> {
        self.archive.entries().iter().filter(|e| !e.name.ends_with('/') && e.name != "[Content_Types].xml")
    }

    /// Content type of a part.
    pub fn content_type(&self, part: &str) -> Option<&str> {
        let part = part.trim_start_matches('/').to_lowercase();
        let ending = part.rsplit_once('.').map_or("", |(_, e)| e);
        self.overrides.get(&part).or_else(|| self.defaults.get(ending)).map(String::as_str)
    }

    /// Bytes of a part.
    ///
    /// # Errors
    /// It is not there or cannot be unpacked.
    pub fn read(&self, part: &str) -> Result<Vec<u8>, Trouble> {
        let entry = self.archive.find(part).ok_or_else(|| Trouble::Missing(part.to_owned()))?;
        self.archive.read(entry)
    }

    /// Relationships of a part, or of the package itself for an empty name; none where there is no such part.
    ///
    /// # Errors
    /// The part of relationships is there but cannot be read.
    pub fn relationships(&self, of: &str) -> Result<Vec<Relationship>, Trouble> {
        let of = of.trim_start_matches('/');
        let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
        let part = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let Some(entry) = self.archive.find(&part) else { return Ok(Vec::new()) };
        let xml = self.archive.read(entry)?;
        let mut found = Vec::new();
        elements(&part, &xml, |element| {
            if element.local_name().as_ref() != "Relationship" {
                return;
            }
            let external = attribute(element, "TargetMode").is_some_and(|m| m.eq_ignore_ascii_case("external"));
            let target = attribute(element, "Target").unwrap_or_default();
            found.push(Relationship {
                id: attribute(element, "Id").unwrap_or_default(),
                kind: attribute(element, "Type").unwrap_or_default(),
                target: if external { target } else { resolve(folder, &target) },
                external,
            });
        })?;
        Ok(found)
    }

    /// The part that the package names as its document.
    pub fn document(&self) -> Option<String> {
        let found = self.relationships("").ok()?;
        found.into_iter().find(|r| !r.external && r.kind.ends_with("/officeDocument")).map(|r| r.target)
    }
}

/// A target against the folder of its part.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default().replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            other => steps.push(other),
        }
    }
    steps.retain(|s| !s.is_empty());
    steps.join("/")
}

/// Calls `each` for every opening element of a part; the depth is bounded, entities are not expanded, DTDs are skipped.
pub(crate) fn elements(part: &str, xml: &[u8], mut each: impl FnMut(&BytesStart<'_>)) -> Result<(), Trouble> {
    let xml = text(xml);
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth = depth.saturating_add(1);
                if depth > limits::DEPTH {
                    return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::DEPTH as u64 });
                }
                each(&element);
            }
            Ok(Event::Empty(element)) => each(&element),
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(Trouble::malformed(part, "its XML is broken")),
        }
    }
}

/// A part in XML as text: UTF-8, or UTF-16 where its mark says so; what is neither is replaced, not refused.
pub(crate) fn text(xml: &[u8]) -> Cow<'_, str> {
    match xml {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE.decode_with_bom_removal(xml).0,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE.decode_with_bom_removal(xml).0,
        _ => encoding_rs::UTF_8.decode_with_bom_removal(xml).0,
    }
}

/// Value of an attribute by its local name, with the five predefined entities and character references resolved.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), Cow::into_owned))
}
