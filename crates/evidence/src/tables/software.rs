//! Lists of installed programs: CSV with a machine column or one file a machine, GLPI's web list with several titles in a
//! cell, fixed-width tables and name=value blocks of PowerShell and wmic.

use super::{Known, View, cell, day};
use crate::Context;
use crate::reading::{Reading, Sink};
use crate::text::{Decoded, fold};
use crate::values::{short_name, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, Title};

const MACHINE: &[&str] = &[
    "pscomputername",
    "computername",
    "computer name",
    "computer",
    "machine",
    "machinename",
    "poste",
    "nom du poste",
    "hostname",
    "host name",
    "host",
    "ordinateur",
    "nom de l ordinateur",
    "node",
    "rechner",
    "assetname",
    "asset",
    "device",
    "devicename",
    "device name",
    "pc",
];
const NAME: &[&str] = &[
    "displayname",
    "display name",
    "software",
    "softwarename",
    "software name",
    "logiciel",
    "logiciel installe",
    "nom du logiciel",
    "programme",
    "program",
    "application",
    "name",
    "nom",
    "produit",
    "title",
    "titre",
    "anwendung",
    "caption",
    "description",
];
const VERSION: &[&str] =
    &["displayversion", "display version", "version", "version logiciel", "softwareversion", "software version"];
const PUBLISHER: &[&str] =
    &["publisher", "vendor", "editeur", "fournisseur", "softwarepublisher", "manufacturer", "hersteller", "fabricant"];

pub(super) const TABLES: &[Known] = &[
    Known {
        format: "glpi-web-csv",
        needs: &[&["nom", "name"], &["entite", "entity"], &["systeme d exploitation nom", "operating system name"]],
        read: glpi_web,
    },
    Known { format: "software-list", needs: &[NAME, VERSION, PUBLISHER], read: list },
    Known {
        format: "software-list",
        needs: &[&["pscomputername", "computername", "poste"], NAME, VERSION],
        read: list,
    },
];

fn machine_of_file(file: &str) -> Option<String> {
    let stem = file.rsplit(['/', '\\']).next()?.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (!stem.is_empty()).then(|| stem.to_owned())
}

fn list(view: &View<'_>, sink: &mut Sink) {
    let machine = view.column(MACHINE);
    let name = NAME.iter().find_map(|alias| view.column(&[*alias]).filter(|at| Some(*at) != machine));
    let version = view.column(VERSION);
    let publisher = view.column(PUBLISHER);
    let installed = view.column(&["installdate", "install date", "installe le", "date d installation", "installed on"]);
    let serial = view.column(&["no de serie", "numero de serie", "serial number", "serialnumber", "n de serie"]);
    let key = view.column(&["pschildname", "identifyingnumber", "identifying number", "registrykey"]);
    let site = view.column(&["site", "lieu", "location", "entite"]);
    let parent = view.column(&["parentkeyname", "parentdisplayname"]);
    let order = view.order(installed);
    let from_file = if machine.is_none() { machine_of_file(view.file) } else { None };
    if let Some(name) = &from_file {
        sink.note("machine-from-file-name", name.clone());
    }
    let mut told = std::collections::BTreeSet::new();
    let records = view.records(sink);
    for (number, record) in records {
        let on = cell(record, machine).or_else(|| from_file.clone());
        let (Some(on), Some(title)) = (on, cell(record, name)) else {
            if cell(record, machine).is_some() {
                sink.aside(number, "", "title-without-name");
            } else {
                sink.reject(number, "no-machine", "no machine or no title in the row", &record.raw());
            }
            continue;
        };
        let mut remarks = Vec::new();
        let id = MachineRef {
            name: Some(short_name(&on)),
            dns: on.contains('.').then(|| on.clone()),
            serial: cell(record, serial),
            ..MachineRef::default()
        };
        if let Some(place) = cell(record, site)
            && told.insert(id.clone())
        {
            remarks.push(format!("site: {place}"));
        }
        let fact = Title {
            machine: id,
            publisher: cell(record, publisher),
            name: title,
            version: cell(record, version),
            installed: day(record, installed, order, "InstallDate", &mut remarks),
            key: cell(record, key),
            parent: cell(record, parent),
            from: Some("list".to_owned()),
            ..Title::default()
        };
        sink.fact(number, Fact::Title(fact), remarks);
    }
}

