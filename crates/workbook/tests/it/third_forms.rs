//! A third set, written after the second was mapped: forms as large accounting firms and resellers word them.

use super::own_forms::Group;

/// A row a machine, French, by another auditor.
pub(crate) const PARC: &[Group] = &[
    (
        "Identification",
        &[
            ("Nom NetBIOS", "=machine.name"),
            ("N° d'inventaire", "=machine.id"),
            ("Établissement", "=machine.site"),
            ("Type de matériel (PC, portable, serveur)", "=machine.kind"),
            ("Date du dernier scan", "=machine.last_seen"),
            ("Statut", "=machine.in_service"),
            ("Nom de l'utilisateur", "-"),
            ("Login", "-"),
            ("Adresse mail", "-"),
            ("Constructeur", "?"),
            ("S/N", "?"),
            ("Date d'achat du PC", "?"),
        ],
    ),
    (
        "Système",
        &[
            ("OS installé", "=os.family"),
            ("Version OS", "=os.version"),
            ("Édition OS", "=os.edition"),
            ("Clé Windows", "-"),
            ("Type de licence Windows (OEM/VL)", "=os.channel"),
        ],
    ),
    (
        "Logiciels Microsoft",
        &[
            ("Version d'Office", "=office.version"),
            ("Édition d'Office", "=office.edition"),
            ("Clé Office", "-"),
            ("Visio installé (O/N)", "=visio.installed"),
            ("Project installé (O/N)", "=project.installed"),
            ("Édition de SQL Server", "=sql.edition"),
            ("Nb d'instances SQL", "=sql.instances"),
            ("Teams installé", "~"),
            ("Autres logiciels Microsoft", "~"),
        ],
    ),
    (
        "Matériel",
        &[
            ("Processeur (modèle)", "-"),
            ("Nb processeurs", "=machine.processors"),
            ("Nb cœurs / processeur", "=machine.cores_per_processor"),
            ("RAM", "-"),
            ("Capacité disque", "-"),
            ("Taille de l'écran", "-"),
            ("VM (O/N)", "=machine.is_vm"),
            ("Nom de l'hyperviseur hôte", "=machine.host"),
            ("Nom du cluster", "=machine.cluster"),
        ],
    ),
];

/// Counts by legal entity, English.
pub(crate) const ENTITIES: &[Group] = &[
    (
        "Entity",
        &[
            ("Entity name", "=entity_name"),
            ("Registration number", "=siren"),
            ("Headcount", "=employees"),
            ("No. of PCs", "~"),
            ("Email users", "~"),
        ],
    ),
    (
        "Windows Server",
        &[
            ("2019 Standard - cores", "=ws.2019.Standard.cores"),
            ("2019 Datacenter - cores", "=ws.2019.Datacenter.cores"),
            ("2022 Standard - instances", "=ws.2022.Standard.inst"),
            ("Software Assurance? (Y/N)", "=ws.sa"),
            ("Number of VMs running Windows Server", "=ws.vms"),
        ],
    ),
    (
        "SQL Server",
        &[
            ("2017 Standard (core)", "=sql.2017.Standard.cores"),
            ("2022 Enterprise (core)", "=sql.2022.Enterprise.cores"),
            ("Developer edition instances", "=sql.dev"),
            ("Express instances", "=sql.Express.inst"),
        ],
    ),
    (
        "Office and desktop",
        &[
            ("Office 2016 Professional Plus installs", "=Office.2016.Professionnel Plus.inst"),
            ("Office 2019 Standard licenses owned", "=Office.2019.Standard.owned"),
            ("Access 2016 standalone installs", "=app.Access.2016.inst"),
            ("Project Professional 2019 installs", "=Project.2019.Professionnel.inst"),
            ("Windows 11 Pro devices", "=win.Windows 11.Professionnel"),
            ("Upgrade rights used for Windows Enterprise", "~"),
        ],
    ),
    (
        "Online",
        &[
            ("E3 purchased", "~"),
            ("Microsoft 365 F1 assigned", "=m365.F1.assigned"),
            ("Exchange Online Plan 2 purchased", "=m365.Exchange Online P2.bought"),
            ("Intune subscriptions", "=m365.Intune Plan 1.bought"),
            ("Dynamics 365 Sales users", "=srv.Dynamics 365 Sales.users"),
            ("Azure monthly spend", "-"),
        ],
    ),
    (
        "Access licences",
        &[
            ("Windows Server CALs - user", "=cal.CAL Windows Server.user"),
            ("Remote Desktop Services CALs - device", "=cal.CAL RDS.device"),
            ("SQL CAL user", "=cal.CAL SQL Server.user"),
            ("Enterprise CAL Suite (device)", "=cal.Enterprise CAL Suite.device"),
        ],
    ),
    (
        "Miscellaneous",
        &[
            ("Chromebooks", "-"),
            ("Ubuntu desktops", "-"),
            ("SAP named users", "-"),
            ("Citrix concurrent users", "-"),
            ("Number of offices", "~"),
            ("Word processing pool size", "~"),
            ("Projects in progress", "~"),
            ("Visiting staff", "~"),
            ("Server room temperature", "~"),
            ("Windows replaced (building)", "~"),
            ("Published accounts available?", "~"),
            ("Gross margin", "-"),
            ("Security officer", "-"),
            ("Other comments", "=comments"),
        ],
    ),
];
