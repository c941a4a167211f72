//! A fourth set, written after the third was mapped: products spread over columns, exports of inventory tools as headings, a row a person.

use super::own_forms::{Group, Said};
use rust_xlsxwriter::{Format, Workbook};

/// Headings as inventory tools write them, a row a machine.
pub(crate) const EXPORT: &[Group] = &[
    (
        "Computer",
        &[
            ("Computer Name", "=machine.name"),
            ("Workgroup/Domain", "?"),
            ("Computer Model", "?"),
            ("Machine Type", "=machine.kind"),
            ("WMI Status", "~"),
            ("Last inventory date", "=machine.last_seen"),
            ("Current Logged On User", "-"),
            ("BIOS serial number", "~"),
        ],
    ),
    (
        "Operating System",
        &[
            ("Operating System", "=os.family"),
            ("OS Edition", "=os.edition"),
            ("Build number", "=os.version"),
            ("Service Pack Level", "~"),
            ("Installation date", "~"),
            ("Licence status (activated)", "~"),
        ],
    ),
    (
        "Hardware",
        &[
            ("Number of Processors", "=machine.processors"),
            ("Number of Total Cores", "=machine.cores"),
            ("Number of Logical Processors", "~"),
            ("CPU", "~"),
            ("System Memory (MB)", "-"),
            ("Hyper-V host name", "=machine.host"),
            ("Is virtual (Y/N)", "=machine.is_vm"),
            ("Failover cluster", "=machine.cluster"),
        ],
    ),
    (
        "Software",
        &[
            ("SQL Server instance name", "~"),
            ("SQL Server Edition", "=sql.edition"),
            ("SQL Server Version", "=sql.version"),
            ("Office version installed", "=office.version"),
            ("SharePoint Server version", "=sharepoint.version"),
            ("Visual Studio installed?", "=vs.installed"),
            ("System Center agent", "~"),
            ("RD Session Host role?", "~"),
        ],
    ),
];

/// Product, edition and release in columns of their own.
pub(crate) const SPREAD: &[(&str, &str, &str, &str, &str)] = &[
    ("Windows", "Pro", "11", "=win.Windows 11.Professionnel", "=win.Windows 11.Professionnel.owned"),
    ("Windows Server", "Standard", "2019", "=ws.2019.Standard.inst", "=ws.2019.Standard.owned"),
    ("Windows Server", "Datacenter", "2022", "=ws.2022.Datacenter.inst", "=ws.2022.Datacenter.owned"),
    ("SQL Server", "Enterprise", "2019", "=sql.2019.Enterprise.inst", "=sql.2019.Enterprise.owned"),
    (
        "Office",
        "Professional Plus",
        "2021",
        "=Office.2021.Professionnel Plus.inst",
        "=Office.2021.Professionnel Plus.owned",
    ),
    ("Visio", "Standard", "2019", "=Visio.2019.Standard.inst", "=Visio.2019.Standard.owned"),
    ("Adobe Acrobat", "Pro", "2020", "-", "-"),
];

/// Counts of the estate, French, as a reseller asks.
pub(crate) const RESELLER: &[Said] = &[
    ("Effectif de la société", "=employees"),
    ("Nb de postes Windows", "=win.Windows.devices"),
    ("Nb de serveurs physiques", "~"),
    ("Nb de serveurs virtuels", "=ws.vms"),
    ("Nb d'hôtes Hyper-V", "=ws.hosts"),
    ("Nb de boîtes aux lettres", "~"),
    ("Nb d'utilisateurs RDS", "=users_rds"),
    ("CAL utilisateurs Windows", "=cal.CAL Windows Server.user"),
    ("CAL RDS utilisateurs", "=cal.CAL RDS.user"),
    ("Licences Office 365 E3", "=m365.Office 365 E3.bought"),
    ("Abonnements M365 Business Premium", "=m365.Business Premium.bought"),
    ("Abonnements Copilot", "=m365.Copilot pour Microsoft 365.bought"),
    ("Power BI Pro", "=m365.Power BI Pro.bought"),
    ("SQL Server 2022 Standard : nb de cœurs", "=sql.2022.Standard.cores"),
    ("Windows Server 2025 Standard : licences détenues", "=ws.2025.Standard.owned"),
    ("Visual Studio Enterprise (abonnements)", "=srv.Visual Studio Enterprise"),
    ("Date de fin du contrat Microsoft", "=agreement.end"),
    ("Hébergeur", "~"),
    ("Prestataire informatique actuel", "~"),
    ("Nb de photocopieurs", "~"),
    ("Opérateur télécom", "~"),
    ("Logiciel comptable", "~"),
    ("Montant annuel des achats de licences", "-"),
    ("Projet de changement de serveurs", "~"),
    ("Accès distant (VPN)", "-"),
    ("Observations éventuelles", "=comments"),
];

