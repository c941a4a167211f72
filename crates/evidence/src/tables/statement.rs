//! The publisher's statement of volume licences in its languages, and what portals and other tools sum up of licences.

use super::purchases::units;
use super::{Known, Sheet, View, cell, day, view};
use crate::Context;
use crate::reading::{Reading, Sink};
use crate::text::fold;
use crate::values::Order;
use licensing::facts::{Fact, Purchase, PurchaseSource};

pub(super) const TABLES: &[Known] = &[
    // The general statement that Configuration Manager takes.
    Known {
        format: "license-statement-general",
        needs: &[&["name"], &["publisher"], &["effectivequantity"]],
        read: general_statement,
    },
    // The agreements and enrolments that the portal of volume licences knows: none of their rows is a licence.
    Known {
        format: "microsoft-relationship-summary",
        needs: &[
            &[
                "licensing id",
                "license id",
                "id de licence",
                "identifiant de licence",
                "lizenz id",
                "lizenzierungs id",
                "licensing id agreement number",
            ],
            &[
                "parent program",
                "parent programme",
                "programme parent",
                "ubergeordnetes programm",
                "program",
                "programme",
                "programm",
            ],
            &["status", "statut", "etat", "licensing id status"],
        ],
        read: relationships,
    },
    // What the portal of volume licences sums up: a check on the purchases, none of them.
    Known { format: "microsoft-license-summary", needs: &[FAMILY, EFFECTIVE], read: summary },
];

/// The tabs of the statement, by the headings that each language gives them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Transactions,
    Licences,
    TransactionSummary,
    Agreements,
    Pivot,
    Organisations,
}

const AGREEMENT: &[&str] = &[
    "license agreement number",
    "no de contrat de licence",
    "n de contrat de licence",
    "lizenzvertragsnummer",
    "numero de contrat de licence",
    "numero du contrat de licence",
    "licence agreement number",
    "lizenzvertrag nr",
    "nummer des lizenzvertrags",
    "numero de contrato de licencia",
    "agreement number",
    "mpsa agreement number",
    "contract number",
    "no de contrat",
    "n de contrat",
    "numero de contrat",
    "numero du contrat",
    "vertragsnummer",
    "vertrag nr",
    "numero de contrato",
];
/// The account that a purchase under the MPSA is booked to.
const ACCOUNT: &[&str] =
    &["purchasing account", "purchasing account name", "compte d achat", "einkaufskonto", "cuenta de compras"];
const FAMILY: &[&str] = &[
    "product family",
    "license product family",
    "produktfamilien",
    "famille de produits",
    "famille de produits de licence",
    "produktfamilie",
    "lizenzproduktfamilie",
    "license family",
    "licence product family",
    "famille de produits sous licence",
    "produktfamilie der lizenz",
    "familia de productos",
];
const POOL: &[&str] =
    &["product pool", "pool de produits", "produktpool", "groupe de produits", "produktgruppe", "grupo de productos"];
const VERSION: &[&str] = &[
    "license version",
    "version de la licence",
    "version",
    "lizenzversion",
    "licence version",
    "version de licence",
    "version der lizenz",
    "produktversion",
];
const ITEM: &[&str] = &[
    "item name",
    "nom de l article",
    "nom d article",
    "designation de l article",
    "artikelname",
    "artikelbezeichnung",
    "nombre del articulo",
];
const KIND: &[&str] = &[
    "purchase type",
    "type d achat",
    "type de l achat",
    "kaufart",
    "erwerbsart",
    "kauftyp",
    "einkaufsart",
    "tipo de compra",
];
const COUNTRY: &[&str] = &[
    "country of usage",
    "pays d utilisation",
    "land der nutzung",
    "nutzungsland",
    "verwendungsland",
    "land der verwendung",
    "einsatzland",
    "pais de uso",
];
/// Headings of the day of a purchase.
const DATE: &[&str] = &[
    "transaction date",
    "date de transaction",
    "date de la transaction",
    "transaktionsdatum",
    "datum der transaktion",
    "fecha de transaccion",
    // The tab of the MPSA.
    "order date",
    "purchase date",
    "date de commande",
    "date d achat",
    "bestelldatum",
    "kaufdatum",
];
const STATEMENT_QUANTITY: &[&str] = &["quantity", "quantite", "menge"];
const EFFECTIVE: &[&str] = &[
    "effective quantity",
    "effective license quantity",
    "quantite effective",
    "quantite de licences effectives",
    "effektive menge",
    "effektive lizenzmenge",
];

