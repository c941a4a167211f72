//! Compiled code against source: a module whose editor shows other lines than those that run.
//!
//! The instructions are not decoded. What is compared, line by line: whether the compiled code has as many lines as the source,
//! whether the texts and comments of a line stand in the compiled line and the other way round, and, where the table of names can be
//! read, whether the compiled line uses the names of the source or others. In every module of the corpus that Office made, of eleven
//! versions of VBA, these agree. Where no table of lines is found, it is said that it cannot be told.

use super::compiled_names::other_name;
use super::lexer::{Token, is_continued};
use crate::container::u16_at;
use crate::vba::{CompiledNames, compiled_lines};
use serde::Serialize;
use std::collections::BTreeSet;

/// How compiled code and source go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Every line agrees in what is compared.
    Same,
    /// They differ; `line` is the first line, from 1, that does, or 0 where their numbers of lines differ.
    Differs {
        /// Line as the editor numbers it.
        line: usize,
    },
    /// The source is empty and the compiled code is not.
    Emptied {
        /// Lines that the compiled code has.
        lines: usize,
    },
    /// There is no compiled code: what is shown is what runs.
    NoCode,
    /// The compiled code is of a kind that is not known here.
    CannotTell,
}

/// Texts of compiled code, in small letters, that stand nowhere in the source.
pub(super) fn unseen_texts(compiled: &[u8], source: &[u8]) -> Vec<String> {
    let lower = source.to_ascii_lowercase();
    let lines = compiled_lines(compiled).unwrap_or_default();
    let texts = lines.into_iter().flat_map(inline).map(<[u8]>::to_ascii_lowercase);
    let unseen = texts.filter(|t| !lower.windows(t.len()).any(|w| w == t));
    unseen.map(|t| String::from_utf8_lossy(&t).into_owned()).take(1_000).collect()
}

/// Names that compiled code seems to use, in small letters.
pub(super) fn used(compiled: &[u8], names: &CompiledNames) -> BTreeSet<String> {
    let lines = compiled_lines(compiled).unwrap_or_default();
    lines.into_iter().flat_map(|code| names.used(code)).map(str::to_owned).collect()
}

/// Words in the `_VBA_PROJECT` stream, in small letters, for versions whose table cannot be read.
pub(super) fn words(cache: &[u8]) -> BTreeSet<String> {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let words = cache.split(|b| !word(b)).filter(|w| (3..=64).contains(&w.len()));
    words.map(|w| String::from_utf8_lossy(w).to_lowercase()).collect()
}

/// A line of source as the compiler sees it: continued lines joined.
pub(super) struct Line<'s> {
    /// Its first line as the editor numbers it.
    pub(super) number: usize,
    parts: Vec<&'s [u8]>,
}

/// Compares the compiled code of a module with its source, both in the code page of the project. `tokens` are those of the source;
/// `names` the table of names, where it can be read.
pub(super) fn compare(
    compiled: &[u8],
    source: &[u8],
    tokens: &[Token<'_>],
    names: Option<&CompiledNames>,
) -> Agreement {
    if compiled.is_empty() {
        return Agreement::NoCode;
    }
    let Some(code) = compiled_lines(compiled) else { return Agreement::CannotTell };
    let lines = lines(source);
    let coded = code.iter().filter(|c| !c.is_empty()).count();
    if coded > 0 && lines.iter().all(|l| l.parts.iter().all(|p| p.trim_ascii().is_empty())) {
        return Agreement::Emptied { lines: coded };
    }
    if lines.len() != code.len() {
        return Agreement::Differs { line: 0 };
    }
    let mut conditional = 0_usize;
    for (line, code) in lines.iter().zip(&code) {
        let head = line.parts.first().map_or(&[][..], |p| p.trim_ascii_start());
        let lower = head.to_ascii_lowercase();
        if lower.starts_with(b"#if") {
            conditional = conditional.saturating_add(1);
        } else if lower.starts_with(b"#end if") {
            conditional = conditional.saturating_sub(1);
        }
        // Parts that are left out, and declarations of libraries, may keep their texts elsewhere: there only the other way is looked at.
        let elsewhere = conditional > 0 || head.starts_with(b"#") || declares(&lower);
        if !agrees(line, code, elsewhere) {
            return Agreement::Differs { line: line.number };
        }
    }
    match names.and_then(|n| other_name(&lines, &code, tokens, n)) {
        Some(line) => Agreement::Differs { line },
        None => Agreement::Same,
    }
}

/// Lines as the compiler counts them: attributes left out, continued ones joined, the empty end left out.
fn lines(source: &[u8]) -> Vec<Line<'_>> {
    let mut found: Vec<Line<'_>> = Vec::new();
    let (mut number, mut continues) = (0_usize, false);
    let mut raw: Vec<&[u8]> = source.split(|&b| b == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l)).collect();
    if raw.last().is_some_and(|l| l.is_empty()) {
        raw.pop();
    }
    for line in raw {
        if !continues && line.get(..10).is_some_and(|h| h.eq_ignore_ascii_case(b"attribute ")) {
            continue;
        }
        number = number.saturating_add(1);
        match found.last_mut().filter(|_| continues) {
            Some(last) => last.parts.push(line),
            None => found.push(Line { number, parts: vec![line] }),
        }
        continues = ends_continued(line);
    }
    found
}

