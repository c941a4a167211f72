//! What the fill must know of a workbook beyond the sheet: sheets, names, styles, shared strings, the date system.

use crate::container::markup::{Markup, Tag, Token, local, unescaped, value};
use crate::container::{Package, text};
use crate::grid::Area;
use crate::trouble::Trouble;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

/// A sheet of cells, or of another kind.
#[derive(Debug)]
pub(super) struct SheetPart {
    pub(super) name: String,
    pub(super) part: String,
    pub(super) cells: bool,
}

/// How a cell is shown and whether it is locked, by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) locked: bool,
    pub(super) text: bool,
    pub(super) date: bool,
}

const PLAIN: Style = Style { locked: true, text: false, date: false };

#[derive(Debug)]
pub(super) struct Book<'b> {
    pub(super) package: Package<'b>,
    pub(super) sheets: Vec<SheetPart>,
    pub(super) since_1904: bool,
    pub(super) recalculates: bool,
    pub(super) signed: bool,
    // Sheet that a name is for (none: all), name in lower case.
    names: BTreeMap<(Option<usize>, String), String>,
    styles: Vec<Style>,
    strings_part: Option<String>,
    strings: OnceCell<Strings>,
}

impl<'b> Book<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Trouble> {
        let package = Package::open(bytes)?;
        let document = package.document().ok_or_else(|| Trouble::Missing("workbook".to_owned()))?;
        let links = package.relationships(&document)?;
        let xml = utf8(package.read(&document)?);
        let signed = package.parts().any(|p| p.name.to_lowercase().starts_with("_xmlsignatures/"));
        let mut book = Self {
            sheets: Vec::new(),
            since_1904: false,
            recalculates: false,
            signed,
            names: BTreeMap::new(),
            styles: Vec::new(),
            strings_part: links.iter().find(|l| l.kind.ends_with("/sharedStrings")).map(|l| l.target.clone()),
            strings: OnceCell::new(),
            package,
        };
        let mut name: Option<(Option<usize>, String)> = None;
        each(&xml, |token| match token {
            Token::Open(tag) => {
                let yes = |a: &[u8]| value(&xml, tag, a).is_some_and(|v| v == "1" || v == "true" || v == "on");
                name = None;
                match local(&xml, &tag.name) {
                    b"sheet" => {
                        let id = value(&xml, tag, b"id").unwrap_or_default();
                        let link = links.iter().find(|l| l.id == id && !l.external);
                        book.sheets.push(SheetPart {
                            name: value(&xml, tag, b"name").unwrap_or_default(),
                            part: link.map(|l| l.target.clone()).unwrap_or_default(),
                            cells: link.is_some_and(|l| l.kind.ends_with("/worksheet")),
                        });
                    }
                    b"workbookPr" => book.since_1904 = yes(b"date1904"),
                    b"calcPr" => book.recalculates = yes(b"fullCalcOnLoad"),
                    b"definedName" => {
                        let sheet = value(&xml, tag, b"localSheetId").and_then(|s| s.parse().ok());
                        name = value(&xml, tag, b"name").map(|n| (sheet, n.to_lowercase()));
                    }
                    _ => {}
                }
            }
            Token::Text { inside, .. } => {
                if let Some(name) = name.take() {
                    book.names.insert(name, unescaped(xml.get(inside.clone()).unwrap_or_default()));
                }
            }
            Token::Close { .. } => {}
        })?;
        if let Some(styles) = links.iter().find(|l| l.kind.ends_with("/styles")) {
            book.styles = read_styles(&utf8(book.package.read(&styles.target)?))?;
        }
        Ok(book)
    }

    pub(super) fn style(&self, index: u32) -> Style {
        usize::try_from(index).ok().and_then(|i| self.styles.get(i)).copied().unwrap_or(PLAIN)
    }

    /// Number of a sheet by its name: as written, else with letter case left aside, as Excel does.
    pub(super) fn sheet(&self, name: &str) -> Option<usize> {
        let exact = self.sheets.iter().position(|s| s.name == name);
        exact.or_else(|| {
            let name = name.to_lowercase();
            self.sheets.iter().position(|s| s.name.to_lowercase() == name)
        })
    }

    /// What a name stands for: the sheet's own before the book's.
    pub(super) fn name(&self, sheet: usize, name: &str) -> Option<&str> {
        let name = name.to_lowercase();
        let own = self.names.get(&(Some(sheet), name.clone()));
        own.or_else(|| self.names.get(&(None, name))).map(String::as_str)
    }

    /// A shared string.
    pub(super) fn string(&self, index: &str) -> String {
        let strings = self.strings.get_or_init(|| {
            let xml = self.strings_part.as_ref().and_then(|p| self.package.read(p).ok()).map(utf8).unwrap_or_default();
            Strings::read(xml)
        });
        index.trim().parse().ok().and_then(|i| strings.get(i)).unwrap_or_default()
    }

    /// Areas that a table or a pivot table keeps for itself on a sheet: a table's headings, the whole of a pivot table.
    pub(super) fn reserved(&self, part: &str) -> Result<Vec<(Area, &'static str)>, Trouble> {
        let mut found = Vec::new();
        for link in self.package.relationships(part)?.iter().filter(|l| !l.external) {
            let (element, code): (&[u8], _) = if link.kind.ends_with("/table") {
                (b"table", "table-heading")
            } else if link.kind.ends_with("/pivotTable") {
                (b"location", "pivot-table")
            } else {
                continue;
            };
            let xml = utf8(self.package.read(&link.target)?);
            each(&xml, |token| {
                let Token::Open(tag) = token else { return };
                if local(&xml, &tag.name) != element {
                    return;
                }
                let Some(mut area) = value(&xml, tag, b"ref").and_then(|r| r.parse::<Area>().ok()) else { return };
                if code == "table-heading" {
                    let rows = value(&xml, tag, b"headerRowCount").and_then(|n| n.parse::<u32>().ok()).unwrap_or(1);
                    if rows == 0 {
                        return;
                    }
                    area.last.row = area.first.row.saturating_add(rows - 1).min(area.last.row);
                }
                found.push((area, code));
            })?;
        }
        Ok(found)
    }
}

