//! RVTools tabs (as sheets or as one CSV a tab) and Hyper-V's list of machines.

use super::{Known, Record, View, cell, day};
use crate::reading::Sink;
use crate::text::fold;
use crate::values::{boolean, count, short_name, uuid};
use licensing::facts::{Fact, Machine, MachineKind, MachineRef, Virtual};

pub(super) const TABLES: &[Known] = &[
    Known {
        format: "rvtools-vinfo",
        needs: &[
            &["vm", "vinfovmname"],
            &["powerstate", "vinfopowerstate"],
            &["cpus", "vinfocpus"],
            &["host", "vinfohost"],
            &[
                "vm uuid",
                "smbios uuid",
                "vinfouuid",
                "vinfosmbiosuuid",
                "vinfoinstanceuuid",
                "dns name",
                "vinfoguesthostname",
            ],
        ],
        read: vinfo,
    },
    Known {
        format: "rvtools-vhost",
        needs: &[&["host", "vhostname"], &["# cpu", "vhostnumcpu"], &["cores per cpu", "vhostcorespercpu"]],
        read: vhost,
    },
    Known {
        format: "rvtools-vcluster",
        needs: &[&["name", "vclustername"], &["numhosts", "vclusternumhosts"], &["drs enabled", "vclusterdrsenabled"]],
        read: vcluster,
    },
    Known { format: "rvtools-tab", needs: &[&["vm"], &["powerstate"], &["host"], &["template"]], read: other_tab },
    Known {
        format: "hyperv-get-vm",
        needs: &[&["vmname", "name"], &["vmid", "id"], &["processorcount"], &["computername"], &["state"]],
        read: hyperv,
    },
    // A choice of properties, or the table that `Get-VM` prints: the host may be told by remoting, or not at all.
    Known {
        format: "hyperv-get-vm",
        needs: &[&["vmname", "name"], &["state"], &["operationalstatus", "cpuusage %", "cpuusage", "processorcount"]],
        read: hyperv,
    },
    // System Center Virtual Machine Manager.
    Known {
        format: "hyperv-get-vm",
        needs: &[&["name"], &["vmhost", "hostname"], &["virtualmachinestate", "cpucount"]],
        read: hyperv,
    },
    // PowerCLI, and the lists that the vSphere client exports.
    Known {
        format: "vmware-vms",
        needs: &[
            &["vm", "name"],
            &["powerstate", "state"],
            &["vmhost", "host"],
            &["numcpu", "cpus", "num cpu", "vcpus"],
        ],
        read: vmware_list,
    },
    Known {
        format: "vmware-hosts",
        needs: &[&["name"], &["numcpupkgs", "cpu sockets"], &["numcpucores", "cpu cores"]],
        read: vmware_hosts,
    },
    Known {
        format: "vmware-hosts",
        needs: &[&["name"], &["connectionstate"], &["numcpu"], &["version"]],
        read: vmware_hosts,
    },
    // Nutanix, Proxmox, XenServer.
    Known {
        format: "virtual-machines",
        needs: &[
            &["vm name", "name", "name label", "vmname"],
            &["power state", "powerstate", "status", "state"],
            &["cores", "maxcpu", "vcpus number", "vcpus", "vcpu", "num vcpus", "cpus", "number of vcpus"],
            &["host", "node", "resident on", "host name", "hypervisor"],
        ],
        read: other_guests,
    },
    // The list that the Azure portal exports.
    Known {
        format: "azure-vms",
        needs: &[
            &["name", "nom"],
            &["resource group", "resourcegroup", "groupe de ressources", "ressourcengruppe"],
            &["size", "vmsize", "taille", "grosse"],
            &["operating system", "ostype", "os type", "systeme d exploitation", "betriebssystem"],
        ],
        read: azure_list,
    },
    Known {
        format: "hyperv-get-vmhost",
        needs: &[
            &["computername", "name"],
            &["logicalprocessorcount"],
            &["memorycapacity", "virtualmachinepath", "virtualharddiskpath"],
        ],
        read: hyperv_hosts,
    },
];

