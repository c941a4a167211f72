//! What of a host or cluster is licensed together: layers of machines by version, and single hosts of a cluster.

use super::sizing::Guest;
use super::{Group, PRODUCT, SpareDatacenter};
use crate::deployments::Server;
use crate::requirements::host::{self, size};
use crate::requirements::{Found, Lot, Reading, Scene};

/// Machines of several versions on one host: each set of Standard licences covers two of them, and need only be as new as
/// they are. The newest machines come first; a place that is left in their last set takes one of the next version. Datacenter
/// lots cover everything at once, and a physical system that counts belongs to the whole: then there is one layer.
pub(super) fn layers<'a>(
    scene: &Scene<'a>,
    group: Group<'a>,
    spare: &SpareDatacenter,
    found: &mut Found,
) -> Vec<Group<'a>> {
    let whole: u64 =
        group.hosts.iter().map(|host| size(scene, host, PRODUCT, found).cores().max(16)).fold(0, u64::saturating_add);
    // Under a host of a higher edition the licences of that edition carry the guests.
    let plain = group.guests.iter().all(|guest| guest.install.edition == "Standard")
        && !group.physical.iter().any(|install| matches!(install.edition.as_str(), "Datacenter" | "Enterprise"));
    let hosting = group.physical.iter().all(|install| {
        let role = scene.server(&install.on).and_then(|server| server.physical_ose_role.as_deref());
        match role {
            Some(role) => role == "hosting_only",
            None => {
                !group.guests.is_empty() && scene.reads("physical-role-unknown", &install.on, PRODUCT) == Reading::Low
            }
        }
    });
    let mut ranked: Vec<(usize, Guest<'a>)> = group
        .guests
        .iter()
        .map(|guest| (scene.rank_of(PRODUCT, &guest.install.version, &guest.install.on, found), *guest))
        .collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.vm.id.cmp(&b.1.vm.id)));
    let newest = ranked.first().map(|(rank, _)| *rank);
    let mixed = newest != ranked.last().map(|(rank, _)| *rank);
    // A container is listed without an installation, so no version tells its layer.
    let contained = !scene.index.containers.is_empty();
    if !plain || !hosting || !mixed || contained {
        return vec![group];
    }
    // Datacenter lots of the newest machines' version that reach at least half of the hosts' cores make the cheaper end, unless
    // Standard lots cover the layers.
    let datacenter = newest.map_or(0, |newest| spare.reaching(newest)).saturating_mul(2) >= whole;
    // Under pairs the licences that cover the processors bring their places with them.
    let by_pairs = newest < scene.terms.rank(PRODUCT, "2016");
    let per_set = scene.terms.rule("WS-CORE-STACK", scene.as_of).number("oses_per_set").max(1);
    let least = if by_pairs {
        let pair = scene.terms.rule("WS-PROC-2012", scene.as_of);
        let each = |host: &&Server| {
            let processors = size(scene, host, PRODUCT, &mut Found::default()).processors;
            processors.div_ceil(pair.number("processors_per_licence").max(1))
        };
        group.hosts.iter().map(each).min().unwrap_or(1).saturating_mul(pair.number("oses_per_licence"))
    } else {
        0
    };
    let mut layers: Vec<(usize, u64, Vec<Guest<'a>>)> = Vec::new();
    for (rank, guest) in ranked {
        let mut rest = guest.count;
        while rest > 0 {
            let first = layers.len() == 1;
            let places = match layers.last() {
                Some((newest, _, _)) if *newest == rank => rest,
                Some((_, count, _)) => {
                    let full = count.div_ceil(per_set).saturating_mul(per_set);
                    (if first { full.max(least) } else { full }).saturating_sub(*count).min(rest)
                }
                None => 0,
            };
            if places == 0 {
                layers.push((rank, 0, Vec::new()));
                continue;
            }
            if let Some((_, count, guests)) = layers.last_mut() {
                *count = count.saturating_add(places);
                guests.push(Guest { count: places, ..guest });
            }
            rest -= places;
        }
    }
    if datacenter && !standard_covers(scene, &layers, by_pairs, whole, per_set) {
        return vec![group];
    }
    let mut physical = Some(group.physical);
    layers
        .into_iter()
        .map(|(_, _, guests)| {
            let below = physical.is_none();
            let physical = physical.take().unwrap_or_default();
            Group { hosts: group.hosts.clone(), physical, guests, below, single: false }
        })
        .collect()
}

