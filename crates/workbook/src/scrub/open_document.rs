//! An open document: its properties, its thumbnail, the printer in its settings, the authors of its comments.

use super::document::{attribute, elements, meta, text_of};
use super::{Finding, Fix, When, image, package};
use crate::container::Archive;
use crate::container::markup::{local, value};
use crate::fill::utf8;
use crate::trouble::Trouble;

pub(super) fn findings(bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let archive = Archive::open(bytes)?;
    let mut found = package::headers(&archive);
    for entry in archive.entries() {
        let name = entry.name.as_str();
        let looked = match name {
            "meta.xml" => meta(name, &utf8(archive.read(entry)?)),
            "settings.xml" => settings(name, &utf8(archive.read(entry)?)),
            "content.xml" => content(name, &utf8(archive.read(entry)?)),
            _ if name.starts_with("Thumbnails/") && !name.ends_with('/') => {
                Ok(vec![Finding::new(name, "thumbnail", String::new(), When::Always, Fix::Drop)])
            }
            _ if name.starts_with("Pictures/") => image::in_part(name, &archive.read(entry)?),
            _ if name.starts_with("Basic/") || name.starts_with("Scripts/") => {
                Ok(vec![Finding::told(name, "macro-project", String::new())])
            }
            "META-INF/documentsignatures.xml" => {
                let mut finding = Finding::new(name, "package-signature", String::new(), When::All, Fix::Drop);
                finding.trace.breaks_signature = true;
                Ok(vec![finding])
            }
            _ => Ok(Vec::new()),
        };
        found.extend(looked?);
    }
    Ok(found)
}

fn settings(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"config-item"])? {
        let name = value(xml, &element.tag, b"name").unwrap_or_default();
        if matches!(name.as_str(), "PrinterName" | "PrinterSetup" | "CurrentDatabaseDataSource") {
            let text = text_of(xml, &element.inside);
            if !text.trim().is_empty() {
                found.push(Finding::new(part, "printer", text, When::Always, Fix::Edit(element.inside, Vec::new())));
            }
        }
    }
    Ok(found)
}

fn content(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"annotation", b"creator", b"date", b"table"])? {
        let within = element.within.iter().any(|w| w == b"annotation");
        let text = text_of(xml, &element.inside);
        let emptied = |range: &std::ops::Range<usize>| Fix::Edit(range.clone(), Vec::new());
        match local(xml, &element.tag.name) {
            b"annotation" => found.push(Finding::new(part, "comment", text, When::All, emptied(&element.whole))),
            b"creator" if within => {
                found.push(Finding::new(part, "comment-author", text, When::Always, emptied(&element.whole)));
            }
            b"date" if within => found.push(Finding::new(part, "time", text, When::Always, emptied(&element.whole))),
            b"table" if attribute(xml, &element.tag, b"display").is_some() => {
                let name = value(xml, &element.tag, b"name").unwrap_or_default();
                found.push(Finding::told(part, "hidden-sheet", name));
            }
            _ => {}
        }
    }
    Ok(found)
}
