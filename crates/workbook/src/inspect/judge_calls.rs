//! Reasons from the calls, entry points and compiled code of the modules.

use super::compiled::Agreement;
use super::knowledge::{Weight, When};
use super::verdict::{Call, ModuleReport, Reason, Reveal, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Fetching from the network.
const FETCHES: [&str; 4] = ["web-request", "browser", "loads-xml", "downloads-file"];
/// Speaking to somebody outside.
const SENDS: [&str; 4] = ["web-request", "browser", "sends-mail", "mail-object"];
/// Reading what says who and where one is.
const READS: [&str; 9] = [
    "reads-user",
    "network-identity",
    "reads-environment",
    "queries-computer",
    "reads-registry",
    "clipboard",
    "directory",
    "reads-mail",
    "reads-file",
];
/// Running, or writing what can be run.
const RUNS: [&str; 7] = [
    "starts-program",
    "starts-by-wmi",
    "runs-machine-code",
    "script-engine",
    "writes-program-file",
    "shell-application",
    "runs-excel4-program",
];
const MOST_ENTRIES: usize = 20;

type Placed<'m> = (&'m ModuleReport, &'m Call);

fn itself(call: &Call) -> bool {
    matches!(call.when, Some(When::Open | When::Close | When::Act))
}

fn place(placed: Placed<'_>) -> String {
    format!("{} {}", placed.0.name, placed.1.line)
}

fn when_code(when: When) -> &'static str {
    match when {
        When::Open => "open",
        When::Close => "close",
        When::Act => "act",
        When::Click | When::Used => "click",
        When::Shown => "shown",
        When::Cell => "cell",
    }
}

/// Adds the reasons and what is revealed.
pub(super) fn judge_calls(modules: &[ModuleReport], reasons: &mut Vec<Reason>, reveals: &mut BTreeSet<Reveal>) {
    for module in modules {
        entries(module, reasons);
        compiled(module, reasons);
    }
    let calls: Vec<Placed<'_>> = modules.iter().flat_map(|m| m.calls.iter().map(move |c| (m, c))).collect();
    let started = |c: &Call| c.reachable;
    let hosts = calls.iter().any(|(_, c)| c.code == "command-host" && started(c));
    // One reason for each kind of call: the first place stands for all, with their number.
    let mut told: BTreeMap<(Verdict, &'static str, &str), (Placed<'_>, usize)> = BTreeMap::new();
    for &(module, call) in &calls {
        let (weight, code) = weigh(call, &calls, hosts);
        if let Some(code) = code {
            told.entry((weight, code, call.code.as_str())).or_insert(((module, call), 0)).1 += 1;
        }
        if let Some(reveal) = &call.reveals {
            reveals.insert(Reveal {
                code: reveal.clone(),
                place: format!("{} {}", module.name, call.line),
                target: if call.argument.contains("//") { call.argument.clone() } else { address(module, call) },
            });
        }
    }
    for ((weight, code, kind), ((module, call), count)) in told {
        let (line, count) = (call.line.to_string(), count.to_string());
        let mut reason =
            Reason::new(weight, code, [("module", &*module.name), ("line", &*line), ("argument", &*call.argument)]);
        if code == "decodes" {
            reason.args.remove("argument");
        }
        if !["hidden-text", "decodes"].contains(&code) {
            reason.args.insert("call", kind.to_owned());
            reason.args.insert("count", count);
        }
        if let Some(when) = call.when.filter(|_| ["acts-by-itself", "reaches-outside-by-itself"].contains(&code)) {
            reason.args.insert("when", when_code(when).to_owned());
        }
        reasons.push(reason);
    }
    together(&calls, reasons);
}

/// The address that the procedure of a call names, for one that speaks to the network; else the call's own argument.
fn address(module: &ModuleReport, call: &Call) -> String {
    let near = |c: &&Call| c.code == "address" && c.procedure == call.procedure;
    let named = module.calls.iter().find(near).filter(|_| call.family == "network");
    named.unwrap_or(call).argument.clone()
}

fn entries(module: &ModuleReport, reasons: &mut Vec<Reason>) {
    for entry in module.autoexec.iter().take(MOST_ENTRIES) {
        let when = when_code(entry.when);
        let args = [("module", module.name.as_str()), ("procedure", entry.procedure.as_str())];
        if entry.starts {
            let mut reason = Reason::new(Verdict::RunsHarmless, "starts-by-itself", args);
            reason.args.insert("when", when.to_owned());
            reasons.push(reason);
        } else if matches!(entry.when, When::Open | When::Close) {
            reasons.push(Reason::new(Verdict::RunsHarmless, "looks-like-start", args));
        }
    }
}

