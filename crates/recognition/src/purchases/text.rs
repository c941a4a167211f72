//! A title as characters: the shown form and a folded twin of equal length, so that a phrase found in one is cut from both.

/// Longest title that is looked at, in characters; what follows is left alone.
const LONGEST: usize = 1_000;

/// Folds one character: lower case, accents off, typographic marks to plain ones.
fn fold_char(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Ą' => 'a',
        'ç' | 'ć' | 'č' | 'Ç' | 'Ć' | 'Č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'È' | 'É' | 'Ê' | 'Ë' | 'Ę' | 'Ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => 'i',
        'ł' | 'Ł' => 'l',
        'ñ' | 'ń' | 'ň' | 'Ñ' | 'Ń' | 'Ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'Ő' => 'o',
        'ř' | 'Ř' => 'r',
        'ś' | 'š' | 'Ś' | 'Š' | 'ß' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' | 'Ù' | 'Ú' | 'Û' | 'Ü' | 'Ů' | 'Ű' => 'u',
        'ý' | 'Ý' => 'y',
        'ź' | 'ż' | 'ž' | 'Ź' | 'Ż' | 'Ž' => 'z',
        '\u{2019}' | '\u{2018}' | '\u{b4}' | '`' => '\'',
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' | '\r' | '\n' => ' ',
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

/// Folds a whole string in the same way; ligatures are opened.
pub(crate) fn fold(text: &str) -> String {
    Text::new(text).folded()
}

/// A title in both forms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    shown: Vec<char>,
    folded: Vec<char>,
}

impl Text {
    /// From the line as written.
    pub(crate) fn new(text: &str) -> Self {
        let mut made = Text::default();
        for c in text.trim().chars().take(LONGEST) {
            match c {
                'œ' | 'Œ' => made.push_all("oe"),
                'æ' | 'Æ' => made.push_all("ae"),
                _ => {
                    made.shown.push(if c.is_whitespace() { ' ' } else { c });
                    made.folded.push(fold_char(c));
                }
            }
        }
        made
    }

    fn push_all(&mut self, text: &str) {
        for c in text.chars() {
            self.shown.push(c);
            self.folded.push(fold_char(c));
        }
    }

    /// The folded form.
    pub(crate) fn folded(&self) -> String {
        self.folded.iter().collect()
    }

    /// The shown form.
    pub(crate) fn shown(&self) -> String {
        self.shown.iter().collect()
    }

    /// Place of a folded phrase between word ends, from `start` on.
    pub(crate) fn find(&self, phrase: &str, start: usize) -> Option<(usize, usize)> {
        let wanted: Vec<char> = phrase.chars().collect();
        let (first, last) = (*wanted.first()?, *wanted.last()?);
        if wanted.len() > self.folded.len() {
            return None;
        }
        self.folded.windows(wanted.len()).enumerate().skip(start).find_map(|(at, window)| {
            if window != wanted.as_slice() {
                return None;
            }
            let end = at + wanted.len();
            let before = at.checked_sub(1).and_then(|i| self.folded.get(i)).copied();
            let after = self.folded.get(end).copied();
            let clear = |edge: char, outside: Option<char>| {
                !edge.is_alphanumeric() || outside.is_none_or(|c| !c.is_alphanumeric())
            };
            (clear(first, before) && clear(last, after)).then_some((at, end))
        })
    }

    /// True if the folded phrase stands in it between word ends.
    pub(crate) fn has(&self, phrase: &str) -> bool {
        self.find(phrase, 0).is_some()
    }

    /// Replaces every occurrence of a folded phrase; true if there was one.
    pub(crate) fn replace(&mut self, phrase: &str, with: &str) -> bool {
        let shown: Vec<char> = with.chars().collect();
        let folded: Vec<char> = with.chars().map(fold_char).collect();
        let mut start = 0;
        let mut done = false;
        while let Some((at, end)) = self.find(phrase, start) {
            self.shown.splice(at..end, shown.iter().copied());
            self.folded.splice(at..end, folded.iter().copied());
            start = at + shown.len();
            done = true;
        }
        done
    }

    /// Tidies what cutting has left: double blanks, empty brackets, marks at the ends.
    pub(crate) fn tidy(&self) -> String {
        let mut text = self.shown();
        for _ in 0..3 {
            for (from, to) in [
                ("( )", " "),
                ("()", " "),
                ("  ", " "),
                ("- -", "-"),
                (" )", ")"),
                ("( ", "("),
                ("__", "_"),
                ("| |", "|"),
            ] {
                while text.contains(from) {
                    text = text.replace(from, to);
                }
            }
        }
        // Brackets whose words were all cut away ("(/)").
        while let Some((open, length)) = text.find('(').and_then(|open| {
            let length = text.get(open..)?.find(')')?;
            let inside = text.get(open..=open + length)?;
            (!inside.chars().any(char::is_alphanumeric)).then_some((open, length))
        }) {
            text.replace_range(open..=open + length, "");
        }
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '_' | ':' | ',' | ';' | '/' | '|'))
            .to_owned()
    }
}
