//! Microsoft 365 and Intune: users with their plans, subscriptions, discovered applications.

use super::{Known, NOT_FLATTENED, Record, View, cell, day};
use crate::reading::Sink;
use crate::values::{boolean, short_name, whole};
use licensing::facts::{Fact, MachineRef, Person, PersonKind, Subscription, Title};
use std::collections::BTreeMap;

const UPN: &[&str] = &[
    "user principal name",
    "userprincipalname",
    "nom d utilisateur principal",
    "nom principal de l utilisateur",
    "benutzerprinzipalname",
    "nombre principal de usuario",
];
const LICENCES: &[&str] = &[
    "licenses",
    "licences",
    "lizenzen",
    "licencias",
    "assigned products",
    "produits attribues",
    "license",
    "licence",
    "lizenz",
    "skupartnumber",
    "accountskuid",
    "plan",
];

pub(super) const TABLES: &[Known] = &[
    // Before the lists of users: some have the columns of both, and only this one tells a shared box from a person's.
    Known {
        format: "exchange-mailboxes",
        needs: &[
            &["recipienttypedetails", "recipient type details"],
            &["userprincipalname", "primarysmtpaddress", "windowsemailaddress"],
        ],
        read: mailboxes,
    },
    Known { format: "m365-users", needs: &[UPN, LICENCES], read: users },
    Known {
        format: "entra-users",
        needs: &[
            UPN,
            &["displayname", "display name"],
            &["accountenabled", "account enabled", "usertype", "user type"],
            &["id", "objectid", "object id", "createddatetime", "assignedlicenses", "creationtype"],
        ],
        read: accounts,
    },
    Known { format: "m365-subscribed-skus", needs: &[SKU, &["consumedunits"]], read: skus },
    // The admin centre's page of products: names in its reader's language, without part numbers.
    Known {
        format: "m365-products",
        needs: &[
            &["product name", "product title", "titre du produit", "nom du produit", "produktname", "produkttitel"],
            &[
                "total licenses",
                "total licences",
                "nombre total de licences",
                "lizenzen gesamt",
                "gesamtzahl der lizenzen",
            ],
            &["assigned licenses", "assigned licences", "licences attribuees", "zugewiesene lizenzen"],
        ],
        read: products,
    },
    Known { format: "intune-apps", needs: &[&["applicationname"], &["devicename"]], read: intune },
    Known {
        format: "intune-app-counts",
        needs: &[&["applicationname", "displayname"], &["devicecount"]],
        read: counts,
    },
];

/// Headings of the part number of a subscription; the older module puts the tenant before it.
const SKU: &[&str] = &["skupartnumber", "accountskuid"];

/// `tenant:SKU` without its tenant.
fn without_tenant(sku: &str) -> &str {
    match sku.split_once(':') {
        Some((tenant, part)) if !tenant.contains(' ') && is_part_number(part) => part,
        _ => sku,
    }
}

fn is_part_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The same subscriptions stand in the tenant's list of part numbers: named here, they would be counted twice.
fn products(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&[
        "product name",
        "product title",
        "titre du produit",
        "nom du produit",
        "produktname",
        "produkttitel",
    ]);
    for (number, record) in view.records(sink) {
        sink.aside(number, &cell(record, name).unwrap_or_default(), "plan-without-part-number");
    }
}

