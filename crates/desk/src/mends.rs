//! Rows that no reader understood, mended and tried again in place. The file keeps its bytes; the mended text is an act, laid over the
//! row whenever the file is read, and the fact that comes of it is marked with who mended it and when.

use crate::add::origins;
use crate::decisions::UNDONE;
use crate::facts::{self, FiledReject, Phrases};
use crate::reader::{self, Job, Outcome, Part, ReaderOptions, Report};
use crate::{Case, Error, File, Stamp, acts};
use evidence::{Mend, Reading};
use licensing::facts::Origin;
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Kind of the act that keeps a mended row.
const MENDED: &str = "row-mended";
/// Kind of the act that a file was read again.
const AGAIN: &str = "file-read-again";

/// A mended row, as the chain keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// File, by its hash, and its name then.
    file: String,
    name: String,
    /// Hash of what was read: the file, or the member of a container.
    hash: String,
    member: Option<String>,
    /// Sheet or section within it.
    part: Option<String>,
    row: u64,
    /// The row as it should have read, and as it stood.
    text: String,
    was: String,
}

/// A mended row, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MendAct {
    /// Number of the act.
    pub act: i64,
    /// Time, RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// Name of the file.
    pub file: String,
    /// Where the row stands.
    pub origin: Origin,
    /// The row as it should have read.
    pub text: String,
    /// The row as it stood, shortened.
    pub was: String,
}

/// What reading a file again gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Again {
    /// Name of the file.
    pub name: String,
    /// Facts before and after.
    pub facts: (u64, u64),
    /// Rejects before and after.
    pub rejects: (u64, u64),
}

impl Kept {
    /// Where the row stands, as facts and rejects write it.
    fn origin(&self) -> Origin {
        let part = match (&self.member, &self.part) {
            (Some(member), Some(part)) => Some(format!("{member}/{part}")),
            (member, part) => member.clone().or_else(|| part.clone()),
        };
        Origin { evidence: self.file.as_str().into(), part: part.map(Into::into), row: self.row }
    }
}

/// What a mended fact is marked with.
fn note(act: i64, at: &str, author: &str) -> String {
    format!("mended by hand: {author}, {} (act {act})", at.get(..10).unwrap_or(at))
}

impl Case {
    fn kept_mends(&self) -> Result<Vec<(crate::Act, Kept)>, Error> {
        let mut all = Vec::new();
        for act in self.in_force(&[MENDED])? {
            let kept =
                serde_json::from_str(&act.body).map_err(|error| self.damaged(format!("act {}", act.number), error))?;
            all.push((act, kept));
        }
        Ok(all)
    }

    /// The mended rows, for the readers.
    pub(crate) fn mends(&self) -> Result<Vec<Mend>, Error> {
        let as_mend = |(act, kept): (crate::Act, Kept)| Mend {
            note: note(act.number, &act.at, &act.author),
            evidence: kept.hash,
            part: kept.part,
            row: kept.row,
            text: kept.text,
        };
        Ok(self.kept_mends()?.into_iter().map(as_mend).collect())
    }

    /// The mended rows that are in force, in their order.
    ///
    /// # Errors
    /// The database cannot be read, or holds what this program does not write.
    pub fn mended_rows(&self) -> Result<Vec<MendAct>, Error> {
        let told = |(act, kept): (crate::Act, Kept)| MendAct {
            act: act.number,
            at: act.at,
            author: act.author,
            file: kept.name.clone(),
            origin: kept.origin(),
            text: kept.text,
            was: kept.was,
        };
        Ok(self.kept_mends()?.into_iter().map(told).collect())
    }

