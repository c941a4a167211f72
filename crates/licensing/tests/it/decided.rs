//! What people decided about records holds: whatever keys say, and whatever evidence comes later.

use licensing::deployments::join::{
    Decided, PersonRef, machine_records, machines, machines_as_decided, person_records, persons_as_decided,
};
use licensing::facts::{Fact, FactRow, Machine, MachineRef, Origin, Person};
use proptest::prelude::*;

fn row(evidence: &str, number: u64, fact: Fact) -> FactRow {
    FactRow { origin: Origin { evidence: evidence.into(), part: None, row: number }, fact, remarks: Vec::new() }
}

fn id(name: &str, uuid: &str, serial: &str) -> MachineRef {
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    MachineRef { uuid: told(uuid), serial: told(serial), name: told(name), ..MachineRef::default() }
}

fn machine(evidence: &str, number: u64, id: &MachineRef) -> FactRow {
    row(evidence, number, Fact::Machine(Machine { id: id.clone(), ..Machine::default() }))
}

const A: &str = "5EAC90BE-29F4-4C30-A665-167EE8C69729";

fn names(rows: &[FactRow], decided: &Decided) -> Vec<String> {
    machines_as_decided(rows, decided).machines.into_iter().map(|machine| machine.id).collect()
}

/// Two machines whose board was copied with its serial number, as three files show them.
fn copied() -> (Vec<FactRow>, MachineRef, MachineRef, MachineRef) {
    let (till, by_uuid, press) = (id("TILL-1", "", "MZ01A7"), id("TILL-1", A, ""), id("PRESS-2", "", "MZ01A7"));
    let rows = vec![machine("a", 1, &till), machine("b", 1, &by_uuid), machine("c", 1, &press)];
    (rows, till, by_uuid, press)
}

#[test]
fn a_wrong_join_is_split_and_stays_split_when_evidence_comes() {
    let (mut rows, till, by_uuid, press) = copied();
    assert_eq!(machines(&rows).machines.len(), 1, "the serial number joins them");
    let decided =
        Decided { machines_split: vec![[vec![press.clone()], vec![till.clone(), by_uuid]]], ..Decided::default() };
    assert_eq!(names(&rows, &decided), ["PRESS-2", "TILL-1"]);
    // A new tool sees the press under the copied number and a form of its own: it goes where its name says.
    let later = MachineRef { dns: Some("press-2.example.net".to_owned()), ..press };
    rows.push(machine("d", 1, &later));
    // And a third machine with the same number, whose name nobody knows, goes nowhere.
    rows.push(machine("e", 1, &id("OVEN-3", "", "MZ01A7")));
    assert_eq!(names(&rows, &decided), ["OVEN-3", "PRESS-2", "TILL-1"]);
    let joined = machines_as_decided(&rows, &decided);
    let press = joined.machines.iter().find(|machine| machine.id == "PRESS-2").map(|machine| machine.origins.len());
    assert_eq!(press, Some(2));
}

#[test]
fn two_machines_of_one_name_and_number_can_be_split_too() {
    let (one, other) =
        (id("KIOSK", "", "MZ01A7"), MachineRef { tool_id: Some("x:2".into()), ..id("KIOSK", "", "MZ01A7") });
    let rows = [machine("a", 1, &one), machine("b", 1, &other)];
    assert_eq!(names(&rows, &Decided::default()), ["KIOSK"]);
    let decided = Decided { machines_split: vec![[vec![one], vec![other]]], ..Decided::default() };
    assert_eq!(names(&rows, &decided), ["KIOSK", "KIOSK#2"]);
}

#[test]
fn two_records_without_a_common_key_are_joined_by_hand() {
    let (old, new) = (id("OLD-PC", A, ""), id("NEW-PC", "", "MZ01A7"));
    let rows = [machine("a", 1, &old), machine("b", 1, &new)];
    let decided = Decided { machines_joined: vec![vec![old, new]], ..Decided::default() };
    let joined = machines_as_decided(&rows, &decided);
    assert_eq!(joined.machines.len(), 1);
    let told = machine_records(&rows, &joined, &decided);
    assert_eq!(told[0].records.len(), 2);
    assert_eq!(told[0].because.iter().map(|why| why.by).collect::<Vec<_>>(), ["hand"]);
}

#[test]
fn the_reason_of_a_join_names_the_records_that_share_it() {
    let (rows, ..) = copied();
    let joined = machines(&rows);
    let told = machine_records(&rows, &joined, &Decided::default());
    let why: Vec<(&str, &str, usize)> =
        told[0].because.iter().map(|why| (why.by, why.value.as_str(), why.records.len())).collect();
    assert_eq!(why, [("serial", "mz01a7", 2), ("name", "till-1", 2)]);
}

fn person(evidence: &str, upn: &str, sam: &str, name: &str) -> FactRow {
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    row(evidence, 1, Fact::Person(Person { upn: told(upn), sam: told(sam), name: told(name), ..Person::default() }))
}

#[test]
fn people_of_one_account_name_are_split_and_two_accounts_of_one_person_joined() {
    let rows = [
        person("a", "jean.durand@x.example", "jdurand", "Jean Durand"),
        person("b", "julie.durand@x.example", "jdurand", "Julie Durand"),
        person("c", "adm-jd@x.example", "adm-jd", "Jean Durand (admin)"),
    ];
    let of = |at: usize| match &rows[at].fact {
        Fact::Person(person) => PersonRef::of(person),
        _ => PersonRef::default(),
    };
    let count = |decided: &Decided| persons_as_decided(&rows, decided).len();
    assert_eq!(count(&Decided::default()), 2, "the account name joins two people");
    let split = Decided { people_split: vec![[vec![of(0)], vec![of(1)]]], ..Decided::default() };
    assert_eq!(count(&split), 3);
    let both = Decided { people_joined: vec![vec![of(0), of(2)]], ..split };
    let people = persons_as_decided(&rows, &both);
    assert_eq!(people.len(), 2);
    let told = person_records(&rows, &people, &both);
    assert!(told.iter().any(|person| person.records.len() == 2 && person.because[0].by == "hand"), "{told:?}");
}

prop_compose! {
    fn reference()(name in 0..4_u8, uuid in 0..3_u8, serial in 0..3_u8) -> MachineRef {
        let some = |n: u8, text: String| if n == 0 { String::new() } else { text };
        id(&format!("PC-{name}"), &some(uuid, format!("{uuid}EAC90BE-29F4-4C30-A665-167EE8C69729")), &some(serial, format!("MZ{serial}A7X")))
    }
}

proptest! {
    #[test]
    fn sides_of_a_split_never_meet_and_the_order_of_rows_does_not_matter(
        references in proptest::collection::vec(reference(), 2..9),
        cut in 1..4_usize,
    ) {
        let mut distinct = references.clone();
        distinct.sort();
        distinct.dedup();
        prop_assume!(distinct.len() > cut);
        let (one, other) = distinct.split_at(cut);
        let decided = Decided { machines_split: vec![[one.to_vec(), other.to_vec()]], ..Decided::default() };
        let mut rows: Vec<FactRow> =
            references.iter().zip(0_u32..).map(|(id, file)| machine(&file.to_string(), 1, id)).collect();
        let joined = machines_as_decided(&rows, &decided);
        for told in machine_records(&rows, &joined, &decided) {
            let sides = |side: &[MachineRef]| told.records.iter().filter(|record| side.contains(&record.reference)).count();
            prop_assert!(sides(one) == 0 || sides(other) == 0, "{told:?}");
        }
        rows.reverse();
        prop_assert_eq!(joined, machines_as_decided(&rows, &decided));
    }
}