fn users(view: &View<'_>, sink: &mut Sink) {
    let upn = view.column(UPN);
    let licences = view.column(LICENCES);
    let name = view.column(&["display name", "displayname", "nom d affichage", "nom complet", "anzeigename"]);
    let blocked = view.column(&[
        "block credential",
        "bloquer l acces",
        "bloquer les informations d identification",
        "anmeldung blockiert",
        "anmeldung blockieren",
        "anmeldeinformationen blockieren",
        "bloquear credencial",
    ]);
    let office = view.column(&["office", "bureau", "city", "ville", "buro", "stadt"]);
    let department = view.column(&["department", "service", "departement", "abteilung"]);
    let first = view.column(&["first name", "prenom", "vorname", "nombre"]);
    let last = view.column(&["last name", "nom", "nom de famille", "nachname", "apellidos"]);
    let named = first.is_some() && last.is_some();
    let created = view.column(&["when created", "date de creation", "erstellungsdatum"]);
    let order = view.order(created);
    sink.exported(day_in_name(view.file));
    let records = view.records(sink);
    // A list with a row for each plan of a person: all his plans are told with his first row.
    let mut rows_of: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for (_, record) in &records {
        if let Some(principal) = cell(record, upn) {
            rows_of.entry(principal.to_lowercase()).or_default().push(record);
        }
    }
    for (number, record) in records {
        let Some(principal) = cell(record, upn).filter(|text| text.contains('@')) else {
            sink.reject(number, "no-name", "no user principal name", &record.raw());
            continue;
        };
        let Some(of_person) = rows_of.remove(&principal.to_lowercase()) else {
            sink.aside(number, &principal, "told-with-the-first-row");
            continue;
        };
        let mut remarks = Vec::new();
        day(record, created, order, "when created", &mut remarks);
        let mut plans: Vec<String> = Vec::new();
        for plan in of_person.iter().filter_map(|record| cell(record, licences)).flat_map(|told| several(&told)) {
            let nothing = ["unlicensed", "sans licence", "nicht lizenziert", "sin licencia"];
            if !nothing.contains(&crate::text::fold(&plan).as_str()) && !plans.contains(&plan) {
                plans.push(plan);
            }
        }
        let none = plans.is_empty();
        let principal = principal.to_lowercase();
        let shut = cell(record, blocked).and_then(|text| boolean(&text));
        // A shared box: nobody's first or last name, no plan, and nobody may sign in.
        let nobody = named && cell(record, first).is_none() && cell(record, last).is_none();
        let kind = if principal.contains("#ext#") {
            Some(PersonKind::Guest)
        } else if nobody && none && shut == Some(true) {
            Some(PersonKind::Shared)
        } else {
            None
        };
        let person = Person {
            kind,
            upn: Some(principal),
            name: cell(record, name),
            site: cell(record, office),
            department: cell(record, department),
            blocked: shut,
            plans: Some(plans),
            ..Person::default()
        };
        sink.fact(number, Fact::Person(person), remarks);
    }
}

/// The plans of one cell: joined by `+` in the admin centre, by a semicolon or a line break in scripts.
fn several(plans: &str) -> Vec<String> {
    // The older module's part numbers, each behind its tenant, parted by blanks.
    let tokens: Vec<&str> = plans.split_whitespace().collect();
    if tokens.iter().all(|token| without_tenant(token) != *token) {
        return tokens.into_iter().map(|token| without_tenant(token).to_owned()).collect();
    }
    let plans = plans.split(['+', ';', '\n']).map(str::trim).filter(|plan| !plan.is_empty());
    plans.map(|plan| without_tenant(plan).to_owned()).collect()
}

/// Accounts as Entra and Graph list them. `assignedLicenses` holds the numbers of SKUs, or the name of a type where PowerShell wrote
/// objects: then the plans are not known.
fn accounts(view: &View<'_>, sink: &mut Sink) {
    let upn = view.column(UPN);
    let name = view.column(&["displayname", "display name"]);
    let enabled = view.column(&["accountenabled", "account enabled"]);
    let kind = view.column(&["usertype", "user type"]);
    let licences = view.column(&["assignedlicenses"]);
    let office = view.column(&["physicaldeliveryofficename", "officelocation", "city"]);
    let department = view.column(&["department"]);
    sink.exported(day_in_name(view.file));
    let mut unflattened = false;
    for (number, record) in view.records(sink) {
        let Some(principal) = cell(record, upn).filter(|text| text.contains('@')) else {
            sink.reject(number, "no-name", "no user principal name", &record.raw());
            continue;
        };
        let principal = principal.to_lowercase();
        let told = licences.and_then(|at| record.cells.get(at)).filter(|text| {
            let type_name = text.starts_with("Microsoft.Graph.") || text.starts_with("System.");
            unflattened |= type_name;
            !type_name
        });
        let guest =
            principal.contains("#ext#") || cell(record, kind).is_some_and(|text| text.eq_ignore_ascii_case("guest"));
        let person = Person {
            kind: guest.then_some(PersonKind::Guest),
            upn: Some(principal),
            name: cell(record, name),
            site: cell(record, office),
            department: cell(record, department),
            blocked: cell(record, enabled).and_then(|text| boolean(&text)).map(|enabled| !enabled),
            plans: told.map(|text| several(text)),
            ..Person::default()
        };
        sink.fact(number, Fact::Person(person), Vec::new());
    }
    if unflattened {
        sink.note("plans-not-flattened", "assignedLicenses");
    }
}