/// A part as UTF-8 without mark; one in UTF-16 is turned, its declaration too.
pub(crate) fn utf8(xml: Vec<u8>) -> Vec<u8> {
    if std::str::from_utf8(&xml).is_ok() && !xml.starts_with(b"\xef\xbb\xbf") {
        return xml;
    }
    let wide = matches!(xml.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let turned = text(&xml).into_owned();
    if wide { turned.replacen("UTF-16", "UTF-8", 1).replacen("utf-16", "utf-8", 1) } else { turned }.into_bytes()
}

pub(super) fn each(xml: &[u8], mut act: impl FnMut(&Token)) -> Result<(), Trouble> {
    let mut markup = Markup::new(xml, 0);
    while let Some(token) = markup.next() {
        act(&token?);
    }
    Ok(())
}

fn read_styles(xml: &[u8]) -> Result<Vec<Style>, Trouble> {
    let mut formats: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let mut styles: Vec<Style> = Vec::new();
    let mut inside = false;
    each(xml, |token| match token {
        Token::Open(tag) => match local(xml, &tag.name) {
            b"numFmt" => {
                let code = value(xml, tag, b"formatCode").unwrap_or_default();
                let id = value(xml, tag, b"numFmtId").unwrap_or_default();
                // Formats of conditional styles come later under numbers of their own.
                formats.entry(id).or_insert((code.trim() == "@", shows_date(&code)));
            }
            b"cellXfs" => inside = true,
            b"xf" if inside => {
                let (text, date) = format_of(&value(xml, tag, b"numFmtId").unwrap_or_default(), &formats);
                styles.push(Style { locked: true, text, date });
            }
            b"protection" if inside => {
                if let (Some(style), Some(locked)) = (styles.last_mut(), value(xml, tag, b"locked")) {
                    style.locked = locked != "0" && locked != "false";
                }
            }
            _ => {}
        },
        Token::Close { name, .. } if local(xml, name) == b"cellXfs" => inside = false,
        _ => {}
    })?;
    Ok(styles)
}

fn format_of(id: &str, formats: &BTreeMap<String, (bool, bool)>) -> (bool, bool) {
    if let Some(&known) = formats.get(id) {
        return known;
    }
    // The formats that Excel has built in; 27 to 36 and 50 to 58 are dates of East Asia.
    match id.parse::<u32>() {
        Ok(49) => (true, false),
        Ok(14..=22 | 27..=36 | 45..=47 | 50..=58) => (false, true),
        _ => (false, false),
    }
}

/// True when a format shows a date or a time: a letter of one outside quotes, brackets and escapes.
fn shows_date(code: &str) -> bool {
    let mut letters = code.split(';').next().unwrap_or_default().chars();
    let lower = code.to_lowercase();
    if lower.contains("general") || lower.contains("standard") {
        return false;
    }
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                letters.by_ref().find(|&c| c == '"');
            }
            '[' => {
                // `[h]` counts hours; `[Red]` and `[$-40C]` show nothing of themselves.
                let inside: String = letters.by_ref().take_while(|&c| c != ']').collect();
                if ["h", "hh", "m", "mm", "s", "ss"].contains(&inside.to_lowercase().as_str()) {
                    return true;
                }
            }
            '\\' | '_' | '*' => {
                letters.next();
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// The shared strings, each by the bytes that it fills; decoded when asked for.
#[derive(Debug)]
struct Strings {
    xml: Vec<u8>,
    items: Vec<Range<usize>>,
}

impl Strings {
    fn read(xml: Vec<u8>) -> Self {
        let (mut items, mut start) = (Vec::new(), None);
        let mut markup = Markup::new(&xml, 0);
        while let Some(Ok(token)) = markup.next() {
            match token {
                Token::Open(tag) if local(&xml, &tag.name) == b"si" => {
                    if tag.closed {
                        items.push(tag.whole.end..tag.whole.end);
                    } else {
                        start = Some(tag.whole.end);
                    }
                }
                Token::Close { whole, name } if local(&xml, &name) == b"si" => {
                    if let Some(start) = start.take() {
                        items.push(start..whole.start);
                    }
                }
                _ => {}
            }
        }
        Self { xml, items }
    }

    fn get(&self, index: usize) -> Option<String> {
        Some(runs(self.xml.get(self.items.get(index)?.clone())?))
    }
}

/// The text of a string item or inline string: its runs joined, phonetic help left out, `_xHHHH_` resolved.
pub(crate) fn runs(xml: &[u8]) -> String {
    let mut out = String::new();
    let (mut shown, mut phonetic) = (false, false);
    let mut markup = Markup::new(xml, 0);
    while let Some(Ok(token)) = markup.next() {
        match token {
            Token::Open(Tag { name, closed: false, .. }) => match local(xml, &name) {
                b"t" => shown = true,
                b"rPh" => phonetic = true,
                _ => {}
            },
            Token::Close { name, .. } => match local(xml, &name) {
                b"t" => shown = false,
                b"rPh" => phonetic = false,
                _ => {}
            },
            Token::Text { inside, raw } if shown && !phonetic => {
                let bytes = xml.get(inside).unwrap_or_default();
                if raw {
                    out.push_str(&String::from_utf8_lossy(bytes));
                } else {
                    out.push_str(&unescaped(bytes));
                }
            }
            _ => {}
        }
    }
    super::encode::unescape(&out)
}
