//! How many licences a group of Windows Server machines needs in each metric: sets of cores, processor pairs, servers,
//! processors, single virtual machines under Software Assurance.

use super::{PRODUCT, ask};
use crate::deployments::{Install, Server, Vm};
use crate::findings::Step;
use crate::requirements::host::{self, Size, cores_due};
use crate::requirements::{ASK_OEM_TERMS, Demand, Found, Lot, Need, Reading, Scene, Way};

/// A virtual machine of a group, with how many of its equal ones are meant.
#[derive(Clone, Copy)]
pub(super) struct Guest<'a> {
    pub(super) vm: &'a Vm,
    pub(super) install: &'a Install,
    pub(super) count: u64,
}

/// A host of a group: its size, and the systems that may run on it.
#[derive(Clone, Copy)]
pub(super) struct Host<'a> {
    pub(super) server: &'a Server,
    pub(super) size: Size,
    pub(super) oses: u64,
}

/// What is missing to the least number of virtual cores that one customer must license, over all his machines.
#[derive(Clone, Copy)]
pub(super) struct Floor(u64);

impl Floor {
    /// The floor of the day less what all `guests` count.
    pub(super) fn of<'a>(scene: &Scene<'_>, guests: impl Iterator<Item = &'a Guest<'a>>) -> Floor {
        let rule = scene.terms.rule("WS-VM-SA", scene.as_of);
        let all: u64 = guests
            .filter(is_here)
            .map(|guest| virtual_cores(scene, guest, rule.number("per_vm")))
            .fold(0, u64::saturating_add);
        Floor(rule.number("per_customer").saturating_sub(all))
    }
}

/// By machine the licences follow in the farm: one that left counts where it is now.
fn is_here(guest: &&Guest<'_>) -> bool {
    guest.vm.moved_off_days_ago.is_none()
}

fn virtual_cores(scene: &Scene<'_>, guest: &Guest<'_>, least: u64) -> u64 {
    host::virtual_cores(scene, guest.vm, PRODUCT).0.max(least).saturating_mul(guest.count)
}

/// A group in numbers.
pub(super) struct Sizing<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) edition: &'static str,
    pub(super) rank: usize,
    pub(super) version: &'a str,
    pub(super) hosts: &'a [Host<'a>],
    pub(super) guests: &'a [Guest<'a>],
    /// Nothing of the product is installed on the hosts themselves.
    pub(super) bare: bool,
    /// The processors are covered by the layer above.
    pub(super) below: bool,
    pub(super) floor: Floor,
}

