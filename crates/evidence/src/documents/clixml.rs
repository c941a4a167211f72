//! Objects as PowerShell's `Export-Clixml` writes them: their properties are the headings of a table, which the readers of tables know.

use super::other_xml::{Element, elements};
use crate::Context;
use crate::reading::{Reading, Refusal, Refused};
use crate::tables::{self, Record};
use crate::text::Decoded;
use std::collections::BTreeSet;

/// Properties that are read as headings; no object has more.
const WIDE: usize = 500;

/// Whether the beginning of a document is that of `Export-Clixml`.
pub(super) fn may_be(head: &str) -> bool {
    head.contains("<Objs ") && head.contains("schemas.microsoft.com/powershell")
}

/// Reads the objects as the rows of a table.
///
/// # Errors
/// [`Refusal`]: not well formed, beyond bounds, or objects that no reader of tables knows.
pub(super) fn read(name: &str, decoded: &Decoded, evidence: &str, context: &Context) -> Result<Reading, Refusal> {
    let root = elements(&decoded.text, context.limits.depth, context.limits.rows)?;
    let mut objects: Vec<&Element> = Vec::new();
    for object in root.children("Obj") {
        // A list that was exported as one object: its members are the rows.
        let members = object.child("LST").or_else(|| object.child("IE"));
        match members.filter(|_| properties(object).is_empty()) {
            Some(list) => objects.extend(list.children("Obj")),
            None => objects.push(object),
        }
    }
    let rows: Vec<Vec<(String, String)>> = objects.into_iter().map(properties).collect();
    let mut header: Vec<String> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for (key, _) in rows.iter().flatten() {
        if header.len() < WIDE && known.insert(key) {
            header.push(key.clone());
        }
    }
    let cell = |row: &[(String, String)], key: &String| {
        row.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let record =
        |row: &Vec<(String, String)>| Record { cells: header.iter().map(|key| cell(row, key)).collect(), cut: false };
    let records: Vec<Record> =
        std::iter::once(Record { cells: header.clone(), cut: false }).chain(rows.iter().map(record)).collect();
    tables::objects(name, &records, decoded.encoding, evidence, context).unwrap_or_else(|| {
        Err(Refusal::new(Refused::Unknown, "PowerShell objects of no kind that is known; export as CSV instead"))
    })
}

/// The properties of an object, its own and those that were added to it, as name and text.
fn properties(object: &Element) -> Vec<(String, String)> {
    let groups = ["Props", "MS"].into_iter().filter_map(|group| object.child(group));
    groups
        .flat_map(Element::all)
        .filter_map(|value| {
            let (_, name) = value.attributes().iter().find(|(key, _)| key == "N")?;
            // An object within shows itself as a text.
            let shown = value.child("ToString").map_or_else(|| value.own_text(), Element::own_text);
            Some((name.clone(), unescape(shown)))
        })
        .collect()
}

/// `_x000A_` is a character that XML could not hold; a line break parts the values of a cell.
fn unescape(text: &str) -> String {
    text.replace("_x000D_", "").replace("_x000A_", "\n").replace("_x0009_", "\t").replace("_x005F_", "_")
}
