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
    fn a_line_of_hyphens_alone_is_no_table() {
        assert!(records("Title\n-----\ntext\n").is_none());
        assert!(records("--- ---\na b\n").is_none());
    }
}
