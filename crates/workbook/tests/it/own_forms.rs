//! Forms of our own, each in another layout and in other words than the made ones, with what a person would answer.
//!
//! Written before the vocabulary was tuned on them. Verdicts: `=key` answered by that key; `-` declined; `?` asked back;
//! `~` declined or asked back, and never taken for a product.

use rust_xlsxwriter::{DataValidation, Format, Workbook};

/// A heading and its verdict.
pub(crate) type Said = (&'static str, &'static str);
/// A group of columns.
pub(crate) type Group = (&'static str, &'static [Said]);
/// A section of rows: product, verdict of what is installed, of what is held.
pub(crate) type Section = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

/// Groups of columns of the English form by site.
pub(crate) const SITES: &[Group] = &[
    (
        "A. Site identification",
        &[
            ("Legal entity", "=entity_name"),
            ("Site ID", "=site_code"),
            ("Location name", "=site_name"),
            ("Country", "=country"),
            ("Town / City", "=city"),
            ("IT contact person", "=contact"),
            ("Inventory taken on", "=inventory_date"),
            ("Discovery tool used", "=inventory_source"),
        ],
    ),
    (
        "B. Headcount and accounts",
        &[
            ("# employees (FTE)", "=employees"),
            ("# users with a workstation", "=users_with_pc"),
            ("# frontline workers without PC", "=users_frontline"),
            ("# contractors with an account", "=contractors"),
            ("Active AD user accounts (last 90 days)", "=ad_active_90d"),
            ("Active Microsoft Entra ID accounts", "=entra_active"),
            ("Service accounts", "=service_accounts"),
            ("External users (customers, partners)", "=external_users"),
        ],
    ),
    (
        "C. Desktop operating systems - number of installs",
        &[
            ("Win 7 Pro", "=win.Windows 7.Professionnel"),
            ("Win10 Home", "=win.Windows 10.Famille"),
            ("Windows 10 Pro", "=win.Windows 10.Professionnel"),
            ("Windows 10 Ent.", "=win.Windows 10.Entreprise"),
            ("Windows 11 Enterprise", "=win.Windows 11.Entreprise"),
            ("W11 Enterprise LTSC", "=win.Windows 11.Entreprise LTSC"),
            ("PCs with OEM licence sticker", "=win.oem"),
            ("VDI desktops", "=win.vdi"),
            ("Thin clients", "=win.thin"),
        ],
    ),
    (
        "D. Productivity software - qty installed",
        &[
            ("Office Std 2016", "=Office.2016.Standard.inst"),
            ("Office Pro Plus 2019", "=Office.2019.Professionnel Plus.inst"),
            ("MS Office Home & Business 2021", "=Office.2021.PME.inst"),
            ("Office LTSC Professional Plus 2024", "=Office.LTSC 2024.Professionnel Plus.inst"),
            ("Visio Std 2019", "=Visio.2019.Standard.inst"),
            ("Visio Professional 2021", "=Visio.2021.Professionnel.inst"),
            ("MS Project Pro 2016", "=Project.2016.Professionnel.inst"),
            ("Office for Mac", "=office.mac"),
        ],
    ),
    (
        "E. Online services",
        &[
            ("Microsoft 365 E3 seats purchased", "=m365.E3.bought"),
            ("Microsoft 365 E3 seats assigned", "=m365.E3.assigned"),
            ("M365 E5 - assigned", "=m365.E5.assigned"),
            ("Office 365 E1 subscriptions", "=m365.Office 365 E1.bought"),
            ("M365 Business Premium licences bought", "=m365.Business Premium.bought"),
            ("Power BI Pro (assigned)", "=m365.Power BI Pro.assigned"),
            ("Visio Plan 2 subscriptions", "=visio.p2"),
            ("Copilot for Microsoft 365 seats", "=m365.Copilot pour Microsoft 365.bought"),
        ],
    ),
    (
        "F. Servers",
        &[
            ("WS 2016 Std - instances", "=ws.2016.Standard.inst"),
            ("Windows Server 2019 Datacenter: physical cores", "=ws.2019.Datacenter.cores"),
            ("Win Srv 2012 R2 Standard (# of OSEs)", "=ws.2012 R2.Standard.inst"),
            ("Virtualisation hosts", "=ws.hosts"),
            ("Physical processors (total)", "=ws.cpus"),
            ("Hypervisor", "=ws.hypervisor"),
            ("Live migration in use? (Y/N)", "=ws.mobility"),
            ("SQL Server 2019 Std instances", "=sql.2019.Standard.inst"),
            ("SQL 2022 Enterprise - cores licensed", "=sql.2022.Enterprise.cores"),
            ("SQL Server Express 2017 instances", "=sql.2017.Express.inst"),
            ("Passive failover instances", "=sql.passive"),
            ("SQL licensing model (core / server+CAL)", "=sql.mode"),
            ("Exchange Server 2019", "=srv.Exchange Server 2019"),
            ("SharePoint 2016 servers", "=srv.SharePoint Server 2016"),
        ],
    ),
    (
        "G. CALs",
        &[
            ("Windows Server user CALs", "=cal.CAL Windows Server.user"),
            ("Windows Server device CALs", "=cal.CAL Windows Server.device"),
            ("RDS CAL (per user)", "=cal.CAL RDS.user"),
            ("Exchange CAL, device", "=cal.CAL Exchange Server.device"),
            ("Core CAL Suite - user", "=cal.Core CAL Suite.user"),
        ],
    ),
    (
        "H. Other information",
        &[
            ("Number of iPads", "-"),
            ("Apple computers", "-"),
            ("Smartphones", "-"),
            ("Linux servers", "-"),
            ("Oracle databases", "-"),
            ("Salesforce users", "-"),
            ("Annual revenue (EUR m)", "-"),
            ("IT budget next year", "-"),
            ("Average exchange rate", "~"),
            ("Access control system", "~"),
            ("Number of screens", "-"),
            ("Project manager", "~"),
            ("Word of mouth referrals", "~"),
            ("Teams Rooms", "~"),
            ("Last Office audit on", "~"),
            ("Office address", "~"),
            ("Planned cloud migrations", "-"),
            ("Endpoint protection vendor", "-"),
            ("Reserved", "?"),
            ("Remarks", "=comments"),
            ("Completed by (name, title)", "=signer"),
        ],
    ),
];

