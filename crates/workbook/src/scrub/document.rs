//! Parts in XML that tell of people, times and places: properties, comments, persons, connections, pivot caches, links.

use super::{Finding, Fix, When};
use crate::container::markup::{Markup, Tag, Token, attributes, local, unescaped, value};
use crate::limits;
use crate::trouble::Trouble;
use std::ops::Range;

/// An element with where it and what it holds stand.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) tag: Tag,
    pub(super) whole: Range<usize>,
    pub(super) inside: Range<usize>,
    /// Local names of the elements around it.
    pub(super) within: Vec<Vec<u8>>,
}

/// The elements of those local names, outermost first.
pub(super) fn elements(part: &str, xml: &[u8], wanted: &[&[u8]]) -> Result<Vec<Element>, Trouble> {
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<(Vec<u8>, Option<usize>)> = Vec::new();
    let mut markup = Markup::new(xml, 0);
    while let Some(token) = markup.next() {
        match token.map_err(|_| Trouble::malformed(part, "its markup is broken"))? {
            Token::Open(tag) => {
                let name = local(xml, &tag.name).to_vec();
                let mut index = None;
                if wanted.contains(&name.as_slice()) {
                    index = Some(found.len());
                    found.push(Element {
                        whole: tag.whole.clone(),
                        inside: tag.whole.end..tag.whole.end,
                        within: open.iter().map(|o| o.0.clone()).collect(),
                        tag: tag.clone(),
                    });
                }
                if !tag.closed {
                    if open.len() >= limits::DEPTH {
                        return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::DEPTH as u64 });
                    }
                    open.push((name, index));
                }
            }
            Token::Close { whole, .. } => {
                if let Some((_, Some(index))) = open.pop()
                    && let Some(element) = found.get_mut(index)
                {
                    element.whole.end = whole.end;
                    element.inside.end = whole.start;
                }
            }
            Token::Text { .. } => {}
        }
    }
    Ok(found)
}

/// The text within a range, tags left out.
pub(super) fn text_of(xml: &[u8], range: &Range<usize>) -> String {
    let mut out = String::new();
    let mut markup = Markup::new(xml.get(..range.end).unwrap_or_default(), range.start);
    while let Some(Ok(token)) = markup.next() {
        if let Token::Text { inside, .. } = token
            && out.len() < 2000
        {
            out.push_str(&unescaped(xml.get(inside).unwrap_or_default()));
        }
    }
    out
}

/// The place of an attribute with its leading space, by its name without prefix, and that of its value.
pub(super) fn attribute(xml: &[u8], tag: &Tag, name: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
    let (found, value) = attributes(xml, tag).find(|(n, _)| local(xml, n) == name)?;
    let before = xml.get(..found.start)?;
    let space = before.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    Some((found.start - space..value.end + 1, value))
}

/// A finding for an attribute whose value is to be another.
fn blanked(
    part: &str,
    xml: &[u8],
    tag: &Tag,
    name: &[u8],
    code: &'static str,
    when: When,
    new: &str,
) -> Option<Finding> {
    let (_, range) = attribute(xml, tag, name)?;
    let text = unescaped(xml.get(range.clone())?);
    (!text.trim().is_empty() && text != new)
        .then(|| Finding::new(part, code, text, when, Fix::Edit(range, new.as_bytes().to_vec())))
}

/// Elements that go whole where they hold something.
fn gone(part: &str, xml: &[u8], names: &[(&[u8], &'static str)]) -> Result<Vec<Finding>, Trouble> {
    let wanted: Vec<&[u8]> = names.iter().map(|n| n.0).collect();
    let mut found = Vec::new();
    for element in elements(part, xml, &wanted)? {
        let name = local(xml, &element.tag.name);
        let text = text_of(xml, &element.inside);
        let Some(code) = names.iter().find(|n| n.0 == name).map(|n| n.1) else { continue };
        // No time of editing is no trace.
        if !matches!(text.trim(), "" | "0") {
            found.push(Finding::new(part, code, text, When::Always, Fix::Edit(element.whole, Vec::new())));
        }
    }
    Ok(found)
}

/// `docProps/core.xml`.
pub(super) fn core(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    gone(
        part,
        xml,
        &[
            (b"creator", "author"),
            (b"lastModifiedBy", "last-modified-by"),
            (b"created", "time"),
            (b"modified", "time"),
            (b"lastPrinted", "time"),
            (b"title", "title"),
            (b"subject", "title"),
            (b"description", "title"),
            (b"keywords", "title"),
            (b"category", "title"),
            (b"revision", "revision"),
            (b"version", "revision"),
            (b"contentStatus", "title"),
            (b"identifier", "document-id"),
        ],
    )
}

/// `docProps/app.xml`. Names of sheets stay: they are in the workbook anyway.
pub(super) fn app(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    gone(
        part,
        xml,
        &[
            (b"Company", "company"),
            (b"Manager", "manager"),
            (b"HyperlinkBase", "path"),
            (b"Template", "template"),
            (b"TotalTime", "time"),
            (b"HLinks", "hyperlink"),
        ],
    )
}

/// `meta.xml` of an open document.
pub(super) fn meta(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    gone(
        part,
        xml,
        &[
            (b"initial-creator", "author"),
            (b"creator", "last-modified-by"),
            (b"printed-by", "user"),
            (b"creation-date", "time"),
            (b"date", "time"),
            (b"print-date", "time"),
            (b"editing-cycles", "revision"),
            (b"editing-duration", "time"),
            (b"title", "title"),
            (b"subject", "title"),
            (b"description", "title"),
            (b"keyword", "title"),
            (b"user-defined", "custom-property"),
        ],
    )
}

/// Values of custom properties, told one by one; the part goes whole.
pub(super) fn custom(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"property"])? {
        let name = value(xml, &element.tag, b"name").unwrap_or_default();
        let text = format!("{name}: {}", text_of(xml, &element.inside).trim());
        found.push(Finding::new(part, "custom-property", text, When::Always, Fix::Drop));
    }
    Ok(found)
}

