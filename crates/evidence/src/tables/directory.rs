//! Active Directory: csvde, `Get-ADComputer`, `Get-ADUser`; and the user access log of a server.

use super::Record;
use super::{Known, View, cell, day};
use crate::reading::Sink;
use crate::values::{Order, boolean, count, filetime, short_name};
use base64::Engine;
use licensing::facts::{Access, Fact, Machine, MachineRef, Person, PersonKind};

pub(super) const TABLES: &[Known] = &[
    Known {
        format: "ad-csvde",
        needs: &[&["dn"], &["useraccountcontrol"], &["operatingsystem", "dnshostname"]],
        read: computers,
    },
    Known {
        format: "ad-get-adcomputer",
        needs: &[&["distinguishedname"], &["dnshostname", "name"], &["operatingsystem"]],
        read: computers,
    },
    // A choice of properties without the distinguished name.
    Known {
        format: "ad-get-adcomputer",
        needs: &[
            &["name", "cn", "samaccountname", "dnshostname"],
            &["operatingsystem"],
            &[
                "lastlogontimestamp",
                "lastlogondate",
                "useraccountcontrol",
                "samaccountname",
                "canonicalname",
                "passwordlastset",
            ],
        ],
        read: computers,
    },
    Known { format: "ad-csvde-users", needs: &[&["dn"], &["useraccountcontrol"], &["samaccountname"]], read: users },
    Known {
        format: "ad-get-aduser",
        needs: &[
            &["samaccountname"],
            &["userprincipalname"],
            &["enabled", "useraccountcontrol", "givenname", "surname", "displayname", "distinguishedname"],
        ],
        read: users,
    },
    Known { format: "user-access-log", needs: &[&["username"], &["rolename"], &["lastseen"]], read: access_log },
];

/// A value of csvde: `X'6869'` is bytes of UTF-8.
fn value(record: &Record, column: Option<usize>) -> Option<String> {
    let text = cell(record, column)?;
    if let Some(hex) = text.strip_prefix("X'").and_then(|rest| rest.strip_suffix('\'')) {
        let bytes: Option<Vec<u8>> = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        return bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    }
    // Collections that were never opened are type names.
    (!text.starts_with("Microsoft.ActiveDirectory.")).then_some(text)
}

/// What the flags of an account say.
pub(crate) fn enabled_by_flags(flags: u32) -> bool {
    flags & 2 == 0
}

/// Why a computer account is no machine, if it is none: the name object of a cluster, the single sign-on account.
pub(crate) fn no_machine(name: &str, principals: &str, description: &str, os: Option<&str>) -> Option<&'static str> {
    if name.eq_ignore_ascii_case("AZUREADSSOACC") {
        return Some("single-sign-on-account");
    }
    let principals = principals.to_ascii_lowercase();
    let description = description.to_ascii_lowercase();
    let cluster = principals.contains("msclustervirtualserver") || principals.contains("msserverclustermgmtapi");
    if cluster
        || (os.is_none()
            && (description.contains("failover cluster") || description.contains("cluster de basculement")))
    {
        return Some("cluster-name-object");
    }
    None
}

fn computers(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["name", "cn"]);
    let sam = view.column(&["samaccountname"]);
    let dns = view.column(&["dnshostname"]);
    let os = view.column(&["operatingsystem"]);
    let version = view.column(&["operatingsystemversion"]);
    let enabled = view.column(&["enabled"]);
    let flags = view.column(&["useraccountcontrol"]);
    let logon = view.column(&["lastlogondate", "lastlogontimestamp"]);
    let principals = view.column(&["serviceprincipalname", "serviceprincipalnames"]);
    let description = view.column(&["description"]);
    let class = view.column(&["objectclass"]);
    let order = view.order(logon);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let account = value(record, name)
            .or_else(|| value(record, sam).map(|text| short_name(&text)))
            .or_else(|| value(record, dns).map(|text| short_name(&text)));
        let Some(account) = account else {
            sink.reject(number, "no-name", "a computer account without a name", &record.raw());
            continue;
        };
        let system = value(record, os);
        let spn = cell(record, principals).unwrap_or_default();
        let text = value(record, description).unwrap_or_default();
        let user_class = cell(record, class).is_some_and(|c| c.ends_with("user"));
        if user_class {
            sink.aside(number, &account, "user-account");
            continue;
        }
        if let Some(why) = no_machine(&account, &spn, &text, system.as_deref()) {
            sink.aside(number, &account, why);
            continue;
        }
        let on = cell(record, enabled)
            .and_then(|text| boolean(&text))
            .or_else(|| cell(record, flags).as_deref().and_then(count).map(enabled_by_flags));
        let seen = last_logon(record, logon, order, &mut remarks);
        let machine = Machine {
            id: MachineRef { name: Some(short_name(&account)), dns: value(record, dns), ..MachineRef::default() },
            os: system,
            os_build: value(record, version).map(|text| text.replace(" (", ".").replace(')', "")),
            in_domain: Some(true),
            ad_enabled: on,
            last_seen: seen,
            ..Machine::default()
        };
        sink.fact(number, Fact::Machine(machine), remarks);
    }
}

