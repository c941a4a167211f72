//! The tidy walls: what the house rules say and a compiler does not check. Each wall is one function from the tracked
//! files to the places that break it.

mod knowledge;
mod prose;
mod rooms;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// A place that breaks a wall.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Breach {
    /// File, relative to the root.
    file: PathBuf,
    /// Line, from 1; 0 for the file as a whole.
    line: usize,
    /// What is wrong and what to do instead.
    message: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.message)
    }
}

/// A tracked text file.
pub(crate) struct Source {
    /// Path relative to the root, with `/`.
    path: String,
    /// Its text.
    text: String,
}

impl Source {
    fn breach(&self, line: usize, message: impl Into<String>) -> Breach {
        Breach { file: PathBuf::from(&self.path), line, message: message.into() }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Lines of code with their numbers: no comment lines, and nothing after the start of a unit-test module.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (index + 1, line))
    }
}

/// Every file that git tracks or would track, as text; binary files are left out.
fn sources(root: &Path) -> Vec<Source> {
    let listing = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map(|o| o.stdout);
    let listing = String::from_utf8_lossy(&listing.unwrap_or_default()).into_owned();
    let mut sources: Vec<Source> = listing
        .lines()
        .filter_map(|path| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// All breaches of all walls, sorted.
pub(crate) fn breaches(root: &Path) -> Vec<Breach> {
    let sources = sources(root);
    let mut found = Vec::new();
    found.extend(rooms::crate_walls(&sources));
    found.extend(rooms::library_walls(&sources));
    found.extend(rooms::core_is_pure(&sources));
    found.extend(rooms::flow_goes_one_way(&sources));
    found.extend(rooms::names(&sources));
    found.extend(knowledge::rules(&sources));
    found.extend(knowledge::decisions(&sources));
    found.extend(knowledge::languages(&sources));
    found.extend(prose::unfinished(&sources));
    found.extend(prose::machine_paths(&sources, root));
    found.sort();
    found
}

/// Prints the breaches. Success when there are none.
pub(crate) fn report(root: &Path) -> ExitCode {
    let found = breaches(root);
    for breach in &found {
        eprintln!("{breach}");
    }
    eprintln!("== tidy: {} breaches", found.len());
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up tracked file.
    pub(super) fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn the_house_keeps_its_own_rules() {
        let found = breaches(&crate::root());
        assert!(found.is_empty(), "{}", found.iter().map(|b| format!("{b}\n")).collect::<String>());
    }

    #[test]
    fn code_stops_at_the_test_module_and_skips_comments() {
        let file = source("crates/x/src/lib.rs", "// std::fs\nlet a = 1;\n#[cfg(test)]\nmod tests { use std::fs; }\n");
        assert_eq!(file.code().collect::<Vec<_>>(), [(2, "let a = 1;")]);
    }
}
