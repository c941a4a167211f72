//! A package of Office Open XML, part by part, as its relationships tell what each part is.

use super::{Finding, Fix, When, binary, document, image, sheets};
use crate::container::{Archive, Ole, Package, u16_at};
use crate::fill::utf8;
use crate::trouble::Trouble;
use crate::vba::{Project, decode};
use std::collections::BTreeMap;

/// All that a package tells.
pub(super) fn findings(bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let package = Package::open(bytes)?;
    let mut found = headers(package.archive());
    for (part, kind) in kinds(&package)? {
        match look(&package, &part, &kind) {
            Ok(findings) => found.extend(findings),
            // What cannot be read is told, not passed over.
            Err(trouble) => found.push(Finding::told(&part, "not-read", trouble.code())),
        }
    }
    Ok(found)
}

/// Parts by name with the last piece of the relationship that leads to them; a part that none leads to has its content type.
fn kinds(package: &Package<'_>) -> Result<BTreeMap<String, String>, Trouble> {
    let mut kinds: BTreeMap<String, String> = BTreeMap::new();
    let names: Vec<String> = package.parts().map(|p| p.name.replace('\\', "/")).collect();
    let lower: BTreeMap<String, &String> = names.iter().rev().map(|n| (n.to_ascii_lowercase(), n)).collect();
    for rels in names.iter().filter(|n| n.to_lowercase().ends_with(".rels")) {
        kinds.insert(rels.clone(), "relationships".to_owned());
        let of = owner(rels);
        for link in package.relationships(&of)?.into_iter().filter(|l| !l.external) {
            let kind = link.kind.rsplit('/').next().unwrap_or_default().to_owned();
            if let Some(name) = lower.get(&link.target.to_ascii_lowercase()) {
                kinds.entry((*name).clone()).or_insert(kind);
            }
        }
    }
    for name in &names {
        let kind = package.content_type(name).unwrap_or_default().to_owned();
        kinds.entry(name.clone()).or_insert(kind);
    }
    Ok(kinds)
}

/// The part that a part of relationships belongs to; empty for the package's own.
pub(super) fn owner(rels: &str) -> String {
    let name = rels.rsplit('/').next().unwrap_or(rels);
    let folder = rels.get(..rels.len() - name.len()).unwrap_or_default();
    let folder = folder.strip_suffix("_rels/").unwrap_or(folder);
    let name = name.get(..name.len().saturating_sub(5)).unwrap_or_default();
    format!("{folder}{name}")
}

/// Times and comments in the archive's own headers.
pub(super) fn headers(archive: &Archive<'_>) -> Vec<Finding> {
    let bytes = archive.bytes();
    let mut found = Vec::new();
    let mut told = false;
    for entry in archive.entries() {
        let at = entry.record.start;
        let (time, date) = (u16_at(bytes, at + 12).unwrap_or(0), u16_at(bytes, at + 14).unwrap_or(0));
        // Office itself writes 1980-01-01 00:00.
        if (time, date) != (0, 0x21) && date != 0 && !told {
            told = true;
            let text = format!(
                "{:04}-{:02}-{:02} {:02}:{:02}",
                1980 + (date >> 9),
                date >> 5 & 15,
                date & 31,
                time >> 11,
                time >> 5 & 63
            );
            found.push(Finding::new("zip", "time", text, When::Always, Fix::Headers));
        }
    }
    let comment = bytes.get(archive.end() + 22..).unwrap_or_default();
    if !comment.is_empty() {
        found.push(Finding::new("zip", "text", String::from_utf8_lossy(comment), When::Always, Fix::Headers));
    }
    found
}