fn compiled(module: &ModuleReport, reasons: &mut Vec<Reason>) {
    let name = module.name.as_str();
    // Who hides the start of a program from the editor has no honest reason.
    let hides = if module.unseen_grave { Verdict::Dangerous } else { Verdict::Suspicious };
    match module.compiled {
        Agreement::Same | Agreement::NoCode => {}
        Agreement::Emptied { lines } => {
            let (lines, words) = (lines.to_string(), module.unseen.join(", "));
            let args = [("module", name), ("lines", &*lines), ("words", &*words)];
            reasons.push(Reason::new(hides, "source-emptied", args));
        }
        Agreement::Differs { line } => {
            let (line, words) = (line.to_string(), module.unseen.join(", "));
            let args = [("module", name), ("line", &*line), ("words", &*words)];
            reasons.push(Reason::new(hides, "source-differs", args));
        }
        Agreement::CannotTell => {
            reasons.push(Reason::new(Verdict::RunsHarmless, "compiled-unknown", [("module", name)]));
        }
    }
}

/// What a call alone supports, and the code of that reason; no reason for what is merely worth naming.
fn weigh(call: &Call, calls: &[Placed<'_>], hosts: bool) -> (Verdict, Option<&'static str>) {
    // A text that names a command host does nothing by itself.
    let acts = |c: &Call| c.family != "encoded" && c.code != "command-host" && c.weight >= Weight::Outside;
    match call.code.as_str() {
        "hidden-text" => {
            let used = call.reachable && calls.iter().any(|(_, c)| c.reachable && acts(c));
            (if used { Verdict::Dangerous } else { Verdict::Suspicious }, Some("hidden-text"))
        }
        "decodes-text" => {
            let used = call.reachable || calls.iter().any(|(_, c)| acts(c));
            if used { (Verdict::Suspicious, Some("decodes")) } else { (Verdict::RunsHarmless, Some("outside-call")) }
        }
        _ => match call.weight {
            Weight::Plain => (Verdict::RunsHarmless, None),
            Weight::Outside if itself(call) => (Verdict::Suspicious, Some("reaches-outside-by-itself")),
            Weight::Outside => (Verdict::RunsHarmless, Some("outside-call")),
            Weight::Grave if itself(call) => {
                let lower = call.argument.to_lowercase();
                let folder = call.code == "starts-program" && !call.unseen && !hosts;
                // To open a folder before the user's eyes can be explained.
                let shown = folder && (lower.starts_with("explorer.exe") || lower.starts_with("explorer "));
                (if shown { Verdict::Suspicious } else { Verdict::Dangerous }, Some("acts-by-itself"))
            }
            Weight::Grave if call.reachable => {
                let hidden = call.unseen || hosts || call.code == "downloads-file" || call.code == "runs-machine-code";
                (if hidden { Verdict::Dangerous } else { Verdict::Suspicious }, Some("acts-by-itself"))
            }
            Weight::Grave => (Verdict::Suspicious, Some("grave-call")),
        },
    }
}

/// Reasons that calls give only together.
fn together(calls: &[Placed<'_>], reasons: &mut Vec<Reason>) {
    let find = |codes: &[&str], fits: &dyn Fn(&Call) -> bool| {
        calls.iter().copied().find(|(_, c)| codes.contains(&c.code.as_str()) && fits(c))
    };
    let started = |c: &Call| c.reachable;
    if let Some(fetch) = find(&FETCHES, &started) {
        let stream = find(&["stream"], &started).and_then(|_| find(&["writes-file"], &started));
        if let Some(run) = find(&RUNS, &started).or(stream) {
            let args = [("fetch", &*place(fetch)), ("run", &*place(run))];
            reasons.push(Reason::new(Verdict::Dangerous, "fetches-and-runs", args));
        }
    }
    if let Some(send) = find(&SENDS, &itself) {
        // The folder for temporary files says nothing of anybody.
        let folder = |c: &Call| {
            let lower = c.argument.to_lowercase();
            c.code == "reads-environment" && !lower.is_empty() && !lower.contains("user") && !lower.contains("name")
        };
        if let Some(read) = find(&READS, &|c| itself(c) && !folder(c)) {
            let args = [("read", &*place(read)), ("send", &*place(send))];
            reasons.push(Reason::new(Verdict::Dangerous, "sends-what-it-reads", args));
        }
    }
}
