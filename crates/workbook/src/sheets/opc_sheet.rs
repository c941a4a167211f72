//! The workbook part and its sheets, in XML.

use super::found::Found;
use super::opc::{Parts, Role, head};
use super::xml::{Step, root, walk};
use super::{LinkKind, Sheet, SheetKind, Visibility, biff12};
use crate::container::attribute;
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;
use std::ops::ControlFlow::Continue;

/// The sheets, the names, and the formulas of macro sheets.
pub(super) fn workbook(parts: &Parts<'_, '_>, part: &str, bytes: &[u8], found: &mut Found) {
    let mut sheets = Vec::new();
    let mut name: Option<(String, bool, String)> = None;
    let mut names = Vec::new();
    let result = walk(part, bytes, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "sheet" => {
                    let visibility = match attribute(element, "state").as_deref() {
                        None | Some("visible") => Visibility::Visible,
                        Some("hidden") => Visibility::Hidden,
                        Some(_) => Visibility::VeryHidden,
                    };
                    sheets.push((
                        attribute(element, "name").unwrap_or_default(),
                        visibility,
                        attribute(element, "id").unwrap_or_default(),
                    ));
                }
                "definedName" => {
                    let marked = ["function", "vbProcedure", "xlm"].into_iter().any(|a| is_true(element, a));
                    name = Some((attribute(element, "name").unwrap_or_default(), marked, String::new()));
                }
                _ => {}
            },
            Step::Text(text) => {
                if let Some(name) = &mut name {
                    name.2.push_str(text);
                }
            }
            Step::Close("definedName") => names.extend(name.take()),
            Step::Close(_) => {}
        }
        Continue(())
    });
    found.kept(result);
    for (name, marked, formula) in names.into_iter().chain(name) {
        let formula = if formula.is_empty() { formula } else { format!("={formula}") };
        found.name(&name, formula, marked);
    }
    list(parts, part, sheets, found, &|sheet, bytes, found| {
        biff12::macro_sheet(&biff12::Book::default(), sheet, bytes, found)
    });
}

fn is_true(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|v| v == "1" || v.eq_ignore_ascii_case("true"))
}

/// Puts the sheets in the list and reads the macro sheets, also those that no sheet of the list names; `binary` reads one
/// that is no XML.
pub(super) fn list(
    parts: &Parts<'_, '_>,
    workbook: &str,
    sheets: Vec<(String, Visibility, String)>,
    found: &mut Found,
    binary: &dyn Fn(&str, &[u8], &mut Found),
) {
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    let targets = by_id(parts, workbook);
    let mut kinds: BTreeMap<&str, SheetKind> = BTreeMap::new();
    for (name, visibility, id) in sheets {
        let target = targets.get(id.as_str()).copied().unwrap_or_default();
        let kind = *kinds.entry(target).or_insert_with(|| kind(parts, target));
        let part = target.to_owned();
        listed.entry(part.to_lowercase()).or_insert_with(|| name.clone());
        found.sheet(Sheet { name, visibility, kind, part });
    }
    let mut macros: Vec<String> =
        parts.of(Role::Macro).chain(parts.of(Role::InternationalMacro)).map(str::to_owned).collect();
    macros.extend(found.sheets.iter().filter(|s| is_macro(s.kind)).map(|s| s.part.clone()));
    macros.sort_by_key(|m| m.to_lowercase());
    macros.dedup_by_key(|m| m.to_lowercase());
    for part in macros {
        let Some(bytes) = found.kept(parts.package.read(&part)) else { continue };
        let sheet = listed.get(&part.to_lowercase()).unwrap_or(&part).clone();
        if parts.is_xml(&bytes) {
            macro_sheet(&part, &sheet, &bytes, found);
        } else {
            binary(&sheet, &bytes, found);
        }
    }
}

/// Parts that a part leads to, by the relationship; the first of an identifier. A search for each of many would cost their square.
fn by_id<'p>(parts: &'p Parts<'_, '_>, part: &str) -> BTreeMap<&'p str, &'p str> {
    let inside = parts.relationships(part).iter().rev().filter(|r| !r.external);
    inside.map(|r| (r.id.as_str(), r.target.as_str())).collect()
}

fn is_macro(kind: SheetKind) -> bool {
    matches!(kind, SheetKind::Macro | SheetKind::InternationalMacro)
}

