//! Purchases and people as other portals, scripts and habits write them, each named after what went wrong before it was read.

use super::dialects::{aside, outcome, people, read};
use licensing::facts::{Fact, PersonKind, Purchase};

fn purchases(reading: &evidence::Reading) -> Vec<&Purchase> {
    reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Purchase(each) = &row.fact { Some(each) } else { None })
        .collect()
}

#[test]
fn people_in_ldif_are_people_and_groups_are_neither() {
    let text = "dn:: Q049QW5hw69zLE9VPUx5b24sREM9eA==\nobjectClass: top\nobjectClass: person\nobjectClass: user\ncn: Anais\nsAMAccountName: Anais\nuserPrincipalName: Anais@x.example\nuserAccountControl: 514\nlastLogonTimestamp: 134388234420000000\n\ndn: CN=adm-web,OU=Lyon,DC=x\nobjectClass: user\nsAMAccountName: adm-web\n\ndn: CN=G,DC=x\nobjectClass: group\ncn: G\nsAMAccountName: G\n";
    let reading = read("utilisateurs.ldf", text);
    let found = people(&reading);
    assert_eq!(
        (found.len(), found[0].upn.as_deref(), found[0].sam.as_deref()),
        (2, Some("anais@x.example"), Some("anais"))
    );
    assert_eq!((found[0].ad_enabled, found[1].kind), (Some(false), Some(PersonKind::Service)));
    assert_eq!(aside(&reading), [("G", "directory-object")]);
}

#[test]
fn a_reconciliation_of_a_french_portal_puts_the_day_first() {
    // Only one of its columns of days shows it: the others hold first days of months.
    let text = "SubscriptionId;OfferName;SubscriptionStartDate;ChargeStartDate;ChargeEndDate;ChargeType;UnitPrice;Quantity\nS1;Visio Plan 2;01/05/2026;01/09/2026;30/09/2026;Frais de cycle;14,20;6\n";
    let reading = read("facturation.csv", text);
    let bought = purchases(&reading)[0];
    assert_eq!(bought.date.map(|day| day.to_string()).as_deref(), Some("2026-05-01"));
    assert_eq!(bought.coverage_end.map(|day| day.to_string()).as_deref(), Some("2026-09-30"));
}

#[test]
fn the_sum_of_a_document_is_a_line_set_aside() {
    let text = "N° pièce;Date pièce;Référence;Libellé;Qté;Montant\nFA1;18/06/2019;79P-05729;OfficeProPlus 2019 SNGL OLP NL;2;910\n;;;Total FA1;;910\nTotal général;;;;;910\n;;;Total Commander;;30\n";
    let reading = read("achats.csv", text);
    assert_eq!(aside(&reading), [("Total FA1", "total-line"), ("Total général", "total-line")]);
    assert_eq!((purchases(&reading).len(), reading.rejects.len()), (1, 1));
}

#[test]
fn a_hidden_sheet_beside_one_that_is_seen_buys_nothing() {
    let lines =
        [["Facture", "Date facture", "Désignation", "Qté"], ["F1", "2019-06-18", "VisioStd 2019 SNGL OLP NL", "4"]];
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, hidden) in [("Achats", false), ("Ne pas utiliser", true)] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name").set_hidden(hidden);
        for (row, cells) in (0u32..).zip(lines) {
            for (column, text) in (0u16..).zip(cells) {
                sheet.write(row, column, text).expect("a cell");
            }
        }
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let reading = evidence::read("achats.xlsx", &bytes, &evidence::Context::default()).expect("taken");
    assert_eq!((purchases(&reading).len(), reading.rows), (1, 2));
    assert_eq!(aside(&reading).first().map(|(_, why)| *why), Some("row-of-a-hidden-sheet"));
    assert!(reading.notes.iter().any(|note| format!("{note:?}").contains("hidden-sheet")));
}

#[test]
fn purchases_under_the_mpsa_are_in_a_tab_of_their_own() {
    let tabs: [(&str, &[&[&str]]); 2] = [
        (
            "Transaction Data",
            &[
                &["License Agreement Number", "Transaction Date", "Item Name", "Purchase Type", "Quantity"],
                &["68112233", "2017-04-11", "OfficeStd 2016 SNGL OLP NL", "License", "30"],
            ],
        ),
        (
            "MPSA",
            &[
                &["Purchasing Account", "Order Date", "Part Number", "Item Name", "Purchase Type", "Quantity"],
                &["X SAS", "2021-03-09", "7JQ-00341", "SQLSvrEntCore 2019 SNGL MPSA 2Lic CoreLic", "License", "4"],
            ],
        ),
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, lines) in tabs {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, cells) in (0u32..).zip(lines) {
            for (column, text) in (0u16..).zip(*cells) {
                sheet.write(row, column, *text).expect("a cell");
            }
        }
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let reading = evidence::read("MLS.xlsx", &bytes, &evidence::Context::default()).expect("taken");
    let found = purchases(&reading);
    assert_eq!((found.len(), found[1].quantity, found[1].programme.as_deref()), (2, 4, Some("MPSA")));
    assert_eq!(found[1].date.map(|day| day.to_string()).as_deref(), Some("2021-03-09"));
}

