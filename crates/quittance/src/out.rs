//! Printing: standard output through one door, so that a closed pipe ends a command quietly; and plain tables.

use crate::exit::Failure;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// Prints `text` as it is.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::PipeClosed,
        _ => Failure::new("fail-output", vec![("detail", error.to_string())]),
    })
}

/// Prints `text` and a line end.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    print(&format!("{text}\n"))
}

/// Prints a value as indented JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new("fail-output", vec![("detail", error.to_string())]))?;
    line(&text)
}

/// Rows in columns, two spaces apart. Columns in `right` are set to the right; the first row is a heading.
pub(crate) fn table(rows: &[Vec<String>], right: &[usize]) -> String {
    let wide = |text: &str| text.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| wide(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width.saturating_sub(wide(cell)));
            if at > 0 {
                line.push_str("  ");
            }
            if right.contains(&at) {
                line.push_str(&pad);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&pad);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_counts_letters_not_bytes() {
        let rows = [vec!["é".to_owned(), "10".to_owned()], vec!["ab".to_owned(), "2".to_owned()]];
        assert_eq!(table(&rows, &[1]), "é   10\nab   2\n");
    }
}
