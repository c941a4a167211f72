//! What the store knows of a file that is not yet whole, and how it becomes whole.

use super::block;
use crate::case::UNFINISHED;
use crate::facts::Phrases;
use crate::{Case, Error, Stamp, acts};
use evidence::bulk::{Assembly, Block, Plain, Summary};
use licensing::facts::{Fact, Machine, MachineRef, Origin, Reject, Title};
use rusqlite::{OptionalExtension, Transaction, params};
use std::path::PathBuf;

/// Stands for the hash of a file whose hash is not known yet.
const NO_HASH: &str = "unfinished";
/// Rejects that are told in full; the rest is counted.
const TOLD: i64 = 1000;

/// A file on its way into the case.
#[derive(Debug)]
pub(super) struct Staging {
    file: i64,
    reading: i64,
    /// Blocks so far.
    blocks: i64,
    phrases: Phrases,
    /// Phrases of the file's titles, by their numbers.
    titles: Vec<i64>,
}

/// Where an earlier run left off with a list or an archive.
pub(super) struct Left {
    pub(super) size: u64,
    pub(super) copied: u64,
    pub(super) prefix: String,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) file: i64,
    staging: Staging,
}

/// Where the copy of the unfinished file stands.
pub(super) fn copy_path(case: &Case) -> PathBuf {
    case.dir().join("evidence").join(format!("{UNFINISHED}great"))
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// What an earlier run left unfinished, if there is something.
pub(super) fn left(case: &Case) -> Result<Option<Left>, Error> {
    let read = || {
        let sql =
            "SELECT file.id, reading.id, file.name, file.bytes, unfinished.state, unfinished.copied, unfinished.prefix,
                (SELECT count(*) FROM title_block WHERE title_block.reading = reading.id)
             FROM unfinished JOIN file ON file.id = unfinished.file
             LEFT JOIN reading ON reading.file = file.id LIMIT 1";
        case.connection
            .query_row(sql, [], |row| {
                let staging = Staging {
                    file: row.get(0)?,
                    reading: row.get::<_, Option<i64>>(1)?.unwrap_or_default(),
                    blocks: row.get(7)?,
                    phrases: Phrases::default(),
                    titles: Vec::new(),
                };
                Ok(Left {
                    name: row.get(2)?,
                    size: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
                    state: row.get(4)?,
                    copied: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
                    prefix: row.get(6)?,
                    file: row.get(0)?,
                    staging,
                })
            })
            .optional()
    };
    read().map_err(|source| case.store(source))
}

impl Left {
    /// Goes on with it: the chunks so far, put together as they were. `None`: this program does not understand what was kept.
    pub(super) fn resume(self, case: &Case, workers: usize) -> Result<Option<(Staging, Assembly)>, Error> {
        let mut staging = self.staging;
        let (mut machines, mut told): (Vec<MachineRef>, Vec<(u32, Machine)>) = (Vec::new(), Vec::new());
        case.each_block(staging.reading, &mut |_, head, columns| {
            machines.extend(head.new_machines);
            staging.titles.extend(head.new_titles);
            if !head.told.is_empty() {
                let rows: Result<Vec<_>, _> = columns.rows().collect();
                let rows = rows.map_err(|error| case.damaged("a block of titles", error))?;
                told.extend(head.told.into_iter().filter_map(|(place, about)| {
                    let row = rows.get(place as usize)?;
                    Some((*head.machines.get(row.machine as usize)?, about))
                }));
            }
            Ok(())
        })?;
        let titles: Vec<Title> = case.titles_of(&staging.titles)?;
        let assembly = Assembly::resume(&self.state, workers, &machines, &titles, told);
        Ok(assembly.map(|assembly| (staging, assembly)))
    }
}

impl Staging {
    /// A new file. Another one that was left unfinished is given up.
    pub(super) fn begin(case: &mut Case, name: &str, bytes: u64, stamp: &Stamp) -> Result<Self, Error> {
        discard(case)?;
        let dir = case.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = case.connection.transaction().map_err(store)?;
        let begin = || -> rusqlite::Result<(i64, i64)> {
            let file = begin_file(&transaction, name, bytes, stamp)?;
            transaction.execute(
                "INSERT INTO reading (file, hash, taken_as, encoding, row_count, notes) VALUES (?1, ?2, '', '', 0, '[]')",
                params![file, NO_HASH],
            )?;
            Ok((file, transaction.last_insert_rowid()))
        };
        let (file, reading) = begin().map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(Staging { file, reading, blocks: 0, phrases: Phrases::default(), titles: Vec::new() })
    }

    /// What was read so far is void.
    pub(super) fn begin_again(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        for table in ["title_block", "fact", "reject"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE reading = ?1"), [self.reading])?;
        }
        self.blocks = 0;
        self.titles.clear();
        Ok(())
    }

    /// Writes a block.
    pub(super) fn write(&mut self, transaction: &Transaction<'_>, mut block: Block) -> rusqlite::Result<()> {
        let others = std::mem::take(&mut block.others);
        let mut fresh = Vec::with_capacity(block.new_titles.len());
        for title in std::mem::take(&mut block.new_titles) {
            fresh.push(self.phrases.id(transaction, json(&title)?)?);
        }
        self.titles.extend(&fresh);
        let rows = block.columns.rows;
        if rows > 0 {
            let body = block::of_list(block, fresh)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
            transaction
                .prepare_cached("INSERT INTO title_block (reading, seq, row_count, body) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![self.reading, self.blocks, rows, body])?;
            self.blocks += 1;
        }
        self.others(transaction, others)
    }

    fn others(&self, transaction: &Transaction<'_>, others: Vec<Plain>) -> rusqlite::Result<()> {
        for other in others {
            match other {
                Plain::Aside(row, why) => {
                    let own = json(&Fact::SetAside { what: String::new(), why: why.to_owned() })?;
                    transaction
                        .prepare_cached("INSERT INTO fact (reading, seq, row, own) VALUES (?1, ?2, ?2, ?3)")?
                        .execute(params![self.reading, number(row), own])?;
                }
                Plain::Reject { row, reason, detail, raw } => {
                    transaction
                        .prepare_cached(
                            "INSERT INTO reject (reading, seq, row, reason, detail, raw) VALUES (?1, ?2, ?2, ?3, ?4, ?5)",
                        )?
                        .execute(params![self.reading, number(row), reason, detail, raw])?;
                }
            }
        }
        Ok(())
    }

    /// So far it has come: written with the blocks, in one transaction.
    pub(super) fn mark(
        &self,
        transaction: &Transaction<'_>,
        state: &str,
        copied: u64,
        prefix: &str,
    ) -> rusqlite::Result<()> {
        mark(transaction, self.file, state, copied, prefix)
    }

    /// The file is whole: from the commit of this transaction on, the case knows it. Gives the first of its rejects.
    pub(super) fn finish(
        &self,
        transaction: &Transaction<'_>,
        hash: &str,
        taken_as: &str,
        summary: Summary,
        stamp: &Stamp,
    ) -> rusqlite::Result<Vec<Reject>> {
        self.others(transaction, summary.others)?;
        transaction.execute(
            "UPDATE reading SET hash = ?2, taken_as = ?3, encoding = ?4, row_count = ?5, notes = ?6 WHERE id = ?1",
            params![self.reading, hash, taken_as, summary.encoding, number(summary.rows), json(&summary.notes)?],
        )?;
        whole(transaction, self.file, hash, stamp)?;
        let mut query = transaction
            .prepare("SELECT row, reason, detail, raw FROM reject WHERE reading = ?1 ORDER BY seq LIMIT ?2")?;
        let rejects = query.query_map([self.reading, TOLD], |row| {
            let place = u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
            Ok(Reject {
                origin: Origin { evidence: hash.into(), part: None, row: place },
                reason: row.get(1)?,
                detail: row.get(2)?,
                raw: row.get(3)?,
            })
        })?;
        rejects.collect()
    }
}

/// A file that the case is to know when it is whole; nothing is read of it yet.
pub(super) fn begin_file(
    transaction: &Transaction<'_>,
    name: &str,
    bytes: u64,
    stamp: &Stamp,
) -> rusqlite::Result<i64> {
    transaction.execute(
        "INSERT INTO file (hash, name, bytes, added, author) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![NO_HASH, name, number(bytes), stamp.at.to_string(), stamp.author],
    )?;
    let file = transaction.last_insert_rowid();
    transaction.execute(
        "INSERT INTO unfinished (file, state, copy, copied, prefix) VALUES (?1, '', ?2, 0, '')",
        params![file, format!("{UNFINISHED}great")],
    )?;
    Ok(file)
}

/// So far a file has come: `copied` bytes with the hash `prefix` are on the disk.
pub(super) fn mark(
    transaction: &Transaction<'_>,
    file: i64,
    state: &str,
    copied: u64,
    prefix: &str,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE unfinished SET state = ?2, copied = ?3, prefix = ?4 WHERE file = ?1")?
        .execute(params![file, state, number(copied), prefix])?;
    Ok(())
}

/// A file is whole: from the commit of this transaction on, the case knows it.
pub(super) fn whole(transaction: &Transaction<'_>, file: i64, hash: &str, stamp: &Stamp) -> rusqlite::Result<()> {
    let name: String = transaction.query_row("SELECT name FROM file WHERE id = ?1", [file], |row| row.get(0))?;
    transaction.execute("UPDATE file SET hash = ?2 WHERE id = ?1", params![file, hash])?;
    transaction.execute("DELETE FROM unfinished WHERE file = ?1", [file])?;
    acts::append(transaction, stamp, "file-added", &serde_json::json!({ "hash": hash, "name": name }))
}

/// Gives up what is unfinished, with all that was read of it.
pub(super) fn discard(case: &mut Case) -> Result<(), Error> {
    let deleted = case.connection.execute("DELETE FROM file WHERE id IN (SELECT file FROM unfinished)", []);
    deleted.map_err(|source| case.store(source))?;
    let copy = copy_path(case);
    match std::fs::remove_file(&copy) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::File { path: copy, source: error }),
        _ => Ok(()),
    }
}

/// Gives up what is unfinished if it holds one of these readings, which come whole from elsewhere.
pub(crate) fn give_way(case: &mut Case, hashes: &[&str]) -> Result<(), Error> {
    let held = || -> rusqlite::Result<bool> {
        let unfinished = "SELECT EXISTS (SELECT 1 FROM unfinished)";
        if !case.connection.query_row(unfinished, [], |row| row.get(0))? {
            return Ok(false);
        }
        let mut query = case.connection.prepare(
            "SELECT EXISTS (SELECT 1 FROM reading WHERE hash = ?1 AND refused IS NULL
             AND file IN (SELECT file FROM unfinished))",
        )?;
        for hash in hashes {
            if query.query_row([hash], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    if held().map_err(|source| case.store(source))? { discard(case) } else { Ok(()) }
}
