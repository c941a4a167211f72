//! Titles as Windows and Debian list them: what is licensable, and the noise that surrounds it.

use super::company::{Office, Pc, Sql};
use super::random::Random;

/// A row of an uninstall list.
#[derive(Clone)]
pub(crate) struct Title {
    pub(crate) name: String,
    pub(crate) publisher: &'static str,
    pub(crate) version: String,
    /// Registry key where it tells more than the title.
    pub(crate) key: Option<String>,
}

const MS: &str = "Microsoft Corporation";

fn title(name: impl Into<String>, publisher: &'static str, version: impl Into<String>) -> Title {
    Title { name: name.into(), publisher, version: version.into(), key: None }
}

/// Harmless titles that most PCs carry; the flag says on how many of a hundred.
const NOISE: [(&str, &str, &str, u64); 39] = [
    ("Microsoft Edge", MS, "131.0.2903.51", 90),
    ("Microsoft Edge WebView2 Runtime", MS, "131.0.2903.51", 85),
    ("Microsoft Visual C++ 2015-2022 Redistributable (x64) - 14.38.33135", MS, "14.38.33135.0", 80),
    ("Microsoft Visual C++ 2013 Redistributable (x86) - 12.0.40664", MS, "12.0.40664.0", 50),
    ("Microsoft Visual C++ 2010  x64 Redistributable - 10.0.40219", MS, "10.0.40219", 45),
    ("Microsoft .NET Framework 4.8 (FRA)", MS, "4.8.03761", 25),
    ("Microsoft Windows Desktop Runtime - 6.0.36 (x64)", MS, "6.0.36.34217", 30),
    ("Microsoft Update Health Tools", MS, "5.72.0.0", 50),
    ("Microsoft OneDrive", MS, "24.201.1006.0005", 40),
    ("Microsoft ODBC Driver 17 for SQL Server", MS, "17.10.6.1", 20),
    ("Microsoft SQL Server 2012 Native Client ", MS, "11.4.7001.0", 20),
    ("Microsoft SQL Server 2014 Express LocalDB ", MS, "12.1.4232.0", 8),
    ("Module de compatibilité pour Microsoft Office System 2007", MS, "12.0.6612.1000", 8),
    ("Microsoft Access Runtime 2016", MS, "16.0.4288.1001", 6),
    ("Microsoft Access database engine 2010 (French)", MS, "14.0.7015.1000", 8),
    ("Mise à jour de sécurité pour Microsoft Office 2016 (KB5002623) Édition 32 bits", MS, "", 10),
    ("GLPI Agent 1.11", "Teclib'", "1.11", 95),
    ("Teams Machine-Wide Installer", MS, "1.6.0.24074", 55),
    ("Microsoft Visual C++ 2008 Redistributable - x86 9.0.30729.6161", MS, "9.0.30729.6161", 50),
    ("Microsoft Visual C++ 2012 Redistributable (x64) - 11.0.61030", MS, "11.0.61030.0", 40),
    ("MSXML 4.0 SP3 Parser", MS, "4.30.2100.0", 15),
    ("Microsoft Silverlight", MS, "5.1.50918.0", 15),
    ("Microsoft Visio Viewer 2016", MS, "16.0.4339.1001", 7),
    ("Microsoft Report Viewer 2012 Runtime", MS, "11.0.2100.60", 6),
    ("FortiClient VPN", "Fortinet Technologies Inc", "7.2.4.0972", 60),
    ("Intel(R) Management Engine Components", "Intel Corporation", "2306.4.10.0", 70),
    ("Realtek High Definition Audio Driver", "Realtek Semiconductor Corp.", "6.0.9239.1", 65),
    ("TeamViewer", "TeamViewer", "15.58.5", 40),
    ("ESET Endpoint Antivirus", "ESET, spol. s r.o.", "11.1.2052.0", 90),
    ("7-Zip 23.01 (x64)", "Igor Pavlov", "23.01", 70),
    ("Mozilla Firefox ESR (x64 fr)", "Mozilla", "128.4.0", 60),
    ("Google Chrome", "Google LLC", "131.0.6778.86", 55),
    ("Adobe Acrobat Reader - Français", "Adobe Systems Incorporated", "24.004.20243", 65),
    ("VLC media player", "VideoLAN", "3.0.21", 35),
    ("Notepad++ (64-bit x64)", "Notepad++ Team", "8.6.9", 30),
    ("LibreOffice 24.8.3.2", "The Document Foundation", "24.8.3.2", 12),
    ("PDFCreator", "Avanquest pdfforge GmbH", "5.2.0", 30),
    ("Java 8 Update 391 (64-bit)", "Oracle Corporation", "8.0.3910.13", 20),
    ("Pilote d'imprimante Kyocera TASKalfa", "KYOCERA Document Solutions", "8.4.1716", 30),
];

/// A suite from MSI packages: its own row, often a second one of its set-up, and the row of every part and tool.
fn msi_suite(year: &str, version: &str, language: &str, random: &mut Random) -> Vec<Title> {
    let mut rows = vec![title(format!("Microsoft Office Standard {year}"), MS, version)];
    if random.chance(60) {
        let mut set_up = title(format!("Microsoft Office Standard {year}"), MS, version);
        set_up.key = Some(format!("Office{}.STANDARD", version.split('.').next().unwrap_or_default()));
        rows.push(set_up);
    }
    let parts = ["Excel", "Word", "PowerPoint", "Outlook", "Publisher"];
    for part in parts.iter().take(2 + random.below(4) as usize) {
        rows.push(title(
            if year == "2010" {
                format!("Microsoft Office {part} MUI ({language}) {year}")
            } else {
                format!("Microsoft {part} MUI ({language}) {year}")
            },
            MS,
            version,
        ));
    }
    rows.push(title(format!("Microsoft Office Shared MUI ({language}) {year}"), MS, version));
    rows.push(if year == "2010" {
        title(format!("Microsoft Office Proof ({language}) {year}"), MS, version)
    } else {
        title(format!("Outils de vérification linguistique {year} de Microsoft Office\u{a0}- Français"), MS, version)
    });
    rows
}

