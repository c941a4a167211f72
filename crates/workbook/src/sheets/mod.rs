//! Sheets of a workbook, Excel 4 macros, links and objects, in every container.

pub(crate) mod biff;
pub(crate) mod biff12;
mod biff_book;
mod biff_object;
mod biff_sheet;
pub(crate) mod binary;
mod connection;
pub(crate) mod constants;
mod embedded;
mod formula;
pub(crate) mod found;
mod functions;
mod moniker;
mod odf;
mod opc;
mod opc_part;
mod opc_sheet;
pub(crate) mod tokens;
mod xml;

use crate::container::{Archive, Ole, Package};
use crate::trouble::Trouble;
use crate::vba::Project;
use found::Found;
use serde::Serialize;

/// Whether a sheet is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Shown.
    Visible,
    /// Hidden; the user can show it.
    Hidden,
    /// Hidden so that only a macro or another program can show it.
    VeryHidden,
}

/// What a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetKind {
    /// Cells.
    Worksheet,
    /// A chart alone.
    Chart,
    /// A sheet of Excel 4 macros.
    Macro,
    /// A sheet of Excel 4 macros of the international kind.
    InternationalMacro,
    /// An Excel 5 dialog.
    Dialog,
    /// Another or unknown kind.
    Other,
}

impl SheetKind {
    /// The kind that the type of a relationship leads to, letter case left aside.
    pub(crate) fn by_relationship(kind: &str) -> Self {
        match kind.rsplit('/').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "worksheet" => SheetKind::Worksheet,
            "chartsheet" => SheetKind::Chart,
            "xlmacrosheet" => SheetKind::Macro,
            "xlintlmacrosheet" => SheetKind::InternationalMacro,
            "dialogsheet" => SheetKind::Dialog,
            _ => SheetKind::Other,
        }
    }
}

/// A sheet as the workbook lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Name as shown.
    pub name: String,
    /// Whether it is shown.
    pub visibility: Visibility,
    /// What it is.
    pub kind: SheetKind,
    /// Part of the package that holds it; empty for other containers.
    #[serde(skip)]
    pub part: String,
}

/// A formula of an Excel 4 macro, or a name that starts one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Xlm {
    /// Sheet; empty for a defined name.
    pub sheet: String,
    /// Cell such as `A1`, or the defined name such as `Auto_Open`.
    pub at: String,
    /// Formula or target as text, as far as it can be told.
    pub formula: String,
    /// True for a name that starts by itself (`Auto_Open`, `Auto_Close`, ... with any ending).
    pub starts: bool,
    /// Functions in it that act: `EXEC`, `CALL`, `REGISTER`, `FOPEN`, ...; beside `CALL` and `REGISTER` the known functions of Windows
    /// that they name, such as `URLDownloadToFileA`; sorted.
    pub acts: Vec<String>,
    /// The formula with `CHAR(n)` and joined texts put together, where that says more than the formula itself.
    pub joined: Option<String>,
}

/// What points outside the workbook, or is carried within it as an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Dynamic data exchange: can start a program.
    Dde,
    /// Another workbook.
    ExternalWorkbook,
    /// An OLE link to a file or program outside.
    OleLink,
    /// A file or object embedded in the workbook.
    EmbeddedObject,
    /// An ActiveX control.
    ActiveX,
    /// A data connection (database, web query, text file).
    Connection,
    /// A template or add-in loaded from outside.
    RemoteTemplate,
    /// A picture loaded from outside when the file is opened.
    RemotePicture,
    /// A link that a person must click.
    Hyperlink,
    /// A button or shape bound to a macro.
    MacroButton,
    /// A part of custom ribbon buttons with call-backs.
    Ribbon,
    /// A web extension or task pane.
    WebExtension,
    /// Another relationship that points outside the file.
    OtherOutside,
    /// Program text of an open document (Basic, Python) that the file carries.
    Script,
    /// An event of an open document bound to a script: it runs by itself.
    Event,
}

/// What carried bytes are, by themselves and by their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carried {
    /// A program.
    Program,
    /// A script that Windows runs when it is opened.
    Script,
    /// A shortcut, which can start anything.
    Shortcut,
    /// A document that can hold macros: an Office file.
    Office,
    /// Another document or a picture.
    Document,
    /// An archive.
    Archive,
    /// None of these.
    Unknown,
}

