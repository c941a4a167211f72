//! An estate: what the engine takes in. Records with a `count` stand for that many equal ones.

use crate::facts::Origin;
use crate::word::Word;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Everything the engine needs of a company or a worked example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Estate {
    /// Physical servers and hosts.
    #[serde(rename = "server")]
    pub servers: Vec<Server>,
    /// Virtual machines.
    #[serde(rename = "vm")]
    pub vms: Vec<Vm>,
    /// Client devices.
    #[serde(rename = "device")]
    pub devices: Vec<Device>,
    /// Users.
    #[serde(rename = "user")]
    pub users: Vec<User>,
    /// Installations.
    #[serde(rename = "install")]
    pub installs: Vec<Install>,
    /// Who uses what.
    #[serde(rename = "access")]
    pub accesses: Vec<Access>,
    /// Lots of licences.
    #[serde(rename = "entitlement")]
    pub entitlements: Vec<Entitlement>,
    /// Terms of an audit.
    #[serde(rename = "audit")]
    pub audits: Vec<Audit>,
}

/// One or several words; the case book writes either a string or a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// None told.
    #[default]
    None,
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Words {
    /// Whether `word` is among them.
    pub fn has(&self, word: &str) -> bool {
        match self {
            Words::None => false,
            Words::One(one) => one == word,
            Words::Many(many) => many.iter().any(|each| each == word),
        }
    }

    /// Whether any is told.
    pub fn is_some(&self) -> bool {
        !self.all().is_empty()
    }

    /// All of them, in the order told.
    pub fn all(&self) -> &[String] {
        match self {
            Words::None => &[],
            Words::One(one) => std::slice::from_ref(one),
            Words::Many(many) => many,
        }
    }
}

fn one() -> u64 {
    1
}

