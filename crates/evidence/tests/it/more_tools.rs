//! Exports of a company on both sides of a border, each test named after what went wrong at first sight.

use super::dialects::{aside, machines, outcome, read, titles};
use licensing::facts::{AZURE_INCLUDED, Fact, PersonKind, Purchase, SqlInstance};

fn names(reading: &evidence::Reading) -> Vec<&str> {
    machines(reading).iter().filter_map(|machine| machine.id.name.as_deref()).collect()
}

fn instances(reading: &evidence::Reading) -> Vec<&SqlInstance> {
    let told = reading.facts.iter().filter_map(|row| match &row.fact {
        Fact::SqlInstance(instance) => Some(instance),
        _ => None,
    });
    told.collect()
}

#[test]
fn answers_of_select_version_were_no_instances() {
    let text = "ServerName,Version\nSQL-1,\"Microsoft SQL Server 2019 (RTM-CU27) (KB5037331) - 15.0.4375.4 (X64) \n\tJun 10 2024 18:00:07 \n\tCopyright (C) 2019 Microsoft Corporation\n\tEnterprise Edition: Core-based Licensing (64-bit) on Windows Server 2019 Standard 10.0 <X64> (Build 17763: ) (Hypervisor)\n\"\nSQL-2,timeout\n";
    let reading = read("version.csv", text);
    let found = instances(&reading);
    assert_eq!(found[0].machine.name.as_deref(), Some("SQL-1"));
    assert_eq!(found[0].edition.as_deref(), Some("Enterprise Edition: Core-based Licensing (64-bit)"));
    assert_eq!(found[0].version.as_deref(), Some("15.0.4375.4"));
    assert_eq!(reading.rows, 2);
    let alone = "\n-----------------------------------------\nMicrosoft SQL Server 2014 (SP3) (KB4022619) - 12.0.6024.0 (X64) \n\tSep  7 2018 01:37:51 \n\tCopyright (c) Microsoft Corporation\n\tExpress Edition (64-bit) on Windows NT 6.3 <X64> (Build 9600: ) (Hypervisor)\n\n";
    let reading = read("ERP-1.txt", alone);
    assert_eq!(instances(&reading)[0].edition.as_deref(), Some("Express Edition (64-bit)"));
    assert_eq!(instances(&reading)[0].machine.name.as_deref(), Some("ERP-1"));
}

#[test]
fn the_rule_that_sqlcmd_draws_under_its_headings_was_a_machine() {
    let text = "MachineName|InstanceName|Edition|ProductVersion\n-----------|------------|-------|--------------\nSQL-1|PROD|Standard Edition (64-bit)|13.0.6441.1\n";
    let reading = read("serverproperty.txt", text);
    assert_eq!(instances(&reading).len(), 1);
    assert_eq!(reading.rows, 1);
}

#[test]
fn headings_of_report_services_with_the_place_of_their_cell_were_not_known() {
    let text = "Textbox12,Textbox14\r\nSoftware 02A,11/12/2026 7:00:04 AM\r\n\r\nDetails_Table0_ComputerName,Details_Table0_ProductName,Details_Table0_Publisher,Details_Table0_Version\r\nPC-1,Microsoft Visio Standard 2016,Microsoft Corporation,16.0\r\n";
    let reading = read("Software 02A.csv", text);
    assert_eq!(titles(&reading)[0].machine.name.as_deref(), Some("PC-1"));
}

#[test]
fn a_list_of_many_machines_under_a_heading_of_its_tool_passed_for_that_of_one() {
    let text = "Machine.Group ID,Application,Manufacturer,Version\npc-1.site.root,7-Zip,Igor Pavlov,23.01\npc-2.site.root,7-Zip,Igor Pavlov,23.01\n";
    let reading = read("kaseya/Installed Applications.csv", text);
    let on: Vec<_> = titles(&reading).iter().filter_map(|title| title.machine.name.clone()).collect();
    assert_eq!(on, ["pc-1", "pc-2"]);
    let unknown = "Managed Device Label,Application,Manufacturer,Version\npc-1,7-Zip,Igor Pavlov,23.01\npc-2,7-Zip,Igor Pavlov,23.01\n";
    let reading = read("apps.csv", unknown);
    let on: Vec<_> = titles(&reading).iter().filter_map(|title| title.machine.name.clone()).collect();
    assert_eq!(on, ["pc-1", "pc-2"]);
}

