//! Questions about foreign bytes, answered by a confined child: the same program under another name for its job. The child
//! gives up files, network and other programs before it sees a byte; what it does with the bytes is the caller's.

use crate::Error;
use crate::reader::{
    Confinement, allow_this_process_more_time, confine_this_process, receive, receive_bytes, send, send_bytes,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Bytes of a file that a child may be given or may give back.
const LARGEST: u64 = 1 << 30;
/// How long a child may take by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(180);

/// What stands before the bytes on the way back.
#[derive(Serialize, Deserialize)]
enum Head<T> {
    /// The job was done.
    Done(T),
    /// The request was not understood: the two sides are of different builds.
    Misunderstood(String),
}

/// The child: confines itself, then answers requests, each with the bytes of a file, until its input ends.
///
/// # Errors
/// The pipe to the parent broke, or carried what is no request.
pub fn child<Q: DeserializeOwned, T: Serialize>(
    input: &mut dyn Read,
    output: &mut dyn Write,
    mut answer: impl FnMut(Q, Vec<u8>) -> (T, Vec<u8>),
) -> std::io::Result<()> {
    let confinement = confine_this_process();
    send(output, &confinement)?;
    while let Some(request) = receive::<serde_json::Value>(input)? {
        let file = receive_bytes(input, LARGEST)?;
        allow_this_process_more_time();
        match serde_json::from_value::<Q>(request) {
            Ok(request) => {
                let (told, bytes) = answer(request, file);
                send(output, &Head::Done(told))?;
                send_bytes(output, &bytes)?;
            }
            Err(error) => send(output, &Head::<T>::Misunderstood(error.to_string()))?,
        }
    }
    Ok(())
}

/// A running child and the pipes to it. It ends with this value.
#[derive(Debug)]
pub struct Confined {
    process: std::process::Child,
    input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
    confinement: Confinement,
}

impl Confined {
    /// Starts a child: `program` is this program, `argument` the name of the job.
    ///
    /// # Errors
    /// [`Error::Reader`] where the system starts no process.
    pub fn start(program: &Path, argument: &str) -> Result<Self, Error> {
        let failed = |detail: String| Error::Reader { detail };
        let mut process = Command::new(program)
            .arg(argument)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let (input, output) = (process.stdin.take(), process.stdout.take().map(BufReader::new));
        let mut child = Confined { process, input, output, confinement: Confinement::default() };
        let said = child.output.as_mut().map(receive::<Confinement>);
        match said {
            Some(Ok(Some(confinement))) => child.confinement = confinement,
            _ => return Err(failed("it did not start".to_owned())),
        }
        Ok(child)
    }

    /// What the kernel took away from it.
    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Asks: `request` is what is wanted of `file`; gives the answer and the bytes that the child made. After an error the child is
    /// gone, and another has to be started.
    ///
    /// # Errors
    /// [`Error::Reader`] where it took too long, was ended by a limit of memory or time, or answers what was not asked.
    pub fn ask<Q: Serialize, T: DeserializeOwned + Send>(
        &mut self,
        request: &Q,
        file: &[u8],
    ) -> Result<(T, Vec<u8>), Error> {
        let failed = |detail: String| Error::Reader { detail };
        let request = serde_json::to_vec(request).map_err(|error| failed(error.to_string()))?;
        let (Some(mut input), Some(mut output)) = (self.input.take(), self.output.take()) else {
            return Err(failed("it has stopped".to_owned()));
        };
        let process = &mut self.process;
        let (result, pipes) = std::thread::scope(|scope| {
            let (done, waiting) = channel();
            scope.spawn(move || {
                let heard = hear::<T>(&request, file, &mut input, &mut output);
                // The parent no longer listens where it gave up.
                let _ = done.send((heard, input, output));
            });
            match waiting.recv_timeout(PATIENCE) {
                Ok((Ok(answer), input, output)) => (Ok(answer), Some((input, output))),
                Ok((Err(error), ..)) => (Err(failed(error.to_string())), None),
                Err(RecvTimeoutError::Timeout) => {
                    // Its end ends the thread that waits for it.
                    let _ = process.kill();
                    (Err(failed("it took too long".to_owned())), None)
                }
                Err(RecvTimeoutError::Disconnected) => (Err(failed("it stopped".to_owned())), None),
            }
        });
        if let Some((input, output)) = pipes {
            (self.input, self.output) = (Some(input), Some(output));
        }
        result
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        // A child whose input ends goes by itself; one that does not is not waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn hear<T: DeserializeOwned>(
    request: &[u8],
    file: &[u8],
    input: &mut impl Write,
    output: &mut impl Read,
) -> std::io::Result<(T, Vec<u8>)> {
    let ended =
        || std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it stopped: out of memory or time, or worse");
    send_bytes(input, request)?;
    send_bytes(input, file)?;
    match receive(output)?.ok_or_else(ended)? {
        Head::Done(told) => Ok((told, receive_bytes(output, LARGEST)?)),
        Head::Misunderstood(detail) => Err(std::io::Error::other(detail)),
    }
}
