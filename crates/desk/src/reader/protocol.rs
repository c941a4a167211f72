//! Frames between parent and child: a length in eight bytes, then JSON, or the bytes of a file as they are.

use evidence::{Mapping, Mend, Reading, Refusal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{Error, ErrorKind, Read, Result, Write};

/// Most bytes of a frame of JSON; an answer beyond it is not believed.
const LONGEST: u64 = 1 << 30;

/// What the parent asks: the bytes follow in a frame of their own.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// Name of the file, for the reader's eyes; formats are told by content.
    pub(crate) name: String,
    /// Mappings of the case.
    pub(crate) mappings: Vec<Mapping>,
    /// Rows that people of the case mended.
    #[serde(default)]
    pub(crate) mends: Vec<Mend>,
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) parts: Vec<Part>,
}

/// A file, or a member of a container, as it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    /// Name within the container; `None`: the file is none.
    pub member: Option<String>,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// What was read, or why not.
    pub outcome: std::result::Result<Reading, Refusal>,
}

/// Sends a value.
pub(crate) fn send(output: &mut (impl Write + ?Sized), value: &impl Serialize) -> Result<()> {
    let body = serde_json::to_vec(value)?;
    send_bytes(output, &body)
}

/// Sends bytes.
pub(crate) fn send_bytes(output: &mut (impl Write + ?Sized), bytes: &[u8]) -> Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}

/// Receives a value; `None` if the other side has closed between two frames.
pub(crate) fn receive<T: DeserializeOwned>(input: &mut (impl Read + ?Sized)) -> Result<Option<T>> {
    let Some(length) = length(input)? else { return Ok(None) };
    let body = body(input, length, LONGEST)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

/// Receives bytes, at most `most`.
pub(crate) fn receive_bytes(input: &mut (impl Read + ?Sized), most: u64) -> Result<Vec<u8>> {
    let length = length(input)?.ok_or(ErrorKind::UnexpectedEof)?;
    body(input, length, most)
}

fn length(input: &mut (impl Read + ?Sized)) -> Result<Option<u64>> {
    let mut bytes = [0_u8; 8];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(u64::from_le_bytes(bytes)))
}

/// Grows with what really arrives: a claimed length reserves nothing.
fn body(input: &mut (impl Read + ?Sized), length: u64, most: u64) -> Result<Vec<u8>> {
    if length > most {
        return Err(Error::new(ErrorKind::InvalidData, format!("a frame of {length} bytes; at most {most}")));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_received() {
        let mut pipe = Vec::new();
        send(&mut pipe, &"é").unwrap();
        send_bytes(&mut pipe, b"abc").unwrap();
        let mut input = pipe.as_slice();
        assert_eq!(receive::<String>(&mut input).unwrap().unwrap(), "é");
        assert_eq!(receive_bytes(&mut input, 3).unwrap(), b"abc");
        assert!(receive::<String>(&mut input).unwrap().is_none());
    }

    #[test]
    fn a_cut_or_boundless_frame_is_an_error() {
        let mut pipe = Vec::new();
        send_bytes(&mut pipe, b"abc").unwrap();
        assert!(receive_bytes(&mut pipe.as_slice(), 2).is_err());
        for cut in 1..pipe.len() {
            assert!(receive_bytes(&mut &pipe[..cut], 3).is_err(), "{cut}");
        }
        let boundless = u64::MAX.to_le_bytes();
        assert!(receive::<String>(&mut boundless.as_slice()).is_err());
    }
}
