//! What hangs on a sheet's side: comments, threaded comments, tables.

use super::xml::{Step, attributes, unwritten, walk};
use super::{Area, Comment, GridSheet, Table, binary_sheet};
use crate::container::Package;
use crate::limits;
use crate::trouble::Trouble;

/// Reads what the sheet's relationships name.
pub(super) fn read(package: &Package<'_>, sheet: &mut GridSheet) -> Result<(), Trouble> {
    for link in package.relationships(&sheet.part)? {
        if link.external {
            continue;
        }
        let kind = link.kind.rsplit('/').next().unwrap_or_default();
        match kind {
            "comments" if link.target.to_ascii_lowercase().ends_with(".bin") => {
                sheet.comments.extend(binary_sheet::comments(&package.read(&link.target)?));
            }
            "comments" => sheet.comments.extend(comments(&link.target, &package.read(&link.target)?)?),
            "threadedComment" => sheet.comments.extend(threaded(&link.target, &package.read(&link.target)?)?),
            "table" if !link.target.to_ascii_lowercase().ends_with(".bin") => {
                sheet.tables.extend(table(&link.target, &package.read(&link.target)?)?)
            }
            _ => {}
        }
        if sheet.comments.len() > limits::PIECES || sheet.tables.len() > limits::PIECES {
            return Err(Trouble::TooLarge { what: link.target, limit: limits::PIECES as u64 });
        }
    }
    sheet.comments.sort_by(|a, b| (a.at, &a.text).cmp(&(b.at, &b.text)));
    Ok(())
}

fn comments(part: &str, xml: &[u8]) -> Result<Vec<Comment>, Trouble> {
    let (mut authors, mut found) = (Vec::<String>::new(), Vec::<Comment>::new());
    let mut text = String::new();
    let (mut gather, mut reading) = (false, false);
    walk(part, xml, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "author" => {
                    text.clear();
                    gather = true;
                }
                "comment" => {
                    text.clear();
                    let (mut at, mut author) = (None, String::new());
                    attributes(element, |key, value| match key {
                        "ref" => at = value.parse().ok(),
                        "authorId" => {
                            let known = value.parse::<usize>().ok().and_then(|n| authors.get(n));
                            author = known.cloned().unwrap_or_default();
                        }
                        _ => {}
                    });
                    if let Some(at) = at.filter(|_| found.len() < limits::PIECES) {
                        found.push(Comment { at, author, text: String::new() });
                    }
                }
                "rPh" => reading = true,
                "t" => gather = !reading,
                _ => {}
            },
            Step::Text(piece) if gather => text.push_str(piece),
            Step::Close("author") => {
                gather = false;
                authors.push(text.trim().to_owned());
            }
            Step::Close("t") => gather = false,
            Step::Close("rPh") => reading = false,
            Step::Close("comment") => {
                if let Some(comment) = found.last_mut().filter(|c| c.text.is_empty()) {
                    comment.text = unwritten(text.trim()).into_owned();
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

fn threaded(part: &str, xml: &[u8]) -> Result<Vec<Comment>, Trouble> {
    let mut found = Vec::<Comment>::new();
    let mut gather = false;
    walk(part, xml, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "threadedComment" => attributes(element, |key, value| {
                    if let ("ref", Ok(at), true) = (key, value.parse(), found.len() < limits::PIECES) {
                        found.push(Comment { at, author: String::new(), text: String::new() });
                    }
                }),
                "text" => gather = true,
                _ => {}
            },
            Step::Text(piece) if gather => {
                if let Some(comment) = found.last_mut() {
                    comment.text.push_str(piece);
                }
            }
            Step::Close("text") => gather = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

fn table(part: &str, xml: &[u8]) -> Result<Option<Table>, Trouble> {
    let mut found: Option<Table> = None;
    walk(part, xml, |step| {
        let Step::Open(element) = step else { return Ok(()) };
        match element.local_name().as_ref() {
            "table" if found.is_none() => {
                let mut area: Option<Area> = None;
                let mut table = Table {
                    name: String::new(),
                    area: Area::cell(super::Address::default()),
                    header_rows: 1,
                    total_rows: 0,
                    columns: Vec::new(),
                };
                attributes(element, |key, value| match key {
                    "ref" => area = value.parse().ok(),
                    "displayName" => table.name = value.into_owned(),
                    "headerRowCount" => table.header_rows = value.parse().unwrap_or(1),
                    "totalsRowCount" => table.total_rows = value.parse().unwrap_or(0),
                    _ => {}
                });
                found = area.map(|area| Table { area, ..table });
            }
            "tableColumn" => attributes(element, |key, value| {
                if let (Some(table), "name") = (&mut found, key)
                    && table.columns.len() < limits::PIECES
                {
                    table.columns.push(unwritten(&value).into_owned());
                }
            }),
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}