#[test]
fn printers_screens_and_telephones_of_a_register_of_assets_were_machines() {
    let text = "Asset Name,Asset Tag,Serial,Model,Category,Status\nPC-1,T1,S1,Latitude,Laptop,Deployed\nPC-0,T0,S0,Latitude,Laptop,Archived\nIMP,T2,S2,LaserJet,Printer,Deployed\nEcran 12,T3,S3,P2422H,Monitor,Deployed\nSW-1,T4,S4,Aruba,Network,Deployed\niPhone de Luc,T5,S5,iPhone,Mobile Phone,Deployed\n";
    let reading = read("assets.csv", text);
    assert_eq!(names(&reading), ["PC-1", "PC-0"]);
    let retired: Vec<_> = machines(&reading).iter().map(|machine| machine.retired).collect();
    assert_eq!(retired, [None, Some(true)]);
    assert_eq!(aside(&reading).len(), 4);
}

#[test]
fn beside_a_name_the_host_was_taken_for_the_machine() {
    let text = "Name,Serial number,Operating system,Number of cores,Last inventory date,Host name\nVM-1,S1,Microsoft Windows Server 2019 Standard,4,2026-11-01,esx-1\nPC-1,S2,Microsoft Windows 11 Pro,6,2026-11-01,\n";
    assert_eq!(names(&read("All Inventory.csv", text)), ["VM-1", "PC-1"]);
}

#[test]
fn cores_and_serial_numbers_under_the_headings_of_other_tools_were_lost() {
    for heading in ["Processor Cores", "CPU Cores", "Anzahl Kerne", "ProcessorCoresCount"] {
        let text = format!("Computername;Betriebssystem;Seriennummer;{heading}\nPC-1;Windows 11 Pro;S1;8\n");
        assert_eq!(machines(&read("c.csv", &text))[0].cores, Some(8), "{heading}");
    }
    let text = "AgentName,MachineName,OS,VendorSerialNumber\nPC-1,PC-1,Windows 11 Pro,S1\n";
    assert_eq!(machines(&read("agents.csv", text))[0].id.serial.as_deref(), Some("S1"));
}

#[test]
fn systeminfo_as_a_table_in_french_was_not_read() {
    let text = "\"Nom de l'hôte\",\"Nom du système d'exploitation\",\"Version du système\",\"Processeur(s)\",\"Domaine\"\r\n\"PC-1\",\"Microsoft Windows 10 Professionnel\",\"10.0.19045 N/A version 19045\",\"1 processeur(s) installé(s).\",\"x.example\"\r\n";
    let reading = read("postes.csv", text);
    let machine = machines(&reading)[0];
    assert_eq!((machine.os_build.as_deref(), machine.processors), (Some("10.0.19045"), Some(1)));
}

#[test]
fn machines_in_azure_were_not_read_and_their_windows_is_told_apart_by_who_pays_it() {
    let text = r#"[{"name":"az-1","licenseType":null,"vmId":"778e6176-e500-4ddf-b7b0-03074f0f4c3c","hardwareProfile":{"vmSize":"Standard_D2s_v5"},"storageProfile":{"imageReference":{"offer":"WindowsServer","sku":"2022-datacenter-g2"},"osDisk":{"osType":"Windows"}}},
        {"name":"az-2","licenseType":"Windows_Server","hardwareProfile":{"vmSize":"Standard_DS3_v2"},"storageProfile":{"imageReference":{"offer":"WindowsServer","sku":"2019-Datacenter"},"osDisk":{"osType":"Windows"}}}]"#;
    let reading = read("vms.json", text);
    let found = machines(&reading);
    assert_eq!(found[0].os.as_deref(), Some("Windows Server 2022 Datacenter"));
    assert_eq!((found[0].os_channel.as_deref(), found[1].os_channel.as_deref()), (Some(AZURE_INCLUDED), None));
    let guest = found[0].virtualisation.as_ref().map(|guest| (guest.host.as_deref(), guest.vcpus));
    assert_eq!(guest, Some((Some("azure"), Some(2))));
    let portal = "NAME,TYPE,RESOURCE GROUP,LOCATION,STATUS,OPERATING SYSTEM,SIZE\naz-1,Virtual machine,RG,West Europe,Running,Windows,Standard_D2s_v5\n";
    assert_eq!(names(&read("AzureVirtualMachines.csv", portal)), ["az-1"]);
}

