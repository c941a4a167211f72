//! A few children, a batch of files: who reads what, who is too slow, and in which order the results are handed on.

use super::confine::Confinement;
use super::protocol::{Part, Reply, Request, receive, send, send_bytes};
use crate::Error;
use evidence::{Limits, Mapping, Mend, Refusal, Refused};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How foreign bytes are read.
#[derive(Debug, Clone)]
pub struct ReaderOptions {
    /// Program to start as child: this program itself.
    pub program: PathBuf,
    /// Its arguments: [`super::CHILD_ARGUMENT`].
    pub arguments: Vec<OsString>,
    /// Its arguments when it reads a great list: [`crate::great::LIST_ARGUMENT`]; what is asked is added.
    pub list_arguments: Vec<OsString>,
    /// Bytes from which on a list of programs is read in chunks, as a great one.
    pub great: u64,
    /// Bytes from which on an archive is walked through member by member; a smaller one is opened whole, where its bounds allow.
    pub archive: u64,
    /// Bytes of the chunks of a great list; an even number.
    pub chunk: u64,
    /// How often what has been read of it is brought to the disk, to be gone on with after a cut.
    pub settle: Duration,
    /// How many children, at least one.
    pub children: usize,
    /// Time for one file; afterwards the child is ended.
    pub patience: Duration,
}

impl ReaderOptions {
    /// Two children of `program`, with three minutes a file.
    pub fn new(program: PathBuf) -> Self {
        ReaderOptions {
            program,
            arguments: vec![super::CHILD_ARGUMENT.into()],
            list_arguments: vec![crate::great::LIST_ARGUMENT.into()],
            great: 64 << 20,
            archive: 8 << 20,
            chunk: evidence::bulk::CHUNK,
            settle: Duration::from_secs(3),
            children: 2,
            patience: Duration::from_secs(180),
        }
    }
}

/// A file to be read.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
}

/// A file that was read, or was not.
#[derive(Debug)]
pub struct Read {
    /// Path as found.
    pub path: PathBuf,
    /// Name in the case.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a file.
#[derive(Debug)]
pub enum Outcome {
    /// Its bytes are in the case already.
    Known {
        /// SHA-256.
        hash: String,
    },
    /// It was read.
    Read {
        /// SHA-256.
        hash: String,
        /// Its bytes.
        bytes: Vec<u8>,
        /// What was read.
        parts: Vec<Part>,
    },
    /// It was refused as a whole, before or instead of reading.
    Refused(Refusal),
    /// The system did not give its bytes.
    Unreadable(std::io::Error),
}

/// What all children of a batch need.
pub(crate) struct Shared<'a> {
    pub(crate) options: &'a ReaderOptions,
    pub(crate) mappings: &'a [Mapping],
    pub(crate) mends: &'a [Mend],
    pub(crate) known: &'a BTreeSet<String>,
}

/// What is handed on, in the order of the jobs.
pub(crate) enum Report {
    Confined(Confinement),
    Read(Read),
}

/// Files read ahead of the one that is waited for, at most.
const AHEAD: usize = 64;
/// Bytes read ahead, at most (a file more may come over it).
const AHEAD_BYTES: u64 = 256 << 20;

enum FromWorker {
    Started(Confinement),
    Failed(String),
    Done(usize, usize, Read),
}

struct Worker {
    jobs: Option<Sender<(usize, Job)>>,
    child: Arc<Mutex<Option<Child>>>,
    late: Arc<AtomicBool>,
    busy_since: Option<Instant>,
}

impl Worker {
    fn end_child(&self) {
        if let Some(child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // It may have ended by itself.
            let _ = child.kill();
        }
    }
}

/// Reads all `jobs` and hands the results to `on` in their order. Stops at the first error of `on`.
pub(crate) fn read_all(
    jobs: Vec<Job>,
    shared: &Shared<'_>,
    on: &mut dyn FnMut(Report) -> Result<(), Error>,
) -> Result<(), Error> {
    let total = jobs.len();
    std::thread::scope(|scope| {
        let (report, reports) = channel();
        let mut workers: Vec<Worker> = (0..shared.options.children.clamp(1, total.max(1)))
            .map(|id| {
                let (jobs, receiver) = channel();
                let (child, late) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
                let own = Serving {
                    id,
                    jobs: receiver,
                    report: report.clone(),
                    child: Arc::clone(&child),
                    late: Arc::clone(&late),
                };
                scope.spawn(move || own.serve(shared));
                Worker { jobs: Some(jobs), child, late, busy_since: None }
            })
            .collect();
        let result = schedule(jobs, &mut workers, &reports, shared.options.patience, on);
        for worker in &mut workers {
            worker.jobs = None;
            if result.is_err() {
                worker.end_child();
            }
        }
        result
    })
}

fn size(read: &Read) -> u64 {
    if let Outcome::Read { bytes, .. } = &read.outcome { bytes.len() as u64 } else { 0 }
}

