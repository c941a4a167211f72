//! A macro project, module by module: entry points, calls with what starts them, compiled code against source.

use super::compiled::{self, Agreement, compare};
use super::find::FoundProject;
use super::fold::BUDGET;
use super::hits::{Hit, Read, search};
use super::knowledge::{Knowledge, Weight, When};
use super::lexer::{MOST_TOKENS, lex};
use super::oddities::oddities;
use super::outline::outline;
use super::reach::{Entry, Role, Start, Started, entries, reached};
use super::verdict::{AutoExec, Call, ModuleReport, Reason, Unread};
use crate::container::u32_at;
use crate::trouble::Trouble;
use crate::vba::{CompiledNames, Module, ModuleKind, Project};
use std::cell::Cell;
use std::collections::BTreeMap;

/// What is told of one project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// Its modules.
    pub modules: Vec<ModuleReport>,
    /// What is odd about it.
    pub oddities: Vec<Reason>,
    /// Modules that could not be read.
    pub unread: Vec<Unread>,
}

const LONGEST_LINE: usize = 200;

/// Looks through a project. `named` are macros that buttons, ribbons and events of the workbook name; `ribbon` says whether it has ribbon
/// buttons; `hosts` are the programs that may run it, none for any.
pub fn analyse(known: &Knowledge, found: &FoundProject, named: &[Started], ribbon: bool, hosts: &[&str]) -> Analysis {
    let project = match &found.project {
        Ok(project) => project,
        Err(trouble) => {
            let unread = Unread { part: found.place.clone(), code: trouble.code() };
            return Analysis { unread: vec![unread], ..Analysis::default() };
        }
    };
    let sources: Vec<String> = project.modules.iter().map(|m| m.source(project.code_page)).collect();
    let mut read: Vec<(Role, Read<'_>)> = Vec::new();
    let mut tokens = MOST_TOKENS;
    for (module, source) in project.modules.iter().zip(&sources) {
        let lexed = lex(source, tokens);
        tokens = tokens.saturating_sub(lexed.tokens.len());
        let outline = outline(&lexed);
        let role = role(project, module, &lexed.attributes);
        read.push((role, Read { lexed, outline, standard: role == Role::Standard }));
    }
    let names: Vec<String> = project.modules.iter().map(|m| m.name.clone()).collect();
    let excel = read.iter().any(|(r, _)| matches!(r, Role::Workbook | Role::Sheet));
    let hosts = if hosts.is_empty() && excel { &["excel"][..] } else { hosts };
    let entries = entries(known, &read, &names, Start { hosts, named, ribbon });
    let left = Cell::new(BUDGET);
    let (roles, parts): (Vec<Role>, Vec<Read<'_>>) = read.into_iter().unzip();
    let hits = search(known, &parts, &left);
    let read: Vec<(Role, Read<'_>)> = roles.into_iter().zip(parts).collect();
    let reached = reached(&read, &names, &entries, &hits.named);
    let system = project.records.iter().find(|r| r.id == 0x0001).and_then(|r| u32_at(project.body(r), 0));
    let compiled_names = CompiledNames::read(&found.cache, project.code_page, system.unwrap_or(0));
    let mut out = Analysis::default();
    if hits.cut {
        out.unread.push(Unread { part: found.place.clone(), code: "too-large" });
    }
    for (i, (module, (role, read))) in project.modules.iter().zip(&read).enumerate() {
        if read.lexed.cut {
            out.unread.push(Unread { part: stream_of(found, module), code: "too-large" });
        }
        if let Err(trouble) = &module.text {
            out.unread.push(Unread { part: stream_of(found, module), code: trouble.code() });
        }
        let calls = hits.hits.iter().filter(|h| h.module == i).filter_map(|h| call(known, read, h, &reached));
        out.modules.push(ModuleReport {
            name: module.name.clone(),
            place: found.place.clone(),
            kind: role.code(),
            lines: read.lexed.lines.len(),
            procedures: read.outline.procedures.len(),
            autoexec: entries.iter().filter(|e| e.at.0 == i).filter_map(|e| auto(read, e, &reached)).collect(),
            calls: calls.collect(),
            compiled: agreement(project, module, read, compiled_names.as_ref()),
            unseen: Vec::new(),
            unseen_grave: false,
            source: read.lexed.lines.join("\n"),
        });
    }
    unseen(known, found, project, compiled_names.as_ref(), &sources, &mut out.modules);
    let acts = out.modules.iter().any(|m| m.procedures > 0) || !out.unread.is_empty();
    out.oddities = oddities(found, project, acts);
    out
}

const MOST_UNSEEN: usize = 20;

/// Telling words of compiled code that no source shows, for the modules whose compiled code is not their source.
fn unseen(
    known: &Knowledge,
    found: &FoundProject,
    project: &Project,
    table: Option<&CompiledNames>,
    sources: &[String],
    reports: &mut [ModuleReport],
) {
    let differs = |m: &ModuleReport| matches!(m.compiled, Agreement::Differs { .. } | Agreement::Emptied { .. });
    if !reports.iter().any(differs) {
        return;
    }
    let shown: Vec<String> = sources.iter().map(|s| s.to_lowercase()).collect();
    let hidden = |word: &str| !shown.iter().any(|s| s.contains(word));
    for (report, module) in reports.iter_mut().zip(&project.modules).filter(|(r, _)| differs(r)) {
        let names = match table {
            Some(table) => compiled::used(module.compiled(), table),
            None => compiled::words(&found.cache),
        };
        let weigh = |name: String| known.telling(&name).filter(|_| hidden(&name)).map(|weight| (name, weight));
        let names: Vec<(String, Weight)> = names.into_iter().filter_map(weigh).collect();
        let source = module.text.as_deref().unwrap_or_default();
        let texts = compiled::unseen_texts(module.compiled(), source).into_iter();
        let telling = texts.filter(|t| known.text(t).is_some() || known.hidden(t).is_some() || known.is_program(t));
        let mut words: Vec<String> = names.iter().map(|(n, _)| n.clone()).chain(telling).collect();
        words.truncate(MOST_UNSEEN);
        report.unseen_grave = names.iter().any(|(_, w)| *w == Weight::Grave);
        report.unseen = words;
    }
}

fn stream_of(found: &FoundProject, module: &Module) -> String {
    if found.place.is_empty() { module.name.clone() } else { format!("{}/{}", found.place, module.name) }
}

fn agreement(project: &Project, module: &Module, read: &Read<'_>, names: Option<&CompiledNames>) -> Agreement {
    match &module.text {
        Ok(text) => compare(module.compiled(), text, &read.lexed.tokens, names),
        // Without source there is nothing to compare; that it could not be read is told apart.
        Err(Trouble::Missing(_)) => Agreement::NoCode,
        Err(_) if project.modules.is_empty() => Agreement::NoCode,
        Err(_) => Agreement::CannotTell,
    }
}

/// What a module is: by the class that its attributes name, and by the PROJECT stream.
fn role(project: &Project, module: &Module, attributes: &[(&str, &str)]) -> Role {
    if module.kind == ModuleKind::Procedural {
        return Role::Standard;
    }
    let base = attributes.iter().find(|(n, _)| n.eq_ignore_ascii_case("VB_Base")).map_or("", |(_, v)| v);
    let base = base.to_lowercase();
    let class = |guid: &str| base.contains(guid);
    if class("{00020819-") {
        return Role::Workbook;
    }
    if class("{00020820-") || class("{00020821-") {
        return Role::Sheet;
    }
    let listed = |key: &[u8]| {
        project.project_stream.split(|&b| b == b'\n').any(|line| {
            let line = line.trim_ascii();
            let value = line.get(..key.len()).filter(|k| k.eq_ignore_ascii_case(key)).and(line.get(key.len()..));
            value.is_some_and(|v| v.split(|&b| b == b'/').next() == Some(&module.name_bytes[..]))
        })
    };
    if listed(b"BaseClass=") || base.matches('{').count() > 1 {
        Role::Form
    } else if listed(b"Class=") {
        Role::Class
    } else {
        Role::Document
    }
}

fn auto(read: &Read<'_>, entry: &Entry, reached: &BTreeMap<(usize, usize), When>) -> Option<AutoExec> {
    let procedure = read.outline.procedures.get(entry.at.1)?;
    let (when, starts) = match entry.when {
        // A form or class acts when something brings it up, and only then.
        When::Shown | When::Used => {
            let by = reached.get(&entry.at).copied();
            (by.unwrap_or(entry.when), by.is_some())
        }
        when => (when, entry.starts),
    };
    Some(AutoExec { procedure: procedure.name.clone(), when, starts, line: procedure.first_line })
}

fn call(known: &Knowledge, read: &Read<'_>, hit: &Hit, reached: &BTreeMap<(usize, usize), When>) -> Option<Call> {
    let rule = known.rule(hit.rule)?;
    let procedure = hit.procedure.and_then(|j| read.outline.procedures.get(j));
    let when = hit.procedure.and_then(|j| reached.get(&(hit.module, j))).copied();
    let line = hit.line.checked_sub(1).and_then(|l| read.lexed.lines.get(l)).copied().unwrap_or_default();
    Some(Call {
        code: rule.code.clone(),
        family: rule.family.clone(),
        weight: rule.weight,
        procedure: procedure.map(|p| p.name.clone()).unwrap_or_default(),
        line: hit.line,
        text: line.trim().chars().take(LONGEST_LINE).collect(),
        argument: hit.argument.clone(),
        reachable: when.is_some_and(|w| w != When::Cell),
        when,
        unseen: hit.unseen,
        reveals: rule.reveals.clone(),
    })
}
