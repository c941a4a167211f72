//! Lists of devices, a row each, without programs: what Intune, Entra, Lansweeper, OCS and `systeminfo` tell of machines. Telephones,
//! printers and network gear stand in such lists too, and are set aside.

use super::column_names::{CORES, LOGICAL, MACHINE, SCAN, SERIAL, SITE, SYSTEM};
use super::{Known, View, cell, day};
use crate::reading::Sink;
use crate::text::fold;
use crate::values::{count, short_name, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef};

/// Headings of what a device is.
const KIND: &[&str] = &[
    "assettypename",
    "asset type",
    "assettype",
    "device type",
    "type",
    "type d actif",
    "type de materiel",
    "geratetyp",
    "chassis",
    "chassis type",
    "category",
    "categorie",
    "kategorie",
    "device role",
    "asset category",
    "categoria",
];
/// Headings of where a machine is in its life.
const LIFE: &[&str] = &["status", "statut", "etat", "zustand", "lifecycle", "asset status", "state", "estado", "stato"];

/// True for a machine that its register calls put out of service.
fn is_retired(life: &str) -> bool {
    let folded = fold(life);
    let out = [
        "archived",
        "archive",
        "archivee",
        "retired",
        "retire",
        "disposed",
        "decommissioned",
        "obsolete",
        "reforme",
        "mis au rebut",
        "rebut",
        "hors service",
        "ausgemustert",
        "verschrottet",
        "stillgelegt",
        "ausser betrieb",
        "scrapped",
        "sold",
        "vendu",
        "verkauft",
        "retirado",
        "dismesso",
        "recycled",
        "recycle",
    ];
    out.contains(&folded.as_str())
}

pub(super) const TABLES: &[Known] = &[
    Known {
        format: "entra-devices",
        needs: &[
            &["displayname", "display name"],
            &["operatingsystem", "operating system"],
            &["trusttype", "jointype", "jointype trusttype", "profiletype", "ismanaged", "iscompliant"],
        ],
        read: devices,
    },
    Known { format: "device-list", needs: &[MACHINE, SERIAL], read: devices },
    Known { format: "device-list", needs: &[MACHINE, SYSTEM], read: devices },
    Known { format: "device-list", needs: &[MACHINE, KIND, SCAN], read: devices },
    // The web lists of inventory tools call a machine by its name alone.
    Known { format: "device-list", needs: &[&["name", "nom"], SERIAL, KIND, SCAN], read: devices },
];

/// Why a device is no machine that Windows or a server is licensed for, if it is none.
pub(super) fn no_computer(kind: &str, system: &str) -> Option<&'static str> {
    let (kind, system) = (fold(kind), fold(system));
    let words = |text: &str, list: &[&str]| list.iter().any(|word| text.split(' ').any(|each| each == *word));
    let mobile = [
        "ios",
        "ipados",
        "iphone",
        "ipad",
        "android",
        "tvos",
        "watchos",
        "phone",
        "smartphone",
        "telephone",
        "handy",
        "mobile",
    ];
    if words(&system, &["ios", "ipados", "iphone", "ipad", "android", "androidforwork", "androidenterprise", "tvos"])
        || words(&kind, &mobile)
    {
        return Some("mobile-device");
    }
    let gear = [
        "printer",
        "imprimante",
        "drucker",
        "impresora",
        "laser",
        "jet",
        "inkjet",
        "multifonction",
        "mfp",
        "copier",
        "copieur",
        "scanner",
        "switch",
        "commutateur",
        "router",
        "routeur",
        "firewall",
        "pare",
        "access",
        "nas",
        "ups",
        "onduleur",
        "camera",
        "webcam",
        "monitor",
        "moniteur",
        "ecran",
        "voip",
        "projector",
        "netzwerkgerat",
        "usv",
        "network",
        "netzwerk",
        "reseau",
        "accessory",
        "accessories",
        "accessoire",
        "accessoires",
        "zubehor",
        "peripheral",
        "display",
        "bildschirm",
        "dock",
        "docking",
        "keyboard",
        "clavier",
        "tastatur",
        "consumable",
    ];
    words(&kind, &gear).then_some("no-computer")
}

/// `10.0.22631.4317` without its last part, which every month's update changes.
pub(super) fn build(version: &str) -> String {
    let parts: Vec<&str> = version.split('.').collect();
    match parts.as_slice() {
        [a, b, c, _] => [*a, *b, *c].join("."),
        _ => version.to_owned(),
    }
}