/// What a sheet is. Where relationship, content type and content disagree, the one that can do most is believed.
fn kind(parts: &Parts<'_, '_>, part: &str) -> SheetKind {
    let roles = parts.roles(part);
    let content = parts.package.archive().find(part).map(|entry| head(parts.package, entry)).unwrap_or_default();
    let root = root(&content);
    if roles.contains(&Role::InternationalMacro) {
        SheetKind::InternationalMacro
    } else if roles.contains(&Role::Macro) || root.as_deref() == Some("macrosheet") {
        SheetKind::Macro
    } else if roles.contains(&Role::Dialog) || root.as_deref() == Some("dialogsheet") {
        SheetKind::Dialog
    } else if roles.contains(&Role::Chart) {
        SheetKind::Chart
    } else if roles.contains(&Role::Worksheet) {
        SheetKind::Worksheet
    } else {
        SheetKind::Other
    }
}

/// Formulas of a macro sheet, cell by cell.
fn macro_sheet(part: &str, sheet: &str, bytes: &[u8], found: &mut Found) {
    let (mut row, mut column, mut cell) = (0_u32, 0_u32, String::new());
    let mut formula: Option<(String, Option<String>)> = None;
    let mut shared: BTreeMap<String, (String, String)> = BTreeMap::new();
    let result = walk(part, bytes, |step| {
        match step {
            Step::Open(element) => match element.local_name().as_ref() {
                "row" => {
                    row = attribute(element, "r").and_then(|r| r.parse().ok()).unwrap_or_else(|| row.saturating_add(1));
                    column = 0;
                }
                "c" => {
                    // A cell without a place of its own follows the one before it.
                    let next = || super::binary::cell(row.saturating_sub(1), column);
                    cell = attribute(element, "r").unwrap_or_else(next);
                    column = column.saturating_add(1);
                }
                "f" => {
                    let group =
                        attribute(element, "si").filter(|_| attribute(element, "t").as_deref() == Some("shared"));
                    formula = Some((String::new(), group));
                }
                _ => {}
            },
            Step::Text(text) => {
                if let Some(formula) = &mut formula {
                    formula.0.push_str(text);
                }
            }
            Step::Close("f") => {
                if let Some((text, group)) = formula.take() {
                    let text = match group {
                        Some(group) if text.is_empty() => match shared.get(&group) {
                            Some((first, text)) => format!("={text} {{shared {first}}}"),
                            None => format!("={{shared {group}}}"),
                        },
                        Some(group) => {
                            shared.insert(group, (cell.clone(), text.clone()));
                            format!("={text}")
                        }
                        None => format!("={text}"),
                    };
                    found.cell(sheet, cell.clone(), text);
                }
            }
            Step::Close(_) => {}
        }
        Continue(())
    });
    found.kept(result);
}

/// Controls and objects as sheets describe them: macros of buttons are told; gives the program of each embedded part. Only sheets
/// that have such relationships are unpacked, and of these only what follows the cells is read.
pub(super) fn programs(parts: &Parts<'_, '_>, found: &mut Found) -> BTreeMap<String, String> {
    let mut programs = BTreeMap::new();
    let sheets: Vec<String> = [Role::Worksheet, Role::Macro, Role::InternationalMacro, Role::Dialog]
        .into_iter()
        .flat_map(|role| parts.of(role))
        .map(str::to_owned)
        .collect();
    for part in sheets {
        let relationships = parts.relationships(&part);
        let of_interest = |kind: &str| {
            let kind = kind.to_lowercase();
            ["/oleobject", "/package", "/control", "/ctrlprop"].into_iter().any(|e| kind.ends_with(e))
        };
        if !relationships.iter().any(|r| of_interest(&r.kind)) {
            continue;
        }
        let Some(bytes) = found.kept(parts.package.read(&part)) else { continue };
        if !parts.is_xml(&bytes) {
            continue;
        }
        let targets = by_id(parts, &part);
        let end = b"sheetData>".as_slice();
        let start = bytes.windows(end.len()).rposition(|w| w == end).map_or(0, |i| i.saturating_add(end.len()));
        let rest = bytes.get(start..).unwrap_or_default();
        let result = walk(&part, rest, |step| {
            let Step::Open(element) = step else { return Continue(()) };
            match element.local_name().as_ref() {
                "oleObject" => {
                    let (id, program) = (attribute(element, "id"), attribute(element, "progId"));
                    let target = id.and_then(|id| targets.get(id.as_str()));
                    if let (Some(target), Some(program)) = (target, program) {
                        programs.insert(target.to_lowercase(), program);
                    } else if let Some(link) = attribute(element, "link") {
                        found.link(LinkKind::OleLink, &part, link);
                    }
                }
                "controlPr" | "objectPr" => {
                    if let Some(target) = attribute(element, "macro").filter(|m| !m.is_empty()) {
                        found.link(LinkKind::MacroButton, &part, target);
                    }
                }
                _ => {}
            }
            Continue(())
        });
        found.kept(result);
    }
    programs
}
