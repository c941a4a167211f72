//! Which procedures run without being called, and what they reach.
//!
//! Names are followed, not values: a procedure is reached when its name stands in one that is. That can only say too much, never
//! too little, except for names that are worked out while running; those are hits of their own.

use super::hits::{MOST_NAMED, Read};
use super::knowledge::{Knowledge, Place, When};
use super::lexer::Kind;
use std::collections::BTreeMap;

/// What a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A standard module.
    Standard,
    /// The document module of the workbook.
    Workbook,
    /// The document module of a sheet or chart.
    Sheet,
    /// The document module of another or unknown document.
    Document,
    /// A form.
    Form,
    /// A class.
    Class,
}

impl Role {
    /// The stable code of the role.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Workbook => "workbook",
            Self::Sheet => "sheet",
            Self::Document => "document",
            Self::Form => "form",
            Self::Class => "class",
        }
    }

    /// True where a rule for that place fits; an unknown document may be any.
    fn fits(self, place: Place) -> bool {
        match place {
            Place::Standard => self == Self::Standard,
            Place::Workbook => matches!(self, Self::Workbook | Self::Document),
            Place::Sheet => matches!(self, Self::Sheet | Self::Document),
            Place::Document => matches!(self, Self::Workbook | Self::Sheet | Self::Document),
            Place::Form => self == Self::Form,
            Place::Class => self == Self::Class,
        }
    }
}

/// A procedure with the name of one that runs without being called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Module and procedure.
    pub(super) at: (usize, usize),
    /// What makes it run.
    pub(super) when: When,
    /// False where it stands in a place where nothing starts it.
    pub(super) starts: bool,
}

/// A macro that something in the workbook names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its name: `Proc`, `Module.Proc`, `[0]!Module.Proc`.
    pub name: String,
    /// What makes it run.
    pub when: When,
}

/// Who may start what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    /// Programs that may run the project: `excel`, `word`, ...; empty for any.
    pub(super) hosts: &'a [&'a str],
    /// Macros that buttons, ribbons and events name, and what makes each run.
    pub(super) named: &'a [Started],
    /// True where the file has ribbon buttons of its own.
    pub(super) ribbon: bool,
}

