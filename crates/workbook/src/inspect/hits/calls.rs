//! The calls of one statement: imported functions, those of VBA, members of objects, objects that are made, and texts.

use super::super::arguments::{argument, gives, is_keyword, is_unseen, last_name, starts_text};
use super::super::encoded;
use super::super::fold::{Folded, Scope, fold};
use super::super::lexer::{Kind, Token};
use super::super::outline::Import;
use super::{MOST_ARGUMENT, MOST_IMPORTS, MOST_NAMED, Search};

impl Search<'_, '_> {
    /// Names that the part declares itself: a variable called `Shell` is no call.
    pub(super) fn declare(&mut self, tokens: &[Token<'_>]) {
        for pair in tokens.windows(2) {
            let [first, second] = pair else { continue };
            if first.kind != Kind::Word || second.kind != Kind::Word {
                continue;
            }
            if second.lower == "as" {
                self.declared.insert(first.lower.clone());
            } else if ["dim", "redim", "static", "const", "byval", "byref"].contains(&first.lower.as_str()) {
                self.declared.insert(second.lower.clone());
            }
        }
    }

    pub(super) fn statement(&mut self, statement: &[Token<'_>], scope: &Scope<'_>) {
        let first = statement.first().map_or("", |t| t.lower.as_str());
        let declares =
            statement.iter().take(3).any(|t| ["sub", "function", "property", "declare"].contains(&t.lower.as_str()))
                && !["end", "exit"].contains(&first);
        if declares {
            return;
        }
        if first == "end" && statement.get(1).is_some_and(|t| t.lower == "with") {
            self.withs.pop();
        }
        let shown = encoded::is_shown(statement);
        let mut at = 0;
        while let Some(token) = statement.get(at) {
            if let Some((folded, after)) = starts_text(statement, at, scope) {
                self.text(&folded, token.line, shown);
                at = after.max(at.saturating_add(1));
                continue;
            }
            if token.kind == Kind::Word {
                self.word(statement, at, scope);
            }
            at = at.saturating_add(1);
        }
        if first == "with" {
            self.withs.push(last_name(statement));
        }
    }

    fn word(&mut self, statement: &[Token<'_>], at: usize, scope: &Scope<'_>) {
        let Some(token) = statement.get(at) else { return };
        let before = at.checked_sub(1).and_then(|i| statement.get(i));
        let after = statement.get(at.saturating_add(1));
        if after.is_some_and(|t| t.is(":=")) {
            return;
        }
        let dotted = before.is_some_and(|t| t.is(".") || t.is("!"));
        let owner = if dotted { self.owner(statement, at) } else { String::new() };
        if ["createobject", "getobject", "createunoservice"].contains(&token.lower.as_str()) {
            self.object(statement, at, scope);
        } else if token.lower == "new" {
            self.made(statement, at);
        } else if !dotted || ["vba", "interaction", "filesystem"].contains(&owner.as_str()) {
            self.function(statement, at, dotted, scope);
        } else {
            self.member(statement, at, &owner, scope);
        }
    }

    /// True where a bare name means something that the project declares, and not what Basic has under that name.
    fn is_own(&self, name: &str) -> bool {
        self.own.contains(name) || self.shared.contains(name) || self.declared.contains(name)
    }

    /// The word before the dot, or that of the `With` around.
    fn owner(&self, statement: &[Token<'_>], at: usize) -> String {
        let owner = at.checked_sub(2).and_then(|i| statement.get(i));
        match owner {
            Some(t) if t.kind == Kind::Word && !is_keyword(&t.lower) => t.lower.clone(),
            Some(t) if t.is(")") => last_name(statement.get(..at.saturating_sub(1)).unwrap_or_default()),
            _ => self.withs.last().cloned().unwrap_or_default(),
        }
    }

    fn function(&mut self, statement: &[Token<'_>], at: usize, dotted: bool, scope: &Scope<'_>) {
        let Some(token) = statement.get(at) else { return };
        let name = token.lower.as_str();
        let before = at.checked_sub(1).and_then(|i| statement.get(i));
        let after = statement.get(at.saturating_add(1));
        let begins = before.is_none_or(|t| ["then", "else"].contains(&t.lower.as_str()));
        if begins && (name == "open" || name == "name") {
            self.file_statement(statement, at, scope);
            return;
        }
        if !dotted && let Some(imports) = self.imports.get(name) {
            // A private declaration is meant in its own module; elsewhere it may be any.
            let near = imports.iter().any(|(m, _)| *m == self.at.0);
            let meant: Vec<(usize, &Import)> =
                imports.iter().copied().filter(|(m, _)| !near || *m == self.at.0).take(MOST_IMPORTS).collect();
            self.found.cut |= imports.len() > MOST_IMPORTS;
            for (module, import) in meant {
                self.used.insert((module, name.to_owned()));
                self.imported(import, token.line, argument(statement, at, scope));
            }
            return;
        }
        let declares = before.is_some_and(|t| {
            ["dim", "redim", "as", "const", "goto", "gosub", "set", "for", "each", "next"].contains(&t.lower.as_str())
        });
        let assigned = (begins && after.is_some_and(|t| t.is("="))) || after.is_some_and(|t| t.is("."));
        if declares || assigned || (!dotted && self.is_own(name)) {
            return;
        }
        let Some(&rule) = self.known.function(name).first() else { return };
        let constant = argument(statement, at, scope);
        self.keep(rule, token.line, &constant, is_unseen(statement, at));
    }

    fn member(&mut self, statement: &[Token<'_>], at: usize, owner: &str, scope: &Scope<'_>) {
        let Some(token) = statement.get(at) else { return };
        let name = token.lower.as_str();
        let rules = self.known.member(name);
        let rule = |i: &usize| self.known.rule(*i);
        let owned = rules.iter().copied().find(|i| rule(i).is_some_and(|r| r.of.iter().any(|o| o == owner)));
        let free = || rules.iter().copied().find(|i| rule(i).is_some_and(|r| r.of.is_empty()));
        if name == "visible" && owner == "application" && gives(statement, at, "false") {
            self.hit_code("hides-office", token.line, "");
        }
        let Some(found) = owned.or_else(free) else { return };
        let constant = argument(statement, at, scope);
        self.keep(found, token.line, &constant, is_unseen(statement, at));
    }

    /// `CreateObject("class")`, `GetObject("moniker")`, `GetObject(, "class")`.
    fn object(&mut self, statement: &[Token<'_>], at: usize, scope: &Scope<'_>) {
        let Some(token) = statement.get(at) else { return };
        let mut first = at.saturating_add(1);
        first = first.saturating_add(usize::from(statement.get(first).is_some_and(|t| t.is("("))));
        first = first.saturating_add(usize::from(statement.get(first).is_some_and(|t| t.is(","))));
        match fold(statement, first, scope) {
            Some((folded, _)) => match self.known.object(&folded.text) {
                Some(rule) => self.hit(rule, token.line, &folded.text),
                None if token.lower == "getobject"
                    && folded.text.contains(['\\', '/', '.'])
                    && !folded.text.contains(':') =>
                {
                    self.hit_code("opens-workbook", token.line, &folded.text);
                }
                None => self.hit_code("other-object", token.line, &folded.text),
            },
            None if statement.get(first).is_some_and(|t| t.kind != Kind::Sign) => {
                self.hit_code("unknown-object", token.line, "");
            }
            None => {}
        }
    }

    /// `New Library.Class`.
    fn made(&mut self, statement: &[Token<'_>], at: usize) {
        let mut class = String::new();
        for token in statement.get(at.saturating_add(1)..).unwrap_or_default() {
            if token.kind == Kind::Word || token.is(".") {
                class.push_str(&token.text);
            } else {
                break;
            }
        }
        let line = statement.get(at).map_or(0, |t| t.line);
        if let Some(rule) = self.known.object(&class) {
            self.hit(rule, line, &class);
        }
    }

    /// `Open path For mode As #n` and `Name old As new`.
    fn file_statement(&mut self, statement: &[Token<'_>], at: usize, scope: &Scope<'_>) {
        let rest = statement.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(token) = statement.get(at) else { return };
        let word_after = |word: &str| {
            let i = rest.iter().position(|t| t.is_word(word))?;
            rest.get(i.checked_add(1)?)
        };
        if token.lower == "name" {
            if word_after("as").is_some() && !rest.first().is_some_and(|t| t.is("=") || t.is(".")) {
                self.hit_code("copies-file", token.line, &argument(statement, at, scope));
            }
            return;
        }
        let Some(mode) = word_after("for") else { return };
        let path = argument(statement, at, scope);
        let code = match mode.lower.as_str() {
            "input" => "reads-file",
            "output" | "append" | "binary" | "random" => "writes-file",
            _ => return,
        };
        self.hit_code(code, token.line, &path);
    }

    pub(super) fn imported(&mut self, import: &Import, line: usize, argument: String) {
        let told = if argument.is_empty() { format!("{} ({})", import.function, import.library) } else { argument };
        let rule = self.known.import(&import.function);
        let code = if self.known.is_system_library(&import.library) { "other-library" } else { "strange-library" };
        if let Some(rule) = rule.or_else(|| self.known.by_code(code)) {
            self.hit(rule, line, &told);
        }
    }

    /// A constant text: what it names, and whether it was hidden.
    fn text(&mut self, folded: &Folded, line: usize, shown: bool) {
        let lower = folded.text.to_lowercase();
        for need in self.known.calls.iter().flat_map(|r| &r.needs_text) {
            if lower.contains(need.as_str()) {
                self.present.insert(need.clone());
            }
        }
        if !lower.is_empty() && lower.len() <= 255 && self.found.named.len() <= MOST_NAMED {
            let (module, procedure) = self.at;
            self.found.named.push((module, procedure, lower.clone()));
        }
        if folded.is_built() {
            let hides = |word: &&str| !folded.shown.iter().any(|s| s.contains(word));
            if let Some(word) = self.known.hidden(&lower).filter(hides) {
                self.present.insert("hidden".to_owned());
                let told = if folded.text.len() <= MOST_ARGUMENT { folded.text.clone() } else { word.to_owned() };
                self.hit_code("hidden-text", line, &told);
            } else if folded.codes >= 8 && folded.codes.saturating_mul(2) > folded.text.chars().count() {
                self.hit_code("coded-text", line, &folded.text);
            }
        }
        if self.known.hidden(&lower).is_none() {
            let telling = |reading: &String| self.known.hidden(&reading.to_lowercase()).is_some();
            if let Some(reading) = encoded::readings(&folded.text).into_iter().find(telling) {
                self.hit_code("hidden-text", line, &reading);
            }
        }
        if shown {
            return;
        }
        if encoded::is_dde(&folded.text) {
            self.hit_code("writes-dde", line, &folded.text);
        } else if let Some((rule, _)) = self.known.text(&lower) {
            self.hit(rule, line, &folded.text);
        } else if encoded::is_long_code(&folded.text) {
            self.hit_code("long-coded-text", line, "");
        }
    }
}
