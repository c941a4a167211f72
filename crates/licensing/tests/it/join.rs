//! Joining: rows of several tools become machines; which rows are one, which never are, and what old records are worth.

use jiff::civil::{Date, date};
use licensing::deployments::join::{Joined, machines, persons};
use licensing::facts::{Access, Fact, FactRow, Machine, MachineKind, MachineRef, Origin, Person, Title, Virtual};
use proptest::prelude::*;

fn row(evidence: &str, number: u64, fact: Fact) -> FactRow {
    let origin = Origin { evidence: evidence.into(), part: None, row: number };
    FactRow { origin, fact, remarks: Vec::new() }
}

fn id(name: &str, uuid: &str, serial: &str, tool: &str) -> MachineRef {
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    MachineRef { uuid: told(uuid), serial: told(serial), name: told(name), dns: None, tool_id: told(tool) }
}

fn seen(id: MachineRef, day: Date) -> Machine {
    Machine { id, last_seen: Some(day), ..Machine::default() }
}

fn title(id: MachineRef, name: &str) -> Fact {
    Fact::Title(Title { machine: id, name: name.to_owned(), ..Title::default() })
}

const A: &str = "5EAC90BE-29F4-4C30-A665-167EE8C69729";
const A_TURNED: &str = "BE90AC5E-F429-304C-A665-167EE8C69729";
const B: &str = "11111111-29F4-4C30-A665-167EE8C69729";

fn names(joined: &Joined) -> Vec<&str> {
    joined.machines.iter().map(|machine| machine.id.as_str()).collect()
}

#[test]
fn a_host_that_only_its_guests_name_is_a_machine_of_unknown_size() {
    let guest = |host: &str, powered| Virtual {
        technology: "VMware".to_owned(),
        host: Some(host.to_owned()),
        vcpus: Some(2),
        template: false,
        powered: Some(powered),
        configured_os: None,
    };
    let on = |name: &str, host: &str, powered, day| Machine {
        virtualisation: Some(guest(host, powered)),
        cluster: Some("CL1".to_owned()),
        ..seen(id(name, "", "", ""), day)
    };
    let known =
        Machine { kind: Some(MachineKind::Host), cores: Some(32), ..seen(id("esx1", "", "", ""), date(2026, 5, 2)) };
    let joined = machines(&[
        row("h", 1, Fact::Machine(on("a", "esx1.example", true, date(2026, 5, 2)))),
        row("h", 2, Fact::Machine(on("b", "ESX2.example", true, date(2026, 5, 2)))),
        row("h", 3, Fact::Machine(on("c", "esx2.example", false, date(2026, 5, 9)))),
        row("h", 4, Fact::Machine(known)),
    ]);
    assert_eq!(names(&joined), ["a", "b", "c", "esx1", "ESX2"]);
    let told = joined.machines.last().expect("five");
    assert_eq!((told.kind, told.cores, told.processors), (Some(MachineKind::Host), None, None));
    assert_eq!((told.dns.as_deref(), told.cluster.as_deref()), (Some("ESX2.example"), Some("CL1")));
    assert_eq!((told.last_seen, told.origins.len()), (Some(date(2026, 5, 2)), 2));
}

#[test]
fn accounts_of_one_name_in_two_domains_were_taken_for_one_machine() {
    let account = |dns: &str, day| {
        let own = MachineRef { dns: Some(dns.to_owned()), ..id("pc1", "", "", "") };
        Machine { in_domain: Some(true), ..seen(own, day) }
    };
    let told = |dns: &str, uuid, day| seen(MachineRef { dns: Some(dns.to_owned()), ..id("PC1", uuid, "", "") }, day);
    let rows = [
        row("ad", 1, Fact::Machine(account("pc1.fr.example", date(2026, 5, 1)))),
        row("ad", 2, Fact::Machine(account("pc1.de.example", date(2026, 5, 2)))),
        row("cm", 1, Fact::Machine(told("PC1.FR.EXAMPLE", A, date(2026, 5, 3)))),
        row("cm", 2, Fact::Machine(told("pc1.de.example", B, date(2026, 5, 4)))),
    ];
    let joined = machines(&rows);
    assert_eq!(joined.machines.len(), 2);
    for (uuid, domain) in [(A, "fr.example"), (B, "de.example")] {
        let machine = joined.machines.iter().find(|machine| machine.uuid.as_deref() == Some(uuid)).expect("a machine");
        assert!(machine.dns.as_deref().is_some_and(|dns| dns.to_lowercase().ends_with(domain)), "{machine:?}");
        assert!(machine.in_domain);
    }
    // One account, told with its domain by the directory and with another suffix by a tool, stays one machine.
    let tool = told("pc1.local", A, date(2026, 5, 3));
    assert_eq!(machines(&[rows[0].clone(), row("t", 1, Fact::Machine(tool))]).machines.len(), 1);
}

