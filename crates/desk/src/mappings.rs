//! Mappings that the user confirmed: kept in the case, used for every table that bears their headings.

use crate::{Case, Error, Stamp, acts};
use evidence::Mapping;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

/// A mapping as the case keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptMapping {
    /// The mapping.
    #[serde(flatten)]
    pub mapping: Mapping,
    /// When it was confirmed, as a timestamp.
    pub saved: String,
    /// By whom.
    pub author: String,
    /// Names of the files that were read by a mapping of this name.
    pub files: Vec<String>,
}

impl Case {
    /// Keeps a mapping; one of the same name is replaced, and the chain of acts remembers both.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn keep_mapping(&mut self, mapping: &Mapping, stamp: &Stamp) -> Result<(), Error> {
        let dir = self.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let value = serde_json::to_value(mapping).map_err(|error| self.damaged("mapping", error))?;
        let body = value.to_string();
        let transaction = self.connection.transaction().map_err(store)?;
        let known: i64 = transaction
            .query_row("SELECT count(*) FROM mapping WHERE name = ?1 AND body = ?2", [&mapping.name, &body], |row| {
                row.get(0)
            })
            .map_err(store)?;
        if known == 0 {
            transaction
                .execute(
                    "INSERT OR REPLACE INTO mapping (name, body, saved, author) VALUES (?1, ?2, ?3, ?4)",
                    params![mapping.name, body, stamp.at.to_string(), stamp.author],
                )
                .map_err(store)?;
            acts::append(&transaction, stamp, "mapping-confirmed", &value).map_err(store)?;
        }
        transaction.commit().map_err(store)
    }

    /// The mappings of the case, by name.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn mappings(&self) -> Result<Vec<Mapping>, Error> {
        let read = || -> rusqlite::Result<Vec<(String, String)>> {
            let mut query = self.connection.prepare("SELECT name, body FROM mapping ORDER BY name")?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let mut all = Vec::new();
        for (name, body) in read().map_err(|source| self.store(source))? {
            let parsed = serde_json::from_str(&body);
            all.push(parsed.map_err(|error| self.damaged(format!("mapping {name}"), error))?);
        }
        Ok(all)
    }

    /// The mappings of the case, by name, with who confirmed them and what was read by them.
    ///
    /// # Errors
    /// As [`Case::mappings`].
    pub fn kept_mappings(&self) -> Result<Vec<KeptMapping>, Error> {
        let mut all = Vec::new();
        for mapping in self.mappings()? {
            let told = self.connection.query_row(
                "SELECT saved, author FROM mapping WHERE name = ?1",
                [&mapping.name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            );
            let (saved, author) = told.map_err(|source| self.store(source))?;
            let files = self.read_by(&mapping.name).map_err(|source| self.store(source))?;
            all.push(KeptMapping { mapping, saved, author, files });
        }
        Ok(all)
    }

    /// Forgets the mapping of this name and gives the files that were read by it: they keep their facts. `None`: there is no such mapping.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub fn forget_mapping(&mut self, name: &str, stamp: &Stamp) -> Result<Option<Vec<String>>, Error> {
        let dir = self.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let files = self.read_by(name).map_err(store)?;
        let transaction = self.connection.transaction().map_err(store)?;
        let body: Option<String> = transaction
            .query_row("SELECT body FROM mapping WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(store)?;
        if body.is_none() {
            return Ok(None);
        }
        transaction.execute("DELETE FROM mapping WHERE name = ?1", [name]).map_err(store)?;
        acts::append(&transaction, stamp, "mapping-forgotten", &serde_json::json!({ "name": name })).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(Some(files))
    }

    /// Names of the files of which a part was read by a mapping of this name.
    fn read_by(&self, name: &str) -> rusqlite::Result<Vec<String>> {
        let mut query = self.connection.prepare(
            "SELECT DISTINCT file.name FROM reading JOIN file ON file.id = reading.file
             WHERE reading.taken_as = ?1 ORDER BY file.name",
        )?;
        query.query_map([format!("mapping:{name}")], |row| row.get(0))?.collect()
    }
}
