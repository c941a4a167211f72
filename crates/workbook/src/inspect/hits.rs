//! The calls that matter, found among the tokens of a project's modules.

use super::arguments::{argument, gives, is_keyword, is_unseen, last_name, starts_text};
use super::encoded;
use super::fold::{Folded, Names, Scope, fold, scope};
use super::knowledge::Knowledge;
use super::lexer::{Kind, Lexed, Token};
use super::outline::{Import, Outline, statements};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// A call found, before it is known what starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// Index of its rule.
    pub(super) rule: usize,
    /// Module, by its index.
    pub(super) module: usize,
    /// Procedure, by its index in the module; `None` outside of procedures.
    pub(super) procedure: Option<usize>,
    /// Line.
    pub(super) line: usize,
    /// Constant argument; empty where there is none.
    pub(super) argument: String,
    /// True where the window of a started program is kept out of sight.
    pub(super) unseen: bool,
}

/// A module as tokens and declarations.
#[derive(Debug)]
pub(super) struct Read<'s> {
    /// Tokens, attributes, lines.
    pub(super) lexed: Lexed<'s>,
    /// Procedures and imports.
    pub(super) outline: Outline,
    /// True for a standard module: its public procedures can be called by their bare names from anywhere.
    pub(super) standard: bool,
}

/// What the search over a whole project gives.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Calls, by module and line.
    pub(super) hits: Vec<Hit>,
    /// True where there were more calls than are kept.
    pub(super) cut: bool,
    /// Constant texts of each procedure that may name another one: (module, procedure, text).
    pub(super) named: Vec<(usize, Option<usize>, String)>,
}

/// Constant texts that are kept to see which procedures they name; beyond, every procedure counts as reached.
pub(super) const MOST_NAMED: usize = 200_000;
const MOST_HITS: usize = 100_000;
/// Declarations under one name that are looked at.
const MOST_IMPORTS: usize = 64;
const MOST_ALIKE: usize = 5;
const MOST_ARGUMENT: usize = 400;

/// Looks through all modules of a project.
pub(super) fn search(known: &Knowledge, modules: &[Read<'_>], left: &Cell<usize>) -> Found {
    let mut constants = Names::new();
    for module in modules {
        let outside = module_level(module);
        constants.extend(scope(&outside, None, left).names);
    }
    let mut search = Search {
        known,
        shared: modules
            .iter()
            .filter(|m| m.standard)
            .flat_map(|m| m.outline.procedures.iter().filter(|p| !p.private).map(|p| p.lower.as_str()))
            .collect(),
        own: BTreeSet::new(),
        imports: BTreeMap::new(),
        used: BTreeSet::new(),
        present: BTreeSet::new(),
        found: Found::default(),
        at: (0, None),
        counts: BTreeMap::new(),
        withs: Vec::new(),
        declared: BTreeSet::new(),
    };
    for (i, module) in modules.iter().enumerate() {
        for import in &module.outline.imports {
            search.imports.entry(import.lower.as_str()).or_default().push((i, import));
        }
    }
    for (i, module) in modules.iter().enumerate() {
        search.own = module.outline.procedures.iter().map(|p| p.lower.as_str()).collect();
        let outside = module_level(module);
        search.part(i, None, &outside, &scope(&outside, Some(&constants), left));
        let common = std::mem::take(&mut search.declared);
        for (j, procedure) in module.outline.procedures.iter().enumerate() {
            let tokens = module.lexed.tokens.get(procedure.tokens.clone()).unwrap_or_default();
            search.declared.clone_from(&common);
            search.part(i, Some(j), tokens, &scope(tokens, Some(&constants), left));
        }
        search.declared.clear();
    }
    for (i, module) in modules.iter().enumerate() {
        for import in &module.outline.imports {
            if !search.used.contains(&(i, import.lower.clone())) {
                search.at = (i, None);
                search.imported(import, import.line, String::new());
            }
        }
    }
    search.finish()
}

/// Tokens of a module that stand in no procedure.
fn module_level<'s>(module: &Read<'s>) -> Vec<Token<'s>> {
    let mut inside = module.outline.procedures.iter().map(|p| p.tokens.clone()).peekable();
    let mut out = Vec::new();
    for (i, token) in module.lexed.tokens.iter().enumerate() {
        while inside.peek().is_some_and(|r| r.end <= i) {
            inside.next();
        }
        if inside.peek().is_none_or(|r| !r.contains(&i)) {
            out.push(token.clone());
        }
    }
    out
}

