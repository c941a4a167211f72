//! What a module declares: procedures with their lines, functions of libraries, constants, variables with events.

use super::lexer::{Kind, Lexed, Token};
use std::ops::Range;

/// A Sub, Function or Property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Procedure {
    /// Name as written.
    pub(super) name: String,
    /// Name in small letters.
    pub(super) lower: String,
    /// True for a Function; a cell's formula can call one.
    pub(super) function: bool,
    /// Declared `Private`.
    pub(super) private: bool,
    /// Number of parameters that must be given.
    pub(super) required: usize,
    /// Types of its parameters, in small letters.
    pub(super) types: Vec<String>,
    /// Its tokens, head and end included.
    pub(super) tokens: Range<usize>,
    /// Its first line.
    pub(super) first_line: usize,
    /// Its last line.
    pub(super) last_line: usize,
}

/// A function of a library outside of Office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// Name within the project, in small letters.
    pub(super) lower: String,
    /// Library as written.
    pub(super) library: String,
    /// Name within the library: the alias, if there is one.
    pub(super) function: String,
    /// Line of the declaration.
    pub(super) line: usize,
}

/// What a module declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// Procedures in their order.
    pub(super) procedures: Vec<Procedure>,
    /// Functions of libraries.
    pub(super) imports: Vec<Import>,
    /// Names declared `WithEvents`, in small letters.
    pub(super) with_events: Vec<String>,
}

/// Ranges of the statements of a module, each without its end.
pub(super) fn statements(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (i, token) in tokens.iter().enumerate() {
        if token.kind == Kind::End {
            if i > start {
                found.push(start..i);
            }
            start = i.saturating_add(1);
        }
    }
    found
}

