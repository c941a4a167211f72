//! Macros of an open document: Basic modules that lie as XML in its `Basic` folder.

use super::find::{FoundProject, Naming};
use crate::container::Archive;
use crate::limits;
use crate::trouble::Trouble;
use crate::vba::{Module, ModuleKind, Project};
use std::collections::BTreeMap;

/// The Basic libraries of an open document, each as a project; none where the archive is no open document or has none.
pub(super) fn libraries(archive: &Archive<'_>, place: &str) -> Vec<FoundProject> {
    if archive.find("content.xml").is_none() {
        return Vec::new();
    }
    let mut found: BTreeMap<String, Vec<Module>> = BTreeMap::new();
    let mut left = limits::SOURCE;
    for entry in archive.entries() {
        let name = entry.name.trim_start_matches('/');
        let Some((folder, file)) = name.rsplit_once('/') else { continue };
        let lower = file.to_lowercase();
        // Lists of modules and libraries are no modules.
        if !folder.to_lowercase().starts_with("basic")
            || !lower.ends_with(".xml")
            || lower.ends_with("-lb.xml")
            || lower.ends_with("-lc.xml")
        {
            continue;
        }
        let modules = found.entry(folder.to_owned()).or_default();
        if modules.len() >= limits::MODULES {
            continue;
        }
        let text = archive.read(entry).and_then(|xml| source(name, &xml)).and_then(|text| {
            left = left
                .checked_sub(text.len())
                .ok_or_else(|| Trouble::TooLarge { what: name.to_owned(), limit: limits::SOURCE as u64 })?;
            Ok(text.into_bytes())
        });
        let stem = file.get(..file.len().saturating_sub(4)).unwrap_or(file);
        modules.push(Module {
            name: stem.to_owned(),
            name_bytes: stem.as_bytes().to_vec(),
            name_unicode: None,
            stream: name.to_owned(),
            kind: ModuleKind::Procedural,
            private: false,
            offset: 0,
            bytes: Vec::new(),
            text,
        });
    }
    let project = |(folder, modules): (String, Vec<Module>)| FoundProject {
        place: if place.is_empty() { folder.clone() } else { format!("{place}/{folder}") },
        naming: if place.is_empty() { Naming::Library } else { Naming::Embedded },
        extra: Vec::new(),
        cache: Vec::new(),
        project: Ok(Project {
            root: String::new(),
            code_page: 65001,
            name: folder.rsplit('/').next().unwrap_or_default().to_owned(),
            dir: Vec::new(),
            records: Vec::new(),
            whole: true,
            project_stream: Vec::new(),
            modules,
        }),
    };
    found.into_iter().map(project).collect()
}

/// The text of a `script:module` element.
fn source(part: &str, xml: &[u8]) -> Result<String, Trouble> {
    let broken = |what| Trouble::malformed(part, what);
    let text = crate::container::text(xml);
    let start = text.find("<script:module").ok_or_else(|| broken("it holds no module"))?;
    let rest = text.get(start..).unwrap_or_default();
    let (head, body) = rest.split_once('>').ok_or_else(|| broken("its module is cut off"))?;
    if head.ends_with('/') {
        return Ok(String::new());
    }
    let body = body.split_once("</script:module").map(|(b, _)| b).ok_or_else(|| broken("its module is cut off"))?;
    quick_xml::escape::unescape(body).map(|t| t.into_owned()).map_err(|_| broken("its text is broken"))
}
