//! The commands. One command = one module + one help page in each language (`help/en/NAME.md`, `help/fr/NAME.md`).
//!
//! To add one: write the module with its `ENTRY`, write its two pages, put it in [`ENTRIES`]. Tests check that the pages
//! exist and that they and the arguments name the same flags.

mod add;
mod check;
mod coverage;
mod demo;
mod explain;
mod facts;
mod files;
pub(crate) mod fill;
pub(crate) mod form;
pub(crate) mod inspect;
mod joins;
mod listen;
mod lots;
mod mappings;
mod new;
mod position;
mod questions;
mod rejects;
pub(crate) mod scrub;
mod serve;
mod titles;
mod triage;
mod usage;
mod who;

use crate::exit::{Exit, Failure, Outcome};
use crate::out;
use crate::session::Session;
use crate::text::Text;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) use triage::{CHILD_ARGUMENT as MAIL_CHILD_ARGUMENT, child as judge_mails};

/// A help page: Markdown that reads well as it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// In English.
    pub(crate) english: &'static str,
    /// In French.
    pub(crate) french: &'static str,
}

impl Page {
    /// The page in the reader's language.
    pub(crate) fn of(self, text: &Text) -> &'static str {
        if text.is_french() { self.french } else { self.english }
    }

    /// Its first sentence: what the command does, in a line.
    fn about(self, text: &Text) -> &'static str {
        self.of(text).lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// The two pages of a command.
macro_rules! page {
    ($name:literal) => {
        crate::command::Page {
            english: include_str!(concat!("../../help/en/", $name, ".md")),
            french: include_str!(concat!("../../help/fr/", $name, ".md")),
        }
    };
}
pub(crate) use page;

/// A command.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Its help.
    pub(crate) page: Page,
    /// Adds its arguments.
    pub(crate) arguments: fn(Command) -> Command,
    /// Does it.
    pub(crate) run: fn(&ArgMatches, &Session<'_>) -> Outcome,
}

/// Every command, sorted by name.
pub(crate) const ENTRIES: &[&Entry] = &[
    &add::ENTRY,
    &check::ENTRY,
    &coverage::ENTRY,
    &demo::ENTRY,
    &explain::ENTRY,
    &facts::ENTRY,
    &files::ENTRY,
    &fill::ENTRY,
    &form::ENTRY,
    &inspect::ENTRY,
    &joins::ENTRY,
    &listen::ENTRY,
    &lots::ENTRY,
    &mappings::ENTRY,
    &new::ENTRY,
    &position::ENTRY,
    &questions::ENTRY,
    &rejects::ENTRY,
    &scrub::ENTRY,
    &serve::ENTRY,
    &titles::ENTRY,
    &triage::ENTRY,
    &who::ENTRY,
];

/// `--format`, for commands that answer; the first of `formats` is the default.
pub(crate) fn format_argument(formats: &'static [&'static str]) -> Arg {
    Arg::new("format").long("format").value_name("FORMAT").value_parser(formats.to_vec()).default_value(formats[0])
}

/// The chosen format.
pub(crate) fn format(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("format").map_or("", String::as_str)
}

/// The whole command line.
fn tree(text: &Text) -> Command {
    let global = |arg: Arg| arg.global(true);
    let mut tree = Command::new("quittance")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(global(Arg::new("case").long("case").value_name("DIR").value_parser(clap::value_parser!(PathBuf))))
        .arg(global(Arg::new("lang").long("lang").value_name("LANG")))
        .arg(global(Arg::new("help").long("help").short('h').action(ArgAction::SetTrue)))
        .arg(Arg::new("version").long("version").short('V').action(ArgAction::SetTrue))
        .subcommand(Command::new("help").arg(Arg::new("command")));
    for entry in ENTRIES {
        tree = tree.subcommand((entry.arguments)(Command::new(entry.name).about(entry.page.about(text))));
    }
    tree
}

/// Reads the arguments and does what they ask.
pub(crate) fn run(arguments: &[OsString], text: &Text) -> Outcome {
    // Help comes before complaints: `quittance add --help` lacks its files and is no mistake.
    if arguments.iter().skip(1).any(|each| each == "--help" || each == "-h") {
        let named =
            arguments.iter().skip(1).find_map(|each| ENTRIES.iter().find(|entry| each.to_str() == Some(entry.name)));
        return match named {
            Some(entry) => help_page(entry, text),
            None => overview(text),
        };
    }
    let matches = match tree(text).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return Err(usage::failure(&error)),
    };
    if matches.get_flag("version") {
        out::line(concat!("quittance ", env!("CARGO_PKG_VERSION")))?;
        return Ok(Exit::Done);
    }
    match matches.subcommand() {
        None => overview(text),
        Some(("help", inner)) => match inner.get_one::<String>("command") {
            None => overview(text),
            Some(name) => match ENTRIES.iter().find(|entry| entry.name == name) {
                Some(entry) => help_page(entry, text),
                None => Err(Failure::new("usage-no-such-command", vec![("name", name.clone())])),
            },
        },
        Some((name, inner)) => match ENTRIES.iter().find(|entry| entry.name == name) {
            Some(entry) => (entry.run)(inner, &Session::new(inner, text)),
            None => Err(Failure::new("usage-no-such-command", vec![("name", name.to_owned())])),
        },
    }
}

fn help_page(entry: &Entry, text: &Text) -> Outcome {
    out::print(entry.page.of(text))?;
    Ok(Exit::Done)
}

/// All commands, a line each.
fn overview(text: &Text) -> Outcome {
    let mut rows = Vec::new();
    for entry in ENTRIES {
        rows.push(vec![format!("  {}", entry.name), entry.page.about(text).to_owned()]);
    }
    let intro = text.say("usage-intro", &[]);
    let outro = text.say("usage-outro", &[]);
    out::print(&format!("{intro}\n\n{}\n{outro}\n", out::table(&rows, &[])))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;
    use std::collections::BTreeSet;

    /// `--flags` in a page.
    fn flags(page: &str) -> BTreeSet<String> {
        page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .filter_map(|word| word.strip_prefix("--"))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn pages_and_arguments_name_the_same_flags() {
        let text = Text::new(Language::English);
        let global: BTreeSet<String> =
            ["case", "lang", "help", "version"].iter().map(|flag| (*flag).to_owned()).collect();
        for entry in ENTRIES {
            let command = (entry.arguments)(Command::new(entry.name));
            let own: BTreeSet<String> =
                command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect();
            for page in [entry.page.english, entry.page.french] {
                assert!(page.starts_with(&format!("# quittance {}", entry.name)), "{}: heading", entry.name);
                let named = flags(page);
                let unnamed: Vec<_> = own.difference(&named).collect();
                assert!(unnamed.is_empty(), "{}: the page does not name {unnamed:?}", entry.name);
                let invented: Vec<_> = named.iter().filter(|f| !own.contains(*f) && !global.contains(*f)).collect();
                assert!(invented.is_empty(), "{}: the page names {invented:?}", entry.name);
            }
            assert!(entry.page.about(&text).len() > 10, "{}: first sentence", entry.name);
        }
    }

    #[test]
    fn commands_are_sorted_and_each_page_belongs_to_one() {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        for language in ["en", "fr"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("help").join(language);
            for page in std::fs::read_dir(folder).unwrap() {
                let page = page.unwrap().file_name().to_string_lossy().into_owned();
                assert!(names.contains(&page.trim_end_matches(".md")), "help/{language}/{page} has no command");
            }
        }
    }

    #[test]
    fn the_tree_of_arguments_is_sound() {
        tree(&Text::new(Language::French)).debug_assert();
    }
}