fn ends_continued(line: &[u8]) -> bool {
    let tail = line.len().saturating_sub(8);
    // The end alone decides, and it is ASCII.
    is_continued(&String::from_utf8_lossy(line.get(tail..).unwrap_or_default()))
}

fn declares(lower: &[u8]) -> bool {
    lower.windows(8).any(|w| w == b"declare ") && lower.windows(4).any(|w| w == b"lib ")
}

/// Whether the texts of a line stand in its code, unless they may stand `elsewhere`, and those of the code in the line.
fn agrees(line: &Line<'_>, code: &[u8], elsewhere: bool) -> bool {
    let (texts, comment) = pieces(&line.parts);
    if !inline(code).iter().all(|run| line_has(&line.parts, &texts, run)) {
        return false;
    }
    if elsewhere {
        return true;
    }
    let stands = |text: &[u8]| text.is_empty() || code.windows(text.len()).any(|w| w == text);
    if code.is_empty() {
        return texts.is_empty() && comment.is_none_or(|c| c.trim_ascii().is_empty());
    }
    let shown = texts.iter().all(|t| stands(t)) && comment.as_ref().is_none_or(|c| stands(c.trim_ascii()));
    // A line that could not be compiled is kept as it was typed.
    shown || line.parts.iter().all(|p| stands(p.trim_ascii()))
}

fn line_has(parts: &[&[u8]], texts: &[Vec<u8>], run: &[u8]) -> bool {
    let has = |bytes: &[u8]| bytes.windows(run.len()).any(|w| w == run);
    if texts.iter().any(|t| has(t)) || parts.iter().any(|p| has(p)) {
        return true;
    }
    // Comments over continued lines, and lines that could not be compiled, stand whole.
    let all = parts.join(&b' ');
    let squeezed = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().copied().filter(|b| !b.is_ascii_whitespace() && *b != b'_' && *b != b'"').collect()
    };
    let (all, run) = (squeezed(&all), squeezed(run));
    run.is_empty() || all.windows(run.len()).any(|w| w == run)
}

/// Texts of a line with their quotes resolved, and its comment if that stands on one line.
fn pieces(parts: &[&[u8]]) -> (Vec<Vec<u8>>, Option<Vec<u8>>) {
    let mut texts = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let mut text: Option<Vec<u8>> = None;
        let mut at = 0;
        while let Some(&byte) = part.get(at) {
            match (&mut text, byte) {
                (None, b'"') => text = Some(Vec::new()),
                (None, b'\'') => {
                    let whole = i.saturating_add(1) == parts.len();
                    let comment = part.get(at.saturating_add(1)..).unwrap_or_default().to_vec();
                    return (texts, whole.then_some(comment));
                }
                (Some(_), b'"') if part.get(at.saturating_add(1)) == Some(&b'"') => {
                    if let Some(t) = &mut text {
                        t.push(b'"');
                    }
                    at = at.saturating_add(1);
                }
                (Some(_), b'"') => texts.extend(text.take()),
                (Some(t), other) => t.push(other),
                (None, _) => {}
            }
            at = at.saturating_add(1);
        }
        // A `Rem` may hold a quote that nothing closes.
        if text.is_some() {
            return (Vec::new(), None);
        }
    }
    let head = parts.first().map_or(&[][..], |p| p.trim_ascii_start());
    if head.len() >= 3 && head.get(..3).is_some_and(|h| h.eq_ignore_ascii_case(b"rem")) {
        return (Vec::new(), None);
    }
    (texts, None)
}

/// Texts within the code of a line: a length of two bytes, then that many printing characters, at an even place.
fn inline(code: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(length) = u16_at(code, at) {
        let length = usize::from(length);
        let start = at.saturating_add(2);
        let run = code.get(start..start.saturating_add(length)).filter(|r| {
            // Shorter ones may be instructions.
            length >= 8 && r.iter().all(|&b| (0x20..0x7f).contains(&b)) && r.iter().any(u8::is_ascii_alphabetic)
        });
        match run {
            Some(run) => {
                found.push(run);
                at = start.saturating_add(length).saturating_add(length & 1);
            }
            None => at = start,
        }
    }
    found
}
