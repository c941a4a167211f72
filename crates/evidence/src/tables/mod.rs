//! Tables: CSV in any dialect and the sheets of a workbook. A registry of known tables, each recognised by its headings.

mod blocks;
mod by_words;
mod cloud;
mod column_names;
mod configmgr;
pub(crate) mod csv;
mod devices;
pub(crate) mod directory;
mod glpi;
mod purchases;
mod ruled;
mod servers;
pub(crate) mod software;
mod statement;
mod virtualisation;

use crate::mapping::{self, Mapping};
use crate::reading::{Reading, Refusal, Refused, Sink};
use crate::text::{Decoded, fold, same_heading};
use crate::values::{self, Order};
use crate::{Context, keys};
pub(crate) use csv::Record;
pub(crate) use csv::{parse as records, too_long_line};
pub(crate) use software::machine_of_file;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// A table that a reader knows.
pub(crate) struct Known {
    /// Stable name of the format.
    pub(crate) format: &'static str,
    /// Headings that must be there, each with its aliases (folded).
    pub(crate) needs: &'static [&'static [&'static str]],
    /// Reads the rows.
    pub(crate) read: fn(&View<'_>, &mut Sink),
}

/// All tables, the more particular before the more general.
fn known() -> impl Iterator<Item = &'static Known> {
    virtualisation::TABLES
        .iter()
        .chain(glpi::TABLES)
        .chain(configmgr::TABLES)
        .chain(cloud::TABLES)
        .chain(directory::TABLES)
        .chain(servers::TABLES)
        .chain(purchases::TABLES)
        .chain(statement::TABLES)
        .chain(software::TABLES)
        .chain(devices::TABLES)
}

/// The headings that each table of a reader must bear, a line a table; `None`: no reader of tables bears the name.
pub(crate) fn headings_of_reader(reader: &str) -> Option<Vec<String>> {
    let tables = match reader {
        "cloud" => cloud::TABLES,
        "configmgr" => configmgr::TABLES,
        "devices" => devices::TABLES,
        "directory" => directory::TABLES,
        "glpi" => glpi::TABLES,
        "purchases" => purchases::TABLES,
        "servers" => servers::TABLES,
        "software" => software::TABLES,
        "statement" => statement::TABLES,
        "virtualisation" => virtualisation::TABLES,
        _ => return None,
    };
    let line =
        |known: &Known| known.needs.iter().filter_map(|aliases| aliases.first().copied()).collect::<Vec<_>>().join(";");
    Some(tables.iter().map(line).collect())
}

/// A table whose headings were found.
pub(crate) struct View<'a> {
    /// File name, for the machine that some lists only name there.
    pub(crate) file: &'a str,
    /// Folded headings.
    header: Vec<String>,
    /// For tables that any tool may write: the names that readers know for what the words of each heading say.
    words: Vec<Option<&'static str>>,
    /// Data rows, counted from 1 after the headings.
    rows: &'a [Record],
    /// Rows that a person mended, by their number.
    mended: OnceCell<BTreeMap<u64, Record>>,
}

impl<'a> View<'a> {
    /// The headings alone.
    pub(crate) fn without_rows(file: &'a str, header: Vec<String>) -> Self {
        let words = by_words::names(&header);
        View { file, header, words, rows: &[], mended: OnceCell::new() }
    }

    /// Columns are also known by the words of their headings, where none bears a heading that is asked for.
    fn by_words(mut self) -> Self {
        self.words = by_words::names(&self.header);
        self
    }

    /// All headings, folded.
    pub(crate) fn headings(&self) -> &[String] {
        &self.header
    }

    /// Place of the first column that bears one of the headings (folded).
    pub(crate) fn column(&self, aliases: &[&str]) -> Option<usize> {
        let named =
            aliases.iter().find_map(|alias| self.header.iter().position(|heading| same_heading(heading, alias)));
        named.or_else(|| self.words.iter().position(|name| name.is_some_and(|name| aliases.contains(&name))))
    }

