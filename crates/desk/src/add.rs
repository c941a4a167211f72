//! Adding evidence: files and folders in, a summary per file out.
//!
//! Files are committed in small groups; a group is one transaction, so that each of its files is in the case whole or not at
//! all. A file is reported only after its group is on the disk.

use crate::case::UNFINISHED;
use crate::facts::Phrases;
use crate::great::{self, Finished, Tally};
use crate::reader::{self, Confinement, Job, Outcome, Part, Read, ReaderOptions, Report};
use crate::{Case, Error, Stamp, acts, facts};
use evidence::{Mapping, Mend, Reading, Refusal, Refused};
use licensing::facts::{Origin, Reject};
use licensing::word::Lexicon;
use rusqlite::{Transaction, params};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A file after `add`.
#[derive(Debug)]
pub struct Added {
    /// Path as given or found.
    pub path: PathBuf,
    /// Name in the case: the path below the folder that was given, or the file's name.
    pub name: String,
    /// What came of it.
    pub fate: Fate,
}

/// What came of a file.
#[derive(Debug)]
pub enum Fate {
    /// It is in the case now.
    Taken {
        /// SHA-256.
        hash: String,
        /// What was read: one part, or one for each member of a container; of a great archive the first that were refused, lost a
        /// row or have a note.
        parts: Vec<TakenPart>,
        /// Of a great archive: the sum over all its members.
        members: Option<Tally>,
    },
    /// Its bytes were in the case already; nothing changed.
    Known {
        /// SHA-256.
        hash: String,
        /// Name under which they are there.
        name: String,
    },
    /// It was not taken; the case is as before.
    Refused(Refusal),
    /// The system did not give its bytes; the case is as before.
    Unreadable(String),
}

/// A part of a file that was taken.
#[derive(Debug)]
pub struct TakenPart {
    /// Name within the container.
    pub member: Option<String>,
    /// Its fate.
    pub fate: PartFate,
}

/// What came of a part.
#[derive(Debug)]
pub enum PartFate {
    /// It was read.
    Read {
        /// Format.
        taken_as: String,
        /// Encoding of its text.
        encoding: String,
        /// Rows: facts and rejects together.
        rows: u64,
        /// Facts.
        facts: u64,
        /// How many rejects.
        rejected: u64,
        /// The rejects; of a great list the first thousand.
        rejects: Vec<Reject>,
        /// Notes, as codes with a detail.
        notes: Vec<(String, String)>,
    },
    /// The same bytes are in the case already, under this name.
    Known {
        /// Name.
        name: String,
    },
    /// It was not taken.
    Refused(Refusal),
}

/// What happens during `add`, for whoever watches.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many files were found.
    Found(usize),
    /// What the reading children gave up.
    Confined(Confinement),
    /// A great list or archive is being read.
    Reading {
        /// Its name.
        name: &'a str,
        /// Bytes read.
        bytes: u64,
        /// Of so many.
        of: u64,
        /// Rows read.
        rows: u64,
        /// Of an archive: members read.
        members: Option<u64>,
    },
    /// A file is done.
    File(&'a Added),
}

/// Files of a group, at most.
const GROUP: usize = 64;
/// Bytes of a group, about.
const GROUP_BYTES: usize = 16 << 20;
/// Age of a group, at most.
const GROUP_AGE: Duration = Duration::from_millis(300);

