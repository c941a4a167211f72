//! Lists that administrators export: PowerShell, Active Directory, User Access Logging, Microsoft 365, SQL Server.

use super::agents::server_build;
use super::company::{Company, DOMAIN, Pc, Tool};
use super::random::Random;
use super::titles;
use super::{Files, text};

/// CP1252 bytes of `text`: Latin-1, plus the few signs of the French keyboard that lie outside it. Others become `?`.
pub(crate) fn cp1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match u32::from(c) {
            0x20AC => 0x80,
            0x2019 => 0x92,
            0x2013 => 0x96,
            0x152 => 0x8C,
            0x153 => 0x9C,
            code @ 0..=0xFF => code as u8,
            _ => b'?',
        })
        .collect()
}

/// Adds every list.
pub(crate) fn write(company: &Company, files: &mut Files) {
    let mut random = Random::new(0x4C_4953_5445);
    powershell(company, &mut random, files);
    computers(company, &mut random, files);
    users(company, &mut random, files);
    access(company, &mut random, files);
    tenant_users(company, &mut random, files);
    tenant_plans(files);
    sql(company, files);
}

/// `Get-ItemProperty ...\Uninstall\* | Export-Csv -Delimiter ';'` of eight PCs without an agent. Half of the machines ran
/// the script with the default encoding, which had already turned every accent into a question mark.
fn powershell(company: &Company, random: &mut Random, files: &mut Files) {
    let mut out = String::from(
        "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n\
         \"PSComputerName\";\"DisplayName\";\"DisplayVersion\";\"Publisher\";\"InstallDate\"\r\n",
    );
    for (n, pc) in company.pcs.iter().filter(|pc| pc.tool == Tool::PowerShell).enumerate() {
        for row in titles::of_pc(pc, random) {
            let name = if n % 2 == 0 {
                row.name.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
            } else {
                row.name
            };
            let day = if random.chance(70) {
                format!("20{}{:02}{:02}", 17 + random.below(8), 1 + random.below(12), 1 + random.below(28))
            } else {
                String::new()
            };
            out.push_str(&format!(
                "\"{}\";\"{name}\";\"{}\";\"{}\";\"{day}\"\r\n",
                pc.name, row.version, row.publisher
            ));
        }
    }
    files.insert("powershell/desinstallation-bordeaux.csv".to_owned(), cp1252(&out));
}

/// Windows as the directory words it.
fn directory_os(pc: &Pc) -> (String, &'static str) {
    let build = if pc.windows.contains(" 11 ") { "10.0 (22631)" } else { "10.0 (19045)" };
    (pc.windows.to_owned(), build)
}

/// `Get-ADComputer -Filter * -Properties ... | Export-Csv -Delimiter ';' -Encoding UTF8`.
fn computers(company: &Company, random: &mut Random, files: &mut Files) {
    let mut rows: Vec<(String, String, String, bool, String)> = Vec::new();
    for pc in company.pcs.iter().filter(|pc| pc.in_domain) {
        let (os, build) = directory_os(pc);
        rows.push((pc.name.clone(), os, build.to_owned(), true, "Postes".to_owned()));
    }
    let windows = |os: &str| os.contains("Windows");
    let servers = company.servers.iter().map(|server| (server.name, server.os));
    let vms = company.vms.iter().filter(|vm| !vm.template).map(|vm| (vm.name, vm.os));
    for (name, os) in servers.chain(vms).filter(|(_, os)| windows(os)) {
        let build = server_build(os);
        let build = match build.rsplit_once('.') {
            Some((version, number)) => format!("{version} ({number})"),
            None => build.to_owned(),
        };
        rows.push((
            name.to_owned(),
            os.trim_start_matches("Microsoft ").to_owned(),
            build,
            true,
            "Serveurs".to_owned(),
        ));
    }
    // Three PCs that left the company; their accounts were disabled.
    for n in 1..=3 {
        rows.push((
            format!("BDX-OLD-{n:03}"),
            "Windows 7 Professionnel".to_owned(),
            "6.1 (7601)".to_owned(),
            false,
            "Sortis".to_owned(),
        ));
    }
    rows.sort();
    let mut out = String::from(
        "\u{feff}\"DistinguishedName\";\"DNSHostName\";\"Enabled\";\"LastLogonDate\";\"Name\";\"ObjectClass\";\
         \"OperatingSystem\";\"OperatingSystemVersion\";\"SamAccountName\";\"whenCreated\"\r\n",
    );
    for (name, os, build, enabled, unit) in rows {
        let seen = if enabled {
            format!("{:02}/11/2026 {:02}:{:02}:17", random.recent_day(), random.below(24), random.below(60))
        } else {
            format!("{:02}/06/2023 08:11:45", 1 + random.below(28))
        };
        out.push_str(&format!(
            "\"CN={name},OU={unit},DC=vauban,DC=example\";\"{}.{DOMAIN}\";\"{}\";\"{seen}\";\"{name}\";\"computer\";\
             \"{os}\";\"{build}\";\"{name}$\";\"{:02}/{:02}/20{} 10:14:00\"\r\n",
            name.to_lowercase(),
            if enabled { "True" } else { "False" },
            1 + random.below(28),
            1 + random.below(12),
            17 + random.below(8),
        ));
    }
    text(files, "ad/Get-ADComputer.csv".to_owned(), out);
}