/// Columns of the English form with a row a machine.
pub(crate) const MACHINES: &[Group] = &[
    (
        "Device",
        &[
            ("Hostname", "=machine.name"),
            ("Asset tag", "=machine.id"),
            ("Site", "=machine.site"),
            ("Device type", "=machine.kind"),
            ("Manufacturer", "?"),
            ("Model", "?"),
            ("Serial no.", "?"),
            ("Last seen", "=machine.last_seen"),
            ("Active (Y/N)", "=machine.in_service"),
            ("Logged-on user", "-"),
            ("E-mail address", "-"),
            ("Employee ID", "-"),
            ("Department", "-"),
            ("IP address", "-"),
            ("MAC address", "-"),
            ("AD domain", "?"),
            ("Memory (GB)", "-"),
            ("HDD size", "-"),
            ("Number of monitors", "-"),
        ],
    ),
    (
        "Processor and virtualisation",
        &[
            ("No. of CPU sockets", "=machine.processors"),
            ("Cores per socket", "=machine.cores_per_processor"),
            ("Total physical cores", "=machine.cores"),
            ("vCPUs", "=machine.vcpus"),
            ("CPU speed (GHz)", "-"),
            ("Virtual machine?", "=machine.is_vm"),
            ("Hypervisor product", "=machine.hypervisor"),
            ("Physical host", "=machine.host"),
            ("Cluster name", "=machine.cluster"),
            ("vMotion / live migration enabled", "=machine.mobility"),
        ],
    ),
    (
        "Operating system",
        &[
            ("OS name", "=os.family"),
            ("OS edition", "=os.edition"),
            ("OS version / build", "=os.version"),
            ("Licence channel (OEM, Retail, Volume)", "=os.channel"),
            ("Product key", "-"),
        ],
    ),
    (
        "Applications",
        &[
            ("Office edition", "=office.edition"),
            ("Office version", "=office.version"),
            ("M365 Apps installed?", "=m365apps.installed"),
            ("Visio", "=visio.installed"),
            ("MS Project", "=project.installed"),
            ("SQL Server edition", "=sql.edition"),
            ("SQL version", "=sql.version"),
            ("SQL instances", "=sql.instances"),
            ("Exchange edition", "=exchange.edition"),
            ("Visual Studio edition", "=vs.edition"),
            ("RDS role", "=rds.role"),
            ("Environment (prod / test / dev)", "=machine.environment"),
            ("Adobe Acrobat", "-"),
            ("AutoCAD", "-"),
            ("Anti-virus product", "-"),
            ("Purchase price", "-"),
            ("Last patch date", "-"),
            ("Planned replacement date", "-"),
            ("Video conferencing tool", "~"),
            ("Serveur de fichiers Linux", "~"),
            ("Comments", "=comment"),
        ],
    ),
];

