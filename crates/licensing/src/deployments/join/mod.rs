//! Joining: what several tools saw becomes one machine, one person. By UUID, then serial, then name; placeholders never join;
//! two machines that bear one name stay two. The result does not depend on the order of the facts.

mod decided;
mod identity;
mod persons;
mod records;

pub use decided::{Decided, PersonRef};
pub use persons::{JoinedPerson, persons, persons_as_decided};
pub use records::{Because, MachineRecords, PersonRecords, Record, machine_records, person_records};

use crate::facts::{Fact, FactRow, Machine, MachineKind, MachineRef, Origin, SqlInstance, Title};
use identity::Identities;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A machine, joined from everything that was seen of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JoinedMachine {
    /// Stable identifier: the name, with a number where two machines share it.
    pub id: String,
    /// Newest short name.
    pub name: String,
    /// Fully qualified name.
    pub dns: Option<String>,
    /// Earlier or other names.
    pub other_names: BTreeSet<String>,
    /// SMBIOS UUID as Windows says it.
    pub uuid: Option<String>,
    /// Serial, if it is no placeholder.
    pub serial: Option<String>,
    /// What kind, as far as told or as the operating system tells.
    pub kind: Option<MachineKind>,
    /// Operating system: the machine's own word before the directory's before the hypervisor's configuration.
    pub os: Option<String>,
    /// Its build.
    pub os_build: Option<String>,
    /// Physical processors.
    pub processors: Option<u32>,
    /// Physical cores in all.
    pub cores: Option<u32>,
    /// Logical processors in all.
    pub logical: Option<u32>,
    /// Processor model.
    pub cpu_model: Option<String>,
    /// Virtual machine.
    pub is_virtual: bool,
    /// Virtual processors.
    pub vcpus: Option<u32>,
    /// Host, by its short name.
    pub host: Option<String>,
    /// Cluster.
    pub cluster: Option<String>,
    /// Template, not a machine in use.
    pub template: bool,
    /// Powered on, as the hypervisor last said.
    pub powered: Option<bool>,
    /// Site.
    pub site: Option<String>,
    /// Main user.
    pub user: Option<String>,
    /// In the directory.
    pub in_domain: bool,
    /// Account enabled.
    pub ad_enabled: Option<bool>,
    /// Retired, as the newest tool that speaks of it says.
    pub retired: bool,
    /// Last contact.
    pub last_seen: Option<Date>,
    /// Channel of the operating system.
    pub os_channel: Option<String>,
    /// Titles, one for each name and version.
    pub titles: Vec<(Title, Origin)>,
    /// SQL Server instances.
    pub instances: Vec<(SqlInstance, Origin)>,
    /// Evidence rows behind it.
    pub origins: BTreeSet<Origin>,
    /// Why it was joined: (kind of key, value).
    pub joined_by: BTreeSet<(String, String)>,
}

impl JoinedMachine {
    /// Silent for more than `days` before `as_of`.
    pub fn is_stale(&self, as_of: Date, days: i64) -> bool {
        let limit = jiff::Span::new().try_days(days).ok().and_then(|span| as_of.checked_sub(span).ok());
        matches!((self.last_seen, limit), (Some(seen), Some(limit)) if seen < limit)
    }

    /// A server, a host, or anything that runs a server's operating system.
    pub fn is_server(&self) -> bool {
        let os = self.os.as_deref().unwrap_or_default().to_lowercase();
        matches!(self.kind, Some(MachineKind::Server | MachineKind::Host))
            || [
                "server", "serveur", "esxi", "hyper-v", "debian", "ubuntu", "red hat", "rhel", "suse", "centos",
                "rocky", "alma", "linux",
            ]
            .iter()
            .any(|word| os.contains(word))
    }

    /// Whether it counts for licences: not retired, and no template. A machine that is off or silent still bears its software.
    pub fn counts(&self) -> bool {
        !self.template && !self.retired
    }
}

/// All machines, and what bears a machine's name and is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    /// By id.
    pub machines: Vec<JoinedMachine>,
    /// Name and reason.
    pub not_machines: BTreeSet<(String, String)>,
    /// Clusters and whether machines move in them.
    pub clusters: BTreeMap<String, Option<bool>>,
    /// Titles and instances whose machine nobody knows.
    pub homeless: Vec<Origin>,
}