    /// Puts `text` in the place of a rejected row and reads its file again. The mend is kept only if the row is understood then.
    ///
    /// # Errors
    /// [`Error::Decision`]: the row is still not understood, with the reason, or its format cannot be mended row by row; or the file
    /// cannot be read, or the case written.
    pub fn mend_row(
        &mut self,
        reject: &FiledReject,
        text: &str,
        options: &ReaderOptions,
        stamp: &Stamp,
    ) -> Result<MendAct, Error> {
        let origin = &reject.reject.origin;
        let (file, member, hash, part) = self.place_of(origin)?;
        let act = self.last_act()?.saturating_add(1);
        let at = stamp.at.to_string();
        let mut mends = self.mends()?;
        let marked = note(act, &at, &stamp.author);
        mends.push(Mend {
            evidence: hash.clone(),
            part: part.clone(),
            row: origin.row,
            text: text.to_owned(),
            note: marked.clone(),
        });
        let parts = self.read_again(&file, &mends, options)?;
        let reading =
            |(_, reading): &&(Option<String>, Reading)| reading.rejects.iter().any(|each| each.origin == *origin);
        if let Some((_, reading)) = parts.iter().find(reading) {
            let still = reading.rejects.iter().find(|each| each.origin == *origin);
            let detail = still.map_or_else(String::new, |each| each.detail.clone());
            return Err(Error::Decision { code: "mend-still", detail });
        }
        let marked = parts.iter().flat_map(|(_, reading)| &reading.facts).any(|row| row.remarks.contains(&marked));
        if !marked {
            return Err(Error::Decision { code: "mend-format", detail: file.name });
        }
        let was = reject.reject.raw.clone();
        let kept =
            Kept { file: file.hash, name: file.name, hash, member, part, row: origin.row, text: text.to_owned(), was };
        let body = serde_json::to_value(&kept).map_err(|error| self.damaged("mend", error))?;
        self.replace(&kept.file, &parts, |transaction| acts::append(transaction, stamp, MENDED, &body))?;
        let (file, author) = (kept.name.clone(), stamp.author.clone());
        Ok(MendAct { act, at, author, file, origin: kept.origin(), text: kept.text, was: kept.was })
    }

    /// Undoes a mend: the row is again what it was.
    ///
    /// # Errors
    /// [`Error::NoDecision`], or the file cannot be read, or the case written.
    pub fn undo_mend(&mut self, number: i64, options: &ReaderOptions, stamp: &Stamp) -> Result<(), Error> {
        let found = self.kept_mends()?.into_iter().find(|(act, _)| act.number == number);
        let (act, kept) = found.ok_or(Error::NoDecision { number })?;
        let body = serde_json::json!({ "act": number, "kind": act.kind });
        // The file may have been taken back since.
        let Some(file) = self.files()?.into_iter().find(|file| file.hash == kept.file) else {
            return self.act(stamp, UNDONE, &body);
        };
        let marked = note(act.number, &act.at, &act.author);
        let mends: Vec<Mend> = self.mends()?.into_iter().filter(|mend| mend.note != marked).collect();
        let parts = self.read_again(&file, &mends, options)?;
        self.replace(&file.hash, &parts, |transaction| acts::append(transaction, stamp, UNDONE, &body))
    }

    /// Reads a file of the case again, with the readers, mappings and mends of today.
    ///
    /// # Errors
    /// As [`Case::find`], or the file cannot be read any more, or the case written.
    pub fn retry(&mut self, asked: &str, options: &ReaderOptions, stamp: &Stamp) -> Result<Again, Error> {
        let before = self.find(asked)?;
        let mends = self.mends()?;
        let parts = self.read_again(&before, &mends, options)?;
        let body = serde_json::json!({ "hash": before.hash, "name": before.name });
        self.replace(&before.hash, &parts, |transaction| acts::append(transaction, stamp, AGAIN, &body))?;
        let after = self.find(&before.hash)?;
        Ok(Again {
            name: after.name.clone(),
            facts: (before.facts(), after.facts()),
            rejects: (before.rejects(), after.rejects()),
        })
    }

    /// File, member, hash of what was read, and part within it, of a row.
    fn place_of(&self, origin: &Origin) -> Result<(File, Option<String>, String, Option<String>), Error> {
        let file = self.find(&origin.evidence)?;
        let whole = origin.part.as_deref().unwrap_or_default();
        let within = |member: &str| whole.strip_prefix(member).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let members: Vec<(Option<String>, String)> = self.members(&file.hash)?;
        for (member, hash) in &members {
            match member {
                None => return Ok((file, None, hash.clone(), origin.part.as_deref().map(str::to_owned))),
                Some(name) => {
                    if let Some(rest) = within(name) {
                        let part = rest.strip_prefix('/').map(str::to_owned);
                        return Ok((file, member.clone(), hash.clone(), part));
                    }
                }
            }
        }
        Err(self.damaged("reject", format!("no reading of {} holds it", file.name)))
    }

