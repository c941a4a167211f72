//! The workbook part of a package, and all that it leads to.

use super::xml::{Step, attributes, switch, walk};
use super::{Grid, GridSheet, Name, lists, notes, sheet, strings, styles};
use crate::container::Package;
use crate::limits;
use crate::sheets::{SheetKind, Visibility};
use crate::trouble::Trouble;

/// A sheet as the workbook part lists it.
struct Listed {
    name: String,
    visibility: Visibility,
    link: String,
}

pub(super) fn read(package: &Package<'_>, document: &str) -> Result<Grid, Trouble> {
    let mut grid = Grid::default();
    let listed = workbook(document, &package.read(document)?, &mut grid)?;
    let links = package.relationships(document)?;
    let side = |kind: &str| {
        links.iter().find(|l| !l.external && l.kind.rsplit('/').next() == Some(kind)).map(|l| l.target.as_str())
    };
    let shared = match side("sharedStrings") {
        Some(part) => strings::read(part, &package.read(part)?)?,
        None => Vec::new(),
    };
    if let Some(part) = side("styles") {
        grid.styles = styles::read(part, &package.read(part)?)?;
    }
    let mut left = limits::CELLS;
    for Listed { name, visibility, link } in listed {
        let target = links.iter().find(|l| l.id == link && !l.external);
        let kind = target.map_or(SheetKind::Other, |l| SheetKind::by_relationship(&l.kind));
        let part = target.map(|l| l.target.clone()).unwrap_or_default();
        let mut found = GridSheet::empty(name, visibility, kind, part);
        if kind == SheetKind::Worksheet {
            let part = found.part.clone();
            sheet::read(&part, &package.read(&part)?, &shared, &mut found, &mut left)?;
            if let Err(trouble) = notes::read(package, &mut found) {
                grid.troubles.push(trouble);
            }
        }
        grid.sheets.push(found);
    }
    lists::resolve(&mut grid);
    Ok(grid)
}

fn workbook(part: &str, xml: &[u8], grid: &mut Grid) -> Result<Vec<Listed>, Trouble> {
    let mut listed: Vec<Listed> = Vec::new();
    let mut gather = false;
    walk(part, xml, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "workbookPr" => attributes(element, |key, value| {
                    if key == "date1904" {
                        grid.date_1904 = switch(&value);
                    }
                }),
                "sheet" => {
                    let mut found =
                        Listed { name: String::new(), visibility: Visibility::Visible, link: String::new() };
                    attributes(element, |key, value| match key {
                        "name" => found.name = value.into_owned(),
                        "id" => found.link = value.into_owned(),
                        "state" => {
                            found.visibility = match &*value {
                                "hidden" => Visibility::Hidden,
                                "veryHidden" => Visibility::VeryHidden,
                                _ => Visibility::Visible,
                            }
                        }
                        _ => {}
                    });
                    if listed.len() >= limits::ENTRIES {
                        return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::ENTRIES as u64 });
                    }
                    listed.push(found);
                }
                "definedName" => {
                    if grid.names.len() >= limits::PIECES {
                        return Err(Trouble::TooLarge { what: part.to_owned(), limit: limits::PIECES as u64 });
                    }
                    let mut name = Name { name: String::new(), sheet: None, formula: String::new(), hidden: false };
                    attributes(element, |key, value| match key {
                        "name" => name.name = value.into_owned(),
                        "localSheetId" => name.sheet = value.parse().ok(),
                        "hidden" => name.hidden = switch(&value),
                        _ => {}
                    });
                    grid.names.push(name);
                    gather = true;
                }
                _ => {}
            },
            Step::Text(piece) if gather => {
                if let Some(name) = grid.names.last_mut() {
                    name.formula.push_str(piece);
                }
            }
            Step::Close("definedName") => gather = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(listed)
}
