//! Lists without separators: tables whose columns begin where their headings do, and `name=value` blocks, as PowerShell and
//! wmic print them. A block is told apart by its keys: a program, a processor, an operating system, a guest of Hyper-V, a patch.

use super::Record;
use super::software::machine_of_file;
use crate::Context;
use crate::reading::{Reading, Sink};
use crate::text::{Decoded, fold};
use crate::values::{Order, count, day, short_name, told, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, Title, Virtual};
use std::collections::BTreeSet;

/// Keys of a block that are read as headings; no object has more properties.
const WIDE: usize = 500;

/// Reads either form. `None`: the text is neither.
pub(super) fn read(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Option<Reading> {
    let machine = MachineRef { name: machine_of_file(name).map(|stem| short_name(&stem)), ..MachineRef::default() };
    let limit = context.limits.rows;
    if let Some(rows) = fixed_width(&decoded.text) {
        let grouped = group_of(&decoded.text);
        let machine = MachineRef { name: grouped.clone().or_else(|| machine.name.clone()), ..MachineRef::default() };
        let mut sink = Sink::new("software-text", decoded.encoding, evidence, limit);
        if grouped.is_none() {
            sink.note("machine-from-file-name", machine.name.clone().unwrap_or_default());
        }
        for (index, row) in rows.into_iter().enumerate() {
            if !sink.has_room() {
                sink.note("too-many-rows", "rows beyond the bound were not read");
                break;
            }
            let number = index as u64 + 1;
            match row {
                Ok((name, version, publisher)) => {
                    let from = Some("list".to_owned());
                    let title = Title { machine: machine.clone(), publisher, name, version, from, ..Title::default() };
                    sink.fact(number, Fact::Title(title), Vec::new());
                }
                Err(raw) => sink.reject(number, "no-name", "no title in the row", &raw),
            }
        }
        return Some(sink.done());
    }
    let blocks = blocks(&decoded.text)?;
    let kinds: Vec<Kind> = blocks.iter().map(Kind::of).collect();
    if kinds.iter().all(|kind| *kind == Kind::Other) {
        return None;
    }
    let programs = kinds.contains(&Kind::Program);
    let format = if programs { "software-text" } else { "wmi-list" };
    let mut sink = Sink::new(format, decoded.encoding, evidence, limit);
    if programs {
        sink.note("machine-from-file-name", machine.name.clone().unwrap_or_default());
    }
    let mut counted: BTreeSet<Option<String>> = BTreeSet::new();
    for (index, (block, kind)) in blocks.iter().zip(&kinds).enumerate() {
        if !sink.has_room() {
            sink.note("too-many-rows", "rows beyond the bound were not read");
            break;
        }
        let row = index as u64 + 1;
        match kind {
            Kind::Program => program(block, row, &machine, &mut sink),
            Kind::Processor => {
                let owner = block.get(PROCESSOR_OF).map(|name| short_name(&name));
                if counted.insert(owner.clone()) {
                    let mine = |other: &Block| other.get(PROCESSOR_OF).map(|name| short_name(&name)) == owner;
                    let cpus: Vec<&Block> = blocks
                        .iter()
                        .zip(&kinds)
                        .filter(|(other, kind)| **kind == Kind::Processor && mine(other))
                        .map(|(other, _)| other)
                        .collect();
                    let of = owner.clone().or_else(|| machine.name.clone());
                    sink.fact(row, Fact::Machine(processors(&cpus, of)), Vec::new());
                } else {
                    sink.aside(row, &block.get(&["name"]).unwrap_or_default(), "further-processor");
                }
            }
            Kind::System => {
                let named = block.get(&["csname", "__server"]).map(|name| short_name(&name));
                let system = Machine {
                    id: MachineRef { name: named.or_else(|| machine.name.clone()), ..MachineRef::default() },
                    os: block.get(&["caption"]),
                    os_build: block.get(&["version"]),
                    ..Machine::default()
                };
                sink.fact(row, Fact::Machine(system), Vec::new());
            }
            Kind::Guest => sink.fact(row, Fact::Machine(listed_guest(block)), Vec::new()),
            Kind::SystemInfo => sink.fact(row, Fact::Machine(system_info(block)), Vec::new()),
            Kind::Computer => sink.fact(row, Fact::Machine(computer(block, &machine)), Vec::new()),
            Kind::HyperV => sink.fact(row, Fact::Machine(guest(block)), Vec::new()),
            Kind::HyperVProcessor => match guest_processors(block) {
                Some(guest) => sink.fact(row, Fact::Machine(guest), Vec::new()),
                None => {
                    sink.aside(row, &block.get(&["instanceid", "caption"]).unwrap_or_default(), "setting-without-guest")
                }
            },
            Kind::Patch => sink.aside(row, &block.get(&["hotfixid"]).unwrap_or_default(), "patch"),
            Kind::Licence => licence(block, row, &machine, &mut sink),
            Kind::Other => sink.reject(row, "no-name", "the block names no program", &block.show()),
        }
    }
    Some(sink.done())
}

/// The blocks as a table: their keys are its headings, for `Format-List` prints any table. `None`: the text is no blocks.
pub(super) fn records(text: &str) -> Option<Vec<Record>> {
    let blocks = blocks(text)?;
    let mut header: Vec<String> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for (key, _) in blocks.iter().flat_map(|block| &block.0) {
        if header.len() < WIDE && known.insert(key) {
            header.push(key.clone());
        }
    }
    let cell = |block: &Block, key: &String| {
        let value = block.0.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value);
        // A collection, as PowerShell prints it.
        value.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(value).to_owned()
    };
    let rows =
        blocks.iter().map(|block| Record { cells: header.iter().map(|key| cell(block, key)).collect(), cut: false });
    let rows: Vec<Record> = rows.collect();
    Some(std::iter::once(Record { cells: header, cut: false }).chain(rows).collect())
}

