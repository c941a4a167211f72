//! Small made-up files of each format: what they are taken for and what they tell.

use evidence::{Context, Mapping, Reading, Role};
use licensing::facts::{Fact, Purchase};
use std::collections::BTreeMap;

fn read(name: &str, text: &str) -> Reading {
    evidence::read(name, text.as_bytes(), &Context::default()).expect("taken")
}

fn purchases(reading: &Reading) -> Vec<&Purchase> {
    reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Purchase(purchase) = &row.fact { Some(purchase) } else { None })
        .collect()
}

#[test]
fn an_invoice_list_with_decimal_commas_and_a_credit_note() {
    let reading = read(
        "achats.csv",
        "N° facture;Date;Réf. article;Désignation;Qté;PU HT\nF1;08/10/2013;X;OfficeStd 2013 SNGL OLP NL;30;298,00\nA1;31/10/2013;X;Avoir OfficeStd 2013 SNGL OLP NL;-5;298,00\nF2;01/11/2013;X;Souris;trois;9,90\n",
    );
    assert_eq!(reading.taken_as, "invoices");
    let lines = purchases(&reading);
    assert_eq!(lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [30, -5]);
    assert_eq!(lines[0].unit_price.map(|price| price.to_string()), Some("298.00".to_owned()));
    assert_eq!(reading.rejects[0].reason, "no-quantity");
    assert_eq!(reading.rejects[0].origin.row, 3);
}

#[test]
fn users_of_a_tenant_in_french() {
    let reading = read(
        "utilisateurs_2026-11-20.csv",
        "Bloquer l'accès,Nom d'affichage,Licences,Nom d'utilisateur principal\nNon,Ana,Microsoft 365 E3+Visio Plan 2,Ana@x.example\nOui,Bo,Sans licence,bo@x.example\n",
    );
    let plans: Vec<Option<Vec<String>>> = reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Person(person) = &row.fact { Some(person.plans.clone()) } else { None })
        .collect();
    assert_eq!(plans[0].as_ref().map(Vec::len), Some(2));
    assert_eq!(plans[1], Some(Vec::new()));
}

#[test]
fn a_cluster_without_automatic_movement() {
    let reading = read(
        "RVTools_tabvCluster.csv",
        "Name;NumHosts;DRS enabled;DRS default VM behavior\nCL1;4;True;fullyAutomated\nCL2;4;True;manual\nCL3;2;False;manual\n",
    );
    let drs: Vec<Option<bool>> = reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Machine(machine) = &row.fact { Some(machine.drs) } else { None })
        .collect();
    assert_eq!(drs, [Some(true), Some(false), Some(false)]);
}

#[test]
fn a_saved_mapping_reads_a_table_of_its_own() {
    let columns = [("machine", "Bien"), ("name", "Intitulé du produit")];
    let columns: BTreeMap<String, String> = columns.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let mapping = Mapping { name: "parc".to_owned(), about: Role::Software, columns };
    let context = Context { mappings: vec![mapping], ..Context::default() };
    let text = "Bien|Intitulé du produit|Remarque\nPC1|Office 2016|a\n|Visio|b\n";
    let reading = evidence::read("parc.txt", text.as_bytes(), &context).expect("mapped");
    assert_eq!((reading.taken_as.as_str(), reading.facts.len(), reading.rejects.len()), ("mapping:parc", 1, 1));
}

#[test]
fn a_partial_message_says_that_it_is_partial() {
    let reading = read(
        "m",
        "{\"action\":\"inventory\",\"partial\":true,\"deviceid\":\"PC-2024-01-01-00-00-00\",\"content\":{\"hardware\":{}}}",
    );
    let Fact::Machine(machine) = &reading.facts[0].fact else { panic!("a machine") };
    assert!(machine.partial);
    assert_eq!(machine.id.name.as_deref(), Some("PC"));
}

#[test]
fn declared_facts_are_one_row_a_record() {
    let reading = read(
        "d.toml",
        "[[server]]\nid = \"S1\"\nprocessors = 2\n\n[[access]]\nwho = \"u\"\nto = \"S1\"\ncolour = \"red\"\n",
    );
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("declared-facts", 2));
    assert!(reading.notes.iter().any(|(code, _)| code == "unknown-key"));
}

