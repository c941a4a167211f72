//! `fill FORM ANSWERS OUT`: fills a form, for `benches/fill/run.py`. ANSWERS is a line a cell: sheet, cell, kind, value, parted by tabs.
#![expect(clippy::print_stdout, reason = "a program for the bench")]

use std::error::Error;
use std::sync::Arc;
use workbook::fill::{Answer, Options, Value, write};

/// Seconds that this process has had of a processor so far, as Linux counts them; 0 elsewhere.
fn processor() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [form, answers, out] = given.as_slice() else { return Err("fill FORM ANSWERS OUT".into()) };
    let origin: Arc<str> = "bench".into();
    let mut sheet: Arc<str> = "".into();
    let mut read = Vec::new();
    for line in std::fs::read_to_string(answers)?.lines() {
        let mut fields = line.splitn(4, '\t');
        let mut next = || fields.next().ok_or("a line is too short");
        let (name, cell, kind, value) = (next()?, next()?.parse()?, next()?, next()?);
        if *sheet != *name {
            sheet = name.into();
        }
        let value = match kind {
            "integer" => Value::Integer(value.parse()?),
            "decimal" => Value::Decimal(value.to_owned()),
            "date" => {
                let mut parts = value.split('-').map(str::parse::<u16>);
                let mut next = || parts.next().ok_or("no date");
                Value::Date { year: next()??.into(), month: next()??.try_into()?, day: next()??.try_into()? }
            }
            _ => Value::Text(value.to_owned()),
        };
        read.push(Answer { sheet: sheet.clone(), cell, value, origin: origin.clone() });
    }
    let (started, processor) = (std::time::Instant::now(), processor());
    let filled = write(&std::fs::read(form)?, &read, &Options::default())?;
    std::fs::write(out, &filled.bytes)?;
    let seconds = started.elapsed().as_secs_f64();
    let processor = self::processor() - processor;
    let mut codes: Vec<&str> = filled.refused.iter().map(|r| r.code).collect();
    codes.sort_unstable();
    codes.dedup();
    println!(
        "{seconds:.3} s, {processor:.3} s, {} written, {} refused {codes:?}",
        filled.written.len(),
        filled.refused.len()
    );
    Ok(())
}