/// Name of a site's office.
fn office(site: &str) -> &'static str {
    match site {
        "OPO" => "Porto",
        "MTL" => "Montréal",
        _ => "Bordeaux",
    }
}

/// `Get-ADUser`: the 296 people, six who have left, and accounts that are nobody's.
fn users(company: &Company, random: &mut Random, files: &mut Files) {
    let mut out = String::from(
        "\u{feff}\"DistinguishedName\";\"Enabled\";\"GivenName\";\"LastLogonDate\";\"Name\";\"ObjectClass\";\
         \"SamAccountName\";\"Surname\";\"UserPrincipalName\"\r\n",
    );
    for person in &company.people {
        out.push_str(&format!(
            "\"CN={0} {1},OU={2},DC=vauban,DC=example\";\"True\";\"{0}\";\"{3:02}/11/2026 {4:02}:{5:02}:51\";\"{0} {1}\";\
             \"user\";\"{6}\";\"{1}\";\"{6}@{DOMAIN}\"\r\n",
            person.first,
            person.last,
            office(person.site),
            random.recent_day(),
            random.below(24),
            random.below(60),
            person.login,
        ));
    }
    for (first, last) in [
        ("Alain", "Queyran"),
        ("Berthe", "Quintin"),
        ("Colette", "Queffélec"),
        ("Dinis", "Queirós"),
        ("Ève", "Quesnel"),
        ("Guy", "Quirion"),
    ] {
        let login = format!("{}{}", first.chars().next().unwrap_or('x').to_ascii_lowercase(), "quit");
        out.push_str(&format!(
            "\"CN={first} {last},OU=Sortis,DC=vauban,DC=example\";\"False\";\"{first}\";\"14/02/2025 17:30:02\";\
             \"{first} {last}\";\"user\";\"{login}\";\"{last}\";\"{login}@{DOMAIN}\"\r\n"
        ));
    }
    for (name, login, enabled) in [
        ("Administrateur", "Administrateur", "True"),
        ("Invité", "Invité", "False"),
        ("krbtgt", "krbtgt", "False"),
        ("svc-glpi", "svc-glpi", "True"),
        ("svc-sauvegarde", "svc-sauvegarde", "True"),
        ("svc-sql", "svc-sql", "True"),
        ("svc-atelier", "svc-atelier", "True"),
    ] {
        out.push_str(&format!(
            "\"CN={name},OU=Comptes de service,DC=vauban,DC=example\";\"{enabled}\";\"\";\"20/11/2026 06:00:00\";\"{name}\";\
             \"user\";\"{login}\";\"\";\"\"\r\n"
        ));
    }
    text(files, "ad/Get-ADUser.csv".to_owned(), out);
}

/// `Get-UalUserAccess` on the newest domain controller: everybody with an account logs on there.
fn access(company: &Company, random: &mut Random, files: &mut Files) {
    let mut out = String::from(
        "\"ActivityCount\",\"FirstSeen\",\"LastSeen\",\"ProductName\",\"RoleGuid\",\"RoleName\",\"TenantIdentifier\",\
         \"UserName\",\"PSComputerName\"\r\n",
    );
    let mut row = |who: &str, count: u64, day: u64| {
        out.push_str(&format!(
            "\"{count}\",\"05/01/2026 07:58:31\",\"{day:02}/11/2026 08:02:10\",\"Windows Server 2022 Standard\",\
             \"ad495fc3-0eaa-413d-ba7d-8b13fa7ec598\",\"Active Directory Domain Services\",\
             \"00000000-0000-0000-0000-000000000000\",\"VAUBAN\\{who}\",\"BDX-DC02\"\r\n"
        ));
    };
    for person in &company.people {
        row(&person.login, 40 + random.below(4000), random.recent_day());
    }
    row("BDX-RDS01$", 911, 20);
    row("OPO-DC01$", 8133, 20);
    text(files, "ad/Get-UalUserAccess-BDX-DC02.csv".to_owned(), out);
}

