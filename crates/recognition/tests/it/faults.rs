//! Titles and purchase lines that were once read wrong, by what went wrong.

use recognition::purchases::{Hints, recognise};
use recognition::titles::Titles;

/// The columns of a purchase line, parted by bars.
fn line(title: &str) -> String {
    recognise(title, None, &Hints::default()).columns().join(" | ")
}

fn lines(told: &[(&str, &str)]) {
    for (title, wanted) in told {
        assert_eq!(line(title), *wanted, "{title}");
    }
}

/// Family, edition, version and standing of a title of Microsoft's, parted by bars.
fn titles(told: &[(&str, &str, &str)]) {
    let known = Titles::builtin().expect("the shipped rules are sound");
    for (name, version, wanted) in told {
        let found = known.recognise("Microsoft Corporation", name, version, None, None);
        let got = [found.family, found.edition, found.product_version, found.licensable.to_string()].join(" | ");
        assert_eq!(got, *wanted, "{name}");
    }
}

#[test]
fn long_titles_without_blanks_were_read_without_their_software_assurance_and_packs() {
    lines(&[
        (
            "Microsoft®SQLServerStandardCore AllLng License/SoftwareAssurancePack MVL 2Licenses CoreLicense",
            "SQL Server | Standard | current | core_2pack | 2 | licence+SA | volume",
        ),
        (
            "Microsoft®WindowsServerCAL AllLng SoftwareAssurance MVL 1License DeviceCAL",
            "Windows Server CAL | Device | current | device_cal | 1 | SA | volume",
        ),
        (
            "Microsoft®WindowsRemoteDesktopServicesCAL 2019 Sngl OLP 1License NoLevel UserCAL",
            "Remote Desktop Services CAL | User | 2019 | user_cal | 1 | licence | open",
        ),
        (
            "Microsoft®OfficeProfessionalPlus AllLng License/SoftwareAssurancePack OLV 1License NoLevel AdditionalProduct 1Year Acquiredyear1",
            "Office | Professional Plus | current | device | 1 | licence+SA | open_value",
        ),
        (
            "Microsoft®WINENTperDVC AllLng Upgrade/SoftwareAssurancePack MVL 1License Platform",
            "Windows | Enterprise | current | device_upgrade | 1 | licence+SA | volume",
        ),
    ]);
}

#[test]
fn the_mark_of_the_new_commerce_stayed_in_the_name_of_the_plan() {
    lines(&[
        ("[NCE] Office 365 E1 - 1 Year - Annual", "Office 365 E1 | none | none | user_sub | 1 | subscription | csp"),
        (
            "M365 - Microsoft 365 Business Standard (New Commerce)",
            "Microsoft 365 Business Standard | none | none | user_sub | 1 | subscription | csp",
        ),
        ("NCE COM MTH Microsoft 365 E3", "Microsoft 365 E3 | none | none | user_sub | 1 | subscription | csp"),
        (
            "Microsoft 365 E3 | NCE | 12 mois | mensuel",
            "Microsoft 365 E3 | none | none | user_sub | 1 | subscription | csp",
        ),
        ("NCE Exchange Online Plan 2 P1Y", "Exchange Online | Plan 2 | none | user_sub | 1 | subscription | csp"),
    ]);
}

#[test]
fn labour_and_price_cuts_were_taken_for_what_they_name() {
    let service = " | none | none | none | 1 | service | unknown";
    for title in [
        "Forfait migration messagerie Exchange Online",
        "Installationsservice Windows Server",
        "Einrichtung Microsoft 365",
        "Intervention sur site - réinstallation Windows 10",
        "Remise sur licence Windows Server 2022 Standard 16 cœurs",
        "Audit de licences Microsoft",
        "Maintenance serveur SQL - trimestre 2",
        "Récupération de données serveur Exchange",
        "Migration SQL Server 2012 vers 2019",
        "Heure technicien - serveur Windows",
        "Remote support Windows Server (per hour)",
        "Mantenimiento servidor Windows",
    ] {
        assert_eq!(line(title), service, "{title}");
    }
    // The medium is told before the labour that its name recalls.
    lines(&[(
        "DVD d'installation Windows Server 2019",
        "Windows Server | unknown | 2019 | none | 1 | media | unknown",
    )]);
    lines(&[("DVD Office 2013", "Office | unknown | 2013 | none | 1 | media | unknown")]);
}

