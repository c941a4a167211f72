//! `mappings`: which column of a table that no reader knows is what, as it was confirmed for this case; and forgetting it.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use clap::{Arg, ArgMatches, Command};
use evidence::Role;

pub(crate) const ENTRY: Entry = Entry { name: "mappings", page: page!("mappings"), arguments, run };

fn arguments(command: Command) -> Command {
    command.arg(Arg::new("forget").long("forget").value_name("NAME")).arg(format_argument(&["table", "json"]))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    if let Some(name) = matches.get_one::<String>("forget") {
        return forget(name, matches, session);
    }
    let kept = session.case()?.kept_mappings()?;
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "mappings": kept }))?;
        return Ok(Exit::Done);
    }
    if kept.is_empty() {
        out::line(&session.say("mappings-none", &[]))?;
        return Ok(Exit::Done);
    }
    let heading = |id: &str| session.say(&format!("mappings-column-{id}"), &[]);
    let mut rows = vec![["name", "about", "columns", "files", "author", "saved"].map(heading).to_vec()];
    for each in &kept {
        let about = match each.mapping.about {
            Role::Software => "software",
            Role::Machines => "machines",
            Role::People => "people",
            Role::Purchases => "purchases",
        };
        let columns: Vec<String> =
            each.mapping.columns.iter().map(|(meaning, heading)| format!("{meaning} = {heading}")).collect();
        rows.push(vec![
            each.mapping.name.clone(),
            session.say(&format!("mappings-about-{about}"), &[]),
            columns.join(", "),
            each.files.len().to_string(),
            each.author.clone(),
            each.saved.chars().take(10).collect(),
        ]);
    }
    out::print(&out::table(&rows, &[3]))?;
    Ok(Exit::Done)
}

/// Forgets the mapping; what was read by it stays.
fn forget(name: &str, matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let mut case = session.case_for_change()?;
    let Some(files) = case.forget_mapping(name, &session.stamp())? else {
        return Err(Failure::new("fail-no-mapping", vec![("name", name.to_owned())]));
    };
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "forgotten": name, "files": files }))?;
        return Ok(Exit::Done);
    }
    let values = [("name", name.to_owned()), ("count", files.len().to_string()), ("files", files.join(", "))];
    out::line(&session.say("mappings-forgotten", &values))?;
    Ok(Exit::Done)
}
