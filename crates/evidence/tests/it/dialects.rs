//! Dialects of exports that a company's other tools write, each named after what went wrong before it was read.

use super::read_all;
use evidence::{Context, Reading, Refusal};
use licensing::facts::{Fact, Machine, MachineKind, Person, Purchase, PurchaseSource, Title};

pub(super) fn read(name: &str, text: &str) -> Reading {
    outcome(name, text).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

pub(super) fn outcome(name: &str, text: &str) -> Result<Reading, Refusal> {
    evidence::read(name, text.as_bytes(), &Context::default())
}

pub(super) fn machines(reading: &Reading) -> Vec<&Machine> {
    reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Machine(machine) = &row.fact { Some(machine) } else { None })
        .collect()
}

pub(super) fn titles(reading: &Reading) -> Vec<&Title> {
    reading.facts.iter().filter_map(|row| if let Fact::Title(title) = &row.fact { Some(title) } else { None }).collect()
}

pub(super) fn people(reading: &Reading) -> Vec<&Person> {
    reading
        .facts
        .iter()
        .filter_map(|row| if let Fact::Person(person) = &row.fact { Some(person) } else { None })
        .collect()
}

pub(super) fn aside(reading: &Reading) -> Vec<(&str, &str)> {
    let told = reading.facts.iter().filter_map(|row| match &row.fact {
        Fact::SetAside { what, why } => Some((what.as_str(), why.as_str())),
        _ => None,
    });
    told.collect()
}

const PROGRAMS: &str =
    "DisplayName,DisplayVersion,Publisher\nMicrosoft Office Standard 2016,16.0,Microsoft Corporation\n";

#[test]
fn a_list_called_after_what_it_is_is_of_the_machine_that_its_folder_names() {
    for (file, machine) in [
        ("lists/PC-0024/product.csv", "PC-0024"),
        ("lists/PC-0024/uninstall_2026-11-20.csv", "PC-0024"),
        ("lists/inventaire-PC-0024-20261120.csv", "PC-0024"),
        ("lists/PC-ATELIER.csv", "PC-ATELIER"),
        ("lists/SRV-APP01_software.csv", "SRV-APP01"),
        ("lists/12/SOFTWARE-01.csv", "SOFTWARE-01"),
        ("product.csv", "product"),
    ] {
        let reading = read(file, PROGRAMS);
        assert_eq!(titles(&reading)[0].machine.name.as_deref(), Some(machine), "{file}");
    }
}

#[test]
fn a_registry_export_that_holds_the_name_of_its_machine_is_of_that_machine() {
    let text = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n\"ComputerName\"=\"PC-0007\"\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\X]\n\"DisplayName\"=\"Microsoft Visio Standard 2016\"\n";
    assert_eq!(titles(&read("export.reg", text))[0].machine.name.as_deref(), Some("PC-0007"));
}

#[test]
fn what_reg_query_printed_is_a_list_of_programs() {
    let text = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{A}\r\n    DisplayName    REG_SZ    Microsoft Visio Standard 2016\r\n    DisplayVersion    REG_SZ    16.0.4266.1001\r\n    SystemComponent    REG_DWORD    0x1\r\n    DigitalProductID    REG_BINARY    A4000000\r\n\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\B\r\n\r\nFin de la recherche : 5 correspondance(s) trouvée(s).\r\n";
    let reading = read("cmd/PC-0035/programmes.txt", text);
    let found = titles(&reading);
    assert_eq!((found.len(), found[0].name.as_str()), (1, "Microsoft Visio Standard 2016"));
    assert_eq!((found[0].version.as_deref(), found[0].system_component), (Some("16.0.4266.1001"), true));
    assert_eq!(found[0].machine.name.as_deref(), Some("PC-0035"));
    assert_eq!(aside(&reading), [("B", "key-without-title")]);
}

#[test]
fn systeminfo_in_french_is_a_machine() {
    let text = "\r\nNom de l'hôte:                              PC-0035\r\nNom du système d'exploitation:              Microsoft Windows 11 Professionnel\r\nVersion du système:                         10.0.22631 N/A build 22631\r\nModèle du système:                          OptiPlex 7010\r\nProcesseur(s):                              2 processeur(s) installé(s).\r\n                                            [01] : Intel64 Family 6\r\nDomaine:                                    cernay.example\r\n";
    let reading = read("systeminfo.txt", text);
    let found = machines(&reading);
    assert_eq!(
        (found[0].id.name.as_deref(), found[0].id.dns.as_deref()),
        (Some("PC-0035"), Some("pc-0035.cernay.example"))
    );
    assert_eq!(
        (found[0].os.as_deref(), found[0].os_build.as_deref()),
        (Some("Microsoft Windows 11 Professionnel"), Some("10.0.22631"))
    );
    assert_eq!(found[0].processors, Some(2));
}

