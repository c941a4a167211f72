//! Basic source as tokens: comments and attributes apart, continued lines joined, text with its quotes resolved.
//!
//! Calls are looked for among these tokens and never in raw text, so that a word in a comment or in a message is no call.

use std::borrow::Cow;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of the language or a name; brackets around a name are taken off.
    Word,
    /// A text between quotes.
    Text,
    /// A number.
    Number,
    /// A date between `#`.
    Date,
    /// What stands in brackets and is no name: a formula or a range.
    Bracket,
    /// A sign: one character, or `:=`.
    Sign,
    /// The end of a statement.
    End,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'s> {
    /// What it is.
    pub(super) kind: Kind,
    /// Its text; of a text, what it means, without quotes.
    pub(super) text: Cow<'s, str>,
    /// A word in small letters; empty for others.
    pub(super) lower: String,
    /// Line as the editor numbers it: from 1, lines of attributes not counted.
    pub(super) line: usize,
}

impl Token<'_> {
    /// True for that sign.
    pub(super) fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// True for that word, given in small letters.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.lower == word
    }
}

/// A module's source as tokens.
#[derive(Debug, Default)]
pub(super) struct Lexed<'s> {
    /// The tokens; every statement is closed by an [`Kind::End`].
    pub(super) tokens: Vec<Token<'s>>,
    /// `Attribute` lines: name and value as written.
    pub(super) attributes: Vec<(&'s str, &'s str)>,
    /// Lines as the editor shows them: without those of attributes.
    pub(super) lines: Vec<&'s str>,
    /// True where more tokens stood there than were allowed: the rest was not looked at.
    pub(super) cut: bool,
}

/// Tokens of a whole project: some ten megabytes of source, more than any project of the corpus by a factor of ten.
pub(super) const MOST_TOKENS: usize = 2_000_000;

/// Reads a source within a number of tokens. Any text gives tokens: what is no Basic gives signs.
pub(super) fn lex(source: &str, most: usize) -> Lexed<'_> {
    let mut lexed = Lexed::default();
    let mut lexer = Lexer { out: &mut lexed.tokens, line: 0 };
    let mut comment = false;
    for raw in source.split('\n') {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        let continues = lexer.continues();
        if !continues
            && !comment
            && let Some(rest) = attribute(raw)
        {
            lexed.attributes.push(rest);
            continue;
        }
        lexed.lines.push(raw);
        if lexer.out.len() >= most {
            lexed.cut = true;
            continue;
        }
        lexer.line = lexer.line.saturating_add(1);
        if comment {
            comment = is_continued(raw);
            continue;
        }
        if continues {
            lexer.out.pop();
        }
        comment = lexer.line(raw);
    }
    if lexed.lines.last().is_some_and(|l| l.is_empty()) {
        lexed.lines.pop();
    }
    lexed
}

/// Name and value of an attribute line.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let head = line.get(..10).filter(|h| h.eq_ignore_ascii_case("attribute "))?;
    let (name, value) = line.get(head.len()..)?.split_once('=')?;
    Some((name.trim(), value.trim()))
}

/// True where a line goes on in the next one.
pub(super) fn is_continued(line: &str) -> bool {
    let line = line.trim_end_matches([' ', '\t']);
    line.strip_suffix('_').is_some_and(|l| l.is_empty() || l.ends_with([' ', '\t']))
}

struct Lexer<'o, 's> {
    out: &'o mut Vec<Token<'s>>,
    line: usize,
}

