//! Configuration Manager views saved from SQL: machines, systems, processors, BIOS, programs. Rows join by ResourceID.

use super::{Known, Record, View, cell, day};
use crate::reading::Sink;
use crate::values::{boolean, count, short_name, uuid};
use jiff::civil::Date;
use licensing::facts::{Fact, Machine, MachineRef, Title, Virtual};
use std::cell::RefCell;
use std::collections::BTreeMap;

pub(super) const TABLES: &[Known] = &[
    Known {
        format: "configmgr-system",
        needs: &[&["resourceid"], &["name0", "netbios name0"], &["obsolete0", "client0"]],
        read: systems,
    },
    // The console's devices, as `Get-CMDevice` writes them.
    Known {
        format: "configmgr-devices",
        needs: &[
            &["name"],
            &["resourceid"],
            &["smsid", "smbiosguid", "sitecode"],
            &["isobsolete", "isclient", "isactive", "deviceos"],
        ],
        read: devices,
    },
    Known { format: "configmgr-operating-system", needs: &[&["resourceid"], &["caption0"]], read: operating_systems },
    Known { format: "configmgr-bios", needs: &[&["resourceid"], &["serialnumber0"]], read: bios },
    Known { format: "configmgr-processor", needs: &[&["resourceid"], &["numberofcores0"]], read: processors },
    Known {
        format: "configmgr-programs",
        needs: &[&["resourceid"], &["displayname0", "arpdisplayname0", "productname0"]],
        read: programs,
    },
];

/// A view's columns in its own order, and which of them hold whole numbers, for an export saved without its headings.
struct Shape {
    columns: &'static [&'static str],
    numbers: &'static [usize],
}

/// The more particular shapes first.
const SHAPES: [Shape; 6] = [
    Shape {
        columns: &[
            "ResourceID",
            "ResourceType",
            "Name0",
            "Netbios_Name0",
            "Resource_Domain_OR_Workgr0",
            "Full_Domain_Name0",
            "Operating_System_Name_and0",
            "Build01",
            "Client0",
            "Client_Version0",
            "Obsolete0",
            "Decommissioned0",
            "Active0",
            "AD_Site_Name0",
            "SMBIOS_GUID0",
            "Is_Virtual_Machine0",
            "User_Name0",
            "Distinguished_Name0",
            "Last_Logon_Timestamp0",
        ],
        numbers: &[0, 1, 8, 10, 11, 12, 15],
    },
    Shape {
        columns: &[
            "ResourceID",
            "GroupID",
            "ARPDisplayName0",
            "ChannelCode0",
            "InstallDate0",
            "InstalledLocation0",
            "InstallSource0",
            "ProductID0",
            "ProductName0",
            "ProductVersion0",
            "Publisher0",
            "SoftwareCode0",
            "TimeStamp",
        ],
        numbers: &[0, 1],
    },
    Shape {
        columns: &[
            "ResourceID",
            "GroupID",
            "DeviceID0",
            "Name0",
            "NumberOfCores0",
            "NumberOfLogicalProcessors0",
            "SocketDesignation0",
            "TimeStamp",
        ],
        numbers: &[0, 1, 4, 5],
    },
    Shape {
        columns: &[
            "ResourceID",
            "GroupID",
            "DisplayName0",
            "InstallDate0",
            "ProdID0",
            "Publisher0",
            "Version0",
            "TimeStamp",
        ],
        numbers: &[0, 1],
    },
    Shape {
        columns: &["ResourceID", "Caption0", "Version0", "BuildNumber0", "OSLanguage0", "InstallDate0", "TimeStamp"],
        numbers: &[0, 3, 4],
    },
    Shape {
        columns: &["ResourceID", "Manufacturer0", "SerialNumber0", "SMBIOSBIOSVersion0", "TimeStamp"],
        numbers: &[0],
    },
];

