//! Reasons from sheets, Excel 4 macros, links and the file's name.

use super::knowledge::Knowledge;
use super::verdict::{Reason, Reveal, Verdict};
use crate::sheets::{Carried, Container, Link, LinkKind, Sheet, SheetKind, Survey, Visibility};
use std::collections::BTreeSet;

/// Functions of Excel 4 that start programs, call libraries or drive other programs.
const XLM_GRAVE: [&str; 10] = [
    "CALL",
    "EXEC",
    "EXECUTE",
    "INITIATE",
    "POKE",
    "REGISTER",
    "REGISTER.ID",
    "SEND.KEYS",
    "VBA.INSERT.FILE",
    "URLDOWNLOADTOFILE",
];

/// Adds the reasons and what is revealed.
pub(super) fn judge_survey(survey: &Survey, reasons: &mut Vec<Reason>, reveals: &mut BTreeSet<Reveal>) {
    excel4(survey, reasons);
    for sheet in &survey.sheets {
        let name = sheet.name.as_str();
        match sheet.visibility {
            Visibility::Visible => {}
            Visibility::Hidden => reasons.push(Reason::new(Verdict::NothingRuns, "sheet-hidden", [("sheet", name)])),
            Visibility::VeryHidden => {
                reasons.push(Reason::new(Verdict::NothingRuns, "sheet-very-hidden", [("sheet", name)]));
            }
        }
    }
    for link in &survey.links {
        judge_link(link, reasons, reveals);
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
    let grave = |acts: &[String]| acts.iter().any(|a| XLM_GRAVE.contains(&a.to_uppercase().as_str()));
    for macro4 in survey.xlm.iter().filter(|x| !x.acts.is_empty()) {
        let dangerous = starts.is_some() && grave(&macro4.acts);
        let weight = if dangerous { Verdict::Dangerous } else { Verdict::Suspicious };
        let acts = macro4.acts.join(", ");
        let args = [("sheet", macro4.sheet.as_str()), ("at", macro4.at.as_str()), ("acts", acts.as_str())];
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

fn judge_link(link: &Link, reasons: &mut Vec<Reason>, reveals: &mut BTreeSet<Reveal>) {
    let lower = link.target.to_lowercase();
    let remote =
        ["http:", "https:", "ftp:", "\\\\", "file://", "file:\\\\", "mhtml:", "mk:", "ms-its:", "ms-msdt:", "script:"]
            .iter()
            .any(|p| lower.starts_with(p));
    // A local file is written `file:///C:\..`.
    let remote = remote && !lower.starts_with("file:///");
    let host = Knowledge::built_in().is_ok_and(|k| k.text(&lower).is_some()) || lower.starts_with("cmd");
    let program = Knowledge::built_in().is_ok_and(|k| k.is_program(&lower));
    let (weight, code) = match link.kind {
        LinkKind::Dde if host => (Verdict::Dangerous, "dde"),
        LinkKind::Dde => (Verdict::Suspicious, "dde"),
        LinkKind::RemoteTemplate => (Verdict::Suspicious, "remote-template"),
        LinkKind::OleLink if remote => (Verdict::Suspicious, "ole-link-remote"),
        LinkKind::OleLink => (Verdict::NothingRuns, "ole-link"),
        LinkKind::EmbeddedObject if program || carries_program(link) => (Verdict::Suspicious, "embedded-program"),
        LinkKind::EmbeddedObject => (Verdict::NothingRuns, "embedded-object"),
        LinkKind::ActiveX => (Verdict::NothingRuns, "activex"),
        LinkKind::ExternalWorkbook => (Verdict::NothingRuns, "external-workbook"),
        LinkKind::Connection => (Verdict::NothingRuns, "connection"),
        LinkKind::RemotePicture => (Verdict::NothingRuns, "remote-picture"),
        LinkKind::WebExtension => (Verdict::RunsHarmless, "web-extension"),
        LinkKind::MacroButton => (Verdict::NothingRuns, "macro-button"),
        LinkKind::Ribbon => (Verdict::NothingRuns, "ribbon"),
        LinkKind::OtherOutside => (Verdict::NothingRuns, "link-outside"),
        // The languages of open documents are not read here, so that nothing is said of them but that they are there.
        LinkKind::Script => (Verdict::Suspicious, "odf-script"),
        LinkKind::Event => (Verdict::Suspicious, "odf-event"),
        LinkKind::Hyperlink => return,
    };
    reasons.push(Reason::new(weight, code, [("part", link.part.as_str()), ("target", link.target.as_str())]));
    let reveal = match link.kind {
        LinkKind::RemoteTemplate | LinkKind::RemotePicture | LinkKind::WebExtension | LinkKind::OtherOutside => {
            Some("linked-file")
        }
        LinkKind::OleLink | LinkKind::ExternalWorkbook if remote => Some("linked-file"),
        LinkKind::Connection => Some("database"),
        _ => None,
    };
    if let Some(code) = reveal {
        reveals.insert(Reveal { code: code.to_owned(), place: link.part.clone(), target: link.target.clone() });
    }
}

/// What is embedded would run if it were opened.
fn carries_program(link: &Link) -> bool {
    matches!(link.carried, Some(Carried::Program | Carried::Script | Carried::Shortcut))
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
