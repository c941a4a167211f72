//! Workbooks: every sheet as a table of text. Sizes that a sheet claims are not believed; only cells that exist are read.

use crate::Context;
use crate::reading::{Reading, Refusal, Refused};
use crate::tables::{self, Record, Sheet};
use calamine::{Data, Reader};
use std::io::Cursor;

pub(super) fn read(name: &str, bytes: &[u8], evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let limits = &context.limits;
    if bytes.starts_with(b"PK\x03\x04") {
        bounded(bytes, context)?;
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| {
        let text = error.to_string();
        let encrypted = text.to_lowercase().contains("password");
        Refusal::new(
            if encrypted { Refused::Encrypted } else { Refused::Malformed },
            format!("no workbook that can be read: {text}"),
        )
    })?;
    let mut sheets = Vec::new();
    let mut cells = 0u64;
    for sheet in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&sheet) else { continue };
        cells += range.get_size().0 as u64 * range.get_size().1 as u64;
        if cells > limits.cells {
            return Err(Refusal::new(Refused::TooLarge, format!("more than {} cells", limits.cells)));
        }
        let records = range.rows().map(|row| Record { cells: row.iter().map(cell).collect(), cut: false }).collect();
        sheets.push(Sheet { name: sheet, records });
    }
    tables::sheets(name, &sheets, evidence, context)
}

/// Looks at what the parts inflate to before a library unpacks them.
fn bounded(bytes: &[u8], context: &Context) -> Result<(), Refusal> {
    let limits = &context.limits;
    let broken =
        |error: zip::result::ZipError| Refusal::new(Refused::Malformed, format!("the workbook is broken: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > limits.members {
        return Err(Refusal::new(Refused::TooLarge, format!("{} parts", archive.len())));
    }
    let mut inflated = 0u64;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(broken)?;
        inflated = inflated.saturating_add(part.size());
        if part.size() > part.compressed_size().max(1024).saturating_mul(limits.ratio) || inflated > limits.inflated {
            return Err(Refusal::new(Refused::Bomb, format!("part {at} would inflate to {} bytes", part.size())));
        }
    }
    Ok(())
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
