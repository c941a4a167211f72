//! What the workbook's own part and its sheets tell.

use super::document::{attribute, elements, text_of};
use super::{Finding, Fix, When};
use crate::container::markup::{Markup, Token, local, unescaped, value};
use crate::trouble::Trouble;

/// The workbook's part: paths, users, identifiers, hidden sheets, names that point outside.
pub(super) fn workbook(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let wanted: [&[u8]; 9] = [
        b"AlternateContent",
        b"absPath",
        b"revisionPtr",
        b"fileSharing",
        b"customWorkbookView",
        b"sheet",
        b"definedName",
        b"webPublishing",
        b"fileVersion",
    ];
    let all = elements(part, xml, &wanted)?;
    let mut found = Vec::new();
    let mut views = 0;
    for element in &all {
        let get = |name: &[u8]| value(xml, &element.tag, name).unwrap_or_default();
        let drop = |range: &std::ops::Range<usize>| Fix::Edit(range.clone(), Vec::new());
        match local(xml, &element.tag.name) {
            b"absPath" => {
                // It stands in a choice of its own, which goes with it.
                let around = all.iter().rfind(|a| {
                    local(xml, &a.tag.name) == b"AlternateContent"
                        && a.whole.start < element.whole.start
                        && a.whole.end > element.whole.end
                });
                let whole = &around.unwrap_or(element).whole;
                found.push(Finding::new(part, "path", get(b"url"), When::Always, drop(whole)));
            }
            b"revisionPtr" => {
                found.push(Finding::new(part, "document-id", get(b"documentId"), When::Always, drop(&element.whole)));
            }
            b"fileSharing" => {
                if let Some((whole, _)) = attribute(xml, &element.tag, b"userName") {
                    found.push(Finding::new(part, "user", get(b"userName"), When::Always, drop(&whole)));
                }
            }
            b"customWorkbookView" => {
                views += 1;
                if let Some((_, range)) = attribute(xml, &element.tag, b"name") {
                    let fix = Fix::Edit(range, format!("{views}").into_bytes());
                    found.push(Finding::new(part, "view", get(b"name"), When::Always, fix));
                }
            }
            b"sheet" if matches!(get(b"state").as_str(), "hidden" | "veryHidden") => {
                found.push(Finding::told(part, "hidden-sheet", get(b"name")));
            }
            b"definedName" => {
                let text = text_of(xml, &element.inside);
                // `[1]Sheet!A1` and `'C:\dir\[file.xlsx]Sheet'!A1` are in other files.
                let outside = text.trim_start_matches(['\'', '=', '(']).starts_with('[')
                    || (text.contains('[') && (text.contains(":\\") || text.contains("\\\\") || text.contains("://")));
                if outside {
                    found.push(Finding::told(part, "outside-name", format!("{} = {text}", get(b"name"))));
                }
            }
            b"webPublishing" => {
                found.push(Finding::new(part, "path", "webPublishing", When::Always, drop(&element.whole)));
            }
            b"fileVersion" => {}
            _ => {}
        }
    }
    Ok(found)
}

/// A sheet: its identifier, what is hidden in it. Its cells are the answers and the form, and stay.
pub(super) fn sheet(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    let (mut rows, mut columns, mut first) = (0_u64, 0_u64, true);
    let mut markup = Markup::new(xml, 0);
    while let Some(token) = markup.next() {
        let Token::Open(tag) = token.map_err(|_| Trouble::malformed(part, "its markup is broken"))? else { continue };
        let hidden = || value(xml, &tag, b"hidden").is_some_and(|v| v == "1" || v == "true");
        match local(xml, &tag.name) {
            b"row" if hidden() => rows += 1,
            b"col" if hidden() => {
                let read = |name: &[u8]| value(xml, &tag, name).and_then(|v| v.parse::<u64>().ok()).unwrap_or(0);
                columns += (read(b"max") + 1).saturating_sub(read(b"min"));
            }
            b"c" => {}
            _ if first => {
                if let Some((whole, range)) = attribute(xml, &tag, b"uid") {
                    let text = unescaped(xml.get(range).unwrap_or_default());
                    let fix = Fix::Edit(whole, Vec::new());
                    found.push(Finding::new(part, "document-id", text, When::Always, fix));
                }
            }
            _ => {}
        }
        first = false;
    }
    if rows > 0 {
        found.push(Finding::told(part, "hidden-rows", rows.to_string()));
    }
    if columns > 0 {
        found.push(Finding::told(part, "hidden-columns", columns.to_string()));
    }
    Ok(found)
}

/// Objects that are embedded in a sheet, as the sheet names them: the element goes with the file.
pub(super) fn objects(part: &str, xml: &[u8]) -> Result<Vec<(std::ops::Range<usize>, String)>, Trouble> {
    let found = elements(part, xml, &[b"oleObjects"])?;
    Ok(found.into_iter().map(|e| (e.whole, String::new())).collect())
}