/// Joins the machines of `rows`.
pub fn machines(rows: &[FactRow]) -> Joined {
    machines_as_decided(rows, &Decided::default())
}

/// Joins the machines of `rows`, holding to what people decided about their records.
pub fn machines_as_decided(rows: &[FactRow], decided: &Decided) -> Joined {
    let mut rows: Vec<&FactRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.origin.cmp(&b.origin));
    rows.dedup_by(|a, b| a.origin == b.origin && a.fact == b.fact);
    let mut joined = Joined::default();
    let mut identities = Identities::default();
    for row in &rows {
        match &row.fact {
            Fact::Machine(machine) if machine.id == MachineRef::default() => {
                if let Some(cluster) = &machine.cluster {
                    let known = joined.clusters.entry(cluster.clone()).or_default();
                    *known = machine.drs.or(*known);
                }
            }
            Fact::Machine(_) | Fact::Title(_) | Fact::SqlInstance(_) => identities.row(row),
            Fact::SetAside { what, why }
                if matches!(why.as_str(), "cluster-name-object" | "single-sign-on-account") =>
            {
                joined.not_machines.insert((what.clone(), why.clone()));
            }
            _ => {}
        }
    }
    let groups = identities.solve(decided);
    let mut seen: BTreeMap<usize, Vec<&FactRow>> = BTreeMap::new();
    for row in &rows {
        let Some(reference) = reference(row) else { continue };
        match groups.of(reference) {
            Some(group) => seen.entry(group).or_default().push(row),
            None => joined.homeless.push(row.origin.clone()),
        }
    }
    for (group, rows) in seen {
        let old = superseded(&rows);
        let (gone, rows): (Vec<&FactRow>, Vec<&FactRow>) = rows
            .into_iter()
            .partition(|row| reference(row).and_then(|id| id.tool_id.as_ref()).is_some_and(|id| old.contains(id)));
        let mut machine = merge(&rows, &groups.reasons(group), &identities);
        remember(&mut machine, &gone);
        joined.not_machines.extend(old.into_iter().map(|id| (id, "obsolete-record".to_owned())));
        let only_mentioned = !rows.iter().any(|row| matches!(row.fact, Fact::Machine(_)));
        if machine.name.is_empty() && only_mentioned {
            joined.homeless.extend(rows.iter().map(|row| row.origin.clone()));
        } else if machine.name.is_empty() {
            let known =
                rows.iter().find_map(|row| if let Fact::Machine(m) = &row.fact { m.id.tool_id.clone() } else { None });
            joined.not_machines.insert((known.unwrap_or_default(), "record-without-name".to_owned()));
        } else {
            joined.machines.push(machine);
        }
    }
    obsolete_records(&mut joined);
    hosts_that_only_guests_name(&rows, &mut joined.machines);
    // What one tool knows to be no machine, another one without the telling columns may show as an account.
    let known: BTreeSet<String> = joined.not_machines.iter().map(|(name, _)| name.to_lowercase()).collect();
    joined.machines.retain(|machine| {
        let bare =
            machine.os.is_none() && machine.uuid.is_none() && machine.serial.is_none() && machine.titles.is_empty();
        !(bare && machine.in_domain && known.contains(&machine.name.to_lowercase()))
    });
    number(&mut joined.machines);
    joined
}

/// The machine that a row speaks of.
fn reference(row: &FactRow) -> Option<&MachineRef> {
    match &row.fact {
        Fact::Machine(machine) if machine.id != MachineRef::default() => Some(&machine.id),
        Fact::Title(title) => Some(&title.machine),
        Fact::SqlInstance(instance) => Some(&instance.machine),
        _ => None,
    }
}

