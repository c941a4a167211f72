//! Which expressions of a set may match a text, and in which of its paragraphs: an expression that needs one of a few strings is
//! tried only where one of them stands, and one that needs several (a verb, and then its object) where one of each does. All
//! strings are looked for in one pass. Nothing is left out that could match: what an expression needs is read off its own form.

mod strings;

use std::collections::BTreeMap;
use std::ops::Range;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use strings::Strings;

/// Bytes of the shortest string that is looked for.
const SHORTEST: usize = 2;
/// Strings that one expression may need.
const MOST: usize = 96;

/// Needs of one expression that are looked for.
const NEEDS: usize = 3;
/// Bytes of the shortest string of a need beyond the first.
const FURTHER: usize = 4;

/// Strings of which one must stand where an expression matches.
type Need = Vec<Vec<u8>>;

/// A set of expressions on folded text, by what they need.
#[derive(Debug)]
pub(crate) struct Sieve {
    strings: Strings,
    /// For each string: the expressions that need it or another, and which of their needs it meets, as a bit.
    needed_by: Vec<Vec<(usize, u8)>>,
    /// For each expression: the bits of all its needs, and whether a match may run over the end of a paragraph.
    wanted: Vec<(u8, bool)>,
    /// Expressions that need no string.
    always: Vec<usize>,
}

impl Sieve {
    /// Of expressions that compile without Unicode; `None` when one does not, or too much would be looked for.
    pub(crate) fn new(patterns: &[String]) -> Option<Sieve> {
        let mut strings: BTreeMap<Vec<u8>, Vec<(usize, u8)>> = BTreeMap::new();
        let (mut wanted, mut always) = (Vec::new(), Vec::new());
        for (n, pattern) in patterns.iter().enumerate() {
            let form = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
            let needs = foremost(all_needs(&form));
            let mut bits = 0;
            for (bit, need) in needs.iter().enumerate() {
                bits |= 1 << bit;
                for string in without_longer(need) {
                    strings.entry(string).or_default().push((n, 1 << bit));
                }
            }
            if needs.is_empty() {
                always.push(n);
            }
            wanted.push((bits, crosses(&form)));
        }
        let (strings, needed_by) = strings.into_iter().unzip();
        Some(Sieve { strings: Strings::new(strings)?, needed_by, wanted, always })
    }

    /// The expressions that may match, each with the places where they may, in the order of the expressions and of the text.
    pub(crate) fn places(&self, text: &[u8]) -> Vec<(usize, Range<usize>)> {
        let mut out: Vec<(usize, Range<usize>)> = self.always.iter().map(|n| (*n, 0..text.len())).collect();
        let mut paragraph = 0..0;
        // Where an expression was last wanted, and which of its needs were met there.
        let mut met = vec![(usize::MAX, 0_u8); self.wanted.len()];
        self.strings.each(text, &mut |string, at| {
            if at >= paragraph.end {
                let start = memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |n| n + 1);
                let rest = text.get(at..).unwrap_or_default();
                paragraph = start..memchr::memchr(b'\n', rest).map_or(text.len(), |n| at + n);
            }
            for (n, bit) in self.needed_by.get(string).into_iter().flatten() {
                let (Some((all, runs_on)), Some(met)) = (self.wanted.get(*n), met.get_mut(*n)) else { continue };
                let place = if *runs_on { 0..text.len() } else { paragraph.clone() };
                if met.0 != place.start {
                    *met = (place.start, 0);
                }
                // A string that stands there again says nothing new.
                if met.1 & bit == 0 {
                    met.1 |= bit;
                    if met.1 == *all {
                        out.push((*n, place));
                    }
                }
            }
        });
        out.sort_unstable_by_key(|(n, place)| (*n, place.start));
        out
    }
}

/// The needs that are looked for: the one that is hardest to meet by chance, and others that are not met everywhere.
fn foremost(mut needs: Vec<Need>) -> Vec<Need> {
    needs.sort_by_key(|need| std::cmp::Reverse(hard_to_meet(need)));
    needs.dedup();
    let long = |need: &Need| need.iter().all(|string| string.len() >= FURTHER);
    needs.into_iter().enumerate().filter(|(n, need)| *n == 0 || long(need)).map(|(_, need)| need).take(NEEDS).collect()
}

/// How hard it is to meet a need by chance.
fn hard_to_meet(need: &Need) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = need.iter().map(Vec::len).min().unwrap_or_default();
    (shortest.min(10), std::cmp::Reverse(need.len()))
}

/// The strings that hold no other: where a longer one stands, the shorter does too.
fn without_longer(needs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let holds = |long: &[u8], short: &[u8]| short.len() < long.len() && memchr::memmem::find(long, short).is_some();
    let mut kept: Vec<Vec<u8>> =
        needs.iter().filter(|long| !needs.iter().any(|short| holds(long, short))).cloned().collect();
    kept.sort();
    kept.dedup();
    kept
}

/// True when strings are long and few enough to sift by.
fn usable(needs: &[Vec<u8>]) -> bool {
    !needs.is_empty()
        && needs.len() <= MOST
        && needs.iter().all(|string| string.len() >= SHORTEST && !string.contains(&b'\n'))
}

/// Strings of which every match holds one; `None` when there are none such.
fn needs(form: &Hir) -> Option<Need> {
    match form.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Alternation(either) => {
            let all: Option<Vec<Need>> = either.iter().map(needs).collect();
            all.map(|all| all.concat())
        }
        HirKind::Capture(_) | HirKind::Repetition(_) | HirKind::Concat(_) => {
            all_needs(form).into_iter().max_by_key(hard_to_meet)
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => None,
    }
}