#[test]
fn maintenance_that_is_software_assurance_stays_a_right_and_a_product_called_configuration_stays_one() {
    lines(&[
        ("Maintenance Software Assurance Office Std 3 ans", "Office | Standard | current | device | 1 | SA | unknown"),
        (
            "Configuration Manager client ML par OS",
            "Configuration Manager client ML | OSE | unknown | client_ml | 1 | licence | unknown",
        ),
    ]);
}

#[test]
fn a_plan_of_windows_in_french_was_taken_for_a_licence() {
    lines(&[(
        "Windows 11 Entreprise E3",
        "Windows Enterprise E3 | none | none | user_sub | 1 | subscription | unknown",
    )]);
}

#[test]
fn the_month_and_the_mailboxes_of_an_invoice_stayed_in_the_name_of_the_plan() {
    lines(&[
        (
            "Licence Microsoft 365 Business Standard - janvier 2024",
            "Microsoft 365 Business Standard | none | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "Exchange Online (Plan 1) - 5 boîtes",
            "Exchange Online | Plan 1 | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "Microsoft 365 Business Standard (Annuel/Mensuel)",
            "Microsoft 365 Business Standard | none | none | user_sub | 1 | subscription | unknown",
        ),
    ]);
}

#[test]
fn names_typed_short_were_not_known() {
    lines(&[
        ("Win2019 Server Std 16c", "Windows Server | Standard | 2019 | core_16pack | 16 | licence | unknown"),
        ("CAL Serveur 2019 périphérique", "Windows Server CAL | Device | 2019 | device_cal | 1 | licence | unknown"),
        (
            "Microsoft Windows Server 2022 - Licence - 5 licences CAL utilisateur",
            "Windows Server CAL | User | 2022 | user_cal | 5 | licence | unknown",
        ),
        ("MS SB Windows 11 Pro 64bit DE DVD", "Windows | Pro | 11 | device | 1 | licence | oem"),
        ("MS Office H&B 2021 PKC", "Office | Home & Business | 2021 | device | 1 | licence | fpp"),
        (
            "5 licences d'accès client utilisateur Windows Server 2022",
            "Windows Server CAL | User | 2022 | user_cal | 5 | licence | unknown",
        ),
    ]);
}

#[test]
fn the_memory_of_a_pc_was_taken_for_the_version_of_windows() {
    lines(&[
        (
            "Dell OptiPlex 3080 SFF i3 8 Go 256 Go SSD Windows 10 Professionnel",
            "Windows | Pro | 10 | device | 1 | licence | oem",
        ),
        ("HP EliteBook 840 G9 i5-1235U 16Go 512Go W11P 3Y", "Windows | Pro | 11 | device | 1 | licence | oem"),
    ]);
}

#[test]
fn access_licences_in_the_box_of_a_server_hid_the_server() {
    lines(&[
        (
            "Windows Server Standard 2025 : licence 16 cœurs + 5 CAL",
            "Windows Server | Standard | 2025 | core_16pack | 16 | licence | unknown",
        ),
        ("5 CAL Utilisateur Windows 2019 OPEN", "Windows Server CAL | User | 2019 | user_cal | 5 | licence | open"),
        (
            "Windows Server 2022 CAL de usuario (pack 5)",
            "Windows Server CAL | User | 2022 | user_cal | 5 | licence | unknown",
        ),
    ]);
}

#[test]
fn servers_without_a_year_were_taken_for_rented_ones() {
    lines(&[
        ("SharePoint Server Subscription Edition", "SharePoint Server | none | SE | server | 1 | licence | unknown"),
        ("Exchange Server SE Standard", "Exchange Server | Standard | SE | server | 1 | licence | unknown"),
    ]);
}

#[test]
fn windows_web_server_in_open_was_taken_for_a_hosts_monthly_line() {
    lines(&[
        ("WinSvrWeb 2008R2 SNGL OLP NL", "Windows Server | Web | 2008 R2 | server | 1 | licence | open"),
        (
            "SQLSvrWebCore ALNG LicSAPk MVL 2Lic CoreLic",
            "SQL Server | Web | current | core_2pack | 2 | subscription | spla",
        ),
    ]);
}

#[test]
fn plans_named_in_spanish_italian_and_portuguese_kept_their_own_words() {
    lines(&[
        (
            "Plan de llamadas nacionales de Microsoft 365 para profesores",
            "Microsoft 365 Domestic Calling Plan | none | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "Office 365 E5 senza audioconferenza (prezzi del personale no profit)",
            "Office 365 E5 without Audio Conferencing | none | none | user_sub | 1 | subscription | unknown",
        ),
        (
            "Comunicações Avançadas para docentes",
            "Advanced Communications | none | none | user_sub | 1 | subscription | unknown",
        ),
    ]);
}