/// Records of one machine that their own tool calls retired while it keeps another one in force: what they list is gone.
fn superseded(rows: &[&FactRow]) -> BTreeSet<String> {
    let mut records: BTreeMap<&str, bool> = BTreeMap::new();
    for row in rows {
        if let Fact::Machine(Machine { id: MachineRef { tool_id: Some(id), .. }, retired, .. }) = &row.fact {
            *records.entry(id).or_default() |= *retired == Some(true);
        }
    }
    let tool = |id: &str| id.split(':').next().unwrap_or_default().to_owned();
    let in_force: BTreeSet<String> = records.iter().filter(|(_, gone)| !**gone).map(|(id, _)| tool(id)).collect();
    let old = records.into_iter().filter(|(id, gone)| *gone && in_force.contains(&tool(id)));
    old.map(|(id, _)| id.to_owned()).collect()
}

/// Keeps the names and the places of records that no longer count.
fn remember(machine: &mut JoinedMachine, gone: &[&FactRow]) {
    for row in gone {
        machine.origins.insert(row.origin.clone());
        let name = reference(row).and_then(|id| id.name.as_ref());
        if let Some(name) = name.filter(|name| !name.eq_ignore_ascii_case(&machine.name)) {
            machine.other_names.insert(name.clone());
        }
    }
}

/// A retired record whose name a machine in use bears is the old record of that machine; but where both have serial numbers that
/// differ, it is the machine that the other one replaced.
fn obsolete_records(joined: &mut Joined) {
    let mut live: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for machine in joined.machines.iter().filter(|machine| !machine.retired) {
        live.entry(machine.name.to_lowercase()).or_default().push(machine.serial.clone());
    }
    let old_record = |machine: &JoinedMachine| {
        let replaced = |serials: &Vec<Option<String>>| {
            machine.serial.is_some() && serials.iter().all(|other| other.is_some() && *other != machine.serial)
        };
        machine.retired && live.get(&machine.name.to_lowercase()).is_some_and(|serials| !replaced(serials))
    };
    let (gone, kept): (Vec<JoinedMachine>, Vec<JoinedMachine>) =
        std::mem::take(&mut joined.machines).into_iter().partition(old_record);
    joined.machines = kept;
    for machine in gone {
        let tool = machine.joined_by.iter().find(|(kind, _)| kind == "tool").map(|(_, value)| value.clone());
        joined.not_machines.insert((tool.unwrap_or(machine.name), "obsolete-record".to_owned()));
    }
}

/// A host that only its guests name is a machine all the same: what it is made of is unknown until somebody asks it.
fn hosts_that_only_guests_name(rows: &[&FactRow], machines: &mut Vec<JoinedMachine>) {
    let known: BTreeSet<String> = machines
        .iter()
        .flat_map(|machine| std::iter::once(&machine.name).chain(&machine.other_names))
        .map(|name| name.to_lowercase())
        .collect();
    let mut named: BTreeMap<String, JoinedMachine> = BTreeMap::new();
    for row in rows {
        let Fact::Machine(Machine { virtualisation: Some(guest), cluster, last_seen, .. }) = &row.fact else {
            continue;
        };
        let Some(host) = guest.host.as_deref().filter(|host| !host.trim().is_empty()) else { continue };
        let name = identity::short(host);
        let key = name.to_lowercase();
        // A data centre of the publisher's is no machine of the company.
        if known.contains(&key) || key == "azure" {
            continue;
        }
        let machine = named.entry(key).or_insert_with(|| JoinedMachine {
            name,
            dns: host.contains('.').then(|| host.to_owned()),
            kind: Some(MachineKind::Host),
            ..JoinedMachine::default()
        });
        machine.cluster = cluster.clone().or(machine.cluster.take());
        machine.last_seen = machine.last_seen.max(last_seen.filter(|_| guest.powered == Some(true)));
        machine.origins.insert(row.origin.clone());
    }
    machines.extend(named.into_values());
}

/// Ids: the name; a number behind it where several machines bear one name.
fn number(machines: &mut Vec<JoinedMachine>) {
    machines.sort_by(|a, b| {
        (a.name.to_lowercase(), &a.uuid, &a.serial, a.origins.first()).cmp(&(
            b.name.to_lowercase(),
            &b.uuid,
            &b.serial,
            b.origins.first(),
        ))
    });
    let mut last: Option<(String, u32)> = None;
    for machine in machines {
        let lower = machine.name.to_lowercase();
        let count = last.as_ref().filter(|(name, _)| *name == lower).map_or(1, |(_, count)| count + 1);
        machine.id = if count == 1 { machine.name.clone() } else { format!("{}#{count}", machine.name) };
        last = Some((lower, count));
    }
}