#[test]
fn a_shared_mailbox_known_from_exchange_alone_was_a_person() {
    let text = "DisplayName,PrimarySmtpAddress,RecipientTypeDetails,UserPrincipalName\nLuc Klein,l.klein@x.example,UserMailbox,l.klein@x.example\nCompta,compta@x.example,SharedMailbox,compta@x.example\nSalle,salle@x.example,RoomMailbox,salle@x.example\nTous,tous@x.example,MailUniversalDistributionGroup,\n";
    let reading = read("mailboxes.csv", text);
    let kinds: Vec<_> = reading
        .facts
        .iter()
        .filter_map(|row| match &row.fact {
            Fact::Person(person) => Some(person.kind),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [None, Some(PersonKind::Shared), Some(PersonKind::Shared)]);
    assert_eq!(aside(&reading), [("tous@x.example", "no-mailbox-of-a-person")]);
}

#[test]
fn agreements_of_the_volume_portal_were_an_unknown_table() {
    let text = "Licensing ID,Parent Program,Program,Organization,Status,Start Date,End Date\n7712345,Open License,Open License,X,Expired,2020-05-01,2022-05-31\n";
    assert_eq!(aside(&read("RelationshipSummary.csv", text)), [("7712345", "agreement-without-purchases")]);
}

#[test]
fn purchases_of_a_statement_without_names_of_items_were_passed_over() {
    let rows = [
        [
            "Vertragsnummer",
            "Produktpool",
            "Produktfamilie",
            "Version",
            "Menge",
            "Kaufart",
            "Bestelldatum",
            "Verwendungsland",
        ],
        ["7712345", "Anwendungen", "Project Professional", "2019", "5", "Lizenz", "04.05.2020", "Deutschland"],
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write(row, column, cell).expect("a cell in bounds");
        }
    }
    let bytes = book.save_to_buffer().expect("a workbook in memory");
    let reading = evidence::read("aufstellung.xlsx", &bytes, &evidence::Context::default()).expect("a statement");
    let bought: Vec<&Purchase> = reading
        .facts
        .iter()
        .filter_map(|row| match &row.fact {
            Fact::Purchase(purchase) => Some(purchase),
            _ => None,
        })
        .collect();
    assert_eq!((bought[0].title.as_str(), bought[0].quantity), ("Project Professional", 5));
}

#[test]
fn lists_of_linux_packages_gave_their_machine_the_name_of_the_list() {
    let text = "||/ Name           Version      Architecture Description\n+++-==============-============-============-=================\nii  adduser        3.118        all          add and remove users\n";
    if let Ok(reading) = outcome("WEB-1-dpkg.txt", text) {
        assert!(titles(&reading).iter().all(|title| title.machine.name.as_deref() == Some("WEB-1")));
    }
}

#[test]
fn headings_that_say_plainly_what_they_are_waited_for_a_mapping() {
    let text = "Device Hostname,Device Description,Site Name,Device Type,Operating System,Serial Number,Last Seen,Last User\nNB-7,Compta,Lyon,Laptop,Microsoft Windows 10 Pro 10.0.19045,SN7,2026-11-11,x\nIMP-1,hp,Lyon,Printer,,SNP,2026-11-11,\n";
    assert_eq!(names(&read("devices.csv", text)), ["NB-7"]);
    let text = "Computernaam;Besturingssysteem;Serienummer;Aantal cores;Laatst gezien\r\nPC-1;Windows 11 Pro;S1;6;12-11-2026\r\n";
    let reading = read("computers.csv", text);
    let machine = machines(&reading)[0];
    assert_eq!((machine.os.as_deref(), machine.cores), (Some("Windows 11 Pro"), Some(6)));
    let text = "Client;Softwareprodukt;Produktversion;Hersteller\r\nPC-1;Microsoft Project Standard 2016;16.0;Microsoft Corporation\r\n";
    let reading = read("clients.csv", text);
    assert_eq!(titles(&reading)[0].publisher.as_deref(), Some("Microsoft Corporation"));
    let text = "Numero fattura;Data fattura;Codice articolo;Descrizione;Quantità;Prezzo unitario\r\n77/22;14/03/2022;D87-07284;VisioPro 2019 SNGL OLP NL;3;410,00\r\n";
    let reading = read("fatture.csv", text);
    let bought = reading.facts.iter().find_map(|row| match &row.fact {
        Fact::Purchase(purchase) => Some(purchase),
        _ => None,
    });
    let told =
        bought.map(|purchase| (purchase.quantity, purchase.part_number.as_deref(), purchase.unit_price.is_some()));
    assert_eq!(told, Some((3, Some("D87-07284"), true)));
}