#[test]
fn a_serial_that_only_a_list_of_programs_tells_is_the_machines() {
    let account = Machine { in_domain: Some(true), ..seen(id("pc9", "", "", ""), date(2026, 5, 1)) };
    let rows = |serial: &str| {
        let listed = title(id("PC9", "", serial, ""), "Visio");
        machines(&[row("ad", 1, Fact::Machine(account.clone())), row("list", 1, listed)])
    };
    assert_eq!(rows("PFS30ZH0").machines[0].serial.as_deref(), Some("PFS30ZH0"));
    assert_eq!(rows("Default string").machines[0].serial, None);
}

#[test]
fn people_of_one_short_name_in_two_domains_are_two() {
    let person = |upn: &str| {
        Fact::Person(Person { upn: Some(upn.to_owned()), sam: Some("jmartin".to_owned()), ..Person::default() })
    };
    let access = |who: &str| {
        let to = id("SRV", "", "", "");
        Fact::Access(Access { who: who.to_owned(), to, role: Some("FileServer".to_owned()), last_seen: None })
    };
    let people = persons(&[
        row("ad", 1, person("jmartin@fr.example")),
        row("ad", 2, person("jmartin@de.example")),
        row("ual", 1, access("DE\\jmartin")),
    ]);
    let reached: Vec<(&str, usize)> = people.iter().map(|each| (each.id.as_str(), each.reached.len())).collect();
    assert_eq!(reached, [("jmartin@de.example", 1), ("jmartin@fr.example", 0)]);
}

#[test]
fn a_hypervisor_and_windows_that_read_a_uuid_in_two_orders_speak_of_one_machine() {
    let guest = Virtual {
        technology: "VMware".to_owned(),
        host: Some("esx1".to_owned()),
        vcpus: Some(4),
        template: false,
        powered: Some(true),
        configured_os: Some("Windows Server 2012".to_owned()),
    };
    let from_host = Machine { virtualisation: Some(guest), ..seen(id("app", A, "", ""), date(2026, 5, 2)) };
    let from_inside =
        Machine { os: Some("Windows Server 2019".to_owned()), ..seen(id("app", A_TURNED, "", ""), date(2026, 5, 1)) };
    let joined = machines(&[row("h", 1, Fact::Machine(from_host)), row("i", 1, Fact::Machine(from_inside))]);
    assert_eq!(names(&joined), ["app", "esx1"]);
    let app = &joined.machines[0];
    assert_eq!((app.os.as_deref(), app.host.as_deref()), (Some("Windows Server 2019"), Some("esx1")));
    assert_eq!(app.uuid.as_deref(), Some(A_TURNED));
}

#[test]
fn two_machines_of_one_name_stay_two() {
    let rows = [
        row("a", 1, Fact::Machine(seen(id("PC", A, "S1-AAA", ""), date(2026, 5, 1)))),
        row("b", 1, Fact::Machine(seen(id("PC", B, "S2-BBB", ""), date(2026, 5, 1)))),
    ];
    assert_eq!(names(&machines(&rows)), ["PC", "PC#2"]);
}

#[test]
fn a_serial_of_several_names_in_one_file_joins_nothing() {
    let rows = [
        row("a", 1, Fact::Machine(seen(id("PC1", "", "BOARD-77", ""), date(2026, 5, 1)))),
        row("a", 2, Fact::Machine(seen(id("PC2", "", "BOARD-77", ""), date(2026, 5, 1)))),
        row("b", 1, Fact::Machine(seen(id("PC3", "", "To be filled by O.E.M.", ""), date(2026, 5, 1)))),
        row("b", 2, Fact::Machine(seen(id("PC4", "", "To be filled by O.E.M.", ""), date(2026, 5, 1)))),
    ];
    let joined = machines(&rows);
    assert_eq!(names(&joined), ["PC1", "PC2", "PC3", "PC4"]);
    assert!(joined.machines.iter().all(|machine| machine.serial.is_none()));
}

