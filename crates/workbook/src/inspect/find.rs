//! Macro projects wherever a file may carry them.

use crate::container::{Archive, Entry, MAGIC, Ole, OleKind, Package};
use crate::trouble::Trouble;
use crate::vba::{Project, decompress};
use serde::Serialize;
use std::io::Read;

/// How a project hangs together with the file around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Naming {
    /// The workbook names it: Office loads it.
    Named,
    /// It belongs to a document that is embedded in the workbook.
    Embedded,
    /// A Basic library of an open document, which names what starts it by events.
    Library,
    /// It stands in the file and nothing names it.
    Orphan,
}

/// A stream beside the modules that no module names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Name of the stream.
    pub name: String,
    /// True where it holds compressed source.
    pub source: bool,
}

/// A project with its place.
#[derive(Debug)]
pub struct FoundProject {
    /// Part, or storage, or both; empty for a bare project.
    pub place: String,
    /// How it hangs together with the file.
    pub naming: Naming,
    /// Streams that no module names.
    pub extra: Vec<Extra>,
    /// The `_VBA_PROJECT` stream, which lists the names that the compiled code uses; empty where there is none.
    pub cache: Vec<u8>,
    /// The project, or why it cannot be read.
    pub project: Result<Project, Trouble>,
}

const DEEPEST: usize = 3;
const MOST: usize = 64;

/// The macro projects of a file, in the order of its parts: in a package, the part that the workbook names, and every part, named or
/// not, whose bytes are a compound file with a project or a package with one; in a compound file, every storage that holds one.
pub fn projects(bytes: &[u8]) -> Vec<FoundProject> {
    let mut found = Vec::new();
    look(bytes, "", Naming::Named, DEEPEST, &mut found);
    found
}

fn look(bytes: &[u8], place: &str, naming: Naming, depth: usize, found: &mut Vec<FoundProject>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if bytes.starts_with(&MAGIC) {
        compound(bytes, place, naming, found);
    } else if bytes.starts_with(b"PK") {
        package(bytes, place, depth, found);
    }
}

fn package(bytes: &[u8], place: &str, depth: usize, found: &mut Vec<FoundProject>) {
    let Ok(archive) = Archive::open(bytes) else { return };
    found.extend(super::basic::libraries(&archive, place));
    let named = named_parts(bytes);
    let outer = place.is_empty();
    for entry in archive.entries() {
        if found.len() >= MOST {
            return;
        }
        let is_named = named.iter().any(|n| n.eq_ignore_ascii_case(entry.name.trim_start_matches('/')));
        let head = peek(bytes, entry);
        let box_in_box = head.starts_with(&MAGIC) || head.starts_with(b"PK\x03\x04");
        if !is_named && !box_in_box {
            continue;
        }
        let inner = if outer { entry.name.clone() } else { format!("{place}/{}", entry.name) };
        let embedded = !outer || head.starts_with(b"PK") || entry.name.to_lowercase().contains("embeddings/");
        let naming = match (is_named, embedded) {
            (_, _) if !outer => Naming::Embedded,
            (true, _) => Naming::Named,
            (false, true) => Naming::Embedded,
            (false, false) => Naming::Orphan,
        };
        match archive.read(entry) {
            Ok(part) if box_in_box => {
                let before = found.len();
                look(&part, &inner, naming, depth, found);
                if is_named && found.len() == before && head.starts_with(&MAGIC) {
                    found.push(unread(inner, naming, Trouble::Missing("VBA/dir".to_owned())));
                }
            }
            Ok(_) => {
                found.push(unread(inner, naming, Trouble::malformed(entry.name.clone(), "it is no compound file")))
            }
            Err(trouble) => found.push(unread(inner, naming, trouble)),
        }
    }
}

fn unread(place: String, naming: Naming, trouble: Trouble) -> FoundProject {
    FoundProject { place, naming, extra: Vec::new(), cache: Vec::new(), project: Err(trouble) }
}

