//! A sheet's part by the bytes that it fills: its head and tail, and its rows and cells one after another.

use super::book::Book;
use super::list::Lists;
use super::rule::{Bound, Kind, Rule};
use super::spread::Spread;
use crate::container::markup::{Markup, Tag, Token, attributes, local, raw_attribute, unescaped, value};
use crate::grid::{Address, Area, COLUMNS, ROWS};
use crate::trouble::Trouble;
use std::ops::Range;

/// Where the parts of a cell stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Value of `t`; empty where it is absent.
    pub(super) kind: Range<usize>,
    pub(super) value: Option<Range<usize>>,
    pub(super) inline: Option<Range<usize>>,
    pub(super) formula: bool,
    /// The area that its array formula or data table fills.
    pub(super) fills: Option<Area>,
}

/// A cell that stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: Address,
    pub(super) tag: Tag,
    pub(super) whole: Range<usize>,
    pub(super) style: u32,
    pub(super) content: Content,
}

/// What comes next in the rows of a sheet.
#[derive(Debug)]
pub(super) enum Step {
    /// A row begins: its number from 0, its tag.
    Row(u32, Tag),
    Cell(Found),
    /// The row ends; its closing tag begins there. Comes after self-closed rows too.
    RowEnd(usize),
    /// The rows end; the closing tag begins there.
    End(usize),
}

/// Reads rows and cells in order; out of order they are refused, as Excel does.
pub(super) struct Rows<'x> {
    xml: &'x [u8],
    markup: Markup<'x>,
    // The row that is open, and the first row and column that may come next.
    row: Option<u32>,
    next_row: u32,
    next_column: u32,
    pending: Option<Step>,
    done: bool,
}

impl<'x> Rows<'x> {
    pub(super) fn new(xml: &'x [u8], at: usize) -> Self {
        Self { xml, markup: Markup::new(xml, at), row: None, next_row: 0, next_column: 0, pending: None, done: false }
    }

    pub(super) fn next(&mut self) -> Option<Result<Step, Trouble>> {
        if let Some(step) = self.pending.take() {
            return Some(Ok(step));
        }
        if self.done {
            return None;
        }
        loop {
            let token = match self.markup.next()? {
                Ok(token) => token,
                Err(trouble) => return Some(Err(trouble)),
            };
            match token {
                Token::Open(tag) => match local(self.xml, &tag.name) {
                    b"row" => return Some(self.row(tag)),
                    b"c" => return Some(self.cell(tag).map(Step::Cell)),
                    _ => {}
                },
                Token::Close { whole, name } => match local(self.xml, &name) {
                    b"row" => return Some(Ok(Step::RowEnd(whole.start))),
                    b"sheetData" => {
                        self.done = true;
                        return Some(Ok(Step::End(whole.start)));
                    }
                    _ => {}
                },
                Token::Text { .. } => {}
            }
        }
    }

    fn row(&mut self, tag: Tag) -> Result<Step, Trouble> {
        let number = match raw_attribute(self.xml, &tag, b"r") {
            Some(range) => {
                let number = number(self.xml.get(range).unwrap_or_default());
                number.and_then(|n| n.checked_sub(1)).ok_or_else(|| broken("a row has an impossible number"))?
            }
            None => self.next_row,
        };
        if number < self.next_row || number >= ROWS {
            return Err(broken("its rows are out of order"));
        }
        (self.row, self.next_row, self.next_column) = (Some(number), number + 1, 0);
        if tag.closed {
            self.pending = Some(Step::RowEnd(tag.whole.end));
        }
        Ok(Step::Row(number, tag))
    }

    fn cell(&mut self, tag: Tag) -> Result<Found, Trouble> {
        let row = self.row.ok_or_else(|| broken("a cell stands outside the rows"))?;
        let mut content = Content::default();
        let (mut place, mut style) = (None, 0);
        for (name, value) in attributes(self.xml, &tag) {
            match local(self.xml, &name) {
                b"r" => place = Some(value),
                b"t" => content.kind = value,
                b"s" => style = self.xml.get(value).and_then(number).unwrap_or(0),
                _ => {}
            }
        }
        let at = match place {
            Some(range) => {
                let at = self.xml.get(range).and_then(|t| std::str::from_utf8(t).ok()?.parse::<Address>().ok());
                at.filter(|c| c.row == row).ok_or_else(|| broken("a cell stands in another row"))?
            }
            None => Address::new(row, self.next_column),
        };
        if at.column < self.next_column || at.column >= COLUMNS {
            return Err(broken("its cells are out of order"));
        }
        self.next_column = at.column + 1;
        let mut end = tag.whole.end;
        if !tag.closed {
            end = self.inside(&mut content)?;
        }
        Ok(Found { at, whole: tag.whole.start..end, tag, style, content })
    }