#[test]
fn whoever_sells_was_taken_for_the_publisher() {
    let text = "PO Number,PO Date,Vendor,Mfr Part #,Item Description,Qty Ordered,Unit Cost\nPO-9,05/16/2022,SHI,9EM-00653,WinSvrSTDCore 2019 SNGL OLP 16Lic NL CoreLic,4,735.00\n";
    let reading = read("po.csv", text);
    let publishers: Vec<_> = reading
        .facts
        .iter()
        .filter_map(|row| match &row.fact {
            Fact::Purchase(purchase) => Some(purchase.publisher.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(publishers, [None]);
}

#[test]
fn a_table_of_powershell_with_a_column_of_machines_was_of_one() {
    let text = "\r\nPSComputerName DisplayName                               DisplayVersion Publisher\r\n-------------- -----------                               -------------- ---------\r\nSRV-1          Microsoft Visual Studio Professional 2019 16.11.3        Microsoft Corporation\r\nSRV-2          7-Zip                                     23.01          Igor Pavlov\r\n\r\n";
    let reading = read("logiciels.txt", text);
    let on: Vec<_> = titles(&reading).iter().filter_map(|title| title.machine.name.clone()).collect();
    assert_eq!(on, ["SRV-1", "SRV-2"]);
}

#[test]
fn guests_of_other_hypervisors_were_not_read() {
    let text = r#"[{"vmid":100,"name":"vm-1","node":"pve1","status":"running","maxcpu":4},{"vmid":101,"name":"vm-2","node":"pve1","status":"stopped","maxcpu":2}]"#;
    let reading = read("vms.json", text);
    let powered: Vec<_> =
        machines(&reading).iter().filter_map(|m| m.virtualisation.as_ref().and_then(|guest| guest.powered)).collect();
    assert_eq!(powered, [true, false]);
    let text = "VM Name,Host,Cores,Power State,Cluster\nvm-3,node-a,4,On,C1\n";
    assert_eq!(names(&read("vms.csv", text)), ["vm-3"]);
}

#[test]
fn what_slmgr_prints_was_a_table_with_a_machine_named_after_an_edition() {
    let text = "Version du service de licences logicielles : 10.0.20348.1\r\n\r\nNom : Windows(R), ServerStandard edition\r\nDescription : Windows(R) Operating System, VOLUME_KMSCLIENT channel\r\nID d’activation : x\r\nÉtat de la licence : sous licence\r\n";
    let reading = read("DC-1.txt", text);
    let machine = machines(&reading)[0];
    assert_eq!((machine.id.name.as_deref(), machine.os_channel.as_deref()), (Some("DC-1"), Some("VOLUME_KMSCLIENT")));
}

#[test]
fn the_answer_of_an_interface_with_one_list_in_it_was_of_no_kind() {
    let text = r#"{"hosts":[{"hostname":"pc-1","hardware_serial":"S1","os_version":"Windows 11 Pro 23H2","cpu_physical_cores":6}],"meta":{"page":1}}"#;
    let reading = read("hosts.json", text);
    let machine = machines(&reading)[0];
    assert_eq!((machine.id.serial.as_deref(), machine.cores), (Some("S1"), Some(6)));
}

#[test]
fn columns_that_only_stand_under_each_other_were_no_table() {
    let text = "PSComputerName SerialNumber\r\nPC-1           S1          \r\nPC-2           S2          \r\n";
    assert_eq!(names(&read("bios.txt", text)), ["PC-1", "PC-2"]);
}

#[test]
fn a_column_that_says_yes_was_taken_for_the_machine() {
    let text = "\"Name\",\"Client\",\"Primary User(s)\",\"Operating System\",\"Operating System Build\"\n\"PC-1\",\"Yes\",\"x\",\"Microsoft Windows NT Workstation 10.0\",\"10.0.22631\"\n";
    assert_eq!(names(&read("devices.csv", text)), ["PC-1"]);
}

#[test]
fn instances_and_hosts_under_other_headings_were_not_read() {
    let text = "Serveur;Instance;Version SQL;Edition;Niveau;Coeurs\r\nSQ-1;PROD;15.0.4375.4;Standard Edition (64-bit);RTM;8\r\n";
    assert_eq!(instances(&read("sql.csv", text))[0].instance.as_deref(), Some("PROD"));
    let text = "Name,NumCpuPkgs,NumCpuCores,NumCpuThreads\nesx7.x.example,2,32,64\n";
    let reading = read("hosts.csv", text);
    assert_eq!((machines(&reading)[0].processors, machines(&reading)[0].cores), (Some(2), Some(32)));
}