    /// Rows that have as many cells as the headings; others are rejected, blank ones and closing messages passed over.
    pub(crate) fn records(&self, sink: &mut Sink) -> Vec<(u64, &Record)> {
        let wide = self.header.len();
        let mended = self
            .mended
            .get_or_init(|| sink.mends().into_iter().map(|(row, text)| (row, csv::one(text, wide))).collect());
        let mut good = Vec::new();
        let last_full = self.rows.iter().rposition(|r| r.cells.len() >= wide);
        let mut number = 0;
        for (index, record) in self.rows.iter().enumerate() {
            if record.is_blank() || record.is_rule() {
                continue;
            }
            // Lines behind the data: "(173 rows affected)", a completion time.
            if wide > 2 && record.cells.len() == 1 && last_full.is_some_and(|last| index > last) && !record.cut {
                sink.note("lines-after-data", keys::hide(&record.raw()));
                continue;
            }
            number += 1;
            if !sink.has_room() {
                sink.note("too-many-rows", "rows beyond the bound were not read");
                break;
            }
            let record = mended.get(&number).unwrap_or(record);
            match misshapen(record, wide) {
                Some((reason, detail)) => sink.reject(number, reason, detail, &record.raw()),
                None => good.push((number, record)),
            }
        }
        good
    }

    /// How many cells of some columns of days speak for the day first, and for the month first.
    pub(crate) fn votes(&self, columns: &[Option<usize>]) -> (u64, u64) {
        let cells = columns.iter().flatten().flat_map(|at| self.rows.iter().filter_map(move |row| row.cells.get(*at)));
        cells
            .map(|text| values::votes(text))
            .fold((0, 0), |(first, second), (a, b)| (first + u64::from(a), second + u64::from(b)))
    }

    /// Order of day and month in a column.
    pub(crate) fn order(&self, column: Option<usize>) -> Order {
        let cells = column.into_iter().flat_map(|at| self.rows.iter().filter_map(move |row| row.cells.get(at)));
        values::order(cells.map(String::as_str))
    }
}

/// Why a record does not fit under `wide` headings: reason and detail.
pub(crate) fn misshapen(record: &Record, wide: usize) -> Option<(&'static str, String)> {
    let extra_blank = record.cells.get(wide..).is_some_and(|extra| extra.iter().all(|cell| cell.trim().is_empty()));
    if record.cut {
        Some(("cut-off", "the file ends in the middle of a quoted cell".to_owned()))
    } else if record.cells.len() < wide {
        Some(("too-few-columns", format!("only {} of {wide} columns", record.cells.len())))
    } else if record.cells.len() > wide && !extra_blank {
        let cells = record.cells.len();
        let detail = format!("{cells} columns where there should be {wide}: a cell with a separator is not quoted");
        Some(("too-many-columns", detail))
    } else {
        None
    }
}

/// A cell that says something.
pub(crate) fn cell(record: &Record, column: Option<usize>) -> Option<String> {
    column.and_then(|at| record.cells.get(at)).and_then(|text| values::told(text))
}

/// A day in a cell; a value that is no day becomes a remark, and the row stands.
pub(crate) fn day(
    record: &Record,
    column: Option<usize>,
    order: Order,
    name: &str,
    remarks: &mut Vec<String>,
) -> Option<jiff::civil::Date> {
    let text = cell(record, column)?;
    let day = values::day(&text, order);
    if day.is_none() && !matches!(text.as_str(), "0" | "01/01/1601 01:00:00") {
        remarks.push(format!("{name}: {text} is no day that exists; left unknown"));
    }
    day
}

/// How many records may stand above the headings.
const PROSE: usize = 40;

