//! What was bought: the licence statement, the reseller's invoices, and the register of what came with machines.

use super::Files;
use super::company::{Company, Office};
use super::lists::cp1252;
use super::vmware::fixed_properties;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

/// A lot: what was bought, once, on one order.
struct Lot {
    /// Day of order, `DD/MM/YYYY`.
    date: &'static str,
    agreement: &'static str,
    programme: &'static str,
    pool: &'static str,
    family: &'static str,
    version: &'static str,
    item: &'static str,
    part: &'static str,
    quantity: i64,
    /// Licences that one counted unit brings.
    unit: i64,
    /// Price of one counted unit in cents.
    cents: i64,
    /// Last day of Software Assurance.
    assured: Option<&'static str>,
    statement: bool,
    invoice: bool,
}

#[allow(clippy::too_many_arguments, reason = "a row of the table below; names would only repeat its columns")]
const fn lot(
    date: &'static str,
    agreement: &'static str,
    pool: &'static str,
    family: &'static str,
    version: &'static str,
    item: &'static str,
    part: &'static str,
    quantity: i64,
    unit: i64,
    cents: i64,
) -> Lot {
    Lot {
        date,
        agreement,
        programme: "Open License",
        pool,
        family,
        version,
        item,
        part,
        quantity,
        unit,
        cents,
        assured: None,
        statement: true,
        invoice: true,
    }
}

const APPS: &str = "Applications";
const SYSTEMS: &str = "Systèmes";
const SERVERS: &str = "Serveurs";

/// Every lot. Part numbers have the right shape and family; the last digits are invented.
#[rustfmt::skip]
fn lots() -> Vec<Lot> {
    let mut lots = vec![
        lot("17/05/2011", "44120871", APPS, "Office Standard", "2010", "OfficeStd 2010 SNGL OLP NL", "021-09701", 75, 1, 28_900),
        lot("17/05/2011", "44120871", SERVERS, "Windows Server - Standard", "2008 R2", "WinSvrStd 2008R2 SNGL OLP NL", "P73-04991", 4, 1, 58_000),
        lot("08/10/2013", "61230945", APPS, "Office Standard", "2013", "OfficeStd 2013 SNGL OLP NL", "021-10201", 30, 1, 29_800),
        lot("11/02/2014", "61230945", SERVERS, "Windows Server - Standard", "2012 R2", "WinSvrStd 2012R2 SNGL OLP NL 2Proc", "P73-06291", 10, 1, 70_500),
        lot("11/02/2014", "61230945", SERVERS, "Windows Server - User CAL", "2012", "WinSvrCAL 2012 SNGL OLP NL UsrCAL", "R18-04291", 200, 1, 2_850),
        lot("15/11/2016", "66870312", APPS, "Office Standard", "2016", "OfficeStd 2016 SNGL OLP NL", "021-10561", 105, 1, 31_200),
        lot("15/11/2016", "66870312", APPS, "Visio Standard", "2016", "VisioStd 2016 SNGL OLP NL", "D86-05711", 5, 1, 24_600),
        lot("15/11/2016", "66870312", APPS, "Visio Professional", "2016", "VisioPro 2016 SNGL OLP NL", "D87-07291", 6, 1, 47_200),
        lot("15/11/2016", "66870312", APPS, "Project Standard", "2016", "PrjctStd 2016 SNGL OLP NL", "076-05681", 3, 1, 49_900),
        lot("14/03/2017", "66870312", SERVERS, "SQL Server Standard Core", "2016", "SQLSvrStdCore 2016 SNGL OLP 2Lic NL CoreLic Qlfd", "7NQ-00811", 2, 2, 298_000),
        lot("20/06/2017", "66870312", SERVERS, "Windows Server Standard Core", "2016", "WinSvrSTDCore 2016 SNGL OLP 2Lic NL CoreLic", "9EM-00121", 20, 2, 9_700),
        lot("20/06/2017", "66870312", SERVERS, "Remote Desktop Services - Device CAL", "2016", "WinRmtDsktpSrvcsCAL 2016 SNGL OLP NL DvcCAL", "6VC-03221", 20, 1, 9_800),
        lot("06/02/2018", "68455190", SYSTEMS, "Windows Enterprise", "10", "WINENTperDVC 10 SNGL Upgrd OLP NL", "KV3-00261", 20, 1, 21_900),
        lot("10/04/2018", "68455190", SERVERS, "SQL Server Standard Core", "2017", "SQLSvrStdCore 2017 SNGL OLP 2Lic NL CoreLic Qlfd", "7NQ-01161", 1, 2, 312_000),
        lot("12/03/2019", "68455190", APPS, "Office Professional Plus", "2019", "OfficeProPlus 2019 SNGL OLP NL", "79P-05731", 24, 1, 44_300),
        lot("12/03/2019", "68455190", APPS, "Project Professional", "2019", "PrjctPro 2019 SNGL OLP NL w1PrjctSvrCAL", "H30-05751", 5, 1, 94_600),
        lot("02/06/2024", "90417733", APPS, "Visual Studio Professional w/ MSDN", "All", "VSProwMSDN ALNG LicSAPk OLV NL 3Y AqY1 AP", "77D-00110", 3, 1, 96_000),
        lot("10/05/2022", "", SERVERS, "", "2022", "Windows Server 2022 Standard - 2 Core License Pack", "DG7GMGF0D5RK:0004", 8, 2, 12_400),
        lot("10/05/2022", "", SERVERS, "", "2022", "Windows Server 2022 Datacenter - 2 Core License Pack", "DG7GMGF0D65N:0003", 36, 2, 71_900),
        lot("10/05/2022", "", SERVERS, "", "2022", "Windows Server 2022 - 1 User CAL", "DG7GMGF0D5VX:0006", 160, 1, 4_150),
        lot("10/05/2022", "", SERVERS, "", "2022", "Windows Server 2022 - 1 Device CAL", "DG7GMGF0D5VX:0007", 30, 1, 3_250),
    ];
    for lot in &mut lots {
        if lot.agreement.is_empty() {
            lot.programme = "CSP";
            lot.statement = false;
        }
        if lot.agreement == "90417733" {
            lot.programme = "Open Value";
            lot.assured = Some("31/05/2027");
        }
        // The invoices of 2011 are no longer on file: only the statement proves those lots.
        lot.invoice = !lot.date.ends_with("2011");
    }
    lots
}

