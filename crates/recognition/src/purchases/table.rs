//! A list of purchase lines, with what was understood of each added.

use super::{COLUMNS, Hints, Purchases};

/// A list that has no titles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no column named title among: {columns}; name one so and try again")]
pub struct TableError {
    /// The columns that it has, parted by commas.
    pub columns: String,
}

/// Reads a list of purchase lines and adds [`COLUMNS`].
///
/// `header` and `rows` are the list as it stands; the column `title` (or `titre`, `description`, `designation`) is read, and
/// `part_number` (or `part number`, `reference`) where there is one. Leaves the header and the rows with seven columns more;
/// short rows are filled up with empty cells, so that each answer stands under its heading.
///
/// # Errors
/// [`TableError`] if there is no column of titles.
pub fn recognise_table(
    purchases: &Purchases,
    header: &[String],
    rows: &[Vec<String>],
) -> Result<(Vec<String>, Vec<Vec<String>>), TableError> {
    let column = |names: &[&str]| {
        header.iter().position(|cell| names.contains(&super::text::fold(cell.trim_start_matches('\u{feff}')).as_str()))
    };
    let Some(title) = column(&["title", "titre", "description", "designation", "item name", "bezeichnung"]) else {
        return Err(TableError { columns: header.join(", ") });
    };
    let part = column(&["part_number", "part number", "partnumber", "reference", "ref"]);
    let mut wide = header.to_vec();
    wide.extend(COLUMNS.iter().map(|name| (*name).to_owned()));
    let read = |row: &Vec<String>| {
        let cell = |at: usize| row.get(at).map(String::as_str);
        let line = purchases.recognise(cell(title).unwrap_or_default(), part.and_then(cell), &Hints::default());
        let mut filled = row.clone();
        filled.resize(header.len().max(row.len()), String::new());
        filled.truncate(header.len());
        filled.extend(line.columns());
        filled
    };
    Ok((wide, rows.iter().map(read).collect()))
}
