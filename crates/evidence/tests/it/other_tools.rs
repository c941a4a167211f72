//! Exports of a company whose tools and habits are another hand's, each named after what went wrong before it was read.

use super::dialects::{aside, machines, outcome, read, titles};
use licensing::facts::{Fact, MachineKind, SqlInstance};

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
fn a_format_list_of_the_directory_is_the_table_that_it_prints() {
    // The cluster alone bears principal names, and stands last: a heading that only one block has counts too.
    let text = "\n\nDistinguishedName      : CN=PC-1,OU=Postes,DC=x,DC=example\nDNSHostName            : pc-1.x.example\nEnabled                : False\nLastLogonDate          : 14/11/2026 08:12:44\nName                   : PC-1\nOperatingSystem        : Windows 11 Professionnel\nOperatingSystemVersion : 10.0 (22631)\n\nDistinguishedName      : CN=CLU,OU=Clusters,DC=x,DC=example\nDNSHostName            : clu.x.example\nEnabled                : True\nLastLogonDate          : 10/11/2026 04:00:00\nName                   : CLU\nOperatingSystem        : Windows Server 2019 Standard\nOperatingSystemVersion : 10.0 (17763)\nservicePrincipalName   : {HOST/CLU, MSClusterVirtualServer/CLU,\n                         MSServerClusterMgmtAPI/CLU}\n\n";
    let reading = read("postes.txt", text);
    assert_eq!(names(&reading), ["PC-1"]);
    let machine = machines(&reading)[0];
    assert_eq!((machine.ad_enabled, machine.os_build.as_deref()), (Some(false), Some("10.0.22631")));
    assert_eq!(machine.last_seen.map(|day| day.to_string()).as_deref(), Some("2026-11-14"));
    assert_eq!(aside(&reading), [("CLU", "cluster-name-object")]);
}

#[test]
fn computers_of_the_directory_without_their_distinguished_names_are_machines() {
    let text = "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADComputer\n\"Name\"\t\"OperatingSystem\"\t\"OperatingSystemVersion\"\t\"lastLogonTimestamp\"\t\"Enabled\"\n\"PC-1\"\t\"Windows 10 Pro\"\t\"10.0 (19045)\"\t\"134388234420000000\"\t\"True\"\n";
    let machine = &read("computer.tsv", text);
    assert_eq!((machines(machine)[0].in_domain, machines(machine)[0].ad_enabled), (Some(true), Some(true)));
    let queried = "sAMAccountName;operatingSystem;dNSHostName;lastLogonTimestamp\nPC-2$;Windows 11 Pro;pc-2.x.example;134388234420000000\n";
    assert_eq!(names(&read("extrait.csv", queried)), ["PC-2"]);
}

#[test]
fn a_day_in_milliseconds_as_powershell_writes_it_in_json_is_a_day() {
    let text = r#"[{"DistinguishedName":"CN=PC-1,DC=x","DNSHostName":"pc-1.x","Enabled":true,"Name":"PC-1","OperatingSystem":"Windows 11 Pro","LastLogonDate":"\/Date(1763452800000)\/"},{"DistinguishedName":"CN=PC-2,DC=x","DNSHostName":"pc-2.x","Enabled":true,"Name":"PC-2","OperatingSystem":"Windows 11 Pro","LastLogonDate":null}]"#;
    let reading = read("postes.json", text);
    let seen: Vec<Option<String>> = machines(&reading).iter().map(|m| m.last_seen.map(|day| day.to_string())).collect();
    assert_eq!(seen, [Some("2025-11-18".to_owned()), None]);
}

