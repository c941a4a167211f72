//! Texts that a source puts together from constants, worked out without running anything.
//!
//! Joins by `&` and `+`, `Chr`, `ChrW`, `StrReverse`, `Replace`, `LCase`, `UCase`, `Trim`, `Left`, `Right`, `Mid`, `Space`, `Join(Array(..))`,
//! constants, and variables that are given nothing but constants. Loops and conditions are not followed. Depth and length are bounded.

use super::lexer::{Kind, Token};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// A text worked out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// The text.
    pub(super) text: String,
    /// The longest piece that stands in the source as it is, in small letters; what this one shows, nobody hid.
    pub(super) shown: Vec<String>,
    /// Number of characters given by their code.
    pub(super) codes: usize,
    /// True where a function turned the text round or replaced in it.
    pub(super) turned: bool,
}

impl Folded {
    /// True where the text was put together, and not just written down.
    pub(super) fn is_built(&self) -> bool {
        self.codes > 0 || self.turned || self.shown.len() > 1
    }
}

/// What names stand for, in small letters.
pub(super) type Names = BTreeMap<String, Folded>;

/// What names stand for at a place, and how much may still be spent on working texts out.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    /// Variables of the procedure.
    pub(super) names: Names,
    /// Names of the procedure whose value is not known; an outer constant of the same name is not meant.
    pub(super) lost: BTreeSet<String>,
    /// Constants of the project.
    pub(super) outer: Option<&'a Names>,
    /// Bytes that may still be put together, for the whole project: a hostile source could double a text on every line.
    pub(super) left: &'a Cell<usize>,
}

/// Bytes that may be put together for one project.
pub(super) const BUDGET: usize = 64 << 20;

const DEEPEST: usize = 24;
const LONGEST: usize = 1 << 14;
const MOST_NAMES: usize = 1_024;
const MOST_PIECES: usize = 256;

/// Works out the text that begins at `at`; the index behind it. `None` where it does not begin with a constant.
///
/// A join whose later part is not constant gives its constant beginning.
pub(super) fn fold(tokens: &[Token<'_>], at: usize, scope: &Scope<'_>) -> Option<(Folded, usize)> {
    Folder { tokens, scope }.join(at, DEEPEST)
}

struct Folder<'f, 's> {
    tokens: &'f [Token<'s>],
    scope: &'f Scope<'f>,
}

