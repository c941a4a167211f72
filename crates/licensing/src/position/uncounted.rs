//! Every installation has one of four outcomes: licensed, not licensed, not licensable, cannot tell. Lines tell the first two;
//! what stands in no line is told here, with the reason, so that nothing counts as zero in silence.

use super::Line;
use crate::deployments::Install;
use crate::findings::SetAside;
use crate::requirements::Scene;
use crate::word::{ByText, Word};
use jiff::civil::Date;

/// What is told of each machine, last first.
struct Told<'a> {
    /// For each client device the place of what was told last; for each other machine by its name.
    of_device: Vec<Option<usize>>,
    of_other: ByText<'a, usize>,
    /// What was told, with the place of what was told of the same machine before.
    what: Vec<(&'a Word, Option<usize>)>,
}

impl<'a> Told<'a> {
    fn new(scene: &Scene<'_>, lines: &'a [Line], set_aside: &'a [SetAside]) -> Told<'a> {
        let subjects = lines.iter().flat_map(|line| &line.subjects).map(|subject| (&subject.name, &subject.what));
        let mut told = Told {
            of_device: vec![None; scene.estate.devices.len()],
            of_other: ByText::default(),
            what: Vec::with_capacity(scene.estate.installs.len()),
        };
        for (on, what) in subjects.chain(set_aside.iter().map(|each| (&each.on, &each.product))) {
            let here = told.what.len();
            let device = scene.index.devices.get(on.as_str()).and_then(|place| told.of_device.get_mut(*place));
            let before = match device {
                Some(last) => last.replace(here),
                None => told.of_other.insert(on, here),
            };
            told.what.push((what, before));
        }
        told
    }

    /// What is told of the machine of an installation, which may be a client device.
    fn of(&self, install: &Install, device: Option<usize>) -> impl Iterator<Item = &'a Word> {
        let known = |at: usize| self.what.get(at).copied();
        let last = match device {
            Some(device) => self.of_device.get(device).copied().flatten(),
            None => self.of_other.get(install.on.as_str()).copied(),
        };
        std::iter::successors(last.and_then(known), move |(_, before)| before.and_then(known)).map(|(what, _)| what)
    }
}

/// The installations that no line counts and no rule set aside, each with what that comes from.
///
/// The result has no order of its own.
pub(super) fn in_no_line(scene: &Scene<'_>, lines: &[Line], set_aside: &[SetAside]) -> Vec<SetAside> {
    let told = Told::new(scene, lines, set_aside);
    let free = scene.terms.rule("GEN-FREE", scene.as_of).words("parts");
    let among = |skipped: usize, taken: usize| -> Vec<SetAside> {
        let untold = scene.installs().skip(skipped).take(taken).filter(|(install, device)| {
            let product = install.product.trim_end_matches(" for Mac");
            !told.of(install, device.map(|(place, _)| place)).any(|what| what.starts_with(product))
        });
        untold
            .map(|(install, _)| {
                let (outcome, why) = reason(scene, install, &free);
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
    };
    let half = scene.estate.installs.len() / 2;
    let (mut all, more) = scene.side_by_side.both(|| among(0, half), || among(half, usize::MAX));
    all.extend(more);
    all
}

fn reason(scene: &Scene<'_>, install: &Install, free: &[&str]) -> (&'static str, &'static str) {
    let Scene { estate, index, as_of, terms, .. } = *scene;
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