fn titles(reading: &Reading) -> Vec<(String, Option<String>)> {
    let title = |row: &licensing::facts::FactRow| match &row.fact {
        Fact::Title(title) => Some((title.name.clone(), title.version.clone())),
        _ => None,
    };
    reading.facts.iter().filter_map(title).collect()
}

#[test]
fn a_registry_export_gives_programs_and_keeps_key_blobs_out() {
    let text = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall]\r\n@=\"\"\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\O365ProPlusRetail - fr-fr]\r\n\"DisplayName\"=\"Microsoft 365 Apps - fr-fr\"\r\n\"DisplayVersion\"=hex(2):31,00,36,00,\\\r\n  2e,00,30,00,00,00\r\n\"SystemComponent\"=dword:00000001\r\n\"DigitalProductID\"=hex:a4,00,00,00,\\\r\n  03,00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{B}]\r\n\"Publisher\"=\"X\"\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server\\MSSQL13.COMPTA\\Setup]\r\n\"Edition\"=\"Standard Edition\"\r\n\"PatchLevel\"=\"13.2.5026.0\"\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Office\\16.0\\Registration\\{A}]\r\n\"ProductName\"=\"Microsoft Visio Professional 2016\"\r\n";
    let reading = read("PC7.reg", text);
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("registry-export", 4));
    assert_eq!(titles(&reading), [("Microsoft 365 Apps - fr-fr".to_owned(), Some("16.0".to_owned()))]);
    let Fact::Title(title) = &reading.facts[0].fact else { panic!("a title") };
    assert!(title.system_component);
    assert_eq!(title.machine.name.as_deref(), Some("PC7"));
    let Fact::SqlInstance(instance) = &reading.facts[2].fact else { panic!("an instance") };
    assert_eq!(instance.instance.as_deref(), Some("COMPTA"));
    assert_eq!(instance.edition.as_deref(), Some("Standard Edition"));
    assert!(matches!(&reading.facts[3].fact, Fact::SetAside { why, .. } if why == "office-can-register-this"));
    assert!(!serde_json::to_string(&reading).expect("serialisable").contains("a4,00"));
}

#[test]
fn an_inventory_of_ocs_three_with_blanks_in_its_keys() {
    let text = "{\"inventory\":{\"BIOS\":[{\"SERIAL NUMBER\":\" S1\",\"TYPE\":\"Notebook\"}],\"LOCAL USERS\":[{\"DOMAIN\":\"PC9\"}],\"CPUS\":[{\"TYPE\":\"i5\",\"CORES NUMBER\":4,\"LOGICAL CPUS\":\"8\"}],\"SOFTWARES\":[{\"NAME\":\" Visio\",\"VERSION\":16.0,\"INSTALLATION DATE\":\"2024/11/04\"},{\"VERSION\":\"1\"}]}}";
    let reading = read("x.json", text);
    assert_eq!((reading.taken_as.as_str(), reading.rows, reading.data_rows()), ("ocs-json", 3, 2));
    let Fact::Machine(machine) = &reading.facts[0].fact else { panic!("a machine") };
    assert_eq!((machine.cores, machine.logical), (Some(4), Some(8)));
    assert_eq!((machine.id.name.as_deref(), machine.id.serial.as_deref()), (Some("PC9"), Some("S1")));
    assert_eq!(titles(&reading), [("Visio".to_owned(), Some("16.0".to_owned()))]);
    assert_eq!(reading.rejects[0].origin.row, 2);
}

#[test]
fn what_osquery_lists() {
    let text = "[{\"name\":\"Office\",\"version\":\"16\",\"identifying_number\":\"{A}\",\"hostIdentifier\":\"pc4.x.example\"},{\"name\":\"\",\"version\":\"1\",\"identifying_number\":\"\",\"hostIdentifier\":\"pc4\"}]";
    let reading = read("programs.json", text);
    assert_eq!((reading.taken_as.as_str(), reading.rows, reading.rejects.len()), ("osquery-programs", 2, 1));
}