/// One row a computer; the titles stand in one cell, joined by line breaks, name and version by ` - `.
fn glpi_web(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["nom", "name"]);
    let entity = view.column(&["entite", "entity"]);
    let status = view.column(&["statut", "status"]);
    let serial = view.column(&["numero de serie", "serial number"]);
    let kind = view.column(&["type"]);
    let os = view.column(&["systeme d exploitation nom", "operating system name"]);
    let build = view.column(&["systeme d exploitation version", "operating system version"]);
    let place = view.column(&["lieu", "location"]);
    let changed = view.column(&["derniere modification", "last update"]);
    let cpu = view.column(&["composants processeur", "components processor"]);
    let id = view.column(&["uuid"]);
    let user = view.column(&["usager", "alternate username", "utilisateur"]);
    let titles = view.column(&["logiciels nom", "software name"]);
    let order = view.order(changed);
    for (number, record) in view.records(sink) {
        let Some(computer) = cell(record, name) else {
            sink.reject(number, "no-name", "a computer without a name", &record.raw());
            continue;
        };
        let mut remarks = Vec::new();
        let status = cell(record, status).map(|text| fold(&text)).unwrap_or_default();
        let kind_text = cell(record, kind).map(|text| fold(&text)).unwrap_or_default();
        let machine = Machine {
            id: MachineRef {
                uuid: cell(record, id).and_then(|text| uuid(&text)),
                serial: cell(record, serial),
                name: Some(short_name(&computer)),
                ..MachineRef::default()
            },
            kind: if kind_text.contains("portable") || kind_text.contains("laptop") || kind_text.contains("notebook") {
                Some(MachineKind::Laptop)
            } else if kind_text.contains("serveur") || kind_text.contains("server") {
                Some(MachineKind::Server)
            } else if kind_text.contains("unite centrale") || kind_text.contains("desktop") {
                Some(MachineKind::Desktop)
            } else {
                None
            },
            os: cell(record, os),
            os_build: cell(record, build),
            cpu_model: cell(record, cpu).map(|text| text.lines().next().unwrap_or_default().to_owned()),
            site: cell(record, place).or_else(|| cell(record, entity)),
            user: cell(record, user),
            retired: Some(
                ["rebut", "retire", "mis au rebut", "retired", "scrapped", "sorti", "reforme"]
                    .iter()
                    .any(|word| status.contains(word)),
            ),
            last_seen: day(record, changed, order, "last update", &mut remarks),
            ..Machine::default()
        };
        // The titles of the cell belong to this row; the joining takes them from the remark-free machine by its origin.
        let listed: Vec<String> = cell(record, titles)
            .map(|text| text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
            .unwrap_or_default();
        sink.machine_with_titles(number, machine, listed, remarks);
    }
}

