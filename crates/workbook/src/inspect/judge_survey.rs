//! Reasons from sheets, Excel 4 macros, links and the file's name.

use super::knowledge::{Excel4Act, Knowledge};
use super::verdict::{Reason, Reveal, Verdict};
use crate::sheets::{Carried, Container, Link, LinkKind, Sheet, SheetKind, Survey, Visibility, Xlm};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the reasons and what is revealed.
pub(super) fn judge_survey(survey: &Survey, reasons: &mut Vec<Reason>, reveals: &mut BTreeSet<Reveal>) {
    excel4(survey, reasons);
    for (visibility, code) in [(Visibility::Hidden, "sheet-hidden"), (Visibility::VeryHidden, "sheet-very-hidden")] {
        let hidden: Vec<&str> =
            survey.sheets.iter().filter(|s| s.visibility == visibility).map(|s| s.name.as_str()).collect();
        if let Some(first) = hidden.first() {
            let args = [("sheet", *first), ("count", &*hidden.len().to_string())];
            reasons.push(Reason::new(Verdict::NothingRuns, code, args));
        }
    }
    // One reason for each kind of link: the first stands for all, with their number; the list of links has every one.
    let mut told: BTreeMap<(Verdict, &'static str), (&Link, usize)> = BTreeMap::new();
    for link in &survey.links {
        if let Some(key) = judge_link(link, reveals) {
            told.entry(key).or_insert((link, 0)).1 += 1;
        }
    }
    for ((weight, code), (link, count)) in told {
        let args = [("part", &*link.part), ("target", &*link.target), ("count", &*count.to_string())];
        reasons.push(Reason::new(weight, code, args));
    }
}

fn is_macro(sheet: &Sheet) -> bool {
    matches!(sheet.kind, SheetKind::Macro | SheetKind::InternationalMacro)
}

fn excel4(survey: &Survey, reasons: &mut Vec<Reason>) {
    let starts = survey.xlm.iter().find(|x| x.starts);
    if !survey.xlm.is_empty() {
        let count = survey.xlm.len().to_string();
        reasons.push(Reason::new(Verdict::RunsHarmless, "xlm", [("count", count.as_str())]));
    }
    if let Some(start) = starts {
        reasons.push(Reason::new(Verdict::RunsHarmless, "xlm-starts", [("name", start.at.as_str())]));
    }
    // One reason for each weight and sheet: its first formula stands for all.
    let mut told: BTreeMap<(Verdict, &str), (&Xlm, BTreeSet<&str>)> = BTreeMap::new();
    for formula in &survey.xlm {
        let act = |name: &String| Knowledge::built_in().map_or(Excel4Act::Grave, |k| k.excel4(name));
        let weight = match formula.acts.iter().map(act).max() {
            None | Some(Excel4Act::Mild) => continue,
            Some(Excel4Act::Covers) if starts.is_none() => continue,
            Some(Excel4Act::Grave) if starts.is_some() => Verdict::Dangerous,
            Some(_) => Verdict::Suspicious,
        };
        let entry = told.entry((weight, formula.sheet.as_str())).or_insert((formula, BTreeSet::new()));
        entry.1.extend(formula.acts.iter().filter(|a| act(a) > Excel4Act::Mild).map(String::as_str));
    }
    for ((weight, sheet), (first, acts)) in told {
        let acts: Vec<&str> = acts.into_iter().collect();
        let args = [("sheet", sheet), ("at", first.at.as_str()), ("acts", &*acts.join(", "))];
        reasons.push(Reason::new(weight, "xlm-acts", args));
    }
    for sheet in survey.sheets.iter().filter(|s| is_macro(s)) {
        let used = survey.xlm.iter().any(|x| x.sheet == sheet.name);
        if !used {
            reasons.push(Reason::new(Verdict::NothingRuns, "macro-sheet-empty", [("sheet", sheet.name.as_str())]));
        } else if sheet.visibility != Visibility::Visible {
            let hidden = if sheet.visibility == Visibility::Hidden { "hidden" } else { "very-hidden" };
            let args = [("sheet", sheet.name.as_str()), ("visibility", hidden)];
            reasons.push(Reason::new(Verdict::Suspicious, "xlm-sheet-hidden", args));
        }
    }
}

/// Beginnings of targets on the network, or of those that make another program fetch something.
const REMOTE: [&str; 11] =
    ["\\\\", "file:\\\\", "file://", "ftp:", "http:", "https:", "mhtml:", "mk:", "ms-its:", "ms-msdt:", "script:"];

/// The verdict that a link alone supports, and its code; none for what a person must click.
fn judge_link(link: &Link, reveals: &mut BTreeSet<Reveal>) -> Option<(Verdict, &'static str)> {
    let lower = link.target.to_lowercase();
    // The target may stand behind the name of its program; a local file is written `file:///C:\..`.
    let begins = |word: &str| REMOTE.iter().any(|p| word.starts_with(p)) && !word.starts_with("file:///");
    let remote = lower.split_whitespace().any(begins);
    let host = Knowledge::built_in().is_ok_and(|k| k.text(&lower).is_some()) || lower.starts_with("cmd");
    let program = Knowledge::built_in().is_ok_and(|k| k.is_program(&lower));
    let carries = matches!(link.carried, Some(Carried::Program | Carried::Script | Carried::Shortcut));
    // Basic that lies in the file is read with the other modules; other scripts and those of elsewhere are not.
    let basic = lower.starts_with("basic/")
        || lower == "ooo:basic"
        || lower == "basic"
        || lower.contains("language=basic&location=document");
    let (weight, code) = match link.kind {
        LinkKind::Dde if host => (Verdict::Dangerous, "dde"),
        LinkKind::Dde => (Verdict::Suspicious, "dde"),
        LinkKind::RemoteTemplate => (Verdict::Suspicious, "remote-template"),
        LinkKind::OleLink if remote => (Verdict::Suspicious, "ole-link-remote"),
        LinkKind::OleLink => (Verdict::NothingRuns, "ole-link"),
        LinkKind::EmbeddedObject if program || carries => (Verdict::Suspicious, "embedded-program"),
        LinkKind::EmbeddedObject => (Verdict::NothingRuns, "embedded-object"),
        LinkKind::ActiveX => (Verdict::NothingRuns, "activex"),
        LinkKind::ExternalWorkbook => (Verdict::NothingRuns, "external-workbook"),
        LinkKind::Connection => (Verdict::NothingRuns, "connection"),
        LinkKind::RemotePicture => (Verdict::NothingRuns, "remote-picture"),
        LinkKind::WebExtension => (Verdict::RunsHarmless, "web-extension"),
        LinkKind::MacroButton => (Verdict::NothingRuns, "macro-button"),
        LinkKind::Ribbon => (Verdict::NothingRuns, "ribbon"),
        LinkKind::OtherOutside => (Verdict::NothingRuns, "outside-link"),
        LinkKind::Script | LinkKind::Event if basic => return None,
        LinkKind::Script => (Verdict::Suspicious, "script-unread"),
        LinkKind::Event => (Verdict::Suspicious, "event-unread"),
        LinkKind::Hyperlink => return None,
    };
    let reveal = match link.kind {
        LinkKind::RemoteTemplate | LinkKind::RemotePicture | LinkKind::WebExtension => Some("linked-file"),
        LinkKind::OleLink | LinkKind::ExternalWorkbook | LinkKind::OtherOutside if remote => Some("linked-file"),
        LinkKind::Connection => Some("database"),
        _ => None,
    };
    if let Some(code) = reveal {
        reveals.insert(Reveal { code: code.to_owned(), place: link.part.clone(), target: link.target.clone() });
    }
    Some((weight, code))
}

/// A file's name against what its bytes are; `code` says whether it has anything that runs.
pub(super) fn judge_name(name: &str, container: Container, code: bool) -> Option<Reason> {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    let fits = match ending.as_str() {
        "xlsx" => container == Container::Xlsx,
        "xlsm" => container == Container::Xlsm,
        "xltx" | "xltm" => container == Container::Xltm,
        "xlam" => container == Container::Xlam,
        "xlsb" => container == Container::Xlsb,
        "xls" | "xlt" | "xla" | "xlm" | "xlw" => matches!(container, Container::Xls | Container::XlsOld),
        "ods" | "ots" => container == Container::Ods,
        "bin" => container == Container::VbaProject,
        "docx" | "doc" | "docm" | "dotx" | "dotm" | "dot" | "pptx" | "ppt" | "pptm" => {
            container == Container::OtherOffice
        }
        _ => false,
    };
    // Names that promise that nothing runs; a content type without macros promises the same.
    let promises = ["xlsx", "xltx", "csv", "txt", "pdf", "docx", "pptx", "xml", "html"].contains(&ending.as_str())
        || container == Container::Xlsx;
    let told = container_code(container);
    if code && promises {
        Some(Reason::new(Verdict::Suspicious, "macros-under-wrong-name", [("name", name), ("container", told)]))
    } else if !fits {
        Some(Reason::new(Verdict::NothingRuns, "wrong-name", [("name", name), ("container", told)]))
    } else {
        None
    }
}

fn container_code(container: Container) -> &'static str {
    match container {
        Container::Xlsx => "xlsx",
        Container::Xlsm => "xlsm",
        Container::Xltm => "xltm",
        Container::Xlam => "xlam",
        Container::Xlsb => "xlsb",
        Container::Xls => "xls",
        Container::XlsOld => "xls-old",
        Container::Ods => "ods",
        Container::VbaProject => "vba-project",
        Container::OtherOffice => "other-office",
    }
}
