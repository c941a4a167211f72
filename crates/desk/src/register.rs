//! The register of evidence: what is in the case, and taking a file back.

use crate::{Case, Error, Stamp, acts};
use licensing::facts::Origin;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What was read from a file or a member of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReading {
    /// Name within the container; `None` for a file that is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Format that it was taken for; empty if refused.
    pub taken_as: String,
    /// Encoding of its text.
    pub encoding: String,
    /// Rows: facts and rejects together.
    pub rows: u64,
    /// Rows of data: without the envelope of an agent's message, which tells of the machine.
    pub data_rows: u64,
    /// Facts.
    pub facts: u64,
    /// Rejects.
    pub rejects: u64,
    /// Day of the export, where the file tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exported: Option<String>,
    /// Code of the reason, if this member was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Its detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A file of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// SHA-256.
    pub hash: String,
    /// Name as added.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// When it was added, RFC 3339.
    pub added: String,
    /// By whom.
    pub author: String,
    /// What was read.
    pub readings: Vec<FileReading>,
}

impl File {
    /// Rows over all readings.
    pub fn rows(&self) -> u64 {
        self.readings.iter().map(|reading| reading.rows).sum()
    }

    /// Facts over all readings.
    pub fn facts(&self) -> u64 {
        self.readings.iter().map(|reading| reading.facts).sum()
    }

    /// Rejects over all readings.
    pub fn rejects(&self) -> u64 {
        self.readings.iter().map(|reading| reading.rejects).sum()
    }
}

fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// Which format each file, or member of a file, was taken for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formats {
    /// By file, then by the name of the member; the file itself has none.
    by_file: BTreeMap<String, BTreeMap<String, String>>,
}

impl Formats {
    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// The format that a row was read as: that of the member with the longest name that its part begins with.
    pub fn of(&self, origin: &Origin) -> Option<&str> {
        let readings = self.by_file.get(origin.evidence.as_str())?;
        let mut name = origin.part.as_deref().unwrap_or_default();
        loop {
            if let Some(format) = readings.get(name) {
                return Some(format);
            }
            name = match name.rfind('/') {
                Some(at) => name.get(..at)?,
                None if name.is_empty() => return None,
                None => "",
            };
        }
    }
}

impl Case {
    /// Hashes of the files in the register.
    pub(crate) fn hashes(&self) -> Result<BTreeSet<String>, Error> {
        self.texts("SELECT hash FROM file")
    }

    /// Names of the copies of great lists that are not yet whole.
    pub(crate) fn copies(&self) -> Result<BTreeSet<String>, Error> {
        self.texts("SELECT copy FROM unfinished")
    }

