//! The machine room of the model: physical servers, VMware hosts, virtual machines.

use super::company::{DOMAIN, Host, Server, Sql, Vm};
use super::random::Random;

const EXPRESS: &str = "Express Edition (64-bit)";
const STANDARD: &str = "Standard Edition (64-bit)";

/// The 22 physical servers that are not VMware hosts: 14 with Windows, 8 with Linux.
pub(super) fn servers(random: &mut Random) -> Vec<Server> {
    let express = |version, build| Some(Sql { version, build, edition: Some(EXPRESS), instance: "SQLEXPRESS" });
    let r2 = "Microsoft Windows Server 2012 R2 Standard";
    let old = "Microsoft Windows Server 2008 R2 Standard";
    let list: [(&'static str, &'static str, u32, u32, Option<Sql>); 22] = [
        ("BDX-CFAO01", r2, 2, 10, None),
        ("BDX-CFAO02", r2, 2, 10, None),
        ("BDX-FAO01", r2, 2, 10, None),
        ("BDX-FAO02", r2, 2, 10, None),
        ("BDX-GPAO01", r2, 2, 10, None),
        ("BDX-GPAO02", r2, 2, 10, None),
        ("BDX-METRO01", old, 2, 4, None),
        ("BDX-METRO02", old, 2, 4, None),
        ("BDX-POINT01", old, 2, 4, None),
        ("BDX-PESEE01", old, 2, 4, None),
        ("BDX-RDS01", "Microsoft Windows Server 2016 Standard", 2, 8, None),
        ("BDX-SAUV01", "Microsoft Windows Server 2016 Standard", 2, 4, express("2017", "14.0.2052.1")),
        ("MTL-FIC01", "Microsoft Windows Server 2019 Standard", 1, 8, express("2019", "15.0.2000.5")),
        ("BDX-DC02", "Microsoft Windows Server 2022 Standard", 2, 10, None),
        ("BDX-LNX01", "Debian GNU/Linux 12 (bookworm)", 2, 8, None),
        ("BDX-LNX02", "Debian GNU/Linux 12 (bookworm)", 2, 8, None),
        ("BDX-LNX03", "Debian GNU/Linux 11 (bullseye)", 1, 8, None),
        ("BDX-LNX04", "Debian GNU/Linux 11 (bullseye)", 1, 8, None),
        ("OPO-LNX01", "Debian GNU/Linux 12 (bookworm)", 1, 8, None),
        ("OPO-LNX02", "Debian GNU/Linux 12 (bookworm)", 1, 8, None),
        ("MTL-LNX01", "Ubuntu 22.04.5 LTS", 1, 8, None),
        ("MTL-LNX02", "Ubuntu 22.04.5 LTS", 1, 8, None),
    ];
    list.into_iter()
        .map(|(name, os, processors, cores, sql)| Server {
            name,
            os,
            processors,
            cores,
            sql,
            uuid: random.uuid(),
            serial: random.serial(7),
        })
        .collect()
}

/// Cluster of Bordeaux: its guests move by themselves.
pub(crate) const BORDEAUX: &str = "CL-BDX-PROD";
/// Cluster of Porto: nothing moves by itself.
pub(crate) const PORTO: &str = "CL-OPO";

/// The eight VMware hosts.
pub(super) fn hosts(random: &mut Random) -> Vec<Host> {
    let mut hosts = Vec::new();
    for (site, cluster, cores) in [("bdx", BORDEAUX, 12), ("opo", PORTO, 8)] {
        for n in 1..=4 {
            hosts.push(Host {
                name: format!("{site}-esx{n:02}.{DOMAIN}"),
                cluster,
                cores,
                uuid: random.uuid(),
                serial: random.serial(7),
            });
        }
    }
    hosts
}

/// Name, cluster, number of the host, operating system, virtual processors, SQL Server.
type Guest = (&'static str, &'static str, u32, &'static str, u32, Option<Sql>);

/// The 26 virtual machines and one template.
pub(super) fn vms(random: &mut Random) -> Vec<Vm> {
    const S08: &str = "Microsoft Windows Server 2008 R2 Standard";
    const S12: &str = "Microsoft Windows Server 2012 R2 Standard";
    const S16: &str = "Microsoft Windows Server 2016 Standard";
    const S19: &str = "Microsoft Windows Server 2019 Standard";
    const S22: &str = "Microsoft Windows Server 2022 Standard";
    const DEB: &str = "Debian GNU/Linux 12 (bookworm)";
    let standard = |version, build| Some(Sql { version, build, edition: Some(STANDARD), instance: "MSSQLSERVER" });
    let list: [Guest; 27] = [
        ("BDX-DC01", BORDEAUX, 1, S16, 2, None),
        ("BDX-FIC01", BORDEAUX, 2, S12, 4, None),
        ("BDX-FIC02", BORDEAUX, 3, S16, 4, None),
        ("BDX-ERP01", BORDEAUX, 4, S12, 8, None),
        ("BDX-ERP02", BORDEAUX, 1, S16, 8, None),
        (
            "BDX-QUAL01",
            BORDEAUX,
            2,
            S08,
            2,
            Some(Sql { version: "2014", build: "12.0.6024.0", edition: Some(EXPRESS), instance: "SQLEXPRESS" }),
        ),
        ("BDX-PAIE01", BORDEAUX, 3, S08, 2, None),
        ("BDX-WSUS01", BORDEAUX, 4, S19, 4, None),
        ("BDX-IMP01", BORDEAUX, 1, S12, 2, None),
        ("BDX-APP01", BORDEAUX, 2, S16, 4, None),
        ("BDX-APP02", BORDEAUX, 3, S19, 4, None),
        ("BDX-DEV01", BORDEAUX, 4, S22, 4, None),
        ("BDX-GLPI01", BORDEAUX, 1, DEB, 4, None),
        ("BDX-WEB01", BORDEAUX, 2, DEB, 2, None),
        ("BDX-SUPERV01", BORDEAUX, 3, DEB, 2, None),
        ("BDX-PROXY01", BORDEAUX, 4, DEB, 2, None),
        ("BDX-MODELE-2019", BORDEAUX, 4, S19, 2, None),
        ("OPO-DC01", PORTO, 1, S12, 2, None),
        ("OPO-FIC01", PORTO, 1, S12, 4, None),
        ("OPO-SQL01", PORTO, 2, S12, 4, standard("2016", "13.0.6435.1")),
        ("OPO-SQL02", PORTO, 2, S12, 2, standard("2017", "14.0.3456.2")),
        (
            "OPO-MES01",
            PORTO,
            3,
            S12,
            4,
            Some(Sql { version: "2014", build: "12.0.6024.0", edition: None, instance: "MES" }),
        ),
        ("OPO-IMP01", PORTO, 3, S12, 2, None),
        ("OPO-ERP01", PORTO, 4, S12, 8, None),
        ("OPO-QUAL01", PORTO, 4, S12, 2, None),
        ("OPO-WEB01", PORTO, 1, DEB, 2, None),
        ("OPO-PROXY01", PORTO, 2, DEB, 2, None),
    ];
    list.into_iter()
        .map(|(name, cluster, host, os, vcpus, sql)| Vm {
            name,
            host: format!("{}-esx{host:02}.{DOMAIN}", if cluster == BORDEAUX { "bdx" } else { "opo" }),
            cluster,
            os,
            vcpus,
            template: name.contains("MODELE"),
            sql,
            uuid: random.uuid(),
        })
        .collect()
}
