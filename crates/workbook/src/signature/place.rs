//! Where the signatures of a workbook stand, and which of them Excel is led to.

use super::report::{Finding, Kind};
use crate::container::{Ole, OleKind, Package, u16_at, u32_at};
use crate::trouble::Trouble;
use crate::vba::Project;

const PROJECT_TYPE: &str = "application/vnd.ms-office.vbaproject";
const PROJECT_RELATIONSHIP: &str = "http://schemas.microsoft.com/office/2006/relationships/vbaProject";
/// Relationship types of each form; the second one of agile is how MS-XLSB writes it, the first how Excel does.
const RELATIONSHIPS: [(&str, Kind); 4] = [
    ("http://schemas.microsoft.com/office/2006/relationships/vbaProjectSignature", Kind::Legacy),
    ("http://schemas.microsoft.com/office/2014/relationships/vbaProjectSignatureAgile", Kind::Agile),
    ("http://schemas.microsoft.com/office/2006/relationships/vbaProjectSignatureAgile", Kind::Agile),
    ("http://schemas.microsoft.com/office/2020/07/relationships/vbaProjectSignatureV3", Kind::V3),
];
/// Signatures that are looked at; a workbook has three.
const MOST: usize = 16;
/// How a compound file begins.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Where the property of an .xls is named in reports.
const PROPERTY: &str = "DocumentSummaryInformation/0x18";

/// What the bytes are.
#[derive(Debug)]
pub(crate) enum Place {
    /// A package.
    Package,
    /// An .xls; its project's storage, if it has one.
    Xls(Option<String>),
    /// A bare vbaProject.bin.
    Bare,
}

/// A signature, still wrapped.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) kind: Kind,
    pub(crate) part: String,
    /// True where Excel is led to it.
    pub(crate) linked: bool,
    /// Its bytes, or why there are none.
    pub(crate) bytes: Result<Vec<u8>, Trouble>,
}

/// The signatures of a file.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) place: Place,
    /// The macro project's own compound file, in a package; or why it cannot be read.
    pub(crate) project: Option<(String, Result<Vec<u8>, Trouble>)>,
    pub(crate) blobs: Vec<Blob>,
    pub(crate) findings: Vec<Finding>,
}

/// Looks for project and signatures.
///
/// # Errors
/// The bytes are no workbook, are encrypted, or their box is broken.
pub(crate) fn find(bytes: &[u8]) -> Result<Found, Trouble> {
    if bytes.starts_with(&COMPOUND) {
        xls(&Ole::open(bytes)?)
    } else if bytes.starts_with(b"PK") {
        package(&Package::open(bytes)?)
    } else {
        Err(Trouble::NotAWorkbook)
    }
}

fn finding(code: &'static str, args: &[&str]) -> Finding {
    Finding { code, args: args.iter().map(|a| (*a).to_owned()).collect() }
}

fn package(package: &Package<'_>) -> Result<Found, Trouble> {
    let mut findings = Vec::new();
    let has = |part: &str| package.archive().find(part).is_some();
    // Where the ending "bin" as such stands for projects, a signature that lost its own type looks like one; the bytes decide.
    let is_project = |part: &str| {
        package.content_type(part).is_some_and(|t| t.eq_ignore_ascii_case(PROJECT_TYPE))
            && by_name(part.rsplit('/').next().unwrap_or_default()).is_none()
    };
    let is_compound = |part: &&str| package.read(part).is_ok_and(|bytes| bytes.starts_with(&COMPOUND));
    let mut typed: Vec<&str> = package.parts().map(|e| e.name.as_str()).filter(|name| is_project(name)).collect();
    if typed.len() > 1 {
        typed = typed.into_iter().take(MOST).filter(is_compound).collect();
    }
    let document = package.document().unwrap_or_default();
    let related = package.relationships(&document).unwrap_or_else(|_| {
        findings.push(finding("relationships-unreadable", &[&document]));
        Vec::new()
    });
    let related = related.into_iter().find(|r| !r.external && r.kind == PROJECT_RELATIONSHIP && has(&r.target));
    if typed.len() > 1 {
        findings.push(finding("several-projects", &typed));
    }
    let project = related.map(|r| r.target).or_else(|| {
        let first = typed.first().map(|name| name.trim_start_matches('/').to_owned())?;
        findings.push(finding("project-not-linked", &[&first]));
        Some(first)
    });
    let mut blobs = Vec::new();
    if let Some(project) = &project {
        let links = package.relationships(project).unwrap_or_else(|_| {
            findings.push(finding("relationships-unreadable", &[project]));
            Vec::new()
        });
        for link in links {
            let Some((_, kind)) = RELATIONSHIPS.iter().find(|(name, _)| *name == link.kind) else { continue };
            if link.external {
                findings.push(finding("signature-outside", &[&link.target]));
            } else if blobs.len() < MOST {
                let bytes = package.read(&link.target);
                blobs.push(Blob { kind: *kind, part: link.target, linked: true, bytes });
            }
        }
    }
    for entry in package.parts() {
        let name = entry.name.trim_start_matches('/');
        let kind = package.content_type(name).and_then(by_name).or_else(|| by_name(name.rsplit('/').next()?));
        let Some(kind) = kind.filter(|_| !name.to_ascii_lowercase().ends_with(".rels")) else { continue };
        let known = blobs.iter().any(|b| b.part.eq_ignore_ascii_case(name));
        if !known && blobs.len() < MOST {
            let bytes = package.archive().read(entry);
            blobs.push(Blob { kind, part: name.to_owned(), linked: false, bytes });
        }
    }
    let project = project.map(|part| {
        let bytes = package.read(&part);
        (part, bytes)
    });
    Ok(Found { place: Place::Package, project, blobs, findings })
}