impl Folder<'_, '_> {
    fn token(&self, at: usize) -> Option<&Token<'_>> {
        self.tokens.get(at)
    }

    fn sign(&self, at: usize, sign: &str) -> Option<usize> {
        self.token(at).filter(|t| t.is(sign)).map(|_| at.saturating_add(1))
    }

    /// `None` once the budget is spent.
    fn spend(&self, bytes: usize) -> Option<()> {
        self.scope.left.set(self.scope.left.get().checked_sub(bytes.saturating_add(16))?);
        Some(())
    }

    fn join(&self, at: usize, depth: usize) -> Option<(Folded, usize)> {
        let depth = depth.checked_sub(1)?;
        self.spend(0)?;
        let (mut sum, mut at) = self.piece(at, depth)?;
        while let Some(next) = self.sign(at, "&").or_else(|| self.sign(at, "+")) {
            let Some((piece, after)) = self.piece(next, depth) else { break };
            if sum.text.len().saturating_add(piece.text.len()) > LONGEST {
                break;
            }
            sum = joined(sum, piece);
            at = after;
        }
        Some((sum, at))
    }

    fn piece(&self, at: usize, depth: usize) -> Option<(Folded, usize)> {
        let depth = depth.checked_sub(1)?;
        let token = self.token(at)?;
        let next = at.checked_add(1)?;
        match token.kind {
            Kind::Text => Some((written(&token.text), next)),
            Kind::Sign if token.is("(") => {
                let (inner, after) = self.join(next, depth)?;
                Some((inner, self.sign(after, ")")?))
            }
            Kind::Word => match token.lower.as_str() {
                "vba" | "strings" => self.piece(self.sign(next, ".")?, depth),
                "vbnullstring" => Some((Folded::default(), next)),
                "vbcrlf" | "vbnewline" => Some((coded("\r\n"), next)),
                "vblf" => Some((coded("\n"), next)),
                "vbcr" => Some((coded("\r"), next)),
                "vbtab" => Some((coded("\t"), next)),
                name => match self.sign(next, "(") {
                    Some(inner) => self.call(name, inner, depth),
                    // A member of something is not the name alone.
                    None if self.sign(next, ".").is_some() => None,
                    None => {
                        let outer = || self.scope.outer.filter(|_| !self.scope.lost.contains(name))?.get(name);
                        let found = self.scope.names.get(name).or_else(outer)?;
                        self.spend(found.text.len())?;
                        Some((found.clone(), next))
                    }
                },
            },
            _ => None,
        }
    }

    /// A function of constants; `at` is behind its parenthesis.
    fn call(&self, name: &str, at: usize, depth: usize) -> Option<(Folded, usize)> {
        match name {
            "chr" | "chrw" | "chrb" | "chr_" => {
                let (code, after) = self.sum(at, depth)?;
                let code = if name == "chrw" && code < 0 { code.checked_add(0x1_0000)? } else { code };
                let letter = char::from_u32(u32::try_from(code).ok()?)?;
                let mut out = coded(letter.encode_utf8(&mut [0; 4]));
                out.codes = 1;
                Some((out, self.sign(after, ")")?))
            }
            "strreverse" => {
                let (mut text, after) = self.join(at, depth)?;
                text.text = text.text.chars().rev().collect();
                text.turned = true;
                Some((text, self.sign(after, ")")?))
            }
            "replace" => {
                let (mut text, after) = self.join(at, depth)?;
                let (from, after) = self.join(self.sign(after, ",")?, depth)?;
                let (to, after) = self.join(self.sign(after, ",")?, depth)?;
                let count = text.text.len().checked_mul(to.text.len().max(1))?;
                if from.text.is_empty() || count > LONGEST {
                    return None;
                }
                text.text = text.text.replace(&from.text, &to.text);
                text.turned = true;
                Some((text, self.sign(self.skip_arguments(after), ")")?))
            }
            "lcase" | "ucase" | "trim" | "ltrim" | "rtrim" | "cstr" => {
                let (mut text, after) = self.join(at, depth)?;
                text.text = match name {
                    "lcase" => text.text.to_lowercase(),
                    "ucase" => text.text.to_uppercase(),
                    "ltrim" => text.text.trim_start_matches(' ').to_owned(),
                    "rtrim" => text.text.trim_end_matches(' ').to_owned(),
                    "trim" => text.text.trim_matches(' ').to_owned(),
                    _ => text.text,
                };
                Some((text, self.sign(after, ")")?))
            }
            "left" | "right" | "mid" => {
                let (mut text, after) = self.join(at, depth)?;
                let (first, after) = self.sum(self.sign(after, ",")?, depth)?;
                let first = usize::try_from(first).ok()?;
                let all = text.text.chars().count();
                let (skip, take, after) = match name {
                    "left" => (0, first, after),
                    "right" => (all.saturating_sub(first), first, after),
                    _ => match self.sign(after, ",") {
                        Some(next) => {
                            let (count, after) = self.sum(next, depth)?;
                            (first.checked_sub(1)?, usize::try_from(count).ok()?, after)
                        }
                        None => (first.checked_sub(1)?, usize::MAX, after),
                    },
                };
                text.text = text.text.chars().skip(skip).take(take).collect();
                text.turned = true;
                Some((text, self.sign(after, ")")?))
            }
            "space" => {
                let (count, after) = self.sum(at, depth)?;
                let count = usize::try_from(count).ok().filter(|&n| n <= 256)?;
                Some((coded(&" ".repeat(count)), self.sign(after, ")")?))
            }
            "join" => self.join_array(at, depth),
            _ => None,
        }
    }

    /// `Join(Array("a", "b"), "c")`, behind its parenthesis.
    fn join_array(&self, at: usize, depth: usize) -> Option<(Folded, usize)> {
        if !self.token(at)?.is_word("array") {
            return None;
        }
        let mut at = self.sign(at.checked_add(1)?, "(")?;
        let mut pieces = Vec::new();
        loop {
            let (piece, after) = self.join(at, depth)?;
            pieces.push(piece);
            if pieces.len() > 1_024 {
                return None;
            }
            match self.sign(after, ",") {
                Some(next) => at = next,
                None => {
                    at = self.sign(after, ")")?;
                    break;
                }
            }
        }
        let mut between = written(" ");
        if let Some(next) = self.sign(at, ",") {
            (between, at) = self.join(next, depth)?;
        }
        let mut sum = Folded::default();
        for (i, piece) in pieces.into_iter().enumerate() {
            if i > 0 {
                sum = joined(sum, between.clone());
            }
            sum = joined(sum, piece);
            if sum.text.len() > LONGEST {
                return None;
            }
        }
        Some((sum, self.sign(at, ")")?))
    }

    /// Skips further arguments up to the closing parenthesis.
    fn skip_arguments(&self, mut at: usize) -> usize {
        let mut depth = 0_usize;
        while let Some(token) = self.token(at) {
            if token.is("(") {
                depth = depth.saturating_add(1);
            } else if token.is(")") {
                let Some(less) = depth.checked_sub(1) else { break };
                depth = less;
            }
            at = at.saturating_add(1);
        }
        at
    }

    /// A number: sums, differences, products, quotients and `Xor` of constants.
    fn sum(&self, at: usize, depth: usize) -> Option<(i64, usize)> {
        let depth = depth.checked_sub(1)?;
        let (mut left, mut at) = self.product(at, depth)?;
        loop {
            let token = self.token(at)?;
            let next = at.checked_add(1)?;
            let (right, after) = if token.is("+") || token.is("-") || token.is_word("xor") {
                self.product(next, depth)?
            } else {
                return Some((left, at));
            };
            left = if token.is("+") {
                left.checked_add(right)?
            } else if token.is("-") {
                left.checked_sub(right)?
            } else {
                left ^ right
            };
            at = after;
        }
    }

    fn product(&self, at: usize, depth: usize) -> Option<(i64, usize)> {
        let (mut left, mut at) = self.number(at, depth)?;
        while let Some(token) = self.token(at) {
            let next = at.checked_add(1)?;
            if token.is("*") {
                let (right, after) = self.number(next, depth)?;
                (left, at) = (left.checked_mul(right)?, after);
            } else if token.is("/") || token.is("\\") {
                let (right, after) = self.number(next, depth)?;
                (left, at) = (left.checked_div(right)?, after);
            } else {
                break;
            }
        }
        Some((left, at))
    }

    fn number(&self, at: usize, depth: usize) -> Option<(i64, usize)> {
        let depth = depth.checked_sub(1)?;
        let token = self.token(at)?;
        let next = at.checked_add(1)?;
        match token.kind {
            Kind::Number => Some((value(&token.text)?, next)),
            Kind::Sign if token.is("-") => {
                let (number, after) = self.number(next, depth)?;
                Some((number.checked_neg()?, after))
            }
            Kind::Sign if token.is("(") => {
                let (number, after) = self.sum(next, depth)?;
                Some((number, self.sign(after, ")")?))
            }
            Kind::Word if ["asc", "ascw"].contains(&token.lower.as_str()) => {
                let (text, after) = self.join(self.sign(next, "(")?, depth)?;
                Some((i64::from(u32::from(text.text.chars().next()?)), self.sign(after, ")")?))
            }
            Kind::Word if ["cint", "clng", "int", "abs", "val", "cbyte"].contains(&token.lower.as_str()) => {
                let inner = self.sign(next, "(")?;
                if let Some((text, after)) = self.join(inner, depth) {
                    return Some((value(text.text.trim())?, self.sign(after, ")")?));
                }
                let (number, after) = self.sum(inner, depth)?;
                Some((number, self.sign(after, ")")?))
            }
            _ => None,
        }
    }
}

