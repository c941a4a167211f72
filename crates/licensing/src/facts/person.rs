//! People, accounts, what they may use, and the plans they hold.

use super::MachineRef;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// A human being.
    Person,
    /// A service or technical account.
    Service,
    /// A shared mailbox, room or piece of equipment.
    Shared,
    /// A guest from outside.
    Guest,
}

/// An account as one tool saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// User principal name, lower case.
    pub upn: Option<String>,
    /// `sAMAccountName`.
    pub sam: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// What it stands for, where the tool says.
    pub kind: Option<PersonKind>,
    /// Site, office or entity.
    pub site: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Enabled in the directory.
    pub ad_enabled: Option<bool>,
    /// Sign-in blocked in the tenant.
    pub blocked: Option<bool>,
    /// Day the person left, where a tool says.
    pub left: Option<Date>,
    /// Last log-on.
    pub last_seen: Option<Date>,
    /// Plans held, in the tool's words; `None`: this tool does not know plans; empty: unlicensed.
    pub plans: Option<Vec<String>>,
    /// Day of the export, for choosing the later of two; `None` if the file does not tell.
    pub exported: Option<Date>,
}

/// A use of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// Account as written (`DOMAIN\\user`, a UPN, a computer account).
    pub who: String,
    /// The server.
    pub to: MachineRef,
    /// Role used (`FileServer`, `RD`, ...), in the tool's word.
    pub role: Option<String>,
    /// Last use.
    pub last_seen: Option<Date>,
}

/// A tenant's subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscription {
    /// SKU part number (`SPE_E3`).
    pub sku: String,
    /// GUID of the SKU.
    pub sku_id: Option<String>,
    /// Units bought and in force.
    pub enabled: u64,
    /// Units in warning.
    pub warning: u64,
    /// Units suspended.
    pub suspended: u64,
    /// Units locked out.
    pub locked_out: u64,
    /// Units given to users.
    pub consumed: u64,
    /// Status as told.
    pub status: Option<String>,
    /// Day of the export.
    pub exported: Option<Date>,
}
