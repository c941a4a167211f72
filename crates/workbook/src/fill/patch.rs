//! A sheet with answers in it: every byte of its part stands as it stood, but those of the cells that are written.

use super::book::Book;
use super::encode::{self, Fitted};
use super::rule::{self, Note};
use super::sheet::{Found, Layout, Rows, Step, shown};
use super::spread::Spread;
use super::{Answer, Options, Refused, Tally, Written};
use crate::container::markup::{Tag, attributes, local, raw_attribute};
use crate::container::{Packed, Packer};
use crate::grid::{Address, Area};
use crate::trouble::Trouble;
use std::ops::Range;

/// Replace these bytes of the part by those of the buffer. Parts are bounded far below 4 GiB, and there is an edit a cell.
struct Edit {
    old: Range<u32>,
    new: Range<u32>,
}

impl Edit {
    fn new(old: Range<usize>, new: Range<usize>) -> Self {
        let short =
            |r: Range<usize>| u32::try_from(r.start).unwrap_or(u32::MAX)..u32::try_from(r.end).unwrap_or(u32::MAX);
        Self { old: short(old), new: short(new) }
    }
}

fn long(range: &Range<u32>) -> Range<usize> {
    usize::try_from(range.start).unwrap_or(usize::MAX)..usize::try_from(range.end).unwrap_or(usize::MAX)
}

/// One sheet at work.
pub(super) struct Patch<'p, 'b> {
    pub(super) book: &'p Book<'b>,
    pub(super) xml: &'p [u8],
    pub(super) layout: Layout,
    pub(super) options: &'p Options,
    /// Areas that are not ours to write into, with why.
    pub(super) reserved: Spread,
    pub(super) reasons: Vec<&'static str>,
    /// Formulas that stand in the sheet.
    pub(super) formulas: usize,
    edits: Vec<Edit>,
    buffer: Vec<u8>,
    // Attributes of the cell at hand; one room for all.
    kept: Vec<u8>,
    prefix: Vec<u8>,
    /// Cells that stand in the sheet now and did not before.
    grown: Option<Area>,
}

/// The row that is being read.
struct Row {
    number: u32,
    tag: Tag,
    style: Option<u32>,
    /// Where its own edit would stand among the edits.
    edit: usize,
    span: Option<(u32, u32)>,
}

impl<'p, 'b> Patch<'p, 'b> {
    pub(super) fn new(book: &'p Book<'b>, xml: &'p [u8], layout: Layout, options: &'p Options) -> Self {
        let name = xml.get(layout.data.name.clone()).unwrap_or_default();
        let prefix = memchr::memchr(b':', name).and_then(|at| name.get(..=at)).unwrap_or_default().to_vec();
        Self {
            book,
            xml,
            layout,
            options,
            reserved: Spread::default(),
            reasons: Vec::new(),
            formulas: 0,
            edits: Vec::new(),
            buffer: Vec::new(),
            kept: Vec::new(),
            prefix,
            grown: None,
        }
    }

    pub(super) fn reserve(&mut self, area: Area, code: &'static str) {
        self.reserved.push(area, self.reasons.len());
        self.reasons.push(code);
    }

    /// Goes through the rows once with the answers, which come in the order of rows and columns.
    pub(super) fn run(&mut self, answers: &[(usize, &Answer)], tally: &mut Tally) -> Result<(), Trouble> {
        let mut left = answers.iter().map(|a| a.1).peekable();
        if self.layout.data.closed {
            let data = self.layout.data.clone();
            let start = self.edits.len();
            self.rows_before(u32::MAX, data.whole.end, &mut left, tally);
            self.opened(&data, start, b"sheetData");
            return Ok(());
        }
        self.edits.reserve(answers.len());
        self.buffer.reserve(answers.len().saturating_mul(40));
        let mut rows = Rows::new(self.xml, self.layout.data.whole.end);
        let mut row: Option<Row> = None;
        while let Some(step) = rows.next() {
            match step? {
                Step::Row(number, tag) => {
                    self.rows_before(number, tag.whole.start, &mut left, tally);
                    row = Some(self.row(number, tag));
                }
                Step::Cell(found) => {
                    let Some(row) = row.as_mut() else { continue };
                    self.formulas += usize::from(found.content.formula);
                    if let Some(area) = found.content.fills {
                        self.reserve(area, "array-formula");
                    }
                    while let Some(answer) = left.next_if(|a| a.cell < found.at) {
                        self.absent(answer, found.whole.start, row, tally);
                    }
                    if let Some(answer) = left.next_if(|a| a.cell == found.at) {
                        self.present(answer, &found, tally);
                    }
                }
                Step::RowEnd(at) => {
                    let Some(mut row) = row.take() else { continue };
                    let start = self.edits.len();
                    while let Some(answer) = left.next_if(|a| a.cell.row == row.number) {
                        self.absent(answer, at, &mut row, tally);
                    }
                    if row.tag.closed {
                        self.opened(&row.tag, start, b"row");
                    }
                    self.spanned(&row);
                }
                Step::End(at) => {
                    self.rows_before(u32::MAX, at, &mut left, tally);
                    return Ok(());
                }
            }
        }
        Err(super::sheet::broken("its rows do not end"))
    }

