//! What is odd about a macro project, apart from what its code does.

use super::find::{FoundProject, Naming};
use super::verdict::{Reason, Verdict};
use crate::container::u32_at;
use crate::vba::{Project, decode};

/// Reasons for what is odd. `place` is that of the project, `acts` says whether it has any procedure.
pub(super) fn oddities(found: &FoundProject, project: &Project, acts: bool) -> Vec<Reason> {
    let place = found.place.as_str();
    let mut out = Vec::new();
    let runs = |heavy: Verdict| if acts { heavy } else { Verdict::NothingRuns };
    match found.naming {
        Naming::Named | Naming::Library => {}
        Naming::Embedded => out.push(Reason::new(Verdict::NothingRuns, "project-embedded", [("place", place)])),
        Naming::Orphan => out.push(Reason::new(runs(Verdict::Suspicious), "project-orphan", [("place", place)])),
    }
    if !project.whole {
        out.push(Reason::new(Verdict::Suspicious, "project-cut", [("place", place)]));
    }
    for extra in &found.extra {
        let (weight, code) = if extra.source {
            (Verdict::Suspicious, "module-unlisted")
        } else {
            (Verdict::NothingRuns, "stream-unlisted")
        };
        out.push(Reason::new(weight, code, [("place", place), ("name", &extra.name)]));
    }
    for module in &project.modules {
        let source = module.source(project.code_page);
        let lexed = source.lines().take(64).find_map(|l| {
            let (name, value) = l.split_once('=')?;
            let name = name.trim().to_lowercase();
            (name == "attribute vb_name").then(|| value.trim().trim_matches('"').to_owned())
        });
        if let Some(name) = lexed.filter(|n| n.to_lowercase() != module.name.to_lowercase()) {
            let args = [("module", module.name.as_str()), ("name", name.as_str())];
            out.push(Reason::new(Verdict::Suspicious, "module-name-differs", args));
        }
    }
    let private = project.modules.iter().filter(|m| m.private).count();
    if private > 0 {
        out.push(Reason::new(Verdict::NothingRuns, "modules-private", [("count", &private.to_string())]));
    }
    if acts {
        match protection(&project.project_stream) {
            Protection::None => {}
            Protection::Locked => out.push(Reason::new(Verdict::RunsHarmless, "project-locked", [("place", place)])),
            Protection::Unviewable => {
                out.push(Reason::new(Verdict::RunsHarmless, "project-unviewable", [("place", place)]));
            }
        }
    }
    out.extend(references(project).into_iter().filter_map(|reference| {
        let lower = reference.path.to_lowercase();
        let remote = ["\\\\", "http:", "https:", "ftp:", "file://"].iter().any(|p| lower.starts_with(p));
        let args = [("name", reference.name.as_str()), ("path", reference.path.as_str())];
        if remote {
            Some(Reason::new(Verdict::Suspicious, "reference-remote", args))
        } else if reference.project {
            Some(Reason::new(Verdict::NothingRuns, "reference-project", args))
        } else {
            None
        }
    }));
    out
}

/// A reference of a project to a library or to another project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// Path as stored.
    pub path: String,
    /// True for another project.
    pub project: bool,
}

/// References in stored order.
pub fn references(project: &Project) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut name = String::new();
    for record in &project.records {
        let body = project.body(record);
        let sized = |at: usize| {
            let size = usize::try_from(u32_at(body, at)?).ok()?;
            let start = at.checked_add(4)?;
            body.get(start..start.checked_add(size)?)
        };
        match record.id {
            0x0016 => name = decode(project.code_page, body),
            0x000d | 0x002f | 0x0030 => {
                let library = sized(0).map(|b| decode(project.code_page, b)).unwrap_or_default();
                // `*\G{guid}#version#language#path#description`.
                let path = library.split('#').nth(3).unwrap_or_default().to_owned();
                found.push(Reference { name: name.clone(), path, project: false });
            }
            0x000e => {
                let path = sized(0).map(|b| decode(project.code_page, b)).unwrap_or_default();
                // `*\C` or `*\A`, then the path.
                let path = path.strip_prefix("*\\").and_then(|p| p.get(1..)).unwrap_or(&path).to_owned();
                found.push(Reference { name: name.clone(), path, project: true });
            }
            _ => {}
        }
    }
    found
}

/// How a project is protected against being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all.
    None,
    /// The editor asks for a password; the source is stored in clear all the same.
    Locked,
    /// The editor does not show it whatever the password.
    Unviewable,
}

/// Reads the protection from the PROJECT stream (MS-OVBA 2.3.1.15 to 2.3.1.17). What cannot be decoded was meant to confuse the
/// editor: it counts as unviewable.
pub fn protection(project_stream: &[u8]) -> Protection {
    let field = |name: &[u8]| {
        project_stream.split(|&b| b == b'\n').find_map(|line| {
            let value = line.trim_ascii().strip_prefix(name)?.strip_prefix(b"=")?;
            Some(value.iter().copied().filter(|b| *b != b'"').collect::<Vec<u8>>())
        })
    };
    let decoded = |name: &[u8]| field(name).map(|hex| decrypted(&hex));
    match (decoded(b"CMG"), decoded(b"DPB")) {
        (Some(None), _) | (_, Some(None)) => Protection::Unviewable,
        (Some(Some(state)), _) if state.first().is_some_and(|b| b & 0b010 != 0) => Protection::Unviewable,
        (_, Some(Some(password))) if password != [0] && !password.is_empty() => Protection::Locked,
        (Some(Some(state)), _) if state.first().is_some_and(|b| b & 0b101 != 0) => Protection::Locked,
        _ => Protection::None,
    }
}

/// Undoes the data encryption of MS-OVBA 2.4.3.3; `None` where the length within does not fit.
fn decrypted(hex: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let bytes: Option<Vec<u8>> =
        hex.chunks(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect();
    let bytes = bytes?;
    let (&seed, &version, &key) = (bytes.first()?, bytes.get(1)?, bytes.get(2)?);
    let (mut clear, mut first, mut second) = (seed ^ key, key, version);
    let mut out = Vec::new();
    for &byte in bytes.get(3..)? {
        let plain = byte ^ second.wrapping_add(clear);
        (second, first, clear) = (first, byte, plain);
        out.push(plain);
    }
    let ignored = usize::from((seed & 6) / 2);
    let length = usize::try_from(u32_at(&out, ignored)?).ok()?;
    let start = ignored.checked_add(4)?;
    out.get(start..start.checked_add(length)?).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protection_is_read_from_the_published_examples() {
        // MS-OVBA 3.1.1 shows the project stream of a workbook without protection.
        let open = b"ID=\"{x}\"\r\nCMG=\"0705D8E3D8EDDBF1DBF1DBF1DBF1\"\r\nDPB=\"0E0CD1ECDFF4E7F5E7F5E7\"\r\n";
        assert_eq!(protection(open), Protection::None);
        // A project that the editor locks with a password: bit 2 of its state.
        let locked = b"CMG=\"AEAC02F61E0AC80EC80ECC12CC12\"\r\nDPB=\"5C5EF0A4304F4D4F4DB0B3504DCAC0558028DCF02AF51D56CE562530F19A655748C39E766ABE\"";
        assert_eq!(protection(locked), Protection::Locked);
        assert_eq!(protection(b"CMG=\"00\"\r\nDPB=\"zz\"\r\n"), Protection::Unviewable);
        assert_eq!(protection(b""), Protection::None);
    }
}