#[test]
fn a_format_list_of_hyper_v_tells_guests_and_their_host() {
    let text = "\r\nComputerName   : HV01\r\nVMName         : APP01\r\nVMId           : 0F2C0A3E-0000-4000-8000-000000000001\r\nState          : Running\r\nProcessorCount : 4\r\n\r\nComputerName   : HV01\r\nVMName         : OLD\r\nVMId           : 0f2c0a3e-0000-4000-8000-000000000002\r\nState          : Off\r\nProcessorCount : 2\r\n\r\n";
    let reading = read("vm.txt", text);
    let told: Vec<_> = machines(&reading)
        .into_iter()
        .filter_map(|machine| {
            let guest = machine.virtualisation.as_ref()?;
            Some((machine.id.name.as_deref()?, guest.host.as_deref()?, guest.vcpus?, guest.powered?))
        })
        .collect();
    assert_eq!(told, [("APP01", "HV01", 4, true), ("OLD", "HV01", 2, false)]);
}

#[test]
fn an_answer_of_sqlcmd_is_a_table_though_nothing_parts_its_columns() {
    let text = "MachineName      Edition                   ProductVersion   IsClustered\r\n---------------- ------------------------- ---------------- -----------\r\nSQL01            Standard Edition (64-bit) 15.0.4385.2      0          \r\n\r\n(1 rows affected)\r\n";
    let reading = read("answer.txt", text);
    assert_eq!((reading.taken_as.as_str(), reading.rows), ("sql-serverproperty", 1));
    let Fact::SqlInstance(instance) = &reading.facts[0].fact else { panic!("an instance") };
    assert_eq!(
        (instance.machine.name.as_deref(), instance.edition.as_deref()),
        (Some("SQL01"), Some("Standard Edition (64-bit)"))
    );
}

#[test]
fn telephones_and_printers_in_a_list_of_devices_are_no_machines() {
    let text = "AssetName;AssetTypename;Serialnumber;Lastseen\nPC-0001;Windows;5CG1234;2026-11-18 09:00:00\nIMP-01;Printer;ZZ1;2026-11-18 09:00:00\niPhone de Léa;Apple iPhone;ZZ2;2026-11-18 09:00:00\n;Windows;ZZ3;2026-11-18 09:00:00\n";
    let reading = read("assets.csv", text);
    assert_eq!(
        machines(&reading).iter().map(|machine| machine.id.name.as_deref()).collect::<Vec<_>>(),
        [Some("PC-0001")]
    );
    assert_eq!(aside(&reading), [("IMP-01", "no-computer"), ("iPhone de Léa", "mobile-device")]);
    assert_eq!((reading.rows, reading.rejects.len()), (4, 1));
    let devices = "Device name,Last check-in,OS version,Serial number,OS\nPC-0002,2026-11-17,10.0.22631.4317,5CG9,Windows\niPad 1,2026-11-17,17.6,F17,iOS\n";
    let reading = read("devices.csv", devices);
    let found = machines(&reading);
    assert_eq!((found.len(), found[0].os.as_deref(), found[0].os_build.as_deref()), (1, None, Some("10.0.22631")));
    assert_eq!(aside(&reading), [("iPad 1", "mobile-device")]);
}

#[test]
fn a_count_of_devices_names_no_machine() {
    let text = "ApplicationKey,ApplicationName,ApplicationPublisher,DeviceCount\nk,Microsoft Visio Professional 2016,Microsoft,42\n";
    let reading = read("aggregate.csv", text);
    assert_eq!(aside(&reading), [("Microsoft Visio Professional 2016", "count-without-machines")]);
}

#[test]
fn accounts_of_entra_are_people_and_graph_tells_their_plans_by_number() {
    let text = "userPrincipalName,displayName,userType,accountEnabled,objectId\na@x.example,Anne,Member,TRUE,1\nb_y#EXT#@x.example,Bob,Guest,FALSE,2\n";
    let reading = read("users.csv", text);
    let found = people(&reading);
    assert_eq!((found[0].blocked, &found[0].plans, found[1].blocked), (Some(false), &None, Some(true)));
    let graph = r#"{"value":[{"id":"1","displayName":"Anne","userPrincipalName":"A@x.example","accountEnabled":true,"assignedLicenses":[{"disabledPlans":[],"skuId":"05e9a617-0261-4cee-bb44-138d3ef5d965"}]},{"id":"2","displayName":"Bob","userPrincipalName":"b@x.example","accountEnabled":true,"assignedLicenses":[]}]}"#;
    let reading = read("users.json", graph);
    let found = people(&reading);
    assert_eq!(found[0].plans.as_deref(), Some(["05e9a617-0261-4cee-bb44-138d3ef5d965".to_owned()].as_slice()));
    assert_eq!(found[1].plans.as_deref(), Some([].as_slice()));
}

#[test]
fn plans_that_powershell_wrote_as_a_type_are_unknown_and_not_none() {
    let text = "Id,DisplayName,UserPrincipalName,AccountEnabled,AssignedLicenses\n1,Anne,a@x.example,True,Microsoft.Graph.PowerShell.Models.MicrosoftGraphAssignedLicense[]\n";
    let reading = read("users.csv", text);
    assert_eq!(people(&reading)[0].plans, None);
    assert!(reading.notes.iter().any(|(code, _)| code == "plans-not-flattened"));
}

