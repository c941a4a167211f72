//! Windows Server: sets of cores, processor pairs, servers and processors for each host or cluster, single virtual machines
//! under Software Assurance, Azure with Hybrid Benefit, Essentials and Foundation.

use super::host::{Size, cores_due, counts, size};
use super::{ASK_OEM_TERMS, Ask, Demand, Found, Lot, Need, Reading, Scene, Way, tidy};
use crate::deployments::{Install, Server, Vm};
use crate::findings::{Breach, SetAside, Step};
use std::collections::{BTreeMap, BTreeSet};

const PRODUCT: &str = "Windows Server";

/// Windows Server on one host or on all hosts of a cluster that machines move in.
struct Group<'a> {
    hosts: Vec<&'a Server>,
    physical: Vec<&'a Install>,
    guests: Vec<(&'a Vm, &'a Install)>,
}

pub(super) fn demands(scene: &Scene<'_>, found: &mut Found) {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for install in
        scene.estate.installs.iter().filter(|i| matches!(i.product.as_str(), PRODUCT | "Small Business Server"))
    {
        if set_aside(scene, install, found) {
            continue;
        }
        if let Some(server) = scene.server(&install.on) {
            if !scene.in_service(server) || cold_recovery_is_free(scene, server) {
                continue;
            }
            let group = group_of(scene, server, found, &mut groups);
            if let Some(group) = groups.get_mut(&group) {
                group.physical.push(install);
            }
        } else if let Some(vm) = scene.vm(&install.on) {
            if !counts(vm, scene.terms.rule("GEN-RECENT90", scene.as_of).number("days")) {
                continue;
            }
            if vm.retired_on.is_some_and(|day| day <= scene.as_of) || vm.role.as_deref() == Some("process_container") {
                continue;
            }
            if vm.host.as_deref() == Some("azure") {
                azure(scene, vm, install, found);
                continue;
            }
            let Some(server) = scene.host_of(vm) else {
                ask(found, "host-unknown", &vm.id, "WS-CLUSTER");
                cannot_tell(install, vm.count, "host-unknown", found);
                continue;
            };
            let group = group_of(scene, server, found, &mut groups);
            if let Some(group) = groups.get_mut(&group) {
                group.guests.push((vm, install));
            }
        }
    }
    for (key, group) in groups {
        for (at, layer) in layers(scene, group, found).into_iter().enumerate() {
            let key = if at == 0 { key.clone() } else { format!("{key}:{at}") };
            demand(scene, &key, &layer, found);
        }
    }
}

fn ask(found: &mut Found, code: &'static str, subject: &str, rule: &'static str) {
    found.asks.insert(Ask { code, subject: subject.to_owned(), product: PRODUCT.to_owned(), rule: Some(rule) });
}

fn cannot_tell(install: &Install, count: u64, why: &str, found: &mut Found) {
    found.set_aside.push(SetAside {
        product: install.product.clone(),
        edition: install.edition.clone(),
        version: install.version.clone(),
        outcome: "cannot-tell".to_owned(),
        why: why.to_owned(),
        count,
    });
}

/// Evaluation copies and development machines are no production demand.
fn set_aside(scene: &Scene<'_>, install: &Install, found: &mut Found) -> bool {
    let evaluation = install.edition.contains("Evaluation");
    let development = install.usage.as_deref() == Some("dev_test")
        && scene.lots.iter().any(|lot| lot.product.starts_with("Visual Studio") && !lot.ended);
    if evaluation {
        if install.age_days.is_some_and(|age| age > 180) {
            let (code, rule) = ("evaluation_expired".to_owned(), "GEN-FREE".to_owned());
            found.breaches.push(Breach { code, subject: install.on.clone(), rule });
        }
    } else if !development {
        return false;
    }
    found.set_aside.push(SetAside {
        product: install.product.clone(),
        edition: install.edition.clone(),
        version: install.version.clone(),
        outcome: "not-licensable".to_owned(),
        why: if evaluation { "evaluation" } else { "development-under-subscription" }.to_owned(),
        count: 1,
    });
    true
}