impl<'s> Lexer<'_, 's> {
    /// True when the last line left a mark that the statement goes on.
    fn continues(&self) -> bool {
        self.out.last().is_some_and(|t| t.is("_"))
    }

    fn push(&mut self, kind: Kind, text: impl Into<Cow<'s, str>>) {
        let text = text.into();
        let lower = if kind == Kind::Word { text.to_lowercase() } else { String::new() };
        self.out.push(Token { kind, text, lower, line: self.line });
    }

    fn end(&mut self) {
        if self.out.last().is_some_and(|t| t.kind != Kind::End) {
            self.push(Kind::End, "");
        }
    }

    fn at_statement(&self) -> bool {
        self.out.last().is_none_or(|t| t.kind == Kind::End || t.is_word("then") || t.is_word("else"))
    }

    /// Reads a line; true where it ends in a comment that goes on in the next line.
    fn line(&mut self, line: &'s str) -> bool {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let taken = match first {
                ' ' | '\t' | '\u{a0}' | '\u{3000}' => first.len_utf8(),
                '\'' => {
                    self.end();
                    return is_continued(line);
                }
                '"' => self.text(rest),
                '_' if rest.trim_end_matches([' ', '\t']).len() == 1 => {
                    self.push(Kind::Sign, "_");
                    return false;
                }
                '#' if date(rest).is_some() => {
                    let length = date(rest).unwrap_or(1);
                    self.push(Kind::Date, rest.get(..length).unwrap_or_default());
                    length
                }
                '[' => self.bracket(rest),
                '&' if number(rest) > 1 => self.take(Kind::Number, rest, number(rest)),
                '0'..='9' => self.take(Kind::Number, rest, number(rest)),
                ':' if rest.starts_with(":=") => self.take(Kind::Sign, rest, 2),
                ':' => {
                    self.end();
                    1
                }
                c if c.is_alphabetic() || c == '_' => {
                    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                    let word = rest.get(..length).unwrap_or_default();
                    if word.eq_ignore_ascii_case("rem") && self.at_statement() {
                        self.end();
                        return is_continued(line);
                    }
                    self.push(Kind::Word, word);
                    // `Chr$` is `Chr`.
                    length + usize::from(rest.get(length..).is_some_and(|r| r.starts_with(['$', '%', '@'])))
                }
                c => self.take(Kind::Sign, rest, c.len_utf8()),
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        self.end();
        false
    }

    fn take(&mut self, kind: Kind, rest: &'s str, length: usize) -> usize {
        self.push(kind, rest.get(..length).unwrap_or_default());
        length
    }

    /// A text; one that is not closed ends with its line.
    fn text(&mut self, rest: &'s str) -> usize {
        let inner = rest.get(1..).unwrap_or_default();
        let (mut at, mut doubled) = (0_usize, false);
        loop {
            let Some(quote) = inner.get(at..).and_then(|r| r.find('"')) else {
                at = inner.len();
                break;
            };
            at = at.saturating_add(quote);
            if inner.get(at.saturating_add(1)..).is_some_and(|r| r.starts_with('"')) {
                doubled = true;
                at = at.saturating_add(2);
            } else {
                break;
            }
        }
        let value = inner.get(..at).unwrap_or_default();
        self.push(Kind::Text, if doubled { Cow::Owned(value.replace("\"\"", "\"")) } else { Cow::Borrowed(value) });
        at.saturating_add(2).min(rest.len())
    }

    fn bracket(&mut self, rest: &'s str) -> usize {
        let Some(close) = rest.find(']') else { return self.take(Kind::Sign, rest, 1) };
        let inner = rest.get(1..close).unwrap_or_default();
        let named = inner.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && inner.chars().all(|c| c.is_alphanumeric() || c == '_');
        self.push(if named { Kind::Word } else { Kind::Bracket }, inner);
        close.saturating_add(1)
    }
}

/// Length of a date literal at the start, both `#` counted.
fn date(rest: &str) -> Option<usize> {
    let inner = rest.get(1..)?;
    let close = inner.find('#')?;
    let text = inner.get(..close)?;
    let dated = text.contains(['/', '-', ':'])
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | ':' | ' ' | '.' | ','));
    (dated && text.starts_with(|c: char| c.is_ascii_alphanumeric())).then(|| close.saturating_add(2))
}

