//! What an attachment truly is, told from its bytes, and whether it brings macros. Nothing is opened for good or run.

use std::io::{Cursor, Read};

use serde::Serialize;

use crate::{limits, vba};

/// An attachment as the triage tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// File name as given, without path.
    pub name: String,
    /// True type by content: `xlsm`, `xls`, `docx`, `pdf`, `html`, `zip`, `exe`, `eml`, ...; the name's ending only where the
    /// content does not tell.
    #[serde(rename = "type")]
    pub kind: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// True when it holds macros.
    #[serde(rename = "macro")]
    pub has_macro: bool,
    /// The procedure that starts by itself, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoexec: Option<String>,
    /// Size in bytes.
    pub bytes: usize,
    /// What is wrong with it: `double-extension`, `name-differs-from-type`, `executable`, `encrypted`, `archive-too-large`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// What the workbook room found, in short, when the caller brought it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inspection: Vec<String>,
}

/// What a fuller inspection of an Office file tells; the caller ties it in from the room that knows workbooks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// True when macros were found.
    pub has_macro: bool,
    /// A procedure that starts by itself.
    pub autoexec: Option<String>,
    /// Short words for what was found.
    pub found: Vec<String>,
}

/// A room that can look deeper into an attachment.
pub trait AttachmentInspector {
    /// Looks into the bytes; `None` when it is not a kind it knows.
    fn inspect(&self, name: &str, kind: &str, bytes: &[u8]) -> Option<Inspection>;
}

/// The inspector that knows nothing more.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoInspector;

impl AttachmentInspector for NoInspector {
    fn inspect(&self, _name: &str, _kind: &str, _bytes: &[u8]) -> Option<Inspection> {
        None
    }
}

/// Endings that pass for a harmless document in a double ending.
const HARMLESS: &[&str] = &[
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "jpg", "jpeg", "png", "gif", "txt", "csv", "odt", "ods", "rtf",
];
/// Endings that a system runs or opens as a page.
const RUNS: &[&str] = &[
    "exe", "scr", "com", "bat", "cmd", "pif", "vbs", "vbe", "js", "jse", "wsf", "wsh", "ps1", "hta", "msi", "jar",
    "lnk", "iso", "img", "html", "htm", "xhtml", "shtml", "svg", "cpl", "dll", "chm", "reg", "apk", "dmg", "app", "sh",
    "vhd",
];

/// Looks at an attachment: name, bytes, and whoever can look deeper.
pub fn examine(name: &str, declared: &str, bytes: &[u8], inspector: &dyn AttachmentInspector) -> Attachment {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    let mut marks = Vec::new();
    let sniffed = sniff(&name, declared, bytes, &mut marks);
    let mut has_macro = !sniffed.source.is_empty() || sniffed.has_macro;
    let mut autoexec = vba::starter(&sniffed.source).map(str::to_owned);
    let mut inspection = Vec::new();
    if let Some(deeper) = inspector.inspect(&name, &sniffed.kind, bytes) {
        has_macro |= deeper.has_macro;
        autoexec = autoexec.or(deeper.autoexec);
        inspection = deeper.found;
    }
    let endings: Vec<String> = name.split('.').skip(1).map(str::to_ascii_lowercase).collect();
    if let [.., before, last] = endings.as_slice()
        && HARMLESS.contains(&before.trim())
        && RUNS.contains(&last.as_str())
    {
        marks.push("double-extension".to_owned());
    }
    let last = endings.last().map(String::as_str).unwrap_or_default();
    if sniffed.kind == "exe" || (RUNS.contains(&last) && !matches!(last, "html" | "htm" | "xhtml" | "shtml" | "svg")) {
        marks.push("executable".to_owned());
    }
    if differs(last, &sniffed.kind) {
        marks.push("name-differs-from-type".to_owned());
    }
    marks.sort();
    marks.dedup();
    let sha256 = crate::triage::hash(bytes);
    Attachment { name, kind: sniffed.kind, sha256, has_macro, autoexec, bytes: bytes.len(), marks, inspection }
}

/// True when a name promises one known family and the bytes are of another.
fn differs(ending: &str, kind: &str) -> bool {
    let family = |e: &str| match e {
        "xls" | "xlsx" | "xlsm" | "xlsb" | "xlt" | "xltx" | "xltm" | "xlam" | "ods" => Some("sheet"),
        "doc" | "docx" | "docm" | "dot" | "dotx" | "dotm" | "odt" | "rtf" => Some("text"),
        "ppt" | "pptx" | "pptm" | "odp" => Some("slides"),
        "pdf" => Some("pdf"),
        "jpg" | "jpeg" | "png" | "gif" => Some("picture"),
        "zip" => Some("zip"),
        "exe" | "dll" | "scr" => Some("program"),
        "html" | "htm" => Some("page"),
        _ => None,
    };
    family(ending).zip(family(kind)).is_some_and(|(a, b)| a != b)
}

#[derive(Default)]
struct Sniffed {
    kind: String,
    source: String,
    has_macro: bool,
}