/// Whether `name` is a name of the past: another one, and no shortened form of the present one.
fn former(machine: &JoinedMachine, name: &str) -> bool {
    let (now, then) = (machine.name.to_lowercase(), name.to_lowercase());
    !now.starts_with(&then) && !then.starts_with(&now)
}

/// A tool that saw a machine so many days after its last log-on shows that it runs without its account.
const AFTER_LOGON_DAYS: i64 = 30;

/// Whether a machine with a disabled account is gone: no hypervisor keeps it, and no tool saw it long after its last log-on.
fn out_of_use(facts: &[(&Machine, &Origin)]) -> bool {
    let directory = |machine: &Machine| machine.in_domain == Some(true);
    let logon =
        facts.iter().filter(|(machine, _)| directory(machine)).filter_map(|(machine, _)| machine.last_seen).max();
    let limit = logon.map(|day| day.saturating_add(jiff::Span::new().days(AFTER_LOGON_DAYS)));
    let kept =
        facts.iter().any(|(machine, _)| machine.virtualisation.as_ref().is_some_and(|guest| guest.host.is_some()));
    let seen = facts
        .iter()
        .filter(|(machine, _)| !directory(machine))
        .any(|(machine, _)| machine.last_seen.is_some() && machine.last_seen > limit);
    !kept && !seen
}

/// Whether an operating system's name tells less than another one of the same system: a hypervisor's tools and scanners leave out
/// the edition, or say `or later`.
fn says_less(name: &str, known: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let lower = text.to_lowercase().replace(['(', ')', '®', '™'], " ");
        let kept = lower.split_whitespace().filter(|word| !matches!(*word, "microsoft" | "64-bit" | "32-bit" | "bits"));
        kept.map(|word| if word == "win" { "windows".to_owned() } else { word.to_owned() }).collect()
    };
    let (new, old) = (words(name), words(known));
    let open = ["or later", "ou ultérieur", "oder höher", "o posterior"];
    let lower = name.to_lowercase();
    (new.len() < old.len() && new.is_subset(&old))
        || (open.iter().any(|words| lower.contains(words)) && !old.is_empty())
}

/// How near a fact stands to the machine itself: agents and views before hypervisor tools before the directory.
fn nearness(machine: &Machine) -> u8 {
    match machine {
        Machine { in_domain: Some(true), .. } => 0,
        Machine { virtualisation: Some(guest), .. } if guest.host.is_some() => 1,
        _ => 2,
    }
}