/// SA-DR: one cold instance outside the production cluster, while Software Assurance runs on the servers' and CALs' lots.
fn cold_recovery_is_free(scene: &Scene<'_>, server: &Server) -> bool {
    let cold = server.role.as_deref() == Some("cold_dr") && server.powered.as_deref() != Some("on");
    let of = |product: &str| scene.lots.iter().filter(|lot| lot.product == product).collect::<Vec<_>>();
    cold && server.cluster.is_none()
        && of(PRODUCT).iter().any(|lot| lot.active)
        && of("Windows Server CAL").iter().all(|lot| lot.active)
}

fn group_of<'a>(
    scene: &Scene<'a>,
    server: &'a Server,
    found: &mut Found,
    groups: &mut BTreeMap<String, Group<'a>>,
) -> String {
    let hosts = scene.reach_of(server, PRODUCT, found);
    let key = hosts.iter().map(|host| host.id.as_str()).collect::<Vec<_>>().join("+");
    groups.entry(key.clone()).or_insert_with(|| Group { hosts, physical: Vec::new(), guests: Vec::new() });
    key
}

/// Machines of several versions on one host: each set of Standard licences covers two of them, and need only be as new as
/// they are. The newest machines come first; a place that is left in their last set takes one of the next version. Datacenter
/// lots cover everything at once, and a physical system that counts belongs to the whole: then there is one layer.
fn layers<'a>(scene: &Scene<'a>, group: Group<'a>, found: &mut Found) -> Vec<Group<'a>> {
    let datacenter = scene.lots.iter().any(|lot| lot.product == PRODUCT && lot.edition == "Datacenter");
    let plain = group.guests.iter().all(|(vm, install)| install.edition == "Standard" && vm.count == 1);
    let hosting = group.physical.iter().all(|install| {
        scene.server(&install.on).is_some_and(|server| server.physical_ose_role.as_deref() == Some("hosting_only"))
    });
    let mut ranked: Vec<(usize, (&Vm, &Install))> = group
        .guests
        .iter()
        .map(|guest| (scene.rank_of(PRODUCT, &guest.1.version, &guest.1.on, found), *guest))
        .collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.0.id.cmp(&b.1.0.id)));
    let mixed = ranked.first().map(|(rank, _)| rank) != ranked.last().map(|(rank, _)| rank);
    // A container is listed without an installation, so no version tells its layer.
    let contained = scene.estate.vms.iter().any(|vm| vm.role.as_deref() == Some("hyperv_container"));
    if datacenter || !plain || !hosting || !mixed || contained {
        return vec![group];
    }
    let per_set =
        usize::try_from(scene.terms.rule("WS-CORE-STACK", scene.as_of).number("oses_per_set")).unwrap_or(1).max(1);
    let mut layers: Vec<(usize, Vec<(&Vm, &Install)>)> = Vec::new();
    for (rank, guest) in ranked {
        match layers.last_mut() {
            Some((newest, guests)) if *newest == rank || !guests.len().is_multiple_of(per_set) => guests.push(guest),
            _ => layers.push((rank, vec![guest])),
        }
    }
    let mut physical = Some(group.physical);
    layers
        .into_iter()
        .map(|(_, guests)| Group { hosts: group.hosts.clone(), physical: physical.take().unwrap_or_default(), guests })
        .collect()
}

