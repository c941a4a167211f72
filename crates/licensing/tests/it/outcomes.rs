//! Whose licence it is: the outcome of each machine and person behind a line, and the sum told once.

use licensing::deployments::Estate;
use licensing::position::account::{accounts, lots};
use licensing::position::{Options, Position, position};
use licensing::terms::{Prices, Terms};

#[expect(clippy::expect_used, reason = "a test may stop on broken data")]
fn estate_of(estate: &str) -> Estate {
    toml::from_str(estate).expect("the estate parses")
}

/// The position of an estate on the last day of January 2026.
#[expect(clippy::expect_used, reason = "a test may stop on broken data")]
pub(crate) fn positioned(estate: &str) -> Position {
    let estate = estate_of(estate);
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

#[test]
fn what_stood_in_no_line_counted_as_zero_in_silence() {
    let position = positioned(
        r#"
        [[device]]
        id = "pc"
        [[device]]
        id = "gone"
        out_of_service = true
        [[install]]
        on = "pc"
        product = "Office"
        edition = "Standard"
        version = "2016"
        [[install]]
        on = "pc"
        product = "Word"
        edition = "none"
        version = "2016"
        [[install]]
        on = "gone"
        product = "Office"
        edition = "Standard"
        version = "2016"
        [[install]]
        on = "pc"
        product = "Forefront Identity Manager"
        edition = "none"
        version = "2013"
        [[install]]
        on = "nowhere"
        product = "Visio"
        edition = "Standard"
        version = "2016"
    "#,
    );
    let told: Vec<(&str, &str, &str, &str)> = position
        .set_aside
        .iter()
        .map(|each| (each.on.as_str(), each.product.as_str(), each.outcome.as_str(), each.why.as_str()))
        .collect();
    let expected = [
        ("gone", "Office", "not-licensable", "out-of-service"),
        ("nowhere", "Visio", "cannot-tell", "machine-not-listed"),
        ("pc", "Forefront Identity Manager", "cannot-tell", "not-modelled"),
        ("pc", "Word", "not-licensable", "counted-otherwise"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_server_whose_edition_may_be_free_was_told_as_not_licensed() {
    let position = positioned(
        r#"
        [[server]]
        id = "s"
        processors = 1
        cores_per_processor = 8
        [[install]]
        on = "s"
        product = "SQL Server"
        edition = "unknown"
        version = "2019"
    "#,
    );
    assert_eq!(outcomes(&position), [("s", "cannot-tell", 1)]);
}

#[test]
fn a_machine_and_a_lot_tell_the_lines_that_count_them() {
    let text = pcs(3) + &lot("a", 2, "");
    let (estate, position) = (estate_of(&text), positioned(&text));
    let told = accounts(&position, &estate, "PC3");
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].name.as_str(), told[0].entries.len()), ("pc3", 1));
    assert_eq!(told[0].entries[0].outcome, "not-licensed");
    assert_eq!(told[0].entries[0].line.as_deref(), Some("office/standard/2016/device"));
    let lots = lots(&position, &estate, "A");
    assert_eq!((lots[0].lines[0].line.as_str(), lots[0].lines[0].used), ("office/standard/2016/device", 2));
    assert!(accounts(&position, &estate, "pc4").is_empty());
}

/// The lowest reading was kept without its subjects, so that all that is missing looked as if it hung on the question.
#[test]
fn what_is_missing_in_both_readings_was_told_as_hanging_on_the_question() {
    let unknown = "[[device]]\nid = \"pc2\"\n[[install]]\non = \"pc2\"\nproduct = \"Office\"\nedition = \"unknown\"\nversion = \"2016\"\n";
    let position = positioned(&(pcs(1) + unknown));
    assert!(position.questions.iter().any(|question| question.code == "edition-unknown"));
    assert!(outcomes(&position).contains(&("pc1", "not-licensed", 1)));
}

#[test]
fn five_suites_stood_in_silence_for_five_people_at_one_server_and_five_others_at_another() {
    let server = |id: &str, product: &str, edition: &str| {
        format!(
            "[[server]]\nid = \"{id}\"\n[[install]]\non = \"{id}\"\nproduct = \"{product}\"\nedition = \"{edition}\"\nversion = \"2016\"\n"
        )
    };
    let person = |id: &str, to: &str| format!("[[user]]\nid = \"{id}\"\n[[access]]\nwho = \"{id}\"\nto = \"{to}\"\n");
    let estate = |units: u64, others: bool| {
        let suite = format!(
            "[[entitlement]]\nid = \"s\"\nproduct = \"Core CAL Suite\"\nedition = \"User\"\nversion = \"current\"\nmetric = \"user_cal\"\nquantity = {units}\nchannel = \"volume\"\nsa_until = \"2026-12-31\"\n"
        );
        let mut text =
            server("mail", "Exchange Server", "Standard") + &server("pages", "SharePoint Server", "Standard") + &suite;
        for n in 1..=5 {
            text += &person(&format!("m{n}"), "mail");
            let who = if others { format!("p{n}") } else { format!("m{n}") };
            let access = format!("[[access]]\nwho = \"{who}\"\nto = \"pages\"\n");
            text += &if others { person(&who, "pages") } else { access };
        }
        text
    };
    let said = |estate: &str| {
        positioned(estate).findings.iter().filter(|each| each.code == "suite-used-by-different-people").count()
    };
    assert_eq!(said(&estate(5, true)), 1, "{:#?}", positioned(&estate(5, true)).lines);
    assert_eq!(said(&estate(5, false)), 0);
    assert_eq!(said(&estate(10, true)), 0);
}