/// The company as the statement and the agreements name it.
const HOLDER: &str = "Ateliers Vauban SA";
const RESELLER: &str = "Garonne Logiciels";

/// Cents as a French price.
fn price(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let euros = (cents.abs() / 100).to_string();
    let grouped = match euros.len() {
        n @ 4..=6 => format!("{}\u{a0}{}", &euros[..n - 3], &euros[n - 3..]),
        _ => euros,
    };
    format!("{sign}{grouped},{:02}", cents.abs() % 100)
}

/// The title block that stands on every tab, and the day of calculation in K3.
fn head(sheet: &mut Worksheet, title: &str) -> Result<(), XlsxError> {
    sheet.write(0, 0, "Relevé de licences Microsoft")?;
    sheet.write(1, 0, HOLDER)?;
    sheet.write(2, 10, "Date de calcul")?;
    sheet.write(2, 11, "20/11/2026")?;
    sheet.write(3, 0, title)?;
    Ok(())
}

fn line(sheet: &mut Worksheet, row: u32, values: &[&str]) -> Result<(), XlsxError> {
    for (column, value) in (0u16..).zip(values) {
        match value.parse::<i32>() {
            Ok(number) if value.len() < 7 => sheet.write(row, column, number)?,
            _ if value.is_empty() => continue,
            _ => sheet.write(row, column, *value)?,
        };
    }
    Ok(())
}