fn written(text: &str) -> Folded {
    Folded { text: text.to_owned(), shown: vec![text.to_lowercase()], codes: 0, turned: false }
}

/// A text that the source does not show.
fn coded(text: &str) -> Folded {
    Folded { text: text.to_owned(), shown: Vec::new(), codes: 0, turned: false }
}

fn joined(mut left: Folded, right: Folded) -> Folded {
    left.text.push_str(&right.text);
    let room = MOST_PIECES.saturating_sub(left.shown.len());
    left.shown.extend(right.shown.into_iter().filter(|s| !s.is_empty()).take(room));
    left.codes = left.codes.saturating_add(right.codes);
    left.turned |= right.turned;
    left
}

/// Value of a number as Basic writes it, cut to a whole one.
fn value(text: &str) -> Option<i64> {
    let text = text.trim_end_matches(['&', '%', '#', '!', '@']);
    match text.get(..2) {
        Some("&H" | "&h") => i64::from_str_radix(text.get(2..)?, 16).ok(),
        Some("&O" | "&o") => i64::from_str_radix(text.get(2..)?, 8).ok(),
        _ => text.split('.').next()?.parse().ok(),
    }
}

/// Names that are given nothing but constants: constants of a module, variables of a procedure within `outer`.
///
/// `a = "x"` and then `a = a & "y"` gives `xy`: the order of the lines is taken, conditions are not looked at.
pub(super) fn scope<'a>(tokens: &[Token<'_>], outer: Option<&'a Names>, left: &'a Cell<usize>) -> Scope<'a> {
    let mut scope = Scope { names: Names::new(), lost: BTreeSet::new(), outer, left };
    for range in super::outline::statements(tokens) {
        let statement = tokens.get(range).unwrap_or_default();
        let Some((name, at)) = assigned(statement) else { continue };
        if scope.lost.contains(&name) || scope.names.len() >= MOST_NAMES {
            continue;
        }
        let grows = statement.get(at).is_some_and(|t| t.is_word(&name));
        match fold(statement, at, &scope) {
            // Given twice, it may be either: only one that grows out of itself is followed.
            Some((text, end)) if end >= statement.len() && (grows || !scope.names.contains_key(&name)) => {
                scope.names.insert(name, text);
            }
            _ => {
                scope.names.remove(&name);
                scope.lost.insert(name);
            }
        }
    }
    scope
}

