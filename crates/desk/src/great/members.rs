//! What the members of a great archive gave, on its way into the case.
//!
//! Every member that was read is a reading of its own, as if it had come alone. Its titles stand in blocks of columns; a row of its
//! other facts that stands in no part of the member has no part in the table either: it is that of the member.

use super::block;
use super::reading::{Trouble, stopped};
use super::staging::{self, Left};
use crate::add::{PartFate, TakenPart};
use crate::facts::{Phrases, put_reject};
use crate::{Case, Error, Stamp};
use evidence::archives::{BATCH, Batch, MemberRead, MemberTold, Packing};
use evidence::{Refusal, Refused};
use licensing::facts::{FactRow, Origin, Reject};
use licensing::word::Word;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Members that are told one by one; all are counted.
const TOLD: i64 = 200;
/// Rejects of a member that are told one by one.
const TOLD_REJECTS: i64 = 20;

/// What came of the members of a great archive, in sum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Entries of the archive, folders and links among them.
    pub members: u64,
    /// Bytes of the archive up to there.
    #[serde(skip_serializing_if = "is_zero")]
    #[serde(default)]
    pub bytes: u64,
    /// Files that were read.
    pub read: u64,
    /// Files whose bytes were in the case already.
    pub known: u64,
    /// Files that were not taken.
    pub refused: u64,
    /// Rows: facts and rejects together.
    pub rows: u64,
    /// Facts.
    pub facts: u64,
    /// Rejects.
    pub rejects: u64,
    /// Files that were read, by their format.
    pub kinds: BTreeMap<String, u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// What is kept of a walk, to go on with.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    packing: Packing,
    tally: Tally,
}

/// An archive on its way into the case.
#[derive(Debug)]
pub(super) struct Taking {
    file: i64,
    state: State,
    phrases: Phrases,
    /// Phrases of the titles that each walker has told of, by its numbers; the last one reads member by member.
    heard: Vec<Vec<i64>>,
}

/// Why a batch was not taken.
pub(super) enum Untaken {
    Store(rusqlite::Error),
    /// It is not what a walker writes.
    Nonsense,
}

impl From<rusqlite::Error> for Untaken {
    fn from(error: rusqlite::Error) -> Self {
        Untaken::Store(error)
    }
}

