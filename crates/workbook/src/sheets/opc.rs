//! Packages: which part is what, by relationships and content types and never by its name, and what points outside.

use super::found::Found;
use super::{Container, LinkKind, biff12, connection, embedded, opc_part, opc_sheet, xml};
use crate::container::{Entry, Package, Relationship};
use crate::trouble::Trouble;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

/// What a part is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Macro,
    InternationalMacro,
    Worksheet,
    Chart,
    Dialog,
    ExternalBook,
    Connections,
    QueryTable,
    ActiveX,
    Embedded,
    Drawing,
    Vml,
    Ribbon,
    WebExtension,
    Toolbars,
}

/// A package with its relationships read once.
pub(super) struct Parts<'p, 'b> {
    pub(super) package: &'p Package<'b>,
    /// Relationships by the part that they belong to, in lower case, with its name as written.
    relationships: BTreeMap<String, (String, Vec<Relationship>)>,
    /// Roles by the part, in lower case, with its name as written.
    roles: BTreeMap<String, (String, BTreeSet<Role>)>,
}

impl Parts<'_, '_> {
    pub(super) fn relationships(&self, part: &str) -> &[Relationship] {
        self.relationships.get(&part.to_lowercase()).map(|r| r.1.as_slice()).unwrap_or_default()
    }

    pub(super) fn roles(&self, part: &str) -> BTreeSet<Role> {
        self.roles.get(&part.to_lowercase()).map(|r| r.1.clone()).unwrap_or_default()
    }

    /// Parts of a role, sorted.
    pub(super) fn of(&self, role: Role) -> impl Iterator<Item = &str> {
        self.roles.values().filter(move |(_, roles)| roles.contains(&role)).map(|(name, _)| name.as_str())
    }

    /// Whether a part is XML, by its beginning: the same roles stand in binary parts too.
    pub(super) fn is_xml(&self, bytes: &[u8]) -> bool {
        let skip =
            bytes.iter().position(|b| !b.is_ascii_whitespace() && !matches!(b, 0xef | 0xbb | 0xbf | 0xff | 0xfe | 0));
        skip.and_then(|i| bytes.get(i)) == Some(&b'<')
    }
}

/// Reads a package.
///
/// # Errors
/// It holds no office document.
pub(super) fn survey(package: &Package<'_>, found: &mut Found) -> Result<Container, Trouble> {
    // Without a relationship that says so, the content type tells which part is the document.
    let by_type = || {
        let main = |name: &str| package.content_type(name).is_some_and(|kind| kind.to_lowercase().contains(".main"));
        package.parts().map(|e| e.name.trim_start_matches('/').to_owned()).find(|name| main(name))
    };
    let document = package.document().or_else(by_type).ok_or(Trouble::NotAWorkbook)?;
    let container = container(package, &document)?;
    let parts = read(package, found);
    for (source, relationships) in parts.relationships.values() {
        for relationship in relationships {
            outside(source, relationship, found);
        }
    }
    if container != Container::OtherOffice {
        let bytes = found.kept(package.read(&document)).unwrap_or_default();
        if parts.is_xml(&bytes) {
            opc_sheet::workbook(&parts, &document, &bytes, found);
        } else {
            biff12::workbook(&parts, &document, &bytes, found);
        }
    }
    carried(&parts, found);
    Ok(container)
}

/// The container, by the content type of its document, else by how the document begins.
fn container(package: &Package<'_>, document: &str) -> Result<Container, Trouble> {
    let kind = package.content_type(document).unwrap_or_default().to_lowercase();
    let has = |text: &str| kind.contains(text);
    if has("addin.macroenabled") {
        return Ok(Container::Xlam);
    }
    if has("sheet.binary") {
        return Ok(Container::Xlsb);
    }
    if has("wordprocessingml") || has("ms-word") || has("presentationml") || has("ms-powerpoint") || has("visio") {
        return Ok(Container::OtherOffice);
    }
    let template = has("template");
    if has("ms-excel") && has("macroenabled") {
        return Ok(if template { Container::Xltm } else { Container::Xlsm });
    }
    if has("spreadsheetml") && has(".main") {
        return Ok(if template { Container::Xltm } else { Container::Xlsx });
    }
    let entry = package.archive().find(document).ok_or_else(|| Trouble::Missing(document.to_owned()))?;
    let head = head(package, entry);
    match xml::root(&head).as_deref() {
        Some("workbook") => Ok(Container::Xlsx),
        Some("document" | "presentation" | "VisioDocument") => Ok(Container::OtherOffice),
        // BrtBeginBook.
        _ if head.starts_with(&[0x83, 0x01]) => Ok(Container::Xlsb),
        _ => Err(Trouble::NotAWorkbook),
    }
}