/// Mailboxes as Exchange lists them. Boxes of rooms, equipment and teams are nobody's.
fn mailboxes(view: &View<'_>, sink: &mut Sink) {
    let kind = view.column(&["recipienttypedetails", "recipient type details"]);
    let upn = view.column(&["userprincipalname"]);
    let address = view.column(&["primarysmtpaddress", "windowsemailaddress"]);
    let name = view.column(&["displayname", "display name", "name"]);
    for (number, record) in view.records(sink) {
        let Some(principal) = cell(record, upn).or_else(|| cell(record, address)).filter(|text| text.contains('@'))
        else {
            sink.reject(number, "no-name", "no user principal name", &record.raw());
            continue;
        };
        let told = cell(record, kind).map(|text| text.to_lowercase()).unwrap_or_default();
        let nobody = ["shared", "room", "equipment", "scheduling", "team"].iter().any(|word| told.contains(word));
        if !told.contains("mailbox") || told.contains("discovery") || told.contains("arbitration") {
            // Groups, contacts, boxes of the system.
            sink.aside(number, &principal, "no-mailbox-of-a-person");
            continue;
        }
        let person = Person {
            kind: nobody.then_some(PersonKind::Shared),
            upn: Some(principal.to_lowercase()),
            name: cell(record, name),
            ..Person::default()
        };
        sink.fact(number, Fact::Person(person), Vec::new());
    }
}

/// How many devices bear a title, and not which: no machine can be told from it.
fn counts(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["applicationname", "displayname"]);
    for (number, record) in view.records(sink) {
        sink.aside(number, &cell(record, name).unwrap_or_default(), "count-without-machines");
    }
}

/// A day in a file's name (`users_2026-11-20_en.csv`): the admin centre writes no date inside.
pub(crate) fn day_in_name(file: &str) -> Option<jiff::civil::Date> {
    let bytes = file.as_bytes();
    (0..bytes.len().saturating_sub(9)).rev().find_map(|at| {
        let part = file.get(at..at + 10)?;
        let shaped =
            part.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if shaped { crate::values::day(part, crate::values::Order::DayFirst) } else { None }
    })
}

fn skus(view: &View<'_>, sink: &mut Sink) {
    let sku = view.column(SKU);
    let id = view.column(&["skuid"]);
    let consumed = view.column(&["consumedunits"]);
    let status = view.column(&["capabilitystatus"]);
    let enabled = view.column(&["enabled", "prepaidunits enabled", "prepaidunitsenabled", "activeunits"]);
    let warning = view.column(&["warning", "warningunits"]);
    let suspended = view.column(&["suspended", "suspendedunits"]);
    let prepaid = view.column(&["prepaidunits"]);
    for (number, record) in view.records(sink) {
        if cell(record, prepaid).is_some_and(|text| text.starts_with("Microsoft.Graph.")) {
            // The whole file is refused with the command that helps.
            *sink = Sink::new(NOT_FLATTENED, "", "", 0);
            return;
        }
        let unit = |column| cell(record, column).as_deref().and_then(whole).and_then(|n| u64::try_from(n).ok());
        match (cell(record, sku), unit(consumed)) {
            (Some(sku), Some(consumed)) => {
                let subscription = Subscription {
                    sku: without_tenant(&sku).to_owned(),
                    sku_id: cell(record, id),
                    enabled: unit(enabled).unwrap_or(0),
                    warning: unit(warning).unwrap_or(0),
                    suspended: unit(suspended).unwrap_or(0),
                    consumed,
                    status: cell(record, status),
                    ..Subscription::default()
                };
                sink.fact(number, Fact::Subscription(subscription), Vec::new());
            }
            _ => sink.reject(number, "no-number", "no SKU or no number of consumed units", &record.raw()),
        }
    }
}

fn intune(view: &View<'_>, sink: &mut Sink) {
    let name = view.column(&["applicationname"]);
    let publisher = view.column(&["applicationpublisher"]);
    let version = view.column(&["applicationversion", "applicationshortversion"]);
    let device = view.column(&["devicename"]);
    let id = view.column(&["deviceid"]);
    let platform = view.column(&["platform"]);
    for (number, record) in view.records(sink) {
        let title = cell(record, name).unwrap_or_default();
        let (machine, tool) = (cell(record, device), cell(record, id));
        if machine.is_none() && tool.is_none() {
            sink.reject(number, "no-machine", "no device", &record.raw());
            continue;
        }
        let windows = cell(record, platform).is_none_or(|text| text.to_lowercase().contains("windows"));
        if title.is_empty() || title.chars().all(|c| matches!(c, '.' | '…')) {
            sink.aside(number, machine.as_deref().unwrap_or_default(), "application-without-name");
        } else if !windows {
            sink.aside(number, &title, "mobile-device");
        } else {
            let fact = Title {
                machine: MachineRef {
                    name: machine.as_deref().map(short_name),
                    tool_id: tool.map(|text| format!("intune:{text}")),
                    ..MachineRef::default()
                },
                publisher: cell(record, publisher),
                name: title,
                version: cell(record, version),
                from: Some("intune".to_owned()),
                ..Title::default()
            };
            sink.fact(number, Fact::Title(fact), Vec::new());
        }
    }
}
