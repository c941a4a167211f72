//! The verdict on a workbook, from its projects, its sheets and links, and what could not be read.

use super::analysis::Analysis;
use super::judge_calls::judge_calls;
use super::judge_survey::{judge_name, judge_survey};
use super::verdict::{Inspection, Reason, Reveal, Unread, Verdict};
use crate::sheets::Survey;
use crate::trouble::Trouble;
use std::collections::BTreeSet;

/// What is judged together.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Name of the file as it came; none if it is not known.
    pub name: Option<&'a str>,
    /// Its sheets, Excel 4 macros and links; none where the container cannot be read, or there is nothing but a project.
    pub survey: Option<&'a Survey>,
    /// Its macro projects.
    pub projects: &'a [Analysis],
    /// How many of them the workbook itself names.
    pub named: usize,
    /// Why parts of it, or the whole, could not be read.
    pub troubles: &'a [Trouble],
}

/// Judges. The verdict is the heaviest of the reasons; what could not be read is a reason, so it is never called harmless.
pub fn judge(subject: Subject<'_>) -> Inspection {
    let mut reasons = Vec::new();
    let mut unread: BTreeSet<Unread> = subject.projects.iter().flat_map(|p| p.unread.iter().cloned()).collect();
    let troubles = subject.troubles.iter().chain(subject.survey.into_iter().flat_map(|s| &s.troubles));
    unread.extend(troubles.map(|t| Unread { part: part(t), code: t.code() }));
    for item in &unread {
        reasons.push(match item.code {
            "encrypted" | "unknown-encryption" => Reason::new(Verdict::Suspicious, "encrypted", [("part", &item.part)]),
            code => Reason::new(Verdict::Suspicious, "unread", [("part", &item.part), ("why", code)]),
        });
    }
    let modules: Vec<_> = subject.projects.iter().flat_map(|p| p.modules.iter().cloned()).collect();
    let procedures: usize = modules.iter().map(|m| m.procedures).sum();
    for project in subject.projects {
        reasons.extend(project.oddities.iter().cloned());
        let empty = project.modules.iter().all(|m| m.procedures == 0) && project.unread.is_empty();
        if empty {
            let place = project.modules.first().map_or("", |m| m.place.as_str());
            reasons.push(Reason::new(Verdict::NothingRuns, "project-empty", [("place", place)]));
        }
    }
    if procedures > 0 {
        let args = [("modules", &*modules.len().to_string()), ("procedures", &*procedures.to_string())];
        reasons.push(Reason::new(Verdict::RunsHarmless, "has-macros", args));
    }
    if subject.named > 1 {
        let count = subject.named.to_string();
        reasons.push(Reason::new(Verdict::Suspicious, "several-projects", [("count", count.as_str())]));
    }
    let mut reveals: BTreeSet<Reveal> = BTreeSet::new();
    judge_calls(&modules, &mut reasons, &mut reveals);
    if let Some(survey) = subject.survey {
        judge_survey(survey, &mut reasons, &mut reveals);
        let code = procedures > 0 || !survey.xlm.is_empty();
        reasons.extend(subject.name.and_then(|name| judge_name(name, survey.container, code)));
    }
    let verdict = reasons.iter().map(|r| r.weight).max().unwrap_or(Verdict::NothingRuns);
    if verdict == Verdict::NothingRuns {
        reasons.push(Reason::new(Verdict::NothingRuns, "no-code", []));
    }
    reasons.sort_by(|a, b| (b.weight, a.code, &a.args).cmp(&(a.weight, b.code, &b.args)));
    reasons.dedup();
    Inspection {
        verdict,
        exit: verdict.exit(),
        container: subject.survey.map(|s| s.container),
        reasons,
        modules,
        xlm: subject.survey.map(|s| s.xlm.clone()).unwrap_or_default(),
        links: subject.survey.map(|s| s.links.clone()).unwrap_or_default(),
        sheets: subject.survey.map(|s| s.sheets.clone()).unwrap_or_default(),
        reveals: reveals.into_iter().collect(),
        unread: unread.into_iter().collect(),
    }
}

fn part(trouble: &Trouble) -> String {
    match trouble {
        Trouble::TooLarge { what, .. } => what.clone(),
        Trouble::Malformed { part, .. } => part.clone(),
        Trouble::Missing(part) | Trouble::UnknownEncryption(part) => part.clone(),
        Trouble::NotAWorkbook | Trouble::Encrypted => String::new(),
    }
}
