//! What is known of a great list before its rows are read.

use super::encoding::{Encoding, Signs};
use super::scan::{End, Scanner, behind_breaks};
use crate::documents;
use crate::tables::csv::{self, Record};
use crate::tables::software::{List, Orders};
use crate::tables::{self, View};
use crate::values::{self, Order};
use serde::{Deserialize, Serialize};

/// Bytes of the beginning of a file that [`Plan::of`] looks at.
pub const HEAD: usize = 1 << 20;
/// Lines that must be whole in the beginning: so many decide on the separator and the headings.
const LINES: usize = 60;
const FORMAT: &str = "software-list";

/// How a great list of programs is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub(super) name: String,
    pub(super) header: Vec<String>,
    pub(super) encoding: Encoding,
    pub(super) separator: u8,
    /// Where the first row begins.
    pub(super) start: u64,
    pub(super) installed_day_first: bool,
    pub(super) scan_day_first: bool,
    /// Signs of the encoding in what stands above the rows.
    pub(super) signs: Signs,
    lines_before: usize,
}

/// What only the whole file tells, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    pub(super) encoding: Encoding,
    pub(super) installed_day_first: bool,
    pub(super) scan_day_first: bool,
}

impl Plan {
    /// The plan for a file that begins with `head` and is longer; `told`: what reading the whole of it has told. `None`: it is no list
    /// that can be read in chunks; what it is, [`crate::read`] tells.
    pub fn of(name: &str, head: &[u8], told: Option<&Guess>) -> Option<Plan> {
        let (encoding, mark) = Encoding::guess(head);
        let plan = Plan::in_encoding(name, head, told.map_or(encoding, |told| told.encoding), mark)?;
        Some(match told {
            Some(told) => {
                Plan { installed_day_first: told.installed_day_first, scan_day_first: told.scan_day_first, ..plan }
            }
            None => plan,
        })
    }

    pub(super) fn guess(&self) -> Guess {
        Guess {
            encoding: self.encoding,
            installed_day_first: self.installed_day_first,
            scan_day_first: self.scan_day_first,
        }
    }

    fn in_encoding(name: &str, head: &[u8], encoding: Encoding, mark: usize) -> Option<Plan> {
        let unit = usize::try_from(encoding.unit()).ok()?;
        let body = head.get(mark..)?;
        let body = body.get(..body.len() - body.len() % unit)?;
        let narrow = if encoding.is_wide() { encoding.decode(body).0.into_owned().into_bytes() } else { body.to_vec() };
        // Only whole lines.
        let narrow = narrow.get(..=memchr::memrchr(b'\n', &narrow)?)?;
        let text = encoding.narrow().decode(narrow).0;
        if !documents::leaves_to_tables(head, &text)
            || text.lines().filter(|line| !line.trim().is_empty()).count() < LINES
        {
            return None;
        }
        let dialect = csv::dialect(&text);
        let separator =
            u8::try_from(dialect.separator).ok().filter(|byte| byte.is_ascii() && !b"\"\n\r".contains(byte))?;
        if dialect.back_tick {
            return None;
        }
        // The first records decide, as they would in the whole text.
        let scanner = Scanner { separator, encoding };
        let (mut cells, mut marks) = (Vec::new(), scanner.marks());
        let mut at = behind_breaks(narrow, skipped(encoding, &text, dialect.skip));
        let mut ends = Vec::new();
        while ends.len() < LINES / 2 {
            let End::Line(end) = scanner.record(narrow, at, &mut cells, &mut marks) else { return None };
            at = behind_breaks(narrow, end);
            ends.push(at);
        }
        let above = encoding.narrow().decode(narrow.get(..at)?).0;
        let records = csv::records(above.get(dialect.skip..)?, dialect.separator);
        let (known, place) = tables::known_at(&records)?;
        let end = *ends.get(place)?;
        if known != FORMAT {
            return None;
        }
        let header = tables::headings(records.get(place)?);
        let view = View::without_rows(name, header.clone());
        let list = List::of(&view);
        let order = |column: Option<usize>| {
            let rows = records.get(place + 1..).unwrap_or_default();
            values::order(rows.iter().filter_map(|row| row.cells.get(column?)).map(String::as_str)) == Order::DayFirst
        };
        let (installed, scan) = list.days();
        let start = match encoding.is_wide() {
            false => mark + end,
            true => {
                mark + 2 * encoding.narrow().decode(narrow.get(..end)?).0.chars().map(char::len_utf16).sum::<usize>()
            }
        };
        Some(Plan {
            name: name.to_owned(),
            encoding,
            separator,
            start: start as u64,
            installed_day_first: order(installed),
            scan_day_first: order(scan),
            signs: encoding.signs(narrow.get(..end)?),
            lines_before: place,
            header,
        })
    }

    /// Where the first row begins, in bytes.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Format that the file is taken for.
    pub fn format(&self) -> &'static str {
        FORMAT
    }

    pub(super) fn list(&self) -> List {
        List::of(&View::without_rows(&self.name, self.header.clone()))
    }

    pub(super) fn orders(&self) -> Orders {
        let order = |day_first| if day_first { Order::DayFirst } else { Order::MonthFirst };
        Orders { installed: order(self.installed_day_first), scan: order(self.scan_day_first) }
    }

    pub(super) fn scanner(&self) -> Scanner {
        Scanner { separator: self.separator, encoding: self.encoding }
    }

    /// What is to be told of the file as a whole, as for a small one.
    pub(super) fn notes(&self, damaged: bool) -> Vec<(String, String)> {
        let mut notes = Vec::new();
        if damaged {
            notes.push(("damaged-text".to_owned(), "some characters could not be decoded".to_owned()));
        }
        if self.lines_before > 0 {
            notes.push(("lines-before-headings".to_owned(), self.lines_before.to_string()));
        }
        if let Some(name) = self.list().machine_of_file() {
            notes.push(("machine-from-file-name".to_owned(), crate::keys::hide(name)));
        }
        notes
    }

    /// A record taken apart as in a small file.
    pub(super) fn record(&self, raw: &[u8], cut: bool) -> Record {
        let text = self.encoding.narrow().decode(raw).0;
        let record = csv::records(&text, char::from(self.separator)).into_iter().next().unwrap_or_default();
        Record { cut, ..record }
    }
}

/// Where in the bytes the text behind `skip` bytes of decoded text begins.
fn skipped(encoding: Encoding, text: &str, skip: usize) -> usize {
    match encoding.narrow() {
        Encoding::Cp850 | Encoding::Windows1252 => text.get(..skip).unwrap_or_default().chars().count(),
        // What is skipped is ASCII but for what a `#TYPE` line may say; broken letters in it are no case that occurs.
        _ => skip,
    }
}