/// Rows of the French form with a row a product; columns: installed, held.
pub(crate) const PRODUCTS: &[Section] = &[
    (
        "Systèmes d'exploitation poste client",
        &[
            ("Windows 10 Pro", "=win.Windows 10.Professionnel", "=win.Windows 10.Professionnel.owned"),
            ("Windows 11 Entreprise (mise à niveau)", "=win.Windows 11.Entreprise", "=win.Windows 11.Entreprise.owned"),
        ],
    ),
    (
        "Bureautique",
        &[
            ("Office Standard 2019", "=Office.2019.Standard.inst", "=Office.2019.Standard.owned"),
            ("Office Pro Plus 2016", "=Office.2016.Professionnel Plus.inst", "=Office.2016.Professionnel Plus.owned"),
            ("Visio Professionnel 2019", "=Visio.2019.Professionnel.inst", "=Visio.2019.Professionnel.owned"),
            ("Project Std 2021", "=Project.2021.Standard.inst", "=Project.2021.Standard.owned"),
            ("LibreOffice", "-", "-"),
        ],
    ),
    (
        "Serveurs",
        &[
            ("Windows Server Standard 2022", "=ws.2022.Standard.inst", "=ws.2022.Standard.owned"),
            ("Windows Server Datacenter 2019", "=ws.2019.Datacenter.inst", "=ws.2019.Datacenter.owned"),
            ("SQL Server Standard 2019", "=sql.2019.Standard.inst", "=sql.2019.Standard.owned"),
            ("SQL Server Entreprise 2017", "=sql.2017.Enterprise.inst", "=sql.2017.Enterprise.owned"),
            (
                "Exchange Server Standard 2016",
                "=srv.Exchange Server 2016 Standard",
                "=srv.Exchange Server 2016 Standard.owned",
            ),
            ("Oracle Database", "-", "-"),
        ],
    ),
];

/// Labels of the French page of single answers.
pub(crate) const PAGE: &[Said] = &[
    ("Société :", "=company"),
    ("SIREN :", "=siren"),
    ("Ville :", "=city"),
    ("Interlocuteur technique :", "=contact"),
    ("Date de l'inventaire :", "=inventory_date"),
    ("Nombre total de salariés :", "=employees"),
    ("Nombre de comptes AD actifs :", "=ad_active_90d"),
    ("N° de contrat Microsoft :", "=agreement.number"),
    ("Type de contrat (Open, EA, CSP...) :", "=agreement.kind"),
    ("Software Assurance active ?", "=ws.sa"),
    ("Chiffre d'affaires :", "-"),
    ("Nombre d'iPad :", "-"),
    ("Solution de visio-conférence :", "~"),
    ("Date du dernier audit Office :", "~"),
    ("Nb d'écrans :", "-"),
    ("Mot de passe administrateur :", "-"),
    ("Fait le :", "=signed_on"),
    ("Nom et fonction du signataire :", "=signer"),
];

/// Rows of the English matrix of products and sites.
pub(crate) const MATRIX: &[Said] = &[
    ("Windows 11 Pro", "=win.Windows 11.Professionnel"),
    ("Office 2021 Std", "=Office.2021.Standard.inst"),
    ("Office LTSC 2024 Pro Plus", "=Office.LTSC 2024.Professionnel Plus.inst"),
    ("Visio Standard 2016", "=Visio.2016.Standard.inst"),
    ("Windows Server 2022 Datacenter", "=ws.2022.Datacenter.inst"),
    ("SQL Server 2016 Standard", "=sql.2016.Standard.inst"),
    ("RDS User CAL", "=cal.CAL RDS.user"),
    ("Google Workspace", "-"),
];