impl Sizing<'_> {
    fn rank(&self, version: &str) -> usize {
        self.scene.terms.rank(PRODUCT, version).unwrap_or(0)
    }

    /// Units over all hosts, each host counted as often as there are equal ones.
    fn total(&self, each: impl Fn(Size, u64) -> u64) -> u64 {
        self.hosts
            .iter()
            .map(|host| each(host.size, host.oses).saturating_mul(host.server.count))
            .fold(0, u64::saturating_add)
    }

    fn cores(&self, standard: bool) -> (u64, Vec<Step>) {
        let floor = self.scene.terms.rule("WS-CORE-MIN", self.scene.as_of);
        let (per_processor, per_server) = (floor.number("per_processor"), floor.number("per_server"));
        let per_set = self.scene.terms.rule("WS-CORE-STACK", self.scene.as_of).number("oses_per_set").max(1);
        let units = self.total(|size, oses| {
            let sets = if standard { oses.div_ceil(per_set).max(1) } else { 1 };
            cores_due(size, per_processor, per_server).saturating_mul(sets)
        });
        let steps = self.hosts.iter().flat_map(|Host { server: host, size, oses }| {
            let due = cores_due(*size, per_processor, per_server);
            let mut steps = vec![Step::new(
                "core-minimum",
                Some("WS-CORE-MIN"),
                &[
                    ("host", host.id.to_string()),
                    ("processors", size.processors_told()),
                    ("cores", size.cores_told()),
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
                        ("host", host.id.to_string()),
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
            let by_processor = if self.below { 0 } else { size.processors.div_ceil(processors) };
            if standard { by_processor.max(oses.div_ceil(oses_each)) } else { by_processor }
        };
        let steps = self.hosts.iter().map(|Host { server: host, size, oses }| {
            let values = [
                ("host", host.id.to_string()),
                ("processors", size.processors_told()),
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

    /// An Enterprise lot from before guests came with it.
    fn one_instance(&self, lot: &Lot) -> bool {
        lot.edition == "Enterprise" && lot.reach.is_some_and(|reach| reach < self.rank("2003 R2"))
    }

    /// Server licences of `edition` and of the version at `rank`.
    fn servers(&self, edition: &str, rank: usize) -> (u64, Vec<Step>) {
        let rule = self.scene.terms.rule("WS-SRV-2008", self.scene.as_of);
        let guests_included = edition == "Enterprise" && rank >= self.rank("2003 R2");
        let each = if guests_included { rule.number("enterprise_oses") } else { rule.number("standard_oses") }.max(1);
        let steps = self.hosts.iter().map(|Host { server: host, oses, .. }| {
            let values = [
                ("host", host.id.to_string()),
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
        for host in self.hosts.iter().filter(|host| host.size.processors < minimum) {
            ask(found, "datacenter-minimum", &host.server.id, "WS-DC-2008");
        }
        let due = |host: &Host<'_>| {
            let reading = self.scene.reads("datacenter-minimum", &host.server.id, PRODUCT);
            host.size.processors.max(if reading == Reading::High { minimum } else { 1 })
        };
        let steps = self.hosts.iter().map(|host| {
            let values = [("host", host.server.id.to_string()), ("units", due(host).to_string())];
            Step::new("processor-licences", Some("WS-DC-2008"), &values)
        });
        let units = self.hosts.iter().map(|host| due(host).saturating_mul(host.server.count));
        (units.fold(0, u64::saturating_add), steps.collect())
    }

    /// Cores of one Datacenter set.
    pub(super) fn datacenter_cores(&self) -> u64 {
        self.cores(false).0
    }

    fn virtual_cores(&self) -> (u64, Vec<Step>) {
        let rule = self.scene.terms.rule("WS-VM-SA", self.scene.as_of);
        let per_vm = rule.number("per_vm");
        let units = self
            .guests
            .iter()
            .filter(is_here)
            .map(|guest| virtual_cores(self.scene, guest, per_vm))
            .fold(0, u64::saturating_add)
            .saturating_add(self.floor.0);
        let values = [
            (
                "machines",
                self.guests.iter().filter(is_here).map(|guest| guest.count).fold(0, u64::saturating_add).to_string(),
            ),
            ("per_vm", per_vm.to_string()),
            ("per_customer", rule.number("per_customer").to_string()),
            ("units", units.to_string()),
        ];
        (units, vec![Step::new("virtual-cores", Some("WS-VM-SA"), &values)])
    }

    /// Hosts of Azure Local take Datacenter licences under Software Assurance or subscription only.
    fn on_azure_local(&self) -> bool {
        self.hosts.iter().any(|host| host.server.platform.as_deref() == Some("azure_local"))
    }

    fn way(&self, edition: &str, metric: &str, (units, steps): (u64, Vec<Step>), rules: &[&'static str]) -> Way {
        Way {
            product: PRODUCT.to_owned(),
            edition: edition.to_owned(),
            version: self.version.to_owned(),
            named_by_lot: true,
            metric: metric.to_owned(),
            units,
            open: self.hosts.iter().any(|host| host.size.is_open(metric)),
            steps,
            rules: rules.to_vec(),
            ..Way::default()
        }
    }

    /// A way by virtual cores, whatever the hosts have.
    fn way_by_machine(&self, edition: &str, rules: &[&'static str]) -> Way {
        let known = |guest: &Guest<'_>| !host::virtual_cores(self.scene, guest.vm, PRODUCT).1;
        let open = !self.guests.iter().filter(is_here).all(known);
        Way { open, ..self.way(edition, "core", self.virtual_cores(), rules) }
    }

    /// Adds a way for lots of `edition` under `metric`, if any may serve it; only then is the way worked out.
    fn add(
        &self,
        demand: &mut Demand,
        (edition, metric): (&str, &str),
        also: impl Fn(&Lot) -> Result<u64, &'static str>,
        way: impl FnOnce() -> Way,
    ) {
        self.add_for(demand, self.edition, (edition, metric), also, way);
    }

    fn add_for(
        &self,
        demand: &mut Demand,
        installed: &str,
        (edition, metric): (&str, &str),
        also: impl Fn(&Lot) -> Result<u64, &'static str>,
        way: impl FnOnce() -> Way,
    ) {
        let hosts = self.hosts.iter().map(|host| host.server.id.as_str());
        let machines: Vec<&str> = hosts.chain(self.guests.iter().map(|guest| guest.vm.id.as_str())).collect();
        let need = Need { product: PRODUCT, edition: Some(installed), rank: self.rank, machines: &machines };
        let azure_local = self.on_azure_local();
        let channels = self.scene.terms.rule("WS-AHB", self.scene.as_of).words("azure_local_channels");
        let arcs = self.scene.serving(&need, &[metric], &mut demand.refused, |lot| {
            if lot.edition != edition {
                return Err("other-way");
            }
            if azure_local && lot.edition != "Datacenter" {
                return Err("lower-edition");
            }
            if azure_local && !lot.active {
                return Err("no-active-sa-for-azure");
            }
            if azure_local && !channels.contains(&lot.channel.as_str()) {
                return Err("channel-without-azure-local");
            }
            also(lot)
        });
        demand.refused.retain(|_, why| *why != "other-way");
        if !arcs.is_empty() {
            demand.ways.push(Way { arcs, ..way() });
        }
    }

    pub(super) fn ways(&self, demand: &mut Demand, found: &mut Found) {
        let (era_2012, era_2016) = (self.rank("2012"), self.rank("2016"));
        let by_host = ["WS-CORE-MIN", "WS-CORE-STACK", "GEN-PACK"];
        for edition in ["Standard", "Datacenter"] {
            let standard = edition == "Standard";
            let rules: &[&'static str] = if standard { &by_host } else { &["WS-CORE-MIN", "WS-DC-UNLIM", "GEN-PACK"] };
            self.add(demand, (edition, "core"), |_| Ok(1), || self.way(edition, "core", self.cores(standard), rules));
            if self.rank >= era_2016 {
                self.grant(demand, edition);
            } else {
                let rules = &["WS-PROC-2012", "GEN-METRIC"];
                let way = || self.way(edition, "processor_pair", self.pairs(standard), rules);
                self.add(demand, (edition, "processor_pair"), |_| Ok(1), way);
                if standard && self.rank >= era_2012 {
                    self.grant_of_servers(demand);
                }
            }
        }
        if self.rank < era_2012 {
            for edition in ["Standard", "Enterprise", "Web"] {
                let way = || self.way(edition, "server", self.servers(edition, self.rank), &["WS-SRV-2008"]);
                let other = |lot: &Lot| lot.channel == "payg" || self.one_instance(lot);
                self.add(demand, (edition, "server"), |lot| if other(lot) { Err("other-way") } else { Ok(1) }, way);
            }
            // Enterprise of 2003 carried one instance; four came with 2003 R2.
            let way = || self.way("Enterprise", "server", self.servers("Enterprise", 0), &["WS-SRV-2008"]);
            let one = |lot: &Lot| if self.one_instance(lot) { Ok(1) } else { Err("other-way") };
            self.add(demand, ("Enterprise", "server"), one, way);
            // Told in any case: whether the minimum is met is asked whatever is held.
            let processors = self.processors(found);
            let way = || self.way("Datacenter", "processor", processors, &["WS-DC-2008"]);
            self.add(demand, ("Datacenter", "processor"), |_| Ok(1), way);
        }
        if self.guests.is_empty() {
            let way = || self.way(self.edition, "server", (1, Vec::new()), &["WS-PAYG"]);
            let by_use = |lot: &Lot| if lot.channel == "payg" { Ok(1) } else { Err("other-way") };
            self.add(demand, (self.edition, "server"), by_use, way);
        }
        let by_vm_from =
            self.scene.terms.rules().filter(|rule| rule.id == "WS-VM-SA").map(|rule| rule.valid_from).min();
        if !self.guests.is_empty()
            && self.bare
            && by_vm_from.is_some_and(|from| self.scene.as_of >= from)
            && self.scene.index.access_assured
        {
            for edition in ["Standard", "Datacenter"] {
                let way = || self.way_by_machine(edition, &["WS-VM-SA"]);
                let before = demand.ways.len();
                let assured = |lot: &Lot| if lot.active { Ok(1) } else { Err("other-way") };
                self.add(demand, (edition, "core"), assured, way);
                if demand.ways.len() > before {
                    for guest in self.guests.iter().filter(|guest| guest.vm.vcpus.is_none()) {
                        ask(found, "virtual-cores-unknown", &guest.vm.id, "WS-VM-SA");
                    }
                }
            }
        }
        self.datacenter_images(demand);
        self.questions(demand, found);
        if demand.ways.is_empty() || demand.ways.iter().all(|way| !way.review) {
            demand.ways.push(self.native(found));
        }
        if demand.ways.len() > 1 {
            let served = demand.ways.iter().any(|way| !way.arcs.is_empty());
            demand.ways.retain(|way| served || way.review || !way.native);
        }
    }

    /// Standard subscriptions that may run Datacenter images of virtual machines.
    fn datacenter_images(&self, demand: &mut Demand) {
        let rule = self.scene.terms.rule("WS-CSP-STD-AS-DC", self.scene.as_of);
        if self.edition != "Datacenter" || !self.bare || self.guests.is_empty() || !rule.covers(self.scene.as_of) {
            return;
        }
        let channels = rule.words("channels");
        let subscription =
            |lot: &Lot| if lot.active && channels.contains(&lot.channel.as_str()) { Ok(1) } else { Err("other-way") };
        let by_host = || self.way("Standard", "core", self.cores(true), &["WS-CSP-STD-AS-DC", "WS-CORE-STACK"]);
        self.add_for(demand, "Standard", ("Standard", "core"), subscription, by_host);
        if self.scene.index.access_assured {
            let by_vm = || self.way_by_machine("Standard", &["WS-CSP-STD-AS-DC", "WS-VM-SA"]);
            self.add_for(demand, "Standard", ("Standard", "core"), subscription, by_vm);
        }
    }

    /// Server licences of Standard that were under Software Assurance when 2012 came out: as many of the new kind.
    fn grant_of_servers(&self, demand: &mut Demand) {
        let rules = &["WS-GRANT-2012", "WS-PROC-2012"];
        let way = || self.way("Standard", "processor_pair", self.pairs(true), rules);
        let before = demand.ways.len();
        let free = |lot: &Lot| if lot.is_bound() { Err("other-way") } else { Ok(1) };
        self.add(demand, ("Standard", "server"), free, way);
        if let Some(way) = demand.ways.get_mut(before) {
            way.named_by_lot = false;
        }
    }

    /// Two-processor licences that were under Software Assurance when 2016 came out: core grants.
    fn grant(&self, demand: &mut Demand, edition: &str) {
        let rule = self.scene.terms.rule("WS-GRANT-2016", self.scene.as_of);
        let least = rule.number("cores_per_licence");
        let documented = self
            .hosts
            .iter()
            .filter(|host| host.server.inventory_documented == Some(true))
            .map(|host| host.size.cores_each.saturating_mul(2))
            .max()
            .unwrap_or(0);
        let worth = least.max(documented);
        let rules = &["WS-GRANT-2016", "WS-CORE-MIN"];
        let way = || self.way(edition, "core", self.cores(edition == "Standard"), rules);
        let before = demand.ways.len();
        self.add(demand, (edition, "processor_pair"), |_| Ok(worth), way);
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
                _ => self.servers(&lot.edition, lot.rank.unwrap_or(self.rank)),
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
            self.way(self.edition, "server", self.servers(self.edition, self.rank), &["WS-SRV-2008"])
        } else {
            self.way(self.edition, "processor", self.processors(found), &["WS-DC-2008"])
        };
        way.native = true;
        way.named_by_lot = false;
        way
    }
}
