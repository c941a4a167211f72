//! Lists of a form: what may be chosen, found by its own spelling or by one that differs in case and accents alone.

use super::Value;
use super::book::{Book, each, utf8};
use super::encode::Fitted;
use super::sheet::{self, Content};
use crate::container::markup::{Token, local};
use crate::grid::{Address, Area};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Items that a list may have; the rest of a longer one is not looked at, and the list counts as unknown.
const MOST: usize = 100_000;
/// Items told in a refusal.
const TOLD: usize = 20;

const YES: &[&str] = &["oui", "yes", "vrai", "true", "o", "y"];
const NO: &[&str] = &["non", "no", "faux", "false", "n"];

/// The items of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List {
    items: Vec<Fitted>,
    exact: BTreeMap<String, usize>,
    // None where two items fold to one.
    folded: BTreeMap<String, Option<usize>>,
    // Items are as if typed: `1` is a number where the answer is one.
    typed: bool,
}

impl List {
    pub(super) fn new(items: Vec<Fitted>) -> Self {
        let (mut exact, mut folded) = (BTreeMap::new(), BTreeMap::new());
        for (i, item) in items.iter().enumerate() {
            let shown = item.shown();
            folded
                .entry(fold(&shown))
                .and_modify(|f: &mut Option<usize>| {
                    if f.and_then(|f| items.get(f)).is_none_or(|other| other.shown() != shown) {
                        *f = None;
                    }
                })
                .or_insert(Some(i));
            exact.entry(shown).or_insert(i);
        }
        Self { items, exact, folded, typed: false }
    }

    /// A list whose items are as if typed, not cells of a sheet.
    pub(super) fn typed(items: Vec<Fitted>) -> Self {
        Self { typed: true, ..Self::new(items) }
    }

    /// The item that an answer means, as the form spells it.
    pub(super) fn choose(&self, value: &Value, plain: &Fitted) -> Option<Fitted> {
        let shown = plain.shown();
        if self.typed && matches!(plain, Fitted::Number(_)) && self.exact.contains_key(&shown) {
            return Some(plain.clone());
        }
        if let Value::Bool(yes) = value {
            return self.word(*yes);
        }
        self.item(&shown).or_else(|| {
            let yes = YES.contains(&fold(&shown).as_str());
            (yes || NO.contains(&fold(&shown).as_str())).then(|| self.word(yes)).flatten()
        })
    }

    /// The list's own word for yes or no; it must have one for each, since `N` alone could be north.
    fn word(&self, yes: bool) -> Option<Fitted> {
        let find = |words: &[&str]| words.iter().find_map(|w| self.item(w));
        let (is, is_not) = (find(YES)?, find(NO)?);
        Some(if yes { is } else { is_not })
    }

    fn item(&self, shown: &str) -> Option<Fitted> {
        let index = self.exact.get(shown).copied().or_else(|| self.folded.get(&fold(shown)).copied().flatten())?;
        self.items.get(index).cloned()
    }

    /// The items as told in a refusal: the first ones, then how many more.
    pub(super) fn shown(&self) -> Vec<String> {
        let mut told: Vec<String> = self.items.iter().take(TOLD).map(Fitted::shown).collect();
        if self.items.len() > TOLD {
            told.push(format!("+{}", self.items.len() - TOLD));
        }
        told
    }
}

/// Text without letter case, accents and kinds of space or apostrophe.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '\u{e0}'..='\u{e5}' | '\u{101}' | '\u{103}' | '\u{105}' => out.push('a'),
            '\u{e7}' | '\u{107}' | '\u{10d}' => out.push('c'),
            '\u{e8}'..='\u{eb}' | '\u{113}' | '\u{117}' | '\u{119}' | '\u{11b}' => out.push('e'),
            '\u{ec}'..='\u{ef}' | '\u{12b}' | '\u{12f}' => out.push('i'),
            '\u{f1}' | '\u{144}' | '\u{148}' => out.push('n'),
            '\u{f2}'..='\u{f6}' | '\u{f8}' | '\u{14d}' | '\u{151}' => out.push('o'),
            '\u{f9}'..='\u{fc}' | '\u{16b}' | '\u{16f}' | '\u{171}' => out.push('u'),
            '\u{fd}' | '\u{ff}' => out.push('y'),
            '\u{161}' | '\u{15b}' => out.push('s'),
            '\u{17e}' | '\u{17a}' | '\u{17c}' => out.push('z'),
            '\u{153}' => out.push_str("oe"),
            '\u{e6}' => out.push_str("ae"),
            '\u{df}' => out.push_str("ss"),
            '\u{2019}' | '\u{2018}' | '\u{2bc}' => out.push('\''),
            // Accents that stand as characters of their own.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    out.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Lists of a book, each read once.
pub(super) struct Lists<'k, 'b> {
    book: &'k Book<'b>,
    known: BTreeMap<(usize, String), Option<Rc<List>>>,
}

impl<'k, 'b> Lists<'k, 'b> {
    pub(super) fn new(book: &'k Book<'b>) -> Self {
        Self { book, known: BTreeMap::new() }
    }

