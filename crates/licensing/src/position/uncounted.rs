//! Every installation has one of four outcomes: licensed, not licensed, not licensable, cannot tell. Lines tell the first two;
//! what stands in no line is told here, with the reason, so that nothing counts as zero in silence.

use super::Line;
use crate::deployments::{Estate, Install};
use crate::findings::SetAside;
use crate::requirements::Index;
use crate::terms::Terms;
use crate::word::ByText;
use jiff::civil::Date;

/// The installations that no line counts and no rule set aside, each with what that comes from.
///
/// `index` finds the machines. The result has no order of its own.
pub(super) fn in_no_line(
    estate: &Estate,
    index: &Index<'_>,
    terms: &Terms,
    as_of: Date,
    lines: &[Line],
    told: &[SetAside],
) -> Vec<SetAside> {
    // What is told of each machine: the place of the last, and from each the place of the one before.
    let mut last: ByText<'_, usize> = ByText::default();
    let mut what: Vec<(&str, Option<usize>)> = Vec::new();
    let subjects = lines.iter().flat_map(|line| &line.subjects).map(|subject| (&subject.name, &subject.what));
    for (on, each) in subjects.chain(told.iter().map(|each| (&each.on, &each.product))) {
        let before = last.insert(on, what.len());
        what.push((each, before));
    }
    let told_of = |on: &str| {
        let known = |at: &usize| what.get(*at);
        std::iter::successors(last.get(on).and_then(known), move |(_, before)| before.as_ref().and_then(known))
    };
    let free = terms.rule("GEN-FREE", as_of).words("parts");
    estate
        .installs
        .iter()
        .filter(|install| {
            let product = install.product.trim_end_matches(" for Mac");
            !told_of(&install.on).any(|(what, _)| what.starts_with(product))
        })
        .map(|install| {
            let (outcome, why) = reason(estate, index, as_of, install, terms, &free);
            SetAside {
                on: install.on.clone(),
                product: install.product.clone(),
                edition: install.edition.clone(),
                version: install.version.clone(),
                outcome: outcome.to_owned(),
                why: why.to_owned(),
                count: 1,
            }
        })
        .collect()
}

fn reason(
    estate: &Estate,
    index: &Index<'_>,
    as_of: Date,
    install: &Install,
    terms: &Terms,
    free: &[&str],
) -> (&'static str, &'static str) {
    let on = install.on.as_str();
    let gone = |retired: Option<Date>| retired.is_some_and(|day| day <= as_of);
    let device = index.devices.get(on).and_then(|place| estate.devices.get(*place));
    let server = index.servers.get(on).and_then(|place| estate.servers.get(*place));
    let vm = index.vms.get(on).and_then(|place| estate.vms.get(*place));
    if device.is_none() && server.is_none() && vm.is_none() {
        return ("cannot-tell", "machine-not-listed");
    }
    if device.is_some_and(|device| device.same_as.is_some()) || server.is_some_and(|server| server.same_as.is_some()) {
        return ("not-licensable", "same-machine");
    }
    let out = device.is_some_and(|d| d.retired.is_some() || d.out_of_service == Some(true) || gone(d.retired_on))
        || server.is_some_and(|server| gone(server.retired_on))
        || vm.is_some_and(|vm| gone(vm.retired_on) || vm.enabled == Some(false));
    if out {
        return ("not-licensable", "out-of-service");
    }
    if free.iter().any(|word| install.product.contains(word)) {
        return ("not-licensable", "free-component");
    }
    if terms.product(&install.product).is_none() && terms.plan(&install.product).is_none() {
        return ("cannot-tell", "not-modelled");
    }
    ("not-licensable", "counted-otherwise")
}
