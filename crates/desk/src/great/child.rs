//! The child of a great list or archive. What is asked stands in its arguments. Its standard input is the file itself, opened by the
//! parent; an archive it opens itself, by its path, since what its members are read with comes over standard input. It gives up files,
//! network and other programs before it reads the first byte.

use crate::reader::Request;
use crate::reader::{
    Confinement, ReaderOptions, allow_this_process_more_time, confine_this_process, receive, receive_bytes, send,
    send_bytes,
};
use evidence::archives::{self, Batch, Given, Packing, Portion};
use evidence::bulk::{Chunk, Columns, Guess, HEAD, Plan, Worker};
use evidence::{Context, Limits, Refusal};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// First argument under which the program reads a great list. Hidden: not for people.
pub const LIST_ARGUMENT: &str = "read-list-confined";

/// Bytes of a chunk's columns, at most.
const LARGEST: u64 = 256 << 20;

/// What a child is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Ask {
    /// How the file is to be read: [`Kind`].
    Plan { name: String, told: Option<Guess> },
    /// A child's share of the chunks: these stretches, one after the other, until the file ends.
    Share { plan: Plan, first: u64, of: u64, chunk: u64, size: u64 },
    /// One stretch, at whose beginning a record begins.
    Stretch { plan: Plan, from: u64, until: u64 },
    /// Some members of an archive.
    Members { packing: Packing, portion: Portion },
}

/// What a great file is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A list of programs.
    List(Plan),
    /// An archive.
    Archive(Packing),
    /// Neither: it is read like any other file.
    Ordinary,
}

/// What a walker of an archive says; the columns of a batch follow in a frame of their own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// The member of this name is begun.
    Begun(String),
    Batch(Batch),
    /// The archive has so many members.
    End(u64),
    /// The archive as a whole cannot be read.
    Refused(Refusal),
}

/// The child: answers the one question in its second argument; of an archive the third is the path.
///
/// # Errors
/// The question is none, the file is none, or the pipe to the parent broke.
pub fn child(asked: &str, path: Option<&OsStr>, output: &mut dyn Write) -> Result<()> {
    let ask: Ask = serde_json::from_str(asked)?;
    let mut file = match path {
        Some(path) => File::open(path)?,
        None => standard_input()?,
    };
    let confinement = confine_this_process();
    send(output, &confinement)?;
    allow_this_process_more_time();
    match ask {
        Ask::Plan { name, told } => send(output, &kind(&name, &mut file, told.as_ref())?),
        Ask::Members { packing, portion } => {
            let request: Request = receive(&mut std::io::stdin().lock())?.ok_or(ErrorKind::UnexpectedEof)?;
            members(file, packing, &portion, request, output)
        }
        Ask::Share { plan, first, of, chunk, size } => {
            let start = plan.start();
            let mut worker = Worker::new(plan, Limits::default());
            let mut number = first;
            loop {
                let from = start.saturating_add(number.saturating_mul(chunk));
                if from >= size {
                    return Ok(());
                }
                allow_this_process_more_time();
                let read = worker.chunk(&mut file, from, from.saturating_add(chunk).min(size), number == 0);
                give(output, read)?;
                number = number.saturating_add(of.max(1));
            }
        }
        Ask::Stretch { plan, from, until } => {
            give(output, Worker::new(plan, Limits::default()).chunk(&mut file, from, until, true))
        }
    }
}

fn kind(name: &str, file: &mut File, told: Option<&Guess>) -> Result<Kind> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    (&*file).take(HEAD as u64).read_to_end(&mut head)?;
    if let Some(plan) = Plan::of(name, &head, told) {
        return Ok(Kind::List(plan));
    }
    Ok(archives::packing(file)?.map_or(Kind::Ordinary, Kind::Archive))
}

