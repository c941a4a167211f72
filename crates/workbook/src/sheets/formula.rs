//! A formula as text: which of its functions act, and what its joined texts say. Nothing is computed but `CHAR` of a number (or of the
//! sum of two) and the joining of two texts.

use std::collections::BTreeSet;

/// Functions and commands that reach beyond the sheet, change what runs, or look whether someone watches; sorted.
const ACTS: [&str; 87] = [
    "ADD.COMMAND",
    "ALERT",
    "APP.ACTIVATE",
    "APP.MINIMIZE",
    "CALL",
    "CLOSE",
    "CLOSE.ALL",
    "CREATE.OBJECT",
    "DDE",
    "DELETE.DIRECTORY",
    "DIALOG.BOX",
    "DIRECTORY",
    "DISABLE.INPUT",
    "ECHO",
    "EDIT.OBJECT",
    "EMBED",
    "ENABLE.COMMAND",
    "ERROR",
    "EVALUATE",
    "EXEC",
    "EXECUTE",
    "FCLOSE",
    "FILE.DELETE",
    "FILES",
    "FOPEN",
    "FORMULA",
    "FORMULA.ARRAY",
    "FORMULA.FILL",
    "FPOS",
    "FREAD",
    "FREADLN",
    "FSIZE",
    "FWRITE",
    "FWRITELN",
    "GET.CELL",
    "GET.DEF",
    "GET.DOCUMENT",
    "GET.FORMULA",
    "GET.NAME",
    "GET.NOTE",
    "GET.OBJECT",
    "GET.WINDOW",
    "GET.WORKBOOK",
    "GET.WORKSPACE",
    "GOTO",
    "HALT",
    "HIDE",
    "INITIATE",
    "INPUT",
    "INSERT.OBJECT",
    "LINKS",
    "NOTE",
    "ON.DATA",
    "ON.DOUBLECLICK",
    "ON.ENTRY",
    "ON.KEY",
    "ON.RECALC",
    "ON.SHEET",
    "ON.TIME",
    "ON.WINDOW",
    "OPEN",
    "OPEN.DIALOG",
    "OPEN.LINKS",
    "OPEN.TEXT",
    "POKE",
    "PROTECT.DOCUMENT",
    "QUIT",
    "REGISTER",
    "REGISTER.ID",
    "REQUEST",
    "RTD",
    "RUN",
    "SAVE",
    "SAVE.AS",
    "SEND.KEYS",
    "SEND.MAIL",
    "SET.NAME",
    "SET.VALUE",
    "SQL.EXEC.QUERY",
    "SQL.OPEN",
    "TERMINATE",
    "UNREGISTER",
    "VBA.INSERT.FILE",
    "WAIT",
    "WEBSERVICE",
    "WORKBOOK.HIDE",
    "WORKBOOK.UNHIDE",
];

/// Functions of Windows that macros call to fetch, write or start something; in lower case.
const WINDOWS: [&str; 21] = [
    "createdirectory",
    "createfile",
    "createprocess",
    "createremotethread",
    "createthread",
    "deleteurlcacheentry",
    "dllregisterserver",
    "getprocaddress",
    "internetopen",
    "internetreadfile",
    "loadlibrary",
    "queueuserapc",
    "rtlcopymemory",
    "rtlmovememory",
    "shellexecute",
    "urldownloadtofile",
    "urlopenblockingstream",
    "virtualalloc",
    "virtualprotect",
    "winexec",
    "writeprocessmemory",
];

/// Names that start by themselves, in lower case; any ending is allowed.
const STARTS: [&str; 4] = ["auto_activate", "auto_close", "auto_deactivate", "auto_open"];

/// Whether a defined name starts by itself. Letter case, the prefix of built-in names and characters that nobody sees are left aside.
pub(super) fn starts(name: &str) -> bool {
    let hidden = |c: &char| c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let name: String = name.chars().filter(|c| !hidden(c)).flat_map(char::to_lowercase).collect();
    let name = name.trim_start().trim_start_matches("_xlnm.").trim_start_matches("_xlnm_");
    STARTS.iter().any(|s| name.starts_with(s))
}

/// Functions of a formula that act, sorted.
pub(super) fn acts(formula: &str) -> Vec<String> {
    let tokens = tokens(formula);
    let mut found = BTreeSet::new();
    for pair in tokens.windows(2) {
        if let [Token::Word(word), Token::Sign('(')] = pair {
            let name = word.rsplit('!').next().unwrap_or(word).to_uppercase();
            let name = name.trim_start_matches("_XLFN.").trim_start_matches("_XLUDF.").trim_end_matches('?');
            if ACTS.binary_search(&name).is_ok() {
                found.insert(name.to_owned());
            }
        }
    }
    if ["CALL", "REGISTER", "REGISTER.ID"].iter().any(|f| found.contains(*f)) {
        for token in &tokens {
            let Token::Text(text) = token else { continue };
            let lower = text.to_lowercase();
            if lower.len() < 64 && WINDOWS.iter().any(|w| lower.starts_with(w)) {
                found.insert(text.clone());
            }
        }
    }
    found.into_iter().collect()
}

/// The formula with `CHAR(n)` replaced by its character and neighbouring texts joined; `None` where that changes nothing.
pub(super) fn joined(formula: &str) -> Option<String> {
    if !formula.contains('&') && !formula.to_ascii_uppercase().contains("CHAR") {
        return None;
    }
    let mut out: Vec<Token> = Vec::new();
    let mut changed = false;
    for token in tokens(formula) {
        out.push(token);
        while fold(&mut out) {
            changed = true;
        }
    }
    changed.then(|| out.iter().map(Token::written).collect())
}