fn demand(scene: &Scene<'_>, key: &str, group: &Group<'_>, found: &mut Found) {
    let essentials = |install: &Install| {
        install.product == "Small Business Server" || matches!(install.edition.as_str(), "Essentials" | "Foundation")
    };
    let small: Vec<&Install> = group
        .physical
        .iter()
        .copied()
        .chain(group.guests.iter().map(|(_, install)| *install))
        .filter(|install| essentials(install))
        .collect();
    if let (Some(install), Some(host)) = (small.first(), group.hosts.first()) {
        essentials_demand(scene, host, install, found);
    }
    let guests: Vec<(&Vm, &Install)> = group.guests.iter().copied().filter(|(_, i)| !essentials(i)).collect();
    let physical: Vec<&Install> = group.physical.iter().copied().filter(|i| !essentials(i)).collect();
    if guests.is_empty() && physical.is_empty() {
        return;
    }
    // Hyper-V containers count like machines although nothing is listed as installed in them.
    let contained: u64 = scene
        .estate
        .vms
        .iter()
        .filter(|vm| vm.role.as_deref() == Some("hyperv_container"))
        .filter(|vm| group.hosts.iter().any(|host| vm.host.as_deref() == Some(host.id.as_str())))
        .filter(|vm| !guests.iter().any(|(guest, _)| guest.id == vm.id))
        .map(|vm| vm.count)
        .sum();
    let guest_count: u64 = guests.iter().map(|(vm, _)| vm.count).sum::<u64>() + contained;
    let mut physical_oses: BTreeMap<&str, u64> = BTreeMap::new();
    for install in &physical {
        let Some(server) = scene.server(&install.on) else { continue };
        let hosting = match server.physical_ose_role.as_deref() {
            Some("hosting_only") => true,
            Some(_) => false,
            None if guest_count == 0 => false,
            None => {
                ask(found, "physical-role-unknown", &server.id, "WS-PHYS-HOST");
                scene.reading == Reading::Low
            }
        };
        physical_oses.insert(&server.id, u64::from(!hosting));
    }
    if guest_count == 0 && physical_oses.values().all(|count| *count == 0) {
        // A host that hosts nothing is still an installation: it is licensed like any server.
        physical_oses.values_mut().for_each(|count| *count = 1);
    }
    let installs: Vec<&Install> = physical.iter().copied().chain(guests.iter().map(|(_, i)| *i)).collect();
    let editions: BTreeSet<&str> = installs.iter().map(|i| i.edition.as_str()).collect();
    let edition = highest_edition(&editions, scene.reading);
    if editions.contains("unknown") {
        ask(found, "edition-unknown", key, "GEN-EDITION");
    }
    let rank = installs.iter().map(|i| scene.rank_of(PRODUCT, &i.version, &i.on, found)).max().unwrap_or(0);
    let version = scene.terms.product(PRODUCT).map(|p| p.version_name(rank).to_owned()).unwrap_or_default();
    let hosts: Vec<(&Server, Size, u64)> = group
        .hosts
        .iter()
        .map(|host| {
            let oses = guest_count + physical_oses.get(host.id.as_str()).copied().unwrap_or(0);
            (*host, size(host, PRODUCT, found), oses)
        })
        .filter(|(_, _, oses)| *oses > 0)
        .collect();
    let mut demand = Demand {
        key: format!("windows-server:{key}"),
        subjects: installs
            .iter()
            .map(|i| {
                let count = scene.vm(&i.on).map_or_else(|| scene.server(&i.on).map_or(1, |s| s.count), |vm| vm.count);
                (i.on.clone(), format!("{} {} {}", i.product, i.edition, i.version), count)
            })
            .collect(),
        origins: tidy(
            installs
                .iter()
                .flat_map(|i| i.origins.clone())
                .chain(hosts.iter().flat_map(|h| h.0.origins.clone()))
                .collect(),
        ),
        ..Demand::default()
    };
    let sizing =
        Sizing { scene, edition, rank, version: &version, hosts: &hosts, guests: &guests, bare: physical.is_empty() };
    sizing.ways(&mut demand, found);
    found.demands.push(demand);
}

fn highest_edition(editions: &BTreeSet<&str>, reading: Reading) -> &'static str {
    let unknown = editions.contains("unknown");
    if editions.contains("Datacenter") || (unknown && reading == Reading::High) {
        "Datacenter"
    } else if editions.contains("Enterprise") {
        "Enterprise"
    } else if editions.iter().all(|edition| *edition == "Web") {
        "Web"
    } else {
        "Standard"
    }
}

