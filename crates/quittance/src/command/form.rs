//! `form`: what an auditor's form asks, and what is answered, declined or asked back.

pub(crate) mod question;

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::document::{self, Article, Line, Section};
use crate::report::wording::{Say, word};
use crate::session::Session;
use crate::workbooks::{self, Job};
use askama::Template;
use clap::{Arg, ArgAction, ArgMatches, Command};
use question::{Label, Question};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use workbook::form::Action;
use workbook::{crypt, grid};

pub(crate) const ENTRY: Entry = Entry { name: "form", page: page!("form"), arguments, run };

fn arguments(command: Command) -> Command {
    let path = || clap::value_parser!(PathBuf);
    command
        .arg(Arg::new("file").value_name("FORM").required(true).value_parser(path()))
        .arg(Arg::new("map").long("map").value_name("FILE").value_parser(path()))
        .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(path()))
        .arg(Arg::new("keep").long("keep").action(ArgAction::SetTrue))
        .arg(Arg::new("password").long("password").value_name("WORD").action(ArgAction::Append))
        .arg(format_argument(&["text", "json", "html"]))
}

/// What the child is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) passwords: Vec<String>,
    /// A map that was saved before.
    pub(crate) map: Option<String>,
}

/// What the child tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The form, mapped.
    Mapped(Mapped),
    /// It cannot be read: a code of trouble.
    Trouble(String),
    /// The map cannot be read.
    NotAMap(String),
}

/// A form with its map.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mapped {
    /// Fingerprint of its layout.
    pub(crate) fingerprint: String,
    /// Its questions.
    pub(crate) questions: Vec<Question>,
    /// Texts that name rows and columns.
    pub(crate) labels: Vec<Label>,
    /// The map, to be saved.
    pub(crate) map: String,
}

/// The child's part.
pub(crate) fn answer(request: &Request, bytes: &[u8]) -> Answer {
    let trouble = |trouble: workbook::Trouble| Answer::Trouble(trouble.code().to_owned());
    let plain = match crypt::is_encrypted(bytes) {
        Some(_) => crypt::open(bytes, &request.passwords),
        None => Ok(bytes.into()),
    };
    let grid = match plain.and_then(|plain| grid::read(&plain)) {
        Ok(grid) => grid,
        Err(error) => return trouble(error),
    };
    let form = match &request.map {
        Some(map) => match workbook::form::reuse(&grid, map) {
            Ok(form) => form,
            Err(error) => return Answer::NotAMap(error.to_string()),
        },
        None => workbook::form::propose(&grid),
    };
    let map = workbook::form::save(&form);
    match (question::of(&form, &grid), map) {
        (Ok((questions, labels)), Ok(map)) => {
            Answer::Mapped(Mapped { fingerprint: form.fingerprint.clone(), questions, labels, map })
        }
        (Err(error), _) => Answer::NotAMap(error.to_string()),
        (_, Err(error)) => Answer::NotAMap(error.to_string()),
    }
}

/// Maps the form at `path`: by the map that is told, else by the one that the case has kept for it, else by proposal.
pub(crate) fn mapped(
    path: &Path,
    bytes: &[u8],
    map: Option<&PathBuf>,
    passwords: &[String],
    session: &Session<'_>,
) -> Result<Mapped, Failure> {
    let told = match map {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?),
        None => None,
    };
    let ask = |map: Option<String>| -> Result<Mapped, Failure> {
        let request = Request { passwords: passwords.to_vec(), map };
        match workbooks::ask::<Answer>(&Job::Form(request), bytes)?.0 {
            Answer::Mapped(mapped) => Ok(mapped),
            Answer::Trouble(why) => Err(workbooks::unreadable(path, &why, session)),
            Answer::NotAMap(detail) => Err(Failure::new("fail-map", vec![("detail", detail)])),
        }
    };
    if told.is_some() {
        return ask(told);
    }
    let proposed = ask(None)?;
    let kept = match session.case_folder() {
        Ok(_) => session.case()?.form_map(&proposed.fingerprint)?,
        Err(_) => None,
    };
    match kept {
        Some(kept) => ask(Some(kept)),
        None => Ok(proposed),
    }
}

pub(crate) fn passwords(matches: &ArgMatches) -> Vec<String> {
    matches.get_many::<String>("password").into_iter().flatten().cloned().collect()
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(Exit::Done) };
    let bytes = workbooks::read(path, workbook::limits::FILE)?;
    let mapped = mapped(path, &bytes, matches.get_one::<PathBuf>("map"), &passwords(matches), session)?;
    if let Some(output) = matches.get_one::<PathBuf>("output") {
        std::fs::write(output, &mapped.map).map_err(|error| Failure::io(output, &error))?;
    }
    if matches.get_flag("keep") {
        let stamp = session.stamp();
        session.case_for_change()?.keep_form_map(&mapped.fingerprint, &mapped.map, &stamp)?;
    }
    match format(matches) {
        "json" => out::json(&serde_json::json!({ "fingerprint": mapped.fingerprint, "questions": mapped.questions }))?,
        "html" => {
            let article = article(path, &mapped, session.text);
            let unwritable = |error: askama::Error| Failure::new("fail-output", vec![("detail", error.to_string())]);
            let body = article.render().map_err(unwritable)?;
            let (title, advice) = (session.say("form-title", &[]), session.say("form-advice", &[]));
            let page = document::page(title, advice, session.say("inspect-not-run", &[]), &[body], session.text);
            out::line(&page.map_err(unwritable)?)?;
        }
        _ => out::print(&article(path, &mapped, session.text).text())?,
    }
    Ok(Exit::Done)
}

