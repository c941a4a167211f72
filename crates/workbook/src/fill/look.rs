//! How the cells of an .xls or an open document look, as far as a new workbook is to look alike: bold, fill, wrapping, widths of columns.
//!
//! Of an .xls, records of MS-XLS: FONT 0x31, XF 0xE0, PALETTE 0x92, BOUNDSHEET 0x85, COLINFO 0x7D, and those of cells, which begin with row, column
//! and number of their format.

use super::book::utf8;
use crate::container::markup::{Markup, Token, local, value};
use crate::container::{Archive, MAGIC, Ole, u16_at, u32_at};
use std::collections::BTreeMap;

/// A cell's face.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Face {
    pub(super) bold: bool,
    pub(super) wrap: bool,
    /// Red, green, blue.
    pub(super) fill: Option<u32>,
}

/// What a sheet looks like.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) faces: BTreeMap<(u32, u32), Face>,
    /// First column, last column, width in letters.
    pub(super) widths: Vec<(u32, u32, f64)>,
}

/// Cells whose look is kept; a form has fewer.
const MOST: usize = 2_000_000;

/// The looks of the sheets in their order; none for other containers or where their parts cannot be followed.
pub(super) fn read(bytes: &[u8]) -> Vec<Look> {
    if !bytes.starts_with(&MAGIC) {
        return open_document(bytes).unwrap_or_default();
    }
    let Ok(ole) = Ole::open(bytes) else { return Vec::new() };
    let Some(stream) = ole.stream("Workbook") else { return Vec::new() };
    let globals = globals(&stream);
    globals.sheets.iter().map(|&start| sheet(&stream, start, &globals)).collect()
}

#[derive(Default)]
struct Globals {
    bold: Vec<bool>,
    faces: Vec<Face>,
    colours: BTreeMap<u16, u32>,
    sheets: Vec<usize>,
}

/// A record and where the next begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let body = at.checked_add(4)?;
    let end = body.checked_add(u16_at(stream, at.checked_add(2)?)?.into())?;
    Some((u16_at(stream, at)?, stream.get(body..end)?, end))
}

fn globals(stream: &[u8]) -> Globals {
    let mut found = Globals::default();
    let mut formats: Vec<(u16, bool, u32, u16)> = Vec::new();
    let mut at = 0;
    while let Some((id, body, next)) = record(stream, at) {
        match id {
            0x0031 => found.bold.push(u16_at(body, 6).is_some_and(|w| w >= 600)),
            0x00e0 => formats.push((
                u16_at(body, 0).unwrap_or(0),
                body.get(6).is_some_and(|a| a & 8 != 0),
                // The pattern of the fill is in the upper six bits.
                u32_at(body, 14).unwrap_or(0) >> 26,
                u16_at(body, 18).unwrap_or(0) & 0x7f,
            )),
            0x0092 => {
                for i in 0..u16_at(body, 0).unwrap_or(0).min(56) {
                    let Some(colour) = u32_at(body, 2 + usize::from(i) * 4) else { break };
                    // Stored as red, green, blue from the lowest byte up.
                    found.colours.insert(8 + i, colour.swap_bytes() >> 8);
                }
            }
            0x0085 => found.sheets.extend(u32_at(body, 0).and_then(|o| usize::try_from(o).ok())),
            0x000a => break,
            _ => {}
        }
        at = next;
    }
    for (font, wrap, pattern, colour) in formats {
        // There is no font of number 4.
        let font = usize::from(if font > 4 { font - 1 } else { font });
        let fill = (pattern != 0).then(|| found.colours.get(&colour).copied().or_else(|| usual(colour))).flatten();
        let bold = found.bold.get(font).copied().unwrap_or(false);
        found.faces.push(Face { bold, wrap, fill });
    }
    found
}

/// The colours of Excel's own palette that forms use.
fn usual(number: u16) -> Option<u32> {
    const PALETTE: [u32; 56] = [
        0x00_0000, 0xff_ffff, 0xff_0000, 0x00_ff00, 0x00_00ff, 0xff_ff00, 0xff_00ff, 0x00_ffff, 0x80_0000, 0x00_8000,
        0x00_0080, 0x80_8000, 0x80_0080, 0x00_8080, 0xc0_c0c0, 0x80_8080, 0x99_99ff, 0x99_3366, 0xff_ffcc, 0xcc_ffff,
        0x66_0066, 0xff_8080, 0x00_66cc, 0xcc_ccff, 0x00_0080, 0xff_00ff, 0xff_ff00, 0x00_ffff, 0x80_0080, 0x80_0000,
        0x00_8080, 0x00_00ff, 0x00_ccff, 0xcc_ffff, 0xcc_ffcc, 0xff_ff99, 0x99_ccff, 0xff_99cc, 0xcc_99ff, 0xff_cc99,
        0x33_66ff, 0x33_cccc, 0x99_cc00, 0xff_cc00, 0xff_9900, 0xff_6600, 0x66_6699, 0x96_9696, 0x00_3366, 0x33_9966,
        0x00_3300, 0x33_3300, 0x99_3300, 0x99_3366, 0x33_3399, 0x33_3333,
    ];
    PALETTE.get(usize::from(number.checked_sub(8)?)).copied()
}

