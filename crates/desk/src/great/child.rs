//! The child of a great list. Its standard input is the file itself, opened by the parent; what is asked stands in its
//! arguments. It gives up files, network and other programs before it reads the first byte.

use crate::reader::{
    Confinement, ReaderOptions, allow_this_process_more_time, confine_this_process, receive, receive_bytes, send,
    send_bytes,
};
use evidence::bulk::{Chunk, Columns, Guess, HEAD, Plan, Worker};
use evidence::{Limits, Refusal};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// First argument under which the program reads a great list. Hidden: not for people.
pub const LIST_ARGUMENT: &str = "read-list-confined";

/// Bytes of a chunk's columns, at most.
const LARGEST: u64 = 256 << 20;

/// What a child is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Ask {
    /// How the file is to be read: a [`Plan`] or none.
    Plan { name: String, told: Option<Guess> },
    /// A child's share of the chunks: these stretches, one after the other, until the file ends.
    Share { plan: Plan, first: u64, of: u64, chunk: u64, size: u64 },
    /// One stretch, at whose beginning a record begins.
    Stretch { plan: Plan, from: u64, until: u64 },
}

/// The child: answers the one question in its second argument.
///
/// # Errors
/// The question is none, the file is none, or the pipe to the parent broke.
pub fn child(asked: &str, output: &mut dyn Write) -> Result<()> {
    let ask: Ask = serde_json::from_str(asked)?;
    let mut file = standard_input()?;
    let confinement = confine_this_process();
    send(output, &confinement)?;
    allow_this_process_more_time();
    match ask {
        Ask::Plan { name, told } => {
            let mut head = Vec::new();
            file.seek(SeekFrom::Start(0))?;
            file.take(HEAD as u64).read_to_end(&mut head)?;
            send(output, &Plan::of(&name, &head, told.as_ref()))
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
        let mut process = Command::new(&options.program)
            .args(&options.list_arguments)
            .arg(serde_json::to_string(ask)?)
            .env_clear()
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = process.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
        let mut asked = Asked { process, confinement: Confinement::default() };
        let mut heard = Heard(BufReader::with_capacity(1 << 20, output));
        asked.confinement = receive(&mut heard.0)?.ok_or(ErrorKind::UnexpectedEof)?;
        Ok((asked, heard))
    }
}

impl Heard {
    /// The plan that was asked for.
    pub(super) fn plan(&mut self) -> Result<Option<Plan>> {
        receive(&mut self.0)?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
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
