//! The titles of the case that no rule places, most machines first.

use crate::command::format;
use crate::exit::{Exit, Outcome};
use crate::out;
use crate::session::{Known, Session};
use clap::ArgMatches;
use jiff::civil::Date;
use recognition::estate::queue::{Unplaced, queue};
use recognition::titles::Near;

/// What a title may be, in words.
fn near(near: &Near) -> String {
    let parts = [Some(near.family.clone()), near.edition.clone(), near.version.clone()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn versions(each: &Unplaced, session: &Session<'_>) -> String {
    let shown = each.versions.join(", ");
    let more = each.version_count.saturating_sub(each.versions.len());
    if more == 0 { shown } else { format!("{shown} {}", session.say("titles-more", &[("count", more.to_string())])) }
}

/// Shows the queue.
pub(super) fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let as_of = matches.get_one::<Date>("as-of").copied().unwrap_or_else(|| session.today());
    let known = Known::builtin()?;
    let company = case.company(&known.knowledge(), as_of)?;
    let queue = queue(&company.estate, &company.titles);
    let names = case.file_names()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "as_of": as_of, "titles": queue }))?;
        return Ok(Exit::Done);
    }
    if queue.is_empty() {
        out::line(&session.say("titles-queue-none", &[]))?;
        return Ok(Exit::Done);
    }
    let heading = |id: &str| session.say(&format!("titles-column-{id}"), &[]);
    let mut rows = vec![["machines", "title", "publisher", "versions", "near", "example"].map(heading).to_vec()];
    for each in &queue {
        let file = names.get(each.origin.evidence.as_str()).map_or(each.origin.evidence.as_str(), String::as_str);
        rows.push(vec![
            each.machines.to_string(),
            each.title.clone(),
            each.publishers.join(", "),
            versions(each, session),
            near(&each.near),
            session.text.place(&each.origin, file),
        ]);
    }
    out::print(&out::table(&rows, &[0]))?;
    out::line(&session.say("titles-queue-how", &[("count", queue.len().to_string())]))?;
    Ok(Exit::Done)
}
