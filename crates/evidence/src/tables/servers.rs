//! SQL Server as it reports itself, and the sheets of the MAP toolkit.

use super::{Known, Record, View, cell};
use crate::reading::Sink;
use crate::text::same_heading;
use crate::values::{boolean, count, short_name};
use licensing::facts::{Fact, Machine, MachineRef, SqlInstance, Virtual};

pub(super) const TABLES: &[Known] = &[
    Known { format: "sql-serverproperty", needs: &[SQL_MACHINE, SQL_EDITION, SQL_VERSION], read: properties },
    // The discovery report as tools that gather it from many servers write it.
    Known {
        format: "sql-discovery-report",
        needs: &[&["computername", "machinename"], &["instance"], &["feature"], &["edition"], &["version"]],
        read: discovered,
    },
    Known {
        format: "map-sql-instances",
        needs: &[&["computer name"], &["sql server edition"], &["sql server version"]],
        read: map_instances,
    },
    Known {
        format: "map-servers",
        needs: &[&["computer name"], &["current operating system"], &["machine type"]],
        read: map_servers,
    },
];

/// Headings of the machine of an instance, as scripts name them.
const SQL_MACHINE: &[&str] = &[
    "serveur",
    "serveur sql",
    "servidor",
    "machinename",
    "computername",
    "sqlinstance",
    "sql instance",
    "servername",
    "server",
];
const SQL_EDITION: &[&str] = &["edition", "sqledition", "sql edition", "sql server edition"];
const SQL_VERSION: &[&str] = &[
    "version sql",
    "produktversion",
    "version de sql server",
    "productversion",
    "sqlversion",
    "sql version",
    "versionstring",
    "sql build",
];

/// One row a feature of an instance.
fn discovered(view: &View<'_>, sink: &mut Sink) {
    let machine = view.column(&["computername", "machinename"]);
    let instance = view.column(&["instance"]);
    let feature = view.column(&["feature"]);
    let edition = view.column(&["edition"]);
    let version = view.column(&["version"]);
    let clustered = view.column(&["clustered"]);
    for (number, record) in view.records(sink) {
        let Some(name) = cell(record, machine) else {
            sink.reject(number, "no-machine", "no machine", &record.raw());
            continue;
        };
        let feature = cell(record, feature).unwrap_or_default();
        match cell(record, edition) {
            Some(edition) if feature.to_lowercase().contains("database engine") => {
                let fact = SqlInstance {
                    machine: MachineRef { name: Some(short_name(&name)), ..MachineRef::default() },
                    instance: cell(record, instance),
                    edition: Some(edition),
                    version: cell(record, version),
                    clustered: cell(record, clustered).and_then(|text| boolean(&text)),
                    cores: None,
                };
                sink.fact(number, Fact::SqlInstance(fact), Vec::new());
            }
            _ => sink.aside(number, &feature, "component-of-an-instance"),
        }
    }
}

fn properties(view: &View<'_>, sink: &mut Sink) {
    let machine = view.column(SQL_MACHINE);
    let instance = view.column(&[
        "instancename",
        "sqlinstance",
        "sql instance",
        "instance",
        "instanz",
        "instancia",
        "instance name",
    ]);
    let edition = view.column(SQL_EDITION);
    let version = view.column(SQL_VERSION);
    let clustered = view.column(&["isclustered"]);
    let cpus = view.column(&["cpu count"]);
    for (number, record) in view.records(sink) {
        let Some(name) = cell(record, machine) else {
            sink.reject(number, "no-machine", "no MachineName", &record.raw());
            continue;
        };
        // `HOST\INSTANCE` names both; a host alone is its default instance.
        let (host, named) = match name.split_once('\\') {
            Some((host, instance)) => (host.to_owned(), Some(instance.to_owned())),
            None => (name, None),
        };
        let told = cell(record, instance).map(|text| match text.split_once('\\') {
            Some((_, instance)) => instance.to_owned(),
            None if short_name(&text).eq_ignore_ascii_case(&short_name(&host)) => "MSSQLSERVER".to_owned(),
            None => text,
        });
        let fact = SqlInstance {
            machine: MachineRef { name: Some(short_name(&host)), ..MachineRef::default() },
            instance: named.or(told).or_else(|| Some("MSSQLSERVER".to_owned())),
            edition: cell(record, edition),
            version: cell(record, version),
            clustered: cell(record, clustered).and_then(|text| boolean(&text)),
            cores: cell(record, cpus).as_deref().and_then(count),
        };
        sink.fact(number, Fact::SqlInstance(fact), Vec::new());
    }
}

