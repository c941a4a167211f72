//! Walls against unfinished work and against this or that machine's paths.

use super::{Breach, Source};
use std::path::Path;

/// No mark of unfinished work, no silenced lint or test without its reason beside it.
pub(super) fn unfinished(sources: &[Source]) -> Vec<Breach> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.is_rust()) {
        let mut previous = "";
        for (index, line) in source.text.lines().enumerate() {
            for mark in marks.iter().filter(|mark| line.contains(**mark)) {
                found.push(source.breach(index + 1, format!("`{mark}`: finish it, or file an issue")));
            }
            let silenced = [concat!("#[al", "low("), concat!("#[ig", "nore")]
                .iter()
                .any(|mark| line.trim_start().starts_with(mark));
            if silenced && !line.contains("reason") && !previous.trim_start().starts_with("//") {
                found.push(source.breach(index + 1, "a silenced lint or test needs its reason beside it"));
            }
            previous = line;
        }
    }
    found
}

/// No tracked file names the folder this checkout happens to be in, nor the user's home.
pub(super) fn machine_paths(sources: &[Source], root: &Path) -> Vec<Breach> {
    let above = root.parent().map(|p| format!("{}/", p.display())).unwrap_or_default();
    let home = std::env::var("HOME").map(|home| format!("{home}/")).unwrap_or_default();
    let mut found = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            if [&above, &home].iter().any(|path| path.len() > 3 && line.contains(path.as_str())) {
                found.push(source.breach(index + 1, "a path of this machine"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::source;
    use super::*;

    #[test]
    fn a_path_of_the_machine_is_found() {
        let file = source("README.md", "see /srv/build/shared/x\n");
        assert_eq!(machine_paths(&[file], Path::new("/srv/build/main")).len(), 1);
    }

    #[test]
    fn a_silenced_lint_needs_a_reason() {
        let bare = source("crates/x/src/lib.rs", concat!("#[al", "low(dead_code)]\n"));
        assert_eq!(unfinished(&[bare]).len(), 1);
        let reasoned = source("crates/x/src/lib.rs", concat!("// Only the tests read it.\n#[al", "low(dead_code)]\n"));
        assert!(unfinished(&[reasoned]).is_empty());
    }
}