impl Shape {
    fn fits(&self, record: &Record) -> bool {
        let number = |at: &usize| {
            record.cells.get(*at).is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        };
        record.cells.len() == self.columns.len()
            // Resources are numbered from 16,777,216 on: eight digits.
            && record.cells.first().is_some_and(|id| id.len() == 8)
            && self.numbers.iter().all(number)
            && record.cells.last().is_some_and(|text| crate::values::day(text, crate::values::Order::DayFirst).is_some())
    }
}

/// The headings of a view that was saved without them, where at least four fifths of the first rows have a view's shape. SSMS
/// leaves headings out unless told otherwise.
pub(super) fn headings_left_out(records: &[Record]) -> Option<Record> {
    let sample: Vec<&Record> = records.iter().take(20).collect();
    let first = sample.first()?;
    let fits = |shape: &&Shape| {
        let good = sample.iter().filter(|record| shape.fits(record)).count();
        shape.fits(first) && good * 5 >= sample.len() * 4
    };
    let shape = SHAPES.iter().find(fits)?;
    Some(Record { cells: shape.columns.iter().map(|name| (*name).to_owned()).collect(), cut: false })
}

fn reference(record: &Record, column: Option<usize>) -> Option<MachineRef> {
    let id = cell(record, column).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?;
    Some(MachineRef { tool_id: Some(format!("configmgr:{id}")), ..MachineRef::default() })
}

fn each(view: &View<'_>, sink: &mut Sink, read: impl Fn(&Record, MachineRef, &mut Vec<String>) -> Option<Fact>) {
    let id = view.column(&["resourceid"]);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        match reference(record, id) {
            None => sink.reject(number, "no-machine", "ResourceID is no number", &record.raw()),
            Some(machine) => match read(record, machine, &mut remarks) {
                Some(fact) => sink.fact(number, fact, remarks),
                None => sink.aside(number, &record.raw(), "row-without-content"),
            },
        }
    }
}

fn systems(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["name0", "netbios name0"]);
    let domain = view.column(&["full domain name0"]);
    let guid = view.column(&["smbios guid0"]);
    let site = view.column(&["ad site name0"]);
    let is_virtual = view.column(&["is virtual machine0"]);
    let obsolete = view.column(&["obsolete0"]);
    let gone = view.column(&["decommissioned0"]);
    let user = view.column(&["user name0"]);
    let build = view.column(&["build01"]);
    let logon = view.column(&["last logon timestamp0"]);
    let order = view.order(logon);
    each(view, sink, |record, mut id, remarks| {
        let short = cell(record, name).map(|text| short_name(&text));
        id.uuid = cell(record, guid).and_then(|text| uuid(&text));
        // A NetBIOS name of 15 letters may be cut: then the full name is not known.
        id.dns = match (&short, cell(record, domain)) {
            (Some(name), Some(domain)) if name.len() < 15 => Some(format!("{name}.{domain}").to_lowercase()),
            _ => None,
        };
        id.name = short;
        let yes = |column| cell(record, column).and_then(|text| boolean(&text)) == Some(true);
        let machine = Machine {
            id,
            os_build: cell(record, build),
            virtualisation: yes(is_virtual).then(|| Virtual::of("unknown")),
            site: cell(record, site),
            user: cell(record, user),
            retired: Some(yes(obsolete) || yes(gone)),
            last_seen: day(record, logon, order, "Last_Logon_Timestamp0", remarks),
            ..Machine::default()
        };
        Some(Fact::Machine(machine))
    });
}