#[test]
fn a_register_of_licences_is_no_list_of_programs() {
    let text = "Name,Publisher,Version,Language,EffectiveQuantity,PONumber,DateOfPurchase\nOffice Standard,Microsoft,2016,French,30,P1,25/04/2017\n";
    let reading = read("statement.csv", text);
    let bought = purchases(&reading)[0];
    assert_eq!((bought.title.as_str(), bought.quantity), ("Office Standard 2016", 30));
    assert_eq!(bought.date.map(|day| day.to_string()).as_deref(), Some("2017-04-25"));
}

#[test]
fn the_portals_summary_of_licences_buys_nothing() {
    let text = "License ID,Parent Program,Product Pool,License Product Family,License Version,Effective Quantity,Active SA Quantity\n62540118,Open License,Applications,Office Standard,2016,30,0\n";
    assert_eq!(purchases(&read("summary.csv", text))[0].source, licensing::facts::PurchaseSource::StatementSummary);
    let products =
        "Product name,Total licenses,Expired licenses,Assigned licenses,Status message\nMicrosoft 365 E3,30,0,28,\n";
    assert_eq!(aside(&read("products.csv", products)), [("Microsoft 365 E3", "plan-without-part-number")]);
}

#[test]
fn a_row_for_each_plan_of_a_person_is_one_person_with_all_of_them() {
    let text = "UserPrincipalName;SkuPartNumber\na@x.example;SPE_E3\nb@x.example;SPB\nA@x.example;VISIOCLIENT\n";
    let reading = read("licences.csv", text);
    let told: Vec<_> = people(&reading).iter().map(|p| p.plans.clone().unwrap_or_default()).collect();
    assert_eq!(told, [vec!["SPE_E3".to_owned(), "VISIOCLIENT".to_owned()], vec!["SPB".to_owned()]]);
    assert_eq!(aside(&reading), [("A@x.example", "told-with-the-first-row")]);
}

#[test]
fn part_numbers_behind_the_name_of_their_tenant_are_part_numbers() {
    let text = "\"UserPrincipalName\",\"Licenses\"\n\"a@x.example\",\"contoso:ENTERPRISEPACK contoso:VISIOCLIENT\"\n";
    assert_eq!(
        people(&read("u.csv", text))[0].plans,
        Some(vec!["ENTERPRISEPACK".to_owned(), "VISIOCLIENT".to_owned()])
    );
    let skus = "AccountSkuId               ActiveUnits WarningUnits ConsumedUnits\n------------               ----------- ------------ -------------\ncontoso:ENTERPRISEPACK     25          1            4\n";
    let reading = read("skus.txt", skus);
    let Fact::Subscription(told) = &reading.facts[0].fact else { panic!("a subscription") };
    assert_eq!((told.sku.as_str(), told.enabled, told.warning, told.consumed), ("ENTERPRISEPACK", 25, 1, 4));
}

#[test]
fn a_quantity_under_its_authors_own_word_is_a_quantity() {
    let text = "<Ent xmlns=\"http://standards.iso.org/iso/19770/-3/2016/schema.xsd\" entId=\"1\" name=\"Office Standard 2016\"><Product version=\"2016\"/><EntMetric metricName=\"device\" entQuantity=\"30\"/></Ent>";
    let reading = read("ent.xml", text);
    assert_eq!(
        (purchases(&reading)[0].quantity, purchases(&reading)[0].title.as_str()),
        (30, "Office Standard 2016 device")
    );
}

#[test]
fn the_text_of_a_pdf_is_kept_page_by_page_and_counts_for_nothing() {
    let pdf =
        evidence::trial::pdf("BT /F1 12 Tf (Contrat  Open Value V7788990) Tj 0 -14 Td (15 Office Standard) Tj ET");
    let reading = read("contrat.pdf", &pdf);
    let told = aside(&reading);
    assert_eq!((told.len(), told[0].1, reading.taken_as.as_str()), (1, "text-of-a-proof", "proof-pdf"));
    assert!(told[0].0.contains("Contrat Open Value V7788990") && told[0].0.contains("15 Office Standard"), "{told:?}");
    let scanned = read("scan.pdf", &evidence::trial::pdf("q 1 0 0 1 0 0 cm Q"));
    assert_eq!(aside(&scanned), [("", "page-without-text")]);
    assert!(scanned.notes.iter().any(|(code, _)| code == "proof-without-text"));
}

#[test]
fn a_pdf_that_cannot_be_opened_is_refused_with_the_reason() {
    let closed = evidence::trial::pdf("")
        .replace("/Root 1 0 R", "/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>");
    let broken = "%PDF-1.7\nnothing\n";
    for (text, code) in [(closed.as_str(), "encrypted"), (broken, "malformed")] {
        let read = outcome("a.pdf", text);
        assert_eq!(read.map_err(|refusal| refusal.reason.code()).err(), Some(code));
    }
}
