//! What people decide about titles: kept as acts, listed, undone, exported as rules, and taken in from others.

use crate::command::format;
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::decisions;
use crate::session::{Known, Session};
use clap::ArgMatches;
use desk::titles::{TitleAct, TitleDecision};
use licensing::terms::Terms;
use recognition::titles::Titles;
use std::path::Path;

/// What a title may be decided to be, and the standing that this is.
pub(super) const WHAT: [&str; 7] = ["product", "component", "free", "update", "trial", "not-ours", "no-licence"];

fn standing(what: &str) -> &str {
    match what {
        "product" => "yes",
        "not-ours" => "no",
        "no-licence" => "free",
        other => other,
    }
}

/// The product as the terms write it, with its edition and version looked at.
fn product(matches: &ArgMatches, terms: &Terms, titles: &Titles) -> Result<[String; 3], Failure> {
    let text = |name: &str| matches.get_one::<String>(name).map(|text| text.trim().to_owned());
    let asked = text("product").unwrap_or_default();
    let mut names = terms.products().map(|product| product.name.as_str()).chain(terms.plans());
    let known = names.find(|name| name.eq_ignore_ascii_case(&asked)).map(str::to_owned);
    let Some(name) = known.or_else(|| terms.product(&asked).map(|_| asked.clone())) else {
        let mut all: Vec<&str> = terms.products().map(|product| product.name.as_str()).collect();
        all.sort_unstable();
        return Err(Failure::new("fail-title-product", vec![("product", asked), ("known", all.join(", "))]));
    };
    let editions = titles.editions(&name);
    let edition = text("edition").unwrap_or_else(|| if editions.is_empty() { "none" } else { "unknown" }.to_owned());
    let open = |word: &str| matches!(word, "unknown" | "none");
    let edition = match editions.iter().find(|each| each.eq_ignore_ascii_case(&edition)) {
        Some(written) => (*written).to_owned(),
        None if open(&edition) || editions.is_empty() => edition,
        None => {
            let values = vec![("product", name), ("edition", edition), ("known", editions.join(", "))];
            return Err(Failure::new("fail-title-edition", values));
        }
    };
    let version = text("version").unwrap_or_else(|| "unknown".to_owned());
    let versions: Vec<&str> =
        terms.product(&name).into_iter().flat_map(|p| &p.versions).map(|v| v.name.as_str()).collect();
    if !open(&version) && version != "current" && !versions.is_empty() && terms.rank(&name, &version).is_none() {
        let values = vec![("product", name), ("version", version), ("known", versions.join(", "))];
        return Err(Failure::new("fail-title-version", values));
    }
    Ok([name, edition, version])
}

/// Keeps a decision.
pub(super) fn decide(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let what = match (matches.get_one::<String>("as"), matches.contains_id("product")) {
        (Some(what), _) => what.clone(),
        (None, true) => "product".to_owned(),
        (None, false) => return Err(Failure::new("fail-title-what", Vec::new())),
    };
    if what == "product" && !matches.contains_id("product") {
        return Err(Failure::new("fail-title-what", Vec::new()));
    }
    let known = Known::builtin()?;
    let [product, edition, version] = if matches.contains_id("product") {
        product(matches, &known.terms, &known.titles)?
    } else {
        Default::default()
    };
    let decision = TitleDecision {
        title: text("decide"),
        publisher: matches.get_one::<String>("publisher").cloned(),
        standing: standing(&what).to_owned(),
        product,
        edition,
        version,
        why: text("why"),
    };
    let mut case = session.case_for_change()?;
    // A title that no row bears is most likely misspelt: it is kept all the same, since its evidence may come later, and told.
    let form = Titles::form(&decision.title);
    let borne = case.has_title(&|title| Titles::form(&title.name) == form)?;
    let act = case.decide_title(&decision, &session.stamp())?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "act": act, "decision": decision, "borne": borne }))?;
        return Ok(Exit::Done);
    }
    out::line(
        &session.say("titles-kept", &[("act", act.to_string()), ("what", decisions::title(&decision, session.text))]),
    )?;
    if !borne {
        out::line(&session.say("titles-not-borne", &[("title", decision.title)]))?;
    }
    Ok(Exit::Done)
}

/// Undoes a decision.
pub(super) fn undo(number: i64, matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let act = session.case_for_change()?.undo_title(number, &session.stamp())?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "undone": act.number, "kind": act.kind }))?;
    } else {
        out::line(&session.say("decision-undone", &[("act", act.number.to_string())]))?;
    }
    Ok(Exit::Done)
}

/// Lists the decisions in force.
pub(super) fn list(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let acts = session.case()?.title_decisions()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "decisions": acts }))?;
        return Ok(Exit::Done);
    }
    if acts.is_empty() {
        out::line(&session.say("titles-no-decision", &[]))?;
        return Ok(Exit::Done);
    }
    for act in &acts {
        out::line(&line(act, session))?;
    }
    Ok(Exit::Done)
}

fn line(act: &TitleAct, session: &Session<'_>) -> String {
    let what = match (&act.decision, &act.file) {
        (Some(decision), _) => decisions::title(decision, session.text),
        (None, Some(file)) => {
            session.say("titles-from-file", &[("file", file.clone()), ("count", act.rules.len().to_string())])
        }
        (None, None) => String::new(),
    };
    decisions::line(act.act, &act.at, &act.author, what, session.text)
}

/// Writes the decisions as a file of rules.
pub(super) fn export(path: &Path, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let count = case.title_decisions()?.iter().filter(|act| act.decision.is_some()).count();
    if count == 0 {
        out::line(&session.say("titles-no-decision", &[]))?;
        return Ok(Exit::Done);
    }
    std::fs::write(path, case.title_rules()?).map_err(|error| Failure::io(path, &error))?;
    let values = [("path", path.display().to_string()), ("count", count.to_string())];
    out::line(&session.say("titles-exported", &values))?;
    Ok(Exit::Done)
}

/// Takes a file of rules in.
pub(super) fn import(path: &Path, session: &Session<'_>) -> Outcome {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let known = Known::builtin()?;
    let mut case = session.case_for_change()?;
    let count = case.take_title_rules(&name, &text, &known.titles, &session.stamp())?;
    let act = case.title_decisions()?.last().map_or(0, |act| act.act);
    let values = [("file", name), ("count", count.to_string()), ("act", act.to_string())];
    out::line(&session.say("titles-imported", &values))?;
    Ok(Exit::Done)
}
