//! What was bought: the publisher's statement in three languages, resellers' invoices, the reconciliation of a cloud reseller,
//! the register of machines bought with their licences, contracts.

use super::{Known, Record, Sheet, View, cell, day, view};
use crate::Context;
use crate::reading::{Reading, Sink};
use crate::text::fold;
use crate::values::{Order, amount, whole};
use licensing::facts::{Fact, Purchase, PurchaseSource};

const TITLE: &[&str] = &[
    "designation",
    "item name",
    "libelle",
    "description",
    "article",
    "produit",
    "product",
    "product name",
    "nom de l article",
    "bezeichnung",
    "artikelbezeichnung",
    "intitule",
    "libelle article",
    "designation article",
    "product description",
    "item description",
    "descripcion",
    "concepto",
    "produktbezeichnung",
    "beschreibung",
    "article description",
    "title",
    "titre",
    "item",
];
const INVOICE_DATE: &[&str] = &[
    "date",
    "date facture",
    "date de facture",
    "invoice date",
    "date commande",
    "order date",
    "datum",
    "rechnungsdatum",
    "date de la facture",
    "date piece",
    "date de piece",
    "date de commande",
    "belegdatum",
    "bestelldatum",
    "fecha",
    "fecha factura",
    "fecha de factura",
    "document date",
    "posting date",
    "date d achat",
    "purchase date",
];
const QUANTITY: &[&str] = &[
    "qte",
    "quantite",
    "quantity",
    "qty",
    "menge",
    "anzahl",
    "nombre",
    "nb",
    "qte facturee",
    "quantite facturee",
    "qte commandee",
    "cantidad",
    "stuck",
    "stk",
    "units",
    "nbre",
];

pub(super) const TABLES: &[Known] = &[
    Known {
        format: "csp-reconciliation",
        needs: &[
            &["chargetype"],
            &["skuname", "productname", "offername"],
            &["quantity", "billablequantity"],
            &["subscriptionid", "orderid"],
        ],
        read: reconciliation,
    },
    Known {
        format: "hardware-register",
        needs: &[
            &["poste", "machine", "computer", "n de serie", "serial number"],
            &["designation", "description"],
            QUANTITY,
        ],
        read: invoices,
    },
    Known { format: "invoices", needs: &[TITLE, QUANTITY, INVOICE_DATE], read: invoices },
];

/// A count of licences. A mark before exactly three digits parts thousands, for nobody sells thousandths of a licence; where
/// those digits are all noughts (`2,000`), an invoice may mean two with three decimals, a statement never does.
fn units(text: &str, in_statement: bool) -> Option<i64> {
    let bare = text.trim().trim_start_matches(['-', '\u{2212}', '(']).trim_end_matches(')');
    let mut groups = bare.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    let groups: Vec<&str> = groups.collect();
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let grouped = !groups.is_empty()
        && digits(first)
        && first.len() <= 3
        && groups.iter().all(|group| group.len() == 3 && digits(group));
    if grouped && (in_statement || groups.len() > 1 || groups.iter().any(|group| *group != "000")) {
        whole(&text.replace(['.', ','], ""))
    } else {
        whole(text)
    }
}