#[test]
fn an_old_record_of_a_tool_gives_its_name_and_none_of_its_titles() {
    let old = id("OLD", A, "", "tool:1");
    let now = id("NEW", A, "", "tool:2");
    let rows = [
        row("a", 1, Fact::Machine(Machine { retired: Some(true), ..seen(old.clone(), date(2026, 1, 1)) })),
        row("a", 2, Fact::Machine(seen(now.clone(), date(2026, 5, 1)))),
        row("b", 1, title(id("", "", "", "tool:1"), "Office of old")),
        row("b", 2, title(id("", "", "", "tool:2"), "Office of today")),
    ];
    let joined = machines(&rows);
    assert_eq!(names(&joined), ["NEW"]);
    let told: Vec<&str> = joined.machines[0].titles.iter().map(|(title, _)| title.name.as_str()).collect();
    assert_eq!(told, ["Office of today"]);
    assert!(joined.machines[0].other_names.contains("OLD"));
    assert!(!joined.machines[0].retired);
    assert!(joined.not_machines.contains(&("tool:1".to_owned(), "obsolete-record".to_owned())));
}

#[test]
fn a_disabled_account_is_a_machine_out_of_use_unless_something_still_sees_it() {
    let account = |name: &str| {
        let known = seen(id(name, "", "", ""), date(2026, 1, 10));
        Fact::Machine(Machine { in_domain: Some(true), ad_enabled: Some(false), ..known })
    };
    let rows = [
        row("ad", 1, account("GONE")),
        row("ad", 2, account("ALIVE")),
        row("ad", 3, account("LEFT-OVER")),
        row("agent", 1, Fact::Machine(seen(id("ALIVE", "", "SER-1", ""), date(2026, 5, 1)))),
        row("agent", 2, Fact::Machine(seen(id("LEFT-OVER", "", "SER-2", ""), date(2026, 1, 12)))),
    ];
    let joined = machines(&rows);
    let counts: Vec<(&str, bool)> = joined.machines.iter().map(|m| (m.id.as_str(), m.counts())).collect();
    assert_eq!(counts, [("ALIVE", true), ("GONE", false), ("LEFT-OVER", false)]);
}

#[test]
fn a_path_of_entities_is_a_site() {
    let at = |name: &str, site: &str| {
        let known = seen(id(name, "", "", ""), date(2026, 5, 1));
        Fact::Machine(Machine { site: Some(site.to_owned()), ..known })
    };
    let rows = [row("a", 1, at("X", "Bordeaux > Atelier")), row("a", 2, at("Y", "Bordeaux, siège"))];
    assert!(machines(&rows).machines.iter().all(|machine| machine.site.as_deref() == Some("Bordeaux")));
}