#[test]
fn objects_that_powershell_exported_are_rows_of_a_table() {
    let text = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n<Obj RefId=\"0\"><TN RefId=\"0\"><T>Selected.System.Management.Automation.PSCustomObject</T></TN><MS><S N=\"DisplayName\">Microsoft Visio Standard 2016</S><S N=\"DisplayVersion\">16.0</S><S N=\"Publisher\">Microsoft_x005F_Corporation</S><S N=\"PSComputerName\">SRV-1</S></MS></Obj>\n<Obj RefId=\"1\"><TNRef RefId=\"0\"/><MS><S N=\"DisplayName\">7-Zip</S><S N=\"DisplayVersion\">24.08</S><Nil N=\"Publisher\"/><S N=\"PSComputerName\">SRV-1</S></MS></Obj></Objs>";
    let reading = read("logiciels.clixml", text);
    let found = titles(&reading);
    assert_eq!((found.len(), found[0].machine.name.as_deref()), (2, Some("SRV-1")));
    assert_eq!((found[0].publisher.as_deref(), found[1].publisher.as_deref()), (Some("Microsoft_Corporation"), None));
    let cut = outcome("logiciels.clixml", text.trim_end_matches("</Obj></Objs>"));
    assert_eq!(cut.map_err(|refusal| refusal.reason.code()).err(), Some("cut-off"));
}

#[test]
fn headings_are_the_same_with_and_without_blanks() {
    let text = "\"Device\",\"ProductName\",\"ProductVersion\",\"Publisher\"\n\"PC-1\",\"Microsoft Project Standard 2016\",\"16.0\",\"Microsoft\"\n";
    let reading = read("pivot.csv", text);
    assert_eq!(titles(&reading)[0].machine.name.as_deref(), Some("PC-1"));
}

#[test]
fn the_devices_of_the_console_are_machines_and_obsolete_ones_retired() {
    let text = "#TYPE IResultObject#SMS_CombinedDeviceResources\n\"DeviceOSBuild\";\"IsObsolete\";\"LastActiveTime\";\"Name\";\"ResourceID\";\"SMSID\";\"SerialNumber\"\n\"10.0.22631.4317\";\"False\";\"14.11.2026 10:00:00\";\"PC-1\";\"16777220\";\"GUID:A\";\"MZ01\"\n\"10.0.19044.1\";\"True\";\"01.02.2025 09:00:00\";\"PC-ALT\";\"16777221\";\"GUID:B\";\"MZ01\"\n\"\";\"False\";\"\";\"x64 Unknown Computer (x64 Unknown Computer)\";\"2046820352\";\"c\";\"\"\n";
    let reading = read("devices.csv", text);
    let found = machines(&reading);
    assert_eq!((found.len(), found[0].os_build.as_deref()), (2, Some("10.0.22631")));
    assert_eq!((found[0].retired, found[1].retired), (Some(false), Some(true)));
    assert_eq!(found[0].id.serial.as_deref(), Some("MZ01"));
}

#[test]
fn glpi_exports_the_columns_that_a_person_chose_in_either_language() {
    let french = "\"Nom\";\"Statut\";\"Système d'exploitation - Nom\";\"Type\";\"Numéro de série\";\"Composants - Nombre de cœurs\";\"Date du dernier inventaire\";\"Logiciels - Nom\"\n\"PC-1\";\"Rebut\";\"Microsoft Windows 11 Professionnel\";\"Fixe\";\"MZ01\";\"6\n6\";\"2026-11-02 10:00\";\"7-Zip\nMicrosoft Visio Standard 2016\";\n";
    let reading = read("ordinateurs.csv", french);
    let machine = machines(&reading)[0];
    assert_eq!((machine.kind, machine.cores, machine.retired), (Some(MachineKind::Desktop), Some(12), Some(true)));
    assert_eq!(machine.titles.len(), 2);
    assert_eq!(machine.last_seen.map(|day| day.to_string()).as_deref(), Some("2026-11-02"));
}

#[test]
fn printers_and_switches_of_glpi_are_no_machines() {
    let text = "\"Name\";\"Entity\";\"Status\";\"Types\";\"Model\";\"Serial number\";\"Last update\"\n\"IMP-1\";\"Root entity\";\"\";\"Laser\";\"HL-L5200\";\"A\";\"2026-11-02 10:00\"\n\"X-1\";\"Root entity\";\"\";\"\";\"C9200L\";\"B\";\"2026-11-02 10:00\"\n\"PC-1\";\"Root entity\";\"\";\"Laptop\";\"X1\";\"C\";\"2026-11-02 10:00\"\n";
    let reading = read("equipment.csv", text);
    assert_eq!(aside(&reading), [("IMP-1", "no-computer"), ("X-1", "kind-not-told")]);
    assert_eq!(names(&reading), ["PC-1"]);
}

