//! Facts on disk and back. What many rows share (a machine, a title) is kept once; a row is then a few numbers.

use crate::great::{GreatReading, Names, TitleRow};
use crate::{Case, Error};
use licensing::facts::{Fact, FactRow, MachineRef, Origin, Reject, Title};
use licensing::word::{Lexicon, Word};
use rusqlite::{Transaction, params};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// A reject with the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FiledReject {
    /// Name of the file as it was added.
    pub file: String,
    /// The reject.
    pub reject: Reject,
}

/// Phrases that are remembered before all are forgotten: a batch may bring millions that stand once.
const KNOWN: usize = 300_000;

/// Phrases that were written or found since the batch began; saves looking them up again.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    known: HashMap<String, i64>,
}

impl Phrases {
    pub(crate) fn id(&mut self, transaction: &Transaction<'_>, text: String) -> rusqlite::Result<i64> {
        if let Some(id) = self.known.get(&text) {
            return Ok(*id);
        }
        transaction.prepare_cached("INSERT OR IGNORE INTO phrase (text) VALUES (?1)")?.execute([&text])?;
        let id = transaction
            .prepare_cached("SELECT id FROM phrase WHERE text = ?1")?
            .query_row([&text], |row| row.get(0))?;
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.insert(text, id);
        Ok(id)
    }
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Writes the facts and rejects of one reading.
pub(crate) fn write(
    transaction: &Transaction<'_>,
    phrases: &mut Phrases,
    reading: i64,
    facts: &[FactRow],
    rejects: &[Reject],
) -> rusqlite::Result<()> {
    for (seq, row) in (0_i64..).zip(facts) {
        let part = row.origin.part.as_deref().map(|part| phrases.id(transaction, part.to_owned())).transpose()?;
        let (machine, body, own) = match &row.fact {
            Fact::Title(title) => {
                let machine = phrases.id(transaction, json(&title.machine)?)?;
                let shared = Title { machine: MachineRef::default(), ..title.clone() };
                (Some(machine), Some(phrases.id(transaction, json(&shared)?)?), None)
            }
            other => (None, None, Some(json(other)?)),
        };
        let remarks = if row.remarks.is_empty() { None } else { Some(json(&row.remarks)?) };
        transaction
            .prepare_cached(
                "INSERT INTO fact (reading, seq, part, row, machine, body, own, remarks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![reading, seq, part, number(row.origin.row), machine, body, own, remarks])?;
    }
    for (seq, reject) in (0_i64..).zip(rejects) {
        put_reject(transaction, reading, seq, reject.origin.part.as_deref(), reject)?;
    }
    Ok(())
}

/// Stores a reject of a reading at its place; `part` is told as the case names it, which may be longer than the reader's name.
pub(crate) fn put_reject(
    transaction: &Transaction<'_>,
    reading: i64,
    seq: i64,
    part: Option<&str>,
    reject: &Reject,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO reject (reading, seq, part, row, reason, detail, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![reading, seq, part, number(reject.origin.row), reject.reason, reject.detail, reject.raw])?;
    Ok(())
}

fn number(row: u64) -> i64 {
    i64::try_from(row).unwrap_or(i64::MAX)
}

/// A row of the table `fact`, with the hash of its file.
struct Stored {
    evidence: String,
    part: Option<i64>,
    row: i64,
    machine: Option<i64>,
    body: Option<i64>,
    own: Option<String>,
    remarks: Option<String>,
    /// Of a row without a part: the member of an archive that it stands in.
    member: Option<String>,
}

impl Stored {
    /// A row of the query in [`Case::each_stored`], with its reading and its place.
    fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, u64, Stored)> {
        let stored = Stored {
            evidence: row.get(0)?,
            part: row.get(1)?,
            row: row.get(2)?,
            machine: row.get(3)?,
            body: row.get(4)?,
            own: row.get(5)?,
            remarks: row.get(6)?,
            member: row.get(9)?,
        };
        Ok((row.get(7)?, u64::try_from(row.get::<_, i64>(8)?).unwrap_or_default(), stored))
    }
}

impl Case {
    /// Every fact of the case, in the order of files as added and of rows as read.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn facts(&self) -> Result<Vec<FactRow>, Error> {
        let mut all = Vec::new();
        self.each_fact(&mut |row| {
            all.push(row);
            Ok(())
        })?;
        Ok(all)
    }

