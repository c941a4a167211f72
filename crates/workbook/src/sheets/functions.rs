//! Names of functions and commands by their numbers, from `data/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const FUNCTIONS: &str = include_str!("../../data/functions.tsv");
const COMMANDS: &str = include_str!("../../data/commands.tsv");

type Functions = BTreeMap<u16, (&'static str, Option<usize>)>;

static BY_NUMBER: LazyLock<Functions> = LazyLock::new(|| {
    let rows = FUNCTIONS.lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|line| {
        let mut fields = line.split('\t');
        Some((fields.next()?.parse().ok()?, (fields.next()?, fields.next()?.parse().ok())))
    })
    .collect()
});

static COMMANDS_BY_NUMBER: LazyLock<BTreeMap<u16, &'static str>> = LazyLock::new(|| {
    let rows = COMMANDS.lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t').and_then(|(n, name)| Some((n.parse().ok()?, name)))).collect()
});

/// Name of a function and its number of arguments where that is fixed.
pub(super) fn function(number: u16) -> Option<(&'static str, Option<usize>)> {
    BY_NUMBER.get(&number).copied()
}

/// Name of a command that a macro calls as a function.
pub(super) fn command(number: u16) -> Option<&'static str> {
    COMMANDS_BY_NUMBER.get(&number).copied()
}

#[cfg(test)]
mod tests {
    use super::{BY_NUMBER, COMMANDS_BY_NUMBER, command, function};

    #[test]
    fn every_line_of_the_tables_is_read() {
        assert_eq!(BY_NUMBER.len(), super::FUNCTIONS.lines().count() - 1);
        assert_eq!(COMMANDS_BY_NUMBER.len(), super::COMMANDS.lines().count() - 1);
        assert_eq!(function(110).map(|f| f.0), Some("EXEC"));
        assert_eq!(function(111), Some(("CHAR", Some(1))));
        assert_eq!((command(17), command(96), command(118)), (Some("RUN"), Some("FORMULA"), Some("ALERT")));
    }
}
