//! The shipped knowledge parses, and every question has one answer on every day that it may be asked for.

use licensing::terms::{Prices, Terms};

#[test]
fn shipped_terms_and_prices_are_sound() {
    let terms = Terms::builtin().expect("shipped terms parse");
    assert!(terms.rules().count() > 50);
    for rule in terms.rules() {
        assert!(!rule.sources.is_empty(), "{} cites nothing", rule.file);
        for key in &rule.sources {
            assert!(terms.source(key).is_some(), "{} cites unknown source {key}", rule.file);
        }
    }
    let prices = Prices::builtin().expect("shipped prices parse");
    assert_eq!(prices.currency(), "USD");
}

#[test]
fn two_rules_of_one_question_on_one_day_are_refused() {
    let rule = |from: &str, until: &str| {
        format!(
            "id = 'X'\nquestion = 'q'\nvalid_from = {from}\n{until}\nsays = 's'\nsources = ['A']\nlast_checked = 2026-01-01\nstatus = 'verified'\n"
        )
    };
    let first = rule("2010-01-01", "valid_until = 2012-12-31");
    let overlap = rule("2012-06-01", "");
    let late = rule("2013-02-01", "");
    let text = Terms::parse(&[("t/a.toml", &first), ("t/b.toml", &overlap)]).expect_err("overlap").to_string();
    assert!(text.contains("t/a.toml") && text.contains("t/b.toml"), "{text}");
    let text = Terms::parse(&[("t/a.toml", &first), ("t/b.toml", &late)]).expect_err("hole").to_string();
    assert!(text.contains("t/a.toml") && text.contains("2013-01-01"), "{text}");
}
