//! Office for production that a developer's subscription brings.

use crate::deployments::Device;
use crate::requirements::Scene;

/// Copies of Office that come with subscriptions to Visual Studio Enterprise: one for each subscriber, of the version that the
/// terms name.
pub(super) struct WithSubscription {
    /// Subscriptions whose copy is not yet found.
    left: u64,
    /// Places of the versions in time.
    versions: Vec<usize>,
}

impl WithSubscription {
    pub(super) fn new(scene: &Scene<'_>) -> Self {
        let running = scene
            .lots
            .iter()
            .filter(|lot| lot.product == "Visual Studio Enterprise subscription" && !lot.ended)
            .map(|lot| lot.units);
        let versions = scene.terms.rule("VS-USER", scene.as_of).words("production_office");
        WithSubscription {
            left: running.fold(0, u64::saturating_add),
            versions: versions.iter().filter_map(|version| scene.terms.rank("Office", version)).collect(),
        }
    }

    /// How many of `units` devices of a record are those of subscribers with such a copy.
    pub(super) fn take(
        &mut self,
        scene: &Scene<'_>,
        device: &Device,
        (product, edition, rank): (&str, &str, usize),
        units: u64,
    ) -> u64 {
        if self.left == 0 || product != "Office" || edition != "Professional Plus" || !self.versions.contains(&rank) {
            return 0;
        }
        let user = device.used_by.as_deref().or(device.primary_user.as_deref()).and_then(|user| scene.user(user));
        let Some(user) = user.filter(|user| user.role.as_deref() == Some("subscriber")) else { return 0 };
        let taken = units.min(user.count).min(self.left);
        self.left -= taken;
        taken
    }
}
