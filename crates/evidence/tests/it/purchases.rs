//! Papers of purchase: statements in three languages, invoices, reconciliations, as their issuers write them.

use super::{read_all, shared};
use evidence::Reading;
use licensing::facts::{Fact, Purchase, PurchaseSource};
use rust_xlsxwriter::Workbook;

fn purchases(reading: &Reading) -> Vec<&Purchase> {
    reading
        .facts
        .iter()
        .filter_map(|row| match &row.fact {
            Fact::Purchase(purchase) => Some(purchase),
            _ => None,
        })
        .collect()
}

fn one(name: &str, bytes: &[u8]) -> Reading {
    let mut outcomes = read_all(name, bytes);
    assert_eq!(outcomes.len(), 1, "{name}");
    outcomes.remove(0).1.unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

#[test]
fn the_statement_says_the_same_in_both_languages() {
    let Some(folder) = shared("corpus/inventory/made/belharra/achats") else { return };
    let read = |name: &str| one(name, &std::fs::read(folder.join(name)).expect("the statement is there"));
    let (english, french) = (read("MLS-2026-11-EN.xlsx"), read("MLS-2026-11-FR.xlsx"));
    let lines = |reading: &Reading| {
        let mut lines: Vec<_> = purchases(reading)
            .into_iter()
            .filter(|p| p.source == PurchaseSource::StatementTransaction)
            .map(|p| {
                (
                    p.title.clone(),
                    p.part_number.clone(),
                    p.quantity,
                    p.date,
                    p.coverage_end,
                    p.order.clone(),
                    p.agreement.clone(),
                )
            })
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&english), lines(&french));
    assert_eq!(english.exported, french.exported);
    assert!(english.exported.is_some());
    assert!(lines(&french).iter().any(|line| line.2 == 1200), "a narrow no-break space parts the thousands");
    let aside = english
        .facts
        .iter()
        .filter(|row| matches!(&row.fact, Fact::SetAside { why, .. } if why == "per-country-row"))
        .count();
    assert_eq!(aside, 20);
}

#[test]
fn a_german_statement_is_read_by_its_headings() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Transaktionsdaten").expect("a name");
    sheet.write_string(0, 0, "Microsoft-Lizenzübersicht").expect("a cell");
    sheet.write_string(2, 11, "Berechnungsdatum").expect("a cell");
    sheet.write_string(2, 12, "20.11.2026").expect("a cell");
    let headings = [
        "Lizenznehmer",
        "Lizenzprogramm",
        "Lizenzvertragsnummer",
        "Bestellnummer",
        "Transaktionsdatum",
        "Produktpool",
        "Produktfamilie",
        "Lizenzversion",
        "Artikelname",
        "Artikelnummer",
        "Kaufart",
        "Menge",
        "SA-Beginn",
        "SA-Ende",
        "Land der Nutzung",
    ];
    let row = [
        "Muster AG",
        "Open Value",
        "V1234567",
        "B-77",
        "08.04.2021",
        "Server",
        "Windows Server Standard Core",
        "2019",
        "WinSvrSTDCore ALNG LicSAPk OLV 16Lic CoreLic",
        "9EM-00652",
        "Lizenz und Software Assurance",
        "1.016",
        "08.04.2021",
        "30.04.2024",
        "Deutschland",
    ];
    for (column, (heading, value)) in headings.iter().zip(row).enumerate() {
        let column = u16::try_from(column).expect("few columns");
        sheet.write_string(9, column, *heading).expect("a cell");
        sheet.write_string(10, column, value).expect("a cell");
    }
    let reading = one("MLS.xlsx", &book.save_to_buffer().expect("a workbook"));
    let found = purchases(&reading);
    let [line] = found.as_slice() else { panic!("one line, not {found:?}") };
    assert_eq!(line.source, PurchaseSource::StatementTransaction);
    assert_eq!(line.quantity, 1016);
    assert_eq!(line.agreement.as_deref(), Some("V1234567"));
    assert_eq!(line.order.as_deref(), Some("B-77"));
    assert_eq!(line.date.map(|d| d.to_string()).as_deref(), Some("2021-04-08"));
    assert_eq!(line.coverage_end.map(|d| d.to_string()).as_deref(), Some("2024-04-30"));
    assert_eq!(line.purchase_type.as_deref(), Some("Lizenz und Software Assurance"));
    assert_eq!(line.part_number.as_deref(), Some("9EM-00652"));
}

#[test]
fn invoices_keep_credit_notes_negative_and_read_decimal_commas() {
    let text = "N° facture;Date;Réf. article;Désignation;Qté;PU HT;Total HT\n\
                F1;14/03/2017;021-10554;OfficeStd 2016 SNGL OLP NL;55;312,50;17 187,50\n\
                A1;03/04/2017;021-10554;AVOIR - OfficeStd 2016 SNGL OLP NL;-5;312,50;-1 562,50\n\
                F2;31/02/2017;021-10554;OfficeStd 2016 SNGL OLP NL;dix;;\n";
    let bytes = windows_1252(text);
    let reading = one("factures.csv", &bytes);
    let found = purchases(&reading);
    assert_eq!(found.iter().map(|p| p.quantity).collect::<Vec<_>>(), [55, -5]);
    assert_eq!(found[0].unit_price.map(|p| p.to_string()).as_deref(), Some("312.50"));
    assert_eq!(found[0].invoice.as_deref(), Some("F1"));
    assert_eq!(reading.rejects.len(), 1);
}

