//! Purchase lines: our own lines word by word, and the labelled lists where they are at hand.

use recognition::purchases::{COLUMNS, Hints, PurchaseLine, knowledge_error, recognise};
use std::path::PathBuf;

fn read(title: &str) -> PurchaseLine {
    recognise(title, None, &Hints::default())
}

fn row(title: &str, part: Option<&str>) -> String {
    recognise(title, part, &Hints::default()).columns().join(" | ")
}

/// Our own lines, one a rule of the grammar.
#[test]
fn each_rule_of_the_grammar_reads_its_line() {
    for (title, part, wanted) in [
        // Access licences of Terminal Services by their short names, plans by their sheets' names and in French.
        (
            "WinTrmnlSrvcsCAL 2008 SNGL OLP NL UsrCAL",
            None,
            "Terminal Services CAL | User | 2008 | user_cal | 1 | licence | open",
        ),
        (
            "WIN RMT DSKTP SVCS CAL 2022 FRENCH 1PK DSP OEI 5 CLT USER CAL",
            None,
            "Remote Desktop Services CAL | User | 2022 | user_cal | 5 | licence | oem",
        ),
        (
            "M365 E3 Unified ShrdSvr ALNG SubsVL MVL PerUsr",
            None,
            "Microsoft 365 E3 | none | none | user_sub | 1 | subscription | volume",
        ),
        ("Planner et Project Plan 3", None, "Project | Plan 3 | none | user_sub | 1 | subscription | unknown"),
        (
            "Applications Microsoft 365 pour les entreprises",
            None,
            "Microsoft 365 Apps for enterprise | none | none | user_sub | 1 | subscription | unknown",
        ),
        // Makers' short names, a qualifier cut in its middle, an upgrade that names the plan it is sold for, a medium.
        (
            "HPE MS WS22 16C Std ROK ML SW",
            Some("P46171-B21"),
            "Windows Server | Standard | 2022 | core_16pack | 16 | licence | oem",
        ),
        ("HPE MS WS22 (4-Core) Std Add Lic ML SW", None, "Windows Server | Standard | 2022 | core | 4 | licence | oem"),
        ("HPE MS WS19 5 USR CAL", None, "Windows Server CAL | User | 2019 | user_cal | 5 | licence | oem"),
        (
            "MICROSOFT CSP EXCHANGE ONLINE PLAN 2 NONPROFIT STAFF PRI",
            None,
            "Exchange Online | Plan 2 | none | user_sub | 1 | subscription | csp",
        ),
        (
            "Windows 11 Home to Pro Upgrade for Microsoft 365 Business",
            Some("DG7GMGF0D8H3:0001"),
            "Windows | Pro | 11 | device_upgrade | 1 | upgrade | csp",
        ),
        ("Support DVD Office Standard 2016", None, "Office | Standard | 2016 | none | 1 | media | unknown"),
        ("Maintenance annuelle serveur SQL", None, " | none | none | none | 1 | service | unknown"),
        // Packs and metrics.
        (
            "WinSvrDCCore 2022 SNGL OLP 16Lic NL CoreLic",
            None,
            "Windows Server | Datacenter | 2022 | core_16pack | 16 | licence | open",
        ),
        (
            "Windows Server 2012 R2 Datacenter - 2 processeurs - Licence Open",
            None,
            "Windows Server | Datacenter | 2012 R2 | processor_pair | 1 | licence | open",
        ),
        ("SQLSvrEnt 2008 SNGL OLP NL 1Proc", None, "SQL Server | Enterprise | 2008 | processor | 1 | licence | open"),
        (
            "Licence SQL Server Entreprise 2022 - pack de 2 cœurs",
            None,
            "SQL Server | Enterprise | 2022 | core_2pack | 2 | licence | unknown",
        ),
        (
            "WIN RDS CAL 2022 ENG 1PK DSP OEI 5 CLT DEVICE CAL",
            None,
            "Remote Desktop Services CAL | Device | 2022 | device_cal | 5 | licence | oem",
        ),
        (
            "Lot de 10 CAL utilisateur Bureau à distance 2019",
            None,
            "Remote Desktop Services CAL | User | 2019 | user_cal | 10 | licence | unknown",
        ),
        // Kinds.
        (
            "ExchgEntCAL ALNG SA MVL DvcCAL",
            None,
            "Exchange Server Enterprise CAL | Device | current | device_cal | 1 | SA | volume",
        ),
        (
            "SQLSvrEntCore ALNG SASU MVL 2Lic SQLSvrStdCore CoreLic",
            None,
            "SQL Server | Enterprise | current | core_2pack | 2 | step-up | volume",
        ),
        ("WinPro 10 SNGL Upgrd OLP NL", None, "Windows | Pro | 10 | device_upgrade | 1 | upgrade | open"),
        ("GetGenuine WinPro 10 SNGL OLP NL", None, "Windows | Pro | 10 | device | 1 | licence | open"),
        (
            "Renouvellement assurance logicielle Windows Server Standard 16 coeurs 2 ans",
            None,
            "Windows Server | Standard | current | core_16pack | 16 | SA | unknown",
        ),
        ("WinSvrStd 2019 ENG DiskKit MVL DVD", None, "Windows Server | Standard | 2019 | none | 1 | media | volume"),
        (
            "OfficeStd SNGL LicSAPk OLV NL 1Y AqY2 AP",
            None,
            "Office | Standard | current | device | 1 | licence+SA | open_value",
        ),
        ("Prestation migration Exchange 2019", None, " | none | none | none | 1 | service | unknown"),
        // Programmes.
        (
            "WinSvrStd ALNG LicSAPk MVL SAL",
            None,
            "Windows Server | Standard | none | user_sub | 1 | subscription | spla",
        ),
        (
            "Windows Server 2022 Standard - 16 Core",
            Some("DG7GMGF0D5RK:0005"),
            "Windows Server | Standard | 2022 | core_16pack | 16 | licence | csp",
        ),
        (
            "Windows Server 2022 Standard - 16 Core - 3 year",
            Some("DG7GMGF0D5RK:0009"),
            "Windows Server | Standard | 2022 | core_16pack | 16 | subscription | csp",
        ),
        (
            "Office Famille et Petite Entreprise 2021 PKC",
            None,
            "Office | Home & Business | 2021 | device | 1 | licence | fpp",
        ),
        // Plans.
        (
            "MS NCE MICROSOFT ENTRA ID P1 1YR COMMIT",
            None,
            "Microsoft Entra ID P1 | none | none | user_sub | 1 | subscription | csp",
        ),
        (
            "Abonnement Microsoft 365 Business Standard - engagement 12 mois",
            None,
            "Microsoft 365 Business Standard | none | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "Project Plan 3 pour les enseignants",
            None,
            "Project | Plan 3 | none | user_sub | 1 | subscription | unknown",
        ),
        ("Office 365 E3 - Testversion", None, "Office 365 E3 | none | none | user_sub | 1 | trial | unknown"),
        (
            "O365E5 ShrdSvr ALNG SubsVL MVL PerUsr",
            None,
            "Office 365 E5 | none | none | user_sub | 1 | subscription | volume",
        ),
        (
            "EMSE3 ShrdSvr ALNG SubsVL MVL PerUsr",
            None,
            "Enterprise Mobility + Security E3 | none | none | user_sub | 1 | subscription | volume",
        ),
        (
            "Microsoft 365 Business Basic - abonnement mensuel - 12 utilisateurs",
            None,
            "Microsoft 365 Business Basic | none | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "Suscripción Microsoft 365 Empresa Estándar",
            None,
            "Microsoft 365 Business Standard | none | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "SQL Server 2019 Standard Server + CAL",
            None,
            "SQL Server | Standard | 2019 | server | 1 | licence | unknown",
        ),
        ("Kit support Windows Server 2019 DVD", None, "Windows Server | unknown | 2019 | none | 1 | media | unknown"),
        // Unknown stays unknown.
        ("Licence Windows Server", None, "Windows Server | unknown | unknown | unknown | unknown | licence | unknown"),
        ("Ecran 24 pouces", None, " | none | none | none | 1 | unknown | unknown"),
    ] {
        assert_eq!(row(title, part), wanted, "{title}");
    }
}