impl Untaken {
    pub(super) fn of(self, case: &Case) -> Trouble {
        match self {
            Untaken::Store(source) => Trouble::Case(case.store(source)),
            Untaken::Nonsense => stopped("a reading process gave members that do not fit together"),
        }
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

impl Taking {
    /// A new archive, read by so many walkers. Another file that was left unfinished is given up.
    pub(super) fn begin(
        case: &mut Case,
        packing: Packing,
        workers: usize,
        (name, bytes): (&str, u64),
        stamp: &Stamp,
    ) -> Result<Self, Error> {
        staging::discard(case)?;
        let dir = case.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = case.connection.transaction().map_err(store)?;
        let file = staging::begin_file(&transaction, name, bytes, stamp).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(Taking::of(file, State { packing, tally: Tally::default() }, workers))
    }

    /// Goes on with what an earlier run left. `None`: this program does not understand what was kept.
    pub(super) fn resume(left: &Left, packing: Packing, workers: usize) -> Option<Self> {
        let state: State = serde_json::from_str(&left.state).ok()?;
        (state.packing == packing).then(|| Taking::of(left.file, state, workers))
    }

    fn of(file: i64, state: State, workers: usize) -> Self {
        Taking { file, state, phrases: Phrases::default(), heard: vec![Vec::new(); workers + 1] }
    }

    pub(super) fn packing(&self) -> Packing {
        self.state.packing
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.state.tally
    }

    /// Number of the batch that is waited for.
    pub(super) fn next_batch(&self) -> u64 {
        self.state.tally.members.div_ceil(BATCH)
    }

    /// Whether no batch has been begun and not ended.
    pub(super) fn between_batches(&self) -> bool {
        self.state.tally.members.is_multiple_of(BATCH)
    }

    /// Takes the batch that is waited for from a walker; `None`: from one that reads member by member.
    pub(super) fn take(
        &mut self,
        transaction: &Transaction<'_>,
        known: &dyn Fn(&str) -> bool,
        worker: Option<usize>,
        batch: Batch,
    ) -> Result<(), Untaken> {
        let most = if worker.is_some() { BATCH } else { 1 };
        let (members, length) = (self.state.tally.members, batch.next.saturating_sub(batch.first));
        if batch.first != members || length == 0 || length > most {
            return Err(Untaken::Nonsense);
        }
        let slot = worker.unwrap_or(self.heard.len().saturating_sub(1));
        let mut heard = std::mem::take(self.heard.get_mut(slot).ok_or(Untaken::Nonsense)?);
        if batch.anew {
            heard.clear();
        }
        for title in batch.new_titles {
            heard.push(self.phrases.id(transaction, json(&title)?)?);
        }
        for member in batch.members {
            self.member(transaction, known, &heard, member)?;
        }
        if let Some(slot) = self.heard.get_mut(slot) {
            *slot = heard;
        }
        self.state.tally.members = batch.next;
        self.state.tally.bytes = batch.bytes.max(self.state.tally.bytes);
        Ok(())
    }

    fn member(
        &mut self,
        transaction: &Transaction<'_>,
        known: &dyn Fn(&str) -> bool,
        heard: &[i64],
        member: MemberRead,
    ) -> Result<(), Untaken> {
        let MemberRead { name, hash, outcome } = member;
        let told = match outcome {
            Ok(told) => told,
            Err(refusal) => {
                self.state.tally.refused += 1;
                transaction
                    .prepare_cached(
                        "INSERT INTO reading (file, member, hash, taken_as, encoding, row_count, notes, refused, detail)
                         VALUES (?1, ?2, ?3, '', '', 0, '[]', ?4, ?5)",
                    )?
                    .execute(params![self.file, name, hash, refusal.reason.code(), refusal.detail])?;
                return Ok(());
            }
        };
        if !told.is_sound(heard.len()) {
            return Err(Untaken::Nonsense);
        }
        let fresh = !known(&hash)
            && transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO reading (file, member, hash, taken_as, encoding, row_count, exported, notes)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    self.file,
                    name,
                    hash,
                    told.taken_as,
                    told.encoding,
                    number(told.rows),
                    told.exported.map(|day| day.to_string()),
                    json(&told.notes)?
                ])?
                > 0;
        let tally = &mut self.state.tally;
        if !fresh {
            tally.known += 1;
            return Ok(());
        }
        let rejects = told.rejects.len() as u64;
        tally.read += 1;
        tally.rows += told.rows;
        tally.rejects += rejects;
        tally.facts += told.rows.saturating_sub(rejects);
        *tally.kinds.entry(told.taken_as.clone()).or_default() += 1;
        self.rows(transaction, transaction.last_insert_rowid(), &name, heard, told)
    }

