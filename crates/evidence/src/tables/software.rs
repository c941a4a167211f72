//! Lists of installed programs: CSV with a machine column or one file a machine, GLPI's web list with several titles in a cell.

use super::column_names::{
    CORES, COUNT, INSTALLED, LOGICAL, MACHINE, NAME, PUBLISHER, SCAN, SERIAL, SITE, SYSTEM, VERSION,
};
use super::{Known, Record, View, cell, day};
use crate::reading::{Sink, screened};
use crate::text::fold;
use crate::values::{Order, count, short_name};
use jiff::civil::Date;
use licensing::facts::{Fact, Machine, MachineRef, Title};
use std::collections::BTreeMap;

pub(super) const TABLES: &[Known] = &[
    Known { format: "software-list", needs: &[NAME, VERSION, PUBLISHER], read: list },
    Known {
        format: "software-list",
        needs: &[&["pscomputername", "computername", "poste", "rechnername", "node"], NAME, VERSION],
        read: list,
    },
    // What PowerShell's `Get-Package` tells.
    Known { format: "software-list", needs: &[&["name"], &["version"], &["providername"]], read: list },
];

/// What lists of programs, hives and answers of commands are called, whatever machine they are of.
const LISTS: [&str; 53] = [
    "apt",
    "brew",
    "choco",
    "chocolatey",
    "dpkg",
    "rpm",
    "snap",
    "slmgr",
    "dlv",
    "yum",
    "all",
    "applications",
    "apps",
    "desinstall",
    "desinstallation",
    "export",
    "hklm",
    "installations",
    "installed",
    "installes",
    "inventaire",
    "inventar",
    "inventory",
    "list",
    "liste",
    "logiciel",
    "logiciels",
    "osquery",
    "osqueryi",
    "output",
    "packages",
    "products",
    "produits",
    "produkte",
    "programme",
    "programmes",
    "programmliste",
    "programs",
    "query",
    "registre",
    "registry",
    "result",
    "results",
    "software",
    "softwares",
    "systeminfo",
    "tous",
    "uninstall",
    "win32",
    "winget",
    "wmi",
    "wmic",
    "hive",
];

/// Words that are the whole name of such a list, and might as well be part of a machine's name.
const LISTS_ALONE: [&str; 12] =
    ["app", "arp", "cmd", "csv", "machine", "os", "package", "processor", "product", "produit", "program", "reg"];

/// Tools that export such lists: a folder bears their name, and no machine does.
const TOOLS: [&str; 33] = [
    "action1",
    "asset",
    "assets",
    "atera",
    "configmgr",
    "connectwise",
    "datto",
    "desktop central",
    "endpoint central",
    "fleet",
    "flexera",
    "glpi",
    "intune",
    "kaseya",
    "landesk",
    "ivanti",
    "lansweeper",
    "manageengine",
    "mecm",
    "n able",
    "ninja",
    "ninjaone",
    "ninjarmm",
    "ocs",
    "pdq",
    "sccm",
    "snipe it",
    "snipeit",
    "snow",
    "spiceworks",
    "syncro",
    "tanium",
    "solarwinds",
];

/// The machine that a name of a file or folder is of: what the list is called and its day are left out at both ends.
fn machine_of_name(name: &str) -> Option<String> {
    let whole = fold(name);
    if LISTS_ALONE.contains(&whole.as_str()) || TOOLS.contains(&whole.as_str()) {
        return None;
    }
    let mut parts: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for part in name.split(['-', '_', ' ', '.']) {
        if !part.is_empty() {
            parts.push((at, part));
        }
        // Each separator is one byte.
        at += part.len() + 1;
    }
    let digits = |part: &str, long: usize| part.len() == long && part.bytes().all(|byte| byte.is_ascii_digit());
    let year = |part: &str| digits(part, 4) && (part.starts_with("19") || part.starts_with("20"));
    let idle = |at: usize| {
        let part = |at: usize| parts.get(at).map_or("", |(_, part)| *part);
        let day_at = |at: usize| year(part(at)) && digits(part(at + 1), 2) && digits(part(at + 2), 2);
        LISTS.contains(&fold(part(at)).as_str())
            || (digits(part(at), 8) && part(at).starts_with("20"))
            || (0..3).any(|back| at.checked_sub(back).is_some_and(day_at))
    };
    // `Get-Package`, `Get-CimInstance`: a command, not a machine.
    let command = parts.first().is_some_and(|(_, verb)| fold(verb) == "get") && name.contains('-');
    let idle = |at: usize| idle(at) || (command && at < 2);
    let first = (0..parts.len()).find(|at| !idle(*at))?;
    let last = (0..parts.len()).rfind(|at| !idle(*at))?;
    let (from, to) = (parts.get(first)?.0, parts.get(last).map(|(at, part)| at + part.len())?);
    let machine = name.get(from..to)?;
    // `reg-query` is `reg` with its verb.
    if LISTS_ALONE.contains(&fold(machine).as_str()) {
        return None;
    }
    // Figures alone are no name: they were the number of a machine that is called so.
    Some(if machine.chars().any(char::is_alphabetic) { machine } else { name }.to_owned())
}