/// A fifth set: counts by subsidiary, English, as an accounting firm words them.
pub(crate) const RETURN: &[Group] = &[
    (
        "Reporting unit",
        &[
            ("Subsidiary", "=entity_name"),
            ("Company code", "=entity_code"),
            ("Country (ISO)", "=country"),
            ("Local IT contact", "=contact"),
            ("Date of inventory", "=inventory_date"),
            ("Inventory source", "=inventory_source"),
        ],
    ),
    (
        "People",
        &[
            ("Full-time equivalents", "=employees"),
            ("Users with a PC", "=users_with_pc"),
            ("Frontline users", "=users_frontline"),
            ("Contractors with accounts", "=contractors"),
            ("Enabled AD accounts", "=ad_active_90d"),
            ("Enabled Entra ID accounts", "=entra_active"),
            ("Service accounts (non-human)", "=service_accounts"),
        ],
    ),
    (
        "Workstations",
        &[
            ("Windows 10 Enterprise LTSC - installed", "=win.Windows 10.Entreprise LTSC"),
            ("Windows 8.1 Pro - installed", "=win.Windows 8.1.Professionnel"),
            ("Windows 11 Home - installed", "=win.Windows 11.Famille"),
            ("PCs licensed through OEM", "=win.oem"),
            ("Thin clients in service", "=win.thin"),
            ("Downgrade rights exercised (Y/N)", "=win.downgrade"),
        ],
    ),
    (
        "Office, Visio, Project",
        &[
            ("Office Professional Plus 2013 - installed", "=Office.2013.Professionnel Plus.inst"),
            ("Office Standard 2016 - licences held", "=Office.2016.Standard.owned"),
            ("Office purchase channel", "=office.channel"),
            ("Office proof of purchase available (Y/N)", "=office.proof"),
            ("Visio LTSC Professional 2024 - installed", "=Visio.LTSC 2024.Professionnel.inst"),
            ("Project Standard 2019 - installed", "=Project.2019.Standard.inst"),
            ("Planner and Project Plan 5", "=project.p5"),
        ],
    ),
    (
        "Servers",
        &[
            ("Windows Server 2008 R2 Datacenter - physical cores", "=ws.2008 R2.Datacenter.cores"),
            ("Windows Server 2022 Standard 16-core licences owned", "=ws.2022.Standard.owned"),
            ("Virtualization technology", "=ws.hypervisor"),
            ("Number of virtualization hosts", "=ws.hosts"),
            ("VM mobility (vMotion) Y/N", "=ws.mobility"),
            ("SQL Server 2014 Enterprise - instances", "=sql.2014.Enterprise.inst"),
            ("SQL Server 2016 - cores under licence", "=sql.2016.cores"),
            ("SQL Server passive instances", "=sql.passive"),
            ("Skype for Business CAL - per user", "=cal.CAL Skype Entreprise.user"),
            ("SharePoint Server CAL - per device", "=cal.CAL SharePoint Server.device"),
            ("System Center Datacenter - count", "=srv.System Center Datacenter"),
            ("Azure DevOps Server - count", "=srv.Azure DevOps Server"),
            ("BizTalk Server", "=srv.BizTalk Server"),
            ("Visual Studio Professional - count", "=srv.Visual Studio Professional"),
        ],
    ),
    (
        "Cloud",
        &[
            ("Microsoft 365 Business Basic - subscribed", "=m365.Business Basic.bought"),
            ("Microsoft 365 E5 - assigned", "=m365.E5.assigned"),
            ("Teams Premium - subscribed", "=m365.Teams Premium.bought"),
            ("Defender for Endpoint P2 - subscribed", "=m365.Defender for Endpoint P2.bought"),
            ("Entra ID P1 - subscribed", "=m365.Entra ID P1.bought"),
            ("Power Apps Premium - subscribed", "=m365.Power Apps Premium.bought"),
        ],
    ),
    (
        "Further information",
        &[
            ("iPads in use", "-"),
            ("Android phones", "-"),
            ("Mac computers", "-"),
            ("Red Hat servers", "-"),
            ("PostgreSQL instances", "-"),
            ("Google Workspace users", "-"),
            ("VMware vSphere licences", "-"),
            ("Slack subscriptions", "-"),
            ("Turnover last year (kEUR)", "-"),
            ("IT spend (kEUR)", "-"),
            ("Estimated market share (%)", "-"),
            ("Mergers or disposals planned", "-"),
            ("Cybersecurity supplier", "-"),
            ("Renewal date of competing contracts", "-"),
            ("Number of exchanges per day", "~"),
            ("Visitor access badges", "~"),
            ("Office opening hours", "~"),
            ("Project sponsor", "~"),
            ("Windows and doors replaced", "~"),
            ("Word count", "~"),
            ("Spare column 1", "?"),
            ("Certified correct? (Y/N)", "=certified"),
            ("Date signed", "=signed_on"),
        ],
    ),
];

/// Products in three label columns, quantities in two.
pub(crate) fn spread() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Software").unwrap();
    let open = Format::new().set_unlocked();
    for (column, text) in ["Product", "Edition", "Version", "Qty installed", "Qty owned"].iter().enumerate() {
        sheet.write(1, column as u16, *text).unwrap();
    }
    for (number, (product, edition, version, _, _)) in SPREAD.iter().enumerate() {
        let row = 2 + number as u32;
        sheet.write(row, 0, *product).unwrap();
        sheet.write(row, 1, *edition).unwrap();
        match version.parse::<f64>() {
            Ok(number) => sheet.write(row, 2, number).unwrap(),
            Err(_) => sheet.write(row, 2, *version).unwrap(),
        };
        sheet.write_blank(row, 3, &open).unwrap();
        sheet.write_blank(row, 4, &open).unwrap();
    }
    sheet.protect();
    book.save_to_buffer().unwrap()
}