fn devices(view: &View<'_>, sink: &mut Sink) {
    let by_name = view.column(&["displayname", "display name", "name", "nom"]);
    let machine = match view.column(&["name", "nom"]).filter(|_| view.column(&["host name", "host"]).is_some()) {
        // Beside a name, "host" is what the machine runs on.
        Some(own) if view.column(&["computername", "computer name"]).is_none() => Some(own),
        _ => view.column(MACHINE).or(by_name),
    };
    let life = view.column(LIFE);
    let system = view.column(SYSTEM);
    let version = view.column(&[
        "os version",
        "osversion",
        "operatingsystemversion",
        "operating system version",
        "version du systeme",
        "betriebssystemversion",
    ]);
    let kind = view.column(KIND);
    let serial = view.column(SERIAL);
    let id = view.column(&["uuid", "system uuid", "smbios uuid"]);
    let dns = view.column(&["fqdn", "dns name", "dnshostname", "nom dns"]);
    let maker = view.column(&["manufacturer", "fabricant", "hersteller"]);
    let model = view.column(&["model", "modele", "modell", "system model"]);
    let site = view.column(SITE);
    let user = view.column(&[
        "primary user upn",
        "userprincipalname",
        "user",
        "username",
        "utilisateur",
        "usager",
        "benutzer",
    ]);
    let processors = view.column(&[
        "processors",
        "processeurs",
        "number of processors",
        "sockets",
        "nombre de processeurs",
        "anzahl prozessoren",
        "prozessoranzahl",
        // `systeminfo /fo csv`: "1 processeur(s) installé(s)."
        "processor s",
        "processeur s",
        "prozessor en",
        "procesador es",
    ]);
    let cores = view.column(CORES);
    let logical = view.column(LOGICAL);
    let seen =
        view.column(SCAN).or_else(|| view.column(&["approximatelastsignindatetime", "last sign in", "last activity"]));
    let order = view.order(seen);
    for (number, record) in view.records(sink) {
        let Some(name) = cell(record, machine) else {
            sink.reject(number, "no-machine", "a device without a name", &record.raw());
            continue;
        };
        let (told_kind, told_system) =
            (cell(record, kind).unwrap_or_default(), cell(record, system).unwrap_or_default());
        if let Some(why) = no_computer(&told_kind, &told_system) {
            sink.aside(number, &name, why);
            continue;
        }
        let folded = fold(&told_kind);
        let portable = ["laptop", "notebook", "portable", "convertible"].iter().any(|word| folded.contains(word));
        let mut remarks = Vec::new();
        // Some tools write the system's name with its build under the heading of a version.
        let told_version = cell(record, version);
        let named = told_version.clone().filter(|text| text.starts_with(char::is_alphabetic));
        let told_build = match &named {
            Some(text) => {
                text.split(' ').find(|word| word.starts_with("10.0.") || word.starts_with("6.")).map(str::to_owned)
            }
            None => told_version,
        };
        let bare = |text: &String| text.is_empty() || text.eq_ignore_ascii_case("windows");
        let fact = Machine {
            id: MachineRef {
                uuid: cell(record, id).and_then(|text| uuid(&text)),
                serial: cell(record, serial),
                dns: cell(record, dns).or_else(|| name.contains('.').then(|| name.clone())),
                name: Some(short_name(&name)),
                ..MachineRef::default()
            },
            kind: portable.then_some(MachineKind::Laptop),
            // `Windows` alone says neither edition nor version: an inventory knows better.
            os: Some(told_system).filter(|text| !bare(text)).or(named),
            os_build: told_build.as_deref().and_then(|text| text.split(' ').next()).map(build),
            retired: cell(record, life).is_some_and(|text| is_retired(&text)).then_some(true),
            processors: cell(record, processors).as_deref().and_then(|text| count(text.split(' ').next()?)),
            cores: cell(record, cores).as_deref().and_then(count),
            logical: cell(record, logical).as_deref().and_then(count),
            model: match (cell(record, maker), cell(record, model)) {
                (Some(maker), Some(model)) if !model.starts_with(&maker) => Some(format!("{maker} {model}")),
                (maker, model) => model.or(maker),
            },
            site: cell(record, site),
            user: cell(record, user),
            last_seen: day(record, seen, order, "last seen", &mut remarks),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(fact), remarks);
    }
}