fn invoices(view: &View<'_>, sink: &mut Sink) {
    let title = TITLE.iter().find_map(|alias| view.column(&[*alias]));
    let quantity = view.column(QUANTITY);
    let date = view.column(INVOICE_DATE);
    let part = view.column(&[
        "ref article",
        "reference",
        "part number",
        "partnumber",
        "ref",
        "sku",
        "artikelnummer",
        "reference fabricant",
        "mpn",
        "artikel nr",
        "artikelnr",
        "hersteller nr",
        "herstellernummer",
        "manufacturer part number",
        "mfr part no",
        "part no",
        "part nr",
        "vendor part number",
        "code produit",
        "ref produit",
        "ref fabricant",
        "reference produit",
        "reference article",
        "referencia",
        "item number",
        "item no",
        "material",
        "teilenummer",
        "product code",
        "product number",
        "code article",
    ]);
    let invoice = view.column(&[
        "no facture",
        "n facture",
        "numero de facture",
        "facture",
        "invoice",
        "invoice number",
        "invoice no",
        "rechnungsnummer",
        "rechnung",
        "n de facture",
        "num facture",
        "no de facture",
        "n piece",
        "no piece",
        "rechnungsnr",
        "belegnr",
        "numero de piece",
        "piece",
        "invoice nr",
        "document no",
        "document number",
        "belegnummer",
        "beleg nr",
        "rechnung nr",
        "rechnungs nr",
        "factura",
        "n factura",
        "numero de factura",
    ]);
    let order_number = view.column(&[
        "no commande",
        "n commande",
        "commande",
        "order",
        "order number",
        "purchase order",
        "bestellnummer",
        "no de commande",
        "n de commande",
        "numero de commande",
        "bon de commande",
        "order no",
        "po",
        "po number",
        "po no",
        "purchase order number",
        "bestell nr",
        "pedido",
    ]);
    let agreement = view.column(&[
        "no contrat",
        "n contrat",
        "contrat",
        "agreement",
        "agreement number",
        "contract",
        "vertrag",
        "vertragsnummer",
        "no de contrat",
        "n de contrat",
        "numero de contrat",
        "contract number",
        "agreement no",
        "enrollment number",
        "enrolment number",
        "no inscription",
        "n inscription",
        "license agreement",
        "licence agreement",
        "vertrags nr",
        "rahmenvertrag",
        "contrato",
        "n contrato",
        "no client contrat",
        "n client contrat",
    ]);
    let price = view.column(&[
        "pu ht",
        "prix unitaire",
        "prix unitaire ht",
        "unit price",
        "price",
        "einzelpreis",
        "pu",
        "prix unit ht",
        "prix unit",
        "p u ht",
        "pu net",
        "p u net",
        "net price",
        "unit net price",
        "unit price excl vat",
        "stuckpreis",
        "e preis",
        "preis",
        "nettopreis",
        "precio unitario",
        "precio",
        "prix",
    ]);
    let currency = view.column(&["devise", "currency", "wahrung"]);
    let machine = view.column(&["poste", "machine", "computer", "serveur", "hostname"]);
    let serial = view.column(&["no de serie", "n de serie", "numero de serie", "serial number", "serial"]);
    let publisher = view.column(&["editeur", "publisher", "marque", "hersteller", "brand"]);
    let programme = view.column(&["programme", "program", "canal", "channel", "programm"]);
    let start = view.column(&["debut", "date de debut", "start", "start date", "beginn"]);
    let end = view.column(&["fin", "date de fin", "end", "end date", "expiry", "ende", "fin sa", "sa end date"]);
    let entity = view.column(&["entite", "client", "customer", "entity", "kunde", "societe"]);
    let order = view.order(date);
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let told = cell(record, quantity);
        let sum = record.cells.iter().find(|text| is_sum(text));
        let Some(name) = cell(record, title) else {
            // The word for the sum may stand in any column.
            match sum.filter(|_| told.is_none()) {
                Some(sum) => sink.aside(number, sum, "total-line"),
                None => sink.reject(number, "no-title", "a purchase line without a title", &record.raw()),
            }
            continue;
        };
        // `Total FA17042`: the sum of the document that the rows above name, and no article of its own.
        let of_document = told.is_none() && cell(record, part).is_none() && is_sum_of_document(&name);
        if told.is_none() && (is_sum(&name) || of_document) {
            sink.aside(number, &name, "total-line");
            continue;
        }
        let Some(units) = told.as_deref().and_then(|text| units(text, false)) else {
            let detail = format!("the quantity is no number: {}", told.unwrap_or_default());
            sink.reject(number, "no-quantity", detail, &record.raw());
            continue;
        };
        let purchase = Purchase {
            source: PurchaseSource::Invoice,
            title: name,
            part_number: cell(record, part),
            publisher: cell(record, publisher),
            quantity: units,
            date: day(record, date, order, "date", &mut remarks),
            coverage_start: day(record, start, order, "start", &mut remarks),
            coverage_end: day(record, end, order, "end", &mut remarks),
            agreement: cell(record, agreement),
            programme: cell(record, programme),
            order: cell(record, order_number),
            invoice: cell(record, invoice),
            unit_price: cell(record, price).as_deref().and_then(amount),
            currency: cell(record, currency).or_else(|| euro(record, price)),
            entity: cell(record, entity),
            machine: cell(record, machine).or_else(|| cell(record, serial)),
            ..Purchase::default()
        };
        sink.fact(number, Fact::Purchase(purchase), remarks);
    }
}

