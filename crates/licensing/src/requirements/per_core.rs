//! BizTalk Server: cores, counted like those of SQL Server.

use super::host::{cores_due, counts, size, virtual_cores};
use super::{Ask, Demand, Found, Need, Scene, Way, tidy};
use crate::findings::{SetAside, Step};

const PRODUCT: &str = "BizTalk Server";

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let by_server = scene.terms.rule("SQL-CORE-PHYS", scene.as_of).number("per_processor");
    let by_machine = scene.terms.rule("SQL-VM-MIN4", scene.as_of).number("per_vm");
    for install in scene.estate.installs.iter().filter(|install| install.product == PRODUCT) {
        if install.edition.contains("Developer") || install.edition.contains("Evaluation") {
            continue;
        }
        if install.edition == "unknown" {
            let (code, subject) = ("edition-unknown", install.on.clone());
            found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("GEN-EDITION") });
        }
        let vm = scene.vm(&install.on);
        let server = scene.server(&install.on).filter(|server| scene.in_service(server));
        let rank = scene.rank_of(PRODUCT, &install.version, &install.on, found);
        let (units, open, rule, step) = match (vm.filter(|vm| counts(vm, 0)), server) {
            (Some(vm), _) => {
                if vm.vcpus.is_none() {
                    let (code, subject) = ("virtual-cores-unknown", vm.id.clone());
                    found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-VM-MIN4") });
                }
                let (vcpus, open) = virtual_cores(scene, vm, PRODUCT);
                let units = vcpus.max(by_machine).saturating_mul(vm.count);
                let values = [
                    ("machines", vm.count.to_string()),
                    ("vcpus", vm.vcpus.map_or_else(|| "?".to_owned(), |vcpus| vcpus.to_string())),
                    ("least", by_machine.to_string()),
                    ("hosts", "1".to_owned()),
                    ("units", units.to_string()),
                ];
                (units, open, "SQL-VM-MIN4", Step::new("sql-vm-cores", Some("SQL-VM-MIN4"), &values))
            }
            (None, Some(server)) => {
                let size = size(scene, server, PRODUCT, found);
                let units = cores_due(size, by_server, 0).saturating_mul(server.count);
                let values = [
                    ("host", server.id.to_string()),
                    ("processors", size.processors_told()),
                    ("cores", size.cores_told()),
                    ("least", by_server.to_string()),
                    ("units", units.to_string()),
                ];
                (units, size.is_open("core"), "SQL-CORE-PHYS", Step::new("sql-cores", Some("SQL-CORE-PHYS"), &values))
            }
            (None, None) => continue,
        };
        // Before 2013 it was counted by processor; that text was not read.
        if scene.terms.rank(PRODUCT, "2013").is_some_and(|first| rank < first) {
            found.set_aside.push(SetAside {
                on: install.on.clone(),
                product: PRODUCT.into(),
                edition: install.edition.clone(),
                version: install.version.clone(),
                outcome: "cannot-tell".to_owned(),
                why: "metric-unknown".to_owned(),
                count: 1,
            });
            continue;
        }
        let machines = [install.on.as_str()];
        let need = Need { product: PRODUCT, edition: Some(&install.edition), rank, machines: &machines };
        let mut demand = Demand {
            key: format!("biztalk:{}", install.on),
            subjects: vec![(
                install.on.clone(),
                format!("{PRODUCT} {} {}", install.edition, install.version).into(),
                1,
            )],
            origins: tidy(install.origins.clone()),
            ..Demand::default()
        };
        let arcs = scene.serving(&need, &["core"], &mut demand.refused, |_| Ok(1));
        demand.ways.push(Way {
            product: PRODUCT.to_owned(),
            edition: install.edition.to_string(),
            version: install.version.to_string(),
            named_by_lot: true,
            metric: "core".to_owned(),
            units,
            open,
            arcs,
            steps: vec![step],
            rules: vec![rule],
            native: true,
            ..Way::default()
        });
        found.demands.push(demand);
    }
}
