//! One great list: its children, its copy, its blocks, until it is whole.

use super::child::{Ask, Asked, Heard, Kind};
use super::copy::{self, Copy};
use super::members::Tally;
use super::staging::{self, Staging, copy_path};
use crate::add::TakenPart;
use crate::reader::{Confinement, ReaderOptions};
use crate::{Case, Error, Stamp};
use evidence::archives;
use evidence::bulk::{Assembly, Chunk, Ending, Plan, Step, Summary};
use evidence::{Mapping, Mend, Refusal, Refused};
use licensing::facts::Reject;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// Chunks that a child may be ahead of the one that is waited for.
const AHEAD: usize = 2;
/// How often what only the whole tells may turn out otherwise than thought; its kinds are two, its values few.
const PASSES: usize = 6;

/// A file that may be a great list or archive.
pub(crate) struct Reading<'a> {
    pub(crate) path: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) options: &'a ReaderOptions,
    pub(crate) stamp: &'a Stamp,
    /// Whether the case holds these bytes.
    pub(crate) known: &'a dyn Fn(&str) -> bool,
    /// Mappings and mended rows, for the members of an archive.
    pub(crate) laid: (&'a [Mapping], &'a [Mend]),
}

/// What came of it.
pub(crate) enum Finished {
    /// It is none: it is read like any other file.
    Ordinary,
    /// Its bytes are in the case already.
    Known(String),
    /// It is in the case.
    Taken { hash: String, taken_as: &'static str, summary: Summary, told: Vec<Reject> },
    /// It is in the case with the members that it holds: those of note, and the count of all.
    Archive { hash: String, parts: Vec<TakenPart>, tally: Tally },
    /// It was not taken.
    Refused(Refusal),
    /// The system did not give its bytes.
    Unreadable(std::io::Error),
}

/// What happens meanwhile.
pub(crate) enum Progress {
    Confined(Confinement),
    /// Bytes read, rows, of so many bytes; of an archive also its members so far.
    Read {
        bytes: u64,
        rows: u64,
        of: u64,
        members: Option<u64>,
    },
}

/// How a step may fail: the case (an error that ends the batch), or the file.
pub(super) enum Trouble {
    Case(Error),
    File(Box<Finished>),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Case(error)
    }
}

pub(super) fn unreadable(error: std::io::Error) -> Trouble {
    Trouble::File(Box::new(Finished::Unreadable(error)))
}

pub(super) fn refused(refusal: Refusal) -> Trouble {
    Trouble::File(Box::new(Finished::Refused(refusal)))
}

pub(super) fn stopped(detail: impl ToString) -> Trouble {
    refused(Refusal { reason: Refused::ReaderStopped, detail: detail.to_string(), row: None, proposal: None })
}

/// Whether a file is looked at as a great list or archive before any other.
pub(crate) fn may_be_great(path: &Path, options: &ReaderOptions) -> bool {
    let Ok(size) = std::fs::metadata(path).map(|file| if file.is_file() { file.len() } else { 0 }) else {
        return false;
    };
    size >= options.great || (size >= options.archive && has_the_mark_of_an_archive(path))
}

/// Whether a file may be an archive, by its first bytes; what it is a child will tell.
pub(crate) fn has_the_mark_of_an_archive(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.is_ok() && archives::has_mark(&head)
}

/// Reads a file if it is a great list or archive.
///
/// # Errors
/// The case cannot be written, or no child can be started.
pub(crate) fn read(case: &mut Case, reading: &Reading<'_>, watch: &mut dyn FnMut(Progress)) -> Result<Finished, Error> {
    let finished = match reading.run(case, watch) {
        Ok(finished) => finished,
        Err(Trouble::File(finished)) => *finished,
        Err(Trouble::Case(error)) => return Err(error),
    };
    if !matches!(finished, Finished::Ordinary | Finished::Taken { .. } | Finished::Archive { .. }) {
        staging::discard(case)?;
    }
    Ok(finished)
}

/// The state of a file that must stay as it is while it is read: size, last change.
pub(super) type State = (u64, Option<std::time::SystemTime>);

fn state_of(file: &File) -> std::io::Result<State> {
    let state = file.metadata()?;
    Ok((state.len(), state.modified().ok()))
}