/// The tenant's users, as the admin centre exports them in French.
fn tenant_users(company: &Company, random: &mut Random, files: &mut Files) {
    let mut out = String::from(
        "\u{feff}Bloquer l'accès,Ville,Pays,Service,DirSyncEnabled,Nom d'affichage,Prénom,Nom,Licences,ID d'objet,Bureau,\
         Langue par défaut,Lieu d'utilisation,Nom d'utilisateur principal,Date de création\r\n",
    );
    for person in &company.people {
        let city = office(person.site);
        let (country, language, place) = match person.site {
            "OPO" => ("Portugal", "pt-PT", "PT"),
            "MTL" => ("Canada", "fr-CA", "CA"),
            _ => ("France", "fr-FR", "FR"),
        };
        out.push_str(&format!(
            "Non,{city},{country},{},Vrai,{} {},{},{},{},{},{city},{language},{place},{}@{DOMAIN},{:02}/{:02}/20{} 09:12:44\r\n",
            person.department,
            person.first,
            person.last,
            person.first,
            person.last,
            person.plan.unwrap_or("Sans licence"),
            random.uuid().to_lowercase(),
            person.login,
            1 + random.below(28),
            1 + random.below(12),
            19 + random.below(7),
        ));
    }
    for guest in ["bureau.controle_norme.example", "expert_metrologie.example"] {
        out.push_str(&format!(
            "Non,,,,Faux,{guest},,,Sans licence,{},,,FR,{guest}#EXT#@vauban.onmicrosoft.example,03/06/2024 11:20:09\r\n",
            random.uuid().to_lowercase()
        ));
    }
    text(files, "m365/utilisateurs_2026-11-20.csv".to_owned(), out);
}

/// `GET /subscribedSkus`.
fn tenant_plans(files: &mut Files) {
    let mut random = Random::new(0x534B_5553);
    let mut entries = Vec::new();
    for (sku, id, enabled, consumed) in [
        ("SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965", 120, 110),
        ("STANDARDPACK", "18181a46-0d4e-45cd-891e-60aabd171b4e", 45, 40),
        ("FLOW_FREE", "f30db892-07e9-47e9-837c-80727f46fd3d", 10000, 7),
    ] {
        entries.push(format!(
            "    {{\n      \"accountName\": \"Ateliers Vauban\",\n      \"appliesTo\": \"User\",\n      \
             \"capabilityStatus\": \"Enabled\",\n      \"consumedUnits\": {consumed},\n      \"id\": \"{}_{id}\",\n      \
             \"prepaidUnits\": {{ \"enabled\": {enabled}, \"suspended\": 0, \"warning\": 0, \"lockedOut\": 0 }},\n      \
             \"skuId\": \"{id}\",\n      \"skuPartNumber\": \"{sku}\",\n      \"servicePlans\": []\n    }}",
            random.uuid().to_lowercase()
        ));
    }
    let out = format!(
        "{{\n  \"@odata.context\": \"https://graph.microsoft.com/v1.0/$metadata#subscribedSkus\",\n  \"value\": [\n{}\n  ]\n}}\n",
        entries.join(",\n")
    );
    text(files, "m365/subscribedSkus.json".to_owned(), out);
}

/// `SERVERPROPERTY` asked of every SQL Server; one did not let the script in and answered with an error line.
fn sql(company: &Company, files: &mut Files) {
    let mut out = String::from(
        "MachineName,ServerName,InstanceName,Edition,EngineEdition,ProductVersion,ProductLevel,IsClustered,cpu_count\r\n",
    );
    let servers = company.servers.iter().map(|s| (s.name, s.processors * s.cores, s.sql));
    let vms = company.vms.iter().map(|vm| (vm.name, vm.vcpus, vm.sql));
    for (name, cpus, sql) in servers.chain(vms).filter_map(|(name, cpus, sql)| sql.map(|sql| (name, cpus, sql))) {
        let Some(edition) = sql.edition else {
            out.push_str(
                "Msg 18456, Niveau 14, État 1 : échec de l'ouverture de session de l'utilisateur sur OPO-MES01\r\n",
            );
            continue;
        };
        let engine = if edition.starts_with("Express") { 4 } else { 2 };
        let (server, instance) = match sql.instance {
            "MSSQLSERVER" => (name.to_owned(), "NULL".to_owned()),
            named => (format!("{name}\\{named}"), named.to_owned()),
        };
        out.push_str(&format!("{name},{server},{instance},{edition},{engine},{},RTM,0,{cpus}\r\n", sql.build));
    }
    text(files, "sql/serverproperty.csv".to_owned(), out);
}
