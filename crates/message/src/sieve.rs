//! Which expressions of a set may match a text, and in which of its paragraphs: an expression that needs one of a few strings is
//! tried only where one of them stands. All strings are looked for in one pass. Nothing is left out that could match: what an
//! expression needs is read off its own form.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes of the shortest string that is looked for.
const SHORTEST: usize = 2;
/// Strings that one expression may need.
const MOST: usize = 96;

/// A set of expressions on folded text, by what they need.
#[derive(Debug)]
pub(crate) struct Sieve {
    strings: AhoCorasick,
    /// For each string: the expressions that need it or another.
    needed_by: Vec<Vec<usize>>,
    /// For each expression: whether a match may run over the end of a paragraph.
    runs_on: Vec<bool>,
    /// Expressions that need no string.
    always: Vec<usize>,
}

impl Sieve {
    /// Of expressions that compile without Unicode; `None` when one does not, or too much would be looked for.
    pub(crate) fn new(patterns: &[String]) -> Option<Sieve> {
        let mut strings: Vec<Vec<u8>> = Vec::new();
        let mut needed_by: Vec<Vec<usize>> = Vec::new();
        let (mut runs_on, mut always) = (Vec::new(), Vec::new());
        for (n, pattern) in patterns.iter().enumerate() {
            let form = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
            runs_on.push(crosses(&form));
            let Some(needs) = needs(&form).filter(|needs| usable(needs)) else {
                always.push(n);
                continue;
            };
            for string in without_longer(&needs) {
                match strings.iter().position(|known| *known == string) {
                    Some(known) => needed_by.get_mut(known)?.push(n),
                    None => {
                        strings.push(string);
                        needed_by.push(vec![n]);
                    }
                }
            }
        }
        let strings = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(strings).ok()?;
        Some(Sieve { strings, needed_by, runs_on, always })
    }

    /// The expressions that may match, each with the places where they may, in the order of the expressions and of the text.
    pub(crate) fn places(&self, text: &[u8]) -> Vec<(usize, Range<usize>)> {
        let mut out: Vec<(usize, Range<usize>)> = self.always.iter().map(|n| (*n, 0..text.len())).collect();
        let mut paragraph = 0..0;
        // The paragraph in which an expression was last found to be wanted: a string that stands there again says nothing new.
        let mut seen = vec![usize::MAX; self.runs_on.len()];
        for found in self.strings.find_overlapping_iter(text) {
            if found.start() >= paragraph.end {
                let start = memchr::memrchr(b'\n', text.get(..found.start()).unwrap_or_default()).map_or(0, |n| n + 1);
                let rest = text.get(found.start()..).unwrap_or_default();
                paragraph = start..memchr::memchr(b'\n', rest).map_or(text.len(), |n| found.start() + n);
            }
            for n in self.needed_by.get(found.pattern().as_usize()).into_iter().flatten() {
                let Some(seen) = seen.get_mut(*n).filter(|seen| **seen != paragraph.start) else { continue };
                *seen = paragraph.start;
                let whole = self.runs_on.get(*n).copied().unwrap_or(true);
                out.push((*n, if whole { 0..text.len() } else { paragraph.clone() }));
            }
        }
        out.sort_unstable_by_key(|(n, place)| (*n, place.start));
        out.dedup();
        out
    }
}

/// The strings that hold no other: where a longer one stands, the shorter does too.
fn without_longer(needs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let holds = |long: &[u8], short: &[u8]| short != long && memchr::memmem::find(long, short).is_some();
    let mut kept: Vec<Vec<u8>> =
        needs.iter().filter(|long| !needs.iter().any(|short| holds(long, short))).cloned().collect();
    kept.sort();
    kept.dedup();
    kept
}

/// True when strings are long and few enough to sift by.
fn usable(needs: &[Vec<u8>]) -> bool {
    needs.len() <= MOST && needs.iter().all(|string| string.len() >= SHORTEST && !string.contains(&b'\n'))
}

/// Strings of which every match holds one; `None` when there are none such.
fn needs(form: &Hir) -> Option<Vec<Vec<u8>>> {
    match form.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => needs(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needs(&repetition.sub),
        HirKind::Alternation(either) => {
            let all: Option<Vec<Vec<Vec<u8>>>> = either.iter().map(needs).collect();
            all.map(|all| all.concat())
        }
        HirKind::Concat(parts) => sequence(parts),
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) | HirKind::Repetition(_) => None,
    }
}

/// Of a sequence every part must be there, and neighbours stand side by side: the strings tell most that are hardest to meet by
/// chance.
fn sequence(parts: &[Hir]) -> Option<Vec<Vec<u8>>> {
    let mut found: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut side_by_side = vec![Vec::new()];
    for part in parts {
        match exact(part) {
            Some(all) => match joined(&side_by_side, &all) {
                Some(longer) => side_by_side = longer,
                None => found.push(std::mem::replace(&mut side_by_side, all)),
            },
            None => {
                found.push(std::mem::replace(&mut side_by_side, vec![Vec::new()]));
                found.extend(needs(part));
            }
        }
    }
    found.push(side_by_side);
    found.into_iter().filter(|needs| usable(needs)).max_by_key(|needs| {
        let shortest = needs.iter().map(Vec::len).min().unwrap_or_default();
        (shortest.min(10), std::cmp::Reverse(needs.len()))
    })
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
}