#[test]
fn a_number_of_another_family_is_told_and_the_title_followed() {
    let line = recognise("WinSvrCAL 2022 SNGL OLP NL UsrCAL", Some("6VC-01234"), &Hints::default());
    assert_eq!(line.product, "Windows Server CAL");
    assert!(line.notes.iter().any(|note| note.starts_with("part-number-contradicts:")), "{:?}", line.notes);
}

#[test]
fn columns_of_the_paper_fill_what_the_title_leaves_open() {
    let hints = Hints { programme: Some("Open Value"), purchase_type: Some("Software Assurance"), ..Hints::default() };
    let line = recognise("WinSvrStdCore 16Lic CoreLic", None, &hints);
    assert_eq!((line.kind.as_str(), line.channel.as_str()), ("SA", "open_value"));
    assert!(!line.is_licence());
}

#[test]
fn any_text_is_survived() {
    for title in [
        "",
        " ",
        "\u{0}",
        "((((",
        "w/1",
        "2Lic",
        "1Y",
        "CAL",
        "SA",
        "🦀 🦀",
        &"x".repeat(5000),
        "365",
        "- - -",
        "Office ".repeat(400).as_str(),
    ] {
        let line = read(title);
        assert!(!line.kind.is_empty(), "{title:?}");
    }
}