fn sniff(name: &str, declared: &str, bytes: &[u8], marks: &mut Vec<String>) -> Sniffed {
    let ending = name.rsplit_once('.').map(|(_, e)| e.trim().to_ascii_lowercase()).unwrap_or_default();
    let plain = |kind: &str| Sniffed { kind: kind.to_owned(), ..Sniffed::default() };
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive(&ending, bytes, marks);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return compound(&ending, bytes, marks);
    }
    for (mark, kind) in [
        (&b"%PDF-"[..], "pdf"),
        (b"MZ", "exe"),
        (b"\x7fELF", "exe"),
        (b"Rar!\x1a\x07", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b", "gz"),
        (b"\x89PNG\r\n", "png"),
        (b"GIF8", "gif"),
        (b"\xff\xd8\xff", "jpg"),
        (b"{\\rtf", "rtf"),
        (b"MSCF", "cab"),
        (b"BEGIN:VCALENDAR", "ics"),
    ] {
        if bytes.starts_with(mark) {
            return plain(kind);
        }
    }
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if memchr::memmem::find(head, b"%PDF-").is_some() {
        return plain("pdf");
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let start = head.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    if start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || start.contains("<script")
        || start.contains("<body")
    {
        return plain("html");
    }
    if start.starts_with("<svg") || (start.starts_with("<?xml") && start.contains("<svg")) {
        return plain("svg");
    }
    let by_name = if ending.is_empty() || ending.len() > 8 {
        declared.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
    } else {
        ending
    };
    plain(match by_name.as_str() {
        "htm" => "html",
        "" | "octet-stream" => "unknown",
        other => other,
    })
}

/// Office Open XML, OpenDocument, or any other zip.
fn archive(ending: &str, bytes: &[u8], marks: &mut Vec<String>) -> Sniffed {
    let mut sniffed = Sniffed { kind: "zip".to_owned(), ..Sniffed::default() };
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { return sniffed };
    if zip.len() > limits::CONTAINER_ENTRIES {
        marks.push("archive-too-large".to_owned());
    }
    let names: Vec<String> =
        zip.file_names().take(limits::CONTAINER_ENTRIES).filter_map(|n| Some(n.ok()?.into_owned())).collect();
    let has = |start: &str| names.iter().any(|n| n.to_ascii_lowercase().starts_with(start));
    let vba = names.iter().find(|n| n.to_ascii_lowercase().ends_with("vbaproject.bin")).cloned();
    // Sheets of the Excel 4 kind hold macros without a VBA project.
    let macro_sheet = has("xl/macrosheets/");
    sniffed.has_macro = vba.is_some() || macro_sheet;
    let with = |plain: &str, with_macro: &str| if sniffed.has_macro { with_macro.to_owned() } else { plain.to_owned() };
    sniffed.kind = if names.iter().any(|n| n == "xl/workbook.bin") {
        "xlsb".to_owned()
    } else if has("xl/") {
        with("xlsx", "xlsm")
    } else if has("word/") {
        with("docx", "docm")
    } else if has("ppt/") {
        with("pptx", "pptm")
    } else if has("meta-inf/manifest.xml") && matches!(ending, "ods" | "odt" | "odp") {
        ending.to_owned()
    } else if has("meta-inf/manifest.mf") {
        "jar".to_owned()
    } else {
        "zip".to_owned()
    };
    if has("basic/") && has("meta-inf/") {
        sniffed.has_macro = true;
    }
    if let Some(name) = vba
        && let Ok(entry) = zip.by_name(&name)
    {
        let mut project = Vec::new();
        if entry.take(limits::INFLATED_BYTES).read_to_end(&mut project).is_ok() {
            sniffed.source = vba::source(&project);
        }
    }
    sniffed
}

/// Old Office files, Outlook mails, encrypted workbooks.
fn compound(ending: &str, bytes: &[u8], marks: &mut Vec<String>) -> Sniffed {
    let mut sniffed = Sniffed { kind: "ole".to_owned(), ..Sniffed::default() };
    let Ok(file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return sniffed };
    let names: Vec<String> =
        file.walk().take(limits::CONTAINER_ENTRIES).map(|e| e.path().to_string_lossy().to_ascii_lowercase()).collect();
    let has = |name: &str| names.iter().any(|n| n.trim_start_matches('/') == name);
    sniffed.kind = if has("encryptedpackage") {
        marks.push("encrypted".to_owned());
        if ending.is_empty() { "ole" } else { ending }
    } else if has("workbook") || has("book") {
        "xls"
    } else if has("worddocument") {
        "doc"
    } else if has("powerpoint document") {
        "ppt"
    } else if has("__properties_version1.0") {
        "msg"
    } else {
        "ole"
    }
    .to_owned();
    sniffed.has_macro = names
        .iter()
        .any(|n| n.ends_with("/_vba_project_cur") || n.ends_with("/macros") || n.ends_with("/_vba_project"));
    if sniffed.has_macro {
        sniffed.source = vba::source(bytes);
    }
    sniffed
}