/// Folds the last tokens, if they can be: a character, a text in parentheses of its own, two texts side by side. What binds more tightly
/// on the right was no text when it was met, and stays.
fn fold(out: &mut Vec<Token>) -> bool {
    use Token::{Number, Sign, Text, Word};
    let binds = |token: Option<&Token>| matches!(token, Some(Sign('^' | '*' | '/' | '+' | '-' | '%')));
    match out.as_slice() {
        [.., Word(word), Sign('('), Number(number), Sign(')')] if is_char(word) => {
            let code = number.parse::<u8>().ok().filter(|c| *c > 0);
            let Some(code) = code else { return false };
            out.truncate(out.len().saturating_sub(4));
            out.push(Text(crate::vba::decode(1252, &[code])));
            true
        }
        // The one sum that hides a character: two whole numbers within `CHAR`.
        [.., Word(word), Sign('('), Number(a), Sign(sign @ ('+' | '-')), Number(b), Sign(')')] if is_char(word) => {
            let (Ok(a), Ok(b)) = (a.parse::<u32>(), b.parse::<u32>()) else { return false };
            let Some(sum) = (if *sign == '+' { a.checked_add(b) } else { a.checked_sub(b) }) else { return false };
            out.truncate(out.len().saturating_sub(4));
            out.extend([Number(sum.to_string()), Sign(')')]);
            true
        }
        [before @ .., Sign('('), Text(_), Sign(')')] if !matches!(before.last(), Some(Word(_))) => {
            out.pop();
            let text = out.pop();
            out.pop();
            out.extend(text);
            true
        }
        [before @ .., Text(_), Sign('&'), Text(_)] if !binds(before.last()) => {
            let Some(Text(right)) = out.pop() else { return false };
            out.pop();
            // Added to the text that is there: a chain of thousands must not be copied at each of its joints.
            if let Some(Text(left)) = out.last_mut() {
                left.push_str(&right);
            }
            true
        }
        _ => false,
    }
}

/// Whether a function gives the character of a number.
fn is_char(word: &str) -> bool {
    ["CHAR", "UNICHAR", "_XLFN.UNICHAR"].iter().any(|f| f.eq_ignore_ascii_case(word))
}

/// A piece of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A text between quotation marks, without them.
    Text(String),
    Number(String),
    /// A name, reference or function, with the sheet before it.
    Word(String),
    Sign(char),
}

impl Token {
    fn written(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            Self::Number(text) | Self::Word(text) => text.clone(),
            Self::Sign(sign) => sign.to_string(),
        }
    }
}

fn tokens(formula: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = formula.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            '"' => out.push(Token::Text(quoted(&mut rest, '"'))),
            c if c.is_ascii_digit() => {
                let mut text = String::from(c);
                while let Some(c) = rest.next_if(|c| c.is_ascii_digit() || *c == '.') {
                    text.push(c);
                }
                out.push(Token::Number(text));
            }
            c if c == '\'' || word(c) => {
                let mut text = String::new();
                let mut next = Some(c);
                while let Some(c) = next {
                    if c == '\'' {
                        text.push('\'');
                        text.push_str(&quoted(&mut rest, '\'').replace('\'', "''"));
                        text.push('\'');
                    } else {
                        text.push(c);
                    }
                    next = rest.next_if(|&c| word(c) || c == '\'' || c.is_ascii_digit() || c == '!' || c == '?');
                }
                out.push(Token::Word(text));
            }
            // Spaces outside texts only part things; the operator of intersection is of no matter here.
            ' ' | '\t' | '\r' | '\n' => {}
            sign => out.push(Token::Sign(sign)),
        }
    }
    out
}

fn word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '.' | '\\' | '$')
}

/// Up to the closing mark; a doubled mark is one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, mark: char) -> String {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        if c == mark && rest.next_if_eq(&mark).is_none() {
            break;
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{ACTS, WINDOWS, acts, joined, starts};

    #[test]
    fn the_tables_are_sorted_for_the_search() {
        assert!(ACTS.is_sorted() && WINDOWS.is_sorted());
    }

    #[test]
    fn a_chain_of_characters_is_put_together() {
        let formula = "=EXEC(CHAR(99)&CHAR(97)&\"l\"&(CHAR(99))&\".exe\")";
        assert_eq!(joined(formula).as_deref(), Some("=EXEC(\"calc.exe\")"));
        assert_eq!(joined("=CHAR(34)&\"a\"").as_deref(), Some("=\"\"\"a\""));
        assert_eq!(joined("=CHAR(100-1)&CHAR(60+1)").as_deref(), Some("=\"c=\""));
        assert_eq!(joined("=CHAR(1-2)"), None);
        assert_eq!(joined("=A1&B1"), None);
        assert_eq!(joined("=CHAR(A1)"), None);
        assert_eq!(joined("=2+\"a\"&\"b\""), None, "the plus binds first");
    }

    #[test]
    fn what_acts_is_named_and_text_is_not_taken_for_a_function() {
        assert_eq!(acts("=CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",0,A1)"), ["CALL", "URLDownloadToFileA"]);
        assert_eq!(acts("=Macro1!run('My Sheet'!A1)+halt()"), ["HALT", "RUN"]);
        assert!(acts("=SUM(A1)&\"EXEC(\"").is_empty());
    }

    #[test]
    fn a_starting_name_is_known_in_any_letter_case_and_with_hidden_characters() {
        for name in [
            "Auto_Open",
            "aUtO_oPeN",
            "_xlnm.Auto_Close1",
            "Auto\u{200b}_Open\u{0}x",
            "AUTO_ACTIVATE",
            "auto_deactivate_2",
        ] {
            assert!(starts(name), "{name:?}");
        }
        assert!(!starts("Autoopen") && !starts("My_Auto_Open"));
    }
}
