//! What GLPI's web pages export: computers with their programs in one cell, and the lists of its other kinds of equipment.

use super::column_names::{SERIAL, SITE};
use super::devices::no_computer;
use super::{Known, View, cell, day};
use crate::reading::Sink;
use crate::text::fold;
use crate::values::{count, short_name, uuid};
use licensing::facts::{Machine, MachineKind, MachineRef};

/// GLPI joins the name of a tab and the name of a field by ` - `; English and French, by versions of GLPI.
const SYSTEM: &[&str] = &["systeme d exploitation nom", "operating system name", "systemes d exploitation nom"];
const NAME: &[&str] = &["nom", "name"];
const KIND: &[&str] = &["type", "types", "type d ordinateur", "computer types"];
const CHANGED: &[&str] = &[
    "date du dernier inventaire",
    "date de dernier inventaire",
    "last inventory date",
    "dernier inventaire",
    "last inventory",
    "derniere modification",
    "last update",
];

pub(super) const TABLES: &[Known] = &[
    Known { format: "glpi-web-csv", needs: &[NAME, SYSTEM], read: computers },
    // Printers, network equipment, telephones: GLPI's lists of them name no operating system.
    Known {
        format: "glpi-web-equipment",
        needs: &[
            NAME,
            &["entite", "entity"],
            &["statut", "status"],
            KIND,
            &["modele", "model"],
            &["derniere modification", "last update"],
        ],
        read: equipment,
    },
];

/// A kind of machine by the word that a company chose for it.
fn machine_kind(folded: &str) -> Option<MachineKind> {
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["portable", "laptop", "notebook", "convertible"]) {
        Some(MachineKind::Laptop)
    } else if has(&["serveur", "server", "rack"]) {
        Some(MachineKind::Server)
    } else if has(&["unite centrale", "desktop", "poste fixe", "tower", "all in one", "mini pc"])
        || folded == "fixe"
        || folded == "tour"
    {
        Some(MachineKind::Desktop)
    } else {
        None
    }
}

/// One row a computer; the titles stand in one cell, joined by line breaks, name and version by ` - `.
fn computers(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(NAME);
    let entity = view.column(&["entite", "entity"]);
    let status = view.column(&["statut", "status"]);
    let serial = view.column(SERIAL);
    let kind = view.column(KIND);
    let os = view.column(SYSTEM);
    let build = view.column(&["systeme d exploitation version", "operating system version"]);
    let place = view.column(&["lieu", "location"]);
    let changed = view.column(CHANGED);
    let cpu = view.column(&[
        "composants processeur",
        "composants processeurs",
        "components processor",
        "components processors",
        "processeur",
        "processor",
    ]);
    let cores = view.column(&[
        "composants nombre de coeurs",
        "components number of cores",
        "processeur nombre de coeurs",
        "processor number of cores",
    ]);
    let threads = view.column(&["composants nombre de threads", "components number of threads"]);
    let id = view.column(&["uuid"]);
    let user = view.column(&["usager", "alternate username", "utilisateur"]);
    let titles = view.column(&["logiciels nom", "software name", "logiciel nom", "softwares name", "logiciels"]);
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
            kind: machine_kind(&kind_text),
            os: cell(record, os),
            os_build: cell(record, build),
            cpu_model: cell(record, cpu).map(|text| text.lines().next().unwrap_or_default().to_owned()),
            cores: cores_of(cell(record, cores)),
            logical: cores_of(cell(record, threads)),
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

/// Cores of all processors: GLPI writes a line a processor.
fn cores_of(text: Option<String>) -> Option<u32> {
    text?.lines().map(count).try_fold(0u32, |sum, each| sum.checked_add(each?))
}

/// Equipment that is no computer is set aside; a row that only its type tells to be a computer is one.
fn equipment(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(NAME);
    let kind = view.column(KIND);
    let serial = view.column(SERIAL);
    let site = view.column(SITE);
    for (number, record) in view.records(sink) {
        let Some(shown) = cell(record, name) else {
            sink.reject(number, "no-name", "equipment without a name", &record.raw());
            continue;
        };
        let told = cell(record, kind).unwrap_or_default();
        match (no_computer(&told, ""), machine_kind(&fold(&told))) {
            (Some(why), _) => sink.aside(number, &shown, why),
            (None, Some(kind)) => {
                let machine = Machine {
                    id: MachineRef {
                        name: Some(short_name(&shown)),
                        serial: cell(record, serial),
                        ..MachineRef::default()
                    },
                    kind: Some(kind),
                    site: cell(record, site),
                    ..Machine::default()
                };
                sink.fact(number, licensing::facts::Fact::Machine(machine), Vec::new());
            }
            (None, None) => sink.aside(number, &shown, "kind-not-told"),
        }
    }
}