/// Lays a module out.
pub(super) fn outline(lexed: &Lexed<'_>) -> Outline {
    let tokens = &lexed.tokens;
    let mut out = Outline::default();
    let mut open: Option<Procedure> = None;
    for range in statements(tokens) {
        let statement = tokens.get(range.clone()).unwrap_or_default();
        let (head, private) = head(statement);
        let word = |i: usize| head.get(i).filter(|t| t.kind == Kind::Word);
        let line = statement.first().map_or(0, |t| t.line);
        let last = statement.last().map_or(line, |t| t.line);
        match word(0).map(|t| t.lower.as_str()) {
            Some("end") if word(1).is_some_and(|t| ["sub", "function", "property"].contains(&t.lower.as_str())) => {
                if let Some(mut procedure) = open.take() {
                    close(&mut procedure, range.end, last);
                    out.procedures.push(procedure);
                }
            }
            Some("declare") => out.imports.extend(import(head, line)),
            Some("withevents") => out.with_events.extend(word(1).map(|t| t.lower.clone())),
            Some("dim") if word(1).is_some_and(|t| t.lower == "withevents") => {
                out.with_events.extend(word(2).map(|t| t.lower.clone()));
            }
            Some("sub" | "function" | "property") => {
                if let Some(procedure) = procedure(head, private, range.clone(), line) {
                    // A procedure that never ended: the next one closes it, as a reader would.
                    if let Some(mut before) = open.replace(procedure) {
                        close(&mut before, range.start, line.saturating_sub(1));
                        out.procedures.push(before);
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(mut procedure) = open {
        close(&mut procedure, tokens.len(), lexed.lines.len());
        out.procedures.push(procedure);
    }
    out
}

fn close(procedure: &mut Procedure, end: usize, line: usize) {
    procedure.tokens.end = end;
    procedure.last_line = line.max(procedure.first_line);
}

/// A statement behind its words of scope, and whether one of them was `Private`.
fn head<'t, 's>(statement: &'t [Token<'s>]) -> (&'t [Token<'s>], bool) {
    let scope = ["public", "private", "friend", "static", "global"];
    let count = statement.iter().take_while(|t| scope.contains(&t.lower.as_str())).count();
    let private = statement.iter().take(count).any(|t| t.lower == "private");
    (statement.get(count..).unwrap_or_default(), private)
}

fn procedure(head: &[Token<'_>], private: bool, range: Range<usize>, line: usize) -> Option<Procedure> {
    let function = head.first()?.lower == "function";
    let property = head.first()?.lower == "property";
    let name = head.get(1 + usize::from(property)).filter(|t| t.kind == Kind::Word)?;
    let (required, types) = parameters(head.get(2 + usize::from(property)..).unwrap_or_default());
    Some(Procedure {
        name: name.text.to_string(),
        lower: name.lower.clone(),
        function,
        private,
        required,
        types,
        tokens: range,
        first_line: line,
        last_line: line,
    })
}

/// How many parameters must be given, and the types of all.
fn parameters(tokens: &[Token<'_>]) -> (usize, Vec<String>) {
    let (mut depth, mut required, mut types) = (0_usize, 0_usize, Vec::new());
    let (mut named, mut optional) = (false, false);
    for (i, token) in tokens.iter().enumerate() {
        let ends = token.is(")") && depth == 1;
        if token.is("(") {
            depth = depth.saturating_add(1);
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 1 && token.kind == Kind::Word {
            optional |= token.lower == "optional" || token.lower == "paramarray";
            named = true;
            if token.lower == "as" {
                // `Office.IRibbonUI` counts by its last word.
                let mut at = i.saturating_add(1);
                while tokens.get(at.saturating_add(1)).is_some_and(|t| t.is(".")) {
                    at = at.saturating_add(2);
                }
                types.extend(tokens.get(at).map(|t| t.lower.clone()));
            }
        }
        if ends || (depth == 1 && token.is(",")) {
            required = required.saturating_add(usize::from(named && !optional));
            (named, optional) = (false, false);
        }
        if ends {
            break;
        }
    }
    (required, types)
}

fn import(head: &[Token<'_>], line: usize) -> Option<Import> {
    let at = head.iter().position(|t| t.is_word("function") || t.is_word("sub"))?;
    let name = head.get(at.checked_add(1)?).filter(|t| t.kind == Kind::Word)?;
    let text_after = |word: &str| {
        let at = head.iter().position(|t| t.is_word(word))?;
        head.get(at.checked_add(1)?).filter(|t| t.kind == Kind::Text).map(|t| t.text.to_string())
    };
    Some(Import {
        lower: name.lower.clone(),
        library: text_after("lib")?,
        function: text_after("alias").unwrap_or_else(|| name.text.to_string()),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::super::lexer::{Lexed, lex};
    use super::*;

    fn lex_some(source: &str) -> Lexed<'_> {
        lex(source, 1_000)
    }

    #[test]
    fn procedures_have_their_names_lines_and_parameters() {
        let source = "Option Explicit\nPrivate Sub Workbook_Open()\n  Beep\nEnd Sub\n\
            Public Static Function F(a As Long, Optional b As String = \"x\") As String\nEnd Function\n\
            Property Get P() As Long\nEnd Property\nSub onLoad(ribbon As Office.IRibbonUI): End Sub\nSub Open_End()\n Beep";
        let out = outline(&lex_some(source));
        let told: Vec<_> = out
            .procedures
            .iter()
            .map(|p| (p.name.as_str(), p.first_line, p.last_line, p.private, p.function, p.required))
            .collect();
        assert_eq!(
            told,
            [
                ("Workbook_Open", 2, 4, true, false, 0),
                ("F", 5, 6, false, true, 1),
                ("P", 7, 8, false, false, 0),
                ("onLoad", 9, 9, false, false, 1),
                ("Open_End", 10, 11, false, false, 0),
            ]
        );
        assert_eq!(out.procedures[3].types, ["iribbonui"]);
    }

    #[test]
    fn imports_are_known_by_their_alias() {
        let out = outline(&lex_some(
            "Private Declare PtrSafe Function dl Lib \"urlmon\" Alias \"URLDownloadToFileA\" (ByVal a As Long) As Long\n\
             Declare Sub Sleep Lib \"kernel32\" (ByVal ms As Long)\nPrivate WithEvents App As Application",
        ));
        assert_eq!(out.imports[0].function, "URLDownloadToFileA");
        assert_eq!((out.imports[1].lower.as_str(), out.imports[1].function.as_str()), ("sleep", "Sleep"));
        assert_eq!(out.with_events, ["app"]);
        assert!(out.procedures.is_empty());
    }
}