/// The machine that a list only names in its file name, or in the folder that it lies in.
pub(crate) fn machine_of_file(file: &str) -> Option<String> {
    let mut way = file.rsplit(['/', '\\']);
    let own = way.next()?;
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    machine_of_name(stem)
        .or_else(|| way.next().and_then(machine_of_name))
        .or_else(|| (!stem.is_empty()).then(|| stem.to_owned()))
}

/// The columns of a list of programs, and what each says of a row.
#[derive(Debug, Clone)]
pub(crate) struct List {
    machine: Option<usize>,
    name: Option<usize>,
    version: Option<usize>,
    publisher: Option<usize>,
    installed: Option<usize>,
    serial: Option<usize>,
    key: Option<usize>,
    site: Option<usize>,
    parent: Option<usize>,
    scan: Option<usize>,
    cores: Option<usize>,
    logical: Option<usize>,
    system: Option<usize>,
    from_file: Option<String>,
}

/// Order of day and month in the two columns of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orders {
    pub(crate) installed: Order,
    pub(crate) scan: Order,
}

/// The column whose heading has a word for a machine in it, where none bears a heading that is known: a list of many machines
/// must not pass for that of one.
fn machine_by_a_word(view: &View<'_>) -> Option<usize> {
    const MACHINES: [&str; 18] = [
        "machine",
        "machines",
        "computer",
        "device",
        "host",
        "hostname",
        "poste",
        "rechner",
        "pc",
        "endpoint",
        "agent",
        "workstation",
        "ordinateur",
        "appareil",
        "gerat",
        "equipo",
        "station",
        "asset",
    ];
    const ABOUT: [&str; 22] = [
        "type",
        "os",
        "system",
        "model",
        "modele",
        "status",
        "etat",
        "count",
        "number",
        "nombre",
        "anzahl",
        "serial",
        "manufacturer",
        "version",
        "group",
        "user",
        "tag",
        "owner",
        "ip",
        "mac",
        "date",
        "category",
    ];
    view.headings().iter().position(|heading| {
        let mut words = heading.split(' ');
        words.clone().any(|word| MACHINES.contains(&word)) && !words.any(|word| ABOUT.contains(&word))
    })
}

/// True for headings of which one is a machine's.
pub(super) fn names_machines(heading: &Record) -> bool {
    View::without_rows("", super::headings(heading)).column(MACHINE).is_some()
}

impl List {
    /// The columns by their headings.
    pub(crate) fn of(view: &View<'_>) -> Self {
        let machine = view.column(MACHINE).or_else(|| machine_by_a_word(view));
        List {
            machine,
            name: NAME.iter().find_map(|alias| view.column(&[*alias]).filter(|at| Some(*at) != machine)),
            version: view.column(VERSION),
            publisher: view.column(PUBLISHER),
            installed: view.column(INSTALLED),
            serial: view.column(SERIAL),
            key: view.column(&["pschildname", "identifyingnumber", "identifying number", "registrykey"]),
            site: view.column(SITE),
            parent: view.column(&["parentkeyname", "parentdisplayname"]),
            scan: view.column(SCAN),
            cores: view.column(CORES),
            logical: view.column(LOGICAL),
            system: view.column(SYSTEM),
            from_file: if machine.is_none() { machine_of_file(view.file) } else { None },
        }
    }

    /// The machine that all rows speak of, where only the file's name tells it.
    pub(crate) fn machine_of_file(&self) -> Option<&str> {
        self.from_file.as_deref()
    }