#[test]
fn a_list_that_counts_installations_is_of_no_machine() {
    let text = "Nom;Éditeur;Version;Nombre\nMicrosoft Visio Standard 2016;Microsoft;16.0;12\n";
    let reading = read("ocs/tous-logiciels.csv", text);
    assert_eq!(aside(&reading), [("Microsoft Visio Standard 2016", "count-without-machines")]);
    assert!(titles(&reading).is_empty());
}

#[test]
fn a_list_called_after_its_command_is_of_the_machine_that_its_folder_names() {
    let packages = "\"Name\",\"Version\",\"Source\",\"ProviderName\"\n\"7-Zip\",\"24.08\",\"\",\"Programs\"\n";
    for file in ["PC-7/Get-Package.csv", "PC-7/get-package-2026-11-20.csv", "Get-Package-PC-7.csv"] {
        assert_eq!(titles(&read(file, packages))[0].machine.name.as_deref(), Some("PC-7"), "{file}");
    }
    let query = "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\A\n    DisplayName    REG_SZ    7-Zip\n";
    assert_eq!(titles(&read("SRV-9/reg-query.txt", query))[0].machine.name.as_deref(), Some("SRV-9"));
}

#[test]
fn processors_of_several_machines_in_one_list_do_not_add_up() {
    let block = |machine: &str, id: &str| {
        format!(
            "SystemName                : {machine}\nDeviceID                  : {id}\nNumberOfCores             : 12\nNumberOfLogicalProcessors : 24\n\n"
        )
    };
    let text = [block("HV1", "CPU0"), block("HV1", "CPU1"), block("HV2", "CPU0")].concat();
    let reading = read("processeurs.txt", &text);
    let told: Vec<_> = machines(&reading).iter().map(|m| (m.processors, m.cores, m.logical)).collect();
    assert_eq!(told, [(Some(2), Some(24), Some(48)), (Some(1), Some(12), Some(24))]);
}

#[test]
fn hosts_of_hyper_v_tell_their_logical_processors() {
    let text = "\"ComputerName\";\"LogicalProcessorCount\";\"MemoryCapacity\";\"VirtualHardDiskPath\"\n\"HV1\";\"48\";\"274877906944\";\"C:\\VM\"\n";
    let reading = read("Get-VMHost.csv", text);
    assert_eq!((machines(&reading)[0].kind, machines(&reading)[0].logical), (Some(MachineKind::Host), Some(48)));
}

#[test]
fn a_single_snapshot_of_osquery_is_a_list_of_programs() {
    let text = r#"{"name":"pack_x_programs","hostIdentifier":"pc4","unixTime":1763452800,"action":"snapshot","snapshot":[{"name":"Office","version":"16","publisher":"M"},{"name":"Visio","version":"16","publisher":"M"}]}"#;
    let reading = read("osqueryd.snapshots.log", text);
    let found = titles(&reading);
    assert_eq!((found.len(), found[1].machine.name.as_deref()), (2, Some("pc4")));
    let seen = found[0].told.as_ref().and_then(|machine| machine.last_seen);
    assert_eq!(seen.map(|day| day.to_string()).as_deref(), Some("2025-11-18"));
}

#[test]
fn the_summary_of_a_discovery_names_the_machine_of_its_instances() {
    let text = "Overall summary:\n  Final result:                  Passed\n  Requested action:              RunDiscovery\n\nMachine Properties:\n  Machine name:                  SRV-SQL2\n  OS clustered:                  No\n\nProduct features discovered:\n  Product              Instance             Instance ID          Feature                        Language  Edition              Version         Clustered  Configured\n  SQL Server 2022      DEV                  MSSQL16.DEV          Database Engine Services       1033      Developer Edition    16.0.4155.4     No         Yes\n  SQL Server 2022      DEV                  MSSQL16.DEV          SQL Server Replication         1033      Developer Edition    16.0.4155.4     No         Yes\n\nPackage properties:\n  Description:                   x\n";
    let reading = read("Summary.txt", text);
    let found = instances(&reading);
    assert_eq!((found.len(), found[0].machine.name.as_deref()), (1, Some("SRV-SQL2")));
    assert_eq!((found[0].edition.as_deref(), found[0].instance.as_deref()), (Some("Developer Edition"), Some("DEV")));
    assert_eq!(aside(&reading), [("SQL Server Replication", "component-of-an-instance")]);
    let other = outcome("Summary.txt", "Overall summary:\n  Machine name:  SRV\n  Requested action:  Install\n");
    assert_eq!(other.map_err(|refusal| refusal.reason.code()).err(), Some("no-evidence"));
}

