//! The names of compiled lines against those of the source.

use super::compiled::Line;
use super::lexer::{Kind, Token};
use crate::vba::{CompiledNames, numbers};
use std::collections::BTreeSet;

/// The first line whose compiled code lacks a name of the source and has one that the source lacks.
///
/// Declarations refer to their names otherwise, and so do the lines of a `Type` or an `Enum`: these are left out.
pub(super) fn other_name(
    lines: &[Line<'_>],
    code: &[&[u8]],
    tokens: &[Token<'_>],
    names: &CompiledNames,
) -> Option<usize> {
    const DECLARES: [&str; 18] = [
        "const",
        "declare",
        "dim",
        "enum",
        "event",
        "friend",
        "function",
        "global",
        "implements",
        "option",
        "private",
        "property",
        "public",
        "redim",
        "static",
        "sub",
        "type",
        "withevents",
    ];
    // Words that the table of names need not hold: those of the language (MS-VBAL 3.3.5.2), and those that some versions may keep
    // among them. Every other word of 22,000 in the corpus stands in the table.
    let reserved: BTreeSet<&str> = include_str!("../../data/reserved.txt").lines().collect();
    let mut rest = tokens;
    let mut block = false;
    for (i, (line, code)) in lines.iter().zip(code).enumerate() {
        let next = lines.get(i.saturating_add(1)).map_or(usize::MAX, |l| l.number);
        let end = rest.iter().position(|t| t.line >= next).unwrap_or(rest.len());
        let (own, after) = rest.split_at_checked(end)?;
        rest = after;
        let words: Vec<&str> = own.iter().filter(|t| t.kind == Kind::Word).map(|t| t.lower.as_str()).collect();
        let opens = words.iter().take(2).any(|w| ["type", "enum"].contains(w)) && words.first() != Some(&"end");
        let closes = words.first() == Some(&"end") && words.get(1).is_some_and(|w| ["type", "enum"].contains(w));
        block = (block || opens) && !closes;
        let conditional = own.first().is_some_and(|t| t.is("#"));
        if block || conditional || code.is_empty() || words.iter().any(|w| DECLARES.contains(w)) {
            continue;
        }
        let numbers = numbers(code);
        let lacks = words.iter().any(|word| match names.number(word) {
            Some(number) => numbers.binary_search(&number).is_err(),
            None => !reserved.contains(word),
        });
        if lacks && names.used(code).iter().any(|used| !words.contains(used)) {
            return Some(line.number);
        }
    }
    None
}
