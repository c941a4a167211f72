//! Binary workbooks (MS-XLS; BIFF5 and BIFF8): the list of sheets, names, and books outside.

use super::binary::Bytes;
use super::found::Found;
use super::tokens::{self, Form, Names};
use super::{Container, LinkKind, Sheet, SheetKind, Visibility, biff_book, biff_sheet, connection};
use crate::container::{u16_at, u32_at};
use crate::trouble::Trouble;
use crate::vba;
use std::borrow::Cow;
use std::collections::BTreeSet;

pub(crate) const BOF: u16 = 0x0809;
pub(crate) const EOF: u16 = 0x000a;
pub(crate) const CONTINUE: u16 = 0x003c;
const PART: &str = "Workbook";
/// Records that may be looked at: sheets that claim to overlap would otherwise be read over and over.
pub(crate) const RECORDS: usize = 50_000_000;

/// A record: its number, where it starts in the stream, its body.
#[derive(Debug, Clone)]
pub(crate) struct Record<'s> {
    pub(crate) id: u16,
    pub(crate) at: usize,
    pub(crate) body: &'s [u8],
}

/// The records of a stream from a place on; the last one is cut where the stream ends.
#[derive(Debug, Clone)]
pub(crate) struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Records<'s> {
    pub(crate) fn new(stream: &'s [u8], at: usize) -> Self {
        Self { stream, at }
    }

    /// The body of the record just read with those of the CONTINUE records behind it. A text that goes on in one of these says again how
    /// wide its characters are; none that is read here is so long, and where one is made to be, it is shown with that flag in it.
    pub(crate) fn whole(&mut self, record: &Record<'s>) -> Cow<'s, [u8]> {
        let mut body = Cow::Borrowed(record.body);
        loop {
            let mut ahead = self.clone();
            let Some(next) = ahead.next().filter(|r| r.id == CONTINUE) else { return body };
            body.to_mut().extend_from_slice(next.body);
            *self = ahead;
        }
    }
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let at = self.at;
        let id = u16_at(self.stream, at)?;
        let start = at.checked_add(4)?;
        let end = start.checked_add(u16_at(self.stream, at.checked_add(2)?)?.into())?.min(self.stream.len());
        self.at = end;
        Some(Record { id, at, body: self.stream.get(start..end)? })
    }
}

/// A defined name.
#[derive(Debug, Default)]
pub(crate) struct Name {
    pub(crate) name: String,
    pub(crate) tokens: Vec<u8>,
    /// What stands behind the tokens.
    pub(crate) extra: Vec<u8>,
    /// Marked as a function or command of a macro.
    pub(super) marked: bool,
    /// The sheet that it belongs to, counted from 0; none for the whole workbook.
    pub(crate) sheet: Option<usize>,
    /// Not shown to users.
    pub(crate) hidden: bool,
}

/// What the globals of a workbook tell.
#[derive(Debug)]
pub(crate) struct Globals {
    pub(crate) form: Form,
    pub(crate) code_page: u16,
    /// Position in the stream and entry, in the order of the tabs.
    pub(crate) sheets: Vec<(usize, Sheet)>,
    pub(crate) names: Vec<Name>,
    books: Vec<biff_book::Book>,
    references: Vec<(u16, i16, i16)>,
    /// BIFF5: what each EXTERNSHEET names.
    outside: Vec<String>,
}

impl Globals {
    fn new(form: Form) -> Self {
        Self {
            form,
            code_page: 1252,
            sheets: Vec::new(),
            names: Vec::new(),
            books: Vec::new(),
            references: Vec::new(),
            outside: Vec::new(),
        }
    }
}

/// The globals of a stream of BIFF5 or BIFF8; none where it does not begin as one.
pub(crate) fn globals(stream: &[u8], left: &mut usize) -> Option<Globals> {
    let first = Records::new(stream, 0).next().filter(|r| r.id == BOF)?;
    let form = if u16_at(first.body, 0) == Some(0x0600) { Form::Biff8 } else { Form::Biff5 };
    let mut globals = Globals::new(form);
    read(stream, &mut globals, &mut Found::default(), left);
    Some(globals)
}

impl Names for Globals {
    fn name(&self, number: u32) -> String {
        let found = usize::try_from(number).ok().and_then(|n| self.names.get(n.checked_sub(1)?));
        found.map_or_else(|| format!("name{number}"), |n| n.name.clone())
    }

    fn outside(&self, sheets: u32, number: u32) -> String {
        let unknown = || format!("outside{sheets}.{number}");
        let reference = usize::try_from(sheets).ok().and_then(|s| self.references.get(s));
        let book = reference.and_then(|r| self.books.get(usize::from(r.0)));
        let Some(book) = book else { return unknown() };
        if book.own {
            return self.name(number);
        }
        let name = usize::try_from(number).ok().and_then(|n| book.names.get(n.checked_sub(1)?));
        match name {
            Some(name) if book.target.is_empty() => name.clone(),
            Some(name) => format!("'{}'!{name}", book.target),
            None => unknown(),
        }
    }

