//! Workbooks: every sheet as a table of text. Sizes that a sheet claims are not believed; only cells that exist are read, one
//! after the other, so that a far-off cell or a long text used a million times costs no more than its bounds.

use crate::Context;
use crate::limits::Limits;
use crate::reading::{Reading, Refusal, Refused};
use crate::tables::{self, Record, Sheet};
use calamine::{Data, DataRef, Reader, SheetVisible, Xls, Xlsx};
use std::io::{Cursor, Read};

/// Columns of a sheet; no export has more, and a far-off cell would make every row as wide.
const WIDE: usize = 4096;

pub(super) fn read(name: &str, bytes: &[u8], evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let sheets = if bytes.starts_with(b"PK\x03\x04") {
        bounded(bytes, &context.limits)?;
        modern(bytes, &context.limits)?
    } else {
        old(bytes, &context.limits)?
    };
    tables::sheets(name, &sheets, evidence, context)
}

fn unreadable(error: &dyn std::fmt::Display) -> Refusal {
    let text = error.to_string();
    let encrypted = text.to_lowercase().contains("password") || text.to_lowercase().contains("encrypt");
    let reason = if encrypted { Refused::Encrypted } else { Refused::Malformed };
    Refusal::new(reason, format!("no workbook that can be read (save it again as xlsx without a password): {text}"))
}

/// The sheets by name, and whether each is hidden.
fn named(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    sheets.iter().map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
}

/// What a workbook may still cost.
struct Budget {
    cells: u64,
    text: u64,
}

impl Budget {
    fn spend(&mut self, sheet: &str, cells: u64, text: usize) -> Result<(), Refusal> {
        match (self.cells.checked_sub(cells), self.text.checked_sub(text as u64)) {
            (Some(cells), Some(text)) => {
                (self.cells, self.text) = (cells, text);
                Ok(())
            }
            _ => Err(Refusal::new(Refused::TooLarge, format!("sheet {sheet}: more cells or more text than is read"))),
        }
    }
}

fn modern(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut budget = Budget { cells: limits.cells, text: limits.inflated };
    let mut sheets = Vec::new();
    for (name, hidden) in named(book.sheets_metadata()) {
        // A chart sheet has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut records: Vec<Record> = Vec::new();
        let mut at = None;
        while let Some(found) = cells.next_cell().map_err(|error| unreadable(&error))? {
            let (row, column) = found.get_position();
            let text = shared(found.get_value());
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if text.is_empty() || column >= WIDE {
                continue;
            }
            // Rows without cells are left out: they say nothing.
            if at != Some(row) {
                records.push(Record::default());
                at = Some(row);
            }
            let Some(record) = records.last_mut() else { continue };
            let wide = column + 1;
            budget.spend(&name, (wide.saturating_sub(record.cells.len())).max(1) as u64, text.len())?;
            if record.cells.len() < wide {
                record.cells.resize(wide, String::new());
            }
            if let Some(slot) = record.cells.get_mut(column) {
                *slot = text;
            }
        }
        drop(cells);
        level(&mut records, &name, &mut budget)?;
        sheets.push(Sheet { name, hidden, records });
    }
    Ok(sheets)
}

/// All rows as wide as the widest: a cell that is not there is blank, not missing.
fn level(records: &mut [Record], sheet: &str, budget: &mut Budget) -> Result<(), Refusal> {
    let wide = records.iter().map(|record| record.cells.len()).max().unwrap_or(0);
    for record in records {
        budget.spend(sheet, wide.saturating_sub(record.cells.len()) as u64, 0)?;
        record.cells.resize(wide, String::new());
    }
    Ok(())
}

/// The format before 2007 cannot hold more than 65,536 rows of 256 cells.
fn old(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut budget = Budget { cells: limits.cells, text: limits.inflated };
    let mut sheets = Vec::new();
    for (name, hidden) in named(book.sheets_metadata()) {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let mut records = Vec::new();
        for row in range.rows() {
            let cells: Vec<String> = row.iter().map(cell).collect();
            budget.spend(&name, cells.len() as u64, cells.iter().map(String::len).sum())?;
            records.push(Record { cells, cut: false });
        }
        sheets.push(Sheet { name, hidden, records });
    }
    Ok(sheets)
}

/// Inflates every part once and counts, before a library unpacks them: sizes that the archive states are not believed.
fn bounded(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let broken =
        |error: zip::result::ZipError| Refusal::new(Refused::Malformed, format!("the workbook is broken: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > limits.members {
        return Err(Refusal::new(Refused::TooLarge, format!("{} parts", archive.len())));
    }
    let mut budget = limits.inflated;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(broken)?;
        let most = budget.min(part.compressed_size().max(1024).saturating_mul(limits.ratio));
        let inflated = std::io::copy(&mut part.take(most.saturating_add(1)), &mut std::io::sink())
            .map_err(|error| Refusal::new(Refused::CutOff, format!("part {at} cannot be inflated: {error}")))?;
        if inflated > most {
            return Err(Refusal::new(Refused::Bomb, format!("part {at} inflates to more than {most} bytes")));
        }
        budget = budget.saturating_sub(inflated);
    }
    Ok(())
}

fn shared(data: &DataRef<'_>) -> String {
    match data {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => cell(&Data::from(other.clone())),
    }
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::Float(number) => number.to_string(),
        Data::Bool(true) => "True".to_owned(),
        Data::Bool(false) => "False".to_owned(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
    }
}