/// The first bytes of a part, without unpacking the rest.
pub(super) fn head(package: &Package<'_>, entry: &Entry) -> Vec<u8> {
    const HEAD: usize = 1_024;
    let data = package.archive().bytes().get(entry.data.clone()).unwrap_or_default();
    let mut out = Vec::new();
    if entry.method == 8 {
        // What breaks here breaks again, and is told, when the part is read.
        let _ = flate2::read::DeflateDecoder::new(data).take(HEAD as u64).read_to_end(&mut out);
    } else {
        out.extend(data.iter().take(HEAD));
    }
    out
}

/// Relationships and roles of all parts.
fn read<'p, 'b>(package: &'p Package<'b>, found: &mut Found) -> Parts<'p, 'b> {
    let mut relationships: BTreeMap<String, (String, Vec<Relationship>)> = BTreeMap::new();
    let mut roles: BTreeMap<String, (String, BTreeSet<Role>)> = BTreeMap::new();
    let mut sources = BTreeSet::from([String::new()]);
    for entry in package.parts() {
        let name = entry.name.trim_start_matches('/').replace('\\', "/");
        if let Some(source) = source(&name) {
            sources.insert(source);
            continue;
        }
        if let Some(kind) = package.content_type(&name) {
            found.signed |= kind.contains("package.digital-signature");
            if let Some(role) = by_content(kind) {
                roles.entry(name.to_lowercase()).or_insert_with(|| (name.clone(), BTreeSet::new())).1.insert(role);
            }
        }
    }
    for source in sources {
        let list = found.kept(package.relationships(&source)).unwrap_or_default();
        for relationship in &list {
            found.signed |= relationship.kind.contains("/package/2006/relationships/digital-signature");
            if let Some(role) = by_relationship(&relationship.kind).filter(|_| !relationship.external) {
                let key = relationship.target.to_lowercase();
                roles.entry(key).or_insert_with(|| (relationship.target.clone(), BTreeSet::new())).1.insert(role);
            }
        }
        relationships.insert(source.to_lowercase(), (source, list));
    }
    Parts { package, relationships, roles }
}

/// The part whose relationships a part of relationships holds.
fn source(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/')?;
    let file = file.get(..file.len().checked_sub(5)?).filter(|_| file.to_ascii_lowercase().ends_with(".rels"))?;
    let lower = folder.to_ascii_lowercase();
    let parent = folder.get(..lower.strip_suffix("_rels")?.len())?;
    Some(format!("{parent}{file}"))
}

/// Role by content type.
fn by_content(kind: &str) -> Option<Role> {
    let kind = kind.to_lowercase();
    let base = kind.split(';').next().unwrap_or_default().trim().trim_end_matches("+xml");
    let last = base.rsplit(['.', '/']).next().unwrap_or_default();
    Some(match last {
        "macrosheet" => Role::Macro,
        "intlmacrosheet" => Role::InternationalMacro,
        "worksheet" => Role::Worksheet,
        "chartsheet" => Role::Chart,
        "dialogsheet" => Role::Dialog,
        "externallink" => Role::ExternalBook,
        "connections" => Role::Connections,
        "querytable" => Role::QueryTable,
        "activex" if kind.ends_with("+xml") => Role::ActiveX,
        "oleobject" => Role::Embedded,
        "drawing" if kind.contains("spreadsheetml") || kind.contains("officedocument.drawing") => Role::Drawing,
        "vmldrawing" => Role::Vml,
        "webextension" => Role::WebExtension,
        "attachedtoolbars" => Role::Toolbars,
        _ => return None,
    })
}