#[test]
fn the_table_of_hyper_v_is_a_list_of_guests_and_not_of_programs() {
    let text = "\nName     State   CPUUsage(%) MemoryAssigned(M) Uptime             Status             Version\n----     -----   ----------- ----------------- ------             ------             -------\nSRV1     Running 0           4096              12.03:04:05.678    Operating normally 9.0\nSRV2     Off     0           0                 00:00:00           Operating normally 9.0\n\n";
    let reading = read("vm.txt", text);
    let powered: Vec<_> =
        machines(&reading).iter().map(|m| m.virtualisation.as_ref().and_then(|guest| guest.powered)).collect();
    assert_eq!((powered, titles(&reading).len()), (vec![Some(true), Some(false)], 0));
}

#[test]
fn guests_of_a_machine_manager_are_on_the_host_that_it_names() {
    let managed = "\"Name\",\"HostName\",\"VirtualMachineState\",\"CPUCount\",\"OperatingSystem\"\n\"SRV1\",\"hv1.x.example\",\"Running\",\"4\",\"Windows Server 2019 Standard\"\n";
    let remote = "\"PSComputerName\";\"Name\";\"State\";\"OperationalStatus\"\n\"HV1\";\"SRV1\";\"Running\";\"Ok\"\n";
    for (text, host) in [(managed, "hv1.x.example"), (remote, "HV1")] {
        let reading = read("vms.csv", text);
        assert_eq!(names(&reading), ["SRV1"]);
        let guest = machines(&reading)[0].virtualisation.clone().expect("a guest");
        assert_eq!((guest.host.as_deref(), guest.powered), (Some(host), Some(true)));
    }
}

#[test]
fn lists_of_powercli_and_the_vsphere_client_are_guests_and_hosts() {
    let shell = "\"Name\",\"PowerState\",\"NumCpu\",\"VMHost\",\"Guest\"\n\"SRV1\",\"PoweredOn\",\"4\",\"esx1.x.example\",\"SRV1:Microsoft Windows Server 2019 (64-bit)\"\n";
    let client = "Name,State,Status,Host,Cluster,Guest OS,CPUs\nSRV1,Powered On,Normal,esx1.x.example,CL1,Microsoft Windows Server 2019 (64-bit),4\n";
    for text in [shell, client] {
        let reading = read("vms.csv", text);
        let machine = machines(&reading)[0];
        let guest = machine.virtualisation.clone().expect("a guest");
        assert_eq!((guest.vcpus, guest.powered, guest.host.as_deref()), (Some(4), Some(true), Some("esx1.x.example")));
        assert_eq!(machine.os.as_deref(), Some("Microsoft Windows Server 2019 (64-bit)"));
    }
    let hosts = "\"Name\",\"ConnectionState\",\"NumCpu\",\"Version\",\"Parent\"\n\"esx1.x.example\",\"Connected\",\"32\",\"7.0.3\",\"CL1\"\n";
    let reading = read("hosts.csv", hosts);
    let host = machines(&reading)[0];
    assert_eq!((host.kind, host.cores, host.cluster.as_deref()), (Some(MachineKind::Host), Some(32), Some("CL1")));
}

#[test]
fn marks_of_progress_before_the_headings_do_not_shift_the_columns() {
    let text = "   -          \\          Name                Id              Version  Source\n---------------------------------------------------\n7-Zip 24.08 (x64)   7zip.7zip       24.08    winget\nVisio Standard 2019 ARP\\VisioStd    16.0             \n";
    let reading = read("PC9/winget-list.txt", text);
    let told: Vec<_> = titles(&reading).iter().map(|t| (t.name.as_str(), t.version.as_deref())).collect();
    assert_eq!(told, [("7-Zip 24.08 (x64)", Some("24.08")), ("Visio Standard 2019", Some("16.0"))]);
}

