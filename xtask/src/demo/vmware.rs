//! The RVTools workbook: hosts, clusters, guests. Booleans are text, as the tool writes them.

use super::Files;
use super::company::{Company, DOMAIN};
use super::random::Random;
use super::servers::{BORDEAUX, PORTO};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// Day on which every workbook of the demo says it was made.
pub(crate) fn fixed_properties() -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 11, 20)?))
}

/// Adds a sheet of `header` and `rows`; digits alone become numbers.
fn sheet(workbook: &mut Workbook, name: &str, header: &[&str], rows: &[Vec<String>]) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    for (column, title) in (0u16..).zip(header) {
        sheet.write(0, column, *title)?;
    }
    for (line, row) in (1u32..).zip(rows) {
        for (column, value) in (0u16..).zip(row) {
            match value.parse::<u32>() {
                Ok(number) => sheet.write(line, column, number)?,
                Err(_) => sheet.write(line, column, value)?,
            };
        }
    }
    Ok(())
}

fn short(os: &str) -> String {
    match os.strip_suffix(" Standard") {
        Some(windows) => format!("{windows} (64-bit)"),
        None => "Debian GNU/Linux 12 (64-bit)".to_owned(),
    }
}

/// Adds the workbook.
pub(crate) fn write(company: &Company, files: &mut Files) -> Result<(), XlsxError> {
    let mut random = Random::new(0x5256);
    let mut workbook = Workbook::new();
    workbook.set_properties(&fixed_properties()?);
    let centre = |cluster: &str| if cluster == BORDEAUX { "DC-BORDEAUX" } else { "DC-PORTO" };
    let yes_no = |yes: bool| if yes { "True" } else { "False" }.to_owned();
    let mut info = Vec::new();
    let mut cpu = Vec::new();
    for vm in &company.vms {
        let power = if vm.template { "poweredOff" } else { "poweredOn" };
        // What an administrator ticked years ago, and what the guest says today: they need not agree.
        let ticked =
            if vm.name == "OPO-ERP01" { "Microsoft Windows Server 2008 R2 (64-bit)".to_owned() } else { short(vm.os) };
        let tools = if vm.template { String::new() } else { short(vm.os) };
        let dns = if vm.template { String::new() } else { format!("{}.{DOMAIN}", vm.name.to_lowercase()) };
        info.push(vec![
            vm.name.to_owned(),
            power.to_owned(),
            yes_no(vm.template),
            dns,
            vm.vcpus.to_string(),
            "8192".to_owned(),
            centre(vm.cluster).to_owned(),
            vm.cluster.to_owned(),
            vm.host.clone(),
            ticked.clone(),
            tools.clone(),
            format!("vm-{}", 1000 + random.below(900)),
            vm.uuid.to_lowercase(),
            random.uuid().to_lowercase(),
        ]);
        cpu.push(vec![
            vm.name.to_owned(),
            power.to_owned(),
            yes_no(vm.template),
            vm.vcpus.to_string(),
            "1".to_owned(),
            vm.vcpus.to_string(),
            centre(vm.cluster).to_owned(),
            vm.cluster.to_owned(),
            vm.host.clone(),
            ticked,
            tools,
        ]);
    }
    let hosts: Vec<Vec<String>> = company
        .hosts
        .iter()
        .map(|host| {
            vec![
                host.name.clone(),
                centre(host.cluster).to_owned(),
                host.cluster.to_owned(),
                "Intel(R) Xeon(R) Gold 6226 CPU @ 2.70GHz".to_owned(),
                "True".to_owned(),
                "2".to_owned(),
                host.cores.to_string(),
                (host.cores * 2).to_string(),
                company.vms.iter().filter(|vm| vm.host == host.name).count().to_string(),
                "VMware ESXi 8.0.3 build-24280767".to_owned(),
                "Dell Inc.".to_owned(),
                "PowerEdge R650".to_owned(),
                host.serial.clone(),
                host.uuid.to_lowercase(),
            ]
        })
        .collect();
    let clusters: Vec<Vec<String>> = [(BORDEAUX, "96", "1873", true), (PORTO, "64", "0", false)]
        .into_iter()
        .map(|(name, cores, motions, moves)| {
            vec![
                name.to_owned(),
                "4".to_owned(),
                "4".to_owned(),
                cores.to_owned(),
                motions.to_owned(),
                yes_no(moves),
                yes_no(moves),
                if moves { "fullyAutomated" } else { "manual" }.to_owned(),
            ]
        })
        .collect();
    const OS: [&str; 2] = ["OS according to the configuration file", "OS according to the VMware Tools"];
    sheet(
        &mut workbook,
        "vInfo",
        &[
            "VM",
            "Powerstate",
            "Template",
            "DNS Name",
            "CPUs",
            "Memory",
            "Datacenter",
            "Cluster",
            "Host",
            OS[0],
            OS[1],
            "VM ID",
            "SMBIOS UUID",
            "VM UUID",
        ],
        &info,
    )?;
    sheet(
        &mut workbook,
        "vCPU",
        &[
            "VM",
            "Powerstate",
            "Template",
            "CPUs",
            "Sockets",
            "Cores p/s",
            "Datacenter",
            "Cluster",
            "Host",
            OS[0],
            OS[1],
        ],
        &cpu,
    )?;
    sheet(
        &mut workbook,
        "vHost",
        &[
            "Host",
            "Datacenter",
            "Cluster",
            "CPU Model",
            "HT Active",
            "# CPU",
            "Cores per CPU",
            "# Cores",
            "# VMs",
            "ESX Version",
            "Vendor",
            "Model",
            "Serial number",
            "UUID",
        ],
        &hosts,
    )?;
    sheet(
        &mut workbook,
        "vCluster",
        &[
            "Name",
            "NumHosts",
            "numEffectiveHosts",
            "NumCpuCores",
            "Num VMotions",
            "HA enabled",
            "DRS enabled",
            "DRS default VM behavior",
        ],
        &clusters,
    )?;
    files.insert("vmware/RVTools_export_all_2026-11-20.xlsx".to_owned(), workbook.save_to_buffer()?);
    Ok(())
}
