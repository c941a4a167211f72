//! A sixth set: layouts that strain. Two measures by site side by side, pairs in two columns, labels over their cells, sections in a
//! protected list, answers asked in the rows of a table with a unit beside.

use rust_xlsxwriter::{Format, Workbook};

/// Cell and verdict.
pub(crate) type At = (&'static str, &'static str);

/// Products down; installed and owned, each by site, across.
pub(crate) const TWICE: &[At] = &[
    ("B5", "=win.Windows 11.Professionnel"),
    ("D5", "=win.Windows 11.Professionnel.owned"),
    ("B6", "=Office.2021.Standard.inst"),
    ("D6", "=Office.2021.Standard.owned"),
    ("B7", "=ws.2022.Standard.inst"),
    ("D7", "=ws.2022.Standard.owned"),
];

pub(crate) fn twice() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Par site").unwrap();
    let open = Format::new().set_unlocked();
    sheet.write(0, 0, "Déclaration par site").unwrap();
    sheet.merge_range(2, 1, 2, 2, "Installé", &Format::new()).unwrap();
    sheet.merge_range(2, 3, 2, 4, "Détenu", &Format::new()).unwrap();
    for (column, text) in ["Produit", "Lyon", "Nantes", "Lyon", "Nantes"].iter().enumerate() {
        sheet.write(3, column as u16, *text).unwrap();
    }
    for (number, text) in ["Windows 11 Pro", "Office Standard 2021", "Windows Server 2022 Standard"].iter().enumerate()
    {
        sheet.write(4 + number as u32, 0, *text).unwrap();
        for column in 1..5 {
            sheet.write_blank(4 + number as u32, column, &open).unwrap();
        }
    }
    sheet.protect();
    book.save_to_buffer().unwrap()
}

/// Pairs in two columns, and a label over its cell.
pub(crate) const PAIRS: &[At] = &[
    ("B3", "=company"),
    ("E3", "=siren"),
    ("B4", "=city"),
    ("E4", "=country"),
    ("B5", "=employees"),
    ("E5", "-"),
    ("A8", "=comments"),
    ("B10", "=signer"),
    ("E10", "=signed_on"),
];

pub(crate) fn pairs() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Identité").unwrap();
    let open = Format::new().set_unlocked();
    sheet.write(0, 0, "Fiche d'identité").unwrap();
    for (row, column, text) in [
        (2, 0, "Raison sociale"),
        (2, 3, "SIRET"),
        (3, 0, "Ville"),
        (3, 3, "Pays"),
        (4, 0, "Effectif"),
        (4, 3, "Résultat net (k€)"),
        (9, 0, "Nom et qualité du signataire"),
        (9, 3, "Fait le"),
    ] {
        sheet.write(row, column, text).unwrap();
        sheet.write_blank(row, column + 1, &open).unwrap();
    }
    sheet.write(6, 0, "Commentaires libres").unwrap();
    sheet.merge_range(7, 0, 7, 5, "", &open).unwrap();
    sheet.protect();
    book.save_to_buffer().unwrap()
}

/// Sections and questions in a protected list with a unit beside; no row of headings.
pub(crate) const LIST: &[At] = &[
    ("C3", "=ws.hosts"),
    ("C4", "=ws.cpus"),
    ("C5", "=ws.vms"),
    ("C8", "=sql.2019.Standard.cores"),
    ("C9", "=sql.passive"),
    ("C12", "-"),
    ("C13", "-"),
    ("C14", "-"),
    ("C15", "~"),
];

