//! What an answer is worth: each question alone, not what all of its product leave open together.

use crate::outcomes::positioned;
use licensing::position::{Position, Question};

fn worths(position: &Position, code: &str) -> Vec<(String, u64)> {
    let asked = position.questions.iter().filter(|question| question.code == code);
    asked.map(|Question { subject, units, .. }| (subject.to_string(), *units)).collect()
}

const SQL: &str = r#"
    [[server]]
    id = "small"
    processors = 1
    cores_per_processor = 4
    [[server]]
    id = "big"
    processors = 2
    cores_per_processor = 8
    [[install]]
    on = "small"
    product = "SQL Server"
    edition = "unknown"
    version = "2019"
    [[install]]
    on = "big"
    product = "SQL Server"
    edition = "unknown"
    version = "2019"
"#;

#[test]
fn every_question_of_a_product_was_worth_what_all_of_them_left_open_together() {
    let position = positioned(SQL);
    let expected = vec![("big".to_owned(), 16), ("small".to_owned(), 4)];
    assert_eq!(worths(&position, "edition-unknown"), expected, "the most valuable first, each for its own machine");
    let money: Vec<_> = position.questions.iter().map(|question| question.worth.expect("priced")).collect();
    assert_eq!(money[0], money[1] * rust_decimal::Decimal::from(4), "sixteen cores against four");
    let line = &position.lines[0];
    assert_eq!((line.shortfall.low, line.shortfall.high), (0, 20));
}

#[test]
fn the_edition_of_one_device_is_worth_one_licence_and_not_those_of_all_its_like() {
    let mut estate = String::new();
    for id in ["pc1", "pc2", "pc3"] {
        estate += &format!(
            "[[device]]\nid = \"{id}\"\n[[install]]\non = \"{id}\"\nproduct = \"Office\"\nedition = \"unknown\"\nversion = \"2016\"\n"
        );
    }
    estate += "[[entitlement]]\nid = \"std\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2016\"\nmetric = \"device\"\nquantity = 3\nchannel = \"volume\"\n";
    let position = positioned(&estate);
    let each = |id: &str| (id.to_owned(), 1);
    assert_eq!(worths(&position, "edition-unknown"), vec![each("pc1"), each("pc2"), each("pc3")]);
}

#[test]
fn how_a_cluster_moves_is_worth_what_it_costs_for_every_product_in_it() {
    let position = positioned(
        r#"
        [[server]]
        id = "h1"
        cluster = "c"
        processors = 2
        cores_per_processor = 8
        [[server]]
        id = "h2"
        cluster = "c"
        processors = 2
        cores_per_processor = 8
        [[vm]]
        id = "v1"
        host = "h1"
        vcpus = 4
        [[install]]
        on = "v1"
        product = "Windows Server"
        edition = "Standard"
        version = "2019"
    "#,
    );
    assert_eq!(worths(&position, "cluster-movement"), vec![("c".to_owned(), 16)], "one host's cores, or those of two");
}

#[test]
fn a_lot_without_metric_or_edition_was_passed_over_in_silence() {
    let estate = |edition: &str, metric: &str| {
        format!(
            "[[device]]\nid = \"pc\"\ncount = 10\n[[install]]\non = \"pc\"\nproduct = \"Office\"\nedition = \"Standard\"\nversion = \"2019\"\n\
             [[entitlement]]\nid = \"lot\"\nproduct = \"Office\"\nedition = \"{edition}\"\nversion = \"2019\"\nmetric = \"{metric}\"\nquantity = 6\nchannel = \"volume\"\n"
        )
    };
    for (edition, metric, code) in
        [("unknown", "device", "lot-edition-unknown"), ("Standard", "unknown", "lot-metric-unknown")]
    {
        let position = positioned(&estate(edition, metric));
        assert_eq!(worths(&position, code), vec![("lot".to_owned(), 6)]);
        assert!(position.questions.iter().all(|question| question.worth > Some(rust_decimal::Decimal::ZERO)));
        let line = &position.lines[0];
        assert_eq!((line.id.as_str(), position.lines.len()), ("office/standard/2019/device", 1));
        assert_eq!((line.shortfall.low, line.shortfall.high), (4, 10));
    }
    // What is not told of a lot that nothing asks for is nobody's question.
    let none = positioned(
        "[[entitlement]]\nid = \"lot\"\nproduct = \"Office\"\nedition = \"unknown\"\nversion = \"2019\"\nmetric = \"device\"\nquantity = 6\nchannel = \"volume\"\n",
    );
    assert!(none.questions.is_empty());
}
