//! One question about foreign bytes, answered by a confined child: the same program under another name for its job. The child
//! gives up files, network and other programs before it sees a byte; what it does with the bytes is the caller's.

use crate::Error;
use crate::reader::{
    Confinement, allow_this_process_more_time, confine_this_process, receive, receive_bytes, send, send_bytes,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Bytes of a file that a child may be given or may give back.
const LARGEST: u64 = 1 << 30;
/// How long a child may take by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a child answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the kernel took away from it.
    pub confinement: Confinement,
    /// Its answer.
    pub told: T,
    /// The bytes that it made, if it was asked for any.
    pub bytes: Vec<u8>,
}

/// What stands before the bytes on the way back.
#[derive(Serialize, Deserialize)]
enum Head<T> {
    /// The job was done.
    Done(T),
    /// The request was not understood: the two sides are of different builds.
    Misunderstood(String),
}

/// The child: confines itself, takes one request and the bytes of one file, answers, ends.
///
/// # Errors
/// The pipe to the parent broke, or carried what is no request.
pub fn child<Q: DeserializeOwned, T: Serialize>(
    input: &mut dyn Read,
    output: &mut dyn Write,
    answer: impl FnOnce(Q, Vec<u8>) -> (T, Vec<u8>),
) -> std::io::Result<()> {
    let confinement = confine_this_process();
    send(output, &confinement)?;
    let request = receive_bytes(input, LARGEST)?;
    let file = receive_bytes(input, LARGEST)?;
    allow_this_process_more_time();
    match serde_json::from_slice::<Q>(&request) {
        Ok(request) => {
            let (told, bytes) = answer(request, file);
            send(output, &Head::Done(told))?;
            send_bytes(output, &bytes)
        }
        Err(error) => send(output, &Head::<T>::Misunderstood(error.to_string())),
    }
}

/// Asks a child: `program` is this program, `argument` the name of the job, `request` what is wanted of `file`.
///
/// # Errors
/// [`Error::Reader`] where the child could not be started, took too long, or was ended by a limit of memory or time.
pub fn ask<Q: Serialize, T: DeserializeOwned + Send>(
    program: &Path,
    argument: &str,
    request: &Q,
    file: &[u8],
) -> Result<Answer<T>, Error> {
    let failed = |detail: String| Error::Reader { detail };
    let request = serde_json::to_vec(request).map_err(|error| failed(error.to_string()))?;
    let mut process = Command::new(program)
        .arg(argument)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
        return Err(failed("the child has no pipes".to_owned()));
    };
    let result = std::thread::scope(|scope| {
        let (done, waiting) = channel();
        scope.spawn(move || {
            let mut output = BufReader::new(output);
            // The parent no longer listens where it gave up.
            let _ = done.send(hear::<T>(&request, file, &mut input, &mut output));
        });
        let result = match waiting.recv_timeout(PATIENCE) {
            Ok(result) => result.map_err(|error| failed(error.to_string())),
            Err(RecvTimeoutError::Timeout) => Err(failed("it took too long".to_owned())),
            Err(RecvTimeoutError::Disconnected) => Err(failed("it stopped".to_owned())),
        };
        // A child that answered ends by itself; one that did not is not waited for.
        let _ = process.kill();
        result
    });
    let _ = process.wait();
    result
}

fn hear<T: DeserializeOwned>(
    request: &[u8],
    file: &[u8],
    input: &mut impl Write,
    output: &mut impl Read,
) -> std::io::Result<Answer<T>> {
    let ended =
        || std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it stopped: out of memory or time, or worse");
    let confinement = receive(output)?.ok_or_else(ended)?;
    send_bytes(input, request)?;
    send_bytes(input, file)?;
    match receive(output)?.ok_or_else(ended)? {
        Head::Done(told) => Ok(Answer { confinement, told, bytes: receive_bytes(output, LARGEST)? }),
        Head::Misunderstood(detail) => Err(std::io::Error::other(detail)),
    }
}