    fn row(&self, number: u32, tag: Tag) -> Row {
        let get = |name: &[u8]| raw_attribute(self.xml, &tag, name).and_then(|r| self.xml.get(r));
        let custom = get(b"customFormat").is_some_and(|v| v == b"1" || v == b"true");
        let style = if custom { get(b"s").and_then(super::sheet::number) } else { None };
        let span = get(b"spans").and_then(|s| {
            let mut ends = std::str::from_utf8(s).ok()?.split([' ', ':']).map(|n| n.parse::<u32>().ok());
            let first = ends.next()??;
            Some((first, ends.next_back()??))
        });
        Row { number, tag, style, edit: self.edits.len(), span }
    }

    /// Answers of rows that do not stand in the sheet, before a place in it.
    fn rows_before<'a>(
        &mut self,
        number: u32,
        at: usize,
        left: &mut std::iter::Peekable<impl Iterator<Item = &'a Answer>>,
        tally: &mut Tally,
    ) {
        let mut open: Option<u32> = None;
        let from = self.buffer.len();
        while let Some(answer) = left.next_if(|a| a.cell.row < number) {
            let Some(fitted) = self.decide(answer, None, self.layout.column_style(answer.cell.column), tally) else {
                continue;
            };
            if fitted == Fitted::Blank {
                tally.written(answer, String::new(), fitted);
                continue;
            }
            if open != Some(answer.cell.row) {
                self.close_row(open);
                open = Some(answer.cell.row);
                let number = (answer.cell.row + 1).to_string();
                let tag = [&b"<"[..], &self.prefix, b"row r=\"", number.as_bytes(), b"\">"].concat();
                self.buffer.extend(tag);
            }
            self.grow(answer.cell);
            self.add(answer.cell, self.layout.column_style(answer.cell.column), &fitted);
            tally.written(answer, String::new(), fitted);
        }
        self.close_row(open);
        self.insert(at, from);
    }

    fn close_row(&mut self, open: Option<u32>) {
        if open.is_some() {
            let tag = [&b"</"[..], &self.prefix, b"row>"].concat();
            self.buffer.extend(tag);
        }
    }

    /// An answer for a cell that does not stand in its row.
    fn absent(&mut self, answer: &Answer, at: usize, row: &mut Row, tally: &mut Tally) {
        let style = row.style.unwrap_or_else(|| self.layout.column_style(answer.cell.column));
        let Some(fitted) = self.decide(answer, None, style, tally) else { return };
        if fitted == Fitted::Blank {
            return tally.written(answer, String::new(), fitted);
        }
        let from = self.buffer.len();
        self.add(answer.cell, style, &fitted);
        self.insert(at, from);
        self.grow(answer.cell);
        tally.written(answer, String::new(), fitted);
        // Counted from 1 in the file.
        let column = answer.cell.column + 1;
        row.span = row.span.map(|(first, last)| (first.min(column), last.max(column)));
    }

    fn present(&mut self, answer: &Answer, found: &Found, tally: &mut Tally) {
        let Some(fitted) = self.decide(answer, Some(found), found.style, tally) else { return };
        let from = self.buffer.len();
        // What the old cell says of itself stays, but its kind and what belongs to its old value.
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        for (name, value) in attributes(self.xml, &found.tag) {
            if matches!(local(self.xml, &name), b"r" | b"t" | b"cm" | b"vm") {
                continue;
            }
            kept.push(b' ');
            kept.extend_from_slice(self.xml.get(name.start..=value.end).unwrap_or_default());
        }
        encode::cell(&mut self.buffer, &self.prefix, answer.cell, &kept, &fitted);
        self.kept = kept;
        let new = from..self.buffer.len();
        self.edits.push(Edit::new(found.whole.clone(), new));
        tally.written(answer, shown(self.book, self.xml, &found.content), fitted);
    }

    /// What a cell is to hold, or none when the answer was refused.
    fn decide(&mut self, answer: &Answer, found: Option<&Found>, style: u32, tally: &mut Tally) -> Option<Fitted> {
        let cell = answer.cell;
        let mut refuse = |code: &'static str, args: Vec<String>| {
            tally.refused.push(Refused { sheet: answer.sheet.clone(), cell, code, args });
            None
        };
        if found.is_some_and(|f| f.content.formula) {
            return refuse("formula", Vec::new());
        }
        if let Some((area, reason)) = self.reserved.at(cell) {
            return refuse(self.reasons.get(reason).copied().unwrap_or("array-formula"), vec![area.to_string()]);
        }
        if let Some((area, _)) = self.layout.merged.at(cell)
            && area.first != cell
        {
            return refuse("merged", vec![area.first.to_string(), area.to_string()]);
        }
        let style = self.book.style(style);
        if self.layout.protected && style.locked && !self.options.into_locked && self.layout.open.at(cell).is_none() {
            return refuse("locked", Vec::new());
        }
        let ruled = self.layout.ruled.at(cell);
        let rule = ruled.and_then(|(_, index)| self.layout.rules.get(index));
        let mut notes: Vec<Note> = Vec::new();
        match rule::fit(&answer.value, rule, style, self.book.since_1904, &mut notes) {
            Ok(fitted) => {
                for (code, mut args) in notes {
                    args.insert(0, answer.sheet.to_string());
                    args.extend(ruled.map(|(area, _)| area.to_string()));
                    tally.remark(code, args);
                }
                Some(fitted)
            }
            Err((code, args)) => refuse(code, args),
        }
    }

    fn add(&mut self, cell: Address, style: u32, fitted: &Fitted) {
        let style = if style == 0 { String::new() } else { format!(" s=\"{style}\"") };
        encode::cell(&mut self.buffer, &self.prefix, cell, style.as_bytes(), fitted);
    }

    fn insert(&mut self, at: usize, from: usize) {
        if self.buffer.len() > from {
            self.edits.push(Edit::new(at..at, from..self.buffer.len()));
        }
    }

    fn grow(&mut self, cell: Address) {
        self.grown = Some(self.grown.map_or(Area::cell(cell), |area| with(area, cell)));
    }

    /// A self-closed tag that holds something now: `/>` becomes `>`, and its closing tag follows.
    fn opened(&mut self, tag: &Tag, first_edit: usize, name: &[u8]) {
        if self.edits.len() == first_edit {
            return;
        }
        let from = self.buffer.len();
        self.buffer.push(b'>');
        let new = from..self.buffer.len();
        self.edits.insert(first_edit, Edit::new(tag.whole.end.saturating_sub(2)..tag.whole.end, new));
        let from = self.buffer.len();
        let close = [&b"</"[..], &self.prefix, name, b">"].concat();
        self.buffer.extend(close);
        self.insert(tag.whole.end, from);
    }

    /// A row's `spans` covers its new cells.
    fn spanned(&mut self, row: &Row) {
        let Some((first, last)) = row.span else { return };
        let Some(range) = raw_attribute(self.xml, &row.tag, b"spans") else { return };
        let old = self.row(row.number, row.tag.clone()).span;
        if old == row.span || self.edits.len() == row.edit {
            return;
        }
        let from = self.buffer.len();
        self.buffer.extend(format!("{first}:{last}").into_bytes());
        let new = from..self.buffer.len();
        self.edits.insert(row.edit, Edit::new(range, new));
    }

    /// The part as it is now, packed; none when nothing was written.
    pub(super) fn finish(mut self) -> Result<Option<Packed>, Trouble> {
        if self.edits.is_empty() {
            return Ok(None);
        }
        if let (Some(grown), Some((range, old))) = (self.grown, self.layout.dimension.clone()) {
            let new = with(with(old, grown.first), grown.last);
            if new != old {
                let from = self.buffer.len();
                self.buffer.extend(new.to_string().into_bytes());
                let new = from..self.buffer.len();
                self.edits.insert(0, Edit::new(range, new));
            }
        }
        let mut packer = Packer::default();
        let mut done = 0;
        for edit in &self.edits {
            let (old, new) = (long(&edit.old), long(&edit.new));
            packer.push(self.xml.get(done..old.start).unwrap_or_default());
            packer.push(self.buffer.get(new).unwrap_or_default());
            done = old.end;
        }
        packer.push(self.xml.get(done..).unwrap_or_default());
        packer.finish().map(Some)
    }
}

/// The smallest area over an area and a cell.
fn with(area: Area, cell: Address) -> Area {
    let (first, last) = (area.first, area.last);
    Area {
        first: Address::new(first.row.min(cell.row), first.column.min(cell.column)),
        last: Address::new(last.row.max(cell.row), last.column.max(cell.column)),
    }
}

impl Tally {
    fn written(&mut self, answer: &Answer, old: String, new: Fitted) {
        self.written.push(Written {
            sheet: answer.sheet.clone(),
            cell: answer.cell,
            old: old.into(),
            new: new.into_shown().into(),
            origin: answer.origin.clone(),
        });
    }
}
