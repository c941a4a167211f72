//! What is counted by the people behind an installation: apps and plans, developers, managed clients, access to virtual desktops.

use super::{Recount, Sums, has};
use crate::assignment::Served;
use crate::deployments::Device;
use crate::requirements::{Demand, Reading, Way};
use crate::word::ByText;
use std::collections::BTreeMap;

/// The people behind what stands on the machines of a demand.
#[derive(Clone, Default)]
pub(super) struct Behind<'a> {
    /// People by their plan; without one under the empty name.
    by_plan: BTreeMap<&'a str, u64>,
    /// Devices of which nobody is told.
    anonymous: u64,
}

impl Behind<'_> {
    fn known(&self) -> u64 {
        self.by_plan.values().copied().fold(0, u64::saturating_add)
    }
}

impl<'a> Recount<'_, 'a> {
    pub(super) fn by_person(&self, demand: &Demand, way: &Way, served: &Served) -> Sums {
        let named = || demand.subjects.iter().map(|(_, _, count)| *count).fold(0, u64::saturating_add);
        match (way.scope, way.metric.as_str()) {
            ("seat", "user_sub") => Some(vec![self.holders(&way.product)]),
            ("vda", _) => Some(vec![named()]),
            ("m365-apps", "user_sub") => Some(self.apps(demand, served)),
            // One person's licence covers all devices of that person.
            ("windows-enterprise" | "windows-pro-upgrade", "user_sub") => Some(vec![self.users(demand)]),
            (_, "client_ml") => Some(self.clients(served)),
            (_, "device_sub") if has(way, "OFF-SUB-DEVICE") => {
                let devices = demand.subjects.iter().filter_map(|(id, ..)| self.facts.device(id));
                Some(vec![devices.map(|device| device.count).fold(0, u64::saturating_add)])
            }
            (_, "user_sub") if has(way, "VS-USER") => Some(self.developers(demand, way)),
            (_, "user_sub") if has(way, "OFF-SUB-USER") => {
                let behind = self.behind(demand);
                Some(vec![behind.known().saturating_add(behind.anonymous)])
            }
            _ => None,
        }
    }

    /// People who were given a plan and are still there.
    fn holders(&self, plan: &str) -> u64 {
        let given = self.facts.estate.users.iter().filter(|user| user.plan.as_deref() == Some(plan));
        let here = given.filter(|user| user.left_company_days_ago.is_none());
        here.map(|user| user.count).fold(0, u64::saturating_add)
    }

    /// The people of the devices that a demand names, each record once.
    fn users(&self, demand: &Demand) -> u64 {
        let mut seen: ByText<'a, ()> = ByText::default();
        let devices = demand.subjects.iter().filter_map(|(id, ..)| self.facts.device(id));
        let users = devices.filter_map(|device| self.facts.user(device.used_by.as_deref()?));
        let once = users.filter(|user| seen.insert(user.id.as_str(), ()).is_none());
        once.map(|user| user.count).fold(0, u64::saturating_add)
    }

    /// Everybody behind the machines of a demand. Demands for one plan each name the same machines: they are looked at once.
    fn behind(&self, demand: &Demand) -> Behind<'a> {
        let first = demand.subjects.first();
        let key = first.map(|(id, what, _)| (id.clone(), what.clone(), demand.subjects.len()));
        if let Some(known) = key.as_ref().and_then(|key| self.people.borrow().get(key).cloned()) {
            return known;
        }
        let mut found = Behind::default();
        let mut seen: ByText<'a, ()> = ByText::default();
        let mut count = |found: &mut Behind<'a>, user: &'a crate::deployments::User| {
            if seen.insert(user.id.as_str(), ()).is_none() {
                let slot = found.by_plan.entry(user.plan.as_deref().unwrap_or_default()).or_default();
                *slot = slot.saturating_add(user.count);
            }
        };
        let mut servers: ByText<'_, ()> = ByText::default();
        for (id, ..) in &demand.subjects {
            let Some(device) = self.facts.device(id) else {
                servers.insert(id, ());
                continue;
            };
            if !self.is_in_use(device) {
                continue;
            }
            let user = device.used_by.as_deref().or(device.primary_user.as_deref());
            match user.and_then(|user| self.facts.user(user)) {
                Some(user) => count(&mut found, user),
                None => found.anonymous = found.anonymous.saturating_add(device.count),
            }
        }
        if !servers.is_empty() {
            let reached = self.facts.estate.accesses.iter().filter(|access| servers.contains_key(access.to.as_str()));
            reached.filter_map(|access| self.facts.user(&access.who)).for_each(|user| count(&mut found, user));
        }
        if let Some(key) = key {
            self.people.borrow_mut().insert(key, found.clone());
        }
        found
    }

    fn is_in_use(&self, device: &Device) -> bool {
        let gone = device.retired_on.is_some_and(|day| day <= self.facts.as_of);
        device.retired.is_none() && device.same_as.is_none() && device.out_of_service != Some(true) && !gone
    }

    /// Apps: where users are told by plan, each plan's people stand apart, and the devices of nobody in particular.
    fn apps(&self, demand: &Demand, served: &Served) -> Vec<u64> {
        let behind = self.behind(demand);
        let per_user = self.number("OFF-SUB-USER", "devices_per_user").max(1);
        let least = self.reading == Reading::Low;
        let unknown = if least { behind.anonymous.div_ceil(per_user) } else { behind.anonymous };
        if !self.facts.estate.users.iter().any(|user| user.plan.is_some()) {
            return vec![behind.known().saturating_add(unknown)];
        }
        let lots = served.uses.iter().filter_map(|each| self.lots.get(each.lot));
        let plans: Vec<&str> = lots.map(|lot| lot.product.as_str()).collect();
        let of_plan = |(plan, _): &(&&str, &u64)| plans.is_empty() || plans.contains(*plan);
        let each = behind.by_plan.iter().filter(of_plan).map(|(_, people)| *people);
        each.chain([unknown]).collect()
    }

    /// Managed clients: by system, or by their people where all of them are told.
    fn clients(&self, served: &Served) -> Vec<u64> {
        let estate = self.facts.estate;
        let devices = estate.devices.iter().filter(|device| device.managed == Some(true));
        let desktops = estate.vms.iter().filter(|vm| vm.managed == Some(true) && vm.used_by.is_some());
        let (mut systems, mut people, mut unowned) = (0u64, 0u64, false);
        let mut seen: ByText<'a, ()> = ByText::default();
        let owners = devices.map(|device| (device.count, device.used_by.as_deref(), true));
        for (count, owner, by_device) in owners.chain(desktops.map(|vm| (vm.count, vm.used_by.as_deref(), false))) {
            systems = systems.saturating_add(count);
            let user = owner.and_then(|owner| self.facts.user(owner));
            unowned |= by_device && user.is_none();
            if let Some(user) = user.filter(|user| seen.insert(user.id.as_str(), ()).is_none()) {
                people = people.saturating_add(user.count);
            }
        }
        let mut lots = served.uses.iter().filter_map(|each| self.lots.get(each.lot));
        let for_people = |lot: &crate::requirements::Lot| {
            lot.edition == "User" || matches!(lot.metric.as_str(), "user_sub" | "user_cal")
        };
        let by_person = lots.all(for_people) && people > 0;
        match (by_person, unowned) {
            // A suite of licences for people is counted by people, whatever else is managed.
            (true, true) => vec![systems, people],
            (true, false) if people > systems && !served.uses.is_empty() => vec![people],
            (true, false) => vec![systems, people],
            (false, _) => vec![systems],
        }
    }

    /// Developers: everybody with the paid edition, and at least everybody who tests.
    fn developers(&self, demand: &Demand, way: &Way) -> Vec<u64> {
        let behind = self.behind(demand);
        let own = behind.known().saturating_add(behind.anonymous);
        let subscriptions = || {
            let of_developers =
                |product: &str| product.starts_with("Visual Studio") && product.ends_with("subscription");
            self.lots.iter().filter(move |lot| of_developers(&lot.product))
        };
        if subscriptions().next().is_none() {
            return vec![own];
        }
        let testers = self.testers();
        let held = |edition: &str| subscriptions().any(|lot| lot.edition == edition);
        let running = subscriptions().filter(|lot| lot.edition == "Enterprise" && !lot.ended);
        let enterprise = running.map(|lot| lot.units).fold(0, u64::saturating_add);
        let share = match way.edition.as_str() {
            "Enterprise" if held("Professional") && held("Enterprise") => testers.min(enterprise),
            _ if held("Professional") && held("Enterprise") => testers.saturating_sub(enterprise),
            edition if held(edition) => testers,
            _ => 0,
        };
        vec![own.max(share)]
    }

    /// Everybody who reaches what serves development alone, or works at such a device; but not who only accepts the result.
    fn testers(&self) -> u64 {
        let estate = self.facts.estate;
        let mut machines: ByText<'a, ()> = ByText::default();
        for install in estate.installs.iter().filter(|install| install.usage.as_deref() == Some("dev_test")) {
            machines.insert(install.on.as_str(), ());
        }
        let rule = self.facts.terms.rule("VS-UAT", self.facts.as_of);
        let accepts = rule.words("roles");
        let mut seen: ByText<'a, ()> = ByText::default();
        let at_device = estate.devices.iter().filter(|device| machines.contains_key(device.id.as_str()));
        let at_device = at_device.filter_map(|device| device.used_by.as_deref().or(device.primary_user.as_deref()));
        let reaching = estate.accesses.iter().filter(|access| machines.contains_key(access.to.as_str()));
        let who = reaching.map(|access| access.who.as_str()).chain(at_device);
        let testing = who.filter_map(|who| self.facts.user(who)).filter(|user| {
            !user.role.as_deref().is_some_and(|role| accepts.contains(&role))
                && seen.insert(user.id.as_str(), ()).is_none()
        });
        testing.map(|user| user.count).fold(0, u64::saturating_add)
    }
}