fn tab(view: &View<'_>) -> Option<Tab> {
    let has = |aliases: &[&str]| view.column(aliases).is_some();
    // Without an item's name a purchase is one by its day and agreement; the summary of purchases has neither.
    let item = has(ITEM) || has(FAMILY) && has(DATE) && has(STATEMENT_QUANTITY);
    if item && has(KIND) && (has(AGREEMENT) || has(ACCOUNT)) {
        Some(Tab::Transactions)
    } else if has(FAMILY) && has(EFFECTIVE) && has(COUNTRY) {
        Some(Tab::Pivot)
    } else if has(FAMILY) && has(EFFECTIVE) {
        Some(Tab::Licences)
    } else if has(FAMILY) && has(KIND) {
        Some(Tab::TransactionSummary)
    } else if has(AGREEMENT) && has(&["status", "etat", "statut"]) {
        Some(Tab::Agreements)
    } else if has(&["organisation", "organization"]) && has(&["country", "pays", "land"]) {
        Some(Tab::Organisations)
    } else {
        None
    }
}

/// Reads a workbook as the publisher's statement, if it is one: a tab of transactions or of pivot data.
pub(super) fn workbook(sheets: &[Sheet], evidence: &str, context: &Context) -> Option<Reading> {
    let mut found: Vec<(usize, usize, Tab)> = Vec::new();
    for (index, sheet) in sheets.iter().enumerate() {
        for at in 0..sheet.records.len().min(20) {
            if let Some(tab) = tab(&view("", &sheet.records, at)) {
                found.push((index, at, tab));
                break;
            }
        }
    }
    found.iter().find(|(_, _, tab)| matches!(tab, Tab::Transactions | Tab::Pivot))?;
    let mut sink = Sink::new("microsoft-license-statement", "", evidence, context.limits.rows).mended(context);
    for sheet in sheets {
        sink.exported(calculation_day(sheet));
    }
    for (index, at, tab) in found {
        let Some(sheet) = sheets.get(index) else { continue };
        if !matches!(tab, Tab::Transactions | Tab::Pivot) {
            // What these tabs sum up stands in the other two, line by line.
            sink.note("tab-not-counted", sheet.name.clone());
            continue;
        }
        sink.part(Some(&sheet.name));
        read_tab(&view("", &sheet.records, at), tab, &mut sink);
    }
    Some(sink.done())
}

/// The day beside "Calculation Date" (the cell moves between languages).
fn calculation_day(sheet: &Sheet) -> Option<jiff::civil::Date> {
    for record in sheet.records.iter().take(9) {
        let label = record.cells.iter().position(|text| {
            let text = fold(text);
            text.contains("calculation date") || text.contains("date de calcul") || text.contains("berechnungsdatum")
        });
        if let Some(at) = label {
            return record.cells.iter().skip(at + 1).find_map(|text| crate::values::day(text, Order::DayFirst));
        }
    }
    None
}

