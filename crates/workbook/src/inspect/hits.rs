//! The calls that matter, found among the tokens of a project's modules.

mod calls;

use super::encoded;
use super::fold::{Names, Scope, scope};
use super::knowledge::Knowledge;
use super::lexer::{Lexed, Token};
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