fn devices(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["name"]);
    let domain = view.column(&["fulldomainname"]);
    let guid = view.column(&["smbiosguid"]);
    let serial = view.column(&["serialnumber"]);
    let build = view.column(&["deviceosbuild", "build"]);
    let site = view.column(&["adsitename"]);
    let is_virtual = view.column(&["isvirtualmachine"]);
    let obsolete = view.column(&["isobsolete"]);
    let gone = view.column(&["isdecommissioned"]);
    let user = view.column(&["username", "primaryuser", "lastlogonuser"]);
    let model = view.column(&["model"]);
    let active = view.column(&["lastactivetime", "lasthardwarescan"]);
    let order = view.order(active);
    each(view, sink, |record, mut id, remarks| {
        let short = cell(record, name).map(|text| short_name(&text))?;
        // Collections list what is no machine too: `x64 Unknown Computer`, a user.
        if short.to_ascii_lowercase().contains("unknown computer") {
            return None;
        }
        id.uuid = cell(record, guid).and_then(|text| uuid(&text));
        id.serial = cell(record, serial);
        id.dns = cell(record, domain).map(|domain| format!("{short}.{domain}").to_lowercase());
        id.name = Some(short);
        let yes = |column| cell(record, column).and_then(|text| boolean(&text)) == Some(true);
        Some(Fact::Machine(Machine {
            id,
            os_build: cell(record, build).map(|text| super::devices::build(&text)),
            virtualisation: yes(is_virtual).then(|| Virtual::of("unknown")),
            site: cell(record, site),
            user: cell(record, user),
            model: cell(record, model),
            retired: (obsolete.is_some() || gone.is_some()).then(|| yes(obsolete) || yes(gone)),
            last_seen: day(record, active, order, "LastActiveTime", remarks),
            ..Machine::default()
        }))
    });
}

fn operating_systems(view: &View<'_>, sink: &mut Sink) {
    let caption = view.column(&["caption0"]);
    let version = view.column(&["version0", "buildnumber0"]);
    let stamp = view.column(&["timestamp"]);
    let order = view.order(stamp);
    each(view, sink, |record, id, remarks| {
        let machine = Machine {
            id,
            os: cell(record, caption),
            os_build: cell(record, version),
            last_seen: day(record, stamp, order, "TimeStamp", remarks),
            ..Machine::default()
        };
        Some(Fact::Machine(machine))
    });
}

fn bios(view: &View<'_>, sink: &mut Sink) {
    let serial = view.column(&["serialnumber0"]);
    let maker = view.column(&["manufacturer0"]);
    each(view, sink, |record, mut id, _| {
        id.serial = cell(record, serial);
        Some(Fact::Machine(Machine { id, model: cell(record, maker), ..Machine::default() }))
    });
}

fn processors(view: &View<'_>, sink: &mut Sink) {
    let cores = view.column(&["numberofcores0"]);
    let logical = view.column(&["numberoflogicalprocessors0"]);
    let name = view.column(&["name0"]);
    each(view, sink, |record, id, _| {
        // One row a processor: the joining adds rows of one machine up.
        let machine = Machine {
            id,
            processors: Some(1),
            cores: cell(record, cores).as_deref().and_then(count),
            logical: cell(record, logical).as_deref().and_then(count),
            cpu_model: cell(record, name),
            ..Machine::default()
        };
        Some(Fact::Machine(machine))
    });
}

fn programs(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["displayname0", "arpdisplayname0", "productname0"]);
    let version = view.column(&["version0", "productversion0"]);
    let publisher = view.column(&["publisher0"]);
    let key = view.column(&["prodid0", "productid0", "softwarecode0"]);
    let installed = view.column(&["installdate0"]);
    let stamp = view.column(&["timestamp"]);
    let order = view.order(installed);
    let stamp_order = view.order(stamp);
    let told: RefCell<BTreeMap<MachineRef, Date>> = RefCell::default();
    each(view, sink, |record, machine, remarks| {
        let seen = day(record, stamp, stamp_order, "TimeStamp", remarks);
        let mut told = told.borrow_mut();
        let news = seen.filter(|seen| told.get(&machine).is_none_or(|before| before < seen));
        if let Some(seen) = news {
            told.insert(machine.clone(), seen);
        }
        let title = Title {
            machine,
            publisher: cell(record, publisher),
            name: cell(record, name)?,
            version: cell(record, version),
            installed: day(record, installed, order, "InstallDate0", remarks),
            key: cell(record, key),
            from: Some("configmgr".to_owned()),
            told: news.map(|seen| Box::new(Machine { last_seen: Some(seen), ..Machine::default() })),
            ..Title::default()
        };
        Some(Fact::Title(title))
    });
}
