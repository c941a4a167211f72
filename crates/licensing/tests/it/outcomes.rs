//! Whose licence it is: the outcome of each machine and person behind a line, and the sum told once.

use licensing::deployments::Estate;
use licensing::position::{Options, Position, position};
use licensing::terms::{Prices, Terms};

#[expect(clippy::expect_used, reason = "a test may stop on broken data")]
fn positioned(estate: &str) -> Position {
    let estate: Estate = toml::from_str(estate).expect("the estate parses");
    let (terms, prices) = (Terms::builtin().expect("terms"), Prices::builtin().expect("prices"));
    position(&estate, &terms, &prices, "2026-01-31".parse().expect("a day"), &Options::default())
}

fn pcs(count: usize) -> String {
    (1..=count)
        .map(|n| {
            format!(
                "[[device]]\nid = \"pc{n}\"\n[[install]]\non = \"pc{n}\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2016\"\n"
            )
        })
        .collect()
}

fn lot(id: &str, quantity: u64, more: &str) -> String {
    format!(
        "[[entitlement]]\nid = \"{id}\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2016\"\nmetric = \"device\"\nquantity = {quantity}\nchannel = \"volume\"\n{more}\n"
    )
}

fn outcomes(position: &Position) -> Vec<(&str, &str, u64)> {
    let subjects = position.lines.iter().flat_map(|line| &line.subjects);
    subjects.map(|subject| (subject.name.as_str(), subject.outcome, subject.count)).collect()
}

#[test]
fn a_device_was_partly_licensed_because_others_like_it_were_short() {
    let position = positioned(&(pcs(3) + &lot("a", 2, "")));
    assert_eq!(outcomes(&position), [("pc1", "licensed", 1), ("pc2", "licensed", 1), ("pc3", "not-licensed", 1)]);
}

#[test]
fn of_a_record_that_stands_for_many_a_part_is_licensed() {
    let estate = "[[device]]\nid = \"room\"\ncount = 5\n[[install]]\non = \"room\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2016\"\n";
    let position = positioned(&(estate.to_owned() + &lot("a", 2, "")));
    assert_eq!(outcomes(&position), [("room", "licensed", 2), ("room", "not-licensed", 3)]);
}

#[test]
fn a_server_short_of_cores_is_licensed_in_part() {
    let position = positioned(
        r#"
        [[server]]
        id = "s"
        processors = 2
        cores_per_processor = 10
        [[install]]
        on = "s"
        product = "Windows Server"
        edition = "Standard"
        version = "2022"
        [[entitlement]]
        id = "ws"
        product = "Windows Server"
        edition = "Standard"
        version = "2022"
        metric = "core"
        quantity = 16
        channel = "volume"
    "#,
    );
    assert_eq!(outcomes(&position), [("s", "partly", 1)]);
}

#[test]
fn the_sum_said_one_device_as_often_as_there_were_devices_with_a_licence_of_their_own() {
    // Lots assigned to machines make every machine a group of its own.
    let position =
        positioned(&(pcs(3) + &lot("a", 1, "assigned_to = \"pc1\"") + &lot("b", 1, "assigned_to = \"pc2\"")));
    let line = &position.lines[0];
    let sums: Vec<&str> = line.trace.iter().map(|step| step.values["devices"].as_str()).collect();
    assert_eq!(sums, ["3"], "one step over all devices");
    assert_eq!((line.required.shown, line.covered.shown), (3, 2));
}

#[test]
fn licences_that_served_another_line_were_told_as_needed_by_nothing() {
    let mut estate = pcs(3) + &lot("a", 3, "");
    estate += "[[device]]\nid = \"old\"\n[[install]]\non = \"old\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2013\"\n";
    let position = positioned(&estate);
    let uses: Vec<(u64, u64, Option<&str>)> = position
        .lines
        .iter()
        .flat_map(|line| &line.lots)
        .map(|lot| (lot.used, lot.elsewhere, lot.why_not.as_deref()))
        .collect();
    assert_eq!(uses.iter().map(|each| each.0 + each.1).collect::<Vec<_>>(), [3, 3], "{uses:?}");
    assert!(uses.iter().all(|each| each.2.is_none()), "{uses:?}");
}