    fn sheets(&self, number: u32) -> String {
        if self.form == Form::Biff5 {
            let index = usize::try_from(number & 0xffff).unwrap_or(usize::MAX);
            let outside = || self.outside.get(index.checked_sub(1)?).cloned();
            let own = || self.sheets.get(index).map(|s| s.1.name.clone());
            return quoted(&if number > 0xffff { outside() } else { own() }.unwrap_or_else(|| format!("sheet{index}")));
        }
        let reference = usize::try_from(number).ok().and_then(|s| self.references.get(s));
        let Some(&(book, first, last)) = reference else { return format!("sheet{number}") };
        let Some(book) = self.books.get(usize::from(book)) else { return format!("sheet{number}") };
        if !book.own {
            return quoted(&format!("[{}]{first}", book.target));
        }
        let name = |i: i16| usize::try_from(i).ok().and_then(|i| self.sheets.get(i)).map(|s| s.1.name.clone());
        match (name(first), name(last)) {
            (Some(a), Some(b)) if first != last => quoted(&format!("{a}:{b}")),
            (Some(a), _) => quoted(&a),
            _ => "#REF".to_owned(),
        }
    }

    fn decode(&self, bytes: &[u8]) -> String {
        vba::decode(self.code_page, bytes)
    }
}

/// A sheet's name as formulas write it.
fn quoted(name: &str) -> String {
    if name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "''"))
    }
}

/// Reads the stream of a binary workbook.
///
/// # Errors
/// It does not begin as one.
pub(super) fn survey(stream: &[u8], found: &mut Found) -> Result<Container, Trouble> {
    let first = Records::new(stream, 0).next().ok_or_else(|| Trouble::malformed(PART, "it is empty"))?;
    let version = u16_at(first.body, 0).unwrap_or_default();
    let container = match (first.id, version) {
        (BOF, 0x0600) => Container::Xls,
        (BOF, _) => Container::XlsOld,
        (0x0009 | 0x0209 | 0x0409, _) => {
            old(&first, found);
            return Ok(Container::XlsOld);
        }
        _ => return Err(Trouble::malformed(PART, "it does not begin as a workbook")),
    };
    let form = if container == Container::Xls { Form::Biff8 } else { Form::Biff5 };
    let mut globals = Globals::new(form);
    let mut left = RECORDS;
    read(stream, &mut globals, found, &mut left);
    for name in &globals.names {
        let text = tokens::write(form, &name.tokens, &name.extra, &globals, None);
        found.name(&name.name, if text.is_empty() { text } else { format!("={text}") }, name.marked);
    }
    sheets(stream, &mut globals, found, &mut left);
    if left == 0 {
        found.trouble(Trouble::TooLarge { what: PART.to_owned(), limit: RECORDS as u64 });
    }
    Ok(container)
}

/// A stream that stands alone, without a compound file: BIFF2 to BIFF4, or a later one cut out.
///
/// # Errors
/// It does not begin as a workbook.
pub(super) fn bare(bytes: &[u8], found: &mut Found) -> Result<Container, Trouble> {
    let size = u16_at(bytes, 2).unwrap_or_default();
    match u16_at(bytes, 0) {
        Some(0x0009 | 0x0209 | 0x0409) if (4..=8).contains(&size) => survey(bytes, found),
        Some(BOF) if (8..=16).contains(&size) && matches!(u16_at(bytes, 4), Some(0x0500 | 0x0600)) => {
            survey(bytes, found)
        }
        _ => Err(Trouble::NotAWorkbook),
    }
}

/// BIFF2 to BIFF4: one sheet, without a name of its own.
fn old(first: &Record<'_>, found: &mut Found) {
    let kind = match u16_at(first.body, 2) {
        Some(0x0010) => SheetKind::Worksheet,
        Some(0x0020) => SheetKind::Chart,
        Some(0x0040) => SheetKind::Macro,
        _ => SheetKind::Other,
    };
    found.sheet(Sheet { name: String::new(), visibility: Visibility::Visible, kind, part: String::new() });
    if kind != SheetKind::Worksheet {
        found.trouble(Trouble::malformed(PART, "a form older than BIFF5, whose formulas are not read"));
    }
}