fn vinfo(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["vm", "vinfovmname"]);
    let power = view.column(&["powerstate", "vinfopowerstate"]);
    let template = view.column(&["template", "vinfotemplate"]);
    let cpus = view.column(&["cpus", "vinfocpus"]);
    let host = view.column(&["host", "vinfohost"]);
    let cluster = view.column(&["cluster", "vinfocluster"]);
    let dns = view.column(&["dns name", "vinfoguesthostname"]);
    let smbios = view.column(&["smbios uuid", "vinfosmbiosuuid"]);
    let own = view.column(&["vm uuid", "vinfouuid", "vinfoinstanceuuid"]);
    let configured = view.column(&["os according to the configuration file", "vinfoos"]);
    let tools = view.column(&["os according to the vmware tools", "vinfoostools"]);
    sink.exported(super::cloud::day_in_name(view.file));
    for (number, record) in view.records(sink) {
        let Some(vm) = cell(record, name) else {
            sink.reject(number, "no-name", "a virtual machine without a name", &record.raw());
            continue;
        };
        let mut remarks = Vec::new();
        let cpus_text = cell(record, cpus);
        let vcpus = cpus_text.as_deref().and_then(count);
        if let (Some(text), None) = (&cpus_text, vcpus) {
            remarks.push(format!("CPUs: {text} is no number; left unknown"));
        }
        let dns_name = cell(record, dns);
        let id = cell(record, smbios).or_else(|| cell(record, own)).and_then(|text| uuid(&text));
        let machine = Machine {
            id: MachineRef {
                uuid: id,
                serial: None,
                name: Some(dns_name.as_deref().map_or_else(|| short_name(&vm), short_name)),
                dns: dns_name,
                tool_id: cell(record, own).map(|text| format!("vm:{text}")),
            },
            os: cell(record, tools),
            virtualisation: Some(Virtual {
                technology: "VMware".to_owned(),
                host: cell(record, host),
                vcpus,
                template: cell(record, template).and_then(|text| boolean(&text)) == Some(true),
                powered: cell(record, power).map(|text| text == "poweredOn"),
                configured_os: cell(record, configured),
            }),
            cluster: cell(record, cluster),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), remarks);
    }
}

fn vhost(view: &View<'_>, sink: &mut Sink) {
    let host = view.column(&["host", "vhostname"]);
    let cluster = view.column(&["cluster", "vhostcluster"]);
    let processors = view.column(&["# cpu", "vhostnumcpu"]);
    let each = view.column(&["cores per cpu", "vhostcorespercpu"]);
    let cores = view.column(&["# cores", "vhostnumcpucores"]);
    let threads = view.column(&["ht active", "vhosthtactive"]);
    let model = view.column(&["cpu model", "vhostcpumodel"]);
    let vendor = view.column(&["vendor", "vhostvendor"]);
    let machine_model = view.column(&["model", "vhostmodel"]);
    let serial = view.column(&["serial number", "service tag", "vhostservicetag"]);
    let id = view.column(&["uuid", "vhostuuid"]);
    let version = view.column(&["esx version", "vhostfullname"]);
    sink.exported(super::cloud::day_in_name(view.file));
    for (number, record) in view.records(sink) {
        let Some(dns) = cell(record, host) else {
            sink.reject(number, "no-name", "a host without a name", &record.raw());
            continue;
        };
        let processors = cell(record, processors).as_deref().and_then(count);
        let each = cell(record, each).as_deref().and_then(count);
        let total = cell(record, cores).as_deref().and_then(count).or_else(|| Some(processors?.saturating_mul(each?)));
        let told = cell(record, version);
        let system = told.map(|text| text.split_once(" build-").map(|(name, _)| name.to_owned()).unwrap_or(text));
        let hyper_threads = cell(record, threads).and_then(|text| boolean(&text));
        let machine = Machine {
            id: MachineRef {
                uuid: cell(record, id).and_then(|text| uuid(&text)),
                serial: cell(record, serial),
                name: Some(short_name(&dns)),
                dns: Some(dns),
                tool_id: None,
            },
            kind: Some(MachineKind::Host),
            os: system,
            processors,
            cores: total,
            logical: match hyper_threads {
                Some(true) => total.map(|cores| cores.saturating_mul(2)),
                Some(false) => total,
                None => None,
            },
            cpu_model: cell(record, model),
            model: match (cell(record, vendor), cell(record, machine_model)) {
                (Some(vendor), Some(model)) => Some(format!("{vendor} {model}")),
                (vendor, model) => vendor.or(model),
            },
            cluster: cell(record, cluster),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), Vec::new());
    }
}