/// Procedures that run without being called, in stored order.
pub(super) fn entries(
    known: &Knowledge,
    modules: &[(Role, Read<'_>)],
    names: &[String],
    start: Start<'_>,
) -> Vec<Entry> {
    let mut found = Vec::new();
    for (i, (role, module)) in modules.iter().enumerate() {
        let keys = shortcuts(module);
        for (j, procedure) in module.outline.procedures.iter().enumerate() {
            let mut entry: Option<(When, bool)> = None;
            let mut see = |when: When, starts: bool| {
                // What starts beats what does not, then the earliest.
                let better = entry.is_none_or(|(w, s)| (!starts, when) < (!s, w));
                if better {
                    entry = Some((when, starts));
                }
            };
            for rule in known.entry(&procedure.lower) {
                let host = rule.host == "office" || start.hosts.is_empty() || start.hosts.contains(&rule.host.as_str());
                let fits = role.fits(rule.place) && host;
                let wide = rule.host == "office";
                if fits {
                    let required = *role == Role::Standard && procedure.required > 0;
                    see(rule.when, !required);
                } else if !wide {
                    see(rule.when, false);
                }
            }
            let event = procedure.lower.rsplit_once('_').map(|(n, _)| n);
            if event.is_some_and(|n| module.outline.with_events.iter().any(|w| w == n)) {
                see(When::Act, true);
            }
            if procedure.types.iter().any(|t| t == "iribbonui") {
                see(When::Open, start.ribbon);
            } else if procedure.types.iter().any(|t| t == "iribboncontrol") {
                see(When::Click, start.ribbon);
            }
            let own = names.get(i).map(String::as_str).unwrap_or_default();
            if keys.contains(&procedure.lower) {
                see(When::Click, true);
            }
            for started in start.named.iter().filter(|s| is_named(&s.name, own, &procedure.lower)) {
                see(started.when, true);
            }
            if let Some((when, starts)) = entry {
                found.push(Entry { at: (i, j), when, starts });
            }
        }
    }
    found
}

/// Procedures that a key starts: `Attribute Name.VB_ProcData.VB_Invoke_Func = "q\n14"`.
fn shortcuts(module: &Read<'_>) -> Vec<String> {
    let key = |(name, value): &(&str, &str)| {
        let lower = name.to_lowercase();
        let procedure = lower.strip_suffix(".vb_procdata.vb_invoke_func")?.to_owned();
        value.trim_start_matches('"').starts_with(|c: char| c.is_alphabetic()).then_some(procedure)
    };
    module.lexed.attributes.iter().filter_map(key).collect()
}

/// True where a text names a procedure: `Proc`, `Module.Proc`, `'Book.xls'!Module.Proc`, `Proc 1`.
fn is_named(text: &str, module: &str, procedure: &str) -> bool {
    let lower = text.to_lowercase();
    let name = lower.rsplit('!').next().unwrap_or_default().trim_matches(['\'', '"', ' ', '=']);
    let name = name.split([' ', '(']).next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((of, name)) => {
            name == procedure && (of == module.to_lowercase() || of.ends_with(']') || module.is_empty())
        }
        None => name == procedure,
    }
}

/// What makes each procedure run, as far as names tell: by module and place; those that nothing starts are not in it.
pub(super) fn reached(
    modules: &[(Role, Read<'_>)],
    names: &[String],
    entries: &[Entry],
    texts: &[(usize, Option<usize>, String)],
) -> BTreeMap<(usize, usize), When> {
    let mut reached: BTreeMap<(usize, usize), When> = BTreeMap::new();
    let Some(graph) = Graph::new(modules, names, texts) else {
        // Too tangled to follow: everything may run.
        for (i, (_, module)) in modules.iter().enumerate() {
            reached.extend((0..module.outline.procedures.len()).map(|j| ((i, j), When::Open)));
        }
        return reached;
    };
    for when in [When::Open, When::Close, When::Act, When::Click, When::Cell] {
        let mut waiting: Vec<(usize, usize)> =
            entries.iter().filter(|e| e.starts && e.when == when).map(|e| e.at).collect();
        if when == When::Cell {
            for (i, (role, module)) in modules.iter().enumerate() {
                let callable = module.outline.procedures.iter().enumerate().filter(|(_, p)| p.function && !p.private);
                waiting.extend(callable.filter(|_| *role == Role::Standard).map(|(j, _)| (i, j)));
            }
        }
        if when == When::Click {
            waiting.extend(graph.used_forms(entries, &reached));
        }
        // A form that is brought up by a click is used by further clicks: until nothing is added.
        loop {
            while let Some(at) = waiting.pop() {
                if reached.contains_key(&at) {
                    continue;
                }
                reached.insert(at, when);
                waiting.extend(graph.calls(at).iter().copied());
            }
            if when == When::Click {
                waiting.extend(graph.used_forms(entries, &reached).into_iter().filter(|at| !reached.contains_key(at)));
            }
            if waiting.is_empty() {
                break;
            }
        }
    }
    reached
}

/// Calls that are followed at most; an honest project of ten thousand lines has a few thousand.
const MOST_CALLS: usize = 4_000_000;

struct Graph {
    calls: BTreeMap<(usize, usize), Vec<(usize, usize)>>,
    forms: Vec<usize>,
}

impl Graph {
    fn new(modules: &[(Role, Read<'_>)], names: &[String], texts: &[(usize, Option<usize>, String)]) -> Option<Self> {
        if texts.len() > MOST_NAMED {
            return None;
        }
        let mut index: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (i, (_, module)) in modules.iter().enumerate() {
            for (j, procedure) in module.outline.procedures.iter().enumerate() {
                index.entry(procedure.lower.as_str()).or_default().push((i, j));
            }
        }
        let lower: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
        let shown = |i: usize| {
            let (role, module) = modules.get(i)?;
            let brought = matches!(role, Role::Form | Role::Class);
            let begins = |name: &str| name.starts_with("userform_") || name.starts_with("class_");
            let found = module.outline.procedures.iter().enumerate().filter(move |(_, p)| brought && begins(&p.lower));
            Some(found.map(move |(j, _)| (i, j)).collect::<Vec<_>>())
        };
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, name) in lower.iter().enumerate() {
            by_name.entry(name.as_str()).or_insert(i);
        }
        let mut looked = 0_usize;
        let mut calls: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
        for (i, (_, module)) in modules.iter().enumerate() {
            for (j, procedure) in module.outline.procedures.iter().enumerate() {
                let tokens = module.lexed.tokens.get(procedure.tokens.clone()).unwrap_or_default();
                let mut out: Vec<(usize, usize)> = Vec::new();
                for (k, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Word) {
                    if let Some(&other) = by_name.get(token.lower.as_str()) {
                        out.extend(shown(other).unwrap_or_default());
                    }
                    let Some(found) = index.get(token.lower.as_str()) else { continue };
                    looked = looked.saturating_add(found.len());
                    if looked > MOST_CALLS {
                        return None;
                    }
                    let dot = k.checked_sub(1).and_then(|k| tokens.get(k)).is_some_and(|t| t.is("."));
                    let owner = k.checked_sub(2).and_then(|k| tokens.get(k)).filter(|t| dot && t.kind == Kind::Word);
                    let owner = owner.and_then(|t| by_name.get(t.lower.as_str()));
                    let near = found.iter().any(|&(m, _)| m == i) && !dot;
                    out.extend(found.iter().copied().filter(|&(m, _)| match owner {
                        Some(&owner) => m == owner,
                        None => !near || m == i,
                    }));
                }
                looked = looked.saturating_add(out.len());
                if looked > MOST_CALLS {
                    return None;
                }
                out.retain(|&at| at != (i, j));
                out.sort_unstable();
                out.dedup();
                calls.insert((i, j), out);
            }
        }
        // A text that is the name of a procedure: `OnTime Now, "Proc"`, `.OnAction = "Module.Proc"`.
        for (i, j, text) in texts {
            let Some(at) = j.map(|j| (*i, j)) else { continue };
            let name = text.rsplit(['!', '.']).next().unwrap_or_default().trim_matches(['\'', ' ', '=']);
            let name = name.split([' ', '(']).next().unwrap_or_default();
            let found = index.get(name).map_or(&[][..], Vec::as_slice);
            looked = looked.saturating_add(found.len());
            if looked > MOST_CALLS {
                return None;
            }
            for &(m, p) in found {
                if is_named(text, lower.get(m).map(String::as_str).unwrap_or_default(), name) || !text.contains('.') {
                    calls.entry(at).or_default().push((m, p));
                }
            }
        }
        let forms = modules.iter().enumerate().filter(|(_, (r, _))| *r == Role::Form).map(|(i, _)| i).collect();
        Some(Self { calls, forms })
    }

    fn calls(&self, at: (usize, usize)) -> &[(usize, usize)] {
        self.calls.get(&at).map_or(&[], Vec::as_slice)
    }

    /// Procedures of forms that act once the form is used, of the forms that something reached brings up.
    fn used_forms(&self, entries: &[Entry], reached: &BTreeMap<(usize, usize), When>) -> Vec<(usize, usize)> {
        let up = |form: usize| reached.keys().any(|at| at.0 == form);
        let forms: Vec<usize> = self.forms.iter().copied().filter(|&f| up(f)).collect();
        entries.iter().filter(|e| e.when == When::Used && forms.contains(&e.at.0)).map(|e| e.at).collect()
    }
}