fn schedule(
    jobs: Vec<Job>,
    workers: &mut [Worker],
    reports: &Receiver<FromWorker>,
    patience: Duration,
    on: &mut dyn FnMut(Report) -> Result<(), Error>,
) -> Result<(), Error> {
    let total = jobs.len();
    let mut jobs = jobs.into_iter().enumerate().peekable();
    let mut waiting: BTreeMap<usize, Read> = BTreeMap::new();
    let (mut next, mut told) = (0, false);
    while next < total {
        for worker in workers.iter_mut().filter(|worker| worker.busy_since.is_none()) {
            let ahead: u64 = waiting.values().map(size).sum();
            let Some(job) = jobs.next_if(|(index, _)| *index == next || (*index < next + AHEAD && ahead < AHEAD_BYTES))
            else {
                break;
            };
            worker.late.store(false, Ordering::SeqCst);
            worker.busy_since = Some(Instant::now());
            if let Some(sender) = &worker.jobs {
                sender.send(job).map_err(|_| Error::Reader { detail: "a worker thread ended".to_owned() })?;
            }
        }
        let oldest = workers.iter().filter_map(|worker| worker.busy_since).min();
        let wait = oldest.map_or(patience, |since| patience.saturating_sub(since.elapsed()));
        match reports.recv_timeout(wait.max(Duration::from_millis(10))) {
            Ok(FromWorker::Started(confinement)) => {
                if !told {
                    told = true;
                    on(Report::Confined(confinement))?;
                }
            }
            Ok(FromWorker::Failed(detail)) => return Err(Error::Reader { detail }),
            Ok(FromWorker::Done(id, index, read)) => {
                if let Some(worker) = workers.get_mut(id) {
                    worker.busy_since = None;
                }
                waiting.insert(index, read);
            }
            Err(RecvTimeoutError::Timeout) => {
                for worker in workers.iter() {
                    if worker.busy_since.is_some_and(|since| since.elapsed() >= patience) {
                        worker.late.store(true, Ordering::SeqCst);
                        worker.end_child();
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Reader { detail: "all worker threads ended".to_owned() });
            }
        }
        while let Some(read) = waiting.remove(&next) {
            next += 1;
            on(Report::Read(read))?;
        }
    }
    Ok(())
}

/// The pipes to a child.
struct Pipes {
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// A worker thread: one child at a time.
struct Serving {
    id: usize,
    jobs: Receiver<(usize, Job)>,
    report: Sender<FromWorker>,
    child: Arc<Mutex<Option<Child>>>,
    late: Arc<AtomicBool>,
}

impl Serving {
    fn serve(self, shared: &Shared<'_>) {
        let mut pipes = None;
        while let Ok((index, job)) = self.jobs.recv() {
            let outcome = match self.read(&job, &mut pipes, shared) {
                Ok(outcome) => outcome,
                Err(detail) => {
                    // The scheduler may have gone; then nobody waits for this.
                    let _ = self.report.send(FromWorker::Failed(detail));
                    break;
                }
            };
            let read = Read { path: job.path, name: job.name, outcome };
            if self.report.send(FromWorker::Done(self.id, index, read)).is_err() {
                break;
            }
        }
        // A closed pipe is the child's sign to end.
        drop(pipes);
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = child.wait();
        }
    }

    /// Reads a file. `Err`: no child can be started.
    fn read(&self, job: &Job, pipes: &mut Option<Pipes>, shared: &Shared<'_>) -> Result<Outcome, String> {
        let bytes = match bytes(&job.path) {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(refusal)) => return Ok(Outcome::Refused(refusal)),
            Err(error) => return Ok(Outcome::Unreadable(error)),
        };
        let hash = evidence::fingerprint(&bytes);
        if shared.known.contains(&hash) {
            return Ok(Outcome::Known { hash });
        }
        if pipes.is_none() {
            *pipes = Some(self.start(shared.options)?);
        }
        let Some(open) = pipes.as_mut() else { return Err("no pipes".to_owned()) };
        match ask(open, job, &bytes, shared) {
            Ok(parts) => Ok(Outcome::Read { hash, bytes, parts }),
            Err(error) => {
                *pipes = None;
                Ok(Outcome::Refused(stopped(self.why_it_ended(&error))))
            }
        }
    }

    fn start(&self, options: &ReaderOptions) -> Result<Pipes, String> {
        let mut child = Command::new(&options.program)
            .args(&options.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", options.program.display()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the child has no pipes".to_owned());
        };
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        let mut pipes = Pipes { input: BufWriter::new(input), output: BufReader::new(output) };
        match receive::<Confinement>(&mut pipes.output) {
            Ok(Some(confinement)) => {
                let _ = self.report.send(FromWorker::Started(confinement));
                Ok(pipes)
            }
            Ok(None) => Err(format!("{} ended at once", options.program.display())),
            Err(error) => Err(format!("{}: {error}", options.program.display())),
        }
    }

    fn why_it_ended(&self, error: &std::io::Error) -> String {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut child) = child else { return error.to_string() };
        // A child that still runs said something that is no answer.
        let spoke_nonsense = error.kind() == std::io::ErrorKind::InvalidData;
        if spoke_nonsense {
            let _ = child.kill();
        }
        let status = child.wait();
        if self.late.load(Ordering::SeqCst) {
            return "it took longer than one file may".to_owned();
        }
        match status {
            Ok(status) if !spoke_nonsense => format!("the reading process ended early ({status})"),
            _ => format!("the reading process answered what is no answer ({error})"),
        }
    }
}

fn ask(pipes: &mut Pipes, job: &Job, bytes: &[u8], shared: &Shared<'_>) -> std::io::Result<Vec<Part>> {
    let request = Request { name: job.name.clone(), mappings: shared.mappings.to_vec(), mends: shared.mends.to_vec() };
    send(&mut pipes.input, &request)?;
    send_bytes(&mut pipes.input, bytes)?;
    let reply: Option<Reply> = receive(&mut pipes.output)?;
    reply.map(|reply| reply.parts).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

fn stopped(detail: String) -> Refusal {
    Refusal { reason: Refused::ReaderStopped, detail, row: None, proposal: None }
}

/// The bytes of a file, if it is a file and not too large.
fn bytes(path: &std::path::Path) -> std::io::Result<Result<Vec<u8>, Refusal>> {
    use std::io::Read as _;
    let file = std::fs::File::open(path)?;
    let most = Limits::default().bytes;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let detail = format!("more than {most} bytes");
        return Ok(Err(Refusal { reason: Refused::TooLarge, detail, row: None, proposal: None }));
    }
    Ok(Ok(bytes))
}
