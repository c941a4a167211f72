//! Titles against the labels of the shared corpus, against our own table, and under laws.

use proptest::prelude::*;
use recognition::titles::{Standing, Titles};
use std::path::Path;

/// The shipped rules, built once.
fn titles() -> &'static Titles {
    static TITLES: std::sync::OnceLock<Titles> = std::sync::OnceLock::new();
    TITLES.get_or_init(|| Titles::builtin().expect("the shipped rules are sound"))
}

/// Cells of a simple CSV: quotes around cells with commas, doubled quotes inside.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

struct Score {
    rows: usize,
    standing: usize,
    licensable: usize,
    family: usize,
    edition: usize,
    version: usize,
    false_licensable: usize,
    /// Rows of any standing that agree in every column.
    whole: usize,
}

/// Columns: publisher, name, version, family, edition, product_version, licensable, by their places.
fn score(text: &str, places: [usize; 7]) -> Score {
    let titles = titles();
    let mut score =
        Score { rows: 0, standing: 0, licensable: 0, family: 0, edition: 0, version: 0, false_licensable: 0, whole: 0 };
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let row = cells(line);
        let [publisher, name, version, family, edition, product_version, licensable] =
            places.map(|at| row.get(at).cloned().unwrap_or_default());
        let told = titles.recognise(&publisher, &name, &version, None, None);
        score.rows += 1;
        let same = told.licensable.to_string() == licensable;
        score.standing += usize::from(same);
        score.false_licensable += usize::from(told.licensable == Standing::Yes && licensable != "yes");
        if licensable == "yes" {
            score.licensable += 1;
            score.family += usize::from(told.family == family);
            score.edition += usize::from(told.edition == edition);
            score.version += usize::from(told.product_version == product_version);
        }
        let all = told.family == family && told.edition == edition && told.product_version == product_version;
        score.whole += usize::from(same && all);
        if !same || (licensable == "yes" && !all) {
            eprintln!(
                "{name} [{version}]: {} {}|{}|{} by {}, labelled {licensable} {family}|{edition}|{product_version}",
                told.licensable, told.family, told.edition, told.product_version, told.rule
            );
        }
    }
    score
}

#[test]
fn the_labelled_titles_are_recognised() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/titles/labelled.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: the labelled titles are not here");
        return;
    };
    let score = score(&text, [0, 1, 2, 4, 5, 6, 7]);
    eprintln!(
        "{} of {} standings; of {} licensable: family {}, edition {}, version {}; {} falsely licensable",
        score.standing,
        score.rows,
        score.licensable,
        score.family,
        score.edition,
        score.version,
        score.false_licensable
    );
    assert_eq!(score.false_licensable, 0);
    assert!(score.standing * 1000 >= score.rows * 995);
    for right in [score.family, score.edition, score.version] {
        assert!(right * 100 >= score.licensable * 98);
    }
    assert!(score.whole * 100 >= score.rows * 98, "{} of {} rows right in every column", score.whole, score.rows);
}

#[test]
fn the_titles_of_a_whole_company_are_recognised() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/inventory/made/belharra/truth.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: the whole company is not here");
        return;
    };
    let truth: serde_json::Value = serde_json::from_str(&text).expect("the truth is JSON");
    let list = |name: &str| truth[name].as_array().cloned().unwrap_or_default();
    let (mut wrong, mut all) = (0, 0);
    for each in list("not_licence_demand") {
        let (title, standing) =
            (each["title"].as_str().unwrap_or_default(), each["standing"].as_str().unwrap_or_default());
        let told = titles().recognise("", title, "", None, None);
        all += 1;
        if told.licensable.to_string() != standing {
            wrong += 1;
            eprintln!("{title}: {} by {}, the truth says {standing}", told.licensable, told.rule);
        }
        assert_ne!(told.licensable, Standing::Yes, "{title}");
    }
    let mut seen = std::collections::BTreeSet::new();
    for each in list("products") {
        let text = |key: &str| each[key].as_str().unwrap_or_default().to_owned();
        if text("kind") == "operating system" || !seen.insert(text("title")) {
            continue;
        }
        let told = titles().recognise("Microsoft Corporation", &text("title"), "", None, None);
        all += 1;
        if (told.family.clone(), told.edition.clone(), told.product_version.clone())
            != (text("family"), text("edition"), text("version"))
        {
            wrong += 1;
            eprintln!(
                "{}: {}|{}|{} {}, the truth says {}|{}|{}",
                text("title"),
                told.family,
                told.edition,
                told.product_version,
                told.licensable,
                text("family"),
                text("edition"),
                text("version")
            );
        }
    }
    eprintln!("{wrong} of {all} otherwise than the truth");
    assert!(wrong * 100 <= all * 8);
}

