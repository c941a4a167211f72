//! What was bought: resellers' invoices, the reconciliation of a cloud reseller, the register of machines bought with their
//! licences, contracts.

use super::{Known, Record, View, cell, day};
use crate::reading::Sink;
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
    "designation produit",
    "designation du produit",
    "artikel",
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
    "po date",
    "dateofpurchase",
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
    "quantite commandee",
    "qty ordered",
    "quantity ordered",
    "order quantity",
    "effectivequantity",
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
pub(super) fn units(text: &str, in_statement: bool) -> Option<i64> {
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
        "herstellernr",
        "manufacturer part",
        "manufacturer part #",
        "manufacturer part no",
        "ref fournisseur",
        "reference fournisseur",
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
        "prix achat ht",
        "prix d achat ht",
        "unit cost",
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
