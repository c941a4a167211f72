//! Open documents: hidden tables, scripts and events, conversations, links, objects (OpenDocument 1.3 part 3).

use super::found::Found;
use super::xml::{Step, walk};
use super::{Container, LinkKind, Sheet, SheetKind, Visibility, connection, embedded};
use crate::container::{Archive, attribute};
use crate::trouble::Trouble;
use quick_xml::events::BytesStart;
use std::collections::BTreeSet;
use std::ops::ControlFlow::Continue;

const CONTENT: &str = "content.xml";

/// Reads an open document.
///
/// # Errors
/// Its content is not there or cannot be unpacked.
pub(super) fn survey(archive: &Archive<'_>, found: &mut Found) -> Result<Container, Trouble> {
    let entry = archive.find(CONTENT).ok_or_else(|| Trouble::Missing(CONTENT.to_owned()))?;
    let content = archive.read(entry)?;
    let charts = charts(archive, found);
    let is_spreadsheet = read(CONTENT, &content, &charts, found);
    if let Some(styles) = archive.find("styles.xml").and_then(|e| found.kept(archive.read(e))) {
        read("styles.xml", &styles, &charts, found);
    }
    for entry in archive.entries() {
        let name = entry.name.trim_start_matches('/');
        let lower = name.to_lowercase();
        found.signed |= lower == "meta-inf/documentsignatures.xml";
        let module = lower.starts_with("basic/")
            && lower.ends_with(".xml")
            && !lower.ends_with("-lc.xml")
            && !lower.ends_with("-lb.xml");
        if module || lower.starts_with("scripts/") && !lower.ends_with('/') {
            found.link(LinkKind::Script, name, name);
        }
        // Objects of other programs lie in the root as files of their own.
        if lower.starts_with("object ")
            && !lower.contains('/')
            && let Some(bytes) = found.kept(archive.read(entry))
        {
            embedded::part(&bytes, name, None, found);
        }
    }
    Ok(if is_spreadsheet { Container::Ods } else { Container::OtherOffice })
}

/// Folders that the manifest gives as charts or formulas of mathematics: Calc keeps each of them as an object, and they carry nothing.
fn charts(archive: &Archive<'_>, found: &mut Found) -> BTreeSet<String> {
    let name = "META-INF/manifest.xml";
    let bytes = archive.find(name).and_then(|e| found.kept(archive.read(e))).unwrap_or_default();
    let mut charts = BTreeSet::new();
    let result = crate::container::elements(name, &bytes, |element| {
        let kind = attribute(element, "media-type").unwrap_or_default();
        if kind.starts_with("application/vnd.oasis.opendocument.chart")
            || kind.starts_with("application/vnd.oasis.opendocument.formula")
        {
            charts.insert(folder(&attribute(element, "full-path").unwrap_or_default()).to_owned());
        }
    });
    found.kept(result);
    charts
}

/// A folder of the package as every part writes it.
fn folder(path: &str) -> &str {
    path.trim_start_matches("./").trim_end_matches('/')
}

/// Reads a part; true where it is that of a spreadsheet.
fn read(part: &str, xml: &[u8], charts: &BTreeSet<String>, found: &mut Found) -> bool {
    let mut is_spreadsheet = false;
    let mut hidden: BTreeSet<String> = BTreeSet::new();
    let mut style = String::new();
    let mut within = Vec::new();
    let mut tables = 0_usize;
    let result = walk(part, xml, |step| {
        match step {
            Step::Open(element) => {
                let name = element.local_name();
                let name = name.as_ref();
                match name {
                    "spreadsheet" => is_spreadsheet = true,
                    "style" => style = attribute(element, "name").unwrap_or_default(),
                    "table-properties" if attribute(element, "display").as_deref() == Some("false") => {
                        hidden.insert(style.clone());
                    }
                    "table" => {
                        // A table within a cell is no sheet.
                        if tables == 0 && is_spreadsheet {
                            let styled = attribute(element, "style-name").is_some_and(|s| hidden.contains(&s));
                            let shown = if styled { Visibility::Hidden } else { Visibility::Visible };
                            let name = attribute(element, "name").unwrap_or_default();
                            found.sheet(Sheet {
                                name,
                                visibility: shown,
                                kind: SheetKind::Worksheet,
                                part: String::new(),
                            });
                        }
                        tables = tables.saturating_add(1);
                    }
                    "object" if charts.contains(folder(&attribute(element, "href").unwrap_or_default())) => {}
                    _ => element_of(part, name, element, within.last().map(String::as_str), found),
                }
                if matches!(name, "frame" | "database-range" | "control" | "button") {
                    within.push(name.to_owned());
                }
            }
            Step::Close("table") => tables = tables.saturating_sub(1),
            Step::Close(name) if within.last().is_some_and(|w| w == name) => {
                within.pop();
            }
            _ => {}
        }
        Continue(())
    });
    found.kept(result);
    is_spreadsheet
}