/// The licence statement in French. It knows volume orders only, not the credit note of 2016, and no cloud reseller.
fn statement() -> Result<Vec<u8>, XlsxError> {
    let lots: Vec<Lot> = lots().into_iter().filter(|lot| lot.statement).collect();
    let mut workbook = Workbook::new();
    workbook.set_properties(&fixed_properties()?);
    let kind = |lot: &Lot| if lot.assured.is_some() { "Licence et Software Assurance" } else { "Licence" };

    let sheet = workbook.add_worksheet().set_name("Résumé de l'organisation")?;
    head(sheet, "Résumé de l'organisation")?;
    line(sheet, 6, &["Organisation", "Pays"])?;
    line(sheet, 7, &[HOLDER, "France"])?;

    let sheet = workbook.add_worksheet().set_name("Résumé des licences")?;
    head(sheet, "Résumé des licences")?;
    line(
        sheet,
        8,
        &[
            "Pool de produits",
            "Famille de produits",
            "Version",
            "Quantité effective",
            "Quantité non résolue",
            "Quantité de SA active",
        ],
    )?;
    for (row, lot) in (9u32..).zip(&lots) {
        let owned = (lot.quantity * lot.unit).to_string();
        let assured = if lot.assured.is_some() { owned.as_str() } else { "0" };
        line(sheet, row, &[lot.pool, lot.family, lot.version, &owned, "0", assured])?;
    }

    let sheet = workbook.add_worksheet().set_name("Résumé des transactions")?;
    head(sheet, "Résumé des transactions")?;
    line(sheet, 8, &["Pool de produits", "Famille de produits", "Version de la licence", "Type d'achat", "Quantité"])?;
    for (row, lot) in (9u32..).zip(&lots) {
        line(sheet, row, &[lot.pool, lot.family, lot.version, kind(lot), &lot.quantity.to_string()])?;
    }

    let sheet = workbook.add_worksheet().set_name("Données de transaction")?;
    head(sheet, "Données de transaction")?;
    line(
        sheet,
        8,
        &[
            "Nom du titulaire",
            "Programme de licence",
            "N° de contrat de licence",
            "N° d'inscription",
            "N° de commande",
            "Date de transaction",
            "Pool de produits",
            "Famille de produits",
            "Version de la licence",
            "Nom de l'article",
            "Référence",
            "Type d'achat",
            "Quantité",
            "Début SA",
            "Fin SA",
            "Pays d'utilisation",
            "Revendeur",
        ],
    )?;
    for (n, lot) in (0u32..).zip(&lots) {
        let order = format!("CDE-{}-{:03}", &lot.date[6..], 11 + n * 7);
        let start = if lot.assured.is_some() { lot.date } else { "" };
        line(
            sheet,
            9 + n,
            &[
                HOLDER,
                lot.programme,
                lot.agreement,
                "",
                &order,
                lot.date,
                lot.pool,
                lot.family,
                lot.version,
                lot.item,
                lot.part,
                kind(lot),
                &lot.quantity.to_string(),
                start,
                lot.assured.unwrap_or_default(),
                "France",
                RESELLER,
            ],
        )?;
    }

    let sheet = workbook.add_worksheet().set_name("Contrats de licence")?;
    head(sheet, "Contrats de licence")?;
    line(
        sheet,
        8,
        &[
            "N° de contrat de licence",
            "Programme de licence",
            "Nom du titulaire",
            "Date de début",
            "Date de fin",
            "État",
            "Pays",
        ],
    )?;
    for (row, (number, programme, start, end, state)) in (9u32..).zip([
        ("44120871", "Open License", "17/05/2011", "31/05/2013", "Expiré"),
        ("61230945", "Open License", "08/10/2013", "31/10/2015", "Expiré"),
        ("66870312", "Open License", "15/11/2016", "30/11/2018", "Expiré"),
        ("68455190", "Open License", "06/02/2018", "29/02/2020", "Expiré"),
        ("90417733", "Open Value", "02/06/2024", "31/05/2027", "Actif"),
    ]) {
        line(sheet, row, &[number, programme, HOLDER, start, end, state, "France"])?;
    }

    let sheet = workbook.add_worksheet().set_name("MPSA")?;
    head(sheet, "MPSA")?;

    let sheet = workbook.add_worksheet().set_name("Données croisées")?;
    head(sheet, "Données croisées")?;
    line(
        sheet,
        9,
        &[
            "Pool de produits",
            "Famille de produits de licence",
            "Version de la licence",
            "Quantité de licences effectives",
            "Quantité de licences de mise à niveau",
            "Quantité de licences de mise à niveau (avec maintenance)",
            "Quantité de SA active",
            "Pays d'utilisation",
            "SA expirant 0 - 12 mois",
            "SA expirant 12 - 24 mois",
            "SA expirant > 24 mois",
        ],
    )?;
    let mut row = 10;
    for lot in &lots {
        let owned = (lot.quantity * lot.unit).to_string();
        let assured = if lot.assured.is_some() { owned.as_str() } else { "0" };
        for country in ["France", "Tous les pays"] {
            line(
                sheet,
                row,
                &[lot.pool, lot.family, lot.version, &owned, "0", "0", assured, country, assured, "0", "0"],
            )?;
            row += 1;
        }
    }
    workbook.save_to_buffer()
}

