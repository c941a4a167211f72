//! The laws on estates of every family, where `laws` draws servers only.

use crate::all_families::{cases, estates};
use crate::laws::{figures, knowledge, missing, position, short};
use licensing::deployments::{Entitlement, Estate, Install};
use licensing::position::{Options, Question};
use licensing::requirements::{Index, Reading, Scene, first_requirements, requirements, requirements_again};
use licensing::side_by_side::{Part, SideBySide};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn lines_of_every_family_add_up_and_the_verifier_accepts(estate in estates()) {
        let position = position(&estate);
        for line in &position.lines {
            prop_assert_eq!(line.required.shown, line.covered.shown + line.shortfall.shown, "{}", line.id);
            prop_assert!(line.required.low <= line.required.high);
        }
        let objections: Vec<_> = position.findings.iter().filter(|finding| finding.code.starts_with("verifier")).collect();
        prop_assert!(objections.is_empty(), "{objections:?}");
    }

    #[test]
    fn the_order_of_every_record_does_not_matter(estate in estates()) {
        let mut turned = estate.clone();
        turned.servers.reverse();
        turned.vms.reverse();
        turned.devices.reverse();
        turned.users.reverse();
        turned.accesses.reverse();
        turned.installs.reverse();
        turned.entitlements.reverse();
        prop_assert_eq!(position(&estate), position(&turned));
    }

    #[test]
    fn a_position_of_every_family_is_the_same_twice(estate in estates()) {
        prop_assert_eq!(position(&estate), position(&estate));
    }

    #[test]
    fn a_position_is_the_same_whichever_part_of_it_is_worked_out_first(estate in estates()) {
        let (terms, prices) = knowledge();
        let by = |run| {
            let options = Options { side_by_side: SideBySide::by(run), ..Options::default() };
            licensing::position(&estate, terms, prices, jiff::civil::date(2025, 6, 30), &options)
        };
        let last_first: fn(Part<'_>, Part<'_>) = |one, other| { other(); one() };
        let at_once: fn(Part<'_>, Part<'_>) = |one, other| std::thread::scope(|scope| { scope.spawn(one); other() });
        let here = position(&estate);
        prop_assert_eq!(&here, &by(last_first));
        prop_assert_eq!(&here, &by(at_once));
    }

    #[test]
    fn no_installation_of_any_family_is_lost(estate in estates()) {
        let position = position(&estate);
        let named: BTreeSet<(&str, bool)> = position
            .lines
            .iter()
            .flat_map(|line| &line.subjects)
            .map(|subject| (subject.name.as_str(), true))
            .chain(position.set_aside.iter().map(|each| (each.on.as_str(), false)))
            .collect();
        let nowhere: Vec<_> = estate
            .installs
            .iter()
            .filter(|install| !named.contains(&(install.on.as_str(), true)) && !named.contains(&(install.on.as_str(), false)))
            .collect();
        prop_assert!(nowhere.is_empty(), "{nowhere:?}");
    }

    #[test]
    fn no_unit_of_any_family_is_lost(mut estate in estates()) {
        // With questions open two readings use it.
        settle_unknowns(&mut estate);
        let position = position(&estate);
        let (terms, _) = knowledge();
        // Rights of a plan or suite, and licences that serve a second time, count once for each of their lines.
        let counts_once = |each: &&Entitlement| {
            terms.plan(&each.product).is_none() && !each.product.contains("Suite") && !each.product.starts_with("Visual Studio")
                // Under Software Assurance the licence of a device lets it reach virtual desktops besides.
                && (each.product.as_str(), each.edition.as_str()) != ("Windows", "Enterprise")
                // It brings an access licence for Project Server.
                && (each.product.as_str(), each.edition.as_str()) != ("Project", "Professional")
        };
        if !position.questions.is_empty() || position.lines.iter().any(|line| line.twice > 0) {
            return Ok(());
        }
        for entitlement in estate.entitlements.iter().filter(counts_once) {
            let pack = match entitlement.metric.as_str() { "core_2pack" => 2, "core_16pack" => 16, _ => 1 };
            let lines = position.lines.iter().flat_map(|line| &line.lots);
            let used: u64 = lines.filter(|lot| lot.lot == entitlement.id).map(|lot| lot.used).sum();
            let spare: u64 =
                position.unused.iter().filter(|lot| lot.lot == entitlement.id).map(|lot| lot.quantity).sum();
            prop_assert_eq!((entitlement.quantity * pack).saturating_sub(used) / pack, spare, "{} used {}", entitlement.id, used);
        }
    }

    #[test]
    fn more_licences_of_any_family_never_worsen(mut estate in estates()) {
        // A licence that does not follow a machine that left binds it to where it was: there a lot may make a need.
        estate.vms.iter_mut().for_each(|vm| vm.moved_off_days_ago = None);
        // An Essentials server is stated under Standard as soon as some Standard licence may run it.
        estate.installs.retain(|install| install.edition != "Essentials");
        // Up to 2008 R2 SQL Server is stated by processor, which has no price any more; a core licence makes cores of it.
        estate.installs.retain(|install| {
            !install.product.starts_with("SQL Server") || !["2005", "2008 R2", "unknown"].contains(&install.version.as_str())
        });
        // Apps on devices under licences by device are stated by device, whatever they would cost by person.
        estate.entitlements.retain(|lot| lot.metric != "device_sub");
        // Access licences without coverage tell that access is not covered, and licensing by machine needs that it is.
        let (terms, _) = knowledge();
        estate.entitlements.retain(|lot| {
            let brings = |rights: &[String]| rights.iter().any(|right| right == "windows-server-cal");
            let to_windows = lot.product == "Windows Server CAL" || terms.plan(&lot.product).is_some_and(brings);
            let endless = lot.sa_until.is_none() && lot.metric == "user_sub";
            !to_windows || endless || lot.sa_until.is_some_and(|until| until >= jiff::civil::date(2025, 6, 30))
        });
        if estate.entitlements.is_empty() {
            return Ok(());
        }
        let mut fewer = estate.clone();
        // People who were given a plan are counted as soon as some of it was bought: the least that can be, then.
        let first = &mut fewer.entitlements[0];
        if first.metric == "user_sub" { first.quantity = 1 } else { fewer.entitlements.remove(0); }
        let (more, less) = (position(&estate), position(&fewer));
        // A lot whose own terms must be read first makes a question of its line.
        if more.lines.iter().chain(&less.lines).any(|line| line.review) {
            return Ok(());
        }
        let (more, less) = (missing(&more), missing(&less));
        prop_assert!(more <= less, "{more} with {} and {less} without", estate.entitlements[0].product);
    }

    #[test]
    fn splitting_a_lot_of_any_family_changes_nothing(mut estate in estates(), part in 1u64..39) {
        estate.entitlements[0].quantity += 1;
        let mut split = estate.clone();
        let first = &mut split.entitlements[0];
        let part = (part % first.quantity).max(1);
        let mut rest = first.clone();
        rest.quantity = first.quantity - part;
        first.quantity = part;
        rest.id = "e0-rest".to_owned();
        split.entitlements.insert(1, rest);
        prop_assert_eq!(figures(&position(&estate)), figures(&position(&split)));
    }

    /// A position reads the estate again only where something is asked; what it takes over must be what it would have read.
    #[test]
    fn what_any_family_settled_is_the_same_under_the_other_reading(estate in estates()) {
        let (terms, _) = knowledge();
        let as_of = jiff::civil::date(2025, 6, 30);
        let owned = licensing::requirements::lots(&estate, terms, as_of);
        let index = Index::new(&estate, &owned, terms);
        let scene = |reading| Scene { estate: &estate, lots: &owned, terms, as_of, reading, answered: None, index: &index, side_by_side: SideBySide::default() };
        let (found, settled) = first_requirements(&scene(Reading::High));
        let (again, anew) = (requirements_again(&scene(Reading::Low), settled.clone()), requirements(&scene(Reading::Low)));
        prop_assert_eq!(format!("{again:?}"), format!("{anew:?}"));
        // Each answer by itself, too.
        for ask in &found.asks {
            let scene = Scene { answered: Some(ask), ..scene(Reading::High) };
            let (again, anew) = (requirements_again(&scene, settled.clone()), requirements(&scene));
            prop_assert_eq!(format!("{again:?}"), format!("{anew:?}"), "{:?}", ask);
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// The interval contains what each answer makes of it, and no answer makes it wider.
    #[test]
    fn no_answer_leads_out_of_the_interval(estate in estates()) {
        let (least, most) = (short(&estate, Reading::Low), short(&estate, Reading::High));
        for (what, known) in answered(&estate) {
            let (low, high) = (short(&known, Reading::Low), short(&known, Reading::High));
            for product in least.keys().chain(most.keys()).chain(low.keys()).chain(high.keys()) {
                let of = |sums: &BTreeMap<String, Option<u64>>| sums.get(product).copied().unwrap_or(Some(0));
                prop_assert!(of(&least) <= of(&low), "{}: {} at least {:?} became {:?}", what, product, of(&least), of(&low));
                let within = of(&most).is_none_or(|most| of(&high).is_some_and(|high| high <= most));
                prop_assert!(within, "{}: {} at most {:?} became {:?}", what, product, of(&most), of(&high));
            }
        }
    }
}

/// Takes every unknown out of an estate.
fn settle_unknowns(estate: &mut Estate) {
    for server in &mut estate.servers {
        server.processors.get_or_insert(2);
        server.cores_per_processor.get_or_insert(8);
        server.physical_ose_role.get_or_insert_with(|| "workload".into());
        server.drs.get_or_insert(false);
    }
    for vm in &mut estate.vms {
        vm.vcpus.get_or_insert(4);
        if vm.host.is_none() {
            vm.host = estate.servers.first().map(|server| server.id.clone());
        }
    }
    for device in &mut estate.devices {
        device.oem_os = device.oem_os.take().filter(|oem| *oem != "unknown");
        device.board_replaced = None;
    }
    for install in &mut estate.installs {
        if install.edition == "unknown" {
            install.edition = "Standard".into();
        }
        if install.version == "unknown" {
            install.version = "2016".into();
        }
    }
    for lot in &mut estate.entitlements {
        lot.sa_until = lot.sa_until.filter(|until| until.year() != 2016);
    }
}

/// What stands in for an unknown, one known value after the other: (what it was, the estate with the answer).
fn answered(estate: &Estate) -> Vec<(String, Estate)> {
    let unknown = position(estate);
    let mut found = Vec::new();
    let mut answer = |what: String, change: &dyn Fn(&mut Estate)| {
        let mut estate = estate.clone();
        change(&mut estate);
        found.push((what, estate));
    };
    for (at, server) in estate.servers.iter().enumerate() {
        for number in [1, 2, 3] {
            if server.processors.is_none() {
                answer(format!("{} processors of {}", number, server.id), &|estate| {
                    estate.servers[at].processors = Some(number);
                });
            }
        }
        for number in [1, 4, 10] {
            if server.cores_per_processor.is_none() {
                answer(format!("{} cores of {}", number, server.id), &|estate| {
                    estate.servers[at].cores_per_processor = Some(number);
                });
            }
        }
        for role in ["hosting_only", "workload"] {
            let is_asked =
                |question: &Question| question.code == "physical-role-unknown" && question.subject == server.id;
            if server.physical_ose_role.is_none() && unknown.questions.iter().any(is_asked) {
                answer(format!("{role} of {}", server.id), &|estate| {
                    estate.servers[at].physical_ose_role = Some(role.into());
                });
            }
        }
    }
    // A suite in sessions may be the one that stands on the device, as long as neither is known.
    let on_device = |on: &str| estate.devices.iter().any(|device| device.id == on);
    let remote = estate.installs.iter().any(|each| each.product == "Office" && !on_device(&each.on));
    let open = estate.installs.iter().enumerate().filter(|(_, install)| install.edition == "unknown" && !remote);
    for (at, install) in open {
        // The edition of a server decides the metric too, and units of two metrics are not compared here.
        let editions: &[&str] = match install.product.as_str() {
            "Office" => &["Standard", "Professional Plus"],
            "Visio" | "Project" => &["Standard", "Professional"],
            _ => &[],
        };
        for edition in editions {
            answer(format!("{edition} of {} on {}", install.product, install.on), &|estate| {
                // One question is asked for the device, and answered for all that it is about.
                let (on, product) = (estate.installs[at].on.clone(), estate.installs[at].product.clone());
                let same = |each: &&mut Install| each.on == on && each.product == product && each.edition == "unknown";
                estate.installs.iter_mut().filter(same).for_each(|each| each.edition = (*edition).into());
            });
        }
    }
    for (at, vm) in estate.vms.iter().enumerate().filter(|(_, vm)| vm.vcpus.is_none()) {
        let host = estate.servers.iter().find(|host| vm.host.as_ref() == Some(&host.id));
        let threads = host.and_then(|host| Some(host.processors? * host.cores_per_processor? * host.threads_per_core?));
        for number in [1, 8].into_iter().filter(|number| threads.is_none_or(|threads| *number <= threads)) {
            answer(format!("{number} virtual cores of {}", vm.id), &|estate| estate.vms[at].vcpus = Some(number));
        }
    }
    found
}