    /// The rows of one reading.
    fn rows(
        &mut self,
        transaction: &Transaction<'_>,
        reading: i64,
        name: &str,
        heard: &[i64],
        told: MemberTold,
    ) -> Result<(), Untaken> {
        for (place, FactRow { origin, fact, remarks }) in told.others {
            let part = origin.part.map(|part| self.phrases.id(transaction, format!("{name}/{part}"))).transpose()?;
            let remarks = if remarks.is_empty() { None } else { Some(json(&remarks)?) };
            transaction
                .prepare_cached(
                    "INSERT INTO fact (reading, seq, part, row, own, remarks) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![reading, number(place), part, number(origin.row), json(&fact)?, remarks])?;
        }
        for (seq, reject) in (0_i64..).zip(told.rejects) {
            let part = reject.origin.part.as_ref().map_or_else(|| name.to_owned(), |part| format!("{name}/{part}"));
            put_reject(transaction, reading, seq, Some(&part), &reject)?;
        }
        for (seq, mut run) in (0_i64..).zip(told.runs) {
            let titles: Option<Vec<i64>> =
                std::mem::take(&mut run.titles).into_iter().map(|title| heard.get(title as usize).copied()).collect();
            let rows = run.columns.rows;
            let body = block::of_member(run, titles.ok_or(Untaken::Nonsense)?)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
            transaction
                .prepare_cached("INSERT INTO title_block (reading, seq, row_count, body) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![reading, seq, rows, body])?;
        }
        Ok(())
    }

    /// So far it has come: written with the batches, in one transaction.
    pub(super) fn mark(&self, transaction: &Transaction<'_>, copied: u64, prefix: &str) -> rusqlite::Result<()> {
        staging::mark(transaction, self.file, &json(&self.state)?, copied, prefix)
    }

    /// Where no member was taken and none was known: why the first was not.
    pub(super) fn none_taken(&self, case: &Case) -> Result<Option<Refusal>, Error> {
        if self.state.tally.read > 0 || self.state.tally.refused == 0 {
            return Ok(None);
        }
        let sql =
            "SELECT member, refused, detail FROM reading WHERE file = ?1 AND refused IS NOT NULL ORDER BY id LIMIT 1";
        let first = case.connection.query_row(sql, [self.file], |row| {
            let name: String = row.get(0)?;
            let refusal = refusal_of(row.get(1)?, row.get(2)?);
            Ok(Refusal { detail: format!("{name}: {}", refusal.detail), ..refusal })
        });
        first.optional().map_err(|source| case.store(source))
    }

    /// The archive is whole: from here on the case knows it. Gives what is to be told of its members: those that were refused, lost a
    /// row or have a note, as many as are told, and the sum of all.
    pub(super) fn finish(self, case: &mut Case, hash: &str, stamp: &Stamp) -> Result<(Vec<TakenPart>, Tally), Error> {
        let dir = case.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = case.connection.transaction().map_err(store)?;
        staging::whole(&transaction, self.file, hash, stamp).map_err(store)?;
        let parts = parts(&transaction, self.file, hash).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok((parts, Tally { bytes: 0, ..self.state.tally }))
    }
}

fn refusal_of(code: String, detail: String) -> Refusal {
    let reason = Refused::of_code(&code).unwrap_or(Refused::ReaderStopped);
    Refusal { reason, detail, row: None, proposal: None }
}

/// The members of note.
fn parts(transaction: &Transaction<'_>, file: i64, hash: &str) -> rusqlite::Result<Vec<TakenPart>> {
    let mut query = transaction.prepare(
        "SELECT id, member, taken_as, encoding, row_count, notes, refused, detail,
                (SELECT count(*) FROM reject WHERE reject.reading = reading.id)
         FROM reading WHERE file = ?1 AND (refused IS NOT NULL OR notes <> '[]'
             OR EXISTS (SELECT 1 FROM reject WHERE reject.reading = reading.id))
         ORDER BY id LIMIT ?2",
    )?;
    let mut rows = query.query(params![file, TOLD])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let fate = match row.get::<_, Option<String>>(6)? {
            Some(code) => PartFate::Refused(refusal_of(code, row.get(7)?)),
            None => part(transaction, row, hash)?,
        };
        parts.push(TakenPart { member: row.get(1)?, fate });
    }
    Ok(parts)
}

fn part(transaction: &Transaction<'_>, row: &Row<'_>, hash: &str) -> rusqlite::Result<PartFate> {
    let (reading, rows, rejected): (i64, i64, i64) = (row.get(0)?, row.get(4)?, row.get(8)?);
    let notes: String = row.get(5)?;
    let mut query = transaction
        .prepare_cached("SELECT part, row, reason, detail, raw FROM reject WHERE reading = ?1 ORDER BY seq LIMIT ?2")?;
    let rejects = query.query_map(params![reading, TOLD_REJECTS], |row| {
        Ok(Reject {
            origin: Origin {
                evidence: hash.into(),
                part: row.get::<_, Option<String>>(0)?.map(Word::from),
                row: count(row.get(1)?),
            },
            reason: row.get(2)?,
            detail: row.get(3)?,
            raw: row.get(4)?,
        })
    })?;
    Ok(PartFate::Read {
        taken_as: row.get(2)?,
        encoding: row.get(3)?,
        rows: count(rows),
        facts: count(rows.saturating_sub(rejected)),
        rejected: count(rejected),
        rejects: rejects.collect::<rusqlite::Result<_>>()?,
        notes: serde_json::from_str(&notes).unwrap_or_default(),
    })
}