    fn members(&self, hash: &str) -> Result<Vec<(Option<String>, String)>, Error> {
        let read = || -> rusqlite::Result<Vec<(Option<String>, String)>> {
            let mut query = self.connection.prepare(
                "SELECT reading.member, reading.hash FROM reading JOIN file ON file.id = reading.file
                 WHERE file.hash = ?1 AND reading.refused IS NULL ORDER BY length(reading.member) DESC",
            )?;
            query.query_map([hash], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|source| self.store(source))
    }

    /// What the readers make of a file of the case now: the parts that it was taken for, each with its origins.
    fn read_again(
        &self,
        file: &File,
        mends: &[Mend],
        options: &ReaderOptions,
    ) -> Result<Vec<(Option<String>, Reading)>, Error> {
        // A great list is not held in memory whole, nor put together of old blocks and new rows.
        if self.is_great(&file.hash)? {
            return Err(Error::Decision { code: "mend-format", detail: file.name.clone() });
        }
        let mappings = self.mappings()?;
        let known = BTreeSet::new();
        let shared = reader::Shared { options, mappings: &mappings, mends, known: &known };
        let job = Job { path: self.evidence_path(&file.hash), name: file.name.clone() };
        let mut outcome = None;
        reader::read_all(vec![job], &shared, &mut |report| {
            if let Report::Read(read) = report {
                outcome = Some(read.outcome);
            }
            Ok(())
        })?;
        let refused =
            |detail: String| Error::Decision { code: "mend-unread", detail: format!("{}: {detail}", file.name) };
        let parts: Vec<Part> = match outcome {
            Some(Outcome::Read { parts, .. }) => parts,
            Some(Outcome::Refused(refusal)) => return Err(refused(refusal.to_string())),
            Some(Outcome::Unreadable(error)) => return Err(refused(error.to_string())),
            Some(Outcome::Known { .. }) | None => return Err(refused(String::new())),
        };
        let taken: BTreeSet<Option<String>> = self.members(&file.hash)?.into_iter().map(|(member, _)| member).collect();
        let mut all = Vec::new();
        for part in parts.into_iter().filter(|part| taken.contains(&part.member)) {
            let mut reading = part.outcome.map_err(|refusal| refused(refusal.to_string()))?;
            if reading.rows != (reading.facts.len() as u64).saturating_add(reading.rejects.len() as u64) {
                return Err(refused("rows, facts and rejects do not add up".to_owned()));
            }
            origins(&mut reading, &file.hash, part.member.as_deref());
            all.push((part.member, reading));
        }
        Ok(all)
    }

    /// Puts what was read now in the place of what was read before, and tells of it, in one step.
    fn replace(
        &mut self,
        hash: &str,
        parts: &[(Option<String>, Reading)],
        tell: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Error> {
        let dir = self.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = self.connection.transaction().map_err(store)?;
        let mut phrases = Phrases::default();
        for (member, reading) in parts {
            put(&transaction, &mut phrases, hash, member.as_deref(), reading).map_err(store)?;
        }
        tell(&transaction).map_err(store)?;
        transaction.commit().map_err(store)
    }
}

fn put(
    transaction: &Transaction<'_>,
    phrases: &mut Phrases,
    hash: &str,
    member: Option<&str>,
    reading: &Reading,
) -> rusqlite::Result<()> {
    let id: i64 = transaction.query_row(
        "SELECT reading.id FROM reading JOIN file ON file.id = reading.file WHERE file.hash = ?1 AND reading.member IS ?2",
        params![hash, member],
        |row| row.get(0),
    )?;
    transaction.execute("DELETE FROM fact WHERE reading = ?1", [id])?;
    transaction.execute("DELETE FROM reject WHERE reading = ?1", [id])?;
    let notes = serde_json::to_string(&reading.notes)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    transaction.execute(
        "UPDATE reading SET taken_as = ?2, encoding = ?3, row_count = ?4, exported = ?5, notes = ?6 WHERE id = ?1",
        params![
            id,
            reading.taken_as,
            reading.encoding,
            i64::try_from(reading.rows).unwrap_or(i64::MAX),
            reading.exported.map(|day| day.to_string()),
            notes
        ],
    )?;
    facts::write(transaction, phrases, id, &reading.facts, &reading.rejects)
}
