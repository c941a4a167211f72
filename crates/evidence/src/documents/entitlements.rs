//! Entitlements as ISO/IEC 19770-3 means them ("Ents"): in and out.
//!
//! The standard's schema is not published freely and no real file was found, so that the reader goes by its terms, not by its places: an
//! `Ent` or `Entitlement` element is a row, and what it says is looked for among its attributes, its elements and theirs. The writer
//! keeps to the same terms, and adds in a `Meta` element what they do not hold. Read back, what was written is the same lots.

use super::other_xml::{Element, elements};
use crate::Context;
use crate::reading::{Reading, Refusal, Sink};
use crate::text::{Decoded, fold};
use crate::values::{Order, amount, boolean, day, whole};
use licensing::deployments::{Entitlement, Estate, Words};
use licensing::facts::{Fact, Purchase, PurchaseSource};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The format's name.
const FORMAT: &str = "iso-19770-3";
/// Its namespace, made after that of part 2: no schema was at hand to take it from.
const NAMESPACE: &str = "http://standards.iso.org/iso/19770/-3/2016/schema.xsd";
/// Marks entitlements whose words are those of the terms of this program.
const VOCABULARY: &str = "quittance";

/// Whether XML may be a file of entitlements.
pub(super) fn may_be(head: &str) -> bool {
    head.contains("19770/-3") || head.contains("19770-3") || head.contains("<Ent ") || head.contains("<Ent>")
}

pub(super) fn read(decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let root = elements(&decoded.text, context.limits.depth, context.limits.rows)?;
    let mut sink = Sink::new(FORMAT, decoded.encoding, evidence, context.limits.rows);
    sink.note("known-from-documents-only", "ISO/IEC 19770-3");
    let mut row = 0;
    walk(&root, &mut row, &mut sink);
    if row == 0 {
        sink.aside(1, root.name(), "no-entitlement");
    }
    Ok(sink.done())
}

fn is_entitlement(element: &Element) -> bool {
    matches!(element.name().to_ascii_lowercase().as_str(), "ent" | "entitlement")
}

fn walk(element: &Element, row: &mut u64, sink: &mut Sink) {
    if is_entitlement(element) {
        *row += 1;
        one(element, *row, sink);
        return;
    }
    for child in element.all() {
        walk(child, row, sink);
    }
}

/// What an entitlement says, by the folded name of the attribute or element that says it; the first that says it counts.
fn said(element: &Element, values: &mut BTreeMap<String, String>) {
    for (name, value) in element.attributes() {
        values.entry(fold(name)).or_insert_with(|| value.clone());
    }
    if element.all().is_empty() && !element.own_text().trim().is_empty() {
        values.entry(fold(element.name())).or_insert_with(|| element.own_text().trim().to_owned());
    }
    for child in element.all() {
        said(child, values);
    }
}

