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
            "id = 'X'\nquestion = 'q'\nquestion_fr = 'q'\nvalid_from = {from}\n{until}\nsays = 's'\nsays_fr = 'x'\nsources = ['A']\nlast_checked = 2026-01-01\nstatus = 'verified'\n"
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

#[test]
fn every_calculation_has_one_rule_a_question_in_every_quarter() {
    let terms = Terms::builtin().expect("shipped terms parse");
    let mut asked = 0;
    for product in terms.products() {
        for calculation in &product.calculations {
            for version in &product.versions[calculation.from..=calculation.until] {
                for quarter in 0..100 {
                    let day = jiff::civil::date(2003 + quarter / 4, (quarter % 4) as i8 * 3 + 1, 1);
                    if day < version.available {
                        continue;
                    }
                    for id in &calculation.rules {
                        asked += 1;
                        let found: Vec<&str> = terms.in_force(id, day).iter().map(|rule| rule.file.as_str()).collect();
                        assert_eq!(found.len(), 1, "{} {}: {id} on {day}: {found:?}", product.name, version.name);
                    }
                }
            }
        }
        if ["Windows Server", "SQL Server", "Office", "Windows", "System Center"].contains(&product.name.as_str()) {
            for rank in 0..product.versions.len() {
                let counted = product.calculations.iter().filter(|c| (c.from..=c.until).contains(&rank)).count();
                assert_eq!(counted, 1, "{} {}", product.name, product.versions[rank].name);
            }
        }
    }
    assert!(asked > 5_000, "{asked}");
}
