//! Signs that a source carries text that it does not show.

use super::lexer::{Kind, Token};
use base64::Engine;

/// True for a statement that only shows its texts, or writes them where nothing acts on them.
pub(super) fn is_shown(statement: &[Token<'_>]) -> bool {
    let shows =
        ["msgbox", "inputbox", "debug", "statusbar", "caption", "description", "raise", "addcomment", "tooltiptext"];
    statement.iter().any(|t| t.kind == Kind::Word && shows.contains(&t.lower.as_str()))
}

/// True for a formula that starts a program by dynamic data exchange: `=cmd|'/c x'!A1`.
pub(super) fn is_dde(text: &str) -> bool {
    let text = text.trim_start();
    let Some((head, rest)) = text.split_once('|') else { return false };
    let program = head.get(1..).unwrap_or_default();
    head.starts_with(['=', '+', '-', '@'])
        && !program.is_empty()
        && program.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '\\' | ':' | '/' | '\'' | '_' | '('))
        && rest.contains('!')
}

/// True for a long text in hexadecimal or base64.
pub(super) fn is_long_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 200 {
        return false;
    }
    let hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let base64 = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().any(u8::is_ascii_lowercase)
        && bytes.iter().any(u8::is_ascii_uppercase);
    hex || base64
}

/// What a text says if it is read backwards, as base64 or as hexadecimal: only what comes out as printing characters.
pub(super) fn readings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.len() < 8 || text.len() > LONGEST_READ {
        return found;
    }
    found.push(text.chars().rev().collect());
    let bytes = text.as_bytes();
    if bytes.len().is_multiple_of(4) {
        found.extend(base64::engine::general_purpose::STANDARD.decode(bytes).ok().and_then(|b| printing(&b)));
    }
    if bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_hexdigit) {
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
        let pairs = bytes.chunks_exact(2).filter_map(|p| Some(digit(*p.first()?) << 4 | digit(*p.get(1)?)));
        found.extend(printing(&pairs.collect::<Vec<u8>>()));
    }
    found
}

const LONGEST_READ: usize = 1 << 14;

/// Bytes as text of one or of two bytes a character, if all of them print.
fn printing(bytes: &[u8]) -> Option<String> {
    let prints = |b: &u8| (0x20..0x7f).contains(b) || matches!(b, b'\t' | b'\r' | b'\n');
    if bytes.iter().all(prints) {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    let wide = bytes.len().is_multiple_of(2)
        && bytes.chunks_exact(2).all(|p| p.first().is_some_and(prints) && p.get(1) == Some(&0));
    wide.then(|| bytes.iter().step_by(2).map(|&b| char::from(b)).collect())
}

/// A procedure that turns coded text into another: the line, and the code of the hit.
///
/// It makes characters of numbers that are worked out, and it either combines them by `Xor`, or takes them from a text as
/// hexadecimal, or from a list of sixteen numbers and more.
pub(super) fn decoding(tokens: &[Token<'_>]) -> Option<(usize, &'static str)> {
    let mut line = None;
    let (mut makes, mut combines, mut takes, mut hex) = (false, false, false, false);
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Word => match token.lower.as_str() {
                "chr" | "chrw" | "chrb" => {
                    // `Chr(10)` and `Chr(&H41)` are constants.
                    let inner = tokens.get(i.saturating_add(2)).map(|t| t.kind);
                    let closed = tokens.get(i.saturating_add(3)).is_some_and(|t| t.is(")"));
                    if !(inner == Some(Kind::Number) && closed) {
                        makes = true;
                        line.get_or_insert(token.line);
                    }
                }
                "xor" => combines = true,
                "asc" | "ascw" | "ascb" | "mid" | "midb" | "strconv" => takes = true,
                "array" => {
                    let inside = tokens.get(i.saturating_add(2)..).unwrap_or_default();
                    let numbers = inside.iter().take_while(|t| t.kind == Kind::Number || t.is(",") || t.is("-"));
                    hex |= numbers.filter(|t| t.kind == Kind::Number).count() >= 16;
                }
                _ => {}
            },
            Kind::Text if token.text.eq_ignore_ascii_case("&h") => hex = true,
            _ => {}
        }
    }
    let decodes = makes && (hex || (combines && takes));
    decodes.then_some((line?, "decodes-text"))
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::*;

    #[test]
    fn a_loop_that_decodes_is_told_from_one_that_breaks_lines() {
        let decodes = |source: &str| decoding(&lex(source, 100_000).tokens).is_some();
        assert!(decodes("For i = 1 To Len(s)\n r = r & Chr(Asc(Mid(s, i, 1)) Xor 7)\nNext"));
        assert!(decodes("r = r & Chr(\"&H\" & Mid(s, i, 2))"));
        assert!(decodes("a = Array(104,116,116,112,58,47,47,97,46,98,47,99,46,100,101,102)\nr = r & Chr(a(i))"));
        assert!(!decodes("t = a & Chr(10) & b: x = y Xor z: m = Mid(a, 1, 2)"));
        assert!(!decodes("c = Chr(64 + i)"));
    }

    #[test]
    fn a_text_is_read_backwards_and_decoded() {
        let reads = |text: &str, wanted: &str| readings(text).iter().any(|r| r == wanted);
        assert!(reads("llehs.tpircsw", "wscript.shell"));
        assert!(reads("cG93ZXJzaGVsbA==", "powershell"));
        assert!(reads("cABvAHcAZQByAHMAaABlAGwAbAA=", "powershell"));
        assert!(reads("706f7765727368656c6c", "powershell"));
        assert!(readings("short").is_empty());
        assert_eq!(readings("00ff00ff").len(), 1);
    }

    #[test]
    fn formulas_that_start_programs_are_told_from_tables() {
        assert!(is_dde("=cmd|'/c calc'!A1"));
        assert!(is_dde("=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c x'!''"));
        assert!(!is_dde("=IF(A1=\"|\",1)"));
        assert!(!is_dde("a | b ! c"));
    }
}
