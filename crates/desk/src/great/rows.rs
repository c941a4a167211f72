//! Titles of great lists, out of their blocks.

use super::block::{FirstNamed, Head, first_named, rows_of};
use crate::{Case, Error};
use evidence::bulk::{Columns, Row};
use licensing::facts::{Fact, FactRow, MachineRef, Origin, Title};
use licensing::word::Word;
use rusqlite::{Rows, Statement, Transaction};
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::rc::Rc;

/// The machines and titles that a great list or archive names.
#[derive(Debug)]
pub struct Named {
    /// Different machines, as it names them; which of them are one, the whole case tells.
    pub machines: u64,
    /// Different titles, without machine and day.
    pub titles: Vec<Title>,
}

/// A reading whose titles stand in blocks: a great list, or a member of a great archive.
#[derive(Debug)]
pub(crate) struct GreatReading {
    pub(crate) id: i64,
    /// Hash of its file.
    pub(crate) evidence: Word,
    /// Name within the archive.
    pub(crate) member: Option<String>,
}

/// The great readings of a case, in their order, one ahead.
pub(crate) struct GreatReadings<'a> {
    case: &'a Case,
    rows: Rows<'a>,
    next: Option<GreatReading>,
}

impl GreatReading {
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    fn of(row: &rusqlite::Row<'_>, before: Option<&GreatReading>) -> rusqlite::Result<Self> {
        let evidence = row.get_ref(1)?.as_str()?;
        let same = before.map(|before| &before.evidence).filter(|before| before.as_str() == evidence);
        Ok(GreatReading {
            id: row.get(0)?,
            evidence: same.cloned().unwrap_or_else(|| Word::from(evidence)),
            member: row.get(2)?,
        })
    }
}

impl GreatReadings<'_> {
    /// The next one, if it is such a one.
    pub(crate) fn take_if(&mut self, such: impl Fn(&GreatReading) -> bool) -> Result<Option<GreatReading>, Error> {
        let taken = self.next.take_if(|next| such(next));
        if taken.is_some() {
            let mut read = || -> rusqlite::Result<_> {
                self.rows.next()?.map(|row| GreatReading::of(row, taken.as_ref())).transpose()
            };
            self.next = read().map_err(|source| self.case.store(source))?;
        }
        Ok(taken)
    }

    /// Whether the next one is this.
    pub(crate) fn is_at(&self, reading: i64) -> bool {
        self.next.as_ref().is_some_and(|next| next.id == reading)
    }
}

/// One row of a great list: its titles and machines by their numbers in it.
pub(crate) struct TitleRow<'a> {
    /// Row of the file, or of the part of its member.
    pub(crate) row: u64,
    /// Part of the archive.
    pub(crate) part: Option<&'a Word>,
    /// It is of a member: the places of its facts follow each other, whatever its rows.
    pub(crate) dense: bool,
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

/// The machines and titles of a great list, as far as its blocks have been read; of a member, those of one block.
#[derive(Default)]
pub(crate) struct Names {
    /// Which list or block this is of all that were read.
    pub(crate) list: u64,
    pub(crate) machines: Vec<MachineRef>,
    pub(crate) titles: Vec<Rc<Title>>,
    /// The phrases of the titles.
    pub(crate) phrases: Vec<i64>,
    /// Titles that were met before, by their phrases.
    met: HashMap<i64, Rc<Title>>,
}

impl Names {
    fn begin(&mut self) {
        self.list += 1;
        self.machines.clear();
        self.titles.clear();
        self.phrases.clear();
    }

    /// The names that a block brings.
    fn learn(&mut self, case: &Case, machines: Vec<MachineRef>, phrases: Vec<i64>) -> Result<(), Error> {
        self.machines.extend(machines);
        for phrase in &phrases {
            let title = match self.met.get(phrase) {
                Some(met) => Rc::clone(met),
                None => {
                    let title = case.titles_of(&[*phrase])?.pop().map(Rc::new).unwrap_or_default();
                    self.met.insert(*phrase, Rc::clone(&title));
                    title
                }
            };
            self.titles.push(title);
        }
        self.phrases.extend(phrases);
        Ok(())
    }

    /// A row as a fact.
    pub(crate) fn fact(&self, evidence: &Word, row: &TitleRow<'_>) -> Option<FactRow> {
        let title = Title {
            machine: self.machines.get(row.machine)?.clone(),
            installed: row.columns.installed,
            told: row.told.cloned().map(Box::new),
            ..Title::clone(self.titles.get(row.title)?)
        };
        let origin = Origin { evidence: evidence.clone(), part: row.part.cloned(), row: row.row };
        Some(FactRow { origin, fact: Fact::Title(title), remarks: row.remarks.to_vec() })
    }
}

