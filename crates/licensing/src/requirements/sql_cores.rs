//! Physical cores that SQL Server licences count, with the core factor of 2012 and 2014.

use super::host::{Size, cores_due, size};
use super::{Found, Scene};
use crate::deployments::Server;
use crate::findings::Step;

const PRODUCT: &str = "SQL Server";

/// The core factor of 2012 and 2014 licences, in percent.
fn factor(scene: &Scene<'_>, size: Size, model: Option<&str>) -> u64 {
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
    let size = size(server, PRODUCT, found);
    let least = scene.terms.rule("SQL-CORE-PHYS", scene.as_of).number("per_processor");
    let mut units = cores_due(size, least, 0);
    let mut steps = vec![Step::new(
        "sql-cores",
        Some("SQL-CORE-PHYS"),
        &[
            ("host", server.id.clone()),
            ("processors", size.processors.to_string()),
            ("cores", size.cores_each.to_string()),
            ("least", least.to_string()),
            ("units", units.to_string()),
        ],
    )];
    if version_2012 {
        let percent = factor(scene, size, server.cpu_model.as_deref());
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