fn some_machine() -> impl Strategy<Value = (Machine, bool)> {
    let pick = |from: &'static [&'static str]| prop::sample::select(from);
    (
        pick(&["", "pc1", "pc2", "PC3"]),
        pick(&["", A, A_TURNED, B]),
        pick(&["", "SER-A", "ser a", "SER-B", "None"]),
        pick(&["", "tool:1", "tool:2"]),
        1..28i8,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(name, uuid, serial, tool, day, retired, is_title)| {
            let machine = Machine { retired: Some(retired), ..seen(id(name, uuid, serial, tool), date(2026, 3, day)) };
            (machine, is_title)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_does_not_matter(
        (rows, mixed) in prop::collection::vec(some_machine(), 0..12).prop_flat_map(|all| {
            let rows: Vec<FactRow> = (1..).zip(all).map(|(number, (machine, is_title))| {
                let evidence = if number % 2 == 0 { "even" } else { "odd" };
                row(evidence, number, if is_title { title(machine.id, "Something") } else { Fact::Machine(machine) })
            }).collect();
            (Just(rows.clone()), Just(rows).prop_shuffle())
        })
    ) {
        prop_assert_eq!(machines(&rows), machines(&mixed));
    }
}

#[test]
fn a_program_that_an_agent_no_longer_lists_stayed_on_the_machine() {
    let agent = || id("PC", A, "", "agent:PC-2024-01-01-00-00-00");
    let rows = [
        row("monday", 0, Fact::Machine(seen(agent(), date(2026, 5, 4)))),
        row("monday", 1, title(agent(), "Microsoft Visio Standard 2016")),
        row("monday", 2, title(agent(), "Microsoft Office Standard 2016")),
        row("friday", 0, Fact::Machine(seen(agent(), date(2026, 5, 8)))),
        row("friday", 1, title(agent(), "Microsoft Office Standard 2016")),
        // A partial message without programs leaves them as they were.
        row("sunday", 0, Fact::Machine(Machine { partial: true, ..seen(agent(), date(2026, 5, 10)) })),
    ];
    let joined = machines(&rows);
    let titles: Vec<&str> = joined.machines[0].titles.iter().map(|(title, _)| title.name.as_str()).collect();
    assert_eq!(titles, ["Microsoft Office Standard 2016"]);
    assert_eq!(joined.machines[0].last_seen, Some(date(2026, 5, 10)));
}

#[test]
fn a_name_of_a_system_without_its_edition_does_not_hide_one_with_it() {
    let system = |os: &str, day, directory: bool| Machine {
        os: Some(os.to_owned()),
        in_domain: directory.then_some(true),
        ..seen(id("srv", "", "", ""), day)
    };
    for (less, more) in [
        ("Microsoft Windows Server 2019 (64-bit)", "Windows Server 2019 Standard"),
        ("Microsoft Windows Server 2016 or later (64-bit)", "Windows Server 2022 Datacenter"),
        ("Win 11", "Windows 11 Professionnel"),
    ] {
        let joined = machines(&[
            row("ad", 1, Fact::Machine(system(more, date(2026, 5, 1), true))),
            row("rv", 1, Fact::Machine(system(less, date(2026, 5, 9), false))),
        ]);
        assert_eq!(joined.machines[0].os.as_deref(), Some(more));
    }
    // Another system is another word, and the nearer tool is right.
    let joined = machines(&[
        row("ad", 1, Fact::Machine(system("Windows Server 2012 R2 Standard", date(2026, 5, 1), true))),
        row("rv", 1, Fact::Machine(system("Microsoft Windows Server 2019 (64-bit)", date(2026, 5, 9), false))),
    ]);
    assert_eq!(joined.machines[0].os.as_deref(), Some("Microsoft Windows Server 2019 (64-bit)"));
}

#[test]
fn what_was_told_under_a_former_name_does_not_hide_what_is_told_today() {
    let told = |name: &str, os: &str, day, directory: bool| Machine {
        os: Some(os.to_owned()),
        in_domain: directory.then_some(true),
        ..seen(id(name, "", "MZ0417", ""), day)
    };
    let joined = machines(&[
        row("ls", 1, Fact::Machine(told("ALT-01", "Windows 7 Professionnel", date(2025, 1, 14), false))),
        row("ad", 1, Fact::Machine(told("PC-0001", "Windows 11 Professionnel", date(2026, 5, 1), true))),
    ]);
    assert_eq!(
        (names(&joined).as_slice(), joined.machines[0].os.as_deref()),
        (["PC-0001"].as_slice(), Some("Windows 11 Professionnel"))
    );
}

#[test]
fn a_machine_that_was_replaced_under_its_name_was_taken_for_an_old_record_of_its_successor() {
    let old = Machine { retired: Some(true), ..seen(id("PC1", "", "SER-OLD1", ""), date(2026, 1, 1)) };
    let rows = [
        row("a", 1, Fact::Machine(old)),
        row("a", 2, Fact::Machine(seen(id("PC1", "", "SER-NEW1", ""), date(2026, 5, 1)))),
    ];
    let joined = machines(&rows);
    assert_eq!(joined.machines.len(), 2);
    assert_eq!(joined.machines.iter().filter(|machine| machine.retired).count(), 1);
}

#[test]
fn the_data_centre_of_azure_was_a_host_of_the_company() {
    let guest = Virtual { host: Some("azure".to_owned()), ..Virtual::of("Azure") };
    let rows = [row(
        "a",
        1,
        Fact::Machine(Machine { virtualisation: Some(guest), ..seen(id("vm1", "", "", ""), date(2026, 5, 1)) }),
    )];
    assert_eq!(names(&machines(&rows)), ["vm1"]);
}