    /// The list that a formula stands for: quoted items, a range, or a name; none for what must be calculated.
    pub(super) fn get(&mut self, sheet: usize, formula: &str) -> Option<Rc<List>> {
        let key = (sheet, formula.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let typed = formula.trim_start_matches('=').starts_with('"');
        let made = |items| Rc::new(if typed { List::typed(items) } else { List::new(items) });
        let found = self.read(sheet, formula, 0).map(made);
        self.known.insert(key, found.clone());
        found
    }

    fn read(&self, sheet: usize, formula: &str, depth: usize) -> Option<Vec<Fitted>> {
        let formula = formula.trim().trim_start_matches('=');
        if let Some(inside) = formula.strip_prefix('"').and_then(|f| f.strip_suffix('"')) {
            let items = inside.split(',').map(|i| i.replace("\"\"", "\"").trim().to_owned());
            return Some(items.map(Fitted::Text).collect());
        }
        let (on, range) = match formula.rsplit_once('!') {
            Some((name, range)) => (self.book.sheet(&unquoted(name))?, range),
            None => (sheet, formula),
        };
        match range.parse() {
            Ok(area) => self.cells(on, area),
            // A name may stand for a name; not for ever.
            Err(_) if depth < 4 => self.read(on, self.book.name(on, range)?, depth + 1),
            Err(_) => None,
        }
    }

    fn cells(&self, sheet: usize, area: Area) -> Option<Vec<Fitted>> {
        let part = self.book.sheets.get(sheet).filter(|s| s.cells)?;
        let xml = utf8(self.book.package.read(&part.part).ok()?);
        let mut found: BTreeMap<Address, Fitted> = BTreeMap::new();
        let mut rows = sheet::Rows::new(&xml, 0);
        while let Some(step) = rows.next() {
            let sheet::Step::Cell(cell) = step.ok()? else { continue };
            if !area.contains(cell.at) {
                continue;
            }
            let shown = content(self.book, &xml, &cell.content);
            if shown != Fitted::Blank {
                found.insert(cell.at, shown);
            }
            if found.len() > MOST {
                return None;
            }
        }
        Some(found.into_values().collect())
    }
}

/// What a cell holds.
pub(super) fn content(book: &Book<'_>, xml: &[u8], content: &Content) -> Fitted {
    let bytes = |range: &std::ops::Range<usize>| xml.get(range.clone()).unwrap_or_default();
    let value = content.value.as_ref().map(|v| crate::container::markup::unescaped(bytes(v)));
    let shown = match (bytes(&content.kind), value) {
        (b"inlineStr", _) => {
            let text = content.inline.as_ref().map(|i| super::book::runs(bytes(i))).unwrap_or_default();
            Fitted::Text(text)
        }
        (b"s", Some(index)) => Fitted::Text(book.string(&index)),
        (b"b", Some(value)) => Fitted::Bool(value.trim() == "1"),
        (b"str" | b"e" | b"d", Some(value)) => Fitted::Text(super::encode::unescape(&value)),
        (_, Some(value)) => Fitted::Number(value.trim().to_owned()),
        (_, None) => Fitted::Blank,
    };
    match shown {
        Fitted::Text(text) | Fitted::Number(text) if text.is_empty() => Fitted::Blank,
        other => other,
    }
}

fn unquoted(name: &str) -> String {
    match name.strip_prefix('\'').and_then(|n| n.strip_suffix('\'')) {
        Some(inside) => inside.replace("''", "'"),
        None => name.to_owned(),
    }
}

/// Formula cells of a sheet.
pub(super) fn formulas(xml: &[u8]) -> usize {
    let mut count = 0;
    let counted = each(xml, |token| {
        if let Token::Open(tag) = token
            && local(xml, &tag.name) == b"f"
        {
            count += 1;
        }
    });
    if counted.is_err() { 0 } else { count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_spelt_as_the_form_spells_it() {
        let text = |t: &str| Fitted::Text(t.to_owned());
        let list = List::new(["Physique", "D\u{e9}di\u{e9}", "Oui", "Non", "cote", "c\u{f4}te"].map(text).to_vec());
        let choose = |t: &str| list.choose(&Value::Text(t.to_owned()), &text(t));
        assert_eq!(choose("dedie"), Some(text("D\u{e9}di\u{e9}")));
        assert_eq!(choose("De\u{301}die\u{301}"), Some(text("D\u{e9}di\u{e9}")));
        assert_eq!(choose(" PHYSIQUE "), Some(text("Physique")));
        assert_eq!(choose("c\u{f4}te"), Some(text("c\u{f4}te")));
        // Two items differ in an accent alone: which one was meant is not guessed.
        assert_eq!(choose("COTE"), None);
        assert_eq!(list.choose(&Value::Bool(false), &Fitted::Bool(false)), Some(text("Non")));
        assert_eq!(choose("Virtuel"), None);
        let short = List::new(["O", "N", "?"].map(text).to_vec());
        assert_eq!(short.choose(&Value::Text("Oui".to_owned()), &text("Oui")), Some(text("O")));
        let compass = List::new(["N", "E", "S"].map(text).to_vec());
        assert_eq!(compass.choose(&Value::Bool(false), &Fitted::Bool(false)), None);
    }
}