/// Form by a content type or by the name that Excel gives the part: all that is left of a signature that nothing leads to.
fn by_name(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let (_, rest) = name.split_once("vbaprojectsignature")?;
    Some(if rest.starts_with("v3") {
        Kind::V3
    } else if rest.starts_with("agile") {
        Kind::Agile
    } else {
        Kind::Legacy
    })
}

fn xls(ole: &Ole<'_>) -> Result<Found, Trouble> {
    if ole.find("EncryptedPackage").is_some() {
        return Err(Trouble::Encrypted);
    }
    let roots = Project::roots(ole);
    let workbook = ["Workbook", "Book"].iter().any(|name| ole.find(name).is_some_and(|e| e.kind == OleKind::Stream));
    let current = roots.iter().find(|r| r.eq_ignore_ascii_case("_VBA_PROJECT_CUR")).cloned();
    let mut findings = Vec::new();
    if roots.len() > 1 {
        findings.push(finding("several-projects", &roots.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    if !workbook && current.is_none() {
        return match roots.first() {
            Some(_) => Ok(Found { place: Place::Bare, project: None, blobs: Vec::new(), findings }),
            None => Err(Trouble::NotAWorkbook),
        };
    }
    let property = ole.stream("\u{5}DocumentSummaryInformation").and_then(|stream| signature_property(&stream));
    let blobs = property.into_iter().map(|bytes| Blob {
        kind: Kind::Legacy,
        part: PROPERTY.to_owned(),
        linked: true,
        bytes: bytes.ok_or_else(|| Trouble::malformed(PROPERTY, "it is cut off")),
    });
    Ok(Found { place: Place::Xls(current), project: None, blobs: blobs.collect(), findings })
}

/// Value of GKPIDDSI_DIGSIG (MS-OSHARED 2.3.3.1.17) in a property set stream (MS-OLEPS 2.21): the DigSigBlob. The outer `None`: there
/// is no such property; the inner one: it is there and broken.
fn signature_property(stream: &[u8]) -> Option<Option<Vec<u8>>> {
    const DOCUMENT_SUMMARY: [u8; 16] =
        [0x02, 0xd5, 0xcd, 0xd5, 0x9c, 0x2e, 0x1b, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2b, 0x2c, 0xf9, 0xae];
    let size = |at: usize| u32_at(stream, at).and_then(|v| usize::try_from(v).ok());
    let sets = size(24)?.min(2);
    let place = (0..sets).map(|i| 28 + i * 20).find(|&at| stream.get(at..at + 16) == Some(&DOCUMENT_SUMMARY[..]))?;
    let set = size(place + 16)?;
    let count = size(set.checked_add(4)?)?.min(4_096);
    let property = (0..count).filter_map(|i| set.checked_add(8 + i * 8)).find(|&at| size(at) == Some(0x18))?;
    let value = || {
        let at = set.checked_add(size(property.checked_add(4)?)?)?;
        if u16_at(stream, at)? != 0x41 {
            return None;
        }
        let from = at.checked_add(8)?;
        stream.get(from..from.checked_add(size(at.checked_add(4)?)?)?).map(<[u8]>::to_vec)
    };
    Some(value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_property_of_an_xls_is_found_and_a_cut_one_is_told_from_none() {
        let mut stream = vec![0_u8; 24];
        stream.extend(1_u32.to_le_bytes());
        stream.extend([0x02, 0xd5, 0xcd, 0xd5, 0x9c, 0x2e, 0x1b, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2b, 0x2c, 0xf9, 0xae]);
        stream.extend(48_u32.to_le_bytes());
        for word in [0_u32, 1, 0x18, 16, 0x41, 3] {
            stream.extend(word.to_le_bytes());
        }
        stream.extend(*b"abc");
        assert_eq!(signature_property(&stream), Some(Some(b"abc".to_vec())));
        assert_eq!(signature_property(&stream[..stream.len() - 1]), Some(None));
        stream[56] = 0x17;
        assert_eq!(signature_property(&stream), None);
        assert_eq!(signature_property(&[]), None);
    }

    #[test]
    fn forms_by_name() {
        assert_eq!(by_name("vbaProjectSignature.bin"), Some(Kind::Legacy));
        assert_eq!(by_name("application/vnd.ms-office.vbaProjectSignatureAgile"), Some(Kind::Agile));
        assert_eq!(by_name("VBAPROJECTSIGNATUREV3.BIN"), Some(Kind::V3));
        assert_eq!(by_name("vbaProject.bin"), None);
    }
}
