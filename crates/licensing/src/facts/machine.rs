//! Machines and what runs on them, as one tool saw them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a row names the machine that it speaks of. Joined in this order: UUID, serial, name; placeholders never join.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct MachineRef {
    /// SMBIOS or hypervisor UUID as reported, upper case with hyphens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Serial number as reported (may be a placeholder such as `To be filled by O.E.M.`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Short host name as reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fully qualified name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<String>,
    /// An identifier that is only meaningful within one tool (`configmgr:16777219`, `intune:...`, a GLPI deviceid).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_id: Option<String>,
}

/// What kind of machine, where the tool says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineKind {
    /// A desk-top computer.
    Desktop,
    /// A portable computer.
    Laptop,
    /// A server, physical or virtual.
    Server,
    /// A hypervisor host.
    Host,
    /// A thin client.
    ThinClient,
}

/// What a tool says of virtualisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Virtual {
    /// `VMware`, `Hyper-V`, `Docker`...
    pub technology: String,
    /// The host it runs on, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Virtual processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vcpus: Option<u32>,
    /// A template, not a machine.
    #[serde(default)]
    pub template: bool,
    /// Powered on, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub powered: Option<bool>,
    /// The guest operating system as configured by hand (often wrong: prefer the machine's own word).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configured_os: Option<String>,
}

impl Virtual {
    /// Virtual, and nothing more is known than `technology`.
    pub fn of(technology: &str) -> Virtual {
        Virtual {
            technology: technology.to_owned(),
            host: None,
            vcpus: None,
            template: false,
            powered: None,
            configured_os: None,
        }
    }
}

/// The channel ([`Machine::os_channel`]) of a Windows that is paid with its machine in Azure: it asks for no licence.
pub const AZURE_INCLUDED: &str = "Azure_pay_as_you_go";

/// A machine as one tool saw it. Every value is optional: unknown is a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// Its names and numbers.
    pub id: MachineRef,
    /// What kind.
    pub kind: Option<MachineKind>,
    /// Operating system as the tool words it (`Microsoft Windows 10 Professionnel`).
    pub os: Option<String>,
    /// Build or version of it (`10.0.19045`).
    pub os_build: Option<String>,
    /// Physical processors (sockets in use).
    pub processors: Option<u32>,
    /// Physical cores, over all processors.
    pub cores: Option<u32>,
    /// Logical processors (threads), over all processors.
    pub logical: Option<u32>,
    /// Processor model.
    pub cpu_model: Option<String>,
    /// Manufacturer and model of the machine.
    pub model: Option<String>,
    /// `None`: the tool does not say. Agents are not to be trusted on `Physical`.
    pub virtualisation: Option<Virtual>,
    /// Cluster, where the tool knows it.
    pub cluster: Option<String>,
    /// The hypervisor may move its guests by itself (VMware DRS fully automated); `None`: unknown.
    pub drs: Option<bool>,
    /// Site or entity tag.
    pub site: Option<String>,
    /// Main user as the tool knows it.
    pub user: Option<String>,
    /// In the directory.
    pub in_domain: Option<bool>,
    /// Account enabled in the directory.
    pub ad_enabled: Option<bool>,
    /// Marked retired, obsolete or decommissioned by the tool.
    pub retired: Option<bool>,
    /// Last contact or log-on.
    pub last_seen: Option<Date>,
    /// Part of an inventory that only carries changed sections: a missing section means unchanged.
    pub partial: bool,
    /// Installation channel of the operating system, where told (`OEM_DM`, `VOLUME_KMSCLIENT`, `Retail`).
    pub os_channel: Option<String>,
    /// Titles listed in the same row, `name - version` each, where a tool puts them all in one cell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<String>,
}

/// A title found on a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Title {
    /// The machine.
    pub machine: MachineRef,
    /// Publisher as written.
    pub publisher: Option<String>,
    /// Title as written, trimmed at both ends only.
    pub name: String,
    /// Version as written.
    pub version: Option<String>,
    /// Date of installation.
    pub installed: Option<Date>,
    /// Registry key, MSI code or package id where it tells more than the title (`O365ProPlusRetail - fr-fr`).
    pub key: Option<String>,
    /// Set where the row is a patch of another title.
    pub parent: Option<String>,
    /// Hidden by its installer.
    pub system_component: bool,
    /// The tool's own kind of package (`deb`, `rpm`, `registry`, `msi`, `uwp`, `app`).
    pub from: Option<String>,
    /// What the same row says of the machine itself (last scan, cores, site), where it says more than the row before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<Box<Machine>>,
}

/// An SQL Server instance as itself or its set-up reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SqlInstance {
    /// The machine; may be empty where the report does not name one.
    pub machine: MachineRef,
    /// Instance name; the default instance is `MSSQLSERVER`.
    pub instance: Option<String>,
    /// Edition text as told (`Standard Edition (64-bit)`).
    pub edition: Option<String>,
    /// Product version (`13.0.5026.0`).
    pub version: Option<String>,
    /// Part of a failover cluster.
    pub clustered: Option<bool>,
    /// Processors and cores the instance sees.
    pub cores: Option<u32>,
}