fn last_logon(
    record: &Record,
    column: Option<usize>,
    order: Order,
    remarks: &mut Vec<String>,
) -> Option<jiff::civil::Date> {
    let text = cell(record, column)?;
    if text.len() >= 15 && text.bytes().all(|b| b.is_ascii_digit()) {
        return filetime(&text);
    }
    day(record, column, order, "LastLogonDate", remarks)
}

/// Whether an account name is that of a service, as accounts are named.
pub(crate) fn kind_of_account(sam: &str, dn: &str) -> Option<PersonKind> {
    let sam = sam.to_ascii_lowercase();
    let dn = dn.to_ascii_lowercase();
    let service = ["svc", "service", "srv-", "sa-", "task", "backup", "krbtgt", "healthmailbox", "sql", "adm-", "adm_"];
    if service.iter().any(|prefix| sam.starts_with(prefix))
        || dn.contains("ou=service")
        || dn.contains("comptes de service")
    {
        return Some(PersonKind::Service);
    }
    let builtin = ["administrateur", "administrator", "invite", "guest", "invité", "krbtgt", "defaultaccount"];
    if builtin.contains(&sam.as_str()) || sam.starts_with("msol_") || sam.ends_with('$') {
        return Some(PersonKind::Service);
    }
    None
}

/// What a directory tells of an account.
struct Account {
    sam: Option<String>,
    upn: Option<String>,
    name: Option<String>,
    dn: String,
    has_mail: bool,
    /// The directory was asked for first and last names, and holds neither.
    nameless: bool,
    /// It was asked for the last log-on, and there is none.
    never_on: bool,
    office: Option<String>,
    department: Option<String>,
    enabled: Option<bool>,
    last_seen: Option<jiff::civil::Date>,
}

impl Account {
    fn person(self) -> Person {
        let guest = self.upn.as_deref().is_some_and(|upn| upn.contains("#ext#"));
        let sam = self.sam.as_deref().unwrap_or_default();
        // A box of mail that many read: an address, nobody's first or last name, and no log-on, ever.
        let shared = self.nameless && kind_of_account(sam, "").is_none() && self.has_mail && self.never_on;
        let kind = if guest {
            Some(PersonKind::Guest)
        } else if shared {
            Some(PersonKind::Shared)
        } else {
            kind_of_account(sam, &self.dn)
        };
        Person {
            upn: self.upn,
            sam: self.sam.map(|text| text.to_lowercase()),
            name: self.name,
            kind,
            site: self.office.or_else(|| site_of(&self.dn)),
            department: self.department,
            ad_enabled: self.enabled,
            last_seen: self.last_seen,
            ..Person::default()
        }
    }
}

fn users(view: &View<'_>, sink: &mut Sink) {
    let sam = view.column(&["samaccountname"]);
    let upn = view.column(&["userprincipalname"]);
    let name = view.column(&["displayname", "name", "cn"]);
    let dn = view.column(&["distinguishedname", "dn"]);
    let enabled = view.column(&["enabled"]);
    let flags = view.column(&["useraccountcontrol"]);
    let logon = view.column(&["lastlogondate", "lastlogontimestamp"]);
    let office = view.column(&["office", "physicaldeliveryofficename", "city", "l"]);
    let department = view.column(&["department"]);
    let mail = view.column(&["mail", "emailaddress"]);
    let first = view.column(&["givenname"]);
    let last = view.column(&["surname", "sn"]);
    let named = first.is_some() || last.is_some();
    let order = view.order(logon);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let (account, principal) = (value(record, sam), value(record, upn).map(|text| text.to_lowercase()));
        if account.is_none() && principal.is_none() {
            sink.reject(number, "no-name", "an account without a name", &record.raw());
            continue;
        }
        let account = Account {
            sam: account,
            upn: principal,
            name: value(record, name),
            dn: value(record, dn).unwrap_or_default(),
            has_mail: value(record, mail).is_some(),
            nameless: named && value(record, first).is_none() && value(record, last).is_none(),
            never_on: logon.is_some() && value(record, logon).is_none(),
            office: value(record, office),
            department: value(record, department),
            enabled: cell(record, enabled)
                .and_then(|text| boolean(&text))
                .or_else(|| cell(record, flags).as_deref().and_then(count).map(enabled_by_flags)),
            last_seen: last_logon(record, logon, order, &mut remarks),
        };
        let person = account.person();
        sink.fact(number, Fact::Person(person), remarks);
    }
}