/// Comments of the old kind, or of an open document's cells: authors always, texts where all goes.
pub(super) fn comments(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"author", b"text"])? {
        let text = text_of(xml, &element.inside);
        if text.trim().is_empty() {
            continue;
        }
        found.push(if local(xml, &element.tag.name) == b"author" {
            Finding::new(part, "comment-author", text, When::Always, Fix::Edit(element.inside, Vec::new()))
        } else {
            let name = xml.get(element.tag.name.clone()).unwrap_or_default();
            let prefix = name.strip_suffix(b"text").unwrap_or_default();
            let empty = [b"<", prefix, b"t/>"].concat();
            Finding::new(part, "comment", text, When::All, Fix::Edit(element.inside, empty))
        });
    }
    Ok(found)
}

/// Comments in threads: their times always, their texts where all goes.
pub(super) fn threads(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"threadedComment", b"text", b"mention"])? {
        match local(xml, &element.tag.name) {
            b"threadedComment" => {
                found.extend(blanked(part, xml, &element.tag, b"dT", "time", When::Always, "2000-01-01T00:00:00.00"));
            }
            b"text" => {
                let text = text_of(xml, &element.inside);
                if !text.trim().is_empty() {
                    found.push(Finding::new(part, "comment", text, When::All, Fix::Edit(element.inside, Vec::new())));
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The persons behind threads.
pub(super) fn persons(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for (number, element) in elements(part, xml, &[b"person"])?.iter().enumerate() {
        let name = format!("{}", number + 1);
        found.extend(blanked(part, xml, &element.tag, b"displayName", "comment-author", When::Always, &name));
        found.extend(blanked(part, xml, &element.tag, b"userId", "user", When::Always, &name));
    }
    Ok(found)
}

/// Data connections: what they point to goes, the connection stays as a shell that its tables can name.
pub(super) fn connections(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    let wanted: [&[u8]; 8] =
        [b"connection", b"dbPr", b"olapPr", b"webPr", b"textPr", b"rangePr", b"oledbPr", b"dataFeedPr"];
    for element in elements(part, xml, &wanted)? {
        for name in [
            &b"connection"[..],
            b"command",
            b"serverCommand",
            b"url",
            b"post",
            b"sourceFile",
            b"odcFile",
            b"description",
            b"singleSignOnId",
            b"localConnection",
            b"editPage",
        ] {
            found.extend(blanked(part, xml, &element.tag, name, "connection", When::All, ""));
        }
    }
    Ok(found)
}

/// Who refreshed a pivot cache and when; what it holds is told.
pub(super) fn pivot(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"pivotCacheDefinition", b"worksheetSource"])? {
        found.extend(blanked(part, xml, &element.tag, b"refreshedBy", "pivot-user", When::Always, ""));
        for name in [&b"refreshedDate"[..], b"refreshedDateIso"] {
            if let Some((whole, range)) = attribute(xml, &element.tag, name) {
                let text = unescaped(xml.get(range).unwrap_or_default());
                found.push(Finding::new(part, "time", text, When::Always, Fix::Edit(whole, Vec::new())));
            }
        }
    }
    Ok(found)
}

/// A part of relationships: where they point outside. `links` tells whether its owner is a link to another workbook.
pub(super) fn outside(part: &str, xml: &[u8], links: bool) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"Relationship"])? {
        let get = |name: &[u8]| value(xml, &element.tag, name).unwrap_or_default();
        if !get(b"TargetMode").eq_ignore_ascii_case("external") {
            continue;
        }
        let target = get(b"Target");
        let web = ["http:", "https:", "mailto:", "#"].iter().any(|s| target.to_lowercase().starts_with(s));
        if get(b"Type").ends_with("/hyperlink") && web {
            found.push(Finding::told(part, "hyperlink", target));
        } else {
            // A name that any program takes for a file that is not there.
            let new = if links { "removed.xlsx" } else { "removed" };
            let code = if links { "external-link" } else { "path" };
            found.extend(blanked(part, xml, &element.tag, b"Target", code, When::All, new));
        }
    }
    Ok(found)
}

/// What a link to another workbook keeps of it: values of its cells.
pub(super) fn external_data(part: &str, xml: &[u8]) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for element in elements(part, xml, &[b"sheetDataSet", b"ddeLink", b"oleLink", b"alternateUrls"])? {
        match local(xml, &element.tag.name) {
            b"sheetDataSet" => {
                let text = text_of(xml, &element.inside);
                found.push(Finding::new(part, "external-data", text, When::All, Fix::Edit(element.whole, Vec::new())));
            }
            b"ddeLink" => {
                for name in [&b"ddeService"[..], b"ddeTopic"] {
                    found.extend(blanked(part, xml, &element.tag, name, "external-link", When::All, "removed"));
                }
            }
            _ => {}
        }
    }
    Ok(found)
}
