//! Mappings that the user confirmed: kept in the case, used for every table that bears their headings.

use crate::{Case, Error, Stamp, acts};
use evidence::Mapping;
use rusqlite::params;

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
}
