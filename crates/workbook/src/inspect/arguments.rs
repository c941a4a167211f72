//! What a call is given, as far as it is constant, and what stands around its name.

use super::fold::{Folded, Scope, fold};
use super::lexer::{Kind, Token};

/// The constant text that begins here, if one does.
pub(super) fn starts_text(statement: &[Token<'_>], at: usize, scope: &Scope<'_>) -> Option<(Folded, usize)> {
    let token = statement.get(at)?;
    let begins = match token.kind {
        Kind::Text => true,
        Kind::Word => {
            let next = statement.get(at.checked_add(1)?);
            let called = next.is_some_and(|t| t.is("("));
            let turns = ["chr", "chrw", "strreverse", "replace", "join", "mid", "left", "right", "lcase", "ucase"];
            let dotted = at.checked_sub(1).and_then(|i| statement.get(i)).is_some_and(|t| t.is("."));
            (called && turns.contains(&token.lower.as_str()))
                || (!called
                    && !dotted
                    && scope.names.contains_key(&token.lower)
                    && next.is_some_and(|t| t.is("&") || t.is("+")))
        }
        _ => false,
    };
    if begins { fold(statement, at, scope) } else { None }
}

/// The constant text that a call is given first; empty where it is none.
pub(super) fn argument(statement: &[Token<'_>], at: usize, scope: &Scope<'_>) -> String {
    let mut first = at.saturating_add(1);
    if statement.get(first).is_some_and(|t| t.is("(") || t.is("=")) {
        first = first.saturating_add(1);
    }
    // `Filename:="x"`.
    if statement.get(first.saturating_add(1)).is_some_and(|t| t.is(":=")) {
        first = first.saturating_add(2);
    }
    fold(statement, first, scope).map(|(f, _)| f.text).unwrap_or_default()
}

/// True where a started program is kept out of sight: `vbHide`, or 0 as window style.
pub(super) fn is_unseen(statement: &[Token<'_>], at: usize) -> bool {
    let rest = statement.get(at..).unwrap_or_default();
    rest.iter().any(|t| t.is_word("vbhide"))
        || rest
            .windows(2)
            .any(|w| matches!(w, [comma, zero] if comma.is(",") && zero.kind == Kind::Number && zero.text == "0"))
}

/// True where the word is given that value: `x.Visible = False`.
pub(super) fn gives(statement: &[Token<'_>], at: usize, value: &str) -> bool {
    statement.get(at.saturating_add(1)).is_some_and(|t| t.is("="))
        && statement.get(at.saturating_add(2)).is_some_and(|t| t.is_word(value))
}

/// The last name outside of parentheses: `Application` of `With a.Application`, `createobject` of `CreateObject("x")`.
pub(super) fn last_name(statement: &[Token<'_>]) -> String {
    let mut depth = 0_usize;
    for token in statement.iter().rev() {
        if token.is(")") {
            depth = depth.saturating_add(1);
        } else if token.is("(") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.kind == Kind::Word {
            return token.lower.clone();
        }
    }
    String::new()
}

/// True for a word of the language that may stand before a dot without owning what follows.
pub(super) fn is_keyword(lower: &str) -> bool {
    [
        "then", "else", "and", "or", "not", "if", "call", "set", "let", "to", "in", "is", "mod", "elseif", "while",
        "until", "case", "print",
    ]
    .contains(&lower)
}