fn one(element: &Element, row: u64, sink: &mut Sink) {
    let mut values = BTreeMap::new();
    said(element, &mut values);
    let get = |names: &[&str]| names.iter().find_map(|name| values.get(*name)).filter(|v| !v.is_empty()).cloned();
    let when = |names: &[&str]| get(names).and_then(|text| day(&text, Order::DayFirst));
    // Authors put their own word before the standard's: `entQuantity`, `PurchasedQuantity`.
    let quantified = || values.iter().find(|(name, _)| name.ends_with("quantity")).map(|(_, value)| value.clone());
    let told = get(&["quantity", "metricquantity", "entquantity", "units", "amount", "count"]).or_else(quantified);
    let Some(quantity) = told.as_deref().and_then(whole) else {
        sink.reject(row, "incomplete", "an entitlement without a quantity", &element.show());
        return;
    };
    let product = get(&["productname", "product", "softwaretitle", "title"]);
    let edition = get(&["edition", "productedition"]);
    let version = get(&["productversion", "version", "softwareversion"]);
    let metric = get(&["metric", "metricname", "metrictype", "entmetric", "entitlementmetric"]);
    let end = when(&["maintenanceenddate", "enddate", "expirationdate", "validuntil"]);
    let start = when(&["purchasedate", "orderdate", "effectivedate", "startdate"]);
    let ours = get(&["vocabulary"]).as_deref() == Some(VOCABULARY);
    let named = product.clone().or_else(|| get(&["name"]));
    let Some(named) = named else {
        sink.reject(row, "no-name", "an entitlement that names no product", &element.show());
        return;
    };
    let Ok(units) = u64::try_from(quantity) else {
        sink.reject(row, "incomplete", "a quantity below nothing", &element.show());
        return;
    };
    if let (true, Some(metric)) = (ours, &metric) {
        let assigned: Vec<String> = assigned(element);
        let lot = Entitlement {
            id: get(&["entid", "id"]).unwrap_or_else(|| format!("ent-{row}")),
            product: named,
            edition: edition.unwrap_or_else(|| "none".to_owned()),
            version: version.unwrap_or_else(|| "unknown".to_owned()),
            metric: metric.clone(),
            quantity: units,
            channel: get(&["channel"]).unwrap_or_else(|| "unknown".to_owned()),
            sa_until: end,
            purchased: start,
            assigned_to: if assigned.is_empty() { Words::None } else { Words::Many(assigned) },
            assigned_days_ago: get(&["assigneddaysago"]).and_then(|text| text.parse().ok()),
            documented: get(&["documented"]).as_deref().and_then(boolean),
            proof: get(&["proof"]).as_deref().and_then(boolean),
            unit_price: get(&["unitprice"]).as_deref().and_then(amount),
            currency: get(&["currency"]),
            origins: Vec::new(),
        };
        let estate = Estate { entitlements: vec![lot], ..Estate::default() };
        sink.fact(row, Fact::Declared(Box::new(estate)), Vec::new());
        return;
    }
    // The words of others are a purchase line like any: what they mean is for the purchases to tell.
    let known = |text: &String| !fold(&named).split(' ').any(|word| word == fold(text));
    let full = [Some(named.clone()), edition.filter(known), version.clone().filter(known), metric]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let fact = Purchase {
        source: PurchaseSource::Contract,
        title: get(&["description"]).filter(|text| text.len() > full.len()).unwrap_or(full),
        part_number: get(&["partnumber", "sku"]),
        publisher: get(&["softwarecreator", "licensor", "publisher", "entcreator", "creator"]),
        version,
        quantity,
        date: start,
        coverage_end: end,
        agreement: get(&["agreement", "agreementnumber", "contractnumber", "licenseagreement"]),
        order: get(&["purchaseorder", "ordernumber", "purchaseordernumber"]),
        invoice: get(&["invoice", "invoicenumber"]),
        unit_price: get(&["unitprice", "price"]).as_deref().and_then(amount),
        currency: get(&["currency"]),
        entity: get(&["licensee", "customer", "purchaser"]),
        ..Purchase::default()
    };
    sink.fact(row, Fact::Purchase(fact), Vec::new());
}

fn assigned(element: &Element) -> Vec<String> {
    let mut found: Vec<String> = element
        .all()
        .iter()
        .filter(|each| each.name() == "AssignedTo")
        .map(|each| each.own_text().trim().to_owned())
        .collect();
    for child in element.all() {
        found.extend(assigned(child));
    }
    found
}

/// Lots as a file of entitlements. Where their evidence stands is not written: it means nothing outside the case.
pub fn write(lots: &[Entitlement]) -> String {
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EntLibrary xmlns=\"{NAMESPACE}\">\n");
    for lot in lots {
        let _ = writeln!(
            text,
            "  <Ent entId=\"{}\" productName=\"{}\" edition=\"{}\" productVersion=\"{}\">",
            safe(&lot.id),
            safe(&lot.product),
            safe(&lot.edition),
            safe(&lot.version)
        );
        let _ = writeln!(text, "    <Metric metric=\"{}\" quantity=\"{}\"/>", safe(&lot.metric), lot.quantity);
        let mut dates = String::new();
        for (name, date) in [("purchaseDate", lot.purchased), ("maintenanceEndDate", lot.sa_until)] {
            if let Some(date) = date {
                let _ = write!(dates, " {name}=\"{date}\"");
            }
        }
        if !dates.is_empty() {
            let _ = writeln!(text, "    <Period{dates}/>");
        }
        let mut meta = format!(" vocabulary=\"{VOCABULARY}\" channel=\"{}\"", safe(&lot.channel));
        for (name, value) in [
            ("documented", lot.documented.map(|yes| yes.to_string())),
            ("proof", lot.proof.map(|yes| yes.to_string())),
            ("assignedDaysAgo", lot.assigned_days_ago.map(|days| days.to_string())),
            ("unitPrice", lot.unit_price.map(|price| price.to_string())),
            ("currency", lot.currency.clone()),
        ] {
            if let Some(value) = value {
                let _ = write!(meta, " {name}=\"{}\"", safe(&value));
            }
        }
        let _ = writeln!(text, "    <Meta{meta}/>");
        let names: Vec<&String> = match &lot.assigned_to {
            Words::None => Vec::new(),
            Words::One(one) => vec![one],
            Words::Many(many) => many.iter().collect(),
        };
        for name in names {
            let _ = writeln!(text, "    <AssignedTo>{}</AssignedTo>", safe(name));
        }
        text.push_str("  </Ent>\n");
    }
    text.push_str("</EntLibrary>\n");
    text
}

/// Text inside XML: characters that XML cannot hold are left out.
fn safe(text: &str) -> String {
    let held: String = text.chars().filter(|c| !c.is_control()).collect();
    quick_xml::escape::escape(held.as_str()).into_owned()
}