#[test]
fn a_table_grouped_by_machine_is_of_that_machine() {
    let text = "\n\n   PSComputerName: SRV9\n\nDisplayName                   DisplayVersion Publisher\n-----------                   -------------- ---------\nMicrosoft Visio Standard 2016 16.0.4266.1001 Microsoft\n\n";
    assert_eq!(titles(&read("x/liste.txt", text))[0].machine.name.as_deref(), Some("SRV9"));
}

#[test]
fn what_scripts_indent_is_a_list_all_the_same() {
    let text = "\n\n    ComputerName           : PC-7\n    BIOSSerialNumber       : MZ01\n    OperatingSystem        : Microsoft Windows 10 Pro\n    Model                  : 81FK\n";
    let reading = read("info.txt", text);
    let machine = machines(&reading)[0];
    assert_eq!((machine.id.name.as_deref(), machine.id.serial.as_deref()), (Some("PC-7"), Some("MZ01")));
}

#[test]
fn get_computer_info_and_win32_computer_system_are_machines() {
    let info = "\nBiosSeralNumber              : MZ01\nCsDomain                     : x.example\nCsName                       : PC-1\nCsNumberOfLogicalProcessors  : 8\nCsNumberOfProcessors         : 1\nOsName                       : Microsoft Windows 11 Pro\nOsVersion                    : 10.0.22621\n";
    let reading = read("info.txt", info);
    let machine = machines(&reading)[0];
    assert_eq!((machine.id.dns.as_deref(), machine.id.serial.as_deref()), (Some("pc-1.x.example"), Some("MZ01")));
    assert_eq!(
        (machine.processors, machine.logical, machine.os_build.as_deref()),
        (Some(1), Some(8), Some("10.0.22621"))
    );
    let system =
        "\nName         : PC-2\nDomain       : x.example\nNumberOfProcessors : 2\nTotalPhysicalMemory : 8589934592\n";
    assert_eq!(machines(&read("cim.txt", system))[0].processors, Some(2));
}

#[test]
fn instances_under_the_headings_of_scripts_keep_their_editions() {
    let table = "ComputerName;SqlInstance;SqlEdition;SqlVersion\nSRV1;SRV1;Standard Edition (64-bit);11.0.7001.0\nSRV2;SRV2\\DWH;Enterprise Edition (64-bit);14.0.3238.1\n";
    let reading = read("instances.csv", table);
    let told: Vec<_> = instances(&reading).iter().map(|i| (i.machine.name.as_deref(), i.instance.as_deref())).collect();
    assert_eq!(told, [(Some("SRV1"), Some("MSSQLSERVER")), (Some("SRV2"), Some("DWH"))]);
    let features = "ComputerName,Product,Instance,InstanceID,Feature,Edition,Version\nSRV1,Microsoft SQL Server 2019,MSSQLSERVER,MSSQL15,Database Engine Services,Standard Edition,15.0.4395.2\nSRV1,Microsoft SQL Server 2019,,,Client Tools,,15.0\n";
    let reading = read("features.csv", features);
    assert_eq!((instances(&reading).len(), titles(&reading).len()), (1, 0));
    assert_eq!(aside(&reading), [("Client Tools", "component-of-an-instance")]);
}

#[test]
fn devices_that_their_tool_calls_by_name_alone_are_machines() {
    let text = "Name,Type,Operating System,Serial number,Last seen\nPC-1,Windows,Win 11,MZ01,2026-11-10T00:00:00Z\nimp-1,Printer,,X,2026-11-10T00:00:00Z\n";
    let reading = read("assets.csv", text);
    assert_eq!((names(&reading), aside(&reading)), (vec!["PC-1"], vec![("imp-1", "no-computer")]));
    let fleet =
        "hostname,hardware_serial,os_version,cpu_physical_cores\nPC-2,MZ02,Windows 11 Pro 23H2 10.0.22631.4317,6\n";
    let reading = read("hosts.csv", fleet);
    let machine = machines(&reading)[0];
    assert_eq!(machine.os.as_deref(), Some("Windows 11 Pro 23H2 10.0.22631.4317"));
    assert_eq!((machine.os_build.as_deref(), machine.cores), (Some("10.0.22631"), Some(6)));
}