impl Case {
    /// The query for all great readings, for [`Case::great_in`].
    pub(crate) fn great_readings(&self) -> rusqlite::Result<Statement<'_>> {
        self.connection.prepare(
            "SELECT reading.id, file.hash, reading.member FROM reading JOIN file ON file.id = reading.file
             WHERE file.id NOT IN (SELECT file FROM unfinished)
               AND EXISTS (SELECT 1 FROM title_block WHERE title_block.reading = reading.id)
             ORDER BY reading.id",
        )
    }

    /// The great readings, one after the other.
    pub(crate) fn great_in<'a>(&'a self, query: &'a mut Statement<'_>) -> Result<GreatReadings<'a>, Error> {
        let store = |source| self.store(source);
        let mut rows = query.query([]).map_err(store)?;
        let next = match rows.next().map_err(store)? {
            Some(row) => Some(GreatReading::of(row, None).map_err(store)?),
            None => None,
        };
        Ok(GreatReadings { case: self, rows, next })
    }

    /// Whether titles of a file stand in blocks.
    pub(crate) fn is_great(&self, hash: &str) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM title_block JOIN reading ON reading.id = title_block.reading
             JOIN file ON file.id = reading.file WHERE file.hash = ?1)";
        self.connection.query_row(sql, [hash], |row| row.get(0)).map_err(|source| self.store(source))
    }

    /// What a great list or archive names. `None`: the file is none.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn named_in(&self, hash: &str) -> Result<Option<Named>, Error> {
        let store = |source| self.store(source);
        let mut query = self
            .connection
            .prepare(
                "SELECT title_block.body FROM title_block JOIN reading ON reading.id = title_block.reading
                 JOIN file ON file.id = reading.file WHERE file.hash = ?1 ORDER BY reading.id, title_block.seq",
            )
            .map_err(store)?;
        // Machines may be a million: what is remembered of each is a number that no two share but by a chance of one in billions.
        let (state, mut machines) = (RandomState::new(), HashSet::new());
        let (mut met, mut titles) = (HashSet::new(), Vec::new());
        let mut rows = query.query([hash]).map_err(store)?;
        let (mut found, mut of_list) = (false, 0u64);
        while let Some(row) = rows.next().map_err(store)? {
            found = true;
            let body = row.get_ref(0).and_then(|body| Ok(body.as_blob()?)).map_err(store)?;
            let first = first_named(body).map_err(|error| self.damaged(format!("a block of {hash}"), error))?;
            let new_titles = match first {
                FirstNamed::OfList(count, titles) => {
                    of_list += count as u64;
                    titles
                }
                FirstNamed::OfMember(named, titles) => {
                    machines.extend(named.iter().map(|machine| state.hash_one(machine)));
                    titles
                }
            };
            let fresh: Vec<i64> = new_titles.into_iter().filter(|title| met.insert(*title)).collect();
            titles.extend(self.titles_of(&fresh)?);
        }
        Ok(found.then_some(Named { machines: of_list + machines.len() as u64, titles }))
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

    /// The titles of a great reading, row by row. `names` knows, at each row, all that the row names.
    pub(crate) fn each_title(
        &self,
        reading: &GreatReading,
        names: &mut Names,
        on: &mut dyn FnMut(&Names, &TitleRow<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        names.begin();
        let member = reading.member.as_deref().unwrap_or_default();
        self.each_block(reading.id, &mut |seq, head, columns| {
            let damaged = || self.damaged(format!("block {seq} of reading {}", reading.id), "its rows do not fit");
            let dense = head.at.is_some();
            if dense && seq > 0 {
                names.begin();
            }
            names.learn(self, head.new_machines, head.new_titles)?;
            let part = dense.then(|| match &head.part {
                Some(part) => Word::from(format!("{member}/{part}").as_str()),
                None => Word::from(member),
            });
            let (mut told, mut remarks) = (head.told.iter().peekable(), head.remarks.iter().peekable());
            for (place, row) in (0..).zip(columns.rows()) {
                let columns = row.map_err(|_| damaged())?;
                let number = |list: &[u32], at: u32| match dense {
                    true => Some(at as usize),
                    false => list.get(at as usize).map(|number| *number as usize),
                };
                let row = TitleRow {
                    row: head.before.saturating_add(columns.number),
                    part: part.as_ref(),
                    dense,
                    machine: number(&head.machines, columns.machine).ok_or_else(damaged)?,
                    title: number(&head.titles, columns.title).ok_or_else(damaged)?,
                    columns,
                    told: told.next_if(|(at, _)| *at == place).map(|(_, machine)| machine),
                    remarks: remarks.next_if(|(at, _)| *at == place).map_or(&[], |(_, remarks)| remarks.as_slice()),
                };
                on(names, &row)?;
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