#[test]
fn the_log_of_osquery_is_one_object_a_line_and_its_last_line_may_be_cut() {
    let line = |name: &str, action: &str| {
        format!(
            r#"{{"name":"pack_programs","hostIdentifier":"PC-0009","unixTime":1795000000,"decorations":{{"hostname":"pc-0009.x.example"}},"columns":{{"name":"{name}","version":"1","uninstall_string":""}},"action":"{action}"}}"#
        )
    };
    let text = format!(
        "{}\n{}\n{}\n{}",
        line("7-Zip", "added"),
        line("Old tool", "removed"),
        line("Visio", "added"),
        &line("Cut", "added")[..60]
    );
    let reading = read("osqueryd.results.log", &text);
    assert_eq!(titles(&reading).iter().map(|title| title.name.as_str()).collect::<Vec<_>>(), ["7-Zip", "Visio"]);
    assert_eq!(titles(&reading)[0].machine.dns.as_deref(), Some("pc-0009.x.example"));
    let seen = titles(&reading)[0].told.as_ref().and_then(|machine| machine.last_seen);
    assert_eq!(seen, Some(jiff::civil::date(2026, 11, 18)));
    assert_eq!(aside(&reading), [("Old tool", "no-longer-installed")]);
    assert_eq!((reading.rows, reading.rejects.len()), (4, 1));
}

#[test]
fn the_older_reconciliation_names_the_offer_and_not_the_nickname() {
    let text = "PartnerId,CustomerName,OrderId,SubscriptionId,OfferName,SubscriptionStartDate,ChargeStartDate,ChargeEndDate,ChargeType,UnitPrice,Quantity,SubscriptionName\np,Cernay,o,s,Visio Plan 2,1/5/2026,8/1/2026,8/31/2026,Cycle fee,14.1,4,Bureau\n";
    let reading = read("csp.csv", text);
    let Fact::Purchase(Purchase { source, title, date, quantity, .. }) = &reading.facts[0].fact else {
        panic!("a charge")
    };
    assert_eq!((*source, title.as_str(), *quantity), (PurchaseSource::Reconciliation, "Visio Plan 2", 4));
    assert_eq!(*date, Some(jiff::civil::date(2026, 1, 5)));
}

#[test]
fn a_view_of_systems_saved_without_its_headings_is_read() {
    let row = |id: u32, name: &str, gone: u8| {
        format!(
            "{id},5,{name},{name},X,X.EXAMPLE,Microsoft Windows NT Workstation 10.0,10.0.22631,1,5.00.9106.1015,{gone},0,1,Cernay,778E6176-E500-4DDF-B7B0-03074F0F4C3C,0,NULL,CN={name},2026-11-18 08:00:00.000\r\n"
        )
    };
    let reading = read("systems.csv", &format!("{}{}", row(16_777_219, "PC-1", 0), row(16_777_222, "PC-2", 1)));
    let found = machines(&reading);
    assert_eq!((reading.taken_as.as_str(), found.len()), ("configmgr-system", 2));
    assert_eq!(
        (found[0].id.name.as_deref(), found[0].retired, found[1].retired),
        (Some("PC-1"), Some(false), Some(true))
    );
}

#[test]
fn a_laptop_in_a_list_of_devices_is_told_as_such() {
    let reading = read("devices.csv", "Computer;Type;Serial number;Site\nPC-1;Notebook;5CG1234;Colmar\n");
    assert_eq!(machines(&reading)[0].kind, Some(MachineKind::Laptop));
}

/// A zip of one stored member.
fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
    writer.write_all(bytes).expect("its bytes");
    writer.finish().expect("an archive").into_inner()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).expect("a short name");
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, bytes).expect("a member");
    builder.into_inner().expect("an archive")
}

#[test]
fn archives_inside_an_archive_are_opened_too() {
    let outer = zip("site/lot.tar", &tar("PC-1.csv", PROGRAMS.as_bytes()));
    let read = read_all("all.zip", &outer);
    assert_eq!(read.len(), 1);
    assert!(read[0].0.ends_with("site/lot.tar/PC-1.csv"), "{}", read[0].0);
    assert!(read[0].1.is_ok());
}

#[test]
fn an_archive_inside_too_many_others_is_refused_and_not_followed() {
    let mut bytes = zip("a.csv", PROGRAMS.as_bytes());
    for level in 0..6 {
        bytes = zip(&format!("{level}.zip"), &bytes);
    }
    let read = read_all("deep.zip", &bytes);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].1.as_ref().map_err(|refusal| refusal.reason.code()).err(), Some("too-large"));
}

#[test]
fn a_sum_without_a_quantity_is_a_line_set_aside_and_no_reject() {
    let text = "Invoice;Date;Description;Qty;Price\nI1;2021-02-02;VisioStd 2016 SNGL OLP NL;2;255\n;;Total;;510\n;;Total Commander licence;;30\n";
    let reading = read("invoices.csv", text);
    assert_eq!(aside(&reading), [("Total", "total-line")]);
    assert_eq!((reading.rows, reading.rejects.len()), (3, 1));
}