fn sheet(stream: &[u8], start: usize, globals: &Globals) -> Look {
    let mut look = Look::default();
    let mut at = start;
    let face = |number: u16| globals.faces.get(usize::from(number)).copied().unwrap_or_default();
    while let Some((id, body, next)) = record(stream, at) {
        let word = |at: usize| u16_at(body, at).unwrap_or(0);
        match id {
            0x000a => break,
            0x007d => {
                // In parts of 256 of a letter's width.
                let width = f64::from(word(4)) / 256.0;
                look.widths.push((word(0).into(), word(2).into(), width));
            }
            // Several cells, each with its format: blank ones, or packed numbers of six bytes.
            0x00be | 0x00bd if body.len() >= 6 => {
                let step = if id == 0x00be { 2 } else { 6 };
                let (row, first) = (u32::from(word(0)), u32::from(word(2)));
                for (i, number) in (4..body.len() - 2).step_by(step).enumerate() {
                    let column = first.saturating_add(u32::try_from(i).unwrap_or(u32::MAX));
                    keep(&mut look, (row, column), face(word(number)));
                }
            }
            0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x00fd | 0x027e | 0x0006 | 0x00d6 if body.len() >= 6 => {
                keep(&mut look, (word(0).into(), word(2).into()), face(word(4)));
            }
            _ => {}
        }
        at = next;
    }
    look
}

fn keep(look: &mut Look, at: (u32, u32), face: Face) {
    if face != Face::default() && look.faces.len() < MOST {
        look.faces.insert(at, face);
    }
}

/// Rows or cells of an open document that are told as many times over are the empty rest of a sheet.
const REST: u32 = 1_000;

/// The looks of an open document's sheets, by the styles in its content.
fn open_document(bytes: &[u8]) -> Option<Vec<Look>> {
    let archive = Archive::open(bytes).ok()?;
    let xml = utf8(archive.read(archive.find("content.xml")?).ok()?);
    let (mut faces, mut widths) = (BTreeMap::<String, Face>::new(), BTreeMap::<String, f64>::new());
    let (mut looks, mut style) = (Vec::<Look>::new(), String::new());
    let (mut depth, mut row, mut next_row, mut column, mut run) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let mut markup = Markup::new(&xml, 0);
    while let Some(token) = markup.next() {
        let tag = match token.ok()? {
            Token::Open(tag) => tag,
            Token::Close { name, .. } => {
                if local(&xml, &name) == b"table" {
                    depth = depth.saturating_sub(1);
                }
                continue;
            }
            Token::Text { .. } => continue,
        };
        let get = |name: &[u8]| value(&xml, &tag, name);
        let count = |name: &[u8]| get(name).and_then(|n| n.parse::<u32>().ok()).unwrap_or(1).max(1);
        match local(&xml, &tag.name) {
            b"style" => style = get(b"name").unwrap_or_default(),
            b"table-cell-properties" => {
                let face = faces.entry(style.clone()).or_default();
                face.wrap = get(b"wrap-option").is_some_and(|w| w == "wrap");
                let hex = get(b"background-color").and_then(|c| u32::from_str_radix(c.strip_prefix('#')?, 16).ok());
                face.fill = hex.filter(|&c| c <= 0xff_ffff);
            }
            b"text-properties" => {
                faces.entry(style.clone()).or_default().bold = get(b"font-weight").is_some_and(|w| w == "bold");
            }
            b"table-column-properties" => {
                if let Some(letters) = get(b"column-width").and_then(|w| letters_of(&w)) {
                    widths.insert(style.clone(), letters);
                }
            }
            b"table" => {
                depth += u32::from(!tag.closed);
                if depth == 1 {
                    looks.push(Look::default());
                    (row, next_row, run) = (0, 0, 0);
                }
            }
            b"table-column" if depth == 1 => {
                let times = count(b"number-columns-repeated");
                let width = get(b"style-name").and_then(|s| widths.get(&s).copied());
                if let (Some(width), Some(look)) = (width.filter(|_| times <= REST), looks.last_mut()) {
                    look.widths.push((run, run.saturating_add(times - 1), width));
                }
                run = run.saturating_add(times);
            }
            b"table-row" if depth == 1 => {
                row = next_row;
                column = 0;
                next_row = next_row.saturating_add(count(b"number-rows-repeated"));
            }
            b"table-cell" | b"covered-table-cell" if depth == 1 => {
                let times = count(b"number-columns-repeated");
                let face = get(b"style-name").and_then(|s| faces.get(&s).copied()).unwrap_or_default();
                if face != Face::default()
                    && times <= REST
                    && next_row.saturating_sub(row) <= REST
                    && let Some(look) = looks.last_mut().filter(|l| l.faces.len() < MOST)
                {
                    for row in row..next_row {
                        (column..column.saturating_add(times)).for_each(|c| keep(look, (row, c), face));
                    }
                }
                column = column.saturating_add(times);
            }
            _ => {}
        }
    }
    Some(looks)
}

/// A length of an open document in letters of a column's width; one letter is some 1.9 mm.
fn letters_of(length: &str) -> Option<f64> {
    let at = length.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = length.split_at(at);
    let millimetres = match unit {
        "cm" => 10.0,
        "mm" => 1.0,
        "in" => 25.4,
        "pt" => 25.4 / 72.0,
        _ => return None,
    };
    let letters = number.parse::<f64>().ok()? * millimetres / 1.9;
    (letters.is_finite() && letters > 0.0).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_letters() {
        assert_eq!(letters_of("19mm"), Some(10.0));
        assert!(letters_of("1.9cm").is_some_and(|l| (l - 10.0).abs() < 1e-9));
        assert!(letters_of("wide").is_none() && letters_of("-1cm").is_none());
    }
}