/// Name that a statement gives a value to, and where the value begins: `x = ..`, `Let x = ..`, `Const x As String = ..`.
fn assigned(statement: &[Token<'_>]) -> Option<(String, usize)> {
    let scope = ["public", "private", "global", "const", "let"];
    let at = statement.iter().take_while(|t| scope.contains(&t.lower.as_str())).count();
    let name = statement.get(at).filter(|t| t.kind == Kind::Word)?;
    let mut next = at.checked_add(1)?;
    if at > 0 && statement.get(next).is_some_and(|t| t.is_word("as")) {
        next = next.checked_add(2)?;
    }
    statement.get(next).filter(|t| t.is("="))?;
    Some((name.lower.clone(), next.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::*;

    fn text(source: &str) -> String {
        let lexed = lex(source, 100_000);
        let left = Cell::new(BUDGET);
        let scope = scope(&lexed.tokens, None, &left);
        let start = lexed.tokens.iter().position(|t| t.is_word("f")).unwrap();
        fold(&lexed.tokens, start + 1, &scope).map(|(f, _)| f.text).unwrap_or_default()
    }

    #[test]
    fn joins_codes_and_turned_texts_are_worked_out() {
        assert_eq!(text("f \"W\" & \"Script\" + \".Shell\""), "WScript.Shell");
        assert_eq!(text("f Chr(87) & ChrW(&H53) & Chr$(90 - 23 Xor 0) & VBA.Chr(2 * (50 + 2))"), "WSCh");
        assert_eq!(text("f StrReverse(\"llehS.\" & \"tpircSW\")"), "WScript.Shell");
        assert_eq!(text("f Replace(\"WQQScript.ShQQell\", \"QQ\", \"\")"), "WScript.Shell");
        assert_eq!(text("f Join(Array(\"power\", \"shell\"), \"\")"), "powershell");
        assert_eq!(text("f Mid(\"xxcmdyy\", 3, 3) & Left(\".exe!\", 4) & Chr(Asc(\"!\"))"), "cmd.exe!");
    }

    #[test]
    fn names_given_constants_only_are_followed() {
        assert_eq!(text("Const a As String = \"W\"\nb = a & \"Script\"\nb = b & \".Shell\"\nf b"), "WScript.Shell");
        assert_eq!(text("a = \"x\"\na = Range(1)\nf a"), "");
        assert_eq!(text("a = \"x\"\na = \"y\"\nf a"), "");
        assert_eq!(text("f \"http://\" & server & \"/x\""), "http://");
    }

    #[test]
    fn a_variable_hides_the_constant_of_its_name() {
        let left = Cell::new(BUDGET);
        let outside = lex("Const a = \"x\"", 100);
        let outer = super::scope(&outside.tokens, None, &left).names;
        let inside = lex("a = Range(1)\nb = a & \"y\"\nc = d & \"z\"", 100);
        let scope = super::scope(&inside.tokens, Some(&outer), &left);
        assert!(scope.names.is_empty() && scope.lost.contains("a"));
    }

    #[test]
    fn depth_and_length_are_bounded() {
        assert_eq!(text(&format!("f {}\"a\"{}", "(".repeat(5_000), ")".repeat(5_000))), "");
        assert_eq!(text("a = \"\" & \"\"\na = a & Left(a & a, 0)\nf a & \"z\""), "z");
        let long = format!("a = \"{}\"\n{}f a", "x".repeat(1_000), "a = a & a\n".repeat(60));
        assert!(text(&long).len() <= LONGEST);
        assert_eq!(text("f Space(99999999)"), "");
    }
}