/// The text as a French spreadsheet on Windows saves it: every letter of it is in the first 256 characters.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("a letter of Western Europe")).collect()
}

#[test]
fn german_and_english_invoices_are_read_by_their_headings() {
    let german = "Rechnungsnummer;Rechnungsdatum;Artikelnummer;Bezeichnung;Menge;Einzelpreis;Währung\n\
                  R-1;08.04.2021;9EM-00652;WinSvrSTDCore 2019 SNGL OLP 16Lic NL CoreLic;3;1.073,68;EUR\n";
    let found = one("rechnungen.csv", german.as_bytes());
    let line = purchases(&found)[0].clone();
    assert_eq!((line.quantity, line.date.map(|d| d.to_string()).as_deref()), (3, Some("2021-04-08")));
    assert_eq!(line.unit_price.map(|p| p.to_string()).as_deref(), Some("1073.68"));
    assert_eq!(line.currency.as_deref(), Some("EUR"));
    let english = "Invoice Number,Invoice Date,Part Number,Description,Quantity,Unit Price,Currency\n\
                   I-1,2021-04-08,9EM-00652,WinSvrSTDCore 2019 SNGL OLP 16Lic NL CoreLic,3,\"1,073.68\",USD\n";
    let found = one("invoices.csv", english.as_bytes());
    let line = purchases(&found)[0].clone();
    assert_eq!((line.quantity, line.date.map(|d| d.to_string()).as_deref()), (3, Some("2021-04-08")));
    assert_eq!(line.unit_price.map(|p| p.to_string()).as_deref(), Some("1073.68"));
}

#[test]
fn a_mark_before_three_digits_parts_thousands_and_three_noughts_of_an_invoice_are_decimals() {
    let text = "Date;Désignation;Qté\n01/02/2020;WinSvrCAL 2019 SNGL OLP NL UsrCAL;1.200\n01/02/2020;VisioStd 2019 SNGL OLP NL;3,000\n01/02/2020;VisioStd 2019 SNGL OLP NL;-1 200\n";
    let found = one("factures.csv", text.as_bytes());
    assert_eq!(purchases(&found).iter().map(|p| p.quantity).collect::<Vec<_>>(), [1200, 3, -1200]);
}

#[test]
fn a_reconciliation_is_read_as_charges_with_dates_of_the_united_states() {
    let text = "PartnerId,CustomerName,OrderId,OrderDate,ProductId,SkuId,SkuName,ProductName,ChargeType,UnitPrice,Quantity,Currency,SubscriptionId,ChargeStartDate,ChargeEndDate,TermAndBillingCycle,BillableQuantity\n\
                p,Acme,o1,2/3/2026,x,1,Microsoft 365 E3,Microsoft 365 E3,new,33.6,70,EUR,s1,2/3/2026,3/2/2026,One-Year commitment,70\n\
                p,Acme,o1,2/3/2026,x,1,Microsoft 365 E3,Microsoft 365 E3,removeQuantity,33.6,-4,EUR,s1,2/3/2026,3/2/2026,One-Year commitment,-4\n";
    let reading = one("recon.csv", text.as_bytes());
    let found = purchases(&reading);
    assert!(found.iter().all(|p| p.source == PurchaseSource::Reconciliation));
    assert_eq!(found.iter().map(|p| p.quantity).collect::<Vec<_>>(), [70, -4]);
    assert_eq!(found[0].date.map(|d| d.to_string()).as_deref(), Some("2026-02-03"));
    assert_eq!(found[1].purchase_type.as_deref(), Some("removeQuantity"));
}

#[test]
fn an_invoice_workbook_with_lines_above_its_headings_is_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Export du grossiste").expect("a cell");
    for (column, (heading, value)) in [
        ("N° pièce", "FA-9"),
        ("Date de facture", "02/09/2019"),
        ("Réf. fabricant", "D86-05822"),
        ("Libellé", "VisioStd 2019 SNGL OLP NL"),
        ("Qté facturée", "3"),
        ("Prix unitaire HT", "279,00 €"),
        ("N° de commande", "PO-1"),
    ]
    .into_iter()
    .enumerate()
    {
        let column = u16::try_from(column).expect("few columns");
        sheet.write_string(2, column, heading).expect("a cell");
        sheet.write_string(3, column, value).expect("a cell");
    }
    let reading = one("export.xlsx", &book.save_to_buffer().expect("a workbook"));
    let found = purchases(&reading);
    let [line] = found.as_slice() else { panic!("one line, not {found:?} {:?}", reading.rejects) };
    assert_eq!(
        (line.quantity, line.part_number.as_deref(), line.order.as_deref()),
        (3, Some("D86-05822"), Some("PO-1"))
    );
    assert_eq!((line.invoice.as_deref(), line.currency.as_deref()), (Some("FA-9"), Some("EUR")));
    assert_eq!(line.date.map(|d| d.to_string()).as_deref(), Some("2019-09-02"));
}
