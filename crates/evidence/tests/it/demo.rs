//! The demo company, all the way: its exports are read, joined, recognised and counted, and the position is the one that
//! demo/README.md reasons by hand.

use super::read_all;
use licensing::facts::FactRow;
use licensing::position::{Options, Position};
use licensing::terms::{Prices, Terms};
use recognition::titles::Titles;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).expect("the demo's evidence is here").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

fn position() -> (Position, usize, recognition::estate::Company) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/evidence");
    let mut all = Vec::new();
    files(&folder, &mut all);
    let (mut rows, mut rejects): (Vec<FactRow>, usize) = (Vec::new(), 0);
    for path in all {
        let bytes = std::fs::read(&path).expect("a file of the demo");
        for (name, outcome) in read_all(&path.display().to_string(), &bytes) {
            let reading = outcome.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            rejects += reading.rejects.len();
            rows.extend(reading.facts);
        }
    }
    let terms = Terms::builtin().expect("the terms are sound");
    let titles = Titles::builtin().expect("the titles are sound");
    let as_of = jiff::civil::date(2026, 11, 20);
    let lots = recognition::lots::build(&rows, &terms, as_of);
    let company = recognition::estate::company(&rows, &titles, &terms, lots.entitlements, as_of);
    let prices = Prices::builtin().expect("the prices are sound");
    (licensing::position(&company.estate, &terms, &prices, as_of, &Options::default()), rejects, company)
}

#[test]
fn the_demo_company_comes_out_as_reasoned_by_hand() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/expected.toml"));
    let expected: toml::Table = text.expect("the expected values are here").parse().expect("they are TOML");
    let (position, rejects, company) = position();
    let mut wrong = Vec::new();
    for line in expected["expect"]["line"].as_array().into_iter().flatten() {
        let word = |key: &str| line.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let figure = |key: &str| line.get(key).and_then(toml::Value::as_integer).and_then(|n| u64::try_from(n).ok());
        let found = position.lines.iter().find(|each| {
            each.product == word("product")
                && each.edition == word("edition")
                && each.version == word("version")
                && each.metric == word("metric")
        });
        let name = format!("{} {} {} {}", word("product"), word("edition"), word("version"), word("metric"));
        let Some(found) = found else {
            // A lot that nothing needs stands among the unused ones.
            let unused = position.unused.iter().filter(|unused| {
                unused.title == format!("{} {} {}", word("product"), word("edition"), word("version"))
            });
            if figure("required") == Some(0) && Some(unused.map(|unused| unused.quantity).sum()) == figure("surplus") {
                continue;
            }
            if figure("required").is_some_and(|required| required > 0)
                || figure("surplus").is_some_and(|spare| spare > 0)
            {
                wrong.push(format!("{name}: no such line; wanted {line}"));
            }
            continue;
        };
        let short_high = figure("shortfall_high").or_else(|| figure("shortfall"));
        for (key, wanted, got) in [
            ("required", figure("required"), found.required.low),
            ("covered", figure("covered"), found.covered.low),
            ("shortfall", figure("shortfall"), found.shortfall.low),
            ("shortfall, highest", short_high, found.shortfall.high),
            ("surplus", figure("surplus"), found.surplus.low),
        ] {
            if wanted.is_some_and(|wanted| wanted != got) {
                wrong.push(format!("{name} {key}: wanted {}, found {got}", wanted.unwrap_or_default()));
            }
        }
    }
    let count =
        |key: &str| expected["counts"][key].as_integer().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let estate = &company.estate;
    let real = estate.devices.iter().filter(|device| device.count == 1).count();
    for (key, got) in [
        ("rejects", rejects),
        ("pcs", real),
        ("servers", estate.servers.len()),
        ("vms", estate.vms.len()),
        ("users", estate.users.len()),
    ] {
        if count(key) != got {
            wrong.push(format!("{key}: wanted {}, found {got}", count(key)));
        }
    }
    for each in &wrong {
        eprintln!("{each}");
    }
    if !wrong.is_empty() {
        for line in &position.lines {
            eprintln!("  {} {:?} {:?} {:?} {:?}", line.id, line.required, line.covered, line.shortfall, line.surplus);
        }
    }
    assert!(wrong.is_empty(), "{} figures otherwise than reasoned by hand", wrong.len());
}

#[test]
fn licences_of_the_companys_own_computers_were_asked_about_as_if_bought_second_hand() {
    let (position, _, _) = position();
    let asked: Vec<_> = position.questions.iter().filter(|question| question.code == "oem-second-hand").collect();
    assert!(asked.is_empty(), "{asked:?}");
}