/// Fixed-width tables and `name=value` or `name : value` blocks.
pub(super) fn blocks(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Option<Reading> {
    let machine = machine_of_file(name)?;
    let mut sink = Sink::new("software-text", decoded.encoding, evidence, context.limits.rows);
    let titles = fixed_width(&decoded.text).or_else(|| name_value(&decoded.text))?;
    sink.note("machine-from-file-name", machine.clone());
    for (number, title) in titles.into_iter().enumerate() {
        if !sink.has_room() {
            break;
        }
        let row = number as u64 + 1;
        match title {
            Ok((title, version, publisher)) => {
                let fact = Title {
                    machine: MachineRef { name: Some(short_name(&machine)), ..MachineRef::default() },
                    publisher,
                    name: title,
                    version,
                    from: Some("list".to_owned()),
                    ..Title::default()
                };
                sink.fact(row, Fact::Title(fact), Vec::new());
            }
            Err(raw) => sink.reject(row, "no-name", "no title in the row", &raw),
        }
    }
    Some(sink.done())
}

type Listed = Result<(String, Option<String>, Option<String>), String>;

fn told(text: &str) -> Option<String> {
    crate::values::told(text)
}

/// A table whose columns begin where their headings do.
fn fixed_width(text: &str) -> Option<Vec<Listed>> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().take(20).position(|line| {
        let words: Vec<String> = line.split_whitespace().map(fold).collect();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        words.len() >= 2 && has(&["name", "nom", "displayname", "caption"]) && has(&["version", "displayversion"])
    })?;
    let head = lines.get(at)?;
    let mut columns: Vec<(usize, String)> = Vec::new();
    let mut in_word = false;
    for (index, c) in head.chars().enumerate() {
        if c.is_whitespace() {
            in_word = false;
        } else {
            if !in_word {
                columns.push((index, String::new()));
            }
            in_word = true;
            if let Some((_, word)) = columns.last_mut() {
                word.push(c);
            }
        }
    }
    let folded: Vec<String> = columns.iter().map(|(_, word)| fold(word)).collect();
    let place = |list: &[&str]| folded.iter().position(|word| list.contains(&word.as_str()));
    let name = place(&["name", "nom", "displayname", "caption"])?;
    let version = place(&["version", "displayversion"]);
    let publisher = place(&["vendor", "publisher", "fournisseur", "editeur"]);
    let slice = |line: &str, column: usize| -> Option<String> {
        let from = columns.get(column)?.0;
        let to = columns.get(column + 1).map_or(usize::MAX, |(start, _)| *start);
        told(&line.chars().skip(from).take(to - from).collect::<String>())
    };
    let rows = lines.get(at + 1..)?.iter().filter(|line| {
        let text = line.trim();
        !text.is_empty() && !text.chars().all(|c| matches!(c, '-' | ' '))
    });
    Some(
        rows.map(|line| match slice(line, name) {
            Some(title) => {
                Ok((title, version.and_then(|at| slice(line, at)), publisher.and_then(|at| slice(line, at))))
            }
            None => Err((*line).to_owned()),
        })
        .collect(),
    )
}

/// Blocks of `Name=…` lines (wmic) or `Name : …` lines (Format-List), set apart by blank lines or a repeated first name.
fn name_value(text: &str) -> Option<Vec<Listed>> {
    let mut blocks: Vec<Vec<(String, String)>> = vec![Vec::new()];
    let mut pairs = 0;
    for line in text.lines().map(str::trim_end) {
        if line.trim().is_empty() {
            if blocks.last().is_some_and(|block| !block.is_empty()) {
                blocks.push(Vec::new());
            }
            continue;
        }
        let (key, value) = line.split_once('=').or_else(|| line.split_once(" : "))?;
        pairs += 1;
        let key = fold(key);
        if let Some(block) = blocks.last_mut() {
            block.push((key, value.trim().to_owned()));
        }
    }
    let get = |block: &[(String, String)], names: &[&str]| {
        block.iter().find(|(key, _)| names.contains(&key.as_str())).and_then(|(_, value)| told(value))
    };
    let titled = blocks.iter().filter(|block| get(block, &["name", "displayname", "nom"]).is_some()).count();
    let versioned =
        blocks.iter().filter(|block| block.iter().any(|(key, _)| key == "version" || key == "displayversion")).count();
    if pairs < 2 || titled == 0 || versioned == 0 {
        return None;
    }
    Some(
        blocks
            .into_iter()
            .filter(|block| !block.is_empty())
            .map(|block| match get(&block, &["displayname", "name", "nom"]) {
                Some(title) => Ok((
                    title,
                    get(&block, &["displayversion", "version"]),
                    get(&block, &["publisher", "vendor", "editeur"]),
                )),
                None => Err(block.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("; ")),
            })
            .collect(),
    )
}