#[test]
fn a_list_that_tells_of_its_machine_says_so_once() {
    let reading = read(
        "rapport.csv",
        "Poste;Dernier scan;Logiciel installé;Version logiciel;Éditeur;Cœurs\nPC1;11/11/2026 08:20:55;Office;16;Microsoft;4\nPC1;11/11/2026 08:20:55;Visio;16;Microsoft;4\n",
    );
    let told: Vec<_> = reading
        .facts
        .iter()
        .map(|row| match &row.fact {
            Fact::Title(title) => title.told.as_deref().map(|m| (m.cores, m.last_seen.map(|d| d.to_string()))),
            _ => None,
        })
        .collect();
    assert_eq!(told, [Some((Some(4), Some("2026-11-11".to_owned()))), None]);
}

#[test]
fn blocks_of_wmi_are_told_apart() {
    let cpu =
        "NumberOfCores=8\r\r\nNumberOfLogicalProcessors=16\r\r\nName=Xeon\r\r\nVersion=\r\r\nSystemName=SRV1\r\r\n";
    let reading = read("cpu.txt", &format!("\r\r\n{cpu}\r\r\n\r\r\n{cpu}"));
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("wmi-list", 2));
    let Fact::Machine(machine) = &reading.facts[0].fact else { panic!("a machine") };
    assert_eq!((machine.processors, machine.cores, machine.logical), (Some(2), Some(16), Some(32)));
    assert_eq!(machine.id.name.as_deref(), Some("SRV1"));
    let list = "DisplayName    : Microsoft Office Standard\n                 2016\nDisplayVersion : 16.0\nPublisher      : Microsoft\n\nDisplayName    : Visio\nDisplayVersion :\nPublisher      : Microsoft\n";
    let reading = read("PC2.txt", list);
    let names = titles(&reading);
    assert_eq!(
        names,
        [("Microsoft Office Standard 2016".to_owned(), Some("16.0".to_owned())), ("Visio".to_owned(), None)]
    );
}

#[test]
fn a_view_saved_without_its_headings_is_recognised_by_its_shape() {
    let row = "16777638,1,Office Std 2016,NULL,2026-05-15 22:17:05.000,C:\\x,NULL,NULL,Office Std 2016,16.0,Microsoft,mpc1,2026-11-08 16:07:53.000\n";
    let reading = read("export.csv", &row.repeat(3));
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("configmgr-programs", 3));
    assert!(reading.notes.iter().any(|(code, _)| code == "headings-left-out"));
}

#[test]
fn guests_that_run_were_seen_on_the_day_of_the_export() {
    let text = "VM;Powerstate;Template;CPUs;Host;VM UUID\nA;poweredOn;False;2;h1;42000000-0000-0000-0000-000000000001\nB;poweredOff;False;2;h1;42000000-0000-0000-0000-000000000002\n";
    let reading = read("csv-2026-11-13/RVTools_tabvInfo.csv", text);
    let seen: Vec<_> = reading
        .facts
        .iter()
        .filter_map(
            |row| if let Fact::Machine(m) = &row.fact { Some(m.last_seen.map(|d| d.to_string())) } else { None },
        )
        .collect();
    assert_eq!(seen, [Some("2026-11-13".to_owned()), None]);
}

#[test]
fn objects_of_json_are_read_as_the_table_they_are() {
    let text = "{\"values\":[{\"ApplicationName\":\"Visio\",\"ApplicationVersion\":\"16\",\"DeviceName\":\"PC1\",\"DeviceId\":\"d1\",\"Platform\":\"Windows\"},{\"ApplicationName\":\".\",\"DeviceName\":\"PC1\",\"DeviceId\":\"d1\",\"Platform\":\"Windows\"}]}";
    let reading = read("AppInvRawData.json", text);
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("intune-apps", 2));
    assert_eq!(titles(&reading), [("Visio".to_owned(), Some("16".to_owned()))]);
    let computers =
        "[{\"Name\":\"PC1\",\"DistinguishedName\":\"CN=PC1\",\"OperatingSystem\":\"Windows 11 Pro\",\"Enabled\":true}]";
    assert_eq!(read("ad.json", computers).taken_as, "ad-get-adcomputer");
}

#[test]
fn processors_of_a_view_without_headings_are_no_programs() {
    let row = "16777638,1,CPU0,Xeon,6,12,U3E1,2026-11-08 16:07:53.000\n";
    let reading = read("export.csv", &row.repeat(2));
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("configmgr-processor", 2));
}