/// A physical server. Unknown processors or cores are `None`, never a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Identifier within the estate.
    pub id: Word,
    /// That many equal ones.
    #[serde(default = "one")]
    pub count: u64,
    /// Physical processors.
    pub processors: Option<u32>,
    /// Physical cores of each processor.
    pub cores_per_processor: Option<u32>,
    /// Physical cores over all processors, where they are told so.
    pub cores: Option<u32>,
    /// Threads (logical processors) over all processors.
    pub logical: Option<u32>,
    /// Threads of each core.
    pub threads_per_core: Option<u32>,
    /// Processor model, for the core factor of old SQL Server lots.
    pub cpu_model: Option<Word>,
    /// Hypervisor, if any.
    pub hypervisor: Option<Word>,
    /// `hosting_only`, `workload`, `none`.
    pub physical_ose_role: Option<Word>,
    /// Cluster.
    pub cluster: Option<Word>,
    /// Guests move freely within the cluster; `None`: unknown.
    pub drs: Option<bool>,
    /// Role of the server (`active`, `passive_ha`, `cold_dr`, ...).
    pub role: Option<Word>,
    /// Managed by System Center.
    pub managed: Option<bool>,
    /// `on`, `off`.
    pub powered: Option<Word>,
    /// Activities told.
    pub activity: Words,
    /// `azure_local` and the like.
    pub platform: Option<Word>,
    /// Site.
    pub site: Option<Word>,
    /// Who owns it (`customer`, a hoster).
    pub owner: Option<Word>,
    /// The customer documented its use of Windows Server or SQL Server at a change of metric.
    pub inventory_documented: Option<bool>,
    /// Taken out of service on that day.
    pub retired_on: Option<Date>,
    /// The record that it stands in for as a passive secondary.
    pub passive_of: Option<Word>,
    /// Another record that is the same machine.
    pub same_as: Option<Word>,
    /// Legal entity.
    pub entity: Option<Word>,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// A virtual machine. A host named `azure` or `vdihost` is outside the inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vm {
    /// Identifier within the estate.
    pub id: Word,
    /// Host it runs on; `None`: unknown.
    pub host: Option<Word>,
    /// Virtual processors.
    pub vcpus: Option<u32>,
    /// That many equal ones.
    #[serde(default = "one")]
    pub count: u64,
    /// `process_container`, `hyperv_container`, `avd_session_host`, `migrated_workload`, `passive_ha`...
    pub role: Option<Word>,
    /// Ran here until so many days ago, then moved off.
    pub moved_off_days_ago: Option<u32>,
    /// Enabled.
    pub enabled: Option<bool>,
    /// `windows`, `linux`.
    pub os_family: Option<Word>,
    /// Managed by System Center.
    pub managed: Option<bool>,
    /// User or group using it.
    pub used_by: Option<Word>,
    /// Azure Hybrid Benefit in use since so many days.
    pub ahb_since_days: Option<u32>,
    /// Site.
    pub site: Option<Word>,
    /// Legal entity.
    pub entity: Option<Word>,
    /// Taken out of service on that day.
    pub retired_on: Option<Date>,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// A client device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    /// Identifier within the estate.
    pub id: Word,
    /// That many equal ones.
    #[serde(default = "one")]
    pub count: u64,
    /// Windows that came with it.
    pub oem_os: Option<Word>,
    /// User or group using it.
    pub used_by: Option<Word>,
    /// Main user.
    pub primary_user: Option<Word>,
    /// `company`, `employee`...
    pub owner: Option<Word>,
    /// A portable device.
    pub portable: Option<bool>,
    /// `thin_client` and the like.
    pub kind: Option<Word>,
    /// Managed by System Center.
    pub managed: Option<bool>,
    /// Out of service.
    pub out_of_service: Option<bool>,
    /// `defect`, `upgrade`.
    pub board_replaced: Option<Word>,
    /// The new board is the maker's equivalent.
    pub board_equivalent: Option<bool>,
    /// Site.
    pub site: Option<Word>,
    /// Shared computer activation is on.
    pub shared_computer_activation: Option<bool>,
    /// Office was last used on it so many days ago.
    pub office_used_days_ago: Option<u32>,
    /// Why it left service (`permanent_hardware_failure`, ...).
    pub retired: Option<Word>,
    /// Taken out of service on that day.
    pub retired_on: Option<Date>,
    /// Another record that is the same machine.
    pub same_as: Option<Word>,
    /// Legal entity.
    pub entity: Option<Word>,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// A user or a group of equal users.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Identifier within the estate.
    pub id: Word,
    /// That many equal ones.
    #[serde(default = "one")]
    pub count: u64,
    /// Not an employee or alike.
    pub external: Option<bool>,
    /// Role (`subscriber`, ...).
    pub role: Option<Word>,
    /// Features used (`archive`, `premium_journaling`, ...).
    pub features: Words,
    /// Plan held.
    pub plan: Option<Word>,
    /// Authenticated by the server.
    pub authenticated: Option<bool>,
    /// Left so many days ago.
    pub left_company_days_ago: Option<u32>,
    /// Site.
    pub site: Option<Word>,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// An installation of a product on a server, virtual machine or device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Install {
    /// Server, virtual machine or device.
    pub on: Word,
    /// Product, in the vocabulary of the worked examples (`Windows Server`, `SQL Server`, `Office`, ...).
    pub product: Word,
    /// Edition; `unknown` is a value.
    pub edition: Word,
    /// Version; `unknown` is a value.
    pub version: Word,
    /// `production`, `dev_test`, `system_center_only`.
    #[serde(rename = "use")]
    pub usage: Option<Word>,
    /// `passive`, `readable`.
    pub state: Option<Word>,
    /// Instance name, where several stand on one operating system.
    pub instance: Option<Word>,
    /// Cores by affinity (never reduces a requirement).
    pub affinity_cores: Option<u32>,
    /// Activities told.
    pub activity: Words,
    /// Databases told.
    pub databases: Option<Words>,
    /// Installed so many days ago.
    pub age_days: Option<u32>,
    /// Activation channel (`VOLUME_KMSCLIENT`).
    pub activation: Option<Word>,
    /// Features in use.
    pub features: Words,
    /// Where it was installed from.
    pub installed_from: Option<Word>,
    /// The raw title tells the edition; `false`: the edition is known from elsewhere or not at all.
    pub edition_in_title: Option<bool>,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// A use of a server by users or devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// User or device record.
    pub who: Word,
    /// Server or virtual machine.
    pub to: Word,
    /// `rds`, `vdi`, a sentence for an indirect path.
    pub via: Option<Word>,
    /// Device record through which it happens.
    pub via_device: Option<Word>,
    /// That many equal ones.
    #[serde(default = "one")]
    pub count: u64,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// A lot of licences.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entitlement {
    /// Identifier within the estate.
    pub id: String,
    /// Product.
    pub product: String,
    /// Edition.
    pub edition: String,
    /// Version; `current` is the newest on the day of purchase.
    pub version: String,
    /// Metric (`core`, `core_2pack`, `processor_pair`, `user_cal`, `device`, ...).
    pub metric: String,
    /// Counted units of that metric.
    pub quantity: u64,
    /// `volume`, `ea`, `open`, `csp`, `csp_subscription`, `oem`, `retail`, `fpp`, `payg`, ...
    pub channel: String,
    /// Last day of Software Assurance; for subscriptions the end of the term.
    pub sa_until: Option<Date>,
    /// Day of purchase.
    pub purchased: Option<Date>,
    /// Machines or users that it is assigned to.
    pub assigned_to: Words,
    /// Assigned so many days ago.
    pub assigned_days_ago: Option<u32>,
    /// Units moved or granted, as documented by the customer.
    pub documented: Option<bool>,
    /// Proof: `false` = no proof of purchase on file; `None` = not told (worked examples).
    pub proof: Option<bool>,
    /// Price paid for one unit.
    pub unit_price: Option<Decimal>,
    /// Currency of it, ISO 4217.
    pub currency: Option<String>,
    /// Evidence rows behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

/// Terms of an audit, for the worked examples of family `audit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audit {
    /// `contractual`, `sam_engagement`.
    pub kind: String,
    /// Agreement.
    pub agreement: Option<String>,
    /// Use in all.
    pub total_use: Option<u64>,
    /// Use without licence.
    pub unlicensed_use: Option<u64>,
    /// Days of notice given.
    pub notice_days: Option<u32>,
    /// Who performs it.
    pub performed_by: Option<String>,
    /// Basis of the price.
    pub price_basis: Option<String>,
}
