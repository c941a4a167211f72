//! Tables whose columns are ruled with hyphens under their headings, as `sqlcmd` and PowerShell's `Format-Table` print them.

use super::Record;

/// Lines above the rule that may stand there: a blank one, a prompt, a message.
const ABOVE: usize = 40;

/// Headings and rows. `None`: no line of hyphens with at least two columns stands under a line of words.
pub(super) fn records(text: &str) -> Option<Vec<Record>> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let at = (1..lines.len().min(ABOVE)).find(|at| {
        lines.get(*at).is_some_and(|line| is_rule(line)) && lines.get(at - 1).is_some_and(|line| !line.is_empty())
    })?;
    let starts = columns(lines.get(at)?);
    let heading = slices(lines.get(at - 1)?, &starts);
    // A blank line ends the table: "(3 rows affected)" and prompts stand behind it.
    let rows = lines.get(at + 1..)?.iter().take_while(|line| !line.trim().is_empty());
    Some(std::iter::once(heading).chain(rows.map(|line| slices(line, &starts))).collect())
}

/// Headings and rows of a text whose columns only stand under each other, as `wmic` and `dsquery` print them: a column begins where a
/// heading does and each row has a blank before it. `None`: fewer than two columns.
pub(super) fn aligned(text: &str) -> Option<Vec<Record>> {
    const ROWS: usize = 100_000;
    // No list of columns is wider; and each of them is held against every row.
    const WIDE: usize = 1_000;
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(ROWS).collect();
    let letters: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let (heading, rows) = letters.split_first().filter(|(heading, _)| heading.len() <= WIDE)?;
    let begins = |at: &usize| {
        heading.get(*at).is_some_and(|c| *c != ' ')
            && at.checked_sub(1).is_none_or(|before| heading.get(before) == Some(&' '))
    };
    let clear = |at: &usize| *at == 0 || rows.iter().all(|row| row.get(at - 1).is_none_or(|c| *c == ' '));
    let mut starts: Vec<usize> = (0..heading.len()).filter(|at| begins(at) && clear(at)).collect();
    let first = starts.first_mut()?;
    *first = 0;
    (starts.len() > 1 && !rows.is_empty()).then(|| lines.iter().map(|line| slices(line, &starts)).collect())
}

fn is_rule(line: &str) -> bool {
    line.chars().all(|c| c == '-' || c == ' ') && line.split_whitespace().count() > 1
}

/// Where the columns begin, in characters.
fn columns(rule: &str) -> Vec<usize> {
    let mut before = ' ';
    let mut starts = Vec::new();
    for (at, c) in rule.chars().enumerate() {
        if c == '-' && before != '-' {
            starts.push(at);
        }
        before = c;
    }
    starts
}

fn slices(line: &str, starts: &[usize]) -> Record {
    let letters: Vec<char> = line.chars().collect();
    let cells = starts.iter().enumerate().map(|(index, start)| {
        let end = starts.get(index + 1).copied().unwrap_or(letters.len()).min(letters.len());
        letters.get((*start).min(end)..end).map(|part| part.iter().collect::<String>().trim().to_owned())
    });
    Record { cells: cells.map(Option::unwrap_or_default).collect(), cut: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_begin_where_their_rules_do() {
        let text = "\nMachineName   Edition            \n------------- -------------------\nSRV01         Standard Edition\n\n(1 rows affected)\n";
        let rows: Vec<Vec<String>> = records(text).unwrap_or_default().into_iter().map(|record| record.cells).collect();
        assert_eq!(rows, [vec!["MachineName", "Edition"], vec!["SRV01", "Standard Edition"]]);
    }

    #[test]
    fn columns_under_each_other_need_no_rule() {
        let text = "PSComputerName SerialNumber\r\nPC1            S1          \r\nPC2            S 2         \r\n";
        let rows: Vec<Vec<String>> = aligned(text).unwrap_or_default().into_iter().map(|record| record.cells).collect();
        assert_eq!(rows, [vec!["PSComputerName", "SerialNumber"], vec!["PC1", "S1"], vec!["PC2", "S 2"]]);
        assert!(aligned("prose\nand more of it\n").is_none());
    }

    #[test]
    fn a_line_of_hyphens_alone_is_no_table() {
        assert!(records("Title\n-----\ntext\n").is_none());
        assert!(records("--- ---\na b\n").is_none());
    }
}