/// A block of `key=value` lines; keys folded.
#[derive(Debug, Default)]
struct Block(Vec<(String, String)>);

impl Block {
    fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// The first of the keys that says something.
    fn get(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.0.iter().find(|(name, _)| name == key).and_then(|(_, value)| told(value)))
    }

    fn show(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// What `systeminfo` calls the machine, in four languages.
const HOST: &[&str] = &["host name", "nom de l hote", "hostname", "nombre de host", "csname", "csdnshostname"];
/// What it calls the operating system.
const SYSTEM: &[&str] =
    &["os name", "nom du systeme d exploitation", "betriebssystemname", "nombre del sistema operativo", "osname"];

/// What a block is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Program,
    Processor,
    System,
    /// What `systeminfo` and `Get-ComputerInfo` print.
    SystemInfo,
    /// `Win32_ComputerSystem`.
    Computer,
    /// `Get-VM | Format-List`.
    Guest,
    HyperV,
    HyperVProcessor,
    Patch,
    Licence,
    Other,
}

impl Kind {
    fn of(block: &Block) -> Kind {
        if block.has("hotfixid") {
            Kind::Patch
        } else if block.has("licensestatus") && block.has("partialproductkey") || is_slmgr(block) {
            Kind::Licence
        } else if block.has("numberofcores") || (block.has("l2cachesize") && block.has("socketdesignation")) {
            Kind::Processor
        } else if block.has("buildnumber") && (block.has("ostype") || block.has("operatingsystemsku")) {
            Kind::System
        } else if block.get(HOST).is_some() && block.get(SYSTEM).is_some() {
            Kind::SystemInfo
        } else if block.has("numberofprocessors") && block.has("totalphysicalmemory") {
            Kind::Computer
        } else if block.has("vmname") && (block.has("vmid") || block.has("processorcount")) {
            Kind::Guest
        } else if block.get(&["creationclassname"]).is_some_and(|class| class == "Msvm_ComputerSystem") {
            Kind::HyperV
        } else if block.has("virtualquantity") && block.has("allocationunits") {
            Kind::HyperVProcessor
        } else if block.get(&["displayname", "name", "nom"]).is_some()
            && ["version", "displayversion", "vendor", "publisher", "editeur"].iter().any(|key| block.has(key))
        {
            Kind::Program
        } else {
            Kind::Other
        }
    }
}

