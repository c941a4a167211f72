//! The position as a workbook: a sheet of lines, one of explanations, one of questions, one of licences left over.

use super::wording::{self, Say};
use super::{explain, table};
use licensing::position::{Line, Position};
use recognition::estate::counted::CountedSum;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// The bytes of the workbook. The same position gives the same bytes: the date inside is that of the position.
///
/// # Errors
/// What the writer reports (a text beyond the limits of a cell).
pub(crate) fn render(position: &Position, counted: Option<CountedSum>, say: &dyn Say) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (year, month, day) = (position.as_of.year(), position.as_of.month(), position.as_of.day());
    let created = ExcelDateTime::from_ymd(
        u16::try_from(year).unwrap_or(2000),
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let title = say.say("position-title", &[("date", wording::day(position.as_of, say))]);
    lines(book.add_worksheet(), position, (&title, &table::summary(position, counted, say)), say)?;
    explanations(book.add_worksheet(), position, say)?;
    questions(book.add_worksheet(), position, say)?;
    unused(book.add_worksheet(), position, say)?;
    book.save_to_buffer()
}

fn heading() -> Format {
    Format::new().set_bold().set_background_color(0x1F_3A_5F).set_font_color(0xFF_FF_FF).set_text_wrap()
}

fn header(sheet: &mut Worksheet, row: u32, texts: &[String]) -> Result<(), XlsxError> {
    for (column, text) in texts.iter().enumerate() {
        sheet.write_string_with_format(row, u16::try_from(column).unwrap_or(u16::MAX), text, &heading())?;
    }
    Ok(())
}

/// A sheet's name from a sentence: no forbidden character, at most 31 letters.
fn sheet_name(text: &str) -> String {
    text.chars().filter(|c| !['[', ']', ':', '*', '?', '/', '\\', '\''].contains(c)).take(31).collect()
}

fn lines(
    sheet: &mut Worksheet,
    position: &Position,
    (title, summary): (&str, &[String]),
    say: &dyn Say,
) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&say.say("position-column-line", &[])))?;
    sheet.write_string_with_format(0, 0, title, &Format::new().set_bold().set_font_size(14))?;
    for (at, sentence) in summary.iter().enumerate() {
        sheet.write_string(1 + u32::try_from(at).unwrap_or(0), 0, sentence)?;
    }
    let top = u32::try_from(summary.len()).unwrap_or(0).saturating_add(2).max(7);
    let word = |id: &str| say.say(&format!("position-column-{id}"), &[]);
    let both = |id: &str| [format!("{} ▾", word(id)), format!("{} ▴", word(id))];
    let mut texts = vec![word("product"), word("metric")];
    for id in ["required", "covered", "shortfall", "surplus", "money"] {
        texts.extend(both(id));
    }
    texts.push(word("line"));
    header(sheet, top, &texts)?;
    for (at, line) in position.lines.iter().enumerate() {
        let row = top + 1 + u32::try_from(at).unwrap_or(0);
        let mark = if line.review { " *" } else { "" };
        sheet.write_string(row, 0, format!("{}{mark}", wording::name(line)))?;
        sheet.write_string(row, 1, wording::metric(&line.metric, say))?;
        let figures = [line.required, line.covered, line.shortfall, line.surplus];
        for (index, value) in figures.iter().enumerate() {
            let column = 2 + 2 * u16::try_from(index).unwrap_or(0);
            // Quantities beyond what a cell holds exactly do not occur below 2^53.
            sheet.write_number(row, column, value.low as f64)?;
            if value.open {
                sheet.write_string(row, column + 1, say.say("position-open-end", &[]))?;
            } else {
                sheet.write_number(row, column + 1, value.high as f64)?;
            }
        }
        money(sheet, row, line, say)?;
        sheet.write_string(row, 12, &line.id)?;
    }
    sheet.set_column_width(0, 46)?;
    sheet.set_column_width(1, 20)?;
    sheet.set_column_width(12, 46)?;
    sheet.set_freeze_panes(top + 1, 1)?;
    Ok(())
}

fn money(sheet: &mut Worksheet, row: u32, line: &Line, say: &dyn Say) -> Result<(), XlsxError> {
    if !line.shortfall.may_be_some() {
        return Ok(());
    }
    let format = Format::new().set_num_format("#,##0");
    let high = line.exposure.high.filter(|_| !line.exposure.open);
    if line.exposure.open {
        sheet.write_string(row, 11, say.say("position-open-end", &[]))?;
    }
    for (column, amount) in [(10, line.exposure.low), (11, high)] {
        if let Some(amount) = amount.and_then(|amount| amount.to_string().parse::<f64>().ok()) {
            sheet.write_number_with_format(row, column, amount, &format)?;
        }
    }
    Ok(())
}

fn explanations(sheet: &mut Worksheet, position: &Position, say: &dyn Say) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&say.say("explain-sum", &[])))?;
    header(sheet, 0, &[say.say("position-column-line", &[]), String::new(), say.say("explain-sum", &[])])?;
    let wrap = Format::new().set_text_wrap();
    let mut row = 1;
    for line in &position.lines {
        let steps = line.trace.iter().map(|step| (String::new(), wording::step(step, say)));
        let rules = line.rules.iter().map(|rule| (rule.id.clone(), explain::rule(rule, say)));
        let lots = line.lots.iter().map(|lot| (lot.lot.clone(), explain::lot(lot, say)));
        for (key, text) in steps.chain(rules).chain(lots) {
            sheet.write_string(row, 0, &line.id)?;
            sheet.write_string(row, 1, key)?;
            sheet.write_string_with_format(row, 2, text, &wrap)?;
            row += 1;
        }
    }
    sheet.set_column_width(0, 40)?;
    sheet.set_column_width(1, 18)?;
    sheet.set_column_width(2, 110)?;
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn questions(sheet: &mut Worksheet, position: &Position, say: &dyn Say) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&say.say("position-questions", &[])))?;
    header(sheet, 0, &[say.say("position-questions", &[]), String::new(), String::new()])?;
    for (at, question) in position.questions.iter().enumerate() {
        let row = 1 + u32::try_from(at).unwrap_or(0);
        let (ask, how) = wording::question(question, say);
        sheet.write_string(row, 0, ask)?;
        sheet.write_string(row, 1, how)?;
        sheet.write_string(row, 2, table::worth(question, say).trim())?;
    }
    sheet.set_column_width(0, 70)?;
    sheet.set_column_width(1, 70)?;
    sheet.set_column_width(2, 30)?;
    Ok(())
}

fn unused(sheet: &mut Worksheet, position: &Position, say: &dyn Say) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&say.say("position-unused", &[])))?;
    header(
        sheet,
        0,
        &[say.say("position-unused", &[]), String::new(), say.say("position-column-surplus", &[]), String::new()],
    )?;
    for (at, unused) in position.unused.iter().enumerate() {
        let row = 1 + u32::try_from(at).unwrap_or(0);
        sheet.write_string(row, 0, &unused.lot)?;
        sheet.write_string(row, 1, &unused.title)?;
        sheet.write_number(row, 2, unused.quantity as f64)?;
        sheet.write_string(row, 3, wording::word(&format!("why-{}", unused.reason), &unused.reason, say))?;
    }
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 60)?;
    sheet.set_column_width(3, 60)?;
    Ok(())
}