fn vcluster(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["name", "vclustername"]);
    let enabled = view.column(&["drs enabled", "vclusterdrsenabled"]);
    let behaviour = view.column(&["drs default vm behavior", "vclusterdrsdefaultvmbehavior"]);
    for (number, record) in view.records(sink) {
        let Some(cluster) = cell(record, name) else {
            sink.reject(number, "no-name", "a cluster without a name", &record.raw());
            continue;
        };
        let on = cell(record, enabled).and_then(|text| boolean(&text));
        // Partly automated and manual only move machines when a person agrees: then they may still move.
        let drs = on.map(|on| on && cell(record, behaviour).is_none_or(|text| text == "fullyAutomated"));
        let machine = Machine { cluster: Some(cluster), drs, ..Machine::default() };
        sink.fact(number, Fact::Machine(machine), Vec::new());
    }
}

fn other_tab(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["vm"]);
    for (number, record) in view.records(sink) {
        let what = cell(record, name).unwrap_or_default();
        sink.aside(number, &what, "told-by-another-tab");
    }
}

/// Whether Hyper-V's word for a guest's state says that it runs.
pub(super) fn runs(state: &str) -> bool {
    matches!(fold(state).as_str(), "running" | "en cours d execution" | "wird ausgefuhrt" | "en ejecucion" | "2")
}

/// Guests as PowerCLI and the vSphere client list them.
fn vmware_list(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["vm", "name"]);
    let power = view.column(&["powerstate", "state"]);
    let host = view.column(&["vmhost", "host"]);
    let cpus = view.column(&["numcpu", "cpus", "num cpu", "vcpus"]);
    let cluster = view.column(&["cluster"]);
    let guest = view.column(&["guest os", "guestos", "guest", "osfullname", "guestfullname", "os"]);
    let dns = view.column(&["dns name", "hostname", "guest hostname"]);
    let id = view.column(&["uuid", "vm uuid", "smbios uuid"]);
    sink.exported(super::cloud::day_in_name(view.file));
    for (number, record) in view.records(sink) {
        let Some(vm) = cell(record, name) else {
            sink.reject(number, "no-name", "a virtual machine without a name", &record.raw());
            continue;
        };
        let dns = cell(record, dns).filter(|text| text.contains('.'));
        let machine = Machine {
            id: MachineRef {
                uuid: cell(record, id).and_then(|text| uuid(&text)),
                name: Some(dns.as_deref().map_or_else(|| short_name(&vm), short_name)),
                dns,
                ..MachineRef::default()
            },
            // PowerCLI writes a guest as `name:system`.
            os: cell(record, guest).map(|text| match text.rsplit_once(':') {
                Some((_, system)) if !system.trim().is_empty() => system.trim().to_owned(),
                _ => text,
            }),
            virtualisation: Some(Virtual {
                technology: "VMware".to_owned(),
                host: cell(record, host),
                vcpus: cell(record, cpus).as_deref().and_then(count),
                template: false,
                powered: cell(record, power).map(|text| fold(&text).replace(' ', "") == "poweredon"),
                configured_os: None,
            }),
            cluster: cell(record, cluster),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), Vec::new());
    }
}

/// Guests as the tools of other hypervisors list them: which one it is, their lists do not say.
fn other_guests(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["vm name", "name", "name label", "vmname"]);
    let state = view.column(&["power state", "powerstate", "status", "state"]);
    let cpus =
        view.column(&["cores", "maxcpu", "vcpus number", "vcpus", "vcpu", "num vcpus", "cpus", "number of vcpus"]);
    let host = view.column(&["host", "node", "resident on", "host name", "hypervisor"]);
    let cluster = view.column(&["cluster"]);
    let template = view.column(&["template", "is a template"]);
    guests(view, sink, name, |record| Machine {
        virtualisation: Some(Virtual {
            technology: "unknown".to_owned(),
            host: cell(record, host),
            vcpus: cell(record, cpus).as_deref().and_then(count),
            template: cell(record, template).and_then(|text| boolean(&text)) == Some(true),
            powered: cell(record, state).map(|text| {
                let state = fold(&text);
                matches!(state.as_str(), "on" | "powered on" | "poweredon" | "up") || runs(&state)
            }),
            configured_os: None,
        }),
        cluster: cell(record, cluster),
        ..Machine::default()
    });
}

/// Rows that are virtual machines of that name; `machine` tells what else a row says.
fn guests(view: &View<'_>, sink: &mut Sink, name: Option<usize>, machine: impl Fn(&Record) -> Machine) {
    for (number, record) in view.records(sink) {
        let Some(vm) = cell(record, name) else {
            sink.reject(number, "no-name", "a virtual machine without a name", &record.raw());
            continue;
        };
        let id = MachineRef { name: Some(short_name(&vm)), ..MachineRef::default() };
        sink.fact(number, Fact::Machine(Machine { id, ..machine(record) }), Vec::new());
    }
}