fn program(block: &Block, row: u64, machine: &MachineRef, sink: &mut Sink) {
    let Some(name) = block.get(&["displayname", "name", "nom"]) else {
        sink.reject(row, "no-name", "the block names no program", &block.show());
        return;
    };
    let on = block.get(&["pscomputername", "node", "computername"]).map(|name| short_name(&name));
    let title = Title {
        machine: MachineRef { name: on.or_else(|| machine.name.clone()), ..MachineRef::default() },
        publisher: block.get(&["publisher", "vendor", "editeur"]),
        name,
        version: block.get(&["displayversion", "version"]),
        installed: block.get(&["installdate"]).and_then(|text| day(&text, Order::DayFirst)),
        key: block.get(&["pschildname", "identifyingnumber", "pubid"]),
        system_component: block
            .get(&["system category", "systemcomponent"])
            .is_some_and(|text| text == "system" || text == "1"),
        from: Some("list".to_owned()),
        ..Title::default()
    };
    sink.fact(row, Fact::Title(title), Vec::new());
}

/// Keys that name the machine of a processor.
const PROCESSOR_OF: &[&str] = &["systemname", "pscomputername"];

/// The processors of one machine together: each block is one socket. A list may hold those of several machines.
fn processors(cpus: &[&Block], of: Option<String>) -> Machine {
    let sum = |key: &str| {
        let figures: Vec<u32> = cpus.iter().filter_map(|cpu| cpu.get(&[key]).as_deref().and_then(count)).collect();
        (figures.len() == cpus.len()).then(|| figures.iter().fold(0u32, |a, b| a.saturating_add(*b)))
    };
    Machine {
        id: MachineRef { name: of, ..MachineRef::default() },
        processors: u32::try_from(cpus.len()).ok(),
        cores: sum("numberofcores"),
        logical: sum("numberoflogicalprocessors"),
        cpu_model: cpus.first().and_then(|cpu| cpu.get(&["name"])),
        ..Machine::default()
    }
}

/// The machine that `systeminfo` tells of.
fn system_info(block: &Block) -> Machine {
    let name = block.get(HOST).unwrap_or_default();
    // `Get-ComputerInfo` tells the same under names of its own.
    let domain =
        block.get(&["domain", "domaine", "domane", "dominio", "csdomain"]).filter(|domain| domain.contains('.'));
    let version = block.get(&[
        "os version",
        "version du systeme",
        "betriebssystemversion",
        "version del sistema operativo",
        "osversion",
    ]);
    let processors =
        block.get(&["processor s", "processeur s", "prozessor en", "procesador es", "csnumberofprocessors"]);
    Machine {
        id: MachineRef {
            dns: domain.map(|domain| format!("{name}.{domain}").to_lowercase()),
            name: Some(short_name(&name)),
            // The property was misspelt until it was mended.
            serial: block.get(&["biosserialnumber", "biosseralnumber"]),
            ..MachineRef::default()
        },
        os: block.get(SYSTEM),
        os_build: version.and_then(|text| text.split_whitespace().next().map(str::to_owned)),
        processors: processors.and_then(|text| text.split_whitespace().next().and_then(count)),
        logical: block.get(&["csnumberoflogicalprocessors"]).as_deref().and_then(count),
        model: block.get(&["system model", "modele du systeme", "systemmodell", "modelo el sistema", "csmodel"]),
        ..Machine::default()
    }
}

