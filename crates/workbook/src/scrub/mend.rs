//! A package or open document without what goes, and without a loose end: content types, relationships and references follow.

use super::binary;
use super::document::{attribute, elements};
use super::package::owner;
use super::{Finding, Fix, edited};
use crate::container::markup::{Markup, Token, local, unescaped, value};
use crate::container::{Archive, Package, Splice, pack};
use crate::fill::utf8;
use crate::trouble::Trouble;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

type Edits = BTreeMap<String, Vec<(Range<usize>, Vec<u8>)>>;

struct Plan {
    edits: Edits,
    dropped: BTreeSet<String>,
    replaced: BTreeMap<String, Vec<u8>>,
    headers: bool,
}

fn plan(due: &[Finding]) -> Plan {
    let mut plan = Plan { edits: BTreeMap::new(), dropped: BTreeSet::new(), replaced: BTreeMap::new(), headers: false };
    for finding in due {
        let part = finding.trace.part.clone();
        match &finding.fix {
            Fix::Nothing => {}
            Fix::Edit(range, new) => plan.edits.entry(part).or_default().push((range.clone(), new.clone())),
            Fix::Drop => {
                plan.dropped.insert(part);
            }
            Fix::Replace(new) => {
                plan.replaced.insert(part, new.clone());
            }
            Fix::Headers => plan.headers = true,
        }
    }
    plan
}

impl Plan {
    fn edit(&mut self, part: &str, range: Range<usize>, new: Vec<u8>) {
        self.edits.entry(part.to_owned()).or_default().push((range, new));
    }

    fn drops(&self, part: &str) -> bool {
        self.dropped.iter().any(|d| d.eq_ignore_ascii_case(part))
    }

    /// The copy; every part that is not named keeps its raw bytes.
    fn write(mut self, archive: &Archive<'_>) -> Result<Vec<u8>, Trouble> {
        let mut splice = Splice::new(archive);
        for entry in archive.entries() {
            let name = entry.name.replace('\\', "/");
            if self.drops(&name) {
                splice.remove(entry);
            } else if let Some(new) = self.replaced.remove(&name) {
                splice.replace(entry, pack(&new)?);
            } else if let Some(edits) = self.edits.remove(&name) {
                // Where a part of records stands in it is counted in bytes as they are.
                let held = archive.read(entry)?;
                let held = if name.to_lowercase().ends_with(".bin") { held } else { utf8(held) };
                splice.replace(entry, pack(&edited(&held, edits))?);
            }
        }
        if self.headers {
            splice.plain_headers();
        }
        splice.finish()
    }
}

/// A package without what is due.
pub(super) fn package(bytes: &[u8], due: &[Finding]) -> Result<Vec<u8>, Trouble> {
    let package = Package::open(bytes)?;
    let mut plan = plan(due);
    let names: Vec<String> = package.parts().map(|p| p.name.replace('\\', "/")).collect();
    // What belongs to a dropped part alone goes along: its relationships, and the parts of a revision or an item of XML beneath.
    for name in &names {
        if name.to_lowercase().ends_with(".rels") && plan.drops(&owner(name)) {
            plan.dropped.insert(name.clone());
        }
    }
    for rels in names.iter().filter(|n| n.to_lowercase().ends_with(".rels")) {
        if !plan.dropped.is_empty() && !plan.drops(rels) {
            mend_links(&package, rels, &mut plan)?;
        }
    }
    if !plan.dropped.is_empty() {
        mend_types(&package, &mut plan)?;
    }
    plan.write(package.archive())
}

/// Relationships to dropped parts go, and with them the references by their identifiers.
fn mend_links(package: &Package<'_>, rels: &str, plan: &mut Plan) -> Result<(), Trouble> {
    let of = owner(rels);
    let gone: Vec<String> = package
        .relationships(&of)?
        .into_iter()
        .filter(|l| !l.external && plan.drops(&l.target))
        .map(|l| l.id)
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let xml = utf8(package.read(rels)?);
    for element in elements(rels, &xml, &[b"Relationship"])? {
        if value(&xml, &element.tag, b"Id").is_some_and(|id| gone.contains(&id)) {
            plan.edit(rels, element.whole, Vec::new());
        }
    }
    if of.to_lowercase().ends_with(".bin") {
        for (range, new) in binary::without_printer(&package.read(&of)?, &gone) {
            plan.edit(&of, range, new);
        }
        return Ok(());
    }
    if of.is_empty() || !of.to_lowercase().ends_with(".xml") {
        return Ok(());
    }
    let xml = utf8(package.read(&of)?);
    let mut markup = Markup::new(&xml, 0);
    while let Some(token) = markup.next() {
        let Token::Open(tag) = token? else { continue };
        // Printer settings are named by an attribute that may be absent. The other parts that go are named by no element but their own.
        if local(&xml, &tag.name) == b"pageSetup"
            && let Some((whole, range)) = attribute(&xml, &tag, b"id")
            && gone.contains(&unescaped(xml.get(range).unwrap_or_default()))
        {
            plan.edit(&of, whole, Vec::new());
        }
    }
    Ok(())
}

/// Content types of dropped parts go; without its macros a workbook is one without macros.
fn mend_types(package: &Package<'_>, plan: &mut Plan) -> Result<(), Trouble> {
    let name = "[Content_Types].xml";
    let xml = utf8(package.read(name)?);
    let macros = plan.dropped.iter().any(|d| package.content_type(d) == Some("application/vnd.ms-office.vbaProject"));
    let document = package.document().unwrap_or_default();
    for element in elements(name, &xml, &[b"Override"])? {
        let part = value(&xml, &element.tag, b"PartName").unwrap_or_default();
        let part = part.trim_start_matches('/');
        if plan.drops(part) {
            plan.edit(name, element.whole, Vec::new());
        } else if macros && part.eq_ignore_ascii_case(&document) {
            let Some((_, range)) = attribute(&xml, &element.tag, b"ContentType") else { continue };
            let main = "application/vnd.openxmlformats-officedocument.spreadsheetml";
            let new = match unescaped(xml.get(range.clone()).unwrap_or_default()).as_str() {
                "application/vnd.ms-excel.sheet.macroEnabled.main+xml" => format!("{main}.sheet.main+xml"),
                "application/vnd.ms-excel.template.macroEnabled.main+xml" => format!("{main}.template.main+xml"),
                _ => continue,
            };
            plan.edit(name, range, new.into_bytes());
        }
    }
    Ok(())
}

/// An open document without what is due.
pub(super) fn open_document(bytes: &[u8], due: &[Finding]) -> Result<Vec<u8>, Trouble> {
    let archive = Archive::open(bytes)?;
    let mut plan = plan(due);
    let name = "META-INF/manifest.xml";
    if let Some(entry) = archive.find(name).filter(|_| !plan.dropped.is_empty()) {
        let xml = utf8(archive.read(entry)?);
        for element in elements(name, &xml, &[b"file-entry"])? {
            if value(&xml, &element.tag, b"full-path").is_some_and(|p| plan.drops(&p)) {
                plan.edit(name, element.whole, Vec::new());
            }
        }
    }
    plan.write(&archive)
}
