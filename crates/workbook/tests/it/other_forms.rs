//! A second set of forms, written once the first set was mapped, to see how far the vocabulary carries: headings over three rows with
//! abbreviations, servers alone, questions down the page with codes, two tables on one sheet, single answers without protection.

use super::own_forms::{Group, Said};
use rust_xlsxwriter::{Format, Workbook};

/// Main group, sub-groups with their columns: products above, what is counted below.
pub(crate) const DEEP: &[(&str, &[Group])] = &[
    (
        "Serveurs Windows",
        &[
            (
                "WS 2012 R2",
                &[
                    ("Std - nb inst.", "=ws.2012 R2.Standard.inst"),
                    ("DC - nb inst.", "=ws.2012 R2.Datacenter.inst"),
                    ("Std - nb proc.", "=ws.2012 R2.Standard.cpus"),
                ],
            ),
            (
                "WS 2022",
                &[
                    ("Std : instances", "=ws.2022.Standard.inst"),
                    ("Std : cœurs", "=ws.2022.Standard.cores"),
                    ("Datacenter : cœurs", "=ws.2022.Datacenter.cores"),
                ],
            ),
        ],
    ),
    (
        "Bases de données",
        &[(
            "SQL 2019",
            &[
                ("Std inst.", "=sql.2019.Standard.inst"),
                ("Ent. cœurs", "=sql.2019.Enterprise.cores"),
                ("Licences détenues (Std)", "=sql.2019.Standard.owned"),
            ],
        )],
    ),
    (
        "Postes",
        &[
            (
                "OS client",
                &[
                    ("Nb W10 Pro", "=win.Windows 10.Professionnel"),
                    ("Nb W11 Ent", "=win.Windows 11.Entreprise"),
                    ("Nb postes VDI", "=win.vdi"),
                ],
            ),
            (
                "Suites bureautiques installées",
                &[
                    ("Off. 2016 Std", "=Office.2016.Standard.inst"),
                    ("Office 2019 Pro+", "=Office.2019.Professionnel Plus.inst"),
                    ("Office 2021 Famille et Petite Entreprise", "=Office.2021.PME.inst"),
                    ("Visio 2021 Pro", "=Visio.2021.Professionnel.inst"),
                    ("OpenOffice", "-"),
                ],
            ),
        ],
    ),
    (
        "Cloud",
        &[(
            "Abonnements",
            &[
                ("M365 E3 souscrits", "=m365.E3.bought"),
                ("M365 F3 affectés", "=m365.F3.assigned"),
                ("M365 Business Std", "=m365.Business Standard.bought"),
                ("O365 E3", "=m365.Office 365 E3.bought"),
                ("Project Plan 3", "=project.p3"),
                ("EMS E3", "=m365.Enterprise Mobility + Security E3.bought"),
            ],
        )],
    ),
    (
        "Autres",
        &[(
            "Divers",
            &[
                ("Nb tablettes", "-"),
                ("Nb imprimantes", "-"),
                ("Serveurs VMware ESXi", "-"),
                ("Solution de sauvegarde", "-"),
                ("Logiciel de paie", "~"),
                ("Nb de véhicules", "~"),
                ("Capital social", "~"),
                ("Résultat net", "-"),
            ],
        )],
    ),
];

/// Columns of a list of servers.
pub(crate) const SERVERS: &[Said] = &[
    ("Nom du serveur", "=machine.name"),
    ("Localisation", "=machine.site"),
    ("Physique ou virtuel", "=machine.is_vm"),
    ("Hôte physique", "=machine.host"),
    ("Ferme / cluster", "=machine.cluster"),
    ("Nb de sockets", "=machine.processors"),
    ("Nb de cœurs par socket", "=machine.cores_per_processor"),
    ("Nb total de cœurs physiques", "=machine.cores"),
    ("Nb de vCPU", "=machine.vcpus"),
    ("Système d'exploitation", "=os.family"),
    ("Édition de l'OS", "=os.edition"),
    ("Version de l'OS", "=os.version"),
    ("Rôle du serveur", "=machine.role"),
    ("Environnement (Prod, Recette, Dev)", "=machine.environment"),
    ("Version SQL Server", "=sql.version"),
    ("Édition SQL Server", "=sql.edition"),
    ("Nœud passif ?", "=sql.passive"),
    ("Exchange (édition)", "=exchange.edition"),
    ("Adresse IP du serveur", "-"),
    ("Numéro de série", "?"),
    ("Fabricant", "?"),
    ("Mémoire vive", "-"),
    ("Propriétaire", "-"),
    ("Administrateur (nom)", "~"),
    ("Fin de garantie", "~"),
    ("Coût d'hébergement", "-"),
    ("Commentaire", "=comment"),
];