    /// Reads to the end of a cell.
    fn inside(&mut self, content: &mut Content) -> Result<usize, Trouble> {
        let mut opened: Option<usize> = None;
        while let Some(token) = self.markup.next() {
            match token? {
                Token::Open(tag) => match local(self.xml, &tag.name) {
                    b"f" => {
                        content.formula = true;
                        let kind = raw_attribute(self.xml, &tag, b"t").and_then(|r| self.xml.get(r));
                        if matches!(kind, Some(b"array" | b"dataTable")) {
                            content.fills = value(self.xml, &tag, b"ref").and_then(|r| r.parse().ok());
                        }
                    }
                    b"v" | b"is" if !tag.closed => opened = Some(tag.whole.end),
                    b"c" | b"row" => return Err(broken("a cell within a cell")),
                    _ => {}
                },
                Token::Close { whole, name } => match local(self.xml, &name) {
                    b"v" => content.value = opened.take().map(|o| o..whole.start),
                    b"is" => content.inline = opened.take().map(|o| o..whole.start),
                    b"c" => return Ok(whole.end),
                    b"row" | b"sheetData" => return Err(broken("a cell does not end")),
                    _ => {}
                },
                Token::Text { .. } => {}
            }
        }
        Err(broken("a cell does not end"))
    }
}

/// What stands before and after the rows.
pub(super) struct Layout {
    /// Value of the dimension and the area that it tells.
    pub(super) dimension: Option<(Range<usize>, Area)>,
    /// First column, last column, style.
    columns: Vec<(u32, u32, u32)>,
    /// The tag that opens the rows.
    pub(super) data: Tag,
    pub(super) protected: bool,
    /// Areas that protection leaves open to all.
    pub(super) open: Spread,
    pub(super) merged: Spread,
    pub(super) ruled: Spread,
    pub(super) rules: Vec<Rule>,
}

impl Layout {
    pub(super) fn read(xml: &[u8], sheet: usize, lists: &mut Lists<'_, '_>) -> Result<Self, Trouble> {
        let mut markup = Markup::new(xml, 0);
        let (mut dimension, mut columns, mut data) = (None, Vec::new(), None);
        while let Some(token) = markup.next() {
            let Token::Open(tag) = token? else { continue };
            let read = |name: &[u8]| raw_attribute(xml, &tag, name).and_then(|r| number(xml.get(r)?));
            match local(xml, &tag.name) {
                b"dimension" => {
                    let range = raw_attribute(xml, &tag, b"ref");
                    dimension =
                        range.and_then(|r| Some((r.clone(), std::str::from_utf8(xml.get(r)?).ok()?.parse().ok()?)));
                }
                b"col" => {
                    if let (Some(first), Some(last), Some(style)) = (read(b"min"), read(b"max"), read(b"style")) {
                        // Counted from 1 in the file.
                        columns.push((first.saturating_sub(1), last.saturating_sub(1), style));
                    }
                }
                b"sheetData" => {
                    data = Some(tag);
                    break;
                }
                _ => {}
            }
        }
        let data = data.ok_or_else(|| broken("it has no rows"))?;
        let mut layout = Self {
            dimension,
            columns,
            protected: false,
            open: Spread::default(),
            merged: Spread::default(),
            ruled: Spread::default(),
            rules: Vec::new(),
            data,
        };
        let tail = if layout.data.closed { layout.data.whole.end } else { end_of_rows(xml)? };
        layout.read_tail(xml, tail, sheet, lists)?;
        Ok(layout)
    }

    /// Style that a cell has which does not stand there, by its column.
    pub(super) fn column_style(&self, column: u32) -> u32 {
        self.columns.iter().find(|c| (c.0..=c.1).contains(&column)).map_or(0, |c| c.2)
    }

