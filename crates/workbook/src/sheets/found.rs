//! What a survey gathers, within bounds.

use super::{Carried, Container, Link, LinkKind, Sheet, Survey, Xlm, formula};
use crate::trouble::Trouble;

/// Links, formulas and sheets that a survey keeps of each.
const MOST: usize = 100_000;
/// Bytes of a formula or target; Excel allows a formula 8,192 characters.
const LONGEST: usize = 65_536;
/// Bytes of all formulas and targets together.
const TEXT: usize = 64 << 20;
/// Troubles that are told one by one.
const TROUBLES: usize = 1_000;

/// The survey as it grows.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(super) sheets: Vec<Sheet>,
    xlm: Vec<Xlm>,
    links: Vec<Link>,
    troubles: Vec<Trouble>,
    pub(super) signed: bool,
    text: usize,
    full: bool,
}

impl Found {
    /// Whether there is room for one more of something that has `count` already.
    fn room(&mut self, count: usize, text: usize) -> bool {
        self.text = self.text.saturating_add(text);
        let room = count < MOST && self.text <= TEXT;
        if !room && !self.full {
            self.full = true;
            self.troubles.push(Trouble::TooLarge { what: "links and formulas".to_owned(), limit: MOST as u64 });
        }
        room
    }

    pub(super) fn sheet(&mut self, sheet: Sheet) {
        if self.room(self.sheets.len(), sheet.name.len()) {
            self.sheets.push(sheet);
        }
    }

    pub(super) fn link(&mut self, kind: LinkKind, part: &str, target: impl Into<String>) {
        self.carried(kind, part, target.into(), None);
    }

    pub(super) fn carried(&mut self, kind: LinkKind, part: &str, target: String, carried: Option<Carried>) {
        let target = cut(target);
        // A hyperlink without a target leads nowhere.
        if target.is_empty() && kind == LinkKind::Hyperlink {
            return;
        }
        if self.room(self.links.len(), target.len().saturating_add(part.len())) {
            self.links.push(Link { kind, part: part.to_owned(), target, carried });
        }
    }

    /// A formula of a macro sheet.
    pub(super) fn cell(&mut self, sheet: &str, at: String, formula: String) {
        self.xlm(sheet, at, formula, false);
    }

    /// A defined name: kept where it starts by itself, is marked as a macro, or its formula acts. A marked name without a formula is a
    /// procedure of VBA.
    pub(super) fn name(&mut self, name: &str, formula: String, marked: bool) {
        let starts = formula::starts(name);
        if starts || marked && !formula.is_empty() || !formula::acts(&formula).is_empty() {
            self.xlm("", name.to_owned(), formula, starts);
        }
    }

    fn xlm(&mut self, sheet: &str, at: String, formula: String, starts: bool) {
        let formula = cut(formula);
        if !self.room(self.xlm.len(), formula.len().saturating_add(at.len())) {
            return;
        }
        let joined = formula::joined(&formula);
        let acts = formula::acts(joined.as_deref().unwrap_or(&formula));
        self.xlm.push(Xlm { sheet: sheet.to_owned(), at, formula, starts, acts, joined });
    }

    pub(super) fn trouble(&mut self, trouble: Trouble) {
        if self.troubles.len() < TROUBLES {
            self.troubles.push(trouble);
        }
    }

    /// The value, or its refusal kept as a trouble.
    pub(super) fn kept<T>(&mut self, result: Result<T, Trouble>) -> Option<T> {
        result.map_err(|trouble| self.trouble(trouble)).ok()
    }

    pub(super) fn into_survey(mut self, container: Container) -> Survey {
        self.links.sort();
        self.links.dedup();
        Survey {
            container,
            sheets: self.sheets,
            xlm: self.xlm,
            links: self.links,
            package_signed: self.signed,
            troubles: self.troubles,
        }
    }
}

/// A text of at most [`LONGEST`] bytes; what was cut off is marked.
fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&i| text.is_char_boundary(i)).unwrap_or_default();
        text.truncate(end);
        text.push('\u{2026}');
    }
    text
}