    /// Hands on every fact of the case, one at a time, in the order of [`Case::facts`]: for cases whose facts do not fit in memory.
    ///
    /// # Errors
    /// As [`Case::facts`], or what `on` says.
    pub fn each_fact(&self, on: &mut dyn FnMut(FactRow) -> Result<(), Error>) -> Result<(), Error> {
        self.sift(&mut |_, _, _| true, on)
    }

    /// As [`Case::each_fact`], without the rows of great lists that `wanted` does not want.
    pub(crate) fn sift(
        &self,
        wanted: &mut dyn FnMut(&Word, &Names, &TitleRow<'_>) -> bool,
        on: &mut dyn FnMut(FactRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut names = Names::default();
        let mut query = self.great_readings().map_err(|source| self.store(source))?;
        let mut great = self.great_in(&mut query)?;
        let mut asides: Vec<(u64, FactRow)> = Vec::new();
        self.each_stored(&mut |reading, seq, row| {
            // The blocks of readings up to this one; the rows of this one that are no titles are put between its titles.
            while let Some(before) = great.take_if(|great| great.id() < reading)? {
                self.great_facts(&before, std::mem::take(&mut asides), &mut names, wanted, on)?;
            }
            if great.is_at(reading) {
                asides.push((seq, row));
                return Ok(());
            }
            on(row)
        })?;
        while let Some(before) = great.take_if(|_| true)? {
            self.great_facts(&before, std::mem::take(&mut asides), &mut names, wanted, on)?;
        }
        Ok(())
    }

    /// The facts that are no rows of great lists, one at a time, and how many rows of great lists are titles.
    ///
    /// # Errors
    /// As [`Case::facts`], or what `on` says.
    pub fn each_fact_beside_great_lists(&self, on: &mut dyn FnMut(FactRow) -> Result<(), Error>) -> Result<u64, Error> {
        self.each_stored(&mut |_, _, row| on(row))?;
        let count = "SELECT coalesce(sum(row_count), 0) FROM title_block
             WHERE reading NOT IN (SELECT reading.id FROM reading JOIN unfinished ON unfinished.file = reading.file)";
        let rows: i64 = self.connection.query_row(count, [], |row| row.get(0)).map_err(|source| self.store(source))?;
        Ok(u64::try_from(rows).unwrap_or_default())
    }

    /// Whether some title of the case is such a one; great lists are asked for each of their titles once.
    ///
    /// # Errors
    /// As [`Case::facts`].
    pub fn has_title(&self, such: &dyn Fn(&Title) -> bool) -> Result<bool, Error> {
        let mut found = false;
        self.each_stored(&mut |_, _, row| {
            found |= matches!(&row.fact, Fact::Title(title) if such(title));
            Ok(())
        })?;
        let mut asked = HashSet::new();
        let mut query = self.great_readings().map_err(|source| self.store(source))?;
        let mut great = self.great_in(&mut query)?;
        while let Some(reading) = great.take_if(|_| !found)? {
            self.each_block(reading.id, &mut |_, head, _| {
                let fresh: Vec<i64> = head.new_titles.into_iter().filter(|title| asked.insert(*title)).collect();
                found |= self.titles_of(&fresh)?.iter().any(such);
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The facts of a great list or member, in their order: `asides` are those that are no titles, each with its place.
    fn great_facts(
        &self,
        reading: &GreatReading,
        asides: Vec<(u64, FactRow)>,
        names: &mut Names,
        wanted: &mut dyn FnMut(&Word, &Names, &TitleRow<'_>) -> bool,
        on: &mut dyn FnMut(FactRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut asides = asides.into_iter().peekable();
        // The place of the next fact of a member. Of a list the places are the rows.
        let mut next = 0;
        self.each_title(reading, names, &mut |names, row| {
            let due = |place: u64, next: u64| if row.dense { place <= next } else { place < row.row };
            while let Some((_, aside)) = asides.next_if(|(place, _)| due(*place, next)) {
                next += 1;
                on(aside)?;
            }
            next += 1;
            if !wanted(&reading.evidence, names, row) {
                return Ok(());
            }
            let fact = names.fact(&reading.evidence, row);
            on(fact.ok_or_else(|| {
                self.damaged(format!("row {} of {}", row.row, &*reading.evidence), "a name is missing")
            })?)
        })?;
        asides.try_for_each(|(_, aside)| on(aside))
    }

    /// The facts that stand in rows of their own, with their reading and their place in it.
    fn each_stored(&self, on: &mut dyn FnMut(i64, u64, FactRow) -> Result<(), Error>) -> Result<(), Error> {
        let store = |source| self.store(source);
        let phrases = self.phrases().map_err(store)?;
        let mut machines: HashMap<i64, MachineRef> = HashMap::new();
        let mut titles: HashMap<i64, Title> = HashMap::new();
        // Every row names its file and part: those are a few words for all rows.
        let mut words = Lexicon::default();
        let mut query = self
            .connection
            .prepare(
                "SELECT file.hash, fact.part, fact.row, fact.machine, fact.body, fact.own, fact.remarks,
                        fact.reading, fact.seq, CASE WHEN fact.part IS NULL THEN reading.member END
                 FROM fact JOIN reading ON reading.id = fact.reading JOIN file ON file.id = reading.file
                 WHERE file.id NOT IN (SELECT file FROM unfinished)
                 ORDER BY fact.reading, fact.seq",
            )
            .map_err(store)?;
        let mut rows = query.query([]).map_err(store)?;
        while let Some(row) = rows.next().map_err(store)? {
            let (reading, seq, stored) = Stored::of(row).map_err(store)?;
            let place = || format!("row {} of {}", stored.row, stored.evidence);
            let phrase = |id: i64| phrases.get(&id).ok_or_else(|| self.damaged(place(), "a shared text is missing"));
            let parse_failed = |error: serde_json::Error| self.damaged(place(), error);
            let fact = match (stored.machine, stored.body, &stored.own) {
                (Some(machine), Some(body), None) => {
                    let machine = match machines.get(&machine) {
                        Some(known) => known.clone(),
                        None => {
                            let parsed: MachineRef = serde_json::from_str(phrase(machine)?).map_err(parse_failed)?;
                            machines.entry(machine).or_insert(parsed).clone()
                        }
                    };
                    let title = match titles.get(&body) {
                        Some(known) => known.clone(),
                        None => {
                            let parsed: Title = serde_json::from_str(phrase(body)?).map_err(parse_failed)?;
                            titles.entry(body).or_insert(parsed).clone()
                        }
                    };
                    Fact::Title(Title { machine, ..title })
                }
                (None, None, Some(own)) => serde_json::from_str(own).map_err(parse_failed)?,
                _ => return Err(self.damaged(place(), "neither shared nor own")),
            };
            let part = match (stored.part, &stored.member) {
                (Some(part), _) => Some(words.word(phrase(part)?)),
                (None, member) => member.as_deref().map(|member| words.word(member)),
            };
            let remarks = match &stored.remarks {
                Some(text) => serde_json::from_str(text).map_err(parse_failed)?,
                None => Vec::new(),
            };
            let row = u64::try_from(stored.row).unwrap_or_default();
            let origin = Origin { evidence: words.word(&stored.evidence), part, row };
            on(reading, seq, FactRow { origin, fact, remarks })?;
        }
        Ok(())
    }

    fn phrases(&self) -> rusqlite::Result<HashMap<i64, String>> {
        let mut query = self.connection.prepare("SELECT id, text FROM phrase")?;
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// Every row that could not be understood.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn rejects(&self) -> Result<Vec<FiledReject>, Error> {
        let read = || -> rusqlite::Result<Vec<FiledReject>> {
            let mut query = self.connection.prepare(
                "SELECT file.name, file.hash, reject.part, reject.row, reject.reason, reject.detail, reject.raw
                 FROM reject JOIN reading ON reading.id = reject.reading JOIN file ON file.id = reading.file
                 WHERE file.id NOT IN (SELECT file FROM unfinished)
                 ORDER BY reject.reading, reject.seq",
            )?;
            let rows = query.query_map([], |row| {
                Ok(FiledReject {
                    file: row.get(0)?,
                    reject: Reject {
                        origin: Origin {
                            evidence: row.get::<_, String>(1)?.into(),
                            part: row.get::<_, Option<String>>(2)?.map(Word::from),
                            row: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
                        },
                        reason: row.get(4)?,
                        detail: row.get(5)?,
                        raw: row.get(6)?,
                    },
                })
            })?;
            rows.collect()
        };
        read().map_err(|source| self.store(source))
    }
}