    /// The columns that [`List::machine`] reads, [`List::title`], [`List::about`], [`List::installed`].
    pub(crate) fn columns(&self) -> [Vec<usize>; 4] {
        let there = |columns: &[Option<usize>]| columns.iter().flatten().copied().collect();
        [
            there(&[self.machine, self.serial]),
            there(&[self.name, self.version, self.publisher, self.key, self.parent]),
            there(&[self.system, self.cores, self.logical, self.site, self.scan]),
            there(&[self.installed]),
        ]
    }

    /// The columns of days: of installation, of the last scan.
    pub(crate) fn days(&self) -> (Option<usize>, Option<usize>) {
        (self.installed, self.scan)
    }

    /// The machine of a row.
    pub(crate) fn machine(&self, record: &Record) -> Option<MachineRef> {
        let on = cell(record, self.machine).or_else(|| self.from_file.clone())?;
        Some(MachineRef {
            name: Some(short_name(&on)),
            dns: on.contains('.').then(|| on.clone()),
            serial: cell(record, self.serial),
            ..MachineRef::default()
        })
    }

    /// The title of a row, without its machine and day.
    pub(crate) fn title(&self, record: &Record) -> Option<Title> {
        Some(Title {
            publisher: cell(record, self.publisher),
            name: cell(record, self.name)?,
            version: cell(record, self.version),
            key: cell(record, self.key),
            parent: cell(record, self.parent),
            from: Some("list".to_owned()),
            ..Title::default()
        })
    }

    /// What a row says of the machine itself.
    pub(crate) fn about(&self, record: &Record, order: Order, remarks: &mut Vec<String>) -> Machine {
        Machine {
            os: cell(record, self.system),
            cores: cell(record, self.cores).as_deref().and_then(count),
            logical: cell(record, self.logical).as_deref().and_then(count),
            site: cell(record, self.site),
            last_seen: day(record, self.scan, order, "last scan", remarks),
            ..Machine::default()
        }
    }

    /// The day of installation.
    pub(crate) fn installed(&self, record: &Record, order: Order, remarks: &mut Vec<String>) -> Option<Date> {
        day(record, self.installed, order, "InstallDate", remarks)
    }

    /// Whether a row without machine or title names a machine all the same: then it is set aside, else rejected.
    pub(crate) fn names_machine(&self, record: &Record) -> bool {
        cell(record, self.machine).is_some()
    }
}

/// Why a row without a title is set aside, and why one without a machine is rejected.
pub(crate) const WITHOUT_NAME: &str = "title-without-name";
pub(crate) const NO_MACHINE: (&str, &str) = ("no-machine", "no machine or no title in the row");

fn list(view: &View<'_>, sink: &mut Sink) {
    let columns = List::of(view);
    let (installed, scan) = columns.days();
    let orders = Orders { installed: view.order(installed), scan: view.order(scan) };
    // A count of installations: the list is of a whole company, whatever its file is called.
    if columns.machine.is_none() && view.column(COUNT).is_some() {
        for (number, record) in view.records(sink) {
            sink.aside(number, &cell(record, columns.name).unwrap_or_default(), "count-without-machines");
        }
        return;
    }
    if let Some(name) = columns.machine_of_file() {
        sink.note("machine-from-file-name", name);
    }
    let mut told: BTreeMap<MachineRef, Machine> = BTreeMap::new();
    let records = view.records(sink);
    for (number, record) in records {
        let Some((id, title)) = columns.machine(record).zip(columns.title(record)) else {
            if columns.names_machine(record) {
                sink.aside(number, "", WITHOUT_NAME);
            } else {
                sink.reject(number, NO_MACHINE.0, NO_MACHINE.1, &record.raw());
            }
            continue;
        };
        // A row that is not taken tells nothing of its machine either.
        let title = match screened(title) {
            Ok(title) => title,
            Err((field, bytes)) => {
                sink.reject(number, "too-long", format!("{bytes} bytes"), &field);
                continue;
            }
        };
        let mut remarks = Vec::new();
        let about = columns.about(record, orders.scan, &mut remarks);
        let installed = columns.installed(record, orders.installed, &mut remarks);
        let news = about != Machine::default() && told.get(&id) != Some(&about);
        if news {
            told.insert(id.clone(), about.clone());
        }
        let fact = Title { machine: id, installed, told: news.then(|| Box::new(about)), ..title };
        sink.fact(number, Fact::Title(fact), remarks);
    }
}
