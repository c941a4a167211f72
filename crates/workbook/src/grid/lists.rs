//! What a list of allowed values allows: written out, by range, by defined name, by a table's column, also on hidden sheets.
//!
//! Nothing is calculated: a source that needs a function other than `INDIRECT` of a fixed text stays unknown.

use super::{Area, Grid, ValidationKind, Value};
use crate::limits;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often a name may stand for a name.
const HOPS: usize = 8;

/// Sets `allowed` of every list whose source can be told.
pub(super) fn resolve(grid: &mut Grid) {
    // Many columns share a source: it is looked up once, and its values are kept once.
    let mut known: BTreeMap<(usize, String), Option<Arc<[String]>>> = BTreeMap::new();
    let mut found = Vec::new();
    for (number, sheet) in grid.sheets.iter().enumerate() {
        for (place, rule) in sheet.validations.iter().enumerate() {
            if rule.kind != ValidationKind::List || found.len() >= limits::PIECES {
                continue;
            }
            let key = (number, rule.first.clone());
            let allowed = known.entry(key).or_insert_with(|| values(grid, number, &rule.first, HOPS)).clone();
            found.push((number, place, allowed));
        }
    }
    for (number, place, allowed) in found {
        if let Some(rule) = grid.sheets.get_mut(number).and_then(|s| s.validations.get_mut(place)) {
            rule.allowed = allowed;
        }
    }
}

fn values(grid: &Grid, here: usize, source: &str, hops: usize) -> Option<Arc<[String]>> {
    let hops = hops.checked_sub(1)?;
    let source = source.trim().trim_start_matches('=').trim();
    if let Some(inside) = source.strip_prefix('"').and_then(|s| s.strip_suffix('"')) {
        let inside = inside.replace("\"\"", "\"");
        return Some(inside.split(',').take(limits::LIST).map(|v| v.trim().to_owned()).collect());
    }
    if let Some(inside) = function(source, "INDIRECT") {
        let inside = inside.trim().strip_prefix('"')?.strip_suffix('"')?;
        return values(grid, here, inside, hops);
    }
    if let Some((sheet, area)) = reference(grid, here, source) {
        return Some(of_area(grid, sheet, area));
    }
    if let Some((table, column)) = source.strip_suffix(']').and_then(|s| s.split_once('[')) {
        return of_table(grid, table, column);
    }
    let wanted = source.to_lowercase();
    let named = |own: Option<usize>| grid.names.iter().find(|n| n.sheet == own && n.name.to_lowercase() == wanted);
    let name = named(Some(here)).or_else(|| named(None))?;
    values(grid, here, &name.formula, hops)
}

fn function<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (head, inside) = text.split_once('(')?;
    head.trim().eq_ignore_ascii_case(name).then(|| inside.strip_suffix(')')).flatten()
}

/// A range with or without its sheet: `A1:A9`, `Lists!$A$1:$A$9`, `'It''s'!A1`.
pub(super) fn reference(grid: &Grid, here: usize, text: &str) -> Option<(usize, Area)> {
    let Some((sheet, area)) = text.rsplit_once('!') else { return Some((here, text.parse().ok()?)) };
    let area: Area = area.parse().ok()?;
    let sheet = match sheet.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
        Some(quoted) => quoted.replace("''", "'"),
        None => sheet.to_owned(),
    };
    let wanted = sheet.to_lowercase();
    let number = grid.sheets.iter().position(|s| s.name.to_lowercase() == wanted)?;
    Some((number, area))
}

fn of_area(grid: &Grid, sheet: usize, area: Area) -> Arc<[String]> {
    let Some(sheet) = grid.sheets.get(sheet) else { return Arc::from([]) };
    let from = sheet.rows.partition_point(|r| r.number < area.first.row);
    let rows = sheet.rows.iter().skip(from).take_while(|r| r.number <= area.last.row);
    let cells =
        rows.flat_map(|r| r.cells.iter().filter(|c| (area.first.column..=area.last.column).contains(&c.column)));
    cells
        .filter(|c| !c.value.is_blank())
        .map(|c| match &c.value {
            Value::Text(text) => text.trim().to_owned(),
            other => other.to_string(),
        })
        .take(limits::LIST)
        .collect()
}

fn of_table(grid: &Grid, table: &str, column: &str) -> Option<Arc<[String]>> {
    let wanted = table.trim().to_lowercase();
    let column = column.trim().to_lowercase();
    for (number, sheet) in grid.sheets.iter().enumerate() {
        let Some(table) = sheet.tables.iter().find(|t| t.name.to_lowercase() == wanted) else { continue };
        let place = table.columns.iter().position(|c| c.to_lowercase() == column)?;
        let mut area = table.area;
        area.first.column = area.first.column.checked_add(u32::try_from(place).ok()?)?;
        area.last.column = area.first.column;
        area.first.row = area.first.row.checked_add(table.header_rows)?;
        area.last.row = area.last.row.checked_sub(table.total_rows)?;
        return (area.first.row <= area.last.row).then(|| of_area(grid, number, area));
    }
    None
}