/// The first known table among the records: (known, place of its headings).
fn find(records: &[Record]) -> Option<(&'static Known, usize)> {
    for (at, record) in records.iter().take(PROSE).enumerate() {
        if record.cells.len() < 2 {
            continue;
        }
        let header: Vec<String> = record.cells.iter().map(|cell| heading(cell)).collect();
        let fits = |known: &&'static Known| {
            known
                .needs
                .iter()
                .all(|aliases| aliases.iter().any(|alias| header.iter().any(|heading| same_heading(heading, alias))))
        };
        if let Some(found) = known().find(fits) {
            return Some((found, at));
        }
    }
    None
}

fn view<'a>(file: &'a str, records: &'a [Record], at: usize) -> View<'a> {
    let header = records.get(at).map(headings).unwrap_or_default();
    View { file, header, words: Vec::new(), rows: records.get(at + 1..).unwrap_or_default(), mended: OnceCell::new() }
}

/// Tables that any tool may write, under headings of its own.
const OF_ANY_TOOL: [&str; 4] = ["software-list", "device-list", "hardware-register", "invoices"];

/// The view that the reader of `known` takes.
fn view_for<'a>(known: &Known, file: &'a str, records: &'a [Record], at: usize) -> View<'a> {
    let view = view(file, records, at);
    if OF_ANY_TOOL.contains(&known.format) { view.by_words() } else { view }
}