    /// Whether a file of so many bytes is in the case.
    pub(crate) fn has_file_of(&self, bytes: u64) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM file WHERE bytes = ?1 AND id NOT IN (SELECT file FROM unfinished))";
        let found = self.connection.query_row(sql, [i64::try_from(bytes).unwrap_or(i64::MAX)], |row| row.get(0));
        found.map_err(|source| self.store(source))
    }

    /// Hashes of everything that was read: files, and members of containers; with the name under which it came.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn read_hashes(&self) -> Result<Vec<(String, String)>, Error> {
        let read = || -> rusqlite::Result<Vec<(String, String)>> {
            let mut query = self.connection.prepare(
                "SELECT reading.hash, file.name || coalesce('/' || reading.member, '')
                 FROM reading JOIN file ON file.id = reading.file
                 WHERE reading.refused IS NULL AND file.id NOT IN (SELECT file FROM unfinished)
                 UNION SELECT hash, name FROM file WHERE id NOT IN (SELECT file FROM unfinished) ORDER BY 1, 2",
            )?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|source| self.store(source))
    }

    /// The format that each reading was taken as.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn formats(&self) -> Result<Formats, Error> {
        let read = || -> rusqlite::Result<Formats> {
            let mut query = self.connection.prepare(
                "SELECT file.hash, coalesce(reading.member, ''), reading.taken_as
                 FROM reading JOIN file ON file.id = reading.file WHERE reading.refused IS NULL
                 AND file.id NOT IN (SELECT file FROM unfinished)",
            )?;
            let mut rows = query.query([])?;
            let mut formats = Formats::default();
            while let Some(row) = rows.next()? {
                formats.by_file.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get(2)?);
            }
            Ok(formats)
        };
        read().map_err(|source| self.store(source))
    }

    fn texts(&self, sql: &str) -> Result<BTreeSet<String>, Error> {
        let read = || -> rusqlite::Result<BTreeSet<String>> {
            let mut query = self.connection.prepare(sql)?;
            query.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|source| self.store(source))
    }

    /// The files of the case, by name and hash.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn files(&self) -> Result<Vec<File>, Error> {
        let read = || -> rusqlite::Result<Vec<File>> {
            let mut query = self.connection.prepare(
                "SELECT id, hash, name, bytes, added, author FROM file
                     WHERE id NOT IN (SELECT file FROM unfinished) ORDER BY name, hash",
            )?;
            let mut readings = self.connection.prepare(
                "SELECT member, taken_as, encoding, row_count, exported, refused, detail,
                        (SELECT count(*) FROM fact WHERE fact.reading = reading.id)
                        + (SELECT coalesce(sum(row_count), 0) FROM title_block WHERE title_block.reading = reading.id),
                        (SELECT count(*) FROM reject WHERE reject.reading = reading.id),
                        (SELECT count(*) FROM fact WHERE fact.reading = reading.id AND fact.row = 0)
                 FROM reading WHERE file = ?1 ORDER BY id",
            )?;
            let mut files = Vec::new();
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let of_file = readings.query_map([id], |row| {
                    Ok(FileReading {
                        member: row.get(0)?,
                        taken_as: row.get(1)?,
                        encoding: row.get(2)?,
                        rows: count(row.get(3)?),
                        data_rows: count(row.get::<_, i64>(3)?.saturating_sub(row.get(9)?)),
                        exported: row.get(4)?,
                        refused: row.get(5)?,
                        detail: row.get(6)?,
                        facts: count(row.get(7)?),
                        rejects: count(row.get(8)?),
                    })
                })?;
                files.push(File {
                    hash: row.get(1)?,
                    name: row.get(2)?,
                    bytes: count(row.get(3)?),
                    added: row.get(4)?,
                    author: row.get(5)?,
                    readings: of_file.collect::<rusqlite::Result<_>>()?,
                });
            }
            Ok(files)
        };
        read().map_err(|source| self.store(source))
    }

    /// Names of the files of the case, by their hashes.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn file_names(&self) -> Result<BTreeMap<String, String>, Error> {
        let read = || -> rusqlite::Result<BTreeMap<String, String>> {
            let mut query =
                self.connection.prepare("SELECT hash, name FROM file WHERE id NOT IN (SELECT file FROM unfinished)")?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|source| self.store(source))
    }

    /// The file that `asked` means: its hash, the start of its hash (six letters at least), its name, or the end of its path.
    ///
    /// # Errors
    /// [`Error::NotInCase`], [`Error::Ambiguous`], or the database cannot be read.
    pub fn find(&self, asked: &str) -> Result<File, Error> {
        let lower = asked.to_lowercase();
        let by_hash = |file: &&File| asked.len() >= 6 && file.hash.starts_with(&lower);
        let by_name = |file: &&File| file.name == asked || file.name.ends_with(&format!("/{asked}"));
        let files = self.files()?;
        let mut found: Vec<&File> = files.iter().filter(by_hash).collect();
        if found.is_empty() {
            found = files.iter().filter(|file| file.name == asked).collect();
        }
        if found.is_empty() {
            found = files.iter().filter(by_name).collect();
        }
        match found.as_slice() {
            [] => Err(Error::NotInCase { name: asked.to_owned() }),
            [one] => Ok((*one).clone()),
            several => Err(Error::Ambiguous {
                name: asked.to_owned(),
                hashes: several.iter().map(|file| file.hash.chars().take(12).collect()).collect(),
            }),
        }
    }

    /// Takes a file back: its facts, rejects and bytes leave the case; the chain of acts keeps that it was there.
    ///
    /// # Errors
    /// As [`Case::find`], or the case cannot be written.
    pub fn take_back(&mut self, asked: &str, stamp: &Stamp) -> Result<File, Error> {
        let file = self.find(asked)?;
        let dir = self.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = self.connection.transaction().map_err(store)?;
        transaction.execute("DELETE FROM file WHERE hash = ?1", [&file.hash]).map_err(store)?;
        Case::drop_lone_phrases(&transaction).map_err(store)?;
        let body = serde_json::json!({ "hash": file.hash, "name": file.name });
        acts::append(&transaction, stamp, "file-taken-back", &body).map_err(store)?;
        transaction.commit().map_err(store)?;
        // If the process ends before this, the next one sweeps the bytes away.
        self.sweep()?;
        Ok(file)
    }
}