struct Search<'k, 'm> {
    known: &'k Knowledge,
    /// Names of procedures that any module may call.
    shared: BTreeSet<&'m str>,
    /// Names of procedures of the module at hand.
    own: BTreeSet<&'m str>,
    imports: BTreeMap<&'m str, Vec<(usize, &'m Import)>>,
    used: BTreeSet<(usize, String)>,
    present: BTreeSet<String>,
    found: Found,
    at: (usize, Option<usize>),
    counts: BTreeMap<(usize, usize, Option<usize>, String, bool), usize>,
    withs: Vec<String>,
    declared: BTreeSet<String>,
}

impl Search<'_, '_> {
    fn hit(&mut self, rule: usize, line: usize, argument: &str) {
        self.keep(rule, line, argument, false);
    }

    /// Keeps a hit under the rule that its argument makes it. Like ones of a procedure are kept a few times only, and no kind can push
    /// another out: many harmless calls must not hide the one behind them.
    fn keep(&mut self, rule: usize, line: usize, argument: &str, unseen: bool) {
        let rule = self.exact(rule, argument);
        let argument: String = argument.chars().take(MOST_ARGUMENT).collect();
        let (module, procedure) = self.at;
        let count = self.counts.entry((rule, module, procedure, argument.clone(), unseen)).or_default();
        *count = count.saturating_add(1);
        if *count > MOST_ALIKE {
            return;
        }
        if self.found.hits.len() >= MOST_HITS {
            self.found.cut = true;
            return;
        }
        self.found.hits.push(Hit { rule, module, procedure, line, argument, unseen });
    }

    /// The rule of a call, told more exactly by its argument.
    fn exact(&self, rule: usize, argument: &str) -> usize {
        let lower = argument.to_lowercase();
        let better = match self.known.rule(rule).map_or("", |r| r.code.as_str()) {
            "runs-named-macro" if argument.is_empty() => "runs-unknown-macro",
            "runs-excel4" if ["exec(", "call(", "register("].iter().any(|f| lower.contains(f)) => "runs-excel4-program",
            "writes-file" | "copies-file" | "saves-workbook" if self.known.is_program(argument) => {
                "writes-program-file"
            }
            _ => return rule,
        };
        self.known.by_code(better).unwrap_or(rule)
    }

    fn hit_code(&mut self, code: &str, line: usize, argument: &str) {
        if let Some(rule) = self.known.by_code(code) {
            self.hit(rule, line, argument);
        }
    }

    /// Looks through the tokens of a procedure, or of a module outside of procedures.
    fn part(&mut self, module: usize, procedure: Option<usize>, tokens: &[Token<'_>], scope: &Scope<'_>) {
        self.at = (module, procedure);
        self.withs.clear();
        self.declare(tokens);
        for range in statements(tokens) {
            self.statement(tokens.get(range).unwrap_or_default(), scope);
        }
        if let Some((line, code)) = encoded::decoding(tokens) {
            self.hit_code(code, line, "");
        }
    }

    /// Names that the part declares itself: a variable called `Shell` is no call.
    fn declare(&mut self, tokens: &[Token<'_>]) {
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

    fn statement(&mut self, statement: &[Token<'_>], scope: &Scope<'_>) {
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

    fn imported(&mut self, import: &Import, line: usize, argument: String) {
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

    /// Drops what needs something that the project does not have; sorts.
    fn finish(mut self) -> Found {
        // What needs something is no proof of it.
        let rules = self.found.hits.iter().filter_map(|h| self.known.rule(h.rule)).filter(|r| r.needs.is_empty());
        let codes: BTreeSet<&str> = rules.map(|r| r.code.as_str()).collect();
        let has = |h: &Hit| {
            self.known.rule(h.rule).is_none_or(|r| {
                (r.needs.is_empty() || r.needs.iter().any(|n| codes.contains(n.as_str())))
                    && (r.needs_text.is_empty() || r.needs_text.iter().any(|n| self.present.contains(n)))
            })
        };
        let mut hits = self.found.hits.clone();
        hits.retain(has);
        hits.sort_by(|a, b| (a.module, a.line, a.rule, &a.argument).cmp(&(b.module, b.line, b.rule, &b.argument)));
        hits.dedup();
        self.found.hits = hits;
        self.found
    }
}