/// Whether a reference leads out of the package.
fn leads_out(target: &str) -> bool {
    let scheme = target
        .split_once(':')
        .is_some_and(|(s, _)| s.chars().all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '.'));
    scheme || target.starts_with('/') || target.starts_with("../") || target.starts_with('\\')
}

fn element_of(part: &str, name: &str, element: &BytesStart<'_>, within: Option<&str>, found: &mut Found) {
    let text = |key: &str| attribute(element, key).unwrap_or_default();
    let target = || connection::hidden(&text("href"));
    match name {
        "table-cell" => cell(part, element, found),
        "dde-source" | "dde-connection-decl" => {
            let target = format!("{}|{}!{}", text("dde-application"), text("dde-topic"), text("dde-item"));
            found.link(LinkKind::Dde, part, target);
        }
        "event-listener" => {
            let target = format!("{} {}", text("event-name"), text("href"));
            // What a person must click, and what runs by itself.
            let clicked = within.is_some_and(|w| w != "database-range");
            found.link(if clicked { LinkKind::MacroButton } else { LinkKind::Event }, part, target.trim().to_owned());
        }
        "script" if !text("language").is_empty() => found.link(LinkKind::Script, part, text("language")),
        "table-source" | "cell-range-source" => found.link(LinkKind::ExternalWorkbook, part, target()),
        "database-range" | "database-source-sql" | "database-source-table" | "database-source-query" => {
            let source = ["database-name", "sql-statement", "database-table-name", "query-name", "href"];
            let source: Vec<String> = source.into_iter().map(text).filter(|t| !t.is_empty()).collect();
            if !source.is_empty() {
                found.link(LinkKind::Connection, part, connection::hidden(&source.join(" ")));
            }
        }
        "connection-resource" => found.link(LinkKind::Connection, part, target()),
        "object" | "object-ole" | "plugin" | "applet" | "floating-frame" => {
            let target = target();
            if leads_out(&target) {
                let kind = if name.starts_with("object") { LinkKind::OleLink } else { LinkKind::OtherOutside };
                found.link(kind, part, target);
            } else if name.starts_with("object") && !target.is_empty() {
                let class = text("class-id");
                let shown = embedded::class_name(&class).unwrap_or(&class);
                found.link(LinkKind::EmbeddedObject, part, format!("{shown} {target}").trim_start().to_owned());
            }
        }
        "image" | "fill-image" | "background-image" if leads_out(&text("href")) => {
            found.link(LinkKind::RemotePicture, part, target());
        }
        "a" if leads_out(&text("href")) => {
            let target = target();
            let runs = ["vnd.sun.star.script:", "macro:", "service:"].iter().any(|s| target.starts_with(s));
            found.link(if runs { LinkKind::MacroButton } else { LinkKind::Hyperlink }, part, target);
        }
        "form" if leads_out(&text("href")) => found.link(LinkKind::OtherOutside, part, target()),
        _ => {}
    }
}

/// Formulas that fetch by themselves.
fn cell(part: &str, element: &BytesStart<'_>, found: &mut Found) {
    let formula = || attribute(element, "formula");
    if !element.attributes_raw().contains("formula=") {
        return;
    }
    if let Some(formula) = formula() {
        let upper = formula.to_uppercase();
        if upper.contains("DDE(") {
            found.link(LinkKind::Dde, part, formula);
        } else if upper.contains("WEBSERVICE(") {
            found.link(LinkKind::Connection, part, formula);
        } else if formula.contains("file://") || formula.contains("http://") || formula.contains("https://") {
            let kind = if upper.contains("HYPERLINK(") { LinkKind::Hyperlink } else { LinkKind::ExternalWorkbook };
            found.link(kind, part, formula);
        }
    }
}