fn merge(rows: &[&FactRow], reasons: &BTreeSet<(String, String)>, identities: &Identities) -> JoinedMachine {
    let mut result = JoinedMachine { joined_by: reasons.clone(), ..JoinedMachine::default() };
    let mut facts: Vec<(&Machine, &Origin)> = rows
        .iter()
        .filter_map(|row| match &row.fact {
            Fact::Machine(machine) => Some((machine, &row.origin)),
            // A list of programs may tell of its machine in the same row.
            Fact::Title(title) => title.told.as_deref().map(|machine| (machine, &row.origin)),
            _ => None,
        })
        .collect();
    // Later words overwrite earlier ones: order by day, then by nearness, then by origin.
    facts.sort_by(|a, b| (a.0.last_seen, nearness(a.0), a.1).cmp(&(b.0.last_seen, nearness(b.0), b.1)));
    names(&mut result, rows, &facts, identities);
    let mut by_nearness = facts.clone();
    // What was told of it under a name of the past is the past: it only fills what nothing newer tells.
    let past: BTreeSet<&Origin> = rows
        .iter()
        .filter(|row| reference(row).and_then(|id| id.name.as_deref()).is_some_and(|name| former(&result, name)))
        .map(|row| &row.origin)
        .collect();
    by_nearness.sort_by_key(|(machine, origin)| (!past.contains(origin), nearness(machine)));
    for (machine, _) in &by_nearness {
        let keep = |slot: &mut Option<String>, value: &Option<String>| {
            if value.is_some() {
                slot.clone_from(value);
            }
        };
        if let Some(os) = &machine.os
            && !result.os.as_deref().is_some_and(|known| says_less(os, known))
        {
            result.os = Some(os.clone());
        }
        keep(&mut result.os_build, &machine.os_build);
        keep(&mut result.user, &machine.user);
        keep(&mut result.os_channel, &machine.os_channel);
    }
    sizes(&mut result, &facts);
    for (machine, origin) in &facts {
        result.kind = match (result.kind, machine.kind) {
            (Some(MachineKind::Host), _) | (_, None) => result.kind,
            (_, told) => told,
        };
        if let Some(guest) = &machine.virtualisation {
            result.is_virtual = true;
            result.template |= guest.template;
            if guest.host.is_some() {
                result.host = guest.host.as_deref().map(identity::short);
                result.vcpus = guest.vcpus.or(result.vcpus);
                result.powered = guest.powered.or(result.powered);
                result.cluster = machine.cluster.clone().or(result.cluster.take());
            } else if result.host.is_none() {
                result.vcpus = guest.vcpus.or(result.vcpus);
            }
            if result.os.is_none() {
                result.os.clone_from(&guest.configured_os);
            }
        } else if machine.cluster.is_some() {
            result.cluster.clone_from(&machine.cluster);
        }
        result.cpu_model = machine.cpu_model.clone().or(result.cpu_model.take());
        result.site = machine.site.as_deref().map(place).or(result.site.take());
        result.in_domain |= machine.in_domain == Some(true);
        result.ad_enabled = machine.ad_enabled.or(result.ad_enabled);
        result.retired = machine.retired.unwrap_or(result.retired);
        result.last_seen = result.last_seen.max(machine.last_seen);
        for listed in &machine.titles {
            let title = listed_title(&machine.id, listed);
            result.titles.push((title, (*origin).clone()));
        }
    }
    result.retired |= result.ad_enabled == Some(false) && out_of_use(&facts);
    if result.is_virtual {
        // What a guest reports as its processors are virtual ones: they are told as such, never as physical cores.
        result.vcpus = result.vcpus.or(result.logical).or(result.cores);
        (result.processors, result.cores, result.logical) = (None, None, None);
    }
    // Lists under a former name are old once there is one under the name of today.
    let told_by_name = rows.iter().any(|row| {
        matches!(&row.fact, Fact::Title(Title { machine: MachineRef { name: Some(name), .. }, .. })
            if name.eq_ignore_ascii_case(&result.name))
    });
    let older = outdated(rows);
    for row in rows {
        result.origins.insert(row.origin.clone());
        match &row.fact {
            Fact::Title(_) if older.contains(row.origin.evidence.as_str()) => {}
            Fact::Title(title) => {
                if !(title.machine.name.as_deref().is_some_and(|name| former(&result, name)) && told_by_name) {
                    result.titles.push((title.clone(), row.origin.clone()));
                }
                for remark in &row.remarks {
                    if let Some(site) = remark.strip_prefix("site: ") {
                        result.site.get_or_insert_with(|| site.to_owned());
                    }
                }
            }
            Fact::SqlInstance(instance) => result.instances.push((instance.clone(), row.origin.clone())),
            _ => {}
        }
    }
    result.titles.sort_by(|a, b| (&a.0.name, &a.0.version, &a.1).cmp(&(&b.0.name, &b.0.version, &b.1)));
    result
}

/// Evidence files whose list of programs is no longer that of today: the same agent sent another one on a later day. A message
/// without programs replaces nothing: what it leaves out is unchanged.
fn outdated<'r>(rows: &[&'r FactRow]) -> BTreeSet<&'r str> {
    let listing: BTreeSet<&str> =
        rows.iter().filter(|row| matches!(row.fact, Fact::Title(_))).map(|row| row.origin.evidence.as_str()).collect();
    let mut by_agent: BTreeMap<&str, BTreeSet<(Date, &str)>> = BTreeMap::new();
    for row in rows {
        if let Fact::Machine(Machine { id: MachineRef { tool_id: Some(tool), .. }, last_seen: Some(day), .. }) =
            &row.fact
            && tool.starts_with("agent:")
            && listing.contains(row.origin.evidence.as_str())
        {
            by_agent.entry(tool).or_default().insert((*day, &row.origin.evidence));
        }
    }
    let mut outdated = BTreeSet::new();
    for lists in by_agent.values() {
        let newest = lists.last().map(|(day, _)| *day);
        outdated.extend(lists.iter().filter(|(day, _)| Some(*day) < newest).map(|(_, evidence)| *evidence));
    }
    outdated
}