fn members(file: File, packing: Packing, portion: &Portion, request: Request, output: &mut dyn Write) -> Result<()> {
    let context = Context { mappings: request.mappings, mends: request.mends, limits: Limits::default() };
    let mut pipe = Ok(());
    let mut give = |given: Given| {
        pipe = match given {
            Given::Begun(name) => {
                allow_this_process_more_time();
                // Who reads sixteen at a time is asked again, one by one, if one of them ends the child.
                if portion.each == 1 { send(output, &Said::Begun(name)) } else { Ok(()) }
            }
            Given::Batch(mut batch) => {
                let columns = batch.columns();
                send(output, &Said::Batch(batch)).and_then(|()| send_bytes(output, &columns))
            }
            Given::End(members) => send(output, &Said::End(members)),
        };
        pipe.is_ok()
    };
    let read = archives::read(&request.name, file, packing, portion, &context, &mut give);
    pipe?;
    match read {
        Err(Some(refusal)) => send(output, &Said::Refused(refusal)),
        Err(None) | Ok(()) => Ok(()),
    }
}

#[cfg(unix)]
fn standard_input() -> Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(std::io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn standard_input() -> Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(std::io::stdin().as_handle().try_clone_to_owned()?))
}

fn give(output: &mut dyn Write, read: std::result::Result<Chunk, Refusal>) -> Result<()> {
    send(output, &read)?;
    match read {
        Ok(chunk) => send_bytes(output, &chunk.columns().to_bytes()),
        Err(_) => Ok(()),
    }
}

/// A running child, as the parent sees it. It ends with this value.
#[derive(Debug)]
pub(super) struct Asked {
    process: Child,
    pub(super) confinement: Confinement,
}

/// What a child says.
#[derive(Debug)]
pub(super) struct Heard(BufReader<ChildStdout>);

impl Asked {
    /// Starts a child over `file`, which it reads at places of its own choice: it must be open for it alone.
    pub(super) fn start(options: &ReaderOptions, file: File, ask: &Ask) -> Result<(Self, Heard)> {
        Asked::spawn(command(options, ask)?.stdin(Stdio::from(file)))
    }

    /// Starts a child over the archive at `path`.
    pub(super) fn over(options: &ReaderOptions, path: &Path, ask: &Ask, request: &Request) -> Result<(Self, Heard)> {
        let (mut asked, heard) = Asked::spawn(command(options, ask)?.arg(path).stdin(Stdio::piped()))?;
        let mut input = asked.process.stdin.take().ok_or(ErrorKind::BrokenPipe)?;
        send(&mut input, request)?;
        Ok((asked, heard))
    }

    fn spawn(command: &mut Command) -> Result<(Self, Heard)> {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let output = process.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
        let mut asked = Asked { process, confinement: Confinement::default() };
        let mut heard = Heard(BufReader::with_capacity(1 << 20, output));
        asked.confinement = receive(&mut heard.0)?.ok_or(ErrorKind::UnexpectedEof)?;
        Ok((asked, heard))
    }
}

fn command(options: &ReaderOptions, ask: &Ask) -> Result<Command> {
    let mut command = Command::new(&options.program);
    command.args(&options.list_arguments).arg(serde_json::to_string(ask)?).env_clear();
    Ok(command)
}

impl Heard {
    /// What the file is.
    pub(super) fn kind(&mut self) -> Result<Kind> {
        receive(&mut self.0)?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
    }

    /// What a walker says next.
    pub(super) fn said(&mut self) -> Result<Said> {
        let said = receive(&mut self.0)?.ok_or(ErrorKind::UnexpectedEof)?;
        let Said::Batch(batch) = said else { return Ok(said) };
        let columns = receive_bytes(&mut self.0, LARGEST)?;
        let whole =
            batch.with(&columns).ok_or_else(|| Error::new(ErrorKind::InvalidData, "columns of another batch"))?;
        Ok(Said::Batch(whole))
    }

    /// The next chunk.
    pub(super) fn chunk(&mut self) -> Result<std::result::Result<Chunk, Refusal>> {
        let read: std::result::Result<Chunk, Refusal> = receive(&mut self.0)?.ok_or(ErrorKind::UnexpectedEof)?;
        let Ok(chunk) = read else { return Ok(read) };
        let columns = Columns::from_bytes(&receive_bytes(&mut self.0, LARGEST)?)
            .map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
        Ok(Ok(chunk.with(columns)))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