impl Reading<'_> {
    fn open(&self) -> Result<File, Trouble> {
        File::open(self.path).map_err(unreadable)
    }

    fn ask(&self, ask: &Ask) -> Result<(Asked, Heard), Trouble> {
        let started = Asked::start(self.options, self.open()?, ask);
        started.map_err(|error| Trouble::Case(Error::Reader { detail: error.to_string() }))
    }

    fn run(&self, case: &mut Case, watch: &mut dyn FnMut(Progress)) -> Result<Finished, Trouble> {
        let mut file = self.open()?;
        let before = state_of(&file).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Ok(Finished::Ordinary);
        }
        if case.has_file_of(before.0)? {
            let hash = copy::fingerprint(&mut file).map_err(unreadable)?;
            if (self.known)(&hash) {
                return Ok(Finished::Known(hash));
            }
        }
        match self.kind(None, watch)? {
            Kind::List(plan) => self.list(case, &mut file, before, plan, watch),
            Kind::Archive(packing) => self.archive(case, &mut file, before, packing, watch),
            Kind::Ordinary => Ok(Finished::Ordinary),
        }
    }

    fn list(
        &self,
        case: &mut Case,
        file: &mut File,
        before: State,
        plan: Plan,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<Finished, Trouble> {
        let (path, size) = (copy_path(case), before.0);
        let (mut staging, mut assembly, copy) = self.begin(case, file, plan, size, &path)?;
        let (summary, taken_as) = self.while_copied(&copy, &path, file, before, |copied| {
            for _ in 0..PASSES {
                self.pass(case, &mut staging, &mut assembly, &copy, copied, watch)?;
                let plan = assembly.plan().clone();
                match assembly.finish() {
                    Ending::Whole(summary) => return Ok((summary, plan.format())),
                    Ending::Refit(told) => {
                        let Kind::List(refit) = self.kind(Some(told), watch)? else {
                            return Err(stopped("its beginning has changed"));
                        };
                        let dir = case.dir.clone();
                        let store = |source| Error::Store { dir: dir.clone(), source };
                        let transaction = case.connection.transaction().map_err(store)?;
                        staging.begin_again(&transaction).map_err(store)?;
                        transaction.commit().map_err(store)?;
                        assembly = Assembly::new(refit, size, self.options.chunk, self.workers());
                    }
                }
            }
            Err(stopped("its encoding and its dates are of several kinds"))
        })?;
        self.finish(case, &staging, &copy, summary, taken_as)
    }

    /// Reads a file while it is copied; `read` is told whether the copy is whole.
    pub(super) fn while_copied<T>(
        &self,
        copy: &Copy,
        path: &Path,
        file: &mut File,
        before: State,
        read: impl FnOnce(&dyn Fn() -> bool) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let stop = AtomicBool::new(false);
        let read = std::thread::scope(|scope| {
            let copying = scope.spawn(|| copy.run(path, file, &|| stop.load(Ordering::SeqCst)));
            let read = read(&|| copying.is_finished());
            stop.store(read.is_err(), Ordering::SeqCst);
            match copying.join() {
                Ok(Ok(_)) => read,
                Ok(Err(source)) => Err(Trouble::Case(Error::File { path: path.to_owned(), source })),
                Err(_) => Err(stopped("the copy was broken off")),
            }
        })?;
        if state_of(file).map_err(unreadable)? != before {
            return Err(stopped("it was changed while it was read"));
        }
        Ok(read)
    }

    pub(super) fn workers(&self) -> usize {
        self.options.children.max(1)
    }

    fn kind(&self, told: Option<evidence::bulk::Guess>, watch: &mut dyn FnMut(Progress)) -> Result<Kind, Trouble> {
        let (asked, mut heard) = self.ask(&Ask::Plan { name: self.name.to_owned(), told })?;
        watch(Progress::Confined(asked.confinement));
        heard.kind().map_err(stopped)
    }

    /// Begins, or goes on where an earlier run left off with the same bytes.
    fn begin(
        &self,
        case: &mut Case,
        file: &mut File,
        plan: Plan,
        size: u64,
        path: &Path,
    ) -> Result<(Staging, Assembly, Copy), Trouble> {
        let fail = |source| Error::File { path: path.to_owned(), source };
        if let Some((left, hash)) = self.left(case, file, size, path)? {
            let copied = left.copied;
            if let Some((staging, assembly)) = left.resume(case, self.workers())? {
                let copy = Copy::open(path, copied, hash).map_err(fail)?;
                return Ok((staging, assembly, copy));
            }
        }
        let staging = Staging::begin(case, self.name, size, self.stamp)?;
        let copy = Copy::open(path, 0, Sha256::new()).map_err(fail)?;
        Ok((staging, Assembly::new(plan, size, self.options.chunk, self.workers()), copy))
    }

    /// What an earlier run left of the same bytes, and the hash over what it has copied.
    pub(super) fn left(
        &self,
        case: &Case,
        file: &mut File,
        size: u64,
        path: &Path,
    ) -> Result<Option<(staging::Left, Sha256)>, Trouble> {
        if let Some(left) = staging::left(case)?
            && (left.size, left.name.as_str()) == (size, self.name)
            && left.copied > 0
            && std::fs::metadata(path).is_ok_and(|copy| copy.len() >= left.copied)
            && let Some((hash, prefix)) = copy::prefix(file, left.copied).map_err(unreadable)?
            && prefix == left.prefix
        {
            return Ok(Some((left, hash)));
        }
        Ok(None)
    }

    /// All chunks that are missing, by so many children.
    fn pass(
        &self,
        case: &mut Case,
        staging: &mut Staging,
        assembly: &mut Assembly,
        copy: &Copy,
        copied: &dyn Fn() -> bool,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<(), Trouble> {
        let (workers, taken) = (self.workers() as u64, assembly.taken());
        let mut children = Vec::new();
        let mut voices = Vec::new();
        for worker in 0..workers {
            // The first chunk at or behind the one that is waited for.
            let first = taken + (worker + workers - taken % workers) % workers;
            let plan = assembly.plan().clone();
            let size = assembly.size();
            let (asked, heard) = self.ask(&Ask::Share { plan, first, of: workers, chunk: assembly.chunk(), size })?;
            children.push(asked);
            voices.push(heard);
        }
        std::thread::scope(|scope| {
            let chunks: Vec<Receiver<_>> = voices
                .into_iter()
                .map(|mut voice| {
                    let (sender, receiver) = sync_channel(AHEAD);
                    scope.spawn(move || {
                        loop {
                            let chunk = voice.chunk();
                            let over = !matches!(chunk, Ok(Ok(_)));
                            if sender.send(chunk).is_err() || over {
                                break;
                            }
                        }
                    });
                    receiver
                })
                .collect();
            let result = self.assemble(case, staging, assembly, copy, copied, &chunks, watch);
            // Whoever still reads finds its child gone, or nobody to tell.
            drop(chunks);
            drop(children);
            result
        })
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, which borrow from each other")]
    fn assemble(
        &self,
        case: &mut Case,
        staging: &mut Staging,
        assembly: &mut Assembly,
        copy: &Copy,
        copied: &dyn Fn() -> bool,
        chunks: &[Receiver<std::io::Result<Result<Chunk, Refusal>>>],
        watch: &mut dyn FnMut(Progress),
    ) -> Result<(), Trouble> {
        let dir = case.dir.clone();
        let store = |source| Trouble::Case(Error::Store { dir: dir.clone(), source });
        let mut transaction = case.connection.unchecked_transaction().map_err(store)?;
        let mut since = Instant::now();
        while let Some(number) = assembly.next() {
            let worker = usize::try_from(number % chunks.len() as u64).unwrap_or_default();
            let chunk = match chunks.get(worker).map(|voice| voice.recv_timeout(self.options.patience)) {
                Some(Ok(chunk)) => chunk.map_err(stopped)?.map_err(refused)?,
                Some(Err(RecvTimeoutError::Timeout)) => return Err(stopped("it took longer than one file may")),
                _ => return Err(stopped("the reading process ended early")),
            };
            let mut step = assembly.take(Some(worker), chunk).map_err(refused)?;
            if let Step::Again(from, until) = step {
                let plan = assembly.plan().clone();
                let (_child, mut heard) = self.ask(&Ask::Stretch { plan, from, until })?;
                let chunk = heard.chunk().map_err(stopped)?.map_err(refused)?;
                step = assembly.take(None, chunk).map_err(refused)?;
            }
            if let Step::Block(block) = step {
                staging.write(&transaction, *block).map_err(store)?;
            }
            watch(Progress::Read { bytes: assembly.done(), rows: assembly.rows(), of: assembly.size(), members: None });
            if since.elapsed() >= self.options.settle {
                // What is kept must be covered by the copy, whose hash tells later that it is still the same file.
                while copy.bytes() < assembly.done() && !copied() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                if copy.bytes() >= assembly.done() {
                    let (bytes, prefix) = copy.settle().map_err(|source| Error::File { path: dir.clone(), source })?;
                    staging.mark(&transaction, &assembly.saved(), bytes, &prefix).map_err(store)?;
                    transaction.commit().map_err(store)?;
                    transaction = case.connection.unchecked_transaction().map_err(store)?;
                }
                since = Instant::now();
            }
        }
        transaction.commit().map_err(store)
    }

    /// The bytes are kept, then the case learns of the file.
    fn finish(
        &self,
        case: &mut Case,
        staging: &Staging,
        copy: &Copy,
        summary: Summary,
        taken_as: &'static str,
    ) -> Result<Finished, Trouble> {
        let hash = match self.keep(case, copy)? {
            Ok(hash) => hash,
            Err(known) => return Ok(known),
        };
        let dir = case.dir.clone();
        let store = |source| Error::Store { dir: dir.clone(), source };
        let transaction = case.connection.transaction().map_err(store)?;
        let kept = Summary {
            encoding: summary.encoding,
            notes: summary.notes.clone(),
            others: Vec::new(),
            rows: summary.rows,
            rejects: summary.rejects,
        };
        let told = staging.finish(&transaction, &hash, taken_as, summary, self.stamp).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(Finished::Taken { hash, taken_as, summary: kept, told })
    }

    /// The bytes get their name, which is their hash; or they turn out to be known.
    pub(super) fn keep(&self, case: &Case, copy: &Copy) -> Result<Result<String, Finished>, Trouble> {
        let (from, folder) = (copy_path(case), case.dir().join("evidence"));
        let fail = |path: &Path| {
            let path: PathBuf = path.to_owned();
            move |source| Error::File { path: path.clone(), source }
        };
        let (_, hash) = copy.settle().map_err(fail(&from))?;
        if (self.known)(&hash) {
            return Ok(Err(Finished::Known(hash)));
        }
        copy.seal().map_err(fail(&from))?;
        std::fs::rename(&from, folder.join(&hash)).map_err(fail(&from))?;
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(fail(&folder))?;
        Ok(Ok(hash))
    }
}