    fn read_tail(&mut self, xml: &[u8], at: usize, sheet: usize, lists: &mut Lists<'_, '_>) -> Result<(), Trouble> {
        let mut markup = Markup::new(xml, at);
        let mut draft: Option<Draft> = None;
        let mut into = 0_usize;
        while let Some(token) = markup.next() {
            match token? {
                Token::Open(tag) => {
                    let get = |name: &[u8]| value(xml, &tag, name);
                    let yes = |name: &[u8]| get(name).is_some_and(|v| v == "1" || v == "true" || v == "on");
                    match local(xml, &tag.name) {
                        b"sheetProtection" => self.protected = yes(b"sheet"),
                        b"protectedRange" => {
                            let locked = [&b"password"[..], b"hashValue", b"securityDescriptor"];
                            if locked.iter().all(|n| raw_attribute(xml, &tag, n).is_none()) {
                                let areas = get(b"sqref").unwrap_or_default();
                                areas_of(&areas).into_iter().for_each(|a| self.open.push(a, 0));
                            }
                        }
                        b"mergeCell" => {
                            if let Some(area) = get(b"ref").and_then(|r| r.parse().ok()) {
                                self.merged.push(area, 0);
                            }
                        }
                        b"dataValidation" => {
                            let stop = get(b"errorStyle").is_none_or(|s| s == "stop");
                            let new = Draft {
                                kind: get(b"type").unwrap_or_default(),
                                operator: get(b"operator").unwrap_or_default(),
                                strict: stop && yes(b"showErrorMessage"),
                                texts: [get(b"sqref").unwrap_or_default(), String::new(), String::new()],
                            };
                            draft = Some(new).filter(|_| !tag.closed);
                        }
                        // Those of 2010 and later hold a reference to another sheet in an element of their own.
                        b"sqref" => into = 0,
                        b"formula1" => into = 1,
                        b"formula2" => into = 2,
                        _ => {}
                    }
                }
                Token::Text { inside, .. } => {
                    if let Some(text) = draft.as_mut().and_then(|d| d.texts.get_mut(into)) {
                        text.push_str(unescaped(xml.get(inside).unwrap_or_default()).trim_matches(['\r', '\n']));
                    }
                }
                Token::Close { name, .. } => match local(xml, &name) {
                    b"dataValidation" => {
                        if let Some((rule, areas)) = draft.take().and_then(|d| d.rule(sheet, lists)) {
                            areas.into_iter().for_each(|a| self.ruled.push(a, self.rules.len()));
                            self.rules.push(rule);
                        }
                    }
                    b"sqref" | b"formula1" | b"formula2" => into = usize::MAX,
                    _ => {}
                },
            }
        }
        Ok(())
    }
}

/// A validation as it is read.
struct Draft {
    kind: String,
    operator: String,
    strict: bool,
    // Areas, first formula, second formula.
    texts: [String; 3],
}

impl Draft {
    fn rule(self, sheet: usize, lists: &mut Lists<'_, '_>) -> Option<(Rule, Vec<Area>)> {
        let kind = match self.kind.as_str() {
            "list" => Kind::List,
            "whole" => Kind::Whole,
            "decimal" => Kind::Decimal,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "textLength" => Kind::TextLength,
            "custom" => Kind::Custom,
            _ => return None,
        };
        let [areas, first, second] = &self.texts;
        let bound = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.parse().map_or(Bound::Unknown, Bound::Number))
        };
        let list = if kind == Kind::List { lists.get(sheet, first) } else { None };
        let rule =
            Rule { kind, operator: self.operator, low: bound(first), high: bound(second), strict: self.strict, list };
        Some((rule, areas_of(areas)))
    }
}

/// Where the closing tag of the rows begins: the last one, since no text can hold it.
fn end_of_rows(xml: &[u8]) -> Result<usize, Trouble> {
    let found = memchr::memmem::rfind(xml, b"sheetData>").ok_or_else(|| broken("its rows do not end"))?;
    let before = xml.get(..found).unwrap_or_default();
    let open = memchr::memrchr(b'<', before).ok_or_else(|| broken("its rows do not end"))?;
    let between = before.get(open..).unwrap_or_default();
    if between.starts_with(b"</") && between.len() < 64 { Ok(open) } else { Err(broken("its rows do not end")) }
}

/// Areas of a `sqref`, parted by spaces.
fn areas_of(text: &str) -> Vec<Area> {
    text.split_whitespace().filter_map(|a| a.parse().ok()).collect()
}

pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

pub(super) fn broken(what: &'static str) -> Trouble {
    Trouble::malformed("sheet", what)
}

/// Formulas and values of a book are needed by those who ask what a cell held.
pub(super) fn shown(book: &Book<'_>, xml: &[u8], content: &Content) -> String {
    super::list::content(book, xml, content).shown()
}