/// Whether a line without a quantity sums up those above it.
fn is_sum(title: &str) -> bool {
    let folded = fold(title);
    let bare = folded.trim_end_matches([' ', '€', '$']);
    let (head, rest) = bare.split_once(' ').unwrap_or((bare, ""));
    let sum = ["total", "totaux", "subtotal", "summe", "zwischensumme", "gesamtsumme", "gesamtbetrag", "suma"];
    let tail =
        ["", "ht", "ttc", "tva", "facture", "general", "excl vat", "incl vat", "net", "amount", "netto", "brutto"];
    (sum.contains(&head) && tail.contains(&rest))
        || (matches!(head, "sous" | "sub" | "grand" | "montant" | "importe") && rest.split(' ').next() == Some("total"))
}

/// Whether a line is the sum of a document that it names: `Total FA17042`, `Total facture 2017-042`.
fn is_sum_of_document(title: &str) -> bool {
    let folded = fold(title);
    let mut words = folded.split(' ');
    let head = words.next().unwrap_or_default();
    let papers =
        ["facture", "avoir", "devis", "commande", "invoice", "order", "rechnung", "beleg", "factura", "no", "n"];
    let mut numbered = false;
    let of_document = words.all(|word| {
        let number = word.contains(|c: char| c.is_ascii_digit());
        numbered |= number;
        number || papers.contains(&word)
    });
    matches!(head, "total" | "totaux" | "subtotal" | "summe" | "zwischensumme" | "gesamtsumme" | "suma")
        && of_document
        && numbered
}

/// The euro sign beside a price.
fn euro(record: &Record, price: Option<usize>) -> Option<String> {
    cell(record, price).filter(|text| text.contains('€')).map(|_| "EUR".to_owned())
}

fn reconciliation(view: &View<'_>, sink: &mut Sink) {
    let sku = view.column(&["skuname"]);
    // The older file of licences calls it an offer; `SubscriptionName` is a nickname that the buyer chose.
    let product = view.column(&["productname", "offername"]);
    let charge = view.column(&["chargetype"]);
    let billable = view.column(&["billablequantity", "quantity"]);
    let quantity = view.column(&["quantity"]);
    let ordered = view.column(&["orderdate", "subscriptionstartdate"]);
    let start = view.column(&["chargestartdate"]);
    let end = view.column(&["chargeenddate"]);
    let invoice = view.column(&["invoicenumber"]);
    let subscription = view.column(&["subscriptionid", "orderid"]);
    let term = view.column(&["termandbillingcycle"]);
    let price = view.column(&["unitprice", "effectiveunitprice"]);
    let currency = view.column(&["currency"]);
    let publisher = view.column(&["publishername"]);
    let customer = view.column(&["customername"]);
    // The format writes dates as in the United States; a portal in another language does not: what all its columns together show
    // decides, for a month's first day alone shows nothing.
    let (first, second) = view.votes(&[ordered, start, end]);
    let order = if first > second { Order::DayFirst } else { Order::MonthFirst };
    for (number, record) in view.records(sink) {
        let mut remarks = Vec::new();
        let Some(title) = cell(record, sku).or_else(|| cell(record, product)) else {
            sink.reject(number, "no-title", "a charge without a product", &record.raw());
            continue;
        };
        let units = cell(record, billable).or_else(|| cell(record, quantity)).as_deref().and_then(whole);
        let Some(units) = units else {
            sink.reject(number, "no-quantity", "the quantity is no number", &record.raw());
            continue;
        };
        let purchase = Purchase {
            source: PurchaseSource::Reconciliation,
            title,
            publisher: cell(record, publisher),
            quantity: units,
            purchase_type: cell(record, charge),
            date: day(record, ordered, order, "OrderDate", &mut remarks),
            coverage_start: day(record, start, order, "ChargeStartDate", &mut remarks),
            coverage_end: day(record, end, order, "ChargeEndDate", &mut remarks),
            agreement: cell(record, subscription),
            programme: Some(cell(record, term).map_or_else(|| "CSP".to_owned(), |term| format!("CSP, {term}"))),
            invoice: cell(record, invoice),
            unit_price: cell(record, price).as_deref().and_then(amount),
            currency: cell(record, currency),
            entity: cell(record, customer),
            ..Purchase::default()
        };
        sink.fact(number, Fact::Purchase(purchase), remarks);
    }
}

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
    if has(ITEM) && has(KIND) && (has(AGREEMENT) || has(ACCOUNT)) {
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
pub(super) fn statement(sheets: &[Sheet], evidence: &str, context: &Context) -> Option<Reading> {
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
    let date = view.column(&[
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
    ]);
    let part = view.column(&["part number", "reference", "artikelnummer", "teilenummer"]);
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