#[test]
fn the_tables_can_be_read() {
    assert_eq!(knowledge_error(), None);
}

/// A list with quoted fields, as a list of rows; enough for the labelled lists, which hold no line breaks.
fn csv(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| {
            let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
            let mut chars = line.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '"' if quoted && chars.peek() == Some(&'"') => {
                        field.push('"');
                        chars.next();
                    }
                    '"' => quoted = !quoted,
                    ',' if !quoted => fields.push(std::mem::take(&mut field)),
                    c => field.push(c),
                }
            }
            fields.push(field);
            fields
        })
        .collect()
}

fn corpus(name: &str) -> Option<Vec<Vec<String>>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/entitlements").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(csv(&text)),
        Err(_) => {
            eprintln!("skipped: the labelled purchase lines ({name}) are not on this machine");
            None
        }
    }
}

/// Share of rows on which every column agrees, in thousandths; differences are printed.
fn measure(name: &str) -> Option<u32> {
    let rows = corpus(name)?;
    let (mut whole, mut right, mut total) = ([0_u32; 7], 0_u32, 0_u32);
    for label in rows.iter().skip(1).filter(|r| r.len() >= 9) {
        total += 1;
        let line = recognise(&label[0], Some(label[1].as_str()), &Hints::default());
        let got = line.columns();
        let mut wrong = Vec::new();
        for (i, column) in COLUMNS.iter().enumerate() {
            if got[i] == label[i + 2] {
                whole[i] += 1;
            } else {
                wrong.push(format!("{column}: {:?}, not {:?}", got[i], label[i + 2]));
            }
        }
        if wrong.is_empty() {
            right += 1;
        } else {
            eprintln!("{} [{}]: {}", label[0], label[1], wrong.join("; "));
        }
    }
    for (i, column) in COLUMNS.iter().enumerate() {
        eprintln!("{name} {column}: {} of {total}", whole[i]);
    }
    eprintln!("{name}: {right} of {total} rows right in every column");
    whole.iter().copied().min().map(|least| least * 1000 / total.max(1))
}

#[test]
fn labelled_lines_agree() {
    if let Some(least) = measure("labelled.csv") {
        assert!(least >= 970, "the worst column agrees on only {least} of 1000 lines");
    }
}

#[test]
fn constructed_lines_agree() {
    if let Some(least) = measure("constructed.csv") {
        assert!(least >= 970, "the worst column agrees on only {least} of 1000 lines");
    }
}

#[test]
fn nothing_is_taken_for_a_licence_that_is_none() {
    for name in ["labelled.csv", "constructed.csv"] {
        let Some(rows) = corpus(name) else { return };
        for label in rows.iter().skip(1).filter(|r| r.len() >= 9) {
            let line = recognise(&label[0], Some(label[1].as_str()), &Hints::default());
            if matches!(label[7].as_str(), "SA" | "upgrade" | "step-up" | "media" | "service") {
                assert!(!line.is_licence(), "{}: taken for {}", label[0], line.kind);
            }
            if label[6] != "unknown" && label[6] != "1" {
                assert_ne!(line.units, Some(1), "{}: a pack of {} taken for one", label[0], label[6]);
            }
        }
    }
}