/// Role by the type of the relationship that leads to a part.
fn by_relationship(kind: &str) -> Option<Role> {
    let lower = kind.to_lowercase();
    Some(match lower.rsplit('/').next().unwrap_or_default() {
        "xlmacrosheet" => Role::Macro,
        "xlintlmacrosheet" => Role::InternationalMacro,
        "worksheet" => Role::Worksheet,
        "chartsheet" => Role::Chart,
        "dialogsheet" => Role::Dialog,
        "externallink" => Role::ExternalBook,
        "connections" => Role::Connections,
        "querytable" => Role::QueryTable,
        "control" | "activexcontrol" => Role::ActiveX,
        "oleobject" | "package" => Role::Embedded,
        "drawing" => Role::Drawing,
        "vmldrawing" | "legacydrawing" => Role::Vml,
        "extensibility" | "usercustomization" => Role::Ribbon,
        "webextension" => Role::WebExtension,
        "attachedtoolbars" => Role::Toolbars,
        _ => return None,
    })
}

/// A scheme makes a target lead out, whether or not the relationship admits it; what came before was only the folder of its part.
fn with_scheme(target: &str) -> Option<String> {
    let end = target.find(":/").filter(|end| *end > 1)?;
    let start = target.get(..end)?.rfind('/').map_or(0, |i| i.saturating_add(1));
    let (scheme, rest) = (target.get(start..end)?, target.get(end.saturating_add(1)..)?);
    (scheme.len() > 1).then(|| format!("{scheme}:/{rest}"))
}

/// A relationship that leads out of the package, by its type.
fn outside(source: &str, relationship: &Relationship, found: &mut Found) {
    let target = if relationship.external {
        relationship.target.clone()
    } else if let Some(target) = with_scheme(&relationship.target) {
        target
    } else {
        return;
    };
    let lower = relationship.kind.to_lowercase();
    let last = lower.rsplit('/').next().unwrap_or_default();
    let kind = match last {
        "hyperlink" => LinkKind::Hyperlink,
        "externallinkpath" | "xlpathmissing" | "externallink" | "xlstartup" | "xlalternatestartup" | "xllibrary" => {
            LinkKind::ExternalWorkbook
        }
        _ if lower.contains("/xlexternallinkpath/") => LinkKind::ExternalWorkbook,
        "oleobject" | "package" => LinkKind::OleLink,
        "attachedtemplate" | "xladdin" | "addin" => LinkKind::RemoteTemplate,
        "image" => LinkKind::RemotePicture,
        "control" | "activexcontrol" | "activexcontrolbinary" => LinkKind::ActiveX,
        "webextension" => LinkKind::WebExtension,
        _ => LinkKind::OtherOutside,
    };
    let target = connection::hidden(&target);
    let target = if kind == LinkKind::OtherOutside { format!("{last}: {target}") } else { target };
    let part = if source.is_empty() { "_rels/.rels" } else { source };
    found.link(kind, part, target);
}

/// Links and objects in parts of their own.
fn carried(parts: &Parts<'_, '_>, found: &mut Found) {
    type Reader = fn(&Parts<'_, '_>, &str, &[u8], &mut Found);
    let readers: [(Role, Reader); 8] = [
        (Role::ExternalBook, opc_part::external_book),
        (Role::Connections, opc_part::connections),
        (Role::QueryTable, opc_part::query_table),
        (Role::ActiveX, opc_part::active_x),
        (Role::Drawing, opc_part::drawing),
        (Role::Vml, opc_part::vml),
        (Role::Ribbon, opc_part::ribbon),
        (Role::WebExtension, opc_part::web_extension),
    ];
    for (role, reader) in readers {
        for part in parts.of(role) {
            if let Some(bytes) = found.kept(parts.package.read(part)) {
                reader(parts, part, &bytes, found);
            }
        }
    }
    for part in parts.of(Role::Toolbars) {
        found.link(LinkKind::MacroButton, part, "attached toolbars");
    }
    let programs = opc_sheet::programs(parts, found);
    for part in parts.of(Role::Embedded) {
        if let Some(bytes) = found.kept(parts.package.read(part)) {
            embedded::part(&bytes, part, programs.get(&part.to_lowercase()).map(String::as_str), found);
        }
    }
}