#[test]
fn suites_in_other_scripts_and_with_their_parts_named_were_left_unknown() {
    titles(&[
        ("Microsoft Office профессиональный плюс 2010", "", "Office | Professional Plus | 2010 | yes"),
        ("Microsoft Office Professional Edition 2003 (with InfoPath 2003)", "", "Office | Professional | 2003 | yes"),
        ("Microsoft Office Thuisgebruik en Zelfstandigen 2016 - nl-nl", "", "Office | Home and Business | 2016 | yes"),
        ("Microsoft Office pro podnikatele 2016 - cs-cz", "", "Office | Home and Business | 2016 | yes"),
        ("Microsoft Office 2019 for Mac", "16.17", "Office | unknown | 2019 | yes"),
        ("Microsoft Office 2011", "14.7.7", "Office | unknown | 2011 | yes"),
        ("Microsoft Office XP Professional with FrontPage", "10.0.6626.0", "Office | Professional | XP | yes"),
        ("Microsoft Office Pro Plus 2016", "16.0.4266.1001", "Office | Professional Plus | 2016 | yes"),
        (
            "Microsoft Visual Studio Professional 2022 (64-bit) - Current",
            "17.9.6",
            "Visual Studio | Professional | 2022 | yes",
        ),
    ]);
}

#[test]
fn the_desktop_applications_of_a_plan_had_no_version() {
    titles(&[
        ("Microsoft Visio - fr-fr", "16.0.14326.20508", "Visio | unknown | subscription | yes"),
        ("Microsoft Project - en-us", "16.0.13801.20360", "Project | unknown | subscription | yes"),
    ]);
}

#[test]
fn pre_releases_were_taken_for_parts_or_left_unknown() {
    titles(&[
        ("Microsoft SQL Server 2019 CTP3.0", "15.0.1600.8", "SQL Server | unknown | 2019 | trial"),
        (
            "Microsoft Office Professional Plus 2013 Preview",
            "15.0.4128.1025",
            "Office | Professional Plus | 2013 | trial",
        ),
        // A tool that is free stays free.
        ("Microsoft SQL Server Management Studio 21 Preview", "21.0.0", "SQL Server Management Studio |  |  | free"),
    ]);
}

#[test]
fn a_product_that_was_sold_was_called_free() {
    titles(&[("Microsoft MapPoint Europe 2010", "17.0.23.1900", "MapPoint |  | 2010 | yes")]);
}

#[test]
fn patches_of_one_application_belonged_to_nothing() {
    titles(&[("Update for Microsoft OneNote 2010 (KB2837595) 32-Bit Edition", "", "Office |  | 2010 | update")]);
}

#[test]
fn software_of_other_publishers_was_taken_for_the_windows_or_the_server_it_was_made_for() {
    for title in [
        "Adobe Acrobat Pro DC for teams Windows Renewal 12 mois",
        "Veeam Backup & Replication pour Microsoft Windows Server 1 an",
        "AutoCAD LT 2024 abonnement annuel Windows",
        "Sage 100 Comptabilité SQL Server Edition",
        "Antidote 11 pour Windows",
        "Ecran HP E24 G5 24\" - compatible Windows 11",
    ] {
        let line = recognise(title, None, &Hints::default());
        assert_eq!((line.product.as_str(), line.metric.as_str()), ("", "none"), "{title}");
        assert!(!line.is_licence(), "{title}");
    }
    for (title, product) in [
        ("Licence d'accès client pour SQL Server 2019", "SQL Server CAL"),
        ("CAL pour Windows Server 2022", "Windows Server CAL"),
        ("WinSvrDCCore ALNG LicSAPk MVL 2Lic CoreL", "Windows Server"),
        ("BizTalk SAP Ent 1.0 English MVL Adapter Only 1 Processor License", "BizTalk Server"),
        ("Microsoft Defender for Office 365 Plan 1", "Microsoft Defender for Office 365 Plan 1"),
    ] {
        assert_eq!(recognise(title, None, &Hints::default()).product, product, "{title}");
    }
}