/// Adds files and folders (with all below them, sorted) to the case.
///
/// # Errors
/// The case cannot be written, or no reading child can be started. What a file is like is never an error here: it is its
/// [`Fate`], and the batch goes on.
pub fn add(
    case: &mut Case,
    sources: &[PathBuf],
    options: &ReaderOptions,
    stamp: &Stamp,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Added>, Error> {
    let mut all = Vec::new();
    let mut jobs = Vec::new();
    let own = fs::canonicalize(case.dir()).ok();
    for source in sources {
        find(source, own.as_deref(), &mut jobs, &mut all);
    }
    watch(Event::Found(jobs.len()));
    for added in &all {
        watch(Event::File(added));
    }
    let mappings: Vec<Mapping> = case.mappings()?;
    let mends = case.mends()?;
    let laid = (mappings.as_slice(), mends.as_slice());
    let names: BTreeMap<String, String> = case.read_hashes()?.into_iter().collect();
    let mut desk = Adding { case, stamp, names, phrases: Phrases::default(), group: Vec::new(), since: None, bytes: 0 };
    let mut jobs = jobs.into_iter().peekable();
    while jobs.peek().is_some() {
        let mut some = Vec::new();
        while let Some(job) = jobs.next_if(|job| !great::may_be_great(&job.path, options)) {
            some.push(job);
        }
        desk.ordinary(some, options, laid, &mut all, watch)?;
        if let Some(job) = jobs.next()
            && let Some(job) = desk.great(job, options, laid, &mut all, watch)?
        {
            desk.ordinary(vec![job], options, laid, &mut all, watch)?;
        }
    }
    Ok(all)
}

/// Files below `source`, sorted. What cannot be listed is told and left out.
fn find(source: &Path, own: Option<&Path>, jobs: &mut Vec<Job>, all: &mut Vec<Added>) {
    let name_of = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut unreadable = |path: &Path, name: String, error: &std::io::Error| {
        all.push(Added { path: path.to_owned(), name, fate: Fate::Unreadable(error.to_string()) });
    };
    match fs::metadata(source) {
        Err(error) => unreadable(source, name_of(source), &error),
        Ok(kind) if !kind.is_dir() => jobs.push(Job { path: source.to_owned(), name: name_of(source) }),
        Ok(_) => {
            let mut found: Vec<Job> = Vec::new();
            let mut waiting = vec![(source.to_owned(), String::new())];
            while let Some((folder, below)) = waiting.pop() {
                // The case itself may stand among its evidence; it is none.
                if own.is_some() && fs::canonicalize(&folder).ok().as_deref() == own {
                    continue;
                }
                let entries = match fs::read_dir(&folder) {
                    Ok(entries) => entries,
                    Err(error) => {
                        unreadable(&folder, below, &error);
                        continue;
                    }
                };
                for entry in entries {
                    let (path, kind) = match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                        Ok(known) => known,
                        Err(error) => {
                            unreadable(&folder, below.clone(), &error);
                            continue;
                        }
                    };
                    let name = format!("{below}{}", name_of(&path));
                    // Links to folders are not followed: they may lead in circles.
                    if kind.is_dir() {
                        waiting.push((path, format!("{name}/")));
                    } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
                        found.push(Job { path, name });
                    }
                }
            }
            found.sort_by(|a, b| a.name.cmp(&b.name));
            jobs.append(&mut found);
        }
    }
}

/// A file whose fate is known, and what is to be written for it.
struct Pending {
    added: Added,
    write: Option<(Vec<u8>, Vec<Part>)>,
}

struct Adding<'a> {
    case: &'a mut Case,
    stamp: &'a Stamp,
    /// Hash of what is in the case or in the group, and its name.
    names: BTreeMap<String, String>,
    phrases: Phrases,
    group: Vec<Pending>,
    since: Option<Instant>,
    bytes: usize,
}