/// The machine that `Win32_ComputerSystem` tells of.
fn computer(block: &Block, machine: &MachineRef) -> Machine {
    let name = block.get(&["name", "dnshostname", "pscomputername"]).map(|name| short_name(&name));
    let domain = block.get(&["domain"]).filter(|domain| domain.contains('.'));
    let figure = |key: &str| block.get(&[key]).as_deref().and_then(count);
    Machine {
        id: MachineRef {
            dns: name.as_ref().zip(domain).map(|(name, domain)| format!("{name}.{domain}").to_lowercase()),
            name: name.or_else(|| machine.name.clone()),
            ..MachineRef::default()
        },
        processors: figure("numberofprocessors"),
        logical: figure("numberoflogicalprocessors"),
        model: block.get(&["model"]),
        ..Machine::default()
    }
}

/// A guest as `Get-VM` lists it.
fn listed_guest(block: &Block) -> Machine {
    Machine {
        id: MachineRef {
            name: block.get(&["vmname", "name"]).map(|name| short_name(&name)),
            tool_id: block.get(&["vmid", "id"]).map(|id| format!("vm:{}", id.to_lowercase())),
            ..MachineRef::default()
        },
        virtualisation: Some(Virtual {
            technology: "Hyper-V".to_owned(),
            host: block.get(&["computername", "pscomputername"]),
            vcpus: block.get(&["processorcount"]).as_deref().and_then(count),
            template: false,
            powered: block.get(&["state"]).map(|state| super::virtualisation::runs(&state)),
            configured_os: None,
        }),
        ..Machine::default()
    }
}

/// Hyper-V lists its host beside the guests; a guest is named by a GUID.
fn guest(block: &Block) -> Machine {
    let own = block.get(&["name"]);
    let shown = block.get(&["elementname"]).map(|name| short_name(&name));
    match own.as_deref().and_then(uuid) {
        Some(id) => Machine {
            id: MachineRef { name: shown, tool_id: Some(format!("vm:{}", id.to_lowercase())), ..MachineRef::default() },
            virtualisation: Some(Virtual {
                technology: "Hyper-V".to_owned(),
                host: None,
                vcpus: None,
                template: false,
                powered: block.get(&["enabledstate"]).map(|state| state == "2"),
                configured_os: None,
            }),
            ..Machine::default()
        },
        None => Machine {
            id: MachineRef { name: shown.or(own), ..MachineRef::default() },
            kind: Some(MachineKind::Host),
            ..Machine::default()
        },
    }
}

/// The processors given to a guest: `InstanceID=Microsoft:GUID\...`.
fn guest_processors(block: &Block) -> Option<Machine> {
    let place = block.get(&["instanceid"])?;
    let id = place.strip_prefix("Microsoft:")?.split('\\').next().and_then(uuid)?;
    Some(Machine {
        id: MachineRef { tool_id: Some(format!("vm:{}", id.to_lowercase())), ..MachineRef::default() },
        virtualisation: Some(Virtual {
            technology: "Hyper-V".to_owned(),
            host: None,
            vcpus: block.get(&["virtualquantity"]).as_deref().and_then(count),
            template: false,
            powered: None,
            configured_os: None,
        }),
        ..Machine::default()
    })
}

/// What `slmgr /dlv` calls the state of the licence.
const SLMGR_STATUS: &[&str] =
    &["license status", "etat de la licence", "statut de la licence", "lizenzstatus", "estado de la licencia"];

/// True for what `slmgr /dlv` prints: the licence of the running Windows, in the words of its language.
fn is_slmgr(block: &Block) -> bool {
    block.get(&["name", "nom", "nombre"]).is_some_and(|name| name.starts_with("Windows(R)"))
        && block.get(&["description", "beschreibung", "descripcion"]).is_some_and(|text| text.contains("channel"))
}