/// The reseller's invoices: `;`, decimal comma, CP1252, with hardware, a credit note, and one line typed by hand.
fn invoices() -> Vec<u8> {
    let mut out = String::from("N° facture;Date;Réf. article;Désignation;Qté;PU HT;Total HT;N° contrat\r\n");
    let mut row =
        |number: &str, date: &str, part: &str, what: &str, quantity: &str, unit: i64, total: i64, contract: &str| {
            out.push_str(&format!(
                "{number};{date};{part};{what};{quantity};{};{};{contract}\r\n",
                price(unit),
                price(total)
            ));
        };
    for (n, lot) in lots().iter().filter(|lot| lot.invoice).enumerate() {
        let number = format!("F{}-{}", &lot.date[6..], 2040 + n * 13);
        let total = lot.cents * lot.quantity;
        row(&number, lot.date, lot.part, lot.item, &lot.quantity.to_string(), lot.cents, total, lot.agreement);
        if n % 4 == 1 {
            row(&number, lot.date, "ECR24", "Écran 24 pouces IPS, pied réglable", "6", 13_900, 83_400, "");
        }
        if n % 5 == 2 {
            row(&number, lot.date, "PORT", "Frais de port et préparation", "1", 1_850, 1_850, "");
        }
        if lot.family == "Office Standard" && lot.version == "2016" {
            row(
                "A2016-2116",
                "02/12/2016",
                lot.part,
                "AVOIR - OfficeStd 2016 SNGL OLP NL",
                "-5",
                lot.cents,
                -5 * lot.cents,
                lot.agreement,
            );
            row("F2016-9901", "32/12/2016", "021-10561", "Office (voir devis)", "cinq", 0, 0, "");
        }
    }
    cp1252(&out)
}

/// What came with machines: one row a machine, by its name.
fn register(company: &Company) -> Vec<u8> {
    let mut out = String::from("Poste;Date;Fournisseur;N° facture;Désignation;Qté;PU HT\r\n");
    let mut row = |machine: &str, date: &str, invoice: &str, what: &str, cents: i64| {
        out.push_str(&format!("{machine};{date};Aquitaine Micro;{invoice};{what};1;{}\r\n", price(cents)));
    };
    for (n, pc) in company.pcs.iter().enumerate() {
        let Some(windows) = pc.oem else { continue };
        let (date, invoice) = match windows {
            w if w.contains(" 7 ") => ("12/09/2012", "AM12-0417"),
            w if w.contains(" 11 ") => ("18/01/2023", "AM23-0066"),
            w if w.contains("Famille") => ("04/12/2020", "AM20-1290"),
            _ => ("22/05/2019", "AM19-0503"),
        };
        let invoice = format!("{invoice}{}", n / 40);
        row(&pc.name, date, &invoice, &format!("{windows} OEM 64 bits préinstallé"), 12_000);
        if pc.office == Office::HomeBusiness2019 {
            row(&pc.name, date, &invoice, "Office Famille et Petite Entreprise 2019 PKC", 24_900);
        }
    }
    row("MTL-FIC01", "16/09/2019", "AM19-0988", "Windows Server 2019 Standard ROK 16 coeurs OEM", 68_000);
    cp1252(&out)
}

/// Adds everything that was bought.
pub(crate) fn write(company: &Company, files: &mut Files) -> Result<(), XlsxError> {
    files.insert("achats/releve-de-licences-2026-11.xlsx".to_owned(), statement()?);
    files.insert("achats/factures-garonne-logiciels.csv".to_owned(), invoices());
    files.insert("achats/registre-materiel.csv".to_owned(), register(company));
    Ok(())
}