/// A heading, folded. Report services put the place of the cell before the field's own name (`Details_Table0_ComputerName`).
fn heading(cell: &str) -> String {
    let folded = fold(cell);
    let placed = |word: &str| {
        word == "details"
            || ["table", "tablix", "textbox", "matrix", "list", "rectangle"]
                .iter()
                .filter_map(|stem| word.strip_prefix(stem))
                .any(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut rest = folded.as_str();
    while let Some((word, after)) = rest.split_once(' ').filter(|(word, _)| placed(word)) {
        let _ = word;
        rest = after;
    }
    rest.to_owned()
}

/// The headings in a record, folded; blank ones at the end are none.
pub(crate) fn headings(record: &Record) -> Vec<String> {
    let mut header: Vec<String> = record.cells.iter().map(|cell| heading(cell)).collect();
    while header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    header
}

/// For tables that are never seen whole: the format that the first records show, and the place of its headings. `None`: none, or
/// one whose headings were left out.
pub(crate) fn known_at(records: &[Record]) -> Option<(&'static str, usize)> {
    if configmgr::headings_left_out(records).is_some() {
        return None;
    }
    find(records).map(|(known, at)| (known.format, at))
}

/// Reads text as a table.
pub(crate) fn text(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let limits = &context.limits;
    if let Some(line) = too_long_line(&decoded.text, limits.line) {
        let detail = format!("line {line} is longer than {} bytes", limits.line);
        return Err(Refusal::new(Refused::TooLarge, detail).at(line));
    }
    let mut records = csv::parse(&decoded.text);
    if let Some(told) = servers::from_version_texts(name, &decoded.text, &records) {
        records = told;
    }
    let headless = configmgr::headings_left_out(&records);
    let left_out = headless.is_some();
    if let Some(headings) = headless {
        records.insert(0, headings);
    }
    if let Some((known, at)) = find(&records) {
        let mut sink = Sink::new(known.format, decoded.encoding, evidence, limits.rows).mended(context);
        if decoded.damaged {
            sink.note("damaged-text", "some characters could not be decoded");
        }
        if left_out {
            sink.note("headings-left-out", known.format);
        }
        if at > 0 {
            sink.note("lines-before-headings", at.to_string());
        }
        (known.read)(&view_for(known, name, &records, at), &mut sink);
        let reading = sink.done();
        if reading.taken_as == NOT_FLATTENED {
            return Err(Refusal::new(
                Refused::NotFlattened,
                "the cells hold type names instead of numbers; export with: Get-MgSubscribedSku -All | ConvertTo-Json -Depth 6",
            ));
        }
        return Ok(reading);
    }
    // A ruled table with a column of machines is of many; the reader of lists without separators takes one machine a file.
    if let Some(ruled) =
        ruled::records(&decoded.text).filter(|ruled| ruled.first().is_some_and(software::names_machines))
        && let Some(read) = objects(name, &ruled, decoded.encoding, evidence, context)
    {
        return read;
    }
    if let Some(reading) = blocks::read(name, decoded, evidence, context) {
        return Ok(reading);
    }
    if let Some(listed) = blocks::records(&decoded.text)
        && let Some(read) = objects(name, &listed, decoded.encoding, evidence, context)
    {
        return read;
    }
    if let Some(ruled) = ruled::records(&decoded.text)
        && let Some(read) = objects(name, &ruled, decoded.encoding, evidence, context)
    {
        return read;
    }
    // Columns that only stand under each other: where nothing parts the cells of a line otherwise.
    if records.iter().take(PROSE).all(|record| record.cells.len() < 2)
        && let Some(aligned) = ruled::aligned(&decoded.text)
        && let Some(read) = objects(name, &aligned, decoded.encoding, evidence, context)
    {
        return read;
    }
    by_mapping(name, &records, decoded.encoding, evidence, context)
}

/// Reads objects of JSON as a table: the keys are the headings. `None`: no table that a reader or a mapping knows.
pub(crate) fn objects(
    name: &str,
    records: &[Record],
    encoding: &str,
    evidence: &str,
    context: &Context,
) -> Option<Result<Reading, Refusal>> {
    if let Some((known, at)) = find(records) {
        let mut sink = Sink::new(known.format, encoding, evidence, context.limits.rows).mended(context);
        (known.read)(&view_for(known, name, records, at), &mut sink);
        let reading = sink.done();
        return (reading.taken_as != NOT_FLATTENED).then_some(Ok(reading));
    }
    let read = by_mapping(name, records, encoding, evidence, context);
    match &read {
        Err(refusal) if refusal.reason == Refused::Unknown => None,
        _ => Some(read),
    }
}

/// Set by a reader that finds objects written as their type names.
pub(crate) const NOT_FLATTENED: &str = "not-flattened";

fn by_mapping(
    name: &str,
    records: &[Record],
    encoding: &str,
    evidence: &str,
    context: &Context,
) -> Result<Reading, Refusal> {
    for mapping in &context.mappings {
        if let Some(at) = mapping.find(records) {
            let mut sink = Sink::new(&format!("mapping:{}", mapping.name), encoding, evidence, context.limits.rows)
                .mended(context);
            mapping.read(&view("", records, at), &mut sink);
            return Ok(sink.done());
        }
    }
    if let Some((known, at, header)) = by_words::renamed(records) {
        let mut sink = Sink::new(known.format, encoding, evidence, context.limits.rows).mended(context);
        sink.note("headings-by-their-words", told_headings(records, &header, at));
        if at > 0 {
            sink.note("lines-before-headings", at.to_string());
        }
        (known.read)(&View { header, ..view(name, records, at) }, &mut sink);
        return Ok(sink.done());
    }
    let wide = records.iter().take(PROSE).map(|record| record.cells.len()).max().unwrap_or(0);
    if wide < 2 {
        return Err(Refusal::new(Refused::Unknown, "no reader knows this content, and it is no table"));
    }
    let Some(proposal) = mapping::propose(records) else {
        return Err(Refusal::new(
            Refused::Unknown,
            "no reader knows this content, and its headings say nothing of licences",
        ));
    };
    let mut refusal = Refusal::new(Refused::NeedsMapping, "a table with headings that no reader knows");
    refusal.proposal = Some(Box::new(proposal));
    Err(refusal)
}

/// Which heading was taken for which, as `theirs = ours`.
fn told_headings(records: &[Record], header: &[String], at: usize) -> String {
    let theirs = records.get(at).map(|record| record.cells.as_slice()).unwrap_or_default();
    let pairs = theirs.iter().zip(header).filter(|(_, ours)| !ours.starts_with("other "));
    pairs.map(|(theirs, ours)| format!("{} = {ours}", theirs.trim())).collect::<Vec<_>>().join("; ")
}

/// A sheet of a workbook.
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// Whoever opens the workbook does not see it.
    pub(crate) hidden: bool,
    pub(crate) records: Vec<Record>,
}

/// Reads the sheets of a workbook; a workbook is taken when at least one of its sheets is known.
pub(crate) fn sheets(name: &str, sheets: &[Sheet], evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    if let Some(reading) = statement::workbook(sheets, evidence, context) {
        return Ok(reading);
    }
    let mut sink: Option<Sink> = None;
    let saved = sheets.iter().find(|sheet| sheet.name == "vMetaData").and_then(|sheet| {
        let cells = sheet.records.iter().flat_map(|record| record.cells.iter());
        cells.filter_map(|text| values::day(text, Order::DayFirst)).max()
    });
    // A hidden sheet that bears the same kind of table as one that is seen is what its author put away: told, and not counted.
    let seen: Vec<&str> = sheets
        .iter()
        .filter(|sheet| !sheet.hidden)
        .filter_map(|sheet| find(&sheet.records).map(|(known, _)| known.format))
        .collect();
    for sheet in sheets {
        if let Some((known, at)) = find(&sheet.records) {
            let put_away = sheet.hidden && seen.contains(&known.format);
            let format = match known.format.split_once('-') {
                Some(("rvtools", _)) => "rvtools-xlsx",
                _ => known.format,
            };
            let sink = sink.get_or_insert_with(|| Sink::new(format, "", evidence, context.limits.rows).mended(context));
            sink.part(Some(&sheet.name));
            sink.exported(saved);
            if put_away {
                sink.note("hidden-sheet", sheet.name.clone());
                let view = view(name, &sheet.records, at);
                for (number, record) in view.records(sink) {
                    sink.aside(number, &record.raw(), "row-of-a-hidden-sheet");
                }
                continue;
            }
            (known.read)(&view_for(known, name, &sheet.records, at), sink);
        }
    }
    if let Some(sink) = sink.filter(|sink| !sink.is_empty()) {
        return Ok(sink.done());
    }
    for mapping in &context.mappings {
        for sheet in sheets {
            if let Some(at) = mapping.find(&sheet.records) {
                let mut sink =
                    Sink::new(&format!("mapping:{}", mapping.name), "", evidence, context.limits.rows).mended(context);
                sink.part(Some(&sheet.name));
                mapping.read(&view(name, &sheet.records, at), &mut sink);
                return Ok(sink.done());
            }
        }
    }
    for sheet in sheets.iter().filter(|sheet| !sheet.hidden) {
        if let Some((known, at, header)) = by_words::renamed(&sheet.records) {
            let mut sink = Sink::new(known.format, "", evidence, context.limits.rows).mended(context);
            sink.part(Some(&sheet.name));
            sink.note("headings-by-their-words", told_headings(&sheet.records, &header, at));
            (known.read)(&View { header, ..view(name, &sheet.records, at) }, &mut sink);
            return Ok(sink.done());
        }
    }
    let mut refusal = Refusal::new(Refused::NeedsMapping, "a workbook with headings that no reader knows");
    refusal.proposal = sheets.iter().find_map(|sheet| mapping::propose(&sheet.records)).map(Box::new);
    Err(refusal)
}

/// For [`Mapping`]: the view's columns by heading.
pub(crate) fn mapped_column(view: &View<'_>, heading: &str) -> Option<usize> {
    let wanted = fold(heading);
    view.header.iter().position(|each| same_heading(each, &wanted))
}

/// Whether a record bears all headings of a mapping.
pub(crate) fn bears(record: &Record, mapping: &Mapping) -> bool {
    let header: Vec<String> = record.cells.iter().map(|cell| fold(cell)).collect();
    let has = |heading: &String| header.iter().any(|each| same_heading(each, &fold(heading)));
    !mapping.columns.is_empty() && mapping.columns.values().all(has)
}