/// A suite from Click-to-Run: its row, the key that names the release, and the helpers.
fn click_to_run(name: &str, release: &str, version: &str, culture: &str, random: &mut Random) -> Vec<Title> {
    let mut suite = title(format!("{name} - {culture}"), MS, version);
    suite.key = Some(format!("{release} - {culture}"));
    let mut rows = vec![suite];
    for helper in ["Licensing", "Extensibility", "Localization"] {
        if random.chance(70) {
            rows.push(title(format!("Office 16 Click-to-Run {helper} Component"), MS, version));
        }
    }
    rows
}

/// Everything that the uninstall list of `pc` shows.
pub(crate) fn of_pc(pc: &Pc, random: &mut Random) -> Vec<Title> {
    let (language, culture) = match pc.site {
        "OPO" => ("Portuguese (Portugal)", "pt-pt"),
        "MTL" => ("French", "fr-ca"),
        _ => ("French", "fr-fr"),
    };
    let mut rows = noise(random);
    match pc.office {
        Office::None => {}
        Office::Standard2010 => rows.extend(msi_suite("2010", "14.0.7015.1000", language, random)),
        Office::Standard2013 => rows.extend(msi_suite("2013", "15.0.4569.1506", language, random)),
        Office::Standard2016 => rows.extend(msi_suite("2016", "16.0.4266.1001", language, random)),
        Office::ProPlus2019 => rows.extend(click_to_run(
            "Microsoft Office Professionnel Plus 2019",
            "ProPlus2019Volume",
            "16.0.10416.20007",
            culture,
            random,
        )),
        Office::HomeBusiness2019 => rows.extend(click_to_run(
            "Microsoft Office Famille et Petite Entreprise 2019",
            "HomeBusiness2019Retail",
            "16.0.17928.20216",
            culture,
            random,
        )),
        Office::Apps => rows.extend(click_to_run(
            "Microsoft 365 Apps for enterprise",
            "O365ProPlusRetail",
            "16.0.17928.20216",
            culture,
            random,
        )),
    }
    rows.extend(pc.extras.iter().map(|(name, publisher, version)| title(*name, publisher, *version)));
    rows
}

fn noise(random: &mut Random) -> Vec<Title> {
    NOISE
        .iter()
        .filter(|(_, _, _, percent)| random.chance(*percent))
        .map(|(name, publisher, version, _)| title(*name, publisher, *version))
        .collect()
}

/// Everything that a Windows server lists: set-up never tells the edition of SQL Server.
pub(crate) fn of_server(name: &str, sql: Option<Sql>, random: &mut Random) -> Vec<Title> {
    let mut rows: Vec<Title> = NOISE
        .iter()
        .take(6)
        .filter(|_| random.chance(60))
        .map(|(name, publisher, version, _)| title(*name, publisher, *version))
        .collect();
    if let Some(Sql { version, build, .. }) = sql {
        rows.push(title(format!("Microsoft SQL Server {version} (64-bit)"), MS, ""));
        rows.push(title(format!("Microsoft SQL Server {version} Setup (English)"), MS, build));
        rows.push(title(format!("Microsoft SQL Server {version} T-SQL Language Service "), MS, build));
        rows.push(title("Microsoft VSS Writer for SQL Server", MS, build));
        rows.push(title("Browser for SQL Server", MS, build));
    }
    if name == "BDX-RDS01" {
        rows.extend(msi_suite("2016", "16.0.4266.1001", "French", random));
    }
    if name == "BDX-SAUV01" {
        rows.push(title("Veeam Agent for Microsoft Windows", "Veeam Software Group GmbH", "6.2.0.121"));
    }
    if name == "BDX-DEV01" {
        rows.push(title("Microsoft Visual Studio 2022 Remote Debugger", MS, "17.11.35327"));
    }
    rows
}

/// A few Debian packages.
pub(crate) fn of_linux(random: &mut Random) -> Vec<Title> {
    const PACKAGES: [(&str, &str); 16] = [
        ("apache2", "2.4.62-1~deb12u2"),
        ("bash", "5.2.15-2+b7"),
        ("borgbackup", "1.2.4-1"),
        ("chrony", "4.3-2+deb12u1"),
        ("glpi-agent", "1.11-1"),
        ("keepalived", "1:2.2.7-1+b2"),
        ("libssl3", "3.0.15-1~deb12u1"),
        ("mariadb-server", "1:10.11.6-0+deb12u1"),
        ("nginx", "1.22.1-9"),
        ("openssh-server", "1:9.2p1-2+deb12u3"),
        ("php8.2-fpm", "8.2.26-1~deb12u1"),
        ("postgresql-15", "15.10-0+deb12u1"),
        ("python3", "3.11.2-1+b1"),
        ("rsync", "3.2.7-1"),
        ("squid", "5.7-2+deb12u2"),
        ("zabbix-agent2", "1:6.0.36-1+debian12"),
    ];
    PACKAGES.iter().filter(|_| random.chance(70)).map(|(name, version)| title(*name, "Debian", *version)).collect()
}
