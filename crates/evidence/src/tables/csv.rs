//! Delimited text of any dialect: separator found by counting, quotes doubled inside quotes, line breaks inside quotes, a
//! `sep=` line, a `#TYPE` line, a back-tick and t where a tab was meant, a last cell that is never closed.

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Record {
    /// Cells, unquoted.
    pub(crate) cells: Vec<String>,
    /// The file ended inside a quoted cell.
    pub(crate) cut: bool,
}

impl Record {
    /// The record as one line, for showing a reject.
    pub(crate) fn raw(&self) -> String {
        self.cells.join(" ; ")
    }

    /// Hyphens alone, as `sqlcmd` rules them under its headings.
    pub(crate) fn is_rule(&self) -> bool {
        let ruled = |cell: &String| cell.trim().len() > 1 && cell.trim().bytes().all(|b| b == b'-');
        self.cells.len() > 1 && self.cells.iter().all(ruled)
    }

    /// Nothing stands in any of its cells.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// The first line longer than `most` bytes.
pub(crate) fn too_long_line(text: &str, most: usize) -> Option<u64> {
    text.split('\n').position(|line| line.len() > most).map(|index| index as u64 + 1)
}

fn separator(text: &str) -> (char, bool) {
    let mut best = (',', 0usize);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(25).collect();
    // Quoted cells may go on over lines; where a quote is never closed, each line stands for itself.
    let quotes = |line: &str| line.bytes().filter(|byte| *byte == b'"').count();
    let over_lines = lines.iter().map(|line| quotes(line)).sum::<usize>() % 2 == 0;
    for candidate in [';', '\t', ',', '|'] {
        // The count of most lines, outside quotes, times how many lines share it.
        let mut quoted = false;
        let counts: Vec<usize> = lines
            .iter()
            .map(|line| {
                quoted &= over_lines;
                line.chars()
                    .filter(|c| {
                        quoted ^= *c == '"';
                        *c == candidate && !quoted
                    })
                    .count()
            })
            .collect();
        let score = counts
            .iter()
            .filter(|count| **count > 0)
            .map(|count| count * counts.iter().filter(|other| *other == count).count())
            .max()
            .unwrap_or(0);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    let back_tick = best.0 != '\t' && lines.iter().filter(|line| line.contains("`t")).count() * 2 > lines.len();
    (best.0, back_tick)
}

/// One record of `wide` cells that a person wrote: separated by what gives so many, without the blanks around them. Where nothing does,
/// the record as it comes, for the reader to reject.
pub(crate) fn one(text: &str, wide: usize) -> Record {
    let line = text.trim_matches(['\r', '\n']);
    let read = |separator: char| {
        let mut record = records(line, separator).into_iter().next().unwrap_or_default();
        record.cells.iter_mut().for_each(|cell| *cell = cell.trim().to_owned());
        record
    };
    [';', '\t', ',', '|'].into_iter().map(read).find(|record| record.cells.len() == wide).unwrap_or_else(|| read(';'))
}

/// How a text is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Bytes before the first record: a `sep=` line, a `#TYPE` line.
    pub(crate) skip: usize,
    /// Separator.
    pub(crate) separator: char,
    /// A back-tick and t stand where a tab was meant.
    pub(crate) back_tick: bool,
}

/// The dialect, by the first lines of a text.
pub(crate) fn dialect(text: &str) -> Dialect {
    let mut rest = text;
    let mut told = None;
    let first = rest.lines().next().unwrap_or_default();
    if let Some(mark) = first.trim_matches('"').strip_prefix("sep=") {
        told = mark.chars().next();
        rest = rest.get(first.len()..).unwrap_or_default().trim_start_matches(['\r', '\n']);
    }
    let first = rest.lines().next().unwrap_or_default();
    if first.trim_matches('"').starts_with("#TYPE ") {
        rest = rest.get(first.len()..).unwrap_or_default().trim_start_matches(['\r', '\n']);
    }
    let (found, back_tick) = separator(rest);
    Dialect { skip: text.len() - rest.len(), separator: told.unwrap_or(found), back_tick: back_tick && told.is_none() }
}

/// All records of a text.
pub(crate) fn parse(text: &str) -> Vec<Record> {
    let Dialect { skip, separator, back_tick } = dialect(text);
    let text = text.get(skip..).unwrap_or_default();
    if back_tick {
        // A script wrote back-tick and t where it meant a tab, often under headings with commas and with commas at the end.
        return text
            .lines()
            .flat_map(|line| match line.contains("`t") {
                true => vec![Record {
                    cells: line.trim_end_matches([',', ';']).split("`t").map(str::to_owned).collect(),
                    cut: false,
                }],
                false => records(line, separator),
            })
            .collect();
    }
    records(text, separator)
}

/// Records of a text whose dialect is known.
pub(crate) fn records(text: &str, separator: char) -> Vec<Record> {
    let mut all = Vec::new();
    let mut record = Record::default();
    let mut cell = String::new();
    let mut quoted = false;
    let mut started = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            match c {
                '"' if chars.peek() == Some(&'"') => {
                    chars.next();
                    cell.push('"');
                }
                '"' => quoted = false,
                _ => cell.push(c),
            }
        } else if c == '"' && cell.trim().is_empty() {
            cell.clear();
            quoted = true;
            started = true;
        } else if c == separator {
            record.cells.push(std::mem::take(&mut cell));
            started = true;
        } else if c == '\n' || c == '\r' {
            if started || !cell.is_empty() {
                record.cells.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut record));
            }
            started = false;
        } else {
            cell.push(c);
            started = true;
        }
    }
    if started || !cell.is_empty() {
        record.cells.push(cell);
        record.cut = quoted;
        all.push(record);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        parse(text).into_iter().map(|record| record.cells).collect()
    }

    #[test]
    fn line_breaks_and_quotes_inside_quotes() {
        assert_eq!(cells("a;b\n\"x\ny\";\"say \"\"hi\"\"\"\n"), [vec!["a", "b"], vec!["x\ny", "say \"hi\""]]);
    }

    #[test]
    fn a_declared_separator_wins_and_type_lines_go() {
        assert_eq!(cells("sep=;\r\n#TYPE X.Y\r\na;b,c\r\n1;2,5\r\n"), [vec!["a", "b,c"], vec!["1", "2,5"]]);
    }

    #[test]
    fn a_cell_that_is_never_closed_is_told() {
        let records = parse("a,b\n1,\"cut in the mid");
        assert!(records.last().is_some_and(|record| record.cut));
    }

    #[test]
    fn back_tick_t_is_a_tab() {
        assert_eq!(cells("Name`tVersion\nOffice`t16.0\n"), [vec!["Name", "Version"], vec!["Office", "16.0"]]);
        let mixed = cells("Name,Version\nOffice`t16.0,,,\nVisio`t15.0,,,\nProject`t,,,\n");
        assert_eq!(mixed[0], ["Name", "Version"]);
        assert_eq!(mixed[3], ["Project", ""]);
    }
}