pub(crate) fn list() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Serveurs").unwrap();
    let open = Format::new().set_unlocked();
    for (row, text) in [(1, "1. Virtualisation"), (6, "2. Bases de données"), (10, "3. Divers")] {
        sheet.write(row, 0, text).unwrap();
    }
    for (row, text, unit) in [
        (2, "Nombre d'hôtes de virtualisation", "nb"),
        (3, "Nombre de processeurs physiques", "nb"),
        (4, "Nombre de machines virtuelles Windows Server", "nb"),
        (7, "SQL Server 2019 Standard, cœurs", "nb"),
        (8, "Instances passives", "nb"),
        (11, "Téléphones mobiles", "nb"),
        (12, "Budget informatique", "k€"),
        (13, "Pare-feu en place", "texte"),
        (14, "Satisfaction à l'égard de votre revendeur", "1 à 5"),
    ] {
        sheet.write(row, 0, text).unwrap();
        sheet.write(row, 1, unit).unwrap();
        sheet.write_blank(row, 2, &open).unwrap();
    }
    sheet.protect();
    book.save_to_buffer().unwrap()
}

/// A last set of headings, French, counts by entity.
pub(crate) const LAST: &[super::own_forms::Group] = &[
    (
        "Entité déclarante",
        &[
            ("Nom de l'entité juridique", "=entity_name"),
            ("N° SIRET", "=siren"),
            ("Code établissement", "=site_code"),
            ("Localité", "=city"),
            ("Référent informatique local", "=contact"),
            ("Inventaire réalisé le", "=inventory_date"),
            ("Outil d'inventaire utilisé", "=inventory_source"),
        ],
    ),
    (
        "Utilisateurs",
        &[
            ("Collaborateurs (ETP)", "=employees"),
            ("Utilisateurs équipés d'un PC", "=users_with_pc"),
            ("Comptes Active Directory activés", "=ad_active_90d"),
            ("Comptes techniques / de service", "=service_accounts"),
            ("Intérimaires et prestataires avec compte", "=contractors"),
        ],
    ),
    (
        "Licences et installations",
        &[
            ("Win. 10 Professionnel (nbre installé)", "=win.Windows 10.Professionnel"),
            ("Win. 11 Famille (nbre installé)", "=win.Windows 11.Famille"),
            ("Office Pro Plus 2010 installés", "=Office.2010.Professionnel Plus.inst"),
            ("Office Std 2019 : droits acquis", "=Office.2019.Standard.owned"),
            ("Project Professionnel LTSC 2024 installés", "=Project.LTSC 2024.Professionnel.inst"),
            ("Serveurs Windows 2016 Standard (instances)", "=ws.2016.Standard.inst"),
            ("Windows Server 2019 DC (cœurs physiques)", "=ws.2019.Datacenter.cores"),
            ("SQL Server 2014 Std (instances)", "=sql.2014.Standard.inst"),
            ("Licences d'accès client Windows Server par utilisateur", "=cal.CAL Windows Server.user"),
            ("CAL Bureau à distance par périphérique", "=cal.CAL RDS.device"),
            ("SharePoint Server 2019", "=srv.SharePoint Server 2019"),
            ("Sièges Microsoft 365 E3 attribués", "=m365.E3.assigned"),
            ("Abonnements Visio Plan 1", "=visio.p1"),
            ("Contrôleurs de domaine", "~"),
            ("Hyperviseur en place", "=ws.hypervisor"),
            ("SA en cours (O/N)", "=ws.sa"),
        ],
    ),
    (
        "Renseignements divers",
        &[
            ("Tablettes Apple", "-"),
            ("Parc de smartphones", "-"),
            ("Serveurs sous Debian", "-"),
            ("Bases MariaDB", "-"),
            ("Utilisateurs de Salesforce", "-"),
            ("CA annuel", "-"),
            ("Dépenses informatiques", "-"),
            ("Fusions envisagées", "-"),
            ("Éditeur d'antivirus", "-"),
            ("Échéance du contrat avec un concurrent", "-"),
            ("Taux de change moyen", "~"),
            ("Contrôle d'accès des locaux", "~"),
            ("Chef de projet", "~"),
            ("Salles de visioconférence", "~"),
            ("Surface des bureaux (m²)", "~"),
            ("Nombre de fenêtres", "~"),
            ("Mot du directeur", "~"),
            ("Remarques", "=comments"),
        ],
    ),
];