/// The globals, up to their end.
fn read(stream: &[u8], globals: &mut Globals, found: &mut Found, left: &mut usize) {
    let mut records = Records::new(stream, 0);
    let mut strings: Option<Vec<String>> = None;
    records.next();
    while let Some(record) = records.next() {
        *left = left.saturating_sub(1);
        if *left == 0 || record.id == EOF {
            break;
        }
        if let Some(text) = connection::biff(&record, globals, &mut strings) {
            found.link(LinkKind::Connection, PART, text);
        }
        match record.id {
            0x0042 => globals.code_page = u16_at(record.body, 0).unwrap_or(1252),
            0x0085 => {
                if let Some(sheet) = bound_sheet(globals, record.body) {
                    globals.sheets.push(sheet);
                }
            }
            0x0018 | 0x0218 => {
                let body = records.whole(&record);
                globals
                    .names
                    .push(name(globals, &body).unwrap_or_else(|| Name { name: "?".to_owned(), ..Name::default() }));
            }
            0x01ae => {
                let body = records.whole(&record);
                let book = biff_book::read(&body, &records, found);
                globals.books.push(book);
            }
            0x0023 | 0x0223 if globals.form == Form::Biff8 => {
                let mut body = Bytes::new(record.body);
                let name = body.take(6).and_then(|_| body.u8()).and_then(|n| body.text8(n.into()));
                if let Some(book) = globals.books.last_mut() {
                    book.names.push(name.unwrap_or_else(|| "?".to_owned()));
                }
            }
            0x0017 if globals.form == Form::Biff8 => {
                let body = records.whole(&record);
                let rows = body.get(2..).unwrap_or_default().as_chunks::<6>().0;
                globals.references.extend(rows.iter().map(|r| {
                    let word = |at| u16_at(r, at).unwrap_or_default();
                    (word(0), word(2).cast_signed(), word(4).cast_signed())
                }));
            }
            0x0017 => {
                let text = biff_book::old(globals, record.body);
                if let Some((kind, target)) = text.as_ref().and_then(|(kind, t)| Some(((*kind)?, t))) {
                    found.link(kind, "EXTERNSHEET", target.clone());
                }
                globals.outside.push(text.map(|t| t.1).unwrap_or_default());
            }
            _ => {}
        }
    }
}

fn bound_sheet(globals: &Globals, body: &[u8]) -> Option<(usize, Sheet)> {
    let position = usize::try_from(u32_at(body, 0)?).ok()?;
    let visibility = match body.get(4)? & 3 {
        0 => Visibility::Visible,
        1 => Visibility::Hidden,
        _ => Visibility::VeryHidden,
    };
    let kind = match body.get(5)? {
        0 => SheetKind::Worksheet,
        1 => SheetKind::Macro,
        2 => SheetKind::Chart,
        _ => SheetKind::Other,
    };
    let length = usize::from(*body.get(6)?);
    let mut rest = Bytes::new(body.get(7..)?);
    let name = match globals.form {
        Form::Biff5 => vba::decode(globals.code_page, rest.take(length.min(rest.rest().len()))?),
        _ => rest.text8(length).unwrap_or_else(|| "?".to_owned()),
    };
    Some((position, Sheet { name, visibility, kind, part: String::new() }))
}

fn name(globals: &Globals, body: &[u8]) -> Option<Name> {
    const BUILT_IN: [&str; 14] = [
        "Consolidate_Area",
        "Auto_Open",
        "Auto_Close",
        "Extract",
        "Database",
        "Criteria",
        "Print_Area",
        "Print_Titles",
        "Recorder",
        "Data_Form",
        "Auto_Activate",
        "Auto_Deactivate",
        "Sheet_Title",
        "_FilterDatabase",
    ];
    let flags = u16_at(body, 0)?;
    let units = usize::from(*body.get(3)?);
    let size = usize::from(u16_at(body, 4)?);
    let sheet = u16_at(body, 8).and_then(|n| usize::from(n).checked_sub(1));
    let mut rest = Bytes::new(body.get(14..)?);
    let mut name = match globals.form {
        Form::Biff5 => vba::decode(globals.code_page, rest.take(units)?),
        _ => rest.text8(units)?,
    };
    let mut characters = name.chars();
    if flags & 0x20 != 0
        && let (Some(first), ending) = (characters.next(), characters.as_str())
    {
        // What follows the number belongs to the name that users gave it, as in Auto_Open_2.
        let built_in = usize::try_from(u32::from(first)).ok().and_then(|n| BUILT_IN.get(n));
        name = built_in.map_or_else(|| format!("built-in {}", u32::from(first)), |n| format!("{n}{ending}"));
    }
    let tokens = rest.rest();
    // fFunc and fProc: a function or a command of a macro, Excel 4 or VBA.
    let (tokens, extra) = tokens.split_at_checked(size).unwrap_or((tokens, &[]));
    let (marked, hidden) = (flags & 0x000a != 0, flags & 1 != 0);
    Some(Name { name, tokens: tokens.to_vec(), extra: extra.to_vec(), marked, sheet, hidden })
}

/// Every sheet where the list says that it begins, and those that begin somewhere without being listed.
fn sheets(stream: &[u8], globals: &mut Globals, found: &mut Found, left: &mut usize) {
    let mut read = BTreeSet::new();
    let mut listed = std::mem::take(&mut globals.sheets);
    let names: Vec<_> = listed.clone();
    globals.sheets = names;
    for (position, sheet) in &mut listed {
        let (first, kind) = (read.insert(*position), sheet.kind);
        if first {
            sheet.kind = biff_sheet::read(stream, *position, globals, &sheet.name, kind, found, left);
        }
        found.sheet(sheet.clone());
    }
    let mut depth = 0_usize;
    for record in Records::new(stream, 0) {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return;
        }
        match record.id {
            BOF => {
                let kind = u16_at(record.body, 2);
                if depth == 0 && kind == Some(0x0040) && read.insert(record.at) {
                    biff_sheet::read(stream, record.at, globals, "", SheetKind::Macro, found, left);
                }
                depth = depth.saturating_add(1);
            }
            EOF => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}
