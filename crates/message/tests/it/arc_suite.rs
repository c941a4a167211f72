//! ValiMail's suite for ARC chain validation.

use message::auth::arc;
use message::auth::canon::Bodies;
use message::dns::{Data, Zone};
use message::headers::RawMail;
use yaml_rust2::YamlLoader;

use crate::corpus;

/// The suite uses four case names twice, which YAML forbids: the later ones get a number.
fn unique_names(text: &str) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let mut out = String::new();
    for line in text.lines() {
        let name = line
            .strip_prefix("  ")
            .and_then(|l| l.strip_suffix(':'))
            .filter(|n| !n.starts_with(' ') && !n.contains(' '));
        match name {
            Some(name) if !name.contains('.') && !seen.insert(name.to_owned()) => {
                out.push_str(&format!("  {name}_again:"))
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

#[test]
fn every_case_of_the_arc_suite_is_right() {
    let Some(bytes) = corpus::read("arc/arc-draft-validation-tests.yml") else { return };
    let suite = YamlLoader::load_from_str(&unique_names(&String::from_utf8(bytes).expect("UTF-8"))).expect("YAML");
    let (mut cases, mut wrong) = (0, Vec::new());
    for set in &suite {
        let mut zone = Zone::new();
        if let Some(records) = set["txt-records"].as_hash() {
            for (name, record) in records {
                zone.add(
                    name.as_str().expect("name"),
                    Data::Txt(record.as_str().unwrap_or_default().as_bytes().to_vec()),
                );
            }
        }
        let Some(tests) = set["tests"].as_hash() else { continue };
        for (name, case) in tests {
            cases += 1;
            let text = case["message"].as_str().unwrap_or_default();
            let mail = RawMail::new(text.as_bytes());
            let got = arc::verify(&mail, &mut Bodies::new(mail.body()), &zone).result.word();
            let wanted = case["cv"].as_str().unwrap_or_default().to_ascii_lowercase();
            if !wanted.is_empty() && wanted != got {
                wrong.push(format!(
                    "{}: wanted {wanted}, got {got}: {:?}",
                    name.as_str().unwrap_or_default(),
                    case["description"]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
    // 171 names, four of them used twice.
    assert_eq!(cases, 175);
}