/// The channel of an activated Windows is a fact of the machine; every other licence state is set aside, keys unread.
fn licence(block: &Block, row: u64, machine: &MachineRef, sink: &mut Sink) {
    let name = block.get(&["name", "nom", "nombre"]).unwrap_or_default();
    let status = block.get(&["licensestatus"]).or_else(|| block.get(SLMGR_STATUS).map(|text| fold(&text)));
    let active = status.as_deref().is_some_and(|status| {
        matches!(status, "1" | "licensed" | "sous licence" | "avec licence" | "lizenziert" | "con licencia")
    });
    let channel = block.get(&["productkeychannel"]).or_else(|| {
        block
            .get(&["description", "beschreibung", "descripcion"])
            .and_then(|text| Some(text.rsplit_once(", ")?.1.replace(" channel", "")))
    });
    if active && name.starts_with("Windows") && channel.is_some() {
        let told = Machine { id: machine.clone(), os_channel: channel, ..Machine::default() };
        sink.fact(row, Fact::Machine(told), Vec::new());
    } else {
        sink.aside(row, &name, if active { "licence-in-force" } else { "licence-not-in-force" });
    }
}

type Listed = Result<(String, Option<String>, Option<String>), String>;

/// The machine that `Format-Table` names above a group of rows, if it names one for the whole list.
fn group_of(text: &str) -> Option<String> {
    let told = text.lines().take(20).find_map(|line| line.trim().strip_prefix("PSComputerName:"));
    told.map(|name| short_name(name.trim())).filter(|name| !name.is_empty())
}

/// A table whose columns begin where their headings do.
fn fixed_width(text: &str) -> Option<Vec<Listed>> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().take(20).position(|line| {
        let words: Vec<String> = line.split_whitespace().map(fold).collect();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        words.len() >= 2 && has(&["name", "nom", "displayname", "caption"]) && has(&["version", "displayversion"])
    })?;
    // A list of anything else has a name and a version too: machines that are hosted, services.
    let told_state = |word: &str| matches!(fold(word).as_str(), "state" | "etat" | "status" | "uptime" | "statut");
    if lines.get(at)?.split_whitespace().any(told_state) {
        return None;
    }
    let line = lines.get(at)?;
    // Marks of progress that were overwritten on the screen stand before the headings in a file.
    let head = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '\\' | '|' | '/' | '\u{8}'));
    let flush = lines.get(at + 1).is_some_and(|rule| rule.starts_with('-'));
    let head = if flush { head } else { *line };
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
        told(&line.chars().skip(from).take(to.saturating_sub(from)).collect::<String>())
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

/// Blocks set apart by blank lines. `None`: some line is no `key=value`.
fn blocks(text: &str) -> Option<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    // Scripts indent what they print: what all lines share is no mark of a value that goes on.
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    let margin = filled.map(|line| line.bytes().take_while(|byte| *byte == b' ').count()).min().unwrap_or(0);
    for line in text.lines().map(str::trim_end) {
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        let line = line.get(margin..).unwrap_or(line);
        let pair = line
            .split_once('=')
            .filter(|(key, _)| !key.trim().contains(' '))
            .or_else(|| line.split_once(" : "))
            .or_else(|| line.split_once(": "))
            .or_else(|| line.strip_suffix(':').map(|key| (key, "")))
            .or_else(|| line.trim_end().strip_suffix(" :").map(|key| (key, "")));
        match pair {
            Some((key, value)) if !line.starts_with(' ') => {
                if !open {
                    blocks.push(Block::default());
                    open = true;
                }
                let (key, value) = (fold(key), value.trim().to_owned());
                if let Some(block) = blocks.last_mut() {
                    block.0.push((key, value));
                }
            }
            // A long value goes on in the next line.
            _ if open => {
                if let Some((_, value)) = blocks.last_mut().and_then(|block| block.0.last_mut()) {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
            _ => return None,
        }
    }
    // A single pair is a sentence with a colon, not a list.
    blocks.retain(|block| block.0.len() > 1);
    (!blocks.is_empty()).then_some(blocks)
}
