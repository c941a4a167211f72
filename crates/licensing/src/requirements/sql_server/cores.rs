//! Physical cores that SQL Server licences count, with the core factor of 2012 and 2014.

use super::{PRODUCT, Placed};
use crate::deployments::Server;
use crate::findings::Step;
use crate::requirements::host::{Size, cores_due, size, virtual_cores};
use crate::requirements::{Ask, Found, Reading, Scene};

/// Cores that one operating system counts by itself, as if no other were licensed with it.
pub(super) fn all(scene: &Scene<'_>, place: &Placed<'_>) -> u64 {
    if let Some(vm) = place.vm {
        return virtual_cores(scene, vm, PRODUCT).0.max(scene.terms.rule("SQL-VM-MIN4", scene.as_of).number("per_vm"));
    }
    let least = scene.terms.rule("SQL-CORE-PHYS", scene.as_of).number("per_processor");
    place.server.map_or(0, |server| cores_due(size(scene, server, PRODUCT, &mut Found::default()), least, 0))
}

/// Cores up to which the secondary of one operating system needs no licences: read in the way that asks least where the size is
/// not told, there is no end to them; in the other, as few as there can be.
pub(super) fn carried(scene: &Scene<'_>, place: &Placed<'_>) -> u64 {
    let number = |rule: &str, key: &str| scene.terms.rule(rule, scene.as_of).number(key);
    let open = |low: bool, fewest: u64| if low { u64::MAX } else { fewest };
    if let Some(vm) = place.vm.filter(|vm| vm.vcpus.is_none_or(|vcpus| vcpus == 0)) {
        let low = scene.reads("virtual-cores-unknown", &vm.id, PRODUCT) == Reading::Low;
        return open(low, number("SQL-VM-MIN4", "per_vm"));
    }
    let told = |number: Option<u32>| number.filter(|number| *number > 0).map(u64::from);
    let is_told = |server: &Server| {
        let (processors, each) = (told(server.processors), told(server.cores_per_processor));
        (processors.is_some() && each.is_some())
            || (told(server.cores).is_some() && (processors.is_some() || each.is_some()))
    };
    match place.server.filter(|server| place.vm.is_none() && !is_told(server)) {
        Some(server) => {
            let low = scene.reads("processor-unknown", &server.id, PRODUCT) == Reading::Low;
            let each = told(server.cores_per_processor).unwrap_or(1).max(number("SQL-CORE-PHYS", "per_processor"));
            open(low, told(server.processors).unwrap_or(1).saturating_mul(each))
        }
        None => all(scene, place),
    }
}

/// The core factor of 2012 and 2014 licences, in percent. An AMD part beside the table's series is asked about.
fn factor(scene: &Scene<'_>, size: Size, server: &Server, found: &mut Found) -> u64 {
    let model = server.cpu_model.as_deref();
    if size.cores_each >= 6 && model.is_some_and(|model| model.contains("AMD") && model.contains("FX")) {
        let (code, subject) = ("core-factor-unknown", server.id.clone());
        found.asks.insert(Ask { code, subject, product: PRODUCT.into(), rule: Some("SQL-FACTOR-2012") });
        if scene.reads("core-factor-unknown", &server.id, PRODUCT) == Reading::Low {
            return scene.terms.rule("SQL-FACTOR-2012", scene.as_of).number("percent_amd");
        }
    }
    let rule = scene.terms.rule("SQL-FACTOR-2012", scene.as_of);
    match size.cores_each {
        1 => rule.number("percent_single"),
        2 => rule.number("percent_dual"),
        cores if cores >= 6 && model.is_some_and(is_amd_of_table) => rule.number("percent_amd"),
        _ => 100,
    }
}

/// The AMD series of the publisher's table: 31xx to 33xx, 41xx to 43xx, 61xx to 63xx.
fn is_amd_of_table(model: &str) -> bool {
    let listed = model.contains("listed in the factor table");
    let series = |word: &str| {
        let digits: String = word.chars().take(2).collect();
        word.len() == 4 && ["31", "32", "33", "41", "42", "43", "61", "62", "63"].contains(&digits.as_str())
    };
    model.contains("AMD") && (listed || (model.contains("Opteron") && model.split([' ', '-']).any(series)))
}

/// Cores of a server that runs SQL Server itself, under licences of 2012 or 2014 (`version_2012`) with their factor.
pub(super) fn physical_cores(
    scene: &Scene<'_>,
    server: &Server,
    version_2012: bool,
    found: &mut Found,
) -> (u64, Vec<Step>) {
    let size = size(scene, server, PRODUCT, found);
    let least = scene.terms.rule("SQL-CORE-PHYS", scene.as_of).number("per_processor");
    let mut units = cores_due(size, least, 0);
    let mut steps = vec![Step::new(
        "sql-cores",
        Some("SQL-CORE-PHYS"),
        &[
            ("host", server.id.to_string()),
            ("processors", size.processors_told()),
            ("cores", size.cores_told()),
            ("least", least.to_string()),
            ("units", units.to_string()),
        ],
    )];
    if version_2012 {
        let percent = factor(scene, size, server, found);
        if percent != 100 {
            let floor = size.processors.saturating_mul(least);
            units = size.cores().saturating_mul(percent).div_ceil(100).max(floor);
            steps.push(Step::new(
                "sql-core-factor",
                Some("SQL-FACTOR-2012"),
                &[("percent", percent.to_string()), ("units", units.to_string())],
            ));
        }
    }
    (units, steps)
}