#[test]
fn mistyped_product_names_were_not_understood_at_all() {
    for (title, product) in [
        ("MICROSOFT VISO PRO 2019", "Visio"),
        ("Licence Ofice 2016 standart", "Office"),
        ("Winsows serveur 2016 Std OLP 2 coeurs", "Windows Server"),
    ] {
        let line = recognise(title, None, &Hints::default());
        assert_eq!(line.product, product, "{title}");
        assert!(line.notes.iter().any(|note| note.starts_with("misspelt:")), "{title}");
    }
    assert_eq!(recognise("Vision 2019", None, &Hints::default()).product, "unknown");
}

#[test]
fn lines_bought_with_software_assurance_in_words_lost_their_version() {
    for title in [
        "Microsoft Windows Server Standard Core - Lizenz & Softwareversicherung - 16 Kerne - MPSA",
        "Office Pro Plus L+SA Accord Entreprise - Année 2",
    ] {
        assert_eq!(recognise(title, None, &Hints::default()).version, "current", "{title}");
    }
}

#[test]
fn a_step_up_of_a_plan_kept_the_plan_it_starts_from_in_its_name() {
    for (title, plan) in
        [("Microsoft 365 E5 Step-up from E3 (EA)", "Microsoft 365 E5"), ("O365 E1 vers E3 step-up", "Office 365 E3")]
    {
        let line = recognise(title, None, &Hints::default());
        assert_eq!((line.product.as_str(), line.kind.as_str()), (plan, "step-up"), "{title}");
    }
}

#[test]
fn terminal_services_of_later_servers_were_not_remote_desktop_services() {
    for (title, product) in [
        ("LICENCES CAL TSE UTILISATEUR 2016", "Remote Desktop Services CAL"),
        ("CAL TSE 2008 R2 par poste", "Remote Desktop Services CAL"),
        ("CAL TSE 2008 par poste", "Terminal Services CAL"),
    ] {
        assert_eq!(recognise(title, None, &Hints::default()).product, product, "{title}");
    }
}

#[test]
fn five_cals_for_a_service_named_between_number_and_word_counted_as_one() {
    assert_eq!(recognise("HPE Windows Server 2022 5 RDS User CAL LTU", None, &Hints::default()).units, Some(5));
}

#[test]
fn free_and_rare_titles_in_other_languages_were_not_known() {
    titles(&[
        ("Base de données locale Microsoft SQL Server 2019", "15.0", "SQL Server | Express | 2019 | free"),
        ("Microsoft Office 365 Professional Plus", "15.0", "Microsoft 365 Apps | enterprise | subscription | yes"),
        ("Microsoft Office für Mac 2011", "14.0", "Office | unknown | 2011 | yes"),
        ("Host Integration Server 2016", "10.0", "Host Integration Server | unknown | 2016 | yes"),
        ("Microsoft Office-controlehulpprogramma's 2016 - Nederlands", "16.0", "Office |  | 2016 | component"),
        ("Feature update to Windows 10, version 22H2", "", "Windows |  |  | update"),
    ]);
}

#[test]
fn what_a_buyer_wrote_behind_a_plan_became_part_of_its_name() {
    for (title, plan) in [
        ("M365 Business Std / mois", "Microsoft 365 Business Standard"),
        ("O365 Business Premium - ajout 2 utilisateurs", "Microsoft 365 Business Standard"),
        ("Microsoft 365 Copilot (promo -15%)", "Microsoft 365 Copilot"),
        ("Licences Exchange Online Plan 2 (20 boîtes)", "Exchange Online"),
        ("Microsoft 365 E3 - Unattended License", "Microsoft 365 E3 - Unattended License"),
        ("Microsoft Teams Phone Standard - Virtual User", "Microsoft Teams Phone Standard - Virtual User"),
    ] {
        assert_eq!(recognise(title, None, &Hints::default()).product, plan, "{title}");
    }
}

#[test]
fn days_of_work_and_contracts_of_care_were_licences() {
    for title in
        ["2 jours consultant SQL Server", "Contrat maintenance serveurs Windows 2024", "Rollout Windows 11 pro Client"]
    {
        assert_eq!(recognise(title, None, &Hints::default()).kind, "service", "{title}");
    }
    assert_eq!(recognise("2 licences Windows 11 Pro OEM", None, &Hints::default()).kind, "licence");
}

#[test]
fn the_year_of_a_day_was_taken_for_a_version() {
    lines(&[(
        "Windows Server - Standard - Core - 16 Lic - SA (fin 30/06/2026)",
        "Windows Server | Standard | current | core_16pack | 16 | SA | unknown",
    )]);
}
