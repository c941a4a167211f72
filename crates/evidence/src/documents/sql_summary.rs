//! The summary that SQL Server's set-up writes as text: the machine by name, and what is installed on it as a table under headings.

use crate::Context;
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::text::{Decoded, fold};
use crate::values::{short_name, told};
use licensing::facts::{Fact, MachineRef, SqlInstance};

/// How the summary begins.
pub(super) fn is_summary(head: &str) -> bool {
    head.starts_with("Overall summary:")
}

/// Reads the instances that were discovered.
///
/// # Errors
/// [`Refusal`]: the summary of another action, which tells of no instance.
pub(super) fn read(decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let lines: Vec<&str> = decoded.text.lines().map(str::trim_end).collect();
    let machine = lines.iter().find_map(|line| told(line.trim().strip_prefix("Machine name:")?));
    let at = lines.iter().position(|line| {
        let folded = fold(line);
        folded.starts_with("product") && folded.contains("instance") && folded.contains("edition")
    });
    let (Some(machine), Some(at)) = (machine, at) else {
        return Err(Refusal::new(
            Refused::NoEvidence,
            "the summary of an SQL Server set-up that lists no instance; the report beside it (SqlDiscoveryReport.xml) holds them: add its folder",
        ));
    };
    let columns = columns(lines.get(at).copied().unwrap_or_default());
    let mut sink = Sink::new("sql-setup-summary", decoded.encoding, evidence, context.limits.rows);
    sink.note("known-from-documents-only", "SQL Server set-up summary");
    let rows = lines.iter().skip(at + 1).take_while(|line| !line.trim().is_empty());
    for (index, line) in rows.enumerate() {
        if !sink.has_room() {
            sink.note("too-many-rows", "rows beyond the bound were not read");
            break;
        }
        let row = index as u64 + 1;
        let letters: Vec<char> = line.chars().collect();
        let cell = |name: &str| {
            let place = columns.iter().position(|(heading, _)| heading == name)?;
            let from = columns.get(place)?.1;
            let to = columns.get(place + 1).map_or(letters.len(), |(_, start)| *start).min(letters.len());
            told(&letters.get(from.min(to)..to)?.iter().collect::<String>())
        };
        let feature = cell("feature").unwrap_or_default();
        match cell("edition") {
            Some(edition) if feature.to_lowercase().contains("database engine") => {
                let fact = SqlInstance {
                    machine: MachineRef { name: Some(short_name(&machine)), ..MachineRef::default() },
                    instance: cell("instance"),
                    edition: Some(edition),
                    version: cell("version"),
                    clustered: cell("clustered").map(|text| text.eq_ignore_ascii_case("yes")),
                    cores: None,
                };
                sink.fact(row, Fact::SqlInstance(fact), Vec::new());
            }
            _ => sink.aside(row, &feature, "component-of-an-instance"),
        }
    }
    Ok(sink.done())
}

/// The headings, folded, and where each begins, in characters. Two blanks part headings, one stands within them.
fn columns(line: &str) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut blanks = 2;
    for (at, c) in line.chars().enumerate() {
        if c == ' ' {
            blanks += 1;
            continue;
        }
        match found.last_mut() {
            Some((heading, _)) if blanks < 2 => {
                if blanks == 1 {
                    heading.push(' ');
                }
                heading.push(c);
            }
            _ => found.push((c.to_string(), at)),
        }
        blanks = 0;
    }
    found.into_iter().map(|(heading, at)| (fold(&heading), at)).collect()
}
