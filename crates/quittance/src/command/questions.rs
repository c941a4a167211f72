//! `questions`: what is unknown, and what each answer is worth.

use super::{Entry, format, format_argument, page};
use crate::exit::{Exit, Outcome};
use crate::report::{table, wording};
use crate::session::Session;
use crate::{out, standing};
use clap::{ArgMatches, Command};

pub(crate) const ENTRY: Entry = Entry { name: "questions", page: page!("questions"), arguments, run };

fn arguments(command: Command) -> Command {
    standing::arguments(command).arg(format_argument(&["text", "json"]))
}

fn run(matches: &ArgMatches, session: &Session<'_>) -> Outcome {
    let standing = standing::asked(matches, session)?;
    let questions = &standing.position.questions;
    if format(matches) == "json" {
        out::json(questions)?;
        return Ok(Exit::Done);
    }
    if questions.is_empty() {
        out::line(&session.say("position-questions-none", &[]))?;
        return Ok(Exit::Done);
    }
    out::line(&session.say("position-questions-intro", &[]))?;
    for (index, question) in questions.iter().enumerate() {
        let (ask, how) = wording::question(question, session.text);
        out::line(&format!("\n{}. {ask}{}", index + 1, table::worth(question, session.text)))?;
        if !how.is_empty() {
            out::line(&format!("   {how}"))?;
        }
    }
    Ok(Exit::Done)
}