struct Sizing<'a> {
    scene: &'a Scene<'a>,
    edition: &'static str,
    rank: usize,
    version: &'a str,
    hosts: &'a [(&'a Server, Size, u64)],
    guests: &'a [(&'a Vm, &'a Install)],
    bare: bool,
}

impl Sizing<'_> {
    fn rank(&self, version: &str) -> usize {
        self.scene.terms.rank(PRODUCT, version).unwrap_or(0)
    }

    /// Units over all hosts, each host counted as often as there are equal ones.
    fn total(&self, each: impl Fn(Size, u64) -> u64) -> u64 {
        self.hosts.iter().map(|(host, size, oses)| each(*size, *oses).saturating_mul(host.count)).sum()
    }

    fn cores(&self, standard: bool) -> (u64, Vec<Step>) {
        let floor = self.scene.terms.rule("WS-CORE-MIN", self.scene.as_of);
        let (per_processor, per_server) = (floor.number("per_processor"), floor.number("per_server"));
        let per_set = self.scene.terms.rule("WS-CORE-STACK", self.scene.as_of).number("oses_per_set").max(1);
        let units = self.total(|size, oses| {
            let sets = if standard { oses.div_ceil(per_set).max(1) } else { 1 };
            cores_due(size, per_processor, per_server).saturating_mul(sets)
        });
        let steps = self.hosts.iter().flat_map(|(host, size, oses)| {
            let due = cores_due(*size, per_processor, per_server);
            let mut steps = vec![Step::new(
                "core-minimum",
                Some("WS-CORE-MIN"),
                &[
                    ("host", host.id.clone()),
                    ("processors", size.processors.to_string()),
                    ("cores", size.cores_each.to_string()),
                    ("per_processor", per_processor.to_string()),
                    ("per_server", per_server.to_string()),
                    ("units", due.to_string()),
                ],
            )];
            if standard {
                let sets = oses.div_ceil(per_set).max(1);
                steps.push(Step::new(
                    "core-stack",
                    Some("WS-CORE-STACK"),
                    &[
                        ("host", host.id.clone()),
                        ("oses", oses.to_string()),
                        ("sets", sets.to_string()),
                        ("cores", due.to_string()),
                        ("units", due.saturating_mul(sets).to_string()),
                    ],
                ));
            }
            steps
        });
        (units, steps.collect())
    }

    fn pairs(&self, standard: bool) -> (u64, Vec<Step>) {
        let rule = self.scene.terms.rule("WS-PROC-2012", self.scene.as_of);
        let (processors, oses_each) =
            (rule.number("processors_per_licence").max(1), rule.number("oses_per_licence").max(1));
        let due = |size: Size, oses: u64| {
            let by_processor = size.processors.div_ceil(processors);
            if standard { by_processor.max(oses.div_ceil(oses_each)) } else { by_processor }
        };
        let steps = self.hosts.iter().map(|(host, size, oses)| {
            let values = [
                ("host", host.id.clone()),
                ("processors", size.processors.to_string()),
                ("oses", oses.to_string()),
                ("units", due(*size, *oses).to_string()),
            ];
            Step::new(
                if standard { "processor-pair-standard" } else { "processor-pair-datacenter" },
                Some("WS-PROC-2012"),
                &values,
            )
        });
        (self.total(due), steps.collect())
    }

    fn servers(&self, edition: &str) -> (u64, Vec<Step>) {
        let rule = self.scene.terms.rule("WS-SRV-2008", self.scene.as_of);
        let each =
            if edition == "Enterprise" { rule.number("enterprise_oses") } else { rule.number("standard_oses") }.max(1);
        let steps = self.hosts.iter().map(|(host, _, oses)| {
            let values = [
                ("host", host.id.clone()),
                ("oses", oses.to_string()),
                ("each", each.to_string()),
                ("units", oses.div_ceil(each).max(1).to_string()),
            ];
            Step::new("server-licences", Some("WS-SRV-2008"), &values)
        });
        (self.total(|_, oses| oses.div_ceil(each).max(1)), steps.collect())
    }

    fn processors(&self, found: &mut Found) -> (u64, Vec<Step>) {
        let minimum = self.scene.terms.rule("WS-DC-2008", self.scene.as_of).number("minimum");
        for (host, _, _) in self.hosts.iter().filter(|(_, size, _)| size.processors < minimum) {
            ask(found, "datacenter-minimum", &host.id, "WS-DC-2008");
        }
        let due = |size: Size, _| size.processors.max(if self.scene.reading == Reading::High { minimum } else { 1 });
        let steps = self.hosts.iter().map(|(host, size, oses)| {
            let values = [("host", host.id.clone()), ("units", due(*size, *oses).to_string())];
            Step::new("processor-licences", Some("WS-DC-2008"), &values)
        });
        (self.total(due), steps.collect())
    }

    fn virtual_cores(&self) -> (u64, Vec<Step>) {
        let rule = self.scene.terms.rule("WS-VM-SA", self.scene.as_of);
        let (per_vm, per_customer) = (rule.number("per_vm"), rule.number("per_customer"));
        let due = |vm: &Vm| u64::from(vm.vcpus.unwrap_or(1)).max(per_vm).saturating_mul(vm.count);
        let units = self.guests.iter().map(|(vm, _)| due(vm)).sum::<u64>().max(per_customer);
        let values = [
            ("machines", self.guests.iter().map(|(vm, _)| vm.count).sum::<u64>().to_string()),
            ("per_vm", per_vm.to_string()),
            ("per_customer", per_customer.to_string()),
            ("units", units.to_string()),
        ];
        (units, vec![Step::new("virtual-cores", Some("WS-VM-SA"), &values)])
    }

    fn way(&self, edition: &str, metric: &str, (units, steps): (u64, Vec<Step>), rules: &[&'static str]) -> Way {
        Way {
            product: PRODUCT.to_owned(),
            edition: edition.to_owned(),
            version: self.version.to_owned(),
            named_by_lot: true,
            metric: metric.to_owned(),
            units,
            steps,
            rules: rules.to_vec(),
            ..Way::default()
        }
    }

    /// Adds the way if any lot may serve it.
    fn add(
        &self,
        demand: &mut Demand,
        mut way: Way,
        metrics: &[&str],
        also: impl Fn(&Lot) -> Result<u64, &'static str>,
    ) {
        let machine = self.hosts.first().map_or("", |(host, _, _)| host.id.as_str());
        let need = Need { product: PRODUCT, edition: Some(self.edition), rank: self.rank, machine };
        let edition = way.edition.clone();
        way.arcs = self.scene.serving(&need, metrics, &mut demand.refused, |lot| {
            if lot.edition != edition {
                return Err("other-way");
            }
            also(lot)
        });
        demand.refused.retain(|_, why| *why != "other-way");
        if !way.arcs.is_empty() {
            demand.ways.push(way);
        }
    }

    fn ways(&self, demand: &mut Demand, found: &mut Found) {
        let (era_2012, era_2016) = (self.rank("2012"), self.rank("2016"));
        let by_host = ["WS-CORE-MIN", "WS-CORE-STACK", "GEN-PACK"];
        for edition in ["Standard", "Datacenter"] {
            let standard = edition == "Standard";
            let rules: &[&'static str] = if standard { &by_host } else { &["WS-CORE-MIN", "WS-DC-UNLIM", "GEN-PACK"] };
            self.add(demand, self.way(edition, "core", self.cores(standard), rules), &["core"], |_| Ok(1));
            if self.rank >= era_2016 {
                self.grant(demand, edition);
            } else {
                let way = self.way(edition, "processor_pair", self.pairs(standard), &["WS-PROC-2012", "GEN-METRIC"]);
                self.add(demand, way, &["processor_pair"], |_| Ok(1));
            }
        }
        if self.rank < era_2012 {
            for edition in ["Standard", "Enterprise", "Web"] {
                let way = self.way(edition, "server", self.servers(edition), &["WS-SRV-2008"]);
                self.add(demand, way, &["server"], |lot| if lot.channel == "payg" { Err("other-way") } else { Ok(1) });
            }
            let way = self.way("Datacenter", "processor", self.processors(found), &["WS-DC-2008"]);
            self.add(demand, way, &["processor"], |_| Ok(1));
        }
        if self.guests.is_empty() {
            let way = self.way(self.edition, "server", (1, Vec::new()), &["WS-PAYG"]);
            self.add(demand, way, &["server"], |lot| if lot.channel == "payg" { Ok(1) } else { Err("other-way") });
        }
        let by_vm_from =
            self.scene.terms.rules().filter(|rule| rule.id == "WS-VM-SA").map(|rule| rule.valid_from).min();
        if !self.guests.is_empty() && self.bare && by_vm_from.is_some_and(|from| self.scene.as_of >= from) {
            for edition in ["Standard", "Datacenter"] {
                let way = self.way(edition, "core", self.virtual_cores(), &["WS-VM-SA"]);
                self.add(demand, way, &["core"], |lot| if lot.active { Ok(1) } else { Err("other-way") });
            }
        }
        self.questions(demand, found);
        if demand.ways.is_empty() || demand.ways.iter().all(|way| !way.review) {
            demand.ways.push(self.native(found));
        }
        if demand.ways.len() > 1 {
            let served = demand.ways.iter().any(|way| !way.arcs.is_empty());
            demand.ways.retain(|way| served || way.review || !way.native);
        }
    }

    /// Two-processor licences that were under Software Assurance when 2016 came out: core grants.
    fn grant(&self, demand: &mut Demand, edition: &str) {
        let rule = self.scene.terms.rule("WS-GRANT-2016", self.scene.as_of);
        let least = rule.number("cores_per_licence");
        let documented = self
            .hosts
            .iter()
            .filter(|(host, _, _)| host.inventory_documented == Some(true))
            .map(|(_, size, _)| size.cores_each.saturating_mul(2))
            .max()
            .unwrap_or(0);
        let worth = least.max(documented);
        let way = self.way(edition, "core", self.cores(edition == "Standard"), &["WS-GRANT-2016", "WS-CORE-MIN"]);
        let before = demand.ways.len();
        self.add(demand, way, &["processor_pair"], |_| Ok(worth));
        if demand.ways.len() > before {
            demand.later = true;
            if let Some(way) = demand.ways.last_mut() {
                way.named_by_lot = false;
            }
        }
    }

    /// A lot whose own terms must be read makes a way that covers nothing yet.
    fn questions(&self, demand: &mut Demand, found: &mut Found) {
        let to_read: Vec<usize> =
            demand.refused.iter().filter(|(_, why)| **why == ASK_OEM_TERMS).map(|(index, _)| *index).collect();
        for lot in to_read.iter().filter_map(|index| self.scene.lots.get(*index)) {
            ask(found, ASK_OEM_TERMS, &lot.id, "WS-OEM-DOWN");
            let standard = lot.edition == "Standard";
            let counted = match lot.metric.as_str() {
                "core" => self.cores(standard),
                "processor_pair" => self.pairs(standard),
                _ => self.servers(&lot.edition),
            };
            let mut way = self.way(&lot.edition, &lot.metric, counted, &["WS-OEM-DOWN"]);
            way.version = lot.version.clone();
            way.review = true;
            demand.ways.push(way);
        }
    }

    fn native(&self, found: &mut Found) -> Way {
        let standard = self.edition != "Datacenter";
        let mut way = if self.rank >= self.rank("2016") {
            let edition = if self.edition == "Enterprise" { "Standard" } else { self.edition };
            self.way(edition, "core", self.cores(standard), &["WS-CORE-MIN", "WS-CORE-STACK"])
        } else if self.rank >= self.rank("2012") {
            self.way(self.edition, "processor_pair", self.pairs(standard), &["WS-PROC-2012"])
        } else if standard {
            self.way(self.edition, "server", self.servers(self.edition), &["WS-SRV-2008"])
        } else {
            self.way(self.edition, "processor", self.processors(found), &["WS-DC-2008"])
        };
        way.native = true;
        way.named_by_lot = false;
        way
    }
}

fn essentials_demand(scene: &Scene<'_>, host: &Server, install: &Install, found: &mut Found) {
    let product = install.product.as_str();
    let rank = scene.rank_of(product, &install.version, &install.on, found);
    let rule = scene.terms.rule("WS-ESS", scene.as_of);
    let users: u64 = scene
        .estate
        .accesses
        .iter()
        .filter(|access| access.to == install.on)
        .filter_map(|access| scene.user(&access.who))
        .map(|user| user.count)
        .sum();
    let limit = rule.number(if install.edition == "Foundation" { "foundation_users" } else { "essentials_users" });
    if users > limit {
        let (code, subject) = (format!("user_limit_{limit}"), install.on.clone());
        found.breaches.push(Breach { code, subject, rule: "WS-ESS".to_owned() });
    }
    let need = Need { product, edition: Some(&install.edition), rank, machine: &host.id };
    let mut demand = Demand {
        key: format!("essentials:{}", host.id),
        subjects: vec![(install.on.clone(), format!("{product} {} {}", install.edition, install.version), 1)],
        origins: tidy(install.origins.clone()),
        ..Demand::default()
    };
    let arcs = scene.serving(&need, &["server"], &mut demand.refused, |_| Ok(1));
    demand.ways.push(Way {
        product: product.to_owned(),
        edition: install.edition.clone(),
        version: install.version.clone(),
        named_by_lot: true,
        metric: "server".to_owned(),
        units: host.count,
        arcs,
        steps: vec![Step::new("one-per-server", Some("WS-ESS"), &[("host", host.id.clone())])],
        rules: vec!["WS-ESS"],
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}

/// An Azure machine with Hybrid Benefit: licences under Software Assurance only.
fn azure(scene: &Scene<'_>, vm: &Vm, install: &Install, found: &mut Found) {
    let rule = scene.terms.rule("WS-AHB", scene.as_of);
    let step = rule.number("step").max(1);
    let cores = u64::from(vm.vcpus.unwrap_or(1)).max(rule.number("per_vm")).div_ceil(step).saturating_mul(step);
    let units = cores.saturating_mul(vm.count);
    let rank = scene.rank_of(PRODUCT, &install.version, &install.on, found);
    let edition = if install.edition == "unknown" { "Standard" } else { install.edition.as_str() };
    let need = Need { product: PRODUCT, edition: Some(edition), rank, machine: &vm.id };
    let migrating = vm.ahb_since_days.is_some_and(|days| u64::from(days) <= rule.number("migration_days"));
    let mut demand = Demand {
        key: format!("windows-server:azure:{}", vm.id),
        subjects: vec![(vm.id.clone(), format!("{PRODUCT} {} {}", install.edition, install.version), vm.count)],
        origins: tidy(install.origins.iter().chain(&vm.origins).cloned().collect()),
        later: true,
        shares: migrating,
        ..Demand::default()
    };
    let worth = rule.number("processor_licence_worth").max(1);
    let arcs =
        scene.serving(&need, &["core", "processor_pair"], &mut demand.refused, |lot| match lot.metric.as_str() {
            _ if !lot.active => Err("no-active-sa-for-azure"),
            "processor_pair" => Ok(worth),
            _ => Ok(1),
        });
    let values =
        [("machine", vm.id.clone()), ("vcpus", vm.vcpus.unwrap_or(1).to_string()), ("units", units.to_string())];
    demand.ways.push(Way {
        product: PRODUCT.to_owned(),
        edition: edition.to_owned(),
        version: install.version.clone(),
        metric: "core".to_owned(),
        units,
        arcs,
        steps: vec![Step::new("azure-cores", Some("WS-AHB"), &values)],
        rules: vec!["WS-AHB"],
        native: true,
        ..Way::default()
    });
    found.demands.push(demand);
}