/// Columns of the French register of licences, a row a purchase.
pub(crate) const REGISTER: &[Said] = &[
    ("Produit", "=licence.product"),
    ("Édition", "=licence.edition"),
    ("Version", "=licence.version"),
    ("Métrique", "=licence.metric"),
    ("Qté acquise", "=licence.quantity"),
    ("Programme de licence", "=licence.channel"),
    ("N° de contrat", "=licence.agreement"),
    ("Réf. fabricant (SKU)", "=licence.sku"),
    ("Date d'achat", "=licence.date"),
    ("Fin de SA", "=licence.sa_end"),
    ("Revendeur", "=licence.reseller"),
    ("Justificatif joint", "=licence.proof"),
    ("Prix unitaire HT", "-"),
];

fn count(groups: &[Group]) -> usize {
    groups.iter().map(|(_, list)| list.len()).sum()
}

/// How many headings these forms have.
pub(crate) fn headings() -> usize {
    let products: usize = PRODUCTS.iter().map(|(_, list)| list.len() * 2).sum();
    count(SITES) + count(MACHINES) + products + PAGE.len() + MATRIX.len() + REGISTER.len()
}

/// A table with merged groups over headings; protected, answers unlocked.
pub(crate) fn columnar(name: &str, title: &str, groups: &[Group], rows: u32, protected: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Instructions").unwrap();
    for (row, line) in
        ["How to use this form", "Fill in every white cell.", "Contact: audit@example.org"].iter().enumerate()
    {
        notes.write(row as u32, 0, *line).unwrap();
    }
    let sheet = book.add_worksheet().set_name(name).unwrap();
    let open = Format::new().set_unlocked();
    sheet.write(0, 0, title).unwrap();
    let mut column = 0_u16;
    for (group, list) in groups {
        let last = column + list.len() as u16 - 1;
        if last > column {
            sheet.merge_range(2, column, 2, last, group, &Format::new()).unwrap();
        } else {
            sheet.write(2, column, *group).unwrap();
        }
        for (heading, _) in *list {
            sheet.write(3, column, *heading).unwrap();
            if protected {
                for row in 4..4 + rows {
                    sheet.write_blank(row, column, &open).unwrap();
                }
            }
            column += 1;
        }
    }
    if protected {
        sheet.protect();
    }
    book.save_to_buffer().unwrap()
}

/// A row a product, sections between, two quantities.
pub(crate) fn by_product() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Déclaration").unwrap();
    sheet.write(0, 0, "Déclaration des logiciels").unwrap();
    for (column, heading) in ["Logiciel", "Qté installée", "Qté détenue", "Remarques"].iter().enumerate() {
        sheet.write(2, column as u16, *heading).unwrap();
    }
    let mut row = 3;
    for (section, list) in PRODUCTS {
        sheet.write(row, 0, *section).unwrap();
        row += 1;
        for (product, _, _) in *list {
            sheet.write(row, 0, *product).unwrap();
            row += 1;
        }
    }
    book.save_to_buffer().unwrap()
}

/// Labels with a cell to the right, protected.
pub(crate) fn page() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Fiche société").unwrap();
    let open = Format::new().set_unlocked();
    sheet.merge_range(0, 0, 0, 5, "FICHE DE RENSEIGNEMENTS", &Format::new()).unwrap();
    for (number, (label, _)) in PAGE.iter().enumerate() {
        let row = 2 + number as u32 * 2;
        sheet.write(row, 1, *label).unwrap();
        sheet.merge_range(row, 3, row, 5, "", &open).unwrap();
    }
    sheet.protect();
    book.save_to_buffer().unwrap()
}

/// Products down, sites across.
pub(crate) fn matrix() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Deployment").unwrap();
    sheet.write(0, 0, "Installed quantities per site").unwrap();
    sheet.write(2, 0, "Software title").unwrap();
    for (column, site) in ["Lyon", "Nantes", "Geneva", "Total"].iter().enumerate() {
        sheet.write(2, column as u16 + 1, *site).unwrap();
    }
    let whole = DataValidation::new().allow_whole_number(rust_xlsxwriter::DataValidationRule::GreaterThanOrEqualTo(0));
    sheet.add_data_validation(3, 1, 2 + MATRIX.len() as u32, 3, &whole).unwrap();
    for (number, (product, _)) in MATRIX.iter().enumerate() {
        let row = 3 + number as u32;
        sheet.write(row, 0, *product).unwrap();
        sheet.write_formula(row, 4, format!("=SUM(B{0}:D{0})", row + 1).as_str()).unwrap();
    }
    book.save_to_buffer().unwrap()
}