impl Adding<'_> {
    /// Reads files, each whole, and takes them in groups.
    fn ordinary(
        &mut self,
        jobs: Vec<Job>,
        options: &ReaderOptions,
        (mappings, mends): (&[Mapping], &[Mend]),
        all: &mut Vec<Added>,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        if jobs.is_empty() {
            return Ok(());
        }
        let known: BTreeSet<String> = self.names.keys().cloned().collect();
        let shared = reader::Shared { options, mappings, mends, known: &known };
        let mut beyond = Vec::new();
        reader::read_all(jobs, &shared, &mut |report| {
            match report {
                Report::Confined(confinement) => watch(Event::Confined(confinement)),
                Report::Read(read) if is_beyond_bounds(&read) => beyond.push(read),
                Report::Read(read) => {
                    self.take(read);
                    if self.is_full() {
                        self.commit(all, watch)?;
                    }
                }
            }
            Ok(())
        })?;
        self.commit(all, watch)?;
        for read in beyond {
            let job = Job { path: read.path.clone(), name: read.name.clone() };
            if self.great(job, options, (mappings, mends), all, watch)?.is_some() {
                self.take(read);
                self.commit(all, watch)?;
            }
        }
        Ok(())
    }

    /// Takes a great list or archive. Gives the job back where the file is none.
    fn great(
        &mut self,
        job: Job,
        options: &ReaderOptions,
        laid: (&[Mapping], &[Mend]),
        all: &mut Vec<Added>,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Job>, Error> {
        let names = &self.names;
        let known = |hash: &str| names.contains_key(hash);
        let (path, name, stamp) = (&job.path, &job.name, self.stamp);
        let reading = great::Reading { path, name, options, stamp, known: &known, laid };
        let finished = great::read(self.case, &reading, &mut |progress| match progress {
            great::Progress::Confined(confinement) => watch(Event::Confined(confinement)),
            great::Progress::Read { bytes, rows, of, members } => {
                watch(Event::Reading { name: &job.name, bytes, of, rows, members });
            }
        })?;
        let fate = match finished {
            Finished::Ordinary => return Ok(Some(job)),
            Finished::Known(hash) => {
                let name = self.names.get(&hash).unwrap_or(&job.name).clone();
                Fate::Known { hash, name }
            }
            Finished::Refused(refusal) => Fate::Refused(refusal),
            Finished::Unreadable(error) => Fate::Unreadable(error.to_string()),
            Finished::Taken { hash, taken_as, summary, told } => {
                self.names.insert(hash.clone(), job.name.clone());
                let fate = PartFate::Read {
                    taken_as: taken_as.to_owned(),
                    encoding: summary.encoding.to_owned(),
                    rows: summary.rows,
                    facts: summary.rows.saturating_sub(summary.rejects),
                    rejected: summary.rejects,
                    rejects: told,
                    notes: summary.notes,
                };
                Fate::Taken { hash, parts: vec![TakenPart { member: None, fate }], members: None }
            }
            Finished::Archive { hash, parts, tally } => {
                self.names.insert(hash.clone(), job.name.clone());
                Fate::Taken { hash, parts, members: Some(tally) }
            }
        };
        let added = Added { path: job.path, name: job.name, fate };
        watch(Event::File(&added));
        all.push(added);
        Ok(None)
    }

    fn is_full(&self) -> bool {
        self.group.len() >= GROUP
            || self.bytes >= GROUP_BYTES
            || self.since.is_some_and(|since| since.elapsed() >= GROUP_AGE)
    }

    /// Decides what becomes of a file that was read.
    fn take(&mut self, read: Read) {
        let Read { path, name, outcome } = read;
        let mut write = None;
        let fate = match outcome {
            Outcome::Unreadable(error) => Fate::Unreadable(error.to_string()),
            Outcome::Refused(refusal) => Fate::Refused(refusal),
            Outcome::Known { hash } => {
                let known = self.names.get(&hash).cloned().unwrap_or_default();
                Fate::Known { hash, name: known }
            }
            Outcome::Read { hash, bytes, parts } => match self.names.get(&hash) {
                // Twice in one batch.
                Some(known) => Fate::Known { name: known.clone(), hash },
                None => {
                    let (fate, kept) = self.judge(&name, hash, parts);
                    if let Some(parts) = kept {
                        self.bytes = self.bytes.saturating_add(bytes.len());
                        write = Some((bytes, parts));
                    }
                    fate
                }
            },
        };
        self.since.get_or_insert_with(Instant::now);
        self.group.push(Pending { added: Added { path, name, fate }, write });
    }

    /// A file is taken if one of its parts is.
    fn judge(&mut self, name: &str, hash: String, parts: Vec<Part>) -> (Fate, Option<Vec<Part>>) {
        let mut summary = Vec::new();
        let mut kept = Vec::new();
        let (mut taken, mut refusal) = (Vec::new(), None);
        for mut part in parts {
            // A file that is no container is what its bytes are, whatever the child says.
            if part.member.is_none() {
                part.hash.clone_from(&hash);
            }
            let full = part.member.as_ref().map_or_else(|| name.to_owned(), |member| format!("{name}/{member}"));
            let fate = match &mut part.outcome {
                Err(refused) => {
                    refusal.get_or_insert_with(|| told_of(refused, part.member.as_deref()));
                    PartFate::Refused(refused.clone())
                }
                Ok(_) if self.names.contains_key(&part.hash) => {
                    let known = self.names.get(&part.hash).cloned().unwrap_or_default();
                    summary.push(TakenPart { member: part.member, fate: PartFate::Known { name: known } });
                    continue;
                }
                Ok(reading)
                    if reading.rows != (reading.facts.len() as u64).saturating_add(reading.rejects.len() as u64) =>
                {
                    let refused = Refusal {
                        reason: Refused::ReaderStopped,
                        detail: "rows, facts and rejects do not add up".to_owned(),
                        row: None,
                        proposal: None,
                    };
                    refusal.get_or_insert_with(|| told_of(&refused, part.member.as_deref()));
                    part.outcome = Err(refused.clone());
                    PartFate::Refused(refused)
                }
                Ok(reading) => {
                    origins(reading, &hash, part.member.as_deref());
                    self.names.insert(part.hash.clone(), full.clone());
                    taken.push(part.hash.clone());
                    PartFate::Read {
                        taken_as: reading.taken_as.clone(),
                        encoding: reading.encoding.clone(),
                        rows: reading.rows,
                        facts: reading.facts.len() as u64,
                        rejected: reading.rejects.len() as u64,
                        rejects: reading.rejects.clone(),
                        notes: reading.notes.clone(),
                    }
                }
            };
            summary.push(TakenPart { member: part.member.clone(), fate });
            kept.push(part);
        }
        match (taken.is_empty(), refusal) {
            (false, _) => {
                self.names.insert(hash.clone(), name.to_owned());
                (Fate::Taken { hash, parts: summary, members: None }, Some(kept))
            }
            (true, Some(refusal)) => (Fate::Refused(refusal), None),
            (true, None) => (Fate::Known { hash, name: name.to_owned() }, None),
        }
    }

    /// Brings the group to the disk, then tells of it.
    fn commit(&mut self, all: &mut Vec<Added>, watch: &mut dyn FnMut(Event<'_>)) -> Result<(), Error> {
        let group = std::mem::take(&mut self.group);
        (self.since, self.bytes) = (None, 0);
        if group.iter().any(|pending| pending.write.is_some()) {
            let folder = self.case.dir().join("evidence");
            let files: Vec<(&str, &[u8])> = group
                .iter()
                .filter_map(|pending| match (&pending.added.fate, &pending.write) {
                    (Fate::Taken { hash, .. }, Some((bytes, _))) => Some((hash.as_str(), bytes.as_slice())),
                    _ => None,
                })
                .collect();
            keep_all(&folder, &files)?;
            // The names must be on the disk before the register speaks of them.
            fs::File::open(&folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|source| Error::File { path: folder.clone(), source })?;
            let read = group.iter().filter_map(|pending| pending.write.as_ref()).flat_map(|(_, parts)| parts);
            let hashes: Vec<&str> = read.filter(|part| part.outcome.is_ok()).map(|part| part.hash.as_str()).collect();
            great::give_way(self.case, &hashes)?;
            self.register(&group)?;
        }
        for pending in group {
            watch(Event::File(&pending.added));
            all.push(pending.added);
        }
        Ok(())
    }

    fn register(&mut self, group: &[Pending]) -> Result<(), Error> {
        let dir = self.case.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = self.case.connection.transaction().map_err(store)?;
        for pending in group {
            if let (Fate::Taken { hash, .. }, Some((bytes, parts))) = (&pending.added.fate, &pending.write) {
                let file = NewFile { hash, name: &pending.added.name, bytes: bytes.len(), parts };
                file.write(&transaction, &mut self.phrases, self.stamp).map_err(store)?;
            }
        }
        transaction.commit().map_err(store)
    }
}

/// Whether a file is an archive that holds more than is opened at once: it is walked through instead.
fn is_beyond_bounds(read: &Read) -> bool {
    let refusal = match &read.outcome {
        Outcome::Refused(refusal) => refusal,
        Outcome::Read { parts, .. } => match parts.as_slice() {
            [Part { member: None, outcome: Err(refusal), .. }] => refusal,
            _ => return false,
        },
        Outcome::Known { .. } | Outcome::Unreadable(_) => return false,
    };
    matches!(refusal.reason, Refused::TooLarge | Refused::Bomb) && great::has_the_mark_of_an_archive(&read.path)
}

/// The refusal of a member names it.
fn told_of(refusal: &Refusal, member: Option<&str>) -> Refusal {
    let detail = member.map_or_else(|| refusal.detail.clone(), |member| format!("{member}: {}", refusal.detail));
    Refusal { detail, ..refusal.clone() }
}

/// Where facts come from is the parent's word: the file's hash, and the member within it.
pub(crate) fn origins(reading: &mut Reading, hash: &str, member: Option<&str>) {
    let mut words = Lexicon::default();
    let mut place = |origin: &mut Origin| {
        origin.evidence = words.word(hash);
        if let Some(member) = member {
            origin.part = Some(match origin.part.take() {
                Some(part) => words.word(&format!("{member}/{part}")),
                None => words.word(member),
            });
        }
    };
    reading.facts.iter_mut().for_each(|row| place(&mut row.origin));
    reading.rejects.iter_mut().for_each(|reject| place(&mut reject.origin));
}

/// How many files are brought to the disk at a time: the disk is waited for, not the processor.
const WRITERS: usize = 8;

/// Brings files into `evidence/`, several at a time.
fn keep_all(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), Error> {
    let share = files.len().div_ceil(WRITERS).max(1);
    std::thread::scope(|scope| {
        let writers: Vec<_> = files
            .chunks(share)
            .map(|chunk| scope.spawn(|| chunk.iter().try_for_each(|(hash, bytes)| keep_bytes(folder, hash, bytes))))
            .collect();
        // A writer that panicked has left its file unfinished: told as a file that could not be written.
        let lost = || Error::File { path: folder.to_owned(), source: std::io::Error::other("a writer stopped") };
        writers.into_iter().try_for_each(|writer| writer.join().unwrap_or_else(|_| Err(lost())))
    })
}

/// Bytes into `evidence/`: written beside, brought to the disk, made read-only, renamed.
fn keep_bytes(folder: &Path, hash: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = folder.join(hash);
    let fail = |source| Error::File { path: path.clone(), source };
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    let mut permissions = file.as_file().metadata().map_err(fail)?.permissions();
    permissions.set_readonly(true);
    file.as_file().set_permissions(permissions).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(())
}

struct NewFile<'a> {
    hash: &'a str,
    name: &'a str,
    bytes: usize,
    parts: &'a [Part],
}

