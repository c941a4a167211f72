//! What every command knows: the language, the case that is meant, who asks, and what time it is.

use crate::exit::Failure;
use crate::text::Text;
use clap::ArgMatches;
use std::path::{Path, PathBuf};

/// The surroundings of a command.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    /// Sentences in the reader's language.
    pub(crate) text: &'a Text,
    /// The case as told with `--case` or `QUITTANCE_CASE`.
    told: Option<PathBuf>,
}

impl<'a> Session<'a> {
    /// Reads what `--case` and the environment say.
    pub(crate) fn new(matches: &ArgMatches, text: &'a Text) -> Self {
        let told = matches
            .get_one::<PathBuf>("case")
            .cloned()
            .or_else(|| std::env::var_os("QUITTANCE_CASE").filter(|value| !value.is_empty()).map(PathBuf::from));
        Session { text, told }
    }

    /// The sentence `id` with its values.
    pub(crate) fn say(&self, id: &str, values: &[(&str, String)]) -> String {
        self.text.say(id, values)
    }

    /// The folder of the case: `--case`, else `QUITTANCE_CASE`, else the current folder if it is one.
    pub(crate) fn case_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(told) = &self.told {
            return Ok(told.clone());
        }
        if desk::Case::is_case(Path::new(".")) {
            return Ok(PathBuf::from("."));
        }
        Err(Failure::new("fail-which-case", Vec::new()))
    }

    /// The case, opened for reading.
    pub(crate) fn case(&self) -> Result<desk::Case, Failure> {
        Ok(desk::Case::open(&self.case_folder()?)?)
    }

    /// The case, opened for change by this process alone.
    pub(crate) fn case_for_change(&self) -> Result<desk::Case, Failure> {
        Ok(desk::Case::open_for_change(&self.case_folder()?)?)
    }

    /// Today by universal time; commands that compute take the day as an argument and fall back on it.
    pub(crate) fn today(&self) -> jiff::civil::Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = jiff::Timestamp::now().as_second().div_euclid(86_400);
        jiff::Span::new().try_days(days).and_then(|span| epoch.checked_add(span)).unwrap_or(epoch)
    }

    /// This moment, to the second, as RFC 3339 writes it.
    pub(crate) fn now(&self) -> String {
        let seconds = jiff::Timestamp::now().as_second();
        jiff::Timestamp::from_second(seconds).map(|now| now.to_string()).unwrap_or_default()
    }

    /// Who acts and when: `QUITTANCE_AUTHOR`, else the account's name.
    pub(crate) fn stamp(&self) -> desk::Stamp {
        let author = ["QUITTANCE_AUTHOR", "USER", "USERNAME", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        desk::Stamp { at: jiff::Timestamp::now(), author: author.unwrap_or_else(|| "unknown".to_owned()) }
    }
}

/// What the program knows, read once a run.
#[derive(Debug)]
pub(crate) struct Known {
    /// Licensing terms.
    pub(crate) terms: licensing::terms::Terms,
    /// Titles of software.
    pub(crate) titles: recognition::titles::Titles,
    /// Prices.
    pub(crate) prices: licensing::terms::Prices,
}

impl Known {
    /// What is compiled in.
    pub(crate) fn builtin() -> Result<Self, Failure> {
        let fail = |detail: String| Failure::new("fail-knowledge", vec![("detail", detail)]);
        Ok(Known {
            terms: licensing::terms::Terms::builtin().map_err(|error| fail(error.to_string()))?,
            titles: recognition::titles::Titles::builtin().map_err(|error| fail(error.to_string()))?,
            prices: licensing::terms::Prices::builtin().map_err(|error| fail(error.to_string()))?,
        })
    }

    /// As the desk takes it.
    pub(crate) fn knowledge(&self) -> desk::company::Knowledge<'_> {
        desk::company::Knowledge { terms: &self.terms, titles: &self.titles, prices: &self.prices }
    }
}
