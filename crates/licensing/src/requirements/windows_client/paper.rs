//! The paper of OEM licences that are on the devices themselves.

use crate::deployments::Estate;
use crate::requirements::Lot;
use std::collections::BTreeMap;

/// Parts from the OEM lots of Windows what came with devices that tell so: one licence is not counted twice, at its device and
/// as paper that another device could use.
pub(in crate::requirements) fn part_with_devices(found: &mut Vec<Lot>, estate: &Estate) {
    let is_paper = |lot: &Lot| lot.product == "Windows" && lot.metric == "device" && lot.channel == "oem";
    if !found.iter().any(is_paper) {
        return;
    }
    // Devices of which none of the paper is found yet, by what they came with; some are named by their lot.
    let mut open: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for device in estate.devices.iter().filter(|device| device.same_as.is_none()) {
        if let Some(system) = device.oem_os.as_deref() {
            let slot = open.entry(system).or_default().entry(&device.id).or_default();
            *slot = slot.saturating_add(device.count);
        }
    }
    let mut take = |lot: &Lot, named: bool| {
        let Some(devices) = open.get_mut(format!("Windows {} {}", lot.version, lot.edition).as_str()) else { return 0 };
        let mut left = lot.units;
        for (_, count) in devices.iter_mut().filter(|(id, _)| !named || lot.tied.has(id)) {
            let taken = left.min(*count);
            *count -= taken;
            left -= taken;
        }
        lot.units - left
    };
    let mut there = vec![0; found.len()];
    for named in [true, false] {
        let papers = found.iter().zip(&mut there).filter(|(lot, _)| is_paper(lot) && lot.tied.is_some() == named);
        papers.for_each(|(lot, there)| *there = take(lot, named));
    }
    let mut parted = Vec::with_capacity(found.len());
    for (lot, there) in found.drain(..).zip(there) {
        if there > 0 {
            parted.push(Lot { units: there, with_devices: true, ..lot.clone() });
        }
        if lot.units > there || there == 0 {
            parted.push(Lot { units: lot.units - there, ..lot });
        }
    }
    *found = parted;
}