/// All that every match must hold, each usable by itself.
fn all_needs(form: &Hir) -> Vec<Need> {
    match form.kind() {
        HirKind::Capture(capture) => all_needs(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => all_needs(&repetition.sub),
        HirKind::Concat(parts) => sequence(parts),
        HirKind::Repetition(_) => Vec::new(),
        _ => needs(form).filter(|need| usable(need)).into_iter().collect(),
    }
}

/// Of a sequence every part must be there, and neighbours stand side by side.
fn sequence(parts: &[Hir]) -> Vec<Need> {
    let mut found: Vec<Need> = Vec::new();
    let mut side_by_side = vec![Vec::new()];
    for part in parts {
        match exact(part) {
            Some(all) => match joined(&side_by_side, &all) {
                Some(longer) => side_by_side = longer,
                None => found.push(std::mem::replace(&mut side_by_side, all)),
            },
            None => {
                found.push(std::mem::replace(&mut side_by_side, vec![Vec::new()]));
                found.extend(all_needs(part));
            }
        }
    }
    found.push(side_by_side);
    found.retain(|need| usable(need));
    found
}

/// All strings that a form matches, when they are few.
fn exact(form: &Hir) -> Option<Vec<Vec<u8>>> {
    let all = match form.kind() {
        HirKind::Literal(literal) => vec![literal.0.to_vec()],
        HirKind::Empty | HirKind::Look(_) => vec![Vec::new()],
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            bytes.take(9).map(|byte| vec![byte]).collect()
        }
        HirKind::Class(Class::Unicode(_)) => return None,
        HirKind::Capture(capture) => exact(&capture.sub)?,
        HirKind::Repetition(repetition) if (repetition.min, repetition.max) == (0, Some(1)) => {
            let mut all = exact(&repetition.sub)?;
            all.push(Vec::new());
            all
        }
        HirKind::Repetition(_) => return None,
        HirKind::Concat(parts) => {
            let mut all = vec![Vec::new()];
            for part in parts {
                all = joined(&all, &exact(part)?)?;
            }
            all
        }
        HirKind::Alternation(either) => {
            let all: Option<Vec<Vec<Vec<u8>>>> = either.iter().map(exact).collect();
            all?.concat()
        }
    };
    let few = if matches!(form.kind(), HirKind::Class(_)) { 8 } else { MOST };
    (all.len() <= few).then_some(all)
}

/// Each string of one list before each of another; `None` when that makes too many.
fn joined(before: &[Vec<u8>], after: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    if before.len() * after.len() > MOST {
        return None;
    }
    Some(before.iter().flat_map(|b| after.iter().map(move |a| [b.as_slice(), a].concat())).collect())
}

/// True when a match may hold a line feed, or looks at the ends of the text.
fn crosses(form: &Hir) -> bool {
    match form.kind() {
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Bytes(class)) => class.ranges().iter().any(|r| (r.start()..=r.end()).contains(&b'\n')),
        HirKind::Class(Class::Unicode(_)) => true,
        HirKind::Look(look) => {
            !matches!(look, regex_syntax::hir::Look::WordAscii | regex_syntax::hir::Look::WordAsciiNegate)
        }
        HirKind::Capture(capture) => crosses(&capture.sub),
        HirKind::Repetition(repetition) => crosses(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(crosses),
        HirKind::Empty => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(pattern: &str) -> Option<Vec<String>> {
        let form = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap();
        let strings = |needs: Vec<Vec<u8>>| {
            without_longer(&needs).iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect()
        };
        needs(&form).map(strings)
    }

    #[test]
    fn what_an_expression_needs_is_read_off_its_form() {
        assert_eq!(needed(r"\bpassword(?:s|es)?\b").unwrap(), ["password"]);
        assert_eq!(needed(r"\b(?:pay|wire)\b[^.\n]{0,50}\b(?:invoice|account)\b").unwrap(), ["account", "invoice"]);
        assert_eq!(needed(r"\bnew (?:bank|pay) details?\b").unwrap().len(), 2, "side by side");
        assert_eq!(needed(r"\bc[ef]o\b").unwrap(), ["ceo", "cfo"]);
        assert_eq!(needed(r"(?:urgent)?\d+"), None);
        assert_eq!(needed(r"(?:a b|\d)"), None);
    }

    #[test]
    fn places_are_the_paragraphs_where_a_string_stands() {
        let patterns = [r"\bpay\b[^.\n]{0,9}\binvoice".to_owned(), r"\d".to_owned(), r"urgent[^.]{0,9}now".to_owned()];
        let sieve = Sieve::new(&patterns).unwrap();
        let text = b"nothing\npay the invoice invoice\nurgent";
        assert_eq!(sieve.places(text), [(0, 8..31), (1, 0..38), (2, 0..38)]);
        assert_eq!(sieve.places(b""), [(1, 0..0)]);
    }

    #[test]
    fn an_expression_that_needs_two_strings_is_tried_where_both_stand() {
        let patterns =
            [r"\bsettle\b[^.\n]{0,9}\binvoices?".to_owned(), r"overdue[^.]{0,9}(?:invoice|account)".to_owned()];
        let sieve = Sieve::new(&patterns).unwrap();
        assert_eq!(sieve.places(b"settle\ninvoice\ninvoice, settle"), [(0, 15..30)]);
        assert_eq!(sieve.places(b"account\noverdue"), [(1, 0..15)], "in any paragraph, since it runs on");
        assert_eq!(sieve.places(b"overdue"), []);
    }
}
