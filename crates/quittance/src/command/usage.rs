//! Mistakes on the command line, told in the reader's language.

use crate::exit::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What the parser of arguments complains of.
pub(super) fn failure(error: &clap::Error) -> Failure {
    let get = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(list)) => list.join(" "),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let argument = get(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::UnknownArgument => Failure::new("usage-unknown-argument", vec![("argument", argument)]),
        ErrorKind::InvalidSubcommand => {
            Failure::new("usage-no-such-command", vec![("name", get(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::MissingRequiredArgument => Failure::new("usage-missing", vec![("argument", argument)]),
        ErrorKind::ArgumentConflict => {
            Failure::new("usage-conflict", vec![("argument", argument), ("other", get(ContextKind::PriorArg))])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = get(ContextKind::InvalidValue);
            let valid = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(list)) => list.join(", "),
                _ => String::new(),
            };
            if value.is_empty() {
                Failure::new("usage-value-missing", vec![("argument", argument)])
            } else if valid.is_empty() {
                Failure::new("usage-value", vec![("argument", argument), ("value", value)])
            } else {
                Failure::new("usage-value-of", vec![("argument", argument), ("value", value), ("valid", valid)])
            }
        }
        _ => {
            let detail = error.to_string();
            let first = detail.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Failure::new("usage-other", vec![("detail", first)])
        }
    }
}