/// Rows of a list of questions with codes.
pub(crate) const QUESTIONS: &[(&str, &str, &str)] = &[
    ("1.1", "Raison sociale de l'entreprise", "=company"),
    ("1.2", "Numéro SIREN", "=siren"),
    ("1.3", "Effectif total", "=employees"),
    ("1.4", "Nombre d'utilisateurs équipés d'un poste", "=users_with_pc"),
    ("2.1", "Nombre de PC sous Windows 10 Professionnel", "=win.Windows 10.Professionnel"),
    ("2.2", "Nombre de PC sous Windows 11 Entreprise", "=win.Windows 11.Entreprise"),
    ("2.3", "Combien de licences Office 2019 Standard détenez-vous ?", "=Office.2019.Standard.owned"),
    ("2.4", "Combien d'installations d'Office 2016 Professionnel Plus ?", "=Office.2016.Professionnel Plus.inst"),
    ("3.1", "Nombre de serveurs Windows Server 2019 Standard", "=ws.2019.Standard.inst"),
    ("3.2", "Nombre de CAL Windows Server utilisateur", "=cal.CAL Windows Server.user"),
    ("3.3", "Nombre de CAL RDS périphérique", "=cal.CAL RDS.device"),
    ("3.4", "Quel hyperviseur utilisez-vous ?", "=ws.hypervisor"),
    ("4.1", "Quel est votre chiffre d'affaires annuel ?", "-"),
    ("4.2", "Utilisez-vous des produits Oracle ?", "-"),
    ("4.3", "Avez-vous des projets de migration vers le cloud ?", "-"),
    ("4.4", "Combien d'iPhone possédez-vous ?", "-"),
    ("4.5", "Quel est votre antivirus ?", "-"),
    ("4.6", "Comment avez-vous connu notre cabinet ?", "~"),
];

/// Labels of an English page without protection.
pub(crate) const LOOSE: &[Said] = &[
    ("Company name:", "=company"),
    ("Country:", "=country"),
    ("Primary contact:", "=contact"),
    ("Enrolment number:", "=agreement.number"),
    ("Total number of employees:", "=employees"),
    ("Number of qualified desktops:", "~"),
    ("Annual turnover:", "-"),
    ("Contact e-mail:", "-"),
    ("Number of Macs:", "-"),
    ("Signed on:", "=signed_on"),
];

/// Headings over three rows, units below, protected.
pub(crate) fn deep() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Parc").unwrap();
    let open = Format::new().set_unlocked();
    let mut column = 1_u16;
    sheet.write(5, 0, "Site").unwrap();
    let over = |sheet: &mut rust_xlsxwriter::Worksheet, row: u32, first: u16, last: u16, text: &str| {
        if last > first {
            sheet.merge_range(row, first, row, last, text, &Format::new()).unwrap();
        } else {
            sheet.write(row, first, text).unwrap();
        }
    };
    for (group, subs) in DEEP {
        let start = column;
        for (sub, list) in *subs {
            let first = column;
            for (heading, _) in *list {
                sheet.write(5, column, *heading).unwrap();
                sheet.write(6, column, "Nb").unwrap();
                column += 1;
            }
            over(sheet, 4, first, column - 1, sub);
        }
        over(sheet, 3, start, column - 1, group);
    }
    over(sheet, 0, 0, column - 1, "ÉTAT DU PARC LOGICIEL");
    for row in 7..20 {
        for at in 0..column {
            sheet.write_blank(row, at, &open).unwrap();
        }
    }
    sheet.protect();
    book.save_to_buffer().unwrap()
}

/// Questions down the page: code, question, answer, remark; and a list of servers below on the same sheet, filled with two rows.
pub(crate) fn down() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Questionnaire").unwrap();
    for (column, text) in ["N°", "Question", "Réponse", "Commentaires"].iter().enumerate() {
        sheet.write(0, column as u16, *text).unwrap();
    }
    for (number, (code, question, _)) in QUESTIONS.iter().enumerate() {
        sheet.write(1 + number as u32, 0, *code).unwrap();
        sheet.write(1 + number as u32, 1, *question).unwrap();
    }
    let top = 3 + QUESTIONS.len() as u32;
    for (column, (heading, _)) in SERVERS.iter().enumerate() {
        sheet.write(top, column as u16, *heading).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// Row of the headings of the servers in [`down`].
pub(crate) fn servers_at() -> u32 {
    3 + QUESTIONS.len() as u32
}

/// Labels with a free cell to the right, not protected.
pub(crate) fn loose() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Cover").unwrap();
    sheet.write(0, 0, "Licence review - cover sheet").unwrap();
    sheet.write(1, 0, "All fields are mandatory. Do not change the layout of this sheet.").unwrap();
    for (number, (label, _)) in LOOSE.iter().enumerate() {
        sheet.write(3 + number as u32, 0, *label).unwrap();
    }
    book.save_to_buffer().unwrap()
}