fn map_instances(view: &View<'_>, sink: &mut Sink) {
    sink.note("known-from-documents-only", "MAP toolkit");
    let machine = view.column(&["computer name"]);
    let instance = view.column(&["sql server instance name"]);
    let edition = view.column(&["sql server edition"]);
    let version = view.column(&["sql server version"]);
    let clustered = view.column(&["clustered?", "clustered"]);
    let cores = view.column(&["number of total cores"]);
    for (number, record) in view.records(sink) {
        match &cell(record, machine) {
            Some(name) => {
                let fact = SqlInstance {
                    machine: MachineRef {
                        name: Some(short_name(name)),
                        dns: Some(name.clone()),
                        ..MachineRef::default()
                    },
                    instance: cell(record, instance).or_else(|| Some("MSSQLSERVER".to_owned())),
                    edition: cell(record, edition),
                    version: cell(record, version),
                    clustered: cell(record, clustered).and_then(|text| boolean(&text)),
                    cores: cell(record, cores).as_deref().and_then(count),
                };
                sink.fact(number, Fact::SqlInstance(fact), Vec::new());
            }
            None => sink.reject(number, "no-machine", "no computer name", &record.raw()),
        }
    }
}

fn map_servers(view: &View<'_>, sink: &mut Sink) {
    let machine = view.column(&["computer name"]);
    let os = view.column(&["current operating system"]);
    let kind = view.column(&["machine type"]);
    let cpu = view.column(&["cpu"]);
    let processors = view.column(&["number of processors"]);
    let cores = view.column(&["number of cores", "number of total cores"]);
    let logical = view.column(&["number of logical processors"]);
    let serial = view.column(&["bios serial number"]);
    for (number, record) in view.records(sink) {
        let Some(name) = cell(record, machine) else {
            sink.reject(number, "no-machine", "no computer name", &record.raw());
            continue;
        };
        let guest = cell(record, kind).is_some_and(|text| text.eq_ignore_ascii_case("virtual"));
        let figure = |column| cell(record, column).as_deref().and_then(count);
        let machine = Machine {
            id: MachineRef {
                name: Some(short_name(&name)),
                dns: Some(name),
                serial: cell(record, serial),
                ..MachineRef::default()
            },
            os: cell(record, os),
            processors: if guest { None } else { figure(processors) },
            cores: if guest { None } else { figure(cores) },
            logical: figure(logical),
            cpu_model: cell(record, cpu),
            virtualisation: guest.then(|| Virtual {
                technology: "unknown".to_owned(),
                host: None,
                vcpus: figure(logical),
                template: false,
                powered: None,
                configured_os: None,
            }),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), Vec::new());
    }
}

/// What `SELECT @@VERSION` says, which is one text of several lines: (number, edition).
fn version_text(text: &str) -> Option<(String, String)> {
    let rest = text.trim_start().strip_prefix("Microsoft SQL Server ")?;
    let number = rest
        .split([' ', '\n', '\t'])
        .find(|word| word.split('.').count() == 4 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))?;
    // The edition ends where the operating system begins, in whichever line of the text.
    let flat = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = flat.split(" on Windows").next()?.split(" on Linux").next()?;
    let behind = before.rsplit_once("Corporation").map_or(before, |(_, behind)| behind);
    let behind = behind.trim_start_matches([' ', '.']).trim_start_matches("All rights reserved.").trim();
    behind.contains("Edition").then(|| (number.to_owned(), behind.to_owned()))
}

/// Lists of servers with what `SELECT @@VERSION` answered, and the answer alone in a file that bears the server's name, as a table of
/// instances. `None`: the text is neither.
pub(super) fn from_version_texts(file: &str, text: &str, records: &[Record]) -> Option<Vec<Record>> {
    let row = |cells: [&str; 3]| Record { cells: cells.map(str::to_owned).to_vec(), cut: false };
    let heading = row(["MachineName", "Edition", "ProductVersion"]);
    let filled = |line: &&str| !line.trim().is_empty() && !line.trim().bytes().all(|byte| byte == b'-');
    let alone: Vec<&str> = text.lines().filter(filled).take(17).collect();
    let at = alone.iter().take(6).position(|line| line.trim_start().starts_with("Microsoft SQL Server "));
    if let Some((number, edition)) = at.and_then(|at| version_text(&alone.get(at..)?.join("\n")))
        && alone.len() < 16
    {
        let machine = super::machine_of_file(file)?;
        return Some(vec![heading, row([&machine, &edition, &number])]);
    }
    let header = super::headings(records.first()?);
    let machine = header.iter().position(|heading| SQL_MACHINE.iter().any(|each| same_heading(heading, each)))?;
    // Most tables with a column of machines are of something else: the first rows show it.
    let answered = |record: &Record| record.cells.iter().any(|cell| version_text(cell).is_some());
    if !records.iter().skip(1).take(50).any(answered) {
        return None;
    }
    let answers = records.get(1..)?.iter().filter(|record| !record.is_blank() && !record.is_rule());
    let mut made = vec![heading];
    for record in answers {
        // Rows that hold no such answer keep their place: the reader of instances says why it does not take them.
        let told = record.cells.iter().find_map(|cell| version_text(cell));
        let name = record.cells.get(machine).cloned().unwrap_or_default();
        let (number, edition) = told.unwrap_or_default();
        made.push(Record { cells: vec![name, edition, number], cut: record.cut });
    }
    Some(made)
}