/// Machines in Azure as its portal lists them: it says neither the release of their system nor who pays for it.
fn azure_list(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["name", "nom"]);
    let size = view.column(&["size", "vmsize", "taille", "grosse"]);
    let state = view.column(&["status", "powerstate", "power state", "statut", "etat"]);
    guests(view, sink, name, |record| Machine {
        virtualisation: Some(Virtual {
            technology: "Azure".to_owned(),
            host: Some("azure".to_owned()),
            vcpus: cell(record, size).as_deref().and_then(crate::documents::azure::vcpus),
            template: false,
            powered: cell(record, state).map(|text| fold(&text).contains("running") || runs(&text)),
            configured_os: None,
        }),
        ..Machine::default()
    });
}

/// Hosts as PowerCLI lists them: `NumCpu` is the number of their cores.
fn vmware_hosts(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["name"]);
    let cores = view.column(&["numcpucores", "cpu cores"]).or_else(|| view.column(&["numcpu"]));
    let packages = view.column(&["numcpupkgs", "cpu sockets"]);
    let threads = view.column(&["numcputhreads"]);
    let version = view.column(&["version"]);
    let cluster = view.column(&["parent", "cluster"]);
    let cpu = view.column(&["processortype"]);
    let model = view.column(&["model"]);
    for (number, record) in view.records(sink) {
        let Some(dns) = cell(record, name) else {
            sink.reject(number, "no-name", "a host without a name", &record.raw());
            continue;
        };
        let machine = Machine {
            id: MachineRef {
                name: Some(short_name(&dns)),
                dns: dns.contains('.').then(|| dns.clone()),
                ..MachineRef::default()
            },
            kind: Some(MachineKind::Host),
            os: cell(record, version).map(|version| format!("VMware ESXi {version}")),
            processors: cell(record, packages).as_deref().and_then(count),
            logical: cell(record, threads).as_deref().and_then(count),
            cores: cell(record, cores).as_deref().and_then(count),
            cpu_model: cell(record, cpu),
            model: cell(record, model),
            cluster: cell(record, cluster),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), Vec::new());
    }
}

/// What `Get-VMHost` tells of Hyper-V hosts: their logical processors, not their cores.
fn hyperv_hosts(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["computername", "name"]);
    let logical = view.column(&["logicalprocessorcount"]);
    for (number, record) in view.records(sink) {
        let Some(host) = cell(record, name) else {
            sink.reject(number, "no-name", "a host without a name", &record.raw());
            continue;
        };
        let machine = Machine {
            id: MachineRef {
                name: Some(short_name(&host)),
                dns: host.contains('.').then(|| host.clone()),
                ..MachineRef::default()
            },
            kind: Some(MachineKind::Host),
            logical: cell(record, logical).as_deref().and_then(count),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), Vec::new());
    }
}

fn hyperv(view: &View<'_>, sink: &mut Sink) {
    let host = view.column(&["computername", "pscomputername", "vmhost", "hostname"]);
    let name = view.column(&["vmname", "name"]);
    let id = view.column(&["vmid", "id"]);
    let state = view.column(&["state", "virtualmachinestate"]);
    let cpus = view.column(&["processorcount", "cpucount"]);
    let system = view.column(&["operatingsystem"]);
    let created = view.column(&["creationtime"]);
    let order = view.order(created);
    for (number, record) in view.records(sink) {
        let Some(vm) = cell(record, name) else {
            sink.reject(number, "no-name", "a virtual machine without a name", &record.raw());
            continue;
        };
        let mut remarks = Vec::new();
        day(record, created, order, "CreationTime", &mut remarks);
        let machine = Machine {
            id: MachineRef {
                name: Some(short_name(&vm)),
                tool_id: cell(record, id).map(|text| format!("vm:{}", text.to_lowercase())),
                ..MachineRef::default()
            },
            virtualisation: Some(Virtual {
                technology: "Hyper-V".to_owned(),
                host: cell(record, host),
                vcpus: cell(record, cpus).as_deref().and_then(count),
                template: false,
                powered: cell(record, state).map(|text| runs(&text)),
                // What an administrator ticked, not what runs.
                configured_os: cell(record, system).filter(|text| !text.eq_ignore_ascii_case("unknown")),
            }),
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), remarks);
    }
}
