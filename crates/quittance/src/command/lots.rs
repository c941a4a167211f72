//! `lots`: the licences of the case, lot by lot; and the same as entitlements for other programs.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::report::wording;
use crate::session::{Known, Session};
use clap::{Arg, ArgMatches, Command};
use jiff::civil::Date;
use licensing::deployments::{Entitlement, Words};
use std::path::PathBuf;

pub(crate) const ENTRY: Entry = Entry { name: "lots", page: page!("lots"), arguments, run };

fn arguments(command: Command) -> Command {
    command
        .arg(Arg::new("as-of").long("as-of").value_name("DATE").value_parser(clap::value_parser!(Date)))
        .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(clap::value_parser!(PathBuf)))
        .arg(format_argument(&["table", "json", "iso19770-3"]))
}

fn names(lot: &Entitlement) -> usize {
    match &lot.assigned_to {
        Words::None => 0,
        Words::One(_) => 1,
        Words::Many(many) => many.len(),
    }
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let case = session.case()?;
    let as_of = matches.get_one::<Date>("as-of").copied().unwrap_or_else(|| session.today());
    let company = case.company(&Known::builtin()?.knowledge(), as_of)?;
    let lots = &company.lots.entitlements;
    if format(matches) == "iso19770-3" {
        let text = evidence::write_entitlements(lots);
        let Some(path) = matches.get_one::<PathBuf>("output") else {
            out::print(&text)?;
            return Ok(Exit::Done);
        };
        std::fs::write(path, text).map_err(|error| Failure::io(path, &error))?;
        let values = [("path", path.display().to_string()), ("count", lots.len().to_string())];
        out::line(&session.say("lots-written", &values))?;
        let named: usize = lots.iter().map(names).sum();
        out::line(&session.say("lots-not-held", &[("names", named.to_string())]))?;
        return Ok(Exit::Done);
    }
    if format(matches) == "json" {
        out::json(&serde_json::json!({ "as_of": as_of, "lots": lots }))?;
        return Ok(Exit::Done);
    }
    if lots.is_empty() {
        out::line(&session.say("lots-none", &[]))?;
        return Ok(Exit::Done);
    }
    let heading = |id: &str| session.say(&format!("lots-column-{id}"), &[]);
    let mut rows = vec![["lot", "product", "metric", "quantity", "channel", "bought", "until"].map(heading).to_vec()];
    let shown = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    for lot in lots {
        rows.push(vec![
            lot.id.clone(),
            wording::product_name(&lot.product, &lot.edition, &lot.version),
            wording::metric(&lot.metric, session.text),
            lot.quantity.to_string(),
            lot.channel.clone(),
            shown(lot.purchased),
            shown(lot.sa_until),
        ]);
    }
    out::print(&out::table(&rows, &[3]))?;
    Ok(Exit::Done)
}