/// The map in words: counts, then what a person should look at, what is declined and asked back, and what is answered.
fn article(path: &Path, mapped: &Mapped, say: &dyn Say) -> Article {
    let count = |which: &dyn Fn(&&Question) -> bool| mapped.questions.iter().filter(|q| which(q)).count().to_string();
    let counts = [
        ("all", mapped.questions.len().to_string()),
        ("answer", count(&|q| q.is_settled())),
        ("unsure", count(&|q| q.action == Action::Answer && !q.is_settled())),
        ("decline", count(&|q| q.action == Action::Decline)),
        ("ask", count(&|q| q.action == Action::Ask)),
    ];
    let section = |id: &str, which: &dyn Fn(&Question) -> bool| Section {
        title: say.say(&format!("form-heading-{id}"), &[]),
        lines: mapped.questions.iter().filter(|q| which(q)).map(|q| line(q, say)).collect(),
    };
    let mut sections = vec![
        section("unsure", &|q| q.action == Action::Answer && !q.is_settled()),
        by_reason("decline", Action::Decline, &mapped.questions, say),
        by_reason("ask", Action::Ask, &mapped.questions, say),
        section("answer", &Question::is_settled),
    ];
    sections.retain(|section| !section.lines.is_empty());
    Article {
        subject: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        meta: vec![say.say("form-fingerprint", &[("hash", mapped.fingerprint.clone())])],
        answers: vec![(say.say("form-heading-counts", &[]), say.say("form-counts", &counts), "")],
        sections,
        folded: Vec::new(),
    }
}

/// Questions that are not answered: each reason once, with its questions beneath.
fn by_reason(id: &str, action: Action, questions: &[Question], say: &dyn Say) -> Section {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for question in questions.iter().filter(|question| question.action == action) {
        let reason = question.reason.as_deref().unwrap_or("unclear");
        let told = format!("{} {}  {}", question.sheet, question.cell, question.header);
        groups.entry(reason).or_default().push(told);
    }
    let lines = groups.into_iter().map(|(reason, questions)| {
        Line::new(word(&format!("form-reason-{reason}"), reason, say)).with(questions.join("\n"))
    });
    Section { title: say.say(&format!("form-heading-{id}"), &[]), lines: lines.collect() }
}

/// A question with what is made of it and why.
fn line(question: &Question, say: &dyn Say) -> Line {
    let product = [&question.product, &question.edition, &question.version];
    let mut parts: Vec<String> = vec![question.key.clone()];
    parts.extend(product.into_iter().flatten().cloned());
    parts.extend(question.metric.clone());
    parts.dedup();
    let mut told = parts.join(", ");
    if question.action == Action::Answer && question.unsure && !question.confirmed {
        let whys: Vec<String> = question
            .why
            .iter()
            .filter(|why| !matches!(why.code.as_str(), "fact" | "product" | "above" | "saved" | "confirmed"))
            .map(|why| say.say(&format!("form-why-{}", why.code), &[("what", why.args.join(", "))]))
            .collect();
        if !whys.is_empty() {
            told.push_str(&format!("\n{}", whys.join(" ")));
        }
    }
    let place = format!("{} {}", question.sheet, question.cell);
    Line::new(format!("{place}  {}", question.header)).with(told)
}

#[cfg(test)]
mod tests {
    use crate::text::{Language, Text};
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_and_doubt_of_a_map_has_its_sentence() {
        let text = Text::new(Language::French);
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let mut reasons: BTreeSet<String> = BTreeSet::from(["unclear".to_owned()]);
        for (file, key) in [("declines", "reason = \""), ("facts", "ask = \"")] {
            let data = std::fs::read_to_string(format!("{root}/forms/vocabulary/{file}.toml")).unwrap();
            reasons.extend(data.split(key).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
        assert!(reasons.len() > 12, "{reasons:?}");
        for reason in reasons {
            assert!(text.knows(&format!("form-reason-{reason}")), "no sentence for {reason}");
        }
        let mut doubts = BTreeSet::new();
        for source in ["meaning", "products"] {
            let path = format!("{root}/crates/workbook/src/form/{source}.rs");
            let source = std::fs::read_to_string(path).unwrap();
            let codes = source.split("Why::new(\"").skip(1).filter_map(|rest| rest.split('"').next());
            doubts.extend(codes.filter(|code| !["fact", "product", "above"].contains(code)).map(str::to_owned));
        }
        assert!(doubts.len() > 5, "{doubts:?}");
        for doubt in doubts {
            assert!(text.knows(&format!("form-why-{doubt}")), "no sentence for {doubt}");
        }
    }
}