/// Length of a number at the start: `&H1F&`, `&O17`, `12`, `1.5E+3#`; 1 where there is none.
fn number(rest: &str) -> usize {
    let mut bytes = rest.as_bytes();
    let mut length = 0_usize;
    let hex = matches!(bytes, [b'&', b'h' | b'H', d, ..] if d.is_ascii_hexdigit());
    let octal = matches!(bytes, [b'&', b'o' | b'O', d, ..] if d.is_ascii_digit());
    if hex || octal {
        length = 2;
    } else if bytes.first() == Some(&b'&') {
        return 1;
    }
    bytes = bytes.get(length..).unwrap_or_default();
    let mut previous = 0_u8;
    for &byte in bytes {
        let fits = if hex {
            byte.is_ascii_hexdigit()
        } else {
            byte.is_ascii_digit()
                || (!octal && (byte == b'.' || byte.eq_ignore_ascii_case(&b'e')))
                || (!octal && matches!(byte, b'+' | b'-') && previous.eq_ignore_ascii_case(&b'e'))
        };
        if !fits {
            break;
        }
        previous = byte;
        length = length.saturating_add(1);
    }
    let suffix = rest.as_bytes().get(length).is_some_and(|b| matches!(b, b'%' | b'#' | b'!' | b'@' | b'&'));
    // `12 & x` without spaces is rare, `&H41&` is not: only the latter takes its suffix.
    let takes = suffix && (hex || octal || rest.as_bytes().get(length) != Some(&b'&'));
    length.max(1).saturating_add(usize::from(takes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> String {
        let shown = |t: &Token<'_>| match t.kind {
            Kind::End => "|".to_owned(),
            Kind::Text => format!("<{}>", t.text),
            _ => t.text.to_string(),
        };
        lex(source, MOST_TOKENS).tokens.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(
            words("x = 1 ' Shell \"a\"\nRem Shell\nRemark = 2: rem y\nIf a Then Rem b"),
            "x = 1 | Remark = 2 | If a Then |"
        );
        assert_eq!(words("' goes on _\nShell\nBeep"), "Beep |");
    }

    #[test]
    fn lines_are_joined_and_counted() {
        let lexed = lex("Attribute VB_Name = \"M\"\r\nx = a _\r\n  & b\r\nBeep\r\n", 100);
        assert_eq!(lexed.attributes, [("VB_Name", "\"M\"")]);
        assert_eq!(words("x = a _\r\n  & b\r\nBeep"), "x = a & b | Beep |");
        assert_eq!(lexed.tokens.last().unwrap().line, 3);
        assert_eq!(lexed.lines.len(), 3);
    }

    #[test]
    fn texts_dates_and_numbers_are_told_apart() {
        assert_eq!(words("a = \"he said \"\"x\"\"\" & Chr$(&H41&)"), "a = <he said \"x\"> & Chr ( &H41& ) |");
        assert_eq!(words("d = #1/2/2003#: Print #1, x#"), "d = #1/2/2003# | Print # 1 , x # |");
        assert_eq!(words("#If VBA7 Then\n#End If"), "# If VBA7 Then | # End If |");
        assert_eq!(words("f Name:=\"x\", y:=1.5E+3"), "f Name := <x> , y := 1.5E+3 |");
    }

    #[test]
    fn more_tokens_than_allowed_are_left_and_said() {
        let lexed = lex("a b c\nd e f\ng h i\n", 5);
        assert!(lexed.cut && lexed.tokens.len() == 8 && lexed.lines.len() == 3);
        assert!(!lex("a b c\n", 5).cut);
    }

    #[test]
    fn names_of_every_script_are_names() {
        assert_eq!(words("Módulo3.モジュール [Shell] [A1:B2]"), "Módulo3 . モジュール Shell A1:B2 |");
    }

    #[test]
    fn a_text_that_is_not_closed_ends_with_its_line() {
        assert_eq!(words("a = \"b\nc = \"\"\"\nd"), "a = <b> | c = <\"> | d |");
    }
}
