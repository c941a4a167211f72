//! Prints reports as they come, so that those of a large mailbox are never all in memory. One mail gives one JSON object; a
//! mailbox, a folder or several files give a list.

use super::page;
use crate::exit::Failure;
use crate::out;
use crate::text::Text;

/// Bytes gathered before they are printed.
const GATHERED: usize = 1 << 16;

/// The way to the reader.
pub(super) struct Show {
    before: String,
    between: String,
    after: String,
    /// The first report, held back until a second comes or none: alone it may stand without a list around it.
    first: Option<String>,
    lone: bool,
    count: usize,
    ready: String,
}

impl Show {
    /// For a format: `text`, `json` or `html`.
    ///
    /// # Errors
    /// The page's frame cannot be made.
    pub(super) fn new(format: &str, text: &Text) -> Result<Show, Failure> {
        let (before, between, after) = match format {
            "json" => ("[\n".to_owned(), ",\n".to_owned(), "\n]\n".to_owned()),
            "html" => {
                let failed = |error: askama::Error| Failure::new("fail-output", vec![("detail", error.to_string())]);
                let (before, after) = page::frame(text).map_err(failed)?;
                (before, String::new(), format!("{after}\n"))
            }
            _ => (String::new(), format!("\n{}\n\n", "=".repeat(72)), String::new()),
        };
        let lone = format == "json";
        Ok(Show { before, between, after, first: None, lone, count: 0, ready: String::new() })
    }

    /// Takes a report; `alone` when its file was named and is one mail.
    ///
    /// # Errors
    /// Nobody reads any more, or what is read cannot be written.
    pub(super) fn add(&mut self, body: String, alone: bool) -> Result<(), Failure> {
        self.lone &= alone;
        self.count += 1;
        if self.count == 1 {
            self.first = Some(body);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            self.ready.push_str(&self.before);
            self.ready.push_str(&first);
        }
        self.ready.push_str(&self.between);
        self.ready.push_str(&body);
        if self.ready.len() >= GATHERED {
            out::print(&self.ready)?;
            self.ready.clear();
        }
        Ok(())
    }

    /// Prints what is left. Nothing was judged: nothing is printed.
    ///
    /// # Errors
    /// As for [`Show::add`].
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        match self.first.take() {
            Some(first) if self.lone => out::line(&first),
            Some(first) => out::print(&format!("{}{first}{}", self.before, self.after)),
            None if self.count == 0 => Ok(()),
            None => {
                self.ready.push_str(&self.after);
                out::print(&self.ready)
            }
        }
    }
}
