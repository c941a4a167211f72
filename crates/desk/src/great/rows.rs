//! Titles of great lists, out of their blocks.

use super::block::{Head, rows_of};
use crate::{Case, Error};
use evidence::bulk::{Columns, Row};
use licensing::facts::{Fact, FactRow, MachineRef, Origin, Title};
use licensing::word::Word;
use rusqlite::Transaction;
use std::collections::BTreeMap;

/// One row of a great list: its titles and machines by their numbers in it.
pub(crate) struct TitleRow<'a> {
    /// Row of the file.
    pub(crate) row: u64,
    /// Number of the machine.
    pub(crate) machine: usize,
    /// Number of the title.
    pub(crate) title: usize,
    /// The row as it stands in the columns.
    pub(crate) columns: Row,
    /// What it tells of its machine.
    pub(crate) told: Option<&'a licensing::facts::Machine>,
    /// Its remarks.
    pub(crate) remarks: &'a [String],
}

/// The machines and titles of a great list, as far as its blocks have been read.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) machines: Vec<MachineRef>,
    pub(crate) titles: Vec<Title>,
}

impl Names {
    /// A row as a fact.
    pub(crate) fn fact(&self, evidence: &Word, row: &TitleRow<'_>) -> Option<FactRow> {
        let title = Title {
            machine: self.machines.get(row.machine)?.clone(),
            installed: row.columns.installed,
            told: row.told.cloned().map(Box::new),
            ..self.titles.get(row.title)?.clone()
        };
        let origin = Origin { evidence: evidence.clone(), part: None, row: row.row };
        Some(FactRow { origin, fact: Fact::Title(title), remarks: row.remarks.to_vec() })
    }
}

impl Case {
    /// Readings that are great lists, in their order, with the hash of their file.
    pub(crate) fn great_readings(&self) -> Result<BTreeMap<i64, String>, Error> {
        let read = || -> rusqlite::Result<_> {
            let mut query = self.connection.prepare(
                "SELECT reading.id, file.hash FROM reading JOIN file ON file.id = reading.file
                 WHERE file.id NOT IN (SELECT file FROM unfinished)
                   AND EXISTS (SELECT 1 FROM title_block WHERE title_block.reading = reading.id)",
            )?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|source| self.store(source))
    }

    /// The blocks of a reading, one after the other: number, head, columns.
    pub(crate) fn each_block(
        &self,
        reading: i64,
        on: &mut dyn FnMut(i64, Head, Columns) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let store = |source| self.store(source);
        let mut query = self
            .connection
            .prepare_cached("SELECT seq, body FROM title_block WHERE reading = ?1 ORDER BY seq")
            .map_err(store)?;
        let mut rows = query.query([reading]).map_err(store)?;
        while let Some(row) = rows.next().map_err(store)? {
            let seq: i64 = row.get(0).map_err(store)?;
            let body = row.get_ref(1).and_then(|body| Ok(body.as_blob()?)).map_err(store)?;
            let (head, columns) =
                rows_of(body).map_err(|error| self.damaged(format!("block {seq} of reading {reading}"), error))?;
            on(seq, head, columns)?;
        }
        Ok(())
    }

    /// Titles by their phrases.
    pub(crate) fn titles_of(&self, phrases: &[i64]) -> Result<Vec<Title>, Error> {
        let store = |source| self.store(source);
        let mut query = self.connection.prepare_cached("SELECT text FROM phrase WHERE id = ?1").map_err(store)?;
        let mut titles = Vec::with_capacity(phrases.len());
        for id in phrases {
            let text: String = query.query_row([id], |row| row.get(0)).map_err(store)?;
            titles.push(serde_json::from_str(&text).map_err(|error| self.damaged(format!("phrase {id}"), error))?);
        }
        Ok(titles)
    }

    /// The titles of a great list, row by row. `names` knows, at each row, all that the row names.
    pub(crate) fn each_title(
        &self,
        reading: i64,
        on: &mut dyn FnMut(&Names, &TitleRow<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut names = Names::default();
        self.each_block(reading, &mut |seq, head, columns| {
            let damaged = || self.damaged(format!("block {seq} of reading {reading}"), "its rows do not fit");
            names.machines.extend(head.new_machines);
            names.titles.extend(self.titles_of(&head.new_titles)?);
            let (mut told, mut remarks) = (head.told.iter().peekable(), head.remarks.iter().peekable());
            for (place, row) in (0..).zip(columns.rows()) {
                let columns = row.map_err(|_| damaged())?;
                let number = |list: &[u32], at: u32| list.get(at as usize).map(|number| *number as usize);
                let row = TitleRow {
                    row: head.before.saturating_add(columns.number),
                    machine: number(&head.machines, columns.machine).ok_or_else(damaged)?,
                    title: number(&head.titles, columns.title).ok_or_else(damaged)?,
                    columns,
                    told: told.next_if(|(at, _)| *at == place).map(|(_, machine)| machine),
                    remarks: remarks.next_if(|(at, _)| *at == place).map_or(&[], |(_, remarks)| remarks.as_slice()),
                };
                on(&names, &row)?;
            }
            Ok(())
        })
    }

    /// Removes texts that no fact and no block uses any more.
    pub(crate) fn drop_lone_phrases(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        transaction.execute_batch("CREATE TEMP TABLE IF NOT EXISTS used (id INTEGER PRIMARY KEY); DELETE FROM used")?;
        let mut blocks = transaction.prepare("SELECT body FROM title_block")?;
        let mut rows = blocks.query([])?;
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_blob()?;
            let damaged =
                |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(error));
            for id in rows_of(body).map_err(damaged)?.0.new_titles {
                transaction.prepare_cached("INSERT OR IGNORE INTO used (id) VALUES (?1)")?.execute([id])?;
            }
        }
        transaction.execute(
            "DELETE FROM phrase WHERE id NOT IN (SELECT part FROM fact WHERE part IS NOT NULL
             UNION SELECT machine FROM fact WHERE machine IS NOT NULL
             UNION SELECT body FROM fact WHERE body IS NOT NULL
             UNION SELECT id FROM used)",
            [],
        )?;
        transaction.execute_batch("DROP TABLE used")
    }
}