fn read_tab(view: &View<'_>, tab: Tab, sink: &mut Sink) {
    let family = view.column(FAMILY);
    let version = view.column(VERSION);
    let quantity = view.column(if matches!(tab, Tab::Licences | Tab::Pivot) { EFFECTIVE } else { STATEMENT_QUANTITY });
    let item = view.column(ITEM);
    let kind = view.column(KIND);
    let country = view.column(COUNTRY);
    let agreement = view.column(AGREEMENT);
    let programme = view.column(&[
        "license program",
        "licence program",
        "programme de licence",
        "lizenzprogramm",
        "programm",
        "programme",
    ]);
    // Rows under a purchasing account name no programme: that account is the MPSA's.
    let account = view.column(ACCOUNT).filter(|_| programme.is_none());
    let order_number = view.column(&["purchase order number", "no de commande", "n de commande", "bestellnummer"]);
    let date = view.column(DATE);
    let part = view.column(&[
        "part number",
        "reference",
        "artikelnummer",
        "teilenummer",
        "produktnummer",
        "numero de reference",
    ]);
    let start = view.column(&[
        "sa start date",
        "start date",
        "debut sa",
        "date de debut sa",
        "date de debut de la sa",
        "sa beginn",
        "sa startdatum",
    ]);
    let end = view.column(&[
        "sa end date",
        "end date",
        "fin sa",
        "date de fin sa",
        "date de fin de la sa",
        "sa ende",
        "sa enddatum",
    ]);
    let holder = view.column(&["licensee name", "nom du titulaire", "lizenznehmer"]);
    let order = view.order(date);
    let sums = view.column(POOL).or(family);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let told = cell(record, quantity);
        let units = told.as_deref().and_then(|text| units(text, true));
        let title = cell(record, item).or_else(|| cell(record, family));
        let Some(title) = title else {
            if cell(record, sums).is_some() && told.is_none() {
                sink.aside(number, &record.raw(), "heading-of-a-pool");
            } else if cell(record, sums).is_some() {
                sink.aside(number, &record.raw(), "sum-of-a-pool");
            } else {
                sink.reject(number, "no-title", "a line without a product", &record.raw());
            }
            continue;
        };
        let Some(units) = units else {
            let detail = format!("the quantity is no number: {}", told.unwrap_or_default());
            sink.reject(number, "no-quantity", detail, &record.raw());
            continue;
        };
        let place = cell(record, country);
        let all = place.as_deref().is_none_or(|text| {
            matches!(
                fold(text).as_str(),
                "all countries" | "tous les pays" | "tous pays" | "alle lander" | "alle laender" | "todos los paises"
            )
        });
        if tab == Tab::Pivot && !all {
            sink.aside(number, &record.raw(), "per-country-row");
            continue;
        }
        let purchase = Purchase {
            source: if tab == Tab::Transactions {
                PurchaseSource::StatementTransaction
            } else {
                PurchaseSource::StatementSummary
            },
            title,
            part_number: cell(record, part),
            publisher: Some("Microsoft".to_owned()),
            family: cell(record, family),
            version: cell(record, version),
            quantity: units,
            purchase_type: cell(record, kind),
            date: day(record, date, order, "transaction date", &mut remarks),
            coverage_start: day(record, start, order, "SA start", &mut remarks),
            coverage_end: day(record, end, order, "SA end", &mut remarks),
            agreement: cell(record, agreement),
            programme: cell(record, programme).or_else(|| account.map(|_| "MPSA".to_owned())),
            order: cell(record, order_number),
            entity: cell(record, holder).or_else(|| cell(record, account)),
            country: place,
            ..Purchase::default()
        };
        sink.fact(number, Fact::Purchase(purchase), remarks);
    }
}

fn relationships(view: &View<'_>, sink: &mut Sink) {
    let id = view.column(&[
        "licensing id",
        "license id",
        "id de licence",
        "identifiant de licence",
        "lizenz id",
        "lizenzierungs id",
    ]);
    for (number, record) in view.records(sink) {
        sink.aside(number, &cell(record, id).unwrap_or_default(), "agreement-without-purchases");
    }
}

fn summary(view: &View<'_>, sink: &mut Sink) {
    read_tab(view, Tab::Licences, sink);
}

/// One row a lot, with the words of the company's own register.
fn general_statement(view: &View<'_>, sink: &mut Sink) {
    sink.note("known-from-documents-only", "general license statement");
    let name = view.column(&["name"]);
    let version = view.column(&["version"]);
    let publisher = view.column(&["publisher"]);
    let quantity = view.column(&["effectivequantity"]);
    let date = view.column(&["dateofpurchase"]);
    let end = view.column(&["supportexpirationdate"]);
    let po = view.column(&["ponumber"]);
    let order = view.order(date);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let Some(name) = cell(record, name) else {
            sink.reject(number, "no-title", "a line without a product", &record.raw());
            continue;
        };
        let told = cell(record, quantity);
        let Some(units) = told.as_deref().and_then(|text| units(text, true)) else {
            let detail = format!("the quantity is no number: {}", told.unwrap_or_default());
            sink.reject(number, "no-quantity", detail, &record.raw());
            continue;
        };
        let version = cell(record, version);
        let title = match &version {
            Some(version) if !name.contains(version.as_str()) => format!("{name} {version}"),
            _ => name,
        };
        let purchase = Purchase {
            source: PurchaseSource::Invoice,
            title,
            publisher: cell(record, publisher),
            version,
            quantity: units,
            date: day(record, date, order, "DateOfPurchase", &mut remarks),
            coverage_end: day(record, end, order, "SupportExpirationDate", &mut remarks),
            order: cell(record, po),
            ..Purchase::default()
        };
        sink.fact(number, Fact::Purchase(purchase), remarks);
    }
}