#[test]
fn our_own_titles_are_recognised() {
    let text = include_str!("../../fixtures/titles.csv");
    let score = score(text, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(score.standing, score.rows);
    assert_eq!((score.family, score.edition, score.version), (score.licensable, score.licensable, score.licensable));
}

#[test]
fn operating_systems_in_several_languages() {
    let titles = titles();
    for (caption, build, product) in [
        ("Microsoft Windows 10 Professionnel", Some("10.0.19045"), ("Windows", "Pro", "10")),
        ("Microsoft Windows 7 Professionnel", None, ("Windows", "Professional", "7")),
        ("Windows 11 Enterprise", None, ("Windows", "Enterprise", "11")),
        ("Microsoft Windows Server 2012 R2 Standard", None, ("Windows Server", "Standard", "2012 R2")),
        ("Windows Server 2022 Datacenter", None, ("Windows Server", "Datacenter", "2022")),
        ("Windows Server® 2008 R2 Entreprise", None, ("Windows Server", "Enterprise", "2008 R2")),
        ("Windows Server Standard", Some("10.0 (20348)"), ("Windows Server", "Standard", "2022")),
        ("Microsoft® Windows Vista™ Business", Some("6.0.6002"), ("Windows", "Business", "Vista")),
        ("Майкрософт Windows 11 Корпоративная", Some("10.0.22621"), ("Windows", "Enterprise", "11")),
        ("Microsoft Windows 7 Édition Intégrale", None, ("Windows", "Ultimate", "7")),
        ("Microsoft Windows 10 Unternehmen", None, ("Windows", "Enterprise", "10")),
        ("Windows", Some("10.0.22631"), ("Windows", "unknown", "11")),
    ] {
        let told = titles.operating_system(caption, build).product.expect("counted");
        assert_eq!((told.0.as_str(), told.1.as_str(), told.2.as_str()), product, "{caption}");
    }
    for caption in ["Debian GNU/Linux 12", "VMware ESXi 8.0.3", "Microsoft Hyper-V Server 2019"] {
        assert!(titles.operating_system(caption, None).product.is_none(), "{caption}");
    }
}

#[test]
fn products_of_others_and_pieces_are_never_demand() {
    let titles = titles();
    let products = [
        "Microsoft Office Standard 2016",
        "Microsoft Visio Professional 2019",
        "Microsoft SQL Server 2017",
        "Microsoft Exchange Server 2016",
        "Microsoft Project Standard 2013",
        "Visual Studio Professional 2022",
    ];
    for product in products {
        let demand = titles.recognise("Microsoft Corporation", product, "", None, None);
        assert_eq!(demand.licensable, Standing::Yes, "{product}");
        for name in [format!("Contoso Connector for {product}"), format!("Contoso pour {product}")] {
            let told = titles.recognise("Contoso", &name, "", None, None);
            assert_eq!(told.licensable, Standing::No, "{name}");
            let told = titles.recognise("", &name, "", None, None);
            assert_ne!(told.licensable, Standing::Yes, "{name} without a publisher");
        }
        let patch = titles.recognise("Microsoft Corporation", product, "", None, Some(product));
        assert_eq!(patch.licensable, Standing::Update, "{product} below a parent");
    }
}

#[test]
fn a_name_with_other_words_behind_it_is_never_demand() {
    let titles = titles();
    let products = [
        "Microsoft Office Professional Plus 2016",
        "Microsoft Office Famille et Étudiant 2019 - fr-fr",
        "Microsoft Visio Professional 2016",
        "Microsoft Project Standard 2013",
        "Microsoft Project Server 2013",
        "Microsoft SharePoint Server 2016",
        "Microsoft Dynamics NAV 2017",
        "Microsoft 365 Apps for enterprise - fr-fr",
        "Microsoft Office 365 ProPlus",
        "Microsoft Visual Studio .NET 2003",
        "Visual Studio Professional 2022",
        "Microsoft SQL Server 2016 (64-bit)",
        "Microsoft Access 2016",
    ];
    let others = [
        "Reader",
        "Runtime",
        "Samples",
        "Training",
        "Documentation",
        "Uninstaller",
        "Key Finder",
        "Launcher",
        "Patch",
        "Fonts",
        "Dictionnaire",
        "Backup Agent",
        "Monitor",
        "Prerequisites",
        "Trial",
        "Testversion",
        "by Contoso",
        "for Contoso ERP",
        "Migration Tool",
        "Setup Metadata",
    ];
    for product in products {
        let whole = titles.recognise("Microsoft Corporation", product, "", None, None);
        assert_eq!(whole.licensable, Standing::Yes, "{product}");
        for other in others {
            let name = format!("{product} {other}");
            for publisher in ["Microsoft Corporation", "Contoso", ""] {
                let told = titles.recognise(publisher, &name, "", None, None);
                assert_ne!(told.licensable, Standing::Yes, "{name} of {publisher}: {}", told.rule);
            }
        }
    }
}

#[test]
fn letters_an_export_destroyed_match() {
    let titles = titles();
    let whole =
        titles.recognise("Microsoft Corporation", "Microsoft Office Famille et Étudiant 2019 - fr-fr", "", None, None);
    for damaged in ["?tudiant", "\u{fffd}tudiant", "\u{fffd}\u{fffd}tudiant", "Ã‰tudiant", "etudiant"] {
        let name = format!("Microsoft Office Famille et {damaged} 2019 - fr-fr");
        assert_eq!(titles.recognise("Microsoft Corporation", &name, "", None, None), whole, "{name}");
    }
    assert_eq!(whole.edition, "Home and Student");
}

#[test]
fn a_number_tells_a_version_only_where_it_is_plain() {
    let titles = titles();
    let version = |name: &str, number: &str| titles.recognise("Microsoft", name, number, None, None).product_version;
    assert_eq!(version("Microsoft Office Standard", "14.0.7015.1000"), "2010");
    assert_eq!(version("Microsoft Office Standard", "16.0.10407.20032"), "", "16 is 2016, 2019, 2021 or 2024");
    assert_eq!(version("Microsoft SQL Server", "10.50.6000.34"), "2008 R2");
    assert_eq!(version("Microsoft Exchange Server", "15.1.2507.6"), "2016");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged_without_panic(name in ".{0,80}", publisher in ".{0,20}", version in ".{0,12}") {
        titles().recognise(&publisher, &name, &version, None, None);
    }

    #[test]
    fn case_and_blanks_do_not_matter(at in 0usize..6) {
        let names = [
            "Microsoft Office Standard 2016", "Microsoft Visio Professionnel 2019 - fr-fr", "Microsoft SQL Server 2017 (64-bit)",
            "Microsoft Project Standard 2016", "Microsoft 365 Apps for enterprise - fr-fr", "7-Zip 23.01",
        ];
        let titles = titles();
        let name = names[at];
        let shouted = format!("  {}  ", name.to_uppercase().replace(' ', "  "));
        let (a, b) = (titles.recognise("", name, "", None, None), titles.recognise("", &shouted, "", None, None));
        prop_assert_eq!((a.family, a.edition, a.licensable), (b.family, b.edition, b.licensable));
    }

    #[test]
    fn a_patch_number_or_language_row_never_makes_demand(at in 0usize..4, number in 100_000u32..9_999_999) {
        let names = ["Microsoft Office Standard 2016", "Microsoft Visio Standard 2016", "Microsoft SQL Server 2017", "Microsoft Project Professional 2019"];
        let titles = titles();
        for name in [format!("{} (KB{number})", names[at]), format!("{} MUI (French)", names[at])] {
            prop_assert_ne!(titles.recognise("Microsoft", &name, "", None, None).licensable, Standing::Yes);
        }
    }
}

#[test]
fn a_long_term_release_is_an_edition_of_its_own_and_the_build_tells_its_year() {
    let titles = titles();
    for (caption, build, edition, year) in [
        ("Microsoft Windows 10 Entreprise LTSC", Some("10.0.19044"), "Enterprise LTSC", "2021"),
        ("Windows 10 Enterprise LTSC", Some("10.0 (17763)"), "Enterprise LTSC", "2019"),
        ("Microsoft Windows 10 Entreprise 2016 LTSB", None, "Enterprise LTSB", "2016"),
        ("Windows 11 IoT Enterprise LTSC", None, "Enterprise LTSC", "unknown"),
    ] {
        let told = titles.operating_system(caption, build);
        assert_eq!(told.edition, edition, "{caption}");
        let counted = ("Windows".to_owned(), edition.to_owned(), year.to_owned());
        assert_eq!(told.product, Some(counted), "{caption}");
    }
}

#[test]
fn titles_that_were_taken_for_something_else() {
    let titles = titles();
    for (name, standing, family, edition) in [
        ("Kit de déploiement et d’évaluation Windows", "free", "Windows SDK / ADK", ""),
        ("Microsoft Office-taalcontrole 2016 - Nederlands", "component", "Office", ""),
        ("Microsoft Groove MUI (French) 2013", "component", "Office", ""),
        ("Moteur de base de données Microsoft Access 2016 (français)", "free", "Office", ""),
        ("Visual Studio Community 2022", "free", "Visual Studio", "Community"),
        ("Microsoft Visual C# 2010 Express - FRA", "free", "Visual Studio", "Express"),
        ("Visual Studio Professional 2022", "yes", "Visual Studio", "Professional"),
    ] {
        let told = titles.recognise("Microsoft Corporation", name, "", None, None);
        let found = (told.licensable.to_string(), told.family.as_str(), told.edition.as_str());
        assert_eq!(found, (standing.to_owned(), family, edition), "{name}");
    }
}

#[test]
fn dynamics_beside_crm_was_recognised_and_then_counted_by_nothing() {
    let titles = titles();
    for (title, product) in
        [("Microsoft Dynamics NAV 2017", "Dynamics NAV"), ("Microsoft Dynamics GP 2015", "Dynamics GP")]
    {
        let told = titles.recognise("Microsoft Corporation", title, "", None, None);
        let (counted, _, version) = told.product.expect("counted");
        assert_eq!((counted.as_str(), title.ends_with(&version)), (product, true), "{title}");
    }
}