fn look(package: &Package<'_>, part: &str, kind: &str) -> Result<Vec<Finding>, Trouble> {
    let xml = || package.read(part).map(utf8);
    let gone = |code, when| Ok(vec![Finding::new(part, code, String::new(), when, Fix::Drop)]);
    let records = part.to_lowercase().ends_with(".bin");
    match kind {
        "officeDocument" if records => Ok(binary::workbook(part, &package.read(part)?)),
        "worksheet" if records => Ok(binary::sheet(part, &package.read(part)?)),
        "comments" if records => Ok(binary::comments(part, &package.read(part)?)),
        // Their records are many and tell where data came from; that they are there is told.
        "connections" | "externalLink" | "pivotCacheDefinition" if records => {
            Ok(vec![Finding::told(part, "not-read", "xlsb")])
        }
        "core-properties" => document::core(part, &xml()?),
        "extended-properties" | "extendedProperties" => document::app(part, &xml()?),
        "custom-properties" | "customProperties" => document::custom(part, &xml()?),
        "officeDocument" if part.to_lowercase().ends_with(".xml") => sheets::workbook(part, &xml()?),
        "worksheet" if part.to_lowercase().ends_with(".xml") => {
            let xml = xml()?;
            let mut found = sheets::sheet(part, &xml)?;
            let carried = package.relationships(part)?;
            if carried.iter().any(|l| matches!(l.kind.rsplit('/').next(), Some("oleObject" | "package"))) {
                for (range, text) in sheets::objects(part, &xml)? {
                    found.push(Finding::new(part, "embedded-file", text, When::All, Fix::Edit(range, Vec::new())));
                }
            }
            Ok(found)
        }
        "comments" if part.to_lowercase().ends_with(".xml") => document::comments(part, &xml()?),
        "threadedComment" => document::threads(part, &xml()?),
        "person" => document::persons(part, &xml()?),
        "connections" if part.to_lowercase().ends_with(".xml") => document::connections(part, &xml()?),
        "pivotCacheDefinition" if part.to_lowercase().ends_with(".xml") => document::pivot(part, &xml()?),
        "pivotCacheRecords" => Ok(vec![Finding::told(part, "pivot-data", String::new())]),
        "externalLink" if part.to_lowercase().ends_with(".xml") => document::external_data(part, &xml()?),
        "relationships" => document::outside(part, &xml()?, part.to_lowercase().contains("externallinks/")),
        "printerSettings" => {
            let name = printer(&package.read(part)?);
            Ok(vec![Finding::new(part, "printer", name, When::Always, Fix::Drop)])
        }
        "revisionHeaders" | "revisionLog" | "usernames" => gone("revision", When::Always),
        "customXml" | "customXmlProps" => {
            let text = document::text_of(&xml()?, &(0..usize::MAX));
            Ok(vec![Finding::new(part, "custom-xml", text, When::Always, Fix::Drop)])
        }
        "thumbnail" => gone("thumbnail", When::Always),
        "classificationlabels" => {
            let text = String::from_utf8_lossy(&xml()?).into_owned();
            Ok(vec![Finding::new(part, "label", text, When::Always, Fix::Drop)])
        }
        "oleObject" | "package" => gone("embedded-file", When::All),
        "powerPivotData" | "model" => Ok(vec![Finding::told(part, "data-model", String::new())]),
        "image" => image::in_part(part, &package.read(part)?),
        "vbaProject" => project(part, &package.read(part)?),
        "vbaProjectSignature" | "vbaProjectSignatureAgile" | "vbaProjectSignatureV3" | "wordVbaData" => {
            let mut finding = Finding::new(part, "macro-project", "signature", When::All, Fix::Drop);
            finding.trace.breaks_signature = true;
            Ok(vec![finding])
        }
        "origin" | "signature" => {
            let mut finding = Finding::new(part, "package-signature", String::new(), When::All, Fix::Drop);
            finding.trace.breaks_signature = true;
            Ok(vec![finding])
        }
        _ => Ok(Vec::new()),
    }
}

/// A macro project: it goes whole, and with it the paths that its references tell.
fn project(part: &str, bytes: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut whole = Finding::new(part, "macro-project", String::new(), When::All, Fix::Drop);
    whole.trace.breaks_signature = true;
    let mut found = vec![whole];
    for path in paths(&Ole::open(bytes)?) {
        let mut finding = Finding::new(part, "macro-path", path, When::All, Fix::Drop);
        finding.trace.breaks_signature = true;
        found.push(finding);
    }
    Ok(found)
}

/// Paths in the references and the text of macro projects.
pub(super) fn paths(ole: &Ole<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for root in Project::roots(ole) {
        let Ok(project) = Project::open(ole, &root) else { continue };
        for record in &project.records {
            // References: their library's identifier ends in a path.
            if matches!(record.id, 0x000d | 0x000e | 0x002f | 0x0030 | 0x0033) {
                let text = decode(project.code_page, project.body(record));
                let clean: String = text.chars().map(|c| if c.is_control() { '\n' } else { c }).collect();
                found.extend(clean.lines().flat_map(|l| l.split('#')).filter(|p| is_path(p)).map(str::to_owned));
            }
        }
        for module in &project.modules {
            let source = module.source(project.code_page);
            found.extend(source.lines().filter(|l| is_path(l)).map(|l| l.trim().to_owned()));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// True for a text with a drive or a share in it.
fn is_path(text: &str) -> bool {
    text.contains(":\\") || text.contains("\\\\") || text.contains("/Users/") || text.contains("/home/")
}

/// Name of the printer at the start of a DEVMODE, in UTF-16 or, on old machines, in bytes.
fn printer(bytes: &[u8]) -> String {
    let units: Vec<u16> = (0..32).filter_map(|i| u16_at(bytes, i * 2)).take_while(|&u| u != 0).collect();
    String::from_utf16_lossy(&units)
}