/// The innermost organisational unit of a distinguished name.
fn site_of(dn: &str) -> Option<String> {
    dn.split(',').find_map(|part| part.trim().strip_prefix("OU=")).map(str::to_owned)
}

fn access_log(view: &View<'_>, sink: &mut Sink) {
    let user = view.column(&["username"]);
    let role = view.column(&["rolename"]);
    let server = view.column(&["pscomputername", "computername"]);
    let seen = view.column(&["lastseen"]);
    let order = view.order(seen);
    let from_name = server_in_name(view.file);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let Some(who) = cell(record, user) else {
            sink.reject(number, "no-name", "an access without a user", &record.raw());
            continue;
        };
        let Some(to) = cell(record, server).or_else(|| from_name.clone()) else {
            sink.reject(number, "no-machine", "an access without a server", &record.raw());
            continue;
        };
        let access = Access {
            who,
            to: MachineRef { name: Some(short_name(&to)), ..MachineRef::default() },
            role: cell(record, role),
            last_seen: day(record, seen, order, "LastSeen", &mut remarks),
        };
        sink.fact(number, Fact::Access(access), remarks);
    }
}

/// `Get-UalUserAccess-SRV01.csv` names its server in the file name only.
fn server_in_name(file: &str) -> Option<String> {
    let stem = file.rsplit(['/', '\\']).next()?.rsplit_once('.')?.0;
    stem.to_ascii_lowercase().find("useraccess-").and_then(|at| stem.get(at + 11..)).map(str::to_owned)
}

/// The attributes of LDIF entries as a machine: shared with the LDIF reader.
pub(crate) fn ldif_machine(attributes: &[(String, String)]) -> Result<Machine, &'static str> {
    let get = |wanted: &str| {
        attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.clone())
    };
    let all = |wanted: &str| {
        let values: Vec<&str> =
            attributes.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| v.as_str()).collect();
        values.join(";")
    };
    let name = get("cn")
        .or_else(|| get("name"))
        .or_else(|| get("sAMAccountName").map(|text| short_name(&text)))
        .ok_or("no-name")?;
    let os = get("operatingSystem");
    if let Some(why) =
        no_machine(&name, &all("servicePrincipalName"), &get("description").unwrap_or_default(), os.as_deref())
    {
        return Err(why);
    }
    let class = all("objectClass").to_ascii_lowercase();
    if !class.contains("computer") {
        let person = ["user", "person"].iter().any(|word| class.split(';').any(|each| each == *word));
        return Err(if person || class.is_empty() { "user-account" } else { "directory-object" });
    }
    Ok(Machine {
        id: MachineRef { name: Some(short_name(&name)), dns: get("dNSHostName"), ..MachineRef::default() },
        os,
        os_build: get("operatingSystemVersion").map(|text| text.replace(" (", ".").replace(')', "")),
        in_domain: Some(true),
        ad_enabled: get("userAccountControl").as_deref().and_then(count).map(enabled_by_flags),
        last_seen: get("lastLogonTimestamp").as_deref().and_then(filetime),
        ..Machine::default()
    })
}

/// The attributes of LDIF entries as a person. `None`: an account without a name to sign in with.
pub(crate) fn ldif_person(attributes: &[(String, String)]) -> Option<Person> {
    let get = |wanted: &str| {
        let found = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, value)| crate::values::told(value))
    };
    let (sam, upn) = (get("sAMAccountName"), get("userPrincipalName").map(|text| text.to_lowercase()));
    if sam.is_none() && upn.is_none() {
        return None;
    }
    let logon = get("lastLogonTimestamp");
    let account = Account {
        name: get("displayName").or_else(|| get("name")).or_else(|| get("cn")),
        dn: get("dn").or_else(|| get("distinguishedName")).unwrap_or_default(),
        has_mail: get("mail").is_some(),
        nameless: get("givenName").is_none() && get("sn").is_none(),
        // An attribute that was not asked for is missing like one that is empty: nothing shows that nobody ever logged on.
        never_on: logon.as_deref() == Some("0"),
        office: get("physicalDeliveryOfficeName").or_else(|| get("l")),
        department: get("department"),
        enabled: get("userAccountControl").as_deref().and_then(count).map(enabled_by_flags),
        last_seen: logon.as_deref().and_then(filetime),
        sam,
        upn,
    };
    Some(account.person())
}

/// Base64 text of LDIF as UTF-8; `None`: not base64.
pub(crate) fn ldif_base64(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
