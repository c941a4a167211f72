//! Whether a lot stands for an access: CALs by version, plans while they run, suites by the day they were bought, bridges on top
//! of a plan, subscriptions to Visual Studio.

use super::{Key, Kind, family};
use crate::requirements::{ASK_LOT_VERSION, ASK_RELEASE_GAP, Lot, Reading, Scene};

/// An Office 365 or Microsoft 365 plan whose term runs.
fn is_online_plan(lot: &Lot) -> bool {
    lot.metric == "user_sub" && !lot.ended && is_name_of_online_plan(&lot.product)
}

fn is_name_of_online_plan(name: &str) -> bool {
    ["Office 365", "Microsoft 365", "Enterprise Mobility"].iter().any(|start| name.starts_with(start))
}

/// Project Professional brings a device CAL of its own time for Project Server.
fn project_professional(
    scene: &Scene<'_>,
    kind: &Kind,
    key: &Key,
    lot: &Lot,
    device: bool,
) -> Option<Result<u64, &'static str>> {
    if !device || kind.right != "project-server-cal" || lot.metric != "device" || lot.edition != "Professional" {
        return None;
    }
    let versions = scene.terms.rule("PRJ-CAL", scene.as_of);
    let brings = |rank: usize| {
        let name = scene.terms.product(&lot.product)?.version_name(rank);
        let newest = versions.words(&format!("from_{name}")).last().copied()?;
        scene.terms.rank(kind.server, newest)
    };
    Some(match lot.reach.and_then(brings) {
        Some(reach) if reach >= key.rank => Ok(3),
        Some(_) => Err("older-version"),
        None => Err("version-unknown"),
    })
}

/// Whether a lot serves this access, how near it is, or why it does not. `None`: a lot of another matter.
pub(super) fn serves(
    scene: &Scene<'_>,
    kind: &Kind,
    key: &Key,
    ids: &[&str],
    lot: &Lot,
    device: bool,
    plans_told: bool,
) -> Option<Result<u64, &'static str>> {
    let metric = if device { "device_cal" } else { "user_cal" };
    let subscription_edition =
        scene.terms.product(kind.server).is_some_and(|product| product.version_name(key.rank) == "SE");
    if lot.product == kind.cal {
        if lot.metric == "user_sub" && !device {
            return Some(if lot.ended { Err("subscription-ended") } else { Ok(0) });
        }
        if lot.is_of_unknown_metric() && !scene.counts_by(lot, metric) {
            return Some(Err("metric-unknown"));
        }
        if lot.metric != metric && !lot.is_of_unknown_metric() {
            return None;
        }
        if lot.ended {
            return Some(Err("subscription-ended"));
        }
        if lot.settled && lot.is_elsewhere(ids) {
            return Some(Err("reassigned-too-soon"));
        }
        let base = |rank: Option<usize>| {
            let name = rank.map(|rank| scene.terms.product(kind.server).map_or("", |p| p.version_name(rank)))?;
            family(scene, kind.server, name)
        };
        let low = || scene.reads(ASK_LOT_VERSION, &lot.id, kind.cal) == Reading::Low;
        let untold = if lot.is_of_unknown_version() && low() { Some(key.rank) } else { None };
        let Some(mut reach) = base(lot.reach).or(untold) else { return Some(Err("version-unknown")) };
        if reach < key.rank && base(lot.perhaps).is_some_and(|perhaps| perhaps >= key.rank) {
            if scene.reads(ASK_RELEASE_GAP, &lot.id, kind.cal) == Reading::High {
                return Some(Err(ASK_RELEASE_GAP));
            }
            reach = key.rank;
        }
        if subscription_edition && !lot.active {
            return Some(Err("needs-sa-for-subscription-edition"));
        }
        if reach < key.rank {
            let why = if lot.sa_until.is_some() { "sa-ended-before-version" } else { "older-version" };
            return Some(Err(why));
        }
        if key.avd && !lot.active {
            return Some(Err("no-active-sa"));
        }
        return Some(Ok((reach - key.rank) as u64 * 10 + 1));
    }
    if kind.right == "azure-devops-cal"
        && lot.product.starts_with("Visual Studio")
        && lot.product.ends_with("subscription")
    {
        return if lot.ended { Some(Err("subscription-ended")) } else { Some(Ok(0)) };
    }
    if lot.product == "Project" {
        if lot.ended && device && kind.right == "project-server-cal" && lot.edition == "Professional" {
            return Some(Err("subscription-ended"));
        }
        if lot.is_bound() && lot.is_elsewhere(ids) {
            return Some(Err("oem-tied-elsewhere"));
        }
        return project_professional(scene, kind, key, lot, device);
    }
    let rights = scene.terms.plan(&lot.product)?;
    if !rights.iter().any(|right| right == kind.right) {
        return (lot.metric == "user_sub").then_some(Err("plan-without-this-right"));
    }
    let is_bridge = rights.iter().any(|right| right == "needs-online-plan");
    if is_bridge && !scene.lots.iter().any(is_online_plan) {
        return Some(Err("bridge-without-plan"));
    }
    if lot.is_of_unknown_metric() && !scene.counts_by(lot, metric) {
        return Some(Err("metric-unknown"));
    }
    let counted = if lot.is_of_unknown_metric() { metric } else { lot.metric.as_str() };
    match counted {
        "user_sub" => {
            if device {
                return None;
            }
            if lot.ended {
                return Some(Err("subscription-ended"));
            }
            // Where users are told by plan, a plan serves its own users only.
            if plans_told && key.plan != lot.product && !(is_bridge && is_name_of_online_plan(&key.plan)) {
                return Some(Err("plan-of-other-users"));
            }
            Some(Ok(0))
        }
        suite if suite == metric => {
            if lot.ended {
                return Some(Err("subscription-ended"));
            }
            if subscription_edition && !lot.active {
                return Some(Err("needs-sa-for-subscription-edition"));
            }
            // A suite reaches the versions available when it was bought, or made available under its Software Assurance.
            let family_product = scene.terms.product(kind.server)?;
            let bought = scene.estate.entitlements.get(lot.entitlement).and_then(|e| e.purchased);
            let day = bought.max(lot.sa_until.map(|until| until.min(scene.as_of)));
            let reach = day.and_then(|day| family_product.newest_on(day)).or_else(|| family_product.rank(&lot.version));
            match reach.and_then(|rank| family(scene, kind.server, family_product.version_name(rank))) {
                Some(reach) if reach >= key.rank => Some(Ok(2)),
                Some(_) => Some(Err("suite-older-than-server")),
                None => Some(Err("version-unknown")),
            }
        }
        _ => None,
    }
}