impl NewFile<'_> {
    fn write(&self, transaction: &Transaction<'_>, phrases: &mut Phrases, stamp: &Stamp) -> rusqlite::Result<()> {
        transaction
            .prepare_cached("INSERT INTO file (hash, name, bytes, added, author) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                self.hash,
                self.name,
                i64::try_from(self.bytes).unwrap_or(i64::MAX),
                stamp.at.to_string(),
                stamp.author
            ])?;
        let file = transaction.last_insert_rowid();
        let mut insert = transaction.prepare_cached(
            "INSERT INTO reading (file, member, hash, taken_as, encoding, row_count, exported, notes, refused, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for part in self.parts {
            match &part.outcome {
                Ok(reading) => {
                    let notes = serde_json::to_string(&reading.notes)
                        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
                    insert.execute(params![
                        file,
                        part.member,
                        part.hash,
                        reading.taken_as,
                        reading.encoding,
                        i64::try_from(reading.rows).unwrap_or(i64::MAX),
                        reading.exported.map(|day| day.to_string()),
                        notes,
                        None::<String>,
                        None::<String>,
                    ])?;
                    let id = transaction.last_insert_rowid();
                    facts::write(transaction, phrases, id, &reading.facts, &reading.rejects)?;
                }
                Err(refusal) => {
                    insert.execute(params![
                        file,
                        part.member,
                        part.hash,
                        "",
                        "",
                        0,
                        None::<String>,
                        "[]",
                        refusal.reason.code(),
                        refusal.detail,
                    ])?;
                }
            }
        }
        let body = serde_json::json!({ "hash": self.hash, "name": self.name });
        acts::append(transaction, stamp, "file-added", &body)
    }
}