/// The site in a path of entities (`Root entity > Bayonne > Workshop`) or a name with a detail (`Bayonne, head office`).
fn place(told: &str) -> String {
    let root = |part: &&str| !matches!(part.to_lowercase().as_str(), "root entity" | "entité racine" | "root");
    let parts = told.split('>').map(str::trim);
    let first = parts.filter(root).find(|part| !part.is_empty()).unwrap_or(told);
    first.split(',').next().unwrap_or(first).trim().to_owned()
}

/// `name - version` of a list in one cell.
fn listed_title(machine: &MachineRef, listed: &str) -> Title {
    let (name, version) = match listed.rsplit_once(" - ") {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => (name, Some(version.to_owned())),
        _ => (listed, None),
    };
    Title {
        machine: machine.clone(),
        name: name.to_owned(),
        version,
        from: Some("list".to_owned()),
        ..Title::default()
    }
}

fn names(result: &mut JoinedMachine, rows: &[&FactRow], facts: &[(&Machine, &Origin)], identities: &Identities) {
    for (machine, _) in facts {
        if let Some(name) = &machine.id.name {
            name.clone_into(&mut result.name);
        }
        if machine.id.dns.is_some() {
            result.dns.clone_from(&machine.id.dns);
        }
        if let Some(uuid) = machine.id.uuid.as_ref().filter(|uuid| !identities.is_placeholder_uuid(uuid)) {
            result.uuid = Some(identities.as_windows_says(uuid));
        }
        if let Some(serial) = machine.id.serial.as_ref().filter(|serial| !identities.is_placeholder_serial(serial)) {
            result.serial = Some(serial.clone());
        }
    }
    if result.name.is_empty() {
        let mentioned = rows.iter().find_map(|row| match &row.fact {
            Fact::Title(title) => title.machine.name.clone(),
            Fact::SqlInstance(instance) => instance.machine.name.clone(),
            _ => None,
        });
        result.name = mentioned.unwrap_or_default();
    }
    if result.serial.is_none() {
        // A list of programs may be the only one that tells the serial of its machine.
        let mut listed = rows.iter().filter_map(|row| match &row.fact {
            Fact::Title(title) => title.machine.serial.as_ref(),
            _ => None,
        });
        result.serial = listed.rfind(|serial| !identities.is_placeholder_serial(serial)).cloned();
    }
    let lower = result.name.to_lowercase();
    for (machine, _) in facts {
        if let Some(name) = machine.id.name.as_ref().filter(|name| name.to_lowercase() != lower) {
            result.other_names.insert(name.clone());
        }
    }
}

/// Processors and cores: a host's own figures; rows of one processor each are added up within their file.
fn sizes(result: &mut JoinedMachine, facts: &[(&Machine, &Origin)]) {
    // One tool may hold two records of one machine, an old and a new: their processors do not add up.
    let mut per_file: BTreeMap<(&str, Option<&str>), [u32; 3]> = BTreeMap::new();
    for (machine, origin) in facts {
        if machine.id.name.is_none() && machine.processors == Some(1) {
            let [sockets, cores, logical] =
                per_file.entry((&origin.evidence, machine.id.tool_id.as_deref())).or_default();
            *sockets += 1;
            *cores = cores.saturating_add(machine.cores.unwrap_or(0));
            *logical = logical.saturating_add(machine.logical.unwrap_or(0));
        } else {
            result.processors = machine.processors.or(result.processors);
            result.cores = machine.cores.or(result.cores);
            result.logical = machine.logical.or(result.logical);
        }
    }
    if let Some([processors, cores, logical]) = per_file.values().next_back() {
        result.processors = result.processors.or(Some(*processors));
        result.cores = result.cores.or((*cores > 0).then_some(*cores));
        result.logical = result.logical.or((*logical > 0).then_some(*logical));
    }
}