/// Parts that the document of a package names as its macro project.
fn named_parts(bytes: &[u8]) -> Vec<String> {
    let Ok(package) = Package::open(bytes) else { return Vec::new() };
    let Some(document) = package.document() else { return Vec::new() };
    let links = package.relationships(&document).unwrap_or_default();
    links.into_iter().filter(|r| !r.external && r.kind.ends_with("/vbaProject")).map(|r| r.target).collect()
}

/// The first eight bytes of a part, without unpacking the rest.
fn peek(bytes: &[u8], entry: &Entry) -> Vec<u8> {
    let packed = bytes.get(entry.data.clone()).unwrap_or_default();
    let mut head = Vec::new();
    match entry.method {
        0 => head.extend_from_slice(packed.get(..8.min(packed.len())).unwrap_or_default()),
        8 => {
            // A broken part gives what it gives: it is no box then.
            let _ = flate2::read::DeflateDecoder::new(packed).take(8).read_to_end(&mut head);
        }
        _ => {}
    }
    head
}

fn compound(bytes: &[u8], place: &str, naming: Naming, found: &mut Vec<FoundProject>) {
    let ole = match Ole::open(bytes) {
        Ok(ole) => ole,
        Err(trouble) => {
            found.push(unread(place.to_owned(), naming, trouble));
            return;
        }
    };
    let mut roots = Project::roots(&ole);
    // A project whose `dir` was taken away still has its other stream.
    let headless = ole.entries().iter().filter_map(|e| {
        let path = e.path.to_lowercase();
        let cut = path.strip_suffix("vba/_vba_project")?.len();
        e.path.get(..cut).map(|p| p.trim_end_matches('/').to_owned())
    });
    for root in headless {
        if !roots.iter().any(|r| r.eq_ignore_ascii_case(&root)) {
            roots.push(root);
        }
    }
    for root in roots {
        if found.len() >= MOST {
            return;
        }
        let usual = ["", "_vba_project_cur", "macros"].contains(&root.to_lowercase().as_str());
        let naming = match naming {
            Naming::Named if root.contains('/') => Naming::Embedded,
            Naming::Named if !usual => Naming::Orphan,
            other => other,
        };
        let place = match (place.is_empty(), root.is_empty()) {
            (true, _) => root.clone(),
            (false, true) => place.to_owned(),
            (false, false) => format!("{place}/{root}"),
        };
        let project = Project::open(&ole, &root);
        let extra = project.as_ref().map(|p| extra(&ole, p)).unwrap_or_default();
        let cache = if root.is_empty() { "VBA/_VBA_PROJECT".to_owned() } else { format!("{root}/VBA/_VBA_PROJECT") };
        let cache = ole.stream(&cache).unwrap_or_default();
        found.push(FoundProject { place, naming, extra, cache, project });
    }
}

/// Streams of the VBA storage that belong to no module and are none of Office's own.
fn extra(ole: &Ole<'_>, project: &Project) -> Vec<Extra> {
    let folder =
        if project.root.is_empty() { "vba".to_owned() } else { format!("{}/vba", project.root.to_lowercase()) };
    let mut found = Vec::new();
    for entry in ole.entries().iter().filter(|e| e.kind == OleKind::Stream) {
        let path = entry.path.to_lowercase();
        let Some(name) = path.strip_prefix(&folder).and_then(|n| n.strip_prefix('/')) else { continue };
        let own = name == "dir" || name == "_vba_project" || name.starts_with("__srp_") || name.contains('/');
        if own || project.modules.iter().any(|m| m.stream.to_lowercase() == name) {
            continue;
        }
        found.push(Extra { name: entry.name.clone(), source: holds_source(&ole.read(entry)) });
    }
    found
}

/// True where compressed source of a module begins somewhere in the bytes.
fn holds_source(bytes: &[u8]) -> bool {
    // A container begins with 1, its first chunk with a header whose third nibble is 3 or B, and the text with `Attribut`.
    let begins =
        |(at, window): (usize, &[u8])| (window.first() == Some(&1) && window.ends_with(b"\0Attribut")).then_some(at);
    let found = bytes.windows(12).enumerate().filter_map(begins).take(8);
    found.into_iter().any(|at| decompress("", bytes.get(at..).unwrap_or_default()).is_ok())
}
