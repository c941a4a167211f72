//! Portable copies: what comes with the licence of a device at the desk for its main user.

use super::{Used, in_service};
use crate::deployments::Device;
use crate::requirements::{Lot, Scene};
use std::collections::BTreeMap;

/// What the main user of devices has of one product and edition.
#[derive(Default, Clone, Copy)]
struct Owned<'a> {
    /// The first device at the desk by its id, and the newest version at the desk.
    desk: Option<(&'a str, usize)>,
    /// The first portable one by its id, its version, and how many such devices there are.
    portable: Option<(&'a str, usize, u64)>,
}

/// OFF-PORTABLE: what comes with the licence of a device at the desk, by product, edition and main user.
pub(super) struct Portables<'a> {
    persons: BTreeMap<(&'a str, &'a str, &'a str), Owned<'a>>,
    /// Portable copies of a product and edition that the lots let come free.
    room: BTreeMap<(&'a str, &'a str), u64>,
}

/// Channels of lots that are bought by the piece, and not for the whole company.
const BY_THE_PIECE: [&str; 6] = ["volume", "open", "select", "mpsa", "csp", "open_value"];

impl<'a> Portables<'a> {
    pub(super) fn new(scene: &Scene<'a>, used: &[Used<'a>]) -> Self {
        let mut persons: BTreeMap<_, Owned<'_>> = BTreeMap::new();
        let mut devices: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let mut last = None;
        let portable = |each: &&Used<'_>| {
            scene.estate.devices.get(each.device).is_some_and(|device| device.portable == Some(true))
        };
        // Most estates tell of no portable device, and then nothing comes free.
        let used = if used.iter().any(|each| portable(&each)) { used } else { &[] };
        for each in used {
            let Some(device) = scene.estate.devices.get(each.device).filter(|device| in_service(scene, device)) else {
                continue;
            };
            // What is counted together stands together.
            if last.replace(each.kind()) != Some(each.kind()) {
                let slot = devices.entry((each.product, each.edition)).or_default();
                *slot = slot.saturating_add(device.count);
            }
            let Some(user) = device.primary_user.as_deref() else { continue };
            let owned = persons.entry((each.product, each.edition, user)).or_default();
            let id = device.id.as_str();
            if device.portable == Some(true) {
                owned.portable = match owned.portable {
                    Some((first, rank, count)) if first < id => Some((first, rank, count)),
                    Some((first, rank, count)) if first == id => Some((id, rank.max(each.rank), count)),
                    _ => Some((id, each.rank, device.count)),
                };
            } else {
                let (first, rank) = owned.desk.unwrap_or((id, each.rank));
                owned.desk = Some((first.min(id), rank.max(each.rank)));
            }
        }
        // A portable copy is of a version that some lot by the piece reaches.
        for ((product, edition, _), owned) in &mut persons {
            owned.portable = owned.portable.filter(|(_, rank, _)| {
                owned.desk.is_some_and(|(_, desk)| *rank <= desk)
                    || by_the_piece(scene, product, edition).any(|lot| lot.reach.is_some_and(|reach| reach >= *rank))
            });
        }
        let mut room = BTreeMap::new();
        for ((product, edition, user), owned) in &persons {
            let (Some(_), Some((_, _, count))) = (owned.desk, owned.portable) else { continue };
            let pairs = room.entry((*product, *edition)).or_insert(0u64);
            let persons = scene.user(user).map_or(1, |user| user.count);
            *pairs = pairs.saturating_add(count.min(persons));
        }
        for ((product, edition), pairs) in &mut room {
            let devices = devices.get(&(*product, *edition)).copied().unwrap_or_default();
            *pairs = free_of(scene, product, edition, *pairs, devices);
        }
        Portables { persons, room }
    }

    /// How many of `units` portable devices of a record come with another device's licence; they are taken from the room.
    pub(super) fn take(
        &mut self,
        scene: &Scene<'_>,
        device: &Device,
        product: &'a str,
        edition: &'a str,
        units: u64,
    ) -> u64 {
        let (Some(true), Some(user)) = (device.portable, device.primary_user.as_deref()) else { return 0 };
        let persons: &BTreeMap<(&str, &str, &str), Owned<'_>> = &self.persons;
        let Some(owned) = persons.get(&(product, edition, user)) else { return 0 };
        if owned.desk.is_none() || owned.portable.is_none_or(|(first, ..)| first != device.id.as_str()) {
            return 0;
        }
        let room = self.room.entry((product, edition)).or_default();
        let persons = scene.user(user).map_or(1, |user| user.count);
        let free = units.min(persons).min(*room);
        *room -= free;
        free
    }

    /// The version that the licence of a device must reach: at the desk that of the portable copy that comes with it too.
    pub(super) fn rank(&self, device: &Device, product: &str, edition: &str, own: usize) -> usize {
        let Some(user) = device.primary_user.as_deref() else { return own };
        let owned = self.persons.get(&(product, edition, user)).copied().unwrap_or_default();
        match (owned.desk, owned.portable) {
            (Some((first, _)), Some((_, rank, _))) if first == device.id.as_str() => own.max(rank),
            _ => own,
        }
    }
}

/// Lots that let the main user have a portable copy.
fn by_the_piece<'a>(scene: &Scene<'a>, product: &str, edition: &str) -> impl Iterator<Item = &'a Lot> {
    let lots = scene.lots.iter().filter(move |lot| lot.product == product && lot.edition == edition);
    lots.filter(|lot| lot.metric == "device" && BY_THE_PIECE.contains(&lot.channel.as_str()))
}

/// Portable copies that come free: all of `pairs` under lots by the piece. Beyond those lots, licences bought for the whole
/// company stand for one device each: two of them serve the two devices of a person, where that leaves less to buy.
fn free_of(scene: &Scene<'_>, product: &str, edition: &str, pairs: u64, devices: u64) -> u64 {
    let piece = by_the_piece(scene, product, edition).map(|lot| lot.units).fold(0, u64::saturating_add);
    if piece == 0 {
        return 0;
    }
    let company_wide = scene.lots.iter().filter(|lot| {
        lot.product == product
            && lot.edition == edition
            && lot.metric == "device"
            && !BY_THE_PIECE.contains(&lot.channel.as_str())
    });
    let company_wide = company_wide.map(|lot| lot.units).fold(0, u64::saturating_add);
    let single = devices.saturating_sub(pairs.saturating_mul(2));
    let left = company_wide.saturating_sub(single);
    pairs - pairs.saturating_sub(piece).min(left.div_ceil(2))
}
