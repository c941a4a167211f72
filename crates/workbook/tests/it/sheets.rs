//! Sheets, Excel 4 macros, links and objects: over the corpus, and over small files that show one thing each.

mod binary;
mod compound;
mod corpus;
mod hostile;
mod open_document;
mod package;

use workbook::sheets::{Survey, survey};

/// The survey of bytes that must be readable without trouble.
fn whole(bytes: &[u8]) -> Survey {
    let survey = survey(bytes).unwrap_or_else(|e| panic!("{e}"));
    assert!(survey.troubles.is_empty(), "{:?}", survey.troubles);
    survey
}

/// Links as `kind part target`, for comparison at a glance.
fn links(survey: &Survey) -> Vec<String> {
    survey.links.iter().map(|l| format!("{:?} {} {}", l.kind, l.part, l.target)).collect()
}

/// Formulas as `sheet!cell formula [acts]`.
fn formulas(survey: &Survey) -> Vec<String> {
    let line = |x: &workbook::sheets::Xlm| format!("{}!{} {} {:?}", x.sheet, x.at, x.formula, x.acts);
    survey.xlm.iter().map(line).collect()
}
