//! Lists of installed programs: CSV with a machine column or one file a machine, GLPI's web list with several titles in a cell.

use super::{Known, View, cell, day};
use crate::reading::Sink;
use crate::text::fold;
use crate::values::{count, short_name, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, Title};
use std::collections::BTreeMap;

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
    "program name",
    "nom du programme",
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

/// Headings of the day on which a tool last saw the machine.
const SCAN: &[&str] = &[
    "dernier scan",
    "last scan",
    "lastseen",
    "last seen",
    "dernier inventaire",
    "last inventory",
    "derniere connexion",
    "letzter scan",
    "scan date",
    "last contact",
];

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

/// The machine that a list only names in its file name.
pub(crate) fn machine_of_file(file: &str) -> Option<String> {
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
    let scan = view.column(SCAN);
    let cores = view.column(&["coeurs", "cores", "number of cores", "nombre de coeurs", "kerne"]);
    let logical = view.column(&[
        "processeurs logiques",
        "logical processors",
        "number of logical processors",
        "logische prozessoren",
    ]);
    let system = view.column(&["operating system", "systeme d exploitation", "os", "betriebssystem"]);
    let order = view.order(installed);
    let scan_order = view.order(scan);
    let from_file = if machine.is_none() { machine_of_file(view.file) } else { None };
    if let Some(name) = &from_file {
        sink.note("machine-from-file-name", name.clone());
    }
    let mut told: BTreeMap<MachineRef, Machine> = BTreeMap::new();
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
        let about = Machine {
            os: cell(record, system),
            cores: cell(record, cores).as_deref().and_then(count),
            logical: cell(record, logical).as_deref().and_then(count),
            site: cell(record, site),
            last_seen: day(record, scan, scan_order, "last scan", &mut remarks),
            ..Machine::default()
        };
        let news = about != Machine::default() && told.get(&id) != Some(&about);
        if news {
            told.insert(id.clone(), about.clone());
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
            told: news.then(|| Box::new(about)),
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