/// Each host of a cluster is licensed for all machines that may meet there, and one may be by Datacenter while another is by
/// sets of Standard. They are told apart where the lots of both editions together cover all hosts and neither would alone, and
/// where no way by machine counts the cluster as one.
pub(super) fn by_host<'a>(scene: &Scene<'a>, group: Group<'a>, found: &mut Found) -> Vec<Group<'a>> {
    let installs = || group.guests.iter().map(|guest| guest.install).chain(group.physical.iter().copied());
    let by_machine = scene.lots.iter().any(|lot| lot.product == PRODUCT && lot.active);
    let plain = installs().all(|install| install.edition == "Standard");
    if group.hosts.len() < 2 || by_machine || !plain || !scene.index.containers.is_empty() {
        return vec![group];
    }
    let newest = installs().map(|install| scene.rank_of(PRODUCT, &install.version, &install.on, found)).max();
    let held = |edition: &str| -> u64 {
        let serving = |lot: &&Lot| {
            let kind = lot.product == PRODUCT && lot.edition == edition && lot.metric == "core";
            kind && lot.reach >= newest && !lot.ended && !lot.tied.is_some()
        };
        scene.lots.iter().filter(serving).map(|lot| lot.units).fold(0, u64::saturating_add)
    };
    let (standard, datacenter) = (held("Standard"), held("Datacenter"));
    let per_set = scene.terms.rule("WS-CORE-STACK", scene.as_of).number("oses_per_set").max(1);
    let own = u64::from(!group.physical.is_empty());
    let oses = group.guests.iter().map(|guest| guest.count).fold(own, u64::saturating_add);
    let sets = oses.div_ceil(per_set).max(1);
    let floor = scene.terms.rule("WS-CORE-MIN", scene.as_of);
    let least = (floor.number("per_processor"), floor.number("per_server"));
    let due = |host: &&Server| {
        host::cores_due(size(scene, host, PRODUCT, found), least.0, least.1).saturating_mul(host.count)
    };
    let mut each: Vec<u64> = group.hosts.iter().map(due).collect();
    each.sort_unstable();
    let whole = each.iter().copied().fold(0, u64::saturating_add);
    // Datacenter takes as much of the hosts as it may, the greatest first or the smallest.
    let taken = |taken: u64, cores: &u64| {
        let more = taken.saturating_add(*cores);
        if more <= datacenter { more } else { taken }
    };
    let most = each.iter().fold(0, taken).max(each.iter().rev().fold(0, taken));
    let together = (whole - most).saturating_mul(sets) <= standard;
    if !together || most == 0 || most == whole || whole.saturating_mul(sets) <= standard {
        return vec![group];
    }
    let Group { hosts, physical, guests, below, .. } = group;
    let of_host = |host: &'a Server| Group {
        physical: physical.iter().copied().filter(|install| install.on == host.id).collect(),
        hosts: vec![host],
        guests: guests.clone(),
        below,
        single: true,
    };
    hosts.into_iter().map(of_host).collect()
}

/// Whether the Standard lots, if they had nothing else to do, cover the layers of one host or cluster of `whole` cores.
fn standard_covers(
    scene: &Scene<'_>,
    layers: &[(usize, u64, Vec<Guest<'_>>)],
    by_pairs: bool,
    whole: u64,
    per_set: u64,
) -> bool {
    let metric = if by_pairs { "processor_pair" } else { "core" };
    let mut lots: Vec<(usize, u64)> = scene
        .lots
        .iter()
        .filter(|lot| lot.product == PRODUCT && lot.edition == "Standard" && lot.metric == metric && !lot.ended)
        .filter_map(|lot| Some((lot.reach?, lot.units)))
        .collect();
    lots.sort_unstable();
    layers.iter().all(|(rank, count, _)| {
        let sets = count.div_ceil(per_set);
        let mut missing = if by_pairs { sets } else { sets.saturating_mul(whole) };
        for (_, units) in lots.iter_mut().filter(|(reach, _)| reach >= rank) {
            let taken = missing.min(*units);
            *units -= taken;
            missing -= taken;
        }
        missing == 0
    })
}