/// A link or object with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Link {
    /// Kind.
    pub kind: LinkKind,
    /// Part, record or sheet where it stands.
    pub part: String,
    /// What it points to, or the name and type of what is embedded. Passwords in it are hidden.
    pub target: String,
    /// What is embedded, for an embedded object whose bytes were seen.
    pub carried: Option<Carried>,
}

/// What a container is, by its bytes and not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// Office Open XML without macros by its content type.
    Xlsx,
    /// Office Open XML with macros by its content type.
    Xlsm,
    /// A template, with or without macros.
    Xltm,
    /// An add-in.
    Xlam,
    /// The binary package.
    Xlsb,
    /// The binary workbook of Excel 97 to 2003 (BIFF8).
    Xls,
    /// An older binary workbook (BIFF2 to BIFF5).
    XlsOld,
    /// Open document spreadsheet.
    Ods,
    /// A macro project alone.
    VbaProject,
    /// A Word or PowerPoint document, with or without macros.
    OtherOffice,
}

/// What can be told of a workbook without its macro project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// What it is.
    pub container: Container,
    /// Sheets in their order.
    pub sheets: Vec<Sheet>,
    /// Excel 4 macros.
    pub xlm: Vec<Xlm>,
    /// Links and objects, sorted.
    pub links: Vec<Link>,
    /// True when the package bears an OPC signature (XML-DSig), or an open document its own kind: both cover cells.
    pub package_signed: bool,
    /// Parts that could not be read; what they hold was not judged.
    pub troubles: Vec<Trouble>,
}

/// Tells what a file is and lists its sheets, Excel 4 macros, links and objects. The file must not be encrypted (see [`crate::crypt`]).
///
/// Not looked at: formulas of ordinary worksheets, custom XML, and the macro project itself.
///
/// # Errors
/// The bytes are no office file, are encrypted, or their container cannot be opened. A part that cannot be read is told in
/// [`Survey::troubles`] instead.
pub fn survey(bytes: &[u8]) -> Result<Survey, Trouble> {
    if bytes.len() as u64 > crate::limits::FILE {
        return Err(Trouble::TooLarge { what: "file".to_owned(), limit: crate::limits::FILE });
    }
    if crate::crypt::is_encrypted(bytes).is_some() {
        return Err(Trouble::Encrypted);
    }
    let mut found = Found::default();
    let container = if bytes.starts_with(b"PK") {
        let archive = Archive::open(bytes)?;
        if archive.find("[Content_Types].xml").is_some() {
            opc::survey(&Package::open(bytes)?, &mut found)?
        } else if archive.find("content.xml").is_some() {
            odf::survey(&archive, &mut found)?
        } else {
            return Err(Trouble::NotAWorkbook);
        }
    } else if let Ok(ole) = Ole::open(bytes) {
        compound(&ole, &mut found)?
    } else {
        biff::bare(bytes, &mut found)?
    };
    Ok(found.into_survey(container))
}

/// A compound file: a binary workbook, a macro project alone, or a document of another program.
fn compound(ole: &Ole<'_>, found: &mut Found) -> Result<Container, Trouble> {
    embedded::storages(ole, found);
    if ole.is_damaged() {
        found.trouble(Trouble::malformed(
            "compound file",
            "a chain of its sectors is broken; what was read may be a part",
        ));
    }
    if let Some(entry) = ["Workbook", "Book"].into_iter().find_map(|name| ole.find(name)) {
        let stream = ole.read(entry);
        if (stream.len() as u64) < entry.size {
            found.trouble(Trouble::malformed(entry.path.clone(), "it is shorter than it claims"));
        }
        return biff::survey(&stream, found);
    }
    let other = ["WordDocument", "PowerPoint Document", "VisioDocument"];
    if other.into_iter().any(|name| ole.find(name).is_some()) {
        return Ok(Container::OtherOffice);
    }
    if Project::roots(ole).is_empty() { Err(Trouble::NotAWorkbook) } else { Ok(Container::VbaProject) }
}
