//! `quittance titles FILE`: the rows of a table, with what each title was recognised as.

use super::Titles;

/// A table that cannot be recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is no column of names.
    #[error("there is no column `name`; the columns are: {0}")]
    NoName(String),
}

const ADDED: [&str; 4] = ["family", "edition", "product_version", "licensable"];

/// Recognises each row by its columns `publisher`, `name`, `version`; every other column passes through. The four columns
/// `family`, `edition`, `product_version` and `licensable` are filled where they stand, or added behind.
///
/// # Errors
/// [`TableError::NoName`].
pub fn recognise_table(
    titles: &Titles,
    header: &[String],
    rows: &[Vec<String>],
) -> Result<(Vec<String>, Vec<Vec<String>>), TableError> {
    let place = |wanted: &str| header.iter().position(|each| each.trim().eq_ignore_ascii_case(wanted));
    let name = place("name").ok_or_else(|| TableError::NoName(header.join(", ")))?;
    let (publisher, version) = (place("publisher"), place("version"));
    let mut wide = header.to_vec();
    let mut targets = Vec::new();
    for added in ADDED {
        targets.push(place(added).unwrap_or_else(|| {
            wide.push(added.to_owned());
            wide.len() - 1
        }));
    }
    let mut seen: std::collections::BTreeMap<(String, String, String), super::Recognised> =
        std::collections::BTreeMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).cloned().unwrap_or_default();
        let key = (cell(publisher), cell(Some(name)), cell(version));
        let told =
            seen.entry(key.clone()).or_insert_with(|| titles.recognise(&key.0, &key.1, &key.2, None, None)).clone();
        let mut full = row.clone();
        full.resize(wide.len(), String::new());
        let values = [told.family, told.edition, told.product_version, told.licensable.to_string()];
        for (target, value) in targets.iter().zip(values) {
            if let Some(slot) = full.get_mut(*target) {
                *slot = value;
            }
        }
        out.push(full);
    }
    Ok((wide, out))
}
